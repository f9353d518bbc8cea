"""Where equipment is drawn: hand-checkable places."""

import numpy as np
import pandas as pd
import pytest

from netplan.geo.plane import local_plane, project
from netplan.maps.layers_places import APART, Places, ends_of, find_places

#: Four schools on a square of about 20 km.
SCHOOLS = pd.DataFrame(
    {
        "school_id": ["A", "B", "C", "D"],
        "lon": [-80.1, -79.9, -79.9, -80.1],
        "lat": [-0.1, -0.1, 0.1, 0.1],
    }
)


def places_of(nodes: dict[str, str], links: list[tuple[str, str]]) -> Places:
    return find_places(
        SCHOOLS,
        pd.DataFrame({"node_id": list(nodes), "school_id": list(nodes.values())}),
        pd.DataFrame(links, columns=["a", "b"]),
    )


HEADS = {"a": "A", "b": "B", "c": "C", "d": "D"}


def at(places: Places, node: str) -> tuple[float, float]:
    row = places.row()[node]
    return float(places.lon[row]), float(places.lat[row])


def test_a_core_stands_in_the_middle_of_its_schools() -> None:
    places = places_of({**HEADS, "core": ""}, [("core", head) for head in HEADS])
    assert at(places, "core") == pytest.approx((-80.0, 0.0), abs=1e-6)
    assert at(places, "c") == (-79.9, 0.1)
    assert np.flatnonzero(places.schematic).tolist() == [places.row()["core"]]


def test_hubs_that_pull_on_each_other_are_solved_together() -> None:
    """Along the line: left = (2 x (-80.1) + right) / 3, right = (2 x (-79.9) + left) / 3."""
    places = places_of(
        {**HEADS, "left": "", "right": ""},
        [("left", "a"), ("left", "d"), ("right", "b"), ("right", "c"), ("left", "right")],
    )
    assert at(places, "left") == pytest.approx((-80.05, 0.0), abs=1e-5)
    assert at(places, "right") == pytest.approx((-79.95, 0.0), abs=1e-5)


def test_a_chain_that_leads_away_is_pulled_apart() -> None:
    chain = ["core", "filter", "firewall", "internet"]
    nodes = {**HEADS, **dict.fromkeys(chain, "")}
    links = [("core", head) for head in HEADS]
    links += list(zip(chain[1:], chain, strict=False))
    places = places_of(nodes, links)
    assert at(places, "core") == pytest.approx((-80.0, 0.0), abs=1e-6)
    plane = local_plane(SCHOOLS["lon"], SCHOOLS["lat"])
    x_m, y_m = project(plane, places.lon, places.lat)
    far = np.hypot(x_m[:, None] - x_m[None, :], y_m[:, None] - y_m[None, :])
    np.fill_diagonal(far, np.inf)
    width = np.ptp(x_m[:4])
    assert far.min() >= 0.97 * APART * width
    # and not farther than it has to be
    assert far[places.row()["internet"]].min() <= 1.5 * APART * width


def test_what_is_linked_to_no_school_has_no_place() -> None:
    places = places_of({**HEADS, "core": "", "island": "", "rock": ""},
                       [("core", "a"), ("core", "c"), ("island", "rock")])  # fmt: skip
    assert np.isnan(at(places, "island")).all()
    assert places.site[places.row()["island"]] == -1
    assert not places.schematic[places.row()["rock"]]


def test_links_inside_a_building_join_no_two_places() -> None:
    nodes = {**HEADS, "a-idf": "A", "core": ""}
    links = pd.DataFrame([("core", "a"), ("a", "a-idf"), ("a", "b")], columns=["a", "b"])
    places = places_of(nodes, list(links.itertuples(index=False, name=None)))
    _, _, between = ends_of(places, links)
    assert between.tolist() == [True, False, True]


def test_the_order_of_rows_changes_nothing() -> None:
    chain = ["core", "filter", "firewall", "internet"]
    nodes = {**HEADS, **dict.fromkeys(chain, "")}
    links = [("core", head) for head in HEADS] + list(zip(chain[1:], chain, strict=False))
    one = places_of(nodes, links)
    two = places_of(dict(reversed(nodes.items())), links[::-1])
    assert one.node_ids == two.node_ids
    np.testing.assert_allclose(one.lon, two.lon, atol=1e-9)


def test_one_school_and_its_equipment() -> None:
    places = find_places(
        SCHOOLS.iloc[:1],
        pd.DataFrame({"node_id": ["a", "internet"], "school_id": ["A", None]}),
        pd.DataFrame({"a": ["internet"], "b": ["a"]}),
    )
    assert np.isfinite(places.lon).all()
    assert at(places, "internet") != at(places, "a")
