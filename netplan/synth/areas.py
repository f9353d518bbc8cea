"""Block groups, tracts and attendance zones of an invented county."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, sqrt

import numpy as np

from netplan.synth.draws import Draws, apportion
from netplan.synth.places import County, Spot, distance_km
from netplan.synth.schools import School
from netplan.synth.tessellation import Ring, Vertex, spot_of, tile

#: State 12 is Florida, where the coast lies; no county there has the number 999.
COUNTY_FIPS = "12999"
STUDENTS_PER_AREA = 200
SMALLEST_COUNT = 4
BLOCK_GROUPS_PER_TRACT = 4
#: Share of the block groups that stand around the elementary schools, where people live.
AROUND_SCHOOLS_SHARE = 0.8
#: Sites of block groups keep at least this distance, while there is room.
SPACING_KM = 0.5
#: The county reaches beyond the outermost school by at least this much.
MARGIN_KM = 0.8
#: Levels that have attendance zones.
ZONED = ("elementary", "middle", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The county's block groups, sorted by geoid.

    Parameters
    ----------
    geoids
        Twelve digits; the first eleven are the tract's.
    rings
        Outline of each.
    middles
        Centroid of each.
    rural
        0 in town to 1 far from any.
    zones
        Level to the row of the school whose zone each block group is in. Every school of a
        zoned level has at least one block group. Schools of other levels have no zone and
        take students from everywhere.
    park
        Row of the block group where nobody lives; None in the smallest counties.
    """

    geoids: tuple[str, ...]
    rings: tuple[Ring, ...]
    middles: tuple[Spot, ...]
    rural: tuple[float, ...]
    zones: Mapping[str, tuple[int, ...]]
    park: int | None

    @property
    def tracts(self) -> tuple[str, ...]:
        """Tract of each block group."""
        return tuple(geoid[:11] for geoid in self.geoids)


def draw_ground(seed: int, county: County, schools: Sequence[School]) -> Ground:
    """Draw block groups over the county: many where schools are, few in the country."""
    students = sum(school.enrollment for school in schools)
    count = max(SMALLEST_COUNT, 2 * len(schools), round(students / STUDENTS_PER_AREA))
    box = (-county.width_km - MARGIN_KM, 0.0, -_half(county), _half(county))
    draws = Draws(seed, schools=len(schools), family="areas")
    sites = _sites(draws, schools, count, box)
    rings = tile(draws, sites, box)
    middles = [_middle(ring) for ring in rings]
    groups = _groups(list(range(count)), middles)
    order, geoids = [], []
    for number, group in enumerate(groups, start=1):
        for digit, i in enumerate(group, start=1):
            order.append(i)
            geoids.append(f"{COUNTY_FIPS}{number * 100:06d}{digit}")
    middles = [middles[i] for i in order]
    rings = tuple(rings[i] for i in order)
    zones = {level: tuple(_zones(schools, rows, middles)) for level, rows in zoned(schools).items()}
    return Ground(
        geoids=tuple(geoids),
        rings=rings,
        middles=tuple(middles),
        rural=tuple(_rural(county, middle) for middle in middles),
        zones=zones,
        park=_park(rings, zones),
    )


def zoned(schools: Sequence[School]) -> dict[str, list[int]]:
    """Give the rows of the schools that have attendance zones, by level."""
    if len(schools) == 1:
        return {schools[0].level: [0]}
    return {
        level: [i for i, school in enumerate(schools) if school.level == level]
        for level in ZONED
        if any(school.level == level for school in schools)
    }


def _half(county: County) -> float:
    return county.height_km / 2 + MARGIN_KM


