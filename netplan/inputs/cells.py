"""One cell of text to its value, or to the fault in it.

Every function here looks at one text alone; columns are read by looking at each
distinct text once.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from netplan.inputs.amounts import amount
from netplan.inputs.columns import GRADES, PEOPLE
from netplan.inputs.damage import grades_of_date, is_date, is_scientific, month_of_date
from netplan.inputs.faults import Fault
from netplan.inputs.fields import Field, Kind
from netplan.inputs.geoids import BLOCK_DIGITS, COUNTY_DIGITS, without_prefix
from netplan.inputs.suggest import closest, folded
from netplan.inputs.times import read_time, time_fix

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_THOUSANDS = re.compile(r"[+-]?[$]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_THOUSANDS_SPACE = re.compile(r"[+-]?[0-9]{1,3}(?:[\s'\u2019][0-9]{3})+(?:[.,][0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_PERCENT = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?\s*%")
_SUPPRESSED = re.compile(
    r"\*+|[<>≤≥]\s*=?\s*[0-9.,]+\s*%?|[nN]\s*<\s*[0-9]+|[0-9]+\s*-\s*[0-9]+\*?"
)
_WITH_UNIT = re.compile(r"[$€£]?\s*[0-9][0-9.,]*\s*(?:[a-zA-Z$€£/%°][a-zA-Z/ .°]*)?")
_MARKERS = frozenset(
    {"na", "n/a", "n.a.", "#n/a", "null", "none", "nil", "unknown", "missing", "tbd", "suppressed"}
    | {"-", "--", "—", "–", ".", "?", "x", "s", "ps", "ds", "†", "‡"}
    | {"#ref!", "#value!", "#div/0!", "#name?", "#num!"}
)
_LONGEST_NUMBER = 60
_BETWEEN = re.compile(r"\s*(?:[-–—,;/&+]|\bto\b|\band\b)\s*", re.IGNORECASE)
#: Words for a value of a list, as `folded` gives them.
_MEANT: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            ("cafe", "coffee", "coffeeshop", "restaurant", "store", "shop", "retail"), "business"
        ),
        **dict.fromkeys(
            ("nonprofit", "center", "recreationcenter", "youthcenter", "boysgirlsclub", "ymca"),
            "community",
        ),
        **dict.fromkeys(("hotspot", "hotspots", "loan", "loaner", "mifi", "device"), "lending"),
        **dict.fromkeys(
            ("plan", "voucher", "discount", "broadband", "sponsored", "sponsoredservice"),
            "subsidy",
        ),
    }
)
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SCHOOL_YEAR = re.compile(r"([0-9]{4})-([0-9]{2})")
#: How else people write a school year: its first year, then the second in two or four digits.
_YEARS = re.compile(r"(?:SY|FY)?\s*((?:19|20)[0-9]{2})(?:\s*[-/–]\s*((?:19|20)?[0-9]{2}))?", re.I)
_TOTAL = re.compile(r"(?:grand |sub-?)?totals?|sum|all areas|district|county", re.IGNORECASE)
_DECIMAL_GEOID = re.compile(r"([0-9]{4,15})\.0*")
_TRUE = frozenset({"true", "yes", "y", "1"})
_FALSE = frozenset({"false", "no", "n", "0"})
_INVISIBLE = re.compile("[\x00-\x1f\x7f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_MARKUP = re.compile(r"<[a-zA-Z/!?]|\{\{|\{%|\{#|\$\{|<%|javascript:", re.IGNORECASE)
Value = float | str


def read_cell(text: str, field: Field) -> Value | Fault:
    """Read one stripped, non-empty cell of a column."""
    return _READERS[field.kind](text, field)


def has_markup(text: str) -> bool:
    """Say whether a text holds HTML or template code."""
    return _MARKUP.search(text) is not None


def is_formula(text: str) -> bool:
    """Say whether a spreadsheet would take a text for a formula."""
    return text[:1] in ("=", "+", "-", "@", "\t", "\r") and _NUMBER.fullmatch(text) is None


def minutes(time: str) -> int:
    """Give a checked HH:MM as minutes after midnight."""
    return int(time[:2]) * 60 + int(time[3:])


def grades_of(group: str) -> tuple[str, ...] | None:
    """Give the grades that a group names; None when it names none, or not in order.

    ``9`` is one grade; ``K-2`` is K, 1 and 2.
    """
    if group in GRADES:
        return (group,)
    first, dash, last = group.partition("-")
    if not dash or first not in GRADES or last not in GRADES:
        return None
    start, end = GRADES.index(first), GRADES.index(last)
    return GRADES[start : end + 1] if start <= end else None


def _number(text: str, field: Field) -> Value | Fault:
    if not _NUMBER.fullmatch(text):
        return _not_a_number(text, field)
    value = float(text)
    if math.isfinite(value):
        return value + 0.0
    return Fault(
        "infinite-number", "the number is too large to hold", field.expected(), _leave(field)
    )


def _leave(field: Field) -> str:
    return "Look the number up." if field.required else "Leave the cell empty if nobody knows."


def _not_a_number(text: str, field: Field) -> Fault:
    for matches, code, message, fix in _NOT_NUMBERS:
        if len(text) <= _LONGEST_NUMBER and matches(text):
            return Fault(code, message, field.expected(), fix(text, field))
    return Fault(
        "not-a-number", "this is not a number", field.expected(), f"Correct it. {_leave(field)}"
    )


def _unsigned(text: str) -> str:
    return text.lower().lstrip("+-")


def _as_share(text: str, field: Field) -> str:
    if field.unit in ("students", "people", "seats", "devices"):
        return f"Write how many {field.unit}, not a share of them."
    share = float(text.rstrip("%").rstrip()) / 100
    return f"Write {share:.12g}." if math.isfinite(share) else "Write a share."


def _without_unit(text: str, field: Field) -> str:
    found = amount(text, field.unit)
    if found is None:
        return f"Write the number alone, in {field.unit or 'its unit'}."
    return f"Write {found.number}." if not found.made else f"Write {found.number}: {found.made}."


#: What people write in place of a number: test, code, message, what to do.
_NOT_NUMBERS: tuple[tuple[Callable[[str], object], str, str, Callable[[str, Field], str]], ...] = (
    (
        lambda text: _unsigned(text) == "nan",
        "nan-number",
        "NaN is no number",
        lambda _, field: _leave(field),
    ),
    (
        lambda text: _unsigned(text) in ("inf", "infinity"),
        "infinite-number",
        "infinity is no number",
        lambda _, field: _leave(field),
    ),
    (
        _SUPPRESSED.fullmatch,
        "suppressed-value",
        "the publisher has suppressed this value, since it is a small count",
        lambda _, field: f"Use the district's own number. {_leave(field)}",
    ),
    (
        lambda text: text.lower() in _MARKERS,
        "missing-marker",
        "a mark for `no value` stands here",
        lambda _, field: _leave(field),
    ),
    (
        _THOUSANDS.fullmatch,
        "thousands-comma",
        "the number has thousands commas",
        lambda text, _: f"Write {text.replace(',', '').replace('$', '')}.",
    ),
    (
        _THOUSANDS_SPACE.fullmatch,
        "thousands-space",
        "the number has a space between its thousands",
        lambda text, _: "Write " + re.sub(r"[\s'\u2019]", "", text).replace(",", ".") + ".",
    ),
    (
        _DECIMAL_COMMA.fullmatch,
        "decimal-comma",
        "the number has a comma",
        lambda text, _: f"Write {text.replace(',', '.')} if it is a decimal comma.",
    ),
    (
        _PERCENT.fullmatch,
        "percent-sign",
        "the number has a percent sign",
        _as_share,
    ),
    (
        _WITH_UNIT.fullmatch,
        "unit-in-cell",
        "the number has its unit in the cell",
        _without_unit,
    ),
    (
        lambda text: text[:1] in ("=", "@"),
        "not-a-number",
        "a formula stands here, not its result",
        lambda _text, _field: "Save the spreadsheet as CSV again, with values, not formulas.",
    ),
)


def _text(text: str, field: Field) -> Value | Fault:
    return _scientific(field) if field.name.endswith("_id") and is_scientific(text) else text


def _scientific(field: Field) -> Fault:
    return Fault(
        "scientific-notation",
        "a spreadsheet turned the id into a number in scientific notation and lost its digits",
        field.expected(),
        "Format the column as text and write the id again from where it came.",
    )


def _id(text: str, field: Field) -> Value | Fault:
    if _INVISIBLE.search(text):
        return Fault(
            "invisible-character",
            "the id holds a line break or another character that cannot be seen",
            field.expected(),
            "Type it again.",
        )
    if is_scientific(text):
        return _scientific(field)
    if text == "*" and "*" not in field.allowed:
        return Fault(
            "reserved-id", "`*` stands for all and cannot be a name", field.expected(), "Rename it."
        )
    return text


def _flag(text: str, field: Field) -> Value | Fault:
    lowered = text.lower()
    if lowered in _TRUE:
        return "true"
    if lowered in _FALSE:
        return "false"
    return Fault(
        "not-a-flag", "this is neither true nor false", field.expected(), "Write true or false."
    )


def _time(text: str, field: Field) -> Value | Fault:
    return read_time(text) or Fault(
        "bad-time", "this is not a time of day as HH:MM", field.expected(), time_fix(text)
    )


def _choice(text: str, field: Field) -> Value | Fault:
    """Read a choice; what is outside its list is told by the table's schema, or here if clear."""
    if text in field.allowed:
        return text
    parts = [folded(part) for part in _BETWEEN.split(text)]
    named = [one for part in parts for one in field.allowed if part.startswith(folded(one))]
    if len(parts) > 1 and len(set(named)) > 1:
        return Fault(
            "several-values",
            f"several of the list stand in one cell of {field.name}",
            field.expected(),
            "Write a row for each.",
        )
    meant = _MEANT.get(folded(text))
    if meant in field.allowed:
        return Fault(
            "not-in-list",
            f"{field.name} is not one of its list",
            field.expected(),
            f"Did you mean {meant!r}?",
        )
    return text


