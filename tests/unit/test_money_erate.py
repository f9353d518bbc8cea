"""E-Rate: discounts, Category Two budgets, eligibility by funding year, and what is unsure."""

from dataclasses import replace
from pathlib import Path

import pytest

from netplan.access.rules import funding_day, in_force, lifeline_usd_per_year, plans_in_force
from netplan.district.model import District
from netplan.inputs.folder import read_folder
from netplan.inputs.model import MoneySettings
from netplan.money.erate import category_two_budget, discount, share_paid
from netplan.money.rules import eligible_share, held, internet_price, wan_price
from tests.unit.folders import write_district

_HEAD = "school_id,name,lat,lon,level,enrollment,frl_share,locale\n"


def _district(
    path: Path,
    schools: list[tuple[int, str, str]],
    money: MoneySettings | None = None,
) -> District:
    """Write schools of (enrollment, frl_share, locale), each one building on the core."""
    rows = [
        f"S{place},School {place},27.4{place % 10},-80.4,elementary,{students},{share},{locale}\n"
        for place, (students, share, locale) in enumerate(schools)
    ]
    nodes = ["node_id,kind,school_id\n", "inet,internet,\n"]
    links = ["link_id,a,b,down_mbps\n"]
    for place in range(len(schools)):
        nodes.append(f"m{place},mdf,S{place}\n")
        links.append(f"l{place},inet,m{place},100\n")
    folder = write_district(
        path,
        schools=_HEAD + "".join(rows),
        devices=None,
        nodes="".join(nodes),
        links="".join(links),
    )
    inputs = read_folder(folder)
    return District(inputs=inputs if money is None else replace(inputs, money=money))


@pytest.mark.parametrize(
    ("poverty", "urban", "rural", "urban_two"),
    [
        (0.0, 0.20, 0.25, 0.20),
        (0.009, 0.20, 0.25, 0.20),
        (0.01, 0.40, 0.50, 0.40),
        (0.19, 0.40, 0.50, 0.40),
        (0.2, 0.50, 0.60, 0.50),
        (0.35, 0.60, 0.70, 0.60),
        (0.5, 0.80, 0.80, 0.80),
        (0.74, 0.80, 0.80, 0.80),
        (0.75, 0.90, 0.90, 0.85),
        (1.0, 0.90, 0.90, 0.85),
    ],
)
def test_the_matrix(
    tmp_path: Path, poverty: float, urban: float, rural: float, urban_two: float
) -> None:
    town = _district(tmp_path / "a", [(500, str(poverty), "21")])
    land = _district(tmp_path / "b", [(500, str(poverty), "41-Rural: Fringe")])
    assert discount(town, "category_one", "2026-27").share == urban
    assert discount(town, "category_two", "2026-27").share == urban_two
    assert discount(land, "category_one", "2026-27").share == rural
    assert discount(land, "category_one", "2026-27").status == "sourced"
    assert share_paid(town, "none", "2026-27") == 0


def test_poverty_is_weighted_by_enrollment(tmp_path: Path) -> None:
    """(300 x 0.9 + 100 x 0.1) / 400 = 70 %, not the 50 % of a plain mean."""
    found = discount(_district(tmp_path, [(300, "0.9", "11"), (100, "0.1", "11")]), "category_one")
    assert found.poverty_share == pytest.approx(0.7)
    assert found.worked == (
        "70 % of students have free or reduced-price lunch, which is at least 50 %; urban, 0 of 2 "
        "schools have a rural locale: 80 %"
    )


def test_a_school_that_says_nothing_leaves_the_average_and_is_told(tmp_path: Path) -> None:
    found = discount(_district(tmp_path, [(300, "0.8", "11"), (900, "", "11")]), "category_one")
    assert found.poverty_share == pytest.approx(0.8)
    assert found.status == "assumption"
    assert "in the 1 of 2 schools that say it" in found.worked


def test_nothing_known_takes_nothing_off(tmp_path: Path) -> None:
    found = discount(_district(tmp_path, [(300, "", "")]), "category_one", "2026-27")
    assert (found.share, found.poverty_share, found.status) == (0.0, None, "assumption")
    assert "nothing is taken off" in found.worked


