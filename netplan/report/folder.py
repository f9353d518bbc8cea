"""The output folder of ``netplan plan``: pages, tables, and the data behind them."""

from collections.abc import Callable
from pathlib import Path

from netplan.report.document import check_document, dumps
from netplan.report.geopackage_out import write_layers
from netplan.report.map_files import write_maps
from netplan.report.model import Report
from netplan.report.money_page import write_money_tables
from netplan.report.pages import write_pages, write_text
from netplan.report.provenance import run_record, stamp_text
from netplan.report.tables import write_tables
from netplan.report.whole import RECORD, whole_folder
from netplan.report.workbook_tables import write_home_tables


def write_plan(
    report: Report,
    out: Path,
    *,
    command: str = "plan",
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write the whole output folder, or nothing.

    Every file is the same bytes for the same inputs, but for the time in ``run.json``, which
    is that of SOURCE_DATE_EPOCH where it is set.

    Parameters
    ----------
    report
        What to write.
    out
        The folder: new, empty, or one that netplan wrote before (it is replaced).
    command
        Name of the command, for ``run.json``.
    progress
        Called with the number of building pages written and their total.

    Returns
    -------
    index
        Path of ``index.html``.

    Raises
    ------
    InputError
        ``out`` holds something else, is a link, or cannot be written.
    """
    with whole_folder(out) as folder:
        write_text(folder / "check.json", dumps(check_document(report, "check")))
        write_tables(report, folder)
        write_home_tables(report, folder)
        if report.money is not None:
            write_money_tables(report.money, folder)
        write_layers(report, folder / "district.gpkg", stamp_text())
        maps = folder / "maps"
        maps.mkdir()
        write_maps(report, maps)
        write_pages(report, folder, progress)
        written = [
            path.relative_to(folder).as_posix()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        ]
        write_text(folder / RECORD, run_record(report, command, written))
    return out / "index.html"
