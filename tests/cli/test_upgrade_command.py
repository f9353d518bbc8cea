"""`netplan upgrade`: what the command line gives is what the call gives; files are whole."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import netplan
from netplan.cli.upgrade import upgrade
from netplan.errors import InfeasibleError, ScenarioError
from netplan.studies.upgrade import upgrade as upgrade_of
from tests.unit.upgrade_case import priced


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return priced(tmp_path_factory.mktemp("upgrade") / "d", E1="2027-06")


def run(*args: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(upgrade, [str(arg) for arg in args], env={"COLUMNS": "200"})


def test_the_answer_and_the_files(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run(folder, "--out", out, "--json", tmp_path / "plan.json")
    assert result.exit_code == 0, result.output
    assert f"Open {out / 'upgrades.html'}" in result.output
    assert "Not put right" in result.output
    written = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert written == json.loads((out / "upgrades.json").read_text(encoding="utf-8"))
    assert written == json.loads(upgrade_of(netplan.load(folder)).to_json())
    page = (out / "upgrades.html").read_text(encoding="utf-8")
    assert "wan-E1" in page
    assert "What it costs by school year" in page
    # the plan as a scenario does what the plan says
    laid = netplan.apply(netplan.load(folder), str(out / "upgrades.toml"), school_year="2028-29")
    assert not any(one.code == "link-over-limit" for one in netplan.check(laid).findings)


def test_the_folder_is_the_same_bytes_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    for name in ("a", "b"):
        assert run(folder, "--out", tmp_path / name).exit_code == 0
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "b").iterdir())
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_data_on_standard_output_stands_alone(folder: Path) -> None:
    result = run(folder, "--years", "2", "--budget", "5000", "--json", "-")
    assert result.exit_code == 0, result.output
    data = json.loads(result.output)
    assert len(data["school_years"]) == 2
    assert data["budget_usd_per_year"] == 5000
    assert data["bound_student_hours"] >= sum(
        year["relieved_student_hours"] for year in data["years"]
    ) * (1 - 1e-6)


def test_no_plan_says_which_element_and_why(folder: Path) -> None:
    result = run(folder, "--strict")
    assert isinstance(result.exception, InfeasibleError)
    assert "wan-E1 in 2026-27" in str(result.exception)


def test_an_unknown_scenario_is_told(folder: Path) -> None:
    result = run(folder, "--scenario", "nowhere")
    assert isinstance(result.exception, ScenarioError)


@pytest.mark.parametrize("columns", [70, 80, 110])
def test_a_narrow_terminal_keeps_school_years_and_prices_whole(folder: Path, columns: int) -> None:
    result = CliRunner().invoke(
        upgrade, [str(folder), "--budget", "30000"], env={"COLUMNS": str(columns)}
    )
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert all(len(line) <= columns for line in lines)
    table = lines[lines.index("Cost by school year, USD") + 1 :]
    assert [line.split()[0] for line in table[2:5]] == ["2026-27", "2027-28", "2028-29"]
    assert "Before E-Rate" not in table[0]
    bought = lines[next(at for at, line in enumerate(lines) if line.startswith("What to buy")) + 1]
    assert "After E-Rate" in bought
    assert ("Each year" in bought) == (columns >= 80)
    assert "Puts right" not in bought
