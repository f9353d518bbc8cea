"""The after-school half of a district folder: what stands beside its plain tables.

Polygons, ACS columns, student points, raw FCC files, access.toml and the street map. Each of them
is optional; a folder without any gives empty tables, and geopandas is then never loaded.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from netplan.errors import Problem
from netplan.inputs.access_fields import ACCESS_FILE, read_access
from netplan.inputs.acs import Acs, empty_acs, read_acs
from netplan.inputs.acs_cells import ACS_FILE
from netplan.inputs.checks_access import check_access
from netplan.inputs.checks_acs import check_columns
from netplan.inputs.checks_areas import check_areas, check_offline, check_position, split_geoids
from netplan.inputs.checks_places import middle_of
from netplan.inputs.columns_areas import AVAILABILITY, STUDENTS
from netplan.inputs.fcc import raw_files, read_raw
from netplan.inputs.files import (
    AREA_FILES,
    MAX_SHAPES_BYTES,
    MAX_TABLE_BYTES,
    MAX_TOML_BYTES,
    STREET_ENDINGS,
    ZONE_FILES,
    Folder,
    digest,
    foreign_format,
)
from netplan.inputs.model import AccessSettings
from netplan.inputs.points import (
    NOT_HASHED,
    POINTS_FILE,
    both_counts,
    count_points,
    read_points,
    without_areas,
)
from netplan.inputs.suggest import folded
from netplan.inputs.tables import Table

#: Stands in place of the hash of counts of students offline: with it a guess of them is checked.
COUNTS_NOT_HASHED = "not hashed: student counts"
MAX_STREETS_BYTES = 2_000_000_000
#: Reads one file of the folder: name and limit to its bytes; a problem is kept, a hash taken.
Reader = Callable[[str, int], bytes | None]
_SQLITE = "an SQLite or GeoPackage file"


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterSchool:
    """What was read.

    ``frames`` are tables of docs/architecture.md that are no plain table of the folder, or that
    stand in for one; ``given`` the keys that access.toml sets; ``hashes`` those of files that
    are not read through the folder's own reader, and what stands in place of others.
    """

    frames: Mapping[str, pd.DataFrame]
    access: AccessSettings
    given: frozenset[str]
    streets: Path | None
    hashes: Mapping[str, str]
    problems: tuple[Problem, ...]


def read_after_school(
    folder: Folder, tables: Mapping[str, Table], present: frozenset[str], read: Reader
) -> AfterSchool:
    """Read and check the after-school half.

    Parameters
    ----------
    tables, present
        The folder's plain tables, and which of them have a file.
    read
        How a file's bytes are got.
    """
    problems: list[Problem] = []
    hashes: dict[str, str] = {}
    schools = tables.get("schools")
    ids = frozenset(schools.frame["school_id"].dropna()) if schools is not None else None
    acs = _acs(folder, read, problems)
    area_file, areas = None, None
    frames = _empty()
    if any(name in folder.names for name in AREA_FILES):
        area_file = _one_of(folder, AREA_FILES, problems)
        found = _areas(area_file, read, _told_geoids(tables, acs), ids, problems)
        if found is not None:
            areas, frames["area_schools"] = found
    if any(name in folder.names for name in ZONE_FILES):
        wrong: list[Problem] = []
        zones = _zones(_one_of(folder, ZONE_FILES, wrong), read, ids, wrong)
        problems += _named_schools(wrong, schools)
        frames["zones"] = zones if zones is not None else frames["zones"]
    if areas is not None and area_file is not None:
        frames["areas"] = areas
        misplaced = check_position(areas, area_file, middle_of(schools) if schools else None)
        problems += misplaced or check_areas(areas, area_file, tables, acs)
    if acs is not None:
        frames |= {"acs": acs.frame, "acs_annotations": acs.annotations}
    if "students" in tables:
        problems += check_offline(tables["students"])
        if tables["students"].frame["students_offline"].notna().any():
            hashes[STUDENTS.file] = COUNTS_NOT_HASHED
    problems += check_access(tables, present)
    if POINTS_FILE in folder.names:
        hashes[POINTS_FILE] = NOT_HASHED
        summed_points = _points(folder, read, area_file, areas, problems)
        frames |= {"students": summed_points} if summed_points is not None else {}
    raw = raw_files(folder)
    if raw and "availability" not in present and areas is not None:
        summed, found_problems = read_raw(folder, raw, list(areas["geoid"]))
        problems += found_problems
        if summed is not None:
            frames["availability"] = summed
            hashes |= {name: digest(folder.root / name) for name in raw}
    access, given = AccessSettings(), frozenset[str]()
    if ACCESS_FILE in folder.names and (data := read(ACCESS_FILE, MAX_TOML_BYTES)) is not None:
        access, given, wrong = read_access(data)
        problems += wrong
    counted = "students" in present or POINTS_FILE in folder.names
    problems += _lacking_columns(areas, acs, access, counted=counted)
    if area_file is None and (acs is None or len(acs.frame) or "students" in present):
        problems.append(_no_areas(ACS_FILE if ACS_FILE in folder.names else STUDENTS.file))
    return AfterSchool(
        frames=frames,
        access=access,
        given=given,
        streets=_streets(folder, hashes, problems),
        hashes=hashes,
        problems=tuple(problems),
    )


def no_after_school() -> AfterSchool:
    """Give what a folder without any of it holds."""
    return AfterSchool(
        frames=_empty(),
        access=AccessSettings(),
        given=frozenset(),
        streets=None,
        hashes={},
        problems=(),
    )


def finished(frames: Mapping[str, pd.DataFrame], after: AfterSchool) -> dict[str, pd.DataFrame]:
    """Put the after-school tables among the folder's finished ones."""
    students = frames["students"].assign(
        origin=pd.Series(["counted"] * len(frames["students"]), dtype="str")
    )
    offers = frames["offers"].assign(
        geoids=frames["offers"]["geoids"].map(lambda cell: ";".join(split_geoids(cell)))
    )
    offers = offers.astype({"geoids": "str"})
    return {**frames, "students": students, "offers": offers, **after.frames}


