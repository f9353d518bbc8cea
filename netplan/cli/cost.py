"""``netplan cost``: what a district's technology costs over the years, and who pays."""

from __future__ import annotations

from pathlib import Path

import click

from netplan.cli.output import check_json, emit_json, waiting


@click.command()
@click.argument("district_dir", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="S",
    help="Lay a scenario over the district (repeatable): a name in its scenarios/, or a path.",
)
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="CELL=VALUE",
    help="Override one cell on top of them (repeatable), such as money.device_life_years=5.",
)
@click.option(
    "--years",
    type=click.IntRange(1, 30),
    metavar="N",
    help="School years from the district's own on [default: as [money] or the scenario says].",
)
@click.option(
    "--with-upgrades", is_flag=True, help="Add the plan of `netplan upgrade` for the same years."
)
@click.option("--all", "all_rows", is_flag=True, help="Show every cost, not only the centers.")
@click.option(
    "--json", "json_file", metavar="FILE", help="Write the results as JSON; - for standard output."
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write: a page and tables.")
def cost(
    district_dir: Path,
    scenarios: tuple[str, ...],
    sets: tuple[str, ...],
    years: int | None,
    with_upgrades: bool,
    all_rows: bool,
    json_file: str | None,
    out: Path | None,
) -> None:
    """Show the cost of every school year by cost center, and who pays for it.

    Prices are the district's own where costs.csv and links.csv have them, else the catalog's;
    sources of money stand in funding.csv.

    \b
    Example: netplan cost data/schools/harbor-county --scenario one-to-one --out out/cost
    """
    import netplan
    from netplan.report.money_folder import write_cost
    from netplan.report.money_terminal import print_cost
    from netplan.report.terminal import stdout_console
    from netplan.report.whole import refuse_foreign
    from netplan.studies.cost import cost as cost_of

    check_json(json_file)
    if out is not None:
        refuse_foreign(out)
    with waiting("adding up", quiet=json_file == "-"):
        district = netplan.load(district_dir)
        found = cost_of(district, *scenarios, sets=sets, years=years, with_upgrades=with_upgrades)
        page = None if out is None else write_cost(found, out)
    emit_json(json_file, found.to_json)
    if json_file == "-":
        return
    print_cost(found, stdout_console(), all_rows=all_rows, page=page)
    if json_file is not None:
        click.echo(f"JSON: {json_file}")
