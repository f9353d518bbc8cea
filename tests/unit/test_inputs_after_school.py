"""The after-school half of a folder: what is read, and every bad input of its plain tables."""

from dataclasses import asdict
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

from netplan.errors import Problem
from netplan.inputs.access_fields import ACCESS_FIELDS, RADIO_RANGES, read_access
from netplan.inputs.catalogs import load_catalogs
from netplan.inputs.folder import read_folder, validate_folder
from netplan.inputs.model import AccessSettings
from netplan.inputs.schemas import column_names
from tests.unit.after_school import (
    ACS,
    AFTER_SCHOOL,
    AVAILABILITY,
    BLOCKS,
    BUSES,
    NE,
    NW,
    OFFERS,
    PARTNERS,
    SE,
    SLOTS,
    STOPS,
    STUDENTS,
    SW,
    write_after_school,
)
from tests.unit.folders import SCHOOLS, write_district


def problems_of(folder: Path, **files: str | bytes | None) -> list[Problem]:
    """Give every problem of the district with other files."""
    return list(validate_folder(write_after_school(folder, **files)))


def changed(text: str, old: str, new: str) -> str:
    """Give a text with the single occurrence of a piece of it replaced."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def test_a_sound_half_has_no_problem(tmp_path: Path) -> None:
    assert validate_folder(write_after_school(tmp_path)) == ()


def test_the_tables(tmp_path: Path) -> None:
    inputs = read_folder(write_after_school(tmp_path))
    tables = inputs.tables
    areas, zones = tables["areas"], tables["zones"]
    assert isinstance(areas, gpd.GeoDataFrame)
    assert isinstance(zones, gpd.GeoDataFrame)
    assert list(areas["geoid"]) == [SW, SE, NW, NE]
    assert set(areas["level"]) == {"block_group"}
    assert (areas.crs.to_epsg(), zones.crs.to_epsg()) == (4326, 4326)
    assert list(zones["school_id"]) == ["E1", "H1", "M1"]
    acs = tables["acs"].set_index("geoid")
    assert acs["level"].to_dict()["12111"] == "county"
    assert acs.loc[SE, "B28002_013E"] == 40
    # the areas sum to the county: 100 + 200 + 300 + 400 = 1,000 and 10 + 40 + 30 + 20 = 100
    for column in ("B28002_001E", "B28002_013E"):
        assert acs[column].iloc[1:].sum() == acs.loc["12111", column]
    students = tables["students"]
    assert list(students.columns) == ["geoid", "students", "students_offline", "origin"]
    assert students["students"].sum() == tables["schools"]["enrollment"].sum() == 1400
    assert students["students_offline"].isna().all()
    assert set(students["origin"]) == {"counted"}
    assert list(tables["stops"]["allowed"]) == ["true", "true", "false"]
    assert list(tables["stops"]["usd_per_year"]) == [0, 0, 0]
    assert list(tables["offers"]["geoids"]) == ["*", f"{NW};{NE}"]
    assert list(tables["partners"]["transit"]) == ["false", "true"]
    for name in AFTER_SCHOOL:
        assert len(inputs.hashes[name]) == 64
    for name in ("availability", "blocks", "buses", "slots", "wireless", "transit"):
        assert list(tables[name].columns) == column_names(name)


def test_a_folder_without_the_half_has_empty_tables(tmp_path: Path) -> None:
    inputs = read_folder(write_district(tmp_path))
    columns = {
        "areas": ["geoid", "level", "geometry"],
        "area_schools": ["geoid", "school_id"],
        "zones": ["school_id", "geometry"],
        "acs": ["geoid", "level"],
        "acs_annotations": ["geoid", "column", "sentinel", "meaning"],
        "students": ["geoid", "students", "students_offline", "origin"],
    }
    for name, expected in columns.items():
        assert inputs.tables[name].empty
        assert list(inputs.tables[name].columns) == expected
    assert inputs.access == AccessSettings()
    assert inputs.streets is None
    assert not [a for a in inputs.assumptions if a.name.startswith("access.")]


@pytest.mark.parametrize(
    ("stem", "text", "expected", "part"),
    [
        (
            "students",
            changed(STUDENTS, f"{SW},100", f"{SW},-1"),
            "negative-number:2:students",
            "-1",
        ),
        (
            "students",
            changed(STUDENTS, f"{SW},100,", f"{SW},,"),
            "missing-value:2:students",
            "empty",
        ),
        ("students", changed(STUDENTS, f"{SW},100,", f"{SW},nan,"), "nan-number:2:students", "NaN"),
        (
            "students",
            changed(STUDENTS, f"{SW},100,", f"{SW},inf,"),
            "infinite-number:2:students",
            "",
        ),
        (
            "students",
            changed(STUDENTS, f"{SW},100", f"{SW},99999"),
            "absurd-number:2:students",
            "?",
        ),
        (
            "students",
            changed(STUDENTS, "100,", "100,101"),
            "more-than-all:2:students_offline",
            "100",
        ),
        ("students", changed(STUDENTS, SE, SW), "duplicate-key:3:geoid", "row 2"),
        ("students", changed(STUDENTS, SE, "1.2E+11"), "scientific-notation:3:geoid", "text"),
        ("students", changed(STUDENTS, SE, f"{SE}.0"), "decimal-geoid:3:geoid", SE),
        ("students", changed(STUDENTS, SE, f"{SE}005"), "block-geoid:3:geoid", "12 of a block's"),
        ("students", changed(STUDENTS, SE, "12111"), "county-geoid:3:geoid", "county"),
        ("students", changed(STUDENTS, SE, "Elm"), "bad-geoid:3:geoid", "geoid"),
        (
            "students",
            changed(STUDENTS, SE, "120869999999"),
            "unknown-area:3:geoid",
            "other counties",
        ),
        ("students", changed(STUDENTS, SE, "12111000100"), "other-level:3:geoid", "tracts"),
        (
            "students",
            STUDENTS.replace("students,", "studs,"),
            "missing-column:1:students",
            "'studs'",
        ),
        ("students", "geoid,students,students_offline\n", "no-rows", "no rows"),
        ("students", "", "empty-file", "empty"),
        (
            "availability",
            AVAILABILITY.replace(",10,1,", ",-10,1,"),
            "negative-number:2:max_down",
            "",
        ),
        (
            "availability",
            AVAILABILITY.replace("2000,2000", "2e6,2000"),
            "absurd-number:5:max_d",
            "",
        ),
        (
            "blocks",
            changed(BLOCKS, "27.44,-80.36", "-80.36,27.44"),
            "swapped-coordinates:5:lat",
            "",
        ),
        (
            "stops",
            changed(STOPS, "27.44,-80.36", "-80.36,27.44"),
            "swapped-coordinates:3:lat",
            "stop",
        ),
        ("stops", changed(STOPS, "27.44,-80.36", "0,-80.36"), "zero-coordinates:3:lat", "stop"),
        ("stops", changed(STOPS, "27.44,-80.36", "39.3,-76.6"), "far-from-district:3:lat", "km"),
        (
            "stops",
            changed(STOPS, "27.44,-80.36", "27.44,80.36"),
            "far-from-district:3:lon",
            "minus",
        ),
        ("stops", changed(STOPS, "false", "no parking"), "not-a-flag:4:allowed", "true or false"),
        (
            "buses",
            changed(BUSES, "B1,27.44,-80.36", "B1,-80.36,27.44"),
            "swapped-c:2:depot_lat",
            "de",
        ),
        (
            "buses",
            BUSES.replace("B1,27.44,-80.36,65,", "B1,27.44,-80.36,65.5,"),
            "not-whole:2:max_clients",
            "whole",
        ),
        ("buses", changed(BUSES, "B2", "B1"), "duplicate-key:3:bus_id", "row 2"),
        ("slots", changed(SLOTS, "mon-1,mon", "mon-1,Monday"), "not-in-list:2:weekday", "'mon'?"),
        ("slots", changed(SLOTS, "mon-1,mon", "mon-1,MON"), "not-in-list:2:weekday", "'mon'?"),
        ("slots", changed(SLOTS, "mon-1,mon", "mon-1,tues"), "not-in-list:2:weekday", "'tue'?"),
        (
            "slots",
            changed(SLOTS, "mon-1,mon,15:30,17:30", "mon-1,mon,17:30,15:30"),
            "end-before-start:2:end",
            "",
        ),
        (
            "slots",
            changed(SLOTS, "mon-1,mon,15:30,17:30", "mon-1,mon,15:30,18:01"),
            "overlapping-slots:3:start",
            "mon-1 (row 2)",
        ),
        ("slots", changed(SLOTS, "mon-1,mon,15:30", "mon-1,mon,25:30"), "bad-time:2:start", "time"),
        ("slots", changed(SLOTS, "mon-2", "mon-1"), "duplicate-key:3:slot_id", "row 2"),
        ("partners", changed(PARTNERS, "church,", "chapel,"), "not-in-list:3:kind", "church"),
        (
            "partners",
            changed(PARTNERS, "100,50,", "100,169,"),
            "out-of-range:2:hours_per_week",
            "168",
        ),
        ("partners", changed(PARTNERS, "27.40,-80.37", "0,0"), "zero-coordinates:2:lat", "partner"),
        ("offers", changed(OFFERS, "lending,", "lend,"), "not-in-list:2:kind", "'lending'?"),
        (
            "offers",
            changed(OFFERS, f"{NW}; {NE}", f"{NW};121110009999"),
            "unknown-area:3:geoids",
            "9999",
        ),
        ("offers", changed(OFFERS, f"{NW}; {NE}", f"*;{NE}"), "unknown-area:3:geoids", "alone"),
        (
            "wireless",
            changed(AFTER_SCHOOL["wireless.csv"], ",800,", ",0,"),
            "zero-number:2:range_m",
            "",
        ),
        (
            "transit",
            AFTER_SCHOOL["transit.csv"].replace("T2", "T1"),
            "duplicate-key:3:transit_st",
            "",
        ),
    ],
)
def test_a_problem_in_a_plain_table(
    tmp_path: Path, stem: str, text: str, expected: str, part: str
) -> None:
    errors = [p for p in problems_of(tmp_path, **{stem: text}) if p.severity == "error"]
    assert len(errors) == 1, [str(problem) for problem in errors]
    error = errors[0]
    code, _, place = expected.partition(":")
    assert error.file == f"{stem}.csv"
    assert error.code.startswith(code)
    assert f"{error.row or ''}:{error.column or ''}".startswith(place or ":")
    assert part in str(error)
    assert error.fix


def test_times_that_touch_are_no_overlap_and_days_are_apart(tmp_path: Path) -> None:
    text = "slot_id,weekday,start,end\na,mon,15:00,17:00\nb,mon,17:00,18:00\nc,tue,15:30,17:30\n"
    assert problems_of(tmp_path, slots=text) == []


@pytest.mark.parametrize(
    ("stem", "old", "new", "column"),
    [
        ("partners", "40,100,50", "0,100,50", "seats"),
        ("partners", "40,100,50", "40,0,50", "backhaul_mbps"),
        ("buses", "B1,27.44,-80.36,65,25", "B1,27.44,-80.36,65,0", "backhaul_mbps"),
        ("offers", "216,30,", "216,0,", "max_students"),
    ],
)
def test_what_serves_nobody_is_a_note(
    tmp_path: Path, stem: str, old: str, new: str, column: str
) -> None:
    text = changed(AFTER_SCHOOL[f"{stem}.csv"], old, new)
    notes = problems_of(tmp_path, **{stem: text})
    assert [(n.code, n.column, n.severity) for n in notes] == [("serves-nobody", column, "note")]


@pytest.mark.parametrize("mask", ["*", "<10", "n<10", "1-9", "≤ 5"])
def test_a_masked_count_is_unknown_and_told_once(tmp_path: Path, mask: str) -> None:
    text = changed(STUDENTS, f"{SW},100,", f"{SW},{mask},").replace(f"{SE},200", f"{SE},{mask}")
    folder = write_after_school(tmp_path, students=text)
    notes = validate_folder(folder)
    assert [(n.code, n.severity, n.row) for n in notes] == [("masked-count", "note", None)]
    assert "2 cells are masked" in notes[0].message
    # where they are and what stands there says that few students live in those areas
    assert notes[0].value is None
    assert mask not in str(notes[0])
    assert SW not in str(notes[0])
    table = read_folder(folder).tables["students"].set_index("geoid")["students"]
    assert np.isnan(table[SW])
    assert np.isnan(table[SE])
    assert table[NW] == 300


def test_counts_of_students_offline_are_not_hashed(tmp_path: Path) -> None:
    """Whoever has a hash can try every small number until it fits."""
    plain = read_folder(write_after_school(tmp_path / "plain"))
    assert len(plain.hashes["students.csv"]) == 64
    text = changed(STUDENTS, f"{SW},100,", f"{SW},100,7")
    counted = read_folder(write_after_school(tmp_path / "counted", students=text))
    assert counted.hashes["students.csv"] == "not hashed: student counts"
    assert len(counted.hashes["acs.csv"]) == 64


def test_geoids_that_lost_their_zero_are_one_problem(tmp_path: Path) -> None:
    """Alabama's Mobile County: 010970001001 and so on, without its zero in students.csv."""
    files = {name: text.replace("12111", "01097") for name, text in AFTER_SCHOOL.items()}
    lost = STUDENTS.replace("12111", "1097")
    problems = validate_folder(write_after_school(tmp_path, {**files, "students.csv": lost}))
    errors = [p for p in problems if p.severity == "error"]
    assert [(p.code, p.file, p.row) for p in errors] == [("lost-zeros", "students.csv", 2)]
    assert "4 rows: 2, 3, 4, 5" in errors[0].message
    assert "010970001001" in errors[0].message


