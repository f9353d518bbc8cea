"""A week of tours that gives stops the hours they are to have, found by search.

Tours are built one after another, each the best day for one vehicle given what stops still lack:
a path through (slot, stop) by dynamic programming over blocks of slots at one stop, with exact
drive times and stops that other vehicles hold left out. An hour at a stop is worth what it costs
when a vehicle spends its whole day there, so that far stops are not left for last. A tour may be
driven alike on every weekday, which lets it begin and end near the depot. Then some tours are
taken out and built anew, again and again, and the cheaper week is kept.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from netplan.access.reduce import Problem
from netplan.access.timetable import Tour
from netplan.access.week import DayKind, day_kinds, fits, usd_per_minute

#: How far an hour's worth lies above its cost while tours are built (tried in turn).
KEENNESS = (0.05, 0.3, 1.0)
#: What a wanted hour that is missed costs, in hours' worth.
MISSED = 4.0
#: Tours taken out and built anew in one step of the search.
REBUILT = (2, 3, 5)
#: Steps without a cheaper week after which the search ends: for each tour of the week, and at
#: most. A week of few tours has few ways to be built anew.
PATIENCE_PER_TOUR, PATIENCE = 50, 3000
#: Neighbors of a tour that may be taken out with it.
NEIGHBORS = 12
#: How much dearer than the best week the search may stand (share of its cost).
SLACK_SHARE = 3e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """What the search needs of one class of vehicle, for the stops that are wanted.

    ``barred[g][t, s]``: shape (stops, stops), 0 where the move from slot t to slot s of day g
    fits, -inf where it does not (or stays at the stop: that is a longer block).
    """

    vehicle_class: int
    stops: np.ndarray
    wanted: np.ndarray
    worth: np.ndarray
    depot: np.ndarray
    rate: float
    usd_per_year: float
    buses: int
    days: tuple[DayKind, ...]
    drive: np.ndarray
    barred: tuple[dict[tuple[int, int], np.ndarray], ...]


@dataclass(frozen=True, slots=True)
class _Driven:
    """One day's tour: weekday (index into ``_Field.days``), slots of the day, stops."""

    day: int
    slots: tuple[int, ...]
    stops: tuple[int, ...]


def tours_for(
    problem: Problem,
    vehicle_class: int,
    wanted_hours: np.ndarray,
    taken: Sequence[Tour],
    time_limit_s: float,
) -> tuple[Tour, ...]:
    """Give tours for the hours wanted at each stop.

    Parameters
    ----------
    wanted_hours
        Shape (stops of the problem,): hours a week.
    taken
        Tours of other vehicles, whose stops are held in their slots.
    time_limit_s
        The search ends sooner when it finds nothing better.

    Returns
    -------
    Tours that the vehicles of the class can drive; hours may fall short.
    """
    stops = np.flatnonzero(wanted_hours > 1e-6)
    if stops.size == 0:
        return ()
    deadline = time.monotonic() + time_limit_s
    land = _field(problem, vehicle_class, stops, wanted_hours[stops])
    free = np.ones((len(land.days), max(day.start.size for day in land.days), stops.size), bool)
    row = {
        int(slot): (d, s) for d, day in enumerate(land.days) for s, slot in enumerate(day.slots[0])
    }
    at = {int(stop): k for k, stop in enumerate(stops)}
    for tour in taken:
        for slot, stop in zip(tour.slots, tour.stops, strict=True):
            if stop in at:
                free[(*row[slot], at[stop])] = False
    rng = np.random.default_rng(1)
    best: list[_Driven] = []
    least = np.inf
    for weekly in (True, False):
        for keen in KEENNESS:
            week = _build(land, [], free, keen, weekly)
            usd = _usd(land, week)
            if usd < least - 1e-6:
                best, least = week, usd
            if time.monotonic() > deadline:
                break
    idle, at_hand = 0, best
    while len(best) > 1 and time.monotonic() < deadline:
        if idle >= min(PATIENCE, PATIENCE_PER_TOUR * len(best)):
            break
        idle += 1
        alike = bool(rng.random() < 0.5)
        kept = _thinned(land, at_hand, rng, alike)
        week = _build(land, kept, free, float(rng.choice(KEENNESS)), alike)
        usd = _usd(land, week)
        if usd < least * (1 + SLACK_SHARE):
            at_hand = week
        if usd < least - 1e-6:
            best, least, idle = week, usd, 0
    return tuple(_tour(land, driven) for driven in best)


