"""Pieces of the failure sweep: what one failure changes in one commodity.

1. A node whose next hops are all gone is *affected*; what that takes from its users' next hops
   may affect them too. A node that keeps some is *resplit*. Nobody else's distance changes, and
   nobody gains a next hop, because distances only grow.
2. Dijkstra among the affected nodes alone, from their neighbours that are not, gives the new
   distances. A node that gets none is *dead*: what enters there is lost.
3. Only nodes whose set of next hops differs are *changed*. For every row with traffic through
   them, their old outflow is taken back and the new one sent, in order of falling new distance,
   and the difference travels on until it cancels.
"""

from typing import NamedTuple

from netplan.load.model import Floats
from netplan.network.jit import part
from netplan.network.model import Bools, Ints
from netplan.network.paths import FAR, heap_pop, heap_push

#: States of a node under a failure.
RESPLIT, AFFECTED = 1, 2
#: A difference of this share of a row's traffic has cancelled.
TINY = 1e-12
#: Places in ``Work.size``: how much of each list is filled.
N_TOUCHED, N_AFFECTED, N_CHAINED, N_ROWS, N_NODES, N_ARCS, N_HEAP, N_SLOTS, N_LOSERS = range(9)


class Base(NamedTuple):
    """The intact network, its shortest ways and who travels them.

    Parameters
    ----------
    start, out, head
        As in ``Graph``.
    weight, graph_of, distance, hops
        As in ``Trees``.
    user_start, user
        Links, then nodes, to the commodities that have traffic there.
    via_start, via_row, via_amount
        csr (commodities x n, rows): what each row sends through each node, rows ascending.
    enter_start, enter_row, enter_amount
        csr (commodities x n, rows): what each row enters at each node, for the first
        commodities, whose losses are told.
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
    user_start: Ints
    user: Ints
    via_start: Ints
    via_row: Ints
    via_amount: Floats
    enter_start: Ints
    enter_row: Ints
    enter_amount: Floats
    scale: Floats
    mean: Floats
    var: Floats


class Work(NamedTuple):
    """Scratch arrays, clean between failures; lists need not be."""

    size: Ints  # how much of each list is filled
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
    stamp: Ints  # (commodities,) last failure that met it
    met: Ints  # (commodities,) list


@part
def _lose_hop(base: Base, work: Work, commodity: int, user: int) -> None:
    """Take one next hop from a node; without any left it is affected."""
    if work.state[user] == 0:
        work.state[user] = RESPLIT
        work.touched[work.size[N_TOUCHED]] = user
        work.size[N_TOUCHED] += 1
    work.gone[user] += 1
    if work.gone[user] == base.hops[commodity, user]:
        work.state[user] = AFFECTED
        work.affected[work.size[N_AFFECTED]] = user
        work.size[N_AFFECTED] += 1


@part
def find(base: Base, work: Work, commodity: int, links: Ints, node: int) -> None:
    """Find the affected and the resplit nodes."""
    cost = base.weight[base.graph_of[commodity]]
    far = base.distance[commodity]
    work.size[N_TOUCHED] = work.size[N_AFFECTED] = 0
    if node >= 0:
        work.state[node] = AFFECTED
        work.touched[0] = work.affected[0] = node
        work.size[N_TOUCHED] = work.size[N_AFFECTED] = 1
    for link in links:
        if cost[link] >= 0:
            one = base.head[2 * link + 1]
            two = base.head[2 * link]
            if far[two] + cost[link] == far[one]:
                _lose_hop(base, work, commodity, one)
            elif far[one] + cost[link] == far[two]:
                _lose_hop(base, work, commodity, two)
    at = 0
    while at < work.size[N_AFFECTED]:
        target = work.affected[at]
        at += 1
        for k in range(base.start[target], base.start[target + 1]):
            link = base.out[k] >> 1
            user = base.head[base.out[k]]
            if cost[link] >= 0 and far[target] + cost[link] == far[user] and not work.removed[link]:
                _lose_hop(base, work, commodity, user)


@part
def regrow(base: Base, work: Work, commodity: int, node: int) -> None:
    """Find the affected nodes' new distances from those that are not affected."""
    cost = base.weight[base.graph_of[commodity]]
    far = base.distance[commodity]
    size = 0
    for at in range(work.size[N_AFFECTED]):
        user = work.affected[at]
        best = FAR
        if user != node:
            for k in range(base.start[user], base.start[user + 1]):
                link = base.out[k] >> 1
                target = base.head[base.out[k]]
                if cost[link] < 0 or work.removed[link] or work.state[target] == AFFECTED:
                    continue
                best = min(best, far[target] + cost[link])
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
            link = base.out[k] >> 1
            user = base.head[base.out[k]]
            if cost[link] < 0 or work.removed[link] or work.state[user] != AFFECTED:
                continue
            if key + cost[link] < work.far[user] and user != node:
                work.far[user] = key + cost[link]
                # a node with one link only is never on the way of another
                if base.start[user + 1] - base.start[user] > 1:
                    size = heap_push(work.keys, work.items, size, work.far[user], user)


@part
def _reach(base: Base, work: Work, commodity: int, node: int) -> int:
    """Give a node's distance under the failure."""
    if work.state[node] == AFFECTED:
        return int(work.far[node])
    return int(base.distance[commodity, node])


