"""Every scenario that ships with the sample district, run against it, with reasons."""

import json
from pathlib import Path

import pytest

import netplan
from netplan.report.frames import records
from netplan.report.lookup import look_up
from netplan.report.whatif import ScenarioResult, WhatIf
from netplan.report.whatif_compare import misfits, states
from netplan.report.whatif_groups import flip_groups
from netplan.report.whatif_page import page_html
from netplan.report.whatif_views import used_words
from netplan.report.whatif_words import finding_lines, scenario_sentences
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
    # carts first on both sides: no wave, no change; at the end every school has more than carts
    assert rollout.years[0].comparison.changes.empty
    devices = rollout.last.comparison.changes.query("measure == 'devices'")
    assert len(devices) == 24 and (devices["scenario"] > devices["base"]).all()


def test_what_is_full_before_and_after_is_named_where_it_differs(found: WhatIf) -> None:
    lost = result(found, "lose-one-circuit")
    flips = lost.flips
    assert set(flips["element_before"]) == {"FIREWALL1"}
    assert set(flips["element_after"]) == set(flips["element"]) == {"INTERNET1"}
    lookup = look_up(lost.report)
    (group,) = flip_groups(records(flips))
    assert used_words(group, "before", lookup) == "firewall FIREWALL1 59.4\N{NO-BREAK SPACE}%"
    assert used_words(group, "after", lookup) == "link INTERNET1 80.2\N{NO-BREAK SPACE}%"


def test_an_event_that_takes_load_off_says_why(found: WhatIf) -> None:
    sentences = scenario_sentences(result(found, "testing-week"))
    assert any("can be lower because tested devices" in each for each in sentences)


def test_findings_of_one_kind_are_one_line(found: WhatIf) -> None:
    added = result(found, "one-to-one").last.comparison.findings_added
    lines = finding_lines(added)
    assert len(lines) == len({each.code for each in added}) < len(added)


def test_page_and_document_hold_them_all(found: WhatIf) -> None:
    text = page_html(found)
    for each in found.scenarios:
        assert each.scenario.file in text
    document = json.loads(found.to_json())
    assert [each["name"] for each in document["scenarios"]] == list(NAMES)
    assert {f"scenarios/{name}.toml" for name in NAMES} <= document["inputs"].keys()
