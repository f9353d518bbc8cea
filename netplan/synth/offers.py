"""What is on offer at homes: availability.csv, offers.csv and wireless.csv."""

from collections.abc import Sequence

from netplan.synth.files import Table, decimals
from netplan.synth.schools import School
from netplan.synth.truth import Truth

AVAILABILITY_COLUMNS = "geoid,max_down_mbps,max_up_mbps,technologies,providers"
OFFER_COLUMNS = "offer_id,kind,provider,usd_per_student_per_year,max_students,geoids,min_down_mbps"
WIRELESS_COLUMNS = (
    "site_id,name,lat,lon,range_m,max_students,backhaul_mbps,usd_capital,lifetime_years,"
    "usd_per_year"
)
#: A lent hotspot: 15 USD a month and 90 USD a device, the caps of FCC 24-76 (FACTS 5.11); two
#: devices in five years (FACTS 7.30) and 35 % lost each year (FACTS 7.20).
LENDING_USD = 15 * 12 + 90 * 2 / 5 + 0.35 * 90
#: Subsidized plans, USD a month: 50 Mbps (FACTS 5.18) and 100 Mbps (FACTS 5.19). The providers
#: are invented, the prices are those of the plans that the facts name.
CABLE_USD_PER_MONTH, FIBER_USD_PER_MONTH = 9.95, 30
#: Most students as a share of enrollment, assumptions: hotspots in stock, sponsored accounts.
LENDING_STUDENTS_SHARE, CABLE_STUDENTS_SHARE, FIBER_STUDENTS_SHARE = 0.010, 0.008, 0.005
#: From this share on, rural ground has no cellular coverage; an assumption.
NO_CELLULAR_FROM_RURAL = 0.85
#: A network on a school's roof: USD per student (FACTS 7.21), upkeep a year (FACTS 7.34: 4 to
#: 9 %), students, range and years of use: assumptions.
WIRELESS_USD_PER_STUDENT, WIRELESS_UPKEEP_SHARE = 680, 0.06
WIRELESS_STUDENTS, WIRELESS_RANGE_M, WIRELESS_YEARS = 150, 600, 7
#: A cell of a table holds at most 32,767 characters; a geoid with its separator takes 13.
GEOIDS_PER_ROW = 2_000


def availability_table(truth: Truth) -> Table:
    """Give availability.csv."""
    columns = AVAILABILITY_COLUMNS.split(",")
    rows = tuple(
        tuple(str(cell) for cell in row)
        for row in truth.areas[columns].itertuples(index=False, name=None)
    )
    return Table(name="availability.csv", header=tuple(columns), rows=rows)


def offers_table(truth: Truth) -> Table:
    """Give offers.csv: hotspots where there is a signal, plans where the provider has lines."""
    students = sum(school.enrollment for school in truth.schools)
    areas, rural = truth.areas, truth.ground.rural
    signal = [
        geoid
        for geoid, far in zip(truth.ground.geoids, rural, strict=True)
        if far < NO_CELLULAR_FROM_RURAL
    ]

    def lines(provider: str) -> list[str]:
        return [
            geoid
            for geoid, found in zip(areas["geoid"], areas["providers"], strict=True)
            if provider in found.split(";")
        ]

    offers = (
        ("LEND", "lending", "Sandbar Mobile", LENDING_USD, LENDING_STUDENTS_SHARE, signal, ""),
        (
            *("PLAN-CABLE", "subsidy", "Tidewater Cable", 12 * CABLE_USD_PER_MONTH),
            *(CABLE_STUDENTS_SHARE, lines("Tidewater Cable"), "50"),
        ),
        (
            *("PLAN-FIBER", "subsidy", "Inland Fiber", 12 * FIBER_USD_PER_MONTH),
            *(FIBER_STUDENTS_SHARE, lines("Inland Fiber"), "100"),
        ),
    )
    rows = []
    for offer_id, kind, provider, usd, share, geoids, down in offers:
        parts = [geoids[k : k + GEOIDS_PER_ROW] for k in range(0, len(geoids), GEOIDS_PER_ROW)]
        for number, part in enumerate(parts, start=1):
            most = max(5, int(students * share * len(part) / len(geoids)))
            name = offer_id if len(parts) == 1 else f"{offer_id}-{number}"
            place = "*" if len(part) == len(truth.ground.geoids) else ";".join(part)
            rows.append((name, kind, provider, decimals(usd, 2), str(most), place, down))
    return Table(name="offers.csv", header=tuple(OFFER_COLUMNS.split(",")), rows=tuple(rows))


def wireless_schools(truth: Truth) -> list[School]:
    """Choose the schools with a roof site: in the planted zone, and the poorest high school."""
    planted = [] if truth.planted_zone is None else [truth.schools[truth.planted_zone]]
    others = [school for school in truth.schools if school not in planted]
    high = [school for school in others if school.level == "high"] or others
    poorest = sorted(high, key=lambda school: (-school.frl_share, school.school_id))
    return sorted([*planted, *poorest[:1]], key=lambda school: school.school_id)


def wireless_table(schools: Sequence[School]) -> Table:
    """Give wireless.csv: one site on the roof of each of these schools."""
    capital = WIRELESS_USD_PER_STUDENT * WIRELESS_STUDENTS
    rows = tuple(
        (
            *(f"ROOF-{school.school_id}", f"{school.name} roof"),
            *(decimals(school.spot.lat, 6), decimals(school.spot.lon, 6)),
            *(str(WIRELESS_RANGE_M), str(WIRELESS_STUDENTS), "1000", str(capital)),
            *(str(WIRELESS_YEARS), decimals(capital * WIRELESS_UPKEEP_SHARE, 0)),
        )
        for school in schools
    )
    return Table(name="wireless.csv", header=tuple(WIRELESS_COLUMNS.split(",")), rows=rows)
