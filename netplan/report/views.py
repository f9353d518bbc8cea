"""The district's tables as the index page shows them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from netplan.capacity.model import Finding
from netplan.report.format import (
    Cell,
    cell,
    clean,
    exact,
    percent,
    plural,
    quantity,
)
from netplan.report.frames import records
from netplan.report.headline import STATUS_WORDS
from netplan.report.layout import LONG, Table, left_out, mixed_table
from netplan.report.lookup import Lookup, Row
from netplan.report.model import Report

#: Columns of the tables of targets.
TARGET_KEYS = (
    "title",
    "basis",
    "needed_mbps",
    "has_mbps",
    "met",
    "gap_mbps",
    "status",
    "source",
)
_NAMES_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """A finding ready for a page: numbers in words and the pages of its schools."""

    severity: str
    message: str
    found: str
    found_exact: str
    limit: str
    limit_exact: str
    fix: str
    source: str
    schools: tuple[Cell, ...]
    more_schools: int
    code: str


def school_cell(school: str, lookup: Lookup, folder: str = "buildings/") -> Cell:
    """Name a school and lead to its page."""
    name = lookup.names.get(school)
    text = clean(school if name is None else name)
    page = lookup.pages.get(school)
    return Cell(text=text, sort=text.casefold(), href=f"{folder}{page}" if page else "")


def status_cell(status: str) -> Cell:
    """Show a building's status as a word with a shape; worst sorts first."""
    order = list(STATUS_WORDS)
    place = str(order.index(status)) if status in order else "9"
    return Cell(text=STATUS_WORDS.get(status, clean(status)), sort=place, badge=status)


def finding_view(finding: Finding, lookup: Lookup, folder: str = "buildings/") -> FindingView:
    """Put a finding's numbers into words."""
    schools = finding.schools[:_NAMES_SHOWN]
    return FindingView(
        severity=finding.severity,
        message=finding.message,
        found="" if finding.value is None else quantity(finding.value, finding.unit),
        found_exact=exact(finding.value, finding.unit),
        limit="" if finding.limit is None else quantity(finding.limit, finding.unit),
        limit_exact=exact(finding.limit, finding.unit),
        fix=finding.fix,
        source=finding.source,
        schools=tuple(school_cell(school, lookup, folder) for school in schools),
        more_schools=len(finding.schools) - len(schools),
        code=finding.code,
    )


def buildings_table(report: Report, lookup: Lookup) -> Table:
    """Every building, the worst first."""
    keys = [
        "school",
        "status",
        "bottleneck",
        "bottleneck_utilization_share",
        "load_down_mbps",
        "load_up_mbps",
        "bottleneck_capacity_mbps",
        "headroom_devices",
        "exhausted_school_year",
        "devices",
    ]
    rows = [
        {
            **row,
            "school": school_cell(row["school_id"], lookup),
            "status": status_cell(row["status"]),
            "bottleneck": _bottleneck(row, lookup),
        }
        for row in records(report.capacity.buildings)
    ]
    return mixed_table("buildings", "Every building, the worst first", keys, rows, searchable=True)


def links_table(report: Report, lookup: Lookup) -> Table:
    """Links and limited nodes in their worst period, the fullest first."""
    limit = report.district.planning.utilization_limit
    rows = [row for pair in lookup.link_rows.values() for row in pair]
    rows += [{**row, "direction": "both"} for row in lookup.node_rows.values()]
    return elements_table(rows, lookup, limit, caption="In their worst period, the fullest first")


def elements_table(
    rows: list[Row], lookup: Lookup, limit: float, *, caption: str, longest: int = LONG
) -> Table:
    """Lay out results of links and nodes, the fullest first."""
    fullest = sorted(
        rows,
        key=lambda row: (
            -(row["utilization_share"] or 0.0),
            row.get("link_id") or row.get("node_id") or "",
            row["direction"],
        ),
    )
    keys = [
        "element",
        "status",
        "direction",
        "period",
        "mean_mbps",
        "load_mbps",
        "capacity_mbps",
        "utilization_share",
    ]
    shown = [
        {**row, "element": _element(row, lookup), "status": _over_cell(row, limit)}
        for row in fullest[:longest]
    ]
    note = left_out(len(rows) - longest, "links.csv and nodes.csv")
    return mixed_table("links", caption, keys, shown, note=note, searchable=True)


def targets_tables(report: Report) -> list[Table]:
    """District targets side by side, and how many buildings meet each building target."""
    rows = [
        {**row, "met": met_cell(row["met"])} for row in records(report.capacity.district_targets)
    ]
    tables = []
    if rows:
        present = [key for key in TARGET_KEYS if key in rows[0]]
        tables.append(
            mixed_table("district_targets", "The district's internet access", present, rows)
        )
    buildings = records(report.capacity.targets)
    met = Counter(row["target"] for row in buildings if row["met"])
    total = Counter(row["target"] for row in buildings)
    first = {row["target"]: row for row in reversed(buildings)}
    if first:
        summary = [
            {
                **first[name],
                "met_by": Cell(text=f"{met[name]:,} of {plural(amount, 'building')}"),
            }
            for name, amount in sorted(total.items())
        ]
        present = [
            key
            for key in ["title", "basis", "met_by", "status", "source"]
            if key == "met_by" or key in summary[0]
        ]
        tables.append(mixed_table("targets", "What reaches each building", present, summary))
    return tables


