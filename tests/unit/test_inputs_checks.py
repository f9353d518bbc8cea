"""What spans rows and tables: references, places, the network, people."""

from pathlib import Path

import pytest

from netplan.errors import Problem
from netplan.inputs.folder import validate_folder
from netplan.inputs.suggest import near_miss
from tests.unit.folders import (
    ACTIVITIES,
    LINKS,
    SCHOOLS,
    edited,
    with_rows,
    write_district,
)

GRADED = "school_id,grade,students\nE1,3,100\nE1,4,100\n"


def problems_of(folder: Path, **overrides: str | bytes | None) -> list[Problem]:
    """Give every problem of the three-school district with other files."""
    return list(validate_folder(write_district(folder, **overrides)))


def places(problems: list[Problem]) -> list[tuple[str, str, int | None, str | None]]:
    """Give code, file, row and column of each problem."""
    return [(p.code, p.file, p.row, p.column) for p in problems]


@pytest.mark.parametrize(
    ("overrides", "expected", "part"),
    [
        (
            {"links": edited("links", "core,M1-mdf", "core,M1-mfd")},
            ("unknown-node", "links.csv", 9, "b"),
            "Did you mean 'M1-mdf'?",
        ),
        (
            {"links": edited("links", "circuit,inet", "circuit,Inet")},
            ("unknown-node", "links.csv", 2, "a"),
            "Did you mean 'inet'?",
        ),
        (
            {"nodes": edited("nodes", "E1-ap1,ap_group,E1", "E1-ap1,ap_group,E2")},
            ("unknown-school", "nodes.csv", 7, "school_id"),
            "Did you mean 'E1'?",
        ),
        (
            {"enrollment": "school_id,grade,students\nX9,3,1\n"},
            ("unknown-school", "enrollment.csv", 2, "school_id"),
            "schools.csv",
        ),
        (
            {"devices": with_rows("devices", "E11,students,ipad,1,,,,")},
            ("unknown-school", "devices.csv", 4, "school_id"),
            "'E11'",
        ),
        (
            {"measured": "link_id,direction,p95_mbps\ncirquit,down,5\n"},
            ("unknown-link", "measured.csv", 2, "link_id"),
            "Did you mean 'circuit'?",
        ),
        (
            {"measured": "link_id,direction,p95_mbps,period\ncircuit,down,5,class9\n"},
            ("unknown-period", "measured.csv", 2, "period"),
            "'class9'",
        ),
        (
            {"activities": edited("activities", "*,lunch,web,0.1,*", "*,lunch,webb,0.1,*")},
            ("unknown-app", "activities.csv", 4, "app"),
            "built-in catalog",
        ),
        (
            {"activities": edited("activities", "*,lunch,web", "*,lunhc,web")},
            ("unknown-period", "activities.csv", 4, "period"),
            "Did you mean 'lunch'?",
        ),
        (
            {"activities": edited("activities", "*,lunch,web", "hihg,lunch,web")},
            ("not-in-list", "activities.csv", 4, "level"),
            "Did you mean 'high'?",
        ),
        (
            {"apps": edited("apps", "datacenter", "data center")},
            ("not-in-list", "apps.csv", 4, "destination"),
            "Did you mean 'datacenter'?",
        ),
        (
            {"nodes": edited("nodes", "E1-ap1,ap_group,E1", "E1-ap1,ap_group,")},
            ("missing-school", "nodes.csv", 7, "school_id"),
            "ap_group",
        ),
        (
            {"links": with_rows("links", "loop,core,core,10,10,primary,fiber")},
            ("self-link", "links.csv", 19, "b"),
            "itself",
        ),
        (
            {"bell": edited("bell", "08:00,11:00", "11:00,08:00")},
            ("end-before-start", "bell.csv", 2, "end"),
            "11:00",
        ),
        (
            {"bell": edited("bell", "11:00,12:00", "10:59,12:00")},
            ("overlapping-periods", "bell.csv", 3, "start"),
            "class1 (row 2)",
        ),
        (
            {"bell": edited("bell", "12:00,15:00", "1:00,3:00")},
            ("early-period", "bell.csv", 4, "start"),
            "13:30",
        ),
        (
            {"activities": with_rows("activities", "*,class1,files,0.71,*")},
            ("shares-above-one", "activities.csv", 8, "share"),
            "1.01",
        ),
        (
            {"devices": edited("devices", "*,students", "*,3-5")},
            ("grades-need-enrollment", "devices.csv", 2, "group"),
            "enrollment.csv",
        ),
        (
            {"devices": with_rows("devices", "M1,7,ipad,1,,,,"), "enrollment": GRADED},
            ("grades-need-enrollment", "devices.csv", 4, "group"),
            "this school",
        ),
        (
            {"devices": with_rows("devices", "*,guests,phone,1,,,,")},
            ("guests-need-count", "devices.csv", 4, "group"),
            "column guests",
        ),
        (
            {
                "schools": edited("schools", "200,20", "200,"),
                "devices": with_rows("devices", "E1,staff,ipad,1,,,,"),
            },
            ("staff-need-count", "devices.csv", 4, "group"),
            "this school",
        ),
    ],
)
def test_one_error_with_its_place(
    tmp_path: Path,
    overrides: dict[str, str],
    expected: tuple[str, str, int, str],
    part: str,
) -> None:
    problems = problems_of(tmp_path, **overrides)
    errors = [problem for problem in problems if problem.severity == "error"]
    assert places(errors) == [expected]
    assert part in str(errors[0])


