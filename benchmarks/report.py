"""The results as Markdown and JSON, and the table inside benchmarks/README.md."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.registry import CASES
from benchmarks.runner import Row, Verdict, times
from benchmarks.scaling import Scaling
from benchmarks.startup import Startup

BEGIN, END = "<!-- last run: begin -->", "<!-- last run: end -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One run of the benchmarks.

    Parameters
    ----------
    date
        ISO, UTC.
    machine
        What it ran on.
    quick
        Whether the slow tools were left out.
    """

    date: str
    machine: str
    quick: bool
    rows: tuple[Row, ...]
    verdicts: tuple[Verdict, ...]
    scaling: Scaling | None
    startup: Startup | None


def seconds(value: float | None) -> str:
    """Write a time with three figures in the unit that suits it."""
    if value is None:
        return "-"
    for limit, factor, unit in ((1e-3, 1e6, "us"), (1.0, 1e3, "ms"), (600.0, 1.0, "s")):
        if value < limit:
            return f"{value * factor:.3g} {unit}"
    return f"{value:,.0f} s" if value < 36_000 else f"{value / 3600:,.1f} h"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Lay out a Markdown table."""
    return [
        "| " + " | ".join(head) + " |",
        "|" + " --- |" * len(head),
        *("| " + " | ".join(row) + " |" for row in rows),
        "",
    ]


def _sampled(sample: str | None) -> str:
    """Say what a time was scaled up from, if it was."""
    if not sample or "lower bound" in sample:
        return sample or ""
    return f"scaled up from {sample}"


def _case_table(rows: tuple[Row, ...]) -> list[str]:
    titles = {case.name: case.title for case in CASES}
    lines = []
    for name in dict.fromkeys(row.case for row in rows):
        lines += [f"### {titles[name]}", ""]
        lines += table(
            ("tool", "CPU", "against netplan", "peak memory", "largest difference", "note"),
            [
                (
                    row.name,
                    seconds(row.cpu_s),
                    times(row.ratio),
                    "-" if row.peak_mb is None else f"{row.peak_mb:,.1f} MB",
                    "-" if row.difference is None else f"{row.difference:.1e} Mbps",
                    "; ".join(part for part in (row.note, _sampled(row.sample)) if part),
                )
                for row in rows
                if row.case == name
            ],
        )
    return lines


def _verdict_table(verdicts: tuple[Verdict, ...]) -> list[str]:
    marks = {True: "yes", False: "NO", None: "-"}
    return table(
        ("case", "asked", "measured", "met"),
        [(item.case, item.asked, item.got, marks[item.met]) for item in verdicts],
    )


def _scaling_table(scaling: Scaling) -> list[str]:
    if scaling.note:
        return [scaling.note, ""]
    head = ["stage"]
    for size in scaling.sizes:
        head += [f"{size.schools:,} schools", "peak"]
    rows = []
    for stage in scaling.stages():
        row = [stage]
        for size in scaling.sizes:
            cost = size.costs.get(stage)
            row += ["-", "-"] if cost is None else [seconds(cost.cpu_s), f"{cost.peak_mb:,.0f} MB"]
        exponent = scaling.exponent(stage)
        rows.append((*row, "-" if exponent is None else f"{exponent:.2f}"))
    sizes = "; ".join(
        f"{size.schools:,} schools: {size.nodes:,} nodes, {size.links:,} links"
        for size in scaling.sizes
    )
    return [
        f"{sizes}. The exponent is that of time against schools between the two largest sizes: "
        "1 is linear.",
        "",
        *table((*head, "exponent"), rows),
    ]


def _startup_lines(startup: Startup) -> list[str]:
    if startup.note:
        return [startup.note, ""]
    heavy = ", ".join(startup.heavy) or "none of the heavy libraries"
    return [
        f"{seconds(startup.help_s)} of CPU, a bare interpreter {seconds(startup.bare_s)}; "
        f"imports {heavy}.",
        "",
        "Routing and the failure sweep are machine code made on the first run of a machine: "
        f"{seconds(startup.compile_s)} of CPU then, {seconds(startup.cached_s)} from the cache.",
        "",
    ]


def markdown(results: Results) -> str:
    """Write the whole run."""
    lines = [f"# Benchmarks of {results.date}", "", f"{results.machine}.", ""]
    lines += summary(results)
    lines += ["## Side by side", "", *_case_table(results.rows)]
    return "\n".join(lines)


def summary(results: Results) -> list[str]:
    """Write what issue 2 asks against what was measured, scaling and start-up."""
    lines = ["## Against the targets", "", *_verdict_table(results.verdicts)]
    if results.scaling:
        lines += ["## Cost against size", "", *_scaling_table(results.scaling)]
    if results.startup:
        lines += ["## `netplan --help`", "", *_startup_lines(results.startup)]
    return lines


def as_json(results: Results) -> str:
    """Write the whole run as data."""
    data: dict[str, Any] = asdict(results)
    if results.scaling:
        data["exponents"] = {
            stage: results.scaling.exponent(stage) for stage in results.scaling.stages()
        }
    return json.dumps(data, indent=2) + "\n"


def refresh_readme(results: Results, path: Path) -> None:
    """Replace the marked part of the README by this run."""
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    lines = [f"Run of {results.date} on {results.machine}.", "", *summary(results)]
    body = "\n".join([*lines, "## Side by side", "", *_case_table(results.rows)])
    body = body.replace("\n### ", "\n#### ").replace("\n## ", "\n### ")
    path.write_text(f"{before}{BEGIN}\n\n{body.rstrip()}\n\n{END}{after}", encoding="utf-8")
