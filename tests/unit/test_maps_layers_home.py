"""Home access on the map: areas as published, places of the plan, the budget slider."""

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd

from netplan.district.model import District
from netplan.maps.encode import encode_page
from netplan.maps.layers_areas import area_name
from netplan.maps.layers_budget import budget_of
from netplan.maps.model import Layer, MapPage, Scene
from netplan.maps.pages import home_page
from tests.unit import maps_scene
from tests.unit.maps_scene import column, layer_of, scene


def home() -> MapPage:
    return home_page(scene(), run="r1")


def labels(layer: Layer) -> dict[str, int]:
    """Give the rows of each class of the legend that has any."""
    found = np.bincount(layer.color, minlength=len(layer.legend.colors))
    return {
        each.label: int(count)
        for each, count in zip(layer.legend.colors, found, strict=True)
        if count
    }


def test_areas_say_what_is_published_and_no_more() -> None:
    gap = scene().gap
    assert gap is not None
    table = gap.areas.set_index("geoid")
    full = maps_scene.estimates().areas.set_index("geoid")
    layer = layer_of(home().layers, "areas-offline")
    assert len(layer.keys) == 79 == len(table)
    for at, geoid in enumerate(layer.keys):
        published = table.loc[geoid]
        row = dict(zip([each.key for each in layer.columns], layer.rows[at], strict=True))
        if published["suppressed"]:
            assert {row[key] for key in ("students_offline", "se", "rate", "rate_se")} == {
                "withheld"
            }
            hidden = {float(full.loc[geoid, key]) for key in ("students_offline", "se", "rate")}
            assert not hidden - {0.0} & {each for each in row.values() if isinstance(each, float)}
            (line,) = layer.lists["Shown with its neighbors"][at]
            group = gap.groups.set_index("group").loc[published["group"]]
            assert f"{group['students_offline']:,.0f} students offline" in line
            assert row["group_rate"] == group["rate"]
        else:
            assert row["students_offline"] == published["students_offline"]
            assert row["rate"] == published["rate"]
            assert layer.lists["Shown with its neighbors"][at] == ()


def test_withheld_areas_are_hatched_and_named() -> None:
    gap = scene().gap
    assert gap is not None
    hidden = gap.areas["suppressed"].to_numpy(bool)
    offline = layer_of(home().layers, "areas-offline")
    fills = [each.fill for each in offline.legend.colors]
    assert [fills[color] == "hatch" for color in offline.color] == hidden.tolist()
    assert labels(offline)["withheld: too few to publish"] == hidden.sum() == 74
    rate = layer_of(home().layers, "areas-rate")
    fills = [each.fill for each in rate.legend.colors]
    assert [fills[color] == "hatch" for color in rate.color] == hidden.tolist()
    # each group of neighbors is of one class, the one that its rate falls into
    for _, group in gap.groups.iterrows():
        members = [rate.keys.index(geoid) for geoid in group["geoids"].split(";")]
        (color,) = {int(rate.color[at]) for at in members}
        low, high = _interval(rate.legend.colors[color].label)
        assert low - 0.05 <= 100 * group["rate"] < high + 0.05


def _interval(label: str) -> tuple[float, float]:
    text = label.replace("\N{NO-BREAK SPACE}%", "").removeprefix("withheld, group ")
    if text.startswith("under "):
        return 0.0, float(text[6:])
    if text.endswith(" or more"):
        return float(text[:-8]), 100.0
    low, _, high = text.partition(" to ")
    return float(low), float(high or low)


def test_an_area_that_nobody_tells_of_has_no_data() -> None:
    gap = scene().gap
    assert gap is not None
    less = replace(gap, areas=gap.areas.iloc[1:])
    layers = home_page(replace(scene(), gap=less)).layers
    for layer_id in ("areas-offline", "areas-rate"):
        layer = layer_of(layers, layer_id)
        assert layer.legend.colors[layer.color[0]].label == "no data"
        assert labels(layer)["no data"] == 1


def test_zones_are_one_layer_for_each_level() -> None:
    layers = [layer for layer in home().layers if layer.layer_id.startswith("zones-")]
    level = maps_scene.district().table("schools").set_index("school_id")["level"]
    assert {layer.layer_id: len(layer.keys) for layer in layers} == {
        "zones-elementary": 13, "zones-middle": 5, "zones-high": 5,
    }  # fmt: skip
    told = maps_scene.plan().zones.set_index("school_id")
    for layer in layers:
        assert {level[key] for key in layer.keys} == {layer.layer_id.removeprefix("zones-")}
        for key, served, color in zip(
            layer.keys, column(layer, "served"), layer.color, strict=True
        ):
            share = told.loc[key, "served_share"]
            if math.isnan(share):
                assert served == "withheld" and layer.legend.colors[color].fill == "hatch"
            else:
                assert served == share
                assert color == max(math.ceil(round(share * 5, 9)) - 1, 0)


