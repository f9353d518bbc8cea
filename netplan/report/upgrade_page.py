"""The output folder of ``netplan upgrade``: one page, the tables, and the plan as a scenario."""

from pathlib import Path
from typing import Any

from netplan.report.document import dumps
from netplan.report.format import clean, percent
from netplan.report.frames import records
from netplan.report.money_words import dollars, span
from netplan.report.pages import environment, write_text
from netplan.report.provenance import footer_of, record, run_name
from netplan.report.tables import write_csv
from netplan.report.upgrade import UpgradeReport
from netplan.report.upgrade_chart import BarChart, bar_chart
from netplan.report.upgrade_document import upgrade_document
from netplan.report.upgrade_views import prices_table, unmet_table, upgrades_table, years_table
from netplan.report.upgrade_words import fixes_words, upgrade_headline
from netplan.report.whole import RECORD, whole_folder
from netplan.upgrades.lay import scenario_toml

PAGE = "upgrades.html"
SCENARIO = "upgrades.toml"
_FILES = (
    ("upgrades.csv", "every purchase, with its price's source"),
    ("upgrades.json", "everything as data"),
    (SCENARIO, "the plan as a scenario: put it into the folder's scenarios/"),
)


def write_upgrade(report: UpgradeReport, out: Path) -> Path:
    """Write the whole folder, or nothing; give the page to open.

    Every file is the same bytes for the same inputs, but for the time in ``run.json``.

    Raises
    ------
    InputError
        ``out`` holds something that netplan did not write, is a link, or cannot be written.
    """
    asked = _asked(report)
    run = run_name(report.district, *(f"{key}={value}" for key, value in asked.items()))
    with whole_folder(out) as folder:
        write_text(folder / PAGE, _page(report, run))
        write_text(folder / "upgrades.json", dumps(upgrade_document(report)))
        write_text(folder / SCENARIO, scenario_toml(report.scenario))
        rows = [
            {**row, "fixes": ";".join(row["fixes"]), "schools": ";".join(row["schools"])}
            for row in records(report.plan.upgrades)
        ]
        write_csv(folder / "upgrades.csv", rows, map(str, report.plan.upgrades.columns))
        written = [path.name for path in sorted(folder.iterdir())]
        write_text(folder / RECORD, record(report.district, "upgrade", run, asked, written))
    return out / PAGE


def _asked(report: UpgradeReport) -> dict[str, Any]:
    plan = report.plan
    return {
        "school_years": list(plan.school_years),
        "scenarios": list(report.scenarios),
        "sets": list(report.sets),
        "budget_usd_per_year": plan.budget_usd_per_year,
        "failures": plan.survives_failures,
    }


def _page(report: UpgradeReport, run: str) -> str:
    """Give the page."""
    plan, planning = report.plan, report.district.planning
    context = {
        "district": report.district.name,
        "school_year": plan.school_years[0],
        "events": (),
        "limit": percent(planning.utilization_limit),
        "percentile": percent(planning.percentile),
        "provenance": footer_of(report.district, run),
        "span": span(plan.school_years),
        "named": [clean(name) for name in (*report.scenarios, *report.sets)],
        "headline": upgrade_headline(report),
        "figures": _figures(report),
        "charts": [chart for chart in _charts(report) if chart is not None],
        "upgrades": upgrades_table(plan, report.school_names),
        "prices": prices_table(plan),
        "years": years_table(plan),
        "unmet": unmet_table(plan.unmet, report.school_names) if plan.unmet else None,
        "also": fixes_words(report.also_fixed),
        "added": fixes_words(report.added),
        "failures": plan.survives_failures,
        "budget": None if plan.budget_usd_per_year is None else dollars(plan.budget_usd_per_year),
        "rate": percent(plan.discount_rate_per_year),
        "present": dollars(plan.cost_usd),
        "rounds": plan.rounds,
        "files": _FILES,
    }
    return (
        environment()
        .get_template("upgrade.html")
        .render({key: "" if value is None else value for key, value in context.items()})
    )


def _figures(report: UpgradeReport) -> list[tuple[str, str, str]]:
    """Give the numbers in large print: value, what it is, and a status or nothing."""
    plan = report.plan
    figures = [
        (dollars(sum(plan.net_by_year_usd)), "after E-Rate, all years", ""),
        (dollars(sum(plan.erate_by_year_usd)), "paid by E-Rate", ""),
    ]
    tiles = [(value.removesuffix(" USD"), f"USD {what}", status) for value, what, status in figures]
    tiles.append((str(len(plan.upgrades)), "purchases", ""))
    if plan.unmet:
        tiles.append((str(len(plan.unmet)), "not put right in every year", "over"))
    return tiles


def _charts(report: UpgradeReport) -> list[BarChart | None]:
    plan = report.plan
    return [
        bar_chart(
            "What it costs by school year",
            "USD",
            plan.school_years,
            ("before E-Rate", plan.usd_by_year),
            ("the district pays", plan.net_by_year_usd),
        ),
        bar_chart(
            "Student-hours behind something past its limit",
            "hours",
            plan.school_years,
            ("without the plan", plan.congested_student_hours or (0.0,) * len(plan.school_years)),
            ("given back", plan.relieved_student_hours or (0.0,) * len(plan.school_years)),
        ),
    ]
