"""One column of acs.csv: its numbers, and the marks that stand for none.

The Census Bureau writes codes such as -666666666, or signs such as ``**``, where there is no value.
"""

import math
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from netplan.errors import Problem, Severity
from netplan.inputs.cells import read_cell
from netplan.inputs.faults import Fault
from netplan.inputs.fields import Field
from netplan.inputs.reader import shown

ACS_FILE = "acs.csv"
_OPEN_ENDED = re.compile(r"([0-9][0-9,]*)[+-]")
_NO_VALUE = frozenset({"null", "na", "nan", "n/a", "none"})

_TOO_FEW = -666666666.0
_NO_MARGIN = -222222222.0
_OPEN_INTERVAL = -333333333.0
_CONTROLLED = -555555555.0
_NOT_APPLICABLE = -888888888.0
_NOT_SHOWN = -999999999.0
#: The Census Bureau's codes for no value, and what they mean.
SENTINELS: Mapping[float, str] = MappingProxyType(
    {
        _TOO_FEW: "too few sample observations to compute the estimate",
        _NO_MARGIN: "too few sample observations to compute the margin of error",
        _OPEN_INTERVAL: "the median is in an open-ended interval, so it has no margin of error",
        _CONTROLLED: "the estimate is controlled to a population count: its margin of error is 0",
        _NOT_APPLICABLE: "not applicable or not available",
        _NOT_SHOWN: "too few sample cases in the area to show the value",
    }
)
#: The same as data.census.gov writes them.
SIGNS: Mapping[str, float] = MappingProxyType(
    {
        "-": _TOO_FEW,
        "**": _NO_MARGIN,
        "***": _OPEN_INTERVAL,
        "*****": _CONTROLLED,
        "(X)": _NOT_APPLICABLE,
        "N": _NOT_SHOWN,
    }
)
_BLANK = "no value"


class _Cell(NamedTuple):
    """What one text means: its value, and the sentinel it was with its meaning."""

    value: float
    sentinel: float | None = None
    meaning: str = ""


def read_column(
    name: str, known: str, cells: Sequence[str], rows: Sequence[int]
) -> tuple[npt.NDArray[np.float64], list[Problem], list[tuple[int, float, str]]]:
    """Read one column: its values, its problems, and (position, sentinel, meaning) of marks."""
    margin = known.endswith("M")
    read: dict[str, _Cell | Fault] = {text: _cell(text, margin=margin) for text in set(cells)}
    positions: dict[tuple[str, str], list[int]] = {}
    marks: list[tuple[int, float, str]] = []
    values = np.full(len(cells), np.nan)
    for position, text in enumerate(cells):
        cell = read[text]
        if isinstance(cell, Fault):
            positions.setdefault(("fault", text), []).append(position)
            continue
        values[position] = cell.value
        if cell.sentinel is not None:
            marks.append((position, cell.sentinel, cell.meaning))
            positions.setdefault(("mark", cell.meaning), []).append(position)
    problems = []
    for (kind, told), found in positions.items():
        cell = read[cells[found[0]]]
        if isinstance(cell, Fault):
            many = f" ({len(found):,} cells)" if len(found) > 1 else ""
            code, message = cell.code, cell.message + many
            expected, fix = cell.expected, cell.fix
        else:
            count = f"{len(found):,} cells" if len(found) > 1 else "a cell"
            counts_as = f"{cell.value:,.12g}" if math.isfinite(cell.value) else "unknown"
            code, message = "acs-sentinel", f"{told}: {count}; counts as {counts_as}"
            expected, fix = "", "Nothing to do."
        problems.append(
            acs_problem(
                code,
                message,
                expected,
                fix,
                row=rows[found[0]],
                column=name,
                value=shown(cells[found[0]]),
                severity="note" if kind == "mark" else "error",
            )
        )
    return values, problems, marks


_ESTIMATE = Field(name="estimate", kind="number", low=0, description="Estimate.")


def _cell(text: str, *, margin: bool) -> _Cell | Fault:
    if not text:
        return _Cell(math.nan)
    if text.upper() in SIGNS:
        return _marked(SIGNS[text.upper()], margin=margin)
    if text.lower() in _NO_VALUE:
        return _Cell(math.nan, math.nan, _BLANK)
    open_ended = _OPEN_ENDED.fullmatch(text)
    if open_ended is not None:
        return _Cell(
            float(open_ended[1].replace(",", "")), math.nan, "the median is beyond this number"
        )
    value = read_cell(text.removeprefix("±").removeprefix("+/-"), _ESTIMATE)
    if isinstance(value, Fault):
        return value
    number = float(value)
    if number >= 0:
        return _Cell(number)
    for sentinel in SENTINELS:
        # spreadsheets round the codes to -6.66667E+08
        if math.isclose(number, sentinel, rel_tol=1e-5):
            return _marked(sentinel, margin=margin)
    what = "a margin of error is negative" if margin else "an estimate is negative"
    return Fault(
        "negative-number",
        f"{what}, and this is none of the Census Bureau's codes for no value",
        "a number, at least 0, or a code such as -666666666",
        "Look the number up, or leave the cell empty.",
    )


def _marked(sentinel: float, *, margin: bool) -> _Cell:
    value = 0.0 if margin and sentinel == _CONTROLLED else math.nan
    return _Cell(value, sentinel, SENTINELS[sentinel])


def acs_problem(
    code: str,
    message: str,
    expected: str,
    fix: str,
    *,
    row: int | None = None,
    column: str | None = None,
    value: str | None = None,
    severity: Severity = "error",
) -> Problem:
    """Make a problem of acs.csv."""
    return Problem(
        code=code,
        file=ACS_FILE,
        row=row,
        column=None if column is None else shown(column),
        value=value,
        message=message,
        expected=expected,
        fix=fix,
        severity=severity,
    )
