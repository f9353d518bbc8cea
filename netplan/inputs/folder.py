"""The district folder to validated inputs, or to every problem in it at once."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from netplan.errors import InputError, Problem
from netplan.inputs import activities as activity_rows
from netplan.inputs import devices as device_rows
from netplan.inputs.access_fields import ACCESS_FILE
from netplan.inputs.acs_cells import ACS_FILE
from netplan.inputs.after_school import (
    AfterSchool,
    finished,
    no_after_school,
    read_after_school,
)
from netplan.inputs.assemble import FROM_CATALOG, finished_tables
from netplan.inputs.assumptions import access_assumptions, collect_assumptions
from netplan.inputs.basemap import read_basemap
from netplan.inputs.catalogs import load_catalogs
from netplan.inputs.checks_access import check_access_places
from netplan.inputs.checks_areas import masked_students
from netplan.inputs.checks_money import check_money
from netplan.inputs.checks_network import check_self_links, check_ways
from netplan.inputs.checks_people import (
    check_activity_sums,
    check_bell,
    check_enrollment_sums,
    check_measured,
)
from netplan.inputs.checks_places import check_places, middle_of
from netplan.inputs.checks_references import check_nodes, check_references
from netplan.inputs.damage import without_totals
from netplan.inputs.files import (
    AREA_FILES,
    DISTRICT_FILE,
    MAX_TABLE_BYTES,
    MAX_TOML_BYTES,
    ZONE_FILES,
    Folder,
    missing_file,
    near_misses,
    open_folder,
    read_bytes,
)
from netplan.inputs.model import Inputs, MoneySettings, Planning, Settings
from netplan.inputs.points import POINTS_FILE
from netplan.inputs.reader import READING_CODES, read_sheet
from netplan.inputs.schemas import TABLES
from netplan.inputs.settings import read_settings
from netplan.inputs.tables import Table, empty_table, type_sheet

#: Files in the contract's order, in which their problems are told.
_SCHOOL_DAY = [spec.file for spec in TABLES.values()]
_FIRST_AFTER = _SCHOOL_DAY.index(TABLES["students"].file)
_FILES = (
    DISTRICT_FILE,
    *_SCHOOL_DAY[:_FIRST_AFTER],
    *AREA_FILES,
    ACS_FILE,
    POINTS_FILE,
    *ZONE_FILES,
    *_SCHOOL_DAY[_FIRST_AFTER:],
    ACCESS_FILE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What the files hold, each on its own.

    ``tables`` lacks a table whose file cannot be read; ``present`` names those
    that have a file.
    """

    settings: Settings | None
    planning: Planning
    given: frozenset[str]
    tables: Mapping[str, Table]
    present: frozenset[str]
    hashes: Mapping[str, str]
    problems: tuple[Problem, ...]
    catalogs: Mapping[str, pd.DataFrame]
    after: AfterSchool
    basemap: tuple[Path, ...] = ()
    money: MoneySettings = field(default_factory=MoneySettings)
    folder: Path | None = None


def read_folder(path: Path) -> Inputs:
    """Read and validate a district folder.

    Raises
    ------
    InputError
        With every problem of every file, in the contract's order of files.
    """
    read = _read(path)
    problems = _problems(read)
    if read.settings is None or any(problem.severity == "error" for problem in problems):
        raise InputError(problem for problem in problems if problem.severity == "error")
    return _inputs(read, read.settings, problems)


def validate_folder(path: Path) -> tuple[Problem, ...]:
    """Give every problem and note of a district folder; nothing is raised for bad data."""
    read = _read(path)
    problems = _problems(read)
    if read.settings is None or any(problem.severity == "error" for problem in problems):
        return problems
    return _inputs(read, read.settings, problems).problems


