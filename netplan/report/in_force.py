"""What a report shows that the district as it is does not: scenarios, events, failures."""

from netplan.inputs.model import Inputs
from netplan.report.event_box import event_titles
from netplan.report.format import clean
from netplan.report.model import Report


def in_force(report: Report) -> list[str]:
    """Give, in words, what is in force: scenarios, single changes, events, what is down."""
    return [*_scenarios(report.district.inputs), *event_titles(report), *_down(report)]


def scenario_lines(report: Report) -> list[str]:
    """Give what scenarios and single changes made of the district, a line each, for a terminal."""
    inputs = report.district.inputs
    changed = inputs.changed
    if changed is None:
        return []
    lines = [f"Scenario: {title}" for title in _scenarios(inputs)]
    if changed.years_ahead:
        lines.append(
            f"School year {inputs.settings.school_year}: the load has grown by "
            f"{inputs.planning.growth_per_year:.0%} a year since "
            f"{changed.base.settings.school_year}"
        )
    return lines + [f"Down: {name}" for name in _names(changed.failed)]


def _scenarios(inputs: Inputs) -> list[str]:
    changed = inputs.changed
    return [] if changed is None else [*_names(changed.titles), *_names(changed.sets)]


def _down(report: Report) -> list[str]:
    changed = report.district.inputs.changed
    return [] if changed is None else [f"{name} down" for name in _names(changed.failed)]


def _names(names: tuple[str, ...]) -> list[str]:
    return [clean(name) for name in names]
