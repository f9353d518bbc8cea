"""axe-core on every kind of page, wide and narrow: nothing serious."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
#: Kind of page to a file of the folder that `harbor` gives; the first where there are many.
KINDS = {
    "index": "plan/index.html",
    "building": "plan/buildings/*.html",
    "home": "plan/home.html",
    "network map": "plan/maps/network.html",
    "home map": "plan/maps/home-access.html",
    "compare map": "plan/maps/compare.html",
    "board": "report/board.html",
}
RUN = """axe.run().then((result) => result.violations
  .filter((each) => ["serious", "critical"].includes(each.impact))
  .map((each) => `${each.id} ${each.nodes.length}x: ${each.nodes[0].html} | `
    + each.nodes[0].failureSummary))"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_serious(page: "Page", harbor: Path, kind: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    path = min(harbor.glob(KINDS[kind]))
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    if path.parent.name == "maps":
        page.wait_for_selector("html[data-ready=true]", state="attached")
        # with everything open that opens: layers, tables, a card
        page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
        box = page.get_by_role("combobox").first
        box.fill("a")
        box.press("Enter")
        page.locator(".map-card").first.wait_for()
        # while a card fades in, its text has less contrast than it will have
        for card in page.locator(".leaflet-popup").all():
            expect(card).to_have_css("opacity", "1")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(RUN) == []
    title = page.title()
    assert title and page.locator("html").get_attribute("lang") == "en"
    assert page.locator("main").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
