"""Which inputs matter most: Sobol indices of a Saltelli design, rank correlation of any other."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc, rankdata

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: Redraws of the base points for the standard errors of Sobol indices.
REDRAWS = 200
#: Variance of scaled outcomes (those of all rows have 1) below which nothing changes.
_ROUNDING = 1e-20


@dataclass(frozen=True, slots=True, kw_only=True)
class SobolIndices:
    """Shares of the variance of each outcome that inputs explain.

    Parameters
    ----------
    first, total
        Shape (inputs, outcomes): what an input explains alone, and with all that it acts
        together with; NaN where the outcome never changes.
    first_se, total_se
        Same shape: their standard errors, by drawing the base points again.
    base_points
        Complete base points behind them.
    """

    first: Floats
    total: Floats
    first_se: Floats
    total_se: Floats
    base_points: int


def saltelli(base_points: int, inputs: int, seed: int) -> Floats:
    """Give Saltelli's design: two independent samples, and their mixtures by input.

    Of each base point i come ``inputs + 2`` rows, one after the other: ``A_i``, then
    ``AB_i,1 .. AB_i,d`` (A with one input taken from B), then ``B_i``; the order that SALib has.
    The points are scrambled Sobol points.

    Parameters
    ----------
    base_points
        A power of two: only then are Sobol points balanced.
    inputs
        Number of varied inputs, d.
    seed
        Of the scrambling; the same seed gives the same bytes.

    Returns
    -------
    unit
        Shape (base_points x (inputs + 2), inputs), from 0 to below 1; to be put through each
        input's inverse distribution.

    Raises
    ------
    ValueError
        ``base_points`` is not a power of two, or there is no input.
    """
    if base_points < 2 or base_points & (base_points - 1):
        raise ValueError(f"{base_points} base points: a power of two is needed, at least 2")
    if inputs < 1:
        raise ValueError("no input varies")
    drawn = qmc.Sobol(2 * inputs, scramble=True, rng=np.random.default_rng(seed)).random(
        base_points
    )
    first, second = drawn[:, :inputs], drawn[:, inputs:]
    rows = np.repeat(first[:, None, :], inputs + 2, axis=1)
    each = np.arange(inputs)
    rows[:, each + 1, each] = second
    rows[:, -1] = second
    return rows.reshape(-1, inputs)


def independent(sample: Ints, inputs: int) -> Bools:
    """Tell which samples of a Saltelli design are draws of their own (A and B), not mixtures."""
    place = sample % (inputs + 2)
    return np.asarray((place == 0) | (place == inputs + 1))


def sobol_indices(sample: Ints, outcome: Floats, inputs: int, seed: int) -> SobolIndices:
    """Estimate first-order and total Sobol indices from a Saltelli design.

    With ``f`` the outcome, over the base points i::

        first_j = mean(f(B) (f(AB_j) - f(A))) / var       (Saltelli et al. 2010)
        total_j = mean((f(A) - f(AB_j))^2) / (2 var)      (Jansen 1999)

    where ``var`` is that of f over A and B together and f is first centered and scaled, as in
    SALib. Base points of which a row has no finite outcome are left out whole.

    Parameters
    ----------
    sample
        Shape (rows,): places of the rows in `saltelli`'s design, in any order.
    outcome
        Shape (rows, outcomes).
    inputs
        Number of varied inputs.
    seed
        Of the redraws for the standard errors.
    """
    width = inputs + 2
    block, place = np.divmod(sample, width)
    count = int(block.max()) + 1 if block.size else 0
    table = np.full((count, width, outcome.shape[1]), np.nan)
    table[block, place] = outcome
    table = table[np.isfinite(table).all(axis=(1, 2))]
    if len(table) < 2:
        nothing = np.full((inputs, outcome.shape[1]), np.nan)
        return SobolIndices(
            first=nothing,
            total=nothing,
            first_se=nothing,
            total_se=nothing,
            base_points=len(table),
        )
    spread = table.std(axis=(0, 1))
    # what never changes has no variance to share out
    scaled = (table - table.mean(axis=(0, 1))) / np.where(spread > 0, spread, np.nan)
    first, total = _indices(scaled)
    rng = np.random.default_rng(seed)
    redrawn = [
        _indices(scaled[rng.integers(len(scaled), size=len(scaled))]) for _ in range(REDRAWS)
    ]
    return SobolIndices(
        first=first,
        total=total,
        first_se=_spread([each for each, _ in redrawn]),
        total_se=_spread([each for _, each in redrawn]),
        base_points=len(table),
    )


def _spread(redrawn: list[Floats]) -> Floats:
    """Give the standard deviation of redraws, without those in which nothing changed."""
    each = np.array(redrawn)
    known = np.isfinite(each)
    count = known.sum(axis=0)
    total = np.where(known, each, 0.0)
    mean = total.sum(axis=0) / np.maximum(count, 1)
    squares = (np.where(known, each - mean, 0.0) ** 2).sum(axis=0)
    spread: Floats = np.sqrt(np.where(count > 1, squares / np.maximum(count - 1, 1), np.nan))
    return spread


def _indices(table: Floats) -> tuple[Floats, Floats]:
    """Give first and total indices, shape (inputs, outcomes), of (base, inputs + 2, outcomes)."""
    a, mixed, b = table[:, :1], table[:, 1:-1], table[:, -1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.concatenate([a[:, 0], b[:, 0]]).var(axis=0)
        # nothing but rounding is no variance
        variance = np.where(variance > _ROUNDING, variance, np.nan)
        first = (b * (mixed - a)).mean(axis=0) / variance
        total = 0.5 * ((a - mixed) ** 2).mean(axis=0) / variance
    return first, total


def rank_correlation(inputs: Floats, outcome: Floats) -> Floats:
    """Give Spearman's rank correlation of each input with each outcome.

    Parameters
    ----------
    inputs, outcome
        Shape (samples, inputs) and (samples, outcomes); infinite values rank highest.

    Returns
    -------
    correlation
        Shape (inputs, outcomes), from -1 to 1; NaN where either never changes.
    """
    left, right = _standard(inputs), _standard(outcome)
    correlation: Floats = np.clip(left.T @ right / len(left), -1.0, 1.0)
    return correlation


def correlation_ratio(level: Ints, outcome: Floats) -> Floats:
    """Give how far the levels of a choice tell outcomes apart, on ranks.

    The square root of the share of the ranks' variance that lies between levels: for two
    levels it is the size of the rank correlation.

    Parameters
    ----------
    level
        Shape (samples,): from 0.
    outcome
        Shape (samples, outcomes).

    Returns
    -------
    ratio
        Shape (outcomes,), from 0 to 1; NaN where the outcome never changes.
    """
    ranks = _standard(outcome)
    count = np.bincount(level)
    sums = np.zeros((len(count), outcome.shape[1]))
    np.add.at(sums, level, ranks)
    present = count > 0
    between = (sums[present] ** 2 / count[present, None]).sum(axis=0) / len(ranks)
    ratio: Floats = np.sqrt(np.clip(between, 0.0, 1.0))
    return ratio


def _standard(values: Floats) -> Floats:
    """Give ranks with mean 0 and variance 1 by column; NaN where they are all equal."""
    ranks = rankdata(values, axis=0) if len(values) else np.empty_like(values)
    spread = ranks.std(axis=0) if len(values) else np.zeros(values.shape[1])
    standard: Floats = (ranks - ranks.mean(axis=0)) / np.where(spread > 0, spread, np.nan)
    return standard
