"""--scenario, --set and --school-year: alike on every command that takes them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from netplan.cli.main import cli
from netplan.cli.scenarios import Over
from netplan.errors import ScenarioError
from tests.unit.whatif_folders import with_scenarios

MORE = "title = 'Twice the laptops'\n[[change]]\ntable='devices'\nwhere={kind='laptop'}\n"
MORE += "multiply={per_person=2}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the three-school district with two scenarios."""
    path = tmp_path_factory.mktemp("cli") / "three"
    with_scenarios(
        path, more=MORE, later="[[wave]]\nschool_year='2028-29'\nevents=['assembly_class']\n"
    )
    return path


def run(*arguments: str) -> Result:
    """Run netplan."""
    return CliRunner().invoke(cli, list(arguments))


def test_check_shows_what_is_in_force(folder: Path) -> None:
    found = run("check", str(folder), "--scenario", "more", "--set", "planning.growth_per_year=0.1")
    assert found.exit_code == 0, found.output
    assert "Scenario: Twice the laptops" in found.output
    assert "planning.growth_per_year=0.1" in found.output


def test_the_json_names_it(folder: Path) -> None:
    found = run("check", str(folder), "--scenario", "more", "--scenario", "later", "--json", "-")
    assert found.exit_code == 0, found.output
    document = json.loads(found.stdout)
    assert document["scenario"]["names"] == ["more", "later"]
    assert document["scenario"]["school_year"] == "2028-29"
    assert document["scenario"]["years_ahead"] == 2
    assert document["events"] == ["assembly_class"]
    assert {"scenarios/more.toml", "scenarios/later.toml"} <= set(document["inputs"])


def test_a_year_alone(folder: Path) -> None:
    found = run("check", str(folder), "--school-year", "2029-30")
    assert found.exit_code == 0, found.output
    assert "School year 2029-30: the load has grown by 25% a year since 2026-27" in found.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--scenario", "mor"), "Did you mean 'more'?"),
        (("--set", "devices"), "names no cell"),
        (("--set", "devices[kind=laptp].per_person=1"), "Did you mean kind = 'laptop'?"),
        (("--set", "devices.present_share=1.5"), "--set:devices.present_share"),
        (("--school-year", "2020-21"), "--school-year"),
    ],
)
@pytest.mark.parametrize("command", ["check", "plan", "map", "report", "gap", "access"])
def test_mistakes_end_with_two(
    folder: Path, tmp_path: Path, command: str, arguments: tuple[str, str], says: str
) -> None:
    out = ("--out", str(tmp_path / "out")) if command in ("plan", "map", "report") else ()
    found = run(command, str(folder), *arguments, *out)
    # the console script makes words and an exit code of it
    assert isinstance(found.exception, ScenarioError), found.output
    assert found.exception.exit_code == 2
    assert says in str(found.exception)
    assert not (tmp_path / "out").exists()


def test_plan_and_map_and_report_are_written(folder: Path, tmp_path: Path) -> None:
    for command in ("plan", "map", "report"):
        out = tmp_path / command
        found = run(command, str(folder), "--scenario", "more", "--out", str(out))
        assert found.exit_code == 0, found.output
    page = (tmp_path / "plan" / "index.html").read_text(encoding="utf-8")
    assert "with Twice the laptops" in page


def test_validate_tells_scenarios(tmp_path: Path) -> None:
    with_scenarios(tmp_path / "bad", bad="events = ['x']")
    found = run("validate", str(tmp_path / "bad"))
    assert found.exit_code == 2
    assert "scenarios/bad.toml:1:events" in found.output


def test_the_default_folder_is_never_that_of_the_district_as_it_is() -> None:
    folder = Path("a/harbor")
    assert Over().folder(folder, ()) == Path("out/harbor")
    assert Over().folder(folder, ["b", "a"], "map") == Path("out/harbor-a-b-map")
    assert Over(scenarios=("x", "scenarios/y.toml"), school_year="2028-29").folder(
        folder, ()
    ) == Path("out/harbor-x-y-2028-29")
    first, second = (Over(sets=(each,)).folder(folder, ()) for each in ("a.b=1", "a.b=2"))
    assert len({first, second, Path("out/harbor")}) == 3
