"""The choice of sites, timetable and offers: the best plan for a goal, with its proof."""

import math
import time
from dataclasses import replace

import numpy as np

from netplan.access.asking import PROVEN, Ask
from netplan.access.formulate import rankable_zones
from netplan.access.model import Goal, Plan, Siting
from netplan.access.plan_table import make_plan, most_students
from netplan.access.reasons import infeasible
from netplan.access.reduce import Problem, reduce
from netplan.access.search import Found, fixed, search
from netplan.access.timetable import Tour, tours_of, without_stops
from netplan.access.verify import verify
from netplan.errors import InputError, SolverError
from netplan.errors import Problem as InputProblem
from netplan.optimize.solver import Progress

#: Zone shares that are maximized one after another, worst first, before students are.
LEVELS = 5
#: A paid site that serves fewer students is not worth opening, nor are all such together worth
#: keeping when the plan loses fewer without them (assumption: half a student is nobody).
NOBODY_STUDENTS = 0.5
#: Seconds for the simplest plan when time ran out before any other was found.
SPARE_S = 5.0


def choose(
    siting: Siting,
    goal: Goal,
    *,
    time_limit_s: float,
    progress: Progress | None = None,
    start: Plan | None = None,
    within: float = PROVEN,
    at_most: float = math.inf,
) -> Plan:
    """Find the best plan for a goal, with a proven bound.

    Parameters
    ----------
    time_limit_s
        Wall-clock seconds after which the best plan so far is given (some seconds may be added
        to write it up).
    progress
        Called with the best objective so far (NaN: none yet), the bound and the seconds.
    start
        A plan for the same siting: its tours make a first plan, and it is given back, with the
        new bound, where the search finds no better one and it meets the goal.
    within
        Share of the objective within which the bound ends the search.
    at_most
        A bound on the objective that is known already, such as a tangent of the curve.

    Raises
    ------
    InputError
        The time limit is no number of seconds above 0.
    InfeasibleError
        No plan meets the goal; the message says which goal and which limit.
    SolverError
        No plan was found in time for a goal of coverage or of a floor, or a plan broke a rule
        (a bug).
    """
    if not 0 < time_limit_s < math.inf:
        raise InputError([_time_problem(time_limit_s)])
    began = time.monotonic()
    deadline = began + time_limit_s
    problem = reduce(siting, zones_matter=goal.equity != "none")
    proven = True
    orders: tuple[tuple[int, float], ...] = ()
    spare: Found | None = None
    if goal.equity == "worst_first":
        orders, proven, spare = _worst_first(siting, goal, problem, deadline, progress)
    ask = replace(ask_for(goal, problem, orders), within=within, at_most=at_most)
    known = () if start is None else tours_of(problem, start.timetable)
    found = _searched(problem, ask, deadline, progress, known, spare)
    if found is None:
        raise infeasible(siting, goal, deadline=max(deadline, time.monotonic() + 30.0))
    if goal.budget_usd_per_year is None and goal.coverage_share is None:
        found = _frugal(problem, ask, found, deadline, progress)
    if ask.aim == "students":
        found = _without_idle(problem, ask, found, deadline)
    plan = make_plan(
        siting,
        problem,
        goal,
        served=found.served,
        opened=found.opened,
        tours=found.tours,
        bound=-found.bound if ask.aim == "cost" else found.bound,
        status="proven" if found.proven and proven else "stopped",
        seconds=time.monotonic() - began,
    )
    verify(siting, goal, plan)
    return better_of(siting, plan, start) if start is not None else plan


def ask_for(goal: Goal, problem: Problem, orders: tuple[tuple[int, float], ...] = ()) -> Ask:
    """Put a goal as a search sees it."""
    share = goal.coverage_share
    return Ask(
        budget_usd=goal.budget_usd_per_year,
        students_least=None if share is None else share * problem.total_students,
        floor_share=goal.floor_share if goal.equity == "floor" else None,
        orders=orders,
        aim="students" if share is None else "cost",
    )


def _time_problem(seconds: float) -> InputProblem:
    return InputProblem(
        code="out-of-range",
        file="netplan access",
        column="time_limit",
        value=str(seconds)[:80],
        message="the time limit cannot be used",
        expected="seconds, a finite number above 0",
        fix="Give another value.",
    )


def _searched(
    problem: Problem,
    ask: Ask,
    deadline: float,
    progress: Progress | None,
    known: tuple[Tour, ...],
    spare: Found | None,
) -> Found | None:
    """Search, and give the best plan at hand where time ran out before one was found.

    That is ``spare``, else one without vehicles, else what exists already; for the goal without
    its order of zones where none was found with it.
    """
    try:
        found = search(problem, ask, deadline, progress, known)
        if found is None or found.feasible:
            return found
        failed = SolverError("no plan was found in the time given; give more time (--time-limit)")
    except SolverError as error:
        failed = error
    if ask.aim != "students":
        raise failed
    everybody = float(problem.students @ problem.weight)
    if spare is not None and spare.feasible:
        weighted = float(problem.weight[problem.pair_group] @ spare.served)
        return replace(spare, objective=weighted, bound=everybody, proven=False)
    plain = replace(ask, orders=())
    closed = np.where(problem.existing, problem.max_students, 0.0)
    for some in (problem, replace(problem, max_students=closed)):
        try:
            found = fixed(some, plain, (), time.monotonic() + SPARE_S, None)
        except SolverError:
            continue
        if found is not None:
            return replace(found, bound=everybody, proven=False)
    raise failed


