"""Routing, utilization and every failure against a plain recomputation on a networkx graph."""

import itertools
import math
from types import SimpleNamespace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netplan.load.model import FLOWS, Load
from netplan.network import failures, routing, utilization
from netplan.network.graph import from_arrays

PLANNING = SimpleNamespace(percentile=0.9, common_mode_cv=0.2)
BACKUP = 10**40  # python integers: no way over primary links is this long


# --- a plain second implementation: networkx, dictionaries, no numpy ---


def plain_graph(net, links=(), nodes=(), inside=None):
    graph = nx.MultiGraph()
    graph.add_nodes_from(set(range(len(net.node_ids))) - set(nodes))
    for i, (a, b) in enumerate(zip(net.link_a.tolist(), net.link_b.tolist(), strict=True)):
        ends = {int(net.node_school[a]), int(net.node_school[b])}
        if i in links or a in nodes or b in nodes or (inside is not None and ends != {inside}):
            continue
        weight = int(net.cost_micro[i]) + BACKUP * bool(net.backup[i])
        graph.add_edge(a, b, key=i, weight=weight)
    return graph


def plain_distance(graph, sinks):
    sinks = [sink for sink in sinks if sink in graph]
    return nx.multi_source_dijkstra_path_length(graph, set(sinks)) if sinks else {}


def plain_push(graph, sinks, inject):
    """Give amounts by arc and node, and what is lost."""
    distance = plain_distance(graph, sinks)
    through = dict.fromkeys(distance, 0.0)
    arcs = {}
    lost = 0.0
    for node, amount in inject.items():
        if node in distance:
            through[node] += amount
        else:
            lost += amount
    for node in sorted(distance, key=distance.get, reverse=True):
        if distance[node] == 0:
            continue
        hops = [
            (key, other)
            for _, other, key, data in graph.edges(node, keys=True, data=True)
            if other in distance and distance[other] + data["weight"] == distance[node]
        ]
        for key, other in hops:
            arcs[key, node] = arcs.get((key, node), 0.0) + through[node] / len(hops)
            through[other] += through[node] / len(hops)
    return arcs, through, lost


def plain_entry(net, school):
    own = [v for v, s in enumerate(net.node_school) if s == school]
    for kind in ("ap_group", "idf", "mdf", None):
        chosen = [v for v in own if kind in (None, net.node_kinds[v])]
        if chosen:
            break
    weight = {v: (PLAIN_COUNTS[net.node_ids[v]] if kind == "ap_group" else 1.0) for v in chosen}
    return {v: w / sum(weight.values()) for v, w in weight.items()}


PLAIN_COUNTS = {}


def plain_flows(net, links=(), nodes=()):
    """Give, per flow and school, (arcs, through, lost) under a failure."""
    kinds = net.node_kinds
    rows = range(len(kinds))
    internet = [v for v in rows if kinds[v] == "internet"]
    datacenter = [v for v in rows if kinds[v] == "datacenter"] or internet
    whole = plain_graph(net)
    out = plain_distance(whole, internet)
    tunnel = []
    for kind in ("filter", "firewall", "datacenter"):
        tunnel = tunnel or [v for v in rows if kinds[v] == kind]
    result = {}
    for school in range(len(net.school_ids)):
        own = [v for v in rows if net.node_school[v] == school]
        entry = plain_entry(net, school)
        near = min(out.get(v, math.inf) for v in own)
        heads = [v for v in own if kinds[v] == "mdf"] or [
            v for v in own if out.get(v, math.inf) == near
        ]
        building = plain_distance(plain_graph(net, inside=school), heads)
        within = all(building.get(v, math.inf) < BACKUP for v in entry)
        cases = {
            "internet": (internet, entry, None),
            "datacenter": (datacenter, entry, None),
            "cache": (heads, entry, school if within else None),
            "tunnel": (internet, {v: 1 / len(tunnel) for v in tunnel}, None),
        }
        for flow, (sinks, inject, inside) in cases.items():
            base = plain_distance(plain_graph(net, inside=inside), sinks)
            served = {v: x for v, x in inject.items() if base.get(v, math.inf) < BACKUP}
            graph = plain_graph(net, links, nodes, inside)
            arcs, through, lost = plain_push(graph, sinks, served)
            lost += sum(x for v, x in inject.items() if v not in served)
            result[flow, school] = arcs, through, lost
    return result


