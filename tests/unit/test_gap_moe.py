"""The handbook's worked examples: ACS handbook 2020, chapter 8, tables 8.1 to 8.5, formula 9."""

import numpy as np
import pytest

from netplan.gap.moe import product_moe, proportion_moe, ratio_moe, standard_error, sum_moe

# never-married females of Fairfax County, Arlington County and Alexandria, 2015
FEMALES, FEMALES_MOE = [135_173, 43_104, 24_842], [3_860, 2_642, 1_957]
# all females of 15 and over there
ALL_FEMALES, ALL_FEMALES_MOE = 630_498, [391, 572, 459]
# never-married males there
MALES, MALES_MOE = 226_840, [4_222, 2_819, 2_259]


def test_sum_of_never_married_females() -> None:
    # sqrt(3860^2 + 2642^2 + 1957^2) = sqrt(25,709,613) = 5,070
    moe = sum_moe(FEMALES, FEMALES_MOE)
    assert moe**2 == pytest.approx(25_709_613)
    assert round(float(moe)) == 5_070
    assert round(float(standard_error(moe))) == 3_082


def test_proportion_never_married() -> None:
    whole = sum_moe([466_037, 97_360, 67_101], ALL_FEMALES_MOE)
    assert round(float(whole)) == 831
    moe = proportion_moe(203_119, ALL_FEMALES, sum_moe(FEMALES, FEMALES_MOE), whole)
    assert round(100 * float(moe), 1) == 0.8
    # the handbook prints 0.488 after rounding the margin to 0.803 %
    assert round(100 * float(standard_error(moe)), 3) == 0.488


def test_ratio_of_males_to_females() -> None:
    males = sum_moe([1.0, 1.0, 1.0], MALES_MOE)
    assert round(float(males)) == 5_557
    moe = ratio_moe(MALES, 203_119, males, sum_moe(FEMALES, FEMALES_MOE))
    assert round(float(moe), 3) == 0.039


def test_product_one_unit_detached_homes() -> None:
    # 74,506,512 +- 228,238 homes, 82.4 % +- 0.1 % of them: 61,393,366 +- 202,289
    assert round(float(product_moe(74_506_512, 0.824, 228_238, 0.001))) == 202_289


def test_of_zero_estimates_the_largest_margin_counts_once() -> None:
    # Census webinar of 2016: 36 + 0 + 0 + 0 with 56, 27, 29, 29 has 63, and not 74
    assert round(float(sum_moe([36, 0, 0, 0], [56, 27, 29, 29]))) == 63
    assert float(sum_moe([0, 0], [13, 13])) == 13.0


def test_a_missing_margin_is_not_a_small_one() -> None:
    assert np.isnan(sum_moe([5, 6], [3, np.nan]))
    assert np.isnan(sum_moe([5, 0], [3, np.nan]))


def test_proportion_falls_back_to_the_ratio() -> None:
    # 10^2 - 1^2 20^2 < 0: sqrt(10^2 + 20^2) / 100
    assert float(proportion_moe(100, 100, 10, 20)) == pytest.approx(np.sqrt(500) / 100)
    # exactly zero is no reason to
    assert float(proportion_moe(100, 100, 10, 10)) == 0.0
    # ordinary: sqrt(10^2 - 0.25 x 16) / 100
    assert float(proportion_moe(50, 100, 10, 4)) == pytest.approx(np.sqrt(96) / 100)


def test_arrays_go_through_and_a_zero_whole_has_no_margin() -> None:
    got = proportion_moe(np.array([0.0, 5.0]), np.array([400.0, 0.0]), 13.0, 50.0)
    assert got[0] == pytest.approx(13 / 400)
    assert np.isnan(got[1])
    parts = np.array([[3.0, 4.0], [6.0, 8.0]])
    np.testing.assert_allclose(sum_moe(parts, parts), [5.0, 10.0])
    np.testing.assert_allclose(sum_moe(parts, parts, axis=0), np.sqrt([45.0, 80.0]))


def test_monte_carlo_of_a_share() -> None:
    """The margin of part / whole against draws of part and rest."""
    rng = np.random.default_rng(1)
    part = rng.normal(300, 30, 400_000)
    rest = rng.normal(700, 40, 400_000)
    # the whole's variance is the parts' sum, so the formula's radicand is exact to first order
    moe = proportion_moe(300, 1000, 1.645 * 30, 1.645 * 50)
    assert float(standard_error(moe)) == pytest.approx(np.std(part / (part + rest)), rel=0.15)
