"""The ground by hand: four squares of 800 m in a row, places that can be paced off."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.sparse import csr_array

from netplan.access.ground import (
    Ground,
    build_ground,
    in_areas,
    in_range,
    transit_reach,
    walkable,
)
from netplan.district.model import District
from netplan.errors import InputError
from netplan.gap.model import Estimates, Total
from netplan.geo.plane import Plane, unproject
from netplan.inputs.model import AccessSettings, Inputs, Planning, Settings
from tests.unit.test_geo_streets import STREET, osm_xml

PLANE = Plane(lon=-76.6, lat=39.4)
#: West to east; the names are not in the order of the places.
GEOIDS = ("240054001004", "240054001002", "240054001003", "240054001001")
NONE = Total(
    students=0,
    students_offline=0,
    se=0,
    households=0,
    households_offline=0,
    households_se=0,
)


def table(columns: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    """Give rows as a table of the district; a table without rows has its columns."""
    frame = pd.DataFrame(list(rows), columns=columns.split())
    texts = ("geoid", "block_id", "stop_id", "site_id", "radio_range", "status", "source")
    return frame.astype({name: float for name in frame if name not in texts})


def point(x_m: float, y_m: float) -> tuple[float, float]:
    """Give lon and lat of a point of `PLANE`, in meters from its middle."""
    lon, lat = unproject(PLANE, [x_m], [y_m])
    return float(lon[0]), float(lat[0])


def points(*rows: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Give lons and lats of points of `PLANE`."""
    x_m, y_m = np.array(rows).T
    return unproject(PLANE, x_m, y_m)


def degrees(polygon: shapely.Geometry) -> shapely.Geometry:
    """Give a polygon of `PLANE` in degrees."""
    return shapely.transform(
        polygon, lambda xy: np.column_stack(unproject(PLANE, xy[:, 0], xy[:, 1]))
    )


def row_of_squares() -> dict[str, shapely.Geometry]:
    """Give the four squares: their middle is the middle of the plane."""
    return {
        geoid: degrees(shapely.box(800 * i - 1600, -400, 800 * i - 800, 400))
        for i, geoid in enumerate(GEOIDS)
    }


def make_district(
    areas: Mapping[str, shapely.Geometry] | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
    streets: Path | None = None,
    **access: Any,
) -> District:
    """Give a district with areas and no places, but for the tables given."""
    areas = row_of_squares() if areas is None else areas
    whole: dict[str, pd.DataFrame] = {
        "areas": gpd.GeoDataFrame(
            {"geoid": sorted(areas), "level": "block_group"},
            geometry=[areas[geoid] for geoid in sorted(areas)],
            crs="EPSG:4326",
        ),
        "blocks": table("block_id geoid lat lon population"),
        "stops": table("stop_id lat lon"),
        "buses": table("radio_range_m"),
        "partners": table("lat lon"),
        "wireless": table("site_id lat lon range_m"),
        "transit": table("lat lon"),
        "radio_ranges": table(
            "radio_range outdoor_m home_m status source", ("wide", 60, 50, "claim", "3.40")
        ),
        **(tables or {}),
    }
    return District(
        inputs=Inputs(
            settings=Settings(name="Row"),
            planning=Planning(),
            tables=whole,
            hashes={},
            access=AccessSettings(**access),
            streets=streets,
        )
    )


def make_estimates(geoids: list[str]) -> Estimates:
    """Give estimates that say nothing but which areas there are."""
    return Estimates(
        definition="none",
        areas=pd.DataFrame({"geoid": geoids}),
        school_share=csr_array((len(geoids), 0)),
        school_ids=(),
        zones_guessed=False,
        total=NONE,
        benchmarks=pd.DataFrame(),
        fit=None,
        students_origin="land",
        student_household_ratio=1.0,
        student_household_ratio_se=0.0,
        ratio_source="",
        raked_total_se=0.0,
        missing={},
        notes=(),
    )


def make_ground(**options: Any) -> Ground:
    """Give the ground of a district of `make_district`."""
    district = make_district(**options)
    return build_ground(district, make_estimates(list(district.table("areas")["geoid"])))


def share_of(ground: Ground, reach: csr_array) -> dict[str, list[float]]:
    """Give the share of each area that each place reaches, west to east."""
    rows = np.arange(ground.area.size)
    by_area = csr_array((ground.share, (ground.area, rows)))
    found = (by_area @ reach.astype(np.float64)).toarray()
    return {geoid: found[ground.geoids.index(geoid)].tolist() for geoid in GEOIDS}


