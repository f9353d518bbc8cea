"""The solver's door: answers, bounds, time limits, and no trust in what HiGHS says of itself."""

import itertools
import time

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array

from netplan.errors import SolverError
from netplan.optimize.solver import Builder, Model, is_feasible, solve


def knapsack(size: int, rows: int, seed: int) -> Model:
    rng = np.random.default_rng(seed)
    return Model(
        objective=rng.integers(1, 20, size).astype(float),
        lower=np.zeros(size),
        upper=np.ones(size),
        whole=np.ones(size, bool),
        rows=csr_array(rng.integers(0, 10, (rows, size)).astype(float)),
        row_lower=np.full(rows, -np.inf),
        row_upper=np.full(rows, 2.0 * size),
    )


def test_equals_enumeration_on_random_knapsacks() -> None:
    for seed in range(20):
        model = knapsack(9, 3, seed)
        best = max(
            model.objective @ x
            for x in map(np.array, itertools.product((0.0, 1.0), repeat=9))
            if np.all(model.rows @ x <= model.row_upper)
        )
        found = solve(model, time_limit_s=10.0)
        assert found.outcome == "optimal"
        assert found.objective == pytest.approx(best)
        assert found.bound == pytest.approx(best, rel=1e-6)


def test_duals_equal_scipys_on_a_linear_program() -> None:
    # maximize 3a + 2b, a + b <= 4, a + 3b <= 6, a <= 3: a = 3, b = 1, worth 2 for the first row
    builder = Builder()
    a = builder.add_columns(1, upper=3.0, objective=3.0)
    b = builder.add_columns(1, objective=2.0)
    builder.add_rows(1, (np.zeros(1), a, 1.0), (np.zeros(1), b, 1.0), upper=4.0)
    builder.add_rows(1, (np.zeros(1), a, 1.0), (np.zeros(1), b, 3.0), upper=6.0)
    found = solve(builder.model(), time_limit_s=5.0, simplex=True)
    other = linprog([-3, -2], A_ub=[[1, 1], [1, 3]], b_ub=[4, 6], bounds=[(0, 3), (0, None)])
    assert found.objective == pytest.approx(11.0) == -other.fun
    assert found.row_duals is not None
    assert found.row_duals == pytest.approx(-other.ineqlin.marginals)


def test_a_time_limit_is_told_and_kept_and_never_called_optimal() -> None:
    model = knapsack(300, 60, 0)
    model = Model(
        objective=model.objective,
        lower=model.lower,
        upper=model.upper,
        whole=model.whole,
        rows=model.rows,
        row_lower=model.row_lower,
        row_upper=np.full(60, 300 / 2.7),
    )
    heard: list[tuple[float, float, float]] = []
    began = time.monotonic()
    found = solve(model, time_limit_s=1.0, gap_share=0.0, progress=lambda *a: heard.append(a))
    assert time.monotonic() - began < 8.0  # the grace of an unheeded stop is 2 x 3 s
    assert found.outcome == "stopped"
    assert found.values is not None
    assert is_feasible(model, found.values)
    assert found.objective == pytest.approx(model.objective @ found.values)
    assert found.objective <= found.bound
    assert heard


def test_a_start_is_never_made_worse_and_an_infeasible_one_is_dropped() -> None:
    model = knapsack(30, 5, 1)
    best = solve(model, time_limit_s=10.0)
    again = solve(model, time_limit_s=0.01, start=best.values)
    assert again.objective >= best.objective - 1e-9
    wrong = solve(model, time_limit_s=10.0, start=np.full(30, 0.5))
    assert wrong.objective == pytest.approx(best.objective)


def test_infeasible_and_unbounded_are_told_apart() -> None:
    builder = Builder()
    x = builder.add_columns(1, upper=1.0, objective=1.0, whole=True)
    builder.add_rows(1, (np.zeros(1), x, 1.0), lower=2.0)
    assert solve(builder.model(), time_limit_s=5.0).outcome == "infeasible"
    free = Builder()
    free.add_columns(1, objective=1.0)
    with pytest.raises(SolverError, match="no limit"):
        solve(free.model(), time_limit_s=5.0)


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    solve(knapsack(8, 2, 3), time_limit_s=5.0)
    out = capfd.readouterr()
    assert out.out == out.err == ""
