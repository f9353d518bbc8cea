"""district.toml: its keys, their ranges and defaults, and how it is read."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from netplan.errors import Problem
from netplan.inputs.fields import Field
from netplan.inputs.files import DISTRICT_FILE
from netplan.inputs.model import MoneySettings, Planning, Settings
from netplan.inputs.reader import shown
from netplan.inputs.suggest import closest
from netplan.inputs.toml_file import TomlFile, parse_toml, read_keys

DISTRICT_FIELDS = (
    Field(name="name", kind="text", required=True, description="Name of the district."),
    Field(name="state", kind="text", description="Postal code of its state, such as FL."),
    Field(
        name="nces_leaid",
        kind="text",
        description="NCES id of the district: 7 digits, in quotation marks.",
    ),
    Field(
        name="school_year",
        kind="text",
        description="School year that the tables describe, such as 2026-27.",
    ),
)

PLANNING_FIELDS = (
    Field(
        name="percentile",
        kind="number",
        unit="share",
        low=0.5,
        low_open=True,
        high=1.0,
        high_open=True,
        default=0.95,
        default_source="assumption: the percentile by which circuits are commonly metered",
        description="q: the planning load is passed in a share 1 - q of the time.",
    ),
    Field(
        name="utilization_limit",
        kind="number",
        unit="share",
        low=0.0,
        low_open=True,
        high=1.0,
        default=0.80,
        default_source="assumption: a fifth is left for what is shorter than a period",
        description="Share of a capacity that the planning load may take.",
    ),
    Field(
        name="growth_per_year",
        kind="number",
        unit="share per year",
        low=-1.0,
        low_open=True,
        high=5.0,
        default=0.25,
        default_source="assumption: ESH planned for 0.5 to 1 (1.27), CoSN in 2015 for 0.6 (1.28); "
        "growth since 2020 is lower, and nothing published was read (1.29)",
        description="Growth of the load.",
    ),
    Field(
        name="common_mode_cv",
        kind="number",
        unit="ratio",
        low=0.0,
        high=2.0,
        default=0.10,
        default_source="assumption: nobody publishes how far schools move together",
        description="kappa: what all schools do at once, as a share of the mean load.",
    ),
    Field(
        name="class_size",
        kind="number",
        unit="students",
        low=1.0,
        ask_above=1_000.0,
        default=25.0,
        default_source="assumption: a middle class size",
        description="c: students who start an activity at the same moment.",
    ),
    Field(
        name="suppress_below",
        kind="whole",
        unit="students",
        low=0.0,
        ask_above=1_000.0,
        default=10.0,
        default_source="5.28 practice of California community colleges and DC: hide 1 to 9, "
        "https://www.calpassplus.org/Launchboard/Suppression",
        description="Smallest count that is shown; smaller ones are withheld.",
    ),
)

MONEY_FIELDS = (
    Field(
        name="years",
        kind="whole",
        unit="school years",
        low=1.0,
        high=30.0,
        default=5.0,
        default_source="assumption: E-Rate's Category Two budgets run over five years (5.04, 5.05)",
        description="School years whose cost is worked out, where no rollout says how many.",
    ),
    Field(
        name="discount_rate_per_year",
        kind="number",
        unit="share per year",
        low=-0.5,
        high=0.5,
        default=0.03,
        default_source="assumption: about what public bodies pay for long loans",
        description="Rate by which later years count less in the net present cost.",
    ),
    Field(
        name="device_life_years",
        kind="number",
        unit="years",
        low=1.0,
        high=30.0,
        default=4.0,
        default_source="8.05 a quarter of a fleet is replaced each year (Novato): a life of 4 "
        "years; software is kept up for 10 on models of 2021 and later (8.04)",
        description="Years after which a device is bought anew.",
    ),
    Field(
        name="loss_share_per_year",
        kind="number",
        unit="share per year",
        low=0.0,
        high=1.0,
        high_open=True,
        default=0.10,
        default_source="8.06 more than 10 % of devices break (one school, 2013); 20 and 25 % are "
        "told as well, all anecdotal",
        description="Devices broken or lost in a year and bought again.",
    ),
    Field(
        name="spare_share",
        kind="number",
        unit="share",
        low=0.0,
        high=1.0,
        default=0.0,
        default_source="assumption: none, until the district says so",
        description="Devices kept in stock, as a share of those in use.",
    ),
    Field(
        name="erate_discount_share",
        kind="number",
        unit="share",
        low=0.0,
        high=0.9,
        description="E-Rate discount of the district; empty = worked out from frl_share, "
        "enrollment and locale. Category Two is at most 0.85 (5.02).",
    ),
    Field(
        name="rural",
        kind="flag",
        description="Whether E-Rate counts the district as rural; empty = whether more than half "
        "of its schools have a rural locale (5.03).",
    ),
)

#: Section of district.toml to its keys.
SECTIONS: Mapping[str, tuple[Field, ...]] = MappingProxyType(
    {"district": DISTRICT_FIELDS, "planning": PLANNING_FIELDS, "money": MONEY_FIELDS}
)

_PATTERNS: Mapping[str, tuple[re.Pattern[str], str]] = MappingProxyType(
    {
        "state": (re.compile(r"[A-Z]{2}"), "two capital letters, such as FL"),
        "nces_leaid": (re.compile(r"[0-9]{7}"), "7 digits, such as 0612345"),
        "school_year": (re.compile(r"[0-9]{4}-[0-9]{2}"), "such as 2026-27"),
    }
)


def read_settings(
    data: bytes,
) -> tuple[Settings | None, Planning, frozenset[str], list[Problem], MoneySettings]:
    """Read district.toml.

    Returns
    -------
    settings
        None when the district has no usable name.
    planning
        With defaults where a key is missing or wrong.
    given
        Planning keys that the file sets.
    problems
        Everything that is wrong with it.
    money
        As planning.
    """
    toml, problems = parse_toml(
        data,
        DISTRICT_FILE,
        line='lines such as name = "Harbor County Schools" under [district]',
        filled='[district] with name = "..."',
    )
    if toml is None:
        return None, Planning(), frozenset(), problems, MoneySettings()
    values: dict[str, dict[str, Any]] = {}
    for section, fields in SECTIONS.items():
        content = toml.document.get(section, {})
        if isinstance(content, dict):
            values[section], found = read_keys(
                toml, content, fields, section=section, check_text=check_text
            )
            problems += found
        else:
            values[section] = {}
            problems.append(
                toml.problem(
                    "wrong-type",
                    toml.row(None, section),
                    section,
                    value=content,
                    message=f"{section} is not a section",
                    expected=f"[{section}]",
                    fix="Correct it.",
                )
            )
    for name, content in toml.document.items():
        if name not in SECTIONS:
            problems.append(_unknown_section(toml, name, content))
    planning = values["planning"]
    if "suppress_below" in planning:
        planning["suppress_below"] = int(planning["suppress_below"])
    money = values["money"]
    if "years" in money:
        money["years"] = int(money["years"])
    settings = Settings(**values["district"]) if "name" in values["district"] else None
    given = frozenset(planning)
    return settings, Planning(**planning), given, problems, MoneySettings(**money)


def check_text(field: Field, value: str) -> tuple[str, str] | None:
    """Say what is wrong with a text of district.toml, and what is expected."""
    if field.name not in _PATTERNS:
        return None
    pattern, expected = _PATTERNS[field.name]
    if pattern.fullmatch(value) is None:
        return f"not a {field.name}", expected
    if field.name == "school_year" and int(value[5:]) != (int(value[:4]) + 1) % 100:
        return "the second year does not follow the first", expected
    return None


def _unknown_section(toml: TomlFile, name: str, content: Any) -> Problem:
    near = closest(name, SECTIONS, cutoff=0.75)
    bare_key = not isinstance(content, dict | list)
    if near is None and bare_key:
        home = next(
            (
                section
                for section, fields in SECTIONS.items()
                if name in [field.name for field in fields]
            ),
            None,
        )
        fix = f"Move it under [{home}]." if home is not None else "Delete the line."
        message = "the key stands before any section"
        row = toml.row(None, name)
        return toml.problem(
            "unknown-key", row, shown(name), message=message, expected="a section first", fix=fix
        )
    if near is None:
        message, fix = "netplan has no such section; it is ignored", "Nothing to do."
        row = toml.row(None, name)
        return toml.problem(
            "unknown-section", row, shown(name), message=message, expected="", fix=fix, note=True
        )
    return toml.problem(
        "unknown-section",
        toml.row(None, name),
        shown(name),
        message="netplan has no such section",
        expected=f"[{near}]",
        fix=f"Did you mean [{near}]?",
    )
