"""What of a plan may be shown: small counts withheld, and nothing that gives them back."""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from netplan.access.model import Access, CurvePoint, Fleet, Goal, Plan, Robustness, Siting, Status
from netplan.access.publish import PublishedAccess, publish
from netplan.gap.model import Total

NEED = Total(
    students=1000.0,
    students_offline=100.0,
    se=5.0,
    households=500.0,
    households_offline=50.0,
    households_se=3.0,
)


def siting(offers: pd.DataFrame) -> Siting:
    slots = pd.DataFrame(
        {
            "slot_id": ["m1"],
            "weekday": [0],
            "start_minute": [930],
            "end_minute": [1050],
            "hours": [2.0],
        }
    )
    return Siting(
        students=np.array([60.0, 40.0]),
        area=np.array([0, 1]),
        area_share=np.ones(2),
        geoids=("a", "b"),
        zone=csr_array(np.eye(2)),
        zone_ids=("E1", "E2"),
        weight=np.ones(2),
        offers=offers,
        reach=csr_array(np.ones((2, len(offers)), dtype=bool)),
        fleet=Fleet(
            classes=(),
            slots=slots,
            stop_ids=("ST1",),
            drive_minutes=np.zeros((1, 1)),
            depot_minutes=np.zeros((0, 1)),
            weeks_per_year=36.0,
        ),
        hours_needed=5.0,
        notes=("a note",),
    )


def offers(count: int, *, priced: tuple[int, ...] = ()) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "offer_id": [f"o{place}" for place in range(count)],
            "lat": [math.nan if place in priced else 27.0 for place in range(count)],
            "lon": [math.nan if place in priced else -80.0 for place in range(count)],
            "limited_by": "seats",
            "price_source": "district",
            "usd_per_student_per_year": [
                100.0 if place in priced else 0.0 for place in range(count)
            ],
        }
    )


def plan(students: list[float], zones: Mapping[str, tuple[float, float]] | None = None) -> Plan:
    zones = zones or {"E1": (60.0, 30.0), "E2": (40.0, 10.0)}
    names = [f"o{place}" for place in range(len(students))]
    return Plan(
        goal=Goal(budget_usd_per_year=1000.0),
        offers=pd.DataFrame(
            {
                "offer_id": names,
                "strategy": "partner_hotspot",
                "kind": "library",
                "source_id": names,
                "name": names,
                "students": students,
                "usd_per_year": [100.0 * value for value in students],
                "usd_per_student": 100.0,
                "max_students": 50.0,
                "existing": False,
            }
        ),
        served=csr_array((2, len(students))),
        timetable=pd.DataFrame(
            {"bus_id": ["B1"], "weekday": [0], "slot_id": ["m1"], "stop_id": ["ST1"]}
        ),
        served_students=sum(students),
        served_share=sum(students) / 100.0,
        cost_usd_per_year=900.0,
        objective=sum(students),
        objective_bound=sum(students) + 1.0,
        bound_students=sum(students) + 1.0,
        bound_usd_per_year=math.nan,
        gap_share=0.01,
        status="stopped",
        seconds=1.0,
        zones=pd.DataFrame(
            {
                "school_id": list(zones),
                "students_offline": [pair[0] for pair in zones.values()],
                "served_students": [pair[1] for pair in zones.values()],
                "served_share": [pair[1] / pair[0] for pair in zones.values()],
            }
        ),
    )


def point(usd: float, students: list[float], **changes: object) -> CurvePoint:
    """Give a point of a curve that spends its budget, unless changed."""
    goal = Goal(budget_usd_per_year=usd)
    made = replace(plan(students), goal=goal, cost_usd_per_year=usd)
    return CurvePoint(usd_per_year=usd, plan=replace(made, **changes))  # type: ignore[arg-type]


