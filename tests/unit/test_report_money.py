"""Money on paper: sentences, chart and tables say what the hand-made case says, and add up."""

import csv
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from netplan.errors import InputError
from netplan.inputs.columns_money import COST_CENTERS
from netplan.money.model import Ownership
from netplan.report.board import board_context, board_html
from netplan.report.board_folder import write_report
from netplan.report.board_words import top_risks
from netplan.report.folder import write_plan
from netplan.report.money import CostReport
from netplan.report.money_chart import money_chart
from netplan.report.money_folder import write_cost
from netplan.report.money_rules_views import fleet_table
from netplan.report.money_terminal import print_cost
from netplan.report.money_views import (
    centers_table,
    funding_table,
    lines_table,
    payers_table,
    status_cell,
)
from netplan.report.money_words import (
    CENTER_WORDS,
    assumed_usd,
    dollars,
    money_headline,
    per_student,
    short_usd,
    span,
)
from netplan.report.workbook_tables import sheet_tables
from tests.browser.sample import HOSTILE, sample_report
from tests.unit.money_case import YEARS, cost_report, ownership, report_with_money

_VOID = {"meta", "input"}
_TABLES = {
    *("costs_by_year.csv", "cost_lines.csv", "funding_by_year.csv", "who_pays.csv"),
    *("fleet_by_year.csv", "money_findings.csv"),
}


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


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def _rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(data.decode("utf-8-sig"))))


def _with(report: CostReport, owned: Ownership) -> CostReport:
    return replace(report, ownership=owned)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plan") / "out"
    write_plan(report_with_money(), out)
    return out


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("hostile") / "out"
    write_plan(report_with_money(hostile=True), out)
    return out


def test_every_cost_center_has_its_words() -> None:
    assert tuple(CENTER_WORDS) == COST_CENTERS


@pytest.mark.parametrize(
    ("usd", "words"),
    [
        (0.0, "0 USD"),
        (1_234.6, "1,235 USD"),
        (999_999.0, "999,999 USD"),
        (12_345_678.0, "12.35 million USD"),
    ],
)
def test_dollars_read_as_people_say_them(usd: float, words: str) -> None:
    assert dollars(usd) == words


def test_a_student_is_worth_cents_where_they_matter() -> None:
    assert per_student(48.2) == "48.20 USD"
    assert per_student(1_234.5) == "1,234 USD"


def test_the_first_sentence_says_total_student_and_who_pays() -> None:
    first, cliff, erate, most, spread, sure = money_headline(cost_report())
    assert first == (
        "3 school years (2026-27 to 2028-29) cost 144,600 USD after E-Rate, 48.20 USD for each "
        "student and year: money that lasts pays 90,000 USD, one-time money pays 43,200 USD and "
        "for 11,400 USD there is no source yet."
    )
    assert "3,200 USD of cost in 2028-29" in cliff
    assert erate == "Before E-Rate it is 231,000 USD; E-Rate is counted on for 86,400 USD of that."
    # 90,000, 72,000 and 36,000 of 231,000
    assert re.findall(r"\d[\d.]*", most) == ["39", "31.2", "15.6"]
    # chromebooks 300 x 250 to 400, training 3 x 3,000 to 12,000: -15,000 - 9,000, +30,000 + 18,000
    assert "207,000 USD to 279,000 USD" in spread
    # internet and training
    assert assumed_usd(cost_report().ownership) == 72_000 + 18_000
    assert sure.startswith("39")


def test_who_pays_is_said_whoever_it_is() -> None:
    report = cost_report()
    owned = report.ownership
    nobody = owned.unfunded.assign(
        funded_usd=0.0,
        sustainable_usd=0.0,
        one_time_usd=0.0,
        unfunded_usd=owned.unfunded["net_usd"],
    )
    first = money_headline(_with(report, replace(owned, unfunded=nobody)))[0]
    assert first.endswith("no source of money is named for any of it.")
    plain = _with(report, replace(owned, usd=owned.net_usd))
    assert " after E-Rate" not in money_headline(plain)[0]
    assert "Nothing is taken off for E-Rate." in money_headline(plain)
    free = owned.unfunded.assign(
        net_usd=0.0, sustainable_usd=0.0, one_time_usd=0.0, unfunded_usd=0.0
    )
    first = money_headline(_with(report, replace(owned, unfunded=free, net_usd=0.0)))[0]
    assert first.endswith("E-Rate pays all of it.")
    lasting = owned.unfunded.assign(
        sustainable_usd=owned.unfunded["net_usd"], one_time_usd=0.0, unfunded_usd=0.0
    )
    first = money_headline(_with(report, replace(owned, unfunded=lasting)))[0]
    assert first.endswith("money that lasts pays 144,600 USD.")


