"""Tables in the making, and the problems of whoever changes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from netplan.errors import Problem
from netplan.inputs.catalog_schemas import CATALOGS
from netplan.inputs.faults import Fault
from netplan.inputs.fields import TableSpec
from netplan.inputs.model import AccessSettings, Inputs, MoneySettings, Planning, Settings
from netplan.inputs.reader import shown
from netplan.inputs.schemas import TABLES
from netplan.whatif.model import Change

#: Tables that are worked out from others, and the ones that they are worked out from.
DERIVED: Mapping[str, tuple[str, ...]] = {
    "populations": ("devices", "schools", "enrollment"),
    "activity_shares": ("activities", "bell", "schools", "enrollment"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Rows of a table that one change has changed, added or taken out.

    ``keys`` holds their key columns; ``structural``: there are now more or fewer rows.
    """

    table: str
    keys: pd.DataFrame
    change: Change
    structural: bool = False


@dataclass(slots=True, kw_only=True)
class Draft:
    """What scenarios make of a district, while they are laid on; never leaves this package.

    Parameters
    ----------
    tables
        Name to frame; a changed table is a new frame, the others are those of the inputs.
    settings, planning, access, money
        Sections of settings.
    follows
        As in `Inputs`.
    problems
        What is wrong so far.
    edits
        Rows that were changed or added, in order.
    told
        Section and key of changed settings, to the change.
    """

    tables: dict[str, pd.DataFrame]
    settings: Settings
    planning: Planning
    access: AccessSettings
    money: MoneySettings
    follows: dict[str, frozenset[str]]
    problems: list[Problem] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    told: dict[tuple[str, str], Change] = field(default_factory=dict)


def draft_of(inputs: Inputs) -> Draft:
    """Begin with a district's tables as they are."""
    return Draft(
        tables=dict(inputs.tables),
        settings=inputs.settings,
        planning=inputs.planning,
        access=inputs.access,
        money=inputs.money,
        follows=dict(inputs.follows),
    )


def spec_of(table: str) -> TableSpec | None:
    """Give the columns of a table that a scenario may change; None for any other."""
    return TABLES.get(table) or CATALOGS.get(table)


def editable() -> tuple[str, ...]:
    """List the tables that a scenario may change, sorted."""
    return tuple(sorted({*TABLES, *CATALOGS}))


def problem(
    change: Change,
    part: str | None,
    code: str,
    *,
    message: str,
    expected: str,
    fix: str,
    value: Any = None,
) -> Problem:
    """Make a problem of a change, or of a part of it such as ``set.per_person``."""
    head = part.split(".")[0] if part is not None else ""
    line = change.lines.get(part or "") or change.lines.get(head or "table") or change.place.line
    return Problem(
        code=code,
        file=change.place.file,
        row=line,
        column=f"{change.table}.{part.split('.', 1)[-1]}" if part is not None else change.table,
        value=None if value is None else shown(str(value)),
        message=message,
        expected=expected,
        fix=fix,
    )


def fault_problem(change: Change, part: str, fault: Fault, value: Any = None) -> Problem:
    """Make the problem of one value of a change."""
    return problem(
        change,
        part,
        fault.code,
        value=value,
        message=fault.message,
        expected=fault.expected,
        fix=fault.fix,
    )
