"""The page of a sweep: what it says, that it holds still, and that nothing on it acts."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import netplan
from netplan.district.model import District
from netplan.report.sweep import write_sweep
from netplan.report.sweep_charts import round_steps, tornado, year_ranges
from netplan.report.sweep_points import frontier_chart, histogram
from netplan.report.sweep_words import chance_text, spread_words
from netplan.whatif.design import design
from netplan.whatif.model import Place
from netplan.whatif.paths import parse_cell
from netplan.whatif.sweep_model import Spread, Sweep, Vary
from tests.unit.folders import write_district

HERE = Place(file="sweeps/test.toml", line=1)
YEARS = ("2026-27", "2027-28")
EMPTY = pd.DataFrame(columns=["sample", "school_year", "message"])


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    return netplan.load(write_district(tmp_path_factory.mktemp("sweep") / "small"))


def vary(name: str, spread: Spread | None = None, values: tuple[object, ...] = ()) -> Vary:
    """Make an input that varies."""
    cell = parse_cell("planning.growth_per_year")
    return Vary(name=name, place=HERE, cell=cell, spread=spread, values=values)


def a_sweep(method: str = "lhs", **changes: object) -> Sweep:
    """Make a sweep of 40 samples over a range and a choice."""
    sweep = Sweep(
        name="test",
        title="What if growth is <b>fast</b>?",
        file=HERE.file,
        sha256="0" * 64,
        method=method,
        samples=None if method in ("grid", "list") else 8 if method == "sobol" else 40,
        varies=(
            vary("growth", Spread(low=0.1, high=0.4)),
            vary("rollout", values=("", "one-to-one")),
        ),
        years=2,
    )
    return replace(sweep, **changes)  # type: ignore[arg-type]


def outcomes(sweep: Sweep, schools: tuple[str, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make results by a rule: a school is over where growth passes its place among schools."""
    rows, totals = [], []
    for row in design(sweep).to_dict("records"):
        number = row.pop("sample")
        more = row.get("input_rollout") == "one-to-one"
        push = float(row[sweep.inputs[0]]) * (1.0 + 0.2 * more)
        for ahead, year in enumerate(YEARS):
            used = [push * (1 + ahead) * (1 + place) for place in range(len(schools))]
            head = {"sample": number, "school_year": year, **row}
            rows += [
                {
                    **head,
                    "school_id": school,
                    "element": f"{school}-uplink",
                    "utilization_share": share,
                    "over_network": share > 0.8,
                    "over": share > 0.8,
                }
                for school, share in zip(schools, used, strict=True)
            ]
            totals.append(
                {
                    **head,
                    "buildings": len(schools),
                    "buildings_over": sum(share > 0.8 for share in used),
                    "worst_utilization_share": max(used),
                    "devices": 1000.0,
                    "circuits_usd_per_year": 1e5 * (1 + more),
                }
            )
    return pd.DataFrame(rows), pd.DataFrame(totals)


def written(
    folder: Path, district: District, sweep: Sweep, problems: pd.DataFrame = EMPTY
) -> dict[str, str]:
    """Write a sweep and give the text of each file."""
    folder.mkdir()
    schools = tuple(district.table("schools")["school_id"])
    results, districts = outcomes(sweep, schools)
    write_sweep(
        folder,
        district=district,
        sweep=sweep,
        results=results,
        districts=districts,
        problems=problems,
    )
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}


