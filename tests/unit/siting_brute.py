"""The best plan of a tiny siting problem by trying everything, for tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise, product

import numpy as np
from scipy.optimize import linprog

from netplan.access.model import Fleet, Goal, Siting


@dataclass(frozen=True)
class Best:
    """The best objective (None: nothing meets the goal), and zone shares when worst first."""

    objective: float | None
    shares: tuple[float, ...] = ()


def weeks(fleet: Fleet) -> list[tuple[np.ndarray, float]]:
    """Every week of the fleet: visits of shape (classes, slots, stops), and its cost.

    Of weeks with the same visits only the cheapest is kept.
    """
    day = fleet.slots["weekday"].to_numpy()
    best: dict[bytes, tuple[np.ndarray, float]] = {}
    shape = (len(fleet.classes), len(fleet.slots), len(fleet.stop_ids))
    options = []
    for c, vehicles in enumerate(fleet.classes):
        one = [(path, bus_usd(fleet, c, path)) for path in bus_weeks(fleet, day)]
        one = [(path, usd) for path, usd in one if usd is not None]
        options += [[(c, *item) for item in one] for _ in vehicles.bus_ids]
    for chosen in product(*options):
        visits = np.zeros(shape, dtype=np.int8)
        for c, path, _ in chosen:
            for slot, stop in enumerate(path):
                if stop >= 0:
                    visits[c, slot, stop] += 1
        if visits.sum(axis=0).max() > 1:
            continue
        usd = sum(item[2] for item in chosen)
        key = visits.tobytes()
        if key not in best or usd < best[key][1]:
            best[key] = (visits, usd)
    return list(best.values())


def bus_weeks(fleet: Fleet, _day: np.ndarray) -> Iterator[tuple[int, ...]]:
    """Every week of one vehicle: a stop or nowhere (-1) in each slot."""
    return product(range(-1, len(fleet.stop_ids)), repeat=len(fleet.slots))


def bus_usd(fleet: Fleet, c: int, path: tuple[int, ...]) -> float | None:
    """Cost of a vehicle's week; None where a drive does not fit."""
    usd = 0.0
    start, end, weekday = (
        fleet.slots[n].tolist() for n in ("start_minute", "end_minute", "weekday")
    )
    rate = fleet.classes[c].usd_per_hour * fleet.weeks_per_year / 60.0
    for day in sorted(set(weekday)):
        at = [k for k in range(len(path)) if weekday[k] == day and path[k] >= 0]
        for a, b in pairwise(at):
            time = start[b] - end[a]
            if path[a] != path[b] and fleet.drive_minutes[path[a], path[b]] > time:
                return None
        if at:
            usd += rate * (
                end[at[-1]]
                - start[at[0]]
                + fleet.depot_minutes[c, path[at[0]]]
                + fleet.depot_minutes[c, path[at[-1]]]
            )
    return usd + (fleet.classes[c].usd_per_year if max(path) >= 0 else 0.0)


def best_plan(case: Siting, goal: Goal) -> Best:
    """Try every week and every set of open places; students by linear programming."""
    programs = list(_programs(case, goal))
    fixed: list[tuple[int, float]] = []
    shares: tuple[float, ...] = ()
    if goal.equity == "worst_first":
        zones = _zone_rows(case)
        for count in range(1, len(zones) + 1):
            top = max((_least_shares(p, zones, count, fixed) for p in programs), default=None)
            if top is None:
                return Best(None)
            fixed.append((count, top))
        shares = tuple(np.diff([0.0, *(t for _, t in fixed)]))
    values = [_inner(case, goal, p, fixed) for p in programs]
    found = [v for v in values if v is not None]
    if not found:
        return Best(None)
    return Best(min(found) if goal.coverage_share is not None else max(found), shares)


def _programs(case: Siting, goal: Goal) -> Iterator[dict[str, object]]:
    """Every set of open places and every week, as limits of a linear program."""
    table, fleet = case.offers, case.fleet
    mobile = table["mobile"].to_numpy()
    usd = table["usd_per_year"].to_numpy()
    choice = [j for j in range(len(table)) if not mobile[j] and not table["existing"].iat[j]]
    choice = [j for j in choice if usd[j] > 0]
    sets = [set(s) for n in range(len(choice) + 1) for s in combinations(choice, n)]
    hours = fleet.slots["hours"].to_numpy()
    at_once = np.array([v.at_once for v in fleet.classes])
    source, named = table["source_id"].tolist(), table["vehicle_class"].tolist()
    most, existing = table["max_students"].tolist(), table["existing"].to_numpy()
    total = float(case.students.sum())
    at_stop = [[j for j in np.flatnonzero(mobile) if source[j] == s] for s in fleet.stop_ids]
    families = [
        (p, name, tuple(j for j in mine if name in (-1, named[j])))
        for p, mine in enumerate(at_stop)
        for name in sorted({named[j] for j in mine})
    ]
    members = [(j,) for mine in at_stop for j in mine] + [part for _, _, part in families]
    options: list[tuple[list[float], float]] = []
    for visits, week_usd in weeks(fleet):
        by = np.einsum("cts,t->cs", visits, hours)
        limits = []
        cost = week_usd
        for p, mine in enumerate(at_stop):
            if mine and by[:, p].sum() > 0:
                cost += max(usd[j] for j in mine)
            for j in mine:
                stood = by[:, p].sum() if named[j] == -1 else by[named[j], p]
                limits.append(most[j] if stood >= case.hours_needed - 1e-9 else 0.0)
        for p, name, _ in families:
            part = by[:, p] @ at_once if name == -1 else by[name, p] * at_once[name]
            limits.append(part / case.hours_needed)
        options.append(([min(limit, total) for limit in limits], cost))
    for vector, vehicles_usd in _best_options(options):
        for open_ in sets:
            cost = vehicles_usd + sum(usd[j] for j in open_) + float(usd[existing].sum())
            budget = goal.budget_usd_per_year
            if budget is not None and cost > budget + 1e-7:
                continue
            static = [
                ((j,), 0.0 if j in choice and j not in open_ else most[j])
                for j in np.flatnonzero(~mobile)
            ]
            yield _matrix(case, goal, list(zip(members, vector, strict=True)) + static, cost)


