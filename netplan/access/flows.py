"""Vehicles as flows through a week: the columns and rows that say where vehicles can stand.

Within one weekday the vehicles of a class are a flow from the depot over (slot, stop) and back::

    start[s,p] + sum over earlier (t,q) of move[t,q,s,p] = z[s,p]
    end[s,p]   + sum over later   (t,q) of move[s,p,t,q] = z[s,p]
    sum of start[s,p] <= buses

where
    z[s,p]       1 when a vehicle of the class stands at stop p in slot s
    move         1 when one goes from there to there; only where the drive fits in the gap
    start, end   1 when a tour begins or ends there: cost rate * (depot_p - start_s) and
                 rate * (end_s + depot_p), which sum to the paid minutes of the tour
    buses        vehicles of the class in use: cost usd_per_year

Every weekday stands by itself, z and buses are whole numbers, and there is a move for every pair
of visits whose drive fits (through a hub where all pairs fit). With z whole, the rest is a
network flow, so it is whole too wherever that matters.
"""

from dataclasses import dataclass

import numpy as np

from netplan.access.reduce import Problem
from netplan.access.week import DayKind, day_kinds, fits, usd_per_minute
from netplan.optimize.solver import Builder

#: USD are counted in thousands within the solver, so that rows are of one size.
USD = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Mobile:
    """What vehicles add to the model, as the students' side sees it.

    Parameters
    ----------
    column, vehicle_class, stop, position, count
        Shape (entries,): a column whose value, times ``count``, is days on which a vehicle of
        the class stands at stop (index into ``Problem.stops``) in the slot ``position``.
    hours, days
        Shape (positions,): hours of a slot that count, and weekdays that have it.
    usd_column, usd
        Columns that cost, and USD a year for each unit.
    """

    column: np.ndarray
    vehicle_class: np.ndarray
    stop: np.ndarray
    position: np.ndarray
    count: np.ndarray
    hours: np.ndarray
    days: np.ndarray
    usd_column: np.ndarray
    usd: np.ndarray


def class_stops(problem: Problem, vehicle_class: int) -> np.ndarray:
    """Give the stops (indices into ``problem.stops``) that a class of vehicle can serve."""
    return np.array(
        [
            at
            for at, stop in enumerate(problem.stops)
            if any(problem.vehicle_class[j] in {-1, vehicle_class} for j in stop.offers)
        ],
        dtype=np.int64,
    )


def add_flows(builder: Builder, problem: Problem) -> Mobile:
    """Add the columns and rows of all vehicles to a model."""
    fleet = problem.vehicles()
    kinds = day_kinds(fleet, together=False)
    base = np.cumsum([0, *(kind.start.size for kind in kinds)])
    entries: list[tuple[np.ndarray, ...]] = []
    usd: list[tuple[np.ndarray, np.ndarray]] = []
    for c, vehicles in enumerate(fleet.classes):
        stops = class_stops(problem, c)
        if stops.size == 0:
            continue
        buses = builder.add_columns(1, upper=len(vehicles.bus_ids), whole=True)
        usd.append((buses, np.array([vehicles.usd_per_year])))
        for g, kind in enumerate(kinds):
            z = _add_day(builder, problem, c, kind, stops, buses, usd)
            for s in range(kind.start.size):
                ones = np.ones(stops.size, np.int64)
                entries.append((z[s], c * ones, stops, (base[g] + s) * ones))
    column, klass, stop, position = (np.concatenate(parts) for parts in zip(*entries, strict=True))
    return Mobile(
        column=column,
        vehicle_class=klass,
        stop=stop,
        position=position,
        count=np.ones(column.size),
        hours=np.concatenate([kind.hours for kind in kinds]),
        days=np.ones(base[-1]),
        usd_column=np.concatenate([part[0] for part in usd]),
        usd=np.concatenate([part[1] for part in usd]),
    )


def _add_day(
    builder: Builder,
    problem: Problem,
    c: int,
    kind: DayKind,
    stops: np.ndarray,
    buses: np.ndarray,
    usd: list[tuple[np.ndarray, np.ndarray]],
) -> np.ndarray:
    """Add one class of vehicle on one kind of weekday; give z, shape (slots, stops)."""
    fleet = problem.vehicles()
    places = np.array([problem.stops[p].place for p in stops])
    count, size = kind.start.size, stops.size
    rate, depot = usd_per_minute(fleet, c), fleet.depot_minutes[c, places]
    shape = (count, size)
    z = builder.add_columns(count * size, upper=1.0, whole=True).reshape(shape)
    start = builder.add_columns(count * size, upper=1.0).reshape(shape)
    end = builder.add_columns(count * size, upper=1.0).reshape(shape)
    usd.append((start.ravel(), (rate * (depot[None, :] - kind.start[:, None])).ravel()))
    usd.append((end.ravel(), (rate * (depot[None, :] + kind.end[:, None])).ravel()))
    builder.add_rows(
        1, (np.zeros(z.size), start.ravel(), 1.0), (np.zeros(1), buses, -1.0), upper=0.0
    )
    cells = np.arange(z.size)
    into = [(cells, start.ravel(), 1.0), (cells, z.ravel(), -1.0)]
    out = [(cells, end.ravel(), 1.0), (cells, z.ravel(), -1.0)]
    hubs: list[tuple[int, int]] = []
    for first in range(count):
        for second in range(first + 1, count):
            able = fits(fleet, kind, first, second, places)
            if able.all():
                hubs.append((first, second))
                continue
            source, target = np.nonzero(able)
            moves = builder.add_columns(source.size, upper=1.0)
            out.append((first * size + source, moves, 1.0))
            into.append((second * size + target, moves, 1.0))
    if hubs:
        _add_hubs(builder, hubs, shape, into, out)
    builder.add_rows(z.size, *into, lower=0.0, upper=0.0)
    builder.add_rows(z.size, *out, lower=0.0, upper=0.0)
    return z


def _add_hubs(
    builder: Builder,
    hubs: list[tuple[int, int]],
    shape: tuple[int, int],
    into: list[tuple[np.ndarray, np.ndarray, float]],
    out: list[tuple[np.ndarray, np.ndarray, float]],
) -> None:
    """Add moves between slots where every drive fits: by one hub after, one before a slot."""
    count, size = shape
    cells = np.arange(count * size)
    leave = builder.add_columns(cells.size, upper=1.0)
    enter = builder.add_columns(cells.size, upper=1.0)
    out.append((cells, leave, 1.0))
    into.append((cells, enter, 1.0))
    arcs = builder.add_columns(len(hubs))
    first, second = np.array(hubs).T
    builder.add_rows(count, (cells // size, leave, 1.0), (first, arcs, -1.0), lower=0.0, upper=0.0)
    builder.add_rows(count, (cells // size, enter, 1.0), (second, arcs, -1.0), lower=0.0, upper=0.0)
