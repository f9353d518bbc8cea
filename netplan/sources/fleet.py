"""Buses, their week, a lending offer and access.toml: what no list gives, by stated rules."""

from collections.abc import Sequence

from netplan.errors import InputError, Problem
from netplan.sources.lan import TableRow
from netplan.sources.numbers import show
from netplan.sources.place_rows import coordinates
from netplan.sources.rules import (
    BUS_BACKHAUL_MBPS,
    BUS_CLIENTS,
    BUS_USD_PER_HOUR,
    BUS_USD_PER_YEAR,
    LENDING_USD_PER_STUDENT_YEAR,
)
from netplan.sources.schools import School

MAX_BUSES = 2_000
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
SLOT_TIMES = (("15:30", "17:30"), ("18:00", "20:00"))

ACCESS_TOML = """\
# What the after-school half is asked for. A key that is commented out has the value shown (but
# budget_usd_per_year and coverage_goal have none); take the mark away to state it.
# All keys: docs/columns.md.

# Who counts as offline: none (no internet at home), phone_only (cellular only or none) or
# below_speed (no fixed service of the stated speed). Needs B28002_013, with phone_only also
# B28002_006, with below_speed B28002_007.
definition = "none"

# What a student needs, down. Homework without live video: 1.5 to 3 Mbps (assumption).
# student_mbps = 1.5

# Hours a week that make a student served (assumption).
# hours_per_week_needed = 5

# How far students walk, and how much longer streets are than the straight line (assumptions).
# walk_limit_m = 800
# detour_factor = 1.3

# Speed of buses between stops, and their detour factor (assumptions).
# drive_kmh = 30
# drive_detour_factor = 1.4

# Weeks with school, 180 days (assumption).
# weeks_per_year = 36

# Students' rate of being offline over households' rate. 1: as households (assumption; children's
# homes are online more often, so it is more likely too high than too low).
# student_household_ratio = 1.0

# What may be spent, or the share of students offline to be served; one of the two. Not set: no
# limit. The numbers are examples.
# budget_usd_per_year = 250000
# coverage_goal = 0.8

# none, floor (every attendance zone at least floor_share) or worst_first.
# equity = "none"
"""


def check_buses(buses: int | None) -> None:
    """Refuse a number of buses that cannot be meant."""
    if buses is not None and not 1 <= buses <= MAX_BUSES:
        raise InputError(
            [
                Problem(
                    code="bad-option",
                    file="command line",
                    column="--buses",
                    value=str(buses)[:80],
                    message="this is no number of buses",
                    expected=f"1 to {MAX_BUSES:,}",
                    fix="Leave it out where no bus has Wi-Fi.",
                )
            ]
        )


def depot(schools: Sequence[School]) -> School:
    """Give the school at which buses start: the largest high school, else the largest school."""
    return min(
        schools, key=lambda school: (school.level != "high", -school.enrollment, school.school_id)
    )


def bus_rows(buses: int, schools: Sequence[School]) -> tuple[TableRow, ...]:
    """Give the rows of buses.csv."""
    home = coordinates(depot(schools).point)
    digits = max(2, len(str(buses)))
    guesses = (
        ("depot_lat", "bus-depot"),
        ("depot_lon", "bus-depot"),
        ("max_clients", "bus-clients"),
        ("backhaul_mbps", "bus-backhaul"),
        ("usd_per_year", "bus-connectivity"),
        ("usd_per_hour", "bus-driver"),
    )
    return tuple(
        TableRow(
            key=f"BUS{number:0{digits}d}",
            cells={
                "bus_id": f"BUS{number:0{digits}d}",
                "depot_lat": home["lat"],
                "depot_lon": home["lon"],
                "max_clients": str(BUS_CLIENTS),
                "backhaul_mbps": show(BUS_BACKHAUL_MBPS),
                "usd_per_year": show(BUS_USD_PER_YEAR),
                "usd_per_hour": show(BUS_USD_PER_HOUR),
            },
            guesses=guesses,
        )
        for number in range(1, buses + 1)
    )


def slot_rows() -> tuple[TableRow, ...]:
    """Give the rows of slots.csv: two slots each school day with time to drive between."""
    return tuple(
        TableRow(
            key=f"{weekday}-{number}",
            cells={
                "slot_id": f"{weekday}-{number}",
                "weekday": weekday,
                "start": start,
                "end": end,
            },
            guesses=(("start", "week-slots"), ("end", "week-slots")),
        )
        for weekday in WEEKDAYS
        for number, (start, end) in enumerate(SLOT_TIMES, start=1)
    )


def offer_rows() -> tuple[TableRow, ...]:
    """Give the rows of offers.csv: hotspot lending; no subsidy, since no provider is known."""
    return (
        TableRow(
            key="lending",
            cells={
                "offer_id": "lending",
                "kind": "lending",
                "usd_per_student_per_year": show(LENDING_USD_PER_STUDENT_YEAR),
                "geoids": "*",
            },
            guesses=(
                ("usd_per_student_per_year", "lending-price"),
                ("geoids", "lending-everywhere"),
            ),
        ),
    )
