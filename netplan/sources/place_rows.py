"""What lists of libraries, parks and stops have in common: their rows, points, and names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from netplan.errors import Problem
from netplan.geo.distance import plausible_reach_km
from netplan.sources.columns import Columns, find_columns, require, score
from netplan.sources.layouts import NEEDED, List
from netplan.sources.outcome import LeftRow, note
from netplan.sources.places import Point, center, distance_km, read_point
from netplan.sources.schools import School
from netplan.sources.sheets import Row, Sheet, read_sheet

# Words of a name in capitals that stay so.
_CAPITALS = frozenset(("NE", "NW", "SE", "SW", "US", "II", "III", "IV", "YMCA", "YWCA", "HS", "MS"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A row of a list of places that stands somewhere near the schools."""

    row: Row
    name: str
    point: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceList:
    """A list of places: its sheet, where its fields stand, and the rows with a usable point."""

    sheet: Sheet
    columns: Columns
    places: tuple[Place, ...]
    left_out: tuple[LeftRow, ...]
    notes: tuple[Problem, ...]

    def cell(self, place: Place, field: str) -> str:
        """Give a field of a place, empty where the list has none."""
        return place.row.get(self.columns.heading(field))


def read_places(
    path: Path, of: List, *, mapping: Columns | None, schools: Sequence[School]
) -> PlaceList:
    """Read a list of places; those without a point or far from every school are left out.

    Raises
    ------
    InputError
        The file cannot be read or has no known layout.
    """
    sheet = read_sheet(path, score=lambda names: score(of, names))
    columns = find_columns(sheet, of, mapping)
    require(sheet, of, columns, NEEDED[of])
    middle = center([school.point for school in schools])
    reach_km = plausible_reach_km(
        [distance_km(school.point, middle) for school in schools] if middle else []
    )
    places: list[Place] = []
    left: list[LeftRow] = []
    notes: list[Problem] = list(sheet.notes)
    for row in sheet.rows:
        cell = read_point(row.get(columns.heading("lat")), row.get(columns.heading("lon")))
        name = tidy(row.get(columns.heading("name")))
        if cell.point is None:
            bad = f" ({cell.bad})" if cell.bad else ""
            left.append(left_row(sheet.file, row, name, f"it has no coordinates{bad}"))
            continue
        if cell.swapped:
            notes.append(
                note(
                    "coordinates-swapped", sheet.file, f"{name}: latitude and longitude stood in "
                    "each other's columns; read the other way round", "Check the point on a map.",
                    row=row.number,
                )
            )  # fmt: skip
        away_km = distance_km(cell.point, middle) if middle else 0.0
        if away_km > reach_km:
            reason = f"its point {cell.point} lies {away_km:.0f} km from the middle of the schools"
            left.append(left_row(sheet.file, row, name, reason))
            continue
        places.append(Place(row=row, name=name, point=cell.point))
    return PlaceList(
        sheet=sheet, columns=columns, places=tuple(places), left_out=tuple(left),
        notes=tuple(notes),
    )  # fmt: skip


def left_row(file: str, row: Row, name: str, reason: str, *, own_id: str = "") -> LeftRow:
    """Give a row left out, with how to add it."""
    return LeftRow(
        file=file, row=row.number, id=own_id, name=name, reason=reason,
        how_to_add="Add a row to the table by hand; or correct the list and run init again.",
    )  # fmt: skip


def tidy(name: str) -> str:
    """Give a name in capitals as names are written: ``PORT ST. LUCIE`` is Port St. Lucie."""
    return re.sub(r"[0-9]?[A-Z][A-Z']+", lambda word: _word(word[0]), name)


def _word(word: str) -> str:
    return word if word in _CAPITALS else word[0] + word[1:].lower()  # 4TH is 4th


def coordinates(point: Point) -> dict[str, str]:
    """Give the lat and lon cells of a point, to 6 decimals."""
    return {"lat": f"{point.lat:.6f}", "lon": f"{point.lon:.6f}"}
