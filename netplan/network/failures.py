"""Every single failure: who is cut off, and which elements are loaded more."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from netplan.load.model import Floats, Load
from netplan.network.model import (
    DemandFailures,
    Failures,
    Ints,
    Network,
    Routes,
    Utilization,
)
from netplan.network.paths import Table
from netplan.network.reroute import Base, Work
from netplan.network.routing import pushed, route, routes_of
from netplan.network.sweep import Elements, Events, Found, Options, Study, users
from netplan.network.sweep import sweep as run
from netplan.network.traffic import (
    CACHE,
    DATACENTER,
    INTERNET,
    TUNNEL,
    Outage,
    Traffic,
    matrix,
    plan,
    sums,
    without,
)
from netplan.network.utilization import PlanningRule, quantile, utilize

KINDS = ("link", "node", "risk_group")
#: Least size of the buffers that a kernel fills before Python takes them over.
BUFFER = 65_536


def outage(network: Network, kind: str, name: str) -> Outage:
    """Say what goes down together when a link, a node or a shared-risk group fails.

    Raises
    ------
    KeyError
        The network has nothing of that kind and name.
    """
    none = np.empty(0, np.int64)
    if kind == "risk_group":
        return Outage(network.risk_groups[name], none)
    ids = network.link_ids if kind == "link" else network.node_ids
    if name not in ids:
        raise KeyError(name)
    row = np.array([ids.index(name)])
    return Outage(row, none) if kind == "link" else Outage(none, row)


def outages(network: Network, names: Sequence[str]) -> Outage:
    """Say what goes down together when several links, nodes and shared-risk groups fail at once.

    Raises
    ------
    KeyError
        The network has nothing of a name.
    """
    found = []
    for name in names:
        if name in network.risk_groups:
            found.append(outage(network, "risk_group", name))
        else:
            found.append(outage(network, "link" if name in network.link_ids else "node", name))
    return Outage(
        np.unique(np.concatenate([one.links for one in found])),
        np.unique(np.concatenate([one.nodes for one in found])),
    )


def failed_utilization(
    network: Network, load: Load, planning: PlanningRule, kind: str, name: str
) -> tuple[Routes, Utilization]:
    """Route everything afresh under one failure and give all loads.

    Parameters
    ----------
    kind, name
        ``link``, ``node`` or ``risk_group``, and its id.
    """
    routes = route(network, failed=outage(network, kind, name))
    return routes, utilize(network, routes, load, planning)


def sweep(
    network: Network,
    load: Load,
    planning: PlanningRule,
    *,
    floor_share: float = 0.0,
    kinds: Sequence[str] = KINDS,
    before: Utilization | None = None,
    down: Outage | None = None,
) -> Failures:
    """Let every link, node and shared-risk group fail alone.

    What enters where and which sinks count is as in the intact network: traffic of a failed
    node is lost, a failed sink takes none, and backup links carry what has no primary way left.

    Parameters
    ----------
    floor_share
        Rises to less than this utilization are left out.
    kinds
        Which failures to run, some of KINDS.
    before
        ``utilize`` of the same arguments, where the caller has it.
    down
        What is down already, before anything else fails.

    Returns
    -------
    failures
        In the order of ``kinds``, each by id.
    """
    traffic = plan(network)
    if down is not None:
        traffic = without(network, traffic, down)
    routed = pushed(traffic)
    if before is None:
        before = utilize(network, routes_of(network, traffic, routed), load, planning)
    mean, var = _row_moments(traffic, load)
    options = Options(
        z=quantile(planning),
        common_mode_cv=planning.common_mode_cv,
        floor_share=floor_share,
        two_way=True,
        spread=bool(var.any()),
        with_nodes=True,
    )
    elements = Elements(before.mean_mbps, before.var_mbps2, before.load_mbps, network.capacity_mbps)
    events, failed, names = _events(network, kinds)
    schools = len(network.school_ids)
    # losses are told of internet rows, and of data-center rows where there are any of their own
    told = int(traffic.flow_rows[DATACENTER].max(initial=-1)) + 1
    base = _base(traffic, routed, mean, var, told)
    study = Study(base, elements, events, options)
    lost_failure, row, lost, failure, slot, period, rise, share = _run(study)
    arcs = 2 * len(network.link_ids)
    unserved = traffic.lost[:told]
    total = unserved[row] + lost
    # a sum of shares that is 1 but for rounding is 1
    total[total > 1.0 - 1e-9] = 1.0
    return Failures(
        failed=failed,
        kinds=names,
        base_lost_share=np.where(unserved > 1.0 - 1e-9, 1.0, unserved)[:schools],
        lost_failure=lost_failure[row < schools],
        lost_school=row[row < schools],
        lost_share=total[row < schools],
        datacenter_failure=lost_failure[row >= schools],
        datacenter_school=row[row >= schools] - schools,
        datacenter_lost_share=total[row >= schools],
        rise_failure=failure,
        rise_element=np.where(slot < arcs, slot >> 1, slot - (arcs >> 1)),
        rise_direction=np.where(slot < arcs, slot & 1, 2),
        rise_period=period,
        rise_load_mbps=rise,
        rise_utilization_share=share,
    )


def sweep_demands(
    network: Network,
    source: Ints,
    target: Ints,
    mbps: Floats,
    *,
    kinds: Sequence[str] = ("link",),
) -> DemandFailures:
    """Let every link (node, shared-risk group) fail alone under a matrix of demands.

    Parameters
    ----------
    source, target
        Shape (demands,): node rows.
    mbps
        Shape (demands,), Mbps.
    """
    traffic = matrix(network, source, target, mbps)
    routed = pushed(traffic)
    links, rows = len(network.link_ids), traffic.row_commodity.size
    carried = sums(routed.column, routed.amount, 2 * links)
    load = np.zeros((links, 1, 3))
    load[:, 0, 0], load[:, 0, 1] = carried[0 : 2 * links : 2], carried[1 : 2 * links : 2]
    # read-only as a Utilization's, so that one compiled kernel serves both sweeps
    load.setflags(write=False)
    mean = np.zeros((rows, 1, 3))
    mean[:, :, 1] = 1.0
    options = Options(
        z=0.0,
        common_mode_cv=0.0,
        floor_share=0.0,
        two_way=False,
        spread=False,
        with_nodes=False,
    )
    events, failed, names = _events(network, kinds)
    base = _base(traffic, routed, mean, np.zeros((rows, 1, 3)), rows)
    elements = Elements(load, load, load, network.capacity_mbps)
    study = Study(base, elements, events, options)
    lost_failure, row, lost, failure, slot, _, rise, _ = _run(study)
    return DemandFailures(
        failed=failed,
        kinds=names,
        lost_failure=lost_failure,
        lost_target=traffic.sinks[row],
        lost_mbps=lost,
        rise_failure=failure,
        rise_arc=slot,
        rise_mbps=rise,
    )


def _row_moments(traffic: Traffic, load: Load) -> tuple[Floats, Floats]:
    """Give the moments of each row of traffic, shape (rows, periods, 3)."""
    shape = (traffic.row_commodity.size, len(load.periods), 3)
    both = []
    for moments in (load.mean_mbps, load.var_mbps2):
        rows = np.zeros(shape)
        for flow in (INTERNET, DATACENTER, CACHE, TUNNEL):
            # where several schools or flows share a row, their moments add
            np.add.at(rows, traffic.flow_rows[flow], moments[:, :, flow])
        both.append(rows)
    return both[0], both[1]


def _base(traffic: Traffic, table: Table, mean: Floats, var: Floats, told: int) -> Base:
    """Gather what the kernels read of the intact network.

    Parameters
    ----------
    told
        Losses are told of so many rows, from the first.
    """
    arcs, nodes = traffic.graph.out.size, traffic.graph.start.size - 1
    rows, commodity = traffic.row_commodity.size, traffic.row_commodity
    cells = len(traffic.trees.hops) * nodes
    met = users(table, commodity, arcs // 2, nodes)

    row = np.repeat(np.arange(rows), np.diff(table.start))
    here = table.column >= arcs
    row, node = row[here], table.column[here] - arcs
    via = _by_cell(commodity[row] * nodes + node, row, table.amount[here], cells)

    row = np.repeat(np.arange(rows), np.diff(traffic.rows.start))
    scale = sums(row, traffic.rows.amount, rows)
    row = row[: traffic.rows.start[told]]
    node, amount = traffic.rows.node[: row.size], traffic.rows.amount[: row.size]
    cells = nodes * (int(commodity[:told].max(initial=-1)) + 1)
    enter = _by_cell(commodity[row] * nodes + node, row, amount, cells)
    return Base(
        *traffic.graph,
        *traffic.trees,
        *met,
        via_start=via[0],
        via_row=via[1],
        via_amount=via[2],
        enter_start=enter[0],
        enter_row=enter[1],
        enter_amount=enter[2],
        scale=scale,
        mean=mean,
        var=var,
    )


def _by_cell(cell: Ints, row: Ints, amount: Floats, cells: int) -> tuple[Ints, Ints, Floats]:
    """Turn entries in order of row into csr (cells, rows)."""
    start = np.zeros(cells + 1, np.int64)
    np.cumsum(np.bincount(cell, minlength=cells), out=start[1:])
    order = np.argsort(cell, kind="stable")
    return start, row[order], amount[order]


def _events(
    network: Network, kinds: Sequence[str]
) -> tuple[Events, tuple[str, ...], tuple[str, ...]]:
    """List the failures: what each takes down, its id and its kind."""
    links: list[Ints] = []
    sizes: list[Ints] = []
    nodes: list[Ints] = []
    failed: list[str] = []
    names: list[str] = []
    for kind in kinds:
        if kind == "node":
            ids: Sequence[str] = network.node_ids
            nodes.append(np.arange(len(ids)))
            sizes.append(np.zeros(len(ids), np.int64))
        elif kind == "link":
            ids = network.link_ids
            links.append(np.arange(len(ids)))
            sizes.append(np.ones(len(ids), np.int64))
            nodes.append(np.full(len(ids), -1))
        else:
            ids = tuple(network.risk_groups)
            links += network.risk_groups.values()
            sizes.append(np.array([rows.size for rows in network.risk_groups.values()], np.int64))
            nodes.append(np.full(len(ids), -1))
        failed += ids
        names += [kind] * len(ids)
    none = np.empty(0, np.int64)
    start = np.zeros(len(failed) + 1, np.int64)
    np.cumsum(np.concatenate([*sizes, none]), out=start[1:])
    events = Events(start, np.concatenate([*links, none]), np.concatenate([*nodes, none]))
    return events, tuple(failed), tuple(names)


def _run(study: Study) -> tuple[Any, ...]:
    """Run the kernel in as many pieces as its buffers need and put the pieces together.

    Returns
    -------
    fields
        All of ``Found`` but the last.
    """
    work = _work(study.base, study.options)
    losses = max(BUFFER, 2 * work.lost.size)
    rises = max(BUFFER, 2 * work.place.size)
    found = Found(
        lost_failure=np.empty(losses, np.int64),
        lost_row=np.empty(losses, np.int64),
        lost=np.empty(losses),
        rise_failure=np.empty(rises, np.int64),
        rise_slot=np.empty(rises, np.int64),
        rise_period=np.empty(rises, np.int64),
        rise_load=np.empty(rises),
        rise_share=np.empty(rises),
        filled=np.zeros(2, np.int64),
    )
    pieces: list[list[Any]] = [[array[:0]] for array in found[:-1]]
    at = 0
    while at < study.events.node.size:
        at = run(study, work, found, at)
        sizes = found.filled[[0, 0, 0, 1, 1, 1, 1, 1]]
        for piece, array, size in zip(pieces, found[:-1], sizes, strict=True):
            piece.append(array[:size].copy())
    return tuple(np.concatenate(piece) for piece in pieces)


def _work(base: Base, options: Options) -> Work:
    """Make clean scratch arrays; those that are lists need not be."""
    arcs, nodes, rows = base.head.size, base.start.size - 1, base.scale.size
    via = base.via_row.size
    slots = arcs + nodes if options.with_nodes else arcs
    periods, commodities = base.mean.shape[1], base.graph_of.size

    def ints(size: int) -> Ints:
        return np.zeros(size, np.int64)

    return Work(
        size=ints(9),
        removed=np.zeros(arcs >> 1, np.bool_),
        gone=ints(nodes),
        state=ints(nodes),
        touched=ints(nodes),
        affected=ints(nodes),
        far=ints(nodes),
        hops=ints(nodes),
        keys=ints(arcs + nodes + 1),
        items=ints(arcs + nodes + 1),
        first=np.full(rows, -1),
        following=ints(via),
        link_node=ints(via),
        link_amount=np.zeros(via),
        rows=ints(rows),
        old=np.zeros(nodes),
        node_delta=np.zeros(nodes),
        node_seen=np.zeros(nodes, np.bool_),
        nodes=ints(nodes),
        arc_delta=np.zeros(arcs),
        arc_seen=np.zeros(arcs, np.bool_),
        arcs=ints(arcs),
        place=np.full(slots, -1),
        slots=ints(slots),
        mean=np.zeros((slots, periods)),
        var=np.zeros((slots, periods)),
        lost=np.zeros(rows),
        losers=ints(rows),
        stamp=np.full(commodities, -1),
        met=ints(commodities),
    )
