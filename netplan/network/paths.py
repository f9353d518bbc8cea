"""Kernels for least-cost distances and for pushing traffic down equal-cost next hops.

Arc ``2 i`` runs along link i from a to b, arc ``2 i + 1`` back; ``arc ^ 1`` is the reverse of an
arc and ``arc >> 1`` its link. Distances run to the nearest of a commodity's sinks, so an arc
u -> v is a next hop exactly when ``distance[u] == distance[v] + weight``.
"""

from typing import NamedTuple

import numpy as np

from netplan.load.model import Floats
from netplan.network.jit import kernel, part
from netplan.network.model import Bools, Ints

#: Distance of a node that reaches no sink; any weight can be added without overflow.
FAR = 2**62


class Graph(NamedTuple):
    """Arcs grouped by the node they leave.

    Parameters
    ----------
    start
        Shape (n + 1,): node v's arcs are ``out[start[v]:start[v + 1]]``.
    out
        Shape (2 m,): arcs.
    head
        Shape (2 m,): node that each arc enters.
    """

    start: Ints
    out: Ints
    head: Ints


class Trees(NamedTuple):
    """Shortest ways of every commodity.

    Parameters
    ----------
    weight
        Shape (graphs, m): weight of each link, -1 where it is closed.
    graph_of
        Shape (commodities,): row of ``weight`` that a commodity uses.
    distance
        Shape (commodities, n): to the nearest sink, or FAR.
    hops
        Shape (commodities, n): number of equal-cost next hops.
    """

    weight: Ints
    graph_of: Ints
    distance: Ints
    hops: Ints


class Rows(NamedTuple):
    """What enters where: csr (rows, n)."""

    start: Ints
    node: Ints
    amount: Floats


class Table(NamedTuple):
    """Amounts of rows on arcs and through nodes: csr (rows, 2 m + n)."""

    start: Ints
    column: Ints
    amount: Floats


class Job(NamedTuple):
    """Rows to push: each by its commodity's shortest ways.

    Parameters
    ----------
    row_commodity
        Shape (rows,).
    """

    graph: Graph
    trees: Trees
    row_commodity: Ints
    rows: Rows


class Walk(NamedTuple):
    """Scratch arrays of ``push``, shape (n,); the first three clean between rows."""

    amount: Floats
    feeders: Ints
    found: Bools
    order: Ints
    ready: Ints


@kernel
def group_arcs(link_a: Ints, link_b: Ints, nodes: int) -> tuple[Ints, Ints, Ints]:
    """Group the arcs by the node they leave, in order of link; fields of a Graph."""
    links = link_a.size
    head = np.empty(2 * links, np.int64)
    start = np.zeros(nodes + 1, np.int64)
    for link in range(links):
        head[2 * link] = link_b[link]
        head[2 * link + 1] = link_a[link]
        start[link_a[link] + 1] += 1
        start[link_b[link] + 1] += 1
    for node in range(nodes):
        start[node + 1] += start[node]
    place = start[:-1].copy()
    out = np.empty(2 * links, np.int64)
    for arc in range(2 * links):
        tail = head[arc ^ 1]
        out[place[tail]] = arc
        place[tail] += 1
    return start, out, head


@part
def heap_push(keys: Ints, items: Ints, size: int, key: int, item: int) -> int:
    """Add an item to a binary min-heap held in two arrays; give the new size."""
    at = size
    while at > 0:
        parent = (at - 1) >> 1
        if keys[parent] <= key:
            break
        keys[at] = keys[parent]
        items[at] = items[parent]
        at = parent
    keys[at] = key
    items[at] = item
    return size + 1


@part
def heap_pop(keys: Ints, items: Ints, size: int) -> int:
    """Drop the smallest item of a heap (the caller has read it at 0); give the new size."""
    size -= 1
    key = keys[size]
    item = items[size]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[at] = keys[child]
        items[at] = items[child]
        at = child
    keys[at] = key
    items[at] = item
    return size


@kernel
def shortest(
    graph: Graph, weight: Ints, graph_of: Ints, sink_start: Ints, sinks: Ints
) -> tuple[Ints, Ints]:
    """Find every node's distance to each commodity's sinks and its number of next hops.

    Dijkstra from the sinks; a node with one link only is never on the way of another, so it
    gets its distance without a turn in the heap (nine of ten nodes of a district).

    Parameters
    ----------
    weight, graph_of
        As in ``Trees``.
    sink_start, sinks
        Commodity c ends at nodes ``sinks[sink_start[c]:sink_start[c + 1]]``.

    Returns
    -------
    distance, hops
        Shape (commodities, n).
    """
    start, out, head = graph
    nodes = start.size - 1
    commodities = graph_of.size
    distance = np.full((commodities, nodes), FAR, np.int64)
    hops = np.zeros((commodities, nodes), np.int64)
    keys = np.empty(out.size + nodes + 1, np.int64)
    items = np.empty(out.size + nodes + 1, np.int64)
    for commodity in range(commodities):
        cost = weight[graph_of[commodity]]
        far = distance[commodity]
        count = hops[commodity]
        size = 0
        for k in range(sink_start[commodity], sink_start[commodity + 1]):
            far[sinks[k]] = 0
            size = heap_push(keys, items, size, 0, sinks[k])
        while size > 0:
            key = keys[0]
            node = items[0]
            size = heap_pop(keys, items, size)
            if key > far[node]:
                continue
            for k in range(start[node], start[node + 1]):
                arc = out[k]
                step = cost[arc >> 1]
                if step < 0:
                    continue
                user = head[arc]
                length = key + step
                if length < far[user]:
                    far[user] = length
                    count[user] = 1
                    if start[user + 1] - start[user] > 1:
                        size = heap_push(keys, items, size, length, user)
                elif length == far[user]:
                    count[user] += 1
    return distance, hops


