"""``board.html``: the report that a school board reads, prints and files."""

import base64
import hashlib
from dataclasses import replace
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from netplan.report.board_buildings import building_sections
from netplan.report.board_charts import dot_plots, year_chart, years
from netplan.report.board_words import Summary, summarize
from netplan.report.event_box import event_box
from netplan.report.format import Cell, cited, clean, percent, school_year
from netplan.report.frames import records
from netplan.report.guesses import find_guesses
from netplan.report.home_cells import titled
from netplan.report.home_page import home_context
from netplan.report.home_views import home_finding_view
from netplan.report.in_force import in_force
from netplan.report.layout import LONG, Table, left_out, mixed_table
from netplan.report.lookup import Lookup, look_up
from netplan.report.model import Report
from netplan.report.money import CostReport
from netplan.report.money_page import money_context
from netplan.report.money_views import lines_table, money_finding_view
from netplan.report.pages import environment, index_context
from netplan.report.provenance import footer
from netplan.report.statuses import by_air, limits_of
from netplan.report.views import finding_view, status_cell

#: Rows that a printed table shows of what is long; the workbook and the CSVs have all.
_ROWS = 40
_NAMES, _FULLEST = 6, 15


def board_html(report: Report) -> str:
    """Give the text of ``board.html``; the same report gives the same bytes.

    The page has no script at all, and its policy lets in nothing but its own style, by hash.
    """
    env = environment()
    assets = files("netplan.report") / "assets"
    style = "".join(
        (assets / name).read_text(encoding="utf-8").replace("\r\n", "\n")
        for name in ("style.css", "board.css")
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    context = board_context(report)
    return env.get_template("board.html").render(
        context,
        board_style=Markup(style),  # noqa: S704
        style_hash=f"sha256-{digest}",
    )


def board_context(report: Report) -> dict[str, Any]:
    """Give everything that ``board.html`` names."""
    lookup, guesses = look_up(report), find_guesses(report)
    summary = summarize(report, lookup, guesses)
    index = index_context(report, lookup, guesses)
    found = years(records(report.capacity.buildings))
    home = report.home
    context: dict[str, Any] = {
        "district": report.district.name,
        "school_year": report.district.settings.school_year or "",
        "events": in_force(report),
        "event_box": event_box(report, lookup),
        "limit": percent(report.district.planning.utilization_limit),
        "percentile": percent(report.district.planning.percentile),
        "growth": percent(report.district.planning.growth_per_year),
        "provenance": footer(report),
        "summary": summary,
        "risks": _risks(report, summary, lookup),
        "legend": index["legend"],
        "buildings": _buildings(report, lookup),
        "sections": building_sections(report, lookup, guesses),
        "year_chart": year_chart(found, report.district.settings.school_year or "+0"),
        "years": _years(found),
        "links": _short(index["links"], "links.csv and nodes.csv", _FULLEST),
        "failures": index["failures"] and _short(index["failures"], "failures.csv"),
        "failures_note": index["failures_note"],
        "targets": index["targets"],
        "disparity": index["disparity"],
        "dot_plots": dot_plots(records(report.capacity.disparity)),
        "calibration": index["calibration"],
        "groups": _findings(report, lookup),
        "guesses": [_short(table, "the district's files") for table in index["guesses"]],
        "guessed": len(guesses.cells),
        "assumptions": index["assumptions"],
        "problems": index["problems"],
        "home": None,
        "home_note": "" if home is None else clean(home.note),
        "prices": _prices(report),
        "money": None if report.money is None else _money(report.money),
        "money_note": clean(report.money_note),
    }
    if home is not None and home.gap is not None:
        context["home"] = _home(home_context(home, home.gap, lookup))
    return context


def _risks(report: Report, summary: Summary, lookup: Lookup) -> list[Any]:
    school_day = set(report.findings)
    money = set() if report.money is None else set(report.money.findings)
    return [
        finding_view(each, lookup)
        if each in school_day
        else money_finding_view(each)
        if each in money
        else home_finding_view(each, lookup)
        for each in summary.risks
    ]


def _buildings(report: Report, lookup: Lookup) -> Table:
    """Every building in few enough columns for a sheet of paper, the worst first."""
    limits = limits_of(report)
    rows = [
        {
            **row,
            "school": Cell(
                text=clean(row["name"]), sort=row["name"].casefold(), href=f"#b-{place + 1}"
            ),
            "status": status_cell(row["status"], air=by_air(row, limits)),
            "bottleneck": clean(lookup.element(row["bottleneck_kind"], row["bottleneck_element"])),
        }
        for place, row in enumerate(records(report.capacity.buildings))
    ]
    keys = (
        *("school", "status", "devices", "load_down_mbps", "bottleneck"),
        *("bottleneck_utilization_share", "headroom_devices", "exhausted_school_year"),
    )
    table = mixed_table(
        "buildings",
        "Every building, the worst first",
        keys,
        rows,
        note="Used: load of all schools on the bottleneck / its capacity, in its worst period. "
        "More devices: how many more of this school's mix fit while all others stay as they "
        "are (below zero: too many); rooms of several schools cannot be added up.",
    )
    return titled(table, {"bottleneck": "Bottleneck"})


def _years(found: tuple[tuple[str, tuple[str, ...]], ...]) -> Table:
    rows = [
        {
            "year": Cell(text=school_year(year) or "not within 50 years"),
            "count": len(names),
            "schools": ", ".join(names[:_NAMES])
            + (f" and {len(names) - _NAMES:,} more" if len(names) > _NAMES else ""),
        }
        for year, names in found
    ]
    table = mixed_table("years", "When room runs out", ("year", "count", "schools"), rows)
    return titled(table, {"year": "School year", "count": "Buildings", "schools": "Which"})


def _short(table: Table, where: str, most: int = _ROWS) -> Table:
    """Cut a table for paper, and say where the rest is."""
    left = len(table.rows) - most
    if left <= 0:
        return table
    note = f"{table.note} {left_out(left, where)}".strip()
    return replace(table, rows=table.rows[:most], note=note)


def _findings(report: Report, lookup: Lookup) -> list[dict[str, Any]]:
    """Group the findings of the school day by severity, as short lines."""
    groups = []
    for severity, title in (
        ("critical", "Critical: students lose service now"),
        ("warning", "Warning: they will, or will when something fails"),
    ):
        found = [each for each in report.findings if each.severity == severity]
        if found:
            groups.append(
                {
                    "title": f"{title} ({len(found):,})",
                    "shown": [finding_view(each, lookup) for each in found[:_ROWS]],
                    "left": max(len(found) - _ROWS, 0),
                }
            )
    return groups


def _home(context: dict[str, Any]) -> dict[str, Any]:
    """Cut the after-school tables to what fits on paper."""
    short = {
        "areas": _short(context["areas"], "gap_areas.csv and gap_groups.csv", LONG),
        "guesses": _short(context["guesses"], "the district's files"),
    }
    if context["plan"]:
        short["sites"] = _short(context["sites"], "access_sites.csv")
        short["zones"] = _short(context["zones"], "access_zones.csv")
    return {**context, **short}


def _money(report: CostReport) -> dict[str, Any]:
    """Give what the part on money shows; the table of every cost as short as paper needs it."""
    lines = lines_table(report.ownership, by_year=False)
    return {**money_context(report), "lines": _short(lines, "cost_lines.csv", _FULLEST)}


def _prices(report: Report) -> list[str]:
    """Give where the prices of what the plan opens come from, each once."""
    access = None if report.home is None else report.home.access
    if access is None:
        return []
    sources = {
        f"{clean(str(row['kind']))}: {cited(clean(str(row['price_source'])))}"
        for row in [*records(access.sites), *records(access.offers)]
        if row["price_source"]
    }
    return sorted(sources)
