"""Kernels for least-cost distances and for pushing traffic down equal-cost next hops.

Arc ``2 i`` runs along link i from a to b, arc ``2 i + 1`` back; ``arc ^ 1`` is the reverse of an
arc and ``arc >> 1`` its link. Distances run to the nearest of a commodity's sinks, so an arc
u -> v is a next hop exactly when ``distance[u] == distance[v] + weight``.
"""

from typing import NamedTuple

import numpy as np

from netplan.load.model import Floats
from netplan.network.jit import kernel
from netplan.network.model import Ints

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


@kernel
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


@kernel
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


@kernel
def push(
    graph: Graph,
    trees: Trees,
    row_commodity: Ints,
    inject_start: Ints,
    inject_node: Ints,
    inject: Floats,
) -> tuple[Ints, Ints, Floats]:
    """Send what each row injects to its commodity's sinks, split equally at every node.

    Per row only the nodes on its ways are visited: first all of them are found and each one's
    feeders counted, then a node passes its traffic on once its last feeder has.

    Parameters
    ----------
    row_commodity
        Shape (rows,).
    inject_start, inject_node, inject
        csr (rows, n); nodes that reach no sink must not inject.

    Returns
    -------
    row_start, columns, shares
        csr (rows, 2 m + n): amount on each arc toward the sink, then through each node.
    """
    start, out, head = graph
    nodes = start.size - 1
    arcs = out.size
    rows = row_commodity.size
    row_start = np.zeros(rows + 1, np.int64)
    columns = np.empty(4 * inject_node.size + arcs + nodes, np.int64)
    shares = np.empty(columns.size, np.float64)
    amount = np.zeros(nodes, np.float64)
    feeders = np.zeros(nodes, np.int64)
    found = np.zeros(nodes, np.bool_)
    order = np.empty(nodes, np.int64)
    ready = np.empty(nodes, np.int64)
    filled = 0
    for row in range(rows):
        commodity = row_commodity[row]
        cost = trees.weight[trees.graph_of[commodity]]
        far = trees.distance[commodity]
        hops = trees.hops[commodity]
        seen = 0
        for k in range(inject_start[row], inject_start[row + 1]):
            node = inject_node[k]
            if inject[k] > 0.0:
                amount[node] += inject[k]
                if not found[node]:
                    found[node] = True
                    order[seen] = node
                    seen += 1
        at = 0
        while at < seen:
            node = order[at]
            at += 1
            if hops[node] == 0:
                continue
            for k in range(start[node], start[node + 1]):
                arc = out[k]
                step = cost[arc >> 1]
                target = head[arc]
                if step >= 0 and far[target] + step == far[node]:
                    feeders[target] += 1
                    if not found[target]:
                        found[target] = True
                        order[seen] = target
                        seen += 1
        waiting = 0
        for k in range(seen):
            if feeders[order[k]] == 0:
                ready[waiting] = order[k]
                waiting += 1
        if filled + arcs + nodes > columns.size:
            more = 2 * columns.size
            wider = np.empty(more, np.int64)
            wider[:filled] = columns[:filled]
            columns = wider
            longer = np.empty(more, np.float64)
            longer[:filled] = shares[:filled]
            shares = longer
        at = 0
        while at < waiting:
            node = ready[at]
            at += 1
            columns[filled] = arcs + node
            shares[filled] = amount[node]
            filled += 1
            if hops[node] > 0:
                part = amount[node] / hops[node]
                for k in range(start[node], start[node + 1]):
                    arc = out[k]
                    step = cost[arc >> 1]
                    target = head[arc]
                    if step >= 0 and far[target] + step == far[node]:
                        columns[filled] = arc
                        shares[filled] = part
                        filled += 1
                        amount[target] += part
                        feeders[target] -= 1
                        if feeders[target] == 0:
                            ready[waiting] = target
                            waiting += 1
            amount[node] = 0.0
            found[node] = False
        row_start[row + 1] = filled
    return row_start, columns[:filled].copy(), shares[:filled].copy()
