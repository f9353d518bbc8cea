"""Points inside polygons that stand for where people live.

Each polygon's bounding box is tiled by near-square cells; a cell whose middle lies inside
becomes a point that stands for the cell's share of the polygon. Near a place whose reach is
small against the cells, cells are split in four again and again until they are fine enough
for the place's circle, so that a bus that reaches 20 m into a tract of 500 km2 is counted
right without covering the tract by millions of points.
"""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from netplan.geo.plane import Floats, Geometries

Ints = NDArray[np.intp]

#: Points aimed at in a polygon: the share of it within a circle of its size is then right
#: to about 2 % (assumption; tests measure it).
POINTS_PER_POLYGON = 64
#: Points of all polygons together; past it each gets fewer, and circles coarser cells.
POINTS_AT_MOST = 1_000_000
#: A cell that a circle touches is at most this share of its radius wide.
CELL_OVER_RADIUS = 0.25
#: Cells of one polygon before any is dropped: bounds the work for a long thin strip.
_CELLS_PER_POLYGON = 50_000
#: Cells tested at once: bounds memory.
_CHUNK = 1_000_000
#: Apart enough that the nearest block is always one of the point's own polygon, m.
_APART_M = 1e8


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Points in polygons, in the order of the polygons.

    Parameters
    ----------
    x_m, y_m
        Shape (points,): coordinates of the plane.
    polygon
        Shape (points,): index of the polygon, ascending.
    share
        Shape (points,): share of the polygon's people; sums to 1 in every polygon.
    cut_short
        Whether some circle got coarser cells than it needs, to stay within the bound.
    """

    x_m: Floats
    y_m: Floats
    polygon: Ints
    share: Floats
    cut_short: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Circles:
    """Reaches that have to be told apart inside a polygon.

    Parameters
    ----------
    x_m, y_m, radius_m
        Shape (circles,).
    """

    x_m: Floats
    y_m: Floats
    radius_m: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cells:
    """Cells: their polygon, middle, width, height, and whether they were split off."""

    polygon: Ints
    x_m: Floats
    y_m: Floats
    width_m: Floats
    height_m: Floats
    fine: NDArray[np.bool_]

    def take(self, which: NDArray[np.bool_]) -> "_Cells":
        """Give the cells that a mask picks."""
        return _Cells(
            polygon=self.polygon[which],
            x_m=self.x_m[which],
            y_m=self.y_m[which],
            width_m=self.width_m[which],
            height_m=self.height_m[which],
            fine=self.fine[which],
        )


def sample_points(
    polygons: Geometries,
    *,
    circles: Circles | None = None,
    points_per_polygon: int = POINTS_PER_POLYGON,
    points_at_most: int = POINTS_AT_MOST,
) -> Samples:
    """Give points in polygons, each with its share of the polygon's land.

    Parameters
    ----------
    polygons
        Shape (n,): valid polygons in meters of a plane, none empty.
    circles
        Where finer points are needed.
    points_per_polygon, points_at_most
        Aimed at in a polygon, and an upper bound of the whole (except that every polygon
        has a point); the same input always gives the same points.

    Returns
    -------
    samples
        A polygon that no point hits has one, where shapely finds its inside.
    """
    shapely.prepare(polygons)
    aim = max(1, min(points_per_polygon, points_at_most // max(1, len(polygons))))
    cells = _tile(polygons, np.arange(len(polygons)), aim)
    inside = _inside(polygons, cells)
    # strips and rings fall between the middles of such cells: once more, four times finer
    hits = np.bincount(cells.polygon[inside], minlength=len(polygons))
    few = np.flatnonzero(hits < aim / 2)
    if few.size and aim > 1:
        cells = _join([cells.take(~np.isin(cells.polygon, few)), _tile(polygons, few, 16 * aim)])
    cut_short = False
    if circles is not None:
        cells, cut_short = _refine(polygons, cells, circles, points_at_most)
    cells = cells.take(_inside(polygons, cells))
    return replace(_with_shares(polygons, cells), cut_short=cut_short)


def weigh_by_blocks(
    samples: Samples,
    *,
    polygon: ArrayLike,
    x_m: ArrayLike,
    y_m: ArrayLike,
    population: ArrayLike,
) -> Samples:
    """Give the samples with shares by the population of blocks.

    A block's people are spread over the points of its polygon that it is nearest to, each
    by its share of the land; a block that is nearest to none stands as a point itself. A
    polygon without blocks, or where nobody lives in them, keeps its shares by land.

    Parameters
    ----------
    samples
        From `sample_points`.
    polygon, x_m, y_m, population
        Shape (blocks,): index of the block's polygon, a point of it, its people (NaN: 0).
    """
    of = np.asarray(polygon, dtype=np.intp)
    people = np.nan_to_num(np.asarray(population, dtype=np.float64))
    lived_in = people > 0
    of, people = of[lived_in], people[lived_in]
    east = np.asarray(x_m, dtype=np.float64)[lived_in]
    north = np.asarray(y_m, dtype=np.float64)[lived_in]
    if of.size == 0:
        return samples
    count = int(max(samples.polygon.max(), of.max())) + 1
    total = np.bincount(of, people, minlength=count)

    weighted = np.flatnonzero(total[samples.polygon] > 0)
    tree = cKDTree(np.column_stack((east, north, of * _APART_M)))
    nearest = tree.query(
        np.column_stack(
            (samples.x_m[weighted], samples.y_m[weighted], samples.polygon[weighted] * _APART_M)
        )
    )[1]
    land = np.bincount(nearest, samples.share[weighted], minlength=of.size)
    share = samples.share.copy()
    share[weighted] *= people[nearest] / land[nearest] / total[of[nearest]]

    alone = land == 0
    whose = np.concatenate((samples.polygon, of[alone]))
    order = np.argsort(whose, kind="stable")
    return Samples(
        x_m=np.concatenate((samples.x_m, east[alone]))[order],
        y_m=np.concatenate((samples.y_m, north[alone]))[order],
        polygon=whose[order],
        share=np.concatenate((share, people[alone] / total[of[alone]]))[order],
        cut_short=samples.cut_short,
    )


def _tile(polygons: Geometries, which: Ints, aim: int) -> _Cells:
    """Tile the bounding boxes so that about ``aim`` cells fall into each polygon."""
    low_x, low_y, high_x, high_y = shapely.bounds(polygons[which]).T.reshape(4, -1)
    wide, high = high_x - low_x, high_y - low_y
    side = np.sqrt(shapely.area(polygons[which]) / aim)
    side = np.maximum(side, np.sqrt(wide * high / _CELLS_PER_POLYGON))
    side = np.maximum(side, np.maximum(wide, high) / _CELLS_PER_POLYGON)
    columns = np.maximum(1, np.rint(wide / side)).astype(np.intp)
    rows = np.maximum(1, np.rint(high / side)).astype(np.intp)
    number = columns * rows
    box = np.repeat(np.arange(len(which)), number)
    step = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    width, height = (wide / columns)[box], (high / rows)[box]
    return _Cells(
        polygon=which[box],
        x_m=low_x[box] + (step % columns[box] + 0.5) * width,
        y_m=low_y[box] + (step // columns[box] + 0.5) * height,
        width_m=width,
        height_m=height,
        fine=np.zeros(box.size, dtype=np.bool_),
    )


def _refine(
    polygons: Geometries, cells: _Cells, circles: Circles, at_most: int
) -> tuple[_Cells, bool]:
    """Split in four, again and again, the cells that are too coarse for a circle they touch.

    Stops early, and says so, where another round would pass ``at_most`` cells.
    """
    todo, done, kept = cells, [], 0
    while True:
        split = _too_coarse(todo, circles)
        done.append(todo.take(~split))
        kept += done[-1].polygon.size
        todo = todo.take(split)
        todo = todo.take(_touches(polygons, todo))
        if todo.polygon.size == 0:
            return _join(done), False
        if kept + 4 * todo.polygon.size > max(at_most, cells.polygon.size):
            return _join([*done, todo]), True
        todo = _quarters(todo)


def _too_coarse(cells: _Cells, circles: Circles) -> NDArray[np.bool_]:
    """Say which cells may touch a circle and are wide against its radius."""
    size = np.maximum(cells.width_m, cells.height_m)
    half = np.hypot(cells.width_m, cells.height_m) / 2
    middles = np.column_stack((cells.x_m, cells.y_m))
    coarse = np.zeros(size.size, dtype=np.bool_)
    for radius_m in np.unique(circles.radius_m[circles.radius_m > 0]):
        of_radius = circles.radius_m == radius_m
        tree = cKDTree(np.column_stack((circles.x_m[of_radius], circles.y_m[of_radius])))
        open_ = np.flatnonzero(~coarse & (size > CELL_OVER_RADIUS * radius_m))
        distance_m = tree.query(middles[open_])[0]
        coarse[open_] = distance_m <= radius_m + half[open_]
    return coarse


def _quarters(cells: _Cells) -> _Cells:
    """Split each cell in four."""
    parts = [
        replace(
            cells,
            x_m=cells.x_m + east * cells.width_m / 4,
            y_m=cells.y_m + north * cells.height_m / 4,
            width_m=cells.width_m / 2,
            height_m=cells.height_m / 2,
            fine=np.ones(cells.fine.size, dtype=np.bool_),
        )
        for east in (-1, 1)
        for north in (-1, 1)
    ]
    return _join(parts)


def _join(parts: list[_Cells]) -> _Cells:
    """Give several lots of cells as one."""
    return _Cells(
        polygon=np.concatenate([part.polygon for part in parts]),
        x_m=np.concatenate([part.x_m for part in parts]),
        y_m=np.concatenate([part.y_m for part in parts]),
        width_m=np.concatenate([part.width_m for part in parts]),
        height_m=np.concatenate([part.height_m for part in parts]),
        fine=np.concatenate([part.fine for part in parts]),
    )


def _inside(polygons: Geometries, cells: _Cells) -> NDArray[np.bool_]:
    """Say whose middle lies inside its polygon."""
    result = np.zeros(cells.polygon.size, dtype=np.bool_)
    for start in range(0, result.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        result[part] = shapely.contains_xy(
            polygons[cells.polygon[part]], cells.x_m[part], cells.y_m[part]
        )
    return result


def _touches(polygons: Geometries, cells: _Cells) -> NDArray[np.bool_]:
    """Say which cells have a part inside their polygon."""
    boxes = shapely.box(
        cells.x_m - cells.width_m / 2,
        cells.y_m - cells.height_m / 2,
        cells.x_m + cells.width_m / 2,
        cells.y_m + cells.height_m / 2,
    )
    result: NDArray[np.bool_] = shapely.intersects(polygons[cells.polygon], boxes)
    return result


def _with_shares(polygons: Geometries, cells: _Cells) -> Samples:
    """Give cells inside as points, and a point to each polygon that has none."""
    count = len(polygons)
    cell_m2 = cells.width_m * cells.height_m
    fine_m2 = np.bincount(cells.polygon, cell_m2 * cells.fine, minlength=count)
    coarse_m2 = np.bincount(cells.polygon, cell_m2 * ~cells.fine, minlength=count)
    # Fine cells measure their patch well, so they keep their true share; the coarse ones
    # take up what is left, unless they would have to stretch by more than half to do so.
    left = shapely.area(polygons) - fine_m2
    with np.errstate(divide="ignore", invalid="ignore"):
        stretch = left / coarse_m2
        stretch = np.where((stretch > 0.5) & (stretch < 1.5), stretch, 1.0)
    weight = cell_m2 * np.where(cells.fine, 1.0, stretch[cells.polygon])
    total = np.bincount(cells.polygon, weight, minlength=count)
    missed = np.flatnonzero(total == 0)
    spare = shapely.point_on_surface(polygons[missed])
    polygon = np.concatenate((cells.polygon, missed))
    order = np.argsort(polygon, kind="stable")
    share = np.concatenate((weight / total[cells.polygon], np.ones(missed.size)))
    return Samples(
        x_m=np.concatenate((cells.x_m, shapely.get_x(spare)))[order],
        y_m=np.concatenate((cells.y_m, shapely.get_y(spare)))[order],
        polygon=polygon[order],
        share=share[order],
    )
