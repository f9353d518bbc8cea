"""Backgrounds: the outline, and a basemap folder that is read or refused in words."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from netplan.errors import InputError, Problem
from netplan.geo.background import read_background
from netplan.inputs import basemap
from netplan.inputs.files import Folder
from netplan.maps.layers_base import district_outline, rivers, roads, water
from netplan.maps.model import Scene
from tests.unit import maps_scene

LINE = {"type": "LineString", "coordinates": [[-80.5, 27.6], [-80.6, 27.7]]}


def geojson(*geometries: object, **more: object) -> bytes:
    features = [{"type": "Feature", "properties": {}, "geometry": each} for each in geometries]
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def folder_of(root: Path, **files: bytes) -> Folder:
    (root / "basemap").mkdir()
    for name, data in files.items():
        (root / "basemap" / name.replace("__", ".")).write_bytes(data)
    return Folder(root=root.resolve(), names=("basemap", "district.toml"))


def scene_with(*paths: Path) -> Scene:
    district = maps_scene.district()
    return Scene(district=replace(district, inputs=replace(district.inputs, basemap=paths)))


def test_the_outline_is_the_edge_of_all_areas() -> None:
    found = district_outline(maps_scene.scene())
    assert found is not None
    (edge,) = found[0].geometry
    areas = maps_scene.district().table("areas")["geometry"].to_numpy(dtype=object)
    inside = shapely.union_all(areas)
    assert shapely.length(edge) == pytest.approx(shapely.length(inside), rel=1e-6)
    assert not found[1].interactive


def test_without_areas_the_outline_lies_around_the_schools() -> None:
    areas = maps_scene.district().table("areas")
    district = maps_scene.with_table("areas", areas.iloc[:0])
    found = district_outline(Scene(district=district))
    assert found is not None
    assert "assumption" in found[1].about
    hull = shapely.polygonize([found[0].geometry[0]])
    schools = district.table("schools")
    places = shapely.points(schools["lon"], schools["lat"])
    assert (shapely.distance(hull, places) < 1e-9).all()


def test_roads_are_cut_at_the_district_and_gathered_by_place(tmp_path: Path) -> None:
    west, south, east, north = shapely.total_bounds(
        maps_scene.district().table("areas")["geometry"].to_numpy(dtype=object)
    )
    lon, lat = np.linspace(west - 5, east + 5, 400), (south + north) / 2
    across = {"type": "LineString", "coordinates": [[float(x), float(lat)] for x in lon]}
    path = tmp_path / "roads.geojson"
    path.write_bytes(geojson(across, LINE, {"type": "Point", "coordinates": [-80.5, 27.6]}, None))
    found = roads(scene_with(path))
    assert found is not None
    shapes, layer = found
    drawn = shapely.total_bounds(shapes.geometry)
    pad = 0.1 * max(east - west, north - south)
    assert drawn[0] == pytest.approx(west - pad) and drawn[2] == pytest.approx(east + pad)
    assert len(layer.keys) == len(shapes.geometry) == 2
    # a straight line needs two points
    assert shapely.get_num_coordinates(shapes.geometry).sum() == 4


def test_waters_are_polygons_and_their_lines_rivers(tmp_path: Path) -> None:
    lake = [[-80.5, 27.6], [-80.4, 27.6], [-80.4, 27.7], [-80.5, 27.6]]
    bow_tie = [[-80.6, 27.6], [-80.5, 27.7], [-80.5, 27.6], [-80.6, 27.7], [-80.6, 27.6]]
    path = tmp_path / "Water.geojson"
    path.write_bytes(
        geojson(
            {"type": "Polygon", "coordinates": [lake]},
            {"type": "Polygon", "coordinates": [bow_tie]},
            LINE,
        )
    )
    scene = scene_with(path)
    found, lines = water(scene), rivers(scene)
    assert found is not None and lines is not None
    area = shapely.area(found[0].geometry).sum()
    assert area == pytest.approx(0.005 + 0.005)
    assert shapely.length(lines[0].geometry).sum() == pytest.approx(0.1 * 2**0.5)
    assert roads(scene) is None


def test_a_file_far_away_draws_nothing(tmp_path: Path) -> None:
    path = tmp_path / "roads.geojson"
    path.write_bytes(geojson({"type": "LineString", "coordinates": [[10, 50], [11, 51]]}))
    assert roads(scene_with(path)) is None


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "bad-geojson"),
        (b"\xff\xfe{}", "bad-geojson"),
        (b"[" * 100_000, "bad-geojson"),
        (b'{"type": "Topology"}', "bad-geojson"),
        (b'{"features": 5}', "bad-geojson"),
        (geojson(), "no-features"),
        (geojson(None, {"type": "Point", "coordinates": [0, 0]}), "no-features"),
        (geojson({"type": "LineString", "coordinates": [[1, "x"], 3]}), "no-features"),
        (geojson({"type": "Nonsense"}, 7, "text"), "no-features"),
        (geojson({"type": "LineString", "coordinates": [[0, 0], [5e5, 4e6]]}), "not-degrees"),
        (
            geojson(LINE, crs={"type": "name", "properties": {"name": "EPSG:2236"}}),
            "unknown-crs",
        ),
        (geojson(LINE, crs=3), "unknown-crs"),
        (b"SQLite format 3\x00 and nothing more", "broken-geopackage"),
    ],
)
def test_a_file_that_cannot_be_drawn_is_a_problem(data: bytes, code: str, tmp_path: Path) -> None:
    found = read_background(data, "basemap/roads.geojson")
    assert isinstance(found, Problem)
    assert (found.code, found.file) == (code, "basemap/roads.geojson")
    path = tmp_path / "roads.geojson"
    path.write_bytes(data)
    with pytest.raises(InputError) as error:
        roads(scene_with(path))
    assert [problem.code for problem in error.value.problems] == [code]


def test_a_geopackage_in_feet_is_drawn_in_degrees(tmp_path: Path) -> None:
    import geopandas as gpd

    frame = gpd.GeoDataFrame(geometry=[shapely.LineString(LINE["coordinates"])], crs="EPSG:4326")
    path = tmp_path / "roads.gpkg"
    frame.to_crs("EPSG:2236").to_file(path, driver="GPKG")
    found = read_background(path.read_bytes(), "basemap/roads.gpkg")
    assert not isinstance(found, Problem)
    np.testing.assert_allclose(shapely.get_coordinates(found), LINE["coordinates"], atol=1e-6)


def test_a_folder_without_basemap_has_none(tmp_path: Path) -> None:
    problems: list[Problem] = []
    folder = Folder(root=tmp_path, names=("district.toml",))
    assert basemap.read_basemap(folder, {}, problems) == ()
    assert problems == []


def test_files_of_the_basemap_are_found_and_hashed(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path, roads__geojson=b"r", water__gpkg=b"w", area__pmtiles=b"p", notes__txt=b"n"
    )
    hashes: dict[str, str] = {}
    problems: list[Problem] = []
    found = basemap.read_basemap(folder, hashes, problems)
    assert [path.name for path in found] == ["area.pmtiles", "roads.geojson", "water.gpkg"]
    assert list(hashes) == [f"basemap/{path.name}" for path in found]
    assert [(problem.file, problem.severity) for problem in problems] == [
        ("basemap/notes.txt", "note")
    ]


def test_what_is_no_file_of_the_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside.geojson"
    outside.write_bytes(b"x")
    inside = tmp_path / "folder"
    inside.mkdir()
    folder = folder_of(inside, roads_large__geojson=b"12345")
    monkeypatch.setattr(basemap, "MOST_BASEMAP_BYTES", 4)
    (inside / "basemap" / "roads.geojson").symlink_to(outside)
    (inside / "basemap" / "roads_dir.geojson").mkdir()
    os.mkfifo(inside / "basemap" / "water.geojson")
    problems: list[Problem] = []
    assert basemap.read_basemap(folder, {}, problems) == ()
    assert {problem.file.removeprefix("basemap/"): problem.code for problem in problems} == {
        "roads.geojson": "leaves-folder",
        "roads_dir.geojson": "not-a-file",
        "roads_large.geojson": "file-too-large",
        "water.geojson": "not-a-file",
    }


def test_a_basemap_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "basemap").write_bytes(b"")
    problems: list[Problem] = []
    folder = Folder(root=tmp_path, names=("basemap",))
    assert basemap.read_basemap(folder, {}, problems) == ()
    assert [problem.code for problem in problems] == ["not-a-folder"]


def test_a_school_without_a_place_does_not_spoil_the_outline() -> None:
    schools = maps_scene.district().table("schools")
    lost = schools.assign(lat=schools["lat"].where(schools.index > 0))
    district = maps_scene.with_table("schools", lost)
    areas = district.table("areas").iloc[:0]
    inputs = replace(district.inputs, tables={**district.inputs.tables, "areas": areas})
    found = district_outline(Scene(district=replace(district, inputs=inputs)))
    assert found is not None and found[1].framing
    assert np.isfinite(shapely.total_bounds(found[0].geometry)).all()
