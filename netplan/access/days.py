"""Whole days of vehicles: what drives between stops really cost, in bound and choice of visits.

The loose model (`netplan.access.loose`) may begin and end every tour at the stops nearest to the
depot. Here its linear program is given days that a vehicle can drive, and pays for visits what
they cost in such days::

    H[c,p,l] <= sum over days d of visits[d,p,l] * L[d]
    sum of L[d] of one class and kind of weekday <= weekdays * buses
    sum of usd[d] * L[d] <= what the loose model pays for the class + extra

where
    L[d]     how often in a week day d is driven, continuous
    extra    thousands of USD beyond what the loose model pays

There are far too many days to list. Those that improve the program are found with its dual
values: the best path through (slot, stop), by dynamic programming. The value of the program bounds
every plan as soon as the most that one more day could gain is added for each vehicle and weekday.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, hstack, vstack

from netplan.access.flows import USD
from netplan.access.loose import Loose
from netplan.access.reduce import Problem
from netplan.access.week import DayKind, day_kinds, fits, usd_per_minute
from netplan.optimize.growing import Growing
from netplan.optimize.solver import Builder, Model

#: Part of the time for the days that give the visits of the program without days.
VISITS_TIME_SHARE = 0.25
#: The search ends when the bound lies this close above the program (share).
CLOSE = 1e-4
#: Weight of the dual values with the best bound against the newest.
SMOOTH = 0.6
#: What a visit that no day gives costs while days are sought for given visits (thousands of
#: USD): more than any day.
MISSED = 1e3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """A day that one vehicle can drive: class, kind of weekday, positions of slots, stops."""

    position: int
    kind: int
    slots: tuple[int, ...]
    stops: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paths:
    """What finds the best day of a class on a kind of weekday among some stops.

    Parameters
    ----------
    stops
        Shape (some,): indices into ``Problem.stops``.
    length
        Shape (slots,): index into ``Loose.lengths``.
    way, rate
        Shape (some,): thousands of USD a year of the way from or to the depot; of a minute.
    able
        By gap between two slots in minutes: which moves fit, shape (some, some); None: all.
    """

    position: int
    kind: int
    day: DayKind
    stops: np.ndarray
    length: np.ndarray
    way: np.ndarray
    rate: float
    able: dict[float, np.ndarray | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tight:
    """The linear program with days: no plan's objective exceeds the bound.

    ``values``: shape (columns of the loose model,).
    """

    bound: float
    values: np.ndarray


def tighten(
    problem: Problem,
    loose: Loose,
    model: Model,
    later: np.ndarray,
    first: np.ndarray,
    until: float,
    enough: float,
) -> Tight | None:
    """Add days to the linear program of the loose model.

    Parameters
    ----------
    later
        Rows that may be left out until they are violated.
    first
        Shape (columns,): values of the program without days.
    until
        Of ``time.monotonic()``.
    enough
        A bound this low ends the search.

    Returns
    -------
    None where time ran out before the first bound.
    """
    pool = _seeds(problem, loose)
    now = time.monotonic()
    soon = now + VISITS_TIME_SHARE * (until - now)
    pool += _for_visits(problem, loose, first[loose.column], pool, soon)[0]
    program = Growing(_extended(problem, loose, model, pool), later)
    at = np.arange(model.row_lower.size, program.model.row_lower.size)
    every = _paths(problem, loose, np.arange(len(problem.stops)))
    known = set(pool)
    best, values = np.inf, first
    center: np.ndarray | None = None
    level = 0.0
    # rows left out only raise the program's value, so it bounds before they are all there
    while program.run(until) == "optimal":
        duals, values = program.duals[at], program.values
        if center is None:
            center, level = duals, program.objective
        # dual values leap from solve to solve; those between the best so far and the new ones
        # find better days, and bound as well (the dual program is convex)
        mixed = SMOOTH * center + (1 - SMOOTH) * duals
        middle = SMOOTH * level + (1 - SMOOTH) * program.objective
        found, gain = _better(problem, loose, every, mixed, known)
        if middle + gain < best:
            best, center, level = middle + gain, mixed, middle
        newest, gain = _better(problem, loose, every, duals, known)
        if program.objective + gain < best:
            best, center, level = program.objective + gain, duals, program.objective
        found = list(dict.fromkeys(found + newest))
        broken = program.bring_broken()
        close = best <= program.objective + CLOSE * abs(program.objective)
        if best <= enough or ((close or not found) and not broken):
            break
        if found:
            pool += found
            known.update(found)
            entries = _entries(problem, loose, found)
            program.add_columns(np.zeros(len(found)), _placed(entries, at))
    if best == np.inf:
        return None
    return Tight(bound=best + 1e-7 * abs(best), values=values[: model.objective.size])


def priced(problem: Problem, loose: Loose, model: Model, visits: np.ndarray, until: float) -> Model:
    """Add to the loose model that no visits cost less than days around given visits say.

    The dual values of the cheapest days that give the visits price every visit (a cut of
    Benders); among a few such rows visits are chosen much faster than among days.

    Parameters
    ----------
    visits
        Shape of ``loose.column``: a week.
    """
    _, duals = _for_visits(problem, loose, visits, _seeds(problem, loose), until)
    kinds = day_kinds(problem.vehicles(), together=True)
    rows = _rows(problem, loose, model.objective.size)
    count, classes = loose.column.size, loose.buses.size
    position = np.searchsorted(loose.fleet_class, loose.vehicle_class)
    size = count + classes * len(kinds)
    group = np.r_[position, np.repeat(np.arange(classes), len(kinds)), np.arange(classes)]
    weight = np.r_[np.maximum(0.0, duals[:size]), np.ones(classes)]
    mix = coo_array((weight, (group, np.arange(group.size))), shape=(classes, group.size))
    return replace(
        model,
        rows=csr_array(vstack([model.rows, csr_array(mix) @ rows], format="csr")),
        row_lower=np.r_[model.row_lower, np.full(classes, -np.inf)],
        row_upper=np.r_[model.row_upper, np.zeros(classes)],
    )


def _seeds(problem: Problem, loose: Loose) -> list[_Day]:
    """Give, for every class, kind of weekday and stop, the whole day at that stop."""
    kinds = day_kinds(problem.vehicles(), together=True)
    pairs = np.unique(np.column_stack([loose.vehicle_class, loose.stop]), axis=0)
    position = {int(c): k for k, c in enumerate(loose.fleet_class)}
    return [
        _Day(
            position=position[int(c)],
            kind=k,
            slots=tuple(range(kind.start.size)),
            stops=(int(p),) * kind.start.size,
        )
        for k, kind in enumerate(kinds)
        for c, p in pairs
    ]


def _for_visits(
    problem: Problem,
    loose: Loose,
    visits: np.ndarray,
    pool: list[_Day],
    until: float,
) -> tuple[list[_Day], np.ndarray]:
    """Give the days that give certain visits at the least cost, by a small program of its own.

    The second value holds its dual values: of visits, of vehicles by class and kind of weekday.
    """
    builder = Builder()
    count = loose.column.size
    builder.add_columns(count, objective=-MISSED)
    kinds = day_kinds(problem.vehicles(), together=True)
    buses = np.array(
        [
            builder.add_columns(
                1,
                upper=len(problem.vehicles().classes[c].bus_ids),
                objective=-USD * problem.vehicles().classes[c].usd_per_year,
            )[0]
            for c in loose.fleet_class
        ]
    )
    rows = np.arange(count)
    builder.add_rows(count, (rows, rows, -1.0), upper=-visits)
    for bus in buses:
        for kind in kinds:
            builder.add_rows(1, (np.zeros(1), np.array([bus]), -float(kind.days)), upper=0.0)
    program = Growing(builder.model(), np.zeros(0, np.int64))
    at = np.arange(count + buses.size * len(kinds))
    used = np.unique(loose.stop[visits > 1e-7])
    paths = _paths(problem, loose, used)
    fresh: list[_Day] = []
    known, wanted = set(pool), set(used.tolist())
    new = [day for day in pool if day.stops[0] in wanted]
    while new:
        entries, usd = _entries(problem, loose, new), _usd(problem, loose, new)
        program.add_columns(-usd, _placed(csc_array(entries[: at.size]), at))
        if program.solve(until) != "optimal":
            break
        duals = np.r_[program.duals, np.ones(buses.size)]
        new, _ = _better(problem, loose, paths, duals, known)
        known.update(new)
        fresh += new
    return fresh, program.duals


def _rows(problem: Problem, loose: Loose, columns: int) -> csr_array:
    """Give the rows of the loose model's columns: visits, days, cost."""
    count, classes = loose.column.size, loose.buses.size
    kinds = day_kinds(problem.vehicles(), together=True)
    days = np.array([float(kind.days) for kind in kinds])
    paid = loose.usd_class >= 0
    row = np.concatenate(
        [
            np.arange(count),
            count + np.arange(classes * days.size),
            count + classes * days.size + loose.usd_class[paid],
        ]
    )
    column = np.concatenate(
        [loose.column, np.repeat(loose.buses, days.size), loose.usd_column[paid]]
    )
    value = np.concatenate([np.ones(count), -np.tile(days, classes), -USD * loose.usd[paid]])
    height = count + classes * days.size + classes
    return csr_array(coo_array((value, (row, column)), shape=(height, columns)))


