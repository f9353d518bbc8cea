"""The Fay-Herriot fit against a second method, and its limits by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

from netplan.gap.covariates import Design, build_design
from netplan.gap.rates import direct_rates
from netplan.gap.smallarea import (
    RIDGE,
    Direct,
    SmallArea,
    estimate_rates,
    reml_variance,
    variance_function,
)
from tests.unit.gap_district import sampled, simulated


def county(areas: int = 60, seed: int = 3) -> tuple[pd.DataFrame, Direct, Design]:
    rng = np.random.default_rng(seed)
    truth = simulated(rng, areas, 0.1, income=0.7, area=0.5, tract=0.2)
    acs = sampled(rng, truth).set_index("geoid")
    rates = direct_rates(acs, "none")
    rate = rates["rate"].to_numpy()
    direct = Direct(
        rate=rate,
        variance=rates["rate_se"].to_numpy() ** 2,
        households=rates["households"].to_numpy(),
    )
    none = np.full(areas, np.nan)
    return acs, direct, build_design(acs.index, acs, rates, np.isfinite(rate), none)


def test_residual_likelihood_is_maximal() -> None:
    """`reml_variance` against the likelihood written out with dense matrices."""
    rng = np.random.default_rng(1)
    areas = 25
    slope, sampling = rng.uniform(0.05, 0.2, areas), rng.uniform(0.0005, 0.004, areas)
    x = slope[:, None] * np.column_stack([np.ones(areas), rng.normal(size=areas)])
    y = rng.normal(0, np.sqrt(sampling + 0.3 * slope**2))
    prior = np.array([0.0, RIDGE])

    def minus_log(log_s: float) -> float:
        s = np.exp(log_s)
        v = np.diag(sampling + s * slope**2)
        weight = np.linalg.inv(v)
        info = x.T @ weight @ x + np.diag(prior)
        p = weight - weight @ x @ np.linalg.inv(info) @ x.T @ weight
        parts = np.linalg.slogdet(v)[1] + np.linalg.slogdet(info)[1] + y @ p @ y
        return float(0.5 * parts - 0.5 * log_s)

    best = minimize_scalar(minus_log, bounds=(-9, 3), method="bounded", options={"xatol": 1e-10})
    got = reml_variance(y, x, sampling, slope, prior)
    assert got == pytest.approx(np.exp(best.x), rel=1e-4)


def test_estimates_are_best_linear_predictions() -> None:
    """Rates and errors against generalized least squares with dense covariances."""
    _, direct, design = county()
    found = estimate_rates(direct, design)
    assert found.fit is not None
    b, s = np.array(found.fit.coefficients), found.fit.model_variance
    x, areas = design.values, len(direct.rate)
    mean = 1 / (1 + np.exp(-x @ b))
    slope = mean * (1 - mean)
    d = np.diag(found.sampling_variance)
    v = d + s * np.diag(slope**2)
    linear = slope[:, None] * x
    prior = np.diag(np.r_[0.0, np.full(len(b) - 1, RIDGE)])
    info = linear.T @ np.linalg.inv(v) @ linear + prior
    # the coefficients solve the equations (with the prior's pull)
    score = linear.T @ np.linalg.inv(v) @ (direct.rate - mean) - prior @ b
    np.testing.assert_allclose(score, 0.0, atol=1e-5)
    np.testing.assert_allclose(
        found.fit.standard_errors, np.sqrt(np.diag(np.linalg.inv(info))), rtol=1e-5
    )
    gain = s * np.diag(slope**2) @ np.linalg.inv(v)
    blup = mean + gain @ (direct.rate - mean)
    inside = np.abs(blup - direct.rate) <= 2.5 * np.sqrt(found.sampling_variance)
    np.testing.assert_allclose(found.rate[inside], blup[inside], atol=1e-6)
    # conditional variance of area effects given the data, and the coefficients' part
    within = s * np.diag(slope**2) - gain @ v @ gain.T
    left = (np.eye(areas) - gain) @ linear
    beyond = np.diag(within) + np.einsum("ij,jk,ik->i", left, np.linalg.inv(info), left)
    assert (found.mse[inside] >= beyond[inside] - 1e-12).all()
    assert np.mean(found.mse[inside] / beyond[inside]) < 1.3


def test_prediction_error_by_simulation() -> None:
    """With model and variances true, mean squared errors are what they say (g1 + g2 + 2 g3)."""
    rng = np.random.default_rng(2)
    _, direct, design = county(80)
    x = design.values
    mean = 1 / (1 + np.exp(-x @ np.r_[-2.0, np.full(x.shape[1] - 1, -0.3)]))
    slope = mean * (1 - mean)
    sampling = 15 * mean * (1 - mean) / direct.households
    told, seen = [], []
    for _ in range(150):
        truth = mean + slope * rng.normal(0, np.sqrt(0.3), len(mean))
        y = np.clip(truth + rng.normal(0, np.sqrt(sampling)), 1e-4, 1)
        found = estimate_rates(
            Direct(rate=y, variance=sampling, households=direct.households), design
        )
        told.append(found.mse.mean())
        seen.append(((found.rate - truth) ** 2).mean())
    assert np.mean(told) == pytest.approx(np.mean(seen), rel=0.15)


def test_variance_function_finds_what_was_planted() -> None:
    rng = np.random.default_rng(4)
    households = rng.uniform(100, 2000, 800)
    binomial = rng.uniform(0.03, 0.2, 800)
    mean = 6.0 * binomial / households**0.8
    raw = mean * rng.gamma(2.0, 0.5, 800)
    level, power = variance_function(raw, binomial, households)
    assert power == pytest.approx(0.8, abs=0.08)
    # variances are met in the mean, although a third of them should be zero
    some = np.where(rng.random(800) < 1 / 3, 0.0, 1.5 * raw)
    level, power = variance_function(some, binomial, households)
    fitted = np.exp(level) * binomial / households**power
    assert fitted.mean() == pytest.approx(mean.mean(), rel=0.12)


def test_without_margins_the_assumption() -> None:
    level, power = variance_function(np.full(9, np.nan), np.full(9, 0.1), np.full(9, 300.0))
    assert np.exp(level) == pytest.approx(15.0)
    assert power == 1.0
    _, direct, design = county()
    found = estimate_rates(
        Direct(
            rate=direct.rate,
            variance=np.full_like(direct.variance, np.nan),
            households=direct.households,
        ),
        design,
    )
    assert "No margin of error is published" in found.notes[0]
    assert (found.mse > 0).all()


def test_an_area_without_a_rate_is_predicted() -> None:
    _, direct, design = county()
    rate = direct.rate.copy()
    rate[7] = np.nan
    found = estimate_rates(
        Direct(rate=rate, variance=direct.variance, households=direct.households), design
    )
    assert found.fit is not None
    assert found.fit.areas == 59
    b = np.array(found.fit.coefficients)
    assert found.rate[7] == pytest.approx(1 / (1 + np.exp(-design.values[7] @ b)))
    # all of what is left between areas is in its error
    slope = found.rate[7] * (1 - found.rate[7])
    assert found.mse[7] > found.fit.model_variance * slope**2
    assert found.shrinkage_share[7] == 1.0


def few(rate: list[float], variance: list[float], households: list[float]) -> SmallArea:
    areas = len(rate)
    design = Design(names=("intercept",), values=np.ones((areas, 1)), left_out=())
    return estimate_rates(
        Direct(rate=np.array(rate), variance=np.array(variance), households=np.array(households)),
        design,
    )


def test_few_areas_are_not_fitted() -> None:
    found = few([0.1, 0.3, np.nan], [0.01, 0.02, np.nan], [100.0, 300.0, 50.0])
    assert found.fit is None
    np.testing.assert_allclose(found.rate, [0.1, 0.3, 0.25])
    np.testing.assert_allclose(found.mse[:2], [0.01, 0.02])
    # pooled: (1/16) .01 + (9/16) .02; between areas .0075 - .0175 < 0: nothing more
    assert found.mse[2] == pytest.approx(0.01 / 16 + 0.02 * 9 / 16)
    assert "too few" in found.notes[0]


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_all_alike_is_not_fitted(rate: float) -> None:
    found = few([rate] * 10, [0.0004] * 10, [300.0] * 10)
    assert found.fit is None
    np.testing.assert_allclose(found.rate, rate)
    assert (found.mse > 0).all()


def test_a_covariate_that_separates_stays_finite() -> None:
    rate = np.r_[np.zeros(20), np.full(20, 0.2) + np.linspace(-0.05, 0.05, 20)]
    x = np.column_stack([np.ones(40), np.r_[-np.ones(20), np.ones(20)]])
    found = estimate_rates(
        Direct(rate=rate, variance=np.full(40, 0.001), households=np.full(40, 400.0)),
        Design(names=("intercept", "side"), values=x, left_out=()),
    )
    assert found.fit is not None
    assert np.isfinite(found.fit.coefficients).all()
    assert (found.rate >= 0).all()
    assert found.rate[:20].max() < 0.05


def test_an_area_unlike_all_others_keeps_near_its_own() -> None:
    rate = np.r_[np.full(40, 0.05) + np.linspace(-0.01, 0.01, 40), 0.8]
    found = estimate_rates(
        Direct(rate=rate, variance=np.full(41, 0.001), households=np.full(41, 700.0)),
        Design(names=("intercept",), values=np.ones((41, 1)), left_out=()),
    )
    assert 0.8 - found.rate[-1] <= 2.5 * np.sqrt(found.sampling_variance[-1]) + 1e-12


def test_design_leaves_an_area_out_of_its_own_covariate() -> None:
    # two tracts of two, and two of one, plus enough others for a second coefficient
    geoids = pd.Index(
        ["240050001001", "240050001002", "240050002001", "240050002002"]
        + [f"24005{n:06d}1" for n in range(10, 20)]
    )
    rates = pd.DataFrame({"households": 100.0, "offline": 10.0}, index=geoids)
    rates.loc["240050001001", "offline"] = 50.0
    acs = pd.DataFrame(index=geoids)
    design = build_design(geoids, acs, rates, np.ones(14, dtype=bool), np.full(14, np.nan))
    assert design.names == ("intercept", "log odds of the tract's other block groups")
    column = design.values[:, 1]
    # its neighbor sees the 50 of 100; it itself sees its neighbor's 10, as tract 2's do,
    # but a county without its own 50, as they do not
    assert column.argmax() == 1
    assert column[0] < column[2] == column[3]
    county_without, county_with = 130.5 / 1301, 170.5 / 1301
    odds = np.log([(10 + 100 * r) / (200 - 10 - 100 * r) for r in (county_without, county_with)])
    neighbor = (50 + 100 * county_with) / 200
    assert (column[2] - column[0]) / (column[1] - column[0]) == pytest.approx(
        (odds[1] - odds[0]) / (np.log(neighbor / (1 - neighbor)) - odds[0])
    )


def test_design_drops_constant_and_repeated_covariates() -> None:
    geoids = pd.Index([f"24005{n:06d}" for n in range(40)])
    acs = pd.DataFrame({"B19013_001E": np.full(40, 50_000.0)}, index=geoids)
    rates = pd.DataFrame({"households": 100.0, "offline": 5.0}, index=geoids)
    offered = np.r_[np.zeros(5), np.ones(35)]
    design = build_design(geoids, acs, rates, np.ones(40, dtype=bool), offered)
    # tracts: their own published rate is not a covariate
    assert design.names == ("intercept", "no fixed service of the speed on offer")
    assert design.left_out == ("log of median household income", "median household income missing")
    missing = acs.assign(B19013_001E=np.where(offered == 0, np.nan, np.linspace(3e4, 9e4, 40)))
    again = build_design(geoids, missing, rates, np.ones(40, dtype=bool), offered)
    assert again.left_out == ("no fixed service of the speed on offer",)


def test_equal_areas_have_a_closed_form() -> None:
    rng = np.random.default_rng(8)
    slope, sampling = np.full(12, 0.1), np.full(12, 0.002)
    y = rng.normal(0, np.sqrt(0.002 + 0.4 * 0.01), 12)
    x = slope[:, None]
    got = reml_variance(y, x, sampling, slope, np.zeros(1))
    grid = np.exp(np.linspace(-6, 3, 4000))
    # contrasts of equal areas are independent: the residual likelihood in closed form
    contrasts = (y - y.mean()) @ (y - y.mean())
    log = [
        -5.5 * np.log(0.002 + s * 0.01) - 0.5 * contrasts / (0.002 + s * 0.01) + 0.5 * np.log(s)
        for s in grid
    ]
    assert got == pytest.approx(grid[int(np.argmax(log))], rel=0.01)
