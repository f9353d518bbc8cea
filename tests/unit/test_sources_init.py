"""The folder that `netplan init` writes: complete, marked, whole or not at all."""

import csv
import tomllib
from pathlib import Path

import pytest

from netplan.errors import InputError
from netplan.inputs.folder import read_folder, validate_folder
from netplan.sources import folder_writer
from netplan.sources.lan import rooms_by_idf, rooms_of, tier_mbps
from netplan.sources.lists import InitResult, init_folder
from netplan.sources.rules import RULE, RULES

SCHOOLS = """School ID,School Name,Enrollment,Latitude,Longitude,Grades,Teachers
S1,Ash Elementary,300,27.30,-80.40,K-5,20
S2,Birch Middle,550,27.31,-80.41,6-8,
S3,Cedar High,1500,27.32,-80.42,9-12,100
S4,Dogwood,,27.33,-80.43,K-5,
"""
CIRCUITS = """Bandwidth,Lines,Medium,Cost per line
1000,3,Fiber,9000
2000,1,Fiber,24000
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def made(tmp_path: Path) -> InitResult:
    return init_folder(
        tmp_path / "harbor",
        schools=write(tmp_path / "schools.csv", SCHOOLS),
        circuits=write(tmp_path / "circuits.csv", CIRCUITS),
        name='Harbor "County"',
        state="FL",
        school_year="2026-27",
    )


def test_netplan_accepts_the_folder(made: InitResult) -> None:
    inputs = read_folder(made.folder)
    assert inputs.settings.name == 'Harbor "County"'
    assert len(inputs.tables["schools"]) == 3
    assert not [problem for problem in inputs.problems if problem.severity == "error"]


def test_numbers_by_hand(made: InitResult) -> None:
    # Rooms: ceil(300/25 x 1.2) = 15, ceil(550/25 x 1.2) = 27, ceil(1500/25 x 1.2) = 72;
    # one IDF for each 12: 2, 3 and 6 = 11; each with an ap_group; 3 MDFs; 5 head-end nodes.
    nodes, links = rows(made.folder, "nodes.csv"), rows(made.folder, "links.csv")
    kinds = [node["kind"] for node in nodes]
    assert (kinds.count("idf"), kinds.count("ap_group"), kinds.count("mdf")) == (11, 11, 3)
    assert len(nodes) == 11 + 11 + 3 + 5
    aps = [int(node["count"]) for node in nodes if node["kind"] == "ap_group"]
    assert sum(aps) == 15 + 27 + 72
    assert aps[:2] == [8, 7]
    # 3 inside the head end, 1 internet, 3 WAN, 11 IDF uplinks, 11 to the access points.
    assert len(links) == 29
    by_id = {link["link_id"]: link for link in links}
    assert by_id["INTERNET"]["down_mbps"] == "2000"
    assert by_id["INTERNET"]["monthly_usd"] == "2000"
    assert by_id["WAN-S3"]["monthly_usd"] == "750"
    assert by_id["FIREWALL-FILTER"]["down_mbps"] == "10000"
    staff = {row["school_id"]: row["staff"] for row in rows(made.folder, "schools.csv")}
    assert staff == {"S1": "26", "S2": "46", "S3": "130"}  # 20 x 1.3, 550 / 12, 100 x 1.3
    assert made.counts["students"] == 2350
    assert tomllib.loads((made.folder / "district.toml").read_text())["district"] == {
        "name": 'Harbor "County"',
        "state": "FL",
        "school_year": "2026-27",
    }


def test_every_guess_is_marked_in_its_row_and_listed(made: InitResult) -> None:
    listed = {(row["file"], row["key"], row["column"]) for row in rows(made.folder, "guesses.csv")}
    assert len(listed) == len(made.guesses) == made.counts["guessed cells"]
    marked = 0
    for name in ("schools.csv", "devices.csv", "nodes.csv", "links.csv"):
        for row in rows(made.folder, name):
            for mark in filter(None, row["guess"].split("; ")):
                columns, rule = mark.rsplit(": ", 1)
                assert rule in RULE
                marked += len(columns.split(", "))
    assert marked == len(listed)
    assert ("links.csv", "WAN-S1", "down_mbps") in listed
    assert ("schools.csv", "S1", "level") not in listed
    readme = (made.folder / "README.md").read_text()
    for rule in {guess.rule for guess in made.guesses}:
        assert f"| {RULE[rule].order} | {rule} |" in readme


def test_rules_have_names_texts_and_sources() -> None:
    assert len(RULE) == len(RULES)
    assert all(rule.text and rule.source and rule.order > 0 for rule in RULES)


def test_left_out_rows_are_listed(made: InitResult) -> None:
    (left,) = rows(made.folder, "left-out.csv")
    assert (left["row"], left["school_id"]) == ("5", "S4")
    assert left["reason"] == "it has no enrollment in the list"
    assert "schools.csv" in left["how_to_add"]
    assert "Dogwood" in (made.folder / "README.md").read_text()


def test_the_same_lists_give_the_same_bytes(tmp_path: Path, made: InitResult) -> None:
    again = init_folder(
        tmp_path / "again",
        schools=tmp_path / "schools.csv",
        circuits=tmp_path / "circuits.csv",
        name='Harbor "County"',
        state="FL",
        school_year="2026-27",
    )
    first = {path.name: path.read_bytes() for path in made.folder.iterdir()}
    assert first == {path.name: path.read_bytes() for path in again.folder.iterdir()}
    assert b"\r" not in first["schools.csv"]


def test_a_folder_with_something_in_it_is_refused_or_put_aside(made: InitResult) -> None:
    parent = made.folder.parent
    with pytest.raises(InputError, match="the folder is not empty"):
        init_folder(made.folder, schools=parent / "schools.csv")
    with pytest.raises(InputError, match="there is a file of that name"):
        init_folder(parent / "schools.csv", schools=parent / "schools.csv")
    (made.folder / "mine.txt").write_text("by hand")
    over = init_folder(made.folder, schools=parent / "schools.csv", overwrite=True)
    assert over.aside is not None
    assert (over.aside / "mine.txt").read_text() == "by hand"
    assert not (over.folder / "mine.txt").exists()
    (parent / "empty").mkdir()
    assert init_folder(parent / "empty", schools=parent / "schools.csv").counts["schools"] == 3


def test_nothing_is_left_behind_when_the_disk_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder_writer.Path, "rename", refuse)
    schools = write(tmp_path / "schools.csv", SCHOOLS)
    with pytest.raises(InputError, match="No space left"):
        init_folder(tmp_path / "new", schools=schools)
    assert [path.name for path in tmp_path.iterdir()] == ["schools.csv"]


def test_nothing_is_written_when_a_list_is_bad(tmp_path: Path) -> None:
    schools = write(tmp_path / "schools.csv", SCHOOLS)
    bad = write(tmp_path / "circuits.csv", "Bandwidth,Lines\n0,1\n")
    with pytest.raises(InputError):
        init_folder(tmp_path / "new", schools=schools, circuits=bad)
    with pytest.raises(InputError, match="no internet bandwidth"):
        init_folder(tmp_path / "new", schools=schools, internet_mbps=-1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["circuits.csv", "schools.csv"]


@pytest.mark.parametrize(
    ("option", "value", "part"),
    [
        ("state", "Flrida", "Did you mean Florida (FL)?"),
        ("state", "ZZ", "such as FL"),
        ("school_year", "2026", "Give 2026-27 for the year that begins in 2026."),
        ("school_year", "2026-28", "2026-27"),
        ("school_year", "next", "2026-27"),
    ],
)
def test_options_are_refused_before_anything_is_written(
    tmp_path: Path, option: str, value: str, part: str
) -> None:
    schools = write(tmp_path / "schools.csv", SCHOOLS)
    with pytest.raises(InputError) as caught:
        init_folder(tmp_path / "new", schools=schools, **{option: value})  # type: ignore[arg-type]
    (problem,) = caught.value.problems
    assert problem.code == "bad-option"
    assert part in str(problem)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("state", "year"), [("Florida", "2026-2027"), ("fl", "2026/27"), (" florida ", "2026–27")]
)
def test_options_are_written_as_the_contract_has_them(
    tmp_path: Path, state: str, year: str
) -> None:
    schools = write(tmp_path / "schools.csv", SCHOOLS)
    made = init_folder(tmp_path / "d", schools=schools, state=state, school_year=year, name=" A  B")
    settings = read_folder(made.folder).settings
    assert (settings.name, settings.state, settings.school_year) == ("A B", "FL", "2026-27")


def test_a_list_without_ids_and_circuits_by_name(tmp_path: Path) -> None:
    text = "Building,Kids,Latitude,Longitude\nAsh Primary,412,27.301,-80.402\n"
    text += "Birch Middle,655,27.322,-80.391\n"
    lines = "School,Bandwidth,Use\nDistrict,10 Gig,Internet\nAsh Primary,1 Gbps,WAN\n"
    lines += "Brch Middle,2 Gbps,WAN\n"
    made = init_folder(
        tmp_path / "d",
        schools=write(tmp_path / "schools.csv", text),
        circuits=write(tmp_path / "circuits.csv", lines),
    )
    links = {link["link_id"]: link for link in rows(made.folder, "links.csv")}
    assert (links["INTERNET"]["down_mbps"], links["INTERNET"]["guess"]) == ("10000", "")
    assert (links["WAN-row-2"]["down_mbps"], links["WAN-row-2"]["guess"]) == ("1000", "")
    assert (made.counts["circuit rows read"], made.counts["circuit rows used"]) == (3, 2)
    assert made.counts["circuits"] == 2
    assert {"ids-given", "unknown-school", "circuit-units"} <= {p.code for p in made.problems}
    readme = (made.folder / "README.md").read_text()
    assert "row-2 = Ash Primary; row-3 = Birch Middle" in readme
    assert "id row-3" in readme
    assert validate_folder(made.folder) == ()


def test_without_circuits_no_line_is_spoken_of(tmp_path: Path) -> None:
    made = init_folder(tmp_path / "d", schools=write(tmp_path / "schools.csv", SCHOOLS))
    texts = [path.read_text() for path in made.folder.iterdir()]
    assert not [text for text in texts if "largest line" in text]
    assert "no circuit list was given" in (made.folder / "README.md").read_text()
    assert validate_folder(made.folder) == ()


def test_foreign_text_stays_text(tmp_path: Path) -> None:
    text = (
        "School ID,School Name,Enrollment,Latitude,Longitude\n"
        'S1,"=HYPERLINK(""http://x"")",300,27.30,-80.40\n'
        'S2,"<script>alert(1)</script> | {{7*7}}\nHigh",300,27.31,-80.40\n'
        "*,Star,300,27.32,-80.40\n"
    )
    made = init_folder(tmp_path / "d", schools=write(tmp_path / "schools.csv", text))
    names = [row["name"] for row in rows(made.folder, "schools.csv")]
    assert names[0] == '=HYPERLINK("http://x")'
    assert names[1] == "<script>alert(1)</script> | {{7*7}} High"
    assert rows(made.folder, "schools.csv")[2]["school_id"] == "row-4"
    assert "<script>" not in (made.folder / "README.md").read_text()
    assert not [p for p in read_folder(made.folder).problems if p.severity == "error"]


def test_grades_become_enrollment(tmp_path: Path) -> None:
    grades = "School,Grade,Students\nS1,All Grades,300\nS1,K,295\nS1,1,*\nS3,9,1500\n"
    made = init_folder(
        tmp_path / "d",
        schools=write(tmp_path / "schools.csv", SCHOOLS),
        enrollment_by_grade=write(tmp_path / "grades.csv", grades),
    )
    assert [
        (row["school_id"], row["grade"], row["students"], row["guess"])
        for row in rows(made.folder, "enrollment.csv")
    ] == [
        # 300 - 295 = 5 would name the withheld grade; it is spread with the smallest one.
        ("S1", "K", "150", "students: suppressed-grades"),
        ("S1", "1", "150", "students: suppressed-grades"),
        ("S3", "9", "1500", ""),
    ]
    assert {"suppressed", "grades-missing"} <= {problem.code for problem in made.problems}
    assert not [p for p in read_folder(made.folder).problems if p.severity == "error"]


def test_the_year_of_the_school_list_is_the_year_of_the_grades(tmp_path: Path) -> None:
    schools = (
        "year,school_number,school_name,school_type,nces_number,grade_span,School,enrolled,lat,lon\n"
        "2021,1,Ash,E,990000100001,E,0001,90,39.3,-76.7\n"
    )
    grades = "Year,School,Grade,Enrolled Count\n2021,0001,Grade 1,90\n2022,0001,Grade 1,95\n"
    made = init_folder(
        tmp_path / "d",
        schools=write(tmp_path / "schools.csv", schools),
        enrollment_by_grade=write(tmp_path / "grades.csv", grades),
    )
    assert [row["students"] for row in rows(made.folder, "enrollment.csv")] == ["90"]


def test_sizes_of_buildings() -> None:
    assert [rooms_of(students) for students in (1, 20, 21, 25, 500)] == [1, 1, 2, 2, 24]
    assert [rooms_by_idf(rooms) for rooms in (1, 12, 13, 25)] == [[1], [12], [7, 6], [9, 8, 8]]
    assert [tier_mbps(need) for need in (1, 10_000, 20_000, 500_000)] == [
        1_000,
        10_000,
        25_000,
        400_000,
    ]


def test_a_huge_internet_circuit_still_gives_a_folder_that_netplan_accepts(tmp_path: Path) -> None:
    made = init_folder(
        tmp_path / "d",
        schools=write(tmp_path / "schools.csv", SCHOOLS),
        internet_mbps=800_000,
    )
    links = {link["link_id"]: link for link in rows(made.folder, "links.csv")}
    assert (links["FILTER-CORE"]["down_mbps"], links["FILTER-CORE"]["count"]) == ("400000", "4")
    assert not [p for p in read_folder(made.folder).problems if p.severity == "error"]
