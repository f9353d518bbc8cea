"""Vehicles by class, the week's slots, and the minutes between places."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netplan.access.model import Fleet, VehicleClass
from netplan.access.radio import bus_ranges_m, home_range_m
from netplan.district.model import District
from netplan.geo.drive import drive_minutes

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ALIKE = ["depot_lon", "depot_lat", "at_once", "usd_per_year", "usd_per_hour", "range_m"]


def build_fleet(district: District) -> Fleet | None:
    """Give the district's vehicles, slots and stops; None where one of the three is missing.

    Stops are those where a bus may park (``allowed``). Minutes are the great circle times
    ``drive_detour_factor`` at ``drive_kmh``.
    """
    stops, slots, classes = allowed_stops(district), week_slots(district), bus_classes(district)
    if stops.empty or slots.empty or classes.empty:
        return None
    access = district.access
    speed = {"kmh": access.drive_kmh, "detour_factor": access.drive_detour_factor}
    lon, lat = stops["lon"], stops["lat"]
    return Fleet(
        classes=tuple(
            VehicleClass(**{str(name): value for name, value in row.items()})
            for row in classes[["bus_ids", *_ALIKE[:-1]]].to_dict("records")
        ),
        slots=slots,
        stop_ids=tuple(stops["stop_id"]),
        drive_minutes=drive_minutes(lon, lat, **speed),
        depot_minutes=drive_minutes(classes["depot_lon"], classes["depot_lat"], lon, lat, **speed),
        weeks_per_year=access.weeks_per_year,
    )


def bus_classes(district: District) -> pd.DataFrame:
    """Give the kinds of bus that are alike, in order of the first bus of each.

    Returns
    -------
    pandas.DataFrame
        bus_ids (tuple, sorted), depot_lon, depot_lat, at_once (students, the smaller of
        clients and backhaul / student_mbps), limited_by (which of the two, in words),
        usd_per_year, usd_per_hour (0 where not given), range_m (radio range at the home;
        inf where students walk to the bus, so that it tells no buses apart).
    """
    access = district.access
    buses = district.table("buses").sort_values("bus_id", kind="stable")
    by_backhaul = buses["backhaul_mbps"] / access.student_mbps
    backhaul_text = buses["backhaul_mbps"].map(
        lambda mbps: f"{mbps:g} Mbps backhaul / {access.student_mbps:g} Mbps per student"
    )
    clients_text = buses["max_clients"].map(lambda clients: f"{clients:g} clients")
    frame = buses.assign(
        at_once=np.minimum(buses["max_clients"], by_backhaul),
        limited_by=clients_text.where(buses["max_clients"] <= by_backhaul, backhaul_text),
        usd_per_year=buses["usd_per_year"].fillna(0.0),
        usd_per_hour=buses["usd_per_hour"].fillna(0.0),
        range_m=_range_m(district, buses),
    )
    return (
        frame.groupby(_ALIKE, sort=False)
        .agg(bus_ids=("bus_id", tuple), limited_by=("limited_by", "first"))
        .reset_index()
    )


def allowed_stops(district: District) -> pd.DataFrame:
    """Give the stops where a bus may park, sorted by id."""
    stops = district.table("stops")
    return stops[stops["allowed"] == "true"].sort_values(
        "stop_id", kind="stable", ignore_index=True
    )


def week_slots(district: District) -> pd.DataFrame:
    """Give slot_id, weekday (0 Monday), start_minute, end_minute, hours; by weekday and start."""
    slots = district.table("slots")
    start, end = _minutes(slots["start"]), _minutes(slots["end"])
    return pd.DataFrame(
        {
            "slot_id": slots["slot_id"],
            "weekday": slots["weekday"].map(_WEEKDAYS.index).astype(np.int64),
            "start_minute": start,
            "end_minute": end,
            "hours": (end - start) / 60.0,
        }
    ).sort_values(["weekday", "start_minute", "slot_id"], kind="stable", ignore_index=True)


def _range_m(district: District, buses: pd.DataFrame) -> NDArray[np.float64]:
    if district.access.bus_reach != "home":
        return np.full(len(buses), np.inf)
    return bus_ranges_m(buses, home_range_m(district.access, district.table("radio_ranges")))


def _minutes(clock: pd.Series) -> pd.Series:
    """Give HH:MM as whole minutes after midnight."""
    return clock.map(lambda text: 60 * int(text[:2]) + int(text[3:])).astype(np.int64)
