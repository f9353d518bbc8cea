"""The samples of a sweep: all combinations, row by row, or drawn; the same seed, the same bytes."""

import math
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import qmc, triang, truncnorm

from netplan.whatif.sensitivity import saltelli
from netplan.whatif.sweep_model import Spread, Sweep, Vary

Floats = npt.NDArray[np.float64]


def sample_count(sweep: Sweep) -> int:
    """Give how many samples a sweep has, without making them."""
    if sweep.method == "grid":
        return math.prod(len(vary.values) for vary in sweep.varies)
    if sweep.method == "list":
        return len(sweep.varies[0].values)
    drawn = sweep.samples or 0
    # Saltelli's design has a row per base point for A, B and each mixture of them
    return drawn * (len(sweep.varies) + 2) if sweep.method == "sobol" else drawn


def design(sweep: Sweep) -> pd.DataFrame:
    """Give what each sample puts into each input.

    Returns
    -------
    design
        One row per sample: ``sample`` from 0, then a column per input, named as in the
        results (``input_<name>``): float64, or text for choices that are text. The last input of
        a grid changes fastest.
    """
    columns: dict[str, Any] = {"sample": np.arange(sample_count(sweep), dtype=np.int64)}
    if sweep.method == "grid":
        rows = list(product(*(vary.values for vary in sweep.varies)))
        taken = [[row[place] for row in rows] for place in range(len(sweep.varies))]
    elif sweep.method == "list":
        taken = [list(vary.values) for vary in sweep.varies]
    else:
        unit = _unit(sweep)
        taken = [_put_through(vary, unit[:, place]) for place, vary in enumerate(sweep.varies)]
    for name, vary, values in zip(sweep.inputs, sweep.varies, taken, strict=True):
        columns[name] = pd.Series(values, dtype="str" if vary.is_text else np.float64)
    return pd.DataFrame(columns)


def _unit(sweep: Sweep) -> Floats:
    """Give points of the unit cube, one row per sample and one column per input."""
    inputs, samples = len(sweep.varies), sweep.samples or 0
    rng = np.random.default_rng(sweep.seed)
    if sweep.method == "sobol":
        return saltelli(samples, inputs, sweep.seed)
    if sweep.method == "lhs":
        drawn: Floats = qmc.LatinHypercube(inputs, rng=rng).random(samples)
        return drawn
    return rng.random((samples, inputs))


def _put_through(vary: Vary, unit: Floats) -> list[Any]:
    """Put points from 0 to 1 through the inverse of an input's distribution."""
    if vary.spread is not None:
        return list(quantiles(vary.spread, unit))
    # each choice is as likely as any other
    rows = np.minimum((unit * len(vary.values)).astype(np.int64), len(vary.values) - 1)
    return [vary.values[row] for row in rows]


def quantiles(spread: Spread, unit: Floats) -> Floats:
    """Give the quantiles of a distribution.

    Parameters
    ----------
    unit
        Any shape; from 0 to 1.

    Returns
    -------
    values
        Same shape, within the spread's ends.
    """
    low, high = spread.low, spread.high
    if spread.whole and spread.distribution == "uniform":
        # every whole number from low to high is as likely
        return np.minimum(np.floor(low + unit * (high - low + 1.0)), high)
    values: Floats
    if low == high:
        values = np.full_like(unit, low)
    elif spread.distribution == "loguniform":
        values = np.exp(np.log(low) + unit * (np.log(high) - np.log(low)))
    elif spread.distribution == "triangular":
        mode = (low + high) / 2 if spread.mode is None else spread.mode
        values = triang.ppf(unit, (mode - low) / (high - low), loc=low, scale=high - low)
    elif spread.distribution == "normal" and spread.mean is not None and spread.sd is not None:
        ends = (low - spread.mean) / spread.sd, (high - spread.mean) / spread.sd
        values = truncnorm.ppf(unit, *ends, loc=spread.mean, scale=spread.sd)
    else:
        values = low + unit * (high - low)
    inside = np.clip(values, low, high)
    return np.round(inside) if spread.whole else inside
