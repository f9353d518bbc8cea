"""`netplan whatif`: what is printed, what is written, and how it refuses."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from netplan.cli.whatif import whatif
from netplan.errors import InputError, ScenarioError
from tests.unit.folders import write_district

HALF = """\
title = "Half of Hickory's line"
[[change]]
name = "half of the line"
table = "links"
where = { link_id = "wan-H1" }
multiply = { down_mbps = 0.5 }
"""


def run(*args: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(whatif, [str(arg) for arg in args], env={"COLUMNS": "200"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a district folder with one scenario."""
    return write_district(tmp_path / "d", {"scenarios/half.toml": HALF})


def test_a_name_and_a_path_are_the_same(folder: Path) -> None:
    named, path = run(folder, "half"), run(folder, folder / "scenarios" / "half.toml")
    assert named.exit_code == 0, named.output
    assert named.output == path.output
    assert "Half of Hickory's line (half)" in named.output
    # 743 of 500 Mbps instead of 743 of 1,000, behind a circuit that is at 125 % for all
    assert "No building flips" in named.output and "149" in named.output


def test_json_alone_on_standard_output(folder: Path) -> None:
    result = run(folder, "half", "--json", "-")
    document = json.loads(result.output)
    assert document["command"] == "whatif"
    assert [scenario["name"] for scenario in document["scenarios"]] == ["half"]
    quick = json.loads(run(folder, "half", "--no-why", "--json", "-").output)
    assert quick["scenarios"][0]["years"][0]["attribution"] is None
    assert quick["scenarios"][0]["changes"] == document["scenarios"][0]["changes"]


def test_json_file_and_folder(folder: Path, tmp_path: Path) -> None:
    result = run(folder, "half", "--json", tmp_path / "w.json", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert f"Open {tmp_path / 'out' / 'whatif.html'}" in result.output
    assert f"JSON: {tmp_path / 'w.json'}" in result.output
    assert (tmp_path / "w.json").read_bytes() == (tmp_path / "out" / "whatif.json").read_bytes()


def test_a_cell_alone_is_a_scenario(folder: Path) -> None:
    result = run(folder, "--set", "links[link_id=wan-H1].down_mbps*=0.5", "--json", "-")
    (scenario,) = json.loads(result.output)["scenarios"]
    named = json.loads(run(folder, "half", "--json", "-").output)["scenarios"][0]
    assert scenario["changes"] == named["changes"]


def test_nothing_to_compare_is_a_mistake(folder: Path) -> None:
    result = run(folder)
    assert result.exit_code == 2
    assert "Name at least one scenario" in result.output


def test_an_unknown_scenario_names_the_closest(folder: Path) -> None:
    result = run(folder, "halff")
    assert isinstance(result.exception, ScenarioError)
    assert "Did you mean 'half'?" in str(result.exception)


def test_a_foreign_folder_is_refused_before_the_work(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_text("a")
    result = run(folder, "half", "--out", tmp_path / "mine")
    assert isinstance(result.exception, InputError)
    assert "which netplan did not write" in str(result.exception)


def test_help_has_an_example() -> None:
    result = run("--help")
    assert "Example: netplan whatif" in result.output
