"""What reading one list of the after-school half gives: rows of a table, rows left out, notes."""

from dataclasses import dataclass

from netplan.errors import InputError, Problem
from netplan.sources.lan import TableRow


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftRow:
    """A row of a list that is in no table of the folder: why, and how to add it.

    ``row`` is the row a spreadsheet shows, or the number of a feature in a
    file of shapes; ``id`` is empty where the list gives none.
    """

    file: str
    row: int
    id: str
    name: str
    reason: str
    how_to_add: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one list gave: its file and layout in words, how many rows were read, and what of them.

    Parameters
    ----------
    file, layout, read
        The file's name, its layout in words, and its rows or features.
    rows
        Rows of the table, in the order they are written.
    left_out, notes
        Rows that are in no table, and what someone should look at.
    """

    file: str
    layout: str
    read: int
    rows: tuple[TableRow, ...]
    left_out: tuple[LeftRow, ...]
    notes: tuple[Problem, ...]


def counted(count: int, noun: str) -> str:
    """Give a count with its noun: ``1 area``, ``2,144 areas``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def note(
    code: str, file: str, message: str, fix: str, *, row: int | None = None, column: str = ""
) -> Problem:
    """Give something to look at that stops nothing."""
    return Problem(
        code=code,
        file=file,
        row=row,
        column=column or None,
        message=message,
        expected="",
        fix=fix,
        severity="note",
    )


def failure(
    code: str,
    file: str,
    message: str,
    expected: str,
    fix: str,
    *,
    row: int | None = None,
    value: str | None = None,
) -> InputError:
    """Give the error of a list that cannot be used."""
    return InputError(
        [
            Problem(
                code=code,
                file=file,
                row=row,
                value=None if value is None else value[:80],
                message=message,
                expected=expected,
                fix=fix,
            )
        ]
    )
