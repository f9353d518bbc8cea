"""A grade list read into students by school and grade, with withheld cells filled by difference."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from netplan.errors import Problem
from netplan.sources.columns import Columns, find_columns, require, score
from netplan.sources.layouts import NEEDED
from netplan.sources.levels import grade_name, grade_number
from netplan.sources.numbers import Reading, read_count
from netplan.sources.school_rows import MAX_SCHOOL_STUDENTS, id_keys
from netplan.sources.sheets import Row, Sheet, normal, read_sheet

ALL_GRADES = frozenset(("all_grades", "all", "total", "all_students", "no_category_codes"))
# CCD membership is long: only these rows are whole grades and whole schools (facts 6.48).
CCD_GRADE_ROWS = "subtotal_4_by_grade"
CCD_TOTAL_ROWS = "education_unit_total"
MAX_GRADE_STUDENTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeCell:
    """Students of one grade; None where withheld."""

    row: int
    students: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeList:
    """A grade list: by school id as written, its cells by grade.

    ``totals`` and ``spans`` (students, lowest and highest grade with any) are
    under every form of the id. ``year`` is the year whose rows were read, empty
    where the list has none.
    """

    file: str
    year: str
    cells: Mapping[str, Mapping[int, GradeCell]]
    totals: Mapping[str, int]
    spans: Mapping[str, tuple[int, int]]
    notes: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRow:
    """A row for enrollment.csv; ``guessed`` where the list withholds it."""

    school_id: str
    grade: str
    students: int
    guessed: bool


def read_grades(
    path: Path, *, mapping: Columns | None = None, year: str | None = None
) -> GradeList:
    """Read a grade list.

    Parameters
    ----------
    path
        The list: a row per school and grade.
    mapping
        The user's own columns.
    year
        The year to read where the list holds several; without it, or where no
        row has it, the latest.

    Raises
    ------
    InputError
        The file cannot be read or has no known columns.
    """
    sheet = read_sheet(path, score=lambda names: score("grades", names))
    columns = find_columns(sheet, "grades", mapping)
    require(sheet, "grades", columns, NEEDED["grades"])
    notes = list(sheet.notes)
    rows, chosen = _of_year(sheet, columns, year, notes)
    cells: dict[str, dict[int, GradeCell]] = {}
    totals: dict[str, int] = {}
    spans: dict[str, tuple[int, int]] = {}
    skipped: Counter[str] = Counter()
    for row in rows:
        school = row.get(columns.heading("school_id"))
        grade_text = row.get(columns.heading("grade"))
        kind = normal(row.get(columns.heading("kind")))
        if columns.layout == "ccd_membership" and kind not in (CCD_GRADE_ROWS, CCD_TOTAL_ROWS):
            continue
        reading = read_count(row.get(columns.heading("students")))
        if kind == CCD_TOTAL_ROWS or (kind != CCD_GRADE_ROWS and normal(grade_text) in ALL_GRADES):
            if reading.kind == "number" and reading.value <= MAX_SCHOOL_STUDENTS:
                totals.setdefault(school, round(reading.value))
            continue
        grade = grade_number(grade_text)
        if grade is None:
            skipped[grade_text] += 1
            continue
        _add(
            file=sheet.file,
            row=row,
            by_grade=cells.setdefault(school, {}),
            grade=grade,
            reading=reading,
            notes=notes,
        )
    for school, by_grade in cells.items():
        taught = [grade for grade, cell in by_grade.items() if cell.students != 0]
        if taught:
            spans[school] = (min(taught), max(taught))
        if school not in totals and all(cell.students is not None for cell in by_grade.values()):
            totals[school] = sum(cell.students or 0 for cell in by_grade.values())
    for text, count in skipped.items():
        message = f"{count} rows have a grade that is none of PK, K, 1 to 12; not read"
        notes.append(_note(sheet.file, "grade-unknown", None, text, message))
    return GradeList(
        file=sheet.file,
        year=chosen,
        cells=cells,
        totals={key: n for school, n in totals.items() for key in id_keys(school)},
        spans={key: span for school, span in spans.items() for key in id_keys(school)},
        notes=tuple(notes),
    )


def rows_for(
    grades: GradeList, schools: Sequence[tuple[str, tuple[str, ...], int]]
) -> tuple[list[GradeRow], list[Problem]]:
    """Give the rows of enrollment.csv for some schools.

    A withheld cell is not a number: what the school's total leaves after its
    other grades is spread evenly over its withheld grades (whole students, the
    lower grades first) and marked as a guess. One withheld grade alone is
    spread together with the school's smallest grade, so that the withheld
    number stands nowhere. A school whose total is withheld
    too, or whose grades add up to more than it, is left out whole.

    Parameters
    ----------
    schools
        Of each its id in the folder, the ids it may have in the list, and its
        enrollment.
    """
    by_key = {key: school for school in reversed(list(grades.cells)) for key in id_keys(school)}
    rows: list[GradeRow] = []
    notes: list[Problem] = []
    for school_id, keys, enrollment in schools:
        listed = next((by_key[key] for key in keys if key in by_key), None)
        if listed is None or not grades.cells[listed]:
            message = f"school {school_id} has no rows in the grade list; it has no grades"
            notes.append(_note(grades.file, "grades-missing", None, school_id, message))
            continue
        cells = grades.cells[listed]
        withheld = sorted(grade for grade, cell in cells.items() if cell.students is None)
        known = sum(cell.students or 0 for cell in cells.values())
        total = grades.totals.get(listed)
        first = min(cell.row for cell in cells.values())
        left = (total or 0) - known
        if withheld and (total is None or not 0 <= left <= MAX_GRADE_STUDENTS):
            why = "its total is withheld too" if total is None else f"its total is {total:,}"
            message = (
                f"school {school_id}: {len(withheld)} grades are withheld and {why}, the others "
                f"hold {known}; the school is left out of enrollment.csv"
            )
            notes.append(_note(grades.file, "grades-withheld", first, school_id, message))
            continue
        spread = _spread(left, withheld)
        if withheld:
            row = cells[withheld[0]].row
            named = ", ".join(grade_name(grade) for grade in withheld)
            partner = _smallest(cells) if len(withheld) == 1 else None
            if partner is not None:
                spread = _spread(left + (cells[partner].students or 0), [*withheld, partner])
            also = "" if partner is None else f" and grade {grade_name(partner)}"
            message = (
                f"school {school_id}: grades {named} are withheld; what the total leaves is "
                f"spread evenly over them{also}"
            )
            notes.append(_note(grades.file, "suppressed", row, school_id, message))
        if total is not None and total != enrollment:
            message = f"school {school_id} has {total} students here and {enrollment} in its list"
            notes.append(_note(grades.file, "totals-differ", first, school_id, message))
        for grade in sorted(cells):
            students = cells[grade].students
            rows.append(
                GradeRow(
                    school_id=school_id,
                    grade=grade_name(grade),
                    students=spread.get(grade, students or 0),
                    guessed=grade in spread,
                )
            )
    return rows, notes


def _smallest(cells: Mapping[int, GradeCell]) -> int | None:
    """Give the grade with the fewest students of those that are not withheld, if there is one."""
    known = [(cell.students, grade) for grade, cell in cells.items() if cell.students is not None]
    return min(known)[1] if known else None


def _spread(students: int, grades: Sequence[int]) -> dict[int, int]:
    """Spread students over grades: whole numbers that differ by at most one."""
    if not grades:
        return {}
    each, more = divmod(students, len(grades))
    return {grade: each + (1 if i < more else 0) for i, grade in enumerate(grades)}


def _of_year(
    sheet: Sheet, columns: Columns, year: str | None, notes: list[Problem]
) -> tuple[Sequence[Row], str]:
    """Keep the rows of one year; note when the list holds others."""
    heading = columns.heading("year")
    years = sorted({row.get(heading) for row in sheet.rows if row.get(heading)})
    if not years:
        return sheet.rows, ""
    chosen = year if year in years else years[-1]
    if len(years) > 1 or (year and year != chosen):
        message = f"the list holds the years {', '.join(years)}; {chosen} is read"
        notes.append(_note(sheet.file, "several-years", None, chosen, message))
    return [row for row in sheet.rows if row.get(heading) == chosen], chosen


def _add(
    *,
    file: str,
    row: Row,
    by_grade: dict[int, GradeCell],
    grade: int,
    reading: Reading,
    notes: list[Problem],
) -> None:
    """Add one cell to its school; a repeated grade and a cell that is no count are noted."""
    bad = reading.kind == "bad" or reading.value > MAX_GRADE_STUDENTS
    if reading.kind in ("number", "suppressed") and not bad:
        if grade in by_grade:
            message = f"grade {grade_name(grade)} of this school stands in row "
            message += f"{by_grade[grade].row} already; this row is not read"
            notes.append(_note(file, "grade-twice", row.number, "", message))
            return
        students = round(reading.value) if reading.kind == "number" else None
        by_grade[grade] = GradeCell(row=row.number, students=students)
    elif bad:
        message = "the students of this grade are no count; not read"
        notes.append(_note(file, "grade-count", row.number, "", message))


def _note(file: str, code: str, row: int | None, value: str, message: str) -> Problem:
    return Problem(
        code=code,
        file=file,
        row=row,
        value=value[:80] or None,
        message=message,
        expected="",
        fix="Correct enrollment.csv if it matters.",
        severity="note",
    )
