"""The JSON documents of ``netplan gap`` and ``netplan access``; fields are in ``docs/json.md``."""

from dataclasses import asdict
from typing import Any

from netplan.report.document import assumptions_data, check_document, head, plain, rows
from netplan.report.home import AccessReport, GapReport
from netplan.report.model import Report
from netplan.report.money_document import cost_data
from netplan.report.scenario import scenario_data

_AREA = [
    "geoid",
    "students",
    "students_offline",
    "se",
    "direct_rate",
    "direct_se",
    "rate",
    "suppressed",
]
_SITE = ["id", "kind", "students", "usd_per_year"]
_VISIT = ["bus_id", "weekday", "slot_id", "stop_id"]


def gap_document(report: GapReport, command: str = "gap") -> dict[str, Any]:
    """Give the document of ``netplan gap`` as plain data."""
    return {**_head(report, command), **_gap(report)}


def plan_document(report: Report, command: str = "plan") -> dict[str, Any]:
    """Give the document of ``netplan plan``: check, with gap, access and cost beside it."""
    document = check_document(report, command)
    home = report.home
    if home is not None:
        found = home.access.findings if home.access else home.gap.findings if home.gap else ()
        document["findings"] += [plain(finding.to_dict()) for finding in found]
        document["gap"] = None if home.gap is None else _gap(home.gap)
        document["access"] = None if home.access is None else _access(home.access)
        document["home_note"] = home.note
    if report.money is not None:
        document["findings"] += [plain(finding.to_dict()) for finding in report.money.findings]
        document["cost"] = {
            **cost_data(report.money),
            "assumptions": assumptions_data(report.money.ownership.assumptions),
        }
    if report.money_note:
        document["cost_note"] = report.money_note
    return document


def access_document(report: AccessReport, command: str = "access") -> dict[str, Any]:
    """Give the document of ``netplan access`` as plain data."""
    return {**_head(report, command), **_access(report), "gap": _gap(report.gap)}


def _access(report: AccessReport) -> dict[str, Any]:
    plan = report.published
    robustness = plan.robustness
    document: dict[str, Any] = {"definition": report.gap.definition}
    for key in (
        *("served_students", "served_share", "cost_usd_per_year", "bound_students"),
        *("bound_usd_per_year", "gap_share", "status", "students_offline"),
    ):
        document[key] = plain(getattr(plan, key))
    document["students_offline_se"] = plain(report.gap.total.se)
    document["goal"] = plain(asdict(plan.goal))
    document["sites"] = rows(plan.sites, _SITE)
    document["timetable"] = rows(plan.timetable, _VISIT)
    document["offers"] = rows(plan.offers, _SITE)
    document["kinds"] = rows(plan.kinds)
    document["zones"] = rows(plan.zones)
    document["curve"] = rows(plan.curve, ("usd_per_year", "students"))
    document["curve_plans"] = rows(plan.curve_plans)
    document["limits"] = rows(plan.limits)
    document["last_dollar"] = plan.last_dollar
    document["robustness"] = (
        None
        if robustness is None
        else {
            "draws": robustness.draws,
            "served_low": plain(robustness.served_low),
            "served_median": plain(robustness.served_median),
            "served_high": plain(robustness.served_high),
            "worth_usd_per_student_per_year": plain(robustness.worth_usd_per_student_per_year),
            "worth_source": robustness.worth_source,
        }
    )
    document["notes"] = list(plan.notes)
    return document


def _head(report: GapReport | AccessReport, command: str) -> dict[str, Any]:
    inputs = report.district.inputs
    document = head(
        command, report.district.name, inputs.hashes, inputs.assumptions, inputs.problems
    )
    document["findings"] = [plain(finding.to_dict()) for finding in report.findings]
    return document | scenario_data(inputs)


def _gap(report: GapReport) -> dict[str, Any]:
    total = report.total
    return {
        "definition": report.definition,
        "areas": rows(report.areas, _AREA),
        "groups": rows(report.groups),
        "total": plain({"students_offline": total.students_offline, "se": total.se, **_sum(total)}),
        "benchmarks": rows(report.benchmarks),
        "fit": None if report.fit is None else plain(asdict(report.fit)),
        "students_origin": report.students_origin,
        "student_household_ratio": plain(report.student_household_ratio),
        "student_household_ratio_se": plain(report.student_household_ratio_se),
        "ratio_source": report.ratio_source,
        "zones_guessed": report.zones_guessed,
        "missing": dict(report.missing),
        "notes": list(report.notes),
    }


def _sum(total: Any) -> dict[str, float]:
    return {
        "students": total.students,
        "households": total.households,
        "households_offline": total.households_offline,
        "households_se": total.households_se,
    }