def _inputs(read: _Read, settings: Settings, problems: tuple[Problem, ...]) -> Inputs:
    frames, built_in = finished_tables(read.tables, read.present, read.catalogs)
    frames = finished(frames, read.after)
    notes = device_rows.check_covered(frames["schools"], frames["enrollment"], frames["devices"])
    home = len(frames["areas"]) > 0
    return Inputs(
        settings=settings,
        planning=read.planning,
        tables=frames,
        hashes=read.hashes,
        access=read.after.access,
        streets=read.after.streets,
        basemap=read.basemap,
        money=read.money,
        folder=read.folder,
        follows=_follows(read.tables),
        problems=_ordered([*problems, *notes]),
        assumptions=(
            *collect_assumptions(read.planning, read.given, frames, built_in),
            *(access_assumptions(read.after.access, read.after.given) if home else ()),
        ),
    )


def _read(path: Path) -> _Read:
    folder = open_folder(path)
    if isinstance(folder, Problem):
        return _Read(
            settings=None,
            planning=Planning(),
            given=frozenset(),
            tables={},
            present=frozenset(),
            hashes={},
            problems=(folder,),
            catalogs={},
            after=no_after_school(),
        )
    hashes: dict[str, str] = {}
    problems = near_misses(folder.names)
    settings, planning, given, money = None, Planning(), frozenset[str](), MoneySettings()
    data = _bytes(folder, DISTRICT_FILE, MAX_TOML_BYTES, hashes, problems, required=True)
    if data is not None:
        settings, planning, given, found, money = read_settings(data)
        problems += found
    tables: dict[str, Table] = {}
    present: set[str] = set()
    for name, spec in TABLES.items():
        if not spec.required and spec.file not in folder.names:
            tables[name] = empty_table(spec)
            continue
        present.add(name)
        data = _bytes(folder, spec.file, MAX_TABLE_BYTES, hashes, problems, required=spec.required)
        sheet = None
        if data is not None:
            sheet, found = read_sheet(data, spec)
            if sheet is not None:
                sheet, found = without_totals(sheet, spec, found)
            problems += found
        if sheet is not None:
            tables[name], found = type_sheet(sheet, spec)
            problems += masked_students(tables[name], found) if name == "students" else found
    after = read_after_school(
        folder,
        tables,
        frozenset(present),
        lambda name, limit: _bytes(folder, name, limit, hashes, problems, required=False),
    )
    basemap = read_basemap(folder, hashes, problems)
    return _Read(
        settings=settings,
        planning=planning,
        given=given,
        tables=tables,
        present=frozenset(present),
        hashes={**hashes, **after.hashes},
        problems=(*problems, *after.problems),
        catalogs=load_catalogs(),
        after=after,
        basemap=basemap,
        money=money,
        folder=folder.root,
    )


def _follows(tables: Mapping[str, Table]) -> dict[str, frozenset[str]]:
    """Give the rows whose cell is empty and takes after another column of its row."""
    return {
        f"{name}.{field.name}": frozenset(
            table.frame.loc[table.frame[field.name].isna(), table.spec.key[0]]
        )
        for name, table in tables.items()
        for field in table.spec.fields
        if field.numeric and isinstance(field.default, str)
    }


def _bytes(
    folder: Folder,
    name: str,
    limit: int,
    hashes: dict[str, str],
    problems: list[Problem],
    *,
    required: bool,
) -> bytes | None:
    if required and name not in folder.names:
        problems.append(missing_file(name, folder.names))
        return None
    data = read_bytes(folder, name, limit)
    if isinstance(data, Problem):
        problems.append(data)
        return None
    hashes[name] = hashlib.sha256(data).hexdigest()
    return data


