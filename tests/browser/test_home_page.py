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
    page.get_by_role("link", name=re.compile("^Home access")).click()
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
    heads = page.locator("#t-areas thead th").all_inner_texts()
    assert "Where" in heads[0]
    assert "offline" in heads[2]
    assert cells
    for cell in cells:
        assert "±" in cell or cell in {"withheld", "–"}


def test_every_number_unfolds_into_formula_terms_and_sources(page: "Page", site: Path) -> None:
    page.goto((site / "home.html").as_uri())
    numbers = page.locator("details.number").all()
    assert len(numbers) == 8
    for number in numbers:
        assert not number.locator(".formula").is_visible()
        number.locator("summary").click()
        assert number.locator(".formula").is_visible()
        assert number.locator("table.cards tbody tr").count() >= 1
        assert "How sure:" in number.inner_text()


@pytest.fixture(scope="module")
def buses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a plan of buses alone, whose fleet and slots are guesses, on six days of the week."""
    folder = tmp_path_factory.mktemp("buses")
    days = ("mon", "tue", "wed", "thu", "fri", "sat")
    slots = "slot_id,weekday,start,end,guess\n" + "".join(
        f'{day}-{start},{day},{start}:30,{start + 2}:30,"start, end: week-slots"\n'
        for day in days
        for start in (15, 18)
    )
    fleet = AFTER_SCHOOL["buses.csv"].replace("usd_per_hour\n", "usd_per_hour,guess\n")
    stops = AFTER_SCHOOL["stops.csv"].replace(
        "Elm lot", "Corner of Old Palm Avenue and Harbor Boulevard northbound far side"
    )
    write_after_school(
        folder / "in",
        {
            "access.toml": "hours_per_week_needed = 12\nwalk_limit_m = 5000\ndraws = 20\n",
            "buses.csv": fleet.replace(",22\n", ",22,usd_per_hour: bus-driver\n"),
            "slots.csv": slots,
            "stops.csv": stops,
            "offers.csv": None,
            "partners.csv": None,
        },
    )
    netplan.plan(netplan.load(folder / "in"), out=folder / "out")
    return folder / "out"


@pytest.mark.parametrize("width", [1280, 390])
def test_the_whole_timetable_is_seen_without_scrolling_sideways(
    page: "Page", buses: Path, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((buses / "home.html").as_uri())
    captions = page.locator("#timetable caption").all_inner_texts()
    assert [caption.split()[0] for caption in captions] == [
        *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
    ]
    assert all("guess" in caption for caption in captions)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cells = page.locator("#timetable tbody tr > *").all()
    assert len(cells) >= 12
    for cell in cells:
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_guesses_are_marked_on_the_page(page: "Page", buses: Path) -> None:
    page.goto((buses / "home.html").as_uri())
    assert page.locator("#t-sites .mark").count() >= 1
    assert page.locator("#guesses tbody tr").count() == 2
    assert "are guesses by rule" in page.locator("header").inner_text()
