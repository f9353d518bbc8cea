"""The JSON document of ``netplan cost``; fields are in ``docs/json.md``."""

from dataclasses import asdict
from typing import Any

from netplan.report.document import head, plain, rows
from netplan.report.money import CostReport


def cost_document(report: CostReport, command: str = "cost") -> dict[str, Any]:
    """Give the document of ``netplan cost`` as plain data."""
    inputs = report.district.inputs
    assumptions = (*inputs.assumptions, *report.ownership.assumptions)
    document = head(command, report.district.name, inputs.hashes, assumptions, inputs.problems)
    document["findings"] = [plain(finding.to_dict()) for finding in report.findings]
    return {**document, **cost_data(report)}


def cost_data(report: CostReport) -> dict[str, Any]:
    """Give the results alone, as the documents of ``cost`` and ``plan`` hold them."""
    owned = report.ownership
    return {
        "scenarios": list(report.scenarios),
        "sets": list(report.sets),
        "extra": list(report.extra),
        "school_years": list(owned.school_years),
        "usd": plain(owned.usd),
        "net_usd": plain(owned.net_usd),
        "net_present_usd": plain(owned.net_present_usd),
        "discount_rate_per_year": plain(owned.discount_rate_per_year),
        "students": plain(owned.students),
        "usd_per_student_per_year": plain(owned.usd_per_student_per_year),
        "years": rows(owned.unfunded),
        "centers": rows(owned.centers),
        "lines": rows(owned.lines),
        "fleet": rows(owned.fleet),
        "funding": rows(owned.funding),
        "discounts": [plain(asdict(each)) for each in owned.discounts],
        "budgets": [plain(asdict(each)) for each in owned.budgets],
    }
