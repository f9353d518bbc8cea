"""What the maps' golden file holds: the data of each page, as counts and sums of its parts, and
the parts of the HTML around it.

Of the sample district the network and the need: a plan of its size is the best of a search that
time ends. Of the three-school district, whose plan is proven, all pages.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import netplan
from netplan.maps.encode import encode_page
from netplan.maps.model import MapPage
from netplan.maps.page import render
from netplan.report.map_files import map_pages
from netplan.report.model import Home, Report
from netplan.report.provenance import run_id
from tests.unit.after_school import write_after_school

HARBOR = Path(__file__).parents[2] / "data" / "schools" / "harbor-county"
MAPS = Path(__file__).with_name("maps.json")


def harbor_pages() -> tuple[MapPage, ...]:
    """Give the maps of the sample district without a plan."""
    district = netplan.load(HARBOR)
    report = replace(netplan.check(district), home=Home(gap=netplan.gap(district)))
    return _pages(report)


def small_pages() -> tuple[MapPage, ...]:
    """Give the maps of the three-school district with its plan."""
    with TemporaryDirectory() as folder:
        district = netplan.load(write_after_school(Path(folder) / "in"))
        plan = netplan.access(district)
        report = replace(netplan.check(district), home=Home(gap=plan.gap, access=plan))
        return _pages(report)


def _pages(report: Report) -> tuple[MapPage, ...]:
    """Give the maps without the run's id, which each version of netplan changes."""
    run = run_id(report)
    return tuple(
        replace(page, footer=tuple(line.replace(run, "run") for line in page.footer))
        for page in map_pages(report)
    )


def current_maps() -> dict[str, Any]:
    """Give what the golden file would hold now."""
    return golden_of(harbor_pages(), small_pages())


def golden_of(harbor: tuple[MapPage, ...], small: tuple[MapPage, ...]) -> dict[str, Any]:
    """Give the golden file's document: data of both districts, and the small one's HTML."""
    return {
        "harbor-county": {page.page_id: summary(page) for page in harbor},
        "three-schools": {page.page_id: summary(page) for page in small},
        "html": {page.page_id: skeleton(render(page, run="run")) for page in small},
    }


def skeleton(html: str) -> dict[str, Any]:
    """Give what the template and Folium make of a page, part by part.

    Scripts and styles of netplan and Leaflet are left out: their hashes change with every line.
    """
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    scripts = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    body = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
    return {
        "policy": re.sub(r"sha256-[^']*", "sha256", unescape(policy)),
        "header": _digest(re.findall(r"<header>.*?</header>", body, flags=re.DOTALL)),
        "footer": _digest(re.findall(r"<footer>.*?</footer>", body, flags=re.DOTALL)),
        "body": re.findall(r"<(?!/|p\b|li\b|!)[a-z0-9]+(?: [^>]*)?>", body.split("<body>")[1]),
        "folium": [
            script for script in scripts if "netplan.attach(" in script and "L.map(" in script
        ],
    }


def summary(page: MapPage) -> dict[str, Any]:
    """Give a page's data, its long lists as counts and sums."""
    data = json.loads(encode_page(page, run="run"))
    for shapes in data["shapes"].values():
        shapes["rows"] = _shapes(shapes["rows"])
    for layer in data["layers"]:
        columns = layer["columns"]
        layer["cells"] = {
            column["key"]: _values(cells)
            for column, cells in zip(columns, layer["cells"], strict=True)
        }
        layer["rows"] = len(layer["keys"])
        for name in ("keys", "names", "hrefs"):
            layer[name] = _values(layer[name])
        for name in ("color", "mark", "width", "dashed"):
            layer[name] = None if layer[name] is None else _counts(layer[name])
        layer["radius_m"] = None if layer["radius_m"] is None else _values(layer["radius_m"])
        layer["lists"] = {
            heading: [len(rows), sum(map(len, rows)), _digest(map(str, rows))]
            for heading, rows in layer["lists"].items()
        }
        layer["facets"] = {
            name: {**facet, "rows": _counts(facet["rows"])}
            for name, facet in layer["facets"].items()
        }
        layer["steps"] = {name: _steps(steps) for name, steps in layer["steps"].items()}
    return dict(data)


def _shapes(rows: Any) -> dict[str, Any]:
    """Give how many are drawn and how many characters their lines have."""
    if isinstance(rows, str):
        return {"points": len(rows), "digest": _digest([rows])}
    drawn = [row for row in rows if row is not None]
    return {"rows": len(rows), "drawn": len(drawn), "characters": len(json.dumps(drawn))}


def _values(cells: list[Any]) -> dict[str, Any]:
    """Give sums of numbers, and a digest of texts."""
    numbers = [cell for cell in cells if isinstance(cell, int | float)]
    texts = [cell for cell in cells if isinstance(cell, str)]
    found: dict[str, Any] = {"unknown": sum(cell is None for cell in cells)}
    if numbers:
        found["numbers"] = [len(numbers), min(numbers), sum(numbers), max(numbers)]
    if texts:
        found["texts"] = [len(texts), texts[0], _digest(texts)]
    return found


def _steps(steps: dict[str, Any]) -> dict[str, Any]:
    """Give the classes of each step, and the sums of its values."""
    counted = {
        name: None if steps[name] is None else [_counts(step) for step in steps[name]]
        for name in ("color", "width", "present")
    }
    values = {key: [_values(step) for step in each] for key, each in steps["values"].items()}
    return {**counted, "values": values}


def _counts(classes: Iterable[Any]) -> dict[str, int]:
    return {str(each): count for each, count in sorted(Counter(classes).items())}


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
