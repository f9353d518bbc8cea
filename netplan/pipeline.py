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
    from netplan.capacity.evidence import Day, Evidence
    from netplan.district.model import District
    from netplan.gap.model import Estimates
    from netplan.inputs.model import Inputs
    from netplan.report.home import AccessReport, GapReport
    from netplan.report.model import Home, Report
    from netplan.report.money import CostReport


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
    from netplan.capacity.day import day_of
    from netplan.district.model import District
    from netplan.inputs.assumptions import with_events
    from netplan.report.model import Report

    asked = inputs.changed.events if inputs.changed is not None else ()
    chosen = tuple(sorted({*events, *asked}))
    district = District(inputs=with_events(inputs, chosen))
    found = day_of(district, events=chosen)
    capacity = assess(_evidence(found))
    usual = assess(_evidence(day_of(_usual(district), like=found))).buildings if chosen else None
    return Report(district=district, capacity=capacity, events=chosen, usual_buildings=usual)


def _usual(district: District) -> District:
    """Give the same district on a day without events."""
    from netplan.district.model import District

    changed = district.inputs.changed
    if changed is None or not changed.events:
        return district
    return District(inputs=replace(district.inputs, changed=replace(changed, events=())))


def _evidence(day: Day) -> Evidence:
    """Add to a day what only the report of a check tells."""
    from netplan.capacity.evidence import Evidence
    from netplan.network.contributions import contributions
    from netplan.network.cuts import access_mbps, min_cuts, without_backups, without_elements
    from netplan.network.failures import outages, sweep
    from netplan.network.fairshare import fair_shares
    from netplan.network.wifi import airtime

    network, load, planning = day.network, day.load, day.district.planning
    changed = day.district.inputs.changed
    down = outages(network, changed.failed) if changed is not None and changed.failed else None
    # targets are about what is bought, also while a part of it is down
    standing = network if down is None else without_elements(network, down)
    return Evidence(
        district=day.district,
        situation=day.situation,
        load=load,
        network=network,
        routes=day.routes,
        utilization=day.utilization,
        contributions=contributions(day.routes, load, len(network.link_ids)),
        failures=sweep(
            network,
            load,
            planning,
            floor_share=planning.utilization_limit,
            before=day.utilization,
            down=down,
        ),
        cuts=min_cuts(standing),
        primary_cut_mbps=min_cuts(without_backups(network)).min_cut_mbps,
        access_mbps=access_mbps(network),
        fair_shares=tuple(
            fair_shares(network, day.routes, load, planning, period)
            for period in range(len(load.periods))
        ),
        airtime=airtime(day.district, load),
        calibration=day.calibration,
        growth_factor=day.growth_factor,
    )


def day(district: District, *, events: Iterable[str] = (), like: Day | None = None) -> Day:
    """Take a district through load and network, scenarios, growth and failures included.

    Parameters
    ----------
    district
        From `load` or `netplan.apply`.
    events
        Overlays on the school day, beside those that its scenarios ask for.
    like
        Another day of the same district, such as one under another scenario: its network,
        routes and calibration are taken over where the tables that they come from are the same
        objects. The numbers are the same with and without it.
    """
    from netplan.capacity.day import day_of

    return day_of(district, events=events, like=like)


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
    money: CostReport | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Report, Path]:
    """Check a district, plan home access, add up cost, and write the whole output folder.

    The after-school half is left out, and the report says so, where the folder has no areas.

    Parameters
    ----------
    district
        From `load`.
    out
        Folder to write; an earlier output of netplan there is replaced, anything else is refused.
    events
        As in `check`.
    money
        From `netplan.cost`, such as with the scenarios that the district is under. Default: that
        of the district itself, the home access plan in it.
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
    report = _whole(district, events, money)
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
    money: CostReport | None = None,
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
    money
        As in `plan`.
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
    found = _whole(district, events, money)
    return found, write_report(found, Path(out), pdf=pdf, xlsx=xlsx)


def _whole(district: District, events: Iterable[str], money: CostReport | None) -> Report:
    """Take a district through the school day, home access and money."""
    found = replace(check(district, events=events), home=home(district))
    if money is not None:
        return replace(found, money=money)
    if district.inputs.changed is not None:
        names = " ".join(f"--scenario {name}" for name in district.inputs.changed.scenarios)
        return replace(
            found,
            money_note="What it costs depends on what is bought when: "
            f"`{f'netplan cost DIR {names}'.strip()}` says it.",
        )
    if district.settings.school_year is None:
        note = "Cost by year is not added up: district.toml names no school year."
        return replace(found, money_note=note)
    return replace(found, money=_money(district, found.home))


def _money(district: District, home: Home | None) -> CostReport:
    """Add up what the district costs over the years, the home access plan in it."""
    from netplan.money.ownership import own
    from netplan.money.years import by_year, home_access
    from netplan.report.home_words import usd
    from netplan.report.money import CostReport

    districts = by_year(district.inputs)
    access = None if home is None else home.access
    cost_usd = 0.0 if access is None else access.published.cost_usd_per_year
    return CostReport(
        district=districts[-1],
        ownership=own(districts, home_access(districts[0], cost_usd) if cost_usd > 0 else None),
        extra=(f"The home access plan at {usd(cost_usd)} a year",) if cost_usd > 0 else (),
    )


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
