"""From the solver's values to a Plan: students by offer, what each offer costs, zones."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array

from netplan.access.model import Goal, Plan, Siting, Status
from netplan.access.reduce import Problem
from netplan.access.timetable import Tour, timetable, tour_usd
from netplan.access.verify import plan_usd, zone_students

#: Fewer students than this are nobody (a rounding of the solver's).
NOBODY = 1e-6


def make_plan(
    siting: Siting,
    problem: Problem,
    goal: Goal,
    *,
    served: np.ndarray,
    opened: np.ndarray,
    tours: Sequence[Tour],
    bound: float,
    status: Status,
    seconds: float,
) -> Plan:
    """Put a plan together.

    Parameters
    ----------
    served
        Shape (pairs,): students of each pair of the problem.
    opened
        Shape (offers of the problem,): offers that are open, existing ones too.
    tours
        Of the week, each on its weekday.
    bound
        Of weighted students, or of USD a year when the goal is a share.
    """
    whole = _split(siting, problem, np.maximum(served, 0.0))
    zones_offline, zones_served = zone_students(siting, whole)
    week = timetable(problem, tours)
    offers = _offers(siting, problem, whole, opened, tours)
    students = float(whole.sum())
    total = problem.total_students
    least_cost = goal.coverage_share is not None
    draft = Plan(
        goal=goal,
        offers=offers,
        served=whole,
        timetable=week,
        served_students=students,
        served_share=students / total if total > 0 else 0.0,
        cost_usd_per_year=0.0,
        objective=0.0,
        objective_bound=0.0,
        bound_students=0.0,
        bound_usd_per_year=float("nan"),
        gap_share=0.0,
        status=status,
        seconds=seconds,
        zones=pd.DataFrame(
            {
                "school_id": list(siting.zone_ids),
                "students_offline": zones_offline,
                "served_students": zones_served,
                "served_share": np.divide(
                    zones_served,
                    zones_offline,
                    out=np.full(zones_offline.size, np.nan),
                    where=zones_offline > 0,
                ),
            }
        ),
    )
    usd = plan_usd(siting, draft)
    weighted = float(siting.weight @ np.asarray(whole.sum(axis=1)).ravel())
    objective = usd if least_cost else weighted
    bound = min(bound, objective) if least_cost else max(bound, objective)
    gap = abs(bound - objective)
    return Plan(
        goal=goal,
        offers=offers,
        served=whole,
        timetable=week,
        served_students=students,
        served_share=draft.served_share,
        cost_usd_per_year=usd,
        objective=objective,
        objective_bound=bound,
        bound_students=students if least_cost else max(students, most_students(siting, bound)),
        bound_usd_per_year=bound if least_cost else float("nan"),
        gap_share=gap / abs(objective) if abs(objective) > 1e-12 else (0.0 if gap < 1e-9 else 1.0),
        status=status,
        seconds=seconds,
        zones=draft.zones,
    )


def most_students(siting: Siting, weighted: float) -> float:
    """Give the most students whose weights sum to a bound: the lightest that offers reach first."""
    reached = np.diff(csr_array(siting.reach).indptr) > 0
    order = np.flatnonzero(reached & (siting.students > 0))
    order = order[np.argsort(siting.weight[order], kind="stable")]
    students, weight = siting.students[order], siting.weight[order]
    free = float(students[weight <= 0].sum())
    students, weight = students[weight > 0], weight[weight > 0]
    counted = np.r_[0.0, np.cumsum(weight * students)]
    return free + float(np.interp(weighted, counted, np.r_[0.0, np.cumsum(students)]))


def _split(siting: Siting, problem: Problem, served: np.ndarray) -> csr_array:
    """Share what groups are served among their atoms, by their students."""
    atoms = np.flatnonzero(problem.group >= 0)
    share = siting.students[atoms] / problem.students[problem.group[atoms]]
    member = csr_array(
        coo_array(
            (share, (atoms, problem.group[atoms])),
            shape=(siting.students.size, problem.students.size),
        )
    )
    some = served > NOBODY * 1e-3
    groups = csr_array(
        coo_array(
            (served[some], (problem.pair_group[some], problem.offer[problem.pair_offer[some]])),
            shape=(problem.students.size, len(siting.offers)),
        )
    )
    return csr_array(member @ groups)


def _offers(
    siting: Siting,
    problem: Problem,
    served: csr_array,
    opened: np.ndarray,
    tours: Sequence[Tour],
) -> pd.DataFrame:
    table = siting.offers
    students = np.asarray(served.sum(axis=0)).ravel()
    existing = table["existing"].to_numpy(bool)
    mobile = table["mobile"].to_numpy(bool)
    shown = (students > NOBODY) | (existing & ~mobile)
    shown[problem.offer[opened]] = True
    fixed = table["usd_per_year"].to_numpy(float)
    usd = np.where(mobile, 0.0, fixed)
    usd += students * table["usd_per_student_per_year"].to_numpy(float)
    limit = table["max_students"].to_numpy(float).copy()
    _add_stops(problem, tours, students, shown, fixed, usd, limit)
    rows = np.flatnonzero(shown)
    frame = table.iloc[rows][["offer_id", "strategy", "kind", "source_id", "name"]].copy()
    frame["students"] = students[rows]
    frame["usd_per_year"] = usd[rows]
    frame["usd_per_student"] = np.divide(
        usd[rows], students[rows], out=np.full(rows.size, np.nan), where=students[rows] > NOBODY
    )
    frame["max_students"] = limit[rows]
    frame["existing"] = existing[rows]
    return frame.reset_index(drop=True)


def _add_stops(
    problem: Problem,
    tours: Sequence[Tour],
    students: np.ndarray,
    shown: np.ndarray,
    fixed: np.ndarray,
    usd: np.ndarray,
    limit: np.ndarray,
) -> None:
    """Add to offers at stops their part of the vehicles by hours, and what they can serve."""
    fleet = problem.fleet
    if fleet is None:
        return
    hours = fleet.slots["hours"].to_numpy(float)
    weekday = fleet.slots["weekday"].to_numpy(int)
    count = (len(fleet.classes), len(problem.stops))
    stood = np.zeros(count)
    paid = np.zeros(len(fleet.classes))
    tours_of_day: dict[tuple[int, int], int] = {}
    for tour in tours:
        np.add.at(stood[tour.vehicle_class], list(tour.stops), hours[list(tour.slots)])
        paid[tour.vehicle_class] += tour_usd(problem, tour)
        key = (tour.vehicle_class, int(weekday[tour.slots[0]]))
        tours_of_day[key] = tours_of_day.get(key, 0) + 1
    for c, vehicles in enumerate(fleet.classes):
        most = max((n for (k, _), n in tours_of_day.items() if k == c), default=0)
        paid[c] += most * vehicles.usd_per_year
    per_hour = paid / np.maximum(stood.sum(axis=1), 1e-12)
    at_once = np.array([vehicles.at_once for vehicles in fleet.classes])
    for p, stop in enumerate(problem.stops):
        if stood[:, p].sum() <= 0 and not problem.existing[list(stop.offers)].any():
            continue
        rows = problem.offer[list(stop.offers)]
        cost = float(per_hour @ stood[:, p]) + float(fixed[rows].max())
        mine = [k for k, row in enumerate(rows) if shown[row]] or list(range(len(rows)))
        weight = np.array([students[rows[k]] for k in mine])
        weight = (
            weight / weight.sum() if weight.sum() > NOBODY else np.full(len(mine), 1 / len(mine))
        )
        for k, part in zip(mine, weight, strict=True):
            row, name = rows[k], problem.vehicle_class[stop.offers[k]]
            shown[row] = True
            usd[row] += part * cost
            counted = (
                stood[:, p] if name == -1 else np.where(np.arange(count[0]) == name, stood[:, p], 0)
            )
            limit[row] = min(limit[row], float(at_once @ counted) / problem.hours_needed)
