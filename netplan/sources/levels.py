"""Grades and levels: what a list's grade codes and span letters mean."""

import re
from dataclasses import dataclass

from netplan.sources.sheets import normal

PK, K = -1, 0
CCD_LEVELS = {
    "elementary": "elementary",
    "primary": "elementary",
    "prekindergarten": "elementary",
    "middle": "middle",
    "junior_high": "middle",
    "high": "high",
    "secondary": "high",
    "k12": "k12",
    "k_12": "k12",
    "combined": "k12",
    "other": "other",
    "ungraded": "other",
}
SPAN_LETTERS = {"E": (K, 5), "M": (6, 8), "H": (9, 12)}

_NAME_LEVELS: tuple[tuple[str, str], ...] = (
    (r"\bk\s*-?\s*12\b", "k12"),
    (r"\bk\s*-?\s*8\b", "elementary"),
    (r"\bmiddle\b|\bjunior high\b|\bjr\.? high\b|\bintermediate\b", "middle"),
    (r"\bhigh\b|\bsecondary\b|\bsenior\b", "high"),
    (
        r"\belem(entary)?\b|\bprimary\b|\bearly childhood\b|\bkindergarten\b|\bpre-?k\b",
        "elementary",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A school's level, and the rule that guessed it (empty where the grades say it plainly)."""

    level: str
    rule: str = ""


def grade_number(text: str) -> int | None:
    """Read a grade: PK is -1, K is 0, then 1 to 12; None for ungraded, adult and unknown ones."""
    name = normal(text).removeprefix("grade_").removesuffix("_grade")
    if re.match(r"^(pk|p[34]?|pre_?k|pre_?kindergarten)(_|\d|$)", name):
        return PK
    if name in ("k", "kg", "kk", "tk", "kindergarten", "transitional_kindergarten"):
        return K
    digits = re.match(r"^0*(\d{1,2})(st|nd|rd|th)?$", name)
    if digits and 0 <= int(digits.group(1)) <= 12:
        return int(digits.group(1))
    return None


def grade_name(number: int) -> str:
    """Write a grade as the district folder does: PK, K, 1 to 12."""
    return {PK: "PK", K: "K"}.get(number, str(number))


def read_span(text: str) -> tuple[int, int] | None:
    """Read a grade span: ``EM`` (its letters), ``PK-5``, ``06 to 08``."""
    code = text.strip().upper()
    if code and set(code) <= set("EMH"):
        low = min(SPAN_LETTERS[letter][0] for letter in code)
        return low, max(SPAN_LETTERS[letter][1] for letter in code)
    parts = re.split(r"\s*(?:-|–|to|through|thru)\s*", text.strip(), flags=re.IGNORECASE)
    numbers = [grade_number(part) for part in parts if part]
    low_number, high_number = (numbers[0], numbers[-1]) if numbers else (None, None)
    if low_number is None or high_number is None or len(numbers) > 2:
        return None
    return low_number, high_number


def level_of_span(low: int, high: int) -> Level:
    """Give the level of a grade span.

    NCES's own bounds, elementary from PK-3 to at most 8, middle from 4-7 to at
    most 9, high from 7 to 12, extended so that every span has a level: what
    starts in 4 or later and ends in 10 or later is high, what starts earlier is
    k12. Spans of two levels (K-8, 6-12) are marked as a guess.
    """
    if high < low:
        low, high = high, low
    if high >= 10:
        if low < 4:
            return Level(level="k12")
        return Level(level="high", rule="level-from-span" if low < 9 else "")
    if low >= 9:
        return Level(level="high")
    if low >= 4 and high > 5:
        return Level(level="middle")
    return Level(level="elementary", rule="level-from-span" if high > 6 else "")


def level_of_name(name: str) -> Level:
    """Read the level from a school's name: the last resort, always a guess."""
    for pattern, level in _NAME_LEVELS:
        if re.search(pattern, name, re.IGNORECASE):
            return Level(level=level, rule="level-from-name")
    return Level(level="other", rule="level-from-name")
