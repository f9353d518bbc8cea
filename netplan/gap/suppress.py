"""What may leave netplan: small cells withheld, and what would give them back.

A cell is withheld when its students, or its students offline, are above 0 and below the
threshold. The smallest other cell of the same published total is withheld with it, and more of
them until nobody who has every shown number, the total, the threshold and this text can bound a
withheld number into an interval narrower than the threshold, even if told which of them are
small. That someone also knows that nowhere are more students offline than there are students.
Where no fixed service of the speed is on offer everybody is offline by definition: such an area
hides no other, and is withheld only with its students. When no cell is left to withhold, the
total is withheld too.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from netplan.gap.groups import group_withheld
from netplan.gap.model import Estimates, Total
from netplan.gap.moe import Floats
from netplan.gap.rates import NOT_ON_OFFER
from netplan.gap.withhold import withhold

_NUMBERS = ("students_offline", "se", "direct_rate", "direct_se", "rate", "rate_se")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Students offline by area as they may be shown.

    Parameters
    ----------
    areas
        geoid, level, students, students_offline, se, direct_rate, direct_se, rate, rate_se, how,
        suppressed, group (in which a withheld area is shown with neighbors; else empty).
        Withheld numbers are NaN; ``students`` only where they would be a small cell
        or give one back. ``suppressed`` does not say whether the cell itself is small.
    groups
        Withheld areas, some neighbors together: see `netplan.gap.groups`.
    total
        NaN where it would give cells back.
    threshold
        Smallest count shown.
    notes
        Sentences for the reader.
    """

    areas: pd.DataFrame
    groups: pd.DataFrame
    total: Total
    threshold: int
    notes: tuple[str, ...]


def publish(estimates: Estimates, threshold: int) -> Published:
    """Withhold small cells, and enough others that totals do not give them back.

    Parameters
    ----------
    estimates
        Full numbers.
    threshold
        Smallest count that may be shown (``suppress_below`` of district.toml).
    """
    frame = estimates.areas
    students = frame["students"].to_numpy(dtype=np.float64)
    offline = frame["students_offline"].to_numpy(dtype=np.float64)
    few = (students > 0) & (students < threshold)
    small = few | ((offline > 0) & (offline < threshold))
    # who knows an area's students knows its students offline where its rate is known
    public = _rate_is_public(estimates)
    of_students = withhold(students, few, small & public & ~few, float(threshold), known=public)
    # students offline over the rate gives students back, so the whole row goes
    beside = of_students.cells & ~few
    known = public & ~of_students.cells
    upper = _upper(estimates, of_students.cells)
    of_offline = withhold(
        offline, small, beside & ~small, float(threshold), upper=upper, known=known
    )
    hidden = of_offline.cells
    shown = frame[["geoid", "level", "students", *_NUMBERS, "how"]].assign(suppressed=hidden)
    shown["students"] = np.where(of_students.cells, np.nan, students)
    for name in _NUMBERS:
        shown[name] = np.where(hidden, np.nan, frame[name])
    names, groups = group_withheld(
        frame,
        # an area without students offline has nothing to hide, and hides nothing
        hidden=hidden & (offline > 0),
        students_hidden=of_students.cells,
        known=known,
        upper=upper,
        total_se=estimates.total.se,
        ratio=estimates.student_household_ratio,
        threshold=float(threshold),
        # with the total withheld, a partition of it may not be given either
        total_withheld=of_offline.total,
    )
    shown["group"] = names
    notes = []
    if of_offline.total or of_students.total:
        notes.append(f"Totals are withheld too: they would give back cells under {threshold}.")
    total = estimates.total
    order = [
        "geoid", "level", "students", "students_offline", "se", "direct_rate", "direct_se", "rate",
        "rate_se", "how", "suppressed", "group",
    ]  # fmt: skip
    unknown = float("nan")
    return Published(
        areas=shown[order],
        groups=groups,
        total=Total(
            students=unknown if of_students.total else total.students,
            students_offline=unknown if of_offline.total else total.students_offline,
            se=unknown if of_offline.total else total.se,
            households=total.households,
            households_offline=total.households_offline,
            households_se=total.households_se,
        ),
        threshold=threshold,
        notes=tuple(notes),
    )


def _rate_is_public(estimates: Estimates) -> np.ndarray:
    """Say where the rate follows from what is on offer, which anyone can look up."""
    frame = estimates.areas
    offered = frame["note"].to_numpy(dtype=object) != NOT_ON_OFFER
    return np.asarray(~offered & (frame["how"].to_numpy(dtype=object) != "counted"))


def _upper(estimates: Estimates, students_hidden: np.ndarray) -> Floats:
    """Give what students offline cannot pass for who has the shown students; inf if withheld."""
    frame = estimates.areas
    counted = frame["how"].to_numpy(dtype=object) == "counted"
    # households' rates are 1 at most, and the ratio of students to households is published
    most = np.where(counted, 1.0, min(estimates.student_household_ratio, 1.0))
    upper = frame["students"].to_numpy(dtype=np.float64) * most
    return np.asarray(np.where(students_hidden, np.inf, upper))
