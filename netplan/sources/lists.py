"""``netplan init``: from lists of schools, circuits and places to a complete district folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from netplan.errors import Problem
from netplan.inputs.schemas import TABLES, column_names
from netplan.sources.after_school import AfterSchool, AfterSchoolLists, read_after_school
from netplan.sources.circuits import CircuitList, read_circuits
from netplan.sources.columns import Columns, read_mapping
from netplan.sources.folder_writer import csv_text, refuse_taken, toml_text, write_folder
from netplan.sources.grades import GradeList, read_grades, rows_for
from netplan.sources.init_readme import readme
from netplan.sources.lacking import Lacking
from netplan.sources.lan import Tables, build_tables, guesses_of
from netplan.sources.layouts import List
from netplan.sources.options import check_internet, checked_school_year, checked_state
from netplan.sources.outcome import LeftRow
from netplan.sources.rules import CLASS_SIZE, RULE, Guess
from netplan.sources.schools import LeftOut, SchoolList, read_schools
from netplan.sources.wan import Wan, assign

NO_LIMIT_NOTE = Problem(
    code="no-limit-known",
    file="nodes.csv",
    column="throughput_mbps",
    message="nobody stated what firewall and filter carry; their throughput is left empty, which "
    "is no limit",
    expected="",
    fix="Put in what they carry with inspection on, down and up together.",
    severity="note",
)
GUESS_COLUMNS = ("file", "key", "column", "value", "rule", "source", "rule_name", "order")
LEFT_OUT_COLUMNS = ("file", "row", "school_id", "name", "students", "reason", "how_to_add")
LEFT_ROW_COLUMNS = ("file", "row", "id", "name", "reason", "how_to_add")


@dataclass(frozen=True, slots=True, kw_only=True)
class InitResult:
    """What `netplan init` wrote.

    Parameters
    ----------
    folder
        The district folder.
    counts
        How much of what was read and written.
    guesses
        Every cell that a rule filled.
    problems
        Everything in the lists that someone has to look at; all are notes.
    left_out
        The rows of the school list that are not in schools.csv.
    aside
        Where the folder that stood there was moved, with ``overwrite``.
    left_out_after_school
        The rows of the after-school lists that are in no table.
    lacking
        What home access would be better with.
    """

    folder: Path
    counts: Mapping[str, float]
    guesses: tuple[Guess, ...]
    problems: tuple[Problem, ...]
    left_out: tuple[LeftOut, ...]
    aside: Path | None = None
    left_out_after_school: tuple[LeftRow, ...] = ()
    lacking: tuple[Lacking, ...] = ()

    def __post_init__(self) -> None:
        """Shut the mapping against change."""
        object.__setattr__(self, "counts", MappingProxyType(dict(self.counts)))


def init_folder(
    folder: Path,
    *,
    schools: Path,
    circuits: Path | None = None,
    mapping: Path | None = None,
    name: str | None = None,
    state: str | None = None,
    school_year: str | None = None,
    enrollment_by_grade: Path | None = None,
    internet_mbps: float | None = None,
    district: str | None = None,
    overwrite: bool = False,
    areas: Path | None = None,
    acs: Sequence[Path] = (),
    zones: Path | None = None,
    libraries: Path | None = None,
    parks: Path | None = None,
    stops: Path | None = None,
    buses: int | None = None,
    transit: bool = False,
) -> InitResult:
    """Write a complete district folder from lists, every guess marked as one.

    Parameters
    ----------
    folder
        The folder to make: new or empty.
    schools
        School list: NCES, HIFLD, a state's, or any with headings that say what
        they are.
    circuits
        Circuit list: bandwidth x count.
    mapping
        TOML file that says which heading holds what, for lists of no known
        layout.
    name, state, school_year
        For district.toml; by default what the school list says.
    enrollment_by_grade
        List of students by school and grade.
    internet_mbps
        Purchased internet bandwidth; goes over the circuit list.
    district
        Keep the rows of this district (NCES id or name) of a larger list.
    overwrite
        Put a folder that is there aside instead of refusing.
    areas
        Block groups or tracts with their polygons, GeoJSON or GeoPackage.
    acs
        Tables of the American Community Survey by area; need ``areas``.
    zones
        Attendance zones, each naming its school.
    libraries
        Public libraries, which become partners.
    parks, stops
        Parks and transit stops, which become places where a Wi-Fi bus may stand.
    buses
        How many buses have Wi-Fi.
    transit
        Students ride to the libraries for free.

    Raises
    ------
    InputError
        A list that cannot be used, or a folder that has something in it; then
        nothing is written.
    """
    refuse_taken(folder, overwrite=overwrite)
    check_internet(internet_mbps)
    given = AfterSchoolLists(
        areas=areas,
        acs=tuple(acs),
        zones=zones,
        libraries=libraries,
        parks=parks,
        stops=stops,
        buses=buses,
        transit=transit,
    )
    given.check()
    state = checked_state(state) if state else None
    school_year = checked_school_year(school_year) if school_year else None
    maps: Mapping[List, Columns] = read_mapping(mapping) if mapping else {}
    listed, grades = _people(schools, enrollment_by_grade, maps, district)
    lines = (
        read_circuits(circuits, mapping=maps.get("circuits"), leaid=listed.leaid or None)
        if circuits
        else None
    )
    wan = assign(listed.schools, lines, internet_mbps=internet_mbps)
    grade_rows, grade_notes = (
        rows_for(grades, [(s.school_id, s.keys, s.enrollment) for s in listed.schools])
        if grades
        else ([], [])
    )
    after = read_after_school(given, schools=listed.schools, maps=maps, state=state or listed.state)
    notes = (
        *listed.notes,
        *(grades.notes if grades else ()),
        *grade_notes,
        *(lines.notes if lines else ()),
        *wan.notes,
        NO_LIMIT_NOTE,
        *after.notes,
    )
    tables = {**build_tables(listed.schools, wan, grade_rows), **after.tables}
    guesses = guesses_of(tables)
    counts = {**_counts(listed, lines, tables, guesses, wan), **after.counts}
    title = " ".join((name or "").split()) or listed.district_name or folder.absolute().name
    files = {
        "district.toml": _district_toml(
            title, state or listed.state, listed.leaid, school_year or listed.school_year
        ),
        **{f"{table}.csv": _table_text(table, tables) for table in tables},
        **after.files,
        "guesses.csv": csv_text(GUESS_COLUMNS, [_guess_cells(guess) for guess in guesses]),
        "left-out.csv": csv_text(LEFT_OUT_COLUMNS, [_left_cells(one) for one in listed.left_out]),
        **_left_rows(after),
        "README.md": readme(
            name=title,
            sources={**_sources(listed, lines, grades), **after.sources},
            counts=counts,
            guesses=guesses,
            notes=notes,
            left_out=listed.left_out,
            left_out_after_school=after.left_out,
            lacking=after.lacking,
        ),
    }
    aside = write_folder(folder, files, overwrite=overwrite)
    return InitResult(
        folder=folder,
        counts=counts,
        guesses=guesses,
        problems=notes,
        left_out=listed.left_out,
        aside=aside,
        left_out_after_school=after.left_out,
        lacking=after.lacking,
    )


def _people(
    schools: Path,
    enrollment_by_grade: Path | None,
    maps: Mapping[List, Columns],
    district: str | None,
) -> tuple[SchoolList, GradeList | None]:
    """Read the school list and the grade list, the latter of the school list's year."""

    def read(grades: GradeList | None) -> SchoolList:
        return read_schools(
            schools,
            mapping=maps.get("schools"),
            district=district,
            totals=grades.totals if grades else None,
            spans=grades.spans if grades else None,
        )

    if enrollment_by_grade is None:
        return read(None), None
    grades = read_grades(enrollment_by_grade, mapping=maps.get("grades"))
    listed = read(grades)
    if listed.year and grades.year and listed.year != grades.year:
        grades = read_grades(enrollment_by_grade, mapping=maps.get("grades"), year=listed.year)
        listed = read(grades)
    return listed, grades


