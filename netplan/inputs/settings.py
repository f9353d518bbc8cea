"""district.toml: its keys, their ranges and defaults, and how it is read."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from netplan.errors import Problem
from netplan.inputs.cells import has_markup, is_formula
from netplan.inputs.faults import schema_fault
from netplan.inputs.fields import Field
from netplan.inputs.files import DISTRICT_FILE
from netplan.inputs.model import Planning, Settings
from netplan.inputs.reader import shown
from netplan.inputs.suggest import closest

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

#: Section of district.toml to its keys.
SECTIONS: Mapping[str, tuple[Field, ...]] = MappingProxyType(
    {"district": DISTRICT_FIELDS, "planning": PLANNING_FIELDS}
)

_PATTERNS: Mapping[str, tuple[re.Pattern[str], str]] = MappingProxyType(
    {
        "state": (re.compile(r"[A-Z]{2}"), "two capital letters, such as FL"),
        "nces_leaid": (re.compile(r"[0-9]{7}"), "7 digits, such as 0612345"),
        "school_year": (re.compile(r"[0-9]{4}-[0-9]{2}"), "such as 2026-27"),
    }
)
_PERCENT = re.compile(r"\s*([A-Za-z_]+)\s*=\s*([0-9]{1,4}(?:\.[0-9]{1,6})?)\s*%\s*(?:#.*)?$")
_LINE = re.compile(r"\(at line (\d+)")


def read_settings(data: bytes) -> tuple[Settings | None, Planning, frozenset[str], list[Problem]]:
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
    """
    document, text, problems = _document(data)
    if document is None:
        return None, Planning(), frozenset(), problems
    values: dict[str, dict[str, Any]] = {}
    for section, fields in SECTIONS.items():
        values[section], found = _section(document, section, fields, text)
        problems += found
    for name, content in document.items():
        if name not in SECTIONS:
            problems.append(_unknown_section(name, content, text))
    planning = values["planning"]
    if "suppress_below" in planning:
        planning["suppress_below"] = int(planning["suppress_below"])
    settings = Settings(**values["district"]) if "name" in values["district"] else None
    return settings, Planning(**planning), frozenset(planning), problems


def _document(data: bytes) -> tuple[dict[str, Any] | None, str, list[Problem]]:
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        bad_row = data[: error.start].count(b"\n") + 1
        return (
            None,
            "",
            [
                _problem(
                    "wrong-encoding",
                    bad_row,
                    None,
                    message="not UTF-8",
                    expected="UTF-8",
                    fix=_SAVE,
                )
            ],
        )
    if not text.strip():
        message, expected = "the file is empty", '[district] with name = "..."'
        return (
            None,
            text,
            [
                _problem(
                    "empty-file", None, None, message=message, expected=expected, fix="Fill it."
                )
            ],
        )
    try:
        return tomllib.loads(text), text, []
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "nested too deeply"
        line = _LINE.search(reason)
        row = int(line.group(1)) if line is not None else None
        percent = _percent(text)
        if percent is not None:
            return None, text, [percent]
        return (
            None,
            text,
            [
                _problem(
                    "bad-toml",
                    row,
                    None,
                    message=f"this is not TOML: {shown(reason)}",
                    expected='lines such as name = "Harbor County Schools" under [district]',
                    fix="Correct the line; text stands in quotation marks.",
                )
            ],
        )


def _percent(text: str) -> Problem | None:
    """Find the line where a share is written as a percentage, which no TOML file can hold."""
    for row, line in enumerate(text.splitlines(), start=1):
        match = _PERCENT.match(line)
        if match is not None:
            name, number = match[1], match[2]
            return _problem(
                "percent-sign",
                row,
                name,
                value=f"{number}%",
                message="a percent sign stands here, which no number of district.toml can have",
                expected="a share from 0 to 1",
                fix=f"Write {name} = {float(number) / 100:.2f}."
                if "." not in number
                else f"Write {name} = {float(number) / 100:.12g}.",
            )
    return None


_SAVE = "Save it as UTF-8."


def _section(
    document: Mapping[str, Any], section: str, fields: Sequence[Field], text: str
) -> tuple[dict[str, Any], list[Problem]]:
    content = document.get(section, {})
    if not isinstance(content, dict):
        message = f"{section} is not a section"
        row = _row(text, None, section)
        return {}, [
            _problem(
                "wrong-type",
                row,
                section,
                value=content,
                message=message,
                expected=f"[{section}]",
                fix="Correct it.",
            )
        ]
    values: dict[str, Any] = {}
    problems = []
    names = [field.name for field in fields]
    for field in fields:
        place = f"{section}.{field.name}"
        if field.name not in content:
            if field.required:
                fix = f'Add {field.name} = "..." under [{section}].'
                problems.append(
                    _problem(
                        "missing-key",
                        None,
                        place,
                        message="the key is required",
                        expected="text",
                        fix=fix,
                    )
                )
            continue
        value = content[field.name]
        found = _value_problems(value, field, place, _row(text, section, field.name))
        problems += found
        if not any(problem.severity == "error" for problem in found):
            values[field.name] = float(value) if field.numeric else value.strip()
    for name in content:
        if name not in names:
            near = closest(name, names)
            problems.append(
                _problem(
                    "unknown-key",
                    _row(text, section, name),
                    f"{section}.{shown(name)}",
                    message=f"[{section}] has no such key",
                    expected="one of " + ", ".join(names),
                    fix=f"Did you mean {near!r}?" if near is not None else "Delete the line.",
                )
            )
    return values, problems


