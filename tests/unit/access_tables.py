"""Districts for the siting tests, made of tables by hand: only what a test names, the rest usual.

One thousandth of a degree is 111 m north; about 27.4 north it is 99 m east.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from netplan.access.ground import Ground
from netplan.district.model import District
from netplan.geo.plane import local_plane, unproject
from netplan.inputs.model import AccessSettings, Inputs, Planning, Settings

LON, LAT = -80.4, 27.4

#: Table to its columns with the value where a row does not say.
USUAL: Mapping[str, Mapping[str, Any]] = {
    "schools": {
        "school_id": "E1", "name": "Elm", "lat": LAT, "lon": LON, "level": "elementary",
        "enrollment": 100.0, "frl_share": 0.5,
    },
    "stops": {
        "stop_id": "ST1", "name": "", "lat": LAT, "lon": LON, "allowed": "true",
        "usd_per_year": 0.0, "notes": "",
    },
    "buses": {
        "bus_id": "B1", "depot_lat": LAT, "depot_lon": LON, "max_clients": 65.0,
        "backhaul_mbps": 24.0, "radio_range_m": float("nan"), "usd_per_year": 1840.0,
        "usd_per_hour": float("nan"),
    },
    "slots": {"slot_id": "mon-a", "weekday": "mon", "start": "15:00", "end": "17:00"},
    "partners": {
        "partner_id": "P1", "name": "Main Library", "kind": "library", "lat": LAT, "lon": LON,
        "seats": 30.0, "backhaul_mbps": 100.0, "hours_per_week": 40.0, "usd_per_year": 1000.0,
        "existing": "false", "transit": "false",
    },
    "offers": {
        "offer_id": "O1", "kind": "subsidy", "provider": "Comcast",
        "usd_per_student_per_year": 180.0, "max_students": float("nan"), "geoids": "*",
        "min_down_mbps": float("nan"),
    },
    "wireless": {
        "site_id": "W1", "name": "Tower", "lat": LAT, "lon": LON, "range_m": 500.0,
        "max_students": 400.0, "backhaul_mbps": 300.0, "usd_capital": 100000.0,
        "lifetime_years": 10.0, "usd_per_year": 5000.0,
    },
    "transit": {"transit_stop_id": "T1", "lat": LAT, "lon": LON},
    "availability": {
        "geoid": "1", "max_down_mbps": float("nan"), "max_up_mbps": float("nan"),
        "technologies": "", "providers": "",
    },
    "blocks": {"block_id": "1", "geoid": "1", "lat": LAT, "lon": LON, "population": 1.0},
    "rules": {
        "rule": "r", "from_date": "2020-01-01", "until_date": "", "value": 1.0, "unit": "share",
        "status": "sourced", "source": "5.00",
    },
    "low_cost_plans": {
        "plan": "plan", "provider": "", "usd_per_month": 10.0, "down_mbps": 50.0,
        "up_mbps": 10.0, "from_date": "2020-01-01", "until_date": "", "status": "sourced",
        "source": "5.18",
    },
    "radio_ranges": {
        "radio_range": "claim", "outdoor_m": 100.0, "home_m": 60.0, "status": "sourced",
        "source": "3.40",
    },
}  # fmt: skip

RULES = [
    {"rule": "erate_bus_wifi_share", "from_date": "2024-07-01", "until_date": "2025-06-30",
     "source": "5.09"},
    {"rule": "erate_bus_wifi_share", "from_date": "2025-07-01", "value": 0.0, "source": "5.13"},
    {"rule": "erate_hotspot_share", "from_date": "2024-07-01", "until_date": "2025-06-30",
     "source": "5.11"},
    {"rule": "erate_hotspot_share", "from_date": "2025-07-01", "value": 0.0, "source": "5.13"},
    {"rule": "erate_hotspot_usd_per_month_cap", "from_date": "2024-07-01",
     "until_date": "2025-06-30", "value": 15.0, "unit": "USD per month", "source": "5.11"},
    {"rule": "lifeline_usd_per_month", "value": 9.25, "unit": "USD per month", "source": "5.16"},
]  # fmt: skip


def table(name: str, rows: Sequence[Mapping[str, Any]] = ()) -> pd.DataFrame:
    """Give a table with every column, cells that a row leaves out as in ``USUAL``."""
    usual = USUAL[name]
    frame = pd.DataFrame([{**usual, **row} for row in rows], columns=list(usual))
    kinds = {column: pd.Series([value]).dtype for column, value in usual.items()}
    return frame.astype(kinds)


def make_district(
    *,
    school_year: str | None = "2026-27",
    access: Mapping[str, Any] | None = None,
    **rows: Sequence[Mapping[str, Any]],
) -> District:
    """Give a district of the named tables' rows; the rules are ``RULES`` unless named."""
    tables = {name: table(name, rows.get(name, ())) for name in USUAL}
    if "rules" not in rows:
        tables["rules"] = table("rules", RULES)
    return District(
        inputs=Inputs(
            settings=Settings(name="By hand", school_year=school_year),
            planning=Planning(),
            tables=tables,
            hashes={},
            access=AccessSettings(**(access or {})),
        )
    )


def make_ground(
    points: Sequence[tuple[int, float, float, float]], geoids: Sequence[str], **settings: Any
) -> Ground:
    """Give ground of points (area, east_m, north_m, share) about (LON, LAT).

    Walks are straight lines: ``walk_limit_m`` 800, ``detour_factor`` 1.3 unless set.
    """
    area, east_m, north_m, share = np.array(points, dtype=np.float64).reshape(-1, 4).T
    plane = local_plane([LON], [LAT])
    lon, lat = unproject(plane, east_m, north_m)
    access = AccessSettings(**settings)
    return Ground(
        geoids=tuple(geoids),
        plane=plane,
        lon=lon,
        lat=lat,
        x_m=east_m,
        y_m=north_m,
        area=area.astype(np.intp),
        share=share,
        walk_limit_m=access.walk_limit_m,
        detour_factor=access.detour_factor,
        streets=None,
        off_street=None,
        how="by hand",
    )


def place(east_m: float, north_m: float) -> dict[str, float]:
    """Give the lat and lon of a point so far from (LON, LAT)."""
    lon, lat = unproject(local_plane([LON], [LAT]), [east_m], [north_m])
    return {"lat": float(lat[0]), "lon": float(lon[0])}