def test_one_year_is_not_a_span() -> None:
    assert span(("2026-27",)) == "the school year 2026-27"
    assert span(YEARS) == "3 school years (2026-27 to 2028-29)"


def test_both_bars_of_a_year_are_equally_high_and_add_up() -> None:
    chart = money_chart(ownership())
    assert chart is not None
    for year in chart.years:
        cost, pays = (sum(piece.height for piece in bar) for bar in (year.cost, year.pays))
        assert cost == pytest.approx(pays, abs=0.4)
        assert cost == pytest.approx(chart.base - year.top, abs=0.4)
        for bar in (year.cost, year.pays):
            assert bar[0].y + bar[0].height == pytest.approx(chart.base, abs=0.1)
            for below, above in pairwise(bar):
                assert above.y + above.height == pytest.approx(below.y, abs=0.2)
    # pixels are dollars: 60,000 of 107,000 in the first year
    first = chart.years[0]
    assert first.cost[0].tip == "2026-27, Devices: 60,000 USD"
    assert first.cost[0].height / (chart.base - first.top) == pytest.approx(60 / 107, abs=0.005)
    assert [piece.tip.split(": ")[1] for piece in first.pays] == [
        *("28,800 USD", "30,000 USD", "40,000 USD", "8,200 USD")
    ]
    # what nobody pays is hatched, and only there
    assert [year.pays[-1].fill == "url(#hatch)" for year in chart.years] == [True, False, True]
    assert (
        "2027-28: 62,000 USD, 28,800 USD by E-Rate, 30,000 USD by money that lasts and 3,200 "
        in (chart.summary)
    )


def test_small_centers_share_a_color() -> None:
    owned = ownership()
    centers = owned.centers.assign(usd=[float(place + 1) for place in range(len(owned.centers))])
    chart = money_chart(replace(owned, centers=centers))
    assert chart is not None
    words = [each for each, _ in chart.costs]
    assert words[0] == "6 smaller centers"
    assert words[-1] == "Professional development"
    assert len({color for _, color in chart.costs}) == 7


def test_nothing_to_pay_draws_nothing() -> None:
    owned = ownership()
    assert money_chart(replace(owned, centers=owned.centers.assign(usd=0.0))) is None


@pytest.mark.parametrize("count", [1, 12, 30])
def test_many_years_stay_apart(count: int) -> None:
    owned = ownership()
    years = tuple(f"{2026 + place}-{(27 + place) % 100:02d}" for place in range(count))
    centers = pd.concat(
        [
            owned.centers[owned.centers["school_year"] == YEARS[0]].assign(school_year=y)
            for y in years
        ]
    )
    unfunded = pd.concat([owned.unfunded.iloc[:1].assign(school_year=year) for year in years])
    chart = money_chart(replace(owned, school_years=years, centers=centers, unfunded=unfunded))
    assert chart is not None
    edges = [(year.cost_x, year.pays_x + chart.bar) for year in chart.years]
    assert all(end < start for (_, end), (start, _) in pairwise(edges))
    assert edges[-1][1] <= chart.right


def test_the_tables_add_up() -> None:
    owned = ownership()
    centers = centers_table(owned)
    assert [row[0].text for row in centers.rows] == list(CENTER_WORDS.values())
    assert [cell.text for cell in centers.total[1:5]] == ["107,000", "62,000", "62,000", "231,000"]
    assert [cell.text for cell in centers.total[5:]] == ["207k to 279k", "86,400", "144,600"]
    payers = payers_table(owned)
    assert [[cell.text for cell in row[1:]] for row in payers.rows] == [
        ["28,800", "28,800", "28,800", "86,400"],
        ["30,000", "30,000", "30,000", "90,000"],
        ["40,000", "3,200", "0", "43,200"],
        ["8,200", "0", "3,200", "11,400"],
    ]
    for place in range(1, 5):
        total = payers.total[place]
        assert sum(float(row[place].sort) for row in payers.rows) == float(total.sort)
    funding = funding_table(owned)
    assert [cell.text for cell in funding.rows[1]] == [
        *("State grant", "one-time", "all of 40k", "3.2k of 40k", "none", "36,800")
    ]


