"""`netplan.whatif`: each scenario against the district as it is, year by year, and why."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

import numpy as np

from netplan.capacity.brief import brief
from netplan.capacity.evidence import Day
from netplan.district.model import District
from netplan.errors import InputError, Problem, ScenarioError
from netplan.inputs.model import Inputs
from netplan.load.model import FLOWS
from netplan.pipeline import check, day
from netplan.report.frames import records
from netplan.report.model import Report
from netplan.report.whatif import Reasons, ScenarioResult, WhatIf, YearResult
from netplan.report.whatif_compare import compare_reports, flips
from netplan.whatif.apply import apply_scenarios
from netplan.whatif.attribute import Floats, Outcome, attribute_units
from netplan.whatif.model import Change, Scenario
from netplan.whatif.paths import parse_set
from netplan.whatif.read import read_scenario
from netplan.whatif.units import Unit, left_out, units_of
from netplan.whatif.years import years_between, years_from

#: A share of traffic that finds no way within this of one is all of it.
_ALL = 1.0 - 1e-9
#: What is compared with: the hash of the scenario whose start it is (None: the district), and
#: the school year.
_Side = tuple[str | None, str | None]


def whatif(
    district: District,
    *scenarios: str | PathLike[str] | Scenario,
    sets: Iterable[str | Change] = (),
    attribute: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> WhatIf:
    """Compare scenarios with the district as it is: what changes, what flips, and why.

    Each scenario stands alone. A rollout is looked at in every school year from the district's
    own to its last; both sides of a year have its growth.

    Parameters
    ----------
    district
        From `load`.
    scenarios
        Each a name, a path, or a scenario that was read, as in `apply`.
    sets
        Single cells laid over each scenario; without a scenario they are one.
    attribute
        Find out which part of a scenario makes a building flip: takes two runs per part and year.
    progress
        Called with the runs done and the runs there are.

    Raises
    ------
    ScenarioError
        A scenario does not fit the district; with every problem, its file and line.
    """
    changes = tuple(one if isinstance(one, Change) else parse_set(one) for one in sets)
    study = _Study(district=district, sets=changes)
    # what does not fit is said before anything is run, all of it
    plans = _plans(study, scenarios)
    count = _Count(progress, _runs(study, plans, attribute=attribute))
    own = district.settings.school_year
    bases = {
        side: _base(district.inputs, start, side[1], count)
        for side, start in _sides(own, plans).items()
    }
    results = tuple(
        ScenarioResult(
            scenario=plan.scenario,
            years=tuple(
                _year(study, plan, year, bases, count, attribute=attribute) for year in plan.inputs
            ),
        )
        for plan in plans
    )
    return WhatIf(base=bases[None, own].report, scenarios=results, sets=changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Study:
    """What every run of one call shares."""

    district: District
    sets: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """A scenario and what it makes of the district in each of its years, in their order."""

    scenario: Scenario
    inputs: dict[str | None, Inputs]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """What a scenario is compared with in one school year: the district, or its own start."""

    report: Report
    day: Day


class _Count:
    """Counts runs for whoever shows the progress."""

    def __init__(self, progress: Callable[[int, int], None] | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def add(self, runs: int = 1) -> None:
        """Count runs as done."""
        self._done += runs
        if self._progress is not None:
            self._progress(min(self._done, self._total), self._total)


def _plans(study: _Study, asked: Sequence[str | PathLike[str] | Scenario]) -> list[_Plan]:
    """Read every scenario and lay it over the district in each of its years.

    Raises
    ------
    ScenarioError
        With every problem of every scenario.
    """
    inputs, plans = study.district.inputs, []
    problems: dict[Problem, None] = {}
    for one in asked or ((_of_sets(study.sets),) if study.sets else ()):
        try:
            scenario = (
                one
                if isinstance(one, Scenario)
                else read_scenario(inputs.folder, one if isinstance(one, str) else Path(one))
            )
            # the end state first: it says what is wrong with the years
            apply_scenarios(inputs, [scenario], study.sets)
            laid = {
                year: apply_scenarios(inputs, [scenario], study.sets, year)
                for year in _years(inputs, scenario)
            }
        except ScenarioError as error:
            problems |= dict.fromkeys(error.problems)
        else:
            plans.append(_Plan(scenario=scenario, inputs=laid))
    if problems:
        raise ScenarioError(problems)
    return plans


def _of_sets(changes: Sequence[Change]) -> Scenario:
    """Give overrides without a scenario something to be laid over."""
    return Scenario(
        name="set",
        title="; ".join(change.name for change in changes),
        file="",
        sha256="",
        steps=(),
    )


def _years(inputs: Inputs, scenario: Scenario) -> tuple[str | None, ...]:
    """List the school years that a scenario is looked at in, the district's own first."""
    start = inputs.settings.school_year
    if start is None:
        return (None,)
    waves = [step.school_year for step in scenario.steps if step.school_year is not None]
    last = max([years_between(start, year) for year in waves], default=0)
    return years_from(start, max(last + 1, scenario.years or 1))


