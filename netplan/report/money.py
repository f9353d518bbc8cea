"""The report on money: what a district's technology costs over the years, and who pays."""

from dataclasses import dataclass

from netplan.capacity.model import Finding
from netplan.district.model import District
from netplan.money.model import Ownership


@dataclass(frozen=True, slots=True, kw_only=True)
class CostReport:
    """Cost of ownership by school year against its sources of money: what `netplan.cost` gives.

    Parameters
    ----------
    district
        The district in its last school year, with everything that the scenarios do until then.
    ownership
        The costs and who pays for them.
    scenarios, titles
        Names of the scenarios in force, and what people call them.
    sets
        Single cells set on the command line.
    extra
        Costs from elsewhere that are in it, in words: a plan of upgrades, the home access plan.
    """

    district: District
    ownership: Ownership
    scenarios: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Worst first."""
        return self.ownership.findings

    def to_json(self, command: str = "cost") -> str:
        """Give the document of ``docs/json.md``; the same inputs give the same bytes."""
        from netplan.report.document import dumps
        from netplan.report.money_document import cost_document

        return dumps(cost_document(self, command))
