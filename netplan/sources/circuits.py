"""A circuit list (bandwidth x count, as E-Rate line items) read, and what its lines are for.

What a line is for is mostly not in the list. With the flags of
EducationSuperHighway's cleaned line items, the rules here give the internet
bandwidth that it published to within 2 % for 78 % of the 1,128 districts of
2015 with an internet line (tests/real/test_init_internet_rule.py).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from netplan.errors import InputError, Problem
from netplan.sources.columns import Columns, find_columns, require, score
from netplan.sources.layouts import NEEDED
from netplan.sources.numbers import read_number, read_speed
from netplan.sources.purposes import MEDIA, Purpose, purpose_of, purpose_of_place
from netplan.sources.rules import (
    ABSURD_LINE_MBPS,
    ABSURD_LINES,
    BACKUP_BELOW_SHARE,
    TINY_LINE_MBPS,
)
from netplan.sources.sheets import Row, Sheet, normal, read_sheet

Basis = Literal["words", "flags", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line item: ``lines`` circuits of ``mbps`` each; ``usd_per_month`` is of one circuit."""

    row: int
    item_id: str
    mbps: float
    lines: int
    medium: str
    usd_per_month: float | None
    purpose: Purpose
    district_id: str = ""
    school_id: str = ""
    application: str = ""

    def __str__(self) -> str:
        """Give the line in words, for guesses and reports."""
        return f"{self.lines} x {self.mbps:g} Mbps (row {self.row})"


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitList:
    """A circuit list: the lines that can be used, each with its purpose, and notes on the rest.

    ``basis`` is how the list says what its lines are for: in a column of its
    own, by EducationSuperHighway's flags, or not at all.
    """

    file: str
    layout: str
    rows: int
    lines: tuple[Line, ...]
    notes: tuple[Problem, ...]
    basis: Basis

    def of(self, *purposes: Purpose) -> tuple[Line, ...]:
        """Give the lines of some purposes."""
        return tuple(line for line in self.lines if line.purpose in purposes)


def read_circuits(
    path: Path, *, mapping: Columns | None = None, leaid: str | None = None
) -> CircuitList:
    """Read a circuit list.

    Lines of 0 Mbps, of more than 100,000 Mbps each, without a bandwidth or
    without a sane count are left out with a note that names the row; the rest
    goes on.

    Parameters
    ----------
    path
        The list.
    mapping
        The user's own columns; ``factors`` holds what a bandwidth is multiplied
        by, ``words`` their names of purposes and media.
    leaid
        The district's NCES id: a list of many districts is cut to its rows.

    Raises
    ------
    InputError
        The file cannot be read, has no bandwidth column, has no line of the
        district, or no line that can be used.
    """
    sheet = read_sheet(path, score=lambda names: score("circuits", names))
    columns = find_columns(sheet, "circuits", mapping)
    require(sheet, "circuits", columns, NEEDED["circuits"])
    notes = list(sheet.notes)
    rows = _of_district(sheet.file, sheet.rows, columns, leaid, notes)
    lines: list[Line] = []
    for row in rows:
        line = _line(sheet.file, row, columns, notes)
        if line is not None:
            lines.append(line)
    if not lines:
        raise InputError(
            [
                *(replace(note, severity="error") for note in notes if note.row is not None),
                Problem(
                    code="no-circuits",
                    file=sheet.file,
                    message=f"none of the {len(rows)} lines can be used",
                    expected="at least one line with a bandwidth above 0",
                    fix="Correct the list, or run init without it and put circuits in links.csv.",
                ),
            ]
        )
    notes += _units(sheet, rows, columns)
    notes += _repeated(sheet.file, lines)
    flags = ("isp", "upstream", "internet_only", "wan")
    basis: Basis = "flags" if any(columns.heading(name) for name in flags) else "none"
    stated = {line.purpose for line in lines} - {"unknown"}
    if stated and (basis == "none" or columns.heading("purpose")):
        basis = "words"
    return CircuitList(
        file=sheet.file,
        layout=columns.title,
        rows=len(rows),
        lines=tuple(_settled(lines, basis)),
        notes=tuple(notes),
        basis=basis,
    )


