"""The ground: points that stand for where students live, and what each of them can reach.

Every area of the estimates is covered by points with a share of its students. A place then
reaches the points within a walk, a radio range or a ride, and so a share of every area, by
distance to its people and not to its centroid.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from netplan.access.radio import bus_ranges_m, home_range_m
from netplan.district.model import District
from netplan.gap.model import Estimates
from netplan.geo.lattice import Circles, sample_points, weigh_by_blocks
from netplan.geo.plane import (
    Geometries,
    Plane,
    local_plane,
    project,
    project_polygons,
    unproject,
)
from netplan.geo.streets import OffStreet, WalkGraph, off_street, walking_graph, walks_within

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

#: Places searched at once: bounds the memory for pairs of points and places.
_PLACES_AT_ONCE = 256
#: Students farther than this from any street of the extract are named in the notes, m.
_FAR_FROM_STREETS_M = 400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Points that stand for the students of each area, sorted by area.

    Parameters
    ----------
    geoids
        Areas, as in `Estimates.areas`.
    plane
        Where meters are measured.
    lon, lat
        Shape (points,), degrees.
    x_m, y_m
        Shape (points,), coordinates of the plane.
    area
        Shape (points,), index into ``geoids``, ascending.
    share
        Shape (points,): share of the area's students; sums to 1 in every area.
    walk_limit_m
        Longest walk.
    detour_factor
        Walk over straight line, where there are no streets.
    streets
        None: walks are straight lines x ``detour_factor``.
    off_street
        The points' way to the streets; None without.
    how
        One sentence for the report: how reach is measured.
    notes
        Sentences about what the reader must know of it.
    """

    geoids: tuple[str, ...]
    plane: Plane
    lon: Floats
    lat: Floats
    x_m: Floats
    y_m: Floats
    area: Ints
    share: Floats
    walk_limit_m: float
    detour_factor: float
    streets: WalkGraph | None
    off_street: OffStreet | None
    how: str
    notes: tuple[str, ...] = ()