@pytest.mark.parametrize(
    ("lat", "lon", "code", "part"),
    [
        ("-80.40", "27.40", "swapped-coordinates", "(27.4000, -80.4000)"),
        ("0", "0", "zero-coordinates", "ocean"),
        ("27.40", "0", "zero-coordinates", "ocean"),
        ("27.40", "80.40", "far-from-district", "Did lon lose its minus sign?"),
        (
            "28.60",
            "-80.40",
            "far-from-district",
            "km from the median school at (27.4400, -80.3800)",
        ),
        ("127.4", "-80.40", "out-of-range", "-90 to 90"),
        ("-95.4", "29.7", "out-of-range", "-90 to 90"),
    ],
)
def test_a_misplaced_school(tmp_path: Path, lat: str, lon: str, code: str, part: str) -> None:
    (problem,) = problems_of(tmp_path, schools=edited("schools", "27.40,-80.40", f"{lat},{lon}"))
    assert (problem.code, problem.row) == (code, 2)
    assert part in str(problem)


def test_a_district_swapped_as_a_whole(tmp_path: Path) -> None:
    rows = ["school_id,name,lat,lon,level,enrollment,staff"]
    west = ["school_id,name,lat,lon,level,enrollment,staff"]
    for row in SCHOOLS.splitlines()[1:]:
        school, name, lat, lon, *rest = row.split(",")
        rows.append(",".join([school, name, lon, lat, *rest]))
        west.append(",".join([school, name, "-118.2", lat, *rest]))
    problems = problems_of(tmp_path, schools="\n".join(rows))
    (swapped,) = [problem for problem in problems if problem.severity == "error"]
    assert (swapped.code, swapped.row) == ("swapped-coordinates", 2)
    assert "in all 3 rows" in swapped.message
    assert "header" in swapped.fix
    rows[3] = SCHOOLS.splitlines()[3]
    rows.append(rows[2].replace("M1,", "M2,"))
    (swapped, *_) = problems_of(tmp_path / "b", schools="\n".join(rows))
    assert "in 3 of 4 rows" in swapped.message
    assert swapped.fix == "Swap the two cells of each row but these: 4."
    problems = problems_of(tmp_path, schools="\n".join(west))
    assert {problem.code for problem in problems if problem.severity == "error"} == {
        "swapped-coordinates"
    }


def test_a_lost_minus_points_at_its_cell(tmp_path: Path) -> None:
    for point, column in (("27.40,80.40", "lon"), ("-27.40,-80.40", "lat")):
        (problem,) = problems_of(tmp_path, schools=edited("schools", "27.40,-80.40", point))
        assert (problem.code, problem.column) == ("far-from-district", column)
        assert f"Did {column} lose its minus sign?" in problem.fix


