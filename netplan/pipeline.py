"""The only place that knows the order of the stages.

Stages are imported where they are called: `netplan --help` loads none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netplan.access.model import Goal
    from netplan.capacity.evidence import Evidence
    from netplan.district.model import District
    from netplan.gap.model import Estimates
    from netplan.inputs.model import Inputs
    from netplan.report.home import AccessReport, GapReport
    from netplan.report.model import Home, Report


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


def gap(district: District) -> GapReport:
    """Find how many students are offline at home, where, and how sure that is.

    Parameters
    ----------
    district
        From `load`; its folder holds areas.geojson and acs.csv, or a survey in students.csv.

    Raises
    ------
    InputError
        A table or column that the definition needs is not there.
    """
    from netplan.gap.estimate import estimate

    return _gap_report(district, estimate(district))


def access(
    district: District,
    *,
    budget_usd_per_year: float | None = None,
    coverage_goal: float | None = None,
    equity: str | None = None,
    time_limit_s: float | None = None,
    progress: Callable[[float, float, float], None] | None = None,
) -> AccessReport:
    """Find the sites, bus timetable, partners and offers that reach students who are offline.

    Parameters
    ----------
    district
        From `load`.
    budget_usd_per_year
        Serve the most students within it. Default: that of access.toml.
    coverage_goal
        Serve this share of the students offline at the least cost. With a budget too, a
        goal that costs more than it is infeasible. Default: that of access.toml where no
        budget is given anywhere.
    equity
        ``none``, ``floor`` or ``worst_first``. Default: that of access.toml.
    time_limit_s
        Seconds for the search; the best plan found until then is given with its bound.
    progress
        Called with the best objective so far, its bound, and the seconds gone.

    Raises
    ------
    InputError
        A table or column that the definition needs is not there, or an argument is out of range.
    InfeasibleError
        No plan meets the goal; says which goal, and which limit stands in the way.
    """
    from netplan.gap.estimate import estimate

    goal = _goal(district, budget_usd_per_year, coverage_goal, equity)
    return _access_report(district, estimate(district), goal, time_limit_s, progress)


def _goal(
    district: District, budget: float | None, coverage: float | None, equity: str | None
) -> Goal:
    """Let what the caller asks win over access.toml; a budget there wins over a goal there."""
    from netplan.access.ask import ask

    return ask(district.access, budget_usd_per_year=budget, coverage_goal=coverage, equity=equity)


def _gap_report(district: District, estimates: Estimates) -> GapReport:
    from netplan.access.findings import facts, find_all
    from netplan.gap.suppress import publish
    from netplan.report.home import GapReport

    published = publish(estimates, district.planning.suppress_below)
    return GapReport(
        district=district,
        definition=estimates.definition,
        published=published,
        fit=estimates.fit,
        benchmarks=estimates.benchmarks,
        students_origin=estimates.students_origin,
        student_household_ratio=estimates.student_household_ratio,
        student_household_ratio_se=estimates.student_household_ratio_se,
        ratio_source=estimates.ratio_source,
        zones_guessed=estimates.zones_guessed,
        missing=tuple(sorted(estimates.missing.items())),
        notes=(*estimates.notes, *published.notes),
        findings=find_all(facts(district.access, estimates, published)),
    )


def _access_report(
    district: District,
    estimates: Estimates,
    goal: Goal,
    time_limit_s: float | None,
    progress: Callable[[float, float, float], None] | None,
) -> AccessReport:
    from netplan.access.assemble import assemble
    from netplan.access.choose import plan_access
    from netplan.access.findings import facts, find_all
    from netplan.access.publish import publish
    from netplan.gap.draws import draw
    from netplan.report.home import AccessReport

    settings = district.access
    found = plan_access(
        assemble(district, estimates),
        goal,
        time_limit_s=settings.time_limit_s if time_limit_s is None else time_limit_s,
        draws=draw(estimates, settings.draws, settings.seed),
        worth_usd_per_student_per_year=settings.worth_usd_per_student_per_year,
        progress=progress,
    )
    stops = district.table("stops")
    need = _gap_report(district, estimates)
    published = publish(
        found,
        need.total,
        dict(zip(stops["stop_id"], stops["name"].fillna(stops["stop_id"]), strict=True)),
        district.planning.suppress_below,
    )
    return AccessReport(
        district=district,
        gap=need,
        published=published,
        findings=find_all(facts(settings, estimates, need.published, published)),
    )


def plan(
    district: District,
    *,
    out: str | PathLike[str],
    events: Iterable[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Report, Path]:
    """Check a district, plan home access, and write the whole output folder.

    The after-school half is left out, and the report says so, where the folder has no areas.

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
    report = replace(check(district, events=events), home=home(district))
    return report, write_plan(report, Path(out), progress=progress)


