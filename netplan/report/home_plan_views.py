"""What the after-school page shows of the plan: places, kinds, curve, zones, who is left."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from netplan.report.format import (
    UNKNOWN,
    Cell,
    cell,
    clean,
    count,
    listed,
    tidy,
)
from netplan.report.frames import records
from netplan.report.guesses import Guesses
from netplan.report.home import AccessReport
from netplan.report.home_cells import WITHHELD, counted, marked, says, titled
from netplan.report.home_guesses import cost_guessed, parking_guessed, room_guessed
from netplan.report.home_words import by_students
from netplan.report.layout import LONG, Table, mixed_table
from netplan.report.lookup import Lookup, Row
from netplan.report.views import school_cell


def sites_table(report: AccessReport, guesses: Guesses) -> Table:
    """What the plan opens, the most students first."""
    opened = by_students(report)
    usual = _usual_limits(opened)
    rows = [
        {
            "name": Cell(text=clean(row["name"]), sort=clean(row["name"]).casefold()),
            "kind": marked(
                Cell(text=clean(row["kind"]) + (" (existing)" if row["existing"] else "")),
                parking_guessed(row["strategy"], row["source_id"], guesses),
            ),
            "students": counted(row["students"], withheld=row["suppressed"]),
            "range": _span(row),
            "max_students": marked(
                cell("students", row["max_students"], unit="students"),
                room_guessed(row["strategy"], row["source_id"], guesses),
            ),
            "usd_per_year": marked(
                counted(row["usd_per_year"], withheld=row["suppressed"], unit="USD a year"),
                cost_guessed(row["strategy"], row["source_id"], guesses),
            ),
            "usd_per_student": marked(
                counted(row["usd_per_student"], withheld=row["suppressed"], unit="USD"),
                cost_guessed(row["strategy"], row["source_id"], guesses),
            ),
            "worth_share": WITHHELD
            if row["suppressed"]
            else cell("worth_share", row["worth_share"]),
            "limited_by": ""
            if row["limited_by"] == usual.get(row["kind"])
            else clean(str(row["limited_by"] or "")),
        }
        for row in opened
    ]
    keys = [
        key
        for key in (
            *("name", "students", "range", "max_students", "kind"),
            *("usd_per_year", "usd_per_student", "worth_share", "limited_by"),
        )
        if key == "students" or any(says(row[key]) for row in rows)
    ]
    return titled(
        mixed_table(
            "access_sites",
            "What the plan opens",
            keys,
            rows,
            note=tidy(" ".join(_sites_notes(report, opened, usual, guesses, "range" in keys))),
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
            "limited_by": "Room is limited by",
        },
    )


def _usual_limits(opened: list[Row]) -> dict[str, str]:
    """Give, by kind, the limit that most of its places have, where it is one of several's."""
    texts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in opened:
        texts[row["kind"]][str(row["limited_by"] or "")] += 1
    usual = {kind: sorted(found.items(), key=_most)[0] for kind, found in texts.items()}
    return {kind: text for kind, (text, rows) in usual.items() if rows > 1 and text}


def _most(found: tuple[str, int]) -> tuple[int, str]:
    return -found[1], found[0]


def _sites_notes(
    report: AccessReport,
    opened: list[Row],
    usual: Mapping[str, str],
    guesses: Guesses,
    ranges: bool,
) -> list[str]:
    """Say once what holds for many rows."""
    notes = []
    if any(row["suppressed"] for row in opened):
        notes.append(
            f"Withheld: fewer than {report.district.planning.suppress_below} students, or needed "
            "to hide a place that has fewer."
        )
    if any(parking_guessed(row["strategy"], row["source_id"], guesses) for row in opened):
        notes.append("A bus stop is a guess where nobody has said that a bus may park there.")
    notes += [
        f"Room of {clean(kind)}, where nothing else is said: {clean(text)}."
        for kind, text in sorted(usual.items())
    ]
    robustness = report.published.robustness
    if robustness is not None:
        if ranges:
            notes.append(
                "5 to 95 %: students served when who is offline is drawn anew from its "
                f"uncertainty, {robustness.draws:,} times."
            )
        notes.append(
            f"Worth it: how often, in {robustness.draws:,} draws of who is offline, a student "
            f"there costs no more than {count(robustness.worth_usd_per_student_per_year)} USD a "
            f"year ({clean(robustness.worth_source)})."
        )
    return notes


