"""School lists of every layout, with the traps of the real ones in invented rows."""

import io
import tomllib
from pathlib import Path

import pytest
from rich.console import Console

from netplan.errors import InputError
from netplan.report.terminal import print_problems
from netplan.sources.columns import read_mapping
from netplan.sources.grades import read_grades, rows_for
from netplan.sources.options import school_year
from netplan.sources.schools import SchoolList, read_schools

NCES_HEAD = (
    "NCES School ID,State School ID,NCES District ID,Low Grade*,High Grade*,School Name,District,"
    "State,Locale*,Charter,Students*,Teachers*,Free Lunch*,Reduced Lunch*,Directly Certified*,"
    "Type,Status,Latitude,Longitude,HIFLD_LAT,HIFLD_LON\n"
)
NCES = NCES_HEAD + (
    "990000100001,ZZ-1,9900001,PK,05,ASH ELEMENTARY,HARBOR,ZZ,City: Small,No,500.00000,30.00000,"
    "200.00000,50.00000,190.0,Regular,Open,27.30,-80.40,27.3001,-80.4001\n"
    "990000100002,ZZ-2,9900001,06,12,BIRCH ACADEMY,HARBOR,ZZ,Rural,Yes,800.00000,–,"
    "†,†,400.00000,Regular,Open,26.20,-80.10,27.31,-80.41\n"
    "990000100003,ZZ-3,9900001,–,–,CEDAR,HARBOR,ZZ,,No,†,†,†,†,†,Regular,Future,27.3,-80.4,,\n"
    "990000100004,ZZ-4,9900001,KG,12,HOMEBOUND PROGRAM,HARBOR,ZZ,,No,0.00000,0.0,†,†,†,"
    "Special Education,Open,27.3,-80.4,,\n"
    "990000100005,ZZ-5,9900001,KG,12,COUNTY JAIL SCHOOL,HARBOR,ZZ,,No,30.00000,2.0,29.0,9.0,†,"
    "Other/Alternative,Open,27.31,-80.42,,\n"
    "990000100006,ZZ-6,9900001,KG,08,DOGWOOD K-8,HARBOR,ZZ,,No,900.00000,50.0,0.0,0.0,†,Regular,"
    "Open,29.9,-80.4,,\n"
    "990000100007,ZZ-7,9900001,09,12,ELM HIGH,HARBOR,ZZ,,No,<10,50.0,0.0,0.0,†,Regular,"
    "Open,27.3,-80.4,,\n"
    "990000100001,ZZ-1,9900001,PK,05,ASH AGAIN,HARBOR,ZZ,,No,5,1,,,,Regular,Open,27.3,-80.4,,\n"
)


def read(tmp_path: Path, text: str, **options: object) -> SchoolList:
    path = tmp_path / "schools.csv"
    path.write_text(text, encoding="utf-8")
    return read_schools(path, **options)  # type: ignore[arg-type]


def test_nces_search_download(tmp_path: Path) -> None:
    listed = read(tmp_path, NCES)
    assert [school.school_id for school in listed.schools] == ["ZZ-1", "ZZ-2", "ZZ-5"]
    ash, birch, jail = listed.schools
    assert (ash.nces_id, ash.level, ash.enrollment, ash.locale) == (
        "990000100001", "elementary", 500, "City: Small",
    )  # fmt: skip
    assert ash.frl_share == 0.5  # (200 + 50) / 500
    assert ash.staff == 39  # 30 teachers x 1.3
    assert ash.guesses == (("staff", "staff-from-teachers"),)
    assert (ash.point.lat, ash.point.lon) == (27.3001, -80.4001)
    assert birch.frl_share == 0.5  # lunch counts missing: 400 directly certified / 800
    assert birch.staff == 67  # 800 / 12
    assert dict(birch.guesses) == {
        "level": "level-from-span",
        "staff": "staff-from-students",
    }
    assert jail.frl_share is None  # 38 of 30 students
    assert (listed.leaid, listed.district_name, listed.state) == ("9900001", "HARBOR", "ZZ")


def test_rows_left_out_say_why(tmp_path: Path) -> None:
    left = {one.row: one.reason for one in read(tmp_path, NCES).left_out}
    assert set(left) == {4, 5, 7, 8, 9}
    assert "status is future" in left[4]
    assert "0 students" in left[5]
    assert "km from the middle" in left[7]
    assert "withheld (<10)" in left[8]
    assert "that of row 2" in left[9]


def test_notes_name_their_rows(tmp_path: Path) -> None:
    notes = {(note.code, note.row): note for note in read(tmp_path, NCES).notes}
    assert ("coordinates-disagree", 3) in notes
    assert "26.20000, -80.10000" in notes["coordinates-disagree", 3].message
    assert "27.31000, -80.41000" in notes["coordinates-disagree", 3].message
    assert ("far-school", 7) in notes
    assert ("virtual-school", 6) in notes
    assert ("charter-schools", 3) in notes
    assert ("frl-share", 6) in notes
    assert all(note.severity == "note" for note in notes.values())


