"""A district whose every text is code: every page shows it as text, runs none of it, and works."""

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import netplan
from netplan.errors import InputError
from netplan.inputs.schemas import TABLES
from netplan.report.board_folder import write_report
from netplan.report.upgrade_page import write_upgrade
from netplan.report.whatif_page import write_whatif
from tests.browser.hostile import (
    LONG,
    REFUSED,
    REFUSED_IN_IDS,
    Hostile,
    is_free,
    plain_tables,
    write_hostile,
    write_table,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect

#: Columns of text that a kind of page must show (it may show more).
SHOWN = {
    "index": {"schools.name", "links.link_id", "nodes.node_id", "bell.period"},
    "buildings": {"schools.name", "links.link_id", "devices.kind", "apps.app", "apps.source"},
    "home": {"stops.name", "partners.name", "offers.provider", "buses.bus_id", "wireless.name"},
    "network": {"schools.name", "schools.school_id", "links.link_id", "bell.period"},
    "home-access": {"stops.name", "partners.name", "wireless.name", "stops.notes"},
    "compare": {"stops.name", "partners.name", "wireless.name"},
    "money": {"funding.name", "costs.title", "costs.source"},
    "whatif": {"schools.name"},
    "upgrades": {"upgrades.title", "upgrades.source"},
    "sweep": {"schools.name"},
    "board": {"schools.name", "links.link_id", "stops.name", "partners.name", "buses.bus_id"},
}

#: Before anything of the page runs: what payloads call, and what the browser tells of them.
WATCH = """
window.told = [];
window.pwn = (which) => window.told.push(`payload ${which} ran`);
for (const name of ["alert", "confirm", "prompt", "open"]) {
  window[name] = () => window.told.push(`${name} was called`);
}
const tell = (kind) => ({ violatedDirective, message, target }) =>
  window.told.push(`${kind}: ${violatedDirective || message || target.outerHTML}`);
window.addEventListener("error", tell("error"), true);
window.addEventListener("unhandledrejection", tell("rejection"));
document.addEventListener("securitypolicyviolation", tell("security policy"));
"""
#: Everything unfolded; every text that people see or hear, piece by piece.
READ = """async () => {
  document.querySelectorAll("details").forEach((each) => { each.open = true; });
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  await frame();
  document.querySelectorAll("button.all, button[data-more]").forEach((each) => each.click());
  await frame();
  const kept = (node) => !node.parentElement.closest("script, style, noscript");
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walk.nextNode()) if (kept(walk.currentNode)) found.push(walk.currentNode.data);
  for (const each of document.querySelectorAll("[title], [aria-label]")) {
    found.push(each.title || "", each.getAttribute("aria-label") || "");
  }
  return found;
}"""
#: Elements that a page of netplan never has, whatever its texts are.
FOREIGN = (
    "img, iframe, object, embed, base, form, svg[onload], [onerror], [onload], [onclick], "
    "a[href^='javascript:' i], a[href^='data:' i], meta[http-equiv=refresh]"
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    """Write the district once."""
    return write_hostile(tmp_path_factory.mktemp("hostile") / "in")


@pytest.fixture(scope="module")
def site(hostile: Hostile) -> Path:
    """Write every folder of pages that netplan makes of it."""
    out = hostile.folder.parent
    report, _ = netplan.plan(netplan.load(hostile.folder), out=out / "plan")
    assert report.home is not None and report.home.access is not None
    write_report(report, out / "report")
    district = netplan.load(hostile.folder)
    write_whatif(netplan.whatif(district, "hostile"), out / "whatif")
    write_upgrade(netplan.upgrade(district, years=2), out / "upgrade")
    netplan.sweep(district, "hostile", out=out / "sweep", workers=1)
    return out


def watched(page: "Page") -> None:
    page.add_init_script(WATCH)


def show(page: "Page", path: Path, part: str = "") -> None:
    page.goto(path.as_uri() + part)
    if path.parent.name == "maps":
        page.wait_for_selector("html[data-ready=true]", state="attached")


def unharmed(page: "Page") -> None:
    assert page.evaluate("window.told") == []
    assert page.locator(FOREIGN).count() == 0


def pages_of(site: Path) -> list[Path]:
    folders = ("plan/**", "report", "whatif/**", "upgrade", "sweep")
    return [path for folder in folders for path in sorted(site.glob(f"{folder}/*.html"))]


def test_every_text_column_of_every_table_is_hostile(hostile: Hostile) -> None:
    free = {
        f"{name}.{field.name}"
        for name, table in TABLES.items()
        for field in table.fields
        if is_free(field) and field.reference is None
    }
    assert len(free) > 25
    assert {column for column, _ in hostile.cells.values()} == free


def test_every_page_shows_text_as_text_and_runs_none_of_it(
    page: "Page", hostile: Hostile, site: Path
) -> None:
    watched(page)
    seen: dict[str, set[str]] = {}
    for path in pages_of(site):
        show(page, path)
        pieces: list[str] = page.evaluate(READ)
        unharmed(page)
        text = "\x01".join(pieces)
        # a page of one building, and of what is bought, has not every row of a table
        assert LONG[:100] in text or path.parent.name in {"buildings", "upgrade"}, path.name
        kind = path.parent.name if path.parent.name == "buildings" else path.stem
        told = seen.setdefault(kind, set())
        for tag, (_, before) in hostile.cells.items():
            at = text.find(tag)
            if at >= 0:
                told.add(tag)
            while at >= 0:
                shown = text[max(at - len(before), 0) : at]
                assert shown == before, (path.name, tag, shown, before)
                at = text.find(tag, at + 1)
    for kind, columns in SHOWN.items():
        assert {hostile.cells[tag][0] for tag in seen[kind]} >= columns, kind
    for kind in ("index", "network", "home-access", "board"):
        names = {tag for tag in hostile.cells if tag.startswith("Qschools.name.")}
        assert seen[kind] >= names, kind  # each payload


@pytest.mark.parametrize("name", ["network", "home-access", "compare"])
def test_a_map_of_hostile_names_works(
    page: "Page", hostile: Hostile, site: Path, name: str
) -> None:
    watched(page)
    path = site / "plan" / "maps" / f"{name}.html"
    show(page, path)
    table = "schools" if name == "network" else "partners"
    tags = [tag for tag in hostile.cells if tag.startswith(f"Q{table}.name.")]
    box = page.get_by_role("combobox").first
    for tag in tags[:6]:
        text = hostile.cells[tag][1] + tag
        box.fill(text)
        page.get_by_role("option").first.wait_for()
        assert text in page.get_by_role("option").first.inner_text()
        box.press("Enter")
        card = page.locator(".map-card")
        expect(card.last.locator("h2")).to_have_text(text)
        expect(card).to_have_count(1)  # the one before has faded
    link = card.locator("a")
    if name == "network":
        assert (path.parent / str(link.get_attribute("href"))).resolve().is_file()
    unharmed(page)
    # a link to the chosen row, whose id is code too, leads back to it
    page.wait_for_function("location.hash.includes('selected=')")
    part = page.evaluate("location.hash")
    page.goto("about:blank")
    show(page, path, part)
    expect(page.locator(".map-card h2")).to_have_text(text)
    chosen = page.evaluate("netplan.state.selected")
    page.keyboard.press("Escape")
    expect(page.locator(".map-card")).to_have_count(0)
    # a click on what is drawn
    page.wait_for_function("!netplan.maps[0].map._animatingZoom")
    where = page.evaluate(
        """({ layer, row }) => {
          const { map, layers } = netplan.maps[0];
          const { x, y } = map.latLngToContainerPoint(layers[layer].center(row));
          return { x, y };
        }""",
        chosen,
    )
    page.locator(".leaflet-container").first.click(position=where)
    # of what lies on one place, the card names the others too
    expect(page.locator(".map-card")).to_contain_text(text)
    # and on a row of a table
    page.evaluate("document.querySelectorAll('#tables details').forEach((e) => { e.open = true; })")
    row = page.locator("#tables tbody th button").first
    row.click()
    expect(page.locator(".map-card h2").last).to_have_text(row.inner_text())
    unharmed(page)


def test_a_download_of_hostile_names_holds_no_formula(page: "Page", site: Path) -> None:
    show(page, site / "plan" / "maps" / "network.html")
    page.evaluate("document.querySelector('#tables details[data-layer=schools]').open = true")
    with page.expect_download() as started:
        page.locator("details[data-layer=schools]").get_by_role("button", name="CSV").click()
    text = started.value.path().read_text(encoding="utf-8-sig")
    assert "'=cmd|" in text
    for row in csv.reader(io.StringIO(text)):
        assert not any(cell.startswith(("=", "@", "\t", "\r")) for cell in row), row


def test_what_no_cell_may_hold_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    folder = write_hostile(tmp_path / "in").folder
    wanted = set()
    for name, rows in plain_tables().items():
        free = [field for field in TABLES[name].fields if is_free(field)]
        for place, field in enumerate(free):
            # one fault to a row; the same in the last columns where rows are few
            row = rows[place % len(rows)]
            row[field.name] = f"a{chr(1 + place)}b" if field.kind == "id" else "plain"
            if field.kind == "id":
                wanted.add((f"{name}.csv", field.name, "invisible-character"))
        write_table(folder / f"{name}.csv", rows)
    with pytest.raises(InputError) as refused:
        netplan.load(folder)
    found = {(each.file, each.column, each.code) for each in refused.value.problems}
    assert wanted <= found


@pytest.mark.parametrize("text", REFUSED_IN_IDS)
def test_characters_that_nobody_sees_are_refused_in_ids(tmp_path: Path, text: str) -> None:
    rows = plain_tables()["partners"]
    rows[0]["partner_id"] = text
    folder = write_hostile(tmp_path / "in").folder
    write_table(folder / "partners.csv", rows)
    found = {(each.row, each.column, each.code) for each in netplan.validate(folder)}
    assert (2, "partner_id", "invisible-character") in found


@pytest.mark.parametrize("code", REFUSED)
def test_what_is_no_text_is_refused_everywhere(tmp_path: Path, code: str) -> None:
    folder = write_hostile(tmp_path / "in").folder
    wanted = set()
    for name, rows in plain_tables().items():
        free = [field.name for field in TABLES[name].fields if is_free(field)]
        rows[0].update(dict.fromkeys(free, "MARK"))
        path = folder / f"{name}.csv"
        write_table(path, rows)
        path.write_bytes(path.read_bytes().replace(b"MARK", REFUSED[code]))
        wanted |= {(f"{name}.csv", 2, column, code) for column in free}
    found = {(each.file, each.row, each.column, each.code) for each in netplan.validate(folder)}
    assert wanted <= found


@pytest.mark.parametrize(
    ("file", "key"), [("areas.geojson", "geoid"), ("zones.geojson", "school_id")]
)
def test_half_a_character_as_an_id_is_a_problem(tmp_path: Path, file: str, key: str) -> None:
    folder = write_hostile(tmp_path / "in").folder
    document = json.loads((folder / file).read_text(encoding="utf-8"))
    document["features"][0]["properties"][key] = "\ud800"
    (folder / file).write_text(json.dumps(document), encoding="utf-8")
    problems = netplan.validate(folder)
    assert any(each.file == file and each.severity == "error" for each in problems)
    assert "\ud800" not in "".join(str(each) for each in problems)
