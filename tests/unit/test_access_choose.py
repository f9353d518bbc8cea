"""The plan on cases small enough to check by hand, its reasons, its curve, and what is refused."""

from dataclasses import replace
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from netplan.access.choose import choose, plan_access
from netplan.access.curve import undominated
from netplan.access.last_dollar import last_dollar
from netplan.access.model import Fleet, Goal, Siting, VehicleClass
from netplan.access.verify import verify
from netplan.errors import InfeasibleError, InputError, SolverError
from tests.unit.siting_cases import offers, random_case, siting, slots

SEARCH = import_module("netplan.access.search")


def fleet(stops: int, *, apart: float = 10.0, depot: float = 15.0) -> Fleet:
    """One bus, Monday 15-17 and 17:30-19:30, 60 USD an hour in 10 weeks (10 USD a minute)."""
    return Fleet(
        classes=(
            VehicleClass(
                bus_ids=("B1",),
                depot_lon=0.0,
                depot_lat=0.0,
                at_once=10.0,
                usd_per_year=100.0,
                usd_per_hour=60.0,
            ),
        ),
        slots=slots((0, 15.0, 17.0), (0, 17.5, 19.5)),
        stop_ids=tuple(f"P{k}" for k in range(stops)),
        drive_minutes=np.where(np.eye(stops, dtype=bool), 0.0, apart),
        depot_minutes=np.full((1, stops), depot),
        weeks_per_year=10.0,
    )


def two_stops(**change: float) -> Siting:
    table = offers(
        {"source_id": "P0", "mobile": True, "usd_per_year": 7.0},
        {"source_id": "P1", "mobile": True},
    )
    return siting([8.0, 30.0], [[1, 0], [0, 1]], table, fleet=fleet(2, **change))


def test_one_bus_at_two_stops_by_hand() -> None:
    # Two hours are needed and a slot has two: 10 seats a slot. P0 serves 8, P1 serves 10.
    # Paid: 15:00 to 19:30 = 270 minutes, 15 + 15 to the depot: 300 minutes at 10 USD = 3,000;
    # the bus 100, the place P0 7: 3,107 USD. Two slots at P1 would serve 20 for 3,100.
    plan = choose(two_stops(), Goal(budget_usd_per_year=5000.0), time_limit_s=10.0)
    assert plan.served_students == pytest.approx(20.0)
    assert plan.status == "proven"
    assert plan.cost_usd_per_year == pytest.approx(3100.0)
    assert plan.timetable["stop_id"].tolist() == ["P1", "P1"]
    table = two_stops().offers.assign(max_students=[np.inf, 10.0])
    both = choose(
        replace(two_stops(), offers=table), Goal(budget_usd_per_year=5000.0), time_limit_s=10.0
    )
    assert both.served_students == pytest.approx(18.0)
    assert both.cost_usd_per_year == pytest.approx(3107.0)
    # P0's part: half the bus's 3,100 and its own 7
    by_offer = both.offers.set_index("offer_id")
    assert by_offer.loc["P0", "usd_per_year"] == pytest.approx(1557.0)
    assert by_offer.loc["P0", "usd_per_student"] == pytest.approx(1557.0 / 8)


def test_a_drive_longer_than_the_gap_keeps_the_bus_at_one_stop() -> None:
    table = two_stops().offers.assign(max_students=[np.inf, 10.0])
    far = replace(two_stops(apart=31.0), offers=table)
    plan = choose(far, Goal(budget_usd_per_year=5000.0), time_limit_s=10.0)
    assert plan.served_students == pytest.approx(10.0)
    near = replace(two_stops(apart=30.0), offers=table)
    assert choose(
        near, Goal(budget_usd_per_year=5000.0), time_limit_s=10.0
    ).served_students == pytest.approx(18.0)


def test_without_a_budget_the_cheapest_of_the_best_plans_is_given() -> None:
    table = offers(
        {"source_id": "cheap", "usd_per_year": 10.0},
        {"source_id": "dear", "usd_per_year": 90.0},
    )
    case = siting([5.0], [[1, 1]], table)
    plan = choose(case, Goal(), time_limit_s=10.0)
    assert plan.offers["offer_id"].tolist() == ["cheap"]
    assert plan.cost_usd_per_year == pytest.approx(10.0)


