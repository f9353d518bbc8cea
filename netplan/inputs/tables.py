"""A sheet of text to a typed table, with what its schema finds wrong in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pa

from netplan.errors import Problem, Severity
from netplan.inputs.cells import has_markup, is_formula, read_cell
from netplan.inputs.faults import Fault, schema_fault
from netplan.inputs.fields import Field, TableSpec, schema
from netplan.inputs.reader import Sheet, shown

#: Notes of one kind in one column are told up to this many.
_MAX_NOTES = 50
_MARKUP_SIGNS = ("<", "{{", "{%", "{#", "${", "javascript:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A typed table that remembers where each row stood.

    Parameters
    ----------
    spec
        What its columns are.
    frame
        Every column of the contract, then the file's others; one row per
        record, in the file's order, with positions 0, 1, ... as index.
    rows
        Row of each record as a spreadsheet numbers it.
    text
        Column to its cells as they stand in the file.
    faulty
        Column to the positions whose cell has already been called wrong.
    ragged
        Rows whose number of cells is not the header's.
    """

    spec: TableSpec
    frame: pd.DataFrame
    rows: npt.NDArray[np.int64]
    text: Mapping[str, Sequence[str]]
    faulty: Mapping[str, frozenset[int]]
    ragged: frozenset[int] = frozenset()

    def problem(
        self,
        position: int,
        column: str | None,
        *,
        code: str,
        message: str,
        expected: str,
        fix: str,
        severity: Severity = "error",
    ) -> Problem:
        """Make a problem of one cell, or of one row when no column is named."""
        cells = self.text.get(column) if column is not None else None
        return Problem(
            code=code,
            file=self.spec.file,
            row=int(self.rows[position]),
            column=column,
            value=shown(cells[position]) if cells is not None else None,
            message=message,
            expected=expected,
            fix=fix,
            severity=severity,
        )

    def row(self, position: int) -> int:
        """Give the row of a record as a spreadsheet numbers it."""
        return int(self.rows[position])


def empty_table(spec: TableSpec) -> Table:
    """Give a table without rows."""
    return type_sheet(Sheet(file=spec.file, cells={}, rows=[]), spec)[0]


def type_sheet(sheet: Sheet, spec: TableSpec) -> tuple[Table, list[Problem]]:
    """Give a sheet's cells their types, and every problem of single cells and keys."""
    count = len(sheet.rows)
    data: dict[str, pd.Series] = {}
    faults: dict[str, dict[int, Fault]] = {}
    for field in spec.fields:
        cells = sheet.cells.get(field.name)
        if cells is None:
            data[field.name] = _unknown(count, field)
        else:
            data[field.name], faults[field.name] = _type_column(cells, field)
    for name, cells in sheet.cells.items():
        if name not in data:
            data[name] = pd.Series([cell or np.nan for cell in cells], dtype="str")
    table = Table(
        spec=spec,
        frame=pd.DataFrame(data, index=pd.RangeIndex(count)),
        rows=np.asarray(sheet.rows, dtype=np.int64),
        text=sheet.cells,
        faulty={name: frozenset(found) for name, found in faults.items()},
        ragged=sheet.ragged,
    )
    problems = [
        table.problem(
            position,
            name,
            code=fault.code,
            message=fault.message,
            expected=fault.expected,
            fix=fault.fix,
        )
        for name, found in faults.items()
        for position, fault in found.items()
    ]
    problems += _schema_problems(table)
    return table, problems + _notes(table)


def with_defaults(table: Table) -> pd.DataFrame:
    """Give the frame with empty cells filled by their column's default."""
    frame = table.frame.copy(deep=False)
    for field in table.spec.fields:
        if field.default is None:
            continue
        if field.numeric and isinstance(field.default, str):
            frame[field.name] = frame[field.name].fillna(frame[field.default])
        else:
            frame[field.name] = frame[field.name].fillna(field.default)
    return frame


def key_of(table: Table) -> pd.DataFrame:
    """Give the key columns with their defaults filled in."""
    return with_defaults(table)[list(table.spec.key)]


