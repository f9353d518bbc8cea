"""The pages of the output folder: the district's, and one per building."""

import base64
import hashlib
from collections import Counter
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from netplan.capacity.model import Finding
from netplan.report.building_page import building_context, by_building
from netplan.report.event_box import event_box
from netplan.report.format import clean, percent, tidy, title_of, unit_of
from netplan.report.frames import records
from netplan.report.guesses import Guesses, find_guesses, guess_tables
from netplan.report.headline import STATUS_WORDS, district_headline, status_counts
from netplan.report.home_page import home_files, write_home
from netplan.report.home_words import access_headline, gap_headline
from netplan.report.in_force import in_force
from netplan.report.layout import plain_table
from netplan.report.lookup import Lookup, look_up
from netplan.report.map_files import map_links
from netplan.report.model import Home, Report
from netplan.report.money_page import money_files, write_money
from netplan.report.money_words import money_headline
from netplan.report.provenance import footer
from netplan.report.statuses import legend, limits_of
from netplan.report.views import (
    assumptions_table,
    buildings_table,
    calibration_table,
    disparity_tables,
    failures_tables,
    finding_view,
    links_table,
    targets_tables,
)

#: Findings of one severity that the index shows; the rest stands in findings.csv.
_LONG = 100
#: Findings that stand under "what to do first".
_FIRST = 7
_FIRST_OF_A_KIND = 3
SEVERITIES = (
    ("critical", "Critical: students lose service now"),
    ("warning", "Warning: they will, or will when something fails"),
    ("info", "Worth knowing"),
)


