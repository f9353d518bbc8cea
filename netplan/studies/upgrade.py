"""`netplan.upgrade`: the least that must be bought, or the most that a budget relieves."""

from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from netplan.district.model import District
from netplan.pipeline import run
from netplan.report.upgrade import UpgradeReport
from netplan.studies.upgrade_search import Progress, search, study_of
from netplan.upgrades.lay import scenario_of
from netplan.upgrades.plan import plan_of
from netplan.upgrades.verify import fixes
from netplan.whatif.model import Change, Scenario
from netplan.whatif.paths import parse_set
from netplan.whatif.read import read_scenario


def upgrade(
    district: District,
    *scenarios: str | PathLike[str] | Scenario,
    sets: Iterable[str | Change] = (),
    budget_usd_per_year: float | None = None,
    years: int | None = None,
    failures: bool = False,
    buy_out: bool = False,
    strict: bool = False,
    time_limit_s: float = 60.0,
    progress: Progress | None = None,
) -> UpgradeReport:
    """Find the cheapest upgrades that keep every element below its limit, or the most useful ones.

    Parameters
    ----------
    district
        From `load`. Give scenarios here instead of applying them before.
    scenarios, sets
        As in `apply`: what is planned for, year by year.
    budget_usd_per_year
        Relieve the most student-hours of congestion with so much a year, after E-Rate. None:
        everything holds, at least cost.
    years
        School years from the district's own on. Default: ``years`` of ``[money]``, and more
        where a scenario reaches farther.
    failures
        Keep every element below its limit under every single failure too.
    buy_out
        Contracts may be left early, by paying the months that they still run.
    strict
        Refuse to plan when a running contract keeps an element past its limit; otherwise it is
        told, and changed in the first school year that begins after the contract.
    time_limit_s
        Seconds for each search; the best plan found until then is given with its bound.
    progress
        Called with the best objective so far, its bound and the seconds gone.

    Raises
    ------
    InputError
        The district does not say which school year its tables describe; a scenario does not fit.
    InfeasibleError
        Nothing on offer is enough somewhere; says which elements, which years, and why.
    """
    folder = district.inputs.folder
    read = tuple(
        one
        if isinstance(one, Scenario)
        else read_scenario(folder, one if isinstance(one, str) else Path(one))
        for one in scenarios
    )
    changes = tuple(one if isinstance(one, Change) else parse_set(one) for one in sets)
    study = study_of(
        district.inputs,
        read,
        changes,
        years=years,
        failures=failures,
        buy_out=buy_out,
        budget_usd=budget_usd_per_year,
        strict=strict,
    )
    found = search(study, time_limit_s=time_limit_s, progress=progress)
    before, after = (
        [run(each.inputs).findings for each in years] for years in (study.districts, found.laid)
    )
    fixed, others, added = fixes(found.bought, before, after)
    return UpgradeReport(
        district=study.districts[0],
        scenarios=tuple(one.name for one in read),
        sets=tuple(one.name for one in changes),
        plan=plan_of(found, fixed, study.terms, study.budget_usd, failures=failures),
        scenario=scenario_of(found.bought, study.terms.school_years),
        findings=before[0],
        also_fixed=others,
        added=added,
    )