def _counts(
    listed: SchoolList,
    lines: CircuitList | None,
    tables: Tables,
    guesses: Sequence[Guess],
    wan: Wan,
) -> dict[str, float]:
    """Count what was read and written."""
    counts: dict[str, float] = {
        "school rows read": listed.rows,
        "schools": len(listed.schools),
        "students": sum(school.enrollment for school in listed.schools),
        "school rows left out": len(listed.left_out),
        "students in rows left out": sum(
            int(one.students) for one in listed.left_out if one.students.isdigit()
        ),
    }
    if lines is not None:
        counts["circuit rows read"] = lines.rows
        used = [line for line in lines.lines if line.row in wan.rows]
        counts["circuit rows used"] = len(used)
        counts["circuits"] = sum(line.lines for line in used)
    counts["internet Mbps"] = wan.internet.mbps * wan.internet.count
    for table in ("nodes", "links", "enrollment"):
        if table in tables:
            counts[f"{table}.csv rows"] = len(tables[table])
    counts["guessed cells"] = len(guesses)
    return counts


def _sources(
    listed: SchoolList, lines: CircuitList | None, grades: GradeList | None
) -> dict[str, str]:
    sources = {f"schools from {listed.file}": listed.layout}
    if lines is not None:
        sources[f"circuits from {lines.file}"] = lines.layout
    if grades is not None:
        sources[f"grades from {grades.file}"] = grades.year or "its only year"
    return sources


def _district_toml(name: str, state: str, leaid: str, school_year: str) -> str:
    facts = {"name": name, "state": state, "nces_leaid": leaid, "school_year": school_year}
    lines = ["[district]"]
    lines += [f"{key} = {toml_text(value)}" for key, value in facts.items() if value]
    lines += ["", "[planning]", f"class_size = {CLASS_SIZE}", ""]
    return "\n".join(lines)


def _table_text(table: str, tables: Tables) -> str:
    """Give a table as CSV: the contract's columns, those of init's own, and the guess marks."""
    rows = tables[table]
    extra = dict.fromkeys(column for row in rows for column in row.cells)
    known = column_names(table) if table in TABLES else ()
    columns = dict.fromkeys((*known, *extra, "guess"))
    return csv_text(tuple(columns), [{**row.cells, "guess": row.marks()} for row in rows])


def _guess_cells(guess: Guess) -> dict[str, str]:
    rule = RULE[guess.rule]
    return {
        "file": guess.file,
        "key": guess.key,
        "column": guess.column,
        "value": guess.value,
        "rule": rule.text,
        "source": rule.source,
        "rule_name": rule.name,
        "order": str(rule.order),
    }


def _left_cells(left: LeftOut) -> dict[str, str]:
    return {
        "file": left.file,
        "row": str(left.row),
        "school_id": left.school_id,
        "name": left.name,
        "students": left.students,
        "reason": left.reason,
        "how_to_add": left.how_to_add,
    }


def _left_rows(after: AfterSchool) -> dict[str, str]:
    """Give left-out-after-school.csv, where a row of those lists was left out."""
    if not after.left_out:
        return {}
    rows = [
        {
            "file": left.file,
            "row": str(left.row) if left.row else "",
            "id": left.id,
            "name": left.name,
            "reason": left.reason,
            "how_to_add": left.how_to_add,
        }
        for left in after.left_out
    ]
    return {"left-out-after-school.csv": csv_text(LEFT_ROW_COLUMNS, rows)}
