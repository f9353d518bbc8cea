"""What each input does to the district as a whole, and which samples no other beats."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pandas as pd

from netplan.whatif.sensitivity import correlation_ratio, rank_correlation, sobol_indices
from netplan.whatif.sweep_model import INPUT_PREFIX

Floats = npt.NDArray[np.float64]

#: What inputs are ranked by.
OUTCOMES = ("buildings_over", "worst_utilization_share", "devices")
#: Numbers of a district that cost money, in the order in which a frontier is drawn over them.
COSTS = ("circuits_usd_per_year",)
#: Samples at each end of an input's range that its effect compares.
_FIFTH = 0.2


def by_year(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each school year, in order, with its rows; ``+10`` comes after ``+2``."""
    years = table["school_year"]
    for year in sorted(years.unique(), key=lambda year: (len(year), year)):
        yield str(year), table[years == year]


def effects(districts: pd.DataFrame, *, inputs: Sequence[str]) -> pd.DataFrame:
    """Rank the inputs by what they do to each outcome of the district, by school year.

    A number's effect compares the samples in the lowest fifth of its values with those in the
    highest; a choice's, its level with the lowest mean outcome with that of the highest.

    Returns
    -------
    effects
        As in `SweepSummary`.
    """
    rows, years = [], []
    for year, part in by_year(districts):
        years.append(year)
        table = part.sort_values("sample")
        outcomes = table[list(OUTCOMES)].to_numpy(dtype=np.float64)
        for name in inputs:
            values = table[name]
            numeric = pd.api.types.is_numeric_dtype(values)
            if numeric:
                strength = rank_correlation(values.to_numpy(np.float64)[:, None], outcomes)[0]
            else:
                level, _ = pd.factorize(values, sort=True)
                strength = correlation_ratio(level.astype(np.int64), outcomes)
            for place, outcome in enumerate(OUTCOMES):
                low, high = (
                    _ends(values.to_numpy(np.float64), outcomes[:, place])
                    if numeric
                    else _levels(values, outcomes[:, place])
                )
                rows.append(
                    {
                        "school_year": year,
                        "outcome": outcome,
                        "input": name.removeprefix(INPUT_PREFIX),
                        "correlation": strength[place],
                        "low_input": low[0],
                        "high_input": high[0],
                        "outcome_low": low[1],
                        "outcome_high": high[1],
                    }
                )
    table = pd.DataFrame(rows)
    order = table.assign(
        year=table["school_year"].map({name: place for place, name in enumerate(years)}),
        place=table["outcome"].map({name: place for place, name in enumerate(OUTCOMES)}),
        size=-table["correlation"].abs().fillna(0.0).round(12),
    ).sort_values(["year", "place", "size", "input"])
    return table.loc[order.index].reset_index(drop=True)


def _ends(values: Floats, outcome: Floats) -> tuple[tuple[str, float], tuple[str, float]]:
    """Give the lowest and the highest fifth of an input, and the mean outcome in each."""
    edges = np.quantile(values, [_FIFTH, 1.0 - _FIFTH], method="inverted_cdf")
    low, high = values <= edges[0], values >= edges[1]
    return (
        (_range(values[low]), float(outcome[low].mean())),
        (_range(values[high]), float(outcome[high].mean())),
    )


def _range(values: Floats) -> str:
    # three digits, and never an exponent
    least, most = (format(Decimal(f"{value:.3g}"), ",f") for value in (values.min(), values.max()))
    return least if least == most else f"{least} to {most}"


def _levels(values: pd.Series, outcome: Floats) -> tuple[tuple[str, float], tuple[str, float]]:
    """Give the levels of a choice with the least and the largest mean outcome."""
    means = pd.Series(outcome).groupby(values.astype(str).to_numpy(), sort=True).mean()
    low, high = int(means.to_numpy().argmin()), int(means.to_numpy().argmax())
    return (
        (str(means.index[low]) or "none", float(means.iloc[low])),
        (str(means.index[high]) or "none", float(means.iloc[high])),
    )


def sobol_table(districts: pd.DataFrame, *, inputs: Sequence[str], seed: int) -> pd.DataFrame:
    """Give Sobol indices of each outcome by school year; see `sobol_indices`."""
    rows = []
    for year, part in by_year(districts):
        outcomes = part[list(OUTCOMES)].to_numpy(dtype=np.float64)
        found = sobol_indices(part["sample"].to_numpy(), outcomes, len(inputs), seed)
        for place, outcome in enumerate(OUTCOMES):
            # without sorting by size: tables of several years stand beside each other
            rows += [
                {
                    "school_year": year,
                    "outcome": outcome,
                    "input": name.removeprefix(INPUT_PREFIX),
                    "first": found.first[row, place],
                    "first_se": found.first_se[row, place],
                    "total": found.total[row, place],
                    "total_se": found.total_se[row, place],
                    "base_points": found.base_points,
                }
                for row, name in enumerate(inputs)
            ]
    return pd.DataFrame(rows)


def empty_sobol() -> pd.DataFrame:
    """Give the table of Sobol indices without a row."""
    return pd.DataFrame(
        columns=[
            *("school_year", "outcome", "input", "first", "first_se", "total", "total_se"),
            "base_points",
        ]
    )


def frontier(
    districts: pd.DataFrame, *, inputs: Sequence[str], choices: Sequence[str]
) -> pd.DataFrame:
    """Give what each option costs and how many buildings are over then, in the last school year.

    An option is one combination of the inputs that were given as values: those are decisions,
    and over what was drawn from ranges, which nobody decides, the mean is taken. Where all
    inputs are ranges every sample is an option. The cost is the first of `COSTS`, or of the
    inputs whose name holds ``usd``, that varies.

    Parameters
    ----------
    inputs
        Columns of the varied inputs.
    choices
        Those of them that were given as values.

    Returns
    -------
    frontier
        As in `netplan.whatif.summary.SweepSummary`.
    """
    *_, (_, last) = by_year(districts)
    named = [name for name in inputs if "usd" in name.split("_")]
    cost = next(
        (
            name
            for name in (*COSTS, *named)
            if pd.api.types.is_numeric_dtype(last[name]) and last[name].dropna().nunique() > 1
        ),
        None,
    )
    keys = list(choices or inputs)
    columns = [
        *("cost", "usd", "buildings_over", "standard_error", "most_over", "best"),
        *("sample", "samples", *keys),
    ]
    if cost is None:
        return pd.DataFrame(columns=columns)
    known = last[last[cost].notna()].assign(usd=last[cost])
    groups = known.groupby(list(choices) or ["sample"], sort=True)
    options = groups.agg(
        usd=("usd", "mean"),
        buildings_over=("buildings_over", "mean"),
        standard_error=("buildings_over", "sem"),
        most_over=("buildings_over", "max"),
        first=("sample", "min"),
        samples=("sample", "size"),
        **{} if choices else {name: (name, "first") for name in inputs},
    ).reset_index()
    options = options.assign(cost=cost.removeprefix(INPUT_PREFIX), sample=options["first"])
    options = options.sort_values(["usd", "buildings_over", "sample"], ignore_index=True)
    before = options["buildings_over"].cummin().shift(fill_value=np.inf)
    return options.assign(best=options["buildings_over"] < before)[columns]
