"""Choosing modules for many elements over several years: least cost, or most relief in a budget."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from netplan.errors import InfeasibleError, SolverError
from netplan.optimize.modular_mip import Limits, program, state_of, values_of
from netplan.optimize.modular_paths import Grid, can_hold, cheapest, grid_of, part_of, spent
from netplan.optimize.modular_problem import (
    Bools,
    Floats,
    Ints,
    ModularPlan,
    ModularProblem,
    UnmetError,
    check_problem,
    cost_usd,
    paid_usd,
    relieved,
    relieved_weight,
    started,
    within_limits,
)
from netplan.optimize.solver import solve

__all__ = ["ModularPlan", "ModularProblem", "UnmetError", "choose"]

#: Called with the best objective so far (NaN: none), its bound and the seconds gone by.
Progress = Callable[[float, float, float], None]
#: Of the time limit, what the search for the cheapest of the most useful choices may take.
_CHEAPEST_SHARE = 0.1

_Demands = tuple[tuple[int, float, tuple[int, ...]], ...]


def choose(
    problem: ModularProblem,
    *,
    time_limit_s: float,
    gap: float = 1e-4,
    progress: Progress | None = None,
) -> ModularPlan:
    """Choose each element's state in each year.

    Elements that nothing ties together are solved one by one, exactly, by dynamic programming;
    the others by one mixed-integer program (``modular_mip``).

    Parameters
    ----------
    time_limit_s
        Wall-clock seconds; the best found by then is given, with its bound.
    gap
        Stop when the bound is within this share of the objective.
    progress
        Called a few times a second while the solver runs.

    Raises
    ------
    UnmetError
        Every element must hold, and cannot: says which, in which years, and whether it is for
        want of an option or of money.
    SolverError
        No choice was found within the time limit.
    ValueError
        Shapes or numbers of the problem do not fit.
    """
    began = time.monotonic()
    check_problem(problem)
    grid = grid_of(problem)
    stop_at = began + time_limit_s
    if problem.demands is None:
        state, bound = _least_cost(problem, grid, stop_at, gap, progress)
        objective = cost_usd(problem, state)
        bound = min(bound, objective)
    else:
        state, bound = _most_relief(problem, grid, stop_at, gap, progress)
        objective = relieved_weight(problem, state)
        bound = max(bound, objective)
    short = abs(objective - bound)
    if short <= 1e-9 * max(abs(objective), 1.0):
        bound, short = objective, 0.0
    return ModularPlan(
        state=state,
        objective=objective,
        bound=bound,
        gap_share=short / abs(objective) if objective else (np.inf if short else 0.0),
        cost_usd=cost_usd(problem, state),
        relieved=relieved(problem, state),
        seconds=time.monotonic() - began,
    )


def _least_cost(
    problem: ModularProblem, grid: Grid, stop_at: float, gap: float, progress: Progress | None
) -> tuple[Ints, float]:
    """Choose so that every element always holds; the cost's lower bound beside."""
    alone, cost = cheapest(grid, grid.enough)
    _raise_where_no_option_is_enough(problem, grid, cost)
    if within_limits(problem, alone):
        return alone, cost_usd(problem, alone)
    fixed = _content_alone(problem, grid, alone)
    free = np.flatnonzero(~fixed)
    part = part_of(grid, free)
    limits = _limits_left(problem, grid, alone, fixed)
    constant = float(cost[fixed].sum())
    scale = max(float(np.abs(cost).sum()) / 1e4, 1.0)
    built = program(part, part.enough, limits, None, constant=-constant, scale=scale)
    found = solve(
        built.model,
        time_limit_s=stop_at - time.monotonic(),
        gap_share=gap,
        progress=_scaled(progress, -scale),
        interior=False,
    )
    if found.outcome == "infeasible":
        _raise_for_want_of_money(problem, grid, stop_at)
    if found.values is None:
        raise SolverError("no plan within the budgets was found in time; allow more time")
    state = _joined(alone, free, state_of(built, found.values))
    _checked(problem, state)
    return state, max(-found.bound * scale, float(cost.sum()))


def _most_relief(
    problem: ModularProblem, grid: Grid, stop_at: float, gap: float, progress: Progress | None
) -> tuple[Ints, float]:
    """Choose so that most weight is relieved, then at least cost; the weight's bound beside."""
    possible = can_hold(grid)
    demands = tuple(
        (year, weight, rows)
        for year, weight, rows in problem.demands or ()
        if weight > 0 and possible[list(rows), year].all()
    )
    stay = np.zeros((len(problem.elements), problem.years), dtype=np.int64)
    fixed = _content_as_it_is(grid, demands)
    free = np.flatnonzero(~fixed)
    at = {int(row): k for k, row in enumerate(free)}
    merged: dict[tuple[int, tuple[int, ...]], float] = {}
    for year, weight, rows in demands:
        key = year, tuple(sorted({at[row] for row in rows if row in at}))
        merged[key] = merged.get(key, 0.0) + weight
    constant = sum(weight for (_, rows), weight in merged.items() if not rows)
    open_demands = tuple((year, weight, rows) for (year, rows), weight in merged.items() if rows)
    if free.size == 0 and within_limits(problem, stay):
        return stay, constant
    part = part_of(grid, free)
    limits = _limits_left(problem, grid, stay, fixed)
    total = constant + sum(weight for _, weight, _ in open_demands)
    scale = total / 1e4 if total > 0 else 1.0
    wide = np.broadcast_to(part.real[:, :, None], part.once.shape)
    built = program(part, wide, limits, open_demands, constant=constant, scale=scale)
    start = values_of(built, part, stay[free])
    found = solve(
        built.model,
        time_limit_s=(stop_at - time.monotonic()) * (1 - _CHEAPEST_SHARE),
        gap_share=gap,
        start=start if np.all(np.isfinite(start)) else None,
        progress=_scaled(progress, scale),
        interior=False,
    )
    if found.outcome == "infeasible":
        _raise_for_want_of_money(problem, grid, stop_at)
    if found.values is None:
        raise SolverError("no plan within the budget was found in time; allow more time")
    inner = state_of(built, found.values)
    inner = _cheapest_of_equals(part, limits, open_demands, inner, stop_at, gap)
    state = _joined(stay, free, inner)
    _checked(problem, state)
    return state, min(found.bound * scale, total)


