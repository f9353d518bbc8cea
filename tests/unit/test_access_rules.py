"""Dated rules: the day, the row in force, what is left to pay."""

import math
from datetime import date

import pytest

from netplan.access.rules import (
    BUS_WIFI,
    HOTSPOT,
    LIFELINE,
    NEWEST,
    day_text,
    erate_price,
    erate_share,
    funding_day,
    hotspot_cap_usd_per_year,
    in_force,
    lifeline_usd_per_year,
    plans_in_force,
    same_provider,
)
from netplan.inputs.catalogs import load_catalog
from tests.unit.access_tables import RULES, table

FY2023, FY2024, FY2025 = date(2023, 7, 1), date(2024, 7, 1), date(2025, 7, 1)
CATALOG = table("rules", RULES)


def test_the_funding_year_begins_in_july() -> None:
    assert funding_day("2026-27") == date(2026, 7, 1)
    assert funding_day("1999-00") == date(1999, 7, 1)


def test_without_a_school_year_the_newest_rule_holds_and_is_called_so() -> None:
    day = funding_day(None)
    assert day == NEWEST
    rows = [{"from_date": "2020-01-01", "value": 1.0}, {"from_date": "2031-01-01", "value": 2.0}]
    rule = in_force(table("rules", rows), "r", day)
    assert rule is not None
    assert rule.value == 2.0
    assert "newest" in day_text(day)
    assert day_text(FY2024) == "on 2024-07-01"


@pytest.mark.parametrize(
    ("day", "value"),
    [
        (date(2024, 6, 30), None),
        (date(2024, 7, 1), 1.0),
        (date(2025, 6, 30), 1.0),
        (date(2025, 7, 1), 0.0),
    ],
)
def test_a_rule_holds_from_its_first_to_its_last_day(day: date, value: float | None) -> None:
    rule = in_force(CATALOG, BUS_WIFI, day)
    assert (None if rule is None else rule.value) == value
    assert erate_share(CATALOG, BUS_WIFI, day) == (value or 0.0)


def test_of_two_rules_the_later_to_start_holds_in_any_order() -> None:
    rows = [{"from_date": "2020-01-01", "value": 1.0}, {"from_date": "2022-01-01", "value": 2.0}]
    for order in (rows, rows[::-1]):
        rule = in_force(table("rules", order), "r", FY2023)
        assert rule is not None
        assert (rule.value, rule.from_date, rule.until_date) == (2.0, date(2022, 1, 1), None)
    assert in_force(table("rules", rows), "other", FY2023) is None


def test_e_rate_takes_its_discount_off_what_is_eligible_in_fy2024() -> None:
    # 80 % of 1,840 = 1,472 off: 368 left
    price = erate_price(1840.0, CATALOG, BUS_WIFI, FY2024, discount_share=0.8)
    assert price.usd_per_year == pytest.approx(368.0)
    assert "80%" in price.source
    assert "5.09" in price.source
    # a hotspot at 300 a year, eligible up to 12 x 15 = 180: 80 % of 180 = 144 off
    cap = hotspot_cap_usd_per_year(CATALOG, FY2024)
    assert cap == 180.0
    hotspot = erate_price(300.0, CATALOG, HOTSPOT, FY2024, discount_share=0.8, cap_usd_per_year=cap)
    assert hotspot.usd_per_year == pytest.approx(156.0)


def test_e_rate_pays_nothing_from_fy2025_or_before_it_paid() -> None:
    after = erate_price(1840.0, CATALOG, BUS_WIFI, FY2025, discount_share=0.8)
    assert after.usd_per_year == 1840.0
    assert after.source == "E-Rate pays 0 % of it on 2025-07-01 (5.13)"
    before = erate_price(1840.0, CATALOG, BUS_WIFI, FY2023, discount_share=0.8)
    assert before.usd_per_year == 1840.0
    assert math.isinf(hotspot_cap_usd_per_year(CATALOG, FY2025))


def test_an_unknown_discount_takes_nothing_off_and_says_so() -> None:
    price = erate_price(1840.0, CATALOG, BUS_WIFI, FY2024, discount_share=None)
    assert price.usd_per_year == 1840.0
    assert "not known" in price.source


def test_lifeline_is_a_yearly_sum() -> None:
    assert lifeline_usd_per_year(CATALOG, FY2025) == pytest.approx(111.0)  # 12 x 9.25
    assert lifeline_usd_per_year(table("rules"), FY2025) == 0.0
    assert in_force(CATALOG, LIFELINE, FY2025) is not None


def test_plans_that_ended_or_have_not_begun_are_left_out() -> None:
    plans = table(
        "low_cost_plans",
        [
            {"plan": "c"},
            {"plan": "a", "until_date": "2024-06-30"},
            {"plan": "b", "from_date": "2026-01-01"},
            {"plan": "d", "until_date": "2024-07-01"},
        ],
    )
    assert plans_in_force(plans, FY2024)["plan"].tolist() == ["c", "d"]


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("Comcast", "comcast", True),
        ("Comcast", "Comcast Cable Communications, LLC", True),
        ("AT&T", "AT&T Inc.; Verizon", True),
        ("Xfinity;Comcast", "Verizon; Comcast Corporation", True),
        ("Cox", "Coxsackie Telephone", False),
        ("AT&T", "T-Mobile", False),
        ("", "Comcast", False),
        ("Comcast", "", False),
        ("", "", False),
    ],
)
def test_names_of_providers_match_by_whole_words(left: str, right: str, same: bool) -> None:
    assert same_provider(left, right) is same
    assert same_provider(right, left) is same


def test_the_built_in_catalogs_hold_the_rules_that_are_asked_for() -> None:
    catalogs = {name: load_catalog(name) for name in ("rules", "low_cost_plans")}
    rules = catalogs["rules"]
    assert erate_share(rules, BUS_WIFI, FY2023) == 0.0
    assert erate_share(rules, BUS_WIFI, FY2024) == erate_share(rules, HOTSPOT, FY2024) == 1.0
    assert erate_share(rules, BUS_WIFI, FY2025) == erate_share(rules, HOTSPOT, NEWEST) == 0.0
    assert hotspot_cap_usd_per_year(rules, FY2024) == 180.0
    assert math.isinf(hotspot_cap_usd_per_year(rules, FY2025))
    assert lifeline_usd_per_year(rules, NEWEST) == pytest.approx(111.0)
    plans = plans_in_force(catalogs["low_cost_plans"], NEWEST)
    comcast = plans[[same_provider(name, "Comcast Cable, LLC") for name in plans["provider"]]]
    assert sorted(comcast["usd_per_month"]) == [9.95, 29.95]
