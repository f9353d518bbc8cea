"""Long searches for good covers: annealing, and children of two covers by place."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from netplan.optimize.covering_anneal import Ground, anneal, prepare, usual_loss
from netplan.optimize.covering_merge import merge_points
from netplan.optimize.covering_relax import priced_bound
from netplan.optimize.covering_search import search, worth

#: Sites whose margin (value at the prices less cost at the going rate) is below this share of
#: the going rate are left out; the others are tried the more rarely, the lower it is. Nearly
#: all sites of good covers have a margin of almost 0, but seldom all.
_LOWEST_SHARE = 0.25
_FADE_SHARE = 0.03
_RAREST = 0.01
#: Covers that are kept and crossed.
_ELITE = 8
#: Entries of the cover matrix that one annealing looks at (seconds), and rounds of all swaps
#: that are enough however small the problem is.
_ENTRIES = 1.1e9
_ROUNDS = 400_000
#: A child's share of these moves.
_CHILD_SHARE = 0.2
#: Heat in the beginning, for a child, and in the end, as shares of what a swap usually loses.
_HOT, _WARM, _COLD = 0.18, 0.08, 0.005
#: A child that has so much in common with a kept cover takes only that one's place.
_ALIKE = 0.9
#: Pairs of children in a row without a better cover after which it ends.
_STALE = 40
#: Moves of the last search, which also adds and drops.
_LAST_MOVES = 3_000
#: ... and after each annealing where sites cost unlike amounts.
_UNLIKE_MOVES = 20_000


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
        Shape (classes,): prices of the relaxation.
    start
        Sites, within the budget; covers with as many are looked for.
    until
        Of ``time.monotonic()``.

    Returns
    -------
    chosen
        Sites, sorted.
    value
        The weight that they cover.
    """
    reached = worth(classes, weight, start)
    if start.size in {0, cost.size}:
        return start, reached
    _, value, rate = priced_bound(classes, weight, cost, budget, point_price)
    going = rate * np.maximum(cost, 1e-12)
    margin = (value - going) / going if rate > 0 else np.zeros(cost.size)
    near = margin > -_LOWEST_SHARE
    near[start] = True
    sites = np.flatnonzero(near)
    part, part_weight, _ = merge_points(classes[:, sites], weight)
    prior = np.maximum(np.exp(np.minimum(margin[sites], 0.0) / _FADE_SHARE), _RAREST)
    best, value_best = _breed(
        part, part_weight, cost[sites], budget, prior, np.searchsorted(sites, start), until, seed
    )
    return (sites[best], value_best) if value_best > reached else (start, reached)


def _breed(
    classes: csr_array,
    weight: np.ndarray,
    cost: np.ndarray,
    budget: float,
    prior: np.ndarray,
    start: np.ndarray,
    until: float,
    seed: int,
) -> tuple[np.ndarray, float]:
    """Anneal a few covers, then children of them; two at a time (they let go of the lock)."""
    ones = csr_array(
        (np.ones(classes.nnz, dtype=np.int32), classes.indices, classes.indptr),
        shape=classes.shape,
    )
    shared = csr_array(ones.T @ ones)
    ground = prepare(classes, shared, weight, cost, budget, prior)
    steps = csr_array(
        (np.ones(shared.nnz), shared.indices, shared.indptr), shape=shared.shape, dtype=float
    )
    usual = max(usual_loss(ground, start, seed), 1e-9)
    each = classes.nnz / classes.shape[1]
    moves = int(min(_ENTRIES / each, _ROUNDS * start.size))
    generator = np.random.default_rng(seed)
    elite: list[tuple[float, np.ndarray]] = [(worth(classes, weight, start), start)]

    def grow(begin: np.ndarray, share: float, heat: float, own_seed: int) -> np.ndarray:
        found = anneal(
            ground, begin, moves=int(share * moves) + 1, hot=heat * usual,
            cold=_COLD * usual, seed=own_seed, until=until,
        )  # fmt: skip
        if np.ptp(cost) == 0:
            return found
        # swaps keep the number of sites; with unlike costs another number may do better
        return search(
            classes, weight, cost, budget, start=found, moves=_UNLIKE_MOVES,
            seed=own_seed, until=until,
        )[0]  # fmt: skip

    def child(first: np.ndarray, second: np.ndarray, center: int, share: float) -> np.ndarray:
        hops = dijkstra(steps, unweighted=True, indices=np.array([center]))[0]
        begin = _crossed(ground, classes, hops, first, second, share)
        # fills up what is left of the budget
        begin, _ = search(classes, weight, cost, budget, start=begin, moves=0, seed=0, until=until)
        return grow(begin, _CHILD_SHARE, _WARM, center)

    with ThreadPoolExecutor(2) as pool:
        for turn in range(0, _ELITE, 2):
            running = [pool.submit(grow, start, 1.0, _HOT, seed + turn + k) for k in (0, 1)]
            for future in running:
                _keep(elite, future.result(), classes, weight)
        stale = 0
        while stale < _STALE and len(elite) > 1 and time.monotonic() < until:
            before, running = elite[0][0], []
            for _ in range(2):
                first, second = generator.choice(len(elite), 2, replace=False)
                center = int(generator.integers(cost.size))
                share = generator.uniform(0.2, 0.8)
                running.append(pool.submit(child, elite[first][1], elite[second][1], center, share))
            for future in running:
                _keep(elite, future.result(), classes, weight)
            stale = 0 if elite[0][0] > before else stale + 1
    return search(
        classes, weight, cost, budget, start=elite[0][1], moves=_LAST_MOVES, seed=seed, until=until
    )


def _keep(
    elite: list[tuple[float, np.ndarray]], found: np.ndarray, classes: csr_array, weight: np.ndarray
) -> None:
    """Put a cover in its place among the best, best first; none is kept twice."""
    value = worth(classes, weight, found)
    common = [np.intersect1d(found, other).size / found.size for _, other in elite]
    closest = int(np.argmax(common))
    if common[closest] >= _ALIKE or len(elite) >= _ELITE:
        place = closest if common[closest] >= _ALIKE else len(elite) - 1
        if value <= elite[place][0]:
            return
        elite.pop(place)
    elite.append((value, found))
    elite.sort(key=lambda pair: -pair[0])


def _crossed(
    ground: Ground,
    classes: csr_array,
    hops: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    share: float,
) -> np.ndarray:
    """Take the sites of one cover around a place and those of another elsewhere.

    ``hops`` counts the steps from that place over sites that share points; those within the
    radius that holds a share of the first cover are around it. What is over the budget is
    dropped, what covers least alone for its cost first.
    """
    radius = np.sort(hops[first])[int(share * (first.size - 1))]
    sites = np.union1d(first[hops[first] <= radius], second[hops[second] > radius])
    columns = classes.T.tocsr()
    while ground.cost[sites].sum() > ground.budget:
        is_open = np.zeros(classes.shape[1])
        is_open[sites] = 1.0
        once = np.where(np.round(classes @ is_open) == 1, ground.weight, 0.0)
        loss = (columns[sites] @ once) / np.maximum(ground.cost[sites], 1e-12)
        sites = np.delete(sites, int(np.argmin(loss)))
    return sites
