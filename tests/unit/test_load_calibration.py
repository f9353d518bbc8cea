"""Calibration by hand on two schools, their uplinks and one circuit."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from netplan.load.calibration import Calibration, calibrate
from netplan.load.model import Load, planning_load
from tests.unit.test_load_moments import BOTH, DOWN, UP

#: Links as rows: uplink of A, uplink of B, the circuit of both.
LINKS = {"up-A": [1.0, 0.0], "up-B": [0.0, 1.0], "circuit": [1.0, 1.0]}


def _load() -> Load:
    mean, var = np.zeros((2, 2, 4, 3)), np.zeros((2, 2, 4, 3))
    mean[:, 0, 0, DOWN], mean[:, 0, 0, UP] = [100.0, 300.0], [10.0, 30.0]
    mean[:, 1, 0, DOWN] = [50.0, 350.0]
    mean[..., BOTH] = mean[..., DOWN] + mean[..., UP]
    var[:, 0, 0] = [[25.0, 4.0, 30.0], [75.0, 5.0, 80.0]]
    var[:, 1, 0] = [[9.0, 0.0, 9.0], [16.0, 0.0, 16.0]]
    return Load(
        school_ids=("A", "B"), periods=("p", "q"), mean_mbps=mean, var_mbps2=var,
        devices=np.array([1.0, 1.0]), present_devices=np.ones((2, 2)),
    )  # fmt: skip


def _calibrate(*rows: tuple[Any, ...], prior_weeks: float = 4.0, z: float = 1.0) -> Calibration:
    """Calibrate with rows of link, direction, p95, weeks, period; way down is down."""
    measured = pd.DataFrame(
        rows, columns=["link_id", "direction", "p95_mbps", "weeks", "period"]
    ).astype({"p95_mbps": float, "weeks": float, "period": "str"})
    shape = (len(rows), 2)
    ways = [
        csr_array(
            np.array([LINKS[row[0]] if row[1] == way else [0.0, 0.0] for row in rows]).reshape(
                shape
            )
        )
        for way in ("down", "up")
    ]
    nothing = (csr_array(shape), csr_array(shape))
    return calibrate(
        _load(), measured, [(ways[0], ways[1]), nothing, nothing, nothing],
        z=z, common_mode_cv=0.0, prior_weeks=prior_weeks, ratio_limit=10.0,
    )  # fmt: skip


def test_modelled_is_the_planning_load_of_the_worst_period() -> None:
    links = _calibrate(("up-A", "down", 210, 1, None), ("circuit", "down", 400, 1, "q")).links
    assert links["period"].tolist() == ["p", "q"]
    assert links["modelled_mbps"].tolist() == pytest.approx([100 + 5, 400 + 5])
    assert links["ratio"].tolist() == pytest.approx([2.0, 400 / 405])
    # B's uplink carries 300 + sqrt(75) in p and 350 + 4 in q
    assert _calibrate(("up-B", "down", 1, 1, None)).links["period"].tolist() == ["q"]


def test_one_uplink_scales_its_school_and_the_district() -> None:
    result = _calibrate(("up-A", "down", 210, 4, None))
    # the only measurement is the district's mean too
    assert result.schools["ratio_down"].tolist() == pytest.approx([2.0, 2.0])
    assert result.schools["ratio_up"].tolist() == [1.0, 1.0]
    assert result.schools["weeks_down"].tolist() == pytest.approx([4.0, 0.0])
    assert result.links["calibrated_mbps"].tolist() == pytest.approx([210.0])


def test_shrinkage_by_hand() -> None:
    result = _calibrate(("up-A", "down", 210, 12, "p"), ("up-B", "down", 300 + 75**0.5, 4, "p"))
    # log ratios: A ln 2 for 12 weeks, B 0 for 4; district: weighted by weeks x mean
    district = 12 * 100 * math.log(2) / (12 * 100 + 4 * 300)
    log_a = (12 * math.log(2) + 4 * district) / 16
    log_b = (0 + 4 * district) / 8
    assert result.schools["ratio_down"].tolist() == pytest.approx(
        [math.exp(log_a), math.exp(log_b)]
    )


def test_no_prior_hits_an_uplink_exactly() -> None:
    result = _calibrate(
        ("up-A", "down", 210, 1, None), ("up-B", "down", 100, 1, None), prior_weeks=0.0
    )
    assert result.links["calibrated_mbps"].tolist() == pytest.approx([210.0, 100.0])


def test_own_uplink_counts_more_than_the_circuit() -> None:
    result = _calibrate(("up-A", "down", 210, 8, "p"), ("circuit", "down", 205, 8, "p"))
    # circuit: modelled 400 + 10 = 410, ratio 0.5; A has a quarter of it
    district = (100 * math.log(2) + 400 * math.log(0.5)) / 500
    log_a = (8 * math.log(2) + 2 * math.log(0.5) + 4 * district) / 14
    log_b = (6 * math.log(0.5) + 4 * district) / 10
    assert result.schools["ratio_down"].tolist() == pytest.approx(
        [math.exp(log_a), math.exp(log_b)]
    )


def test_both_scales_by_the_mixture() -> None:
    before, result = _load(), _calibrate(("up-A", "down", 210, 4, None))
    mean, var = result.load.mean_mbps, result.load.var_mbps2
    factor = (2 * 100 + 10) / 110
    assert mean[0, 0, 0].tolist() == pytest.approx([200.0, 10.0, 110 * factor])
    assert var[0, 0, 0].tolist() == pytest.approx([100.0, 4.0, 30 * factor**2])
    assert np.allclose(mean[..., BOTH], mean[..., DOWN] + mean[..., UP])
    assert planning_load(mean[0, 0, 0, DOWN], var[0, 0, 0, DOWN], 1.645, 0.1) == pytest.approx(
        2
        * planning_load(
            before.mean_mbps[0, 0, 0, DOWN], before.var_mbps2[0, 0, 0, DOWN], 1.645, 0.1
        )
    )
    assert np.array_equal(before.mean_mbps, _load().mean_mbps)


def test_another_load_is_scaled_by_the_same_ratios() -> None:
    result = _calibrate(("up-A", "down", 210, 12, "p"), ("up-B", "up", 40, 4, "p"))
    again = result.scaled(_load())
    assert np.array_equal(again.mean_mbps, result.load.mean_mbps)
    assert np.array_equal(again.var_mbps2, result.load.var_mbps2)


def test_missing_weeks_count_as_one() -> None:
    assert _calibrate(("up-A", "down", 210, None, None)).links["weeks"].tolist() == [1.0]


@pytest.mark.parametrize("p95", [0.0, float("nan")])
def test_a_dead_counter_changes_nothing(p95: float) -> None:
    result = _calibrate(("up-A", "down", p95, 4, None))
    assert result.links["used"].tolist() == [False]
    assert np.array_equal(result.load.mean_mbps, _load().mean_mbps)


def test_a_link_that_carries_nothing_changes_nothing() -> None:
    result = _calibrate(("up-A", "up", 5, 4, "q"))
    assert result.links["used"].tolist() == [False]
    assert result.schools["ratio_up"].tolist() == [1.0, 1.0]


def test_nothing_measured_changes_nothing() -> None:
    result = _calibrate()
    assert np.array_equal(result.load.mean_mbps, _load().mean_mbps)
    assert not len(result.links)


def test_unknown_period() -> None:
    with pytest.raises(KeyError):
        _calibrate(("up-A", "down", 5, 4, "z"))
