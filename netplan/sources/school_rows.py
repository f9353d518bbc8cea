"""One row of a school list read into what netplan needs, with everything odd about it noted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from netplan.errors import Problem
from netplan.sources.columns import Columns
from netplan.sources.levels import (
    CCD_LEVELS,
    Level,
    grade_number,
    level_of_name,
    level_of_span,
    read_span,
)
from netplan.sources.numbers import read_count, read_number
from netplan.sources.places import Point, PointCell, read_point
from netplan.sources.rules import STAFF_PER_TEACHER, STUDENTS_PER_STAFF
from netplan.sources.sheets import Row, normal

MAX_SCHOOL_STUDENTS = 20_000
MAX_STAFF = 5_000

# NCES writes the school's operational status in words or as these codes.
NOT_OPERATING = {
    "2": "closed",
    "6": "inactive",
    "7": "future",
    "closed": "closed",
    "inactive": "inactive",
    "future": "future",
}
# What a spreadsheet makes of an id of 12 digits.
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+[0-9]{2,3}")
VIRTUAL = re.compile(
    r"\b(virtual|online|on-line|cyber|digital academy|distance learning|e-?learning|remote|"
    r"homebound|home (&|and) hospital|home[- ](assignments?|school(ed|ing)?)|jail|detention|"
    r"correction(s|al)?)\b",
    re.IGNORECASE,
)


@dataclass(slots=True, kw_only=True)
class Draft:
    """A school on its way in: what its row says, before rows are compared with each other."""

    row: int
    school_id: str
    nces_id: str
    name: str
    district_id: str
    district_name: str
    first: PointCell
    second: PointCell
    level: Level
    enrollment: int | None
    enrollment_text: str
    staff: float | None
    staff_rule: str
    frl_share: float | None
    locale: str
    year_built: int | None
    title_i: str
    keys: tuple[str, ...]
    virtual: bool
    charter: bool
    reasons: list[str] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    enrollment_rule: str = ""
    point: Point | None = None


def id_keys(*ids: str) -> tuple[str, ...]:
    """Give the forms under which an id may stand in another list: as is, without leading zeros."""
    forms = [form for one in ids if one for form in (one, one.lstrip("0") or "0")]
    return tuple(dict.fromkeys(forms))


def read_row(
    file: str,
    row: Row,
    columns: Columns,
    *,
    totals: Mapping[str, int],
    spans: Mapping[str, tuple[int, int]],
) -> Draft:
    """Read one row.

    Parameters
    ----------
    file
        The list's name, for notes.
    totals, spans
        Students and grade span by school id from a grade list, for lists that
        have no enrollment or no grades.
    """

    def cell(name: str) -> str:
        return row.get(columns.heading(name))

    nces_id = _nces_id(cell("nces_id"))
    school_id = "" if _SCIENTIFIC.fullmatch(cell("school_id")) else cell("school_id")
    school_id = school_id or nces_id
    name = cell("name") or school_id
    keys = id_keys(school_id, nces_id)
    notes: list[Problem] = []

    def note(code: str, column: str, value: str, message: str, fix: str) -> None:
        notes.append(
            Problem(
                code=code,
                file=file,
                row=row.number,
                column=columns.heading(column) or column,
                value=value[:80],
                message=f"{name}: {message}",
                expected="",
                fix=fix,
                severity="note",
            )
        )

    for column in ("school_id", "nces_id"):
        if _SCIENTIFIC.fullmatch(cell(column)):
            note(
                "id-damaged",
                column,
                cell(column),
                "a spreadsheet turned the id into a number in scientific notation; it is not used",
                "Import the id column as text and run init again.",
            )

    reasons: list[str] = []
    status = NOT_OPERATING.get(normal(cell("status")))
    if status:
        reasons.append(f"its status is {status}")

    total = next((totals[key] for key in keys if key in totals), None)
    enrollment, enrollment_rule, reason = _enrollment(cell("enrollment"), total)
    if reason:
        reasons.append(reason)

    staff, staff_rule = _staff(cell("staff"), cell("teachers"), enrollment)
    frl_share, frl_message = _frl(
        enrollment, cell("frl_share"), cell("free"), cell("reduced"), cell("direct")
    )
    if frl_message:
        note("frl-share", "free", cell("free"), frl_message, "Put the share in schools.csv.")

    first = read_point(cell("lat"), cell("lon"))
    second = read_point(cell("other_lat"), cell("other_lon"))
    for point_cell, column in ((first, "lat"), (second, "other_lat")):
        if point_cell.swapped:
            note(
                "coordinates-swapped",
                column,
                cell(column),
                "latitude and longitude stood in each other's columns; read the other way round",
                "Check the point on a map.",
            )
        elif point_cell.bad:
            note(
                "coordinates-bad",
                column,
                point_cell.bad,
                "these cells are no latitude and longitude",
                "Put degrees in.",
            )

    built = read_number(cell("year_built"))
    title_i = normal(cell("title_i"))
    return Draft(
        row=row.number,
        school_id=school_id,
        nces_id=nces_id,
        name=name,
        district_id=cell("district_id") or (nces_id[:7] if len(nces_id) == 12 else ""),
        district_name=cell("district_name"),
        first=first,
        second=second,
        level=_level(columns, row, name, keys, spans),
        enrollment=enrollment,
        enrollment_text=cell("enrollment"),
        staff=staff,
        staff_rule=staff_rule,
        frl_share=frl_share,
        locale=cell("locale") if re.search(r"\w", cell("locale")) else "",
        year_built=int(built.value) if 1800 <= built.value <= 2100 else None,
        title_i={"yes": "true", "true": "true", "1": "true", "no": "false", "false": "false"}.get(
            title_i, ""
        ),
        keys=keys,
        virtual=bool(VIRTUAL.search(name)) or "full_virtual" in normal(cell("virtual")),
        charter=normal(cell("charter")) in ("yes", "true", "1", "y", "charter"),
        reasons=reasons,
        notes=notes,
        enrollment_rule=enrollment_rule,
    )


def _nces_id(text: str) -> str:
    """Give an NCES school id its 12 digits back where a spreadsheet took the leading zero."""
    if _SCIENTIFIC.fullmatch(text):
        return ""
    digits = text.removesuffix(".0")
    if digits.isdigit() and len(digits) == 11:
        return digits.zfill(12)
    return digits if re.search(r"\w", digits) else ""


def _enrollment(text: str, total: int | None) -> tuple[int | None, str, str]:
    """Give students, the rule that guessed them, and the reason there are none."""
    reading = read_count(text)
    if reading.kind == "missing" and total is not None:
        return (total, "enrollment-from-grades", "") if total else (0, "", "it has 0 students")
    if reading.kind == "missing":
        return None, "", "it has no enrollment in the list"
    if reading.kind == "suppressed":
        return None, "", f"its enrollment is withheld ({text[:20]})"
    if reading.kind == "bad":
        return None, "", f"its enrollment is no count ({text[:20]})"
    if reading.value > MAX_SCHOOL_STUDENTS:
        return None, "", f"its enrollment of {reading.value:,.0f} is more than any school's"
    students = round(reading.value)
    return students, "", "" if students else "it has 0 students"


def _staff(staff: str, teachers: str, students: int | None) -> tuple[float | None, str]:
    """Give staff: as listed, else from teachers, else from students."""
    listed, taught = read_count(staff), read_count(teachers)
    if listed.kind == "number" and listed.value <= MAX_STAFF:
        return listed.value, ""
    if taught.kind == "number" and 0 < taught.value * STAFF_PER_TEACHER <= MAX_STAFF:
        return float(round(taught.value * STAFF_PER_TEACHER)), "staff-from-teachers"
    if students:
        return float(max(1, round(students / STUDENTS_PER_STAFF))), "staff-from-students"
    return None, ""


def _frl(
    students: int | None, share: str, free: str, reduced: str, direct: str
) -> tuple[float | None, str]:
    """Give the share of free or reduced lunch (else directly certified), or why there is none."""
    listed = read_number(share.removesuffix("%"))
    if listed.kind == "number":
        value = listed.value / 100 if share.endswith("%") else listed.value
        if 0 <= value <= 1:
            return value, ""
        return None, f"a share of {share[:20]} is outside 0 to 1; left unknown"
    counts = [read_count(free), read_count(reduced)]
    known = [count.value for count in counts if count.kind == "number"]
    what = "free and reduced lunch"
    if not known:
        known = [count.value for count in [read_count(direct)] if count.kind == "number"]
        what = "direct certification"
    if not known or not students:
        return None, ""
    value = sum(known) / students
    if value > 1:
        return None, f"{what} counts {sum(known):g} of {students} students; left unknown"
    return round(value, 4), ""


def _level(
    columns: Columns,
    row: Row,
    name: str,
    keys: tuple[str, ...],
    spans: Mapping[str, tuple[int, int]],
) -> Level:
    """Give the level: the user's words, the grades, the list's level, grades taught, the name."""
    word = row.get(columns.heading("level"))
    translated = columns.words.get("level", {}).get(word.lower())
    if translated:
        return Level(level=translated)
    low = grade_number(row.get(columns.heading("low_grade")))
    high = grade_number(row.get(columns.heading("high_grade")))
    if low is not None and high is not None:
        return level_of_span(low, high)
    span = read_span(row.get(columns.heading("grade_span")))
    if span is None and normal(word) in CCD_LEVELS:
        return Level(level=CCD_LEVELS[normal(word)])
    span = span or read_span(word) or next((spans[key] for key in keys if key in spans), None)
    return level_of_span(*span) if span else level_of_name(name)
