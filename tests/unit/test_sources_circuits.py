"""Circuit lists: which rows are no circuits, what the rest is for, and which school gets what."""

from dataclasses import replace
from pathlib import Path

import pytest

from netplan.errors import InputError
from netplan.sources.circuits import CircuitList, read_circuits
from netplan.sources.columns import read_mapping
from netplan.sources.places import Point
from netplan.sources.schools import School
from netplan.sources.wan import Wan, assign, planned_mbps

HEAD = (
    "line_item_id,nces_cd,bandwidth_in_mbps,num_lines,connect_category,total_cost,cost_per_line,"
    "frn_complete,isp_conditions_met,upstream_conditions_met,ia_circuit_only,likely_wan_fiber\n"
)
NONE, WAN, ISP, TRANSPORT = (
    "false,false,false,false",
    "false,false,false,true",
    "true,false,true,false",
    "false,true,false,false",
)


def item(mbps: object, lines: object, flags: str = WAN, medium: str = "Fiber", **more: str) -> str:
    cost = more.get("cost", "1200")
    district = more.get("district", "9900001")
    frn = more.get("frn", "1-1")
    return f"i,{district},{mbps},{lines},{medium},,{cost},{frn},{flags}\n"


def read(tmp_path: Path, text: str, **options: object) -> CircuitList:
    path = tmp_path / "circuits.csv"
    path.write_text(text, encoding="utf-8")
    return read_circuits(path, **options)  # type: ignore[arg-type]


def school(number: int, students: int) -> School:
    return School(
        row=number + 1,
        school_id=f"S{number}",
        name=f"School {number}",
        point=Point(lon=-80.0, lat=27.0 + number / 100),
        level="other",
        enrollment=students,
        staff=None,
        frl_share=None,
        locale="",
        nces_id="",
        year_built=None,
        title_i="",
        keys=(f"S{number}",),
        guesses=(),
    )


SCHOOLS = [school(1, 300), school(2, 900), school(3, 2000)]


def sizes(wan: Wan) -> dict[str, tuple[float, str]]:
    return {key: (link.mbps, link.rule) for key, link in sorted(wan.schools.items())}


def codes(wan: Wan) -> list[str]:
    return [note.code for note in wan.notes]


def test_impossible_rows_are_left_out_by_name_and_the_rest_goes_on(tmp_path: Path) -> None:
    text = HEAD + item(0, 1) + item(1_000_000, 1179) + item("", 1) + item(100, 0)
    text += item(1.5, 2, medium="Copper") + item(1000, 3)
    circuits = read(tmp_path, text)
    assert [(note.code, note.row, note.severity) for note in circuits.notes] == [
        ("circuit-zero", 2, "note"),
        ("circuit-absurd", 3, "note"),
        ("circuit-bandwidth", 4, "note"),
        ("circuit-count", 5, "note"),
        ("circuit-tiny", 6, "note"),
    ]
    assert circuits.notes[1].value == "1000000"
    assert [(line.row, line.mbps, line.lines) for line in circuits.lines] == [
        (6, 1.5, 2),
        (7, 1000, 3),
    ]
    assert circuits.lines[1].usd_per_month == 100  # 1,200 a year and line / 12


def test_a_list_with_no_line_left_is_an_error_that_names_every_row(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, HEAD + item(0, 1) + item(900_000, 1))
    assert [(p.code, p.row, p.severity) for p in caught.value.problems] == [
        ("circuit-zero", 2, "error"),
        ("circuit-absurd", 3, "error"),
        ("no-circuits", None, "error"),
    ]


def test_a_national_list_is_cut_to_the_district(tmp_path: Path) -> None:
    text = HEAD + item(100, 1, district="0100001") + item(1000, 2) + item(10, 1, district="")
    assert [line.row for line in read(tmp_path, text, leaid="9900001").lines] == [3]
    assert [line.row for line in read(tmp_path, text, leaid="0100001").lines] == [2]
    with pytest.raises(InputError, match="no line is of the district"):
        read(tmp_path, text, leaid="5500001")
    single = read(tmp_path, HEAD + item(1000, 2), leaid="5500001")
    assert [note.code for note in single.notes] == ["other-district"]


