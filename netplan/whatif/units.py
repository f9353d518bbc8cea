"""The pieces of scenarios that can be left out one by one, to see which of them did what."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from netplan.whatif.model import Change, Place, Scenario, Step

UnitKind = Literal["change", "event", "filter_mode", "fail", "set"]

#: A filter mode in words.
_FILTER_WORDS = {
    "none": "no filtering of devices outside",
    "full_tunnel": "the full-tunnel filter",
}
_NO_TITLES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One piece of a scenario: a change, an event, a filter mode or a failed element.

    Parameters
    ----------
    unit_id
        Stable: scenario, school year (where it starts later), kind and number or name, such as
        ``one-to-one:2027-28:change-1``.
    kind
        ``set`` is an override of the command line.
    name
        What people call it; of two with one name, each says its school year or its number.
    school_year
        In which it starts; None: from the start.
    scenario, step, item
        Where it stands: row of the scenario, of its steps, and of the step's changes, events or
        failed ids. An override of the command line has -1 for the first two.
    place
        File and line.
    """

    unit_id: str
    kind: UnitKind
    name: str
    school_year: str | None
    scenario: int
    step: int
    item: int
    place: Place


def units_of(
    scenarios: Sequence[Scenario],
    sets: Sequence[Change] = (),
    school_year: str | None = None,
    *,
    titles: Mapping[str, str] = _NO_TITLES,
) -> tuple[Unit, ...]:
    """List what can be left out of scenarios and overrides, in the order in which they are laid.

    Parameters
    ----------
    scenarios, sets
        As `netplan.whatif.apply.apply_scenarios` takes them.
    school_year
        Only what is in force then; None: everything.
    titles
        Name of an event to what people call it.
    """
    found = [
        unit
        for number, scenario in enumerate(scenarios)
        for place, step in enumerate(scenario.steps)
        if school_year is None or step.school_year is None or step.school_year <= school_year
        for unit in _units_of_step(scenario, step, number, place, titles)
    ]
    found += [
        Unit(
            unit_id=f"set-{item + 1}",
            kind="set",
            name=change.name,
            school_year=None,
            scenario=-1,
            step=-1,
            item=item,
            place=change.place,
        )
        for item, change in enumerate(sets)
    ]
    return _told_apart(found)


def left_out(
    scenarios: Sequence[Scenario], sets: Sequence[Change], units: Collection[Unit]
) -> tuple[tuple[Scenario, ...], tuple[Change, ...]]:
    """Give scenarios and overrides without some of their units; school years stay.

    Parameters
    ----------
    scenarios, sets
        Those that `units_of` was given.
    units
        What to leave out.
    """
    out = {(unit.scenario, unit.step, unit.kind, unit.item) for unit in units}

    def kept(number: int, place: int, step: Step) -> Step:
        def of(kind: UnitKind, count: int) -> list[int]:
            return [item for item in range(count) if (number, place, kind, item) not in out]

        return replace(
            step,
            changes=tuple(step.changes[item] for item in of("change", len(step.changes))),
            events=tuple(step.events[item] for item in of("event", len(step.events))),
            failed=tuple(step.failed[item] for item in of("fail", len(step.failed))),
            filter_mode=step.filter_mode if of("filter_mode", 1) else None,
        )

    return (
        tuple(
            replace(
                scenario,
                steps=tuple(kept(number, place, step) for place, step in enumerate(scenario.steps)),
            )
            for number, scenario in enumerate(scenarios)
        ),
        tuple(
            change for item, change in enumerate(sets) if (-1, -1, "set", item) not in out
        ),
    )  # fmt: skip


def _units_of_step(
    scenario: Scenario, step: Step, number: int, place: int, titles: Mapping[str, str]
) -> list[Unit]:
    modes = () if step.filter_mode is None else (step.filter_mode,)
    pieces: list[tuple[UnitKind, int, str, str, Place]] = [
        ("change", item, str(item + 1), change.name, change.place)
        for item, change in enumerate(step.changes)
    ]
    pieces += [
        ("event", item, name, titles.get(name, name), step.place)
        for item, name in enumerate(step.events)
    ]
    pieces += [
        ("filter_mode", 0, mode, _FILTER_WORDS.get(mode, mode), step.place) for mode in modes
    ]
    pieces += [
        ("fail", item, name, f"the failure of {name}", step.place)
        for item, name in enumerate(step.failed)
    ]
    year = f":{step.school_year}" if step.school_year else ""
    return [
        Unit(
            unit_id=f"{scenario.name}{year}:{kind}-{key}",
            kind=kind,
            name=name,
            school_year=step.school_year,
            scenario=number,
            step=place,
            item=item,
            place=where,
        )
        for kind, item, key, name, where in pieces
    ]


def _told_apart(units: Sequence[Unit]) -> tuple[Unit, ...]:
    """Give units of one name their school year, and where that is not enough their number."""
    units = _longer(units, [unit.school_year or "" for unit in units])
    return _longer(units, [str(number + 1) for number in range(len(units))])


def _longer(units: Sequence[Unit], additions: Sequence[str]) -> tuple[Unit, ...]:
    counts = Counter(unit.name for unit in units)
    return tuple(
        replace(unit, name=f"{unit.name} ({more})") if counts[unit.name] > 1 and more else unit
        for unit, more in zip(units, additions, strict=True)
    )