@pytest.mark.parametrize(
    ("locales", "rural", "status"),
    [
        (["41", "42", "11"], True, "sourced"),
        (["41", "11"], False, "sourced"),  # more than half, not half
        (["Rural: Remote", "rural", "Town: Distant"], True, "sourced"),
        (["43", "32", "11"], False, "assumption"),  # the town may be rural: 2 of 3
        (["43", "", "11"], False, "assumption"),
        (["43", "31", "11", "12"], False, "sourced"),  # 2 of 4 are no majority either
        (["City: Large", "Suburb: Large", "nowhere"], False, "sourced"),
    ],
)
def test_rural_is_by_majority_of_schools(
    tmp_path: Path, locales: list[str], rural: bool, status: str
) -> None:
    found = discount(_district(tmp_path, [(100, "0.4", one) for one in locales]), "category_one")
    assert (found.rural, found.status) == (rural, status)
    assert found.share == (0.7 if rural else 0.6)


def test_a_doubtful_locale_does_not_matter_where_the_rows_agree(tmp_path: Path) -> None:
    found = discount(_district(tmp_path, [(100, "0.6", "33")]), "category_one")
    assert (found.share, found.status) == (0.8, "sourced")


def test_the_district_knows_best(tmp_path: Path) -> None:
    told = MoneySettings(erate_discount_share=0.9, rural=True)
    one = _district(tmp_path, [(100, "0.4", "11")], told)
    assert discount(one, "category_one").share == 0.9
    assert discount(one, "category_two").share == 0.85
    assert discount(one, "category_two").worked == (
        "90 % as the district says, at most 85 % in this category"
    )
    assert "erate_discount_share" in discount(one, "category_one").source
    rural = _district(tmp_path / "b", [(100, "0.4", "11")], MoneySettings(rural=True))
    assert (discount(rural, "category_one").share, discount(rural, "category_one").rural) == (
        0.7,
        True,
    )


def test_the_matrix_starts_with_funding_year_2015(tmp_path: Path) -> None:
    found = discount(_district(tmp_path, [(100, "0.4", "11")]), "category_one", "2014-15")
    assert (found.share, found.status) == (0.0, "assumption")
    assert "no row of the matrix holds" in found.worked


def test_below_every_row_of_the_matrix_nothing_is_taken_off(tmp_path: Path) -> None:
    one = _district(tmp_path, [(100, "0.4", "11")])
    tables = dict(one.inputs.tables)
    tables["discounts"] = tables["discounts"][tables["discounts"]["poverty_from_share"] > 0.4]
    found = discount(District(inputs=replace(one.inputs, tables=tables)), "category_one", "2026-27")
    assert (found.share, found.status) == (0.0, "assumption")


def test_a_cycle_is_at_least_a_year_long(tmp_path: Path) -> None:
    one = _district(tmp_path, [(1_000, "0.4", "11")])
    tables = dict(one.inputs.tables)
    tables["rules"] = tables["rules"].assign(until_date="2026-08-01")
    budget = category_two_budget(District(inputs=replace(one.inputs, tables=tables)), "2026-27")
    assert budget is not None
    assert budget.last_school_year == "2026-27"


def test_category_two_of_a_large_district_is_by_the_head(tmp_path: Path) -> None:
    one = _district(tmp_path, [(1_000, "0.4", "11")] * 12)
    budget = category_two_budget(one, "2026-27")
    assert budget is not None
    assert budget.usd == pytest.approx(12_000 * 201.57)
    assert (budget.status, budget.left_usd) == ("sourced", budget.usd)
    assert "12,000 students x 201.57 USD" in budget.worked


def test_category_two_of_the_cycle_before(tmp_path: Path) -> None:
    """2024-25 is the fourth of five years: two fifths of 1,000 x 167 are taken to be left."""
    budget = category_two_budget(_district(tmp_path, [(1_000, "0.4", "11")]), "2024-25")
    assert budget is not None
    assert (budget.first_school_year, budget.last_school_year) == ("2021-22", "2025-26")
    assert [budget.usd, budget.left_usd] == pytest.approx([167_000, 66_800])


