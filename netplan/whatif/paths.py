"""Cells named on one line: ``devices[kind=chromebook,group=3-12].per_person=1.2``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from netplan.errors import Problem, ScenarioError
from netplan.inputs.reader import shown
from netplan.whatif.model import Change, Place

#: Where a change of the command line stands; its values are text, read as a cell of a CSV is.
SET = "--set"
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_HEAD = re.compile(rf"\s*({_NAME})\s*")
_COLUMN = re.compile(rf"\.\s*({_NAME})\s*")
_EXAMPLE = "such as planning.growth_per_year=0.4 or devices[kind=chromebook].per_person=1.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A column of some rows of a table, or a key of a section.

    ``where`` is as in `Change`: column to the values that a row must hold, any of them.
    """

    table: str
    where: Mapping[str, tuple[str, ...]]
    column: str

    def __str__(self) -> str:
        """Give it as `parse_cell` reads it."""
        rows = ",".join(f"{name}={'|'.join(values)}" for name, values in self.where.items())
        return f"{self.table}[{rows}].{self.column}" if rows else f"{self.table}.{self.column}"

    def change(self, value: Any, place: Place, *, factor: bool = False) -> Change:
        """Give the change that sets the cell to a value, or multiplies it by a factor.

        Parameters
        ----------
        value
            A number or text; text from ``--set`` is read as a cell of a CSV is.
        place
            Where it was said.
        factor
            Whether ``value`` multiplies what is there.
        """
        cells = MappingProxyType({self.column: value})
        return Change(
            table=self.table,
            place=place,
            name=f"{self}{'*' if factor else ''}={value}",
            where=self.where,
            set=MappingProxyType({}) if factor else cells,
            multiply=cells if factor else MappingProxyType({}),
        )


def parse_cell(text: str, *, file: str = SET, line: int | None = None) -> Cell:
    """Read ``table[column=value|value,column=value].column``; the brackets may be left out.

    Parameters
    ----------
    text
        A value may stand in double quotation marks, then it may hold ``, | ] "`` (doubled).
    file, line
        Where it was said, for the error.

    Raises
    ------
    ScenarioError
        It is no such text.
    """
    cell, rest = _cell(text, file, line)
    if rest.strip():
        raise _error(text, file, line, "something follows the column")
    return cell


def parse_set(text: str) -> Change:
    """Read one ``--set``: a cell, ``=`` and its value, or ``*=`` and a factor.

    Raises
    ------
    ScenarioError
        It is no such text.
    """
    cell, rest = _cell(text, SET, None)
    factor = rest.startswith("*=")
    if not factor and not rest.startswith("="):
        raise _error(text, SET, None, "no = follows the column")
    value = rest[2 if factor else 1 :].strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1].replace('""', '"')
    return cell.change(value, Place(file=SET), factor=factor)


def _cell(text: str, file: str, line: int | None) -> tuple[Cell, str]:
    """Read the cell at the start of a text; give it and what follows."""
    head = _HEAD.match(text)
    if head is None:
        raise _error(text, file, line, "it does not begin with a table or section")
    at, where = head.end(), MappingProxyType[str, tuple[str, ...]]({})
    if text[at : at + 1] == "[":
        where, at = _rows(text, at + 1, file, line)
    column = _COLUMN.match(text, at)
    if column is None:
        raise _error(text, file, line, "no .column follows the table")
    return Cell(table=head[1], where=where, column=column[1]), text[column.end() :]


def _rows(
    text: str, at: int, file: str, line: int | None
) -> tuple[MappingProxyType[str, tuple[str, ...]], int]:
    """Read what stands between the brackets; give it and the position after them."""
    where: dict[str, tuple[str, ...]] = {}
    while True:
        name = re.compile(rf"\s*({_NAME})\s*=\s*").match(text, at)
        if name is None:
            raise _error(text, file, line, "column=value does not stand between the brackets")
        if name[1] in where:
            raise _error(text, file, line, f"{name[1]} stands there twice; write a|b")
        values, at = _values(text, name.end(), file, line)
        where[name[1]] = values
        if text[at : at + 1] == "]":
            return MappingProxyType(where), at + 1
        at += 1


def _values(text: str, at: int, file: str, line: int | None) -> tuple[tuple[str, ...], int]:
    """Read values between ``|``; give them and the position of the comma or bracket after."""
    value = re.compile(r'"((?:[^"]|"")*)"\s*|([^"|,\]]*)')
    values: list[str] = []
    while True:
        found = value.match(text, at)
        end = text[found.end() : found.end() + 1] if found is not None else ""
        if found is None or end not in ("|", ",", "]") or not end:
            raise _error(text, file, line, "the bracket is not closed")
        quoted = found[1]
        values.append(quoted.replace('""', '"') if quoted is not None else found[2].strip())
        at = found.end()
        if end != "|":
            return tuple(values), at
        at += 1


def _error(text: str, file: str, line: int | None, message: str) -> ScenarioError:
    return ScenarioError(
        [
            Problem(
                code="bad-path",
                file=file,
                row=line,
                value=shown(text),
                message=f"this names no cell: {message}",
                expected="table[column=value,...].column or section.key, " + _EXAMPLE,
                fix="Correct it.",
            )
        ]
    )
