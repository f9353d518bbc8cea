"""The plan of upgrades on a district whose numbers stand in ``upgrade_case.py``."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

import netplan
from netplan.district.model import District
from netplan.errors import InfeasibleError, InputError
from netplan.report.upgrade import UpgradeReport
from netplan.studies.apply import apply
from netplan.studies.upgrade import upgrade
from netplan.upgrades.lay import scenario_toml
from netplan.whatif.read import parse_scenario
from tests.unit.folders import edited, write_district
from tests.unit.upgrade_case import priced

YEARS = ("2026-27", "2027-28", "2028-29")
_OVER = {"link-over-limit", "node-over-limit", "wifi-airtime-over"}


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    return netplan.load(priced(tmp_path_factory.mktemp("upgrades") / "d"))


@pytest.fixture(scope="module")
def plan(district: District) -> UpgradeReport:
    return upgrade(district)


def over(district: District, report: UpgradeReport, year: str, *, laid: bool = True) -> set[str]:
    """Check a school year, with the plan laid on or without, and give what is past its limit."""
    found = apply(district, *([report.scenario] if laid else []), school_year=year)
    return {one.id for one in netplan.check(found).findings if one.code in _OVER}


def bought(report: UpgradeReport) -> dict[tuple[str, str], float]:
    """Give capacity by element and school year in which it starts."""
    rows = report.upgrades
    return dict(
        zip(zip(rows["element"], rows["school_year"], strict=True), rows["to_mbps"], strict=True)
    )


def test_what_is_bought_when_as_by_hand(plan: UpgradeReport) -> None:
    found = bought(plan)
    assert found["wan-E1", "2026-27"] == 1000
    assert found["wan-M1", "2026-27"] == 1000
    assert found["wan-H1", "2027-28"] == 10_000
    assert found["circuit", "2026-27"] == 2000
    assert found["circuit", "2028-29"] == 3000
    assert len(found) == 5


def test_what_it_costs_as_by_hand(plan: UpgradeReport) -> None:
    assert plan.plan.school_years == YEARS
    assert plan.plan.usd_by_year == pytest.approx((19_320, 22_320, 34_440))
    # no E-Rate in the district's own school year: its window has closed
    assert plan.plan.erate_by_year_usd == pytest.approx((0, 0.8 * 22_320, 0.8 * 34_440))
    net = (19_320, 4_464, 6_888)
    assert plan.plan.net_by_year_usd == pytest.approx(net)
    assert plan.plan.cost_usd == pytest.approx(net[0] + net[1] / 1.03 + net[2] / 1.03**2)
    assert plan.plan.gap_share == pytest.approx(0.0, abs=1e-9)
    rows = plan.upgrades
    assert rows["usd"].sum() == pytest.approx(sum(plan.plan.usd_by_year))
    assert rows["net_usd"].sum() == pytest.approx(sum(net))
    assert (rows["usd"] == rows["usd_once"] + rows["usd_per_year"] * rows["years"]).all()


def test_everything_holds_and_every_fix_is_gone(district: District, plan: UpgradeReport) -> None:
    for year in YEARS:
        assert over(district, plan, year, laid=False)
        assert not over(district, plan, year)
    rows = plan.upgrades
    for start, fixes in zip(rows["school_year"], rows["fixes"], strict=True):
        assert fixes
        before = {
            name
            for year in YEARS
            if year >= start
            for name in over(district, plan, year, laid=False)
        }
        assert set(fixes) & before == {name for name in fixes if name.split(":")[0] in _OVER}


def test_less_than_one_of_the_purchases_is_not_enough(
    district: District, plan: UpgradeReport
) -> None:
    """Each purchase is needed: the district without it goes over in that very year."""
    for element, year in bought(plan):
        steps = tuple(
            type(step)(
                place=step.place,
                school_year=step.school_year,
                changes=tuple(
                    change
                    for change in step.changes
                    if (change.where["link_id"][0], step.school_year) != (element, year)
                ),
            )
            for step in plan.scenario.steps
        )
        less = type(plan.scenario)(name="less", title="", file="less.toml", sha256="", steps=steps)
        found = netplan.check(apply(district, less, school_year=year)).findings
        assert any(one.subject == element and one.code in _OVER for one in found)


def test_the_scenario_file_is_the_plan(plan: UpgradeReport) -> None:
    text = scenario_toml(plan.scenario)
    read = parse_scenario(text.encode(), file="scenarios/upgrades.toml", name="upgrades")
    for mine, theirs in zip(plan.scenario.steps, read.steps, strict=True):
        assert mine.school_year == theirs.school_year
        assert [(c.table, dict(c.where), dict(c.set)) for c in mine.changes] == [
            (c.table, dict(c.where), dict(c.set)) for c in theirs.changes
        ]


def test_the_same_inputs_give_the_same_bytes(district: District, plan: UpgradeReport) -> None:
    assert upgrade(district).to_json() == plan.to_json()
    data = json.loads(plan.to_json())
    assert data["command"] == "upgrade"
    assert {"element", "from_mbps", "to_mbps", "school_year", "usd", "fixes"} <= set(
        data["upgrades"][0]
    )
    assert data["bound_usd"] <= data["cost_usd"] + 1e-6


def test_nothing_is_bought_where_everything_fits(district: District) -> None:
    found = upgrade(district, sets=["devices.per_person*=0.01"])
    assert found.upgrades.empty
    assert found.plan.cost_usd == 0
    assert not found.plan.unmet


def test_a_contract_that_runs_holds_until_the_year_after(tmp_path: Path) -> None:
    district = netplan.load(priced(tmp_path / "d", E1="2027-06"))
    found = upgrade(district)
    assert ("wan-E1", "2026-27") not in bought(found)
    assert bought(found)["wan-E1", "2027-28"] == 1000
    (left,) = found.plan.unmet
    assert (left.element, left.school_years) == ("wan-E1", ("2026-27",))
    assert "2027-06" in left.why
    # one month longer, and it runs when the next school year begins
    longer = upgrade(netplan.load(priced(tmp_path / "e", E1="2027-07")))
    assert bought(longer)["wan-E1", "2028-29"] == 1000


def test_a_contract_can_be_bought_out(tmp_path: Path) -> None:
    district = netplan.load(priced(tmp_path / "d", E1="2027-06"))
    found = upgrade(district, buy_out=True)
    assert not found.plan.unmet
    row = found.upgrades.set_index("element").loc["wan-E1"]
    # twelve months at 300, which E-Rate does not pay
    assert row["school_year"] == "2026-27"
    assert row["usd_once"] == pytest.approx(3_600)
    assert row["usd"] == pytest.approx(3_600 + 3 * 5_400)
    assert row["erate_usd"] == pytest.approx(0.8 * 2 * 5_400)


def test_strict_refuses_what_a_contract_keeps_past_its_limit(tmp_path: Path) -> None:
    district = netplan.load(priced(tmp_path / "d", E1="2027-06", M1="2027-06"))
    with pytest.raises(InfeasibleError) as caught:
        upgrade(district, strict=True)
    text = str(caught.value)
    assert "wan-E1 in 2026-27" in text
    assert "wan-M1 in 2026-27" in text
    assert "contract runs to 2027-06" in text
    assert caught.value.exit_code == 3


def test_what_no_option_can_carry_is_named_with_its_year(tmp_path: Path) -> None:
    """The data center's 50 Mbps: 77 are asked for (1,540 devices x 0.05), and none is sold."""
    folder = priced(tmp_path / "d")
    nodes = (folder / "nodes.csv").read_text(encoding="utf-8")
    (folder / "nodes.csv").write_text(f"{nodes}dc,datacenter,,50,1,2020,,,\n", encoding="utf-8")
    lines = (folder / "links.csv").read_text(encoding="utf-8")
    (folder / "links.csv").write_text(
        f"{lines}dc-line,core,dc,10000,10000,primary,fiber,,\n", encoding="utf-8"
    )
    with pytest.raises(InfeasibleError) as caught:
        upgrade(netplan.load(folder), years=2)
    text = str(caught.value)
    assert "node dc in 2026-27 to 2027-28" in text
    assert "the catalog of upgrades has nothing for it" in text