def _unknown(count: int, field: Field) -> "pd.Series":
    if field.numeric:
        return pd.Series(np.full(count, np.nan), dtype=float)
    return pd.Series([np.nan] * count, dtype="str")


def _type_column(cells: Sequence[str], field: Field) -> tuple["pd.Series", dict[int, Fault]]:
    values: dict[str, float | str] = {"": np.nan}
    faults: dict[str, Fault] = {}
    for text in set(cells):
        if text:
            value = read_cell(text, field)
            if isinstance(value, Fault):
                faults[text] = value
                values[text] = np.nan
            else:
                values[text] = value
    typed = pd.Series([values[text] for text in cells], dtype=float if field.numeric else "str")
    if not faults:
        return typed, {}
    return typed, {position: faults[text] for position, text in enumerate(cells) if text in faults}


def _schema_problems(table: Table) -> list[Problem]:
    try:
        schema(table.spec, keyed=False).validate(table.frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return _duplicate_keys(table)
    problems = []
    faults: dict[tuple[str, str, str], Fault] = {}
    for name, check, index in zip(cases["column"], cases["check"], cases["index"], strict=True):
        position = int(index)
        if position in table.faulty.get(name, ()):
            continue
        value = table.frame[name].iloc[position]
        told = (name, check, str(value))
        if told not in faults:
            faults[told] = schema_fault(check, value, table.spec.field(name))
        fault = faults[told]
        problems.append(
            table.problem(
                position,
                name,
                code=fault.code,
                message=fault.message,
                expected=fault.expected,
                fix=fault.fix,
            )
        )
    return problems + _duplicate_keys(table)


def _duplicate_keys(table: Table) -> list[Problem]:
    names = list(table.spec.key)
    keys = key_of(table)
    known = keys.notna().all(axis=1)
    repeated = known & keys.duplicated(keep="first")
    if not repeated.any():
        return []
    tuples = list(keys.itertuples(index=False, name=None))
    firsts = {key: position for position, key in reversed(list(enumerate(tuples)))}
    problems = []
    for position in np.flatnonzero(repeated.to_numpy()):
        key = tuples[position]
        first = table.row(firsts[key])
        told = ", ".join(str(part) for part in key)
        problems.append(
            table.problem(
                int(position),
                names[0] if len(names) == 1 else names[-1],
                code="duplicate-key",
                message=f"row {first} has the same {' and '.join(names)} ({shown(told)})",
                expected="each " + " and ".join(names) + " once",
                fix="Delete one of the two rows, or correct its key.",
            )
        )
    return problems


def _notes(table: Table) -> list[Problem]:
    numeric = {field.name for field in table.spec.fields if field.numeric}
    notes: list[Problem] = []
    for name, cells in table.text.items():
        distinct = set(cells)
        if name not in numeric:
            formulas = {text for text in distinct if is_formula(text)}
            notes += _note(
                table,
                name,
                formulas,
                code="formula-cell",
                message="a spreadsheet would take this for a formula; it is shown as text and "
                "neutralized on spreadsheet export",
            )
        suspects = "\x00".join(distinct)
        if any(sign in suspects for sign in _MARKUP_SIGNS):
            notes += _note(
                table,
                name,
                {text for text in distinct if has_markup(text)},
                code="markup-cell",
                message="the cell holds HTML or template code; it is shown as text everywhere",
            )
    return notes


def _note(table: Table, name: str, texts: set[str], *, code: str, message: str) -> list[Problem]:
    if not texts:
        return []
    positions = [position for position, text in enumerate(table.text[name]) if text in texts]
    more = len(positions) - _MAX_NOTES
    notes = [
        table.problem(
            position,
            name,
            code=code,
            message=message,
            expected="",
            fix="Nothing to do, if it is meant.",
            severity="note",
        )
        for position in positions[:_MAX_NOTES]
    ]
    if more > 0:
        notes.append(
            Problem(
                code=code,
                file=table.spec.file,
                column=shown(name),
                message=f"{more:,} more such cells",
                expected="",
                fix="Nothing to do, if it is meant.",
                severity="note",
            )
        )
    return notes
