"""What a map page is made of: frozen shapes between layers, encoding and page.

A layer is rows with a geometry. What a row looks like is said by small classes (color, marker,
width, dash) that the legend shows with their labels; the row's numbers stand in a table.
Nothing here is drawn: the page's script draws it from data, and sets text as text only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from netplan.access.publish import PublishedAccess
from netplan.capacity.model import Capacity
from netplan.district.model import District
from netplan.gap.suppress import Published

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Cell = float | str | None
Marker = Literal["circle", "square", "diamond", "triangle", "cross"]
Fill = Literal["solid", "hatch", "none"]
Side = Literal["both", "before", "after"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loads:
    """Loads by period, for the time slider.

    Parameters
    ----------
    periods
        Names in order of the day, with their hours: ``08:30-09:20 period 1``.
    link_ids, school_ids
        Ids of the columns below.
    link_share
        Shape (periods, links): planning load over capacity, the worse direction; NaN = no limit.
    link_mbps
        Shape (periods, links): planning load of that direction.
    school_share
        Shape (periods, schools): the highest utilization on the school's way to the internet,
        whose maximum over the day is its bottleneck's; NaN = no limit on the way.
    school_mbps
        Shape (periods, schools): planning load down of the school's MDF uplink.
    """

    periods: tuple[str, ...]
    link_ids: tuple[str, ...]
    school_ids: tuple[str, ...]
    link_share: Floats
    link_mbps: Floats
    school_share: Floats
    school_mbps: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Results that maps are drawn from; a layer whose part is None is left out.

    Parameters
    ----------
    district
        Tables: schools, nodes, links, areas, zones, stops, partners ...
    capacity
        The school day.
    loads
        The school day by period.
    gap
        Students offline by area, small counts withheld.
    access
        The plan, small counts withheld.
    pages
        School id to the address of its page, relative to the map's; empty where there are none.
    shows_cut_off, shows_down
        Legends name schools that are cut off, or links that are down, though this scene has none:
        the other side of a before / after page has.
    """

    district: District
    capacity: Capacity | None = None
    loads: Loads | None = None
    gap: Published | None = None
    access: PublishedAccess | None = None
    pages: Mapping[str, str] = field(default_factory=dict)
    shows_cut_off: bool = False
    shows_down: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """Geometry that layers share, one entry per row.

    Parameters
    ----------
    shapes_id
        Such as ``areas``; several layers may name it.
    kind
        ``polygon``: polygons and multipolygons; ``line``: linestrings; ``point``: points.
    geometry
        Shape (rows,): shapely geometries in degrees (lon, lat). None or empty = not drawn.
    coverage
        Polygons that share borders: simplified together, so that borders stay shared.
    """

    shapes_id: str
    kind: Literal["polygon", "line", "point"]
    geometry: npt.NDArray[np.object_]
    coverage: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ColorClass:
    """One class of the legend's colors: ``#rrggbb``, how it fills, and its label with the unit
    left out (the legend's title has it)."""

    label: str
    color: str
    fill: Fill = "solid"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkClass:
    """One class of the legend's markers (points only)."""

    label: str
    marker: Marker


@dataclass(frozen=True, slots=True, kw_only=True)
class WidthClass:
    """One class of the legend's line widths, or of a point's diameter, in pixels."""

    label: str
    pixels: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a layer's table.

    Parameters
    ----------
    key, title, unit
        Field name, heading in words, unit (empty for text).
    decimals
        Digits after the point that are shown; None for text.
    percent
        A share from 0 to 1, shown as percent.
    popup
        Also in the small table of a click.
    tooltip
        Also in the hover's line.
    negative
        Words behind a number under 0, shown without its sign: ``646 too many``.
    """

    key: str
    title: str
    unit: str = ""
    decimals: int | None = None
    percent: bool = False
    popup: bool = True
    tooltip: bool = False
    negative: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """What the reader needs to read a layer. Titles carry the unit's word; empty = no such part."""

    title: str
    unit: str = ""
    colors: tuple[ColorClass, ...] = ()
    mark_title: str = ""
    marks: tuple[MarkClass, ...] = ()
    width_title: str = ""
    widths: tuple[WidthClass, ...] = ()
    dash_label: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """How a layer changes along a slider: arrays of shape (steps, rows).

    ``color`` and ``width`` are indices into the legend's classes, ``present`` says which rows
    are drawn, ``values`` replaces cells of columns by key: numbers, or an object array of texts.
    None = as in the layer.
    """

    slider_id: str
    color: Ints | None = None
    width: Ints | None = None
    present: Bools | None = None
    values: Mapping[str, Floats | npt.NDArray[np.object_]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Rows with a geometry, a legend and a table.

    Parameters
    ----------
    layer_id, title, group
        Stable id (``schools``), words, and the heading it stands under in the layer list.
    about
        One sentence: what it shows, and its source or "assumption".
    shapes_id
        Which `Shapes`; row i of the layer is geometry i.
    keys, names
        Shape (rows,): id of the row's subject, and its name in words. Text of other people.
    legend
        Its classes.
    color, mark, width
        Shape (rows,): index into the legend's classes; -1 = not drawn in that way.
    dashed
        Shape (rows,): whether the line is dashed.
    radius_m
        Shape (rows,): points drawn as circles of that radius on the ground; None = as markers.
    columns, rows
        The table: a tuple of cells per row, in order of the columns. NaN never: None is unknown.
    hrefs
        Address of each row's page; empty text = none.
    lists
        Heading to lines of text for each row, shown in the popup (a weekly timetable).
    facets
        Name of a filter (``Level``) to each row's value (``high``).
    steps
        How it changes along sliders.
    shown
        Whether it is on when the page opens.
    exclusive
        Layers of one such name replace each other (two choropleths of the same areas).
    side
        On which map of a before / after page.
    interactive
        False: a background, without hover, click, table and search.
    framing
        A background that the opening view holds all the same (the district's outline).
    """

    layer_id: str
    title: str
    group: str
    about: str
    shapes_id: str
    keys: tuple[str, ...]
    names: tuple[str, ...]
    legend: Legend
    color: Ints
    mark: Ints | None = None
    width: Ints | None = None
    dashed: Bools | None = None
    radius_m: Floats | None = None
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    hrefs: tuple[str, ...] = ()
    lists: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    steps: tuple[Steps, ...] = ()
    shown: bool = True
    exclusive: str = ""
    side: Side = "both"
    interactive: bool = True
    framing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """A slider of the page: ``time`` (of day) or ``budget``.

    ``steps`` are labels in order, ``notes`` a sentence for each, ``start`` the step at opening.
    """

    slider_id: str
    title: str
    steps: tuple[str, ...]
    notes: tuple[str, ...] = ()
    start: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPage:
    """One map page.

    Parameters
    ----------
    page_id
        File name without extension, such as ``network``.
    title, intro
        Heading and one or two plain sentences.
    layers, shapes
        In the order they are drawn: the first lies below.
    sliders
        Of the page.
    compare
        Titles of the two sides of a before / after page; empty on others.
    footer
        Sentences with as-of dates, sources and the run id.
    notes
        Sentences about the numbers, folded beneath the footer.
    links
        (address, words) of other pages.
    downloads
        (address, words) of files beside the page.
    """

    page_id: str
    title: str
    intro: tuple[str, ...]
    layers: tuple[Layer, ...]
    shapes: tuple[Shapes, ...]
    sliders: tuple[Slider, ...] = ()
    compare: tuple[str, str] | tuple[()] = ()
    footer: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    downloads: tuple[tuple[str, str], ...] = ()
