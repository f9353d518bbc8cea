"""What the last dollars of a plan buy, in a sentence made of published numbers only."""

import pandas as pd

_NAMES = 3
_TOLERANCE = 1e-6


def last_dollar(
    curve: pd.DataFrame,
    curve_plans: pd.DataFrame,
    opened: pd.DataFrame,
    *,
    served_students: float,
    cost_usd_per_year: float,
    threshold: float,
) -> str:
    """Say what the last dollars of a plan buy, and what the next ones would.

    Every difference is one of numbers that are published anyway, so it tells nothing more.

    Parameters
    ----------
    curve, curve_plans, opened
        As published: the curve, what is open at its points, and what the plan opens (id, name),
        the most students first.
    served_students, cost_usd_per_year
        Of the plan, as published.
    threshold
        Smallest count of students that is shown, which the curve is rounded down to: the points
        compared lie at least so many students apart.
    """
    width = max(threshold, 0.0)
    least = max(width, 1.0)
    students = curve["students"].to_numpy(float) - served_students  # NaN, withheld, is never more
    usd = curve["cost_usd_per_year"].to_numpy(float) - cost_usd_per_year
    before = [k for k in range(len(curve)) if students[k] + width <= _TOLERANCE - least]
    after = [k for k in range(len(curve)) if students[k] >= least - _TOLERANCE]
    sentences = []
    if before and usd[before[-1]] < 0:
        there = set(curve_plans["id"][curve_plans["point"] == before[-1]])
        new = opened.loc[~opened["id"].isin(there), "name"].astype(str).tolist()
        more = f" and {len(new) - _NAMES} more" if len(new) > _NAMES else ""
        named = f", and open {', '.join(new[:_NAMES])}{more}" if new else ""
        gained = -students[before[-1]] - width
        sentences.append(
            f"The last {-usd[before[-1]]:,.0f} USD a year serve "
            f"{_students(gained, width, -usd[before[-1]])}{named}."
        )
    if after and usd[after[0]] > 0:
        sentences.append(
            f"The next {usd[after[0]]:,.0f} USD a year would serve "
            f"{_students(students[after[0]], width, usd[after[0]])}."
        )
    return " ".join(sentences)


def _students(low: float, width: float, usd: float) -> str:
    """Give a difference of students that is known to the width of a step, and its price."""
    span = f"{low:,.0f} to {low + width:,.0f}" if width > 0 else f"{low:,.0f}"
    return f"{span} more students (about {usd / (low + width / 2):,.0f} USD each)"
