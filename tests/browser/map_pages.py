"""A map page made by hand, small enough to check by eye: 6 schools, 8 areas, 5 links, 4 stops.

The areas are two rows of four squares of 0.02 degrees; area 3 (column 2 of the lower row) is
withheld and area 7 has no data. Schools 0 to 4 stand in the middle of areas 0, 1, 2, 4 and 5;
school 5 stands where school 4 does. Links 0 and 1 join the same two schools.
"""

import numpy as np
import shapely

from netplan.maps.model import (
    Cell,
    ColorClass,
    Column,
    Layer,
    Legend,
    MapPage,
    MarkClass,
    Shapes,
    Side,
    Slider,
    Steps,
    WidthClass,
)

WEST, SOUTH, STEP = -76.64, 39.30, 0.02
SCHOOL_AREAS = (0, 1, 2, 4, 5, 5)
LINK_ENDS = ((0, 1), (0, 1), (1, 2), (3, 4), (0, 3))
STOP_PLACES = ((-76.632, 39.308), (-76.606, 39.312), (-76.588, 39.306), (-76.588, 39.332))
NAMES = ("Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir")
PERIODS = ("08:00-09:00 period 1", "09:00-10:00 period 2", "10:00-11:00 period 3")
NAVY, MID, SAND, GRAY = "#00204d", "#7c7b78", "#fdea45", "#d9dce0"


def map_page() -> MapPage:
    """Build the page ``sample`` with all layers and a time slider."""
    return MapPage(
        page_id="sample",
        title="Sample district: network and home access",
        intro=("Six schools, eight areas.", "Made by hand for tests."),
        layers=(outline(), areas(), rates(), stops(), links(), schools()),
        shapes=shapes(),
        sliders=(
            Slider(
                slider_id="time",
                title="Time of day",
                steps=PERIODS,
                notes=("All quiet.", "Link 0 is over its limit.", "Ash is empty."),
                start=0,
            ),
        ),
        footer=("Made by hand, as of 2026-11-23.", "Run 0123456789ab."),
        links=(("index.html", "Front page"),),
        downloads=(("../tables/layers.gpkg", "All layers (GeoPackage)"),),
    )


def compare_page() -> MapPage:
    """Build the page ``sample-compare``: areas and schools before and after."""
    return MapPage(
        page_id="sample-compare",
        title="Sample district: today and with the plan",
        intro=("The same classes on both sides.",),
        layers=(
            outline(),
            areas("before"),
            areas("after"),
            schools("before"),
            schools("after"),
        ),
        shapes=shapes(),
        compare=("Today", "With the plan"),
        footer=("Made by hand.",),
    )


