"""A second way for every building that a single failure cuts off from the internet.

Each such building gets one backup line to the nearest hub, else building, that still reaches the
internet under every failure that cuts the building off. What all buildings hang on alone (the
internet circuit, a patch in the head end) gets a twin beside it. How large they must be is a need
like any other, from failures let happen with the lines in place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from netplan.capacity.evidence import Day
from netplan.network.failures import outage
from netplan.network.model import Failures, Network
from netplan.upgrades.model import Unmet
from netplan.upgrades.options import MOST_RADIO_KM, Row, Shelf, link_class
from netplan.upgrades.places import distance_km
from netplan.upgrades.terms import text_of
from netplan.whatif.model import Change, Place, Scenario, Step

#: Where a second way may lead to: a hub, or another building. Not to a firewall, which would go
#: around the content filter that the law asks for.
_HUBS = ("router",)
TARGET_KINDS = (*_HUBS, "mdf")
#: Capacity of a line that is not there yet: next to nothing, so that any load asks for one.
NOTHING_MBPS = 0.001
#: A share of traffic lost within this of one is all of it.
_ALL = 1.0 - 1e-9
_PLACE = Place(file="scenarios/second-ways.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondWay:
    """A line that could be added.

    Parameters
    ----------
    link_id, a, b
        Its id and ends; ``a`` is the end nearer the internet.
    applies_to
        Which rows of the catalog it is made of.
    medium
        Of the link that it is a twin of; empty: any.
    schools
        Who would be cut off without it.
    """

    link_id: str
    a: str
    b: str
    applies_to: str
    medium: str
    schools: tuple[str, ...]

    def row(self) -> Row:
        """Give it as a row of links.csv, before anything is bought."""
        return {
            "link_id": self.link_id,
            "a": self.a,
            "b": self.b,
            "down_mbps": NOTHING_MBPS,
            "up_mbps": NOTHING_MBPS,
            "role": "backup",
            "cost": 1.0,
            "medium": self.medium or None,
            "monthly_usd": 0.0,
            "contract_end": None,
            "count": 1.0,
        }

    def cells(self) -> Mapping[str, Any]:
        """Give what a new row needs beside its capacity."""
        return {"a": self.a, "b": self.b, "role": "backup", "cost": 1.0}


def second_ways(
    day: Day, failures: Failures, shelf: Shelf, school_years: Sequence[str]
) -> tuple[tuple[SecondWay, ...], tuple[Unmet, ...]]:
    """Choose a second way for each building that some single failure cuts off.

    A failure inside a building's own walls (its main switch) and of the internet itself is
    nobody's to plan around.

    Parameters
    ----------
    day, failures
        Of the last school year.
    shelf
        Where nodes stand, and what links are.
    school_years
        The horizon.

    Returns
    -------
    ways, unmet
        By id; and what no line can help against.
    """
    network = day.network
    cut = _cut_off(network, failures)
    everybody = len(network.school_ids)
    ways: list[SecondWay] = []
    left: list[Unmet] = []
    by_school: dict[int, list[int]] = {}
    for failure, schools in sorted(cut.items()):
        kind, name = failures.kinds[failure], failures.failed[failure]
        if everybody > 1 and len(schools) == everybody:
            if kind == "link":
                ways.append(_twin(name, shelf, tuple(network.school_ids)))
            elif kind == "node":
                left.append(_spare(name, network, school_years))
            continue
        for school in schools:
            by_school.setdefault(school, []).append(failure)
    reach = {failure: _reaches(network, failures, failure) for failure in cut}
    for school, own in sorted(by_school.items()):
        found = _to_elsewhere(network, school, [reach[failure] for failure in own], shelf)
        if found is None:
            name = network.school_ids[school]
            left.append(
                Unmet(
                    element=name,
                    kind="building",
                    school_years=tuple(school_years),
                    why=f"if {failures.failed[own[0]]} fails it is cut off, and no other place "
                    "that can be located would still reach the internet",
                    help="Add lat and lon of schools, or a second way by hand.",
                    schools=(name,),
                )
            )
        else:
            ways.append(found)
    return tuple(sorted(ways, key=lambda way: way.link_id)), tuple(left)


def with_ways(shelf: Shelf, ways: Sequence[SecondWay]) -> Shelf:
    """Give the same shelf with the lines that could be added on it."""
    return replace(
        shelf,
        links={**shelf.links, **{way.link_id: way.row() for way in ways}},
        added={way.link_id: way.applies_to for way in ways},
    )


def ways_scenario(ways: Sequence[SecondWay]) -> Scenario:
    """Give the scenario in which the lines stand, with next to no capacity."""
    changes = tuple(
        Change(
            table="links",
            place=_PLACE,
            name=f"second way {way.link_id}",
            where={"link_id": (way.link_id,)},
            set={**way.cells(), "down_mbps": NOTHING_MBPS, "up_mbps": NOTHING_MBPS},
            insert=True,
        )
        for way in ways
    )
    return Scenario(
        name="second-ways",
        title="Second ways",
        file=_PLACE.file,
        sha256="",
        steps=(Step(place=_PLACE, changes=changes),),
    )


def _cut_off(network: Network, failures: Failures) -> dict[int, list[int]]:
    """Give the schools that each failure cuts off, own walls and the internet itself left out."""
    node_row = {name: row for row, name in enumerate(network.node_ids)}
    found: dict[int, list[int]] = {}
    for failure, school, share in zip(
        failures.lost_failure.tolist(),
        failures.lost_school.tolist(),
        failures.lost_share.tolist(),
        strict=True,
    ):
        if share < _ALL:
            continue
        if failures.kinds[failure] == "node":
            row = node_row[failures.failed[failure]]
            if network.node_kinds[row] == "internet" or network.node_school[row] == school:
                continue
        if failures.kinds[failure] == "link" and _inside(network, failures.failed[failure]):
            continue
        found.setdefault(failure, []).append(school)
    return found


def _inside(network: Network, link: str) -> bool:
    row = network.link_ids.index(link)
    school = network.node_school[network.link_a[row]]
    return bool(school >= 0 and school == network.node_school[network.link_b[row]])


def _reaches(network: Network, failures: Failures, failure: int) -> np.ndarray:
    """Give which nodes still reach the internet under a failure, backup links used."""
    down = outage(network, failures.kinds[failure], failures.failed[failure])
    nodes = len(network.node_ids)
    alive = np.ones(nodes, dtype=np.bool_)
    alive[down.nodes] = False
    stands = alive[network.link_a] & alive[network.link_b]
    stands[down.links] = False
    a, b = network.link_a[stands], network.link_b[stands]
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(nodes, nodes))
    _, part = connected_components(graph, directed=False)
    outside = np.array([kind == "internet" for kind in network.node_kinds]) & alive
    return np.asarray(np.isin(part, part[outside]) & alive, dtype=np.bool_)


def _to_elsewhere(
    network: Network, school: int, reach: Sequence[np.ndarray], shelf: Shelf
) -> SecondWay | None:
    """Give the line from a building's head to the nearest place that stays up.

    A hub within a radio's reach comes before another building, whose own line would have to
    carry both.
    """
    own = np.flatnonzero(network.node_school == school)
    heads = [row for row in own if network.node_kinds[row] == "mdf"] or list(own)
    head = network.node_ids[heads[0]]
    up = np.logical_and.reduce(list(reach))
    near = [
        (network.node_kinds[row] not in _HUBS or km > MOST_RADIO_KM, km, network.node_ids[row])
        for row in np.flatnonzero(up & (network.node_school != school)).tolist()
        if network.node_kinds[row] in TARGET_KINDS
        and (km := distance_km(shelf.points, head, network.node_ids[row])) is not None
    ]
    if not near:
        return None
    return SecondWay(
        link_id=f"{head}-2ND",
        a=min(near)[2],
        b=head,
        applies_to="new_link",
        medium="",
        schools=(network.school_ids[school],),
    )


def _twin(name: str, shelf: Shelf, schools: tuple[str, ...]) -> SecondWay:
    """Give a link beside another, of the same class and between the same ends."""
    link = shelf.links[name]
    return SecondWay(
        link_id=f"{name}-2ND",
        a=str(link["a"]),
        b=str(link["b"]),
        applies_to=link_class(link, shelf),
        medium=text_of(link["medium"]),
        schools=schools,
    )


def _spare(name: str, network: Network, school_years: Sequence[str]) -> Unmet:
    kind = network.node_kinds[network.node_ids.index(name)]
    return Unmet(
        element=name,
        kind="node",
        school_years=tuple(school_years),
        why=f"if this {kind} fails, every school is offline, and no line leads around it",
        help=f"Run a second {kind} beside it (its own links in links.csv), or keep a spare on "
        "site and write down how long the change takes.",
        schools=tuple(network.school_ids),
    )
