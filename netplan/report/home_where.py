"""Areas by a place that people know: how far from the nearest school, and in which direction."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree
from shapely import get_x, get_y, point_on_surface

from netplan.geo.plane import local_plane, project
from netplan.report.format import clean
from netplan.report.home import GapReport
from netplan.report.lookup import Row

_METERS_PER_MILE = 1609.344
#: Nearer than this is "at" the school: an area's middle says no more.
_AT_MILES = 0.15
_NAMED = 2
_WINDS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


def find_places(report: GapReport) -> Mapping[str, tuple[str, str]]:
    """Give each area's geoid its nearest school's name and its place in words.

    Returns
    -------
    places
        geoid to (name of the school, such as ``0.8 mi NE of Oak Elementary``), measured in a
        straight line to a point inside the area; empty where there are no areas or schools.
    """
    areas = report.district.table("areas")
    schools = report.district.table("schools").sort_values("school_id", kind="stable")
    schools = schools[schools["lat"].notna() & schools["lon"].notna()]
    if areas.empty or schools.empty:
        return {}
    inside = point_on_surface(areas.geometry.to_numpy())
    lon, lat = get_x(inside), get_y(inside)
    plane = local_plane(lon, lat)
    x_m, y_m = project(plane, lon, lat)
    school_x, school_y = project(plane, schools["lon"], schools["lat"])
    found_m, found = cKDTree(np.column_stack([school_x, school_y])).query(
        np.column_stack([x_m, y_m])
    )
    meters, nearest = np.asarray(found_m), np.asarray(found)
    names = [
        clean(str(school if pd.isna(name) or not name else name))
        for school, name in zip(schools["school_id"], schools["name"], strict=True)
    ]
    return {
        str(geoid): (names[near], _words(names[near], far, east, north))
        for geoid, near, far, east, north in zip(
            areas["geoid"],
            nearest,
            meters / _METERS_PER_MILE,
            x_m - school_x[nearest],
            y_m - school_y[nearest],
            strict=True,
        )
    }


def where(row: Row, places: Mapping[str, tuple[str, str]]) -> str:
    """Put an area, or a group of areas by the schools nearest to them, into words."""
    geoids = row["geoids"].split(";") if row.get("geoids") else [row["geoid"]]
    known = [places[geoid] for geoid in geoids if geoid in places]
    if not known:
        return str(row["place"])
    if len(geoids) == 1:
        return known[0][1]
    names = list(dict.fromkeys(name for name, _ in known))
    more = len(names) - _NAMED
    return f"near {', '.join(names[:_NAMED])}" + (f" and {more} more" if more > 0 else "")


def _words(name: str, miles: float, east: float, north: float) -> str:
    if miles < _AT_MILES:
        return f"at {name}"
    wind = _WINDS[round(float(np.degrees(np.arctan2(east, north))) / 45.0) % 8]
    return f"{miles:.1f} mi {wind} of {name}"
