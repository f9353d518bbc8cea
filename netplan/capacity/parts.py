"""A load's parts for a page: grades taken together, small cells withheld."""

from typing import Any

import numpy as np
import pandas as pd

from netplan.capacity.rows import records

_KEY = ["group", "kind", "app", "flow", "source"]
#: Numbers from which a head count could be worked out.
_COUNTS = ["people", "devices", "mean_down_mbps", "mean_up_mbps"]


def load_parts(rows: pd.DataFrame, suppress_below: int) -> tuple[dict[str, Any], ...]:
    """Add the grades of a load's parts together, and withhold counts of few students.

    Parameters
    ----------
    rows
        From `netplan.load.explain.unfold`: one row per grade (or staff, guests), device kind,
        app and flow.
    suppress_below
        Smallest number of students that is shown. Where a device kind is withheld the next
        smallest is too, so that the total does not give it back.

    Returns
    -------
    parts
        Rows by group (students, staff, guests), kind, app and flow, the largest first; withheld
        numbers are None. ``share`` and the rates are means weighted by devices.
    """
    weight = rows["devices"]
    merged = (
        rows.assign(
            group=rows["group"].where(rows["group"].isin(["staff", "guests"]), "students"),
            owned=rows["people"] * rows["per_person"],
            shared=weight * rows["share"],
            down=weight * rows["down_mbps"],
            up=weight * rows["up_mbps"],
        )
        .groupby(_KEY, sort=False)[[*_COUNTS, "owned", "shared", "down", "up"]]
        .sum()
        .reset_index()
    )
    parts = merged.assign(
        per_person=merged["owned"] / merged["people"],
        present_share=merged["devices"] / merged["owned"],
        share=merged["shared"] / merged["devices"],
        down_mbps=merged["down"] / merged["devices"],
        up_mbps=merged["up"] / merged["devices"],
    ).sort_values(["mean_down_mbps", "mean_up_mbps", *_KEY], ascending=[False, False] + [True] * 5)
    columns = [
        "group", "kind", "app", "flow", "people", "per_person", "present_share", "devices",
        "share", "down_mbps", "up_mbps", "mean_down_mbps", "mean_up_mbps", "source",
    ]  # fmt: skip
    return records(_withheld(parts[columns], suppress_below))


def _withheld(parts: pd.DataFrame, suppress_below: int) -> pd.DataFrame:
    """Blank the counts of device kinds that few students have, and of the next smallest kind.

    One kind has one head count on all its rows, so all of them go.
    """
    students = parts[parts["group"] == "students"]
    by_kind = students.groupby("kind")["people"].max().sort_values(kind="stable")
    small = int((by_kind < suppress_below).sum())
    if not small:
        return parts
    hidden = students.index[students["kind"].isin(by_kind.index[: small + 1])]
    shown = parts.astype(dict.fromkeys(_COUNTS, object))
    shown.loc[hidden, _COUNTS] = None
    return shown.replace({np.nan: None})
