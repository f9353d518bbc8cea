"""A plan held against the siting problem once more, outside the solver."""

from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from netplan.access.model import Fleet, Goal, Plan, Siting
from netplan.errors import SolverError

#: How far a sum may miss its limit, relative to it (the solver's own tolerance is 1e-7).
TOLERANCE = 1e-5


def verify(siting: Siting, goal: Goal, plan: Plan) -> None:
    """Check a plan against every rule of the problem, from its tables alone.

    Raises
    ------
    SolverError
        With everything that is broken.
    """
    broken = [
        *_people(siting, plan),
        *_offers(siting, plan),
        *_week(siting, plan),
        *_goal(siting, goal, plan),
    ]
    cost = plan_usd(siting, plan)
    if abs(cost - plan.cost_usd_per_year) > TOLERANCE * max(1.0, abs(cost)):
        broken.append(f"the plan says it costs {plan.cost_usd_per_year}, its parts cost {cost}")
    served = float(plan.served.sum())
    if abs(served - plan.served_students) > TOLERANCE * max(1.0, served):
        broken.append(f"the plan says it serves {plan.served_students}, its parts {served}")
    if broken:
        raise SolverError("the plan breaks its own rules: " + "; ".join(broken[:5]))


def plan_usd(siting: Siting, plan: Plan) -> float:
    """Work out the yearly cost of a plan from its tables."""
    table = siting.offers
    served = np.asarray(plan.served.sum(axis=0)).ravel()
    listed = np.isin(table["offer_id"].to_numpy(), plan.offers["offer_id"].to_numpy())
    mobile = table["mobile"].to_numpy(bool)
    existing = table["existing"].to_numpy(bool)
    fixed = table["usd_per_year"].to_numpy(float)
    usd = float(served @ table["usd_per_student_per_year"].to_numpy(float))
    usd += float(fixed[~mobile & (listed | existing)].sum())
    stops = table["source_id"].astype(str).to_numpy()
    stood = set(plan.timetable["stop_id"])
    for stop in sorted(set(stops[mobile])):
        mine = mobile & (stops == stop)
        if stop in stood or existing[mine].any():
            usd += float(fixed[mine].max())
    fleet = siting.fleet
    if fleet is None:
        return usd
    for _, week in plan.timetable.groupby("bus_id"):
        c = _class_of(fleet, str(week["bus_id"].iat[0]))
        vehicles = fleet.classes[c]
        usd += vehicles.usd_per_year
        for _, day in week.groupby("weekday"):
            rows, places = _slots(fleet, day["slot_id"]), _places(fleet, day["stop_id"])
            start = fleet.slots["start_minute"].to_numpy(float)[rows]
            end = fleet.slots["end_minute"].to_numpy(float)[rows]
            minutes = end.max() - start.min() + fleet.depot_minutes[c, places[np.argmin(start)]]
            minutes += fleet.depot_minutes[c, places[np.argmax(end)]]
            usd += vehicles.usd_per_hour * fleet.weeks_per_year * minutes / 60.0
    return usd


def _people(siting: Siting, plan: Plan) -> list[str]:
    broken = []
    served = csr_array(plan.served)
    if served.shape != siting.reach.shape:
        return ["shape of served"]
    slack = TOLERANCE * np.maximum(1.0, siting.students)
    if served.nnz and served.data.min() < -TOLERANCE:
        broken.append("a negative number of students is served")
    if np.any(np.asarray(served.sum(axis=1)).ravel() > siting.students + slack):
        broken.append("more students of a place are served than live there offline")
    beyond = served - served.multiply(csr_array(siting.reach.astype(float)))
    if abs(beyond).sum() > TOLERANCE:
        broken.append("an offer serves students it does not reach")
    return broken


def _offers(siting: Siting, plan: Plan) -> list[str]:
    broken = []
    table = siting.offers
    served = np.asarray(plan.served.sum(axis=0)).ravel()
    limit = table["max_students"].to_numpy(float)
    name = table["offer_id"].astype(str).to_numpy()
    over = served > limit * (1 + TOLERANCE) + TOLERANCE
    broken += [f"{name[j]} serves more than it can" for j in np.flatnonzero(over)]
    listed = np.isin(table["offer_id"].to_numpy(), plan.offers["offer_id"].to_numpy())
    shut = ~listed & (served > TOLERANCE)
    broken += [f"{name[j]} serves though closed" for j in np.flatnonzero(shut)]
    return broken


