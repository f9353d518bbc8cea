"""`netplan sweep`: many scenarios, one table; what is done is kept when it is stopped."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

import netplan
from netplan.cli.output import check_json, emit_json, waiting

_DIR = click.Path(path_type=Path)


@click.command()
@click.argument("district_dir", metavar="DIR", type=_DIR)
@click.argument("sweep_file", metavar="SWEEP.toml")
@click.option(
    "--out",
    type=_DIR,
    help="Folder to write [default: out/, the district folder's name and the sweep's].",
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    metavar="N",
    help="Processes on this machine [default: one per core].",
)
@click.option(
    "--scheduler",
    metavar="URL",
    help="Dask scheduler whose workers do the work instead, such as tcp://10.0.0.5:8786.",
)
@click.option("--resume", is_flag=True, help="Go on with a sweep that was stopped.")
@click.option("--all", "all_rows", is_flag=True, help="Show every building, not only the worst.")
@click.option(
    "--json", "json_file", metavar="FILE", help="Write the results as JSON; - for standard output."
)
def sweep(
    district_dir: Path,
    sweep_file: str,
    out: Path | None,
    workers: int | None,
    scheduler: str | None,
    resume: bool,
    all_rows: bool,
    json_file: str | None,
) -> None:
    """Run many scenarios: how likely each building is over its limit, and what matters most.

    SWEEP.toml is a sweep file, or the name of one in the district's folder `sweeps`.

    \b
    Example: netplan sweep data/schools/harbor-county growth-and-devices --workers 2
    """
    if workers is not None and scheduler is not None:
        raise click.UsageError("--workers is for this machine alone; leave it out of --scheduler.")
    check_json(json_file)
    folder = out or Path("out") / f"{district_dir.resolve().name}-{Path(sweep_file).stem}"
    done = _Done()
    try:
        with waiting("sweeping", quiet=json_file == "-") as progress:
            report = netplan.sweep(
                netplan.load(district_dir),
                sweep_file,
                out=folder,
                workers=workers,
                scheduler=scheduler,
                resume=resume,
                progress=done.then(progress),
            )
    except KeyboardInterrupt:
        if not done.total:
            raise
        click.echo(
            f"netplan: stopped after {done.samples:,} of {done.total:,} samples; what is done is "
            f"kept. Run the same command again with --resume.",
            err=True,
        )
        sys.exit(130)
    emit_json(json_file, report.to_json)
    if json_file == "-":
        return
    from netplan.report.terminal import stdout_console
    from netplan.report.terminal_sweep import print_sweep

    schools = report.district.table("schools")
    print_sweep(
        report.sweep,
        report.summary,
        dict(zip(schools["school_id"], schools["name"], strict=True)),
        stdout_console(),
        buildings=len(schools),
        written=report.written,
        all_rows=all_rows,
    )
    if json_file is not None:
        click.echo(f"JSON: {json_file}")


class _Done:
    """How far a sweep is, for the message when it is stopped."""

    def __init__(self) -> None:
        self.samples = self.total = 0

    def then(self, progress: Callable[[int, int], None]) -> Callable[[int, int], None]:
        """Give a function that notes how far it is, then calls another."""

        def count(samples: int, total: int) -> None:
            self.samples, self.total = samples, total
            progress(samples, total)

        return count