def test_more_budget_never_relieves_less(district: District) -> None:
    hours = []
    for budget in (0.0, 2_000.0, 8_000.0, 20_000.0, 60_000.0):
        plan = upgrade(district, budget_usd_per_year=budget).plan
        assert all(usd <= budget + 0.01 for usd in plan.net_by_year_usd)
        assert sum(plan.relieved_student_hours) <= sum(plan.congested_student_hours) + 1e-6
        hours.append(sum(plan.relieved_student_hours))
    assert hours == sorted(hours)
    assert hours[0] == 0
    assert hours[-1] == pytest.approx(sum(plan.congested_student_hours))


def test_student_hours_as_by_hand(district: District) -> None:
    """In 2026-27 the circuit is past its limit in class2, of three hours: all 1,400 students.

    wan-E1 and wan-M1 (88 and 176 Mbps on average of 100 and 200) are in class1 too: 600 students.
    """
    plan = upgrade(district, budget_usd_per_year=0.0, years=1).plan
    assert plan.congested_student_hours == pytest.approx(((1_400 + 600) * 3 * 180,))


def test_a_price_of_the_district_takes_the_place_of_the_catalogs(tmp_path: Path) -> None:
    folder = priced(tmp_path / "d")
    (folder / "upgrades.csv").write_text(
        "option,applies_to,title,from_media,capacity_mbps,usd_per_year,erate,status,source\n"
        "wan_1g,link,Our own offer,*,1000,4800,category_one,sourced,quote of 2026-03\n",
        encoding="utf-8",
    )
    row = upgrade(netplan.load(folder)).upgrades.set_index("element").loc["wan-E1"]
    assert row["usd_per_year"] == pytest.approx(4_800 - 3_600)
    assert (row["status"], row["source"]) == ("sourced", "quote of 2026-03")


