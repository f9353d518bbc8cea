"""Geoids of tables against the areas: lost zeros, another level, another census, another place."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from netplan.errors import Problem
from netplan.inputs.acs import Acs
from netplan.inputs.acs_cells import ACS_FILE
from netplan.inputs.checks_places import Middle
from netplan.inputs.columns import EVERY
from netplan.inputs.damage import is_scientific
from netplan.inputs.geoids import COUNTY_DIGITS, PLURALS, TRACT_DIGITS, level_of
from netplan.inputs.tables import Table

#: From so many areas without a row on, other geoids of the same counties mean another census.
MISSING_SHARE = 0.05
_MOST_TOLD = 8
_MOST_NAMED = 4
_BETWEEN = re.compile(r"[,|/\s]+")
_EVERYWHERE = frozenset({"all", "any", "every", "everywhere", "county", "district", "countywide"})
#: Columns of offers.csv in which a second geoid lands when commas separate them.
_AFTER_GEOIDS = frozenset({"min_down_mbps"})
_AS_TEXT = "Format the column as text and write them again with their zeros."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """The geoids that one file names, with the row of each.

    ``strict``: a row of no area is an error, since what it counts would be lost. ``every``: each
    area should have a row.
    """

    file: str
    geoids: Sequence[str]
    rows: Sequence[int]
    strict: bool
    every: str


def check_areas(
    areas: pd.DataFrame, file: str, tables: Mapping[str, Table], acs: Acs | None
) -> list[Problem]:
    """Find geoids of students, availability, blocks, offers and acs.csv that are no area's.

    Parameters
    ----------
    areas
        Sound areas: geoid, level.
    file
        Their file's name.
    """
    known = frozenset(areas["geoid"])
    problems: list[Problem] = []
    for name, strict, every in (
        ("students", True, "their students count as unknown"),
        ("availability", False, "nothing is known of what is on offer there"),
        ("blocks", False, "their people are spread over their land"),
    ):
        if name in tables and len(tables[name].frame):
            problems += _check(_of_table(tables[name], strict=strict, every=every), known, file)
    if acs is not None and acs.rows:
        level = level_of(next(iter(known)))
        told = list(acs.frame["geoid"])
        own = [geoid for geoid in told if level_of(geoid) == level]
        finer = [geoid for geoid in told if level_of(geoid) != "county"]
        geoids = own or finer or told
        use = _Use(
            file=ACS_FILE,
            geoids=geoids,
            rows=[acs.rows[geoid] for geoid in geoids],
            strict=False,
            every="their rate is predicted",
        )
        problems += _check(use, known, file)
    if "offers" in tables:
        problems += _check_offers(tables["offers"], known, file)
    return problems


def masked_students(students: Table, problems: Sequence[Problem]) -> list[Problem]:
    """Take cells that the district masks (``*``, ``<10``) for unknown, with one note a column.

    The note counts them and says neither where they are nor what stands there: that an area's
    count is masked tells that it is small.
    """
    kept = [problem for problem in problems if problem.code != "suppressed-value"]
    for name in ("students", "students_offline"):
        masked = [p for p in problems if p.code == "suppressed-value" and p.column == name]
        if masked:
            kept.append(
                replace(
                    masked[0],
                    code="masked-count",
                    row=None,
                    value=None,
                    message=f"{len(masked):,} {'cell is' if len(masked) == 1 else 'cells are'} "
                    f"masked, as small counts are, and count as unknown",
                    expected="",
                    fix=f"Nothing to do, or give the number: {students.spec.file} stays with you.",
                    severity="note",
                )
            )
    return kept


def check_offline(students: Table) -> list[Problem]:
    """Find areas with more students offline than students."""
    frame = students.frame
    above = frame["students_offline"] > frame["students"]
    return [
        students.problem(
            int(position),
            "students_offline",
            code="more-than-all",
            message=f"more than the {frame['students'].iloc[position]:,.0f} students there",
            expected="at most students",
            fix="Correct one of the two.",
        )
        for position in np.flatnonzero(above.to_numpy())
    ]


def check_position(areas: pd.DataFrame, file: str, middle: Middle | None) -> list[Problem]:
    """Find areas that lie far from the schools, or have longitude and latitude swapped."""
    bounds = np.asarray(areas["geometry"].bounds, dtype=np.float64)
    lon = float(np.median((bounds[:, 0] + bounds[:, 2]) / 2))
    lat = float(np.median((bounds[:, 1] + bounds[:, 3]) / 2))
    if middle is None or middle.fits(lat, lon):
        return []
    swapped = abs(lon) <= 90 and middle.fits(lon, lat)
    where = f"the middle area lies at ({lat:.4f}, {lon:.4f})"
    if swapped:
        return [
            Problem(
                code="swapped-axes",
                file=file,
                message=f"longitude and latitude are swapped: {where}, and would fit the schools "
                f"at ({lon:.4f}, {lat:.4f})",
                expected="[lon, lat]: longitude first",
                fix="Export the layer again as GeoJSON in WGS 84 (EPSG:4326).",
            )
        ]
    return [
        Problem(
            code="far-from-district",
            file=file,
            message=f"{where}, {middle.km(lat, lon):,.0f} km from the median school",
            expected=f"at most {middle.reach_km:.0f} km",
            fix="Take the areas of the district's county, in the layer's own CRS.",
        )
    ]


def _of_table(table: Table, *, strict: bool, every: str) -> _Use:
    told = table.frame["geoid"].notna()
    positions = np.flatnonzero(told.to_numpy())
    return _Use(
        file=table.spec.file,
        geoids=[str(value) for value in table.frame["geoid"][told]],
        rows=[table.row(int(position)) for position in positions],
        strict=strict,
        every=every,
    )


def _check(use: _Use, known: frozenset[str], file: str) -> list[Problem]:
    """Say what the geoids are that are no area's, and which areas have no row."""
    missing = sorted(known - set(use.geoids))
    counties = {geoid[:COUNTY_DIGITS] for geoid in known}
    tracts = {geoid[:TRACT_DIGITS] for geoid in known}
    digits = len(next(iter(known)))
    strange: dict[str, list[int]] = {}
    for position, geoid in enumerate(use.geoids):
        if geoid in known:
            continue
        if "0" + geoid in known:
            kind = "lost-zeros"
        elif len(geoid) != digits:
            related = geoid[:TRACT_DIGITS] in (tracts if len(geoid) < digits else known)
            kind = "other-level" if related else "bad-length"
        elif geoid[:COUNTY_DIGITS] in counties:
            kind = "same-county"
        else:
            kind = "other-county"
        strange.setdefault(kind, []).append(position)
    problems = []
    none = len(missing) == len(known)
    for kind, positions in strange.items():
        told = _kind(kind, use, positions, file, missing, known, none=none)
        if told is not None:
            problems.append(told)
    if any(problem.severity == "error" for problem in problems):
        return problems
    if missing:
        problems.append(_missing(use, missing, known))
    return problems


