"""Walking along streets: an OpenStreetMap extract as a graph, and walks in it.

Ways that people may walk become a graph of street points at most 25 m apart. A walk goes
straight from where it starts to the nearest street point, along streets, and straight to
where it ends; all three parts count, so that each end adds at most 25 m to what the walk
would be from the nearest spot of the street. One-way rules bind cars, not walkers.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import osmium
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from netplan.errors import InputError, Problem
from netplan.geo.plane import Floats, Plane, project

Ints = NDArray[np.intp]

#: Largest extract that is read: a state is some 50 to 300 MB, its node locations need twice
#: that in memory (assumption).
BYTES_AT_MOST = 500_000_000
#: Street points at most, some 150,000 km of street: a packed file of a few MB can hold more.
POINTS_AT_MOST = 6_000_000
#: A street has a point at least this often, so that the nearest one is about the nearest
#: place on the street.
STEP_M = 25.0
#: Pieces of path cut off from everything that are shorter than this are slips of the
#: mapping, such as a footway inside a mall; nobody's walk starts there (assumption).
ISLAND_M = 500.0
#: Places searched in one go, to bound memory.
_PLACES_AT_ONCE = 64

#: Kinds of way (OpenStreetMap ``highway``) that people may walk unless a tag says otherwise.
WALKED = frozenset(
    {
        "bridleway", "corridor", "crossing", "cycleway", "footway", "living_street", "path",
        "pedestrian", "platform", "primary", "primary_link", "residential", "road",
        "secondary", "secondary_link", "service", "steps", "tertiary", "tertiary_link",
        "track", "unclassified",
    }
)  # fmt: skip
#: Kinds that people may walk only where a tag says so.
FAST = frozenset({"motorway", "motorway_link", "trunk", "trunk_link"})
_ALLOWED = frozenset({"yes", "designated", "permissive", "official"})
_FORBIDDEN = frozenset({"no", "private"})
_SIDEWALK = frozenset({"yes", "both", "left", "right", "separate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkGraph:
    """Street points and the pieces of street between them.

    Parameters
    ----------
    x_m, y_m
        Shape (street points,): coordinates of the plane.
    length_m
        Shape (street points, street points), symmetric: length of the piece between two.
    tree
        Finds the nearest street point.
    """

    x_m: Floats
    y_m: Floats
    length_m: csr_array
    tree: cKDTree


@dataclass(frozen=True, slots=True, kw_only=True)
class OffStreet:
    """The nearest street point of some places, and the straight way there, in m."""

    point: Ints
    distance_m: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Walks:
    """Walks within a limit: index of the start, index of the end, length; sorted by both."""

    start: Ints
    end: Ints
    distance_m: Floats


def may_walk(tags: Mapping[str, str]) -> bool:
    """Say whether people may walk along an OpenStreetMap way, by its tags."""
    foot = tags.get("foot", "")
    if foot in _FORBIDDEN:
        return False
    kind = tags.get("highway", "")
    if kind in FAST:
        return foot in _ALLOWED or tags.get("sidewalk", "") in _SIDEWALK
    return kind in WALKED and (foot in _ALLOWED or tags.get("access", "") not in _FORBIDDEN)


def walking_graph(path: Path, plane: Plane, bounds: tuple[float, float, float, float]) -> WalkGraph:
    """Read the walkable streets of an OpenStreetMap extract.

    Parameters
    ----------
    path
        A file ``*.osm.pbf`` or ``*.osm``; opened for reading, nothing is downloaded.
    plane
        Of the district.
    bounds
        West, south, east, north in degrees: ways with no point inside are left out.

    Raises
    ------
    InputError
        The file is missing, too large, broken, or holds no walkable street inside.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise _unusable(path, "unreadable-streets", f"cannot be read: {error.strerror}") from error
    if size > BYTES_AT_MOST:
        raise _too_large(path, f"{size / 1e6:.0f} MB", f"{BYTES_AT_MOST / 1e6:.0f} MB")
    try:
        ids, lon, lat, way = _read_ways(path, bounds)
    except (RuntimeError, ValueError, OSError, osmium.InvalidLocationError) as error:
        # the parser's words may quote the file: only the first line, cut short
        words = (str(error).splitlines() or [""])[0][:120]
        raise _unusable(path, "broken-streets", f"is broken ({words})") from error
    graph = _graph(path, plane, ids, lon, lat, way) if ids.size else None
    if graph is None or graph.length_m.nnz == 0:
        raise _unusable(path, "no-streets", "has no street in the district on which people walk")
    return graph