@part
def _discover(job: Job, walk: Walk, table: Table, row: int) -> tuple[int, int]:
    """Find the nodes on a row's ways and count each one's feeders.

    A node with one link only is on nobody else's way: it passes on what it enters at once.

    Returns
    -------
    seen, filled
        How many nodes wait in ``walk.order``, and how far the table is filled.
    """
    graph, trees, _, rows = job
    commodity = job.row_commodity[row]
    cost = trees.weight[trees.graph_of[commodity]]
    far = trees.distance[commodity]
    filled = table.start[row]
    seen = 0
    for k in range(rows.start[row], rows.start[row + 1]):
        node = rows.node[k]
        amount = rows.amount[k]
        if far[node] > 0 and graph.start[node + 1] - graph.start[node] == 1:
            arc = graph.out[graph.start[node]]
            table.column[filled] = graph.out.size + node
            table.column[filled + 1] = arc
            table.amount[filled] = table.amount[filled + 1] = amount
            filled += 2
            node = graph.head[arc]
        walk.amount[node] += amount
        if not walk.found[node]:
            walk.found[node] = True
            walk.order[seen] = node
            seen += 1
    at = 0
    while at < seen:
        node = walk.order[at]
        at += 1
        if far[node] == 0:
            continue
        for k in range(graph.start[node], graph.start[node + 1]):
            step = cost[graph.out[k] >> 1]
            target = graph.head[graph.out[k]]
            if step < 0 or far[target] + step != far[node]:
                continue
            walk.feeders[target] += 1
            if not walk.found[target]:
                walk.found[target] = True
                walk.order[seen] = target
                seen += 1
    return seen, filled


@part
def _pass_on(job: Job, walk: Walk, table: Table, row: int, seen: int, filled: int) -> None:
    """Let every found node pass on what it has once its last feeder has; leave the walk clean."""
    graph, trees, _, _ = job
    commodity = job.row_commodity[row]
    cost = trees.weight[trees.graph_of[commodity]]
    far = trees.distance[commodity]
    ready = 0
    for k in range(seen):
        if walk.feeders[walk.order[k]] == 0:
            walk.ready[ready] = walk.order[k]
            ready += 1
    at = 0
    while at < ready:
        node = walk.ready[at]
        at += 1
        table.column[filled] = graph.out.size + node
        table.amount[filled] = walk.amount[node]
        filled += 1
        if far[node] > 0:
            share = walk.amount[node] / trees.hops[commodity, node]
            for k in range(graph.start[node], graph.start[node + 1]):
                arc = graph.out[k]
                step = cost[arc >> 1]
                target = graph.head[arc]
                if step < 0 or far[target] + step != far[node]:
                    continue
                table.column[filled] = arc
                table.amount[filled] = share
                filled += 1
                walk.amount[target] += share
                walk.feeders[target] -= 1
                if walk.feeders[target] == 0:
                    walk.ready[ready] = target
                    ready += 1
        walk.amount[node] = 0.0
        walk.found[node] = False
    table.start[row + 1] = filled


@kernel
def push(job: Job) -> Table:
    """Send what each row enters to its commodity's sinks, split equally at every node.

    Per row only the nodes on its ways are visited: first all of them are found and each one's
    feeders counted, then a node passes its traffic on once its last feeder has.

    Parameters
    ----------
    job
        Nodes that reach no sink must not enter anything, others once per row.

    Returns
    -------
    table
        Amount on each arc toward the sink, then through each node.
    """
    nodes = job.graph.start.size - 1
    widest = job.graph.out.size + nodes
    walk = Walk(
        np.zeros(nodes, np.float64),
        np.zeros(nodes, np.int64),
        np.zeros(nodes, np.bool_),
        np.empty(nodes, np.int64),
        np.empty(nodes, np.int64),
    )
    start = np.zeros(job.row_commodity.size + 1, np.int64)
    column = np.empty(4 * job.rows.node.size + widest, np.int64)
    amount = np.empty(column.size, np.float64)
    for row in range(job.row_commodity.size):
        filled = start[row]
        if filled + widest > column.size:
            wider = np.empty(2 * column.size, np.int64)
            wider[:filled] = column[:filled]
            longer = np.empty(wider.size, np.float64)
            longer[:filled] = amount[:filled]
            column, amount = wider, longer
        table = Table(start, column, amount)
        seen, filled = _discover(job, walk, table, row)
        _pass_on(job, walk, table, row, seen, filled)
    filled = start[-1]
    return Table(start, column[:filled], amount[:filled])