@pytest.fixture
def places() -> Siting:
    """Three places of 100 USD in two zones; the fourth area is reached by nothing."""
    table = offers(
        {"source_id": "A", "usd_per_year": 100.0, "max_students": 10.0},
        {"source_id": "B", "usd_per_year": 100.0, "max_students": 10.0},
        {"source_id": "C", "usd_per_year": 100.0, "max_students": 10.0, "existing": True},
    )
    return siting(
        [20.0, 10.0, 10.0, 10.0],
        [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]],
        table,
        zone=[[1, 0], [1, 0], [0, 1], [0, 1]],
    )


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (Goal(coverage_share=0.9), "at most 80% of the students offline"),
        (Goal(coverage_share=0.7), "serve at most 60%"),
        (Goal(budget_usd_per_year=50.0), "already exists costs 100 USD a year"),
        (
            Goal(budget_usd_per_year=150.0, equity="floor", floor_share=0.3),
            "a floor of 0.3 in every zone costs 200 USD a year; the budget is 150",
        ),
        (
            Goal(budget_usd_per_year=500.0, equity="floor", floor_share=0.6),
            r"S001 \(0.5\): no offer reaches more",
        ),
    ],
)
def test_an_infeasible_goal_says_which_goal_and_which_limit(
    places: Siting, goal: Goal, words: str
) -> None:
    with pytest.raises(InfeasibleError, match=words):
        choose(places, goal, time_limit_s=10.0)


def test_curve_limits_and_last_dollar(places: Siting) -> None:
    found = plan_access(
        places, Goal(budget_usd_per_year=200.0), time_limit_s=20.0, draws=None, curve_points=6
    )
    budgets = [point.usd_per_year for point in found.curve]
    students = [point.plan.served_students for point in found.curve]
    assert budgets == sorted(budgets) and 200.0 in budgets
    assert students == sorted(students)
    assert students[0] == pytest.approx(10.0) and students[-1] == pytest.approx(30.0)
    for point in found.curve:
        assert point.plan.cost_usd_per_year <= point.usd_per_year + 1e-6
        assert point.plan.bound_students >= point.plan.served_students - 1e-9
        verify(places, point.plan.goal, point.plan)
    assert sum(found.limits.values()) == pytest.approx(50.0)
    assert found.limits["nothing that could be offered is near them"] == pytest.approx(10.0)
    # one more place of 100 USD serves 10
    usd = [point.plan.cost_usd_per_year for point in found.curve]
    drawn = pd.DataFrame({"students": students, "cost_usd_per_year": usd})
    words = last_dollar(
        drawn,
        pd.DataFrame({"point": [], "id": []}),
        pd.DataFrame({"id": [], "name": []}),
        served_students=found.plan.served_students,
        cost_usd_per_year=found.plan.cost_usd_per_year,
        threshold=0.0,
    )
    assert "The last 100 USD a year serve 10 more students (about 10 USD each)." in words


def test_verify_refuses_plans_that_break_a_rule() -> None:
    case, goal = two_stops(), Goal(budget_usd_per_year=5000.0)
    plan = choose(case, goal, time_limit_s=10.0)
    with pytest.raises(SolverError, match="more than"):
        verify(case, Goal(budget_usd_per_year=100.0), plan)
    with pytest.raises(SolverError, match="live there"):
        verify(case, goal, replace(plan, served=csr_array(plan.served * 9)))
    with pytest.raises(SolverError, match=r"too few hours|its buses can"):
        verify(case, goal, replace(plan, timetable=plan.timetable.iloc[:1]))
    twice = plan.timetable.assign(slot_id=plan.timetable["slot_id"].iat[0])
    with pytest.raises(SolverError, match="in one slot"):
        verify(case, goal, replace(plan, timetable=twice))


def test_equal_runs_give_equal_plans() -> None:
    first, second = (
        choose(two_stops(), Goal(budget_usd_per_year=5000.0), time_limit_s=10.0) for _ in range(2)
    )
    assert first.timetable.equals(second.timetable)
    assert (first.served != second.served).nnz == 0


def test_bound_of_students_counts_students_whatever_their_weights() -> None:
    # 10 students of weight 2 and 20 of weight 1; one place of 10 seats: the weighted best is 20.
    # 20 weighted students are at most the 20 light ones.
    table = offers(
        {"source_id": "A", "usd_per_year": 100.0, "max_students": 10.0},
        {"source_id": "B", "usd_per_year": 100.0, "max_students": 10.0},
    )
    case = siting([10.0, 20.0], [[1, 0], [0, 1]], table, weight=[2.0, 1.0])
    plan = choose(case, Goal(budget_usd_per_year=100.0), time_limit_s=10.0)
    assert plan.objective == pytest.approx(20.0) == plan.objective_bound
    assert plan.served_students == pytest.approx(10.0)
    assert plan.bound_students == pytest.approx(20.0, abs=1e-4)
    found = plan_access(
        case, Goal(budget_usd_per_year=100.0), time_limit_s=10.0, draws=None, curve_points=4
    )
    for point in found.curve:
        assert point.plan.objective <= point.plan.objective_bound + 1e-9
        assert point.plan.served_students <= point.plan.bound_students + 1e-9 <= 30.0 + 1e-6
    # all of 20 + 10 weighted students at 200 USD; the bound 30 fits 20 light and 5 heavy ones
    assert found.curve[-1].plan.bound_students == pytest.approx(25.0, abs=1e-4)


