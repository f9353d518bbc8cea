"""The output folder of ``netplan report``: the board's document and the data behind it."""

from pathlib import Path

from netplan.report.board import board_html
from netplan.report.geopackage_out import write_layers
from netplan.report.model import Report
from netplan.report.money_page import write_money_tables
from netplan.report.pages import write_money_page, write_text
from netplan.report.pdf import pdf_bytes
from netplan.report.provenance import run_record, stamp_text
from netplan.report.tables import write_tables
from netplan.report.whole import RECORD, whole_folder
from netplan.report.workbook import write_workbook
from netplan.report.workbook_tables import write_home_tables


def write_report(report: Report, out: Path, *, pdf: bool = False, xlsx: bool = False) -> Path:
    """Write the whole folder, or nothing.

    Every file is the same bytes for the same inputs and libraries, but for the time in
    ``run.json``, which is that of SOURCE_DATE_EPOCH where it is set.

    Parameters
    ----------
    report
        What to write.
    out
        The folder: new, empty, or one that netplan wrote before (it is replaced).
    pdf
        Whether ``board.pdf`` is written too.
    xlsx
        Whether the workbook ``district.xlsx`` is written too.

    Returns
    -------
    board
        Path of ``board.html``.

    Raises
    ------
    InputError
        ``out`` holds something else, is a link, or cannot be written.
    PdfError
        A PDF is asked for and what it is made with is not installed.
    """
    with whole_folder(out) as folder:
        html = board_html(report)
        write_text(folder / "board.html", html)
        write_tables(report, folder)
        write_home_tables(report, folder)
        if report.money is not None:
            write_money_tables(report.money, folder)
        write_money_page(report, folder)
        write_layers(report, folder / "district.gpkg", stamp_text())
        if xlsx:
            write_workbook(report, folder / "district.xlsx")
        if pdf:
            (folder / "board.pdf").write_bytes(pdf_bytes(html))
        written = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*"))]
        write_text(folder / RECORD, run_record(report, "report", written))
    return out / "board.html"
