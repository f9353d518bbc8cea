"""The time slider: its worst step is the table's, its steps are the arrays of the day."""

import numpy as np

from netplan.maps.layers_table import class_of, load_width
from netplan.maps.pages import network_page
from tests.unit import maps_scene
from tests.unit.maps_scene import layer_of, scene


def test_the_day_agrees_with_the_worst_period_of_links_and_schools() -> None:
    capacity = maps_scene.capacity()
    day = capacity.daytime
    assert day is not None
    links = capacity.links.groupby("link_id")["utilization_share"].max()
    np.testing.assert_allclose(day.link_share.max(axis=1), links.loc[list(day.link_ids)])
    buildings = capacity.buildings.set_index("school_id").loc[list(day.school_ids)]
    np.testing.assert_allclose(
        day.school_share.max(axis=1), buildings["bottleneck_utilization_share"]
    )


def test_the_share_of_a_school_is_the_worst_of_what_lies_on_its_way() -> None:
    """By hand for one period: S009 hangs on S009-UP, which is far over its limit."""
    capacity = maps_scene.capacity()
    day = capacity.daytime
    assert day is not None
    period = day.periods.index("P1")
    own = day.link_share[day.link_ids.index("S009-UP"), period]
    assert day.school_share[day.school_ids.index("S009"), period] == own > 1.9
    # a school on a free link shows the firewall, which all share
    firewall = capacity.nodes.set_index("node_id").loc["FIREWALL1"]
    free = day.school_share[day.school_ids.index("S001"), day.periods.index(firewall["period"])]
    assert free == firewall["utilization_share"]


def test_steps_of_the_slider() -> None:
    page = network_page(scene())
    (slider,) = page.sliders
    bell = maps_scene.district().table("bell")
    assert len(slider.steps) == len(bell) + 1 == len(slider.notes)
    assert slider.steps[2] == "08:00-08:50 P1"
    schools, links = layer_of(page.layers, "schools"), layer_of(page.layers, "links")
    for layer in (schools, links):
        (steps,) = layer.steps
        shares = steps.values["utilization"]
        assert shares.shape == (len(slider.steps), len(layer.keys))
        np.testing.assert_allclose(shares[0], shares[1:].max(axis=0))
        assert steps.color is not None
        np.testing.assert_array_equal(steps.color, class_of(shares, (0.5, 0.8, 1.0)))
        np.testing.assert_array_equal(steps.color[0], layer.color)
    (steps,) = links.steps
    assert steps.width is not None
    np.testing.assert_array_equal(steps.width, load_width(steps.values["load"]))
    np.testing.assert_array_equal(steps.width[0], links.width)
    periods = maps_scene.capacity().periods.set_index(["school_id", "period"])
    loads = schools.steps[0].values["load"]
    at = schools.keys.index("S009")
    assert loads[2, at] == periods.loc[("S009", "P1"), "load_down_mbps"]


def test_classes_hold_their_upper_edge() -> None:
    values = np.array([0.0, 0.5, 0.8, 0.8000001, 1.0, 1.2, np.nan])
    assert class_of(values, (0.5, 0.8, 1.0)).tolist() == [0, 0, 1, 2, 2, 3, 4]
    loads = np.array([0.0, 99.9, 100.0, 999.0, 5_000.0, np.nan])
    assert load_width(loads).tolist() == [0, 0, 1, 1, 3, 0]
