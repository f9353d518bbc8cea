"""A TOML file of settings: its keys against their fields, every problem with its line."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from netplan.errors import Problem
from netplan.inputs.amounts import amount
from netplan.inputs.cells import has_markup, is_formula
from netplan.inputs.faults import schema_fault
from netplan.inputs.fields import Field
from netplan.inputs.reader import shown
from netplan.inputs.suggest import closest

#: A field and its stripped text to what is wrong with it and what is expected, or None.
TextCheck = Callable[[Field, str], tuple[str, str] | None]
_PERCENT = re.compile(r"\s*([A-Za-z_]+)\s*=\s*([0-9]{1,4}(?:\.[0-9]{1,6})?)\s*%\s*(?:#.*)?$")
_BARE = re.compile(r"\s*([A-Za-z_]+)\s*=\s*([^#]{1,200})")
_QUOTES = re.compile("[\"'\\\\]")
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
    data: bytes, file: str, *, line: str, filled: str, fields: Sequence[Field] = ()
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
    fields
        Its keys, where they are known before it is parsed: for the message on a line that
        cannot be.
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
    row = int(found.group(1)) if found is not None else None
    told = _told_line(blank, text, row, fields)
    if told is not None:
        return None, [told]
    return None, [
        blank.problem(
            "bad-toml",
            row,
            None,
            message=f"this is not TOML: {shown(reason)}",
            expected=line,
            fix="Correct the line; text stands in quotation marks.",
        )
    ]


def _told_line(
    blank: TomlFile, text: str, row: int | None, fields: Sequence[Field]
) -> Problem | None:
    """Say what to write in the line that no TOML file can hold, where that is clear."""
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        percent = _PERCENT.match(line)
        if percent is not None:
            share = float(percent[2]) / 100
            written = f"{share:.2f}" if "." not in percent[2] else f"{share:.12g}"
            return blank.problem(
                "percent-sign",
                number,
                percent[1],
                value=f"{percent[2]}%",
                message=f"a percent sign stands here, which no number of {blank.file} can have",
                expected="a share from 0 to 1",
                fix=f"Write {percent[1]} = {written}.",
            )
    match = _BARE.match(lines[row - 1]) if row is not None and row <= len(lines) else None
    if match is None:
        return None
    name, value = match[1], match[2].strip()
    field = next((one for one in fields if one.name == name), None)
    unquoted = value.strip("\"'\u201c\u201d\u201e\u2018\u2019 ")
    fix = None
    if field is None or field.numeric:
        # without the field the unit is unknown, and only what needs none is sure
        fix = _number_fix(name, unquoted, field.unit if field is not None else "USD")
        if fix is None and field is not None:
            fix = _plain_number(field)
    elif unquoted and not _QUOTES.search(unquoted):
        fix = f'Write {name} = "{shown(unquoted)}", with straight quotation marks.'
    if fix is None:
        return None
    return blank.problem(
        "bad-toml",
        row,
        name,
        value=value,
        message="this is no number as TOML writes one"
        if field is None or field.numeric
        else "this text does not stand in quotation marks",
        expected=field.expected() if field is not None else "a number",
        fix=fix,
    )


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
        Sound values by key: numbers as float, text stripped, flags as bool.
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
            values[field.name] = _sound(field, value)
    where = f"[{section}]" if section is not None else toml.file
    for name, value in content.items():
        if name in names or (section is None and isinstance(value, dict | list)):
            continue
        near = closest(name, names) or _holding(name, names)
        problems.append(
            toml.problem(
                "unknown-key",
                toml.row(section, name),
                prefix + shown(name),
                message=f"{where} has no such key",
                expected=near or "one of " + ", ".join(names),
                fix=f"Did you mean {near!r}?" if near is not None else "Delete the line.",
            )
        )
    return values, problems


def _sound(field: Field, value: Any) -> Any:
    """Give a value without problems: a number as float, a text stripped, a flag as it is."""
    if field.numeric:
        return float(value)
    return value if field.kind == "flag" else value.strip()


def _holding(part: str, names: Sequence[str]) -> str | None:
    """Give the only name that begins or ends with a shorter one, as budget_usd_per_year does."""
    wanted = part.lower()
    found = [name for name in names if name.startswith(wanted) or name.endswith(wanted)]
    return found[0] if len(found) == 1 and len(wanted) > 3 else None


def _value_problems(
    toml: TomlFile, value: Any, field: Field, place: str, row: int | None, check_text: TextCheck
) -> list[Problem]:
    if field.kind == "flag":
        return [] if isinstance(value, bool) else [_not_a_flag(toml, value, field, place, row)]
    if not field.numeric:
        return _text_problems(toml, value, field, place, row, check_text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return [
            toml.problem(
                "wrong-type",
                row,
                place,
                value=value,
                message="not a number",
                expected=field.expected(),
                fix=_number_fix(field.name, value, field.unit) or _plain_number(field),
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


def _not_a_flag(toml: TomlFile, value: Any, field: Field, place: str, row: int | None) -> Problem:
    meant = {"true": "true", "yes": "true", "false": "false", "no": "false"}.get(
        value.strip().lower() if isinstance(value, str) else ""
    )
    return toml.problem(
        "wrong-type",
        row,
        place,
        value=value,
        message="neither true nor false",
        expected=field.expected(),
        fix=f"Write {field.name} = {meant or 'true'}, without quotation marks"
        f"{'' if meant else ', or false'}.",
    )


def _number_fix(name: str, value: Any, unit: str | None) -> str | None:
    """Say how to write the number that a text holds; None where it holds none for certain."""
    found = amount(value, unit) if isinstance(value, str) else None
    if found is None:
        return None
    how = f" ({found.made})" if found.made else ""
    return f"Write {name} = {found.number}, without quotation marks{how}."


def _plain_number(field: Field) -> str:
    fix = "Write the number alone, without quotation marks"
    if field.default is not None:
        fix += f", such as {field.name} = {float(field.default):g}"
    return fix + "."


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
        near = "Did you mean" in fault.fix
        return [
            toml.problem(
                fault.code,
                row,
                place,
                value=value,
                message=fault.message,
                expected=fault.expected,
                fix=fault.fix if near else f"{fault.fix} {field.description}".strip(),
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
