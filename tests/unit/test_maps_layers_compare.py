"""Two states side by side: the same classes, shapes shared where they are the same."""

import json
from dataclasses import replace

import numpy as np

import netplan
from netplan.maps.encode import encode_page
from netplan.maps.pages import compare_page
from netplan.maps.scene import scene_of
from tests.unit import maps_scene
from tests.unit.maps_scene import column, layer_of, scene


def test_two_networks_in_the_same_classes() -> None:
    district = maps_scene.district()
    links = district.table("links")
    faster = links["link_id"] == "S009-UP"
    links = links.assign(
        down_mbps=links["down_mbps"].where(~faster, 2_000.0),
        up_mbps=links["up_mbps"].where(~faster, 2_000.0),
    )
    better = maps_scene.with_table("links", links)
    after = scene_of(better, capacity=netplan.check(better).capacity)
    before = scene_of(district, capacity=maps_scene.capacity())
    page = compare_page(before, after, titles=("Today", "With faster links"), run="r")
    assert page.compare == ("Today", "With faster links")
    ids = [layer.layer_id for layer in page.layers if layer.side != "both"]
    assert ids == ["links-before", "schools-before", "links-after", "schools-after"]
    for name in ("links", "schools"):
        one, other = (layer_of(page.layers, f"{name}-{side}") for side in ("before", "after"))
        assert one.legend == other.legend
        assert (one.steps, other.steps) == ((), ())
    today = layer_of(page.layers, "links-before")
    then = layer_of(page.layers, "links-after")
    at = today.keys.index("S009-UP")
    assert (int(today.color[at]), int(then.color[then.keys.index("S009-UP")])) == (3, 0)
    capacity = after.capacity
    assert capacity is not None
    schools = layer_of(page.layers, "schools-after")
    np.testing.assert_array_equal(
        np.array(column(schools, "utilization"), dtype=float),
        capacity.buildings.set_index("school_id").loc[
            list(schools.keys), "bottleneck_utilization_share"
        ],
    )
    assert json.loads(encode_page(page, run="r"))["compare"] == ["Today", "With faster links"]


def test_a_school_more_on_one_side_gives_each_side_its_places() -> None:
    district = maps_scene.district()
    capacity = maps_scene.capacity()
    fewer = replace(capacity, buildings=capacity.buildings.iloc[1:])
    page = compare_page(scene_of(district, capacity=fewer), scene_of(district, capacity=capacity))
    one, other = (layer_of(page.layers, f"schools-{side}") for side in ("before", "after"))
    assert (one.shapes_id, other.shapes_id) == ("schools", "schools-after")
    rows = {each.shapes_id: len(each.geometry) for each in page.shapes}
    assert (rows["schools"], rows["schools-after"]) == (23, 24)
    encode_page(page, run="r")


def test_before_a_plan_its_places_are_closed() -> None:
    plan = scene()
    page = compare_page(
        scene_of(plan.district, gap=plan.gap),
        scene_of(plan.district, gap=plan.gap, access=plan.access),
    )
    before, after = (layer_of(page.layers, f"partners-{side}") for side in ("before", "after"))
    assert before.legend == after.legend
    at = before.keys.index("LIB01")
    assert (int(before.color[at]), int(after.color[at])) == (0, 0)
    wireless = [layer_of(page.layers, f"wireless-{side}") for side in ("before", "after")]
    at = wireless[0].keys.index("ROOF-S001")
    assert [int(layer.color[at]) for layer in wireless] == [1, 0]
    # one place is there already: what it serves today was not worked out, and the page says so
    zones = [layer.layer_id for layer in page.layers if layer.layer_id.startswith("zones-")]
    assert zones == ["zones-elementary-after", "zones-middle-after", "zones-high-after"]
    assert "serve today is not worked out zone by zone" in page.intro[0]
    assert set(column(before, "students")) == {"–"}
    # buses run with the plan alone, and only where the plan itself has them
    stops = [layer for layer in page.layers if layer.layer_id.startswith("bus-stops")]
    assert [(layer.side, layer.keys) for layer in stops] == [("after", ("ST003", "ST005"))]
    assert (stops[0].color >= 0).all()
    shown = [layer.layer_id for layer in page.layers if layer.exclusive and layer.shown]
    assert shown == ["zones-elementary-after"]
    encode_page(page, run="r")


def test_before_a_plan_with_nothing_there_nobody_is_served() -> None:
    plan = scene()
    access = maps_scene.plan()
    new = replace(access, sites=access.sites[~access.sites["existing"]].reset_index(drop=True))
    page = compare_page(scene_of(plan.district), scene_of(plan.district, gap=plan.gap, access=new))
    zones = layer_of(page.layers, "zones-high-before")
    assert set(column(zones, "served")) == {0.0}
    assert set(zones.color.tolist()) == {0}
    assert page.intro == ("The same classes on both sides.",)


def test_two_plans_show_their_own_numbers() -> None:
    plan = scene()
    access = maps_scene.plan()
    better = replace(access, zones=access.zones.assign(served_share=1.0, suppressed=False))
    page = compare_page(
        scene_of(plan.district, access=access),
        scene_of(plan.district, access=better),
        titles=("Plan A", "Plan B"),
    )
    one, other = (layer_of(page.layers, f"zones-middle-{side}") for side in ("before", "after"))
    assert column(other, "served") == [1.0] * 5
    assert column(one, "served") != column(other, "served")
    assert one.shapes_id == other.shapes_id


def test_without_zones_the_page_says_what_is_left() -> None:
    plan = scene()
    zones = plan.district.table("zones").iloc[:0]
    bare = maps_scene.with_table("zones", zones)
    page = compare_page(
        scene_of(bare, gap=plan.gap), scene_of(bare, gap=plan.gap, access=plan.access)
    )
    assert "no attendance zones" in page.intro[0]
    assert not any(layer.layer_id.startswith("zones-") for layer in page.layers)
    assert layer_of(page.layers, "partners-after").shown
