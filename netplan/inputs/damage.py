"""What a spreadsheet makes of cells that it takes for dates, numbers or sums."""

import re
from dataclasses import replace

from netplan.errors import Problem
from netplan.inputs.columns import GRADES
from netplan.inputs.fields import TableSpec
from netplan.inputs.reader import Sheet

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = "|".join(_MONTHS)
#: ``12-Mar``, ``Mar-12``, ``3/12`` and ``3/12/2026``: how spreadsheets show dates.
_DAY_NAME = re.compile(rf"([0-9]{{1,2}})[- /]({_NAMED})[a-z]*", re.IGNORECASE)
_NAME_DAY = re.compile(rf"({_NAMED})[a-z]*[- /]'?([0-9]{{1,4}})", re.IGNORECASE)
_SLASHES = re.compile(r"([0-9]{1,2})/([0-9]{1,4})(?:/([0-9]{2,4}))?")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})(?:-([0-9]{1,2}))?(?:[ T][0-9:]+)?")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+[0-9]{2,3}")
_TOTAL = re.compile(
    r"(?:grand|sub|district|school|overall)?[- ]?totals?(?: (?:of|for) .{1,40})?|all schools",
    re.IGNORECASE,
)
#: Tables at whose end people add up.
_SUMMED = frozenset({"schools", "enrollment"})


def is_scientific(text: str) -> bool:
    """Say whether a long id has become a number such as ``1.3E+11``."""
    return _SCIENTIFIC.fullmatch(text) is not None


def is_date(text: str) -> bool:
    """Say whether a text is a date as a spreadsheet shows one."""
    patterns = (_DAY_NAME, _NAME_DAY, _SLASHES)
    return any(pattern.fullmatch(text) for pattern in patterns) or (
        _ISO.fullmatch(text) is not None and text.count("-") == 2
    )


def grades_of_date(text: str) -> str | None:
    """Give the grades that a date was, such as ``3-12`` for ``12-Mar``; None when it was none."""
    numbers: list[int] | None = None
    if match := _DAY_NAME.fullmatch(text):
        numbers = [int(match[1]), _month(match[2])]
    elif match := _NAME_DAY.fullmatch(text):
        numbers = [_month(match[1]), int(match[2])]
    elif match := _SLASHES.fullmatch(text):
        numbers = [int(match[1]), int(match[2])]
    elif (match := _ISO.fullmatch(text)) and match[3]:
        numbers = [int(match[2]), int(match[3])]
    if numbers is None or any(str(number) not in GRADES for number in numbers):
        return None
    return f"{min(numbers)}-{max(numbers)}" if numbers[0] != numbers[1] else None


def month_of_date(text: str) -> str | None:
    """Give the month that a date was, such as ``2031-06`` for ``Jun-31``; None when unclear."""
    month = year = 0
    if match := _NAME_DAY.fullmatch(text):
        month, year = _month(match[1]), int(match[2])
    elif match := _DAY_NAME.fullmatch(text):
        month, year = _month(match[2]), int(match[1])
    elif match := _SLASHES.fullmatch(text):
        month, year = int(match[1]), int(match[3] or match[2])
    elif match := _ISO.fullmatch(text):
        month, year = int(match[2]), int(match[1])
    year += 2000 if year < 100 else 0
    return f"{year}-{month:02d}" if 1 <= month <= 12 and 1900 <= year <= 2100 else None


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def without_totals(
    sheet: Sheet, spec: TableSpec, problems: list[Problem]
) -> tuple[Sheet, list[Problem]]:
    """Take out rows that only add up the others; each is one problem, and nothing else.

    Parameters
    ----------
    problems
        What reading found; what it says of such a row is dropped.
    """
    ids = sheet.cells.get("school_id")
    if spec.name not in _SUMMED or ids is None:
        return sheet, problems
    named = sheet.cells.get("name", sheet.cells.get("grade", ids))
    totals = [
        position
        for position, (school, name) in enumerate(zip(ids, named, strict=True))
        if _TOTAL.fullmatch(school)
        or (not school and (_TOTAL.fullmatch(name) or _last_sum(sheet, position)))
    ]
    if not totals:
        return sheet, problems
    rows = {sheet.rows[position] for position in totals}
    kept = [position for position in range(len(ids)) if position not in set(totals)]
    found = [
        Problem(
            code="total-row",
            file=spec.file,
            row=sheet.rows[position],
            column="school_id",
            value=ids[position] or named[position] or None,
            message="this looks like a total row",
            expected="a row for each school, and no row that adds them up",
            fix="Delete it.",
        )
        for position in totals
    ]
    sheet = replace(
        sheet,
        cells={name: [cells[p] for p in kept] for name, cells in sheet.cells.items()},
        rows=[sheet.rows[position] for position in kept],
        ragged=sheet.ragged - rows,
    )
    return sheet, [problem for problem in problems if problem.row not in rows] + found


def _last_sum(sheet: Sheet, position: int) -> bool:
    """Say whether a row without id and name is the last, and its count the sum of the others."""
    counts = sheet.cells.get("enrollment", sheet.cells.get("students"))
    texts = [sheet.cells.get(name) for name in ("school_id", "name", "level", "grade")]
    if counts is None or position != len(sheet.rows) - 1 or position < 2:
        return False
    if any(cells is not None and cells[position] for cells in texts):
        return False
    numbers = [cell.replace(",", "") for cell in counts]
    if not all(number.isascii() and number.isdigit() and len(number) < 9 for number in numbers):
        return False
    return int(numbers[position]) == sum(map(int, numbers[:position]))
