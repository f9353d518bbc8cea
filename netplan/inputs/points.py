"""students_points.csv: where students live, counted by area and forgotten.

Nothing of a row leaves this module but the count of its area: no problem, note or hash holds a
coordinate, and the reader's own messages, which quote cells, are replaced by fixed ones.
"""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from netplan.errors import Problem, Severity
from netplan.inputs.cells import read_cell
from netplan.inputs.columns_areas import point_fields
from netplan.inputs.fields import TableSpec
from netplan.inputs.geoids import BLOCK_GROUP_DIGITS
from netplan.inputs.reader import read_sheet

POINTS_FILE = "students_points.csv"
#: Stands in place of the file's hash: a hash of few points could be guessed back.
NOT_HASHED = "not hashed: student points"
_MOST_TOLD = 8
_LAT, _LON = point_fields("student's home")
_SPEC = TableSpec(name="students_points", description="Where students live.", fields=(_LAT, _LON))
_TWO_COLUMNS = "a header row with lat and lon, and a row for each student"
#: Code of a problem of the reader to what is said of it here.
_READER: Mapping[str, str] = MappingProxyType(
    {
        "empty-file": "the file is empty",
        "no-rows": "the file has a header and no rows",
        "missing-column": "the header lacks lat or lon",
        "wrong-delimiter": "the cells are not separated by commas",
        "wrong-encoding": "the text is not UTF-8",
        "not-csv": "this is not a table of text",
        "ragged-row": "the row has more or fewer cells than the header",
        "duplicate-column": "two columns have the same name",
        "bad-quoting": "the quotation marks in this row do not pair up",
    }
)
#: What the reader says of columns that are ignored here, and of spaces.
_UNSAID = frozenset({"extra-column", "stray-spaces"})


def read_points(
    data: bytes,
) -> tuple[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None, list[Problem]]:
    """Read the points as (lon, lat) in degrees; None when any row has an error."""
    sheet, found = read_sheet(data, _SPEC)
    problems = [_told(problem) for problem in found if problem.code not in _UNSAID]
    if sheet is None:
        return None, problems
    columns = []
    bad: dict[tuple[str, str], list[int]] = {}
    for field in (_LON, _LAT):
        values = []
        for row, text in zip(sheet.rows, sheet.cells[field.name], strict=True):
            value = read_cell(text, field) if text else ""
            number = value if isinstance(value, float) else math.nan
            if not text:
                bad.setdefault((field.name, "is empty"), []).append(row)
            elif math.isnan(number):
                bad.setdefault((field.name, "is not a number"), []).append(row)
            elif not field.inside(number):
                bad.setdefault((field.name, "is out of range"), []).append(row)
            elif number == 0:
                bad.setdefault((field.name, "is 0"), []).append(row)
            values.append(number)
        columns.append(np.array(values, dtype=np.float64))
    problems += [
        _problem(
            "bad-point",
            f"{name} {what}{_rows(rows)}",
            "degrees of the student's home",
            "Correct the rows, or delete them.",
            row=rows[0],
            column=name,
        )
        for (name, what), rows in bad.items()
    ]
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    return (columns[0], columns[1]), problems


def count_points(
    points: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]], areas: pd.DataFrame
) -> tuple[pd.DataFrame, list[Problem]]:
    """Count the points in each area.

    Returns
    -------
    students
        geoid, students, students_offline (unknown), origin; every area.
    problems
        How many points lie in no area; all of them is an error.
    """
    from netplan.geo.joins import count_in

    lon, lat = points
    counts, outside = count_in(areas["geometry"].to_numpy(), lon, lat)
    frame = pd.DataFrame(
        {
            "geoid": areas["geoid"].to_numpy(),
            "students": counts.astype(np.float64),
            "students_offline": np.full(len(areas), np.nan),
            "origin": pd.Series(["points"] * len(areas), dtype="str"),
        }
    ).astype({"geoid": "str"})
    if outside == len(lon):
        swapped = count_in(areas["geometry"].to_numpy(), lat, lon)[1] < len(lon)
        message = "every point lies outside the areas"
        return frame, [
            _problem(
                "points-outside",
                "lat and lon are swapped" if swapped else message,
                "points in the areas of areas.geojson",
                "Swap the two names in the header."
                if swapped
                else "Check that points and areas are of the same county.",
            )
        ]
    if not outside:
        return frame, []
    return frame, [
        _problem(
            "points-outside",
            f"{outside:,} of {len(lon):,} points lie outside every area and are left out",
            "",
            "Nothing to do, if these students live outside the areas.",
            severity="note",
        )
    ]


def both_counts() -> Problem:
    """Give the problem of a folder with two answers to where students live."""
    return _problem(
        "two-student-files",
        "the folder has students.csv too, and both say where students live",
        "one of the two",
        "Take one of them out.",
    )


def without_areas() -> Problem:
    """Give the problem of points without areas to count them in."""
    return _problem(
        "points-without-areas",
        "there are no areas to count the points in",
        f"areas.geojson with geoids of {BLOCK_GROUP_DIGITS} digits",
        "Add areas.geojson.",
    )


def _told(problem: Problem) -> Problem:
    """Give a problem of the reader without anything that stands in the file."""
    return _problem(
        problem.code,
        _READER.get(problem.code, "the file cannot be read as a table"),
        _TWO_COLUMNS,
        "Correct the file, and save it as CSV UTF-8 (comma delimited).",
        row=problem.row,
        severity=problem.severity,
    )


def _rows(rows: Sequence[int]) -> str:
    if len(rows) == 1:
        return ""
    told = ", ".join(f"{row}" for row in rows[:_MOST_TOLD])
    return f" in {len(rows):,} rows: {told}{', ...' if len(rows) > _MOST_TOLD else ''}"


def _problem(
    code: str,
    message: str,
    expected: str,
    fix: str,
    *,
    row: int | None = None,
    column: str | None = None,
    severity: Severity = "error",
) -> Problem:
    return Problem(
        code=code,
        file=POINTS_FILE,
        row=row,
        column=column,
        message=message,
        expected=expected,
        fix=fix,
        severity=severity,
    )