def test_internet_is_what_is_not_wan_plus_the_lesser_of_isp_and_transport(tmp_path: Path) -> None:
    text = HEAD + item(3000, 1, NONE) + item(1000, 1, TRANSPORT) + item(500, 1, ISP)
    wan = assign(SCHOOLS, read(tmp_path, text + item(1000, 3)))
    assert (wan.internet.mbps, wan.internet.count, wan.internet.rule) == (
        3500,
        1,
        "internet-from-flags",
    )
    assert wan.internet.usd_per_month == 300  # all three are paid
    assert sizes(wan) == dict.fromkeys(("S1", "S2", "S3"), (1000, "wan-by-size"))
    assert codes(wan) == []


def test_a_small_line_of_another_medium_is_a_backup(tmp_path: Path) -> None:
    text = HEAD + item(5000, 1, NONE) + item(105, 1, NONE, "Cable / DSL")
    wan = assign(SCHOOLS, read(tmp_path, text))
    assert (wan.internet.mbps, [backup.mbps for backup in wan.backups]) == (5000, [105])
    # No WAN line: 1.5 Mbps x 300 and x 900 against 1,000 Mbps; 1.5 x 900 = 1,350 needs 10 Gbps.
    assert sizes(wan) == {
        "S1": (1000, "wan-planning-value"),
        "S2": (10000, "wan-planning-value"),
        "S3": (10000, "wan-planning-value"),
    }
    assert [planned_mbps(students) for students in (666, 667)] == [1000, 10000]


def test_a_large_cable_line_is_internet(tmp_path: Path) -> None:
    text = HEAD + item(1000, 1, NONE) + item(500, 1, NONE, "Cable / DSL")
    assert assign(SCHOOLS, read(tmp_path, text)).internet.mbps == 1500


def test_the_largest_lines_go_to_the_largest_schools(tmp_path: Path) -> None:
    text = HEAD + item(1000, 1, NONE) + item(100, 1) + item(300, 1) + item(250, 2)
    wan = assign(SCHOOLS, read(tmp_path, text))
    assert {key: mbps for key, (mbps, _) in sizes(wan).items()} == {
        "S1": 250,
        "S2": 250,
        "S3": 300,
    }
    (spare,) = wan.notes
    assert (spare.code, "1 x 100 Mbps" in spare.message) == ("spare-lines", True)


def test_missing_lines_are_of_the_commonest_size(tmp_path: Path) -> None:
    schools = [school(i, i * 100) for i in range(1, 6)]
    text = HEAD + item(1000, 1, NONE) + item(200, 2) + item(100, 1)
    wan = assign(schools, read(tmp_path, text))
    assert sizes(wan) == {
        "S5": (200, "wan-by-size"),
        "S4": (200, "wan-by-size"),
        "S3": (200, "wan-commonest"),
        "S2": (200, "wan-commonest"),
        "S1": (100, "wan-by-size"),
    }
    assert codes(wan) == ["lines-missing"]


def test_a_telephone_line_is_nobody_s_wan(tmp_path: Path) -> None:
    wan = assign(SCHOOLS, read(tmp_path, HEAD + item(1000, 1, NONE) + item(1.5, 1, NONE, "Copper")))
    assert {rule for _, rule in sizes(wan).values()} == {"wan-planning-value"}
    assert (codes(wan), wan.internet.mbps, wan.backups) == (["spare-lines"], 1000, ())


