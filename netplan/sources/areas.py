"""Block groups and tracts from a file of shapes: those of the district's counties."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import shapely

from netplan.errors import InputError, Problem
from netplan.sources.geoids import LEVELS, Geoid, id_heading, read_geoid
from netplan.sources.outcome import LeftRow, counted, failure, note
from netplan.sources.schools import School
from netplan.sources.shapes import Feature, collection_text, feature_name, read_features

#: A county is the district's when it holds at least this share of the located schools: one
#: school whose point is wrong does not bring its county in (assumption).
COUNTY_SCHOOLS_SHARE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A block group or tract: its id, name, and polygon in WGS 84."""

    geoid: str
    name: str
    geometry: shapely.Geometry


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaList:
    """Everything a file of areas gave; all areas are of one level, sorted by id."""

    file: str
    read: int
    level: str
    areas: tuple[Area, ...]
    left_out: tuple[LeftRow, ...]
    notes: tuple[Problem, ...]

    @property
    def geoids(self) -> frozenset[str]:
        """The ids of the areas."""
        return frozenset(area.geoid for area in self.areas)

    @property
    def counties(self) -> frozenset[str]:
        """The first five digits of the areas' ids."""
        return frozenset(area.geoid[:5] for area in self.areas)


def read_areas(path: Path, *, schools: Sequence[School], state: str) -> AreaList:
    """Read block groups or tracts, those of the counties in which the schools stand.

    Parameters
    ----------
    path
        GeoJSON or GeoPackage with a property such as GEOID, GEOID20 or FIPS.
    schools
        Of the folder: they say which counties are the district's.
    state
        Postal code of the district's state; empty where it is not known.

    Raises
    ------
    InputError
        A file that cannot be used: damaged, without ids, of blocks or counties, of several
        levels, with two shapes for one id, or of another part of the country.
    """
    features = read_features(path)
    heading = _id_property(path.name, features)
    left: list[LeftRow] = []
    kept: list[tuple[Feature, Geoid]] = []
    for feature in features:
        found = read_geoid(feature.properties.get(heading, ""), state=state)
        reason = found.reason or feature.reason
        if reason:
            left.append(_left(path.name, feature, found.geoid, reason))
        else:
            kept.append((feature, found))
    if not kept:
        reasons = Counter(row.reason for row in left).most_common(1)
        raise failure(
            "no-areas", path.name, f"no feature can be used: {reasons[0][0]}",
            "block groups (12 digits) or tracts (11 digits) with their polygons",
            "Give the Census Bureau's block groups of your county.",
        )  # fmt: skip
    level = _one_level(path.name, kept)
    areas, repeated = _distinct(path.name, kept)
    left += repeated
    areas, elsewhere = _own_counties(path.name, areas, schools)
    left += elsewhere
    notes = []
    mended = [found.geoid for _, found in kept if found.mended]
    if mended:
        notes.append(
            note(
                "zeros-put-back", path.name,
                "the zero of the state was put back where it was lost: "
                f"{counted(len(mended), 'id')}, the first is now {mended[0]}",
                "Nothing to do.", column=heading,
            )
        )  # fmt: skip
    repaired = [found.geoid for feature, found in kept if feature.repaired]
    if repaired:
        notes.append(
            note(
                "shapes-repaired", path.name,
                f"repaired, since it crosses itself, {counted(len(repaired), 'shape')}: "
                f"{', '.join(repaired[:20])}", "Look at them on a map.",
            )
        )  # fmt: skip
    return AreaList(
        file=path.name,
        read=len(features),
        level=level,
        areas=tuple(sorted(areas, key=lambda area: area.geoid)),
        left_out=tuple(left),
        notes=tuple(notes),
    )


def areas_text(areas: Sequence[Area]) -> str:
    """Give areas.geojson: geoid, name and polygon of each, one line each."""
    return collection_text([({"geoid": a.geoid, "name": a.name}, a.geometry) for a in areas])


