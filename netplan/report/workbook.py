"""``district.xlsx``: a sheet per table, typed, with units, and nothing in it that runs.

Text is always a text cell: no formula, no link. A text that begins like a formula carries Excel's
own mark of a quoted text (what typing an apostrophe in front does), so that it stays text when
somebody edits the cell or saves the sheet as CSV and types it again.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from netplan._version import __version__
from netplan.report.format import NO_LIMIT, clean, title_of, unit_of
from netplan.report.model import Report
from netplan.report.provenance import stamp
from netplan.report.tables import neutral
from netplan.report.workbook_tables import SheetTable, sheet_tables

#: Excel's own limit for the text of a cell.
_LONGEST = 32_767
#: Above this many rows the workbook is written row by row, so that memory stays small.
_MANY_ROWS = 50_000
_NARROW, _WIDE, _LOOKED_AT = 9, 60, 300
#: Number formats by unit; a share is shown as a percentage and stays a share.
_FORMATS = {
    "share": "0.0%",
    "USD": '#,##0" USD"',
    "USD a year": '#,##0" USD"',
    "devices": "#,##0",
    "schools": "#,##0",
}
_YEARS = frozenset({"year_built", "year_installed", "row"})
_RATES = frozenset({"rate", "rate_se", "direct_rate", "direct_se"})
_DECIMAL, _WHOLE, _YEAR, _DEGREES = "#,##0.00", "#,##0", "0", "0.000000"
#: Headings where the column's name says too little.
_TITLES = {
    "asked": "The budget asked for",
    "available_usd": "Money there is",
    "before": "Sum before raking",
    "after": "Sum after raking",
    "bound_students": "No plan serves more than",
    "cost_usd_per_year": "Spent",
    "cut_off": "Which schools are cut off",
    "direct_rate": "Households offline by the survey alone",
    "direct_se": "Standard error of the survey",
    "cost_center": "Cost center",
    "disjoint_paths": "Ways that share nothing",
    "erate_usd": "E-Rate pays",
    "exhausted_school_year": "School year in which room runs out",
    "frl_share": "Free or reduced lunch",
    "gap_share": "Better is possible by at most",
    "geoid": "GEOID",
    "headroom_devices": "More devices that fit",
    "high_usd": "High end before E-Rate",
    "how": "From",
    "lat": "Latitude",
    "lon": "Longitude",
    "low_usd": "Low end before E-Rate",
    "min_cut_mbps": "What could reach the building",
    "net_usd": "After E-Rate",
    "rate": "Households offline",
    "rate_se": "Standard error of it",
    "se": "Standard error of students offline",
    "served_share": "Students offline who are served",
    "sha256": "SHA-256",
    "students_high": "Students served, 95th percentile",
    "students_low": "Students served, 5th percentile",
    "students_median": "Students served, median",
    "suppressed": "Withheld",
    "unfunded_usd": "Nobody pays yet",
    "usd": "Before E-Rate",
    "usd_per_student": "Cost per student served",
    "usd_per_year": "Cost or budget",
    "used_usd": "Money used",
    "worth_share": "Worth it in draws",
}
_UNITS = {
    "bound_students": "students",
    "households": "households",
    "published": "households",
    "published_se": "households",
    "before": "households",
    "after": "households",
    "students_low": "students",
    "students_median": "students",
    "students_high": "students",
    "max_students": "students",
    "usd_per_student": "USD a year",
    "students": "students",
    "students_offline": "students",
    "se": "students",
    "enrollment": "students",
    "rate": "share of households",
    "rate_se": "share of households",
    "direct_rate": "share of households",
    "direct_se": "share of households",
    "lat": "degrees",
    "lon": "degrees",
}


def write_workbook(report: Report, path: Path) -> None:
    """Write every table of a report as one Excel workbook."""
    tables = sheet_tables(report)
    many = sum(len(table.rows) for table in tables) > _MANY_ROWS
    book = xlsxwriter.Workbook(
        path,
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
            "constant_memory": many,
        },
    )
    moment = stamp().replace(tzinfo=None)
    book.set_properties(
        {
            "title": f"{clean(report.district.name)}: tables of the report",
            "comments": f"Made by netplan {__version__}. Small counts are withheld.",
            "author": "",
            "created": moment,
        }
    )
    writer = _Writer(book)
    writer.sheet(_contents(tables))
    for table in tables:
        writer.sheet(table)
    book.close()


def _contents(tables: Sequence[SheetTable]) -> SheetTable:
    """Say what each sheet holds and where it comes from."""
    rows = tuple(
        {"sheet": each.name, "rows": len(each.rows), "what": each.about, "source": each.source}
        for each in tables
    )
    return SheetTable(
        name="Contents",
        about="",
        source="",
        columns=("sheet", "rows", "what", "source"),
        rows=rows,
    )


class _Writer:
    """Writes sheets of one workbook with its formats."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E3E7EB", "border": 1}
        )
        self._text = book.add_format({"valign": "top"})
        self._long = book.add_format({"valign": "top", "text_wrap": True})
        self._quoted = book.add_format({"valign": "top", "text_wrap": True, "quote_prefix": True})
        self._numbers: dict[str, Any] = {}

    def sheet(self, table: SheetTable) -> None:
        """Write one table: frozen headings with units, a filter, widths that fit."""
        sheet = self._book.add_worksheet(table.name)
        sheet.freeze_panes(1, 1)
        formats = [_number_format(name, table) for name in table.columns]
        for place, name in enumerate(table.columns):
            sheet.set_column(place, place, _width(name, table))
            sheet.write_string(0, place, heading(name), self._head)
        for line, row in enumerate(table.rows, start=1):
            for place, name in enumerate(table.columns):
                self._cell(sheet, line, place, row.get(name), formats[place])
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def _cell(self, sheet: Any, line: int, place: int, value: Any, form: str) -> None:
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return
        if isinstance(value, bool):
            sheet.write_boolean(line, place, value, self._text)
        elif isinstance(value, int | float) and math.isfinite(value):
            sheet.write_number(line, place, value, self._number(form))
        else:
            self._write_text(sheet, line, place, NO_LIMIT if isinstance(value, float) else value)

    def _write_text(self, sheet: Any, line: int, place: int, value: Any) -> None:
        if isinstance(value, tuple | list):
            value = "; ".join(map(str, value))
        text = clean(str(value))
        text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        runs = neutral(text) != text
        form = self._quoted if runs else self._long if len(text) > _WIDE else self._text
        sheet.write_string(line, place, text, form)

    def _number(self, form: str) -> Any:
        if form not in self._numbers:
            self._numbers[form] = self._book.add_format({"valign": "top", "num_format": form})
        return self._numbers[form]


def heading(column: str) -> str:
    """Give a column's heading with its unit, such as ``Planning load down (Mbps)``."""
    unit = _UNITS.get(column, unit_of(column))
    title = _TITLES.get(column, title_of(column))
    return f"{title} ({unit})" if unit and unit.casefold() != title.casefold() else title


def _number_format(column: str, table: SheetTable) -> str:
    if column in _RATES:
        return _FORMATS["share"]
    if column in ("lat", "lon"):
        return _DEGREES
    if column in _YEARS:
        return _YEAR
    unit = unit_of(column)
    if unit in _FORMATS:
        return _FORMATS[unit]
    values = [row[column] for row in table.rows if isinstance(row.get(column), int | float)]
    whole = all(math.isfinite(value) and value == round(value) for value in values)
    return _WHOLE if whole else _DECIMAL


def _width(column: str, table: SheetTable) -> float:
    """Give a width that most values fit; headings may take two lines."""
    longest = max((_shown(row.get(column)) for row in table.rows[:_LOOKED_AT]), default=_NARROW)
    return float(min(max(longest + 2, len(heading(column)) * 0.6 + 3, _NARROW), _WIDE))


def _shown(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, int | float):
        return 12
    return len(str(value))
