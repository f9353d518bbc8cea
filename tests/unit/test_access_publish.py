"""What of a plan may be shown: small counts withheld, and nothing that gives them back."""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from netplan.access.model import Access, CurvePoint, Fleet, Goal, Plan, Robustness, Siting
from netplan.access.publish import publish
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
    point = CurvePoint(usd_per_year=1000.0, plan=made)
    shown = publish(access(made, offers(2), curve=(point,)), NEED, {}, 10)
    assert math.isnan(shown.served_students)
    assert math.isnan(shown.served_share)
    assert math.isnan(shown.bound_students)
    assert shown.curve[["students", "bound_students"]].isna().all(axis=None)


def test_the_curve_is_rounded_so_that_two_points_tell_nothing_of_one_place() -> None:
    points = (
        CurvePoint(usd_per_year=500.0, plan=plan([42.0, 31.0])),
        CurvePoint(usd_per_year=600.0, plan=plan([42.0, 31.0, 3.0])),
    )
    shown = publish(access(points[1].plan, offers(3), curve=points), NEED, {}, 10)
    assert shown.curve["students"].tolist() == [70.0, 80.0]
    assert shown.curve["bound_students"].tolist() == [80.0, 80.0]
    # what is open is said, not how many it serves: that would undo what is withheld elsewhere
    assert shown.curve_plans["point"].tolist() == [0, 0, 1, 1, 1]
    assert "students" not in shown.curve_plans.columns
    assert "4" not in shown.last_dollar.replace("1,000", "")


def test_costs_do_not_tell_how_many_a_withheld_offer_by_the_head_serves() -> None:
    made = replace(plan([7.0, 30.0, 50.0]), cost_usd_per_year=8_712.0)
    point = CurvePoint(usd_per_year=8_712.0, plan=made)
    shown = publish(access(made, offers(3, priced=(0,)), curve=(point,)), NEED, {}, 10)
    # 10 students at 100 USD each: costs are rounded up to 1,000 USD
    assert shown.cost_usd_per_year == 9_000.0
    assert shown.curve["cost_usd_per_year"].tolist() == [9_000.0]
    assert shown.curve["usd_per_year"].tolist() == [9_000.0]
    fixed = publish(access(made, offers(3), curve=(point,)), NEED, {}, 10)
    assert fixed.cost_usd_per_year == 8_712.0


def test_few_who_are_left_and_a_withheld_need_withhold_the_total() -> None:
    made = plan([40.0, 56.0])
    left = publish(access(made, offers(2), limits={"served": 96.0, "full": 4.0}), NEED, {}, 10)
    assert math.isnan(left.served_students)
    # 100 less 40 less 56 would tell the 4, so the smaller place is withheld too
    assert left.sites.set_index("id")["students"].isna().to_dict() == {"o0": True, "o1": False}
    unknown = replace(NEED, students_offline=math.nan)
    hidden = publish(access(made, offers(2)), unknown, {}, 10)
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
    assert rows["worth_share"].notna().all()
    # 16 are not served: 3 is small, and 13 goes with it
    assert shown.limits["reason"].tolist() == ["no offer reaches them", "budget"]
    assert shown.limits["students"].isna().all()


def test_without_a_threshold_everything_is_shown() -> None:
    shown = publish(access(plan([4.0, 30.0]), offers(2)), NEED, {}, 0)
    assert shown.sites["students"].tolist() == [30.0, 4.0]
