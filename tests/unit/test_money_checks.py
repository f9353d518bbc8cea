"""costs.csv, funding.csv and upgrades.csv: what is read, and every mistake with its row and fix."""

from pathlib import Path

import pytest

from netplan.errors import Problem
from netplan.inputs.catalogs import load_catalog
from netplan.inputs.cells import is_school_year, school_year_fix
from netplan.inputs.columns_money import COST_CENTERS
from netplan.inputs.folder import read_folder, validate_folder
from tests.unit.folders import write_district

COSTS = (
    "item,cost_center,per,device_kind,usd,low_usd,high_usd,how,first_school_year,last_school_year\n"
)
FUNDING = "source_id,name,kind,first_school_year,last_school_year,usd_per_year,pays_for\n"
UPGRADES = "option,applies_to,capacity_mbps,wifi,usd_once\n"


def found(path: Path, **files: str | bytes | None) -> list[Problem]:
    return [
        problem
        for problem in validate_folder(write_district(path, None, **files))
        if problem.file in ("costs.csv", "funding.csv", "upgrades.csv")
    ]


@pytest.mark.parametrize(
    ("row", "code", "column", "fix"),
    [
        ("a,devices,device,*,5,6,,yearly,,", "price-range", "low_usd", "Correct one"),
        ("a,devices,device,*,5,,4,yearly,,", "price-range", "high_usd", "Correct one"),
        ("a,devices,device,*,5,,,yearly,2028-29,2027-28", "years-backward", "last_school_year",
         "Correct one"),
        ("a,people,technology_usd,*,15,,,yearly,,", "share-above-one", "usd", "Write 0.15"),
        ("a,devices,new_device,*,300,,,yearly,,", "purchase-yearly", "how", "Write once"),
        ("a,gadgets,device,*,5,,,yearly,,", "not-in-list", "cost_center", ""),
        ("a,wan,device,*,5,,,yearly,,", "not-in-list", "cost_center", "Did you mean 'wan_lan'?"),
        ("a,devices,pupil,*,5,,,yearly,,", "not-in-list", "per", ""),
        ("a,devices,device,*,-5,,,yearly,,", "negative-number", "usd", "Correct it"),
        ("a,devices,device,*,,,,yearly,,", "missing-value", "usd", "Fill it in"),
        ("a,devices,device,*,5,,,yearly,2027,", "bad-school-year", "first_school_year",
         "Write 2027-28 if it begins in 2027."),
        ("a,devices,device,chromebok,5,,,yearly,,", "unknown-device-kind", "device_kind",
         "Did you mean 'chromebook'?"),
    ],
)  # fmt: skip
def test_a_mistake_in_costs(tmp_path: Path, row: str, code: str, column: str, fix: str) -> None:
    (problem,) = found(tmp_path, costs=f"{COSTS}{row}\n")
    assert (problem.code, problem.file, problem.row, problem.column) == (
        code,
        "costs.csv",
        2,
        column,
    )
    assert problem.fix.startswith(fix)


@pytest.mark.parametrize(
    ("row", "code", "column", "fix"),
    [
        ("a,A,lasting,2026-27,,5,*", "not-in-list", "kind", ""),
        ("a,A,one_time,,,5,*", "missing-value", "first_school_year", "Fill it in"),
        ("a,A,one_time,2026-28,,5,*", "bad-school-year", "first_school_year", "Write 2026-27"),
        ("a,A,one_time,2027-28,2026-27,5,*", "years-backward", "last_school_year", "Correct one"),
        ("a,A,one_time,2026-27,,5,devices;peple", "not-in-list", "pays_for",
         "Did you mean 'people'?"),
        ('a,A,one_time,2026-27,,5,"devices,people,storage"', "not-in-list", "pays_for",
         "Put ; between several."),
        ("a,A,one_time,2026-27,,5,devices;;people", "not-in-list", "pays_for", "Write one"),
    ],
)  # fmt: skip
def test_a_mistake_in_funding(tmp_path: Path, row: str, code: str, column: str, fix: str) -> None:
    (problem,) = found(tmp_path, funding=f"{FUNDING}{row}\n")
    assert (problem.code, problem.row, problem.column) == (code, 2, column)
    assert problem.fix.startswith(fix)


@pytest.mark.parametrize(
    ("row", "column"),
    [("a,link,,,5", "capacity_mbps"), ("a,ap_group,,,5", "wifi"),
     ("a,firewall,,,5", "capacity_mbps")],
)  # fmt: skip
def test_an_upgrade_without_what_it_brings(tmp_path: Path, row: str, column: str) -> None:
    (problem,) = found(tmp_path, upgrades=f"{UPGRADES}{row}\n")
    assert (problem.code, problem.row, problem.column) == ("missing-value", 2, column)


