"""Backgrounds: the district's outline, zone borders, roads, waters, and schools as places."""

from pathlib import Path

import numpy as np
import shapely

from netplan.errors import InputError, Problem
from netplan.geo.background import read_background
from netplan.maps.layers_table import Geometries, constant, drawn, placed_rows, rows_of, texts
from netplan.maps.model import (
    ColorClass,
    Column,
    Layer,
    Legend,
    MarkClass,
    Scene,
    Shapes,
    WidthClass,
)

GROUP = "Background"
#: Roads and waters are cut at this share of the district's width beyond its edge.
_MARGIN = 0.1
#: Roads and waters are drawn in this many cells each way, so that a close view draws few.
_CELLS = 12
#: Detail of roads and waters: a share of the district's width, about a pixel of a wide screen.
_DETAIL = 1.0 / 4000.0
_SMALL = (WidthClass(label="any", pixels=5.5),)
_LEVEL_MARKS = (
    MarkClass(label="elementary", marker="circle"),
    MarkClass(label="middle", marker="diamond"),
    MarkClass(label="high", marker="square"),
    MarkClass(label="other", marker="triangle"),
)
_LEVELS = {"elementary": 0, "middle": 1, "high": 2}


def water(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Lakes, bays and the sea, where the folder's basemap holds them."""
    found = _basemap(scene, "water", areas=True)
    return (
        None
        if found is None
        else _background(
            "water", "Water", "Waters of the folder's basemap.", "#cfe3ee", "polygon", found
        )
    )


def rivers(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Rivers and creeks, where the folder's basemap holds them as lines."""
    found = _basemap(scene, "water", areas=False)
    return None if found is None else _background(
        "rivers", "Rivers", "Lines among the waters of the folder's basemap.", "#a9cbe0", "line",
        found,
    )  # fmt: skip


def roads(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Roads, where the folder's basemap holds them."""
    found = _basemap(scene, "roads", areas=False)
    return (
        None
        if found is None
        else _background(
            "roads", "Roads", "Roads of the folder's basemap.", "#c4c8ce", "line", found
        )
    )


def zone_borders(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Borders of attendance zones, of all levels."""
    zones = scene.district.table("zones")
    if zones.empty:
        return None
    geometry: Geometries = shapely.boundary(zones["geometry"].to_numpy(dtype=object))
    return _background(
        "zone-borders", "Zone borders", "Borders of the attendance zones.", "#6b5b95", "line",
        geometry, shown=False, pixels=1.5,
    )  # fmt: skip


def district_outline(scene: Scene) -> tuple[Shapes, Layer] | None:
    """The edge of all areas; without areas, a line around the schools."""
    areas = scene.district.table("areas")
    if not areas.empty:
        edge = shapely.boundary(_union(areas["geometry"].to_numpy(dtype=object)))
        about = "The edge of all areas of areas.geojson."
    else:
        schools = scene.district.table("schools")
        placed = schools[["lon", "lat"]].dropna().to_numpy(dtype=np.float64)
        hull = shapely.convex_hull(shapely.multipoints(placed))
        if hull.geom_type != "Polygon":
            return None
        edge = shapely.boundary(hull)
        about = "A line around the schools: the folder has no areas (assumption)."
    geometry: Geometries = np.full(1, None, dtype=object)
    geometry[0] = edge
    return _background(
        "outline", "District outline", about, "#4d5661", "line", geometry, pixels=2.0, framing=True
    )


def school_places(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Schools as places to find one's way by."""
    schools = scene.district.table("schools")
    ids, names, geometry = placed_rows(schools, "school_id")
    if not len(geometry):
        return None
    level = texts(schools["level"])
    layer = Layer(
        layer_id="school-places",
        title="Schools",
        group=GROUP,
        about="Schools of schools.csv, to find one's way by.",
        shapes_id="schools",
        keys=ids,
        names=names,
        legend=Legend(
            title="School",
            colors=(ColorClass(label="school", color="#6b7480"),),
            mark_title="Level",
            marks=_LEVEL_MARKS,
            widths=_SMALL,
        ),
        color=drawn(constant(len(ids)), geometry),
        mark=np.array([_LEVELS.get(each, 3) for each in level], dtype=np.int64),
        width=constant(len(ids)),
        columns=(
            Column(key="level", title="Level"),
            Column(key="enrollment", title="Students", unit="students", decimals=0),
        ),
        rows=rows_of({"level": level, "enrollment": schools["enrollment"]}),
        hrefs=tuple(scene.pages.get(school, "") for school in ids),
        facets={"Level": level},
    )
    return Shapes(shapes_id="schools", kind="point", geometry=geometry), layer


def _background(
    layer_id: str,
    title: str,
    about: str,
    color: str,
    kind: str,
    geometry: Geometries,
    *,
    shown: bool = True,
    framing: bool = False,
    pixels: float = 1.0,
) -> tuple[Shapes, Layer]:
    count = len(geometry)
    is_line = kind == "line"
    layer = Layer(
        layer_id=layer_id,
        title=title,
        group=GROUP,
        about=about,
        shapes_id=layer_id,
        keys=("",) * count,
        names=("",) * count,
        legend=Legend(
            title=title,
            colors=(ColorClass(label=title, color=color),),
            widths=(WidthClass(label="any", pixels=pixels),) if is_line else (),
        ),
        color=drawn(constant(count), geometry),
        width=constant(count) if is_line else None,
        rows=((),) * count,
        shown=shown,
        interactive=False,
        framing=framing,
    )
    shapes = Shapes(shapes_id=layer_id, kind="line" if is_line else "polygon", geometry=geometry)
    return shapes, layer


def _union(polygons: Geometries) -> shapely.Geometry:
    if shapely.coverage_is_valid(polygons):
        return shapely.coverage_union_all(polygons)
    return shapely.union_all(polygons)


def _basemap(scene: Scene, kind: str, *, areas: bool) -> Geometries | None:
    """Read the basemap's files of a kind: polygons, or lines, cut at the district's edge.

    Raises
    ------
    InputError
        A file cannot be read.
    """
    paths = [
        path
        for path in scene.district.inputs.basemap
        if path.name.lower().startswith(kind) and path.suffix.lower() in (".geojson", ".gpkg")
    ]
    if not paths:
        return None
    found = np.concatenate([_read(path) for path in paths])
    polygons = np.isin(
        shapely.get_type_id(found),
        (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON),
    )
    west, south, east, north = _frame(scene)
    width = max(east - west, north - south)
    pad = _MARGIN * width
    kept = shapely.clip_by_rect(
        shapely.make_valid(found[polygons]) if areas else found[~polygons],
        west - pad,
        south - pad,
        east + pad,
        north + pad,
    )
    kept = shapely.simplify(kept, _DETAIL * width)
    kept = _parts(kept, shapely.GeometryType.POLYGON if areas else shapely.GeometryType.LINESTRING)
    if not len(kept):
        return None
    return _in_cells(kept, (west - pad, south - pad), width + 2 * pad, areas=areas)


def _read(path: Path) -> Geometries:
    name = f"basemap/{path.name}"
    try:
        found = read_background(path.read_bytes(), name)
    except OSError as error:
        found = Problem(
            code="unreadable-file", file=name, message=f"the file cannot be read ({error})",
            expected="a readable file", fix="Check that it exists and that you may read it.",
        )  # fmt: skip
    if isinstance(found, Problem):
        raise InputError([found])
    return found


def _frame(scene: Scene) -> tuple[float, float, float, float]:
    areas, schools = scene.district.table("areas"), scene.district.table("schools")
    if not areas.empty:
        west, south, east, north = shapely.total_bounds(areas["geometry"].to_numpy(dtype=object))
        return float(west), float(south), float(east), float(north)
    return (
        float(schools["lon"].min()),
        float(schools["lat"].min()),
        float(schools["lon"].max()),
        float(schools["lat"].max()),
    )


def _parts(geometry: Geometries, kind: shapely.GeometryType) -> Geometries:
    """Give the simple parts of one kind."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    kept: Geometries = parts[(shapely.get_type_id(parts) == kind) & ~shapely.is_empty(parts)]
    return kept


def _in_cells(
    parts: Geometries, corner: tuple[float, float], width: float, *, areas: bool
) -> Geometries:
    """Put parts together by the cell that their middle lies in."""
    box = shapely.bounds(parts)
    middle = (box[:, :2] + box[:, 2:]) / 2.0
    place = np.clip(((middle - corner) / max(width, 1e-9) * _CELLS).astype(np.int64), 0, _CELLS - 1)
    cell = place[:, 1] * _CELLS + place[:, 0]
    made = [
        (shapely.multipolygons if areas else shapely.multilinestrings)(parts[cell == each])
        for each in np.unique(cell)
    ]
    geometry: Geometries = np.full(len(made), None, dtype=object)
    geometry[:] = made
    return geometry
