"""The kernel that runs over all failures and writes out what each one loses and loads more.

Per failure the differences that ``reroute`` finds are summed per element over all rows and
commodities, as moments; the elements whose planning load rises are written out. Where every
changed node is dead, loads can only fall and are left alone: so the failure of a bridge costs
no more than the part that it cuts off.
"""

from typing import NamedTuple

import numpy as np

from netplan.load.model import Floats
from netplan.network.jit import kernel, part
from netplan.network.model import Ints
from netplan.network.paths import FAR, Table
from netplan.network.reroute import (
    N_AFFECTED,
    N_ARCS,
    N_LOSERS,
    N_NODES,
    N_ROWS,
    N_SLOTS,
    N_TOUCHED,
    TINY,
    Base,
    Work,
    amount_through,
    chain,
    find,
    regrow,
    shift,
)

#: A planning load must grow by this share of itself to have risen.
RISE = 1e-9


class Elements(NamedTuple):
    """What the elements carry in the base case and what they could.

    Parameters
    ----------
    mean, var, load
        Shape (m + n, periods, 3); without nodes (m, periods, 3).
    capacity
        Shape (m + n, 3).
    """

    mean: Floats
    var: Floats
    load: Floats
    capacity: Floats


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
    two_way: bool
    spread: bool
    with_nodes: bool


class Study(NamedTuple):
    """All that a sweep reads."""

    base: Base
    elements: Elements
    events: Events
    options: Options


class Found(NamedTuple):
    """Buffers for what is found, see ``Failures``, and how much of them is filled."""

    lost_failure: Ints
    lost_row: Ints
    lost: Floats
    rise_failure: Ints
    rise_slot: Ints
    rise_period: Ints
    rise_load: Floats
    rise_share: Floats
    filled: Ints  # losses, rises


@kernel
def users(table: Table, row_commodity: Ints, links: int, nodes: int) -> tuple[Ints, Ints]:
    """List the commodities that have traffic on each link, then through each node."""
    start = np.zeros(links + nodes + 1, np.int64)
    last = np.empty(links + nodes, np.int64)
    user = np.empty(0, np.int64)
    for turn in range(2):
        if turn == 1:
            for element in range(links + nodes):
                start[element + 1] += start[element]
            user = np.empty(start[-1], np.int64)
            start[1:] = start[:-1].copy()
            start[0] = 0
        last[:] = -1
        for row in range(row_commodity.size):
            commodity = row_commodity[row]
            for k in range(table.start[row], table.start[row + 1]):
                column = table.column[k]
                element = column >> 1 if column < 2 * links else column - links
                # rows of one commodity mostly follow each other; what is listed twice is met once
                if last[element] != commodity:
                    last[element] = commodity
                    if turn == 1:
                        user[start[element + 1]] = commodity
                    start[element + 1] += 1
    return start, user


@part
def _meet(study: Study, work: Work, failure: int) -> int:
    """List the commodities whose traffic a failure meets; give how many they are."""
    base, _, events, _ = study
    count = 0
    first, last = events.link_start[failure], events.link_start[failure + 1]
    links = base.weight.shape[1]
    if events.node[failure] >= 0:
        last = first + 1
    for at in range(first, last):
        node = events.node[failure]
        element = links + node if node >= 0 else events.link[at]
        for k in range(base.user_start[element], base.user_start[element + 1]):
            commodity = base.user[k]
            if work.stamp[commodity] != failure:
                work.stamp[commodity] = failure
                work.met[count] = commodity
                count += 1
    return count


@part
def _add(work: Work, slot: int, moments: tuple[Floats, Floats], step: float, square: float) -> None:
    """Add a row's moments per period to a slot's sums."""
    mean, var = moments
    at = work.place[slot]
    if at < 0:
        at = work.size[N_SLOTS]
        work.size[N_SLOTS] += 1
        work.place[slot] = at
        work.slots[at] = slot
        for period in range(mean.size):
            work.mean[at, period] = 0.0
            work.var[at, period] = 0.0
    for period in range(mean.size):
        work.mean[at, period] += step * mean[period]
        work.var[at, period] += square * var[period]


@part
def _tally(base: Base, work: Work, options: Options, commodity: int, row: int) -> None:
    """Turn a row's differences into moments per slot and clean up.

    A share that goes from f to f + d adds d M to the mean and ((f + d)^2 - f^2) V to the
    variance.
    """
    cost = base.weight[base.graph_of[commodity]]
    far = base.distance[commodity]
    tiny = TINY * base.scale[row]
    down = (base.mean[row, :, 0], base.var[row, :, 0])
    up = (base.mean[row, :, 1], base.var[row, :, 1])
    both = (base.mean[row, :, 2], base.var[row, :, 2])
    if options.spread:
        # every changed arc leaves a changed node: look up once what came through that
        for at in range(work.size[N_NODES]):
            node = work.nodes[at]
            if work.old[node] == 0.0:
                work.old[node] = amount_through(base, commodity, node, row)
    for at in range(work.size[N_ARCS]):
        arc = work.arcs[at]
        step = work.arc_delta[arc]
        work.arc_delta[arc] = 0.0
        work.arc_seen[arc] = False
        if abs(step) <= tiny:
            continue
        square = 0.0
        if options.spread:
            tail = base.head[arc ^ 1]
            if far[base.head[arc]] + cost[arc >> 1] == far[tail]:
                square = work.old[tail] / base.hops[commodity, tail]
            square = (2.0 * square + step) * step
        # up-loads travel the arc itself, down-loads its reverse
        _add(work, arc, up, step, square)
        if options.two_way:
            _add(work, arc ^ 1, down, step, square)
    for at in range(work.size[N_NODES]):
        node = work.nodes[at]
        step = work.node_delta[node]
        work.node_delta[node] = 0.0
        work.node_seen[node] = False
        if abs(step) > tiny and options.with_nodes:
            square = (2.0 * work.old[node] + step) * step if options.spread else 0.0
            _add(work, base.head.size + node, both, step, square)
        work.old[node] = 0.0