def off_street(graph: WalkGraph, x_m: ArrayLike, y_m: ArrayLike) -> OffStreet:
    """Give the nearest street point of each place."""
    distance_m, point = graph.tree.query(np.column_stack((_floats(x_m), _floats(y_m))))
    return OffStreet(point=np.asarray(point, dtype=np.intp), distance_m=_floats(distance_m))


def walks_within(graph: WalkGraph, starts: OffStreet, ends: OffStreet, limit_m: float) -> Walks:
    """Give every shortest walk between a start and an end that is no longer than a limit.

    Parameters
    ----------
    starts
        The few, such as bus stops: a search runs from each.
    ends
        The many, such as where people live.
    limit_m
        Longest walk, both straight parts included.

    Notes
    -----
    Starts are taken by tiles of the plane, and a tile is searched in the part of the graph
    around it: no walk within the limit can leave that part, since a way along streets is
    never shorter than the straight line.
    """
    ends_at = csr_array(
        (np.ones(ends.point.size, dtype=np.bool_), (ends.point, np.arange(ends.point.size))),
        shape=(graph.x_m.size, ends.point.size),
    )
    near = np.flatnonzero(starts.distance_m <= limit_m)
    if near.size == 0 or ends.point.size == 0:
        none = np.empty(0, dtype=np.intp)
        return Walks(start=none, end=none, distance_m=np.empty(0))
    east, north = graph.x_m[starts.point[near]], graph.y_m[starts.point[near]]
    side_m = max(limit_m, 1.0)
    tile = np.column_stack((np.floor(east / side_m), np.floor(north / side_m)))
    tiles, of = np.unique(tile, axis=0, return_inverse=True)
    order = np.argsort(of.reshape(-1), kind="stable")
    ends_of_tile = np.cumsum(np.bincount(of.reshape(-1), minlength=len(tiles)))
    place = np.full(graph.x_m.size, -1, dtype=np.intp)

    found: list[tuple[Ints, Ints, Floats]] = []
    for (column, row), members in zip(tiles, np.split(near[order], ends_of_tile[:-1]), strict=True):
        middle = ((column + 0.5) * side_m, (row + 0.5) * side_m)
        reach_m = side_m * np.sqrt(0.5) + limit_m + 1.0
        around = np.sort(np.asarray(graph.tree.query_ball_point(middle, reach_m), dtype=np.intp))
        place[around] = np.arange(around.size)
        part = graph.length_m[around][:, around]
        hit = ends_at[around]
        their_ends = hit.indices.astype(np.intp)
        their_place = np.repeat(np.arange(around.size), np.diff(hit.indptr))
        for first in range(0, members.size, _PLACES_AT_ONCE):
            some = members[first : first + _PLACES_AT_ONCE]
            walk_m = dijkstra(part, indices=place[starts.point[some]], limit=limit_m)
            walk_m = walk_m[:, their_place]
            walk_m += starts.distance_m[some, None] + ends.distance_m[None, their_ends]
            which, end = np.nonzero(walk_m <= limit_m)
            found.append((some[which], their_ends[end], walk_m[which, end]))
        place[around] = -1
    start, end, distance_m = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((end, start))
    return Walks(start=start[order], end=end[order], distance_m=distance_m[order])


def _read_ways(
    path: Path, bounds: tuple[float, float, float, float]
) -> tuple[NDArray[np.int64], Floats, Floats, Ints]:
    """Give the points of walkable ways in order: id, lon, lat, and which way they are of."""
    west, south, east, north = bounds
    ids, lons, lats, ways = array("q"), array("d"), array("d"), array("q")
    # An absolute path: osmium takes a name such as "http://..." for something to fetch.
    # It refuses XML entities, so a file cannot blow up in memory through them.
    reader = (
        osmium.FileProcessor(str(path.resolve()), osmium.osm.NODE | osmium.osm.WAY)
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter("highway"))
    )
    number = 0
    for way in reader:
        if not isinstance(way, osmium.osm.Way) or not may_walk(dict(way.tags)):
            continue
        # a way that is cut at the extract's edge names nodes that the file does not hold
        points = [(node.ref, node.lon, node.lat) for node in way.nodes if node.location.valid()]
        if any(west <= lon <= east and south <= lat <= north for _, lon, lat in points):
            for ref, lon, lat in points:
                ids.append(ref)
                lons.append(lon)
                lats.append(lat)
                ways.append(number)
            number += 1
        if len(ids) > POINTS_AT_MOST:
            raise _too_many(path)
    return (
        np.array(ids, dtype=np.int64),
        np.array(lons, dtype=np.float64),
        np.array(lats, dtype=np.float64),
        np.array(ways, dtype=np.intp),
    )


