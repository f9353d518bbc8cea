"""`compare` and `whatif` on a district whose numbers fit in a comment.

The three-school district of `tests.unit.folders` with room for all: its load on each way out is

    wan-E1  218.417 of  500 Mbps: 0.4368      H1's ways 743.435 of 2,000: 0.3717
    wan-M1  397.722 of 1,000 Mbps: 0.3977     circuit 1,252.099 of 4,000: 0.3130

and the limit is 0.8. Rates of all apps times f make every mean f and every variance f^2 as
large, so every planning load is f times what it was, exactly.
"""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netplan
from netplan import pipeline
from netplan.district.model import District
from netplan.errors import ScenarioError
from netplan.report.model import Report
from netplan.report.whatif import WhatIf
from netplan.report.whatif_compare import measures, misfits, states
from netplan.studies.apply import apply
from netplan.studies.compare import compare
from netplan.studies.whatif import outcome, whatif
from tests.unit.folders import LINKS, NODES, write_district

U_E1 = 218.416853 / 500.0
WIDE = (
    LINKS.replace("inet,fw,1000,1000", "inet,fw,4000,4000")
    .replace("E1-mdf,100,100", "E1-mdf,500,500")
    .replace("M1-mdf,200,200", "M1-mdf,1000,1000")
    .replace("H1-mdf,1000,1000", "H1-mdf,2000,2000")
)
ROOMY = NODES.replace("fw,firewall,,2000", "fw,firewall,,8000")

RATES = """
[[change]]
name = "heavier apps"
table = "apps"
multiply = {{ down_mbps = {factor}, up_mbps = {factor} }}
"""
UPLINK = """
[[change]]
name = "half of Elm's uplink"
table = "links"
where = {{ link_id = "wan-E1" }}
multiply = {{ down_mbps = {factor}, up_mbps = {factor} }}
"""


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    """Give the district with room for all, and scenarios in its folder."""
    folder = tmp_path_factory.mktemp("whatif") / "d"
    scenarios = {
        # 1.5 x 1.5 x 0.4368 = 0.9828 is over, 1.5 x 0.4368 = 0.6552 is not
        "both": RATES.format(factor=1.5) + UPLINK.format(factor=1 / 1.5),
        # 2 x 0.4368 = 0.8737
        "either": RATES.format(factor=2.0) + UPLINK.format(factor=0.5),
        "only": RATES.format(factor=1.1) + UPLINK.format(factor=0.5),
        "nothing": "",
        "bad": '[[wave]]\nschool_year = "2027"\n',
        "cut": 'fail = ["wan-M1"]\n',
        "slow": "years = 5\n",
        # E1 needs 0.8 / 0.4368 = 1.832; 1.25^2 = 1.5625, so x 1.2 = 1.875 in the second year on
        "waves": """
            [[wave]]
            school_year = "2027-28"
            schools = ["E1"]
            [[wave.change]]
            name = "more for Elm"
            table = "devices"
            where = { group = "students" }
            multiply = { per_person = 1.3 }
            [[wave]]
            school_year = "2028-29"
            title = "the others"
            schools = ["M1", "H1"]
            [[wave.change]]
            name = "more for the others"
            table = "devices"
            where = { group = "students" }
            multiply = { per_person = 1.3 }
            """.replace("            ", ""),
        # what the second changes, the first puts in
        "insert": """
            [[change]]
            name = "a tablet each"
            table = "devices"
            where = { school_id = "E1", group = "students", kind = "tablet" }
            set = { per_person = 1.0 }
            insert = true
            """.replace("            ", ""),
    }
    write_district(
        folder,
        {f"scenarios/{name}.toml": f'title = "{name}"\n{text}' for name, text in scenarios.items()},
        links=WIDE,
        nodes=ROOMY,
    )
    return netplan.load(folder)


def why_of(found: WhatIf, school: str) -> str:
    (result,) = found.scenarios
    flips = result.flips
    (row,) = flips[flips["school_id"] == school].to_dict("records")
    return str(row["why"])


