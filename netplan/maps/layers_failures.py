"""Layers of what one failure does: equipment, lines that cut schools off, and shared risks."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely

from netplan.capacity.model import Capacity
from netplan.maps.layers_network import GROUP, SCHEMATIC, node_titles, places_of
from netplan.maps.layers_places import Places, ends_of, lines_between
from netplan.maps.layers_table import (
    Geometries,
    class_of,
    constant,
    points,
    rows_of,
    texts,
)
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

#: Upper ends of classes of schools that one failure cuts off.
_SCHOOL_EDGES = (1.0, 5.0, 20.0)
#: Purples: apart from the blues, orange and red of utilization.
_SCHOOL_COLORS = (
    ColorClass(label="1", color="#dccbe8"),
    ColorClass(label="2 to 5", color="#b48ccc"),
    ColorClass(label="6 to 20", color="#8148a3"),
    ColorClass(label="over 20", color="#4b0b6b"),
)
_WIDTHS = (WidthClass(label="1", pixels=9.0), WidthClass(label="several", pixels=14.0))
_RISK = ColorClass(label="links that one event takes out together", color="#b48ccc")
_FAILURE_COLUMNS = (
    Column(key="schools", title="Schools cut off", unit="schools", decimals=0, tooltip=True),
    Column(key="students", title="Students in them", unit="students", decimals=0, tooltip=True),
    Column(key="partly", title="Schools that lose a part", unit="schools", decimals=0),
    Column(key="kind", title="What fails"),
    Column(key="overloaded", title="Elements it overloads", unit="elements", decimals=0),
)
#: Devices whose circles may be large.
_FEW = 40
_LISTED = "Schools cut off"
_MOST_LISTED = 40


def failure_nodes(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Devices whose failure alone cuts other buildings off: single points of failure."""
    if scene.capacity is None:
        return None
    places = places_of(scene)
    found = _cutting(scene.capacity, "node")
    owner = scene.district.table("nodes").set_index("node_id")["school_id"].fillna("")
    others = [
        bool({*cut} - {owner.get(failed, "")})
        for failed, cut in zip(found["failed"], found["cut_off"], strict=True)
    ]
    found = found[np.array(others, dtype=np.bool_)].reset_index(drop=True)
    row = places.row()
    at = [row[str(node)] for node in found["failed"]]
    return _failure_layer(
        scene,
        found,
        "point",
        points(places.lon[at], places.lat[at]),
        layer_id="failure-devices",
        title="Devices that cut schools off",
        about="Devices whose failure alone leaves schools without the internet, those inside a "
        "school only where others hang on it (every single failure was tried).",
        note="A circle lies around the device. " + SCHEMATIC,
    )


