"""Scenarios laid over a district's inputs: the folder, then scenarios as named, then ``--set``."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from netplan.errors import Problem, ScenarioError
from netplan.inputs.cells import is_school_year
from netplan.inputs.model import Changed, Inputs
from netplan.whatif.assume import changed_assumptions
from netplan.whatif.derive import with_derived
from netplan.whatif.draft import Draft, draft_of, problem
from netplan.whatif.edit import lay
from netplan.whatif.model import FILTER_EVENTS, Change, Scenario, Step
from netplan.whatif.recheck import check_names, recheck
from netplan.whatif.years import years_after, years_between

#: How far ahead of its tables a district is looked at, in school years.
MAX_YEARS = 30


def apply_scenarios(
    inputs: Inputs,
    scenarios: Sequence[Scenario],
    sets: Sequence[Change] = (),
    school_year: str | None = None,
) -> Inputs:
    """Give the inputs that scenarios make of a district.

    A later scenario wins over an earlier one, its waves over the scenario itself, a later wave
    over an earlier one, and ``sets`` over all of them. Changes of one scenario that start in the
    same school year are laid on at once: each reads the tables as they were before.

    Parameters
    ----------
    inputs
        A folder as read, or what scenarios made of it; of the scenarios in these nothing more
        comes into force in a later year.
    scenarios
        In the order in which they are laid over the base.
    sets
        Laid over all of them.
    school_year
        The school year that is planned: waves up to it are in force, and the load has grown
        since the folder's year. None: that of the last wave; without waves, the inputs' own.

    Returns
    -------
    changed
        The very same inputs where nothing is in force and the year is their own. Tables that
        nothing changed are the same objects as before.

    Raises
    ------
    ScenarioError
        With every problem, each with the file and line of the change.
    """
    base = inputs.changed.base if inputs.changed is not None else inputs
    steps = [step for scenario in scenarios for step in scenario.steps]
    problems = check_years(base, scenarios, school_year)
    if problems:
        raise ScenarioError(problems)
    year = school_year or last_year(inputs, scenarios)
    in_force = [
        step
        for step in steps
        if step.school_year is None or (year is not None and step.school_year <= year)
    ]
    idle = not sets and not any(_says_something(step) for step in in_force)
    if idle and year == inputs.settings.school_year:
        return inputs
    draft = draft_of(inputs)
    for scenario in scenarios:
        for group in _groups(scenario, in_force):
            lay(draft, [change for step in group for change in step.changes])
    lay(draft, sets)
    _check_growth(draft, scenarios)
    problems = [*draft.problems, *check_names(draft, in_force)]
    if problems:
        raise ScenarioError(_once(problems))
    problems = recheck(draft, inputs.tables)
    if problems:
        raise ScenarioError(_once(problems))
    tables = with_derived(draft.tables, inputs.tables)
    before = inputs.changed or Changed(base=base)
    start = base.settings.school_year
    return replace(
        inputs,
        settings=replace(draft.settings, school_year=year),
        planning=draft.planning,
        access=draft.access,
        money=draft.money,
        tables=tables,
        follows=draft.follows,
        hashes={**inputs.hashes, **{one.file: one.sha256 for one in scenarios}},
        assumptions=changed_assumptions(inputs.assumptions, draft, tables, inputs.tables),
        changed=Changed(
            base=base,
            scenarios=(*before.scenarios, *(scenario.name for scenario in scenarios)),
            titles=(*before.titles, *(scenario.title for scenario in scenarios)),
            sets=(*before.sets, *(change.name for change in sets)),
            events=_union(before.events, *_events(scenarios, in_force)),
            failed=_union(before.failed, *(step.failed for step in in_force)),
            years_ahead=years_between(start, year) if start and year else 0,
        ),
    )


def last_year(inputs: Inputs, scenarios: Iterable[Scenario]) -> str | None:
    """Give the school year of the last wave, or the inputs' own where it is later."""
    years = [step.school_year for scenario in scenarios for step in scenario.steps]
    known = [year for year in (inputs.settings.school_year, *years) if year is not None]
    return max(known) if known else None


def check_years(
    base: Inputs, scenarios: Iterable[Scenario], school_year: str | None = None
) -> list[Problem]:
    """Find what is wrong with the school years of waves, or with one that is asked for."""
    start = base.settings.school_year
    asked = [
        (step.place.file, step.place.line, step.school_year)
        for scenario in scenarios
        for step in scenario.steps
        if step.school_year
    ]
    if school_year is not None:
        asked.append(("--school-year", None, school_year))
    problems = []
    for file, line, year in asked:
        found = None
        if not is_school_year(year):
            found = (
                "bad-school-year",
                "this is not a school year whose second year follows",
                "such as 2027-28",
                "Correct it.",
            )
        elif start is None:
            found = (
                "no-school-year",
                "district.toml does not say which school year its tables describe",
                "school_year in district.toml",
                'Add school_year = "2026-27" under [district].',
            )
        elif year < start:
            found = (
                "before-district",
                f"the district's tables describe {start}, which is later",
                f"{start} or later",
                "Correct it.",
            )
        elif years_between(start, year) > MAX_YEARS:
            found = (
                "far-school-year",
                f"it lies more than {MAX_YEARS} years after {start}, the year of the tables",
                f"at most {years_after(start, MAX_YEARS)}",
                "Correct it.",
            )
        if found is not None:
            code, message, expected, fix = found
            problems.append(
                Problem(
                    code=code,
                    file=file,
                    row=line,
                    column="school_year",
                    value=year[:80],
                    message=message,
                    expected=expected,
                    fix=fix,
                )
            )
    return problems


def _says_something(step: Step) -> bool:
    return bool(step.changes or step.events or step.failed or step.filter_mode)


def _groups(scenario: Scenario, in_force: Sequence[Step]) -> list[list[Step]]:
    """Give a scenario's steps in force, those that start together in one list."""
    groups: dict[str, list[Step]] = {}
    for step in scenario.steps:
        if any(step is one for one in in_force):
            groups.setdefault(step.school_year or "", []).append(step)
    return [groups[year] for year in sorted(groups)]


def _events(scenarios: Sequence[Scenario], in_force: Sequence[Step]) -> list[tuple[str, ...]]:
    """Give the events that steps ask for; of several filter modes the last one holds."""
    found: list[tuple[str, ...]] = []
    mode = "none"
    for scenario in scenarios:
        for group in _groups(scenario, in_force):
            for step in group:
                found.append(step.events)
                mode = step.filter_mode or mode
    if mode in FILTER_EVENTS:
        found.append((FILTER_EVENTS[mode],))
    return found


def _union(*names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for some in names for name in some}))


def _check_growth(draft: Draft, scenarios: Iterable[Scenario]) -> None:
    """Refuse growth that changes in a later year: it counts from the folder's year on."""
    for scenario in scenarios:
        for step in scenario.steps:
            for change in step.changes:
                if step.school_year is None or change.table != "planning":
                    continue
                for kind, cells in (("set", change.set), ("multiply", change.multiply)):
                    if "growth_per_year" in cells:
                        draft.problems.append(
                            problem(
                                change,
                                f"{kind}.growth_per_year",
                                "growth-in-wave",
                                message="growth counts from the district's own year on and "
                                "cannot change in a later one",
                                expected='[set."planning"] of the scenario itself',
                                fix="Move it there.",
                            )
                        )


def _once(problems: Iterable[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))