def _week(siting: Siting, plan: Plan) -> list[str]:
    table, fleet, week = siting.offers, siting.fleet, plan.timetable
    served = np.asarray(plan.served.sum(axis=0)).ravel()
    mobile = np.flatnonzero(table["mobile"].to_numpy(bool) & (served > TOLERANCE))
    if fleet is None or len(week) == 0:
        return ["a stop serves students and no vehicle stands there"] if mobile.size else []
    broken = []
    if week.duplicated(["bus_id", "slot_id"]).any():
        broken.append("a bus stands at two stops in one slot")
    if week.duplicated(["stop_id", "slot_id"]).any():
        broken.append("two buses stand at one stop in one slot")
    rows, places = _slots(fleet, week["slot_id"]), _places(fleet, week["stop_id"])
    if np.any(fleet.slots["weekday"].to_numpy(int)[rows] != week["weekday"].to_numpy(int)):
        broken.append("a slot stands on another weekday")
    slot = week["slot_id"].astype(str).to_numpy()
    klass = np.array([_class_of(fleet, str(bus)) for bus in week["bus_id"]])
    start = fleet.slots["start_minute"].to_numpy(float)[rows]
    end = fleet.slots["end_minute"].to_numpy(float)[rows]
    for _, part in week.groupby(["bus_id", "weekday"]):
        at = week.index.get_indexer(part.index)
        at = at[np.argsort(start[at])]
        for before, after in pairwise(at):
            drive = fleet.drive_minutes[places[before], places[after]]
            if places[before] != places[after] and drive > start[after] - end[before] + 1e-3:
                broken.append(f"a drive does not fit before {slot[after]}")
    hours = fleet.slots["hours"].to_numpy(float)[rows]
    at_once = np.array([vehicles.at_once for vehicles in fleet.classes])[klass]
    return broken + _stops(
        siting, served, mobile, week["stop_id"].to_numpy(), klass, hours, at_once
    )


def _stops(
    siting: Siting,
    served: np.ndarray,
    mobile: np.ndarray,
    stood: np.ndarray,
    klass: np.ndarray,
    hours: np.ndarray,
    at_once: np.ndarray,
) -> list[str]:
    """Check hours and seats of every stop that serves students."""
    broken = []
    source = siting.offers["source_id"].astype(str).to_numpy()
    named = siting.offers["vehicle_class"].to_numpy(int)
    for j in mobile:
        counts = (stood == source[j]) & ((named[j] == -1) | (klass == named[j]))
        if hours[counts].sum() < siting.hours_needed - 1e-6:
            broken.append(f"{source[j]} has too few hours a week")
        share = mobile[(source[mobile] == source[j])]
        if named[j] != -1:
            share = share[named[share] == named[j]]
        seats = (at_once[counts] * hours[counts]).sum() / siting.hours_needed
        if served[share].sum() > seats * (1 + TOLERANCE) + TOLERANCE:
            broken.append(f"{source[j]} serves more than its buses can")
    return broken


def _goal(siting: Siting, goal: Goal, plan: Plan) -> list[str]:
    broken = []
    if goal.budget_usd_per_year is not None:
        limit = goal.budget_usd_per_year
        if plan_usd(siting, plan) > limit + TOLERANCE * max(1.0, abs(limit)):
            broken.append(f"the plan costs more than {limit}")
    if goal.coverage_share is not None:
        wanted = goal.coverage_share * float(siting.students.sum())
        if plan.served.sum() < wanted - TOLERANCE * max(1.0, wanted):
            broken.append("the plan serves fewer than its goal")
    if goal.equity == "floor":
        offline, served = zone_students(siting, plan.served)
        some = offline > 0
        if np.any(served[some] / offline[some] < goal.floor_share - TOLERANCE):
            broken.append("a zone is under its floor")
    return broken


def zone_students(siting: Siting, served: csr_array) -> tuple[np.ndarray, np.ndarray]:
    """Give students offline and students served of every zone."""
    zone = csr_array(siting.zone)
    areas = zone.shape[0]
    offline = np.bincount(siting.area, siting.students, minlength=areas)
    by_atom = np.asarray(served.sum(axis=1)).ravel()
    reached = np.bincount(siting.area, by_atom, minlength=areas)
    return np.asarray(zone.T @ offline).ravel(), np.asarray(zone.T @ reached).ravel()


def _class_of(fleet: Fleet, bus_id: str) -> int:
    for c, vehicles in enumerate(fleet.classes):
        if bus_id in vehicles.bus_ids:
            return c
    raise SolverError(f"the timetable names an unknown bus {bus_id}")


def _slots(fleet: Fleet, slot_id: object) -> np.ndarray:
    index = {str(s): k for k, s in enumerate(fleet.slots["slot_id"])}
    return np.array([index[str(s)] for s in slot_id], dtype=np.int64)  # type: ignore[attr-defined]


def _places(fleet: Fleet, stop_id: object) -> np.ndarray:
    index = {s: k for k, s in enumerate(fleet.stop_ids)}
    return np.array([index[str(s)] for s in stop_id], dtype=np.int64)  # type: ignore[attr-defined]
