"""The kernel that runs over all failures and writes out what each one loses and loads more."""

from typing import NamedTuple

import numpy as np

from netplan.load.model import Floats
from netplan.network.jit import bare, kernel
from netplan.network.model import Ints
from netplan.network.paths import FAR
from netplan.network.reroute import (
    AFFECTED,
    RISE,
    TINY,
    Base,
    Elements,
    Work,
    amount_through,
    chain,
    find,
    regrow,
    shift,
)


class Events(NamedTuple):
    """The failures: csr of the links that each takes down, and its node or -1."""

    link_start: Ints
    link: Ints
    node: Ints


class Options(NamedTuple):
    """What to compute.

    Parameters
    ----------
    z, common_mode_cv
        Of the planning load.
    floor_share
        Loads below this share of capacity are not written out.
    reported
        Losses are reported for so many commodities, from the first.
    two_way
        Whether rows have down-moments too, which travel the arcs backward.
    spread
        Whether rows have variances.
    with_nodes
        Whether the elements include the nodes.
    """

    z: float
    common_mode_cv: float
    floor_share: float
    reported: int
    two_way: bool
    spread: bool
    with_nodes: bool


class Found(NamedTuple):
    """Buffers for what is found; see ``Failures``."""

    lost_failure: Ints
    lost_row: Ints
    lost: Floats
    rise_failure: Ints
    rise_slot: Ints
    rise_period: Ints
    rise_load: Floats
    rise_share: Floats


@bare
def _add(
    work: Work,
    slots: int,
    slot: int,
    mean: Floats,
    var: Floats,
    step: float,
    square: float,
    spread: bool,
) -> int:
    """Add a row's moments to a slot's sums; give the number of slots in use."""
    at = work.place[slot]
    periods = mean.size
    if at < 0:
        at = slots
        work.place[slot] = at
        work.slots[at] = slot
        slots += 1
        work.mean[at] = 0.0
        work.var[at] = 0.0
    for period in range(periods):
        work.mean[at, period] += step * mean[period]
    if spread:
        for period in range(periods):
            work.var[at, period] += square * var[period]
    return slots


@bare
def _tally(
    base: Base,
    work: Work,
    options: Options,
    commodity: int,
    row: int,
    arcs: int,
    nodes: int,
    slots: int,
) -> int:
    """Turn a row's differences into moments per slot and clean up; give the slots in use.

    A share that goes from f to f + d adds d M to the mean and ((f + d)^2 - f^2) V to the
    variance.
    """
    cost = base.weight[base.graph_of[commodity]]
    far = base.distance[commodity]
    tiny = TINY * base.scale[row]
    for at in range(arcs):
        arc = work.arcs[at]
        step = work.arc_delta[arc]
        work.arc_delta[arc] = 0.0
        work.arc_seen[arc] = False
        if abs(step) <= tiny:
            continue
        square = 0.0
        if options.spread:
            tail = base.head[arc ^ 1]
            share = 0.0
            if far[base.head[arc]] + cost[arc >> 1] == far[tail]:
                share = amount_through(base, commodity, tail, row) / base.hops[commodity, tail]
            square = (2.0 * share + step) * step
        # up-loads travel the arc itself, down-loads its reverse
        slots = _add(
            work, slots, arc, base.mean[row, :, 1], base.var[row, :, 1], step, square, options.spread
        )
        if options.two_way:
            slots = _add(
                work,
                slots,
                arc ^ 1,
                base.mean[row, :, 0],
                base.var[row, :, 0],
                step,
                square,
                options.spread,
            )
    for at in range(nodes):
        node = work.nodes[at]
        step = work.node_delta[node]
        work.node_delta[node] = 0.0
        work.node_seen[node] = False
        work.old[node] = 0.0
        if abs(step) <= tiny or not options.with_nodes:
            continue
        square = 0.0
        if options.spread:
            square = (2.0 * amount_through(base, commodity, node, row) + step) * step
        slots = _add(
            work,
            slots,
            base.head.size + node,
            base.mean[row, :, 2],
            base.var[row, :, 2],
            step,
            square,
            options.spread,
        )
    return slots