def _of_district(
    file: str, rows: Sequence[Row], columns: Columns, leaid: str | None, notes: list[Problem]
) -> Sequence[Row]:
    """Cut a list of many districts to the rows of one."""
    heading = columns.heading("district_id")
    ids = Counter(row.get(heading).zfill(7) for row in rows if row.get(heading))
    if not ids or not leaid:
        return rows
    if leaid in ids:
        return [row for row in rows if row.get(heading).zfill(7) == leaid] if len(ids) > 1 else rows
    problem = Problem(
        code="other-district",
        file=file,
        column=heading,
        value=", ".join(list(ids)[:5]),
        message=f"no line is of the district of the school list ({leaid})",
        expected=leaid,
        fix="Check that the two lists are of one district.",
        severity="error" if len(ids) > 1 else "note",
    )
    if len(ids) > 1:
        raise InputError([problem])
    notes.append(problem)
    return rows


def _line(file: str, row: Row, columns: Columns, notes: list[Problem]) -> Line | None:
    """Read one row; None, with a note, where it can be no circuit."""

    def cell(name: str) -> str:
        return row.get(columns.heading(name))

    def leave_out(code: str, column: str, message: str, expected: str) -> None:
        notes.append(
            Problem(
                code=code,
                file=file,
                row=row.number,
                column=columns.heading(column) or column,
                value=cell(column)[:80],
                message=f"{message}; the line is left out",
                expected=expected,
                fix="Correct the list and run init again, or put the circuit in links.csv.",
                severity="note",
            )
        )

    speed, in_mbps = read_speed(cell("bandwidth_mbps"))
    mbps = speed.value * (1.0 if in_mbps else columns.factors.get("bandwidth_mbps", 1.0))
    if speed.kind != "number":
        leave_out("circuit-bandwidth", "bandwidth_mbps", "the bandwidth is no number", "Mbps")
        return None
    if mbps <= 0:
        leave_out("circuit-zero", "bandwidth_mbps", f"a line of {mbps:g} Mbps", "above 0 Mbps")
        return None
    if mbps > ABSURD_LINE_MBPS:
        leave_out(
            "circuit-absurd",
            "bandwidth_mbps",
            f"a line of {mbps:,.0f} Mbps is a question, not a fact",
            f"at most {ABSURD_LINE_MBPS:,.0f} Mbps for one line",
        )
        return None
    count = read_number(cell("lines"))
    if count.kind == "missing":
        lines = 1
    elif count.kind == "number" and 1 <= count.value <= ABSURD_LINES and count.value % 1 == 0:
        lines = int(count.value)
    else:
        leave_out("circuit-count", "lines", "the count of lines makes no sense", "1 or more")
        return None
    medium = normal(cell("medium"))
    if mbps <= TINY_LINE_MBPS:
        notes.append(
            Problem(
                code="circuit-tiny",
                file=file,
                row=row.number,
                column=columns.heading("bandwidth_mbps"),
                value=cell("bandwidth_mbps"),
                message=f"{lines} line(s) of {mbps:g} Mbps: mostly telephone, alarm or very small "
                "sites; never taken as the main internet, dealt to schools last",
                expected="",
                fix="If it is a school's only link, put it in that school's row of links.csv.",
                severity="note",
            )
        )
    return Line(
        row=row.number,
        item_id=cell("item_id") or f"row {row.number}",
        mbps=mbps,
        lines=lines,
        medium=columns.words.get("medium", {}).get(cell("medium").lower(), MEDIA.get(medium, "")),
        usd_per_month=_monthly(columns, row, lines),
        purpose=_purpose(columns, row),
        district_id=cell("district_id"),
        school_id=cell("school_id"),
        application=cell("application"),
    )


