"""The JSON document of ``netplan whatif``: every field is described in ``docs/whatif.md``."""

from typing import Any

import numpy as np

from netplan.report.document import check_document, head, plain, rows
from netplan.report.whatif import Comparison, Reasons, ScenarioResult, WhatIf, YearResult
from netplan.report.whatif_compare import misfits
from netplan.whatif.attribute import MEASURES, SAME, Cause
from netplan.whatif.model import Change


def whatif_document(whatif: WhatIf) -> dict[str, Any]:
    """Give the document as plain data."""
    inputs = whatif.base.district.inputs
    hashes = dict(inputs.hashes)
    for result in whatif.scenarios:
        hashes |= result.report.district.inputs.hashes
    document = head(
        "whatif", whatif.base.district.name, hashes, inputs.assumptions, inputs.problems
    )
    document["findings"] = [plain(finding.to_dict()) for finding in whatif.base.findings]
    document["base"] = check_document(whatif.base, "check")
    document["scenarios"] = [_scenario(result) for result in whatif.scenarios]
    document["sets"] = [_change(change) for change in whatif.sets]
    return document


def comparison_data(comparison: Comparison) -> dict[str, Any]:
    """Give a comparison as plain data."""
    return {
        "changes": rows(comparison.changes),
        "flips": rows(comparison.flips),
        "findings_added": [plain(each.to_dict()) for each in comparison.findings_added],
        "findings_gone": [each.id for each in comparison.findings_gone],
        "schools_added": list(comparison.schools_added),
        "schools_gone": list(comparison.schools_gone),
    }


def _scenario(result: ScenarioResult) -> dict[str, Any]:
    scenario = result.scenario
    return {
        "name": scenario.name,
        "title": scenario.title,
        "file": scenario.file,
        "source": scenario.source,
        "notes": scenario.notes,
        "compare_with": scenario.compare_with,
        "school_year": result.last.school_year,
        "changes": rows(result.changes),
        "flips": rows(result.flips),
        "years": [_year(year) for year in result.years],
        "report": check_document(result.report, "check"),
    }


def _year(year: YearResult) -> dict[str, Any]:
    """Give one year; the findings and changes against the same year without the scenario."""
    data = comparison_data(year.comparison)
    causes = {} if year.reasons is None else year.reasons.causes()
    for flip in data["flips"]:
        cause = causes.get(flip["school_id"])
        flip["why"] = None if cause is None or year.reasons is None else _why(year.reasons, cause)
    return {
        "school_year": year.school_year,
        "do_not_fit": misfits(year.report),
        "do_not_fit_base": misfits(year.base),
        **data,
        "by_growth": rows(year.by_growth),
        "attribution": None if year.reasons is None else _attribution(year.reasons),
    }


def _why(reasons: Reasons, cause: Cause) -> dict[str, Any]:
    def ids(units: tuple[int, ...]) -> list[str]:
        return [reasons.units[unit].unit_id for unit in units]

    return {
        "words": reasons.why(cause),
        "needed": ids(cause.needed),
        "enough": ids(cause.enough),
        "together": ids(cause.together),
        "against": ids(cause.against),
        "interacts": cause.interacts,
    }


def _attribution(reasons: Reasons) -> dict[str, Any]:
    found = reasons.attribution
    units = [
        {
            "id": unit.unit_id,
            "kind": unit.kind,
            "name": unit.name,
            "school_year": unit.school_year,
            "file": unit.place.file,
            "line": unit.place.line,
            "can_be_left_out": number not in found.inseparable,
            "can_stand_alone": number not in found.dependent,
        }
        for number, unit in enumerate(reasons.units)
    ]
    base, full = found.base.measures(), found.full.measures()
    changed = np.abs(full - base) > SAME * np.abs(full)
    interaction = found.interaction_share
    effects = [
        {
            "school_id": reasons.school_ids[school],
            "measure": MEASURES[measure],
            "base": plain(base[measure, school]),
            "scenario": plain(full[measure, school]),
            "interaction_share": plain(interaction[measure, school]),
            "units": [
                {
                    "id": unit["id"],
                    "alone": plain(found.alone[number, measure, school]),
                    "added_last": plain(found.last[number, measure, school]),
                }
                for number, unit in enumerate(units)
            ],
        }
        for school in range(len(reasons.school_ids))
        for measure in range(len(MEASURES))
        if changed[measure, school]
    ]
    return {"units": units, "runs": found.runs, "effects": effects}


def _change(change: Change) -> dict[str, Any]:
    return {
        "name": change.name,
        "table": change.table,
        "where": {column: plain(list(values)) for column, values in change.where.items()},
        "set": {column: plain(value) for column, value in change.set.items()},
        "multiply": {column: plain(value) for column, value in change.multiply.items()},
    }
