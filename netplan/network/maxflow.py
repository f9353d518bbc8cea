"""Kernels for maximum flows from one root to many targets.

Whatever flows from the root to a node passes every cut vertex between them, so the largest flow
is the least of the largest flows from cut vertex to cut vertex, each inside one block
(biconnected component). In a district nearly all blocks are single links; only the small ones
that hold rings need a flow algorithm (Dinic's).
"""

import numpy as np

from netplan.load.model import Floats
from netplan.network.jit import kernel
from netplan.network.model import Bools, Ints


@kernel
def blocks(start: Ints, out: Ints, head: Ints, root: int) -> tuple[Ints, Ints, Ints, int]:
    """Split what hangs together with the root into blocks (Hopcroft and Tarjan 1973).

    Parameters
    ----------
    start, out, head
        As in ``Graph``; parallel edges are allowed.

    Returns
    -------
    edge_block
        Shape (edges,): block of each edge, -1 = not reached, or a loop.
    node_block
        Shape (n,): the block that leads from a node toward the root, -1 = none.
    top
        Shape (n,): first ``count`` entries: each block's node nearest the root. A block comes
        after all blocks that hang below it.
    count
        Number of blocks.
    """
    nodes = start.size - 1
    edge_block = np.full(out.size >> 1, -1, np.int64)
    node_block = np.full(nodes, -1, np.int64)
    top = np.empty(nodes, np.int64)
    found = np.full(nodes, -1, np.int64)
    low = np.empty(nodes, np.int64)
    place = start[:-1].copy()
    came_by = np.full(nodes, -1, np.int64)
    path = np.empty(nodes, np.int64)
    waiting = np.empty(out.size >> 1, np.int64)
    used = np.zeros(out.size >> 1, np.bool_)
    depth = 1
    path[0] = root
    found[root] = low[root] = 0
    clock = 1
    edges = 0
    count = 0
    while depth > 0:
        node = path[depth - 1]
        if place[node] < start[node + 1]:
            arc = out[place[node]]
            place[node] += 1
            other = head[arc]
            if used[arc >> 1] or other == node:
                continue
            used[arc >> 1] = True
            waiting[edges] = arc >> 1
            edges += 1
            if found[other] < 0:
                found[other] = low[other] = clock
                clock += 1
                came_by[other] = arc >> 1
                path[depth] = other
                depth += 1
            else:
                low[node] = min(low[node], found[other])
            continue
        depth -= 1
        if depth == 0:
            break
        above = path[depth - 1]
        low[above] = min(low[above], low[node])
        if low[node] >= found[above]:
            while True:
                edges -= 1
                edge = waiting[edges]
                edge_block[edge] = count
                for end in (head[2 * edge], head[2 * edge + 1]):
                    if end != above:
                        node_block[end] = count
                if edge == came_by[node]:
                    break
            top[count] = above
            count += 1
    return edge_block, node_block, top, count


@kernel
def dinic(
    start: Ints, out: Ints, head: Ints, residual: Floats, source: int, target: int, limit: float
) -> float:
    """Find the largest flow from source to target, stopping at a limit (Dinic 1970).

    Parameters
    ----------
    residual
        Shape (arcs,): capacities; changed in place. ``arc ^ 1`` is an arc's reverse.

    Returns
    -------
    flow
        inf where some way has no limit at all.
    """
    nodes = start.size - 1
    level = np.empty(nodes, np.int64)
    queue = np.empty(nodes, np.int64)
    place = np.empty(nodes, np.int64)
    path = np.empty(nodes, np.int64)
    flow = 0.0
    while flow < limit:
        level[:] = -1
        level[source] = 0
        queue[0] = source
        at, size = 0, 1
        while at < size and level[target] < 0:
            node = queue[at]
            at += 1
            for k in range(start[node], start[node + 1]):
                arc = out[k]
                if residual[arc] > 0.0 and level[head[arc]] < 0:
                    level[head[arc]] = level[node] + 1
                    queue[size] = head[arc]
                    size += 1
        if level[target] < 0:
            break
        place[:] = start[:-1]
        node = source
        depth = 0
        while flow < limit:
            if node == target:
                amount = limit - flow
                for k in range(depth):
                    amount = min(amount, residual[path[k]])
                if amount == np.inf:
                    return np.inf
                first = depth
                for k in range(depth - 1, -1, -1):
                    residual[path[k]] -= amount
                    residual[path[k] ^ 1] += amount
                    if residual[path[k]] <= 0.0:
                        first = k
                flow += amount
                if first == depth:
                    break
                # go on from the first arc that is full now
                depth = first
                node = head[path[first] ^ 1]
                continue
            moved = False
            while place[node] < start[node + 1]:
                arc = out[place[node]]
                if residual[arc] > 0.0 and level[head[arc]] == level[node] + 1:
                    path[depth] = arc
                    depth += 1
                    node = head[arc]
                    moved = True
                    break
                place[node] += 1
            if not moved:
                if depth == 0:
                    break
                level[node] = -1
                depth -= 1
                node = head[path[depth] ^ 1]
    return flow