def access(made: Plan, about: pd.DataFrame, **changes: object) -> Access:
    given: dict[str, object] = {
        "siting": siting(about),
        "plan": made,
        "curve": (),
        "robustness": None,
        "limits": {},
    }
    return Access(**{**given, **changes})  # type: ignore[arg-type]


def test_large_counts_are_shown_with_the_most_first() -> None:
    shown = publish(access(plan([20.0, 40.0]), offers(2)), NEED, {"ST1": "Mall"}, 10)
    assert shown.sites["id"].tolist() == ["o1", "o0"]
    assert shown.sites["students"].tolist() == [40.0, 20.0]
    assert not shown.sites["suppressed"].any()
    assert (shown.served_students, shown.students_offline) == (60.0, 100.0)
    row = shown.timetable.iloc[0]
    assert (row["weekday"], row["start"], row["end"]) == ("mon", "15:30", "17:30")
    assert row["name"] == "Mall"


def test_a_small_count_goes_with_a_second_one() -> None:
    shown = publish(access(plan([4.0, 30.0, 50.0]), offers(3)), NEED, {}, 10)
    # 84 - 50 = 34 = 4 + 30: the smallest shown hides it
    assert shown.sites.set_index("id")["students"].isna().to_dict() == {
        "o0": True,
        "o1": True,
        "o2": False,
    }
    assert shown.sites.loc[shown.sites["suppressed"], "usd_per_student"].isna().all()
    # places have a fixed price, which says nothing of their students
    assert shown.sites["usd_per_year"].notna().all()


def test_the_cost_of_an_offer_by_the_head_is_withheld_with_its_count() -> None:
    shown = publish(access(plan([4.0, 30.0, 50.0]), offers(3, priced=(0, 1))), NEED, {}, 10)
    assert len(shown.sites) == 1
    assert shown.offers["usd_per_year"].isna().all()


def test_with_nothing_to_hide_behind_the_totals_go() -> None:
    made = plan([4.0, 3.0])
    curve = (CurvePoint(usd_per_year=1000.0, plan=made),)
    shown = publish(access(made, offers(2), curve=curve), NEED, {}, 10)
    assert math.isnan(shown.served_students)
    assert math.isnan(shown.served_share)
    assert math.isnan(shown.bound_students)
    assert shown.curve[["students", "bound_students"]].isna().all(axis=None)


def test_the_curve_is_rounded_so_that_two_points_tell_nothing_of_one_place() -> None:
    points = (point(500.0, [42.0, 31.0]), point(600.0, [42.0, 31.0, 3.0]))
    shown = publish(access(points[1].plan, offers(3), curve=points), NEED, {}, 10)
    # steps of 10 that meet at the plan's own 76; its own bound is exact, as in the headline
    assert shown.curve["students"].tolist() == [66.0, 76.0]
    assert shown.curve["bound_students"].tolist() == [76.0, 77.0]
    # what is open is said, not how many it serves: that would undo what is withheld elsewhere
    assert shown.curve_plans["point"].tolist() == [0, 0, 1, 1, 1]
    assert "students" not in shown.curve_plans.columns
    # less than a step apart: nothing is said
    assert shown.last_dollar == ""


def test_costs_do_not_tell_how_many_a_withheld_offer_by_the_head_serves() -> None:
    made = replace(plan([7.0, 30.0, 50.0]), cost_usd_per_year=8_712.0)
    made = replace(made, goal=Goal(budget_usd_per_year=9_250.0))
    curve = (CurvePoint(usd_per_year=9_250.0, plan=made),)
    shown = publish(access(made, offers(3, priced=(0,)), curve=curve), NEED, {}, 10)
    # 10 students at 100 USD each: costs are rounded up to 1,000 USD, from the budget on
    assert shown.cost_usd_per_year == 9_250.0
    assert shown.curve["cost_usd_per_year"].tolist() == [9_250.0]
    assert shown.curve["usd_per_year"].tolist() == [9_250.0]
    # that offer's dollars are not shown, so no sum of them contradicts the total
    assert shown.kinds["usd_per_year"].isna().tolist() == [True]
    fixed = publish(access(made, offers(3), curve=curve), NEED, {}, 10)
    assert fixed.cost_usd_per_year == 8_712.0


