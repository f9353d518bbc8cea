"""What a district costs, on a terminal: the answer, the years, the centers, what was found."""

from dataclasses import replace
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from netplan.report.format import Cell, clean, tidy
from netplan.report.layout import Table as Laid
from netplan.report.money import CostReport
from netplan.report.money_views import centers_table, funding_table, lines_table, payers_table
from netplan.report.money_words import money_headline, share_sentence, short_usd
from netplan.report.terminal import print_findings

_NAME = 26
#: Terminals narrower than this get thousands and millions instead of whole dollars.
_WIDE = 100


def print_cost(
    report: CostReport, console: Console, *, all_rows: bool = False, page: Path | None = None
) -> None:
    """Print the cost of every school year against what pays for it.

    Parameters
    ----------
    report
        What to print.
    console
        Where to; no meaning is in color alone.
    all_rows
        Print every cost too, and every finding.
    page
        The page to open, where an output folder was written.
    """
    first, *others = money_headline(report)
    name = report.district.name
    with_ = f", with {'; '.join([*report.titles, *report.sets])}" if report.scenarios else ""
    console.print(Text(clean(f"{name}{with_}"), style="bold"))
    console.print(Text(tidy(first), style="bold"))
    for sentence in others:
        console.print(Text(tidy(sentence)))
    owned = report.ownership
    keys = ["payer", *owned.school_years, "total"]
    _print(payers_table(owned), keys, console)
    _print(centers_table(owned), ["center", *owned.school_years, "total"], console)
    if share := share_sentence(owned):
        console.print(Text(share))
    if not owned.funding.empty:
        funding = funding_table(owned)
        if console.width < _WIDE:  # what there is has no room beside what is used
            funding = replace(funding, caption="Sources of money: USD used")
        _print(funding, ["name", *owned.school_years], console)
    if all_rows:
        _print(lines_table(owned), ["what", *owned.school_years, "total", "how"], console)
    print_findings(report.findings, console, all_rows=all_rows)
    if page is not None:
        console.print()
        console.print(Text(f"Open {clean(str(page))}"), soft_wrap=True)


def _print(laid: Laid, keys: list[str], console: Console) -> None:
    """Print some columns of a table that a page shows too."""
    places = [place for place, column in enumerate(laid.columns) if column.key in keys]
    short = console.width < _WIDE
    first = [*(row[0].text for row in laid.rows), laid.total[0].text if laid.total else ""]
    # a cost center's name is not cut in two, but for the odd long one
    name = min(max(map(len, first)), _NAME) if short else 12
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        show_edge=False,
        show_footer=bool(laid.total),
    )
    for place in places:
        column = laid.columns[place]
        table.add_column(
            column.title if column.title[:1].isalpha() else column.key,
            footer=_said(laid.total[place], short=short) if laid.total else "",
            justify="right" if column.numeric else "left",
            no_wrap=column.numeric,
            min_width=0 if column.numeric else name if place == places[0] else 12,
            max_width=_NAME if place == places[0] else None,
            overflow="fold",
        )
    for row in laid.rows:
        table.add_row(*(Text(_said(row[place], short=short)) for place in places))
    console.print()
    console.print(Text(laid.caption, style="bold"))
    console.print(table)


def _said(cell: Cell, *, short: bool) -> str:
    if short and cell.numeric and cell.sort:
        return short_usd(float(cell.sort))
    return f"{cell.text} [{cell.mark}]" if cell.mark else cell.text
