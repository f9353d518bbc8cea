"""A map page as one HTML file: Folium's map, netplan's script and style, the data as JSON.

No text of a district is ever part of a Folium object, of a template or of a script: Folium
evaluates templates in names and popups. It stands in the JSON that the page's script reads, and
escaped in the header and footer.
"""

import base64
import hashlib
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import folium
from folium.template import Template
from jinja2 import Environment, PackageLoader, StrictUndefined

from netplan.maps import geometry, text
from netplan.maps.basemap import Tiles, pmtiles_island
from netplan.maps.encode import island
from netplan.maps.model import MapPage, Side
from netplan.maps.vendor import app_script, asset, inline

#: Shown where a tile cannot be fetched: one clear pixel instead of a broken image.
_CLEAR = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
_MOST_ZOOM, _WIDE_PIXELS = 19, 800
#: What Folium's markers and popups need, and what a PMTiles extract is drawn with.
_FOR_ADDED = ("vendor/leaflet-icons.js", "vendor/jquery.slim.js")
_FOR_EXTRACT = ("vendor/pmtiles.js", "vendor/protomaps-leaflet.js", "extract.js")
_STYLES = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
#: Element and name of the map of each side.
_PLACES: dict[Side, tuple[str, str]] = {
    "both": ("map", "Map"),
    "before": ("map-before", "Map of before"),
    "after": ("map-after", "Map of after"),
}


class _Map(folium.Map):
    """Folium's map in an element that the page's script and style know.

    Folium's own template forbids to enlarge the page and styles ``#map``. Scripts and styles
    that it would fetch are left out on the map, not on a class: other maps keep theirs.
    """

    _template = Template(
        '{% macro html(this, kwargs) %}<div class="folium-map" id="{{ this.element }}" '
        'role="region" aria-label="{{ this.label }}"></div>{% endmacro %}'
        "{% macro script(this, kwargs) %}\n"
        "var {{ this.get_name() }} = L.map({{ this.element|tojson }}, {\n"
        "  center: {{ this.location|tojson }}, ...{{ this.options|tojavascript }}\n"
        "});\n"
        # What is added to the map in a notebook lies above the page's layers (410).
        '{{ this.get_name() }}.getPane("overlayPane").style.zIndex = "420";\n'
        "{% endmacro %}"
    )

    def __init__(self, page_id: str, side: Side, *, center: tuple[float, float], zoom: int) -> None:
        super().__init__(location=center, zoom_start=zoom, tiles=None)
        self._id = f"{page_id.replace('-', '_')}_{side}"
        self.element, self.label = _PLACES[side]
        self.default_js, self.default_css = [], []
        self.options["maxZoom"] = _MOST_ZOOM


class _Call(folium.MacroElement):
    """Hands Folium's map to a function of the page's script."""

    _template = Template(
        "{% macro script(this, kwargs) %}\n"
        "{{ this.function }}({{ this._parent.get_name() }}, {{ this.side|tojson }});\n"
        "{% endmacro %}"
    )

    def __init__(self, function: str, side: Side) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name, self._id = function, side
        self.function, self.side = function, side


_OWN = (_Call, folium.TileLayer)


def folium_map(
    page: MapPage, side: Side = "both", *, tiles: Tiles | None = None, extract: bool = False
) -> folium.Map:
    """Give the page's Folium map, to which whoever works in a notebook may add.

    What is added (a marker, a circle, a GeoJSON) is drawn on the page that `render` makes when
    the map is given to it. It is trusted: put no text of others into it. Layers of the page are
    not objects of Folium; on its own, the map has only the basemap.

    Parameters
    ----------
    page
        The page.
    side
        On a page that compares: ``before`` or ``after``.
    tiles
        Online tiles beneath.
    extract
        Whether a PMTiles extract is drawn beneath.
    """
    west, south, east, north = geometry.view(page.layers, page.shapes)
    # The page's script fits the view to its window; tiles are asked for before that.
    zoom = math.floor(math.log2(_WIDE_PIXELS / 256 * 360 / max(east - west, north - south)))
    made = _Map(
        text.identifier(page.page_id),
        side,
        center=(round((south + north) / 2, 5), round((west + east) / 2, 5)),
        zoom=min(max(zoom, 1), _MOST_ZOOM),
    )
    if tiles is not None:
        made.add_child(_online(tiles, side))
    if extract:
        made.add_child(_Call("drawExtract", side))
    made.add_child(_Call("netplan.attach", side))
    return made


