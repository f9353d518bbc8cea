"""`netplan init` on real lists: what is counted, what is left out, and which rows are named.

The numbers are those of the SOURCE.md beside each list.
"""

import csv
from collections import Counter
from pathlib import Path

import pytest

from netplan.errors import InputError
from netplan.inputs.folder import read_folder
from netplan.sources.circuits import read_circuits
from netplan.sources.lists import InitResult, init_folder

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
ST_LUCIE = DATA / "st_lucie_fl"
BALTIMORE = DATA / "baltimore_county_md"
CALIFORNIA = DATA / "coachella_perris_ca"
CIRCUITS = "wan_circuits_erate_fy2015.csv"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not there"),
]


def rows_of(result: InitResult, code: str) -> list[int | None]:
    return [problem.row for problem in result.problems if problem.code == code]


def table(result: InitResult, name: str) -> list[dict[str, str]]:
    with (result.folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def accepted(result: InitResult) -> bool:
    inputs = read_folder(result.folder)
    assert inputs.tables["schools"]["enrollment"].sum() == result.counts["students"]
    return not [problem for problem in inputs.problems if problem.severity == "error"]


@pytest.fixture(scope="module")
def st_lucie(tmp_path_factory: pytest.TempPathFactory) -> InitResult:
    return init_folder(
        tmp_path_factory.mktemp("init") / "st-lucie",
        schools=ST_LUCIE / "schools_nces.csv",
        circuits=ST_LUCIE / CIRCUITS,
    )


@pytest.fixture(scope="module")
def baltimore(tmp_path_factory: pytest.TempPathFactory) -> InitResult:
    return init_folder(
        tmp_path_factory.mktemp("init") / "baltimore-county",
        schools=BALTIMORE / "schools_2021_22.csv",
        circuits=BALTIMORE / CIRCUITS,
        enrollment_by_grade=BALTIMORE / "enrollment_by_school_grade.csv",
        name="Baltimore County Public Schools",
    )


def test_st_lucie_counts(st_lucie: InitResult) -> None:
    # 55 rows, 52 with enrollment, one of those a program of 0 students.
    assert accepted(st_lucie)
    assert st_lucie.counts["school rows read"] == 55
    assert (st_lucie.counts["schools"], st_lucie.counts["students"]) == (51, 45_661)
    assert {left.row: left.reason for left in st_lucie.left_out} == {
        10: "its status is future; it has no enrollment in the list",
        12: "its status is future; it has no enrollment in the list",
        18: "it has 0 students",
        27: "it has no enrollment in the list",
    }


def test_st_lucie_points_that_disagree_are_named(st_lucie: InitResult) -> None:
    assert rows_of(st_lucie, "coordinates-disagree") == [7, 18, 26, 34, 38, 41, 42, 44, 47, 50]
    messages = [p.message for p in st_lucie.problems if p.code == "coordinates-disagree"]
    assert "RENAISSANCE CHARTER SCHOOL AT TRADITION: its two points lie 123.0 km" in messages[3]
    assert rows_of(st_lucie, "far-school") == []
    tradition = next(row for row in table(st_lucie, "schools.csv") if row["source_row"] == "34")
    assert tradition["lat"].startswith("27.266")


def test_st_lucie_with_the_geocoded_points_alone_leaves_two_schools_out(tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text('[schools]\nlat = "Latitude"\nlon = "Longitude"\nother_lat = ""\n')
    result = init_folder(
        tmp_path / "d", schools=ST_LUCIE / "schools_nces.csv", mapping=mapping, name="geocoded"
    )
    assert accepted(result)
    assert rows_of(result, "far-school") == [34, 50]
    assert [left.row for left in result.left_out if "km from the middle" in left.reason] == [34, 50]
    assert result.counts["schools"] == 49


def test_st_lucie_circuits(st_lucie: InitResult) -> None:
    links = {row["link_id"]: row for row in table(st_lucie, "links.csv")}
    # 47 lines: 4 x 10 Gbps for the head end, 40 x 1 Gbps and 3 x 100 Mbps for 51 schools.
    assert (links["HEAD-END"]["down_mbps"], links["HEAD-END"]["count"]) == ("10000", "4")
    wan = Counter(row["down_mbps"] for name, row in links.items() if name.startswith("WAN-"))
    assert wan == {"1000": 48, "100": 3}
    rules = Counter(guess.rule for guess in st_lucie.guesses)
    assert (rules["wan-by-size"], rules["wan-commonest"]) == (43, 8)
    # No line of FY2015 is flagged as internet; the guess is the largest line.
    assert links["INTERNET"]["down_mbps"] == "10000"
    assert rules["internet-not-listed"] == 1
    assert "internet-not-listed" in {problem.code for problem in st_lucie.problems}
    small = {name.removeprefix("WAN-") for name, row in links.items() if row["down_mbps"] == "100"}
    students = sorted(
        (int(row["enrollment"]), row["school_id"]) for row in table(st_lucie, "schools.csv")
    )
    assert small == {school for _, school in students[:3]}


def test_st_lucie_virtual_and_charter_schools_are_named(st_lucie: InitResult) -> None:
    assert rows_of(st_lucie, "virtual-school") == [26, 44, 45, 47]
    assert rows_of(st_lucie, "charter-schools") == [19]


def test_st_lucie_from_hifld(tmp_path: Path) -> None:
    source = ST_LUCIE / "schools_hifld_all_in_county.csv"
    result = init_folder(tmp_path / "d", schools=source, circuits=ST_LUCIE / CIRCUITS)
    assert accepted(result)
    assert (result.counts["schools"], result.counts["students"]) == (52, 47_121)
    assert rows_of(result, "other-district") == [54]
    own = init_folder(tmp_path / "own", schools=source, district="1201770")
    assert (own.counts["schools"], own.counts["students"]) == (51, 45_661)


def test_a_national_circuit_list_gives_the_same_as_the_district_s(
    tmp_path: Path, st_lucie: InitResult
) -> None:
    result = init_folder(
        tmp_path / "d",
        schools=ST_LUCIE / "schools_nces.csv",
        circuits=DATA / "erate_wan" / "esh_verified_line_items_fy2015.csv",
    )
    assert table(result, "links.csv") == table(st_lucie, "links.csv")


def test_baltimore_counts(baltimore: InitResult) -> None:
    # 178 rows of 111,115 students; 166 stand somewhere and have students.
    assert accepted(baltimore)
    assert baltimore.counts["school rows read"] == 178
    assert (baltimore.counts["schools"], baltimore.counts["school rows left out"]) == (166, 12)
    assert baltimore.counts["students"] == 110_784
    assert baltimore.counts["students"] + baltimore.counts["students in rows left out"] == 111_115
    reasons = Counter(left.reason for left in baltimore.left_out)
    assert reasons == {
        "it has no enrollment in the list; it has no coordinates": 7,
        "it has no coordinates": 4,
        "it has no enrollment in the list": 1,
    }
    evening = [left.name for left in baltimore.left_out if "EDLP" in left.name]
    assert len(evening) == 5
    assert rows_of(baltimore, "same-point") == [175]


def test_baltimore_grades(baltimore: InitResult) -> None:
    by_school: Counter[str] = Counter()
    for row in table(baltimore, "enrollment.csv"):
        by_school[row["school_id"]] += int(row["students"])
    schools = {row["school_id"]: int(row["enrollment"]) for row in table(baltimore, "schools.csv")}
    assert dict(by_school) == schools
    withheld = [guess for guess in baltimore.guesses if guess.rule == "suppressed-grades"]
    # 50 withheld cells of 9 schools, and the smallest grade of the 3 with one of them alone
    assert (len(withheld), len(rows_of(baltimore, "suppressed"))) == (53, 9)


def test_baltimore_circuits(baltimore: InitResult) -> None:
    links = {row["link_id"]: row for row in table(baltimore, "links.csv")}
    assert (links["INTERNET"]["down_mbps"], links["INTERNET"]["monthly_usd"]) == ("5000", "13200")
    backup = links["INTERNET-BACKUP-1"]
    assert (backup["down_mbps"], backup["role"], backup["medium"]) == ("105", "backup", "cable")
    wan = Counter(row["down_mbps"] for name, row in links.items() if name.startswith("WAN-"))
    students = [int(row["enrollment"]) for row in table(baltimore, "schools.csv")]
    large = sum(1.5 * count > 1000 for count in students)
    assert wan == {"10000": large, "1000": 166 - large}


def test_coachella_has_three_schools_on_one_point(tmp_path: Path) -> None:
    result = init_folder(
        tmp_path / "d",
        schools=CALIFORNIA / "schools_coachella_valley_unified.csv",
        circuits=CALIFORNIA / CIRCUITS,
    )
    assert accepted(result)
    assert (result.counts["schools"], result.counts["students"]) == (21, 16_455)
    (point,) = [problem for problem in result.problems if problem.code == "same-point"]
    for name in ("Desert Mirage High (row 8)", "Las Palmitas Elementary (row 11)",
                 "Toro Canyon Middle (row 19)"):  # fmt: skip
        assert name in point.message
    # EducationSuperHighway published 216.06 kbps for each of 18,513 students: 4,000 Mbps.
    assert result.counts["internet Mbps"] == 4_000
    wan = Counter(
        row["down_mbps"] for row in table(result, "links.csv") if row["link_id"].startswith("WAN-")
    )
    assert wan == {"1000": 18, "100": 3}
    assert {row["nces_id"][:7] for row in table(result, "schools.csv")} == {"0609070"}


def test_perris_has_one_internet_line_and_nothing_else(tmp_path: Path) -> None:
    result = init_folder(
        tmp_path / "d",
        schools=CALIFORNIA / "schools_perris_union_high.csv",
        circuits=CALIFORNIA / CIRCUITS,
    )
    assert accepted(result)
    assert (result.counts["schools"], result.counts["students"]) == (9, 11_712)
    assert result.counts["internet Mbps"] == 1_000
    assert {guess.rule for guess in result.guesses if guess.key.startswith("WAN-")} == {
        "wan-planning-value"
    }


def test_washoe_circuits() -> None:
    circuits = read_circuits(DATA / "washoe_nv" / CIRCUITS)
    assert [(line.mbps, line.lines, line.purpose) for line in circuits.lines] == [
        (1000, 1, "internet"),
        (10_000, 2, "wan"),
        (100, 78, "wan"),
        (250, 26, "wan"),
        (1.5, 1, "wan"),
    ]
    assert [(note.code, note.row) for note in circuits.notes] == [("circuit-tiny", 6)]


def test_impossible_lines_of_the_nation_are_named() -> None:
    circuits = read_circuits(DATA / "erate_wan" / "esh_verified_line_items_fy2015.csv")
    named = {
        code: [note.row for note in circuits.notes if note.code == code]
        for code in ("circuit-zero", "circuit-absurd", "circuit-bandwidth")
    }
    assert named == {
        "circuit-zero": [238, 1607, 1620, 1641, 3639, 6903, 8607],
        "circuit-absurd": [2601, 3013, 4608, 6397],
        "circuit-bandwidth": [1574],
    }
    assert (circuits.rows, len(circuits.lines)) == (9189, 9177)


def test_lists_of_two_districts_do_not_mix(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no line is of the district of the school list"):
        init_folder(
            tmp_path / "d",
            schools=ST_LUCIE / "schools_nces.csv",
            circuits=CALIFORNIA / CIRCUITS,
        )
    assert not (tmp_path / "d").exists()
