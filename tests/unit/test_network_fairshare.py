"""Max-min fair shares: by hand, and against one linear program after another."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array

from netplan.load.model import Load
from netplan.network.fairshare import fair_shares, progressive_filling
from netplan.network.graph import from_arrays
from netplan.network.routing import route


def lexicographic(usage, capacity, weight, demand):
    """Raise the least rate per device as far as it goes, fix who cannot get more, repeat."""
    schools = weight.size
    fixed = np.full(schools, np.nan)
    load = usage * weight
    ceiling = demand / weight
    while np.isnan(fixed).any():
        free = np.isnan(fixed)
        bounds = [
            (0.0, c) if f else (x, x) for f, x, c in zip(free, fixed, ceiling, strict=True)
        ] + [(0.0, None)]
        # maximize t subject to r_s >= t for the free schools
        least = np.hstack([-np.diag(free.astype(float))[free], np.ones((free.sum(), 1))])
        table = np.vstack([np.hstack([load, np.zeros((capacity.size, 1))]), least])
        right = np.concatenate([capacity, np.zeros(free.sum())])
        goal = np.append(np.zeros(schools), -1.0)
        best = linprog(goal, A_ub=table, b_ub=right, bounds=bounds, method="highs")
        level = best.x[-1]
        for school in np.flatnonzero(free):
            # can this one get more while no free school gets less than the level?
            lower = [
                (level * (1 - 1e-9), c) if f else (x, x)
                for f, x, c in zip(free, fixed, ceiling, strict=True)
            ]
            alone = linprog(
                -np.eye(schools)[school],
                A_ub=load,
                b_ub=capacity + 1e-9,
                bounds=lower,
                method="highs",
            )
            if alone.x[school] <= level * (1 + 1e-6) + 1e-9:
                fixed[school] = level
    return fixed * weight


@pytest.mark.parametrize("seed", range(25))
def test_progressive_filling_is_the_lexicographic_optimum(seed):
    rng = np.random.default_rng(seed)
    schools, constraints = rng.integers(1, 7), rng.integers(1, 7)
    usage = rng.uniform(0.2, 1.5, (constraints, schools)) * (
        rng.random((constraints, schools)) < 0.6
    )
    capacity = rng.uniform(5.0, 100.0, constraints)
    weight = rng.integers(1, 50, schools).astype(float)
    demand = rng.uniform(1.0, 80.0, schools)
    filled = progressive_filling(csr_array(usage), capacity, weight, demand)
    assert (usage @ filled.rate_mbps <= capacity * (1 + 1e-8)).all()
    expected = lexicographic(usage, capacity, weight, demand)
    np.testing.assert_allclose(filled.rate_mbps, expected, rtol=1e-5)
    for school, constraint in enumerate(filled.limited_by):
        if constraint < 0:
            assert filled.rate_mbps[school] == pytest.approx(demand[school])
        else:
            assert usage[constraint, school] > 0.0
            load = usage[constraint] @ filled.rate_mbps
            assert load == pytest.approx(capacity[constraint])


def test_two_schools_share_a_circuit_by_devices_and_the_third_is_held_by_its_own_uplink():
    # S0 and S1: 100 and 300 devices; S2: 100 devices behind an uplink of 10 Mbps.
    # The circuit has 90 Mbps: S2 stops at 10 / 100 = 0.1 each, S1 wants only 0.05 each
    # (15 Mbps), so S0 may have 90 - 10 - 15 = 65 Mbps.
    usage = csr_array(np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 1.0]]))
    filled = progressive_filling(
        usage, np.array([90.0, 10.0]), np.array([100.0, 300.0, 100.0]), np.array([200.0, 15, 50])
    )
    np.testing.assert_allclose(filled.rate_mbps, [65.0, 15.0, 10.0])
    assert filled.limited_by.tolist() == [0, -1, 1]


def test_nobody_present_gets_nothing_and_limits_nobody():
    usage = csr_array(np.array([[1.0, 1.0]]))
    filled = progressive_filling(
        usage, np.array([10.0]), np.array([0.0, 20.0]), np.array([100.0, 100.0])
    )
    assert filled.rate_mbps.tolist() == [0.0, 10.0]
    assert filled.limited_by.tolist() == [-1, 0]


def shared_circuit(throughput_mbps=np.inf, up_mbps=1000.0):
    """Two schools behind one firewall and one circuit of 100 Mbps down."""
    net = from_arrays(
        node_ids=["fw", "i", "m0", "m1"],
        node_kinds=["firewall", "internet", "mdf", "mdf"],
        node_school=[-1, -1, 0, 1],
        node_throughput_mbps=[throughput_mbps, np.inf, np.inf, np.inf],
        link_ids=["circuit", "u0", "u1"],
        link_a=[1, 0, 0],
        link_b=[0, 2, 3],
        down_mbps=[100.0, 1000.0, 1000.0],
        up_mbps=[up_mbps, 1000.0, 1000.0],
        school_ids=["A", "B"],
    )
    mean = np.zeros((2, 1, 4, 3))
    mean[:, 0, 0] = [[90.0, 9.0, 99.0], [90.0, 45.0, 135.0]]
    load = Load(
        school_ids=("A", "B"),
        periods=("p",),
        mean_mbps=mean,
        var_mbps2=np.zeros_like(mean),
        devices=np.array([100.0, 300.0]),
        present_devices=np.array([[100.0], [300.0]]),
    )
    return net, load


MEAN_ONLY = SimpleNamespace(percentile=0.5, common_mode_cv=0.0)


def test_a_circuit_is_shared_per_present_device():
    net, load = shared_circuit()
    shares = fair_shares(net, route(net), load, MEAN_ONLY, 0)
    np.testing.assert_allclose(shares.rate_mbps_per_device, [0.25, 0.25])
    assert shares.limited_by.tolist() == [0, 0]
    assert shares.limited_direction.tolist() == [0, 0]


def test_the_up_direction_limits_by_the_ratio_of_up_to_down():
    # B's down rate is twice its up rate, A's ten times: 0.1 r 100 + 0.5 r 300 = 16 -> r = 0.1
    net, load = shared_circuit(up_mbps=16.0)
    shares = fair_shares(net, route(net), load, MEAN_ONLY, 0)
    np.testing.assert_allclose(shares.rate_mbps_per_device, [0.1, 0.1])
    assert shares.limited_direction.tolist() == [1, 1]


def test_a_node_limits_down_and_up_together():
    # 1.1 x 100 r + 1.5 x 300 r = 56 -> r = 0.1
    net, load = shared_circuit(throughput_mbps=56.0)
    shares = fair_shares(net, route(net), load, MEAN_ONLY, 0)
    np.testing.assert_allclose(shares.rate_mbps_per_device, [0.1, 0.1])
    assert shares.limited_by.tolist() == [3, 3]
    assert shares.limited_direction.tolist() == [2, 2]
