"""acs.csv: official ids, sentinels by name, geoids as data.census.gov writes them."""

import math
from pathlib import Path

import numpy as np
import pytest

from netplan.inputs.acs import read_acs
from netplan.inputs.folder import read_folder, validate_folder
from tests.unit.after_school import ACS, NE, NW, SE, SW, write_after_school


def table(*rows: str, head: str = "geoid,B28002_001E,B28002_001M") -> bytes:
    """Give acs.csv of some rows."""
    return "\n".join([head, *rows, ""]).encode()


@pytest.mark.parametrize(
    ("cell", "sentinel", "value", "part"),
    [
        ("-666666666", -666666666, math.nan, "too few"),
        ("-666666666.0", -666666666, math.nan, "too few"),
        ("-6.66667E+08", -666666666, math.nan, "too few"),
        ("-222222222", -222222222, math.nan, "margin of error"),
        ("-333333333", -333333333, math.nan, "open-ended"),
        ("-555555555", -555555555, 0.0, "controlled"),
        ("-888888888", -888888888, math.nan, "not applicable"),
        ("-999999999", -999999999, math.nan, "too few sample cases"),
        ("*****", -555555555, 0.0, "controlled"),
        ("***", -333333333, math.nan, "open-ended"),
        ("**", -222222222, math.nan, "margin of error"),
        ("-", -666666666, math.nan, "too few"),
        ("N", -999999999, math.nan, "too few sample cases"),
        ("(X)", -888888888, math.nan, "not applicable"),
        ("null", math.nan, math.nan, "no value"),
        ("NA", math.nan, math.nan, "no value"),
    ],
)
def test_a_sentinel_is_named(cell: str, sentinel: float, value: float, part: str) -> None:
    acs, problems = read_acs(table(f"{SW},100,{cell}", f"{SE},200,{cell}", f"{NW},300,5"))
    assert acs is not None
    assert np.array_equal(acs.frame["B28002_001M"], [value, value, 5], equal_nan=True)
    assert [(p.code, p.row, p.column) for p in problems] == [("acs-sentinel", 2, "B28002_001M")]
    assert problems[0].severity == "note"
    assert "2 cells" in problems[0].message
    assert part in problems[0].message
    marks = acs.annotations
    assert list(marks["geoid"]) == [SW, SE]
    assert set(marks["column"]) == {"B28002_001M"}
    assert np.array_equal(marks["sentinel"], [sentinel] * 2, equal_nan=True)
    assert marks["meaning"].str.contains(part).all()


def test_a_controlled_estimate_is_unknown_and_a_blank_is_told_of_nowhere() -> None:
    acs, problems = read_acs(table(f"{SW},-555555555,", f"{SE},,3"))
    assert acs is not None
    assert acs.frame["B28002_001E"].isna().all()
    assert np.isnan(acs.frame["B28002_001M"].iloc[0])
    assert [p.column for p in problems] == ["B28002_001E"]


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (f"{SW},-5,3", "negative-number", "B28002_001E"),
        (f"{SW},5,-3", "negative-number", "B28002_001M"),
        (f"{SW},-999,3", "negative-number", "B28002_001E"),
        (f'{SW},"1,234",3', "thousands-comma", "B28002_001E"),
        (f"{SW},<10,3", "suppressed-value", "B28002_001E"),
        (f"{SW},many,3", "not-a-number", "B28002_001E"),
        (f"{SW},1e400,3", "infinite-number", "B28002_001E"),
        (f"{SW},inf,3", "infinite-number", "B28002_001E"),
        ("2.4005E+11,5,3", "scientific-notation", "geoid"),
        ("1097000100,5,3", "lost-zeros", "geoid"),
        ("1097,5,3", "lost-zeros", "geoid"),
        (f"{SW}000,5,3", "bad-geoid", "geoid"),
        ("Elm County,5,3", "bad-geoid", "geoid"),
        (",5,3", "bad-geoid", "geoid"),
        (f"{NE},5,3", "duplicate-key", "geoid"),
    ],
)
def test_a_problem_in_a_row(row: str, code: str, column: str) -> None:
    _, problems = read_acs(table(f"{NE},5,3", row))
    assert [(p.code, p.row, p.column) for p in problems] == [(code, 3, column)]
    assert problems[0].severity == "error"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        (b"geoid,B28002_001E\n", "no-rows"),
        (b"name,B28002_001E\nx,1\n", "missing-column"),
        (b"geoid,population\n1,1\n", "no-acs-columns"),
        (b"geoid;B28002_001E\n1;1\n", "wrong-delimiter"),
        (b"PK\x03\x04", "not-csv"),
        (b"geoid,B28002_001E,b28002_001e\n12111,1,1\n", "duplicate-column"),
        (b'geoid,B28002_001E\n12111,"1\n', "bad-quoting"),
    ],
)
def test_a_problem_of_the_file(data: bytes, code: str) -> None:
    _, problems = read_acs(data)
    assert code in [p.code for p in problems if p.severity == "error"]


