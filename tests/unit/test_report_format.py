"""Numbers and names as people see them, and file names that are safe anywhere."""

import math

import pytest

from netplan.report.format import (
    cell,
    cited,
    clean,
    count,
    listed,
    number,
    percent,
    plural,
    quantity,
    school_year,
    tidy,
)
from netplan.report.names import page_name
from tests.browser.sample import HOSTILE_IDS


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (1234.0, "1,234"), (2488.0, "2,488"), (1234.56, "1,230"), (87.857, "87.9"),
     (0.00012345, "0.000123"), (-212.4, "-212"), (1e9, "1,000,000,000"), (0.1 + 0.2, "0.3")],
)  # fmt: skip
def test_numbers_have_three_digits_unless_whole(value: float, text: str) -> None:
    assert number(value) == text


def test_shares_counts_and_units() -> None:
    assert percent(0.07) == "7\N{NO-BREAK SPACE}%"
    assert percent(1.5555) == "156\N{NO-BREAK SPACE}%"
    assert count(-0.3) == "0"
    assert count(63000.4) == "63,000"
    assert quantity(0.8, "share of capacity") == "80\N{NO-BREAK SPACE}% of capacity"
    assert quantity(1000.0, "Mbps") == "1,000 Mbps"
    assert quantity(math.inf, "Mbps") == "no limit"
    assert quantity(None, "Mbps") == "–"
    assert quantity("2028-29", "") == "2028-29"


def test_cells_keep_the_exact_value_and_sort_by_it() -> None:
    shown = cell("load_mbps", 4870.123456789)
    assert (shown.text, shown.exact, shown.numeric) == ("4,870", "4870.12346 Mbps", True)
    assert float(cell("capacity_mbps", math.inf).sort) > 1e300
    assert cell("year_built", 1963.0).text == "1963"
    assert cell("met", True).text == "yes"
    assert cell("airtime_share", None).text == "–"


def test_words() -> None:
    assert plural(1, "link") == "1 link"
    assert plural(1200, "switch", "switches") == "1,200 switches"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"


def test_sentences_are_written_one_way() -> None:
    assert tidy("97% of it, over 80 %") == "97\N{NO-BREAK SPACE}% of it, over 80\N{NO-BREAK SPACE}%"
    assert tidy("12 access-point group(s), 1 way(s)") == "12 access-point groups, 1 way"


def test_sources_are_citations_not_numbers_of_facts() -> None:
    assert cited("1.27 ESH, K-12 goals, https://a.b/1.27") == "ESH, K-12 goals, https://a.b/1.27"
    assert cited("down 2.12 SETDA (2nd-hand); up: assumption") == (
        "down: SETDA (2nd-hand); up: assumption"
    )
    assert cited("assumption: ESH planned for 0.5 (1.27), CoSN (1.28, 1.29)") == (
        "assumption: ESH planned for 0.5, CoSN"
    )
    assert (
        cited("assumption: 1.25 Mbps each, 0.32 at 30") == "assumption: 1.25 Mbps each, 0.32 at 30"
    )


def test_hidden_characters_are_shown() -> None:
    assert clean("abc\u202egnp.exe") == "abc<U+202E>gnp.exe"
    assert clean("\x1b[31mRed") == "<U+001B>[31mRed"
    assert clean("two\r\nlines\tand") == "two lines and"
    assert clean("שלום Ñandú 学校") == "שלום Ñandú 学校"


IDS = (*HOSTILE_IDS, "S001", "s001", "con", "NUL", "COM1", "LPT9", "x" * 300, "X" * 300, "a.b", "~")


@pytest.mark.parametrize("school", IDS)
def test_page_names_are_safe_everywhere(school: str) -> None:
    name = page_name(school)
    assert name.isascii()
    assert len(name) <= 60
    assert name.endswith(".html")
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
    assert name[0] not in ".-"
    assert name.split(".", maxsplit=1)[0].upper() not in {"CON", "NUL", "COM1", "LPT9", ""}


def test_page_names_are_unique_on_disks_that_ignore_case_and_stable() -> None:
    names = [page_name(school).casefold() for school in IDS]
    assert len(set(names)) == len(set(IDS))
    assert page_name("S001") == "S001.html"
    assert page_name("s1") == "id-s1.e8bc163c82.html"


def test_a_year_that_is_counted_from_now_is_said_in_words() -> None:
    assert school_year("+0") == "now"
    assert school_year("+1") == "in 1 year"
    assert school_year("+12") == "in 12 years"
    assert school_year("2028-29") == "2028-29"
    assert cell("exhausted_school_year", "+2").text == "in 2 years"
