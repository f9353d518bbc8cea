"""The JSON document of ``netplan upgrade``; fields are in ``docs/upgrades.md``."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from netplan.report.document import head, plain, rows

if TYPE_CHECKING:
    from netplan.report.upgrade import UpgradeReport

_PER_YEAR = (
    ("usd", "usd_by_year"),
    ("erate_usd", "erate_by_year_usd"),
    ("net_usd", "net_by_year_usd"),
    ("congested_student_hours", "congested_student_hours"),
    ("relieved_student_hours", "relieved_student_hours"),
)


def upgrade_document(report: "UpgradeReport") -> dict[str, Any]:
    """Give the document of ``netplan upgrade`` as plain data."""
    inputs, plan = report.district.inputs, report.plan
    document = head(
        "upgrade", report.district.name, inputs.hashes, inputs.assumptions, inputs.problems
    )
    document["findings"] = [plain(finding.to_dict()) for finding in report.findings]
    facts = asdict(plan, dict_factory=dict)
    return {
        **document,
        "scenarios": list(report.scenarios),
        "sets": list(report.sets),
        "school_years": list(plan.school_years),
        "upgrades": rows(plan.upgrades),
        "cost_usd": plain(plan.cost_usd),
        "bound_usd": plain(plan.bound_usd),
        "gap_share": plain(plan.gap_share),
        "discount_rate_per_year": plain(plan.discount_rate_per_year),
        "budget_usd_per_year": plain(plan.budget_usd_per_year),
        "bound_student_hours": plain(plan.bound_student_hours),
        "survives_failures": plan.survives_failures,
        "years": [
            {
                "school_year": year,
                **{
                    name: plain(facts[source][place]) if facts[source] else None
                    for name, source in _PER_YEAR
                },
            }
            for place, year in enumerate(plan.school_years)
        ],
        "unmet": [plain(asdict(one)) for one in plan.unmet],
        "also_fixed": list(report.also_fixed),
        "added": list(report.added),
        "rounds": plan.rounds,
        "notes": list(plan.notes),
    }
