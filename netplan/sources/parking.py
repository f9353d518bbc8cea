"""Parks and transit stops read into candidate places where a Wi-Fi bus may stand."""

import math
import re
from collections.abc import Sequence
from pathlib import Path

from netplan.sources.columns import Columns
from netplan.sources.lan import TableRow
from netplan.sources.numbers import read_count, show
from netplan.sources.outcome import LeftRow, Outcome, counted, note
from netplan.sources.place_rows import Place, PlaceList, coordinates, left_row, read_places
from netplan.sources.places import distance_km
from netplan.sources.rules import SAME_STOP_M
from netplan.sources.schools import School

#: Degrees of latitude in a meter, on the sphere.
_DEGREES_PER_M = 1 / 111_195.0
_DIRECTION = re.compile(r"\s+(?:[nsew]b|farside|nearside|opp(?:osite)?)\.?$")


def read_parks(path: Path, *, mapping: Columns | None, schools: Sequence[School]) -> Outcome:
    """Read parks into rows of stops.csv; private ones are left out.

    Raises
    ------
    InputError
        The file cannot be read or has no known layout.
    """
    listed = read_places(path, "parks", mapping=mapping, schools=schools)
    left: list[LeftRow] = []
    kept: list[tuple[str, Place]] = []
    for place in listed.places:
        if "private" in listed.cell(place, "access").lower():
            left.append(_left(listed, place, "it is private"))
        else:
            kept.append((f"park-{place.row.number}", place))
    rows = tuple(
        _row(stop_id, place.name, place, "park-parking", _park_words(listed, place))
        for stop_id, place in kept
    )
    return _outcome(listed, rows, left)


def read_stops(path: Path, *, mapping: Columns | None, schools: Sequence[School]) -> Outcome:
    """Read transit stops into rows of stops.csv, one for all stops within 30 m.

    The stop with most riders stands for those around it. Stops that no bus serves are left out.

    Raises
    ------
    InputError
        The file cannot be read or has no known layout.
    """
    listed = read_places(path, "stops", mapping=mapping, schools=schools)
    left: list[LeftRow] = []
    kept: list[Place] = []
    seen: dict[str, int] = {}
    for place in listed.places:
        stop_id = listed.cell(place, "stop_id") or f"stop-{place.row.number}"
        first = seen.setdefault(stop_id, place.row.number)
        if first != place.row.number:
            left.append(_left(listed, place, f"it repeats the id {stop_id} of row {first}"))
        elif not _served_by_bus(listed.cell(place, "mode")):
            left.append(_left(listed, place, f"its mode is {listed.cell(place, 'mode')[:40]}"))
        elif listed.cell(place, "location_type") not in ("", "0"):
            left.append(_left(listed, place, "it is a station or an entrance, not a stop"))
        else:
            kept.append(place)
    groups = merged(kept, riders=[_riders(listed, place) for place in kept])
    rows = []
    for head, others in groups:
        stop_id = listed.cell(head, "stop_id") or f"stop-{head.row.number}"
        name = _DIRECTION.sub("", head.name) if others else head.name
        words = _stop_words(listed, [head, *others])
        rows.append(_row(stop_id, name, head, "transit-stop-parking", words))
        left += [
            _left(
                listed, other,
                f"it stands {distance_km(head.point, other.point) * 1000:.0f} m from stop "
                f"{stop_id}, which stands for both",
            )
            for other in others
        ]  # fmt: skip
    return _outcome(listed, tuple(sorted(rows, key=lambda row: row.key)), left)


def merged(places: Sequence[Place], *, riders: Sequence[float]) -> list[tuple[Place, list[Place]]]:
    """Group places within 30 m of one that stands for them, the one with most riders.

    Parameters
    ----------
    places
        In the order of the list, which breaks ties.
    riders
        Of each place.

    Returns
    -------
    groups
        Each with its head and the others, in the order of the list; no two heads are
        within 30 m of each other.
    """
    order = sorted(range(len(places)), key=lambda i: (-riders[i], places[i].row.number))
    side = SAME_STOP_M * _DEGREES_PER_M
    heads: dict[tuple[int, int], list[int]] = {}
    groups: dict[int, list[Place]] = {}
    for i in order:
        point = places[i].point
        widen = 1 / max(0.1, math.cos(math.radians(point.lat)))
        y = math.floor(point.lat / side)
        # Columns of one width for the whole list, wide enough at this latitude.
        reach = math.ceil(widen)
        x = math.floor(point.lon / side)
        near = [
            head
            for dy in (-1, 0, 1)
            for dx in range(-reach, reach + 1)
            for head in heads.get((x + dx, y + dy), ())
            if distance_km(places[head].point, point) * 1000 <= SAME_STOP_M
        ]
        if near:
            best = min(near, key=lambda head: distance_km(places[head].point, point))
            groups[best].append(places[i])
        else:
            heads.setdefault((x, y), []).append(i)
            groups[i] = []
    return [(places[i], groups[i]) for i in sorted(groups)]


def _served_by_bus(mode: str) -> bool:
    return not mode or "bus" in [word.strip().lower() for word in mode.split("/")]


def _riders(listed: PlaceList, place: Place) -> float:
    reading = read_count(listed.cell(place, "riders"))
    return reading.value if reading.kind == "number" else 0.0


def _stop_words(listed: PlaceList, group: Sequence[Place]) -> str:
    words = ["transit stop" if len(group) == 1 else counted(len(group), "transit stop")]
    if any(listed.cell(place, "shelter").lower() in ("true", "yes", "1") for place in group):
        words.append("shelter")
    if listed.columns.heading("riders"):
        words.append(f"{show(sum(_riders(listed, place) for place in group))} riders in the list")
    return "; ".join(words)


def _park_words(listed: PlaceList, place: Place) -> str:
    words = ["park", listed.cell(place, "type").lower(), listed.cell(place, "owner")]
    return "; ".join(word for word in words if word)


def _row(stop_id: str, name: str, place: Place, rule: str, words: str) -> TableRow:
    return TableRow(
        key=stop_id,
        cells={
            "stop_id": stop_id,
            "name": name,
            **coordinates(place.point),
            "allowed": "true",
            "notes": words,
            "source_row": str(place.row.number),
        },
        guesses=(("allowed", rule),),
    )


def _left(listed: PlaceList, place: Place, reason: str) -> LeftRow:
    own = listed.cell(place, "stop_id")
    return left_row(listed.sheet.file, place.row, place.name, reason, own_id=own)


def _outcome(listed: PlaceList, rows: tuple[TableRow, ...], left: Sequence[LeftRow]) -> Outcome:
    allowed = note(
        "parking-assumed", listed.sheet.file,
        f"taken to be where a bus may stand for hours: {counted(len(rows), 'place')}; nobody has "
        "said that it may", "Ask the owners of the places in the plan; put false in the column "
        "allowed of stops.csv where it may not.",
    )  # fmt: skip
    return Outcome(
        file=listed.sheet.file,
        layout=listed.columns.title,
        read=len(listed.sheet.rows),
        rows=rows,
        left_out=tuple(sorted([*listed.left_out, *left], key=lambda row: row.row)),
        notes=(*listed.notes, *([allowed] if rows else [])),
    )
