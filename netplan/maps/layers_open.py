"""What layers of places share: the table of what is open, and its steps by budget."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from netplan.maps.layers_budget import BUDGET, Budget
from netplan.maps.layers_table import NOTHING, Geometries, drawn, filled, rows_of
from netplan.maps.model import Bools, Cell, Column, Ints, Scene, Steps

GROUP = "Home access"
_WITHHELD = "withheld"
OPEN_COLUMNS = (
    Column(key="state", title="State", tooltip=True),
    Column(key="students", title="Students served", unit="students", decimals=0, tooltip=True),
    Column(key="max_students", title="Room for students", unit="students", decimals=0),
    Column(key="limited_by", title="What limits it"),
    Column(key="usd_per_year", title="Cost", unit="USD a year", decimals=0),
    Column(
        key="worth", title="Worth its cost", unit="of draws", decimals=0, percent=True, popup=False
    ),
)


def open_columns(budget: Budget | None) -> tuple[Column, ...]:
    """Give the columns of what is open: beside a slider, numbers say that they are the plan's."""
    if budget is None or budget.slider is None:
        return OPEN_COLUMNS
    return (
        OPEN_COLUMNS[0],
        *(replace(each, title=f"{each.title} at the plan's budget") for each in OPEN_COLUMNS[1:]),
    )


def told(classes: Ints, words: Sequence[str], budget: Budget | None) -> Geometries:
    """Give a place's state in words for each class: beside a slider, that of its step.

    Parameters
    ----------
    classes
        Any shape.
    words
        For each class; ``{}`` stands where the step is named.
    """
    where = " at this budget" if budget is not None and budget.slider is not None else ""
    return np.array([each.format(where) for each in words], dtype=object)[classes]


def ever_open(budget: Budget, table: str, rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """Keep what is open at some step, sorted by id."""
    ever = budget.ever
    open_somewhere = np.array([(table, str(value)) in ever for value in rows[key]], dtype=np.bool_)
    return rows[open_somewhere].sort_values(key, kind="stable", ignore_index=True)


def visible(color: Ints, present: Bools, budget: Budget, geometry: Geometries) -> Ints:
    """Without a slider, what is not open is not drawn; with one, its steps say so."""
    shown = present[budget.start] | (budget.slider is not None)
    return drawn(np.where(shown, color, -1), geometry)


def budget_steps(
    budget: Budget | None,
    *,
    color: Ints | None = None,
    present: Bools | None = None,
    state: Geometries | None = None,
) -> tuple[Steps, ...]:
    """Give how a layer changes along the budget slider; nothing where there is none."""
    if budget is None or budget.slider is None:
        return ()
    values = {} if state is None else {"state": state}
    return (Steps(slider_id=BUDGET, color=color, present=present, values=values),)


def open_rows(
    scene: Scene, strategy: str, ids: tuple[str, ...], state: Iterable[str]
) -> tuple[tuple[Cell, ...], ...]:
    """Give what the plan publishes of each place; a stop of several kinds of bus is one place.

    Parameters
    ----------
    strategy
        Whose places they are.
    ids, state
        Of each row: the place's id, and its state in words.
    """
    access = scene.access
    if access is None:
        return rows_of(
            {column.key: state if column.key == "state" else [NOTHING] * len(ids)
             for column in OPEN_COLUMNS}
        )  # fmt: skip
    mine = access.sites[access.sites["strategy"] == strategy]
    groups = dict(tuple(mine.groupby(mine["source_id"].astype(str), sort=True)))
    rows: list[dict[str, object]] = []
    for key, now in zip(ids, state, strict=True):
        site = groups.get(key)
        if site is None:
            rows.append({"state": now})
            continue
        students = float(site["students"].astype(float).sum(skipna=False))
        usd = float(site["usd_per_year"].astype(float).sum(skipna=False))
        hidden = bool(site["suppressed"].any())
        rows.append(
            {
                "state": now,
                "students": _WITHHELD if hidden and np.isnan(students) else students,
                "max_students": float(site["max_students"].astype(float).sum(skipna=False)),
                "limited_by": "; ".join(sorted(set(site["limited_by"].astype(str)))),
                "usd_per_year": _WITHHELD if hidden and np.isnan(usd) else usd,
                "worth": float(site["worth_share"].astype(float).max()),
            }
        )
    return rows_of(
        {column.key: filled(row.get(column.key) for row in rows) for column in OPEN_COLUMNS}
    )