def _online(tiles: Tiles, side: Side) -> folium.TileLayer:
    layer = folium.TileLayer(
        tiles=tiles.url,
        attr=tiles.attribution_html,
        max_zoom=_MOST_ZOOM,
        max_native_zoom=tiles.most_zoom,
        error_tile_url=_CLEAR,
    )
    layer._id = f"online_{side}"
    return layer


def render(
    page: MapPage,
    *,
    run: str,
    tiles: Tiles | None = None,
    extract: bytes | None = None,
    maps: Sequence[folium.Map] = (),
    tolerance_m: float | None = None,
) -> str:
    """Give the page as HTML; the same page gives the same text.

    Write it with ``newline="\n"``: the security policy holds the hash of each script and style.

    Parameters
    ----------
    page
        What is shown.
    run
        The run's id.
    tiles
        Online tiles beneath the layers: the only thing that a page ever fetches.
    extract
        A PMTiles extract that is drawn beneath the layers, as the file's bytes.
    maps
        Maps from `folium_map` to which something was added: one, or those before and after.
    tolerance_m
        Detail in meters that borders and lines keep; by default what the page's extent needs.

    Raises
    ------
    ValueError
        The page contradicts itself (`encode_page`), ``tiles`` is no address of tiles, or what
        was added to a map needs a script or style from elsewhere.
    InputError
        The extract is none, or too large.
    """
    sides: tuple[Side, ...] = ("before", "after") if page.compare else ("both",)
    drawn = maps or [
        folium_map(page, side, tiles=tiles, extract=extract is not None) for side in sides
    ]
    if len(drawn) != len(sides):
        raise ValueError(f"{len(drawn)} maps for a page of {len(sides)}")
    parts = [_parts(each) for each in drawn]
    added = any(part.added for part in parts)
    data = island(page, run=run, tolerance_m=tolerance_m)
    islands = [("application/json", "netplan-data", data.text)]
    if extract is not None:
        islands.append(("text/plain", "netplan-pmtiles", pmtiles_island(extract, file="basemap")))
    styles = [
        asset("vendor/leaflet.css"),
        asset("map.css"),
        *(style for part in parts for style in part.styles),
    ]
    scripts = [
        asset("vendor/leaflet.js"),
        *(asset(name) for name in (_FOR_ADDED if added else ())),
        *(asset(name) for name in (_FOR_EXTRACT if extract is not None else ())),
        app_script(),
        *(inline("folium", part.script) for part in parts),
    ]
    return (
        _environment()
        .get_template("map.html")
        .render(
            policy=_policy(scripts, styles, tiles, added=added),
            title=text.shown(page.title),
            intro=[text.prose(each) for each in page.intro],
            links=[(text.address(href), text.shown(words)) for href, words in page.links],
            maps=[part.html for part in parts],
            footer=[text.prose(each) for each in page.footer],
            notes=[text.prose(each) for each in (*page.notes, *data.notes)],
            styles=styles,
            scripts=scripts,
            islands=islands,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What Folium makes of a map: element, script, styles of what was added."""

    html: str
    script: str
    styles: tuple[str, ...]
    added: bool


def _parts(made: folium.Map) -> _Parts:
    figure = made.get_root()
    if not isinstance(figure, folium.Figure):
        raise TypeError("a map whose root is no figure cannot be drawn")
    figure.render()
    header = list(figure.header._children.values())
    for each in header:
        if isinstance(each, folium.CssLink | folium.JavascriptLink):
            raise ValueError(f"what was added to the map needs {each.url}, which no page fetches")
    head = "".join(each.render() for each in header)
    if "<script" in head:
        raise ValueError("what was added to the map puts a script into the page's head")
    return _Parts(
        html=figure.html.render().strip(),
        script=figure.script.render(),
        styles=tuple(inline("folium", style) for style in _STYLES.findall(head)),
        added=any(not isinstance(each, _OWN) for each in made._children.values()),
    )


def _policy(
    scripts: Iterable[str], styles: Iterable[str], tiles: Tiles | None, *, added: bool
) -> str:
    """Give the security policy: nothing but what is in the file, by its hash."""
    parts = [
        "default-src 'none'",
        f"script-src {' '.join(map(_digest, scripts))}",
        f"style-src {' '.join(map(_digest, styles))}",
        # Folium writes style attributes into the popups of what people add.
        *(["style-src-attr 'unsafe-inline'"] if added else []),
        f"img-src data: blob:{f' {tiles.host}' if tiles else ''}",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(parts)


def _digest(content: str) -> str:
    digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("netplan.maps", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
