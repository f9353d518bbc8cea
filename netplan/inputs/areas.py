"""areas.geojson and zones.geojson: census areas and attendance zones as polygons.

This module loads geopandas; it is imported only where a folder has such a file.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from netplan.errors import Problem
from netplan.geo.joins import overlapping
from netplan.geo.polygons import Geometries, Shapes, feature_problem, read_polygons, to_frame
from netplan.inputs.geoids import (
    BLOCK_DIGITS,
    BLOCK_GROUP_DIGITS,
    COUNTY_DIGITS,
    PLURALS,
    TRACT_DIGITS,
    level_of,
    lost_zero,
    may_lack_zero,
    without_prefix,
)
from netplan.inputs.reader import shown
from netplan.inputs.suggest import closest, folded, near_miss

#: Names of the geoid among a feature's properties, best first, compared without case.
_GEOID_NAMES = ("geoid", "geoid20", "geoid10", "geo_id", "geoidfq", "fips")
#: Properties of areas that name the school whose zone the area is in.
_SCHOOL_NAMES = (
    "school_id",
    "elementary_school_id",
    "middle_school_id",
    "high_school_id",
    "elementary_zone",
    "middle_zone",
    "high_zone",
)
#: Overlap of two areas, as a share of the smaller, that is more than a sliver.
SLIVER_SHARE = 0.01
_AS_TEXT = "Export the layer with the geoid as text, from the Census Bureau's file."


@dataclass(frozen=True, slots=True, kw_only=True)
class Areas:
    """areas.geojson, sound.

    ``frame``: geoid, level, geometry; ``schools``: geoid, school_id. Both sorted.
    """

    frame: pd.DataFrame
    schools: pd.DataFrame


def read_areas(
    data: bytes, file: str, told: frozenset[str], schools: frozenset[str] | None
) -> tuple[Areas | None, list[Problem]]:
    """Read the census areas; None when any of them has an error.

    Parameters
    ----------
    told
        Geoids in the folder's tables.
    schools
        Every school_id; None when schools.csv cannot be read.
    """
    shapes, problems = read_polygons(data, file)
    if shapes is None:
        return None, problems
    name, found = _property(shapes, file, _GEOID_NAMES, "geoid")
    problems += found
    if name is None:
        return None, problems
    geoids = [without_prefix(_text(one.get(name))) for one in shapes.properties]
    problems += _geoid_problems(shapes, file, geoids, told)
    problems += _duplicates(shapes, file, geoids)
    homes, found = _area_schools(shapes, file, geoids, schools)
    problems += found
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    if any(isinstance(one.get(name), int | float) for one in shapes.properties):
        problems.append(_numeric(file, name))
    problems += _overlaps(shapes, file, geoids)
    order = np.argsort(np.array(geoids))
    ids = [geoids[i] for i in order]
    frame = to_frame(
        {"geoid": ids, "level": [str(level_of(one)) for one in ids]}, shapes.geometry[order]
    )
    return Areas(frame=frame, schools=homes), problems


def read_zones(
    data: bytes, file: str, schools: frozenset[str] | None
) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Read the attendance zones, one row for each school; None when any has an error."""
    shapes, problems = read_polygons(data, file)
    if shapes is None:
        return None, problems
    name, found = _property(shapes, file, ("school_id", "schoolid"), "school_id")
    problems += found
    if name is None:
        return None, problems
    ids = [_text(one.get(name)) for one in shapes.properties]
    blank = [number for number, one in zip(shapes.numbers, ids, strict=True) if not one]
    if blank:
        problems.append(
            feature_problem(
                file,
                blank,
                shapes.total,
                code="zone-without-school",
                column=name,
                message="the zone names no school",
                expected="a school_id of schools.csv",
                fix="Fill it in, or delete the zone.",
            )
        )
    problems += _unknown_schools(
        file, name, [(n, one) for n, one in zip(shapes.numbers, ids, strict=True) if one],
        schools, shapes.total,
    )  # fmt: skip
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    names = sorted(set(ids))
    parts = [shapes.geometry[[i for i, one in enumerate(ids) if one == school]] for school in names]
    dissolved: Geometries = np.empty(len(names), dtype=object)
    for i, part in enumerate(parts):
        dissolved[i] = part[0] if len(part) == 1 else shapely.union_all(part)
    return to_frame({"school_id": names}, dissolved), problems