@part
def _new_hops(base: Base, work: Work, commodity: int, user: int) -> bool:
    """Count an affected node's new next hops into ``work.hops``; say whether they differ."""
    cost = base.weight[base.graph_of[commodity]]
    far = base.distance[commodity]
    count = 0
    differs = False
    for k in range(base.start[user], base.start[user + 1]):
        link = base.out[k] >> 1
        target = base.head[base.out[k]]
        if cost[link] < 0:
            continue
        reach = _reach(base, work, commodity, target)
        leads = reach + cost[link] == work.far[user] and not work.removed[link]
        was = far[target] + cost[link] == far[user]
        count += leads
        differs |= was != leads
    work.hops[user] = count
    return differs


@part
def chain(base: Base, work: Work, commodity: int) -> bool:
    """Chain up, per row, the changed nodes with traffic.

    Returns
    -------
    live
        Whether any changed node still has a way: if not, no load rises.
    """
    via = base.via_start[commodity * base.distance.shape[1] :]
    live = False
    linked = 0
    work.size[N_ROWS] = 0
    for at in range(work.size[N_TOUCHED]):
        node = work.touched[at]
        work.hops[node] = -1
        if work.state[node] == RESPLIT:
            work.hops[node] = base.hops[commodity, node] - work.gone[node]
            live |= via[node] < via[node + 1]
        elif work.far[node] < FAR and via[node] < via[node + 1]:
            if not _new_hops(base, work, commodity, node):
                continue
            live = True
        for k in range(via[node], via[node + 1]):
            row = base.via_row[k]
            if work.first[row] < 0:
                work.rows[work.size[N_ROWS]] = row
                work.size[N_ROWS] += 1
            work.following[linked] = work.first[row]
            work.link_node[linked] = node
            work.link_amount[linked] = base.via_amount[k]
            work.first[row] = linked
            linked += 1
    return live


@part
def amount_through(base: Base, commodity: int, node: int, row: int) -> float:
    """Give what a row sends through a node in the base case."""
    at = commodity * base.distance.shape[1] + node
    low = base.via_start[at]
    end = base.via_start[at + 1]
    high = end
    while low < high:
        middle = (low + high) >> 1
        if base.via_row[middle] < row:
            low = middle + 1
        else:
            high = middle
    if low < end and base.via_row[low] == row:
        return float(base.via_amount[low])
    return 0.0


@part
def _change_node(base: Base, work: Work, commodity: int, node: int, step: float) -> None:
    """Change what comes through a node, and have it pass the change on in its turn."""
    work.node_delta[node] += step
    if not work.node_seen[node]:
        work.node_seen[node] = True
        work.nodes[work.size[N_NODES]] = node
        work.size[N_NODES] += 1
        key = -_reach(base, work, commodity, node)
        work.size[N_HEAP] = heap_push(work.keys, work.items, work.size[N_HEAP], key, node)


@part
def _change_arc(work: Work, arc: int, step: float) -> None:
    """Change what an arc carries."""
    work.arc_delta[arc] += step
    if not work.arc_seen[arc]:
        work.arc_seen[arc] = True
        work.arcs[work.size[N_ARCS]] = arc
        work.size[N_ARCS] += 1


@part
def shift(base: Base, work: Work, commodity: int, row: int) -> None:
    """Move one row's traffic from the old ways to the new, as differences on arcs and nodes."""
    cost = base.weight[base.graph_of[commodity]]
    far = base.distance[commodity]
    work.size[N_NODES] = work.size[N_ARCS] = work.size[N_HEAP] = 0
    # all outflow of changed nodes is taken back before any is sent: the node that it went to
    # may now come before the one it came from
    at = work.first[row]
    while at >= 0:
        node = work.link_node[at]
        work.old[node] = work.link_amount[at]
        at = work.following[at]
        _change_node(base, work, commodity, node, 0.0)
        if far[node] == 0:
            continue
        share = work.old[node] / base.hops[commodity, node]
        for k in range(base.start[node], base.start[node + 1]):
            arc = base.out[k]
            target = base.head[arc]
            if cost[arc >> 1] >= 0 and far[target] + cost[arc >> 1] == far[node]:
                _change_arc(work, arc, -share)
                _change_node(base, work, commodity, target, -share)
    while work.size[N_HEAP] > 0:
        node = work.items[0]
        reach = -work.keys[0]
        work.size[N_HEAP] = heap_pop(work.keys, work.items, work.size[N_HEAP])
        if reach == FAR:
            work.node_delta[node] = -work.old[node]
            continue
        moved = work.old[node] + work.node_delta[node]
        if reach == 0 or abs(moved) < TINY * base.scale[row]:
            continue
        if work.state[node] == 0:
            share = moved / base.hops[commodity, node]
        else:
            if work.hops[node] < 0:
                _new_hops(base, work, commodity, node)
            share = moved / work.hops[node]
        for k in range(base.start[node], base.start[node + 1]):
            arc = base.out[k]
            link = arc >> 1
            target = base.head[arc]
            if cost[link] < 0 or work.removed[link]:
                continue
            if _reach(base, work, commodity, target) + cost[link] == reach:
                _change_arc(work, arc, share)
                _change_node(base, work, commodity, target, share)
