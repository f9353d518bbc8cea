"""Commodities: who sends to which sinks over which links, and the shortest ways there.

A commodity is a set of sinks and the links it may use. A district has a handful of them (the
internet, the data center, the buildings' caches), with one row of traffic per school; a matrix
of demands has one per destination, with one row. The kernels serve both.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from netplan.errors import InputError, Problem
from netplan.load.model import FLOWS, Floats
from netplan.network.model import Ints, Network
from netplan.network.paths import FAR, Graph, Rows, Trees, group_arcs, shortest

INTERNET, DATACENTER, CACHE, TUNNEL = range(len(FLOWS))
#: Rows of ``Trees.weight``: every link, or only those with both ends in one school.
ANYWHERE, INSIDE = 0, 1
#: Off-campus traffic comes back in at the nodes of the first of these kinds that exists.
TUNNEL_KINDS = ("filter", "firewall", "datacenter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Everything routing needs to know, for the intact network.

    Parameters
    ----------
    graph
        Arcs by the node they leave.
    sink_start, sinks
        Commodity c ends at ``sinks[sink_start[c]:sink_start[c + 1]]``.
    trees
        Shortest ways of every commodity.
    step
        A node at this distance or farther has no way over primary links only.
    row_commodity
        Shape (rows,).
    rows
        What each row sends, where it has a primary way.
    lost
        Shape (rows,): amount that has none; it stays lost whatever else fails, because backup
        links stand in for primary ones and do not connect what has none.
    flow_rows
        Per FLOW the rows that carry it, shape (s,): several schools may share one row.
    """

    graph: Graph
    sink_start: Ints
    sinks: Ints
    trees: Trees
    step: int
    row_commodity: Ints
    rows: Rows
    lost: Floats
    flow_rows: tuple[Ints, ...]


class Outage(NamedTuple):
    """Links and nodes that are down together, as rows of the network."""

    links: Ints
    nodes: Ints


def graph_of(network: Network) -> Graph:
    """Group the network's arcs by the node they leave."""
    return Graph(*group_arcs(network.link_a, network.link_b, len(network.node_ids)))


def weights(network: Network) -> tuple[Ints, int]:
    """Give each link's weight and the step that one backup link adds.

    The step is more than any way over primary links can cost, so that the cheapest way is the
    one with the fewest backup links, and among those the one of least cost.

    Raises
    ------
    InputError
        Costs so far apart that their sums do not fit 62 bits.
    """
    cost, backup = network.cost_micro, network.backup
    if not cost.size:
        return cost.copy(), FAR
    unit = int(np.gcd.reduce(cost))
    weight = cost // unit
    # in exact integers: a way passes no link twice and no node twice
    heaviest = int(weight.max())
    fits = heaviest * weight.size < FAR
    total = int(weight.sum()) if fits else sum(weight.tolist())
    longest = min(total, heaviest * (len(network.node_ids) - 1))
    standby = min(int(backup.sum()), len(network.node_ids) - 1)
    step = longest + 1
    if step * (standby + 1) >= FAR:
        worst = int(np.argmax(cost))
        raise InputError(
            [
                Problem(
                    code="cost-range",
                    file="links.csv",
                    column="cost",
                    value=f"{cost[worst] / 1e6:g} ({network.link_ids[worst]})",
                    message="costs are too far apart to add up exactly",
                    expected="costs between 0.000001 and 1000000",
                    fix="Scale the costs down; only their ratios matter.",
                )
            ]
        )
    if not standby:
        return weight, FAR
    return np.where(backup, weight + step, weight), step


