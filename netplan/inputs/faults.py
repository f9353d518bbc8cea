"""What can be wrong with one value, in words."""

from dataclasses import dataclass
from typing import Any

from netplan.inputs.fields import Field, plain
from netplan.inputs.suggest import closest, folded

#: Codes that Census and NCES tables use where there is no value; outside any range of ours.
SENTINELS = frozenset(
    {-99.0, -999.0, -9999.0, -99999.0, -999999.0} | {-111111111.0 * digit for digit in range(1, 10)}
)
_NCES_CODES = frozenset({-1.0, -2.0, -3.0, -9.0})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one value: a problem without its place."""

    code: str
    message: str
    expected: str
    fix: str


def schema_fault(check: str, value: Any, field: Field) -> Fault:
    """Say in words what a failed check of a column's schema means.

    Parameters
    ----------
    check
        Name of the check, as ``fields.column`` gave it.
    value
        The value that failed it.
    """
    match check:
        case "out-of-range":
            return _out_of_range(float(value), field)
        case "absurd-number":
            return _absurd(float(value), field)
        case "not-whole":
            return Fault("not-whole", "the number is not whole", field.expected(), "Round it.")
        case "not-in-list":
            near = _begins(str(value), field.allowed)
            near = near or closest(str(value), field.allowed, cutoff=0.5)
            fix = f"Did you mean {near!r}?" if near is not None else "Write one of those."
            return Fault(
                "not-in-list", f"{field.name} is not one of its list", field.expected(), fix
            )
    return Fault("missing-value", "the cell is empty", field.expected(), "Fill it in.")


def _begins(value: str, allowed: tuple[str, ...]) -> str | None:
    """Give the allowed value that a longer word begins with, as Monday does with mon."""
    words = [one for one in allowed if len(one) > 1 and folded(value).startswith(folded(one))]
    return words[0] if len(words) == 1 else None


def _out_of_range(value: float, field: Field) -> Fault:
    code, message, fix = "out-of-range", f"{field.name} is out of range", "Correct it."
    if value in SENTINELS:
        code = "sentinel-value"
        message = "a negative number that Census and NCES tables use for `no value`"
        fix = "Look the number up." if field.required else "Leave the cell empty."
    elif field.low is not None and field.low >= 0 > value:
        code, message = "negative-number", "the number is negative"
        if value in _NCES_CODES:
            fix = "Correct it. (NCES tables write -1, -2, -3 and -9 where there is no value.)"
    elif field.unit == "share" and value > 1:
        code, message = "share-above-one", "the share is above 1"
        if value <= 100:
            fix = f"Write {value / 100:.12g} if it is a percentage."
    elif value == 0:
        code, message = "zero-number", f"{field.name} is 0"
        fix = "Delete the row if it is not in service; otherwise write what it has."
        if not field.required:
            fix = "Leave the cell empty if nobody knows."
    return Fault(code, message, field.expected(), fix)


def _absurd(value: float, field: Field) -> Fault:
    if field.ask_above is not None and value > field.ask_above:
        bound, than, at = field.ask_above, "more", "at most"
    else:
        bound, than, at = field.ask_below or 0.0, "less", "at least"
    unit = f" {field.unit}" if field.unit else ""
    return Fault(
        "absurd-number",
        f"is {field.name} really {plain(value)}{unit}? That is {than} than can be believed",
        f"{at} {plain(bound)}{unit}",
        "Check the unit and the zeros, and write what is there.",
    )
