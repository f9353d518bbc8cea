"""Rows that a change adds."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from netplan.inputs.columns import EVERY
from netplan.inputs.faults import Fault
from netplan.inputs.fields import Field
from netplan.whatif.draft import Draft, Edit, fault_problem, problem
from netplan.whatif.model import Change
from netplan.whatif.paths import SET
from netplan.whatif.sheet import Sheet
from netplan.whatif.values import typed


def add(draft: Draft, sheet: Sheet, change: Change, lacking: Sequence[str | None]) -> None:
    """Add a row for each school that has none, or one row."""
    several = [name for name, values in change.where.items() if len(values) != 1]
    if several:
        draft.problems.append(
            problem(
                change,
                f"where.{several[0]}",
                "several-values",
                message="a row that is added has one value in each column",
                expected="one value",
                fix="Write a [[change]] for each.",
            )
        )
        return
    given = {name: ("where", values[0]) for name, values in change.where.items()}
    given |= {name: ("set", value) for name, value in change.set.items()}
    found = len(draft.problems)
    row: dict[str, Any] = {}
    for column in sheet.spec.fields:
        if column.name == "school_id" and lacking[0] is not None:
            continue
        row[column.name] = _cell(draft, change, column, given.get(column.name))
    if len(draft.problems) > found:
        return
    for school in lacking:
        mine = row if school is None else {**row, "school_id": school}
        sheet.added.append((mine, change))


def _cell(draft: Draft, change: Change, column: Field, given: tuple[str, Any] | None) -> Any:
    """Give one cell of a row that is added."""
    if given is None:
        if column.default is not None:
            return (
                math.nan if isinstance(column.default, str) and column.numeric else column.default
            )
        if column.key and EVERY in column.allowed:
            return EVERY
        if column.required or column.key:
            draft.problems.append(
                problem(
                    change,
                    "insert",
                    "missing-column",
                    message=f"the row that is added has no {column.name}",
                    expected=column.expected(),
                    fix=f"Add it to where or set. {column.description}",
                )
            )
        return math.nan
    kind, value = given
    new = typed(value, column, text=change.place.file == SET)
    if isinstance(new, Fault):
        draft.problems.append(fault_problem(change, f"{kind}.{column.name}", new, value))
        return math.nan
    if isinstance(new, float) and math.isnan(new) and column.default is not None:
        return math.nan if isinstance(column.default, str) and column.numeric else column.default
    return new


def with_added(draft: Draft, sheet: Sheet, frame: pd.DataFrame) -> pd.DataFrame:
    key = list(sheet.spec.key)
    known: dict[tuple[Any, ...], Change | None] = dict.fromkeys(
        frame[key].itertuples(index=False, name=None)
    )
    rows: list[Mapping[str, Any]] = []
    for row, change in sheet.added:
        mine = tuple(row[name] for name in key)
        if mine in known:
            other = known[mine]
            where = f"; line {other.place.line} adds it too" if other is not None else ""
            told = ", ".join(f"{name} {value}" for name, value in zip(key, mine, strict=True))
            draft.problems.append(
                problem(
                    change,
                    "where",
                    "key-exists",
                    message=f"there is a row with {told} already{where}",
                    expected=f"a {' and '.join(key)} that no row has",
                    fix="Filter by these columns alone, so that the row is changed, not added.",
                )
            )
            continue
        known[mine] = change
        rows.append(row)
        draft.edits.append(
            Edit(
                table=sheet.spec.name,
                keys=pd.DataFrame([mine], columns=key),
                change=change,
                structural=True,
            )
        )
    if not rows:
        return frame
    added = pd.DataFrame(rows).reindex(columns=frame.columns)
    return pd.concat([frame, added.astype(frame.dtypes.to_dict())], ignore_index=True)