def _cheapest_of_equals(
    grid: Grid, limits: Limits, demands: _Demands, state: Ints, stop_at: float, gap: float
) -> Ints:
    """Find the cheapest choice that relieves what ``state`` relieves."""
    row = np.arange(state.shape[0])[:, None]
    holds = grid.enough[row, state, np.arange(state.shape[1])]
    must = np.zeros_like(holds)
    for year, _weight, rows in demands:
        if holds[list(rows), year].all():
            must[list(rows), year] = True
    allowed = (grid.enough | ~must[:, None, :]) & grid.real[:, :, None]
    alone, cost = cheapest(grid, allowed)
    if _fits(grid, limits, alone):
        return alone
    scale = max(float(np.abs(cost).sum()) / 1e4, 1.0)
    built = program(grid, allowed, limits, None, constant=0.0, scale=scale)
    found = solve(
        built.model,
        time_limit_s=stop_at - time.monotonic(),
        gap_share=gap,
        start=values_of(built, grid, state),
        interior=False,
    )
    return state if found.values is None else state_of(built, found.values)


def _fits(grid: Grid, limits: Limits, state: Ints) -> bool:
    """Whether a choice keeps the limits."""
    paid, counted = spent(grid, state)
    return bool(
        (limits.budget is None or np.all(paid <= limits.budget)) and np.all(counted <= limits.pool)
    )


def _content_alone(problem: ModularProblem, grid: Grid, alone: Ints) -> Bools:
    """Give the elements whose cheapest way is best in any case: it takes from no limit."""
    if problem.budget_usd is not None:
        return np.zeros(alone.shape[0], dtype=np.bool_)
    row, year = np.arange(alone.shape[0])[:, None], np.arange(alone.shape[1])
    takes = np.where(started(alone), grid.counts[:, row, alone, year], 0.0)
    return np.asarray(takes.sum(axis=(0, 2)) == 0, dtype=np.bool_)


def _content_as_it_is(grid: Grid, demands: _Demands) -> Bools:
    """Give the elements that are best left alone: they hold where asked, and nothing is cheaper."""
    asked = np.zeros((grid.once.shape[0], grid.once.shape[2]), dtype=np.bool_)
    for year, _weight, rows in demands:
        asked[list(rows), year] = True
    holds = np.all(grid.enough[:, 0] | ~asked, axis=1)
    dearer = (grid.running >= grid.running[:, :1]) | ~grid.real[:, :, None]
    return np.asarray(holds & dearer.all(axis=(1, 2)), dtype=np.bool_)


def _limits_left(problem: ModularProblem, grid: Grid, state: Ints, fixed: Bools) -> Limits:
    """Give the limits less what the fixed elements take."""
    rows = np.flatnonzero(fixed)
    paid, counted = spent(part_of(grid, rows), state[rows])
    pool = np.array([usd for _name, usd, _counts in problem.pools], dtype=np.float64)
    budget = None if problem.budget_usd is None else np.asarray(problem.budget_usd) - paid
    return Limits(budget=budget, pool=pool - counted)


def _joined(state: Ints, rows: Ints, inner: Ints) -> Ints:
    """Put the choice of some elements into that of all."""
    out = state.copy()
    out[rows] = inner
    return out


def _scaled(progress: Progress | None, scale: float) -> Progress | None:
    """Report in the problem's own units."""
    if progress is None:
        return None
    return lambda best, bound, seconds: progress(best * scale, bound * scale, seconds)


def _checked(problem: ModularProblem, state: Ints) -> None:
    """Raise where the solver's tolerances let a limit slip."""
    if not within_limits(problem, state):
        paid = paid_usd(problem, state).sum(axis=0)
        raise SolverError(f"the solver's choice passes a limit: {paid} USD per year")


def _raise_where_no_option_is_enough(problem: ModularProblem, grid: Grid, cost: Floats) -> None:
    """Name the elements without a way through, with the years in which nothing holds."""
    rows = np.flatnonzero(~np.isfinite(cost))
    if rows.size == 0:
        return
    holds = can_hold(part_of(grid, rows))
    raise UnmetError(
        problem,
        tuple(
            # states hold in each year but none can be gone on from: the last year is named
            (int(row), tuple(np.flatnonzero(~good).tolist()) or (problem.years - 1,))
            for row, good in zip(rows, holds, strict=True)
        ),
        limited=False,
    )


def _raise_for_want_of_money(problem: ModularProblem, grid: Grid, stop_at: float) -> None:
    """Name the element years that are left when as many as can be are held."""
    if problem.demands is not None:
        raise InfeasibleError("what is in place already costs more in a year than its budget")
    size, years = len(problem.elements), problem.years
    asked = replace(
        problem,
        demands=tuple((year, 1.0, (row,)) for row in range(size) for year in range(years)),
    )
    state, _bound = _most_relief(asked, grid, max(stop_at, time.monotonic() + 5.0), 1e-3, None)
    held = grid.enough[np.arange(size)[:, None], state, np.arange(years)]
    raise UnmetError(
        problem,
        tuple(
            (int(row), tuple(np.flatnonzero(~held[row]).tolist()))
            for row in np.flatnonzero(~held.all(axis=1))
        ),
        limited=True,
    )
