"""``netplan upgrade``: the least that must be bought, or the most that a budget relieves."""

from __future__ import annotations

from pathlib import Path

import click

from netplan.cli.output import check_json, emit_json, searching


@click.command()
@click.argument("district_dir", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--budget",
    type=click.FloatRange(min=0),
    metavar="USD",
    help="Relieve the most student-hours of congestion with so much a year, after E-Rate "
    "[default: everything below its limit, at least cost].",
)
@click.option(
    "--years",
    type=click.IntRange(1, 30),
    metavar="N",
    help="School years from the district's own on [default: as [money] or the scenario says].",
)
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="S",
    help="Plan for a scenario (repeatable): a name in the folder's scenarios/, or a path.",
)
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="CELL=VALUE",
    help="Override one cell on top of them (repeatable), such as planning.growth_per_year=0.1.",
)
@click.option("--failures", is_flag=True, help="Keep to the limits under every single failure too.")
@click.option("--buy-out", is_flag=True, help="Leave contracts early, paying the months left.")
@click.option(
    "--strict",
    is_flag=True,
    help="No plan (exit code 3) where a contract keeps an element past its limit; without this "
    "it is told and changed when the contract has ended.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="End the search then, with the best plan found and how far off it may be.",
)
@click.option("--all", "all_rows", is_flag=True, help="Show every purchase, not only the first.")
@click.option(
    "--json", "json_file", metavar="FILE", help="Write the results as JSON; - for standard output."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder to write: a page, tables, and the plan as a scenario.",
)
def upgrade(
    district_dir: Path,
    budget: float | None,
    years: int | None,
    scenarios: tuple[str, ...],
    sets: tuple[str, ...],
    failures: bool,
    buy_out: bool,
    strict: bool,
    time_limit: float,
    all_rows: bool,
    json_file: str | None,
    out: Path | None,
) -> None:
    """Find the cheapest upgrades, school year by school year, or the most a budget relieves.

    Prices are those of upgrades.csv where the folder has it, else the built-in catalog's.

    \b
    Example: netplan upgrade data/schools/harbor-county --out out/upgrades
    """
    import netplan
    from netplan.report.terminal import stdout_console
    from netplan.report.upgrade_page import write_upgrade
    from netplan.report.upgrade_terminal import print_upgrade
    from netplan.report.whole import refuse_foreign
    from netplan.studies.upgrade import upgrade as plan_upgrades

    check_json(json_file)
    if out is not None:
        refuse_foreign(out)
    with searching(quiet=json_file == "-") as progress:
        found = plan_upgrades(
            netplan.load(district_dir),
            *scenarios,
            sets=sets,
            budget_usd_per_year=budget,
            years=years,
            failures=failures,
            buy_out=buy_out,
            strict=strict,
            time_limit_s=time_limit,
            progress=progress,
        )
        page = None if out is None else write_upgrade(found, out)
    emit_json(json_file, found.to_json)
    if json_file == "-":
        return
    print_upgrade(found, stdout_console(), all_rows=all_rows, page=page)
    if json_file is not None:
        click.echo(f"JSON: {json_file}")
