"""pyNTM: ``Model.update_simulation``, its only way to route; its prints are swallowed.

It runs one Dijkstra per demand, so a sample of the demands is measured where all would take
too long (``route_share``); the fixed cost of building is measured with them.
"""

import contextlib
import io
from collections.abc import Iterable, Iterator
from importlib.metadata import version

import numpy as np
from pyNTM import Demand, Model, Node
from pyNTM.interface import Interface

from benchmarks.shapes import Shape

NAME = f"pyNTM {version('pyNTM')}"
Floats = np.ndarray


def build(shape: Shape, rows: np.ndarray) -> tuple[Model, list[Interface]]:
    """Make the model with the demands in ``rows``."""
    nodes = [Node(f"n{row}") for row in range(shape.nodes)]
    interfaces = []
    for link, (a, b) in enumerate(zip(shape.a.tolist(), shape.b.tolist(), strict=True)):
        cost, capacity = int(shape.cost[link]), int(shape.capacity[link])
        for tail, head in ((a, b), (b, a)):
            interfaces.append(
                Interface(f"{tail}-{head}", cost, capacity, nodes[tail], nodes[head], link)
            )
    demands = {
        Demand(nodes[shape.src[row]], nodes[shape.dst[row]], int(shape.mbps[row]), f"d{row}")
        for row in rows
    }
    return Model(set(interfaces), set(nodes), demands), interfaces


def _simulate(model: Model, interfaces: list[Interface]) -> Floats:
    with contextlib.redirect_stdout(io.StringIO()):
        model.update_simulation()
    # the traffic of a failed interface is the word Down
    return np.array([0.0 if side.failed else float(side.traffic) for side in interfaces])


def route(shape: Shape) -> Floats:
    """Build, route, and divide by capacity; give the loads."""
    mbps = _simulate(*build(shape, np.arange(len(shape.src))))
    _utilization = mbps / np.repeat(shape.capacity, 2)
    return mbps


def route_sample(shape: Shape, rows: np.ndarray) -> Floats:
    """Route only some of the demands."""
    return _simulate(*build(shape, rows))


def sweep(shape: Shape, failures: Iterable[int]) -> Iterator[Floats]:
    """Fail each circuit's two interfaces, simulate, and bring them back."""
    model, interfaces = build(shape, np.arange(len(shape.src)))
    for link in failures:
        for interface in interfaces[2 * link : 2 * link + 2]:
            interface.failed = True
        yield _simulate(model, interfaces)
        for interface in interfaces[2 * link : 2 * link + 2]:
            interface.failed = False