REMOVED = "".join(f"S{number:03d},School {number},27.4{number:02d},-80.4,high,9,1\n" for number in
                  (1, 3, 4, 12, 24))  # fmt: skip


def of_schools(*numbers: int) -> tuple[str, str]:
    """Give nodes.csv and links.csv of schools S001, ...: an mdf and an idf each."""
    nodes = "node_id,kind,school_id\ninet,internet,\ncore,router,\n"
    links = "link_id,a,b,down_mbps\nin,inet,core,1000\n"
    for number in numbers:
        school = f"S{number:03d}"
        nodes += f"{school}-mdf,mdf,{school}\n{school}-idf,idf,{school}\n"
        links += f"{school}-UP,core,{school}-mdf,1000\n{school}-IN,{school}-mdf,{school}-idf,1000\n"
    return nodes, links


def test_a_school_that_was_removed_is_told_once_for_each_file(tmp_path: Path) -> None:
    schools = SCHOOLS.splitlines()[0] + "\n" + REMOVED
    nodes, links = of_schools(1, 2, 3, 4, 12, 24)
    files = {
        "schools": schools,
        "nodes": nodes,
        "links": links,
        "enrollment": "school_id,grade,students\nS002,3,5\nS002,4,5\n",
        "devices": "school_id,group,kind,per_person\nS002,3,ipad,1\nS002,4,ipad,1\n",
        "measured": "link_id,direction,p95_mbps\nS002-UP,down,500\n",
    }
    problems = problems_of(tmp_path, **files)
    assert places([p for p in problems if p.severity == "error"]) == [
        ("unknown-school", "enrollment.csv", 2, "school_id"),
        ("unknown-school", "devices.csv", 2, "school_id"),
        ("unknown-school", "nodes.csv", 6, "school_id"),
    ]
    told = str(problems[2])
    assert "S002 is not in schools.csv (2 rows: 6, 7)" in told
    assert "If the school was removed, delete these rows and its links" in told
    assert not [problem for problem in problems if "Did you mean" in str(problem)]
    # Its nodes gone too: what is left of it in links and measured is told once for each file.
    nodes, _ = of_schools(1, 3, 4, 12, 24)
    problems = problems_of(tmp_path / "b", **(files | {"nodes": nodes}))
    assert [(p.code, p.file) for p in problems if p.file == "links.csv"] == [
        ("unknown-node", "links.csv")
    ]
    (left,) = [p for p in problems if p.file == "links.csv"]
    assert "S002-mdf, S002-idf are not in nodes.csv (2 rows: 5, 6)" in left.message


def test_letters_that_look_alike_are_a_slip(tmp_path: Path) -> None:
    schools = SCHOOLS.splitlines()[0] + "\n" + REMOVED + "S002,Two,27.4,-80.4,high,9,1\n"
    nodes, links = of_schools(1, 2, 3, 4, 12, 24)
    nodes = nodes.replace("idf,S002", "idf,S0O2").replace("idf,S012", "idf,S01I")
    problems = problems_of(tmp_path, schools=schools, nodes=nodes, links=links)
    # S01I looks like S011, which there is not; only S012 is one edit away.
    assert [(p.code, p.row, p.fix) for p in problems if p.severity == "error"] == [
        ("unknown-school", 7, "Did you mean 'S002'?"),
        ("unknown-school", 13, "Did you mean 'S012'?"),
    ]


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("S0O2", ["S002", "S024"], "S002"),
        ("s002", ["S002", "S024"], "S002"),
        ("SOl2", ["S012", "S011"], "S012"),
        ("S005", ["S001", "S002"], None),
        ("E11", ["E1", "M1"], "E1"),
        ("E1-mfd", ["E1-mdf", "E1-idf"], "E1-mdf"),
        ("S002", ["S024", "S031"], None),
        ("x" * 200, ["x"], None),
    ],
)
def test_a_near_miss_has_one_candidate(name: str, known: list[str], meant: str | None) -> None:
    assert near_miss(name, known) == meant


