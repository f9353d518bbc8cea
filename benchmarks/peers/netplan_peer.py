"""netplan's own network stage, through the calls that its pipeline makes.

A shape with schools goes the district's way: a Network of 200 schools whose load enters at
their AP groups in proportion to ``count``, routes for all four flows, moments and utilization
in three directions. A mesh goes the way of a demand matrix.
"""

from typing import NamedTuple

import numpy as np

from benchmarks.shapes import Shape
from netplan._version import __version__
from netplan.load.model import DIRECTIONS, FLOWS, Load
from netplan.network.cuts import min_cuts
from netplan.network.failures import sweep, sweep_demands
from netplan.network.graph import from_arrays
from netplan.network.model import Network, Routes
from netplan.network.routing import ecmp_loads
from netplan.network.routing import route as find_routes
from netplan.network.utilization import draw_loads, utilize

NAME = f"netplan {__version__}"
DOWN, UP = DIRECTIONS.index("down"), DIRECTIONS.index("up")
#: Draws that are handed back to be compared.
COMPARED = 12
Floats = np.ndarray


class Rule(NamedTuple):
    """Plan for the mean: the peers know no variance."""

    percentile: float = 0.5
    common_mode_cv: float = 0.0


def is_district(shape: Shape) -> bool:
    """Say whether the traffic comes from schools."""
    return bool((shape.school >= 0).any())


def build(shape: Shape) -> Network:
    """Make the network; AP groups count as many devices as they send Mbps."""
    if not is_district(shape):
        return from_arrays(
            node_ids=shape.node_ids,
            node_kinds=["router"] * shape.nodes,
            link_ids=shape.link_ids,
            link_a=shape.a,
            link_b=shape.b,
            down_mbps=shape.capacity,
            cost=shape.cost,
        )
    count = np.ones(shape.nodes)
    count[shape.src] = shape.mbps
    return from_arrays(
        node_ids=shape.node_ids,
        node_kinds=shape.kinds,
        node_count=count,
        node_school=shape.school,
        link_ids=shape.link_ids,
        link_a=shape.a,
        link_b=shape.b,
        down_mbps=shape.capacity,
        cost=shape.cost,
        school_ids=shape.school_ids,
    )


def school_load(shape: Shape) -> Load:
    """Give what each school sends up to the internet in one period."""
    schools = len(shape.school_ids)
    mean = np.zeros((schools, 1, len(FLOWS), len(DIRECTIONS)))
    mean[:, 0, 0, UP] = np.bincount(shape.school[shape.src], shape.mbps, minlength=schools)
    return Load(
        school_ids=tuple(shape.school_ids),
        periods=("p",),
        mean_mbps=mean,
        var_mbps2=np.zeros_like(mean),
        devices=np.ones(schools),
        present_devices=np.ones((schools, 1)),
    )


def by_arc(load: Floats, links: int) -> Floats:
    """Turn loads (elements, directions) into loads of arcs a -> b, b -> a."""
    return load[:links, [DOWN, UP]].ravel()


def route(shape: Shape) -> Floats:
    """Build, route, and divide by capacity; give the loads."""
    network = build(shape)
    if is_district(shape):
        used = utilize(network, find_routes(network), school_load(shape), Rule())
        return by_arc(used.load_mbps[:, 0], len(shape.a))
    mbps, _lost = ecmp_loads(network, shape.src, shape.dst, shape.mbps.astype(float))
    _utilization = mbps / network.capacity_mbps[: len(shape.a), [DOWN, UP]].ravel()
    return mbps


def draw_all(shape: Shape, volumes: Floats) -> Floats:
    """Route once, then load every element with all draws; give the first few, (draws, arcs).

    Each draw scales a school's AP groups alike, so it is one number per school.
    """
    network = build(shape)
    routes: Routes = find_routes(network)
    owner = shape.school[shape.src]
    order = np.argsort(owner, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(owner[order]) > 0])
    demand = np.zeros((len(volumes), len(shape.school_ids), len(FLOWS), len(DIRECTIONS)))
    demand[:, :, 0, UP] = np.add.reduceat(volumes[:, order], starts, axis=1)
    loads = [draw_loads(network, routes, demand, direction) for direction in (DOWN, UP)]
    # all draws are there, by direction; the first few are put in the order of arcs to compare
    few = [load[: len(shape.a), :COMPARED].T for load in loads]
    return np.stack(few, axis=2).reshape(len(few[0]), -1)


class Swept(NamedTuple):
    """Arcs that carry more after a failure, and how many losses there were."""

    failure: np.ndarray
    arc: np.ndarray
    mbps: Floats
    losses: int


def sweep_all(shape: Shape) -> Swept:
    """Let every link fail alone; rises and losses are kept, as in netplan's report."""
    network = build(shape)
    if is_district(shape):
        found = sweep(network, school_load(shape), Rule(), kinds=("link",))
        arcs = found.rise_element < len(shape.a)
        arc = 2 * found.rise_element + found.rise_direction
        picked = [found.rise_failure[arcs], arc[arcs], found.rise_load_mbps[arcs]]
        return Swept(*picked, len(found.lost_failure))
    demands = (shape.src, shape.dst, shape.mbps.astype(float))
    result = sweep_demands(network, *demands)
    return Swept(result.rise_failure, result.rise_arc, result.rise_mbps, len(result.lost_failure))


def sweep_facts(result: Swept) -> dict[str, int]:
    """Count what was kept."""
    return {"rises": len(result.failure), "losses": result.losses}


def loads_after(result: Swept, shape: Shape, failed: int) -> Floats:
    """Give the loads after one failure: risen arcs as found, minus the base load elsewhere.

    A load that did not rise is only known to be at most its base load; the minus sign says so.
    """
    loads = -route(shape)
    mine = result.failure == failed
    loads[result.arc[mine]] = result.mbps[mine]
    return loads


def min_cut_values(shape: Shape, sources: list[int]) -> Floats:
    """Give the min cut of every source, and the disjoint paths that come with it."""
    if not is_district(shape):
        # every node a school of its own: its only node is its head
        owner = np.full(shape.nodes, -1)
        owner[sources] = np.arange(len(sources))
        kinds = ["router"] * shape.nodes
        kinds[shape.sink] = "internet"
        network = from_arrays(
            node_ids=shape.node_ids,
            node_kinds=kinds,
            node_school=owner,
            link_ids=shape.link_ids,
            link_a=shape.a,
            link_b=shape.b,
            down_mbps=shape.capacity,
            cost=shape.cost,
            school_ids=shape.node_ids[: len(sources)],
        )
        return min_cuts(network).min_cut_mbps
    return min_cuts(build(shape)).min_cut_mbps[shape.school[np.array(sources)]]