def _usd(problem: Problem, loose: Loose, days: list[_Day]) -> np.ndarray:
    """Give what driving each day every week costs a year, in thousands."""
    fleet = problem.vehicles()
    kinds = day_kinds(fleet, together=True)
    usd = np.zeros(len(days))
    for k, day in enumerate(days):
        c, kind = int(loose.fleet_class[day.position]), kinds[day.kind]
        ends = [problem.stops[p].place for p in (day.stops[0], day.stops[-1])]
        minutes = kind.end[day.slots[-1]] - kind.start[day.slots[0]]
        minutes += fleet.depot_minutes[c, ends].sum()
        usd[k] = USD * usd_per_minute(fleet, c) * minutes
    return usd


def _entries(problem: Problem, loose: Loose, days: list[_Day]) -> csc_array:
    """Give the days' columns in the rows of `_rows`."""
    kinds = day_kinds(problem.vehicles(), together=True)
    count, classes = loose.column.size, loose.buses.size
    where = _where(problem, loose)
    length = [np.searchsorted(loose.lengths, kind.hours) for kind in kinds]
    row, column, value = [], [], []
    for k, day in enumerate(days):
        row += [
            int(where[day.position, p, length[day.kind][s]])
            for s, p in zip(day.slots, day.stops, strict=True)
        ]
        row.append(count + day.position * len(kinds) + day.kind)
        column += [k] * (len(day.slots) + 1)
        value += [-1.0] * len(day.slots) + [1.0]
    row += [count + classes * len(kinds) + day.position for day in days]
    column += list(range(len(days)))
    height = count + classes * len(kinds) + classes
    return csc_array(
        coo_array(
            (np.r_[value, _usd(problem, loose, days)], (row, column)), shape=(height, len(days))
        )
    )


