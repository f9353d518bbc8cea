"""Districts for tests of the gap stage, built from frames by hand."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box

from netplan.district.model import District
from netplan.inputs.model import AccessSettings, Assumption, Inputs, Planning, Settings

EMPTY = {
    "area_schools": ["geoid", "school_id"],
    "acs_annotations": ["geoid", "column", "sentinel", "meaning"],
    "students": ["geoid", "students", "students_offline", "origin"],
    "availability": ["geoid", "max_down_mbps", "max_up_mbps", "technologies", "providers"],
    "blocks": ["block_id", "geoid", "lat", "lon", "population"],
}


def level_of(geoid: str) -> str:
    return {5: "county", 11: "tract", 12: "block_group"}[len(geoid)]


def squares(geoids: list[str], *, side: float = 0.01, lat: float = 39.0) -> gpd.GeoDataFrame:
    """Give areas as squares in one row, west to east from longitude -76."""
    return gpd.GeoDataFrame(
        {
            "geoid": geoids,
            "level": [level_of(geoid) for geoid in geoids],
            "geometry": [
                box(-76 + side * place, lat, -76 + side * (place + 1), lat + side)
                for place in range(len(geoids))
            ],
        },
        crs="EPSG:4326",
    )


def acs_rows(**rows: dict[str, float]) -> pd.DataFrame:
    """Give the table ``acs`` from ``g<geoid>={column: value}``."""
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("geoid").reset_index()
    frame["geoid"] = frame["geoid"].str[1:]
    frame.insert(1, "level", frame["geoid"].map(level_of))
    return frame.sort_values("geoid").reset_index(drop=True)


def schools(*rows: tuple[str, str, float, float, float]) -> pd.DataFrame:
    """Give the table ``schools`` from (id, level, enrollment, lon, lat)."""
    return pd.DataFrame(rows, columns=["school_id", "level", "enrollment", "lon", "lat"])


def no_zones() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"school_id": [], "geometry": []}, crs="EPSG:4326")


def district(
    *,
    areas: gpd.GeoDataFrame,
    acs: pd.DataFrame | None = None,
    access: AccessSettings | None = None,
    assumptions: tuple[Assumption, ...] = (),
    **tables: Any,
) -> District:
    """Give a district whose other after-school tables are empty unless given."""
    usual: dict[str, pd.DataFrame] = {
        name: pd.DataFrame({column: [] for column in columns}) for name, columns in EMPTY.items()
    }
    usual |= {
        "areas": areas,
        "acs": pd.DataFrame({"geoid": [], "level": []}) if acs is None else acs,
        "schools": schools(("S1", "elementary", 100.0, -76.0, 39.0)),
        "zones": no_zones(),
    }
    return District(
        inputs=Inputs(
            settings=Settings(name="By hand"),
            planning=Planning(),
            tables=usual | tables,
            hashes={},
            access=access or AccessSettings(),
            assumptions=assumptions,
        )
    )


def b28002(
    households: float, offline: float, households_moe: float, offline_moe: float
) -> dict[str, float]:
    return {
        "B28002_001E": households,
        "B28002_001M": households_moe,
        "B28002_013E": offline,
        "B28002_013M": offline_moe,
    }


def simulated(
    rng: np.random.Generator, areas: int, mean: float, *, income: float, area: float, tract: float
) -> dict[str, np.ndarray]:
    """Plant a county: log odds from income, tract and area; shapes (areas,).

    ``income``, ``area`` and ``tract`` are standard deviations in log odds.
    """
    sizes = rng.integers(1, 6, size=areas)
    number = np.repeat(np.arange(areas), sizes)[:areas]
    log_income = 0.3 * rng.normal(size=areas)[number] + 0.3 * rng.normal(size=areas)
    odds = (
        -income * log_income / (0.3 * np.sqrt(2))
        + tract * rng.normal(size=areas)[number]
        + area * rng.normal(size=areas)
    )
    households = np.clip(rng.lognormal(np.log(540), 0.45, areas), 60, 2500).round()
    low, high = -12.0, 6.0
    for _ in range(60):
        middle = (low + high) / 2
        rate = 1 / (1 + np.exp(-(middle + odds)))
        low, high = (low, middle) if rate @ households > mean * households.sum() else (middle, high)
    return {
        "tract": number, "households": households, "log_income": 11.3 + log_income, "rate": rate,
        "fixed_odds": middle - income * log_income / (0.3 * np.sqrt(2)),
    }  # fmt: skip


def sampled(rng: np.random.Generator, truth: dict[str, np.ndarray]) -> pd.DataFrame:
    """Interview one household in ten, weights with a design effect of 1.5; publish as ACS does.

    Margins come from the sample itself: small where the estimate came out small, and 13 where
    nobody in the sample was offline.
    """
    households, rate = truth["households"], truth["rate"]
    areas = len(rate)
    asked = np.maximum((households / 10).round().astype(int), 3)
    area = np.repeat(np.arange(areas), asked)
    weight = rng.gamma(2.0, 0.5, size=len(area))
    offline = rng.random(len(area)) < rate[area]
    total = np.bincount(area, weight, areas)
    share = np.bincount(area, weight * offline, areas) / total
    spread = np.bincount(area, (weight * (offline - share[area])) ** 2, areas)
    variance = spread / total**2 * asked / (asked - 1)
    known = np.maximum(households * (1 + 0.1 * rng.normal(size=areas)), 20).round()
    without = (share * known).round()
    moe = 1.645 * np.sqrt(variance * known**2 + (share * 0.1 * known) ** 2)
    in_tract = pd.Series(truth["tract"]).groupby(truth["tract"]).cumcount().to_numpy() + 1
    geoids = [
        f"24005{number:06d}{place}" for number, place in zip(truth["tract"], in_tract, strict=True)
    ]
    return pd.DataFrame(
        {
            "geoid": geoids,
            "level": "block_group",
            "B28002_001E": known,
            "B28002_001M": (0.1645 * known).round(),
            "B28002_013E": without,
            "B28002_013M": np.where(without == 0, 13.0, np.maximum(moe, 3.0).round()),
            "B19013_001E": np.exp(truth["log_income"]).round(),
        }
    )
