"""Two reports side by side, building by building and cell by cell."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from netplan.report.frames import records
from netplan.report.lookup import Row
from netplan.report.model import Report
from netplan.report.statuses import limits_of, reasons
from netplan.report.whatif import Comparison
from netplan.whatif.compare import changed_cells

#: Columns of `Capacity.buildings` to the measures of the JSON's buildings.
_MEASURES: Mapping[str, str] = {
    "name": "name",
    "enrollment": "enrollment",
    "devices": "devices",
    "busy_period": "busy_period",
    "load_down_mbps": "load_down_mbps",
    "load_up_mbps": "load_up_mbps",
    "mean_down_mbps": "mean_down_mbps",
    "bottleneck_element": "bottleneck.element",
    "bottleneck_kind": "bottleneck.kind",
    "bottleneck_direction": "bottleneck.direction",
    "bottleneck_capacity_mbps": "bottleneck.capacity_mbps",
    "bottleneck_load_mbps": "bottleneck.load_mbps",
    "bottleneck_utilization_share": "bottleneck.utilization_share",
    "bottleneck_period": "bottleneck.period",
    "headroom_mbps": "headroom_mbps",
    "headroom_devices": "headroom_devices",
    "fair_share_mbps_per_device": "fair_share_mbps_per_device",
    "exhausted_school_year": "exhausted_school_year",
    "min_cut_mbps": "min_cut_mbps",
    "disjoint_paths": "disjoint_paths",
    "clients_per_radio": "wifi.clients_per_radio",
    "airtime_share": "wifi.airtime_share",
    "planning_airtime_share": "wifi.planning_airtime_share",
    "status": "status",
}
#: A share of traffic that finds no way within this of one is all of it.
_ALL = 1.0 - 1e-9
_FLIPS = (
    "school_id", "name", "was", "now", "limited_by", "element", "kind", "direction", "period",
    "base_utilization_share", "utilization_share", "base_airtime_share", "airtime_share",
    "element_before", "kind_before", "element_after", "kind_after",
)  # fmt: skip


def compare_reports(base: Report, other: Report) -> Comparison:
    """Find what differs between two reports of one district.

    Parameters
    ----------
    base, other
        From `netplan.check`: the district as it is, and what `netplan.apply` made of it, say.

    Returns
    -------
    comparison
        Its ``changes`` hold every measure of a building that differs by more than 1e-9 of it.
    """
    before, after = measures(base), measures(other)
    there = {finding.id for finding in base.findings}
    here = {finding.id for finding in other.findings}
    return Comparison(
        changes=changed_cells(before, after),
        flips=flips(base, other),
        findings_added=tuple(each for each in other.findings if each.id not in there),
        findings_gone=tuple(each for each in base.findings if each.id not in here),
        schools_added=tuple(sorted(set(after.index) - set(before.index))),
        schools_gone=tuple(sorted(set(before.index) - set(after.index))),
    )


def measures(report: Report) -> pd.DataFrame:
    """Give every measure of every building, named as in the JSON; indexed by school_id, sorted."""
    buildings = report.capacity.buildings.set_index("school_id").sort_index()
    table = buildings[list(_MEASURES)].rename(columns=dict(_MEASURES))
    targets = report.capacity.targets
    for name in sorted(set(targets["target"])):
        rows = targets[targets["target"] == name].set_index("school_id").reindex(table.index)
        table[f"targets.{name}.needed_mbps"] = rows["needed_mbps"]
        table[f"targets.{name}.met"] = rows["met"]
    return table


def states(report: Report) -> dict[str, str]:
    """Say of every building whether it ``fits``, is ``over`` its limit, or ``cut-off``.

    Returns
    -------
    states
        By school_id, sorted. A building that may pass its limit later fits now.
    """
    buildings = report.capacity.buildings
    # the column is there where a scenario takes something down
    lost_share = buildings.get("lost_share", pd.Series(0.0, buildings.index))
    rows = zip(buildings["school_id"], buildings["status"], lost_share, strict=True)
    return {
        school: "cut-off" if lost >= _ALL else "over" if status == "over" else "fits"
        for school, status, lost in sorted(rows)
    }


def misfits(report: Report) -> int:
    """Count the buildings that are over their limit or cut off."""
    return sum(state != "fits" for state in states(report).values())


def flips(base: Report, other: Report) -> pd.DataFrame:
    """Give the buildings whose state is another, with what stops them (see `Comparison`)."""
    was, now = states(base), states(other)
    changed = [school for school in was if school in now and was[school] != now[school]]
    sides = [
        {row["school_id"]: row for row in records(report.capacity.buildings)}
        for report in (base, other)
    ]
    rows: list[Row] = []
    for school in changed:
        one, two = sides[0][school], sides[1][school]
        # what stops it now, or what stopped it
        report, row = (base, one) if now[school] == "fits" else (other, two)
        limited_by = _limited_by(report, row, (was if report is base else now)[school])
        rows.append(
            {
                "school_id": school,
                "name": two["name"],
                "was": was[school],
                "now": now[school],
                "limited_by": limited_by,
                **_element(row, limited_by),
                **_used(one, was[school], "base_"),
                **_used(two, now[school], ""),
                **_full(one, was[school], limited_by, "before"),
                **_full(two, now[school], limited_by, "after"),
            }
        )
    rows.sort(key=_worst_first)
    return pd.DataFrame(rows, columns=list(_FLIPS))


def _used(row: Row, state: str, side: str) -> Row:
    """Give what a building uses; one that is cut off uses nothing, which says nothing."""
    there = state != "cut-off"
    return {
        f"{side}utilization_share": row["bottleneck_utilization_share"] if there else None,
        f"{side}airtime_share": row["airtime_share"] if there else None,
    }


def _full(row: Row, state: str, limited_by: str, side: str) -> Row:
    """Name the element that a side's use is of: the fullest need not be the same on both."""
    by = limited_by if limited_by == "airtime" else "links"
    found = _element(row, "cut-off" if state == "cut-off" else by)
    return {f"element_{side}": found["element"], f"kind_{side}": found["kind"]}


def _limited_by(report: Report, row: Row, state: str) -> str:
    if state == "cut-off":
        return state
    found = reasons(row, limits_of(report))
    return "links" if "links" in found else "airtime"


def _element(row: Row, limited_by: str) -> Row:
    if limited_by == "airtime":
        return {"element": row["wifi_node"], "kind": "node", "direction": None, "period": None}
    if limited_by == "links":
        return {key: row[f"bottleneck_{key}"] for key in ("element", "kind", "direction", "period")}
    return dict.fromkeys(("element", "kind", "direction", "period"))


def _worst_first(row: Row) -> tuple[Any, ...]:
    """Cut off, then over, then what fits again; the fullest first."""
    rank = ("cut-off", "over", "fits").index(row["now"])
    fullest = max(row["utilization_share"] or 0.0, row["airtime_share"] or 0.0)
    return rank, -fullest, row["school_id"]