def test_only_the_geocoded_point_leaves_the_far_school_out(tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text('[schools]\nlat = "Latitude"\nlon = "Longitude"\nother_lat = ""\n')
    listed = read(tmp_path, NCES, mapping=read_mapping(mapping)["schools"])
    assert "ZZ-2" not in [school.school_id for school in listed.schools]
    assert "km from the middle" in {one.row: one.reason for one in listed.left_out}[3]


def test_a_far_first_point_gives_way_to_a_near_second_one(tmp_path: Path) -> None:
    text = "School ID,School Name,Students,Latitude,Longitude,HIFLD_LAT,HIFLD_LON\n"
    rows = "".join(f"{i},School {i},100,27.3{i},-80.4,27.3{i},-80.4\n" for i in range(3))
    mapping = tmp_path / "map.toml"
    mapping.write_text(
        '[schools]\nlat = "HIFLD_LAT"\nlon = "HIFLD_LON"\n'
        'other_lat = "Latitude"\nother_lon = "Longitude"\n'
    )
    rows += "9,Far,100,27.39,-80.4,45.0,-80.4\n"
    listed = read(tmp_path, text + rows, mapping=read_mapping(mapping)["schools"])
    assert listed.schools[-1].point.lat == 27.39
    assert [note.row for note in listed.notes if note.code == "far-point-replaced"] == [5]


def test_hifld(tmp_path: Path) -> None:
    text = (
        "Long,Lat,NCESID,NAME,STATE,TYPE,STATUS,LATITUDE,LONGITUDE,LEVEL_,ENROLLMENT,ST_GRADE,"
        "END_GRADE,DISTRICTID,FT_TEACHERS\n"
        "-80.4,27.3,990000100001,ASH,ZZ,1,1,27.3,-80.4,ELEMENTARY,500,PK,05,9900001,30\n"
        "-80.4,27.3,990000100002,BIRCH,ZZ,1,2,27.3,-80.4,HIGH,500,09,12,9900001,30\n"
        "-80.4,27.3,990000100003,CEDAR,ZZ,1,1,27.31,-80.4,HIGH,-999,09,12,9900001,-999\n"
        "-80.4,27.3,990000900001,DOGWOOD,ZZ,1,1,27.3,-80.4,HIGH,700,09,12,9900009,-999\n"
        "-80.4,27.3,990000100005,ELM,ZZ,1,1,27.32,-80.4,HIGH,700,09,12,9900001,40\n"
    )
    listed = read(tmp_path, text)
    assert [school.school_id for school in listed.schools] == [
        "990000100001", "990000900001", "990000100005",
    ]  # fmt: skip
    assert {one.row: one.reason for one in listed.left_out} == {
        3: "its status is closed",
        4: "it has no enrollment in the list",
    }
    assert [(n.code, n.row) for n in listed.notes] == [("same-point", 2), ("other-district", 5)]
    one = read(tmp_path, text, district="9900009")
    assert [school.name for school in one.schools] == ["DOGWOOD"]
    with pytest.raises(InputError, match="no row of the list is of this district"):
        read(tmp_path, text, district="Nowhere")


def test_state_list_with_leading_zeros_and_programs_without_a_place(tmp_path: Path) -> None:
    text = (
        "year,school_number,school_name,school_type,state,nces_number,grade_span,School,enrolled,"
        "lat,lon\n"
        "2022,51,Evening Program,H,ZZ,990000100051,H,0051,11.0,,\n"
        "2022,62,Early Childhood Center,,ZZ,990000100062,,0062,377.0,39.35,-76.72\n"
        "2022,70,Ash Middle,M,ZZ,990000100070,M,0070,500.0,39.36,-76.72\n"
    )
    listed = read(tmp_path, text)
    assert [(s.school_id, s.level) for s in listed.schools] == [
        ("0062", "elementary"),
        ("0070", "middle"),
    ]
    assert ("level", "level-from-name") in listed.schools[0].guesses
    assert [(one.school_id, one.students, one.reason) for one in listed.left_out] == [
        ("0051", "11", "it has no coordinates")
    ]
    assert (listed.year, listed.leaid) == ("2022", "9900001")


def test_generic_headings_without_ids_and_swapped_points(tmp_path: Path) -> None:
    text = "Campus,Enrollment,Latitude,Longitude,Grades,FRL_share,Year Built\n"
    text += 'Ash,"1,200",-80.4,27.3,K-5,45%,1962\nBirch,600,27.31,-80.4,9-12,2,\n'
    listed = read(tmp_path, text)
    ash, birch = listed.schools
    assert (ash.school_id, ash.enrollment, ash.frl_share) == ("row-2", 1200, 0.45)
    assert (ash.year_built, birch.frl_share, birch.level) == (1962, None, "high")
    assert [(note.code, note.row) for note in listed.notes] == [
        ("coordinates-swapped", 2),
        ("frl-share", 3),
        ("ids-given", 2),
    ]
    assert "row-2 = Ash; row-3 = Birch" in listed.notes[-1].message


def test_unknown_layout_prints_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, "Campus,Pupil Number,Geo Y,Geo X\nAsh,12,27.3,-80.4\n")
    (problem,) = caught.value.problems
    assert problem.code == "unknown-layout"
    assert "'Pupil Number'" in problem.message
    assert "enrollment: 'Pupil Number'" in problem.expected
    start = '[schools]\nname = "Campus"\nlat = "Geo Y"   # needed; is it this one?\n'
    assert start in problem.fix
    # The block is a mapping file as it stands, once printed.
    out = io.StringIO()
    print_problems(caught.value.problems, Console(file=out, width=60))
    block = out.getvalue().partition("\n\n")[2]
    assert tomllib.loads(block)["schools"]["enrollment"] == "Pupil Number"
    path = tmp_path / "map.toml"
    path.write_text(block, encoding="utf-8")
    again = "Campus,Pupil Number,Geo Y,Geo X\nAsh,12,27.3,-80.4\n"
    assert read(tmp_path, again, mapping=read_mapping(path)["schools"]).schools[0].enrollment == 12


