"""CSV files that a spreadsheet opens as they are meant, and never as formulas."""

import csv
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from netplan.capacity.model import Finding
from netplan.report.format import nine_digits
from netplan.report.frames import records
from netplan.report.model import Report

#: First characters that make a spreadsheet read text as a formula; also in full width.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def neutral(value: Any) -> str:
    """Give one cell: numbers with nine digits, text that is no formula, nothing for unknown.

    A text that a spreadsheet would run gets an apostrophe in front, which spreadsheets hide.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(nine_digits(value)) if math.isfinite(value) else ""
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_csv(path: Path, rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> None:
    """Write rows as UTF-8 with a byte-order mark, as spreadsheets need it for other letters."""
    names = list(columns)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([neutral(name) for name in names])
        writer.writerows([neutral(row.get(name)) for name in names] for row in rows)


def write_tables(report: Report, folder: Path) -> None:
    """Write every table of a report into a folder."""
    capacity = report.capacity
    frames = {
        "buildings": capacity.buildings,
        "links": capacity.links,
        "nodes": capacity.nodes,
        "wifi": capacity.wifi,
        "targets": capacity.targets,
        "district_targets": capacity.district_targets,
        "periods": capacity.periods,
        "disparity": capacity.disparity,
        "calibration": capacity.calibration,
    }
    for name, frame in frames.items():
        write_csv(folder / f"{name}.csv", records(frame), map(str, frame.columns))
    write_csv(folder / "failures.csv", map(_flat_failure, records(capacity.failures)), _FAILURE)
    write_csv(folder / "findings.csv", finding_rows(report.findings), FINDING_COLUMNS)
    inputs = report.district.inputs
    write_csv(
        folder / "assumptions.csv",
        (
            {"name": each.name, "value": each.value, "unit": each.unit, "source": each.source}
            for each in report.assumptions
        ),
        ("name", "value", "unit", "source"),
    )
    write_csv(folder / "problems.csv", (each.to_dict() for each in inputs.problems), _PROBLEM)


_FAILURE = ("failed", "kind", "cut_off_schools", "cut_off", "partly_cut_off", "overloaded")
FINDING_COLUMNS = [
    "severity",
    "code",
    "subject_kind",
    "subject",
    "message",
    "value",
    "limit",
    "unit",
    "fix",
    "schools",
    "source",
    "id",
]
_PROBLEM = ["severity", "code", "file", "row", "column", "value", "message", "expected", "fix"]


def finding_rows(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Give findings as rows of a table."""
    return [{**each.to_dict(), "schools": "; ".join(each.schools)} for each in findings]


def _flat_failure(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "failed": row["failed"],
        "kind": row["kind"],
        "cut_off_schools": len(row["cut_off"]),
        "cut_off": "; ".join(sorted(row["cut_off"])),
        "partly_cut_off": "; ".join(
            f"{school} loses {nine_digits(share)!r}" for school, share in row["partly_cut_off"]
        ),
        "overloaded": "; ".join(
            f"{hit['element']} {hit['direction']} {nine_digits(hit['utilization_share'])!r}"
            for hit in row["overloaded"]
        ),
    }
