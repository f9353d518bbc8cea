"""Tables of the what-if page, and its CSVs."""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np

from netplan.report.format import Cell, cell, clean, number, plural
from netplan.report.frames import records
from netplan.report.layout import Table, mixed_table
from netplan.report.lookup import Lookup, Row
from netplan.report.model import Report
from netplan.report.whatif import ScenarioResult, WhatIf
from netplan.report.whatif_compare import misfits, states
from netplan.report.whatif_groups import Group, flip_groups, one_element, worst_first
from netplan.report.whatif_words import (
    STATE_BADGES,
    STATE_WORDS,
    limit_words,
    when,
    why_words,
)
from netplan.whatif.attribute import MEASURES
from netplan.whatif.model import Place

#: Rows of buildings that flip alike which the page shows; the rest stands in flips.csv.
_GROUPS = 30
#: Rows that a long table shows until a reader asks for all.
_FOLD = 25
#: What stands in the CSV of flips.
FLIP_COLUMNS = (
    "scenario", "school_year", "until", "then", "school_id", "name", "was", "now", "limited_by",
    "element", "kind", "direction", "period", "base_utilization_share", "utilization_share",
    "base_airtime_share", "airtime_share", "why", "interacts", "element_before", "element_after",
)  # fmt: skip
CHANGE_COLUMNS = ("scenario", "school_year", "school_id", "measure", "base", "with_scenario")
_WORST_FIRST = {"cut-off": 0, "over": 1, "fits": 2}


def overview_table(whatif: WhatIf) -> Table:
    """Give one row per scenario: how many buildings do not fit with it and without it."""
    rows = []
    for place, result in enumerate(whatif.scenarios):
        last = result.last
        flips = Counter(result.flips["now"] != "fits")
        rows.append(
            {
                "scenario": Cell(
                    text=clean(result.scenario.title),
                    sort=result.scenario.title.casefold(),
                    href=f"#s{place + 1}",
                ),
                "year": Cell(text=clean(last.school_year or "–"), numeric=True),
                "do_not_fit": _count(misfits(last.report)),
                "without_it": _count(misfits(last.base)),
                "stop_fitting": _count(flips[True]),
                "fit_again": _count(flips[False]),
                "used_after_share": _fullest(last.report),
                "used_before_share": _fullest(last.base),
            }
        )
    return mixed_table(
        "whatif",
        "Buildings that do not fit in the last year of each scenario",
        ["scenario", "year", "do_not_fit", "without_it", "stop_fitting", "fit_again",
         "used_before_share", "used_after_share"],
        rows,
        note="Used: the fullest bottleneck of the district, without the scenario and with it. "
        "What stops fitting or fits again is counted over all school years of the scenario.",
    )  # fmt: skip


def flips_table(result: ScenarioResult, lookup: Lookup) -> Table:
    """Give every building that flips: from what to what, when, what stops it, and why."""
    flips = records(result.flips)
    several = result.is_several_years
    reasons = any(row["why"] for row in flips)
    rows = [
        {
            "building": Cell(text=clean(row["name"]), sort=clean(row["name"]).casefold()),
            "without_it": _state(row["was"]),
            "with_it": _state(row["now"]),
            "school_years": _years(row),
            "limited_by": Cell(text=clean(limit_words(row, lookup))),
            **_used(row, lookup),
            "why": Cell(text=why_words(row)),
        }
        for row in sorted(flips, key=worst_first)
    ]
    keys = ["building", "without_it", "with_it"]
    keys += ["school_years"] if several else []
    keys += ["why"] if reasons else []
    keys += ["limited_by", "used_before_share", "used_after_share"]
    return mixed_table(
        "flips",
        f"{_title(result)}: buildings that fit on one side only, the worst first",
        keys,
        rows,
        searchable=len(rows) > _FOLD,
        fold=_FOLD,
    )


