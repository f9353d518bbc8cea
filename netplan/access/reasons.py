"""Why a goal cannot be met, and why students stay offline under a plan."""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from netplan.access.asking import Ask
from netplan.access.model import Goal, Plan, Siting
from netplan.access.reduce import Problem, reduce
from netplan.access.search import Found, search
from netplan.errors import InfeasibleError, SolverError

#: Zones named one by one in a message.
NAMED = 5


def infeasible(siting: Siting, goal: Goal, *, deadline: float) -> InfeasibleError:
    """Give the error that says which part of a goal cannot be met, and which limit stops it."""
    problem = reduce(siting, zones_matter=True)
    told = [
        *_existing(problem, goal),
        *_reach(problem, goal),
        *_floor_reach(siting, problem, goal),
    ]
    if not told:
        told = _capacity(siting, problem, goal, deadline)
    if not told:
        told = _money(problem, goal, deadline)
    if not told:
        told = ["the limits cannot be met together, though each can be met alone"]
    return InfeasibleError("no plan meets the goal: " + "; ".join(told))


def existing_usd(problem: Problem) -> float:
    """Give the yearly cost of what exists and every plan pays for."""
    usd = float(problem.fixed_usd[problem.static][problem.existing[problem.static]].sum())
    for stop in problem.stops:
        rows = list(stop.offers)
        if problem.existing[rows].any():
            usd += float(problem.fixed_usd[rows].max())
    return usd + problem.always_usd


def _existing(problem: Problem, goal: Goal) -> list[str]:
    budget, usd = goal.budget_usd_per_year, existing_usd(problem)
    if budget is None or usd <= budget:
        return []
    return [
        f"what already exists costs {usd:,.0f} USD a year, more than the budget of {budget:,.0f};"
        f" raise the budget or mark partners that may be given up as existing = false"
    ]


def _reach(problem: Problem, goal: Goal) -> list[str]:
    share = goal.coverage_share
    if share is None or problem.total_students <= 0:
        return []
    reached = float(problem.students.sum())
    if reached >= share * problem.total_students * (1 - 1e-9):
        return []
    return [
        f"the coverage goal is {share:.0%}, and at most {reached / problem.total_students:.0%} of"
        f" the students offline are reached by any offer; add stops, partners or offers where"
        f" nobody is reached"
    ]


def _floor_reach(siting: Siting, problem: Problem, goal: Goal) -> list[str]:
    if goal.equity != "floor":
        return []
    reached = np.asarray(problem.zone_students @ problem.students).ravel()
    return _below(siting, problem, goal, reached, "no offer reaches more")


def _below(siting: Siting, problem: Problem, goal: Goal, most: np.ndarray, why: str) -> list[str]:
    """Name zones whose floor is above the most students that could be served there."""
    offline = problem.zone_offline
    share = np.divide(most, offline, out=np.ones(offline.size), where=offline > 0)
    short = np.flatnonzero(share < goal.floor_share * (1 - 1e-9))
    if short.size == 0:
        return []
    short = short[np.argsort(share[short], kind="stable")]
    named = ", ".join(f"{_school(siting, z)} ({share[z]:.3g})" for z in short[:NAMED])
    more = f" and {short.size - NAMED} more" if short.size > NAMED else ""
    return [
        f"the floor of {goal.floor_share:.3g} is above the best share possible in the zone of"
        f" {named}{more}: {why}; add places or offers there, or lower floor_share in access.toml"
        f" to {_rounded_down(float(share[short[0]]))}"
    ]


def _school(siting: Siting, zone: int) -> str:
    """Name a zone's school, with its id."""
    school = siting.zone_ids[zone]
    name = siting.zone_names[zone] if siting.zone_names else school
    return school if name == school else f"{name}, id {school}"


def _rounded_down(share: float) -> str:
    """Give a share that is no more than another, for a setting."""
    return f"{math.floor(share * 1000) / 1000:g}"


def _try(problem: Problem, ask: Ask, deadline: float) -> Found | None:
    """Search; an answer that is only a bound counts too, since nothing lies beyond it."""
    try:
        return search(problem, ask, deadline)
    except SolverError:
        return None


