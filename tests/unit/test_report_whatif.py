"""The what-if page and its words: what a board reads, harmless whatever a scenario is called."""

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

import netplan
from netplan.district.model import District
from netplan.errors import InputError
from netplan.report.frames import records
from netplan.report.lookup import look_up
from netplan.report.whatif import WhatIf
from netplan.report.whatif_charts import shift_chart, shifts, year_chart
from netplan.report.whatif_groups import flip_groups, shift_groups, some_names
from netplan.report.whatif_page import map_name, page_html, write_whatif
from netplan.report.whatif_terminal import print_whatif
from netplan.report.whatif_views import groups_table, overview_table, units_table
from netplan.report.whatif_words import inseparable_sentences, scenario_sentences
from netplan.studies.whatif import whatif
from tests.unit.folders import LINKS, NODES, SCHOOLS, write_district

HOSTILE = "<script>alert(1)</script>{{ 7 * 7 }}"
WIDE = (
    LINKS.replace("inet,fw,1000,1000", "inet,fw,2500,2500")
    .replace("E1-mdf,100,100", "E1-mdf,1000,1000")
    .replace("M1-mdf,200,200", "M1-mdf,1000,1000")
    .replace("H1-mdf,1000,1000", "H1-mdf,2000,2000")
)
SCENARIOS = {
    # 1,252.099 x 1.7 = 2,128.6 of 2,500 Mbps: all three schools over at once
    "video": f"""
        title = "Video all day {HOSTILE}"
        notes = "What {HOSTILE} would ask."
        source = "a talk"
        [[change]]
        name = "heavier {HOSTILE}"
        table = "apps"
        multiply = {{ down_mbps = 1.7, up_mbps = 1.7 }}
        """,
    "growth": """
        title = "Growth by half"
        years = 4
        [set."planning"]
        growth_per_year = 0.5
        """,
    "cut": """
        title = "Elm's line is dug up"
        fail = ["wan-E1"]
        """,
    "less": """
        title = "Lighter apps"
        [[change]]
        name = "lighter apps"
        table = "apps"
        multiply = { down_mbps = 0.5, up_mbps = 0.5 }
        """,
}


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    """Give a district of which one school's name is hostile, with its scenarios."""
    folder = tmp_path_factory.mktemp("page") / "d"
    files = {
        f"scenarios/{name}.toml": re.sub("^ +", "", text, flags=re.MULTILINE)
        for name, text in SCENARIOS.items()
    }
    write_district(
        folder,
        files,
        links=WIDE,
        nodes=NODES.replace("fw,firewall,,2000", "fw,firewall,,8000"),
        schools=SCHOOLS.replace("Maple Middle", f"Maple {HOSTILE}"),
    )
    return netplan.load(folder)


@pytest.fixture(scope="module")
def found(district: District) -> WhatIf:
    return whatif(district, *SCENARIOS)


def test_one_full_circuit_is_one_story(found: WhatIf) -> None:
    video = found.scenarios[0]
    groups = flip_groups(records(video.flips))
    assert [len(group.rows) for group in groups] == [3]
    assert groups[0].first["element"] == "circuit"
    first, second, *_ = scenario_sentences(video)
    assert first == "3 of 3 buildings do not fit; without it all fit."
    assert second.startswith("With it, ") and "because of heavier" in second
    table = groups_table(video, look_up(video.report))
    assert len(table.rows) == 1
    # 1,252.099 / 2,500 and 1.7 times that
    assert [cell.text for cell in table.rows[0]][-2:] == [
        "50.1\N{NO-BREAK SPACE}%",
        "85.1\N{NO-BREAK SPACE}%",
    ]


def test_growth_is_told_apart_in_words(found: WhatIf) -> None:
    growth = found.scenarios[1]
    sentences = scenario_sentences(growth)
    # 0.5008 x 1.25^n: 0.626, 0.783, 0.978; with 1.5^n: 0.751, 1.127
    assert sentences[0] == "3 of 3 buildings do not fit in 2029-30, as many as without it."
    assert "before growth alone would put them there, the first in 2028-29" in sentences[1]
    assert "that is not counted as the scenario's doing" in sentences[-1]
    chart = year_chart(growth)
    assert chart is not None
    assert [(year.base_text, year.text) for year in chart.years] == [
        ("0", "0"), ("0", "0"), ("0", "3"), ("3", "3"),
    ]  # fmt: skip
    # bars stand on the base line and share one scale
    for year in chart.years:
        assert year.y + year.height == pytest.approx(chart.base)
        assert year.base_y + year.base_height == pytest.approx(chart.base)
    assert "2028-29" not in chart.summary and "2029-30: 3 with" in chart.summary


def test_a_cut_off_building_is_in_words_and_in_no_chart_of_use(found: WhatIf) -> None:
    cut = found.scenarios[2]
    assert scenario_sentences(cut)[1] == (
        "With it, Elm Elementary is cut off from the internet, because of the failure of wan-E1."
    )
    assert "E1" not in {row["school_id"] for row in shifts(cut.last)}
    (group,) = flip_groups(records(cut.flips))
    assert group.used("") == "–"


