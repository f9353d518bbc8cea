"""The README.md that `netplan init` puts into a folder: what was read, guessed, and to correct."""

import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from netplan.errors import Problem
from netplan.sources.lacking import Lacking
from netplan.sources.outcome import LeftRow
from netplan.sources.rules import RULES, Guess
from netplan.sources.schools import LeftOut

MAX_NOTES = 500
MAX_LEFT_EACH = 20


def inline(text: str) -> str:
    """Give untrusted text for a line of Markdown: no HTML, no markup, one line."""
    return re.sub(r"([\\`*_\[\]|#])", r"\\\1", html.escape(" ".join(text.split()), quote=False))


def readme(
    *,
    name: str,
    sources: Mapping[str, str],
    counts: Mapping[str, float],
    guesses: Sequence[Guess],
    notes: Sequence[Problem],
    left_out: Sequence[LeftOut],
    left_out_after_school: Sequence[LeftRow] = (),
    lacking: Sequence[Lacking] = (),
) -> str:
    """Give the text.

    Parameters
    ----------
    name
        The district's name.
    sources
        What was read: file name to its layout.
    counts
        Counts of the result by name.
    guesses, notes, left_out, left_out_after_school, lacking
        As in the result.
    """
    lines = [
        f"# {inline(name)}",
        "",
        "A first draft made by `netplan init`. It holds what the lists say, and guesses for what "
        "they do not say: look at the guesses before you believe a result.",
        "",
        "## What was read",
        "",
        *(f"- {inline(file)}: {inline(layout)}" for file, layout in sources.items()),
        *(f"- {inline(key)}: {value:,g}" for key, value in counts.items()),
        "",
        "## What was guessed, and in which order to correct it",
        "",
        "The guess that moves the results most comes first. Each guessed cell is named in the "
        "`guess` column of its row as `column: rule`, and stands in guesses.csv with its value. "
        "When you put the true value in, take the mark out of the `guess` cell; netplan does not "
        "read that column.",
        "",
        "| order | rule | where | cells | what it does | source |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    places: dict[str, Counter[str]] = {}
    for guess in guesses:
        places.setdefault(guess.rule, Counter())[f"{guess.file}: {guess.column}"] += 1
    for rule in sorted(RULES, key=lambda rule: (rule.order, rule.name)):
        if rule.name in places:
            where = ", ".join(places[rule.name])
            cells = sum(places[rule.name].values())
            lines.append(
                f"| {rule.order} | {rule.name} | {inline(where)} | {cells:,} | {inline(rule.text)} "
                f"| {inline(rule.source)} |"
            )
    lines += ["", "## Rows left out", ""]
    if left_out:
        lines.append("Also in left-out.csv, with how to add each.")
        lines.append("")
        lines += [
            f"- row {left.row}, {inline(left.name)}: {inline(left.reason)}" for left in left_out
        ]
    else:
        lines.append("None.")
    lines += _left_after_school(left_out_after_school)
    if lacking:
        lines += ["", "## What home access still lacks", ""]
        lines += [
            f"- {inline(one.what)}. Without it {inline(one.changes)}. How: {inline(one.how)}."
            for one in lacking
        ]
    lines += ["", "## To look at", ""]
    lines += [f"- {inline(str(note))}" for note in notes[:MAX_NOTES]]
    if len(notes) > MAX_NOTES:
        lines.append(f"- and {len(notes) - MAX_NOTES:,} more")
    if not notes:
        lines.append("Nothing.")
    lines += ["", "Next: `netplan validate` on this folder, then `netplan plan`.", ""]
    return "\n".join(lines)


def _left_after_school(left_out: Sequence[LeftRow]) -> list[str]:
    """Say which rows of the after-school lists were left out, the first of each list."""
    if not left_out:
        return []
    lines = ["", "Of the after-school lists (all in left-out-after-school.csv):", ""]
    by_file: dict[str, list[LeftRow]] = {}
    for left in left_out:
        by_file.setdefault(left.file, []).append(left)
    for file, rows in by_file.items():
        lines += [
            f"- {inline(file)}, row {left.row}, {inline(left.name or left.id)}: "
            f"{inline(left.reason)}"
            for left in rows[:MAX_LEFT_EACH]
        ]
        if len(rows) > MAX_LEFT_EACH:
            lines.append(f"- {inline(file)}: and {len(rows) - MAX_LEFT_EACH:,} more")
    return lines
