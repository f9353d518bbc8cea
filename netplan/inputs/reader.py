"""Bytes of a .csv file to a sheet of text cells, with every problem named by row and column."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from netplan.errors import Problem
from netplan.inputs.fields import TableSpec
from netplan.inputs.files import foreign_format
from netplan.inputs.suggest import closest, folded
from netplan.inputs.synonyms import OWN_COLUMNS, synonym

MAX_COLUMNS = 1_000
MAX_CELL_CHARACTERS = 32_767
#: Problems of a cell as text, true even where the cell stands in the wrong column.
READING_CODES = frozenset(
    {"ragged-row", "wrong-encoding", "nul-byte", "cell-too-long", "stray-spaces"}
)
_SURROGATE = re.compile("[\udc80-\udcff]")
_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table as text.

    Parameters
    ----------
    file
        File name.
    cells
        Column name to its cells, stripped of spaces around them; columns of
        the file only.
    rows
        Row of each record as a spreadsheet numbers it: the header is row 1.
    ragged
        Rows whose number of cells is not the header's.
    """

    file: str
    cells: Mapping[str, Sequence[str]]
    rows: Sequence[int]
    ragged: frozenset[int] = frozenset()


def shown(text: str) -> str:
    """Give a cell's value as a problem shows it: printable, at most 80 characters."""
    clean = _readable(text)
    return clean if len(clean) <= 80 else clean[:79] + "…"


def read_sheet(data: bytes, spec: TableSpec) -> tuple[Sheet | None, list[Problem]]:
    """Read a table's bytes; the sheet is None when nothing can be made of them."""
    refusal = _refuse(data, spec)
    if refusal is not None:
        return None, [refusal]
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="surrogateescape")
    records: list[list[str]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), strict=True):
            records.append(record)
    except csv.Error as error:
        return None, [_broken(spec, len(records) + 1, str(error))]
    if not any(any(cell.strip() for cell in record) for record in records):
        return None, [_empty(spec)]
    wrong = _wrong_delimiter(text, spec)
    if wrong is not None:
        return None, [wrong]
    suspect = "\0" in text or _SURROGATE.search(text) is not None
    return _sheet(records, spec, suspect=suspect)


def _refuse(data: bytes, spec: TableSpec) -> Problem | None:
    if not data.strip(b" \t\r\n\xef\xbb\xbf"):
        return _empty(spec)
    what = foreign_format(data)
    if what is not None:
        return Problem(
            code="not-csv",
            file=spec.file,
            message=f"this is {what} under the name of a .csv file",
            expected="comma-separated text in UTF-8",
            fix="Open it in a spreadsheet and use Save As, CSV UTF-8 (comma delimited).",
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:2_000].count(b"\0") > 100:
        return Problem(
            code="wrong-encoding",
            file=spec.file,
            row=1,
            column=spec.columns[0],
            message="the text is in UTF-16, not UTF-8",
            expected="UTF-8",
            fix="Save it as CSV UTF-8 (comma delimited), not as Unicode text.",
        )
    return None


def _empty(spec: TableSpec) -> Problem:
    return Problem(
        code="empty-file",
        file=spec.file,
        message="the file is empty",
        expected="a header row with " + ", ".join(_required(spec)) + " and a row for each thing",
        fix="Fill it in." if spec.required else "Fill it in, or delete the file.",
    )


def _required(spec: TableSpec) -> list[str]:
    return [field.name for field in spec.fields if field.required]


def _broken(spec: TableSpec, row: int, reason: str) -> Problem:
    if "field larger" in reason:
        return Problem(
            code="cell-too-long",
            file=spec.file,
            row=row,
            message="a cell is longer than a spreadsheet can hold; perhaps a quote never closes",
            expected=f"at most {MAX_CELL_CHARACTERS:,} characters",
            fix="Look for a quotation mark without its partner in this row.",
        )
    return Problem(
        code="bad-quoting",
        file=spec.file,
        row=row,
        message=f"the quotation marks in this row do not pair up ({reason})",
        expected='text in one pair of ", and "" for a quotation mark inside it',
        fix="Open the file in a spreadsheet, look at this row, and save as CSV again.",
    )


