"""Files of shapes that someone else made (GeoJSON, GeoPackage) read into features in WGS 84.

Bounded, from the given file alone, and with every property as plain text.
"""

import json
import math
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas
import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from netplan.sources.numbers import show
from netplan.sources.outcome import failure
from netplan.sources.sheets import normal, plain

MAX_BYTES = 300_000_000
MAX_FEATURES = 300_000
NAME_NAMES = ("namelsad", "namelsad20", "region_name", "location", "name")
#: Digits after the point: 0.1 m, finer than any census boundary.
DECIMALS = 6
_SQLITE = b"SQLite format 3\x00"
_DEGREES = re.compile(r"(CRS84|EPSG:{1,2}(4326|4269)|WGS ?84|NAD ?83)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One feature: its number in the file from 1, its properties as text, and its polygons.

    ``geometry`` is None where the feature has no polygon; ``reason`` then says what it has.
    """

    number: int
    properties: dict[str, str]
    geometry: BaseGeometry | None
    reason: str = ""
    repaired: bool = False


def read_features(path: Path) -> tuple[Feature, ...]:
    """Read every feature of a GeoJSON or GeoPackage file, in WGS 84 and to 6 decimals.

    Raises
    ------
    InputError
        No such file, too large, damaged, in no known projection, or without a feature.
    """
    if not path.is_file():
        raise failure(
            "no-file", str(path), "there is no such file", "a map file", "Check the path."
        )
    if path.stat().st_size > MAX_BYTES:
        raise failure(
            "file-too-large",
            path.name,
            f"the file is larger than {MAX_BYTES // 1_000_000} MB",
            "the areas of one district's counties",
            "Cut it down to your county and run again.",
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise failure(
            "unreadable", path.name, f"the file cannot be read ({error.strerror})", "", "Check it."
        ) from error
    raw = _package(path) if data.startswith(_SQLITE) else _geojson(path.name, data)
    if not raw:
        raise failure(
            "empty-file", path.name, "the file has no feature", "at least one polygon", "Check it."
        )
    return tuple(
        _feature(path.name, number, properties, geometry)
        for number, (properties, geometry) in enumerate(raw, start=1)
    )


def collection_text(rows: Sequence[tuple[dict[str, str], BaseGeometry]]) -> str:
    """Give properties and geometries as GeoJSON text, one feature in each line."""
    lines = [
        '{"type": "Feature", "properties": {'
        + ", ".join(f'"{key}": {_quoted(value)}' for key, value in properties.items() if value)
        + f'}}, "geometry": {shapely.to_geojson(geometry)}}}'
        for properties, geometry in rows
    ]
    return '{"type": "FeatureCollection", "features": [\n' + ",\n".join(lines) + "\n]}\n"


def _quoted(text: str) -> str:
    return '"' + plain(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def feature_name(feature: Feature) -> str:
    """Give the name that a feature bears, empty where it has none."""
    by_normal = {normal(key): value for key, value in reversed(feature.properties.items())}
    return next((by_normal[name] for name in NAME_NAMES if by_normal.get(name)), "")


def _geojson(name: str, data: bytes) -> list[tuple[dict[str, str], BaseGeometry | None]]:
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise failure(
            "not-geojson", name, "the file is neither UTF-8 text nor a GeoPackage",
            "GeoJSON or GeoPackage", "Export it again as GeoJSON (convert a shapefile).",
        ) from error  # fmt: skip
    except (json.JSONDecodeError, RecursionError) as error:
        where = f" at row {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise failure(
            "not-geojson", name, f"the file is cut off or damaged{where}: it is no whole GeoJSON",
            "a GeoJSON FeatureCollection", "Export or download it again.",
        ) from error  # fmt: skip
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise failure(
            "not-geojson", name, "the file is no collection of features",
            "a GeoJSON FeatureCollection", "Export it again with all features.",
        )  # fmt: skip
    _check_count(name, len(features))
    found: list[tuple[dict[str, str], BaseGeometry | None]] = []
    for feature in features:
        body = feature if isinstance(feature, dict) else {}
        given = body.get("properties")
        properties = given if isinstance(given, dict) else {}
        found.append(
            (
                {plain(str(key)): _text(value) for key, value in properties.items()},
                _shape(body.get("geometry")),
            )
        )
    crs = _crs_name(content)
    if crs and not _DEGREES.search(crs):
        return _reprojected(name, found, crs)
    return found


def _crs_name(content: dict[str, object]) -> str:
    crs = content.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name[:100] if isinstance(name, str) else ""


def _shape(given: object) -> BaseGeometry | None:
    if not isinstance(given, dict):
        return None
    try:
        made = shape(given)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ShapelyError):
        return None
    return made if isinstance(made, BaseGeometry) else None


def _reprojected(
    name: str, found: list[tuple[dict[str, str], BaseGeometry | None]], crs: str
) -> list[tuple[dict[str, str], BaseGeometry | None]]:
    try:
        series = geopandas.GeoSeries([geometry for _, geometry in found], crs=crs).to_crs(4326)
    except RuntimeError as error:  # what an unknown projection raises
        raise failure(
            "unknown-crs", name, "the file's coordinate system is not known", "WGS 84 (EPSG:4326)",
            "Export it again in WGS 84.", value=crs,
        ) from error  # fmt: skip
    return [(properties, geometry) for (properties, _), geometry in zip(found, series, strict=True)]


def _package(path: Path) -> list[tuple[dict[str, str], BaseGeometry | None]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # several layers: the first is read; odd headers
            frame = geopandas.read_file(path.absolute(), engine="pyogrio")
    except (RuntimeError, ValueError, OSError) as error:
        raise failure(
            "not-geopackage", path.name, "the GeoPackage is damaged and cannot be read",
            "a GeoPackage with a layer of polygons", "Export or download it again.",
        ) from error  # fmt: skip
    if not isinstance(frame, geopandas.GeoDataFrame):
        return []
    _check_count(path.name, len(frame))
    if frame.crs is None:
        raise failure(
            "unknown-crs", path.name, "the GeoPackage does not say its coordinate system",
            "WGS 84 (EPSG:4326) or any that it names", "Set it and export again.",
        )  # fmt: skip
    frame = frame.to_crs(4326)
    columns = [column for column in frame.columns if column != frame.geometry.name]
    return [
        ({plain(str(key)): _text(value) for key, value in zip(columns, row, strict=True)}, geometry)
        for row, geometry in zip(
            frame[columns].itertuples(index=False, name=None), frame.geometry, strict=True
        )
    ]


def _check_count(name: str, features: int) -> None:
    if features > MAX_FEATURES:
        raise failure(
            "file-too-large",
            name,
            f"the file has {features:,} features",
            f"one district's areas, at most {MAX_FEATURES:,}",
            "Cut it down to your county and run again.",
        )


def _text(value: object) -> str:
    """Give a property as a cell: nothing for null, no ``.0`` behind a whole number."""
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, float | np.floating):
        number = float(value)
        return show(number) if math.isfinite(number) else ""
    return plain(str(value))


def _feature(
    name: str, number: int, properties: dict[str, str], geometry: BaseGeometry | None
) -> Feature:
    if geometry is None or geometry.is_empty:
        return Feature(
            number=number, properties=properties, geometry=None, reason="it has no shape"
        )
    west, south, east, north = geometry.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise failure(
            "not-degrees", name, "the coordinates are no degrees, and the file names no other "
            "coordinate system", "longitude and latitude in degrees (WGS 84)",
            "Export it again in WGS 84 (EPSG:4326).", row=number,
            value=f"{west:g}, {south:g}",
        )  # fmt: skip
    rounded = shapely.transform(
        shapely.force_2d(geometry), lambda points: np.round(points, DECIMALS)
    )
    valid = rounded if rounded.is_valid else shapely.make_valid(rounded)
    parts = [
        polygon
        for part in shapely.get_parts(shapely.get_parts(valid))
        for polygon in shapely.get_parts(part)
        if polygon.geom_type == "Polygon" and polygon.area > 0
    ]
    if not parts:
        reason = f"its shape is a {geometry.geom_type} and no area"
        return Feature(number=number, properties=properties, geometry=None, reason=reason)
    whole = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    return Feature(
        number=number, properties=properties, geometry=whole, repaired=not geometry.is_valid
    )
