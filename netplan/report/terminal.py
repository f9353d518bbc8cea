"""Results on a terminal: the answer first, then the worst buildings, then what to do."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from netplan.capacity.model import Finding
from netplan.capacity.status import Limits
from netplan.errors import Problem
from netplan.report.event_box import assumption_lines, district_comparison, event_titles
from netplan.report.format import (
    UNKNOWN,
    WAYS,
    clean,
    count,
    number,
    percent,
    plural,
    school_year,
    tidy,
)
from netplan.report.frames import records
from netplan.report.headline import STATUS_WORDS, cut_off, district_headline
from netplan.report.in_force import scenario_lines
from netplan.report.lookup import Lookup, Row, look_up
from netplan.report.model import Home, Report
from netplan.report.statuses import by_air, limits_of

_WORST = 15
_FINDINGS_EACH = 8
_STYLES = {
    "over": "bold red",
    "at-risk": "yellow",
    "fits": "green",
    "critical": "bold red",
    "warning": "yellow",
    "info": "cyan",
    "error": "bold red",
    "note": "cyan",
}
_KEY = (
    "Asks: the building's own planning load down. Own: how full its own uplink is. Used, of: its "
    "bottleneck, with all schools on it. Room: devices that fit if this school alone grows, by "
    "links; Wi-Fi is not in it. Out: when its links run out of room."
)
_GROUPS = (("critical", "Critical"), ("warning", "Warnings"), ("info", "Worth knowing"))


def print_check(
    report: Report,
    console: Console,
    *,
    all_rows: bool = False,
    pages: Path | None = None,
    written: Sequence[Path] = (),
) -> None:
    """Print a report: headline, buildings worst first, findings, and where files went.

    Parameters
    ----------
    report
        What to print.
    console
        Where to; its width and colors are respected, and no meaning is in color alone.
    all_rows
        Print every building and finding instead of the worst.
    pages
        The page to open, where an output folder was written.
    written
        Other files that the command wrote.
    """
    lookup = look_up(report)
    first, *others = district_headline(report, lookup)
    console.print(Text(clean(report.district.name), style="bold"))
    for line in scenario_lines(report):
        console.print(Text(line, style="bold"))
    if report.events:
        _print_events(report, console)
    console.print(Text(clean(first), style="bold"))
    for sentence in others:
        console.print(Text(clean(sentence)))
    console.print()
    rows = records(report.capacity.buildings)
    shown = rows if all_rows else rows[:_WORST]
    limits = limits_of(report)
    console.print(_buildings(shown, lookup, limits))
    if any(by_air(row, limits) and not cut_off(row) for row in shown):
        console.print(Text("* because of its Wi-Fi, not of its links"))
    console.print(Text(_KEY))
    if len(rows) > len(shown):
        console.print(Text(_rest(rows[len(shown) :])))
    print_findings(report.findings, console, all_rows=all_rows)
    if report.home is not None:
        print_home(report.home, console)
    print_money(report, console)
    if pages is not None:
        console.print()
        console.print(Text(f"Open {clean(str(pages))}"), soft_wrap=True)
    print_written(written, console)


def print_home(home: Home, console: Console) -> None:
    """Print the after-school half of a plan in a few sentences; its page has the rest."""
    from netplan.report.home_words import access_headline, gap_headline

    console.print()
    console.print(Text("After school", style="bold"))
    if home.gap is not None:
        console.print(Text(tidy(gap_headline(home.gap)[0])))
    if home.access is not None:
        for sentence in access_headline(home.access)[:4]:
            console.print(Text(tidy(sentence)))
    if home.note:
        console.print(Text(clean(home.note)))


def print_money(report: Report, console: Console) -> None:
    """Print what a plan says of money in a few sentences; its page has the rest."""
    from netplan.report.money_words import money_headline

    if report.money is None and not report.money_note:
        return
    console.print()
    console.print(Text("Money", style="bold"))
    if report.money is not None:
        for sentence in money_headline(report.money)[:3]:
            console.print(Text(tidy(sentence)))
    if report.money_note:
        console.print(Text(clean(report.money_note)))


def print_problems(problems: Iterable[Problem], console: Console) -> None:
    """Print every problem by file: where, what is wrong, what is expected, what to do."""
    ordered = list(problems)
    errors = sum(problem.severity == "error" for problem in ordered)
    notes = len(ordered) - errors
    parts = [plural(errors, "problem")] if errors else ["No problems"]
    parts += [plural(notes, "note")] if notes else []
    console.print(Text(f"{' and '.join(parts)} found.", style="bold"))
    for problem in ordered:
        line = Text(f"{problem.severity} ", style=_STYLES[problem.severity])
        # Line breaks live in `fix` alone: it may hold a block to be copied.
        fix = problem.fix.split("\n")
        head = clean(str(replace(problem, fix=fix[0])))
        line.append("\n".join([head, *map(clean, fix[1:])]).rstrip(), style="default")
        console.print(line, soft_wrap=True)


def print_written(written: Sequence[Path], console: Console) -> None:
    """Print where files went, one line each, so that a path can be copied whole."""
    if written:
        console.print()
    for path in written:
        console.print(Text(f"Written: {clean(str(path))}"), soft_wrap=True)


def stdout_console() -> Console:
    """Give the console of standard output; rich takes its width and colors from the terminal."""
    return Console(highlight=False)


def stderr_console() -> Console:
    """Give the console of standard error."""
    return Console(stderr=True, highlight=False)


def _print_events(report: Report, console: Console) -> None:
    """Say what day this is, how it stands against the usual one, and what is assumed."""
    names = zip(event_titles(report), report.events, strict=True)
    titles = "; ".join(f"{title} ({event})" if title != event else title for title, event in names)
    console.print(Text(clean(f"Not a usual day: {titles}"), style="bold"))
    for sentence in district_comparison(report):
        console.print(Text(clean(sentence)))
    for line in assumption_lines(report):
        console.print(Text(clean(f"Assumed of {line}")))


def _buildings(rows: list[Row], lookup: Lookup, limits: Limits) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("School", min_width=12, overflow="fold")
    table.add_column("Status", no_wrap=True)
    for heading in ("Asks\nMbps", "Own\n%"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Bottleneck", min_width=12, overflow="fold")
    for heading in ("Used\n%", "of\nMbps", "Room\ndev.", "Out"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            Text(clean(row["name"])),
            Text(_status(row, limits), style=_STYLES[row["status"]]),
            Text(_figure(row["load_down_mbps"])),
            Text(_share(_own(row, lookup))),
            Text(clean(UNKNOWN if cut_off(row) else _bottleneck(row, lookup))),
            Text(UNKNOWN if cut_off(row) else _share(row["bottleneck_utilization_share"])),
            Text(UNKNOWN if cut_off(row) else _figure(row["bottleneck_capacity_mbps"])),
            Text(UNKNOWN if row["headroom_devices"] is None else count(row["headroom_devices"])),
            Text(clean(school_year(row["exhausted_school_year"] or UNKNOWN))),
        )
    return table


def _status(row: Row, limits: Limits) -> str:
    """Give the word for a building; what is cut off has no links that it could be over."""
    if cut_off(row):
        return "Cut off"
    return STATUS_WORDS[row["status"]] + "*" * by_air(row, limits)


def _own(row: Row, lookup: Lookup) -> float | None:
    """Give the use of the fullest of the building's own uplinks."""
    used = [
        each["utilization_share"]
        for link in lookup.uplinks.get(row["school_id"], ())
        for each in lookup.link_rows.get(link, [])
        if each["utilization_share"] is not None
    ]
    return max(used, default=None)


