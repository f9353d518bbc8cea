"""Scenarios on a terminal: the answer first, then what flips and why, the worst first."""

from pathlib import Path

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from netplan.report.format import UNKNOWN, clean, percent, plural, tidy
from netplan.report.frames import records
from netplan.report.lookup import Lookup, look_up
from netplan.report.whatif import ScenarioResult, WhatIf
from netplan.report.whatif_charts import shifts
from netplan.report.whatif_compare import misfits
from netplan.report.whatif_groups import Group, flip_groups, shift_groups, worst_first
from netplan.report.whatif_views import group_limit, interaction_sentence, used_words
from netplan.report.whatif_words import (
    STATE_WORDS,
    finding_lines,
    inseparable_sentences,
    scenario_sentences,
    when,
    why_words,
)

_WORST = 15
_FINDINGS = 5
_STYLES = {"fits": "green", "over": "bold red", "cut-off": "bold red"}


def print_whatif(
    whatif: WhatIf, console: Console, *, all_rows: bool = False, pages: Path | None = None
) -> None:
    """Print each scenario against the base.

    Parameters
    ----------
    whatif
        What to print.
    console
        Where to.
    all_rows
        Print every building that flips, and every one that changes.
    pages
        The page to open, where an output folder was written.
    """
    console.print(Text(clean(whatif.base.district.name), style="bold"))
    if whatif.sets:
        names = "; ".join(clean(change.name) for change in whatif.sets)
        console.print(Text(f"Laid over every scenario: {names}."))
    for result in whatif.scenarios:
        console.print()
        _print_scenario(result, console, all_rows=all_rows)
    if pages is not None:
        console.print()
        console.print(Text(f"Open {clean(str(pages))}"), soft_wrap=True)


def _print_scenario(result: ScenarioResult, console: Console, *, all_rows: bool) -> None:
    title = clean(result.scenario.title)
    console.print(Text(f"{title} ({clean(result.name)})", style="bold"))
    first, *others = scenario_sentences(result)
    console.print(Text(tidy(first), style="bold"))
    for sentence in [*others, *inseparable_sentences(result)]:
        console.print(Text(tidy(sentence)))
    if result.is_several_years:
        console.print()
        console.print(_years(result))
    lookup = look_up(result.report)
    flips = records(result.flips)
    groups = [Group(rows=(row,)) for row in sorted(flips, key=worst_first)]
    groups = groups if all_rows else flip_groups(flips)
    shown = groups if all_rows else groups[:_WORST]
    if shown:
        console.print()
        _print_flips(shown, lookup, console, several=result.is_several_years)
        if len(groups) > len(shown):
            console.print(Text(f"and {len(groups) - len(shown):,} more (--all shows every one)"))
        if sentence := interaction_sentence(result):
            console.print(Text(sentence))
    if all_rows or not flips:
        _print_shifts(result, console, all_rows=all_rows)
    added = result.last.comparison.findings_added
    lines = [tidy(each.message) for each in added] if all_rows else finding_lines(added)
    for line in lines if all_rows else lines[:_FINDINGS]:
        console.print(Text(clean(f"New: {line}")))
    if len(lines) > _FINDINGS and not all_rows:
        console.print(Text(f"and {plural(len(lines) - _FINDINGS, 'more kind')} of new findings"))


def _years(result: ScenarioResult) -> Table:
    table = _table()
    table.add_column("School year", no_wrap=True)
    for heading in ("Do not fit", "Without it"):
        table.add_column(heading, justify="right", no_wrap=True)
    for year in result.years:
        table.add_row(
            Text(clean(year.school_year or UNKNOWN)),
            Text(f"{misfits(year.report):,}"),
            Text(f"{misfits(year.base):,}"),
        )
    return table


def _print_flips(groups: list[Group], lookup: Lookup, console: Console, *, several: bool) -> None:
    """Print who flips; under each row its limit and its reason, over the full width."""
    fixed = max(map(len, ["Without it", *STATE_WORDS.values()]))
    years = 0 if not several else 24 if console.width < 120 else 42
    # a space and a divider stand after each column
    names = max(console.width - 2 * fixed - years - 2 * (4 if several else 3), 12)
    for place, group in enumerate(groups):
        row = group.first
        table = _table(heading=place == 0)
        table.add_column("Schools", width=names, overflow="fold")
        table.add_column("Without it", width=fixed, no_wrap=True)
        table.add_column("With it", width=fixed, no_wrap=True)
        if several:
            table.add_column("When", width=years, overflow="fold")
        table.add_row(
            Text(group.names),
            Text(STATE_WORDS[row["was"]], style=_STYLES[row["was"]]),
            Text(STATE_WORDS[row["now"]], style=_STYLES[row["now"]]),
            *([Text(clean(when(row)))] if several else []),
        )
        console.print(table)
        for line in _under(group, lookup):
            console.print(Padding(Text(line), (0, 0, 0, 2)))


def _under(group: Group, lookup: Lookup) -> list[str]:
    """Give the lines under a row: how full what is before and after, and why."""
    before, after = (used_words(group, side, lookup) for side in ("before", "after"))
    limit = "" if not group.is_one_element else group_limit(group, lookup)
    reason = why_words(group.first)
    used = f"before {before}, after {after}"
    if group.first["limited_by"] == "cut-off":
        lines = [f"Limit: {limit}"]
    else:
        lines = [f"Limit: {limit}: {used}" if limit else f"Fullest: {used}"]
    return [*lines, f"Why: {reason}"] if reason else lines


def _print_shifts(result: ScenarioResult, console: Console, *, all_rows: bool) -> None:
    """Print the buildings whose bottleneck's use changes, the fullest first."""
    rows = sorted(shifts(result.last), key=lambda row: (-row["after_share"], row["school_id"]))
    groups = [(clean(row["name"]), row) for row in rows] if all_rows else shift_groups(rows)
    shown = groups if all_rows else groups[:_WORST]
    if not shown:
        return
    table = _table()
    table.add_column("Schools", min_width=12, overflow="fold")
    for heading in ("Bottleneck\nbefore %", "after %"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, row in shown:
        table.add_row(
            Text(name), Text(_share(row["before_share"])), Text(_share(row["after_share"]))
        )
    console.print()
    console.print(table)
    if len(groups) > len(shown):
        console.print(Text(f"and {len(groups) - len(shown):,} more (--all shows every one)"))


def _table(*, heading: bool = True) -> Table:
    return Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        show_edge=False,
        show_header=heading,
    )


def _share(value: float | None) -> str:
    return UNKNOWN if value is None else percent(value)[:-2]
