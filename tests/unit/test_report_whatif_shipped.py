"""Every scenario that ships with the sample district, run against it, with reasons."""

import json
from pathlib import Path

import pytest

import netplan
from netplan.report.whatif import ScenarioResult, WhatIf
from netplan.report.whatif_compare import misfits, states
from netplan.report.whatif_page import page_html
from netplan.report.whatif_words import scenario_sentences
from netplan.studies.whatif import whatif
from netplan.whatif.read import scenario_names

HARBOR = Path(__file__).parents[2] / "data" / "schools" / "harbor-county"
NAMES = scenario_names(HARBOR)


@pytest.fixture(scope="module")
def found() -> WhatIf:
    return whatif(netplan.load(HARBOR), *NAMES)


def result(found: WhatIf, name: str) -> ScenarioResult:
    return found.scenarios[NAMES.index(name)]


def test_there_are_some(found: WhatIf) -> None:
    assert len(NAMES) >= 9
    assert tuple(each.name for each in found.scenarios) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_flips_and_reasons_agree(found: WhatIf, name: str) -> None:
    for year in result(found, name).years:
        flips = year.comparison.flips
        assert year.reasons is not None
        # the reports' flips are those of the quick runs, and each has its cause
        assert sorted(flips["school_id"]) == sorted(year.reasons.causes())
        before, after = states(year.base), states(year.report)
        for row in flips.to_dict("records"):
            assert (row["was"], row["now"]) == (before[row["school_id"]], after[row["school_id"]])
        difference = (flips["now"] != "fits").astype(int) - (flips["was"] != "fits").astype(int)
        assert misfits(year.report) - misfits(year.base) == difference.sum()
        if len(year.reasons.units) == 1:
            for cause in year.reasons.causes().values():
                assert not cause.interacts
    assert scenario_sentences(result(found, name))


def test_the_lost_circuit_cuts_everybody_off(found: WhatIf) -> None:
    flips = result(found, "lose-internet").flips
    assert len(flips) == 24 and set(flips["now"]) == {"cut-off"}
    assert set(flips["why"]) == {"because of the failure of INTERNET1"}


def test_a_rollout_has_its_four_years(found: WhatIf) -> None:
    rollout = result(found, "one-to-one")
    assert [year.school_year for year in rollout.years] == [
        "2026-27", "2027-28", "2028-29", "2029-30",
    ]  # fmt: skip
    # carts first: never more devices than the tables say, which are 1:1 already
    devices = rollout.years[0].comparison.changes.query("measure == 'devices'")
    assert len(devices) == 24 and (devices["scenario"] < devices["base"]).all()


def test_page_and_document_hold_them_all(found: WhatIf) -> None:
    text = page_html(found)
    for each in found.scenarios:
        assert each.scenario.file in text
    document = json.loads(found.to_json())
    assert [each["name"] for each in document["scenarios"]] == list(NAMES)
    assert {f"scenarios/{name}.toml" for name in NAMES} <= document["inputs"].keys()
