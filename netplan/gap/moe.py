"""The Census handbook's arithmetic for margins of error.

Margins are the published 90 % ones. Every function takes and gives arrays (or numbers) of one
shape; a NaN in is a NaN out. Source: U.S. Census Bureau, *Understanding and Using American
Community Survey Data* (2020), chapters 7 and 8 (facts 6.17 to 6.21).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Published margins are 90 % ones (6.21).
Z_90 = 1.645


def standard_error(moe: Any) -> Floats:
    """Give the standard error behind a published margin of error."""
    return np.asarray(moe, dtype=np.float64) / Z_90


def sum_moe(estimate: Any, moe: Any, axis: int = -1) -> Floats:
    """Give the margin of a sum: the root of the sum of squares along an axis.

    Of several parts whose estimate is zero only the largest margin counts, once: each such margin
    is a constant of the survey's design, and adding all of them would swamp the sum. The Census
    Bureau says so (webinar on margins of error, 2016: 36 + 0 + 0 + 0 with margins 56, 27, 29, 29
    has 63); tidycensus keeps each distinct value instead (6.17).

    Parameters
    ----------
    estimate, moe
        Parts of the sum along ``axis``; not overlapping. The same shape.
    """
    estimate, moe = np.asarray(estimate, dtype=np.float64), np.asarray(moe, dtype=np.float64)
    zero = estimate == 0
    rest = np.where(zero, 0.0, moe)
    largest = np.where(zero, moe, 0.0).max(axis=axis, initial=0.0)
    return np.asarray(np.sqrt((rest**2).sum(axis=axis) + largest**2))


def proportion_moe(part: Any, whole: Any, part_moe: Any, whole_moe: Any) -> Floats:
    """Give the margin of part / whole, where the part is within the whole (6.18).

    Where the radicand is negative the ratio's formula stands in, as the handbook says. NaN where
    the whole is zero.
    """
    share = _quotient(part, whole)
    radicand = np.square(part_moe) - share**2 * np.square(whole_moe)
    ratio = np.square(part_moe) + share**2 * np.square(whole_moe)
    return _quotient(np.sqrt(np.where(radicand < 0, ratio, radicand)), whole)


def ratio_moe(part: Any, whole: Any, part_moe: Any, whole_moe: Any) -> Floats:
    """Give the margin of part / whole, where the part is not within the whole (6.19)."""
    ratio = _quotient(part, whole)
    return _quotient(np.sqrt(np.square(part_moe) + ratio**2 * np.square(whole_moe)), whole)


def product_moe(left: Any, right: Any, left_moe: Any, right_moe: Any) -> Floats:
    """Give the margin (or, from standard errors, the standard error) of a product (6.20)."""
    return np.asarray(
        np.sqrt(
            np.square(left) * np.square(right_moe) + np.square(right) * np.square(left_moe),
        )
    )


def _quotient(top: Any, bottom: Any) -> Floats:
    """Divide; NaN where the divisor is zero."""
    top, bottom = np.broadcast_arrays(
        np.asarray(top, dtype=np.float64), np.asarray(bottom, dtype=np.float64)
    )
    return np.asarray(np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom != 0))
