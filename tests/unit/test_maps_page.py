"""Map pages: stable, closed by hash, free of other people's text but in the one island."""

import base64
import hashlib
import json
from dataclasses import replace
from html.parser import HTMLParser

import folium
import pytest
from folium.plugins import MarkerCluster

from netplan.errors import InputError
from netplan.maps import basemap, text
from netplan.maps.basemap import Tiles
from netplan.maps.model import MapPage
from netplan.maps.page import folium_map, render
from netplan.maps.vendor import inline
from tests.browser.extract import pmtiles
from tests.browser.map_pages import compare_page, map_page
from tests.unit.test_maps_encode import PAYLOADS, hostile

TILES = Tiles(url="https://{s}.tiles.example.org/{z}/{x}/{y}.png", attribution="<b>Me & you</b>")


class Page(HTMLParser):
    """What a browser finds in a page: elements, styles and scripts, text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.held: list[tuple[str, str]] = []
        self.text = ""
        self.inside = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self.held.append((tag, ""))
            self.inside = True

    def handle_endtag(self, _: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            tag, before = self.held[-1]
            self.held[-1] = (tag, before + data)
        else:
            self.text += data

    def policy(self) -> dict[str, list[str]]:
        content = next(a["content"] for _, a in self.tags if "http-equiv" in a)
        return {part.split()[0]: part.split()[1:] for part in (content or "").split("; ")}


@pytest.mark.parametrize("page", [map_page(), compare_page()], ids=["one", "compare"])
def test_two_renders_are_the_same(page: MapPage) -> None:
    first = render(page, run="run")
    folium.Map()  # what others do in the process changes nothing
    assert render(page, run="run") == first


@pytest.mark.parametrize("page", [map_page(), compare_page(), hostile(map_page())])
def test_every_script_and_style_is_named_by_its_hash(page: MapPage) -> None:
    found = Page(render(page, run="run"))
    policy = found.policy()
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        inside = [held for kind, held in found.held if kind == tag]
        if tag == "script":
            inside = inside[1:]  # the island is data, which nothing runs
        digests = [base64.b64encode(hashlib.sha256(x.encode()).digest()).decode() for x in inside]
        assert policy[rule] == [f"'sha256-{digest}'" for digest in digests]
    assert policy["default-src"] == ["'none'"]
    assert policy["img-src"] == ["data:", "blob:"]
    assert not any("unsafe" in word for words in policy.values() for word in words)


def test_nothing_is_fetched_and_nothing_runs_from_an_attribute() -> None:
    found = Page(render(hostile(map_page()), run="run"))
    for tag, attributes in found.tags:
        assert tag not in {"link", "img", "iframe", "object", "base"}
        assert not any(name.startswith("on") or name in {"src", "style"} for name in attributes)
    assert [a["href"] for t, a in found.tags if t == "a"] == ["#main", "index.html"]


def test_text_of_others_stands_in_the_island_and_escaped_only() -> None:
    html = render(hostile(map_page()), run="run")
    found = Page(html)
    island = next(held for kind, held in found.held if kind == "script")
    assert json.loads(island)["layers"]
    rest = html.replace(island, "")
    scripts = "".join(held for _, held in found.held if held != island)
    for payload in PAYLOADS[:7]:
        assert payload not in scripts
    for mark in ("<script>alert", "<img", "</script><script>alert", "<!--"):
        assert mark not in rest
    # The header shows them as they are, braces and all: nothing was evaluated.
    for payload in PAYLOADS[:7]:
        assert payload in found.text


def test_title_landmarks_and_a_page_that_may_be_enlarged() -> None:
    found = Page(render(map_page(), run="run"))
    tags = [tag for tag, _ in found.tags]
    assert [tags.count(t) for t in ("header", "main", "footer", "h1", "title", "noscript")] == [
        1
    ] * 6
    assert ("html", {"lang": "en"}) in found.tags
    viewport = [a["content"] for t, a in found.tags if t == "meta" and a.get("name") == "viewport"]
    assert viewport == ["width=device-width, initial-scale=1"]
    ids = [a["id"] for _, a in found.tags if a.get("id")]
    assert len(ids) == len(set(ids))
    assert {"main", "map", "panel", "tables", "netplan-data"} <= set(ids)
    assert "Made by hand, as of 2026-11-23." in found.text
    both = [a.get("id") for _, a in Page(render(compare_page(), run="run")).tags]
    assert {"maps", "map-before", "map-after"} <= set(both) and "map" not in both


def test_folium_s_classes_stay_as_they_are() -> None:
    before = (list(folium.Map.default_js), list(folium.Map.default_css), folium.Map._template)
    render(map_page(), run="run")
    assert before == (folium.Map.default_js, folium.Map.default_css, folium.Map._template)
    assert "cdn.jsdelivr.net" in folium.Map().get_root().render()


def test_a_folium_map_holds_no_text_of_the_district() -> None:
    made = folium_map(hostile(map_page()))
    drawn = made.get_root().render()
    assert not any(text.shown(payload)[:30] in drawn for payload in PAYLOADS[:7])


def test_a_notebook_may_add_to_the_map() -> None:
    made = folium_map(map_page())
    folium.Marker([39.32, -76.6], popup="Here").add_to(made)
    html = render(map_page(), run="run", maps=[made])
    assert "L.marker(" in html and "L.Icon.Default.mergeOptions" in html and "jQuery" in html
    assert "jQuery" not in render(map_page(), run="run")


def test_what_needs_the_internet_cannot_be_added() -> None:
    made = folium_map(map_page())
    MarkerCluster().add_to(made)
    with pytest.raises(ValueError, match="which no page fetches"):
        render(map_page(), run="run", maps=[made])


def test_a_page_that_compares_needs_both_maps() -> None:
    with pytest.raises(ValueError, match="1 maps for a page of 2"):
        render(compare_page(), run="run", maps=[folium_map(compare_page(), "before")])


# ---- basemaps


def test_online_tiles_are_allowed_from_their_host_only() -> None:
    html = render(map_page(), run="run", tiles=TILES)
    assert Page(html).policy()["img-src"] == ["data:", "blob:", "https://*.tiles.example.org"]
    # Escaped as HTML, which Leaflet reads it as, and that as script.
    assert "<b>Me" not in html
    assert "&lt;b&gt;Me &amp; you".replace("&", "\\u0026") in html
    assert "tiles.example.org" not in render(map_page(), run="run")


@pytest.mark.parametrize(
    "url",
    ["http://a.example/{z}/{x}/{y}.png", "https://a.example/{z}/{x}.png", "javascript:x{z}{x}{y}",
     "https://a.example/{z}/{x}/{y}.png'; script-src *", "https://*/{z}/{x}/{y}.png",
     "https://a.example;x/{z}/{x}/{y}", "https://u@a.example/{z}/{x}/{y}", "OpenStreetMap"],
)  # fmt: skip
def test_other_addresses_of_tiles_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not an address of tiles"):
        Tiles(url=url)


def test_an_extract_stands_in_the_page() -> None:
    data = pmtiles(8, 73, 97)
    found = Page(render(map_page(), run="run", extract=data))
    inside = [held for kind, held in found.held if kind == "script"]
    assert base64.b64decode(inside[1]) == data
    assert found.policy()["img-src"] == ["data:", "blob:"]
    assert "PMTiles" not in render(map_page(), run="run")


def test_an_extract_that_is_none_or_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="PMTiles file of version 3"):
        basemap.pmtiles_island(b"PK\3\4", file="basemap/a.pmtiles")
    monkeypatch.setattr(basemap, "MOST_BYTES", 100)
    with pytest.raises(InputError, match="too large to stand inside a page"):
        basemap.pmtiles_island(pmtiles(8, 73, 97), file="basemap/a.pmtiles")


# ---- what may stand inside an element


@pytest.mark.parametrize("script", ["a</script>b", "a</STYLE >", "<!-- a", "a\rb", "a\0"])
def test_a_script_that_would_end_early_is_refused(script: str) -> None:
    with pytest.raises(ValueError, match="cannot stand inside a page"):
        inline("x.js", script)
    assert inline("x.js", "a\r\nb") == "a\nb"


def test_an_unknown_title_does_no_harm() -> None:
    page = replace(map_page(), title="", intro=(), links=(), footer=())
    assert "<title></title>" in render(page, run="")
