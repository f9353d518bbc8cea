"""The plan equals what trying everything finds, is never above its bound, and never worse for more.

Random problems with two or three stops, one or two vehicles of one or two classes, slots with
and without time to drive, places, lending, budgets, goals, floors and worst-first.
"""

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from netplan.access.best import choose
from netplan.access.model import Goal, Siting
from netplan.access.verify import verify
from netplan.errors import InfeasibleError
from tests.unit.siting_brute import best_plan
from tests.unit.siting_cases import random_case

SEARCH = import_module("netplan.access.search")
BEST = import_module("netplan.access.best")


@pytest.fixture(autouse=True)
def keep_small_sites(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep sites for next to nobody, as trying everything does; one test is about closing them."""
    if "closes" not in request.node.name:
        monkeypatch.setattr(BEST, "NOBODY_STUDENTS", 0.0)


def check(case: Siting, goal: Goal, *, direct: bool) -> None:
    best = best_plan(case, goal)
    try:
        plan = choose(case, goal, time_limit_s=20.0)
    except InfeasibleError as error:
        assert best.objective is None, str(error)
        assert "no plan meets the goal: " in str(error)
        return
    assert best.objective is not None
    verify(case, goal, plan)
    slack = 1e-5 * max(1.0, abs(best.objective)) * (20 if goal.equity == "worst_first" else 1)
    sign = -1 if goal.coverage_share is not None else 1
    assert sign * plan.objective <= sign * best.objective + slack
    assert sign * plan.objective_bound >= sign * best.objective - slack
    if direct or plan.status == "proven":
        assert plan.status == "proven"
        assert plan.objective == pytest.approx(best.objective, abs=slack)
    if goal.equity == "worst_first" and plan.status == "proven":
        share = np.sort(plan.zones["served_share"].dropna())
        assert share == pytest.approx(np.sort(best.shares), abs=1e-4)


@pytest.mark.parametrize("block", range(2))
def test_plan_equals_brute_force(block: int) -> None:
    for seed in range(10 * block, 10 * block + 10):
        check(*random_case(seed), direct=True)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(2))
def test_plan_equals_brute_force_on_many(block: int) -> None:
    for seed in range(1020 + 10 * block, 1030 + 10 * block):
        check(*random_case(seed), direct=True)


def test_bound_and_built_timetable_hold_against_brute_force(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The way of large problems: a bound without drives, a timetable built by search."""
    monkeypatch.setattr(SEARCH, "DIRECT_COLUMNS", -1)
    monkeypatch.setattr(SEARCH, "EXACT_COLUMNS", 0)
    met = 0
    for seed in range(300, 320):
        case, goal = random_case(seed)
        if goal.equity == "none" and goal.coverage_share is None:
            check(case, goal, direct=False)
            met += 1
    assert met >= 4


@pytest.mark.slow
def test_bound_then_exact_model_equals_brute_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SEARCH, "DIRECT_COLUMNS", -1)
    for seed in range(400, 412):
        check(*random_case(seed), direct=True)


def test_more_budget_never_serves_fewer() -> None:
    for seed in range(500, 510):
        case, _ = random_case(seed)
        served = -1.0
        for budget in (300.0, 500.0, 800.0, 1500.0):
            try:
                plan = choose(case, Goal(budget_usd_per_year=budget), time_limit_s=20.0)
            except InfeasibleError:
                continue
            assert plan.objective >= served - 1e-6
            served = plan.objective


def test_worst_zone_is_never_worse_under_worst_first() -> None:
    for seed in range(600, 612):
        case, _ = random_case(seed)
        try:
            plain = choose(case, Goal(budget_usd_per_year=500.0), time_limit_s=20.0)
        except InfeasibleError:
            continue
        fair = choose(
            case, Goal(budget_usd_per_year=500.0, equity="worst_first"), time_limit_s=20.0
        )
        worst = fair.zones["served_share"].min()
        assert not worst < plain.zones["served_share"].min() - 1e-6


def test_what_closes_for_next_to_nobody_costs_less_than_half_a_student() -> None:
    for seed in range(800, 812):
        case, _ = random_case(seed)
        case = replace(case, students=case.students / 8)
        goal = Goal(budget_usd_per_year=600.0)
        try:
            plan = choose(case, goal, time_limit_s=20.0)
        except InfeasibleError:
            continue
        best = best_plan(case, goal).objective
        assert best is not None
        verify(case, goal, plan)
        assert plan.objective > best - 0.5
        assert plan.objective_bound >= best - 1e-5
        assert plan.status == "stopped" or plan.objective >= best - 1e-4
