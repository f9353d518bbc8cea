"""Points in polygons against exact intersections by shapely."""

import numpy as np
import pytest
import shapely

from netplan.geo.lattice import Circles, Samples, sample_points, weigh_by_blocks
from netplan.geo.plane import Geometries


def many(*polygons: shapely.Geometry) -> Geometries:
    """Give polygons as the array that the functions take."""
    return np.array(polygons, dtype=np.object_)


def circles(*rows: tuple[float, float, float]) -> Circles:
    """Give circles from x, y, radius."""
    x_m, y_m, radius_m = np.array(rows, dtype=np.float64).T
    return Circles(x_m=x_m, y_m=y_m, radius_m=radius_m)


def shares(samples: Samples, polygons: int) -> np.ndarray:
    """Give the sum of shares of each polygon."""
    return np.bincount(samples.polygon, samples.share, minlength=polygons)


def within(samples: Samples, polygon: int, x_m: float, y_m: float, radius_m: float) -> float:
    """Give the share of a polygon's points within a circle."""
    near = np.hypot(samples.x_m - x_m, samples.y_m - y_m) <= radius_m
    return float(samples.share[near & (samples.polygon == polygon)].sum())


def test_a_square_gets_a_lattice_of_8_by_8() -> None:
    samples = sample_points(many(shapely.box(0, 0, 800, 800)))
    assert samples.x_m.size == 64
    assert sorted(set(samples.x_m)) == pytest.approx([50 + 100 * i for i in range(8)])
    assert samples.share == pytest.approx(np.full(64, 1 / 64))


def test_each_polygon_has_about_64_points_whatever_its_size() -> None:
    rng = np.random.default_rng(1)
    shapes = [
        shapely.convex_hull(shapely.MultiPoint(rng.normal(size=(8, 2)) * size))
        for size in np.geomspace(1, 1e5, 200)
    ]
    samples = sample_points(many(*shapes))
    number = np.bincount(samples.polygon, minlength=200)
    assert number.min() >= 45
    assert number.max() <= 85
    assert shares(samples, 200) == pytest.approx(np.ones(200), abs=1e-12)
    assert (np.diff(samples.polygon) >= 0).all()
    assert shapely.contains_xy(many(*shapes)[samples.polygon], samples.x_m, samples.y_m).all()


def test_strips_rings_and_slivers_are_not_missed() -> None:
    ring = shapely.Point(0, 0).buffer(1000).difference(shapely.Point(0, 0).buffer(990))
    strip = shapely.LineString([(0, 0), (5000, 4321)]).buffer(3)  # 6 m x 6.6 km, askew
    sliver = shapely.Polygon([(0, 0), (1e5, 1e5), (1e5, 1e5 + 1e-3)])  # 0.7 mm wide
    two = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(9e3, 9e3, 9001, 9001)])
    shapes = many(ring, strip, sliver, two)
    samples = sample_points(shapes)
    number = np.bincount(samples.polygon, minlength=4)
    assert (number[:2] >= 32).all(), number
    assert number[2] >= 1
    assert samples.x_m.size < 2000
    assert shares(samples, 4) == pytest.approx(np.ones(4))
    # half of the ring lies east
    east = samples.share[(samples.polygon == 0) & (samples.x_m > 0)].sum()
    assert east == pytest.approx(0.5, abs=0.05)


def test_one_point_where_no_more_are_allowed() -> None:
    squares = many(*(shapely.box(10 * i, 0, 10 * i + 10, 10) for i in range(50)))
    samples = sample_points(squares, points_at_most=50)
    assert samples.x_m.size == 50
    assert samples.x_m == pytest.approx(10 * np.arange(50) + 5.0)
    assert sample_points(many(), circles=circles((0, 0, 1))).x_m.size == 0


@pytest.mark.parametrize("radius_m", [20.0, 45.0, 150.0, 615.0, 3000.0])
def test_the_share_within_a_circle_is_that_of_the_land(radius_m: float) -> None:
    """Rural and urban areas side by side; circles across their borders too."""
    rng = np.random.default_rng(7)
    shapes = [
        shapely.box(0, 0, 20_000, 25_000),  # 500 km2: a cell is 2.8 km wide
        shapely.box(20_000, 0, 21_000, 1000),
        shapely.Point(26_000, 5000)
        .buffer(5000)
        .difference(shapely.box(24_000, 4000, 26_000, 9000)),
        shapely.box(20_000, 1000, 21_000, 2500),
    ]
    polygons = many(*shapes)
    places = np.column_stack((rng.uniform(0, 31_000, 80), rng.uniform(0, 10_000, 80)))
    places[:8] = [20_000, 1000] + rng.normal(size=(8, 2)) * radius_m / 2
    samples = sample_points(polygons, circles=circles(*((x, y, radius_m) for x, y in places)))
    assert not samples.cut_short
    assert shares(samples, 4) == pytest.approx(np.ones(4), abs=1e-12)
    off = []
    for x, y in places:
        disc = shapely.Point(x, y).buffer(radius_m, quad_segs=64)
        for row, shape in enumerate(shapes):
            exact_m2 = shape.intersection(disc).area
            found_m2 = within(samples, row, x, y, radius_m) * shape.area
            if exact_m2 > 0 or found_m2 > 0:
                off.append((found_m2 - exact_m2) / min(disc.area, shape.area))
    assert np.sqrt(np.mean(np.square(off))) < 0.03
    assert np.abs(off).max() < 0.10
    assert abs(np.mean(off)) < 0.01  # no bias


