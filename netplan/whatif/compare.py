"""Two tables of the same measures: which cells differ."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

#: Two numbers within this of each other, relative to the larger, are the same.
SAME = 1e-9


def changed_cells(base: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """List the cells that differ between two tables.

    Parameters
    ----------
    base, other
        Indexed by school_id, a column per measure. Schools and measures of one table alone are
        left out; NaN and None are unknown, and two unknowns are the same.

    Returns
    -------
    changes
        school_id, measure, base, scenario; in the order of school ids, then of measures. The
        values are Python's; None is unknown, infinite = without limit.
    """
    schools = sorted(set(base.index) & set(other.index))
    left, right = base.loc[schools], other.loc[schools]
    parts = []
    measures = [name for name in left.columns if name in right.columns]
    for place, measure in enumerate(measures):
        was, now = left[measure].to_numpy(object), right[measure].to_numpy(object)
        rows = np.flatnonzero(_differ(was, now))
        parts.append(
            pd.DataFrame(
                {
                    "row": rows,
                    "place": place,
                    "school_id": [schools[row] for row in rows],
                    "measure": measure,
                    "base": pd.Series([plain(was[row]) for row in rows], dtype=object),
                    "scenario": pd.Series([plain(now[row]) for row in rows], dtype=object),
                }
            )
        )
    found = [part for part in parts if len(part)]
    columns = ["school_id", "measure", "base", "scenario"]
    if not found:
        return pd.DataFrame({column: pd.Series(dtype=object) for column in columns})
    whole = pd.concat(found, ignore_index=True).sort_values(["row", "place"], ignore_index=True)
    return whole[columns]


def _differ(was: npt.NDArray[np.object_], now: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """Tell where two columns differ; numbers by more than rounding."""
    one, other = _numbers(was), _numbers(now)
    if one is not None and other is not None:
        same = (one == other) | (np.isnan(one) & np.isnan(other))
        with np.errstate(invalid="ignore"):
            near = np.abs(one - other) <= SAME * np.maximum(np.abs(one), np.abs(other))
        # an infinite number is near to nothing but itself
        return np.asarray(~(same | (near & np.isfinite(one) & np.isfinite(other))))
    return np.array([plain(a) != plain(b) for a, b in zip(was, now, strict=True)], dtype=np.bool_)


def _numbers(values: npt.NDArray[np.object_]) -> npt.NDArray[np.float64] | None:
    """Give a column as floats, unknown as NaN; None where it holds text or truth values."""
    if any(isinstance(value, str | bool | np.bool_) for value in values):
        return None
    return np.array([np.nan if _unknown(value) else float(value) for value in values])


def _unknown(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))


def plain(value: Any) -> Any:
    """Give a table's value as Python's own; None where it is unknown."""
    if _unknown(value):
        return None
    return value.item() if isinstance(value, np.generic) else value
