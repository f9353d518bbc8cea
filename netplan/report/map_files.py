"""Map pages of a report: which there are, and where they stand."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from netplan.errors import InputError, Problem
from netplan.maps.basemap import Tiles
from netplan.maps.model import MapPage
from netplan.maps.page import render
from netplan.maps.pages import compare_page, home_page, network_page
from netplan.maps.scene import scene_of
from netplan.report.geopackage_out import write_layers
from netplan.report.home import AccessReport, GapReport
from netplan.report.model import Home, Report
from netplan.report.names import page_name
from netplan.report.provenance import run_id, run_record, stamp_text
from netplan.report.whole import RECORD, whole_folder

GEOPACKAGE = "district.gpkg"
#: Close enough to see the streets around a school.
_SCHOOL_ZOOM = 14
#: Files of the folder whose numbers are of a date, and what they are; no column holds the date.
_DATED: Mapping[str, Mapping[str, str]] = {
    "network": {
        "links.csv": "Links: links.csv of this folder (as-of date not stated in the folder).",
        "measured.csv": "Measured loads: measured.csv of this folder (as-of date not stated in "
        "the folder).",
    },
    "home": {
        "acs.csv": "ACS: acs.csv of this folder (vintage not stated in the folder).",
        "students.csv": "The district's own count: students.csv of this folder (as-of date not "
        "stated in the folder).",
        "availability.csv": "Broadband offered: availability.csv of this folder (as-of date not "
        "stated in the folder).",
        "offers.csv": "Prices: offers.csv of this folder (as-of date not stated in the folder).",
    },
}
#: Pages by name, in the order in which they are listed.
MAPS: Mapping[str, str] = {
    "network": "Map of the network",
    "home-access": "Map of home access",
    "compare": "Map of home access, today and with the plan",
}


def map_pages(
    report: Report, *, folder: str = "..", geopackage: bool = True
) -> tuple[MapPage, ...]:
    """Give the map pages of a report: the network, and home access where it was planned.

    Parameters
    ----------
    report
        With its ``home`` where there is one.
    folder
        Address of the plan's folder from the maps' own, for links to buildings; empty where
        there are no such pages.
    geopackage
        Whether `GEOPACKAGE` stands in the plan's folder: without any place there is none.
    """
    home = report.home or Home()
    address = f"{folder}/{GEOPACKAGE}" if folder else GEOPACKAGE
    files = ((address, "The layers as GeoPackage"),) if geopackage else ()
    run, extracts = run_id(report), _extract_note(report)
    pages = {
        school: f"{folder}/buildings/{page_name(school)}"
        for school in report.district.table("schools")["school_id"]
        if folder
    }
    day = scene_of(report.district, capacity=report.capacity, pages=pages)
    scenes: dict[str, Callable[[tuple[tuple[str, str], ...]], MapPage]] = {
        "network": lambda links: network_page(
            day,
            run=run,
            sources=(*_dated(report, "network"), *extracts),
            links=links,
            downloads=files,
        )
    }
    if home.gap is not None:
        plan = None if home.access is None else home.access.published
        need = scene_of(report.district, gap=home.gap.published, pages=pages)
        both = scene_of(report.district, gap=home.gap.published, access=plan, pages=pages)
        told = (*_dated(report, "home"), *extracts)
        scenes["home-access"] = lambda links: home_page(
            both, run=run, sources=told, links=links, downloads=files
        )
        if plan is not None:
            scenes["compare"] = lambda links: compare_page(
                need, both, run=run, sources=told, links=links, downloads=files
            )
    back = {"network": "index.html", "home-access": "home.html", "compare": "home.html"}
    made = []
    for name, make in scenes.items():
        up = ((f"{folder}/{back[name]}", "The numbers"),) if folder else ()
        others = tuple((f"{other}.html", MAPS[other]) for other in scenes if other != name)
        made.append(make((*up, *others)))
    return tuple(made)


def map_links(report: Report, folder: str) -> list[tuple[str, str]]:
    """Give address and words of the map pages that `write_maps` writes into ``folder``."""
    home = report.home or Home()
    there = {"network": report, "home-access": home.gap, "compare": home.access}
    return [(f"{folder}{name}.html", words) for name, words in MAPS.items() if there[name]]


def school_on_map(school_id: str, lat: float, lon: float) -> str:
    """Give the part of the network map's address that shows one school (docs/map-data.md)."""
    place = f"{_SCHOOL_ZOOM}/{lat:.5f}/{lon:.5f}"
    return f"maps/network.html#map={place}&selected=schools:{quote(school_id, safe='')}"


def write_maps(
    report: Report, folder: Path, *, plan_folder: str = "..", tiles: Tiles | None = None
) -> None:
    """Write the map pages into an existing folder; ``plan_folder`` as in `map_pages`.

    They name the plan's GeoPackage where it is there already.
    """
    run, extract = run_id(report), _extract(report)
    there = (folder / plan_folder / GEOPACKAGE).exists()
    for page in map_pages(report, folder=plan_folder, geopackage=there):
        text = render(page, run=run, tiles=tiles, extract=extract)
        (folder / f"{page.page_id}.html").write_text(text, encoding="utf-8", newline="\n")


def write_map_folder(
    report: Report, plan: AccessReport | GapReport | None, out: Path, *, tiles: str | None = None
) -> Path:
    """Write a folder of map pages alone, or nothing; give the page to open.

    Raises
    ------
    InputError
        ``out`` holds something that netplan did not write, or cannot be written; ``tiles`` is
        no address of tiles.
    """
    beneath = None if tiles is None else _tiles(tiles)
    if isinstance(plan, GapReport):
        report = replace(report, home=Home(gap=plan))
    elif plan is not None:
        report = replace(report, home=Home(gap=plan.gap, access=plan))
    with whole_folder(out) as folder:
        write_layers(report, folder / GEOPACKAGE, stamp_text())
        write_maps(report, folder, plan_folder="", tiles=beneath)
        written = sorted(path.name for path in folder.iterdir())
        (folder / RECORD).write_text(
            run_record(report, "map", written), encoding="utf-8", newline="\n"
        )
    return out / "network.html"


def _tiles(url: str) -> Tiles:
    try:
        return Tiles(url=url)
    except ValueError as error:
        problem = Problem(
            code="tiles",
            file="--tiles",
            value=url,
            message=str(error),
            expected="https://tiles.example.org/{z}/{x}/{y}.png",
            fix="Give the address of the tiles, or leave it out: maps need none.",
        )
        raise InputError([problem]) from error


def _extracts(report: Report) -> list[Path]:
    return [path for path in report.district.inputs.basemap if path.suffix.lower() == ".pmtiles"]


def _extract(report: Report) -> bytes | None:
    """Give the folder's PMTiles extract, if it has one: of several the first by name."""
    found = _extracts(report)
    return found[0].read_bytes() if found else None


def _extract_note(report: Report) -> tuple[str, ...]:
    """Say which of several extracts is drawn."""
    found = _extracts(report)
    if len(found) < 2:
        return ()
    others = ", ".join(f"basemap/{path.name}" for path in found[1:])
    return (
        f"Of the folder's {len(found)} tile extracts only basemap/{found[0].name} is drawn, not "
        f"{others}: a map has one.",
    )


def _dated(report: Report, part: str) -> tuple[str, ...]:
    """Name the files whose numbers are of some date, as far as the folder has them."""
    hashes = report.district.inputs.hashes
    return tuple(told for name, told in _DATED[part].items() if name in hashes)
