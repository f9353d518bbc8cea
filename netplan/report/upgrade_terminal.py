"""The plan of upgrades on a terminal: the answer, what to buy when, what is left."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from netplan.report.format import clean
from netplan.report.home_cells import titled
from netplan.report.layout import Table as Laid
from netplan.report.upgrade import UpgradeReport
from netplan.report.upgrade_views import upgrades_table, years_table
from netplan.report.upgrade_words import unmet_sentence, upgrade_headline

_ROWS = 25
#: Letters of a school year, such as 2027-28: never cut in two.
_YEAR = 7
_NARROW = {"what": 36, "buy": 34, "fixes": 26}
_SHOWN = ("school_year", "what", "buy", "mbps", "once", "yearly", "net", "fixes")
#: Terminals narrower than this get fewer columns, and those narrower than `_LEAST` fewest.
_WIDE, _LEAST = 120, 80
_SHORT = ("school_year", "what", "buy", "once", "yearly", "net")
_SHORTEST = ("school_year", "what", "buy", "once", "net")
_YEARS_SHORT = ("school_year", "purchases", "net", "congested", "relieved")
_HEADS_SHORT = {
    "school_year": "Year",
    "net": "District pays",
    "congested": "Hours congested",
    "relieved": "Hours given back",
}


def print_upgrade(
    report: UpgradeReport, console: Console, *, all_rows: bool = False, page: Path | None = None
) -> None:
    """Print what to buy.

    Parameters
    ----------
    report
        What to print.
    console
        Where to; no meaning is in color alone.
    all_rows
        Print every purchase, not only the first.
    page
        The page to open, where an output folder was written.
    """
    laid_on, names = [*report.scenarios, *report.sets], report.school_names
    with_ = f", with {'; '.join(laid_on)}" if laid_on else ""
    console.print(Text(clean(f"{report.district.name}{with_}"), style="bold"))
    first, *others = upgrade_headline(report)
    console.print(Text(first, style="bold"))
    for sentence in others:
        console.print(Text(sentence))
    if len(report.plan.upgrades):
        laid, narrow = upgrades_table(report.plan, names), console.width < _WIDE
        shown = _SHOWN if not narrow else _SHORT if console.width >= _LEAST else _SHORTEST
        heads = {"school_year": "Year", "net": "After E-Rate"} if narrow else {}
        _print(laid, console, len(laid.rows) if all_rows else _ROWS, shown, heads)
        years = years_table(report.plan)
        if narrow and report.plan.congested_student_hours:
            years = titled(years, _HEADS_SHORT)
            _print(years, console, len(years.rows), _YEARS_SHORT)
        else:
            _print(years, console, len(years.rows))
    if report.plan.unmet:
        console.print()
        console.print(Text("Not put right", style="bold"))
        unmet = report.plan.unmet if all_rows else report.plan.unmet[:_ROWS]
        for one in unmet:
            console.print(Text(f"- {unmet_sentence(one, names)}"))
        if len(unmet) < len(report.plan.unmet):
            console.print(Text(f"{len(report.plan.unmet) - len(unmet)} more with --all."))
    if report.added:
        console.print()
        console.print(Text(clean(f"Warnings that only the plan has: {', '.join(report.added)}")))
    if page is not None:
        console.print()
        console.print(Text(f"Open {clean(str(page))}"), soft_wrap=True)


def _print(
    laid: Laid,
    console: Console,
    most: int,
    keys: Sequence[str] = (),
    heads: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Print some columns of a table that the page shows too, in the order of ``keys``."""
    own = [column.key for column in laid.columns]
    places = [own.index(key) for key in keys or own]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for place in places:
        column = laid.columns[place]
        table.add_column(
            heads.get(column.key, column.title),
            justify="right" if column.numeric else "left",
            no_wrap=column.numeric or column.key == "school_year",
            min_width=_YEAR if column.key == "school_year" else None,
            max_width=_NARROW.get(column.key),
            overflow="fold",
        )
    for row in laid.rows[:most]:
        table.add_row(
            *(Text(f"{row[place].text}{' *' if row[place].mark else ''}") for place in places)
        )
    console.print()
    console.print(Text(laid.caption, style="bold"))
    console.print(table)
    if any(row[place].mark for row in laid.rows for place in places):
        console.print(Text("* the price is an assumption"))
    if len(laid.rows) > most:
        console.print(Text(f"{len(laid.rows) - most} more with --all."))