def test_another_census_is_one_problem(tmp_path: Path) -> None:
    other = AVAILABILITY.replace("121110002", "121119902")
    errors = [p for p in problems_of(tmp_path, availability=other) if p.severity == "error"]
    assert [(p.code, p.file) for p in errors] == [("another-census", "availability.csv")]
    assert "block groups of another census" in errors[0].message
    other = ACS.replace("121110002", "121119902")
    errors = [p for p in problems_of(tmp_path / "b", acs=other) if p.severity == "error"]
    assert [(p.code, p.file) for p in errors] == [("another-census", "acs.csv")]


def test_rows_of_other_counties_are_a_note(tmp_path: Path) -> None:
    more = AVAILABILITY + "120869999999,100,20,40,Example Cable\n"
    notes = problems_of(tmp_path, availability=more)
    assert [(n.code, n.severity, n.row) for n in notes] == [("unknown-area", "note", 6)]
    only = "geoid,max_down_mbps\n120869999999,100\n"
    errors = [p for p in problems_of(tmp_path / "b", availability=only) if p.severity == "error"]
    assert [p.code for p in errors] == ["unknown-area"]


def test_areas_without_a_row_are_named(tmp_path: Path) -> None:
    text = "".join(line + "\n" for line in STUDENTS.splitlines()[:-1])
    notes = problems_of(tmp_path, students=text)
    assert [(n.code, n.severity) for n in notes] == [("areas-without-row", "note")]
    assert NE in notes[0].message
    assert "unknown" in notes[0].message


