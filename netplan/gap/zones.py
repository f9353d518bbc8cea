"""Which schools an area's students attend: zones, or the nearest school of each level."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csc_array, csr_array, diags_array, hstack
from scipy.spatial import cKDTree

from netplan.geo import overlap

#: Levels whose schools have attendance zones as a rule; a k12 or other school (charter, magnet,
#: special) without one draws on the whole district when others have zones.
ZONED_LEVELS = ("elementary", "middle", "high")
#: Smaller shares of an area in a zone are where two maps of one border differ (assumption).
SLIVER_SHARE = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """Share of each area's children who live in each school's zone.

    ``share`` has shape (areas, schools), entries from 0 to 1; a row may sum to several, since an
    area is in a zone of every level. ``guessed``: some level has no zone, so the nearest school
    of the level stood in.
    """

    share: csr_array
    guessed: bool
    notes: tuple[str, ...]


def attendance(
    areas: gpd.GeoDataFrame,
    schools: pd.DataFrame,
    zones: gpd.GeoDataFrame,
    area_schools: pd.DataFrame,
    blocks: pd.DataFrame,
) -> Attendance:
    """Find each area's share in the zone of each school.

    A school's zone is its polygon in zones.geojson (overlap by block population where blocks are
    given, else by land), else the areas that name it. A school without one, in a level where
    others have one, draws on the whole district. In a level where no school has a zone, each area
    goes to the nearest school.

    Parameters
    ----------
    areas
        geoid, geometry; in the order of the result's rows.
    schools
        school_id, level, lon, lat; in the order of its columns.
    zones, area_schools, blocks
        Tables of the district; empty where not given.
    """
    count = len(areas)
    given = _given(areas, zones, area_schools, blocks)
    level = schools["level"].to_numpy(dtype=object)
    ids = schools["school_id"].astype(str).to_numpy(dtype=object)
    zoned = np.array([school in given for school in ids], dtype=np.bool_)
    whole = csc_array(np.ones((count, 1)))
    columns: list[csc_array] = [given.get(school, whole) for school in ids]
    guessed: list[str] = []
    district: list[str] = []
    for name in sorted(set(level)):
        members = np.flatnonzero(level == name)
        without = members[~zoned[members]]
        if not len(without):
            continue
        if zoned[members].any() or (zoned.any() and name not in ZONED_LEVELS):
            district.extend(ids[without])
            continue
        guessed.append(str(name))
        for school, column in zip(members, _nearest(areas, schools.iloc[members]), strict=True):
            columns[school] = column
    notes: list[str] = []
    if guessed:
        notes.append(
            f"No attendance zones for level {', '.join(guessed)}: each area's students were given "
            "to the nearest school of the level."
        )
    if district:
        notes.append(
            f"{len(district)} schools have no attendance zone while others have one: their "
            "students were spread over the whole district."
        )
    share = csr_array(hstack(columns)) if columns else csr_array((count, 0))
    return Attendance(share=share, guessed=bool(guessed), notes=tuple(notes))


def _given(
    areas: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    area_schools: pd.DataFrame,
    blocks: pd.DataFrame,
) -> dict[str, csc_array]:
    """Give a column of shares, shape (areas, 1), for each school that has a zone."""
    found: dict[str, csc_array] = {}
    row = pd.Series(np.arange(len(areas)), index=areas["geoid"].astype(str))
    for school, names in area_schools.groupby("school_id", sort=True):
        rows = row.reindex(names["geoid"].astype(str)).dropna().astype(int).unique()
        at = (rows, np.zeros(len(rows), dtype=np.int64))
        found[str(school)] = csc_array(coo_array((np.ones(len(rows)), at), (len(areas), 1)))
    if len(zones):
        share = csc_array(_in_zones(areas, zones, blocks, row))
        for place, school in enumerate(zones["school_id"].astype(str)):
            column = share[:, [place]]
            big = column.copy()
            big.data = np.where(big.data < SLIVER_SHARE, 0.0, big.data)
            big.eliminate_zeros()
            # a zone within one corner of a large area is all the zone there is
            found[school] = big if big.nnz else column
    return {school: column for school, column in found.items() if column.nnz}


def _in_zones(
    areas: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, blocks: pd.DataFrame, row: "pd.Series[int]"
) -> csr_array:
    """Give the share of each area in each zone, by block population where it is known."""
    by_land = overlap.shares(areas.geometry, zones.geometry)
    if not len(blocks):
        return by_land
    group = row.reindex(blocks["geoid"].astype(str)).fillna(-1).to_numpy(dtype=np.int64)
    people = blocks["population"].fillna(0.0).to_numpy(dtype=np.float64)
    by_people = overlap.point_shares(
        blocks["lon"].to_numpy(dtype=np.float64),
        blocks["lat"].to_numpy(dtype=np.float64),
        people,
        group,
        len(areas),
        zones.geometry,
    )
    counted = np.bincount(group[group >= 0], weights=people[group >= 0], minlength=len(areas)) > 0
    return csr_array(by_people + diags_array((~counted).astype(np.float64)) @ by_land)


def _nearest(areas: gpd.GeoDataFrame, schools: pd.DataFrame) -> list[csc_array]:
    """Give each school's column of the areas it is nearest to (ties: the first school).

    A school that is nearest to no area has the area that is nearest to it.
    """
    points = overlap.representative_points(areas.geometry)
    middle = overlap.unit_vectors(points[:, 0], points[:, 1])
    place = overlap.unit_vectors(schools["lon"].to_numpy(), schools["lat"].to_numpy())
    nearest = cKDTree(place).query(middle)[1]
    left = np.setdiff1d(np.arange(len(schools)), nearest)
    rows = np.concatenate([np.arange(len(areas)), cKDTree(middle).query(place[left])[1]])
    columns = np.concatenate([nearest, left])
    shape = (len(areas), len(schools))
    found = csc_array(coo_array((np.ones(len(rows)), (rows, columns)), shape=shape))
    return [found[:, [place]] for place in range(len(schools))]
