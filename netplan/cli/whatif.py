"""``netplan whatif``: scenarios against the district as it is."""

from __future__ import annotations

from pathlib import Path

import click

import netplan
from netplan.cli.output import check_json, emit_json, waiting


@click.command()
@click.argument("district_dir", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1)
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="CELL=VALUE",
    help="Override one cell on top of every scenario (repeatable), such as "
    "planning.growth_per_year=0.4; alone it is a scenario of its own.",
)
@click.option("--no-why", is_flag=True, help="Do not find out which change did what: quicker.")
@click.option("--all", "all_rows", is_flag=True, help="Show every building, not only the worst.")
@click.option(
    "--json", "json_file", metavar="FILE", help="Write the results as JSON; - for standard output."
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder to write: a page, maps, tables."
)
def whatif(
    district_dir: Path,
    scenarios: tuple[str, ...],
    sets: tuple[str, ...],
    no_why: bool,
    all_rows: bool,
    json_file: str | None,
    out: Path | None,
) -> None:
    """Compare scenarios with the district as it is: what flips, when, and because of what.

    A scenario is a name in the folder's scenarios/ or a path to a file.

    \b
    Example: netplan whatif data/schools/harbor-county one-to-one --out out/one-to-one
    """
    if not scenarios and not sets:
        raise click.UsageError("Name at least one scenario, or override a cell with --set.")
    from netplan.report.terminal import stdout_console
    from netplan.report.whatif_page import write_whatif
    from netplan.report.whatif_terminal import print_whatif
    from netplan.report.whole import refuse_foreign

    check_json(json_file)
    if out is not None:
        refuse_foreign(out)
    with waiting("comparing", quiet=json_file == "-") as progress:
        found = netplan.whatif(
            netplan.load(district_dir),
            *scenarios,
            sets=sets,
            attribute=not no_why,
            progress=progress,
        )
        page = None if out is None else write_whatif(found, out)
    emit_json(json_file, found.to_json)
    if json_file == "-":
        return
    print_whatif(found, stdout_console(), all_rows=all_rows, pages=page)
    if json_file is not None:
        click.echo(f"JSON: {json_file}")
