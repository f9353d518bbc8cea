"""The district of every school year: a rollout's waves begin when they should, and not before."""

from dataclasses import replace
from pathlib import Path

import pytest

import netplan
from netplan.errors import InputError
from netplan.inputs.model import Inputs
from netplan.money.ownership import own
from netplan.money.years import by_year, home_access
from netplan.whatif.read import read_scenario
from tests.unit.folders import write_district

_WAVES = """
title = "In waves"
[[wave]]
school_year = "{first}"
[[wave.change]]
table = "planning"
set = {{ class_size = 30 }}
[[wave]]
school_year = "{second}"
[[wave.change]]
table = "planning"
set = {{ class_size = 35 }}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = write_district(tmp_path_factory.mktemp("years") / "d")
    start = netplan.load(where).settings.school_year
    assert start is not None
    first = int(start[:4])
    (where / "scenarios").mkdir()
    (where / "scenarios" / "waves.toml").write_text(
        _WAVES.format(first=_year(first + 1), second=_year(first + 6)), encoding="utf-8"
    )
    return where


@pytest.fixture(scope="module")
def inputs(folder: Path) -> Inputs:
    return netplan.load(folder).inputs


def _year(first: int) -> str:
    return f"{first}-{(first + 1) % 100:02d}"


def test_the_years_are_those_of_the_settings(inputs: Inputs) -> None:
    start = int(str(inputs.settings.school_year)[:4])
    found = by_year(inputs)
    assert [each.settings.school_year for each in found] == [
        _year(start + ahead) for ahead in range(inputs.money.years)
    ]
    # the first is the folder itself, and no table changes where nothing is laid over it
    assert found[0].inputs is inputs
    assert found[-1].inputs.tables["devices"] is inputs.tables["devices"]
    assert len(by_year(inputs, years=1)) == 1
    assert len(by_year(inputs, years=8)) == 8


def test_waves_reach_farther_and_begin_in_their_year(folder: Path, inputs: Inputs) -> None:
    scenario = read_scenario(folder, "waves")
    found = by_year(inputs, [scenario])
    sizes = [each.planning.class_size for each in found]
    usual = inputs.planning.class_size
    assert sizes == [usual, 30.0, 30.0, 30.0, 30.0, 30.0, 35.0]
    assert [each.planning.class_size for each in by_year(inputs, [scenario], years=2)] == [
        usual,
        30.0,
    ]


def test_without_a_school_year_nothing_can_be_said(inputs: Inputs) -> None:
    unknown = replace(inputs, settings=replace(inputs.settings, school_year=None))
    with pytest.raises(InputError) as caught:
        by_year(unknown)
    (problem,) = caught.value.problems
    assert (problem.file, problem.column) == ("district.toml", "school_year")


def test_home_access_is_paid_every_year_and_not_by_erate(inputs: Inputs) -> None:
    districts = by_year(inputs, years=3)
    plain, more = own(districts), own(districts, home_access(districts[0], 1_000.0))
    lines = more.lines[more.lines["item"] == "home_access"]
    assert lines["usd"].tolist() == [1_000.0] * 3
    assert lines["erate_usd"].tolist() == [0.0] * 3
    assert set(lines["cost_center"]) == {"internet"}
    # professional development is a share of technology costs, so that a little comes on top
    assert more.usd - plain.usd >= 3_000.0
