"""Suppression by hand."""

import numpy as np

from netplan.gap.suppress import publish
from tests.unit.gap_estimates import estimates

NUMBERS = ["students_offline", "se", "rate", "rate_se", "direct_rate", "direct_se"]


def test_contract_columns() -> None:
    out = publish(estimates([100, 100], [20, 30]), 10)
    assert list(out.areas.columns) == [
        "geoid", "level", "students", "students_offline", "se", "direct_rate", "direct_se",
        "rate", "rate_se", "how", "suppressed", "group",
    ]  # fmt: skip
    assert not out.areas["suppressed"].any()
    assert out.notes == ()
    assert out.total.students_offline == 50


def test_a_small_cell_takes_the_smallest_shown_with_it() -> None:
    out = publish(estimates([100] * 5, [4, 18, 40, 60, 30]), 10)
    # 4 + 18 = 22: the small one may be 0 to 10, the other 12 to 22; both 10 wide
    assert out.areas["suppressed"].tolist() == [True, True, False, False, False]
    assert out.areas.loc[out.areas["suppressed"], NUMBERS].isna().all(axis=None)
    # students of all of them are many, and stay; they do not help: the rate is gone
    assert out.areas["students"].tolist() == [100] * 5
    assert out.total.students_offline == 152


def test_more_go_where_one_is_not_enough() -> None:
    # 4 + 11 = 15 would leave the small one between 0 and 5, so 18 goes too
    out = publish(estimates([100] * 5, [4, 11, 18, 60, 50]), 10)
    assert out.areas["suppressed"].tolist() == [True, True, True, False, False]


def test_zero_is_shown_and_helps_nobody() -> None:
    out = publish(estimates([0, 100, 100, 100], [0, 5, 30, 40]), 10)
    assert out.areas["suppressed"].tolist() == [False, True, True, False]
    assert out.areas["students"].iloc[0] == 0


def test_few_students_are_withheld_themselves() -> None:
    out = publish(estimates([6, 40, 100, 200], [0, 12, 30, 80]), 10)
    # students: 6, and 40 with it; then offline of both, which would give them back
    assert out.areas["students"].isna().tolist() == [True, True, False, False]
    assert out.areas["students_offline"].isna().tolist()[:2] == [True, True]
    assert out.areas["suppressed"].tolist()[:2] == [True, True]


def test_with_nothing_else_to_withhold_the_total_goes() -> None:
    out = publish(estimates([100, 100], [4, 11]), 10)
    assert out.areas["suppressed"].all()
    assert np.isnan(out.total.students_offline)
    assert np.isnan(out.total.se)
    assert out.total.students == 200
    assert any("Totals are withheld" in note for note in out.notes)


def test_input_is_left_as_it_was() -> None:
    full = estimates([100] * 3, [4, 18, 40])
    before = full.areas.copy()
    publish(full, 10)
    assert full.areas.equals(before)