def _wrong_delimiter(text: str, spec: TableSpec) -> Problem | None:
    lines = text.split("\n", 2)
    first = lines[0].rstrip("\r")
    declared = re.fullmatch(r"\"?sep=(.)\"?", first.strip())
    known = {folded(name) for name in spec.columns}

    def count(delimiter: str) -> int:
        return sum(folded(name) in known for name in first.split(delimiter))

    best = max(_DELIMITERS, key=count)
    if declared is None and count(best) <= count(","):
        return None
    if declared is not None:
        found = f"a first line {first.strip()!r}"
    else:
        found = f"{_DELIMITERS[best]} between the cells"
    return Problem(
        code="wrong-delimiter",
        file=spec.file,
        row=1,
        value=shown(first),
        message=f"the file has {found}",
        expected="commas between the cells, and the column names in the first line",
        fix="Save it with commas: in a spreadsheet, Save As, CSV UTF-8 (comma delimited).",
    )


def _sheet(
    records: list[list[str]], spec: TableSpec, *, suspect: bool
) -> tuple[Sheet | None, list[Problem]]:
    first = next(index for index, record in enumerate(records) if any(map(str.strip, record)))
    header = [name.strip() for name in records[first]]
    body = [
        (number, record)
        for number, record in enumerate(records[first + 1 :], start=first + 2)
        if any(map(str.strip, record))
    ]
    encoding = [
        _cell(spec.file, first + 1, name, name, _ENCODING)
        for name in header
        if suspect and _SURROGATE.search(name)
    ]
    header, problems = _header(list(map(_readable, header)), spec, first + 1, body)
    problems = encoding + problems
    if any(p.severity == "error" and p.code != "wrong-encoding" for p in problems):
        return None, problems
    if not body:
        return None, [
            *problems,
            replace(
                _empty(spec),
                code="no-rows",
                message="the file has a header and no rows",
                expected="a row for each thing",
            ),
        ]
    ragged, ragged_problems = _ragged(header, body, spec)
    width = len(header)
    columns = list(
        zip(
            *(
                record if len(record) == width else (record + [""] * width)[:width]
                for _, record in body
            ),
            strict=True,
        )
    )
    rows = [number for number, _ in body]
    cells: dict[str, Sequence[str]] = {}
    for name, column in zip(header, columns, strict=True):
        if not name:
            continue
        stripped = list(map(str.strip, column))
        problems += _stray_spaces(spec.file, name, column, stripped, rows)
        problems += _cell_problems(spec.file, name, stripped, rows, suspect)
        cells[name] = list(map(_readable, stripped)) if suspect else stripped
    sheet = Sheet(file=spec.file, cells=cells, rows=rows, ragged=ragged)
    return sheet, problems + ragged_problems


def _header(
    header: list[str], spec: TableSpec, row: int, body: list[tuple[int, list[str]]]
) -> tuple[list[str], list[Problem]]:
    while header and not header[-1] and all(len(r) < len(header) or not r[-1] for _, r in body):
        header = header[:-1]
        body[:] = [(number, record[: len(header)]) for number, record in body]
    problems = []
    if len(header) > MAX_COLUMNS:
        return header, [
            Problem(
                code="too-many-columns",
                file=spec.file,
                row=row,
                message=f"the header has {len(header):,} columns",
                expected=f"at most {MAX_COLUMNS:,}",
                fix="Delete the columns that are not needed.",
            )
        ]
    for position, name in enumerate(header):
        if name and name in header[:position]:
            problems.append(
                Problem(
                    code="duplicate-column",
                    file=spec.file,
                    row=row,
                    column=shown(name),
                    message=f"two columns have this name, the {header.index(name) + 1}th and "
                    f"the {position + 1}th",
                    expected="each name once",
                    fix="Rename or delete one of them.",
                )
            )
    extras = [name for name in header if name not in spec.columns and name not in OWN_COLUMNS]
    missing, meant = _missing_columns(header, extras, spec, row)
    problems += missing
    unknown = [name for name in spec.columns if name not in header]
    for name in dict.fromkeys(extras):
        if name not in meant:
            near = next((known for known in unknown if synonym(spec.name, known, [name])), None)
            near = closest(name, unknown, cutoff=0.8) or near
            problems.append(_extra_column(name, near, spec, row))
    return header, problems


def _missing_columns(
    header: list[str], extras: list[str], spec: TableSpec, row: int
) -> tuple[list[Problem], frozenset[str]]:
    """Give the required columns that are missing, and the extra ones that are probably meant."""
    problems = []
    meant: set[str] = set()
    for name in _required(spec):
        if name not in header:
            free = [extra for extra in extras if extra and extra not in meant]
            near = synonym(spec.name, name, free) or (closest(name, free) if free else None)
            if near is not None:
                meant.add(near)
            problems.append(
                Problem(
                    code="missing-column",
                    file=spec.file,
                    row=row,
                    column=name,
                    message="this column is required and is not in the header",
                    expected="a column named " + name,
                    fix=f"Rename {shown(near)!r} to {name!r}?" if near else "Add the column.",
                )
            )
    return problems, frozenset(meant)