@bare
def _emit(
    work: Work,
    elements: Elements,
    options: Options,
    found: Found,
    failure: int,
    arcs: int,
    slots: int,
    rises: int,
) -> int:
    """Write out the slots whose planning load rises and clean up; give the rises so far."""
    for at in range(slots):
        slot = work.slots[at]
        work.place[slot] = -1
        element = slot >> 1
        direction = slot & 1
        if slot >= arcs:
            element = slot - (arcs >> 1)
            direction = 2
        best = 0.0
        worst = -1
        for period in range(work.mean.shape[1]):
            step = work.mean[at, period]
            if step <= 0.0 and work.var[at, period] <= 0.0:
                continue
            mean = elements.mean[element, period, direction] + step
            load = mean
            if options.z != 0.0:
                var = max(elements.var[element, period, direction] + work.var[at, period], 0.0)
                common = options.common_mode_cv * mean
                load += options.z * np.sqrt(var + common * common)
            before = elements.load[element, period, direction]
            if load > before * (1.0 + RISE) and load > best:
                best = load
                worst = period
        share = best / elements.capacity[element, direction] if worst >= 0 else 0.0
        if worst >= 0 and share >= options.floor_share:
            found.rise_failure[rises] = failure
            found.rise_slot[rises] = slot
            found.rise_period[rises] = worst
            found.rise_load[rises] = best
            found.rise_share[rises] = share
            rises += 1
    return rises


@bare
def _lose(base: Base, work: Work, commodity: int, affected: int, losers: int) -> int:
    """Sum per row what enters at dead nodes; give the number of rows that lose so far."""
    nodes = base.distance.shape[1]
    for at in range(affected):
        node = work.affected[at]
        if work.far[node] < FAR:
            continue
        place = commodity * nodes + node
        for k in range(base.enter_start[place], base.enter_start[place + 1]):
            row = base.enter_row[k]
            if work.lost[row] == 0.0:
                work.losers[losers] = row
                losers += 1
            work.lost[row] += base.enter_amount[k]
    return losers


@kernel
def sweep(
    base: Base,
    work: Work,
    elements: Elements,
    options: Options,
    events: Events,
    found: Found,
    first: int,
) -> tuple[int, int, int]:
    """Run failures from ``first`` on until all are done or a buffer may overflow.

    Returns
    -------
    following
        The first failure that was not run.
    losses, rises
        How much of the buffers is filled.
    """
    commodities = base.graph_of.size
    losses = 0
    rises = 0
    later = np.empty(commodities, np.int64)
    failure = first
    while failure < events.node.size:
        if losses + work.lost.size > found.lost.size:
            break
        if rises + work.place.size > found.rise_slot.size:
            break
        links = events.link[events.link_start[failure] : events.link_start[failure + 1]]
        node = events.node[failure]
        for link in links:
            work.removed[link] = True
        slots = 0
        losers = 0
        waiting = 0
        rising = False
        # a commodity whose loads only fall counts if another's rise, so it waits till the end
        for turn in range(2 * commodities):
            commodity = turn
            if turn >= commodities:
                if not rising or turn - commodities >= waiting:
                    break
                commodity = later[turn - commodities]
            affected, touched = find(base, work, commodity, links, node)
            if touched == 0:
                continue
            regrow(base, work, commodity, affected, node)
            if turn < options.reported:
                losers = _lose(base, work, commodity, affected, losers)
            rows, live = chain(base, work, commodity, touched)
            rising |= live
            for at in range(rows):
                row = work.rows[at]
                if rising:
                    arcs, nodes = shift(base, work, commodity, row)
                    slots = _tally(base, work, options, commodity, row, arcs, nodes, slots)
                work.first[row] = -1
            if not rising:
                later[waiting] = commodity
                waiting += 1
            for at in range(touched):
                work.state[work.touched[at]] = 0
                work.gone[work.touched[at]] = 0
        for at in range(losers):
            row = work.losers[at]
            found.lost_failure[losses] = failure
            found.lost_row[losses] = row
            found.lost[losses] = work.lost[row]
            losses += 1
            work.lost[row] = 0.0
        rises = _emit(work, elements, options, found, failure, base.head.size, slots, rises)
        for link in links:
            work.removed[link] = False
        failure += 1
    return failure, losses, rises