def test_a_measurement_in_gbps_is_asked(tmp_path: Path) -> None:
    measured = "link_id,direction,p95_mbps\nwan-H1,down,0.7\nwan-H1,up,2\ncircuit,down,9\n"
    notes = problems_of(tmp_path, measured=measured)
    assert [(p.code, p.row, p.severity) for p in notes] == [
        ("measured-tiny", 2, "note"),
        ("measured-tiny", 4, "note"),
    ]
    assert notes[0].fix.startswith("Is this Gbps? Write 700.")
    assert "1 % of the 1,000 Mbps" in notes[0].message
    assert "Gbps" not in notes[1].fix


def test_several_schools_on_one_point(tmp_path: Path) -> None:
    (note,) = problems_of(tmp_path, schools=edited("schools", "27.42,-80.38", "27.40,-80.40"))
    assert (note.code, note.row, note.severity) == ("same-point", 3, "note")
    assert "row 2" in note.message


def without(text: str, *starts: str) -> str:
    """Leave out the lines that start so."""
    return "".join(f"{line}\n" for line in text.splitlines() if not line.startswith(starts))


def test_a_school_that_is_cut_off(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, links=without(LINKS, "wan-M1"))
    assert places([problem]) == [("unreachable-school", "schools.csv", 3, "school_id")]
    assert "M1-mdf, M1-idf1, M1-ap1, M1-idf2 and 1 more" in problem.message


def test_a_backup_is_no_way(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, links=edited("links", "200,200,primary", "200,200,backup"))
    assert places([problem]) == [("backup-only-way", "schools.csv", 3, "school_id")]


def test_no_internet(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, nodes=edited("nodes", "inet,internet", "inet,router"))
    assert problem.code == "no-internet"
    assert "a loop with no internet" in problem.message


def test_a_ring_with_no_internet(tmp_path: Path) -> None:
    links = without(LINKS, "wan-M1", "wan-H1")
    links += "r1,M1-mdf,H1-mdf,100,,,\nr2,H1-mdf,M1-idf1,100,,,\n"
    problems = problems_of(tmp_path, links=links)
    assert [problem.code for problem in problems] == [
        "unreachable-school",
        "unreachable-school",
        "loop-without-internet",
    ]
    assert "a loop with no internet" in problems[0].message
    assert problems[2].file == "nodes.csv"


def test_what_a_faulty_row_explains_is_not_told_again(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, links=edited("links", "core,M1-mdf", "cor,M1-mdf"))
    assert [problem.code for problem in problems] == ["unknown-node"]
    problems = problems_of(tmp_path, nodes=edited("nodes", "inet,internet", "inet,internt"))
    assert [problem.code for problem in problems] == ["not-in-list"]


def test_a_wing_that_is_cut_off(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, links=without(LINKS, "M1-edge2"))
    assert places(problems) == [("cut-off-node", "nodes.csv", 14, "node_id")]


def test_a_lonely_switch_is_a_note(tmp_path: Path) -> None:
    (note,) = problems_of(tmp_path, nodes=with_rows("nodes", "spare,switch,,,1,,,,"))
    assert (note.code, note.severity) == ("isolated-node", "note")


def test_a_school_without_a_node(tmp_path: Path) -> None:
    schools = with_rows("schools", "X1,Extra,27.43,-80.37,other,10,1")
    (problem,) = problems_of(tmp_path, schools=schools)
    assert places([problem]) == [("school-without-node", "schools.csv", 5, "school_id")]
    nodes = with_rows("nodes", "x-switch,switch,X1,,1,,,,")
    links = with_rows("links", "x,core,x-switch,10,10,primary,fiber")
    assert [
        problem.code for problem in problems_of(tmp_path, schools=schools, nodes=nodes, links=links)
    ] == ["school-without-node"]


