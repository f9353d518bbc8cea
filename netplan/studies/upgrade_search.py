"""The rounds of an upgrade study: choose, lay the plan on the tables, check, choose again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from netplan.capacity.evidence import Day
from netplan.district.model import District
from netplan.inputs.model import Inputs
from netplan.money.years import by_year
from netplan.network.failures import outages, sweep
from netplan.network.model import Failures
from netplan.optimize.modular import choose
from netplan.pipeline import day
from netplan.upgrades.lay import scenario_of
from netplan.upgrades.model import Floats, Unmet
from netplan.upgrades.needs import Key, needs
from netplan.upgrades.options import Shelf, limit_of, options, shelf_of
from netplan.upgrades.plan import Found
from netplan.upgrades.problem import (
    Case,
    Purchase,
    modular_problem,
    purchases,
    refuse,
    unmet,
)
from netplan.upgrades.relief import student_hours
from netplan.upgrades.second_ways import SecondWay, second_ways, ways_scenario, with_ways
from netplan.upgrades.terms import Terms
from netplan.upgrades.verify import excused_years, still_crowded, still_short
from netplan.upgrades.wifi import crowded, wifi_options
from netplan.upgrades.windows import terms_of
from netplan.whatif.apply import apply_scenarios
from netplan.whatif.model import Change, Scenario

#: How often a plan is laid on the tables, checked, and solved anew for what that shows.
MOST_ROUNDS = 5
#: The solver stops when no plan can be cheaper (or relieve more) by more than this share.
GAP_SHARE = 1e-3

#: Called with the best objective so far (NaN: none), its bound and the seconds gone by.
Progress = Callable[[float, float, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What is asked, and what every round starts from.

    Parameters
    ----------
    districts, days, failures
        One per school year, the scenarios laid on; ``failures`` empty: the usual day alone.
    scenarios, sets
        What is planned for.
    terms
        The rules of buying.
    ways, no_way
        Lines that could be added so that nobody is cut off, which stand in ``days`` already;
        and what no line helps against.
    budget_usd
        What may be spent each year; None: everything must hold.
    strict
        Whether a contract that keeps an element past its limit makes the plan infeasible.
    """

    districts: tuple[District, ...]
    days: tuple[Day, ...]
    failures: tuple[Failures, ...]
    scenarios: tuple[Scenario, ...]
    sets: tuple[Change, ...]
    terms: Terms
    ways: tuple[SecondWay, ...]
    no_way: tuple[Unmet, ...]
    budget_usd: float | None
    strict: bool


def study_of(
    base: Inputs,
    scenarios: tuple[Scenario, ...],
    sets: tuple[Change, ...],
    *,
    years: int | None,
    failures: bool,
    buy_out: bool,
    budget_usd: float | None,
    strict: bool,
) -> Study:
    """Take the district through every school year of the horizon.

    Parameters
    ----------
    base
        The folder as read.
    failures
        Whether every single failure is planned for.
    """
    districts = by_year(base, scenarios, sets, years)
    terms = terms_of(districts, buy_out=buy_out)
    days = days_of(districts)
    ways: tuple[SecondWay, ...] = ()
    no_way: tuple[Unmet, ...] = ()
    found: tuple[Failures, ...] = ()
    if failures:
        last = failures_of(days[-1:])[0]
        ways, no_way = second_ways(days[-1], last, shelf_of(districts), terms.school_years)
        if ways:
            with_lines = by_year(base, (*scenarios, ways_scenario(ways)), sets, len(districts))
            days = days_of(with_lines)
        found = failures_of(days)
    return Study(
        districts=districts,
        days=days,
        failures=found,
        scenarios=scenarios,
        sets=sets,
        terms=terms,
        ways=ways,
        no_way=no_way,
        budget_usd=budget_usd,
        strict=strict,
    )


def search(study: Study, *, time_limit_s: float, progress: Progress | None = None) -> Found:
    """Choose purchases that hold when they are laid on the tables.

    Parameters
    ----------
    time_limit_s
        Seconds for the solver in each round.
    progress
        Called while the solver runs.

    Raises
    ------
    InfeasibleError
        Nothing on offer is enough somewhere.
    """
    shelf = with_ways(shelf_of(study.districts), study.ways)
    floors: dict[Key, Floats] = {}
    pressure: dict[str, float] = {}
    rounds = 0
    while True:
        rounds += 1
        case = _case(study, shelf, floors, pressure)
        impossible, waits = unmet(case, study.terms)
        if study.budget_usd is None:
            refuse((*impossible, *waits) if study.strict else impossible)
        demands = None
        if study.budget_usd is not None:
            demands = student_hours(study.days, case.needs)
        chosen = choose(
            modular_problem(case, study.terms, budget_usd=study.budget_usd, demands=demands),
            time_limit_s=time_limit_s,
            gap=GAP_SHARE,
            progress=progress,
        )
        bought = purchases(case, chosen.state)
        laid = _laid(study, bought)
        after = days_of(laid, like=study.days[0])
        excused = excused_years(case, chosen.state)
        short = still_short(after, failures_of(after) if study.failures else (), excused)
        full = still_crowded(after, excused)
        if rounds == MOST_ROUNDS or not (short or full):
            break
        for key, floor in short.items():
            floors[key] = np.maximum(floors.get(key, 0.0), floor)
        for school, factor in full.items():
            pressure[school] = pressure.get(school, 1.0) * factor
    return Found(
        case=case,
        bought=bought,
        chosen=chosen,
        demands=demands,
        laid=laid,
        unmet=(*impossible, *waits, *study.no_way),
        left=tuple(sorted([*(f"{kind} {name}" for kind, name in short), *full])),
        rounds=rounds,
    )


def days_of(districts: Sequence[District], like: Day | None = None) -> tuple[Day, ...]:
    """Give the day of each school year; years lend each other what they share."""
    found: list[Day] = []
    for district in districts:
        found.append(day(district, like=found[-1] if found else like))
    return tuple(found)


def failures_of(days: Sequence[Day]) -> tuple[Failures, ...]:
    """Let everything fail alone in each year; what goes over its limit then is kept."""
    found = []
    for each in days:
        changed = each.district.inputs.changed
        failed = changed.failed if changed is not None else ()
        found.append(
            sweep(
                each.network,
                each.load,
                each.district.planning,
                floor_share=each.district.planning.utilization_limit,
                before=each.utilization,
                down=outages(each.network, failed) if failed else None,
            )
        )
    return tuple(found)


def _case(
    study: Study, shelf: Shelf, floors: Mapping[Key, Floats], pressure: Mapping[str, float]
) -> Case:
    """Gather what does not hold, what could be bought for it, and what the catalog ends at."""
    wired = needs(study.days, failures=study.failures, floors=floors)
    offered = [options(need, shelf, study.terms) for need in wired]
    limits = [limit_of(need, shelf) for need in wired]
    air = crowded(study.days, shelf, pressure)
    if air is None:
        return Case(needs=wired, options=tuple(offered), limits=tuple(limits))
    groups, own = wifi_options(air, study.terms)
    return Case(
        needs=(*wired, *groups),
        options=(*offered, *own),
        limits=(*limits, *("twice as many of the newest are not enough" for _ in groups)),
    )


def _laid(study: Study, bought: Sequence[Purchase]) -> tuple[District, ...]:
    """Give each school year with the plan laid over its scenarios."""
    years = study.terms.school_years
    first = study.districts[0].inputs
    base = first.changed.base if first.changed is not None else first
    plan = scenario_of(bought, years)
    return tuple(
        District(inputs=apply_scenarios(base, (*study.scenarios, plan), study.sets, year))
        for year in years
    )