def test_part_of_a_fleet_is_a_note(tmp_path: Path) -> None:
    notes = problems_of(tmp_path, slots=None)
    assert [(n.code, n.file) for n in notes] == [("no-bus-plan", "stops.csv")]
    assert "slots.csv" in notes[0].message


def test_tables_without_areas_are_a_note(tmp_path: Path) -> None:
    notes = problems_of(tmp_path, areas=None, zones=None)
    assert [(n.code, n.severity) for n in notes] == [("no-areas", "note")]


def test_files_of_the_half_with_other_names_are_told(tmp_path: Path) -> None:
    files = {"areas.json": "{}", "Access.toml": "", "stop.csv": "", "area.geojson": ""}
    notes = validate_folder(write_after_school(tmp_path, files))
    told = {n.file: n.expected for n in notes}
    assert told == {
        "areas.json": "areas.geojson",
        "Access.toml": "access.toml",
        "stop.csv": "stops.csv",
        "area.geojson": "areas.geojson",
    }


def test_problems_come_in_the_contract_s_order(tmp_path: Path) -> None:
    problems = problems_of(
        tmp_path, areas="{", acs="", zones="{", stops="", access="", schools=SCHOOLS + "x\n"
    )
    files = [p.file for p in problems if p.severity == "error"]
    assert files == [
        "schools.csv", "areas.geojson", "acs.csv", "zones.geojson", "stops.csv", "access.toml",
    ]  # fmt: skip


