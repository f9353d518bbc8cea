"""What scenarios made of a district, as data for documents and for the name of a run."""

from typing import Any

from netplan.inputs.model import Inputs


def scenario_data(inputs: Inputs) -> dict[str, Any]:
    """Give the same as data, under one key; nothing for the district as it is."""
    changed = inputs.changed
    if changed is None:
        return {}
    return {
        "scenario": {
            "names": list(changed.scenarios),
            "titles": list(changed.titles),
            "set": list(changed.sets),
            "school_year": inputs.settings.school_year,
            "years_ahead": changed.years_ahead,
            "events": list(changed.events),
            "down": list(changed.failed),
        }
    }


def asked(inputs: Inputs) -> tuple[str, ...]:
    """Give what tells one run from another of the same files: the scenarios' order and the rest."""
    changed = inputs.changed
    if changed is None:
        return ()
    return (*changed.scenarios, *changed.sets, f"+{changed.years_ahead}")
