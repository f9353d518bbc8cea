"""Headroom in devices and the year it runs out, by hand and by search."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netplan.capacity.headroom import exhausted_school_year, extra_share, whole_devices


def test_extra_share_without_variance_is_the_plain_ratio() -> None:
    # 40 Mbps on the element, 20 of them the school's, 80 allowed: 40 more are 2 x the school
    extra = extra_share(
        mean_mbps=np.array([40.0]), var_mbps2=np.zeros(1), own_mean_mbps=np.array([20.0]),
        own_var_mbps2=np.zeros(1), allowed_mbps=np.array([80.0]), z=1.645, common_mode_cv=0.0,
    )  # fmt: skip
    assert extra == pytest.approx([2.0])


@given(
    mean=st.floats(0.1, 1e4), own=st.floats(0.01, 1.0), cv=st.floats(0.0, 3.0),
    own_cv=st.floats(0.0, 1.0), allowed=st.floats(0.5, 1e5), kappa=st.floats(0.0, 0.5),
)  # fmt: skip
def test_extra_share_solves_the_planning_load(
    mean: float, own: float, cv: float, own_cv: float, allowed: float, kappa: float
) -> None:
    own_mean, var = own * mean, (cv * mean) ** 2
    own_var, z = own_cv * own * var, 1.6448536269514722

    def planned(x: float) -> float:
        m = mean + own_mean * x
        return m + z * float(np.sqrt(max(var + own_var * x, 0.0) + (kappa * m) ** 2))

    extra = float(
        extra_share(
            mean_mbps=np.array([mean]), var_mbps2=np.array([var]),
            own_mean_mbps=np.array([own_mean]), own_var_mbps2=np.array([own_var]),
            allowed_mbps=np.array([allowed]), z=z, common_mode_cv=kappa,
        )[0]
    )  # fmt: skip
    if extra < -1.0:  # even all of the school's devices gone is not enough
        assert planned(-1.0) > allowed * (1 - 1e-9)
        return
    low, high = -1.0, 1.0
    while planned(high) < allowed:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if planned(middle) <= allowed else (low, middle)
    assert extra == pytest.approx(low, rel=1e-6, abs=1e-6)


def test_no_contribution_means_no_limit() -> None:
    extra = extra_share(
        mean_mbps=np.array([5.0]), var_mbps2=np.ones(1), own_mean_mbps=np.zeros(1),
        own_var_mbps2=np.zeros(1), allowed_mbps=np.array([8.0]), z=1.6, common_mode_cv=0.1,
    )  # fmt: skip
    assert np.isposinf(extra[0])


@pytest.mark.parametrize(
    ("extra", "devices", "count"),
    [(0.5, 100, 50), (0.505, 100, 50), (-0.25, 100, -25), (-0.251, 100, -26), (-3.0, 100, -100)],
)
def test_whole_devices(extra: float, devices: float, count: int) -> None:
    assert whole_devices(extra, devices) == count


def test_whole_devices_unknown() -> None:
    assert whole_devices(np.inf, 100) is None
    assert whole_devices(0.5, 0) is None


@pytest.mark.parametrize(
    ("share", "growth", "year"),
    [
        (0.81, 0.25, "2026-27"),  # over already
        (0.80, 0.25, "2027-28"),  # at the limit is not past it; next year is
        (0.64, 0.25, "2028-29"),  # 0.64 x 1.25 = 0.80: at the limit, passed the year after
        (0.10, 0.25, "2036-37"),  # 0.1 x 1.25^9 = 0.745, ^10 = 0.931
        (0.50, 0.0, None),
        (0.0, 0.25, None),
        (1e-9, 0.25, None),
    ],
)
def test_exhausted_school_year(share: float, growth: float, year: str | None) -> None:
    assert exhausted_school_year(share, 0.8, growth, "2026-27") == year


def test_exhausted_counts_from_now_without_a_school_year() -> None:
    assert exhausted_school_year(0.5, 0.8, 0.25, None) == "+3"
    assert exhausted_school_year(0.9, 0.8, 0.25, None) == "+0"


def test_exhausted_across_a_century() -> None:
    assert exhausted_school_year(0.79, 0.8, 0.25, "2098-99") == "2099-00"
