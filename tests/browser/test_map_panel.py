"""The panel of a map page, driven as people do: with keys and clicks, in a real browser."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from netplan.maps.model import ColorClass, Column, Layer, Legend, MapPage, Shapes
from netplan.maps.page import render
from tests.browser import map_pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect
READY = "html[data-ready=true]"
WAIT_MS, STEP_MS = 5000, 40
MANY = 3000
#: What a spreadsheet would run, what breaks a CSV line, and what breaks a page.
HOSTILE = ("=1+1", "＝1+1", "@x", '-2"', "a,b", "line\nbreak", "<img src=x onerror=alert(1)>")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the sample, its before / after page, a page of many rows and a hostile one."""
    folder = tmp_path_factory.mktemp("panel")
    pages = {
        "sample": map_pages.map_page(),
        "fine": fine_page(),
        "compare": map_pages.compare_page(),
        "many": many_page(),
        "hostile": hostile_page(),
    }
    for name, page in pages.items():
        text = render(page, run="0123456789ab")
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return folder


def fine_page() -> MapPage:
    """Give numbers more digits than are shown, and both rivals the same filter."""
    page = map_pages.map_page()
    outline, areas, rates, *others, schools = page.layers
    rates = replace(
        rates,
        facets=areas.facets,
        columns=(*rates.columns, Column(key="load", title="Load", unit="Mbps", decimals=0)),
        rows=tuple((0.123456789, 1234.56789) for _ in rates.rows),
    )
    return replace(page, page_id="fine", layers=(outline, areas, rates, *others, schools))


