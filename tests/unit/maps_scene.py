"""Harbor County as a scene: its school day and gap as computed, and a plan made by hand.

The plan is by hand so that every number of a layer can be read here: the search for a real one
takes longer than all tests of layers together.
"""

import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import netplan
from netplan.access.model import Goal
from netplan.access.publish import PublishedAccess
from netplan.capacity.model import Capacity
from netplan.district.model import District
from netplan.gap.estimate import estimate
from netplan.gap.model import Estimates
from netplan.gap.suppress import publish
from netplan.maps.model import Layer, Scene
from netplan.maps.scene import scene_of

HARBOR = Path(__file__).parents[2] / "data" / "schools" / "harbor-county"
NAN = float("nan")
#: id, kind, strategy, source_id, students (NaN: withheld), USD a year, existing
_SITES = (
    ("neighborhood-wireless:ROOF-S001", "neighborhood wireless", "neighborhood_wireless",
     "ROOF-S001", 40.0, 20_000.0, False),
    ("bus-stop:ST003", "bus stop", "bus_stop", "ST003", 24.0, 900.0, False),
    ("library-by-transit:LIB02", "library", "library_by_transit", "LIB02", 15.0, 5_000.0, False),
    ("bus-stop:ST005:BUS03", "bus stop", "bus_stop", "ST005", 12.0, 700.0, False),
    ("bus-stop:ST005:BUS01", "bus stop", "bus_stop", "ST005", 11.0, 600.0, False),
    ("partner-hotspot:LIB01", "library", "partner_hotspot", "LIB01", NAN, 2_200.0, True),
)  # fmt: skip
_MORE = (("bus-stop:ST007", "bus stop"), ("partner-hotspot:CAF01", "business"))
TIMETABLE = (
    ("BUS03", "tue", "16:20", "18:05", "ST003"),
    ("BUS01", "mon", "18:35", "20:20", "ST003"),
    ("BUS03", "mon", "16:20", "18:05", "ST003"),
    ("BUS01", "wed", "16:20", "18:05", "ST005"),
)


@cache
def district() -> District:
    return netplan.load(HARBOR)


@cache
def capacity() -> Capacity:
    return netplan.check(district()).capacity


@cache
def estimates() -> Estimates:
    return estimate(district())


@cache
def scene() -> Scene:
    """Give the whole scene, with a page for each school but the first."""
    schools = list(district().table("schools")["school_id"])
    return scene_of(
        district(),
        capacity=capacity(),
        gap=publish(estimates(), district().planning.suppress_below),
        access=plan(),
        pages={school: f"buildings/{school}.html" for school in schools[1:]},
    )


def plan() -> PublishedAccess:
    """Give a plan with a curve of three points, the second of which it is."""
    zones = district().table("zones")
    shares = np.linspace(0.0, 1.0, len(zones))
    return PublishedAccess(
        goal=Goal(budget_usd_per_year=95_000.0),
        status="proven",
        students_offline=738.0,
        served_students=112.0,
        served_share=112.0 / 738.0,
        cost_usd_per_year=29_400.0,
        bound_students=112.0,
        bound_usd_per_year=29_400.0,
        gap_share=0.0,
        sites=_sites(),
        offers=_sites()
        .iloc[:1]
        .assign(
            id="hotspot-lending:LEND",
            strategy="hotspot_lending",
            source_id="LEND",
            lat=NAN,
            lon=NAN,
        ),
        timetable=pd.DataFrame(
            [
                {"bus_id": bus, "weekday": day, "slot_id": f"{day}-1", "stop_id": stop,
                 "start": start, "end": end, "name": stop}
                for bus, day, start, end, stop in TIMETABLE
            ]
        ),
        kinds=pd.DataFrame(),
        zones=pd.DataFrame(
            {
                "school_id": zones["school_id"],
                "served_share": np.where(np.arange(len(zones)) == 1, NAN, shares),
                "suppressed": np.arange(len(zones)) == 1,
            }
        ),
        curve=pd.DataFrame(
            {
                "usd_per_year": [2_200.0, 95_040.0, 190_000.0],
                "cost_usd_per_year": [2_200.0, 29_700.0, 60_000.0],
                "students": [NAN, 110.0, 180.0],
                "bound_students": [NAN, 120.0, 180.0],
                "gap_share": [0.0, 0.0, 0.0],
                "sites": [1, 7, 9],
                "asked": [False, True, False],
            }
        ),
        curve_plans=_curve_plans(),
        limits=pd.DataFrame(),
        last_dollar="",
        robustness=None,
        notes=("Reach: at most 800 m on foot.",),
    )  # fmt: skip


def layer_of(layers: tuple[Layer, ...], layer_id: str) -> Layer:
    """Give the layer of that id."""
    return next(layer for layer in layers if layer.layer_id == layer_id)


def column(layer: Layer, key: str) -> list[float | str | None]:
    """Give a column of a layer's table."""
    at = [each.key for each in layer.columns].index(key)
    return [row[at] for row in layer.rows]


def with_table(name: str, frame: pd.DataFrame, base: District | None = None) -> District:
    """Give Harbor County with another table."""
    given = base or district()
    return District(inputs=replace(given.inputs, tables={**given.inputs.tables, name: frame}))


def _sites() -> pd.DataFrame:
    places = {
        **district().table("stops").set_index("stop_id")[["lat", "lon"]].to_dict("index"),
        **district().table("partners").set_index("partner_id")[["lat", "lon"]].to_dict("index"),
        **district().table("wireless").set_index("site_id")[["lat", "lon"]].to_dict("index"),
    }
    return pd.DataFrame(
        [
            {"id": offer, "kind": kind, "students": students, "usd_per_year": usd,
             "name": source, "strategy": strategy, "source_id": source,
             "usd_per_student": usd / students, "max_students": 50.0, "limited_by": "25 seats",
             "existing": existing, **places[source], "price_source": "district",
             "suppressed": math.isnan(students), "students_low": students,
             "students_median": students, "students_high": students, "worth_share": 0.9}
            for offer, kind, strategy, source, students, usd, existing in _SITES
        ]
    )  # fmt: skip


def _curve_plans() -> pd.DataFrame:
    first = [(0, "partner-hotspot:LIB01", "library")]
    second = [(1, row[0], row[1]) for row in _SITES] + [(1, "hotspot-lending:LEND", "lending")]
    third = [(2, offer, kind) for _, offer, kind in second] + [(2, *row) for row in _MORE]
    return pd.DataFrame(
        [
            {"point": point, "id": offer, "kind": kind, "name": offer}
            for point, offer, kind in (*first, *second, *third)
        ]
    )
