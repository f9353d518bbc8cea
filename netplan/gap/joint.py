"""How areas err together: each has its own error, and all of them sum to one sure total.

With shares ``w_i`` of all students offline, errors ``e_i`` that are independent, and an error
``t`` of the total, an area's error is what is left of its own once areas sum to the total::

    d_i = e_i - w_i sum_j e_j + w_i t

Draws and sums of areas are made of this one form, so that they say the same.
"""

import numpy as np

from netplan.gap.moe import Floats

#: Enough rounds for areas of which none is half of all; of fewer areas no exact answer exists.
_ROUNDS = 60


def own_variances(se: Floats, weight: Floats, total_se: float) -> Floats:
    """Give the variances of ``e`` by which the areas have their standard errors.

    The variance of ``d_i`` is ``(1 - 2 w_i) v_i + w_i^2 sum_j v_j + w_i^2 var t``: linear in
    ``v``, with coefficients that are not negative, and met by scaling each ``v_i`` in turn. An
    area that errs less than its share of the total's error has none of its own.

    Parameters
    ----------
    se
        Shape (areas,): standard errors of students offline.
    weight
        Shape (areas,): shares of all students offline; their sum is 1.
    total_se
        Standard error of the sum over these areas.
    """
    wanted = np.maximum(se**2 - (weight * total_se) ** 2, 0.0)
    found = wanted.copy()
    for _ in range(_ROUNDS):
        got = (1.0 - 2.0 * weight) * found + weight**2 * found.sum()
        found = found * np.divide(wanted, got, out=np.zeros_like(got), where=got > 0)
    return np.asarray(found)


def sum_se(inside: np.ndarray, own: Floats, weight: Floats, total_se: float) -> float:
    """Give the standard error of the sum over some areas; over all of them, the total's.

    Parameters
    ----------
    inside
        Which of them: positions, or booleans of shape (areas,).
    own
        From `own_variances`.
    weight, total_se
        As there.
    """
    part = float(weight[inside].sum())
    variance = (1.0 - 2.0 * part) * own[inside].sum() + part**2 * (own.sum() + total_se**2)
    return float(np.sqrt(max(variance, 0.0)))
