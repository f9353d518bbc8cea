"""Re-scoring on draws equals a linear program for every draw."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from netplan.access.choose import choose
from netplan.access.model import Goal, Plan, Siting
from netplan.access.robust import robustness
from netplan.errors import InfeasibleError
from netplan.gap.model import Draws
from tests.unit.siting_cases import offers, random_case, siting


def most_served(case: Siting, plan: Plan, students: np.ndarray) -> float:
    """Serve the most under one draw with the plan's offers, by linear programming."""
    table = plan.offers
    row = case.offers.reset_index(drop=True)
    at = [int(np.flatnonzero(row["offer_id"] == o)[0]) for o in table["offer_id"]]
    amount = students[case.area] * case.area_share
    atom, k = np.nonzero(case.reach.toarray()[:, at])
    if atom.size == 0:
        return 0.0
    rows = [(atom == a).astype(float) for a in range(amount.size)]
    upper = list(amount)
    each = row["usd_per_student_per_year"].to_numpy()[at]
    limit = table["max_students"].to_numpy(float)
    limit = np.where(each > 0, np.minimum(limit, table["students"]), limit)
    for j in range(len(at)):
        rows.append((k == j).astype(float))
        upper.append(min(limit[j], 1e6))
        if row["mobile"].iat[at[j]] and row["vehicle_class"].iat[at[j]] == -1:
            same = [
                i
                for i in range(len(at))
                if row["mobile"].iat[at[i]]
                and row["source_id"].iat[at[i]] == row["source_id"].iat[at[j]]
            ]
            rows.append(np.isin(k, same).astype(float))
            upper.append(min(table["max_students"].iat[j], 1e6))
    found = linprog(-np.ones(atom.size), A_ub=np.array(rows), b_ub=upper, method="highs")
    return float(-found.fun)


def test_equals_a_linear_program_on_random_plans() -> None:
    done = 0
    for seed in range(700, 740):
        case, _ = random_case(seed)
        table = case.offers.assign(
            max_students=np.where(case.offers["mobile"], np.inf, case.offers["max_students"])
        )
        case = replace(case, offers=table)
        try:
            plan = choose(case, Goal(budget_usd_per_year=600.0), time_limit_s=10.0)
        except InfeasibleError:
            continue
        if plan.offers["max_students"].empty:
            continue
        rng = np.random.default_rng(seed)
        base = np.bincount(case.area, case.students, minlength=len(case.geoids))
        for _ in range(3):
            draw = base * rng.uniform(0.2, 1.8, base.size)
            found = robustness(case, plan, Draws(students_offline=draw[None, :], seed=1))
            assert found.served_median == pytest.approx(most_served(case, plan, draw), abs=1e-4)
            done += 1
    assert done > 60


def test_ranges_and_worth_by_hand() -> None:
    # A place of 100 USD for 10 students; draws of 4, 10 and 16 students: it serves 4, 10, 10.
    table = offers({"source_id": "A", "usd_per_year": 100.0, "max_students": 10.0})
    case = siting([10.0], [[1]], table)
    plan = choose(case, Goal(budget_usd_per_year=100.0), time_limit_s=10.0)
    draws = Draws(students_offline=np.array([[4.0], [10.0], [16.0]]), seed=1)
    found = robustness(case, plan, draws, 15.0)
    assert found.draws == 3
    assert found.served_median == pytest.approx(10.0, abs=1e-5)
    assert found.offers["students_low"].iat[0] == pytest.approx(4.6, abs=1e-5)
    # 25, 10 and 10 USD a student against 15
    assert found.offers["worth_share"].iat[0] == pytest.approx(2 / 3)
    assert found.offers["usd_per_student_median"].iat[0] == pytest.approx(10.0, abs=1e-4)
    own = robustness(case, plan, draws)
    # no offer by the head: twice the plan's 100 USD for 10 students
    assert own.worth_usd_per_student_per_year == pytest.approx(20.0)
    assert "twice" in own.worth_source
