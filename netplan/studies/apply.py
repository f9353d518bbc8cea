"""Lay scenarios over a district."""

from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from netplan.district.model import District
from netplan.whatif.apply import apply_scenarios
from netplan.whatif.model import Change, Scenario
from netplan.whatif.paths import parse_set
from netplan.whatif.read import read_scenario


def apply(
    district: District,
    *scenarios: str | PathLike[str] | Scenario,
    sets: Iterable[str | Change] = (),
    school_year: str | None = None,
) -> District:
    """Give the district that scenarios make of it; the one given stays as it is.

    Parameters
    ----------
    district
        From `load`.
    scenarios
        Each a name (``one-to-one`` is ``scenarios/one-to-one.toml`` of the district's folder), a
        path, or a scenario that was read. A later one wins over an earlier one.
    sets
        Single cells, such as ``devices[kind=chromebook].per_person=1.2``; they win over scenarios.
    school_year
        The year that is planned, such as ``2028-29``. Default: that of the last wave; without
        waves, the district's own.

    Raises
    ------
    ScenarioError
        A scenario does not fit the district; with every problem, its file and line.
    """
    folder = district.inputs.folder
    read = [
        one if isinstance(one, Scenario) else read_scenario(folder, _asked(one))
        for one in scenarios
    ]
    changes = [one if isinstance(one, Change) else parse_set(one) for one in sets]
    inputs = apply_scenarios(district.inputs, read, changes, school_year)
    return district if inputs is district.inputs else District(inputs=inputs)


def _asked(one: str | PathLike[str]) -> str | Path:
    """Keep a name a name; everything else is a path."""
    return one if isinstance(one, str) else Path(one)
