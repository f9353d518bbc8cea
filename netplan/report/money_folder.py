"""The output folder of ``netplan cost``: the page on money and the data behind it."""

from dataclasses import asdict
from pathlib import Path

from netplan.report.document import assumptions_data
from netplan.report.format import percent
from netplan.report.money import CostReport
from netplan.report.money_page import write_money, write_money_tables
from netplan.report.pages import environment, write_text
from netplan.report.provenance import footer_of, record, run_name
from netplan.report.whole import RECORD, whole_folder


def write_cost(report: CostReport, out: Path) -> Path:
    """Write the whole folder, or nothing; give the page to open.

    Every file is the same bytes for the same inputs, but for the time in ``run.json``, which
    is that of SOURCE_DATE_EPOCH where it is set.

    Raises
    ------
    InputError
        ``out`` holds something that netplan did not write, is a link, or cannot be written.
    """
    district, years = report.district, report.ownership.school_years
    asked = {
        "school_years": list(years),
        "scenarios": list(report.scenarios),
        "sets": list(report.sets),
        "extra": list(report.extra),
    }
    run = run_name(district, *(f"{key}={one}" for key, values in asked.items() for one in values))
    shared = {
        "district": district.name,
        "school_year": years[0],
        "events": (),
        "limit": percent(district.planning.utilization_limit),
        "percentile": percent(district.planning.percentile),
        "provenance": footer_of(district, run),
    }
    with whole_folder(out) as folder:
        write_money_tables(report, folder)
        write_money(report, environment(), shared, folder)
        written = [path.name for path in sorted(folder.iterdir())]
        assumed = (*district.inputs.assumptions, *report.ownership.assumptions)
        own = {
            **asked,
            "money": asdict(district.inputs.money),
            "assumptions": assumptions_data(assumed),
        }
        write_text(folder / RECORD, record(district, "cost", run, own, written))
    return out / "money.html"
