"""What someone should look at in the rows of a school list that are kept."""

from collections.abc import Sequence

from netplan.errors import Problem
from netplan.sources.columns import Columns
from netplan.sources.places import Point, distance_km
from netplan.sources.rules import GAP_NOTE_KM
from netplan.sources.school_rows import Draft
from netplan.sources.sheets import Sheet

MAX_TOLD = 200


def row_note(
    code: str,
    sheet: Sheet,
    draft: Draft,
    *,
    column: str | None,
    message: str,
    fix: str,
    value: str = "",
) -> Problem:
    """Give a note on one row of the list."""
    return Problem(
        code=code,
        file=sheet.file,
        row=draft.row,
        column=column,
        value=value or None,
        message=f"{draft.name}: {message}",
        expected="",
        fix=fix,
        severity="note",
    )


def coordinate_notes(sheet: Sheet, columns: Columns, drafts: Sequence[Draft]) -> list[Problem]:
    """Note every row whose two points lie more than half a kilometer apart."""
    notes = []
    for draft in drafts:
        a, b = draft.first.point, draft.second.point
        if a is not None and b is not None and distance_km(a, b) > GAP_NOTE_KM:
            notes.append(
                row_note(
                    "coordinates-disagree",
                    sheet,
                    draft,
                    column=columns.heading("lat"),
                    message=f"its two points lie {distance_km(a, b):.1f} km apart: {a} "
                    f"({columns.heading('lat')}, used) and {b} ({columns.heading('other_lat')})",
                    fix="Look at both on a map; correct lat and lon in schools.csv if the first is "
                    "wrong.",
                )
            )
    return notes


def kept_notes(sheet: Sheet, columns: Columns, kept: Sequence[Draft]) -> list[Problem]:
    """Note schools on one point, virtual schools and charter schools among those kept."""
    notes: list[Problem] = []
    by_point: dict[Point, list[Draft]] = {}
    for draft in kept:
        if draft.point is not None:
            key = Point(lon=round(draft.point.lon, 5), lat=round(draft.point.lat, 5))
            by_point.setdefault(key, []).append(draft)
    for point, group in by_point.items():
        if len(group) > 1:
            notes.append(
                Problem(
                    code="same-point",
                    file=sheet.file,
                    row=group[0].row,
                    column=columns.heading("lat"),
                    value=str(point),
                    message=f"{len(group)} schools stand on one point: "
                    + "; ".join(f"{draft.name} (row {draft.row})" for draft in group),
                    expected="one campus, or a point of its own for each",
                    fix="If they share a campus, let them share its WAN link in links.csv; else "
                    "correct the points.",
                    severity="note",
                )
            )
    for draft in kept:
        if draft.virtual:
            notes.append(
                row_note(
                    "virtual-school",
                    sheet,
                    draft,
                    column=columns.heading("name"),
                    message="virtual? by its name its students are not in a district building",
                    fix="Delete its rows if it has none; it is kept until you do.",
                )
            )
    charters = [draft for draft in kept if draft.charter]
    if charters:
        notes.append(
            Problem(
                code="charter-schools",
                file=sheet.file,
                row=charters[0].row,
                column=columns.heading("charter"),
                message=f"{len(charters)} charter schools are kept: "
                + "; ".join(f"{draft.name} (row {draft.row})" for draft in charters),
                expected="schools on the district's network",
                fix="Delete those that buy their own internet.",
                severity="note",
            )
        )
    return notes


def ids_given(sheet: Sheet, named: Sequence[Draft]) -> list[Problem]:
    """Say which ids were given to rows that have none."""
    if not named:
        return []
    told = "; ".join(f"{draft.school_id} = {draft.name}" for draft in named[:MAX_TOLD])
    more = len(named) - MAX_TOLD
    told += f"; and {more:,} more, each row-N for row N of the list" if more > 0 else ""
    return [
        Problem(
            code="ids-given",
            file=sheet.file,
            row=named[0].row,
            message=f"{len(named)} schools have no id in the list; these ids are used in every "
            f"file of the folder: {told}",
            expected="",
            fix="Nothing to do. To use ids of your own, add a column school_id to the list and "
            "run init again.",
            severity="note",
        )
    ]


def district_notes(
    sheet: Sheet, columns: Columns, others: Sequence[Draft], leaid: str
) -> list[Problem]:
    """Note the rows of another district than the most."""
    return [
        row_note(
            "other-district",
            sheet,
            draft,
            column=columns.heading("district_id"),
            message=f"it is of another district than most of the list ({leaid})",
            fix=f"Delete its rows if it is not on your network, or give --district {leaid}.",
            value=draft.district_id,
        )
        for draft in others
    ]