def test_points_are_in_the_order_of_the_estimates() -> None:
    ground = make_ground()
    assert ground.geoids == tuple(sorted(GEOIDS))
    assert np.bincount(ground.area).tolist() == [64] * 4
    assert np.bincount(ground.area, ground.share) == pytest.approx(np.ones(4))
    # the first geoid is the easternmost square
    assert ground.x_m[ground.area == 0].min() > 800
    assert ground.lon[ground.area == 0].min() > -76.6
    assert ground.how == (
        "at most 800 m on foot, straight line x 1.3; measured from 256 points in 4 areas, "
        "weighted by land: there are no census blocks"
    )
    assert ground.notes == ()


def test_a_walk_is_the_straight_line_times_the_detour() -> None:
    # 520 m x 1.3 = 676 m. A place in the middle of the western square reaches the columns of
    # points 50, 150, 250, 350 m off at any height, and of the next square those at 450 m
    # (up to 260 m north: heights 50, 150, 250; and south: 6 points).
    ground = make_ground(walk_limit_m=676.0, detour_factor=1.3)
    reach = walkable(ground, *points((-1200, 0), (50_000, 0)))
    assert reach.shape == (256, 2)
    assert reach.dtype == np.bool_
    shares = share_of(ground, reach)
    west, next_ = shares[GEOIDS[0]][0], shares[GEOIDS[1]][0]
    assert west == pytest.approx(1.0)
    assert next_ == pytest.approx(6 / 64)
    assert [shares[geoid][0] for geoid in GEOIDS[2:]] == [0, 0]
    assert reach[:, [1]].nnz == 0  # 50 km away


def test_ranges_may_differ_by_place() -> None:
    ground = make_ground()
    lon, lat = points((-1200, 0), (-1200, 0), (-1200, 0), (-1200, 0))
    reach = in_range(ground, lon, lat, [80.0, 160.0, 0.0, -5.0])
    # the middle of the square lies between points at (+-50, +-50), 71 m away; next 158 m
    assert np.diff(reach.tocsc().indptr).tolist() == [4, 12, 0, 0]
    assert in_range(ground, lon[:1], lat[:1], 80.0).nnz == 4
    assert in_range(ground, [], [], 80.0).shape == (256, 0)


def test_what_has_no_place_or_no_range_is_an_error() -> None:
    ground = make_ground()
    with pytest.raises(ValueError, match="without coordinates"):
        walkable(ground, [np.nan], [39.4])
    with pytest.raises(ValueError, match="without a range"):
        in_range(ground, [-76.6], [39.4], np.nan)


def test_sets_of_areas() -> None:
    ground = make_ground()
    reach = in_areas(ground, [None, {GEOIDS[0], GEOIDS[3]}, set(), [GEOIDS[1], GEOIDS[1]]])
    assert share_of(ground, reach) == {
        GEOIDS[0]: pytest.approx([1, 1, 0, 0]),
        GEOIDS[1]: pytest.approx([1, 0, 0, 1]),
        GEOIDS[2]: pytest.approx([1, 0, 0, 0]),
        GEOIDS[3]: pytest.approx([1, 1, 0, 0]),
    }
    assert in_areas(ground, []).shape == (256, 0)
    with pytest.raises(KeyError, match="999"):
        in_areas(ground, [{"999"}])


def test_riding_to_a_place() -> None:
    ground = make_ground(walk_limit_m=130.0, detour_factor=1.3)
    library = points((1200, 0))
    # stops in the middles of the first and third square, 2400 m and 800 m from the library;
    # 100 m of walk as the crow flies reach the 4 points 71 m away
    stops = points((-1200, 0), (400, 0))
    near = share_of(ground, transit_reach(ground, *library, *stops, 1000.0))
    assert [near[geoid][0] for geoid in GEOIDS] == pytest.approx([0, 0, 4 / 64, 0])
    far = share_of(ground, transit_reach(ground, *library, *stops, 2500.0))
    assert [far[geoid][0] for geoid in GEOIDS] == pytest.approx([4 / 64, 0, 4 / 64, 0])
    # no stops given: everyone within the distance; two points of the second square are 1251 m off
    anyone = share_of(ground, transit_reach(ground, *library, [], [], 1255.0))
    assert [anyone[geoid][0] for geoid in GEOIDS] == pytest.approx([0, 2 / 64, 1, 1])