def test_all_fit_at_first(district: District) -> None:
    report = netplan.check(district)
    assert set(states(report).values()) == {"fits"} and misfits(report) == 0
    used = report.buildings.set_index("school_id")["bottleneck_utilization_share"]
    assert used["E1"] == pytest.approx(U_E1, rel=1e-8)


def test_an_empty_scenario_changes_nothing(district: District) -> None:
    found = whatif(district, "nothing")
    (result,) = found.scenarios
    assert result.changes.empty and result.flips.empty
    comparison = result.last.comparison
    assert (comparison.findings_added, comparison.findings_gone) == ((), ())
    assert (comparison.schools_added, comparison.schools_gone) == ((), ())
    assert result.report.to_json() == found.base.to_json()


def test_two_changes_that_need_each_other(district: District) -> None:
    found = whatif(district, "both")
    assert why_of(found, "E1") == "needs both heavier apps and half of Elm's uplink"
    (year,) = found.scenarios[0].years
    assert year.reasons is not None
    row = year.reasons.school_ids.index("E1")
    effects = year.reasons.attribution
    # u to 1.5 u, to 1.5 u, together to 2.25 u: of 1.25 u the single changes make 1 u
    np.testing.assert_allclose(effects.alone[:, 0, row], [0.5 * U_E1, 0.5 * U_E1], rtol=1e-7)
    np.testing.assert_allclose(effects.last[:, 0, row], [0.75 * U_E1, 0.75 * U_E1], rtol=1e-7)
    assert effects.interaction_share[0, row] == pytest.approx(0.2, rel=1e-7)
    # the others' ways are not touched by Elm's uplink: what is left is none
    assert effects.interaction_share[0, year.reasons.school_ids.index("M1")] == pytest.approx(0.0)


def test_either_of_two_and_one_alone(district: District) -> None:
    assert why_of(whatif(district, "either"), "E1") == (
        "either heavier apps or half of Elm's uplink is enough"
    )
    assert why_of(whatif(district, "only"), "E1") == "because of half of Elm's uplink"


def test_overrides_of_the_command_line_are_units_too(district: District) -> None:
    cell = "links[link_id=wan-E1].down_mbps*=0.5"
    found = whatif(district, sets=[cell])
    (result,) = found.scenarios
    assert list(result.flips["school_id"]) == ["E1"]
    assert str(result.flips["why"].iloc[0]).startswith("because of ")
    # on top of a scenario that halves it already: a quarter
    found = whatif(district, "only", sets=[cell])
    (row,) = found.scenarios[0].flips.to_dict("records")
    assert row["utilization_share"] == pytest.approx(1.1 * 4 * U_E1, rel=1e-7)


def test_a_cut_off_building_does_not_pass_for_one_that_fits(district: District) -> None:
    found = whatif(district, "cut")
    (row,) = found.scenarios[0].flips.to_dict("records")
    assert (row["school_id"], row["was"], row["now"]) == ("M1", "fits", "cut-off")
    assert row["limited_by"] == "cut-off" and row["utilization_share"] is None
    assert row["why"] == "because of the failure of wan-M1"
    assert misfits(found.scenarios[0].report) == 1


def test_growth_is_not_the_scenario_s_doing(district: District) -> None:
    found = whatif(district, "slow")
    (result,) = found.scenarios
    assert [year.school_year for year in result.years] == [
        "2026-27", "2027-28", "2028-29", "2029-30", "2030-31",
    ]  # fmt: skip
    assert result.flips.empty
    # 0.4368 x 1.25^n passes 0.8 in the third year on (0.8531), wan-M1's 0.3977 in the fourth
    # (0.9710), and so does wan-H1's 0.3717 (0.9075)
    assert [sorted(year.by_growth["school_id"]) for year in result.years] == [
        [], [], [], ["E1"], ["E1", "H1", "M1"],
    ]  # fmt: skip
    assert all(year.comparison.changes.empty for year in result.years)


