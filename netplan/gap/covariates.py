"""What predicts an area's rate: income, its tract's other block groups, what is on offer."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from netplan.gap.moe import Floats

INCOME = "B19013_001E"

#: Tolerance for what the covariates before already say (share of a covariate's own length).
_COLLINEAR = 1e-3
#: Areas per coefficient below which a covariate is left out (a usual rule of thumb is 5 to 10).
_AREAS_PER_COEFFICIENT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Covariates in standard deviations from their mean, the intercept first.

    Parameters
    ----------
    names
        Of the columns.
    values
        Shape (areas, columns).
    left_out
        Names of covariates that were constant, or said what others say.
    """

    names: tuple[str, ...]
    values: Floats
    left_out: tuple[str, ...]


def build_design(
    geoids: pd.Index,
    acs: pd.DataFrame,
    rates: pd.DataFrame,
    usable: np.ndarray,
    offered: Floats,
) -> Design:
    """Give the covariates of every area, for fitting on the usable ones.

    Parameters
    ----------
    geoids
        Of the areas; 12 digits have their tract's number in the first 11.
    acs
        ACS rows of the areas, in that order.
    rates
        From `netplan.gap.rates.direct_rates`, in that order.
    usable
        Shape (areas,): has a direct rate that is to be modelled.
    offered
        Shape (areas,): 1 where fixed service of the speed is on offer, 0 where not, or NaN.
    """
    columns: dict[str, Floats] = {"intercept": np.ones(len(geoids))}
    tract = geoids.str[:11].to_numpy()
    county = geoids.str[:5].to_numpy()
    if INCOME in acs.columns:
        columns |= _income(acs[INCOME].to_numpy(dtype=np.float64), tract, county)
    if (geoids.str.len() == 12).all():
        # a tract's own published rate would hold the area's own sampling error
        columns["log odds of the tract's other block groups"] = _others(
            rates, usable, tract, county
        )
    if np.isfinite(offered).any():
        columns["no fixed service of the speed on offer"] = (offered == 0).astype(np.float64)
    return _independent(columns, usable)


def _income(income: Floats, tract: np.ndarray, county: np.ndarray) -> dict[str, Floats]:
    """Give log median income, filled by tract and county means, and who was filled."""
    log = pd.Series(np.log(np.where(income > 0, income, np.nan)))
    filled = log.fillna(log.groupby(tract).transform("mean"))
    filled = filled.fillna(log.groupby(county).transform("mean")).fillna(log.mean()).fillna(0.0)
    return {
        "log of median household income": np.asarray(filled, dtype=np.float64),
        "median household income missing": np.asarray(log.isna(), dtype=np.float64),
    }


def _others(
    rates: pd.DataFrame, usable: np.ndarray, tract: np.ndarray, county: np.ndarray
) -> Floats:
    """Give log odds offline of the rest of each area's tract, drawn a little to its county's.

    One typical area's worth of households at the county's rate is added, so that a tract of one
    block group has the county's rate, and two small ones with no one offline are not taken at
    their word.
    """
    households = np.where(usable, rates["households"], 0.0)
    offline = np.where(usable, rates["offline"], 0.0)

    def rest(by: np.ndarray) -> tuple[Floats, Floats]:
        sums = pd.DataFrame({"h": households, "o": offline}).groupby(by).transform("sum")
        return sums["h"].to_numpy() - households, sums["o"].to_numpy() - offline

    typical = float(np.median(households[usable])) if usable.any() else 1.0
    tract_h, tract_o = rest(tract)
    county_h, county_o = rest(county)
    share = (county_o + 0.5) / (county_h + 1.0)
    share = (tract_o + typical * share) / (tract_h + typical)
    return np.asarray(np.log(share / (1.0 - share)), dtype=np.float64)


def _independent(columns: dict[str, Floats], usable: np.ndarray) -> Design:
    """Keep what varies and is not said by the columns before; standardize on the usable areas."""
    limit = max(1, int(usable.sum()) // _AREAS_PER_COEFFICIENT)
    names: list[str] = []
    kept: list[Floats] = []
    left_out: list[str] = []
    for name, column in columns.items():
        if name == "intercept":
            names.append(name)
            kept.append(column)
            continue
        spread = float(column[usable].std()) if usable.any() else 0.0
        if len(kept) >= limit or spread < 1e-9:
            left_out.append(name)
            continue
        scaled = (column - column[usable].mean()) / spread
        before = np.column_stack(kept)[usable]
        rest = scaled[usable] - before @ np.linalg.lstsq(before, scaled[usable], rcond=None)[0]
        if np.linalg.norm(rest) < _COLLINEAR * np.linalg.norm(scaled[usable]):
            left_out.append(name)
            continue
        names.append(name)
        kept.append(scaled)
    return Design(names=tuple(names), values=np.column_stack(kept), left_out=tuple(left_out))