def many_page() -> MapPage:
    """Place 3,000 stops on a grid, numbered; stop 1,234 is the only one with a long wait."""
    numbers = range(MANY)
    places = [shapely.Point(-76.6 + i % 60 / 1000, 39.3 + i // 60 / 1000) for i in numbers]
    layer = Layer(
        layer_id="stops",
        title="Stops",
        group="Stops",
        about="Many of them.",
        shapes_id="stops",
        keys=tuple(f"s{i}" for i in numbers),
        names=tuple(f"Stop {i}" for i in numbers),
        legend=Legend(title="Stops", colors=(ColorClass(label="stop", color="#2c7bb6"),)),
        color=np.zeros(MANY, dtype=np.int64),
        columns=(Column(key="wait", title="Wait", unit="minutes", decimals=0),),
        rows=tuple((99.0 if i == 1234 else float(i % 7),) for i in numbers),
    )
    shapes = Shapes(shapes_id="stops", kind="point", geometry=map_pages.objects(places))
    return MapPage(page_id="many", title="Many", intro=(), layers=(layer,), shapes=(shapes,))


def hostile_page() -> MapPage:
    """Give the sample's schools names, ids and levels that are code elsewhere."""
    page = map_pages.map_page()
    schools = page.layers[-1]
    texts = HOSTILE[:6]
    cells = tuple((*row[:2], text) for row, text in zip(schools.rows, texts, strict=True))
    changed = replace(
        schools,
        keys=tuple(f"{text}{i}" for i, text in enumerate(HOSTILE[1:])),
        names=texts,
        rows=cells,
        facets={**schools.facets, HOSTILE[6]: HOSTILE[1:]},
    )
    return replace(page, layers=(*page.layers[:-1], changed))


def show(page: "Page", site: Path, name: str, part: str = "") -> None:
    page.goto((site / f"{name}.html").as_uri() + part)
    page.wait_for_selector(READY)


def state(page: "Page") -> Any:
    return page.evaluate("netplan.state")


def settled(page: "Page", condition: str) -> None:
    """Wait until a condition holds; asked from here, as the page's policy forbids eval."""
    for _ in range(WAIT_MS // STEP_MS):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(STEP_MS)
    raise AssertionError(condition)


def switch(page: "Page", title: str) -> "Locator":
    return page.locator(".layer > .row").get_by_label(title, exact=True)


def chosen(page: "Page", value: str) -> "Locator":
    return page.locator(".part-filters").get_by_label(value)


def rows_of(page: "Page", layer: str) -> list[str]:
    return page.locator(f"details[data-layer={layer}] tbody th button").all_inner_texts()


def open_table(page: "Page", layer: str) -> None:
    page.locator(f"details[data-layer={layer}] > summary").click()
    page.wait_for_selector(f"details[data-layer={layer}] table")


# --- layers and legend


def test_a_legend_counts_the_rows_of_each_class(page: "Page", site: Path) -> None:
    show(page, site, "sample")
    areas = page.locator(".layer", has=page.locator("#layer-areas"))
    lines = areas.locator("button.class")
    assert [" ".join(line.split()) for line in lines.all_inner_texts()] == [
        "under 20 2",
        "20 to 49 2",
        "50 or more 2",
        "withheld 1",
        "no data 1",
    ]
    assert lines.nth(3).locator("svg path").count() == 1  # the hatch
    assert lines.nth(0).locator("svg path").count() == 0
    assert "Withheld: too few students" in areas.inner_text()
    about = areas.get_by_text("Students without internet at home, by block group.")
    assert about.is_hidden()
    areas.get_by_role("button", name="About: Students offline").press("Enter")
    assert about.is_visible()
    links = page.locator(".layer", has=page.locator("#layer-links"))
    widths = links.locator(".short line")
    assert [one.get_attribute("stroke-width") for one in widths.all()] == ["2", "5", "3"]
    assert widths.nth(2).get_attribute("stroke-dasharray")


def test_layers_go_on_and_off_and_rivals_replace_each_other(page: "Page", site: Path) -> None:
    show(page, site, "sample")
    switch(page, "Share offline").check()
    settled(page, "!document.getElementById('layer-areas').checked")
    assert state(page)["on"]["rates"] is True
    assert state(page)["on"]["areas"] is False
    switch(page, "None of these").check()
    settled(page, "!document.getElementById('layer-rates').checked")
    stops = switch(page, "Bus stops")
    stops.focus()
    page.keyboard.press("Space")
    settled(
        page,
        "document.querySelector('details[data-layer=stops] .count').textContent.includes('not on')",
    )
    on = state(page)["on"]
    assert not (on["rates"] or on["areas"] or on["stops"])
    assert on["schools"]


def test_a_click_on_a_class_takes_its_rows_away(page: "Page", site: Path) -> None:
    show(page, site, "sample")
    open_table(page, "schools")
    over = page.get_by_role("button", name="over 100 %")
    over.click()
    expect(over).to_have_attribute("aria-pressed", "false")
    assert rows_of(page, "schools") == [
        f"{n} School" for n in ("Ash", "Birch", "Dogwood", "Elm", "Fir")
    ]
    over.click()
    expect(over).to_have_attribute("aria-pressed", "true")
    assert len(rows_of(page, "schools")) == 6


# --- search


def test_search_by_keyboard_flies_there_opens_it_and_marks_it(page: "Page", site: Path) -> None:
    show(page, site, "sample")
    open_table(page, "schools")
    box = page.get_by_role("combobox", name="Find on the map")
    box.fill("school")
    expect(box).to_have_attribute("aria-expanded", "true")
    assert page.locator("#found [role=option]").count() == 6
    box.press("ArrowDown")
    box.press("ArrowDown")
    marked = page.locator("#found [aria-selected=true]")
    assert box.get_attribute("aria-activedescendant") == marked.get_attribute("id")
    box.press("ArrowDown")
    box.press("ArrowUp")
    assert "Birch School" in marked.inner_text()
    box.press("Enter")
    expect(page.locator(".leaflet-popup")).to_contain_text("Birch School")
    expect(page.locator("tr.selected th")).to_contain_text("Birch School")
    assert state(page)["selected"] == {"layer": "schools", "row": 1}
    place = "netplan.maps[0].map.getCenter().distanceTo([39.31, -76.61]) < 300"
    settled(page, place)
    assert page.locator("#found").is_hidden()


def test_search_finds_ids_switches_the_layer_on_and_tells_of_nothing(
    page: "Page", site: Path
) -> None:
    show(page, site, "sample")
    switch(page, "Bus stops").uncheck()
    chosen(page, "elementary").uncheck()
    box = page.get_by_role("combobox", name="Find on the map")
    box.fill("STOP-3")
    page.locator("#found li").first.click()
    expect(switch(page, "Bus stops")).to_be_checked()
    assert state(page)["selected"] == {"layer": "stops", "row": 2}
    box.fill("elm")
    box.press("Enter")  # the first found, though a filter hides it
    expect(chosen(page, "elementary")).to_be_checked()
    box.fill("zzz")
    expect(page.locator(".part-search .said")).to_have_text("Nothing found.")
    box.press("Escape")
    assert box.input_value() == ""


# --- filters and sliders


def test_filters_leave_rows_out_everywhere(page: "Page", site: Path) -> None:
    show(page, site, "sample")
    open_table(page, "schools")
    chosen(page, "elementary").uncheck()
    expect(page.locator(".showing")).to_contain_text("Schools: showing 3 of 6.")
    assert rows_of(page, "schools") == ["Birch School", "Cedar School", "Fir School"]
    chosen(page, "at risk").uncheck()
    expect(page.locator(".showing")).to_contain_text("Schools: showing 1 of 6.")
    legend = page.locator(".layer", has=page.locator("#layer-schools")).locator(
        "button.class .count"
    )
    assert legend.all_inner_texts() == ["0", "0", "1"]
    page.get_by_role("button", name="Reset filters").click()
    expect(page.locator(".showing")).to_contain_text("Schools: showing 6 of 6.")
    expect(page.get_by_role("button", name="Reset filters")).to_be_disabled()
    assert len(rows_of(page, "schools")) == 6


def test_the_time_slider_changes_words_rows_and_values(page: "Page", site: Path) -> None:
    show(page, site, "sample")
    open_table(page, "schools")
    slider = page.get_by_role("slider", name="Time of day")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".slider output")).to_have_text(map_pages.PERIODS[1])
    expect(page.locator(".slider .note")).to_have_text("Link 0 is over its limit.")
    assert slider.get_attribute("aria-valuetext") == map_pages.PERIODS[1]
    cell = page.locator("details[data-layer=schools] tbody tr", has_text="Cedar").locator("td.num")
    assert cell.first.inner_text() == "90 %"
    page.keyboard.press("End")
    expect(page.locator("details[data-layer=schools] summary")).to_contain_text("5 of 6 rows")
    assert "Ash School" not in rows_of(page, "schools")
    page.get_by_role("combobox").fill("Ash School")
    page.get_by_role("combobox").press("Enter")  # goes to a period that has it
    expect(page.locator(".slider output")).to_have_text(map_pages.PERIODS[0])
    expect(page.locator("tr.selected th")).to_contain_text("Ash School")
    slider.press("End")
    expect(page.locator(".slider output")).to_have_text(map_pages.PERIODS[2])
    page.get_by_role("button", name="Play").click()  # at the end: from the start again
    expect(page.locator(".slider output")).to_have_text(map_pages.PERIODS[0])
    expect(page.locator(".slider output")).to_have_text(map_pages.PERIODS[1])
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_nothing_plays_for_people_who_want_stillness(page: "Page", site: Path) -> None:
    page.emulate_media(reduced_motion="reduce")
    show(page, site, "sample")
    assert page.get_by_role("button", name="Play").count() == 0
    assert page.get_by_role("slider", name="Time of day").is_visible()


# --- tools


def test_measure_adds_up_clicked_points_and_escape_ends_it(page: "Page", site: Path) -> None:
    show(page, site, "sample")
    page.get_by_role("button", name="Measure").click()
    points = page.evaluate(
        "[[39.31, -76.63], [39.31, -76.61], [39.31, -76.59]].map((p) => {"
        " const at = netplan.maps[0].map.latLngToContainerPoint(p);"
        " const box = document.getElementById('map').getBoundingClientRect();"
        " return [box.left + at.x, box.top + at.y]; })"
    )
    for x, y in points:
        page.mouse.click(x, y)
    # 0.04 degrees of longitude at 39.31 degrees north: 0.04 x 111.195 km x cos(39.31) = 3.44 km
    expect(page.locator(".measured")).to_contain_text("3 points")
    words = page.locator(".measured").inner_text()
    km = float(words.split("(")[1].split(" km")[0])
    miles = float(words.split(" ")[0])
    assert km == pytest.approx(3.44, abs=0.03)
    assert miles == pytest.approx(km / 1.609344, abs=0.01)
    assert page.locator(".leaflet-popup").count() == 0
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".measured")).to_contain_text("2 points")
    page.get_by_role("button", name="Add the map's middle").click()
    expect(page.locator(".measured")).to_contain_text("3 points")
    page.keyboard.press("Escape")
    expect(page.locator(".measured")).to_be_hidden()
    page.mouse.click(*points[0])
    expect(page.locator(".leaflet-popup")).to_be_visible()