def test_small_circles_cost_few_points() -> None:
    # one bus that reaches 20 m into 500 km2; an even lattice of 5 m would take 20 million
    samples = sample_points(
        many(shapely.box(0, 0, 20_000, 25_000)), circles=circles((7_777, 8_888, 20))
    )
    assert samples.x_m.size < 400
    assert within(samples, 0, 7_777, 8_888, 20) * 5e8 == pytest.approx(np.pi * 400, rel=0.05)


def test_a_bound_on_points_is_kept_and_said() -> None:
    places = circles(*((100.0 * i, 100.0 * j, 5.0) for i in range(60) for j in range(60)))
    polygons = many(shapely.box(0, 0, 6000, 6000))
    samples = sample_points(polygons, circles=places, points_at_most=5000)
    assert samples.cut_short
    assert samples.x_m.size <= 5000
    assert samples.share.sum() == pytest.approx(1.0)


def test_a_circle_elsewhere_or_of_no_size_changes_nothing() -> None:
    polygons = many(shapely.box(0, 0, 800, 800))
    plain = sample_points(polygons)
    for row in ((5000.0, 5000.0, 20.0), (400.0, 400.0, 0.0), (400.0, 400.0, 400.0)):
        again = sample_points(polygons, circles=circles(row))
        assert np.array_equal(plain.x_m, again.x_m)
        assert np.array_equal(plain.share, again.share)


def test_people_are_where_their_blocks_are() -> None:
    # a square of 8 x 8 points; its west half is one block of 300, its east half one of 100
    samples = sample_points(many(shapely.box(0, 0, 800, 800), shapely.box(800, 0, 1600, 800)))
    by_people = weigh_by_blocks(
        samples, polygon=[0, 0], x_m=[200, 600], y_m=[400, 400], population=[300, 100]
    )
    west = by_people.share[(by_people.polygon == 0) & (by_people.x_m < 400)]
    east = by_people.share[(by_people.polygon == 0) & (by_people.x_m > 400)]
    assert west == pytest.approx(np.full(32, 0.75 / 32))
    assert east == pytest.approx(np.full(32, 0.25 / 32))
    # the neighbor has no blocks: land, although a block of the first is nearer to some of it
    assert by_people.share[by_people.polygon == 1] == pytest.approx(np.full(64, 1 / 64))


def test_a_block_too_small_for_the_lattice_stands_by_itself() -> None:
    samples = sample_points(many(shapely.box(0, 0, 800, 800)))
    # towers of 50 people 1 m apart: the second and third are nearest to no point of the lattice
    by_people = weigh_by_blocks(
        samples,
        polygon=[0, 0, 0, 0],
        x_m=[400, 401, 402, 403],
        y_m=[400, 400, 400, 400],
        population=[50, 50, 50, 50],
    )
    assert by_people.share.sum() == pytest.approx(1.0)
    alone = ~np.isin(by_people.x_m, samples.x_m)
    assert sorted(by_people.x_m[alone]) == [401, 402]
    assert by_people.share[alone] == pytest.approx([0.25, 0.25])


def test_nobody_in_the_blocks_means_land() -> None:
    samples = sample_points(many(shapely.box(0, 0, 800, 800)))
    for people in ([0.0, 0.0], [np.nan, 0.0]):
        same = weigh_by_blocks(samples, polygon=[0, 0], x_m=[1, 2], y_m=[1, 2], population=people)
        assert np.array_equal(same.share, samples.share)
    assert weigh_by_blocks(samples, polygon=[], x_m=[], y_m=[], population=[]) is samples


def test_population_is_conserved_block_by_block() -> None:
    rng = np.random.default_rng(3)
    polygons = many(*(shapely.box(1000 * i, 0, 1000 * i + 1000, 1000) for i in range(6)))
    samples = sample_points(polygons, circles=circles((1500, 500, 30), (3000, 500, 90)))
    of = rng.integers(0, 5, 120)  # none in the last
    x_m, y_m = 1000 * of + rng.uniform(0, 1000, 120), rng.uniform(0, 1000, 120)
    people = rng.poisson(20, 120).astype(float)
    found = weigh_by_blocks(samples, polygon=of, x_m=x_m, y_m=y_m, population=people)
    assert shares(found, 6) == pytest.approx(np.ones(6), abs=1e-12)
    # each point belongs to its area's nearest block (brute force): their sums are the people
    total = np.bincount(of, people, minlength=6)
    for block in np.flatnonzero(people):
        mine = found.polygon == of[block]
        d2 = (found.x_m[mine, None] - x_m) ** 2 + (found.y_m[mine, None] - y_m) ** 2
        d2[:, (of != of[block]) | (people == 0)] = np.inf
        share = found.share[mine][d2.argmin(axis=1) == block].sum()
        assert share == pytest.approx(people[block] / total[of[block]])
