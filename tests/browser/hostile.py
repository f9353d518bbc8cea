"""A district whose every text is code: each text column of each table holds every payload.

The numbers are those of a plain small district: 22 schools in strips of one county, a link to
each, four census areas, and places to get online. What the reader refuses (control characters in
ids, NUL, broken UTF-8) stands in `REFUSED` and `REFUSED_IN_IDS` and in no file of the district.
"""

import csv
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from netplan.inputs.columns_access import WEEKDAYS
from netplan.inputs.columns_money import COST_CENTERS, FUNDING_KINDS, UPGRADED
from netplan.inputs.fields import Field
from netplan.inputs.schemas import TABLES
from tests.unit.after_school import (
    ACS,
    AREAS,
    EAST,
    NORTH,
    SOUTH,
    SQUARES,
    WEST,
    collection,
    square,
)

Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What a cell holds, what a page shows of it, and whether an id may hold it."""

    raw: str
    shown: str
    in_ids: bool = True


_AS_IT_IS = (
    "<script>pwn(0)</script>",
    '"><img src=x onerror=pwn(1)>',
    "</script><script>pwn(2)</script>",
    "${pwn(3)}",
    "`+pwn(4)+`",
    "{{7*7}}",
    "{% raw %}{{ cycler.__init__ }}",
    "{# gone #}",
    "'\";pwn(8);//&amp;&lt;b&gt;",
    "<!--",
    "]]><![CDATA[",
    "javascript:pwn(11)",
    "<a href=javascript:pwn(12)>go</a>",
    "</title></style></textarea><svg onload=pwn(13)>",
    r"\u003cimg src=x onerror=pwn(14)>\x3c/script>",
    "%3Cscript%3Epwn(15)%3C/script%3E#&on=x?",
    "=cmd|'/C calc'!A0",
    "\U0001f600\U0001f3eb",
    "../../../etc/passwd",
)
PAYLOADS: Sequence[Payload] = (
    *(Payload(raw=raw, shown=raw) for raw in _AS_IT_IS),
    Payload(raw="\u202egnp.exe", shown="<U+202E>gnp.exe", in_ids=False),
    Payload(raw="line\u2028end", shown="line end", in_ids=False),
    Payload(raw="\x1b[31mred", shown="<U+001B>[31mred", in_ids=False),
)
LONG = "L" * 10_000
#: What no cell of a district may hold, by what it is.
REFUSED: Mapping[str, bytes] = {
    "nul-byte": b"a\0b",
    "wrong-encoding": b"a\xffb",
    "cell-too-long": b"x" * 40_000,
}
#: What no id may hold.
REFUSED_IN_IDS = ("\u202ex", "a\u2028b", "a\x1bb", "a\u200bb")
#: Columns of text whose cells are lists: a semicolon would part them.
_LISTS = frozenset({"shared_risk", "providers"})
#: Columns of text that hold codes.
_CODES = frozenset({"technologies", "geoids", "pays_for", "from_media", "medium", "device_kind"})
#: Rows of a table: one more than payloads, for the long one.
ROWS = len(PAYLOADS) + 1
_LEVELS = ("elementary", "middle", "high", "k12", "other")
#: Of these there are few, since each makes the plan harder to find; a cell holds several payloads.
_BUSES, _SLOTS, _STOPS = 2, 3, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """A district on disk.

    Parameters
    ----------
    folder
        Where it is.
    cells
        Tag to ``table.column`` and what a page shows before the tag, wherever it shows the tag.
        The long cells have none: they are cut.
    """

    folder: Path
    cells: Mapping[str, tuple[str, str]]


def is_free(field: Field) -> bool:
    """Say whether people write what they like into a column."""
    return field.kind in {"id", "text"} and field.name not in _CODES


def write_hostile(folder: Path) -> Hostile:
    """Write the district."""
    tables = plain_tables()
    cells: dict[str, tuple[str, str]] = {}
    keys: dict[str, dict[str, str]] = {}
    for name, rows in tables.items():
        for field in TABLES[name].fields:
            if is_free(field) and field.reference is None:
                column = f"{name}.{field.name}"
                texts = _texts(column, field, len(rows), cells)
                keys[column] = {
                    row.get(field.name, ""): text for row, text in zip(rows, texts, strict=True)
                }
                for row, text in zip(rows, texts, strict=True):
                    row[field.name] = text
    for name, rows in tables.items():
        for field in TABLES[name].fields:
            if is_free(field) and field.reference is not None:
                for row in rows:
                    old = row.get(field.name, "")
                    row[field.name] = keys[field.reference].get(old, old)
    # columns that netplan does not know, and what `netplan init` says of its guesses
    for place, row in enumerate(tables["schools"]):
        row[PAYLOADS[1].raw] = PAYLOADS[place % len(PAYLOADS)].raw
    for row in tables["partners"]:
        row["guess"] = f"usd_per_year: {PAYLOADS[0].raw}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        write_table(folder / f"{name}.csv", rows)
    title = "".join(payload.raw for payload in PAYLOADS if payload.in_ids)
    for name, text in {
        "district.toml": f"[district]\nname = {json.dumps(title, ensure_ascii=False)}\n"
        'school_year = "2026-27"\n',
        "scenarios/hostile.toml": _scenario(title),
        "sweeps/hostile.toml": _sweep(title),
        "access.toml": "budget_usd_per_year = 25000\nwalk_limit_m = 1200\ndraws = 20\n",
        "areas.geojson": _areas(),
        "zones.geojson": _zones(list(keys["schools.school_id"].values())),
        "acs.csv": ACS,
        f"basemap/roads{_file_payload()}.geojson": _roads(),
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return Hostile(folder=folder, cells=cells)


def _scenario(title: str) -> str:
    """Give a scenario whose every text is code, with a wave of twice the devices."""
    text = json.dumps(title, ensure_ascii=False)
    change = f'name = {text}\ntable = "devices"\nmultiply = {{ per_person = 2.0 }}\n'
    return (
        f"title = {text}\nsource = {text}\nnotes = {text}\n[[wave]]\n"
        f'school_year = "2027-28"\ntitle = {text}\n[[wave.change]]\n{change}'
    )


def _sweep(title: str) -> str:
    """Give a sweep whose every text is code."""
    text = json.dumps(title, ensure_ascii=False)
    return (
        f'title = {text}\nmethod = "grid"\n[[vary]]\nname = "growth"\n'
        'cell = "planning.growth_per_year"\nvalues = [0.1, 0.5]\n'
    )


def write_table(path: Path, rows: Rows) -> None:
    """Write rows as CSV; all have the columns of the first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="\n")


