"""Tables ready for a page: headings with units, cells, and a word on what is left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from netplan.report.format import Cell, Column, cell, cited, columns_of, plural, title_of, unit_of

#: Rows that a page shows of a long table; the rest is counted and stands in the CSV.
LONG = 25
#: Rows that a page holds of a table which folds: searched and sorted whole, shown in part.
MOST = 2_000
#: Sources longer than this stand under their table.
_SHORT_SOURCE = 24
#: Headings of the tables that are laid out by hand, where the column's name says too little.
_TITLES = {
    "bottleneck_utilization_share": "Used",
    "bottleneck_capacity_mbps": "Capacity",
    "bottleneck_load_mbps": "Load",
    "bottleneck": "Which",
    "bottleneck_of": "Bottleneck of",
    "own_uplink": "Used",
    "utilization_share": "Used",
    "headroom_devices": "More devices",
    "exhausted_school_year": "Room runs out",
    "title": "Target",
    "load_down_mbps": "Load down",
    "load_up_mbps": "Load up",
    "who": "Which",
    "cut_off": "Schools cut off",
    "partly": "Lose a part",
    "here": "This building",
    "overloads": "Goes over its limit then",
    "cell": "Where",
    "what": "What the rule does",
    "usual_load_mbps": "Usual day: load down",
    "event_load_mbps": "With event: load down",
    "usual_used_share": "Usual day: bottleneck used",
    "event_used_share": "With event: bottleneck used",
    "usual_status": "Usual day",
    "event_status": "With event",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table ready for a page.

    ``name`` is the CSV that holds all of it, without its ending. ``groups`` are headings over
    several columns, as (title, columns); ``fold`` is the number of rows shown until a reader
    searches or asks for all (0 = all); ``total`` are cells under the table.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    searchable: bool = False
    sources: tuple[str, ...] = ()
    groups: tuple[tuple[str, int], ...] = ()
    fold: int = 0
    total: tuple[Cell, ...] = ()


def plain_table(
    name: str,
    caption: str,
    rows: list[dict[str, Any]],
    keys: list[str] | None = None,
    *,
    longest: int = LONG,
) -> Table:
    """Lay out records by their column names; headings and units come from those names."""
    rows, sources = numbered(rows)
    columns = columns_of(rows, keys)
    return Table(
        name=name,
        caption=caption,
        columns=tuple(columns),
        rows=tuple(
            tuple(cell(column.key, row.get(column.key)) for column in columns)
            for row in rows[:longest]
        ),
        note=left_out(len(rows) - longest, f"{name}.csv"),
        sources=sources,
    )


def mixed_table(
    name: str,
    caption: str,
    keys: Iterable[str],
    rows: Iterable[dict[str, Any]],
    *,
    note: str = "",
    searchable: bool = False,
    fold: int = 0,
    groups: tuple[tuple[str, int], ...] = (),
) -> Table:
    """Lay out records whose values are cells already, or plain values under known names."""
    names = list(keys)
    rows, sources = numbered(list(rows))
    cells = tuple(
        tuple(
            value if isinstance(value := row[name], Cell) else cell(name, value) for name in names
        )
        for row in rows
    )
    return Table(
        name=name,
        caption=caption,
        columns=tuple(
            _heading(key, numeric=any(row[place].numeric for row in cells))
            for place, key in enumerate(names)
        ),
        rows=cells,
        note=note,
        searchable=searchable,
        sources=sources,
        fold=fold if len(cells) > fold else 0,
        groups=groups,
    )


def numbered(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Put long sources under the table, once each, and their numbers into its cells."""
    texts = [cited(str(row.get("source") or "")) for row in rows]
    if not any(len(text) > _SHORT_SOURCE for text in texts):
        return [
            {**row, "source": text} if "source" in row else row
            for row, text in zip(rows, texts, strict=True)
        ], ()
    sources = tuple(dict.fromkeys(text for text in texts if text))
    number = {text: f"[{place + 1}]" for place, text in enumerate(sources)}
    return [
        {**row, "source": number.get(text, "")} for row, text in zip(rows, texts, strict=True)
    ], sources


def left_out(rows: int, files: str) -> str:
    """Say how many rows are not shown and where they are; nothing where all are shown."""
    return f"{plural(rows, 'more row')} in {files}." if rows > 0 else ""


def _heading(key: str, *, numeric: bool) -> Column:
    unit = unit_of(key) if numeric else ""
    return Column(
        key=key,
        title=_TITLES.get(key, title_of(key)),
        unit="" if unit == "share" else unit,
        numeric=numeric,
    )