def test_few_lines_far_above_the_rest_are_the_head_end(tmp_path: Path) -> None:
    schools = [school(i, 1000) for i in range(1, 31)]
    text = HEAD + item(10_000, 2) + item(10_000, 1) + item(1000, 30)
    wan = assign(schools, read(tmp_path, text))
    assert wan.headend is not None
    assert (wan.headend.mbps, wan.headend.count, wan.headend.usd_per_month) == (10_000, 3, 300)
    assert {mbps for mbps, _ in sizes(wan).values()} == {1000}
    # Not internet by any flag: 0.7 x 30,000 = 21,000, but no more than the largest line.
    assert (wan.internet.mbps, wan.internet.rule) == (10_000, "internet-not-listed")
    assert codes(wan) == ["internet-not-listed", "wan-headend"]


def test_stated_internet_goes_over_the_list(tmp_path: Path) -> None:
    wan = assign(SCHOOLS, read(tmp_path, HEAD + item(3000, 1, NONE)), internet_mbps=4000)
    assert (wan.internet.mbps, wan.internet.rule, codes(wan)) == (4000, "", ["internet-stated"])
    wan = assign(SCHOOLS, None, internet_mbps=1000)
    assert (wan.internet.mbps, wan.internet.rule, codes(wan)) == (1000, "", [])


def test_without_a_list_internet_is_a_planning_value() -> None:
    wan = assign(SCHOOLS, None)
    assert wan.internet.mbps == 2300  # 0.7 x 3,200 = 2,240, up to the next 100
    assert [(note.code, note.file) for note in wan.notes] == [("internet-not-listed", "links.csv")]
    assert wan.internet.rule == "internet-planning-value"
    assert "largest line" not in str(wan.notes[0])


def test_a_plain_list_takes_its_largest_single_line_as_internet(tmp_path: Path) -> None:
    text = "Bandwidth,Count,Medium,Monthly cost\n1000,3,fiber,750\n2000,1,fiber,900\n50,1,DSL,80\n"
    wan = assign(SCHOOLS, read(tmp_path, text))
    assert (wan.internet.mbps, wan.internet.rule) == (2000, "internet-from-counts")
    assert [backup.mbps for backup in wan.backups] == [50]
    assert wan.schools["S1"].usd_per_month == 750


def test_purposes_schools_and_units_of_a_list_of_ones_own(tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text(
        '[circuits]\nbandwidth_mbps = "Gbps"\npurpose = "Use"\nschool_id = "Site"\n'
        '[circuits.words.purpose]\nuplink = "internet"\nschool = "wan"\n'
        "[circuits.factors]\nbandwidth_mbps = 1000\n"
    )
    text = "Gbps,Use,Site\n5,uplink,\n10,school,S1\n0.1,school,S2\n1,school,\n1,school,S9\n"
    circuits = read(tmp_path, text, mapping=read_mapping(mapping)["circuits"])
    wan = assign(SCHOOLS, circuits)
    assert (wan.internet.mbps, wan.internet.rule) == (5000, "")
    assert sizes(wan) == {"S1": (10000, ""), "S2": (100, ""), "S3": (1000, "wan-by-size")}
    assert codes(wan) == ["unknown-school"]


def test_the_same_circuit_in_two_applications_is_noted(tmp_path: Path) -> None:
    text = HEAD + item(1000, 1, frn="1-1") + item(1000, 1, frn="2-1") + item(1000, 1, frn="1-2")
    assert [(n.code, n.row) for n in read(tmp_path, text).notes] == [("circuit-twice", 3)]


def test_a_list_without_bandwidth_prints_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, "Line,Rate\nx,1000\n")
    (problem,) = caught.value.problems
    assert "bandwidth_mbps: 'Rate'" in problem.expected
    assert '[circuits]\nbandwidth_mbps = "Rate"   # needed; is it this one?\n' in problem.fix


def named(number: int, name: str, school_id: str = "") -> School:
    made = replace(school(number, 100 * number), name=name)
    return replace(made, school_id=school_id, keys=(school_id,)) if school_id else made


