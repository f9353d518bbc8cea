"""What single cells can hold, and what is said about those that cannot be right."""

from pathlib import Path

import pytest

from netplan.errors import InputError, Problem
from netplan.inputs.cells import grades_of
from netplan.inputs.folder import read_folder, validate_folder
from tests.unit.folders import edited, with_rows, write_district

E1 = "E1,Elm Elementary,27.40,-80.40,elementary,200,20"
CIRCUIT = "circuit,inet,fw,1000,1000,primary,leased"
FW = "fw,firewall,,2000,1,2020,,,"
AP = "E1-ap1,ap_group,E1,,5,2022,wifi6,40,2"
STUDENTS = "*,students,chromebook,1.0,1,0,0,district"


def schools(row: str) -> dict[str, str]:
    """Replace the row of E1 in schools.csv."""
    return {"schools": edited("schools", E1, row)}


def more_schools(columns: str, *cells: str) -> dict[str, str]:
    """Add columns to schools.csv, with cells for its three rows."""
    lines = edited("schools", E1, E1).splitlines()
    return {
        "schools": "\n".join(
            f"{line},{cell}" for line, cell in zip(lines, (columns, *cells), strict=True)
        )
    }


def links(row: str) -> dict[str, str]:
    """Replace the row of the circuit in links.csv."""
    return {"links": edited("links", CIRCUIT, row)}


def nodes(row: str) -> dict[str, str]:
    """Replace the row of the firewall in nodes.csv."""
    return {"nodes": edited("nodes", FW, row)}


def devices(row: str) -> dict[str, str]:
    """Replace the students' row in devices.csv."""
    return {"devices": edited("devices", STUDENTS, row)}


def measured(*rows: str) -> dict[str, str]:
    """Write measured.csv."""
    return {"measured": "\n".join(["link_id,direction,p95_mbps,weeks,period", *rows])}


def found(folder: Path, code: str) -> list[Problem]:
    """Give the problems of one code, and make sure that reading agrees with validating."""
    problems = validate_folder(folder)
    errors = tuple(problem for problem in problems if problem.severity == "error")
    if errors:
        with pytest.raises(InputError) as raised:
            read_folder(folder)
        assert raised.value.problems == errors
    else:
        assert read_folder(folder).problems == problems
    for problem in problems:
        assert problem.fix
        assert str(problem).startswith(problem.file)
    return [problem for problem in problems if problem.code == code]


