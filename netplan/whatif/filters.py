"""Which rows a change means, and what is wrong with its filter."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from netplan.inputs.fields import Field
from netplan.inputs.suggest import closest
from netplan.whatif.draft import DERIVED, Draft, editable, problem, spec_of
from netplan.whatif.model import Change
from netplan.whatif.paths import SET
from netplan.whatif.sections import SECTION_FIELDS
from netplan.whatif.sheet import Bools, Sheet

#: Tables whose rows are asked for by name, so that a scenario may change them and remove none.
NEEDED_WHOLE = ("settings",)


def sound(draft: Draft, change: Change) -> bool:
    """Say whether a change's table, columns and schools exist; tell what does not."""
    spec = spec_of(change.table)
    if spec is None:
        draft.problems.append(_no_table(change, draft))
        return False
    found = len(draft.problems)
    frame = draft.tables[change.table]
    for kind, names, known in (
        ("where", change.where, list(frame.columns)),
        ("set", change.set, list(spec.columns)),
        ("multiply", change.multiply, list(spec.columns)),
    ):
        for name in names:
            if name not in known:
                near = closest(name, known)
                draft.problems.append(
                    problem(
                        change,
                        f"{kind}.{name}",
                        "unknown-column",
                        message=f"{change.table} has no column {name}",
                        expected="one of " + ", ".join(known),
                        fix=f"Did you mean {near!r}?" if near else "Correct it.",
                    )
                )
    _check_schools(draft, change, list(frame.columns))
    if change.remove and change.table in NEEDED_WHOLE:
        draft.problems.append(_needed(change))
    return len(draft.problems) == found


def _needed(change: Change) -> Any:
    return problem(
        change,
        "remove",
        "needed-row",
        message=f"every row of {change.table} is needed",
        expected="another value in its place",
        fix="Write set in place of remove.",
    )


def _no_table(change: Change, draft: Draft) -> Any:
    known = (*editable(), *SECTION_FIELDS)
    near = closest(change.table, known)
    message = f"there is no table {change.table}"
    fix = f"Did you mean {near!r}?" if near else "Correct it."
    code, expected = "unknown-table", "one of " + ", ".join(known)
    if change.table in draft.tables:
        expected = "a table of the district folder, or a catalog"
    if change.table in DERIVED:
        code, message = "derived-table", f"{change.table} is worked out from other tables"
        fix = f"Change {', '.join(DERIVED[change.table])} instead."
    elif change.table in draft.tables:
        code, message = "read-only-table", f"{change.table} is no table that a scenario can change"
        fix = "Use another district folder with that file changed."
    return problem(
        change,
        None,
        code,
        message=message,
        expected=expected,
        fix=fix,
        value=change.table,
    )


def _check_schools(draft: Draft, change: Change, columns: Sequence[str]) -> None:
    if change.schools is None:
        return
    if "school_id" not in columns and change.table != "links":
        draft.problems.append(
            problem(
                change,
                "schools",
                "no-schools-here",
                message=f"rows of {change.table} belong to no school",
                expected="a table with a school_id, or links",
                fix="Say it in a [[change]] or [[wave]] without schools.",
            )
        )
        return
    known = set(draft.tables["schools"]["school_id"])
    for school in change.schools:
        if school not in known:
            near = closest(school, known)
            draft.problems.append(
                problem(
                    change,
                    "schools",
                    "unknown-school",
                    value=school,
                    message="no school has this id",
                    expected="a school_id of schools.csv",
                    fix=f"Did you mean {near!r}?" if near else "Correct it.",
                )
            )


def meant(draft: Draft, sheet: Sheet, change: Change) -> Bools | None:
    """Give which rows a change means; None where its filter cannot be read."""
    mask = np.ones(len(sheet.frame), dtype=np.bool_)
    columns = {one.name: one for one in sheet.spec.fields}
    for name, values in change.where.items():
        found = _holding(draft, sheet.frame[name], columns.get(name), values, change)
        if found is None:
            return None
        # a copy is meant where the row that it was made of is
        mask &= found[sheet.source] if name != "school_id" else found | found[sheet.source]
    if change.schools is not None:
        mask &= _of_schools(draft, sheet.frame, change)
    return mask


def _holding(
    draft: Draft,
    cells: "pd.Series[Any]",
    column: Field | None,
    values: Sequence[Any],
    change: Change,
) -> Bools | None:
    """Give which cells hold one of some values."""
    text = change.place.file == SET
    wanted: list[Any] = []
    for value in values:
        if isinstance(value, str) and not value.strip():
            wanted.append(math.nan)
        elif column is not None and column.numeric:
            try:
                wanted.append(float(value) if text or not isinstance(value, str) else None)
            except ValueError:
                wanted.append(None)
        else:
            wanted.append(None if isinstance(value, float) else str(value).strip())
    if None in wanted:
        kind = "a number" if column is not None and column.numeric else "text"
        draft.problems.append(
            problem(
                change,
                f"where.{cells.name}",
                "wrong-type",
                value=values[wanted.index(None)],
                message=f"{cells.name} holds {kind}",
                expected=kind,
                fix="Correct it.",
            )
        )
        return None
    return np.asarray(cells.isin(wanted), dtype=np.bool_)


def _of_schools(draft: Draft, frame: pd.DataFrame, change: Change) -> Bools:
    """Give which rows belong to a change's schools; a link does by either end."""
    schools = change.schools or ()
    if "school_id" in frame.columns:
        return np.asarray(frame["school_id"].isin(schools), dtype=np.bool_)
    nodes = draft.tables["nodes"]
    inside = nodes["node_id"][nodes["school_id"].isin(schools)]
    return np.asarray(frame["a"].isin(inside) | frame["b"].isin(inside), dtype=np.bool_)


def unmatched(sheet: Sheet, change: Change, mask: Bools) -> tuple[str | None, ...]:
    """Give the schools without a row that the filter meets; ``(None,)``: it meets none at all."""
    if change.schools is not None and "school_id" in sheet.frame.columns:
        met = set(sheet.frame["school_id"][mask])
        return tuple(school for school in change.schools if school not in met)
    return () if mask.any() else (None,)


def no_match(sheet: Sheet, change: Change, lacking: Sequence[str | None]) -> Any:
    """Give the problem of a filter that meets nothing, with the value that is nowhere."""
    some = ", ".join(str(school) for school in lacking[:5] if school is not None)
    told = " and ".join(
        f"{name} = {' or '.join(map(str, values))}" for name, values in change.where.items()
    )
    message = f"no row of {change.table} has {told}" if told else f"{change.table} has no row"
    message += f" for {some}" if some else ""
    # one line of --set cannot add a row
    more = "" if change.place.file == SET else " Or add insert = true to add the row."
    fix = f"Correct the filter.{more}"
    for name, values in change.where.items():
        there = {str(value) for value in sheet.frame[name].dropna()}
        for value in values:
            if str(value) not in there and (near := closest(str(value), there)):
                fix = f"Did you mean {name} = {near!r}?{more}"
    return problem(
        change,
        "where",
        "no-match",
        message=message,
        expected="at least one row",
        fix=fix,
    )
