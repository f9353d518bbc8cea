"""Coordinates that cannot be right."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from netplan.errors import Problem
from netplan.geo.distance import great_circle_km, plausible_reach_km
from netplan.inputs.tables import Table

#: No school lies south of this; American longitudes under `lat` do.
_ANTARCTIC_LAT = -60.0
#: From so many on, and more than half, swapped coordinates are told once for the file.
_MANY_SWAPPED = 3
_MANY_ROWS = 8
_Floats = npt.NDArray[np.float64]
_FEWEST_FOR_MEDIAN = 3


class Middle(NamedTuple):
    """The median school, and how far from it a school may lie."""

    lat: float
    lon: float
    reach_km: float

    def km(self, lat: float, lon: float) -> float:
        """Give the distance of a point."""
        return great_circle_km(lon, lat, self.lon, self.lat)

    def fits(self, lat: float, lon: float) -> bool:
        """Say whether a point lies within reach."""
        return self.km(lat, lon) <= self.reach_km


class _Places(NamedTuple):
    """A table of places, what they are, and the columns of their coordinates."""

    table: Table
    noun: str
    lat: str
    lon: str


def middle_of(schools: Table) -> Middle | None:
    """Give the median school; None when no school has usable coordinates."""
    lat = schools.frame["lat"].to_numpy(dtype=float)
    lon = schools.frame["lon"].to_numpy(dtype=float)
    known = np.isfinite(lat) & np.isfinite(lon) & (lat != 0) & (lon != 0)
    plausible = known & (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
    return _middle(lat, lon, plausible & (lat >= _ANTARCTIC_LAT))


def check_places(
    table: Table,
    *,
    noun: str = "school",
    prefix: str = "",
    middle: Middle | None = None,
    shared: bool = False,
) -> tuple[list[Problem], frozenset[tuple[int, str]]]:
    """Find places at zero, with latitude and longitude swapped, or far from the schools.

    Parameters
    ----------
    table
        schools.csv, or another table of places.
    noun
        What its rows are.
    prefix
        What precedes ``lat`` and ``lon`` in its column names.
    middle
        From `middle_of`; schools are their own when it is None.
    shared
        Whether several rows may lie on one point without a note.

    Returns
    -------
    problems
        What was found.
    explained
        (row, column) pairs of which everything is said; a range problem of
        theirs would say it twice.
    """
    places = _Places(table, noun, f"{prefix}lat", f"{prefix}lon")
    lat = table.frame[places.lat].to_numpy(dtype=float)
    lon = table.frame[places.lon].to_numpy(dtype=float)
    known = np.isfinite(lat) & np.isfinite(lon)
    zero = known & ((lat == 0) | (lon == 0))
    plausible = known & ~zero & (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
    problems = [
        table.problem(
            int(position),
            places.lat if lat[position] == 0 else places.lon,
            code="zero-coordinates",
            message=f"the {noun} lies at {_point(lat[position], lon[position])}, in the ocean",
            expected=f"degrees of the {'building' if noun == 'school' else noun}",
            fix="Look its coordinates up.",
        )
        for position in np.flatnonzero(zero)
    ]
    if middle is None and noun == "school":
        middle = _middle(lat, lon, plausible & (lat >= _ANTARCTIC_LAT))
    explained: set[tuple[int, str]] = set()
    for position in np.flatnonzero(known & ~zero):
        found = _misplaced(
            places, int(position), float(lat[position]), float(lon[position]), middle
        )
        if found is not None:
            problems.append(found)
            explained |= {(table.row(int(position)), name) for name in (places.lat, places.lon)}
    problems = _swapped_at_once(places, problems, int(known.sum()))
    if not shared:
        problems += _same_points(places, lat, lon, plausible)
    return problems, frozenset(explained)


def _middle(lat: _Floats, lon: _Floats, plausible: npt.NDArray[np.bool_]) -> Middle | None:
    if not plausible.any():
        return None
    if plausible.sum() < _FEWEST_FOR_MEDIAN:
        # the median of two points lies between them, and both would be near it
        first = int(np.flatnonzero(plausible)[0])
        return Middle(float(lat[first]), float(lon[first]), plausible_reach_km([]))
    at = float(np.median(lat[plausible])), float(np.median(lon[plausible]))
    distances = [
        great_circle_km(x, y, at[1], at[0])
        for x, y in zip(lon[plausible].tolist(), lat[plausible].tolist(), strict=True)
    ]
    return Middle(*at, plausible_reach_km(distances))


def _misplaced(
    places: _Places, position: int, lat: float, lon: float, middle: Middle | None
) -> Problem | None:
    in_range = abs(lat) <= 90 and abs(lon) <= 180
    if in_range and middle is not None and middle.fits(lat, lon):
        return None
    if abs(lon) <= 90 and abs(lat) <= 180:
        fits = _uninhabited(lat) if middle is None else middle.fits(lon, lat)
        if fits:
            return _swapped(places, position, lat, lon)
    if middle is None or not in_range:
        return None
    column, hint = places.lat, f"Look its coordinates up, or take the {places.noun} out."
    for name, other in ((places.lat, (-lat, lon)), (places.lon, (lat, -lon))):
        if middle.fits(*other):
            column = name
            hint = f"Did {name} lose its minus sign? {_point(*other)} fits the district."
    return places.table.problem(
        position,
        column,
        code="far-from-district",
        message=f"the {places.noun} lies at {_point(lat, lon)}, "
        f"{middle.km(lat, lon):,.0f} km from the median school "
        f"at {_point(middle.lat, middle.lon)}",
        expected=f"at most {middle.reach_km:.0f} km",
        fix=hint,
    )


def _swapped_at_once(places: _Places, problems: list[Problem], known: int) -> list[Problem]:
    """Tell swapped columns once where they are of the file, not of some rows."""
    swapped = [problem for problem in problems if problem.code == "swapped-coordinates"]
    if len(swapped) < _MANY_SWAPPED or 2 * len(swapped) <= known:
        return problems
    first = swapped[0]
    if len(swapped) == known:
        message = f"{places.lat} and {places.lon} are swapped in all {known:,} rows"
        fix = f"Swap the two names in the header: the column named {places.lat} holds "
        fix += f"{places.lon}, and {places.lon} {places.lat}."
    else:
        rows = {problem.row for problem in swapped}
        right = [row for row in places.table.rows.tolist() if row not in rows]
        told = ", ".join(map(str, right[:_MANY_ROWS])) + (", ..." if right[_MANY_ROWS:] else "")
        message = f"{places.lat} and {places.lon} are swapped in {len(swapped):,} of {known:,} rows"
        fix = f"Swap the two cells of each row but these: {told}."
    at_once = replace(first, message=f"{message}: {first.message.partition(': ')[2]}", fix=fix)
    return [at_once, *(problem for problem in problems if problem not in swapped)]


def _uninhabited(lat: float) -> bool:
    return lat < _ANTARCTIC_LAT or lat > 90


def _swapped(places: _Places, position: int, lat: float, lon: float) -> Problem:
    return places.table.problem(
        position,
        places.lat,
        code="swapped-coordinates",
        message=f"{places.lat} and {places.lon} are swapped: the {places.noun} lies at "
        f"{_point(lat, lon)}, and would fit the district at {_point(lon, lat)}",
        expected=f"{places.lat} is degrees north, {places.lon} is degrees east (negative in the "
        "Americas)",
        fix="Swap the two cells.",
    )


def _same_points(
    places: _Places, lat: _Floats, lon: _Floats, plausible: npt.NDArray[np.bool_]
) -> list[Problem]:
    first: dict[tuple[float, float], int] = {}
    notes = []
    for position in np.flatnonzero(plausible):
        point = (float(lat[position]), float(lon[position]))
        if point not in first:
            first[point] = int(position)
            continue
        other = places.table.row(first[point])
        notes.append(
            places.table.problem(
                int(position),
                places.lat,
                code="same-point",
                message=f"the {places.noun} lies on exactly the same point as the one in "
                f"row {other}",
                expected="",
                fix="Nothing to do if they share a campus; otherwise look both up.",
                severity="note",
            )
        )
    return notes


def _point(lat: float, lon: float) -> str:
    return f"({lat:.4f}, {lon:.4f})"
