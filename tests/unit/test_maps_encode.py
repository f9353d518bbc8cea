"""Map data: polyline text, shared borders, the view, hostile text, and pages that contradict."""

import json
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.maps_shapes import cover
from netplan.maps import geometry, polyline, text
from netplan.maps.encode import encode_page, island
from netplan.maps.model import ColorClass, Layer, Legend, MapPage, Shapes, Steps
from tests.browser.map_pages import compare_page, map_page

Ring = list[tuple[int, int]]
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(1)</script>",
    "${alert(1)}",
    "`alert(1)`",
    "{{7*7}}{% raw %}",
    "'\"&amp;",
    "x" * 10_000,
    "abc\u202egnp.exe",
    "😀👩‍🏫",
    "a\0b",
    "a\ud800b",
    "line\u2028end\u2029",
    "<!--",
    "]]>",
)


def decode(line: str) -> Ring:
    """Read polyline text as (lat, lon) whole numbers, one character after the other."""
    numbers, bits, shift = [], 0, 0
    for character in line:
        code = ord(character) - 63
        bits |= (code & 31) << shift
        shift += 5
        if code < 32:
            numbers.append(~(bits >> 1) if bits & 1 else bits >> 1)
            bits, shift = 0, 0
    steps = np.array(numbers).reshape(-1, 2)
    return [(int(lat), int(lon)) for lat, lon in steps.cumsum(axis=0)]


def objects(*shapes: Any) -> Any:
    made = np.empty(len(shapes), dtype=object)
    made[:] = shapes
    return made


def data_of(page: MapPage, **options: Any) -> Any:
    return json.loads(encode_page(page, run="run", **options))


def one_layer(shapes: Shapes, **changes: Any) -> MapPage:
    """Give a page of one layer, all of whose rows are of one class."""
    rows = len(shapes.geometry)
    layer = Layer(
        layer_id="rows", title="Rows", group="", about="", shapes_id=shapes.shapes_id,
        keys=tuple(map(str, range(rows))), names=tuple(map(str, range(rows))),
        legend=Legend(title="", colors=(ColorClass(label="", color="#000000"),)),
        color=np.zeros(rows, dtype=np.int64),
    )  # fmt: skip
    return MapPage(
        page_id="page", title="", intro=(), layers=(replace(layer, **changes),), shapes=(shapes,)
    )


# ---- polyline text


def test_google_s_own_example() -> None:
    places = np.array([[-120.2, 38.5], [-120.95, 40.7], [-126.453, 43.252]])
    found = polyline.encode_lines(places, np.zeros(3, dtype=np.int64), 1, precision=5)
    assert found == ["_p~iF~ps|U_ulLnnqC_mqNvxq`@"]


@given(
    st.lists(
        st.lists(
            st.tuples(st.integers(-18_000_000, 18_000_000), st.integers(-9_000_000, 9_000_000)),
            max_size=6,
        ),
        max_size=6,
    ),
    st.integers(1, 7),
)
def test_every_line_is_read_back(lines: list[list[tuple[int, int]]], block: int) -> None:
    vertices = np.array([v for line in lines for v in line], dtype=float).reshape(-1, 2) / 1e5
    owner = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(polyline, "_BLOCK", block)
        found = polyline.encode_lines(vertices, owner, len(lines), precision=5)
    for line, read in zip(lines, found, strict=True):
        once = [v for i, v in enumerate(line) if i == 0 or v != line[i - 1]]
        assert decode(read) == [(lat, lon) for lon, lat in once]


# ---- shared borders


def rings_of(shapes: Any) -> list[list[Ring]]:
    """Give the rings of rows of one part each."""
    return [[decode(ring) for ring in row[0]] for row in shapes["rows"]]


