"""networkx: one Dijkstra per destination, then flows down its predecessor lists.

The graph is undirected with one cost both ways, so shortest paths *from* the destination give
every node's next hops toward it; ``dist`` comes in the order in which nodes were settled, so
its reverse is the order in which flows are passed on. No per-demand path is ever enumerated.
"""

from collections.abc import Iterable, Iterator

import networkx as nx
import numpy as np

from benchmarks.shapes import Shape

NAME = f"networkx {nx.__version__}"
Floats = np.ndarray


def build(shape: Shape) -> nx.Graph:
    """Make the graph."""
    graph = nx.Graph()
    graph.add_nodes_from(range(shape.nodes))
    graph.add_weighted_edges_from(
        zip(shape.a.tolist(), shape.b.tolist(), shape.cost.tolist(), strict=True), weight="cost"
    )
    return graph


def propagate(
    hops: dict[int, list[int]],
    order: list[int],
    through: dict[int, float],
    out: list[float],
    arcs: dict[tuple[int, int], int],
) -> None:
    """Pass the flows in ``through`` on, farthest node first; add them to ``out``."""
    for node in order:
        flow = through.get(node)
        nexts = hops[node]
        if flow and nexts:
            share = flow / len(nexts)
            for following in nexts:
                out[arcs[node, following]] += share
                through[following] = through.get(following, 0.0) + share


def loads(
    graph: nx.Graph, groups: dict[int, list[tuple[int, int]]], arcs: dict[tuple[int, int], int]
) -> Floats:
    """Route every demand and give the Mbps of each arc."""
    out = [0.0] * len(arcs)
    for target, demands in groups.items():
        hops, dist = nx.dijkstra_predecessor_and_distance(graph, target, weight="cost")
        through: dict[int, float] = {}
        for source, mbps in demands:
            through[source] = through.get(source, 0.0) + mbps
        propagate(hops, list(reversed(dist)), through, out, arcs)
    return np.array(out)


def draws(shape: Shape, volumes: Floats) -> Iterator[Floats]:
    """Find the next hops once, then pass each draw's demands on."""
    arcs, graph = arc_rows(shape), build(shape)
    src, dst = shape.src.tolist(), shape.dst.tolist()
    routes = {
        target: nx.dijkstra_predecessor_and_distance(graph, target, weight="cost")
        for target in set(dst)
    }
    orders = {target: list(reversed(dist)) for target, (_, dist) in routes.items()}
    for volume in volumes:
        out = [0.0] * len(arcs)
        flows: dict[int, dict[int, float]] = {target: {} for target in routes}
        for source, target, mbps in zip(src, dst, volume.tolist(), strict=True):
            flows[target][source] = flows[target].get(source, 0.0) + mbps
        for target, (hops, _) in routes.items():
            propagate(hops, orders[target], flows[target], out, arcs)
        yield np.array(out)


def arc_rows(shape: Shape) -> dict[tuple[int, int], int]:
    """Map (from, to) to the arc's row."""
    rows: dict[tuple[int, int], int] = {}
    for link, (a, b) in enumerate(zip(shape.a.tolist(), shape.b.tolist(), strict=True)):
        rows[a, b] = 2 * link
        rows[b, a] = 2 * link + 1
    return rows


def route(shape: Shape) -> Floats:
    """Build, route, and divide by capacity; give the loads."""
    arcs = arc_rows(shape)
    mbps = loads(build(shape), shape.demands, arcs)
    _utilization = mbps / np.repeat(shape.capacity, 2)
    return mbps


def sweep(shape: Shape, failures: Iterable[int]) -> Iterator[Floats]:
    """Take each link out, route afresh, put it back."""
    graph, arcs, groups = build(shape), arc_rows(shape), shape.demands
    for link in failures:
        a, b = int(shape.a[link]), int(shape.b[link])
        graph.remove_edge(a, b)
        yield loads(graph, groups, arcs)
        graph.add_edge(a, b, cost=int(shape.cost[link]))


def min_cut(shape: Shape, sources: Iterable[int]) -> Iterator[float]:
    """Give each source's min cut, on one directed graph with its residual reused."""
    graph = nx.DiGraph()
    rows = zip(shape.a.tolist(), shape.b.tolist(), shape.capacity.tolist(), strict=True)
    for a, b, capacity in rows:
        graph.add_edge(a, b, capacity=capacity)
        graph.add_edge(b, a, capacity=capacity)
    residual = nx.algorithms.flow.build_residual_network(graph, "capacity")
    for source in sources:
        flow = nx.algorithms.flow.preflow_push(
            graph, source, shape.sink, residual=residual, value_only=True
        )
        yield flow.graph["flow_value"]
