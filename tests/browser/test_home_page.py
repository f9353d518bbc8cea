"""The after-school page in a real browser: nothing leaves it, hostile names are text, it fits."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import netplan
from tests.unit.after_school import AFTER_SCHOOL, write_after_school

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
NAMES = ("<script>alert(1)</script>", "{{7*7}} {% raw %}", '"><img src=x onerror=alert(1)>')


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a plan whose places have code for names."""
    folder = tmp_path_factory.mktemp("hostile")
    hostile = {
        name: text.replace("Main Library", NAMES[0])
        .replace("Hill Church", NAMES[1])
        .replace("Elm lot", '"' + NAMES[2].replace('"', '""') + '"')
        .replace("Example Mobile", "=cmd|'/C calc'!A0")
        for name, text in AFTER_SCHOOL.items()
    }
    write_after_school(folder / "in", {**hostile, "access.toml": "budget_usd_per_year = 60000\n"})
    netplan.plan(netplan.load(folder / "in"), out=folder / "out")
    return folder / "out"


def test_hostile_names_are_shown_as_text(page: "Page", site: Path) -> None:
    page.goto((site / "home.html").as_uri())
    names = page.locator("#t-sites tbody th").all_inner_texts()
    assert NAMES[0] in names
    assert NAMES[1] in names
    assert page.locator("img").count() == 0
    assert "=cmd" in " ".join(names)
    # and no spreadsheet runs them
    assert (
        ",'=cmd" not in (site / "access_sites.csv").read_text(encoding="utf-8-sig").split("\n")[0]
    )
    for path in site.glob("*.csv"):
        for cell in re.split(r"[,\n]", path.read_text(encoding="utf-8-sig")):
            assert not cell.strip('"').startswith(("=", "@")), (path.name, cell)


def test_the_two_halves_lead_to_each_other(page: "Page", site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.get_by_role("link", name="Home access").click()
    assert page.url.endswith("home.html")
    for link in page.locator("a[href]").all():
        target = str(link.get_attribute("href"))
        if target.startswith("#"):
            assert page.locator(target).count() == 1, target
        else:
            assert (site / target.split("#", maxsplit=1)[0]).is_file(), target
    page.get_by_role("link", name="The school day").click()
    assert page.url.endswith("index.html")


@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_and_its_chart_can_be_read(page: "Page", site: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((site / "home.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [
        box
        for text in page.locator("figure.chart svg text").all()
        if (box := text.bounding_box()) is not None
    ]
    assert len(boxes) > 8
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            apart = (
                one["x"] + one["width"] <= other["x"] + 1
                or other["x"] + other["width"] <= one["x"] + 1
                or one["y"] + one["height"] <= other["y"] + 3
                or other["y"] + other["height"] <= one["y"] + 3
            )
            assert apart, (one, other)


def test_every_number_of_people_has_its_error_or_is_withheld(page: "Page", site: Path) -> None:
    page.goto((site / "home.html").as_uri())
    cells = page.locator("#t-areas tbody tr td:nth-child(3)").all_inner_texts()
    assert cells
    for cell in cells:
        assert "±" in cell or cell in {"withheld", "–"}
