"""Map pages in a browser: closed, unharmed by hostile text, basemaps, notebooks, axe."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import folium
import pytest

from netplan.maps.basemap import Tiles
from netplan.maps.model import MapPage
from netplan.maps.page import folium_map, render
from tests.browser.extract import pmtiles
from tests.browser.map_pages import compare_page, map_page
from tests.unit.test_maps_encode import PAYLOADS, hostile

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = Path(__file__).parent / "vendor" / "axe.min.js"


@pytest.fixture
def opened(page: "Page", tmp_path: Path) -> Callable[[str], "Page"]:
    """Give a function that opens a page's HTML and waits until it is drawn."""

    def open_html(html: str) -> "Page":
        path = tmp_path / "map.html"
        path.write_text(html, encoding="utf-8", newline="\n")
        page.goto(path.as_uri())
        page.wait_for_function("document.documentElement.dataset.ready")
        assert page.evaluate("document.documentElement.dataset.ready") == "true"
        return page

    return open_html


@pytest.mark.parametrize("made", [map_page(), compare_page()], ids=["one", "compare"])
def test_hostile_text_is_shown_and_does_nothing(
    opened: Callable[[str], "Page"], made: MapPage
) -> None:
    page = opened(render(hostile(made), run="run"))  # a dialog would fail the test
    assert page.title() == PAYLOADS[2]
    page.get_by_role("heading", level=1).get_by_text("</script>").wait_for()
    header = page.locator("header").inner_text()
    for shown in (PAYLOADS[0], PAYLOADS[5], "abc<U+202E>gnp.exe", "a<U+0000>b"):
        assert shown in header
    assert page.locator("header img, footer img, #panel img, #tables img").count() == 0
    page.get_by_role("combobox").first.fill("<script>")
    page.get_by_role("option").first.wait_for()
    for table in page.locator("#tables summary, #tables [role=tab]").all():
        table.click()
    assert "<img src=x onerror=alert(1)>" in page.locator("#tables").inner_text()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("made", [map_page(), compare_page()], ids=["one", "compare"])
def test_axe_finds_nothing_serious(
    opened: Callable[[str], "Page"], made: MapPage, width: int
) -> None:
    page = opened(render(made, run="run"))
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then((result) => result.violations)")
    serious = [
        (each["id"], each["nodes"][0]["html"])
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]
    assert serious == []


def test_an_extract_is_drawn_beneath_the_layers(opened: Callable[[str], "Page"]) -> None:
    """The lake fills the tile's western half, which ends at the sample's western edge."""
    page = opened(render(map_page(), run="run", extract=pmtiles(8, 73, 97)))
    page.wait_for_function("document.querySelectorAll('.leaflet-tile-pane canvas').length > 1")
    # Each tile's middle, by way of a canvas that is meant to be read.
    colors = """() => {
      const pixel = Object.assign(document.createElement('canvas'), { width: 1, height: 1 })
        .getContext('2d', { willReadFrequently: true });
      const found = [...document.querySelectorAll('.leaflet-tile-pane canvas')].map((tile) => {
        pixel.clearRect(0, 0, 1, 1);
        pixel.drawImage(tile, tile.width / 2, tile.height / 2, 1, 1, 0, 0, 1, 1);
        return pixel.getImageData(0, 0, 1, 1).data.join();
      });
      return [...new Set(found)].sort();
    }"""
    page.wait_for_function(f"({colors})().length === 2")
    lake, land = page.evaluate(colors)
    assert land == "255,255,255,255" and lake not in {land, "0,0,0,0"}


def test_what_a_notebook_adds_is_drawn_above(opened: Callable[[str], "Page"]) -> None:
    made = folium_map(map_page())
    folium.Marker([39.33, -76.59], popup="Added by hand").add_to(made)
    page = opened(render(map_page(), run="run", maps=[made]))
    marker = page.locator("img.leaflet-marker-icon")
    assert marker.evaluate("(image) => image.complete && image.naturalWidth") > 0
    marker.click()
    page.get_by_text("Added by hand").wait_for()


