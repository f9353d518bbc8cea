"""What ``netplan init`` wrote, on a terminal: a summary; README.md of the folder has the rest."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from netplan.report.format import clean, number, plural
from netplan.report.terminal import print_problems

if TYPE_CHECKING:
    from netplan.sources.lists import InitResult
    from netplan.sources.rules import Guess

_GUESSES = 3
_LEFT_EACH = 3
_NOTES = 8
_README = "README.md of the folder"


def print_started(result: "InitResult", console: Console) -> None:
    """Print what was written, the guesses that matter most, what is lacking, and what is next."""

    def say(text: str = "", style: str = "") -> None:
        console.print(Text(clean(text), style=style), soft_wrap=True)

    say(f"Written: {result.folder}", "bold")
    if result.aside is not None:
        say(f"What stood there is now in {result.aside}.")
    for name, amount in result.counts.items():
        say(f"  {name.replace('_', ' ')}: {number(amount)}")
    if result.guesses:
        say()
        say(f"{plural(len(result.guesses), 'cell')} filled by rule; look at these first:")
        for line in _first_guesses(result.guesses):
            say(f"  {line}")
        say(f"  The rest is in {_README} and in guesses.csv.")
    for title, rows in (
        ("left out of schools.csv", result.left_out),
        ("left out of the after-school tables", result.left_out_after_school),
    ):
        if rows:
            say()
            say(f"{plural(len(rows), 'row')} {title}:")
        for row in rows[:_LEFT_EACH]:
            say(f"  {row.file}:{row.row} {row.name}: {row.reason}")
        if len(rows) > _LEFT_EACH:
            say(f"  and {len(rows) - _LEFT_EACH:,} more, in {_README}")
    if result.problems:
        say()
        print_problems(result.problems[:_NOTES], console)
        if len(result.problems) > _NOTES:
            say(f"and {plural(len(result.problems) - _NOTES, 'more note')}, in {_README}")
    if result.lacking:
        say()
        say("What home access still lacks:", "bold")
        for one in result.lacking:
            say(f"  {one.what}")
            say(f"    without it: {one.changes}")
            say(f"    how: {one.how}")
    say()
    say(f"Next: netplan plan {result.folder}")


def _first_guesses(guesses: "Sequence[Guess]") -> list[str]:
    """Say which rules move the results most, each with its cells and what it does."""
    from netplan.sources.rules import RULE

    by_rule: dict[str, list[Guess]] = {}
    for guess in guesses:
        by_rule.setdefault(guess.rule, []).append(guess)
    first = sorted(by_rule, key=lambda name: (RULE[name].order, name))[:_GUESSES]
    return [
        f"{', '.join(dict.fromkeys(f'{one.file} {one.column}' for one in by_rule[name]))} "
        f"({plural(len(by_rule[name]), 'cell')}): {RULE[name].text}"
        for name in first
    ]