@pytest.mark.parametrize("tolerance_m", [None, 0.0, 5.0, 300.0])
def test_borders_stay_shared(tolerance_m: float | None) -> None:
    cells = cover(300)
    shapes = Shapes(shapes_id="areas", kind="polygon", geometry=cells, coverage=True)
    data = data_of(one_layer(shapes), tolerance_m=tolerance_m)
    rings = [row[0] for row in rings_of(data["shapes"]["areas"])]
    assert len(rings) == 300
    # Whole numbers: areas are exact, whatever the order of the sum.
    polygons = shapely.polygons([shapely.linearrings(ring) for ring in rings])
    assert shapely.union_all(polygons).area == shapely.area(polygons).sum()
    assert shapely.coverage_is_valid(polygons)
    # Every border is walked by its two cells in opposite directions, or is the cover's edge.
    walks = Counter(
        (a, b) for ring in rings for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
    )
    assert set(walks.values()) == {1}
    alone = [walk for walk in walks if walk[::-1] not in walks]
    edge = shapely.get_coordinates(shapely.union_all(polygons).exterior)
    assert len(alone) == len(edge) - 1
    corners = sum(map(len, rings))
    assert corners == 300 * 60 if tolerance_m == 0.0 else corners < 300 * 60
    assert data["footer"] == []
    if tolerance_m == 300.0:  # what is avoided: each for itself breaks the borders
        lone = shapely.simplify(cells, tolerance_m / geometry.DEGREE_M)
        assert not shapely.coverage_is_valid(lone)


def test_overlaps_are_drawn_and_said() -> None:
    wiggly = shapely.segmentize(shapely.box(0.5, 0, 1.5, 1), 0.1)
    shapes = Shapes(
        shapes_id="areas", kind="polygon", coverage=True,
        geometry=objects(shapely.box(0, 0, 1, 1), wiggly),
    )  # fmt: skip
    made = island(one_layer(shapes), run="run")
    assert len(made.notes) == 1 and "“Rows”" in made.notes[0]
    data = json.loads(made.text)
    assert data["notes"] == list(made.notes)
    areas = [shapely.Polygon(row[0]).area / 1e8 for row in rings_of(data["shapes"]["areas"])]
    assert areas == [1.0, 1.0]


def test_a_ring_that_crosses_itself_is_still_drawn() -> None:
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    shapes = Shapes(shapes_id="areas", kind="polygon", coverage=True, geometry=objects(bow, None))
    rows = data_of(one_layer(shapes), tolerance_m=10.0)["shapes"]["areas"]["rows"]
    assert rows[0] and rows[1] is None


# ---- shapes


def test_parts_holes_and_rows_without_place() -> None:
    holed = shapely.box(0, 0, 1, 1).difference(shapely.box(0.25, 0.25, 0.75, 0.75))
    geometry_ = objects(
        shapely.MultiPolygon([holed, shapely.box(2, 0, 3, 1)]), None, shapely.Polygon(),
        shapely.force_3d(shapely.box(4, 0, 5, 1), 7.0),
    )  # fmt: skip
    shapes = Shapes(shapes_id="areas", kind="polygon", geometry=geometry_)
    data = data_of(one_layer(shapes), tolerance_m=0.0)
    rows = data["shapes"]["areas"]["rows"]
    assert [row and [len(part) for part in row] for row in rows] == [[2, 1], None, None, [1]]
    hole = set(decode(rows[0][0][1]))
    assert hole == {(lat, lon) for lat in (25_000, 75_000) for lon in (25_000, 75_000)}
    assert data["layers"][0]["color"] == [0, -1, -1, 0]


def test_points_keep_their_rows() -> None:
    places = objects(
        shapely.Point(-76.6, 39.3), None, shapely.Point(-76.6, 39.3), shapely.Point(-76.5, 39.2)
    )
    data = data_of(one_layer(Shapes(shapes_id="schools", kind="point", geometry=places)))
    line = data["shapes"]["schools"]["rows"]
    here = (3_930_000, -7_660_000)
    assert decode(line) == [here, (0, 0), here, (3_920_000, -7_650_000)]
    assert data["layers"][0]["color"] == [0, -1, 0, 0]


def test_lines_in_parts() -> None:
    lines = objects(
        shapely.MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3)]]),
        shapely.LineString([(5, 5), (6, 7)]),
    )
    rows = data_of(one_layer(Shapes(shapes_id="links", kind="line", geometry=lines)))["shapes"][
        "links"
    ]["rows"]
    assert [[len(decode(part)) for part in row] for row in rows] == [[2, 2], [2]]


