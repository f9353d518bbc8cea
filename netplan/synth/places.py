"""Where the schools of an invented coastal county stand."""

from dataclasses import dataclass
from itertools import product
from math import floor, sqrt

from netplan.synth.draws import Draws

#: Middle of the invented coast. The map there is real, everything drawn on it is not.
COAST_LAT, COAST_LON = 27.6, -80.42
#: Length of a degree at that latitude (111.32 km x cos 27.6 for longitude): flat enough here.
KM_PER_DEGREE_LAT, KM_PER_DEGREE_LON = 110.8, 98.65
#: The coast runs toward the north-northwest: km west for each km north.
COAST_SLANT = 0.33
#: No two schools are nearer to each other than this.
SPACING_KM = 0.4
#: Side of the squares in which neighbors are looked up: what is too near is in the next at most.
CELL_KM = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place in the county's own plane, in km east of the coast and north of its middle."""

    x_km: float
    y_km: float

    @classmethod
    def at(cls, *, lat: float, lon: float) -> "Spot":
        """Give the spot at a latitude and longitude in degrees."""
        y_km = (lat - COAST_LAT) * KM_PER_DEGREE_LAT
        return cls(x_km=(lon - COAST_LON) * KM_PER_DEGREE_LON + COAST_SLANT * y_km, y_km=y_km)

    @property
    def lat(self) -> float:
        """Latitude in degrees."""
        return COAST_LAT + self.y_km / KM_PER_DEGREE_LAT

    @property
    def lon(self) -> float:
        """Longitude in degrees."""
        return COAST_LON + (self.x_km - COAST_SLANT * self.y_km) / KM_PER_DEGREE_LON


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """Town centers (the county seat first) and a spot for every school.

    ``height_km`` and ``width_km`` bound the county along and across the coast.
    """

    height_km: float
    width_km: float
    towns: tuple[Spot, ...]
    spots: tuple[Spot, ...]


def distance_km(one: Spot, other: Spot) -> float:
    """Give the straight distance between two spots."""
    east, north = one.x_km - other.x_km, one.y_km - other.y_km
    return sqrt(east * east + north * north)


def draw_county(draws: Draws, schools: int) -> County:
    """Draw a county whose size and number of towns grow with the number of schools."""
    height = min(100.0, 8.0 * sqrt(schools) + 4.0)
    width = min(80.0, 6.0 * sqrt(schools) + 4.0)

    def anywhere() -> Spot:
        return Spot(x_km=-draws.uniform(0.8, width), y_km=draws.uniform(-height / 2, height / 2))

    towns = [Spot(x_km=-0.2 * width, y_km=0.0)]
    towns += [anywhere() for _ in range(min(40, schools // 12))]
    chosen: list[Spot] = []
    cells: dict[tuple[int, int], list[Spot]] = {}
    while len(chosen) < schools:
        spot = anywhere()
        if draws.chance(0.8):
            center = towns[0] if draws.chance(0.45) else draws.pick(towns)
            spread = 0.08 * height
            spot = Spot(
                x_km=min(-0.8, max(-width, draws.bell(center.x_km, spread))),
                y_km=min(height / 2, max(-height / 2, draws.bell(center.y_km, spread))),
            )
        row, column = floor(spot.y_km / CELL_KM), floor(spot.x_km / CELL_KM)
        around = product((row - 1, row, row + 1), (column - 1, column, column + 1))
        if all(_apart(spot, other) for cell in around for other in cells.get(cell, ())):
            chosen.append(spot)
            cells.setdefault((row, column), []).append(spot)
    return County(height_km=height, width_km=width, towns=tuple(towns), spots=tuple(chosen))


def _apart(one: Spot, other: Spot) -> bool:
    """Say whether two spots keep the least spacing, the quick test first."""
    return (
        abs(one.x_km - other.x_km) >= SPACING_KM
        or abs(one.y_km - other.y_km) >= SPACING_KM
        or distance_km(one, other) >= SPACING_KM
    )


def locale_code(county: County, spot: Spot, schools: int) -> str:
    """Give an NCES-style locale code from the distance to the towns.

    City (1x) and suburb (2x) around the county seat of a district with twelve schools or
    more, town (3x) near any other center, rural (4x) beyond.
    """
    seat = distance_km(spot, county.towns[0])
    town = min(distance_km(spot, center) for center in county.towns)
    if schools >= 12 and seat <= 0.10 * county.height_km:
        return "13" if schools < 60 else "12" if schools < 400 else "11"
    if schools >= 12 and seat <= 0.18 * county.height_km:
        return "22" if schools < 400 else "21"
    if town <= 0.14 * county.height_km:
        return "32"
    return "41" if town <= 0.25 * county.height_km else "42"
