"""Small things that every layer needs: cells, points, classes that stand fixed."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from netplan.maps.breaks import PALETTES
from netplan.maps.model import Bools, Cell, ColorClass, Floats, Ints, WidthClass

Geometries = npt.NDArray[np.object_]

#: Blues up to the limit, orange and red past it: apart in brightness too, for every eye.
_RED, _ORANGE, _PALE, _BLUE = PALETTES["red-yellow-blue"][3]
UNKNOWN = ColorClass(label="no limit known", color="#8a929b")
#: Upper ends of the classes of load, Mbps: the same on every map, so that maps compare.
LOAD_EDGES_MBPS = (100.0, 1_000.0, 5_000.0)
LOAD_WIDTHS = (
    WidthClass(label="under 100", pixels=1.5),
    WidthClass(label="100 to 1,000", pixels=3.0),
    WidthClass(label="1,000 to 5,000", pixels=5.0),
    WidthClass(label="5,000 and over", pixels=8.0),
)


def utilization_classes(limit_share: float) -> tuple[tuple[float, ...], tuple[ColorClass, ...]]:
    """Give upper ends and colors of utilization, the district's limit being one of the breaks.

    A utilization of exactly the limit is within it. The last class is for what has no limit.

    Parameters
    ----------
    limit_share
        ``utilization_limit`` of district.toml.

    Returns
    -------
    edges, classes
        For `class_of`; the classes are one more than the edges, and the unknown one.
    """
    half = 0.5 if limit_share > 0.5 else limit_share / 2.0
    edges: tuple[float, ...] = (half, limit_share)
    colors: tuple[str, ...] = (_BLUE, _PALE, _RED)
    if limit_share < 1.0:
        edges, colors = (*edges, 1.0), (_BLUE, _PALE, _ORANGE, _RED)
    percents = [f"{100 * edge:g}" for edge in edges]
    labels = [f"up to {percents[0]}"]
    labels += [f"{low} to {high}" for low, high in pairwise(percents)]
    labels.append(f"over {percents[-1]}")
    classes = [
        ColorClass(label=label, color=color) for label, color in zip(labels, colors, strict=True)
    ]
    return edges, (*classes, UNKNOWN)


def class_of(values: Floats, edges: Sequence[float]) -> Ints:
    """Give the class of each value: at most the first edge is 0; NaN is the class after the last.

    Parameters
    ----------
    values
        Any shape.
    edges
        Upper ends, rising; each belongs to the class below it.
    """
    found = np.searchsorted(np.asarray(edges), values, side="left")
    return np.where(np.isnan(values), len(edges) + 1, found).astype(np.int64)


def load_width(mbps: Floats) -> Ints:
    """Give the class of `LOAD_WIDTHS` of each load; unknown loads are drawn thin."""
    known = np.nan_to_num(mbps, nan=0.0)
    return np.searchsorted(np.asarray(LOAD_EDGES_MBPS), known, side="right").astype(np.int64)


def cell(value: object) -> Cell:
    """Give a table's cell: None for whatever is unknown, numbers as plain floats."""
    if value is None or value is pd.NA:
        return None
    if isinstance(value, float | int | np.floating | np.integer) and not isinstance(value, bool):
        number = float(value)
        return number if np.isfinite(number) else None
    return str(value) or None


#: Stands in a cell where there is nothing to tell; unknown cells are shown as such.
NOTHING = "–"
NO_LIMIT = "no limit"


def filled(values: Iterable[object], instead: str = NOTHING) -> list[Cell]:
    """Give cells with a text where nothing is known, so that a reader learns why."""
    return [instead if (found := cell(value)) is None else found for value in values]


def rows_of(columns: Mapping[str, Iterable[object]]) -> tuple[tuple[Cell, ...], ...]:
    """Turn columns of equal length into a layer's rows."""
    listed = [[cell(value) for value in values] for values in columns.values()]
    return tuple(zip(*listed, strict=True))


def texts(values: Iterable[object]) -> tuple[str, ...]:
    """Give texts; empty where nothing is known."""
    return tuple(str(found) if (found := cell(value)) is not None else "" for value in values)


def named(names: Iterable[object], ids: Iterable[object]) -> tuple[str, ...]:
    """Give each row's name, its id where it has none."""
    return tuple(name or str(key) for name, key in zip(texts(names), ids, strict=True))


def points(lon: Iterable[float], lat: Iterable[float]) -> Geometries:
    """Give points in degrees; None where a coordinate is unknown."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    known = np.isfinite(lon) & np.isfinite(lat)
    made: Geometries = np.full(len(lon), None, dtype=object)
    made[known] = shapely.points(lon[known], lat[known])
    return made


class PlacedRows(NamedTuple):
    """Rows of a table of places: their ids, what they are called, their points in degrees."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    geometry: Geometries


def placed_rows(table: pd.DataFrame, key: str) -> PlacedRows:
    """Give ids, names and points of a table with ``lon``, ``lat``, ``name``; ``key``: its id."""
    ids = texts(table[key])
    return PlacedRows(ids, named(table["name"], ids), points(table["lon"], table["lat"]))


def constant(count: int, value: int = 0) -> Ints:
    """Give the same class for every row."""
    return np.full(count, value, dtype=np.int64)


def drawn(classes: Ints, geometry: Geometries) -> Ints:
    """Give the classes, -1 where there is no place to draw at."""
    placed: Bools = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    return np.where(placed, classes, -1)
