"""Suppression by hand."""

import numpy as np
import pytest

from netplan.gap.suppress import publish
from netplan.gap.withhold import narrowest, withhold
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


def test_an_area_where_everybody_is_offline_hides_nobody() -> None:
    students = [100.0, 11, 12, 13, 41, 200, 300]
    offline = [3.0, 11, 12, 13, 41, 60, 80]
    public = [False, True, True, True, True, False, False]
    out = publish(estimates(students, offline, public=public), 10)
    # 11, 12, 13 and 41 are known from what is on offer: 60 hides the 3 (3 + 60 = 63)
    hidden = [True, False, False, False, False, True, False]
    assert out.areas["suppressed"].tolist() == hidden


def test_shown_students_bound_what_hides_beside_them() -> None:
    # 20 of 20 offline, but only estimated so: with 3 + 20 = 23 and at most 20, the small one
    # would be 3 to 10
    value = np.array([3.0, 20, 60, 80])
    upper = np.array([100.0, 20, 200, 200])
    small = value < 10
    none = np.zeros(4, dtype=bool)
    assert withhold(value, small, none, 10.0).cells.tolist() == [True, True, False, False]
    got = withhold(value, small, none, 10.0, upper=upper)
    assert got.cells.tolist() == [True, True, True, False]
    chosen = np.array([False, True, False, False])
    assert narrowest(value, small, none, chosen, 60.0, 10.0, upper=upper) == pytest.approx(7)


def test_what_students_alone_say_is_not_held_against_the_sum() -> None:
    # 20 students at a ratio of .3: 6 offline at most, whatever is withheld; with 2 + 30 = 32
    # the 30 would be 26 to 32, so 40 goes too, and the total may stay
    out = publish(estimates([20, 200, 200, 200], [2, 30, 40, 50], ratio=0.3), 10)
    assert out.areas["suppressed"].tolist() == [True, True, True, False]
    assert out.total.students_offline == 122


def test_a_small_number_that_follows_from_students_takes_them_with_it() -> None:
    # 20 students, nothing on offer, ratio .3: 6 offline for who knows the 20
    out = publish(
        estimates([20, 40, 200, 200], [6, 9, 40, 50], ratio=0.3, public=[True] + [False] * 3), 10
    )
    assert out.areas["suppressed"].tolist()[:2] == [True, True]
    assert np.isnan(out.areas["students"].iloc[0])
    assert out.areas["students"].isna().sum() >= 2


def test_a_group_has_the_rate_of_households() -> None:
    students, offline = [100.0] * 8, [4.0, 5, 6, 7, 8, 9, 60, 70]
    out = publish(estimates(students, offline, ratio=0.8), 10)
    (group,) = out.groups.to_dict("records")
    # as of an area: 39 + 60 of 700 students, over the ratio
    inside = (out.areas["group"] != "").to_numpy()
    total = np.array(offline)[inside].sum()
    assert group["rate"] == pytest.approx(total / (100 * inside.sum()) / 0.8)
    full = estimates(students, offline, ratio=0.8)
    assert group["rate"] == pytest.approx(full.areas["rate"][inside].mean())


def test_a_group_of_counted_and_other_areas_has_no_rate() -> None:
    full = estimates([100.0] * 8, [4.0, 5, 6, 7, 8, 9, 60, 70], ratio=0.8)
    full.areas["how"] = ["counted"] * 2 + ["estimated"] * 6
    assert publish(full, 10).groups["rate"].isna().all()
    full.areas["how"] = "counted"
    groups = publish(full, 10).groups
    np.testing.assert_allclose(groups["rate"], groups["students_offline"] / groups["students"])
