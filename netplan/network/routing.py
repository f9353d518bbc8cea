"""Least-cost routing hop by hop, with equal-cost ways split equally at every node."""

import numpy as np
from scipy.sparse import csr_array

from netplan.load.model import Floats
from netplan.network.model import Ints, Network, Routes
from netplan.network.paths import Job, Table, push
from netplan.network.traffic import Outage, Traffic, matrix, plan, sums, without

#: Destinations of a demand matrix that are held in memory at a time.
CHUNK = 256


def route(network: Network, *, failed: Outage | None = None) -> Routes:
    """Route every school's traffic to where each flow ends.

    Parameters
    ----------
    failed
        Links and nodes that are down together; backup links then carry what has no primary
        way left. None: the intact network, in which they carry nothing.
    """
    traffic = plan(network)
    if failed is not None:
        traffic = without(network, traffic, failed)
    return routes_of(network, traffic, pushed(traffic))


def routes_of(network: Network, traffic: Traffic, routed: Table) -> Routes:
    """Sort what was pushed by flow; see ``route``."""
    start, columns, shares = routed
    width = 2 * len(network.link_ids) + len(network.node_ids)
    share = []
    for at in traffic.flow_rows:
        if not at.size or at[0] + at.size - 1 == at[-1]:
            first, last = (int(at[0]), int(at[-1]) + 1) if at.size else (0, 0)
            cut = slice(start[first], start[last])
            part = (shares[cut], columns[cut], start[first : last + 1] - start[first])
        else:
            # one row that all schools share
            cut = slice(start[at[0]], start[at[0] + 1])
            size = cut.stop - cut.start
            part = (
                np.tile(shares[cut], at.size),
                np.tile(columns[cut], at.size),
                np.arange(at.size + 1) * size,
            )
        share.append(csr_array(part, shape=(at.size, width)))
    lost = np.stack([traffic.lost[at] for at in traffic.flow_rows], axis=1)
    # a sum of shares that is 1 but for rounding is 1
    lost[lost > 1.0 - 1e-9] = 1.0
    lost.setflags(write=False)
    return Routes(share=tuple(share), lost_share=lost)


def ecmp_loads(network: Network, source: Ints, target: Ints, mbps: Floats) -> tuple[Floats, Floats]:
    """Load the arcs with a matrix of demands between nodes.

    Demands are aggregated by destination, so that cost grows with the number of destinations
    and not with the number of demands.

    Parameters
    ----------
    source, target
        Shape (demands,): node rows.
    mbps
        Shape (demands,), Mbps.

    Returns
    -------
    load_mbps
        Shape (2 m,): arc 2i is link i from a to b, arc 2i+1 from b to a.
    lost_mbps
        Shape (n,): demands toward each node that find no way.
    """
    arcs, nodes = 2 * len(network.link_ids), len(network.node_ids)
    load, lost = np.zeros(arcs + nodes), np.zeros(nodes)
    ends = np.unique(target)
    for at in range(0, ends.size, CHUNK):
        chunk = ends[at : at + CHUNK]
        pick: slice | Ints = slice(None)
        if ends.size > CHUNK:
            pick = np.flatnonzero((target >= chunk[0]) & (target <= chunk[-1]))
        traffic = matrix(network, source[pick], target[pick], mbps[pick])
        table = pushed(traffic)
        load += sums(table.column, table.amount, arcs + nodes)
        lost[traffic.sinks] += traffic.lost
    return load[:arcs], lost


def pushed(traffic: Traffic) -> Table:
    """Push every row of traffic down its shortest ways."""
    return push(Job(traffic.graph, traffic.trees, traffic.row_commodity, traffic.rows))
