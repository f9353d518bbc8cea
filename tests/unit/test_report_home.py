"""The after-school page: places that people know, numbers that unfold, guesses that are marked."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import netplan
from netplan.errors import InfeasibleError
from netplan.report.home import AccessReport
from netplan.report.home_guesses import (
    cost_guessed,
    find_home_guesses,
    home_guess_sentence,
    home_guess_table,
    room_guessed,
)
from netplan.report.home_numbers import need_derivations, plan_derivations
from netplan.report.home_page import home_context
from netplan.report.home_plan_views import kinds_table, sites_table
from netplan.report.home_timetable import timetable_tables
from netplan.report.home_views import areas_table
from netplan.report.home_where import find_places, where
from netplan.report.home_words import access_headline, bound_of
from netplan.report.layout import Table
from netplan.report.lookup import look_up
from netplan.report.model import Home
from tests.unit.after_school import (
    AFTER_SCHOOL,
    NE,
    SE,
    SW,
    write_after_school,
)

STATED = "budget_usd_per_year = 20000\ndraws = 50\n"
GUESSED = {
    "buses.csv": AFTER_SCHOOL["buses.csv"]
    .replace("usd_per_hour\n", "usd_per_hour,guess\n")
    .replace(",22\n", ",22,usd_per_hour: bus-driver; max_clients: bus-clients\n"),
    "partners.csv": AFTER_SCHOOL["partners.csv"]
    .replace("transit\n", "transit,guess\n")
    .replace("true\n", 'true,"seats, hours_per_week: library-seats"\n')
    .replace("true,\n", "true,,\n"),
    "slots.csv": AFTER_SCHOOL["slots.csv"]
    .replace("end\n", "end,guess\n")
    .replace("17:30\n", '17:30,"start, end: week-slots"\n')
    .replace("20:00\n", '20:00,"start, end: week-slots"\n'),
    # buses alone, and money for them
    "offers.csv": None,
    "access.toml": "budget_usd_per_year = 60000\nhours_per_week_needed = 2\ndraws = 50\n",
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> AccessReport:
    """Plan the three-school district as its lists say."""
    folder = tmp_path_factory.mktemp("stated") / "d"
    return netplan.access(netplan.load(write_after_school(folder, access=STATED)))


@pytest.fixture(scope="module")
def guessed(tmp_path_factory: pytest.TempPathFactory) -> AccessReport:
    """Plan it for buses, with cells that `netplan init` guessed."""
    folder = tmp_path_factory.mktemp("guessed") / "d"
    return netplan.access(netplan.load(write_after_school(folder, GUESSED)))


def column(table: Table, key: str) -> list[Any]:
    place = [each.key for each in table.columns].index(key)
    return [row[place] for row in table.rows]


def test_areas_are_named_by_the_nearest_school(report: AccessReport) -> None:
    near = find_places(report.gap)
    # SW's middle is 27.3925, -80.4075: from E1 (27.40, -80.40) 0.0075 of a degree south, which
    # is 0.52 miles, and 0.0075 west, which is 0.46: 0.7 miles to the southwest
    assert near[SW] == ("Elm Elementary", "0.7 mi SW of Elm Elementary")
    # NE's is 27.4375, -80.3625: 0.0025 of a degree from H1 (27.44, -80.36)
    assert near[NE][1] == "0.2 mi SW of Hickory High"
    assert where({"geoid": SW, "place": SW}, near) == near[SW][1]
    group = {"geoids": f"{SW};{SE};{NE}", "place": "a to b"}
    names = list(dict.fromkeys(near[geoid][0] for geoid in (SW, SE, NE)))
    assert where(group, near).startswith(f"near {names[0]}, {names[1]}")
    # an area that is not on the map keeps its id
    assert where({"geoid": "1", "place": "1"}, near) == "1"
    table = areas_table(report.gap, near)
    assert table.columns[0].title == "Where"
    assert {cell.text for cell in column(table, "where")} <= {words for _, words in near.values()}


def test_what_holds_for_every_place_of_a_kind_is_said_once(guessed: AccessReport) -> None:
    table = sites_table(guessed, find_home_guesses(guessed.district))
    stops = [row for row in guessed.sites.itertuples() if row.kind == "bus stop"]
    assert len(stops) == 2
    text = str(stops[0].limited_by)
    assert text
    assert table.note.count(text) == 1
    assert not any(text in cell.text for row in table.rows for cell in row)


def test_guesses_are_marked_and_their_rules_listed(guessed: AccessReport) -> None:
    guesses = find_home_guesses(guessed.district)
    table = sites_table(guessed, guesses)
    marks = {
        name.text: (room.mark, cost.mark)
        for name, room, cost in zip(
            column(table, "name"),
            column(table, "max_students"),
            column(table, "usd_per_year"),
            strict=True,
        )
    }
    # the library's seats are a guess, its price is not; every bus's clients and driver are
    assert marks["Main Library"] == ("guess", "")
    assert marks["Hill Church"] == ("", "")
    assert marks["Elm lot"] == ("guess", "guess")
    assert room_guessed("bus_stop", "ST1", guesses)
    assert cost_guessed("bus_stop", "ST1", guesses)
    assert not room_guessed("hotspot_lending", "lend", guesses)
    days = timetable_tables(guessed, guesses)
    assert all("times are a guess" in day.caption for day in days)
    rules = home_guess_table(guesses)
    cells = dict(zip([cell.text for cell in column(rules, "cell")], rules.rows, strict=True))
    assert "partners.csv: hours_per_week, seats" in cells
    assert "buses.csv: usd_per_hour" in cells
    # buses 2 x 2, partners 2, slots 4 x 2
    assert home_guess_sentence(guesses).startswith("14 cells behind this page are guesses by rule")


def test_lists_without_guesses_are_not_marked(report: AccessReport) -> None:
    guesses = find_home_guesses(report.district)
    assert home_guess_sentence(guesses) == ""
    assert not any(cell.mark for row in sites_table(report, guesses).rows for cell in row)


def test_the_timetable_has_a_table_a_day_narrow_enough_for_a_phone(guessed: AccessReport) -> None:
    visits = guessed.timetable
    assert not visits.empty
    days = timetable_tables(guessed, find_home_guesses(guessed.district))
    assert len(days) == visits["weekday"].nunique()
    for day in days:
        assert len(day.columns) <= 3
    stands = sum(cell.text != "–" for day in days for row in day.rows for cell in row[1:])
    assert stands == len(visits)
    # more times of a day than fit beside one another: a row for each visit
    more = pd.concat(
        [
            visits,
            visits.assign(start="08:00", end="09:00"),
            visits.assign(start="09:00", end="9:30"),
        ]
    )
    many = replace(guessed, published=replace(guessed.published, timetable=more))
    long = timetable_tables(many, find_home_guesses(guessed.district))
    assert [each.title for each in long[0].columns] == ["Bus", "Time", "Stop"]
    assert sum(len(day.rows) for day in long) == len(more)


def test_every_main_number_unfolds_from_published_numbers(report: AccessReport) -> None:
    plan, total = report.published, report.gap.total
    found = {
        each.number: each for each in [*need_derivations(report.gap), *plan_derivations(report)]
    }
    assert list(found) == [
        *("students_offline", "households_offline", "rate"),
        *("reach", "max_students", "cost_usd_per_year", "bound", "usd_per_student"),
    ]
    for each in found.values():
        assert each.plain
        assert each.formula
        assert each.terms
        assert all(term.source for term in each.terms)
        assert each.uncertainty
    assert found["students_offline"].value == (
        f"{total.students_offline:,.0f} ± {1.645 * total.se:,.0f}"
    )
    # the county's 100 are met exactly
    assert ", 100 after: ×" in found["households_offline"].worked
    assert found["reach"].worked == "800 / 1.3 = 615 m = 0.38 miles"
    assert found["max_students"].worked == "20 seats x 10 h / 5 h"
    assert found["max_students"].value == 40
    parts = [part["cost_usd_per_year"] for part in found["cost_usd_per_year"].parts]
    if "withheld" not in parts:
        assert sum(parts) == pytest.approx(plan.cost_usd_per_year, abs=len(parts))
    assert "2,000 USD" in str(found["cost_usd_per_year"].terms[0].value)


def test_withheld_numbers_are_withheld_where_they_unfold(report: AccessReport) -> None:
    nan = float("nan")
    gap = replace(
        report.gap,
        published=replace(
            report.gap.published, total=replace(report.gap.total, students_offline=nan, se=nan)
        ),
    )
    hidden = replace(
        report,
        gap=gap,
        published=replace(
            report.published,
            served_students=nan,
            served_share=nan,
            bound_students=nan,
            students_offline=nan,
            last_dollar="",
            robustness=None,
        ),
    )
    found = {each.number: each for each in [*need_derivations(gap), *plan_derivations(hidden)]}
    for number in ("students_offline", "bound", "usd_per_student"):
        assert found[number].value == "withheld"
        assert found[number].worked == ""
    for each in found.values():
        assert "nan" not in f"{each.value}{each.worked}{each.uncertainty}{each.terms}".lower()


def test_a_bound_is_rounded_so_that_it_still_holds(report: AccessReport) -> None:
    loose = replace(report, published=replace(report.published, bound_students=1713.6))
    assert bound_of(loose) == 1714
    assert "serves more than 1,714" in " ".join(access_headline(loose))
    goal = replace(report.published.goal, budget_usd_per_year=None, coverage_share=0.5)
    least = replace(report.published, goal=goal, bound_usd_per_year=1713.6)
    assert bound_of(replace(report, published=least)) == 1713


def test_what_exists_already_is_said_to_cost(tmp_path: Path, report: AccessReport) -> None:
    assert "2,000 USD of it goes to partners that exist already" in " ".join(
        access_headline(report)
    )
    folder = write_after_school(tmp_path / "d", access="budget_usd_per_year = 1000\n")
    district = netplan.load(folder)
    with pytest.raises(InfeasibleError) as error:
        netplan.access(district)
    context = home_context(
        Home(gap=netplan.gap(district), note=str(error.value)),
        netplan.gap(district),
        look_up(netplan.check(district)),
    )
    note = context["note"]
    assert re.match(r"[A-Z].*2,000 USD a year.*1,000.*existing = false.*\.$", note), note


def test_the_plan_by_kind_adds_up_to_the_plan(report: AccessReport) -> None:
    table = kinds_table(report)
    assert sum(int(cell.text) for cell in column(table, "places")) == len(report.sites) + len(
        report.offers
    )
    assert report.published.kinds["students"].sum() == pytest.approx(
        report.published.served_students
    )
    assert '"kinds"' in report.to_json()
