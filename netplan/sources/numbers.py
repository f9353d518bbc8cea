"""What a cell that should hold a number says: a number, nothing, withheld, or nonsense."""

import math
import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "missing", "suppressed", "bad"]

MISSING = frozenset(
    (
        "", "†", "–", "—", "-", "--", "‡", ".", "x", "m", "n", "n/a", "na", "nan", "null", "none",
        "not available", "not applicable", "missing", "unknown",
    )
)  # fmt: skip
# NCES and HIFLD write missing counts as negative codes: -1 and M missing, -2 and N not
# applicable, -9 suppressed for quality, -999 not available.
MISSING_CODES = frozenset((-1.0, -2.0, -3.0, -9.0, -999.0))

_SUPPRESSED = re.compile(
    r"^(\*+|[<>≤≥]\s*=?\s*[0-9.]*\s*%?|n\s*<\s*\d+|\d+\s*-\s*\d+\*?|ds|ps|s|supp?ressed)$",
    re.IGNORECASE,
)
_SPEED = re.compile(
    r"([0-9][0-9., ]*?)\s*(k|m|g|t)(?:(?:eg|ig|era)?a?)?(?:b(?:it)?s?)?"
    r"(?:\s*/\s*s(?:ec(?:ond)?)?|ps|\s+per\s+second|e)?\.?",
    re.IGNORECASE,
)
_UNITS_MBPS = {"k": 0.001, "m": 1.0, "g": 1_000.0, "t": 1_000_000.0}
_NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One cell read: its kind, and its value where it is a number."""

    kind: Kind
    value: float = math.nan


def read_number(text: str) -> Reading:
    """Read a cell: ``1,240.0``, ``†`` is missing, ``<10`` suppressed, ``abc`` bad."""
    cell = text.strip()
    if cell.lower() in MISSING:
        return Reading(kind="missing")
    if _SUPPRESSED.match(cell):
        return Reading(kind="suppressed")
    digits = re.sub(r"(?<=\d)[, ](?=\d{3}(\D|$))", "", cell).removeprefix("$").strip()
    if not _NUMBER.match(digits):
        return Reading(kind="bad")
    value = float(digits)
    return Reading(kind="number", value=value) if math.isfinite(value) else Reading(kind="bad")


def read_speed(text: str) -> tuple[Reading, bool]:
    """Read a bandwidth: ``1 Gbps``, ``10 Gig``, ``100M`` in Mbps; a bare number as it stands.

    Returns
    -------
    reading
        The number.
    in_mbps
        Whether the cell named its unit, so that the number is in Mbps whatever
        the list is in.
    """
    match = _SPEED.fullmatch(text.strip())
    if match is None:
        return read_number(text), False
    number = read_number(match[1])
    if number.kind != "number":
        return number, False
    value = number.value * _UNITS_MBPS[match[2].lower()]
    return Reading(kind="number", value=float(f"{value:.12g}")), True


def read_count(text: str) -> Reading:
    """Read a count: as a number, with the negative codes for missing, and no other negative."""
    reading = read_number(text)
    if reading.kind != "number" or reading.value >= 0:
        return reading
    return Reading(kind="missing" if reading.value in MISSING_CODES else "bad")


def show(value: float | None) -> str:
    """Write a number for a table: no trailing zeros, empty where unknown."""
    if value is None or not math.isfinite(value):
        return ""
    return f"{value:.10g}" if abs(value) < 1e10 else f"{value:.0f}"
