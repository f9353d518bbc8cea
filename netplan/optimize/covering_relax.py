"""The linear relaxation of a covering problem by Benders cuts, and bounds from its prices."""

import time
from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csr_array

from netplan.optimize.covering_highs import Quiet, quiet

#: Rounds of cuts at most.
_MAX_ROUNDS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """What the relaxation gives.

    Parameters
    ----------
    opened
        Shape (sites,), 0 to 1.
    point_price
        Shape (classes,): what one more class covered is worth (0 to its weight).
    bound
        No choice of sites within the budget covers more.
    converged
        Whether the relaxation was solved to its optimum (or far enough to prove the choice).
    """

    opened: np.ndarray
    point_price: np.ndarray
    bound: float
    converged: bool


def priced_bound(
    classes: csr_array,
    weight: np.ndarray,
    cost: np.ndarray,
    budget: float,
    point_price: np.ndarray,
) -> tuple[float, np.ndarray, float]:
    """Bound what can be covered, from any prices of the classes.

    With u the prices (0 <= u <= w), any choice y covers at most
    sum(w - u) + sum_j y_j (A'u)_j, whose largest value over fractional y within the budget is
    a sort. That holds for every u, so the bound does not trust the solver's tolerances.

    Returns
    -------
    bound
        The bound.
    site_value
        Shape (sites,): (A'u)_j.
    rate
        Value per cost of the site at which the budget ends (0 where the budget is not used up).
    """
    value = classes.T @ point_price
    free = cost <= 0
    fixed = float((weight - point_price).sum() + value[free].sum())
    paid = np.flatnonzero(~free & (value > 0))
    ratio = value[paid] / cost[paid]
    order = np.argsort(-ratio, kind="stable")
    spent = np.cumsum(cost[paid][order])
    whole = int(np.searchsorted(spent, budget * (1 + 1e-12), side="right"))
    fixed += float(value[paid][order[:whole]].sum())
    if whole >= order.size:
        return fixed, value, 0.0
    rate = float(ratio[order[whole]])
    left = budget - (float(spent[whole - 1]) if whole else 0.0)
    return fixed + max(left, 0.0) * rate, value, rate


def fixed_by_price(
    bound: float, site_value: np.ndarray, rate: float, cost: np.ndarray, known: float
) -> tuple[np.ndarray, np.ndarray]:
    """Give the sites that no better cover than a known one opens, and those that all open.

    A closed site forced open (an open one forced shut) lowers the bound by at least the
    distance of its value from its cost at the going rate.
    """
    margin = site_value - rate * cost
    slack = bound - known
    return (
        np.flatnonzero((margin < 0) & (-margin > slack)),
        np.flatnonzero((margin > 0) & (margin > slack)),
    )


def relax(  # noqa: PLR0915 (one loop over the rounds of cuts)
    classes: csr_array,
    weight: np.ndarray,
    cost: np.ndarray,
    budget: float,
    *,
    known: float,
    chosen: np.ndarray,
    stop_at: float,
) -> Relaxation:
    """Solve the relaxation to (nearly) its optimum by Benders cuts on groups of classes.

    max sum_g theta_g, cost'y <= budget, 0 <= y <= 1, and for every group g and every set U of
    its classes: theta_g <= w(g without U) + sum_j y_j w(U covered by j).
    The cuts for given y take U = classes with (A y) < 1 (Cordeau, Furini and Ljubic 2019,
    there with one group). The prices are convex combinations of the cuts' sets.

    Parameters
    ----------
    known
        What the best choice so far covers; the rounds end early when it is proven.
    chosen
        That choice; its cuts come first.
    stop_at
        Of ``time.monotonic()``.
    """
    sites = classes.shape[1]
    row = np.repeat(np.arange(classes.shape[0]), np.diff(classes.indptr))
    group, groups = _groups(classes, weight)
    pair = group[row] * sites + classes.indices
    pairs, entry = np.unique(pair, return_inverse=True)
    pair_group, pair_site = pairs // sites, (pairs % sites).astype(np.int32)
    first = np.searchsorted(pair_group, np.arange(groups + 1))
    group_weight = np.bincount(group, weight, minlength=groups)

    highs = quiet({"presolve": "off", "solver": "simplex"})
    _columns(highs, sites, group_weight, cost, budget)
    cut_group: list[int] = []
    cut_sets: list[np.ndarray] = []
    upper, best_price, opened = np.inf, weight, np.zeros(sites)
    center = np.zeros(sites)
    center[chosen] = 1.0
    trial, theta = center, group_weight
    converged = False
    for turn in range(_MAX_ROUNDS):
        uncovered = classes @ trial < 1 - 1e-9
        lost = np.where(uncovered, weight, 0.0)
        coefficient = np.bincount(entry, lost[row], minlength=pairs.size)
        rest = group_weight - np.bincount(group, lost, minlength=groups)
        reach = rest + np.bincount(pair_group, coefficient * opened[pair_site], minlength=groups)
        new = np.flatnonzero(theta > reach + 1e-7 * np.maximum(1.0, group_weight))
        if turn and new.size == 0:
            if trial is opened:
                converged = True
                break
            trial = opened
            continue
        _cut(highs, sites, new, first, pair_site, coefficient, rest)
        cut_group.extend(new.tolist())
        cut_sets.extend([uncovered] * new.size)
        highs.setOptionValue(
            "time_limit", max(stop_at - time.monotonic(), 0.01) + highs.getRunTime()
        )
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            break
        solution = highs.getSolution()
        values = np.array(solution.col_value)
        opened, theta = values[:sites], values[sites:]
        duals = np.abs(np.array(solution.row_dual)[1:])
        price = _prices(duals, cut_group, cut_sets, group, weight)
        bound, _, _ = priced_bound(classes, weight, cost, budget, price)
        if bound < upper:
            upper, best_price = bound, price
        reached = float(weight @ np.minimum(classes @ opened, 1.0))
        if upper - known < 1e-9 * max(known, 1.0) or upper - reached < 1e-7 * upper:
            converged = True
            break
        if time.monotonic() > stop_at:
            break
        center = 0.5 * center + 0.5 * opened
        trial = center if turn % 2 else opened
    return Relaxation(opened=opened, point_price=best_price, bound=upper, converged=converged)


