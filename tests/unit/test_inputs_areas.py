"""areas.geojson, zones.geojson and GeoPackages: every bad input that the contract names."""

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from netplan.errors import Problem
from netplan.geo.joins import count_in, overlapping
from netplan.geo.polygons import read_polygons
from netplan.inputs.folder import read_folder, validate_folder
from tests.unit.after_school import (
    AFTER_SCHOOL,
    AREAS,
    CENTER,
    MIDDLE,
    NE,
    NW,
    SE,
    SOUTH,
    SQUARES,
    SW,
    WEST,
    WHOLE,
    ZONES,
    collection,
    square,
    write_after_school,
)

#: The four areas alone, so that no table has something to say about them.
ALONE: Mapping[str, None] = {name: None for name in AFTER_SCHOOL if name not in ("areas.geojson",)}


def problems_of(folder: Path, areas: str | bytes, **files: str | bytes | None) -> list[Problem]:
    """Give every problem of the district with other areas, and none of the other tables."""
    stems = {name.partition(".")[0]: None for name in ALONE}
    return list(validate_folder(write_after_school(folder, areas=areas, **{**stems, **files})))


def renamed(name: str, change: object = None) -> str:
    """Give the areas with the geoid under another name, or changed by a function."""
    document = json.loads(AREAS)
    for feature in document["features"]:
        geoid = feature["properties"].pop("geoid")
        feature["properties"][name] = change(geoid) if callable(change) else geoid
    return json.dumps(document)


def with_geometry(geometry: object) -> str:
    """Give the areas with another geometry of the first."""
    document = json.loads(AREAS)
    document["features"][0]["geometry"] = geometry
    return json.dumps(document)


def moved(change: object, crs: str | None = None) -> str:
    """Give the areas with each [lon, lat] changed by a function."""
    assert callable(change)
    features = [
        ({"geoid": geoid}, [[list(change(*point)) for point in ring]])
        for geoid, ring in SQUARES.items()
    ]
    more = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
    return collection(features, **more)


BOWTIE = [[[WEST, SOUTH], [MIDDLE, CENTER], [MIDDLE, SOUTH], [WEST, CENTER], [WEST, SOUTH]]]


