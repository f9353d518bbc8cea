"""The multi-year choice equals what trying everything finds, and more money never relieves less."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from netplan.errors import InfeasibleError
from netplan.optimize.modular import UnmetError, choose
from netplan.optimize.modular_problem import held, paid_usd, within_limits
from tests.unit.modular_cases import best_choice, random_problem

#: How the blocks of random problems differ.
KINDS: tuple[dict[str, Any], ...] = (
    {"relief": False, "budget": False},
    {"relief": False, "budget": True},
    {"relief": False, "budget": False, "pools": 2},
    {"relief": False, "budget": True, "pools": 1},
    {"relief": True, "budget": True},
    {"relief": True, "budget": True, "pools": 2},
    {"relief": True, "budget": False, "pools": 1},
)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_choice_equals_brute_force(kind: dict[str, Any]) -> None:
    solved = 0
    for seed in range(60):
        problem = random_problem(seed, **kind)
        best = best_choice(problem)
        if best is None:
            with pytest.raises(InfeasibleError):
                choose(problem, time_limit_s=20.0, gap=0.0)
            continue
        plan = choose(problem, time_limit_s=20.0, gap=0.0)
        assert within_limits(problem, plan.state), seed
        assert plan.cost_usd == pytest.approx(best[1], abs=1e-6), seed
        want = best[0] if kind["relief"] else best[1]
        assert plan.objective == pytest.approx(want, abs=1e-6), seed
        assert plan.bound == pytest.approx(want, abs=1e-5), seed
        assert plan.gap_share < 1e-6
        solved += 1
    assert solved > 15


def test_elements_that_cannot_hold_are_those_that_brute_force_finds() -> None:
    found = 0
    for seed in range(150):
        problem = random_problem(seed, relief=False, budget=False)
        if best_choice(problem) is not None:
            continue
        with pytest.raises(UnmetError) as caught:
            choose(problem, time_limit_s=20.0)
        assert not caught.value.limited
        named = {row for row, _years in caught.value.unmet}
        first = problem.first_row()
        for row, name in enumerate(problem.elements):
            rows = slice(first[row], first[row + 1])
            alone = replace(
                problem,
                elements=(name,),
                once_usd=problem.once_usd[rows],
                running_usd=problem.running_usd[rows],
                enough=problem.enough[rows],
                first_year=problem.first_year[rows],
            )
            assert (best_choice(alone) is None) == (row in named), seed
        found += 1
    assert found > 20


def test_more_budget_never_relieves_less() -> None:
    for seed in range(40):
        problem = random_problem(seed, relief=True, budget=True, pools=1, most_elements=6)
        running = problem.running_usd[problem.first_row()[:-1]].sum(axis=0)
        before = -1.0
        for more in (0.0, 4.0, 9.0, 20.0, 60.0):
            richer = replace(problem, budget_usd=tuple(running + more))
            plan = choose(richer, time_limit_s=20.0, gap=0.0)
            assert plan.objective >= before - 1e-9, seed
            before = plan.objective


def test_more_budget_never_costs_more() -> None:
    for seed in range(40):
        problem = random_problem(seed, relief=False, budget=True, most_elements=6)
        before = np.inf
        for more in (10.0, 25.0, 50.0, 200.0):
            try:
                plan = choose(
                    replace(problem, budget_usd=(more,) * problem.years),
                    time_limit_s=20.0,
                    gap=0.0,
                )
            except InfeasibleError:
                assert before == np.inf, seed
                continue
            assert held(problem, plan.state).all()
            assert np.all(paid_usd(problem, plan.state).sum(axis=0) <= more + 0.02)
            assert plan.cost_usd <= before + 1e-6, seed
            before = plan.cost_usd


def test_another_option_never_costs_more() -> None:
    """A state that may not start is as good as none; letting it start never makes it dearer."""
    for seed in range(60):
        problem = random_problem(seed, relief=False, budget=False, pools=1)
        rows = np.setdiff1d(np.arange(len(problem.first_year)), problem.first_row()[:-1])
        if rows.size == 0:
            continue
        closed = problem.once_usd.copy()
        closed[rows[-1]] = np.inf
        try:
            without = choose(replace(problem, once_usd=closed), time_limit_s=20.0, gap=0.0)
        except InfeasibleError:
            continue
        with_it = choose(problem, time_limit_s=20.0, gap=0.0)
        assert with_it.cost_usd <= without.cost_usd + 1e-6, seed