def test_zoom_to_all_and_full_screen(page: "Page", site: Path) -> None:
    show(page, site, "sample")
    page.evaluate("netplan.maps[0].map.setView([0, 0], 5, {animate: false})")
    page.get_by_role("button", name="Zoom to all").click()
    settled(page, "netplan.maps[0].map.getBounds().contains(netplan.data.bounds)")
    before = page.locator("#map").bounding_box()
    page.get_by_role("button", name="Full screen").click()
    settled(page, "document.documentElement.classList.contains('full')")
    settled(page, "netplan.maps[0].map.getSize().y === window.innerHeight")
    assert page.locator("header").is_hidden()
    assert page.locator("#panel").is_visible()
    page.get_by_role("button", name="Full screen").click()
    expect(page.locator("header")).to_be_visible()
    settled(page, "!document.fullscreenElement")
    after = page.locator("#map").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] == before["width"]


def test_copy_link_copies_it(page: "Page", site: Path) -> None:
    show(page, site, "sample")
    page.evaluate(
        "Object.defineProperty(navigator, 'clipboard',"
        " {value: {writeText: async (text) => { window.copied = text; }}})"
    )
    page.get_by_role("button", name="Copy link").click()
    said = "Link copied. It works for those who have this folder."  # the page is a file here
    expect(page.locator(".part-tools .said")).to_have_text(said)
    assert page.evaluate("window.copied") == page.evaluate("netplan.permalink()")


