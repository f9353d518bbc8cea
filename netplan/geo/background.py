"""Lines and polygons to draw beneath a map: roads, rivers, lakes; nothing is computed from them."""

import json

import numpy as np
import pyproj
import shapely

from netplan.errors import Problem
from netplan.geo.geopackage import MAGIC, read_layer
from netplan.geo.plane import Geometries

#: Features of one file that are drawn; a county has some 100,000 pieces of road.
MOST_FEATURES = 200_000
_WGS84 = "EPSG:4326"
_FIX = "Export the layer again as GeoJSON in WGS 84 (EPSG:4326)."
#: Names that old GeoJSON files give to degrees of WGS 84, whose axes GeoJSON has as lon, lat.
_DEGREES = frozenset(
    {
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:EPSG::4326",
        "urn:ogc:def:crs:EPSG::4269",
        "EPSG:4326",
        "EPSG:4269",
    }
)
_DRAWN = (
    shapely.GeometryType.LINESTRING,
    shapely.GeometryType.MULTILINESTRING,
    shapely.GeometryType.POLYGON,
    shapely.GeometryType.MULTIPOLYGON,
)


def read_background(data: bytes, file: str) -> Geometries | Problem:
    """Read the lines and polygons of a GeoJSON or GeoPackage file, or say why not.

    Points, empty features and broken ones are left out: a map loses a pond, nothing else.

    Parameters
    ----------
    data
        The file's bytes; the first say which kind it is.
    file
        Its name, for problems.

    Returns
    -------
    geometry
        Shape (features,): lines and polygons in degrees (lon, lat).
    """
    found = _geopackage(data, file) if data.startswith(MAGIC) else _geojson(data, file)
    if isinstance(found, Problem):
        return found
    if len(found) > MOST_FEATURES:
        return _problem(
            file,
            "too-many-features",
            f"the file has more than {MOST_FEATURES:,} features",
            "the larger roads and waters of the district",
            "Keep the features that people find their way by.",
        )
    flat: Geometries = shapely.force_2d(found[~shapely.is_missing(found)])
    kept: Geometries = flat[np.isin(shapely.get_type_id(flat), _DRAWN) & ~shapely.is_empty(flat)]
    finite = np.isfinite(shapely.bounds(kept)).all(axis=1) if len(kept) else np.zeros(0, bool)
    kept = kept[finite]
    if not len(kept):
        return _problem(
            file,
            "no-features",
            "the file has no lines or polygons",
            "lines or polygons to draw",
            "Export the layer of roads or waters.",
        )
    west, south, east, north = shapely.total_bounds(kept)
    if max(-west, east) > 180 or max(-south, north) > 90:
        return _problem(
            file,
            "not-degrees",
            "the coordinates are not degrees",
            "longitude -180 to 180 and latitude -90 to 90",
            _FIX,
        )
    return kept


def _geojson(data: bytes, file: str) -> Geometries | Problem:
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        document = None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(features, list):
        return _problem(
            file, "bad-geojson", "this is no GeoJSON collection of features in UTF-8",
            '{"type": "FeatureCollection", "features": [...]}', _FIX,
        )  # fmt: skip
    crs = document.get("crs")
    if crs is not None:
        inside = crs.get("properties") if isinstance(crs, dict) else None
        name = str(inside.get("name") if isinstance(inside, dict) else crs)
        if name not in _DEGREES:
            return _problem(
                file, "unknown-crs", f"the file is in other coordinates ({name[:80]})",
                "degrees of WGS 84", _FIX,
            )  # fmt: skip
    texts = [
        json.dumps(feature.get("geometry")) if isinstance(feature, dict) else None
        for feature in features[: MOST_FEATURES + 1]
    ]
    made: Geometries = shapely.from_geojson(
        np.array([text if text != "null" else None for text in texts], dtype=object),
        on_invalid="ignore",
    )
    return made


def _geopackage(data: bytes, file: str) -> Geometries | Problem:
    layer = read_layer(data, file, most=MOST_FEATURES)
    if isinstance(layer, Problem):
        return layer
    try:
        crs = pyproj.CRS.from_user_input(layer.authority or layer.wkt)
    except pyproj.exceptions.CRSError:
        return _problem(
            file, "missing-crs", "the GeoPackage does not say in which coordinates its layer is",
            "a coordinate reference system", _FIX,
        )  # fmt: skip
    found: Geometries = np.full(len(layer.geometry), None, dtype=object)
    found[:] = [g if isinstance(g, shapely.Geometry) else None for g in layer.geometry]
    if crs.to_epsg() == 4326:
        return found
    transformer = pyproj.Transformer.from_crs(crs, _WGS84, always_xy=True)
    moved: Geometries = shapely.transform(
        found, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    )
    return moved


def _problem(file: str, code: str, message: str, expected: str, fix: str) -> Problem:
    return Problem(code=code, file=file, message=message, expected=expected, fix=fix)
