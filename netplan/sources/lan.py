"""The tables of a district folder built from schools and circuits by the stated rules."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from netplan.sources.grades import GradeRow
from netplan.sources.numbers import show
from netplan.sources.rules import (
    AP_PORT_MBPS,
    CHANNEL_MHZ,
    CLASS_SIZE,
    CLASSROOMS_PER_IDF,
    SPECIALS_FACTOR,
    STREAMS,
    TEN_GIGABIT_MBPS,
    TIERS_MBPS,
    WAN_MBPS_PER_STUDENT,
    WIFI_GENERATION,
    Guess,
)
from netplan.sources.schools import School
from netplan.sources.wan import Circuit, Wan, planned_mbps


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row of a table: its key in words, its cells, and which were guessed by which rule."""

    key: str
    cells: dict[str, str]
    guesses: tuple[tuple[str, str], ...] = ()

    def marks(self) -> str:
        """Give the ``guess`` cell: ``count, rooms: classrooms; wifi: wifi``."""
        by_rule: dict[str, list[str]] = {}
        for column, rule in self.guesses:
            by_rule.setdefault(rule, []).append(column)
        return "; ".join(f"{', '.join(columns)}: {rule}" for rule, columns in by_rule.items())


Tables = dict[str, list[TableRow]]


def build_tables(schools: Sequence[School], wan: Wan, grades: Sequence[GradeRow]) -> Tables:
    """Give every table of the folder; enrollment only where there is a grade list."""
    nodes, links = _head_end(wan, sum(school.enrollment for school in schools))
    for school in schools:
        more_nodes, more_links = _building(school, wan)
        nodes += more_nodes
        links += more_links
    tables: Tables = {
        "schools": [_school(school) for school in schools],
        "devices": _devices(),
        "nodes": nodes,
        "links": links,
    }
    if grades:
        tables["enrollment"] = [_grade(row) for row in grades]
    return tables


def guesses_of(tables: Tables) -> tuple[Guess, ...]:
    """Give every guessed cell of the tables."""
    return tuple(
        Guess(
            file=f"{name}.csv",
            key=row.key,
            column=column,
            value=row.cells.get(column, ""),
            rule=rule,
        )
        for name, rows in tables.items()
        for row in rows
        for column, rule in row.guesses
    )


def rooms_of(students: int) -> int:
    """Give classrooms and special rooms: students / 25 x 1.2, rounded up, at least one."""
    return max(1, math.ceil(round(students * SPECIALS_FACTOR / CLASS_SIZE, 9)))


def rooms_by_idf(rooms: int) -> list[int]:
    """Spread rooms evenly over one IDF for each 12 of them."""
    idfs = math.ceil(rooms / CLASSROOMS_PER_IDF)
    each, more = divmod(rooms, idfs)
    return [each + (1 if i < more else 0) for i in range(idfs)]


def tier_mbps(need_mbps: float) -> float:
    """Give the smallest Ethernet tier that holds a need; the largest where none does."""
    return next((tier for tier in TIERS_MBPS if tier >= need_mbps), TIERS_MBPS[-1])


def _school(school: School) -> TableRow:
    return TableRow(
        key=school.school_id,
        cells={
            "school_id": school.school_id,
            "name": school.name,
            "lat": show(school.point.lat),
            "lon": show(school.point.lon),
            "level": school.level,
            "enrollment": str(school.enrollment),
            "staff": show(school.staff),
            "year_built": "" if school.year_built is None else str(school.year_built),
            "frl_share": show(school.frl_share),
            "locale": school.locale,
            "nces_id": school.nces_id,
            "title_i": school.title_i,
            "source_row": str(school.row),
        },
        guesses=school.guesses,
    )


def _grade(row: GradeRow) -> TableRow:
    return TableRow(
        key=f"{row.school_id} {row.grade}",
        cells={
            "school_id": row.school_id,
            "grade": row.grade,
            "students": str(row.students),
        },
        guesses=(("students", "suppressed-grades"),) if row.guessed else (),
    )


def _devices() -> list[TableRow]:
    return [
        TableRow(
            key=f"* {group} {kind}",
            cells={
                "school_id": "*",
                "group": group,
                "kind": kind,
                "per_person": "1",
                "owner": "district",
            },
            guesses=(("per_person", "devices-one-to-one"),),
        )
        for group, kind in (("students", "chromebook"), ("staff", "laptop"))
    ]


def _node(node_id: str, kind: str, *guesses: tuple[str, str], **cells: str) -> TableRow:
    return TableRow(key=node_id, cells={"node_id": node_id, "kind": kind, **cells}, guesses=guesses)


