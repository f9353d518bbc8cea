"""The three definitions of offline, as direct rates of households from ACS table B28002."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from netplan.errors import InputError, Problem
from netplan.gap.moe import Floats, product_moe, proportion_moe, standard_error, sum_moe

HOUSEHOLDS = "B28002_001"

#: What each definition counts (6.10, 6.11): 006 cellular with no other subscription, 007 cable,
#: fiber or DSL, 013 no internet access. They are never mixed.
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "none": (HOUSEHOLDS, "B28002_013"),
        "phone_only": (HOUSEHOLDS, "B28002_006", "B28002_013"),
        "below_speed": (HOUSEHOLDS, "B28002_007"),
    }
)

ZERO = "estimate of zero households offline: rate 0, its margin kept"
NO_MARGIN = "estimate without a margin of error"
NO_ROW = "no row or no estimate in acs.csv"
NO_HOUSEHOLDS = "no households"
NOT_ON_OFFER = "no fixed service of the speed on offer"


def require_columns(acs: pd.DataFrame, definition: str) -> None:
    """Refuse an acs.csv without the estimates that a definition is made of.

    Raises
    ------
    InputError
        One problem for each missing column.
    """
    if not len(acs):
        raise InputError(
            [
                Problem(
                    code="acs-missing",
                    file="acs.csv",
                    message="nothing says how many households are offline",
                    expected="ACS table B28002 by block group or tract, or students_offline in "
                    "every row of students.csv",
                    fix="Add acs.csv (ACS 5-year, the same geoids as areas.geojson).",
                )
            ]
        )
    problems = [
        Problem(
            code="acs-column-missing",
            file="acs.csv",
            column=f"{variable}E",
            message=f"the definition {definition!r} of offline needs this column",
            expected=" and ".join(f"{name}E" for name in COLUMNS[definition]),
            fix="Add the column with its margin from ACS table B28002 (5-year, same year as "
            "areas.geojson), or set another definition in access.toml.",
        )
        for variable in COLUMNS[definition]
        if f"{variable}E" not in acs.columns
    ]
    if problems:
        raise InputError(problems)


def acs_column(acs: pd.DataFrame, variable: str, kind: str) -> Floats:
    """Give a column of estimates (``E``) or margins (``M``); NaN where the file has none."""
    name = f"{variable}{kind}"
    if name not in acs.columns:
        return np.full(len(acs), np.nan)
    return acs[name].to_numpy(dtype=np.float64)


def direct_rates(acs: pd.DataFrame, definition: str) -> pd.DataFrame:
    """Give the rate of households offline in each row of ACS estimates, with standard errors.

    - ``none``: no internet access, 013 / 001.
    - ``phone_only``: cellular and nothing else, or none: (006 + 013) / 001; the two categories
      do not overlap.
    - ``below_speed``: no cable, fiber or DSL: 1 - 007 / 001 (satellite and fixed wireless count
      as below the speed, since the table does not tell their speeds).

    Parameters
    ----------
    acs
        Rows of the table ``acs``; sentinels already NaN.

    Returns
    -------
    rates
        Same index: households, households_se, offline (households), offline_se, rate, rate_se
        (shares), reason (why something is missing; empty when nothing is). NaN rate where the
        estimate is missing or there are no households; NaN rate_se where the margin is missing.
    """
    households = acs_column(acs, HOUSEHOLDS, "E")
    households_moe = acs_column(acs, HOUSEHOLDS, "M")
    parts = COLUMNS[definition][1:]
    estimates = np.stack([acs_column(acs, name, "E") for name in parts], axis=-1)
    moes = np.stack([acs_column(acs, name, "M") for name in parts], axis=-1)
    # a missing margin of the total leaves the part's own margin, which is the larger error
    total_moe = np.where(np.isnan(households_moe), 0.0, households_moe)
    # sampling lets a part come out above its whole by a rounding
    count = np.minimum(estimates.sum(axis=-1), households)
    moe = sum_moe(estimates, moes)
    share_moe = proportion_moe(count, households, moe, total_moe)
    with np.errstate(invalid="ignore"):
        share = np.where(households > 0, count / np.where(households > 0, households, 1.0), np.nan)
    if definition == "below_speed":
        share, count = 1.0 - share, households - count
        # 001 - 007: the households' own error and the share's, as of a product
        moe = product_moe(households, share, total_moe, share_moe)
    reason = np.select(
        [
            households == 0,
            np.isnan(households) | np.isnan(count),
            np.isnan(share_moe),
            share == 0,
        ],
        [NO_HOUSEHOLDS, NO_ROW, NO_MARGIN, ZERO],
        default="",
    )
    return pd.DataFrame(
        {
            "households": households,
            "households_se": standard_error(households_moe),
            "offline": count,
            "offline_se": standard_error(moe),
            "rate": share,
            "rate_se": standard_error(share_moe),
            "reason": reason,
        },
        index=acs.index,
    )


def on_offer(
    availability: pd.DataFrame, geoids: pd.Index, down_mbps: float, up_mbps: float
) -> Floats:
    """Say whether fixed service of a speed is on offer in each area: 1, 0, or NaN if unknown."""
    rows = availability.set_index("geoid").reindex(geoids)
    down = rows["max_down_mbps"].to_numpy(dtype=np.float64)
    up = rows["max_up_mbps"].to_numpy(dtype=np.float64)
    # an unknown upload speed is not held against a service
    enough = (down >= down_mbps) & ((up >= up_mbps) | np.isnan(up))
    return np.where(np.isnan(down), np.nan, enough.astype(np.float64))


def reasons(
    rates: pd.DataFrame, annotations: pd.DataFrame, geoids: pd.Index, definition: str
) -> dict[str, int]:
    """Count the areas behind each thing that is missing or special, by name."""
    counted = {
        str(name): int(number)
        for name, number in rates["reason"].value_counts().sort_index().items()
        if name
    }
    wanted = {f"{name}{kind}" for name in (*COLUMNS[definition], "B19013_001") for kind in "EM"}
    here = annotations[annotations["geoid"].isin(geoids) & annotations["column"].isin(wanted)]
    for (column, meaning), rows in here.groupby(["column", "meaning"], sort=True):
        counted[f"{column}: {meaning}"] = len(rows)
    return counted
