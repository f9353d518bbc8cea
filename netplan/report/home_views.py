"""Tables of the after-school page: numbers with their intervals, what is withheld said so."""

from dataclasses import replace
from typing import Any

from netplan.access.publish import WEEKDAYS
from netplan.capacity.model import Finding
from netplan.gap.model import Fit
from netplan.gap.moe import Z_90
from netplan.report.format import UNKNOWN, Cell, cell, clean, count, exact, number, percent, tidy
from netplan.report.frames import records
from netplan.report.home import AccessReport, GapReport
from netplan.report.home_words import by_students, places, with_error
from netplan.report.layout import LONG, MOST, Table, left_out, mixed_table
from netplan.report.lookup import Lookup, Row
from netplan.report.views import FindingView, school_cell

_NAMES_SHOWN = 6
_WITHHELD = Cell(text="withheld", sort="-1", numeric=True)


def areas_table(report: GapReport) -> Table:
    """Students offline by area, the most first; withheld areas stand together in groups."""
    rows = places(report)
    shown = [
        {
            "geoid": Cell(text=clean(row["place"]), sort=clean(row["place"])),
            "students": _count(row["students"], withheld=row["suppressed"]),
            "students_offline": _interval(row["students_offline"], row["se"], row["suppressed"]),
            "rate": _rate(row["rate"], row.get("rate_se"), row["suppressed"]),
            "direct_rate": _rate(row["direct_rate"], row["direct_se"], False),
            "how": clean(row["how"]),
        }
        for row in rows[:MOST]
    ]
    withheld = int(report.areas["suppressed"].sum())
    note = (
        "± is a 90 % interval. The survey's own share is what the census tables say of this area "
        "alone; the estimate borrows strength from areas like it. "
        f"{withheld:,} of {len(report.areas):,} areas are too small to be shown alone: they "
        "stand together, some neighbors at a time. "
        + left_out(len(rows) - MOST, "gap_areas.csv and gap_groups.csv")
    )
    return _titled(
        mixed_table(
            "gap_areas",
            "Students offline by area, the most first",
            ("geoid", "students", "students_offline", "rate", "direct_rate", "how"),
            shown,
            note=note.strip(),
            searchable=True,
            fold=LONG,
        ),
        {
            "geoid": "Area (GEOID)",
            "students_offline": "Students offline",
            "rate": "Households offline",
            "direct_rate": "By the survey alone",
            "how": "From",
        },
    )


def benchmarks_table(report: GapReport) -> Table:
    """Published figures that the areas were made to add up to."""
    rows = [
        {
            "geoid": row["geoid"],
            "households": _count(row["households"]),
            "published": _interval(row["published"], row["published_se"], False),
            "before": _count(row["before"]),
            "after": _count(row["after"]),
            "source": clean(str(row["source"])),
        }
        for row in records(report.benchmarks)
    ]
    return _titled(
        mixed_table(
            "gap_benchmarks",
            "Households offline: published, and the sum of the areas before and after raking",
            ("geoid", "households", "published", "before", "after", "source"),
            rows,
            fold=LONG,
        ),
        {
            "geoid": "County or tract",
            "published": "Published",
            "before": "Sum before",
            "after": "Sum after",
        },
    )


def fit_table(fit: Fit) -> Table:
    """The small-area model: what moves an area's share, and by how much."""
    rows = [
        {
            "covariate": clean(name),
            "coefficient": Cell(
                text=f"{value:+.4f} ± {Z_90 * se:.4f}", sort=repr(value), numeric=True
            ),
        }
        for name, value, se in zip(
            fit.covariates, fit.coefficients, fit.standard_errors, strict=True
        )
    ]
    return _titled(
        mixed_table(
            "gap_fit",
            "What the model predicts an area's share from",
            ("covariate", "coefficient"),
            rows,
        ),
        {"coefficient": "Effect on the log odds, per standard deviation"},
    )


def sites_table(report: AccessReport) -> Table:
    """What the plan opens, the most students first."""
    rows = [
        {
            "name": Cell(text=clean(row["name"]), sort=clean(row["name"]).casefold()),
            "kind": clean(row["kind"]) + (" (existing)" if row["existing"] else ""),
            "students": _count(row["students"], withheld=row["suppressed"]),
            "range": _span(row),
            "max_students": cell("students", row["max_students"], unit="students"),
            "usd_per_year": _count(row["usd_per_year"], unit="USD a year"),
            "usd_per_student": _count(row["usd_per_student"], unit="USD"),
            "worth_share": cell("worth_share", row["worth_share"]),
            "limited_by": clean(str(row["limited_by"] or "")),
        }
        for row in by_students(report)
    ]
    robustness = report.published.robustness
    note = (
        "5 to 95 %: students served when who is offline is drawn anew from its uncertainty, "
        f"{robustness.draws:,} times. Worth it: share of these draws in which the place costs at "
        f"most {count(robustness.worth_usd_per_student_per_year)} USD a year for each student it "
        f"serves ({clean(robustness.worth_source)})."
        if robustness is not None
        else ""
    )
    return _titled(
        mixed_table(
            "access_sites",
            "What the plan opens",
            (
                *("name", "students", "range", "max_students", "kind"),
                *("usd_per_year", "usd_per_student", "worth_share", "limited_by"),
            ),
            rows,
            note=note,
            searchable=True,
            fold=LONG,
        ),
        {
            "name": "Place or offer",
            "students": "Students served",
            "range": "5 to 95 %",
            "max_students": "Room for",
            "usd_per_year": "Cost",
            "usd_per_student": "Per student",
            "worth_share": "Worth it",
        },
    )


