"""ngraph: its C++ core (netgraph-core) directly, which is the fastest way to use it.

One reverse shortest-path run per destination (``spf_to``), every demand placed on that DAG as
equal-balanced hop-by-hop ECMP, failures as edge masks on one built graph. The documented YAML
and ``demand_placement_analysis`` way does the same with Python around it and one run per
source. Capacities are set so high that nothing is clamped, and demands are scaled up by 4096
because the core cannot see flows below 1/4096.
"""

from collections.abc import Iterable, Iterator
from importlib.metadata import version

import netgraph_core as core
import numpy as np

from benchmarks.shapes import Shape

NAME = f"ngraph {version('ngraph')}"
SCALE = 4096.0
PLENTY = 1e14
Floats = np.ndarray


class _Placer:
    def __init__(self, shape: Shape) -> None:
        links = len(shape.a)
        self.graph = core.StrictMultiDiGraph.from_arrays(
            num_nodes=shape.nodes,
            src=np.stack((shape.a, shape.b), 1).ravel().astype(np.int32),
            dst=np.stack((shape.b, shape.a), 1).ravel().astype(np.int32),
            capacity=np.full(2 * links, PLENTY),
            cost=np.repeat(shape.cost, 2),
            ext_edge_ids=np.arange(2 * links, dtype=np.int64),
        )
        self.algorithms = core.Algorithms(core.Backend.cpu())
        self.handle = self.algorithms.build_graph(self.graph)
        self.arc = self.graph.ext_edge_ids_view()
        self.groups = shape.demands
        self.selection = core.EdgeSelection(multi_edge=True, require_capacity=False)
        self.state = core.FlowState(self.graph)

    def loads(self, failed: int | None, backwards: bool) -> Floats:
        mask = np.ones(len(self.arc), bool)
        if failed is not None:
            mask[self.arc // 2 == failed] = False
        equal = core.FlowPlacement.EQUAL_BALANCED
        self.state.reset()
        for target, demands in self.groups.items():
            run = self.algorithms.spf if backwards else self.algorithms.spf_to
            distance, dag = run(
                self.handle, target, selection=self.selection, edge_mask=mask, multipath=True
            )
            for source, mbps in demands:
                if np.isfinite(distance[source]):
                    ends = (target, source) if backwards else (source, target)
                    self.state.place_on_dag(*ends, dag, mbps * SCALE, equal)
        out = np.zeros(len(self.arc))
        out[self.arc ^ 1 if backwards else self.arc] = self.state.edge_flow_view() / SCALE
        return out


def route(shape: Shape, backwards: bool = False) -> Floats:
    """Build, route, and divide by capacity; give the loads."""
    mbps = _Placer(shape).loads(None, backwards)
    _utilization = mbps / np.repeat(shape.capacity, 2)
    return mbps


def sweep(shape: Shape, failures: Iterable[int], backwards: bool = False) -> Iterator[Floats]:
    """Mask each link out and place afresh."""
    placer = _Placer(shape)
    for link in failures:
        yield placer.loads(link, backwards)


def min_cut(shape: Shape, sources: Iterable[int]) -> Iterator[float]:
    """Give each source's min cut by the core's max flow."""
    graph = core.StrictMultiDiGraph.from_arrays(
        num_nodes=shape.nodes,
        src=np.stack((shape.a, shape.b), 1).ravel().astype(np.int32),
        dst=np.stack((shape.b, shape.a), 1).ravel().astype(np.int32),
        capacity=np.repeat(shape.capacity, 2).astype(float),
        cost=np.repeat(shape.cost, 2),
        ext_edge_ids=np.arange(2 * len(shape.a), dtype=np.int64),
    )
    algorithms = core.Algorithms(core.Backend.cpu())
    handle = algorithms.build_graph(graph)
    for source in sources:
        yield algorithms.max_flow(handle, source, shape.sink)[0]