class Page(HTMLParser):
    """Collects what a reader sees, and what a browser would load."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "src" or (name == "href" and (value or "").startswith("http")):
                self.loads.append(value or "")
            assert name != "style" and not name.startswith("on"), (tag, name)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.text.append(data)


@pytest.mark.parametrize("method", ["lhs", "random", "sobol", "grid", "list"])
def test_page_of_every_method(tmp_path: Path, district: District, method: str) -> None:
    sweep = a_sweep(method)
    if method in ("grid", "list"):
        varies = (
            vary("growth", values=(0.1, 0.2, 0.4)),
            vary("rollout", values=("", "one-to-one", "b")),
        )
        sweep = replace(sweep, varies=varies)
    files = written(tmp_path / "out", district, sweep)
    page = Page(files["sweep.html"])
    text = " ".join(page.text)
    assert not page.loads
    assert len(page.ids) == len(set(page.ids))
    assert ("How likely" in text) == (method not in ("grid", "list"))
    assert "nan" not in text.lower().split()
    assert ("Sobol indices" in text) == (method == "sobol") == ("sobol.csv" in files)
    # circuits cost more with the choice, so there is a frontier
    assert "What a dollar buys" in text
    for name in re.findall(r'<a href="([^"#]+)"', files["sweep.html"]):
        assert name in files or name.endswith(".parquet")


def test_same_bytes_twice(tmp_path: Path, district: District) -> None:
    first = written(tmp_path / "one", district, a_sweep())
    assert first == written(tmp_path / "two", district, a_sweep())


def test_titles_do_not_act(tmp_path: Path, district: District) -> None:
    html = written(tmp_path / "out", district, a_sweep())["sweep.html"]
    assert "<b>fast" not in html
    assert "&lt;b&gt;fast&lt;/b&gt;" in html
    evil = a_sweep(
        varies=(vary("growth", Spread(low=0.1, high=0.4)), vary("x", values=("", "\u202e<i>")))
    )
    html = written(tmp_path / "evil", district, evil)["sweep.html"]
    assert "<i>" not in html
    assert "\u202e" not in html


def test_headline_table_and_failures(tmp_path: Path, district: District) -> None:
    problems = pd.DataFrame(
        [{"sample": 40, "school_year": YEARS[0], "message": "shares sum to 1.2", "fix": "Less."}]
    )
    sweep = a_sweep(samples=41)
    folder = tmp_path / "out"
    folder.mkdir()
    schools = tuple(district.table("schools")["school_id"])
    results, districts = outcomes(sweep, schools)
    summary = write_sweep(
        folder,
        district=district,
        sweep=sweep,
        results=results[results["sample"] < 40],
        districts=districts[districts["sample"] < 40],
        problems=problems,
    )
    html = (folder / "sweep.html").read_text(encoding="utf-8")
    text = " ".join(" ".join(Page(html).text).split())
    assert summary.failed == 1
    assert "1 sample gave no result and is in no number here" in text
    assert "shares sum to 1.2" in text
    last = summary.counts.iloc[-1]
    assert f"In 2027-28, {last['median']} of 3 buildings are over their limit" in text
    assert "What matters most to their number is growth" in text
    # the most likely building stands first, with its chance and its shade
    top = summary.probabilities.sort_values("probability").iloc[-1]
    row = re.search(r"<tbody>\s*<tr>(.*?)</tr>", html, re.S)
    assert row is not None
    assert f"{top['school_id']}-uplink" in row[1]
    assert chance_text(float(top["probability"])) in row[1]
    assert "95 % interval" in row[1]


def test_files_are_sorted_and_short_numbers(tmp_path: Path, district: District) -> None:
    files = written(tmp_path / "out", district, a_sweep())
    table = pd.read_csv(tmp_path / "out" / "probabilities.csv")
    assert table[["school_year", "school_id"]].apply(tuple, axis=1).is_monotonic_increasing
    assert not re.search(r"\d\.\d{13,}", files["probabilities.csv"])


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0"), (0.001, "under 1"), (0.123, "12"), (0.996, "over 99"), (1.0, "100")],
)
def test_chances_in_words(share: float, text: str) -> None:
    assert chance_text(share).replace("\N{NO-BREAK SPACE}%", "") == text


@pytest.mark.parametrize(
    ("spread", "words"),
    [
        (Spread(low=0.1, high=0.4), "0.1 to 0.4, all equally likely"),
        (Spread(low=1, high=9, whole=True), "1 to 9, all equally likely, whole numbers"),
        (Spread(low=1, high=9, distribution="triangular"), "1 to 9, most likely 5 (triangular)"),
        (Spread(low=1, high=9, distribution="loguniform"), "1 to 9, evenly by factors"),
        (
            Spread(low=0, high=1, distribution="normal", mean=0.5, sd=0.1),
            "0 to 1, normal: 0.5 ± 0.1, cut off",
        ),
    ],
)
def test_ranges_in_words(spread: Spread, words: str) -> None:
    assert spread_words(vary("x", spread)) == words


def test_choices_in_words() -> None:
    assert spread_words(vary("x", values=("", "one-to-one", "b"))) == "none, one-to-one and b"


def test_factors_in_words() -> None:
    assert (
        spread_words(replace(vary("x", values=(0.5, 1.0, 2)), factor=True)) == "times 0.5, 1 and 2"
    )


def test_the_longest_bar_is_first_and_the_words_say_it() -> None:
    def row(name: str, low: float, high: float) -> dict[str, object]:
        ends = {"low_input": "1", "high_input": "2", "outcome_low": low, "outcome_high": high}
        return {"input": name, **ends}

    drawn = tornado(
        [row("surer", 3.0, 5.0), row("larger", 1.0, 9.0)], title="t", axis="a", middle=4.0
    )
    assert drawn is not None
    assert [pair.name for pair in drawn.pairs] == ["larger", "surer"]
    assert drawn.summary.startswith("What moves it most: larger")


@pytest.mark.parametrize(
    ("buildings", "last"), [(24, ["20", "24"]), (25, ["20", "25"]), (1, ["1"])]
)
def test_an_axis_of_buildings_ends_with_the_last_one(buildings: int, last: list[str]) -> None:
    row = {"school_year": "2026-27", "mean": 1.0, "p05": 0, "median": 1, "p95": 1, "most": 1}
    drawn = year_ranges([row], buildings)
    assert drawn is not None
    assert [tick.text for tick in drawn.ticks][-len(last) :] == last
    assert drawn.ticks[-1].at == drawn.right


def test_tornado_starts_at_the_mean() -> None:
    row = {
        "input": "x",
        "low_input": "1",
        "high_input": "2",
        "outcome_low": 2.0,
        "outcome_high": 8.0,
    }
    drawn = tornado([row], title="t", axis="a", middle=4.0)
    assert drawn is not None
    pair = drawn.pairs[0]
    assert pair.first_x + pair.first_width == pytest.approx(drawn.origin)
    assert pair.second_x == drawn.origin
    # 4 above the mean is twice as far as 2 below
    assert pair.second_width == pytest.approx(2 * pair.first_width, abs=0.2)
    assert (
        tornado([{**row, "outcome_low": 4.0, "outcome_high": 4.0}], title="t", axis="a", middle=4.0)
        is None
    )


def test_frontier_is_a_step_line() -> None:
    options = [
        {"usd": 100.0, "buildings_over": 5.0, "best": True},
        {"usd": 150.0, "buildings_over": 6.0, "best": False},
        {"usd": 200.0, "buildings_over": 1.0, "best": True},
    ]
    drawn = frontier_chart(options, axis="USD")
    assert drawn is not None
    assert len(drawn.best) == 2
    assert len(drawn.others) == 3
    assert drawn.line.count(" ") == 3
    assert frontier_chart([{**row, "best": False} for row in options], axis="USD") is None


def test_histogram_counts() -> None:
    drawn = histogram(np.array([0.0, 0.0, 1.0, 12.0]))
    assert len(drawn.bars) == 3
    assert max(height for _, _, height in drawn.bars) == drawn.height
    assert histogram(np.array([3.0, 3.0])).summary == "from 3 to 3"


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (0, 24), (16.3, 24), (-3, 7), (0.5, 0.5), (1e5, 7e5)]
)
def test_axis_holds_both_ends_in_few_round_steps(low: float, high: float) -> None:
    steps = round_steps(low, high)
    assert steps[0] <= low
    assert steps[-1] >= high
    assert 2 <= len(steps) <= 7
