"""The JSON documents of the contract: every field is described in ``docs/json.md``.

The same inputs give the same bytes: key order is fixed, numbers are rounded to nine
significant digits, and what is unknown or without limit is null.
"""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from netplan._version import __version__
from netplan.errors import Problem
from netplan.inputs.model import Assumption
from netplan.report.format import nine_digits
from netplan.report.model import Report
from netplan.report.scenario import scenario_data

#: Keys of one building as the contract orders them; nested ones are made below.
_BUILDING = [
    "school_id",
    "name",
    "enrollment",
    "devices",
    "busy_period",
    "load_down_mbps",
    "load_up_mbps",
    "mean_down_mbps",
    "bottleneck",
    "headroom_mbps",
    "headroom_devices",
    "fair_share_mbps_per_device",
    "exhausted_school_year",
    "min_cut_mbps",
    "disjoint_paths",
    "targets",
    "wifi",
]
_BOTTLENECK = [
    "element",
    "kind",
    "direction",
    "capacity_mbps",
    "load_mbps",
    "utilization_share",
    "period",
]
_LINK = [
    "link_id",
    "direction",
    "period",
    "mean_mbps",
    "load_mbps",
    "capacity_mbps",
    "utilization_share",
]
_FAILURE = ("failed", "kind", "cut_off", "overloaded")
#: Whole by nature, though a frame may hold them as floats for the sake of the unknown.
_WHOLE = frozenset(
    {
        "enrollment",
        "staff",
        "year_built",
        "headroom_devices",
        "disjoint_paths",
        "schools",
        "students",
        "count",
        "streams",
        "mcs",
        "radios",
        "weeks",
    }
)


def check_document(report: Report, command: str = "check") -> dict[str, Any]:
    """Give the document of ``netplan check`` as plain data.

    Parameters
    ----------
    report
        What to write.
    command
        Name of the command that asked for it.
    """
    capacity = report.capacity
    inputs = report.district.inputs
    document = head(
        command, report.district.name, inputs.hashes, inputs.assumptions, inputs.problems
    )
    document["findings"] = [plain(finding.to_dict()) for finding in report.findings]
    document["buildings"] = _buildings(report)
    document["links"] = rows(capacity.links, _LINK)
    document["failures"] = _failures(capacity.failures)
    document["nodes"] = rows(capacity.nodes)
    document["district_targets"] = rows(capacity.district_targets)
    document["disparity"] = rows(capacity.disparity)
    document["periods"] = rows(capacity.periods)
    document["wifi_groups"] = rows(capacity.wifi)
    document["calibration"] = rows(capacity.calibration)
    document["events"] = list(report.events)
    return document | scenario_data(inputs)


def problems_document(
    problems: Iterable[Problem],
    command: str = "validate",
    *,
    district: str | None = None,
    hashes: Mapping[str, str] | None = None,
    assumptions: Iterable[Assumption] = (),
) -> dict[str, Any]:
    """Give the document of ``netplan validate``: the top level of every document, no results.

    Parameters
    ----------
    problems
        Every problem and note, in the order they are to be shown.
    command
        Name of the command that asked for it.
    district
        The district's name; None where it could not be read.
    hashes
        File name to sha256, as far as files could be read.
    assumptions
        Defaults and catalog values in use, where the folder could be read.
    """
    return {**head(command, district, hashes or {}, assumptions, problems), "findings": []}


