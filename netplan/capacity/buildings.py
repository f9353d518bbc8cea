"""One row of numbers per building, the worst first."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from netplan.capacity.evidence import Evidence
from netplan.capacity.headroom import exhausted_school_year, extra_share, whole_devices
from netplan.capacity.status import Limits, Use, status_of
from netplan.load.model import DIRECTIONS, FLOWS, Floats, planning_load
from netplan.network.model import Ints
from netplan.network.traffic import INTERNET

#: Full but for rounding.
_NEARLY = 1.0 - 1e-9
_DOWN, _UP = DIRECTIONS.index("down"), DIRECTIONS.index("up")
#: What crosses a building's MDF uplink: what its own cache holds does not.
_UPLINK_FLOWS = [FLOWS.index("internet"), FLOWS.index("datacenter")]


def school_periods(evidence: Evidence) -> pd.DataFrame:
    """Give what crosses each building's MDF uplink, by period.

    Returns
    -------
    periods
        school_id, period, present_devices, mean, planning load and standard deviation
        down and up in Mbps; in the order of schools and of the bell schedule.
    """
    load = evidence.load
    mean = load.mean_mbps[:, :, _UPLINK_FLOWS, :].sum(axis=2)
    var = load.var_mbps2[:, :, _UPLINK_FLOWS, :].sum(axis=2)
    planned = planning_load(mean, var, evidence.z, evidence.district.planning.common_mode_cv)
    schools, periods = len(load.school_ids), len(load.periods)
    return pd.DataFrame(
        {
            "school_id": np.repeat(np.array(load.school_ids, dtype=object), periods),
            "period": np.tile(np.array(load.periods, dtype=object), schools),
            "present_devices": load.present_devices.ravel(),
            "mean_down_mbps": mean[:, :, _DOWN].ravel(),
            "load_down_mbps": planned[:, :, _DOWN].ravel(),
            "sd_down_mbps": np.sqrt(var[:, :, _DOWN]).ravel(),
            "mean_up_mbps": mean[:, :, _UP].ravel(),
            "load_up_mbps": planned[:, :, _UP].ravel(),
            "sd_up_mbps": np.sqrt(var[:, :, _UP]).ravel(),
        }
    )


def bottlenecks(evidence: Evidence) -> pd.DataFrame:
    """Find, for each school, the element with the highest utilization on its way.

    Only elements with a limit count. Equal utilizations fall to the smaller capacity,
    then to the first id.

    Returns
    -------
    bottlenecks
        Indexed by school row: element, period and direction (as rows), capacity_mbps,
        load_mbps, utilization_share. A school without any limit on its way has no row.
    """
    utilization = evidence.utilization.utilization_share
    capacity = evidence.network.capacity_mbps
    limited = np.asarray(np.isfinite(capacity))
    shares = np.where(limited[:, None, :], utilization, -1.0)
    flat = shares.reshape(len(shares), -1)
    worst = flat.argmax(axis=1) if flat.size else np.zeros(len(shares), dtype=np.int64)
    period, direction = np.unravel_index(worst, shares.shape[1:]) if flat.size else (worst, worst)
    pairs = evidence.contributions
    reachable = np.asarray(limited.any(axis=1))[pairs.element]
    element = pairs.element[reachable]
    frame = pd.DataFrame(
        {
            "school": pairs.school[reachable],
            "element": element,
            "period": period[element],
            "direction": direction[element],
            "capacity_mbps": capacity[element, direction[element]],
            "load_mbps": evidence.utilization.load_mbps[
                element, period[element], direction[element]
            ],
            "utilization_share": flat[element, worst[element]],
        }
    )
    order = np.lexsort(
        (frame["element"], frame["capacity_mbps"], -frame["utilization_share"], frame["school"])
    )
    return frame.iloc[order].drop_duplicates("school").set_index("school")


def device_headroom(evidence: Evidence) -> tuple[list[int | None], Ints]:
    """Count the devices of each school's present mix that still fit below the limit.

    The least over all elements, periods and directions on the school's way.

    Returns
    -------
    headroom_devices
        One per school; None without devices or without a limit.
    element
        Shape (schools,): row of the element that sets it, -1 where none does.
    """
    pairs, load = evidence.contributions, evidence.load
    planning = evidence.district.planning
    pair, period, direction = _tightest(evidence)
    element = pairs.element[pair]
    extra = extra_share(
        mean_mbps=evidence.utilization.mean_mbps[element, period, direction],
        var_mbps2=evidence.utilization.var_mbps2[element, period, direction],
        own_mean_mbps=pairs.mean_mbps[pair, period, direction],
        own_var_mbps2=pairs.var_mbps2[pair, period, direction],
        allowed_mbps=planning.utilization_limit
        * evidence.network.capacity_mbps[element, direction],
        z=evidence.z,
        common_mode_cv=planning.common_mode_cv,
    )
    school = pairs.school[pair]
    order = np.lexsort((element, extra, school))
    first = order[np.r_[True, np.diff(school[order]) != 0]] if len(order) else order
    least = np.full(len(load.school_ids), np.inf)
    binding = np.full(len(load.school_ids), -1, dtype=np.int64)
    least[school[first]] = extra[first]
    binding[school[first]] = element[first]
    counts = [
        whole_devices(share, devices) for share, devices in zip(least, load.devices, strict=True)
    ]
    return counts, binding


def _tightest(evidence: Evidence) -> tuple[Ints, Ints, Ints]:
    """Give the pairs, periods and directions that can be the first to stop a school's growth.

    A planning load grows at least as its mean does, so each school's growth is at most the
    least of room over own mean; whatever still has room at that growth comes later.
    """
    pairs, used = evidence.contributions, evidence.utilization
    planning = evidence.district.planning
    allowed = planning.utilization_limit * evidence.network.capacity_mbps[pairs.element][:, None, :]
    own = np.isfinite(allowed) & (pairs.mean_mbps > 0.0)
    growth = np.full(own.shape, np.inf)
    np.divide(allowed - used.load_mbps[pairs.element], pairs.mean_mbps, out=growth, where=own)
    bound = np.full(len(evidence.load.school_ids), np.inf)
    np.minimum.at(bound, pairs.school, growth.min(axis=(1, 2), initial=np.inf))
    # what is full already stops growth at once; without any limit there is nothing to look for
    most = np.where(np.isfinite(bound), np.maximum(bound, 0.0), 0.0)[pairs.school]
    # with everybody's growth at that, which is more than the school's alone, few are near full
    near = own & (used.load_mbps[pairs.element] * (1.0 + most)[:, None, None] >= allowed * _NEARLY)
    pair, period, direction = np.nonzero(near)
    element = pairs.element[pair]
    planned = planning_load(
        used.mean_mbps[element, period, direction]
        + pairs.mean_mbps[pair, period, direction] * most[pair],
        used.var_mbps2[element, period, direction]
        + pairs.var_mbps2[pair, period, direction] * most[pair],
        evidence.z,
        planning.common_mode_cv,
    )
    first = planned >= allowed[pair, 0, direction] * _NEARLY
    return pair[first], period[first], direction[first]


def buildings(evidence: Evidence, periods: pd.DataFrame) -> pd.DataFrame:
    """Give the table of buildings (columns as in `Capacity.buildings`), worst first.

    Parameters
    ----------
    periods
        From `school_periods`.
    """
    load, planning = evidence.load, evidence.district.planning
    schools = evidence.district.table("schools").set_index("school_id").loc[list(load.school_ids)]
    count = len(load.school_ids)
    by_school = (count, len(load.periods))
    down = periods["load_down_mbps"].to_numpy().reshape(by_school)
    up = periods["load_up_mbps"].to_numpy().reshape(by_school)
    mean_down = periods["mean_down_mbps"].to_numpy().reshape(by_school)
    busy = down.argmax(axis=1)
    row = np.arange(count)
    present = load.present_devices[row, busy]
    frame = pd.DataFrame(
        {
            "school_id": list(load.school_ids),
            "name": schools["name"].to_numpy(),
            "level": schools["level"].to_numpy(),
            "enrollment": schools["enrollment"].to_numpy(),
            "staff": schools["staff"].to_numpy(),
            "frl_share": schools["frl_share"].to_numpy(),
            "year_built": schools["year_built"].to_numpy(),
            "devices": load.devices,
            "busy_period": [load.periods[period] for period in busy],
            "load_down_mbps": down[row, busy],
            "load_up_mbps": up.max(axis=1),
            "mean_down_mbps": mean_down[row, busy],
        }
    )
    frame = _with_bottleneck(frame, evidence)
    headroom, binding = device_headroom(evidence)
    frame["headroom_devices"] = pd.array(headroom, dtype="Int64")
    frame["headroom_element"] = _texts(_id_or_none(evidence, element) for element in binding)
    # nobody there: no share, not a share of nothing
    frame["fair_share_mbps_per_device"] = [
        float(evidence.fair_shares[period].rate_mbps_per_device[school])
        if present[school] > 0
        else np.nan
        for school, period in enumerate(busy)
    ]
    frame["demand_mbps_per_device"] = _ratio(down[row, busy], present)
    frame["fair_share_limited_by"] = _texts(
        _id_or_none(evidence, evidence.fair_shares[period].limited_by[school])
        for school, period in enumerate(busy)
    )
    frame["exhausted_school_year"] = _texts(
        exhausted_school_year(
            share,
            planning.utilization_limit,
            planning.growth_per_year,
            evidence.district.settings.school_year,
        )
        if np.isfinite(share)
        else None
        for share in frame["bottleneck_utilization_share"]
    )
    frame["min_cut_mbps"] = evidence.cuts.min_cut_mbps
    frame["disjoint_paths"] = evidence.cuts.disjoint_paths
    frame = frame.merge(_worst_wifi(evidence.airtime), on="school_id", how="left")
    limits = Limits(
        utilization_share=planning.utilization_limit,
        airtime_share=evidence.setting("airtime_limit_share"),
        growth_per_year=planning.growth_per_year,
    )
    # a scenario that takes links down may leave a building without a way: it loads nothing
    lost = evidence.routes.lost_share[:, INTERNET]
    if lost.any():
        frame["lost_share"] = lost
        frame = _without_room(frame, lost > _NEARLY)
    frame["status"] = [
        "over" if share > _NEARLY else status
        for share, status in zip(lost, _status(frame, limits), strict=True)
    ]
    # schools behind one full circuit have one utilization: the least room per device goes first
    order = frame.assign(
        rank=frame["status"].map({"over": 0, "at-risk": 1, "fits": 2}),
        share=-frame["bottleneck_utilization_share"].fillna(-1.0).where(lost <= _NEARLY, np.inf),
        room=frame["headroom_devices"].astype(float) / frame["devices"].where(frame["devices"] > 0),
    ).sort_values(["rank", "share", "room", "school_id"])
    return frame.loc[order.index].reset_index(drop=True)


def _without_room(frame: pd.DataFrame, cut_off: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Leave open what a building without a way to the internet has room for."""
    columns = ["headroom_mbps", "headroom_devices", "headroom_element", "exhausted_school_year"]
    return frame.assign(**{name: frame[name].mask(cut_off) for name in columns})


