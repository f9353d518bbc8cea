"""The numbers of each building without findings, failures or explanations: for many runs."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from netplan.capacity.evidence import Day
from netplan.load.model import DIRECTIONS, FLOWS, Floats, planning_load
from netplan.network.model import Bools, Ints
from netplan.network.utilization import quantile
from netplan.network.wifi import airtime

Texts = npt.NDArray[np.object_]

_DOWN, _UP = DIRECTIONS.index("down"), DIRECTIONS.index("up")
#: What crosses a building's MDF uplink: what its own cache holds does not.
_UPLINK_FLOWS = [FLOWS.index("internet"), FLOWS.index("datacenter")]
#: Flows that a building itself sends: all but the last, `tunnel`.
_BUILDING_FLOWS = 3
_MONTHS = 12
#: A share of traffic lost within this of one is all of it.
_ALL = 1.0 - 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What sweeps keep of one run: one entry per school, sorted by id.

    Every number is that of the same name in `Capacity.buildings` (those of the bottleneck
    without their prefix).

    Parameters
    ----------
    school_ids
        Length s.
    devices, load_down_mbps, load_up_mbps
        Shape (s,).
    element, direction, period
        Shape (s,), text: the bottleneck; None where nothing on the way has a limit.
    capacity_mbps, load_mbps, utilization_share
        Shape (s,): of the bottleneck; NaN where there is none.
    airtime_share
        Shape (s,): of the fullest access points; NaN without Wi-Fi.
    cut_off
        Shape (s,): no way joins it to the internet while something is down.
    utilization_limit, airtime_limit
        Shares that the two are held against.
    circuits_usd_per_year
        Of all circuits whose price is known; NaN where none is.
    """

    school_ids: tuple[str, ...]
    devices: Floats
    load_down_mbps: Floats
    load_up_mbps: Floats
    element: Texts
    direction: Texts
    period: Texts
    capacity_mbps: Floats
    load_mbps: Floats
    utilization_share: Floats
    airtime_share: Floats
    cut_off: Bools
    utilization_limit: float
    airtime_limit: float
    circuits_usd_per_year: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        for array in (self.element, self.direction, self.period):
            array.setflags(write=False)
        self.cut_off.setflags(write=False)
        for numbers in (
            *(self.devices, self.load_down_mbps, self.load_up_mbps, self.capacity_mbps),
            *(self.load_mbps, self.utilization_share, self.airtime_share),
        ):
            numbers.setflags(write=False)

    @property
    def headroom_mbps(self) -> Floats:
        """What each bottleneck still takes below the limit; negative when over, NaN if cut off."""
        room = self.utilization_limit * self.capacity_mbps - self.load_mbps
        return np.where(self.cut_off, np.nan, room)

    @property
    def over_network(self) -> Bools:
        """Whether each bottleneck is past the utilization limit, or nothing joins the building."""
        return np.asarray((self.utilization_share > self.utilization_limit) | self.cut_off)

    @property
    def over_airtime(self) -> Bools:
        """Whether each school's fullest access points are past the airtime limit."""
        return np.asarray(self.airtime_share > self.airtime_limit)

    @property
    def over(self) -> Bools:
        """Whether each building's status in the report is ``over``."""
        return self.over_network | self.over_airtime

    def columns(self) -> dict[str, Any]:
        """Give the outcomes of `netplan.whatif.summary`'s results, one array per column."""
        return {
            "school_id": np.array(self.school_ids, dtype=object),
            "devices": self.devices,
            "load_down_mbps": self.load_down_mbps,
            "load_up_mbps": self.load_up_mbps,
            "element": self.element,
            "direction": self.direction,
            "period": self.period,
            "capacity_mbps": self.capacity_mbps,
            "utilization_share": self.utilization_share,
            "headroom_mbps": self.headroom_mbps,
            "airtime_share": self.airtime_share,
            "over_network": self.over_network,
            "over_airtime": self.over_airtime,
            "over": self.over,
        }

    def totals(self) -> dict[str, Any]:
        """Give the district's outcomes of `netplan.whatif.summary`, one value per column."""
        known = np.flatnonzero(~np.isnan(self.utilization_share))
        worst = known[self.utilization_share[known].argmax()] if known.size else None
        return {
            "buildings": len(self.school_ids),
            "buildings_over": int(self.over.sum()),
            "buildings_over_network": int(self.over_network.sum()),
            "buildings_over_airtime": int(self.over_airtime.sum()),
            "worst_utilization_share": np.nan
            if worst is None
            else float(self.utilization_share[worst]),
            "worst_element": None if worst is None else self.element[worst],
            "devices": float(self.devices.sum()),
            "circuits_usd_per_year": self.circuits_usd_per_year,
        }