def _sites(
    draws: Draws,
    schools: Sequence[School],
    count: int,
    box: tuple[float, float, float, float],
) -> list[Spot]:
    """Draw one site for each block group, by the young pupils who live around each school."""
    west, east, south, north = box
    centers = [school for school in schools if school.level == "elementary"] or list(schools)
    near = int(count * AROUND_SCHOOLS_SHARE)
    parts = apportion(near, [float(school.enrollment) for school in centers])
    homes: list[Spot | None] = [
        school.spot for school, part in zip(centers, parts, strict=True) for _ in range(part)
    ]
    homes += [None] * (count - near)
    spread = 0.28 * sqrt((east - west) * (north - south) / len(centers))
    spacing = SPACING_KM
    cells: dict[tuple[int, int], list[Spot]] = {}
    sites: list[Spot] = []
    for home in homes:
        tries = 0
        while True:
            if home is None:
                spot = Spot(x_km=draws.uniform(west, east), y_km=draws.uniform(south, north))
            else:
                spot = Spot(x_km=draws.bell(home.x_km, spread), y_km=draws.bell(home.y_km, spread))
            inside = west + 0.2 < spot.x_km < east - 0.2 and south + 0.2 < spot.y_km < north - 0.2
            tries += 1
            # Room runs out in the densest parts.
            least = spacing if tries < 30 else spacing / 4
            cell = (floor(spot.x_km / spacing), floor(spot.y_km / spacing))
            if inside and all(
                distance_km(spot, other) >= least
                for row in (-1, 0, 1)
                for column in (-1, 0, 1)
                for other in cells.get((cell[0] + row, cell[1] + column), ())
            ):
                break
        cells.setdefault(cell, []).append(spot)
        sites.append(spot)
    return sites


def _middle(ring: Ring) -> Spot:
    """Give the centroid of a ring."""
    return spot_of(centroid(ring))


def centroid(ring: Ring) -> tuple[float, float]:
    """Give the centroid of a ring in grid steps, from sums of whole numbers (exact)."""
    x0, y0 = ring[0]
    twice, x_sum, y_sum = 0, 0, 0
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        cross = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        twice += cross
        x_sum += cross * (x1 + x2 - 2 * x0)
        y_sum += cross * (y1 + y2 - 2 * y0)
    return x0 + x_sum / (3 * twice), y0 + y_sum / (3 * twice)


def area_steps2(ring: Ring) -> int:
    """Give twice a ring's area in square grid steps; positive when counter-clockwise."""
    pairs: Sequence[tuple[Vertex, Vertex]] = list(zip(ring, (*ring[1:], ring[0]), strict=True))
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)


def _groups(rows: list[int], middles: Sequence[Spot]) -> list[list[int]]:
    """Halve the block groups across their longer side until each part is a tract."""
    xs, ys = [middles[i].x_km for i in rows], [middles[i].y_km for i in rows]
    if max(xs) - min(xs) > max(ys) - min(ys):
        rows = sorted(rows, key=lambda i: (middles[i].x_km, i))
    else:
        rows = sorted(rows, key=lambda i: (-middles[i].y_km, i))
    if len(rows) <= BLOCK_GROUPS_PER_TRACT:
        return [rows]
    half = (len(rows) + 1) // 2
    return _groups(rows[:half], middles) + _groups(rows[half:], middles)


def _zones(schools: Sequence[School], rows: Sequence[int], middles: Sequence[Spot]) -> list[int]:
    """Assign each block group to the nearest of the schools; none stays without."""
    away = squared_km([schools[row].spot for row in rows], middles)
    zone = [rows[nearest] for nearest in np.argmin(away, axis=1).tolist()]
    held = Counter(zone)
    for k, row in enumerate(rows):
        if not held[row]:
            spare = [i for i, owner in enumerate(zone) if held[owner] > 1]
            taken = min(spare, key=lambda i: (away[i, k], i))
            held[zone[taken]] -= 1
            held[row] += 1
            zone[taken] = row
    return zone


def squared_km(to: Sequence[Spot], middles: Sequence[Spot]) -> np.ndarray:
    """Give squared distances (middles x places)."""
    here, there = (np.array([(spot.x_km, spot.y_km) for spot in spots]) for spots in (middles, to))
    east = here[:, None, 0] - there[None, :, 0]
    north = here[:, None, 1] - there[None, :, 1]
    return np.asarray(east * east + north * north)


def _rural(county: County, middle: Spot) -> float:
    """Say how far a place is from the towns: 0 within 8 % of the county's height, 1 from 30 %."""
    town = min(distance_km(middle, center) for center in county.towns) / county.height_km
    return min(1.0, max(0.0, (town - 0.08) / 0.22))


def _park(rings: Sequence[Ring], zones: Mapping[str, Sequence[int]]) -> int | None:
    """Choose the block group where nobody lives: the largest that leaves no zone empty."""
    if len(rings) < 16:
        return None
    held = {level: Counter(zone) for level, zone in zones.items()}
    shared = [
        i
        for i in range(len(rings))
        if all(held[level][zone[i]] > 1 for level, zone in zones.items())
    ]
    return max(shared, key=lambda i: (area_steps2(rings[i]), -i), default=None)
