"""Reading a list that someone else made: bounded, decoded, header found, cells as plain text.

Nothing here knows what a school is. Cells are untrusted: they stay text, with
control characters taken out, and are never evaluated.
"""

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from netplan.errors import InputError, Problem

MAX_BYTES = 100_000_000
MAX_ROWS = 1_000_000
MAX_CELL = 2_000
HEADER_SEARCH_ROWS = 25
DELIMITERS = (",", "\t", ";", "|")

_EXCEL_TEXT = re.compile(r'^="(.*)"$', re.DOTALL)
# Control characters to a space; characters that cannot be seen to nothing.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_BINARY_STARTS: Mapping[bytes, str] = {
    b"PK\x03\x04": "a spreadsheet workbook (.xlsx or .ods)",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet workbook (.xls)",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a list: the line a spreadsheet would number it, and its cells by heading."""

    number: int
    cells: Mapping[str, str]

    def get(self, heading: str | None) -> str:
        """Give the cell under a heading, empty where there is no such heading."""
        return "" if heading is None else self.cells.get(heading, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A list as it stands in its file.

    Parameters
    ----------
    file
        The file's name, for problems and reports.
    headings
        The headings as written, in order.
    rows
        Every row that has a cell in it.
    notes
        What was odd about the file itself: its encoding, rows too long.
    """

    file: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[Problem, ...] = ()


def plain(text: str) -> str:
    """Give a cell as one line of text: Excel's ``="0123"`` unwrapped, control characters gone."""
    text = text.strip()
    wrapped = _EXCEL_TEXT.match(text)
    if wrapped:
        text = wrapped.group(1)
    return " ".join(_CONTROL.sub(" ", _INVISIBLE.sub("", text[:MAX_CELL])).split())


def normal(heading: str) -> str:
    """Give a heading in the form they are compared in: ``School Name*`` is ``school_name``."""
    return re.sub(r"[^a-z0-9]+", "_", plain(heading).lower()).strip("_")


def _fail(code: str, file: str, message: str, expected: str, fix: str) -> InputError:
    return InputError([Problem(code=code, file=file, message=message, expected=expected, fix=fix)])


def _read_bytes(path: Path) -> bytes:
    """Read the file, or say why not."""
    name = path.name
    if not path.is_file():
        raise _fail("no-file", str(path), "there is no such file", "a CSV file", "Check the path.")
    if path.stat().st_size > MAX_BYTES:
        raise _fail(
            "file-too-large",
            name,
            f"the file is larger than {MAX_BYTES // 1_000_000} MB",
            "a list of one district's schools or circuits",
            "Cut the file down to your district's rows and run again.",
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _fail(
            "unreadable", name, f"the file cannot be read ({error.strerror})", "", "Check it."
        ) from error
    for start, what in _BINARY_STARTS.items():
        if data.startswith(start):
            raise _fail(
                "not-csv",
                name,
                f"this is {what}, whatever its name says",
                "CSV text",
                'Open it in a spreadsheet and save it as "CSV UTF-8".',
            )
    return data


def _decode(data: bytes, name: str) -> tuple[str, list[Problem]]:
    """Decode as UTF-8 (with or without BOM), UTF-16 with BOM, else latin-1 with a note."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), []
        except UnicodeDecodeError:
            data = data[2:]
    elif b"\x00" in data[:4096]:
        raise _fail("not-csv", name, "the file is not text", "CSV text", 'Save it as "CSV UTF-8".')
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        note = Problem(
            code="encoding",
            file=name,
            row=row,
            message="the file is not UTF-8 from this row on; it was read as latin-1",
            expected="UTF-8",
            fix="Look at names with accents; save as UTF-8 if one is wrong.",
            severity="note",
        )
        return data.decode("latin-1"), [note]


def _delimiter(text: str) -> str:
    """Pick the delimiter that the first lines hold most of."""
    head = "\n".join(text.splitlines()[:HEADER_SEARCH_ROWS])
    return max(DELIMITERS, key=lambda mark: (head.count(mark), -DELIMITERS.index(mark)))


def _records(text: str, name: str) -> list[tuple[int, list[str]]]:
    """Split into rows of cells, each with the row number that a spreadsheet would give it."""
    limit = csv.field_size_limit()
    records: list[tuple[int, list[str]]] = []
    try:
        csv.field_size_limit(max(limit, 1_000_000))
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                records.append((number, [plain(cell) for cell in cells]))
            if number > MAX_ROWS:
                raise _fail(
                    "file-too-large",
                    name,
                    f"the file has more than {MAX_ROWS:,} rows",
                    "a list of one district",
                    "Cut the file down to your district's rows and run again.",
                )
    except csv.Error as error:
        raise _fail(
            "not-csv",
            name,
            f"the file cannot be read as CSV ({error})",
            "CSV text",
            'Open it in a spreadsheet and save it as "CSV UTF-8".',
        ) from error
    finally:
        csv.field_size_limit(limit)
    return records


def read_sheet(
    path: Path,
    *,
    score: Callable[[tuple[str, ...]], int],
    headerless: Callable[[list[str]], tuple[str, ...] | None] | None = None,
) -> Sheet:
    """Read a delimited list.

    Some downloads put a title above the header: of the first rows, the one
    whose cells ``score`` knows most of is taken as the header.

    Parameters
    ----------
    path
        The file: comma, tab, semicolon or pipe separated.
    score
        How many of these normalized headings are known.
    headerless
        Gives the headings for a file that is published without any, from its
        first row; None where that row is a header.

    Raises
    ------
    InputError
        No such file, too large, not text, empty, or a header alone.
    """
    text, notes = _decode(_read_bytes(path), path.name)
    records = _records(text, path.name)
    if not records:
        raise _fail("empty-file", path.name, "the file is empty", "a header and rows", "Check it.")
    given = headerless(records[0][1]) if headerless else None
    if given is not None:
        headings, body = list(given), records
    else:
        top = records[:HEADER_SEARCH_ROWS]
        at = max(range(len(top)), key=lambda i: (score(tuple(map(normal, top[i][1]))), -i))
        headings, body = records[at][1], records[at + 1 :]
    if not body:
        raise _fail(
            "empty-file",
            path.name,
            "the file has a header and no rows",
            "a header and rows",
            "Export the list again.",
        )
    rows: list[Row] = []
    for number, cells in body:
        if any(cells[len(headings) :]):
            notes.append(
                Problem(
                    code="row-too-long",
                    file=path.name,
                    row=number,
                    message=f"the row has {len(cells)} cells under {len(headings)} headings",
                    expected="as many cells as headings",
                    fix="Put quotes around a cell that holds a comma; the extra cells are unread.",
                    severity="note",
                )
            )
        named: dict[str, str] = {}
        for heading, cell in zip(headings, cells, strict=False):
            if heading and heading not in named:
                named[heading] = cell
        rows.append(Row(number=number, cells=named))
    return Sheet(
        file=path.name,
        headings=tuple(heading for heading in dict.fromkeys(headings) if heading),
        rows=tuple(rows),
        notes=tuple(notes),
    )
