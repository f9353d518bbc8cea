"""How long the exact plan of home access takes at the sizes of the issue, and how close it gets.

Run ``python -m benchmarks.access_plan [baltimore|county ...]``; prints a table.
"""

import resource
import sys
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array, hstack
from scipy.spatial import cKDTree

from netplan.access.choose import choose
from netplan.access.model import Fleet, Goal, Siting, VehicleClass

#: Walking distance as the crow flies (800 m on foot, a detour of 1.3).
WALK_M = 615.0
#: Drive minutes for a meter as the crow flies: 30 km/h, detour 1.4.
MINUTES_PER_M = 1.4 / 500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The size of a made-up county."""

    areas: int
    stops: int
    buses: tuple[int, ...]
    slots: tuple[tuple[int, int], ...]
    partners: int
    side_m: float
    budget_usd: float
    time_limit_s: float
    students: float


SHAPES = {
    "baltimore": Shape(
        areas=562,
        stops=1192,
        buses=(10, 10),
        slots=((900, 1020), (1050, 1170)),
        partners=40,
        side_m=40_000.0,
        budget_usd=600_000.0,
        time_limit_s=60.0,
        students=9_000.0,
    ),
    "county": Shape(
        areas=5000,
        stops=2000,
        buses=(60,),
        slots=tuple((480 + 80 * s - 5 * (s % 2), 540 + 80 * s - 5 * (s % 2)) for s in range(8)),
        partners=60,
        side_m=40_000.0,
        budget_usd=2_500_000.0,
        time_limit_s=600.0,
        students=60_000.0,
    ),
}


def county(shape: Shape, seed: int = 1) -> Siting:
    """Make a county: areas clustered about towns, stops where people are, partners, lending."""
    rng = np.random.default_rng(seed)
    towns = rng.uniform(0.1, 0.9, (12, 2)) * shape.side_m
    side = shape.side_m

    def near_towns(count: int, spread: float) -> np.ndarray:
        town = rng.integers(0, len(towns), count)
        at = towns[town] + rng.normal(0, spread, (count, 2))
        far = rng.random(count) < 0.25
        at[far] = rng.uniform(0, side, (int(far.sum()), 2))
        return np.clip(at, 0, side)

    centers = near_towns(shape.areas, side / 10)
    stops = near_towns(shape.stops, side / 11)
    partners = near_towns(shape.partners, side / 12)
    offline = rng.gamma(1.2, 1.0, shape.areas)
    offline *= shape.students / offline.sum()
    # 24 points for each area, within about its size; atoms are points that the same reach
    size = side / np.sqrt(shape.areas) * 0.45
    points = np.repeat(centers, 24, axis=0) + rng.normal(0, size, (shape.areas * 24, 2))
    tree = cKDTree(points)
    reach = _reach(tree, np.vstack([stops, partners]), len(points))
    lending = csr_array(np.ones((len(points), 2), bool))
    lending_rows = lending.tolil()
    low = rng.random(shape.areas) < 0.6
    lending_rows[:, 1] = np.repeat(low, 24)[:, None]
    reach = csr_array(hstack([reach, csr_array(lending_rows)]), dtype=bool)
    atoms = _atoms(reach, np.repeat(np.arange(shape.areas), 24))
    first, area, share = atoms
    zone = _zones(centers, rng.uniform(0, side, (30, 2)))
    return Siting(
        students=offline[area] * share,
        area=area,
        area_share=share,
        geoids=tuple(f"{i:012d}" for i in range(shape.areas)),
        zone=zone,
        zone_ids=tuple(f"S{i:03d}" for i in range(30)),
        weight=np.ones(area.size),
        offers=_offers(shape, stops, partners, rng),
        reach=csr_array(reach[first]),
        fleet=_fleet(shape, stops, rng),
        hours_needed=5.0,
    )


def _reach(tree: cKDTree, places: np.ndarray, points: int) -> csr_array:
    found = tree.query_ball_point(places, WALK_M)
    column = np.repeat(np.arange(len(places)), [len(part) for part in found])
    row = np.concatenate([np.array(part, dtype=int) for part in found])
    return csr_array(coo_array((np.ones(row.size, bool), (row, column)), (points, len(places))))


def _atoms(reach: csr_array, area: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    seen: dict[tuple[int, bytes], int] = {}
    atom = np.empty(area.size, int)
    for point in range(area.size):
        part = np.sort(reach.indices[reach.indptr[point] : reach.indptr[point + 1]])
        atom[point] = seen.setdefault((int(area[point]), part.tobytes()), len(seen))
    count, first = np.bincount(atom), np.unique(atom, return_index=True)[1]
    return first, area[first], count / 24.0


def _zones(centers: np.ndarray, schools: np.ndarray) -> csr_array:
    nearest = cKDTree(schools).query(centers)[1]
    ones = np.ones(len(centers))
    return csr_array(
        coo_array((ones, (np.arange(len(centers)), nearest)), (len(centers), len(schools)))
    )


def _offers(
    shape: Shape, stops: np.ndarray, partners: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    p, q = len(stops), len(partners)
    usd = np.r_[rng.choice([0.0, 100.0, 300.0], p), rng.uniform(1500, 9000, q), 0.0, 0.0]
    seats = np.r_[np.full(p, np.inf), rng.integers(10, 60, q) * rng.uniform(2, 8, q)]
    ids = [f"ST{i:04d}" for i in range(p)]
    return pd.DataFrame(
        {
            "offer_id": [f"bus-stop:{i}" for i in ids]
            + [f"partner:{i:03d}" for i in range(q)]
            + ["lending:all", "subsidy:some"],
            "strategy": ["bus_stop"] * p
            + ["partner_hotspot"] * q
            + ["hotspot_lending", "subsidized_plan"],
            "kind": ["bus stop"] * p + ["library"] * q + ["lending", "subsidy"],
            "source_id": [*ids, *(f"P{i:03d}" for i in range(q)), "L1", "L2"],
            "name": "x",
            "usd_per_year": usd,
            "usd_per_student_per_year": np.r_[np.zeros(p + q), 300.0, 240.0],
            "max_students": np.r_[seats, shape.students / 10, shape.students / 20],
            "existing": np.r_[np.zeros(p, bool), np.arange(q) < q // 4, False, False],
            "mobile": np.r_[np.ones(p, bool), np.zeros(q + 2, bool)],
            "vehicle_class": -1,
            "lon": np.nan,
            "lat": np.nan,
            "limited_by": "",
            "price_source": "district",
        }
    )


def _fleet(shape: Shape, stops: np.ndarray, rng: np.random.Generator) -> Fleet:
    rows = [
        (f"{day}-{s}", day, float(a), float(b), (b - a) / 60.0)
        for day in range(5)
        for s, (a, b) in enumerate(shape.slots)
    ]
    depots = rng.uniform(0.35, 0.65, (len(shape.buses), 2)) * shape.side_m
    apart = np.linalg.norm(stops[:, None] - stops[None], axis=2)
    return Fleet(
        classes=tuple(
            VehicleClass(
                bus_ids=tuple(f"B{c}{i:02d}" for i in range(count)),
                depot_lon=0.0,
                depot_lat=0.0,
                at_once=40.0,
                usd_per_year=1840.0,
                usd_per_hour=22.0,
            )
            for c, count in enumerate(shape.buses)
        ),
        slots=pd.DataFrame(
            rows, columns=["slot_id", "weekday", "start_minute", "end_minute", "hours"]
        ),
        stop_ids=tuple(f"ST{i:04d}" for i in range(len(stops))),
        drive_minutes=apart * MINUTES_PER_M,
        depot_minutes=np.linalg.norm(depots[:, None] - stops[None], axis=2) * MINUTES_PER_M,
        weeks_per_year=36.0,
    )


def main(names: list[str]) -> None:
    """Print one line for each size."""
    print("size | atoms | served | bound | gap % | status | wall s | CPU s | peak MB")
    for name in names or list(SHAPES):
        shape = SHAPES[name]
        siting = county(shape)
        wall, cpu = time.perf_counter(), time.process_time()

        def show(best: float, bound: float, seconds: float) -> None:
            print(f"  {seconds:6.1f} s  {best:12.1f}  {bound:12.1f}", file=sys.stderr)

        plan = choose(
            siting,
            Goal(budget_usd_per_year=shape.budget_usd),
            time_limit_s=shape.time_limit_s,
            progress=show,
        )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{name} | {siting.students.size} | {plan.served_students:.1f} | "
            f"{plan.bound_students:.1f} | {100 * plan.gap_share:.3f} | {plan.status} | "
            f"{time.perf_counter() - wall:.1f} | {time.process_time() - cpu:.1f} | {peak:.0f}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