def build_ground(district: District, estimates: Estimates) -> Ground:
    """Cover the areas with points, finer near places whose reach is small.

    Parameters
    ----------
    district
        Tables areas, blocks, stops, buses, partners, wireless, transit, radio_ranges;
        ``access`` settings; the street extract if there is one.
    estimates
        Which areas, and in which order; one row per area of the district.

    Raises
    ------
    InputError
        The street extract cannot be used, or access.toml names an unknown radio range.
    """
    access = district.access
    areas = district.table("areas").set_index("geoid")
    geoids = tuple(str(geoid) for geoid in estimates.areas["geoid"])
    shapes = areas["geometry"].loc[list(geoids)]
    bounds = _floats(areas["geometry"].bounds)
    plane = local_plane((bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2)
    polygons = project_polygons(plane, shapes)

    streets = _streets(district, plane, polygons)
    walk_m = access.walk_limit_m if streets is not None else _straight_m(district)
    samples = sample_points(polygons, circles=_circles(district, plane, walk_m))
    blocks = district.table("blocks")
    row = blocks["geoid"].map({geoid: row for row, geoid in enumerate(geoids)})
    blocks, of = blocks[row.notna()], row[row.notna()].to_numpy(np.intp)
    block_x_m, block_y_m = project(plane, blocks["lon"], blocks["lat"])
    samples = weigh_by_blocks(
        samples, polygon=of, x_m=block_x_m, y_m=block_y_m, population=blocks["population"]
    )
    lon, lat = unproject(plane, samples.x_m, samples.y_m)
    peopled = np.bincount(of, blocks["population"].fillna(0.0), minlength=len(geoids)) > 0

    notes = []
    if samples.cut_short:
        notes.append(
            "So many places reach so little ground that the points around them are coarser "
            "than a quarter of their range: shares of single areas are less exact."
        )
    ways = None
    if streets is not None:
        ways = off_street(streets, samples.x_m, samples.y_m)
        far = float(samples.share[ways.distance_m > _FAR_FROM_STREETS_M].sum()) / len(geoids)
        if far > 0.01:
            notes.append(
                f"On average {far:.0%} of an area lies more than {_FAR_FROM_STREETS_M:.0f} m from "
                "any street of the OpenStreetMap extract. The way to the street counts as "
                "walked, so much of it is out of reach on foot; see that the extract covers the "
                "whole district."
            )
    return Ground(
        geoids=geoids,
        plane=plane,
        lon=lon,
        lat=lat,
        x_m=samples.x_m,
        y_m=samples.y_m,
        area=samples.polygon,
        share=samples.share,
        walk_limit_m=access.walk_limit_m,
        detour_factor=access.detour_factor,
        streets=streets,
        off_street=ways,
        how=_how(district, streets is not None, samples.x_m.size, int(peopled.sum()), len(geoids)),
        notes=tuple(notes),
    )


def walkable(ground: Ground, lon: ArrayLike, lat: ArrayLike) -> csr_array:
    """Say from which points people can walk to each place, within ``walk_limit_m``.

    Along streets where there are any, else straight line x ``detour_factor``.

    Parameters
    ----------
    lon, lat
        Shape (places,), degrees; all finite.

    Returns
    -------
    reach
        Shape (points, places), bool; indices sorted.
    """
    if ground.streets is None or ground.off_street is None:
        return in_range(ground, lon, lat, ground.walk_limit_m / ground.detour_factor)
    starts = off_street(ground.streets, *project(ground.plane, lon, lat))
    walks = walks_within(ground.streets, starts, ground.off_street, ground.walk_limit_m)
    return _pairs(walks.end, walks.start, (ground.area.size, starts.point.size))


def in_range(ground: Ground, lon: ArrayLike, lat: ArrayLike, range_m: ArrayLike) -> csr_array:
    """Say which points lie within a straight-line range of each place.

    Parameters
    ----------
    lon, lat
        Shape (places,), degrees; all finite.
    range_m
        One for all, or shape (places,).

    Returns
    -------
    reach
        Shape (points, places), bool; indices sorted.
    """
    x_m, y_m = project(ground.plane, lon, lat)
    places = np.column_stack((x_m, y_m))
    points = np.column_stack((ground.x_m, ground.y_m))
    return _within(points, places, np.broadcast_to(_floats(range_m), x_m.shape))


def in_areas(ground: Ground, geoid_sets: Sequence[Collection[str] | None]) -> csr_array:
    """Say which points lie in each set of areas.

    Parameters
    ----------
    geoid_sets
        Sets of geoids; None stands for every area.

    Returns
    -------
    reach
        Shape (points, sets), bool; indices sorted.

    Raises
    ------
    KeyError
        A geoid is not one of the ground's areas.
    """
    row_of = {geoid: row for row, geoid in enumerate(ground.geoids)}
    rows: list[int] = []
    columns: list[int] = []
    for column, geoids in enumerate(geoid_sets):
        chosen = row_of.values() if geoids is None else {row_of[geoid] for geoid in geoids}
        rows.extend(chosen)
        columns.extend([column] * len(chosen))
    members = _pairs(
        np.array(rows, dtype=np.intp),
        np.array(columns, dtype=np.intp),
        (len(ground.geoids), len(geoid_sets)),
    )
    reach = csr_array(members[ground.area])
    reach.sort_indices()
    return reach


def transit_reach(
    ground: Ground,
    lon: ArrayLike,
    lat: ArrayLike,
    stop_lon: ArrayLike,
    stop_lat: ArrayLike,
    reach_m: float,
) -> csr_array:
    """Say from which points people can ride to each place.

    They can where a transit stop is within a walk and lies within ``reach_m`` (straight line)
    of the place; without any transit stops, where the place itself lies within ``reach_m``.
    No timetable is read: a ride is assumed wherever there are stops (assumption).

    Parameters
    ----------
    lon, lat
        Shape (places,), degrees.
    stop_lon, stop_lat
        Shape (stops,), degrees; none: transit runs everywhere.
    reach_m
        How far from the place students ride.

    Returns
    -------
    reach
        Shape (points, places), bool; indices sorted. Those who can walk all the way are
        in `walkable`, not here.
    """
    stop_x_m, stop_y_m = project(ground.plane, stop_lon, stop_lat)
    if stop_x_m.size == 0:
        return in_range(ground, lon, lat, reach_m)
    x_m, y_m = project(ground.plane, lon, lat)
    rides = _within(
        np.column_stack((stop_x_m, stop_y_m)),
        np.column_stack((x_m, y_m)),
        np.full(x_m.size, reach_m),
    )
    served = np.flatnonzero(np.diff(rides.indptr))
    walks = walkable(ground, _floats(stop_lon)[served], _floats(stop_lat)[served])
    reach = csr_array(walks @ rides[served])
    reach.sort_indices()
    return reach


def _within(points: Floats, places: Floats, range_m: Floats) -> csr_array:
    """Say which points lie within each place's own range; shape (points, places), bool."""
    if np.isnan(range_m).any():
        # unknown is not the same as reaching nobody
        raise ValueError("a place without a range")
    shape = (len(points), len(places))
    tree = cKDTree(points)
    rows, columns = [], []
    # a range of zero or less reaches nothing, not even a point at the very place
    reaching = np.flatnonzero(range_m > 0)
    for first in range(0, reaching.size, _PLACES_AT_ONCE):
        some = reaching[first : first + _PLACES_AT_ONCE]
        pairs: Any = cKDTree(places[some]).sparse_distance_matrix(
            tree, float(range_m[some].max()), output_type="ndarray"
        )
        near = pairs["v"] <= range_m[some][pairs["i"]]
        rows.append(pairs["j"][near])
        columns.append(some[pairs["i"][near]])
    none = np.empty(0, dtype=np.intp)
    return _pairs(np.concatenate([none, *rows]), np.concatenate([none, *columns]), shape)


def _pairs(rows: Ints, columns: Ints, shape: tuple[int, int]) -> csr_array:
    """Give pairs, each named once, as a sorted bool matrix."""
    matrix = csr_array((np.ones(rows.size, dtype=np.bool_), (rows, columns)), shape=shape)
    matrix.sort_indices()
    return matrix


def _straight_m(district: District) -> float:
    """Give how far as the crow flies people walk."""
    return district.access.walk_limit_m / district.access.detour_factor


def _streets(district: District, plane: Plane, polygons: Geometries) -> WalkGraph | None:
    """Read the street extract, as far as a walk from the areas can lead."""
    path = district.inputs.streets
    if path is None:
        return None
    low_x, low_y, high_x, high_y = np.array([polygon.bounds for polygon in polygons]).T
    pad_m = district.access.walk_limit_m
    east, north = np.meshgrid(
        [low_x.min() - pad_m, 0.0, high_x.max() + pad_m],
        [low_y.min() - pad_m, 0.0, high_y.max() + pad_m],
    )
    lon, lat = unproject(plane, east.ravel(), north.ravel())
    bounds = (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
    return walking_graph(path, plane, bounds)


def _circles(district: District, plane: Plane, walk_m: float) -> Circles:
    """Give every place's reach: circles that the points must be fine enough for."""
    access = district.access
    stops, buses = district.table("stops"), district.table("buses")
    stop_ranges_m = [walk_m]
    if access.bus_reach == "home":
        home = home_range_m(access, district.table("radio_ranges"))
        stop_ranges_m = [float(range_m) for range_m in np.unique(bus_ranges_m(buses, home))]
    wireless = district.table("wireless")
    lots = [(stops, np.full(len(stops), range_m)) for range_m in stop_ranges_m]
    lots += [
        (table, np.full(len(table), walk_m))
        for table in (district.table("partners"), district.table("transit"))
    ]
    lots.append((wireless, _floats(wireless["range_m"])))
    x_m, y_m = project(
        plane,
        np.concatenate([_floats(table["lon"]) for table, _ in lots]),
        np.concatenate([_floats(table["lat"]) for table, _ in lots]),
    )
    return Circles(x_m=x_m, y_m=y_m, radius_m=np.concatenate([radius for _, radius in lots]))


def _how(district: District, streets: bool, points: int, peopled: int, areas: int) -> str:
    """Say in one sentence how reach is measured."""
    access = district.access
    walk = (
        f"at most {access.walk_limit_m:.0f} m on foot along streets (OpenStreetMap)"
        if streets
        else f"at most {access.walk_limit_m:.0f} m on foot, "
        f"straight line x {access.detour_factor:g}"
    )
    if peopled == areas:
        weight = "weighted by the population of the nearest census block"
    elif peopled:
        weight = (
            "weighted by the population of the nearest census block "
            f"({areas - peopled} of {areas} areas have none and are weighted by land)"
        )
    else:
        weight = "weighted by land: there are no census blocks"
    return f"{walk}; measured from {points:,} points in {areas:,} areas, {weight}"


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)
