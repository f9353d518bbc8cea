"""Nothing that is published gives a withheld number back: attackers by linear programming."""

import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from netplan.gap.moe import Floats
from netplan.gap.suppress import publish
from netplan.gap.withhold import withhold
from tests.unit.gap_estimates import estimates

THRESHOLD = 10


def bounds(
    shown: Floats, total: float, classes: list[tuple[float, float | None]]
) -> list[tuple[float, float]] | None:
    """Give what an attacker can say of each withheld number; None if classes do not fit.

    One linear program for each end of each interval: withheld numbers within what is known of
    their class, summing to the total less what is shown.
    """
    left = total - np.nansum(shown)
    found = []
    for place in range(len(classes)):
        ends = []
        for sign in (1.0, -1.0):
            cost = np.zeros(len(classes))
            cost[place] = sign
            got = linprog(
                cost, A_eq=np.ones((1, len(classes))), b_eq=[left], bounds=classes, method="highs"
            )
            if got.status == 2:
                return None
            ends.append(np.inf if got.status == 3 else sign * got.fun)
        found.append((ends[0], ends[1]))
    return found


def within_students(
    classes: list[tuple[float, float | None]], students: Floats
) -> tuple[list[tuple[float, float | None]], Floats]:
    """Bound students offline by shown students too; give how wide that alone leaves each."""
    shown = np.where(np.isnan(students), np.inf, students)
    found: list[tuple[float, float | None]] = []
    for (low, high), most in zip(classes, shown, strict=True):
        top = min(np.inf if high is None else high, float(most))
        found.append((low, None if np.isinf(top) else top))
    return found, np.asarray(shown - [low for low, _ in classes])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 80), st.sampled_from([0.02, 0.1, 0.4, 1.0]), st.booleans()),
        min_size=2,
        max_size=9,
    ),
    st.sampled_from([0.3, 1.0]),
)
def test_what_is_known_from_availability_hides_nobody(
    triples: list[tuple[float, float, bool]], ratio: float
) -> None:
    """The attacker has shown students, the ratio, and where nothing is on offer."""
    students = np.array([round(count, 1) for count, _, _ in triples])
    public = np.array([known for _, _, known in triples])
    rate = np.where(public, 1.0, [share for _, share, _ in triples])
    truth = students * rate * ratio
    out = publish(estimates(list(students), list(truth), public=list(public), ratio=ratio), 10)
    shown, told_students = (out.areas[name].to_numpy() for name in ("students_offline", "students"))
    hidden = np.isnan(shown)
    # nothing is withheld that follows from a shown number
    assert not (hidden & public & ~np.isnan(told_students)).any()
    assert not (~hidden & (truth > 0) & (truth < THRESHOLD)).any()
    if not hidden.any() or np.isnan(out.total.students_offline):
        return
    classes: list[tuple[float, float | None]] = [
        (0.0, float(THRESHOLD)) if small else (0.0, None)
        for small in ((truth < THRESHOLD) | ((students > 0) & (students < THRESHOLD)))[hidden]
    ]
    classes, prior = within_students(classes, told_students[hidden] * ratio)
    told = bounds(shown, out.total.students_offline, classes)
    assert told is not None
    for (low, high), value, before in zip(told, truth[hidden], prior, strict=True):
        assert low - 1e-6 <= value <= high + 1e-6
        assert high - low >= min(THRESHOLD, before) - 1e-6


cells = st.lists(
    st.tuples(st.floats(0, 80), st.sampled_from([0.0, 0.02, 0.1, 0.4, 1.0])), min_size=2, max_size=9
)


