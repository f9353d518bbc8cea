"""Coordinates that cannot be right."""

import numpy as np
import numpy.typing as npt

from netplan.errors import Problem
from netplan.inputs.tables import Table

#: Nothing in one school district is farther from its middle.
FAR_KM = 100.0
_EARTH_RADIUS_KM = 6371.0088
#: No school lies south of this; American longitudes under `lat` do.
_ANTARCTIC_LAT = -60.0
_Floats = npt.NDArray[np.float64]


def check_places(schools: Table) -> tuple[list[Problem], frozenset[tuple[int, str]]]:
    """Find schools at zero, with latitude and longitude swapped, or far from the rest.

    Returns
    -------
    problems
        What was found.
    explained
        (row, column) pairs of which everything is said; a range problem of
        theirs would say it twice.
    """
    lat = schools.frame["lat"].to_numpy(dtype=float)
    lon = schools.frame["lon"].to_numpy(dtype=float)
    known = np.isfinite(lat) & np.isfinite(lon)
    zero = known & ((lat == 0) | (lon == 0))
    plausible = known & ~zero & (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
    problems = [
        schools.problem(
            int(position),
            "lat" if lat[position] == 0 else "lon",
            code="zero-coordinates",
            message=f"the school lies at {_point(lat[position], lon[position])}, in the ocean",
            expected="degrees of the building",
            fix="Look its coordinates up.",
        )
        for position in np.flatnonzero(zero)
    ]
    middle = _middle(lat, lon, plausible & (lat >= _ANTARCTIC_LAT))
    explained: set[tuple[int, str]] = set()
    for position in np.flatnonzero(known & ~zero):
        found = _misplaced(
            schools, int(position), float(lat[position]), float(lon[position]), middle
        )
        if found is not None:
            problems.append(found)
            explained |= {(schools.row(int(position)), name) for name in ("lat", "lon")}
    return problems + _same_points(schools, lat, lon, plausible), frozenset(explained)


def _middle(
    lat: _Floats, lon: _Floats, plausible: npt.NDArray[np.bool_]
) -> tuple[float, float] | None:
    if not plausible.any():
        return None
    return float(np.median(lat[plausible])), float(np.median(lon[plausible]))


def _misplaced(
    schools: Table, position: int, lat: float, lon: float, middle: tuple[float, float] | None
) -> Problem | None:
    in_range = abs(lat) <= 90 and abs(lon) <= 180
    distance = np.inf if middle is None else _km(lat, lon, *middle)
    if in_range and distance <= FAR_KM:
        return None
    if abs(lon) <= 90 and abs(lat) <= 180:
        fits = _uninhabited(lat) if middle is None else _km(lon, lat, *middle) <= FAR_KM
        if fits:
            return _swapped(schools, position, lat, lon)
    if middle is None or not in_range:
        return None
    hint = "Look its coordinates up, or take the school out."
    for name, other in (("lon", (lat, -lon)), ("lat", (-lat, lon))):
        if _km(*other, *middle) <= FAR_KM:
            hint = f"Did {name} lose its minus sign? {_point(*other)} fits the district."
    return schools.problem(
        position,
        "lat",
        code="far-from-district",
        message=f"the school lies at {_point(lat, lon)}, {distance:,.0f} km from the median school "
        f"at {_point(*middle)}",
        expected=f"at most {FAR_KM:.0f} km",
        fix=hint,
    )


def _uninhabited(lat: float) -> bool:
    return lat < _ANTARCTIC_LAT or lat > 90


def _swapped(schools: Table, position: int, lat: float, lon: float) -> Problem:
    return schools.problem(
        position,
        "lat",
        code="swapped-coordinates",
        message=f"lat and lon are swapped: the school lies at {_point(lat, lon)}, "
        f"and would fit the district at {_point(lon, lat)}",
        expected="lat is degrees north, lon is degrees east (negative in the Americas)",
        fix="Swap the two cells.",
    )


def _same_points(
    schools: Table, lat: _Floats, lon: _Floats, plausible: npt.NDArray[np.bool_]
) -> list[Problem]:
    first: dict[tuple[float, float], int] = {}
    notes = []
    for position in np.flatnonzero(plausible):
        point = (float(lat[position]), float(lon[position]))
        if point not in first:
            first[point] = int(position)
            continue
        other = schools.row(first[point])
        notes.append(
            schools.problem(
                int(position),
                "lat",
                code="same-point",
                message=f"the school lies on exactly the same point as the one in row {other}",
                expected="",
                fix="Nothing to do if they share a campus; otherwise look both up.",
                severity="note",
            )
        )
    return notes


def _point(lat: float, lon: float) -> str:
    return f"({lat:.4f}, {lon:.4f})"


def _km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half = np.sin((phi2 - phi1) / 2) ** 2
    half += np.cos(phi1) * np.cos(phi2) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    return float(2 * _EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))
