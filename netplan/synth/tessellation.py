"""Irregular polygons that tile a rectangle: a bent Voronoi diagram on a grid of whole numbers."""

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from scipy.spatial import Voronoi

from netplan.synth.draws import Draws
from netplan.synth.places import Spot

#: Vertices stand on a grid of this many parts of a degree (five decimals, about a meter).
GRID = 100_000
#: Edges shorter than this many grid steps (about 300 m) stay straight.
STRAIGHT_BELOW = 300
#: A bent edge leaves its straight line by at most this share of its length; an assumption.
BEND_SHARE = 0.12
#: Sites are rounded to a tenth of a meter, so that a last bit of an earlier step is lost.
SITE_KM = 1e-4

#: Longitude and latitude in grid steps.
Vertex = tuple[int, int]
#: Vertices in order, counter-clockwise, the first not repeated.
Ring = tuple[Vertex, ...]
Edge = tuple[Vertex, Vertex]
Box = tuple[float, float, float, float]


def tile(draws: Draws, sites: Sequence[Spot], box: Box) -> tuple[Ring, ...]:
    """Cut a rectangle into one polygon per site, without gaps or overlaps.

    Neighbors share their vertices exactly. The east side of the rectangle is the coast: its
    edges are bent outward, the other sides are straight.

    Parameters
    ----------
    draws
        Where the bends come from.
    sites
        Inside the box, no two in one place.
    box
        West, east, south and north in km of the county's own plane.

    Returns
    -------
    rings
        One per site: simple, counter-clockwise, on a grid of `GRID` steps per degree.
    """
    points = np.array([(site.x_km, site.y_km) for site in sites])
    corners = _cells(points, box)
    # One step of Lloyd's: sites move to the middle of their cells, which rounds the shapes.
    middles = np.array([polygon.centroid.coords[0] for polygon in map(shapely.Polygon, corners)])
    points = np.rint(middles / SITE_KM) * SITE_KM
    rings = [_ring(cell) for cell in _cells(points, box)]
    bends = _bends(draws, rings, box)
    while True:
        bent = [_bent(ring, bends) for ring in rings]
        # Valid cells that match edge by edge are a tiling; where a bend crosses another edge
        # the cell's edges are made straight again.
        wrong = [i for i, ring in enumerate(bent) if not shapely.Polygon(ring).is_valid]
        crossed = {edge for i in wrong for edge in _edges(rings[i])} & bends.keys()
        if not crossed:
            return tuple(bent)
        bends = {edge: vertex for edge, vertex in bends.items() if edge not in crossed}


def spot_of(vertex: tuple[float, float]) -> Spot:
    """Give the place of a vertex in the county's own plane."""
    lon, lat = vertex[0] / GRID, vertex[1] / GRID
    return Spot.at(lat=lat, lon=lon)


def _cells(points: np.ndarray, box: Box) -> list[np.ndarray]:
    """Give the corners of each point's Voronoi cell, cut at the box, counter-clockwise.

    Every point is mirrored at the four sides, so that the sides themselves become edges.
    """
    west, east, south, north = box
    x, y = points[:, 0], points[:, 1]
    mirrored = [(2 * west - x, y), (2 * east - x, y), (x, 2 * south - y), (x, 2 * north - y)]
    diagram = Voronoi(np.vstack([points, *(np.column_stack(pair) for pair in mirrored)]))
    cells = []
    for i, point in enumerate(points):
        corners = diagram.vertices[diagram.regions[diagram.point_region[i]]]
        away = corners - point
        cells.append(corners[np.argsort(np.arctan2(away[:, 1], away[:, 0]), kind="stable")])
    return cells


def _ring(corners: np.ndarray) -> Ring:
    """Put corners (km) on the grid, from the smallest vertex on; equal neighbors become one."""
    vertices: list[Vertex] = []
    for x, y in corners:
        spot = Spot(x_km=float(x), y_km=float(y))
        vertex = (round(spot.lon * GRID), round(spot.lat * GRID))
        if not vertices or vertex not in (vertices[-1], vertices[0]):
            vertices.append(vertex)
    return turned(vertices)


def turned(vertices: Sequence[Vertex]) -> Ring:
    """Let a ring begin at its smallest vertex."""
    first = vertices.index(min(vertices))
    return (*vertices[first:], *vertices[:first])


def _edges(ring: Ring) -> list[Edge]:
    """List a ring's edges, each with the smaller vertex first."""
    return [(min(a, b), max(a, b)) for a, b in zip(ring, (*ring[1:], ring[0]), strict=True)]


def _bends(draws: Draws, rings: Sequence[Ring], box: Box) -> dict[Edge, Vertex]:
    """Draw for every long edge the vertex that bends it: to any side inside, seaward outside."""
    count: dict[Edge, int] = {}
    for ring in rings:
        for edge in _edges(ring):
            count[edge] = count.get(edge, 0) + 1
    coast = box[1] - 0.01
    bends = {}
    for (a, b), cells in sorted(count.items()):
        east, north = b[0] - a[0], b[1] - a[1]
        along, across = draws.uniform(0.35, 0.65), draws.uniform(-BEND_SHARE, BEND_SHARE)
        if cells == 1:
            if spot_of(a).x_km < coast or spot_of(b).x_km < coast:
                continue
            # The sea lies east: on the side to which (north, -east) points when north > 0.
            across = abs(across) if north > 0 else -abs(across)
        if east * east + north * north >= STRAIGHT_BELOW * STRAIGHT_BELOW:
            bends[a, b] = (
                round(a[0] + along * east + across * north),
                round(a[1] + along * north - across * east),
            )
    return bends


def _bent(ring: Ring, bends: Mapping[Edge, Vertex]) -> Ring:
    """Add the bends to a ring's edges."""
    vertices: list[Vertex] = []
    for vertex, edge in zip(ring, _edges(ring), strict=True):
        vertices.append(vertex)
        if edge in bends:
            vertices.append(bends[edge])
    return turned(vertices)


def contains(ring: Ring, vertex: tuple[float, float]) -> bool:
    """Say whether a point (grid steps) lies inside a ring, and not on it.

    Counts the edges to its east that a ray crosses; exact for points on the grid.
    """
    x, y = vertex
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        # Positive when the point is left of the edge.
        side = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        if side == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return False
        if (y1 > y) != (y2 > y) and (side > 0) == (y2 > y1):
            inside = not inside
    return inside


def point_inside(draws: Draws, ring: Ring) -> Vertex:
    """Draw a grid point inside a ring, each as likely."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    while True:
        vertex = (draws.integer(min(xs), max(xs)), draws.integer(min(ys), max(ys)))
        if contains(ring, vertex):
            return vertex


def dissolved(rings: Sequence[Ring]) -> list[list[Ring]]:
    """Join cells of one tiling: polygons as outline and holes, in a fixed order.

    Outlines run counter-clockwise, holes clockwise, each from its smallest vertex on.
    """
    union = shapely.union_all([shapely.Polygon(ring) for ring in rings])
    parts = union.geoms if isinstance(union, shapely.MultiPolygon) else [union]
    polygons = []
    for part in parts:
        turned_left = shapely.geometry.polygon.orient(part)
        loops = [turned_left.exterior, *turned_left.interiors]
        rows = [turned([(round(x), round(y)) for x, y in loop.coords[:-1]]) for loop in loops]
        polygons.append([rows[0], *sorted(rows[1:])])
    return sorted(polygons)


def coordinates(ring: Ring) -> list[list[float]]:
    """Give a ring as GeoJSON has it: degrees, the first vertex again at the end."""
    return [[x / GRID, y / GRID] for x, y in (*ring, ring[0])]