def test_the_floor_of_small_districts_is_marked_unverified(tmp_path: Path) -> None:
    """100 students x 201.57 = 20,157, below the floor of 30,175."""
    budget = category_two_budget(_district(tmp_path, [(100, "0.4", "11")]), "2026-27")
    assert budget is not None
    assert (budget.usd, budget.status) == (30_175, "unverified")
    assert "5.06" in budget.source


def test_small_schools_of_a_large_district_are_marked_too(tmp_path: Path) -> None:
    """Eleven schools: by the head alone, though a floor for each school would give more."""
    one = _district(tmp_path, [(1_000, "0.4", "11")] * 10 + [(50, "0.4", "11")])
    budget = category_two_budget(one, "2026-27")
    assert budget is not None
    assert budget.usd == pytest.approx(10_050 * 201.57)
    assert budget.status == "unverified"


def test_the_cycle_after_the_last_known_goes_on_and_says_so(tmp_path: Path) -> None:
    one = _district(tmp_path, [(1_000, "0.4", "11")])
    budget = category_two_budget(one, "2032-33")
    assert budget is not None
    assert (budget.first_school_year, budget.last_school_year) == ("2031-32", "2035-36")
    assert budget.left_usd == pytest.approx(0.8 * budget.usd)
    assert budget.status == "assumption"
    assert category_two_budget(one, "2019-20") is None
    newest = category_two_budget(one)
    assert newest is not None
    assert (newest.first_school_year, newest.status) == ("2026-27", "sourced")


def test_off_campus_is_eligible_in_funding_year_2024_alone(tmp_path: Path) -> None:
    one = _district(tmp_path, [(1_000, "0.4", "11")])
    for service in ("bus_wifi", "hotspot"):
        shares = {year: eligible_share(one, service, year) for year in (
            "2023-24", "2024-25", "2025-26", "2026-27", None)}  # fmt: skip
        assert shares == {
            "2023-24": 0.0, "2024-25": 1.0, "2025-26": 0.0, "2026-27": 0.0, None: 0.0
        }  # fmt: skip


def test_lifeline_and_low_cost_plans_have_dates(tmp_path: Path) -> None:
    rules = _district(tmp_path, [(10, "", "")]).table("rules")
    day = funding_day("2026-27")
    assert lifeline_usd_per_year(rules, day) == pytest.approx(12 * 9.25)
    assert in_force(rules, "acp_usd_per_month", day) is None
    assert in_force(rules, "acp_usd_per_month", funding_day("2023-24")) is not None
    plans = _district(tmp_path / "b", [(10, "", "")]).table("low_cost_plans")
    assert plans_in_force(plans, funding_day("2019-20")).empty
    assert len(plans_in_force(plans, day)) == len(plans)


@pytest.mark.parametrize(
    ("year", "usd"),
    [("2013-14", 22), ("2015-16", 11.73), ("2016-17", 7), ("2019-20", 2.24), ("2021-22", 1.39),
     ("2026-27", 1.01)],
)  # fmt: skip
def test_the_price_per_mbps_is_of_its_year(tmp_path: Path, year: str, usd: float) -> None:
    rules = _district(tmp_path, [(10, "", "")]).table("rules")
    price = internet_price(rules, 100, year)
    assert price is not None
    assert price.usd_per_year == pytest.approx(12 * 100 * usd)
    assert price.source.startswith("assumption: no price in links.csv")
    assert internet_price(rules, 100, "2011-12") is None


def test_wan_lines_are_priced_by_tier(tmp_path: Path) -> None:
    rules = _district(tmp_path, [(10, "", "")]).table("rules")
    tiers = {50: 9_000, 1_000: 9_000, 1_001: 12_000, 10_000: 12_000, 10_001: 24_000}
    prices = {mbps: wan_price(rules, mbps, "2026-27") for mbps in tiers}
    assert {mbps: one.usd_per_year for mbps, one in prices.items() if one is not None} == tiers
    assert wan_price(rules, 50, "2012-13") is None


def test_a_rule_that_starts_later_does_not_hold(tmp_path: Path) -> None:
    rules = _district(tmp_path, [(10, "", "")]).table("rules")
    assert held(rules, "erate_c2_usd_per_student", "2020-21") is None
    assert held(rules, "no_such_rule", "2026-27") is None
