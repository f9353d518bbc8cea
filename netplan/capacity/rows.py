"""Go through a table row by row."""

from collections.abc import Iterator
from typing import Any

import pandas as pd


def rows(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield each row as a named tuple; its fields are the columns, of whatever type they hold."""
    return iter(frame.itertuples(index=False))


def records(frame: pd.DataFrame) -> tuple[dict[str, Any], ...]:
    """Give each row as a dictionary by column name."""
    return tuple(
        {str(column): value for column, value in row.items()} for row in frame.to_dict("records")
    )
