"""Columns of acs.csv that netplan reads and that are not there: what it does without each."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

import pandas as pd

from netplan.errors import Problem
from netplan.inputs.acs_cells import acs_problem

_HOUSEHOLDS = "B28002_001"
#: Of each definition of offline, the estimates whose margins are its error.
_OFFLINE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "none": ("B28002_013",),
        "phone_only": ("B28002_006", "B28002_013"),
        "below_speed": ("B28002_007",),
    }
)
#: Children of 5, 6-8, 9-11, 12-14 and 15-17 years.
_AGES = tuple(f"B09001_{number:03d}" for number in range(5, 10))
_CHILDREN = "B09001_001"
_PEOPLE = "B01003_001"


def check_columns(acs: pd.DataFrame, definition: str, *, counted: bool) -> list[Problem]:
    """Note the columns that estimates would be better with, and what stands in for them.

    A column without one number counts as missing. Estimates that a definition cannot do without
    are an error of the definition itself, told elsewhere.

    Parameters
    ----------
    acs
        acs.csv, not empty.
    definition
        Of offline, from access.toml.
    counted
        Whether the district counts its students itself.
    """
    # the counties' row alone is no use where areas are asked for
    finer = acs[acs["level"] != "county"]
    here = finer if len(finer) else acs
    known = frozenset(
        name for name in here.columns if name[-1:] in "EM" and here[name].notna().any()
    )
    found = _margins(known, definition)
    if not counted:
        found += _children(known)
    return [
        acs_problem(
            "acs-column-lacking",
            f"the column {'has no number' if name in here.columns else 'is missing'}; {without}",
            "",
            f"Nothing to do, or add it from ACS table {name.split('_')[0]} (5-year, same year).",
            column=name,
            severity="note",
        )
        for name, without in found
    ]


def _margins(known: Collection[str], definition: str) -> list[tuple[str, str]]:
    """Give missing margins of what is there, each with what is done without it."""
    offline = [
        (
            f"{name}M",
            "without this margin the error of every area's rate is assumed",
        )
        for name in _OFFLINE[definition]
        if f"{name}E" in known and f"{name}M" not in known
    ]
    if f"{_HOUSEHOLDS}E" in known and f"{_HOUSEHOLDS}M" not in known:
        told = "without this margin the number of households counts as exact"
        return [(f"{_HOUSEHOLDS}M", told), *offline]
    return offline


def _children(known: Collection[str]) -> list[tuple[str, str]]:
    """Give missing columns of children, by whom students are spread over the areas."""
    ages = [name for name in _AGES if f"{name}E" in known]
    lacking = [name for name in _AGES if f"{name}E" not in known]
    if not lacking:
        told = "without this margin half of the number of children is assumed as its error"
        return [(f"{name}M", told) for name in _AGES if f"{name}M" not in known]
    if f"{_CHILDREN}E" in known:
        instead = "children of all ages (B09001_001), whatever the school's level"
    elif f"{_PEOPLE}E" in known:
        instead = "the whole population (B01003_001)"
    else:
        instead = "households"
    told = f"without it students are spread over the areas like {instead}"
    if ages:
        told += ", and the other ages are not used"
    return [(f"{name}E", told) for name in (lacking if ages else (_AGES[0],))]
