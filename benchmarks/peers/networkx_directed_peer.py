"""networkx as most would model a network: named nodes, a DiGraph, capacity and load on its edges.

Dijkstra from the destination runs on the reversed view. It carries what netplan carries too
(ids, a capacity per direction); the lean module beside it leaves all that out.
"""

import networkx as nx
import numpy as np

from benchmarks.shapes import Shape

NAME = f"networkx {nx.__version__} DiGraph"


def route(shape: Shape) -> np.ndarray:
    """Build, route, and divide by capacity; give the loads."""
    ids = shape.node_ids
    graph = nx.DiGraph()
    graph.add_nodes_from(ids)
    rows = zip(
        *(column.tolist() for column in (shape.a, shape.b, shape.cost, shape.capacity)),
        strict=True,
    )
    for a, b, cost, capacity in rows:
        graph.add_edge(ids[a], ids[b], cost=cost, capacity=capacity, load=0.0)
        graph.add_edge(ids[b], ids[a], cost=cost, capacity=capacity, load=0.0)
    toward = graph.reverse(copy=False)
    for target, demands in shape.demands.items():
        hops, dist = nx.dijkstra_predecessor_and_distance(toward, ids[target], weight="cost")
        through: dict[str, float] = {}
        for source, mbps in demands:
            through[ids[source]] = through.get(ids[source], 0.0) + mbps
        for node in reversed(dist):
            flow, nexts = through.get(node), hops[node]
            if flow and nexts:
                edges, share = graph[node], flow / len(nexts)
                for following in nexts:
                    edges[following]["load"] += share
                    through[following] = through.get(following, 0.0) + share
    _utilization = {
        (a, b): edge["load"] / edge["capacity"] for a, b, edge in graph.edges(data=True)
    }
    return np.array(
        [
            graph[ids[tail]][ids[head]]["load"]
            for a, b in zip(shape.a.tolist(), shape.b.tolist(), strict=True)
            for tail, head in ((a, b), (b, a))
        ]
    )