def timetable_table(report: AccessReport) -> Table:
    """Where each bus stands: one row per bus and time, one column per weekday."""
    visits = records(report.timetable)
    days = [day for day in WEEKDAYS if any(row["weekday"] == day for row in visits)]
    where = {
        (row["bus_id"], row["start"], row["end"], row["weekday"]): row["name"] for row in visits
    }
    keys = sorted({key[:3] for key in where}, key=lambda key: (key[0], _first(where, key), key))
    rows: list[dict[str, Any]] = [
        {
            "bus": Cell(text=clean(bus), sort=bus),
            "time": f"{start}\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}{end}",
            **{day: clean(where.get((bus, start, end, day), "")) for day in days},
        }
        for bus, start, end in keys
    ]
    return _titled(
        mixed_table(
            "timetable", "Where the buses stand", ("bus", "time", *days), rows, fold=2 * LONG
        ),
        {
            "mon": "Monday",
            "tue": "Tuesday",
            "wed": "Wednesday",
            "thu": "Thursday",
            "fri": "Friday",
            "sat": "Saturday",
            "sun": "Sunday",
        },
    )


def _first(where: dict[tuple[str, str, str, str], str], key: tuple[str, str, str]) -> int:
    """Give the first weekday of a bus at a time, so that a week starts on its Monday."""
    return min(place for place, day in enumerate(WEEKDAYS) if (*key, day) in where)


def curve_table(report: AccessReport) -> Table:
    """What each budget buys."""
    rows = [
        {
            "budget": _count(row["usd_per_year"], unit="USD a year"),
            "students": _count(row["students"], withheld=True),
            "bound": _count(row["bound_students"], withheld=True),
            "spent": _count(row["cost_usd_per_year"], unit="USD a year"),
            "open": _count(row["sites"], unit="places and offers"),
        }
        for row in records(report.curve)
    ]
    return _titled(
        mixed_table(
            "access_curve",
            "What a yearly budget buys",
            ("budget", "students", "bound", "spent", "open"),
            rows,
            note="“No plan serves more than” is the solver's proven bound for that budget. "
            "Students are rounded to the smallest count that is shown. What is open at each point "
            "stands in access.json.",
        ),
        {
            "budget": "Budget, USD a year",
            "students": "Students served, about",
            "bound": "No plan serves more than",
            "spent": "Spent, USD a year",
            "open": "Places and offers",
        },
    )


def zones_table(report: AccessReport, lookup: Lookup) -> Table:
    """Share of students offline who are served, by attendance zone."""
    rows = [
        {
            "school": school_cell(row["school_id"], lookup),
            "served_share": cell("served_share", row["served_share"])
            if row["served_share"] is not None
            else Cell(text="withheld" if row["suppressed"] else UNKNOWN, sort="2"),
        }
        for row in records(report.zones)
    ]
    guessed = " Zones are a guess: the nearest school of each level." * report.gap.zones_guessed
    return mixed_table(
        "access_zones",
        "Students offline who are served, by attendance zone, the worst first",
        ("school", "served_share"),
        rows,
        note="Shares only: counts by zone would give back what is withheld by area." + guessed,
        searchable=True,
        fold=LONG,
    )


def limits_table(report: AccessReport) -> Table:
    """Why the others are not served."""
    rows = [
        {
            "reason": tidy(clean(row["reason"])),
            "students": _count(row["students"], withheld=row["suppressed"]),
        }
        for row in records(report.published.limits)
    ]
    return mixed_table(
        "access_limits", "Students offline who are not served", ("reason", "students"), rows
    )


def home_finding_view(finding: Finding, lookup: Lookup) -> FindingView:
    """Put a finding of the after-school half into words."""
    schools = tuple(school_cell(school, lookup) for school in finding.schools)
    return FindingView(
        severity=finding.severity,
        message=tidy(clean(finding.message)),
        found_word="",
        found="",
        found_exact="",
        limit_word="",
        limit="",
        limit_exact="",
        fix=tidy(clean(finding.fix)),
        source=lookup.cite(finding.source),
        schools=schools[:_NAMES_SHOWN],
        more_schools=max(len(schools) - _NAMES_SHOWN, 0),
        code=finding.code,
    )


def _titled(table: Table, titles: dict[str, str]) -> Table:
    """Give a table with some headings in its own words."""
    columns = tuple(
        replace(column, title=titles.get(column.key, column.title)) for column in table.columns
    )
    return replace(table, columns=columns)


def _count(value: float | None, *, withheld: bool = False, unit: str = "students") -> Cell:
    if value is None:
        return _WITHHELD if withheld else Cell(text=UNKNOWN, numeric=True)
    return Cell(text=count(value), exact=exact(value, unit), sort=repr(float(value)), numeric=True)


def _interval(value: float | None, se: float | None, withheld: bool) -> Cell:
    if value is None:
        return _WITHHELD if withheld else Cell(text=UNKNOWN, numeric=True)
    text = count(value) if se is None else with_error(value, se)
    error = "" if se is None else f", standard error {number(se)}"
    return Cell(text=text, exact=f"{number(value)}{error}", sort=repr(float(value)), numeric=True)


def _rate(value: float | None, se: float | None, withheld: bool) -> Cell:
    if value is None:
        return _WITHHELD if withheld else Cell(text=UNKNOWN, numeric=True)
    text = percent(value) if se is None else f"{100 * value:.1f} ± {100 * Z_90 * se:.1f} %"
    return Cell(text=text.replace(" %", "\N{NO-BREAK SPACE}%"), sort=repr(value), numeric=True)


def _span(row: Row) -> Cell:
    low, high = row["students_low"], row["students_high"]
    if low is None or high is None:
        return _WITHHELD if row["suppressed"] else Cell(text=UNKNOWN, numeric=True)
    return Cell(text=f"{count(low)} to {count(high)}", sort=repr(float(low)), numeric=True)
