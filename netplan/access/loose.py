"""A small bound on what vehicles can do in a week, whatever the drives between stops.

For each class of vehicle, with H whole and the rest continuous::

    sum over p of H[p,l] <= sum over tours (a,b) that are under way in slots of length l of W[a,b]
    sum over p of start[p] = sum over p of end[p] = sum of W[a,b]
    start[p] <= H[p],  end[p] <= H[p],  start[p] + end[p] <= H[p] + single[p]
    sum of single[p] <= sum of W[a,a]
    sum of W[a,b] of one kind of weekday <= days * buses

where
    H[p,l]       visits a week to stop p in slots of l hours
    W[a,b]       tours from slot a to slot b: cost rate * (end_b - start_a)
    start, end   tours that begin or end at p: cost rate * depot_p each
    single[p]    tours with one visit, which both begin and end with it

Every timetable meets these, so the optimum over them is never worse than the best timetable.
It has a few columns for each stop, where flows have a few for each stop and slot.
"""

from dataclasses import dataclass

import numpy as np

from netplan.access.flows import USD, Mobile, class_stops
from netplan.access.reduce import Problem
from netplan.access.week import day_kinds, usd_per_minute
from netplan.optimize.solver import Builder


@dataclass(frozen=True, slots=True, kw_only=True)
class Loose(Mobile):
    """The columns of the loose model, and what is needed to add whole days to it.

    Parameters
    ----------
    lengths
        Shape (positions,): hours of a slot, rising.
    buses, extra
        Shape (classes with stops,): columns of vehicles in use, and of thousands of USD that the
        days of a class cost beyond what the rest of the model has them at.
    reserve
        Column of thousands of USD kept back; fixed at 0 unless its limits are changed.
    fleet_class
        Shape (classes with stops,): index into ``fleet.classes``.
    usd_class
        Shape of ``usd_column``: position in ``fleet_class``; -1 for vehicles and the reserve.
    """

    lengths: np.ndarray
    buses: np.ndarray
    extra: np.ndarray
    reserve: int
    fleet_class: np.ndarray
    usd_class: np.ndarray


def add_loose(builder: Builder, problem: Problem) -> Loose:
    """Add the columns and rows of all vehicles to a model, without drives between stops."""
    fleet = problem.vehicles()
    kinds = day_kinds(fleet, together=True)
    slot_hours = fleet.slots["hours"].to_numpy(float)
    lengths, days = np.unique(slot_hours, return_counts=True)
    entries: list[tuple[np.ndarray, ...]] = []
    usd: list[tuple[np.ndarray, np.ndarray]] = []
    usd_class: list[np.ndarray] = []
    every_bus: list[int] = []
    extra: list[int] = []
    fleet_class: list[int] = []
    for c, vehicles in enumerate(fleet.classes):
        stops = class_stops(problem, c)
        if stops.size == 0:
            continue
        buses = builder.add_columns(1, upper=len(vehicles.bus_ids), whole=True)
        usd.append((buses, np.array([vehicles.usd_per_year])))
        usd_class.append(np.array([-1]))
        every_bus.append(int(buses[0]))
        visits = np.vstack(
            [builder.add_columns(stops.size, upper=float(n), whole=True) for n in days]
        )
        for number in range(lengths.size):
            ones = np.ones(stops.size, np.int64)
            entries.append((visits[number], c * ones, stops, number * ones))
        rate = usd_per_minute(fleet, c)
        tours: list[tuple[np.ndarray, np.ndarray]] = []
        one_slot: list[np.ndarray] = []
        under_way = []
        for kind in kinds:
            first, last = np.triu_indices(kind.start.size)
            column = builder.add_columns(first.size)
            usd.append((column, rate * (kind.end[last] - kind.start[first])))
            tours.append((column, np.ones(column.size)))
            one_slot.append(column[first == last])
            for number, length in enumerate(lengths):
                cover = np.cumsum(np.r_[0, kind.hours == length])
                under_way.append((number, column, -(cover[last + 1] - cover[first])))
            builder.add_rows(
                1,
                (np.zeros(column.size), column, 1.0),
                (np.zeros(1), buses, -float(kind.days)),
                upper=0.0,
            )
        builder.add_rows(
            lengths.size,
            (np.repeat(np.arange(lengths.size), stops.size), visits.ravel(), 1.0),
            *((np.full(column.size, number), column, value) for number, column, value in under_way),
            upper=0.0,
        )
        depot = rate * fleet.depot_minutes[c, [problem.stops[p].place for p in stops]]
        _add_ends(builder, visits, tours, one_slot, usd, depot)
        more = builder.add_columns(1)
        usd.append((more, np.array([1.0 / USD])))
        extra.append(int(more[0]))
        size = sum(part[0].size for part in usd) - sum(part.size for part in usd_class)
        usd_class.append(np.full(size, len(fleet_class)))
        fleet_class.append(c)
    reserve = builder.add_columns(1, upper=0.0)
    usd.append((reserve, np.array([1.0 / USD])))
    usd_class.append(np.array([-1]))
    column, klass, stop, position = (np.concatenate(parts) for parts in zip(*entries, strict=True))
    return Loose(
        column=column,
        vehicle_class=klass,
        stop=stop,
        position=position,
        count=np.ones(column.size),
        hours=lengths,
        days=days.astype(float),
        usd_column=np.concatenate([part[0] for part in usd]),
        usd=np.concatenate([part[1] for part in usd]),
        lengths=lengths,
        buses=np.array(every_bus, dtype=np.int64),
        extra=np.array(extra, dtype=np.int64),
        reserve=int(reserve[0]),
        fleet_class=np.array(fleet_class, dtype=np.int64),
        usd_class=np.concatenate(usd_class),
    )


def _add_ends(
    builder: Builder,
    visits: np.ndarray,
    tours: list[tuple[np.ndarray, np.ndarray]],
    one_slot: list[np.ndarray],
    usd: list[tuple[np.ndarray, np.ndarray]],
    depot: np.ndarray,
) -> None:
    """Add where tours begin and end."""
    size = visits.shape[1]
    rows = np.arange(size)
    start, end, single = (builder.add_columns(size) for _ in range(3))
    usd += [(start, depot), (end, depot)]
    stay = [(rows, column, -1.0) for column in visits]
    builder.add_rows(size, (rows, start, 1.0), *stay, upper=0.0)
    builder.add_rows(size, (rows, end, 1.0), *stay, upper=0.0)
    builder.add_rows(
        size, (rows, start, 1.0), (rows, end, 1.0), (rows, single, -1.0), *stay, upper=0.0
    )
    for side in (start, end):
        builder.add_rows(
            1,
            (np.zeros(size), side, 1.0),
            *((np.zeros(column.size), column, -value) for column, value in tours),
            lower=0.0,
            upper=0.0,
        )
    builder.add_rows(
        1,
        (np.zeros(size), single, 1.0),
        *((np.zeros(column.size), column, -1.0) for column in one_slot),
        upper=0.0,
    )
