"""A TOML file of settings: its keys against their fields, every problem with its line."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from netplan.errors import Problem
from netplan.inputs.cells import has_markup, is_formula
from netplan.inputs.faults import schema_fault
from netplan.inputs.fields import Field
from netplan.inputs.reader import shown
from netplan.inputs.suggest import closest

#: A field and its stripped text to what is wrong with it and what is expected, or None.
TextCheck = Callable[[Field, str], tuple[str, str] | None]
_PERCENT = re.compile(r"\s*([A-Za-z_]+)\s*=\s*([0-9]{1,4}(?:\.[0-9]{1,6})?)\s*%\s*(?:#.*)?$")
_LINE = re.compile(r"\(at line (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlFile:
    """One TOML file as it was read: its name, its text, what it holds."""

    file: str
    text: str
    document: Mapping[str, Any]

    def row(self, section: str | None, key: str) -> int | None:
        """Give the line of a key, or of a section's head when no section is named."""
        current: str | None = None
        for number, line in enumerate(self.text.splitlines(), start=1):
            stripped = line.strip()
            if stripped.startswith("["):
                current = stripped.split("#", 1)[0].strip(" []\"'\t")
                if section is None and current == key:
                    return number
            elif re.match(rf"[\"']?{re.escape(key)}[\"']?\s*[=.]", stripped) and current == section:
                return number
        return None

    def problem(
        self,
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
        """Make a problem of one line; ``place`` is section.key."""
        return Problem(
            code=code,
            file=self.file,
            row=row,
            column=place,
            value=None if value is None else _told(value),
            message=message,
            expected=expected,
            fix=fix,
            severity="note" if note else "error",
        )


def parse_toml(
    data: bytes, file: str, *, line: str, filled: str
) -> tuple[TomlFile | None, list[Problem]]:
    """Parse a TOML file's bytes; None when nothing can be made of them.

    Parameters
    ----------
    file
        Its name.
    line
        What a line of it looks like, for the message.
    filled
        What it should hold when it is empty.
    """
    blank = TomlFile(file=file, text="", document={})
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        bad_row = data[: error.start].count(b"\n") + 1
        return None, [
            blank.problem(
                "wrong-encoding",
                bad_row,
                None,
                message="not UTF-8",
                expected="UTF-8",
                fix="Save it as UTF-8.",
            )
        ]
    if not text.strip():
        message = "the file is empty"
        return None, [
            blank.problem(
                "empty-file", None, None, message=message, expected=filled, fix="Fill it."
            )
        ]
    try:
        return TomlFile(file=file, text=text, document=tomllib.loads(text)), []
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "nested too deeply"
    found = _LINE.search(reason)
    percent = _percent(blank, text)
    if percent is not None:
        return None, [percent]
    return None, [
        blank.problem(
            "bad-toml",
            int(found.group(1)) if found is not None else None,
            None,
            message=f"this is not TOML: {shown(reason)}",
            expected=line,
            fix="Correct the line; text stands in quotation marks.",
        )
    ]


def _percent(blank: TomlFile, text: str) -> Problem | None:
    """Find the line where a share is written as a percentage, which no TOML file can hold."""
    for row, line in enumerate(text.splitlines(), start=1):
        match = _PERCENT.match(line)
        if match is not None:
            name, number = match[1], match[2]
            return blank.problem(
                "percent-sign",
                row,
                name,
                value=f"{number}%",
                message=f"a percent sign stands here, which no number of {blank.file} can have",
                expected="a share from 0 to 1",
                fix=f"Write {name} = {float(number) / 100:.2f}."
                if "." not in number
                else f"Write {name} = {float(number) / 100:.12g}.",
            )
    return None


def read_keys(
    toml: TomlFile,
    content: Mapping[str, Any],
    fields: Sequence[Field],
    *,
    section: str | None,
    check_text: TextCheck,
) -> tuple[dict[str, Any], list[Problem]]:
    """Read the keys of one section, or of a file without sections.

    Parameters
    ----------
    content
        The section as parsed.
    fields
        Its keys.
    section
        Its name; None for a file without sections.
    check_text
        What else is wrong with a text.

    Returns
    -------
    values
        Sound values by key: numbers as float, text stripped.
    problems
        Everything else.
    """
    values: dict[str, Any] = {}
    problems = []
    names = [field.name for field in fields]
    prefix = f"{section}." if section is not None else ""
    for field in fields:
        place = prefix + field.name
        if field.name not in content:
            if field.required:
                under = f" under [{section}]" if section is not None else ""
                problems.append(
                    toml.problem(
                        "missing-key",
                        None,
                        place,
                        message="the key is required",
                        expected="text",
                        fix=f'Add {field.name} = "..."{under}.',
                    )
                )
            continue
        value = content[field.name]
        row = toml.row(section, field.name)
        found = _value_problems(toml, value, field, place, row, check_text)
        problems += found
        if not any(problem.severity == "error" for problem in found):
            values[field.name] = float(value) if field.numeric else value.strip()
    where = f"[{section}]" if section is not None else toml.file
    for name, value in content.items():
        if name in names or (section is None and isinstance(value, dict | list)):
            continue
        near = closest(name, names)
        problems.append(
            toml.problem(
                "unknown-key",
                toml.row(section, name),
                prefix + shown(name),
                message=f"{where} has no such key",
                expected="one of " + ", ".join(names),
                fix=f"Did you mean {near!r}?" if near is not None else "Delete the line.",
            )
        )
    return values, problems


def _value_problems(
    toml: TomlFile, value: Any, field: Field, place: str, row: int | None, check_text: TextCheck
) -> list[Problem]:
    if not field.numeric:
        return _text_problems(toml, value, field, place, row, check_text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        example = field.default if field.default is not None else 1
        return [
            toml.problem(
                "wrong-type",
                row,
                place,
                value=value,
                message="not a number",
                expected=field.expected(),
                fix=f"Write {field.name} = {example}, without quotation marks.",
            )
        ]
    check = None
    # NaN lies in no range, and an integer of any size compares without overflow.
    if not (abs(value) <= 1e15 and field.inside(float(value))):
        check = "out-of-range"
    elif (field.ask_above is not None and value > field.ask_above) or (
        field.ask_below is not None and value < field.ask_below
    ):
        check = "absurd-number"
    elif field.kind == "whole" and value != int(value):
        check = "not-whole"
    if check is None:
        return []
    bounded = min(max(value, -1e16), 1e16)
    fault = schema_fault(check, bounded, field)
    return [
        toml.problem(
            fault.code,
            row,
            place,
            value=value,
            message=fault.message,
            expected=fault.expected,
            fix=fault.fix,
        )
    ]


def _text_problems(
    toml: TomlFile, value: Any, field: Field, place: str, row: int | None, check_text: TextCheck
) -> list[Problem]:
    if not isinstance(value, str):
        expected = field.expected() if field.kind == "choice" else "text"
        return [
            toml.problem(
                "wrong-type",
                row,
                place,
                value=value,
                message="not text",
                expected=expected,
                fix=f'Write {field.name} = "{_told(value)}", with quotation marks.',
            )
        ]
    stripped = value.strip()
    if field.kind == "choice" and stripped not in field.allowed:
        fault = schema_fault("not-in-list", stripped, field)
        return [
            toml.problem(
                fault.code,
                row,
                place,
                value=value,
                message=fault.message,
                expected=fault.expected,
                fix=fault.fix,
            )
        ]
    wrong = (f"{field.name} is empty", "text") if not stripped else check_text(field, stripped)
    if wrong is not None:
        message, expected = wrong
        fix = "Correct it."
        return [
            toml.problem(
                "bad-value", row, place, value=value, message=message, expected=expected, fix=fix
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
        toml.problem(
            note[0], row, place, value=value, message=note[1], expected="", fix=fix, note=True
        )
    ]


def _told(value: Any) -> str:
    try:
        return shown(str(value))
    except ValueError:  # an integer of thousands of digits
        return "a very long number"