def _value_problems(value: Any, field: Field, place: str, row: int | None) -> list[Problem]:
    if not field.numeric:
        return _text_problems(value, field, place, row)
    if isinstance(value, bool) or not isinstance(value, int | float):
        fix = f"Write {field.name} = {field.default}, without quotation marks."
        return [
            _problem(
                "wrong-type",
                row,
                place,
                value=value,
                message="not a number",
                expected=field.expected(),
                fix=fix,
            )
        ]
    check = None
    # NaN lies in no range, and an integer of any size compares without overflow.
    if not (abs(value) <= 1e15 and field.inside(float(value))):
        check = "out-of-range"
    elif field.ask_above is not None and value > field.ask_above:
        check = "absurd-number"
    elif field.kind == "whole" and value != int(value):
        check = "not-whole"
    if check is None:
        return []
    bounded = min(max(value, -1e16), 1e16)
    fault = schema_fault(check, bounded, field)
    return [
        _problem(
            fault.code,
            row,
            place,
            value=value,
            message=fault.message,
            expected=fault.expected,
            fix=fault.fix,
        )
    ]


def _text_problems(value: Any, field: Field, place: str, row: int | None) -> list[Problem]:
    if not isinstance(value, str):
        fix = f'Write {field.name} = "{value}", with quotation marks.'
        return [
            _problem(
                "wrong-type", row, place, value=value, message="not text", expected="text", fix=fix
            )
        ]
    pattern, expected = _PATTERNS.get(field.name, (re.compile(r".+", re.DOTALL), "text"))
    if pattern.fullmatch(value.strip()) is None:
        message = f"{field.name} is empty" if not value.strip() else f"not a {field.name}"
        return [
            _problem(
                "bad-value",
                row,
                place,
                value=value,
                message=message,
                expected=expected,
                fix="Correct it.",
            )
        ]
    if field.name == "school_year" and int(value.strip()[5:]) != (int(value.strip()[:4]) + 1) % 100:
        message = "the second year does not follow the first"
        return [
            _problem(
                "bad-value",
                row,
                place,
                value=value,
                message=message,
                expected=expected,
                fix="Correct it.",
            )
        ]
    note = None
    if is_formula(value):
        note = ("formula-cell", "a spreadsheet would take this for a formula; it is shown as text")
    elif has_markup(value):
        note = ("markup-cell", "this holds HTML or template code; it is shown as text everywhere")
    if note is None:
        return []
    fix = "Nothing to do, if it is meant."
    return [
        _problem(note[0], row, place, value=value, message=note[1], expected="", fix=fix, note=True)
    ]


def _unknown_section(name: str, content: Any, text: str) -> Problem:
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
        row = _row(text, None, name)
        return _problem(
            "unknown-key", row, shown(name), message=message, expected="a section first", fix=fix
        )
    if near is None:
        message, fix = "netplan has no such section; it is ignored", "Nothing to do."
        row = _row(text, None, name)
        return _problem(
            "unknown-section", row, shown(name), message=message, expected="", fix=fix, note=True
        )
    return _problem(
        "unknown-section",
        _row(text, None, name),
        shown(name),
        message="netplan has no such section",
        expected=f"[{near}]",
        fix=f"Did you mean [{near}]?",
    )


def _row(text: str, section: str | None, key: str) -> int | None:
    current: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            current = stripped.split("#", 1)[0].strip(" []\"'\t")
            if section is None and current == key:
                return number
        elif re.match(rf"[\"']?{re.escape(key)}[\"']?\s*[=.]", stripped) and current == section:
            return number
    return None


def _problem(
    code: str,
    row: int | None,
    place: str | None,
    *,
    message: str,
    expected: str,
    fix: str,
    value: Any = None,
    note: bool = False,
) -> Problem:
    return Problem(
        code=code,
        file=DISTRICT_FILE,
        row=row,
        column=place,
        value=None if value is None else _told(value),
        message=message,
        expected=expected,
        fix=fix,
        severity="note" if note else "error",
    )


def _told(value: Any) -> str:
    try:
        return shown(str(value))
    except ValueError:  # an integer of thousands of digits
        return "a very long number"