def _field(problem: Problem, c: int, stops: np.ndarray, wanted: np.ndarray) -> _Field:
    fleet = problem.vehicles()
    days = day_kinds(fleet, together=False)
    places = np.array([problem.stops[p].place for p in stops])
    depot = fleet.depot_minutes[c, places]
    rate = usd_per_minute(fleet, c)
    span = max(float(day.end[-1] - day.start[0]) for day in days)
    hours = max(float(day.hours.sum()) for day in days)
    vehicles = fleet.classes[c]
    diagonal = np.eye(stops.size, dtype=bool)
    known: dict[tuple[float, ...], dict[tuple[int, int], np.ndarray]] = {}
    barred = []
    for day in days:
        key = (*day.start, *day.end)
        if key not in known:
            known[key] = {
                (t, s): np.where(fits(fleet, day, t, s, places) & ~diagonal, 0.0, -np.inf)
                for s in range(day.start.size)
                for t in range(s)
            }
        barred.append(known[key])
    return _Field(
        vehicle_class=c,
        stops=stops,
        wanted=wanted,
        worth=(rate * (span + 2 * depot) + vehicles.usd_per_year / len(days) + 1e-6) / hours,
        depot=depot,
        rate=rate,
        usd_per_year=vehicles.usd_per_year,
        buses=len(vehicles.bus_ids),
        days=days,
        drive=fleet.drive_minutes[np.ix_(places, places)],
        barred=tuple(barred),
    )


def _build(
    land: _Field, kept: list[_Driven], free: np.ndarray, keen: float, weekly: bool = False
) -> list[_Driven]:
    """Add tours to those kept until nothing is wanted or no vehicle is left."""
    week = list(kept)
    lacking, open_ = land.wanted.copy(), free.copy()
    used = np.zeros(len(land.days), np.int64)
    for driven in kept:
        _take(land, driven, lacking, open_, used)
    if weekly:
        _repeat(land, week, lacking, open_, used, keen)
    while (lacking > 1e-6).any():
        # Days in turn, so that a vehicle bought for one day is used on the others.
        day = int(np.argmin(used))
        order = [day, *(d for d in np.argsort(used, kind="stable") if d != day)]
        for day in order:
            if used[day] < land.buses:
                found = _best(land, day, lacking, open_[day], keen)
                if found is not None:
                    break
        else:
            return week
        if used[day] >= land.buses or found is None:
            return week
        week.append(found)
        _take(land, found, lacking, open_, used)
    return week


def _repeat(
    land: _Field,
    week: list[_Driven],
    lacking: np.ndarray,
    open_: np.ndarray,
    used: np.ndarray,
    keen: float,
) -> None:
    """Add tours driven alike on every weekday, while full ones can be found."""
    count = len(land.days)
    if any(day.start.size != land.days[0].start.size for day in land.days):
        return
    all_days = np.asarray(open_.all(axis=0))
    while used.max() < land.buses:
        found = _path(land, 0, lacking, all_days, keen, times=count)
        if found is None or len(found.slots) < land.days[0].start.size:
            return
        given = np.zeros(lacking.size)
        np.add.at(given, list(found.stops), count * land.days[0].hours[list(found.slots)])
        if (given > lacking + 1e-6).any():
            p = int(np.argmax(given - lacking))
            slots = [s for s, q in zip(found.slots, found.stops, strict=True) if q == p]
            all_days[slots[-1], p] = False
            continue
        for day in range(count):
            driven = _Driven(day, found.slots, found.stops)
            week.append(driven)
            _take(land, driven, lacking, open_, used)
        all_days &= open_.all(axis=0)


def _take(
    land: _Field, driven: _Driven, lacking: np.ndarray, open_: np.ndarray, used: np.ndarray
) -> None:
    used[driven.day] += 1
    hours = land.days[driven.day].hours
    for s, p in zip(driven.slots, driven.stops, strict=True):
        lacking[p] = max(0.0, lacking[p] - hours[s])
        open_[driven.day, s, p] = False


def _best(
    land: _Field, day: int, lacking: np.ndarray, open_: np.ndarray, keen: float
) -> _Driven | None:
    """Give the day's tour that gains most: worth of hours still lacking, less its cost.

    A path that comes back to a stop for more than it lacks is sought again with the shorter of
    the two stays barred.
    """
    hours = land.days[day].hours
    open_ = open_.copy()
    for _ in range(4):
        found = _path(land, day, lacking, open_, keen)
        if found is None:
            return None
        given = np.zeros(lacking.size)
        np.add.at(given, list(found.stops), hours[list(found.slots)])
        over = [p for p in set(found.stops) if given[p] - lacking[p] >= hours.min() - 1e-9]
        again = False
        for p in sorted(over):
            slots = np.array([s for s, q in zip(found.slots, found.stops, strict=True) if q == p])
            runs = np.split(slots, np.flatnonzero(np.diff(slots) > 1) + 1)
            if len(runs) > 1:
                open_[min(runs, key=len), p] = False
                again = True
        if not again:
            break
    return found