@pytest.mark.parametrize(
    ("heading", "enrollment"), [("Building", "Kids"), ("Campus", "Headcount"), ("Site", "Pupils")]
)
def test_other_words_for_school_and_students(tmp_path: Path, heading: str, enrollment: str) -> None:
    text = f"{heading},{enrollment},Latitude,Longitude,Levels\nAsh Primary,412,27.3,-80.4,K-5\n"
    (school,) = read(tmp_path, text).schools
    assert (school.name, school.school_id) == ("Ash Primary", "row-2")
    assert (school.enrollment, school.level) == (412, "elementary")


def test_ids_that_a_spreadsheet_damaged_are_not_used(tmp_path: Path) -> None:
    text = "School ID,NCES ID,School Name,Enrollment,Latitude,Longitude\n"
    text += "1.2E+11,1.29E+11,Ash,412,27.3,-80.4\n1.2E+11,1.29E+11,Birch,1 412,27.31,-80.4\n"
    listed = read(tmp_path, text)
    assert [(s.school_id, s.nces_id) for s in listed.schools] == [("row-2", ""), ("row-3", "")]
    assert [note.code for note in listed.notes].count("id-damaged") == 4
    assert listed.schools[1].enrollment == 1412


def test_state_and_year_of_the_list(tmp_path: Path) -> None:
    head = "School ID,School Name,Enrollment,Latitude,Longitude,State\n"
    for state, code in (("Maryland", "MD"), ("md", "MD"), ("Narnia", ""), ("W. Virginia", "")):
        listed = read(tmp_path, f"{head}1,Ash,412,39.3,-76.4,{state}\n")
        assert listed.state == code
    assert [school_year(text) for text in ("2024-25", "2024-2025", "2024", "2024-26", "x")] == [
        "2024-25",
        "2024-25",
        "",
        "",
        "",
    ]


