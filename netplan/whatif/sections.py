"""Sections of settings that a scenario may change, and what they become."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any

from netplan.errors import Problem
from netplan.inputs.access_fields import ACCESS_FIELDS
from netplan.inputs.faults import Fault
from netplan.inputs.fields import Field
from netplan.inputs.settings import DISTRICT_FIELDS, MONEY_FIELDS, PLANNING_FIELDS, check_text
from netplan.inputs.suggest import closest
from netplan.whatif.draft import Draft, fault_problem, problem
from netplan.whatif.model import Change
from netplan.whatif.paths import SET
from netplan.whatif.values import typed

#: Section to its keys.
SECTION_FIELDS: Mapping[str, tuple[Field, ...]] = MappingProxyType(
    {
        "planning": PLANNING_FIELDS,
        "access": ACCESS_FIELDS,
        "money": MONEY_FIELDS,
        "district": DISTRICT_FIELDS,
    }
)
_SECTION: Mapping[str, Callable[[Draft], Any]] = MappingProxyType(
    {
        "planning": lambda draft: draft.planning,
        "access": lambda draft: draft.access,
        "money": lambda draft: draft.money,
        "district": lambda draft: draft.settings,
    }
)


def lay_sections(draft: Draft, changes: Sequence[Change]) -> None:
    """Lay changes of settings on a draft; what is wrong joins its problems."""
    taken: dict[tuple[str, str], Change] = {}
    new: dict[str, dict[str, Any]] = {}
    for change in changes:
        fields = {field.name: field for field in SECTION_FIELDS[change.table]}
        if not _sound(draft, change):
            continue
        for kind, cells in (("set", change.set), ("multiply", change.multiply)):
            for name, value in cells.items():
                part = f"{kind}.{name}"
                if name not in fields:
                    draft.problems.append(_unknown(change, part, list(fields)))
                elif (change.table, name) in taken:
                    other = taken[change.table, name]
                    where = f"line {other.place.line}" if other.place.line else other.name
                    draft.problems.append(
                        problem(
                            change,
                            part,
                            "set-twice",
                            message=f"{change.table}.{name} is set twice, here and in {where}",
                            expected="each key once",
                            fix="Delete one of the two.",
                        )
                    )
                else:
                    taken[change.table, name] = change
                    found = _value(draft, change, fields[name], value, factor=kind == "multiply")
                    if isinstance(found, Fault):
                        draft.problems.append(fault_problem(change, part, found, value))
                    else:
                        new.setdefault(change.table, {})[name] = found
                        draft.told[change.table, name] = change
    draft.planning = replace(draft.planning, **new.get("planning", {}))
    draft.access = replace(draft.access, **new.get("access", {}))
    draft.money = replace(draft.money, **new.get("money", {}))
    draft.settings = replace(draft.settings, **new.get("district", {}))


def _sound(draft: Draft, change: Change) -> bool:
    """Tell what only rows of a table have."""
    for part, there in (
        ("where", change.where),
        ("schools", change.schools),
        ("insert", change.insert),
        ("remove", change.remove),
    ):
        if there:
            draft.problems.append(
                problem(
                    change,
                    part,
                    "no-rows-here",
                    message=f"{change.table} is a section of settings, which has no rows",
                    expected="set or multiply alone",
                    fix="Delete it; in a wave of some schools, make it a change of its own.",
                )
            )
            return False
    return True


def _unknown(change: Change, part: str, known: Sequence[str]) -> Problem:
    name = part.split(".", 1)[1]
    near = closest(name, known)
    return problem(
        change,
        part,
        "unknown-key",
        message=f"{change.table} has no key {name}",
        expected="one of " + ", ".join(known),
        fix=f"Did you mean {near!r}?" if near else "Correct it.",
    )


def _value(
    draft: Draft, change: Change, field: Field, value: Any, *, factor: bool
) -> float | int | str | bool | Fault:
    """Give the new value of a key, or what is wrong with it."""
    text = change.place.file == SET
    if change.table == "district" and field.name == "school_year":
        return Fault(
            "read-only-key",
            "the school year is that of the folder's tables",
            "a wave's school_year, or --school-year",
            "Delete the line.",
        )
    if factor:
        before = asdict(_SECTION[change.table](draft))[field.name]
        if not field.numeric or before is None:
            return Fault(
                "nothing-to-multiply",
                f"{field.name} has no number to multiply",
                "a number",
                "Write set in place of multiply.",
            )
        times = typed(value, Field(name="factor", kind="number", description="Factor."), text=text)
        if isinstance(times, Fault):
            return times
        value, text = float(times) * float(before), False
    found = typed(value, field, text=text)
    if isinstance(found, Fault):
        return found
    if isinstance(found, float) and math.isnan(found):
        return Fault("missing-value", "the value is empty", field.expected(), "Fill it in.")
    if isinstance(found, str):
        wrong = check_text(field, found)
        if wrong is not None:
            return Fault("bad-value", wrong[0], wrong[1], "Correct it.")
        return found == "true" if field.kind == "flag" else found
    return int(found) if field.kind == "whole" else found
