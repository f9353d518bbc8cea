"""Every strategy by hand: whom it reaches, how many it serves, what it costs.

The ground is five points on a line going east, two areas::

    area A: points 0, 400 m (half of it each)       area B: points 800, 2000, 6000 m (a third each)

With a walk limit of 800 m and a detour factor of 1.3 a walk is 615 m as the crow flies.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netplan.access.model import Offers
from netplan.access.offers import COLUMNS, join_offers, make_offers
from netplan.access.strategies import STRATEGIES, find_offers
from netplan.access.strategies_home import hotspot_lending, subsidized_plan
from netplan.access.strategies_places import (
    bus_stop,
    library_by_transit,
    neighborhood_wireless,
    partner_hotspot,
)
from tests.unit.access_tables import make_district, make_ground, place

A, B = "120000000001", "120000000002"
GROUND = make_ground(
    [
        (0, 0, 0, 0.5),
        (0, 400, 0, 0.5),
        (1, 800, 0, 1 / 3),
        (1, 2000, 0, 1 / 3),
        (1, 6000, 0, 1 / 3),
    ],
    [A, B],
)
EVERY_POINT = [0, 1, 2, 3, 4]
ROWS: dict[str, list[dict[str, Any]]] = {
    "stops": [{}],
    "buses": [{}],
    "slots": [
        {"slot_id": f"s{i}", "start": f"{10 + i}:00", "end": f"{11 + i}:00"} for i in range(5)
    ],
    "partners": [{}, {"partner_id": "P2", "transit": "true"}],
    "offers": [{}, {"offer_id": "O2", "kind": "lending"}],
    "wireless": [{}],
    "transit": [{}],
}


def points(offers: Offers, offer_id: str) -> list[int]:
    """Give the points that one offer reaches."""
    column = offers.table.index[offers.table["offer_id"] == offer_id]
    return list(np.flatnonzero(offers.reach[:, column].toarray().ravel()))


def row(offers: Offers, offer_id: str) -> dict[str, Any]:
    """Give one offer's row."""
    (found,) = offers.table[offers.table["offer_id"] == offer_id].to_dict("records")
    return {str(key): value for key, value in found.items()}


# ---- bus stops


def test_a_bus_stop_reaches_those_who_can_walk_and_costs_its_own_fee() -> None:
    stop = {"stop_id": "ST1", "name": "Park", "usd_per_year": 120.0, **place(500, 0)}
    offers = bus_stop(make_district(**{**ROWS, "stops": [stop]}), GROUND)
    only = row(offers, "bus-stop:ST1")
    assert points(offers, "bus-stop:ST1") == [0, 1, 2]  # 500, 100, 300 m; 1,500 m is too far
    assert (only["kind"], only["source_id"], only["name"]) == ("bus stop", "ST1", "Park")
    assert (only["usd_per_year"], only["usd_per_student_per_year"]) == (120.0, 0.0)
    assert only["mobile"] and not only["existing"]
    assert only["vehicle_class"] == -1
    assert only["max_students"] == np.inf
    assert only["limited_by"] == (
        "16 students at once (24 Mbps backhaul / 1.5 Mbps per student) "
        "for each 5 h a week a bus stands there"
    )
    assert only["price_source"] == "district; E-Rate pays 0 % of it on 2026-07-01 (5.13)"


def test_in_fy2024_bus_wifi_was_eligible() -> None:
    offers = bus_stop(make_district(school_year="2024-25", **ROWS), GROUND)
    assert "eligible for E-Rate on 2024-07-01 (5.09)" in row(offers, "bus-stop:ST1")["price_source"]


def test_stops_where_no_bus_may_park_are_counted_and_left_out() -> None:
    stops = [{}, {"stop_id": "ST2", "allowed": "false"}, {"stop_id": "ST3", "allowed": "false"}]
    offers = bus_stop(make_district(**{**ROWS, "stops": stops}), GROUND)
    assert offers.table["source_id"].tolist() == ["ST1"]
    assert offers.notes == ("stops.csv, rows where a bus may not park (allowed): 2.",)