def test_a_point_of_the_curve_that_serves_more_becomes_the_plan(places: Siting) -> None:
    goal = Goal(budget_usd_per_year=250.0)
    found = plan_access(places, goal, time_limit_s=20.0, draws=None, curve_points=4)
    poor = replace(
        choose(places, Goal(budget_usd_per_year=100.0), time_limit_s=10.0),
        goal=goal,
        objective_bound=25.0,
        status="stopped",
    )
    plan, points = undominated(places, poor, found.curve)
    assert plan.served_students == pytest.approx(20.0)
    assert plan.goal == goal
    assert plan.objective_bound == pytest.approx(20.0)
    assert plan.status == "proven"
    verify(places, goal, plan)
    assert all(p.plan.objective >= 20.0 - 1e-6 for p in points if p.usd_per_year >= 250.0)


def test_no_paid_site_is_opened_for_next_to_nobody() -> None:
    # B would serve 0.01 of a student for 50 USD of a budget that has them left
    table = offers(
        {"source_id": "A", "usd_per_year": 100.0},
        {"source_id": "B", "usd_per_year": 50.0},
    )
    case = siting([1000.0, 0.01], [[1, 0], [0, 1]], table)
    plan = choose(case, Goal(budget_usd_per_year=500.0), time_limit_s=10.0)
    assert plan.offers["offer_id"].tolist() == ["A"]
    assert plan.cost_usd_per_year == pytest.approx(100.0)
    # 0.01 of 1,000 given up is more than the tolerance of a proof, and the bound says so
    assert plan.objective_bound == pytest.approx(1000.01)
    assert plan.status == "stopped"
    tiny = siting([1000.0, 0.0001], [[1, 0], [0, 1]], table)
    near = choose(tiny, Goal(budget_usd_per_year=500.0), time_limit_s=10.0)
    assert near.offers["offer_id"].tolist() == ["A"]
    assert near.status == "proven"


def test_no_bus_is_sent_for_next_to_nobody() -> None:
    case = two_stops()
    case = replace(case, students=np.array([0.01, 0.0]))
    plan = choose(case, Goal(budget_usd_per_year=5000.0), time_limit_s=10.0)
    assert plan.timetable.empty
    assert plan.cost_usd_per_year == 0.0


@pytest.mark.parametrize("equity", ["none", "worst_first"])
def test_no_time_still_gives_a_plan_for_a_budget(
    monkeypatch: pytest.MonkeyPatch, equity: str
) -> None:
    def no_time(*_: object, **__: object) -> None:
        raise SolverError("no plan was found in the time given")

    monkeypatch.setattr(import_module("netplan.access.best"), "search", no_time)
    goal = Goal(budget_usd_per_year=900.0, equity=equity)  # type: ignore[arg-type]
    for seed in range(5):
        case, _ = random_case(seed)
        plan = choose(case, goal, time_limit_s=1.0)
        assert plan.status == "stopped"
        assert plan.objective <= plan.objective_bound
        verify(case, goal, plan)


def test_a_level_that_runs_out_of_time_keeps_the_orders_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    best = import_module("netplan.access.best")
    real = best.search

    def sometimes(problem: object, ask: object, *rest: object) -> object:
        if ask.aim == "zones" and ask.aim_zones > 1:  # type: ignore[attr-defined]
            raise SolverError("no plan was found in the time given")
        return real(problem, ask, *rest)

    monkeypatch.setattr(best, "search", sometimes)
    table = offers(
        {"source_id": "A", "usd_per_year": 100.0, "max_students": 5.0},
        {"source_id": "B", "usd_per_year": 100.0, "max_students": 10.0},
    )
    case = siting([10.0, 20.0], [[1, 0], [0, 1]], table, zone=[[1, 0], [0, 1]])
    goal = Goal(budget_usd_per_year=200.0, equity="worst_first")
    plan = choose(case, goal, time_limit_s=10.0)
    assert plan.status == "stopped"
    assert plan.served_students == pytest.approx(15.0)


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), 0.0, -1.0])
def test_a_time_limit_is_a_finite_number_above_zero(places: Siting, seconds: float) -> None:
    with pytest.raises(InputError, match="seconds, a finite number above 0"):
        choose(places, Goal(budget_usd_per_year=200.0), time_limit_s=seconds)