def test_a_failure_cuts_no_building_off_with_its_second_way(district: District) -> None:
    found = upgrade(district, failures=True, years=1)
    ways = found.upgrades[found.upgrades["kind"] == "new_link"]
    assert {"E1-mdf-2ND", "M1-mdf-2ND", "H1-mdf-2ND", "circuit-2ND"} <= set(ways["element"])
    after = netplan.check(apply(district, found.scenario)).failures
    links = after[(after["kind"] == "link") & after["failed"].str.startswith(("wan-", "circuit"))]
    assert not links["cut_off"].map(len).any()
    assert not links["overloaded"].map(len).any()
    # a second firewall is no line: it is told
    assert "fw" in {one.element for one in found.plan.unmet}


def test_access_points_get_enough_airtime(tmp_path: Path) -> None:
    """Twice the devices: old Wi-Fi is replaced or gets more access points, until it holds."""
    nodes = edited("nodes", "fw,firewall,,2000,", "fw,firewall,,400000,").replace(
        "wifi6,40,2", "wifi4,20,2"
    )
    folder = write_district(tmp_path / "d", nodes=nodes)
    district = netplan.load(folder)
    more = "devices.per_person*=2"
    found = upgrade(district, sets=[more], years=2)
    air = found.upgrades[found.upgrades["kind"] == "ap_group"]
    assert len(air)
    assert set(air["replaced_access_points"]) == {0}
    # four times as many: every group is replaced whole
    crowded = upgrade(district, sets=["devices.per_person*=4"], years=1).upgrades
    crowded = crowded[crowded["kind"] == "ap_group"]
    there = district.table("nodes").set_index("node_id")["count"]
    assert list(crowded["replaced_access_points"]) == list(there[crowded["element"]])
    bare = replace(
        district.inputs,
        tables={
            **district.inputs.tables,
            "upgrades": district.table("upgrades").query("applies_to != 'ap_group'"),
        },
    )
    with pytest.raises(InfeasibleError, match="ap group"):
        upgrade(District(inputs=bare), sets=[more], years=1)
    for year in YEARS[:2]:
        report = netplan.check(apply(district, found.scenario, sets=[more], school_year=year))
        assert (report.capacity.wifi["airtime_share"] <= 0.8).all()


def test_a_district_without_a_school_year_is_told(tmp_path: Path) -> None:
    folder = write_district(
        tmp_path / "d", district=edited("district", 'school_year = "2026-27"\n', "")
    )
    with pytest.raises(InputError, match="school year"):
        upgrade(netplan.load(folder))


def test_what_the_budget_leaves_names_what_stands_in_its_way(tmp_path: Path) -> None:
    # a circuit that is past its limit in every lesson: E1's lessons need their own line (5,400)
    # and the circuit (12,120); H1's need the circuit alone
    links = priced(tmp_path / "d") / "links.csv"
    text = links.read_text(encoding="utf-8")
    links.write_text(text.replace("circuit,inet,fw,1000,1000", "circuit,inet,fw,10,10"), "utf-8")
    plan = upgrade(netplan.load(links.parent), budget_usd_per_year=6_000.0, years=1).plan
    assert not len(plan.upgrades)  # though wan-E1 alone would fit into the budget
    why = {one.element: one.why for one in plan.unmet}
    cost = "(cost in the first year, after E-Rate)"
    assert why["wan-E1"] == (
        f"it gives nothing back while circuit (12,120 USD) is past the limit {cost}"
    )
    assert why["circuit"] == f"it takes 12,120 USD {cost}, more than a year's budget"


def test_what_a_contract_keeps_is_told_with_all_that_it_costs(tmp_path: Path) -> None:
    folder = priced(tmp_path / "d", E1="2027-06")
    plain = upgrade(netplan.load(folder), years=1).plan
    assert "what holds costs from 5,400 USD more a year, before E-Rate." in plain.unmet[0].help
