"""The report of `netplan upgrade`: the plan, the scenario that it makes, and its documents."""

from dataclasses import dataclass

import pandas as pd

from netplan.capacity.model import Finding
from netplan.district.model import District
from netplan.upgrades.model import UpgradePlan
from netplan.whatif.model import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeReport:
    """What to buy when, as `netplan.upgrade` gives it.

    Parameters
    ----------
    district
        As it stands in the first school year planned, scenarios laid on.
    scenarios, sets
        Names of what was planned for.
    plan
        The answer.
    scenario
        The plan as a scenario: laid over the same scenarios it is what was checked.
    findings
        Of the first school year, without the plan; worst first.
    also_fixed
        Ids of findings that go away with the plan and are no single purchase's.
    added
        Ids of findings that only the district with the plan has, in some year.
    """

    district: District
    scenarios: tuple[str, ...]
    sets: tuple[str, ...]
    plan: UpgradePlan
    scenario: Scenario
    findings: tuple[Finding, ...]
    also_fixed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def upgrades(self) -> pd.DataFrame:
        """One row per purchase, by school year."""
        return self.plan.upgrades.copy(deep=False)

    @property
    def school_names(self) -> dict[str, str]:
        """Names of the schools by id."""
        schools = self.district.table("schools")
        return dict(zip(schools["school_id"], schools["name"], strict=True))

    def to_json(self) -> str:
        """Give the document of `docs/json.md`; the same inputs give the same bytes."""
        from netplan.report.document import dumps
        from netplan.report.upgrade_document import upgrade_document

        return dumps(upgrade_document(self))
