"""One short section per building: the answer, the day against the uplink, what fails, how long."""

from dataclasses import dataclass
from typing import Any

from netplan.report.building_page import ByBuilding, by_building
from netplan.report.chart import Chart, chart
from netplan.report.format import UNKNOWN, cell, clean, percent, plural, quantity, school_year
from netplan.report.frames import records
from netplan.report.guesses import Guesses
from netplan.report.headline import building_answer
from netplan.report.lookup import Lookup, Row
from netplan.report.model import Report
from netplan.report.statuses import by_air, limits_of
from netplan.report.views import new_overloads, status_cell

#: Failures that a section names; the rest is counted.
_FAILURES_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingSection:
    """One building as the board reads it; ``anchor`` is where other parts lead to."""

    anchor: str
    name: str
    status: Any
    sentences: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    chart: Chart | None
    chart_note: str
    fails: tuple[str, ...]


def building_sections(report: Report, lookup: Lookup, guesses: Guesses) -> list[BuildingSection]:
    """Give a section for each building, the worst first."""
    tables = by_building(report, lookup)
    limits = limits_of(report)
    sections = []
    for place, row in enumerate(records(report.capacity.buildings)):
        school = row["school_id"]
        sections.append(
            BuildingSection(
                anchor=f"b-{place + 1}",
                name=row["name"],
                status=status_cell(row["status"], air=by_air(row, limits)),
                sentences=tuple(building_answer(row, lookup, limits, guesses)),
                facts=_facts(row),
                chart=_fuller_chart(school, report, lookup, tables),
                chart_note=_uplinks_note(lookup.uplinks.get(school, ())),
                fails=_fails(school, tables.failures.get(school, []), lookup),
            )
        )
    return sections


def _facts(row: Row) -> tuple[tuple[str, str], ...]:
    year = row["exhausted_school_year"]
    spare = row["headroom_devices"]
    room = "Too many devices" if spare is not None and spare < 0 else "Room for more devices"
    return (
        ("Students", quantity(row["enrollment"], "students")),
        ("Devices", quantity(row["devices"], "devices")),
        ("Busiest period", clean(str(row["busy_period"] or UNKNOWN))),
        ("Load down, up", _pair(row["load_down_mbps"], row["load_up_mbps"])),
        ("Bottleneck used", cell("used_share", row["bottleneck_utilization_share"]).text),
        (room, quantity(None if spare is None else abs(spare), "devices")),
        ("Room runs out", school_year(year) if year else "not within 50 years"),
    )


def _pair(down: float | None, up: float | None) -> str:
    return f"{quantity(down, '')}, {quantity(up, 'Mbps')}"


def _fuller_chart(school: str, report: Report, lookup: Lookup, tables: ByBuilding) -> Chart | None:
    """Draw the direction that fills the building's one uplink more; down where there are more."""
    uplinks = lookup.uplinks.get(school, ())
    rows = lookup.link_rows.get(uplinks[0], []) if len(uplinks) == 1 else []
    ends_here = {row["direction"]: row["capacity_mbps"] for row in rows}
    fuller = max(
        ("down", "up"),
        key=lambda way: max(
            ((row["utilization_share"] or 0.0) for row in rows if row["direction"] == way),
            default=0.0,
        ),
    )
    return chart(
        tables.periods.get(school, []),
        fuller,
        capacity_mbps=ends_here.get(fuller),
        limit_share=report.district.planning.utilization_limit,
    )


def _uplinks_note(uplinks: tuple[str, ...]) -> str:
    """Say why a chart has no line of a capacity; nothing where it may have one."""
    if len(uplinks) == 1:
        return ""
    if not uplinks:
        return "No primary link leaves this building, so no capacity is drawn."
    return f"Its {len(uplinks)} uplinks share this load, so no single capacity is drawn."


def _fails(school: str, rows: list[Row], lookup: Lookup) -> tuple[str, ...]:
    """Say which single failures cut a building off, take a part of it, or overload it."""
    cuts = [row for row in rows if school in row["cut_off"]]
    cuts.sort(key=lambda row: (-len(row["cut_off"]), row["kind"], row["failed"]))
    lost = [(dict(row["partly_cut_off"]).get(school), row) for row in rows]
    parts = [(share, row) for share, row in lost if share is not None]
    others = [row for share, row in lost if share is None and school not in row["cut_off"]]
    sentences = []
    if cuts:
        names = [_failed(row, lookup) for row in cuts]
        sentences.append(f"Cut off from the internet if any one of these fails: {_some(names)}.")
    if parts:
        share, worst = max(parts, key=lambda part: (part[0], part[1]["failed"]))
        sentences.append(
            f"Loses a part of its traffic in {plural(len(parts), 'single failure')}; most, "
            f"{percent(share)}, if {_failed(worst, lookup)} fails."
        )
    if others:
        worst = max(others, key=lambda row: (_highest(row, lookup), row["failed"]))
        sentences.append(
            f"In {plural(len(others), 'other single failure')} something on its way goes over the "
            f"limit; to {percent(_highest(worst, lookup))} if {_failed(worst, lookup)} fails."
        )
    if not sentences:
        sentences.append(
            "No single failure cuts it off or pushes something on its way over the limit."
        )
    return tuple(sentences)


def _failed(row: Row, lookup: Lookup) -> str:
    return clean(lookup.said(row["kind"], row["failed"]))


def _some(names: list[str]) -> str:
    more = len(names) - _FAILURES_NAMED
    return ", ".join(names[:_FAILURES_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _highest(row: Row, lookup: Lookup) -> float:
    return max((hit["utilization_share"] for hit in new_overloads(row, lookup)), default=0.0)
