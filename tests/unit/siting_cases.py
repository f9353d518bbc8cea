"""Small siting problems for tests of the plan, by hand and at random."""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from netplan.access.model import Fleet, Goal, Siting, VehicleClass

COLUMNS = {
    "offer_id": "",
    "strategy": "s",
    "kind": "k",
    "source_id": "",
    "name": "",
    "usd_per_year": 0.0,
    "usd_per_student_per_year": 0.0,
    "max_students": np.inf,
    "existing": False,
    "mobile": False,
    "vehicle_class": -1,
    "lon": np.nan,
    "lat": np.nan,
    "limited_by": "",
    "price_source": "district",
}


def offers(*rows: dict[str, object]) -> pd.DataFrame:
    """Give the offers table for rows that name only what differs."""
    full = [{**COLUMNS, **row} for row in rows]
    for row in full:
        row["offer_id"] = row["offer_id"] or row["source_id"]
        row["name"] = row["name"] or row["offer_id"]
    return pd.DataFrame(full, columns=list(COLUMNS))


def slots(*rows: tuple[int, float, float]) -> pd.DataFrame:
    """Give slots from (weekday, start hour, end hour)."""
    return pd.DataFrame(
        {
            "slot_id": [f"T{k}" for k in range(len(rows))],
            "weekday": [row[0] for row in rows],
            "start_minute": [60.0 * row[1] for row in rows],
            "end_minute": [60.0 * row[2] for row in rows],
            "hours": [row[2] - row[1] for row in rows],
        }
    )


def siting(
    students: list[float],
    reach: list[list[int]],
    table: pd.DataFrame,
    *,
    fleet: Fleet | None = None,
    zone: list[list[float]] | None = None,
    weight: list[float] | None = None,
    area: list[int] | None = None,
    hours_needed: float = 2.0,
) -> Siting:
    """Give a siting problem; one area for each atom unless areas are given."""
    amount = np.array(students, dtype=float)
    areas = np.arange(amount.size) if area is None else np.array(area)
    by_area = np.bincount(areas, amount)
    share = np.divide(amount, by_area[areas], out=np.zeros(amount.size), where=by_area[areas] > 0)
    rows = np.ones((by_area.size, 1)) if zone is None else np.array(zone, dtype=float)
    return Siting(
        students=amount,
        area=areas,
        area_share=share,
        geoids=tuple(f"G{k}" for k in range(by_area.size)),
        zone=csr_array(rows),
        zone_ids=tuple(f"S{k:03d}" for k in range(rows.shape[1])),
        weight=np.ones(amount.size) if weight is None else np.array(weight, dtype=float),
        offers=table,
        reach=csr_array(np.array(reach, dtype=bool).reshape(amount.size, len(table))),
        fleet=fleet,
        hours_needed=hours_needed,
    )


def random_case(seed: int) -> tuple[Siting, Goal]:
    """Draw a tiny problem with every kind of offer, and a goal."""
    rng = np.random.default_rng(seed)
    stops = int(rng.integers(2, 4))
    classes = int(rng.integers(1, 3))
    days = int(rng.integers(1, 3))
    per_day = (1 if stops == 3 else 2) if days == 2 else int(rng.integers(2, 4))
    gap = float(rng.choice([0.0, 0.25, 0.5]))
    rows = []
    for day in range(days):
        at = 15.0 + (0.5 if rng.random() < 0.3 else 0.0)
        for _ in range(per_day):
            length = float(rng.choice([1.0, 2.0]))
            rows.append((day, at, at + length))
            at += length + gap
    place = rng.uniform(0, 30, (stops, 2))
    depot = rng.uniform(0, 30, (classes, 2))
    ids = iter(f"B{k}" for k in range(9))
    single = classes == 2 or rng.random() < 0.5
    fleet = Fleet(
        classes=tuple(
            VehicleClass(
                bus_ids=tuple(next(ids) for _ in range(1 if single else 2)),
                depot_lon=0.0,
                depot_lat=0.0,
                at_once=float(rng.integers(3, 12)),
                usd_per_year=float(rng.choice([0, 50, 200])),
                usd_per_hour=float(rng.integers(1, 4)),
            )
            for _ in range(classes)
        ),
        slots=slots(*rows),
        stop_ids=tuple(f"P{k}" for k in range(stops)),
        drive_minutes=np.linalg.norm(place[:, None] - place[None], axis=2),
        depot_minutes=np.linalg.norm(depot[:, None] - place[None], axis=2),
        weeks_per_year=10.0,
    )
    table = []
    for p in range(stops):
        usd = float(rng.choice([0, 40]))
        if classes == 2 and rng.random() < 0.4:
            names = [0, 1] if rng.random() < 0.5 else [-1, 0]
        else:
            names = [-1]
        for name in names:
            table.append(
                {
                    "offer_id": f"stop:{p}:{name}",
                    "source_id": f"P{p}",
                    "mobile": True,
                    "vehicle_class": name,
                    "usd_per_year": usd,
                    "usd_per_student_per_year": float(rng.choice([0, 0, 3])),
                    "max_students": float(rng.choice([np.inf, np.inf, 7])),
                }
            )
    for k in range(int(rng.integers(1, 4))):
        table.append(
            {
                "source_id": f"L{k}",
                "usd_per_year": float(rng.integers(0, 5) * 60),
                "max_students": float(rng.choice([4, 9, np.inf])),
                "existing": bool(rng.random() < 0.25),
            }
        )
    if rng.random() < 0.7:
        table.append(
            {
                "source_id": "lend",
                "usd_per_student_per_year": float(rng.integers(10, 60)),
                "max_students": float(rng.choice([3, 8, np.inf])),
            }
        )
    frame = offers(*table)
    atoms = int(rng.integers(3, 7))
    areas = np.sort(rng.integers(0, 3, atoms))
    areas = np.unique(areas, return_inverse=True)[1]
    zone = rng.random((int(areas.max()) + 1, 2)) * (rng.random((int(areas.max()) + 1, 2)) < 0.8)
    zone[zone.sum(axis=1) == 0] = 1.0
    zone /= zone.sum(axis=1, keepdims=True)
    case = siting(
        [float(v) for v in np.round(rng.uniform(0, 15, atoms), 1)],
        (rng.random((atoms, len(frame))) < 0.55).tolist(),
        frame,
        fleet=fleet,
        zone=zone.tolist(),
        weight=[float(v) for v in rng.choice([1.0, 1.0, 1.5], atoms)],
        area=[int(v) for v in areas],
        hours_needed=float(rng.choice([1.0, 2.0, 3.0])),
    )
    equity = str(rng.choice(["none", "none", "floor", "worst_first"]))
    kind = rng.random()
    floor = float(rng.choice([0.1, 0.3, 0.6]))
    if kind < 0.6:
        goal = Goal(
            budget_usd_per_year=float(rng.integers(100, 900)), equity=equity, floor_share=floor
        )
    elif kind < 0.9:
        goal = Goal(
            coverage_share=float(rng.choice([0.2, 0.5, 0.7])),
            equity="none" if equity == "worst_first" else equity,
            floor_share=floor,
        )
    else:
        goal = Goal(equity=equity, floor_share=floor)
    return case, goal
