"""From the district's tables to a Network: flat arrays, sorted by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
from scipy.sparse import csr_array

from netplan.load.model import DIRECTIONS, Floats
from netplan.network.model import Bools, Ints, Network

if TYPE_CHECKING:
    import pandas as pd

Array = TypeVar("Array", Ints, Floats, Bools)

#: One unit of cost; costs are held as whole millionths so that equal costs are exactly equal.
MICRO = 1_000_000
#: Where a school's load enters: at the first of these kinds that it has, else at its other nodes.
ENTRY_KINDS = ("ap_group", "idf", "mdf")


class HasTables(Protocol):
    """Whatever hands out the district's tables by name."""

    def table(self, name: str) -> pd.DataFrame:
        """Give one validated table."""


def build(district: HasTables) -> Network:
    """Take the network out of a district's tables.

    Parameters
    ----------
    district
        Its ``nodes``, ``links`` and ``schools`` tables have been validated: ids are unique,
        link ends and school ids exist, numbers are finite and not negative.

    Returns
    -------
    network
        Sorted by id, whatever the order of the tables' rows.
    """
    nodes = district.table("nodes").sort_values("node_id", kind="stable")
    links = district.table("links").sort_values("link_id", kind="stable")
    school_ids = sorted(district.table("schools")["school_id"])
    node_ids = _texts(nodes["node_id"])
    row_of = {node_id: row for row, node_id in enumerate(node_ids)}
    school_row = {school_id: row for row, school_id in enumerate(school_ids)}
    groups: dict[str, list[int]] = {}
    for row, text in enumerate(_texts(links["shared_risk"])):
        # an empty cell is NaN or "", and "a; b;" names two groups
        for name in text.split(";") if isinstance(text, str) else ():
            if name.strip():
                groups.setdefault(name.strip(), []).append(row)
    return from_arrays(
        node_ids=node_ids,
        node_kinds=_texts(nodes["kind"]),
        node_school=[school_row.get(school, -1) for school in _texts(nodes["school_id"])],
        node_throughput_mbps=nodes["throughput_mbps"].to_numpy(np.float64),
        node_count=nodes["count"].to_numpy(np.float64),
        link_ids=_texts(links["link_id"]),
        link_a=[row_of[node] for node in _texts(links["a"])],
        link_b=[row_of[node] for node in _texts(links["b"])],
        down_mbps=links["down_mbps"].to_numpy(np.float64),
        up_mbps=links["up_mbps"].to_numpy(np.float64),
        link_count=links["count"].to_numpy(np.float64),
        cost=links["cost"].to_numpy(np.float64),
        backup=(links["role"] == "backup").to_numpy(np.bool_),
        school_ids=school_ids,
        risk_groups={name: np.array(rows) for name, rows in groups.items()},
    )