def _with_bottleneck(frame: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Add the bottleneck columns and the headroom that it leaves in Mbps."""
    found = bottlenecks(evidence).reindex(range(len(frame)))
    known = found["element"].notna().to_numpy()
    elements = [int(e) if k else -1 for e, k in zip(found["element"], known, strict=True)]
    limit = evidence.district.planning.utilization_limit
    return frame.assign(
        bottleneck_element=_texts(_id_or_none(evidence, element) for element in elements),
        bottleneck_kind=_texts(evidence.element_kind(e) if e >= 0 else None for e in elements),
        bottleneck_direction=_texts(
            DIRECTIONS[int(d)] if k else None
            for d, k in zip(found["direction"], known, strict=True)
        ),
        bottleneck_capacity_mbps=found["capacity_mbps"].to_numpy(),
        bottleneck_load_mbps=found["load_mbps"].to_numpy(),
        bottleneck_utilization_share=found["utilization_share"].to_numpy(),
        bottleneck_period=_texts(
            evidence.load.periods[int(p)] if k else None
            for p, k in zip(found["period"], known, strict=True)
        ),
        headroom_mbps=limit * found["capacity_mbps"].to_numpy() - found["load_mbps"].to_numpy(),
    )


def _texts(values: Iterable[str | None]) -> pd.Series:
    """Make a column of texts in which None stays None."""
    return pd.Series(list(values), dtype=object)


def _id_or_none(evidence: Evidence, element: float) -> str | None:
    return evidence.element_id(int(element)) if element >= 0 else None


def _ratio(value: Floats, by: Floats) -> Floats:
    ratio: Floats = np.divide(value, by, out=np.full(len(value), np.nan), where=by > 0)
    return ratio


def _worst_wifi(airtime: pd.DataFrame) -> pd.DataFrame:
    """Give each school's access-point group with the most airtime asked of it."""
    worst = airtime.sort_values(
        ["school_id", "airtime_share", "node_id"], ascending=[True, False, True]
    ).drop_duplicates("school_id")
    columns = [
        "school_id", "node_id", "clients_per_radio", "airtime_share", "planning_airtime_share",
    ]  # fmt: skip
    return worst[columns].rename(columns={"node_id": "wifi_node"})


def _status(frame: pd.DataFrame, limits: Limits) -> list[str]:
    """Give each building's status; what is unknown uses nothing."""
    shares = frame[["bottleneck_utilization_share", "airtime_share", "planning_airtime_share"]]
    return [
        status_of(
            Use(utilization_share=wire, airtime_share=air, planning_airtime_share=moments), limits
        )
        for wire, air, moments in shares.astype(float).fillna(0.0).to_numpy().tolist()
    ]
