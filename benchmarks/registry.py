"""What is measured: one frozen spec per case."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import shapes

DISTRICT = "district"
GABRIEL = "gabriel"
EMEA = "emea"
WORLD = "world"
SYNTH = "synth"

#: Networks by name; built once a run, handed to every tool as one file.
SHAPES: dict[str, Callable[[], shapes.Shape]] = {
    DISTRICT: shapes.district,
    SYNTH: shapes.synth,
    GABRIEL: lambda: shapes.mesh("gabriel/100/0", 9_900),
    EMEA: lambda: shapes.mesh("backbone/emea_nosc", 20_000),
    WORLD: lambda: shapes.mesh("backbone/world", None),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One operation on one network, by several tools.

    Parameters
    ----------
    name
        For ``--only``.
    title
        For the table.
    shape
        A key of SHAPES.
    operation
        A key of ``worker.OPERATIONS``.
    tools
        Modules of ``benchmarks.peers``; netplan comes first in every case.
    target_ratio
        How many times netplan is to be faster than ``target_peer``.
    target_peer
        A tool, or ``best`` for the fastest peer.
    target_s
        CPU seconds that netplan is to stay below.
    slow_tools
        Left out with ``--quick``.
    """

    name: str
    title: str
    shape: str
    operation: str
    tools: tuple[str, ...]
    target_ratio: float | None = None
    target_peer: str = "best"
    target_s: float | None = None
    slow_tools: tuple[str, ...] = ()


#: Exact references that no one can install; no target is measured against them.
PROTOTYPES = {("scipy", "route"), ("scipy", "sweep"), ("scipy", "draws")}

CASES = (
    Case(
        name="district-route",
        title="District of 200 schools: build, route, utilization",
        shape=DISTRICT,
        operation="route",
        tools=(
            "networkx",
            "networkx_directed",
            "ngraph",
            "ngraph_backwards",
            "pyntm",
            "scipy",
        ),
        slow_tools=("ngraph", "pyntm"),
        target_ratio=30,
    ),
    Case(
        name="district-failures",
        title="District: all 13,248 single-link failures",
        shape=DISTRICT,
        operation="sweep",
        tools=("networkx", "ngraph", "ngraph_backwards", "scipy"),
        slow_tools=("ngraph",),
        target_ratio=5_000,
    ),
    Case(
        name="district-cut",
        title="District: min cut of all 200 schools",
        shape=DISTRICT,
        operation="cut",
        tools=("scipy", "igraph", "ngraph", "networkx"),
        target_ratio=10,
        target_peer="scipy",
    ),
    Case(
        name="district-draws",
        title="District: 1,000 demand draws, routes reused",
        shape=DISTRICT,
        operation="draws",
        tools=("networkx", "scipy"),
        target_s=0.5,
    ),
    Case(
        name="synth-route",
        title="`netplan synth`, 200 schools, 12,000 AP groups: build, route, utilization",
        shape=SYNTH,
        operation="route",
        tools=("networkx", "ngraph_backwards", "scipy"),
    ),
    Case(
        name="synth-failures",
        title="The same: all single-link failures",
        shape=SYNTH,
        operation="sweep",
        tools=("networkx", "scipy"),
    ),
    Case(
        name="gabriel-route",
        title="gabriel, 100 nodes, 9,900 demands: route",
        shape=GABRIEL,
        operation="route",
        tools=("networkx", "ngraph", "pyntm", "scipy"),
        target_ratio=1,
    ),
    Case(
        name="gabriel-failures",
        title="gabriel: all 186 single-link failures",
        shape=GABRIEL,
        operation="sweep",
        tools=("networkx", "ngraph", "pyntm", "scipy"),
        slow_tools=("pyntm",),
        target_ratio=50,
    ),
    Case(
        name="gabriel-cut",
        title="gabriel: min cut of 99 nodes to the hub",
        shape=GABRIEL,
        operation="cut",
        tools=("igraph", "ngraph", "scipy", "networkx"),
    ),
    Case(
        name="emea-route",
        title="emea, 778 nodes, 20,000 demands: route",
        shape=EMEA,
        operation="route",
        tools=("networkx", "ngraph", "pyntm", "scipy"),
        slow_tools=("pyntm",),
        target_ratio=1,
    ),
    Case(
        name="emea-failures",
        title="emea: all 1,136 single-link failures",
        shape=EMEA,
        operation="sweep",
        tools=("networkx", "ngraph", "scipy"),
        slow_tools=("scipy",),
        target_ratio=50,
    ),
    Case(
        name="world-route",
        title="world, 3,815 nodes to one hub: route",
        shape=WORLD,
        operation="route",
        tools=("networkx", "ngraph", "pyntm", "scipy"),
        slow_tools=("pyntm",),
        target_ratio=1,
    ),
    Case(
        name="world-failures",
        title="world: all 5,189 single-link failures",
        shape=WORLD,
        operation="sweep",
        tools=("networkx", "ngraph", "scipy"),
        target_ratio=50,
    ),
)
