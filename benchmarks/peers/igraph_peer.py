"""igraph: ``maxflow_value`` (push-relabel in C); it has no ECMP routing."""

from collections.abc import Iterable, Iterator

import igraph
import numpy as np

from benchmarks.shapes import Shape

NAME = f"igraph {igraph.__version__}"


def min_cut(shape: Shape, sources: Iterable[int]) -> Iterator[float]:
    """Give each source's min cut; an undirected edge stands for both arcs."""
    graph = igraph.Graph(n=shape.nodes, edges=np.stack((shape.a, shape.b), 1).tolist())
    capacity = shape.capacity.astype(float).tolist()
    for source in sources:
        yield graph.maxflow_value(source, shape.sink, capacity)
