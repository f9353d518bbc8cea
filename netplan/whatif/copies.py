"""Rows for every school, copied for single schools so that a change can be theirs alone."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from netplan.inputs.columns import EVERY
from netplan.inputs.devices import cells_of, people_cells, specificity

#: Above any specificity of a group: a school's own row comes before one for all schools.
_OWN = 10


def school_copies(
    devices: pd.DataFrame,
    kinds: Iterable[str],
    school_ids: Sequence[str],
    schools: pd.DataFrame,
    enrollment: pd.DataFrame,
) -> tuple[pd.DataFrame, np.ndarray]:
    """Copy the rows of all schools for some schools, so that nothing changes by it.

    All rows of a kind are copied, so that their precedence among each other stays. Where a
    school has rows of its own, only what these leave to the rows of all schools is copied, if
    need be grade by grade.

    Parameters
    ----------
    devices, schools, enrollment
        Finished tables.
    kinds
        Kinds of device to copy.
    school_ids
        For which schools.

    Returns
    -------
    copies
        Columns of devices.
    source
        Shape (copies,): row of ``devices`` that each was copied from.
    """
    for_all = devices["school_id"] == EVERY
    frames, sources = [], []
    for kind in sorted(set(kinds)):
        of_kind = devices["kind"] == kind
        rows = devices[for_all & of_kind]
        own = devices[of_kind & devices["school_id"].isin(school_ids)]
        with_own = set(own["school_id"])
        for school in school_ids:
            copies, source = rows, rows.index.to_numpy(dtype=np.int64)
            if school in with_own:
                mine = own[own["school_id"] == school]
                copies, source = _left(rows, mine, _cells(school, schools, enrollment))
            frames.append(copies.assign(school_id=school))
            sources.append(source)
    if not frames:
        return devices.iloc[:0], np.empty(0, np.int64)
    copies = pd.concat(frames, ignore_index=True)
    return copies.astype({"school_id": "str", "group": "str"}), np.concatenate(sources)


def _cells(school: str, schools: pd.DataFrame, enrollment: pd.DataFrame) -> list[str]:
    cells = people_cells(
        schools[schools["school_id"] == school], enrollment[enrollment["school_id"] == school]
    )
    return list(cells["group"])


def _left(
    rows: pd.DataFrame, own: pd.DataFrame, cells: Sequence[str]
) -> tuple[pd.DataFrame, np.ndarray]:
    """Give what a school's own rows leave of the rows of all schools, and where from."""
    before = [*_ranked(own, _OWN), *_ranked(rows, 0)]
    winners = {cell: _winner(before, cell) for cell in cells}
    open_cells = [cell for cell, row in winners.items() if row in rows.index]
    used = rows.loc[sorted({row for cell in open_cells if (row := winners[cell]) is not None})]
    after = [*_ranked(own, _OWN), *_ranked(used, _OWN)]
    if all(_winner(after, cell) == winners[cell] for cell in cells):
        return used, used.index.to_numpy(dtype=np.int64)
    single = rows.loc[[winners[cell] for cell in open_cells]]
    return single.assign(group=open_cells), single.index.to_numpy(dtype=np.int64)


def _ranked(rows: pd.DataFrame, plus: int) -> list[tuple[int, int, frozenset[str]]]:
    """Give rank, row number and cells of each row."""
    return [
        (specificity(str(group)) + plus, int(row), frozenset(cells_of(str(group))))
        for row, group in zip(rows.index, rows["group"], strict=True)
    ]


def _winner(ranked: Sequence[tuple[int, int, frozenset[str]]], cell: str) -> int | None:
    """Give the row that holds for a cell; -1 where two hold with equal right."""
    found = sorted((rank, row) for rank, row, cells in ranked if cell in cells)
    if not found:
        return None
    if len(found) > 1 and found[-1][0] == found[-2][0]:
        return -1
    return found[-1][1]
