"""The district as a networkx graph, for users to look at and build on."""

import networkx as nx

from netplan.district.model import District

_NODE_COLUMNS = ["kind", "school_id", "throughput_mbps", "count", "wifi", "model"]
_LINK_COLUMNS = ["role", "cost", "medium", "service", "shared_risk"]


def topology(district: District) -> "nx.MultiDiGraph[str]":
    """Build the frozen graph of a district.

    A multigraph, since a primary and a backup circuit may join the same two nodes
    (docs/decisions/0004-topology.md). Results are never put on it.

    Returns
    -------
    graph
        Nodes by node_id with the columns of nodes.csv. Each link stands twice, from a to b
        and from b to a, under the key (link_id) and with ``capacity_mbps`` (count circuits
        together) in that direction and ``direction`` ``down`` or ``up``.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(name=district.name)
    nodes = district.table("nodes").set_index("node_id")
    for node, facts in nodes[_NODE_COLUMNS].to_dict("index").items():
        graph.add_node(str(node), **{str(name): value for name, value in facts.items()})
    for link in district.table("links").to_dict("records"):
        about = {column: link[column] for column in _LINK_COLUMNS}
        for start, end, direction in (("a", "b", "down"), ("b", "a", "up")):
            graph.add_edge(
                link[start],
                link[end],
                key=link["link_id"],
                direction=direction,
                capacity_mbps=link[f"{direction}_mbps"] * link["count"],
                **about,
            )
    nx.freeze(graph)
    return graph
