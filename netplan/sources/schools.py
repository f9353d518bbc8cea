"""A school list read into schools for the folder, and the rows left out, each with its reason."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from netplan.errors import InputError, Problem
from netplan.geo.distance import plausible_reach_km
from netplan.sources.columns import (
    Columns,
    edge_headings,
    find_columns,
    require,
    score,
)
from netplan.sources.layouts import NEEDED
from netplan.sources.options import school_year, state_code
from netplan.sources.places import Point, center, distance_km
from netplan.sources.school_notes import (
    coordinate_notes,
    district_notes,
    ids_given,
    kept_notes,
    row_note,
)
from netplan.sources.school_rows import Draft, read_row
from netplan.sources.sheets import Sheet, read_sheet

MAX_SCHOOLS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A school for schools.csv; ``guesses`` are its guessed columns with their rules."""

    row: int
    school_id: str
    name: str
    point: Point
    level: str
    enrollment: int
    staff: float | None
    frl_share: float | None
    locale: str
    nces_id: str
    year_built: int | None
    title_i: str
    keys: tuple[str, ...]
    guesses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A row that did not become a school: why, and how to add it."""

    file: str
    row: int
    school_id: str
    name: str
    students: str
    reason: str
    how_to_add: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolList:
    """Everything a school list gave."""

    file: str
    layout: str
    rows: int
    schools: tuple[School, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[Problem, ...]
    leaid: str
    district_name: str
    state: str
    school_year: str
    year: str


def read_schools(
    path: Path,
    *,
    mapping: Columns | None = None,
    district: str | None = None,
    totals: Mapping[str, int] | None = None,
    spans: Mapping[str, tuple[int, int]] | None = None,
) -> SchoolList:
    """Read a school list.

    A row is left out, with its reason, when it is closed or not yet open, has
    no students, stands nowhere, or stands more than 100 km from the median of
    the others and has no better point. The first of two points is the
    better one (imagery-validated); the second serves where the first is missing
    or far away.

    Parameters
    ----------
    path
        The list.
    mapping
        The user's own columns, for a list of no known layout.
    district
        Keep the rows of this district: its NCES id or its name.
    totals, spans
        Students and grade span by school id from a grade list.

    Raises
    ------
    InputError
        The file cannot be read, has no known layout, or gives no school.
    """
    sheet = read_sheet(path, score=lambda names: score("schools", names), headerless=edge_headings)
    columns = find_columns(sheet, "schools", mapping)
    needed = [name for name in NEEDED["schools"] if not (name == "enrollment" and totals)]
    require(sheet, "schools", columns, needed)
    drafts = [
        read_row(sheet.file, row, columns, totals=totals or {}, spans=spans or {})
        for row in sheet.rows
    ]
    if district is not None:
        drafts = _of_district(sheet, drafts, district)
    if len(drafts) > MAX_SCHOOLS:
        raise InputError(
            [
                Problem(
                    code="too-many-schools",
                    file=sheet.file,
                    message=f"the list has {len(drafts):,} rows",
                    expected=f"one district, at most {MAX_SCHOOLS:,} schools",
                    fix="Give the district's NCES id or name with --district.",
                )
            ]
        )
    named = _name_ids(drafts)
    _drop_repeated(drafts)
    notes = [*sheet.notes, *(note for draft in drafts for note in draft.notes)]
    notes += coordinate_notes(sheet, columns, drafts)
    notes += _place(sheet, columns, drafts)
    kept = [draft for draft in drafts if not draft.reasons]
    if not kept:
        raise InputError(_nothing_left(sheet, drafts))
    notes += ids_given(sheet, [draft for draft in kept if draft.row in named])
    notes += kept_notes(sheet, columns, kept)
    leaid, others = _leaids(kept)
    notes += district_notes(sheet, columns, others, leaid)
    names = Counter(draft.district_name for draft in kept if draft.district_name)
    first = sheet.rows[0]
    return SchoolList(
        file=sheet.file,
        layout=columns.title,
        rows=len(drafts),
        schools=tuple(_school(draft) for draft in kept),
        left_out=tuple(_left_out(sheet.file, draft) for draft in drafts if draft.reasons),
        notes=tuple(notes),
        leaid=leaid,
        district_name=names.most_common(1)[0][0] if names else "",
        state=state_code(first.get(columns.heading("state"))),
        school_year=school_year(first.get(columns.heading("school_year"))),
        year=first.get(columns.heading("year")),
    )


def _of_district(sheet: Sheet, drafts: list[Draft], district: str) -> list[Draft]:
    wanted = district.strip().lower()
    kept = [
        draft
        for draft in drafts
        if wanted in (draft.district_id.lower(), draft.district_name.lower())
        or (wanted.isdigit() and draft.district_id.lstrip("0") == wanted.lstrip("0"))
    ]
    if kept:
        return kept
    there = Counter(f"{d.district_id} {d.district_name}".strip() for d in drafts).most_common(10)
    raise InputError(
        [
            Problem(
                code="no-such-district",
                file=sheet.file,
                value=district[:80],
                message="no row of the list is of this district",
                expected=f"one of {', '.join(repr(name) for name, _ in there)}",
                fix="Give one of them with --district.",
            )
        ]
    )


def _name_ids(drafts: Sequence[Draft]) -> frozenset[int]:
    """Give an id to rows that have none: their row number. Say which rows they are."""
    named = [draft for draft in drafts if draft.school_id in ("", "*")]
    for draft in named:
        draft.school_id = f"row-{draft.row}"
        draft.keys = (*draft.keys, draft.school_id)
    return frozenset(draft.row for draft in named)


def _drop_repeated(drafts: Sequence[Draft]) -> None:
    """Leave out the later of two rows with one id."""
    first: dict[str, int] = {}
    for draft in drafts:
        row = first.setdefault(draft.school_id, draft.row)
        if row != draft.row:
            draft.reasons.insert(0, f"its id is that of row {row}")


def _place(sheet: Sheet, columns: Columns, drafts: Sequence[Draft]) -> list[Problem]:
    """Choose each school's point; leave out what stands nowhere or far from all others."""
    notes: list[Problem] = []
    for draft in drafts:
        draft.point = draft.first.point or draft.second.point
        if draft.point is None:
            draft.reasons.append("it has no coordinates")
    placed = [draft for draft in drafts if not draft.reasons and draft.point is not None]
    while True:
        middle = center([draft.point for draft in placed if draft.point is not None])
        if middle is None:
            return notes
        away = {id(d): distance_km(d.point, middle) for d in placed if d.point is not None}
        reach = plausible_reach_km(list(away.values()))
        far = [draft for draft in placed if away[id(draft)] > reach]
        if not far:
            return notes
        for draft in far:
            other = draft.second.point
            distance = distance_km(draft.point or middle, middle)
            if other is not None and other != draft.point and distance_km(other, middle) <= reach:
                notes.append(
                    row_note(
                        "far-point-replaced",
                        sheet,
                        draft,
                        column=columns.heading("lat"),
                        message=f"its point {draft.point} lies {distance:.0f} km from the middle "
                        f"of the other schools; its second point {other} is used",
                        fix="Check the point on a map.",
                    )
                )
                draft.point = other
                continue
            reason = (
                f"its point {draft.point} lies {distance:.0f} km from the middle of the other "
                f"schools ({middle})"
            )
            draft.reasons.append(reason)
            notes.append(
                row_note(
                    "far-school",
                    sheet,
                    draft,
                    column=columns.heading("lat"),
                    message=f"{reason}; left out",
                    fix="Find its right place and add it.",
                )
            )
            placed.remove(draft)


