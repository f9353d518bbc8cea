"""Terminal output: the answer first, worst first, plain text whatever the names hold."""

import io
from pathlib import Path

from rich.console import Console

import netplan
from netplan.errors import Problem
from netplan.report.model import Report
from netplan.report.terminal import print_check, print_problems
from netplan.studies.apply import apply
from netplan.whatif.read import parse_scenario
from tests.browser.sample import sample_report

HARBOR = Path(__file__).parents[2] / "data" / "schools" / "harbor-county"


def _printed(report: Report, *, width: int = 80, color: bool = False, **options: object) -> str:
    stream = io.StringIO()
    console = Console(
        file=stream, width=width, force_terminal=color, color_system="standard" if color else None
    )
    print_check(report, console, **options)  # type: ignore[arg-type]
    return stream.getvalue()


def test_the_answer_comes_first_and_fits_eighty_columns() -> None:
    text = _printed(sample_report())
    lines = text.splitlines()
    assert "13 of 24 buildings go over the 80" in lines[1]
    assert max(map(len, lines)) <= 80
    assert text.index("Elm School 1") < text.index("Cypress School")
    assert "1 more at risk, 8 more that fit" in text
    assert text.index("Critical (10)") < text.index("Warnings (4)")


def test_guesses_and_events_are_told_above_the_table() -> None:
    text = " ".join(_printed(sample_report(guessed=True, event=True)).split())
    assert "Not a usual day: MAP Growth day" in text
    assert "Assumed of MAP Growth day: share 0.9" in text
    assert "better than the usual day" in text
    assert "10,000 Mbps of CIRCUIT is a guess" in text
    assert text.index("is a guess") < text.index("Bottleneck")
    assert "Asks: the building's own planning load" in text


def test_all_rows() -> None:
    text = _printed(sample_report(), width=120, all_rows=True)
    assert "Cypress School 24" in text
    assert "more that fit" not in text


def test_where_files_went_is_last_and_unbroken() -> None:
    page = Path("/very") / ("long" * 30) / "index.html"
    assert str(page) in _printed(sample_report(), pages=page).splitlines()[-1]


def test_names_are_text_not_markup_nor_codes() -> None:
    text = _printed(sample_report(hostile=True), width=200)
    assert "[bold red]Markup[/bold red]" in text
    assert "<script>alert(1)</script>" in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    colored = _printed(sample_report(hostile=True), width=200, color=True)
    assert "<U+001B>[31mRed<U+001B>[0m" in colored


def test_problems_say_where_what_and_what_to_do() -> None:
    stream = io.StringIO()
    problem = Problem(
        code="x", file="links.csv", row=3, column="down_mbps", value="[red]-5[/red]",
        message="is negative", expected="above 0", fix="Correct it.",
    )  # fmt: skip
    note = Problem(code="y", file="a.csv", message="m", expected="", fix="f", severity="note")
    print_problems([problem, note], Console(file=stream, width=80))
    lines = stream.getvalue().splitlines()
    assert lines[0] == "1 problem and 1 note found."
    assert lines[1].startswith("error links.csv:3:down_mbps: is negative, found '[red]-5[/red]'")
    assert "Correct it." in lines[1]


def test_what_is_cut_off_is_said_to_be_so_without_a_bottleneck() -> None:
    district = netplan.load(HARBOR)
    scenario = parse_scenario(b'fail = ["INTERNET1"]', file="down.toml", name="down")
    report = netplan.check(apply(district, scenario))
    assert set(report.capacity.buildings["status"]) == {"over"}
    text = _printed(report, width=120, all_rows=True)
    table = text[text.index("School") : text.index("Asks: the building")]
    assert table.count("Cut off") == 24
    assert "Over" not in table
    assert "link" not in table
    said = " ".join(text.split())
    assert "24 of 24 schools have no internet" in said
    assert "No single failure cuts off" not in said
    assert "published targets, which disagree" not in said
    assert "and 9 more cut off (--all shows every building)" in _printed(report)


def test_nothing_is_cut_off_on_a_usual_day() -> None:
    said = " ".join(_printed(sample_report()).split())
    assert "Cut off" not in said
    assert "published target" in said
