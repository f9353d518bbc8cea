"""One table while the changes of a step are laid on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from netplan.inputs.columns import EVERY
from netplan.inputs.fields import TableSpec
from netplan.whatif.copies import school_copies
from netplan.whatif.draft import Draft, spec_of
from netplan.whatif.model import Change

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(slots=True, kw_only=True)
class Sheet:
    """One table while a step is laid on it.

    Parameters
    ----------
    frame
        The rows as before the step, then copies of rows that hold for all schools.
    source
        Shape (rows,): the row that a copy was made of; of every other row its own number.
    first_copy
        Number of rows before the copies.
    taken
        Column to the change that sets it, shape (rows,); -1: none yet.
    removed
        Shape (rows,): the change that takes the row out; -1: none.
    columns
        Column to its new values.
    added
        New rows with the change that adds each.
    """

    spec: TableSpec
    frame: pd.DataFrame
    source: Ints
    first_copy: int
    removed: Ints
    taken: dict[str, Ints] = field(default_factory=dict)
    columns: dict[str, "pd.Series[Any]"] = field(default_factory=dict)
    added: list[tuple[dict[str, Any], Change]] = field(default_factory=list)


def sheet_of(draft: Draft, name: str, changes: Sequence[Change]) -> Sheet:
    spec = spec_of(name)
    assert spec is not None  # noqa: S101  (sound has said so)
    frame = draft.tables[name]
    count = len(frame)
    source = np.arange(count)
    if name == "devices":
        copies, origin = _copies(draft, frame, changes)
        if len(copies):
            frame = pd.concat([frame, copies], ignore_index=True)
            source = np.concatenate([source, origin])
    return Sheet(
        spec=spec,
        frame=frame,
        source=source,
        first_copy=count,
        removed=np.full(len(frame), -1),
    )


def _copies(
    draft: Draft, devices: pd.DataFrame, changes: Sequence[Change]
) -> tuple[pd.DataFrame, Ints]:
    """Copy rows of all schools for the schools of changes that meet them."""
    wanted: dict[str, set[str]] = {}
    for change in changes:
        named = change.where.get("school_id")
        if change.schools is None or (named is not None and EVERY not in named):
            continue
        mask = devices["school_id"] == EVERY
        for column, values in change.where.items():
            mask &= (
                devices[column].isin([str(value) for value in values])
                if column in ("kind", "group", "owner")
                else True
            )
        for kind in set(devices.loc[mask, "kind"]):
            wanted.setdefault(str(kind), set()).update(change.schools)
    parts = [
        school_copies(
            devices, [kind], sorted(schools), draft.tables["schools"], draft.tables["enrollment"]
        )
        for kind, schools in sorted(wanted.items())
    ]
    if not parts:
        return devices.iloc[:0], np.empty(0, np.int64)
    return (
        pd.concat([copies for copies, _ in parts], ignore_index=True),
        np.concatenate([origin for _, origin in parts]),
    )
