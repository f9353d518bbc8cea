"""What a sweep's samples say together: chances, counts, what matters most, what a dollar buys.

A sweep leaves two tidy tables, and everything here is made from them alone.

``results.parquet``: one row per sample, school year and school, sorted by those three.

================== ======= =====================================================================
column             type    meaning
================== ======= =====================================================================
sample             int64   number of the sample, from 0
school_year        str     such as ``2026-27``; ``+1`` for the next year of a district without one
school_id          str
input_<name>       float64 one per varied input: what the sample put there (a value or a factor);
                   or str  text for a choice, such as a scenario's name ("" = none)
devices            float64 expected devices of the school
load_down_mbps     float64 planning load of what crosses the building's uplink, busiest period
load_up_mbps       float64 the same, up
element            str     id of the bottleneck; missing where nothing on the way has a limit
direction          str     ``down``, ``up`` or ``both``; missing with ``element``
period             str     period in which the bottleneck is fullest; missing with ``element``
capacity_mbps      float64 of the bottleneck in that direction; NaN with ``element`` missing
utilization_share  float64 planning load over capacity of the bottleneck; NaN as above
headroom_mbps      float64 what the bottleneck still takes below the limit; negative when over
airtime_share      float64 of the school's fullest access points; NaN without Wi-Fi
over_network       bool    the bottleneck is past the district's utilization limit
over_airtime       bool    the airtime is past its limit
over               bool    either of the two: the report's status ``over``
================== ======= =====================================================================

``districts.parquet``: one row per sample and school year, sorted by those two: sample,
school_year, input_<name>, ``buildings`` (int64), ``buildings_over``, ``buildings_over_network``,
``buildings_over_airtime`` (int64), ``worst_utilization_share`` (float64), ``worst_element`` (str),
``devices`` (float64) and ``circuits_usd_per_year`` (float64: 12 x monthly_usd of the links that
have a price; NaN where none has).

The columns from ``devices`` on come from `netplan.capacity.brief.Brief.columns` and ``.totals``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm, rankdata

from netplan.whatif.design import sample_count
from netplan.whatif.effects import by_year, effects, empty_sobol, frontier, sobol_table
from netplan.whatif.sensitivity import independent
from netplan.whatif.sweep_model import DRAWN, Sweep

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Columns of the results that the summary reads, beside the inputs'.
RESULT_COLUMNS = (
    *("sample", "school_year", "school_id", "element", "utilization_share", "over_network"),
    "over",
)
#: Cause of a building whose network is within its limit and whose access points are not.
AIRTIME = "airtime"
#: Confidence of the interval around a probability.
_CONFIDENCE = 0.95
#: Terms per input of the additive fit behind an LHS's standard error, at most; and the samples
#: that each term asks for, so that the fit does not follow its own noise.
_MOST_TERMS, _SAMPLES_PER_TERM = 5, 10
_PERCENTILES = (("p05", 0.05), ("median", 0.5), ("p95", 0.95))


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSummary:
    """What all samples say together; tables sorted by school year first.

    Parameters
    ----------
    probabilities
        One row per school year and school: school_year, school_id, samples, over (how many),
        probability, standard_error, low, high (95 % interval), median_utilization_share and
        worst_utilization_share (over samples), cause (the bottleneck that puts it over most
        often, or ``airtime``; missing where it never is). A grid's or a list's samples are no
        draws: then ``probability`` is the share of runs, and the error columns are NaN.
    counts
        One row per school year: school_year, samples, mean, p05, median, p95, most (buildings
        over the limit).
    distribution
        One row per school year and number of buildings over: school_year, buildings_over,
        samples, share, at_least_share.
    effects
        One row per school year, outcome (`netplan.whatif.effects.OUTCOMES`) and input, what
        matters most first: input, correlation (Spearman's; of a choice between texts the
        correlation ratio, never negative), low_input, high_input (text: what is compared),
        outcome_low, outcome_high (means of the outcome there).
    sobol
        One row per school year, outcome and input: first, first_se, total, total_se,
        base_points; no rows for other designs than ``sobol``.
    frontier
        Options in the last school year, by cost: cost (what is paid for), usd, buildings_over
        (mean over the option's samples), standard_error (of that mean; NaN of one sample),
        most_over, best (no option is cheaper and better), sample (the first of its kind),
        samples, input_<name>; no rows where no cost varies.
    failed
        Samples that gave no result.
    """

    probabilities: pd.DataFrame
    counts: pd.DataFrame
    distribution: pd.DataFrame
    effects: pd.DataFrame
    sobol: pd.DataFrame
    frontier: pd.DataFrame
    failed: int

    def tables(self) -> dict[str, pd.DataFrame]:
        """Give each table by the name of its CSV, without the ending."""
        return {
            "probabilities": self.probabilities,
            "counts": self.counts,
            "distribution": self.distribution,
            "effects": self.effects,
            "sobol": self.sobol,
            "frontier": self.frontier,
        }


def summarize(sweep: Sweep, results: pd.DataFrame, districts: pd.DataFrame) -> SweepSummary:
    """Sum up a sweep.

    Parameters
    ----------
    sweep
        What was asked for.
    results, districts
        The two tables as above, with at least one sample.
    """
    drawn_results, drawn_districts = results, districts
    if sweep.method == "sobol":
        # mixtures repeat their base point's inputs, so they are no draws of their own
        drawn_results, drawn_districts = (
            table[independent(table["sample"].to_numpy(), len(sweep.varies))]
            for table in (results, districts)
        )
    counts, distribution = over_counts(drawn_districts)
    return SweepSummary(
        probabilities=probabilities(drawn_results, method=sweep.method, inputs=sweep.inputs),
        counts=counts,
        distribution=distribution,
        effects=effects(drawn_districts, inputs=sweep.inputs),
        sobol=sobol_table(districts, inputs=sweep.inputs, seed=sweep.seed)
        if sweep.method == "sobol"
        else empty_sobol(),
        frontier=frontier(drawn_districts, inputs=sweep.inputs, choices=_choices(sweep)),
        failed=sample_count(sweep) - int(districts["sample"].nunique()),
    )


def _choices(sweep: Sweep) -> list[str]:
    """Give the columns of the inputs that were given as values: decisions, not uncertainty."""
    return [
        column
        for column, vary in zip(sweep.inputs, sweep.varies, strict=True)
        if vary.spread is None
    ]


def probabilities(results: pd.DataFrame, *, method: str, inputs: Sequence[str]) -> pd.DataFrame:
    """Give the chance that each building passes its limit, by school year.

    The standard error is the binomial one. A Latin hypercube's is smaller, by what the inputs
    explain one by one: the mean of n samples has the variance of the residuals of the best
    additive fit, over n (Stein 1987), which is estimated by least squares on Legendre
    polynomials of each input's ranks. The interval is Wilson's, of independent draws; it
    does not shrink to nothing where no sample, or every one, is over.

    Parameters
    ----------
    results
        The table of results.
    method
        How the samples came about.
    inputs
        Columns of the varied inputs.

    Returns
    -------
    probabilities
        As in `SweepSummary`.
    """
    parts = []
    for year, rows in by_year(results):
        # a scenario may bring a school that other samples do not have
        over = _wide(rows, "over").astype(np.float64)
        used = _wide(rows, "utilization_share")
        samples: Ints = np.asarray(over.count(axis=0), dtype=np.int64)
        chance = over.mean(axis=0).to_numpy()
        error = low = high = np.full(len(chance), np.nan)
        if method in DRAWN:
            error = np.sqrt(chance * (1.0 - chance) / np.maximum(samples - 1, 1))
            low, high = _wilson(chance, samples)
        if method == "lhs":
            taken = rows.drop_duplicates("sample").set_index("sample").loc[over.index, list(inputs)]
            error = np.fmin(error, additive_error(over.to_numpy(), taken))
        parts.append(
            pd.DataFrame(
                {
                    "school_year": year,
                    "school_id": over.columns,
                    "samples": samples,
                    "over": over.sum(axis=0).to_numpy().astype(np.int64),
                    "probability": chance,
                    "standard_error": error,
                    "low": low,
                    "high": high,
                    "median_utilization_share": used.median(axis=0).to_numpy(),
                    "worst_utilization_share": used.max(axis=0).to_numpy(),
                    "cause": _causes(rows).reindex(over.columns).to_numpy(),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _causes(rows: pd.DataFrame) -> pd.Series:
    """Give what puts each school over its limit most often; none for one that never is."""
    over = rows[rows["over"]]
    cause = over["element"].where(over["over_network"], AIRTIME).astype(object)
    times = over.groupby(["school_id", cause.rename("cause")]).size().rename("times").reset_index()
    most = times.sort_values(["school_id", "times", "cause"], ascending=[True, False, True])
    named: pd.Series = most.drop_duplicates("school_id").set_index("school_id")["cause"]
    return named


def additive_error(outcome: Floats, inputs: pd.DataFrame) -> Floats:
    """Give the standard error of the mean of a Latin hypercube's outcomes.

    Parameters
    ----------
    outcome
        Shape (samples, outcomes); NaN where a sample has no such outcome.
    inputs
        One row per sample, one column per varied input, numbers or text.

    Returns
    -------
    standard_error
        Shape (outcomes,); NaN where there are too few samples for the fit, or some are missing.
    """
    samples = len(outcome)
    terms = min(_MOST_TERMS, samples // (_SAMPLES_PER_TERM * max(inputs.shape[1], 1)))
    if terms < 1:
        return np.full(outcome.shape[1], np.nan)
    columns: list[Floats] = [np.ones((samples, 1))]
    for name in inputs:
        values = inputs[name]
        if pd.api.types.is_numeric_dtype(values):
            place = (rankdata(np.asarray(values, dtype=np.float64)) - 0.5) / samples
            powers = np.polynomial.legendre.legvander(2.0 * place - 1.0, terms)
            columns.append(np.asarray(powers, dtype=np.float64)[:, 1:])
        else:
            levels = pd.get_dummies(values, dtype=np.float64)
            columns.append(np.asarray(levels, dtype=np.float64)[:, 1:])
    basis = np.hstack(columns)
    whole = ~np.isnan(outcome).any(axis=0)
    known = np.where(whole, outcome, 0.0)
    fitted, _, rank, _ = np.linalg.lstsq(basis, known, rcond=None)
    left = ((known - basis @ fitted) ** 2).sum(axis=0) / max(samples - int(rank), 1)
    # what fits to rounding fits
    error = np.sqrt(np.where(left < 1e-20, 0.0, left) / samples)
    return np.where(whole, error, np.nan)


def _wilson(chance: Floats, samples: Ints) -> tuple[Floats, Floats]:
    """Give Wilson's score interval of a share of independent draws."""
    z = float(norm.ppf(0.5 + _CONFIDENCE / 2))
    weight = z * z / samples
    center = (chance + weight / 2) / (1 + weight)
    half = z / (1 + weight) * np.sqrt(chance * (1 - chance) / samples + weight / (4 * samples))
    low: Floats = np.where(chance <= 0.0, 0.0, center - half)
    high: Floats = np.where(chance >= 1.0, 1.0, center + half)
    return low, high


def over_counts(districts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give how many buildings are over their limit: ``counts`` and ``distribution``."""
    counts, shares = [], []
    for year, rows in by_year(districts):
        over = rows["buildings_over"].to_numpy(dtype=np.int64)
        counts.append(
            {
                "school_year": year,
                "samples": len(over),
                "mean": float(over.mean()),
                **{
                    # a number of buildings that occurred, not one between two
                    name: int(np.quantile(over, share, method="inverted_cdf"))
                    for name, share in _PERCENTILES
                },
                "most": int(over.max()),
            }
        )
        values, times = np.unique(over, return_counts=True)
        shares.append(
            pd.DataFrame(
                {
                    "school_year": year,
                    "buildings_over": values,
                    "samples": times,
                    "share": times / len(over),
                    "at_least_share": times[::-1].cumsum()[::-1] / len(over),
                }
            )
        )
    return pd.DataFrame(counts), pd.concat(shares, ignore_index=True)


def _wide(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Give one outcome as samples by schools, both sorted."""
    wide: pd.DataFrame = rows.pivot(index="sample", columns="school_id", values=column)
    return wide