def test_access_defaults_are_those_of_the_model() -> None:
    assert {field.name: field.default for field in ACCESS_FIELDS} == asdict(AccessSettings())
    assert [field.name for field in ACCESS_FIELDS] == list(asdict(AccessSettings()))
    for field in ACCESS_FIELDS:
        assert (field.default is None) == (field.default_source == ""), field.name


def test_radio_ranges_are_the_catalog_s() -> None:
    ranges = load_catalogs()["radio_ranges"]
    assert ("model", *ranges["radio_range"]) == RADIO_RANGES
    claims = ranges[ranges["what"] == "claim, open air"]
    assert (claims["outdoor_m"] == claims["home_m"]).all()
    # 1 ft = 0.3048 m
    feet = ranges["radio_range"].str.extract(r"_(\d+)_ft")[0].astype(float)
    assert np.allclose(ranges["outdoor_m"], feet * 0.3048, atol=0.05)


def test_rules_have_one_value_on_any_day() -> None:
    rules = load_catalogs()["rules"]
    for _, rows in rules.sort_values("from_date").groupby("rule"):
        untils, froms = list(rows["until_date"][:-1]), list(rows["from_date"][1:])
        assert all(until < start for until, start in zip(untils, froms, strict=True))
    shares = rules.set_index(["rule", "from_date"])["value"]
    assert shares["erate_bus_wifi_share", "2024-07-01"] == 1
    assert shares["erate_bus_wifi_share", "2025-07-01"] == 0
    assert shares["erate_hotspot_share", "2025-07-01"] == 0
    values = rules.drop_duplicates("rule").set_index("rule")["value"]
    assert values["erate_hotspot_usd_per_month_cap"] == 15
    assert values["lifeline_usd_per_month"] == 9.25
    assert values["bus_wifi_usd_per_year"] == 1840


