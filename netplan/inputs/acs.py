"""acs.csv: American Community Survey columns by their official ids, sentinels named.

Rows are counties, tracts and block groups; the file has no fixed columns beside the geoid.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from netplan.errors import Problem
from netplan.inputs.acs_cells import acs_problem, read_column
from netplan.inputs.fields import Field, TableSpec
from netplan.inputs.geoids import TRACT_DIGITS, is_prefixed, level_of, without_prefix
from netplan.inputs.reader import Sheet, read_sheet, shown

ANNOTATION_COLUMNS = ("geoid", "column", "sentinel", "meaning")
#: Names of the geoid's column, best first, compared without case.
_GEOID_NAMES = ("geoid", "geo_id", "geoid20", "geoid10", "fips")
_TABLE = r"(?:[BC][0-9]{5}[A-I]?(?:PR)?|S[0-9]{4}(?:PR)?_C[0-9]{2}|DP[0-9]{2}(?:PR)?)"
_COLUMN = re.compile(rf"({_TABLE})_([0-9]{{3,4}})([EM])", re.IGNORECASE)
#: As the Census Bureau's table-based summary files write it.
_SUMMARY_COLUMN = re.compile(rf"({_TABLE})_([EM])([0-9]{{3}})", re.IGNORECASE)
#: Annotations, percentages and labels beside the estimates: ignored without a word.
_QUIET = re.compile(
    rf"{_TABLE}_[0-9]{{3,4}}(?:EA|MA|PE|PM|PEA|PMA)|NAME|state|county|tract|block group|geography",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?:estimate|margin of error)!!|annotation of|geography|^id$", re.IGNORECASE)
_MOST_TOLD = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Acs:
    """acs.csv as numbers.

    Parameters
    ----------
    frame
        geoid, level, then the ACS columns in the file's order; sorted by geoid.
    rows
        Row of each geoid's record as a spreadsheet numbers it.
    annotations
        geoid, column, sentinel (NaN where a word stood for no value), meaning.
    """

    frame: pd.DataFrame
    rows: Mapping[str, int]
    annotations: pd.DataFrame


def empty_acs() -> Acs:
    """Give the table of a folder without acs.csv."""
    return Acs(
        frame=pd.DataFrame({"geoid": _texts([]), "level": _texts([])}),
        rows={},
        annotations=_annotations([]),
    )


def read_acs(data: bytes) -> tuple[Acs | None, list[Problem]]:
    """Read acs.csv; None when nothing can be made of it."""
    header = _header(data)
    geoid = next((n for known in _GEOID_NAMES for n in header if n.lower() == known), "geoid")
    official = {name: _official(name) for name in header}
    columns = {name: known for name, known in official.items() if known is not None}
    others = [
        n
        for n in header
        if n != geoid and n not in columns and (_QUIET.fullmatch(n) or n.lower() in _GEOID_NAMES)
    ]
    spec = _spec(geoid, [*columns, *others])
    sheet, found = read_sheet(data, spec)
    problems = _one_note_of_extras(found)
    if sheet is None:
        return None, problems
    problems += _names(geoid, columns)
    if not columns:
        problems.append(
            acs_problem(
                "no-acs-columns",
                "no column has the id of an ACS variable",
                "columns such as B28002_001E and B28002_001M",
                "Name the columns by their official ids.",
            )
        )
        return None, problems
    sheet, labels = _without_labels(sheet, geoid)
    geoids, kept, told = _geoids(sheet, geoid)
    return _table(sheet, columns, geoids, kept, [*problems, *labels, *told])


def _table(
    sheet: Sheet,
    columns: Mapping[str, str],
    geoids: Sequence[str],
    kept: Sequence[int],
    problems: list[Problem],
) -> tuple[Acs, list[Problem]]:
    data: dict[str, npt.NDArray[np.float64]] = {}
    marks: list[tuple[str, str, float, str]] = []
    rows = [sheet.rows[position] for position in kept]
    for name, known in columns.items():
        cells = [sheet.cells[name][position] for position in kept]
        values, found, marked = read_column(name, known, cells, rows)
        data[known] = values
        problems += found
        marks += [(geoids[i], known, sentinel, meaning) for i, sentinel, meaning in marked]
    frame = pd.DataFrame(
        {"geoid": _texts(geoids), "level": _texts([level_of(one) or "" for one in geoids]), **data}
    )
    return Acs(
        frame=frame.sort_values("geoid", kind="stable", ignore_index=True),
        rows=dict(zip(geoids, rows, strict=True)),
        annotations=_annotations(sorted(marks, key=lambda mark: mark[:2])),
    ), problems


def _annotations(marks: Sequence[tuple[str, str, float, str]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "geoid": _texts([mark[0] for mark in marks]),
            "column": _texts([mark[1] for mark in marks]),
            "sentinel": np.array([mark[2] for mark in marks], dtype=np.float64),
            "meaning": _texts([mark[3] for mark in marks]),
        }
    )


def _texts(values: Sequence[str]) -> "pd.Series[str]":
    return pd.Series(list(values), dtype="str")


def _header(data: bytes) -> list[str]:
    """Give the names in the first line that holds any."""
    text = data[:1_000_000].removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace")
    try:
        for record in csv.reader(io.StringIO(text, newline="")):
            if any(cell.strip() for cell in record):
                return [cell.strip() for cell in record]
    except csv.Error:
        pass
    return []


def _official(name: str) -> str | None:
    """Give the official id of a column, such as ``B28002_001E``; None when it is none."""
    match = _COLUMN.fullmatch(name)
    if match is not None:
        return f"{match[1]}_{match[2]}{match[3]}".upper()
    match = _SUMMARY_COLUMN.fullmatch(name)
    return f"{match[1]}_{match[3]}{match[2]}".upper() if match is not None else None


def _spec(geoid: str, names: Sequence[str]) -> TableSpec:
    return TableSpec(
        name="acs",
        description="ACS columns by area.",
        fields=(
            Field(name=geoid, kind="text", required=True, key=True, description="Area."),
            *(Field(name=name, kind="text", description="ACS.") for name in dict.fromkeys(names)),
        ),
    )


def _one_note_of_extras(problems: Sequence[Problem]) -> list[Problem]:
    extras = [problem for problem in problems if problem.code == "extra-column"]
    if len(extras) < 2:
        return list(problems)
    names = ", ".join(str(problem.column) for problem in extras[:_MOST_TOLD])
    more = ", ..." if len(extras) > _MOST_TOLD else ""
    one = replace(
        extras[0],
        column=None,
        message=f"{len(extras):,} columns are no ACS variables and are ignored: {names}{more}",
        fix="Nothing to do, or name them by their official ids.",
    )
    return [one, *(problem for problem in problems if problem.code != "extra-column")]


def _names(geoid: str, columns: Mapping[str, str]) -> list[Problem]:
    problems = []
    if geoid != "geoid":
        problems.append(
            acs_problem(
                "geoid-column",
                f"the column {shown(geoid)} is read as geoid",
                "",
                "Nothing to do.",
                row=1,
                column=geoid,
                severity="note",
            )
        )
    seen: dict[str, str] = {}
    for name, known in columns.items():
        if known in seen:
            problems.append(
                acs_problem(
                    "duplicate-column",
                    f"the columns {shown(seen[known])} and {shown(name)} are both {known}",
                    "each variable once",
                    "Delete one of them.",
                    row=1,
                    column=name,
                )
            )
        seen.setdefault(known, name)
    other = [name for name, known in columns.items() if name != known]
    if other:
        problems.append(
            acs_problem(
                "acs-column-name",
                f"{shown(other[0])} is read as {columns[other[0]]}"
                + (f", and {len(other) - 1:,} more columns so" if len(other) > 1 else ""),
                "",
                "Nothing to do.",
                row=1,
                column=other[0],
                severity="note",
            )
        )
    return problems


def _without_labels(sheet: Sheet, geoid: str) -> tuple[Sheet, list[Problem]]:
    """Take out the second header row that data.census.gov writes."""
    first = [cells[0] for cells in sheet.cells.values()]
    named = sheet.cells[geoid][0]
    if not (_LABEL.search(named) or sum(bool(_LABEL.search(cell)) for cell in first) >= 1):
        return sheet, []
    if any(character.isdigit() for character in without_prefix(named)):
        return sheet, []
    note = acs_problem(
        "label-row",
        "the row holds the columns' labels and is skipped",
        "",
        "Nothing to do.",
        row=sheet.rows[0],
        severity="note",
    )
    cells = {name: values[1:] for name, values in sheet.cells.items()}
    return replace(sheet, cells=cells, rows=sheet.rows[1:]), [note]


def _geoids(sheet: Sheet, name: str) -> tuple[list[str], list[int], list[Problem]]:
    """Give the geoid of each usable row, the rows' positions, and what is wrong with the rest."""
    wrong: dict[str, list[int]] = {}
    geoids: list[str] = []
    kept: list[int] = []
    first: dict[str, int] = {}
    prefixed = 0
    for position, text in enumerate(sheet.cells[name]):
        digits = without_prefix(text)
        fault = _geoid_fault(text, digits)
        if fault is None and digits in first:
            fault = "duplicate-key"
        if fault is not None:
            wrong.setdefault(fault, []).append(position)
            continue
        prefixed += is_prefixed(text)
        first[digits] = position
        geoids.append(digits)
        kept.append(position)
    problems = []
    for code, positions in wrong.items():
        message, expected, fix = _GEOID_FAULTS[code]
        problems.append(
            acs_problem(
                code,
                message + _rows(sheet, positions),
                expected,
                fix,
                row=sheet.rows[positions[0]],
                column=name,
                value=shown(sheet.cells[name][positions[0]]),
                severity="note" if code == "larger-area" else "error",
            )
        )
    if prefixed:
        problems.append(
            acs_problem(
                "prefixed-geoid",
                f"the part up to US is taken off {prefixed:,} geoids",
                "",
                "Nothing to do.",
                column=name,
                severity="note",
            )
        )
    return geoids, kept, problems


