"""Which heading of a list holds which field: by a known layout, or by the user's mapping file."""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from netplan.errors import InputError, Problem
from netplan.sources.layouts import (
    EDGE_HEADINGS,
    FACTOR_FIELDS,
    HINTS,
    LAYOUTS,
    NEEDED,
    OPTIONAL,
    WORD_FIELDS,
    Layout,
    List,
)
from netplan.sources.sheets import Sheet, normal


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where each field of one list stands: the layout's name and field to heading as written.

    ``words`` translates a district's own words: field to word (lower case) to
    netplan's word. ``factors`` converts units: field to what its numbers are
    multiplied by.
    """

    layout: str
    title: str
    columns: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    factors: Mapping[str, float] = field(default_factory=dict)

    def heading(self, name: str) -> str | None:
        """Give the heading that holds a field, None where the list has none."""
        return self.columns.get(name)


def layouts_of(of: List) -> tuple[Layout, ...]:
    """Give the layouts of one list, in the order they are tried."""
    return tuple(layout for layout in LAYOUTS if layout.of == of)


def field_names(of: List) -> tuple[str, ...]:
    """Give every field that a mapping file may name for one list."""
    names = dict.fromkeys(NEEDED[of] + OPTIONAL[of])
    for layout in layouts_of(of):
        names |= dict.fromkeys(layout.columns)
    return tuple(names)


def score(of: List, headings: Sequence[str]) -> int:
    """Count the normalized headings that some layout of this list knows."""
    known = {
        name for layout in layouts_of(of) for names in layout.columns.values() for name in names
    }
    return len(known & set(headings))


def edge_headings(first: Sequence[str]) -> tuple[str, ...] | None:
    """Give EDGE's headings where the first row is a school of its headerless file."""
    looks = len(first) >= 14 and len(first[0]) == 12 and first[0].isdigit() and first[1].isdigit()
    return EDGE_HEADINGS if looks else None


def find_columns(sheet: Sheet, of: List, mapping: Columns | None) -> Columns:
    """Say which heading holds which field: by the mapping file, else by a known layout.

    Raises
    ------
    InputError
        A heading of the mapping file that the list does not have, or needed
        fields that no heading holds.
    """
    by_normal = {normal(heading): heading for heading in reversed(sheet.headings)}
    layout = next(
        layout for layout in layouts_of(of) if all(sign in by_normal for sign in layout.signs)
    )
    columns: dict[str, str] = {}
    for name, options in layout.columns.items():
        found = next((by_normal[option] for option in options if option in by_normal), None)
        if found is not None:
            columns[name] = found
    if columns.get("other_lat") == columns.get("lat"):
        columns.pop("other_lat", None)
        columns.pop("other_lon", None)
    # One column, such as `Site`, holds names where any has a space, and ids otherwise.
    both = columns.get("name") if columns.get("name") == columns.get("school_id") else None
    if both is not None and any(" " in row.get(both) for row in sheet.rows):
        del columns["school_id"]
    known = Columns(layout=layout.name, title=layout.title, columns=columns)
    return known if mapping is None else _mapped(sheet, of, known, mapping)


def require(sheet: Sheet, of: List, found: Columns, needed: Sequence[str]) -> None:
    """Raise with the headings found, the fields needed and a mapping file to fill in."""
    missing = [name for name in needed if name not in found.columns]
    if not missing:
        return
    known = {
        option: name
        for layout in layouts_of(of)
        for name, options in layout.columns.items()
        for option in options
    }
    guesses: list[str] = []
    nearest: dict[str, str] = {}
    for name in missing:
        options = [option for option, owner in known.items() if owner == name]
        close = [
            heading
            for heading in sheet.headings
            if difflib.get_close_matches(normal(heading), options, n=1, cutoff=0.6)
            or any(
                token.startswith(hint) if len(hint) > 1 else token == hint
                for token in normal(heading).split("_")
                for hint in HINTS.get(name, ())
            )
        ]
        free = [heading for heading in close if heading not in found.columns.values()]
        if free and free[0] not in nearest.values():
            nearest[name] = free[0]
        guesses.append(f"{name}: {' or '.join(map(repr, close[:3])) if close else 'none close'}")
    raise InputError(
        [
            Problem(
                code="unknown-layout",
                file=sheet.file,
                row=1,
                message=(
                    f"no heading was recognized for {', '.join(missing)}; the headings are "
                    f"{', '.join(map(repr, sheet.headings[:60]))}"
                ),
                expected=f"headings for {', '.join(needed)} (closest: {'; '.join(guesses)})",
                fix=(
                    "Put these lines into a text file, such as map.toml, fill in the headings, and "
                    "give it with --map map.toml:\n\n" + template(of, found, nearest)
                ),
            )
        ]
    )


def template(of: List, found: Columns, nearest: Mapping[str, str] | None = None) -> str:
    """Give a mapping file for this list, with the headings that were recognized filled in.

    Parameters
    ----------
    nearest
        Needed field to the heading that may hold it: filled in, and to be checked.
    """
    lines = [f"[{of}]"]
    for name in dict.fromkeys((*NEEDED[of], *OPTIONAL[of])):
        heading, guess = found.columns.get(name), (nearest or {}).get(name)
        quoted = _toml(heading or guess or "...")
        needed = name in NEEDED[of]
        mark = "" if heading or needed else "# "
        told = "" if heading or not needed else "   # needed; is it this one?" if guess else ""
        told = told or ("" if heading or not needed else "   # needed")
        lines.append(f"{mark}{name} = {quoted}{told}")
    for name, words in WORD_FIELDS[of].items():
        lines.append(f"# [{of}.words.{name}]   # your word = one of {', '.join(words)}")
    lines += [f"# [{of}.factors]\n# {name} = 1000   # Gbps" for name in FACTOR_FIELDS[of]]
    return "\n".join(lines) + "\n"


