"""Maximal covering, set covering and the p-median: by hand, by brute force and by spopt."""

from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_array

from netplan.errors import InfeasibleError
from netplan.optimize import covering
from netplan.optimize.covering import maximal_covering
from netplan.optimize.covering_anneal import anneal, prepare, usual_loss
from netplan.optimize.covering_core import core_search
from netplan.optimize.covering_highs import interior_prices
from netplan.optimize.covering_least import p_median, set_covering
from netplan.optimize.covering_merge import merge_points, useful_sites
from netplan.optimize.covering_pairs import within
from netplan.optimize.covering_regions import regional_bound
from netplan.optimize.covering_relax import priced_bound, relax
from netplan.optimize.covering_search import search, worth
from netplan.optimize.solver import Model, solve

# points 0..5 with weights 1, 2, 4, 8, 16, 32; site 0 covers {0, 1, 2}, site 1 {2, 3},
# site 2 {4}, site 3 {3, 4}; nobody covers 5
BY_HAND = csr_array(
    np.array(
        [[1, 0, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0], [0, 1, 0, 1], [0, 0, 1, 1], [0, 0, 0, 0]],
        dtype=bool,
    )
)
WEIGHTS = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0])


def city(points: int, sites: int, radius: float, seed: int) -> tuple[csr_array, np.ndarray]:
    generator = np.random.default_rng(seed)
    at = generator.random((points, 2)) * 10_000
    of = generator.random((sites, 2)) * 10_000
    return within(at, of, radius), generator.integers(1, 101, points).astype(float)


def plain(cover: csr_array, weight: np.ndarray, cost: np.ndarray, budget: float) -> float:
    """The direct model of the points as given, by HiGHS with nothing of ours but the door."""
    points, sites = cover.shape
    dense = np.hstack([cover.toarray().astype(float), -np.eye(points)])
    rows = csr_array(np.vstack([dense, np.append(cost, np.zeros(points))]))
    model = Model(
        objective=np.append(np.zeros(sites), weight),
        lower=np.zeros(points + sites),
        upper=np.ones(points + sites),
        whole=np.arange(points + sites) < sites,
        rows=rows,
        row_lower=np.append(np.zeros(points), -np.inf),
        row_upper=np.append(np.full(points, np.inf), budget),
    )
    found = solve(model, time_limit_s=60.0)
    assert found.outcome == "optimal"
    return found.objective


def test_by_hand() -> None:
    # one site: 3 covers 8 + 16 = 24; two: 0 and 3 cover 1 + 2 + 4 + 24 = 31, all within reach
    one = maximal_covering(BY_HAND, WEIGHTS, 1)
    assert one.chosen.tolist() == [3]
    assert (one.covered_weight, one.bound, one.status) == (24.0, 24.0, "proven")
    two = maximal_covering(BY_HAND, WEIGHTS, 2)
    assert two.chosen.tolist() == [0, 3]
    assert (two.covered_weight, two.gap_share) == (31.0, 0.0)
    # site 2 open anyway: one more is best 1 (4 + 8) on top of its 16
    beside = maximal_covering(BY_HAND, WEIGHTS, 1, existing=np.array([2]))
    assert beside.chosen.tolist() == [1, 2]
    assert beside.covered_weight == 28.0
    # site 3 costs 3, the others 1, for 2 in all: 1 and 2 cover 28, 0 and 2 cover 23
    cheap = maximal_covering(BY_HAND, WEIGHTS, cost=np.array([1.0, 1.0, 1.0, 3.0]), budget=2.0)
    assert cheap.chosen.tolist() == [1, 2]
    assert cheap.covered_weight == 28.0


def test_nothing_to_choose_or_to_cover() -> None:
    nothing = maximal_covering(BY_HAND, WEIGHTS, 0)
    assert (nothing.chosen.size, nothing.covered_weight, nothing.status) == (0, 0.0, "proven")
    empty = maximal_covering(csr_array((3, 2), dtype=bool), np.ones(3), 1)
    assert (empty.covered_weight, empty.bound, empty.gap_share) == (0.0, 0.0, 0.0)
    unweighted = maximal_covering(BY_HAND, np.zeros(6), 1)
    assert unweighted.status == "proven"
    all_open = maximal_covering(BY_HAND, WEIGHTS, 2, existing=np.arange(4))
    assert (all_open.covered_weight, all_open.bound) == (31.0, 31.0)