def _text(value: object) -> str:
    """Give a property as text; a whole number without its decimal point."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    try:
        return str(value).strip()
    except ValueError:  # an integer of thousands of digits
        return "?"


def _property(
    shapes: Shapes, file: str, names: Sequence[str], wanted: str
) -> tuple[str | None, list[Problem]]:
    """Find the property that is meant, whatever its case."""
    counts = Counter(name for one in shapes.properties for name in one)
    for known in names:
        for name in sorted(counts):
            if name.lower() == known:
                if name == wanted:
                    return name, []
                note = Problem(
                    code=f"{wanted.replace('_', '-')}-property",
                    file=file,
                    column=shown(name),
                    message=f"the property {shown(name)} is read as {wanted}",
                    expected="",
                    fix="Nothing to do.",
                    severity="note",
                )
                return name, [note]
    small = {name.lower(): name for name in counts}
    near = small.get(closest(wanted, small) or "")
    has = ", ".join(shown(name) for name in sorted(counts)[:12]) or "none at all"
    return None, [
        Problem(
            code=f"missing-{wanted.replace('_', '-')}",
            file=file,
            column=wanted,
            message=f"no feature has the property {wanted}; they have {has}",
            expected=f"a property {wanted} for each feature",
            fix=f"Rename {shown(near)!r} to {wanted!r}?" if near else "Add it.",
        )
    ]


def _numeric(file: str, name: str) -> Problem:
    return Problem(
        code="numeric-geoid",
        file=file,
        column=shown(name),
        message="the geoids stand as numbers, which lose leading zeros; none is lost here",
        expected="",
        fix="Nothing to do.",
        severity="note",
    )


def _geoid_problems(
    shapes: Shapes, file: str, geoids: Sequence[str], told: frozenset[str]
) -> list[Problem]:
    by_length: dict[int, list[int]] = {}
    for i, geoid in enumerate(geoids):
        sound = geoid.isascii() and geoid.isdigit()
        by_length.setdefault(len(geoid) if sound else 0, []).append(i)
    x, y = (float(np.median(at)) for at in shapely.get_coordinates(shapes.geometry).T)
    problems = []
    levels = []
    for length, found in sorted(by_length.items()):
        numbers = [shapes.numbers[i] for i in found]
        some = [geoids[i] for i in found]
        fault = _length_fault(length, some, told, lat=y, lon=x)
        if fault is None:
            levels.append((length, numbers))
            continue
        code, message, expected, fix = fault
        problems.append(
            feature_problem(
                file,
                numbers,
                shapes.total,
                code=code,
                column="geoid",
                value=shown(some[0]),
                message=message,
                expected=expected,
                fix=fix,
            )
        )
    if len(levels) > 1:
        few = min(levels, key=lambda level: len(level[1]))
        what = PLURALS["block_group" if few[0] == BLOCK_GROUP_DIGITS else "tract"]
        problems.append(
            feature_problem(
                file,
                few[1],
                shapes.total,
                code="mixed-levels",
                column="geoid",
                message=f"tracts and block groups are mixed; these are {what}",
                expected="areas of one level",
                fix="Keep one level; tracts and their block groups would count people twice.",
            )
        )
    return problems


def _length_fault(
    length: int, geoids: Sequence[str], told: frozenset[str], *, lat: float, lon: float
) -> tuple[str, str, str, str] | None:
    """Say what is wrong with geoids of one length: code, message, expected, fix."""
    expected = "12 digits of a block group, or 11 of a tract"
    if length in (TRACT_DIGITS - 1, TRACT_DIGITS) and lost_zero(
        list(filter(may_lack_zero, geoids)), lat=lat, lon=lon, told=told
    ):
        right = "0" + next(filter(may_lack_zero, geoids))
        what = "tract" if length == TRACT_DIGITS - 1 else "block group"
        return (
            "lost-zeros",
            f"the geoids lost their leading zero: {right} is a {what} of state {right[:2]}",
            expected,
            f"Write {right} and so on, as text. {_AS_TEXT}",
        )
    if length in (TRACT_DIGITS, BLOCK_GROUP_DIGITS):
        return None
    if length == BLOCK_DIGITS:
        return (
            "block-geoid",
            "these are census blocks, for which nothing is published",
            expected,
            "Give block groups as areas; blocks may stand in blocks.csv as points.",
        )
    if length == COUNTY_DIGITS:
        return (
            "county-geoid",
            "these are counties, too large to plan with",
            expected,
            "Give the county's block groups.",
        )
    return "bad-geoid", "the geoid is missing or is none", expected, _AS_TEXT


def _duplicates(shapes: Shapes, file: str, geoids: Sequence[str]) -> list[Problem]:
    counts = Counter(geoid for geoid in geoids if geoid)
    twice = [i for i, geoid in enumerate(geoids) if counts[geoid] > 1]
    if not twice:
        return []
    return [
        feature_problem(
            file,
            [shapes.numbers[i] for i in twice],
            shapes.total,
            code="duplicate-key",
            column="geoid",
            value=shown(geoids[twice[0]]),
            message="several features have the same geoid",
            expected="each geoid once",
            fix="Dissolve the parts of one area into one feature, or delete what is twice.",
        )
    ]


def _overlaps(shapes: Shapes, file: str, geoids: Sequence[str]) -> list[Problem]:
    pairs = overlapping(shapes.geometry, SLIVER_SHARE)
    if not pairs:
        return []
    a, b, share = max(pairs, key=lambda pair: pair[2])
    return [
        feature_problem(
            file,
            sorted({shapes.numbers[i] for pair in pairs for i in pair[:2]}),
            shapes.total,
            code="overlapping-areas",
            message=f"{len(pairs):,} pairs of areas overlap; {geoids[a]} and {geoids[b]} by "
            f"{share:.0%} of the smaller",
            expected="",
            fix="Look at them in a map: people in both would be placed in the first.",
            severity="note",
        )
    ]


def _area_schools(
    shapes: Shapes, file: str, geoids: Sequence[str], schools: frozenset[str] | None
) -> tuple[pd.DataFrame, list[Problem]]:
    """Give the schools that properties of areas name."""
    pairs: set[tuple[str, str]] = set()
    problems = []
    names = sorted({name for one in shapes.properties for name in one})
    for name in names:
        if name.lower() not in _SCHOOL_NAMES:
            continue
        uses = []
        for number, geoid, one in zip(shapes.numbers, geoids, shapes.properties, strict=True):
            found = [part.strip() for part in _text(one.get(name)).split(";")]
            uses += [(number, part) for part in found if part]
            pairs |= {(geoid, part) for part in found if part}
        problems += _unknown_schools(file, name, uses, schools, shapes.total)
    columns = list(zip(*sorted(pairs), strict=True)) or [(), ()]
    return pd.DataFrame(
        {
            "geoid": pd.Series(list(columns[0]), dtype="str"),
            "school_id": pd.Series(list(columns[1]), dtype="str"),
        }
    ), problems


def _unknown_schools(
    file: str,
    name: str,
    uses: Sequence[tuple[int, str]],
    schools: frozenset[str] | None,
    total: int,
) -> list[Problem]:
    if schools is None:
        return []
    strange: dict[str, list[int]] = {}
    for number, school in uses:
        if school not in schools:
            strange.setdefault(school, []).append(number)
    unpadded = {one.lstrip("0"): one for one in schools}
    return [
        feature_problem(
            file,
            numbers,
            total,
            code="unknown-school",
            column=shown(name),
            value=shown(school),
            message="there is no school of this id",
            expected="a school_id of schools.csv",
            fix=_hint(school, schools, unpadded),
        )
        for school, numbers in strange.items()
    ]


def _hint(school: str, schools: Iterable[str], unpadded: Mapping[str, str]) -> str:
    near = unpadded.get(school.lstrip("0")) or near_miss(school, schools)
    near = near or next((one for one in schools if folded(one) == folded(school)), None)
    if near is not None:
        return f"Did you mean {near!r}?"
    return "Add the school to schools.csv, or take its zone out."
