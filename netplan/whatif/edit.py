"""Changes of one step laid on the tables, all at once: each sees what was there before it."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from netplan.inputs.assemble import in_order
from netplan.inputs.schemas import TABLES
from netplan.whatif.draft import Draft, Edit
from netplan.whatif.filters import meant, no_match, sound, unmatched
from netplan.whatif.insert import add, with_added
from netplan.whatif.model import Change
from netplan.whatif.sections import SECTION_FIELDS, lay_sections
from netplan.whatif.sheet import Sheet, sheet_of
from netplan.whatif.write import twice, write


def lay(draft: Draft, changes: Sequence[Change]) -> None:
    """Lay the changes of one step on a draft; what is wrong joins its problems.

    Parameters
    ----------
    changes
        In any order: all of them read the tables as they were before the step, and a cell that
        two of them set is a problem.
    """
    lay_sections(draft, [change for change in changes if change.table in SECTION_FIELDS])
    tables: dict[str, list[Change]] = {}
    for change in changes:
        if change.table not in SECTION_FIELDS and sound(draft, change):
            tables.setdefault(change.table, []).append(change)
    new = {name: _laid(draft, name, mine) for name, mine in tables.items()}
    draft.tables.update(new)


def _laid(draft: Draft, name: str, changes: Sequence[Change]) -> pd.DataFrame:
    """Give a table with the changes of one step."""
    sheet = sheet_of(draft, name, changes)
    for number, change in enumerate(changes):
        mask = meant(draft, sheet, change)
        if mask is None:
            continue
        lacking = unmatched(sheet, change, mask)
        if change.insert and lacking:
            add(draft, sheet, change, lacking)
        elif lacking:
            draft.problems.append(no_match(sheet, change, lacking))
        if change.remove:
            sheet.removed[mask] = number
        elif mask.any():
            write(draft, sheet, changes, number, mask)
    return _finished(draft, sheet, changes)


def _finished(draft: Draft, sheet: Sheet, changes: Sequence[Change]) -> pd.DataFrame:
    """Put a table together again: changed, without what was removed, with what was added."""
    name, key = sheet.spec.name, list(sheet.spec.key)
    frame = sheet.frame.assign(**sheet.columns)
    touched = np.full(len(frame), -1)
    for taken in sheet.taken.values():
        touched = np.maximum(touched, taken)
    for number in np.unique(touched[touched >= 0]):
        draft.edits.append(
            Edit(
                table=name,
                keys=frame.loc[touched == number, key],
                change=changes[int(number)],
            )
        )
    for number in np.unique(sheet.removed[sheet.removed >= 0]):
        keys = frame.loc[sheet.removed == number, key]
        change = changes[int(number)]
        draft.edits.append(Edit(table=name, keys=keys, change=change, structural=True))
    both = (sheet.removed >= 0) & (touched >= 0)
    if both.any():
        at = int(np.flatnonzero(both)[0])
        change = changes[int(sheet.removed[at])]
        other = changes[int(touched[at])]
        draft.problems.append(twice(sheet, change, "row.remove", other, both))
    follows = _followers(draft, sheet, frame)
    if (sheet.removed >= 0).any():
        frame = frame[sheet.removed < 0]
    structural = len(frame) != sheet.first_copy or bool(sheet.added) or "start" in sheet.columns
    if sheet.added:
        frame = with_added(draft, sheet, frame)
    for column, source in follows.items():
        frame = frame.assign(**{column: frame[column].fillna(frame[source])})
    if not structural:
        return frame
    return in_order(frame, name) if name in TABLES else frame.reset_index(drop=True)


def _followers(draft: Draft, sheet: Sheet, frame: pd.DataFrame) -> dict[str, str]:
    """Empty the cells that follow another column of their row, and say which columns do.

    A circuit whose up_mbps nobody gave is as fast up as down, also when a scenario changes down.
    """
    found: dict[str, str] = {}
    for column in sheet.spec.fields:
        if not (column.numeric and isinstance(column.default, str)):
            continue
        found[column.name] = column.default
        name = f"{sheet.spec.name}.{column.name}"
        keys = frame[sheet.spec.key[0]]
        follows = np.asarray(keys.isin(draft.follows.get(name, frozenset())), dtype=np.bool_)
        given = sheet.taken.get(column.name, np.full(len(frame), -1)) >= 0
        follows = (follows & ~given) | (given & np.asarray(frame[column.name].isna()))
        added = {
            str(row[sheet.spec.key[0]])
            for row, _ in sheet.added
            if isinstance(row[column.name], float) and math.isnan(row[column.name])
        }
        draft.follows[name] = frozenset(keys[follows]) | added
        values = frame[column.name].copy()
        values[follows] = np.nan
        frame[column.name] = values
    return found
