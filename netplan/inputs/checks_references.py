"""Ids that must stand in another table, and cells that another cell calls for."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from netplan.errors import Problem
from netplan.inputs.checks_unknown import THINGS, unknown_things
from netplan.inputs.columns import BUILDING_KINDS
from netplan.inputs.fields import Field
from netplan.inputs.suggest import Suggester
from netplan.inputs.tables import Table

Tables = Mapping[str, Table]
#: ``table.column`` to its known values; a missing entry cannot be checked against.
Known = Mapping[str, Iterable[str]]

_CODES = {
    "schools.school_id": "unknown-school",
    "nodes.node_id": "unknown-node",
    "links.link_id": "unknown-link",
    "apps.app": "unknown-app",
    "bell.period": "unknown-period",
}


def check_references(tables: Tables, known: Known) -> list[Problem]:
    """Find ids that the table they refer to does not hold."""
    problems: list[Problem] = []
    for table in tables.values():
        strange = [
            (field, field.reference)
            for field in table.spec.fields
            if field.reference is not None and field.reference in known
        ]
        for reference in dict.fromkeys(reference for _, reference in strange):
            fields = [field for field, referred in strange if referred == reference]
            ids = frozenset(known[reference])
            if reference in THINGS:
                problems += unknown_things(table, fields, reference, ids, code=_CODES[reference])
            else:
                problems += [one for field in fields for one in _unknown(table, field, ids)]
    # A table whose own ids lost their zeros is told once, not from each file that names them.
    first = {problem.file: problem for problem in reversed(problems) if _whole_table(problem)}
    return [p for p in problems if not _whole_table(p) or first[p.file] is p]


def _whole_table(problem: Problem) -> bool:
    return problem.code == "lost-zeros" and problem.row is None


def _unknown(table: Table, field: Field, known: frozenset[str]) -> list[Problem]:
    reference = field.reference or ""
    values = table.frame[field.name]
    strange = values.notna() & ~values.isin(known | set(field.allowed))
    if not strange.any():
        return []
    suggester = Suggester(known, cutoff=0.5)
    home = reference.replace(".", ".csv, column ")
    if reference == "apps.app":
        home += ", or the built-in catalog"
    return [
        table.problem(
            int(position),
            field.name,
            code=_CODES[reference],
            message=f"there is no {reference.partition('.')[2]} of this id",
            expected=f"an id of {home}",
            fix=suggester.hint(
                str(values.iloc[position]), otherwise=f"Add it to {home}, or delete the row."
            ),
        )
        for position in np.flatnonzero(strange.to_numpy())
    ]


def check_nodes(tables: Tables, wifi_channels: "pd.DataFrame") -> list[Problem]:
    """Find building nodes without a school, and Wi-Fi channels that a generation lacks.

    Parameters
    ----------
    wifi_channels
        The catalog of PHY rates: columns ``wifi`` and ``channel_mhz``.
    """
    nodes = tables.get("nodes")
    if nodes is None:
        return []
    frame = nodes.frame
    homeless = frame["kind"].isin(BUILDING_KINDS) & frame["school_id"].isna()
    problems = [
        nodes.problem(
            int(position),
            "school_id",
            code="missing-school",
            message=f"a node of kind {frame['kind'].iloc[position]} stands in no school",
            expected="the school_id of its building",
            fix="Fill it in.",
        )
        for position in np.flatnonzero(homeless.to_numpy())
    ]
    return problems + _channels(nodes, wifi_channels)


def _channels(nodes: Table, wifi_channels: "pd.DataFrame") -> list[Problem]:
    frame = nodes.frame
    widths: dict[str, list[float]] = {}
    for wifi, width in zip(wifi_channels["wifi"], wifi_channels["channel_mhz"], strict=True):
        widths.setdefault(wifi, []).append(width)
    every = sorted({width for found in widths.values() for width in found})
    problems = []
    given = frame["channel_mhz"].between(20, 320)
    fits = pd.Series(False, index=frame.index)
    for wifi, found in widths.items():
        fits |= (frame["wifi"] == wifi) & frame["channel_mhz"].isin(found)
    fits |= ~frame["wifi"].isin(list(widths)) & frame["channel_mhz"].isin(every)
    for position in np.flatnonzero((given & ~fits).to_numpy()):
        wifi = frame["wifi"].iloc[position]
        allowed = sorted(set(widths.get(wifi, every)))
        told = wifi if wifi in widths else "Wi-Fi"
        problems.append(
            nodes.problem(
                int(position),
                "channel_mhz",
                code="wifi-channel",
                message=f"{told} has no channel of this width",
                expected="one of " + ", ".join(f"{width:.0f}" for width in allowed) + " MHz",
                fix="Correct the width or the generation.",
            )
        )
    return problems
