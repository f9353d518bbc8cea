"""Kernels that find what a failure changes, without routing everything afresh.

For one failure and one commodity:

1. A node whose next hops are all gone is *affected*; what that takes from its users' next hops
   may affect them too. A node that keeps some is *resplit*. Nobody else's distance changes, and
   nobody gains a next hop, because distances only grow.
2. Dijkstra among the affected nodes alone, from their neighbours that are not, gives the new
   distances. A node that gets none is *dead*: what enters there is lost.
3. Only nodes whose set of next hops differs are *changed*. For every row with traffic through
   them, their old outflow is taken back and the new one sent, in order of falling new distance,
   and the difference travels on until it cancels.
4. The differences are summed per element over all rows and commodities as moments; those whose
   planning load rises are written out.

Where every changed node is dead, loads can only fall and step 3 is left out: so the failure of
a bridge costs no more than the part that it cuts off.
"""

from typing import NamedTuple

import numpy as np

from netplan.load.model import Floats
from netplan.network.jit import bare, kernel
from netplan.network.model import Bools, Ints
from netplan.network.paths import FAR, heap_pop, heap_push

#: States of a node under a failure.
RESPLIT, AFFECTED = 1, 2
#: A difference of this share of a row's traffic has cancelled.
TINY = 1e-12
#: A planning load must grow by this share of itself to have risen.
RISE = 1e-9


class Base(NamedTuple):
    """The intact network, its shortest ways and who travels them.

    Parameters
    ----------
    start, out, head
        As in ``Graph``.
    weight, graph_of, distance, hops
        As in ``Trees``.
    via_start, via_row, via_amount
        csr (commodities x n, rows): what each row sends through each node, rows ascending.
    enter_start, enter_row, enter_amount
        csr (reported x n, rows): what each row enters at each node, for the first commodities,
        whose losses are reported.
    scale
        Shape (rows,): all that a row enters.
    mean, var
        Shape (rows, periods, 3): moments of a row's traffic per unit entered, by DIRECTIONS.
    """

    start: Ints
    out: Ints
    head: Ints
    weight: Ints
    graph_of: Ints
    distance: Ints
    hops: Ints
    via_start: Ints
    via_row: Ints
    via_amount: Floats
    enter_start: Ints
    enter_row: Ints
    enter_amount: Floats
    scale: Floats
    mean: Floats
    var: Floats


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


class Work(NamedTuple):
    """Scratch arrays, clean between failures."""

    removed: Bools  # (m,) links down
    gone: Ints  # (n,) next hops lost
    state: Ints  # (n,)
    touched: Ints  # (n,) list of affected and resplit nodes
    affected: Ints  # (n,) list
    far: Ints  # (n,) new distance of affected nodes
    hops: Ints  # (n,) new number of next hops of touched nodes, -1 = not counted yet
    keys: Ints  # heap
    items: Ints
    first: Ints  # (rows,) chain of changed nodes per row, -1 = none
    following: Ints  # (via,)
    link_node: Ints  # (via,) node of each link of the chains
    link_amount: Floats  # (via,)
    rows: Ints  # (rows,) list of rows with a chain
    old: Floats  # (n,) a row's amount through changed nodes
    node_delta: Floats  # (n,)
    node_seen: Bools  # (n,)
    nodes: Ints  # (n,) list
    arc_delta: Floats  # (2 m,)
    arc_seen: Bools  # (2 m,)
    arcs: Ints  # (2 m,) list
    place: Ints  # (slots,) row of the sums, -1 = none
    slots: Ints  # (slots,) list; slot 2 link + direction, then nodes
    mean: Floats  # (slots, periods) sums, cleaned on first use
    var: Floats
    lost: Floats  # (rows,)
    losers: Ints  # (rows,) list


