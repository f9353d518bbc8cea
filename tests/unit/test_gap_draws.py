"""Draws have the mean and spread of the estimates, area by area and together."""

import numpy as np

from netplan.gap.draws import draw
from tests.unit.gap_estimates import estimates


def test_means_spreads_and_total() -> None:
    rng = np.random.default_rng(1)
    students = rng.uniform(50, 300, 200)
    offline = students * rng.uniform(0.02, 0.3, 200)
    se = 0.4 * offline
    full = estimates(list(students), list(offline), list(se), total_se=120.0)
    got = draw(full, 2000, 7).students_offline
    assert got.shape == (2000, 200)
    np.testing.assert_allclose(got.mean(axis=0), offline, rtol=1e-6)
    spread = got.std(axis=0) / se
    assert 0.93 < np.median(spread) < 1.12
    total = got.sum(axis=1)
    # independent areas alone would give sqrt(sum se^2), about 100 here
    assert abs(total.std() / 120.0 - 1) < 0.06
    assert (got >= 0).all()
    assert (got <= students + 1e-9).all()


def test_a_sure_total_is_sure_in_every_draw() -> None:
    full = estimates([100.0] * 6, [10.0, 20, 30, 10, 5, 25], [5.0] * 6, total_se=0.0)
    total = draw(full, 500, 1).students_offline.sum(axis=1)
    np.testing.assert_allclose(total, 100.0, rtol=1e-3)


def test_counted_areas_are_the_same_in_every_draw() -> None:
    full = estimates([100.0, 50, 0, 30], [10.0, 20, 0, 30], [5.0, 0.0, 0.0, 0.0], total_se=4.0)
    got = draw(full, 400, 1).students_offline
    assert (got[:, 1:] == [20, 0, 30]).all()
    assert abs(got[:, 0].mean() - 10) < 1e-6
    assert abs(got[:, 0].std() - 4.0) < 0.4


def test_seeds() -> None:
    full = estimates([100.0] * 4, [10.0, 20, 30, 10], [5.0] * 4, total_se=6.0)
    first, again, other = (draw(full, 50, seed).students_offline for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_nothing_varies() -> None:
    full = estimates([100.0, 50], [10.0, 0.0])
    assert (draw(full, 3, 1).students_offline == [10.0, 0.0]).all()


def test_wide_errors_stay_within_students() -> None:
    full = estimates([100.0] * 40, [60.0] * 40, [48.0] * 40, total_se=300.0)
    got = draw(full, 500, 1).students_offline
    assert got.max() <= 100.0 + 1e-9
    # near the widest a share can be, the cap costs a few percent of the mean
    np.testing.assert_allclose(got.mean(axis=0), 60.0, rtol=0.05)
