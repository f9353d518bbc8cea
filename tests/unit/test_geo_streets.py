"""Walks along streets: by hand, and against networkx on the streets as they are written."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import networkx as nx
import numpy as np
import osmium
import pytest
from pyproj import Geod
from scipy.spatial import Delaunay

from netplan.errors import InputError
from netplan.geo import streets
from netplan.geo.plane import Plane, project, unproject
from netplan.geo.streets import WalkGraph, may_walk, off_street, walking_graph, walks_within

PLANE = Plane(lon=-76.6, lat=39.4)
EVERYWHERE = (-77.6, 38.4, -75.6, 40.4)
Way = tuple[Sequence[int], Mapping[str, str]]
STREET = {"highway": "residential"}


def osm_xml(nodes: Mapping[int, tuple[float, float]], ways: Sequence[Way]) -> str:
    """Write nodes (x, y in meters of `PLANE`) and ways as OpenStreetMap XML."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    for node, (x_m, y_m) in sorted(nodes.items()):
        lon, lat = unproject(PLANE, [x_m], [y_m])
        lines.append(f'<node id="{node}" version="1" lat="{lat[0]:.9f}" lon="{lon[0]:.9f}"/>')
    for number, (refs, tags) in enumerate(ways, start=1):
        lines.append(f'<way id="{number}" version="1">')
        lines += [f'<nd ref="{ref}"/>' for ref in refs]
        lines += [f'<tag k="{key}" v="{value}"/>' for key, value in tags.items()]
        lines.append("</way>")
    return "\n".join([*lines, "</osm>"])


def graph_of(
    folder: Path, nodes: Mapping[int, tuple[float, float]], ways: Sequence[Way]
) -> WalkGraph:
    """Write an extract and read it."""
    path = folder / "streets.osm"
    path.write_text(osm_xml(nodes, ways), encoding="utf-8")
    return walking_graph(path, PLANE, EVERYWHERE)


def walk_m(
    graph: WalkGraph, start: tuple[float, float], end: tuple[float, float], limit_m: float = 1e5
) -> float:
    """Give the length of one walk; inf where there is none."""
    walks = walks_within(
        graph,
        off_street(graph, [start[0]], [start[1]]),
        off_street(graph, [end[0]], [end[1]]),
        limit_m,
    )
    assert walks.distance_m.size <= 1
    return float(walks.distance_m[0]) if walks.distance_m.size else math.inf


#: 6 x 6 corners 200 m apart. A river runs between x = 400 and x = 600: of the streets that
#: go east and west only the southernmost has a bridge.
CORNERS = {10 * i + j + 1: (200.0 * i, 200.0 * j) for i in range(6) for j in range(6)}


def _river_ways() -> list[Way]:
    ways: list[Way] = [([10 * i + j + 1 for j in range(6)], STREET) for i in range(6)]
    for j in range(6):
        row = [10 * i + j + 1 for i in range(6)]
        ways += [(row, STREET)] if j == 0 else [(row[:3], STREET), (row[3:], STREET)]
    return ways


RIVER = _river_ways()


def test_round_the_river_by_the_only_bridge(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, CORNERS, RIVER)
    # 200 m apart across the water; on foot 1000 m south, 200 m over, 1000 m north
    assert walk_m(graph, (400, 1000), (600, 1000)) == pytest.approx(2200, abs=0.01)
    assert walk_m(graph, (400, 1000), (600, 1000), limit_m=2199) == math.inf
    assert walk_m(graph, (0, 1000), (400, 800)) == pytest.approx(600, abs=0.01)