def _best_options(options: list[tuple[list[float], float]]) -> list[tuple[list[float], float]]:
    """Leave out what another serves at least as well with for no more."""
    kept: list[tuple[list[float], float]] = []
    rows = np.zeros((0, 0))
    for vector, cost in sorted(options, key=lambda o: (o[1], [-v for v in o[0]])):
        row = np.array(vector)
        if kept and np.any(np.all(rows >= row - 1e-12, axis=1)):
            continue
        kept.append((vector, cost))
        rows = np.vstack([rows, row]) if len(kept) > 1 else row[None, :]
    return kept


def _matrix(
    case: Siting, goal: Goal, limits: list[tuple[tuple[int, ...], float]], cost: float
) -> dict[str, object]:
    atom, offer = np.nonzero(case.reach.toarray())
    rows, upper = [], []
    for a in range(case.students.size):
        rows.append((atom == a).astype(float))
        upper.append(case.students[a])
    for members, limit in limits:
        if np.isfinite(limit):
            rows.append(np.isin(offer, members).astype(float))
            upper.append(limit)
    each = case.offers["usd_per_student_per_year"].to_numpy()[offer]
    if goal.budget_usd_per_year is not None:
        rows.append(each)
        upper.append(goal.budget_usd_per_year - cost + 1e-9)
    if goal.coverage_share is not None:
        rows.append(-np.ones(atom.size))
        upper.append(-goal.coverage_share * case.students.sum())
    if goal.equity == "floor":
        for row in _zone_rows(case):
            rows.append(-row)
            upper.append(-goal.floor_share)
    return {"rows": np.array(rows), "upper": np.array(upper), "cost": cost, "each": each}


def _zone_rows(case: Siting) -> list[np.ndarray]:
    """For zones with students offline: share of them for each student of a pair served."""
    atom, _ = np.nonzero(case.reach.toarray())
    zone = case.zone.toarray()
    offline = zone.T @ np.bincount(case.area, case.students, minlength=zone.shape[0])
    return [zone[case.area[atom], z] / offline[z] for z in range(zone.shape[1]) if offline[z] > 0]


def _ordered(
    zones: list[np.ndarray], fixed: list[tuple[int, float]], size: int
) -> tuple[list[np.ndarray], list[float]]:
    """Every choice of k zones sums to at least the total: what their k smallest do."""
    rows, upper = [], []
    for count, total in fixed:
        for some in combinations(range(len(zones)), count):
            rows.append(-np.sum([zones[z] for z in some], axis=0))
            upper.append(-total + 2e-7 * count)
    return [row[:size] for row in rows], upper


def _least_shares(
    p: dict[str, object], zones: list[np.ndarray], count: int, fixed: list[tuple[int, float]]
) -> float:
    """The most that the ``count`` smallest zone shares can sum to."""
    size = p["each"].size
    more, limit = _ordered(zones, fixed, size)
    rows = [np.append(row, 0.0) for row in [*p["rows"], *more]]
    upper = [*p["upper"], *limit]
    for some in combinations(range(len(zones)), count):
        rows.append(np.append(-np.sum([zones[z] for z in some], axis=0), 1.0))
        upper.append(0.0)
    objective = np.zeros(size + 1)
    objective[-1] = -1.0
    found = linprog(objective, A_ub=np.array(rows), b_ub=np.array(upper), method="highs")
    return -found.fun if found.status == 0 else -np.inf


def _inner(
    case: Siting, goal: Goal, p: dict[str, object], fixed: list[tuple[int, float]]
) -> float | None:
    size = p["each"].size
    if size == 0:
        feasible = np.all(p["upper"] >= -1e-9)
        if not feasible:
            return None
        return p["cost"] if goal.coverage_share is not None else 0.0
    more, limit = _ordered(_zone_rows(case), fixed, size) if fixed else ([], [])
    rows = np.array([*p["rows"], *more])
    upper = np.array([*p["upper"], *limit])
    atom, _ = np.nonzero(case.reach.toarray())
    least = goal.coverage_share is not None
    objective = p["each"] if least else -case.weight[atom]
    found = linprog(objective, A_ub=rows, b_ub=upper, method="highs")
    if found.status != 0:
        return None
    return p["cost"] + found.fun if least else -found.fun
