"""New values of the cells that a change sets or multiplies."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from netplan.inputs.faults import Fault
from netplan.inputs.fields import Field, TableSpec
from netplan.whatif.draft import Draft, fault_problem, problem
from netplan.whatif.model import Change
from netplan.whatif.paths import SET
from netplan.whatif.sheet import Bools, Sheet
from netplan.whatif.values import in_range, typed


def write(draft: Draft, sheet: Sheet, changes: Sequence[Change], number: int, mask: Bools) -> None:
    """Set and multiply the cells of the rows that a change means."""
    change = changes[number]
    columns = {one.name: one for one in sheet.spec.fields}
    for kind, cells in (("set", change.set), ("multiply", change.multiply)):
        for name, value in cells.items():
            part, column = f"{kind}.{name}", columns[name]
            if column.key:
                draft.problems.append(_key_problem(change, part, sheet.spec))
                continue
            taken = sheet.taken.setdefault(name, np.full(len(sheet.frame), -1))
            if (taken[mask] >= 0).any():
                other = changes[int(taken[mask].max())]
                draft.problems.append(twice(sheet, change, part, other, mask & (taken >= 0)))
                continue
            taken[mask] = number
            before = sheet.frame[name]
            now = sheet.columns.get(name, before).copy()
            new = _new(before[mask], value, column, change, factor=kind == "multiply")
            if isinstance(new, Fault):
                draft.problems.append(fault_problem(change, part, new, value))
                continue
            now[mask] = new
            sheet.columns[name] = now


def _new(
    before: "pd.Series[Any]", value: Any, column: Field, change: Change, *, factor: bool
) -> Any:
    """Give new values of some cells of one column, or what is wrong with them."""
    text = change.place.file == SET
    if not factor:
        new = typed(value, column, text=text)
        if isinstance(new, float) and math.isnan(new) and column.default is not None:
            # an empty cell holds the column's default; one that follows another column is
            # filled when the table is finished
            return new if isinstance(column.default, str) and column.numeric else column.default
        return new
    if not column.numeric:
        return Fault(
            "not-a-number",
            f"{column.name} holds text, which nothing multiplies",
            "a column of numbers",
            "Write set in place of multiply.",
        )
    times = typed(value, Field(name="factor", kind="number", description="Factor."), text=text)
    if isinstance(times, Fault):
        return times
    if isinstance(times, str) or not math.isfinite(times) or before.isna().all():
        return Fault(
            "nothing-to-multiply",
            "the factor or every cell that it multiplies is empty",
            "numbers",
            "Write set in place of multiply.",
        )
    product = before * times
    for one in np.unique(product.dropna().to_numpy(dtype=np.float64)):
        fault = in_range(float(one), column)
        if fault is not None:
            return Fault(fault.code, f"{fault.message} ({one:g})", fault.expected, fault.fix)
    return product


def _key_problem(change: Change, part: str, spec: TableSpec) -> Any:
    return problem(
        change,
        part,
        "key-column",
        message=f"{part.split('.', 1)[1]} names the row and cannot be changed",
        expected=f"a column other than {', '.join(spec.key)}",
        fix="Remove the row and insert another one.",
    )


def twice(sheet: Sheet, change: Change, part: str, other: Change, both: Bools) -> Any:
    at = int(np.flatnonzero(both)[0])
    row = ", ".join(f"{name} {sheet.frame[name].iloc[at]}" for name in sheet.spec.key)
    where = f"line {other.place.line}" if other.place.line else other.name
    return problem(
        change,
        part,
        "set-twice",
        message=f"{part.split('.', 1)[1]} of {row} is set twice, here and in {where}",
        expected="each cell once",
        fix="Delete one of the two, or narrow its rows.",
    )
