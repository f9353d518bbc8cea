"""Polygons of a GeoJSON or GeoPackage file, in degrees of WGS 84, with what is wrong with them."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from netplan.errors import Problem, Severity
from netplan.geo.geopackage import MAGIC, read_layer

#: Features of one file; the country has 242,000 block groups.
MAX_FEATURES = 250_000
#: A repair may change the area by this share at most.
REPAIR_SHARE = 0.001
WGS84 = "EPSG:4326"
_MOST_TOLD = 8
_CRS_NAME = re.compile(
    r"(?:urn:ogc:def:crs:)?(?:(?P<authority>EPSG|ESRI):(?:[0-9.]*:)?(?P<code>[0-9]{3,6})"
    r"|OGC:(?:1\.3:)?(?P<crs84>CRS84))"
    r"|https?://www\.opengis\.net/(?:def/crs/EPSG/[0-9.]+/|gml/srs/epsg\.xml#)(?P<http>[0-9]{3,6})",
    re.IGNORECASE,
)
_EXPORT = "Export the layer again as GeoJSON in WGS 84 (EPSG:4326)."
Geometries = npt.NDArray[np.object_]

#: Fault of a feature: what is wrong, what is expected, what to do.
_FAULTS: Mapping[str, tuple[str, str, str]] = {
    "not-a-feature": ("this is no GeoJSON feature", "an object of type Feature", _EXPORT),
    "no-geometry": (
        "the geometry is missing",
        "a polygon for each",
        "Export the layer again with its geometry, or delete the features.",
    ),
    "empty-geometry": (
        "the geometry is empty",
        "a polygon for each",
        "Export the layer again, or delete the features.",
    ),
    "not-polygons": (
        "the geometry is no polygon",
        "Polygon or MultiPolygon",
        "Export the layer of areas, not of points or lines.",
    ),
    "broken-geometry": (
        "the coordinates are no closed rings of numbers",
        "rings of at least four [lon, lat] pairs",
        _EXPORT,
    ),
    "invalid-geometry": (
        "the outline crosses itself, and a repair would change its area by more than 0.1 %",
        "valid polygons",
        "Repair the layer (in QGIS: Fix geometries), look at these features, and export again.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """Sound polygons of one file, in degrees (lon, lat) of WGS 84.

    ``numbers`` is the place of each in the file, from 1 on; ``total`` how many features the
    file has.
    """

    geometry: Geometries
    properties: tuple[Mapping[str, object], ...]
    numbers: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Raw:
    """Features as they stand in the file: a geometry, or the code of its fault."""

    geometry: tuple[shapely.Geometry | str, ...]
    properties: tuple[Mapping[str, object], ...]
    crs: pyproj.CRS | None


def read_polygons(data: bytes, file: str) -> tuple[Shapes | None, list[Problem]]:
    """Read a file's polygons from its bytes.

    Parameters
    ----------
    data
        Of a GeoJSON or GeoPackage file; the first bytes say which.
    file
        Its name, for problems.

    Returns
    -------
    shapes
        The sound features; None when nothing can be made of the file.
    problems
        Everything that is wrong with it, one problem for each kind.
    """
    raw = _geopackage(data, file) if data.startswith(MAGIC) else _geojson(data, file)
    if isinstance(raw, Problem):
        return None, [raw]
    total = len(raw.geometry)
    if not total or total > MAX_FEATURES:
        return None, [_count(file, total)]
    faults: dict[str, list[int]] = {}
    kept = []
    for number, geometry in enumerate(raw.geometry, start=1):
        if isinstance(geometry, str):
            faults.setdefault(geometry, []).append(number)
        else:
            kept.append(number)
    problems = [_fault(file, code, found, total) for code, found in faults.items()]
    if not kept:
        return None, problems
    geometries = np.array([raw.geometry[number - 1] for number in kept], dtype=object)
    moved = _to_degrees(geometries, raw.crs, file)
    if isinstance(moved, Problem):
        return None, [*problems, moved]
    repaired, bad, mended = _repaired(moved)
    if bad.any():
        found = [number for number, one in zip(kept, bad, strict=True) if one]
        problems.append(_fault(file, "invalid-geometry", found, total))
    if mended.any():
        found = [number for number, one in zip(kept, mended, strict=True) if one]
        problems.append(_mended(file, found, total))
    sound = np.flatnonzero(~bad)
    return Shapes(
        geometry=repaired[sound],
        properties=tuple(raw.properties[kept[i] - 1] for i in sound),
        numbers=tuple(kept[i] for i in sound),
        total=total,
    ), problems


def to_frame(columns: Mapping[str, Sequence[str]], geometry: Geometries) -> gpd.GeoDataFrame:
    """Make a GeoDataFrame in WGS 84 of text columns and geometries."""
    frame = gpd.GeoDataFrame(
        {name: list(values) for name, values in columns.items()}, geometry=geometry, crs=WGS84
    )
    return frame.astype(dict.fromkeys(columns, "str"))


def feature_problem(
    file: str,
    numbers: Sequence[int],
    total: int,
    *,
    code: str,
    message: str,
    expected: str,
    fix: str,
    column: str | None = None,
    value: str | None = None,
    severity: Severity = "error",
) -> Problem:
    """Make one problem of several features, naming the first of them."""
    told = ", ".join(f"{number:,}" for number in numbers[:_MOST_TOLD])
    more = ", ..." if len(numbers) > _MOST_TOLD else ""
    noun = "feature" if len(numbers) == 1 else "features"
    return Problem(
        code=code,
        file=file,
        column=column,
        value=value,
        message=f"{message} ({noun} {told}{more} of {total:,})",
        expected=expected,
        fix=fix,
        severity=severity,
    )


def _fault(file: str, code: str, numbers: Sequence[int], total: int) -> Problem:
    message, expected, fix = _FAULTS[code]
    return feature_problem(
        file, numbers, total, code=code, message=message, expected=expected, fix=fix
    )


def _mended(file: str, numbers: Sequence[int], total: int) -> Problem:
    return feature_problem(
        file,
        numbers,
        total,
        code="repaired-geometry",
        message="the outline crossed itself and was repaired; the area is the same to 0.1 %",
        expected="",
        fix="Nothing to do.",
        severity="note",
    )


def _count(file: str, total: int) -> Problem:
    if not total:
        return Problem(
            code="no-features",
            file=file,
            message="the file has no features",
            expected="a feature for each area",
            fix="Export the layer again, without a filter.",
        )
    return Problem(
        code="too-many-features",
        file=file,
        message=f"the file has more than {MAX_FEATURES:,} features",
        expected="the district's areas alone",
        fix="Keep the areas of the district's county.",
    )


def _geopackage(data: bytes, file: str) -> _Raw | Problem:
    layer = read_layer(data, file, most=MAX_FEATURES)
    if isinstance(layer, Problem):
        return layer
    crs = _crs_of(layer.authority, layer.wkt)
    if crs is None:
        return Problem(
            code="missing-crs",
            file=file,
            value=layer.authority or layer.wkt[:80] or None,
            message="the GeoPackage does not say in which coordinates its layer is, or says it in "
            "a way that is not known",
            expected="a coordinate reference system",
            fix=f"Set the layer's CRS to what it is. {_EXPORT}",
        )
    geometries = tuple(
        "no-geometry" if g is None else "broken-geometry" if isinstance(g, bool) else _polygonal(g)
        for g in layer.geometry
    )
    return _Raw(geometry=geometries, properties=layer.properties, crs=crs)


def _crs_of(name: str, wkt: str) -> pyproj.CRS | None:
    try:
        if name:
            return pyproj.CRS.from_user_input(name)
        return pyproj.CRS.from_wkt(wkt) if wkt.lstrip()[:4].upper() in _WKT_STARTS else None
    except pyproj.exceptions.CRSError:
        return None


_WKT_STARTS = frozenset({"PROJ", "GEOG", "GEOD", "COMP", "BOUN"})


def _polygonal(geometry: shapely.Geometry) -> shapely.Geometry | str:
    if geometry.is_empty:
        return "empty-geometry"
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        return "not-polygons"
    return geometry if np.isfinite(shapely.get_coordinates(geometry)).all() else "broken-geometry"


def _geojson(data: bytes, file: str) -> _Raw | Problem:
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return _not_json(file, "it is not UTF-8", "wrong-encoding")
    except (ValueError, RecursionError) as error:
        return _not_json(file, _reason(data, error), "bad-geojson")
    kind = document.get("type") if isinstance(document, dict) else None
    features = document.get("features") if isinstance(document, dict) else None
    if kind != "FeatureCollection" or not isinstance(features, list):
        return Problem(
            code="not-features",
            file=file,
            value=str(kind)[:80] if kind is not None else None,
            message="the file is JSON, but no GeoJSON collection of features",
            expected='{"type": "FeatureCollection", "features": [...]}',
            fix="Export the layer as GeoJSON (a TopoJSON or Esri JSON file is something else).",
        )
    crs = _declared(document.get("crs"), file)
    if isinstance(crs, Problem):
        return crs
    properties: list[Mapping[str, object]] = []
    geometries = []
    for feature in features[: MAX_FEATURES + 1]:
        told = feature.get("properties") if isinstance(feature, dict) else None
        properties.append(told if isinstance(told, dict) else {})
        geometries.append(_feature(feature))
    return _Raw(geometry=tuple(geometries), properties=tuple(properties), crs=crs)


def _reason(data: bytes, error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        if not error.doc.rstrip().endswith("}"):
            return f"the file breaks off after {len(data):,} bytes"
        return f"{error.msg} in line {error.lineno:,}"
    return "a number is too long"


def _not_json(file: str, reason: str, code: str) -> Problem:
    return Problem(
        code=code,
        file=file,
        message=f"this is not GeoJSON: {reason}",
        expected="a whole GeoJSON file in UTF-8",
        fix="Download or export it again.",
    )


def _declared(crs: object, file: str) -> pyproj.CRS | Problem | None:
    """Give the reference system that an (old) GeoJSON file names; None is WGS 84."""
    if crs is None:
        return None
    inside = crs.get("properties") if isinstance(crs, dict) else None
    name = inside.get("name", inside.get("code")) if isinstance(inside, dict) else None
    text = f"EPSG:{name}" if isinstance(name, int) else str(name)
    match = _CRS_NAME.fullmatch(text.strip())
    if match is not None:
        if match["crs84"] is not None:
            return None
        found = _crs_of(
            f"{(match['authority'] or 'EPSG').upper()}:{match['code'] or match['http']}", ""
        )
        if found is not None:
            return found
    return Problem(
        code="unknown-crs",
        file=file,
        column="crs",
        value=text[:80],
        message="the file names a coordinate reference system that is not known",
        expected="none (then it is WGS 84), or such as urn:ogc:def:crs:EPSG::2236",
        fix=_EXPORT,
    )


def _feature(feature: object) -> shapely.Geometry | str:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return "not-a-feature"
    geometry = feature.get("geometry")
    if geometry is None:
        return "no-geometry"
    if not isinstance(geometry, dict):
        return "broken-geometry"
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        known = ("Point", "MultiPoint", "LineString", "MultiLineString", "GeometryCollection")
        return "not-polygons" if kind in known else "broken-geometry"
    if coordinates == []:
        return "empty-geometry"
    parts = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(parts, list):
        return "broken-geometry"
    polygons = [_polygon(part) for part in parts]
    if any(polygon is None for polygon in polygons):
        return "broken-geometry"
    return _polygonal(polygons[0] if kind == "Polygon" else shapely.multipolygons(polygons))


def _polygon(rings: Any) -> shapely.Geometry | None:
    if not isinstance(rings, list) or not rings:
        return None
    arrays = [_ring(ring) for ring in rings]
    if any(array is None for array in arrays):
        return None
    try:
        return shapely.Polygon(arrays[0], arrays[1:])
    except (ValueError, shapely.errors.ShapelyError):
        return None


def _ring(ring: Any) -> npt.NDArray[np.float64] | None:
    if not isinstance(ring, list) or len(ring) < 4:
        return None
    try:
        array = np.asarray(ring)
    except (ValueError, TypeError, OverflowError):
        return None
    if array.ndim != 2 or array.shape[1] not in (2, 3, 4) or array.dtype.kind not in "iuf":
        return None
    return array[:, :2].astype(np.float64)


def _to_degrees(geometry: Geometries, crs: pyproj.CRS | None, file: str) -> Geometries | Problem:
    """Bring geometries into degrees of WGS 84, or say why their coordinates cannot be right."""
    west, south, east, north = (float(bound) for bound in shapely.total_bounds(geometry))
    told = f"x {west:,.6g} to {east:,.6g}, y {south:,.6g} to {north:,.6g}"
    inside = max(-west, east) <= 180 and max(-south, north) <= 90
    if crs is None or crs.is_geographic:
        if not inside:
            return _not_degrees(
                file, told, swapped=max(-west, east) <= 90 and max(-south, north) <= 180
            )
        if crs is None or crs.to_epsg() == 4326:
            return geometry
    elif inside:
        return Problem(
            code="degrees-in-meters",
            file=file,
            value=told,
            message=f"the file says its coordinates are those of {crs.name[:60]}, and they look "
            "like degrees",
            expected="coordinates of the reference system that the file names",
            fix="Set the layer's CRS to WGS 84 (EPSG:4326) without reprojecting it, and export "
            "again.",
        )
    transformer = pyproj.Transformer.from_crs(crs, WGS84, always_xy=True)
    moved: Geometries = shapely.transform(
        geometry, lambda points: np.column_stack(transformer.transform(points[:, 0], points[:, 1]))
    )
    bounds = shapely.total_bounds(moved)
    if all(map(math.isfinite, bounds)) and max(abs(bounds[[0, 2]])) <= 180:
        return moved
    return Problem(
        code="outside-crs",
        file=file,
        value=told,
        message=f"the coordinates lie outside the reference system {crs.name[:60]}",
        expected="coordinates of the reference system that the file names",
        fix=f"Set the layer's CRS to what it is. {_EXPORT}",
    )


def _not_degrees(file: str, told: str, *, swapped: bool) -> Problem:
    if swapped:
        return Problem(
            code="swapped-axes",
            file=file,
            value=told,
            message="longitude and latitude are swapped",
            expected="[lon, lat]: longitude first",
            fix=_EXPORT,
        )
    return Problem(
        code="not-degrees",
        file=file,
        value=told,
        message="the coordinates are not degrees: they look like meters or feet of a plane, and "
        "the file does not name it",
        expected="longitude -180 to 180 and latitude -90 to 90",
        fix=f"Set the layer's CRS to the plane it is in, then: {_EXPORT}",
    )


def _repaired(
    geometry: Geometries,
) -> tuple[Geometries, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Repair invalid polygons; say which cannot be, and which were."""
    bad = np.zeros(len(geometry), dtype=bool)
    mended = np.zeros(len(geometry), dtype=bool)
    result = geometry.copy()
    for i in np.flatnonzero(~shapely.is_valid(geometry)):
        before = float(geometry[i].area)
        after = _polygon_parts(shapely.make_valid(geometry[i]))
        same = abs(float(after.area) - before) <= REPAIR_SHARE * max(before, float(after.area))
        if same and not after.is_empty:
            result[i], mended[i] = after, True
        else:
            bad[i] = True
    return result, bad, mended


def _polygon_parts(geometry: shapely.Geometry) -> shapely.Geometry:
    """Give the polygons of a geometry, leaving out the points and lines of a repair."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return shapely.union_all([part for part in parts if part.geom_type == "Polygon"])
