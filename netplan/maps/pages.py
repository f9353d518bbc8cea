"""Scenes to map pages: the network, home access, and two states side by side."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely

from netplan.access.publish import PublishedAccess
from netplan.maps.guesses import guess_sentence
from netplan.maps.layers import BASE, GROUND, NETWORK, PLACES, LayerOf, made
from netplan.maps.layers_budget import budget_of
from netplan.maps.layers_home import bus_stops, stop_reach
from netplan.maps.layers_network import schools, shared_bottleneck, wan_links
from netplan.maps.layers_partners import libraries_by_transit, partners, wireless_sites
from netplan.maps.layers_time import time_slider
from netplan.maps.layers_zones import zones_elementary, zones_high, zones_middle, zones_other
from netplan.maps.model import Layer, MapPage, Scene, Shapes, Side, Slider
from netplan.maps.outage import of_both, outage_sentence

Links = Sequence[tuple[str, str]]
#: What is compared: the same classes on both sides, whatever the numbers.
_COMPARED_NETWORK: tuple[LayerOf, ...] = (wan_links, schools)
_ZONES: tuple[LayerOf, ...] = (zones_elementary, zones_middle, zones_high, zones_other)
_COMPARED_HOME: tuple[LayerOf, ...] = (
    *_ZONES,
    stop_reach,
    wireless_sites,
    partners,
    libraries_by_transit,
    bus_stops,
)


def network_page(
    scene: Scene,
    *,
    run: str = "",
    sources: Sequence[str] = (),
    links: Links = (),
    downloads: Links = (),
) -> MapPage:
    """Give the map of the school day: schools, links between sites, single points of failure.

    Parameters
    ----------
    scene
        With ``capacity``.
    run
        The run's id.
    sources
        Sentences about sources and dates that the caller knows.
    links, downloads
        (address, words) of other pages, and of files beside the page.
    """
    layers, shapes = made((*BASE, *NETWORK), scene)
    slider = time_slider(scene)
    name = scene.district.name
    return MapPage(
        page_id="network",
        title=f"{name}: the network in school hours",
        intro=(
            "Schools and the links between them at the planning load: what is passed in few "
            "busy moments. Orange and red are past the district's limit.",
            *outage_sentence(scene),
            *shared_bottleneck(scene),
            *guess_sentence(scene.district),
        ),
        layers=layers,
        shapes=shapes,
        sliders=() if slider is None else (slider,),
        footer=(*_network_footer(scene), *sources, *_run(run)),
        links=tuple(links),
        downloads=tuple(downloads),
    )


def home_page(
    scene: Scene,
    *,
    run: str = "",
    sources: Sequence[str] = (),
    links: Links = (),
    downloads: Links = (),
) -> MapPage:
    """Give the map of home access: who is offline where, and the plan that reaches them.

    Parameters are those of `network_page`; the scene has ``gap``, and ``access`` where there is
    a plan.
    """
    layers, shapes = made((*GROUND, *BASE, *PLACES), scene)
    budget = budget_of(scene)
    sliders: tuple[Slider, ...] = ()
    if budget is not None and budget.slider is not None:
        sliders = (budget.slider,)
    return MapPage(
        page_id="home-access",
        title=f"{scene.district.name}: home access",
        intro=(
            "Where students are offline at home, and the places that reach them.",
            *_unlimited(scene),
            *_placeless(scene),
        ),
        layers=layers,
        shapes=shapes,
        sliders=sliders,
        footer=(*_home_footer(scene), *sources, *_run(run)),
        notes=_home_notes(scene),
        links=tuple(links),
        downloads=tuple(downloads),
    )  # fmt: skip


def compare_page(
    before: Scene,
    after: Scene,
    *,
    titles: tuple[str, str] = ("Today", "With the plan"),
    page_id: str = "compare",
    title: str = "",
    run: str = "",
    sources: Sequence[str] = (),
    links: Links = (),
    downloads: Links = (),
) -> MapPage:
    """Give two states of a district side by side, in the same classes.

    Schools and links where both scenes have ``capacity``; zones by share served and the places
    of the plan where one has ``access``.

    Parameters
    ----------
    before, after
        The two states. A ``before`` without ``access`` shows places that are there already, and
        zones only where nothing is, so that nobody is served.
    titles
        Of the two sides.
    page_id, title
        Of the page; the title is made of the district's name where none is given.
    """
    functions: tuple[LayerOf, ...] = ()
    if before.capacity is not None and after.capacity is not None:
        functions = _COMPARED_NETWORK
        before, after = of_both(before, after)
    elif after.access is not None or before.access is not None:
        functions = _COMPARED_HOME
    today, intro = functions, "The same classes on both sides."
    if before.access is None and after.access is not None and before.capacity is None:
        before = replace(before, access=_today(after.access))
        if after.access.sites["existing"].any():
            # who is served where something is there already is not worked out without a plan
            today = tuple(each for each in functions if each not in _ZONES)
            intro = (
                "What the places that are there already serve today is not worked out zone by "
                f"zone: zones stand under “{titles[1]}” alone. Places have the same classes on "
                "both sides."
            )
    is_home = after.access is not None and functions is _COMPARED_HOME
    if is_home and after.district.table("zones").empty:
        intro = (
            "The folder has no attendance zones (zones.geojson): only the places of the plan are "
            "drawn, in the same classes on both sides. Shares served stand on the home access page."
        )
    before, after = at_its_budget(before), at_its_budget(after)
    back, back_shapes = made(BASE, after)
    left, left_shapes = made(today, before)
    right, right_shapes = made(functions, after)
    shapes = {each.shapes_id: each for each in back_shapes}
    layers = list(back)
    for side, found, their in (
        ("before", left, left_shapes),
        ("after", right, right_shapes),
    ):
        by_id = {each.shapes_id: each for each in their}
        for layer in found:
            layers.append(_on_side(layer, "before" if side == "before" else "after", by_id, shapes))
    if not any(layer.shown for layer in layers if layer.exclusive):
        layers = _first_shown(layers)
    is_network = after.capacity is not None
    footer = _network_footer(after) if is_network else _home_footer(after)
    return MapPage(
        page_id=page_id,
        title=title or f"{after.district.name}: {titles[0]} and {titles[1].lower()}",
        intro=(intro, *outage_sentence(after)),
        layers=tuple(layers),
        shapes=tuple(shapes.values()),
        compare=titles,
        footer=(*footer, *sources, *_run(run)),
        notes=() if is_network else _home_notes(after),
        links=tuple(links),
        downloads=tuple(downloads),
    )


def at_its_budget(scene: Scene) -> Scene:
    """Leave the other points of the curve out, where there is no slider to move along them."""
    if scene.access is None:
        return scene
    access = scene.access
    plain = replace(access, curve=access.curve.iloc[:0], curve_plans=access.curve_plans.iloc[:0])
    return replace(scene, access=plain)


def _today(access: PublishedAccess) -> PublishedAccess:
    """Give what is there already: no plan, and nobody served, which holds where nothing is."""
    existing = access.sites[access.sites["existing"].astype(bool)]
    unknown = ["students", "usd_per_year", "usd_per_student", "worth_share"]
    return replace(
        access,
        sites=existing.assign(**dict.fromkeys(unknown, np.nan), suppressed=False),
        offers=access.offers.iloc[:0],
        timetable=access.timetable.iloc[:0],
        zones=access.zones.assign(served_share=0.0, suppressed=False),
    )


def _on_side(
    layer: Layer, side: Side, theirs: dict[str, Shapes], shapes: dict[str, Shapes]
) -> Layer:
    """Put a layer on one side, sharing shapes that are the same on both; ``shapes`` grows."""
    mine = theirs[layer.shapes_id]
    shapes_id = layer.shapes_id
    there = shapes.setdefault(shapes_id, mine)
    if there is not mine and not _same(there, mine):
        shapes_id = f"{shapes_id}-{side}"
        shapes[shapes_id] = replace(mine, shapes_id=shapes_id)
    return replace(
        layer, layer_id=f"{layer.layer_id}-{side}", side=side, shapes_id=shapes_id, steps=()
    )


def _same(one: Shapes, other: Shapes) -> bool:
    if len(one.geometry) != len(other.geometry):
        return False
    missing = shapely.is_missing(one.geometry) & shapely.is_missing(other.geometry)
    return bool((missing | shapely.equals_exact(one.geometry, other.geometry)).all())


def _first_shown(layers: list[Layer]) -> list[Layer]:
    """Turn on the first of the layers that replace each other, on both sides."""
    first = next((each.layer_id for each in layers if each.exclusive), "")
    stem = first.rsplit("-", 1)[0]
    return [
        replace(each, shown=True)
        if each.exclusive and each.layer_id.rsplit("-", 1)[0] == stem
        else each
        for each in layers
    ]


def _unlimited(scene: Scene) -> tuple[str, ...]:
    """Say that a plan has no budget, where it serves whom it can at any cost."""
    goal = None if scene.access is None else scene.access.goal
    if goal is None or goal.budget_usd_per_year is not None or goal.coverage_share is not None:
        return ()
    return ("No budget is set: the plan serves everyone who can be reached.",)


def _placeless(scene: Scene) -> tuple[str, ...]:
    """Say where offers without a place stand."""
    if scene.access is None or scene.access.offers.empty:
        return ()
    count = len(scene.access.offers)
    told = "1 offer of the plan has" if count == 1 else f"{count:,} offers of the plan have"
    return (
        f"{told} no place (lent hotspots, plans at home): they stand in the tables of the home "
        "access page, not on the map.",
    )


def _network_footer(scene: Scene) -> tuple[str, ...]:
    planning = scene.district.planning
    return (
        *_year(scene),
        f"Loads: netplan's model of the school day at the {100 * planning.percentile:g}th "
        f"percentile, limit {100 * planning.utilization_limit:g} % (district.toml). Network: "
        "nodes.csv and links.csv of the district folder.",
    )


def _home_footer(scene: Scene) -> tuple[str, ...]:
    below = scene.district.planning.suppress_below
    return (
        *_year(scene),
        f"Students offline: the folder's acs.csv (American Community Survey) or students.csv; "
        f"counts under {below} are withheld.",
    )


def _home_notes(scene: Scene) -> tuple[str, ...]:
    found = (
        *(scene.gap.notes if scene.gap is not None else ()),
        *(scene.access.notes if scene.access is not None else ()),
    )
    return tuple(dict.fromkeys(found))


def _year(scene: Scene) -> tuple[str, ...]:
    year = scene.district.settings.school_year
    return (f"School year {year}.",) if year else ()


def _run(run: str) -> tuple[str, ...]:
    return (f"Run {run}.",) if run else ()
