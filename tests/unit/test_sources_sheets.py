"""Lists as they come: encodings, delimiters, titles above the header, workbooks named .csv."""

from pathlib import Path

import pytest

from netplan.errors import InputError
from netplan.sources import sheets
from netplan.sources.columns import edge_headings, score
from netplan.sources.sheets import Sheet, normal, plain, read_sheet

LIST = "School Name,Students\nAsh,10\nBirch,20\n"


def read(path: Path, data: bytes | str) -> Sheet:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_sheet(path, score=lambda names: score("schools", names), headerless=edge_headings)


def code_of(path: Path, data: bytes | str) -> str:
    with pytest.raises(InputError) as caught:
        read(path, data)
    return caught.value.problems[0].code


@pytest.mark.parametrize(
    "data",
    [
        LIST.encode(),
        LIST.encode("utf-8-sig"),
        LIST.encode("utf-16"),
        LIST.replace("\n", "\r\n").encode(),
        LIST.replace(",", "\t").encode(),
        LIST.replace(",", ";").encode(),
        LIST.replace(",", "|").encode(),
    ],
)
def test_encodings_and_delimiters_read_the_same(tmp_path: Path, data: bytes) -> None:
    sheet = read(tmp_path / "list.csv", data)
    assert sheet.headings == ("School Name", "Students")
    assert [dict(row.cells) for row in sheet.rows] == [
        {"School Name": "Ash", "Students": "10"},
        {"School Name": "Birch", "Students": "20"},
    ]
    assert sheet.notes == ()


def test_latin_1_is_read_with_a_note_that_names_the_row(tmp_path: Path) -> None:
    sheet = read(tmp_path / "list.csv", "School Name,Students\nAsh,1\nPeña,2\n".encode("latin-1"))
    assert sheet.rows[1].get("School Name") == "Peña"
    assert [(note.code, note.row, note.severity) for note in sheet.notes] == [
        ("encoding", 3, "note")
    ]


def test_a_title_above_the_header_is_passed_over_and_rows_keep_their_numbers(
    tmp_path: Path,
) -> None:
    sheet = read(tmp_path / "list.csv", "Downloaded in May\n\nSchool Name*,Students*\n\nAsh,10\n")
    assert sheet.headings == ("School Name*", "Students*")
    assert [row.number for row in sheet.rows] == [5]


def test_edge_points_need_no_header(tmp_path: Path) -> None:
    line = "010000500870|0100005|Ash|01|1 Elm St|Town|AL|35950|01|01095|C|32|34.2|-86.2\n"
    sheet = read(tmp_path / "edge.txt", line)
    assert sheet.rows[0].get("NCESSCH") == "010000500870"
    assert (sheet.rows[0].get("LAT"), sheet.rows[0].number) == ("34.2", 1)


def test_long_rows_and_repeated_headings(tmp_path: Path) -> None:
    sheet = read(tmp_path / "list.csv", "Name,Students,Name,\nAsh,10,other,,extra\n")
    assert sheet.rows[0].cells == {"Name": "Ash", "Students": "10"}
    assert [note.code for note in sheet.notes] == ["row-too-long"]


def test_what_is_no_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    assert code_of(path, b"PK\x03\x04 and so on") == "not-csv"
    assert code_of(path, b"\xd0\xcf\x11\xe0 old") == "not-csv"
    assert code_of(path, b"a\x00b\x00") == "not-csv"
    assert code_of(path, "") == "empty-file"
    assert code_of(path, "\n\n , \n") == "empty-file"
    assert code_of(path, "Name,Students\n") == "empty-file"
    with pytest.raises(InputError, match="no such file"):
        read_sheet(tmp_path / "none.csv", score=len)


def test_size_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_BYTES", 10)
    assert code_of(tmp_path / "list.csv", LIST) == "file-too-large"
    monkeypatch.setattr(sheets, "MAX_BYTES", 10_000)
    monkeypatch.setattr(sheets, "MAX_ROWS", 2)
    assert code_of(tmp_path / "list.csv", LIST) == "file-too-large"


def test_plain_cells_and_headings() -> None:
    assert plain('="0612345"') == "0612345"
    assert plain(" a\x07b\u200b\n c ") == "a b c"
    assert plain("=HYPERLINK(1)") == "=HYPERLINK(1)"
    assert normal("Student Teacher Ratio*") == "student_teacher_ratio"
    assert normal("LEVEL_") == "level"
