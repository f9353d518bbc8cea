"""Min cuts and disjoint paths against networkx on random districts and meshes."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netplan.network.cuts import min_cuts
from netplan.network.graph import from_arrays
from tests.property.test_network_afresh import districts, plain_distance, plain_graph


def plain_cut(net, school, unit):
    """Maximum flow by networkx: links as two arcs, every node an entrance and an exit."""
    links = len(net.link_ids)
    kinds = net.node_kinds
    own = [v for v in range(len(kinds)) if net.node_school[v] == school]
    internet = [v for v in range(len(kinds)) if kinds[v] == "internet"]
    distance = plain_distance(plain_graph(net), internet)
    near = min(distance.get(v, np.inf) for v in own)
    heads = [v for v in own if kinds[v] == "mdf"] or [
        v for v in own if distance.get(v, np.inf) == near
    ]
    graph = nx.DiGraph()

    def add(tail, end, capacity):
        if graph.has_edge(tail, end):
            graph[tail][end]["capacity"] += capacity
        elif np.isinf(capacity):
            graph.add_edge(tail, end)
        else:
            graph.add_edge(tail, end, capacity=capacity)

    graph.add_nodes_from(["root", "drain"])
    for v in range(len(kinds)):
        add((v, "in"), (v, "out"), np.inf if unit else net.capacity_mbps[links + v, 2])
    for i in range(links):
        a, b = int(net.link_a[i]), int(net.link_b[i])
        add((a, "out"), (b, "in"), 1 if unit else net.capacity_mbps[i, 0])
        add((b, "out"), (a, "in"), 1 if unit else net.capacity_mbps[i, 1])
    for v in internet:
        add("root", (v, "in"), np.inf)
    for v in heads:
        add((v, "out"), "drain", np.inf)
    return nx.maximum_flow_value(graph, "root", "drain")


def assert_cuts(net):
    found = min_cuts(net)
    for school in range(len(net.school_ids)):
        assert found.min_cut_mbps[school] == pytest.approx(plain_cut(net, school, False))
        assert found.disjoint_paths[school] == plain_cut(net, school, True)


@given(districts())
@settings(max_examples=60, deadline=None)
def test_cuts_of_random_districts_are_those_of_networkx(case):
    assert_cuts(case[0])


@given(st.integers(0, 10**6), st.integers(5, 25), st.integers(0, 60), st.booleans())
@settings(max_examples=40, deadline=None)
def test_cuts_of_random_meshes_are_those_of_networkx(seed, n, extra, limits):
    rng = np.random.default_rng(seed)
    a = np.concatenate([rng.integers(0, np.arange(1, n)), rng.integers(0, n, extra)])
    b = np.concatenate([np.arange(1, n), rng.integers(0, n, extra)])
    a, b = a[a != b], b[a != b]
    schools = 3
    owner = np.full(n, -1)
    owner[rng.permutation(np.arange(1, n))[:schools]] = np.arange(schools)
    net = from_arrays(
        node_ids=[f"n{v:02d}" for v in range(n)],
        node_kinds=["internet"] + ["mdf" if owner[v] >= 0 else "router" for v in range(1, n)],
        node_school=owner,
        node_throughput_mbps=np.where(rng.random(n) < 0.5 * limits, rng.integers(1, 9, n), np.inf),
        link_ids=[f"l{i:02d}" for i in range(a.size)],
        link_a=a,
        link_b=b,
        down_mbps=rng.integers(1, 9, a.size).astype(float),
        up_mbps=rng.integers(1, 9, a.size).astype(float),
        school_ids=[f"S{s}" for s in range(schools)],
    )
    assert_cuts(net)


def test_a_way_without_limits_has_an_infinite_cut():
    net = from_arrays(
        node_ids=["i", "m", "r"],
        node_kinds=["internet", "mdf", "router"],
        node_school=[-1, 0, -1],
        link_ids=["x", "y", "z"],
        link_a=[0, 2, 0],
        link_b=[2, 1, 1],
        down_mbps=[np.inf, np.inf, 5.0],
        school_ids=["S"],
    )
    found = min_cuts(net)
    assert found.min_cut_mbps[0] == np.inf
    assert found.disjoint_paths[0] == 2
