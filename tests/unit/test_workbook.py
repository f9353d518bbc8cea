"""The workbook, read back: typed, with units, frozen, filtered, and no cell of it is a formula."""

import math
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from netplan.report import workbook as workbook_module
from netplan.report.model import Home, Report
from netplan.report.workbook import heading, write_workbook
from netplan.report.workbook_tables import SheetTable, sheet_tables
from tests.browser.sample import HOSTILE, HOSTILE_IDS, sample_report
from tests.unit.test_board import whole  # noqa: F401  (a fixture)

openpyxl = pytest.importorskip("openpyxl")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "district.xlsx"
    write_workbook(sample_report(hostile=True), path)
    return path


def test_no_cell_is_a_formula_and_no_part_of_the_file_leads_outside(hostile: Path) -> None:
    book = openpyxl.load_workbook(hostile)
    for sheet in book:
        assert not [cell for row in sheet for cell in row if cell.data_type == "f"]
        assert not sheet._hyperlinks
    with zipfile.ZipFile(hostile) as archive:
        names = archive.namelist()
        assert not [name for name in names if "external" in name or "vba" in name.casefold()]
        text = b"".join(archive.read(name) for name in names)
    assert b"<f>" not in text
    assert b'TargetMode="External"' not in text


def test_hostile_text_is_kept_and_what_begins_like_a_formula_is_quoted(hostile: Path) -> None:
    sheet = openpyxl.load_workbook(hostile)["Buildings"]
    cells = {row[1].value: row[1] for row in sheet.iter_rows(min_row=2)}
    for name in HOSTILE:
        if name.isprintable():
            assert name in cells
    for name in ("=cmd|'/C calc'!A0", "+1 Elementary", "-2 Elementary", "@sum(1)"):
        assert cells[name].data_type == "s"
        assert cells[name].quotePrefix
    assert not cells["{{7*7}}"].quotePrefix
    ids = [row[0].value for row in sheet.iter_rows(min_row=2)]
    assert HOSTILE_IDS[0] in ids


def test_columns_are_typed_named_with_units_and_in_reach(hostile: Path) -> None:
    book = openpyxl.load_workbook(hostile)
    report = sample_report(hostile=True)
    sheet = book["Buildings"]
    heads = [cell.value for cell in sheet[1]]
    assert "Planning load down (Mbps)" in heads
    assert "Enrollment (students)" in heads
    row = report.buildings.iloc[0]
    load = sheet.cell(2, heads.index("Planning load down (Mbps)") + 1)
    assert load.data_type == "n"
    assert load.value == pytest.approx(row["load_down_mbps"], rel=1e-15)
    assert load.number_format == "#,##0.00"
    share = sheet.cell(2, heads.index("Bottleneck utilization (share)") + 1)
    assert share.number_format == "0.0%"
    # what has no limit says so; what is unknown is empty
    reach = heads.index("What could reach the building (Mbps)") + 1
    assert sheet.cell(2, reach).value == "no limit"
    built = heads.index("Year built") + 1
    assert sheet.cell(2, built).value is None
    assert sheet.cell(3, built).number_format == "0"
    for each in book:
        assert each.freeze_panes == "B2"
        assert each.auto_filter.ref.startswith("A1:")
        assert len(each.title) <= 31
        assert all(each.column_dimensions[cell.column_letter].width >= 9 for cell in each[1])


def test_every_table_has_a_sheet_and_the_first_says_where_it_is_from(hostile: Path) -> None:
    book = openpyxl.load_workbook(hostile)
    tables = sheet_tables(sample_report(hostile=True))
    assert book.sheetnames == ["Contents", *(table.name for table in tables)]
    told = {row[0].value: row for row in book["Contents"].iter_rows(min_row=2)}
    for table in tables:
        assert told[table.name][1].value == len(table.rows) == book[table.name].max_row - 1
        assert told[table.name][3].value == table.source != ""


def test_the_same_report_gives_the_same_bytes_and_names_nobody(
    hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = tmp_path / "again.xlsx"
    write_workbook(sample_report(hostile=True), again)
    assert again.read_bytes() == hostile.read_bytes()
    about = openpyxl.load_workbook(hostile).properties
    assert not about.creator
    assert not about.lastModifiedBy
    assert (about.created.year, about.modified.year) == (2000, 2000)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    write_workbook(sample_report(hostile=True), again)
    assert openpyxl.load_workbook(again).properties.created.year == 2027


def test_withheld_counts_are_empty_cells(whole: Report, tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "district.xlsx"
    write_workbook(whole, path)
    book = openpyxl.load_workbook(path)
    assert {"Home areas", "Plan sites", "Timetable", "Cost curve"} <= {
        *book.sheetnames,
        "Timetable",  # no bus may be worth its money here
    }
    assert whole.home is not None
    assert whole.home.gap is not None
    areas = pd.read_excel(path, sheet_name="Home areas", dtype={"GEOID": str})
    shown = whole.home.gap.areas
    assert areas["GEOID"].tolist() == shown["geoid"].tolist()
    for ours, theirs in (
        ("students_offline", "Students offline (students)"),
        ("students", "Students"),
        ("rate", "Households offline (share of households)"),
    ):
        assert areas[theirs].tolist() == pytest.approx(shown[ours].tolist(), nan_ok=True)
    assert areas["Withheld"].tolist() == shown["suppressed"].tolist()


def test_long_and_odd_text_is_kept_as_far_as_excel_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = (
        {"name": "a" * 40_000, "value": math.inf, "ok": True},
        {"name": "lone \ud800 and \x00", "value": math.nan, "ok": None},
        {"name": "＝1", "value": -1.5, "ok": False},
    )
    table = SheetTable(
        name="Odd", about="a", source="b", columns=("name", "value", "ok"), rows=rows
    )
    monkeypatch.setattr(workbook_module, "sheet_tables", lambda _: [table])
    path = tmp_path / "odd.xlsx"
    write_workbook(sample_report(schools=1), path)
    sheet = openpyxl.load_workbook(path)["Odd"]
    assert len(sheet["A2"].value) == 32_767
    assert sheet["A3"].value == "lone <U+D800> and <U+0000>"
    assert sheet["A4"].quotePrefix
    assert [sheet.cell(line, 2).value for line in (2, 3, 4)] == ["no limit", None, -1.5]
    assert [sheet.cell(line, 3).value for line in (2, 3, 4)] == [True, None, False]


def test_headings_carry_units() -> None:
    assert heading("load_down_mbps") == "Planning load down (Mbps)"
    assert heading("usd_per_year") == "Cost or budget (USD a year)"
    assert heading("school_id") == "School id"


def test_without_the_after_school_half_there_are_no_such_sheets() -> None:
    report = sample_report(schools=2)
    bare = [each.name for each in sheet_tables(report)]
    with_note = Report(
        district=report.district, capacity=report.capacity, home=Home(note="no areas")
    )
    assert [each.name for each in sheet_tables(with_note)] == bare
    assert not [name for name in bare if name.startswith(("Home", "Plan"))]