def _link(
    link_id: str, a: str, b: str, circuit: Circuit, *guesses: tuple[str, str], role: str = "primary"
) -> TableRow:
    marked = [("down_mbps", circuit.rule)] if circuit.rule else []
    return TableRow(
        key=link_id,
        cells={
            "link_id": link_id,
            "a": a,
            "b": b,
            "down_mbps": show(circuit.mbps),
            "role": role,
            "medium": circuit.medium,
            "service": circuit.service,
            "monthly_usd": show(circuit.usd_per_month),
            "count": str(circuit.count),
        },
        guesses=(*marked, *guesses),
    )


def _head_end(wan: Wan, students: int) -> tuple[list[TableRow], list[TableRow]]:
    """Build internet - firewall - filter - core, the data center, and the head-end lines."""
    unknown, single = ("throughput_mbps", "no-limit-known"), ("node_id", "head-end-layout")
    nodes = [
        _node("internet", "internet"),
        _node("firewall", "firewall", unknown, single),
        _node("filter", "filter", unknown, single),
        _node("core", "router", single),
        _node("datacenter", "datacenter", single),
    ]
    internet_mbps = wan.internet.mbps * wan.internet.count
    need = max(TEN_GIGABIT_MBPS, 2 * internet_mbps, WAN_MBPS_PER_STUDENT * students)
    inside = _inside(need)
    headend_mbps = wan.headend.mbps * wan.headend.count if wan.headend else 0.0
    center = _inside(max(need, headend_mbps))
    links = [_link("INTERNET", "internet", "firewall", wan.internet)]
    for i, backup in enumerate(wan.backups, start=1):
        guess = ("role", "backup-line")
        link_id = f"INTERNET-BACKUP-{i}"
        row = _link(link_id, "internet", "firewall", _plain(backup), guess, role="backup")
        links.append(row)
    links += [
        _link("FIREWALL-FILTER", "firewall", "filter", inside),
        _link("FILTER-CORE", "filter", "core", inside),
        _link("CORE-DATACENTER", "core", "datacenter", center),
    ]
    if wan.headend is not None:
        nodes.append(_node("wan-hub", "router"))
        guess = ("a", "wan-headend")
        links.append(_link("HEAD-END", "core", "wan-hub", _plain(wan.headend), guess))
    return nodes, links


def _inside(need_mbps: float) -> Circuit:
    """Give a link inside the head end that chokes nothing: of several ports if one is too small."""
    count = math.ceil(need_mbps / TIERS_MBPS[-1])
    mbps = tier_mbps(need_mbps / count)
    return Circuit(mbps=mbps, count=count, medium="fiber", rule="head-end-inside")


def _plain(circuit: Circuit) -> Circuit:
    """Give a circuit whose bandwidth stands in the list: only its place is guessed."""
    return Circuit(
        mbps=circuit.mbps,
        count=circuit.count,
        medium=circuit.medium,
        usd_per_month=circuit.usd_per_month,
        service=circuit.service,
    )


def _building(school: School, wan: Wan) -> tuple[list[TableRow], list[TableRow]]:
    """Build a school: its WAN line, MDF, and an IDF with its access points for each 12 rooms."""
    at = {"school_id": school.school_id}
    mdf = f"{school.school_id}-mdf"
    nodes = [_node(mdf, "mdf", **at)]
    hub = "wan-hub" if wan.headend is not None else "core"
    links = [_link(f"WAN-{school.school_id}", hub, mdf, wan.schools[school.school_id])]
    rooms = rooms_of(school.enrollment)
    for i, here in enumerate(rooms_by_idf(rooms), start=1):
        idf, aps = f"{school.school_id}-idf{i}", f"{school.school_id}-ap{i}"
        nodes.append(_node(idf, "idf", ("node_id", "classrooms"), **at))
        nodes.append(
            _node(
                aps,
                "ap_group",
                ("rooms", "classrooms"),
                ("count", "ap-per-classroom"),
                *((column, "wifi") for column in ("wifi", "channel_mhz", "streams")),
                **at,
                count=str(here),
                rooms=str(here),
                wifi=WIFI_GENERATION,
                channel_mhz=str(CHANNEL_MHZ),
                streams=str(STREAMS),
            )
        )
        uplink = planned_mbps(school.enrollment * here / rooms)
        port = Circuit(mbps=AP_PORT_MBPS, count=here, medium="copper", rule="ap-port")
        links += [
            _link(f"UP-{idf}", mdf, idf, Circuit(mbps=uplink, medium="fiber", rule="idf-uplink")),
            _link(f"UP-{aps}", idf, aps, port),
        ]
    return nodes, links