def groups_table(result: ScenarioResult, lookup: Lookup) -> Table:
    """Give the flips with buildings that fare alike in one row."""
    rows = [
        {
            "buildings": Cell(text=group.names, sort=group.names.casefold()),
            "without_it": _state(group.first["was"]),
            "with_it": _state(group.first["now"]),
            "school_years": _years(group.first),
            "why": Cell(text=why_words(group.first)),
            "limited_by": Cell(text=group_limit(group, lookup)),
            "used_before": Cell(text=used_words(group, "before", lookup), numeric=True),
            "used_after": Cell(text=used_words(group, "after", lookup), numeric=True),
        }
        for group in flip_groups(records(result.flips))
    ]
    hidden = len(rows) - _GROUPS
    keys = ["buildings", "without_it", "with_it"]
    keys += ["school_years"] if result.is_several_years else []
    keys += ["why"] if any(row["why"].text for row in rows) else []
    keys += ["limited_by", "used_before", "used_after"]
    return mixed_table(
        "flips",
        f"{_title(result)}: buildings that fit on one side only, those that fare alike together",
        keys,
        rows[:_GROUPS],
        note="Used: of the bottleneck, or the airtime of the fullest access points, in the first "
        "of these school years. Where the fullest element is another one after than before, both "
        "are named." + (f" {plural(hidden, 'more row')} in flips.csv." if hidden > 0 else ""),
    )


def buildings_table(result: ScenarioResult) -> Table:
    """Give every building before and after in the last year, the worst after first."""
    year = result.last
    before, after = states(year.base), states(year.report)
    left = {row["school_id"]: row for row in records(year.base.capacity.buildings)}
    rows = []
    for row in records(year.report.capacity.buildings):
        school = row["school_id"]
        was = left.get(school)
        if was is None:
            continue
        name = clean(row["name"])
        rows.append(
            {
                "building": Cell(text=name, sort=name.casefold()),
                "without_it": _state(before[school]),
                "with_it": _state(after[school]),
                "used_before_share": was["bottleneck_utilization_share"],
                "used_after_share": row["bottleneck_utilization_share"],
                "airtime_before_share": was["airtime_share"],
                "airtime_after_share": row["airtime_share"],
                "load_before_mbps": was["load_down_mbps"],
                "load_after_mbps": row["load_down_mbps"],
                "devices_before": _devices(was["devices"]),
                "devices_after": _devices(row["devices"]),
            }
        )
    groups = {
        "": ["building", "without_it", "with_it"],
        "Bottleneck used": ["used_before_share", "used_after_share"],
        "Airtime": ["airtime_before_share", "airtime_after_share"],
        "Planning load down": ["load_before_mbps", "load_after_mbps"],
        "Devices": ["devices_before", "devices_after"],
    }
    return mixed_table(
        "buildings",
        f"{_title(result)}: every building without it and with it, the worst first",
        [key for keys in groups.values() for key in keys],
        rows,
        searchable=True,
        fold=_FOLD,
        groups=tuple((title, len(keys)) for title, keys in groups.items()),
    )


def units_table(result: ScenarioResult) -> Table | None:
    """Give what each piece of a scenario does in the last year; None without reasons."""
    reasons = result.last.reasons
    if reasons is None or not reasons.units:
        return None
    found = reasons.attribution
    needed = Counter(unit for cause in found.causes for unit in cause.needed)
    enough = Counter(unit for cause in found.causes for unit in cause.enough)
    links = MEASURES.index("utilization_share")
    rows = [
        {
            "piece": Cell(text=clean(unit.name), sort=clean(unit.name).casefold()),
            "where": Cell(text=clean(_where(unit.place))),
            "starts": Cell(text=clean(unit.school_year or "at once")),
            "flips_that_need_it": _count(needed[place]),
            "flips_it_makes_alone": _count(enough[place]),
            "alone": _points(found.alone[place, links]),
            "added_last": _points(found.last[place, links]),
        }
        for place, unit in enumerate(reasons.units)
    ]
    return mixed_table(
        "units",
        f"{_title(result)}: what each part does, found by running it all without the part and "
        "with the part alone",
        list(rows[0]),
        rows,
        note="Alone, added last: the largest change of a building's bottleneck use in percentage "
        "points, by the part alone and by the part on top of all others. Where the two differ, "
        "parts act together.",
    )


