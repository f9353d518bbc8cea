"""Samples of a sweep: every combination, or draws with the distributions that were asked for."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from netplan.whatif.design import design, quantiles, sample_count
from netplan.whatif.model import Place
from netplan.whatif.paths import parse_cell
from netplan.whatif.sweep_model import Spread, Sweep, Vary

PLACE = Place(file="s.toml")
CELL = parse_cell("planning.growth_per_year")


def vary(name: str, *values: float | str, spread: Spread | None = None) -> Vary:
    cell = None if any(isinstance(value, str) for value in values) else CELL
    return Vary(name=name, place=PLACE, cell=cell, values=values, spread=spread)


def sweep(method: str, *varies: Vary, samples: int | None = None, seed: int = 1) -> Sweep:
    return Sweep(
        name="s", title="s", file="s.toml", sha256="", method=method,
        varies=varies, samples=samples, seed=seed,
    )  # fmt: skip


def test_a_grid_has_every_combination_once_the_last_input_fastest() -> None:
    grid = design(sweep("grid", vary("a", 1.0, 2.0), vary("b", "", "x", "y")))
    assert grid.to_dict("list") == {
        "sample": [0, 1, 2, 3, 4, 5],
        "input_a": [1.0, 1.0, 1.0, 2.0, 2.0, 2.0],
        "input_b": ["", "x", "y", "", "x", "y"],
    }
    assert grid["input_a"].dtype == np.float64 and grid["input_b"].dtype == "str"


def test_a_list_goes_row_by_row() -> None:
    rows = design(sweep("list", vary("a", 1.0, 2.0), vary("b", 5.0, 5.0)))
    assert rows[["input_a", "input_b"]].to_numpy().tolist() == [[1.0, 5.0], [2.0, 5.0]]


@pytest.mark.parametrize("method", ["random", "lhs", "sobol"])
def test_the_same_seed_gives_the_same_samples_and_another_seed_others(method: str) -> None:
    varies = (vary("a", spread=Spread(low=0.0, high=1.0)), vary("b", "", "x"))
    first, again, other = (
        design(sweep(method, *varies, samples=64, seed=seed)) for seed in (3, 3, 4)
    )
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    assert not first.equals(other)
    assert len(first) == sample_count(sweep(method, *varies, samples=64))
    assert len(first) == (256 if method == "sobol" else 64)


def test_a_latin_hypercube_has_one_sample_in_each_slice() -> None:
    wide = Spread(low=10.0, high=20.0)
    drawn = design(sweep("lhs", vary("a", spread=wide), vary("b", spread=wide), samples=50))
    for name in ("input_a", "input_b"):
        slices = np.floor((drawn[name] - 10.0) * 5).astype(int)
        assert sorted(slices) == list(range(50))


SHAPES = {
    "uniform": (Spread(low=2.0, high=6.0), stats.uniform(2, 4)),
    "loguniform": (Spread(low=0.5, high=8.0, distribution="loguniform"), stats.loguniform(0.5, 8)),
    "triangular": (
        Spread(low=1.0, high=5.0, distribution="triangular", mode=2.0),
        stats.triang(0.25, loc=1, scale=4),
    ),
    "normal": (
        Spread(low=0.0, high=3.0, distribution="normal", mean=1.0, sd=0.5),
        stats.truncnorm(-2, 4, loc=1, scale=0.5),
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_draws_have_the_distribution_that_was_asked_for(name: str) -> None:
    spread, expected = SHAPES[name]
    drawn = quantiles(spread, np.random.default_rng(5).random(20_000))
    assert drawn.min() >= spread.low and drawn.max() <= spread.high
    # Kolmogorov and Smirnov against an implementation of its own: cdf, where ours is an inverse
    assert stats.kstest(drawn, expected.cdf).pvalue > 1e-3


def test_ends_are_reached_and_not_passed() -> None:
    for spread, _ in SHAPES.values():
        ends = quantiles(spread, np.array([0.0, 1.0]))
        np.testing.assert_allclose(ends, [spread.low, spread.high], rtol=1e-12)
        assert ends[0] >= spread.low and ends[1] <= spread.high


def test_whole_numbers_are_equally_likely_ends_included() -> None:
    drawn = quantiles(Spread(low=1.0, high=4.0, whole=True), (np.arange(4000) + 0.5) / 4000)
    values, counts = np.unique(drawn, return_counts=True)
    assert values.tolist() == [1.0, 2.0, 3.0, 4.0] and set(counts) == {1000}
    normal = Spread(low=1, high=9, distribution="normal", mean=4, sd=2, whole=True)
    assert set(np.unique(quantiles(normal, np.linspace(0, 1, 999)))) <= set(
        map(float, range(1, 10))
    )


def test_choices_are_equally_likely() -> None:
    drawn = design(sweep("lhs", vary("s", "", "x", "y"), samples=300))
    assert drawn["input_s"].value_counts().to_dict() == {"": 100, "x": 100, "y": 100}


def test_a_saltelli_design_mixes_two_samples_input_by_input() -> None:
    wide = Spread(low=0.0, high=1.0)
    varies = [vary(name, spread=wide) for name in "abc"]
    rows = design(sweep("sobol", *varies, samples=8)).drop(columns="sample").to_numpy()
    blocks = rows.reshape(8, 5, 3)
    for place in range(3):
        mixed = blocks[:, 0].copy()
        mixed[:, place] = blocks[:, 4, place]
        assert (blocks[:, 1 + place] == mixed).all()