def test_the_budget_slider_starts_at_the_plan() -> None:
    budget = budget_of(scene())
    assert budget is not None and budget.slider is not None
    assert budget.slider.steps == (
        "$2,200 a year", "$95,000 a year: the plan", "$190,000 a year",
    )  # fmt: skip
    assert (budget.start, budget.slider.start) == (1, 1)
    assert "withheld" in budget.slider.notes[0]
    # of the plan itself its own numbers, of other points the curve's, which are rounded
    assert budget.slider.notes[1].startswith("Serves about 112 students")
    assert "At most $29,400 a year, 7 places and offers" in budget.slider.notes[1]
    assert budget.slider.notes[2].startswith("Serves at least 180 students")
    assert budget.opened[0] == {("partners", "LIB01")}
    assert budget.opened[1] == {
        ("partners", "LIB01"), ("partners", "LIB02"), ("stops", "ST003"), ("stops", "ST005"),
        ("wireless", "ROOF-S001"),
    }  # fmt: skip
    assert budget.opened[2] - budget.opened[1] == {("stops", "ST007"), ("partners", "CAF01")}


def test_a_plan_that_the_curve_lacks_is_a_step_of_its_own() -> None:
    plan = maps_scene.plan()
    worst_first = replace(plan, sites=plan.sites.iloc[:2].reset_index(drop=True))
    budget = budget_of(replace(scene(), access=worst_first))
    assert budget is not None and budget.slider is not None
    assert budget.slider.steps == (
        "$2,200 a year", "$95,000 a year: the plan", "$95,040 a year", "$190,000 a year",
    )  # fmt: skip
    assert budget.opened[budget.start] == {("wireless", "ROOF-S001"), ("stops", "ST003")}


def test_points_of_the_curve_that_read_alike_are_one_step() -> None:
    plan = maps_scene.plan()
    again = plan.curve.iloc[[2]].assign(asked=False)
    twice = replace(plan, curve=pd.concat([plan.curve, again], ignore_index=True))
    budget = budget_of(replace(scene(), access=twice))
    assert budget is not None and budget.slider is not None
    assert len(budget.slider.steps) == len(budget.opened) == 3


def test_bus_stops_of_the_plan_with_their_week() -> None:
    page = home()
    stops = layer_of(page.layers, "bus-stops")
    assert stops.keys == ("ST003", "ST005", "ST007")
    assert column(stops, "students") == [24.0, 23.0, "–"]
    assert column(stops, "usd_per_year") == [900.0, 1_300.0, "–"]
    now, then = "open at this budget", "not open at this budget"
    assert column(stops, "state") == [now, now, then]
    assert stops.lists["Timetable"] == (
        (
            "Mon 16:20 to 18:05, bus BUS03",
            "Mon 18:35 to 20:20, bus BUS01",
            "Tue 16:20 to 18:05, bus BUS03",
        ),
        ("Wed 16:20 to 18:05, bus BUS01",),
        (),
    )
    (steps,) = stops.steps
    assert steps.present is not None
    assert steps.present.tolist() == [[False] * 3, [True, True, False], [True] * 3]
    # the words move with the slider; numbers say whose they are
    assert steps.values["state"].tolist() == [[then] * 3, [now, now, then], [now] * 3]
    assert all(each.title.endswith("at the plan's budget") for each in stops.columns[1:])
    written = json.loads(encode_page(page, run="r1"))
    (data,) = [each for each in written["layers"] if each["id"] == "bus-stops"]
    assert data["steps"]["budget"]["values"]["state"][0] == [then] * 3
    candidates = layer_of(page.layers, "candidate-stops")
    assert len(candidates.keys) == 40 and not candidates.shown
    (steps,) = candidates.steps
    assert steps.present is not None
    assert steps.present.sum(axis=1).tolist() == [40, 38, 37]


def test_reach_is_the_walk_limit_over_the_detour() -> None:
    reach = layer_of(home().layers, "reach")
    assert reach.keys == ("ST003", "ST005", "ST007", "CAF01", "LIB01")
    assert reach.radius_m is not None
    np.testing.assert_allclose(reach.radius_m, 800.0 / 1.3)
    (steps,) = reach.steps
    assert steps.present is not None
    assert steps.present[0].tolist() == [False, False, False, False, True]


