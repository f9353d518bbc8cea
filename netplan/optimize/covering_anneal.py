"""Simulated annealing over swaps between neighboring sites (compiled)."""

import time
from dataclasses import dataclass
from threading import Timer
from typing import Any

import numpy as np
from numba import njit
from scipy.sparse import csr_array

#: The nearest sites (that share the most of what they cover) that a site is swapped with.
_NEIGHBORS = 40
#: How often any other site is tried in place of a neighbor.
_FAR_SHARE = 0.1
#: Moves at one temperature.
_STEP_MOVES = 1_000
#: Swaps that tell how much a swap usually costs.
_TRIED = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What annealing runs on, worked out once.

    Parameters
    ----------
    by_site, site_classes
        Classes that each site covers, as in a compressed column matrix.
    by_neighbor, neighbors
        Sites near each site, as in a compressed row matrix.
    weight, cost
        Shape (classes,) and (sites,).
    budget
        Summed cost of the open sites at most.
    prior
        Shape (sites,): the chance that a site is tried when its turn comes, 0 to 1.
    """

    by_site: np.ndarray
    site_classes: np.ndarray
    by_neighbor: np.ndarray
    neighbors: np.ndarray
    weight: np.ndarray
    cost: np.ndarray
    budget: float
    prior: np.ndarray


def prepare(
    classes: csr_array,
    shared: csr_array,
    weight: np.ndarray,
    cost: np.ndarray,
    budget: float,
    prior: np.ndarray,
) -> Ground:
    """Give what `anneal` runs on; ``shared`` counts the classes that two sites both cover."""
    columns = classes.T.tocsr()
    size = np.diff(columns.indptr).astype(float)
    pairs = shared.tocoo()
    j, k = pairs.row, pairs.col
    likeness = pairs.data / (size[j] + size[k] - pairs.data)
    order = np.lexsort((k, -likeness, j))
    order = order[j[order] != k[order]]
    first = np.searchsorted(j[order], np.arange(size.size + 1))
    rank = np.arange(order.size) - first[j[order]]
    order = order[rank < _NEIGHBORS]
    return Ground(
        by_site=columns.indptr.astype(np.int64),
        site_classes=columns.indices.astype(np.int32),
        by_neighbor=np.searchsorted(j[order], np.arange(size.size + 1)).astype(np.int64),
        neighbors=k[order].astype(np.int32),
        weight=np.ascontiguousarray(weight, dtype=float),
        cost=np.ascontiguousarray(cost, dtype=float),
        budget=float(budget) * (1 + 1e-12),
        prior=np.ascontiguousarray(prior, dtype=float),
    )


def usual_loss(ground: Ground, start: np.ndarray, seed: int) -> float:
    """Give what a swap of neighbors loses of the covered weight, on average of those that do."""
    stop = np.zeros(1, dtype=np.uint8)
    return float(_run(ground, start, _TRIED, 0.0, 0.0, seed, stop)[1])


def anneal(
    ground: Ground,
    start: np.ndarray,
    *,
    moves: int,
    hot: float,
    cold: float,
    seed: int,
    until: float = np.inf,
) -> np.ndarray:
    """Swap sites at random, taking losses ever more rarely, and give the best choice met.

    Parameters
    ----------
    start
        Sites to begin with, within the budget; their number stays.
    moves
        Swaps to try.
    hot, cold
        The losses that are taken with a chance of 1/e in the beginning and in the end.
    until
        Of ``time.monotonic()``: the best so far is given then.
    """
    stop = np.zeros(1, dtype=np.uint8)
    # the compiled loop lets go of Python's lock and looks at the flag at each temperature
    timer = None
    if np.isfinite(until):
        timer = Timer(max(until - time.monotonic(), 0.0), stop.fill, (1,))
        timer.daemon = True
        timer.start()
    best, _ = _run(ground, start, moves, hot, cold, seed, stop)
    if timer is not None:
        timer.cancel()
    return np.sort(best)


def _run(
    ground: Ground,
    start: np.ndarray,
    moves: int,
    hot: float,
    cold: float,
    seed: int,
    stop: np.ndarray,
) -> tuple[np.ndarray, float]:
    cooling = (cold / hot) ** (_STEP_MOVES / max(moves, 1)) if hot > 0 else 1.0
    best, loss = _swap(
        ground.by_site, ground.site_classes, ground.by_neighbor, ground.neighbors,
        ground.weight, ground.cost, ground.budget, ground.prior,
        start.astype(np.int64), moves, hot, cooling, seed, stop,
    )  # fmt: skip
    return best, loss


@njit(cache=True, nogil=True)
def _swap(  # noqa: PLR0912, PLR0915 (compiled: a call in it costs more than a long body)
    by_site: Any, site_classes: Any, by_neighbor: Any, neighbors: Any,
    weight: Any, cost: Any, budget: float, prior: Any,
    start: Any, moves: int, hot: float, cooling: float, seed: int, stop: Any,
) -> Any:  # fmt: skip
    """Anneal; without heat (hot = 0) nothing is swapped and the mean loss is measured."""
    np.random.seed(seed)
    held, count = start.copy(), by_site.size - 1
    is_open = np.zeros(count, dtype=np.bool_)
    times = np.zeros(weight.size, dtype=np.int32)
    seen = np.zeros(weight.size, dtype=np.int64)
    value, spent = 0.0, 0.0
    for j in held:
        is_open[j] = True
        spent += cost[j]
        for a in range(by_site[j], by_site[j + 1]):
            i = site_classes[a]
            if times[i] == 0:
                value += weight[i]
            times[i] += 1
    best, best_held, heat = value, held.copy(), hot
    lost, losses = 0.0, 0
    for move in range(1, moves + 1):
        if move % _STEP_MOVES == 0:
            heat *= cooling
            if stop[0]:
                break
        s = np.random.randint(held.size)
        k = held[s]
        if hot > 0 and np.random.random() < _FAR_SHARE:
            j = np.random.randint(count)
        else:
            size = by_neighbor[k + 1] - by_neighbor[k]
            if size == 0:
                continue
            j = neighbors[by_neighbor[k] + np.random.randint(size)]
        if is_open[j] or spent - cost[k] + cost[j] > budget or np.random.random() > prior[j]:
            continue
        # drawn first: a swap that loses more than this need not be worked out to its end
        floor = heat * np.log(1.0 - np.random.random()) if hot > 0 else -np.inf
        change = 0.0
        for a in range(by_site[j], by_site[j + 1]):
            i = site_classes[a]
            seen[i] = move
            if times[i] == 0:
                change += weight[i]
        for a in range(by_site[k], by_site[k + 1]):
            i = site_classes[a]
            if times[i] == 1 and seen[i] != move:
                change -= weight[i]
                if change < floor:
                    break
        if hot <= 0 and change < 0:
            lost -= change
            losses += 1
        if hot <= 0 or change < floor:
            continue
        for a in range(by_site[k], by_site[k + 1]):
            times[site_classes[a]] -= 1
        for a in range(by_site[j], by_site[j + 1]):
            times[site_classes[a]] += 1
        is_open[k], is_open[j] = False, True
        held[s] = j
        spent += cost[j] - cost[k]
        value += change
        if value > best + 1e-9 * abs(best):
            best = value
            best_held[:] = held
    return best_held, lost / max(losses, 1)
