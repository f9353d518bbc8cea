"""How the numbers of the after-school page came about: formula, inputs, sources.

Made from published numbers only, so that nothing here gives a withheld count away.
"""

import math
from collections.abc import Callable, Iterator

from netplan.capacity.model import Derivation, Term
from netplan.gap.moe import Z_90
from netplan.gap.rates import COLUMNS
from netplan.report.format import clean, count, number, percent, plural
from netplan.report.frames import records
from netplan.report.home import AccessReport, GapReport
from netplan.report.home_numbers_plan import PLAN_NUMBERS
from netplan.report.home_where import find_places, where
from netplan.report.home_words import (
    DEFINITION_WORDS,
    STUDENTS_ORIGINS,
    places,
    with_error,
)
from netplan.report.lookup import Row


def need_derivations(report: GapReport) -> list[Derivation]:
    """Give how many are offline, of households and of students, and how one area's rate came."""
    return [found for derive in _NEED_NUMBERS for found in derive(report)]


def plan_derivations(report: AccessReport) -> list[Derivation]:
    """Give reach, room, cost, bound and price of the plan."""
    return [found for derive in PLAN_NUMBERS for found in derive(report)]


def _students(report: GapReport) -> Iterator[Derivation]:
    total = report.total
    words = DEFINITION_WORDS[report.definition]
    hidden = math.isnan(total.students_offline)
    households = (
        total.households_offline / total.households
        if total.households > 0 and not math.isnan(total.households_offline)
        else None
    )
    terms = [
        Term(
            symbol="s",
            meaning="students of each area; all areas together",
            value="withheld" if math.isnan(total.students) else total.students,
            unit="" if math.isnan(total.students) else "students",
            source=STUDENTS_ORIGINS.get(report.students_origin, report.students_origin),
        )
    ]
    if households is not None:
        terms.append(
            Term(
                symbol="r",
                meaning="share of each area's households that is offline; all areas together",
                value=households,
                unit="share",
                source="acs.csv, by the model and the raking below",
            )
        )
    terms.append(
        Term(
            symbol="k",
            meaning="a student's chance over a household's",
            value=report.student_household_ratio,
            unit="",
            source=clean(report.ratio_source),
        )
    )
    yield Derivation(
        number="students_offline",
        title=f"Students {words}",
        value="withheld" if hidden else with_error(total.students_offline, total.se),
        unit="" if hidden else "students",
        plain="Each area's students, times the share of its households that is offline, times a "
        "student's chance over a household's; then added up.",
        formula="N = sum over areas of s × r × k, or the district's own count where it gives one",
        worked=""
        if hidden
        else f"{plural(len(report.areas), 'area')} add up to {count(total.students_offline)} "
        "students"
        + (
            f" of {count(total.students)}, {percent(total.students_offline / total.students)}"
            if total.students > 0
            else ""
        ),
        terms=tuple(terms),
        uncertainty=""
        if hidden
        else f"Standard error {number(total.se)} students. It puts together the errors of the "
        "published figure, of each area's share, of where students live and of k: √ of the sum of "
        f"their squares. ± is {Z_90} standard errors: with 90 % confidence the number lies "
        f"between {count(max(total.students_offline - Z_90 * total.se, 0))} and "
        f"{count(total.students_offline + Z_90 * total.se)}.",
        note="The total is withheld, since it would give small counts away."
        if hidden
        else "The table of areas holds the parts; areas with small counts stand there in groups.",
    )


def _households(report: GapReport) -> Iterator[Derivation]:
    total, rows = report.total, records(report.benchmarks)
    if not rows or math.isnan(total.households_offline):
        return
    before = sum(row["before"] or 0.0 for row in rows)
    after = sum(row["after"] or 0.0 for row in rows)
    told = any(row["source"] == "published row" for row in rows)
    yield Derivation(
        number="households_offline",
        title="Households offline",
        value=with_error(total.households_offline, total.households_se),
        unit="households",
        plain="The estimates of all areas are scaled until they add up to the "
        + ("published figure of their county or tract." if told else "sum of their surveys."),
        formula="area's share after = area's share before × published / sum of the areas before",
        worked=f"{count(before)} households before, {count(after)} after: × "
        f"{after / before if before > 0 else 1:.4f}",
        terms=(
            Term(
                symbol="published",
                meaning="households offline, as published for "
                f"{plural(len(rows), 'county or tract', 'counties or tracts')}"
                if told
                else "households offline, the areas' surveys added up",
                value=sum(row["published"] or 0.0 for row in rows),
                unit="households",
                source="acs.csv: " + _columns(report),
            ),
            Term(
                symbol="households",
                meaning="all households in the areas",
                value=total.households,
                unit="households",
                source=f"acs.csv: {COLUMNS[report.definition][0]}E",
            ),
        ),
        uncertainty=f"Standard error {number(total.households_se)} households: that of the figure "
        "that the areas are scaled to.",
        parts=tuple(
            {key: row[key] for key in ("geoid", "published", "before", "after", "source")}
            for row in rows
        )
        if len(rows) > 1
        else (),
    )


def _area(report: GapReport) -> Iterator[Derivation]:
    row = next(
        (
            row
            for row in places(report)
            if not row.get("geoids") and row["rate"] is not None and row["direct_rate"] is not None
        ),
        None,
    )
    if row is None:
        return
    place = where(row, find_places(report))
    errors = row["direct_se"] is not None and row["rate_se"] is not None
    fit = report.fit
    yield Derivation(
        number="rate",
        title=f"Share of one area, for example {place}",
        value=_rate(row["rate"], row["rate_se"]),
        unit="",
        plain="An area's survey asks few households, so its answer is drawn toward what areas like "
        "it show: more where the survey is small, less where it is large."
        if fit is not None
        else "The survey's own share stands, scaled to the published figure.",
        formula="r = ((1 - w) × survey's own + w × model) × raking, w = the model's weight: its "
        "share of both variances"
        if fit is not None
        else "r = survey's own × raking",
        worked=f"{_rate(row['direct_rate'], row['direct_se'])} by the survey alone, "
        f"{_rate(row['rate'], row['rate_se'])} in the end",
        terms=tuple(_rate_terms(report, row)),
        uncertainty=f"± is {Z_90} standard errors of the estimate, those of the model's "
        "coefficients and of the raking in it."
        if errors
        else "The census tables here have no margins of error for this area.",
        note=f"Area {clean(row['geoid'])}; every other area is made in the same way.",
    )


def _rate_terms(report: GapReport, row: Row) -> Iterator[Term]:
    yield Term(
        symbol="survey's own",
        meaning="households offline over all households of the area",
        value=_rate(row["direct_rate"], row["direct_se"]),
        unit="",
        source=f"acs.csv: {_columns(report)} / {COLUMNS[report.definition][0]}E; "
        f"margins of error / {Z_90}",
    )
    if report.fit is not None:
        yield Term(
            symbol="w",
            meaning="weight of the model, on average over the areas",
            value=report.fit.mean_shrinkage_share,
            unit="share",
            source=clean(report.fit.how),
        )


def _columns(report: GapReport) -> str:
    households, *offline = COLUMNS[report.definition]
    if report.definition == "below_speed":
        return f"{households}E - {offline[0]}E"
    return " + ".join(f"{name}E" for name in offline)


def _rate(value: float, se: float | None) -> str:
    if se is None:
        return percent(value)
    return f"{100 * value:.1f} ± {100 * Z_90 * se:.1f}\N{NO-BREAK SPACE}%"


_NEED_NUMBERS: tuple[Callable[[GapReport], Iterator[Derivation]], ...] = (
    _students,
    _households,
    _area,
)