@pytest.mark.parametrize(
    ("tags", "walked"),
    [
        ({"highway": "motorway"}, False),
        ({"highway": "trunk"}, False),
        ({"highway": "trunk", "sidewalk": "both"}, True),
        ({"highway": "trunk", "foot": "yes"}, True),
        ({"highway": "motorway_link", "sidewalk": "none"}, False),
        ({"highway": "footway"}, True),
        ({"highway": "footway", "foot": "no"}, False),
        ({"highway": "footway", "foot": "no", "sidewalk": "both"}, False),
        ({"highway": "residential", "access": "private"}, False),
        ({"highway": "residential", "access": "no"}, False),
        ({"highway": "residential", "access": "private", "foot": "yes"}, True),
        ({"highway": "residential", "oneway": "yes"}, True),
        ({"highway": "construction"}, False),
        ({"highway": "proposed"}, False),
        ({"highway": "steps"}, True),
        ({"railway": "rail"}, False),
    ],
)
def test_who_may_walk_where(tmp_path: Path, tags: dict[str, str], walked: bool) -> None:
    assert may_walk(tags) is walked
    # as a second bridge, farther north
    graph = graph_of(tmp_path, CORNERS, [*RIVER, ([26, 36], tags)])
    expected = 200 if walked else 2200
    assert walk_m(graph, (400, 1000), (600, 1000)) == pytest.approx(expected, abs=0.01)


def test_the_way_to_and_from_the_street_counts(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, CORNERS, RIVER)
    # 60 m west of the corner (0, 0), and 30 m north of (200, 1000): 60 + 1200 + 30
    assert walk_m(graph, (-60, 0), (200, 1030)) == pytest.approx(1290, abs=0.01)
    assert walk_m(graph, (-60, 0), (200, 1030), limit_m=1289) == math.inf
    # both ends at one street point
    assert walk_m(graph, (-60, 0), (-50, 0)) == pytest.approx(110, abs=0.01)
    # a stop in the fields has no walk to it
    assert walk_m(graph, (-5000, 0), (0, 0), limit_m=800) == math.inf


def test_a_long_street_is_met_where_it_is_nearest(tmp_path: Path) -> None:
    # 4 km without a corner: the nearest corner is 2 km off, the nearest street point is not
    graph = graph_of(tmp_path, {1: (0, 0), 2: (4000, 0)}, [([1, 2], STREET)])
    exact_m = 40 + 900 + 40
    found_m = walk_m(graph, (2003, 40), (1103, -40))
    assert exact_m - 2 * streets.STEP_M <= found_m <= exact_m + 2 * streets.STEP_M


