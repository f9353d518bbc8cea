"""What must fit together in bell.csv, activities.csv, enrollment.csv and measured.csv."""

import numpy as np
import pandas as pd

from netplan.errors import Problem
from netplan.inputs.cells import minutes
from netplan.inputs.tables import Table, with_defaults

#: Rounding of shares written by hand, such as three times 0.333333333.
SHARE_TOLERANCE = 1e-9
#: What uses less of a link than this may be in another unit; schools send little up anyway.
TINY_SHARES = {"down": 0.01, "up": 0.001}
#: No school starts before this; "1:30" in the afternoon is 13:30.
_EARLIEST = "05:00"


def check_bell(bell: Table) -> list[Problem]:
    """Find periods that end before they start, overlap, or start in the night."""
    frame = bell.frame[["period", "start", "end"]].dropna(subset=["start", "end"])
    problems = []
    spans = []
    for position, start, end in zip(frame.index, frame["start"], frame["end"], strict=True):
        if start < _EARLIEST:
            problems.append(
                bell.problem(
                    position,
                    "start",
                    code="early-period",
                    message="does this period really start in the night?",
                    expected=f"{_EARLIEST} or later",
                    fix="Write afternoon hours as 13:30, not 1:30.",
                )
            )
        if minutes(end) <= minutes(start):
            problems.append(
                bell.problem(
                    position,
                    "end",
                    code="end-before-start",
                    message=f"the period ends at or before its start, {start}",
                    expected=f"a time after {start}",
                    fix="Correct start or end; write afternoon hours as 13:30.",
                )
            )
        else:
            spans.append((minutes(start), minutes(end), position))
    return problems + _overlaps(bell, sorted(spans))


def _overlaps(bell: Table, spans: list[tuple[int, int, int]]) -> list[Problem]:
    problems = []
    latest = None
    for start, end, position in spans:
        if latest is not None and start < latest[0]:
            other = latest[1]
            name = bell.frame["period"].iloc[other]
            problems.append(
                bell.problem(
                    position,
                    "start",
                    code="overlapping-periods",
                    message=f"the period starts before {name} (row {bell.row(other)}) ends, "
                    f"{bell.frame['end'].iloc[other]}",
                    expected="periods that do not overlap",
                    fix="Correct the times; a school day has one period at a time.",
                )
            )
        if latest is None or end > latest[0]:
            latest = (end, position)
    return problems


def check_activity_sums(activities: Table) -> list[Problem]:
    """Find a level, period and group whose shares sum to more than 1."""
    frame = with_defaults(activities)
    usable = frame["share"].between(0, 1) & ~frame.duplicated(["level", "period", "group", "app"])
    frame = frame[usable]
    groups = frame.groupby(["level", "period", "group"], sort=False)
    totals = groups["share"].transform("sum")
    last = ~frame.duplicated(["level", "period", "group"], keep="last")
    problems = []
    for position in frame.index[(totals > 1 + SHARE_TOLERANCE) & last]:
        problems.append(
            activities.problem(
                int(position),
                "share",
                code="shares-above-one",
                message=f"the shares of {_told(frame.loc[position])} sum to "
                f"{totals.at[position]:.12g} with this row",
                expected="at most 1 together",
                fix="Lower some of them; a device is in one activity at a time.",
            )
        )
    return problems


def _told(row: "pd.Series[str]") -> str:
    return ", ".join(f"{name} {row[name]!s}" for name in ("level", "period", "group"))


def check_enrollment_sums(schools: Table, enrollment: Table) -> list[Problem]:
    """Note schools whose grades do not sum to their enrollment."""
    sums = enrollment.frame.groupby("school_id")["students"].sum(min_count=1)
    told = schools.frame["enrollment"]
    by_grade = schools.frame["school_id"].map(sums)
    differ = told.notna() & by_grade.notna() & (told != by_grade)
    return [
        schools.problem(
            int(position),
            "enrollment",
            code="enrollment-mismatch",
            message=f"the grades of this school in enrollment.csv sum to "
            f"{by_grade.iloc[position]:,.0f}, not {told.iloc[position]:,.0f}",
            expected="",
            fix="Check which is newer; the grades are used for devices, where there are any.",
            severity="note",
        )
        for position in np.flatnonzero(differ.to_numpy())
    ]


def check_measured(measured: Table, links: Table) -> list[Problem]:
    """Note measured rates above what the link can carry, or next to nothing of it."""
    lines = with_defaults(links).drop_duplicates("link_id").set_index("link_id")
    notes = []
    for direction in ("down", "up"):
        capacities = lines[f"{direction}_mbps"] * lines["count"]
        # an empty column of text would map to text
        capacity = measured.frame["link_id"].map(capacities).astype(float)
        above = (measured.frame["direction"] == direction) & (measured.frame["p95_mbps"] > capacity)
        notes += [
            measured.problem(
                int(position),
                "p95_mbps",
                code="measured-above-capacity",
                message=f"more than the {capacity.iloc[position]:,.0f} Mbps that the link carries",
                expected="",
                fix="Check the link's capacity in links.csv, and which link was measured.",
                severity="note",
            )
            for position in np.flatnonzero(above.to_numpy())
        ]
        rate = measured.frame["p95_mbps"]
        tiny = (measured.frame["direction"] == direction) & (rate > 0)
        tiny &= rate < TINY_SHARES[direction] * capacity
        notes += [
            _tiny(measured, int(position), direction, float(capacity.iloc[position]))
            for position in np.flatnonzero(tiny.to_numpy())
        ]
    return notes


def _tiny(measured: Table, position: int, direction: str, capacity: float) -> Problem:
    rate = float(measured.frame["p95_mbps"].iloc[position])
    fix = "Check the unit, and which link was measured."
    if rate * 1000 <= capacity:
        fix = f"Is this Gbps? Write {rate * 1000:.12g}. Otherwise nothing to do."
    return measured.problem(
        position,
        "p95_mbps",
        code="measured-tiny",
        message=f"less than {TINY_SHARES[direction] * 100:g} % of the {capacity:,.0f} Mbps that "
        "the link carries",
        expected="",
        fix=fix,
        severity="note",
    )
