"""Cells of the after-school tables: numbers with their intervals, what is withheld said so."""

from dataclasses import replace

from netplan.gap.moe import Z_90
from netplan.report.format import (
    UNKNOWN,
    Cell,
    count,
    exact,
    number,
    percent,
)
from netplan.report.guesses import MARK
from netplan.report.home_words import with_error
from netplan.report.layout import Table

WITHHELD = Cell(text="withheld", sort="-1", numeric=True)


def says(value: object) -> bool:
    """Say whether a cell tells anything: it is neither empty, nor unknown, nor withheld."""
    text = value.text if isinstance(value, Cell) else value
    return text not in ("", UNKNOWN, WITHHELD.text)


def marked(shown: Cell, guessed: bool) -> Cell:
    """Mark a cell that rests on a guess; what is withheld needs no mark."""
    return replace(shown, mark=MARK) if guessed and shown != WITHHELD else shown


def titled(table: Table, titles: dict[str, str]) -> Table:
    """Give a table with some headings in its own words."""
    columns = tuple(
        replace(column, title=titles.get(column.key, column.title)) for column in table.columns
    )
    return replace(table, columns=columns)


def counted(value: float | None, *, withheld: bool = False, unit: str = "students") -> Cell:
    """Give a whole number, or why there is none."""
    if value is None:
        return WITHHELD if withheld else Cell(text=UNKNOWN, numeric=True)
    return Cell(text=count(value), exact=exact(value, unit), sort=repr(float(value)), numeric=True)


def interval(value: float | None, se: float | None, withheld: bool) -> Cell:
    """Give a count with its 90 % interval, or why there is none."""
    if value is None:
        return WITHHELD if withheld else Cell(text=UNKNOWN, numeric=True)
    text = count(value) if se is None else with_error(value, se)
    error = "" if se is None else f", standard error {number(se)}"
    return Cell(text=text, exact=f"{number(value)}{error}", sort=repr(float(value)), numeric=True)


def rated(value: float | None, se: float | None, withheld: bool) -> Cell:
    """Give a share with its 90 % interval, or why there is none."""
    if value is None:
        return WITHHELD if withheld else Cell(text=UNKNOWN, numeric=True)
    text = percent(value) if se is None else f"{100 * value:.1f} ± {100 * Z_90 * se:.1f} %"
    return Cell(text=text.replace(" %", "\N{NO-BREAK SPACE}%"), sort=repr(value), numeric=True)
