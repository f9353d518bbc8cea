"""Every table of a report as rows: what the workbook's sheets and the after-school CSVs hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from netplan.report.board_words import summarize
from netplan.report.frames import records
from netplan.report.guesses import find_guesses
from netplan.report.lookup import Row, look_up
from netplan.report.model import Report
from netplan.report.money_page import money_frames
from netplan.report.tables import FINDING_COLUMNS, finding_rows, write_csv

_OWN = "the district's own files"
_MODEL = "netplan's model of the district's files; docs/guide.md"
_CENSUS = "census tables in acs.csv and the district's files, small counts withheld; docs/home.md"
_PLAN = "netplan's proven plan for access.toml, small counts withheld; docs/home.md"
_PRICES = "costs.csv, links.csv, funding.csv and the catalog of prices; docs/money.md"
_ASSUMPTION = ("name", "value", "unit", "source")
_PROBLEM = ("severity", "code", "file", "row", "column", "value", "message", "expected", "fix")
_FAILURE = (
    *("failed", "kind", "cut_off_schools", "cut_off", "partly_cut_off_schools"),
    *("overloaded_elements", "worst_overload_share"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTable:
    """One sheet: its name (at most 31 plain characters), what it is, its rows and their source.

    ``columns`` are the keys of the rows, in order; their names carry the units.
    """

    name: str
    about: str
    source: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def sheet_tables(report: Report) -> list[SheetTable]:
    """Give every table of both halves; one without rows is left out."""
    tables = [_summary(report), *_school_day(report), *_home(report), *_money(report)]
    inputs = report.district.inputs
    tables += [
        _table(
            "Assumptions",
            "Numbers in use that nobody measured for this district",
            "the column source",
            [{key: _assumed(each, key) for key in _ASSUMPTION} for each in report.assumptions],
            _ASSUMPTION,
        ),
        _table(
            "Notes on the input",
            "What in the files asks for a second look",
            _OWN,
            [dict(each.to_dict()) for each in inputs.problems],
            _PROBLEM,
        ),
        _table(
            "Files",
            "Files that this was made from, and the SHA-256 of each",
            _OWN,
            [{"file": name, "sha256": digest} for name, digest in sorted(inputs.hashes.items())],
            ("file", "sha256"),
        ),
    ]
    return [table for table in tables if table.rows]


def _assumed(assumption: Any, key: str) -> Any:
    return {
        "name": assumption.name,
        "value": assumption.value,
        "unit": assumption.unit,
        "source": assumption.source,
    }[key]


def _summary(report: Report) -> SheetTable:
    summary = summarize(report, look_up(report), find_guesses(report))
    parts = {
        "What is wrong": summary.wrong,
        "What it costs": summary.cost,
        "How sure we are": summary.sure,
        "To be decided": summary.asks,
        "Top risks": tuple(finding.message for finding in summary.risks),
    }
    rows: list[Row] = [
        {"part": "In numbers", "text": f"{value} {what}"} for value, what, _ in summary.key
    ]
    rows += [{"part": part, "text": text} for part, texts in parts.items() for text in texts]
    return _table("Summary", "The report in sentences", "the sheets below", rows, ("part", "text"))


def _school_day(report: Report) -> list[SheetTable]:
    capacity = report.capacity
    return [
        _framed("Buildings", "One row per building, the worst first", capacity.buildings),
        _framed("Links", "Each link and direction in its worst period", capacity.links),
        _framed("Devices on the way", "Firewalls, filters and others", capacity.nodes),
        _table(
            "Failures",
            "Every single failure: what it cuts off and pushes over the limit",
            _MODEL,
            [_failure(row) for row in records(capacity.failures)],
            _FAILURE,
        ),
        _table(
            "Findings",
            "What was found in the school day, the worst first",
            "the column source",
            finding_rows(report.findings),
            tuple(FINDING_COLUMNS),
        ),
        _framed("Wi-Fi", "Each group of access points in its busiest period", capacity.wifi),
        _framed("Periods", "Load of each building's uplink by period", capacity.periods),
        _framed(
            "Building targets",
            "What reaches each building, against published targets",
            capacity.targets,
            "the column source",
        ),
        _framed(
            "District targets",
            "The district's internet access, against published targets",
            capacity.district_targets,
            "the column source",
        ),
        _framed("Disparity", "Groups of schools compared", capacity.disparity),
        _framed("Calibration", "Modelled and measured traffic", capacity.calibration),
    ]


def _home(report: Report) -> list[SheetTable]:
    frames = home_frames(report)
    titles = {
        "gap_areas": ("Home areas", "Students offline by area", _CENSUS),
        "gap_groups": ("Home groups", "Withheld areas, some neighbors together", _CENSUS),
        "gap_benchmarks": ("Home benchmarks", "Published figures the areas add up to", _CENSUS),
        "access_sites": ("Plan sites", "What the plan opens", _PLAN),
        "access_kinds": ("Plan by kind", "What each kind of place serves and costs", _PLAN),
        "timetable": ("Timetable", "Where each bus stands and when", _PLAN),
        "access_zones": ("Plan by zone", "Share of students offline served, by zone", _PLAN),
        "access_curve": ("Cost curve", "Students served against dollars a year", _PLAN),
        "access_limits": ("Not served", "Students offline not served, and why", _PLAN),
        "home_findings": ("Home findings", "What was found of home access", "the column source"),
    }
    return [
        _table(title, about, source, *frames[name])
        for name, (title, about, source) in titles.items()
        if name in frames
    ]


def _money(report: Report) -> list[SheetTable]:
    if report.money is None:
        return []
    frames = money_frames(report.money)
    titles = {
        "costs_by_year": ("Costs by year", "Cost by cost center and school year", _PRICES),
        "who_pays": ("Who pays", "Cost, money and what nobody pays yet, by school year", _PRICES),
        "funding_by_year": ("Funding by year", "Each source of money by school year", _PRICES),
        "cost_lines": ("Cost lines", "Every cost by school year", "the column source"),
        "fleet_by_year": ("Devices by year", "Devices owned and bought by school year", _PRICES),
        "money_findings": ("Money findings", "What was found about money", "the column source"),
    }
    return [
        _table(title, about, source, *frames[name])
        for name, (title, about, source) in titles.items()
    ]


def home_frames(report: Report) -> Mapping[str, tuple[list[Row], tuple[str, ...]]]:
    """Give the after-school tables by the name of their CSV: rows and columns.

    Only what `GapReport` and `AccessReport` hold: counts that are withheld are None.
    """
    home = report.home
    if home is None or home.gap is None:
        return {}
    frames = {
        "gap_areas": home.gap.areas,
        "gap_groups": home.gap.groups,
        "gap_benchmarks": home.gap.benchmarks,
    }
    found = home.gap.findings
    tables: dict[str, tuple[list[Row], tuple[str, ...]]] = {}
    if home.access is not None:
        plan = home.access.published
        found = home.access.findings
        frames |= {
            "access_kinds": plan.kinds,
            "timetable": plan.timetable,
            "access_zones": plan.zones,
            "access_curve": plan.curve,
            "access_limits": plan.limits,
        }
        rows = [*records(plan.sites), *records(plan.offers)]
        tables["access_sites"] = (rows, tuple(map(str, plan.sites.columns)))
    tables |= {
        name: (records(frame), tuple(map(str, frame.columns))) for name, frame in frames.items()
    }
    tables["home_findings"] = (finding_rows(found), tuple(FINDING_COLUMNS))
    return tables


def write_home_tables(report: Report, folder: Path) -> None:
    """Write the after-school tables as CSV, as ``netplan plan`` does."""
    for name, (rows, columns) in home_frames(report).items():
        write_csv(folder / f"{name}.csv", rows, columns)


def _framed(name: str, about: str, frame: pd.DataFrame, source: str = _MODEL) -> SheetTable:
    return _table(name, about, source, records(frame), tuple(map(str, frame.columns)))


def _table(
    name: str, about: str, source: str, rows: list[Row], columns: tuple[str, ...]
) -> SheetTable:
    return SheetTable(name=name, about=about, source=source, columns=columns, rows=tuple(rows))


def _failure(row: Row) -> Row:
    overloaded = row["overloaded"]
    return {
        "failed": row["failed"],
        "kind": row["kind"],
        "cut_off_schools": len(row["cut_off"]),
        "cut_off": "; ".join(sorted(row["cut_off"])),
        "partly_cut_off_schools": len(row["partly_cut_off"]),
        "overloaded_elements": len({(hit["kind"], hit["element"]) for hit in overloaded}),
        "worst_overload_share": max((hit["utilization_share"] for hit in overloaded), default=None),
    }
