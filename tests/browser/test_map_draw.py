"""What a map draws and answers, in a real browser: pixels, hits, hover line and cards."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from netplan.maps.model import ColorClass, Layer, Legend, MapPage, Shapes, WidthClass
from netplan.maps.page import render
from tests.browser import map_pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect
NAVY, MID, SAND = (0, 32, 77), (124, 123, 120), (253, 234, 69)
BLUE, RED, WHITE = (44, 123, 182), (215, 25, 28), (255, 255, 255)

#: Helpers inside the page. Points are of the container, pixels those of one layer's canvas.
HELPERS = """() => {
  const entry = netplan.maps[0], {map} = entry;
  const canvasOf = (id) => [...map.getPane(netplan.PANE).children].find(
    (each) => each.style.zIndex === String(10 * (Object.keys(entry.layers).indexOf(id) + 1)));
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const next = () => frame().then(frame);
  const at = (layer, row) => map.latLngToContainerPoint(entry.layers[layer].center(row));
  const pixels = (canvas, x, y, w, h) => {
    const copy = document.createElement("canvas");
    copy.width = w; copy.height = h;
    const pen = copy.getContext("2d", {willReadFrequently: true});
    const [box, held] = [map.getContainer(), canvas].map((each) => each.getBoundingClientRect());
    const ratio = canvas.width / held.width;
    pen.drawImage(canvas, (box.left + x - held.left) * ratio, (box.top + y - held.top) * ratio,
      w * ratio, h * ratio, 0, 0, w, h);
    const data = pen.getImageData(0, 0, w, h).data;
    return Array.from({length: w * h}, (_, i) => Array.from(data.slice(4 * i, 4 * i + 4)));
  };
  window.t = {
    at, next, map, entry,
    box: (layer, x, y, w, h) => pixels(canvasOf(layer), Math.round(x), Math.round(y), w, h),
    // The color that is seen at a point: all canvases, one on the other.
    seen: ({x, y}) => {
      const copy = document.createElement("canvas");
      copy.width = copy.height = 1;
      const pen = copy.getContext("2d", {willReadFrequently: true});
      const box = map.getContainer().getBoundingClientRect();
      const canvases = [...map.getPane(netplan.PANE).children];
      for (const one of canvases.sort((a, b) => a.style.zIndex - b.style.zIndex)) {
        const held = one.getBoundingClientRect();
        const [left, top] = [box.left + x - held.left, box.top + y - held.top].map(Math.round);
        pen.drawImage(one, left, top, 1, 1, 0, 0, 1, 1);
      }
      return Array.from(pen.getImageData(0, 0, 1, 1).data.slice(0, 3));
    },
    // Names in the window: [text, left, top, right, bottom].
    names: (i) => {
      const {map, labels, labeled} = netplan.maps[i];
      const held = labels._container.getBoundingClientRect();
      return labeled.map(({text, box: [a, b, c, d]}) =>
        [text, a + held.left, b + held.top, c + held.left, d + held.top]);
    },
    boxes: (selector) => [...document.querySelectorAll(selector)]
      .map((each) => each.getBoundingClientRect())
      .filter(({width}) => width).map(({left, top, right, bottom}) => [left, top, right, bottom]),
    marked: (i) => {
      const pane = netplan.maps[i].map.getPane(netplan.PANE);
      const top = [...pane.children].sort((a, b) => b.style.zIndex - a.style.zIndex)[0];
      const copy = document.createElement("canvas");
      copy.width = top.width; copy.height = top.height;
      const pen = copy.getContext("2d", {willReadFrequently: true});
      pen.drawImage(top, 0, 0);
      return pen.getImageData(0, 0, top.width, top.height).data.some((each) => each > 0);
    },
    hits: (point) => entry.hitsAt(point).map(({layer, row}) => `${layer} ${row}`),
    set: (patch) => { netplan.set(patch); return next(); },
    drawn: () => Object.fromEntries(Object.entries(entry.layers)
      .filter(([, each]) => each.isVisible).map(([id, each]) => [id, each.drawn])),
  };
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write both pages that are made by hand."""
    folder = tmp_path_factory.mktemp("draw")
    for page in (map_pages.map_page(), map_pages.compare_page(), crossing_page()):
        write(folder / f"{page.page_id}.html", render(page, run="0123456789ab"))
    return folder


def crossing_page() -> MapPage:
    """Let a link within its limit cross the one past it, and mark all schools as failures."""
    page = map_pages.map_page()
    *below, schools = page.layers
    caps = replace(schools, names=("ASH SCHOOL", *schools.names[1:]))
    failures = Layer(
        layer_id="failures",
        title="Failures",
        group="Network",
        about="Large marks around places.",
        shapes_id="schools",
        keys=schools.keys,
        names=caps.names,
        legend=Legend(
            title="Failures",
            colors=(ColorClass(label="1", color="#dccbe8"), ColorClass(label="2", color="#4b0b6b")),
            widths=(WidthClass(label="any", pixels=26.0),),
        ),
        color=np.ones(6, dtype=np.int64),
        width=np.zeros(6, dtype=np.int64),
    )
    ends = [square.centroid for square in map_pages.squares()]
    lines = [(0, 1), (0, 1), (1, 6), (5, 2), (0, 4)]
    geometry = map_pages.objects([shapely.LineString([ends[a], ends[b]]) for a, b in lines])
    shapes = tuple(
        Shapes(shapes_id="links", kind="line", geometry=geometry) if s.shapes_id == "links" else s
        for s in page.shapes
    )
    return replace(page, page_id="crossing", layers=(*below, failures, caps), shapes=shapes)


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def show(page: "Page", path: Path) -> "Page":
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready=true]", state="attached")
    page.evaluate(HELPERS)
    page.evaluate("t.next()")
    return page


@pytest.fixture
def sample(page: "Page", site: Path) -> "Page":
    return show(page, site / "sample.html")


def color(page: "Page", layer: str, place: str) -> tuple[int, ...] | None:
    """Give the color (red, green, blue) at a place, an expression of a point; None = nothing."""
    red, green, blue, alpha = page.evaluate(f"t.box('{layer}', {place}.x, {place}.y, 1, 1)")[0]
    return (red, green, blue) if alpha == 255 else None


def point(page: "Page", place: str, element: str = ".leaflet-container") -> tuple[float, float]:
    """Give a place of the map in pixels of the window."""
    box = page.locator(".leaflet-container").first.bounding_box()
    assert box is not None
    at = page.evaluate(f"(({{x, y}}) => ({{x, y}}))({place})")
    return box["x"] + at["x"], box["y"] + at["y"]


# ---- what is drawn


def test_every_row_of_visible_layers_is_drawn(sample: "Page") -> None:
    drawn = {"outline": 1, "areas": 8, "stops": 4, "links": 5, "schools": 6}
    assert sample.evaluate("t.drawn()") == drawn


def test_areas_have_the_colors_of_their_classes(sample: "Page") -> None:
    corner = [color(sample, "areas", f"t.at('areas', {row}).add([-30, 60])") for row in range(8)]
    assert corner[:3] == [SAND, MID, NAVY]
    assert corner[4:] == [SAND, MID, NAVY, WHITE]


def test_withheld_is_hatched_and_nothing_else_is(sample: "Page") -> None:
    def shades(row: int) -> set[tuple[int, ...]]:
        box = f"(({{x, y}}) => t.box('areas', x - 40, y + 40, 20, 20))(t.at('areas', {row}))"
        return {tuple(pixel[:3]) for pixel in sample.evaluate(box)}

    assert len(shades(3)) >= 2
    assert max(map(sum, shades(3))) > min(map(sum, shades(3))) + 150
    assert shades(7) == {WHITE}


def test_layers_of_one_exclusive_name_replace_each_other(sample: "Page") -> None:
    sample.evaluate("t.set({on: {rates: true}})")
    assert sample.evaluate("[netplan.state.on.areas, t.drawn().areas, t.drawn().rates]") == [
        False,
        None,
        6,
    ]
    assert color(sample, "rates", "t.at('areas', 3)") is None
    sample.evaluate("t.set({on: {areas: true}})")
    assert sample.evaluate("[t.drawn().areas, netplan.state.on.rates]") == [8, False]


def test_links_of_one_course_run_side_by_side_and_the_backup_is_dashed(sample: "Page") -> None:
    columns = sample.evaluate(
        """(() => { const a = t.at('schools', 0), b = t.at('schools', 1), made = [];
        for (let x = a.x + 30; x < b.x - 30; x++) made.push(t.box('links', x, a.y - 12, 1, 24));
        return made; })()"""
    )
    blue = [
        [tuple(pixel[:3]) == BLUE and pixel[3] == 255 for pixel in column] for column in columns
    ]
    upper, lower = [any(each[:12]) for each in blue], [any(each[12:]) for each in blue]
    if all(lower):
        upper, lower = lower, upper
    assert all(upper)
    assert 0.3 < sum(lower) / len(lower) < 0.9
    assert sum(a != b for a, b in zip(lower[1:], lower, strict=False)) > 6


def test_a_slider_changes_color_width_and_presence(sample: "Page") -> None:
    middle = "t.at('links', 2)"
    assert color(sample, "links", middle) == RED
    assert color(sample, "schools", "t.at('schools', 2)") == RED
    sample.evaluate("t.set({step: {time: 1}})")
    red, _, blue = color(sample, "links", middle) or WHITE  # thin: between two pixels
    assert blue > red + 50
    assert color(sample, "schools", "t.at('schools', 2)") == (253, 174, 97)
    assert sample.evaluate("t.hits(t.at('schools', 0))[0]") == "schools 0"
    sample.evaluate("t.set({step: {time: 2}})")
    assert sample.evaluate("t.drawn().schools") == 5
    assert "schools 0" not in sample.evaluate("t.hits(t.at('schools', 0))")


def test_filters_and_classes_of_the_legend_take_rows_away(sample: "Page") -> None:
    sample.evaluate("t.set({filter: {Level: ['high', 'middle']}, off: {areas: [0]}})")
    assert sample.evaluate("[t.drawn().schools, t.drawn().areas, t.drawn().links]") == [3, 6, 5]
    assert sample.evaluate("t.hits(t.at('schools', 2))") == ["links 2", "areas 2"]


def test_schools_are_named_where_there_is_room(sample: "Page") -> None:
    names = sorted(f"{name} School" for name in map_pages.NAMES)
    assert sample.evaluate("t.entry.named.slice().sort()") == names
    sample.evaluate("t.map.setZoom(9, {animate: false})")
    assert len(sample.evaluate("t.entry.named")) < len(names)


def test_the_worst_is_named_first_and_always(page: "Page", site: Path) -> None:
    show(page, site / "sample.html")
    for zoom in (13, 11, 9, 7):  # in the end all schools stand on each other
        page.evaluate(f"t.map.setZoom({zoom}, {{animate: false}})")
        assert page.evaluate("t.entry.named[0]") == "Cedar School"
    page.evaluate("t.set({step: {time: 2}})")  # nothing is past its limit then
    assert "Cedar School" not in page.evaluate("t.entry.named.slice(0, 1)")


def test_names_in_capitals_stay_as_they_are(page: "Page", site: Path) -> None:
    show(page, site / "crossing.html")
    assert page.evaluate("t.entry.named").count("ASH SCHOOL") == 1  # of two layers, named once


def test_links_past_a_limit_lie_on_other_links_and_on_marks_around_places(
    page: "Page", site: Path
) -> None:
    show(page, site / "crossing.html")
    birch, end = "t.at('schools', 1)", "t.at('areas', 6)"
    middle = f"{birch}.add({end}).divideBy(2)"
    assert tuple(page.evaluate(f"t.seen({middle})")) == RED
    # 11 pixels from the middle of Birch: within the failure's mark, outside of the school's
    beside = (
        f"(([a, b]) => a.add(b.subtract(a).multiplyBy(11 / a.distanceTo(b))))([{birch}, {end}])"
    )
    assert tuple(page.evaluate(f"t.seen({beside})")) == RED
    assert tuple(page.evaluate(f"t.seen({birch}.add([-3, 3]))")) != RED  # the school lies on it
    page.evaluate("t.set({off: {links: [1]}})")
    assert page.evaluate(f"t.seen({beside})") == pytest.approx((75, 11, 107), abs=6)


def meet(a: list[float], b: list[float]) -> bool:
    return a[0] < b[2] and a[2] > b[0] and a[1] < b[3] and a[3] > b[1]


def test_no_name_lies_under_a_button_or_the_scale(sample: "Page") -> None:
    controls = sample.evaluate("t.boxes('.leaflet-control')")
    assert len(controls) >= 2
    for x, y in ((60, 30), (30, 90), (150, -30), (100, -60)):
        # Ash comes to stand beside a control; the names are placed anew after every move
        corner = f"L.point({x}, {y} > 0 ? {y} : t.map.getSize().y + {y})"
        sample.evaluate(
            f"t.map.panBy(t.at('schools', 0).subtract({corner}), {{animate: false}}); t.next()"
        )
        names = sample.evaluate("t.names(0)")
        assert names
        assert [n for n in names for box in controls if meet(n[1:], box)] == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["sample", "sample-compare"])
def test_nothing_opens_under_a_button_or_the_scale(
    page: "Page", site: Path, name: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    show(page, site / f"{name}.html")
    corners = page.evaluate(
        "netplan.maps.map(({map}) => { const box = map.getContainer().getBoundingClientRect();"
        " const [a, b] = netplan.data.bounds.map((each) => map.latLngToContainerPoint(each));"
        " return [box.left + a.x, box.top + b.y, box.left + b.x, box.top + a.y]; })"
    )
    controls = page.evaluate("t.boxes('.leaflet-control')")
    assert controls
    assert not [1 for corner in corners for box in controls if meet(corner, box)]


def test_a_drag_within_the_margin_draws_nothing_again(sample: "Page") -> None:
    count = """() => { const {prototype} = netplan.CanvasLayer, {redraw} = prototype;
      window.redraws = 0;
      prototype.redraw = function () {
        // The hovered row and the names are small work.
        if (![t.entry.marks, t.entry.labels].includes(this)) window.redraws++;
        return redraw.call(this);
      }; }"""
    sample.evaluate(count)
    x, y = point(sample, "t.map.getSize().divideBy(4)")
    for dx, is_drawn in ((60, False), (400, True)):
        sample.mouse.move(x, y)
        sample.mouse.down()
        sample.mouse.move(x + dx, y, steps=5)
        sample.wait_for_timeout(120)  # held still: no inertia
        assert sample.evaluate("window.redraws") == 0
        sample.mouse.up()
        sample.wait_for_timeout(50)
        assert (sample.evaluate("window.redraws") > 0) is is_drawn


def test_the_map_opens_on_all_that_is_drawn(sample: "Page") -> None:
    assert sample.evaluate("t.map.getBounds().contains(netplan.data.bounds)")
    seen = "t.map.getBounds().toBBoxString().split(',').map(Number)"
    west, south, east, north = sample.evaluate(seen)
    assert east - west < 3 * 4 * map_pages.STEP
    assert north - south < 3 * 2 * map_pages.STEP
    assert sample.evaluate("t.map.getMaxZoom()") == 19


# ---- what lies under a point


def test_all_rows_under_a_point_are_found_in_order(sample: "Page") -> None:
    hits = sample.evaluate("t.hits(t.at('schools', 0))")
    assert hits[0] == "schools 0"
    assert set(hits[1:4]) == {"links 0", "links 1", "links 4"}
    assert hits[4:] == ["stops 0", "areas 0"]
    assert sample.evaluate("t.hits(t.at('areas', 7))") == ["areas 7"]
    assert sample.evaluate("t.hits(L.point(5, 5))") == []
    for row in range(8):
        found = sample.evaluate(f"t.entry.layers.areas.rowAt(null, t.at('areas', {row}))")
        assert found == row


def test_schools_of_one_place_are_drawn_and_found_beside_each_other(sample: "Page") -> None:
    zoom = "t.map.setView(t.entry.layers.schools.center(4), 15, {animate: false})"
    sample.evaluate(zoom)
    found = sample.evaluate(
        "[-8, 10].map((dx) => t.hits(t.at('schools', 4).add([dx, 0]))[0]).sort()"
    )
    assert found == ["schools 4", "schools 5"]


def test_a_row_of_a_layer_that_is_off_or_a_background_is_not_found(sample: "Page") -> None:
    sample.evaluate("t.set({on: {areas: false, schools: false}})")
    assert sample.evaluate("t.hits(t.at('areas', 7))") == []
    assert sample.evaluate("t.hits(t.at('outline', 0))") == []


# ---- hover line and cards


def test_the_hover_line_tells_name_and_numbers(sample: "Page") -> None:
    sample.mouse.move(*point(sample, "t.at('areas', 2).add([-30, 60])"))
    tip = sample.locator(".map-tip")
    expect(tip).to_have_text("Block group 3 · Students offline: 70 · Standard error: 4.0 students")
    assert sample.evaluate("t.marked(0)")
    sample.mouse.move(*point(sample, "t.at('areas', 3)"))
    expect(tip).to_contain_text("Students offline: withheld")
    sample.mouse.move(*point(sample, "t.at('stops', 1).add([0, -2])"))
    expect(tip).to_contain_text("Oak <b>Court</b>")
    sample.mouse.move(*point(sample, "L.point(5, 150)"))
    expect(tip).to_be_hidden()
    assert not sample.evaluate("t.marked(0)")


def test_a_click_opens_numbers_and_page_of_the_row_and_names_the_others(sample: "Page") -> None:
    sample.mouse.click(*point(sample, "t.at('schools', 0)"))
    card = sample.get_by_role("dialog", name="Ash School")
    expect(card.locator("tr")).to_have_text(["Utilization42 %", "Students310"])
    link = card.get_by_role("link", name="Open the page of Ash School")
    assert link.get_attribute("href") == "buildings/ash.html"
    expect(card.get_by_role("heading", name="Ash School")).to_be_focused()
    assert sample.evaluate("netplan.state.selected") == {"layer": "schools", "row": 0}

    sample.evaluate("t.set({step: {time: 1}})")
    expect(card.locator("tr").first).to_have_text("Utilization20 %")

    card.get_by_role("button", name="First & Main").click()
    stop = sample.get_by_role("dialog", name="First & Main")
    stop.get_by_text("Timetable (2)").click()
    expect(stop.locator("details li")).to_have_text(["mon 16:00-17:30", "wed 16:00-17:30"])
    expect(stop.get_by_role("button", name="Ash School")).to_be_visible()
    assert sample.evaluate("netplan.state.selected") == {"layer": "stops", "row": 0}

    sample.mouse.click(*point(sample, "t.at('areas', 7)"))
    expect(sample.get_by_role("dialog")).to_have_count(1)
    expect(sample.get_by_role("dialog", name="Block group 8")).to_contain_text("no data")


def test_other_peoples_markup_is_shown_as_text(sample: "Page") -> None:
    sample.evaluate("t.set({selected: {layer: 'stops', row: 1}})")
    expect(sample.locator(".map-card h2")).to_have_text("Oak <b>Court</b>")
    assert sample.locator(".map-card b").count() == 0


def test_keys_open_what_is_in_the_middle_and_give_the_focus_back(sample: "Page") -> None:
    container = sample.locator(".leaflet-container")
    sample.evaluate("t.map.setView(t.entry.layers.schools.center(2), 14, {animate: false})")
    sample.locator("h1").click()
    while not sample.evaluate("document.activeElement.classList.contains('leaflet-container')"):
        sample.keyboard.press("Tab")
    assert not sample.evaluate("document.querySelector('.map-middle').hidden")
    expect(sample.locator(".map-heard")).to_contain_text("Cedar School")
    sample.keyboard.press("Enter")
    card = sample.get_by_role("dialog", name="Cedar School")
    expect(card.get_by_role("heading", name="Cedar School")).to_be_focused()
    sample.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(container).to_be_focused()
    assert sample.evaluate("netplan.state.selected") is None


def test_a_selection_from_elsewhere_opens_the_card_and_turns_the_layer_on(sample: "Page") -> None:
    sample.evaluate("t.set({on: {schools: false}})")
    sample.evaluate("t.set({selected: {layer: 'schools', row: 3}})")
    expect(sample.get_by_role("dialog", name="Dogwood School")).to_be_visible()
    assert sample.evaluate("netplan.state.on.schools")
    expect(sample.locator("body")).to_be_focused()
    sample.evaluate("t.set({on: {schools: false}})")
    expect(sample.get_by_role("dialog")).to_have_count(0)
    assert sample.evaluate("netplan.state.selected") is None


def test_before_and_after_draw_their_own_layers_and_mark_the_same_row(
    page: "Page", site: Path
) -> None:
    show(page, site / "sample-compare.html")
    layers = page.evaluate("netplan.maps.map(({layers}) => Object.keys(layers))")
    assert layers == [
        ["outline", "areas-before", "schools-before"],
        ["outline", "areas-after", "schools-after"],
    ]
    assert page.evaluate("netplan.maps.map((_, i) => t.marked(i))") == [False, False]
    page.mouse.click(*point(page, "t.at('schools-before', 2)"))
    expect(page.locator("#map-before [role=dialog]")).to_contain_text("125 %")
    assert page.evaluate("netplan.maps.map((_, i) => t.marked(i))") == [True, True]


# ---- other screens, and pages that are broken

Opened = Callable[..., "Page"]


@pytest.fixture
def opened(browser: "Browser") -> Iterator[Opened]:
    """Give a function that opens a page in a context of its own."""
    contexts = []

    def open_(**settings: Any) -> "Page":
        contexts.append(browser.new_context(**settings))
        return contexts[-1].new_page()

    yield open_
    for context in contexts:
        context.close()


def test_a_fine_screen_gets_as_many_dots(opened: Opened, site: Path) -> None:
    page = show(opened(device_scale_factor=2), site / "sample.html")
    ratio = "(({width, style}) => width / parseFloat(style.width))"
    assert page.evaluate(f"{ratio}(document.querySelector('.leaflet-netplan-pane canvas'))") == 2
    assert color(page, "areas", "t.at('areas', 2).add([-30, 60])") == NAVY


def test_a_finger_finds_what_is_near(opened: Opened, site: Path) -> None:
    page = show(
        opened(has_touch=True, viewport={"width": 390, "height": 844}), site / "sample.html"
    )
    assert page.evaluate("t.hits(t.at('schools', 2).add([10, -10]))[0]") == "areas 2"
    page.touchscreen.tap(*point(page, "t.at('schools', 2).add([10, -10])"))
    expect(page.get_by_role("dialog", name="Cedar School")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"netplan-map-1"', '"netplan-map-9"', "unknown format (netplan-map-9)"),
        ('{"format"', '{"format', "JSON"),
        ('id="netplan-data"', 'id="other"', "the page holds no data"),
    ],
)
def test_a_page_that_cannot_be_drawn_says_so(
    opened: Opened, site: Path, tmp_path: Path, old: str, new: str, said: str
) -> None:
    text = (site / "sample.html").read_text(encoding="utf-8")
    assert old in text
    write(tmp_path / "broken.html", text.replace(old, new, 1))
    page = opened()
    page.goto((tmp_path / "broken.html").as_uri())
    page.wait_for_selector("html[data-ready=failed]", state="attached")
    expect(page.get_by_role("alert")).to_contain_text(said)