def failure_links(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Links whose failure alone cuts schools off: single points of failure."""
    return _failing_links(
        scene,
        "link",
        layer_id="failure-links",
        title="Links that cut schools off",
        about="Links between sites whose failure alone leaves schools without the internet "
        "(every single failure was tried).",
        note="A band lies under the link.",
    )


def failure_groups(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Shared risks (a conduit, a pole line) that cut schools off when they fail."""
    return _failing_links(
        scene,
        "risk_group",
        layer_id="failure-groups",
        title="Shared risks that cut schools off",
        about="What several links share (shared_risk of links.csv), where losing all of them at "
        "once leaves schools without the internet.",
        note="A band lies under each link of the group.",
    )


def risk_groups(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Links that share a conduit, a pole line or another risk."""
    members, geometry, places = _groups(scene)
    if scene.capacity is None or not members or not len(geometry):
        return None
    failures = scene.capacity.failures
    failures = failures[failures["kind"] == "risk_group"].set_index("failed")
    names = sorted(members)
    cut = [len(failures["cut_off"].get(name, ())) for name in names]
    layer = Layer(
        layer_id="risk-groups",
        title="Links with a shared risk",
        group=GROUP,
        about="Links that name the same conduit, pole line or the like in links.csv.",
        shapes_id="risk-groups",
        keys=tuple(names),
        names=tuple(names),
        legend=Legend(
            title="Shared risk",
            colors=(_RISK,),
            note=SCHEMATIC if places.schematic.any() else "",
        ),
        color=constant(len(names)),
        columns=(
            Column(key="links", title="Links", unit="links", decimals=0, tooltip=True),
            Column(key="schools", title="Schools cut off", unit="schools", decimals=0),
        ),
        rows=rows_of({"links": [len(members[name]) for name in names], "schools": cut}),
        lists={"Links": tuple(tuple(members[name]) for name in names)},
        shown=False,
    )
    return Shapes(shapes_id="risk-groups", kind="line", geometry=geometry), layer


def _failing_links(
    scene: Scene, kind: str, *, layer_id: str, title: str, about: str, note: str
) -> tuple[Shapes, Layer] | None:
    if scene.capacity is None:
        return None
    found = _cutting(scene.capacity, kind)
    members, drawn, _ = _groups(scene) if kind == "risk_group" else _single_links(scene)
    lines = dict(zip(sorted(members), drawn, strict=True))
    found = found[found["failed"].isin(list(lines))].reset_index(drop=True)
    geometry: Geometries = np.full(len(found), None, dtype=object)
    geometry[:] = [lines[name] for name in found["failed"]]
    return _failure_layer(
        scene, found, "line", geometry, layer_id=layer_id, title=title, about=about, note=note
    )


def _failure_layer(
    scene: Scene,
    found: pd.DataFrame,
    kind: str,
    geometry: Geometries,
    *,
    layer_id: str,
    title: str,
    about: str,
    note: str,
) -> tuple[Shapes, Layer] | None:
    """Make the layer of failures: colored by how many schools each cuts off."""
    if found.empty:
        return None
    table = scene.district.table("schools").set_index("school_id")
    names = {
        str(school): str(name) if isinstance(name, str) and name else str(school)
        for school, name in table["name"].items()
    }
    enrolled = table["enrollment"].fillna(0.0).to_dict()
    students = [float(sum(enrolled.get(school, 0.0) for school in cut)) for cut in found["cut_off"]]
    counts = found["cut_off"].map(len).to_numpy(dtype=np.float64)
    titles = node_titles(scene)
    is_point = kind == "point"
    layer = Layer(
        layer_id=layer_id,
        title=title,
        group=GROUP,
        about=about,
        shapes_id=layer_id,
        keys=texts(found["failed"]),
        names=tuple(titles.get(failed, failed) for failed in texts(found["failed"])),
        legend=Legend(
            title="Schools cut off",
            colors=_SCHOOL_COLORS,
            marks=(MarkClass(label="device", marker="circle"),) if is_point else (),
            width_title="Schools cut off",
            widths=(WidthClass(label="any", pixels=26.0 if len(found) <= _FEW else 16.0),)
            if is_point
            else _WIDTHS,
            note=note,
        ),
        color=class_of(counts, _SCHOOL_EDGES),
        mark=constant(len(found)) if is_point else None,
        width=constant(len(found)) if is_point else (counts > 1).astype(np.int64),
        columns=_FAILURE_COLUMNS,
        rows=rows_of(
            {
                "schools": counts,
                "students": students,
                "partly": found["partly_cut_off"].map(len),
                "kind": found["kind"].str.replace("_", " "),
                "overloaded": found["overloaded"].map(len),
            }
        ),
        lists={_LISTED: tuple(_listed(cut, names) for cut in found["cut_off"])},
        shown=is_point,
    )
    shapes = Shapes(shapes_id=layer_id, kind="point" if is_point else "line", geometry=geometry)
    return shapes, layer


def _cutting(capacity: Capacity, kind: str) -> pd.DataFrame:
    """Give failures of a kind that cut schools off, the most schools first."""
    found = capacity.failures[capacity.failures["kind"] == kind]
    counts = found["cut_off"].map(len)
    order = np.lexsort((found["failed"].astype(str).to_numpy(dtype=str), -counts.to_numpy(int)))
    return found.iloc[order[: int((counts > 0).sum())]].reset_index(drop=True)


def _single_links(scene: Scene) -> tuple[dict[str, list[str]], Geometries, Places]:
    """Give each link between sites with its line, by id."""
    links, places = scene.district.table("links"), places_of(scene)
    links = links.sort_values("link_id", kind="stable", ignore_index=True)
    a, b, between = ends_of(places, links)
    members = {str(link): [str(link)] for link in links["link_id"][between]}
    order = np.argsort(np.array(list(members), dtype=str), kind="stable")
    return members, lines_between(places, a[between], b[between])[order], places


def _groups(scene: Scene) -> tuple[dict[str, list[str]], Geometries, Places]:
    """Give the shared risks of links between sites: each one's links, and their lines."""
    links, lines, places = _single_links(scene)
    told = scene.district.table("links").set_index("link_id")["shared_risk"].fillna("")
    members: dict[str, list[str]] = {}
    parts: dict[str, list[shapely.Geometry]] = {}
    for link, line in zip(sorted(links), lines, strict=True):
        for risk in {part.strip() for part in str(told[link]).split(";")} - {""}:
            members.setdefault(risk, []).append(link)
            parts.setdefault(risk, []).append(line)
    geometry: Geometries = np.full(len(parts), None, dtype=object)
    geometry[:] = [shapely.multilinestrings(parts[name]) for name in sorted(parts)]
    return members, geometry, places


def _listed(cut: Sequence[str], names: dict[str, str]) -> tuple[str, ...]:
    told = [names.get(school, school) for school in cut[:_MOST_LISTED]]
    more = len(cut) - _MOST_LISTED
    return (*told, f"and {more:,} more") if more > 0 else tuple(told)
