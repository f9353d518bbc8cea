"""Frames to plain records, the one way the report reads a table."""

import math
from typing import Any

import pandas as pd


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Give one dict per row with Python values; unknown (NaN, NA) is None, infinite stays."""
    if frame.empty:
        return []
    names = [str(name) for name in frame.columns]
    columns = [_column(frame.iloc[:, place]) for place in range(len(names))]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _column(series: "pd.Series[Any]") -> list[Any]:
    values: list[Any] = series.tolist()
    return [None if _unknown(value) else value for value in values]


def _unknown(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))