def _where(problem: Problem, loose: Loose) -> np.ndarray:
    """Row of `_rows` by class, stop and length of slot; -1 where a class may not stand."""
    where = np.full((loose.buses.size, len(problem.stops), loose.lengths.size), -1)
    position = np.searchsorted(loose.fleet_class, loose.vehicle_class)
    where[position, loose.stop, loose.position] = np.arange(loose.column.size)
    return where


def _placed(entries: csc_array, at: np.ndarray) -> csc_array:
    """Put rows where they are in a program."""
    return csc_array((entries.data, at[entries.indices], entries.indptr))


def _extended(problem: Problem, loose: Loose, model: Model, days: list[_Day]) -> Model:
    """Give the loose model with days."""
    count = len(days)
    rows = _rows(problem, loose, model.objective.size)
    entries = csr_array(_entries(problem, loose, days))
    blank = csr_array((model.rows.shape[0], count))
    grown = vstack([hstack([model.rows, blank]), hstack([rows, entries])], format="csr")
    return replace(
        model,
        objective=np.r_[model.objective, np.zeros(count)],
        lower=np.r_[model.lower, np.zeros(count)],
        upper=np.r_[model.upper, np.full(count, np.inf)],
        whole=np.r_[model.whole, np.zeros(count, dtype=bool)],
        rows=csr_array(grown),
        row_lower=np.r_[model.row_lower, np.full(rows.shape[0], -np.inf)],
        row_upper=np.r_[model.row_upper, np.zeros(rows.shape[0])],
    )


def _paths(problem: Problem, loose: Loose, stops: np.ndarray) -> tuple[_Paths, ...]:
    """Prepare the search for days among some stops."""
    fleet = problem.vehicles()
    found = []
    for position, c in enumerate(loose.fleet_class):
        mine = np.intersect1d(stops, loose.stop[loose.vehicle_class == c])
        places = np.array([problem.stops[p].place for p in mine], dtype=np.int64)
        rate = USD * usd_per_minute(fleet, int(c))
        for k, day in enumerate(day_kinds(fleet, together=True)):
            able: dict[float, np.ndarray | None] = {}
            for second in range(day.start.size):
                for first in range(second):
                    gap = float(day.start[second] - day.end[first])
                    if gap not in able:
                        fit = fits(fleet, day, first, second, places)
                        able[gap] = None if fit.all() else fit
            found.append(
                _Paths(
                    position=position,
                    kind=k,
                    day=day,
                    stops=mine,
                    length=np.searchsorted(loose.lengths, day.hours),
                    way=rate * fleet.depot_minutes[c, places],
                    rate=rate,
                    able=able,
                )
            )
    return tuple(found)