def test_reach_of_buses_into_homes_is_that_of_the_farthest_bus_there() -> None:
    district = maps_scene.district()
    access = replace(district.access, bus_reach="home")
    buses = district.table("buses").assign(radio_range_m=[40.0, 90.0, 60.0, 50.0, 50.0, 50.0])
    moved = maps_scene.with_table("buses", buses)
    moved = District(inputs=replace(moved.inputs, access=access))
    reach = layer_of(home_page(replace(scene(), district=moved)).layers, "reach")
    assert reach.radius_m is not None
    # ST003 has BUS01 (40 m) and BUS03 (60 m), ST005 BUS01; ST007 nobody yet: the farthest of all
    assert reach.radius_m[:3].tolist() == [60.0, 40.0, 90.0]
    assert reach.legend.colors[0].label == "reach of a bus's radio in homes"


def test_partners_are_there_already_opened_or_not_opened() -> None:
    page = home()
    partners = layer_of(page.layers, "partners")
    libraries = layer_of(page.layers, "libraries-by-transit")
    table = maps_scene.district().table("partners")
    assert {*partners.keys, *libraries.keys} == set(table["partner_id"])
    assert libraries.keys == ("LIB02",)
    assert labels(partners) == {"there already, and kept": 1, "not opened": 13}
    at = partners.keys.index("LIB01")
    assert (column(partners, "state")[at], column(partners, "students")[at]) == (
        "there already, and kept", "withheld",
    )  # fmt: skip
    assert column(libraries, "students") == [15.0]
    (steps,) = partners.steps
    assert steps.color is not None
    cafe = partners.keys.index("CAF01")
    assert steps.color[:, cafe].tolist() == [2, 2, 1]
    assert steps.values["state"][:, cafe].tolist() == [
        "not opened at this budget", "not opened at this budget", "opened at this budget",
    ]  # fmt: skip
    assert steps.color[:, at].tolist() == [0, 0, 0]


def test_offers_without_a_place_are_said_to_be_elsewhere() -> None:
    page = home()
    assert any("1 offer of the plan has no place" in line for line in page.intro)
    assert all("LEND" not in layer.keys for layer in page.layers)


def test_without_a_curve_only_the_plan_is_drawn() -> None:
    plan = maps_scene.plan()
    flat = replace(plan, curve=plan.curve.iloc[:0], curve_plans=plan.curve_plans.iloc[:0])
    page = home_page(replace(scene(), access=flat))
    assert page.sliders == ()
    stops = layer_of(page.layers, "bus-stops")
    assert stops.keys == ("ST003", "ST005") and stops.steps == ()
    assert column(stops, "state") == ["open", "open"]
    assert stops.columns[1].title == "Students served"
    candidates = layer_of(page.layers, "candidate-stops")
    assert (candidates.color >= 0).sum() == 38


def test_a_folder_without_a_plan_still_has_its_areas() -> None:
    page = home_page(Scene(district=maps_scene.district(), gap=scene().gap))
    ids = [layer.layer_id for layer in page.layers]
    assert "areas-rate" in ids and "bus-stops" not in ids and "reach" not in ids


def test_census_ids_in_words() -> None:
    assert area_name("240054015071") == "Block group 1, tract 4015.07"
    assert area_name("12111380100") == "Tract 3801"
    assert area_name("area 7") == "area 7"


def test_a_plain_class_without_rows_gives_way_to_its_hatched_one() -> None:
    legend = layer_of(home().layers, "areas-rate")
    colors = legend.legend.colors
    counts = np.bincount(legend.color, minlength=len(colors))
    for each, count in zip(colors, counts, strict=True):
        if each.fill == "hatch" and each.label.startswith("withheld, group "):
            assert count > 0
        twin = f"withheld, group {each.label}"
        assert count > 0 or all(other.label != twin for other in colors)
    # the scale goes on: classes stand in the order of their numbers, hatched behind plain
    order = [_interval(each.label)[0] for each in colors]
    assert order == sorted(order)


def test_rates_have_the_same_classes_in_every_district_and_stand_open() -> None:
    page = home()
    rate, offline = (layer_of(page.layers, f"areas-{name}") for name in ("rate", "offline"))
    assert rate.shown and not offline.shown
    starts = {_interval(each.label)[0] for each in rate.legend.colors}
    assert starts == {0.0, 5.0, 10.0, 15.0, 25.0}


def test_a_plan_without_a_budget_says_so() -> None:
    plan = maps_scene.plan()
    told = "No budget is set: the plan serves everyone who can be reached."
    assert told not in home().intro
    free = replace(plan, goal=replace(plan.goal, budget_usd_per_year=None))
    assert told in home_page(replace(scene(), access=free)).intro
    share = replace(free, goal=replace(free.goal, coverage_share=0.5))
    assert told not in home_page(replace(scene(), access=share)).intro