PLACES = [named(1, "Ash Primary School", "row-2"), named(2, "Birch Middle", "row-3"),
          named(3, "Cedar High", "row-4"), named(4, "Cedar High", "row-5")]  # fmt: skip


def test_lines_name_schools_by_name(tmp_path: Path) -> None:
    text = "School,Mbps,Purpose\nInternet,10000,\nASH PRIMARY,2000,WAN\nBirch Midle,500,WAN\n"
    text += "row-3,700,WAN\nCedar High,300,WAN\nMain internet access,5000,\n"
    circuits = read(tmp_path, text)
    wan = assign(PLACES, circuits)
    assert (wan.internet.mbps * wan.internet.count, wan.internet.rule) == (15_000, "")
    assert sizes(wan)["row-2"] == (2000, "")
    assert sizes(wan)["row-3"] == (700, "")
    assert {rule for _, rule in (sizes(wan)["row-4"], sizes(wan)["row-5"])} == {
        "wan-planning-value"
    }
    unknown = [note for note in wan.notes if note.code == "unknown-school"]
    assert [note.row for note in unknown] == [4, 6]
    assert unknown[0].fix.startswith("The closest is 'Birch Middle', id row-3")
    assert "not used" in unknown[0].message
    assert wan.rows == {2, 3, 5, 7}


def test_a_list_without_purposes_whose_line_says_internet(tmp_path: Path) -> None:
    text = "Site,Speed\nInternet,1 Gbps\nAsh Primary School,10 Gbps\nBackup internet,50 Mbps\n"
    circuits = read(tmp_path, text)
    wan = assign(PLACES[:2], circuits)
    assert (circuits.basis, wan.internet.mbps, wan.internet.rule) == ("words", 1000, "")
    assert [backup.mbps for backup in wan.backups] == [50]
    assert sizes(wan)["row-2"] == (10_000, "")
    # A purpose column that says nothing is as good as none: the largest single line is internet.
    text = "Purpose,Mbps\nData Transmission and/or Internet Access,3000\n?,1000\n?,1000\n"
    circuits = read(tmp_path, text)
    assert circuits.basis == "none"
    assert assign(PLACES[:2], circuits).internet.mbps == 3000


def test_ids_go_before_names(tmp_path: Path) -> None:
    places = [named(1, "North", "South"), named(2, "South", "North")]
    wan = assign(places, read(tmp_path, "School,Mbps,Use\nNorth,100,WAN\n,900,internet\n"))
    assert sizes(wan)["North"] == (100, "")


@pytest.mark.parametrize(
    ("cell", "mbps"),
    [
        ("1 Gbps", 1000),
        ("10 Gig", 10_000),
        ("1G", 1000),
        ("100M", 100),
        ("500 Mb", 500),
        ('"1,000 Mbps"', 1000),
        ("1.5 Mbps", 1.5),
        ("1 gigabit", 1000),
        ("100 Mb/s", 100),
        ("10GbE", 10_000),
        ("512 Kbps", 0.512),
        ("1 000", 1000),
    ],
)
def test_speeds_with_units(tmp_path: Path, cell: str, mbps: float) -> None:
    circuits = read(tmp_path, f"Speed,Lines\n{cell},1\n")
    assert circuits.lines[0].mbps == mbps
    units = [note for note in circuits.notes if note.code == "circuit-units"]
    assert len(units) == (cell != "1 000")


def test_a_unit_in_the_cell_goes_over_the_factor(tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text("[circuits.factors]\nbandwidth_mbps = 1000\n")
    text = "Speed,Lines\n2,1\n500 Mbps,1\nfast,1\n1000/50,1\n"
    circuits = read(tmp_path, text, mapping=read_mapping(mapping)["circuits"])
    assert [line.mbps for line in circuits.lines] == [2000, 500]
    assert [(note.code, note.row) for note in circuits.notes] == [
        ("circuit-bandwidth", 4),
        ("circuit-bandwidth", 5),
        ("circuit-units", 3),
    ]
