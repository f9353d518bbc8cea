"""What the gap stage gives: students offline per area, with standard errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

#: How ``students`` per area were found.
StudentsOrigin = Literal["counted", "children", "population", "households", "land"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A sum over areas with its standard error (students, or households)."""

    students: float
    students_offline: float
    se: float
    households: float
    households_offline: float
    households_se: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The small-area model that was fitted, in numbers a reader can check.

    Parameters
    ----------
    covariates
        Names, the intercept first.
    coefficients, standard_errors
        One each, on the scale of log odds, per standard deviation of the covariate.
    model_variance
        Variance of areas about what their covariates predict, on the scale of log odds.
    areas
        Areas with a usable direct estimate.
    mean_shrinkage_share
        Mean weight of the prediction (0: direct estimate alone; 1: prediction alone).
    how
        One sentence for the report.
    """

    covariates: tuple[str, ...]
    coefficients: tuple[float, ...]
    standard_errors: tuple[float, ...]
    model_variance: float
    areas: int
    mean_shrinkage_share: float
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """Students offline by area: the full numbers, for later stages only.

    Nothing here may be printed: `netplan.gap.suppress.publish` gives what may.

    Parameters
    ----------
    definition
        ``none``, ``phone_only`` or ``below_speed``; never mixed.
    areas
        One row per area, sorted by geoid: geoid, level (``block_group`` or ``tract``),
        households, students, students_se, direct_rate, direct_se (from the published
        margins; NaN where there is none), rate, rate_se (small-area estimate, raked; its
        error with the benchmark's), students_offline, se (with the ratio's error too), how
        (``estimated``, ``counted``, ``predicted``: no usable direct estimate,
        ``no households``, ``no data``), note (text, empty when none).
    school_share
        Shape (areas, schools): share of an area's students who attend each school
        (rows sum to 1, or to 0 where an area has no students).
    school_ids
        Columns of ``school_share``, in the order of schools.csv.
    zones_guessed
        Whether zones were not given, so that the nearest school of each level stood in.
    total
        Sum over areas, its error from the benchmark's and not from a sum of the areas'.
    benchmarks
        One row per published figure met by raking: geoid (county or tract), households,
        published (households offline), published_se, before (sum of the areas before
        raking), after, source (``published row`` or ``sum of the areas``).
    fit
        None where every area was counted or no rate has a usable error.
    students_origin
        Where the students of an area come from.
    student_household_ratio, student_household_ratio_se, ratio_source
        Students' rate over households' rate, that all rates were multiplied by.
    raked_total_se
        Relative standard error of the share offline that the areas were raked to.
    missing
        Reason to number of areas: sentinels, missing margins, zero estimates by name.
    notes
        Sentences that a reader of the numbers must see.
    """

    definition: str
    areas: pd.DataFrame
    school_share: csr_array
    school_ids: tuple[str, ...]
    zones_guessed: bool
    total: Total
    benchmarks: pd.DataFrame
    fit: Fit | None
    students_origin: StudentsOrigin
    student_household_ratio: float
    student_household_ratio_se: float
    ratio_source: str
    raked_total_se: float
    missing: Mapping[str, int]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """Joint draws of students offline from the uncertainty of the estimates.

    ``students_offline`` has shape (draws, areas): areas in the order of `Estimates.areas`,
    never negative, never more than the area's students in that draw; the sum over areas varies
    as the total's standard error says.
    """

    students_offline: np.ndarray
    seed: int
