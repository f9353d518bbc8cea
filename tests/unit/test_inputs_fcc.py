"""Raw FCC availability files under sources/, summed up by area."""

from pathlib import Path

import pytest

from netplan.inputs import fcc
from netplan.inputs.fcc import COLUMNS
from netplan.inputs.folder import read_folder, validate_folder
from tests.unit.after_school import NE, NW, SE, SW, write_after_school

NAME = "sources/bdc_12_Cable_fixed_broadband_J25_22nov2025.csv"


def line(block: str, brand: str, technology: str, down: str, up: str, code: str = "R") -> str:
    """Give one provider's service at one location."""
    return f"1,2,{brand},3,{technology},{down},{up},1,{code},FL,{block},h3\n"


HEAD = ",".join(COLUMNS) + "\n"
ROWS = HEAD + "".join(
    (
        line(SW + "001", "Slow Telephone", "10", "10", "1"),
        line(SE + "001", "Example Cable", "40", "1000", "35"),
        line(SE + "002", "Example Cable", "40", "1200", "35", "X"),
        line(SE + "002", "Example Fiber", "50", "500", "500"),
        line(SE + "002", "Business Fiber", "50", "9000", "9000", "B"),
        line(NW + "001", "Sky Satellite", "61", "220", "25"),
        line("120869999999001", "Other Cable", "40", "1000", "35"),
        line(NE + "001", "Odd Cable", "40", "fast", "35"),
        line(NE + "001", "Air Wireless", "71", "100", "20"),
    )
)


def write(folder: Path, *files: tuple[str, str | bytes]) -> Path:
    """Write the district with raw files in place of availability.csv."""
    return write_after_school(folder, dict(files), availability=None)


@pytest.mark.parametrize("rows_at_once", [1, 2, 100_000])
def test_services_to_homes_are_summed_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_at_once: int
) -> None:
    monkeypatch.setattr(fcc, "_ROWS_AT_ONCE", rows_at_once)
    inputs = read_folder(write(tmp_path, (NAME, ROWS)))
    table = inputs.tables["availability"].set_index("geoid")
    # the satellite, the business and the other county are left out, and the speed in words
    assert list(table.index) == [SW, SE, NE]
    assert list(table["max_down_mbps"]) == [10, 1200, 100]
    assert list(table["max_up_mbps"]) == [1, 500, 20]
    assert list(table["technologies"]) == ["10", "40;50", "71"]
    assert list(table["providers"]) == [
        "Slow Telephone", "Example Cable;Example Fiber", "Air Wireless",
    ]  # fmt: skip
    assert {p.code for p in inputs.problems} == {"fcc-summed", "bad-speed"}
    assert "not by satellite; 1 of 4 areas" in str(inputs.problems)
    assert len(inputs.hashes[NAME]) == 64


def test_two_files_are_one_table(tmp_path: Path) -> None:
    a = HEAD + line(SW + "001", "A", "40", "100", "10")
    b = HEAD + line(SW + "002", "B", "50", "50", "50")
    inputs = read_folder(write(tmp_path, ("sources/bdc_1.csv", a), ("sources/bdc_2.csv", b)))
    row = inputs.tables["availability"].iloc[0]
    assert (row["max_down_mbps"], row["max_up_mbps"], row["providers"]) == (100, 50, "A;B")


def test_availability_csv_wins(tmp_path: Path) -> None:
    inputs = read_folder(write_after_school(tmp_path, {NAME: "!"}))
    assert len(inputs.tables["availability"]) == 4
    assert NAME not in inputs.hashes


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "unreadable-file"),
        ("a,b\n1,2\n", "missing-column"),
        ("provider_id,location_id,technology\n1,2,3\n", "missing-column"),
        (b"PK\x03\x04\x00\x00", "missing-column"),
        (HEAD, "no-common-areas"),
        (HEAD + line("120869999999001", "A", "40", "1", "1"), "no-common-areas"),
        (HEAD + line("121119999999001", "A", "40", "1", "1"), "another-census"),
        (HEAD + "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16\n1,2\n", "un"),
        (HEAD + '"', "un"),
    ],
)
def test_a_problem_in_a_raw_file(tmp_path: Path, data: str | bytes, code: str) -> None:
    problems = validate_folder(write(tmp_path, (NAME, data)))
    errors = [p for p in problems if p.severity == "error"]
    assert len(errors) == 1
    assert errors[0].code.startswith(code) or code == "un"
    assert errors[0].file == NAME


def test_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(ROWS)
    folder = write(tmp_path / "d", ("sources/x.txt", ""))
    (folder / NAME).symlink_to(tmp_path / "secret.csv")
    assert [p.code for p in validate_folder(folder)] == ["not-a-file"]
