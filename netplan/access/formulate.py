"""The students' side of the model: who is served by what, within seats, hours, money and zones.

Maximize ``sum over i,j of weight_i x_ij`` (or minimize cost) subject to::

    sum over j of x_ij <= students_i                    a student is served at one place
    x_ij <= students_i open_j                           only by what is open
    sum over i of x_ij <= max_students_j open_j         seats, clients, backhaul
    hours_jp(z) >= least hours * open_j                 a mobile offer: enough hours a week
    sum of x at a stop <= sum of at_once * hours / hours_needed over the visits z
    z <= days * used_p,  open_j <= used_p               a stop is paid once, when used at all
    fixed, vehicles, students served <= budget          (or: sum of x >= share * students)
    share of zone s >= floor                            equity

where
    x_ij     students of group i served by offer j (only where j reaches i), continuous
    open_j   1 when offer j is there; existing offers are, whatever the plan says
    used_p   1 when a vehicle ever stands at stop p
    z        visits, see `netplan.access.flows`
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from netplan.access.flows import USD, Mobile
from netplan.access.reduce import Problem
from netplan.access.week import least_hours
from netplan.errors import SolverError
from netplan.optimize.solver import Builder


@dataclass(frozen=True, slots=True, kw_only=True)
class Formulation:
    """A model under construction, with the columns by meaning.

    Parameters
    ----------
    served
        Shape (pairs,): columns of x.
    opened
        Shape (offers,): column of open_j; -1 for an offer that needs none.
    used
        Shape (stops,): column of used_p.
    mobile
        None without vehicles.
    usd_column, usd, usd_always
        Cost of a plan in USD a year: ``usd @ values[usd_column] + usd_always``.
    zone_share
        Shape (zones, pairs): share of a zone's students offline for each student served;
        rows of zones without students offline are empty.
    ties
        Rows that tie students at stops to what is open there: many, and few of them bind.
    """

    builder: Builder
    problem: Problem
    served: np.ndarray
    opened: np.ndarray
    used: np.ndarray
    mobile: Mobile | None
    usd_column: np.ndarray
    usd: np.ndarray
    usd_always: float
    zone_share: csr_array
    ties: np.ndarray

    def vehicles(self) -> Mobile:
        """Give the vehicles' columns where there are known to be some."""
        if self.mobile is None:
            raise SolverError("vehicles were asked for where there are none")
        return self.mobile

    def objective(self, *, cost: bool) -> np.ndarray:
        """Give what is maximized: weighted students, or minus the cost in thousands."""
        values = np.zeros(self.builder.columns)
        if cost:
            np.add.at(values, self.usd_column, -USD * self.usd)
        else:
            values[self.served] = self.problem.weight[self.problem.pair_group]
        return values


def formulate(
    problem: Problem,
    add_mobile: Callable[[Builder], Mobile] | None,
    *,
    exact: bool,
) -> Formulation:
    """Build the model without a goal.

    Parameters
    ----------
    add_mobile
        Adds where vehicles can stand; None: nowhere.
    exact
        Whether a stop's visits are tied to its use slot by slot, or summed over the week.
    """
    builder = Builder()
    groups, offers = problem.pair_group, problem.pair_offer
    limit = problem.students[groups]
    served = builder.add_columns(groups.size, upper=limit)
    several = np.bincount(groups, minlength=problem.students.size) > 1
    rank = np.cumsum(several) - 1
    keep = several[groups]
    builder.add_rows(
        int(several.sum()),
        (rank[groups[keep]], served[keep], 1.0),
        upper=problem.students[several],
    )
    opened = np.full(problem.offer.size, -1)
    usd_column, usd = [served], [problem.per_student_usd[offers]]
    _add_static(builder, problem, served, opened, usd_column, usd)
    used = ties = np.zeros(0, np.int64)
    mobile = None
    if problem.fleet is not None and add_mobile is not None:
        mobile = add_mobile(builder)
        used, ties = _add_stops(builder, problem, mobile, served, opened, exact=exact)
        usd_column += [mobile.usd_column, used]
        usd += [mobile.usd, stop_usd(problem)]
    elif problem.fleet is not None:
        at_stop = problem.max_students.copy()
        at_stop[problem.static] = -1.0
        closed = np.flatnonzero(at_stop[offers] >= 0)
        builder.add_rows(closed.size, (np.arange(closed.size), served[closed], 1.0), upper=0.0)
    offline = problem.zone_offline
    per = problem.zone_students.tocoo()
    scaled = csr_array(
        coo_array((per.data / np.maximum(offline[per.row], 1e-300), (per.row, per.col)), per.shape)
    )
    static = problem.static
    always = problem.fixed_usd[static][problem.existing[static]].sum() + problem.always_usd
    if mobile is None:
        always += sum(
            cost
            for cost, stop in zip(stop_usd(problem), problem.stops, strict=True)
            if problem.existing[list(stop.offers)].any()
        )
    return Formulation(
        builder=builder,
        problem=problem,
        served=served,
        opened=opened,
        used=used,
        mobile=mobile,
        usd_column=np.concatenate(usd_column),
        usd=np.concatenate(usd),
        usd_always=float(always),
        zone_share=csr_array(scaled[:, groups]),
        ties=ties,
    )


