"""Survey tables by census area: one or several wide lists joined into acs.csv."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from netplan.errors import InputError, Problem
from netplan.sources.areas import AreaList
from netplan.sources.census_columns import acs_cell, known_headings, variables_of
from netplan.sources.geoids import LEVELS, id_heading, read_geoid
from netplan.sources.lan import TableRow
from netplan.sources.numbers import read_number, show
from netplan.sources.outcome import LeftRow, Outcome, counted, failure, note
from netplan.sources.shapes import read_features
from netplan.sources.sheets import Row, Sheet, normal, read_sheet

#: More areas than this share without a row means that the table is of another census.
MISSING_AREAS_SHARE = 0.05
HOUSEHOLDS, NO_INTERNET = "B28002_001E", "B28002_013E"
_SHAPES = (".geojson", ".json", ".gpkg")


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """One list read: geoid to cells by variable, geoid to the percentage without internet."""

    file: str
    read: int
    cells: Mapping[str, Mapping[str, str]]
    percent: Mapping[str, str]
    rows: Mapping[str, int]
    left_out: tuple[LeftRow, ...]
    notes: tuple[Problem, ...]


def read_census(paths: Sequence[Path], *, areas: AreaList, state: str) -> Outcome:
    """Join lists of ACS variables by census id into the rows of acs.csv.

    Columns with official ids are kept as they are; KNOWN_COLUMNS are renamed; a percentage of
    households without internet becomes a count without a margin where no list has the count.
    Rows of the areas are kept, and rows of their tracts and counties, which are benchmarks.

    Parameters
    ----------
    paths
        CSV lists, or files of shapes whose properties are columns; the first list that has a
        column and a place has the say.
    areas
        The folder's areas.
    state
        Postal code of the district's state; empty where it is not known.

    Raises
    ------
    InputError
        A list without ids or ACS columns, two rows of one id that differ, a list of another
        census than the areas, or no list that covers them.
    """
    lists = [_read_list(path, areas, state) for path in paths]
    notes = [told for one in lists for told in one.notes]
    joined: dict[str, dict[str, str]] = {}
    disagree: Counter[tuple[str, str]] = Counter()
    for one in lists:
        for geoid, cells in one.cells.items():
            place = joined.setdefault(geoid, {})
            for variable, cell in cells.items():
                if place.setdefault(variable, cell) != cell and cell:
                    if place[variable]:
                        disagree[one.file, variable] += 1
                    else:
                        place[variable] = cell
    notes += [
        note(
            "columns-disagree", file,
            f"an earlier list has another {variable} and is used, for {counted(count, 'place')}",
            "Give the list to be believed first, or take the column out of the other.",
            column=variable,
        )
        for (file, variable), count in disagree.items()
    ]  # fmt: skip
    file = ", ".join(dict.fromkeys(one.file for one in lists))
    _check_census(file, areas, joined, 0)
    notes += _missing_notes(file, areas, joined)
    derived, told = _from_percent(lists, joined)
    notes += told
    used = {variable for cells in joined.values() for variable, cell in cells.items() if cell}
    columns = sorted(used | ({NO_INTERNET} if derived else set()))
    rows = tuple(
        TableRow(
            key=geoid,
            cells={
                "geoid": geoid,
                **{name: derived.get(geoid, joined[geoid].get(name, "")) if name == NO_INTERNET
                   else joined[geoid].get(name, "") for name in columns},
            },
            guesses=((NO_INTERNET, "no-internet-percent"),) if geoid in derived else (),
        )
        for geoid in sorted(joined)
    )  # fmt: skip
    return Outcome(
        file=file,
        layout=f"{counted(len(columns), 'ACS column')} for {counted(len(rows), 'place')}",
        read=sum(one.read for one in lists),
        rows=rows,
        left_out=tuple(row for one in lists for row in one.left_out),
        notes=tuple(notes),
    )


def _read_list(path: Path, areas: AreaList, state: str) -> _List:
    sheet = _sheet(path)
    heading = id_heading(sheet.headings)
    variables, percent, told = variables_of(sheet)
    if heading is None or not (variables or percent):
        raise failure(
            "unknown-layout", sheet.file,
            "no heading holds " + ("census ids" if heading is None else "an ACS variable")
            + f"; the headings are {', '.join(map(repr, sheet.headings[:60]))}",
            "a heading GEOID, and headings such as B28002_013E and B28002_013M",
            "Download the table from data.census.gov or its API with the official ids.", row=1,
        )  # fmt: skip
    body, year_notes = _latest(sheet)
    own, counties = areas.geoids, areas.counties
    finest = max(map(len, own))
    cells: dict[str, dict[str, str]] = {}
    rows: dict[str, int] = {}
    percents: dict[str, str] = {}
    left: list[LeftRow] = []
    elsewhere: Counter[str] = Counter()
    mended = unknown = 0
    problems: list[Problem] = []
    for row in body:
        text = row.get(heading)
        found = read_geoid(text, state=state)
        if found.reason:
            if row.number == body[0].number and not any(sign.isdigit() for sign in text[:2]):
                told.append(
                    note("label-row", sheet.file, "the row under the header holds labels; skipped",
                         "Nothing to do.", row=row.number)
                )  # fmt: skip
                continue
            left.append(_left(sheet.file, row, text, found.reason))
            continue
        geoid = found.geoid
        if geoid[:5] not in counties:
            elsewhere[geoid[:5]] += 1
            continue
        if found.level == areas.level and geoid not in own:
            unknown += 1
            left.append(_left(sheet.file, row, geoid, f"its {found.level} is not in {areas.file}"))
            continue
        if len(geoid) > finest:
            left.append(_left(sheet.file, row, geoid, f"a {found.level} inside a {areas.level}"))
            continue
        mended += found.mended
        here = {name: acs_cell(row.get(by), official) for name, by, official in variables}
        if geoid in cells and cells[geoid] != here:
            problems += failure(
                "duplicate-geoid", sheet.file,
                f"row {rows[geoid]} has other numbers for this place", "one row for each place",
                "Take one out.", row=row.number, value=geoid,
            ).problems  # fmt: skip
        cells.setdefault(geoid, here)
        rows.setdefault(geoid, row.number)
        if percent:
            percents.setdefault(geoid, row.get(percent))
    if problems:
        raise InputError(problems[:100])
    if unknown or own & cells.keys():
        _check_census(sheet.file, areas, cells, unknown)
    left += [
        _left(sheet.file, None, county, f"{counted(count, 'row')} of a county without areas")
        for county, count in sorted(elsewhere.items())
    ]
    if mended:
        told.append(
            note("zeros-put-back", sheet.file, "the zero of the state was put back where it was "
                 f"lost: {counted(mended, 'id')}", "Nothing to do.", column=heading)
        )  # fmt: skip
    return _List(
        file=sheet.file, read=len(sheet.rows), cells=cells, percent=percents, rows=rows,
        left_out=tuple(left), notes=(*sheet.notes, *year_notes, *told),
    )  # fmt: skip


def _sheet(path: Path) -> Sheet:
    """Read a list, or the properties of a file of shapes, as rows."""
    if path.suffix.lower() in _SHAPES:
        features = read_features(path)
        headings = dict.fromkeys(key for feature in features for key in feature.properties)
        return Sheet(
            file=path.name,
            headings=tuple(headings),
            rows=tuple(Row(number=one.number, cells=one.properties) for one in features),
        )

    return read_sheet(path, score=known_headings)


def _latest(sheet: Sheet) -> tuple[tuple[Row, ...], list[Problem]]:
    """Give the rows of the latest year, where a list holds several."""
    heading = next((one for one in sheet.headings if normal(one) == "year"), None)
    years = {row.get(heading) for row in sheet.rows} - {""}
    if heading is None or len(years) < 2:
        return sheet.rows, []
    year = max(years)
    told = note(
        "years", sheet.file, f"the list holds the years {', '.join(sorted(years))}; {year} is used",
        "Cut the list down to another year if that is meant.", column=heading,
    )  # fmt: skip
    return tuple(row for row in sheet.rows if row.get(heading) == year), [told]


def _check_census(file: str, areas: AreaList, cells: Mapping[str, object], unknown: int) -> None:
    """Refuse rows that are of other areas: of another census, level or place.

    A list of coarser places alone (benchmarks) is fine beside one of the areas, so this is asked
    of a list only when it has rows of the areas' level, and of all lists together.
    """
    wanted = areas.geoids
    own = wanted & cells.keys()
    missing = len(wanted) - len(own)
    if missing <= MISSING_AREAS_SHARE * len(wanted):
        return
    levels = sorted({LEVELS[len(geoid)] for geoid in cells})
    if unknown:
        message = (
            f"these are {areas.level}s of another census: {missing:,} of {len(wanted):,} "
            f"areas of {areas.file} have no row, and {unknown:,} rows have no area"
        )
        fix = "Give both of one census: surveys of 2020 and later have 2020 ids, older ones 2010."
    elif levels and not own:
        message = f"the rows are of {' and '.join(levels)} level, the areas are {areas.level}s"
        fix = "Give areas and tables of one level; coarser rows may stand beside them."
    else:
        message = f"{missing:,} of {len(wanted):,} areas of {areas.file} have no row"
        fix = "Give the table for every area of the district's counties."
    raise failure("other-census", file, message, f"a row for each area of {areas.file}", fix)


def _missing_notes(file: str, areas: AreaList, cells: Mapping[str, object]) -> list[Problem]:
    missing = sorted(areas.geoids - cells.keys())
    if not missing:
        return []
    return [
        note("areas-without-row", file, f"no row for {counted(len(missing), 'area')}: "
             + ", ".join(missing[:50]), "They get a predicted rate.")
    ]  # fmt: skip


def _from_percent(
    lists: Sequence[_List], joined: Mapping[str, Mapping[str, str]]
) -> tuple[dict[str, str], list[Problem]]:
    """Give households without internet from their percentage, where no list counts them."""
    source = next((one for one in lists if one.percent), None)
    if source is None:
        return {}, []
    if any(cells.get(NO_INTERNET) for cells in joined.values()):
        told = note("percent-not-used", source.file, "the percentage without internet is not used: "
                    "another list counts these households", "Nothing to do.",
                    column="NoIntP")  # fmt: skip
        return {}, [told]
    derived: dict[str, str] = {}
    without: list[str] = []
    for geoid, text in source.percent.items():
        percent = read_number(text)
        households = read_number(joined[geoid].get(HOUSEHOLDS, ""))
        good = percent.kind == "number" and 0 <= percent.value <= 100
        if good and households.kind == "number" and households.value >= 0:
            derived[geoid] = show(round(percent.value / 100 * households.value, 3))
        else:
            without.append(
                f"{geoid} (no households)" if households.value == 0 else f"{geoid} ({text or '-'})"
            )
    notes = []
    if derived:
        notes.append(
            note(
                "percent-without-margin", source.file,
                f"{NO_INTERNET} is NoIntP / 100 x {HOUSEHOLDS} for "
                f"{counted(len(derived), 'place')}. The percentage has no margin of error, so the "
                "column has none: every error that is given for it is assumed",
                "Download B28002 with margins (B28002_013M) and give it with --acs.",
                column="NoIntP",
            )
        )  # fmt: skip
    if without:
        notes.append(
            note(
                "percent-missing", source.file,
                "places without a usable percentage or without households: "
                + ", ".join(without[:50]), "Nothing to do where nobody lives.", column="NoIntP",
            )
        )  # fmt: skip
    return derived, notes


def _left(file: str, row: Row | None, geoid: str, reason: str) -> LeftRow:
    return LeftRow(
        file=file, row=row.number if row else 0, id=geoid[:80], name="", reason=reason,
        how_to_add="Give areas and tables of the same census and county, and run init again.",
    )  # fmt: skip