@kernel
def _grouped(group: Ints, members: Bools, count: int) -> tuple[Ints, Ints]:
    """List the members of each group: ``items[start[g]:start[g + 1]]``; group -1 is none."""
    start = np.zeros(count + 1, np.int64)
    for item in range(group.size):
        if members[item] and group[item] >= 0:
            start[group[item] + 1] += 1
    for at in range(count):
        start[at + 1] += start[at]
    place = start[:-1].copy()
    items = np.empty(start[count], np.int64)
    for item in range(group.size):
        if members[item] and group[item] >= 0:
            items[place[group[item]]] = item
            place[group[item]] += 1
    return start, items


@kernel
def _flow_graph(
    head: Ints, edges: Ints, inner: Ints, forth: Floats, back: Floats, through: Floats
) -> tuple[Ints, Ints, Ints, Floats, Ints]:
    """Build the graph of one block for a flow: a limited node is an entrance and an exit.

    Parameters
    ----------
    edges
        The block's edges.
    inner
        Shape (n,): all -1; on return each of the block's nodes' entrance. Its exit is the
        next number where the node has a limit, else the same.

    Returns
    -------
    start, out, heads, room
        Arguments of ``dinic``.
    names
        The block's nodes.
    """
    names = np.empty(edges.size + 1, np.int64)
    size = 0
    count = 0
    for edge in edges:
        for end in (head[2 * edge], head[2 * edge + 1]):
            if inner[end] < 0:
                inner[end] = size
                names[count] = end
                size += 1 if through[end] == np.inf else 2
                count += 1
    arcs = 4 * edges.size + 2 * (size - count)
    heads = np.empty(arcs, np.int64)
    room = np.zeros(arcs)
    at = 0
    for edge in edges:
        one, two = head[2 * edge + 1], head[2 * edge]
        for tail, end, capacity in ((one, two, forth[edge]), (two, one, back[edge])):
            heads[at] = inner[end]
            heads[at + 1] = inner[tail] + (through[tail] < np.inf)
            room[at] = capacity
            at += 2
    for k in range(count):
        if through[names[k]] < np.inf:
            heads[at] = inner[names[k]] + 1
            heads[at + 1] = inner[names[k]]
            room[at] = through[names[k]]
            at += 2
    tails = np.empty(arcs, np.int64)
    for arc in range(arcs):
        tails[arc] = heads[arc ^ 1]
    start, out = _grouped(tails, np.ones(arcs, np.bool_), size)
    return start, out, heads, room, names[:count]


@kernel
def root_cuts(
    head: Ints,
    edge_block: Ints,
    node_block: Ints,
    top: Ints,
    count: int,
    root: int,
    wanted: Bools,
    forth: Floats,
    back: Floats,
    through: Floats,
) -> Floats:
    """Find the largest flow from the root to each wanted node.

    Parameters
    ----------
    head
        As in ``Graph``: edge e runs from ``head[2 e + 1]`` to ``head[2 e]``.
    edge_block, node_block, top, count
        Given by ``blocks``.
    wanted
        Shape (n,): nodes to find the flow to; the cut vertices on the way are added.
    forth, back
        Shape (edges,): capacity along the edge and against it.
    through
        Shape (n,): what a node itself lets through.

    Returns
    -------
    cut
        Shape (n,): largest flow to each wanted node; 0 where the root does not reach it.
    """
    nodes = node_block.size
    cut = np.zeros(nodes)
    cut[root] = through[root]
    for node in range(nodes):
        at = node
        while wanted[at] and node_block[at] >= 0 and not wanted[top[node_block[at]]]:
            at = top[node_block[at]]
            wanted[at] = True
    edge_start, edges = _grouped(edge_block, np.ones(edge_block.size, np.bool_), count)
    aim_start, aims = _grouped(node_block, wanted, count)
    inner = np.full(nodes, -1, np.int64)
    # from the root down, so that the cut above a block is known
    for block in range(count - 1, -1, -1):
        aimed = aims[aim_start[block] : aim_start[block + 1]]
        if aimed.size == 0:
            continue
        above = top[block]
        members = edges[edge_start[block] : edge_start[block + 1]]
        total = 0.0
        pair = True
        for edge in members:
            one, two = head[2 * edge + 1], head[2 * edge]
            pair &= min(one, two) == min(above, aimed[0]) and max(one, two) == max(above, aimed[0])
            total += forth[edge] if one == above else back[edge]
        if pair:
            # two nodes and the parallel links between them
            cut[aimed[0]] = min(cut[above], total, through[aimed[0]])
            continue
        start, out, heads, room, names = _flow_graph(head, members, inner, forth, back, through)
        origin = inner[above] + (through[above] < np.inf)
        for node in aimed:
            limit = min(cut[above], through[node])
            cut[node] = dinic(start, out, heads, room.copy(), origin, inner[node], limit)
        for node in names:
            inner[node] = -1
    return cut