def test_every_mistake_is_told_in_one_go(tmp_path: Path) -> None:
    problems = found(
        tmp_path,
        costs=f"{COSTS}a,devices,device,*,5,6,4,yearly,,\nb,devices,device,*,-1,,,yearly,,\n",
        funding=f"{FUNDING}a,A,one_time,2026-27,,5,nobody\n",
    )
    places = [(problem.file, problem.row, problem.column) for problem in problems]
    assert places == [
        ("costs.csv", 2, "low_usd"),
        ("costs.csv", 2, "high_usd"),
        ("costs.csv", 3, "usd"),
        ("funding.csv", 2, "pays_for"),
    ]


def test_sound_rows_have_no_problems(tmp_path: Path) -> None:
    assert not found(
        tmp_path,
        costs=f"{COSTS}a,devices,new_device,Chromebook,300,250,400,once,2026-27,2028-29\n"
        "b,people,technology_usd,,0.2,,,,,\n",
        funding=f"{FUNDING}a,A,sustainable,2026-27,2026-27,0,devices ; people\n"
        "b,B,one_time,2026-27,,1,\n",
        upgrades=f"{UPGRADES}a,link,1000,,5\nb,ap_group,,wifi7,5\n",
    )


def test_a_row_replaces_the_catalogs_of_its_item(tmp_path: Path) -> None:
    inputs = read_folder(
        write_district(tmp_path, costs=f"{COSTS}laptop,devices,new_device,laptop,500,,,once,,\n")
    )
    costs = inputs.tables["costs"].set_index("item")
    assert costs.loc["laptop", "usd"] == 500
    assert costs.loc["laptop", "source"] == "assumption"
    assert set(costs.index) == set(load_catalog("costs")["item"])
    assert set(inputs.tables["upgrades"]["option"]) == set(load_catalog("upgrades")["option"])
    assert inputs.tables["funding"].empty


def test_money_changes_no_assumption_of_the_school_day(tmp_path: Path) -> None:
    plain = read_folder(write_district(tmp_path / "a"))
    money = read_folder(
        write_district(
            tmp_path / "b",
            costs=f"{COSTS}laptop,devices,new_device,laptop,500,,,once,,\n",
            funding=f"{FUNDING}a,A,sustainable,2026-27,,5,*\n",
        )
    )
    assert plain.assumptions == money.assumptions
    assert not [one for one in plain.assumptions if one.name.startswith(("money", "costs"))]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("2026-27", True), ("1999-00", True), ("2026-28", False), ("2026-2027", False),
     ("26-27", False),     ("2026-26", False), ("2026–27", False)],
)  # fmt: skip
def test_school_years(text: str, is_one: bool) -> None:
    assert is_school_year(text) is is_one


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("2026-2027", "Write 2026-27."),
        ("2026/27", "Write 2026-27."),
        ("SY2026-27", "Write 2026-27."),
        ("2026", "Write 2026-27 if it begins in 2026."),
        ("Dec-11", "Format the column as text and write 2011-12."),
        ("2026-28", "Write 2026-27 if it begins in 2026; a school year has two years that follow."),
        ("next year", "Write it as 2026-27."),
        ("Jan-27", "Write it as 2026-27."),
    ],
)
def test_what_to_write_for_a_school_year(text: str, fix: str) -> None:
    assert school_year_fix(text) == fix


def test_the_catalog_of_costs_covers_the_framework() -> None:
    """Each center has a price of its own, but circuits (links.csv) and upgrades (a plan)."""
    costs = load_catalog("costs")
    assert set(costs["cost_center"]) == set(COST_CENTERS) - {"wan_lan", "internet", "upgrades"}
    assumed = costs["source"].str.startswith("assumption")
    assert (assumed == (costs["status"] == "assumption")).all()
    assert (costs["low_usd"] <= costs["usd"]).all()
    assert (costs["usd"] <= costs["high_usd"]).all()


def test_rules_that_nobody_read_are_marked() -> None:
    for name in ("rules", "discounts"):
        table = load_catalog(name)
        unread = table["source"].str.contains("not read") & table["source"].str.startswith(
            "assumption"
        )
        assert (table.loc[unread, "status"] == "unverified").all()
        assert unread.sum() == (table["status"] == "unverified").sum()
    brackets = load_catalog("discounts").groupby("category")["poverty_from_share"].agg(list)
    least = [0.0, 0.01, 0.2, 0.35, 0.5, 0.75]
    assert brackets.to_dict() == {"category_one": least, "category_two": least}
