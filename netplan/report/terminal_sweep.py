"""A sweep on a terminal: how it stands, which buildings are likely over, what matters most."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from netplan.report.format import UNKNOWN, clean, count, percent, plural
from netplan.report.frames import records
from netplan.report.lookup import Row
from netplan.report.sweep_words import by_span, headline
from netplan.whatif.summary import AIRTIME, SweepSummary
from netplan.whatif.sweep_model import DRAWN, Sweep

_WORST = 15
_MATTER = 8


def print_sweep(
    sweep: Sweep,
    summary: SweepSummary,
    names: dict[str, str],
    console: Console,
    *,
    buildings: int,
    written: Sequence[Path] = (),
    all_rows: bool = False,
) -> None:
    """Print what a sweep found.

    Parameters
    ----------
    names
        School ids to the names of the schools.
    buildings
        Of the district.
    written
        Files to point at, the page to open first.
    all_rows
        Print every building instead of the worst.
    """
    drawn = sweep.method in DRAWN
    console.print(Text(clean(sweep.title), style="bold"))
    known = {school: clean(name) for school, name in names.items()}
    first, *others = headline(sweep, summary, buildings=buildings, names=known)
    console.print(Text(first, style="bold"))
    for sentence in others:
        console.print(Text(sentence))
    if summary.failed:
        console.print(
            Text(
                f"{plural(summary.failed, 'sample')} could not be evaluated: problems.csv says why."
            )
        )
    years = list(dict.fromkeys(summary.probabilities["school_year"]))
    rows = _by_school(summary, years)
    groups = [[row] for row in rows] if all_rows else _alike(rows, years)
    shown = groups if all_rows else groups[:_WORST]
    console.print()
    console.print(_chances(shown, years, known, drawn=drawn))
    if left := sum(map(len, groups[len(shown) :])):
        console.print(Text(f"{count(left)} more buildings: --all shows them."))
    causes = Counter(row["cause"] for row in rows if row["cause"] is not None)
    if causes and 2 * causes.most_common(1)[0][1] > len(rows) > 1:
        cause, times = causes.most_common(1)[0]
        named = "Wi-Fi airtime" if cause == AIRTIME else clean(str(cause))
        console.print(Text(f"{plural(times, 'building')}: mostly because of {named}."))
    matter = _matter(summary, years[-1])
    if matter:
        console.print()
        console.print(Text(f"What moves the number of buildings over, {years[-1]}", style="bold"))
        console.print(_inputs(matter))
    if written:
        console.print()
        console.print(Text(f"Open {clean(str(written[0]))}"), soft_wrap=True)
        for path in written[1:]:
            console.print(Text(f"Wrote {clean(str(path))}"), soft_wrap=True)


def _by_school(summary: SweepSummary, years: Sequence[str]) -> list[Row]:
    """Give one row per school with its chance in each year, the likeliest in the end first."""
    schools: dict[str, Row] = {}
    for row in records(summary.probabilities):
        school = schools.setdefault(str(row["school_id"]), {"school_id": row["school_id"]})
        school[str(row["school_year"])] = row["probability"]
        school["worst"] = row["worst_utilization_share"]
        # of the last year in which it is ever over
        school["cause"] = row["cause"] or school.get("cause")

    def place(row: Row) -> tuple[list[float], str]:
        return [-float(row.get(year, 0.0)) for year in reversed(years)], str(row["school_id"])

    return sorted(schools.values(), key=place)


def _alike(rows: Sequence[Row], years: Sequence[str]) -> list[list[Row]]:
    """Put buildings whose rows would read the same together, in the order of the first of each."""
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        shares = (*(row.get(year) for year in years), row["worst"])
        key = tuple(None if share is None else percent(float(share)) for share in shares)
        groups.setdefault(key, []).append(row)
    return list(groups.values())


def _chances(
    groups: Sequence[Sequence[Row]], years: Sequence[str], names: dict[str, str], *, drawn: bool
) -> Table:
    what = "Chance of being over the limit" if drawn else "Share of combinations over the limit"
    table = Table(box=box.SIMPLE_HEAD, title=what, title_justify="left", title_style="bold")
    table.add_column("School", overflow="fold")
    for year in years:
        table.add_column(year, justify="right")
    table.add_column("Fullest", justify="right")
    for row, *others in groups:
        school = str(row["school_id"])
        name = names.get(school, clean(school))
        if others:
            name += f" and {count(len(others))} more"
        cells = [percent(float(row[year])) if year in row else "" for year in years]
        fullest = UNKNOWN if row["worst"] is None else percent(float(row["worst"]))
        table.add_row(name, *cells, fullest)
    return table


def _matter(summary: SweepSummary, year: str) -> list[Row]:
    effects = summary.effects
    last = (effects["school_year"] == year) & (effects["outcome"] == "buildings_over")
    known = [row for row in records(effects[last]) if row["correlation"] is not None]
    return by_span(known)[:_MATTER]


def _inputs(rows: Sequence[Row]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("Input", overflow="fold")
    table.add_column("Rank correlation", justify="right")
    for name in ("From", "buildings", "To", "buildings"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            clean(str(row["input"])),
            f"{float(row['correlation']):+.2f}",
            clean(str(row["low_input"])),
            f"{float(row['outcome_low']):.1f}",
            clean(str(row["high_input"])),
            f"{float(row['outcome_high']):.1f}",
        )
    return table