def test_a_rollout_flips_when_its_wave_comes_and_growth_catches_up(district: District) -> None:
    found = whatif(district, "waves")
    (result,) = found.scenarios
    assert [year.school_year for year in result.years] == ["2026-27", "2027-28", "2028-29"]
    assert result.years[0].comparison.changes.empty
    first = result.years[1].comparison
    # the first wave's school has more devices, and every number of the others' own way stays
    assert "M1" not in set(first.changes.query("measure == 'devices'")["school_id"])
    devices = first.changes.query("measure == 'devices'").to_dict("records")
    assert devices == [
        {"school_id": "E1", "measure": "devices", "base": 220.0, "scenario": 280.0}
    ]  # fmt: skip
    flips = result.flips.to_dict("records")
    # 0.4368 x 1.5625 = 0.6825 without; about 1.25 times as many devices make it 0.84
    assert [(row["school_id"], row["school_year"], row["until"]) for row in flips] == [
        ("E1", "2028-29", None)
    ]
    assert flips[0]["why"] == "because of more for Elm"
    # another year of growth, and the base is there too
    longer = whatif(
        district,
        _with_years(district, "waves", 4),
        attribute=False,
    )
    row = next(
        row for row in longer.scenarios[0].flips.to_dict("records") if row["school_id"] == "E1"
    )
    assert (row["until"], row["then"], row["why"]) == ("2028-29", "growth", None)


def test_a_rollout_may_be_compared_with_its_own_start(district: District) -> None:
    """Devices halved, then brought back: against the start the wave makes the difference."""
    folder = district.inputs.folder
    assert folder is not None
    change = """
[[{table}change]]
name = "{name}"
table = "devices"
where = {{ group = "students", kind = "chromebook" }}
multiply = {{ per_person = {factor} }}
"""
    text = change.format(table="", name="half", factor=0.5)
    text += '[[wave]]\nschool_year = "2027-28"\n'
    text += change.format(table="wave.", name="back", factor=2.0)
    path = folder / "scenarios" / "halved.toml"
    path.write_text(text, encoding="utf-8")
    (against_tables,) = whatif(district, path, attribute=False).scenarios
    path.write_text('compare_with = "start"\n' + text, encoding="utf-8")
    found = whatif(district, path)
    (against_start,) = found.scenarios
    devices = [
        [len(year.comparison.changes.query("measure == 'devices'")) for year in result.years]
        for result in (against_tables, against_start)
    ]
    schools = len(against_start.report.buildings)
    assert devices == [[schools, 0], [0, schools]]
    reasons = against_start.last.reasons
    assert reasons is not None
    assert [unit.name for unit in reasons.units] == ["back"]
    # the base of the document stays the district as it is
    assert found.base.to_json() == netplan.check(district).to_json()


def _with_years(district: District, name: str, years: int) -> Path:
    folder = district.inputs.folder
    assert folder is not None
    text = (folder / "scenarios" / f"{name}.toml").read_text(encoding="utf-8")
    path = folder / "scenarios" / f"{name}-{years}.toml"
    path.write_text(f"years = {years}\n{text}", encoding="utf-8")
    return path


def test_the_quick_day_and_the_report_say_the_same(district: District) -> None:
    for name in ("both", "either", "cut", "insert"):
        other = apply(district, name)
        report, day = netplan.check(other), pipeline.day(other)
        found = outcome(day, sorted(states(report)))
        assert dict(zip(sorted(states(report)), found.state, strict=True)) == states(report)


def test_a_school_that_is_not_there_is_absent(district: District) -> None:
    found = outcome(pipeline.day(district), ["E1", "nowhere"])
    assert list(found.state) == ["fits", "absent"]
    assert np.isnan(found.utilization_share[1]) and found.utilization_share[0] > 0


