"""The local plane: meters instead of degrees, for everything that measures.

Whoever needs a distance or an area projects first. Nothing in netplan takes a radius in
degrees: radii are named ``_m`` and are compared with coordinates of a `Plane`, named
``x_m`` and ``y_m``.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
#: Array of shapely geometries.
Geometries = NDArray[np.object_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Lambert's azimuthal equal-area plane (WGS 84 ellipsoid), by its middle in degrees.

    Areas are exact everywhere. Distances are off by at most c^2/8, c being the angle from
    the middle: 0.003 % at 100 km, 0.03 % at 300 km.
    """

    lon: float
    lat: float


def local_plane(lon: ArrayLike, lat: ArrayLike) -> Plane:
    """Give the plane about the middle of some points.

    The middle is the mean direction from the Earth's center, so that a district on both
    sides of the 180th meridian (the Aleutians) gets its own middle and not Greenwich's.

    Parameters
    ----------
    lon, lat
        Shape (n,), degrees.

    Raises
    ------
    ValueError
        There is no point, or one is not finite.
    """
    phi = np.radians(np.asarray(lat, dtype=np.float64))
    lam = np.radians(np.asarray(lon, dtype=np.float64))
    if phi.size == 0 or not (np.isfinite(phi).all() and np.isfinite(lam).all()):
        raise ValueError("no plane without points that have coordinates")
    x, y, z = (
        float(np.mean(part))
        for part in (np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi))
    )
    return Plane(
        lon=float(np.degrees(np.arctan2(y, x))),
        lat=float(np.degrees(np.arctan2(z, np.hypot(x, y)))),
    )


def project(plane: Plane, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Give points in meters east and north of the plane's middle.

    Parameters
    ----------
    lon, lat
        Shape (n,), degrees.

    Returns
    -------
    x_m, y_m
        Shape (n,) each.

    Raises
    ------
    ValueError
        A coordinate is not finite, or is no place on Earth.
    """
    lon = np.asarray(lon, dtype=np.float64)
    lat = np.asarray(lat, dtype=np.float64)
    x_m, y_m = _laea(plane)(lon, lat)
    if not (np.isfinite(x_m).all() and np.isfinite(y_m).all()):
        # a place without coordinates must not silently become one that is out of reach
        raise ValueError("a point without coordinates, or off the Earth")
    return np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)


def unproject(plane: Plane, x_m: ArrayLike, y_m: ArrayLike) -> tuple[Floats, Floats]:
    """Give points of the plane as lon, lat in degrees: the inverse of `project`."""
    lon, lat = _laea(plane)(
        np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64), inverse=True
    )
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def project_polygons(plane: Plane, polygons: Iterable[object]) -> Geometries:
    """Give polygons in meters of the plane.

    Parameters
    ----------
    polygons
        GeoSeries or other iterable of shapely geometries in degrees (EPSG:4326, lon first).

    Returns
    -------
    polygons
        Shape (n,), object: shapely geometries in m.
    """
    degrees = np.array(list(polygons), dtype=np.object_)

    def to_meters(points: Floats) -> Floats:
        return np.column_stack(project(plane, points[:, 0], points[:, 1]))

    meters: Geometries = shapely.transform(degrees, to_meters)
    return meters


def _laea(plane: Plane) -> pyproj.Proj:
    return pyproj.Proj(proj="laea", lon_0=plane.lon, lat_0=plane.lat, ellps="WGS84")
