"""What is wrong between tables after scenarios were laid on, told where the change stands."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from netplan.errors import Problem
from netplan.inputs import activities as activity_rows
from netplan.inputs import devices as device_rows
from netplan.inputs.checks_access import check_access, check_access_places
from netplan.inputs.checks_areas import check_areas, check_offline
from netplan.inputs.checks_money import check_money
from netplan.inputs.checks_network import check_self_links, check_ways
from netplan.inputs.checks_people import check_activity_sums, check_bell
from netplan.inputs.checks_places import check_places, middle_of
from netplan.inputs.checks_references import check_nodes, check_references
from netplan.inputs.reader import shown
from netplan.inputs.schemas import TABLES
from netplan.inputs.suggest import closest
from netplan.inputs.tables import Table
from netplan.whatif.draft import Draft, Edit
from netplan.whatif.model import Change, Step

Frames = Mapping[str, pd.DataFrame]
Tables = Mapping[str, Table]
#: Numbers that other cells have a say about; any other number is right or wrong by itself.
_BOUND = frozenset(
    {"share", "channel_mhz", "staff", "guests", "students_offline", "lat", "lon"}
    | {"depot_lat", "depot_lon", "usd", "low_usd", "high_usd", "capacity_mbps"}
)
_ROWS = re.compile(r"\brows \d+ and \d+")
_PLACED = ("stops", "buses", "partners", "wireless", "transit")
_BY_AREA = ("students", "availability", "blocks", "offers")


def check_names(draft: Draft, steps: Sequence[Step]) -> list[Problem]:
    """Find events, and elements that are to fail, that the district does not have."""
    links, nodes = draft.tables["links"], draft.tables["nodes"]
    groups = {
        group.strip() for cell in links["shared_risk"].dropna() for group in str(cell).split(";")
    }
    elements = {*links["link_id"], *nodes["node_id"], *groups} - {""}
    events = set(draft.tables["events"]["event"])
    problems = []
    for step in steps:
        for key, names, known, code, what in (
            ("events", step.events, events, "unknown-event", "event"),
            ("fail", step.failed, elements, "unknown-element", "link, node or shared-risk group"),
        ):
            for name in names:
                if name in known:
                    continue
                near = closest(name, known)
                problems.append(
                    Problem(
                        code=code,
                        file=step.place.file,
                        row=step.lines.get(key, step.place.line),
                        column=key,
                        value=shown(name),
                        message=f"there is no {what} of this name",
                        expected="one of " + ", ".join(sorted(known))
                        if key == "events"
                        else "an id of links.csv or nodes.csv, or a shared_risk of links.csv",
                        fix=f"Did you mean {near!r}?" if near else "Correct it.",
                    )
                )
    return problems


def recheck(draft: Draft, before: Frames) -> list[Problem]:
    """Run the folder's checks across tables again on what was changed.

    Parameters
    ----------
    draft
        With every change laid on.
    before
        The tables as they were: what was wrong there already is nobody's doing here.
    """
    touched = {edit.table for edit in draft.edits if edit.table in TABLES and _matters(edit)}
    if not touched:
        return []
    problems = _problems(draft.tables, touched)
    if not problems:
        return []
    known = {_gist(problem) for problem in _problems(before, touched)}
    return [_blamed(draft, problem, touched) for problem in problems if _gist(problem) not in known]


def _matters(edit: Edit) -> bool:
    """Say whether an edit can be wrong in more than its own cells."""
    if edit.structural:
        return True
    spec = TABLES[edit.table]
    return any(
        name in _BOUND or not spec.field(name).numeric
        for name in (*edit.change.set, *edit.change.multiply)
    )


def _problems(frames: Frames, touched: Iterable[str]) -> list[Problem]:
    """Give the errors across tables that the touched ones can be part of; rows are positions."""
    tables = {
        name: Table(
            spec=spec,
            frame=frames[name],
            rows=np.arange(len(frames[name])),
            text={},
            faulty={},
        )
        for name, spec in TABLES.items()
        if set(spec.columns) <= set(frames[name].columns)
    }
    found = check_references(tables, _known(frames))
    for names, check in _CHECKS.items():
        if set(names) & set(touched) and set(names) <= set(tables):
            found += check(tables, frames)
    return [problem for problem in found if problem.severity == "error"]


def _known(frames: Frames) -> dict[str, Iterable[str]]:
    return {
        f"{name}.{column}": set(frames[name][column])
        for name, column in (
            ("schools", "school_id"),
            ("nodes", "node_id"),
            ("links", "link_id"),
            ("apps", "app"),
            ("bell", "period"),
        )
    }


def _activities(tables: Tables, frames: Frames) -> list[Problem]:
    return check_activity_sums(tables["activities"]) + activity_rows.ambiguous_rows(
        tables["activities"], frames["bell"], frames["schools"], frames["enrollment"]
    )


def _devices(tables: Tables, frames: Frames) -> list[Problem]:
    schools, enrollment, devices = (tables[name] for name in ("schools", "enrollment", "devices"))
    return device_rows.check_people(schools, enrollment, devices) + device_rows.ambiguous_rows(
        frames["schools"], frames["enrollment"], devices
    )


def _places(tables: Tables, frames: Frames) -> list[Problem]:
    del frames
    schools = tables["schools"]
    misplaced, _ = check_places(schools)
    others, _ = check_access_places(tables, middle_of(schools))
    return misplaced + others


def _areas(tables: Tables, frames: Frames) -> list[Problem]:
    problems = check_offline(tables["students"])
    if len(frames["areas"]):
        problems += check_areas(frames["areas"], "the areas' file", tables, None)
    return problems


#: Tables to what is checked when one of them was changed.
_CHECKS: Mapping[tuple[str, ...], Callable[[Tables, Frames], list[Problem]]] = MappingProxyType(
    {
        ("nodes",): lambda tables, frames: check_nodes(tables, frames["wifi_phy"]),
        ("links",): lambda tables, _: check_self_links(tables["links"]),
        ("schools", "nodes", "links"): lambda tables, _: check_ways(
            tables["schools"], tables["nodes"], tables["links"]
        ),
        ("bell",): lambda tables, _: check_bell(tables["bell"]),
        ("activities", "bell", "schools", "enrollment"): _activities,
        ("devices", "schools", "enrollment"): _devices,
        ("schools", *_PLACED): _places,
        _BY_AREA: _areas,
        ("costs", "funding", "upgrades"): lambda tables, _: check_money(tables),
        ("stops", "buses", "slots", "partners", "offers", "wireless"): lambda tables, _: (
            check_access(tables, frozenset(tables))
        ),
    }
)


def _gist(problem: Problem) -> tuple[str, str, str | None, str | None]:
    """Give what a problem says, without where its row stands."""
    return problem.code, _ROWS.sub("rows", problem.message), problem.column, problem.expected


def _blamed(draft: Draft, problem: Problem, touched: Iterable[str]) -> Problem:
    """Tell a problem of a table at the change that brought it about."""
    table = problem.file.removesuffix(".csv")
    row = None
    if table in TABLES and problem.row is not None and problem.row < len(draft.tables[table]):
        row = draft.tables[table].iloc[problem.row]
    change = _culprit(draft, table, row, touched)
    told = value = None
    if row is not None:
        told = ", ".join(f"{name} {row[name]}" for name in TABLES[table].key)
        value = problem.value
        column = problem.column or ""
        if value is None and column in row.index and bool(pd.notna(row[column])):
            value = shown(str(row[column]))
    message = _ROWS.sub("two rows", problem.message)
    return replace(
        problem,
        file=change.place.file,
        row=change.place.line,
        column=f"{table}.{problem.column}" if problem.column else table,
        value=value,
        message=f"with this change, {message}" + (f" (row {told})" if told else ""),
    )


def _culprit(draft: Draft, table: str, row: "pd.Series | None", touched: Iterable[str]) -> Change:
    """Give the last change of a row; else the last that removed or touched what it may need."""
    if row is not None:
        for edit in reversed(draft.edits):
            if edit.table == table:
                same = np.ones(len(edit.keys), dtype=np.bool_)
                for name in edit.keys.columns:
                    same &= np.asarray(edit.keys[name] == row[name])
                if same.any():
                    return edit.change
        cells = {str(value) for value in row.dropna()}
        for edit in reversed(draft.edits):
            if edit.structural and cells & set(edit.keys.iloc[:, 0].astype(str)):
                return edit.change
    mine = [edit for edit in draft.edits if edit.table in touched and _matters(edit)]
    structural = [edit for edit in mine if edit.structural]
    return (structural or mine)[-1].change
