"""Chances, counts, what matters most and the frontier, on tables small enough to do by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc, spearmanr

from netplan.whatif.effects import effects, frontier
from netplan.whatif.model import Place
from netplan.whatif.paths import parse_cell
from netplan.whatif.summary import additive_error, over_counts, probabilities, summarize
from netplan.whatif.sweep_model import Spread, Sweep, Vary

HERE = Place(file="sweeps/test.toml", line=1)


def results(over: dict[str, list[bool]], year: str = "2026-27") -> pd.DataFrame:
    """Make results of one year: school to whether it is over, by sample."""
    rows = [
        {
            "sample": sample,
            "school_year": year,
            "school_id": school,
            "input_x": float(sample),
            "utilization_share": 0.9 if hit else 0.5,
            "element": "link" if sample else "firewall",
            "over_network": hit and school != "W",
            "over": hit,
        }
        for school, hits in over.items()
        for sample, hit in enumerate(hits)
    ]
    return pd.DataFrame(rows).sort_values(["sample", "school_id"], ignore_index=True)


def districts(
    over: list[int], year: str = "2026-27", **columns: list[float] | list[str]
) -> pd.DataFrame:
    """Make the districts of one year: buildings over by sample, and further columns."""
    size = len(over)
    return pd.DataFrame(
        {
            "sample": np.arange(size),
            "school_year": year,
            "buildings": 10,
            "buildings_over": over,
            "worst_utilization_share": np.linspace(0.5, 1.5, size),
            "devices": 100.0,
            "circuits_usd_per_year": 1200.0,
            **columns,
        }
    )


def test_chance_of_each_building_with_binomial_error() -> None:
    # A: 3 of 10, so 0.3 +- sqrt(0.3 x 0.7 / 9) = 0.1528; B: never, and yet not surely never
    table = probabilities(
        results({"A": [True] * 3 + [False] * 7, "B": [False] * 10}),
        method="random",
        inputs=["input_x"],
    )
    a, b = table.to_dict("records")
    assert (a["school_id"], a["samples"], a["over"], a["probability"]) == ("A", 10, 3, 0.3)
    assert a["standard_error"] == pytest.approx(0.15275, abs=1e-5)
    # Wilson: (0.3 + 3.8415 / 20 -+ 1.96 sqrt(0.021 + 3.8415 / 400)) / 1.38415
    assert (a["low"], a["high"]) == pytest.approx((0.10779, 0.60322), abs=1e-5)
    assert (b["probability"], b["standard_error"], b["low"]) == (0.0, 0.0, 0.0)
    assert b["high"] == pytest.approx(3.8415 / 13.8415, abs=1e-4)
    assert (a["median_utilization_share"], a["worst_utilization_share"]) == (0.5, 0.9)


@pytest.mark.parametrize("method", ["grid", "list"])
def test_share_of_a_grid_has_no_error(method: str) -> None:
    table = probabilities(results({"A": [True, False]}), method=method, inputs=["input_x"])
    assert table.loc[0, "probability"] == 0.5
    assert np.isnan(table[["standard_error", "low", "high"]].to_numpy(np.float64)).all()


def test_school_that_some_samples_do_not_have() -> None:
    table = results({"A": [True, False, True, False], "B": [True, False, True, True]})
    kept = table[(table["school_id"] == "A") | (table["sample"] < 2)]
    found = probabilities(kept, method="lhs", inputs=["input_x"]).set_index("school_id")
    assert found[["samples", "over", "probability"]].to_numpy().tolist() == [
        [4, 2, 0.5],
        [2, 1, 0.5],
    ]


def test_cause_is_what_puts_a_building_over_most_often() -> None:
    table = probabilities(
        results({"A": [True, True, True], "B": [True, False, False], "C": [False] * 3}).pipe(
            lambda one: pd.concat([one, results({"W": [True] * 3})])
        ),
        method="grid",
        inputs=["input_x"],
    ).set_index("school_id")["cause"]
    assert table[["A", "B", "W"]].tolist() == ["link", "firewall", "airtime"]
    assert table.isna()["C"]


def test_years_stand_apart_and_in_order() -> None:
    table = pd.concat(
        [results({"A": [True, True]}, "2027-28"), results({"A": [False, True]}, "2026-27")]
    )
    found = probabilities(table, method="random", inputs=["input_x"])
    assert found["school_year"].tolist() == ["2026-27", "2027-28"]
    assert found["probability"].tolist() == [0.5, 1.0]


def test_error_of_a_latin_hypercube_is_what_repeated_hypercubes_show() -> None:
    # three outcomes: one input decides; two decide together; a coin that no input explains
    def outcomes(unit: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return np.stack(
            [unit[:, 0] > 0.6, unit[:, 0] + unit[:, 1] > 1.2, rng.random(len(unit)) < 0.3],
            axis=1,
        ).astype(float)

    rng = np.random.default_rng(7)
    means, errors = [], []
    for _ in range(150):
        unit = qmc.LatinHypercube(2, rng=rng).random(200)
        found = outcomes(unit, rng)
        means.append(found.mean(axis=0))
        errors.append(additive_error(found, pd.DataFrame(unit, columns=["a", "b"])))
    shown, told = np.std(means, axis=0, ddof=1), np.mean(errors, axis=0)
    chance = np.mean(means, axis=0)
    binomial = np.sqrt(chance * (1 - chance) / 200)
    # never too small, and for what inputs explain well below the binomial one
    assert (told > 0.85 * shown).all()
    assert (told[:2] < 0.65 * binomial[:2]).all()
    assert told[1] == pytest.approx(shown[1], rel=0.3)
    assert told[2] == pytest.approx(binomial[2], rel=0.1)


def test_additive_error_takes_choices_and_wants_enough_samples() -> None:
    choice = pd.DataFrame({"input_s": ["a", "b"] * 20})
    exact = additive_error(np.array([[1.0], [0.0]] * 20), choice)
    assert exact == pytest.approx([0.0], abs=1e-12)
    assert np.isnan(additive_error(np.ones((5, 2)), pd.DataFrame({"x": range(5)}))).all()


def test_counts_and_distribution() -> None:
    counts, shares = over_counts(districts([0, 2, 2, 5]))
    assert counts.to_dict("records") == [
        {
            "school_year": "2026-27",
            "samples": 4,
            "mean": 2.25,
            "p05": 0,
            "median": 2,
            "p95": 5,
            "most": 5,
        }
    ]
    assert shares["buildings_over"].tolist() == [0, 2, 5]
    assert shares["share"].tolist() == [0.25, 0.5, 0.25]
    assert shares["at_least_share"].tolist() == [1.0, 0.75, 0.25]


def test_effects_rank_inputs_and_compare_their_ends() -> None:
    rng = np.random.default_rng(3)
    strong, weak = rng.random(50), rng.random(50)
    over = np.round(8 * strong + weak).astype(int).tolist()
    table = effects(
        districts(over, input_weak=weak.tolist(), input_strong=strong.tolist()),
        inputs=["input_weak", "input_strong"],
    )
    first = table[table["outcome"] == "buildings_over"]
    assert first["input"].tolist() == ["strong", "weak"]
    assert first["correlation"].tolist() == pytest.approx(
        [spearmanr(strong, over).statistic, spearmanr(weak, over).statistic]
    )
    low, high = strong <= np.sort(strong)[9], strong >= np.sort(strong)[39]
    assert first["outcome_low"].iloc[0] == pytest.approx(np.array(over)[low].mean())
    assert first["outcome_high"].iloc[0] == pytest.approx(np.array(over)[high].mean())
    # devices never change, so nothing matters to them
    assert table.loc[table["outcome"] == "devices", "correlation"].isna().all()


def test_effect_of_a_choice() -> None:
    over = [0, 1, 4, 5]
    table = effects(
        districts(over, input_s=["", "", "one-to-one", "one-to-one"]), inputs=["input_s"]
    )
    row = table[table["outcome"] == "buildings_over"].iloc[0]
    assert (row["low_input"], row["high_input"]) == ("none", "one-to-one")
    assert (row["outcome_low"], row["outcome_high"]) == (0.5, 4.5)
    # two levels: the size of the rank correlation
    assert row["correlation"] == pytest.approx(spearmanr([0, 0, 1, 1], over).statistic)


def test_frontier_marks_what_nothing_beats() -> None:
    table = districts(
        [5, 3, 3, 4, 1, 3],
        circuits_usd_per_year=[100.0, 200.0, 200.0, 300.0, 400.0, 500.0],
        input_x=[0.0, 1.0, 2.0, 3.0, 4.0, 5.0],
    )
    found = frontier(table, inputs=["input_x"], choices=[])
    assert found["usd"].tolist() == [100.0, 200.0, 200.0, 300.0, 400.0, 500.0]
    assert found["best"].tolist() == [True, True, False, False, True, False]
    assert found["input_x"].tolist() == found["sample"].tolist() == list(range(6))
    assert set(found["cost"]) == {"circuits_usd_per_year"}


def test_frontier_takes_the_mean_over_what_nobody_decides() -> None:
    # two circuits, each with low, middling and high growth: 3 and 1 buildings over on average;
    # the lucky sample of the cheap one (0 over) is no option
    table = districts(
        [0, 3, 6, 0, 1, 2],
        circuits_usd_per_year=[100.0] * 3 + [200.0] * 3,
        input_circuit=[1.0] * 3 + [2.0] * 3,
        input_growth=[0.1, 0.2, 0.3] * 2,
    )
    found = frontier(
        table, inputs=["input_circuit", "input_growth"], choices=["input_circuit"]
    ).to_dict("records")
    assert found == [
        {
            "cost": "circuits_usd_per_year",
            "usd": usd,
            "buildings_over": mean,
            "standard_error": pytest.approx(spread / 3**0.5),
            "most_over": most,
            "best": True,
            "sample": sample,
            "samples": 3,
            "input_circuit": circuit,
        }
        for usd, mean, spread, most, sample, circuit in (
            (100.0, 3, 3.0, 6, 0, 1.0),
            (200.0, 1, 1.0, 2, 3, 2.0),
        )
    ]


def test_frontier_over_an_input_that_costs_money_and_none_without() -> None:
    table = districts([2, 1], input_usd_per_device=[100.0, 300.0], input_x=[1.0, 2.0])
    found = frontier(table, inputs=["input_x", "input_usd_per_device"], choices=[])
    assert set(found["cost"]) == {"usd_per_device"}
    assert frontier(table, inputs=["input_x"], choices=[]).empty


def sweep(method: str, samples: int | None, inputs: tuple[str, ...]) -> Sweep:
    """Make a sweep over planning values."""
    varies = tuple(
        Vary(
            name=name,
            place=HERE,
            cell=parse_cell("planning.growth_per_year"),
            spread=Spread(low=0.0, high=1.0),
        )
        for name in inputs
    )
    return Sweep(
        name="test",
        title="",
        file=HERE.file,
        sha256="0" * 64,
        method=method,
        samples=samples,
        varies=varies,
    )


def test_summary_of_a_saltelli_design_counts_its_independent_draws() -> None:
    # 4 base points x (1 input + 2): rows A, AB, B; only A and B are draws
    hits = [True, True, False] * 4
    summary = summarize(
        sweep("sobol", 4, ("x",)),
        results({"A": hits}),
        districts([int(hit) for hit in hits], input_x=[float(row) for row in range(12)]),
    )
    assert summary.probabilities[["samples", "over"]].to_numpy().tolist() == [[8, 4]]
    assert summary.counts["samples"].tolist() == [8]
    assert set(summary.sobol["base_points"]) == {4}
    assert summary.failed == 0


def test_summary_says_how_many_samples_failed() -> None:
    summary = summarize(
        sweep("random", 5, ("x",)),
        results({"A": [True, False, True]}),
        districts([1, 0, 1], input_x=[0.1, 0.2, 0.3]),
    )
    assert summary.failed == 2
    assert summary.sobol.empty
    assert list(summary.tables()) == [
        *("probabilities", "counts", "distribution", "effects", "sobol", "frontier")
    ]