def plain_loads(net, load, flows):
    """Give mean and variance, (elements, periods, 3), with only what is limited filled in."""
    links = len(net.link_ids)
    mean = np.zeros((links + len(net.node_ids), len(load.periods), 3))
    var = np.zeros_like(mean)
    for (flow, school), (arcs, through, _) in flows.items():
        m = load.mean_mbps[school, :, FLOWS.index(flow)]
        v = load.var_mbps2[school, :, FLOWS.index(flow)]
        # a school's share of a direction of a link, squared after adding up
        for (link, tail), share in arcs.items():
            toward_b = tail == net.link_a[link]
            mean[link, :, 0] += share * m[:, 1 if toward_b else 0]
            mean[link, :, 1] += share * m[:, 0 if toward_b else 1]
            var[link, :, 0] += share**2 * v[:, 1 if toward_b else 0]
            var[link, :, 1] += share**2 * v[:, 0 if toward_b else 1]
        for node, share in through.items():
            mean[links + node, :, 2] += share * m[:, 2]
            var[links + node, :, 2] += share**2 * v[:, 2]
    return mean, var


def limited(net):
    mask = np.zeros((len(net.link_ids) + len(net.node_ids), 3), bool)
    mask[: len(net.link_ids), :2] = True
    mask[len(net.link_ids) :, 2] = True
    return mask


# --- random districts ---


@st.composite
def districts(draw, schools=3, trunk=5, extra=10):
    """Draw a district with ties, rings, parallel links, backups, groups and lone nodes."""
    kinds = ["internet"] * draw(st.integers(1, 2))
    kinds += draw(
        st.lists(
            st.sampled_from(["router", "switch", "filter", "firewall", "datacenter"]),
            min_size=1,
            max_size=trunk,
        )
    )
    owner = [-1] * len(kinds)
    count = [1.0] * len(kinds)
    ends = []
    for node in range(1, len(kinds)):
        if draw(st.integers(0, 9)):
            ends.append((draw(st.integers(0, node - 1)), node))
    number = draw(st.integers(1, schools))
    for school in range(number):
        own = draw(
            st.lists(st.sampled_from(["mdf", "idf", "ap_group", "switch"]), min_size=1, max_size=5)
        )
        first = len(kinds)
        for at, kind in enumerate(own):
            kinds.append(kind)
            owner.append(school)
            count.append(float(draw(st.integers(1, 3))) if kind == "ap_group" else 1.0)
            if draw(st.integers(0, 9)):
                low = first if at and draw(st.integers(0, 4)) else 0
                ends.append((draw(st.integers(low, first + at - 1)), first + at))
    n = len(kinds)
    pair = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] != p[1])
    ends += draw(st.lists(pair, max_size=extra))
    m = len(ends)
    cost = draw(st.lists(st.sampled_from([1.0, 1.0, 1.0, 2.0, 0.5, 1.5]), min_size=m, max_size=m))
    backup = draw(st.lists(st.integers(0, 4).map(lambda x: x == 0), min_size=m, max_size=m))
    group = draw(st.lists(st.integers(0, 5), min_size=m, max_size=m))
    order = draw(st.permutations(range(n)))
    ids = [f"n{order[v]:02d}" for v in range(n)]
    PLAIN_COUNTS.update(zip(ids, count, strict=True))
    seed = draw(st.integers(0, 2**20))
    rng = np.random.default_rng(seed)
    net = from_arrays(
        node_ids=ids,
        node_kinds=kinds,
        node_school=owner,
        node_count=count,
        node_throughput_mbps=rng.uniform(50, 500, n),
        school_ids=[f"S{s}" for s in range(number)],
        link_ids=[f"l{i:02d}" for i in range(m)],
        link_a=[a for a, _ in ends],
        link_b=[b for _, b in ends],
        down_mbps=rng.uniform(50, 500, m),
        up_mbps=rng.uniform(50, 500, m),
        cost=cost,
        backup=backup,
        risk_groups={
            f"g{g}": np.array([i for i in range(m) if group[i] == g])
            for g in range(3)
            if g in group
        },
    )
    mean = rng.uniform(0, 100, (number, 2, 4, 3)) * (rng.random((number, 2, 4, 1)) < 0.8)
    load = Load(
        school_ids=net.school_ids,
        periods=("p", "q"),
        mean_mbps=mean,
        var_mbps2=mean * rng.uniform(0, 30),
        devices=np.full(number, 100.0),
        present_devices=np.full((number, 2), 90.0),
    )
    return net, load


