"""Where a school is: two points that disagree, points far from all others, points that coincide."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from netplan.geo.distance import great_circle_km
from netplan.sources.numbers import read_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place in degrees."""

    lon: float
    lat: float

    def __str__(self) -> str:
        """Give the point as people write it: latitude, longitude."""
        return f"{self.lat:.5f}, {self.lon:.5f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointCell:
    """Two cells read as a point: the point if there is one, whether they were swapped or bad."""

    point: Point | None
    swapped: bool = False
    bad: str = ""


def read_point(lat_text: str, lon_text: str) -> PointCell:
    """Read a point; zero and empty cells are no point, swapped cells are put right.

    Swapped is only what cannot be meant: a latitude outside -90..90, or one
    that lies in the United States' longitudes beside a longitude that lies in
    its latitudes.
    """
    lat, lon = read_number(lat_text), read_number(lon_text)
    if lat.kind == "missing" and lon.kind == "missing":
        return PointCell(point=None)
    if lat.kind != "number" or lon.kind != "number":
        return PointCell(point=None, bad=f"{lat_text[:40]}, {lon_text[:40]}")
    x, y = lon.value, lat.value
    if x == 0 or y == 0:
        return PointCell(point=None)
    swapped = (abs(y) > 90 >= abs(x)) or (-180 <= y < -60 and 13 < x < 72)
    if swapped:
        x, y = y, x
    if abs(y) > 90 or abs(x) > 180:
        return PointCell(point=None, bad=f"{lat_text[:40]}, {lon_text[:40]}")
    return PointCell(point=Point(lon=x, lat=y), swapped=swapped)


def distance_km(a: Point, b: Point) -> float:
    """Give the distance of two points in km."""
    return great_circle_km(a.lon, a.lat, b.lon, b.lat)


def center(points: Sequence[Point]) -> Point | None:
    """Give the median point, which a few misplaced schools do not move."""
    if not points:
        return None
    return Point(lon=median(p.lon for p in points), lat=median(p.lat for p in points))
