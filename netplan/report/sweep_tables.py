"""The charts of a sweep in text, and what each dollar buys."""

from typing import Any

from netplan.report.format import Cell, clean, count, number, percent
from netplan.report.frames import records
from netplan.report.layout import LONG, Table, left_out, mixed_table
from netplan.report.sweep_points import frontier_chart
from netplan.report.sweep_words import COST_WORDS, OUTCOME_WORDS, input_words
from netplan.whatif.summary import SweepSummary
from netplan.whatif.sweep_model import INPUT_PREFIX


def effects_table(summary: SweepSummary, year: str) -> Table:
    """The tornado charts in text, for one school year."""
    rows = [
        {
            "outcome": OUTCOME_WORDS[row["outcome"]][0],
            "input": input_words(row["input"]),
            "rank correlation": Cell(
                text=f"{row['correlation']:+.2f}",
                sort=f"{row['correlation']:.9g}",
                numeric=True,
            ),
            "low end": clean(row["low_input"]),
            "mean at the low end": _outcome(row["outcome"], row["outcome_low"]),
            "high end": clean(row["high_input"]),
            "mean at the high end": _outcome(row["outcome"], row["outcome_high"]),
        }
        for row in records(summary.effects[summary.effects["school_year"] == year])
        # what never changes has no correlation, and nothing to tell
        if row["correlation"] is not None
    ]
    keys = (
        *("outcome", "input", "rank correlation", "low end", "mean at the low end"),
        *("high end", "mean at the high end"),
    )
    return mixed_table(
        "effects",
        f"What each input does in {year}, in text: mean outcome at the low and the high end",
        keys,
        rows,
    )


def _outcome(outcome: str, value: float | None) -> Cell:
    """Show the mean of an outcome in its unit."""
    if value is None:
        return Cell(text="–", numeric=True)
    text = percent(value) if OUTCOME_WORDS[outcome][2] else number(value)
    return Cell(text=text, sort=f"{value:.9g}", numeric=True)


def sobol_table(summary: SweepSummary, year: str) -> Table | None:
    """Give the Sobol charts in text; None for other designs."""
    rows = records(summary.sobol[summary.sobol["school_year"] == year])
    if not rows:
        return None

    def pair(value: float | None, error: float | None) -> Cell:
        if value is None or error is None:
            return Cell(text="–", numeric=True)
        text = f"{percent(round(value, 3))} ± {percent(round(error, 3))}"
        return Cell(text=text, sort=f"{value:.9g}", numeric=True)

    return mixed_table(
        "sobol",
        f"Shares of the variance in {year}, in text, ± one standard error",
        ("outcome", "input", "alone", "in all"),
        [
            {
                "outcome": OUTCOME_WORDS[row["outcome"]][0],
                "input": input_words(row["input"]),
                "alone": pair(row["first"], row["first_se"]),
                "in all": pair(row["total"], row["total_se"]),
            }
            for row in rows
        ],
    )


def frontier_parts(summary: SweepSummary) -> dict[str, Any]:
    """Give the chart and the table of what each dollar buys; None where no cost varies."""
    options = records(summary.frontier)
    best = [row for row in options if row["best"]]
    if not best:
        return {"frontier": None, "frontier_table": None}
    cost = best[0]["cost"]
    words = COST_WORDS.get(cost, input_words(cost))
    inputs = [name for name in summary.frontier.columns if name.startswith(INPUT_PREFIX)]
    return {
        "frontier": frontier_chart(options, axis=words),
        "frontier_table": mixed_table(
            "frontier",
            f"Options that no other beats, by {words}, in text",
            (
                *("cost_usd", "buildings over, mean", "buildings over, most"),
                *(name.removeprefix(INPUT_PREFIX) for name in inputs),
                "samples",
            ),
            [
                {
                    "cost_usd": Cell(
                        text=count(row["usd"]), sort=f"{row['usd']:.9g}", numeric=True
                    ),
                    "buildings over, mean": Cell(
                        text=_with_error(row["buildings_over"], row["standard_error"]),
                        sort=f"{row['buildings_over']:.9g}",
                        numeric=True,
                    ),
                    "buildings over, most": row["most_over"],
                    **{name.removeprefix(INPUT_PREFIX): row[name] for name in inputs},
                    "samples": row["samples"],
                }
                for row in best[:LONG]
            ],
            note=left_out(len(best) - LONG, "frontier.csv"),
        ),
    }


def _with_error(value: float, error: float | None) -> str:
    """Give a mean with its standard error, where it has one."""
    return number(value) if not error else f"{number(value)} ± {number(float(f'{error:.2g}'))}"
