"""Layers of areas: students offline by number and by rate, and zones by share served."""

import numpy as np
import pandas as pd

from netplan.gap.suppress import Published
from netplan.maps.breaks import Classes, classes
from netplan.maps.layers_open import GROUP
from netplan.maps.layers_table import cell, drawn, filled, rows_of, texts
from netplan.maps.model import Bools, Cell, ColorClass, Column, Ints, Layer, Legend, Scene, Shapes

_OWN = ("students_offline", "se", "rate", "rate_se", "students")
#: Layers that fill the ground replace each other.
GROUND = "ground"
_AREA_COLUMNS = (
    Column(
        key="students_offline", title="Students offline", unit="students", decimals=0, tooltip=True
    ),
    Column(key="se", title="Standard error", unit="students", decimals=1, tooltip=True),
    Column(key="rate", title="Rate", unit="of households", decimals=1, percent=True, tooltip=True),
    Column(
        key="rate_se", title="Standard error of the rate", unit="of households", decimals=1,
        percent=True, tooltip=True,
    ),
    Column(key="students", title="Students", unit="students", decimals=0),
    Column(key="how", title="How it is known"),
    Column(key="group", title="Group of neighbors", popup=False),
    Column(
        key="group_students_offline", title="Students offline in the group", unit="students",
        decimals=0, popup=False,
    ),
    Column(
        key="group_se", title="Standard error of the group", unit="students", decimals=1,
        popup=False,
    ),
    Column(
        key="group_rate", title="Rate in the group", unit="of households", decimals=1,
        percent=True, popup=False,
    ),
    Column(key="geoid", title="Census id", popup=False),
)  # fmt: skip
#: The same in every district, so that maps of several compare (assumption: of this size).
_RATE_EDGES = (0.05, 0.10, 0.15, 0.25)
_HOW = {
    "estimated": "estimated",
    "counted": "counted",
    "predicted": "predicted: no usable direct estimate",
    "no households": "no households",
    "no data": "no data",
}


