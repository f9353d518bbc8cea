"""`gap`, `access`, `validate` and `init`, as far as home access goes: one message, a next step."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import netplan
from netplan.access.cover import cover
from netplan.cli.main import cli
from netplan.errors import InputError
from tests.unit.after_school import ACS, AREAS, ZONES, write_after_school
from tests.unit.folders import write_district

LIST = """\
school_id,name,lat,lon,level,enrollment
E1,Elm Elementary,27.40,-80.40,elementary,200
M1,Maple Middle,27.42,-80.38,middle,400
"""
Init = Callable[..., str]


def run(*args: str | Path) -> Result:
    """Run a command."""
    return CliRunner().invoke(cli, [str(arg) for arg in args], env={"COLUMNS": "200"})


# --- a folder without the after-school half ---


@pytest.mark.parametrize("command", ["gap", "access"])
def test_a_folder_of_the_school_day_alone_gets_one_message(tmp_path: Path, command: str) -> None:
    result = run(command, write_district(tmp_path))
    assert isinstance(result.exception, InputError)
    (problem,) = result.exception.problems
    assert problem.file == "areas.geojson"
    assert "the school day alone" in problem.message
    for word in ("areas.geojson", "acs.csv", "netplan init NEW", "docs/home.md"):
        assert word in problem.fix


def test_validate_says_so_too_and_is_content(tmp_path: Path) -> None:
    result = run("validate", write_district(tmp_path))
    assert result.exit_code == 0
    assert "No problems found." in result.output
    assert result.output.count("Home access: this folder holds the school day alone") == 1
    whole = run("validate", write_after_school(tmp_path / "whole"))
    assert whole.output == "No problems found.\n"


def test_half_of_the_half_names_the_other_file(tmp_path: Path) -> None:
    only_areas = write_after_school(tmp_path / "areas", acs=None)
    result = run("gap", only_areas)
    assert isinstance(result.exception, InputError)
    assert [one.file for one in result.exception.problems] == ["acs.csv"]
    assert "students.csv with students_offline" in result.exception.problems[0].fix
    only_acs = write_after_school(
        tmp_path / "acs", areas=None, students=None, blocks=None, offers=None, availability=None
    )
    result = run("access", only_acs)
    assert isinstance(result.exception, InputError)
    assert [one.file for one in result.exception.problems] == ["areas.geojson"]
    assert "no areas" in result.exception.problems[0].message


@pytest.mark.parametrize(
    ("option", "value", "fix"),
    [
        ("--goal", "80", "Write 0.8 for 80 %."),
        ("--goal", "-1", "Write 0.8 for 80 %."),
        ("--budget", "-5", "what may be spent a year"),
    ],
)
def test_what_is_asked_is_mended(tmp_path: Path, option: str, value: str, fix: str) -> None:
    result = run("access", write_after_school(tmp_path), option, value)
    assert isinstance(result.exception, InputError)
    assert fix in str(result.exception)


# --- init ---


@pytest.fixture
def init(tmp_path: Path) -> Init:
    """Start a folder from files given by option, and give what is printed."""

    def call(*flags: str, **files: str) -> str:
        args: list[str | Path] = ["init", tmp_path / "new", *flags]
        for option, text in {"schools": LIST, **files}.items():
            shaped = option in ("areas", "zones")
            file = tmp_path / f"{option}.{'geojson' if shaped else 'csv'}"
            file.write_text(text)
            args += [f"--{option}", file]
        result = run(*args)
        assert result.exit_code == 0, result.output
        return result.output

    return call


def test_init_prints_three_guesses_and_where_the_rest_is(init: Init, tmp_path: Path) -> None:
    told = init()
    assert "links.csv down_mbps (1 cell): no circuit list was given" in told
    assert told.count(" cell): ") + told.count(" cells): ") == 3
    assert "The rest is in README.md of the folder" in told
    assert told.rstrip().endswith(f"Next: netplan plan {tmp_path / 'new'}")


def test_init_without_areas_says_that_home_access_is_not_started(init: Init) -> None:
    told = init()
    section = told.split("What home access still lacks:")[1]
    assert "areas.geojson and acs.csv" in section
    assert "--areas" in section
    assert "zones.geojson" not in section


def test_init_lists_what_home_access_lacks_and_the_way_to_it(init: Init, tmp_path: Path) -> None:
    county, *_ = [line for line in ACS.splitlines() if line.startswith("12111,")]
    told = init(areas=AREAS, acs=ACS.replace(county + "\n", ""))
    readme = (tmp_path / "new" / "README.md").read_text(encoding="utf-8")
    for what in (
        "a row of the county in acs.csv",
        "B09001 (children by age)",
        "B28005 (internet of people under 18)",
        "zones.geojson",
        "blocks.csv",
        "buses and places",
        "students.csv",
    ):
        assert told.count(f"  {what}") == 1, what
        assert what in readme.replace("\\_", "_")
    assert told.count("without it: ") == told.count("how: ") == 7


def test_init_does_not_ask_for_what_is_there(init: Init) -> None:
    names = [f"B09001_{number:03d}E" for number in range(5, 10)]
    names += ["B28005_002E", "B28005_006E", "B28005_007E"]
    head, *rows = ACS.splitlines()
    acs = "\n".join([",".join([head, *names]), *(row + ",10" * len(names) for row in rows)]) + "\n"
    zones = ZONES.replace('"H1"', '"M1"')
    told = init(areas=AREAS, acs=acs, zones=zones)
    section = told.split("What home access still lacks:")[1]
    assert "B09001" not in section
    assert "B28005" not in section
    assert "county" not in section
    assert "zones.geojson" not in section
    assert "blocks.csv" in section


# --- Python ---


def test_covering_at_address_level_is_a_public_call() -> None:
    assert netplan.cover is cover
    assert "cover" in netplan.__all__
    with pytest.raises(AttributeError, match="no attribute 'uncover'"):
        vars(netplan)["__getattr__"]("uncover")
