"""Tables ready for a page: headings with units, cells, and a word on what is left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from netplan.report.format import Cell, Column, cell, columns_of, plural, title_of, unit_of

#: Rows that a page shows of a long table; the rest is counted and stands in the CSV.
LONG = 40
#: Headings of the tables that are laid out by hand, where the column's name says too little.
_TITLES = {
    "bottleneck_utilization_share": "Used at the bottleneck",
    "bottleneck_capacity_mbps": "Bottleneck capacity",
    "utilization_share": "Used",
    "headroom_devices": "Room for more",
    "exhausted_school_year": "Room runs out",
    "title": "Target",
    "load_down_mbps": "Load down",
    "load_up_mbps": "Load up",
    "who": "Which",
    "cut_off": "Schools cut off",
    "partly": "Lose a part",
    "overloads": "Goes over its limit then",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table ready for a page.

    ``name`` is the CSV that holds all of it, without its ending.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    searchable: bool = False


def plain_table(
    name: str,
    caption: str,
    rows: list[dict[str, Any]],
    keys: list[str] | None = None,
    *,
    longest: int = LONG,
) -> Table:
    """Lay out records by their column names; headings and units come from those names."""
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
    )


def mixed_table(
    name: str,
    caption: str,
    keys: Iterable[str],
    rows: Iterable[dict[str, Any]],
    *,
    note: str = "",
    searchable: bool = False,
) -> Table:
    """Lay out records whose values are cells already, or plain values under known names."""
    names = list(keys)
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
    )


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
