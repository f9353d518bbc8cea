"""Small-area estimates: each area's direct rate, shrunk toward what its covariates predict.

A Fay-Herriot model whose mean is on the log-odds scale. With direct rate ``y_i``, covariates
``x_i`` and ``m_i = expit(x_i b)``::

    y_i = m_i + d_i u_i + e_i      var u_i = s,  d_i = m_i (1 - m_i),  var e_i = D_i
    estimate_i = m_i + g_i (y_i - m_i)                    g_i = s d_i^2 / (s d_i^2 + D_i)
    mse_i = g1 + g2 + 2 g3         (Prasad and Rao 1990; Datta and Lahiri 2000)

that is, area effects of one variance in log odds, to first order. With effects of one variance
in the rate itself (the textbook's form) intervals at 8 % offline were far too wide for
well-connected areas and too narrow for the others, and the error a sixth larger
(docs/validation/gap.md). ``b`` solves the generalized least squares equations given the
variances, ``s`` is the residual (REML) maximum given ``b``, and both are found in turn.

Sampling variances ``D_i`` are smoothed by a generalized variance function, because a published
margin is too small exactly where its estimate came out too small, and raw ones bias the fit::

    D_i = exp(a) E[p_i (1 - p_i)] / households_i^c,     E[p (1 - p)] = d - s d^2
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from netplan.gap.covariates import Design
from netplan.gap.model import Fit
from netplan.gap.moe import Floats

#: Fewer areas than this are not fitted: the variance between areas could be anything.
FEWEST_AREAS = 8
#: Assumption, for rates without any margin: the 5-year ACS interviews about one household in
#: ten, with a design effect of 1.5 (Baltimore County's margins of 2017-2021 say 1 in 14).
ASSUMED_HOUSEHOLDS_PER_EFFECTIVE = 15.0
#: Prior weight of "a covariate says nothing" (information, per standard deviation of the
#: covariate): keeps a covariate that separates offline from online areas finite; with 40 areas
#: it draws a coefficient in by about 1 %.
RIDGE = 0.1
#: An estimate stays within so many (smoothed) standard errors of its direct rate, so that an
#: area unlike all others is not talked out of what was found there: limited translation, as Fay
#: and Herriot (1979) had it with 1 (at 2.5 it costs half a percent of the error, at 1 five).
LIMIT_ERRORS = 2.5

_ROUNDS = 200
_CONVERGED = 1e-8
_LARGEST_LOG_ODDS = 8.0
_VARIANCE_RANGE = (1e-6, 25.0)
#: GVF: powers of households outside this range are sampling noise.
_POWER_RANGE = (0.0, 1.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Direct:
    """Direct estimates of all areas; shapes (areas,).

    ``rate`` is NaN where there is none; ``variance`` is the published one, NaN where its margin
    is missing; ``households`` is NaN where unknown.
    """

    rate: Floats
    variance: Floats
    households: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallArea:
    """Rates with their mean squared errors; shapes (areas,).

    ``sampling_variance`` is the smoothed one (NaN where there is no direct rate), and
    ``shrinkage_share`` the weight of the prediction.
    """

    rate: Floats
    mse: Floats
    shrinkage_share: Floats
    sampling_variance: Floats
    fit: Fit | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """A fitted model on the usable areas."""

    coefficients: Floats
    information: Floats
    variance: float
    sampling: Floats
    gvf: tuple[float, float]


def estimate_rates(direct: Direct, design: Design) -> SmallArea:
    """Estimate every area's rate of households offline.

    Parameters
    ----------
    direct
        Areas with a rate and households above zero are fitted.
    design
        Covariates of all areas.

    Returns
    -------
    estimates
        Rates in [0, 1]. Areas without a direct rate have the prediction and its error. With
        fewer than 8 fitted areas, or nobody or everybody offline: the direct rates, and the
        pooled rate where there is none.
    """
    usable = np.isfinite(direct.rate) & (direct.households > 0)
    published = usable & np.isfinite(direct.variance)
    notes: list[str] = []
    if usable.any() and not published.any():
        notes.append(
            "No margin of error is published for this rate: its sampling variance is assumed to "
            f"be that of one household in {ASSUMED_HOUSEHOLDS_PER_EFFECTIVE:g} asked at random "
            "(assumption: a 10 % sample with a design effect of 1.5). Standard errors rest on it."
        )
    y, households = direct.rate[usable], direct.households[usable]
    pooled = float(y @ households / households.sum()) if usable.any() else np.nan
    if usable.sum() < FEWEST_AREAS or not 0 < pooled < 1:
        notes.append(
            f"{int(usable.sum())} areas with a direct rate"
            + ("" if usable.sum() < FEWEST_AREAS else ", all of them the same")
            + ": too few to fit a small-area model, so direct rates stand as they are, and the "
            "pooled rate stands in where there is none."
        )
        return _unfitted(direct, usable, pooled, tuple(notes))
    x = design.values
    raw = np.where(y > 0, direct.variance[usable], 0.0)
    raw = np.where(published[usable], raw, np.nan)
    model = _fit(y, x[usable], raw, households)

    mean = _expit(x @ model.coefficients)
    slope = mean * (1.0 - mean)
    between = model.variance * slope**2
    sampling = np.full(len(mean), np.inf)
    sampling[usable] = model.sampling
    with np.errstate(invalid="ignore"):
        own = between / (between + sampling)
    residual = np.where(usable, direct.rate, mean) - mean
    linear = slope[:, None] * x
    inverse = np.linalg.inv(model.information)
    # variance of the estimated variance (REML), and the three parts of the error
    share = slope[usable] ** 2 / (between[usable] + model.sampling)
    variance_of_variance = 2.0 / float((share**2).sum())
    g1 = between * (1.0 - own)
    g2 = (1.0 - own) ** 2 * np.einsum("ij,jk,ik->i", linear, inverse, linear)
    g3 = np.zeros(len(mean))
    g3[usable] = (
        (model.sampling * slope[usable] ** 2) ** 2
        / (between[usable] + model.sampling) ** 3
        * variance_of_variance
    )
    fit = Fit(
        covariates=design.names,
        coefficients=tuple(model.coefficients.tolist()),
        standard_errors=tuple(np.sqrt(np.diag(inverse)).tolist()),
        model_variance=model.variance,
        areas=int(usable.sum()),
        mean_shrinkage_share=float(1.0 - own[usable].mean()),
        how=(
            f"Fay-Herriot model of {int(usable.sum())} areas on log odds (covariates in standard "
            "deviations), variance between areas by REML, sampling variances smoothed as "
            f"{np.exp(model.gvf[0]):.3g} p (1 - p) / households^{model.gvf[1]:.2f}."
        ),
    )
    if design.left_out:
        notes.append(
            "Covariates left out (constant, said by others, or too many for the areas): "
            + ", ".join(design.left_out)
            + "."
        )
    shrunk = mean + own * residual
    reach = LIMIT_ERRORS * np.sqrt(sampling)
    limited = np.where(usable, np.clip(shrunk, direct.rate - reach, direct.rate + reach), shrunk)
    moved = int((limited != shrunk).sum())
    if moved:
        notes.append(
            f"{moved} areas are far from what their covariates predict: their estimates were kept "
            f"within {LIMIT_ERRORS:g} standard errors of the direct rate, and the step is in their "
            "error."
        )
    return SmallArea(
        rate=np.clip(limited, 0.0, 1.0),
        mse=g1 + g2 + 2.0 * g3 + (limited - shrunk) ** 2,
        shrinkage_share=1.0 - own,
        sampling_variance=np.where(np.isfinite(sampling), sampling, np.nan),
        fit=fit,
        notes=tuple(notes),
    )


def _fit(y: Floats, x: Floats, raw: Floats, households: Floats) -> _Model:
    """Find coefficients, variance between areas and sampling variances in turn."""
    pooled = float(y @ households / households.sum())
    b = np.zeros(x.shape[1])
    b[0] = np.log(pooled / (1.0 - pooled))
    ridge = np.where(np.arange(len(b)) > 0, RIDGE, 0.0)
    variance = 0.25
    for _ in range(_ROUNDS):
        mean = _expit(x @ b)
        slope = mean * (1.0 - mean)
        # E[p (1 - p)] about the mean; half of it at least, where the expansion fails
        binomial = np.maximum(slope - variance * slope**2, slope / 2.0)
        gvf = variance_function(raw, binomial, households)
        sampling = np.exp(gvf[0]) * binomial / households ** gvf[1]
        linear = slope[:, None] * x
        weight = 1.0 / (sampling + variance * slope**2)
        information = linear.T @ (weight[:, None] * linear) + np.diag(ridge)
        step = np.linalg.solve(information, linear.T @ (weight * (y - mean)) - ridge * b)
        step /= max(1.0, float(np.abs(x @ step).max()))
        b = b + step
        mean = _expit(x @ b)
        slope = mean * (1.0 - mean)
        before = variance
        variance = reml_variance(y - mean, slope[:, None] * x, sampling, slope, ridge)
        if np.abs(x @ step).max() < _CONVERGED and abs(variance - before) < _CONVERGED:
            break
    linear = slope[:, None] * x
    weight = 1.0 / (sampling + variance * slope**2)
    return _Model(
        coefficients=b,
        information=linear.T @ (weight[:, None] * linear) + np.diag(ridge),
        variance=variance,
        sampling=sampling,
        gvf=gvf,
    )


def reml_variance(
    residual: Floats, linear: Floats, sampling: Floats, slope: Floats, ridge: Floats
) -> float:
    """Give the variance between areas that maximizes the adjusted residual likelihood.

    The likelihood is multiplied by the root of the variance, so that its maximum is
    above zero: at zero every area would have the same error-free prediction. The change is of the
    order of 1 / areas.

    Parameters
    ----------
    residual
        Shape (areas,): direct rate less its prediction.
    linear
        Shape (areas, coefficients): slope times covariates.
    sampling, slope
        Shape (areas,): sampling variance, and what one unit of log odds is in the rate.
    ridge
        Prior information on each coefficient.
    """
    scale = slope**2

    def score(log_variance: float) -> float:
        """Give variance x (d / d variance) of the log likelihood."""
        variance = float(np.exp(log_variance))
        weight = 1.0 / (sampling + variance * scale)
        weighted = weight[:, None] * linear
        information = linear.T @ weighted + np.diag(ridge)
        left = residual - linear @ np.linalg.solve(information, weighted.T @ residual)
        leverage = np.einsum("ij,ij->i", weighted, np.linalg.solve(information, linear.T).T)
        pull = ((weight * left) ** 2 * scale).sum() - (weight * scale * (1.0 - leverage)).sum()
        return 0.5 * variance * float(pull) + 0.5

    low, high = np.log(_VARIANCE_RANGE)
    if score(high) > 0:
        return _VARIANCE_RANGE[1]
    if score(low) < 0:
        return _VARIANCE_RANGE[0]
    return float(np.exp(brentq(score, low, high, xtol=1e-12)))


def variance_function(raw: Floats, binomial: Floats, households: Floats) -> tuple[float, float]:
    """Fit ``raw = exp(a) binomial / households^c`` by gamma quasi-likelihood; give (a, c).

    A log link on the mean needs no correction for a logarithm's bias and takes variances of
    zero: where nobody in the sample is offline the sample's own variance is 0 (the published
    margin there is a constant of the survey, not an estimate), and leaving those areas out would
    make the rest look too certain or too uncertain.

    Parameters
    ----------
    raw
        Published sampling variances; NaN where missing.
    binomial
        Expected p (1 - p).
    households
        Above zero.
    """
    known = np.isfinite(raw)
    if not (known & (raw > 0)).any():
        return float(-np.log(1.0 / ASSUMED_HOUSEHOLDS_PER_EFFECTIVE)), 1.0
    ratio = raw[known] / binomial[known]
    log_households = np.log(households[known])
    middle = float(log_households.mean())
    power = 1.0
    spread = float(log_households.std())
    # too few areas, or all alike, say nothing of the power: a simple random sample has 1
    if known.sum() >= 3 * FEWEST_AREAS and spread > 0.05:
        z = np.column_stack([np.ones(len(ratio)), log_households - middle])
        a = np.array([np.log((ratio * households[known]).mean()) - middle, -1.0])
        for _ in range(50):
            fitted = np.exp(z @ a)
            step = np.linalg.lstsq(z, ratio / fitted - 1.0, rcond=None)[0]
            step /= max(1.0, float(np.abs(z @ step).max()))
            a = a + step
            if np.abs(step).max() < _CONVERGED:
                break
        power = float(np.clip(-a[1], *_POWER_RANGE))
    level = float(np.log((ratio * households[known] ** power).mean()))
    return level, power


def _unfitted(
    direct: Direct, usable: np.ndarray, pooled: float, notes: tuple[str, ...]
) -> SmallArea:
    """Give direct rates, and the pooled rate with its error where there is none."""
    areas = len(direct.rate)
    y, households = direct.rate[usable], direct.households[usable]
    assumed = np.maximum(pooled * (1.0 - pooled), 1e-4) * ASSUMED_HOUSEHOLDS_PER_EFFECTIVE
    sampling = direct.variance[usable]
    sampling = np.where(np.isfinite(sampling), sampling, assumed / households)
    rate, mse = np.full(areas, pooled), np.full(areas, np.nan)
    smooth = np.full(areas, np.nan)
    shrinkage = np.where(usable, 0.0, 1.0)
    if usable.any():
        weight = households / households.sum()
        own = float(weight**2 @ sampling)
        between = max(0.0, float(weight @ ((y - pooled) ** 2 - sampling)))
        mse[:] = own + between
        rate[usable], mse[usable], smooth[usable] = y, sampling, sampling
    return SmallArea(
        rate=np.clip(rate, 0.0, 1.0),
        mse=mse,
        shrinkage_share=shrinkage,
        sampling_variance=smooth,
        fit=None,
        notes=notes,
    )


def _expit(log_odds: Floats) -> Floats:
    """Give the share of log odds, away from 0 and 1."""
    bounded = np.clip(log_odds, -_LARGEST_LOG_ODDS, _LARGEST_LOG_ODDS)
    return np.asarray(1.0 / (1.0 + np.exp(-bounded)))