def test_a_state_keeps_four_decimals_and_places_five() -> None:
    wide = Shapes(
        shapes_id="areas", kind="polygon", geometry=objects(shapely.box(-85, 31, -81, 35))
    )
    near = Shapes(
        shapes_id="areas", kind="polygon", geometry=objects(shapely.box(-85, 31, -84, 32))
    )
    assert data_of(one_layer(wide))["shapes"]["areas"]["precision"] == 4
    assert data_of(one_layer(near))["shapes"]["areas"]["precision"] == 5
    far = Shapes(
        shapes_id="schools", kind="point",
        geometry=objects(shapely.Point(-85, 31), shapely.Point(-81, 35)),
    )  # fmt: skip
    assert data_of(one_layer(far))["shapes"]["schools"]["precision"] == 5


def test_a_shape_of_another_kind_is_refused() -> None:
    shapes = Shapes(shapes_id="areas", kind="polygon", geometry=objects(shapely.Point(0, 0)))
    with pytest.raises(ValueError, match="areas: row 0 is a Point, not a polygon"):
        encode_page(one_layer(shapes), run="run")


# ---- the view


def points(*places: tuple[float, float]) -> MapPage:
    return one_layer(
        Shapes(
            shapes_id="schools", kind="point", geometry=objects(*(shapely.Point(p) for p in places))
        )
    )


TOWN = ((-76.7, 39.2), (-76.6, 39.3), (-76.5, 39.4), (-76.65, 39.25), (-76.55, 39.35))


@pytest.mark.parametrize("lost", [(0.0, 0.0), (76.6, 39.3), (-76.6, -39.3), (39.3, -76.6)])
def test_a_lost_place_does_not_open_the_map_on_the_ocean(lost: tuple[float, float]) -> None:
    assert data_of(points(*TOWN, lost))["bounds"] == [[39.2, -76.7], [39.4, -76.5]]


def test_a_district_of_islands_is_shown_whole() -> None:
    hawaii = [(-159.5, 22.0), (-158.0, 21.4), (-157.8, 21.3), (-156.5, 20.9), (-155.1, 19.7)]
    assert data_of(points(*hawaii))["bounds"] == [[19.7, -159.5], [22.0, -155.1]]


def test_one_place_and_none() -> None:
    assert data_of(points((-76.6, 39.3)))["bounds"] == [[39.295, -76.605], [39.305, -76.595]]
    nothing = MapPage(page_id="page", title="", intro=(), layers=(), shapes=())
    (south, west), (north, east) = data_of(nothing)["bounds"]
    assert south < 39 < north and west < -98 < east


def test_backgrounds_do_not_widen_the_view() -> None:
    page = map_page()
    wide = Shapes(
        shapes_id="wide", kind="line", geometry=objects(shapely.box(-80, 30, -70, 45).exterior)
    )
    roads = replace(page.layers[0], layer_id="roads", shapes_id="wide")
    more = replace(page, layers=(roads, *page.layers), shapes=(wide, *page.shapes))
    assert data_of(more)["bounds"] == data_of(page)["bounds"] == [[39.3, -76.64], [39.34, -76.56]]


# ---- text and numbers


def hostile(page: MapPage) -> MapPage:
    """Put the payloads wherever a district's text can stand."""

    def texts(count: int) -> tuple[str, ...]:
        return tuple(PAYLOADS[i % len(PAYLOADS)] for i in range(count))

    layers = tuple(
        replace(
            layer,
            title=PAYLOADS[0], group=PAYLOADS[1], about=PAYLOADS[2],
            keys=texts(len(layer.keys)), names=texts(len(layer.names)),
            legend=replace(
                layer.legend, title=PAYLOADS[0], note=PAYLOADS[2], dash_label=PAYLOADS[4]
            ),
            rows=tuple(
                tuple(PAYLOADS[(i + j) % len(PAYLOADS)] for j in range(len(layer.columns)))
                for i in range(len(layer.rows))
            ),
            lists={PAYLOADS[0]: tuple(PAYLOADS for _ in layer.keys)},
            facets={PAYLOADS[1]: texts(len(layer.keys))},
        )
        for layer in page.layers
    )  # fmt: skip
    sliders = tuple(
        replace(each, title=PAYLOADS[0], steps=PAYLOADS[:3], notes=PAYLOADS[:3])
        for each in page.sliders
    )
    return replace(
        page, title=PAYLOADS[2], intro=PAYLOADS, footer=PAYLOADS, layers=layers, sliders=sliders,
        links=(("index.html", PAYLOADS[0]),), downloads=(("a.gpkg", PAYLOADS[0]),),
        compare=(PAYLOADS[0], PAYLOADS[1]) if page.compare else (),
    )  # fmt: skip