def _month(text: str, field: Field) -> Value | Fault:
    match = _MONTH.fullmatch(text)
    if match is not None and 1900 <= int(match.group(1)) <= 2100:
        return text
    month = month_of_date(text)
    if month is not None:
        return Fault(
            "bad-date",
            f"a spreadsheet turned the month {month} into a date",
            field.expected(),
            f"Format the column as text and write {month}.",
        )
    return Fault("bad-date", "this is not a month", field.expected(), "Write it as 2027-06.")


def is_school_year(text: str) -> bool:
    """Say whether a text is a school year, such as 2026-27: the second year follows the first."""
    match = _SCHOOL_YEAR.fullmatch(text)
    return match is not None and int(match[2]) == (int(match[1]) + 1) % 100


def school_year_fix(text: str) -> str:
    """Say what to write for a text that is no school year."""
    month = month_of_date(text)
    if month is not None:
        # a spreadsheet takes 2011-12 for December 2011
        year, second = month.split("-")
        if is_school_year(f"{year}-{second}"):
            return f"Format the column as text and write {year}-{second}."
    match = _YEARS.fullmatch(text)
    if match is None:
        return "Write it as 2026-27."
    first = int(match[1])
    year = f"{first}-{(first + 1) % 100:02d}"
    if match[2] is None:
        return f"Write {year} if it begins in {first}."
    if int(match[2]) % 100 == (first + 1) % 100:
        return f"Write {year}."
    return f"Write {year} if it begins in {first}; a school year has two years that follow."


