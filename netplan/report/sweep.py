"""``sweep.html`` and the summaries beside it: what many samples of a district say together."""

import base64
import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from netplan._version import __version__
from netplan.district.model import District
from netplan.report.format import clean, percent, plural
from netplan.report.frames import records
from netplan.report.layout import Table, plain_table
from netplan.report.pages import environment, write_text
from netplan.report.sweep_charts import sobol_bars, tornado, year_ranges
from netplan.report.sweep_tables import effects_table, frontier_parts, sobol_table
from netplan.report.sweep_views import chances, input_views
from netplan.report.sweep_words import (
    METHOD_WORDS,
    OUTCOME_WORDS,
    headline,
    input_words,
)
from netplan.report.tables import write_csv
from netplan.whatif.effects import OUTCOMES, by_year
from netplan.whatif.summary import SweepSummary, summarize
from netplan.whatif.sweep_model import DRAWN, Sweep

PAGE = "sweep.html"
#: Files that every sweep's folder has beside the summaries, and what each holds.
_DATA = (
    ("results.parquet", "every sample, school year and building, with its inputs beside"),
    ("districts.parquet", "every sample and school year of the whole district"),
)
_SUMMARIES = {
    "probabilities": "chance of each building by school year, with its error",
    "counts": "buildings over the limit by school year",
    "distribution": "how often which number of buildings is over",
    "effects": "what each input does to each outcome, by school year",
    "sobol": "Sobol indices with their errors",
    "frontier": "what each option costs, and how many buildings are over then",
}
_PROBLEMS = ("problems.csv", "samples without a result, and why")


def write_sweep(
    folder: Path,
    *,
    district: District,
    sweep: Sweep,
    results: pd.DataFrame,
    districts: pd.DataFrame,
    problems: pd.DataFrame,
) -> SweepSummary:
    """Write the summaries as CSV and ``sweep.html`` into the folder of a sweep.

    Parameters
    ----------
    folder
        Exists; ``results.parquet``, ``districts.parquet`` and ``problems.csv`` are the caller's.
    district
        As it is, before any sample.
    sweep
        What was asked for.
    results, districts
        As `netplan.whatif.summary` describes them.
    problems
        One row per problem of a sample without results: sample, school_year, message and
        whatever else; may be empty.

    Returns
    -------
    summary
        What was written.
    """
    summary = summarize(sweep, results, districts)
    for name, table in summary.tables().items():
        if len(table):
            write_csv(folder / f"{name}.csv", records(table), map(str, table.columns))
    html = sweep_html(
        district=district, sweep=sweep, summary=summary, districts=districts, problems=problems
    )
    write_text(folder / PAGE, html)
    return summary


