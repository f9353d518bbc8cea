"""A plan re-scored on draws of who is offline: how many it serves, what earns its cost.

For each draw the largest number served is a maximum flow: students of a group (those whom the
same open offers reach) to offers, through what each can take. Places are filled first and
offers paid by the student last, cheapest first; that never serves fewer, since filling a place
along augmenting paths empties none.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import maximum_flow

from netplan.access.model import Plan, Robustness, Siting
from netplan.gap.model import Draws

#: Whole units that students are counted in for the flow: all students are this many.
UNITS = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class _Network:
    """Groups of students, offers in the order they are filled, and what offers can take.

    ``chain[j]`` is the node that offer j gives on to (another offer's limit shared at a stop),
    -1 for none; ``limit`` holds offers first, then shared limits.
    """

    demand: csr_array
    group: np.ndarray
    offer: np.ndarray
    groups: int
    limit: np.ndarray
    chain: np.ndarray
    paid: np.ndarray


def robustness(
    siting: Siting, plan: Plan, draws: Draws, worth_usd_per_student_per_year: float | None = None
) -> Robustness:
    """Re-score a plan on every draw; its sites, timetable and numbers of paid offers stay.

    Parameters
    ----------
    worth_usd_per_student_per_year
        The price at which an offer earns its cost; None: the dearest price per student that
        the plan itself pays.
    """
    table = plan.offers
    network = _network(siting, plan)
    demand = np.asarray((network.demand @ draws.students_offline.T).T)
    served = np.vstack([_serve(network, row) for row in demand])
    total = served.sum(axis=1)
    worth, source = _worth(siting, plan, worth_usd_per_student_per_year)
    row = siting.offers.set_index("offer_id")
    each = row.loc[table["offer_id"], "usd_per_student_per_year"].to_numpy(float)
    fixed = table["usd_per_year"].to_numpy(float) - each * table["students"].to_numpy(float)
    usd = fixed + each * served
    price = np.divide(usd, served, out=np.full(served.shape, np.inf), where=served > 1e-6)
    earns = (price <= worth * (1 + 1e-9)) | (usd <= 1e-6)
    low, median, high = np.percentile(served, [5, 50, 95], axis=0)
    middle = np.median(price, axis=0)
    ends = np.percentile(total, [5, 50, 95])
    return Robustness(
        draws=int(demand.shape[0]),
        served_low=float(ends[0]),
        served_median=float(ends[1]),
        served_high=float(ends[2]),
        offers=pd.DataFrame(
            {
                "offer_id": table["offer_id"].to_numpy(),
                "students_low": low,
                "students_median": median,
                "students_high": high,
                "usd_per_student_median": np.where(np.isfinite(middle), middle, np.nan),
                "worth_share": earns.mean(axis=0),
            }
        ),
        worth_usd_per_student_per_year=worth,
        worth_source=source,
    )


def _worth(siting: Siting, plan: Plan, given: float | None) -> tuple[float, str]:
    if given is not None:
        return given, "set by the district (worth_usd_per_student_per_year)"
    table = plan.offers
    by_head = siting.offers["usd_per_student_per_year"].to_numpy(float)
    if (by_head > 0).any():
        dearest = siting.offers.iloc[int(by_head.argmax())]
        return float(by_head.max()), (
            "what the dearest offer by the head costs for each student, "
            f"{dearest['name'] or dearest['offer_id']}"
        )
    students = float(table["students"].sum())
    if students <= 1e-6:
        return 0.0, "the plan serves nobody, so it names no price"
    return 2.0 * float(table["usd_per_year"].sum()) / students, (
        "twice what the plan costs for each student it serves, since no offer by the head is given"
    )


def _network(siting: Siting, plan: Plan) -> _Network:
    table = plan.offers
    of = siting.offers.set_index("offer_id")
    index = {offer_id: k for k, offer_id in enumerate(siting.offers["offer_id"])}
    columns = np.array([index[o] for o in table["offer_id"]], dtype=np.int64)
    reach = csr_array(siting.reach.astype(bool))[:, columns]
    reach.sort_indices()
    seen: dict[bytes, int] = {}
    group = np.full(siting.area.size, -1)
    first: list[int] = []
    for atom in range(siting.area.size):
        part = reach.indices[reach.indptr[atom] : reach.indptr[atom + 1]]
        if part.size:
            key = part.tobytes()
            if key not in seen:
                seen[key] = len(first)
                first.append(atom)
            group[atom] = seen[key]
    some = group >= 0
    demand = coo_array(
        (siting.area_share[some], (group[some], siting.area[some])),
        shape=(len(first), len(siting.geoids)),
    )
    pairs = csr_array(reach[first]).tocoo() if first else coo_array((0, len(columns)))
    rows = of.loc[table["offer_id"]]
    each = rows["usd_per_student_per_year"].to_numpy(float)
    students = table["students"].to_numpy(float)
    limit = table["max_students"].to_numpy(float)
    paid = each > 0
    limit = np.where(paid, np.minimum(limit, students), limit)
    chain, shared = _shared(table, rows)
    return _Network(
        demand=csr_array(demand),
        group=pairs.row.astype(np.int64),
        offer=pairs.col.astype(np.int64),
        groups=len(first),
        limit=np.r_[limit, shared],
        chain=chain,
        paid=np.flatnonzero(paid)[np.argsort(each[paid], kind="stable")],
    )


def _shared(table: pd.DataFrame, rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Give the limits that offers of one stop share, and which offers share them.

    Offers of one stop and vehicle class have the same vehicles; so have all of a stop that has
    an offer for any vehicle: the limit of that one is then all that its vehicles can serve.
    """
    count = len(table)
    chain = np.full(count, -1)
    limits: list[float] = []
    mobile = rows["mobile"].to_numpy(bool)
    source = rows["source_id"].astype(str).to_numpy()
    named = rows["vehicle_class"].to_numpy(int)
    limit = table["max_students"].to_numpy(float)
    for stop in sorted(set(source[mobile])):
        at = np.flatnonzero(mobile & (source == stop))
        if at.size < 2:
            continue
        every = at[named[at] == -1]
        top = -1
        if every.size:
            top = count + len(limits)
            limits.append(float(limit[every].max()))
            chain[every] = top
        for name in sorted(set(named[at]) - {-1}):
            mine = at[named[at] == name]
            if top >= 0:
                chain[mine] = top
            elif mine.size > 1:
                chain[mine] = count + len(limits)
                limits.append(float(limit[mine].max()))
    return chain, np.array(limits)


def _serve(network: _Network, demand: np.ndarray) -> np.ndarray:
    """Give students served by each offer under one draw, shape (offers,)."""
    count = network.chain.size
    served = np.zeros(count)
    total = float(demand.sum())
    if total <= 0 or network.groups == 0:
        return served
    unit = UNITS / total
    limit = np.minimum(network.limit, total)
    limit[network.paid] = 0.0
    flow = _flow(network, demand * unit, limit * unit)
    served = flow[:count] / unit
    before = float(flow[:count].sum())
    for offer in network.paid:
        limit[offer] = min(network.limit[offer], total)
        after = float(_flow(network, demand * unit, limit * unit)[:count].sum())
        served[offer] = (after - before) / unit
        before = after
    return served


def _flow(network: _Network, demand: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """Give the flow into every offer and shared limit, in whole units."""
    groups, nodes = network.groups, network.limit.size
    source, sink = groups + 2 * nodes, groups + 2 * nodes + 1
    # Two nodes for each limit: what comes in, and what goes out of it.
    inward = groups + np.arange(nodes)
    outward = inward + nodes
    onward = np.full(nodes, sink)
    linked = np.flatnonzero(network.chain >= 0)
    onward[linked] = inward[network.chain[linked]]
    capacity = np.floor(demand).astype(np.int64)
    whole = np.floor(limit).astype(np.int64)
    row = np.concatenate([np.full(groups, source), network.group, inward, outward])
    column = np.concatenate([np.arange(groups), inward[network.offer], outward, onward])
    value = np.concatenate([capacity, capacity[network.group], whole, whole])
    size = (sink + 1, sink + 1)
    graph = csr_array(coo_array((value, (row, column)), shape=size).tocsr().astype(np.int32))
    flow = maximum_flow(graph, source, sink).flow
    return np.asarray(flow[inward][:, outward].diagonal(), dtype=float)