def test_filters_count_only_rows_of_layers_that_are_on(page: "Page", site: Path) -> None:
    show(page, site, "fine")  # "areas" and "rates", which replace each other, have the same zones
    zones = page.locator(".part-filters fieldset", has_text="Zone")
    counts = zones.locator(".count")
    expect(counts).to_have_text(["4", "4"])
    switch(page, "Share offline").check()
    settled(page, "netplan.state.on.rates && !netplan.state.on.areas")
    expect(counts).to_have_text(["4", "4"])
    switch(page, "None of these").check()
    expect(zones).to_be_hidden()
    expect(page.locator(".part-filters")).to_be_visible()
    switch(page, "Schools").uncheck()
    expect(page.locator(".part-filters")).to_be_hidden()


# --- tables


def test_tables_sort_and_select(page: "Page", site: Path) -> None:
    show(page, site, "sample")
    open_table(page, "schools")
    table = page.locator("details[data-layer=schools]")
    head = table.locator("th", has_text="Utilization")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    order = ["Dogwood", "Ash", "Elm", "Fir", "Birch", "Cedar"]
    assert rows_of(page, "schools") == [f"{name} School" for name in order]
    head.get_by_role("button").press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert rows_of(page, "schools") == [f"{name} School" for name in reversed(order)]
    table.get_by_role("button", name="Elm School").press("Enter")
    expect(page.locator(".leaflet-popup")).to_contain_text("Elm School")
    assert table.locator("tr.selected").inner_text().startswith("Elm School")
    assert (
        table.get_by_role("link", name="Page of Ash School").get_attribute("href")
        == "buildings/ash.html"
    )
    # unknown numbers stand last either way, and say why in the legend's words
    open_table(page, "areas")
    areas = page.locator("details[data-layer=areas]")
    for _ in range(2):
        areas.locator("th", has_text="Students offline").get_by_role("button").click()
        words = areas.locator("tbody tr").all_inner_texts()[-2:]
        assert words[0].count("withheld") == 3
        assert words[1].count("no data") == 3


def test_a_long_table_grows_as_it_is_read(page: "Page", site: Path) -> None:
    show(page, site, "many")
    assert page.locator("table").count() == 0  # none before it is opened
    open_table(page, "stops")
    rows = page.locator("details[data-layer=stops] tbody tr")
    assert rows.count() == 50
    page.evaluate("netplan.set({selected: {layer: 'stops', row: 1234}})")
    expect(page.locator("tr.selected")).to_contain_text("Stop 1234")  # not among the first 50
    assert rows.count() == 51
    page.get_by_role("button", name="Show all 3,000 rows").click()
    settled(page, "document.querySelectorAll('#tables tbody tr').length === 201")
    for _ in range(30):
        page.evaluate("document.querySelector('.scroll').scrollTop = 1e7")
        page.wait_for_timeout(20)
    settled(page, "document.querySelectorAll('#tables tbody tr').length === 3000")
    assert page.locator("tr.selected").count() == 1
    page.locator("th", has_text="Wait").get_by_role("button").dblclick()
    expect(rows.first).to_contain_text("Stop 1234")


