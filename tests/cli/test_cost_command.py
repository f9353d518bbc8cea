"""`netplan cost`: what the command line gives is what the call gives; files are whole."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import netplan
from netplan.cli.cost import cost
from netplan.errors import InputError, ScenarioError
from netplan.studies.cost import cost as cost_of
from netplan.studies.upgrade import upgrade
from tests.unit.folders import write_district

_SCENARIO = """
title = "Two devices each"
years = 4
[[change]]
table = "devices"
multiply = { per_person = 2.0 }
"""
_FUNDING = """source_id,name,kind,first_school_year,last_school_year,usd_per_year,pays_for,notes
operating,Operating budget,sustainable,2020-21,,1000,*,
grant,State grant,one_time,2020-21,2026-27,50000,devices;people,
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = write_district(tmp_path_factory.mktemp("cost") / "d", {"funding.csv": _FUNDING})
    (where / "scenarios").mkdir()
    (where / "scenarios" / "two.toml").write_text(_SCENARIO, encoding="utf-8")
    return where


def run(*args: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(cost, [str(arg) for arg in args], env={"COLUMNS": "200"})


def test_the_answer_and_the_files(folder: Path, tmp_path: Path) -> None:
    result = run(folder, "--out", tmp_path / "out", "--json", tmp_path / "cost.json")
    assert result.exit_code == 0, result.output
    assert f"Open {tmp_path / 'out' / 'money.html'}" in result.output
    assert "Who pays for each school year" in result.output
    written = json.loads((tmp_path / "cost.json").read_text(encoding="utf-8"))
    assert written == json.loads((tmp_path / "out" / "money.json").read_text(encoding="utf-8"))
    assert written == json.loads(cost_of(netplan.load(folder)).to_json())
    assert len(written["school_years"]) == 5
    assert sum(row["usd"] for row in written["lines"]) == pytest.approx(written["usd"])


def test_data_on_standard_output_stands_alone(folder: Path) -> None:
    result = run(folder, "--years", "2", "--json", "-")
    assert result.exit_code == 0, result.output
    assert len(json.loads(result.output)["school_years"]) == 2


def test_a_scenario_and_a_cell_change_the_cost(folder: Path) -> None:
    district = netplan.load(folder)
    base = cost_of(district)
    twice = cost_of(district, "two")
    assert twice.ownership.school_years == base.ownership.school_years
    assert twice.titles == ("Two devices each",)
    assert twice.ownership.usd > base.ownership.usd
    first = base.ownership.fleet.groupby("school_year")["devices"].sum()
    second = twice.ownership.fleet.groupby("school_year")["devices"].sum()
    assert second.to_numpy() == pytest.approx(2 * first.to_numpy())
    result = run(folder, "--scenario", "two", "--set", "money.device_life_years=8", "--json", "-")
    document = json.loads(result.output)
    assert document["scenarios"] == ["two"]
    assert len(document["sets"]) == 1
    assert document["usd"] < twice.ownership.usd
    assert "scenarios/two.toml" in document["inputs"]


def test_mistakes_are_words(folder: Path, tmp_path: Path) -> None:
    assert isinstance(run(folder, "--scenario", "twoo").exception, ScenarioError)
    assert isinstance(run(folder, "--set", "money.device_lif_years=8").exception, ScenarioError)
    assert run(folder, "--years", "0").exit_code == 2
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    assert isinstance(run(folder, "--out", tmp_path).exception, InputError)


def test_help_has_an_example() -> None:
    assert "Example: netplan cost" in run("--help").output


def test_the_plan_of_upgrades_is_in_it_to_the_dollar(folder: Path) -> None:
    district = netplan.load(folder)
    result = run(folder, "--with-upgrades", "--json", "-")
    assert result.exit_code == 0, result.output
    document = json.loads(result.output)
    plan = upgrade(district, years=len(document["school_years"])).plan
    assert sum(plan.usd_by_year) > 0
    for year, usd, net in zip(
        plan.school_years, plan.usd_by_year, plan.net_by_year_usd, strict=True
    ):
        rows = [
            row
            for row in document["lines"]
            if row["cost_center"] == "upgrades" and row["school_year"] == year
        ]
        assert sum(row["usd"] for row in rows) == pytest.approx(usd, abs=0.01)
        assert sum(row["net_usd"] for row in rows) == pytest.approx(net, abs=0.01)
    assert document["extra"] == ["The plan of upgrades (netplan upgrade)"]
    given = cost_of(district, upgrades=plan)
    assert json.loads(given.to_json()) == document


def test_a_narrow_terminal_breaks_no_name_and_no_number(folder: Path) -> None:
    result = CliRunner().invoke(cost, [str(folder)], env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert any(line.startswith("Professional development  ") for line in lines)
    assert any(line.startswith("Infrastructure  ") for line in lines)
    assert "Sources of money: USD used\n" in result.output
    assert "Professional development is a share of technology costs" in result.output
