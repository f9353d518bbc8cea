"""Cells of lists: counts, withheld values, grades, levels and points."""

import math

import pytest

from netplan.sources.levels import grade_number, level_of_name, level_of_span, read_span
from netplan.sources.numbers import read_count, read_number, show
from netplan.sources.places import Point, center, distance_km, read_point


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("1240.00000", "number", 1240),
        ("1,240", "number", 1240),
        ("$12,345,678.50", "number", 12345678.5),
        ("0", "number", 0),
        ("†", "missing", None),
        ("–", "missing", None),
        ("NOT AVAILABLE", "missing", None),
        ("-999", "missing", None),
        ("-2", "missing", None),
        ("", "missing", None),
        ("*", "suppressed", None),
        ("<10", "suppressed", None),
        ("<", "suppressed", None),
        ("n<10", "suppressed", None),
        ("10-19", "suppressed", None),
        ("-5", "bad", None),
        ("abc", "bad", None),
        ("inf", "bad", None),
        ("1e999", "bad", None),
        ("1.2.3", "bad", None),
        ("=1+1", "bad", None),
    ],
)
def test_counts(text: str, kind: str, value: float | None) -> None:
    reading = read_count(text)
    assert reading.kind == kind
    assert math.isnan(reading.value) if value is None else reading.value == value


def test_numbers_may_be_negative_and_are_shown_plainly() -> None:
    assert read_number("-80.35").value == -80.35
    assert [show(x) for x in (1240.0, 0.5665, -80.3409036, None, math.nan)] == [
        "1240",
        "0.5665",
        "-80.3409036",
        "",
        "",
    ]


def test_grades() -> None:
    names = [
        "PK",
        "KG",
        "01",
        "12",
        "Grade 3",
        "Kindergarten",
        "Prekindergarten Age 4",
        "5th",
        "TK",
        "UG",
        "–",
        "13",
        "AE",
    ]
    assert [grade_number(name) for name in names] == [
        -1, 0, 1, 12, 3, 0, -1, 5, 0, None, None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("span", "level", "guessed"),
    [
        ("E", "elementary", False),
        ("M", "middle", False),
        ("H", "high", False),
        ("EM", "elementary", True),
        ("MH", "high", True),
        ("EH", "k12", False),
        ("EMH", "k12", False),
        ("PK-5", "elementary", False),
        ("KG-06", "elementary", False),
        ("K to 8", "elementary", True),
        ("07-08", "middle", False),
        ("4-5", "elementary", False),
        ("6-12", "high", True),
        ("9-12", "high", False),
        ("12", "high", False),
        ("PK-12", "k12", False),
        ("8-6", "middle", False),
    ],
)
def test_levels_of_spans(span: str, level: str, guessed: bool) -> None:
    low_high = read_span(span)
    assert low_high is not None
    found = level_of_span(*low_high)
    assert (found.level, found.rule != "") == (level, guessed)


def test_spans_that_are_none() -> None:
    assert [read_span(text) for text in ("", "ungraded", "1-2-3", "EX")] == [None] * 4


def test_levels_of_names_are_guesses() -> None:
    names = {
        "Oak Elementary": "elementary",
        "Oak Middle School": "middle",
        "Oak High": "high",
        "Oak Junior High": "middle",
        "Oak K-8": "elementary",
        "Oak K12 Academy": "k12",
        "Oak Early Childhood Center": "elementary",
        "Highland Academy": "other",
    }
    for name, level in names.items():
        found = level_of_name(name)
        assert (found.level, found.rule) == (level, "level-from-name")


def test_points() -> None:
    assert read_point("27.3", "-80.4").point == Point(lon=-80.4, lat=27.3)
    swapped = read_point("-80.4", "27.3")
    assert swapped.swapped
    assert swapped.point == Point(lon=-80.4, lat=27.3)
    assert read_point("100", "27.3").swapped
    assert read_point("", "").point is None
    assert read_point("0", "0").point is None
    assert read_point("0", "-80").point is None
    assert read_point("27.3", "east").bad
    assert read_point("95", "195").bad


def test_distance_and_center() -> None:
    # One degree of latitude is pi / 180 of 6,371.0088 km = 111.195 km.
    assert distance_km(Point(lon=0, lat=0), Point(lon=0, lat=1)) == pytest.approx(111.195, abs=1e-3)
    points = [Point(lon=-80, lat=27), Point(lon=-80.2, lat=27.2), Point(lon=-60, lat=40)]
    assert center(points) == Point(lon=-80, lat=27.2)
    assert center([]) is None
