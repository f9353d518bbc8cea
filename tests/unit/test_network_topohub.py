"""Routing against a party that is not us: the ECMP utilization stored by the topohub package."""

import json
from pathlib import Path

import numpy as np
import pytest
import topohub

from netplan.network.graph import from_arrays
from netplan.network.routing import ecmp_loads

DATA = Path(topohub.__file__).parent / "data"
GROUPS = sorted(path.name for path in DATA.iterdir() if path.is_dir())


def demands(
    topology: dict, row: dict, mode: str, backbone: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Demands both ways between every two nodes, as topohub's calculate_utilization has them."""
    nodes, edges = topology["nodes"], topology["edges"]
    if mode == "org":
        stored = [
            (row[int(p)], row[int(q)], mbps)
            for p, targets in topology["graph"]["demands"].items()
            for q, mbps in targets.items()
        ]
        p, q, mbps = (np.array(column) for column in zip(*stored, strict=True))
    else:
        # in the backbones only cities send; the rest are waypoints of sea cables
        sends = np.array([not backbone or node["type"] == "City" for node in nodes])
        one, two = np.triu_indices(len(nodes), 1)
        pick = sends[one] & sends[two]
        p, q = one[pick], two[pick]
        degree = np.zeros(len(nodes))
        for edge in edges:
            degree[row[edge["source"]]] += 1
            degree[row[edge["target"]]] += 1
        mbps = degree[p] * degree[q] if mode == "deg" else np.ones(p.size)
    return np.concatenate([p, q]), np.concatenate([q, p]), np.concatenate([mbps, mbps])


def worst_difference(path: Path) -> float:
    """Percentage points between stored and computed utilization, over all edges and modes."""
    topology = json.loads(path.read_text(encoding="utf-8"))
    backbone = path.parent.name == "backbone"
    nodes, edges = topology["nodes"], topology["edges"]
    row = {node["id"]: at for at, node in enumerate(nodes)}
    net = from_arrays(
        node_ids=[f"{at:05d}" for at in range(len(nodes))],
        node_kinds=["router"] * len(nodes),
        link_ids=[f"{at:05d}" for at in range(len(edges))],
        link_a=[row[edge["source"]] for edge in edges],
        link_b=[row[edge["target"]] for edge in edges],
    )
    worst = 0.0
    for mode in edges[0]["ecmp_fwd"]:
        source, target, mbps = demands(topology, row, mode, backbone)
        load, lost = ecmp_loads(net, source, target, mbps)
        assert not lost.any()
        stored = np.empty_like(load)
        stored[0::2] = [edge["ecmp_fwd"][mode] for edge in edges]
        stored[1::2] = [edge["ecmp_bwd"][mode] for edge in edges]
        # topohub scales by the busiest arc
        worst = max(worst, float(np.abs(load / load.max() * 100.0 - stored).max()))
    return worst


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
def test_stored_utilization_is_reproduced(group: str) -> None:
    paths = sorted((DATA / group).rglob("*.json"))
    differences = {str(path.relative_to(DATA)): worst_difference(path) for path in paths}
    assert len(paths) >= 20
    assert {key: worst for key, worst in differences.items() if worst > 0.01} == {}
