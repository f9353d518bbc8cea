"""The after-school half on a terminal: the answer first, then the worst places, then the plan."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from netplan.access.publish import WEEKDAYS
from netplan.gap.moe import Z_90
from netplan.report.format import UNKNOWN, clean, count, listed, percent, tidy
from netplan.report.frames import records
from netplan.report.home import AccessReport, GapReport
from netplan.report.home_words import (
    access_headline,
    by_students,
    gap_headline,
    places,
    usd,
    with_error,
)
from netplan.report.lookup import Row
from netplan.report.terminal import print_findings

_WORST = 15
_WITHHELD = "withheld"


def print_gap(report: GapReport, console: Console, *, all_rows: bool = False) -> None:
    """Print students offline by area, the most first."""
    _head(report.district.name, gap_headline(report), console)
    rows = places(report)
    _print(console, _areas(rows if all_rows else rows[:_WORST]), len(rows), all_rows, "areas")
    _notes(report.notes, console)
    print_findings(report.findings, console, all_rows=all_rows)


def print_access(report: AccessReport, console: Console, *, all_rows: bool = False) -> None:
    """Print the plan: what is open, when the buses come, what more money buys."""
    first, *others = gap_headline(report.gap)
    _head(report.district.name, [*access_headline(report), first, *others], console)
    rows = by_students(report)
    if rows:
        shown = rows if all_rows else rows[:_WORST]
        _print(console, _sites(shown), len(rows), all_rows, "places and offers")
    else:
        console.print(Text("Nothing is opened."))
    kinds = records(report.published.kinds)
    if len(kinds) > 1 or len(rows) > 1:
        console.print()
        console.print(Text("By kind", style="bold"))
        console.print(_kinds(kinds))
    visits = records(report.timetable)
    if visits:
        console.print()
        console.print(Text("Where the buses stand", style="bold"))
        console.print(_timetable(visits))
    curve = records(report.curve)
    if curve:
        console.print()
        console.print(Text("What a yearly budget buys", style="bold"))
        console.print(_curve(curve))
    limits = records(report.published.limits)
    if limits:
        console.print()
        console.print(Text("Students offline who are not served", style="bold"))
        for row in limits:
            console.print(Text(clean(f"- {row['reason']}: {_students(row)}")))
    _notes((*report.published.notes, *report.gap.notes), console)
    print_findings(report.findings, console, all_rows=all_rows)


def _head(name: str, sentences: Sequence[str], console: Console) -> None:
    console.print(Text(clean(name), style="bold"))
    first, *others = sentences
    console.print(Text(tidy(first), style="bold"))
    for sentence in others:
        console.print(Text(tidy(sentence)))
    console.print()


def _notes(notes: Sequence[str], console: Console) -> None:
    if notes:
        console.print()
        console.print(Text("To be read with it", style="bold"))
    for note in notes:
        console.print(Text(tidy(clean(f"- {note}"))))


def _print(console: Console, table: Table, rows: int, all_rows: bool, what: str) -> None:
    console.print(table)
    if not all_rows and rows > _WORST:
        console.print(Text(f"and {rows - _WORST:,} more {what} (--all shows every one)"))


def _plain_table(*headings: tuple[str, bool]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for heading, numeric in headings:
        if numeric:
            table.add_column(heading, justify="right", no_wrap=True)
        else:
            table.add_column(heading, overflow="fold")
    return table


def _areas(rows: list[Row]) -> Table:
    table = _plain_table(
        ("Area (GEOID)", False),
        ("Students", True),
        ("Offline", True),
        ("Share", True),
        ("Survey's own", True),
        ("From", False),
    )
    for row in rows:
        table.add_row(
            Text(clean(row["place"])),
            Text(_count(row["students"])),
            Text(
                _WITHHELD
                if row["suppressed"]
                else with_error(row["students_offline"], row["se"])
                if row["students_offline"] is not None
                else UNKNOWN
            ),
            Text(_share(row["rate"], row.get("rate_se"))),
            Text(_share(row["direct_rate"], row["direct_se"])),
            Text(clean(row["how"])),
        )
    return table


def _sites(rows: list[Row]) -> Table:
    table = _plain_table(
        ("Place or offer", False),
        ("Kind", False),
        ("Students", True),
        ("5 to 95 %", True),
        ("USD a year", True),
        ("USD each", True),
        ("Worth it", True),
    )
    for row in rows:
        low, high = row["students_low"], row["students_high"]
        span = UNKNOWN if low is None else f"{count(low)} to {count(high)}"
        table.add_row(
            Text(clean(row["name"])),
            Text(clean(row["kind"])),
            Text(_students(row)),
            Text(span),
            Text(_count(row["usd_per_year"])),
            Text(_count(row["usd_per_student"])),
            Text(UNKNOWN if row["worth_share"] is None else percent(row["worth_share"])),
        )
    return table


def _kinds(rows: list[Row]) -> Table:
    table = _plain_table(
        ("Kind", False), ("How many", True), ("Students", True), ("USD a year", True)
    )
    for row in rows:
        table.add_row(
            Text(clean(listed(row["kind"].split("; ")))),
            Text(count(row["places"])),
            Text(_students(row)),
            Text(_WITHHELD if row["usd_per_year"] is None else count(row["usd_per_year"])),
        )
    return table


def _timetable(visits: list[Row]) -> Table:
    """One row per visit, day by day: a column per weekday would cut names into pieces."""
    table = _plain_table(("Day", False), ("Bus", False), ("Time", False), ("Where", False))
    before = ""
    for row in sorted(
        visits, key=lambda row: (WEEKDAYS.index(row["weekday"]), row["bus_id"], row["start"])
    ):
        day = "" if row["weekday"] == before else row["weekday"].title()
        before = row["weekday"]
        span = f"{row['start']} to {row['end']}"
        table.add_row(day, Text(clean(row["bus_id"])), Text(span), Text(clean(row["name"])))
    return table


def _curve(rows: list[Row]) -> Table:
    table = _plain_table(
        ("Budget, USD a year", True),
        ("At least", True),
        ("At most", True),
        ("Spent", True),
        ("Open", True),
    )
    for row in rows:
        table.add_row(
            Text(usd(row["usd_per_year"])[:-4]),
            Text(_WITHHELD if row["students"] is None else count(row["students"])),
            Text(_count(row["bound_students"])),
            Text(count(row["cost_usd_per_year"])),
            Text(count(row["sites"])),
        )
    return table


def _students(row: Row) -> str:
    return _WITHHELD if row["suppressed"] else count(row["students"])


def _count(value: float | None) -> str:
    return UNKNOWN if value is None else count(value)


def _share(value: float | None, se: float | None) -> str:
    if value is None:
        return UNKNOWN
    return percent(value) if se is None else f"{100 * value:.1f} ± {100 * Z_90 * se:.1f} %"
