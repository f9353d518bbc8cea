"""Student-hours of congestion: whose lessons something past its limit is on the way of."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from netplan.capacity.evidence import Day
from netplan.load.model import Floats
from netplan.network.model import Network
from netplan.network.routing import route
from netplan.network.wifi import airtime
from netplan.upgrades.model import SLACK, Need
from netplan.upgrades.problem import Demand

#: School days in a year (assumption: 180 in most states).
SCHOOL_DAYS = 180.0
#: Periods whose hours count: the school day itself, not what comes before and after.
PERIOD_KINDS = ("class", "lunch")
_MINUTES_PER_HOUR = 60.0
#: Flows that leave a building.
_LEAVING = (0, 1)


def student_hours(days: Sequence[Day], needs: Sequence[Need]) -> tuple[Demand, ...]:
    """Give the student-hours of congestion by year and by what must be put right together.

    A school's students spread over its access-point groups (or wherever its load enters) as its
    load does. Those of a group lose the hours of a period in which anything on their way is past
    its limit, and have them back only when all of that holds. Hours are the period's, on each
    school day of the year.

    Parameters
    ----------
    days
        One per school year.
    needs
        Every element that does not hold in some year.

    Returns
    -------
    demands
        (year, student-hours, rows of ``needs``), merged and sorted.
    """
    row = {(need.kind, need.element): at for at, need in enumerate(needs)}
    hours: dict[tuple[int, tuple[int, ...]], float] = defaultdict(float)
    for year, day in enumerate(days):
        network = day.network
        links = len(network.link_ids)
        ways, part_school, part_node, students = parts(day)
        keys = [
            *(("link", link) for link in network.link_ids),
            *(("node", node) for node in network.node_ids),
        ]
        of_element = np.array([row.get(key, -1) for key in keys], np.int64)
        of_group = np.array(
            [row.get(("ap_group", network.node_ids[node]), -1) for node in part_node], np.int64
        )
        for period, minutes in enumerate(day.situation.minutes.tolist()):
            if day.situation.period_kinds[period] not in PERIOD_KINDS:
                continue
            over = _over(day, period) & (of_element >= 0)
            air = _crowded(day, period)
            weight = students * (minutes / _MINUTES_PER_HOUR * SCHOOL_DAYS)
            for part in np.flatnonzero(weight > 0.0).tolist():
                own = ways.indices[ways.indptr[part] : ways.indptr[part + 1]]
                wrong = set(of_element[own[over[own]]].tolist())
                if of_group[part] >= 0 and network.node_ids[part_node[part]] in air:
                    wrong.add(int(of_group[part]))
                if wrong:
                    hours[year, tuple(sorted(wrong))] += float(weight[part])
        del links, part_school
    return tuple((year, weight, rows) for (year, rows), weight in sorted(hours.items()))


def parts(day: Day) -> tuple[csr_array, np.ndarray, np.ndarray, Floats]:
    """Split every school by where its load enters, and give each part's way out.

    Returns
    -------
    ways, school, node, students
        ``ways``: csr array (parts, links and nodes), nonzero where the part's traffic passes;
        row of the school and of the entry node; enrolled students of the part.
    """
    network = day.network
    entry = network.entry.tocoo()
    school, node = (np.asarray(axis, np.int64) for axis in entry.coords)
    order = np.lexsort((node, school))
    school, node, weight = school[order], node[order], np.asarray(entry.data)[order]
    count = len(node)
    own = np.full(len(network.node_ids), -1, np.int64)
    own[node] = np.arange(count)
    alone = replace(
        network,
        node_school=own,
        school_ids=tuple(f"{at:06d}" for at in range(count)),
        entry=csr_array(
            (np.ones(count), node, np.arange(count + 1)), shape=(count, len(network.node_ids))
        ),
    )
    enrolled = day.district.table("schools").set_index("school_id")["enrollment"]
    students = enrolled.loc[list(network.school_ids)].to_numpy(np.float64)
    return _ways(alone), school, node, students[school] * weight


def _ways(network: Network) -> csr_array:
    """Give which elements (links, then nodes) each school's traffic passes on its way out."""
    links = len(network.link_ids)
    shares = route(network).share
    total = sum((abs(shares[flow]) for flow in _LEAVING[1:]), abs(shares[_LEAVING[0]])).tocoo()
    part, column = total.coords
    element = np.where(column < 2 * links, column // 2, column - links)
    found = csr_array(
        (np.ones(len(part)), (part, element)),
        shape=(len(network.school_ids), links + len(network.node_ids)),
    )
    found.sum_duplicates()
    return found


def _over(day: Day, period: int) -> np.ndarray:
    """Give which elements are past the limit in a period, in any direction."""
    capacity = day.network.capacity_mbps
    limit = day.district.planning.utilization_limit
    load = day.utilization.load_mbps[:, period]
    over = np.isfinite(capacity) & (load > limit * capacity * (1.0 + SLACK))
    return np.asarray(over.any(axis=1), np.bool_)


def _crowded(day: Day, period: int) -> frozenset[str]:
    """Give the access-point groups that are asked for too much airtime in a period."""
    one = slice(period, period + 1)
    load = replace(
        day.load,
        periods=day.load.periods[one],
        mean_mbps=day.load.mean_mbps[:, one],
        var_mbps2=day.load.var_mbps2[:, one],
        present_devices=day.load.present_devices[:, one],
    )
    found = airtime(day.district, load)
    settings = day.district.table("settings").set_index("name")["value"]
    over = found["airtime_share"] > float(settings["airtime_limit_share"]) * (1.0 + SLACK)
    return frozenset(found.loc[over, "node_id"])
