"""Students' rate over households' rate: homes with children are more often online."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from netplan.gap.moe import Floats, proportion_moe, ratio_moe, standard_error, sum_moe
from netplan.gap.rates import acs_column

#: Children under 18 by subscription (6.12).
_UNDER_18 = "B28005_002"
_NO_SUBSCRIPTION, _NO_COMPUTER = "B28005_006", "B28005_007"
#: Children 3-18 without internet at home, and with a smartphone only, 2023 (6.01, 6.02).
_CHILDREN_NONE_SHARE, _CHILDREN_PHONE_SHARE = 0.023, 0.054


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """What households' rates are multiplied by, its standard error, and where it is from."""

    value: float
    se: float
    source: str
    notes: tuple[str, ...] = ()


def student_ratio(
    acs: pd.DataFrame,
    geoids: pd.Index,
    definition: str,
    *,
    setting: float,
    was_set: bool,
    rate: float,
) -> Ratio:
    """Give the ratio of students' to households' rate offline.

    access.toml wins. Else, for ``none`` only, ACS table B28005 of the county (or its tracts):
    children under 18 without a computer or a subscription, over households without access. Its
    "broadband" includes cellular service (6.13), so it says nothing of the other definitions.
    Else the default.

    Parameters
    ----------
    acs
        The table ``acs``.
    geoids
        Of the areas: whose counties count.
    setting, was_set
        ``student_household_ratio`` of access.toml, and whether the district wrote it.
    rate
        Households' rate offline in all areas together (NaN if unknown): for the note.
    """
    if was_set:
        return Ratio(value=setting, se=0.0, source="access.toml")
    if definition == "none":
        for level, name in (("county", "county"), ("tract", "tracts")):
            found = _from_children(acs[acs["level"] == level], geoids, name)
            if found is not None:
                return found
    notes = [
        f"No figure says how much less often students than households are offline: a ratio of "
        f"{setting:g} is assumed (student_household_ratio in access.toml)."
    ]
    national = _CHILDREN_NONE_SHARE + (_CHILDREN_PHONE_SHARE if definition == "phone_only" else 0)
    if definition != "below_speed" and np.isfinite(rate) and rate > national:
        notes.append(
            f"Of all children of 3 to 18 in the nation {national:.1%} were so in 2023 (NCES Digest "
            f"2024, table 702.12), and {rate:.1%} of the households here: students offline are "
            "more likely too high than too low."
        )
    return Ratio(value=setting, se=0.0, source="assumption", notes=tuple(notes))


def _from_children(rows: pd.DataFrame, geoids: pd.Index, name: str) -> Ratio | None:
    """Work out the ratio from rows of one level that have every figure; None if none has."""
    wanted = (_UNDER_18, _NO_SUBSCRIPTION, _NO_COMPUTER, "B28002_001", "B28002_013")
    here = rows[rows["geoid"].astype(str).str[:5].isin(set(geoids.str[:5]))]
    values = {(key, kind): acs_column(here, key, kind) for key in wanted for kind in "EM"}
    complete = np.all([np.isfinite(values[key, "E"]) for key in wanted], axis=0)
    if not complete.any():
        return None

    def total(key: str) -> tuple[float, float]:
        estimate = values[key, "E"][complete]
        moe = np.nan_to_num(values[key, "M"][complete])
        return float(estimate.sum()), float(sum_moe(estimate, moe))

    children, children_moe = total(_UNDER_18)
    parts = [total(_NO_SUBSCRIPTION), total(_NO_COMPUTER)]
    offline = parts[0][0] + parts[1][0]
    offline_moe = sum_moe([p[0] for p in parts], [p[1] for p in parts])
    households, households_moe = total("B28002_001")
    without, without_moe = total("B28002_013")
    if not (children > 0 and households > 0 and without > 0):
        return None
    child, home = offline / children, without / households
    child_moe: Floats = proportion_moe(offline, children, offline_moe, children_moe)
    home_moe: Floats = proportion_moe(without, households, without_moe, households_moe)
    return Ratio(
        value=child / home,
        se=float(standard_error(ratio_moe(child, home, child_moe, home_moe))),
        source=(
            f"ACS of the {name}: {child:.1%} of children under 18 without a computer or a "
            f"subscription (B28005) over {home:.1%} of households without access (B28002)"
        ),
        notes=(
            "B28005 counts children without a computer or a subscription, B28002 households "
            "without access, so their ratio is not quite of like with like.",
        ),
    )