def test_a_bus_that_must_reach_homes_reaches_as_far_as_its_radio() -> None:
    district = make_district(
        **{**ROWS, "stops": [place(410, 0)]},
        access={"bus_reach": "home", "radio_range": "claim"},
        radio_ranges=[{"home_m": 60.0}],
    )
    offers = bus_stop(district, GROUND)
    assert points(offers, "bus-stop:ST1") == [1]  # 10 m; the next is 390 m
    assert row(offers, "bus-stop:ST1")["vehicle_class"] == -1


def test_buses_of_unequal_range_make_an_offer_each() -> None:
    buses = [
        {"bus_id": "B1", "radio_range_m": 50.0},
        {"bus_id": "B2", "radio_range_m": 450.0, "max_clients": 10.0},
        {"bus_id": "B3", "radio_range_m": 50.0},
    ]
    district = make_district(
        **{**ROWS, "buses": buses, "stops": [{"usd_per_year": 7.0, **place(410, 0)}]},
        access={"bus_reach": "home"},
    )
    offers = bus_stop(district, GROUND)
    # classes in order of their first bus: (B1, B3), (B2)
    near, far = row(offers, "bus-stop:ST1:B1"), row(offers, "bus-stop:ST1:B2")
    assert (near["vehicle_class"], far["vehicle_class"]) == (0, 1)
    assert near["source_id"] == far["source_id"] == "ST1"
    assert near["usd_per_year"] == far["usd_per_year"] == 7.0
    assert points(offers, "bus-stop:ST1:B1") == [1]
    assert points(offers, "bus-stop:ST1:B2") == [0, 1, 2]
    assert far["limited_by"].startswith("10 students at once (10 clients)")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({"buses": []}, "buses.csv give none"),
        ({"stops": [], "slots": []}, "stops.csv and slots.csv give none"),
        ({"slots": ROWS["slots"][:4]}, "slots.csv gives 4 h a week, 5 h are needed"),
    ],
)
def test_why_no_bus_stop_can_be_planned(rows: dict[str, Any], says: str) -> None:
    offers = bus_stop(make_district(**{**ROWS, **rows}), GROUND)
    assert offers.table.empty
    assert offers.reach.shape == (5, 0)
    assert says in offers.notes[-1]


def test_a_district_without_buses_hears_nothing_about_them() -> None:
    assert bus_stop(make_district(), GROUND).notes == ()


# ---- partners


@pytest.mark.parametrize(
    ("partner", "max_students", "limited_by"),
    [
        # 30 seats, 100 / 1.5 = 66.7: seats; 30 x 40 / 5 = 240
        ({}, 240.0, "30 seats x 40 h / 5 h"),
        # 25 / 1.5 = 16.67 at once; x 40 / 5 = 133.3
        ({"backhaul_mbps": 25.0}, 400 / 3, "25 Mbps backhaul / 1.5 Mbps per student x 40 h / 5 h"),
        ({"hours_per_week": 5.0}, 30.0, "30 seats x 5 h / 5 h"),
        ({"hours_per_week": 4.5}, 0.0, "open 4.5 h a week, 5 h are needed"),
        ({"seats": 0.0}, 0.0, "0 seats x 40 h / 5 h"),
    ],
)
def test_what_limits_a_partner(
    partner: dict[str, Any], max_students: float, limited_by: str
) -> None:
    offers = partner_hotspot(make_district(partners=[partner]), GROUND)
    only = row(offers, "partner-hotspot:P1")
    assert only["max_students"] == pytest.approx(max_students)
    assert only["limited_by"] == limited_by
    told = [note for note in offers.notes if "P1" in note]
    assert told == ([] if max_students else [f"Main Library (P1) can serve nobody: {limited_by}."])


def test_a_partner_reaches_those_who_can_walk_at_its_yearly_cost() -> None:
    partners = [
        {"partner_id": "P2", "kind": "church", "existing": "true", "usd_per_year": 0.0, "name": ""},
        {"partner_id": "P1", **place(2100, 0)},
    ]
    offers = partner_hotspot(make_district(partners=partners), GROUND)
    assert offers.table["source_id"].tolist() == ["P1", "P2"]  # sorted by id
    assert offers.table["kind"].tolist() == ["library", "church"]
    assert offers.table["name"].tolist() == ["Main Library", "P2"]
    assert offers.table["existing"].tolist() == [False, True]
    assert offers.table["usd_per_year"].tolist() == [1000.0, 0.0]
    assert points(offers, "partner-hotspot:P1") == [3]
    assert points(offers, "partner-hotspot:P2") == [0, 1]


