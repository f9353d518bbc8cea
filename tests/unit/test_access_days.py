"""Days that can be driven, in the bound: by hand, and against plans that are proven."""

from dataclasses import replace
from importlib import import_module
from itertools import pairwise, product

import numpy as np
import pytest
from scipy.sparse import csc_array

from netplan.access.asking import Ask
from netplan.access.best import ask_for, choose
from netplan.access.days import priced, tighten
from netplan.access.model import Fleet, Goal, Siting, VehicleClass
from netplan.access.reduce import reduce
from netplan.errors import InfeasibleError
from netplan.optimize.growing import Growing
from netplan.optimize.solver import Builder, solve
from tests.unit.siting_cases import offers, random_case, siting, slots

LARGE = import_module("netplan.access.large")
DAYS = import_module("netplan.access.days")


def far_and_near() -> Siting:
    """A stop at the depot, and one an hour away; ten minutes between three slots of an hour.

    A seat an hour is 5 students; one hour makes a student served.
    """
    vehicles = VehicleClass(
        bus_ids=("B1",),
        depot_lon=0.0,
        depot_lat=0.0,
        at_once=5.0,
        usd_per_year=0.0,
        usd_per_hour=6.0,
    )
    fleet = Fleet(
        classes=(vehicles,),
        slots=slots((0, 8.0, 9.0), (0, 9 + 1 / 6, 10 + 1 / 6), (0, 10 + 1 / 3, 11 + 1 / 3)),
        stop_ids=("FAR", "NEAR"),
        drive_minutes=np.array([[0.0, 60.0], [60.0, 0.0]]),
        depot_minutes=np.array([[60.0, 0.0]]),
        weeks_per_year=10.0,
    )
    table = offers({"source_id": "FAR", "mobile": True}, {"source_id": "NEAR", "mobile": True})
    return siting([5.0, 15.0], [[0, 1], [1, 0]], table, fleet=fleet, hours_needed=1.0)


def bounds(case: Siting, ask: Ask) -> tuple[float, float]:
    """Give the bound of the loose model's linear program, and the one with days."""
    problem = reduce(case, zones_matter=False)
    part = LARGE._parts(problem, ask)
    program = Growing(part.model, part.form.ties)
    assert program.solve(np.inf) == "optimal"
    tight = tighten(
        problem, part.vehicles, part.model, part.form.ties, program.values, np.inf, -np.inf
    )
    assert tight is not None
    assert tight.values.size == part.model.objective.size
    return program.objective, tight.bound


def with_prices(case: Siting, ask: Ask) -> tuple[float, float]:
    """Give the best of the loose model, and where its visits are priced by days around them."""
    problem = reduce(case, zones_matter=False)
    part = LARGE._parts(problem, ask)
    loose = solve(part.model, time_limit_s=20.0)
    assert loose.values is not None
    visits = loose.values[part.vehicles.column]
    model = priced(problem, part.vehicles, part.model, visits, np.inf)
    return loose.objective, solve(model, time_limit_s=20.0).objective


def test_prices_of_visits_keep_the_search_off_what_no_day_has() -> None:
    # One visit far (a third of a day of three for 320 USD) and one near (60 USD) cost 167 USD;
    # the loose model begins and ends the visit far at the near stop.
    loose, dearer = with_prices(far_and_near(), Ask(budget_usd=160.0))
    assert loose == pytest.approx(10.0)
    assert dearer == pytest.approx(5.0)
    assert with_prices(far_and_near(), Ask(budget_usd=180.0))[1] == pytest.approx(10.0)


