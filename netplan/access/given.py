"""Plans for given tours: the students' side alone, and what a search found."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from netplan.access.asking import PROVEN, Ask, Teller
from netplan.access.flows import USD
from netplan.access.formulate import (
    Formulation,
    add_budget,
    add_coverage,
    add_floor,
    add_order,
    add_weighted,
    formulate,
)
from netplan.access.reduce import Problem
from netplan.access.timetable import Tour, add_tours, without_stops
from netplan.errors import SolverError
from netplan.optimize.solver import Builder, Model, Solution, solve

#: What each zone share may lose again after its sum was maximized: rounding of the solver.
ORDER_SLACK = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found; ``objective`` and ``bound`` are maximized (minus USD for cost)."""

    feasible: bool
    served: np.ndarray
    opened: np.ndarray
    tours: tuple[Tour, ...]
    objective: float
    bound: float
    proven: bool


def model_of(ask: Ask, form: Formulation) -> Model:
    """Add what is asked for to a formulation, and give the model."""
    if ask.budget_usd is not None:
        add_budget(form, ask.budget_usd)
    if ask.students_least is not None:
        add_coverage(form, ask.students_least)
    if ask.weighted_least is not None:
        add_weighted(form, ask.weighted_least)
    if ask.floor_share is not None:
        add_floor(form, ask.floor_share)
    for count, total in ask.orders:
        top, below = add_order(form)
        form.builder.add_rows(
            1,
            (np.zeros(1), top, float(count)),
            (np.zeros(below.size), below, -1.0),
            lower=total - ORDER_SLACK * count,
        )
    if ask.aim == "zones":
        top, below = add_order(form)
        objective = np.zeros(form.builder.columns)
        objective[top] = ask.aim_zones
        objective[below] = -1.0
        return form.builder.model(objective)
    return form.builder.model(form.objective(cost=ask.aim == "cost"))


def fixed(
    problem: Problem, ask: Ask, tours: tuple[Tour, ...], deadline: float, tell: Teller | None
) -> Found | None:
    """Solve the students' side for given tours, each driven or not."""
    add: Callable[[Builder], object] | None = None
    if tours:
        add = lambda builder: add_tours(builder, problem, tours)  # noqa: E731
    form = formulate(problem, add, exact=True)  # type: ignore[arg-type]
    model = model_of(ask, form)
    solution = solve(model, time_limit_s=left(deadline), gap_share=ask.within / 4, progress=tell)
    if solution.values is None:
        if solution.outcome == "stopped":
            raise SolverError("no plan was found in the time given; give more time")
        return None
    values = solution.values if ask.aim == "cost" else _thrifty(form, model, solution.values)
    kept: tuple[Tour, ...] = ()
    if tours and form.mobile is not None:
        driven = values[np.unique(form.mobile.column)] > 0.5
        kept = tuple(tour for tour, on in zip(tours, driven, strict=True) if on)
    return taken(problem, ask, form, solution, values, kept)


def in_time(
    problem: Problem, ask: Ask, tours: tuple[Tour, ...], deadline: float, tell: Teller | None
) -> Found | None:
    """Solve the students' side for given tours; None where time ran out, too."""
    try:
        return fixed(problem, ask, tours, deadline, tell)
    except SolverError:
        return None


def taken(
    problem: Problem,
    ask: Ask,
    form: Formulation,
    solution: Solution,
    values: np.ndarray,
    tours: tuple[Tour, ...],
) -> Found:
    """Give values as what was found, without what is open or visited for nobody."""
    served = values[form.served]
    opened = problem.existing.copy()
    choice = form.opened >= 0
    opened[choice] |= values[form.opened[choice]] > 0.5
    used = np.bincount(problem.pair_offer, served, minlength=problem.offer.size) > 1e-6
    opened &= used | problem.existing
    idle = {p for p, stop in enumerate(problem.stops) if not used[list(stop.offers)].any()}
    return Found(
        feasible=True,
        served=served,
        opened=opened,
        tours=without_stops(tours, idle),
        objective=value_of(ask, form, solution.objective),
        bound=value_of(ask, form, solution.bound),
        proven=solution.outcome == "optimal",
    )


def _thrifty(form: Formulation, model: Model, values: np.ndarray) -> np.ndarray:
    """Serve as many at the least cost, with the same things open and driven."""
    goal = model.objective @ values
    pinned = np.round(values)
    builder = form.builder
    some = np.flatnonzero(model.objective)
    builder.add_rows(
        1,
        (np.zeros(some.size), some, model.objective[some]),
        lower=float(goal) - 1e-9 * max(1.0, abs(float(goal))),
    )
    again = builder.model(form.objective(cost=True))
    whole = again.whole
    again = replace(
        again,
        lower=np.where(whole, pinned, again.lower),
        upper=np.where(whole, pinned, again.upper),
        whole=np.zeros_like(whole),
    )
    found = solve(again, time_limit_s=10.0)
    return values if found.values is None else found.values


def value_of(ask: Ask, form: Formulation, objective: float) -> float:
    """Give an objective of the solver as weighted students, minus USD, or zone shares."""
    return objective / USD - form.usd_always if ask.aim == "cost" else objective


def proof(found: Found, bound: float) -> Found:
    """Give what was found, with a bound on all plans in the place of its own."""
    bound = max(bound, found.objective)
    near = bound - found.objective <= PROVEN * max(1.0, abs(found.objective))
    return replace(found, bound=bound, proven=near)


def nothing(problem: Problem, bound: float) -> Found:
    """Give what a search found that found no plan."""
    return Found(
        feasible=False,
        served=np.zeros(problem.pair_group.size),
        opened=problem.existing.copy(),
        tours=(),
        objective=-np.inf,
        bound=bound,
        proven=False,
    )


def near(ask: Ask, found: Found, bound: float) -> bool:
    """Say whether a plan is as close to its bound as was asked for."""
    return bound - found.objective <= ask.within * max(1.0, abs(found.objective))


def left(deadline: float) -> float:
    """Give the seconds until a deadline, never none."""
    return max(0.05, deadline - time.monotonic())
