"""Long searches among the sites that the relaxation's prices speak for."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.sparse import csr_array

from netplan.optimize.covering_merge import merge_points
from netplan.optimize.covering_relax import priced_bound
from netplan.optimize.covering_search import search, worth

#: Moves of one search (some tenths of a second to some seconds).
_MOVES = 60_000
#: Two searches side by side (they let go of Python's lock), in turn: among the sites within
#: these shares of the going rate, from nothing (False) or from the best so far (True). Nearly
#: all sites of good choices are within 2 %; the few others are found from a good choice.
_PAIRS = (
    ((0.02, False), (0.02, False)),
    ((0.2, True), (0.1, True)),
    ((0.2, True), (0.05, True)),
)
#: Rounds of all pairs without a better choice after which it ends.
_STALE = 3


def core_search(
    classes: csr_array,
    weight: np.ndarray,
    cost: np.ndarray,
    budget: float,
    point_price: np.ndarray,
    start: np.ndarray,
    *,
    until: float,
    seed: int,
) -> tuple[np.ndarray, float]:
    """Look for better sites than those given, until it is in vain or the time is over.

    Parameters
    ----------
    point_price
        Shape (classes,): prices of the relaxation; a site's margin is its value at them less
        its cost at the going rate.
    until
        Of ``time.monotonic()``, looked at between searches.

    Returns
    -------
    chosen
        Sites, sorted.
    value
        The weight that they cover.
    """
    _, value, rate = priced_bound(classes, weight, cost, budget, point_price)
    margin = value - rate * cost
    best, reached, stale, turn = start, worth(classes, weight, start), 0, 0

    def one(share: float, again: bool, own_seed: int) -> tuple[np.ndarray, float]:
        near = margin > -share * rate * np.maximum(cost, 1e-12)
        near[best] = True
        sites = np.flatnonzero(near)
        part, part_weight, _ = merge_points(classes[:, sites], weight)
        begin = np.searchsorted(sites, best) if again else None
        chosen, covered = search(
            part,
            part_weight,
            cost[sites],
            budget,
            start=begin,
            moves=_MOVES,
            seed=own_seed,
            until=until,
        )
        return sites[chosen], covered

    with ThreadPoolExecutor(2) as pool:
        while stale < _STALE and time.monotonic() < until:
            before = reached
            for pair in _PAIRS:
                running = [
                    pool.submit(one, share, again, seed + 2 * turn + k)
                    for k, (share, again) in enumerate(pair)
                ]
                turn += 1
                for found, covered in [future.result() for future in running]:
                    if covered > reached:
                        best, reached = found, covered
                if time.monotonic() >= until:
                    break
            stale = stale + 1 if reached <= before else 0
    return best, reached