@pytest.mark.parametrize(
    ("text", "code", "place", "part"),
    [
        ("equty = 'floor'", "unknown-key", "1:equty", "'equity'"),
        ("equity = 'Floor'", "not-in-list", "1:equity", "'floor'?"),
        ("equity = 1", "wrong-type", "1:equity", "quotation"),
        ("definition = 'phone only'", "not-in-list", "1:definition", "'phone_only'?"),
        ("radio_range = 'charleston'", "not-in-list", "1:radio_range", "charleston_150_ft"),
        ("walk_limit_m = '800'", "wrong-type", "1:walk_limit_m", "without quotation"),
        ("walk_limit_m = 0", "zero-number", "1:walk_limit_m", "above 0"),
        ("walk_limit_m = 0.5", "absurd-number", "1:walk_limit_m", "really 0.5 m?"),
        ("walk_limit_m = nan", "out-of-range", "1:walk_limit_m", "nan"),
        ("detour_factor = 0.9", "out-of-range", "1:detour_factor", "1 to 5"),
        ("hours_per_week_needed = 169", "out-of-range", "1:hours_per_week_needed", "168"),
        ("coverage_goal = 95", "share-above-one", "1:coverage_goal", "0.95"),
        ("coverage_goal = 95 %", "percent-sign", "1:coverage_goal", "0.95"),
        ("budget_usd_per_year = -1", "negative-number", "1:budget_usd_per_year", "least 0"),
        ("draws = 10.5", "not-whole", "1:draws", "Round"),
        ("seed = 1\n[access]\ndraws = 5", "unknown-section", "2:access", "without a section"),
        ("drive_kmh = [30]", "wrong-type", "1:drive_kmh", "not a number"),
        ("x = [1]", "unknown-key", "x", "Delete"),
        ("x =\ny = 1", "bad-toml", "1", "TOML"),
        ("", "empty-file", "access.toml", "empty"),
        (b"\xff\xfe", "wrong-encoding", "1", "UTF-8"),
    ],
)
def test_a_problem_in_access_toml(text: str | bytes, code: str, place: str, part: str) -> None:
    data = text.encode() if isinstance(text, str) else text
    access, _, problems = read_access(data)
    assert [problem.code for problem in problems] == [code]
    assert place in str(problems[0])
    assert part in str(problems[0])
    assert problems[0].file == "access.toml"
    assert access.equity == "none"


def test_access_toml_is_read_and_told_among_the_assumptions(tmp_path: Path) -> None:
    text = 'equity = "floor"\nbudget_usd_per_year = 5_000\ndraws = 200\nseed = 7\n'
    inputs = read_folder(write_after_school(tmp_path, access=text))
    access = inputs.access
    assert (access.equity, access.budget_usd_per_year, access.coverage_goal) == ("floor", 5e3, None)
    assert (access.draws, access.seed) == (200, 7)
    assert isinstance(access.draws, int)
    told = {a.name: a for a in inputs.assumptions if a.name.startswith("access.")}
    assert told["access.equity"].source == "access.toml"
    assert told["access.walk_limit_m"].source.startswith("assumption")
    assert "access.coverage_goal" not in told
    assert told["access.budget_usd_per_year"].value == 5000


def test_a_street_map_is_found(tmp_path: Path) -> None:
    folder = write_after_school(tmp_path, {"county.osm": "<osm/>"})
    inputs = read_folder(folder)
    assert inputs.streets == folder.resolve() / "county.osm"
    assert len(inputs.hashes["county.osm"]) == 64
    (folder / "other.osm.pbf").write_bytes(b"")
    errors = [p for p in validate_folder(folder) if p.severity == "error"]
    assert [p.code for p in errors] == ["two-files"]
