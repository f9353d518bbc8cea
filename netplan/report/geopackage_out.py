"""``district.gpkg``: the results as layers for QGIS and its like, published numbers only."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from netplan.geo.write import FieldType, GeoLayer, write_geopackage
from netplan.maps.layers import LayerOf
from netplan.maps.layers_equipment import equipment
from netplan.maps.layers_failures import failure_groups, failure_links, failure_nodes
from netplan.maps.layers_home import candidate_stops
from netplan.maps.layers_network import SCHEMATIC
from netplan.maps.layers_partners import libraries_by_transit, partners, wireless_sites
from netplan.maps.layers_places import Places, ends_of, find_places, lines_between
from netplan.maps.layers_table import NOTHING
from netplan.maps.model import Layer, Scene, Shapes
from netplan.maps.pages import at_its_budget
from netplan.report.format import clean
from netplan.report.frames import records
from netplan.report.home import AccessReport, GapReport
from netplan.report.model import Home, Report

_SCHOOLS: Mapping[str, FieldType] = {
    "school_id": "TEXT",
    "name": "TEXT",
    "level": "TEXT",
    "status": "TEXT",
    "enrollment": "INTEGER",
    "devices": "INTEGER",
    "load_down_mbps": "REAL",
    "load_up_mbps": "REAL",
    "bottleneck_element": "TEXT",
    "bottleneck_capacity_mbps": "REAL",
    "bottleneck_load_mbps": "REAL",
    "bottleneck_utilization_share": "REAL",
    "headroom_mbps": "REAL",
    "headroom_devices": "INTEGER",
    "exhausted_school_year": "TEXT",
    "disjoint_paths": "INTEGER",
    "airtime_share": "REAL",
}
_LINKS: Mapping[str, FieldType] = {
    "link_id": "TEXT",
    "a": "TEXT",
    "b": "TEXT",
    "role": "TEXT",
    "medium": "TEXT",
    "direction": "TEXT",
    "period": "TEXT",
    "mean_mbps": "REAL",
    "load_mbps": "REAL",
    "capacity_mbps": "REAL",
    "utilization_share": "REAL",
    "schematic": "BOOLEAN",
}
_AREAS: Mapping[str, FieldType] = {
    "geoid": "TEXT",
    "level": "TEXT",
    "students": "REAL",
    "students_offline": "REAL",
    "se": "REAL",
    "direct_rate": "REAL",
    "direct_se": "REAL",
    "rate": "REAL",
    "rate_se": "REAL",
    "how": "TEXT",
    "suppressed": "BOOLEAN",
    "withheld_group": "TEXT",
}
_ZONES: Mapping[str, FieldType] = {
    "school_id": "TEXT",
    "name": "TEXT",
    "served_share": "REAL",
    "suppressed": "BOOLEAN",
}
#: Layers of the maps that the GeoPackage holds under these names, with the maps' columns.
_FROM_MAPS: Mapping[str, LayerOf] = {
    "equipment": equipment,
    "failure_devices": failure_nodes,
    "failure_links": failure_links,
    "failure_groups": failure_groups,
    "candidate_stops": candidate_stops,
    "partners": partners,
    "libraries_by_transit": libraries_by_transit,
    "wireless": wireless_sites,
}
#: Of these, layers whose places may be schematic.
_DEVICES = ("equipment", "failure_devices")
_SITES: Mapping[str, FieldType] = {
    "id": "TEXT",
    "name": "TEXT",
    "kind": "TEXT",
    "existing": "BOOLEAN",
    "students": "REAL",
    "students_low": "REAL",
    "students_high": "REAL",
    "usd_per_year": "REAL",
    "usd_per_student": "REAL",
    "max_students": "REAL",
    "suppressed": "BOOLEAN",
    "price_source": "TEXT",
}


def write_layers(report: Report, path: Path, changed: str) -> bool:
    """Write every layer that has features into a new GeoPackage; no file without any.

    Parameters
    ----------
    report
        Its published numbers; what is withheld is null.
    path
        A file that is not there yet.
    changed
        When it was made, as ``2027-01-15T08:00:00.000Z``.

    Returns
    -------
    written
        Whether anything has a place.
    """
    home = report.home
    places = find_places(*(report.district.table(name) for name in ("schools", "nodes", "links")))
    layers = [_schools(report), _links(report, places)]
    if home is not None and home.gap is not None:
        layers += [_areas(home.gap), _zones(report, home.access)]
    if home is not None and home.access is not None:
        layers.append(_sites(home.access))
    layers += _of_maps(report, places)
    # a school that nobody placed is on no map; a layer without features says nothing
    filled = [layer for layer in layers if layer.rows]
    if filled:
        write_geopackage(path, filled, changed=changed)
    return bool(filled)


def _schools(report: Report) -> GeoLayer:
    places = _places(report)
    rows = [row for row in records(report.capacity.buildings) if row["school_id"] in places]
    return GeoLayer(
        name="schools",
        title="Schools",
        description="Buildings in the school day: loads and capacities in Mbps, shares from 0 to "
        "1; a capacity that is null has no limit.",
        fields=_SCHOOLS,
        rows=_plain(rows, _SCHOOLS),
        geometry=[places[row["school_id"]] for row in rows],
        geometry_type="POINT",
    )


def _links(report: Report, places: Places) -> GeoLayer:
    worst: dict[str, dict[str, Any]] = {}
    for row in records(report.capacity.links):
        known = worst.get(row["link_id"])
        if known is None or _used(row) > _used(known):
            worst[row["link_id"]] = row
    links = report.district.table("links")
    a, b, between = ends_of(places, links)
    schematic = places.schematic[a] | places.schematic[b]
    rows = [
        {**link, **worst.get(link["link_id"], {}), "schematic": bool(guessed)}
        for link, guessed in zip(records(links[between]), schematic[between].tolist(), strict=True)
    ]
    return GeoLayer(
        name="links",
        title="Links between sites",
        description="Links between sites in their worst direction and period; straight lines, "
        f"not the way of the cable. Schematic: an end has no known place. {SCHEMATIC}",
        fields=_LINKS,
        rows=_plain(rows, _LINKS),
        geometry=list(lines_between(places, a[between], b[between])),
        geometry_type="LINESTRING",
    )


def _of_maps(report: Report, places: Places) -> list[GeoLayer]:
    """Give what else the maps draw, as they draw it at the plan's budget."""
    home = report.home or Home()
    scene = Scene(
        district=report.district,
        capacity=report.capacity,
        access=None if home.access is None else home.access.published,
    )
    flat = at_its_budget(scene)
    guessed = dict(zip(places.node_ids, places.schematic.tolist(), strict=True))
    found = [(name, function(flat)) for name, function in _FROM_MAPS.items()]
    return [_of_map(name, *made, guessed) for name, made in found if made is not None]