def test_every_line_says_how_it_came_about_and_who_vouches_for_it() -> None:
    table = lines_table(ownership())
    assert [row[0].text for row in table.rows][:2] == ["Chromebook", "Internet access"]
    how = {row[0].text: row[-2] for row in table.rows}
    assert how["Chromebook"].text == "200 x 300.00 USD"
    assert how["Chromebook"].mark == ""
    assert how["Internet access"].mark == "not verified"
    assert how["Training"].mark == "assumption"
    assert len(table.sources) == 4
    assert status_cell("sourced").mark == ""


@pytest.mark.parametrize(
    ("usd", "letters"),
    [(0.0, "0"), (950.4, "950"), (999.9, "1k"), (999_600.0, "1M"), (1_353_001.0, "1.35M")],
)
def test_few_letters_for_many_dollars(usd: float, letters: str) -> None:
    assert short_usd(usd) == letters


def test_devices_owned_and_bought_stand_side_by_side() -> None:
    (row,) = fleet_table(ownership()).rows
    assert [cell.text for cell in row] == ["chromebook", *["200"] * 3, "200", "50", "50"]


def test_the_page_is_whole_and_says_it_all(plan: Path) -> None:
    page = _Page((plan / "money.html").read_text(encoding="utf-8"))
    assert not page.open
    for sentence in money_headline(cost_report()):
        assert sentence in page.text
    assert "A Chromebook each" in page.text
    assert "560 of 1,000 students = 56" in page.text
    assert "141,727 USD in money of the first school year, at 3" in page.text
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {attributes.get("href") or "" for tag, attributes in page.tags if tag == "a"}
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert {link for link in links if not link.startswith("#")} == _TABLES | {
        *("index.html", "money.json")
    }
    for link in links:
        assert link.startswith("#") or (plan / link).is_file()


def test_the_first_page_leads_to_it(plan: Path) -> None:
    page = _Page((plan / "index.html").read_text(encoding="utf-8"))
    links = {attributes.get("href") for tag, attributes in page.tags if tag == "a"}
    assert {"money.html", "cost_lines.csv", "money.json"} <= links
    assert money_headline(cost_report())[0] in page.text


def test_hostile_text_stays_text(hostile: Path) -> None:
    page = _Page((hostile / "money.html").read_text(encoding="utf-8"))
    assert not page.open
    assert sum(tag == "script" for tag, _ in page.tags) == 1
    assert not [tag for tag, _ in page.tags if tag in {"img", "iframe", "object", "link"}]
    assert not [name for _, attributes in page.tags for name in attributes if name[:2] == "on"]
    for text in (*HOSTILE[:4], "<U+202E>"):
        assert text in page.text
    board = _Page(board_html(report_with_money(hostile=True)))
    assert HOSTILE[0] in board.text
    assert "script" not in {tag for tag, _ in board.tags}
    rows = _rows((hostile / "cost_lines.csv").read_bytes())
    assert {row["title"] for row in rows if "cmd" in row["title"]} == {f"'{HOSTILE[2]}"}
    console = Console(width=100, file=StringIO(), highlight=False)
    print_cost(cost_report(hostile=True), console, all_rows=True)


def test_the_files_hold_what_the_result_holds(plan: Path) -> None:
    files = _files(plan)
    assert set(files) >= {*_TABLES, "money.html", "money.json"}
    lines = _rows(files["cost_lines.csv"])
    assert sum(float(row["usd"]) for row in lines) == 231_000
    by_year = _rows(files["costs_by_year.csv"])
    assert sum(float(row["net_usd"]) for row in by_year) == pytest.approx(144_600)
    assert len(by_year) == len(COST_CENTERS) * len(YEARS)
    document = json.loads(files["money.json"])
    assert document["command"] == "cost"
    assert document["scenarios"] == ["one-to-one"]
    assert document["net_usd"] == 144_600
    assert sum(row["usd"] for row in document["lines"]) == document["usd"]
    assert [row["unfunded_usd"] for row in document["years"]] == [8_200, 0, 3_200]
    assert document["discounts"][0]["worked"].startswith("560 of 1,000")
    assert document["findings"][0]["code"] == "funding-cliff"
    record = json.loads(files["run.json"])
    assert set(record["files"]) >= {*_TABLES, "money.html", "money.json"}