def test_a_stored_zero_is_no_cover() -> None:
    cover = csr_array((np.array([0, 1]), np.array([0, 1]), np.array([0, 1, 2])), shape=(2, 2))
    found = maximal_covering(cover, np.array([5.0, 1.0]), 2)
    assert found.covered_weight == 1.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"weight": np.full(6, np.nan)},
        {"weight": -WEIGHTS},
        {"weight": np.ones(5)},
        {"count": None},
        {"budget": 3.0},
        {"count": None, "budget": 3.0},
        {"count": -1},
        {"existing": np.array([4])},
        {"count": None, "budget": 3.0, "cost": np.ones(3)},
    ],
)
def test_what_does_not_fit_is_refused(wrong: dict) -> None:
    asked = {"cover": BY_HAND, "weight": WEIGHTS, "count": 1, **wrong}
    with pytest.raises(ValueError, match=r"weight|count|budget|cost|existing"):
        maximal_covering(**asked)


@pytest.mark.parametrize("seed", range(12))
def test_equals_brute_force(seed: int) -> None:
    cover, weight = city(40, 9, 2_500.0, seed)
    held = np.array([seed % 9]) if seed % 2 else None
    count = 2 + seed % 3
    found = maximal_covering(cover, weight, count, existing=held)
    dense = cover.toarray()
    best = max(
        weight[dense[:, [*chosen, *([] if held is None else held)]].any(axis=1)].sum()
        for chosen in combinations(range(9), count)
    )
    assert found.status == "proven"
    assert found.covered_weight == best == found.bound
    # recomputed from the answer alone
    assert weight[dense[:, found.chosen].any(axis=1)].sum() == best


@pytest.mark.parametrize("seed", range(4))
def test_proven_is_checked_by_the_plain_model(seed: int) -> None:
    cover, weight = city(250, 40, 1_500.0, seed)
    cost = np.random.default_rng(seed).integers(1, 6, 40).astype(float)
    by_count = maximal_covering(cover, weight, 8, seed=seed)
    assert by_count.status == "proven"
    assert by_count.covered_weight == pytest.approx(plain(cover, weight, np.ones(40), 8), abs=1e-6)
    by_cost = maximal_covering(cover, weight, cost=cost, budget=20.0, seed=seed)
    assert by_cost.status == "proven"
    assert cost[by_cost.chosen].sum() <= 20.0
    assert by_cost.covered_weight == pytest.approx(plain(cover, weight, cost, 20.0), abs=1e-6)


def test_a_time_limit_is_never_called_proven() -> None:
    # spopt calls the same "Optimal"
    cover, weight = city(4_000, 300, 800.0, 1)
    seen: list[tuple[float, float, float]] = []
    found = maximal_covering(
        cover, weight, 50, time_limit_s=0.6, progress=lambda *now: seen.append(now)
    )
    assert found.status == "stopped"
    assert found.gap_share > 0
    assert found.bound > found.covered_weight
    covered, bounds = [now[0] for now in seen], [now[1] for now in seen]
    assert covered == sorted(covered)
    assert bounds == sorted(bounds, reverse=True)
    assert len(found.trace) == len(seen)


def test_points_with_equal_cover_become_one() -> None:
    cover = csr_array(np.array([[1, 1], [0, 1], [1, 1], [0, 0], [0, 1]], dtype=bool))
    classes, weight, class_of = merge_points(cover, np.array([1.0, 2.0, 4.0, 8.0, 16.0]))
    assert class_of.tolist() == [0, 1, 0, -1, 1]
    assert classes.toarray().tolist() == [[1, 1], [0, 1]]
    assert weight.tolist() == [5.0, 18.0]