def _worst_first(
    siting: Siting, goal: Goal, problem: Problem, deadline: float, progress: Progress | None
) -> tuple[tuple[tuple[int, float], ...], bool, Found | None]:
    """Maximize the smallest zone share, then the two smallest together, and so on.

    With the sum of the k - 1 smallest at its most, the most for the k smallest raises the k-th
    alone. Gives the sums reached, whether each was proven the most, and the plan that reached
    the last; it ends early when its part of the time does.
    """
    orders: tuple[tuple[int, float], ...] = ()
    proven = True
    last: Found | None = None
    began = time.monotonic()
    levels = min(LEVELS, rankable_zones(problem).size)
    for count in range(1, levels + 1):
        left = began + 0.6 * (deadline - began) - time.monotonic()
        if left <= 0:
            return orders, False, last
        ask = replace(ask_for(goal, problem, orders), aim="zones", aim_zones=count)
        try:
            until = time.monotonic() + left / (levels - count + 1)
            found = search(problem, ask, until, progress)
        except SolverError:
            return orders, False, last
        if found is None:
            raise infeasible(siting, goal, deadline=max(deadline, time.monotonic() + 30.0))
        if not found.feasible:
            return orders, False, last
        orders = (*orders, (count, found.objective))
        proven &= found.proven
        last = found
    return orders, proven, last


def _without_idle(problem: Problem, ask: Ask, found: Found, deadline: float) -> Found:
    """Close paid sites that serve next to nobody, where little is lost without them.

    A budget leaves money over that costs a plan nothing to spend, so the search opens a site
    for a hundredth of a student. The bound stays, so a plan that gave up more than the
    tolerance is no longer proven.
    """
    best = found.objective
    while True:
        by_offer = np.bincount(problem.pair_offer, found.served, minlength=problem.offer.size)
        static = np.zeros(problem.offer.size, dtype=np.bool_)
        static[problem.static] = True
        paid = static & (problem.fixed_usd > 0) & ~problem.existing
        idle = paid & found.opened & (by_offer < NOBODY_STUDENTS)
        visited = {p for tour in found.tours for p in tour.stops}
        idle_stops = {
            p
            for p in visited
            if by_offer[list(problem.stops[p].offers)].sum() < NOBODY_STUDENTS
            and not problem.existing[list(problem.stops[p].offers)].any()
        }
        if not idle.any() and not idle_stops:
            return found
        # what the plan does not open stays closed, so that this is a small model
        shut = idle | (paid & ~found.opened)
        smaller = replace(problem, max_students=np.where(shut, 0.0, problem.max_students))
        tours = without_stops(found.tours, idle_stops)
        try:
            again = fixed(smaller, ask, tours, max(deadline, time.monotonic() + SPARE_S), None)
        except SolverError:
            return found
        if again is None or best - again.objective >= NOBODY_STUDENTS:
            return found
        gap = found.bound - again.objective
        near = gap <= PROVEN * max(1.0, abs(again.objective))
        found = replace(again, bound=found.bound, proven=found.proven and near)


def _frugal(
    problem: Problem, ask: Ask, found: Found, deadline: float, progress: Progress | None
) -> Found:
    """Serve as many for less: without a budget nothing else keeps a plan from waste."""
    cheap = replace(ask, aim="cost", weighted_least=found.objective)
    try:
        less = search(problem, cheap, max(deadline, time.monotonic() + 2.0), progress)
    except SolverError:
        return found
    if less is None or not less.feasible:
        return found
    return replace(found, served=less.served, opened=less.opened, tours=less.tours)


def weighted_students(siting: Siting, plan: Plan) -> float:
    """Give the students a plan serves, each counted by its weight."""
    return float(siting.weight @ np.asarray(plan.served.sum(axis=1)).ravel())


def bounded(siting: Siting, plan: Plan, bound: float) -> Plan:
    """Give a plan with another bound on its objective, and what follows from that."""
    cost = plan.goal.coverage_share is not None
    gap = abs(bound - plan.objective) / max(abs(plan.objective), 1e-12)
    students = plan.served_students
    return replace(
        plan,
        objective_bound=bound,
        bound_students=students if cost else max(students, most_students(siting, bound)),
        bound_usd_per_year=bound if cost else float("nan"),
        gap_share=gap,
        status="proven" if gap <= PROVEN else "stopped",
    )


def better_of(siting: Siting, plan: Plan, other: Plan) -> Plan:
    """Give the better of two plans for the goal of the first, with the first's bound."""
    cost = plan.goal.coverage_share is not None
    objective = other.cost_usd_per_year if cost else weighted_students(siting, other)
    gain = plan.objective - objective if cost else objective - plan.objective
    if gain <= 1e-9 * max(1.0, abs(plan.objective)):
        return plan
    try:
        verify(siting, plan.goal, other)
    except SolverError:
        return plan
    bound = plan.objective_bound
    bound = min(bound, objective) if cost else max(bound, objective)
    taken = replace(other, goal=plan.goal, objective=objective, seconds=plan.seconds)
    return bounded(siting, taken, bound)