@bare
def find(base: Base, work: Work, commodity: int, links: Ints, node: int) -> tuple[int, int]:
    """Find the affected and the touched nodes; give how many (0, 0: no traffic meets it)."""
    cost = base.weight[base.graph_of[commodity]]
    far = base.distance[commodity]
    via = base.via_start[commodity * far.size :]
    carries = node >= 0 and via[node] < via[node + 1]
    for link in links:
        if cost[link] >= 0:
            one = base.head[2 * link + 1]
            two = base.head[2 * link]
            if far[two] + cost[link] == far[one]:
                carries |= via[one] < via[one + 1]
            elif far[one] + cost[link] == far[two]:
                carries |= via[two] < via[two + 1]
    if not carries:
        return 0, 0
    affected = 0
    touched = 0
    if node >= 0:
        work.state[node] = AFFECTED
        work.touched[0] = node
        work.affected[0] = node
        affected = touched = 1
    for link in links:
        if cost[link] < 0:
            continue
        one = base.head[2 * link + 1]
        two = base.head[2 * link]
        if far[two] + cost[link] == far[one]:
            user = one
        elif far[one] + cost[link] == far[two]:
            user = two
        else:
            continue
        if work.state[user] == 0:
            work.state[user] = RESPLIT
            work.touched[touched] = user
            touched += 1
        work.gone[user] += 1
        if work.gone[user] == base.hops[commodity, user]:
            work.state[user] = AFFECTED
            work.affected[affected] = user
            affected += 1
    at = 0
    while at < affected:
        target = work.affected[at]
        at += 1
        for k in range(base.start[target], base.start[target + 1]):
            arc = base.out[k]
            link = arc >> 1
            user = base.head[arc]
            if cost[link] < 0 or work.removed[link] or far[target] + cost[link] != far[user]:
                continue
            if work.state[user] == 0:
                work.state[user] = RESPLIT
                work.touched[touched] = user
                touched += 1
            work.gone[user] += 1
            if work.gone[user] == base.hops[commodity, user]:
                work.state[user] = AFFECTED
                work.affected[affected] = user
                affected += 1
    return affected, touched


@bare
def regrow(base: Base, work: Work, commodity: int, affected: int, node: int) -> None:
    """Find the affected nodes' new distances from those that are not affected."""
    cost = base.weight[base.graph_of[commodity]]
    far = base.distance[commodity]
    size = 0
    for at in range(affected):
        user = work.affected[at]
        best = FAR
        if user != node:
            for k in range(base.start[user], base.start[user + 1]):
                arc = base.out[k]
                link = arc >> 1
                target = base.head[arc]
                if cost[link] < 0 or work.removed[link] or work.state[target] == AFFECTED:
                    continue
                if far[target] < FAR and far[target] + cost[link] < best:
                    best = far[target] + cost[link]
        work.far[user] = best
        if best < FAR:
            size = heap_push(work.keys, work.items, size, best, user)
    while size > 0:
        key = work.keys[0]
        target = work.items[0]
        size = heap_pop(work.keys, work.items, size)
        if key > work.far[target]:
            continue
        for k in range(base.start[target], base.start[target + 1]):
            arc = base.out[k]
            link = arc >> 1
            user = base.head[arc]
            if cost[link] < 0 or work.removed[link] or work.state[user] != AFFECTED:
                continue
            if user != node and key + cost[link] < work.far[user]:
                work.far[user] = key + cost[link]
                if base.start[user + 1] - base.start[user] > 1:
                    size = heap_push(work.keys, work.items, size, work.far[user], user)


@bare
def _new_hops(base: Base, work: Work, commodity: int, user: int) -> bool:
    """Count an affected node's new next hops into ``work.hops``; say whether they differ."""
    cost = base.weight[base.graph_of[commodity]]
    far = base.distance[commodity]
    count = 0
    differs = False
    for k in range(base.start[user], base.start[user + 1]):
        arc = base.out[k]
        link = arc >> 1
        if cost[link] < 0:
            continue
        target = base.head[arc]
        was = far[target] + cost[link] == far[user]
        reach = work.far[target] if work.state[target] == AFFECTED else far[target]
        leads = reach + cost[link] == work.far[user] and not work.removed[link]
        count += leads
        differs |= was != leads
    work.hops[user] = count
    return differs


