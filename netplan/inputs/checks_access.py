"""Places, times and capacities of the tables about ways to get online."""

from collections.abc import Mapping, Sequence

import numpy as np

from netplan.errors import Problem
from netplan.inputs.cells import minutes
from netplan.inputs.checks_places import Middle, check_places
from netplan.inputs.tables import Table
from netplan.inputs.times import afternoon

#: Table to what its points are, and the prefix of its coordinate columns.
_PLACES = (
    ("blocks", "block", ""),
    ("stops", "stop", ""),
    ("buses", "depot", "depot_"),
    ("partners", "partner", ""),
    ("wireless", "site", ""),
    ("transit", "stop", ""),
)
#: Table to the columns of which a 0 means that nobody is served.
_CAPACITIES = (
    ("buses", ("max_clients", "backhaul_mbps")),
    ("partners", ("seats", "backhaul_mbps", "hours_per_week")),
    ("wireless", ("max_students", "backhaul_mbps")),
    ("offers", ("max_students",)),
)
#: No student is out before 05:00 (assumption); an afternoon written as 3:30 is.
_FIRST_MINUTE = 5 * 60
_FLEET = ("stops", "buses", "slots")


def check_access_places(
    tables: Mapping[str, Table], middle: Middle | None
) -> tuple[list[Problem], frozenset[tuple[str, int, str]]]:
    """Find places at zero, with coordinates swapped, or far from the schools.

    Returns
    -------
    problems, explained
        As `check_places`, each explained cell with its file.
    """
    problems: list[Problem] = []
    explained: set[tuple[str, int, str]] = set()
    for name, noun, prefix in _PLACES:
        table = tables.get(name)
        if table is None or not len(table.frame):
            continue
        found, told = check_places(
            table, noun=noun, prefix=prefix, middle=middle, shared=name != "stops"
        )
        problems += found
        explained |= {(table.spec.file, row, column) for row, column in told}
    return problems, frozenset(explained)


def check_access(tables: Mapping[str, Table], present: frozenset[str]) -> list[Problem]:
    """Find slots that do not fit together, and note what serves nobody."""
    problems = check_slots(tables["slots"]) if "slots" in tables else []
    for name, columns in _CAPACITIES:
        if name in tables:
            problems += _zero(tables[name], columns)
    lacking = [name for name in _FLEET if name not in present]
    if lacking and len(lacking) < len(_FLEET):
        have = next(name for name in _FLEET if name in present)
        problems.append(
            Problem(
                code="no-bus-plan",
                file=f"{have}.csv",
                message="no bus can be planned without "
                + " and ".join(f"{name}.csv" for name in lacking),
                expected="",
                fix="Nothing to do, or add it.",
                severity="note",
            )
        )
    return problems


def check_slots(slots: Table) -> list[Problem]:
    """Find slots that end before they start, or overlap on one weekday."""
    frame = slots.frame[["slot_id", "weekday", "start", "end"]].dropna()
    problems = []
    days: dict[str, list[tuple[int, int, int]]] = {}
    for position, day, start, end in zip(
        frame.index, frame["weekday"], frame["start"], frame["end"], strict=True
    ):
        if minutes(end) > minutes(start):
            if minutes(start) < _FIRST_MINUTE:
                problems.append(_night(slots, position, start, end))
            days.setdefault(day, []).append((minutes(start), minutes(end), position))
            continue
        problems.append(
            slots.problem(
                position,
                "end",
                code="end-before-start",
                message=f"the slot ends at or before its start, {start}",
                expected=f"a time after {start}, on the same day",
                fix="Correct start or end; write afternoon hours as 15:30. A slot ends on "
                "the day it starts, at 23:59 at the latest."
                if minutes(end) < _FIRST_MINUTE
                else "Correct start or end; write afternoon hours as 15:30.",
            )
        )
    for spans in days.values():
        problems += _overlaps(slots, sorted(spans))
    return problems


def _night(slots: Table, position: int, start: str, end: str) -> Problem:
    """Ask whether a slot of the small hours is meant: 3:30 is read as half past three at night."""
    later = afternoon(end) or end
    return slots.problem(
        position,
        "start",
        code="night-slot",
        message=f"is this slot really at night, from {start} to {end}?",
        expected="a start at 05:00 or later",
        fix=f"Write {afternoon(start)} and {later} for the afternoon.",
    )


def _overlaps(slots: Table, spans: Sequence[tuple[int, int, int]]) -> list[Problem]:
    problems = []
    last, other = spans[0][1:]
    for start, end, position in spans[1:]:
        if start < last:
            name = slots.frame["slot_id"].iloc[other]
            problems.append(
                slots.problem(
                    position,
                    "start",
                    code="overlapping-slots",
                    message=f"the slot starts before {name} (row {slots.row(other)}) ends, "
                    f"{slots.frame['end'].iloc[other]}, on the same weekday",
                    expected="slots that do not overlap",
                    fix="Correct the times; a bus cannot stand at two stops at once.",
                )
            )
        if end > last:
            last, other = end, position
    return problems


def _zero(table: Table, columns: Sequence[str]) -> list[Problem]:
    return [
        table.problem(
            int(position),
            column,
            code="serves-nobody",
            message=f"{column} is 0, so this serves nobody",
            expected="",
            fix="Nothing to do, if it is meant.",
            severity="note",
        )
        for column in columns
        for position in np.flatnonzero((table.frame[column] == 0).to_numpy())
    ]