def _texts(column: str, field: Field, count: int, cells: dict[str, tuple[str, str]]) -> list[str]:
    """Give the cells of a column: a payload each, or several each where rows are few.

    The long one stands last, and alone.
    """
    usable = [each for each in PAYLOADS if each.in_ids or field.kind == "text"]
    made = []
    for row in range(count - 1):
        mine = usable[row :: count - 1] or [usable[row % len(usable)]]
        raw, shown = (
            " ".join(parts) for parts in zip(*((p.raw, p.shown) for p in mine), strict=True)
        )
        if field.name in _LISTS:
            raw, shown = raw.replace(";", ","), shown.replace(";", ",")
        tag = f"Q{column}.{row}Q"
        cells[tag] = (column, f"{shown} ")
        made.append(f"{raw} {tag}")
    return [*made, f"{column} {LONG}"]


def _file_payload() -> str:
    """Give what the name of a file may hold."""
    return "" if os.name == "nt" else "{{7*7}}<img src=x onerror=pwn(20)>"


def _areas() -> str:
    """Give the areas; a lone surrogate can be written in JSON, and nowhere else."""
    areas = json.loads(AREAS)
    for feature, payload in zip(areas["features"], PAYLOADS, strict=False):
        feature["properties"] |= {"name": payload.raw, payload.raw: "\ud800"}
    return json.dumps(areas)


def _zones(schools: Sequence[str]) -> str:
    """Give each school a strip of the county."""
    wide = (EAST - WEST) / len(schools)
    return collection(
        [
            (
                {"school_id": school, PAYLOADS[2].raw: PAYLOADS[0].raw},
                [square(WEST + place * wide, SOUTH, WEST + (place + 1) * wide, NORTH)],
            )
            for place, school in enumerate(schools)
        ]
    )


def _roads() -> str:
    line = {"type": "LineString", "coordinates": [[WEST, SOUTH], [EAST, NORTH]]}
    return collection([({"name": PAYLOADS[0].raw, PAYLOADS[1].raw: "\ud800"}, line)])


