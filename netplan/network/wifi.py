"""Clients per radio and airtime of every access-point group."""

from statistics import NormalDist

import numpy as np
import pandas as pd

from netplan.district.model import District
from netplan.load.model import FLOWS, Floats, Load, planning_load

_BOTH = 2
#: Flows that cross the building's air: all but what comes back from off campus.
_ON_AIR = [number for number, flow in enumerate(FLOWS) if flow != "tunnel"]

COLUMNS = (
    "node_id",
    "school_id",
    "count",
    "wifi",
    "channel_mhz",
    "streams",
    "mcs",
    "radios",
    "phy_mbps",
    "efficiency_share",
    "cell_mbps",
    "clients_per_radio",
    "load_mbps",
    "airtime_share",
    "planning_airtime_share",
    "period",
    "assumed",
    "defaulted",
)


def airtime(district: District, load: Load) -> pd.DataFrame:
    """Give every access-point group's clients per radio and airtime in its worst period.

    A school's present devices and its load (down and up, internet, data center and cache) spread
    over its groups in proportion to ``count`` and evenly over the access points and radios of a
    group. Every client has the PHY rate ``phy = mbps_per_stream x streams``, a cell carries
    ``efficiency(clients) x phy``, and the airtime asked for is the sum over clients of their rate
    divided by that: above 1 the cell cannot carry it.

    Parameters
    ----------
    district
        Its tables nodes, wifi_phy, wifi_defaults, wifi_efficiency and settings are read.
    load
        Of the same district.

    Returns
    -------
    groups
        COLUMNS, one row per ap_group sorted by node_id: count (access points), channel_mhz,
        streams (of a client), mcs, radios (that serve students), phy_mbps, efficiency_share,
        cell_mbps, clients_per_radio, load_mbps (mean asked of one radio), airtime_share (of that
        mean), planning_airtime_share (of the planning percentile of one radio's load), period
        (the one with the largest airtime_share), assumed (the standard was not given), defaulted
        (names of the other cells that came from wifi_defaults).
    """
    nodes = district.table("nodes")
    groups = nodes[nodes["kind"] == "ap_group"].sort_values("node_id", ignore_index=True)
    if not len(groups):
        return pd.DataFrame(columns=list(COLUMNS))
    settings = district.table("settings").set_index("name")["value"].astype(float)
    radio = _radios(groups, district, settings)
    school = pd.Index(load.school_ids).get_indexer(pd.Index(groups["school_id"]))
    count = groups["count"].fillna(1.0).to_numpy(dtype=np.float64)
    points = np.bincount(school, weights=count, minlength=len(load.school_ids))[school]
    part = 1.0 / (points * radio["radios"].to_numpy(dtype=np.float64))

    clients = load.present_devices[school] * part[:, None]
    mean = load.mean_mbps[school][:, :, _ON_AIR, _BOTH].sum(axis=2) * part[:, None]
    var = load.var_mbps2[school][:, :, _ON_AIR, _BOTH].sum(axis=2) * part[:, None]
    planning = district.planning
    z = NormalDist().inv_cdf(planning.percentile)
    table = district.table("wifi_efficiency").sort_values("clients_per_radio")
    efficiency = np.interp(
        clients,
        table["clients_per_radio"].to_numpy(dtype=np.float64),
        table["efficiency_share"].to_numpy(dtype=np.float64),
    )
    cell = efficiency * radio["phy_mbps"].to_numpy(dtype=np.float64)[:, None]
    asked = mean / cell
    worst = asked.argmax(axis=1)
    at = (np.arange(len(groups)), worst)
    return radio.assign(
        node_id=groups["node_id"].to_numpy(),
        school_id=groups["school_id"].to_numpy(),
        count=count,
        efficiency_share=efficiency[at],
        cell_mbps=cell[at],
        clients_per_radio=clients[at],
        load_mbps=mean[at],
        airtime_share=asked[at],
        planning_airtime_share=(planning_load(mean, var, z, planning.common_mode_cv) / cell)[at],
        period=np.array(load.periods, dtype=object)[worst],
    )[list(COLUMNS)]


def _radios(groups: pd.DataFrame, district: District, settings: pd.Series) -> pd.DataFrame:
    """Give wifi, channel_mhz, streams, mcs, radios, phy_mbps, assumed and defaulted per group."""
    assumed_wifi = f"wifi{settings['wifi_assumed_generation']:.0f}"
    given = groups["wifi"].fillna("").astype(str).tolist()
    wifi = [name or assumed_wifi for name in given]
    table = district.table("wifi_defaults")
    number = {name: row for row, name in enumerate(table["wifi"].tolist())}
    row = np.array([number[name] for name in wifi], dtype=np.int64)
    out = pd.DataFrame({"wifi": wifi, "assumed": [not name for name in given]})
    empty = []
    for name in ("channel_mhz", "streams"):
        own = groups[name].to_numpy(dtype=np.float64)
        missing = np.isnan(own)
        out[name] = np.where(missing, table[name].to_numpy(dtype=np.float64)[row], own)
        empty.append(np.where(missing, name, "").tolist())
    out["defaulted"] = [";".join(filter(None, names)) for names in zip(*empty, strict=True)]
    out["streams"] = np.minimum(out["streams"], settings["wifi_client_streams_max"])
    out["mcs"] = table["mcs"].to_numpy(dtype=np.float64)[row]
    out["radios"] = table["radios"].to_numpy(dtype=np.float64)[row]
    rates, out["channel_mhz"] = _phy(out, district.table("wifi_phy"))
    out["phy_mbps"] = rates * out["streams"]
    return out


def _phy(radio: pd.DataFrame, table: pd.DataFrame) -> tuple[Floats, Floats]:
    """Give Mbps per stream and the channel width in use.

    A width that the standard or its middle MCS does not have counts as the widest below it that
    it has, and a width below all of them as the narrowest.
    """
    steps: dict[tuple[str, float], list[tuple[float, float]]] = {}
    columns = (table[name].tolist() for name in ("wifi", "mcs", "channel_mhz", "mbps_per_stream"))
    for wifi, mcs, width, rate in zip(*columns, strict=True):
        steps.setdefault((wifi, mcs), []).append((width, rate))
    rates = np.zeros(len(radio))
    widths = radio["channel_mhz"].to_numpy(dtype=np.float64).copy()
    keys = list(zip(radio["wifi"].tolist(), radio["mcs"].tolist(), strict=True))
    kinds = {key: kind for kind, key in enumerate(dict.fromkeys(keys))}
    kind_of = np.array([kinds[key] for key in keys], dtype=np.int64)
    for key, kind in kinds.items():
        known, per_stream = np.array(sorted(steps[key]), dtype=np.float64).T
        place = np.flatnonzero(kind_of == kind)
        best = np.maximum(np.searchsorted(known, widths[place], side="right") - 1, 0)
        rates[place] = per_stream[best]
        widths[place] = known[best]
    return rates, widths
