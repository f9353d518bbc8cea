"""The local plane against geodesics on the ellipsoid, which pyproj works out another way."""

import math

import numpy as np
import pytest
import shapely
from pyproj import Geod

from netplan.geo.plane import Plane, local_plane, project, project_polygons, unproject

GEOD = Geod(ellps="WGS84")
#: Middles of counties: St. Lucie, Baltimore, North Slope (Alaska), south of the equator.
MIDDLES = [(-80.4, 27.4), (-76.6, 39.4), (-153.5, 69.3), (170.7, -14.3)]


@pytest.mark.parametrize(("lon", "lat"), MIDDLES)
def test_distances_at_county_size_agree_with_geodesics(lon: float, lat: float) -> None:
    rng = np.random.default_rng(1)
    # points up to some 70 km from the middle in each direction
    north = lat + rng.uniform(-0.6, 0.6, 200)
    east = lon + rng.uniform(-0.6, 0.6, 200) / math.cos(math.radians(lat))
    plane = local_plane(east, north)
    x_m, y_m = project(plane, east, north)
    found_m = np.hypot(x_m[1:] - x_m[:-1], y_m[1:] - y_m[:-1])
    true_m = np.array(GEOD.inv(east[:-1], north[:-1], east[1:], north[1:])[2])
    assert np.abs(found_m / true_m - 1).max() < 1e-3
    assert np.abs(found_m / true_m - 1).max() < 1e-4  # what the docstring says, in fact


def test_areas_are_those_on_the_ellipsoid() -> None:
    box = shapely.segmentize(shapely.box(-77.0, 39.1, -76.2, 39.8), 0.01)
    plane = local_plane([-77.0, -76.2], [39.1, 39.8])
    true_m2 = abs(GEOD.geometry_area_perimeter(box)[0])
    assert project_polygons(plane, [box])[0].area == pytest.approx(true_m2, rel=1e-5)


def test_the_middle_is_in_the_middle_and_north_is_up() -> None:
    plane = Plane(lon=-80.0, lat=27.0)
    x_m, y_m = project(plane, [-80.0, -79.99, -80.0], [27.0, 27.0, 27.01])
    # a hundredth of a degree: 1113.2 m x cos(27) = 992.5 m east, 1108.0 m north
    assert x_m == pytest.approx([0, 992.5, 0], abs=0.1)
    assert y_m == pytest.approx([0, 0, 1108.0], abs=0.1)


def test_there_and_back() -> None:
    plane = local_plane([-77.0, -76.0], [39.0, 40.0])
    lon, lat = np.array([-77.1, -76.5, -75.9]), np.array([38.9, 39.5, 40.2])
    again = unproject(plane, *project(plane, lon, lat))
    assert np.abs(np.array(again) - [lon, lat]).max() < 1e-7  # a centimeter


def test_a_district_across_the_180th_meridian_has_its_own_middle() -> None:
    plane = local_plane([179.0, -179.0], [52.0, 52.0])
    assert abs(plane.lon) == pytest.approx(180.0)
    x_m, _ = project(plane, [179.0, -179.0], [52.0, 52.0])
    assert x_m[1] - x_m[0] == pytest.approx(137_000, rel=0.01)  # 2 degrees, not 358


def test_polygons_with_holes_and_several_parts_keep_their_shape() -> None:
    hole = shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2))
    parts = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3)])
    meters = project_polygons(Plane(lon=1.5, lat=1.5), [hole, parts])
    assert [shape.geom_type for shape in meters] == ["Polygon", "MultiPolygon"]
    assert len(meters[0].interiors) == 1


def test_nothing_without_coordinates_gets_through() -> None:
    plane = Plane(lon=0.0, lat=0.0)
    with pytest.raises(ValueError, match="without coordinates"):
        project(plane, [0.0, math.nan], [0.0, 0.0])
    with pytest.raises(ValueError, match="no plane"):
        local_plane([], [])
    assert project(plane, [], [])[0].size == 0