def _capacity(siting: Siting, problem: Problem, goal: Goal, deadline: float) -> list[str]:
    """Look at seats, hours and vehicles: what could be served if money had no limit."""
    told = []
    if goal.coverage_share is not None:
        plain = replace(problem, weight=np.ones(problem.students.size))
        found = _try(plain, Ask(), deadline)
        wanted = goal.coverage_share * problem.total_students
        if found is not None and found.bound < wanted * (1 - 1e-9):
            reached = problem.students.sum() / problem.total_students
            told.append(
                f"the coverage goal is {goal.coverage_share:.0%}; offers reach {reached:.0%} of"
                f" the students offline, but with every site and vehicle in use and no limit on"
                f" money their seats, hours and vehicles serve at most"
                f" {found.bound / problem.total_students:.0%}"
            )
    if goal.equity == "floor":
        most = np.asarray(problem.zone_students @ problem.students).ravel()
        for zone in np.flatnonzero(problem.zone_offline > 0):
            weight = np.zeros(problem.students.size)
            part = csr_array(problem.zone_students[[zone]]).tocoo()
            weight[part.col] = part.data
            found = _try(replace(problem, weight=weight), Ask(), deadline)
            if found is not None:
                most[zone] = min(most[zone], found.bound)
        why = "seats, hours and vehicles serve no more, whatever the budget"
        told += _below(siting, problem, goal, most, why)
        if not told and _try(problem, _free(goal, problem), deadline) is None:
            told.append(
                f"every zone can reach the floor of {goal.floor_share:.3g} by itself, but not all"
                f" together: there are too few vehicles, hours or seats, whatever the budget;"
                f" add buses, slots or seats, or lower floor_share in access.toml"
            )
    return told


def _free(goal: Goal, problem: Problem) -> Ask:
    """Ask for the least cost of a goal, its budget left out."""
    share = goal.coverage_share
    return Ask(
        students_least=None if share is None else share * problem.total_students,
        floor_share=goal.floor_share if goal.equity == "floor" else None,
        aim="cost",
    )


def _money(problem: Problem, goal: Goal, deadline: float) -> list[str]:
    budget = goal.budget_usd_per_year
    if budget is None:
        return []
    found = _try(problem, _free(goal, problem), deadline)
    if found is None:
        return []
    what = f"a floor of {goal.floor_share:.3g} in every zone"
    if goal.coverage_share is not None:
        what = f"a coverage of {goal.coverage_share:.3g}"
    least = -found.bound
    exactly = "costs" if found.proven else "costs at least"
    return [f"{what} {exactly} {least:,.0f} USD a year; the budget is {budget:,.0f}"]


def limits(siting: Siting, plan: Plan) -> Mapping[str, float]:
    """Give how many students offline are served, and why the others are not.

    Returns
    -------
    Reason to students; the students sum to all who are offline.
    """
    reach = csr_array(siting.reach.astype(float))
    served = np.asarray(plan.served.sum(axis=1)).ravel()
    left = np.maximum(siting.students - served, 0.0)
    table = siting.offers
    listed = np.isin(table["offer_id"].to_numpy(), plan.offers["offer_id"].to_numpy())
    by_offer = np.asarray(plan.served.sum(axis=0)).ravel()
    limit = np.full(len(table), np.inf)
    limit[table.index.get_indexer(table.index[listed])] = (
        plan.offers.set_index("offer_id")
        .loc[table["offer_id"].to_numpy()[listed], "max_students"]
        .to_numpy(float)
    )
    full = listed & (by_offer >= limit * (1 - 1e-6))
    anything = np.asarray(reach.sum(axis=1)).ravel() > 0
    some_open = reach @ (listed & ~full).astype(float) > 0
    some_full = reach @ full.astype(float) > 0
    money = plan.goal.budget_usd_per_year is not None
    goal = plan.goal.coverage_share is not None
    why = (
        "but the money ran out" if money else "not needed for the goal" if goal else "not worth it"
    )
    return {
        "served": float(served.sum()),
        "nothing that could be offered is near them": float(left[~anything].sum()),
        f"near something open that could take more, {why}": float(left[some_open].sum()),
        "near something open, and it is full": float(left[~some_open & some_full].sum()),
        f"near only what the plan does not open, {why}": float(
            left[anything & ~some_open & ~some_full].sum()
        ),
    }
