"""A list of public libraries read into partners, with stated assumptions for what it lacks."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from netplan.errors import Problem
from netplan.sources.columns import Columns
from netplan.sources.lan import TableRow
from netplan.sources.numbers import read_count, show
from netplan.sources.outcome import LeftRow, Outcome, note
from netplan.sources.place_rows import Place, PlaceList, coordinates, left_row, read_places
from netplan.sources.rules import (
    AFTER_SCHOOL_HOURS_PER_WEEK,
    HOURS_WITHOUT_LIST,
    LIBRARY_BACKHAUL_MBPS,
    LIBRARY_USD_PER_YEAR,
    SEATS_RANGE,
    SEATS_WITHOUT_AREA,
    SQ_FEET_PER_SEAT,
)
from netplan.sources.schools import School

HOURS_IN_WEEK = 168.0
WEEKS_IN_YEAR = 53.0
# Codes of the Public Libraries Survey for outlets that are no place to go to.
NO_PLACE = {
    "BS": "it is a bookmobile; its address is its garage's",
    "BM": "it lends books by mail; nobody can go there",
}


def read_libraries(
    path: Path, *, mapping: Columns | None, schools: Sequence[School], transit: bool
) -> Outcome:
    """Read libraries into the rows of partners.csv.

    Central libraries and branches are kept; bookmobiles and books by mail are left out. Negative
    codes are missing. Hours a year over weeks open give the opening hours, of which those after
    school count; where they come to more than a week has, they are taken as unknown.

    Parameters
    ----------
    path
        The list.
    mapping
        The user's own columns, for a list of no known layout.
    schools
        Of the folder: a library far from all of them is left out.
    transit
        Students ride to the libraries for free.

    Raises
    ------
    InputError
        The file cannot be read or has no known layout.
    """
    listed = read_places(path, "libraries", mapping=mapping, schools=schools)
    left: list[LeftRow] = list(listed.left_out)
    notes: list[Problem] = list(listed.notes)
    own_ids = Counter(listed.cell(place, "partner_id") for place in listed.places)
    rows: dict[str, TableRow] = {}
    hours: list[float] = []
    for place in listed.places:
        partner_id = _id(listed, place, own_ids)
        reason = NO_PLACE.get(listed.cell(place, "type").upper(), "")
        if not reason and partner_id in rows:
            reason = f"it repeats {partner_id}"
        if reason:
            left.append(
                left_row(listed.sheet.file, place.row, place.name, reason, own_id=partner_id)
            )
            continue
        weekly = _open_hours(listed, place)
        if weekly is not None and weekly > HOURS_IN_WEEK:
            notes.append(
                note(
                    "library-hours", listed.sheet.file,
                    f"{place.name}: {weekly:,.0f} hours a week are more than a week has; taken as "
                    "unknown", "Put the hours in partners.csv.", row=place.row.number,
                )
            )  # fmt: skip
            weekly = None
        if weekly:
            hours.append(weekly)
        rows[partner_id] = _row(listed, place, partner_id, weekly or None, transit)
    if hours:
        span = f"{min(hours):.1f} to {max(hours):.1f}"
        notes.append(
            note(
                "library-hours", listed.sheet.file,
                f"the libraries are open {span} hours a week; the hours in which students are at "
                f"school serve nobody, so at most {AFTER_SCHOOL_HOURS_PER_WEEK:g} are counted",
                "Put each library's hours after school and on weekends in partners.csv.",
                column=listed.columns.heading("hours_per_year") or "",
            )
        )  # fmt: skip
    return Outcome(
        file=listed.sheet.file,
        layout=listed.columns.title,
        read=len(listed.sheet.rows),
        rows=tuple(rows[key] for key in sorted(rows)),
        left_out=tuple(sorted(left, key=lambda row: row.row)),
        notes=tuple(notes),
    )


def _id(listed: PlaceList, place: Place, own_ids: Counter[str]) -> str:
    """Give the list's id where only one row has it, else system and sequence, else the row."""
    own = listed.cell(place, "partner_id")
    if own and own_ids[own] == 1 and own != listed.cell(place, "system_id"):
        return own
    system, sequence = listed.cell(place, "system_id"), listed.cell(place, "sequence")
    return f"{system}-{sequence.zfill(3)}" if system and sequence else f"library-{place.row.number}"


def _open_hours(listed: PlaceList, place: Place) -> float | None:
    weekly = read_count(listed.cell(place, "hours_per_week"))
    if weekly.kind == "number":
        return weekly.value
    yearly = read_count(listed.cell(place, "hours_per_year"))
    weeks = read_count(listed.cell(place, "weeks"))
    if yearly.kind != "number" or weeks.kind != "number" or not 0 < weeks.value <= WEEKS_IN_YEAR:
        return None
    return yearly.value / weeks.value


def _row(
    listed: PlaceList, place: Place, partner_id: str, weekly: float | None, transit: bool
) -> TableRow:
    guesses: list[tuple[str, str]] = []

    def known(field: str, otherwise: float, rule: str) -> str:
        reading = read_count(listed.cell(place, field))
        if reading.kind == "number":
            return show(reading.value)
        guesses.append((field, rule))
        return show(otherwise)

    sq_feet = read_count(listed.cell(place, "sq_feet"))
    if sq_feet.kind == "number" and sq_feet.value > 0:
        few, many = SEATS_RANGE
        seats = min(max(round(sq_feet.value / SQ_FEET_PER_SEAT), few), many)
        seats_rule = "library-seats"
    else:
        seats, seats_rule = SEATS_WITHOUT_AREA, "library-seats-unknown"
    if weekly is None:
        hours = HOURS_WITHOUT_LIST
        guesses.append(("hours_per_week", "library-hours-unknown"))
    else:
        hours = min(weekly, AFTER_SCHOOL_HOURS_PER_WEEK)
        guesses.append(("hours_per_week", "library-hours"))
    return TableRow(
        key=partner_id,
        cells={
            "partner_id": partner_id,
            "name": place.name,
            "kind": "library",
            **coordinates(place.point),
            "seats": known("seats", seats, seats_rule),
            "backhaul_mbps": known("backhaul_mbps", LIBRARY_BACKHAUL_MBPS, "library-backhaul"),
            "hours_per_week": f"{hours:.1f}".removesuffix(".0"),
            "usd_per_year": known("usd_per_year", LIBRARY_USD_PER_YEAR, "library-cost"),
            "existing": "false",
            "transit": "true" if transit else "false",
            "source_row": str(place.row.number),
        },
        guesses=tuple(guesses),
    )