def test_changes_are_those_of_the_documents(district: District) -> None:
    """Every cell of two check documents' buildings, flattened, against `compare`."""
    base, other = netplan.check(district), netplan.check(apply(district, "both"))
    names = set(measures(base).columns)

    def flat(report: Report) -> dict[tuple[str, str], Any]:
        cells = {}
        for building in json.loads(report.to_json())["buildings"]:
            for key, value in _flat("", building):
                if key in names:
                    cells[building["school_id"], key] = value
        return cells

    left, right = flat(base), flat(other)
    assert left.keys() == right.keys() and {key for _, key in left} == names
    wanted = {key: (left[key], right[key]) for key in left if left[key] != right[key]}
    changes = compare(base, other).changes
    assert not changes.duplicated(["school_id", "measure"]).any()
    found = {
        (row["school_id"], row["measure"]): (row["base"], row["scenario"])
        for row in changes.to_dict("records")
    }
    assert found.keys() == wanted.keys()
    for key, pair in wanted.items():
        for one, two in zip(found[key], pair, strict=True):
            assert one == (pytest.approx(two, rel=1e-8) if isinstance(two, float) else two)


def _flat(prefix: str, value: Any) -> list[tuple[str, Any]]:
    if not isinstance(value, dict):
        return [(prefix, value)]
    return [
        pair
        for key, inner in value.items()
        for pair in _flat(f"{prefix}.{key}" if prefix else key, inner)
    ]


def test_compare_with_itself_and_both_ways(district: District) -> None:
    base, other = netplan.check(district), netplan.check(apply(district, "both"))
    same = compare(base, base)
    assert same.changes.empty and same.flips.empty
    there, back = compare(base, other), compare(other, base)
    swapped = back.changes.rename(columns={"base": "scenario", "scenario": "base"})
    assert there.changes.to_dict("records") == swapped[there.changes.columns].to_dict("records")
    assert [finding.id for finding in there.findings_added] == [
        finding.id for finding in back.findings_gone
    ]
    assert list(back.flips["now"]) == ["fits"]
    # what stopped it before is named
    assert list(back.flips["element"]) == ["wan-E1"]


def test_whatif_says_the_same_twice_and_mutates_nothing(district: District) -> None:
    before = {name: frame.copy() for name, frame in district.inputs.tables.items()}
    one, two = whatif(district, "both", "cut"), whatif(district, "both", "cut")
    assert one.to_json() == two.to_json()
    for name, frame in before.items():
        assert frame.equals(district.inputs.tables[name]), name


def test_the_document_holds_what_the_contract_names(district: District) -> None:
    document = json.loads(whatif(district, "both", "waves").to_json())
    assert document["command"] == "whatif" and document["base"]["command"] == "check"
    assert "scenarios/both.toml" in document["inputs"]
    one, two = document["scenarios"]
    for scenario in (one, two):
        for change in scenario["changes"]:
            assert set(change) == {"school_id", "measure", "base", "scenario"}
        assert scenario["report"]["command"] == "check"
    assert one["changes"] == one["years"][-1]["changes"]
    (flip,) = one["years"][0]["flips"]
    assert flip["why"]["needed"] == ["both:change-1", "both:change-2"]
    assert flip["why"]["enough"] == [] and flip["why"]["interacts"] is True
    units = one["years"][0]["attribution"]["units"]
    assert [(unit["file"], unit["line"] is not None) for unit in units] == [
        ("scenarios/both.toml", True), ("scenarios/both.toml", True),
    ]  # fmt: skip
    assert [year["school_year"] for year in two["years"]] == ["2026-27", "2027-28", "2028-29"]


def test_progress_ends_at_its_end(district: District) -> None:
    calls: list[tuple[int, int]] = []
    whatif(district, "both", "waves", progress=lambda done, total: calls.append((done, total)))
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)
    assert len({total for _, total in calls}) == 1
    assert calls[-1][0] <= calls[-1][1]


def test_a_scenario_that_does_not_fit_is_said_before_anything_runs(district: District) -> None:
    calls: list[int] = []
    with pytest.raises(ScenarioError) as caught:
        whatif(district, "both", "bothh", "bad", progress=lambda done, _: calls.append(done))
    # of every scenario at once
    assert re.search("Did you mean 'both'", str(caught.value)) and not calls
    assert [(one.file, one.row) for one in caught.value.problems[1:]] == [("scenarios/bad.toml", 3)]
