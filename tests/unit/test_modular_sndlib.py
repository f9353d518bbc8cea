"""The benchmark of network design: small networks by brute force, cuts that hold, SNDlib."""

import itertools
import json
import os
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from benchmarks.sndlib import PUBLISHED, Instance, cuts_of, design, model_of, read

FOLDER = os.environ.get("NETPLAN_SNDLIB", "")


def ring(seed: int, *, directed: bool) -> Instance:
    """Give a ring of four nodes with a diagonal, one or two kinds of modules on each link."""
    rng = np.random.default_rng(seed)
    ends = np.array([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)])
    link = np.concatenate([np.arange(5), [4]])
    demand = rng.integers(0, 6, (4, 4)).astype(float)
    np.fill_diagonal(demand, 0.0)
    return Instance(
        name="ring",
        ends=ends,
        before=rng.integers(0, 3, 5).astype(float),
        route=rng.integers(0, 2, 5) * 0.1,
        link=link,
        size=np.array([6.0, 6.0, 6.0, 6.0, 6.0, 15.0]),
        price=rng.integers(3, 12, 6).astype(float),
        demand=demand if directed else np.triu(demand),
        constant=2.0,
        directed=directed,
    )


def routing_usd(case: Instance, capacity: np.ndarray) -> float:
    """Give the cheapest routing within capacities, one commodity per demand; inf if none."""
    pairs = [(s, t) for s in range(4) for t in range(4) if case.demand[s, t] > 0]
    arcs = [(a, b, k) for k, (a, b) in enumerate(case.ends.tolist())]
    arcs += [(b, a, k) for a, b, k in arcs]
    width = len(arcs) * len(pairs)
    keep, wanted = np.zeros((4 * len(pairs), width)), np.zeros(4 * len(pairs))
    room = np.zeros((10 if case.directed else 5, width))
    for number, (source, target) in enumerate(pairs):
        for k, (a, b, link) in enumerate(arcs):
            column = number * len(arcs) + k
            keep[4 * number + a, column] += 1
            keep[4 * number + b, column] -= 1
            room[k if case.directed else link, column] = 1
        wanted[4 * number + source] = case.demand[source, target]
        wanted[4 * number + target] = -case.demand[source, target]
    usd = np.tile([case.route[link] for _, _, link in arcs], len(pairs))
    limit = np.tile(capacity, 2) if case.directed else capacity
    found = linprog(usd, A_ub=room, b_ub=limit, A_eq=keep, b_eq=wanted)
    return np.inf if found.fun is None or found.status != 0 else float(found.fun)


@pytest.mark.parametrize("directed", [True, False])
def test_small_networks_equal_brute_force(directed: bool) -> None:
    for seed in range(3):
        case = ring(seed, directed=directed)
        found, _first, _last = design(case, time_limit_s=20.0, gap=1e-7)
        usd = -found.objective
        best = np.inf
        for counts in sorted(
            itertools.product(range(5), repeat=6), key=lambda y: float(case.price @ np.array(y))
        ):
            modules = float(case.price @ np.array(counts)) + case.constant
            if modules >= best - 1e-9 or modules > usd + 1e-6:
                break
            capacity = case.before + np.bincount(case.link, case.size * np.array(counts), 5)
            if _cut_off(case, capacity):
                continue
            best = min(best, modules + routing_usd(case, capacity))
        assert usd == pytest.approx(best, abs=1e-4)


def _cut_off(case: Instance, capacity: np.ndarray) -> bool:
    """Whether a border has too little room, which no routing can mend."""
    for number in range(1, 15):
        inside = np.array([number >> k & 1 for k in range(4)], dtype=bool)
        crosses = inside[case.ends[:, 0]] != inside[case.ends[:, 1]]
        out = case.demand[np.ix_(inside, ~inside)].sum()
        back = 0.0 if case.directed else case.demand[np.ix_(~inside, inside)].sum()
        if out + back > capacity[crosses].sum() + 1e-9:
            return True
    return False


@pytest.mark.parametrize("directed", [True, False])
def test_cuts_hold_for_every_design_that_carries_the_demands(directed: bool) -> None:
    case = ring(5, directed=directed)
    nothing = np.zeros(model_of(case).objective.size)
    rows, right = cuts_of(case, nothing, 0)
    assert right.size > 0
    rng = np.random.default_rng(1)
    carried = 0
    for _ in range(300):
        counts = rng.integers(0, 4, 6)
        capacity = case.before + np.bincount(case.link, case.size * counts, 5)
        if not _cut_off(case, capacity):
            assert np.all(rows @ counts >= right - 1e-6)
            carried += 1
    assert carried > 10


def test_reads_the_published_form(tmp_path: Path) -> None:
    link = {
        "source": "A",
        "target": "B",
        "pre_installed_capacity": 1.0,
        "pre_installed_capacity_cost": 7.0,
        "routing_cost": 0.5,
        "modules": [{"module_capacity": 4.0, "module_cost": 10.0}],
    }
    demands = [
        {"source": "A", "target": "B", "demand_value": 3.0},
        {"source": "B", "target": "A", "demand_value": 4.0},
    ]
    path = tmp_path / "two.json"
    path.write_text(
        json.dumps({"nodes": [{"id": "A"}, {"id": "B"}], "links": [link], "demands": demands}),
        encoding="utf-8",
    )
    # directed: 4 of 5 one way, one module: 7 + 10 + 0.5 x 7; shared: 7 needs two modules
    both, _, _ = design(read(path, directed=True), time_limit_s=5.0, gap=1e-7)
    assert -both.objective == pytest.approx(20.5)
    shared, _, _ = design(read(path, directed=False), time_limit_s=5.0, gap=1e-7)
    assert -shared.objective == pytest.approx(30.5)


@pytest.mark.real
@pytest.mark.skipif(not Path(FOLDER, "atlanta.json").is_file(), reason="no NETPLAN_SNDLIB folder")
def test_published_optimum_of_atlanta() -> None:
    value = PUBLISHED["atlanta"]
    case = read(Path(FOLDER, "atlanta.json"), directed=value.directed)
    found, _, _ = design(case, time_limit_s=60.0, gap=1e-3)
    assert -found.objective == pytest.approx(value.best, rel=0.01)
    assert -found.bound <= value.best * (1 + 1e-9)