def test_a_scenario_that_flips_nothing_still_says_what_it_does(found: WhatIf) -> None:
    less = found.scenarios[3]
    first, second = scenario_sentences(less)
    assert first == "All 3 buildings fit, as without it."
    assert second.startswith("No building flips; numbers of 3 buildings change.")
    chart = shift_chart(less.last)
    assert chart is not None
    # a row per way that is alike: all three hang on the circuit
    (shift,) = chart.shifts
    assert shift.after_text == "25\N{NO-BREAK SPACE}%"
    assert shift.after < shift.before < chart.limit
    # each dot's number stands on its own side, and none on the limit's line
    assert shift.after_x < shift.after and shift.before < shift.before_x
    assert not shift.before_x <= chart.limit <= shift.before_x + 46


def test_page_is_harmless_and_whole(found: WhatIf, tmp_path: Path) -> None:
    page = write_whatif(found, tmp_path / "out")
    text = page.read_text(encoding="utf-8")
    assert text == page_html(found)
    assert "<script>alert(1)" not in text and "49" not in re.findall(r"\}\}(\d+)", text)
    assert "&lt;script&gt;alert(1)" in text
    for address in re.findall(r'href="([^"#]+)"', text):
        assert (page.parent / address).is_file(), address
    for anchor in re.findall(r'href="#([^"]+)"', text):
        assert f'id="{anchor}"' in text, anchor
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    record = json.loads((page.parent / "run.json").read_text(encoding="utf-8"))
    assert record["scenarios"] == list(SCENARIOS)
    assert "scenarios/video.toml" in record["inputs"]
    there = {
        path.relative_to(page.parent).as_posix()
        for path in page.parent.rglob("*")
        if path.is_file()
    }
    assert {*record["files"], "run.json"} == there
    assert {map_name(place, result) for place, result in enumerate(found.scenarios)} <= there
    # once more: the same bytes, and the folder is known as netplan's own
    kept = {path: path.read_bytes() for path in page.parent.rglob("*") if path.is_file()}
    again = write_whatif(found, tmp_path / "out")
    for path, data in kept.items():
        if path.name != "run.json":
            assert path.read_bytes() == data, path
    assert again == page


def test_tables_beside_the_page(found: WhatIf, tmp_path: Path) -> None:
    folder = write_whatif(found, tmp_path / "out").parent
    with (folder / "flips.csv").open(encoding="utf-8-sig", newline="") as stream:
        flips = list(csv.DictReader(stream))
    assert len(flips) == sum(len(result.flips) for result in found.scenarios)
    assert {row["scenario"] for row in flips} == {"video", "growth", "cut"}
    with (folder / "changes.csv").open(encoding="utf-8-sig", newline="") as stream:
        changes = list(csv.DictReader(stream))
    assert {row["school_year"] for row in changes if row["scenario"] == "growth"} == {
        "2026-27", "2027-28", "2028-29", "2029-30",
    }  # fmt: skip
    assert json.loads((folder / "whatif.json").read_text()) == json.loads(found.to_json())


def test_a_foreign_folder_stays(found: WhatIf, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError):
        write_whatif(found, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("all_rows", [False, True])
def test_terminal_says_the_same(found: WhatIf, all_rows: bool) -> None:
    console = Console(width=200, record=True, file=io.StringIO())
    print_whatif(found, console, all_rows=all_rows)
    text = console.export_text()
    for result in found.scenarios:
        assert result.name in text
    assert "because of the failure of wan-E1" in text
    assert "Cut off" in text and "then by growth alone" in text
    # all that is new is listed only where all is asked for
    assert (", the worst: " in text) is not all_rows


def test_overview_counts_each_scenario(found: WhatIf) -> None:
    rows = [[cell.text for cell in row] for row in overview_table(found).rows]
    assert [row[2:6] for row in rows] == [
        ["3", "0", "3", "0"],
        ["3", "3", "3", "0"],
        ["1", "0", "1", "0"],
        ["0", "0", "0", "0"],
    ]


def test_parts_are_listed_with_file_and_line(found: WhatIf) -> None:
    table = units_table(found.scenarios[0])
    assert table is not None
    (row,) = table.rows
    assert row[1].text.startswith("scenarios/video.toml, line ")
    # alone it is the whole scenario: +35.1 points of 50.1
    assert [cell.text for cell in row][-2:] == ["+35.1", "+35.1"]
    assert inseparable_sentences(found.scenarios[0]) == []


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C"], "A, B and C"),
        (["A", "B", "C", "D"], "A, B, C and 1 more"),
    ],
)
def test_some_names(names: list[str], said: str) -> None:
    assert some_names(names) == said


def test_alike_shifts_are_one_row() -> None:
    def row(school: str, before: float, after: float) -> dict[str, object]:
        return {"school_id": school, "name": school, "before_share": before, "after_share": after}

    groups = shift_groups([row("A", 0.5, 0.9), row("B", 0.4, 0.6), row("C", 0.5 + 1e-12, 0.9)])
    assert [(name, first["school_id"]) for name, first in groups] == [
        ("A and 1 more", "A"),
        ("B", "B"),
    ]


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_scenarios_need_no_overview(found: WhatIf, count: int) -> None:
    text = page_html(replace(found, scenarios=found.scenarios[:count]))
    assert "t-overview" not in text
