"""Set covering and the p-median, with their bounds, for problems that branch and bound settles."""

import time
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, vstack

from netplan.errors import InfeasibleError
from netplan.optimize.covering_merge import merge_points, useful_sites
from netplan.optimize.solver import Builder, Model, solve

#: Bound and cost may differ by this share of the cost.
TOLERANCE = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Least:
    """The cheapest choice that was found, and what is proven about it.

    Parameters
    ----------
    chosen
        Indices of the chosen sites, sorted; existing ones included.
    objective
        What is made small (summed cost of new sites, or weighted distance), worked out from
        the problem as given.
    bound
        No choice that meets the demand has less.
    gap_share
        (objective - bound) / objective; 0 for an objective of 0.
    status
        ``proven`` only where the bound meets the objective.
    unreachable
        Indices of points of positive weight that no site covers.
    assigned
        For the p-median: the site that serves each point (-1: none); else None.
    seconds
        Wall-clock time.
    """

    chosen: np.ndarray
    objective: float
    bound: float
    gap_share: float
    status: Literal["proven", "stopped"]
    unreachable: np.ndarray
    assigned: np.ndarray | None
    seconds: float


def set_covering(
    cover: csr_array,
    weight: np.ndarray,
    *,
    share: float = 1.0,
    cost: np.ndarray | None = None,
    existing: np.ndarray | None = None,
    time_limit_s: float = 120.0,
) -> Least:
    """Choose the cheapest sites that cover a share of the weight.

    min c'y,  z <= A y,  w'z >= share x sum(w),  y binary, 0 <= z <= 1.

    Parameters
    ----------
    cover
        Shape (points, sites), bool.
    weight
        Shape (points,), at least 0; points of weight 0 need no cover.
    share
        Of the whole weight, 0 to 1.
    cost
        Shape (sites,), at least 0; 1 each by default, which counts sites.
    existing
        Sites that are open and cost nothing.

    Raises
    ------
    InfeasibleError
        All sites together cover less than the share; the message says how much they cover and
        how many points no site covers.
    """
    began = time.monotonic()
    cover = csr_array(cover)
    weight = np.asarray(weight, dtype=float)
    costs = np.ones(cover.shape[1]) if cost is None else np.asarray(cost, dtype=float).copy()
    fixed = np.unique(np.asarray([] if existing is None else existing, dtype=np.int64))
    costs[fixed] = 0.0
    classes, class_weight, class_of = merge_points(cover, weight)
    unreachable = np.flatnonzero((class_of < 0) & (weight > 0))
    total, most = float(weight.sum()), float(class_weight.sum())
    needed = share * total
    if most < needed - 1e-9 * max(total, 1.0):
        raise InfeasibleError(
            f"{share:.1%} of the weight is to be covered, but all {cover.shape[1]} sites "
            f"together cover {most / total:.1%}: no site covers {unreachable.size} points of "
            f"weight {float(weight[unreachable].sum()):g}"
        )
    needed = min(needed, most)
    is_fixed = np.zeros(cover.shape[1])
    is_fixed[fixed] = 1.0
    done = classes @ is_fixed > 0.5
    needed -= float(class_weight[done].sum())
    chosen, bound = fixed, 0.0
    if needed > 1e-9 * max(total, 1.0):
        rest, rest_weight, _ = merge_points(classes[np.flatnonzero(~done)], class_weight[~done])
        sites = useful_sites(rest, costs)
        rest, rest_weight, _ = merge_points(rest[:, sites], rest_weight)
        positive = rest_weight > 0
        rest, rest_weight = rest[np.flatnonzero(positive)], rest_weight[positive]
        new, bound = _cheapest(rest, rest_weight, costs[sites], needed, time_limit_s)
        chosen = np.union1d(fixed, sites[new])
    return _result(chosen, float(costs[chosen].sum()), bound, costs, unreachable, None, began)


