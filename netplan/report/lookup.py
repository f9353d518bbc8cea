"""What the report looks things up in: names, pages, and what belongs to which building."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from netplan.report.format import cited, clean
from netplan.report.frames import records
from netplan.report.model import Report
from netplan.report.names import page_name

#: Node kinds of the contract in words.
NODE_WORDS: Mapping[str, str] = {
    "internet": "internet",
    "datacenter": "data center",
    "firewall": "firewall",
    "filter": "content filter",
    "router": "router",
    "switch": "switch",
    "mdf": "main closet (MDF)",
    "idf": "wiring closet (IDF)",
    "ap_group": "access points",
}
Row = dict[str, Any]
_FACT = r"\d\.\d{2}"
_NUMBERS_ONLY = re.compile(rf"(?:facts? )?{_FACT}(?:(?:, | and ){_FACT})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Tables of a report by id.

    Parameters
    ----------
    names
        School id to name.
    pages
        School id to the file name of its page.
    places
        School id to latitude and longitude, degrees.
    node_kinds
        Node id to its kind.
    inside
        School id to the ids of its nodes and of the links inside it or ending at it.
    uplinks
        School id to the primary links that leave the building, sorted.
    link_rows, node_rows
        Link id to its rows of results (down, up); node id to its row.
    over
        (kind, id) of every link and node past the limit while nothing has failed.
    bottleneck_of
        (kind, id) to the number of schools whose bottleneck it is.
    only_school
        Link id to the one school that hangs on it: its own uplink, or a link inside it.
    facts
        Number of a fact to its citation, for sources that are a number only.
    """

    names: Mapping[str, str]
    pages: Mapping[str, str]
    places: Mapping[str, tuple[float, float]]
    node_kinds: Mapping[str, str]
    inside: Mapping[str, frozenset[str]]
    uplinks: Mapping[str, tuple[str, ...]]
    link_rows: Mapping[str, list[Row]]
    node_rows: Mapping[str, Row]
    over: frozenset[tuple[str, str]]
    bottleneck_of: Mapping[tuple[str, str], int]
    only_school: Mapping[str, str]
    facts: Mapping[str, str]

    def element(self, kind: str | None, element: str | None) -> str:
        """Name an element in words, such as ``link WAN-7`` or ``firewall fw-1``.

        An id that says no more than its kind is not repeated: ``firewall``.
        """
        if element is None:
            return "nothing with a limit"
        if kind == "node" or (kind is None and element in self.node_kinds):
            node_kind = self.node_kinds.get(element, "")
            word = NODE_WORDS.get(node_kind, "node")
            same = element.casefold() in (node_kind, word)
            return word if same else f"{word} {element}"
        return f"{(kind or 'link').replace('_', ' ')} {element}"

    def said(self, kind: str | None, element: str | None) -> str:
        """Name an element inside a sentence: with its article where it is named by its kind."""
        name = self.element(kind, element)
        return f"the {name}" if name in NODE_WORDS.values() else name

    def of_school(self, kind: str | None, element: str | None) -> str:
        """Name an element inside a sentence, with its school where one school hangs on it."""
        name = self.said(kind, element)
        if kind == "node" or element is None:
            return name
        school = self.only_school.get(element)
        return name if school is None else f"{name} ({clean(self.names.get(school, school))})"

    def kind_of(self, element: str | None) -> str | None:
        """Say whether an id is a ``node`` or a ``link``."""
        if element is None:
            return None
        return "node" if element in self.node_kinds else "link"

    def cite(self, source: str) -> str:
        """Give a source as people can follow it: the citation where it is only a number."""
        if _NUMBERS_ONLY.fullmatch(source):
            numbers = re.findall(_FACT, source)
            if all(number in self.facts for number in numbers):
                return "; ".join(dict.fromkeys(self.facts[number] for number in numbers))
        return cited(source)


def _facts(sources: Iterable[str]) -> dict[str, str]:
    """Read citations such as ``1.27 ESH, K-12 bandwidth goals``; the first of a number stays."""
    facts: dict[str, str] = {}
    for source in sources:
        for part in source.split("; "):
            match = re.match(rf"({_FACT}) (?=[A-Z])(?!Mbps|Gbps)", part)
            if match:
                facts.setdefault(match[1], part[match.end() :])
    return facts


def look_up(report: Report) -> Lookup:
    """Gather what pages and tables look up, once per report."""
    buildings = records(report.capacity.buildings)
    schools = records(report.district.table("schools"))
    nodes = records(report.district.table("nodes"))
    links = records(report.district.table("links"))
    home = {row["node_id"]: row.get("school_id") or "" for row in nodes}
    inside: defaultdict[str, set[str]] = defaultdict(set)
    uplinks: defaultdict[str, list[str]] = defaultdict(list)
    for node, school in home.items():
        inside[school].add(node)
    only_school: dict[str, str] = {}
    for row in links:
        ends = {home.get(row["a"], ""), home.get(row["b"], "")}
        for school in ends - {""}:
            inside[school].add(row["link_id"])
            if len(ends) == 2 and row.get("role") != "backup":
                uplinks[school].append(row["link_id"])
        # a link between two schools carries both, or either when the other way is down
        if len(ends - {""}) == 1:
            only_school[row["link_id"]] = next(iter(ends - {""}))
    limit = report.district.planning.utilization_limit
    link_rows: defaultdict[str, list[Row]] = defaultdict(list)
    for row in records(report.capacity.links):
        link_rows[row["link_id"]].append(row)
    node_rows = {row["node_id"]: row for row in records(report.capacity.nodes)}
    results = [("link", row["link_id"], row) for rows in link_rows.values() for row in rows]
    results += [("node", node, row) for node, row in node_rows.items()]
    return Lookup(
        names={row["school_id"]: row["name"] for row in buildings},
        pages={row["school_id"]: page_name(row["school_id"]) for row in buildings},
        places={row["school_id"]: (row["lat"], row["lon"]) for row in schools},
        node_kinds={row["node_id"]: row["kind"] for row in nodes},
        inside={school: frozenset(ids) for school, ids in inside.items() if school},
        uplinks={school: tuple(sorted(ids)) for school, ids in uplinks.items()},
        link_rows=dict(link_rows),
        node_rows=node_rows,
        over=frozenset(
            (kind, element)
            for kind, element, row in results
            if (row["utilization_share"] or 0.0) > limit
        ),
        bottleneck_of=Counter(
            (row["bottleneck_kind"], row["bottleneck_element"])
            for row in buildings
            if row["bottleneck_element"]
        ),
        only_school=only_school,
        facts=_facts(_sources(report)),
    )


def _sources(report: Report) -> list[str]:
    tables = report.district.inputs.tables
    texts = [
        str(source)
        for name in sorted(tables)
        if "source" in tables[name].columns
        for source in tables[name]["source"].unique()
    ]
    return [*texts, *(each.source for each in report.district.inputs.assumptions)]