def areas_offline(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Areas by the number of students offline at home, small numbers withheld."""
    made = _areas(scene)
    if made is None:
        return None
    shapes, frame, published = made
    offline = frame["students_offline"].to_numpy(dtype=np.float64)
    withheld = frame["suppressed"].to_numpy(bool)
    found = classes(offline, palette="cividis", withheld=withheld)
    return shapes, _area_layer(
        frame,
        layer_id="areas-offline",
        title="Students offline",
        legend=Legend(
            title="Students offline at home",
            unit="students in each area",
            colors=found.colors,
            note=f"Counts under {published.threshold} are withheld, and as many others as would "
            "give them back. What is withheld is told for groups of neighbors.",
        ),
        color=found.place,
        # small counts are withheld, rates of groups are not: the map opens on rates
        shown=False,
    )


def areas_rate(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Areas by the rate of being offline; of withheld areas, that of their group, hatched."""
    made = _areas(scene)
    if made is None:
        return None
    shapes, frame, _ = made
    own = frame["rate"].to_numpy(dtype=np.float64)
    group = frame["group_rate"].to_numpy(dtype=np.float64)
    rate = np.where(np.isnan(own), group, own)
    withheld = frame["suppressed"].to_numpy(bool)
    found = classes(
        rate,
        unit="share",
        palette="cividis",
        decimals=1,
        withheld=withheld & np.isnan(rate),
        fixed=_RATE_EDGES,
    )
    # an area that is withheld alone bears its group's color, hatched
    of_group = np.isnan(own) & ~np.isnan(group)
    colors, place = _with_hatched(found, of_group)
    return shapes, _area_layer(
        frame,
        layer_id="areas-rate",
        title="Rate offline",
        legend=Legend(
            title="Rate offline at home",
            unit="of households",
            colors=colors,
            note="Hatched: the area's own number is withheld, and its group of neighbors is "
            "shown instead. Where students were counted, the rate is of students.",
        ),
        color=place,
        shown=True,
    )


def _with_hatched(found: Classes, of_group: Bools) -> tuple[tuple[ColorClass, ...], Ints]:
    """Put behind each class its hatched one, where groups are in it.

    A plain class without rows is left out where its hatched one stands in its place.
    """
    colors: list[ColorClass] = []
    place = found.place.copy()
    for at, each in enumerate(found.colors):
        mine = found.place == at
        hatched = mine & of_group
        if (mine & ~of_group).any() or not hatched.any():
            place[mine] = len(colors)
            colors.append(each)
        if hatched.any():
            place[hatched] = len(colors)
            label = f"withheld, group {each.label}"
            colors.append(ColorClass(label=label, color=each.color, fill="hatch"))
    return tuple(colors), place


def _areas(scene: Scene) -> tuple[Shapes, pd.DataFrame, Published] | None:
    """Give all areas with what is published of each and of its group."""
    areas, published = scene.district.table("areas"), scene.gap
    if published is None or areas.empty:
        return None
    groups = published.groups[["group", "areas", "students_offline", "se", "rate"]].rename(
        columns={"students_offline": "group_students_offline", "se": "group_se",
                 "rate": "group_rate"}
    )  # fmt: skip
    frame = (
        pd.DataFrame(areas[["geoid", "geometry"]])
        .merge(published.areas, on="geoid", how="left")
        .merge(groups, on="group", how="left")
    )
    frame["suppressed"] = frame["suppressed"] == True  # noqa: E712 (an area without a row is not)
    shapes = Shapes(
        shapes_id="areas",
        kind="polygon",
        geometry=frame["geometry"].to_numpy(dtype=object),
        coverage=True,
    )
    return shapes, frame, published


def _area_layer(
    frame: pd.DataFrame,
    *,
    layer_id: str,
    title: str,
    legend: Legend,
    color: Ints,
    shown: bool,
) -> Layer:
    geoids = texts(frame["geoid"])
    return Layer(
        layer_id=layer_id,
        title=title,
        group=GROUP,
        about="Students without internet at home, from the American Community Survey (acs.csv) "
        "with the help of areas like each, or the district's own count (students.csv).",
        shapes_id="areas",
        keys=geoids,
        names=tuple(area_name(geoid) for geoid in geoids),
        legend=legend,
        color=drawn(color.astype(np.int64), frame["geometry"].to_numpy(dtype=object)),
        columns=_AREA_COLUMNS,
        rows=rows_of({column.key: _told(frame, column.key) for column in _AREA_COLUMNS}),
        lists={"Shown with its neighbors": tuple(_group_lines(frame))},
        facets={"Number": tuple(np.where(frame["suppressed"], "withheld", "shown").tolist())},
        shown=shown,
        exclusive=GROUND,
    )


def _told(frame: pd.DataFrame, key: str) -> list[Cell]:
    """Give a column's cells: of withheld areas, the word instead of the number."""
    if key == "how":
        return filled(frame["how"].map(_HOW), "no data")
    if key.startswith("group"):
        return filled(frame[key])
    cells = [cell(value) for value in frame[key]]
    if key not in _OWN:
        return cells
    hidden = frame["suppressed"].tolist()
    return [
        "withheld" if value is None and one else value
        for value, one in zip(cells, hidden, strict=True)
    ]


def _group_lines(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """Say what is published of each withheld area's group; nothing for the others."""
    lines: list[tuple[str, ...]] = []
    columns = ("group", "areas", "group_students_offline", "group_se", "group_rate")
    for group, areas, offline, se, rate in zip(*(frame[name] for name in columns), strict=True):
        if pd.isna(offline):
            lines.append(())
            continue
        share = "" if pd.isna(rate) else f"{100 * rate:.1f} % of households, "
        lines.append(
            (
                f"Group {group} of {areas:.0f} areas: {share}{offline:,.0f} students offline, "
                f"± {se:.1f} (one standard error)",
            )
        )
    return lines


def area_name(geoid: str) -> str:
    """Give a census id in words: ``Block group 2, tract 10.01``."""
    if not geoid.isdigit() or len(geoid) not in (11, 12):
        return geoid
    tract = f"tract {int(geoid[5:9])}" + (f".{geoid[9:11]}" if geoid[9:11] != "00" else "")
    return f"Block group {geoid[11]}, {tract}" if len(geoid) == 12 else tract.capitalize()