def test_a_partner_with_transit_is_one_offer_of_one_strategy() -> None:
    district = make_district(**ROWS)
    assert partner_hotspot(district, GROUND).table["source_id"].tolist() == ["P1"]
    assert library_by_transit(district, GROUND).table["source_id"].tolist() == ["P2"]
    assert not find_offers(district, GROUND).table["source_id"].duplicated().any()


def test_a_library_is_reached_on_foot_or_by_transit() -> None:
    partner = {"transit": "true", **place(400, 0)}
    # the stop at 2,100 m is within 1,800 m of the library; those at 2,000 m can walk to it
    near = make_district(
        partners=[partner], transit=[place(2100, 0)], access={"transit_reach_m": 1800.0}
    )
    offers = library_by_transit(near, GROUND)
    assert points(offers, "library-by-transit:P1") == [0, 1, 2, 3]
    assert row(offers, "library-by-transit:P1")["max_students"] == 240.0
    # the same stop, too far from the library: on foot only
    far = make_district(
        partners=[partner], transit=[place(2100, 0)], access={"transit_reach_m": 1000.0}
    )
    assert points(library_by_transit(far, GROUND), "library-by-transit:P1") == [0, 1, 2]
    # no transit stops known: all within transit_reach_m
    none = make_district(partners=[partner], access={"transit_reach_m": 1700.0})
    assert points(library_by_transit(none, GROUND), "library-by-transit:P1") == [0, 1, 2, 3]


# ---- lent hotspots


def test_hotspots_are_lent_where_the_district_says_there_is_coverage() -> None:
    rows = [
        {"offer_id": "L1", "kind": "lending", "usd_per_student_per_year": 216.0},
        {"offer_id": "L2", "kind": "lending", "geoids": B, "max_students": 50.0, "provider": ""},
        {"offer_id": "S1"},
    ]
    offers = hotspot_lending(make_district(offers=rows), GROUND)
    assert offers.table["source_id"].tolist() == ["L1", "L2"]
    assert points(offers, "hotspot-lending:L1") == EVERY_POINT
    assert points(offers, "hotspot-lending:L2") == [2, 3, 4]
    everywhere, some = row(offers, "hotspot-lending:L1"), row(offers, "hotspot-lending:L2")
    assert (everywhere["usd_per_year"], everywhere["usd_per_student_per_year"]) == (0.0, 216.0)
    assert (everywhere["max_students"], some["max_students"]) == (np.inf, 50.0)
    assert everywhere["limited_by"] == (
        "no limit; cellular coverage is taken to be everywhere (geoids * in offers.csv)"
    )
    assert some["limited_by"] == "50 students; cellular coverage in the areas of offers.csv"
    assert "E-Rate pays 0 %" in everywhere["price_source"]
    assert everywhere["name"] == "Comcast (L1)"
    assert some["name"] == "Lent hotspots (L2)"
    assert np.isnan(everywhere["lon"])


def test_several_areas_of_one_offer() -> None:
    rows = [{"kind": "lending", "geoids": f"{A}; {B}"}]
    assert points(hotspot_lending(make_district(offers=rows), GROUND), "hotspot-lending:O1") == (
        EVERY_POINT
    )


# ---- subsidized plans


def test_a_plan_reaches_all_areas_where_nothing_is_known() -> None:
    offers = subsidized_plan(make_district(offers=[{"min_down_mbps": 25.0}]), GROUND)
    only = row(offers, "subsidized-plan:O1")
    assert points(offers, "subsidized-plan:O1") == EVERY_POINT
    assert (only["usd_per_student_per_year"], only["limited_by"]) == (180.0, "no limit")
    assert only["price_source"] == "district"
    assert offers.notes == ()


def test_a_plan_does_not_reach_where_the_speed_is_not_on_offer() -> None:
    district = make_district(
        offers=[{"min_down_mbps": 25.0, "max_students": 80.0}],
        availability=[{"geoid": A, "max_down_mbps": 10.0}, {"geoid": B}],
    )
    offers = subsidized_plan(district, GROUND)
    assert points(offers, "subsidized-plan:O1") == [2, 3, 4]
    assert row(offers, "subsidized-plan:O1")["limited_by"] == "80 students"
    assert offers.notes == (
        "O1 of offers.csv: areas with less than 25 Mbps on offer, left out: 1.",
    )