def test_the_plan_as_data_keeps_everything_and_gets_money() -> None:
    without = json.loads(sample_report(schools=3).to_json("plan"))
    whole = json.loads(report_with_money().to_json("plan"))
    assert {key: whole[key] for key in without if key != "findings"} == {
        key: value for key, value in without.items() if key != "findings"
    }
    assert whole["findings"][:-1] == without["findings"]
    assert whole["findings"][-1]["code"] == "funding-cliff"
    assert whole["cost"]["net_usd"] == 144_600
    noted = replace(sample_report(schools=3), money_note="No school year is given.")
    assert json.loads(noted.to_json("plan"))["cost_note"] == "No school year is given."


def test_the_board_reads_it_and_is_asked(tmp_path: Path) -> None:
    report = report_with_money()
    page = _Page(board_html(report))
    assert not page.open
    for sentence in money_headline(cost_report()):
        assert sentence in page.text
    summary = board_context(report)["summary"]
    assert any("Say who pays the 11,400 USD" in each for each in summary.asks)
    assert ("11.4k USD", "of technology cost that nobody pays yet", "over") in summary.key
    assert "funding-cliff" in {finding.code for finding in top_risks(report)}
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert "money" in ids
    assert "#money" in {attributes.get("href") for tag, attributes in page.tags if tag == "a"}
    without = _Page(board_html(sample_report(schools=3)))
    assert "money" not in [attributes.get("id") for _, attributes in without.tags]
    write_report(report, tmp_path / "out")
    files = _files(tmp_path / "out")
    assert set(files) >= {*_TABLES, "money.html", "money.json"}
    assert b'href="board.html"' in files["money.html"]
    assert b'href="index.html"' not in files["money.html"]


def test_a_board_whose_money_is_there_is_told_so() -> None:
    report = report_with_money()
    assert report.money is not None
    owned = report.money.ownership
    paid = owned.unfunded.assign(sustainable_usd=owned.unfunded["net_usd"], unfunded_usd=0.0)
    money = replace(report.money, ownership=replace(owned, unfunded=paid, findings=()))
    summary = board_context(replace(report, money=money))["summary"]
    assert ("145k USD", "of technology cost, all of it paid for", "fits") in summary.key
    assert not any("Say who pays" in each for each in summary.asks)


def test_why_there_is_no_money_is_said(tmp_path: Path) -> None:
    report = replace(sample_report(schools=3), money_note="district.toml names no school year.")
    assert "district.toml names no school year." in _Page(board_html(report)).text
    write_plan(report, tmp_path / "out")
    index = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "district.toml names no school year." in index
    assert not (tmp_path / "out" / "money.html").exists()


def test_the_workbook_has_a_sheet_for_each_table() -> None:
    names = {table.name: table for table in sheet_tables(report_with_money())}
    wanted = {"Costs by year", "Who pays", "Funding by year", "Cost lines", "Devices by year"}
    assert wanted | {"Money findings"} <= set(names)
    assert sum(row["usd"] for row in names["Cost lines"].rows) == 231_000
    assert not wanted & {table.name for table in sheet_tables(sample_report(schools=3))}


def test_the_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    page = write_cost(cost_report(), tmp_path / "a")
    assert page == tmp_path / "a" / "money.html"
    files = _files(tmp_path / "a")
    assert set(files) == {*_TABLES, "money.html", "money.json", "run.json"}
    record = json.loads(files["run.json"])
    assert record["command"] == "cost"
    assert record["files"] == sorted(set(files) - {"run.json"})
    assert record["scenarios"] == ["one-to-one"]
    assert b"index.html" not in files["money.html"]
    write_cost(cost_report(), tmp_path / "b")
    assert _files(tmp_path / "b") == files
    write_cost(replace(cost_report(), scenarios=()), tmp_path / "b")
    assert json.loads(_files(tmp_path / "b")["run.json"])["run"] != record["run"]
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(InputError):
        write_cost(cost_report(), tmp_path / "c")


def test_the_terminal_shows_the_answer_first() -> None:
    stream = StringIO()
    print_cost(cost_report(), Console(width=300, file=stream, highlight=False), all_rows=True)
    text = stream.getvalue()
    assert text.splitlines()[0] == "Harbor County Schools, with A Chromebook each"
    assert money_headline(cost_report())[0] in text
    assert re.search(r"Nobody yet +8,200 +0 +3,200 +11,400", text)
    assert re.search(r"All centers +107,000 +62,000 +62,000 +231,000", text)
    assert "1 x 6,000.00 USD [assumption]" in text
    assert "Do: Find lasting money" in text
