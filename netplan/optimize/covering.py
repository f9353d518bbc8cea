"""Maximal covering at scale: few sites, up to millions of points, always with a proven bound."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from netplan.optimize.covering_core import core_search
from netplan.optimize.covering_highs import cover_rows, interior_prices
from netplan.optimize.covering_merge import merge_points, useful_sites
from netplan.optimize.covering_regions import regional_bound
from netplan.optimize.covering_relax import fixed_by_price, priced_bound, relax
from netplan.optimize.covering_search import search, worth
from netplan.optimize.solver import Model, solve

#: Bound and cover may differ by this share of the cover where weights are not whole numbers.
TOLERANCE = 1e-7
_FIRST_MOVES = 3_000
#: Of the search beside the interior point method.
_MOVES = 60_000
#: A bound closer than this share is left to branch and bound on the whole problem; so few
#: sites are tried by it first.
_CLOSE_SHARE = 0.001
_BRANCH_SITES = 150
#: Fewer sites are not worth parting into regions.
_PARTED_SITES = 70
#: Of the time that is left, what that first branch and bound may take.
_BRANCH_SHARE = 0.3
#: Of the time that is left, what the long search may take.
_SEARCH_SHARE = 0.15
#: ... and with so many sites, which are then much alike: good choices take longer to find.
_DENSE_SITES = 2_000
_DENSE_SEARCH_SHARE = 0.6
#: With a bound further off than this, searching on does more than branching on everything.
_HOPELESS_SHARE = 0.003

#: Called with the covered weight, its bound and the seconds gone by.
Progress = Callable[[float, float, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering:
    """The best choice of sites that was found, and what is proven about it.

    Parameters
    ----------
    chosen
        Indices of the chosen sites, sorted; existing ones included.
    covered_weight
        Summed weight of the points that they cover, worked out from the points as given.
    bound
        No choice within the limits covers more.
    gap_share
        (bound - covered_weight) / covered_weight; 0 where nothing can be covered.
    status
        ``proven`` only where the bound meets the covered weight; a time limit gives
        ``stopped``.
    seconds
        Wall-clock time.
    trace
        (seconds, covered weight, bound) at each improvement.
    """

    chosen: np.ndarray
    covered_weight: float
    bound: float
    gap_share: float
    status: Literal["proven", "stopped"]
    seconds: float
    trace: tuple[tuple[float, float, float], ...]


class _Race:
    """Best choice and bound so far, with the clock."""

    def __init__(self, limit_s: float, whole: bool, progress: Progress | None) -> None:
        self.began = time.monotonic()
        self.stop_at = self.began + limit_s
        self.covered, self.bound = -1.0, np.inf
        self.chosen = np.zeros(0, dtype=np.int64)
        self.trace: list[tuple[float, float, float]] = []
        self._whole, self._progress = whole, progress

    def note(self, bound: float | None = None) -> None:
        if bound is not None:
            if self._whole:
                # weights are whole numbers, so is what can be covered
                bound = float(np.floor(bound + 1e-6 * max(1.0, abs(bound) * 1e-6)))
            self.bound = min(self.bound, max(bound, self.covered))
        gone = time.monotonic() - self.began
        self.trace.append((gone, self.covered, self.bound))
        if self._progress is not None:
            self._progress(self.covered, self.bound, gone)

    def offer(self, chosen: np.ndarray, covered: float) -> None:
        if covered > self.covered:
            self.chosen, self.covered = chosen, covered
            self.note()

    def proven(self) -> bool:
        return self.bound - self.covered <= TOLERANCE * max(abs(self.covered), 1e-9)

    def over(self) -> bool:
        return self.proven() or time.monotonic() >= self.stop_at


def maximal_covering(
    cover: csr_array,
    weight: np.ndarray,
    count: int | None = None,
    *,
    cost: np.ndarray | None = None,
    budget: float | None = None,
    existing: np.ndarray | None = None,
    time_limit_s: float = 120.0,
    progress: Progress | None = None,
    seed: int = 0,
) -> Covering:
    """Choose sites that cover the most weight.

    max sum_i w_i z_i,  z_i <= sum of y_j over the sites that cover i,  sum_j c_j y_j <= budget
    (or sum_j y_j <= count),  y binary. Points with equal cover sets are merged and sites that
    another replaces dropped; a swap search gives the choice; the bound comes from the linear
    relaxation by Benders cuts, then from regions solved exactly at its prices, then from
    branch and bound on what reduced costs leave.

    Parameters
    ----------
    cover
        Shape (points, sites); a stored entry, if not 0, means covered.
    weight
        Shape (points,), at least 0 and finite.
    count
        New sites at most. Either this or ``budget`` (with ``cost``) is given.
    cost, budget
        Shape (sites,), at least 0, and the summed cost of new sites at most.
    existing
        Indices of sites that are open whatever is chosen; they cost nothing.
    time_limit_s
        Wall-clock seconds; the best so far is given then.
    progress
        Called at each improvement.
    seed
        Of the search. The same seed gives the same answer whenever it is ``proven`` or no
        limit cuts the search short.

    Raises
    ------
    ValueError
        Shapes or numbers do not fit.
    """
    cover, weight, costs, limit, fixed = _checked(cover, weight, count, cost, budget, existing)
    race = _Race(time_limit_s, bool(np.all(weight == np.round(weight))), progress)
    free, left, base = _without_existing(cover, weight, fixed)
    affordable = free[costs[free] <= limit * (1 + 1e-12)]
    if affordable.size < free.size or affordable.size < cover.shape[1]:
        cover_left = cover[:, affordable][left]
    else:
        cover_left = cover
    classes, class_weight, _ = merge_points(cover_left, weight[left], seed=seed)
    useful = useful_sites(classes, costs[affordable])
    if useful.size < affordable.size:
        classes, class_weight, _ = merge_points(classes[:, useful], class_weight, seed=seed)
    sites = affordable[useful]
    inner = _solve(classes, class_weight, costs[sites], limit, race, base, seed)
    chosen = np.sort(np.concatenate([fixed, sites[inner]])).astype(np.int64)
    covered = worth(cover, weight, chosen)
    bound = max(race.bound, covered)
    gap = (bound - covered) / covered if covered > 0 else 0.0
    proven = bound - covered <= TOLERANCE * max(covered, 1e-9)
    return Covering(
        chosen=chosen,
        covered_weight=covered,
        bound=bound,
        gap_share=gap,
        status="proven" if proven else "stopped",
        seconds=time.monotonic() - race.began,
        trace=tuple(race.trace),
    )


def _checked(
    cover: csr_array,
    weight: np.ndarray,
    count: int | None,
    cost: np.ndarray | None,
    budget: float | None,
    existing: np.ndarray | None,
) -> tuple[csr_array, np.ndarray, np.ndarray, float, np.ndarray]:
    cover = csr_array(cover)
    if cover.nnz and not np.all(cover.data):
        cover = cover.copy()
        cover.eliminate_zeros()
    if not cover.has_sorted_indices:
        cover = cover.sorted_indices()
    weight = np.asarray(weight, dtype=float)
    if weight.shape != (cover.shape[0],) or not np.all(np.isfinite(weight) & (weight >= 0)):
        raise ValueError("weight: one finite number of at least 0 for each point")
    if (count is None) == (budget is None):
        raise ValueError("either count or budget (with cost) is needed")
    if budget is not None:
        if cost is None:
            raise ValueError("a budget needs the cost of each site")
        costs, limit = np.asarray(cost, dtype=float), float(budget)
    else:
        costs, limit = np.ones(cover.shape[1]), float(count or 0)
    if costs.shape != (cover.shape[1],) or not np.all(np.isfinite(costs) & (costs >= 0)):
        raise ValueError("cost: one finite number of at least 0 for each site")
    if not limit >= 0:
        raise ValueError("count or budget must be at least 0")
    fixed = np.unique(np.asarray([] if existing is None else existing, dtype=np.int64))
    if fixed.size and (fixed[0] < 0 or fixed[-1] >= cover.shape[1]):
        raise ValueError("existing: indices of sites")
    return cover, weight, costs, min(limit, float(costs.sum())), fixed


def _without_existing(
    cover: csr_array, weight: np.ndarray, fixed: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Give the sites to choose from, the points still to cover, and the weight covered."""
    free = np.setdiff1d(np.arange(cover.shape[1]), fixed)
    if fixed.size == 0:
        return free, np.arange(cover.shape[0]), 0.0
    is_open = np.zeros(cover.shape[1])
    is_open[fixed] = 1.0
    done = cover @ is_open > 0.5
    return free, np.flatnonzero(~done), float(weight[done].sum())


