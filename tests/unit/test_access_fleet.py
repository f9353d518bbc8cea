"""Vehicles by class, slots of the week, minutes between places."""

import numpy as np
import pytest

from netplan.access.fleet import build_fleet, bus_classes, week_slots
from tests.unit.access_tables import LAT, LON, make_district

SLOTS = [
    {"slot_id": "tue-a", "weekday": "tue", "start": "15:00", "end": "17:30"},
    {"slot_id": "mon-b", "weekday": "mon", "start": "17:30", "end": "19:00"},
    {"slot_id": "mon-a", "weekday": "mon", "start": "15:00", "end": "17:00"},
]


def test_slots_are_sorted_with_their_hours() -> None:
    slots = week_slots(make_district(slots=SLOTS))
    assert slots["slot_id"].tolist() == ["mon-a", "mon-b", "tue-a"]
    assert slots["weekday"].tolist() == [0, 0, 1]
    assert slots["start_minute"].tolist() == [900, 1050, 900]
    assert slots["end_minute"].tolist() == [1020, 1140, 1050]
    assert slots["hours"].tolist() == [2.0, 1.5, 2.5]


def test_buses_that_are_alike_are_one_class() -> None:
    district = make_district(
        buses=[
            {"bus_id": "B3", "depot_lat": LAT + 0.01},
            {"bus_id": "B2"},
            {"bus_id": "B1"},
            {"bus_id": "B4", "usd_per_hour": 22.0},
            {"bus_id": "B5", "usd_per_hour": 0.0},
        ]
    )
    classes = bus_classes(district)
    assert classes["bus_ids"].tolist() == [("B1", "B2", "B5"), ("B3",), ("B4",)]
    assert classes["usd_per_hour"].tolist() == [0.0, 0.0, 22.0]
    # 24 Mbps / 1.5 Mbps = 16 at once, under 65 clients
    assert classes["at_once"].tolist() == [16.0, 16.0, 16.0]
    assert set(classes["limited_by"]) == {"24 Mbps backhaul / 1.5 Mbps per student"}


def test_clients_limit_a_bus_with_a_fast_backhaul() -> None:
    classes = bus_classes(make_district(buses=[{"backhaul_mbps": 300.0}]))
    assert classes["at_once"].tolist() == [65.0]
    assert classes["limited_by"].tolist() == ["65 clients"]


def test_the_radio_range_tells_buses_apart_only_when_homes_are_reached() -> None:
    buses = [{"bus_id": "B1"}, {"bus_id": "B2", "radio_range_m": 90.0}]
    walk = make_district(buses=buses)
    assert bus_classes(walk)["bus_ids"].tolist() == [("B1", "B2")]
    home = make_district(
        buses=buses, access={"bus_reach": "home", "radio_range": "claim"},
        radio_ranges=[{"home_m": 60.0}],
    )  # fmt: skip
    assert bus_classes(home)["range_m"].tolist() == [60.0, 90.0]


def test_the_fleet_has_the_stops_where_a_bus_may_park() -> None:
    district = make_district(
        stops=[
            {"stop_id": "ST3", "lat": LAT + 0.01},
            {"stop_id": "ST2", "allowed": "false"},
            {"stop_id": "ST1"},
        ],
        buses=[{"depot_lat": LAT + 0.02}],
        slots=SLOTS,
        access={"weeks_per_year": 30.0},
    )
    fleet = build_fleet(district)
    assert fleet is not None
    assert fleet.stop_ids == ("ST1", "ST3")
    # 0.01 degree of latitude is 6371.0088 x pi / 180 / 100 = 1.11195 km; x 1.4 at 30 km/h
    # = 3.1135 minutes
    np.testing.assert_allclose(fleet.drive_minutes, [[0, 3.1135], [3.1135, 0]], atol=1e-3)
    np.testing.assert_allclose(fleet.depot_minutes, [[6.2269, 3.1135]], atol=1e-3)
    assert fleet.weeks_per_year == 30.0
    (only,) = fleet.classes
    assert only.bus_ids == ("B1",)
    assert (only.depot_lon, only.depot_lat) == (LON, pytest.approx(LAT + 0.02))
    assert (only.at_once, only.usd_per_year, only.usd_per_hour) == (16.0, 1840.0, 0.0)


@pytest.mark.parametrize("missing", ["stops", "buses", "slots"])
def test_no_fleet_without_stops_buses_or_slots(missing: str) -> None:
    rows = {"stops": [{}], "buses": [{}], "slots": [{}]}
    assert build_fleet(make_district(**rows)) is not None
    assert build_fleet(make_district(**{**rows, missing: []})) is None
    assert build_fleet(make_district(**{**rows, "stops": [{"allowed": "false"}]})) is None