def _leaids(kept: Sequence[Draft]) -> tuple[str, list[Draft]]:
    """Give the district's NCES id (most schools have it) and the rows with another."""
    ids = {
        draft.row: draft.district_id.zfill(7)
        for draft in kept
        if re.fullmatch(r"[0-9]{1,7}", draft.district_id)
    }
    if not ids:
        return "", []
    leaid = Counter(ids.values()).most_common(1)[0][0]
    return leaid, [draft for draft in kept if ids.get(draft.row, leaid) != leaid]


def _nothing_left(sheet: Sheet, drafts: Sequence[Draft]) -> list[Problem]:
    """Say of each of the first rows why it was left out."""
    return [
        Problem(
            code="no-schools",
            file=sheet.file,
            row=draft.row,
            message=f"no row of the list can be used; this one ({draft.name}): "
            + "; ".join(draft.reasons),
            expected="at least one open school with students and a place",
            fix="Check the columns (--map), or use a list with enrollment and coordinates.",
        )
        for draft in drafts[:20]
    ]


def _school(draft: Draft) -> School:
    """Turn a draft that stayed into a school."""
    if draft.point is None or draft.enrollment is None:  # pragma: no cover - kept rows have both
        raise AssertionError(draft)
    guesses = [
        ("level", draft.level.rule),
        ("staff", draft.staff_rule),
        ("enrollment", draft.enrollment_rule),
        ("school_id", "virtual" if draft.virtual else ""),
    ]
    return School(
        row=draft.row,
        school_id=draft.school_id,
        name=draft.name,
        point=draft.point,
        level=draft.level.level,
        enrollment=draft.enrollment,
        staff=draft.staff,
        frl_share=draft.frl_share,
        locale=draft.locale,
        nces_id=draft.nces_id,
        year_built=draft.year_built,
        title_i=draft.title_i,
        keys=draft.keys,
        guesses=tuple((column, rule) for column, rule in guesses if rule),
    )


def _left_out(file: str, draft: Draft) -> LeftOut:
    how = "Add a row to schools.csv with its id, name, lat, lon, level and enrollment"
    return LeftOut(
        file=file,
        row=draft.row,
        school_id=draft.school_id,
        name=draft.name,
        students=draft.enrollment_text if draft.enrollment is None else str(draft.enrollment),
        reason="; ".join(draft.reasons),
        how_to_add=how + ", an mdf node to nodes.csv and a link to it to links.csv; or correct "
        "the list and run init again.",
    )