def test_a_plan_reaches_only_where_its_provider_is_named() -> None:
    availability = [
        {"geoid": A, "providers": "Comcast Cable Communications, LLC; Verizon"},
        {"geoid": B, "providers": "Verizon"},
    ]
    rows = [{"provider": "COMCAST"}, {"offer_id": "O2", "provider": "Cox"}, {"offer_id": "O3"}]
    rows[2]["provider"] = ""
    offers = subsidized_plan(make_district(offers=rows, availability=availability), GROUND)
    assert points(offers, "subsidized-plan:O1") == [0, 1]
    # a provider that no area names, and an offer of no provider: nothing is known against them
    assert points(offers, "subsidized-plan:O2") == EVERY_POINT
    assert points(offers, "subsidized-plan:O3") == EVERY_POINT
    assert offers.notes == (
        "O2 of offers.csv: availability.csv names no Cox: taken to serve all of its areas.",
    )


def test_a_plan_is_limited_to_its_own_areas_too() -> None:
    availability = [{"geoid": A, "providers": "Comcast"}, {"geoid": B, "providers": "Comcast"}]
    district = make_district(offers=[{"geoids": A}], availability=availability)
    assert points(subsidized_plan(district, GROUND), "subsidized-plan:O1") == [0, 1]


def test_lifeline_lowers_the_price_but_never_below_nothing() -> None:
    rows = [{"usd_per_student_per_year": 180.0}, {"offer_id": "O2", "usd_per_student_per_year": 20}]
    district = make_district(
        offers=rows, access={"lifeline_share": 0.5, "students_per_household": 1.5}
    )
    offers = subsidized_plan(district, GROUND)
    # half of the households x 111 a year / 1.5 students = 37 per student
    assert offers.table["usd_per_student_per_year"].tolist() == pytest.approx([143.0, 0.0])
    assert (
        offers.table["price_source"].tolist()
        == ["district; less Lifeline for 50% of households (5.16)"] * 2
    )


PLANS = [
    {"plan": "Essentials", "provider": "Comcast", "usd_per_month": 9.95, "source": "5.18"},
    {
        "plan": "Essentials Plus", "provider": "Comcast", "usd_per_month": 29.95,
        "down_mbps": 100.0, "up_mbps": 20.0, "source": "5.18",
    },
    {"plan": "Forward", "provider": "Verizon", "usd_per_month": 20.0, "source": "5.22"},
    {"plan": "Old", "provider": "Comcast", "until_date": "2024-05-31"},
    {"plan": "Connect", "provider": "Cox"},
]  # fmt: skip


def test_built_in_plans_are_offered_where_their_provider_serves() -> None:
    availability = [
        {"geoid": A, "providers": "Comcast; Verizon"},
        {"geoid": B, "providers": "Verizon"},
    ]
    district = make_district(
        low_cost_plans=PLANS, availability=availability, access={"students_per_household": 2.0}
    )
    offers = subsidized_plan(district, GROUND)
    assert offers.table["name"].tolist() == [
        "Comcast (Essentials)",
        "Comcast (Essentials Plus)",
        "Verizon (Forward)",
    ]
    # 9.95 x 12 / 2 = 59.70; 29.95 x 12 / 2 = 179.70; 20 x 12 / 2 = 120
    assert offers.table["usd_per_student_per_year"].tolist() == pytest.approx([59.7, 179.7, 120.0])
    assert offers.table["price_source"].tolist() == ["5.18", "5.18", "5.22"]
    assert points(offers, "subsidized-plan:Essentials") == [0, 1]
    assert points(offers, "subsidized-plan:Forward") == EVERY_POINT


def test_the_district_s_own_offer_of_a_provider_wins_over_the_built_in_plan() -> None:
    district = make_district(
        low_cost_plans=PLANS,
        availability=[{"geoid": A, "providers": "Comcast; Verizon"}],
        offers=[{"provider": "Comcast Corporation; Comcast"}],
    )
    names = subsidized_plan(district, GROUND).table["source_id"].tolist()
    assert names == ["Forward", "O1"]
    assert (subsidized_plan(district, GROUND).table["max_students"] == np.inf).all()
    lending = make_district(
        low_cost_plans=PLANS,
        availability=[{"geoid": A, "providers": "Verizon"}],
        offers=[{"kind": "lending", "provider": "Verizon"}],
    )
    assert subsidized_plan(lending, GROUND).table["source_id"].tolist() == ["Forward"]


