"""Cost of ownership by hand: three schools, three school years (see ``money_by_hand``)."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from netplan.district.model import District
from netplan.errors import InputError
from netplan.inputs.columns_money import COST_CENTERS
from netplan.money.model import Ownership
from netplan.money.ownership import own
from netplan.money.years import purchases_of
from tests.unit.money_by_hand import YEARS, costs, district, in_year, rollout


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> tuple[District, ...]:
    return rollout(tmp_path_factory.mktemp("rollout"))


@pytest.fixture(scope="module")
def owned(years: tuple[District, ...]) -> Ownership:
    return own(years)


def _by_item(owned: Ownership, column: str = "usd") -> dict[str, list[Any]]:
    table = owned.lines.pivot_table(index="item", columns="school_year", values=column)
    table = table.reindex(columns=list(YEARS))
    return {
        str(item): [pytest.approx(value) for value in row.dropna()]
        for item, row in table.iterrows()
        if row.fillna(0.0).any()
    }


def test_the_fleet_by_hand(owned: Ownership) -> None:
    fleet = owned.fleet
    assert list(fleet["kind"]) == ["chromebook"] * 3
    assert list(fleet["school_year"]) == list(YEARS)
    assert list(fleet["devices"]) == pytest.approx([190, 590, 1_390])
    assert list(fleet["renewed_devices"]) == pytest.approx([90, 90, 90])
    assert list(fleet["new_devices"]) == pytest.approx([0, 400, 800])
    assert list(fleet["lost_devices"]) == pytest.approx([19, 59, 139])


def test_every_line_by_hand(owned: Ownership) -> None:
    assert _by_item(owned) == {
        "chromebook": [32_700, 164_700, 308_700],
        "insurance": [3_800, 11_800, 27_800],
        "setup": [5_000],
        "points": [7_000, 7_000, 7_000],
        "wan_lan": [3_600, 3_600, 3_600],
        "internet": [12_000, 12_000, 12_000],
        "training": [5_910, 20_410, 35_910],
        "technicians": [14_000, 14_000, 14_000],
    }
    assert _by_item(owned, "erate_usd") == {
        "points": [4_200, 4_200, 4_200],
        "wan_lan": [2_160, 2_160, 2_160],
        "internet": [7_200, 7_200, 7_200],
    }
    setup = owned.lines[owned.lines["item"] == "setup"]
    assert list(setup["school_year"]) == ["2027-28"]


def test_sums_by_hand(owned: Ownership) -> None:
    assert owned.usd == pytest.approx(79_010 + 238_510 + 409_010)
    assert owned.net_usd == pytest.approx(685_850)
    assert owned.net_present_usd == pytest.approx(65_450 + 224_950 / 1.03 + 395_450 / 1.03**2)
    assert owned.students == 1_400
    assert owned.usd_per_student_per_year == pytest.approx(685_850 / 4_200)
    assert owned.school_years == YEARS


def test_who_pays_by_hand(owned: Ownership) -> None:
    unfunded = owned.unfunded.set_index("school_year")
    assert list(unfunded["net_usd"]) == pytest.approx([65_450, 224_950, 395_450])
    assert list(unfunded["sustainable_usd"]) == pytest.approx([60_000] * 3)
    assert list(unfunded["one_time_usd"]) == pytest.approx([5_450, 164_950, 0])
    assert list(unfunded["unfunded_usd"]) == pytest.approx([0, 0, 335_450], abs=1e-6)
    grant = owned.funding[owned.funding["source_id"] == "grant"]
    assert list(grant["available_usd"]) == [200_000, 200_000, 0]
    assert list(grant["used_usd"]) == pytest.approx([5_450, 164_950, 0])


def test_the_cliff_by_hand(owned: Ownership) -> None:
    cliff, unfunded = owned.findings[:2]
    assert (cliff.id, cliff.severity) == ("funding-cliff:grant", "warning")
    assert cliff.value == pytest.approx(200_000)
    assert cliff.message == (
        "State grant ends with 2027-28; 200,000 USD of what it would pay in 2028-29 has nobody "
        "to pay for it"
    )
    assert cliff.fix.startswith("Find lasting money for devices")
    assert unfunded.code == "unfunded-cost"
    assert unfunded.value == pytest.approx(335_450)
    assert "335,450 USD in 2028-29" in unfunded.message


def test_e_rate_by_hand(owned: Ownership) -> None:
    one, two = owned.discounts
    assert (one.share, two.share, one.rural, one.status) == (0.6, 0.6, False, "sourced")
    assert one.poverty_share == pytest.approx(680 / 1_400)
    (budget,) = owned.budgets
    assert budget.usd == budget.left_usd == pytest.approx(1_400 * 201.57)
    assert (budget.first_school_year, budget.last_school_year) == ("2026-27", "2030-31")


def test_low_and_high_are_carried(owned: Ownership) -> None:
    low_usd, high_usd = _by_item(owned, "low_usd"), _by_item(owned, "high_usd")
    assert (low_usd["chromebook"][0], high_usd["chromebook"][0]) == (109 * 250, 109 * 400)
    # 10 % of the low and high ends of everything else but people
    low = 109 * 250 + 3_800 + 7_000 + 3_600 + 12_000
    assert low_usd["training"][0] == 0.10 * low
    assert high_usd["training"][0] == 0.10 * (low + 109 * 150)


def test_centers_are_the_sum_of_their_lines(owned: Ownership) -> None:
    centers = owned.centers
    assert list(centers["cost_center"].unique()) == list(COST_CENTERS)
    assert len(centers) == len(COST_CENTERS) * len(YEARS)
    for column in ("usd", "low_usd", "high_usd", "erate_usd", "net_usd"):
        assert centers[column].sum() == pytest.approx(owned.lines[column].sum())
    assert centers["net_usd"].sum() == pytest.approx(owned.net_usd)


def test_assumptions_say_where_each_number_is_from(owned: Ownership) -> None:
    sources = {one.name: one.source for one in owned.assumptions}
    assert len(sources) == len(owned.assumptions)
    assert sources["money.device_life_years"] == "district.toml, or a scenario"
    assert sources["money.discount_rate_per_year"].startswith("assumption")
    assert sources["money.first_fleet"].startswith("assumption")
    assert sources["costs.chromebook"] == "a quote"
    assert sources["costs.points"] == "assumption"
    assert "money.erate_discount_share" not in sources


def test_purchases_are_lines_with_their_own_e_rate(years: tuple[District, ...]) -> None:
    """A firewall once and 100 a year from 2027-28, of which a plan says E-Rate pays half."""
    bought = pd.DataFrame(
        {
            "option": ["firewall_10g"],
            "title": ["Firewall, 10 Gbps"],
            "school_year": ["2027-28"],
            "units": [2],
            "usd_once": [1_000.0],
            "usd_per_year": [100.0],
            "usd": [1_200.0],
            "erate": ["category_two"],
            "erate_usd": [600.0],
            "status": ["assumption"],
            "source": ["assumption: a price"],
        }
    )
    found = own(years, bought)
    lines = found.lines[found.lines["item"] == "firewall_10g"].set_index("school_year")
    assert list(lines.index) == ["2027-28", "2028-29"]
    assert list(lines["usd"]) == [1_100, 100]
    assert list(lines["erate_usd"]) == [550, 50]
    assert set(lines["cost_center"]) == {"upgrades"}
    assert found.usd == pytest.approx(own(years).usd + 1.10 * 1_200)


def test_a_purchase_that_is_replaced_ends(years: tuple[District, ...]) -> None:
    """10 a year for two years, then 30 a year of which 25 are once."""
    plan = pd.DataFrame(
        {
            "option": ["1g", "10g"],
            "school_year": ["2026-27", "2028-29"],
            "years": [2, 1],
            "units": [1, 1],
            "usd_once": [0.0, 25.0],
            "usd_per_year": [10.0, 5.0],
        }
    )
    lines = own(years, purchases_of(plan, YEARS)).lines
    bought = lines[lines["item"].isin(["1g", "10g"])]
    told = zip(bought["item"], bought["school_year"], bought["usd"], strict=True)
    assert sorted(told) == [("10g", "2028-29", 30), ("1g", "2026-27", 10), ("1g", "2027-28", 10)]
    # a plan of two years goes on after them
    short = own(years, purchases_of(plan[:1], YEARS[:2])).lines
    assert list(short[short["item"] == "1g"]["usd"]) == [10, 10, 10]


def test_access_points_that_a_plan_buys_anew_are_not_renewed_beside(tmp_path: Path) -> None:
    bought = pd.DataFrame(
        {"school_year": ["2027-28"], "usd_once": [9_000.0], "replaced_access_points": [10]}
    )
    renewed = "access_point_renewal,Renewal,infrastructure,access_point,,10,,,yearly,,none,,\n"
    years = rollout(tmp_path, costs=costs(f"{costs().splitlines()[0]}\n{renewed}"))
    before, after = (
        found.lines[found.lines["item"] == "access_point_renewal"]
        for found in (own(years), own(years, bought))
    )
    number = float(before["quantity"].iloc[0])
    assert list(before["quantity"]) == [number] * 3
    assert list(after["quantity"]) == [number, number - 10, number - 10]


def test_a_links_price_is_that_of_all_its_circuits(tmp_path: Path) -> None:
    """Two circuits for 1,000 a month together: 12,000 a year, as one of that price."""
    one = district(tmp_path, 1)
    links = one.table("links")
    twice = links.assign(count=links["count"].where(links["link_id"] != "circuit", 2.0))
    more = District(inputs=replace(one.inputs, tables={**one.inputs.tables, "links": twice}))
    line = own([more]).lines.set_index("item").loc["internet"]
    assert (line["quantity"], line["usd"]) == (2, 12_000)


def test_category_two_ends_with_its_budget(tmp_path: Path) -> None:
    """The access points cost 200,000 a year of a budget of 282,198: 82,198 in the second."""
    dear = costs().replace("access_point,,100,", "access_point,,2857.142857142857,")
    found = own(rollout(tmp_path, costs=dear))
    points = found.lines[found.lines["item"] == "points"]
    assert list(points["usd"]) == pytest.approx([200_000] * 3)
    assert list(points["erate_usd"]) == pytest.approx([120_000, 0.6 * 82_198, 0])
    (finding,) = [one for one in found.findings if one.code == "category-two-used-up"]
    assert finding.value == pytest.approx(600_000 - 282_198)


def test_purchases_take_their_part_of_the_budget_first(tmp_path: Path) -> None:
    dear = costs().replace("access_point,,100,", "access_point,,2857.142857142857,")
    bought = pd.DataFrame(
        {
            "school_year": ["2028-29"],
            "usd_once": [182_198.0],
            "erate": ["category_two"],
            "erate_usd": [0.6 * 182_198],
        }
    )
    found = own(rollout(tmp_path, costs=dear), bought)
    points = found.lines[found.lines["item"] == "points"]
    assert list(points["erate_usd"]) == pytest.approx([0.6 * 100_000, 0, 0])


def test_without_sources_the_whole_cost_is_unfunded(tmp_path: Path) -> None:
    found = own(rollout(tmp_path, funding=None))
    assert found.funding.empty
    assert list(found.unfunded["unfunded_usd"]) == pytest.approx([65_450, 224_950, 395_450])
    (finding,) = [one for one in found.findings if one.code == "unfunded-cost"]
    assert finding.severity == "info"
    assert not [one for one in found.findings if one.code == "funding-cliff"]


def test_devices_without_a_price_are_told(tmp_path: Path) -> None:
    """Cells are matched whatever their case; another kind is left out of the cost, and said."""
    devices = (
        "school_id,group,kind,per_person,owner\n"
        "E1,students,Chromebook,1,district\nM1,students,robot,0.5,district\n"
    )
    found = own([district(tmp_path, 1, devices=devices)])
    (finding,) = [one for one in found.findings if one.code == "unpriced-devices"]
    assert finding.value == 200
    assert "200 of kind robot" in finding.message
    assert "chromebook" in set(found.lines["item"])


def test_circuits_without_a_price_get_a_typical_one(tmp_path: Path) -> None:
    """1,000 Mbps x 1.01 x 12 for internet; a line of 200 Mbps is of the tier of 1 Gbps."""
    links = (
        "link_id,a,b,down_mbps,role,medium,count\n"
        "circuit,inet,fw,1000,primary,fiber,2\nfw-core,fw,core,10000,primary,fiber,\n"
        "wan-E1,core,E1-mdf,100,primary,leased,\nwan-M1,core,M1-mdf,200,primary,fiber,\n"
        "wan-H1,core,H1-mdf,20000,primary,leased,\n"
        + "".join(
            f"{school}-r{wing},{school}-mdf,{school}-idf{wing},1000,primary,leased,\n"
            f"{school}-e{wing},{school}-idf{wing},{school}-ap{wing},1000,primary,copper,\n"
            for school in ("E1", "M1", "H1")
            for wing in (1, 2)
        )
    )
    found = own([district(tmp_path, 1, links=links)])
    lines = found.lines.set_index("item")
    assert lines.loc["internet_assumed", "usd"] == pytest.approx(2 * 1_000 * 1.01 * 12)
    assert lines.loc["internet_assumed", "low_usd"] == pytest.approx(2 * 1_000 * 0.85 * 12)
    # 9,000 of the tier of 1 Gbps, and two lines of 10 Gbps; M1's fiber is its own
    assert lines.loc["wan_lan_assumed", "usd"] == pytest.approx(9_000 + 2 * 12_000)
    assert lines.loc["wan_lan_assumed", "quantity"] == 2
    assert set(lines.loc[["internet_assumed", "wan_lan_assumed"], "status"]) == {"assumption"}
    assert [one.code for one in found.findings if one.code == "unpriced-circuits"]


def test_a_district_without_a_school_year_is_an_error(tmp_path: Path) -> None:
    one = district(tmp_path, 1)
    bare = District(inputs=replace(one.inputs, settings=replace(one.settings, school_year=None)))
    with pytest.raises(InputError) as raised:
        own([bare])
    assert raised.value.problems[0].fix == 'Add school_year = "2026-27" under [district].'


def test_years_must_follow_each_other(tmp_path: Path) -> None:
    one = district(tmp_path, 1)
    with pytest.raises(ValueError, match="follow"):
        own([one, one])
    with pytest.raises(ValueError, match="no district"):
        own([])


def test_nothing_is_mutated(years: tuple[District, ...]) -> None:
    before = [{name: one.table(name).copy() for name in one.inputs.tables} for one in years]
    bought = pd.DataFrame({"school_year": ["2027-28"], "usd_once": [5.0]})
    kept = bought.copy()
    first, second = own(years, bought), own(years, bought)
    pd.testing.assert_frame_equal(bought, kept)
    pd.testing.assert_frame_equal(first.lines, second.lines)
    for one, tables in zip(years, before, strict=True):
        for name, table in tables.items():
            pd.testing.assert_frame_equal(one.table(name), table)


def test_a_year_alone_of_a_rollout_knows_its_base(years: tuple[District, ...]) -> None:
    """Its own folder has 190 devices: in 2028-29 alone 1,200 are new."""
    found = own([in_year(years[2], "2028-29", years[0])])
    assert list(found.fleet["new_devices"]) == pytest.approx([1_200])