def stop_usd(problem: Problem) -> np.ndarray:
    """Give the yearly cost of using each stop at all."""
    return np.array([problem.fixed_usd[list(stop.offers)].max() for stop in problem.stops])


def add_budget(form: Formulation, budget_usd: float) -> np.ndarray:
    """Keep the yearly cost within a budget; give the row, which counts thousands of USD."""
    rows = np.zeros(form.usd_column.size)
    return form.builder.add_rows(
        1, (rows, form.usd_column, USD * form.usd), upper=USD * (budget_usd - form.usd_always)
    )


def add_coverage(form: Formulation, students: float) -> None:
    """Serve at least so many students."""
    form.builder.add_rows(
        1, (np.zeros(form.served.size), form.served, 1.0), lower=students * (1 - 1e-9)
    )


def add_floor(form: Formulation, share: float) -> None:
    """Serve at least this share of the students offline of every zone that has some."""
    zones = np.flatnonzero(form.problem.zone_offline > 0)
    part = csr_array(form.zone_share[zones]).tocoo()
    form.builder.add_rows(
        zones.size, (part.row, form.served[part.col], part.data), lower=share * (1 - 1e-9)
    )


def _add_static(
    builder: Builder,
    problem: Problem,
    served: np.ndarray,
    opened: np.ndarray,
    usd_column: list[np.ndarray],
    usd: list[np.ndarray],
) -> None:
    """Add places and offers that are no vehicle's."""
    groups, offers = problem.pair_group, problem.pair_offer
    students = problem.students[groups]
    paid = np.zeros(problem.offer.size, bool)
    paid[problem.static] = True
    paid &= (problem.fixed_usd > 0) & ~problem.existing
    choice = np.flatnonzero(paid)
    opened[choice] = builder.add_columns(choice.size, upper=1.0, whole=True)
    usd_column.append(opened[choice])
    usd.append(problem.fixed_usd[choice])
    rank = np.full(problem.offer.size, -1)
    rank[problem.static] = np.arange(problem.static.size)
    mine = rank[offers] >= 0
    limit = problem.max_students[problem.static]
    switch = opened[problem.static] >= 0
    builder.add_rows(
        problem.static.size,
        (rank[offers[mine]], served[mine], 1.0),
        (np.flatnonzero(switch), opened[problem.static][switch], -limit[switch]),
        upper=np.where(switch, 0.0, limit),
    )
    tied = np.flatnonzero(paid[offers] & (students < problem.max_students[offers]))
    rows = np.arange(tied.size)
    builder.add_rows(
        tied.size,
        (rows, served[tied], 1.0),
        (rows, opened[offers[tied]], -students[tied]),
        upper=0.0,
    )