def plain_tables() -> dict[str, Rows]:
    """Give every table of the contract with harmless cells, and every column of free text."""
    places = [_place(row) for row in range(ROWS)]
    schools = range(ROWS)
    nodes = [
        {"node_id": "inet", "kind": "internet"},
        {"node_id": "fw", "kind": "firewall", "throughput_mbps": "20000"},
        {"node_id": "core", "kind": "router"},
    ]
    links = [_link("circuit", "inet", "fw"), _link("fw-core", "fw", "core")]
    for school in schools:
        mdf, wifi = f"m{school}", f"w{school}"
        nodes.append({"node_id": mdf, "kind": "mdf", "school_id": f"s{school}"})
        nodes.append({"node_id": wifi, "kind": "ap_group", "school_id": f"s{school}", "count": "9"})
        links += [_link(f"wan{school}", "core", mdf), _link(f"in{school}", mdf, wifi)]
    bell = [
        {"period": f"p{row}", "start": _clock(480 + 20 * row), "end": _clock(500 + 20 * row)}
        for row in range(ROWS)
    ]
    tables: dict[str, Rows] = {
        "schools": [
            {"school_id": f"s{row}", **places[row], "level": _LEVELS[row % 5], "enrollment": "100"}
            for row in schools
        ],
        "enrollment": [
            {"school_id": f"s{row}", "grade": "3", "students": "100"} for row in schools
        ],
        "devices": [
            {"school_id": "*", "group": "students", "kind": f"d{row}", "per_person": "0.05"}
            for row in range(ROWS)
        ],
        "apps": [
            {"app": f"a{row}", "down_mbps": "2", "up_mbps": "1"} for row in range(ROWS)
        ],
        "activities": [
            {"level": "*", "period": f"p{row}", "app": f"a{row}", "share": "0.5"}
            for row in range(ROWS)
        ],
        "bell": bell,
        "nodes": nodes,
        "links": links,
        "measured": [
            {"link_id": f"wan{row}", "direction": "down", "p95_mbps": "50", "period": f"p{row}"}
            for row in schools
        ],
        "students": [{"geoid": geoid, "students": "500"} for geoid in SQUARES],
        "availability": [
            {"geoid": geoid, "max_down_mbps": "100", "technologies": "40;50"} for geoid in SQUARES
        ],
        "blocks": [
            {"block_id": f"b{row}", "geoid": list(SQUARES)[row % 4], **_middle(row % 4),
             "population": "40"}
            for row in range(ROWS)
        ],
        "stops": [
            {"stop_id": f"t{row}", **places[6 * row], "usd_per_year": "1"} for row in range(_STOPS)
        ],
        "buses": [
            {"bus_id": f"b{row}", "depot_lat": "27.44", "depot_lon": "-80.36", "max_clients": "65",
             "backhaul_mbps": "100", "usd_per_year": "1840"}
            for row in range(_BUSES)
        ],
        "slots": [
            {"slot_id": f"x{row}", "weekday": WEEKDAYS[row % 7],
             "start": "15:00", "end": "17:00"}
            for row in range(_SLOTS)
        ],
        "partners": [
            {"partner_id": f"l{row}", **places[row],
             "kind": ("library", "church", "park")[row % 3], "seats": "1", "backhaul_mbps": "100",
             "hours_per_week": "10", "usd_per_year": "900", "existing": str(row % 2 == 0),
             "transit": str(row % 3 == 0)}
            for row in range(ROWS)
        ],
        "offers": [
            {"offer_id": f"o{row}", "kind": ("lending", "subsidy")[row % 2],
             "usd_per_student_per_year": str(120 + row), "max_students": "1"}
            for row in range(ROWS)
        ],
        "wireless": [
            {"site_id": f"r{row}", **places[row], "range_m": "800", "max_students": "1",
             "backhaul_mbps": "100", "usd_capital": "6000", "lifetime_years": "10",
             "usd_per_year": "40"}
            for row in range(ROWS)
        ],
        "transit": [{"transit_stop_id": f"y{row}", **places[row]} for row in range(ROWS)],
        "costs": [
            {"item": f"c{row}", "cost_center": COST_CENTERS[row % len(COST_CENTERS)],
             "per": "student", "usd": str(row + 1)}
            for row in range(ROWS)
        ],
        "funding": [
            {"source_id": f"f{row}", "kind": FUNDING_KINDS[row % 2],
             "first_school_year": "2026-27", "last_school_year": "2027-28" if row % 2 else "",
             "usd_per_year": "1000"}
            for row in range(ROWS)
        ],
        "upgrades": [
            {"option": f"u{row}", "applies_to": UPGRADED[row % 2], "from_media": "*",
             "capacity_mbps": str(30000 + row), "usd_once": str(row + 1)}
            for row in range(ROWS)
        ],
    }  # fmt: skip
    return {
        name: [
            {field.name: row.get(field.name, "") for field in TABLES[name].fields} for row in rows
        ]
        for name, rows in tables.items()
    }


def _link(link: str, a: str, b: str) -> dict[str, str]:
    return {"link_id": link, "a": a, "b": b, "down_mbps": "1000"}


def _place(row: int) -> dict[str, str]:
    """Spread places over the county, one in each strip."""
    lat = SOUTH + (NORTH - SOUTH) * (0.15 + 0.7 * (row % 5) / 4)
    lon = WEST + (EAST - WEST) * (row + 0.5) / ROWS
    return {"lat": f"{lat:.4f}", "lon": f"{lon:.4f}"}


def _middle(area: int) -> dict[str, str]:
    ring = list(SQUARES.values())[area]
    lon, lat = ((ring[0][axis] + ring[2][axis]) / 2 for axis in (0, 1))
    return {"lat": f"{lat:.4f}", "lon": f"{lon:.4f}"}


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