def _id_property(file: str, features: Sequence[Feature]) -> str:
    keys = tuple(dict.fromkeys(key for feature in features for key in feature.properties))
    heading = id_heading(keys)
    if heading is None:
        raise failure(
            "no-geoid", file,
            f"no property holds census ids; there are {', '.join(map(repr, keys[:30])) or 'none'}",
            "a property GEOID, GEOID20 or FIPS", "Give the Census Bureau's file, or rename it.",
        )  # fmt: skip
    return heading


def _left(file: str, feature: Feature, geoid: str, reason: str) -> LeftRow:
    return LeftRow(
        file=file, row=feature.number, id=geoid, name=feature_name(feature), reason=reason,
        how_to_add="Correct the file and run init again.",
    )  # fmt: skip


def _one_level(file: str, kept: Sequence[tuple[Feature, Geoid]]) -> str:
    """Give the level of all areas, or say that there are several, or that they are counties."""
    levels = Counter(len(found.geoid) for _, found in kept)
    (length, _), *others = levels.most_common()
    if others:
        raise failure(
            "mixed-levels", file, "the areas are of several levels: "
            + ", ".join(f"{count:,} of {LEVELS[n]} level" for n, count in levels.most_common()),
            "block groups alone, or tracts alone", "Take the others out.",
        )  # fmt: skip
    if length == 5:
        raise failure(
            "counties", file, "the areas are counties", "block groups or tracts",
            "Give the Census Bureau's block groups of your county.",
        )  # fmt: skip
    return LEVELS[length]


def _distinct(file: str, kept: Sequence[tuple[Feature, Geoid]]) -> tuple[list[Area], list[LeftRow]]:
    """Give each area once; a repeated one of the same shape is left out, another is an error."""
    first: dict[str, tuple[int, Area]] = {}
    left: list[LeftRow] = []
    problems: list[Problem] = []
    for feature, found in kept:
        if feature.geometry is None:  # pragma: no cover - such features were left out before
            continue
        area = Area(geoid=found.geoid, name=feature_name(feature), geometry=feature.geometry)
        row, known = first.setdefault(found.geoid, (feature.number, area))
        if row == feature.number:
            continue
        if known.geometry.equals(feature.geometry):
            left.append(_left(file, feature, found.geoid, f"it repeats feature {row}"))
        else:
            problems += failure(
                "duplicate-geoid", file, f"the id stands at feature {row} with another shape",
                "one shape for each id", "Take one out.", row=feature.number, value=found.geoid,
            ).problems  # fmt: skip
    if problems:
        raise InputError(problems[:100])
    return [area for _, area in first.values()], left


def _own_counties(
    file: str, areas: Sequence[Area], schools: Sequence[School]
) -> tuple[list[Area], list[LeftRow]]:
    """Keep the areas of the counties in which the schools stand."""
    tree = shapely.STRtree([area.geometry for area in areas])
    points = shapely.points([(school.point.lon, school.point.lat) for school in schools])
    at, found = tree.query(points, predicate="intersects")
    county_of = {int(school): areas[area].geoid[:5] for school, area in zip(at, found, strict=True)}
    inside = Counter(county_of.values())
    if not inside:
        raise failure(
            "areas-elsewhere", file, f"none of the {len(schools)} schools stands in these areas",
            "the areas of the district's county, longitude before latitude",
            "Give the file of your county; check that the coordinates are not swapped.",
        )  # fmt: skip
    least = COUNTY_SCHOOLS_SHARE * sum(inside.values())
    own = {county for county, count in inside.items() if count >= least}
    others = Counter(area.geoid[:5] for area in areas if area.geoid[:5] not in own)
    left = [
        LeftRow(
            file=file, row=0, id=county, name=f"{counted(count, 'area')} of county {county}",
            reason=f"{inside[county]} of {len(schools)} schools stand there",
            how_to_add="Cut the file down to the counties that you want and run init again.",
        )
        for county, count in sorted(others.items())
    ]  # fmt: skip
    return [area for area in areas if area.geoid[:5] in own], left
