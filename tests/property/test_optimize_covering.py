"""Maximal covering on random problems: equal to brute force, monotone, never above its bound."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array

from netplan.optimize.covering import maximal_covering
from netplan.optimize.covering_merge import merge_points, useful_sites
from netplan.optimize.covering_relax import priced_bound

SITES = 6


@st.composite
def problems(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    points = draw(st.integers(1, 14))
    cover = draw(arrays(bool, (points, SITES)))
    # fractions too: then the bound may not be rounded down
    step = draw(st.sampled_from([1.0, 0.1]))
    weight = draw(arrays(np.int64, points, elements=st.integers(0, 9))) * step
    cost = draw(arrays(np.int64, SITES, elements=st.integers(0, 4))).astype(float)
    return cover, weight, cost


def best_by_trying(
    cover: np.ndarray, weight: np.ndarray, cost: np.ndarray, budget: float, held: list[int]
) -> float:
    others = [j for j in range(SITES) if j not in held]
    return max(
        float(weight[cover[:, [*chosen, *held]].any(axis=1)].sum())
        for size in range(len(others) + 1)
        for chosen in combinations(others, size)
        if cost[list(chosen)].sum() <= budget
    )


@settings(max_examples=150, deadline=None)
@given(problems(), st.integers(0, SITES), st.sets(st.integers(0, SITES - 1), max_size=2))
def test_budget_and_existing_sites_equal_brute_force(
    problem: tuple[np.ndarray, np.ndarray, np.ndarray], budget: int, held: set[int]
) -> None:
    cover, weight, cost = problem
    found = maximal_covering(
        csr_array(cover), weight, cost=cost, budget=float(budget),
        existing=np.array(sorted(held), dtype=np.int64), time_limit_s=30.0,
    )  # fmt: skip
    best = best_by_trying(cover, weight, cost, budget, sorted(held))
    assert found.status == "proven"
    assert abs(found.covered_weight - best) <= 1e-7 * max(best, 1.0)
    assert found.bound >= found.covered_weight
    new = [j for j in found.chosen if j not in held]
    assert cost[new].sum() <= budget
    assert held <= set(found.chosen.tolist())


@settings(max_examples=60, deadline=None)
@given(problems())
def test_one_more_site_never_covers_less(
    problem: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    cover, weight, _ = problem
    reached = [
        maximal_covering(csr_array(cover), weight, count).covered_weight
        for count in range(SITES + 1)
    ]
    assert reached == sorted(reached)
    assert abs(reached[-1] - weight[cover.any(axis=1)].sum()) < 1e-9


@settings(max_examples=100, deadline=None)
@given(problems(), st.integers(0, 8), st.integers(0, 2**32 - 1))
def test_any_prices_give_a_bound(
    problem: tuple[np.ndarray, np.ndarray, np.ndarray], budget: int, seed: int
) -> None:
    cover, weight, cost = problem
    classes, merged, class_of = merge_points(csr_array(cover), weight)
    assert abs(merged.sum() - weight[class_of >= 0].sum()) < 1e-9
    price = merged * np.random.default_rng(seed).random(merged.size)
    bound = priced_bound(classes, merged, cost, budget, price)[0]
    assert bound >= best_by_trying(cover, weight, cost, budget, []) - 1e-9


@settings(max_examples=100, deadline=None)
@given(problems(), st.integers(0, 8))
def test_dropped_sites_are_not_missed(
    problem: tuple[np.ndarray, np.ndarray, np.ndarray], budget: int
) -> None:
    cover, weight, cost = problem
    classes, _, _ = merge_points(csr_array(cover), weight)
    kept = useful_sites(classes, cost)
    gone = [j for j in range(SITES) if j not in kept]
    best = best_by_trying(cover, weight, cost, budget, [])
    without = cover.copy()
    without[:, gone] = False
    assert best_by_trying(without, weight, cost, budget, []) == best
