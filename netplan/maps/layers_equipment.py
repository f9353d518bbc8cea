"""Layer of equipment that stands in no school."""

import numpy as np

from netplan.maps.layers_network import GROUP, SCHEMATIC, places_of
from netplan.maps.layers_table import (
    NO_LIMIT,
    class_of,
    filled,
    points,
    rows_of,
    utilization_classes,
)
from netplan.maps.model import Column, Layer, Legend, MarkClass, Scene, Shapes

_KINDS = {
    "internet": "the internet",
    "datacenter": "data center",
    "firewall": "firewall",
    "filter": "content filter",
    "router": "router",
    "switch": "switch",
}
_EQUIPMENT_MARKS = (
    MarkClass(label="the internet", marker="cross"),
    MarkClass(label="firewall or filter", marker="diamond"),
    MarkClass(label="router, switch, data center and the like", marker="square"),
)
_EQUIPMENT_MARK = {"internet": 0, "firewall": 1, "filter": 1}


def equipment(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Routers, firewalls and the like that stand in no school, at schematic places."""
    capacity, places = scene.capacity, places_of(scene)
    if capacity is None or not places.schematic.any():
        return None
    rows = np.flatnonzero(places.schematic)
    ids = tuple(places.node_ids[row] for row in rows)
    nodes = scene.district.table("nodes").set_index("node_id").loc[list(ids)]
    worst = capacity.nodes.set_index("node_id").reindex(list(ids))
    edges, classes = utilization_classes(scene.district.planning.utilization_limit)
    share = worst["utilization_share"].to_numpy(dtype=np.float64)
    kinds = nodes["kind"].astype(str)
    layer = Layer(
        layer_id="equipment",
        title="Equipment outside schools",
        group=GROUP,
        about="Routers, firewalls, filters and the internet's end; the limit is that of "
        "nodes.csv. " + SCHEMATIC,
        shapes_id="equipment",
        keys=ids,
        names=ids,
        legend=Legend(
            title="Utilization",
            unit="% of throughput",
            colors=classes,
            mark_title="Kind",
            marks=_EQUIPMENT_MARKS,
            note="Places are schematic.",
        ),
        color=class_of(share, edges),
        mark=np.array([_EQUIPMENT_MARK.get(kind, 2) for kind in kinds], dtype=np.int64),
        columns=(
            Column(key="kind", title="Kind", tooltip=True),
            Column(
                key="utilization", title="Utilization", unit="of throughput", decimals=0,
                percent=True, tooltip=True,
            ),
            Column(key="load", title="Load", unit="Mbps", decimals=0),
            Column(key="capacity", title="Throughput", unit="Mbps", decimals=0),
            Column(key="period", title="Worst period"),
            Column(key="model", title="Model"),
        ),
        rows=rows_of(
            {
                "kind": [_KINDS.get(kind, kind.replace("_", " ")) for kind in kinds],
                "utilization": filled(share, NO_LIMIT),
                "load": filled(worst["load_mbps"]),
                "capacity": filled(worst["capacity_mbps"], NO_LIMIT),
                "period": filled(worst["period"]),
                "model": filled(nodes["model"]),
            }
        ),
    )  # fmt: skip
    geometry = points(places.lon[rows], places.lat[rows])
    return Shapes(shapes_id="equipment", kind="point", geometry=geometry), layer