def _kind(
    kind: str,
    use: _Use,
    positions: Sequence[int],
    file: str,
    missing: Sequence[str],
    known: frozenset[str],
    *,
    none: bool,
) -> Problem | None:
    first = use.geoids[positions[0]]
    here = PLURALS[level_of(next(iter(known))) or "block_group"]
    rows = _rows([use.rows[position] for position in positions])
    code, expected, error = "unknown-area", f"geoids of {file}", True
    if kind == "lost-zeros":
        code = "lost-zeros"
        message = f"the geoids lost their leading zeros: {first} is 0{first} in {file}{rows}"
        fix = "Format the column as text and write the geoids again with their zeros."
    elif kind in ("other-level", "bad-length"):
        code = "other-level"
        what = PLURALS.get(level_of(first) or "", "something else")
        message = f"the areas of {file} are {here}, and these rows are of {what}{rows}"
        fix = f"Give the table by {here[:-1]}, or take areas of the table's level."
    elif kind == "same-county" and len(missing) > MISSING_SHARE * len(known):
        code = "another-census"
        message = (
            f"these are {here} of another census: {len(positions):,} of its {here} in the same "
            f"county are not in {file}{rows}, and {len(missing):,} of {len(known):,} areas have "
            "no row"
        )
        expected = f"{here} of the same census as {file} (2010 and 2020 differ)"
        fix = "Take the table and the areas of the same census: surveys from 2020 on use 2020's."
    else:
        where = "in no area" if kind == "same-county" else "in other counties"
        message = f"{len(positions):,} {'rows are' if len(positions) > 1 else 'row is'} {where}"
        message += f"{rows}"
        error = use.strict or none
        fix = "Delete them, or add their areas." if error else "Nothing to do; they are ignored."
        expected = expected if error else ""
    return Problem(
        code=code,
        file=use.file,
        row=use.rows[positions[0]],
        column="geoid",
        value=first,
        message=message,
        expected=expected,
        fix=fix,
        severity="error" if error else "note",
    )


