"""Where people live and where they could get online: blocks, stops, buses, slots, partners."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from netplan.synth.areas import centroid
from netplan.synth.draws import Draws, apportion
from netplan.synth.files import Table, decimals
from netplan.synth.names import place_names
from netplan.synth.places import Spot
from netplan.synth.tessellation import contains, point_inside, spot_of
from netplan.synth.truth import Truth

BLOCK_COLUMNS = "block_id,geoid,lat,lon,population"
STOP_COLUMNS = "stop_id,name,lat,lon,allowed,usd_per_year,notes"
BUS_COLUMNS = (
    "bus_id,depot_lat,depot_lon,max_clients,backhaul_mbps,radio_range_m,usd_per_year,usd_per_hour"
)
SLOT_COLUMNS = "slot_id,weekday,start,end"
PARTNER_COLUMNS = (
    "partner_id,name,kind,lat,lon,seats,backhaul_mbps,hours_per_week,usd_per_year,existing,transit"
)
#: Connectivity of a bus with Wi-Fi, USD a year (FACTS 7.16), and the driver's wage (FACTS 7.33:
#: an assumption there too).
BUS_USD_PER_YEAR, DRIVER_USD_PER_HOUR = 1_840, 22
#: Published range at Charleston, 150 ft (FACTS 3.38); other buses leave it to access.toml.
CHARLESTON_M = 45.7
#: Two slots a day with half an hour between for the way; three slots make five hours a week.
#: Buses are back from the school run by then. Times are assumptions.
SLOTS = (
    *((day, "16:20", "18:05") for day in ("mon", "tue", "wed", "thu", "fri")),
    *((day, "18:35", "20:20") for day in ("mon", "tue", "wed", "thu", "fri")),
    ("sat", "10:00", "11:45"),
    ("sat", "12:15", "14:00"),
)
#: Straight line of an 800 m walk at a detour of 1.3: how far the best stop is looked for.
NEAR_KM = 0.6
#: Most places of one kind, however large the district.
MOST_PLACES = 300
NOT_ALLOWED_SHARE = 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """People at a point of a block group (``area`` is its row)."""

    block_id: str
    area: int
    spot: Spot
    population: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A place where a bus could stand."""

    stop_id: str
    name: str
    spot: Spot
    allowed: bool
    usd_per_year: int
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A place with internet that students may use."""

    partner_id: str
    name: str
    kind: str
    spot: Spot
    seats: int
    backhaul_mbps: int
    hours_per_week: int
    usd_per_year: int
    existing: bool = False
    transit: bool = False


#: Kind to its id, name, schools per place, least count, seats, Mbps, hours a week and USD a year
#: (ranges). All are assumptions.
PARTNERS = {
    "library": ("LIB", "Library", 6, 2, (20, 45), (200, 1_000), (36, 56), (2_000, 6_000)),
    "church": ("CHU", "Church", 5, 1, (15, 40), (50, 200), (6, 14), (1_200, 3_000)),
    "business": ("CAF", "Coffee", 8, 1, (6, 14), (50, 300), (20, 60), (600, 1_800)),
    "park": ("PRK", "Park", 12, 1, (8, 16), (50, 100), (10, 20), (1_000, 2_400)),
    "community": ("COM", "Community Center", 12, 1, (15, 40), (100, 500), (12, 30), (1_500, 4_000)),
}


def draw_blocks(seed: int, truth: Truth) -> list[Block]:
    """Draw 6 to 20 points per block group, most of them around one or two neighborhoods."""
    draws = Draws(seed, schools=len(truth.schools), family="blocks")
    blocks = []
    for area, (geoid, ring) in enumerate(zip(truth.ground.geoids, truth.ground.rings, strict=True)):
        population = int(truth.areas["population"].iloc[area])
        count = draws.integer(6, 20)
        centers = [spot_of(point_inside(draws, ring)) for _ in range(draws.integer(1, 2))]
        weights = [draws.uniform(0.1, 1.0) for _ in range(count)]
        parts = apportion(population, weights)
        for number, people in enumerate(parts):
            spot = spot_of(point_inside(draws, ring))
            if draws.chance(0.7):
                center = draws.pick(centers)
                near = Spot(x_km=draws.bell(center.x_km, 0.4), y_km=draws.bell(center.y_km, 0.4))
                spot = near if contains(ring, (near.lon * 1e5, near.lat * 1e5)) else spot
            blocks.append(
                Block(block_id=f"{geoid}{number:03d}", area=area, spot=spot, population=people)
            )
    return blocks


def draw_stops(seed: int, truth: Truth, blocks: Sequence[Block]) -> tuple[list[Stop], str]:
    """Draw candidate stops: school lots, apartment complexes, parks.

    Returns
    -------
    stops
        Sorted by id.
    forbidden
        Id of the stop with the most students offline around it: parking there is not allowed.
    """
    schools, areas = truth.schools, len(truth.ground.geoids)
    draws = Draws(seed, schools=len(schools), family="stops")
    lots = draws.shuffled(schools)[: min(MOST_PLACES, len(schools) // 2 + 1)]
    lived_in = [block for block in blocks if block.population > 0]
    biggest = sorted(lived_in, key=lambda block: (-block.population, block.block_id))
    homes = draws.shuffled(biggest[: max(8, len(biggest) // 4)])
    homes = homes[: min(MOST_PLACES, areas // 4 + 2)]
    parks = draws.shuffled(range(areas))[: min(MOST_PLACES, areas // 10 + 1)]
    names = place_names(draws, len(homes) + len(parks))
    found: list[tuple[str, Spot, int, str]] = [
        (f"{school.name} parking lot", school.spot, 0, "school lot") for school in lots
    ]
    for name, block in zip(names, homes, strict=False):
        usd = draws.pick((0, 0, 300, 600, 1_200))
        found.append((f"{name} Apartments", block.spot, usd, "apartment complex"))
    for name, area in zip(names[len(homes) :], parks, strict=True):
        ring = truth.ground.rings[area]
        middle = centroid(ring)
        inside = middle if contains(ring, middle) else point_inside(draws, ring)
        found.append((f"{name} Park", spot_of(inside), draws.pick((0, 120, 240)), "park"))
    stops = []
    for number, (name, spot, usd, notes) in enumerate(found, start=1):
        allowed = not draws.chance(NOT_ALLOWED_SHARE)
        stops.append(
            Stop(
                stop_id=f"ST{number:03d}",
                name=name,
                spot=spot,
                allowed=allowed,
                usd_per_year=usd,
                notes=notes if allowed else f"{notes}; the owner does not want a bus there",
            )
        )
    near = _students_near(truth, blocks, stops)
    best = max(range(len(stops)), key=lambda i: (near[i], -i))
    stops[best] = replace(
        stops[best], allowed=False, notes=f"{found[best][3]}; no room to turn, fire lane"
    )
    return stops, stops[best].stop_id


def _students_near(truth: Truth, blocks: Sequence[Block], stops: Sequence[Stop]) -> list[int]:
    """Count the students truly offline about each stop, in thousandths (exact sums)."""
    offline = truth.areas["students_none"].to_numpy()
    people = truth.areas["population"].to_numpy()
    weight = np.array(
        [1000 * offline[b.area] * b.population // max(1, people[b.area]) for b in blocks]
    )
    x = np.array([block.spot.x_km for block in blocks])
    y = np.array([block.spot.y_km for block in blocks])
    return [
        int(weight[(x - s.spot.x_km) ** 2 + (y - s.spot.y_km) ** 2 <= NEAR_KM * NEAR_KM].sum())
        for s in stops
    ]


def draw_partners(seed: int, truth: Truth, blocks: Sequence[Block]) -> list[Partner]:
    """Draw partners where people live; the first library exists, the second has transit."""
    draws = Draws(seed, schools=len(truth.schools), family="partners")
    lived_in = [block for block in blocks if block.population > 0]
    # One after another out of town: libraries and businesses stand in the towns.
    in_town = sorted(lived_in, key=lambda b: (truth.ground.rural[b.area], b.block_id))
    counts = {
        kind: min(MOST_PLACES // 3, max(row[3], len(truth.schools) // row[2]))
        for kind, row in PARTNERS.items()
    }
    names = place_names(draws, sum(counts.values()))
    partners = []
    for kind, (prefix, suffix, _, _, seats, mbps, hours, usd) in PARTNERS.items():
        for number in range(1, counts[kind] + 1):
            wide = kind in ("church", "park", "community")
            among = lived_in if wide else in_town[: max(1, len(in_town) // 2)]
            library = kind == "library"
            partners.append(
                Partner(
                    partner_id=f"{prefix}{number:02d}",
                    name=f"{names.pop()} {suffix}",
                    kind=kind,
                    spot=draws.pick(among).spot,
                    seats=draws.integer(*seats),
                    backhaul_mbps=10 * draws.integer(mbps[0] // 10, mbps[1] // 10),
                    hours_per_week=draws.integer(*hours),
                    usd_per_year=100 * draws.integer(usd[0] // 100, usd[1] // 100),
                    existing=library and number == 1,
                    transit=library and number == 2,
                )
            )
    return sorted(partners, key=lambda partner: partner.partner_id)


def blocks_table(truth: Truth, blocks: Sequence[Block]) -> Table:
    """Give blocks.csv."""
    rows = tuple(
        (b.block_id, truth.ground.geoids[b.area], *_degrees(b.spot), str(b.population))
        for b in blocks
    )
    return Table(name="blocks.csv", header=tuple(BLOCK_COLUMNS.split(",")), rows=rows)


def stops_table(stops: Sequence[Stop]) -> Table:
    """Give stops.csv."""
    rows = tuple(
        (s.stop_id, s.name, *_degrees(s.spot), _flag(s.allowed), str(s.usd_per_year), s.notes)
        for s in stops
    )
    return Table(name="stops.csv", header=tuple(STOP_COLUMNS.split(",")), rows=rows)


def buses_table(seed: int, truth: Truth) -> Table:
    """Give buses.csv: a depot by the county seat, a second one from twelve schools on."""
    schools = len(truth.schools)
    draws = Draws(seed, schools=schools, family="buses")
    seat = truth.county.towns[0]
    depots = [Spot(x_km=seat.x_km + 0.4, y_km=seat.y_km - 0.3)]
    if schools >= 12:
        far = truth.county.towns[-1]
        depots.append(Spot(x_km=far.x_km, y_km=far.y_km))
    rows = []
    for number in range(1, min(60, 4 + schools // 12) + 1):
        depot = depots[0] if number % 3 else depots[-1]
        large = draws.chance(0.4)
        rows.append(
            (
                f"BUS{number:02d}",
                *_degrees(depot),
                *(("60", "100") if large else ("30", "50")),
                decimals(CHARLESTON_M, 1) if number % 2 else "",
                str(BUS_USD_PER_YEAR),
                str(DRIVER_USD_PER_HOUR),
            )
        )
    return Table(name="buses.csv", header=tuple(BUS_COLUMNS.split(",")), rows=tuple(rows))


def slots_table() -> Table:
    """Give slots.csv."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat")
    ordered = sorted(SLOTS, key=lambda slot: (days.index(slot[0]), slot[1]))
    rows = tuple(
        (f"{day}-{1 + sum(other[0] == day for other in ordered[:i])}", day, start, end)
        for i, (day, start, end) in enumerate(ordered)
    )
    return Table(name="slots.csv", header=tuple(SLOT_COLUMNS.split(",")), rows=rows)


def partners_table(partners: Sequence[Partner]) -> Table:
    """Give partners.csv."""
    rows = tuple(
        (
            *(p.partner_id, p.name, p.kind, *_degrees(p.spot), str(p.seats)),
            *(str(p.backhaul_mbps), str(p.hours_per_week), str(p.usd_per_year)),
            *(_flag(p.existing), _flag(p.transit)),
        )
        for p in partners
    )
    return Table(name="partners.csv", header=tuple(PARTNER_COLUMNS.split(",")), rows=rows)


def _degrees(spot: Spot) -> tuple[str, str]:
    return decimals(spot.lat, 6), decimals(spot.lon, 6)


def _flag(value: bool) -> str:
    return "true" if value else "false"
