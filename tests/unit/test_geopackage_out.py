"""The GeoPackage, read back by GDAL: places, numbers, and null where a count is withheld."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

import netplan
from netplan.geo.write import GeoLayer, write_geopackage
from netplan.pipeline import check
from netplan.report.geopackage_out import write_layers
from netplan.report.map_files import map_pages, write_maps
from netplan.report.model import Report
from tests.browser.sample import sample_report
from tests.unit.folders import write_district
from tests.unit.test_board import whole  # noqa: F401  (a fixture)

WHEN = "2000-01-01T00:00:00.000Z"


@pytest.fixture(scope="module")
def written(whole: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    path = tmp_path_factory.mktemp("gpkg") / "district.gpkg"
    write_layers(whole, path, WHEN)
    return path


def test_layers_are_there_in_degrees(written: Path) -> None:
    layers = dict(pyogrio.list_layers(written).tolist())
    assert {"schools": "Point", "areas": "MultiPolygon", "zones": "MultiPolygon"}.items() <= (
        layers.items()
    )
    for name in layers:
        frame = gpd.read_file(written, layer=name)
        assert frame.crs == "EPSG:4326"
        assert frame.geometry.is_valid.all()
        assert len(frame)


def test_schools_stand_where_they_are_with_their_numbers(whole: Report, written: Path) -> None:  # noqa: F811
    frame = gpd.read_file(written, layer="schools").set_index("school_id")
    table = whole.district.table("schools").set_index("school_id")
    results = whole.buildings.set_index("school_id")
    assert sorted(frame.index) == ["E1", "H1", "M1"]
    for school, row in frame.iterrows():
        assert (row.geometry.x, row.geometry.y) == (table.lon[school], table.lat[school])
        assert row["load_down_mbps"] == results.load_down_mbps[school]
        assert row["status"] == results.status[school]


def test_withheld_areas_are_null(whole: Report, written: Path) -> None:  # noqa: F811
    assert whole.home is not None
    assert whole.home.gap is not None
    shown = whole.home.gap.areas
    frame = gpd.read_file(written, layer="areas")
    assert frame["geoid"].tolist() == shown["geoid"].tolist()
    for column in ("students", "students_offline", "se", "rate"):
        np.testing.assert_array_equal(frame[column].to_numpy(float), shown[column].to_numpy(float))
    hidden = frame["suppressed"].astype(bool)
    assert hidden.tolist() == shown["suppressed"].tolist()
    assert frame.loc[hidden, "students_offline"].isna().all()
    shapes = whole.district.table("areas").set_index("geoid").geometry
    for geoid, shape in zip(frame["geoid"], frame.geometry, strict=True):
        assert shape.equals(shapes[geoid])


def test_links_are_those_of_the_map_and_say_which_ends_are_schematic(tmp_path: Path) -> None:
    report = check(netplan.load(write_district(tmp_path / "d")))
    # every link of the three schools ends at the core, which has no place of its own
    write_layers(report, tmp_path / "a.gpkg", WHEN)
    layers = dict(pyogrio.list_layers(tmp_path / "a.gpkg").tolist())
    assert layers == {
        "schools": "Point", "links": "LineString", "equipment": "Point",
        "failure_devices": "Point", "failure_links": "MultiLineString",
    }  # fmt: skip
    drawn = next(layer for layer in map_pages(report)[0].layers if layer.layer_id == "links")
    frame = gpd.read_file(tmp_path / "a.gpkg", layer="links").set_index("link_id")
    assert sorted(frame.index) == sorted(drawn.keys)
    assert frame["schematic"].astype(bool).all()
    hubs = gpd.read_file(tmp_path / "a.gpkg", layer="equipment").set_index("id")
    assert "core" in hubs.index and hubs["schematic"].astype(bool).all()
    # words of the map's table ("no limit", a dash) are null in a column of numbers
    assert hubs["utilization"].dtype.kind == "f"
    cut = gpd.read_file(tmp_path / "a.gpkg", layer="failure_devices").set_index("id")
    assert cut["schools"]["core"] == 3.0
    nodes = report.district.table("nodes").copy()
    nodes.loc[nodes["node_id"] == "core", "school_id"] = "H1"
    tables = {**report.district.inputs.tables, "nodes": nodes}
    inputs = replace(report.district.inputs, tables=tables)
    placed = replace(report, district=replace(report.district, inputs=inputs))
    write_layers(placed, tmp_path / "b.gpkg", WHEN)
    frame = gpd.read_file(tmp_path / "b.gpkg", layer="links").set_index("link_id")
    known = frame[~frame["schematic"].astype(bool)]
    assert sorted(known.index) == ["wan-E1", "wan-M1"]
    worst = report.links.groupby("link_id")["utilization_share"].max()
    for link, row in known.iterrows():
        assert row["utilization_share"] == worst[link]
        assert len(row.geometry.coords) == 2


def test_the_same_report_gives_the_same_bytes(whole: Report, written: Path, tmp_path: Path) -> None:  # noqa: F811
    write_layers(whole, tmp_path / "again.gpkg", WHEN)
    assert (tmp_path / "again.gpkg").read_bytes() == written.read_bytes()


def test_a_report_without_places_has_no_file(tmp_path: Path) -> None:
    path = tmp_path / "none.gpkg"
    nowhere = placeless(sample_report())
    assert not write_layers(nowhere, path, WHEN)
    assert not path.exists()
    # and no page names a file that is not there
    (tmp_path / "maps").mkdir()
    write_maps(nowhere, tmp_path / "maps")
    assert "district.gpkg" not in (tmp_path / "maps" / "network.html").read_text("utf-8")
    write_layers(
        check(netplan.load(write_district(tmp_path / "d"))), tmp_path / "district.gpkg", WHEN
    )
    write_maps(nowhere, tmp_path / "maps")
    assert "../district.gpkg" in (tmp_path / "maps" / "network.html").read_text("utf-8")


def placeless(report: Report) -> Report:
    """Take the places of all schools out of a report."""
    inputs = report.district.inputs
    schools = inputs.tables["schools"].assign(lat=np.nan, lon=np.nan)
    moved = replace(inputs, tables={**inputs.tables, "schools": schools})
    return replace(report, district=replace(report.district, inputs=moved))


def test_what_the_plan_leaves_closed_is_there_and_withheld_counts_are_null(
    whole: Report,  # noqa: F811
    written: Path,
) -> None:
    assert whole.home is not None and whole.home.access is not None
    table = whole.district.table("partners")
    by_foot = sorted(table["partner_id"][table["transit"] != "true"])
    frame = gpd.read_file(written, layer="partners").set_index("id")
    assert sorted(frame.index) == by_foot
    sites = whole.home.access.sites.set_index("source_id")
    for place, row in frame.iterrows():
        students = sites["students"].get(place, np.nan)
        assert row["students"] == students or (np.isnan(row["students"]) and np.isnan(students))
    assert set(frame["state"]) <= {"there already, and kept", "opened", "not opened"}


def test_the_file_says_what_it_is(written: Path) -> None:
    assert written.read_bytes()[68:72] == b"GPKG"
    connection = sqlite3.connect(written)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        changed = connection.execute("SELECT DISTINCT last_change FROM gpkg_contents").fetchall()
    finally:
        connection.close()
    assert changed == [(WHEN,)]


def _layer(**more: object) -> GeoLayer:
    layer = GeoLayer(
        name="odd",
        title="Odd",
        description="",
        fields={"said": "TEXT", "much": "REAL", "yes": "BOOLEAN"},
        rows=[
            {"said": "'; DROP TABLE odd; --", "much": None, "yes": 1},
            {"said": "学校 \N{GRINNING FACE}", "much": 1.5, "yes": 0},
        ],
        geometry=[shapely.Point(-80.5, 27.25), shapely.Point(-80.25, 27.5)],
        geometry_type="POINT",
    )
    return replace(layer, **more)  # type: ignore[arg-type]


def test_text_is_text_and_bounds_are_those_of_the_places(tmp_path: Path) -> None:
    write_geopackage(tmp_path / "odd.gpkg", [_layer()], changed=WHEN)
    frame = gpd.read_file(tmp_path / "odd.gpkg")
    assert frame["said"].tolist() == ["'; DROP TABLE odd; --", "学校 \N{GRINNING FACE}"]
    assert np.isnan(frame["much"][0])
    assert frame["yes"].astype(bool).tolist() == [True, False]
    info = pyogrio.read_info(tmp_path / "odd.gpkg")
    assert tuple(info["total_bounds"]) == (-80.5, 27.25, -80.25, 27.5)


@pytest.mark.parametrize("name", ['a"b', "A", "a b", "", "1a", "é"])
def test_names_that_could_end_a_statement_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a plain name"):
        write_geopackage(tmp_path / "no.gpkg", [_layer(name=name)], changed=WHEN)
    with pytest.raises(ValueError, match="not a plain name"):
        write_geopackage(tmp_path / "no2.gpkg", [_layer(fields={name: "TEXT"})], changed=WHEN)


def test_a_row_without_a_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2 rows, 1 geometries"):
        write_geopackage(
            tmp_path / "no.gpkg", [_layer(geometry=[shapely.Point(0, 0)])], changed=WHEN
        )