def brief(day: Day) -> Brief:
    """Give the numbers of each building that `Capacity.buildings` gives, and only those of `Brief`.

    Parameters
    ----------
    day
        From `netplan.pipeline.day`.
    """
    load, planning = day.load, day.district.planning
    row = np.arange(len(load.school_ids))
    mean = load.mean_mbps[:, :, _UPLINK_FLOWS, :].sum(axis=2)
    var = load.var_mbps2[:, :, _UPLINK_FLOWS, :].sum(axis=2)
    planned = planning_load(mean, var, quantile(planning), planning.common_mode_cv)
    element, period, direction = _bottlenecks(day)
    found = element >= 0
    at = (element[found], period[found], direction[found])
    price = day.district.table("links")["monthly_usd"].to_numpy(dtype=np.float64)
    return Brief(
        school_ids=load.school_ids,
        devices=load.devices,
        load_down_mbps=planned[row, planned[:, :, _DOWN].argmax(axis=1), _DOWN],
        load_up_mbps=planned[:, :, _UP].max(axis=1),
        element=_filled(found, np.array(_element_ids(day), dtype=object)[at[0]]),
        direction=_filled(found, np.array(DIRECTIONS, dtype=object)[at[2]]),
        period=_filled(found, np.array(load.periods, dtype=object)[at[1]]),
        capacity_mbps=_spread(found, day.network.capacity_mbps[at[0], at[2]]),
        load_mbps=_spread(found, day.utilization.load_mbps[at]),
        utilization_share=_spread(found, day.utilization.utilization_share[at]),
        airtime_share=_airtime(day),
        cut_off=np.asarray(day.routes.lost_share[:, FLOWS.index("internet")] > _ALL),
        utilization_limit=planning.utilization_limit,
        airtime_limit=_setting(day, "airtime_limit_share"),
        # a link's price is that of all its circuits
        circuits_usd_per_year=float(np.nansum(price)) * _MONTHS
        if np.isfinite(price).any()
        else np.nan,
    )


def grown(found: Brief, factor: float) -> Brief:
    """Give the same district after every load has grown by one factor.

    Means grow by the factor and variances by its square, so planning loads, utilization and
    airtime grow by it, and each bottleneck stays the same.

    Parameters
    ----------
    found
        Of an earlier school year.
    factor
        Such as ``1 + growth_per_year``.
    """
    return replace(
        found,
        load_down_mbps=found.load_down_mbps * factor,
        load_up_mbps=found.load_up_mbps * factor,
        load_mbps=found.load_mbps * factor,
        utilization_share=found.utilization_share * factor,
        airtime_share=found.airtime_share * factor,
    )


def _bottlenecks(day: Day) -> tuple[Ints, Ints, Ints]:
    """Give each school's bottleneck: element (-1 = none), period and direction; shape (schools,).

    As in `netplan.capacity.buildings.bottlenecks`: equal utilizations fall to the smaller
    capacity, then to the first id.
    """
    capacity = day.network.capacity_mbps
    limited: Bools = np.isfinite(capacity)
    shares = np.where(limited[:, None, :], day.utilization.utilization_share, -1.0)
    flat = shares.reshape(len(shares), -1)
    worst = flat.argmax(axis=1)
    period, direction = np.unravel_index(worst, shares.shape[1:])
    elements = np.arange(len(shares))
    order = np.lexsort((elements, capacity[elements, direction], -flat[elements, worst]))
    order = order[np.asarray(limited.any(axis=1))[order]]
    # the fullest element has rank 0; what has no limit comes after all
    rank = np.full(len(shares), len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    first = np.full(len(day.load.school_ids), len(order), dtype=np.int64)
    arcs = 2 * len(day.network.link_ids)
    for share in day.routes.share[:_BUILDING_FLOWS]:
        used = np.where(share.indices < arcs, share.indices >> 1, share.indices - arcs // 2)
        school = np.repeat(np.arange(len(first)), np.diff(share.indptr))
        np.minimum.at(first, school, rank[used])
    element = np.append(order, -1)[first]
    return element, period[element].astype(np.int64), direction[element].astype(np.int64)


def _airtime(day: Day) -> Floats:
    """Give the largest airtime asked of each school's access points; shape (schools,)."""
    groups = airtime(day.district, day.load)
    school = {name: row for row, name in enumerate(day.load.school_ids)}
    most = np.full(len(school), -np.inf)
    rows = np.array([school[name] for name in groups["school_id"]], dtype=np.int64)
    np.maximum.at(most, rows, groups["airtime_share"].to_numpy(dtype=np.float64))
    return np.where(np.isinf(most), np.nan, most)


def _element_ids(day: Day) -> tuple[str, ...]:
    return (*day.network.link_ids, *day.network.node_ids)


def _setting(day: Day, name: str) -> float:
    settings = day.district.table("settings")
    return float(settings.loc[settings["name"] == name, "value"].iloc[0])


def _spread(found: Bools, values: Floats) -> Floats:
    out = np.full(len(found), np.nan)
    out[found] = values
    return out


def _filled(found: Bools, values: Texts) -> Texts:
    out = np.full(len(found), None, dtype=object)
    out[found] = values
    return out
