"""Every page of the sample district, opened from a folder on a machine without any network."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser

#: Addresses that the page holds itself.
INSIDE = ("file:", "data:", "blob:", "about:")
#: What a page has loaded, and what it shows that it could not load.
LOADED = """() => ({
  resources: performance.getEntriesByType("resource").map((each) => each.name),
  broken: [...document.images].filter((each) => !each.complete || each.naturalWidth === 0)
    .map((each) => each.outerHTML.slice(0, 200)),
  outside: [...document.querySelectorAll("[src], link[href], object[data], use[href]")]
    .map((each) => each.getAttribute("src") || each.getAttribute("href") || each.data)
    .filter((each) => each && !/^(data:|blob:|#)/.test(each)),
  styles: [...document.styleSheets].filter((each) => each.href).map((each) => each.href),
})"""
NOTHING: dict[str, list[str]] = {"resources": [], "broken": [], "outside": [], "styles": []}


@pytest.fixture
def alone(browser: "Browser") -> Iterator["Page"]:
    """Give a page for which no host is there; its test fails when it asks one, or complains."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    wrong: list[str] = []

    def refuse(route: "Route") -> None:
        if route.request.url.startswith(INSIDE):
            route.continue_()
        else:
            wrong.append(f"asks for {route.request.url}")
            route.abort()

    context.route("**/*", refuse)
    page = context.new_page()
    page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
    page.on("websocket", lambda socket: wrong.append(f"socket: {socket.url}"))
    page.on("console", lambda message: wrong.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


def show(page: "Page", path: Path) -> None:
    page.goto(path.as_uri())
    if path.parent.name == "maps":
        page.wait_for_selector("html[data-ready=true]", state="attached")


def pages_of(harbor: Path) -> list[Path]:
    return sorted(harbor.glob("plan/**/*.html")) + sorted(harbor.glob("report/*.html"))


def test_every_page_opens_whole_without_a_network(alone: "Page", harbor: Path) -> None:
    pages = pages_of(harbor)
    names = {path.relative_to(harbor).as_posix() for path in pages}
    assert names >= {
        *("plan/index.html", "plan/home.html", "report/board.html"),
        *(f"plan/maps/{name}.html" for name in ("network", "home-access", "compare")),
    }
    for path in pages:
        show(alone, path)
        alone.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
        alone.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)))")
        assert alone.evaluate(LOADED) == NOTHING, path.name
        assert alone.locator("h1").count() == 1, path.name
        assert "undefined" not in alone.locator("body").inner_text(), path.name


def test_every_link_leads_to_a_file_or_a_place_that_is_there(alone: "Page", harbor: Path) -> None:
    ids: dict[Path, set[str]] = {}
    links: list[tuple[Path, str]] = []
    for path in pages_of(harbor):
        show(alone, path)
        ids[path] = set(alone.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)"))
        found = "[...document.querySelectorAll('a[href]')].map((e) => e.getAttribute('href'))"
        links += [(path, href) for href in alone.evaluate(found)]
    outside = {href for _, href in links if "://" in href}
    assert all(href.startswith("https://") for href in outside)
    for path, href in links:
        if href in outside:
            continue
        file, _, place = href.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.is_file(), (path.name, href)
        if place and target.parent.name != "maps":
            assert place in ids[target], (path.name, href)


@pytest.mark.parametrize("name", ["network", "home-access", "compare"])
def test_using_a_map_asks_nothing_of_any_host(alone: "Page", harbor: Path, name: str) -> None:
    show(alone, harbor / "plan" / "maps" / f"{name}.html")
    for slider in alone.locator("input[type=range]").all():
        slider.press("ArrowRight")
    for title in alone.locator(".layer > .row input").all():
        title.click()
    box = alone.get_by_role("combobox").first
    box.fill("a")
    box.press("Enter")
    alone.locator(".map-card").first.wait_for()
    alone.keyboard.press("Escape")
    view = alone.locator(".leaflet-container").first
    view.scroll_into_view_if_needed()
    alone.mouse.wheel(0, -400)
    alone.evaluate("netplan.maps[0].map.zoomIn(2, { animate: false })")
    with alone.expect_download() as started:
        alone.get_by_role("button", name="CSV").first.click()
    assert started.value.path().stat().st_size > 0
    assert alone.evaluate(LOADED) == NOTHING