def test_few_who_are_left_and_a_withheld_need_withhold_the_total() -> None:
    made = plan([40.0, 56.0])
    left = publish(access(made, offers(2), limits={"served": 96.0, "full": 4.0}), NEED, {}, 10)
    assert math.isnan(left.served_students)
    # 100 less 40 less 56 would tell the 4, so the smaller place is withheld too
    assert left.sites.set_index("id")["students"].isna().to_dict() == {"o0": True, "o1": False}
    unknown = replace(NEED, students_offline=math.nan)
    curve = (point(500.0, [40.0]), point(1_000.0, [40.0, 56.0]))
    hidden = publish(access(made, offers(2), curve=curve), unknown, {}, 10)
    assert hidden.curve[["students", "bound_students", "gap_share"]].isna().all(axis=None)
    assert math.isnan(hidden.served_students)
    assert math.isnan(hidden.students_offline)
    assert hidden.robustness is None


def test_a_total_of_small_counts_is_shown_where_it_bounds_none_of_them() -> None:
    # four of at most 10 that sum to 25: each may be 0 to 10
    shown = publish(access(plan([4.0, 6.0, 7.0, 8.0]), offers(4)), NEED, {}, 10)
    assert shown.sites["students"].isna().all()
    assert shown.served_students == 25.0


def test_zones_give_shares_only_and_none_of_a_small_zone() -> None:
    made = plan([40.0], {"E1": (60.0, 30.0), "E2": (9.0, 9.0), "E3": (31.0, 1.0)})
    shown = publish(access(made, offers(1)), NEED, {}, 10)
    assert list(shown.zones.columns) == ["school_id", "served_share", "suppressed"]
    assert shown.zones["school_id"].tolist() == ["E3", "E1", "E2"]
    assert shown.zones["served_share"].tolist()[:2] == [pytest.approx(1 / 31), 0.5]
    assert math.isnan(shown.zones["served_share"].tolist()[2])


def test_draws_are_withheld_with_the_count_and_reasons_stand_without_the_served() -> None:
    ranges = pd.DataFrame(
        {
            "offer_id": ["o0", "o1", "o2"],
            "students_low": 1.0,
            "students_median": 2.0,
            "students_high": 3.0,
            "usd_per_student_median": 5.0,
            "worth_share": 0.5,
        }
    )
    robust = Robustness(
        draws=100,
        served_low=1.0,
        served_median=2.0,
        served_high=3.0,
        offers=ranges,
        worth_usd_per_student_per_year=10.0,
        worth_source="set",
    )
    limits = {"served": 84.0, "no offer reaches them": 3.0, "budget": 13.0}
    shown = publish(
        access(plan([4.0, 30.0, 50.0]), offers(3), robustness=robust, limits=limits), NEED, {}, 10
    )
    assert shown.robustness is not None
    assert shown.robustness.offers.empty
    rows = shown.sites.set_index("id")
    assert rows.loc[["o0", "o1"], "students_low"].isna().all()
    assert rows.loc["o2", "students_low"] == 1.0
    # worth its cost or not: that tells whether it serves fewer than its cost over the price
    assert rows["worth_share"].notna().to_dict() == {"o0": False, "o1": False, "o2": True}
    # 16 are not served: 3 is small, and 13 goes with it
    assert shown.limits["reason"].tolist() == ["no offer reaches them", "budget"]
    assert shown.limits["students"].isna().all()


def test_without_a_threshold_everything_is_shown() -> None:
    shown = publish(access(plan([4.0, 30.0]), offers(2)), NEED, {}, 0)
    assert shown.sites["students"].tolist() == [30.0, 4.0]


