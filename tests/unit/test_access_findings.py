"""Every finding of the after-school half: planted alone, and absent when there is nothing."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from netplan.access.findings import FINDINGS, HomeFacts, find_all
from netplan.access.model import Goal, Robustness
from netplan.access.publish import PublishedAccess
from netplan.gap.model import Total
from netplan.gap.suppress import Published
from netplan.inputs.model import AccessSettings

DOCS = Path(__file__).parents[2] / "docs" / "findings.md"


def need(students_offline: float = 200.0, se: float = 10.0) -> Published:
    total = Total(
        students=2000,
        students_offline=students_offline,
        se=se,
        households=900,
        households_offline=90,
        households_se=5,
    )
    return Published(
        areas=pd.DataFrame(), groups=pd.DataFrame(), total=total, threshold=10, notes=()
    )


def sites(worth: float = 0.9, *, existing: bool = False) -> pd.DataFrame:
    return pd.DataFrame(
        {"id": ["partner:L1"], "name": ["Library"], "existing": [existing], "worth_share": [worth]}
    )


PLAN = PublishedAccess(
    goal=Goal(budget_usd_per_year=1000.0),
    status="proven",
    students_offline=200.0,
    served_students=160.0,
    served_share=0.8,
    cost_usd_per_year=900.0,
    bound_students=160.0,
    bound_usd_per_year=math.nan,
    gap_share=0.0,
    sites=sites(),
    offers=pd.DataFrame(),
    timetable=pd.DataFrame(),
    kinds=pd.DataFrame(),
    zones=pd.DataFrame(
        {"school_id": ["E1", "E2"], "served_share": [0.7, 0.9], "suppressed": [False, False]}
    ),
    curve=pd.DataFrame(),
    curve_plans=pd.DataFrame(),
    limits=pd.DataFrame(),
    last_dollar="",
    robustness=Robustness(
        draws=1000,
        served_low=140.0,
        served_median=160.0,
        served_high=180.0,
        offers=pd.DataFrame(),
        worth_usd_per_student_per_year=100.0,
        worth_source="set",
    ),
    notes=(),
)
QUIET = HomeFacts(
    settings=AccessSettings(coverage_goal=0.8),
    definition="none",
    gap=need(),
    zones_guessed=False,
    margins_assumed=False,
    plan=PLAN,
)


def zone(share: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "school_id": ["E1", "E2", "E3"],
            "served_share": [share, 0.9, math.nan],
            "suppressed": [False, False, True],
        }
    )


#: Code to a change of the quiet facts that plants it, and the number it must report.
PLANTS: dict[str, tuple[Callable[[], HomeFacts], float | None]] = {
    "goal-missed": (lambda: replace(QUIET, settings=AccessSettings(coverage_goal=0.81)), 0.8),
    # 1.645 x 40 / 200 = 0.329
    "gap-uncertain": (lambda: replace(QUIET, gap=need(se=40.0)), 0.329),
    "zones-guessed": (lambda: replace(QUIET, zones_guessed=True), None),
    # half of the district's 0.8 is 0.4
    "zone-left-behind": (lambda: replace(QUIET, plan=replace(PLAN, zones=zone(0.39))), 0.39),
    "stop-not-worth-it": (lambda: replace(QUIET, plan=replace(PLAN, sites=sites(0.49))), 0.49),
    "plan-not-proven": (lambda: replace(QUIET, plan=replace(PLAN, gap_share=0.011)), 0.011),
}


def codes(given: HomeFacts) -> list[str]:
    return [finding.code for finding in find_all(given)]


def test_a_good_plan_says_only_how_many_are_offline() -> None:
    assert codes(QUIET) == ["students-offline"]
    # at the limits, not past them
    at_limit = replace(PLAN, zones=zone(0.4), sites=sites(0.5), gap_share=0.01)
    assert codes(replace(QUIET, plan=at_limit)) == ["students-offline"]
    # what is there already is not asked to earn its cost
    kept = replace(PLAN, sites=sites(0.1, existing=True))
    assert codes(replace(QUIET, plan=kept)) == ["students-offline"]


@pytest.mark.parametrize("code", PLANTS)
def test_each_is_found_alone(code: str) -> None:
    plant, value = PLANTS[code]
    found = [finding for finding in find_all(plant()) if finding.code != "students-offline"]
    assert [finding.code for finding in found] == [code]
    assert found[0].value == (None if value is None else pytest.approx(value))
    assert found[0].fix
    assert found[0].source
    assert found[0].message.endswith(".")


def test_places_that_are_not_worth_it_are_one_finding_the_worst_first() -> None:
    many = pd.DataFrame(
        {
            "id": [f"p{place}" for place in range(9)],
            "name": [f"Place {place}" for place in range(9)],
            "existing": False,
            "worth_share": [0.49, 0.02, 0.9, 0.3, 0.31, 0.32, 0.33, 0.34, math.nan],
        }
    )
    found = [
        finding
        for finding in find_all(replace(QUIET, plan=replace(PLAN, sites=many)))
        if finding.code == "stop-not-worth-it"
    ]
    assert len(found) == 1
    assert found[0].subject == "p1;p3;p4;p5;p6;p7;p0"
    assert found[0].value == 0.02
    assert found[0].message.startswith(
        "7 places may draw too few students for the money: Place 1 (2%), Place 3 (30%), "
    )
    assert " and 1 more. " in found[0].message
    assert "no more than 100 USD a year" in found[0].message


def test_assumed_margins_are_said() -> None:
    (found, *_) = find_all(replace(QUIET, margins_assumed=True))
    assert found.code == "gap-uncertain"
    assert "assumed" in found.message


def test_nothing_is_said_of_a_withheld_total_or_without_a_plan() -> None:
    assert codes(replace(QUIET, gap=need(math.nan, math.nan))) == []
    assert codes(replace(QUIET, plan=None)) == ["students-offline"]


def test_the_worst_come_first_and_all_are_in_the_docs() -> None:
    asked = Goal(coverage_share=0.8)
    plan = replace(PLAN, zones=zone(0.1), served_share=0.5, goal=asked)
    assert codes(replace(QUIET, plan=plan))[:2] == ["goal-missed", "zone-left-behind"]
    text = DOCS.read_text(encoding="utf-8")
    names = [function.__name__.replace("_", "-") for function in FINDINGS]
    assert set(names) == {*PLANTS, "students-offline"}
    for name in names:
        assert f"| {name} |" in text
