"""What the report looks things up in: names, pages, and what belongs to which building."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Tables of a report by id.

    Parameters
    ----------
    names
        School id to name.
    pages
        School id to the file name of its page.
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
    """

    names: Mapping[str, str]
    pages: Mapping[str, str]
    node_kinds: Mapping[str, str]
    inside: Mapping[str, frozenset[str]]
    uplinks: Mapping[str, tuple[str, ...]]
    link_rows: Mapping[str, list[Row]]
    node_rows: Mapping[str, Row]
    over: frozenset[tuple[str, str]]

    def element(self, kind: str | None, element: str | None) -> str:
        """Name an element in words, such as ``link WAN-7`` or ``firewall fw-1``."""
        if element is None:
            return "nothing with a limit"
        if kind == "node" or (kind is None and element in self.node_kinds):
            word = NODE_WORDS.get(self.node_kinds.get(element, ""), "node")
            return f"{word} {element}"
        return f"{(kind or 'link').replace('_', ' ')} {element}"


def look_up(report: Report) -> Lookup:
    """Gather what pages and tables look up, once per report."""
    buildings = records(report.capacity.buildings)
    nodes = records(report.district.table("nodes"))
    links = records(report.district.table("links"))
    home = {row["node_id"]: row.get("school_id") or "" for row in nodes}
    inside: defaultdict[str, set[str]] = defaultdict(set)
    uplinks: defaultdict[str, list[str]] = defaultdict(list)
    for node, school in home.items():
        inside[school].add(node)
    for row in links:
        ends = {home.get(row["a"], ""), home.get(row["b"], "")}
        for school in ends - {""}:
            inside[school].add(row["link_id"])
            if len(ends) == 2 and row.get("role") != "backup":
                uplinks[school].append(row["link_id"])
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
    )
