"""Tours of vehicles: what they cost, which vehicle drives them, the week as a table."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netplan.access.flows import Mobile
from netplan.access.model import Fleet
from netplan.access.reduce import Problem
from netplan.access.week import MINUTE_SLACK, usd_per_minute
from netplan.errors import SolverError
from netplan.optimize.solver import Builder, solve


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """One vehicle's day: from the depot through its stops and back.

    Parameters
    ----------
    vehicle_class
        Index into ``fleet.classes``.
    slots
        Rows of ``fleet.slots``, all of one weekday (or of the first of several alike).
    stops
        Indices into ``Problem.stops``, one for each slot.
    """

    vehicle_class: int
    slots: tuple[int, ...]
    stops: tuple[int, ...]


def tour_usd(problem: Problem, tour: Tour) -> float:
    """Give what driving a tour every week costs in a year."""
    fleet = problem.vehicles()
    minutes = float(fleet.slots["end_minute"].to_numpy(float)[tour.slots[-1]]) - float(
        fleet.slots["start_minute"].to_numpy(float)[tour.slots[0]]
    )
    rate = usd_per_minute(fleet, tour.vehicle_class)
    return rate * minutes + depot_usd(problem, tour)


def depot_usd(problem: Problem, tour: Tour) -> float:
    """Give the part of a tour's cost that is the ways from and to the depot."""
    fleet = problem.vehicles()
    ends = [problem.stops[p].place for p in (tour.stops[0], tour.stops[-1])]
    minutes = float(fleet.depot_minutes[tour.vehicle_class, ends].sum())
    return usd_per_minute(fleet, tour.vehicle_class) * minutes


def week_usd(problem: Problem, tours: Sequence[Tour]) -> float:
    """Give what tours cost in a year, the vehicles they need included."""
    fleet = problem.vehicles()
    weekday = fleet.slots["weekday"].to_numpy(int)
    driven = Counter((tour.vehicle_class, int(weekday[tour.slots[0]])) for tour in tours)
    usd = sum(tour_usd(problem, tour) for tour in tours)
    for c, vehicles in enumerate(fleet.classes):
        most = max((count for (k, _), count in driven.items() if k == c), default=0)
        usd += most * vehicles.usd_per_year
    return usd


def add_tours(builder: Builder, problem: Problem, tours: Sequence[Tour]) -> Mobile:
    """Add given tours as columns: each is driven or not, nothing else is."""
    fleet = problem.vehicles()
    weekday = fleet.slots["weekday"].to_numpy(int)
    driven = builder.add_columns(len(tours), upper=1.0, whole=True)
    usd_column, usd = [driven], [np.array([tour_usd(problem, tour) for tour in tours])]
    klass = np.array([tour.vehicle_class for tour in tours], dtype=np.int64)
    day = np.array([weekday[tour.slots[0]] for tour in tours], dtype=np.int64)
    for c in np.unique(klass):
        vehicles = fleet.classes[c]
        buses = builder.add_columns(1, upper=len(vehicles.bus_ids), whole=True)
        usd_column.append(buses)
        usd.append(np.array([vehicles.usd_per_year]))
        mine = np.flatnonzero(klass == c)
        days, row = np.unique(day[mine], return_inverse=True)
        builder.add_rows(
            days.size, (row, driven[mine], 1.0), (np.arange(days.size), buses, -1.0), upper=0.0
        )
    size = np.array([len(tour.slots) for tour in tours], dtype=np.int64)
    return Mobile(
        column=np.repeat(driven, size),
        vehicle_class=np.repeat(klass, size),
        stop=np.array([p for tour in tours for p in tour.stops], dtype=np.int64),
        position=np.array([s for tour in tours for s in tour.slots], dtype=np.int64),
        count=np.ones(int(size.sum())),
        hours=fleet.slots["hours"].to_numpy(float),
        days=np.ones(len(fleet.slots)),
        usd_column=np.concatenate(usd_column),
        usd=np.concatenate(usd),
    )


def tours_of(problem: Problem, week: pd.DataFrame) -> tuple[Tour, ...]:
    """Read tours back from a timetable; visits to stops the problem has not are left out."""
    fleet = problem.fleet
    if fleet is None:
        return ()
    slots = {str(slot): k for k, slot in enumerate(fleet.slots["slot_id"])}
    stops = {fleet.stop_ids[stop.place]: p for p, stop in enumerate(problem.stops)}
    klass = {bus: c for c, vehicles in enumerate(fleet.classes) for bus in vehicles.bus_ids}
    found = []
    for (bus, _), day in week.groupby(["bus_id", "weekday"], sort=True):
        visits = sorted(
            (slots[str(slot)], stops[str(stop)])
            for slot, stop in zip(day["slot_id"], day["stop_id"], strict=True)
            if str(stop) in stops
        )
        if visits:
            found.append(
                Tour(
                    vehicle_class=klass[str(bus)],
                    slots=tuple(slot for slot, _ in visits),
                    stops=tuple(stop for _, stop in visits),
                )
            )
    return tuple(found)


