"""The search for a plan: one exact model where it is small, else a bound and a built timetable."""

import time
from dataclasses import replace

import numpy as np

from netplan.access.asking import Ask, Teller, teller
from netplan.access.flows import USD, add_flows, class_stops
from netplan.access.formulate import Formulation, add_budget, formulate
from netplan.access.given import (
    Found,
    fixed,
    in_time,
    left,
    model_of,
    near,
    nothing,
    proof,
    taken,
    value_of,
)
from netplan.access.large import bound_and_build
from netplan.access.loose import add_loose
from netplan.access.reduce import Problem
from netplan.access.timetable import Tour, link
from netplan.access.week import day_kinds, fits
from netplan.errors import SolverError
from netplan.optimize.growing import Growing
from netplan.optimize.solver import Model, Progress, solve

__all__ = ["Found", "fixed", "search", "tangent"]

#: Columns up to which the exact model of all timetables is solved at once, and up to which it
#: is tried after the bound and the built timetable have not met.
DIRECT_COLUMNS = 3_000
EXACT_COLUMNS = 30_000


def search(
    problem: Problem,
    ask: Ask,
    deadline: float,
    progress: Progress | None = None,
    known: tuple[Tour, ...] = (),
) -> Found | None:
    """Find the best plan for an ask; None when there is none at all.

    Parameters
    ----------
    known
        Tours of another plan: those worth driving make a first plan where the search is long.

    Raises
    ------
    SolverError
        Time ran out before any plan was found.
    """
    began = time.monotonic()
    tell = teller(problem, ask, progress, began)
    if problem.fleet is None:
        return fixed(problem, ask, (), deadline, tell)
    columns = _exact_columns(problem)
    if columns <= DIRECT_COLUMNS:
        return _exact(problem, ask, None, deadline, tell)
    first = in_time(problem, ask, known, time.monotonic() + 0.3 * left(deadline), None)
    found, bound = bound_and_build(problem, ask, first, deadline, tell)
    if found is None and bound == -np.inf:
        return None
    if found is not None and (near(ask, found, bound) or columns > EXACT_COLUMNS):
        return found
    if columns <= EXACT_COLUMNS and time.monotonic() < deadline:
        exact = _exact(problem, ask, found, deadline, tell)
        if exact is None:
            return None
        best = exact if found is None or exact.objective >= found.objective else found
        if best.feasible:
            return proof(best, min(bound, exact.bound))
    if found is None:
        raise SolverError("no plan was found in the time given; give more time (--time-limit)")
    return found


def tangent(problem: Problem, ask: Ask, time_limit_s: float) -> tuple[float, float] | None:
    """Give a line over the students that any budget serves: its value at 0 USD, and its slope.

    The linear program without drives and whole numbers serves at most as many, is concave in
    the budget, and the budget's dual value is its slope: the line touches at the ask's budget
    and lies above everywhere. None when the program was not solved in time.
    """
    budget = ask.budget_usd
    if budget is None:
        return None
    add = None if problem.fleet is None else lambda builder: add_loose(builder, problem)
    form = formulate(problem, add, exact=False)
    row = add_budget(form, budget)
    program = Growing(model_of(replace(ask, budget_usd=None), form), form.ties)
    if program.solve(time.monotonic() + time_limit_s) != "optimal":
        return None
    slope = max(0.0, float(program.duals[row[0]])) * USD
    return program.objective * (1 + 1e-7) - slope * budget, slope


def _exact_columns(problem: Problem) -> int:
    """Count the columns the exact model would have for vehicles."""
    fleet = problem.vehicles()
    total = 0
    for c in range(len(fleet.classes)):
        stops = class_stops(problem, c)
        places = np.array([problem.stops[p].place for p in stops], dtype=np.int64)
        for kind in day_kinds(fleet, together=True):
            count = kind.start.size
            total += kind.days * count * stops.size * 5
            if total > EXACT_COLUMNS:
                return total
            for second in range(count):
                for first in range(second):
                    able = fits(fleet, kind, first, second, places)
                    total += 0 if able.all() else kind.days * int(able.sum())
    return total


def _exact(
    problem: Problem,
    ask: Ask,
    start: Found | None,
    deadline: float,
    tell: Teller | None,
) -> Found | None:
    """Solve the model of all timetables."""
    form = formulate(problem, lambda builder: add_flows(builder, problem), exact=True)
    model = model_of(ask, form)
    known = None if start is None else _as_start(problem, form, model, start, deadline)
    solution = solve(
        model, time_limit_s=left(deadline), gap_share=ask.within / 4, start=known, progress=tell
    )
    if solution.outcome == "infeasible":
        return None
    if solution.values is None:
        return nothing(problem, value_of(ask, form, solution.bound))
    tours = link(problem, *_visits(problem, form, solution.values))
    found = fixed(problem, ask, tours, max(deadline, time.monotonic() + 5.0), None)
    if found is None:
        # The plan stands on a limit so closely that its rounding is infeasible anew.
        found = taken(problem, ask, form, solution, solution.values, tours)
    return proof(found, value_of(ask, form, solution.bound))


def _visits(
    problem: Problem, form: Formulation, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give class, slot and stop of each visit in the values of the exact model."""
    mobile, fleet = form.vehicles(), problem.vehicles()
    slots = np.concatenate([kind.slots[0] for kind in day_kinds(fleet, together=False)])
    on = values[mobile.column] > 0.5
    return mobile.vehicle_class[on], slots[mobile.position[on]], mobile.stop[on]


def _as_start(
    problem: Problem, form: Formulation, model: Model, start: Found, deadline: float
) -> np.ndarray | None:
    """Give what was found as values of the exact model."""
    mobile, fleet = form.vehicles(), problem.vehicles()
    slots = np.concatenate([kind.slots[0] for kind in day_kinds(fleet, together=False)])
    visited = {
        (tour.vehicle_class, slot, stop)
        for tour in start.tours
        for slot, stop in zip(tour.slots, tour.stops, strict=True)
    }
    cells = zip(mobile.vehicle_class, slots[mobile.position], mobile.stop, strict=True)
    on = np.array([(int(c), int(s), int(p)) in visited for c, s, p in cells], dtype=float)
    lower, upper = model.lower.copy(), model.upper.copy()
    lower[mobile.column], upper[mobile.column] = on, on
    pinned = replace(model, lower=lower, upper=upper)
    found = solve(pinned, time_limit_s=min(10.0, 0.2 * left(deadline)))
    return found.values