def dumps(document: Mapping[str, Any]) -> str:
    """Write a document as text: one line per record, ASCII only, ending in a line break."""
    encode = json.JSONEncoder(allow_nan=False, ensure_ascii=True).encode
    parts = []
    for key, value in document.items():
        if isinstance(value, list) and value:
            body = "[\n" + ",\n".join(map(encode, value)) + "\n]"
        elif isinstance(value, dict) and value:
            lines = (f"{encode(name)}: {encode(inner)}" for name, inner in value.items())
            body = "{\n" + ",\n".join(lines) + "\n}"
        else:
            body = encode(value)
        parts.append(f"{encode(key)}: {body}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def assumptions_data(assumptions: Iterable[Assumption]) -> dict[str, dict[str, Any]]:
    """Give assumptions as the documents hold them: name to value, unit and source."""
    return {
        each.name: {"value": plain(each.value), "unit": each.unit, "source": each.source}
        for each in sorted(assumptions, key=lambda each: each.name)
    }


def head(
    command: str,
    district: str | None,
    hashes: Mapping[str, str],
    assumptions: Iterable[Assumption],
    problems: Iterable[Problem],
) -> dict[str, Any]:
    return {
        "netplan": __version__,
        "command": command,
        "district": district,
        "inputs": dict(sorted(hashes.items())),
        "assumptions": assumptions_data(assumptions),
        "problems": [problem.to_dict() for problem in problems],
    }


def _buildings(report: Report) -> list[dict[str, Any]]:
    targets: dict[str, dict[str, Any]] = {}
    for row in rows(report.capacity.targets):
        school, name = row.pop("school_id"), row.pop("target")
        targets.setdefault(school, {})[name] = _first(row, ("needed_mbps", "met"))
    return [
        _building(row, targets.get(row["school_id"], {})) for row in rows(report.capacity.buildings)
    ]


def _building(row: dict[str, Any], targets: dict[str, Any]) -> dict[str, Any]:
    row["bottleneck"] = {key: row.pop(f"bottleneck_{key}", None) for key in _BOTTLENECK}
    row["targets"] = targets
    row["wifi"] = {
        "clients_per_radio": row.pop("clients_per_radio", None),
        "airtime_share": row.pop("airtime_share", None),
        "planning_airtime_share": row.pop("planning_airtime_share", None),
        "node_id": row.pop("wifi_node", None),
    }
    return _first(row, _BUILDING)


def _failures(frame: pd.DataFrame) -> list[dict[str, Any]]:
    columns = {
        "partly_cut_off": [
            [{"school_id": school, "lost_share": plain(share)} for school, share in schools]
            for schools in frame["partly_cut_off"]
        ],
        "datacenter_cut_off": [sorted(schools) for schools in frame["datacenter_cut_off"]],
        "overloaded": [[plain(hit) for hit in hits] for hits in frame["overloaded"]],
        "cut_off": [sorted(schools) for schools in frame["cut_off"]],
    }
    columns = _columns(frame.drop(columns=list(columns))) | columns
    return _zipped(columns, _FAILURE)


def rows(frame: pd.DataFrame, first: Iterable[str] = ()) -> list[dict[str, Any]]:
    return _zipped(_columns(frame), first)


def _columns(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Give a frame's columns as JSON holds their values."""
    columns = {}
    for place, name in enumerate(map(str, frame.columns)):
        values = frame.iloc[:, place].to_numpy(object).tolist()
        columns[name] = list(map(_whole if name in _WHOLE else plain, values))
    return columns


def _zipped(columns: dict[str, list[Any]], first: Iterable[str]) -> list[dict[str, Any]]:
    """Give one dict per row, some keys before the others; null where there is no such column."""
    count = len(next(iter(columns.values()), ()))
    ordered = {key: columns.get(key, [None] * count) for key in first} | columns
    return [dict(zip(ordered, row, strict=True)) for row in zip(*ordered.values(), strict=True)]


def _first(row: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    head = {key: row.get(key) for key in keys}
    return {**head, **{key: value for key, value in row.items() if key not in head}}


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return plain(value)


def plain(value: Any) -> Any:
    """Give a value as JSON holds it: numbers of nine digits, null for the unknown and infinite."""
    if isinstance(value, float):
        return nine_digits(value) if math.isfinite(value) else None
    if value is None or value is pd.NA:
        return None
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [plain(inner) for inner in value]
    return plain(value.item())  # a numpy scalar; anything else is a bug and says so