# --- downloads


def test_downloads_have_at_most_two_digits_more_than_are_shown(page: "Page", site: Path) -> None:
    show(page, site, "fine")
    switch(page, "Share offline").check()
    open_table(page, "rates")
    head, row, *_ = csv.reader(io.StringIO(saved(page, "rates", "CSV").removeprefix("\ufeff")))
    assert head[2:4] == ["Share offline (%)", "Load (Mbps)"]
    assert row[2:4] == ["12.346", "1234.57"]
    first = json.loads(saved(page, "rates", "GeoJSON"))["features"][0]["properties"]
    assert (first["rate"], first["load"]) == (0.12346, 1234.57)


def saved(page: "Page", layer: str, words: str) -> str:
    with page.expect_download() as waiting:
        page.locator(f"details[data-layer={layer}] .download").get_by_text(
            words, exact=True
        ).click()
    path = waiting.value.path()
    return path.read_bytes().decode()


def test_csv_has_the_rows_shown_and_no_formula(page: "Page", site: Path) -> None:
    show(page, site, "hostile")
    open_table(page, "schools")
    chosen(page, "high").uncheck()
    expect(page.locator(".showing")).to_contain_text("showing 5 of 6")
    text = saved(page, "schools", "CSV")
    assert text.startswith("\ufeff")
    head, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert head[:4] == ["Name", "Id", "Utilization (%)", "Students"]
    assert [row[0] for row in rows][:3] == ["'=1+1", "'＝1+1", "'-2\""]
    assert rows[0][2:5] == ["42", "310", "'=1+1"]
    assert len(rows) == 5
    assert all(not cell.startswith(("=", "+", "-", "@", "＝")) for row in rows for cell in row)


def test_geojson_has_the_geometry_and_the_numbers(page: "Page", site: Path) -> None:
    show(page, site, "sample")
    open_table(page, "areas")
    chosen(page, "East").uncheck()
    expect(page.locator(".showing")).to_contain_text("Students offline: showing 4 of 8.")
    found = json.loads(saved(page, "areas", "GeoJSON"))
    assert [one["properties"]["offline"] for one in found["features"]] == [8, 25, 12, 40]
    for feature, square in zip(
        found["features"], [map_pages.squares()[i] for i in (0, 1, 4, 5)], strict=True
    ):
        drawn = shapely.geometry.shape(feature["geometry"])
        assert drawn.is_valid
        assert drawn.symmetric_difference(square).area < 1e-9
        assert drawn.exterior.is_ccw
    open_table(page, "links")
    lines = json.loads(saved(page, "links", "GeoJSON"))["features"]
    ends = np.array([line["geometry"]["coordinates"] for line in lines])
    assert ends[2].tolist() == [[-76.61, 39.31], [-76.59, 39.31]]
    open_table(page, "stops")
    stop = json.loads(saved(page, "stops", "GeoJSON"))["features"][0]
    assert stop["geometry"]["coordinates"] == list(map_pages.STOP_PLACES[0])
    assert stop["properties"]["Timetable"] == ["mon 16:00-17:30", "wed 16:00-17:30"]
    assert stop["properties"]["radius_m"] == 400
    link = page.get_by_role("link", name="All layers (GeoPackage)")
    assert link.get_attribute("href") == "../tables/layers.gpkg"


# --- compare


SAME_VIEW = (
    "(() => { const [a, b] = netplan.maps.map((one) => one.map);"
    " return a.getZoom() === b.getZoom() && a.distance(a.getCenter(), b.getCenter()) < 30; })()"
)