@pytest.mark.parametrize("page", [map_page(), compare_page()], ids=["one", "compare"])
def test_nothing_in_the_data_can_end_its_element(page: MapPage) -> None:
    made = encode_page(hostile(page), run=PAYLOADS[0])
    assert not set(made) & set("<>&\u2028\u2029\0\u202e")
    made.encode()  # no half of a surrogate pair
    data = json.loads(made)
    assert data["title"] == PAYLOADS[2] and data["run"] == PAYLOADS[0]
    assert data["intro"][5] == PAYLOADS[5]
    assert data["intro"][8] == "abc<U+202E>gnp.exe"
    assert data["intro"][10:13] == ["a<U+0000>b", "a<U+D800>b", "line end "]
    for layer in data["layers"]:
        assert max(map(len, layer["names"])) <= text.NAME_CHARACTERS
        for heading, of_row in layer["lists"].items():
            assert heading == PAYLOADS[0]
            assert of_row[0][:2] == list(PAYLOADS[:2])


def test_a_long_name_is_cut_and_says_so() -> None:
    page = points(*TOWN)
    named = replace(page, layers=(replace(page.layers[0], names=("x" * 10_000, *"bcde")),))
    name = data_of(named)["layers"][0]["names"][0]
    assert len(name) == text.NAME_CHARACTERS and name.endswith("x…")


def test_the_same_page_gives_the_same_bytes() -> None:
    assert encode_page(map_page(), run="run") == encode_page(map_page(), run="run")


def test_the_sample_s_rows() -> None:
    data = data_of(map_page())
    layers = {layer["id"]: layer for layer in data["layers"]}
    assert layers["areas"]["color"] == [0, 1, 2, 3, 0, 1, 2, 4]
    assert layers["areas"]["cells"][0] == [8, 25, 70, None, 12, 40, 55, None]
    facet = next(iter(layers["schools"]["facets"].values()))
    assert facet["values"] == sorted(set(facet["values"]))
    level = next(iter(map_page().layers[-1].facets.values()))
    assert [facet["values"][row] for row in facet["rows"]] == list(level)
    steps = layers["schools"]["steps"]["time"]
    assert all(len(row) == 6 for part in steps["values"].values() for row in part)
    assert data["compare"] is None
    assert data_of(compare_page())["compare"] == ["Today", "With the plan"]


def test_numbers_are_short_and_unknown_is_null() -> None:
    page = map_page()
    schools = page.layers[-1]
    count = len(schools.columns)
    rows = tuple(
        (value, *[None] * (count - 1))
        for value in (1 / 3, 12.0, math.nan, np.float64(1e-12), -0.0, 1_234_567_891.25)
    )
    cells = data_of(replace(page, layers=(replace(schools, rows=rows),)))["layers"][0]["cells"]
    assert cells[0] == [0.333333333, 12, None, 1e-12, 0, 1234567890]
    assert isinstance(cells[0][1], int)
    endless = ((math.inf, *[None] * (count - 1)), *rows[1:])
    with pytest.raises(ValueError, match="without end"):
        encode_page(replace(page, layers=(replace(schools, rows=endless),)), run="run")


# ---- pages that contradict themselves


def changed(**changes: Any) -> Callable[[MapPage], MapPage]:
    """Change the page's schools."""
    return lambda page: replace(
        page, layers=(*page.layers[:-1], replace(page.layers[-1], **changes))
    )


def slider(**changes: Any) -> Callable[[MapPage], MapPage]:
    """Change the page's slider."""
    return lambda page: replace(page, sliders=(replace(page.sliders[0], **changes),))


