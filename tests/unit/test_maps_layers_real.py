"""Maps of two counties from their real lists: as many rows as the lists have, classes add up."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

import netplan
from netplan.gap.estimate import estimate
from netplan.gap.suppress import publish
from netplan.maps.encode import encode_page
from netplan.maps.model import Scene
from netplan.maps.pages import home_page, network_page
from netplan.maps.scene import scene_of
from netplan.sources.lists import init_folder
from tests.unit.maps_scene import column, layer_of

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not there"),
]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("init")


@cache
def scene_at(folder: Path) -> Scene:
    district = netplan.load(folder)
    return scene_of(
        district,
        capacity=netplan.check(district).capacity,
        gap=publish(estimate(district), district.planning.suppress_below),
    )


@pytest.fixture(scope="module")
def baltimore(folders: Path) -> Scene:
    lists = DATA / "baltimore_county_md"
    made = init_folder(
        folders / "baltimore",
        schools=lists / "schools_2021_22.csv",
        circuits=lists / "wan_circuits_erate_fy2015.csv",
        areas=lists / "block_groups_cb2020.geojson",
        acs=[lists / "acs2021_b28002_blockgroup_moe.csv"],
        libraries=lists / "libraries_pls_fy2019.csv",
    )
    return scene_at(made.folder)


@pytest.fixture(scope="module")
def st_lucie(folders: Path) -> Scene:
    lists = DATA / "st_lucie_fl"
    tracts = lists / "tracts_svi2018_nointernet2019.geojson"
    made = init_folder(
        folders / "st-lucie",
        schools=lists / "schools_nces.csv",
        circuits=lists / "wan_circuits_erate_fy2015.csv",
        areas=tracts,
        acs=[tracts],
        libraries=lists / "libraries_pls_fy2019.csv",
        transit=True,
    )
    return scene_at(made.folder)


@pytest.fixture(params=["baltimore", "st_lucie"])
def county(request: pytest.FixtureRequest) -> Scene:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Scene)
    return found


def test_every_area_is_drawn_in_the_class_of_its_number(county: Scene) -> None:
    assert county.gap is not None
    page = home_page(county)
    layer = layer_of(page.layers, "areas-offline")
    table = county.gap.areas.set_index("geoid").loc[list(layer.keys)]
    assert len(layer.keys) == len(county.district.table("areas"))
    hatched = np.array([layer.legend.colors[color].fill == "hatch" for color in layer.color])
    assert hatched.tolist() == table["suppressed"].tolist()
    shown = table["students_offline"].notna().to_numpy()
    offline = np.array([row[0] for row in layer.rows], dtype=object)[shown].astype(float)
    np.testing.assert_array_equal(offline, table["students_offline"][shown])
    # classes rise with the number
    color = layer.color[shown]
    assert (np.diff(color[np.argsort(offline, kind="stable")]) >= 0).all()
    encode_page(page, run="r")


def test_every_school_and_its_link_is_drawn(county: Scene) -> None:
    page = network_page(county)
    schools = layer_of(page.layers, "schools")
    assert len(schools.keys) == len(county.district.table("schools"))
    links = layer_of(page.layers, "links")
    equipment = layer_of(page.layers, "equipment")
    nodes = county.district.table("nodes")
    outside = set(nodes.loc[nodes["school_id"].fillna("") == "", "node_id"])
    assert set(equipment.keys) == outside
    assert len(links.keys) >= len(schools.keys)
    assert county.capacity is not None
    worst = county.capacity.links.groupby("link_id")["utilization_share"].max()
    np.testing.assert_array_equal(
        np.array(column(links, "utilization"), dtype=float), worst.loc[list(links.keys)]
    )
    encode_page(page, run="r")


def test_counts_of_the_two_counties(baltimore: Scene, st_lucie: Scene) -> None:
    counts = {
        name: {
            layer.layer_id: len(layer.keys)
            for layer in (*network_page(scene).layers, *home_page(scene).layers)
        }
        for name, scene in (("baltimore", baltimore), ("st_lucie", st_lucie))
    }
    assert counts["baltimore"]["areas-offline"] == 562
    assert counts["baltimore"]["schools"] == 166
    assert counts["baltimore"]["partners"] == 19
    assert counts["st_lucie"]["areas-offline"] == 44
    assert counts["st_lucie"]["schools"] == 51
    assert counts["st_lucie"]["libraries-by-transit"] == 7