def test_online_tiles_fail_quietly_and_come_from_one_host(
    browser: "Browser", tmp_path: Path
) -> None:
    tiles = Tiles(url="https://{s}.tiles.example.org/{z}/{x}/{y}.png", attribution="Made <by>")
    path = tmp_path / "map.html"
    path.write_text(render(map_page(), run="run", tiles=tiles), encoding="utf-8", newline="\n")
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if r.url.startswith("http") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_function("document.documentElement.dataset.ready === 'true'")
    page.wait_for_function(
        "[...document.querySelectorAll('img.leaflet-tile')].some((tile) => tile.naturalWidth === 1)"
    )
    assert page.locator(".leaflet-control-attribution").inner_text() == "Made <by>"
    context.close()
    assert errors == []
    assert asked and all(url.split("/")[2].endswith(".tiles.example.org") for url in asked)


def test_without_scripts_the_page_says_what_it_is(browser: "Browser", tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    path.write_text(render(map_page(), run="run"), encoding="utf-8", newline="\n")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    text = page.locator("body").inner_text()
    context.close()
    assert "scripts are switched off here" in text
    assert "Sample district: network and home access" in text and "Run 0123456789ab." in text


def test_an_empty_page_opens(opened: Callable[[str], "Page"]) -> None:
    page = opened(render(replace(map_page(), layers=(), shapes=(), sliders=()), run="run"))
    assert page.locator("#netplan-error").count() == 0


def test_the_legend_fills_as_the_map_does(opened: Callable[[str], "Page"]) -> None:
    page = opened(render(map_page(), run="run"))
    look = page.evaluate(
        "netplan.fillOf(netplan.specs.get('areas').legend.colors.find((c) => c.fill === 'hatch'))"
    )
    plain = page.evaluate("netplan.specs.get('areas').legend.colors[3].color")
    assert look["ink"] and look["color"] != plain  # paler
    swatch = page.locator(f".legend svg:has(rect[fill='{look['color']}'])")
    assert swatch.count() == 1
    assert swatch.locator("path").get_attribute("stroke") == look["ink"]
    assert float(swatch.locator("path").get_attribute("stroke-width") or 0) == look["pixels"]


def test_what_is_withheld_is_one_line_of_the_card_and_one_rule(
    opened: Callable[[str], "Page"],
) -> None:
    layers = list(map_page().layers)
    at = [layer.layer_id for layer in layers].index("areas")
    areas = layers[at]
    lines = tuple(("Group G1 of 4 areas",) if row == 3 else () for row in range(len(areas.keys)))
    layers[at] = replace(areas, lists={"Shown with its neighbors": lines})
    page = opened(render(replace(map_page(), layers=tuple(layers)), run="run"))
    page.evaluate("netplan.set({selected: {layer: 'areas', row: 3}})")
    card = page.locator(".map-card")
    card.wait_for()
    assert card.locator("p", has_text="Group G1 of 4 areas").count() == 1
    assert card.get_by_text("Withheld", exact=True).count() <= 1
    assert page.evaluate("netplan.isWithheld(netplan.specs.get('areas'), 3)") is True
    assert page.evaluate("netplan.isWithheld(netplan.specs.get('areas'), 0)") is False


def test_words_of_a_step_and_of_a_number_under_zero(opened: Callable[[str], "Page"]) -> None:
    page = opened(render(map_page(), run="run"))
    told = "netplan.told({}, {{decimals: 0, percent: false, negative: 'too many'}}, netplan.format)"
    assert page.evaluate(told.format(-646)) == "646 too many"
    assert page.evaluate(told.format(646)) == "646"


def test_notes_on_the_numbers_are_folded_beneath_the_footer(
    opened: Callable[[str], "Page"],
) -> None:
    page = opened(render(replace(map_page(), notes=("First <b>note", "Second")), run="run"))
    notes = page.locator("footer details")
    assert notes.locator("summary").inner_text() == "Notes on the numbers (2)"
    assert not notes.get_by_text("First <b>note").is_visible()
    notes.locator("summary").click()
    assert notes.get_by_text("First <b>note").is_visible()
