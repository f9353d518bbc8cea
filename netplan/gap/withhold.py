"""Which counts of a published total to withhold, and what an attacker could still infer."""

from dataclasses import dataclass

import numpy as np

from netplan.gap.moe import Floats

_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """Cells of one column that are withheld, and whether its total is; shape (areas,)."""

    cells: np.ndarray
    total: bool


def withhold(
    value: Floats,
    small: np.ndarray,
    beside: np.ndarray,
    threshold: float,
    *,
    upper: Floats | None = None,
    known: np.ndarray | None = None,
) -> Withheld:
    """Say which cells of one column to withhold.

    An attacker knows of a withheld cell that it is at least 0 and below the threshold (small),
    at least 0 and at most the smallest shown cell (withheld for another column), or at least the
    threshold and at most the smallest shown one (chosen here), that it is at most ``upper``, and
    that all sum to the total less what is shown. With one such sum the tightest bounds are::

        max(low_j, S - sum_{k != j} high_k) <= x_j <= min(high_j, S - sum_{k != j} low_k)

    Parameters
    ----------
    value
        Shape (areas,), not negative.
    small
        Cells that must be withheld.
    beside
        Cells that are withheld for another reason, of any size.
    threshold
        Smallest count shown, and the narrowest interval allowed.
    upper
        Shape (areas,): what the attacker knows each value not to pass; None: nothing.
    known
        Cells that the attacker knows whether they are shown or not: withholding them hides
        nothing, so they are never chosen. None: no such cell.
    """
    free = np.ones(len(value), dtype=np.bool_) if known is None else ~known
    cells = small | beside
    if not cells.any():
        return Withheld(cells=cells, total=False)
    candidates = np.flatnonzero(~cells & free & (value >= threshold))
    candidates = candidates[np.argsort(value[candidates], kind="stable")]
    for taken in range(1, len(candidates) + 1):
        chosen = np.zeros(len(value), dtype=np.bool_)
        chosen[candidates[:taken]] = True
        left = value[candidates[taken]] if taken < len(candidates) else np.inf
        width = narrowest(value, small, beside, chosen, float(left), threshold, upper=upper)
        if width >= threshold - _TOLERANCE:
            return Withheld(cells=cells | chosen, total=False)
    chosen = np.zeros(len(value), dtype=np.bool_)
    chosen[candidates] = True
    return Withheld(cells=cells | chosen, total=True)


def narrowest(
    value: Floats,
    small: np.ndarray,
    beside: np.ndarray,
    chosen: np.ndarray,
    left: float,
    threshold: float,
    *,
    upper: Floats | None = None,
) -> float:
    """Give the width of the narrowest interval that the attacker gets.

    A cell that ``upper`` alone bounds more narrowly than the threshold does not count, as long
    as the sum says no more of it: nothing that is published here could widen it.
    """
    hidden = small | beside | chosen
    low = np.where(chosen, threshold, 0.0)[hidden]
    most = np.full(len(low), np.inf) if upper is None else upper[hidden]
    high = np.minimum(np.where(small, threshold, left)[hidden], most)
    total = float(value[hidden].sum())
    # the others' ends, left out one at a time (a sum less infinity is no number)
    others_low = low.sum() - low
    unbounded = np.isinf(high)
    finite = np.where(unbounded, 0.0, high)
    others_high = np.where(unbounded.sum() - unbounded > 0, np.inf, finite.sum() - finite)
    bottom = np.maximum(low, total - others_high)
    top = np.minimum(high, total - others_low)
    width, before = top - bottom, most - low
    spared = (before < threshold) & (width >= before - _TOLERANCE)
    return float(np.where(spared, np.inf, width).min())