def test_a_site_that_another_replaces_is_dropped() -> None:
    # site 0 covers {0}, 1 covers {0, 1}, 2 the same, 3 nothing
    classes = csr_array(np.array([[1, 1, 1, 0], [0, 1, 1, 0]], dtype=np.int8))
    assert useful_sites(classes, np.ones(4)).tolist() == [1]
    # ... but not when it costs less
    assert useful_sites(classes, np.array([1.0, 2.0, 2.0, 1.0])).tolist() == [0, 1]


@pytest.mark.parametrize("dimensions", [2, 3])
def test_pairs_equal_all_distances(dimensions: int) -> None:
    generator = np.random.default_rng(dimensions)
    points, sites = generator.random((300, dimensions)), generator.random((40, dimensions))
    cover = within(points, sites, 0.2)
    distance = np.sqrt(((points[:, None] - sites[None]) ** 2).sum(axis=2))
    assert np.array_equal(cover.toarray(), distance <= 0.2)
    assert cover.has_canonical_format


def test_a_point_at_exactly_the_distance_is_within() -> None:
    at = np.array([[0.0, 3.0], [0.0, 3.0 + 1e-9], [1e9, 0.0]])
    assert within(at, np.array([[0.0, 0.0]]), 3.0).toarray().ravel().tolist() == [
        True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_every_bound_holds(seed: int) -> None:
    cover, weight = city(400, 120, 900.0, seed)
    classes, weight, _ = merge_points(cover, weight)
    cost = np.ones(120)
    best = plain(classes, weight, cost, 14)
    chosen, value = search(classes, weight, cost, 14, moves=20_000, seed=seed)
    assert value <= best + 1e-6
    assert value >= 0.99 * best
    random_prices = weight * np.random.default_rng(seed).random(weight.size)
    assert priced_bound(classes, weight, cost, 14, random_prices)[0] >= best - 1e-6
    relaxed = relax(classes, weight, cost, 14, known=value, chosen=chosen, stop_at=np.inf)
    inner = interior_prices(classes, weight, cost, 14, 10.0)
    assert inner is not None
    bound = priced_bound(classes, weight, cost, 14, inner[0])[0]
    assert relaxed.bound == pytest.approx(bound, rel=1e-4)
    lower = regional_bound(
        classes, weight, inner[0], bound,
        enough=0.0, stop_at=covering.time.monotonic() + 20.0, improved=lambda _: None, seed=0,
    )  # fmt: skip
    assert best - 1e-6 <= lower <= bound
    # two regions see more than the relaxation does, wherever that is fractional
    assert lower < bound or bound == pytest.approx(best)


@pytest.mark.parametrize("seed", range(3))
def test_the_long_search_comes_close_within_the_budget(seed: int) -> None:
    cover, weight = city(300, 60, 1_200.0, seed)
    classes, weight, _ = merge_points(cover, weight)
    cost = np.random.default_rng(seed).integers(1, 4, 60).astype(float)
    for costs, budget in ((np.ones(60), 10.0), (cost, 17.0)):
        best = plain(classes, weight, costs, budget)
        start, first = search(classes, weight, costs, budget, moves=0, seed=0)
        inner = interior_prices(classes, weight, costs, budget, 10.0)
        assert inner is not None
        found, value = core_search(
            classes, weight, costs, budget, inner[0], start,
            until=covering.time.monotonic() + 3.0, seed=seed,
        )  # fmt: skip
        assert costs[found].sum() <= budget
        assert value == worth(classes, weight, found)
        assert first <= value <= best + 1e-6
        assert value >= 0.99 * best


@pytest.mark.parametrize("seed", range(4))
def test_annealing_keeps_the_number_and_the_budget(seed: int) -> None:
    cover, weight = city(200, 40, 1_500.0, seed)
    classes, weight, _ = merge_points(cover, weight)
    cost = np.random.default_rng(seed).integers(1, 4, 40).astype(float)
    start, first = search(classes, weight, cost, 15.0, moves=0, seed=0)
    ones = csr_array(classes, dtype=np.int32)
    ground = prepare(classes, csr_array(ones.T @ ones), weight, cost, 15.0, np.ones(40))
    usual = usual_loss(ground, start, seed)
    assert 0 < usual < weight.sum()
    found = [
        anneal(ground, start, moves=20_000, hot=0.2 * usual, cold=0.01 * usual, seed=seed)
        for _ in range(2)
    ]
    assert found[0].tolist() == found[1].tolist()
    assert np.unique(found[0]).size == start.size
    assert cost[found[0]].sum() <= 15.0
    assert worth(classes, weight, found[0]) >= first


def test_search_with_prices_leaves_out_what_does_not_pay() -> None:
    price = np.array([8.0, 1.0, 1.0, 25.0])
    chosen, value = search(
        BY_HAND.astype(np.int8), WEIGHTS, np.zeros(4), 0.0, price=price, moves=50, seed=0
    )
    # 1 gives 12 - 1 and 2 gives 16 - 1; 0 would add 3 for 8, 3 nothing for 25
    assert chosen.tolist() == [1, 2]
    assert value == 26.0


def test_set_covering_by_hand_and_why_not() -> None:
    found = set_covering(BY_HAND[:5], WEIGHTS[:5])
    assert found.chosen.tolist() == [0, 3]
    assert (found.objective, found.bound, found.status) == (2.0, 2.0, "proven")
    with pytest.raises(InfeasibleError, match="no site covers 1 points of weight 32"):
        set_covering(BY_HAND, WEIGHTS)
    # 24 of 63 are 38 %: one site does
    part = set_covering(BY_HAND, WEIGHTS, share=24 / 63)
    assert part.chosen.tolist() == [3]
    assert part.unreachable.tolist() == [5]


@pytest.mark.parametrize("seed", range(8))
def test_set_covering_equals_brute_force(seed: int) -> None:
    cover, weight = city(30, 10, 3_500.0, seed)
    cost = np.random.default_rng(seed).integers(1, 5, 10).astype(float)
    dense = cover.toarray()
    share = 1.0 if seed % 2 else 0.7
    weight = np.where(dense.any(axis=1), weight, 0.0)
    found = set_covering(cover, weight, share=share, cost=cost, existing=np.array([3]))
    cost[3] = 0.0
    best = min(
        cost[list(chosen)].sum()
        for size in range(11)
        for chosen in combinations(range(10), size)
        if weight[dense[:, [*chosen, 3]].any(axis=1)].sum() >= share * weight.sum() - 1e-9
    )
    assert found.status == "proven"
    assert found.objective == best
    assert weight[dense[:, found.chosen].any(axis=1)].sum() >= share * weight.sum() - 1e-9


@pytest.mark.parametrize("seed", range(6))
def test_p_median_equals_brute_force(seed: int) -> None:
    generator = np.random.default_rng(seed)
    distance = generator.integers(0, 30, (15, 8)).astype(float)
    weight = generator.integers(0, 9, 15).astype(float)
    found = p_median(distance, weight, 3, existing=np.array([2]))
    best = min(
        (weight * distance[:, [*chosen, 2]].min(axis=1)).sum()
        for chosen in combinations(range(8), 3)
    )
    assert found.objective == pytest.approx(best)
    assert found.bound == pytest.approx(best)
    assert found.status == "proven"
    assert found.assigned is not None
    assert np.array_equal(
        distance[np.arange(15), found.assigned], distance[:, found.chosen].min(axis=1)
    )


def test_p_median_with_allowed_pairs_says_why_it_cannot() -> None:
    # point 0 only near site 0, point 1 only near site 1: one site is too few
    near = csr_array(np.array([[2.0, 0.0], [0.0, 3.0]]))
    assert p_median(near, np.ones(2), 2).objective == 5.0
    with pytest.raises(InfeasibleError, match="1 sites are too few"):
        p_median(near, np.ones(2), 1)
    with pytest.raises(InfeasibleError, match="no site is near 1 points of weight 7"):
        p_median(csr_array(np.array([[2.0], [0.0]])), np.array([1.0, 7.0]), 1)
