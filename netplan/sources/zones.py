"""Attendance zones from a file of shapes, each with the school of the folder that it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import shapely

from netplan.errors import Problem
from netplan.sources.directory import Directory
from netplan.sources.outcome import LeftRow, counted, failure, note
from netplan.sources.schools import School
from netplan.sources.shapes import collection_text, feature_name, read_features
from netplan.sources.sheets import normal

ZONE_NAMES = (
    "school_id", "schoolid", "school_number", "school_no", "school_code", "nces_id", "ncessch",
    "ncesid", "school_name", "schoolname", "sch_name", "school", "name", "zone", "id",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneList:
    """Everything a file of attendance zones gave: school id and polygon, in the file's order."""

    file: str
    read: int
    zones: tuple[tuple[str, shapely.Geometry], ...]
    left_out: tuple[LeftRow, ...]
    notes: tuple[Problem, ...]


def read_zones(path: Path, *, schools: Sequence[School]) -> ZoneList:
    """Read attendance zones; each names its school by an id or a name of the school list.

    Raises
    ------
    InputError
        A file that cannot be read, or of whose zones none names a school.
    """
    features = read_features(path)
    directory = Directory(schools)
    keys = list(dict.fromkeys(key for feature in features for key in feature.properties))
    known = [key for name in ZONE_NAMES for key in keys if normal(key) == name]
    matched = {
        key: sum(
            directory.find(feature.properties.get(key, "")) is not None for feature in features
        )
        for key in known
    }
    best = max(known, key=lambda key: matched[key], default="")
    if not best or not matched[best]:
        raise failure(
            "zones-without-schools", path.name,
            "no zone names a school of the list; its properties are "
            + ", ".join(map(repr, keys[:30])),
            "a property school_id, or another that holds a school's id or name",
            "Add a property school_id to each zone.",
        )  # fmt: skip
    left: list[LeftRow] = []
    zones: list[tuple[str, shapely.Geometry]] = []
    for feature in features:
        text = feature.properties.get(best, "")
        school_id = directory.find(text)
        if school_id is None:
            reason = f"its {best} {text[:40]!r} is no school of the folder"
        else:
            reason = feature.reason
        if reason or school_id is None or feature.geometry is None:
            left.append(
                LeftRow(
                    file=path.name, row=feature.number, id=text[:80], name=feature_name(feature),
                    reason=reason, how_to_add=directory.hint(text) if school_id is None else
                    "Give it a polygon and run init again.",
                )
            )  # fmt: skip
        else:
            zones.append((school_id, feature.geometry))
    without = sorted({s.school_id for s in schools} - {school_id for school_id, _ in zones})
    notes = []
    if without:
        notes.append(
            note(
                "schools-without-zone", path.name,
                f"no zone for {counted(len(without), 'school')}: {', '.join(without[:50])}",
                "Nothing to do for schools that take students from everywhere.",
            )
        )  # fmt: skip
    return ZoneList(
        file=path.name, read=len(features), zones=tuple(zones), left_out=tuple(left),
        notes=tuple(notes),
    )  # fmt: skip


def zones_text(zones: Sequence[tuple[str, shapely.Geometry]]) -> str:
    """Give zones.geojson: school id and polygon of each, one line each."""
    return collection_text([({"school_id": school_id}, geometry) for school_id, geometry in zones])
