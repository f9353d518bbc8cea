"""Slips of whoever plans home access, as they come out of Excel: each told where, what, and how.

The folder is the small one of `tests.unit.after_school`; one thing in it is wrong at a time.
"""

import io
import json
from pathlib import Path

import geopandas as gpd
import pytest

from netplan.inputs.amounts import amount
from netplan.inputs.folder import validate_folder
from netplan.inputs.times import read_time, time_fix
from tests.unit.after_school import (
    ACS,
    AREAS,
    BUSES,
    NE,
    NW,
    OFFERS,
    PARTNERS,
    SE,
    SLOTS,
    STOPS,
    STUDENTS,
    ZONES,
    write_after_school,
)


def swap(text: str, old: str, new: str) -> str:
    """Give a text with a piece of it replaced where it stands first."""
    assert old in text
    return text.replace(old, new, 1)


def without(text: str, *names: str) -> str:
    """Give a CSV text without some columns."""
    rows = [line.split(",") for line in text.splitlines()]
    kept = [i for i, name in enumerate(rows[0]) if name not in names]
    assert len(kept) == len(rows[0]) - len(names)
    return "".join(",".join(row[i] for i in kept) + "\n" for row in rows)


def projected() -> str:
    """Give the areas in meters of UTM 17N, as a file that does not say so."""
    areas = gpd.read_file(io.StringIO(AREAS)).set_crs(4326, allow_override=True)
    document = json.loads(areas.to_crs(26917).to_json())
    document.pop("crs", None)
    return json.dumps(document)


HEAD = PARTNERS.splitlines()[0] + "\n"
MON = "mon,15:30,17:30"
#: file to its text, the place (file:row:column), and words of value, message and fix.
MISTAKES: list[tuple[str, str, str, tuple[str, ...]]] = [
    ("areas", projected(), "areas.geojson", ("not degrees", "EPSG:4326")),
    ("stops", swap(STOPS, "27.39,-80.41", "-80.41,27.39"), "stops.csv:2:lat", ("Swap the two",)),
    ("stops", swap(STOPS, "-80.41", "80.41"), "stops.csv:2:lon", ("minus sign", "-80.4100")),
    ("stops", swap(STOPS, "ST2", "ST1"), "stops.csv:3:stop_id", ("row 2", "'ST1'", "Delete")),
    ("students", swap(STUDENTS, SE, "1.2E+11"), "students.csv:3:geoid", ("1.2E+11", "as text")),
    ("acs", swap(ACS, SE, "1.2E+11"), "acs.csv:4:geoid", ("1.2E+11", "as text")),
    (
        "offers",
        swap(OFFERS, f"{NW}; {NE}", "1.2E+11"),
        "offers.csv:3:geoids",
        ("lost their digits", "from where they came"),
    ),
    (
        "offers",
        swap(OFFERS, f"{NW}; {NE}", f'"{NW}, {NE}"'),
        "offers.csv:3:geoids",
        ("not separated by ;", f"{NW};{NE}"),
    ),
    ("offers", swap(OFFERS, ",*,", ",all,"), "offers.csv:2:geoids", ("Write * for all areas",)),
    (
        "offers",
        swap(OFFERS, "216,30", "$18/month,30"),
        "offers.csv:2:usd_per_student_per_year",
        ("Write 216", "$18/month"),
    ),
    ("offers", swap(OFFERS, "lend,lending", "lend,hotspot"), "offers.csv:2:kind", ("'lending'?",)),
    ("offers", swap(OFFERS, "216,30", "216,0"), "offers.csv:2:max_students", ("serves nobody",)),
    ("access", "budget_usd_per_year = -5", "access.toml:1:budget_usd_per_year", ("negative",)),
    ("access", "coverage_goal = 80", "access.toml:1:coverage_goal", ("Write 0.8",)),
    ("access", 'coverage_goal = "80%"', "access.toml:1:coverage_goal", ("= 0.8, without",)),
    ("access", 'equity = "fair"', "access.toml:1:equity", ("'fair'", "worst_first = the worst")),
    ("access", "equity = floor", "access.toml:1:equity", ('Write equity = "floor"',)),
    ("access", "equity = “floor”", "access.toml:1:equity", ("straight", 'equity = "floor"')),
    ("access", "budget = 95000", "access.toml:1:budget", ("'budget_usd_per_year'?",)),
    *(
        ("access", f"{name} = {text}", f"access.toml:1:{name}", (f"Write {name} = {number},", how))
        for name, text, number, how in (
            ("budget_usd_per_year", '"$95,000"', "95000", ""),
            ("budget_usd_per_year", '"95,000 USD"', "95000", ""),
            ("budget_usd_per_year", '"95k"', "95000", "95k is 95000"),
            ("budget_usd_per_year", "$95,000", "95000", ""),
            ("budget_usd_per_year", "95,000  # a guess", "95000", ""),
            ("walk_limit_m", '"0.5 mi"', "804.7", "0.5 mi is 804.7"),
            ("walk_limit_m", "0.5 mi", "804.7", "0.5 mi is 804.7"),
            ("time_limit_s", '"30 min"', "1800", "expected a number of seconds"),
        )
    ),
    (
        "access",
        'walk_limit_m = "ten minutes"',
        "access.toml:1:walk_limit_m",
        ("number of meters", "Write the number alone", "walk_limit_m = 800"),
    ),
    ("partners", HEAD, "partners.csv", ("no rows", "delete the file")),
    (
        "partners",
        swap(PARTNERS, "40,100", "n/a,100"),
        "partners.csv:2:seats",
        ("'n/a'", "Look the number up"),
    ),
    (
        "partners",
        swap(PARTNERS, "100,50,", "100,200,"),
        "partners.csv:2:hours_per_week",
        ("200", "0 to 168"),
    ),
    (
        "partners",
        swap(PARTNERS, "10000,", '"$10,000",'),
        "partners.csv:2:usd_per_year",
        ("Write 10000.",),
    ),
    (
        "partners",
        swap(PARTNERS, "Library,library", "Library,coffee shop"),
        "partners.csv:2:kind",
        ("'business'?",),
    ),
    ("buses", swap(BUSES, "65,25", "0,25"), "buses.csv:2:max_clients", ("serves nobody",)),
    (
        "buses",
        swap(BUSES, "65,25,,", "65,25,150 ft,"),
        "buses.csv:2:radio_range_m",
        ("Write 45.72: 150 ft is 45.72",),
    ),
    ("buses", swap(BUSES, "65,25,,", "65,25,5280,"), "buses.csv:2:radio_range_m", ("really",)),
    ("slots", swap(SLOTS, "18:00,20:00", "22:00,01:00"), "slots.csv:3:end", ("23:59",)),
    ("slots", swap(SLOTS, "18:00", "17:00"), "slots.csv:3:start", ("mon-1 (row 2)", "overlap")),
    ("slots", swap(SLOTS, MON, "mon,3:30,5:30"), "slots.csv:2:start", ("15:30 and 17:30",)),
    ("slots", swap(SLOTS, "15:30", "3:30 PM"), "slots.csv:2:start", ("Write 15:30.",)),
    ("slots", swap(SLOTS, "15:30", "15.30"), "slots.csv:2:start", ("Write 15:30.",)),
    ("slots", swap(SLOTS, "mon,15", "Mon-Fri,15"), "slots.csv:2:weekday", ("a row for each",)),
    (
        "students",
        swap(STUDENTS, "200,", "200,12%"),
        "students.csv:3:students_offline",
        ("how many students",),
    ),
    ("students", STUDENTS + "Total,1400,\n", "students.csv:6:geoid", ("total", "Delete the row")),
    ("zones", swap(ZONES, '"E1"', '"E9"'), "zones.geojson:school_id", ("'E9'", "'E1'?")),
    (
        "zones",
        swap(ZONES, '"E1"', '"Elm Elementary"'),
        "zones.geojson:school_id",
        ("name of 'E1'",),
    ),
]


