"""One thin command per public call: parse, call, print."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import netplan
from netplan.cli.home import check_home, lacks_home
from netplan.cli.output import check_json, emit_json, searching, waiting
from netplan.cli.scenarios import Over, scenario_options

if TYPE_CHECKING:
    from netplan.district.model import District
    from netplan.report.model import Report

_DIR = click.Path(path_type=Path)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)

_district = click.argument("district_dir", metavar="DIR", type=_DIR)
_json = click.option(
    "--json", "json_file", metavar="FILE", help="Write the results as JSON; - for standard output."
)
_event = click.option(
    "--event",
    "events",
    multiple=True,
    metavar="NAME",
    help="Overlay an event on the school day (repeatable); see docs/events.md.",
)
_fail_on = click.option(
    "--fail-on",
    type=click.Choice(["over", "spof", "target"]),
    multiple=True,
    help="Exit with 1 if an element is over its limit, if one failure cuts off several schools, "
    "or if a published target is missed (repeatable).",
)
_target = click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="NAME",
    help="Only these targets count for --fail-on target (repeatable), such as fcc.",
)


@click.command()
@_district
@click.option(
    "--out",
    type=_DIR,
    help="Folder to write [default: out/, the district folder's name, scenarios and events].",
)
@scenario_options
@_event
@_json
@_fail_on
@_target
def plan(
    district_dir: Path,
    out: Path | None,
    over: Over,
    events: tuple[str, ...],
    json_file: str | None,
    fail_on: tuple[str, ...],
    targets: tuple[str, ...],
) -> None:
    """Check a district and write a folder to open in a browser.

    \b
    Example: netplan plan data/schools/harbor-county --out out/harbor-county
    """
    # a day with events never takes the place of the usual day
    folder = out or over.folder(district_dir, events)
    check_json(json_file)
    with waiting("planning", quiet=json_file == "-") as progress:
        district = over.load(district_dir)
        _check_targets(district, fail_on, targets)
        report, index = netplan.plan(
            district,
            out=folder,
            events=events,
            money=over.money(district_dir),
            progress=progress,
        )
    _show(report, json_file, "plan", pages=index)
    _exit_if_found(report, fail_on, targets)


@click.command()
@_district
@scenario_options
@_event
@click.option("--all", "all_rows", is_flag=True, help="Show every building, not only the worst.")
@_json
@_fail_on
@_target
def check(
    district_dir: Path,
    over: Over,
    events: tuple[str, ...],
    all_rows: bool,
    json_file: str | None,
    fail_on: tuple[str, ...],
    targets: tuple[str, ...],
) -> None:
    """Show each building's bottleneck, headroom, redundancy and findings, the worst first.

    \b
    Example: netplan check data/schools/harbor-county --fail-on over
    """
    check_json(json_file)
    with waiting("checking", quiet=json_file == "-"):
        district = over.load(district_dir)
        _check_targets(district, fail_on, targets)
        report = netplan.check(district, events=events)
    _show(report, json_file, "check", all_rows=all_rows)
    _exit_if_found(report, fail_on, targets)


@click.command()
@_district
@scenario_options
@click.option("--all", "all_rows", is_flag=True, help="Show every area, not only the worst.")
@_json
def gap(district_dir: Path, over: Over, all_rows: bool, json_file: str | None) -> None:
    """Show how many students are offline at home, where, and how sure that is.

    \b
    Example: netplan gap data/schools/harbor-county
    """
    from netplan.report.home_terminal import print_gap
    from netplan.report.terminal import stdout_console

    check_json(json_file)
    with waiting("estimating", quiet=json_file == "-"):
        district = over.load(district_dir)
        check_home(district)
        report = netplan.gap(district)
    emit_json(json_file, report.to_json)
    if json_file != "-":
        print_gap(report, stdout_console(), all_rows=all_rows)
    _say_where(json_file)


@click.command()
@_district
@click.option(
    "--budget", type=float, metavar="USD", help="Serve the most students for this much a year."
)
@click.option(
    "--goal",
    type=float,
    metavar="SHARE",
    help="Serve this share of the students offline (0 to 1) at the least cost.",
)
@click.option(
    "--equity",
    type=click.Choice(["none", "floor", "worst_first"]),
    help="A floor for every attendance zone, or the worst zone first.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="End the search then, with the best plan found and how far off it may be.",
)
@scenario_options
@click.option("--all", "all_rows", is_flag=True, help="Show every place, not only the largest.")
@_json
def access(
    district_dir: Path,
    over: Over,
    budget: float | None,
    goal: float | None,
    equity: str | None,
    time_limit: float | None,
    all_rows: bool,
    json_file: str | None,
) -> None:
    """Plan Wi-Fi buses, partners, lending and subsidies that reach students who are offline.

    What is not given here is taken from access.toml.

    \b
    Example: netplan access data/schools/harbor-county --budget 150000 --equity floor
    """
    from netplan.report.home_terminal import print_access
    from netplan.report.terminal import stdout_console

    check_json(json_file)
    with searching(quiet=json_file == "-") as progress:
        district = over.load(district_dir)
        check_home(district)
        report = netplan.access(
            district,
            budget_usd_per_year=budget,
            coverage_goal=goal,
            equity=equity,
            time_limit_s=time_limit,
            progress=progress,
        )
    emit_json(json_file, report.to_json)
    if json_file != "-":
        print_access(report, stdout_console(), all_rows=all_rows)
    _say_where(json_file)


@click.command()
@_district
@click.option(
    "--out",
    type=_DIR,
    help="Folder to write [default: out/, the district folder's name, scenarios, events, -map].",
)
@click.option(
    "--tiles",
    metavar="URL",
    help="Online map tiles beneath: https://.../{z}/{x}/{y}.png. Default: none, no network.",
)
@scenario_options
@_event
def map(
    district_dir: Path, out: Path | None, tiles: str | None, over: Over, events: tuple[str, ...]
) -> None:
    """Draw the network and home access as maps to open in a browser, without the internet.

    \b
    Example: netplan map data/schools/harbor-county
    """
    with waiting("drawing the maps"):
        district = over.load(district_dir)
        home = netplan.home(district)
        page = netplan.map(
            netplan.check(district, events=events),
            home.access or home.gap,
            out=out or over.folder(district_dir, events, "map"),
            tiles=tiles,
        )
    click.echo(
        f"Open {page}; the other maps are linked there.{f' {home.note}' if home.note else ''}"
    )


@click.command()
@_district
@click.option(
    "--out",
    type=_DIR,
    help="Folder to write [default: out/, the district folder's name, scenarios, events, -report].",
)
@click.option("--pdf", is_flag=True, help="Write board.pdf too: tagged, with page numbers.")
@click.option("--xlsx", is_flag=True, help="Write district.xlsx too: a sheet for every table.")
@scenario_options
@_event
def report(
    district_dir: Path,
    out: Path | None,
    pdf: bool,
    xlsx: bool,
    over: Over,
    events: tuple[str, ...],
) -> None:
    """Write what a school board reads: one page in plain words, then all that stands behind it.

    \b
    Example: netplan report data/schools/harbor-county --xlsx
    """
    with waiting("writing the report"):
        _, board = netplan.report(
            over.load(district_dir),
            out=out or over.folder(district_dir, events, "report"),
            events=events,
            money=over.money(district_dir),
            pdf=pdf,
            xlsx=xlsx,
        )
    beside = sorted(path.name for path in board.parent.glob("[bd]*.[pxg]*"))
    click.echo(f"Open {board}; beside it: {', '.join([*beside, 'every table as CSV'])}.")


@click.command()
@_district
@_json
def validate(district_dir: Path, json_file: str | None) -> None:
    """List every problem of every file of a district folder.

    \b
    Example: netplan validate data/schools/harbor-county
    """
    from netplan.report.document import dumps, problems_document
    from netplan.report.terminal import print_problems, stdout_console

    check_json(json_file)
    problems = netplan.validate(district_dir)
    errors = sum(problem.severity == "error" for problem in problems)
    about: dict[str, Any] = {}
    district = None if errors else netplan.load(district_dir)
    if json_file is not None and district is not None:
        inputs = district.inputs
        about = {
            "district": inputs.settings.name,
            "hashes": inputs.hashes,
            "assumptions": inputs.assumptions,
        }
    emit_json(json_file, lambda: dumps(problems_document(problems, "validate", **about)))
    if json_file != "-":
        print_problems(problems, stdout_console())
        if district is not None and (lacking := lacks_home(district)) is not None:
            click.echo(f"Home access: {lacking.message}. {lacking.fix}")
    if errors:
        sys.exit(2)


@click.command()
@click.argument("folder", metavar="DIR", type=_DIR)
@click.option(
    "--schools",
    required=True,
    type=_FILE,
    help="List of schools (CSV): NCES, HIFLD, CCD, a state's, or your own.",
)
@click.option(
    "--circuits",
    type=_FILE,
    help="List of circuits (CSV): bandwidth x count, as E-Rate line items have it.",
)
@click.option("--grades", type=_FILE, help="Enrollment by school and grade (CSV).")
@click.option(
    "--map",
    "mapping",
    type=_FILE,
    help="TOML that names the columns of lists that netplan does not know.",
)
@click.option("--name", help="Name of the district.")
@click.option("--state", help="Two-letter state.")
@click.option("--school-year", help="School year planned for, such as 2026-27.")
@click.option(
    "--internet-mbps",
    type=float,
    help="Internet bandwidth, if the circuit list does not say which lines are internet.",
)
@click.option("--areas", type=_FILE, help="Block groups or tracts (GeoJSON, GeoPackage).")
@click.option(
    "--acs",
    type=_FILE,
    multiple=True,
    help="Census tables by area, with margins of error (CSV, repeatable).",
)
@click.option("--zones", type=_FILE, help="Attendance zones (GeoJSON, GeoPackage).")
@click.option("--libraries", type=_FILE, help="Library outlets (CSV), such as the IMLS survey's.")
@click.option("--parks", type=_FILE, help="Parks (CSV) as places where a bus may stand.")
@click.option("--stops", type=_FILE, help="Transit stops (CSV) as places where a bus may stand.")
@click.option("--buses", type=click.IntRange(1), metavar="N", help="Number of Wi-Fi buses.")
@click.option("--transit", is_flag=True, help="Students ride to the libraries for free.")
@click.option("--district", help="NCES id or name, to take one district out of a list of many.")
@click.option(
    "--overwrite",
    is_flag=True,
    help="Move an earlier folder aside (DIR.old-1) and write a new one.",
)
def init(
    folder: Path,
    schools: Path,
    circuits: Path | None,
    grades: Path | None,
    mapping: Path | None,
    name: str | None,
    state: str | None,
    school_year: str | None,
    internet_mbps: float | None,
    areas: Path | None,
    acs: tuple[Path, ...],
    zones: Path | None,
    libraries: Path | None,
    parks: Path | None,
    stops: Path | None,
    buses: int | None,
    transit: bool,
    district: str | None,
    overwrite: bool,
) -> None:
    """Start a district folder from lists of schools, circuits, areas, libraries and stops.

    What the lists do not say is filled by stated rules, and every guess is marked as one.

    \b
    Example: netplan init my-district --schools schools.csv --circuits circuits.csv
    """
    from netplan.report.started import print_started
    from netplan.report.terminal import stdout_console

    result = netplan.init(
        folder,
        schools=schools,
        circuits=circuits,
        enrollment_by_grade=grades,
        mapping=mapping,
        name=name,
        state=state,
        school_year=school_year,
        internet_mbps=internet_mbps,
        district=district,
        areas=areas,
        acs=acs,
        zones=zones,
        libraries=libraries,
        parks=parks,
        stops=stops,
        buses=buses,
        transit=transit,
        overwrite=overwrite,
    )
    print_started(result, stdout_console())


@click.command()
@click.argument("folder", metavar="DIR", type=_DIR)
@click.option(
    "--schools", type=click.IntRange(1, 2000), required=True, help="Number of schools, 1 to 2,000."
)
@click.option("--seed", type=int, required=True, help="The same seed gives the same bytes.")
@click.option("--name", help="Name of the district.")
@click.option(
    "--aps-per-group",
    type=click.IntRange(1),
    help="Access points per group [default: by wiring closet and generation].",
)
@click.option("--overwrite", is_flag=True, help="Replace a folder that netplan synth wrote before.")
def synth(
    folder: Path,
    schools: int,
    seed: int,
    name: str | None,
    aps_per_group: int | None,
    overwrite: bool,
) -> None:
    """Write a synthetic district of any size, with problems planted and listed.

    \b
    Example: netplan synth /tmp/big --schools 200 --seed 1
    """
    with waiting("writing"):
        written = netplan.synth(
            folder,
            schools=schools,
            seed=seed,
            name=name,
            aps_per_group=aps_per_group,
            overwrite=overwrite,
        )
    click.echo(
        f"Wrote {schools} synthetic schools to {written}; its README.md lists what was planted."
    )


COMMANDS = (plan, check, gap, access, map, report, validate, init, synth)


def _show(report: Report, json_file: str | None, command: str, **options: Any) -> None:
    from netplan.report.terminal import print_check, stdout_console

    emit_json(json_file, lambda: report.to_json(command))
    if json_file != "-":
        print_check(report, stdout_console(), **options)
    _say_where(json_file)


def _say_where(json_file: str | None) -> None:
    if json_file not in {None, "-"}:
        click.echo(f"JSON: {json_file}")


def _check_targets(district: District, fail_on: tuple[str, ...], targets: tuple[str, ...]) -> None:
    """Refuse a target that nobody published: it would never be missed."""
    if targets and "target" not in fail_on:
        raise click.UsageError("--target says which targets count for --fail-on target; add that.")
    known = sorted(set(district.table("targets")["target"]))
    for name in targets:
        if name not in known:
            raise click.BadParameter(
                f"no target is called {name!r}; there are {', '.join(known)}.",
                param_hint="'--target'",
            )


def _exit_if_found(report: Report, fail_on: tuple[str, ...], targets: tuple[str, ...]) -> None:
    """End with 1 when the findings hold what ``--fail-on`` looks for."""
    if any(report.found(kind, targets) for kind in fail_on):
        sys.exit(1)
