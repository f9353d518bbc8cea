"""Scale rates so that areas sum to the published figure of their county or tract."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from netplan.gap.moe import Floats, sum_moe

#: Households of the areas and of the published row may differ by so much (share) before the
#: areas are taken not to cover the row's county or tract. Assumption: rounding and a few slivers.
COVERAGE_TOLERANCE = 0.01

BENCHMARK_COLUMNS = (
    "geoid",
    "households",
    "published",
    "published_se",
    "before",
    "after",
    "source",
)
PUBLISHED = "published row"
SUMMED = "sum of the areas"

_NOTHING = 1e-12
_FIGURES = ("households", "offline", "offline_se", "rate", "rate_se")


@dataclass(frozen=True, slots=True, kw_only=True)
class Raked:
    """Raked rates with what they were raked to; shapes (areas,).

    ``factor`` is what each rate was multiplied by; ``benchmark`` the row of ``benchmarks`` that
    its rate was scaled to (-1: not scaled). ``benchmarks`` as in `netplan.gap.model.Estimates`.
    ``error`` has shape (benchmarks,): relative standard error of the share offline that a
    benchmark is, over the areas scaled to it (a proportion's error: students come from
    enrollment, so an error in the number of households moves none of them).
    """

    rate: Floats
    factor: Floats
    benchmark: np.ndarray
    benchmarks: pd.DataFrame
    error: Floats
    notes: tuple[str, ...]


def scale_to_total(rate: Floats, households: Floats, total: float) -> Floats:
    """Multiply rates by one factor so that rate x households sums to a total, none above 1.

    Rates that would pass 1 stop there and the others make up for it. With all rates zero the
    total is spread evenly. A total above all households gives 1 everywhere.

    Parameters
    ----------
    rate
        Shape (areas,), in [0, 1].
    households
        Shape (areas,), not negative.
    total
        Households offline, not negative.
    """
    if total >= households.sum():
        return np.ones_like(rate)
    # rates that would have to grow a trillion times say nothing of where the total lies
    if float(rate @ households) <= _NOTHING * total:
        return np.full_like(rate, total / households.sum())
    full = np.zeros(len(rate), dtype=np.bool_)
    raked = rate
    while True:
        left = total - households[full].sum()
        free = float(rate[~full] @ households[~full])
        if free <= _NOTHING * total:
            # only areas at zero are left to take the rest
            rest = households[~full].sum()
            return np.where(full, 1.0, left / rest if rest > 0 else 0.0)
        raked = np.where(full, 1.0, rate * (left / free))
        over = ~full & (raked > 1.0)
        if not over.any():
            return np.asarray(raked)
        full |= over


def rake(
    rate: Floats,
    mse: Floats,
    direct: pd.DataFrame,
    published: pd.DataFrame,
    *,
    fixed: np.ndarray,
    level: str,
) -> Raked:
    """Rake areas to the county or tract rows of ACS.

    Parameters
    ----------
    rate, mse
        Shape (areas,): small-area estimates.
    direct
        From `netplan.gap.rates.direct_rates` for the areas, indexed by geoid.
    published
        The same for rows of tracts and counties, indexed by geoid.
    fixed
        Shape (areas,): rates that are known and not scaled.
    level
        ``county`` or ``tract``; areas of a tract without a row of its own go to their county's.
        Tracts as areas always go to their county's.
    """
    geoids = direct.index.astype(str)
    households = direct["households"].fillna(0.0).to_numpy(dtype=np.float64)
    keys = _keys(geoids, published.index, level)
    offline = direct["offline"].to_numpy(dtype=np.float64)
    # an area without a direct estimate is in the published sum all the same: its prediction
    guess = np.isnan(offline)
    own = np.where(guess, rate * households, offline)
    own_se = np.where(guess, np.sqrt(mse) * households, direct["offline_se"].to_numpy())
    smooth = np.sqrt(np.where(np.isnan(mse), 0.0, mse)) * households
    own_se = np.where(np.isnan(own_se), smooth, own_se)
    share_se = np.where(guess, np.nan, direct["rate_se"].to_numpy(dtype=np.float64)) * households
    share_se = np.where(np.isnan(share_se), smooth, share_se)

    columns = (published[name].tolist() for name in _FIGURES)
    figures = dict(zip(published.index.astype(str), zip(*columns, strict=True), strict=True))
    raked, benchmark = rate.copy(), np.full(len(rate), -1)
    rows: list[dict[str, object]] = []
    errors: list[float] = []
    notes: list[str] = []
    for key in sorted(set(keys)):
        here = keys == key
        free = here & ~fixed & (households > 0)
        total_households = float(households[here].sum())
        if total_households <= 0:
            continue
        known = float(rate[here & fixed] @ households[here & fixed])
        summed = float(sum_moe(own[free], share_se[free]))
        row, why = _row(figures, key, total_households, fixed=bool((here & fixed).any()))
        if row is None:
            target = float(own[here].sum())
            se = float(sum_moe(own[here & ~fixed], own_se[here & ~fixed]))
            error = float(relative_error(summed, target - known))
            notes.append(
                f"{key}: {why}, so rates are raked to the sum of the areas' own direct "
                "estimates, which are of the same sample."
            )
        else:
            target, se, error = row
            if np.isnan(se):
                error = float(relative_error(summed, target))
                se = float(sum_moe(own[free], own_se[free]))
                notes.append(
                    f"{key}: the published figure has no margin of error; the areas' errors, "
                    "summed as independent, stand in."
                )
        before = float(rate[here] @ households[here])
        raked[free] = scale_to_total(rate[free], households[free], max(0.0, target - known))
        benchmark[free] = len(rows)
        errors.append(error)
        rows.append(
            {
                "geoid": key,
                "households": total_households,
                "published": target,
                "published_se": se,
                "before": before,
                "after": float(raked[here] @ households[here]),
                "source": SUMMED if row is None else PUBLISHED,
            }
        )
    factor = np.divide(raked, rate, out=np.ones_like(rate), where=rate > 0)
    return Raked(
        rate=raked,
        factor=factor,
        benchmark=benchmark,
        benchmarks=pd.DataFrame(rows, columns=list(BENCHMARK_COLUMNS)),
        error=np.array(errors, dtype=np.float64),
        notes=tuple(notes),
    )


def relative_error(se: Any, value: Any) -> Any:
    """Give se / value; 0 where the value is 0 or the error unknown."""
    se, value = np.asarray(se, dtype=np.float64), np.asarray(value, dtype=np.float64)
    se = np.nan_to_num(se)
    return np.divide(se, value, out=np.zeros(value.shape), where=value > 0)


def _keys(geoids: pd.Index, published: pd.Index, level: str) -> np.ndarray:
    """Give the geoid of the row that each area is raked to."""
    county = geoids.str[:5].to_numpy(dtype=object)
    if level != "tract" or not (geoids.str.len() == 12).all():
        return county
    tract = geoids.str[:11]
    return np.where(tract.isin(published), tract.to_numpy(dtype=object), county)


def _row(
    published: dict[str, tuple[float, ...]], key: str, households: float, *, fixed: bool
) -> tuple[tuple[float, float, float] | None, str]:
    """Give a benchmark, or None and why it does not serve.

    That is: households offline, their standard error, and the relative one of their share.
    """
    if key not in published:
        return None, "acs.csv has no row for it"
    all_households, offline, se, share, share_se = published[key]
    if not np.isfinite(offline):
        return None, "its row in acs.csv has no estimate"
    if fixed:
        return None, "the published figure does not know where no fixed service is on offer"
    if abs(all_households - households) > COVERAGE_TOLERANCE * all_households:
        return None, (
            f"the areas have {households:,.0f} households and the published row "
            f"{all_households:,.0f}, so they do not cover it"
        )
    return (offline, se, float(relative_error(share_se, share))), ""
