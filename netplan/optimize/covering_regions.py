"""A strong bound on what can be covered: regions solved exactly at the relaxation's prices.

Let R be parts of the classes, u prices of the classes (0 <= u <= w) and b_R = A_R' u_R. Then any
choice y within the budget covers at most

    sum over R of max over S { w(covered by S in R) - b_R(S) }  +  max over y of (A'u)'y,

a Lagrangian decomposition. With regions of one class each this is the linear relaxation; the
larger the regions, the more is seen of what whole sites cannot do, and the longer each takes.
So the classes are parted again and again into fewer regions, as far as the time reaches.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import ArpackNoConvergence, eigsh

from netplan.optimize.covering_highs import priced_cover
from netplan.optimize.covering_merge import merge_points, useful_sites
from netplan.optimize.covering_search import search

#: Sites of a region in the first partition: such a region takes well under a second.
_FIRST_SITES = 80
#: Each partition has regions this much larger, and takes so many times as long (measured; the
#: second number is replaced by what the run itself shows).
_GROWTH = 1.4
_LONGER = 3.0
#: A partition with regions less than this much larger is not worth its time.
_LEAST_GROWTH = 1.12
#: HiGHS lets go of Python's lock, so regions are solved side by side.
_WORKERS = 2
_SEARCH_MOVES = 3_000


def regional_bound(
    classes: csr_array,
    weight: np.ndarray,
    point_price: np.ndarray,
    bound: float,
    *,
    enough: float,
    stop_at: float,
    improved: Callable[[float], None],
    seed: int,
) -> float:
    """Lower the bound that prices give, until the time is over or it is low enough.

    Parameters
    ----------
    point_price
        Shape (classes,): the prices of the relaxation.
    bound
        Their bound (`covering_relax.priced_bound`).
    enough
        Stop when the bound is below this.
    improved
        Called with each lower bound.
    """
    sites = classes.shape[1]
    ones = csr_array((np.ones(classes.nnz), classes.indices, classes.indptr), shape=classes.shape)
    share = weight / np.maximum(np.diff(classes.indptr), 1)
    shared = (ones.T @ diags_array(share) @ ones).tocsr()
    surplus = weight - point_price
    best, size, longer, before = bound, float(_FIRST_SITES), _LONGER, 0.0
    count = max(round(sites / size), 2)
    with ThreadPoolExecutor(_WORKERS) as pool:
        while True:
            began = time.monotonic()
            regions = _partition(ones, shared, count)

            def work(members: np.ndarray, until: float) -> float:
                plain = float(surplus[members].sum())
                own = _solve(classes[members], weight[members], point_price[members], until, seed)
                return min(own, plain) - plain

            left = stop_at - began
            turns = -(-len(regions) // _WORKERS)
            gained = 0.0
            running = [
                pool.submit(work, members, began + left * (k // _WORKERS + 1) / turns)
                for k, members in enumerate(regions)
            ]
            for future in running:
                gained += future.result()
                # each region's gain counts alone: the others stand at their prices
                if bound + gained < best - 1e-9:
                    best = bound + gained
                    improved(best)
            now = time.monotonic()
            took, left = max(now - began, 1e-3), stop_at - now
            if best <= enough or count <= 1 or left <= 0.05:
                return best
            if before:
                longer = max(took / before, 1.5)
            growth = min(_GROWTH, _GROWTH ** (np.log(left / took) / np.log(longer)))
            if growth < _LEAST_GROWTH:
                return best
            before = took
            size *= growth
            count = min(max(round(sites / size), 1), count - 1)
            size = sites / count


def _solve(
    part: csr_array, weight: np.ndarray, point_price: np.ndarray, stop_at: float, seed: int
) -> float:
    """Bound a region's weight covered less prices of the sites that reach into it."""
    price = part.T @ point_price
    useful = useful_sites(part, price)
    part, weight, _ = merge_points(part[:, useful], weight, seed=seed)
    price = price[useful]
    nothing = np.zeros(price.size)
    start, _ = search(
        part, weight, nothing, 0.0, price=price, moves=_SEARCH_MOVES, seed=seed, until=stop_at
    )
    return priced_cover(part, weight, price, start, stop_at)


def _partition(ones: csr_array, shared: csr_array, count: int) -> list[np.ndarray]:
    """Part the classes into regions: cut the sites along the slowest vector of what they share.

    A class belongs where most of its sites are.
    """
    regions: list[np.ndarray] = []

    def split(sites: np.ndarray, members: np.ndarray, parts: int) -> None:
        if parts > 1 and sites.size > parts and members.size > parts:
            first = parts // 2
            order = sites[_along(shared[sites][:, sites])]
            cut = max(round(sites.size * first / parts), 1)
            of_site = np.zeros(ones.shape[1])
            of_site[order[:cut]] = 1.0
            of_site[order[cut:]] = -1.0
            left = ones[members] @ of_site > 0
            split(np.sort(order[:cut]), members[left], first)
            split(np.sort(order[cut:]), members[~left], parts - first)
        elif members.size:
            regions.append(members)

    split(np.arange(ones.shape[1]), np.arange(ones.shape[0]), count)
    return regions


def _along(shared: csr_array) -> np.ndarray:
    """Order the nodes of a graph along its second eigenvector."""
    count = shared.shape[0]
    if count < 4:
        return np.arange(count)
    scale = 1.0 / np.sqrt(np.maximum(shared.sum(axis=1), 1e-12))
    normal = diags_array(scale) @ shared @ diags_array(scale)
    start = np.linspace(1.0, 2.0, count)
    try:
        _, vectors = eigsh(normal, k=2, which="LA", v0=start, tol=1e-4, maxiter=50 * count)
    except ArpackNoConvergence:
        return np.arange(count)
    return np.argsort(vectors[:, 0] * scale, kind="stable")