def test_riding_against_brute_force() -> None:
    rng = np.random.default_rng(4)
    ground = make_ground(walk_limit_m=300.0)
    stops, places = rng.uniform(-1600, 1600, (40, 2)), rng.uniform(-1600, 1600, (7, 2))
    reach = transit_reach(ground, *points(*places), *points(*stops), 900.0).toarray()
    at = np.column_stack((ground.x_m, ground.y_m))
    walk = np.hypot(*(at[:, None] - stops[None]).transpose(2, 0, 1)) * 1.3 <= 300.0
    ride = np.hypot(*(stops[:, None] - places[None]).transpose(2, 0, 1)) <= 900.0
    assert np.array_equal(reach, (walk.astype(int) @ ride.astype(int)) > 0)


def test_students_live_where_the_blocks_say() -> None:
    # all of the first square live in its southwest corner, all of the second in its northeast
    blocks = table(
        "block_id geoid lat lon population",
        ("1", GEOIDS[0], *point(-1500, -300)[::-1], 90),
        ("2", GEOIDS[0], *point(-900, 300)[::-1], 0),
        ("3", GEOIDS[1], *point(-700, -300)[::-1], np.nan),
        ("4", GEOIDS[1], *point(-100, 300)[::-1], 10),
        ("5", "240054001999", *point(0, 0)[::-1], 10),  # of no area of ours
    )
    ground = make_ground(tables={"blocks": blocks})
    assert np.bincount(ground.area, ground.share) == pytest.approx(np.ones(4))
    # within 800 / 1.3 = 615 m of the corners where people live, and of the empty ones
    places = points((-1500, -300), (-100, 300))
    shares = share_of(ground, walkable(ground, *places))
    by_land = share_of(make_ground(), walkable(make_ground(), *places))
    # a single populated block holds the whole area: its points are all nearest to it
    assert shares == {geoid: pytest.approx(by_land[geoid]) for geoid in GEOIDS}
    assert "(2 of 4 areas have none and are weighted by land)" in ground.how


def test_a_place_reaches_people_and_not_land() -> None:
    # west half 300 people, east half 100: 615 m around the west edge's middle
    blocks = table(
        "block_id geoid lat lon population",
        ("1", GEOIDS[0], *point(-1400, 0)[::-1], 300),
        ("2", GEOIDS[0], *point(-1000, 0)[::-1], 100),
    )
    ground = make_ground(tables={"blocks": blocks}, walk_limit_m=390.0)
    plain = make_ground(walk_limit_m=390.0)
    place = points((-1600, 0))  # 300 m reach a part of the west half only
    with_people = share_of(ground, walkable(ground, *place))[GEOIDS[0]][0]
    with_land = share_of(plain, walkable(plain, *place))[GEOIDS[0]][0]
    assert with_people == pytest.approx(1.5 * with_land)  # 3/4 of the people on 1/2 of the land


def test_points_are_finer_where_a_bus_parks() -> None:
    stops = table("stop_id lat lon", ("A", *point(-1200, 0)[::-1]), ("B", *point(1180, 90)[::-1]))
    buses = table("radio_range_m", (np.nan,), (30,))
    ground = make_ground(
        tables={"stops": stops, "buses": buses}, bus_reach="home", radio_range="wide"
    )
    for range_m in (50.0, 30.0):  # the catalog's, and the bus's own
        reach = in_range(ground, stops["lon"], stops["lat"], range_m)
        shares = share_of(ground, reach)
        exact = np.pi * range_m**2 / 800**2
        assert shares[GEOIDS[0]] == pytest.approx([exact, 0], rel=0.05)
        assert shares[GEOIDS[3]] == pytest.approx([0, exact], rel=0.05)
    # when people walk to the bus instead, no finer points are needed
    assert make_ground(tables={"stops": stops, "buses": buses}).area.size == 256