def _graph(
    path: Path, plane: Plane, ids: NDArray[np.int64], lon: Floats, lat: Floats, way: Ints
) -> WalkGraph:
    """Join ways where they share a node, and cut their pieces to `STEP_M`."""
    _, first, node = np.unique(ids, return_index=True, return_inverse=True)
    x_m, y_m = project(plane, lon[first], lat[first])
    follows = (way[1:] == way[:-1]) & (node[1:] != node[:-1])
    pairs = np.column_stack((node[:-1][follows], node[1:][follows]))
    # a piece that two ways share is one piece: summing the two would double its length
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    a, b = pairs[:, 0], pairs[:, 1]
    # two nodes at one place: a length of zero would be no connection at all in a sparse matrix
    length_m = np.maximum(np.hypot(x_m[b] - x_m[a], y_m[b] - y_m[a]), 1e-3)

    parts = np.maximum(1, np.ceil(length_m / STEP_M)).astype(np.intp)
    if parts.sum() > POINTS_AT_MOST:
        raise _too_many(path)
    piece = np.repeat(np.arange(len(pairs)), parts)
    step = np.arange(piece.size) - np.repeat(np.cumsum(parts) - parts, parts)
    # inner points of a piece are numbered after the nodes, one less than it has parts
    inner = x_m.size + np.cumsum(parts - 1) - (parts - 1)
    head = np.where(step == 0, a[piece], inner[piece] + step - 1)
    tail = np.where(step == parts[piece] - 1, b[piece], inner[piece] + step)
    of, share = piece[step > 0], (step / parts[piece])[step > 0]
    x_m = np.concatenate((x_m, x_m[a[of]] + share * (x_m[b[of]] - x_m[a[of]])))
    y_m = np.concatenate((y_m, y_m[a[of]] + share * (y_m[b[of]] - y_m[a[of]])))
    return _without_islands(x_m, y_m, head, tail, (length_m / parts)[piece])


def _without_islands(x_m: Floats, y_m: Floats, a: Ints, b: Ints, length_m: Floats) -> WalkGraph:
    """Give the graph without pieces that hang together with too little."""
    count = x_m.size
    half = coo_array((length_m, (a, b)), shape=(count, count))
    whole = (half + half.T).tocsr()
    island = connected_components(whole, directed=False)[1]
    size_m = np.bincount(island[a], length_m, minlength=int(island.max()) + 1)
    keep = np.flatnonzero((size_m >= min(ISLAND_M, float(size_m.max())))[island])
    x_m, y_m = x_m[keep], y_m[keep]
    return WalkGraph(
        x_m=x_m,
        y_m=y_m,
        length_m=csr_array(whole[keep][:, keep]),
        tree=cKDTree(np.column_stack((x_m, y_m))),
    )


def _unusable(path: Path, code: str, words: str) -> InputError:
    """Give the error for an extract that cannot be used."""
    return InputError(
        [
            Problem(
                code=code,
                file=path.name,
                message=f"the OpenStreetMap extract {words}",
                expected="an extract (.osm.pbf or .osm) that covers the district",
                fix="Download it again, or take it out of the folder to measure straight lines",
            )
        ]
    )


def _too_many(path: Path) -> InputError:
    """Give the error for more streets than fit in memory."""
    return _too_large(
        path, f"over {POINTS_AT_MOST:,} street points", f"{POINTS_AT_MOST:,} street points"
    )


def _too_large(path: Path, value: str, limit: str) -> InputError:
    """Give the error for an extract of more than a district."""
    return InputError(
        [
            Problem(
                code="streets-too-large",
                file=path.name,
                value=value,
                message="the OpenStreetMap extract is too large",
                expected=f"at most {limit}",
                fix="Cut it to the district, as with `osmium extract --bbox`",
            )
        ]
    )


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)