def test_a_download_of_data_census_gov_is_read() -> None:
    acs, problems = read_acs(
        table(
            "Geography,Name,Estimate!!Total:,Margin of Error!!Total:,Annotation of Estimate",
            f"1500000US{SW},BG 1,100,±12,null",
            "1400000US12111000100,Tract 1,300,*****,",
            "0500000US12111,St. Lucie,1000,0,",
            "0400000US12,Florida,5,5,",
            head="GEO_ID,NAME,B28002_001E,B28002_001M,B28002_001EA",
        )
    )
    assert acs is not None
    assert list(acs.frame["geoid"]) == ["12111", "12111000100", SW]
    assert list(acs.frame["level"]) == ["county", "tract", "block_group"]
    assert list(acs.frame.columns) == ["geoid", "level", "B28002_001E", "B28002_001M"]
    assert list(acs.frame["B28002_001M"]) == [0, 0, 12]
    assert acs.rows[SW] == 3
    assert {p.severity for p in problems} == {"note"}
    assert {p.code for p in problems} == {
        "geoid-column", "label-row", "larger-area", "prefixed-geoid", "acs-sentinel",
    }  # fmt: skip


def test_names_are_brought_to_their_official_form() -> None:
    acs, problems = read_acs(table(f"{SW},1,2,x", head="GEOID,b28002_001e,B28002_M001,other"))
    assert acs is not None
    assert list(acs.frame.columns) == ["geoid", "level", "B28002_001E", "B28002_001M"]
    assert {p.code for p in problems} == {"geoid-column", "acs-column-name", "extra-column"}


def test_open_ended_medians_keep_their_number() -> None:
    acs, _ = read_acs(table(f'{SW},"250,000+",**'))
    assert acs is not None
    assert list(acs.frame["B28002_001E"]) == [250_000]


def test_tracts_for_block_groups_are_another_level(tmp_path: Path) -> None:
    rows = "geoid,B28002_001E\n12111000100,100\n12111000200,200\n"
    errors = [
        p for p in validate_folder(write_after_school(tmp_path, acs=rows)) if p.severity == "error"
    ]
    assert [(p.code, p.file) for p in errors] == [("other-level", "acs.csv")]
    assert "these rows are of tracts" in errors[0].message


def test_sentinels_reach_the_tables(tmp_path: Path) -> None:
    text = ACS.replace("50000,9000", "-666666666,-222222222")
    inputs = read_folder(write_after_school(tmp_path, acs=text))
    assert np.isnan(inputs.tables["acs"].set_index("geoid").loc[SW, "B19013_001E"])
    assert list(inputs.tables["acs_annotations"]["sentinel"]) == [-666666666, -222222222]
    assert [p.code for p in inputs.problems] == ["acs-sentinel"] * 2
