"""Features of a GeoPackage, read from its bytes by the standard library's SQLite.

The file is never opened by name: neither another file, nor a journal beside it, nor a remote
address can be reached from it, and nothing is written.
"""

import sqlite3
import struct
from contextlib import closing
from dataclasses import dataclass

import shapely

from netplan.errors import Problem

MAGIC = b"SQLite format 3\x00"
_MAX_VALUE_BYTES = 50_000_000
#: Bytes of the envelope that precedes the geometry, by its kind.
_ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
#: Steps of SQLite's machine after which a query is given up: a view can loop forever.
_MOST_STEPS = 200_000_000
_STEPS_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """The one layer of features: properties and geometry of each, and its reference system.

    ``authority`` is such as ``EPSG:4326``, ``wkt`` a definition; both empty where none is said.
    A geometry is None where there is none, and False where its bytes are broken.
    """

    properties: tuple[dict[str, object], ...]
    geometry: tuple[shapely.Geometry | bool | None, ...]
    authority: str
    wkt: str


def read_layer(data: bytes, file: str, *, most: int) -> Layer | Problem:
    """Read the one layer of a GeoPackage's bytes, or say why not.

    Parameters
    ----------
    file
        Its name, for problems.
    most
        Most features that are read.
    """
    # A database left in write-ahead mode cannot be opened from memory; bytes 18 and 19 say which.
    image = bytearray(data)
    image[18:20] = b"\x01\x01"
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.deserialize(bytes(image))
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE_BYTES)
            connection.set_progress_handler(_Budget(_MOST_STEPS).spend, _STEPS_AT_ONCE)
            return _read(connection, file, most)
        except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
            return _broken(file, str(error))


class _Budget:
    """Counts steps of SQLite's machine and ends the query when they are used up."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    def spend(self) -> int:
        """Take one call's steps; 1 ends the query."""
        self._left -= _STEPS_AT_ONCE
        return int(self._left < 0)


def _read(connection: sqlite3.Connection, file: str, most: int) -> Layer | Problem:
    rows = connection.execute(
        "SELECT c.table_name, g.column_name, g.srs_id FROM gpkg_contents AS c "
        "JOIN gpkg_geometry_columns AS g ON g.table_name = c.table_name "
        "JOIN sqlite_master AS m ON m.name = c.table_name AND m.type = 'table' "
        "WHERE c.data_type = 'features' ORDER BY c.table_name LIMIT 20"
    ).fetchall()
    if len(rows) != 1:
        layers = ", ".join(str(row[0])[:40] for row in rows)
        return Problem(
            code="no-layer" if not rows else "several-layers",
            file=file,
            message="the GeoPackage has no layer of features"
            if not rows
            else f"the GeoPackage has {len(rows)} layers: {layers}",
            expected="one layer of polygons",
            fix="Export the layer that is meant alone.",
        )
    table, column, srs = (rows[0][0], rows[0][1], rows[0][2])
    authority, wkt = _reference(connection, srs)
    cursor = connection.execute(f"SELECT * FROM {_quoted(table)} LIMIT ?", (most + 1,))  # noqa: S608
    names = [item[0] for item in cursor.description]
    if column not in names:
        return _broken(file, f"the layer has no column {str(column)[:40]}")
    at = names.index(column)
    properties: list[dict[str, object]] = []
    geometry: list[shapely.Geometry | bool | None] = []
    for row in cursor:
        properties.append(
            {n: v for i, (n, v) in enumerate(zip(names, row, strict=True)) if i != at}
        )
        geometry.append(_geometry(row[at]))
    return Layer(
        properties=tuple(properties), geometry=tuple(geometry), authority=authority, wkt=wkt
    )


def _quoted(name: object) -> str:
    return '"' + str(name).replace('"', '""') + '"'


def _reference(connection: sqlite3.Connection, srs: object) -> tuple[str, str]:
    """Give authority and definition of a reference system; two empty texts where it is none."""
    row = connection.execute(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys "
        "WHERE srs_id = ?",
        (srs,),
    ).fetchone()
    if row is None or srs in (0, -1):
        return "", ""
    organization, code, definition = (str(value) for value in row)
    known = organization.upper() in ("EPSG", "ESRI") and code.isdigit()
    return (f"{organization.upper()}:{code}" if known else ""), definition


def _geometry(blob: object) -> shapely.Geometry | bool | None:
    """Give the geometry in a GeoPackage's blob: header, envelope, well-known binary."""
    if blob is None:
        return None
    if not isinstance(blob, bytes) or len(blob) < 8 or blob[:2] != b"GP":
        return False
    size = _ENVELOPE_BYTES.get((blob[3] >> 1) & 7)
    if size is None:
        return False
    try:
        geometry = shapely.from_wkb(blob[8 + size :], on_invalid="raise")
    except (shapely.errors.ShapelyError, TypeError, ValueError, struct.error):
        return False
    return shapely.force_2d(geometry) if geometry is not None else False


def _broken(file: str, reason: str) -> Problem:
    return Problem(
        code="broken-geopackage",
        file=file,
        message=f"this is not a whole GeoPackage ({reason[:120]})",
        expected="a GeoPackage with one layer of polygons",
        fix="Export it again, or download it again.",
    )
