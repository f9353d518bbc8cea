"""A plan as a scenario: its purchases laid on the tables from the school year in which they start.

The plan is checked with the very machinery that any scenario goes through, and can be kept as a
file beside the district's other scenarios.
"""

import hashlib
import math
from collections.abc import Sequence
from typing import Any

from netplan.upgrades.problem import Purchase
from netplan.whatif.model import Change, Place, Scenario, Step

#: Name of the scenario that a plan makes, and of its file.
NAME = "upgrades"
_PLACE = Place(file="scenarios/upgrades.toml")
_KEY = {"links": "link_id", "nodes": "node_id"}


def scenario_of(bought: Sequence[Purchase], school_years: Sequence[str]) -> Scenario:
    """Give the rollout that a plan is: one wave per school year in which something starts.

    Where two purchases set one cell in one year (access points bring their cables), the larger
    number stands.
    """
    steps = [Step(place=_PLACE)]
    for start in sorted({one.start for one in bought}):
        cells: dict[tuple[str, str], dict[str, Any]] = {}
        titles: dict[tuple[str, str], str] = {}
        added = set()
        for one in bought:
            if one.start != start:
                continue
            option = one.option
            own = (option.table, option.key, option.cells)
            for table, key, values in (own, *option.also):
                titles.setdefault((table, key), f"{key}: {option.title}")
                if option.kind == "new_link":
                    added.add((table, key))
                row = cells.setdefault((table, key), {})
                for name, value in values.items():
                    both = name in row and isinstance(value, float)
                    row[name] = max(row[name], value) if both else value
        steps.append(
            Step(
                place=_PLACE,
                school_year=school_years[start],
                title=f"Upgrades of {school_years[start]}",
                changes=tuple(
                    Change(
                        table=table,
                        place=_PLACE,
                        name=titles[table, key],
                        where={_KEY[table]: (key,)},
                        set=cells[table, key],
                        insert=(table, key) in added,
                    )
                    for table, key in sorted(cells)
                ),
            )
        )
    text = "\n".join(repr(step) for step in steps)
    return Scenario(
        name=NAME,
        title="Upgrades that netplan planned",
        file=_PLACE.file,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        steps=tuple(steps),
        notes="Written by netplan upgrade.",
    )


def scenario_toml(scenario: Scenario) -> str:
    """Write such a scenario as a file that any command takes with ``--scenario``."""
    lines = [f"title = {_text(scenario.title)}", f"notes = {_text(scenario.notes)}"]
    for step in scenario.steps:
        if step.school_year is None:
            continue
        lines += ["", "[[wave]]", f"school_year = {_text(step.school_year)}"]
        lines.append(f"title = {_text(step.title)}")
        for change in step.changes:
            where = ", ".join(f"{name} = {_text(value[0])}" for name, value in change.where.items())
            cells = ", ".join(f"{name} = {_value(value)}" for name, value in change.set.items())
            lines += [
                "[[wave.change]]",
                f"name = {_text(change.name)}",
                f"table = {_text(change.table)}",
                f"where = {{ {where} }}",
                f"set = {{ {cells} }}",
            ]
            if change.insert:
                lines.append("insert = true")
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, float):
        return str(int(value)) if value == math.floor(value) else repr(value)
    return _text(value)


def _text(value: object) -> str:
    """Write a basic string of TOML."""
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"' + "".join(char if char.isprintable() else f"\\u{ord(char):04X}" for char in text) + '"'
    )
