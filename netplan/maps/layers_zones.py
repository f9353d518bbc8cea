"""Layers of attendance zones by share served, one for each level: they lie on each other."""

import numpy as np
import pandas as pd

from netplan.maps.breaks import NO_DATA, PALETTES, WITHHELD
from netplan.maps.layers_areas import GROUND
from netplan.maps.layers_open import GROUP
from netplan.maps.layers_table import class_of, drawn, named, rows_of, texts
from netplan.maps.model import ColorClass, Column, Layer, Legend, Scene, Shapes

_SERVED_EDGES = (0.2, 0.4, 0.6, 0.8)
#: Dark is where few are served.
_SERVED = tuple(
    ColorClass(label=label, color=color)
    for label, color in zip(
        ("up to 20", "20 to 40", "40 to 60", "60 to 80", "over 80"),
        reversed(PALETTES["cividis"][4]),
        strict=True,
    )
)
_NOBODY = ColorClass(label="no share known", color=NO_DATA.color)


def zones_elementary(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Attendance zones of elementary schools by the share of students offline who are served."""
    return _zones(scene, ("elementary",), "elementary", "Elementary zones")


def zones_middle(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Attendance zones of middle schools by the share of students offline who are served."""
    return _zones(scene, ("middle",), "middle", "Middle school zones")


def zones_high(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Attendance zones of high schools by the share of students offline who are served."""
    return _zones(scene, ("high",), "high", "High school zones")


def zones_other(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Attendance zones of other schools by the share of students offline who are served."""
    return _zones(scene, ("k12", "other"), "other", "Other zones")


def _zones(
    scene: Scene, levels: tuple[str, ...], key: str, title: str
) -> tuple[Shapes, Layer] | None:
    """Make one level's zones: those of several levels lie on each other."""
    zones, schools = scene.district.table("zones"), scene.district.table("schools")
    if scene.access is None or zones.empty:
        return None
    frame = pd.DataFrame(zones[["school_id", "geometry"]]).merge(
        schools[["school_id", "name", "level", "enrollment"]], on="school_id"
    )
    frame = frame[frame["level"].isin(levels)].reset_index(drop=True)
    if frame.empty:
        return None
    told = scene.access.zones.set_index("school_id").reindex(frame["school_id"])
    share = told["served_share"].to_numpy(dtype=np.float64)
    withheld = (told["suppressed"] == True).to_numpy(bool)  # noqa: E712 (a missing zone is not)
    color = class_of(share, _SERVED_EDGES)
    color = np.where(np.isnan(share) & withheld, len(_SERVED), color)
    color = np.where(np.isnan(share) & ~withheld, len(_SERVED) + 1, color)
    geometry = frame["geometry"].to_numpy(dtype=object)
    ids = texts(frame["school_id"])
    layer = Layer(
        layer_id=f"zones-{key}",
        title=title,
        group=GROUP,
        about="Attendance zones by the share of their students offline whom the plan serves "
        "(shares only: counts by zone would give back what is withheld).",
        shapes_id=f"zones-{key}",
        keys=ids,
        names=named(frame["name"], ids),
        legend=Legend(
            title="Served by the plan",
            unit="% of students offline",
            colors=(*_SERVED, WITHHELD, _NOBODY),
        ),
        color=drawn(color, geometry),
        columns=(
            Column(
                key="served", title="Served", unit="of students offline", decimals=0,
                percent=True, tooltip=True,
            ),
            Column(key="level", title="Level"),
        ),
        rows=rows_of(
            {
                "served": [
                    "withheld" if hidden and np.isnan(one) else one
                    for one, hidden in zip(share.tolist(), withheld.tolist(), strict=True)
                ],
                "level": frame["level"],
            }
        ),
        hrefs=tuple(scene.pages.get(school, "") for school in ids),
        shown=False,
        exclusive=GROUND,
    )  # fmt: skip
    shapes = Shapes(shapes_id=f"zones-{key}", kind="polygon", geometry=geometry, coverage=True)
    return shapes, layer
