"""Small-area estimates on counties with known truth and ACS-like noise.

The simulator (tests/unit/gap_district.py) shares no code with netplan. Baltimore County's real
tables of 2017-2021 look like it: 60 % of margins above their estimate, 18 % of estimates zero,
one effective interview in 14 households, and a fitted variance between areas of 0.36 to 0.45 in
log odds. How far the error can be brought below the direct estimates' depends on what the
covariates explain, so every run is also held against an oracle: the Bayes estimate that is told
the true coefficients and variance, by quadrature (a second method, and the best there is).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from netplan.gap.covariates import build_design
from netplan.gap.draws import draw
from netplan.gap.estimate import estimate
from netplan.gap.moe import Floats
from netplan.gap.rake import rake
from netplan.gap.rates import direct_rates
from netplan.gap.smallarea import Direct, estimate_rates
from netplan.inputs.model import AccessSettings
from tests.unit.gap_district import district, sampled, schools, simulated, squares

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(31)


@dataclass(frozen=True)
class Regime:
    """A kind of county: standard deviations in log odds, and what is asked of the estimates."""

    areas: int
    mean: float
    income: float
    area: float
    tract: float
    counties: int
    draws: int
    error_at_most: float


REGIMES = {
    # like Baltimore County, with covariates that explain a little over half of the log odds
    "county": Regime(300, 0.08, 0.7, 0.5, 0.25, 10, 20, 0.70),
    "high rates": Regime(300, 0.22, 0.5, 0.3, 0.2, 5, 20, 0.70),
    # forty areas say less of the model
    "small county": Regime(40, 0.08, 0.7, 0.5, 0.25, 10, 20, 0.75),
}


def oracle(rate: Floats, effective: Floats, fixed: Floats, variance: float) -> Floats:
    """Give the Bayes estimate under the true model: binomial sample, normal log odds."""
    theta = fixed[:, None] + np.sqrt(variance) * NODES
    p = 1 / (1 + np.exp(-theta))
    fit = effective[:, None] * (rate[:, None] * np.log(p) + (1 - rate[:, None]) * np.log1p(-p))
    weight = WEIGHTS * np.exp(fit - fit.max(axis=1, keepdims=True))
    return np.asarray((weight * p).sum(axis=1) / weight.sum(axis=1))


def estimated(acs: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    """Give direct rate, estimate and standard error of one sample, raked to its own sum."""
    acs = acs.set_index("geoid")
    direct = direct_rates(acs, "none")
    rate = direct["rate"].to_numpy()
    found = estimate_rates(
        Direct(
            rate=rate,
            variance=direct["rate_se"].to_numpy() ** 2,
            households=direct["households"].to_numpy(),
        ),
        build_design(acs.index, acs, direct, np.isfinite(rate), np.full(len(acs), np.nan)),
    )
    raked = rake(
        found.rate, found.mse, direct, direct.iloc[:0],
        fixed=np.zeros(len(acs), dtype=bool), level="county",
    )  # fmt: skip
    return rate, raked.rate, np.sqrt(found.mse) * raked.factor


@pytest.mark.parametrize("name", list(REGIMES))
def test_intervals_hold_the_truth_and_errors_shrink(name: str) -> None:
    regime = REGIMES[name]
    held, error, direct_error, best_error, totals = [], [], [], [], []
    for county in range(regime.counties):
        rng = np.random.default_rng([county, regime.areas])
        truth = simulated(
            rng,
            regime.areas,
            regime.mean,
            income=regime.income,
            area=regime.area,
            tract=regime.tract,
        )
        p, weight = truth["rate"], truth["households"]
        for _ in range(regime.draws):
            acs = sampled(rng, truth)
            direct, rate, se = estimated(acs)
            held.append(np.abs(rate - p) <= 1.645 * se)
            error.append((rate - p) ** 2)
            direct_error.append((direct - p) ** 2)
            variance = regime.area**2 + regime.tract**2
            best = oracle(direct, weight / 15, truth["fixed_odds"], variance)
            best_error.append((best - p) ** 2)
            households = acs["B28002_001E"].to_numpy()
            totals.append(rate @ households / (p @ households) - 1)
    coverage = np.mean(held)
    assert 0.87 <= coverage <= 0.93, coverage
    ratio = np.sqrt(np.mean(error) / np.mean(direct_error))
    best_ratio = np.sqrt(np.mean(best_error) / np.mean(direct_error))
    assert ratio <= regime.error_at_most, (ratio, best_ratio)
    assert ratio <= 1.12 * best_ratio, (ratio, best_ratio)
    # unbiased total: within three Monte Carlo standard errors
    assert abs(np.mean(totals)) < 3 * np.std(totals) / np.sqrt(len(totals)), np.mean(totals)


def test_totals_of_students_hold_the_truth() -> None:
    """The whole stage: 90 % intervals of students offline in all areas, and the draws' too."""
    rng = np.random.default_rng(5)
    truth = simulated(rng, 120, 0.08, income=0.7, area=0.5, tract=0.25)
    school = schools(("S1", "k12", 30_000.0, -76.0, 39.0))
    held, drawn = [], []
    for _ in range(60):
        acs = sampled(rng, truth)
        # children known without error, so that only the rates err
        acs["B09001_001E"] = truth["households"] * 0.6
        acs["B09001_001M"] = 0.0
        acs = acs.sort_values("geoid")
        found = estimate(
            district(
                areas=squares(acs["geoid"].tolist()),
                acs=acs,
                schools=school,
                access=AccessSettings(),
            )
        )
        students = 30_000 * truth["households"] / truth["households"].sum()
        true = float(students @ truth["rate"])
        held.append(abs(found.total.students_offline - true) <= 1.645 * found.total.se)
        sums = draw(found, 200, 1).students_offline.sum(axis=1)
        low, high = np.quantile(sums, [0.05, 0.95])
        drawn.append(low <= true <= high)
    # 60 trials: two standard errors of a share of .9 are .08
    assert 0.80 <= np.mean(held) <= 1.0
    assert 0.80 <= np.mean(drawn) <= 1.0
