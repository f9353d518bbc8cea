"""A value of a scenario to a cell of a table, or to what is wrong with it."""

import math
from typing import Any

from netplan.inputs.cells import read_cell
from netplan.inputs.faults import Fault, schema_fault
from netplan.inputs.fields import Field

#: Kinds of text that people write as a number in TOML.
_NUMBERED = ("grade", "group")


def typed(value: Any, field: Field, *, text: bool) -> float | str | Fault:
    """Read one value by the rules of its column.

    Parameters
    ----------
    value
        A number or text.
    field
        The column.
    text
        Whether it came as text from the command line and is read as a cell of a CSV is.

    Returns
    -------
    value
        NaN for an empty one, which only a column that is not required may hold.
    """
    if isinstance(value, str) and not value.strip():
        return _empty(field)
    if field.numeric:
        return _number(value, field, text=text)
    return _text(value, field)


def in_range(value: float, field: Field) -> Fault | None:
    """Say what is wrong with a number of a column, if anything."""
    if not math.isfinite(value):
        return Fault(
            "infinite-number", "the number is too large to hold", field.expected(), "Correct it."
        )
    check = None
    if not field.inside(value):
        check = "out-of-range"
    elif (field.ask_above is not None and value > field.ask_above) or (
        field.ask_below is not None and value < field.ask_below
    ):
        check = "absurd-number"
    elif field.kind == "whole" and value != round(value):
        check = "not-whole"
    return None if check is None else schema_fault(check, value, field)


def _empty(field: Field) -> float | Fault:
    if field.required or field.key:
        return Fault("missing-value", "the cell is empty", field.expected(), "Fill it in.")
    return math.nan


def _number(value: Any, field: Field, *, text: bool) -> float | Fault:
    if text and isinstance(value, str):
        read = read_cell(value.strip(), field)
        if isinstance(read, Fault):
            return read
        value = read
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Fault(
            "wrong-type",
            "not a number",
            field.expected(),
            "Write the number alone, without quotation marks.",
        )
    if isinstance(value, int) and abs(value) > 10**15:
        # past what a double holds, and past every range
        value = 1e16 if value > 0 else -1e16
    if math.isnan(value):
        return Fault("nan-number", "NaN is no number", field.expected(), "Correct it.")
    return in_range(float(value), field) or float(value)


def _text(value: Any, field: Field) -> str | Fault:
    if isinstance(value, bool) and field.kind == "flag":
        value = "true" if value else "false"
    elif isinstance(value, int) and not isinstance(value, bool) and field.kind in _NUMBERED:
        value = str(value)
    if not isinstance(value, str):
        return Fault(
            "wrong-type",
            "not text",
            field.expected(),
            f'Write "{value}", in quotation marks.',
        )
    read = read_cell(value.strip(), field)
    if isinstance(read, Fault):
        return read
    if field.kind == "choice" and read not in field.allowed:
        return schema_fault("not-in-list", read, field)
    return str(read)