def _missing(use: _Use, missing: Sequence[str], known: frozenset[str]) -> Problem:
    named = ", ".join(missing[:_MOST_NAMED]) + (", ..." if len(missing) > _MOST_NAMED else "")
    return Problem(
        code="areas-without-row",
        file=use.file,
        column="geoid",
        message=f"{len(missing):,} of {len(known):,} areas have no row here ({named}); {use.every}",
        expected="",
        fix="Nothing to do, or add their rows.",
        severity="note",
    )


def _rows(rows: Sequence[int]) -> str:
    if len(rows) == 1:
        return ""
    told = ", ".join(f"{row}" for row in rows[:_MOST_TOLD])
    return f" ({len(rows):,} rows: {told}{', ...' if len(rows) > _MOST_TOLD else ''})"


def split_geoids(text: str) -> list[str]:
    """Give the geoids of an offer's cell."""
    return [part.strip() for part in text.split(";") if part.strip()]


def _check_offers(offers: Table, known: frozenset[str], file: str) -> list[Problem]:
    problems = _split_rows(offers)
    for position, cell in enumerate(offers.frame["geoids"]):
        if not isinstance(cell, str) or offers.row(position) in offers.ragged:
            continue
        parts = split_geoids(cell)
        strange = [part for part in parts if part not in known and part != EVERY]
        if EVERY in parts and len(parts) > 1:
            strange.append(EVERY)
        if strange:
            code, message, fix = _strange(strange, known, file)
            problems.append(
                offers.problem(
                    position,
                    "geoids",
                    code=code,
                    message=message,
                    expected="`*` alone, or geoids with ; between them",
                    fix=fix,
                )
            )
    return problems


def _strange(strange: Sequence[str], known: frozenset[str], file: str) -> tuple[str, str, str]:
    """Say what is wrong with geoids of an offer that are no area's: code, message, fix."""
    lost = [part for part in strange if "0" + part in known]
    if lost:
        return (
            "lost-zeros",
            f"the geoids lost their leading zeros: {lost[0]} is 0{lost[0]} in {file}",
            _AS_TEXT,
        )
    first = strange[0]
    pieces = [piece for piece in _BETWEEN.split(first) if piece]
    if len(pieces) > 1 and all(piece.isascii() and piece.isdigit() for piece in pieces):
        return (
            "wrong-separator",
            "the geoids are not separated by ;",
            f"Put ; between them, such as {pieces[0][:20]};{pieces[1][:20]}.",
        )
    if is_scientific(first):
        return (
            "scientific-notation",
            "a spreadsheet turned the geoids into a number and lost their digits",
            _AS_TEXT.replace("with their zeros", "from where they came"),
        )
    if first.lower() in _EVERYWHERE:
        return "unknown-area", f"{first} is no geoid", f"Write {EVERY} for all areas."
    named = ", ".join(part[:20] for part in strange[:_MOST_NAMED])
    more = ", ..." if len(strange) > _MOST_NAMED else ""
    return (
        "unknown-area",
        f"no area of {file} has the geoid {named}{more}",
        "Correct them, or take them out.",
    )


def _split_rows(offers: Table) -> list[Problem]:
    """Find rows that commas between geoids have broken into too many cells."""
    geoids = offers.text.get("geoids", ())
    broken = [
        offers.row(position)
        for position, cell in enumerate(geoids)
        if offers.row(position) in offers.ragged
        and level_of(cell) is not None
        and any(
            level_of(cells[position]) is not None and cells[position].isdigit()
            for name, cells in offers.text.items()
            if name in _AFTER_GEOIDS
        )
    ]
    if not broken:
        return []
    return [
        Problem(
            code="wrong-separator",
            file=offers.spec.file,
            column="geoids",
            message="commas stand between the geoids and break the row into more cells: "
            + f"row{'s' if len(broken) > 1 else ''} "
            + ", ".join(f"{row}" for row in broken[:_MOST_TOLD])
            + (", ..." if len(broken) > _MOST_TOLD else ""),
            expected="`*` alone, or geoids with ; between them",
            fix="Put ; between the geoids of one cell.",
        )
    ]
