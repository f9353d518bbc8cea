"""Shapes made ready for a page: what is drawn, the view it opens with, simplified, as text."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from netplan.maps.model import Bools, Floats, Ints, Layer, Shapes
from netplan.maps.polyline import encode_lines

Geometries = npt.NDArray[np.object_]
Bounds = tuple[float, float, float, float]

#: Meters in a degree of latitude.
DEGREE_M = 111_320.0
#: What the eye can tell apart: a map some 1,000 pixels wide, enlarged sixteenfold (assumption).
_DETAILS = 16_000.0
#: Coarser than this, coordinates are kept to 4 decimals (11 m), else to 5 (1.1 m).
_COARSE_M = 10.0
#: The view of a page with nothing on it: the contiguous United States; least half size, degrees.
_NOWHERE: Bounds = (-125.0, 24.5, -66.5, 49.5)
_LEAST = 0.005
#: A place is apart from the rest when the nearest one to it is this many times closer to the
#: middle, and it is this far off (assumption: no district has a gap of this size).
_APART, _APART_M = 4.0, 200_000.0

_KINDS = {
    "polygon": ("Polygon", "MultiPolygon"),
    "line": ("LineString", "LinearRing", "MultiLineString"),
    "point": ("Point",),
}


def drawn(shapes: Shapes) -> Bools:
    """Tell which rows have a geometry that can be drawn.

    Raises
    ------
    ValueError
        A geometry is of another kind than the shapes.
    """
    present = ~(shapely.is_missing(shapes.geometry) | shapely.is_empty(shapes.geometry))
    codes = [shapely.GeometryType[name.upper()].value for name in _KINDS[shapes.kind]]
    wrong = np.flatnonzero(present & ~np.isin(shapely.get_type_id(shapes.geometry), codes))
    if len(wrong):
        raise ValueError(
            f"{shapes.shapes_id}: row {wrong[0]} is a {shapes.geometry[wrong[0]].geom_type}, "
            f"not a {shapes.kind}"
        )
    result: Bools = present & np.isfinite(shapely.bounds(shapes.geometry)).all(axis=1)
    return result


def view(layers: Sequence[Layer], shapes: Sequence[Shapes]) -> Bounds:
    """Give west, south, east and north of what the page shows when it opens.

    A place far from all others (longitude without its sign, 0 north 0 east) is left out of the
    view, though not of the map.
    """
    wanted = {
        layer.shapes_id for layer in layers if layer.shown and (layer.interactive or layer.framing)
    }
    wanted = wanted or {layer.shapes_id for layer in layers}
    boxes = [
        shapely.bounds(each.geometry)[drawn(each)] for each in shapes if each.shapes_id in wanted
    ]
    box = np.concatenate([*boxes, np.empty((0, 4))])
    if not len(box):
        return _NOWHERE
    box = box[_together(box)]
    west, south = box[:, :2].min(axis=0)
    east, north = box[:, 2:].max(axis=0)
    x, y = max(0.0, _LEAST - (east - west) / 2), max(0.0, _LEAST - (north - south) / 2)
    return (float(west - x), float(south - y), float(east + x), float(north + y))


def _together(box: Floats) -> Bools:
    middle = (box[:, :2] + box[:, 2:]) / 2
    center = np.median(middle, axis=0)
    flat = (middle - center) * [math.cos(math.radians(min(89.0, abs(center[1])))), 1.0]
    away = np.hypot(*flat.T) * DEGREE_M
    ordered = np.sort(away)
    gaps = ordered[1:] > np.maximum(_APART * ordered[:-1], _APART_M)
    gaps[: len(box) // 2] = False
    limit = ordered[int(np.argmax(gaps))] if gaps.any() else math.inf
    result: Bools = away <= limit
    return result


def tolerance(bounds: Bounds) -> float:
    """Give the detail in meters that a page of this size needs, at least 1."""
    west, south, east, north = bounds
    wide = (east - west) * math.cos(math.radians((south + north) / 2))
    return max(1.0, math.hypot(wide, north - south) * DEGREE_M / _DETAILS)


def simplified(
    geometry: Geometries, *, coverage: bool, tolerance_m: float
) -> tuple[Geometries, bool]:
    """Simplify polygons or lines, a coverage as one; tell whether its borders matched.

    Parameters
    ----------
    geometry
        Shape (rows,): degrees, none missing.
    coverage
        Polygons that share borders. Borders that two polygons share stay shared; where the
        polygons overlap or their borders differ, each side is simplified for itself.
    tolerance_m
        Details smaller than this go: of a coverage, corners whose triangle is smaller than a
        square of this side; else, vertices closer than this to the line without them. 0 = none.
    """
    if not len(geometry) or tolerance_m <= 0.0:
        return geometry, True
    degrees = tolerance_m / DEGREE_M
    if not coverage:
        return shapely.simplify(geometry, degrees, preserve_topology=True), True
    south, north = shapely.total_bounds(geometry)[[1, 3]]
    # A square of that side, in square degrees: a degree of longitude is shorter.
    side = degrees / math.sqrt(max(0.01, math.cos(math.radians((south + north) / 2))))
    matched = bool(shapely.coverage_is_valid(geometry))
    try:
        return shapely.coverage_simplify(geometry, side), matched
    except shapely.GEOSException:  # rings that cross themselves
        return shapely.simplify(geometry, degrees, preserve_topology=True), False


def encoded(shapes: Shapes, present: Bools, *, tolerance_m: float) -> tuple[dict[str, Any], bool]:
    """Give shapes as the page's data (docs/map-data.md), and whether shared borders matched."""
    precision = 4 if tolerance_m >= _COARSE_M and shapes.kind != "point" else 5
    data: dict[str, Any] = {"kind": shapes.kind, "precision": precision}
    if shapes.kind == "point":
        points = np.zeros((len(present), 2))
        points[present] = shapely.get_coordinates(shapes.geometry[present])
        return {**data, "rows": _points(points, precision)}, True
    geometry, matched = simplified(
        shapely.force_2d(shapes.geometry[present]),
        coverage=shapes.coverage,
        tolerance_m=tolerance_m,
    )
    rows: list[Any] = [None] * len(present)
    places = np.flatnonzero(present).tolist()
    if shapes.kind == "line":
        parts, row = shapely.get_parts(geometry, return_index=True)
        vertices, part = shapely.get_coordinates(parts, return_index=True)
        lines = encode_lines(vertices, part, len(parts), precision=precision)
        for place, (a, b) in zip(places, _runs(row, len(places)), strict=True):
            rows[place] = lines[a:b]
    else:
        polygons = _polygons(geometry, precision)
        for place, polygon in zip(places, polygons, strict=True):
            rows[place] = polygon
    return {**data, "rows": rows}, matched


def _points(place: Floats, precision: int) -> str:
    # Coincident points stay two vertices, so each is a line of its own, joined by differences.
    whole = np.rint(place * 10.0**precision)
    step = np.diff(whole, axis=0, prepend=0) / 10.0**precision
    return "".join(encode_lines(step, np.arange(len(step)), len(step), precision=precision))


def _polygons(geometry: Geometries, precision: int) -> list[list[list[str]]]:
    """Encode polygons: per row its parts, per part the outer ring and its holes, not closed."""
    parts, row = shapely.get_parts(geometry, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    opened = np.diff(ring, append=-1) == 0  # all but each ring's last vertex, which is its first
    texts = encode_lines(vertices[opened], ring[opened], len(rings), precision=precision)
    of_part = [texts[a:b] for a, b in _runs(part, len(parts))]
    return [of_part[a:b] for a, b in _runs(row, len(geometry))]


def _runs(owner: Ints, owners: int) -> list[tuple[int, int]]:
    """Give where each owner's items start and end in an ascending list of owners."""
    return list(pairwise(np.searchsorted(owner, np.arange(owners + 1)).tolist()))
