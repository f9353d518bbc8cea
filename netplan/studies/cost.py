"""What a district's technology costs over the years, and who pays."""

from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from netplan.district.model import District
from netplan.money.ownership import own
from netplan.money.years import by_year, purchases_of
from netplan.report.money import CostReport
from netplan.upgrades.model import UpgradePlan
from netplan.whatif.model import Change, Scenario
from netplan.whatif.paths import parse_set
from netplan.whatif.read import read_scenario


def cost(
    district: District,
    *scenarios: str | PathLike[str] | Scenario,
    sets: Iterable[str | Change] = (),
    years: int | None = None,
    upgrades: UpgradePlan | None = None,
    with_upgrades: bool = False,
) -> CostReport:
    """Give the cost of ownership of each school year against the sources of money.

    Parameters
    ----------
    district
        From `load`. Give scenarios here instead of applying them before: their waves say what is
        bought when.
    scenarios, sets
        As in `apply`.
    years
        School years from the district's own on. Default: ``years`` of ``[money]`` in
        district.toml, and more where a scenario reaches farther.
    upgrades
        What the network needs besides: the ``plan`` of `upgrade`.
    with_upgrades
        Let `upgrade` make that plan, for the same school years.

    Raises
    ------
    InputError
        The district does not say which school year its tables describe.
    ScenarioError
        A scenario does not fit the district.
    """
    folder = district.inputs.folder
    read = [
        one
        if isinstance(one, Scenario)
        else read_scenario(folder, one if isinstance(one, str) else Path(one))
        for one in scenarios
    ]
    changes = [one if isinstance(one, Change) else parse_set(one) for one in sets]
    districts = by_year(district.inputs, read, changes, years)
    if with_upgrades and upgrades is None:
        from netplan.studies.upgrade import upgrade

        upgrades = upgrade(district, *read, sets=changes, years=len(districts)).plan
    bought = None if upgrades is None else purchases_of(upgrades.upgrades, upgrades.school_years)
    return CostReport(
        district=districts[-1],
        ownership=own(districts, bought),
        scenarios=tuple(one.name for one in read),
        titles=tuple(one.title or one.name for one in read),
        sets=tuple(one.name for one in changes),
        extra=() if upgrades is None else ("The plan of upgrades (netplan upgrade)",),
    )