def failures_tables(report: Report, lookup: Lookup) -> tuple[Table | None, str]:
    """Failures that cut off a school or push something over, and a sentence on the others."""
    rows = records(report.capacity.failures)
    matter = [row for row in rows if row["cut_off"] or new_overloads(row, lookup)]
    matter.sort(key=lambda row: (-len(row["cut_off"]), row["kind"], row["failed"]))
    rest = (
        f"{plural(len(rows), 'single failure')} tried, one at a time: {len(matter):,} cut off a "
        f"school or push something over its limit; {len(rows) - len(matter):,} do neither."
    )
    if not matter:
        return None, rest
    return failures_table(matter, lookup, "What one failure does, the worst first"), rest


def failures_table(rows: list[Row], lookup: Lookup, caption: str, *, longest: int = LONG) -> Table:
    """Lay out failures by what they cut off and overload."""
    shown = [
        {
            "element": Cell(text=clean(lookup.element(row["kind"], row["failed"]))),
            "cut_off": Cell(
                text=f"{len(row['cut_off']):,}", sort=str(len(row["cut_off"])), numeric=True
            ),
            "who": _some_schools(row["cut_off"], lookup),
            "partly": _some_schools([school for school, _ in row["partly_cut_off"]], lookup),
            "overloads": overload_cell(new_overloads(row, lookup), lookup),
        }
        for row in rows[:longest]
    ]
    note = left_out(len(rows) - longest, "failures.csv")
    keys = ["element", "cut_off", "who"]
    keys += [key for key in ("partly", "overloads") if any(row[key].text for row in shown)]
    return mixed_table("failures", caption, keys, shown, note=note)


def new_overloads(row: Row, lookup: Lookup) -> list[Mapping[str, Any]]:
    """Give what a failure pushes over that is below its limit while all is well."""
    return [hit for hit in row["overloaded"] if (hit["kind"], hit["element"]) not in lookup.over]


def assumptions_table(report: Report) -> Table:
    """Every number that nobody measured here, with its source."""
    rows: list[Row] = [
        {
            "assumption": each.name,
            "value": cell("value", each.value, unit=each.unit),
            "unit": "" if each.unit == "share" else each.unit,
            "source": each.source,
        }
        for each in sorted(report.district.inputs.assumptions, key=lambda each: each.name)
    ]
    return mixed_table(
        "assumptions",
        "Numbers in use that nobody measured for this district",
        ("assumption", "value", "unit", "source"),
        rows,
        searchable=True,
    )


def _bottleneck(row: Row, lookup: Lookup) -> Cell:
    text = lookup.element(row["bottleneck_kind"], row["bottleneck_element"])
    direction = row["bottleneck_direction"]
    text = clean(f"{text}, {direction}" if direction else text)
    return Cell(text=text, sort=text.casefold())


def _element(row: Row, lookup: Lookup) -> Cell:
    kind, key = ("link", "link_id") if row.get("link_id") else ("node", "node_id")
    text = clean(lookup.element(kind, row[key]))
    return Cell(text=text, sort=text.casefold())


def _over_cell(row: Row, limit: float) -> Cell:
    over = (row["utilization_share"] or 0.0) > limit
    return status_cell("over" if over else "fits")


def met_cell(met: Any) -> Cell:
    """Say whether a target is met, as a word with a shape."""
    word = "Met" if met else "Missed"
    return Cell(text=word, sort=word, badge="fits" if met else "at-risk")


def _some_schools(schools: Iterable[str], lookup: Lookup) -> Cell:
    ids = list(schools)
    names = [clean(lookup.names.get(school, school)) for school in ids[:_NAMES_SHOWN]]
    more = f" and {len(ids) - _NAMES_SHOWN:,} more" if len(ids) > _NAMES_SHOWN else ""
    return Cell(text=", ".join(names) + more)


def overload_cell(hits: list[Mapping[str, Any]], lookup: Lookup) -> Cell:
    """Name the worst of what a failure pushes over its limit, and count the rest."""
    if not hits:
        return Cell(text="")
    worst = max(hits, key=lambda hit: (hit["utilization_share"], hit["element"]))
    elements = {(hit["kind"], hit["element"]) for hit in hits}
    more = f" and {len(elements) - 1:,} more" if len(elements) > 1 else ""
    name = lookup.element(worst["kind"], worst["element"])
    return Cell(
        text=f"{clean(name)} to {percent(worst['utilization_share'])}{more}",
        sort=str(len(hits)),
    )
