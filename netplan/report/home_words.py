"""The after-school answers in sentences: what an equity planner reads first."""

import math

from netplan.gap.moe import Z_90
from netplan.report.format import clean, count, percent
from netplan.report.frames import records
from netplan.report.home import AccessReport, GapReport
from netplan.report.lookup import Row

#: Definition to what it says of a student.
DEFINITION_WORDS = {
    "none": "without internet at home",
    "phone_only": "with nothing but a phone, or nothing, to go online at home",
    "below_speed": "without a fixed service of the stated speed at home",
}
#: Smaller parts of a student or a dollar are the solver's rounding.
_ROUNDING = 1e-3
_HOW = {
    "estimated": "survey and model",
    "predicted": "model alone",
    "counted": "counted by the district",
}
#: Where the students of an area come from, in words.
STUDENTS_ORIGINS = {
    "counted": "the district's own counts",
    "children": "ACS children (B09001), raked to each school's enrollment",
    "population": "ACS population, raked to each school's enrollment",
    "households": "ACS households, raked to each school's enrollment",
    "land": "land area, raked to each school's enrollment",
}


def places(report: GapReport) -> list[Row]:
    """Give areas that are shown, and the others in their groups, the most students offline first.

    Each has ``place`` and ``how`` in words beside the columns of `GapReport.areas`.
    """
    rows = [
        {**row, "place": row["geoid"], "how": _HOW.get(str(row["how"]), str(row["how"] or ""))}
        for row in records(report.areas)
        if not row["group"]
    ]
    for row in records(report.groups):
        geoids = row["geoids"].split(";")
        group = {
            "place": f"{geoids[0]} to {geoids[-1]}",
            "how": f"{len(geoids)} areas together ({row['group']})",
            "suppressed": False,
            "direct_rate": None,
            "direct_se": None,
        }
        rows.append({**row, **group})
    return sorted(rows, key=lambda row: (-(row["students_offline"] or 0.0), row["place"]))


def by_students(report: AccessReport) -> list[Row]:
    """Give places and offers together, the most students first, withheld ones by their cost."""
    rows = [*records(report.sites), *records(report.offers)]
    return sorted(
        rows,
        key=lambda row: (-(row["students"] or 0.0), -(row["usd_per_year"] or 0.0), row["id"]),
    )


def existing_usd(report: AccessReport) -> float:
    """Give what the plan pays each year for places that exist already."""
    return sum(
        row["usd_per_year"] or 0.0 for row in records(report.published.sites) if row["existing"]
    )


def with_error(value: float, se: float) -> str:
    """Give a count of people with its 90 % interval, such as ``418 ± 60``."""
    return f"{count(value)} ± {count(Z_90 * se)}"


def usd(value: float) -> str:
    """Give dollars without cents."""
    return f"{count(value)} USD"


def gap_headline(report: GapReport) -> list[str]:
    """Give the need, the most important sentence first."""
    total, words = report.total, DEFINITION_WORDS[report.definition]
    if math.isnan(total.students_offline):
        return [f"So few students are {words} that even their number is withheld."]
    if total.students <= 0:
        return ["No students are known, so nobody can be said to be offline."]
    first = (
        f"{with_error(total.students_offline, total.se)} of {count(total.students)} students "
        f"({percent(total.students_offline / total.students)}) are {words}."
    )
    withheld = int(report.areas["suppressed"].sum())
    hidden = (
        f" {withheld:,} of {len(report.areas):,} areas are not shown alone: fewer than "
        f"{report.district.planning.suppress_below} students offline, or needed to hide one that "
        "has."
        if withheld
        else ""
    )
    origin = STUDENTS_ORIGINS.get(report.students_origin, report.students_origin)
    sentences = [first, f"± is a 90 % interval. Students by place come from {origin}.{hidden}"]
    if report.student_household_ratio_se == 0 and report.student_household_ratio == 1:
        sentences.append(
            "± is the survey's sampling error only. The households' share is used for students, "
            "who are online more often: the number is more likely too high than too low."
        )
    return sentences


def access_headline(report: AccessReport) -> list[str]:
    """Give the plan, the most important sentence first."""
    plan = report.published
    asked = _asked(report)
    # where a kind's cost is withheld, the total is rounded up
    rounded = bool(plan.kinds["usd_per_year"].isna().any())
    cost = f"{'at most ' * rounded}{usd(plan.cost_usd_per_year)}"
    if math.isnan(plan.served_students):
        first = (
            f"{asked} the plan costs {cost} a year; how many it serves is withheld, since that "
            "would give small counts away."
        )
        return [first, *(clean(note) for note in plan.notes)]
    first = (
        f"{asked} the plan serves {count(plan.served_students)} of "
        f"{count(plan.students_offline)} students offline ({percent(plan.served_share)})"
        f" for {cost} a year."
    )
    sentences = [first, *_existing(report), _proof(report)]
    if plan.last_dollar:
        sentences.append(clean(plan.last_dollar))
    if report.timetable.empty and report.has_buses:
        sentences.append(
            "No bus is used: at this budget the other offers serve more students for the money."
        )
    if plan.robustness is not None:
        sentences.append(
            f"Over {plan.robustness.draws:,} draws of who is offline, the same plan serves "
            f"{count(plan.robustness.served_low)} to {count(plan.robustness.served_high)} "
            "students (5th to 95th percentile)."
        )
    return sentences


def bound_of(report: AccessReport) -> float:
    """Give the proven bound in whole students or dollars, rounded so that it still holds."""
    plan = report.published
    if plan.goal.coverage_share is not None:
        return float(math.floor(plan.bound_usd_per_year + _ROUNDING))
    return float(math.ceil(plan.bound_students - _ROUNDING))


def _asked(report: AccessReport) -> str:
    goal = report.published.goal
    equity = {
        "none": "",
        "floor": f", at least {percent(goal.floor_share)} in every zone",
        "worst_first": ", the worst zone first",
    }[goal.equity]
    if goal.coverage_share is not None:
        return f"To serve {percent(goal.coverage_share)} at the least cost{equity},"
    if goal.budget_usd_per_year is not None:
        return f"With {usd(goal.budget_usd_per_year)} a year{equity},"
    return f"With no limit on the budget{equity},"


def _existing(report: AccessReport) -> list[str]:
    """Say what of the money is not the plan's to spend."""
    already = existing_usd(report)
    if already <= 0:
        return []
    return [
        f"{usd(already)} of it goes to partners that exist already: every plan pays for them, and "
        "only the rest is the plan's to spend."
    ]


def _proof(report: AccessReport) -> str:
    plan = report.published
    if plan.goal.coverage_share is not None:
        bound = f"no plan that meets the goal costs less than {usd(bound_of(report))} a year"
    else:
        bound = f"no plan under the same limits serves more than {count(bound_of(report))}"
    if plan.status == "proven":
        return f"Proven, for these inputs: {bound}."
    return (
        f"The search was stopped; proven so far: {bound}, so at most "
        f"{percent(plan.gap_share)} better is possible."
    )
