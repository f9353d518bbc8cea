"""Whether some kinds of schools have less capacity per student than others."""

import math

import numpy as np
import pandas as pd

#: A comparison needs this many schools with the value known.
_FEWEST_SCHOOLS = 5
_AGE_BANDS = (
    (-np.inf, 1970, "built before 1970"),
    (1970, 1990, "built 1970 to 1989"),
    (1990, 2010, "built 1990 to 2009"),
    (2010, np.inf, "built 2010 or later"),
)


def disparity(buildings: pd.DataFrame) -> pd.DataFrame:
    """Compare the median capacity per student between groups of schools.

    Capacity is the min cut from the internet to the building, so that it says what was
    built, not how it is used. Schools without students, without a limit, or with the
    grouping's value unknown are left out; a grouping with fewer than five schools is too.

    Parameters
    ----------
    buildings
        min_cut_mbps, enrollment, frl_share, year_built.

    Returns
    -------
    disparity
        grouping, group, schools, students, median_mbps_per_student, worst_to_best (the
        grouping's lowest median over its highest, on each of its rows; 1 = equal).
    """
    usable = buildings[(buildings["enrollment"] > 0) & np.isfinite(buildings["min_cut_mbps"])]
    usable = usable.assign(mbps_per_student=usable["min_cut_mbps"] / usable["enrollment"])
    parts = [
        _grouped(usable.assign(group=_poverty_quintile(usable["frl_share"])), "poverty quintile"),
        _grouped(usable.assign(group=_age_band(usable["year_built"])), "building age"),
    ]
    return pd.concat(parts).reset_index(drop=True)


def _poverty_quintile(frl_share: pd.Series) -> pd.Series:
    """Name the fifth of schools by share of students with free or reduced-price lunch."""
    rank = frl_share.rank(method="first", pct=True)
    names = {1: "1 (least poverty)", 2: "2", 3: "3", 4: "4", 5: "5 (most poverty)"}
    return rank.map(lambda share: names[math.ceil(share * 5)], na_action="ignore")


def _age_band(year_built: pd.Series) -> pd.Series:
    band = pd.Series(index=year_built.index, dtype=object)
    for since, until, name in _AGE_BANDS:
        band[(year_built >= since) & (year_built < until)] = name
    return band


def _grouped(schools: pd.DataFrame, grouping: str) -> pd.DataFrame:
    known = schools[schools["group"].notna()]
    columns = [
        "grouping",
        "group",
        "schools",
        "students",
        "median_mbps_per_student",
        "worst_to_best",
    ]
    if len(known) < _FEWEST_SCHOOLS:
        return pd.DataFrame(columns=columns)
    frame = (
        known.groupby("group", sort=True)
        .agg(
            schools=("school_id", "size"),
            students=("enrollment", "sum"),
            median_mbps_per_student=("mbps_per_student", "median"),
        )
        .reset_index()
    )
    order = {name: place for place, (*_, name) in enumerate(_AGE_BANDS)}
    frame = frame.sort_values("group", key=lambda group: group.map(order).fillna(0), kind="stable")
    medians = frame["median_mbps_per_student"]
    best = medians.max()
    ratio = medians.min() / best if best > 0 else np.nan
    return frame.assign(grouping=grouping, worst_to_best=ratio)[columns]
