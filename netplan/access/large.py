"""The search where the exact model is too large: a bound, and a timetable built to meet it.

The linear program of the loose model says which stops matter; where days are long, days that can
be driven are added to it, and price visits. These are chosen among those stops, a timetable is
built for them, and the students' side is solved for that timetable.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from netplan.access.asking import Ask, Teller
from netplan.access.days import priced, tighten
from netplan.access.flows import USD
from netplan.access.formulate import Formulation, formulate
from netplan.access.given import Found, in_time, left, model_of, near, proof, value_of
from netplan.access.loose import Loose, add_loose
from netplan.access.narrow import promising
from netplan.access.reduce import Problem
from netplan.access.timetable import Tour, week_usd
from netplan.access.tours import tours_for
from netplan.access.week import day_kinds
from netplan.optimize.growing import Growing
from netplan.optimize.solver import Builder, Model, Solution, solve

#: How close the loose bound's own search has to come; more is for the exact model.
LOOSE_GAP = 2e-4
#: Columns from which the linear program takes minutes: a plan among promising stops comes first.
SLOW_COLUMNS = 60_000
#: Times a timetable is built anew after its cost has been learned.
REFINED = 2
#: How close visits are chosen among few stops, which only makes a plan.
FEW_GAP = 2e-3
#: Parts of the time left: for choosing among few stops (alone, where the bound is known; for a
#: first plan, and its tours), for the bound by its linear program and again by whole visits, for
#: days that can be driven and for prices from them, for building tours.
FEW_TIME_SHARE = 0.25
SOON_TIME_SHARE = 0.1
DAYS_TIME_SHARE = 0.15
PRICES_TIME_SHARE = 0.05
ONLY_TIME_SHARE = 0.6
BOUND_TIME_SHARE = 0.5
BUILD_TIME_SHARE = 0.25


def bound_and_build(
    problem: Problem,
    ask: Ask,
    first: Found | None,
    deadline: float,
    tell: Teller | None,
) -> tuple[Found | None, float]:
    """Bound the plan without a timetable, then build one for the stops that the bound uses.

    The second value is the bound: -inf when nothing can meet what is asked.
    """
    part = _parts(problem, ask)
    known = ask.at_most < np.inf
    if known or part.model.upper.size > SLOW_COLUMNS:
        share = ONLY_TIME_SHARE if known else SOON_TIME_SHARE
        few = _among(ask, part, part.model, promising(problem), share * left(deadline))
        soon = BUILD_TIME_SHARE if known else SOON_TIME_SHARE
        first = _better(first, _built(problem, ask, part, few, deadline, tell, soon)[0])
        if known and first is not None:
            return proof(first, ask.at_most), ask.at_most
    line = _lined(problem, ask, part, first, deadline)
    if line.bound == -np.inf:
        return None, -np.inf
    few = _among(ask, part, line.model, line.stops, FEW_TIME_SHARE * left(deadline))
    built, over = _built(problem, ask, part, few, deadline, tell)
    found = _better(first, built)
    if line.days and few.values is not None and (found is None or not near(ask, found, line.bound)):
        line = replace(line, model=_dearer(problem, part, line.model, few.values, deadline))
        few = _among(ask, part, line.model, line.stops, FEW_TIME_SHARE * left(deadline))
        built, over = _built(problem, ask, part, few, deadline, tell)
        found = _better(found, built)
    if found is not None and near(ask, found, line.bound):
        return proof(found, line.bound), line.bound
    best = np.nan if found is None else found.objective
    whole = solve(
        line.light,
        time_limit_s=(SOON_TIME_SHARE if line.days else BOUND_TIME_SHARE) * left(deadline),
        gap_share=_loose_gap(ask),
        progress=None if tell is None else tell.bound_only(best, line.solver_bound),
    )
    if whole.outcome == "infeasible":
        return None, -np.inf
    bound = min(line.bound, value_of(ask, part.form, whole.bound))
    if not line.days and whole.values is not None:
        chosen, beyond = _built(problem, ask, part, whole, deadline, None)
        if found is None or (chosen is not None and chosen.objective > found.objective):
            few, found, over = whole, chosen, beyond
    found = _refined(problem, ask, part, line, few, found, bound, over, deadline)
    return (None if found is None else proof(found, bound)), bound


def _refined(
    problem: Problem,
    ask: Ask,
    part: _Parts,
    line: _Line,
    chosen: Solution,
    found: Found | None,
    bound: float,
    over_usd: float,
    deadline: float,
) -> Found | None:
    """Choose visits again, with so much kept back as the timetable cost more than was thought.

    Where it fell short of the goal, a little more is asked for.
    """
    stops = line.stops
    if chosen.values is not None and ask.budget_usd is not None and not _demands(ask):
        stops = chosen.values[part.form.used] > 0.5
    if _demands(ask):
        stops = np.ones_like(line.stops)
    model, more, over = line.model, 1.0, over_usd
    for _ in range(REFINED):
        met = found is not None and bound - found.objective <= _loose_gap(ask) * abs(
            found.objective
        )
        if met or time.monotonic() > deadline - 1.0:
            return found
        if found is not None and over < 1.0:
            return found
        if found is None and ask.students_least is not None:
            more *= 1.02
            part = _parts(problem, replace(ask, students_least=ask.students_least * more))
            model = part.model
        again = _among(ask, part, model, stops, left(deadline) / 3, max(0.0, over))
        built, beyond = _built(problem, ask, part, again, deadline, None)
        over += max(0.0, beyond)
        found = _better(found, built)
    return found


def _demands(ask: Ask) -> bool:
    """Say whether more is asked for than students within a budget."""
    return ask.students_least is not None or ask.floor_share is not None or bool(ask.orders)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """The loose model: its columns by meaning, its vehicles, and as arrays."""

    form: Formulation
    vehicles: Loose
    model: Model


def _parts(problem: Problem, ask: Ask) -> _Parts:
    """State the loose model."""
    vehicles: list[Loose] = []

    def add(builder: Builder) -> Loose:
        vehicles.append(add_loose(builder, problem))
        return vehicles[0]

    form = formulate(problem, add, exact=False)
    return _Parts(form=form, vehicles=vehicles[0], model=model_of(ask, form))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """What the linear program of the loose model says.

    Parameters
    ----------
    bound, solver_bound
        No plan's objective exceeds it (-inf: nothing meets what is asked); as the solver has it.
    model
        The loose model; visits priced by days that can be driven where ``days`` is set.
    light
        The loose model without the rows that did not bind: its optimum is a bound.
    stops
        Shape (stops,), bool: those the program uses, or promising ones where time ran out.
    """

    bound: float
    solver_bound: float
    model: Model
    light: Model
    stops: np.ndarray
    days: bool


def _lined(problem: Problem, ask: Ask, part: _Parts, first: Found | None, deadline: float) -> _Line:
    """Bound by the linear program, with days that can be driven where they may cost more."""
    everybody = float(problem.students @ problem.weight) if ask.aim == "students" else np.inf
    line = _Line(
        bound=everybody,
        solver_bound=everybody,
        model=part.model,
        light=part.model,
        stops=promising(problem),
        days=False,
    )
    until = time.monotonic() + BOUND_TIME_SHARE * left(deadline)
    program = Growing(part.model, part.form.ties)
    status = program.solve(until)
    if status != "optimal":
        return replace(line, bound=-np.inf) if status == "infeasible" else line
    value = min(everybody, program.objective * (1.0 + np.copysign(1e-7, program.objective)))
    line = replace(
        line,
        bound=value_of(ask, part.form, value),
        solver_bound=value,
        light=program.light(),
        stops=program.values[part.form.used] > 1e-6,
    )
    short = all(kind.start.size <= 2 for kind in day_kinds(problem.vehicles(), together=True))
    if short or (first is not None and near(ask, first, line.bound)):
        return line
    enough = -np.inf if first is None else first.objective
    until = time.monotonic() + DAYS_TIME_SHARE * left(deadline)
    tight = tighten(
        problem, part.vehicles, part.model, program.left_out(), program.values, until, enough
    )
    values = program.values
    if tight is not None:
        value, values = min(value, tight.bound), tight.values
    model, stops = _priced(problem, part, program.left_out(), values, deadline)
    return replace(
        line,
        bound=value_of(ask, part.form, value),
        solver_bound=value,
        model=model,
        stops=stops,
        days=True,
    )


def _priced(
    problem: Problem, part: _Parts, later: np.ndarray, values: np.ndarray, deadline: float
) -> tuple[Model, np.ndarray]:
    """Price visits around those of the linear program, and around those it turns to then."""
    model = _dearer(problem, part, part.model, values, deadline)
    program = Growing(model, later)
    if program.solve(time.monotonic() + FEW_TIME_SHARE * left(deadline)) == "optimal":
        values = program.values
        model = _dearer(problem, part, model, values, deadline)
    return model, values[part.form.used] > 1e-6


def _dearer(
    problem: Problem, part: _Parts, model: Model, values: np.ndarray, deadline: float
) -> Model:
    """Price visits by the days that give those of some values at the least cost."""
    until = time.monotonic() + PRICES_TIME_SHARE * left(deadline)
    return priced(problem, part.vehicles, model, values[part.vehicles.column], until)


def _loose_gap(ask: Ask) -> float:
    return max(LOOSE_GAP, ask.within / 2)


def _among(
    ask: Ask,
    part: _Parts,
    model: Model,
    stops: np.ndarray,
    time_limit_s: float,
    reserve_usd: float = 0.0,
) -> Solution:
    """Solve the model among some stops only: a plan soon, and no bound."""
    mobile = part.vehicles
    lower, upper = model.lower.copy(), model.upper.copy()
    upper[mobile.column[~stops[mobile.stop]]] = 0.0
    lower[mobile.reserve] = upper[mobile.reserve] = USD * reserve_usd
    return solve(
        replace(model, lower=lower, upper=np.maximum(upper, lower)),
        time_limit_s=time_limit_s,
        gap_share=max(FEW_GAP, ask.within / 2),
    )


def _better(one: Found | None, other: Found | None) -> Found | None:
    if one is None or other is None:
        return other if one is None else one
    return other if other.objective > one.objective else one


def _built(
    problem: Problem,
    ask: Ask,
    part: _Parts,
    solution: Solution,
    deadline: float,
    tell: Teller | None,
    build_share: float = BUILD_TIME_SHARE,
) -> tuple[Found | None, float]:
    """Build a timetable for the visits of the loose model and solve the students' side for it.

    The second value is how much more USD the timetable costs than the model had it.
    """
    tours: tuple[Tour, ...] = ()
    over = 0.0
    if solution.values is not None:
        fleet, mobile = problem.vehicles(), part.vehicles
        wanted = np.zeros((len(fleet.classes), len(problem.stops)))
        hours = np.round(solution.values[mobile.column]) * mobile.hours[mobile.position]
        np.add.at(wanted, (mobile.vehicle_class, mobile.stop), hours)
        for c in range(len(fleet.classes)):
            share = build_share * left(deadline) / (len(fleet.classes) - c)
            tours += tours_for(problem, c, wanted[c], tours, share)
        usd = np.where(mobile.usd_column == mobile.reserve, 0.0, mobile.usd)
        over = week_usd(problem, tours) - float(usd @ solution.values[mobile.usd_column])
    return in_time(problem, ask, tours, max(deadline, time.monotonic() + 3.0), tell), over
