"""Which activities hold for whom: the derived table ``activity_shares``.

For each level that has schools, each bell period and each cell of people: a named
level's rows for that period replace the ``*`` rows of that period; among the rows
left, the most specific group that has rows and covers the cell wins (one grade,
a range of grades, students or staff or guests, ``*``).
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from netplan.errors import Problem
from netplan.inputs.columns import EVERY
from netplan.inputs.devices import CELL_ORDER, cells_of, people_cells, specificity
from netplan.inputs.tables import Table, with_defaults

COLUMNS = ("level", "period", "group", "app", "share")


def expand_catalog(catalog: pd.DataFrame, bell: pd.DataFrame) -> pd.DataFrame:
    """Give the catalog's activities for each period of a bell schedule, by its kind.

    Parameters
    ----------
    catalog
        level, kind, app, share, group.
    bell
        period, kind.

    Returns
    -------
    activities
        level, period, app, share, group.
    """
    joined = bell[["period", "kind"]].merge(
        catalog[["level", "kind", "app", "share", "group"]], on="kind"
    )
    return joined[["level", "period", "app", "share", "group"]]


def activity_shares(
    activities: pd.DataFrame,
    bell: pd.DataFrame,
    schools: pd.DataFrame,
    enrollment: pd.DataFrame,
) -> pd.DataFrame:
    """Resolve activities to cells: sorted by level, bell period, cell and app.

    Parameters
    ----------
    activities, bell, schools, enrollment
        Validated tables with defaults filled in.

    Returns
    -------
    shares
        The columns of ``COLUMNS``.
    """
    return _winners(activities, bell, schools, enrollment)[list(COLUMNS)].reset_index(drop=True)


def ambiguous_rows(
    activities: Table, bell: pd.DataFrame, schools: pd.DataFrame, enrollment: pd.DataFrame
) -> list[Problem]:
    """Find two ranges of grades that claim one cell with equal right."""
    frame = with_defaults(activities)
    usable = frame[["level", "period", "group", "app", "share"]].notna().all(axis=1)
    frame = frame[usable & ~frame.duplicated(["level", "period", "group", "app"])]
    winners = _winners(frame, bell, schools, enrollment)
    claims = winners.drop_duplicates(["level", "period", "group", "row_group"])
    claims = claims[claims.duplicated(["level", "period", "group"], keep=False)]
    problems = []
    told: set[tuple[int, int]] = set()
    for (level, period, cell), positions in claims.groupby(
        ["level", "period", "group"], sort=False
    )["position"]:
        first, *others = sorted(int(position) for position in positions)
        for other in others:
            if (first, other) in told:
                continue
            told.add((first, other))
            problems.append(
                activities.problem(
                    other,
                    "group",
                    code="ambiguous-activities",
                    message=f"rows {activities.row(first)} and {activities.row(other)} are equally "
                    f"specific for grade {cell} of level {level} in period {period}",
                    expected="one most specific group for each grade, level and period",
                    fix="Make the ranges of grades disjoint.",
                )
            )
    return problems


def _winners(
    activities: pd.DataFrame,
    bell: pd.DataFrame,
    schools: pd.DataFrame,
    enrollment: pd.DataFrame,
) -> pd.DataFrame:
    """Give the rows that hold, once per cell, with their own group as ``row_group``."""
    cells = people_cells(schools, enrollment).merge(schools[["school_id", "level"]], on="school_id")
    cells = cells[["level", "group"]].drop_duplicates()
    periods = {period: place for place, period in enumerate(bell["period"])}
    rows = activities[activities["period"].isin(periods)]
    rows = rows.assign(
        position=np.asarray(rows.index),
        rank=[specificity(group) for group in rows["group"]],
        row_group=rows["group"],
        cell=rows["group"].map(cells_of).astype(object),
    )
    rows = _by_level(rows, sorted(set(cells["level"]))).drop(columns="group")
    rows = rows.explode("cell").rename(columns={"cell": "group"}).astype({"group": "str"})
    matched = cells.merge(rows, on=["level", "group"])
    best = matched.groupby(["level", "period", "group"], sort=False)["rank"].transform("max")
    winners = matched[matched["rank"] == best]
    winners = winners.assign(
        period_order=winners["period"].map(periods), cell_order=winners["group"].map(CELL_ORDER)
    )
    return winners.sort_values(
        ["level", "period_order", "cell_order", "app"], kind="stable", ignore_index=True
    )


def _by_level(rows: pd.DataFrame, levels: Iterable[str]) -> pd.DataFrame:
    """Give each level its own rows, and in the periods that it has none of, the ``*`` rows."""
    everyone = rows[rows["level"] == EVERY]
    parts = [rows.head(0)]
    for level in levels:
        own = rows[rows["level"] == level]
        parts.append(own)
        parts.append(everyone[~everyone["period"].isin(set(own["period"]))].assign(level=level))
    return pd.concat(parts, ignore_index=True).astype({"level": "str"})
