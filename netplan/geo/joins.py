"""Which polygon each point lies in."""

import numpy as np
import numpy.typing as npt
import shapely

from netplan.geo.polygons import Geometries


def count_in(
    polygons: Geometries, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int64], int]:
    """Count the points in each polygon.

    A point on a shared border, or where polygons overlap, counts once: in the first of them.

    Parameters
    ----------
    polygons
        Shape (areas,).
    lon, lat
        Degrees, shape (points,).

    Returns
    -------
    counts
        Shape (areas,).
    outside
        Points that lie in no polygon.
    """
    points, homes = shapely.STRtree(polygons).query(
        shapely.points(lon, lat), predicate="intersects"
    )
    first = np.full(len(lon), len(polygons), dtype=np.int64)
    np.minimum.at(first, points, homes)
    counts = np.bincount(first, minlength=len(polygons) + 1)
    return counts[:-1].astype(np.int64), int(counts[-1])


def overlapping(polygons: Geometries, share: float) -> list[tuple[int, int, float]]:
    """Give the pairs of polygons that overlap by more than a share of the smaller one.

    Returns
    -------
    list
        (first, second, share of the smaller), by first and second.
    """
    tree = shapely.STRtree(polygons)
    found = [tree.query(polygons, predicate=name) for name in ("overlaps", "covers")]
    left, right = np.concatenate(found, axis=1)
    pairs = np.unique(np.sort(np.stack([left, right]), axis=0)[:, left != right], axis=1)
    first, second = pairs
    common = shapely.area(shapely.intersection(polygons[first], polygons[second]))
    smaller = np.minimum(shapely.area(polygons[first]), shapely.area(polygons[second]))
    shares = common / smaller
    return [
        (int(a), int(b), float(part))
        for a, b, part in zip(first, second, shares, strict=True)
        if part > share
    ]