def test_two_maps_move_together(page: "Page", site: Path) -> None:
    show(page, site, "compare")
    box = page.locator("#map-before").bounding_box()
    assert box is not None
    x, y = box["x"] + 60, box["y"] + 300
    page.mouse.move(x, y)
    settled(page, "!document.querySelector('#map-after .cross').hidden")
    page.mouse.down()
    page.mouse.move(x + 60, y + 90, steps=5)
    page.wait_for_timeout(120)  # held still: no inertia
    page.mouse.up()
    settled(page, "netplan.maps.every(({map}) => !map._panAnim || !map._panAnim._inProgress)")
    settled(page, SAME_VIEW)
    moved = page.evaluate("netplan.maps[1].map.getCenter()")
    page.locator("#map-after .leaflet-control-zoom-in").click()
    settled(page, SAME_VIEW)
    settled(page, "!netplan.maps[0].map._animatingZoom")
    assert page.evaluate("netplan.maps[0].map.getCenter().lat") == pytest.approx(
        moved["lat"], abs=0.001
    )


def test_swipe_by_keyboard_and_pointer(page: "Page", site: Path) -> None:
    show(page, site, "compare")
    page.get_by_label("Swipe").check()
    slider = page.get_by_role("slider", name="Divider between Today and With the plan")
    expect(slider).to_be_visible()
    after = page.locator("#map-after")
    settled(page, "document.getElementById('map-after').style.clipPath.includes('50%')")
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuenow") == "52"
    assert "52%" in str(after.evaluate("(node) => node.style.clipPath"))
    slider.press("Home")
    assert slider.get_attribute("aria-valuenow") == "0"
    slider.press("PageUp")
    boxes = [page.locator(name).bounding_box() for name in ("#map-before", "#map-after")]
    assert boxes[0] == boxes[1]
    box, handle = boxes[0], slider.bounding_box()
    assert box is not None
    assert handle is not None
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, handle["y"] + 200, steps=4)
    page.mouse.up()
    assert slider.get_attribute("aria-valuenow") == "75"
    settled(page, SAME_VIEW)
    # what is opened on either side is not cut by the divider
    for side, row in (("before", 2), ("after", 0)):
        page.evaluate(f"netplan.set({{selected: {{layer: 'schools-{side}', row: {row}}}}})")
        settled(page, f"!!document.querySelector('#map-{side} .leaflet-popup')")
        page.wait_for_timeout(500)
        card = page.locator(f"#map-{side} .leaflet-popup").bounding_box()
        handle = slider.bounding_box()
        assert card is not None
        assert handle is not None
        middle = handle["x"] + handle["width"] / 2
        if side == "before":
            assert card["x"] + card["width"] <= middle
        else:
            assert card["x"] >= middle
    # one legend for both sides, with both counts
    schools = page.locator(".layer", has_text="Schools").locator("button.class .count")
    assert schools.all_inner_texts() == ["3 → 6", "2 → 0", "1 → 0"]
    switch(page, "Schools").uncheck()
    settled(page, "!netplan.state.on['schools-before'] && !netplan.state.on['schools-after']")


SHARE = (
    "(() => { const {map} = netplan.maps[0], size = map.getSize();"
    " const [a, b] = netplan.data.bounds.map((each) => map.latLngToContainerPoint(each));"
    " return Math.max((b.x - a.x) / (size.x - 72), (a.y - b.y) / (size.y - 72)); })()"
)


def test_both_ways_to_compare_fill_the_map(page: "Page", site: Path) -> None:
    show(page, site, "compare")
    for _ in range(2):
        assert 0.9 < page.evaluate(SHARE) <= 1
        page.get_by_label("Swipe").check()
        settled(page, "document.getElementById('maps').classList.contains('swipe')")
        assert 0.9 < page.evaluate(SHARE) <= 1
        page.get_by_label("Side by side").check()
        settled(page, "!document.getElementById('maps').classList.contains('swipe')")
    # what the reader chose to look at stays
    page.evaluate("netplan.maps[0].map.setView([39.32, -76.6], 14, {animate: false})")
    page.get_by_label("Swipe").check()
    settled(page, "document.getElementById('maps').classList.contains('swipe')")
    settled(page, SAME_VIEW)
    assert page.evaluate("netplan.maps[0].map.getZoom()") == 14


NAMES = (
    "netplan.maps.map(({labels, labeled}) => {"
    " const {left} = labels._container.getBoundingClientRect();"
    " return labeled.map(({text, box}) => [box[0] + left, box[2] + left, text]); })"
)


