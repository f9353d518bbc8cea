"""Nodes and links on their way to nodes.csv and links.csv."""

from collections.abc import Iterable
from dataclasses import dataclass

from netplan.synth.files import Table

NODE_COLUMNS = (
    "node_id,kind,school_id,throughput_mbps,count,year_installed,wifi,channel_mhz,streams,rooms,"
    "model"
)
LINK_COLUMNS = (
    "link_id,a,b,down_mbps,up_mbps,role,cost,medium,service,monthly_usd,contract_end,shared_risk,"
    "count"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One row of nodes.csv; zero or empty = unknown or no limit."""

    node_id: str
    kind: str
    school_id: str = ""
    throughput_mbps: int = 0
    count: int = 1
    year_installed: int = 0
    wifi: str = ""
    channel_mhz: int = 0
    streams: int = 0
    rooms: int = 0
    model: str = ""

    def row(self) -> tuple[str, ...]:
        """Give the cells in the order of ``NODE_COLUMNS``."""
        numbers = (self.year_installed, self.channel_mhz, self.streams, self.rooms)
        year, channel, streams, rooms = (str(number) if number else "" for number in numbers)
        limit = str(self.throughput_mbps) if self.throughput_mbps else ""
        return (
            *(self.node_id, self.kind, self.school_id, limit, str(self.count), year),
            *(self.wifi, channel, streams, rooms, self.model),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One row of links.csv; ``a`` is the end nearer the internet, ``up_mbps`` 0 = as down."""

    link_id: str
    a: str
    b: str
    down_mbps: int
    up_mbps: int = 0
    role: str = "primary"
    cost: int = 1
    medium: str = "fiber"
    service: str = ""
    monthly_usd: int = 0
    contract_end: str = ""
    shared_risk: tuple[str, ...] = ()
    count: int = 1

    def row(self) -> tuple[str, ...]:
        """Give the cells in the order of ``LINK_COLUMNS``."""
        usd = str(self.monthly_usd) if self.monthly_usd else ""
        return (
            *(self.link_id, self.a, self.b),
            *(str(self.down_mbps), str(self.up_mbps or self.down_mbps), self.role, str(self.cost)),
            *(self.medium, self.service, usd, self.contract_end),
            *(";".join(self.shared_risk), str(self.count)),
        )


def nodes_table(nodes: Iterable[Node]) -> Table:
    """Give nodes.csv, sorted by id."""
    rows = tuple(node.row() for node in sorted(nodes, key=lambda node: node.node_id))
    return Table(name="nodes.csv", header=tuple(NODE_COLUMNS.split(",")), rows=rows)


def links_table(links: Iterable[Link]) -> Table:
    """Give links.csv, sorted by id."""
    rows = tuple(link.row() for link in sorted(links, key=lambda link: link.link_id))
    return Table(name="links.csv", header=tuple(LINK_COLUMNS.split(",")), rows=rows)
