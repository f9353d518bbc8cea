"""A sweep in sentences: what was drawn, and what a school board should know first."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from netplan.report.format import clean, listed, number, percent, plural
from netplan.report.frames import records
from netplan.report.lookup import Row
from netplan.whatif.summary import SweepSummary
from netplan.whatif.sweep_model import DRAWN, Spread, Sweep, Vary

#: Outcome to its title, the name of its axis, and whether it is a share.
OUTCOME_WORDS: Mapping[str, tuple[str, str, bool]] = MappingProxyType(
    {
        "buildings_over": ("Buildings over the limit", "buildings over, mean", False),
        "worst_utilization_share": ("Fullest element of the district", "% used, mean", True),
        "devices": ("Devices in the district", "devices, mean", False),
    }
)
COST_WORDS: Mapping[str, str] = MappingProxyType(
    {"circuits_usd_per_year": "USD a year for circuits"}
)
METHOD_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "grid": "Every combination of the values was run, each once. Shares are of these runs; "
        "they are not chances, since nobody said how likely each value is.",
        "list": "The listed rows were run, each once. Shares are of these runs; they are not "
        "chances, since nobody said how likely each row is.",
        "random": "Samples were drawn at random from the ranges. Standard errors are those of "
        "independent draws.",
        "lhs": "Samples were drawn as a Latin hypercube: each range is cut into as many equal "
        "parts as there are samples, and each part is used once. A standard error is what is left "
        "after the effects of single inputs (Stein 1987), and at most that of independent draws.",
        "sobol": "Samples are Saltelli's design on Sobol points, which tells what an input does "
        "alone from what it does with others. Chances come from its independent draws; their "
        "standard errors are those of random draws, which are on the safe side.",
    }
)
_LIKELY, _NAMED = 0.5, 3


def headline(
    sweep: Sweep, summary: SweepSummary, *, buildings: int, names: Mapping[str, str]
) -> list[str]:
    """Give the sentences at the top of the page.

    Parameters
    ----------
    buildings
        Of the district.
    names
        School id to its name, clean.
    """
    counts = records(summary.counts)
    last = counts[-1]
    year = last["school_year"]
    runs = (
        plural(last["samples"], "run")
        if sweep.method not in DRAWN
        else plural(last["samples"], "sample")
    )
    spread = (
        "and as many in at least nine of ten"
        if last["p05"] == last["p95"]
        else f"and {last['p05']} to {last['p95']} in nine of ten"
    )
    lead = (
        f"In {year}, {last['median']} of {plural(buildings, 'building')} are over their limit in "
        f"the middling one of {runs}, {spread}."
    )
    return [lead, *_likely(summary.probabilities, year, names, sweep), *_matters(summary, year)]


def _likely(
    probabilities: pd.DataFrame, year: str, names: Mapping[str, str], sweep: Sweep
) -> list[str]:
    """Say which buildings are over more often than not."""
    rows = records(probabilities[probabilities["school_year"] == year])
    rows.sort(key=lambda row: (-row["probability"], row["school_id"]))
    likely = [row for row in rows if row["probability"] > _LIKELY]
    drawn = sweep.method in DRAWN
    if not rows:
        return []
    if not likely:
        top = f"{_name(rows[0], names)} with {chance_text(rows[0]['probability'])}"
        if drawn:
            return [f"No building is more likely over than not; the most likely is {top}."]
        return [f"No building is over in more than half of the runs; the most often is {top}."]
    shown = [f"{_name(row, names)} ({chance_text(row['probability'])})" for row in likely[:_NAMED]]
    left = len(likely) - len(shown)
    shown += [f"{plural(left, 'more building')}"] if left else []
    verb = "is" if len(likely) == 1 else "are"
    start = "More likely over than not" if drawn else "Over in more than half of the runs"
    return [f"{start} {verb} {listed(shown)}."]


def _name(row: Row, names: Mapping[str, str]) -> str:
    return names.get(row["school_id"], clean(row["school_id"]))


def _matters(summary: SweepSummary, year: str) -> list[str]:
    """Say which input the number of buildings follows most."""
    table = summary.effects
    mine = table[(table["school_year"] == year) & (table["outcome"] == "buildings_over")]
    rows = [row for row in records(mine) if row["correlation"] is not None]
    if not rows:
        return ["The number of buildings over the limit is the same in every sample."]
    top = by_span(rows)[0]
    return [
        f"What matters most to their number is {input_words(top['input'])}: on average "
        f"{number(round(top['outcome_low'], 1))} buildings at {clean(top['low_input'])}, "
        f"{number(round(top['outcome_high'], 1))} at {clean(top['high_input'])}."
    ]


def by_span(rows: Sequence[Row]) -> list[Row]:
    """Sort effects by how far the outcome's mean moves between their ends, the farthest first."""
    return sorted(
        rows,
        key=lambda row: (-round(abs(row["outcome_high"] - row["outcome_low"]), 9), row["input"]),
    )


def input_words(name: str) -> str:
    """Give the name of an input as people say it."""
    return clean(name.replace("_", " "))


def chance_text(share: float) -> str:
    """Give a chance in whole percent; what is nearly never or nearly always says so."""
    if 0.0 < share < 0.005:
        return f"under {percent(0.01)}"
    if 0.995 < share < 1.0:
        return f"over {percent(0.99)}"
    return percent(round(share, 2))


def spread_words(vary: Vary) -> str:
    """Say which values an input may take, and how likely."""
    if vary.spread is not None:
        words = _range_words(vary.spread)
    else:
        words = listed([_value_words(value) for value in vary.values])
    return f"times {words}" if vary.factor else words


def _value_words(value: object) -> str:
    if isinstance(value, int | float):
        return number(float(value))
    return clean(str(value)) or "none"


def _range_words(spread: Spread) -> str:
    ends = f"{number(spread.low)} to {number(spread.high)}"
    whole = ", whole numbers" if spread.whole else ""
    if spread.distribution == "loguniform":
        return f"{ends}, evenly by factors{whole}"
    if spread.distribution == "triangular":
        mode = (spread.low + spread.high) / 2 if spread.mode is None else spread.mode
        return f"{ends}, most likely {number(mode)} (triangular){whole}"
    if spread.distribution == "normal" and spread.mean is not None and spread.sd is not None:
        return f"{ends}, normal: {number(spread.mean)} ± {number(spread.sd)}, cut off{whole}"
    return f"{ends}, all equally likely{whole}"
