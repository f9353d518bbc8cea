"""What could reach each school at best: largest flow and disjoint ways, whatever the routing."""

from dataclasses import replace

import numpy as np

from netplan.load.model import Floats
from netplan.network.maxflow import blocks, root_cuts
from netplan.network.model import Cuts, Network
from netplan.network.paths import group_arcs
from netplan.network.traffic import Outage, internet_heads


def without_backups(network: Network) -> Network:
    """Give the network as it is while all is well: backup links carry nothing."""
    capacity = network.capacity_mbps.copy()
    capacity[: len(network.link_ids)][network.backup] = 0.0
    capacity.setflags(write=False)
    return replace(network, capacity_mbps=capacity)


def without_elements(network: Network, down: Outage) -> Network:
    """Give the network with links and nodes that are down: they stay, and carry nothing."""
    closed = np.zeros(len(network.node_ids), np.bool_)
    closed[down.nodes] = True
    dead = closed[network.link_a] | closed[network.link_b]
    dead[down.links] = True
    capacity = network.capacity_mbps.copy()
    capacity[np.concatenate([dead, closed])] = 0.0
    capacity.setflags(write=False)
    return replace(network, capacity_mbps=capacity)


def access_mbps(network: Network) -> float:
    """Give what primary links bring from the internet to the edge of all buildings together, down.

    Lines to the buildings count as endless, unless they come from the internet itself, and so do
    nodes: what is left to limit is the access lines and the transport behind them. Inf = nothing.
    """
    links = len(network.link_ids)
    to_building = (network.node_school[network.link_a] >= 0) | (
        network.node_school[network.link_b] >= 0
    )
    outside = np.array([kind == "internet" for kind in network.node_kinds])
    from_outside = outside[network.link_a] | outside[network.link_b]
    capacity = without_backups(network).capacity_mbps.copy()
    capacity[:links][to_building & ~from_outside & ~network.backup] = np.inf
    capacity[links:] = np.inf
    capacity.setflags(write=False)
    one = np.where(network.node_school >= 0, 0, -1)
    whole = replace(network, capacity_mbps=capacity, node_school=one, school_ids=("all",))
    return float(min_cuts(whole).min_cut_mbps[0])


def min_cuts(network: Network) -> Cuts:
    """Find the min cut and the number of disjoint paths from the internet to every school.

    The flow runs down, from all nodes of kind internet to all of the school's head nodes (its
    mdf, else its own nodes nearest the internet): through a -> b with the capacity down,
    through b -> a with the capacity up, through nodes with their throughput, the first and the
    last ones included. Backup links count as any other. Disjoint paths share no link (however
    many circuits it has) but may share nodes. A school whose head is itself a node of kind
    internet has as many disjoint paths as there are links.
    """
    nodes, links = len(network.node_ids), len(network.link_ids)
    schools = np.arange(len(network.school_ids))
    internet, heads = internet_heads(network)
    # an outer node feeds all internet nodes, and each school drains into a node of its own
    root, drain = nodes, nodes + 1 + schools
    tail = np.concatenate([network.link_a, np.full(internet.size, root), heads])
    end = np.concatenate([network.link_b, internet, drain[network.node_school[heads]]])
    start, out, head = group_arcs(tail, end, nodes + 1 + schools.size)
    edge_block, node_block, top, count = blocks(start, out, head, root)

    def cuts(forth: Floats, back: Floats, through: Floats) -> Floats:
        open_end = np.full(tail.size - links, np.inf)
        wanted = np.zeros(nodes + 1 + schools.size, np.bool_)
        wanted[drain] = True
        found = root_cuts(
            head,
            edge_block,
            node_block,
            top,
            count,
            root,
            wanted,
            np.concatenate([forth, open_end]),
            # nothing leaves a drain, nothing returns to the root
            np.concatenate([back, np.zeros(open_end.size)]),
            np.concatenate([through, np.full(1 + schools.size, np.inf)]),
        )
        return found[drain]

    capacity = network.capacity_mbps
    flow = cuts(capacity[:links, 0], capacity[:links, 1], capacity[links:, 2])
    # what is down is no way, however few circuits a way needs
    works = np.where(capacity.max(axis=1) > 0.0, 1.0, 0.0)
    paths = cuts(works[:links], works[:links], np.where(works[links:] > 0.0, np.inf, 0.0))
    disjoint = np.where(np.isinf(paths), links, paths).astype(np.int64)
    for array in (flow, disjoint):
        array.setflags(write=False)
    return Cuts(min_cut_mbps=flow, disjoint_paths=disjoint)