def test_random_streets_against_networkx(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    spots = rng.uniform(-3000, 3000, (150, 2))
    edges = {
        (min(a, b), max(a, b))
        for corners in Delaunay(spots).simplices
        for a, b in zip(corners, np.roll(corners, 1), strict=True)
    }
    kept = [(int(a), int(b)) for a, b in sorted(edges) if rng.random() < 0.6]
    nodes = {100 + i: (float(x), float(y)) for i, (x, y) in enumerate(spots)}
    # some pieces are in two ways, one of them the other way round
    ways: list[Way] = [([100 + a, 100 + b], STREET) for a, b in kept]
    ways += [([100 + b, 100 + a], {"highway": "path"}) for a, b in kept[::7]]
    graph = graph_of(tmp_path, nodes, ways)

    lon, lat = unproject(PLANE, spots[:, 0], spots[:, 1])
    oracle = nx.Graph()
    geod = Geod(ellps="WGS84")
    for a, b in kept:
        oracle.add_edge(a, b, m=geod.inv(lon[a], lat[a], lon[b], lat[b])[2])
    largest = max(nx.connected_components(oracle), key=len)
    corners = np.array(sorted(largest))
    limit_m = 2000.0
    snap = off_street(graph, spots[corners, 0], spots[corners, 1])
    assert snap.distance_m.max() < 0.01
    walks = walks_within(graph, snap, snap, limit_m)
    found = {
        (int(corners[s]), int(corners[e])): m
        for s, e, m in zip(walks.start, walks.end, walks.distance_m, strict=True)
    }
    known = {
        (a, b): m
        for a in corners.tolist()
        for b, m in nx.single_source_dijkstra_path_length(oracle, a, weight="m").items()
        if abs(m - limit_m) > 1  # at the limit either answer is right
    }
    assert len(known) > 10_000
    for pair, exact_m in known.items():
        if exact_m > limit_m:
            assert pair not in found
        else:
            assert found[pair] == pytest.approx(exact_m, rel=1e-4, abs=0.05)


def test_tiles_and_order_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = graph_of(tmp_path, CORNERS, RIVER)
    rng = np.random.default_rng(6)
    ends = off_street(graph, *rng.uniform(-100, 1100, (2, 300)))
    starts = off_street(graph, *rng.uniform(-100, 1100, (2, 90)))
    together = walks_within(graph, starts, ends, 700.0)
    assert together.start.size > 1000
    monkeypatch.setattr(streets, "_PLACES_AT_ONCE", 3)
    again = walks_within(graph, starts, ends, 700.0)
    assert np.array_equal(together.start, again.start)
    assert np.array_equal(together.end, again.end)
    assert np.array_equal(together.distance_m, again.distance_m)
    for number in range(0, 90, 15):
        one = streets.OffStreet(
            point=starts.point[[number]], distance_m=starts.distance_m[[number]]
        )
        alone = walks_within(graph, one, ends, 700.0)
        mine = together.start == number
        assert np.array_equal(alone.end, together.end[mine])
        assert alone.distance_m == pytest.approx(together.distance_m[mine])


def test_a_slip_of_the_mapping_holds_nobody(tmp_path: Path) -> None:
    # a footway of 40 m inside a mall, joined to nothing, is nearer than the street
    nodes = {**CORNERS, 901: (190.0, 30.0), 902: (230.0, 30.0)}
    graph = graph_of(tmp_path, nodes, [*RIVER, ([901, 902], {"highway": "footway"})])
    assert walk_m(graph, (200, 30), (200, 0)) == pytest.approx(30, abs=0.01)
    # but two sides of a river with no bridge at all are both kept
    no_bridge = [way for way in RIVER if not {21, 31} <= set(way[0])]
    apart = graph_of(tmp_path, CORNERS, [*no_bridge, ([1, 11, 21], STREET), ([31, 41, 51], STREET)])
    assert walk_m(apart, (0, 0), (200, 0)) == pytest.approx(200, abs=0.01)
    assert walk_m(apart, (800, 0), (1000, 0)) == pytest.approx(200, abs=0.01)
    assert walk_m(apart, (400, 0), (600, 0)) == math.inf


def test_a_way_cut_at_the_edge_and_two_nodes_at_one_place(tmp_path: Path) -> None:
    nodes = {1: (0.0, 0.0), 2: (300.0, 0.0), 3: (300.0, 0.0), 4: (600.0, 0.0)}
    graph = graph_of(tmp_path, nodes, [([77, 1, 2, 3, 4, 78], STREET), ([4, 4], STREET)])
    assert walk_m(graph, (0, 0), (600, 0)) == pytest.approx(600, abs=0.1)


def test_only_ways_inside_the_bounds(tmp_path: Path) -> None:
    path = tmp_path / "streets.osm"
    far = {**CORNERS, 901: (50_000.0, 0.0), 902: (52_000.0, 0.0)}
    path.write_text(osm_xml(far, [*RIVER, ([901, 902], STREET)]), encoding="utf-8")
    lon, lat = unproject(PLANE, [-500.0, 1500.0], [-500.0, 1500.0])
    graph = walking_graph(path, PLANE, (lon[0], lat[0], lon[1], lat[1]))
    assert graph.x_m.max() < 1100
    with pytest.raises(InputError, match=r"streets\.osm: .* no street in the district"):
        walking_graph(path, PLANE, (10.0, 50.0, 11.0, 51.0))


def test_a_pbf_is_the_same_as_its_xml(tmp_path: Path) -> None:
    plain = graph_of(tmp_path, CORNERS, RIVER)
    packed = tmp_path / "streets.osm.pbf"
    with osmium.SimpleWriter(str(packed)) as writer:
        for item in osmium.FileProcessor(str(tmp_path / "streets.osm")):
            writer.add(item)
    graph = walking_graph(packed, PLANE, EVERYWHERE)
    assert np.array_equal(graph.x_m, plain.x_m)
    assert (graph.length_m != plain.length_m).nnz == 0


BROKEN = {
    "empty.osm": b"",
    "words.osm": b"these are not streets",
    "page.osm": b"<?xml version='1.0'?><html></html>",
    "cut.osm": b"<?xml version='1.0'?><osm version='0.6'><node id='1' lat='39.4' lon=",
    "text.osm": b"<?xml version='1.0'?><osm version='0.6'><node id='1' lat='x' lon='1'/></osm>",
    "zeros.osm.pbf": bytes(1000),
    "empty.osm.pbf": b"",
    "noise.osm.pbf": bytes(np.random.default_rng(0).integers(0, 256, 4000, dtype=np.uint8)),
    "laughs.osm": (
        b"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'ha'>"
        + b"".join(b"<!ENTITY a%d '%s'>" % (i, b"&a;" * 10) for i in range(9))
        + b"]><osm version='0.6'><node id='1' lat='39.4' lon='-76.6'>"
        + b"<tag k='name' v='&a8;'/></node></osm>"
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_a_problem(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(BROKEN[name])
    with pytest.raises(InputError) as caught:
        walking_graph(path, PLANE, EVERYWHERE)
    (problem,) = caught.value.problems
    assert problem.code == "broken-streets"
    assert problem.file == name
    assert "take it out" in problem.fix


def test_a_truncated_pbf_is_a_problem(tmp_path: Path) -> None:
    graph_of(tmp_path, CORNERS, RIVER)
    packed = tmp_path / "streets.osm.pbf"
    with osmium.SimpleWriter(str(packed)) as writer:
        for item in osmium.FileProcessor(str(tmp_path / "streets.osm")):
            writer.add(item)
    packed.write_bytes(packed.read_bytes()[:-50])
    with pytest.raises(InputError, match="is broken"):
        walking_graph(packed, PLANE, EVERYWHERE)


def test_no_file_a_huge_file_and_no_streets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        walking_graph(tmp_path / "none.osm", PLANE, EVERYWHERE)
    with pytest.raises(InputError, match="no street in the district"):
        graph_of(tmp_path, CORNERS, [([1, 2], {"highway": "motorway"})])
    with pytest.raises(InputError, match="no street in the district"):
        graph_of(tmp_path, CORNERS, [([1], STREET)])
    monkeypatch.setattr(streets, "POINTS_AT_MOST", 40)  # 36 corners in 66 places of the ways
    with pytest.raises(InputError, match="too large, found 'over 40 street points'"):
        graph_of(tmp_path, CORNERS, RIVER)
    with pytest.raises(InputError, match="too large, found 'over 40 street points'"):
        graph_of(tmp_path, {1: (0, 0), 2: (2000, 0)}, [([1, 2], STREET)])
    monkeypatch.setattr(streets, "BYTES_AT_MOST", 100)
    with pytest.raises(InputError, match="too large"):
        graph_of(tmp_path, CORNERS, RIVER)


def test_lengths_are_on_the_ellipsoid(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, {1: (0, 0), 2: (30_000, 20_000)}, [([1, 2], STREET)])
    lon, lat = unproject(PLANE, [0, 30_000], [0, 20_000])
    exact_m = Geod(ellps="WGS84").inv(lon[0], lat[0], lon[1], lat[1])[2]
    assert graph.length_m.sum() / 2 == pytest.approx(exact_m, rel=1e-5)
    x_m, y_m = project(PLANE, lon, lat)
    assert np.hypot(*(graph.x_m[:2] - x_m, graph.y_m[:2] - y_m)).max() < 0.1
