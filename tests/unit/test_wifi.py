"""Wi-Fi by hand: two access-point groups in one school."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from netplan.district.model import District
from netplan.inputs.model import Inputs, Planning, Settings
from netplan.load.model import Load
from netplan.network.wifi import COLUMNS, airtime

_NODES = "node_id kind school_id count wifi channel_mhz streams"
_NAN = float("nan")


def _district(*nodes: tuple[Any, ...]) -> District:
    tables = {
        "nodes": pd.DataFrame(nodes, columns=_NODES.split()).astype(
            {"count": float, "channel_mhz": float, "streams": float}
        ),
        "wifi_phy": pd.DataFrame(
            [
                ("wifi4", 20, 5, 50.0), ("wifi4", 40, 5, 100.0),
                ("wifi5", 40, 6, 120.0), ("wifi5", 80, 6, 240.0),
                ("wifi7", 40, 7, 150.0),
            ],
            columns=["wifi", "channel_mhz", "mcs", "mbps_per_stream"],
        ),
        "wifi_defaults": pd.DataFrame(
            [("wifi4", 40, 2, 5, 1), ("wifi5", 40, 2, 6, 1), ("wifi7", 40, 2, 7, 2)],
            columns=["wifi", "channel_mhz", "streams", "mcs", "radios"],
        ),
        "wifi_efficiency": pd.DataFrame(
            [(10, 0.5), (25, 0.35)], columns=["clients_per_radio", "efficiency_share"]
        ),
        "settings": pd.DataFrame(
            [("wifi_assumed_generation", 5.0), ("wifi_client_streams_max", 2.0)],
            columns=["name", "value"],
        ),
    }  # fmt: skip
    return District(
        inputs=Inputs(
            settings=Settings(name="Air"),
            planning=Planning(percentile=0.95, common_mode_cv=0.0),
            tables=tables,
            hashes={},
        )
    )


def _load(devices: float = 100.0) -> Load:
    mean, var = np.zeros((1, 2, 4, 3)), np.zeros((1, 2, 4, 3))
    mean[0, 1, :, 2] = [60.0, 10.0, 10.0, 1000.0]  # internet, data center, cache, tunnel
    var[0, 1, :, 2] = [80.0, 10.0, 10.0, 1000.0]
    mean[0, 0, 0, 2] = 8.0
    return Load(
        school_ids=("S",), periods=("a", "b"), mean_mbps=mean, var_mbps2=var,
        devices=np.array([devices]), present_devices=np.array([[devices, devices]]),
    )  # fmt: skip


def test_two_groups_by_hand() -> None:
    groups = airtime(
        _district(
            ("s-new", "ap_group", "S", 2, "wifi7", 40, 2),
            ("s-mdf", "mdf", "S", 1, "", _NAN, _NAN),
            ("s-ap", "ap_group", "S", 3, "wifi4", _NAN, _NAN),
        ),
        _load(),
    )
    assert tuple(groups.columns) == COLUMNS
    assert groups["node_id"].tolist() == ["s-ap", "s-new"]
    old, new = (row for _, row in groups.iterrows())
    # 100 devices on 5 access points: 20 each, on one radio of wifi4 and two of wifi7
    assert [old["clients_per_radio"], new["clients_per_radio"]] == [20.0, 10.0]
    # 0.5 - (0.5 - 0.35) x 10 / 15 = 0.4
    assert old["efficiency_share"] == pytest.approx(0.4)
    assert old["phy_mbps"] == 200.0
    assert old["cell_mbps"] == pytest.approx(80.0)
    # 80 Mbps (without the tunnel) on 5 access points: 16 each
    assert old["load_mbps"] == pytest.approx(16.0)
    assert old["airtime_share"] == pytest.approx(0.2)
    # variance of a fifth of the school: 100 / 5 = 20
    assert old["planning_airtime_share"] == pytest.approx((16 + 1.6448536 * 20**0.5) / 80)
    assert new["airtime_share"] == pytest.approx(8 / (0.5 * 300))
    assert groups["period"].tolist() == ["b", "b"]
    assert groups["defaulted"].tolist() == ["channel_mhz;streams", ""]
    assert not groups["assumed"].any()


def test_empty_standard_is_assumed() -> None:
    (row,) = airtime(_district(("ap", "ap_group", "S", 1, "", _NAN, _NAN)), _load()).to_dict(
        "records"
    )
    assert (row["wifi"], row["assumed"], row["phy_mbps"]) == ("wifi5", True, 240.0)
    assert row["efficiency_share"] == pytest.approx(0.35)


def test_clients_have_at_most_two_streams() -> None:
    groups = airtime(_district(("ap", "ap_group", "S", 1, "wifi5", 80, 4)), _load())
    assert groups["phy_mbps"].tolist() == [480.0]


@pytest.mark.parametrize(("given", "used"), [(160, 80), (60, 40), (20, 40)])
def test_a_width_that_the_standard_lacks(given: float, used: float) -> None:
    groups = airtime(_district(("ap", "ap_group", "S", 1, "wifi5", given, 1)), _load())
    assert groups["channel_mhz"].tolist() == [used]


def test_no_clients() -> None:
    load = Load(
        school_ids=("S",), periods=("a",), mean_mbps=np.zeros((1, 1, 4, 3)),
        var_mbps2=np.zeros((1, 1, 4, 3)), devices=np.zeros(1), present_devices=np.zeros((1, 1)),
    )  # fmt: skip
    groups = airtime(_district(("ap", "ap_group", "S", 1, "wifi5", 40, 2)), load)
    assert groups["airtime_share"].tolist() == [0.0]


def test_no_groups() -> None:
    assert airtime(_district(("m", "mdf", "S", 1, "", _NAN, _NAN)), _load()).empty


def test_airtime_is_the_sum_over_clients() -> None:
    """Every client's rate over its own share of the cell, added one by one."""
    (row,) = airtime(_district(("ap", "ap_group", "S", 4, "wifi5", 40, 2)), _load()).to_dict(
        "records"
    )
    rates = np.random.default_rng(1).exponential(size=100)
    rates *= 80.0 / rates.sum()
    cells = [rates[first::4] for first in range(4)]
    asked = [(cell / (240.0 * row["efficiency_share"])).sum() for cell in cells]
    assert np.mean(asked) == pytest.approx(row["airtime_share"])