def test_mapping_file(tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text(
        '[schools]\nenrollment = "pupil number"\nlat = "Geo Y"\nlon = "Geo X"\nlevel = "Kind"\n'
        '[schools.words.level]\nPrimary = "elementary"\n'
    )
    text = "Campus,Pupil Number,Geo Y,Geo X,Kind\nAsh,12,27.3,-80.4,Primary\n"
    listed = read(tmp_path, text, mapping=read_mapping(mapping)["schools"])
    assert (listed.schools[0].level, listed.schools[0].enrollment) == ("elementary", 12)
    assert listed.schools[0].guesses == (("staff", "staff-from-students"),)


def test_bad_mapping_files_name_every_mistake(tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text(
        '[schools]\nenrolment = "x"\nname = 3\n[schools.words.level]\nPrimary = "low"\n'
        '[schools.words.name]\na = "b"\n[circuits.factors]\nbandwidth_mbps = -1\n[buses]\n'
        "x = 1\n"
    )
    with pytest.raises(InputError) as caught:
        read_mapping(mapping)
    assert [problem.column for problem in caught.value.problems] == [
        "buses",
        "schools.enrolment",
        "schools.name",
        "schools.words.level.Primary",
        "schools.words.name",
        "circuits.factors.bandwidth_mbps",
    ]
    assert "did you mean enrollment?" in caught.value.problems[1].expected
    mapping.write_text("[schools\n")
    with pytest.raises(InputError, match="cannot be read"):
        read_mapping(mapping)
    mapping.write_text("schools = 3\n")
    with pytest.raises(InputError, match="not a section"):
        read_mapping(mapping)
    mapping.write_text('[schools]\nlat = "Lattitude"\n')
    with pytest.raises(InputError, match="Did you mean 'Latitude'"):
        read(tmp_path, NCES, mapping=read_mapping(mapping)["schools"])


def test_nothing_left_says_of_each_row_why(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, NCES_HEAD + NCES.splitlines(keepends=True)[3])
    assert [(p.code, p.row) for p in caught.value.problems] == [("no-schools", 2)]


GRADES = (
    "Year,School,School Name,Grade,Enrolled Count\n"
    "2021,0051,Ash,All Grades,1\n"
    "2022,0051,Ash,All Grades,117\n"
    "2022,0051,Ash,Prekindergarten Age 4,*\n"
    "2022,0051,Ash,Kindergarten,*\n"
    "2022,0051,Ash,Grade 1,100\n"
    "2022,0051,Ash,Grade 1,99\n"
    "2022,0051,Ash,Ungraded,3\n"
    "2022,0051,Ash,Grade 2,-4\n"
    "2022,0052,Birch,All Grades,*\n"
    "2022,0052,Birch,Grade 9,*\n"
    "2022,0053,Cedar,Grade 9,40\n"
    "2022,0053,Cedar,Grade 10,50\n"
)
ONE_WITHHELD = """Year,School,School Name,Grade,Enrolled Count
2022,0054,Dogwood,All Grades,64
2022,0054,Dogwood,Grade 9,40
2022,0054,Dogwood,Grade 10,21
2022,0054,Dogwood,Grade 11,*
"""


def test_withheld_grades_take_what_the_total_leaves(tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    path.write_text(GRADES)
    grades = read_grades(path)
    assert (grades.year, grades.totals["51"], grades.totals["0053"]) == ("2022", 117, 90)
    assert grades.spans["53"] == (9, 10)
    schools = [("A", ("0051",), 117), ("B", ("52",), 9), ("C", ("53",), 91), ("D", ("77",), 1)]
    rows, notes = rows_for(grades, schools)
    # 117 - 100 = 17 over PK and K: 9 and 8.
    assert [(r.school_id, r.grade, r.students, r.guessed) for r in rows] == [
        ("A", "PK", 9, True),
        ("A", "K", 8, True),
        ("A", "1", 100, False),
        ("C", "9", 40, False),
        ("C", "10", 50, False),
    ]
    assert [note.code for note in notes] == [
        "suppressed", "grades-withheld", "totals-differ", "grades-missing",
    ]  # fmt: skip
    assert sorted(note.code for note in grades.notes) == [
        "grade-count", "grade-twice", "grade-unknown", "several-years",
    ]  # fmt: skip
    assert read_grades(path, year="2021").totals["0051"] == 1


def test_one_withheld_grade_is_not_given_back(tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    path.write_text(ONE_WITHHELD)
    rows, notes = rows_for(read_grades(path), [("D", ("0054",), 64)])
    # 64 - 40 - 21 = 3 is withheld: with the 21 of grade 10 that is 24, 12 each
    assert [(r.grade, r.students, r.guessed) for r in rows] == [
        ("9", 40, False), ("10", 12, True), ("11", 12, True),
    ]  # fmt: skip
    assert " 3 " not in notes[0].message and "grade 10" in notes[0].message


def test_edge_points_with_ccd_membership(tmp_path: Path) -> None:
    grades_path = tmp_path / "membership.csv"
    grades_path.write_text(
        "SCHOOL_YEAR,ST,NCESSCH,GRADE,RACE_ETHNICITY,SEX,STUDENT_COUNT,TOTAL_INDICATOR\n"
        "2024-2025,ZZ,990000100001,Grade 9,White,Male,10,Category Set A\n"
        "2024-2025,ZZ,990000100001,Grade 9,No Category Codes,No Category Codes,60,"
        "Subtotal 4 - By Grade\n"
        "2024-2025,ZZ,990000100001,Grade 10,No Category Codes,No Category Codes,50,"
        "Subtotal 4 - By Grade\n"
        "2024-2025,ZZ,990000100001,No Category Codes,No Category Codes,No Category Codes,110,"
        "Education Unit Total\n"
    )
    grades = read_grades(grades_path)
    line = (
        "990000100001|9900001|Ash|99|1 Elm|Town|ZZ|1|99|99001|C|32|34.2|-86.2|||||||||2024-2025\n"
    )
    listed = read(tmp_path, line, totals=grades.totals, spans=grades.spans)
    (ash,) = listed.schools
    assert (ash.enrollment, ash.level, listed.school_year) == (110, "high", "2024-25")
    assert ("enrollment", "enrollment-from-grades") in ash.guesses
    assert ("level", "level-from-span") not in ash.guesses