def _better(
    problem: Problem,
    loose: Loose,
    paths: tuple[_Paths, ...],
    duals: np.ndarray,
    known: set[_Day],
) -> tuple[list[_Day], float]:
    """Give days that improve the program, and the most that all better ones could gain."""
    fleet = problem.vehicles()
    kinds = len({path.kind for path in paths})
    count, classes = loose.column.size, loose.buses.size
    where = _where(problem, loose)
    found: list[_Day] = []
    most = 0.0
    for path in paths:
        if path.stops.size == 0:
            continue
        at = where[path.position][path.stops][:, path.length].T
        worth = duals[:count][at]
        price = max(0.0, float(duals[count + classes * kinds + path.position]))
        held = float(duals[count + path.position * kinds + path.kind])
        days, gains = _best_days(path, worth, price)
        gains = gains - held
        top = float(gains.max(initial=0.0))
        buses = len(fleet.classes[int(loose.fleet_class[path.position])].bus_ids)
        most += max(0.0, top) * path.day.days * buses
        found += [
            day
            for day, gain in zip(days, gains, strict=True)
            if gain > 1e-7 * max(1.0, held) and day not in known
        ]
    return found, most


def _best_days(path: _Paths, worth: np.ndarray, price: float) -> tuple[list[_Day], np.ndarray]:
    """Give the best day that has each stop, and what each gains.

    Parameters
    ----------
    worth
        Shape (slots, stops): of standing at a stop in a slot.
    price
        Of a thousand USD.
    """
    near = np.flatnonzero(worth.max(axis=0) > 0)
    if near.size == 0:
        return [], np.zeros(0)
    day, count = path.day, path.day.start.size
    worth = worth[:, near]
    way = price * path.way[near]
    able = {
        gap: fit if fit is None or near.size == path.stops.size else fit[np.ix_(near, near)]
        for gap, fit in path.able.items()
    }
    turned = {gap: fit if fit is None else fit.T for gap, fit in able.items()}
    until, came = _chained(
        np.arange(count),
        price * path.rate * day.start[:, None] - way,
        worth,
        lambda before, s: able[float(day.start[s] - day.end[before])],
    )
    onward, goes = _chained(
        np.arange(count)[::-1],
        -price * path.rate * day.end[:, None] - way,
        worth,
        lambda after, s: turned[float(day.start[after] - day.end[s])],
    )
    total = until + onward - worth
    middle = total.argmax(axis=0)
    value = total[middle, np.arange(near.size)]
    days = []
    for p, s in enumerate(middle):
        visits = _walked(came, int(s), p)[::-1] + _walked(goes, int(s), p)[1:]
        days.append(
            _Day(
                position=path.position,
                kind=path.kind,
                slots=tuple(s for s, _ in visits),
                stops=tuple(int(path.stops[near[p]]) for _, p in visits),
            )
        )
    return days, value


def _chained(
    order: np.ndarray,
    alone: np.ndarray,
    worth: np.ndarray,
    able: Callable[[int, int], np.ndarray | None],
) -> tuple[np.ndarray, np.ndarray]:
    """Give the best value of a chain that ends with each slot and stop, and the link before.

    ``order``: slots as they are linked. ``alone``: shape (slots, stops), value where a chain
    begins, without ``worth``. ``able`` says for a slot and one linked after it which moves fit
    (None: all). The link is (2, slots, stops): slot and stop before; -1 where none is.
    """
    value = alone.copy()
    before = np.full((2, *alone.shape), -1)
    every = np.arange(alone.shape[1])
    for k, s in enumerate(order):
        for t in order[:k]:
            fit = able(int(t), int(s))
            if fit is None:
                origin = np.full(every.size, int(value[t].argmax()))
                reached = value[t][origin]
            else:
                moves = np.where(fit, value[t][:, None], -np.inf)
                origin = moves.argmax(axis=0)
                reached = moves[origin, every]
            better = reached > value[s] + 1e-12
            value[s][better] = reached[better]
            before[0, s, better] = t
            before[1, s, better] = origin[better]
        value[s] += worth[s]
    return value, before


def _walked(links: np.ndarray, s: int, p: int) -> list[tuple[int, int]]:
    """Follow links from a slot and stop to where the chain begins."""
    visits: list[tuple[int, int]] = []
    while s >= 0:
        visits.append((s, p))
        s, p = int(links[0, s, p]), int(links[1, s, p])
    return visits
