"""The only place that knows the order of the stages.

Stages are imported where they are called: `netplan --help` loads none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netplan.capacity.evidence import Evidence
    from netplan.district.model import District
    from netplan.errors import Problem
    from netplan.inputs.model import Inputs
    from netplan.report.model import Report
    from netplan.sources.lists import InitResult
    from netplan.synth.district import SyntheticDistrict


def load(folder: str | PathLike[str]) -> District:
    """Read and validate a district folder.

    Parameters
    ----------
    folder
        A folder as docs/columns.md describes it.

    Raises
    ------
    InputError
        With every problem of every file.
    """
    from netplan.district.model import District
    from netplan.inputs.folder import read_folder

    return District(inputs=read_folder(Path(folder)))


def validate(folder: str | PathLike[str]) -> tuple[Problem, ...]:
    """Give every problem and note of a district folder; nothing is raised for bad data."""
    from netplan.inputs.folder import validate_folder

    return validate_folder(Path(folder))


def check(district: District, *, events: Iterable[str] = ()) -> Report:
    """Find each building's load, bottleneck, headroom, redundancy, targets and findings.

    Parameters
    ----------
    district
        From `load`.
    events
        Names of overlays on the school day, such as ``testing_sbac``; see docs/events.md.

    Raises
    ------
    InputError
        An event's name is unknown.
    """
    return run(district.inputs, events=events)


def run(inputs: Inputs, *, events: Iterable[str] = ()) -> Report:
    """Take validated inputs through every stage of the school day."""
    from netplan.capacity.assess import assess
    from netplan.district.model import District
    from netplan.inputs.assumptions import with_events
    from netplan.report.model import Report

    chosen = tuple(sorted(set(events)))
    district = District(inputs=with_events(inputs, chosen))
    capacity = assess(_evidence(district, chosen))
    usual = assess(_evidence(district, ())).buildings if chosen else None
    return Report(district=district, capacity=capacity, events=chosen, usual_buildings=usual)


def _evidence(district: District, events: tuple[str, ...]) -> Evidence:
    """Take a district through load and network."""
    from netplan.capacity.evidence import Evidence
    from netplan.load.calibration import calibrate
    from netplan.load.events import overlay
    from netplan.load.moments import situation_load
    from netplan.load.situation import usual_day
    from netplan.network.contributions import contributions
    from netplan.network.crossing import crossings
    from netplan.network.cuts import access_mbps, min_cuts, without_backups
    from netplan.network.failures import sweep
    from netplan.network.fairshare import fair_shares
    from netplan.network.graph import build
    from netplan.network.routing import route
    from netplan.network.utilization import quantile, utilize
    from netplan.network.wifi import airtime

    planning = district.planning
    network = build(district)
    routes = route(network)
    measured = district.table("measured")
    # what was measured was a usual day: events come on top of the calibrated load
    usual = usual_day(district)
    day = overlay(usual, district, events)
    calibrated = calibrate(
        situation_load(usual),
        measured,
        crossings(network, routes, list(measured["link_id"]), list(measured["direction"])),
        z=quantile(planning),
        common_mode_cv=planning.common_mode_cv,
        prior_weeks=setting(district, "calibration_prior_weeks"),
        ratio_limit=setting(district, "calibration_ratio_limit"),
    )
    load = calibrated.scaled(situation_load(day))
    utilization = utilize(network, routes, load, planning)
    return Evidence(
        district=district,
        situation=day,
        load=load,
        network=network,
        routes=routes,
        utilization=utilization,
        contributions=contributions(routes, load, len(network.link_ids)),
        failures=sweep(
            network,
            load,
            planning,
            floor_share=planning.utilization_limit,
            before=utilization,
        ),
        cuts=min_cuts(network),
        primary_cut_mbps=min_cuts(without_backups(network)).min_cut_mbps,
        access_mbps=access_mbps(network),
        fair_shares=tuple(
            fair_shares(network, routes, load, planning, period)
            for period in range(len(load.periods))
        ),
        airtime=airtime(district, load),
        calibration=calibrated,
    )


def plan(
    district: District,
    *,
    out: str | PathLike[str],
    events: Iterable[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Report, Path]:
    """Check a district and write the whole output folder.

    Parameters
    ----------
    district
        From `load`.
    out
        Folder to write; an earlier output of netplan there is replaced, anything else is refused.
    events
        As in `check`.
    progress
        Called with pages written and pages in all.

    Returns
    -------
    report, index
        The results, and the page to open.
    """
    from netplan.report.folder import write_plan
    from netplan.report.whole import refuse_foreign

    refuse_foreign(Path(out))
    report = check(district, events=events)
    return report, write_plan(report, Path(out), progress=progress)


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
    overwrite: bool = False,
) -> InitResult:
    """Start a district folder from a list of schools and a list of circuits."""
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
        overwrite=overwrite,
    )


def setting(district: District, name: str) -> float:
    """Give one number of the settings catalog."""
    settings = district.table("settings").set_index("name")["value"]
    return float(settings[name])
