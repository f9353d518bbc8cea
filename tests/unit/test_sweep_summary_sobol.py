"""Sobol indices against SALib and the Ishigami function; Saltelli's design."""

import numpy as np
import pytest
from SALib.analyze import sobol as salib
from scipy.stats import spearmanr

from netplan.whatif.sensitivity import (
    correlation_ratio,
    independent,
    rank_correlation,
    saltelli,
    sobol_indices,
)

A, B = 7.0, 0.1


def ishigami(unit: np.ndarray) -> np.ndarray:
    """Ishigami and Homma (1990): sin x1 + a sin^2 x2 + b x3^4 sin x1, x uniform in -pi..pi."""
    x = np.pi * (2.0 * unit - 1.0)
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def published() -> tuple[np.ndarray, np.ndarray]:
    """Give the exact first-order and total indices of the Ishigami function."""
    alone = 0.5 * (1.0 + B * np.pi**4 / 5.0) ** 2
    second = A**2 / 8.0
    together = B**2 * np.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    variance = alone + second + together
    return (
        np.array([alone, second, 0.0]) / variance,
        np.array([alone + together, second, together]) / variance,
    )


def test_design_is_two_samples_and_their_mixtures() -> None:
    unit = saltelli(8, 3, seed=5).reshape(8, 5, 3)
    a, b = unit[:, 0], unit[:, 4]
    assert ((unit >= 0) & (unit < 1)).all()
    for column in range(3):
        mixed = unit[:, column + 1].copy()
        assert (mixed[:, column] == b[:, column]).all()
        mixed[:, column] = a[:, column]
        assert (mixed == a).all()
    # Sobol points: one in each eighth of every axis
    for points in (a, b):
        for column in range(3):
            assert sorted((points[:, column] * 8).astype(int)) == list(range(8))


def test_same_seed_same_bytes() -> None:
    assert saltelli(16, 2, 1).tobytes() == saltelli(16, 2, 1).tobytes()
    assert saltelli(16, 2, 1).tobytes() != saltelli(16, 2, 2).tobytes()


@pytest.mark.parametrize(("base", "inputs"), [(6, 2), (1, 2), (0, 2), (8, 0)])
def test_design_refuses(base: int, inputs: int) -> None:
    with pytest.raises(ValueError, match=r"power of two|no input"):
        saltelli(base, inputs, 1)


def test_independent_rows_are_a_and_b() -> None:
    assert independent(np.arange(8), 2).tolist() == [True, False, False, True] * 2


def test_ishigami() -> None:
    unit = saltelli(4096, 3, seed=11)
    found = sobol_indices(np.arange(len(unit)), ishigami(unit)[:, None], 3, seed=1)
    first, total = published()
    assert found.first[:, 0] == pytest.approx(first, abs=0.02)
    assert found.total[:, 0] == pytest.approx(total, abs=0.02)
    assert (np.abs(found.first[:, 0] - first) < 4 * found.first_se[:, 0]).all()
    assert found.base_points == 4096


@pytest.mark.parametrize("seed", range(5))
def test_equal_to_salib(seed: int) -> None:
    unit = saltelli(64, 3, seed=seed)
    outcome = ishigami(unit)
    problem = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[0, 1]] * 3}
    peer = salib.analyze(problem, outcome, calc_second_order=False, num_resamples=10, seed=1)
    found = sobol_indices(np.arange(len(unit)), outcome[:, None], 3, seed=1)
    assert found.first[:, 0] == pytest.approx(peer["S1"], rel=1e-10, abs=1e-12)
    assert found.total[:, 0] == pytest.approx(peer["ST"], rel=1e-10, abs=1e-12)


def test_standard_error_is_what_repeated_designs_show() -> None:
    runs = [
        sobol_indices(np.arange(256 * 5), ishigami(saltelli(256, 3, seed))[:, None], 3, seed)
        for seed in range(40)
    ]
    shown = np.std([run.total[:, 0] for run in runs], axis=0, ddof=1)
    told = np.mean([run.total_se[:, 0] for run in runs], axis=0)
    # Sobol points spread better than independent ones: the error told is on the safe side
    assert (told > 0.8 * shown).all()
    assert (told < 6 * shown).all()


def test_base_point_with_a_failed_row_is_left_out_whole() -> None:
    unit = saltelli(16, 2, seed=3)
    outcome = unit.sum(axis=1, keepdims=True)
    rows = np.arange(len(unit))
    without = sobol_indices(np.delete(rows, 5), np.delete(outcome, 5, axis=0), 2, seed=1)
    block = rows // 4 != 1
    again = sobol_indices(rows[block], outcome[block], 2, seed=1)
    assert without.base_points == again.base_points == 15
    assert (without.first == again.first).all()
    order = np.random.default_rng(1).permutation(len(rows))
    mixed = sobol_indices(rows[order], outcome[order], 2, seed=1)
    assert (mixed.total == sobol_indices(rows, outcome, 2, seed=1).total).all()


def test_outcome_that_never_changes_has_no_indices() -> None:
    unit = saltelli(8, 2, seed=3)
    found = sobol_indices(np.arange(len(unit)), np.ones((len(unit), 1)), 2, seed=1)
    assert np.isnan(found.first).all()
    assert np.isnan(found.total_se).all()
    few = sobol_indices(np.arange(3), np.ones((3, 1)), 2, seed=1)
    assert np.isnan(few.total).all()
    assert few.base_points == 0


def test_rank_correlation_is_spearmans() -> None:
    rng = np.random.default_rng(2)
    inputs = rng.random((40, 2))
    outcome = np.stack([np.floor(5 * inputs[:, 0]), rng.random(40), np.ones(40)], axis=1)
    found = rank_correlation(inputs, outcome)
    for row in range(2):
        for column in range(2):
            peer = spearmanr(inputs[:, row], outcome[:, column]).statistic
            assert found[row, column] == pytest.approx(peer)
    assert np.isnan(found[:, 2]).all()


def test_correlation_ratio() -> None:
    outcome = np.array([1.0, 2.0, 10.0, 11.0, 5.0, 6.0])[:, None]
    # levels that are neighbors in rank: all but the pairs' own spread (0.25 of 35/12) is between
    found = correlation_ratio(np.array([0, 0, 1, 1, 2, 2]), outcome)
    assert found == pytest.approx([np.sqrt(1 - 0.25 / (35 / 12))])