@bare
def chain(base: Base, work: Work, commodity: int, touched: int) -> tuple[int, bool]:
    """Chain up, per row, the changed nodes with traffic.

    Returns
    -------
    rows
        How many rows have any.
    live
        Whether any changed node still has a way: if not, no load rises.
    """
    far = base.distance[commodity]
    via = base.via_start[commodity * far.size :]
    rows = 0
    linked = 0
    live = False
    for at in range(touched):
        node = work.touched[at]
        work.hops[node] = -1
        if work.state[node] == RESPLIT:
            work.hops[node] = base.hops[commodity, node] - work.gone[node]
            live |= via[node] < via[node + 1]
        elif work.far[node] < FAR and via[node] < via[node + 1]:
            differs = _new_hops(base, work, commodity, node)
            live |= differs
            if not differs:
                continue
        for k in range(via[node], via[node + 1]):
            row = base.via_row[k]
            if work.first[row] < 0:
                work.rows[rows] = row
                rows += 1
            work.following[linked] = work.first[row]
            work.link_node[linked] = node
            work.link_amount[linked] = base.via_amount[k]
            work.first[row] = linked
            linked += 1
    return rows, live


@bare
def amount_through(base: Base, commodity: int, node: int, row: int) -> float:
    """Give what a row sends through a node in the base case."""
    at = commodity * base.distance.shape[1] + node
    low = base.via_start[at]
    high = base.via_start[at + 1]
    while low < high:
        middle = (low + high) >> 1
        if base.via_row[middle] < row:
            low = middle + 1
        else:
            high = middle
    if low < base.via_start[at + 1] and base.via_row[low] == row:
        return float(base.via_amount[low])
    return 0.0


@bare
def shift(base: Base, work: Work, commodity: int, row: int) -> tuple[int, int]:
    """Move one row's traffic from the old ways to the new.

    Returns
    -------
    arcs, nodes
        How many entries of ``work.arcs`` and ``work.nodes`` hold differences.
    """
    cost = base.weight[base.graph_of[commodity]]
    far = base.distance[commodity]
    tiny = TINY * base.scale[row]
    arcs = 0
    nodes = 0
    size = 0
    at = work.first[row]
    while at >= 0:
        node = work.link_node[at]
        amount = work.link_amount[at]
        work.old[node] = amount
        if not work.node_seen[node]:
            work.node_seen[node] = True
            work.nodes[nodes] = node
            nodes += 1
            reach = work.far[node] if work.state[node] == AFFECTED else far[node]
            size = heap_push(work.keys, work.items, size, -reach, node)
        if base.hops[commodity, node] > 0:
            part = amount / base.hops[commodity, node]
            for k in range(base.start[node], base.start[node + 1]):
                arc = base.out[k]
                target = base.head[arc]
                if cost[arc >> 1] < 0 or far[target] + cost[arc >> 1] != far[node]:
                    continue
                if not work.arc_seen[arc]:
                    work.arc_seen[arc] = True
                    work.arcs[arcs] = arc
                    arcs += 1
                work.arc_delta[arc] -= part
                work.node_delta[target] -= part
                if not work.node_seen[target]:
                    work.node_seen[target] = True
                    work.nodes[nodes] = target
                    nodes += 1
                    reach = work.far[target] if work.state[target] == AFFECTED else far[target]
                    size = heap_push(work.keys, work.items, size, -reach, target)
        at = work.following[at]
    while size > 0:
        node = work.items[0]
        reach = -work.keys[0]
        size = heap_pop(work.keys, work.items, size)
        if reach == FAR:
            work.node_delta[node] = -work.old[node]
            continue
        amount = work.old[node] + work.node_delta[node]
        if reach == 0 or abs(amount) < tiny:
            continue
        count = base.hops[commodity, node]
        if work.state[node] > 0:
            if work.hops[node] < 0:
                _new_hops(base, work, commodity, node)
            count = work.hops[node]
        part = amount / count
        for k in range(base.start[node], base.start[node + 1]):
            arc = base.out[k]
            link = arc >> 1
            if cost[link] < 0 or work.removed[link]:
                continue
            target = base.head[arc]
            onward = work.far[target] if work.state[target] == AFFECTED else far[target]
            if onward + cost[link] != reach:
                continue
            if not work.arc_seen[arc]:
                work.arc_seen[arc] = True
                work.arcs[arcs] = arc
                arcs += 1
            work.arc_delta[arc] += part
            work.node_delta[target] += part
            if not work.node_seen[target]:
                work.node_seen[target] = True
                work.nodes[nodes] = target
                nodes += 1
                size = heap_push(work.keys, work.items, size, -onward, target)
    return arcs, nodes