def _empty() -> dict[str, pd.DataFrame]:
    def texts(*names: str) -> pd.DataFrame:
        return pd.DataFrame({name: pd.Series([], dtype="str") for name in names})

    nowhere = pd.Series([], dtype="object")
    acs = empty_acs()
    return {
        "areas": texts("geoid", "level").assign(geometry=nowhere),
        "area_schools": texts("geoid", "school_id"),
        "zones": texts("school_id").assign(geometry=nowhere),
        "acs": acs.frame,
        "acs_annotations": acs.annotations,
    }


def _one_of(folder: Folder, names: tuple[str, ...], problems: list[Problem]) -> str:
    """Give the file that is there; two of the same are a problem."""
    there = [name for name in names if name in folder.names]
    if len(there) > 1:
        problems.append(
            Problem(
                code="two-files",
                file=there[1],
                message=f"the folder has {there[0]} too",
                expected="one of the two",
                fix="Take one of them out.",
            )
        )
    return there[0]


def _shapes(name: str, read: Reader, problems: list[Problem]) -> bytes | None:
    data = read(name, MAX_SHAPES_BYTES)
    if data is None:
        return None
    what = foreign_format(data)
    packed = name.endswith(".gpkg")
    if (what is None and not packed and data.strip()) or (what == _SQLITE and packed):
        return data
    here = what or ("empty" if not data.strip() else "no GeoPackage")
    expected = "a GeoPackage" if packed else "GeoJSON, as text"
    problems.append(
        Problem(
            code="not-shapes" if data.strip() else "empty-file",
            file=name,
            message=f"this is {here} under the name of {name}"
            if data.strip()
            else "the file is empty",
            expected=expected,
            fix=f"Export the layer as {'GeoPackage' if packed else 'GeoJSON'}.",
        )
    )
    return None