def p_median(
    distance: np.ndarray | csr_array,
    weight: np.ndarray,
    count: int,
    *,
    existing: np.ndarray | None = None,
    time_limit_s: float = 120.0,
) -> Least:
    """Choose sites so that the weighted distance to the nearest open one is least.

    The radius formulation (Elloumi, Labbe and Pochet 2004; Garcia, Labbe and Marin 2011): with
    D_i1 < D_i2 < ... the different distances of point i, z_ik = 1 when no open site is nearer
    than D_ik: min sum_ik w_i (D_ik - D_i,k-1) z_ik,  z_ik >= 1 - sum of y_j nearer than D_ik.

    Parameters
    ----------
    distance
        Shape (points, sites), at least 0. A sparse array holds the pairs that are allowed; a
        stored 0 is a distance of 0.
    weight
        Shape (points,), at least 0; points of weight 0 are assigned too.
    count
        New sites, at most (another one never harms).

    Raises
    ------
    InfeasibleError
        No choice of so many sites reaches every point of positive weight; says whether some
        points are near no site at all.
    """
    began = time.monotonic()
    dense = _dense(distance)
    weight = np.asarray(weight, dtype=float)
    points, sites = dense.shape
    fixed = np.unique(np.asarray([] if existing is None else existing, dtype=np.int64))
    unreachable = np.flatnonzero(~np.isfinite(dense).any(axis=1) & (weight > 0))
    if unreachable.size:
        raise InfeasibleError(
            f"no site is near {unreachable.size} points of weight "
            f"{float(weight[unreachable].sum()):g}, whatever is chosen"
        )
    build = Builder()
    lower = np.zeros(sites)
    lower[fixed] = 1.0
    y = build.add_columns(sites, lower=lower, upper=1.0, whole=True)
    build.add_rows(1, (np.zeros(sites, np.int64), y, 1.0), upper=float(count + fixed.size))
    base = 0.0
    for i in np.flatnonzero(weight > 0):
        near = np.flatnonzero(np.isfinite(dense[i]))
        levels, at = np.unique(dense[i, near], return_inverse=True)
        base += float(weight[i] * levels[0])
        steps = np.diff(levels)
        if steps.size:
            z = build.add_columns(steps.size, upper=1.0, objective=-weight[i] * steps)
            k = np.arange(steps.size)
            pair_row, pair = np.nonzero(at[None, :] <= k[:, None])
            build.add_rows(steps.size, (k, z, 1.0), (pair_row, y[near[pair]], 1.0), lower=1.0)
        # within reach of some open site at all
        build.add_rows(1, (np.zeros(near.size, np.int64), y[near], 1.0), lower=1.0)
    found = solve(build.model(), time_limit_s=time_limit_s, gap_share=TOLERANCE / 2)
    if found.values is None:
        if found.outcome == "infeasible":
            raise InfeasibleError(
                f"{count} sites are too few: every point is near some site, but no {count} sites "
                "together are near every point of positive weight"
            )
        raise InfeasibleError(f"no choice was found within {time_limit_s:g} s")
    chosen = np.flatnonzero(found.values[:sites] > 0.5)
    nearest = np.argmin(dense[:, chosen], axis=1)
    reached = dense[np.arange(points), chosen[nearest]]
    assigned = np.where(np.isfinite(reached), chosen[nearest], -1)
    objective = float((weight * np.where(weight > 0, reached, 0.0))[weight > 0].sum())
    return _result(chosen, objective, base - found.bound, None, unreachable, assigned, began)


def _cheapest(
    classes: csr_array, weight: np.ndarray, cost: np.ndarray, needed: float, time_limit_s: float
) -> tuple[np.ndarray, float]:
    """Solve the set covering that is left; greedy choices are the start."""
    size, count = classes.shape
    start = _greedy(classes, weight, cost, needed)
    is_open = np.zeros(count)
    is_open[start] = 1.0
    everything = needed >= weight.sum() * (1 - 1e-12)
    ones = classes.astype(float)
    if everything:
        rows, row_lower = csr_array(ones), np.ones(size)
        columns, values = count, is_open
    else:
        share = csr_array(np.concatenate([np.zeros(count), weight])[None, :])
        cover = hstack([ones, -eye_array(size)])
        rows = csr_array(vstack([cover, share], format="csr"))
        row_lower = np.concatenate([np.zeros(size), [needed]])
        columns = count + size
        values = np.concatenate([is_open, (ones @ is_open > 0.5).astype(float)])
    found = solve(
        Model(
            objective=np.concatenate([-cost, np.zeros(columns - count)]),
            lower=np.zeros(columns),
            upper=np.ones(columns),
            whole=np.arange(columns) < count,
            rows=rows,
            row_lower=row_lower,
            row_upper=np.full(row_lower.size, np.inf),
        ),
        time_limit_s=time_limit_s,
        gap_share=TOLERANCE / 2,
        start=values,
    )
    best = start
    if found.values is not None:
        other = np.flatnonzero(found.values[:count] > 0.5)
        enough = weight[classes @ (found.values[:count] > 0.5) > 0].sum() >= needed * (1 - 1e-9)
        if enough and cost[other].sum() <= cost[start].sum():
            best = other
    return best, max(-found.bound, 0.0)


def _greedy(classes: csr_array, weight: np.ndarray, cost: np.ndarray, needed: float) -> np.ndarray:
    """Take the site with the most new weight for its cost until enough is covered."""
    columns = classes.T.tocsr()
    left = weight.copy()
    taken: list[int] = []
    while weight.sum() - left.sum() < needed * (1 - 1e-12):
        gain = (columns @ left) / np.maximum(cost, 1e-12)
        j = int(np.argmax(gain))
        if gain[j] <= 0:
            break
        taken.append(j)
        left[columns.indices[columns.indptr[j] : columns.indptr[j + 1]]] = 0.0
    return np.sort(np.array(taken, dtype=np.int64))


def _dense(distance: np.ndarray | csr_array) -> np.ndarray:
    if isinstance(distance, np.ndarray):
        return distance.astype(float)
    dense = np.full(distance.shape, np.inf)
    pairs = csr_array(distance).tocoo()
    dense[pairs.row, pairs.col] = pairs.data
    return dense


def _result(
    chosen: np.ndarray,
    objective: float,
    bound: float,
    costs: np.ndarray | None,
    unreachable: np.ndarray,
    assigned: np.ndarray | None,
    began: float,
) -> Least:
    if costs is not None and np.all(costs == np.round(costs)):
        # whole costs have a whole sum
        bound = float(np.ceil(bound - 1e-6))
    bound = min(bound, objective)
    proven = objective - bound <= TOLERANCE * max(objective, 1e-9)
    return Least(
        chosen=chosen,
        objective=objective,
        bound=bound,
        gap_share=(objective - bound) / objective if objective > 0 else 0.0,
        status="proven" if proven else "stopped",
        unreachable=unreachable,
        assigned=assigned,
        seconds=time.monotonic() - began,
    )