def interaction_sentence(result: ScenarioResult) -> str:
    """Say how far the single effects fail to add up; empty where they do."""
    reasons = result.last.reasons
    if reasons is None or len(reasons.units) < 2:
        return ""
    share = reasons.attribution.interaction_share[MEASURES.index("utilization_share")]
    known = np.abs(share[np.isfinite(share)])
    if not known.size:
        return ""
    if known.max() < 0.005:
        return "What the parts do alone adds up to what they do together, within half a percent."
    return (
        "What the parts do alone does not add up to what they do together: for the building "
        f"where it matters most, {number(100 * float(known.max()))} % of the change of its "
        "bottleneck's use comes from parts acting together or against each other."
    )


def flip_rows(whatif: WhatIf) -> list[Row]:
    """Give every scenario's flips as rows of a CSV."""
    return [
        {"scenario": result.name, **row}
        for result in whatif.scenarios
        for row in records(result.flips)
    ]


def change_rows(whatif: WhatIf) -> list[Row]:
    """Give every scenario's changes in every school year as rows of a CSV."""
    return [
        {
            "scenario": result.name,
            "school_year": year.school_year,
            "school_id": row["school_id"],
            "measure": row["measure"],
            "base": row["base"],
            "with_scenario": row["scenario"],
        }
        for result in whatif.scenarios
        for year in result.years
        for row in records(year.comparison.changes)
    ]


def _years(row: Row) -> Cell:
    return Cell(text=clean(when(row)), sort=row["school_year"] or "")


def group_limit(group: Group, lookup: Lookup) -> str:
    """Name the limit; access points of several buildings have several names."""
    if group.first["limited_by"] == "airtime" and len(group.rows) > 1:
        return "airtime of their access points"
    return limit_words(group.first, lookup)


def used_words(group: Group, side: str, lookup: Lookup) -> str:
    """Give how full it is ``before`` or ``after``; of what, where that differs between the two."""
    used = group.used("base_" if side == "before" else "")
    name = "" if group.is_one_element else group.of(side, lookup)
    return f"{name} {used}" if name else used


def _title(result: ScenarioResult) -> str:
    return clean(result.scenario.title)


def _used(row: Row, lookup: Lookup) -> dict[str, Cell]:
    measure = "airtime_share" if row["limited_by"] == "airtime" else "utilization_share"
    cells = {
        side: cell(f"used_{side}_share", row[column])
        for side, column in (("before", f"base_{measure}"), ("after", measure))
    }
    if not one_element(row):
        names = {
            side: lookup.element(row[f"kind_{side}"], row[f"element_{side}"]) for side in cells
        }
        cells = {
            side: replace(each, text=f"{names[side]} {each.text}") for side, each in cells.items()
        }
    return {f"used_{side}_share": each for side, each in cells.items()}


def _state(state: str) -> Cell:
    return Cell(
        text=STATE_WORDS[state], sort=str(_WORST_FIRST[state]), badge=STATE_BADGES[state]
    )  # fmt: skip


def _count(value: int) -> Cell:
    return Cell(text=f"{value:,}", sort=str(value), numeric=True)


def _devices(value: float | None) -> Cell:
    return cell("devices", value)


def _fullest(report: Report) -> float | None:
    """Give the use of the fullest bottleneck of the buildings that are not cut off."""
    state = states(report)
    shares = [
        row["bottleneck_utilization_share"]
        for row in records(report.capacity.buildings)
        if state[row["school_id"]] != "cut-off"
    ]
    return max((share for share in shares if share is not None), default=None)


def _points(changes: np.ndarray[Any, np.dtype[np.float64]]) -> Cell:
    """Give the largest change of any school, in percentage points."""
    known = changes[np.isfinite(changes)]
    if not known.size:
        return Cell(text="–", numeric=True)
    value = float(known[np.argmax(np.abs(known))])
    sign = "+" if value > 0 else ""
    return Cell(
        text=f"{sign}{number(100 * value)}".replace("-", "−"), sort=repr(value), numeric=True
    )


def _where(place: Place) -> str:
    return place.file if place.line is None else f"{place.file}, line {place.line}"
