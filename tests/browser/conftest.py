"""One browser for all tests of pages; they are skipped where there is none."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import netplan
from netplan.report.board_folder import write_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(
    (
        path
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    ),
    None,
)
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="the Python package playwright is not installed"
    )
    with playwright.sync_playwright() as running:
        launched = running.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    """Give a page that fails its test when anything leaves the folder or is complained of."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("request", lambda r: None if r.url.startswith("file:") else wrong.append(r.url))
    opened.on("console", lambda message: wrong.append(message.text))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    yield opened
    context.close()
    assert wrong == []


@pytest.fixture(scope="session")
def harbor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write all pages of the sample district: a folder with ``plan`` and ``report`` in it.

    The plan is the best of a short search: what is tested is its pages.
    """
    out = tmp_path_factory.mktemp("harbor")
    sample = Path(__file__).parents[2] / "data" / "schools" / "harbor-county"
    shutil.copytree(sample, out / "in")
    with (out / "in" / "access.toml").open("a", encoding="utf-8") as settings:
        settings.write("\ntime_limit_s = 2\ndraws = 5\n")
    report, _ = netplan.plan(netplan.load(out / "in"), out=out / "plan")
    write_report(report, out / "report")
    return out