def test_a_data_center_out_of_reach(tmp_path: Path) -> None:
    nodes = with_rows("nodes", "dc,datacenter,,,1,,,,")
    problems = problems_of(tmp_path, nodes=nodes)
    assert [p.code for p in problems if p.severity == "error"] == ["unreachable-datacenter"] * 3
    links = with_rows("links", "dc-core,dc,core,1000,1000,primary,fiber")
    assert problems_of(tmp_path, nodes=nodes, links=links) == []


def test_shares_that_sum_to_one_within_rounding(tmp_path: Path) -> None:
    thirds = "".join(f"*,lunch,{app},0.3333333333333334,*\n" for app in ("video", "web", "files"))
    assert problems_of(tmp_path, activities=without(ACTIVITIES, "*,lunch") + thirds) == []


def test_grades_that_do_not_sum_to_the_enrollment_are_a_note(tmp_path: Path) -> None:
    enrollment = GRADED.replace("E1,4,100", "E1,4,90")
    (note,) = problems_of(tmp_path, enrollment=enrollment)
    assert places([note]) == [("enrollment-mismatch", "schools.csv", 2, "enrollment")]
    assert "190, not 200" in note.message
    assert problems_of(tmp_path, enrollment=GRADED) == []


def test_equally_specific_devices_rows(tmp_path: Path) -> None:
    devices = with_rows("devices", "*,3-5,ipad,1,,,,", "*,4-6,ipad,2,,,,", "E1,3-12,x,1,,,,")
    problems = problems_of(tmp_path, devices=devices, enrollment=GRADED)
    (error,) = [problem for problem in problems if problem.severity == "error"]
    assert places([error]) == [("ambiguous-devices", "devices.csv", 5, "group")]
    assert "rows 4 and 5" in error.message
    assert "of 4 at E1" in error.message
    more = devices + "E1,4,ipad,3,,,,\n"
    problems = problems_of(tmp_path, devices=more, enrollment=GRADED)
    assert [problem.code for problem in problems if problem.severity == "error"] == []


def test_equally_specific_activities_rows(tmp_path: Path) -> None:
    activities = with_rows("activities", "*,class1,web,0.1,3-5", "*,class1,web,0.2,4-6")
    problems = problems_of(tmp_path, activities=activities, enrollment=GRADED)
    (error,) = [problem for problem in problems if problem.severity == "error"]
    assert places([error]) == [("ambiguous-activities", "activities.csv", 9, "group")]
    assert "rows 8 and 9" in error.message


def test_schools_that_a_row_for_all_does_not_reach_are_named(tmp_path: Path) -> None:
    devices = with_rows("devices", "*,3-5,ipad,1,,,,")
    problems = problems_of(
        tmp_path,
        devices=devices,
        enrollment=GRADED,
        schools=edited("schools", "200,20", "200,"),
    )
    assert [(p.code, p.row, p.severity) for p in problems] == [
        ("people-unknown", 3, "note"),
        ("schools-without-grades", 4, "note"),
    ]


def test_schools_without_devices_are_named(tmp_path: Path) -> None:
    (note,) = problems_of(tmp_path, devices="school_id,group,kind,per_person\nE1,students,x,1\n")
    assert (note.code, note.file, note.severity) == ("no-devices", "devices.csv", "note")
    assert "2 of 3 schools (H1, M1)" in note.message


def test_two_schools_far_apart_are_a_question(tmp_path: Path) -> None:
    def problems(lat: str) -> list[str]:
        folder = write_district(
            tmp_path / lat,
            schools=f"school_id,name,lat,lon,level,enrollment\nA,Ash,27.5,-80.4,middle,100\nB,Beech,{lat},-80.4,middle,100\n",
            devices="school_id,group,kind,per_person\n*,students,chromebook,1\n",
            nodes="node_id,kind,school_id\ninet,internet,\na,mdf,A\nb,mdf,B\n",
            links="link_id,a,b,down_mbps\nla,inet,a,100\nlb,inet,b,100\n",
        )
        return [problem.code for problem in validate_folder(folder)]

    assert problems("29.5") == ["far-from-district"]
    assert problems("27.9") == []
