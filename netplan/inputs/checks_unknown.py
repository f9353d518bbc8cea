"""Ids of schools, nodes and links that stand in no table: typed wrong, damaged, or left behind.

An id that stands in many rows is rarely a slip: its school was taken out of
schools.csv and its rows stayed, or a spreadsheet took the leading zeros. Those
are told once for a file, and never with the id of another school as advice.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from netplan.errors import Problem
from netplan.inputs.fields import Field
from netplan.inputs.reader import shown
from netplan.inputs.suggest import looks_like, near_miss
from netplan.inputs.tables import Table

#: What is meant by an id of a referred column, and what is told of ids left behind.
THINGS = {"schools.school_id": "school", "nodes.node_id": "node", "links.link_id": "link"}
_MOST_ROWS = 8
_MOST_IDS = 4
_SEPARATOR = re.compile(r"[-_.:/ ]")
#: Distinct unknown ids of one column that get a comparison with every known one.
_PATIENCE = 500


class _Use(NamedTuple):
    """One cell that holds an unknown id."""

    position: int
    field: Field
    value: str


def unknown_things(
    table: Table, fields: Sequence[Field], reference: str, known: frozenset[str], *, code: str
) -> list[Problem]:
    """Find the ids in some columns of a table that the table they refer to does not hold.

    Parameters
    ----------
    table
        The table that uses them.
    fields
        Its columns that refer to ``reference``.
    known
        Every id that there is.
    code
        Code of the problems.
    """
    uses = [use for field in fields for use in _uses(table, field, known)]
    if not uses:
        return []
    home = reference.partition(".")[0] + ".csv"
    unpadded = {_unpadded(name): name for name in known}
    by_id: dict[str, list[_Use]] = {}
    padded: list[_Use] = []
    for use in sorted(uses, key=lambda use: use.position):
        if use.value not in known and _unpadded(use.value) in unpadded:
            padded.append(use)
        else:
            by_id.setdefault(use.value, []).append(use)
    problems = [_lost_zeros(table, padded, reference, unpadded)] if padded else []
    left_behind: dict[str, list[_Use]] = {}
    stems = {_stem(name, reference) for name in known}
    for value, found in by_id.items():
        near = near_miss(value, known) if len(by_id) <= _PATIENCE else None
        stem = _stem(value, reference)
        if near is not None and (
            looks_like(near, value) or not _consistent(table, found, reference)
        ):
            problems += _each(table, found, home, reference, code, f"Did you mean {near!r}?")
        elif stem in stems and reference != "schools.school_id":
            problems += _each(
                table, found, home, reference, code, f"Add it to {home}, or delete the row."
            )
        else:
            left_behind.setdefault(stem, []).extend(found)
    for stem, found in left_behind.items():
        rows = {use.position for use in found}
        if len(rows) > 1 or _consistent(table, found, reference):
            problems.append(_left_behind(table, stem, found, home, reference, code))
        else:
            problems += _each(
                table, found, home, reference, code, f"Add it to {home}, or delete the row."
            )
    return problems


def _uses(table: Table, field: Field, known: frozenset[str]) -> list[_Use]:
    values = table.frame[field.name]
    strange = values.notna() & ~values.isin(known | set(field.allowed))
    return [
        _Use(int(position), field, str(values.iloc[position]))
        for position in np.flatnonzero(strange.to_numpy())
    ]


def _unpadded(name: str) -> str:
    return name.lstrip("0") or "0"


def _stem(value: str, reference: str) -> str:
    """Give what the ids of one school's things have in common: the part before a separator."""
    return value if reference == "schools.school_id" else _SEPARATOR.split(value, maxsplit=1)[0]


def _consistent(table: Table, found: Sequence[_Use], reference: str) -> bool:
    """Say whether an unknown school is meant: in several rows, or named by its things' ids."""
    if reference != "schools.school_id":
        return False
    if len({use.position for use in found}) > 1:
        return True
    key = table.spec.key[0]
    if key == "school_id" or key not in table.frame:
        return False
    name = str(table.frame[key].iloc[found[0].position])
    return found[0].value in _SEPARATOR.split(name)


def _rows(table: Table, found: Iterable[_Use]) -> str:
    rows = sorted({table.row(use.position) for use in found})
    told = ", ".join(f"{row}" for row in rows[:_MOST_ROWS])
    more = ", ..." if len(rows) > _MOST_ROWS else ""
    return f"{len(rows):,} rows: {told}{more}" if len(rows) > 1 else f"row {told}"


def _each(
    table: Table, found: Sequence[_Use], home: str, reference: str, code: str, fix: str
) -> list[Problem]:
    """Tell of every use by itself."""
    return [
        table.problem(
            use.position,
            use.field.name,
            code=code,
            message=_message(use.field, reference),
            expected=f"an id of {home}",
            fix=fix,
        )
        for use in found
    ]


def _message(field: Field, reference: str) -> str:
    if field.name in ("a", "b"):
        return f"end {field.name} of the link is no node"
    return f"there is no {THINGS[reference]} of this id"


def _left_behind(
    table: Table, stem: str, found: Sequence[_Use], home: str, reference: str, code: str
) -> Problem:
    first = min(found, key=lambda use: use.position)
    rows = _rows(table, found)
    if reference == "schools.school_id":
        message = f"{shown(stem)} is not in {home} ({rows})"
        fix = "If the school was removed, delete these rows and its links; else add it to "
        fix += f"{home}."
    else:
        ids = list(dict.fromkeys(use.value for use in found))
        named = ", ".join(map(shown, ids[:_MOST_IDS]))
        more = f" and {len(ids) - _MOST_IDS:,} more" if len(ids) > _MOST_IDS else ""
        message = f"{named}{more} {'is' if len(ids) == 1 else 'are'} not in {home} ({rows})"
        fix = f"If they were removed, delete these rows; else add what is missing to {home}."
    return table.problem(
        first.position,
        first.field.name,
        code=code,
        message=message,
        expected=f"an id of {home}",
        fix=fix,
    )


def _lost_zeros(
    table: Table, found: Sequence[_Use], reference: str, unpadded: dict[str, str]
) -> Problem:
    """Say which of two files lost the zeros; where it is the one referred to, say it there."""
    first = found[0]
    known = unpadded[_unpadded(first.value)]
    home, _, column = reference.partition(".")
    home += ".csv"
    here = len(known) > len(first.value)
    ids = len({use.value for use in found})
    also = f", and {ids - 1:,} more ids so" if ids > 1 else ""
    rows = f" ({_rows(table, found)})" if here else ""
    loser = table.spec.file if here else home
    return Problem(
        code="lost-zeros",
        file=loser,
        row=table.row(first.position) if here else None,
        column=first.field.name if here else column,
        value=shown(first.value if here else known),
        message=f"the ids lost their leading zeros: {table.spec.file} says {shown(first.value)!r} "
        f"and {home} says {shown(known)!r}{also}{rows}",
        expected="the same id in every file, with its zeros",
        fix=f"Format the column as text and write {max(known, first.value, key=len)[:80]!r} again.",
    )