def dense(routes, net):
    """Routes as (flow, school) -> (arcs, through, lost)."""
    links = len(net.link_ids)
    result = {}
    for flow, name in enumerate(FLOWS):
        table = routes.share[flow].toarray()
        for school in range(table.shape[0]):
            arcs, through = {}, {}
            for column, share in enumerate(table[school]):
                if share and column < 2 * links:
                    ends = (net.link_a, net.link_b)[column & 1]
                    arcs[column >> 1, int(ends[column >> 1])] = share
                elif share:
                    through[column - 2 * links] = share
            result[name, school] = arcs, through, routes.lost_share[school, flow]
    return result


def assert_same_flows(mine, plain):
    for key, (arcs, through, lost) in plain.items():
        got_arcs, got_through, got_lost = mine[key]
        assert got_lost == pytest.approx(lost, abs=1e-12), key
        assert got_arcs == pytest.approx({k: x for k, x in arcs.items() if x}, abs=1e-12), key
        assert got_through == pytest.approx({k: x for k, x in through.items() if x}, abs=1e-12)


@given(districts())
@settings(max_examples=25, deadline=None)
def test_routes_and_loads_are_those_of_a_plain_recomputation(case):
    net, load = case
    plain = plain_flows(net)
    routes = routing.route(net)
    assert_same_flows(dense(routes, net), plain)
    mean, var = plain_loads(net, load, plain)
    used = utilization.utilize(net, routes, load, PLANNING)
    mask = limited(net)
    for got, expected in ((used.mean_mbps, mean), (used.var_mbps2, var)):
        np.testing.assert_allclose(
            got.transpose(0, 2, 1)[mask], expected.transpose(0, 2, 1)[mask], rtol=1e-9, atol=1e-9
        )


@given(districts())
@settings(max_examples=25, deadline=None)
def test_flow_is_conserved(case):
    net, _ = case
    routes = routing.route(net)
    links = len(net.link_ids)
    sinks = np.array([kind == "internet" for kind in net.node_kinds])
    share = routes.share[0].toarray()
    entry = net.entry.toarray()
    out = np.zeros_like(entry)
    into = np.zeros_like(entry)
    for link in range(links):
        a, b = net.link_a[link], net.link_b[link]
        out[:, a] += share[:, 2 * link]
        into[:, b] += share[:, 2 * link]
        out[:, b] += share[:, 2 * link + 1]
        into[:, a] += share[:, 2 * link + 1]
    through = share[:, 2 * links :]
    assert np.allclose(out[:, ~sinks], through[:, ~sinks], atol=1e-12)
    assert not out[:, sinks].any()
    alive = np.isclose(through, into + entry, atol=1e-12)
    assert (alive | (np.isclose(through, into, atol=1e-12) & (into == 0.0))).all()
    assert np.allclose(through[:, sinks].sum(axis=1) + routes.lost_share[:, 0], 1.0, atol=1e-12)


def expected_rises(net, before, mean, var):
    """Planning loads that rise and the worst period of those: {(element, direction): ...}."""
    z = utilization.quantile(PLANNING)
    after = mean + z * np.sqrt(var + (PLANNING.common_mode_cv * mean) ** 2)
    result = {}
    for element, direction in zip(*np.nonzero(limited(net)), strict=True):
        new, old = after[element, :, direction], before[element, :, direction]
        rising = [p for p in range(new.size) if new[p] > old[p] * (1 + 1e-6) + 1e-6]
        if rising:
            worst = max(rising, key=lambda p: new[p])
            result[int(element), int(direction)] = (worst, float(new[worst]))
    return result