ERRORS = [
    (
        "thousands-space",
        schools(E1.replace("200", "1 865")),
        "schools.csv:2:enrollment",
        "Write 1865.",
    ),
    (
        "thousands-space",
        schools(E1.replace("200", "1\u00a0865")),
        "schools.csv:2:enrollment",
        "Write 1865.",
    ),
    *(
        ("bad-group", devices(STUDENTS.replace("students", cell)), "devices.csv:2:group", part)
        for cell, part in (
            ("12-Mar", "turned the grades 3-12 into a date"),
            ("3-Dec", "Format the column as text and write 3-12."),
            ("Dec-3", "write 3-12."),
            ("6/8/2026", "write 6-8."),
            ("2026-03-12", "write 3-12."),
            ("Mar-31", "turned the grades into a date"),
        )
    ),
    *(
        (
            "bad-date",
            {
                "links": edited("links", "medium\n", "medium,contract_end\n").replace(
                    "leased\n", f"leased,{cell}\n"
                )
            },
            "links.csv:2:contract_end",
            f"Format the column as text and write {month}.",
        )
        for cell, month in (("Jun-31", "2031-06"), ("6/1/2031", "2031-06"), ("27-Jun", "2027-06"))
    ),
    (
        "scientific-notation",
        more_schools("nces_id", "1.3E+11", "", ""),
        "schools.csv:2:nces_id",
        "scientific notation",
    ),
    (
        "scientific-notation",
        {"enrollment": "school_id,grade,students\n1.2E+11,3,200\n"},
        "enrollment.csv:2:school_id",
        "as text",
    ),
    # code, overrides, place, part of the line
    ("missing-value", schools("E1,,27.40,-80.40,elementary,200,20"), "schools.csv:2:name", "Fill"),
    ("negative-number", schools(E1.replace("200", "-5")), "schools.csv:2:enrollment", "'-5'"),
    ("negative-number", schools(E1.replace("200", "-9")), "schools.csv:2:enrollment", "NCES"),
    ("negative-number", links(CIRCUIT.replace("1000,1000", "-1,1000")), "links.csv:2:down", "neg"),
    ("nan-number", schools(E1.replace("200", "NaN")), "schools.csv:2:enrollment", "NaN"),
    (
        "infinite-number",
        links(CIRCUIT.replace("1000,1000", "inf,")),
        "links.csv:2:down_mbps",
        "inf",
    ),
    ("infinite-number", links(CIRCUIT.replace("1000,1000", "1e999,")), "links.csv:2:down", "1e999"),
    ("absurd-number", links(CIRCUIT.replace("1000,", "1000000,", 1)), "links.csv:2:down_mbps", "?"),
    ("absurd-number", schools(E1.replace("200", "20001")), "schools.csv:2:enrollment", "really"),
    ("absurd-number", devices(STUDENTS.replace("1.0", "100")), "devices.csv:2:per_person", "?"),
    ("zero-number", links(CIRCUIT.replace("1000,1000", "0,1000")), "links.csv:2:down_mbps", "is 0"),
    ("zero-number", nodes(FW.replace("2000", "0")), "nodes.csv:3:throughput_mbps", "empty"),
    ("out-of-range", nodes("fw,firewall,,2000,1,1700,,,"), "nodes.csv:3:year_installed", "1800 to"),
    ("not-whole", schools(E1.replace("200", "200.5")), "schools.csv:2:enrollment", "Round"),
    ("not-a-number", schools(E1.replace("200", "many")), "schools.csv:2:enrollment", "'many'"),
    ("not-a-number", schools(E1.replace("200", "=A1*2")), "schools.csv:2:enrollment", "formula"),
    ("thousands-comma", schools(E1.replace("200", '"1,200"')), "schools.csv:2:enr", "Write 1200."),
    ("decimal-comma", devices(STUDENTS.replace("1.0", '"0,85"')), "devices.csv:2:per", "0.85"),
    (
        "percent-sign",
        devices(STUDENTS.replace(",1,0,0", ",85%,0,0")),
        "devices.csv:2:pres",
        "0.85.",
    ),
    (
        "unit-in-cell",
        links(CIRCUIT.replace("1000,", "1 Gbps,", 1)),
        "links.csv:2:down_mbps",
        "Mbps",
    ),
    ("suppressed-value", schools(E1.replace("200", "*")), "schools.csv:2:enrollment", "suppressed"),
    ("suppressed-value", schools(E1.replace("200", "<10")), "schools.csv:2:enrollment", "'<10'"),
    ("sentinel-value", schools(E1.replace("200", "-666666666")), "schools.csv:2:enrol", "Census"),
    ("sentinel-value", schools(E1.replace("200", "-999")), "schools.csv:2:enrol", "no value"),
    ("missing-marker", schools(E1.replace("200", "N/A")), "schools.csv:2:enrollment", "N/A"),
    ("share-above-one", devices(STUDENTS.replace(",1,0,0", ",85,0,0")), "devices.csv:2:p", "0.85"),
    ("share-above-one", more_schools("frl_share", "1.2", "", ""), "schools.csv:2:frl_share", "1.2"),
    (
        "not-in-list",
        schools(E1.replace("elementary", "Elementry")),
        "schools.csv:2:l",
        "'elementary'",
    ),
    ("not-in-list", nodes(FW.replace("firewall", "fire wall")), "nodes.csv:3:kind", "'firewall'"),
    ("not-in-list", links(CIRCUIT.replace("primary", "main")), "links.csv:2:role", "backup"),
    ("not-a-flag", more_schools("title_i", "maybe", "yes", "0"), "schools.csv:2:title_i", "true"),
    (
        "bad-date",
        {
            "links": edited("links", "medium\n", "medium,contract_end\n").replace(
                "leased\n", "leased,6/27\n"
            )
        },
        "links.csv:2:contract_end",
        "2027-06",
    ),
    ("bad-time", {"bell": edited("bell", "08:00", "8 AM")}, "bell.csv:2:start", "08:05"),
    ("bad-time", {"bell": edited("bell", "08:00", "25:00")}, "bell.csv:2:start", "08:05"),
    ("bad-group", devices(STUDENTS.replace("students", "pupils")), "devices.csv:2:group", "3-12"),
    ("bad-group", devices(STUDENTS.replace("students", "12-3")), "devices.csv:2:group", "3-12"),
    (
        "bad-group",
        devices(STUDENTS.replace("students", "studnets")),
        "devices.csv:2:g",
        "students?",
    ),
    (
        "bad-grade",
        {"enrollment": "school_id,grade,students\nE1,KG,200\n"},
        "enrollment.csv:2:grade",
        "mean K?",
    ),
    ("reserved-id", schools(E1.replace("E1", "*")), "schools.csv:2:school_id", "all"),
    ("invisible-character", schools('"E\n1"' + E1[2:]), "schools.csv:2:school_id", "again"),
    ("duplicate-key", {"schools": with_rows("schools", E1)}, "schools.csv:5:school_id", "row 2"),
    ("duplicate-key", {"devices": with_rows("devices", STUDENTS)}, "devices.csv:4:kind", "row 2"),
    (
        "duplicate-key",
        {"activities": with_rows("activities", "*,class1,web,0.1,")},
        "activities.csv:8:",
        "row 3",
    ),
    (
        "wifi-channel",
        {"nodes": edited("nodes", AP, AP.replace("40", "320"))},
        "nodes.csv:7:",
        "160",
    ),
    ("wifi-channel", {"nodes": edited("nodes", AP, AP.replace("40", "50"))}, "nodes.csv:7:", "MHz"),
]