def _solve(
    classes: csr_array,
    weight: np.ndarray,
    cost: np.ndarray,
    budget: float,
    race: _Race,
    base: float,
    seed: int,
) -> np.ndarray:
    """Run the race on merged classes; ``base`` is covered in any case."""
    race.covered = base
    race.note(base + float(weight.sum()))
    if race.proven():
        return race.chosen

    def look(moves: int, start: np.ndarray | None, turn: int) -> None:
        chosen, value = search(
            classes,
            weight,
            cost,
            budget,
            start=start,
            moves=moves,
            seed=seed + turn,
            until=race.stop_at,
        )
        race.offer(chosen, base + value)

    look(_FIRST_MOVES, None, 0)
    if race.over():
        return race.chosen
    relaxed = relax(
        classes, weight, cost, budget,
        known=race.covered - base, chosen=race.chosen,
        stop_at=min(race.stop_at, time.monotonic() + 2.0 + classes.nnz * 4e-6),
    )  # fmt: skip
    price = relaxed.point_price
    race.note(base + relaxed.bound)
    _round_up(relaxed.opened, classes, weight, cost, budget, race, base)
    if not race.over() and cost.size <= _BRANCH_SITES:
        # few sites: branch and bound often settles it sooner than a long search
        until = time.monotonic() + _BRANCH_SHARE * (race.stop_at - time.monotonic())
        _branch(classes, weight, cost, budget, price, race, base, until)
    if not race.over() and not relaxed.converged:
        seconds = 0.5 * (race.stop_at - time.monotonic())
        # the search lets go of Python's lock: it runs beside the interior point method
        with ThreadPoolExecutor(1) as pool:
            searching = pool.submit(
                search, classes, weight, cost, budget,
                start=race.chosen, moves=_MOVES, seed=seed, until=race.stop_at,
            )  # fmt: skip
            interior = interior_prices(classes, weight, cost, budget, seconds)
            chosen, value = searching.result()
        race.offer(chosen, base + value)
        if interior is not None:
            bound = priced_bound(classes, weight, cost, budget, interior[0])[0]
            if bound < relaxed.bound:
                price = interior[0]
            race.note(base + bound)
            _round_up(interior[1], classes, weight, cost, budget, race, base)

    def look_long(share: float, turn: int) -> None:
        until = time.monotonic() + share * (race.stop_at - time.monotonic())
        chosen, value = core_search(
            classes, weight, cost, budget, price, race.chosen, until=until, seed=seed + turn
        )
        race.offer(chosen, base + value)

    if not race.over():
        look_long(_SEARCH_SHARE if cost.size < _DENSE_SITES else _DENSE_SEARCH_SHARE, 1)
    if race.over():
        return race.chosen
    bound = priced_bound(classes, weight, cost, budget, price)[0]
    close = _CLOSE_SHARE * race.covered
    if race.bound - race.covered > close and cost.size > _PARTED_SITES:
        lower = regional_bound(
            classes, weight, price, bound,
            enough=race.covered - base + close, stop_at=race.stop_at,
            improved=lambda value: race.note(base + value), seed=seed,
        )  # fmt: skip
        race.note(base + lower)
    if not race.over() and race.bound - race.covered > _HOPELESS_SHARE * race.covered:
        look_long(1.0, 1_000)
    if not race.over():
        _branch(classes, weight, cost, budget, price, race, base, race.stop_at)
    return race.chosen


