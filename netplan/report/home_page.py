"""The after-school page of the output folder, its tables as CSV, and its documents."""

from pathlib import Path
from typing import Any

from jinja2 import Environment

from netplan.gap.moe import Z_90
from netplan.report.building_page import key_number
from netplan.report.document import dumps
from netplan.report.format import clean, number, percent, plural, tidy
from netplan.report.frames import records
from netplan.report.guesses import Guesses
from netplan.report.home import AccessReport, GapReport
from netplan.report.home_chart import curve_chart
from netplan.report.home_document import access_document, gap_document
from netplan.report.home_guesses import find_home_guesses, home_guess_sentence, home_guess_table
from netplan.report.home_numbers import need_derivations, plan_derivations
from netplan.report.home_plan_views import (
    curve_table,
    kinds_table,
    limits_table,
    sites_table,
    zones_table,
)
from netplan.report.home_timetable import timetable_tables
from netplan.report.home_views import (
    areas_table,
    benchmarks_table,
    fit_table,
    home_finding_view,
)
from netplan.report.home_where import find_places
from netplan.report.home_words import access_headline, gap_headline
from netplan.report.lookup import Lookup
from netplan.report.model import Home
from netplan.report.views import assumptions_table

_MOST_FINDINGS = 12
_STUDENTS = {
    "counted": "Students by area are the district's own counts.",
    "children": "Students by area: ACS children (B09001) within each attendance zone, "
    "scaled so that every school's enrollment is met exactly.",
    "population": "Students by area: ACS population within each attendance zone (no children by "
    "area were given), scaled so that every school's enrollment is met exactly.",
    "households": "Students by area: ACS households within each attendance zone (no children by "
    "area were given), scaled so that every school's enrollment is met exactly.",
    "land": "Students by area: land within each attendance zone (nothing better was given), "
    "scaled so that every school's enrollment is met exactly.",
}


def home_context(home: Home, gap: GapReport, lookup: Lookup) -> dict[str, Any]:
    """Give everything that ``home.html`` names beside what all pages share."""
    found = home.access.findings if home.access is not None else gap.findings
    # the number itself stands at the top of the page
    found = tuple(each for each in found if each.code != "students-offline")
    guesses = find_home_guesses(gap.district)
    context: dict[str, Any] = {
        "need": gap_headline(gap),
        "numbers": [key_number(each, lookup) for each in need_derivations(gap)],
        "plan_numbers": [],
        "guessed": home_guess_sentence(guesses),
        "guesses": home_guess_table(guesses),
        "plan": None,
        "note": _sentence(home.note),
        "findings": [home_finding_view(each, lookup) for each in found[:_MOST_FINDINGS]],
        "more_findings": max(len(found) - _MOST_FINDINGS, 0),
        "areas": areas_table(gap, find_places(gap)),
        "benchmarks": benchmarks_table(gap),
        "fit": None if gap.fit is None else fit_table(gap.fit),
        "fit_how": "" if gap.fit is None else clean(gap.fit.how),
        "shrinkage": "" if gap.fit is None else percent(gap.fit.mean_shrinkage_share),
        "missing": [clean(f"{reason} ({plural(areas, 'area')})") for reason, areas in gap.missing],
        "students_how": _STUDENTS.get(gap.students_origin, ""),
        "ratio": f"{number(gap.student_household_ratio)}"
        + (
            f" ± {number(Z_90 * gap.student_household_ratio_se)}"
            if gap.student_household_ratio_se
            else ""
        ),
        "ratio_source": tidy(clean(gap.ratio_source)),
        "has_margins": bool(gap.areas["direct_se"].notna().any()),
        "published": bool((gap.benchmarks["source"] == "published row").any()),
        "assumptions": assumptions_table(
            [each for each in gap.district.inputs.assumptions if each.name.startswith("access.")]
        ),
        "notes": [tidy(clean(note)) for note in gap.notes],
        "plan_notes": [],
        "files": home_files(home),
    }
    if home.access is not None:
        context |= _plan_context(home.access, lookup, guesses)
    return context


def _sentence(note: str) -> str:
    """Write a message as a sentence."""
    text = tidy(clean(note)).strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}" if text else ""


def _plan_context(report: AccessReport, lookup: Lookup, guesses: Guesses) -> dict[str, Any]:
    return {
        "plan_numbers": [key_number(each, lookup) for each in plan_derivations(report)],
        "plan": access_headline(report),
        "plan_notes": [tidy(clean(note)) for note in report.published.notes],
        "kinds": kinds_table(report),
        "sites": sites_table(report, guesses),
        "limits": limits_table(report),
        "timetable": timetable_tables(report, guesses),
        "curve": curve_table(report),
        "chart": curve_chart(records(report.curve)),
        "zones": zones_table(report, lookup),
    }


def home_files(home: Home) -> list[tuple[str, str]]:
    """Give the files of the after-school half, and what each holds."""
    files = [
        ("gap_areas.csv", "students offline by area, small counts withheld"),
        ("gap_groups.csv", "withheld areas, some neighbors together"),
        ("gap_benchmarks.csv", "published figures the areas add up to"),
        ("gap.json", "the need as data"),
        ("home_findings.csv", "everything found"),
    ]
    if home.access is not None:
        files += [
            ("access_sites.csv", "what the plan opens"),
            ("access_kinds.csv", "what each kind of place serves and costs in all"),
            ("timetable.csv", "where each bus stands and when"),
            ("access_zones.csv", "share served by attendance zone"),
            ("access_curve.csv", "students against dollars"),
            ("access_limits.csv", "who is not served, and why"),
            ("access.json", "the plan as data, with the plan at each budget"),
        ]
    return files


def write_home(
    home: Home, env: Environment, shared: dict[str, Any], lookup: Lookup, folder: Path
) -> None:
    """Write ``home.html`` and the after-school documents into an existing folder."""
    gap = home.gap
    if gap is None:
        return
    context = {**shared, "events": (), **home_context(home, gap, lookup)}
    text = env.get_template("home.html").render(context)
    (folder / "home.html").write_text(text, encoding="utf-8", newline="\n")
    documents = {"gap.json": dumps(gap_document(gap))}
    if home.access is not None:
        documents["access.json"] = dumps(access_document(home.access))
    for name, document in documents.items():
        (folder / name).write_text(document, encoding="utf-8", newline="\n")
