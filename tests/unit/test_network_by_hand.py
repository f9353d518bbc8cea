"""Three schools whose routes, loads, failures and cuts fit in a comment.

::

    internet --C-- core --A-- mA [school A]
                    |  \\-B1-- mB --ib-- iB (idf) --ab-- gB (2 groups)   [school B]
                    |                     \\-- ab2 -- hB (1 group)
                    |--B2---- mB
                    |--P-- r --Q-- mC [school C];  backup K: mC to mA

B1 and B2 tie, so school B splits half and half. 10 / 20 / 30 Mbps mean down, a tenth of it up.
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from netplan.errors import InputError
from netplan.load.model import Load
from netplan.network import failures
from netplan.network.cuts import min_cuts
from netplan.network.graph import build, from_arrays
from netplan.network.routing import route
from netplan.network.utilization import draw_loads, rate, utilize

# z = 1, kappa = 0: planning load = M + sqrt(V)
PLANNING = SimpleNamespace(percentile=0.8413447460685429, common_mode_cv=0.0)

NODES = pd.DataFrame(
    [
        ("internet", "internet", None, np.nan, 1),
        ("core", "router", None, 200.0, 2),
        ("mA", "mdf", "A", np.nan, 1),
        ("mB", "mdf", "B", np.nan, 1),
        ("iB", "idf", "B", np.nan, 1),
        ("gB", "ap_group", "B", np.nan, 2),
        ("hB", "ap_group", "B", np.nan, 1),
        ("r", "switch", None, np.nan, 1),
        ("mC", "mdf", "C", np.nan, 1),
    ],
    columns=["node_id", "kind", "school_id", "throughput_mbps", "count"],
)
LINKS = pd.DataFrame(
    [
        ("C", "internet", "core", 100.0, 50.0, "primary", 1.0, "", 1),
        ("A", "core", "mA", 20.0, 20.0, "primary", 1.0, "trench; pole", 1),
        ("B1", "core", "mB", 20.0, 20.0, "primary", 1.0, "trench", 1),
        ("B2", "core", "mB", 10.0, 10.0, "primary", 1.0, None, 2),
        ("ib", "mB", "iB", 40.0, 40.0, "primary", 1.0, "", 1),
        ("ab", "iB", "gB", 40.0, 40.0, "primary", 1.0, "", 1),
        ("ab2", "iB", "hB", 40.0, 40.0, "primary", 1.0, "", 1),
        ("P", "core", "r", 50.0, 50.0, "primary", 1.0, "", 1),
        ("Q", "r", "mC", 50.0, 50.0, "primary", 1.0, "pole", 1),
        ("K", "mA", "mC", 25.0, 25.0, "backup", 1.0, "", 1),
    ],
    columns=["link_id", "a", "b", "down_mbps", "up_mbps", "role", "cost", "shared_risk", "count"],
)
SCHOOLS = pd.DataFrame({"school_id": ["A", "B", "C"]})


class Tables:
    """A district as far as the network looks at it."""

    def __init__(self, nodes=NODES, links=LINKS, schools=SCHOOLS):
        self.tables = {"nodes": nodes, "links": links, "schools": schools}

    def table(self, name):
        return self.tables[name]


def three_schools():
    mean = np.zeros((3, 1, 4, 3))
    mean[:, 0, 0] = [[10.0, 1.0, 11.0], [20.0, 2.0, 22.0], [30.0, 3.0, 33.0]]
    var = np.zeros_like(mean)
    var[:, 0, 0] = [[9.0, 0.0, 9.0], [16.0, 0.0, 16.0], [0.0, 0.0, 0.0]]
    return Load(
        school_ids=("A", "B", "C"),
        periods=("p1",),
        mean_mbps=mean,
        var_mbps2=var,
        devices=np.full(3, 100.0),
        present_devices=np.full((3, 1), 100.0),
    )


def element(net, name):
    if name in net.link_ids:
        return net.link_ids.index(name)
    return len(net.link_ids) + net.node_ids.index(name)


def test_entry_is_at_the_groups_by_count_else_at_the_mdf():
    net = build(Tables())
    entry = pd.DataFrame(net.entry.toarray(), net.school_ids, net.node_ids)
    assert entry.loc["A", "mA"] == 1.0
    assert entry.loc["B", "gB"] == pytest.approx(2 / 3)
    assert entry.loc["B", "hB"] == pytest.approx(1 / 3)
    assert entry.sum(axis=1).tolist() == pytest.approx([1.0, 1.0, 1.0])


@pytest.mark.parametrize(
    ("kinds", "counts", "shares"),
    [
        (["mdf", "idf", "idf", "ap_group"], [1, 1, 3, 4], [0, 0, 0, 1]),
        (["mdf", "idf", "idf", "switch"], [1, 1, 3, 4], [0, 1 / 2, 1 / 2, 0]),
        (["mdf", "mdf", "router", "switch"], [1, 5, 1, 1], [1 / 2, 1 / 2, 0, 0]),
        (["router", "switch", "switch", "filter"], [1, 2, 3, 4], [1 / 4] * 4),
        (["ap_group", "ap_group", "idf", "mdf"], [0, 0, 1, 1], [1 / 2, 1 / 2, 0, 0]),
        (["ap_group", "ap_group", "idf", "mdf"], [0, 3, 1, 1], [0, 1, 0, 0]),
    ],
)
def test_entry_falls_back_kind_by_kind(kinds, counts, shares):
    net = from_arrays(
        node_ids=list("abcd"),
        node_kinds=kinds,
        node_school=[0] * 4,
        node_count=counts,
        link_ids=[],
        link_a=[],
        link_b=[],
        school_ids=["S"],
    )
    assert net.entry.toarray()[0].tolist() == pytest.approx(shares)


def test_capacities_count_circuits_and_boxes():
    net = build(Tables())
    assert net.capacity_mbps[element(net, "B2")].tolist() == [20.0, 20.0, np.inf]
    assert net.capacity_mbps[element(net, "C")].tolist() == [100.0, 50.0, np.inf]
    assert net.capacity_mbps[element(net, "core")].tolist() == [np.inf, np.inf, 400.0]
    assert net.capacity_mbps[element(net, "mA")].tolist() == [np.inf] * 3
    assert {g: [net.link_ids[i] for i in rows] for g, rows in net.risk_groups.items()} == {
        "pole": ["A", "Q"],
        "trench": ["A", "B1"],
    }


def test_loads_by_hand():
    # B1 carries half of B: mean 10, variance 16 / 4 = 4, planning load 12 of 20 Mbps
    # C carries all: mean 60, variance 25, planning load 65 of 100; up 6 of 50
    # core: both 66, variance 25, 71 of 400
    net = build(Tables())
    used = utilize(net, route(net), three_schools(), PLANNING)
    assert used.load_mbps[element(net, "B1"), 0].tolist() == pytest.approx([12.0, 1.0, 13.0])
    assert used.utilization_share[element(net, "B1"), 0, 0] == pytest.approx(0.6)
    assert used.load_mbps[element(net, "C"), 0].tolist() == pytest.approx([65.0, 6.0, 71.0])
    assert used.utilization_share[element(net, "C"), 0, 1] == pytest.approx(0.12)
    assert used.load_mbps[element(net, "core"), 0, 2] == pytest.approx(71.0)
    assert used.utilization_share[element(net, "core"), 0, 2] == pytest.approx(71 / 400)
    assert used.load_mbps[element(net, "K")].tolist() == [[0.0, 0.0, 0.0]]
    # ab takes two thirds of B: 20 x 2/3 + 4 x 2/3
    assert used.load_mbps[element(net, "ab"), 0, 0] == pytest.approx(16.0)


def rises(net, swept, kind, name):
    row = list(zip(swept.kinds, swept.failed, strict=True)).index((kind, name))
    lost = swept.lost_failure == row
    risen = swept.rise_failure == row
    ids = net.link_ids + net.node_ids
    return (
        {
            net.school_ids[s]: x
            for s, x in zip(swept.lost_school[lost], swept.lost_share[lost], strict=True)
        },
        {
            (ids[e], int(d)): (load, share)
            for e, d, load, share in zip(
                swept.rise_element[risen],
                swept.rise_direction[risen],
                swept.rise_load_mbps[risen],
                swept.rise_utilization_share[risen],
                strict=True,
            )
        },
    )


def test_failures_by_hand():
    net = build(Tables())
    swept = failures.sweep(net, three_schools(), PLANNING)
    assert swept.base_lost_share.tolist() == [0.0, 0.0, 0.0]
    # all of B on B2: mean 20 + sqrt(16) = 24 down of 20, 2 up
    lost, risen = rises(net, swept, "link", "B1")
    assert lost == {}
    assert {key: x for key, (x, _) in risen.items()} == pytest.approx(
        {("B2", 0): 24.0, ("B2", 1): 2.0}
    )
    assert risen["B2", 0][1] == pytest.approx(1.2)
    # C comes over the backup K and A: on A 10 + 30 + sqrt(9) down, and up 1 + 3
    lost, risen = rises(net, swept, "node", "r")
    assert lost == {}
    assert {key: x for key, (x, _) in risen.items()} == pytest.approx(
        # K runs from mA to mC
        {("A", 0): 43.0, ("A", 1): 4.0, ("K", 0): 30.0, ("K", 1): 3.0, ("mA", 2): 47.0}
    )
    # two thirds of B's load enter behind ab
    assert rises(net, swept, "link", "ab") == (pytest.approx({"B": 2 / 3}), {})
    assert rises(net, swept, "node", "core") == ({"A": 1.0, "B": 1.0, "C": 1.0}, {})
    assert rises(net, swept, "link", "K") == ({}, {})
    # the pole carries A and Q: A and C have no way left, K leads only from one to the other
    assert rises(net, swept, "risk_group", "pole") == ({"A": 1.0, "C": 1.0}, {})
    # without A, A's own load goes back over K and Q
    lost, risen = rises(net, swept, "link", "A")
    assert lost == {}
    assert risen["P", 0][0] == pytest.approx(30 + 10 + 3)
    assert risen["K", 1][0] == pytest.approx(10 + 3)


def test_a_failed_element_that_is_unknown_is_an_error():
    net = build(Tables())
    for kind in failures.KINDS:
        with pytest.raises(KeyError):
            failures.outage(net, kind, "nobody")


def test_cuts_by_hand():
    # A: 20 over A and min(25, 50) over K, limited by C's 100 and the core: 45; two ways share C
    net = build(Tables())
    found = min_cuts(net)
    assert found.min_cut_mbps.tolist() == [45.0, 40.0, 70.0]
    assert found.disjoint_paths.tolist() == [1, 1, 1]


def test_traffic_to_the_data_center_the_cache_and_through_the_tunnel():
    # i -- fw -- core -- m -- d (idf);  dc hangs on the core; e (idf) on the core, not on m
    net = from_arrays(
        node_ids=["core", "d", "dc", "e", "fw", "i", "m"],
        node_kinds=["router", "idf", "datacenter", "idf", "filter", "internet", "mdf"],
        node_school=[-1, 0, -1, 0, -1, -1, 0],
        link_ids=["core-dc", "core-e", "core-m", "fw-core", "i-fw", "m-d"],
        link_a=[0, 0, 0, 4, 5, 6],
        link_b=[2, 3, 6, 0, 4, 1],
        school_ids=["S"],
    )
    internet, datacenter, cache, tunnel = (
        share.toarray()[0, : 2 * len(net.link_ids)] for share in route(net).share
    )
    # arc 2i: away from the internet; 2i + 1: toward it
    toward = dict(zip(net.link_ids, internet[1::2], strict=True))
    assert toward == {
        "core-dc": 0,
        "core-e": 0.5,
        "core-m": 0.5,
        "fw-core": 1,
        "i-fw": 1,
        "m-d": 0.5,
    }
    assert datacenter[2 * 0] == 1.0
    assert datacenter[2 * 4 + 1] == 0.0
    # e does not reach its mdf inside the building: the whole school goes over the network
    assert cache[2 * 5 + 1] == 0.5
    assert cache[2 * 1 + 1] == 0.5
    assert cache[2 * 2] == 0.5
    assert tunnel[2 * 4 + 1] == 1.0
    assert tunnel.sum() == 1.0


def test_doubling_all_capacities_halves_all_utilization():
    net = build(Tables())
    links = LINKS.assign(down_mbps=LINKS["down_mbps"] * 2, up_mbps=LINKS["up_mbps"] * 2)
    double = build(Tables(NODES.assign(throughput_mbps=NODES["throughput_mbps"] * 2), links))
    load = three_schools()
    once = utilize(net, route(net), load, PLANNING).utilization_share
    twice = utilize(double, route(double), load, PLANNING).utilization_share
    np.testing.assert_array_equal(once, twice * 2)


def test_an_element_without_capacity_is_full_only_when_it_carries_something():
    net = build(Tables(links=LINKS.assign(down_mbps=0.0)))
    used = utilize(net, route(net), three_schools(), PLANNING)
    assert used.utilization_share[element(net, "C"), 0, 0] == np.inf
    assert used.utilization_share[element(net, "K"), 0, 0] == 0.0


def test_shuffled_rows_change_nothing():
    net = build(Tables())
    again = build(
        Tables(
            NODES.sample(frac=1, random_state=3),
            LINKS.sample(frac=1, random_state=4),
            SCHOOLS.iloc[::-1],
        )
    )
    assert again.node_ids == net.node_ids
    assert again.link_ids == net.link_ids
    load = three_schools()
    np.testing.assert_array_equal(
        utilize(net, route(net), load, PLANNING).load_mbps,
        utilize(again, route(again), load, PLANNING).load_mbps,
    )
    one, two = (failures.sweep(x, load, PLANNING) for x in (net, again))
    np.testing.assert_array_equal(one.rise_load_mbps, two.rise_load_mbps)
    np.testing.assert_array_equal(one.rise_element, two.rise_element)


def test_draws_reuse_the_routes():
    net, load = build(Tables()), three_schools()
    routes = route(net)
    rng = np.random.default_rng(5)
    demand = rng.uniform(0, 10, (4, 3, 4, 3))
    for direction in range(3):
        loads = draw_loads(net, routes, demand, direction)
        for draw in range(4):
            one = Load(
                school_ids=load.school_ids,
                periods=("d",),
                mean_mbps=demand[draw][:, None],
                var_mbps2=np.zeros((3, 1, 4, 3)),
                devices=load.devices,
                present_devices=load.present_devices,
            )
            mean = utilize(net, routes, one, PLANNING).mean_mbps[:, 0]
            links = len(net.link_ids)
            np.testing.assert_allclose(loads[:links, draw], mean[:links, direction])
            np.testing.assert_allclose(loads[links:, draw], mean[links:, 2])


def test_results_are_read_only():
    net = build(Tables())
    used = utilize(net, route(net), three_schools(), PLANNING)
    for array in (net.link_a, net.capacity_mbps, used.load_mbps):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_rating_the_same_moments_gives_the_same_loads():
    net = build(Tables())
    used = utilize(net, route(net), three_schools(), PLANNING)
    again = rate(net, used.mean_mbps.copy(), used.var_mbps2.copy(), PLANNING)
    np.testing.assert_array_equal(again.load_mbps, used.load_mbps)


def test_costs_too_far_apart_to_add_exactly_are_an_error():
    links = LINKS.assign(cost=[10.0**12, 1e-6] + [10.0**12] * 8)
    with pytest.raises(InputError, match="too far apart"):
        route(build(Tables(links=links.assign(role="backup"))))


def test_a_backup_link_that_is_the_only_way_carries_nothing():
    # mC's own link is gone: K would do, but it stands in for nothing
    net = build(Tables(links=LINKS[~LINKS["link_id"].isin(["P", "Q"])]))
    routes = route(net)
    assert routes.lost_share[:, 0].tolist() == [0.0, 0.0, 1.0]
    swept = failures.sweep(net, three_schools(), PLANNING)
    assert swept.base_lost_share.tolist() == [0.0, 0.0, 1.0]
    assert 2 not in swept.lost_school