@part
def _lose(base: Base, work: Work, commodity: int) -> None:
    """Sum per row what enters at dead nodes, where losses of the commodity are told."""
    if (commodity + 1) * base.distance.shape[1] >= base.enter_start.size:
        return
    for at in range(work.size[N_AFFECTED]):
        node = work.affected[at]
        if work.far[node] < FAR:
            continue
        place = commodity * base.distance.shape[1] + node
        for k in range(base.enter_start[place], base.enter_start[place + 1]):
            row = base.enter_row[k]
            if work.lost[row] == 0.0:
                work.losers[work.size[N_LOSERS]] = row
                work.size[N_LOSERS] += 1
            work.lost[row] += base.enter_amount[k]


@part
def _run(study: Study, work: Work, failure: int) -> None:
    """Find what one failure loses and shifts, over all commodities that it meets."""
    base, _, events, options = study
    node = events.node[failure]
    links = events.link[events.link_start[failure] : events.link_start[failure + 1]]
    met = _meet(study, work, failure)
    waiting = 0
    rising = False
    # a commodity whose loads only fall counts if another's rise, so it waits till the end
    for turn in range(2 * met):
        if turn >= met and (not rising or turn - met >= waiting):
            break
        commodity = work.met[turn if turn < met else turn - met]
        find(base, work, commodity, links, node)
        regrow(base, work, commodity, node)
        if turn < met:
            _lose(base, work, commodity)
        rising |= chain(base, work, commodity)
        for at in range(work.size[N_ROWS]):
            row = work.rows[at]
            if rising:
                shift(base, work, commodity, row)
                _tally(base, work, options, commodity, row)
            work.first[row] = -1
        if not rising:
            work.met[waiting] = commodity
            waiting += 1
        for at in range(work.size[N_TOUCHED]):
            work.state[work.touched[at]] = 0
            work.gone[work.touched[at]] = 0


@part
def _worst(study: Study, work: Work, at: int) -> tuple[int, float]:
    """Give the worst of the periods in which a slot's load rises, or -1, and its load then."""
    _, elements, _, options = study
    slot = work.slots[at]
    arcs = study.base.head.size
    element = slot >> 1 if slot < arcs else slot - (arcs >> 1)
    direction = slot & 1 if slot < arcs else 2
    worst = -1
    best = 0.0
    for period in range(work.mean.shape[1]):
        if work.mean[at, period] <= 0.0 and work.var[at, period] <= 0.0:
            continue
        load = mean = elements.mean[element, period, direction] + work.mean[at, period]
        if options.z != 0.0:
            var = max(elements.var[element, period, direction] + work.var[at, period], 0.0)
            common = options.common_mode_cv * mean
            load += options.z * np.sqrt(var + common * common)
        if load > elements.load[element, period, direction] * (1.0 + RISE) and load > best:
            best = load
            worst = period
    return worst, best


@part
def _write(study: Study, work: Work, found: Found, failure: int) -> None:
    """Write out what one failure does, and clean up."""
    arcs = study.base.head.size
    for at in range(work.size[N_LOSERS]):
        row = work.losers[at]
        filled = found.filled[0]
        found.lost_failure[filled] = failure
        found.lost_row[filled] = row
        found.lost[filled] = work.lost[row]
        found.filled[0] += 1
        work.lost[row] = 0.0
    for at in range(work.size[N_SLOTS]):
        slot = work.slots[at]
        work.place[slot] = -1
        worst, load = _worst(study, work, at)
        if worst < 0:
            continue
        if slot < arcs:
            share = load / study.elements.capacity[slot >> 1, slot & 1]
        else:
            share = load / study.elements.capacity[slot - (arcs >> 1), 2]
        if share >= study.options.floor_share:
            filled = found.filled[1]
            found.rise_failure[filled] = failure
            found.rise_slot[filled] = slot
            found.rise_period[filled] = worst
            found.rise_load[filled] = load
            found.rise_share[filled] = share
            found.filled[1] += 1
    work.size[N_LOSERS] = work.size[N_SLOTS] = 0


@kernel
def sweep(study: Study, work: Work, found: Found, first: int) -> int:
    """Run failures from ``first`` on until all are done or a buffer may overflow.

    Returns
    -------
    following
        The first failure that was not run.
    """
    events = study.events
    losses = found.lost.size - work.lost.size
    rises = found.rise_slot.size - work.place.size
    found.filled[:] = 0
    failure = first
    while failure < events.node.size and found.filled[0] <= losses and found.filled[1] <= rises:
        begin, end = events.link_start[failure], events.link_start[failure + 1]
        for k in range(begin, end):
            work.removed[events.link[k]] = True
        _run(study, work, failure)
        _write(study, work, found, failure)
        for k in range(begin, end):
            work.removed[events.link[k]] = False
        failure += 1
    return failure