@pytest.mark.parametrize(
    ("areas", "code", "part"),
    [
        (AREAS[: len(AREAS) // 2], "bad-geojson", "breaks off"),
        ('{"a" 1}', "bad-geojson", "line 1"),
        ("", "empty-file", "empty"),
        ("[" * 100_000, "bad-geojson", "nested too deeply"),
        ('{"type": "Topology"}', "not-features", "Topology"),
        ("[1]", "not-features", "FeatureCollection"),
        (collection([]), "no-features", "no features"),
        (AREAS.encode("utf-16"), "wrong-encoding", "UTF-8"),
        (b"PK\x03\x04", "not-shapes", "zipped"),
        (b"SQLite format 3\x00", "not-shapes", "GeoPackage"),
        (with_geometry(None), "no-geometry", "feature 1 of 4"),
        (with_geometry({"type": "Polygon", "coordinates": []}), "empty-geometry", "feature 1"),
        (with_geometry({"type": "Point", "coordinates": [1, 2]}), "not-polygons", "no polygon"),
        (with_geometry({"type": "Polygon", "coordinates": BOWTIE}), "invalid-geometry", "crosses"),
        (with_geometry({"type": "Polygon", "coordinates": [[1, 2]]}), "broken-geometry", "rings"),
        (with_geometry({"type": "Polygon", "coordinates": [[["a", 2]] * 4]}), "broken-geome", ""),
        (with_geometry({"type": "Polygon", "coordinates": [[[None, 2]] * 4]}), "broken-geom", ""),
        (with_geometry({"type": "Polygon", "coordinates": 7}), "broken-geometry", ""),
        (with_geometry({"type": "Bad"}), "broken-geometry", ""),
        (with_geometry(3), "broken-geometry", ""),
        (with_geometry({"type": "Polygon", "coordinates": [[[10**400, 2]] * 4]}), "broken-g", ""),
        (moved(lambda x, y: (x * 1e5, y * 1e5)), "not-degrees", "meters"),
        (moved(lambda x, y: (y, x)), "swapped-axes", "(27."),
        (moved(lambda x, y: (y, x - 40)), "swapped-axes", "longitude first"),
        (moved(lambda x, y: (x + 10, y)), "far-from-district", "km"),
        (moved(lambda x, y: (x, y), "EPSG:2236"), "degrees-in-meters", "look like degrees"),
        (moved(lambda x, y: (x, y), "/vsicurl/http://x"), "unknown-crs", "vsicurl"),
        (moved(lambda x, y: (x, y), "EPSG:999999"), "unknown-crs", "999999"),
        (moved(lambda x, y: (x * 1e9, y * 1e9), "EPSG:2236"), "outside-crs", "outside"),
        (renamed("name"), "missing-geoid", "they have name"),
        (renamed("GEO"), "missing-geoid", "Rename 'GEO'"),
        (renamed("geoid", lambda g: g[:11]), "duplicate-key", "features 1, 2, 3, 4 of 4"),
        (renamed("geoid", lambda g: g[:11] if g == SW else g), "mixed-levels", "these are tracts"),
        (renamed("geoid", lambda g: g + "000"), "block-geoid", "blocks"),
        (renamed("geoid", lambda g: "x" + g), "bad-geoid", "x12111"),
        (renamed("geoid", lambda g: None if g == SW else g), "bad-geoid", "feature 1 of 4"),
        (renamed("geoid", lambda g: "0" if g == SW else g), "bad-geoid", "'0'"),
    ],
)  # fmt: skip
def test_a_problem_in_the_areas(tmp_path: Path, areas: str | bytes, code: str, part: str) -> None:
    errors = [p for p in problems_of(tmp_path, areas) if p.severity == "error"]
    assert len(errors) == 1, [str(error) for error in errors]
    assert errors[0].code.startswith(code)
    assert errors[0].file == "areas.geojson"
    assert part in str(errors[0])
    assert errors[0].fix


@pytest.mark.parametrize("name", ["GEOID", "GEOID20", "GEOID10", "FIPS"])
def test_other_names_of_the_geoid_are_a_note(tmp_path: Path, name: str) -> None:
    notes = problems_of(tmp_path, renamed(name))
    assert [(n.code, n.column, n.severity) for n in notes] == [("geoid-property", name, "note")]


@pytest.mark.parametrize("change", [int, float])
def test_geoids_as_numbers_are_a_note(tmp_path: Path, change: object) -> None:
    notes = problems_of(tmp_path, renamed("geoid", change))
    assert [n.code for n in notes] == ["numeric-geoid"]


def test_the_prefix_of_data_census_gov_is_taken_off(tmp_path: Path) -> None:
    folder = write_after_school(tmp_path, areas=renamed("GEO_ID", lambda g: "1500000US" + g))
    assert list(read_folder(folder).tables["areas"]["geoid"]) == [SW, SE, NW, NE]


def test_lost_zeros_are_told_from_tracts(tmp_path: Path) -> None:
    """Eleven digits from 10970001001: Mobile, Alabama without its zero, or a tract of Delaware."""
    lost = renamed("geoid", lambda g: g.replace("12111", "1097"))
    # nothing says that they are not Delaware's tracts, and they lie in Florida
    assert problems_of(tmp_path / "a", lost) == []
    # a table that writes the zero says it
    students = f"geoid,students\n0{SW.replace('12111', '1097')},5\n"
    codes = [p.code for p in problems_of(tmp_path / "b", lost, students=students)]
    assert "lost-zeros" in codes
    # so does the place: 31 north, 88 west is Alabama
    there = moved(lambda x, y: (x - 7.7, y + 3.4)).replace("12111", "1097")
    schools = (
        "school_id,name,lat,lon,level,enrollment,staff\nE1,E,30.80,-88.10,elementary,200,20\n"
        "M1,M,30.82,-88.08,middle,400,40\nH1,H,30.84,-88.06,high,800,80\n"
    )
    errors = problems_of(tmp_path / "c", there, schools=schools)
    assert [p.code for p in errors] == ["lost-zeros"]
    assert "block group of state 01" in errors[0].message
    # Connecticut without its zero is state 90, which does not exist
    errors = problems_of(tmp_path / "d", renamed("geoid", lambda g: g.replace("12111", "9001")))
    assert [p.code for p in errors] == ["lost-zeros"]
    # ten digits are a tract without its zero
    errors = problems_of(tmp_path / "e", renamed("geoid", lambda g: g.replace("12111", "109")))
    assert [p.code for p in errors if p.severity == "error"] == ["lost-zeros"]


def test_a_small_fault_of_an_outline_is_repaired(tmp_path: Path) -> None:
    ring = [*SQUARES[SW][:-1], [WEST, CENTER + 0.001], [WEST, CENTER], SQUARES[SW][0]]
    areas = with_geometry({"type": "Polygon", "coordinates": [ring]})
    notes = problems_of(tmp_path, areas)
    assert [(n.code, n.severity) for n in notes] == [("repaired-geometry", "note")]
    frame = read_folder(tmp_path).tables["areas"]
    assert frame.geometry.is_valid.all()
    assert frame.geometry.iloc[0].area == pytest.approx(0.045**2)


def test_overlaps_are_a_note_and_slivers_are_not(tmp_path: Path) -> None:
    wide = with_geometry({"type": "Polygon", "coordinates": [square(WEST, SOUTH, -80.37, CENTER)]})
    notes = problems_of(tmp_path, wide)
    assert [(n.code, n.severity) for n in notes] == [("overlapping-areas", "note")]
    assert "33%" in notes[0].message  # 0.015 of 0.045 degrees
    east = MIDDLE + 0.0001
    sliver = with_geometry({"type": "Polygon", "coordinates": [square(WEST, SOUTH, east, CENTER)]})
    assert problems_of(tmp_path / "b", sliver) == []


def test_another_reference_system_is_converted(tmp_path: Path) -> None:
    """Florida East in feet, as GeoJSON with its name and as a GeoPackage."""
    frame = gpd.read_file(AREAS, engine="pyogrio").to_crs(2236)
    expected = shapely.bounds(np.array([shapely.Polygon(ring) for ring in SQUARES.values()]))
    text = json.dumps({**json.loads(frame.to_json(drop_id=True)), "crs": {
        "type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2236"}}})  # fmt: skip
    frame.to_file(tmp_path / "x.gpkg", driver="GPKG")
    data = (tmp_path / "x.gpkg").read_bytes()
    for files in ({"areas.geojson": text}, {"areas.geojson": None, "areas.gpkg": data}):
        folder = write_after_school(tmp_path / str(len(files)), files)
        areas = read_folder(folder).tables["areas"]
        assert areas.crs.to_epsg() == 4326
        assert list(areas["geoid"]) == [SW, SE, NW, NE]
        # a straight edge of the plane bends by less than a millionth of a degree
        assert np.allclose(shapely.bounds(areas.geometry), expected, atol=1e-6)
        assert not list(folder.glob("areas.gpkg-*"))


def package(path: Path, *, epsg: int | None = 4326, layer: str = "areas") -> bytes:
    """Give the bytes of a GeoPackage of the four areas."""
    frame = gpd.read_file(AREAS, engine="pyogrio").set_crs(epsg or 4326, allow_override=True)
    frame.to_file(path, driver="GPKG", layer=layer)
    return path.read_bytes()


def test_bad_geopackages(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    sound = package(path)
    cases: list[tuple[bytes, str]] = [
        (sound[: len(sound) // 3], "broken-geopackage"),
        (sound[:100], "broken-geopackage"),
        (AREAS.encode(), "not-shapes"),
        (b"", "empty-file"),
    ]
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE gpkg_geometry_columns SET srs_id = -1")
    cases.append((path.read_bytes(), "missing-crs"))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE gpkg_contents SET data_type = 'attributes'")
    cases.append((path.read_bytes(), "no-layer"))
    path.unlink()
    package(path)
    package(path, layer="more")
    cases.append((path.read_bytes(), "several-layers"))
    path.unlink()
    package(path)
    with sqlite3.connect(path) as connection:
        for trigger in connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'"):
            connection.execute(f'DROP TRIGGER "{trigger[0]}"')
        connection.execute("UPDATE areas SET geom = x'4750000000' WHERE fid = 2")
        connection.execute("UPDATE areas SET geom = NULL WHERE fid = 3")
    cases.append((path.read_bytes(), "no-geometry"))
    for number, (data, code) in enumerate(cases):
        files = {**ALONE, "areas.geojson": None, "areas.gpkg": data}
        errors = validate_folder(write_after_school(tmp_path / str(number), files))
        codes = [p.code for p in errors if p.severity == "error"]
        assert code in codes, (code, [str(p) for p in errors])
        assert {p.file for p in errors} == {"areas.gpkg"}


def test_a_view_that_never_ends_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    package(path)
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE areas RENAME TO old")
        connection.execute(
            "CREATE VIEW areas AS WITH RECURSIVE n(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 "
            "FROM n) SELECT fid, NULL AS geom FROM n"
        )
    shapes, problems = read_polygons(path.read_bytes(), "areas.gpkg")
    assert shapes is None
    assert [p.code for p in problems] == ["no-layer"]


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.geojson").write_text(AREAS)
    folder = write_after_school(tmp_path / "d", dict(ALONE), areas=None)
    (folder / "areas.geojson").symlink_to(tmp_path / "secret.geojson")
    assert [p.code for p in validate_folder(folder)] == ["leaves-folder"]


def test_two_area_files_are_a_problem(tmp_path: Path) -> None:
    data = package(tmp_path / "x.gpkg")
    folder = write_after_school(tmp_path / "d", {"areas.gpkg": data})
    assert [p.code for p in validate_folder(folder)] == ["two-files"]


@pytest.mark.parametrize(
    ("zones", "code", "part"),
    [
        (ZONES.replace('"M1"', '"M2"'), "unknown-school", "M2"),
        (ZONES.replace('"M1"', '"m1"'), "unknown-school", "Did you mean 'M1'?"),
        (ZONES.replace('"M1"', "null"), "zone-without-school", "feature 2 of 3"),
        (ZONES.replace("school_id", "name"), "missing-school-id", "they have name"),
        (ZONES[:-20], "bad-geojson", "breaks off"),
    ],
)
def test_a_problem_in_the_zones(tmp_path: Path, zones: str, code: str, part: str) -> None:
    problems = validate_folder(write_after_school(tmp_path, zones=zones))
    errors = [p for p in problems if p.severity == "error"]
    assert [p.code for p in errors] == [code]
    assert part in str(errors[0])
    assert errors[0].file == "zones.geojson"


def test_parts_of_a_zone_are_put_together_and_schools_without_one_are_noted(
    tmp_path: Path,
) -> None:
    zones = collection([({"school_id": "E1"}, [SQUARES[geoid]]) for geoid in (SW, SE)])
    folder = write_after_school(tmp_path, zones=zones)
    notes = validate_folder(folder)
    assert [(n.code, n.severity) for n in notes] == [("school-without-zone", "note")]
    assert "H1, M1" in notes[0].message
    table = read_folder(folder).tables["zones"]
    assert list(table["school_id"]) == ["E1"]
    # two squares of 0.045 degrees
    assert table.geometry.iloc[0].area == pytest.approx(2 * 0.045**2)
    assert table.geometry.iloc[0].geom_type == "Polygon"


def test_areas_may_name_their_schools(tmp_path: Path) -> None:
    features = [
        ({"geoid": g, "elementary_school_id": "E1", "middle_zone": "M1; H1"}, [ring])
        for g, ring in SQUARES.items()
    ]
    folder = write_after_school(tmp_path, areas=collection(features))
    table = read_folder(folder).tables["area_schools"]
    assert len(table) == 12
    assert list(table.loc[table["geoid"] == SW, "school_id"]) == ["E1", "H1", "M1"]
    bad = collection([({"geoid": SW, "high_school_id": "H9"}, [SQUARES[SW]])])
    codes = [p.code for p in problems_of(tmp_path / "b", bad)]
    assert codes == ["unknown-school"]


def test_count_in_counts_each_point_once() -> None:
    polygons = np.array([shapely.Polygon(ring) for ring in SQUARES.values()])
    # inside SW; on the border of SW and SE; on the corner of all four; outside
    lon, lat = np.array([-80.42, MIDDLE, MIDDLE, 0.0]), np.array([27.38, 27.38, CENTER, 0.0])
    counts, outside = count_in(polygons, lon, lat)
    assert list(counts) == [3, 0, 0, 0]
    assert outside == 1


def test_overlapping_finds_twins_and_nests() -> None:
    polygons = np.array([shapely.box(0, 0, 2, 2), shapely.box(0, 0, 2, 2), shapely.box(0, 0, 1, 1)])
    assert overlapping(polygons, 0.01) == [(0, 1, 1.0), (0, 2, 1.0), (1, 2, 1.0)]
    assert overlapping(np.array([shapely.Polygon(r) for r in SQUARES.values()]), 0.0) == []
    assert shapely.Polygon(WHOLE).area == pytest.approx(4 * 0.045**2)
