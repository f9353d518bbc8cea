"""How a building's load came about: its formula, its parts, and what measurements did to it."""

from collections.abc import Mapping
from typing import Any

from netplan.capacity.assessment import Assessment, figure, percentile_text
from netplan.capacity.model import Derivation, Term
from netplan.capacity.parts import load_parts
from netplan.capacity.rows import records
from netplan.load.explain import unfold

#: What crosses the MDF uplink; the rest stays in the building or never was in it.
_UPLINK_FLOWS = ["internet", "datacenter"]
#: Where the default mix stands among published figures (docs/validation/load.md).
_UNMEASURED = (
    "Nothing was measured here. Published figures for one-to-one schools lie between about 1 and "
    "3.6 times the default mix (46 kbps per person in 2014, a Chromebook school's own blog, grown "
    "by 20 to 25 % a year; SETDA's 1.4 Mbps per user of 2019): two weeks of switch readings in "
    "measured.csv are worth more than any default."
)


def load_derivation(assessment: Assessment, row: Mapping[str, Any], direction: str) -> Derivation:
    """Derive what a building asks of its MDF uplink in one direction, ``down`` or ``up``."""
    evidence = assessment.evidence
    planning = evidence.district.planning
    school = str(row["school_id"])
    periods = assessment.periods[assessment.periods["school_id"] == school]
    column = f"load_{direction}_mbps"
    busiest = records(periods.nlargest(1, column))[0]
    mean, sd = float(busiest[f"mean_{direction}_mbps"]), float(busiest[f"sd_{direction}_mbps"])
    load = float(row[column])
    factor, why = _factor(assessment, school, direction)
    growth = evidence.growth_factor
    ahead = "" if growth == 1.0 else " x growth"
    return Derivation(
        number=column,
        title=f"Load {direction}: what the building asks of its MDF uplink in its busiest period",
        value=load,
        unit="Mbps",
        plain=(
            f"On average {figure(mean)} Mbps in period {busiest['period']}, plus "
            f"{figure(load - mean)} Mbps for busy moments: all but one moment in "
            f"{1 / (1 - planning.percentile):.3g} stays below."
        ),
        formula="L = M + z sqrt(V + (kappa M)^2)",
        worked=(
            f"{figure(mean)} + {evidence.z:.4g} sqrt({figure(sd)}^2 + "
            f"({planning.common_mode_cv:g} x {figure(mean)})^2) = {figure(load)} Mbps"
        ),
        terms=(
            Term(
                symbol="M",
                meaning=f"mean {direction} in period {busiest['period']}: the sum of the parts "
                f"below, {figure(mean / factor / growth)} Mbps, x the calibration factor{ahead}",
                value=mean,
                unit="Mbps",
                source="devices.csv x activities x apps",
            ),
            Term(
                symbol="factor",
                meaning="what measurements make of the modelled load",
                value=factor,
                unit="",
                source=why,
            ),
            *_growth_terms(assessment),
            Term(
                symbol="sqrt(V)",
                meaning="standard deviation from moment to moment in such a period",
                value=sd,
                unit="Mbps",
                source="each app's cv and together: V = n v (1 + (class size - 1) rho), rho the "
                "mean of together weighted by rate; x the factor",
            ),
            *_planning_terms(assessment),
        ),
        uncertainty=(
            f"From moment to moment the load swings by {figure(sd)} Mbps (standard deviation), "
            f"which is in it. How far the mix of activities is off is not. "
            + (_UNMEASURED if factor == 1.0 else f"Here it is tied to measurements: {why}.")
        ),
        parts=_parts(assessment, school, str(busiest["period"])),
        note=f"The parts are as modelled, before the factor{ahead and ' and growth'}. What a "
        "cache in the building serves does not cross the uplink and is not among them.",
    )


def _factor(assessment: Assessment, school: str, direction: str) -> tuple[float, str]:
    """Give what calibration scaled a school's load by, and why in words."""
    calibration = assessment.evidence.calibration
    if not calibration.links["used"].any():
        return 1.0, "no usable measurement in measured.csv"
    own = calibration.schools[calibration.schools["school_id"] == school]
    weeks, ratio = (float(own[f"{what}_{direction}"].iloc[0]) for what in ("weeks", "ratio"))
    prior = assessment.evidence.setting("calibration_prior_weeks")
    return ratio, (
        f"measured.csv: {figure(weeks)} weeks on this school's own traffic, weighed against the "
        f"district's mean ratio with {figure(prior)} weeks"
    )


def _growth_terms(assessment: Assessment) -> tuple[Term, ...]:
    """Give what the load was multiplied by for the school years ahead of the district's tables."""
    evidence = assessment.evidence
    changed = evidence.district.inputs.changed
    if changed is None or evidence.growth_factor == 1.0:
        return ()
    growth, years = evidence.district.planning.growth_per_year, changed.years_ahead
    return (
        Term(
            symbol="growth",
            meaning=f"{growth:g} a year for {years} school year{'s' * (years > 1)}: "
            f"(1 + {growth:g})^{years}",
            value=evidence.growth_factor,
            unit="",
            source=planning_source(assessment, "growth_per_year"),
        ),
    )


def _planning_terms(assessment: Assessment) -> tuple[Term, ...]:
    planning = assessment.evidence.district.planning
    return (
        Term(
            symbol="z",
            meaning=f"standard normal quantile of the {percentile_text(planning.percentile)}",
            value=assessment.evidence.z,
            unit="",
            source=planning_source(assessment, "percentile"),
        ),
        Term(
            symbol="kappa",
            meaning="what all schools do at once, as a share of the mean",
            value=planning.common_mode_cv,
            unit="share",
            source=planning_source(assessment, "common_mode_cv"),
        ),
    )


def planning_source(assessment: Assessment, name: str) -> str:
    """Give where a value of ``[planning]`` comes from."""
    for item in assessment.evidence.district.inputs.assumptions:
        if item.name.removeprefix("planning.") == name:
            return item.source
    return "district.toml"


def _parts(assessment: Assessment, school: str, period: str) -> tuple[Mapping[str, Any], ...]:
    table = unfold(assessment.evidence.situation, school, period)
    crossing = table[table["flow"].isin(_UPLINK_FLOWS)].reset_index(drop=True)
    return load_parts(crossing, assessment.evidence.district.planning.suppress_below)