def test_no_name_is_cut_by_the_divider(page: "Page", site: Path) -> None:
    show(page, site, "compare")
    page.get_by_label("Swipe").check()
    slider = page.get_by_role("slider", name="Divider between Today and With the plan")
    seen = set()
    for _ in range(8):
        slider.press("PageUp")
        box = slider.bounding_box()
        assert box is not None
        before, after = page.evaluate(NAMES)
        assert [name for name in before if name[1] > box["x"]] == []
        assert [name for name in after if name[0] < box["x"] + box["width"]] == []
        seen |= {name[2] for name in before + after}
        slider.press("ArrowLeft")
    assert len(seen) > 3


# --- the link


def test_the_link_brings_everything_back(page: "Page", site: Path) -> None:
    show(page, site, "sample")
    switch(page, "Share offline").check()
    chosen(page, "middle").uncheck()
    page.get_by_role("slider", name="Time of day").press("End")
    page.get_by_role("button", name="80 % and over").click()
    page.get_by_role("combobox").fill("Pier 9")
    page.get_by_role("combobox").press("Enter")
    settled(page, "location.hash.includes('selected=stops:stop-4')")
    page.wait_for_timeout(400)
    kept = state(page)
    link = page.evaluate("netplan.permalink()")
    assert "on=outline,rates,stops,links,schools" in link
    assert "at.time=2" in link
    assert "hide.Level=middle" in link
    assert "class.links=1" in link
    view = page.evaluate("[netplan.maps[0].map.getCenter().lat, netplan.maps[0].map.getZoom()]")
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector(READY)
    expect(page.locator(".leaflet-popup")).to_contain_text("Pier 9")
    again = state(page)
    for key in ("on", "step", "selected"):
        assert again[key] == kept[key]
    assert again["filter"]["Level"] == ["middle"]
    assert again["off"]["links"] == [1]
    expect(chosen(page, "middle")).not_to_be_checked()
    now = page.evaluate("[netplan.maps[0].map.getCenter().lat, netplan.maps[0].map.getZoom()]")
    assert now == pytest.approx(view, abs=0.01)
    # another page and back: the browser keeps the link
    page.wait_for_timeout(300)
    page.goto("about:blank")
    page.go_back()
    page.wait_for_selector(READY)
    assert state(page)["step"] == {"time": 2}


@pytest.mark.parametrize(
    "part",
    [
        "#main",
        "#map=%E0%A4%A",
        "#map=99/0/0&on=nothing&at.time=7&hide.Level=%3Cb%3E&class.links=9&selected=schools:none",
        "#map=NaN/1e9/x&at.time=-1&selected=__proto__:constructor&hide.__proto__=x&mode=fly",
        "#" + "a" * 9000,
    ],
)
def test_a_hostile_or_old_link_changes_nothing(page: "Page", site: Path, part: str) -> None:
    show(page, site, "sample", part)
    now = state(page)
    assert now["step"] == {"time": 0}
    assert now["selected"] is None
    assert [name for name, on in now["on"].items() if not on] == ["rates"]
    assert not any(now["filter"].values())
    assert page.evaluate("netplan.maps[0].map.getBounds().contains(netplan.data.bounds)")


def test_a_link_inside_the_page_is_followed(page: "Page", site: Path) -> None:
    show(page, site, "compare")
    page.evaluate("location.hash = 'map=14/39.32/-76.6&mode=swipe&selected=schools-after:cedar'")
    expect(page.get_by_label("Swipe")).to_be_checked()
    settled(page, "netplan.maps[1].map.getZoom() === 14")
    assert state(page)["selected"] == {"layer": "schools-after", "row": 2}


# --- hostile text, narrow screens, paper


