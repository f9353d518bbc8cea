"""The search for a plan: one exact model where it is small, else a bound and a built timetable."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from netplan.access.asking import PROVEN, Ask, Teller, teller
from netplan.access.flows import add_flows, class_stops
from netplan.access.formulate import (
    USD,
    Formulation,
    add_budget,
    add_coverage,
    add_floor,
    add_order,
    add_weighted,
    formulate,
)
from netplan.access.loose import add_loose
from netplan.access.narrow import promising
from netplan.access.reduce import Problem
from netplan.access.timetable import (
    Tour,
    add_tours,
    depot_usd,
    link,
    week_usd,
    without_stops,
)
from netplan.access.tours import tours_for
from netplan.access.week import day_kinds, fits
from netplan.errors import SolverError
from netplan.optimize.solver import Builder, Model, Progress, Solution, solve

#: Columns up to which the exact model of all timetables is solved at once, and up to which it
#: is tried after the bound and the built timetable have not met.
DIRECT_COLUMNS = 3_000
EXACT_COLUMNS = 30_000
#: What each zone share may lose again after its sum was maximized: rounding of the solver.
ORDER_SLACK = 1e-6
#: How close the loose bound's own search has to come; more is for the exact model.
LOOSE_GAP = 2e-4
#: Times a timetable is built anew after the ways to the depot have been learned.
REFINED = 2
#: The same among promising stops, which only make a first plan.
FEW_GAP = 2e-3
#: Parts of the time left: for a first plan (alone, where the bound is known), for the bound,
#: for building tours.
FEW_TIME_SHARE = 0.25
ONLY_TIME_SHARE = 0.6
BOUND_TIME_SHARE = 0.5
BUILD_TIME_SHARE = 0.25


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
    first = _in_time(problem, ask, known, time.monotonic() + 0.3 * _left(deadline), None)
    found, bound = _loose(problem, ask, first, deadline, tell)
    if found is None and bound == -np.inf:
        return None
    if found is not None and (_near(ask, found, bound) or columns > EXACT_COLUMNS):
        return found
    if columns <= EXACT_COLUMNS and time.monotonic() < deadline:
        exact = _exact(problem, ask, found, deadline, tell)
        if exact is None:
            return None
        best = exact if found is None or exact.objective >= found.objective else found
        if best.feasible:
            return _proof(best, min(bound, exact.bound))
    if found is None:
        raise SolverError("no plan was found in the time given; give more time (--time-limit)")
    return found


def _model(ask: Ask, form: Formulation) -> Model:
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
    model = _model(replace(ask, budget_usd=None), form)
    found = solve(
        replace(model, whole=np.zeros(model.whole.size, dtype=bool)), time_limit_s=time_limit_s
    )
    if found.row_duals is None:
        return None
    slope = max(0.0, float(found.row_duals[row[0]])) * USD
    return found.objective * (1 + 1e-7) - slope * budget, slope


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
    model = _model(ask, form)
    known = None if start is None else _as_start(problem, form, model, start, deadline)
    solution = solve(
        model, time_limit_s=_left(deadline), gap_share=ask.within / 4, start=known, progress=tell
    )
    if solution.outcome == "infeasible":
        return None
    if solution.values is None:
        return _nothing(problem, _value(ask, form, solution.bound))
    tours = link(problem, *_visits(problem, form, solution.values))
    found = fixed(problem, ask, tours, max(deadline, time.monotonic() + 5.0), None)
    if found is None:
        # The plan stands on a limit so closely that its rounding is infeasible anew.
        found = _taken(problem, ask, form, solution, solution.values, tours)
    return _proof(found, _value(ask, form, solution.bound))


def _loose(
    problem: Problem,
    ask: Ask,
    first: Found | None,
    deadline: float,
    tell: Teller | None,
) -> tuple[Found | None, float]:
    """Bound the plan without drives between stops, then build a timetable for its stops.

    The second value is the bound: -inf when nothing can meet what is asked.
    """
    form = formulate(problem, lambda builder: add_loose(builder, problem), exact=False)
    model = _model(ask, form)
    few = _few_stops(problem, ask, form, model, deadline)
    found, factor = first, 1.0
    if few.values is not None:
        built, factor = _built(problem, ask, form, few, deadline, tell)
        found = _better(found, built)
    quiet = None if tell is None else tell.bound_only(np.nan if found is None else found.objective)
    # the linear program bounds soonest; whole visits bound closer, where there is time for them
    if ask.at_most < np.inf and found is not None:
        return _proof(found, ask.at_most), ask.at_most
    whole = replace(model, whole=np.zeros_like(model.whole))
    relaxed = solve(whole, time_limit_s=BOUND_TIME_SHARE * _left(deadline))
    if relaxed.outcome == "infeasible":
        return None, -np.inf
    bound = _value(ask, form, relaxed.bound) * (1.0 + np.copysign(1e-9, relaxed.bound))
    if ask.aim == "students":
        bound = min(bound, float(problem.students @ problem.weight))
    if found is not None and _near(ask, found, bound):
        return _proof(found, bound), bound
    time_s = BOUND_TIME_SHARE * _left(deadline)
    solution = solve(
        model, time_limit_s=time_s, gap_share=_loose_gap(ask), start=few.values, progress=quiet
    )
    if solution.outcome == "infeasible":
        return None, -np.inf
    bound = min(bound, _value(ask, form, solution.bound))
    if solution.values is not None and (
        few.values is None or solution.objective > few.objective + 1e-9 * abs(few.objective)
    ):
        built, factor = _built(problem, ask, form, solution, deadline, tell)
        found = _better(found, built)
    more = 1.0
    for _ in range(REFINED):
        near = found is not None and bound - found.objective <= _loose_gap(ask) * abs(
            found.objective
        )
        if near or solution.values is None or time.monotonic() > deadline - 1.0:
            break
        # Choose again among these stops, now knowing what the ways to the depot come to; and
        # where the timetable fell short of the goal, ask for a little more.
        asked = ask
        if found is None and ask.students_least is not None:
            more *= 1.02
            asked = replace(ask, students_least=ask.students_least * more)
        again = _again(problem, asked, form, solution.values, factor, deadline)
        if again is None:
            continue
        better, ratio = _built(problem, ask, again[0], again[1], deadline, tell)
        factor = max(factor, ratio)
        if better is not None and (found is None or better.objective > found.objective):
            found = better
    return (None if found is None else _proof(found, bound)), bound


def _near(ask: Ask, found: Found, bound: float) -> bool:
    """Say whether a plan is as close to its bound as was asked for."""
    return bound - found.objective <= ask.within * max(1.0, abs(found.objective))


def _loose_gap(ask: Ask) -> float:
    return max(LOOSE_GAP, ask.within / 2)


def _few_stops(
    problem: Problem, ask: Ask, form: Formulation, model: Model, deadline: float
) -> Solution:
    """Solve the loose model among promising stops only: a plan soon, and no bound."""
    mobile = form.vehicles()
    upper = model.upper.copy()
    upper[mobile.column[~promising(problem)[mobile.stop]]] = 0.0
    return solve(
        replace(model, upper=np.maximum(upper, model.lower)),
        time_limit_s=(FEW_TIME_SHARE if ask.at_most == np.inf else ONLY_TIME_SHARE)
        * _left(deadline),
        gap_share=max(FEW_GAP, ask.within / 2),
    )


def _better(one: Found | None, other: Found | None) -> Found | None:
    if one is None or other is None:
        return other if one is None else one
    return other if other.objective > one.objective else one


def _again(
    problem: Problem,
    ask: Ask,
    before: Formulation,
    values: np.ndarray,
    factor: float,
    deadline: float,
) -> tuple[Formulation, Solution] | None:
    """Solve the loose model with dearer ways to the depot, for the stops used before."""
    form = formulate(
        problem, lambda builder: add_loose(builder, problem, depot_factor=factor), exact=False
    )
    model = _model(ask, form)
    upper = model.upper.copy()
    if ask.students_least is None and ask.floor_share is None and not ask.orders:
        upper[form.used] = np.where(
            values[before.used] > 0.5, upper[form.used], model.lower[form.used]
        )
    time_s = _left(deadline) / 3
    found = solve(replace(model, upper=upper), time_limit_s=time_s, gap_share=_loose_gap(ask))
    return None if found.values is None else (form, found)


def _built(
    problem: Problem,
    ask: Ask,
    form: Formulation,
    solution: Solution,
    deadline: float,
    tell: Teller | None,
) -> tuple[Found | None, float]:
    """Build a timetable for the visits of the loose model and solve the students' side for it.

    The second value is how many times dearer the ways to the depot are than the model had them.
    """
    tours: tuple[Tour, ...] = ()
    factor = 1.0
    if solution.values is not None:
        fleet, mobile = problem.vehicles(), form.vehicles()
        wanted = np.zeros((len(fleet.classes), len(problem.stops)))
        hours = np.round(solution.values[mobile.column]) * mobile.hours[mobile.position]
        np.add.at(wanted, (mobile.vehicle_class, mobile.stop), hours)
        for c in range(len(fleet.classes)):
            share = BUILD_TIME_SHARE * _left(deadline) / (len(fleet.classes) - c)
            tours += tours_for(problem, c, wanted[c], tours, share)
        ways = sum(depot_usd(problem, tour) for tour in tours)
        paid = week_usd(problem, tours)
        over = paid - float(mobile.usd @ solution.values[mobile.usd_column])
        factor = float(np.clip(ways / max(ways - over, 0.1 * ways + 1e-9), 1.0, 4.0))
    return _in_time(problem, ask, tours, max(deadline, time.monotonic() + 3.0), tell), factor


def _in_time(
    problem: Problem, ask: Ask, tours: tuple[Tour, ...], deadline: float, tell: Teller | None
) -> Found | None:
    """Solve the students' side for given tours; None where time ran out, too."""
    try:
        return fixed(problem, ask, tours, deadline, tell)
    except SolverError:
        return None


