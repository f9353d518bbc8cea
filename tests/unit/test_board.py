"""The board's report: one page of answers, charts by hand, hostile text inert, nothing withheld."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

import netplan
from netplan.pipeline import check
from netplan.report.board import board_context, board_html
from netplan.report.board_buildings import building_sections
from netplan.report.board_charts import dot_plots, year_chart, years
from netplan.report.board_words import summarize, top_risks
from netplan.report.guesses import find_guesses
from netplan.report.lookup import look_up
from netplan.report.model import Home, Report
from tests.browser.sample import HOSTILE, sample_report
from tests.unit.after_school import write_after_school

_VOID = {"meta"}


class _Page(HTMLParser):
    """Collect tags and text; fail on tags that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Take the three-school district through both halves."""
    folder = write_after_school(
        tmp_path_factory.mktemp("whole"),
        {"access.toml": "budget_usd_per_year = 20000\ndraws = 50\n"},
    )
    district = netplan.load(folder)
    access = netplan.access(district)
    return replace(check(district), home=Home(gap=access.gap, access=access))


def test_hostile_text_stays_text_and_nothing_runs() -> None:
    page = _Page(board_html(sample_report(hostile=True, guessed=True, event=True)))
    assert not page.open
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "img", "iframe", "object", "link", "form", "button", "input"}
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        assert re.fullmatch(r"#[\w-]+", attributes.get("href") or "#a")
    for name in HOSTILE:
        if name.isprintable():
            assert name in page.text
    assert "<U+202E>" in page.text
    assert "&lt;script&gt;" not in page.text  # escaped once, not twice


def test_the_policy_lets_in_its_own_style_alone() -> None:
    page = _Page(board_html(sample_report(schools=2)))
    (policy,) = [
        attributes["content"] or ""
        for tag, attributes in page.tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "script-src" not in policy


def test_every_link_leads_to_a_part_and_every_id_is_one_of_its_kind(whole: Report) -> None:
    page = _Page(board_html(whole))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {(attributes.get("href") or "")[1:] for tag, attributes in page.tags if tag == "a"}
    assert targets <= set(ids)
    labels = [
        name
        for _, attributes in page.tags
        for name in (attributes.get("aria-labelledby") or "").split()
    ]
    assert set(labels) <= set(ids)
    headings = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))


def test_the_same_report_gives_the_same_page(whole: Report) -> None:
    assert board_html(whole) == board_html(whole)


def test_the_summary_says_what_the_results_say(whole: Report) -> None:
    summary = summarize(whole, look_up(whole), find_guesses(whole))
    assert whole.home is not None
    assert whole.home.access is not None
    plan = whole.home.access.published
    need = whole.home.access.gap.total
    said = " ".join((*summary.wrong, *summary.cost, *summary.sure, *summary.asks))
    assert f"{plan.cost_usd_per_year:,.0f} USD a year" in said
    assert f"{need.students_offline:,.0f} ±" in " ".join(summary.wrong)
    assert "Proven" in said
    values = {what: value for value, what, _ in summary.key}
    status = whole.buildings["status"].tolist()
    assert values["buildings over the limit"] == f"{status.count('over')} of {len(status)}"
    assert values["a year for the plan"] == f"{plan.cost_usd_per_year:,.0f} USD"
    assert any("home access plan" in ask for ask in summary.asks)
    text = _Page(board_html(whole)).text
    for sentence in (*summary.wrong, *summary.cost, *summary.sure, *summary.asks):
        assert sentence in text


def test_the_worst_stands_first_and_no_kind_hides_another() -> None:
    risks = top_risks(sample_report())
    assert len(risks) <= 5
    assert [each.severity for each in risks] == sorted(each.severity for each in risks)
    codes = [each.code for each in risks]
    assert max(codes.count(code) for code in codes) <= 2


def test_without_the_after_school_half_the_board_is_told(whole: Report) -> None:
    text = _Page(board_html(replace(whole, home=Home(note="The folder has no areas.")))).text
    assert "The folder has no areas." in text
    assert "Bus timetable" not in text
    context = board_context(replace(whole, home=None))
    assert context["home"] is None
    assert not any("home access" in ask for ask in context["summary"].asks)


def test_every_building_has_its_section(whole: Report) -> None:
    sections = building_sections(whole, look_up(whole), find_guesses(whole))
    assert sorted(each.name for each in sections) == [
        "Elm Elementary",
        "Hickory High",
        "Maple Middle",
    ]
    elm = next(each for each in sections if each.name == "Elm Elementary")
    # E1 hangs on one link of 100 Mbps, behind the core, the firewall and the circuit
    assert elm.fails[0].startswith("Cut off from the internet if any one of these fails:")
    assert "and" in elm.fails[0]
    assert elm.chart is not None
    assert elm.chart_note == ""
    facts = dict(elm.facts)
    assert facts["Students"] == "200 students"
    assert facts["Devices"] == "220 devices"


def test_years_are_drawn_in_order_with_empty_years_between() -> None:
    rows = [
        {"name": "C", "exhausted_school_year": "2029-30"},
        {"name": "B", "exhausted_school_year": "2026-27"},
        {"name": "A", "exhausted_school_year": "2026-27"},
        {"name": "D", "exhausted_school_year": None},
    ]
    found = years(rows)
    assert found == (("2026-27", ("A", "B")), ("2029-30", ("C",)), ("", ("D",)))
    drawn = year_chart(found, "2026-27")
    assert drawn is not None
    assert [(bar.label, bar.text) for bar in drawn.bars] == [
        ("2026-27", "2"),
        ("2027-28", "0"),
        ("2028-29", "0"),
        ("2029-30", "1"),
        ("later", "1"),
    ]
    assert [bar.now for bar in drawn.bars] == [True, False, False, False, False]
    two, one = drawn.bars[0], drawn.bars[3]
    assert two.height == pytest.approx(2 * one.height, abs=0.11)
    assert two.y + two.height == pytest.approx(drawn.base, abs=0.11)
    assert year_chart(years(rows[3:]), "2026-27") is None


def test_years_counted_from_now_are_in_order_too() -> None:
    rows = [{"name": str(year), "exhausted_school_year": f"+{year}"} for year in (12, 2, 0)]
    found = years(rows)
    assert [year for year, _ in found] == ["+0", "+2", "+12"]
    drawn = year_chart(found, "+0")
    assert drawn is not None
    assert [bar.label for bar in drawn.bars][:3] == ["now", "in 1 year", "in 2 years"]
    assert drawn.bars[-1].label == "later"


def test_dots_stand_where_their_medians_are() -> None:
    base = {"grouping": "building age", "schools": 3, "students": 900}
    rows = [
        {**base, "group": "old", "median_mbps_per_student": 1.0},
        {**base, "group": "new", "median_mbps_per_student": 4.0},
    ]
    (plot,) = dot_plots(rows)
    old, new = plot.dots
    assert (old.x - plot.left) * 4 == pytest.approx(new.x - plot.left, abs=0.5)
    assert new.x <= plot.right
    assert [dot.least for dot in plot.dots] == [True, False]
    assert "median 1 Mbps per student, 3 schools, 900 students" in old.tip
    assert dot_plots(rows[:1]) == ()


def test_prices_and_assumptions_stand_there_in_full(whole: Report, tmp_path: Path) -> None:
    text = _Page(board_html(whole)).text
    for each in whole.district.inputs.assumptions:
        assert each.name in text
    for name, digest in whole.district.inputs.hashes.items():
        assert name in text
        assert digest in text