def test_hostile_text_stays_text(page: "Page", site: Path) -> None:
    show(page, site, "hostile")
    assert HOSTILE[6] in page.locator(".part-filters").inner_text()
    page.get_by_role("combobox").fill("onerror")
    assert HOSTILE[6] in page.locator("#found").inner_text()
    page.get_by_role("combobox").press("Enter")
    open_table(page, "schools")
    assert HOSTILE[6] in page.locator("details[data-layer=schools]").inner_text()
    settled(page, "location.hash.includes('selected=')")
    page.reload()
    page.wait_for_selector(READY)
    assert state(page)["selected"] == {"layer": "schools", "row": 5}
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("name", ["sample", "compare"])
def test_nothing_overlaps_on_a_phone(page: "Page", site: Path, name: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    show(page, site, name)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    picture = page.locator("#map, #maps").bounding_box()
    panel = page.locator("#panel").bounding_box()
    assert picture is not None
    assert panel is not None
    assert picture["height"] > 844 * 0.5
    assert panel["y"] >= picture["y"] + picture["height"]
    button = page.get_by_role("button", name="Hide legend and controls")
    button.click()
    assert page.locator("#panel-body").is_hidden()
    page.get_by_role("button", name="Show legend and controls").click()
    assert page.get_by_role("combobox").is_visible()
    if name == "compare":
        assert page.get_by_label("Swipe").is_checked()
        page.get_by_label("Side by side").check()
        settled(page, "!document.getElementById('maps').classList.contains('swipe')")
        upper, lower = (page.locator(f"#map-{side}").bounding_box() for side in ("before", "after"))
        assert upper is not None
        assert lower is not None
        assert lower["y"] >= upper["y"] + upper["height"]
        assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_paper_shows_the_map_the_legend_and_the_footer(
    page: "Page", site: Path, paper: str
) -> None:
    show(page, site, "sample")
    page.emulate_media(media="print")
    for hidden in (
        ".part-search",
        ".part-filters",
        ".part-tools",
        "#tables",
        ".leaflet-control-zoom",
    ):
        assert page.locator(hidden).first.is_hidden(), hidden
    for shown in ("#map", "#layer-schools ~ label", ".slider output", "footer"):
        assert page.locator(shown).first.is_visible(), shown
    assert page.get_by_text("Share offline").first.is_hidden()
    page.emulate_media(media="screen")
    settled(page, "netplan.maps[0].map.getSize().x > 800")
    page.evaluate(
        "window.onPaper = [];"
        " addEventListener('beforeprint', () => onPaper.push("
        "   document.getElementById('map').clientWidth,"
        "   netplan.maps[0].map.getBounds().contains(netplan.data.bounds)))"
    )
    assert page.pdf(format=paper).startswith(b"%PDF")
    assert page.evaluate("onPaper") == [691, True]  # 7.2 inches
    settled(page, "netplan.maps[0].map.getSize().x > 800")


def colored(made: bytes) -> int:
    """Count the strongly colored pixels of the pictures on a document's first page."""
    pypdf = pytest.importorskip("pypdf")
    pytest.importorskip("PIL")
    count = 0
    for picture in pypdf.PdfReader(io.BytesIO(made)).pages[0].images:
        dots = np.asarray(picture.image.convert("RGB")).astype(int)
        count += int((np.ptp(dots, axis=2) > 100).sum())
    return count


@pytest.mark.parametrize("name", ["sample", "compare"])
@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_a_page_nobody_touched_prints_its_map(
    page: "Page", site: Path, name: str, paper: str
) -> None:
    show(page, site, name)
    for _ in range(2):  # and once more
        assert colored(page.pdf(format=paper)) > 5000
    # the page is on the screen as before
    assert page.locator(".leaflet-container canvas[hidden]").count() == 0
    assert page.locator("html.printing").count() == 0


def test_paper_on_the_screen_shows_the_map_at_once(page: "Page", site: Path) -> None:
    show(page, site, "sample")
    canvases = page.locator(".leaflet-container canvas").count()
    page.emulate_media(media="print")
    assert page.evaluate("netplan.maps[0].map.getBounds().contains(netplan.data.bounds)")
    assert page.locator(".leaflet-container canvas:not([hidden])").count() == canvases
    page.emulate_media(media="screen")
    settled(page, "!document.querySelector('.leaflet-container canvas[hidden]')")


@pytest.fixture(scope="module")
def axe(browser: "Browser") -> Iterator[Path]:
    path = Path(__file__).parent / "vendor" / "axe.min.js"
    if not path.is_file():
        pytest.skip("tests/browser/vendor/axe.min.js is not there")
    yield path


@pytest.mark.parametrize(("name", "width"), [("sample", 1280), ("sample", 390), ("compare", 1280)])
def test_axe_finds_nothing_serious(
    page: "Page", site: Path, axe: Path, name: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    show(page, site, name)
    for summary in page.locator("details.table > summary").all():
        summary.click()
    page.get_by_role("combobox").fill("a")
    page.evaluate(f"(0, eval)({json.dumps(axe.read_text(encoding='utf-8'))})")
    found = page.evaluate("axe.run(document).then((result) => result.violations)")
    serious = [
        (one["id"], [node["html"][:200] for node in one["nodes"]])
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
    assert serious == []