def _groups(classes: csr_array, weight: np.ndarray) -> tuple[np.ndarray, int]:
    """Group classes by the site that covers most of the weight not yet in a group."""
    columns = classes.T.tocsr()
    group = np.full(classes.shape[0], -1, dtype=np.int64)
    left = weight + 1e-9
    count = 0
    while True:
        worth = columns @ left
        j = int(np.argmax(worth))
        inside = columns.indices[columns.indptr[j] : columns.indptr[j + 1]]
        inside = inside[group[inside] < 0]
        if inside.size == 0:
            break
        group[inside] = count
        left[inside] = 0.0
        count += 1
    return group, count


def _columns(
    highs: Quiet, sites: int, group_weight: np.ndarray, cost: np.ndarray, budget: float
) -> None:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = sites + group_weight.size, 1
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.concatenate([np.zeros(sites), np.ones(group_weight.size)])
    lp.col_lower_ = np.zeros(lp.num_col_)
    lp.col_upper_ = np.concatenate([np.ones(sites), group_weight])
    lp.row_lower_ = np.array([-np.inf])
    lp.row_upper_ = np.array([float(budget)])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.array([0, sites], dtype=np.int32)
    lp.a_matrix_.index_ = np.arange(sites, dtype=np.int32)
    lp.a_matrix_.value_ = np.ascontiguousarray(cost, dtype=float)
    highs.passModel(lp)


def _cut(
    highs: Quiet,
    sites: int,
    new: np.ndarray,
    first: np.ndarray,
    pair_site: np.ndarray,
    coefficient: np.ndarray,
    rest: np.ndarray,
) -> None:
    start, index, value = [0], [], []
    for g in new:
        part = slice(first[g], first[g + 1])
        used = np.flatnonzero(coefficient[part] > 0)
        index.append(np.append(pair_site[part][used], np.int32(sites + g)))
        value.append(np.append(-coefficient[part][used], 1.0))
        start.append(start[-1] + used.size + 1)
    highs.addRows(
        int(new.size),
        np.full(new.size, -highspy.kHighsInf),
        rest[new],
        start[-1],
        np.array(start[:-1], dtype=np.int32),
        np.concatenate(index).astype(np.int32),
        np.concatenate(value),
    )


def _prices(
    duals: np.ndarray,
    cut_group: list[int],
    cut_sets: list[np.ndarray],
    group: np.ndarray,
    weight: np.ndarray,
) -> np.ndarray:
    """Give u: of each class, the share of its group's cuts whose set holds it, times weight."""
    share = np.zeros(weight.size)
    by_group: dict[int, float] = {}
    for k in np.flatnonzero(duals > 1e-12):
        by_group[cut_group[k]] = by_group.get(cut_group[k], 0.0) + duals[k]
    by_set: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    groups = int(group.max()) + 1
    for k in np.flatnonzero(duals > 1e-12):
        mask = cut_sets[k]
        part = by_set.setdefault(id(mask), (mask, np.zeros(groups)))[1]
        part[cut_group[k]] += duals[k] / max(by_group[cut_group[k]], 1.0)
    for mask, part in by_set.values():
        share += np.where(mask, part[group], 0.0)
    return weight * np.minimum(share, 1.0)