@pytest.mark.parametrize(("code", "overrides", "place", "part"), ERRORS)
def test_an_error_names_row_column_value_and_what_to_do(
    tmp_path: Path, code: str, overrides: dict[str, str], place: str, part: str
) -> None:
    problems = found(write_district(tmp_path, **overrides), code)
    assert [problem.severity for problem in problems] == ["error"]
    assert str(problems[0]).startswith(place)
    assert part in str(problems[0])


NOTES = [
    ("stray-spaces", schools(E1.replace("Elm", "  Elm")), "schools.csv:2:name"),
    ("formula-cell", schools(E1.replace("Elm", "=Elm")), "schools.csv:2:name"),
    ("formula-cell", schools(E1.replace("Elm", "@Elm")), "schools.csv:2:name"),
    ("formula-cell", schools(E1.replace("Elm", "+Elm")), "schools.csv:2:name"),
    ("formula-cell", schools(E1.replace("Elm", "-Elm")), "schools.csv:2:name"),
    ("markup-cell", schools(E1.replace("Elm", "<script>alert(1)</script>")), "schools.csv:2:name"),
    ("markup-cell", schools(E1.replace("Elm", "{{ 7*7 }}")), "schools.csv:2:name"),
    ("markup-cell", schools(E1.replace("Elm", "{% include x %}")), "schools.csv:2:name"),
    ("extra-column", more_schools("mascot", "owl", "elk", "fox"), "schools.csv:1:mascot"),
    ("measured-above-capacity", measured("circuit,down,1200,4,"), "measured.csv:2:p95_mbps"),
]


@pytest.mark.parametrize(("code", "overrides", "place"), NOTES)
def test_a_note_is_shown_and_stops_nothing(
    tmp_path: Path, code: str, overrides: dict[str, str], place: str
) -> None:
    problems = found(write_district(tmp_path, **overrides), code)
    assert [problem.severity for problem in problems] == ["note"]
    assert str(problems[0]).startswith(place)
    read_folder(tmp_path)


def test_negative_numbers_in_number_columns_are_no_formulas(tmp_path: Path) -> None:
    assert validate_folder(write_district(tmp_path)) == ()


def test_many_notes_of_one_column_end_in_a_count(tmp_path: Path) -> None:
    rows = [f"S{n},=S{n},27.4{n:02},-80.4,other,1,1" for n in range(60)]
    notes = found(write_district(tmp_path, schools=with_rows("schools", *rows)), "formula-cell")
    assert len(notes) == 51
    assert "10 more" in notes[0].message
    assert notes[0].row is None


def test_a_400_gigabit_circuit_is_no_question(tmp_path: Path) -> None:
    folder = write_district(tmp_path, **links(CIRCUIT.replace("1000,1000", "400000,800000")))
    assert validate_folder(folder) == ()


def test_ids_keep_their_leading_zeros_and_their_case(tmp_path: Path) -> None:
    text = {
        name: value.replace("E1", "007")
        for name, value in {
            "schools": edited("schools", E1, E1),
            "nodes": edited("nodes", FW, FW),
            "links": edited("links", CIRCUIT, CIRCUIT),
        }.items()
    }
    tables = read_folder(write_district(tmp_path, **text)).tables
    assert list(tables["schools"]["school_id"]) == ["007", "H1", "M1"]
    broken = write_district(tmp_path, **(text | {"nodes": text["nodes"].replace(",007,", ",7,")}))
    (lost,) = found(broken, "lost-zeros")
    assert "nodes.csv says '7' and schools.csv says '007' (5 rows: 5, 6, 7, 8, 9)" in str(lost)
    assert [(p.code, p.file, p.row) for p in validate_folder(broken)] == [
        ("lost-zeros", "nodes.csv", 5)
    ]
    other = write_district(
        tmp_path / "b", **(text | {"schools": text["schools"].replace("007", "7")})
    )
    (other / "enrollment.csv").write_text("school_id,grade,students\n007,3,200\nM1,7,400\n")
    (lost,) = validate_folder(other)
    assert (lost.code, lost.file, lost.column) == ("lost-zeros", "schools.csv", "school_id")
    assert "the ids lost their leading zeros" in lost.message
    assert "write '007' again" in lost.fix


def test_flags_times_and_months_are_written_one_way(tmp_path: Path) -> None:
    overrides = more_schools("title_i", "Yes", "0", "")
    overrides["bell"] = edited("bell", "class1,08:00", "class1,8:00")
    tables = read_folder(write_district(tmp_path, **overrides)).tables
    flags = dict(zip(tables["schools"]["school_id"], tables["schools"]["title_i"], strict=True))
    assert flags["E1"] == "true"
    assert flags["M1"] == "false"
    assert tables["schools"]["title_i"].isna().sum() == 1
    assert list(tables["bell"]["start"]) == ["08:00", "11:00", "12:00"]


@pytest.mark.parametrize(
    ("group", "grades"),
    [
        ("9", ("9",)),
        ("K-2", ("K", "1", "2")),
        ("PK-1", ("PK", "K", "1")),
        ("3-3", ("3",)),
        ("5-3", None),
        ("students", None),
        ("13", None),
        ("-", None),
    ],
)
def test_grades_of_a_group(group: str, grades: tuple[str, ...] | None) -> None:
    assert grades_of(group) == grades