def plan(network: Network) -> Traffic:
    """Say who sends what where in a district, and find the shortest ways.

    - internet: to the nearest node of kind internet.
    - datacenter: to the nearest node of kind datacenter; none: to the internet.
    - cache: to the school's own head nodes, inside the building where every entry node finds
      such a way, else over the whole network.
    - tunnel: from the filters evenly to the internet; no filter: from the firewalls, else
      from the data center, else nowhere.

    A backup link that is someone's only way carries nothing: that share is lost.
    """
    graph = graph_of(network)
    weight, step = weights(network)
    of_kind = nodes_of_kinds(network, ("internet", "mdf", *TUNNEL_KINDS))
    schools = np.arange(len(network.school_ids))
    entry = Rows(
        network.entry.indptr.astype(np.int64),
        network.entry.indices.astype(np.int64),
        network.entry.data,
    )
    school_a = network.node_school[network.link_a]
    inside = (school_a >= 0) & (school_a == network.node_school[network.link_b])
    both = np.stack([weight, np.where(inside, weight, -1)])

    ends = [of_kind["internet"]]
    blocks = [(np.full(schools.size, INTERNET), entry)]
    if of_kind["datacenter"].size:
        ends.append(of_kind["datacenter"])
        blocks.append((np.full(schools.size, DATACENTER), entry))
    trees = [_trees(graph, both, ANYWHERE, ends)]

    heads = head_nodes(network, of_kind["mdf"], trees[0].distance[0])
    trees.append(_trees(graph, both, INSIDE, [heads]))
    entry_school = np.repeat(schools, np.diff(entry.start))
    apart = np.unique(entry_school[trees[1].distance[0, entry.node] >= step])
    cache = np.full(schools.size, len(ends))
    ends.append(heads)
    if apart.size:
        own = [heads[network.node_school[heads] == school] for school in apart]
        trees.append(_trees(graph, both, ANYWHERE, own))
        cache[apart] = len(ends) + np.arange(apart.size)
        ends += own
    blocks.append((cache, entry))

    filters = next((of_kind[kind] for kind in TUNNEL_KINDS if of_kind[kind].size), heads[:0])
    even = np.full(filters.size, 1.0 / max(filters.size, 1))
    blocks.append((np.zeros(1, np.int64), Rows(np.array([0, filters.size]), filters, even)))

    ways = Trees(
        both,
        np.concatenate([tree.graph_of for tree in trees]),
        np.concatenate([tree.distance for tree in trees]),
        np.concatenate([tree.hops for tree in trees]),
    )
    row_commodity = np.concatenate([commodity for commodity, _ in blocks])
    rows, lost = reachable(_stacked([rows for _, rows in blocks]), row_commodity, ways, step)
    last = row_commodity.size - 1
    return Traffic(
        graph=graph,
        sink_start=_starts([nodes.size for nodes in ends]),
        sinks=np.concatenate(ends),
        trees=ways,
        step=step,
        row_commodity=row_commodity,
        rows=rows,
        lost=lost,
        # with no data center the first two are the same rows
        flow_rows=(
            schools,
            schools + last - 2 * schools.size,
            schools + last - schools.size,
            np.full(schools.size, last),
        ),
    )


def nodes_of_kinds(network: Network, kinds: Iterable[str]) -> dict[str, Ints]:
    """List the nodes of each of some kinds, in order."""
    found: dict[str, list[int]] = {kind: [] for kind in kinds}
    for node, kind in enumerate(network.node_kinds):
        if kind in found:
            found[kind].append(node)
    return {kind: np.array(nodes, np.int64) for kind, nodes in found.items()}


def head_nodes(network: Network, mdfs: Ints, distance: Ints) -> Ints:
    """Give every school's head nodes: its mdf, else its own nodes nearest the internet.

    Parameters
    ----------
    mdfs
        Nodes of kind mdf.
    distance
        Shape (n,): of each node to the internet.
    """
    school = network.node_school
    own = np.flatnonzero(school >= 0)
    # an mdf comes before any distance
    rank = distance.copy()
    rank[mdfs] = -1
    rank = rank[own]
    best = np.full(len(network.school_ids), FAR)
    np.minimum.at(best, school[own], rank)
    heads: Ints = own[rank == best[school[own]]]
    return heads


def internet_heads(network: Network) -> tuple[Ints, Ints]:
    """Give the nodes of kind internet, and every school's head nodes."""
    of_kind = nodes_of_kinds(network, ("internet", "mdf"))
    internet, mdfs = of_kind["internet"], of_kind["mdf"]
    own = np.flatnonzero(network.node_school >= 0)
    served = np.zeros(len(network.school_ids), np.bool_)
    served[network.node_school[mdfs[network.node_school[mdfs] >= 0]]] = True
    distance = np.zeros(network.node_school.size, np.int64)
    if not served[network.node_school[own]].all():
        # distances matter only to schools without an mdf
        weight, _ = weights(network)
        distance = _trees(graph_of(network), weight[None, :], ANYWHERE, [internet]).distance[0]
    return internet, head_nodes(network, mdfs, distance)


