"""What a scenario takes down: classes and marks of its own, on maps where there is such."""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest

import netplan
from netplan.maps.encode import encode_page
from netplan.maps.layers_network import schools, wan_links
from netplan.maps.model import Scene
from netplan.maps.outage import cut_off
from netplan.maps.pages import compare_page, network_page
from netplan.maps.scene import scene_of
from netplan.studies.apply import apply
from netplan.whatif.read import parse_scenario
from tests.unit import maps_scene
from tests.unit.maps_scene import column, layer_of


@cache
def _without(name: str) -> Scene:
    text = f'fail = ["{name}"]'.encode()
    district = apply(maps_scene.district(), parse_scenario(text, file="down.toml", name="down"))
    return scene_of(district, capacity=netplan.check(district).capacity)


def test_schools_without_internet_are_a_class_and_a_mark_of_their_own() -> None:
    found = schools(_without("INTERNET1"))
    assert found is not None
    layer = found[1]
    last_color, last_mark = len(layer.legend.colors) - 1, len(layer.legend.marks) - 1
    assert layer.legend.colors[-1].label == "cut off from the internet"
    assert layer.legend.marks[-1].marker == "cross"
    assert layer.color.tolist() == [last_color] * 24
    assert layer.mark is not None
    assert layer.mark.tolist() == [last_mark] * 24
    for key in ("utilization", "headroom", "capacity", "status"):
        assert set(column(layer, key)) == {"cut off"}
    assert set(column(layer, "bottleneck")) == {"–"}
    (steps,) = layer.steps
    assert steps.color is not None
    assert set(steps.color.ravel().tolist()) == {last_color}
    assert set(steps.values["utilization"].ravel().tolist()) == {"cut off"}


def test_a_link_that_is_down_is_dashed_and_gray_though_empty() -> None:
    found = wan_links(_without("S009-UP"))
    assert found is not None
    layer = found[1]
    down = [key == "S009-UP" for key in layer.keys]
    assert sum(down) == 1
    assert layer.legend.colors[-1].label == "down in this scenario"
    assert layer.legend.dash_label.endswith("gray: down")
    last = len(layer.legend.colors) - 1
    np.testing.assert_array_equal(layer.color == last, down)
    assert layer.dashed is not None
    assert layer.dashed[down].all()
    assert column(layer, "utilization")[down.index(True)] == "down"
    (steps,) = layer.steps
    assert steps.color is not None
    assert (steps.color[:, down] == last).all()


def test_links_of_what_is_down_are_down_too() -> None:
    scene = _without("CORE1")
    found = wan_links(scene)
    assert found is not None
    links = scene.district.table("links").set_index("link_id").loc[list(found[1].keys)]
    touched = (links["a"] == "CORE1") | (links["b"] == "CORE1")
    assert touched.any()
    np.testing.assert_array_equal(
        found[1].color == len(found[1].legend.colors) - 1, touched.to_numpy()
    )


def test_both_sides_have_the_same_legends_and_only_one_the_outage() -> None:
    page = compare_page(maps_scene.scene(), _without("INTERNET1"), run="r")
    for name, last in (
        ("schools", "cut off from the internet"),
        ("links", "down in this scenario"),
    ):
        one, other = (layer_of(page.layers, f"{name}-{side}") for side in ("before", "after"))
        assert one.legend == other.legend
        assert one.legend.colors[-1].label == last
        assert len(one.legend.colors) - 1 not in one.color.tolist()
        assert len(one.legend.colors) - 1 in other.color.tolist()
    assert page.intro[-1] == (
        "While INTERNET1 is down, 24 of 24 schools are cut off from the internet."
    )
    encode_page(page, run="r")


def test_the_map_of_the_network_says_so_at_every_hour() -> None:
    page = network_page(_without("INTERNET1"), run="r")
    assert "24 of 24 schools are cut off" in " ".join(page.intro)
    assert "share the fullest element" not in " ".join(page.intro)
    json.loads(encode_page(page, run="r"))


def test_where_nothing_is_down_nothing_is_added() -> None:
    page = compare_page(maps_scene.scene(), maps_scene.scene(), run="r")
    text = encode_page(page, run="r")
    assert "cut off" not in text
    assert "gray: down" not in text


@pytest.mark.parametrize(("share", "expected"), [(1.0, True), (0.5, False), (np.nan, False)])
def test_cut_off_is_all_of_it(share: float, *, expected: bool) -> None:
    assert cut_off(pd.DataFrame({"lost_share": [share]})).tolist() == [expected]
    assert cut_off(pd.DataFrame({"school_id": ["A"]})).tolist() == [False]