def environment() -> Environment:
    """Give the template environment: everything escaped, nothing undefined, nothing hidden."""
    env = Environment(
        loader=PackageLoader("netplan.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    assets = files("netplan.report") / "assets"
    for name, file in (("style", "style.css"), ("script", "page.js")):
        text = (assets / file).read_text(encoding="utf-8").replace("\r\n", "\n")
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        env.globals[name] = Markup(text)  # noqa: S704
        env.globals[f"{name}_hash"] = f"sha256-{digest}"
    return env


def _finalize(value: Any) -> Any:
    """Show control and direction characters of any text; None in a template is a bug."""
    if value is None:
        raise TypeError("a template shows None")
    return clean(value) if type(value) is str else value


def write_pages(
    report: Report, folder: Path, progress: Callable[[int, int], None] | None = None
) -> None:
    """Write ``index.html`` and ``buildings/`` into an existing folder.

    Parameters
    ----------
    report
        What to write.
    folder
        Where to.
    progress
        Called with the number of building pages written and their total.
    """
    env = environment()
    lookup, guesses = look_up(report), find_guesses(report)
    shared = _shared(report)
    index = {**shared, **index_context(report, lookup, guesses)}
    if report.home is not None:
        write_home(report.home, env, shared, lookup, folder)
    if report.money is not None:
        write_money(report.money, env, shared, folder, back=[("index.html", "The school day")])
    write_text(folder / "index.html", env.get_template("index.html").render(index))
    pages = folder / "buildings"
    pages.mkdir()
    template = env.get_template("building.html")
    rows = records(report.capacity.buildings)
    tables = by_building(report, lookup)
    links = [("", ""), *((lookup.pages[row["school_id"]], row["name"]) for row in rows), ("", "")]
    for place, row in enumerate(rows):
        context = building_context(row, report, lookup, tables, guesses)
        near = {"previous": links[place], "next": links[place + 2]}
        write_text(pages / links[place + 1][0], template.render({**shared, **near, **context}))
        if progress is not None:
            progress(place + 1, len(rows))


def write_money_page(report: Report, folder: Path) -> None:
    """Write the page on money alone, beside the board's report; nothing where there is none."""
    if report.money is not None:
        back = [("board.html", "Report to the board")]
        write_money(report.money, environment(), _shared(report), folder, back=back)


def _shared(report: Report) -> dict[str, Any]:
    """Give what all pages of a folder show."""
    planning = report.district.planning
    return {
        "district": report.district.name,
        "school_year": report.district.settings.school_year or "",
        "events": in_force(report),
        "limit": percent(planning.utilization_limit),
        "percentile": percent(planning.percentile),
        "provenance": footer(report),
    }


def index_context(report: Report, lookup: Lookup, guesses: Guesses) -> dict[str, Any]:
    """Give everything that ``index.html`` names beside what all pages share."""
    failures, failures_note = failures_tables(report, lookup)
    problems = [
        {
            "severity": problem.severity,
            "place": ":".join(
                str(part)
                for part in (problem.file, problem.row, problem.column)
                if part is not None
            ),
            "message": tidy(problem.message),
            "value": problem.value or "",
            "expected": problem.expected,
            "fix": problem.fix,
        }
        for problem in report.district.inputs.problems
    ]
    first = _first(report.findings)
    limits = limits_of(report)
    return {
        "headline": district_headline(report, lookup),
        "event_box": event_box(report, lookup),
        "tiles": status_counts(report),
        "legend": [(status, STATUS_WORDS[status], text) for status, text in legend(limits)],
        "first": [finding_view(each, lookup) for each in first],
        "groups": _finding_groups(report.findings, first, lookup),
        "buildings": buildings_table(report, lookup, guesses, limits),
        "guesses": guess_tables(report, guesses, lookup),
        "guessed": len(guesses.cells),
        "links": links_table(report, lookup, guesses),
        "targets": targets_tables(report),
        "disparity": disparity_tables(report),
        "failures": failures,
        "failures_note": failures_note,
        "calibration": calibration_table(report),
        "problems": plain_table("problems", "Notes on the input", problems),
        "assumptions": assumptions_table(report.assumptions),
        "home": _home_box(report.home),
        "maps": map_links(report, "maps/"),
        "home_files": home_files(report.home) if report.home and report.home.gap else [],
        "money": _money_box(report),
        "money_files": [] if report.money is None else money_files(),
        "title_of": title_of,
        "unit_of": unit_of,
    }


def _home_box(home: Home | None) -> dict[str, Any] | None:
    """Give what the first page says of the after-school half."""
    if home is None:
        return None
    sentences = [] if home.gap is None else gap_headline(home.gap)[:1]
    sentences += [] if home.access is None else access_headline(home.access)[:2]
    return {
        "sentences": sentences,
        "note": clean(home.note),
        "page": "" if home.gap is None else "home.html",
    }


def _money_box(report: Report) -> dict[str, Any] | None:
    """Give what the first page says of money."""
    if report.money is None and not report.money_note:
        return None
    return {
        "sentences": [] if report.money is None else money_headline(report.money)[:2],
        "note": clean(report.money_note),
        "page": "" if report.money is None else "money.html",
    }


def _first(findings: tuple[Finding, ...]) -> list[Finding]:
    """Give the most severe findings, a few of each kind, so that one kind does not hide others."""
    shown: Counter[str] = Counter()
    chosen: list[Finding] = []
    for finding in findings:
        if shown[finding.code] < _FIRST_OF_A_KIND and len(chosen) < _FIRST:
            shown[finding.code] += 1
            chosen.append(finding)
    return chosen


def _finding_groups(
    findings: tuple[Finding, ...], first: list[Finding], lookup: Lookup
) -> list[dict[str, Any]]:
    """Group what does not stand under "what to do first" by severity."""
    above = {finding.id for finding in first}
    groups = []
    for severity, title in SEVERITIES:
        found = [finding for finding in findings if finding.severity == severity]
        others = [finding for finding in found if finding.id not in above]
        if others:
            groups.append(
                {
                    "title": title,
                    "severity": severity,
                    "total": len(found),
                    "above": len(found) - len(others),
                    "others": len(others),
                    "shown": [finding_view(finding, lookup) for finding in others[:_LONG]],
                    "left": max(len(others) - _LONG, 0),
                }
            )
    return groups


def write_text(path: Path, text: str) -> None:
    """Write a file as UTF-8 with the same line ends on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")