def test_every_kind_of_place_gets_finer_points_in_wide_areas() -> None:
    wide = {"240054001001": degrees(shapely.box(-10_000, -10_000, 10_000, 10_000))}
    spot = point(1234, -4321)[::-1]
    lots = {
        "stops": table("stop_id lat lon", ("A", *spot)),
        "partners": table("lat lon", spot),
        "transit": table("lat lon", spot),
        "wireless": table("site_id lat lon range_m", ("W", *spot, 400)),
    }
    for name, lot in lots.items():
        radius_m = 400.0 if name == "wireless" else 800 / 1.3
        ground = make_ground(areas=wide, tables={name: lot})
        found = in_range(ground, lot["lon"], lot["lat"], radius_m)
        share = float(ground.share @ found.astype(np.float64).toarray()[:, 0])
        assert share * 4e8 == pytest.approx(np.pi * radius_m**2, rel=0.05), name
        assert ground.area.size < 500


def test_along_streets(tmp_path: Path) -> None:
    # a street from the middle of each square to the middle of the next, but a river without
    # a bridge between the first and the second
    middles = {i + 1: (800.0 * i - 1200.0, 0.0) for i in range(4)}
    middles |= {5: (-1200.0, 400.0), 6: (-1200.0, -400.0)}
    path = tmp_path / "row.osm"
    path.write_text(osm_xml(middles, [([5, 1, 6], STREET), ([2, 3, 4], STREET)]), encoding="utf-8")
    # 800 m, and twice 15 m because the nearest street point may stand some meters off
    ground = make_ground(streets=path, walk_limit_m=830.0)
    assert ground.how.startswith("at most 830 m on foot along streets (OpenStreetMap); ")
    place = points((-400, 0))
    shares = share_of(ground, walkable(ground, *place))
    straight = share_of(make_ground(), walkable(make_ground(), *place))
    assert straight[GEOIDS[0]][0] > 0.2
    assert shares[GEOIDS[0]][0] == 0.0  # across the river
    # 750 m along the street and 50 m beside it: the eighth column of points to the east is at
    # 350 m; those at 150 m beside it are reached 650 m along the street: up to 250 m
    reach = walkable(ground, *place).toarray()[:, 0]
    beside_m = np.abs(np.rint(ground.y_m))
    assert ground.x_m[reach & (beside_m == 50)].max() == pytest.approx(350, abs=1)
    assert ground.x_m[reach & (beside_m == 150)].max() == pytest.approx(250, abs=1)


def test_an_extract_of_elsewhere_or_of_a_corner(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.osm"
    text = osm_xml({1: (90_000, 0), 2: (91_000, 0)}, [([1, 2], STREET)])
    elsewhere.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no street in the district"):
        make_ground(streets=elsewhere)
    # a street through the first square: all of that, and of the second the half disc of
    # 400 m about its end: pi 400^2 / 2 / 800^2 = 0.39; (4 - 1.39) / 4 = 0.65 are farther
    corner = tmp_path / "corner.osm"
    corner.write_text(osm_xml({1: (-1600, 0), 2: (-800, 0)}, [([1, 2], STREET)]), "utf-8")
    (note,) = make_ground(streets=corner).notes
    assert note.startswith("On average 65% of an area lies more than 400 m from any street")


def test_an_unknown_radio_range_is_a_problem() -> None:
    with pytest.raises(InputError, match="unknown radio range"):
        make_ground(bus_reach="home", radio_range="mile")


def test_the_same_whatever_the_order_of_rows() -> None:
    rng = np.random.default_rng(8)
    rows = [
        (str(i), GEOIDS[i % 4], *point(800 * (i % 4) - 1600 + e, n - 400)[::-1], 10.0 * i)
        for i, (e, n) in enumerate(rng.uniform(0, 800, (40, 2)))
    ]
    stops = [("S" + row[0], *row[2:4]) for row in rows[:9]]
    grounds = [
        make_ground(
            tables={
                "blocks": table("block_id geoid lat lon population", *rows[::step]),
                "stops": table("stop_id lat lon", *stops[::step]),
            },
            bus_reach="home",
            radio_range="wide",
        )
        for step in (1, -1)
    ]
    one, two = (
        np.column_stack((g.area, g.x_m, g.y_m, g.share))[np.lexsort((g.y_m, g.x_m, g.area))]
        for g in grounds
    )
    assert one == pytest.approx(two, abs=1e-9)


def test_frozen_and_plain() -> None:
    ground = make_ground()
    with pytest.raises(dataclasses.FrozenInstanceError):
        ground.walk_limit_m = 1.0  # type: ignore[misc]
    json.dumps([ground.how, *ground.notes])
