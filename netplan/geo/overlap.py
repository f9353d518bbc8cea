"""Shares of one set of polygons in another."""

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_array, csr_array


def equal_area(geometries: Any) -> Any:
    """Put (lon, lat) geometries on a plane where areas are in proportion to those on a sphere.

    Lambert's cylindrical projection: x = lon, y = sin(lat), both in radians. Shapes are not kept,
    so it serves areas only.
    """

    def project(points: np.ndarray) -> np.ndarray:
        return np.column_stack([np.radians(points[:, 0]), np.sin(np.radians(points[:, 1]))])

    return shapely.transform(np.asarray(geometries, dtype=object), project)


def shares(left: gpd.GeoSeries, right: gpd.GeoSeries) -> csr_array:
    """Give the share of each left polygon's area that lies in each right one.

    Parameters
    ----------
    left, right
        Valid polygons in degrees (EPSG:4326).

    Returns
    -------
    shares
        Shape (left, right), 0 to 1. Right polygons that overlap are each counted in full.
    """
    a, b = equal_area(left.to_numpy()), equal_area(right.to_numpy())
    at_right, at_left = shapely.STRtree(a).query(b, predicate="intersects")
    # what lies wholly inside needs no cutting
    area = shapely.area(a)
    shapely.prepare(b)
    inside = shapely.covers(b[at_right], a[at_left])
    value = np.ones(len(at_left))
    cut = ~inside
    common = shapely.area(shapely.intersection(a[at_left[cut]], b[at_right[cut]]))
    whole = area[at_left[cut]]
    value[cut] = np.divide(common, whole, out=np.zeros(len(whole)), where=whole > 0)
    found = csr_array(
        coo_array((np.minimum(value, 1.0), (at_left, at_right)), shape=(len(a), len(b)))
    )
    found.eliminate_zeros()
    return found


def point_shares(
    lon: np.ndarray,
    lat: np.ndarray,
    weight: np.ndarray,
    group: np.ndarray,
    groups: int,
    right: gpd.GeoSeries,
) -> csr_array:
    """Give the share of each group's weight whose points lie in each polygon.

    Parameters
    ----------
    lon, lat, weight, group
        Shape (points,): degrees, weight (not negative) and row of the group, or -1 for none.
    groups
        How many groups.
    right
        Valid polygons in degrees. A point on a border counts in each polygon that has it.

    Returns
    -------
    shares
        Shape (groups, right); a group without weight has an empty row.
    """
    b = right.to_numpy()
    at_point, at_right = shapely.STRtree(b).query(shapely.points(lon, lat), predicate="intersects")
    total = np.bincount(group[group >= 0], weights=weight[group >= 0], minlength=groups)
    row = group[at_point]
    keep = (row >= 0) & (weight[at_point] > 0)
    row, at_point, at_right = row[keep], at_point[keep], at_right[keep]
    found = csr_array(
        coo_array((weight[at_point] / total[row], (row, at_right)), shape=(groups, len(b)))
    )
    found.sum_duplicates()
    return found


def representative_points(polygons: gpd.GeoSeries) -> np.ndarray:
    """Give a point inside each polygon; shape (polygons, 2), (lon, lat)."""
    points = shapely.point_on_surface(polygons.to_numpy())
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)])


def areas(polygons: gpd.GeoSeries) -> np.ndarray:
    """Give areas in proportion to land; shape (polygons,), square radians."""
    return np.asarray(shapely.area(equal_area(polygons.to_numpy())), dtype=np.float64)


def unit_vectors(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Give points on the unit sphere, shape (points, 3): nearest by chord is nearest by arc."""
    a, b = (
        np.radians(np.asarray(lon, dtype=np.float64)),
        np.radians(np.asarray(lat, dtype=np.float64)),
    )
    return np.column_stack([np.cos(b) * np.cos(a), np.cos(b) * np.sin(a), np.sin(b)])