#: Fault of a geoid: what is wrong, what is expected, what to do.
_GEOID_FAULTS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "larger-area": (
            "the row is of the nation, a state or another large area and is ignored",
            "",
            "Nothing to do.",
        ),
        "lost-zeros": (
            "the geoid lost its leading zero",
            "5 digits of a county, 11 of a tract, 12 of a block group",
            "Format the column as text and write the geoids again with their zeros.",
        ),
        "scientific-notation": (
            "a spreadsheet turned the geoid into a number in scientific notation",
            "the geoid as text",
            "Download the table again and open it with the column as text.",
        ),
        "duplicate-key": (
            "the geoid stands in an earlier row already",
            "each geoid once",
            "Keep one row, of one year's survey.",
        ),
        "bad-geoid": (
            "this is no geoid of a county, tract or block group",
            "5, 11 or 12 digits",
            "Look it up and write it as text.",
        ),
    }
)


def _geoid_fault(text: str, digits: str) -> str | None:
    if re.fullmatch(r"[0-9]{2}|[0-9]{3}[0-9A-Za-z]{4,6}US[0-9]{0,2}", text):
        return "larger-area"
    if re.fullmatch(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,2}", text):
        return "scientific-notation"
    if not (digits.isascii() and digits.isdigit()):
        return "bad-geoid"
    if level_of(digits) is not None:
        return None
    lost = len(digits) in (4, TRACT_DIGITS - 1) and digits[0] in "1245689"
    return "lost-zeros" if lost else "bad-geoid"


def _rows(sheet: Sheet, positions: Sequence[int]) -> str:
    if len(positions) == 1:
        return ""
    told = ", ".join(f"{sheet.rows[position]}" for position in positions[:_MOST_TOLD])
    return f" ({len(positions):,} rows: {told}{', ...' if len(positions) > _MOST_TOLD else ''})"
