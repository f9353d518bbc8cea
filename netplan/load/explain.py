"""Unfold one school's mean load in one period into the inputs that it is made of."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from netplan.district.model import District
from netplan.load.events import overlay
from netplan.load.model import FLOWS, Floats
from netplan.load.moments import app_rates, background_rates, tunnel_rates
from netplan.load.situation import Situation, codes, usual_day

#: What stands in the column ``app`` for devices that are in no activity.
BACKGROUND = "(background)"

COLUMNS = (
    "group",
    "kind",
    "app",
    "flow",
    "people",
    "per_person",
    "present_share",
    "devices",
    "share",
    "down_mbps",
    "up_mbps",
    "mean_down_mbps",
    "mean_up_mbps",
    "source",
)


def explain(
    district: District, school_id: str, period: str, events: Iterable[str] = ()
) -> pd.DataFrame:
    """Give one row per group, device kind, app and flow of a school in one period.

    ``devices = people x per_person x present_share``, ``mean = devices x share x rate``; the sum
    of the means over the rows of a flow is the mean of ``school_load``.

    Parameters
    ----------
    district
        As for ``school_load``.
    school_id, period
        Which cell of the load to unfold.
    events
        As for ``school_load``.

    Returns
    -------
    rows
        COLUMNS, largest ``mean_down_mbps`` first: people (persons), per_person (devices per
        person), present_share, devices (present), share (of those in the app), down_mbps and
        up_mbps (of one device, on that flow), mean_down_mbps, mean_up_mbps, source (of the rate).

    Raises
    ------
    KeyError
        The district has no such school or period.
    """
    return unfold(overlay(usual_day(district), district, events), school_id, period)


def unfold(situation: Situation, school_id: str, period: str) -> pd.DataFrame:
    """Give what ``explain`` gives, from a Situation that serves many schools."""
    school = int(codes([school_id], situation.school_ids, "school_id")[0])
    column = int(codes([period], situation.periods, "period")[0])
    people = situation.populations
    mine = people[people["school"] == school].reset_index(drop=True)
    share, rate, apps, sources = _uses(situation, mine, column)
    row, app, flow = np.nonzero((rate[..., 0] + rate[..., 1] > 0) & (share[..., None] > 0))
    profile = situation.profiles.iloc[mine["profile"].to_numpy(dtype=np.int64)[row]]
    out = mine.iloc[row][["people", "per_person", "present_share"]].reset_index(drop=True)
    out["devices"] = out["people"] * out["per_person"] * out["present_share"]
    out["group"] = profile["group"].to_numpy()
    out["kind"] = profile["kind"].to_numpy()
    out["app"] = apps[app]
    out["source"] = sources[app]
    out["flow"] = np.array(FLOWS, dtype=object)[flow]
    out["share"] = share[row, app]
    for number, direction in enumerate(("down", "up")):
        out[f"{direction}_mbps"] = rate[row, app, flow, number]
        mean = out["devices"] * out["share"] * out[f"{direction}_mbps"]
        out[f"mean_{direction}_mbps"] = mean
    used = out[out["devices"] > 0].sort_values(
        ["mean_down_mbps", "mean_up_mbps", "group", "kind", "app", "flow"],
        ascending=[False, False, True, True, True, True],
        ignore_index=True,
    )
    return used[list(COLUMNS)]


def _uses(
    situation: Situation, populations: pd.DataFrame, period: int
) -> tuple[Floats, Floats, np.ndarray, np.ndarray]:
    """Give share (populations, apps + 1), rate (.., flows, directions), app names and sources."""
    profile = populations["profile"].to_numpy(dtype=np.int64)
    away = situation.profiles["off_campus"].to_numpy(dtype=np.bool_)[profile]
    share = situation.share[profile, period]
    idle = np.clip(1.0 - share.sum(axis=1), 0.0, 1.0) * situation.on[profile, period]
    rate = np.where(
        away[:, None, None, None], tunnel_rates(situation.apps), app_rates(situation.apps)
    )
    back = background_rates(populations, away)
    names = np.array([*situation.apps["app"], BACKGROUND], dtype=object)
    return (
        np.concatenate([share, idle[:, None]], axis=1),
        np.concatenate([rate, back[:, None]], axis=1),
        names,
        np.array([*situation.apps["source"].fillna(""), "devices.csv"], dtype=object),
    )
