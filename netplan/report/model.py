"""The Report that `netplan.check` gives: results beside what they were made from."""

from dataclasses import dataclass

import pandas as pd

from netplan.capacity.model import Capacity, Finding
from netplan.district.model import District
from netplan.inputs.model import Assumption
from netplan.report.home import AccessReport, GapReport
from netplan.report.money import CostReport

#: What each choice of ``--fail-on`` looks for, as codes of findings.
FAIL_ON = {
    "over": frozenset({"link-over-limit", "node-over-limit", "wifi-airtime-over"}),
    "spof": frozenset({"single-point-of-failure"}),
    "target": frozenset({"target-missed"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The after-school half of a plan, as far as the folder goes.

    ``note`` says why a part is missing; empty when none is.
    """

    gap: GapReport | None = None
    access: AccessReport | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A district's school-day results, and its after-school ones where they were asked for.

    Parameters
    ----------
    district
        What was checked.
    capacity
        Everything that was found; the properties below are its main tables.
    events
        Names of the overlays in force (testing day, ...).
    usual_buildings
        With events: the table of buildings on the usual day, to compare with.
    home
        What `netplan.plan` found of home access; None from `netplan.check`.
    money
        What the district costs and who pays; None from `netplan.check`.
    money_note
        Why money is missing from a plan; empty when it is not.
    """

    district: District
    capacity: Capacity
    events: tuple[str, ...] = ()
    usual_buildings: pd.DataFrame | None = None
    home: Home | None = None
    money: CostReport | None = None
    money_note: str = ""

    @property
    def buildings(self) -> pd.DataFrame:
        """One row per school, worst first."""
        return self.capacity.buildings.copy(deep=False)

    @property
    def links(self) -> pd.DataFrame:
        """One row per link and direction in its worst period."""
        return self.capacity.links.copy(deep=False)

    @property
    def failures(self) -> pd.DataFrame:
        """One row per single failure."""
        return self.capacity.failures.copy(deep=False)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Worst first."""
        return self.capacity.findings

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """Every number in use that nobody measured, of the school day, home and money; by name."""
        money = () if self.money is None else self.money.ownership.assumptions
        named = {each.name: each for each in (*self.district.inputs.assumptions, *money)}
        return tuple(named[name] for name in sorted(named))

    def found(self, kind: str, targets: tuple[str, ...] = ()) -> bool:
        """Say whether the findings hold what ``--fail-on`` looks for.

        Parameters
        ----------
        kind
            ``over``: an element past its limit; ``spof``: one failure that cuts off several
            schools; ``target``: a published target missed.
        targets
            Names of the targets that count; all when empty.
        """
        codes = FAIL_ON[kind]
        found = [finding for finding in self.findings if finding.code in codes]
        if kind == "target" and targets:
            found = [
                finding
                for finding in found
                if finding.id.rsplit(":", 1)[-1].removeprefix("buildings-") in targets
            ]
        return bool(found)

    def to_json(self, command: str = "check") -> str:
        """Give the document of `docs/json.md`; the same inputs give the same bytes."""
        from netplan.report.document import dumps
        from netplan.report.home_document import plan_document

        return dumps(plan_document(self, command))