@pytest.mark.parametrize(("stem", "text", "place", "words"), MISTAKES)
def test_a_mistake_is_told_once_with_its_place_and_the_way_out(
    tmp_path: Path, stem: str, text: str, place: str, words: tuple[str, ...]
) -> None:
    found = [
        problem
        for problem in validate_folder(write_after_school(tmp_path, None, **{stem: text}))
        if problem.code not in ("areas-without-row", "school-without-zone")
    ]
    assert len(found) == 1, [str(problem) for problem in found]
    told = str(found[0])
    assert told.startswith(f"{place}: ")
    for word in words:
        assert word in told
    assert found[0].fix


def test_commas_between_geoids_that_break_the_row(tmp_path: Path) -> None:
    broken = swap(OFFERS, f"{NW}; {NE}", f"{NW},{NE}")
    codes = {one.code: one for one in validate_folder(write_after_school(tmp_path, offers=broken))}
    assert set(codes) == {"wrong-separator", "ragged-row"}
    assert "row 3" in codes["wrong-separator"].message
    assert "Put ; between" in codes["wrong-separator"].fix


@pytest.mark.parametrize("place", [(27.39, -70.0), (-80.41, 27.39)])
def test_student_points_elsewhere_show_no_coordinate(
    tmp_path: Path, place: tuple[float, float]
) -> None:
    lat, lon = place
    files: dict[str, str | bytes | None] = {"students_points.csv": f"lat,lon\n{lat},{lon}\n"}
    found = validate_folder(write_after_school(tmp_path, files, students=None))
    told = " ".join(map(str, found))
    assert "points-outside" in {one.code for one in found}
    assert "27.39" not in told and "80.41" not in told and "70" not in told


# --- columns of acs.csv ---


