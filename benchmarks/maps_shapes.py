"""Polygons to measure maps on: a cover of cells of 60 vertices each, with wiggly shared borders."""

import numpy as np
import numpy.typing as npt
import shapely

from netplan.maps.breaks import classes
from netplan.maps.model import ColorClass, Column, Layer, Legend, MapPage, Shapes

Geometries = npt.NDArray[np.object_]

#: Segments of each of a cell's six borders, and a cell's width in degrees.
SEGMENTS, WIDTH = 10, 0.03
WEST, SOUTH = -85.0, 32.0


def cover(cells: int, *, seed: int = 1) -> Geometries:
    """Give polygons that share their borders, rows of cells as in a honeycomb.

    A honeycomb is a brick wall whose bricks have six corners: corner (i, j) is joined to its
    neighbors in the row, and to the row above where i + j is even.
    """
    wide = int(np.ceil(np.sqrt(cells)))
    tall = int(np.ceil(cells / wide))
    rng = np.random.default_rng(seed)
    i, j = np.mgrid[: tall + 1, : 2 * wide + 2].astype(float)
    place = np.stack([j / 2, i + 0.16 * (-1.0) ** (i + j)], axis=-1)
    place += rng.uniform(-0.09, 0.09, place.shape)
    along = _wiggly(place[:, :-1], place[:, 1:], rng)
    up = _wiggly(place[:-1], place[1:], rng)
    row, at = np.divmod(np.arange(cells), wide)
    left = 2 * at + row % 2
    borders = [
        along[row, left],
        along[row, left + 1],
        up[row, left + 2],
        along[row + 1, left + 1][:, ::-1],
        along[row + 1, left][:, ::-1],
        up[row, left][:, ::-1],
    ]
    ring = np.concatenate([border[:, :-1] for border in borders], axis=1)
    ring = ring * [WIDTH, WIDTH * 0.8] + [WEST, SOUTH]
    count = ring.shape[1]
    made: Geometries = shapely.polygons(
        shapely.linearrings(ring.reshape(-1, 2), indices=np.repeat(np.arange(cells), count))
    )
    return made


def _wiggly(
    a: npt.NDArray[np.float64], b: npt.NDArray[np.float64], rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Draw lines between ends that stray to the sides."""
    part = np.linspace(0, 1, SEGMENTS + 1)[:, None]
    line = a[..., None, :] * (1 - part) + b[..., None, :] * part
    aside = np.stack([a[..., 1] - b[..., 1], b[..., 0] - a[..., 0]], axis=-1)
    stray = rng.normal(0, 0.06, (*a.shape[:-1], SEGMENTS + 1, 1)) * np.sin(np.pi * part)
    stray[..., [0, -1], :] = 0.0
    made: npt.NDArray[np.float64] = line + stray * aside[..., None, :]
    return made


def page(cells: int, *, seed: int = 1) -> MapPage:
    """Give a page with one choropleth of such cells, five columns and a table."""
    rng = np.random.default_rng(seed)
    students = np.round(rng.gamma(2, 60, cells))
    offline = np.round(students * rng.beta(2, 12, cells), 1)
    found = classes(offline)
    keys = tuple(f"13{each:010d}" for each in range(cells))
    layer = Layer(
        layer_id="areas",
        title="Students offline",
        group="Home access",
        about="Random numbers, to measure with.",
        shapes_id="areas",
        keys=keys,
        names=tuple(f"Block group {key[-4:]}" for key in keys),
        legend=Legend(title="Students offline", unit="students", colors=found.colors),
        color=found.place,
        columns=(
            Column(key="students", title="Students", decimals=0),
            Column(key="offline", title="Students offline", decimals=0, tooltip=True),
            Column(key="error", title="Standard error", decimals=1, tooltip=True),
            Column(key="share", title="Share offline", decimals=0, percent=True),
        ),
        rows=tuple(
            zip(
                students.tolist(),
                offline.tolist(),
                np.round(np.sqrt(offline), 1).tolist(),
                np.round(offline / np.maximum(students, 1), 3).tolist(),
                strict=True,
            )
        ),
    )
    shapes = Shapes(
        shapes_id="areas", kind="polygon", geometry=cover(cells, seed=seed), coverage=True
    )
    return MapPage(
        page_id=f"cells-{cells}",
        title=f"{cells:,} cells",
        intro=("Made up, to measure with.",),
        layers=(layer,),
        shapes=(shapes,),
        footer=("Random numbers.",),
    )


def stops_page(stops: int, *, seed: int = 1) -> MapPage:
    """Give a page with bus stops as points in one layer."""
    rng = np.random.default_rng(seed)
    places = rng.uniform([WEST, SOUTH], [WEST + 1, SOUTH + 1], (stops, 2))
    geometry = np.empty(stops, dtype=object)
    geometry[:] = shapely.points(places)
    names = tuple(f"Stop {each}" for each in range(stops))
    layer = Layer(
        layer_id="stops",
        title="Bus stops",
        group="Home access",
        about="Random places, to measure with.",
        shapes_id="stops",
        keys=names,
        names=names,
        legend=Legend(title="Bus stops", colors=(ColorClass(label="open", color="#0072b2"),)),
        color=np.zeros(stops, dtype=np.int64),
    )
    return MapPage(
        page_id=f"stops-{stops}",
        title=f"{stops:,} stops",
        intro=("Made up, to measure with.",),
        layers=(layer,),
        shapes=(Shapes(shapes_id="stops", kind="point", geometry=geometry),),
        footer=("Random places.",),
    )
