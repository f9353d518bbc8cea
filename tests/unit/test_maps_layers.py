"""Every layer: named once, told of in docs/maps.md, drawn on Harbor County, fit for a page."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from netplan.maps.encode import encode_page
from netplan.maps.guesses import guess_sentence
from netplan.maps.layers import BASE, GROUND, LAYERS, NETWORK, PLACES, LayerOf, made
from netplan.maps.layers_network import shared_bottleneck
from netplan.maps.model import Layer, Scene
from netplan.maps.pages import home_page, network_page
from tests.unit import maps_scene
from tests.unit.maps_scene import column, layer_of, scene

DOCS = Path(__file__).parents[2] / "docs" / "maps.md"


def collection(kind: str, coordinates: object) -> str:
    feature = {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Give Harbor County with a basemap and zones of every level."""
    folder = tmp_path_factory.mktemp("folder") / "basemap"
    folder.mkdir()
    road, lake = folder / "roads.geojson", folder / "water.geojson"
    river = folder / "water_lines.geojson"
    road.write_text(collection("LineString", [[-80.5, 27.6], [-80.6, 27.7]]))
    lake.write_text(
        collection("Polygon", [[[-80.5, 27.6], [-80.4, 27.6], [-80.4, 27.7], [-80.5, 27.6]]])
    )
    river.write_text(collection("LineString", [[-80.5, 27.5], [-80.6, 27.6]]))
    schools = maps_scene.district().table("schools")
    first = maps_scene.district().table("zones")["school_id"].iloc[0]
    level = schools["level"].where(schools["school_id"] != first, "k12")
    district = maps_scene.with_table("schools", schools.assign(level=level))
    inputs = replace(district.inputs, basemap=(road, lake, river))
    return replace(scene(), district=replace(district, inputs=inputs))


def test_each_layer_stands_in_one_group() -> None:
    assert (*GROUND, *BASE, *NETWORK, *PLACES) == LAYERS
    assert len(set(LAYERS)) == len(LAYERS)


@pytest.mark.parametrize("function", LAYERS, ids=lambda function: function.__name__)
def test_a_layer_is_described_and_drawn(function: LayerOf, full: Scene) -> None:
    assert function.__doc__
    found = function(full)
    assert found is not None
    shapes, layer = found
    assert f"`{layer.layer_id}`" in DOCS.read_text(encoding="utf-8")
    assert layer.shapes_id == shapes.shapes_id
    assert layer.about.endswith(".") and layer.title and layer.legend.title
    rows = len(layer.keys)
    assert rows > 0
    assert {len(layer.names), len(layer.color), len(layer.rows), len(shapes.geometry)} == {rows}
    assert {len(row) for row in layer.rows} == {len(layer.columns)}
    assert layer.color.max() < len(layer.legend.colors)
    assert (layer.color >= 0).any()


def test_layer_ids_are_unique(full: Scene) -> None:
    layers, _ = made(LAYERS, full)
    assert len({layer.layer_id for layer in layers}) == len(LAYERS)


@pytest.mark.parametrize("function", LAYERS, ids=lambda function: function.__name__)
def test_without_its_part_of_the_scene_a_layer_is_left_out_or_a_background(
    function: LayerOf,
) -> None:
    found = function(Scene(district=maps_scene.district()))
    if found is not None:
        base = {each.__name__ for each in BASE} | {"school_places"}
        told = {"partners", "libraries_by_transit"}
        assert function.__name__ in base | told


def test_pages_encode_to_the_same_text_twice(full: Scene) -> None:
    for page_of in (network_page, home_page):
        one, two = (encode_page(page_of(full, run="r1"), run="r1") for _ in range(2))
        assert one == two
        assert json.loads(one)["layers"]


def test_hostile_names_stay_plain_text(full: Scene) -> None:
    evil = "</script><img src=x onerror=alert(1)>{{7*7}}${x}`"
    district = full.district
    for table in ("schools", "stops", "partners", "wireless"):
        frame = district.table(table)
        district = maps_scene.with_table(table, frame.assign(name=evil), district)
    hostile = replace(full, district=district)
    for page in (network_page(hostile), home_page(hostile)):
        text = encode_page(page, run="")
        assert "<" not in text
        names = [name for layer in json.loads(text)["layers"] for name in layer["names"]]
        assert any(evil in name for name in names)


def test_the_map_of_the_network_says_what_the_tables_say() -> None:
    capacity = maps_scene.capacity()
    page = network_page(scene())
    schools = layer_of(page.layers, "schools")
    table = capacity.buildings.set_index("school_id").loc[list(schools.keys)]
    assert len(schools.keys) == len(maps_scene.district().table("schools")) == 24
    np.testing.assert_array_equal(
        np.array(column(schools, "utilization"), dtype=float),
        table["bottleneck_utilization_share"],
    )
    assert column(schools, "headroom") == table["headroom_devices"].astype(float).tolist()
    status = schools.facets["Status"]
    assert [each.replace(" ", "-") for each in status] == table["status"].tolist()
    share = table["bottleneck_utilization_share"].to_numpy()
    counts = [(share <= 0.5).sum(), ((share > 0.5) & (share <= 0.8)).sum()]
    counts += [((share > 0.8) & (share <= 1)).sum(), (share > 1).sum(), 0]
    assert np.bincount(schools.color, minlength=5).tolist() == counts == [0, 23, 0, 1, 0]
    assert schools.hrefs.count("") == 1
    assert set(schools.hrefs) - {""} <= {f"buildings/{school}.html" for school in schools.keys}