def lacking(folder: Path, **files: str | None) -> dict[str, str]:
    """Give the notes about columns that acs.csv lacks: column to message."""
    found = validate_folder(write_after_school(folder, None, **files))
    assert all(one.severity == "note" for one in found), [str(one) for one in found]
    return {
        str(one.column): one.message
        for one in found
        if one.code == "acs-column-lacking" and one.file == "acs.csv"
    }


AGES = [f"B09001_{number:03d}{kind}" for number in range(5, 10) for kind in "EM"]


def with_ages(*left_out: str) -> str:
    """Give acs.csv with children by age, 10 of each with a margin of 2."""
    names = [name for name in AGES if name not in left_out]
    cells = ["10" if name.endswith("E") else "2" for name in names]
    head, *rows = ACS.splitlines()
    return "\n".join([",".join([head, *names]), *(",".join([row, *cells]) for row in rows)]) + "\n"


def test_a_margin_that_is_missing_or_blank_is_told(tmp_path: Path) -> None:
    missing = lacking(tmp_path / "a", acs=without(ACS, "B28002_013M"))
    assert list(missing) == ["B28002_013M"]
    assert "is missing; without this margin the error" in missing["B28002_013M"]
    lines = ACS.splitlines()
    place = lines[0].split(",").index("B28002_013M")
    rows = [line.split(",") for line in lines]
    blank = [row if number < 2 else [*row[:place], "", *row[place + 1 :]]
             for number, row in enumerate(rows)]  # fmt: skip
    told = lacking(tmp_path / "b", acs="".join(",".join(row) + "\n" for row in blank))
    assert "has no number" in told["B28002_013M"]
    households = lacking(tmp_path / "c", acs=without(ACS, "B28002_001M"))
    assert "counts as exact" in households["B28002_001M"]


def test_the_margins_are_those_of_the_definition(tmp_path: Path) -> None:
    acs = without(ACS, "B28002_007M")
    assert lacking(tmp_path / "a", acs=acs) == {}
    below = lacking(tmp_path / "b", acs=acs, access='definition = "below_speed"')
    assert list(below) == ["B28002_007M"]


def test_children_by_age_are_asked_for_where_nobody_counted(tmp_path: Path) -> None:
    assert lacking(tmp_path / "a", students=None, acs=with_ages()) == {}
    assert lacking(tmp_path / "b", acs=with_ages("B09001_007E")) == {}
    some = lacking(tmp_path / "c", students=None, acs=with_ages("B09001_007E"))
    assert list(some) == ["B09001_007E"]
    assert "households, and the other ages are not used" in some["B09001_007E"]
    margin = lacking(tmp_path / "d", students=None, acs=with_ages("B09001_008M"))
    assert "half of the number" in margin["B09001_008M"]
    none = lacking(tmp_path / "e", students=None)
    assert list(none) == ["B09001_005E"]


# --- numbers and times as people write them ---


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("$95,000", "USD per year", "95000"),
        ("95000 dollars a year", "USD per year", "95000"),
        ("$1.5 million", "USD per year", "1500000"),
        ("18 USD per month", "USD per year", "216"),
        ("$18/month", "USD per month", "18"),
        ("2 Gbps", "Mbps", "2000"),
        ("100 Mb/s", "Mbps", "100"),
        ("100 MB/s", "Mbps", None),
        ("1 GB", "Mbps", None),
        ("5 hours/week", "hours per week", "5"),
        ("25%", "share per year", "0.25"),
        ("25 students", "students", "25"),
        ("-5,000", "USD per year", "-5000"),
        ("12 apples", "m", None),
        ("$12", "m", None),
        ("0,5", "share", None),
        ("m", "m", None),
        ("1" * 90, "m", None),
    ],
)
def test_the_number_that_a_text_means(text: str, unit: str, number: str | None) -> None:
    found = amount(text, unit)
    assert (found.number if found else None) == number


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("4:20 PM", "Write 16:20."),
        ("4:20pm", "Write 16:20."),
        ("4 p.m.", "Write 16:00."),
        ("12:15 AM", "Write 00:15."),
        ("04:20:00 PM", "Write 16:20."),
        ("4.20", "Write 16:20, or 04:20 if it is before noon."),
        ("16.2", "Write 16:20."),
        ("1620", "Write 16:20."),
        ("0800", "Write 08:00."),
        ("16:20:00", "Write 16:20."),
        ("0.645833", "Write 15:30; format the column as text."),
        ("24:00", "Write 23:59: a day ends there."),
        ("25:00", "Write it as 08:05 or 14:30."),
        ("noon", "Write it as 08:05 or 14:30."),
        ("9999", "Write it as 08:05 or 14:30."),
    ],
)
def test_a_time_otherwise_written_gets_its_hh_mm(text: str, fix: str) -> None:
    assert read_time(text) is None
    assert time_fix(text) == fix


def test_hh_mm_is_read() -> None:
    assert (read_time("8:05"), read_time("23:59"), read_time("24:01")) == ("08:05", "23:59", None)
