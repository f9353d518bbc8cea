"""From a district's tables to students offline by area, with standard errors."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from netplan.district.model import District
from netplan.errors import InputError, Problem
from netplan.gap.covariates import build_design
from netplan.gap.model import Estimates, Fit
from netplan.gap.moe import Floats, product_moe
from netplan.gap.rake import BENCHMARK_COLUMNS, Raked, rake, relative_error
from netplan.gap.rates import (
    COLUMNS,
    NO_HOUSEHOLDS,
    NO_ROW,
    NOT_ON_OFFER,
    direct_rates,
    on_offer,
    reasons,
    require_columns,
)
from netplan.gap.ratio import Ratio, student_ratio
from netplan.gap.smallarea import Direct, estimate_rates
from netplan.gap.students import Students, find_students
from netplan.gap.total import Parts, sum_areas
from netplan.gap.zones import attendance
from netplan.geo.overlap import areas as land_of
from netplan.inputs.model import AccessSettings

_RATIO_KEY = "access.student_household_ratio"
_MEANING = {
    "none": "no internet at home",
    "phone_only": "a phone's cellular service only, or nothing",
    "below_speed": "no fixed service of the stated speed on offer or adopted",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Households:
    """Rates of households offline by area; frame indexed by geoid.

    ``table``: households, direct_rate, direct_se, rate, rate_se, own_se (rate_se without the
    benchmark's error), usable, reason.
    """

    table: pd.DataFrame
    raked: Raked
    fit: Fit | None
    missing: dict[str, int]
    notes: tuple[str, ...]


def estimate(district: District) -> Estimates:
    """Estimate students offline in every area.

    Direct rates by the definition of access.toml, shrunk by the small-area model, raked to the
    published figure of the county or tract, times the students of the area and the ratio of
    students' to households' rates. A district's own counts of students offline stand as counted.

    Raises
    ------
    InputError
        No areas; or acs.csv lacks what the definition is made of, and students.csv does not say
        who is offline everywhere.
    """
    areas = district.table("areas")
    if not len(areas):
        raise InputError(
            [
                Problem(
                    code="areas-missing",
                    file="areas.geojson",
                    message="without areas nobody can be placed",
                    expected="polygons of block groups or tracts, each with its geoid",
                    fix="Add areas.geojson (or areas.gpkg): Census cartographic boundary files of "
                    "the county, of the same year as acs.csv.",
                )
            ]
        )
    areas = gpd.GeoDataFrame(areas.sort_values("geoid", kind="stable").reset_index(drop=True))
    geoids = pd.Index(areas["geoid"].astype(str), name="geoid")
    acs = district.table("acs")
    here = acs.set_index("geoid").reindex(geoids)
    schools = district.table("schools")
    attending = attendance(
        areas,
        schools,
        district.table("zones"),
        district.table("area_schools"),
        district.table("blocks"),
    )
    students = find_students(
        geoids, here, schools, attending, district.table("students"), land_of(areas.geometry)
    )
    definition = district.access.definition
    counted = np.isfinite(students.offline)
    unasked = ~counted & (students.students > 0)
    needed = [f"{name}E" for name in COLUMNS[definition]]
    if unasked.any() or (len(acs) and set(needed) <= set(acs.columns)):
        households = _households(district, geoids, acs, here)
    else:
        households = _nothing(geoids)
    ratio = student_ratio(
        acs,
        geoids,
        definition,
        setting=district.access.student_household_ratio,
        was_set=_was_set(district),
        rate=_overall(households),
    )
    if not unasked.any():
        ratio = Ratio(value=1.0, se=0.0, source="not used: every student was counted")
    return _assemble(district, areas, students, households, ratio, zones_guessed=attending.guessed)


def _households(
    district: District, geoids: pd.Index, acs: pd.DataFrame, here: pd.DataFrame
) -> _Households:
    """Give rates of households offline in every area: direct, small-area, raked."""
    access = district.access
    definition = access.definition
    require_columns(acs, definition)
    direct = direct_rates(here, definition)
    offered = on_offer(
        district.table("availability"), geoids, access.speed_down_mbps, access.speed_up_mbps
    )
    missing = reasons(direct, district.table("acs_annotations"), geoids, definition)
    notes = [f"Offline means: {_MEANING[definition]}, of households."]
    # below the speed by what is on offer: known, not estimated
    fixed = (offered == 0) & (direct["households"].to_numpy() > 0) & (definition == "below_speed")
    direct = direct.assign(
        offline=np.where(fixed, direct["households"], direct["offline"]),
        rate=np.where(fixed, 1.0, direct["rate"]),
        offline_se=np.where(fixed, direct["households_se"], direct["offline_se"]),
        rate_se=np.where(fixed, 0.0, direct["rate_se"]),
        reason=np.where(fixed, NOT_ON_OFFER, direct["reason"]),
    )
    if fixed.any():
        notes.append(
            f"{int(fixed.sum())} areas have no fixed service of "
            f"{access.speed_down_mbps:g}/{access.speed_up_mbps:g} Mbps on offer: every household "
            "there counts as below it."
        )
    usable = np.isfinite(direct["rate"].to_numpy()) & ~fixed
    if not usable.any() and not fixed.any():
        raise InputError([_no_estimate(definition)])
    small = estimate_rates(
        Direct(
            rate=np.where(fixed, np.nan, direct["rate"]),
            variance=direct["rate_se"].to_numpy() ** 2,
            households=direct["households"].to_numpy(),
        ),
        build_design(geoids, here, direct, usable, offered),
    )
    rate, mse = np.where(fixed, 1.0, small.rate), np.where(fixed, 0.0, small.mse)
    above = acs[acs["level"].isin(["county", "tract"]) & ~acs["geoid"].isin(geoids)]
    raked = rake(
        rate,
        mse,
        direct,
        direct_rates(above.set_index("geoid"), definition),
        fixed=fixed,
        level=access.rake_to,
    )
    own_se = np.sqrt(mse) * raked.factor
    table = pd.DataFrame(
        {
            "households": direct["households"],
            "direct_rate": direct["rate"],
            "direct_se": direct["rate_se"],
            "rate": raked.rate,
            "rate_se": _raked_se(raked, own_se, direct["households"].to_numpy()),
            "own_se": own_se,
            "usable": usable | fixed,
            "reason": direct["reason"],
        }
    )
    return _Households(
        table=table,
        raked=raked,
        fit=small.fit,
        missing=missing,
        notes=(*notes, *small.notes, *raked.notes),
    )


def _raked_se(raked: Raked, own_se: Floats, households: Floats) -> Floats:
    """Give standard errors of raked rates; shape (areas,).

    A raked rate is the benchmark's share times the area's place in it, so it errs with the
    benchmark (``R``, relative) and with every area's own error ``e``::

        dr_i = e_i - r_i sum_j h_j e_j / T + r_i R        T = sum_j h_j r_j, w_i = h_i r_i / T

    whose variance is ``(1 - 2 w_i) v_i + r_i^2 sum_j h_j^2 v_j / T^2 + r_i^2 var R``. An area that
    is all of its county has the county's error, and none of its own.
    """
    variance = own_se**2
    known, h, r = (np.nan_to_num(values) for values in (variance, households, raked.rate))
    for number, error in enumerate(raked.error):
        inside = raked.benchmark == number
        total = float(h[inside] @ r[inside])
        if total <= 0:
            continue
        weight = h[inside] * r[inside] / total
        shared = float(h[inside] ** 2 @ known[inside]) / total**2 + float(error) ** 2
        variance[inside] = (1.0 - 2.0 * weight) * variance[inside] + r[inside] ** 2 * shared
    return np.sqrt(np.maximum(variance, 0.0))


def _benchmarks_error(raked: Raked) -> float:
    """Give the relative standard error of the share offline of all benchmarks together."""
    inside = raked.benchmarks["published"].to_numpy(dtype=np.float64)
    return float(relative_error(np.linalg.norm(inside * raked.error), inside.sum()))


def _assemble(
    district: District,
    areas: gpd.GeoDataFrame,
    students: Students,
    households: _Households,
    ratio: Ratio,
    *,
    zones_guessed: bool,
) -> Estimates:
    """Put students and rates together."""
    table = households.table
    n, n_se = students.students, students.se
    counted = np.isfinite(students.offline)
    reason = table["reason"].to_numpy(dtype=object)
    # nobody lives there and no student was counted there: no rate to speak of
    empty = (reason == NO_HOUSEHOLDS) & (n <= 0)
    rate = np.where(empty, 0.0, table["rate"])
    rate_se = np.where(empty, 0.0, table["rate_se"])
    share = rate * ratio.value
    share_se = product_moe(rate, ratio.value, rate_se, ratio.se)
    offline = np.minimum(n * share, n)
    se = product_moe(n, share, n_se, share_se)
    # no student: nothing to be wrong about, whatever the rate
    offline, se = np.where(n > 0, offline, 0.0), np.where(n > 0, se, 0.0)
    with np.errstate(invalid="ignore"):
        own = np.divide(students.offline, n, out=np.zeros_like(n), where=n > 0)
    notes = [*households.notes, *students.notes, *ratio.notes]
    capped = int((~counted & (share > 1) & (n > 0)).sum())
    if capped:
        notes.append(f"{capped} areas would have more students offline than students: all of them.")
    if counted.any():
        notes.append(
            f"Students offline of {int(counted.sum())} areas are the district's own counts, taken "
            "as they are (error 0): who did not answer is not known."
        )
    how = np.select(
        [
            counted,
            reason == NO_HOUSEHOLDS,
            reason == NO_ROW,
            ~table["usable"].to_numpy(dtype=np.bool_),
        ],
        ["counted", "no households", "no data", "predicted"],
        default="estimated",
    )
    frame = pd.DataFrame(
        {
            "geoid": areas["geoid"].astype(str),
            "level": areas["level"],
            "households": table["households"].to_numpy(),
            "students": n,
            "students_se": n_se,
            "direct_rate": table["direct_rate"].to_numpy(),
            "direct_se": table["direct_se"].to_numpy(),
            "rate": np.where(counted, own, rate),
            "rate_se": np.where(counted, 0.0, rate_se),
            "students_offline": np.where(counted, students.offline, offline),
            "se": np.where(counted, 0.0, se),
            "how": how,
            "note": reason,
        }
    )
    modelled = ~counted & (n > 0)
    total = sum_areas(
        Parts(
            students=n,
            students_se=n_se,
            households=table["households"].fillna(0.0).to_numpy(dtype=np.float64),
            rate=np.nan_to_num(rate),
            own_se=np.where(empty, 0.0, np.nan_to_num(table["own_se"])),
            offline=np.where(modelled, offline, 0.0),
            modelled=modelled,
        ),
        households.raked,
        ratio,
        counted=float(students.offline[counted].sum()),
    )
    return Estimates(
        definition=district.access.definition,
        areas=frame,
        school_share=csr_array(students.school_share),
        school_ids=tuple(district.table("schools")["school_id"].astype(str)),
        zones_guessed=zones_guessed,
        total=total,
        benchmarks=households.raked.benchmarks,
        fit=households.fit,
        students_origin=students.origin,
        student_household_ratio=ratio.value,
        student_household_ratio_se=ratio.se,
        ratio_source=ratio.source,
        raked_total_se=_benchmarks_error(households.raked),
        missing=households.missing,
        notes=tuple(dict.fromkeys(notes)),
    )


def _nothing(geoids: pd.Index) -> _Households:
    """Stand in for rates where every student was counted and acs.csv has no rates."""
    unknown = np.full(len(geoids), np.nan)
    names = ("households", "direct_rate", "direct_se", "rate", "rate_se", "own_se")
    table = pd.DataFrame(dict.fromkeys(names, unknown), index=geoids)
    return _Households(
        table=table.assign(usable=False, reason=NO_ROW),
        raked=Raked(
            rate=unknown,
            factor=np.ones(len(geoids)),
            benchmark=np.full(len(geoids), -1),
            benchmarks=pd.DataFrame([], columns=list(BENCHMARK_COLUMNS), dtype=np.float64),
            error=np.zeros(0),
            notes=(),
        ),
        fit=None,
        missing={},
        notes=("No rates of households in acs.csv: students offline are the district's counts.",),
    )


def _overall(households: _Households) -> float:
    """Give the rate offline of all households; NaN if unknown."""
    rows = households.raked.benchmarks
    total = float(rows["households"].sum())
    return float(rows["after"].sum()) / total if total > 0 else float("nan")


def _was_set(district: District) -> bool:
    """Say whether access.toml itself sets the students' ratio."""
    value = district.access.student_household_ratio
    return value != AccessSettings().student_household_ratio or any(
        assumption.name == _RATIO_KEY and assumption.source == "access.toml"
        for assumption in district.inputs.assumptions
    )


def _no_estimate(definition: str) -> Problem:
    """Say that acs.csv has no usable row for any area."""
    return Problem(
        code="acs-no-estimates",
        file="acs.csv",
        message="no area of areas.geojson has an estimate of households and of those offline",
        expected=" and ".join(f"{name}E" for name in COLUMNS[definition]) + " by block group",
        fix="Take acs.csv and areas.geojson of the same census (2020 block groups go with ACS "
        "from 2020 on) and of the same counties.",
    )