def _monthly(columns: Columns, row: Row, lines: int) -> float | None:
    """Give dollars a month for one circuit: from its year's price, else the item's year's cost."""
    month = read_number(row.get(columns.heading("usd_per_line_month")))
    per_line = read_number(row.get(columns.heading("usd_per_line_year")))
    total = read_number(row.get(columns.heading("usd_per_year")))
    if month.kind == "number":
        value = month.value
    elif per_line.kind == "number":
        value = per_line.value / 12
    elif total.kind == "number":
        value = total.value / lines / 12
    else:
        return None
    return round(value, 2) if value > 0 else None


def _purpose(columns: Columns, row: Row) -> Purpose:
    """Say what a line is for: by the list's own word, else by its flags."""
    word = row.get(columns.heading("purpose"))
    translated = columns.words.get("purpose", {}).get(word.lower(), word)
    stated = purpose_of(translated)
    if stated == "unknown":
        stated = purpose_of_place(row.get(columns.heading("school_id")))
    if stated != "unknown":
        return stated

    def flag(name: str) -> bool:
        return normal(row.get(columns.heading(name))) in ("true", "yes", "1", "t", "y")

    if flag("isp") or flag("internet_only"):
        return "isp"
    if flag("upstream"):
        return "transport"
    return "wan" if flag("wan") else "unknown"


def _settled(lines: Sequence[Line], basis: Basis) -> list[Line]:
    """Settle lines of unknown purpose in a list that says what its others are for.

    In a list with a purpose column they are WAN. In a list with flags, what is
    neither WAN, ISP nor transport is internet; but a line of another
    medium than fiber below a tenth of the largest is a backup, and one of at
    most 3 Mbps is never internet where there is anything larger.
    """
    if basis == "none":
        return list(lines)
    to_the_net = [
        line.mbps for line in lines if line.purpose in ("unknown", "internet", "isp", "transport")
    ]
    top = max(to_the_net, default=0.0)
    settled = []
    for line in lines:
        purpose = line.purpose
        if purpose == "unknown":
            small = line.medium not in ("fiber", "") and line.mbps < BACKUP_BELOW_SHARE * top
            tiny = line.mbps <= TINY_LINE_MBPS < max(one.mbps for one in lines)
            purpose = "wan" if tiny or basis == "words" else "backup" if small else "internet"
        settled.append(replace(line, purpose=purpose))
    return settled


def _units(sheet: Sheet, rows: Sequence[Row], columns: Columns) -> list[Problem]:
    """Note once how cells with a unit in them were read."""
    heading = columns.heading("bandwidth_mbps")
    read: dict[str, tuple[int, float]] = {}
    count = 0
    for row in rows:
        speed, in_mbps = read_speed(row.get(heading))
        if in_mbps:
            count += 1
            read.setdefault(row.get(heading), (row.number, speed.value))
    if not read:
        return []
    shown = list(read.items())[:6]
    told = ", ".join(f"{text[:20]!r} as {mbps:,.12g}" for text, (_, mbps) in shown)
    return [
        Problem(
            code="circuit-units",
            file=sheet.file,
            row=shown[0][1][0],
            column=heading,
            message=f"{count} bandwidths have their unit in the cell; read in Mbps: {told}"
            + (", ..." if len(read) > len(shown) else ""),
            expected="",
            fix="Nothing to do, if they are right.",
            severity="note",
        )
    ]


def _repeated(file: str, lines: Sequence[Line]) -> list[Problem]:
    """Note items of one size, count and price in different applications: maybe one circuit."""
    first: dict[tuple[object, ...], Line] = {}
    notes: list[Problem] = []
    for line in lines:
        if not line.usd_per_month:
            continue
        key = (line.mbps, line.lines, line.usd_per_month, line.medium, line.district_id)
        before = first.setdefault(key, line)
        if (
            before is not line
            and before.application.split("-")[0] != line.application.split("-")[0]
        ):
            notes.append(
                Problem(
                    code="circuit-twice",
                    file=file,
                    row=line.row,
                    value=line.item_id,
                    message=f"same size, count and price as row {before.row}, in another "
                    "application: maybe the same circuit",
                    expected="",
                    fix="Delete one of the two if it is.",
                    severity="note",
                )
            )
    return notes