def _add_stops(
    builder: Builder,
    problem: Problem,
    mobile: Mobile,
    served: np.ndarray,
    opened: np.ndarray,
    *,
    exact: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """Add the offers at stops: open by their hours, full by their visits.

    Gives the columns of use, and the ties.
    """
    fleet = problem.vehicles()
    groups, offers = problem.pair_group, problem.pair_offer
    count = len(problem.stops)
    must = np.array([problem.existing[list(stop.offers)].any() for stop in problem.stops])
    used = builder.add_columns(count, lower=must.astype(float), upper=1.0, whole=True)
    need = least_hours(fleet, problem.hours_needed)
    for at, stop in enumerate(problem.stops):
        if len(stop.offers) == 1 and not must[at]:
            opened[stop.offers[0]] = used[at]
        else:
            j = list(stop.offers)
            opened[j] = builder.add_columns(
                len(j), upper=1.0 if np.isfinite(need) else 0.0, whole=True
            )
            rows = np.arange(len(j))
            builder.add_rows(
                len(j), (rows, opened[j], 1.0), (rows, np.full(len(j), used[at]), -1.0), upper=0.0
            )
    if not np.isfinite(need):
        at_stop = np.isin(offers, [j for stop in problem.stops for j in stop.offers])
        shut = np.flatnonzero(at_stop)
        builder.add_rows(shut.size, (np.arange(shut.size), served[shut], 1.0), upper=0.0)
        need = 0.0

    hours = mobile.hours[mobile.position] * mobile.count
    at_once = np.array([vehicles.at_once for vehicles in fleet.classes])
    seats = at_once[mobile.vehicle_class] * hours / problem.hours_needed
    _add_hours(builder, problem, mobile, served, opened, hours, seats, need)

    mine = opened[offers] >= 0
    mine &= np.isin(offers, [j for stop in problem.stops for j in stop.offers])
    tied = np.flatnonzero(mine)
    rows = np.arange(tied.size)
    ties = builder.add_rows(
        tied.size,
        (rows, served[tied], 1.0),
        (
            rows,
            opened[offers[tied]],
            -np.minimum(problem.students[groups[tied]], problem.max_students[offers[tied]]),
        ),
        upper=0.0,
    )
    cell = mobile.stop * mobile.days.size + mobile.position
    cells, row = np.unique(cell, return_inverse=True)
    days = mobile.days[cells % mobile.days.size]
    if exact:
        builder.add_rows(
            cells.size,
            (row, mobile.column, mobile.count),
            (np.arange(cells.size), used[cells // mobile.days.size], -days),
            upper=0.0,
        )
    else:
        if len(fleet.classes) > 1:
            builder.add_rows(cells.size, (row, mobile.column, mobile.count), upper=days)
        total = float(mobile.days.sum())
        builder.add_rows(
            count,
            (mobile.stop, mobile.column, mobile.count),
            (np.arange(count), used, -total),
            upper=0.0,
        )
        _add_whole_visits(builder, problem, mobile, served, opened, seats, need)
    return used, ties


def _add_hours(
    builder: Builder,
    problem: Problem,
    mobile: Mobile,
    served: np.ndarray,
    opened: np.ndarray,
    hours: np.ndarray,
    seats: np.ndarray,
    need: float,
) -> None:
    """Tie open offers to hours, and students at a stop to the visits of vehicles that count.

    One row of seats for every stop and vehicle class its offers name (-1: any vehicle): students
    of offers that name a class also count against what all vehicles give, when the stop has an
    offer for any vehicle.
    """
    named = problem.vehicle_class
    offer = np.array([j for stop in problem.stops for j in stop.offers], dtype=np.int64)
    at = np.repeat(np.arange(len(problem.stops)), [len(stop.offers) for stop in problem.stops])
    # Hours: a row for each offer, met by the visits at its stop that its class may count.
    rank = np.full(problem.offer.size, -1)
    rank[offer] = np.arange(offer.size)
    row, entry = _joined(at, named[offer], mobile)
    builder.add_rows(
        offer.size,
        (row, mobile.column[entry], hours[entry]),
        (np.arange(offer.size), opened[offer], np.full(offer.size, -need)),
        lower=0.0,
    )
    # Seats: a row for each stop and class named there.
    keys = np.unique(np.column_stack([at, named[offer]]), axis=0)
    row, entry = _joined(keys[:, 0], keys[:, 1], mobile)
    terms = [(row, mobile.column[entry], -seats[entry])]
    pair = np.flatnonzero(rank[problem.pair_offer] >= 0)
    stop_of = at[rank[problem.pair_offer[pair]]]
    lookup = {(int(p), int(name)): k for k, (p, name) in enumerate(keys)}
    for own in (True, False):
        # Its own class's row, and the row of any vehicle where that is another.
        name = named[problem.pair_offer[pair]] if own else np.full(pair.size, -1)
        found = np.array(
            [lookup.get((int(p), int(n)), -1) for p, n in zip(stop_of, name, strict=True)],
            dtype=np.int64,
        )
        mine = (found >= 0) & (own | (named[problem.pair_offer[pair]] != -1))
        terms.append((found[mine], served[pair[mine]], np.ones(int(mine.sum()))))
    builder.add_rows(len(keys), *terms, upper=0.0)
    finite = np.flatnonzero(np.isfinite(problem.max_students[offer]))
    limited = np.full(problem.offer.size, -1)
    limited[offer[finite]] = np.arange(finite.size)
    pick = np.flatnonzero(limited[problem.pair_offer] >= 0)
    builder.add_rows(
        finite.size,
        (limited[problem.pair_offer[pick]], served[pick], np.ones(pick.size)),
        (np.arange(finite.size), opened[offer[finite]], -problem.max_students[offer[finite]]),
        upper=0.0,
    )


def _add_whole_visits(
    builder: Builder,
    problem: Problem,
    mobile: Mobile,
    served: np.ndarray,
    opened: np.ndarray,
    seats: np.ndarray,
    need: float,
) -> None:
    """Say once more, and closer, what whole visits to a stop can serve.

    With R students in reach and c seats a visit, the last visit that finds anybody finds
    r = R - c (k - 1) of them, k = R / c rounded up: x <= R open - r (k open - visits). Only for
    stops with one offer and visits that are all alike.
    """
    if np.unique(seats).size != 1 or seats[0] <= 0:
        return
    each = float(seats[0])
    single = np.array([stop.offers[0] for stop in problem.stops if len(stop.offers) == 1])
    at = np.full(problem.offer.size, -1)
    at[single.astype(np.int64)] = np.arange(single.size)
    pair = np.flatnonzero(at[problem.pair_offer] >= 0)
    row = at[problem.pair_offer[pair]]
    reached = np.bincount(row, problem.students[problem.pair_group[pair]], minlength=single.size)
    last = np.ceil(reached / each - 1e-9)
    least = need / float(mobile.hours.min())
    rest = np.where(last > least, reached - each * (last - 1), 0.0)
    number = np.full(len(problem.stops), -1)
    number[[p for p, stop in enumerate(problem.stops) if len(stop.offers) == 1]] = np.arange(
        single.size
    )
    visit = np.flatnonzero(number[mobile.stop] >= 0)
    builder.add_rows(
        single.size,
        (row, served[pair], 1.0),
        (np.arange(single.size), opened[single], rest * last - reached),
        (number[mobile.stop[visit]], mobile.column[visit], -rest[number[mobile.stop[visit]]]),
        upper=0.0,
    )


def _joined(stop: np.ndarray, name: np.ndarray, mobile: Mobile) -> tuple[np.ndarray, np.ndarray]:
    """Join rows (a stop, and a class or -1 for any) to the visits that count for them."""
    rows, entries = [], []
    for klass in np.unique(mobile.vehicle_class):
        of = np.flatnonzero(mobile.vehicle_class == klass)
        of = of[np.argsort(mobile.stop[of], kind="stable")]
        wanted = np.flatnonzero((name == -1) | (name == klass))
        low = np.searchsorted(mobile.stop[of], stop[wanted], side="left")
        size = np.searchsorted(mobile.stop[of], stop[wanted], side="right") - low
        rows.append(np.repeat(wanted, size))
        inside = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
        entries.append(of[np.repeat(low, size) + inside])
    if not rows:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate(rows), np.concatenate(entries)


def add_weighted(form: Formulation, weighted: float) -> None:
    """Serve at least so many students, each counted by its weight."""
    form.builder.add_rows(
        1,
        (np.zeros(form.served.size), form.served, form.problem.weight[form.problem.pair_group]),
        lower=weighted - 1e-9 * max(1.0, abs(weighted)),
    )


def add_order(form: Formulation) -> tuple[np.ndarray, np.ndarray]:
    """Add columns t and d_s for the sum of the smallest zone shares, however many are counted.

    The largest ``k * t - sum of d_s`` with ``d_s >= t - share_s`` is the sum of the k smallest
    (Ogryczak and Tamir 2003), whatever else the model holds. Zones that no offer reaches are
    left out: their share is 0 in every plan.
    """
    zones = rankable_zones(form.problem)
    top = form.builder.add_columns(1, upper=1.0)
    below = form.builder.add_columns(zones.size, upper=1.0)
    part = csr_array(form.zone_share[zones]).tocoo()
    rows = np.arange(zones.size)
    form.builder.add_rows(
        zones.size,
        (part.row, form.served[part.col], part.data),
        (rows, below, 1.0),
        (rows, np.repeat(top, zones.size), -1.0),
        lower=0.0,
    )
    return top, below


def rankable_zones(problem: Problem) -> np.ndarray:
    """Give the zones with students offline whom some offer reaches."""
    reached = np.asarray(problem.zone_students @ problem.students).ravel()
    return np.flatnonzero((problem.zone_offline > 0) & (reached > 0))
