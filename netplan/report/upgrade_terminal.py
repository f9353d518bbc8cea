"""The plan of upgrades on a terminal: the answer, what to buy when, what is left."""

from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from netplan.report.format import clean
from netplan.report.layout import Table as Laid
from netplan.report.upgrade import UpgradeReport
from netplan.report.upgrade_views import upgrades_table, years_table
from netplan.report.upgrade_words import unmet_sentence, upgrade_headline

_ROWS = 25
_NARROW = {"school_year": 8, "what": 30, "buy": 34, "fixes": 26}
_SHOWN = ("school_year", "what", "buy", "mbps", "once", "yearly", "net", "fixes")


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
    named = [*report.scenarios, *report.sets]
    with_ = f", with {'; '.join(named)}" if named else ""
    console.print(Text(clean(f"{report.district.name}{with_}"), style="bold"))
    first, *others = upgrade_headline(report)
    console.print(Text(first, style="bold"))
    for sentence in others:
        console.print(Text(sentence))
    if len(report.plan.upgrades):
        laid = upgrades_table(report.plan)
        _print(laid, console, len(laid.rows) if all_rows else _ROWS, _SHOWN)
        _print(years_table(report.plan), console, len(report.plan.school_years))
    if report.plan.unmet:
        console.print()
        console.print(Text("Not put right", style="bold"))
        shown = report.plan.unmet if all_rows else report.plan.unmet[:_ROWS]
        for one in shown:
            console.print(Text(f"- {unmet_sentence(one)}"))
        if len(shown) < len(report.plan.unmet):
            console.print(Text(f"{len(report.plan.unmet) - len(shown)} more with --all."))
    if report.added:
        console.print()
        console.print(Text(clean(f"Warnings that only the plan has: {', '.join(report.added)}")))
    if page is not None:
        console.print()
        console.print(Text(f"Open {clean(str(page))}"), soft_wrap=True)


def _print(laid: Laid, console: Console, most: int, keys: tuple[str, ...] = ()) -> None:
    """Print some columns of a table that the page shows too."""
    places = [place for place, column in enumerate(laid.columns) if not keys or column.key in keys]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for place in places:
        column = laid.columns[place]
        table.add_column(
            column.title,
            justify="right" if column.numeric else "left",
            no_wrap=column.numeric,
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
