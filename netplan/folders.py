"""Getting a district folder: check one, start one from lists, make a synthetic one.

Stages are imported where they are called: `netplan --help` loads none of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netplan.errors import Problem
    from netplan.inputs.model import Inputs
    from netplan.sources.lists import InitResult
    from netplan.synth.district import SyntheticDistrict


def validate(folder: str | PathLike[str]) -> tuple[Problem, ...]:
    """Give every problem and note of a district folder; nothing is raised for bad data."""
    from netplan.district.model import District
    from netplan.errors import InputError
    from netplan.gap.rates import require_columns
    from netplan.inputs.folder import read_folder, validate_folder
    from netplan.whatif.validate import check_scenarios

    problems = validate_folder(Path(folder))
    if any(problem.severity == "error" for problem in problems):
        return problems
    district = District(inputs=read_folder(Path(folder)))
    problems = (*problems, *check_scenarios(district.inputs, _overlaid))
    acs = district.table("acs")
    if acs.empty:
        return problems
    try:
        # which columns it needs depends on the definition in access.toml
        require_columns(acs, district.access.definition)
    except InputError as error:
        return (*problems, *error.problems)
    return problems


def _overlaid(inputs: Inputs) -> None:
    """Lay the events that scenarios ask for on the usual day: each needs something to act on."""
    from netplan.district.model import District
    from netplan.load.events import overlay
    from netplan.load.situation import usual_day

    if inputs.changed is not None and inputs.changed.events:
        district = District(inputs=inputs)
        overlay(usual_day(district), district, inputs.changed.events)


def synth(
    folder: str | PathLike[str],
    *,
    schools: int,
    seed: int,
    name: str | None = None,
    aps_per_group: int | None = None,
    overwrite: bool = False,
) -> SyntheticDistrict:
    """Write a synthetic district folder; the same arguments give the same bytes."""
    from netplan.synth.district import write_district

    return write_district(
        Path(folder),
        schools=schools,
        seed=seed,
        name=name,
        aps_per_group=aps_per_group,
        overwrite=overwrite,
    )


def init(
    folder: str | PathLike[str],
    *,
    schools: str | PathLike[str],
    circuits: str | PathLike[str] | None = None,
    enrollment_by_grade: str | PathLike[str] | None = None,
    mapping: str | PathLike[str] | None = None,
    name: str | None = None,
    state: str | None = None,
    school_year: str | None = None,
    internet_mbps: float | None = None,
    district: str | None = None,
    areas: str | PathLike[str] | None = None,
    acs: Iterable[str | PathLike[str]] = (),
    zones: str | PathLike[str] | None = None,
    libraries: str | PathLike[str] | None = None,
    parks: str | PathLike[str] | None = None,
    stops: str | PathLike[str] | None = None,
    buses: int | None = None,
    transit: bool = False,
    overwrite: bool = False,
) -> InitResult:
    """Start a district folder from lists that districts have; docs/init.md says which.

    The after-school half is started where ``areas`` are given.
    """
    from netplan.sources.lists import init_folder

    def path(given: str | PathLike[str] | None) -> Path | None:
        return None if given is None else Path(given)

    return init_folder(
        Path(folder),
        schools=Path(schools),
        circuits=path(circuits),
        enrollment_by_grade=path(enrollment_by_grade),
        mapping=path(mapping),
        name=name,
        state=state,
        school_year=school_year,
        internet_mbps=internet_mbps,
        district=district,
        areas=path(areas),
        acs=tuple(Path(each) for each in acs),
        zones=path(zones),
        libraries=path(libraries),
        parks=path(parks),
        stops=path(stops),
        buses=buses,
        transit=transit,
        overwrite=overwrite,
    )
