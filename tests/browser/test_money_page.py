"""The page on money in a browser: it fits, reads well by machine, and asks for nothing."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from netplan.report.money_folder import write_cost
from tests.browser.test_axe import AXE, RUN
from tests.unit.money_case import cost_report

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def money(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cost(cost_report(), tmp_path_factory.mktemp("money") / "out")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_and_axe_finds_nothing_serious(page: "Page", money: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(money.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(RUN) == []
    # large numbers stay inside their boxes
    assert page.evaluate(
        "[...document.querySelectorAll('ul.tiles li')].every((e) => e.scrollWidth <= e.clientWidth)"
    )


def test_the_chart_says_its_numbers(page: "Page", money: Path) -> None:
    page.goto(money.as_uri())
    chart = page.get_by_role("img", name="Cost by school year, and what pays for it")
    assert chart.is_visible()
    assert "8,200 USD by nobody yet" in (chart.locator("desc").text_content() or "")
    titles = chart.locator("title").all_text_contents()
    assert "2028-29, nobody yet: 3,200 USD" in titles