def test_against_below_speed_a_built_in_plan_must_be_fast_enough() -> None:
    district = make_district(
        low_cost_plans=PLANS,
        availability=[{"geoid": A, "providers": "Comcast"}],
        access={"definition": "below_speed", "speed_down_mbps": 25.0, "speed_up_mbps": 12.0},
    )
    assert subsidized_plan(district, GROUND).table["source_id"].tolist() == ["Essentials Plus"]


def test_without_availability_there_are_no_built_in_plans() -> None:
    assert subsidized_plan(make_district(low_cost_plans=PLANS), GROUND).table.empty


# ---- neighborhood wireless


def test_a_radio_site_costs_its_capital_over_its_life_and_its_upkeep() -> None:
    sites = [
        {"site_id": "W2", "range_m": 450.0, "backhaul_mbps": 3000.0},
        {"site_id": "W1", "range_m": 900.0},
        {"site_id": "W3", "max_students": float("nan"), "backhaul_mbps": float("nan")},
    ]
    offers = neighborhood_wireless(make_district(wireless=sites), GROUND)
    # 100,000 / 10 + 5,000
    assert offers.table["usd_per_year"].tolist() == [15000.0] * 3
    # 300 / 1.5 = 200 under 400; 3,000 / 1.5 = 2,000 over 400
    assert offers.table["max_students"].tolist() == [200.0, 400.0, np.inf]
    assert offers.table["limited_by"].tolist() == [
        "300 Mbps backhaul / 1.5 Mbps per student", "400 students", "no limit known",
    ]  # fmt: skip
    assert points(offers, "neighborhood-wireless:W1") == [0, 1, 2]
    assert points(offers, "neighborhood-wireless:W2") == [0, 1]


# ---- all of them


def test_strategies_have_unique_names_a_docstring_and_a_section_in_the_docs() -> None:
    names = [strategy.__name__ for strategy in STRATEGIES]
    text = (Path(__file__).parents[2] / "docs" / "strategies.md").read_text(encoding="utf-8")
    assert re.findall(r"^## `(\w+)`$", text, re.MULTILINE) == names
    assert len(set(names)) == len(names)
    assert all((strategy.__doc__ or "").strip() for strategy in STRATEGIES)
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        for part in ("**What.**", "**Who.**", "**How many", "cost.**", "**Limits.**"):
            assert part.casefold() in section.casefold(), section[:30]


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: strategy.__name__)
def test_every_strategy_gives_offers_of_the_one_shape(strategy: Any) -> None:
    for district in (make_district(**ROWS), make_district()):
        offers = strategy(district, GROUND)
        assert {name: str(kind) for name, kind in offers.table.dtypes.items()} == COLUMNS
        assert offers.reach.shape == (5, len(offers.table))
        assert offers.reach.dtype == np.bool_
        assert set(offers.table["strategy"]) <= {strategy.__name__}
    assert len(strategy(make_district(**ROWS), GROUND).table) == 1
    assert strategy(make_district(), GROUND).table.empty


def test_offers_come_in_the_order_of_the_strategies() -> None:
    offers = find_offers(make_district(**ROWS), GROUND)
    assert offers.table["strategy"].tolist() == [strategy.__name__ for strategy in STRATEGIES]
    assert offers.table["offer_id"].is_unique
    assert not offers.table.isna().drop(columns=["lon", "lat"]).any(axis=None)
    # reach and rows stay together
    for index, strategy in enumerate(STRATEGIES):
        alone = strategy(make_district(**ROWS), GROUND)
        assert (offers.reach[:, [index]] != alone.reach).nnz == 0


def test_two_offers_of_one_id_are_refused() -> None:
    part = partner_hotspot(make_district(**ROWS), GROUND)
    with pytest.raises(ValueError, match="partner-hotspot:P1"):
        join_offers([part, part])
    with pytest.raises(ValueError, match="reach"):
        make_offers("x", part.table, part.reach[:, :0])
    with pytest.raises(ValueError, match="unknown max_students"):
        make_offers("x", part.table.assign(max_students=np.nan), part.reach)