@given(districts())
@settings(max_examples=25, deadline=None)
def test_every_failure_is_what_removing_it_and_computing_afresh_gives(case):
    net, load = case
    swept = failures.sweep(net, load, PLANNING)
    before = utilization.utilize(net, routing.route(net), load, PLANNING).load_mbps
    base = plain_flows(net)
    down = [(kind, name) for kind in failures.KINDS for name in failed_ids(net, kind)]
    assert list(zip(swept.kinds, swept.failed, strict=True)) == down
    for row, (kind, name) in enumerate(down):
        gone = failures.outage(net, kind, name)
        flows = plain_flows(net, set(gone.links.tolist()), set(gone.nodes.tolist()))
        mean, var = plain_loads(net, load, flows)
        routes, fresh = failures.failed_utilization(net, load, PLANNING, kind, name)
        assert_same_flows(dense(routes, net), flows)
        mask = limited(net)
        np.testing.assert_allclose(
            fresh.mean_mbps.transpose(0, 2, 1)[mask], mean.transpose(0, 2, 1)[mask], atol=1e-9
        )
        at = np.flatnonzero(swept.lost_failure == row)
        got = dict(zip(swept.lost_school[at].tolist(), swept.lost_share[at].tolist(), strict=True))
        lost = {
            school: flows["internet", school][2]
            for school in range(len(net.school_ids))
            if flows["internet", school][2] > base["internet", school][2] + 1e-9
        }
        assert got == pytest.approx(lost, abs=1e-12)
        assert all(got[s] == 1.0 for s, x in lost.items() if x > 1 - 1e-9)
        expected = expected_rises(net, before, mean, var)
        at = np.flatnonzero(swept.rise_failure == row)
        seen = {
            (int(swept.rise_element[i]), int(swept.rise_direction[i])): (
                int(swept.rise_period[i]),
                float(swept.rise_load_mbps[i]),
                float(swept.rise_utilization_share[i]),
            )
            for i in at
        }
        assert len(seen) == at.size
        for key, (period, new) in expected.items():
            assert seen[key][1] == pytest.approx(new, rel=1e-9), (kind, name, key)
            assert seen[key][2] == pytest.approx(new / net.capacity_mbps[key], rel=1e-9)
            assert seen[key][0] == period
        for element, direction in set(seen) - set(expected):
            # no more than a rise too small for the plain threshold
            period, new, _ = seen[element, direction]
            assert new <= before[element, period, direction] * (1 + 1e-5) + 1e-5


def failed_ids(net, kind):
    return {
        "link": net.link_ids,
        "node": net.node_ids,
        "risk_group": tuple(sorted(net.risk_groups)),
    }[kind]


@given(districts(), st.integers(1, 9))
@settings(max_examples=30, deadline=None)
def test_a_floor_only_leaves_out_what_is_below_it(case, tenths):
    net, load = case
    floor = tenths / 10
    everything = failures.sweep(net, load, PLANNING)
    above = failures.sweep(net, load, PLANNING, floor_share=floor)
    keep = everything.rise_utilization_share >= floor
    assert np.array_equal(above.rise_element, everything.rise_element[keep])
    assert np.array_equal(above.rise_failure, everything.rise_failure[keep])
    assert np.array_equal(above.lost_share, everything.lost_share)


@given(districts(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_a_demand_matrix_loads_what_its_demands_load_one_by_one(case, random):
    net, _ = case
    n = len(net.node_ids)
    pairs = [p for p in itertools.product(range(n), repeat=2) if random.random() < 0.3]
    source = np.array([p for p, _ in pairs], np.int64)
    target = np.array([q for _, q in pairs], np.int64)
    mbps = np.array([random.choice([0.0, 1.0, 2.5, 400.0]) for _ in pairs])
    expected = np.zeros(2 * len(net.link_ids))
    plain = {}
    gone = random.randrange(len(net.link_ids)) if net.link_ids else None
    after = np.zeros_like(expected)
    lost_after = 0.0
    for p, q, x in zip(source.tolist(), target.tolist(), mbps.tolist(), strict=True):
        if plain_distance(plain_graph(net), [q]).get(p, BACKUP) < BACKUP:
            for removed, total in ((), expected), ((gone,), after):
                arcs, _, lost = plain_push(plain_graph(net, removed), [q], {p: x})
                for (link, tail), amount in arcs.items():
                    total[2 * link + (tail != net.link_a[link])] += amount
                lost_after += lost if removed else 0.0
        else:
            plain[q] = plain.get(q, 0.0) + x
    load, lost = routing.ecmp_loads(net, source, target, mbps)
    np.testing.assert_allclose(load, expected, atol=1e-9)
    np.testing.assert_allclose(lost, [plain.get(v, 0.0) for v in range(n)], atol=1e-9)
    if gone is None or not pairs:
        return
    swept = failures.sweep_demands(net, source, target, mbps)
    at = swept.rise_failure == gone
    risen = dict(zip(swept.rise_arc[at].tolist(), swept.rise_mbps[at].tolist(), strict=True))
    rises = {a: x for a, x in enumerate(after.tolist()) if x > expected[a] * (1 + 1e-6) + 1e-6}
    assert {a: risen[a] for a in rises} == pytest.approx(rises, rel=1e-9)
    assert set(risen) - set(rises) == set()
    assert swept.lost_mbps[swept.lost_failure == gone].sum() == pytest.approx(lost_after, abs=1e-9)