def _path(
    land: _Field,
    day: int,
    lacking: np.ndarray,
    open_: np.ndarray,
    keen: float,
    times: int = 0,
) -> _Driven | None:
    """Give the best path through (slot, stop).

    ``times``: the path is driven on so many days, and gives no stop more than it lacks.
    """
    kind = land.days[day]
    least = float(kind.hours.min()) * times
    near = np.flatnonzero(lacking > max(least - 1e-6, 1e-6))
    if near.size == 0:
        return None
    count, size = kind.start.size, near.size
    lack, depot = lacking[near] / max(times, 1), land.depot[near]
    worth = land.worth[near] * (1.0 + keen)
    free = open_[:, near]
    arrive = np.full((count, size), -np.inf)
    came = np.full((count, size, 2), -1)
    leave = np.full((count, size), -np.inf)
    began = np.full((count, size), -1)
    hours = np.r_[0.0, np.cumsum(kind.hours)]
    every = np.arange(size)
    for s in range(count):
        arrive[s] = -land.rate * (depot - kind.start[s])
        for t in range(s):
            value = leave[t][:, None] + land.barred[day][t, s][np.ix_(near, near)]
            origin = np.argmax(value, axis=0)
            best = value[origin, every]
            better = best > arrive[s] + 1e-9
            arrive[s][better] = best[better]
            came[s, better, 0] = t
            came[s, better, 1] = origin[better]
        open_run = np.ones(size, bool)
        for first in range(s, -1, -1):
            open_run &= free[first]
            stay = hours[s + 1] - hours[first] if times else hours[s] - hours[first] + 2e-9
            needed = open_run & (stay < lack + 1e-9)
            given = np.minimum(hours[s + 1] - hours[first], lack)
            value = np.where(needed, arrive[first] + worth * given, -np.inf)
            better = value > leave[s] + 1e-9
            leave[s][better] = value[better]
            began[s][better] = first
    gain = leave - land.rate * (depot[None, :] + kind.end[:, None])
    s, p = divmod(int(np.argmax(gain)), size)
    if not np.isfinite(gain[s, p]):
        return None
    slots: list[int] = []
    stops: list[int] = []
    while s >= 0:
        first = int(began[s, p])
        slots[:0] = range(first, s + 1)
        stops[:0] = [int(near[p])] * (s + 1 - first)
        s, p = int(came[first, p, 0]), int(came[first, p, 1])
    return _Driven(day, tuple(slots), tuple(stops))


def _thinned(
    land: _Field, week: list[_Driven], rng: np.random.Generator, alike: bool
) -> list[_Driven]:
    """Take out a tour drawn at random (short ones more often) and some near it.

    ``alike``: with those that are driven alike on other weekdays.
    """
    short = np.array([1.0 / len(d.slots) for d in week])
    first = int(rng.choice(len(week), p=short / short.sum()))
    apart = land.drive[list(week[first].stops)].min(axis=0)
    size = [len(d.stops) for d in week]
    ends = np.r_[0, np.cumsum(size)[:-1]]
    near = np.minimum.reduceat(apart[np.array([p for d in week for p in d.stops])], ends)
    near[first] = np.inf
    order = np.argsort(near + rng.random(near.size) * 1e-3)[:NEIGHBORS]
    count = min(int(rng.choice(REBUILT)) - 1, order.size, len(week) - 1)
    out = {first, *(int(k) for k in rng.permutation(order)[:count])}
    if alike:
        same = {week[k].stops for k in out}
        return [d for d in week if d.stops not in same]
    return [d for k, d in enumerate(week) if k not in out]


def _usd(land: _Field, week: list[_Driven]) -> float:
    """Cost of a week, with what hours that are missed count for."""
    lacking = land.wanted.copy()
    used = [0] * len(land.days)
    minutes = 0.0
    for driven in week:
        day = land.days[driven.day]
        used[driven.day] += 1
        for s, p in zip(driven.slots, driven.stops, strict=True):
            lacking[p] -= day.hours[s]
        minutes += day.end[driven.slots[-1]] - day.start[driven.slots[0]]
        minutes += land.depot[driven.stops[0]] + land.depot[driven.stops[-1]]
    missed = float((np.maximum(0.0, lacking) * land.worth).sum())
    return float(land.rate * minutes + MISSED * missed + max(used) * land.usd_per_year)


def _tour(land: _Field, driven: _Driven) -> Tour:
    kind = land.days[driven.day]
    return Tour(
        vehicle_class=land.vehicle_class,
        slots=tuple(int(kind.slots[0, s]) for s in driven.slots),
        stops=tuple(int(land.stops[p]) for p in driven.stops),
    )