def _of_map(name: str, shapes: Shapes, layer: Layer, guessed: Mapping[str, bool]) -> GeoLayer:
    fields: dict[str, FieldType] = {"id": "TEXT", "name": "TEXT"}
    for column in layer.columns:
        fields[column.key] = "TEXT" if column.decimals is None else "REAL"
    is_point, is_device = shapes.kind == "point", name in _DEVICES
    if is_device:
        fields["schematic"] = "BOOLEAN"
    rows, geometry = [], []
    placed = ~(shapely.is_missing(shapes.geometry) | shapely.is_empty(shapes.geometry))
    for at in np.flatnonzero(placed & (layer.color >= 0)).tolist():
        values = zip((column.key for column in layer.columns), layer.rows[at], strict=True)
        key = layer.keys[at]
        row = {"id": key, "name": layer.names[at], "schematic": guessed.get(key, False)}
        told = {name: None if value == NOTHING else value for name, value in values}
        rows.append({**row, **told})
        place = shapes.geometry[at]
        geometry.append(place if is_point else shapely.multilinestrings(shapely.get_parts(place)))
    return GeoLayer(
        name=name,
        title=layer.title,
        description=layer.about,
        fields=fields,
        rows=_plain(rows, fields),
        geometry=geometry,
        geometry_type="POINT" if is_point else "MULTILINESTRING",
    )


def _areas(gap: GapReport) -> GeoLayer:
    shapes = dict(zip(gap.district.table("areas")["geoid"], _polygons(gap, "areas"), strict=True))
    rows = [
        {**row, "withheld_group": row["group"] or None}
        for row in records(gap.areas)
        if row["geoid"] in shapes
    ]
    return GeoLayer(
        name="areas",
        title="Students offline by area",
        description="Published estimates with standard errors; null where suppressed is true: "
        f"counts under {gap.district.planning.suppress_below}, and what would give them back.",
        fields=_AREAS,
        rows=_plain(rows, _AREAS),
        geometry=[shapes[row["geoid"]] for row in rows],
        geometry_type="MULTIPOLYGON",
    )


def _zones(report: Report, access: AccessReport | None) -> GeoLayer:
    names = {row["school_id"]: row["name"] for row in records(report.capacity.buildings)}
    served = {} if access is None else {row["school_id"]: row for row in records(access.zones)}
    gap = report.home.gap if report.home is not None else None
    ids = [] if gap is None else report.district.table("zones")["school_id"].tolist()
    return GeoLayer(
        name="zones",
        title="Attendance zones",
        description="Share of the zone's students offline whom the plan serves, from 0 to 1.",
        fields=_ZONES,
        rows=_plain(
            [{**served.get(each, {}), "school_id": each, "name": names.get(each)} for each in ids],
            _ZONES,
        ),
        geometry=[] if gap is None else _polygons(gap, "zones"),
        geometry_type="MULTIPOLYGON",
    )


def _sites(access: AccessReport) -> GeoLayer:
    rows = [row for row in records(access.sites) if _placed(row)]
    return GeoLayer(
        name="plan_sites",
        title="Places that the plan opens",
        description="Students served a week and dollars a year; null where suppressed is true. "
        "Offers without a place are in access_sites.csv.",
        fields=_SITES,
        rows=_plain(rows, _SITES),
        geometry=[shapely.Point(row["lon"], row["lat"]) for row in rows],
        geometry_type="POINT",
    )


def _polygons(gap: GapReport, table: str) -> list[shapely.Geometry]:
    shapes = gap.district.table(table)["geometry"]
    return [
        shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape])
        for shape in shapes
    ]


def _places(report: Report) -> dict[str, shapely.Point]:
    return {
        row["school_id"]: shapely.Point(row["lon"], row["lat"])
        for row in records(report.district.table("schools"))
        if _placed(row)
    }


def _placed(row: Mapping[str, Any]) -> bool:
    return row.get("lat") is not None and row.get("lon") is not None


def _used(row: Mapping[str, Any]) -> float:
    return float(row["utilization_share"] or 0.0)


def _plain(
    rows: Sequence[Mapping[str, Any]], fields: Mapping[str, FieldType]
) -> list[dict[str, Any]]:
    """Give rows as SQLite takes them: no limit is null, other people's text is harmless."""
    return [{name: _value(row.get(name), kind) for name, kind in fields.items()} for row in rows]


def _value(value: Any, kind: FieldType) -> Any:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if kind == "TEXT":
        return clean(str(value))
    if isinstance(value, str):  # "withheld", "no limit": the word of a map's table
        return None
    return float(value) if kind == "REAL" else int(value)