ONE = np.zeros(1, dtype=np.int64)
SIX = np.zeros(6, dtype=np.int64)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (changed(keys=("a",)), "1 'keys' for 6 shapes"),
        (changed(color=ONE), "1 'color' for 6 shapes"),
        (changed(color=SIX + 9), "9 to 9, but 3 classes"),
        (changed(color=SIX - 2), "-2 to -2"),
        (changed(hrefs=("javascript:alert(1)",) * 6), "not the address"),
        (changed(hrefs=("//elsewhere.example/x",) * 6), "not the address"),
        (changed(layer_id="<b>"), "not an id"),
        (changed(shapes_id="unknown"), "no shapes 'unknown'"),
        (changed(side="left"), "none of both"),
        (changed(facets={"Level": ("high",)}), "1 'Level' for 6 shapes"),
        (changed(steps=(Steps(slider_id="budget"),)), "no such slider"),
        (changed(steps=(Steps(slider_id="time", color=ONE[None]),)), r"color has shape \(1, 1\)"),
        (changed(steps=(Steps(slider_id="time", values={"x": np.zeros((3, 6))}),)), "lacks"),
        (changed(legend=Legend(title="", colors=(ColorClass(label="", color="red"),))), "a color"),
        (lambda page: replace(page, layers=page.layers * 2), "more than once"),
        (lambda page: replace(page, shapes=page.shapes * 2), "more than once"),
        (lambda page: replace(page, page_id="../x"), "not an id"),
        (lambda page: replace(page, links=(("https://x.example", "x"),)), "not the address"),
        (slider(slider_id="A"), "not an id"),
        (slider(steps=()), "starts at 0 of 0"),
        (slider(start=3), "starts at 3 of 3"),
        (slider(notes=("one",)), "1 notes, 3 steps"),
        (lambda page: replace(page, sliders=page.sliders * 2), "slider more than once"),
    ],
)  # fmt: skip
def test_a_contradiction_is_refused(change: Callable[[MapPage], MapPage], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        encode_page(change(map_page()), run="run")


@pytest.mark.parametrize(
    "value", ["", "a.html", "buildings/a.html#x", "../tables/a.csv", "a?b=c:d"]
)
def test_addresses_beside_the_page(value: str) -> None:
    assert text.address(value) == value


@pytest.mark.parametrize(
    "value",
    ["javascript:x", "JAVASCRIPT:x", "data:text/html,x", "http://x", "//x", "\\\\x\\y", "/etc",
     "java\nscript:x", "a\\b", "\x01x"],
)  # fmt: skip
def test_addresses_elsewhere(value: str) -> None:
    with pytest.raises(ValueError, match="not the address"):
        text.address(value)


@pytest.mark.parametrize("kind", ["polygon", "line", "point"])
def test_no_rows(kind: Any) -> None:
    for coverage in (True, False):
        shapes = Shapes(shapes_id="none", kind=kind, geometry=objects(), coverage=coverage)
        data = data_of(one_layer(shapes))
        assert len(data["shapes"]["none"]["rows"]) == 0
        assert data["layers"][0]["color"] == []
        gone = Shapes(shapes_id="none", kind=kind, geometry=objects(None, None), coverage=coverage)
        assert data_of(one_layer(gone))["layers"][0]["color"] == [-1, -1]


@pytest.mark.parametrize(
    "unseen", ["\u200e", "\u200f", "\u061c", "\u200b", "\u2060", "\u00ad", "\U000e0041", "\ufeff"]
)
def test_characters_that_nobody_sees_are_shown_by_number(unseen: str) -> None:
    assert text.clean(f"a{unseen}b") == f"a<U+{ord(unseen):04X}>b"


def test_joiners_of_emoji_and_scripts_stay() -> None:
    for written in ("👩\u200d🏫", "می\u200cخواهم", "क्\u200dष"):
        assert text.clean(written) == written


def test_the_opening_view_holds_the_outline() -> None:
    inner = Shapes(shapes_id="rows", kind="polygon", geometry=objects(shapely.box(1, 1, 2, 2)))
    around = Shapes(
        shapes_id="edge", kind="line", geometry=objects(shapely.box(0, 0, 4, 3).boundary)
    )
    page = one_layer(inner)
    (layer,) = page.layers
    edge = replace(
        layer, layer_id="edge", shapes_id="edge", interactive=False, columns=(), rows=((),)
    )
    far = geometry.view((layer, edge), (inner, around))
    near = geometry.view((layer, replace(edge, framing=True)), (inner, around))
    assert (far, near) == ((1.0, 1.0, 2.0, 2.0), (0.0, 0.0, 4.0, 3.0))
    hidden = replace(edge, framing=True, shown=False)
    assert geometry.view((layer, hidden), (inner, around)) == far
