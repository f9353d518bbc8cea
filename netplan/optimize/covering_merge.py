"""Smaller covering problems with the same answer: equal points merged, useless sites dropped."""

from typing import Any

import numpy as np
from numba import njit
from scipy.sparse import csr_array

#: Sites in which the pairwise comparison of cover sets is worth its memory.
_MAX_COMPARED = 20_000


def merge_points(
    cover: csr_array, weight: np.ndarray, *, seed: int = 0
) -> tuple[csr_array, np.ndarray, np.ndarray]:
    """Merge points that the same sites cover; points that no site covers are left out.

    Each row is hashed as the sum of random 64-bit numbers of its sites; rows of one hash are
    then compared entry by entry, and the hashing is repeated should two differ.

    Parameters
    ----------
    cover
        Shape (points, sites); a stored entry means covered; indices sorted in each row.
    weight
        Shape (points,).

    Returns
    -------
    classes
        Shape (classes, sites), int8 ones.
    class_weight
        Shape (classes,): summed weight of each class.
    class_of
        Shape (points,): class of each point, -1 where no site covers it.
    """
    start, sites = cover.indptr, cover.indices
    class_of = np.full(cover.shape[0], -1, dtype=np.int64)
    covered = np.flatnonzero(np.diff(start))
    generator = np.random.default_rng(seed)
    while True:
        keys = generator.integers(1, 2**63, cover.shape[1], dtype=np.uint64)
        hashes = _row_sums(start, sites, keys)[covered]
        _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
        if _rows_equal(start, sites, covered, covered[first], inverse):
            break
    # classes in the order of their first point, whatever the hashes are
    rank = np.empty(first.size, dtype=np.int64)
    by_first = np.argsort(first)
    rank[by_first] = np.arange(first.size)
    class_of[covered] = rank[inverse]
    rows = covered[first[by_first]]
    size = np.diff(start)[rows]
    indptr = np.concatenate([[0], np.cumsum(size)])
    taken = np.repeat(start[rows] - indptr[:-1], size) + np.arange(indptr[-1])
    classes = csr_array(
        (np.ones(taken.size, dtype=np.int8), sites[taken].astype(np.int32), indptr),
        shape=(rows.size, cover.shape[1]),
    )
    summed = np.bincount(class_of[covered], weight[covered], minlength=rows.size)
    return classes, summed, class_of


def useful_sites(classes: csr_array, price: np.ndarray) -> np.ndarray:
    """Give the sites that no other site replaces at the same or a lower price.

    Site j falls away when another covers all that j covers and costs no more; of equal sites
    the first stays.

    Parameters
    ----------
    classes
        Shape (classes, sites), every row different or not.
    price
        Shape (sites,), at least 0.
    """
    count = classes.shape[1]
    if count > _MAX_COMPARED:
        return np.arange(count)
    ones = csr_array(
        (np.ones(classes.nnz, dtype=np.int32), classes.indices, classes.indptr),
        shape=classes.shape,
    )
    shared = (ones.T @ ones).tocoo()
    size = np.bincount(classes.indices, minlength=count)
    j, k = shared.row, shared.col
    inside = (shared.data == size[j]) & (j != k) & (price[j] >= price[k])
    equal = (size[j] == size[k]) & (price[j] == price[k])
    gone = np.zeros(count, dtype=bool)
    gone[j[inside & (~equal | (j > k))]] = True
    gone |= size == 0
    return np.flatnonzero(~gone)


@njit(cache=True)
def _row_sums(start: Any, sites: Any, keys: Any) -> Any:
    sums = np.zeros(start.size - 1, dtype=np.uint64)
    for i in range(start.size - 1):
        total = np.uint64(0)
        for a in range(start[i], start[i + 1]):
            total += keys[sites[a]]
        sums[i] = total
    return sums


@njit(cache=True)
def _rows_equal(start: Any, sites: Any, rows: Any, first: Any, inverse: Any) -> bool:
    for r in range(rows.size):
        i, k = rows[r], first[inverse[r]]
        if start[i + 1] - start[i] != start[k + 1] - start[k]:
            return False
        for a in range(start[i + 1] - start[i]):
            if sites[start[i] + a] != sites[start[k] + a]:
                return False
    return True