def _runs(study: _Study, plans: Sequence[_Plan], *, attribute: bool) -> int:
    """Count the runs there are, but for the few more that acting together may ask for."""
    total = len(_sides(study.district.settings.school_year, plans))
    for plan in plans:
        for year in plan.inputs:
            units = len(_units(study, plan.scenario, year)) if attribute else 0
            total += 1 + 2 * units
    return total


def _sides(own: str | None, plans: Sequence[_Plan]) -> dict[_Side, Scenario | None]:
    """List what is compared with, by whose start and school year; the district itself first."""
    found: dict[_Side, Scenario | None] = {(None, own): None}
    for plan in plans:
        start = plan.scenario.start if plan.scenario.compare_with == "start" else None
        found |= {(_whose(plan.scenario), year): start for year in (own, *plan.inputs)}
    return found


def _whose(scenario: Scenario) -> str | None:
    """Give the hash of a scenario that is compared with its start; None with the district."""
    return scenario.sha256 if scenario.compare_with == "start" else None


def _units(study: _Study, scenario: Scenario, year: str | None) -> tuple[Unit, ...]:
    """List what is left out in turn; of one that is compared with its start, not the start."""
    found = units_of([scenario], study.sets, year, titles=_event_titles(study.district))
    skipped = 0 if scenario.compare_with == "start" else None
    return tuple(unit for unit in found if unit.step != skipped)


def _base(inputs: Inputs, start: Scenario | None, year: str | None, count: _Count) -> _Base:
    under = [] if start is None else [start]
    district = District(inputs=apply_scenarios(inputs, under, [], year))
    found = _Base(report=check(district), day=day(district))
    count.add()
    return found


def _year(
    study: _Study,
    plan: _Plan,
    year: str | None,
    bases: dict[_Side, _Base],
    count: _Count,
    *,
    attribute: bool,
) -> YearResult:
    whose = _whose(plan.scenario)
    base, own = bases[whose, year], bases[whose, study.district.settings.school_year]
    report = check(District(inputs=plan.inputs[year]))
    count.add()
    return YearResult(
        school_year=year,
        base=base.report,
        report=report,
        comparison=compare_reports(base.report, report),
        by_growth=flips(own.report, base.report),
        reasons=_reasons(study, plan.scenario, year, base, report, count) if attribute else None,
    )


def _reasons(
    study: _Study,
    scenario: Scenario,
    year: str | None,
    base: _Base,
    report: Report,
    count: _Count,
) -> Reasons:
    """Run the scenario without each of its units and with each alone."""
    units = _units(study, scenario, year)
    in_force = _until(scenario, year)
    schools = tuple(
        sorted(set(base.day.load.school_ids) & set(report.capacity.buildings["school_id"]))
    )

    def run(kept: frozenset[int]) -> Outcome | None:
        out = [unit for place, unit in enumerate(units) if place not in kept]
        count.add(0 if not kept else 1)
        return _outcome(study, in_force, out, year, base, schools)

    found = attribute_units(len(units), run)
    return Reasons(units=units, school_ids=schools, attribution=found)


def _until(scenario: Scenario, year: str | None) -> Scenario:
    """Leave out waves that start later: they change nothing yet."""
    return replace(
        scenario,
        steps=tuple(
            step
            for step in scenario.steps
            if step.school_year is None or year is None or step.school_year <= year
        ),
    )


def _outcome(
    study: _Study,
    scenario: Scenario,
    out: Sequence[Unit],
    year: str | None,
    base: _Base,
    schools: tuple[str, ...],
) -> Outcome | None:
    """Run one year without some units; None where what is left does not fit the district."""
    scenarios, sets = left_out([scenario], study.sets, out)
    try:
        inputs = apply_scenarios(study.district.inputs, scenarios, sets, year)
        found = day(District(inputs=inputs), like=base.day)
    except InputError:
        return None
    return outcome(found, schools)


def outcome(when: Day, schools: Sequence[str]) -> Outcome:
    """Give how schools stand on a day, in the order asked for; one that is gone is ``absent``."""
    found = brief(when)
    lost = np.asarray(when.routes.lost_share[:, FLOWS.index("internet")] >= _ALL)
    rows = {school: row for row, school in enumerate(found.school_ids)}
    at = np.array([rows.get(school, -1) for school in schools], dtype=np.int64)
    state = np.where(lost, "cut-off", np.where(found.over, "over", "fits"))
    there = at >= 0

    def of(values: Floats) -> Floats:
        filled = np.where(np.isnan(values) & ~lost, 0.0, np.where(lost, np.nan, values))
        return np.where(there, filled[at], np.nan)

    return Outcome(
        state=np.where(there, state[at], "absent"),
        utilization_share=of(found.utilization_share),
        airtime_share=of(found.airtime_share),
    )


def _event_titles(district: District) -> dict[str, str]:
    """Give what people call each event."""
    return {row["event"]: str(row["title"]) for row in records(district.table("events"))}
