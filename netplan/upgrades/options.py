"""What the catalog offers for a link or a node that does not hold, with price and first year."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from netplan.district.model import District
from netplan.upgrades.model import SLACK, Floats, Need, Option
from netplan.upgrades.places import Points, distance_km, node_points
from netplan.upgrades.terms import (
    CATEGORY_TWO,
    MONTHS_PER_YEAR,
    Terms,
    Today,
    is_empty,
    number_of,
    text_of,
    with_and_without_erate,
)

#: Most circuits of one link, and most devices that act as one node (assumption: past that,
#: the next class is bought).
MOST_CIRCUITS, MOST_DEVICES = 8, 4
#: Longest hop of a point-to-point radio (assumption; it also needs a line of sight).
MOST_RADIO_KM = 20.0
#: A circuit whose medium is not known is taken for a leased one.
_UNKNOWN_MEDIUM = "leased"
_OWN_MEDIA = ("fiber", "copper")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The catalog beside what it is asked about.

    Parameters
    ----------
    catalog
        Rows of the table upgrades, by option.
    links, nodes
        Rows of those tables by id.
    points
        Where nodes stand.
    added
        Links that are not there yet, to the kind of row that they are made of.
    """

    catalog: tuple[Row, ...]
    links: Mapping[str, Row]
    nodes: Mapping[str, Row]
    points: Points
    added: Mapping[str, str] = field(default_factory=dict)

    def rows(self, applies_to: str) -> tuple[Row, ...]:
        """Give the catalog's rows for a kind of element."""
        return tuple(row for row in self.catalog if row["applies_to"] == applies_to)


def shelf_of(districts: Sequence[District]) -> Shelf:
    """Take the catalog and every element into one thing to look up in.

    Parameters
    ----------
    districts
        One per school year. Each element is taken as it stands in the first year that has it.
    """
    links: dict[str, Row] = {}
    nodes: dict[str, Row] = {}
    points: Points = {}
    seen: set[tuple[int, int]] = set()
    for district in districts:
        schools, some, others = (district.table(name) for name in ("schools", "nodes", "links"))
        tables = district.inputs.tables
        key = (id(tables["nodes"]), id(tables["links"]))
        if key in seen:
            continue
        seen.add(key)
        links = {str(row["link_id"]): row for row in _records(others)} | links
        nodes = {str(row["node_id"]): row for row in _records(some)} | nodes
        points = node_points(schools, some, others) | points
    return Shelf(
        catalog=tuple(_records(districts[0].table("upgrades").sort_values("option"))),
        links=links,
        nodes=nodes,
        points=points,
    )


def link_class(link: Row, shelf: Shelf) -> str:
    """Say what a link is to the catalog: ``internet``, ``lan_link``, ``link`` or ``new_link``.

    The district's own fiber and copper (inside a building, or known to be of that medium and
    without a price per month) is raised by what stands at its ends, once; everything else is a
    service that is paid every month.
    """
    if link["link_id"] in shelf.added:
        return shelf.added[link["link_id"]]
    a, b = (shelf.nodes[link[end]] for end in ("a", "b"))
    if "internet" in (a["kind"], b["kind"]):
        return "internet"
    inside = text_of(a["school_id"]) and a["school_id"] == b["school_id"]
    own = text_of(link["medium"]) in _OWN_MEDIA and is_empty(link["monthly_usd"])
    return "lan_link" if inside or own else "link"


def options(need: Need, shelf: Shelf, terms: Terms) -> tuple[Option, ...]:
    """Give every purchase that would hold in a year in which the element does not.

    Parameters
    ----------
    need
        Of a link or a node.
    shelf, terms
        The catalog, and the rules of buying.
    """
    found = _of_link(need, shelf, terms) if need.kind == "link" else _of_node(need, shelf, terms)
    return tuple(
        variant
        for option in found
        if np.any(option.enough & ~need.holds)
        for variant in with_and_without_erate(option, terms)
    )


def limit_of(need: Need, shelf: Shelf) -> str:
    """Say how far the catalog goes for an element."""
    if need.kind == "node":
        rows, most = shelf.rows(shelf.nodes[need.element]["kind"]), MOST_DEVICES
    else:
        link = shelf.links[need.element]
        rows, most = _fitting(link, shelf), _cables(link, shelf) or MOST_CIRCUITS
    mbps = max((number_of(row["capacity_mbps"], 0.0) for row in rows), default=0.0) * most
    if not mbps:
        return "the catalog of upgrades has nothing for it"
    return f"the largest that the catalog makes it is {mbps:,.0f} Mbps"