def _round_up(
    opened: np.ndarray,
    classes: csr_array,
    weight: np.ndarray,
    cost: np.ndarray,
    budget: float,
    race: _Race,
    base: float,
) -> None:
    """Offer the sites that a fractional solution opens most, as many as the budget takes."""
    order = np.argsort(-opened, kind="stable")
    order = order[opened[order] > 1e-6]
    taken = order[np.cumsum(cost[order]) <= budget * (1 + 1e-12)]
    chosen, value = search(
        classes, weight, cost, budget, start=taken, moves=_FIRST_MOVES, seed=0, until=race.stop_at
    )
    race.offer(chosen, base + value)


def _branch(
    classes: csr_array,
    weight: np.ndarray,
    cost: np.ndarray,
    budget: float,
    price: np.ndarray,
    race: _Race,
    base: float,
    until: float,
) -> None:
    """Branch and bound on the direct model of the sites that reduced costs leave."""
    bound, value, rate = priced_bound(classes, weight, cost, budget, price)
    shut, held = fixed_by_price(bound, value, rate, cost, race.covered - base)
    keep = np.ones(cost.size, dtype=bool)
    keep[shut] = keep[held] = False
    is_held = np.zeros(cost.size)
    is_held[held] = 1.0
    done = classes @ is_held > 0.5
    ground = float(weight[done].sum())
    sites = np.flatnonzero(keep)
    small, small_weight, _ = merge_points(classes[:, sites][np.flatnonzero(~done)], weight[~done])
    left = budget - float(cost[held].sum())
    start = np.isin(sites, race.chosen).astype(float)
    inside = np.isin(race.chosen, np.concatenate([sites, held])).all()
    size, count = small.shape
    found = solve(
        Model(
            objective=np.concatenate([np.zeros(count), small_weight]),
            lower=np.zeros(count + size),
            upper=np.ones(count + size),
            whole=np.arange(count + size) < count,
            rows=cover_rows(small, cost[sites]),
            row_lower=np.concatenate([np.zeros(size), [-np.inf]]),
            row_upper=np.concatenate([np.full(size, np.inf), [left]]),
        ),
        time_limit_s=until - time.monotonic(),
        gap_share=TOLERANCE / 2,
        start=np.concatenate([start, (small @ start > 0.5).astype(float)]) if inside else None,
        progress=lambda _best, top, _s: (
            race.note(base + ground + top) if np.isfinite(top) else None
        ),
    )
    if found.values is not None:
        chosen = np.sort(np.concatenate([held, sites[found.values[:count] > 0.5]]))
        race.offer(chosen, base + worth(classes, weight, chosen))
    if found.outcome == "infeasible":
        race.note(race.covered)
    elif np.isfinite(found.bound):
        # what was dropped holds nothing better than the choice known before
        race.note(base + ground + found.bound)