def kinds_table(report: AccessReport) -> Table:
    """What each kind of place or offer serves and costs in all."""
    rows = [
        {
            "kind": clean(listed(row["kind"].split("; "))),
            "places": row["places"],
            "students": counted(row["students"], withheld=row["suppressed"]),
            "usd_per_year": counted(row["usd_per_year"], withheld=True, unit="USD a year"),
            "usd_per_student": counted(
                row["usd_per_student"], withheld=row["suppressed"], unit="USD"
            ),
        }
        for row in records(report.published.kinds)
    ]
    return titled(
        mixed_table(
            "access_kinds",
            "The plan by kind",
            ("kind", "places", "students", "usd_per_year", "usd_per_student"),
            rows,
            note="Kinds with few students stand together: alone, they would give small counts away."
            if any("; " in row["kind"] for row in records(report.published.kinds))
            else "",
        ),
        {
            "places": "How many",
            "students": "Students served",
            "usd_per_year": "Cost",
            "usd_per_student": "Per student",
        },
    )


def curve_table(report: AccessReport) -> Table:
    """What each budget buys."""
    rows = [
        {
            "budget": counted(row["usd_per_year"], unit="USD a year"),
            "students": counted(row["students"], withheld=True),
            "bound": counted(row["bound_students"], withheld=True),
            "spent": counted(row["cost_usd_per_year"], unit="USD a year"),
            "open": counted(row["sites"], unit="places and offers"),
        }
        for row in records(report.curve)
    ]
    return titled(
        mixed_table(
            "access_curve",
            "What a yearly budget buys",
            ("budget", "students", "bound", "spent", "open"),
            rows,
            note="“No plan serves more than” is the solver's proven bound for that budget. "
            "Students are rounded down in steps of the smallest count that is shown, and the bound "
            "up; both meet at the plan's own number. Dollars are rounded up where exact ones would "
            "give a small count away; the bound is that of the exact budget. What is open at each "
            "point stands in access.json.",
        ),
        {
            "budget": "Budget, USD a year",
            "students": "Students served, at least",
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
            else Cell(text="withheld" if row["suppressed"] else UNKNOWN, sort="2", numeric=True),
        }
        for row in records(report.zones)
    ]
    guessed = " Zones are a guess: the nearest school of each level." * report.gap.zones_guessed
    return mixed_table(
        "access_zones",
        "Students offline who are served, by attendance zone, the worst first",
        ("school", "served_share"),
        rows,
        note="Shares only: counts by zone would give back what is withheld by area. Withheld: "
        f"fewer than {report.district.planning.suppress_below} students offline in the zone."
        + guessed,
        searchable=True,
        fold=LONG,
    )


def limits_table(report: AccessReport) -> Table:
    """Why the others are not served."""
    rows = [
        {
            "reason": tidy(clean(row["reason"])),
            "students": counted(row["students"], withheld=row["suppressed"]),
        }
        for row in records(report.published.limits)
    ]
    return mixed_table(
        "access_limits", "Students offline who are not served", ("reason", "students"), rows
    )


def _span(row: Row) -> Cell:
    low, high = row["students_low"], row["students_high"]
    if low is None or high is None:
        return WITHHELD if row["suppressed"] else Cell(text=UNKNOWN, numeric=True)
    return Cell(text=f"{count(low)} to {count(high)}", sort=repr(float(low)), numeric=True)