def _problems(read: _Read) -> tuple[Problem, ...]:
    """Give every problem in order, none told twice."""
    if not read.tables:
        return read.problems
    problems = [*read.problems, *_cross_checks(read)]
    schools = read.tables.get("schools")
    middle = None
    explained: frozenset[tuple[str, int, str]] = frozenset()
    if schools is not None:
        middle = middle_of(schools)
        misplaced, told = check_places(schools)
        problems += misplaced
        explained = frozenset((schools.spec.file, row, column) for row, column in told)
    misplaced, others = check_access_places(read.tables, middle)
    problems += misplaced
    explained |= others
    if any(problem.code == "lost-zeros" for problem in problems):
        problems = [problem for problem in problems if problem.code != "schools-without-grades"]
    ragged = {(table.spec.file, row) for table in read.tables.values() for row in table.ragged}
    problems = [
        problem
        for problem in problems
        if not (
            # The cells of a ragged row stand in the wrong columns.
            ((problem.file, problem.row) in ragged and problem.code not in READING_CODES)
            or (
                problem.code == "out-of-range"
                and (problem.file, problem.row, problem.column) in explained
            )
        )
    ]
    return _ordered(problems)


def _cross_checks(read: _Read) -> list[Problem]:
    """Find what is wrong between rows and between tables."""
    tables = read.tables
    schools, nodes, links = tables.get("schools"), tables.get("nodes"), tables.get("links")
    problems = check_references(tables, _known(read))
    problems += check_nodes(tables, read.catalogs["wifi_phy"])
    if links is not None:
        problems += check_self_links(links)
    if schools is not None and nodes is not None and links is not None:
        problems += check_ways(schools, nodes, links)
    if links is not None and "measured" in tables:
        problems += check_measured(tables["measured"], links)
    if "bell" in tables:
        problems += check_bell(tables["bell"])
    problems += check_money(tables)
    if "activities" in tables:
        problems += check_activity_sums(tables["activities"])
    if schools is not None and "enrollment" in tables:
        problems += check_enrollment_sums(schools, tables["enrollment"])
        problems += _resolution_problems(read, schools)
    return problems


def _known(read: _Read) -> dict[str, Iterable[str]]:
    known: dict[str, Iterable[str]] = {}
    for name, column in (
        ("schools", "school_id"),
        ("nodes", "node_id"),
        ("links", "link_id"),
        ("apps", "app"),
        ("bell", "period"),
    ):
        if name in read.tables:
            values = set(read.tables[name].frame[column].dropna())
            if name == "apps" or name not in read.present:
                values |= set(read.catalogs[name][column]) if name in FROM_CATALOG else set()
            known[f"{name}.{column}"] = values
    return known


def _resolution_problems(read: _Read, schools: Table) -> list[Problem]:
    problems: list[Problem] = []
    enrollment = read.tables["enrollment"]
    places = _sound(schools, ["school_id", "level"])
    by_grade = _sound(enrollment, ["school_id", "grade", "students"])
    if "devices" in read.tables:
        devices = read.tables["devices"]
        problems += device_rows.check_people(schools, enrollment, devices)
        problems += device_rows.ambiguous_rows(places, by_grade, devices)
    if "activities" in read.tables and "bell" in read.tables:
        bell = read.tables["bell"].frame if "bell" in read.present else read.catalogs["bell"]
        activities = read.tables["activities"]
        problems += activity_rows.ambiguous_rows(activities, bell, places, by_grade)
    return problems


def _sound(table: Table, needed: list[str]) -> pd.DataFrame:
    """Give the rows whose needed cells are known, each key once."""
    frame = table.frame.dropna(subset=needed)
    return frame.drop_duplicates(list(table.spec.key))


def _ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort problems by the contract's order of files, then row, then column of the file."""
    files = list(_FILES)
    columns = {spec.file: spec.columns for spec in TABLES.values()}

    def place(problem: Problem) -> tuple[int, str, int, int, str, str, str]:
        order = files.index(problem.file) if problem.file in files else len(files)
        names = columns.get(problem.file, ())
        column = names.index(problem.column) if problem.column in names else len(names)
        return (
            order,
            problem.file,
            problem.row or 0,
            column,
            problem.column or "",
            problem.code,
            problem.message,
        )

    return tuple(sorted(problems, key=place))