#: A plan of places alone under 62,000 USD; the curve below it lends to few, at 100 USD each.
LENT = replace(
    plan([40.0, 30.0]), goal=Goal(budget_usd_per_year=62_000.0), cost_usd_per_year=61_400.0
)
LENDING = offers(3, priced=(2,))


def lent(few: float) -> tuple[PublishedAccess, str]:
    """Publish a curve whose first point lends to few; and all of it as text."""
    before = point(27_000.0, [30.0, 0.0, few], cost_usd_per_year=22_500.0 + 100.0 * few)
    after = point(90_500.0, [50.0, 40.0])
    own = CurvePoint(usd_per_year=62_000.0, plan=LENT)
    shown = publish(access(LENT, LENDING, curve=(before, own, after)), NEED, {}, 10)
    return shown, shown.last_dollar + shown.curve.to_csv() + shown.curve_plans.to_csv()


def test_dollars_between_two_plans_do_not_give_a_rounded_cost_back() -> None:
    shown, text = lent(1.873)
    # steps of 10 x 100 USD from the budget down: 23,000 stands for more than 22,000
    assert shown.curve["cost_usd_per_year"].tolist() == [23_000.0, 61_400.0, 91_000.0]
    assert shown.cost_usd_per_year == 61_400.0  # its table shows all of it
    assert shown.last_dollar == (
        "The last 38,400 USD a year serve 30 to 40 more students (about 1,097 USD each). "
        "The next 29,600 USD a year would serve 20 to 30 more students (about 1,184 USD each)."
    )
    # an attacker who reads everything cannot tell one number lent to from another
    assert {lent(few)[1] for few in (0.1, 1.873, 4.9)} == {text}


def test_students_of_a_curve_are_never_known_to_less_than_the_threshold() -> None:
    own = replace(plan([27.3, 20.0]), goal=Goal(budget_usd_per_year=1_000.0))
    values = np.arange(0.05, 100.0, 0.1)
    told: dict[tuple[float, ...], list[float]] = {}
    for value in values:
        # served and bound are the same: the gap is 0 and says so
        proven = {"bound_students": value, "gap_share": 0.0, "served_students": value}
        usd = 900.0 if value < 47.3 else 1_100.0
        points = (point(usd, [float(value)], **proven), CurvePoint(usd_per_year=1_000.0, plan=own))
        shown = publish(access(own, offers(2), curve=points), NEED, {}, 10)
        (row,) = shown.curve[~shown.curve["asked"]].to_dict("records")
        if not math.isnan(row["students"]):
            # which side of the plan's own number it is on is known
            key = (usd, row["students"], row["bound_students"], row["gap_share"])
            told.setdefault(key, []).append(float(value))
            assert row["students"] <= value <= row["bound_students"]
    # counts under the threshold alone are withheld: of the first step they are a part
    widths = [max(same) - min(same) for key, same in told.items() if key[1] > 0]
    assert len(widths) >= 7
    assert min(widths) >= 10 - 0.11


def test_costs_are_never_known_to_less_than_their_step_and_keep_to_the_budget() -> None:
    told: dict[float, list[float]] = {}
    for usd in np.arange(90_005.0, 95_001.0, 5.0):
        made = replace(
            plan([7.0, 30.0, 50.0]),
            goal=Goal(budget_usd_per_year=95_000.0),
            cost_usd_per_year=float(usd),
        )
        curve = (CurvePoint(usd_per_year=95_000.0, plan=made),)
        # 10 at 1,800 USD each
        about = offers(3, priced=(0,)).assign(usd_per_student_per_year=[1_800.0, 0.0, 0.0])
        shown = publish(access(made, about, curve=curve), NEED, {}, 10)
        assert usd <= shown.cost_usd_per_year <= 95_000.0
        assert shown.curve["cost_usd_per_year"].tolist() == [shown.cost_usd_per_year]
        told.setdefault(shown.cost_usd_per_year, []).append(float(usd))
    assert list(told) == [95_000.0]
    # 5,000 USD below the budget are within one step of 18,000
    assert max(told[95_000.0]) - min(told[95_000.0]) >= 4_990.0


