"""The district of every school year that is paid for: a rollout, year by year."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from netplan.district.model import District
from netplan.errors import InputError, Problem
from netplan.inputs.model import Inputs
from netplan.whatif.apply import apply_scenarios
from netplan.whatif.model import Change, Scenario
from netplan.whatif.years import first_year, years_after, years_between, years_from


def by_year(
    inputs: Inputs,
    scenarios: Sequence[Scenario] = (),
    sets: Sequence[Change] = (),
    years: int | None = None,
) -> tuple[District, ...]:
    """Give the district in each school year, from its own on.

    Parameters
    ----------
    inputs
        A folder as read.
    scenarios, sets
        As in `apply_scenarios`; each year has the waves that have begun by then.
    years
        How many school years. Default: ``years`` of the section ``[money]``, and more where a
        scenario's own years or waves reach farther.

    Returns
    -------
    districts
        In order of school year, at least one.

    Raises
    ------
    InputError
        The district does not say which school year its tables describe.
    ScenarioError
        A scenario does not fit the district.
    """
    start = inputs.settings.school_year
    if start is None:
        raise InputError([_no_year()])
    first = apply_scenarios(inputs, scenarios, sets, start)
    count = years or max(first.money.years, *(_reach(start, each) for each in scenarios), 1)
    later = (
        apply_scenarios(inputs, scenarios, sets, year) for year in years_from(start, count)[1:]
    )
    return tuple(District(inputs=each) for each in (first, *later))


def _reach(start: str, scenario: Scenario) -> int:
    """Give how many school years a scenario needs: its own number, or through its last wave."""
    waves = [step.school_year for step in scenario.steps if step.school_year]
    return max(scenario.years or 1, *(1 + years_between(start, year) for year in waves), 1)


def _no_year() -> Problem:
    return Problem(
        code="no-school-year",
        file="district.toml",
        column="school_year",
        message="cost by school year needs to know which school year the tables describe",
        expected='[district] with school_year = "2026-27"',
        fix="Add the line under [district].",
    )


def home_access(district: District, usd_per_year: float) -> pd.DataFrame:
    """Give the plan of home access as `own` takes purchases: the same every year, from the first.

    Parameters
    ----------
    district
        In the first school year.
    usd_per_year
        What the plan costs; E-Rate pays nothing of it (5.13: no off-campus use from FY2025 on).
    """
    return pd.DataFrame(
        {
            "option": ["home_access"],
            "title": ["Home access: buses, partners, lending, subsidies"],
            "school_year": [district.settings.school_year],
            "cost_center": ["internet"],
            "usd_once": [0.0],
            "usd_per_year": [usd_per_year],
            "status": ["assumption"],
            "source": ["netplan's home access plan; prices from the district's files"],
        }
    )


def purchases_of(upgrades: pd.DataFrame, school_years: Sequence[str]) -> pd.DataFrame:
    """Give the rows of an `UpgradePlan` as `own` takes purchases: what is replaced ends.

    Parameters
    ----------
    upgrades
        Its table.
    school_years
        Its horizon. What is in place in the last of them goes on.
    """
    after = 1 + first_year(school_years[-1])
    ends = upgrades["school_year"].map(first_year) + upgrades["years"]
    last: list[Any] = [
        years_after(start, int(count) - 1) if end < after else None
        for start, count, end in zip(upgrades["school_year"], upgrades["years"], ends, strict=True)
    ]
    return upgrades.assign(last_school_year=last)