def without_stops(tours: Sequence[Tour], gone: set[int]) -> tuple[Tour, ...]:
    """Leave stops out of tours: a vehicle waits instead, or stays in its depot."""
    kept = []
    for tour in tours:
        left = [k for k, p in enumerate(tour.stops) if p not in gone]
        if left:
            kept.append(
                Tour(
                    vehicle_class=tour.vehicle_class,
                    slots=tuple(tour.slots[k] for k in left),
                    stops=tuple(tour.stops[k] for k in left),
                )
            )
    return tuple(kept)


def link(
    problem: Problem, vehicle_class: np.ndarray, slot: np.ndarray, stop: np.ndarray
) -> tuple[Tour, ...]:
    """Join visits into the cheapest tours.

    Parameters
    ----------
    vehicle_class, slot, stop
        Shape (visits,): slot as a row of ``fleet.slots``, stop as an index into
        ``Problem.stops``.
    """
    fleet = problem.vehicles()
    tours: list[Tour] = []
    for c in np.unique(vehicle_class):
        mine = vehicle_class == c
        tours += _linked(problem, fleet, int(c), slot[mine], stop[mine])
    return tuple(tours)


def _linked(
    problem: Problem, fleet: Fleet, c: int, slot: np.ndarray, stop: np.ndarray
) -> list[Tour]:
    order = np.lexsort((stop, slot))
    slot, stop = slot[order], stop[order]
    table = fleet.slots
    start, end = table["start_minute"].to_numpy(float), table["end_minute"].to_numpy(float)
    weekday = table["weekday"].to_numpy(int)[slot]
    place = np.array([problem.stops[p].place for p in stop])
    rate, depot = usd_per_minute(fleet, c), fleet.depot_minutes[c, place]
    fit = (weekday[:, None] == weekday[None, :]) & (slot[:, None] < slot[None, :])
    drive = np.where(stop[:, None] == stop[None, :], 0.0, fleet.drive_minutes[place][:, place])
    fit &= drive <= start[slot][None, :] - end[slot][:, None] + MINUTE_SLACK
    source, target = np.nonzero(fit)
    builder = Builder()
    count = slot.size
    buses = builder.add_columns(
        1,
        upper=len(fleet.classes[c].bus_ids),
        whole=True,
        objective=-fleet.classes[c].usd_per_year,
    )
    begin = builder.add_columns(
        count, upper=1.0, whole=True, objective=rate * (start[slot] - depot)
    )
    finish = builder.add_columns(
        count, upper=1.0, whole=True, objective=-rate * (end[slot] + depot)
    )
    move = builder.add_columns(source.size, upper=1.0, whole=True)
    rows = np.arange(count)
    builder.add_rows(count, (rows, begin, 1.0), (target, move, 1.0), lower=1.0, upper=1.0)
    builder.add_rows(count, (rows, finish, 1.0), (source, move, 1.0), lower=1.0, upper=1.0)
    days, row = np.unique(weekday, return_inverse=True)
    builder.add_rows(days.size, (row, begin, 1.0), (np.arange(days.size), buses, -1.0), upper=0.0)
    found = solve(builder.model(), time_limit_s=60.0, gap_share=1e-9)
    if found.values is None:
        raise SolverError("visits could not be joined into tours")
    after = np.full(count, -1)
    taken = found.values[move] > 0.5
    after[source[taken]] = target[taken]
    tours = []
    for first in np.flatnonzero(found.values[begin] > 0.5):
        chain = [int(first)]
        while after[chain[-1]] >= 0:
            chain.append(int(after[chain[-1]]))
        tours.append(
            Tour(
                vehicle_class=c,
                slots=tuple(int(slot[k]) for k in chain),
                stops=tuple(int(stop[k]) for k in chain),
            )
        )
    return tours


def timetable(problem: Problem, tours: Sequence[Tour]) -> pd.DataFrame:
    """Give tours to vehicles, one a day each; sorted by bus, weekday and slot."""
    fleet = problem.fleet
    rows: list[tuple[str, int, int, str, str]] = []
    if fleet is not None:
        weekday = fleet.slots["weekday"].to_numpy(int)
        slot_id = fleet.slots["slot_id"].astype(str).to_numpy()
        used: dict[tuple[int, int], int] = {}
        for tour in sorted(tours, key=lambda t: (t.vehicle_class, t.slots[0], t.stops)):
            day = int(weekday[tour.slots[0]])
            number = used.get((tour.vehicle_class, day), 0)
            used[tour.vehicle_class, day] = number + 1
            bus = fleet.classes[tour.vehicle_class].bus_ids[number]
            rows += [
                (bus, day, s, str(slot_id[s]), fleet.stop_ids[problem.stops[p].place])
                for s, p in zip(tour.slots, tour.stops, strict=True)
            ]
    frame = pd.DataFrame(
        sorted(rows), columns=["bus_id", "weekday", "slot", "slot_id", "stop_id"]
    ).drop(columns="slot")
    return frame.astype(
        {"bus_id": "str", "weekday": "int64", "slot_id": "str", "stop_id": "str"}
    ).reset_index(drop=True)