def test_a_curve_stays_in_order_and_no_other_budget_passes_the_one_asked_for() -> None:
    own = CurvePoint(usd_per_year=62_000.0, plan=LENT)
    points = (
        point(3_600.0, [32.0, 0.0, 5.0]),
        point(61_300.0, [39.0, 30.0]),
        own,
        point(62_100.0, [41.0, 30.0]),
        point(62_400.0, [42.0, 30.0]),
        point(80_000.0, [45.0, 44.0]),
    )
    shown = publish(access(LENT, LENDING, curve=points), NEED, {}, 10)
    curve = shown.curve
    assert curve["usd_per_year"].is_monotonic_increasing
    assert curve["usd_per_year"].is_unique
    assert curve["asked"].tolist() == [False, True, False, False]
    # 61,300 reads as the budget asked for, and 62,100 as 62,400: one point each
    assert curve["usd_per_year"].tolist() == [4_000.0, 62_000.0, 63_000.0, 80_000.0]
    assert (curve["cost_usd_per_year"] <= curve["usd_per_year"]).all()
    assert curve["students"].is_monotonic_increasing
    assert sorted(set(shown.curve_plans["point"])) == [0, 1, 2, 3]


def test_the_spacing_of_budgets_tells_no_more_than_the_last_one() -> None:
    def budgets(top: float) -> list[float]:
        # spaced from what exists to what the dearest plan costs, which pays by the head
        points = [
            point(2_000.0 + (top - 2_000.0) * s, [30.0, 20.0, 5.0]) for s in (0, 0.3, 0.55, 1)
        ]
        shown = publish(access(LENT, LENDING, curve=tuple(points)), NEED, {}, 10)
        return [*shown.curve["usd_per_year"], *shown.curve["cost_usd_per_year"]]

    assert len({tuple(budgets(50_000.0 + usd)) for usd in range(1, 1_000, 37)}) == 1


def test_what_only_a_solver_knows_is_nothing() -> None:
    limits = {"served": 71.0, "nothing is near": 1e-15, "full": 0.4, "budget": 28.6}
    made = plan([78.9999995 - 50.0, 42.0, 1e-15])
    shown = publish(access(made, offers(3), limits=limits), NEED, {}, 10)
    assert shown.limits.to_dict("records") == [
        {"reason": "budget", "students": 28.6, "suppressed": False}
    ]
    assert shown.sites["students"].tolist() == [42.0, 29.0, 0.0]
    assert not shown.sites["suppressed"].any()
    least = replace(
        made,
        goal=Goal(coverage_share=0.7),
        cost_usd_per_year=28_440.0000001,
        bound_usd_per_year=28_439.9998,
    )
    goal = publish(access(least, offers(3)), NEED, {}, 10)
    assert (goal.cost_usd_per_year, goal.bound_usd_per_year) == (28_440.0, 28_440.0)


def test_a_least_cost_that_is_rounded_has_a_bound_of_the_same_steps() -> None:
    cases: tuple[tuple[Status, float], ...] = (("proven", 8_711.9), ("stopped", 7_400.0))
    for status, bound in cases:
        made = replace(
            plan([7.0, 30.0, 50.0]),
            goal=Goal(coverage_share=0.8),
            cost_usd_per_year=8_712.0,
            bound_usd_per_year=bound,
            status=status,
            gap_share=1.0 - bound / 8_712.0,
        )
        shown = publish(access(made, offers(3, priced=(0,))), NEED, {}, 10)
        assert shown.cost_usd_per_year == 9_000.0
        assert shown.bound_usd_per_year == (8_000.0 if status == "proven" else 7_000.0)
        if status == "stopped":
            assert shown.gap_share == pytest.approx(2 / 9)
