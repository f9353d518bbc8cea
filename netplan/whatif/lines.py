"""Where the tables and keys of a TOML file stand: `tomllib` gives values without their lines."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Path = tuple[str | int, ...]
_PART = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|[A-Za-z0-9_-]+")
_QUOTES = ('"""', "'''", '"', "'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines of a TOML file by path: ``("wave", 1, "change", 0, "set", "per_person")``."""

    found: Mapping[Path, int]

    def at(self, *path: str | int) -> int | None:
        """Give the line of a key, or of the nearest thing around it that has one."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.found:
                return self.found[path[:length]]
        return None


def find_lines(text: str) -> Lines:
    """Find the line of every table, array element and key of a TOML text that parses."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    here: Path = ()
    for line, statement in _statements(text):
        if statement.startswith("["):
            double = statement.startswith("[[")
            names = _parts(statement)
            here = _resolve(names[:-1] if double else names, counts)
            if double:
                array = (*here, *names[-1:])
                here = (*array, counts.get(array, 0))
                counts[array] = counts.get(array, 0) + 1
            found.setdefault(here, line)
        else:
            for end in range(1, len(names := _parts(_key(statement))) + 1):
                found.setdefault((*here, *names[:end]), line)
    return Lines(found=found)


def _resolve(names: tuple[str, ...], counts: Mapping[Path, int]) -> Path:
    """Give a table's path with the number of the array element that it belongs to."""
    path: Path = ()
    for name in names:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path] - 1)
    return path


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(text))


def _key(statement: str) -> str:
    """Give what stands before the equals sign, which a quoted key may hold too."""
    end = 0
    while end < len(statement) and statement[end] != "=":
        quoted = _PART.match(statement, end) if statement[end] in "\"'" else None
        end = quoted.end() if quoted is not None else end + 1
    return statement[:end]


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Give each header and each key with its value, and the line on which it begins."""
    kept: list[str] = []
    line, begun, start, depth, at = 1, 1, 0, 0, 0
    while at < len(text):
        sign = text[at]
        if sign in "\"'":
            quote = next(one for one in _QUOTES if text.startswith(one, at))
            end = _closed(text, at + len(quote), quote)
            line += text.count("\n", at, end)
            at = end
            continue
        if sign == "#":
            kept.append(text[start:at])
            start = text.find("\n", at)
            start = at = len(text) if start < 0 else start
            continue
        depth += (sign in "[{") - (sign in "]}")
        if sign == "\n":
            if depth == 0:
                if statement := ("".join(kept) + text[start:at]).strip():
                    yield begun, statement
                kept, start, begun = [], at + 1, line + 1
            line += 1
        at += 1
    if statement := ("".join(kept) + text[start:]).strip():
        yield begun, statement


def _closed(text: str, at: int, quote: str) -> int:
    """Give the position after the end of a string."""
    while at < len(text) and not text.startswith(quote, at):
        at += 2 if text[at] == "\\" and quote[0] == '"' else 1
    end = at + len(quote)
    # a text in three quotation marks may end with one or two of its own
    while len(quote) > 1 and text.startswith(quote[0], end):
        end += 1
    return end
