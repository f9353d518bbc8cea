"""Students against dollars: plans at a dozen budgets, and what the last dollars buy."""

import time
from dataclasses import replace

import numpy as np

from netplan.access.best import ask_for, better_of, bounded, choose, weighted_students
from netplan.access.model import CurvePoint, Equity, Goal, Plan, Siting
from netplan.access.reasons import existing_usd
from netplan.access.reduce import reduce
from netplan.access.search import tangent
from netplan.errors import InfeasibleError, SolverError
from netplan.optimize.solver import Progress

#: Part of the curve's time for lines that bound it from above.
TANGENT_SHARE = 0.4
#: A larger budget for which time found nothing to buy is left out when its gap is above this.
UNSEARCHED = 0.05
#: Seconds of the search for one plan above which a curve has only so many points.
SLOW_S = 8.0
FEW_POINTS = 7
#: How close to its bound a point of the curve has to be; nobody sees less on a chart.
WITHIN = 5e-3
#: The same for the most that could be served at any cost, which only says where the curve ends.
TOP_WITHIN = 1e-2


def budgets(lowest: float, highest: float, asked: float | None, count: int) -> tuple[float, ...]:
    """Space budgets closer at the low end, where the curve bends; the asked one among them."""
    steps = np.linspace(0.0, 1.0, max(count - (asked is not None), 2)) ** 1.5
    found = {round(float(lowest + (highest - lowest) * step), 2) for step in steps}
    if asked is not None:
        found.add(float(asked))
    return tuple(sorted(b for b in found if b >= lowest - 1e-6))


def curve(
    siting: Siting,
    plan: Plan,
    *,
    points: int,
    time_limit_s: float,
    progress: Progress | None = None,
) -> tuple[CurvePoint, ...]:
    """Give plans at budgets from what exists to where no more is bought.

    A worst-first goal is drawn without its order of zones, since that may serve fewer for more
    money; a floor is kept, and budgets too small for it are left out.

    Returns
    -------
    Points by budget; students never fall and neither do bounds.
    """
    goal = plan.goal
    equity: Equity = "floor" if goal.equity == "floor" else "none"
    plain = Goal(equity=equity, floor_share=goal.floor_share)
    deadline = time.monotonic() + time_limit_s
    try:
        top = choose(
            siting, plain, time_limit_s=time_limit_s / 4, progress=progress, within=TOP_WITHIN
        )
    except SolverError:
        top = plan
    lowest = existing_usd(reduce(siting, zones_matter=False))
    asked = goal.budget_usd_per_year
    if asked is None:
        asked = plan.cost_usd_per_year
    highest = max(lowest, top.cost_usd_per_year)
    if weighted_students(siting, top) <= weighted_students(siting, plan) and top.status != "proven":
        highest = max(highest, 2.0 * plan.cost_usd_per_year)
    # where one plan takes seconds, fewer and better points say more than many poor ones
    enough = points if top.seconds < SLOW_S else min(points, FEW_POINTS)
    levels = budgets(lowest, highest, asked, enough)
    lines = _tangents(siting, plain, levels, deadline)
    # From the top down: the tours of a larger budget make a first plan for a smaller one.
    found: list[Plan] = []
    above = top
    for number, budget in enumerate(reversed(levels)):
        left = max(1.0, (deadline - time.monotonic()) / (len(levels) - number))
        here = replace(plain, budget_usd_per_year=budget)
        if equity == goal.equity and goal.budget_usd_per_year == budget:
            point = plan
        else:
            try:
                point = choose(
                    siting,
                    here,
                    time_limit_s=left,
                    start=above,
                    progress=progress,
                    within=WITHIN,
                    at_most=min((at + slope * budget for at, slope in lines), default=np.inf),
                )
            except (InfeasibleError, SolverError):
                continue
        found.append(point)
        above = point
    rising: list[Plan] = []
    for point in reversed(found):
        before = rising[-1] if rising else None
        if before is not None and before.objective > point.objective:
            rising.append(_lifted(siting, before, point))
        else:
            rising.append(point)
    drawn = _bounded(siting, rising, lines)
    return tuple(
        point
        for point in drawn
        if point.usd_per_year <= asked
        or point.plan.cost_usd_per_year > asked
        or point.plan.gap_share <= UNSEARCHED
    )


def undominated(
    siting: Siting, plan: Plan, points: tuple[CurvePoint, ...]
) -> tuple[Plan, tuple[CurvePoint, ...]]:
    """Give the best of a plan and its curve's points for the plan's goal, and the curve with it.

    The search for another budget may have found what the plan's own did not. An order of zones
    is no matter of the curve, so a worst-first plan stays.
    """
    if plan.goal.equity == "worst_first":
        return plan, points
    budget = plan.goal.budget_usd_per_year
    for point in points:
        plan = better_of(siting, plan, point.plan)
    if budget is None:
        return plan, points
    drawn = []
    for point in points:
        here = point.plan
        if point.usd_per_year == budget:
            bound = max(plan.objective, min(plan.objective_bound, here.objective_bound))
            here = plan = bounded(siting, plan, bound)
        elif point.usd_per_year > budget and here.objective < plan.objective:
            here = _lifted(siting, plan, here)
        drawn.append(replace(point, plan=here))
    return plan, tuple(drawn)


def _tangents(
    siting: Siting, plain: Goal, levels: tuple[float, ...], deadline: float
) -> tuple[tuple[float, float], ...]:
    """Give lines that bound the whole curve from above, touching it at some of its budgets."""
    problem = reduce(siting, zones_matter=plain.equity != "none")
    lines = []
    until = time.monotonic() + TANGENT_SHARE * (deadline - time.monotonic())
    # From the middle outward: a line far off helps where there is no time for more.
    order = sorted(range(len(levels)), key=lambda k: (_halvings(k, len(levels)), k))
    for k in order:
        left = until - time.monotonic()
        if left <= 0:
            break
        ask = ask_for(replace(plain, budget_usd_per_year=levels[k]), problem)
        line = tangent(problem, ask, left)
        if line is not None:
            lines.append(line)
    return tuple(lines)


def _halvings(k: int, count: int) -> int:
    """Say in which round of halving a range of positions comes up."""
    low, high, depth = 0, count - 1, 0
    while (middle := (low + high) // 2) != k:
        low, high = (low, middle - 1) if k < middle else (middle + 1, high)
        depth += 1
    return depth


def _lifted(siting: Siting, better: Plan, point: Plan) -> Plan:
    """Give a plan that is feasible for the larger budget too in the place of its point."""
    placed = replace(better, goal=point.goal, seconds=point.seconds)
    return bounded(siting, placed, max(point.objective_bound, better.objective))


def _bounded(
    siting: Siting, plans: list[Plan], lines: tuple[tuple[float, float], ...]
) -> tuple[CurvePoint, ...]:
    """Take the bound of a larger budget, or of a line over the curve, where it is lower."""
    points: list[CurvePoint] = []
    least = np.inf
    for plan in reversed(plans):
        budget = plan.goal.budget_usd_per_year
        above = [at_zero + slope * budget for at_zero, slope in lines if budget is not None]
        least = max(min([least, plan.objective_bound, *above]), plan.objective)
        tight = bounded(siting, plan, float(least))
        points.append(CurvePoint(usd_per_year=float(budget or 0.0), plan=tight))
    return tuple(reversed(points))