def _bottleneck(row: Row, lookup: Lookup) -> str:
    name = lookup.element(row["bottleneck_kind"], row["bottleneck_element"])
    direction = row["bottleneck_direction"]
    return f"{name}, {WAYS[direction]}" if direction else name


def _share(value: float | None) -> str:
    return UNKNOWN if value is None else percent(value)[:-2]


def _figure(value: float | None) -> str:
    return UNKNOWN if value is None else number(value)


def _rest(rows: list[Row]) -> str:
    cut = sum(cut_off(row) for row in rows)
    parts = [f"{cut:,} more cut off"] if cut else []
    rows = [row for row in rows if not cut_off(row)]
    for status, words in (("over", "over"), ("at-risk", "at risk"), ("fits", "that fit")):
        amount = sum(row["status"] == status for row in rows)
        parts += [f"{amount:,} more {words}"] if amount else []
    return f"and {', '.join(parts)} (--all shows every building)"


def print_findings(findings: tuple[Finding, ...], console: Console, *, all_rows: bool) -> None:
    for severity, title in _GROUPS:
        found = [finding for finding in findings if finding.severity == severity]
        if not found:
            continue
        console.print()
        console.print(Text(f"{title} ({len(found):,})", style=_STYLES[severity]))
        shown = found if all_rows else found[:_FINDINGS_EACH]
        for finding in shown:
            console.print(_hanging(f"- {tidy(finding.message)}", 0))
            console.print(_hanging(f"Do: {tidy(finding.fix)}", 2))
        if len(found) > len(shown):
            console.print(Text(f"and {len(found) - len(shown):,} more"))


def _hanging(text: str, indent: int) -> Padding:
    return Padding(Text(clean(text)), (0, 0, 0, indent))