def link_today(link: Row, shelf: Shelf) -> Today:
    """Say what a link costs a year as it is: its price, or the catalog's of the same class."""
    end = text_of(link["contract_end"])
    if not is_empty(link["monthly_usd"]):
        return Today(usd_per_year=float(link["monthly_usd"]) * MONTHS_PER_YEAR, contract_end=end)
    rows = _fitting(link, shelf)
    one = float(link["down_mbps"])
    return Today(
        usd_per_year=_class_price(rows, one) * number_of(link["count"], 1.0),
        known=False,
        contract_end=end,
    )


def _of_link(need: Need, shelf: Shelf, terms: Terms) -> Iterator[Option]:
    link = shelf.links[need.element]
    today = link_today(link, shelf)
    present, count = float(link["down_mbps"]), int(number_of(link["count"], 1.0))
    cables = _cables(link, shelf)
    service = link_class(link, shelf) != "lan_link"
    km = distance_km(shelf.points, link["a"], link["b"])
    fitting = _fitting(link, shelf)
    least = _least(fitting, present)
    for row in fitting:
        down = number_of(row["capacity_mbps"], 0.0)
        up = number_of(row["up_mbps"], down)
        build = number_of(row["usd_per_km"], 0.0)
        if down < least or (build and km is None) or _too_far(row, km):
            continue
        same = down == present and text_of(row["medium"]) == text_of(link["medium"])
        one = np.array([down, up, np.inf])
        choice = (cables,) if cables else range(1, MOST_CIRCUITS + 1)
        for units, enough in _sizes(need, one, choice, bool(row["usd_once"] or build)):
            # circuits of that class that are there already are not bought again
            bought = max(units - count, 0) if same and not service else units
            cells: dict[str, Any] = {"down_mbps": down, "up_mbps": up, "count": float(units)}
            if text_of(row["medium"]):
                cells["medium"] = str(row["medium"])
            if need.element in shelf.added:
                ends = ("a", "b", "role", "cost")
                cells = {**{name: link[name] for name in ends}, **cells}
            if service:
                cells["monthly_usd"] = units * float(row["usd_per_year"]) / MONTHS_PER_YEAR
            yield _option(
                need,
                row,
                terms,
                today,
                _Size(units=units, bought=bought, mbps=one * units, enough=enough, km=km or 0.0),
                table="links",
                cells=cells,
                kind="new_link" if need.element in shelf.added else "link",
            )


