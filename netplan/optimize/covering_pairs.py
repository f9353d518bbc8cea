"""Which points lie within a distance of which sites, for a million points in a second."""

from typing import Any

import numpy as np
from numba import njit
from scipy.sparse import csr_array

#: Cells along one axis at most, so that the number of a cell fits 64 bits.
_MAX_CELLS = 1_000_000


def within(points: np.ndarray, sites: np.ndarray, distance: float) -> csr_array:
    """Give the points within a distance of each site.

    Points are sorted into cells as wide as the distance, so that a site looks at its own and
    the neighboring cells only.

    Parameters
    ----------
    points, sites
        Shape (points, 2 or 3) and (sites, 2 or 3): Cartesian coordinates in one unit.
    distance
        Straight-line distance, same unit; a point at exactly this distance is within.

    Returns
    -------
    cover
        Shape (points, sites), bool; the indices of each row are sorted.
    """
    points, sites = _three(points), _three(sites)
    if points.shape[0] == 0 or sites.shape[0] == 0:
        return csr_array((points.shape[0], sites.shape[0]), dtype=bool)
    low = np.minimum(points.min(axis=0), sites.min(axis=0))
    high = np.maximum(points.max(axis=0), sites.max(axis=0))
    width = max(distance, float((high - low).max()) / _MAX_CELLS, np.finfo(float).tiny)
    counts = np.floor((high - low) / width).astype(np.int64) + 1
    cell = np.floor((points - low) / width).astype(np.int64)
    key = (cell[:, 0] * counts[1] + cell[:, 1]) * counts[2] + cell[:, 2]
    del cell
    order = np.argsort(key, kind="stable")
    keys, placed = key[order], np.ascontiguousarray(points[order])
    site_cell = np.floor((sites - low) / width).astype(np.int64)
    size = np.zeros(points.shape[0] + 1, dtype=np.int64)
    nothing = np.zeros(0, dtype=np.int32)
    _scan(keys, placed, order, sites, site_cell, counts, distance, size, nothing)
    total = np.cumsum(size)
    kind = np.int32 if total[-1] < np.iinfo(np.int32).max else np.int64
    start = total.astype(kind)
    indices = np.empty(total[-1], dtype=kind)
    _scan(keys, placed, order, sites, site_cell, counts, distance, total[:-1].copy(), indices)
    cover = csr_array(
        (np.ones(indices.size, dtype=bool), indices, start),
        shape=(points.shape[0], sites.shape[0]),
    )
    cover.has_sorted_indices = True
    return cover


def _three(coordinates: np.ndarray) -> np.ndarray:
    """Give coordinates in three columns; the middle one is 0 in the plane."""
    values = np.asarray(coordinates, dtype=float)
    if values.shape[1] == 2:
        values = np.column_stack([np.zeros(len(values)), values])
    return np.ascontiguousarray(values)


@njit(cache=True)
def _scan(
    keys: Any,
    placed: Any,
    order: Any,
    sites: Any,
    site_cell: Any,
    counts: Any,
    distance: float,
    place: Any,
    indices: Any,
) -> None:
    """Count the sites near each point (no room in ``indices``), or write them down."""
    counting = indices.size == 0
    for j in range(sites.shape[0]):
        first = max(site_cell[j, 2] - 1, 0)
        last = min(site_cell[j, 2] + 1, counts[2] - 1)
        for a in range(max(site_cell[j, 0] - 1, 0), min(site_cell[j, 0] + 2, counts[0])):
            for b in range(max(site_cell[j, 1] - 1, 0), min(site_cell[j, 1] + 2, counts[1])):
                row = (a * counts[1] + b) * counts[2]
                k = np.searchsorted(keys, row + first)
                while k < keys.size and keys[k] <= row + last:
                    x = placed[k, 0] - sites[j, 0]
                    y = placed[k, 1] - sites[j, 1]
                    z = placed[k, 2] - sites[j, 2]
                    if np.sqrt(x * x + y * y + z * z) <= distance:
                        i = order[k]
                        if counting:
                            place[i + 1] += 1
                        else:
                            indices[place[i]] = j
                            place[i] += 1
                    k += 1
