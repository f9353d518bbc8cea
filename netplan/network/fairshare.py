"""What every device gets when there is not enough: weighted max-min fair shares."""

from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array, csr_array

from netplan.load.model import Floats, Load, planning_load
from netplan.network.jit import kernel
from netplan.network.model import Bools, FairShares, Ints, Network, Routes
from netplan.network.paths import Table
from netplan.network.traffic import DATACENTER, INTERNET
from netplan.network.utilization import PlanningRule, quantile, table

#: A constraint is full, or a demand met, within this share of it.
CLOSE = 1e-9


class Filled(NamedTuple):
    """What progressive filling gives.

    Parameters
    ----------
    rate_mbps
        Shape (schools,).
    limited_by
        Shape (schools,): the constraint that keeps a school from more, -1 = its demand is met.
    """

    rate_mbps: Floats
    limited_by: Ints


def progressive_filling(
    usage: csr_array, capacity_mbps: Floats, weight: Floats, demand_mbps: Floats
) -> Filled:
    """Let every device's rate rise alike until its demand is met or something it uses is full.

    The result is the max-min fair one: nobody's rate per device can rise but at the cost of
    somebody whose rate per device is no higher (Bertsekas and Gallager 1992, section 6.5.2).

    Parameters
    ----------
    usage
        csr array (constraints, schools), not negative: load on a constraint per Mbps of a school.
    capacity_mbps
        Shape (constraints,).
    weight
        Shape (schools,): devices; a school without any gets nothing.
    demand_mbps
        Shape (schools,): a school's rate never passes it.
    """
    weight, demand = np.asarray(weight, float), np.asarray(demand_mbps, float)
    asking = (weight > 0.0) & (demand > 0.0)
    demand = np.where(asking, demand, 0.0)
    limited = np.full(weight.size, -1)
    # what has room for all demands at once never fills: most constraints, most days
    scarce = np.flatnonzero(usage @ demand > capacity_mbps * (1.0 + CLOSE))
    rate = np.where(asking, demand / np.where(asking, weight, 1.0), 0.0)
    if scarce.size:
        # load per Mbps of every device of a school
        rows = csr_array(usage[scarce].multiply(weight[None, :]))
        rows.eliminate_zeros()
        room = np.asarray(capacity_mbps, float)[scarce]
        rate, full = _fill(table(rows), room, rate, asking)
        limited = np.where(full >= 0, scarce[full], -1)
    return Filled(rate_mbps=rate * weight, limited_by=limited)


@kernel
def _fill(rows: Table, capacity: Floats, ceiling: Floats, asking: Bools) -> tuple[Floats, Ints]:
    """Raise all rates per device together; give them and the constraint that stopped each.

    Parameters
    ----------
    rows
        csr (constraints, schools): load per Mbps of every device of a school.
    capacity
        Shape (constraints,).
    ceiling
        Shape (schools,): rate per device at which the demand is met.
    asking
        Shape (schools,): whose rate rises at all.
    """
    start, users, amount = rows
    rate = np.zeros(ceiling.size)
    full = np.full(ceiling.size, -1)
    rising = asking.copy()
    stop = np.zeros(ceiling.size, np.bool_)
    # the load of schools that have stopped, and what rises with each further Mbps per device
    stopped = np.zeros(capacity.size)
    reach = np.empty(capacity.size)
    level = 0.0
    while rising.any():
        lowest = ceiling[rising].min()
        for at in range(capacity.size):
            slope = 0.0
            for k in range(start[at], start[at + 1]):
                slope += amount[k] * rising[users[k]]
            room = max(capacity[at] - stopped[at], 0.0)
            reach[at] = room / slope if slope > 0.0 else np.inf
            lowest = min(lowest, reach[at])
        level = max(level, lowest)
        edge = level * (1.0 + CLOSE)
        stop[:] = rising & (ceiling <= edge)
        rate[stop] = ceiling[stop]
        for tight in np.flatnonzero(reach <= edge):
            for user in users[start[tight] : start[tight + 1]]:
                if rising[user] and not stop[user]:
                    rate[user], full[user], stop[user] = level, tight, True
        for at in range(capacity.size):
            more = 0.0
            for k in range(start[at], start[at + 1]):
                more += amount[k] * (rate[users[k]] if stop[users[k]] else 0.0)
            stopped[at] += more
        rising &= ~stop
    return rate, full


def fair_shares(
    network: Network, routes: Routes, load: Load, planning: PlanningRule, period: int
) -> FairShares:
    """Share the network among the devices present in a period.

    A school's demand is its planning load down of what crosses its MDF uplink (to the internet
    and to the data center, moments together). Its up rate moves with its down rate in the ratio
    of its two planning loads; where the flows part, they do so in the ratio of their means.
    Links limit both directions, nodes down and up together. What finds no way gets nothing.
    What caches serve and what is tunneled from outside takes no part.

    Parameters
    ----------
    period
        Row of ``load.periods``.
    """
    arcs = 2 * len(network.link_ids)
    flows = [INTERNET, DATACENTER]
    mean = load.mean_mbps[:, period, flows, :2]
    total = mean.sum(axis=1)
    var = load.var_mbps2[:, period, flows, :2].sum(axis=1)
    wanted = planning_load(total, var, quantile(planning), planning.common_mode_cv)
    part = np.divide(mean, total[:, None], out=np.zeros_like(mean), where=total[:, None] > 0.0)
    demand = wanted[:, 0]
    up = np.divide(wanted[:, 1], demand, out=np.zeros_like(demand), where=demand > 0.0)

    # rows are links by direction (down, up), then nodes
    places, schools, amounts = [], [], []
    for at, flow in enumerate(flows):
        ways = routes.share[flow].tocoo()
        school, column = ways.coords
        # a down-load travels the way out backward
        places += [np.where(column < arcs, column ^ 1, column), column]
        schools += [school, school]
        amounts += [ways.data * part[school, at, 0], ways.data * part[school, at, 1] * up[school]]
    entries = (np.concatenate(amounts), (np.concatenate(places), np.concatenate(schools)))
    usage = coo_array(entries, shape=(arcs + len(network.node_ids), demand.size)).tocsr()
    usage.eliminate_zeros()
    links = len(network.link_ids)
    capacity = np.concatenate(
        [network.capacity_mbps[:links, :2].ravel(), network.capacity_mbps[links:, 2]]
    )
    devices = load.present_devices[:, period]
    filled = progressive_filling(usage, capacity, devices, demand)
    served = 1.0 - (part[:, :, 0] * routes.lost_share[:, flows]).sum(axis=1)
    rate = np.divide(
        filled.rate_mbps * served, devices, out=np.zeros_like(devices), where=devices > 0.0
    )
    slot = filled.limited_by
    element = np.where(slot < arcs, slot >> 1, slot - links)
    direction = np.where(slot < arcs, slot & 1, 2)
    shares = FairShares(
        rate_mbps_per_device=rate,
        limited_by=np.where(slot < 0, -1, element),
        limited_direction=np.where(slot < 0, -1, direction),
    )
    for array in (shares.rate_mbps_per_device, shares.limited_by, shares.limited_direction):
        array.setflags(write=False)
    return shares
