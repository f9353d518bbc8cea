"""Withheld areas together: groups of neighbors large enough to be shown.

A map on which most block groups are blank helps nobody. Areas that are withheld one by one are
put together, in the order of their geoids (neighbors, mostly of one tract), until nobody who has
the group's sum can bound one of its areas into an interval narrower than the threshold. The
groups are a partition, so the district's total adds nothing to them.
"""

import numpy as np
import pandas as pd

from netplan.gap.joint import own_variances, sum_se
from netplan.gap.moe import Floats
from netplan.gap.withhold import narrowest

_TOLERANCE = 1e-9
#: Three areas or fewer are hardly ever safe together.
_SMALLEST = 4
COLUMNS = ["group", "areas", "geoids", "students", "students_offline", "se", "rate"]


def group_withheld(
    areas: pd.DataFrame,
    *,
    hidden: np.ndarray,
    students_hidden: np.ndarray,
    known: np.ndarray,
    upper: Floats,
    total_se: float,
    ratio: float,
    threshold: float,
    total_withheld: bool,
) -> tuple[list[str], pd.DataFrame]:
    """Put withheld areas into groups that may be shown.

    Parameters
    ----------
    areas
        Full numbers, sorted by geoid: geoid, students, students_offline, se, how.
    hidden
        Shape (areas,): areas whose students offline are withheld.
    students_hidden
        Shape (areas,): areas whose students are withheld too.
    known
        Shape (areas,): areas whose students offline anyone can work out; they are shown.
    upper
        Shape (areas,): what anyone knows students offline not to pass; inf where unknown.
    total_se
        Standard error of students offline in all areas.
    ratio
        Students' rate over households' rate.
    threshold
        Smallest count shown.
    total_withheld
        Whether even the total is withheld: then there are no groups.

    Returns
    -------
    group
        Name of each area's group; empty where the area is shown.
    groups
        group, areas (count), geoids (joined by ``;``), students (NaN where one area's students
        are withheld), students_offline, se (as sums of draws spread: see `netplan.gap.joint`),
        rate (of households, as the areas' own: students offline over students and the ratio;
        of areas that were counted, of students). Empty when even all withheld areas together
        would give one back.

    Notes
    -----
    ``rate`` is the mean of the areas' rates by students, and not by households, because it then
    says no more than the columns beside it. A mean by households would be a second equation in
    the withheld numbers, and bounds some of them narrowly.
    """
    offline = areas["students_offline"].to_numpy(dtype=np.float64)
    places = np.flatnonzero(hidden & (not total_withheld))
    members = _partition(offline, upper, places, ~hidden & ~known, threshold)
    se = areas["se"].to_numpy(dtype=np.float64)
    # counted areas err neither alone nor with the total
    errs = (se > 0) & (offline > 0)
    weight = np.where(errs, offline, 0.0) / max(float(offline[errs].sum()), _TOLERANCE)
    own = own_variances(np.where(errs, se, 0.0), weight, total_se)
    how = areas["how"].to_numpy(dtype=object)
    names = [""] * len(areas)
    rows = []
    for place, group in enumerate(members, start=1):
        name = f"G{place:04d}"
        for area in group:
            names[area] = name
        students = areas["students"].to_numpy(dtype=np.float64)[group].sum()
        told = not students_hidden[group].any() and students > 0
        total = offline[group].sum()
        rows.append(
            {
                "group": name,
                "areas": len(group),
                "geoids": ";".join(areas["geoid"].iloc[group]),
                "students": students if told else np.nan,
                "students_offline": total,
                "se": sum_se(group, own, weight, total_se),
                "rate": _rate(total, students, how[group], ratio) if told else np.nan,
            }
        )
    return names, pd.DataFrame(rows, columns=COLUMNS)


def _partition(
    offline: Floats, upper: Floats, hidden: np.ndarray, shown: np.ndarray, threshold: float
) -> list[np.ndarray]:
    """Cut withheld areas, in order, into runs of one size that are safe to show as a sum.

    One size for all: a cut that followed the values would tell something of them.
    """
    left = float(offline[shown & (offline >= threshold)].min(initial=np.inf))
    for size in range(_SMALLEST, len(hidden) + 1):
        runs = _runs(hidden, size)
        if all(_safe(offline[run], upper[run], left, threshold) for run in runs):
            return runs
    return []


def _runs(hidden: np.ndarray, size: int) -> list[np.ndarray]:
    """Cut into runs of at least a size; what is left over joins the last."""
    count = max(len(hidden) // size, 1)
    ends = [*range(size, size * count, size), len(hidden)]
    return [
        hidden[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True) if end > start
    ]


def _safe(offline: Floats, upper: Floats, left: float, threshold: float) -> bool:
    """Say whether the sum of some withheld areas bounds none of them narrowly.

    Areas at or above the threshold were withheld to hide others; the attacker is told which.
    """
    small = offline < threshold
    beside = np.zeros(len(offline), dtype=np.bool_)
    if offline.sum() < threshold:
        return False
    width = narrowest(offline, small, beside, ~small, left, threshold, upper=upper)
    return width >= threshold - _TOLERANCE


def _rate(offline: float, students: float, how: np.ndarray, ratio: float) -> float:
    """Give the rate that goes with the areas' own; NaN where some were counted and some not."""
    counted = how == "counted"
    if counted.all():
        return offline / students
    if counted.any() or ratio <= 0:
        return float("nan")
    return min(offline / (students * ratio), 1.0)