def sweep_html(
    *,
    district: District,
    sweep: Sweep,
    summary: SweepSummary,
    districts: pd.DataFrame,
    problems: pd.DataFrame,
) -> str:
    """Give the text of ``sweep.html``; the same sweep gives the same bytes.

    Nothing is loaded from anywhere: charts are drawings in the page, and its policy lets in
    only its own style and script, by hash.
    """
    env = environment()
    assets = files("netplan.report") / "assets"
    style = "".join(
        (assets / name).read_text(encoding="utf-8").replace("\r\n", "\n")
        for name in ("style.css", "sweep.css")
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    context = sweep_context(district, sweep, summary, districts, problems)
    return env.get_template("sweep.html").render(
        {**context, "style": Markup(style), "style_hash": f"sha256-{digest}"}  # noqa: S704
    )


def sweep_context(
    district: District,
    sweep: Sweep,
    summary: SweepSummary,
    districts: pd.DataFrame,
    problems: pd.DataFrame,
) -> dict[str, Any]:
    """Give everything that ``sweep.html`` names."""
    years = [year for year, _ in by_year(districts)]
    last = districts[districts["school_year"] == years[-1]]
    schools = district.table("schools").set_index("school_id")["name"].dropna()
    names = {str(key): clean(str(value)) for key, value in schools.items()}
    buildings = int(districts["buildings"].max())
    return {
        "district": district.name,
        "school_year": district.settings.school_year or "",
        "events": (),
        "limit": percent(district.planning.utilization_limit),
        "percentile": percent(district.planning.percentile),
        "provenance": _footer(district, sweep),
        "title": clean(sweep.title or sweep.name),
        "notes": clean(sweep.notes),
        "source": clean(sweep.source),
        "drawn": sweep.method in DRAWN,
        "lead": headline(sweep, summary, buildings=buildings, names=names),
        "method": METHOD_WORDS[sweep.method],
        "years": years,
        "last_year": years[-1],
        "chances": chances(summary.probabilities, years, names, drawn=sweep.method in DRAWN),
        "year_chart": year_ranges(records(summary.counts), buildings),
        "counts": plain_table(
            "counts",
            "Buildings over the limit by school year, in text",
            [_count_row(row) for row in records(summary.counts)],
        ),
        "tornadoes": _tornadoes(summary, last, years[-1]),
        "sobols": _sobols(summary, years[-1]),
        "effects": effects_table(summary, years[-1]),
        "sobol": sobol_table(summary, years[-1]),
        "inputs": input_views(sweep, districts[districts["school_year"] == years[0]]),
        "scenarios": [clean(name) for name in sweep.scenarios],
        **frontier_parts(summary),
        "problems": _problems(problems),
        "failed": summary.failed,
        "files": [
            *_DATA,
            *(
                (f"{name}.csv", _SUMMARIES[name])
                for name, table in summary.tables().items()
                if len(table)
            ),
            *([_PROBLEMS] if len(problems) else []),
        ],
    }


def _footer(district: District, sweep: Sweep) -> dict[str, Any]:
    """Give what the page says of its making: no clock, so that it stays the same bytes."""
    inputs = sorted({**district.inputs.hashes, sweep.file: sweep.sha256}.items())
    digest = hashlib.sha256(repr((__version__, inputs)).encode("utf-8", "surrogatepass"))
    return {"version": __version__, "run": digest.hexdigest()[:12], "inputs": inputs}


def _count_row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "school_year": row["school_year"],
        "middling": row["median"],
        "nine of ten samples": f"{row['p05']} to {row['p95']}",
        "mean": round(row["mean"], 1),
        "most": row["most"],
    }


def _tornadoes(summary: SweepSummary, last: pd.DataFrame, year: str) -> list[Any]:
    """Draw what matters most to each outcome in one school year, those that change at all."""
    rows = records(summary.effects[summary.effects["school_year"] == year])
    drawn = []
    for outcome in OUTCOMES[:2]:
        title, axis, share = OUTCOME_WORDS[outcome]
        scale = 100.0 if share else 1.0
        mine = [
            {
                **row,
                "input": input_words(row["input"]),
                "outcome_low": scale * row["outcome_low"],
                "outcome_high": scale * row["outcome_high"],
            }
            for row in rows
            if row["outcome"] == outcome and None not in (row["outcome_low"], row["outcome_high"])
        ]
        values = last[outcome].to_numpy(dtype=np.float64)
        drawn.append(tornado(mine, title=title, axis=axis, middle=scale * float(values.mean())))
    return [each for each in drawn if each is not None]


def _sobols(summary: SweepSummary, year: str) -> list[Any]:
    rows = records(summary.sobol[summary.sobol["school_year"] == year])
    drawn = [
        sobol_bars(
            [
                {**row, "input": input_words(row["input"])}
                for row in rows
                if row["outcome"] == outcome
            ],
            title=OUTCOME_WORDS[outcome][0],
        )
        for outcome in OUTCOMES[:2]
    ]
    return [each for each in drawn if each is not None]


def _problems(problems: pd.DataFrame) -> Table | None:
    if problems.empty:
        return None
    keys = [name for name in ("sample", "school_year", "message", "fix") if name in problems]
    rows = records(problems[keys].astype({"message": str}))
    return plain_table(
        "problems", f"{plural(len(rows), 'problem')} of samples without a result", rows
    )