def _areas(
    name: str,
    read: Reader,
    told: frozenset[str],
    schools: frozenset[str] | None,
    problems: list[Problem],
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    from netplan.inputs.areas import read_areas

    data = _shapes(name, read, problems)
    if data is None:
        return None
    areas, found = read_areas(data, name, told, schools)
    problems += found
    return (areas.frame, areas.schools) if areas is not None else None


def _zones(
    name: str, read: Reader, schools: frozenset[str] | None, problems: list[Problem]
) -> pd.DataFrame | None:
    from netplan.inputs.areas import read_zones

    data = _shapes(name, read, problems)
    if data is None:
        return None
    zones, found = read_zones(data, name, schools)
    problems += found
    if zones is not None and schools is not None:
        problems += _zoneless(name, sorted(schools - set(zones["school_id"])), len(schools))
    return zones


def _named_schools(problems: Sequence[Problem], schools: Table | None) -> list[Problem]:
    """Say the id of a school where a zone gives its name."""
    if schools is None:
        return list(problems)
    rows = schools.frame[["school_id", "name"]].dropna()
    names = rows["name"].map(folded)
    # a name that two schools have says nothing
    alone = ~names.duplicated(keep=False)
    ids = dict(zip(names[alone], rows["school_id"][alone], strict=True))
    return [
        replace(problem, fix=f"This is the name of {ids[folded(problem.value)]!r}; write that id.")
        if problem.code == "unknown-school" and problem.value and folded(problem.value) in ids
        else problem
        for problem in problems
    ]


def _zoneless(name: str, lacking: list[str], count: int) -> list[Problem]:
    if not lacking:
        return []
    named = ", ".join(lacking[:8]) + (", ..." if len(lacking) > 8 else "")
    return [
        Problem(
            code="school-without-zone",
            file=name,
            message=f"{len(lacking):,} of {count:,} schools have no zone: {named}",
            expected="",
            fix="Nothing to do, if their students come from the whole district.",
            severity="note",
        )
    ]


def _acs(folder: Folder, read: Reader, problems: list[Problem]) -> Acs | None:
    """Read acs.csv; an empty table without it, None when it cannot be read."""
    if ACS_FILE not in folder.names:
        return empty_acs()
    data = read(ACS_FILE, MAX_TABLE_BYTES)
    if data is None:
        return None
    acs, found = read_acs(data)
    problems += found
    return acs


def _lacking_columns(
    areas: pd.DataFrame | None, acs: Acs | None, access: AccessSettings, *, counted: bool
) -> list[Problem]:
    if areas is None or acs is None or not len(acs.frame):
        return []
    return check_columns(acs.frame, access.definition, counted=counted)


def _told_geoids(tables: Mapping[str, Table], acs: Acs | None) -> frozenset[str]:
    told = set(acs.frame["geoid"]) if acs is not None else set()
    for name in (STUDENTS.name, AVAILABILITY.name, "blocks"):
        if name in tables:
            told |= set(tables[name].frame["geoid"].dropna())
    return frozenset(told)


def _points(
    folder: Folder,
    read: Reader,
    area_file: str | None,
    areas: pd.DataFrame | None,
    problems: list[Problem],
) -> pd.DataFrame | None:
    if STUDENTS.file in folder.names:
        problems.append(both_counts())
        return None
    data = read(POINTS_FILE, MAX_TABLE_BYTES)
    if data is None:
        return None
    points, found = read_points(data)
    # lat and lon missing both are told alike, since no cell is quoted
    problems += dict.fromkeys(found)
    if area_file is None:
        problems.append(without_areas())
    if points is None or areas is None:
        return None
    counted, found = count_points(points, areas)
    problems += found
    return counted


def _no_areas(file: str) -> Problem:
    return Problem(
        code="no-areas",
        file=file,
        message=f"there is no {AREA_FILES[0]}, so nothing can be said of where students live",
        expected="",
        fix=f"Add {AREA_FILES[0]}.",
        severity="note",
    )


def _streets(folder: Folder, hashes: dict[str, str], problems: list[Problem]) -> Path | None:
    """Give the folder's OpenStreetMap extract."""
    names = [name for name in folder.names if name.lower().endswith(STREET_ENDINGS)]
    if not names:
        return None
    path = folder.root / names[0]
    wrong = None
    if len(names) > 1:
        wrong = ("two-files", f"the folder has {names[0]} and {names[1]}", "one street map")
    elif not (path.resolve().is_relative_to(folder.root) and path.is_file()):
        wrong = ("not-a-file", "this is no file in the folder", "a file in the folder")
    elif path.stat().st_size > MAX_STREETS_BYTES:
        told = f"at most {MAX_STREETS_BYTES / 1e9:.0f} GB"
        wrong = ("file-too-large", "the street map is too large", told)
    if wrong is not None:
        problems.append(
            Problem(
                code=wrong[0],
                file=names[0],
                message=wrong[1],
                expected=wrong[2],
                fix="Keep the extract of the district's county alone.",
            )
        )
        return None
    hashes[names[0]] = digest(path)
    return path