def fixed(
    problem: Problem, ask: Ask, tours: tuple[Tour, ...], deadline: float, tell: Teller | None
) -> Found | None:
    """Solve the students' side for given tours, each driven or not."""
    add: Callable[[Builder], object] | None = None
    if tours:
        add = lambda builder: add_tours(builder, problem, tours)  # noqa: E731
    form = formulate(problem, add, exact=True)  # type: ignore[arg-type]
    model = _model(ask, form)
    solution = solve(model, time_limit_s=_left(deadline), gap_share=ask.within / 4, progress=tell)
    if solution.values is None:
        if solution.outcome == "stopped":
            raise SolverError("no plan was found in the time given; give more time")
        return None
    values = solution.values if ask.aim == "cost" else _thrifty(form, model, solution.values)
    kept: tuple[Tour, ...] = ()
    if tours and form.mobile is not None:
        driven = values[np.unique(form.mobile.column)] > 0.5
        kept = tuple(tour for tour, on in zip(tours, driven, strict=True) if on)
    return _taken(problem, ask, form, solution, values, kept)


def _taken(
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
        objective=_value(ask, form, solution.objective),
        bound=_value(ask, form, solution.bound),
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


def _value(ask: Ask, form: Formulation, objective: float) -> float:
    """Give an objective of the solver as weighted students, minus USD, or zone shares."""
    return objective / USD - form.usd_always if ask.aim == "cost" else objective


def _proof(found: Found, bound: float) -> Found:
    """Give what was found, with a bound on all plans in the place of its own."""
    bound = max(bound, found.objective)
    near = bound - found.objective <= PROVEN * max(1.0, abs(found.objective))
    return replace(found, bound=bound, proven=near)


def _nothing(problem: Problem, bound: float) -> Found:
    return Found(
        feasible=False,
        served=np.zeros(problem.pair_group.size),
        opened=problem.existing.copy(),
        tours=(),
        objective=-np.inf,
        bound=bound,
        proven=False,
    )


def _left(deadline: float) -> float:
    return max(0.05, deadline - time.monotonic())


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
    found = solve(pinned, time_limit_s=min(10.0, 0.2 * _left(deadline)))
    return found.values
