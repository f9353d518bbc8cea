"""What each school puts on each element of its way."""

from dataclasses import dataclass

import numpy as np

from netplan.load.model import DIRECTIONS, Floats, Load
from netplan.network.model import Ints, Routes

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
    starts = np.flatnonzero(
        np.r_[True, (np.diff(school) != 0) | (np.diff(element) != 0)] if len(school) else []
    )
    return Contributions(
        school=school[starts],
        element=element[starts],
        mean_mbps=_summed(load.mean_mbps, school, flow_of, fraction, against, starts),
        var_mbps2=_summed(load.var_mbps2, school, flow_of, fraction**2, against, starts),
    )


def _summed(
    moment: Floats, school: Ints, flow: Ints, factor: Floats, against: Ints, starts: Ints
) -> Floats:
    """Scale each entry's moments, turn those that run against the link, and add per pair."""
    if not len(school):
        return np.zeros((0, moment.shape[1], len(DIRECTIONS)))
    scaled = moment[school, :, flow, :] * factor[:, None, None]
    scaled[against] = scaled[against][:, :, [1, 0, 2]]
    return np.add.reduceat(scaled, starts, axis=0)