@settings(max_examples=150, deadline=None)
@given(cells)
def test_linear_programs_cannot_bound_a_withheld_number(pairs: list[tuple[float, float]]) -> None:
    students = [round(count, 1) for count, _ in pairs]
    offline = [count * share for count, (_, share) in zip(students, pairs, strict=True)]
    full = estimates(students, offline)
    out = publish(full, THRESHOLD)
    for name, truth, total in (
        ("students", np.array(students), out.total.students),
        ("students_offline", np.array(offline), out.total.students_offline),
    ):
        shown = out.areas[name].to_numpy()
        hidden = np.isnan(shown)
        small = (truth > 0) & (truth < THRESHOLD)
        if name == "students_offline":
            small |= (np.array(students) > 0) & (np.array(students) < THRESHOLD)
        assert not (small & ~hidden).any()
        if not hidden.any() or np.isnan(total):
            continue
        # the attacker is even told which cells are small; the others may be anything not small,
        # up to the smallest one shown (they were the smallest), or anything at all beside
        # withheld students
        large = shown[shown >= THRESHOLD]
        top = float(large.min()) if len(large) else None
        beside = (
            np.isnan(out.areas["students"].to_numpy())
            if name == "students_offline"
            else np.zeros(len(shown), dtype=bool)
        )
        classes: list[tuple[float, float | None]] = [
            (0.0, float(THRESHOLD))
            if is_small
            else ((0.0, None) if is_beside else (float(THRESHOLD), top))
            for is_small, is_beside in zip(small[hidden], beside[hidden], strict=True)
        ]
        prior = np.full(int(hidden.sum()), np.inf)
        if name == "students_offline":
            classes, prior = within_students(classes, out.areas["students"].to_numpy()[hidden])
        told = bounds(shown, total, classes)
        assert told is not None
        for (low, high), value, before in zip(told, truth[hidden], prior, strict=True):
            assert low - 1e-6 <= value <= high + 1e-6
            assert high - low >= min(THRESHOLD, before) - 1e-6


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(5, 400), st.sampled_from([0.0, 0.01, 0.03, 0.05, 0.1, 0.4])),
        min_size=4,
        max_size=40,
    )
)
def test_groups_of_withheld_areas_give_none_of_them_back(pairs: list[tuple[float, float]]) -> None:
    students = [round(count, 1) for count, _ in pairs]
    truth = np.array([count * share for count, (_, share) in zip(students, pairs, strict=True)])
    out = publish(estimates(students, list(truth)), THRESHOLD)
    names = out.areas["group"].to_numpy(str)
    large = out.areas["students_offline"].to_numpy()
    large = large[large >= THRESHOLD]
    top = float(large.min()) if len(large) else None
    assert sum(out.groups["areas"]) == (names != "").sum()
    for row in out.groups.to_dict("records"):
        inside = names == row["group"]
        assert out.areas["suppressed"].to_numpy()[inside].all()
        assert row["students_offline"] == pytest.approx(truth[inside].sum())
        assert row["students_offline"] >= THRESHOLD
        # told which of them are small; the others are at least the threshold
        classes: list[tuple[float, float | None]] = [
            (0.0, float(THRESHOLD)) if value < THRESHOLD else (float(THRESHOLD), top)
            for value in truth[inside]
        ]
        if top is not None and (truth[inside] > top).any():
            continue  # withheld beside its students: no bound above, so even less is known
        classes, prior = within_students(classes, out.areas["students"].to_numpy()[inside])
        told = bounds(np.array([]), row["students_offline"], classes)
        assert told is not None
        for (low, high), value, before in zip(told, truth[inside], prior, strict=True):
            assert low - 1e-6 <= value <= high + 1e-6
            assert high - low >= min(THRESHOLD, before) - 1e-6


def test_not_knowing_which_is_small_helps_nobody() -> None:
    """Every way of saying which withheld cells are small, and the hull of what follows."""
    full = estimates([100.0] * 5, [3.0, 6.0, 12.0, 30.0, 50.0])
    out = publish(full, THRESHOLD)
    shown = out.areas["students_offline"].to_numpy()
    hidden = int(np.isnan(shown).sum())
    low, high = np.full(hidden, np.inf), np.full(hidden, -np.inf)
    top = float(np.nanmin(shown))
    for pattern in itertools.product([True, False], repeat=hidden):
        if not any(pattern) or all(pattern):
            continue
        told = bounds(
            shown,
            out.total.students_offline,
            [(0.0, float(THRESHOLD)) if small else (float(THRESHOLD), top) for small in pattern],
        )
        if told is not None:
            low = np.minimum(low, [pair[0] for pair in told])
            high = np.maximum(high, [pair[1] for pair in told])
    assert (high - low >= THRESHOLD - 1e-6).all()


@pytest.mark.parametrize(("areas", "threshold", "largest"), [(3, 4, 12), (4, 4, 9), (3, 3, 12)])
def test_knowing_the_rule_does_not_help(areas: int, threshold: int, largest: int) -> None:
    """Every county of whole numbers: those that are published alike leave every small number open.

    The strongest attacker there is: runs the rule on every county that could have been.
    """
    alike = defaultdict(list)
    for numbers in itertools.product(range(largest + 1), repeat=areas):
        value = np.array(numbers, dtype=np.float64)
        small = (value > 0) & (value < threshold)
        got = withhold(value, small, np.zeros(areas, dtype=bool), float(threshold))
        shown = tuple(value[~got.cells])
        alike[tuple(got.cells), shown, got.total or value.sum()].append(value)
    for (hidden, _, _), counties in alike.items():
        span = np.ptp(np.array(counties), axis=0)[list(hidden)]
        # small whole numbers run from 1 to threshold - 1
        assert (span >= threshold - 2).all()
