"""Joint draws of students offline, so that a plan can be re-scored on what may be true."""

import numpy as np

from netplan.gap.joint import own_variances
from netplan.gap.model import Draws, Estimates
from netplan.gap.moe import Floats

#: A share's variance is less than m (1 - m); so much of it at most, to keep the beta proper.
_LARGEST_VARIANCE_SHARE = 0.95
_SMALLEST_VARIANCE_SHARE = 1e-9
#: Rounds of fitting rows to the drawn totals and columns to the estimates.
_ROUNDS = 12


def draw(estimates: Estimates, count: int, seed: int) -> Draws:
    """Draw students offline in every area together.

    Each area's share of students is drawn from a beta distribution of its mean and of its own
    variance, without what it shares with all others (`netplan.gap.joint`); then every draw is
    scaled to a total drawn from a gamma distribution of the total's mean and standard error,
    because raked areas do not err alone: their sum is as sure as the benchmark. Together that is
    each area's standard error.
    Rows (draws) are fitted to the drawn totals and columns (areas) to the estimates in turn, so
    that the mean of the draws is the estimate. Counted areas are the same in every draw.

    Parameters
    ----------
    estimates
        From `netplan.gap.estimate.estimate`.
    count
        How many draws.
    seed
        Same seed, same draws.
    """
    areas = estimates.areas
    students = areas["students"].to_numpy(dtype=np.float64)
    mean = np.nan_to_num(areas["students_offline"].to_numpy(dtype=np.float64))
    se = np.nan_to_num(areas["se"].to_numpy(dtype=np.float64))
    free = (se > 0) & (mean > 0) & (mean < students)
    found = np.tile(mean, (count, 1))
    if free.any():
        rng = np.random.default_rng(seed)
        found[:, free] = _joint(
            rng, mean[free], se[free], students[free], estimates.total.se, count
        )
    return Draws(students_offline=found, seed=seed)


def _joint(
    rng: np.random.Generator,
    mean: Floats,
    se: Floats,
    students: Floats,
    total_se: float,
    count: int,
) -> Floats:
    """Give draws of shape (count, areas) of the areas that vary."""
    share = mean / students
    own = own_variances(se, mean / mean.sum(), total_se)
    variance = np.minimum(own / students**2, _LARGEST_VARIANCE_SHARE * share * (1.0 - share))
    # an area that errs with the total only: as good as constant before it is scaled
    variance = np.maximum(variance, _SMALLEST_VARIANCE_SHARE * share * (1.0 - share))
    size = share * (1.0 - share) / variance - 1.0
    drawn = rng.beta(share * size, (1.0 - share) * size, size=(count, len(mean))) * students
    total = _totals(rng, float(mean.sum()), total_se, float(students.sum()), count)
    for _ in range(_ROUNDS):
        drawn *= _quotient(total, drawn.sum(axis=1))[:, None]
        np.minimum(drawn, students, out=drawn)
        drawn = drawn * _quotient(mean, drawn.mean(axis=0))
        np.minimum(drawn, students, out=drawn)
    return np.asarray(drawn)


def _totals(
    rng: np.random.Generator, mean: float, se: float, students: float, count: int
) -> Floats:
    """Give drawn totals whose mean is the estimate; never negative, never more than students."""
    if se <= 0:
        return np.full(count, mean)
    shape = (mean / se) ** 2
    total = np.minimum(rng.gamma(shape, mean / shape, size=count), students)
    return np.asarray(np.minimum(total * (mean / total.mean()), students))


def _quotient(top: Floats, bottom: Floats) -> Floats:
    """Divide; 1 where the divisor is zero."""
    return np.asarray(np.divide(top, bottom, out=np.ones_like(bottom), where=bottom > 0))
