"""What each school puts on each element of its way."""

from dataclasses import dataclass

import numpy as np

from netplan.load.model import Floats, Load
from netplan.network.jit import kernel
from netplan.network.model import Bools, Ints, Routes

#: Flows that a building itself sends: all but the last, `tunnel`.
_BUILDING_FLOWS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributions:
    """One row per pair of a school and an element (link or node) that carries it.

    Parameters
    ----------
    school, element
        Shape (pairs,): rows of the school and of the element (links, then nodes), sorted by both.
    mean_mbps, var_mbps2
        Shape (pairs, periods, 3): the school's part of the element's moments, by DIRECTIONS.
    """

    school: Ints
    element: Ints
    mean_mbps: Floats
    var_mbps2: Floats


def contributions(routes: Routes, load: Load, links: int) -> Contributions:
    """Split what every element carries by the school it comes from.

    A link's load from a to b is the down-load of schools whose way out runs from b to a, and
    the up-load of those whose way out runs from a to b. Off-campus traffic that a filter sends
    back through the district is no building's, so it is left out.

    Parameters
    ----------
    routes
        Shares of each school's traffic by arc and node.
    load
        Moments of each school.
    links
        Number of links, m.
    """
    schools, elements, halves = [], [], []
    values = []
    for flow in range(_BUILDING_FLOWS):
        share = routes.share[flow].tocoo()
        row, column = share.coords
        is_arc = column < 2 * links
        schools.append(row)
        elements.append(np.where(is_arc, column // 2, column - links))
        halves.append(is_arc & (column % 2 == 0))
        values.append((np.full(len(row), flow), share.data))
    school = np.concatenate(schools).astype(np.int64)
    element = np.concatenate(elements).astype(np.int64)
    against = np.concatenate(halves)
    flow_of = np.concatenate([flow for flow, _ in values])
    fraction = np.concatenate([data for _, data in values])

    order = np.lexsort((element, school))
    school, element, against = school[order], element[order], against[order]
    flow_of, fraction = flow_of[order], fraction[order]
    first = np.ones(len(school), np.bool_)
    first[1:] = (np.diff(school) != 0) | (np.diff(element) != 0)
    entries = (np.cumsum(first) - 1, school, flow_of)
    pairs = int(first.sum())
    return Contributions(
        school=school[first],
        element=element[first],
        mean_mbps=_summed(load.mean_mbps, *entries, fraction, against, pairs),
        var_mbps2=_summed(load.var_mbps2, *entries, fraction**2, against, pairs),
    )


@kernel
def _summed(
    moment: Floats, pair: Ints, school: Ints, flow: Ints, factor: Floats, against: Bools, pairs: int
) -> Floats:
    """Scale each entry's moments, turn those that run against the link, and add per pair."""
    total = np.zeros((pairs, moment.shape[1], 3))
    for k in range(pair.size):
        down, up = (1, 0) if against[k] else (0, 1)
        for period in range(moment.shape[1]):
            own = moment[school[k], period, flow[k]]
            total[pair[k], period, down] += factor[k] * own[0]
            total[pair[k], period, up] += factor[k] * own[1]
            total[pair[k], period, 2] += factor[k] * own[2]
    return total