def _school_year(text: str, field: Field) -> Value | Fault:
    if is_school_year(text):
        return text
    return Fault(
        "bad-school-year", "this is not a school year", field.expected(), school_year_fix(text)
    )


def _date(text: str, field: Field) -> Value | Fault:
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            pass
    return Fault("bad-date", "this is not a date", field.expected(), "Write it as 2027-06-30.")


def _geoid(text: str, field: Field) -> Value | Fault:
    if is_scientific(text):
        return _scientific(field)
    decimal = _DECIMAL_GEOID.fullmatch(text)
    if decimal is not None:
        return Fault(
            "decimal-geoid",
            "the geoid was taken for a number",
            field.expected(),
            f"Format the column as text and write {decimal[1]}, with its leading zero if any.",
        )
    digits = without_prefix(text)
    if digits.isascii() and digits.isdigit():
        if len(digits) in (10, 11, 12):
            return digits
        if len(digits) in (BLOCK_DIGITS - 1, BLOCK_DIGITS):
            return Fault(
                "block-geoid",
                "this is a census block, smaller than the areas",
                field.expected(),
                "Sum the blocks up: a block group is the first 12 of a block's 15 digits.",
            )
        if len(digits) in (COUNTY_DIGITS - 1, COUNTY_DIGITS):
            return Fault(
                "county-geoid",
                "this is a whole county",
                field.expected(),
                "Give the rows of its block groups or tracts.",
            )
    if _TOTAL.fullmatch(text):
        return Fault(
            "total-row",
            "this looks like a total row",
            field.expected(),
            "Delete the row; netplan adds up by itself.",
        )
    return Fault(
        "bad-geoid", "this is no census geoid", field.expected(), "Look it up and write it as text."
    )


def _grade(text: str, field: Field) -> Value | Fault:
    if text in GRADES:
        return text
    near = {"KG": "K", "KINDERGARTEN": "K", "PREK": "PK", "PRE-K": "PK"}.get(text.upper())
    near = near or closest(text, GRADES)
    return Fault(
        "bad-grade",
        "this is not a grade",
        field.expected(),
        f"Did you mean {near}?" if near else "Write PK, K or 1 to 12.",
    )


def _group(text: str, field: Field) -> Value | Fault:
    if text in PEOPLE or text in field.allowed or grades_of(text) is not None:
        return text
    first, _, last = text.partition("-")
    if first in GRADES and last in GRADES:
        return Fault(
            "bad-group",
            "the grades run backward",
            field.expected(),
            f"Write {last}-{first}.",
        )
    if is_date(text):
        grades = grades_of_date(text)
        return Fault(
            "bad-group",
            f"a spreadsheet turned the grades {grades or ''}".rstrip() + " into a date",
            field.expected(),
            f"Format the column as text and write {grades or 'them again, such as 3-12'}.",
        )
    near = closest(text, (*PEOPLE, *GRADES))
    return Fault(
        "bad-group",
        "this is no group of people",
        field.expected(),
        f"Did you mean {near}?" if near else "Write one of those.",
    )


_READERS: Mapping[Kind, Callable[[str, Field], Value | Fault]] = MappingProxyType(
    {
        "id": _id,
        "text": _text,
        "number": _number,
        "whole": _number,
        "flag": _flag,
        "time": _time,
        "month": _month,
        "school_year": _school_year,
        "date": _date,
        "choice": _choice,
        "grade": _grade,
        "group": _group,
        "geoid": _geoid,
    }
)