def reachable(rows: Rows, row_commodity: Ints, trees: Trees, limit: int) -> tuple[Rows, Floats]:
    """Keep what enters at nodes nearer than a limit; give it and the amount lost per row."""
    sizes = np.diff(rows.start)
    far = trees.distance[np.repeat(row_commodity, sizes), rows.node]
    # the kernels count on it that whatever enters is more than nothing
    keep = (far < limit) & (rows.amount > 0.0)
    if keep.all():
        return rows, np.zeros(row_commodity.size)
    row = np.repeat(np.arange(row_commodity.size), sizes)
    lost = sums(row[~keep], rows.amount[~keep], row_commodity.size)
    start = _starts(np.bincount(row[keep], minlength=row_commodity.size))
    return Rows(start, rows.node[keep], rows.amount[keep]), lost


def matrix(network: Network, source: Ints, target: Ints, mbps: Floats) -> Traffic:
    """Aggregate demands between nodes: one commodity and one row per destination.

    Parameters
    ----------
    source, target
        Shape (demands,): node rows.
    mbps
        Shape (demands,), Mbps.
    """
    graph = graph_of(network)
    weight, step = weights(network)
    ends, row = np.unique(target, return_inverse=True)
    nodes = len(network.node_ids)
    cell, place = np.unique(row * nodes + source, return_inverse=True)
    amount = sums(place, mbps, cell.size)
    start = _starts(np.bincount(cell // nodes, minlength=ends.size))
    trees = _trees(graph, weight[None, :], ANYWHERE, [np.array([end]) for end in ends])
    commodity = np.arange(ends.size)
    rows, lost = reachable(Rows(start, cell % nodes, amount), commodity, trees, step)
    return Traffic(
        graph=graph,
        sink_start=np.arange(ends.size + 1),
        sinks=ends,
        trees=trees,
        step=step,
        row_commodity=commodity,
        rows=rows,
        lost=lost,
        flow_rows=(),
    )


def without(network: Network, traffic: Traffic, outage: Outage) -> Traffic:
    """Give the same traffic over the network without some links and nodes.

    What enters at a failed node is lost, and a failed sink is none; who sends where stays as
    the intact network has it.
    """
    down = np.zeros(len(network.node_ids), np.bool_)
    down[outage.nodes] = True
    closed = down[network.link_a] | down[network.link_b]
    closed[outage.links] = True
    weight = np.where(closed, -1, traffic.trees.weight)
    alive = ~down[traffic.sinks]
    commodity = np.repeat(np.arange(traffic.sink_start.size - 1), np.diff(traffic.sink_start))
    sinks = traffic.sinks[alive]
    sink_start = _starts(np.bincount(commodity[alive], minlength=traffic.sink_start.size - 1))
    graph_row = traffic.trees.graph_of
    found = shortest(traffic.graph, weight, graph_row, sink_start, sinks)
    trees = Trees(weight, graph_row, *found)
    rows, lost = reachable(traffic.rows, traffic.row_commodity, trees, FAR)
    return replace(
        traffic,
        sink_start=sink_start,
        sinks=sinks,
        trees=trees,
        rows=rows,
        lost=traffic.lost + lost,
    )


def sums(group: Ints, amount: Floats, groups: int) -> Floats:
    """Add up the amounts of each group."""
    return np.asarray(np.bincount(group, amount, minlength=groups), np.float64)


def _trees(graph: Graph, weight: Ints, row: int, ends: list[Ints]) -> Trees:
    """Find the shortest ways to each of several sets of sinks over one row of weights."""
    graph_row = np.full(len(ends), row)
    sink_start = _starts([nodes.size for nodes in ends])
    found = shortest(graph, weight, graph_row, sink_start, np.concatenate(ends))
    return Trees(weight, graph_row, *found)


def _stacked(blocks: list[Rows]) -> Rows:
    """Put rows below each other."""
    starts = [np.zeros(1, np.int64)]
    for block in blocks:
        starts.append(block.start[1:] + starts[-1][-1])
    return Rows(
        np.concatenate(starts),
        np.concatenate([block.node for block in blocks]),
        np.concatenate([block.amount for block in blocks]),
    )


def _starts(sizes: Any) -> Ints:
    """Give where each of consecutive blocks starts, and the end of the last."""
    starts = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    return starts