@pytest.mark.parametrize("seed", range(8))
def test_the_best_day_through_each_stop_is_the_best_of_all_days(seed: int) -> None:
    rng = np.random.default_rng(seed)
    slots_of_day, size, price = 4, 4, 0.7
    start = np.cumsum(rng.uniform(1.0, 2.0, slots_of_day))
    day = DAYS.DayKind(
        slots=np.arange(slots_of_day)[None],
        start=start,
        end=start + 0.5,
        hours=np.full(slots_of_day, 0.5),
    )
    gaps = {
        float(start[s] - day.end[t]): rng.random((size, size)) < 0.5
        for s in range(slots_of_day)
        for t in range(s)
    }
    paths = DAYS._Paths(
        position=0,
        kind=0,
        day=day,
        stops=np.arange(size),
        length=np.zeros(slots_of_day, np.int64),
        way=rng.uniform(0.0, 2.0, size),
        rate=0.5,
        able=gaps,
    )
    worth = rng.uniform(0.1, 2.0, (slots_of_day, size))
    best = np.full(size, -np.inf)
    for stops in product(range(-1, size), repeat=slots_of_day):
        there = [(s, p) for s, p in enumerate(stops) if p >= 0]
        moves = list(pairwise(there))
        if there and all(gaps[float(start[s] - day.end[t])][o, p] for (t, o), (s, p) in moves):
            minutes = day.end[there[-1][0]] - start[there[0][0]]
            usd = 0.5 * minutes + paths.way[there[0][1]] + paths.way[there[-1][1]]
            value = sum(worth[s, p] for s, p in there) - price * usd
            for _, p in there:
                best[p] = max(best[p], value)
    days, gains = DAYS._best_days(paths, worth, price)
    assert gains == pytest.approx(best)
    assert all(p in found.stops for p, found in enumerate(days))


def test_no_day_has_both_the_near_and_the_far_stop() -> None:
    # One USD a minute: three visits far cost 320 USD and serve 15; one near costs 60 and serves
    # all 5 there, two near cost 130. The linear program mixes 1 - 2y days of one near visit, y of
    # two (one visit a week in all) and y far: 60 + 330 y = 200 USD serve 5 + 15 y.
    loose, tight = bounds(far_and_near(), Ask(budget_usd=200.0))
    assert tight == pytest.approx(5 + 15 * 140 / 330, rel=1e-5)
    assert loose == pytest.approx(12.1875, rel=1e-5)
    assert loose > tight + 0.5
    plan = choose(far_and_near(), Goal(budget_usd_per_year=200.0), time_limit_s=10.0)
    assert plan.served_students == pytest.approx(5.0)


def test_no_proven_plan_is_above_the_bound_with_days() -> None:
    lower = met = 0
    for seed in range(700, 760):
        case, goal = random_case(seed)
        if case.fleet is None or goal.budget_usd_per_year is None:
            continue
        plain = replace(goal, equity="none")
        try:
            plan = choose(case, plain, time_limit_s=20.0)
        except InfeasibleError:
            continue
        problem = reduce(case, zones_matter=False)
        if problem.fleet is None or plan.status != "proven":
            continue
        loose, tight = bounds(case, ask_for(plain, problem))
        assert plan.objective <= tight + 1e-6
        assert tight <= loose + 1e-5
        assert plan.objective <= with_prices(case, ask_for(plain, problem))[1] + 1e-5
        lower += tight < loose - 1e-3
        met += 1
    assert met >= 15
    assert lower >= 2


def test_rows_and_columns_that_come_later_give_the_same_program() -> None:
    rng = np.random.default_rng(5)
    builder = Builder()
    columns = builder.add_columns(30, upper=1.0, objective=rng.random(30))
    for _ in range(40):
        builder.add_rows(1, (np.zeros(30), columns, rng.random(30)), upper=3.0)
    model = builder.model()
    program = Growing(model, np.arange(5, 40))
    assert program.solve(np.inf) == "optimal"
    assert program.objective == pytest.approx(solve(model, time_limit_s=10.0).objective)
    assert program.light().row_upper.size < 40
    # a column that takes from row 0 alone
    program.add_columns(np.array([0.1]), csc_array(([1.0], [0], [0, 1]), shape=(40, 1)))
    assert program.solve(np.inf) == "optimal"
    more = builder.add_columns(1, objective=0.1)
    builder.add_rows(40, (np.zeros(1), more, 1.0))
    grown = builder.model()
    rows = grown.rows[:40].tolil()
    rows[0, 30] = 1.0
    grown = replace(
        grown, rows=rows.tocsr(), row_lower=grown.row_lower[:40], row_upper=grown.row_upper[:40]
    )
    assert program.objective == pytest.approx(solve(grown, time_limit_s=10.0).objective)


def test_a_program_out_of_time_or_without_a_solution_says_so() -> None:
    builder = Builder()
    column = builder.add_columns(1, upper=1.0, objective=1.0)
    builder.add_rows(1, (np.zeros(1), column, 1.0), lower=2.0)
    model = builder.model()
    assert Growing(model, np.zeros(0, np.int64)).solve(0.0) == "stopped"
    assert Growing(model, np.zeros(1, np.int64)).solve(np.inf) == "infeasible"
