"""The output folder in a real browser: nothing leaves it, it works by hand, it fits a phone."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from netplan.report.folder import write_plan
from tests.browser.sample import sample_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "out"
    write_plan(sample_report(), out)
    return out


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("hostile") / "out"
    write_plan(sample_report(hostile=True), out)
    return out


def _column(page: "Page", table: str, column: int) -> list[str]:
    cells = page.locator(f"#{table} tbody tr:visible > *:nth-child({column})")
    return [text.strip() for text in cells.all_inner_texts()]


def test_sorting_goes_by_value_and_back(page: "Page", site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    heading = page.locator("#t-buildings thead tr:last-child th", has_text="Load down")
    heading.locator("button").click()
    loads = [float(text.replace(",", "")) for text in _column(page, "t-buildings", 3)]
    assert loads == sorted(loads, reverse=True)
    assert heading.get_attribute("aria-sort") == "descending"
    heading.locator("button").press("Enter")
    loads = [float(text.replace(",", "")) for text in _column(page, "t-buildings", 3)]
    assert loads == sorted(loads)
    assert heading.get_attribute("aria-sort") == "ascending"
    page.locator("#t-buildings th button", has_text="Status").click()
    assert _column(page, "t-buildings", 2)[0] == "Over"
    assert page.locator("#t-buildings th[aria-sort]").count() == 1
    page.locator("#t-buildings th button", has_text="Room runs out").click()
    assert _column(page, "t-buildings", 13)[-1] == "–"


def test_search_hides_the_others(page: "Page", site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.get_by_label("Search this table").first.fill("hickory over")
    names = _column(page, "t-buildings", 1)
    assert names == ["Hickory School 3", "Hickory School 8", "Hickory School 13"]
    assert page.locator("[data-shown=t-buildings]").inner_text() == "3 of 24 rows"


def test_a_long_table_shows_a_part_and_finds_the_rest(page: "Page", site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    assert len(_column(page, "t-links", 1)) == 25
    shown = page.locator("[data-shown=t-links]")
    assert shown.inner_text() == "25 of 99 rows"
    search = page.locator("input[data-search=t-links]")
    search.fill("in-s001 up")
    assert _column(page, "t-links", 1) == ["link IN-S001"]
    search.fill("")
    page.locator("#t-links th button", has_text="Used").click()
    assert len(_column(page, "t-links", 1)) == 25
    page.get_by_role("button", name="Show all 99 rows").click()
    assert len(_column(page, "t-links", 1)) == 99
    assert page.get_by_role("button", name="Show all 99 rows").count() == 0


def test_without_scripts_a_long_table_is_whole(browser: "Browser", site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto((site / "index.html").as_uri())
    assert opened.locator("#t-links tbody tr:visible").count() == 99
    context.close()


def test_a_cut_table_says_so(page: "Page", site: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto((site / "index.html").as_uri())
    box = page.locator(".box:has(#t-buildings)")
    assert "right" in (box.get_attribute("class") or "").split()
    assert page.locator(".hint:visible", has_text="sideways").count() > 0
    box.locator(".scroll").evaluate("each => { each.scrollLeft = each.scrollWidth }")
    page.locator(".box:not(.right):has(#t-buildings)").wait_for()


def test_a_phone_shows_terms_as_cards_and_whole_charts(page: "Page", site: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto((site / "buildings" / "S002.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    card = page.locator("table.cards tbody td").first
    assert card.evaluate("each => getComputedStyle(each).display") == "grid"
    for chart in page.locator(".chart svg").all():
        place = chart.bounding_box()
        assert place is not None
        assert place["x"] + place["width"] <= 390


def test_the_first_printed_page_is_the_summary(page: "Page", site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 960})  # Letter, less its margins
    end = page.locator("#first").bounding_box()
    assert end is not None
    assert end["y"] + end["height"] <= 960
    after = page.evaluate("getComputedStyle(document.querySelector('#first')).breakAfter")
    assert after == "page"


def test_numbers_unfold(page: "Page", site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.get_by_role("link", name="Maple School 2", exact=True).last.click()
    assert "Over" in page.locator("h1").inner_text()
    first = page.locator("details.number").first
    assert not first.locator(".formula").is_visible()
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    assert first.locator(".formula").is_visible()
    assert "sqrt" in first.locator(".formula").inner_text()
    page.get_by_role("link", name="Hickory School 3").first.click()
    assert "Hickory School 3" in page.locator("h1").inner_text()


def test_the_keyboard_reaches_the_content_first(page: "Page", site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["index.html", "buildings/S002.html"])
def test_nothing_is_wider_than_the_screen(
    page: "Page", site: Path, hostile: Path, width: int, name: str
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    for folder in (site, hostile):
        target = folder / name
        page.goto((target if target.is_file() else next(folder.glob("buildings/*"))).as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.body.scrollWidth") <= width


def test_hostile_names_do_nothing(page: "Page", hostile: Path) -> None:
    for path in [hostile / "index.html", *sorted(hostile.glob("buildings/id*.html"))]:
        page.goto(path.as_uri())
        assert page.locator("img").count() == 0
        assert page.locator("script").count() == 1
    page.goto((hostile / "index.html").as_uri())
    page.get_by_role("link", name="<script>alert(1)</script>").first.click()
    assert "<script>alert(1)</script>" in page.locator("h1").inner_text()


def test_a_foreign_script_would_be_stopped(browser: "Browser", site: Path) -> None:
    opened = browser.new_page()
    opened.goto((site / "index.html").as_uri())
    opened.evaluate(
        "const s = document.createElement('script'); s.textContent = 'window.broken = 1';"
        "document.body.append(s)"
    )
    assert opened.evaluate("window.broken") is None
    opened.close()


def test_print_unfolds_everything(page: "Page", site: Path) -> None:
    page.goto((site / "buildings" / "S002.html").as_uri())
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0
