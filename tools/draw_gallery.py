"""Draw the gallery in maps/: the sample district's maps as pictures, for README.md.

Run ``python tools/draw_gallery.py`` in an environment with the test requirements and Chromium.
"""

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import netplan

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "schools" / "harbor-county"
GALLERY = ROOT / "maps" / SAMPLE.name
WIDE, NARROW = (1200, 760), (390, 760)
#: Picture, page, what its address says after #, window.
PICTURES = (
    ("network", "network", "", WIDE),
    ("home-access", "home-access", "", WIDE),
    ("before-after", "compare", "", WIDE),
    ("phone", "network", "", NARROW),
)


def main() -> None:
    """Plan the sample district in a folder that is thrown away, and photograph its maps."""
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    GALLERY.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        district = netplan.load(SAMPLE)
        netplan.map(netplan.check(district), netplan.home(district).access, out=f"{folder}/maps")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for picture, name, place, (width, height) in PICTURES:
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(f"{Path(folder, 'maps', name).as_uri()}.html{place}")
            page.wait_for_selector("html[data-ready=true]")
            page.wait_for_timeout(500)
            page.screenshot(path=GALLERY / f"{picture}.jpg", type="jpeg", quality=72)
            page.close()
        browser.close()
    sys.stdout.write(f"{len(PICTURES)} pictures in {GALLERY}\n")


if __name__ == "__main__":
    main()