def map(  # noqa: A001  (the contract's name)
    report: Report,
    plan: AccessReport | GapReport | None = None,
    *,
    out: str | PathLike[str],
    tiles: str | None = None,
) -> Path:
    """Write maps of the network and of home access; give the page to open.

    Parameters
    ----------
    report
        From `check`.
    plan
        From `access`, or the need alone from `gap`; without it only the network is drawn.
    out
        Folder to write; an earlier output of netplan there is replaced, anything else is refused.
    tiles
        Address of online tiles beneath, which readers' browsers then ask for. Default: none.
    """
    from netplan.report.map_files import write_map_folder

    return write_map_folder(report, plan, Path(out), tiles=tiles)


def report(
    district: District,
    *,
    out: str | PathLike[str],
    events: Iterable[str] = (),
    pdf: bool = False,
    xlsx: bool = False,
) -> tuple[Report, Path]:
    """Check a district, plan home access, and write the report that a school board reads.

    Parameters
    ----------
    district
        From `load`.
    out
        Folder to write; an earlier output of netplan there is replaced, anything else is refused.
    events
        As in `check`.
    pdf
        Whether a tagged PDF is written too; it needs the extra ``pdf``.
    xlsx
        Whether an Excel workbook with every table is written too.

    Returns
    -------
    report, board
        The results, and the page to open.

    Raises
    ------
    PdfError
        A PDF is asked for, and what it is made with is not installed.
    """
    from netplan.report.board_folder import write_report
    from netplan.report.pdf import load_weasyprint
    from netplan.report.whole import refuse_foreign

    # nobody waits for a refusal
    refuse_foreign(Path(out))
    if pdf:
        load_weasyprint()
    found = replace(check(district, events=events), home=home(district))
    return found, write_report(found, Path(out), pdf=pdf, xlsx=xlsx)


def home(district: District) -> Home:
    """Find the need and the plan of the after-school half, as far as the folder goes.

    Parameters
    ----------
    district
        From `load`.

    Returns
    -------
    home
        ``gap`` and ``access``; None where the folder has nothing for them or no plan is
        feasible, and then ``note`` says why.
    """
    from netplan.errors import InfeasibleError, SolverError
    from netplan.gap.estimate import estimate
    from netplan.report.model import Home

    if district.table("areas").empty:
        return Home(note="The after-school half is not planned: the folder has no areas.geojson.")
    if district.table("acs").empty and district.table("students").empty:
        return Home(
            note="The after-school half is not planned: the folder has areas, and neither acs.csv "
            "nor students.csv says who is offline there."
        )
    estimates = estimate(district)
    try:
        report = _access_report(district, estimates, _goal(district, None, None, None), None, None)
    except (InfeasibleError, SolverError) as error:
        return Home(gap=_gap_report(district, estimates), note=str(error))
    return Home(gap=report.gap, access=report)


def setting(district: District, name: str) -> float:
    """Give one number of the settings catalog."""
    settings = district.table("settings").set_index("name")["value"]
    return float(settings[name])