def _of_node(need: Need, shelf: Shelf, terms: Terms) -> Iterator[Option]:
    node = shelf.nodes[need.element]
    rows = shelf.rows(node["kind"])
    present, count = float(node["throughput_mbps"]), int(number_of(node["count"], 1.0))
    today = Today(usd_per_year=_class_price(rows, present) * count, known=False)
    least = _least(rows, present)
    for row in rows:
        mbps = number_of(row["capacity_mbps"], 0.0)
        if mbps < least:
            continue
        one = np.array([np.inf, np.inf, mbps])
        for units, enough in _sizes(need, one, range(1, MOST_DEVICES + 1), bool(row["usd_once"])):
            bought = max(units - count, 0) if mbps == present else units
            yield _option(
                need,
                row,
                terms,
                today,
                _Size(units=units, bought=bought, mbps=one * units, enough=enough),
                table="nodes",
                cells={"throughput_mbps": mbps, "count": float(units)},
                kind="node",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Size:
    """How many of a catalog row, how many of them are new, and what they hold together."""

    units: int
    bought: int
    mbps: Floats
    enough: np.ndarray
    km: float = 0.0


def _sizes(
    need: Need, one_mbps: Floats, choice: Iterable[int], once: bool
) -> Iterator[tuple[int, np.ndarray]]:
    """Give the numbers of one row that are worth a look, with the years in which they hold.

    Of what is paid once only the number that lasts longest: nobody buys the same thing twice
    within a few years, each time whole.
    """
    found: list[tuple[int, np.ndarray]] = []
    for units in choice:
        enough = _enough(need, one_mbps * units)
        if enough is None or (found and enough.sum() == found[-1][1].sum()):
            continue
        found.append((units, enough))
        if enough.all():
            break
    yield from found[-1:] if once else found


def _option(
    need: Need,
    row: Row,
    terms: Terms,
    today: Today,
    size: _Size,
    *,
    table: str,
    cells: Mapping[str, Any],
    kind: str,
) -> Option:
    side = need.direction
    short = int(np.flatnonzero(~need.holds)[0])
    units = size.units
    price = size.bought * float(row["usd_once"]) + size.km * number_of(row["usd_per_km"], 0.0)
    left = today.buy_out_usd(terms)
    yearly = units * float(row["usd_per_year"])
    return Option(
        option=row["option"] if units == 1 else f"{row['option']} x{units}",
        element=need.element,
        kind=kind,
        title=row["title"] if units == 1 else f"{units} x {row['title']}",
        units=units,
        enough=size.enough,
        from_mbps=0.0 if kind == "new_link" else float(need.has_mbps[short, side]),
        to_mbps=float(size.mbps[side]),
        usd_once=price + left,
        # a new price is taken to be no lower than today's: the catalog's is not a quote
        usd_per_year=max(yearly - today.usd_per_year, 0.0),
        buy_out_usd=left,
        erate=str(row["erate"]),
        erate_share=np.zeros(len(terms.school_years)),
        c2_usd=price if row["erate"] == CATEGORY_TWO else 0.0,
        first_year=today.first_year(terms),
        table=table,
        key=need.element,
        cells=cells,
        status=str(row["status"]),
        source=str(row["source"]),
        why=_why(row, today, terms, price, yearly, size.km),
    )


def _enough(need: Need, capacity: Floats) -> np.ndarray | None:
    """Say in which years a capacity holds; None where it is less than what is there."""
    there = np.where(np.isfinite(need.has_mbps), need.has_mbps, 0.0).max(axis=0)
    limited = np.isfinite(need.has_mbps).any(axis=0)
    if np.any(limited & (capacity < there * (1.0 - SLACK))):
        return None
    fits = need.need_mbps <= capacity * (1.0 + SLACK)
    return np.asarray((fits | ~limited).all(axis=1), dtype=np.bool_)


def _fitting(link: Row, shelf: Shelf) -> tuple[Row, ...]:
    """Give the catalog's rows that can replace a link of its class and medium."""
    medium = text_of(link["medium"]) or _UNKNOWN_MEDIUM
    return tuple(
        row
        for row in shelf.rows(link_class(link, shelf))
        if row["from_media"] == "*" or medium in _split(row["from_media"])
    )


def _too_far(row: Row, km: float | None) -> bool:
    """Whether a radio would have to reach farther than it does."""
    return row["medium"] == "wireless" and km is not None and km > MOST_RADIO_KM


def _cables(link: Row, shelf: Shelf) -> int:
    """Give the number of a link's cables where it has one per access point, else 0."""
    ends = (shelf.nodes[link["a"]], shelf.nodes[link["b"]])
    count = int(number_of(link["count"], 1.0))
    points = [int(number_of(end["count"], 1.0)) for end in ends if end["kind"] == "ap_group"]
    return count if count in points else 0


def _least(rows: Sequence[Row], present_mbps: float) -> float:
    """Give the smallest class that is looked at: as large as today's, or the largest there is."""
    return min(
        present_mbps, max((number_of(row["capacity_mbps"], 0.0) for row in rows), default=0.0)
    )


def _class_price(rows: tuple[Row, ...], mbps: float) -> float:
    """Give the catalog's yearly price of the smallest class that has a capacity."""
    classes = sorted(
        (number_of(row["capacity_mbps"], 0.0), float(row["usd_per_year"])) for row in rows
    )
    return next((usd for capacity, usd in classes if capacity >= mbps), 0.0)


def _why(row: Row, today: Today, terms: Terms, price: float, yearly: float, km: float) -> str:
    """Say how a price and its first year came about."""
    parts = []
    if price:
        way = f", with {km:.1f} km to build" if number_of(row["usd_per_km"], 0.0) else ""
        parts.append(f"{price:,.0f} USD once{way}")
    if yearly or today.usd_per_year:
        origin = "now" if today.known else "now by the same catalog (today's price is not known)"
        parts.append(f"{yearly:,.0f} USD a year, {today.usd_per_year:,.0f} {origin}")
    if today.contract_end:
        bound = today.first_year(terms)
        if terms.buy_out and today.buy_out_usd(terms).any():
            parts.append(f"its contract runs to {today.contract_end}: the months left are paid")
        elif bound:
            parts.append(f"its contract runs to {today.contract_end}")
    return "; ".join(parts)


def _records(table: pd.DataFrame) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _split(text: str) -> list[str]:
    return [part.strip() for part in str(text).split(";")]
