"""Layers written as a GeoPackage (OGC 12-128r18) by the standard library's SQLite.

The same layers give the same bytes with the same SQLite: nothing of the clock, the machine or
its user stands in the file.
"""

import sqlite3
import struct
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import shapely

#: ``GPKG`` and version 1.3.0, as the header of the file says them.
_APPLICATION_ID = 0x47504B47
_USER_VERSION = 10300
_SRS = 4326
_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,'
    'AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,'
    'AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)
_TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
"""
FieldType = Literal["TEXT", "REAL", "INTEGER", "BOOLEAN"]
GeometryType = Literal["POINT", "LINESTRING", "MULTILINESTRING", "MULTIPOLYGON"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoLayer:
    """One layer to write.

    Parameters
    ----------
    name
        Small letters, digits and ``_``.
    title, description
        For people.
    fields
        Name (small letters, digits, ``_``) to type.
    rows
        One mapping per feature; None is null.
    geometry
        One per row, in degrees of WGS 84 as (lon, lat), all of ``geometry_type``.
    geometry_type
        What the geometries are.
    """

    name: str
    title: str
    description: str
    fields: Mapping[str, FieldType]
    rows: Sequence[Mapping[str, Any]]
    geometry: Sequence[shapely.Geometry]
    geometry_type: GeometryType


def write_geopackage(path: Path, layers: Sequence[GeoLayer], *, changed: str) -> None:
    """Write layers into a new file.

    Parameters
    ----------
    path
        A file that is not there yet.
    layers
        With different names.
    changed
        When the contents were made, as ``2027-01-15T08:00:00.000Z``.

    Raises
    ------
    ValueError
        A name is no plain word, or a layer has not one geometry for each row.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {_USER_VERSION}")
        connection.executescript(_TABLES)
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)",
            [
                ("Undefined Cartesian", -1, "NONE", -1, "undefined", None),
                ("Undefined geographic", 0, "NONE", 0, "undefined", None),
                ("WGS 84 geodetic", _SRS, "EPSG", _SRS, _WGS84, "longitude and latitude"),
            ],
        )
        for layer in layers:
            _write(connection, layer, changed)
        connection.execute("COMMIT")


def _write(connection: sqlite3.Connection, layer: GeoLayer, changed: str) -> None:
    if len(layer.rows) != len(layer.geometry):
        raise ValueError(f"{layer.name}: {len(layer.rows)} rows, {len(layer.geometry)} geometries")
    for name in (layer.name, *layer.fields):
        if not (name.isascii() and name.isidentifier() and name.islower()):
            raise ValueError(f"not a plain name: {name!r}")
    places = np.array(layer.geometry, dtype=object)
    bounds = shapely.total_bounds(places).tolist() if len(places) else [None] * 4
    connection.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, ?)",
        (layer.name, layer.title, layer.description, changed, *bounds, _SRS),
    )
    connection.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
        (layer.name, layer.geometry_type, _SRS),
    )
    # names are plain words by the check above, so nothing of theirs can end a statement
    columns = "".join(f', "{name}" {kind}' for name, kind in layer.fields.items())
    connection.execute(
        f'CREATE TABLE "{layer.name}" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, '
        f"geom {layer.geometry_type}{columns})"
    )
    marks = ", ".join("?" * (len(layer.fields) + 1))
    names = "".join(f', "{name}"' for name in layer.fields)
    connection.executemany(
        f'INSERT INTO "{layer.name}" (geom{names}) VALUES ({marks})',  # noqa: S608
        (
            (blob, *(row.get(name) for name in layer.fields))
            for blob, row in zip(_blobs(places), layer.rows, strict=True)
        ),
    )


def _blobs(places: npt.NDArray[np.object_]) -> list[bytes]:
    """Give each geometry as GeoPackage binary: header, envelope (none of a point), WKB."""
    if not len(places):
        return []
    bounds = shapely.bounds(places)
    wkb = shapely.to_wkb(places, byte_order=1)
    point = shapely.get_type_id(places) == shapely.GeometryType.POINT
    return [
        _header(None if bare else box) + body
        for bare, box, body in zip(point.tolist(), bounds.tolist(), wkb, strict=True)
    ]


def _header(box: Sequence[float] | None) -> bytes:
    if box is None:
        return struct.pack("<2sBBi", b"GP", 0, 0b01, _SRS)
    west, south, east, north = box
    return struct.pack("<2sBBi4d", b"GP", 0, 0b011, _SRS, west, east, south, north)
