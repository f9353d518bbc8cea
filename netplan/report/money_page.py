"""The page on money, its tables as CSV and its document; also as a folder of its own."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment

from netplan.report.document import dumps
from netplan.report.format import clean, count, percent, plural
from netplan.report.frames import records
from netplan.report.money import CostReport
from netplan.report.money_chart import money_chart
from netplan.report.money_document import cost_document
from netplan.report.money_rules_views import budgets_table, discounts_table, fleet_table
from netplan.report.money_views import (
    centers_table,
    funding_table,
    lines_table,
    money_finding_view,
    payers_table,
)
from netplan.report.money_words import after_erate, dollars, money_headline, per_student, span, sums
from netplan.report.tables import FINDING_COLUMNS, finding_rows, write_csv
from netplan.report.views import assumptions_table

#: The tables as files, and what each holds.
_FILES = {
    "costs_by_year": "cost by cost center and school year",
    "cost_lines": "every cost by school year, with its price's source",
    "funding_by_year": "each source of money by school year",
    "who_pays": "cost, money and what nobody pays yet, by school year",
    "fleet_by_year": "devices owned and bought by school year",
    "money_findings": "what was found about money",
}


def money_context(report: CostReport) -> dict[str, Any]:
    """Give everything that ``money.html`` names beside what all pages share."""
    owned = report.ownership
    return {
        "headline": money_headline(report),
        "figures": _figures(report),
        "scenarios": [clean(title) for title in report.titles],
        "sets": [clean(each) for each in report.sets],
        "span": span(owned.school_years),
        "findings": [money_finding_view(each) for each in report.findings],
        "chart": money_chart(owned),
        "centers": centers_table(owned),
        "payers": payers_table(owned),
        "funding": funding_table(owned),
        "lines": lines_table(owned),
        "fleet": fleet_table(owned),
        "discounts": discounts_table(owned.discounts),
        "budgets": budgets_table(owned.budgets),
        "assumptions": assumptions_table(owned.assumptions),
        "rate": percent(owned.discount_rate_per_year),
        "present": dollars(owned.net_present_usd),
        "net": dollars(owned.net_usd),
        "students": count(owned.students),
        "per_student": owned.usd_per_student_per_year is not None,
        "count_years": len(owned.school_years),
        "files": money_files(),
    }


def _figures(report: CostReport) -> list[tuple[str, str, str]]:
    """Give the numbers in large print: value, what it is, and a status or nothing."""
    owned = report.ownership
    total = sums(owned)
    years = plural(len(owned.school_years), "school year")
    when = f"{after_erate(owned).strip()}, in {years}".removeprefix(", ")
    figures = [(dollars(owned.net_usd), when, "")]
    if owned.usd_per_student_per_year is not None:
        figures.append((per_student(owned.usd_per_student_per_year), "a student and year", ""))
    figures += [
        (dollars(total["sustainable_usd"]), "paid by money that lasts", "fits"),
        (dollars(total["one_time_usd"]), "paid by one-time money", "at-risk"),
        (dollars(total["unfunded_usd"]), "paid by nobody yet", "over"),
    ]
    return [(value.removesuffix(" USD"), f"USD {what}", status) for value, what, status in figures]


def money_frames(report: CostReport) -> dict[str, tuple[list[dict[str, Any]], tuple[str, ...]]]:
    """Give the tables on money by the name of their CSV: rows and columns."""
    owned = report.ownership
    frames = {
        "costs_by_year": owned.centers,
        "cost_lines": owned.lines,
        "funding_by_year": owned.funding,
        "who_pays": owned.unfunded,
        "fleet_by_year": owned.fleet,
    }
    tables = {
        name: (records(frame), tuple(map(str, frame.columns))) for name, frame in frames.items()
    }
    found = finding_rows(report.findings)
    return {**tables, "money_findings": (found, tuple(FINDING_COLUMNS))}


def money_files() -> list[tuple[str, str]]:
    """Give the files on money, and what each holds."""
    return [
        *((f"{name}.csv", what) for name, what in _FILES.items()),
        ("money.json", "all of it as data"),
    ]


def write_money_tables(report: CostReport, folder: Path) -> None:
    """Write the tables on money as CSV into an existing folder."""
    for name, (rows, columns) in money_frames(report).items():
        write_csv(folder / f"{name}.csv", rows, columns)


def write_money(
    report: CostReport,
    env: Environment,
    shared: dict[str, Any],
    folder: Path,
    *,
    back: Iterable[tuple[str, str]] = (),
) -> None:
    """Write ``money.html`` and ``money.json`` into an existing folder.

    Parameters
    ----------
    report
        What to write.
    env, shared
        Templates, and what all pages of the folder show.
    folder
        Where to.
    back
        Pages to lead back to: address and words.
    """
    context = {**shared, **money_context(report), "back": list(back)}
    text = env.get_template("money.html").render(context)
    (folder / "money.html").write_text(text, encoding="utf-8", newline="\n")
    (folder / "money.json").write_text(dumps(cost_document(report)), encoding="utf-8", newline="\n")
