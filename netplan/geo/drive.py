"""Minutes of driving between places, without a road map."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from netplan.geo.distance import EARTH_RADIUS_KM

Floats = NDArray[np.float64]


def great_circle_matrix_km(
    from_lon: ArrayLike, from_lat: ArrayLike, to_lon: ArrayLike, to_lat: ArrayLike
) -> Floats:
    """Give the great-circle distances of every pair by the haversine formula, in km.

    Parameters
    ----------
    from_lon, from_lat
        Shape (n,), degrees.
    to_lon, to_lat
        Shape (m,), degrees.

    Returns
    -------
    distances
        Shape (n, m), km; on a sphere, so up to half a percent off the ellipsoid.
    """
    lon_a, lat_a = _column(from_lon), _column(from_lat)
    lon_b, lat_b = _column(to_lon).T, _column(to_lat).T
    half = (
        np.sin((lat_b - lat_a) / 2) ** 2
        + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    )
    distance_km: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, np.sqrt(half)))
    return distance_km


def drive_minutes(
    lon: ArrayLike,
    lat: ArrayLike,
    to_lon: ArrayLike | None = None,
    to_lat: ArrayLike | None = None,
    *,
    kmh: float,
    detour_factor: float,
) -> Floats:
    """Give the minutes to drive between places: great circle x detour / speed.

    Parameters
    ----------
    lon, lat
        Shape (n,), degrees: where the drives start.
    to_lon, to_lat
        Shape (m,), degrees: where they end; without them the same places.
    kmh
        Mean speed on the way, stops at lights included.
    detour_factor
        Road length over straight line (1 or more).

    Returns
    -------
    minutes
        Shape (n, m); 0 between a place and itself.

    Raises
    ------
    ValueError
        A place is not a finite number, or ``kmh`` is not positive.
    """
    if not kmh > 0:
        raise ValueError(f"kmh must be positive, found {kmh}")
    if to_lon is None or to_lat is None:
        to_lon, to_lat = lon, lat
    minutes: Floats = (
        great_circle_matrix_km(lon, lat, to_lon, to_lat) * detour_factor * (60.0 / kmh)
    )
    if not np.isfinite(minutes).all():
        # NaN would read as "not reachable in time" and silently drop a stop
        raise ValueError("a place without coordinates")
    return minutes


def _column(degrees: ArrayLike) -> Floats:
    """Give degrees as a column of radians."""
    return np.radians(np.asarray(degrees, dtype=np.float64)).reshape(-1, 1)
