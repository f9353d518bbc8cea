"""scipy: csgraph distances to each destination, flows passed on by numpy, hop by hop.

Not a planner that one could install: it is the exact prototype that a numpy user would write,
so the tables call it a prototype and no target is measured against its routing. Its
``maximum_flow`` is a peer like the others.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import scipy
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra, maximum_flow

from benchmarks.shapes import Shape

NAME = f"scipy {scipy.__version__}"
Floats = np.ndarray
Ints = np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arcs:
    nodes: int
    tail: Ints
    head: Ints
    cost: Floats


def _arcs(shape: Shape) -> _Arcs:
    return _Arcs(
        nodes=shape.nodes,
        tail=np.stack((shape.a, shape.b), 1).ravel(),
        head=np.stack((shape.b, shape.a), 1).ravel(),
        cost=np.repeat(shape.cost, 2).astype(float),
    )


def _ways(arcs: _Arcs, alive: np.ndarray, targets: Ints) -> Iterator[tuple[Ints, Floats]]:
    """Give, per target, the arcs on shortest ways to it and the share each takes of its tail."""
    use = np.flatnonzero(alive)
    tail, head, cost = arcs.tail[use], arcs.head[use], arcs.cost[use]
    graph = coo_array((cost, (tail, head)), shape=(arcs.nodes, arcs.nodes)).tocsr()
    for target in targets:
        distance = dijkstra(graph, indices=target)
        on_way = (distance[tail] == distance[head] + cost) & np.isfinite(distance[tail])
        way = use[on_way]
        yield way, 1.0 / np.bincount(tail[on_way], minlength=arcs.nodes)[tail[on_way]]


def _loads(arcs: _Arcs, shape: Shape, alive: np.ndarray) -> Floats:
    out = np.zeros(len(arcs.tail))
    targets, column = np.unique(shape.dst, return_inverse=True)
    for row, (way, split) in enumerate(_ways(arcs, alive, targets)):
        mine = column == row
        flow = np.bincount(shape.src[mine], shape.mbps[mine], minlength=arcs.nodes)
        tail, head = arcs.tail[way], arcs.head[way]
        while flow.any():
            carried = flow[tail] * split
            out[way] += carried
            flow = np.bincount(head, carried, minlength=arcs.nodes)
    return out


def route(shape: Shape) -> Floats:
    """Build, route, and divide by capacity; give the loads."""
    mbps = _loads(_arcs(shape), shape, np.ones(2 * len(shape.a), bool))
    _utilization = mbps / np.repeat(shape.capacity, 2)
    return mbps


def sweep(shape: Shape, failures: Iterable[int]) -> Iterator[Floats]:
    """Take each link out, route afresh, put it back."""
    arcs, alive = _arcs(shape), np.ones(2 * len(shape.a), bool)
    for link in failures:
        alive[2 * link : 2 * link + 2] = False
        yield _loads(arcs, shape, alive)
        alive[2 * link : 2 * link + 2] = True


def draw_all(shape: Shape, volumes: Floats) -> Floats:
    """Find the ways once, then pass a matrix of all draws on; shape (draws, arcs)."""
    arcs = _arcs(shape)
    out = np.zeros((len(volumes), len(arcs.tail)))
    targets, column = np.unique(shape.dst, return_inverse=True)
    ways = _ways(arcs, np.ones(len(arcs.tail), bool), targets)
    for row, (way, split) in enumerate(ways):
        mine = column == row
        tail, head = arcs.tail[way], arcs.head[way]
        onward = coo_array((split, (head, tail)), shape=(arcs.nodes, arcs.nodes)).tocsr()
        demands = int(mine.sum())
        enters = coo_array(
            (np.ones(demands), (shape.src[mine], np.arange(demands))),
            shape=(arcs.nodes, demands),
        ).tocsr()
        flow = enters @ volumes[:, mine].T
        through = np.zeros_like(flow)
        while flow.any():
            through += flow
            flow = onward @ flow
        out[:, way] += (through[tail] * split[:, None]).T
    return out


def min_cut(shape: Shape, sources: Iterable[int]) -> Iterator[float]:
    """Give each source's min cut by ``maximum_flow`` on one int32 csr graph."""
    arcs = _arcs(shape)
    capacity = np.repeat(shape.capacity, 2).astype(np.int32)
    graph = csr_array(coo_array((capacity, (arcs.tail, arcs.head)), shape=(arcs.nodes, arcs.nodes)))
    for source in sources:
        yield float(maximum_flow(graph, source, shape.sink).flow_value)
