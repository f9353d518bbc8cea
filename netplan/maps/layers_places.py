"""Where equipment is drawn: at its school, or at a schematic place when it has none.

Nobody writes down where a core router stands. Equipment without a school is put where its links
pull it: the middle of what it is linked to, each link pulling alike. A chain that leads away
from the schools (filter, firewall, internet) would fall onto one point, so what is nearer than
`APART` of the district's width is moved outward, to the nearest free place around its own.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.linalg import spsolve
from scipy.spatial import cKDTree

from netplan.geo.plane import local_plane, project, unproject
from netplan.maps.layers_table import Geometries
from netplan.maps.model import Bools, Floats, Ints

#: Least distance of equipment from other places, as a share of the district's width; where
#: there are very many places, `CROWDED` over the root of their number.
APART = 0.05
CROWDED = 0.5
#: A district of one building still needs room on the page, m.
_LEAST_APART_M = 60.0
#: Directions that are tried around a taken place, from north on.
_DIRECTIONS = 16
_MOST_RINGS = 60
#: Free is what is this much of `APART` away: rings would otherwise miss each other by rounding.
_NEARLY = 0.98


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where nodes are drawn.

    Parameters
    ----------
    node_ids
        Rows of the arrays below, sorted.
    lon, lat
        Shape (nodes,): NaN where nothing says where a node is.
    schematic
        Shape (nodes,): placed by the rule above, not by its school.
    site
        Shape (nodes,): number of the place; nodes of one school share theirs, -1 = none.
    """

    node_ids: tuple[str, ...]
    lon: Floats
    lat: Floats
    schematic: Bools
    site: Ints

    def row(self) -> dict[str, int]:
        """Give node_id to its row."""
        return {node: row for row, node in enumerate(self.node_ids)}


def find_places(schools: pd.DataFrame, nodes: pd.DataFrame, links: pd.DataFrame) -> Places:
    """Place every node of a district.

    Parameters
    ----------
    schools
        school_id, lon, lat.
    nodes
        node_id, school_id (empty: none).
    links
        a, b.
    """
    nodes = nodes.sort_values("node_id", kind="stable", ignore_index=True)
    ids = tuple(nodes["node_id"].astype(str))
    at = schools.set_index("school_id")
    owner = nodes["school_id"].fillna("").astype(str)
    lon = owner.map(at["lon"]).to_numpy(dtype=np.float64, copy=True)
    lat = owner.map(at["lat"]).to_numpy(dtype=np.float64, copy=True)
    fixed = np.isfinite(lon) & np.isfinite(lat)
    codes, known = pd.factorize(owner.where(owner != ""), sort=True)
    site = np.asarray(codes, dtype=np.int64)
    free = site < 0
    site[free] = len(known) + np.arange(int(free.sum()))
    site[~fixed & ~free] = -1
    if fixed.any() and free.any():
        ends = np.column_stack([_rows(ids, links["a"]), _rows(ids, links["b"])])
        ends = ends[ends[:, 0] != ends[:, 1]]
        plane = local_plane(lon[fixed], lat[fixed])
        xy = np.full((len(ids), 2), np.nan)
        xy[fixed] = np.column_stack(project(plane, lon[fixed], lat[fixed]))
        hops = _hops(len(ids), ends, fixed)
        moving = free & (hops > 0)
        xy[moving] = _middles(xy, ends, fixed, moving)
        _pull_apart(xy, fixed, moving, hops)
        lon[moving], lat[moving] = unproject(plane, xy[moving, 0], xy[moving, 1])
    lost = ~np.isfinite(lon)
    site[lost] = -1
    return Places(node_ids=ids, lon=lon, lat=lat, schematic=free & ~lost, site=site)


def ends_of(places: Places, links: pd.DataFrame) -> tuple[Ints, Ints, Bools]:
    """Give the rows of both ends of each link, and which links join two places."""
    a, b = _rows(places.node_ids, links["a"]), _rows(places.node_ids, links["b"])
    between = (places.site[a] >= 0) & (places.site[b] >= 0) & (places.site[a] != places.site[b])
    return a, b, between


def _rows(ids: tuple[str, ...], nodes: pd.Series) -> Ints:
    return np.asarray(pd.Index(ids).get_indexer(pd.Index(nodes.astype(str))), dtype=np.int64)


def lines_between(places: Places, a: Ints, b: Ints) -> Geometries:
    """Give straight lines from place to place, in degrees."""
    start = np.column_stack([places.lon[a], places.lat[a]])
    end = np.column_stack([places.lon[b], places.lat[b]])
    made: Geometries = shapely.linestrings(np.stack([start, end], axis=1))
    return made


def _hops(count: int, ends: Ints, fixed: Bools) -> Ints:
    """Count links to the nearest placed node; -1 where no way leads to one."""
    both = np.concatenate([ends, ends[:, ::-1]])
    near = csr_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(count, count))
    hops = np.where(fixed, 0, -1)
    reached = fixed
    while reached.any():
        reached = (near @ reached.astype(np.float64) > 0) & (hops < 0)
        hops[reached] = hops.max() + 1
    return hops


def _middles(xy: Floats, ends: Ints, fixed: Bools, moving: Bools) -> Floats:
    """Put each moving node at the mean of its neighbors, all at once (Tutte's embedding)."""
    number = np.cumsum(moving) - 1
    both = np.concatenate([ends, ends[:, ::-1]])
    both = both[moving[both[:, 0]] & (moving | fixed)[both[:, 1]]]
    mine, other = number[both[:, 0]], both[:, 1]
    count = int(moving.sum())
    degree = np.bincount(mine, minlength=count).astype(np.float64)
    inner = moving[other]
    pull = np.zeros((count, 2))
    np.add.at(pull, mine[~inner], xy[other[~inner]])
    matrix = coo_array(
        (
            np.concatenate([degree, np.full(int(inner.sum()), -1.0)]),
            (
                np.concatenate([np.arange(count), mine[inner]]),
                np.concatenate([np.arange(count), number[other[inner]]]),
            ),
        ),
        shape=(count, count),
    ).tocsc()
    return np.asarray(spsolve(matrix, pull), dtype=np.float64).reshape(count, 2)


def _pull_apart(xy: Floats, fixed: Bools, moving: Bools, hops: Ints) -> None:
    """Move nodes of ``xy`` that stand too near, those with few hops to a school first."""
    taken = np.unique(xy[fixed], axis=0)
    width = float(np.ptp(taken, axis=0).max())
    crowd = len(taken) + int(moving.sum())
    apart = max(min(APART, CROWDED / crowd**0.5) * width, _LEAST_APART_M)
    angle = 2.0 * np.pi * np.arange(_DIRECTIONS) / _DIRECTIONS
    ring = np.column_stack([np.sin(angle), np.cos(angle)])
    near = cKDTree(taken)
    order = sorted(np.flatnonzero(moving).tolist(), key=lambda node: hops[node])
    placed = np.empty((len(order), 2))
    for done, node in enumerate(order):
        own = xy[node].copy()
        for far in range(_MOST_RINGS):
            tried = own + far * apart * ring if far else own[None, :]
            clear = np.asarray(near.query(tried)[0], dtype=np.float64)
            if done:
                gaps = np.hypot(*(tried[:, None, :] - placed[None, :done, :]).T)
                clear = np.minimum(clear, gaps.min(axis=0))
            if clear.max() >= _NEARLY * apart:
                xy[node] = tried[int(np.argmax(clear >= _NEARLY * apart))]
                break
        placed[done] = xy[node]
