"""What each link and each limited node must carry, school year by school year."""

from collections.abc import Mapping, Sequence

import numpy as np

from netplan.capacity.evidence import Day
from netplan.load.model import DIRECTIONS
from netplan.network.model import Failures, Ints, Network
from netplan.upgrades.model import SLACK, Floats, Need

#: Flows that a building itself sends: all but the last, `tunnel`.
_BUILDING_FLOWS = 3
_SIDES = len(DIRECTIONS)
#: Kind (``link`` or ``node``) and id: a link may be called as a node is.
Key = tuple[str, str]


def needs(
    days: Sequence[Day],
    *,
    failures: Sequence[Failures] = (),
    floors: Mapping[Key, Floats] | None = None,
) -> tuple[Need, ...]:
    """Give the links and nodes that do not hold in every year, each with what it would need.

    Parameters
    ----------
    days
        One per school year of the horizon.
    failures
        One sweep of every single failure per year, or nothing: the usual day alone.
    floors
        (Kind, id) to capacities, shape (years, 3), that an element must have at least, whatever
        the loads: what an earlier round turned out to need.

    Returns
    -------
    needs
        Links first, then nodes, each by id.
    """
    keys = _elements([day.network for day in days])
    row = {key: index for index, key in enumerate(keys)}
    shape = (len(keys), len(days), _SIDES)
    has, need = np.full(shape, np.inf), np.zeros(shape)
    period = np.full(shape, -1, np.int64)
    cause = np.full(shape, -1, np.int64)
    for year, day in enumerate(days):
        rows = _rows(day.network, row)
        limit = day.district.planning.utilization_limit
        has[rows, year] = day.network.capacity_mbps
        need[rows, year] = day.utilization.load_mbps.max(axis=1) / limit
        period[rows, year] = day.utilization.load_mbps.argmax(axis=1)
        if failures:
            _raise_for(failures[year], rows, limit, need[:, year], period[:, year], cause[:, year])
    for key, floor in (floors or {}).items():
        if key in row:
            need[row[key]] = np.maximum(need[row[key]], floor)
    short = np.isfinite(has) & (need > has * (1.0 + SLACK))
    wanted = np.flatnonzero(short.any(axis=(1, 2)))
    schools = _schools(days, {int(element) for element in wanted}, row)
    return tuple(
        Need(
            element=keys[element][1],
            kind=keys[element][0],
            has_mbps=has[element],
            need_mbps=need[element],
            holds=~short[element].any(axis=1),
            period=_names(period[element], has[element], need[element], days),
            cause=_causes(cause[element], has[element], need[element], failures),
            schools=schools[int(element)],
        )
        for element in wanted
    )


def _raise_for(
    found: Failures, rows: Ints, limit: float, need: Floats, period: Ints, cause: Ints
) -> None:
    """Raise one year's needs to the largest load under any single failure."""
    element = rows[found.rise_element]
    at = (element, found.rise_direction)
    asked = found.rise_load_mbps / limit
    # the largest of each element and direction, the first failure among equals
    order = np.lexsort((found.rise_failure, -asked, found.rise_direction, element))
    _, first = np.unique(
        np.stack([element[order], found.rise_direction[order]]), axis=1, return_index=True
    )
    pick = order[first]
    pick = pick[asked[pick] > need[at[0][pick], at[1][pick]] * (1.0 + SLACK)]
    where = (at[0][pick], at[1][pick])
    need[where] = asked[pick]
    period[where] = found.rise_period[pick]
    cause[where] = found.rise_failure[pick]


def _elements(networks: Sequence[Network]) -> list[Key]:
    """List every link, then every node, that stands in any year."""
    links = sorted({link for network in networks for link in network.link_ids})
    nodes = sorted({node for network in networks for node in network.node_ids})
    return [*(("link", link) for link in links), *(("node", node) for node in nodes)]


def _rows(network: Network, row: Mapping[Key, int]) -> Ints:
    """Give the row of each of a year's elements (links, then nodes)."""
    own = [
        *(row["link", link] for link in network.link_ids),
        *(row["node", node] for node in network.node_ids),
    ]
    return np.array(own, np.int64)


def _worst(has: Floats, need: Floats) -> Ints:
    """Give each year's direction in which an element is used most: shape (years,)."""
    use = np.where(np.isfinite(has), need, -1.0) / np.where(np.isfinite(has), has, 1.0)
    return np.asarray(use.argmax(axis=1), np.int64)


def _names(period: Ints, has: Floats, need: Floats, days: Sequence[Day]) -> tuple[str, ...]:
    """Name the period of the largest use in each year; empty where the element does not stand."""
    side = _worst(has, need)
    return tuple(
        day.load.periods[period[year, side[year]]] if period[year, side[year]] >= 0 else ""
        for year, day in enumerate(days)
    )


def _causes(
    cause: Ints, has: Floats, need: Floats, failures: Sequence[Failures]
) -> tuple[str, ...]:
    """Name the failure that asks most of an element in each year; empty on the usual day."""
    side = _worst(has, need)
    return tuple(
        failures[year].failed[at] if failures and (at := int(cause[year, side[year]])) >= 0 else ""
        for year in range(len(side))
    )


def _schools(
    days: Sequence[Day], wanted: set[int], row: Mapping[Key, int]
) -> dict[int, tuple[str, ...]]:
    """Give the schools whose traffic each element carries in some year."""
    found: dict[int, set[str]] = {element: set() for element in wanted}
    seen: set[int] = set()
    for day in days:
        # years that lend each other their routes say the same
        if id(day.routes) in seen:
            continue
        seen.add(id(day.routes))
        network = day.network
        links = len(network.link_ids)
        rows = _rows(network, row)
        mine = [at for at, element in enumerate(rows.tolist()) if element in wanted]
        for share in day.routes.share[:_BUILDING_FLOWS]:
            columns = share.tocsc()
            for at in mine:
                own = [2 * at, 2 * at + 1] if at < links else [links + at]
                for column in own:
                    users = columns.indices[columns.indptr[column] : columns.indptr[column + 1]]
                    found[int(rows[at])].update(network.school_ids[school] for school in users)
    return {element: tuple(sorted(names)) for element, names in found.items()}