def test_links_between_sites_with_both_directions() -> None:
    capacity = maps_scene.capacity()
    links = layer_of(network_page(scene()).layers, "links")
    # of 288 links, 42 join two sites; the others stand inside a building
    assert len(links.keys) == 42
    by = capacity.links.set_index(["link_id", "direction"])
    for at, key in enumerate(links.keys):
        down, up = by.loc[(key, "down")], by.loc[(key, "up")]
        worse = max((down, up), key=lambda row: row["utilization_share"])
        row = dict(zip([each.key for each in links.columns], links.rows[at], strict=True))
        assert row["utilization"] == worse["utilization_share"]
        assert row["load"] == worse["load_mbps"]
        assert (row["load_down"], row["load_up"]) == (down["load_mbps"], up["load_mbps"])
        assert row["capacity_up"] == up["capacity_mbps"]
    role = maps_scene.district().table("links").set_index("link_id")["role"]
    assert links.dashed is not None
    assert links.dashed.tolist() == [role[key] == "backup" for key in links.keys]
    assert links.dashed.sum() == 2
    at = links.keys.index("S009-UP")
    assert links.names[at] == "HUB4 to Tamarind Reach Elementary"
    assert links.color[at] == 3


def test_single_points_of_failure_as_the_sweep_found_them() -> None:
    page = network_page(scene())
    links = layer_of(page.layers, "failure-links")
    assert dict(zip(links.keys, column(links, "schools"), strict=True))["HUB3-UP"] == 8
    assert column(links, "schools") == sorted(column(links, "schools"), reverse=True)
    devices = layer_of(page.layers, "failure-devices")
    found = dict(zip(devices.keys, column(devices, "schools"), strict=True))
    assert found | {"HUB2": 1} == {
        "CORE1": 8, "FILTER1": 24, "FIREWALL1": 24, "INTERNET": 24,
        "HUB1": 2, "HUB2": 1, "HUB3": 8, "HUB4": 4,
    }  # fmt: skip
    everybody = maps_scene.district().table("schools")["enrollment"].sum()
    at = devices.keys.index("INTERNET")
    assert column(devices, "students")[at] == everybody
    assert len(devices.lists["Schools cut off"][at]) == 24
    groups = layer_of(page.layers, "failure-groups")
    assert set(groups.keys) == {"conduit-bridge", "poles-HUB3", "poles-HUB4"}
    risks = layer_of(page.layers, "risk-groups")
    at = risks.keys.index("conduit-bridge")
    assert risks.lists["Links"][at] == ("HUB1-UP", "HUB1-UP2")


def test_the_utilization_limit_is_a_break_whatever_it_is() -> None:
    district = maps_scene.district()
    for limit, labels in (
        (0.8, ["up to 50", "50 to 80", "80 to 100", "over 100"]),
        (0.4, ["up to 20", "20 to 40", "40 to 100", "over 100"]),
        (1.0, ["up to 50", "50 to 100", "over 100"]),
    ):
        planning = replace(district.planning, utilization_limit=limit)
        inputs = replace(district.inputs, planning=planning)
        layers = network_page(replace(scene(), district=replace(district, inputs=inputs))).layers
        colors = layer_of(layers, "schools").legend.colors
        assert [each.label for each in colors] == [*labels, "no limit known"]


def test_exclusive_layers_open_with_one_of_them(full: Scene) -> None:
    ground: list[Layer] = [
        layer for layer in home_page(full).layers if layer.exclusive and layer.shown
    ]
    # 74 of 79 areas are withheld here: the rates of groups say more
    assert [layer.layer_id for layer in ground] == ["areas-rate"]


def test_guesses_of_init_are_counted_and_marked() -> None:
    links = maps_scene.district().table("links")
    told = ["down_mbps, up_mbps: link-speed; medium: fiber", *[""] * (len(links) - 1)]
    district = maps_scene.with_table("links", links.assign(guess=told))
    assert guess_sentence(maps_scene.district()) == ()
    (sentence,) = guess_sentence(district)
    assert sentence.startswith("3 cells of the input are guesses of netplan init")
    page = network_page(replace(scene(), district=district))
    assert sentence in page.intro
    layer = layer_of(page.layers, "links")
    first = links["link_id"].iloc[0]
    marks = dict(zip(layer.keys, column(layer, "guess"), strict=True))
    assert marks.pop(first, "") in {"", "guess of netplan init: down_mbps, up_mbps, medium"}
    assert set(marks.values()) <= {"–"}
    plain = layer_of(network_page(scene()).layers, "links")
    assert "guess" not in {each.key for each in plain.columns}


def test_the_element_that_most_schools_share_is_named() -> None:
    capacity = maps_scene.capacity()
    found = capacity.buildings["bottleneck_element"].value_counts()
    (told,) = shared_bottleneck(scene())
    assert told.startswith(f"{found.iloc[0]} of 24 schools share the fullest element")
    assert found.index[0] in told and "Mbps" in told
    apart = capacity.buildings.assign(bottleneck_element=[str(i) for i in range(24)])
    assert shared_bottleneck(replace(scene(), capacity=replace(capacity, buildings=apart))) == ()
    names = column(layer_of(network_page(scene()).layers, "schools"), "bottleneck")
    assert any(" to " in str(name) for name in names)
