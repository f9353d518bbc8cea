"""The maps hold what they held when somebody last looked, and the same page is the same bytes."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from netplan.maps.model import MapPage
from netplan.maps.page import render
from tests.golden.maps import MAPS, golden_of, harbor_pages, skeleton, small_pages
from tests.golden.test_golden_harbor_county import SHOWN, differences

ROOT = Path(__file__).parents[2]
#: Prints the digest of each page, in a process of its own.
ELSEWHERE = """
import hashlib
from netplan.maps.page import render
from tests.golden.maps import small_pages
for page in small_pages():
    print(hashlib.sha256(render(page, run="run").encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def small() -> tuple[MapPage, ...]:
    return small_pages()


def test_the_sample_district_s_maps_are_as_they_were(small: tuple[MapPage, ...]) -> None:
    golden = json.loads(MAPS.read_text(encoding="utf-8"))
    now = golden_of(harbor_pages(), small)
    found = sorted(differences(golden, json.loads(json.dumps(now))))
    told = "\n".join(found[:SHOWN])
    assert not found, (
        f"{len(found)} differences, such as\n{told}\n"
        "If they are meant: python -m tests.golden.regenerate, and say why in the commit."
    )


def test_a_page_is_the_same_bytes_each_time_and_in_every_process(
    small: tuple[MapPage, ...],
) -> None:
    texts = [render(page, run="run") for page in small]
    assert texts == [render(page, run="run") for page in small]
    run = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)},
    )
    assert run.stdout.split() == [hashlib.sha256(text.encode()).hexdigest() for text in texts]


def test_ids_are_stable_and_stand_once(small: tuple[MapPage, ...]) -> None:
    for page in small:
        html = re.sub(r"<script.*?</script>", "", render(page, run="run"), flags=re.DOTALL)
        ids = re.findall(r'\bid="([^"]+)"', html)
        assert len(ids) == len(set(ids)) > 3
        # Folium's own ids are 32 random digits
        assert not [each for each in ids if re.search(r"[0-9a-f]{32}", each)]


def test_the_golden_html_notices_template_policy_ids_and_folium(
    small: tuple[MapPage, ...],
) -> None:
    html = render(small[0], run="run")
    before = skeleton(html)
    assert before["policy"].startswith("default-src 'none'; script-src ") and before["folium"]
    for old, new, part in (
        ("img-src data:", "img-src *", "policy"),
        ('id="panel"', 'id="panels"', "body"),
        ("<h1>", "<h1 >", "header"),
        ("</footer>", "<p></p></footer>", "footer"),
        ("maxZoom", "maxZooms", "folium"),
    ):
        at = html.rindex(old) if part in {"footer", "folium"} else html.index(old)
        changed = skeleton(html[:at] + new + html[at + len(old) :])
        assert part in {name for name in before if before[name] != changed[name]}
    # netplan's own script is not part of it
    assert skeleton(html.replace("np.onStart", "np.onStarted")) == before


def test_the_golden_file_is_small_enough_to_read_in_a_review() -> None:
    assert MAPS.stat().st_size < 300_000