def from_arrays(
    *,
    node_ids: Sequence[str],
    node_kinds: Sequence[str],
    link_ids: Sequence[str],
    link_a: Any,
    link_b: Any,
    down_mbps: Any = np.inf,
    up_mbps: Any = None,
    link_count: Any = 1.0,
    cost: Any = 1.0,
    backup: Any = False,
    node_throughput_mbps: Any = np.inf,
    node_count: Any = 1.0,
    node_school: Any = -1,
    school_ids: Sequence[str] = (),
    risk_groups: Mapping[str, Any] | None = None,
) -> Network:
    """Make a network out of arrays; numbers may be given once for all rows.

    Parameters
    ----------
    node_ids, node_kinds
        Length n.
    link_ids
        Length m.
    link_a, link_b
        Shape (m,): rows of ``node_ids``; ``a`` is the end nearer the internet.
    down_mbps, up_mbps
        Capacity of one circuit from a to b and from b to a; up is as down where NaN or None.
    link_count
        Parallel circuits that act as one link.
    cost
        Routing cost per link.
    backup
        True where a link carries nothing while a primary way exists.
    node_throughput_mbps
        Down and up together; NaN = no limit.
    node_count
        Devices that act as one node; also the weight of an access-point group.
    node_school
        Row of ``school_ids``, or -1.
    school_ids
        Length s.
    risk_groups
        Name to rows of ``link_ids``.

    Returns
    -------
    network
        Sorted by id.
    """
    n, m = len(node_ids), len(link_ids)
    down = _column(down_mbps, m)
    up = down if up_mbps is None else _column(up_mbps, m)
    up = np.where(np.isnan(up), down, up)
    circuits = _column(link_count, m)
    count = _column(node_count, n)
    throughput = _column(node_throughput_mbps, n)
    school = np.array(np.broadcast_to(node_school, (n,)), np.int64)
    kinds = list(node_kinds)
    a, b = np.asarray(link_a, np.int64), np.asarray(link_b, np.int64)
    micro = np.maximum(np.rint(_column(cost, m) * MICRO), 1.0).astype(np.int64)
    standby = np.array(np.broadcast_to(backup, (m,)), np.bool_)
    groups = {name: np.asarray(rows, np.int64) for name, rows in (risk_groups or {}).items()}
    ids, names, schools = list(node_ids), list(link_ids), list(school_ids)

    # each order is None where the rows are sorted already, as a district's tables are
    order = _order(ids)
    if order is not None:
        ids, kinds = [ids[row] for row in order], [kinds[row] for row in order]
        count, throughput, school = count[order], throughput[order], school[order]
        rank = np.argsort(order)
        a, b = rank[a], rank[b]
    order = _order(names)
    if order is not None:
        names = [names[row] for row in order]
        a, b, down, up, circuits = a[order], b[order], down[order], up[order], circuits[order]
        micro, standby = micro[order], standby[order]
        rank = np.argsort(order)
        groups = {name: rank[rows] for name, rows in groups.items()}
    order = _order(schools)
    if order is not None:
        schools = [schools[row] for row in order]
        school = np.append(np.argsort(order), -1)[school]

    capacity = np.full((m + n, len(DIRECTIONS)), np.inf)
    capacity[:m, 0] = _times(down, circuits)
    capacity[:m, 1] = _times(up, circuits)
    capacity[m:, 2] = _times(throughput, count)
    return Network(
        node_ids=tuple(ids),
        node_kinds=tuple(kinds),
        node_school=_frozen(school),
        link_ids=tuple(names),
        link_a=_frozen(a),
        link_b=_frozen(b),
        cost_micro=_frozen(micro),
        backup=_frozen(standby),
        capacity_mbps=_frozen(capacity),
        school_ids=tuple(schools),
        entry=entry_shares(kinds, school, count, len(schools)),
        risk_groups={name: _frozen(np.sort(groups[name])) for name in sorted(groups)},
    )


def entry_shares(kinds: Sequence[str], school: Ints, count: Floats, schools: int) -> csr_array:
    """Say where each school's load enters.

    At its ap_groups in proportion to their count; a school with none: at its idf nodes
    evenly, else at its mdf nodes, else at its other own nodes.

    Parameters
    ----------
    kinds, school, count
        Length n: kind, row of the school or -1, devices that act as one node.
    schools
        Number of schools.

    Returns
    -------
    entry
        csr array (schools, n); the rows of schools that have nodes sum to 1.
    """
    n = len(kinds)
    last = len(ENTRY_KINDS)
    ranks = dict.fromkeys(set(kinds), last) | {kind: rank for rank, kind in enumerate(ENTRY_KINDS)}
    level = np.fromiter(map(ranks.__getitem__, kinds), np.int64, n)
    own = np.flatnonzero(school >= 0)
    best = np.full(schools, last)
    np.minimum.at(best, school[own], level[own])
    enters = own[level[own] == best[school[own]]]
    enters = enters[np.argsort(school[enters], kind="stable")]
    row = school[enters]
    weight = np.where(level[enters] == 0, count[enters], 1.0)
    total = np.bincount(row, weight, minlength=schools)
    # groups that all count 0 still say where the load enters, just not in what proportion
    weight[total[row] == 0.0] = 1.0
    total = np.bincount(row, weight, minlength=schools)
    enters, row, weight = enters[weight > 0.0], row[weight > 0.0], weight[weight > 0.0]
    start = np.zeros(schools + 1, np.int64)
    np.cumsum(np.bincount(row, minlength=schools), out=start[1:])
    return csr_array((weight / total[row], enters, start), shape=(schools, n))


def _texts(column: pd.Series[Any]) -> list[Any]:
    """Give a column of texts as a list; pandas' own iteration takes several times as long."""
    texts: list[Any] = column.to_numpy(object).tolist()
    return texts


def _column(values: Any, length: int) -> Floats:
    """Give one number per row."""
    return np.array(np.broadcast_to(values, (length,)), np.float64)


def _times(capacity: Floats, count: Floats) -> Floats:
    """Give the capacity of several that act as one; none of no limit (NaN, inf) is no limit."""
    limited = np.isfinite(capacity)
    return np.where(limited, np.where(limited, capacity, 0.0) * count, np.inf)


def _order(ids: list[str]) -> Ints | None:
    """Give the rows in order of id, or None where they are sorted already."""
    if sorted(ids) == ids:
        return None
    return np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)


def _frozen(array: Array) -> Array:
    """Make an array read-only."""
    array.setflags(write=False)
    return array