def squares() -> list[shapely.Polygon]:
    """Give the eight areas, west to east, the lower row first."""
    return [
        shapely.box(
            WEST + STEP * (i % 4),
            SOUTH + STEP * (i // 4),
            WEST + STEP * (i % 4 + 1),
            SOUTH + STEP * (i // 4 + 1),
        )
        for i in range(8)
    ]


def shapes() -> tuple[Shapes, ...]:
    """Give the geometry of all layers."""
    cells = squares()
    middles = [cells[i].centroid for i in SCHOOL_AREAS]
    return (
        Shapes(
            shapes_id="outline",
            kind="line",
            geometry=objects([shapely.union_all(cells).exterior]),
        ),
        Shapes(shapes_id="areas", kind="polygon", geometry=objects(cells), coverage=True),
        Shapes(
            shapes_id="stops",
            kind="point",
            geometry=objects([shapely.Point(place) for place in STOP_PLACES]),
        ),
        Shapes(
            shapes_id="links",
            kind="line",
            geometry=objects([shapely.LineString([middles[a], middles[b]]) for a, b in LINK_ENDS]),
        ),
        Shapes(shapes_id="schools", kind="point", geometry=objects(middles)),
    )


def outline() -> Layer:
    """Give the district's outline: a background."""
    return Layer(
        layer_id="outline",
        title="District outline",
        group="Background",
        about="The edge of all areas.",
        shapes_id="outline",
        keys=("outline",),
        names=("District outline",),
        legend=Legend(title="District outline", colors=(ColorClass(label="", color="#4d5661"),)),
        color=ints(0),
        width=None,
        interactive=False,
    )


def areas(side: Side = "both") -> Layer:
    """Give areas by students offline: three classes, withheld (row 3) and no data (row 7)."""
    after = side == "after"
    offline = (8.0, 25.0, 70.0, None, 12.0, 40.0, 55.0, None)
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (value if value is None or not after else value / 2, 4.0 if value else None)
        for value in offline
    )
    return Layer(
        layer_id="areas" if side == "both" else f"areas-{side}",
        title="Students offline",
        group="Home access",
        about="Students without internet at home, by block group. Small counts are withheld.",
        shapes_id="areas",
        keys=tuple(f"24005{i:07d}" for i in range(8)),
        names=tuple(f"Block group {i + 1}" for i in range(8)),
        legend=Legend(
            title="Students offline",
            unit="students",
            colors=(
                ColorClass(label="under 20", color=SAND),
                ColorClass(label="20 to 49", color=MID),
                ColorClass(label="50 or more", color=NAVY),
                ColorClass(label="withheld", color=GRAY, fill="hatch"),
                ColorClass(label="no data", color="#ffffff"),
            ),
            note="Withheld: too few students to publish.",
        ),
        color=ints(0, 0, 1, 3, 0, 0, 1, 4) if after else ints(0, 1, 2, 3, 0, 1, 2, 4),
        columns=(
            Column(
                key="offline", title="Students offline", unit="students", decimals=0, tooltip=True
            ),
            Column(key="error", title="Standard error", unit="students", decimals=1, tooltip=True),
        ),
        rows=cells,
        facets={"Zone": ("West", "West", "East", "East", "West", "West", "East", "East")},
        exclusive="areas",
        side=side,
    )


def rates() -> Layer:
    """Give areas by rate: the other one of two that replace each other; off at the start."""
    return Layer(
        layer_id="rates",
        title="Share offline",
        group="Home access",
        about="Share of students without internet at home.",
        shapes_id="areas",
        keys=tuple(f"24005{i:07d}" for i in range(8)),
        names=tuple(f"Block group {i + 1}" for i in range(8)),
        legend=Legend(
            title="Share offline",
            unit="%",
            colors=(
                ColorClass(label="under 10 %", color=SAND),
                ColorClass(label="10 % or more", color=NAVY),
            ),
        ),
        color=ints(0, 0, 1, -1, 0, 1, 1, -1),
        columns=(Column(key="rate", title="Share offline", decimals=1, percent=True),),
        rows=((0.02,), (0.05,), (0.2,), (None,), (0.09,), (0.1,), (0.15,), (None,)),
        exclusive="areas",
        shown=False,
    )


def stops() -> Layer:
    """Give stops with their reach on the ground and a timetable."""
    return Layer(
        layer_id="stops",
        title="Bus stops",
        group="Home access",
        about="Stops of the plan with the distance students walk.",
        shapes_id="stops",
        keys=("stop-1", "stop-2", "stop-3", "stop-4"),
        names=("First & Main", "Oak <b>Court</b>", "Mill Road", "Pier 9"),
        legend=Legend(
            title="Bus stops", colors=(ColorClass(label="reach of a stop", color="#0072b2"),)
        ),
        color=ints(0, 0, 0, 0),
        radius_m=np.array([400.0, 400.0, 300.0, 250.0]),
        columns=(Column(key="hours", title="Hours a week", unit="hours", decimals=1),),
        rows=((3.0,), (4.5,), (1.5,), (2.0,)),
        lists={
            "Timetable": (
                ("mon 16:00-17:30", "wed 16:00-17:30"),
                ("mon 17:45-19:15", "tue 16:00-17:30", "thu 16:00-17:30"),
                ("fri 16:00-17:30",),
                (),
            )
        },
    )


def links() -> Layer:
    """Give links with width and color classes; link 1 is a dashed twin of link 0."""
    return Layer(
        layer_id="links",
        title="Links between schools",
        group="Network",
        about="Links by their utilization in the busiest period.",
        shapes_id="links",
        keys=tuple(f"link-{i}" for i in range(5)),
        names=(
            "Ash to Birch",
            "Ash to Birch (backup)",
            "Birch to Cedar",
            "Dogwood to Elm",
            "Ash to Dogwood",
        ),
        legend=Legend(
            title="Utilization",
            unit="% of capacity",
            colors=(
                ColorClass(label="under 80 %", color="#2c7bb6"),
                ColorClass(label="80 % and over", color="#d7191c"),
            ),
            width_title="Load",
            widths=(
                WidthClass(label="under 100 Mbps", pixels=2.0),
                WidthClass(label="100 Mbps and over", pixels=5.0),
            ),
            dash_label="backup",
        ),
        color=ints(0, 0, 1, 0, 0),
        width=ints(1, 0, 1, 0, 0),
        dashed=np.array([False, True, False, False, False]),
        columns=(
            Column(
                key="utilization",
                title="Utilization",
                unit="of capacity",
                decimals=0,
                percent=True,
                tooltip=True,
            ),
            Column(key="mbps", title="Load", unit="Mbps", decimals=0),
            Column(key="medium", title="Medium"),
        ),
        rows=(
            (0.4, 200.0, "fiber"),
            (0.0, 0.0, "microwave"),
            (0.9, 450.0, "fiber"),
            (0.1, 40.0, "fiber"),
            (0.2, 60.0, None),
        ),
        steps=(
            Steps(
                slider_id="time",
                color=np.array([[0, 0, 1, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 0]]),
                width=np.array([[1, 0, 1, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 0]]),
                values={
                    "utilization": np.array(
                        [[0.4, 0.0, 0.9, 0.1, 0.2], [1.1, 0, 0.3, 0.1, 0.2], [0.1, 0, 0, 0, 0]]
                    )
                },
            ),
        ),
    )


def schools(side: Side = "both") -> Layer:
    """Give schools, colored by load and shaped by status; Ash is empty in the last period."""
    after = side == "after"
    return Layer(
        layer_id="schools" if side == "both" else f"schools-{side}",
        title="Schools",
        group="Network",
        about="Schools by the utilization of their worst bottleneck.",
        shapes_id="schools",
        keys=tuple(name.lower() for name in NAMES),
        names=tuple(f"{name} School" for name in NAMES),
        legend=Legend(
            title="Utilization of the bottleneck",
            unit="%",
            colors=(
                ColorClass(label="under 80 %", color="#2c7bb6"),
                ColorClass(label="80 to 100 %", color="#fdae61"),
                ColorClass(label="over 100 %", color="#d7191c"),
            ),
            mark_title="Status",
            marks=(
                MarkClass(label="fits", marker="circle"),
                MarkClass(label="at risk", marker="diamond"),
                MarkClass(label="over", marker="triangle"),
            ),
            width_title="Students",
            widths=(
                WidthClass(label="under 500", pixels=10.0),
                WidthClass(label="500 and over", pixels=16.0),
            ),
        ),
        color=ints(0, 0, 0, 0, 0, 0) if after else ints(0, 1, 2, 0, 0, 1),
        mark=ints(0, 0, 0, 0, 0, 0) if after else ints(0, 1, 2, 0, 0, 1),
        width=ints(0, 1, 1, 0, 0, 1),
        columns=(
            Column(
                key="utilization",
                title="Utilization",
                decimals=0,
                percent=True,
                tooltip=True,
            ),
            Column(key="students", title="Students", unit="students", decimals=0),
            Column(key="level", title="Level", popup=False),
        ),
        rows=tuple(
            (share / 2 if after else share, students, level)
            for share, students, level in (
                (0.42, 310.0, "elementary"),
                (0.93, 720.0, "middle"),
                (1.25, 1840.0, "high"),
                (0.12, 290.0, "elementary"),
                (0.55, 330.0, "elementary"),
                (0.88, 610.0, "middle"),
            )
        ),
        hrefs=("buildings/ash.html", "buildings/birch.html", "", "", "", ""),
        facets={
            "Level": ("elementary", "middle", "high", "elementary", "elementary", "middle"),
            "Status": ("fits", "at risk", "over", "fits", "fits", "at risk"),
        },
        steps=()
        if side != "both"
        else (
            Steps(
                slider_id="time",
                color=np.array([[0, 1, 2, 0, 0, 1], [0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0]]),
                present=np.array([[True] * 6, [True] * 6, [False] + [True] * 5]),
                values={
                    "utilization": np.array(
                        [
                            [0.42, 0.93, 1.25, 0.12, 0.55, 0.88],
                            [0.2, 0.5, 0.9, 0.1, 0.3, 0.4],
                            [0.0, 0.2, 0.3, 0.1, 0.2, 0.2],
                        ]
                    )
                },
            ),
        ),
        side=side,
    )


def ints(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Give class indices as an array."""
    return np.array(values, dtype=np.int64)


def objects(geometry: list[shapely.Geometry]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Give geometry as an array of objects."""
    made = np.empty(len(geometry), dtype=object)
    made[:] = geometry
    return made