def _toml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _mapped(sheet: Sheet, of: List, known: Columns, mapping: Columns) -> Columns:
    """Put the mapping file over what was recognized, forgiving case and footnote marks.

    A field mapped to an empty text is not in the list; a heading that the
    mapping file uses serves nothing else.
    """
    by_normal = {normal(heading): heading for heading in reversed(sheet.headings)}
    columns: dict[str, str] = {}
    problems: list[Problem] = []
    for name, heading in mapping.columns.items():
        if not heading:
            continue
        if heading in sheet.headings:
            columns[name] = heading
        elif normal(heading) in by_normal:
            columns[name] = by_normal[normal(heading)]
        else:
            close = difflib.get_close_matches(heading, sheet.headings, n=1, cutoff=0.5)
            problems.append(
                Problem(
                    code="mapping-heading",
                    file=sheet.file,
                    row=1,
                    column=name,
                    value=heading[:80],
                    message=f"the mapping file's heading for {of}.{name} is not in the list",
                    expected=f"one of {', '.join(map(repr, sheet.headings[:60]))}",
                    fix=f"Did you mean {close[0]!r}?" if close else "Correct the mapping file.",
                )
            )
    if problems:
        raise InputError(problems)
    taken = set(columns.values())
    for name, heading in known.columns.items():
        if name not in mapping.columns and heading not in taken:
            columns[name] = heading
    return Columns(
        layout=known.layout,
        title=f"{known.title}, with {mapping.title}",
        columns=columns,
        words=mapping.words,
        factors=mapping.factors,
    )


def read_mapping(path: Path) -> dict[List, Columns]:
    """Read a mapping file: ``[schools] name = "Campus"``, and so on for the other lists.

    Raises
    ------
    InputError
        Not TOML, or a section, field or word that does not exist.
    """
    file = path.name
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            [_bad(file, None, "", f"cannot be read: {error}", "a TOML file")]
        ) from error
    problems: list[Problem] = []
    found: dict[List, Columns] = {}
    lists: tuple[List, ...] = tuple(NEEDED)
    for section in data:
        if section not in lists:
            problems.append(_bad(file, section, section, "is no section", ", ".join(lists)))
    for of in lists:
        body = data.get(of)
        if body is None:
            continue
        if not isinstance(body, dict):
            problems.append(_bad(file, of, str(body), "is not a section", f"[{of}]"))
            continue
        columns: dict[str, str] = {}
        for name, value in body.items():
            if name in ("words", "factors"):
                continue
            if name not in field_names(of) or not isinstance(value, str):
                close = difflib.get_close_matches(name, field_names(of), n=1)
                hint = f"; did you mean {close[0]}?" if close else ""
                wanted = f'field = "heading" with field one of {", ".join(field_names(of))}{hint}'
                problems.append(_bad(file, f"{of}.{name}", str(value), "is not understood", wanted))
            else:
                columns[name] = value
        words = _words(file, of, body.get("words", {}), problems)
        factors = _factors(file, of, body.get("factors", {}), problems)
        found[of] = Columns(
            layout="mapping", title=f"mapping file {file}", columns=columns, words=words,
            factors=factors,
        )  # fmt: skip
    if problems:
        raise InputError(problems)
    return found


def _words(
    file: str, of: List, given: object, problems: list[Problem]
) -> dict[str, dict[str, str]]:
    result: dict[str, dict[str, str]] = {}
    for name, words in given.items() if isinstance(given, dict) else ():
        allowed = WORD_FIELDS[of].get(name, ())
        if not allowed or not isinstance(words, dict):
            wanted = ", ".join(WORD_FIELDS[of]) or "no words for this list"
            problems.append(_bad(file, f"{of}.words.{name}", str(words), "has no words", wanted))
            continue
        for word, meaning in words.items():
            if meaning not in allowed:
                place = f"{of}.words.{name}.{word}"
                problems.append(_bad(file, place, str(meaning), "is no word", ", ".join(allowed)))
        result[name] = {str(word).lower(): str(meaning) for word, meaning in words.items()}
    return result


def _factors(file: str, of: List, given: object, problems: list[Problem]) -> dict[str, float]:
    result: dict[str, float] = {}
    for name, factor in given.items() if isinstance(given, dict) else ():
        good = isinstance(factor, int | float) and not isinstance(factor, bool) and factor > 0
        if name not in FACTOR_FIELDS[of] or not good:
            wanted = f"a number above 0 for {', '.join(FACTOR_FIELDS[of]) or 'nothing'}"
            place = f"{of}.factors.{name}"
            problems.append(_bad(file, place, str(factor), "is no factor", wanted))
        else:
            result[name] = float(factor)
    return result


def _bad(file: str, key: str | None, value: str, what: str, expected: str) -> Problem:
    return Problem(
        code="mapping-file",
        file=file,
        column=key,
        value=value[:80] or None,
        message=f"the mapping file {what}" if key is None else f"this part of the mapping {what}",
        expected=expected,
        fix="Correct the mapping file; docs/init.md has an example.",
    )