def _extra_column(name: str, near: str | None, spec: TableSpec, row: int) -> Problem:
    if not name:
        message, fix = "a column has no name; it is ignored", "Name it or delete it."
    else:
        message, fix = "netplan has no such column; it is kept and ignored", "Nothing to do."
    if near is not None:
        fix = f"Did you mean {near!r}? Then rename it, or its cells count as empty."
    return Problem(
        code="extra-column",
        file=spec.file,
        row=row,
        column=shown(name) or None,
        message=message,
        expected="",
        fix=fix,
        severity="note",
    )


def _ragged(
    header: list[str], body: list[tuple[int, list[str]]], spec: TableSpec
) -> tuple[frozenset[int], list[Problem]]:
    width = len(header)
    problems = []
    for number, record in body:
        if len(record) == width or (
            len(record) > width and not any(map(str.strip, record[width:]))
        ):
            continue
        more = len(record) > width
        problems.append(
            Problem(
                code="ragged-row",
                file=spec.file,
                row=number,
                value=shown(",".join(record)),
                message=f"the row has {_cells_and_commas(len(record))}",
                expected=f"{_cells_and_commas(width)}, as the header has",
                fix='Put text that holds a comma into "quotation marks".'
                if more
                else f"Add the missing cells, empty ones too: "
                f"{_plural(width - len(record), 'comma')} more.",
            )
        )
    return frozenset(p.row for p in problems if p.row is not None), problems


def _cells_and_commas(cells: int) -> str:
    return f"{_plural(cells, 'cell')} ({_plural(cells - 1, 'comma')})"


def _plural(amount: int, noun: str) -> str:
    return f"{amount:,} {noun}{'' if amount == 1 else 's'}"


def _stray_spaces(
    file: str, name: str, raw: Sequence[str], stripped: Sequence[str], rows: Sequence[int]
) -> list[Problem]:
    padded = [row for row, a, b in zip(rows, raw, stripped, strict=True) if a != b]
    if not padded:
        return []
    count = f"{len(padded):,} cells have" if len(padded) > 1 else "a cell has"
    return [
        Problem(
            code="stray-spaces",
            file=file,
            row=padded[0],
            column=shown(name),
            message=f"{count} spaces around the text (here first); they are dropped",
            expected="",
            fix="Nothing to do.",
            severity="note",
        )
    ]


def _cell_problems(
    file: str, name: str, stripped: Sequence[str], rows: Sequence[int], suspect: bool
) -> list[Problem]:
    problems: list[Problem] = []
    if not suspect and max(map(len, stripped), default=0) <= MAX_CELL_CHARACTERS:
        return problems
    for row, cell in zip(rows, stripped, strict=True):
        if len(cell) > MAX_CELL_CHARACTERS:
            problems.append(_cell(file, row, name, cell, _TOO_LONG))
        if "\0" in cell:
            problems.append(_cell(file, row, name, cell, _NUL))
        if _SURROGATE.search(cell):
            problems.append(_cell(file, row, name, cell, _ENCODING))
    return problems


_TOO_LONG = (
    "cell-too-long",
    "the cell is longer than a spreadsheet can hold",
    f"at most {MAX_CELL_CHARACTERS:,} characters",
    "Shorten it.",
)
_NUL = (
    "nul-byte",
    "the cell holds a NUL byte, which no text has",
    "text",
    "The file was damaged or is not text: export it again.",
)
_ENCODING = (
    "wrong-encoding",
    "the cell is not UTF-8; it looks like Windows-1252 and is shown so",
    "UTF-8",
    "Save the file as CSV UTF-8 (comma delimited).",
)


def _cell(file: str, row: int, name: str, cell: str, what: tuple[str, str, str, str]) -> Problem:
    code, message, expected, fix = what
    return Problem(
        code=code,
        file=file,
        row=row,
        column=shown(name),
        value=shown(cell),
        message=message,
        expected=expected,
        fix=fix,
    )


def _readable(text: str) -> str:
    if _SURROGATE.search(text) is None:
        return text
    return text.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
