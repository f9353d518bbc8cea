"""Every layer a map can have, each one function.

To add one: write a function ``(scene) -> tuple[Shapes, Layer] | None`` that gives None where its
part of the scene is missing, put it in one of the tuples, describe it in ``docs/maps.md`` and test
it on harbor-county. Nothing after this module knows a layer by its name.
"""

from collections.abc import Callable

from netplan.maps.layers_areas import areas_offline, areas_rate
from netplan.maps.layers_base import (
    district_outline,
    rivers,
    roads,
    school_places,
    water,
    zone_borders,
)
from netplan.maps.layers_equipment import equipment
from netplan.maps.layers_failures import (
    failure_groups,
    failure_links,
    failure_nodes,
    risk_groups,
)
from netplan.maps.layers_home import bus_stops, candidate_stops, stop_reach
from netplan.maps.layers_network import schools, wan_links
from netplan.maps.layers_partners import libraries_by_transit, partners, wireless_sites
from netplan.maps.layers_zones import (
    zones_elementary,
    zones_high,
    zones_middle,
    zones_other,
)
from netplan.maps.model import Layer, Scene, Shapes

LayerOf = Callable[[Scene], tuple[Shapes, Layer] | None]

#: Waters cover areas that reach out into them; lines lie on both.
BASE: tuple[LayerOf, ...] = (water, rivers, roads, zone_borders, district_outline)
#: Each tuple in the order of drawing: the first lies below.
NETWORK: tuple[LayerOf, ...] = (
    failure_groups,
    failure_links,
    risk_groups,
    wan_links,
    failure_nodes,
    equipment,
    schools,
)
GROUND: tuple[LayerOf, ...] = (
    areas_offline,
    areas_rate,
    zones_elementary,
    zones_middle,
    zones_high,
    zones_other,
)
PLACES: tuple[LayerOf, ...] = (
    stop_reach,
    wireless_sites,
    candidate_stops,
    school_places,
    partners,
    libraries_by_transit,
    bus_stops,
)
LAYERS: tuple[LayerOf, ...] = (*GROUND, *BASE, *NETWORK, *PLACES)


def made(
    functions: tuple[LayerOf, ...], scene: Scene
) -> tuple[tuple[Layer, ...], tuple[Shapes, ...]]:
    """Draw up layers of a scene, and the shapes they name, each once."""
    layers: list[Layer] = []
    shapes: dict[str, Shapes] = {}
    for function in functions:
        found = function(scene)
        if found is not None:
            shapes.setdefault(found[0].shapes_id, found[0])
            layers.append(found[1])
    return tuple(layers), tuple(shapes.values())
