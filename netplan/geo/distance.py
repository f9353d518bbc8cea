"""Distances on the globe, for points given in degrees."""

import math
from collections.abc import Sequence
from statistics import median

#: Mean radius of the Earth (IUGG), km.
EARTH_RADIUS_KM = 6371.0088
_USUAL_REACH_KM = 100.0


def great_circle_km(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Give the great-circle distance of two points by the haversine formula, in km.

    On a sphere, so up to half a percent off the ellipsoid.
    """
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half = (
        math.sin((phi_b - phi_a) / 2) ** 2
        + math.cos(phi_a) * math.cos(phi_b) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


def plausible_reach_km(distances_km: Sequence[float]) -> float:
    """Give the distance from the middle of a district past which a school's point is doubted.

    100 km, and four times the median distance in the few districts that are wider than that
    (an assumption: counties of the West and Alaska's boroughs reach 300 km and more).

    Parameters
    ----------
    distances_km
        Of all schools from the middle.
    """
    return max(_USUAL_REACH_KM, 4.0 * median(distances_km)) if distances_km else _USUAL_REACH_KM
