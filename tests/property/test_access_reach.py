"""The share of a cell that a place reaches, against exact intersections by shapely.

What the peers do instead, a cell counts when its centroid is within reach, is measured beside it.
"""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from netplan.access.ground import Ground, in_range, walkable
from netplan.geo.plane import project
from tests.unit.test_access_ground import degrees, make_ground, point, table

GEOID = "240054001001"


@st.composite
def cells(draw: st.DrawFn) -> shapely.Geometry:
    """Draw a star-shaped cell about (0, 0), from a city block to a rural tract, in meters."""
    size_m = draw(st.sampled_from([200.0, 700.0, 3000.0, 15_000.0]))
    corners = draw(st.integers(3, 12))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    turn = 2 * np.pi * (np.arange(corners) + rng.uniform(0.1, 0.9, corners)) / corners
    out_m = size_m * rng.uniform(0.35, 1.0, corners)
    cell = shapely.Polygon(np.column_stack((out_m * np.cos(turn), out_m * np.sin(turn))))
    # streets and rivers bend: edges of a rural tract are no lines of 20 km
    return shapely.segmentize(shapely.make_valid(cell), 500.0)


def reached_m2(ground: Ground, spot: tuple[float, float], range_m: float, cell_m2: float) -> float:
    """Give the land of the cell that a place reaches."""
    reach = in_range(ground, [spot[0]], [spot[1]], range_m)
    return float(ground.share @ reach.astype(np.float64).toarray()[:, 0]) * cell_m2


def exactly_m2(cell: shapely.Geometry, spot: tuple[float, float], range_m: float) -> float:
    """Give the same by shapely, in a plane of its own: equidistant about the place."""
    lon, lat = spot
    to_place = Transformer.from_crs(
        "EPSG:4326", f"+proj=aeqd +lon_0={lon} +lat_0={lat} +ellps=WGS84", always_xy=True
    )
    around = shapely.transform(
        cell, lambda xy: np.column_stack(to_place.transform(xy[:, 0], xy[:, 1]))
    )
    return float(around.intersection(shapely.Point(0, 0).buffer(range_m, quad_segs=90)).area)


@settings(max_examples=100, deadline=None)
@given(cell=cells(), range_m=st.floats(20, 1500), seed=st.integers(0, 2**32 - 1))
def test_share_within_a_radius_is_exact_enough(
    cell: shapely.Geometry, range_m: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    low, high = np.array(cell.bounds).reshape(2, 2)
    x_m, y_m = rng.uniform(low - range_m / 2, high + range_m / 2)
    spot, cell_deg = point(x_m, y_m), degrees(cell)
    mast = table("site_id lat lon range_m", ("M", spot[1], spot[0], range_m))
    ground = make_ground(areas={GEOID: cell_deg}, tables={"wireless": mast})
    assert abs(ground.share.sum() - 1) < 1e-9
    exact_m2 = exactly_m2(cell_deg, spot, range_m)
    found_m2 = reached_m2(ground, spot, range_m, cell.area)
    smaller_m2 = min(np.pi * range_m**2, cell.area)
    assert abs(found_m2 - exact_m2) <= 0.12 * smaller_m2
    if exact_m2 == 0:
        assert found_m2 <= 0.01 * smaller_m2


@settings(max_examples=40, deadline=None)
@given(cell=cells(), seed=st.integers(0, 2**32 - 1), limit_m=st.floats(100, 1500))
def test_a_longer_walk_or_less_detour_never_reaches_less(
    cell: shapely.Geometry, seed: int, limit_m: float
) -> None:
    rng = np.random.default_rng(seed)
    x_m, y_m = rng.uniform(-1, 1, 2) * max(cell.bounds)
    spot = point(x_m, y_m)
    area = {GEOID: degrees(cell)}
    ground = make_ground(areas=area, walk_limit_m=limit_m)
    farther = make_ground(areas=area, walk_limit_m=limit_m * 1.2)
    straighter = make_ground(areas=area, walk_limit_m=limit_m, detour_factor=1.1)
    base = walkable(ground, [spot[0]], [spot[1]])
    for other in (farther, straighter):
        more = walkable(other, [spot[0]], [spot[1]])
        assert (base.astype(int) - more.astype(int)).max() <= 0
    x, y = project(ground.plane, [spot[0]], [spot[1]])
    near = np.hypot(ground.x_m - x, ground.y_m - y) * 1.3 <= limit_m
    assert np.array_equal(base.toarray()[:, 0], near)


def test_the_centroid_rule_is_wrong_and_this_is_not() -> None:
    """Over 60 cells of 1.5 km and walks of 615 m: root mean squared error of the share."""
    rng = np.random.default_rng(11)
    ours, centroids = [], []
    for _ in range(60):
        corners = rng.integers(4, 9)
        turn = 2 * np.pi * (np.arange(corners) + rng.uniform(0.2, 0.8, corners)) / corners
        out_m = 1000 * rng.uniform(0.5, 1.0, corners)
        cell = shapely.Polygon(np.column_stack((out_m * np.cos(turn), out_m * np.sin(turn))))
        x_m, y_m = rng.uniform(-1000, 1000, 2)
        spot, cell_deg = point(x_m, y_m), degrees(cell)
        places = table("lat lon", (spot[1], spot[0]))
        ground = make_ground(areas={GEOID: cell_deg}, tables={"partners": places})
        exact = exactly_m2(cell_deg, spot, 800 / 1.3) / cell.area
        reach = walkable(ground, [spot[0]], [spot[1]]).astype(np.float64)
        ours.append(float(ground.share @ reach.toarray()[:, 0]) - exact)
        inside = cell.centroid.distance(shapely.Point(x_m, y_m)) <= 800 / 1.3
        centroids.append(float(inside) - exact)
    assert np.sqrt(np.mean(np.square(ours))) < 0.02
    assert np.sqrt(np.mean(np.square(centroids))) > 0.25


def test_a_corner_cell_by_hand() -> None:
    # a square of 800 m and a walk of 615 m from its corner: a quarter of a circle,
    # pi 615.4^2 / 4 / 800^2 = 0.465 of the people; the centroid, 566 m away, says all of them
    square = degrees(shapely.box(0, 0, 800, 800))
    ground = make_ground(areas={GEOID: square})
    lon, lat = point(0, 0)
    reach = walkable(ground, [lon], [lat]).astype(np.float64)
    share = float(ground.share @ reach.toarray()[:, 0])
    assert abs(share - 0.4647) < 0.02
