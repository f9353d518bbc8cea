"""Map pages of a report: what their footers say, and which tile extract is drawn."""

from dataclasses import replace
from pathlib import Path

from netplan.report import map_files
from netplan.report.map_files import map_pages
from netplan.report.model import Report
from netplan.report.provenance import run_id
from tests.unit.test_board import whole  # noqa: F401  (a fixture)


def test_footers_name_the_run_and_the_dates_that_the_folder_does_not_state(
    whole: Report,  # noqa: F811
) -> None:
    pages = {page.page_id: page for page in map_pages(whole)}
    assert sorted(pages) == ["compare", "home-access", "network"]
    for page in pages.values():
        assert page.footer[-1] == f"Run {run_id(whole)}."
        assert any(line.startswith("School year ") for line in page.footer)
    acs = "ACS: acs.csv of this folder (vintage not stated in the folder)."
    assert acs in pages["home-access"].footer and acs in pages["compare"].footer
    assert acs not in pages["network"].footer
    inputs = whole.district.inputs
    less = {name: value for name, value in inputs.hashes.items() if name != "acs.csv"}
    district = replace(whole.district, inputs=replace(inputs, hashes=less))
    for page in map_pages(replace(whole, district=district)):
        assert acs not in page.footer


def test_notes_on_the_numbers_stand_apart_from_the_footer(whole: Report) -> None:  # noqa: F811
    assert whole.home is not None and whole.home.access is not None
    notes = whole.home.access.published.notes
    page = next(each for each in map_pages(whole) if each.page_id == "home-access")
    assert set(notes) <= set(page.notes)
    assert not set(notes) & set(page.footer)


def test_of_several_extracts_the_first_is_drawn_and_the_page_says_so(
    whole: Report,  # noqa: F811
    tmp_path: Path,
) -> None:
    first, second = tmp_path / "A.PMTILES", tmp_path / "b.pmtiles"
    first.write_bytes(b"first")
    second.write_bytes(b"second")

    def with_files(*paths: Path) -> Report:
        inputs = replace(whole.district.inputs, basemap=paths)
        return replace(whole, district=replace(whole.district, inputs=inputs))

    assert map_files._extract(with_files(first, second)) == b"first"
    assert map_files._extract(with_files()) is None
    told = "Of the folder's 2 tile extracts only basemap/A.PMTILES is drawn, not basemap/b.pmtiles"
    for page in map_pages(with_files(first, second)):
        assert any(line.startswith(told) for line in page.footer)
    for page in map_pages(with_files(first)):
        assert not any("tile extract" in line for line in page.footer)
