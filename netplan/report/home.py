"""The reports of the after-school half: only what may be published stands in them."""

from dataclasses import dataclass

import pandas as pd

from netplan.access.publish import PublishedAccess
from netplan.capacity.model import Finding
from netplan.district.model import District
from netplan.gap.model import Fit, Total
from netplan.gap.suppress import Published


@dataclass(frozen=True, slots=True, kw_only=True)
class GapReport:
    """Students offline by place: what `netplan.gap` gives.

    Parameters
    ----------
    district
        What was looked at.
    definition
        ``none``, ``phone_only`` or ``below_speed``.
    published
        The areas, small counts withheld.
    fit
        The small-area model, None where none was fitted.
    benchmarks
        Published figures that the areas were raked to: geoid, households, published,
        published_se, before, after, source.
    students_origin
        Where the students of an area come from: ``counted``, ``children``, ...
    student_household_ratio, student_household_ratio_se, ratio_source
        Students' rate over households' rate.
    zones_guessed
        Whether the nearest school stood in for attendance zones.
    missing
        Reason and number of areas whose direct estimate cannot be used.
    notes
        Sentences that a reader of the numbers must see.
    findings
        Worst first.
    """

    district: District
    definition: str
    published: Published
    fit: Fit | None
    benchmarks: pd.DataFrame
    students_origin: str
    student_household_ratio: float
    student_household_ratio_se: float
    ratio_source: str
    zones_guessed: bool
    missing: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def areas(self) -> pd.DataFrame:
        """One row per area, sorted by geoid; withheld numbers are NaN."""
        return self.published.areas.copy(deep=False)

    @property
    def groups(self) -> pd.DataFrame:
        """Areas that are withheld one by one, some neighbors together."""
        return self.published.groups.copy(deep=False)

    @property
    def total(self) -> Total:
        """The sum over all areas with its standard error."""
        return self.published.total

    def to_json(self, command: str = "gap") -> str:
        """Give the document of ``docs/json.md``; the same inputs give the same bytes."""
        from netplan.report.document import dumps
        from netplan.report.home_document import gap_document

        return dumps(gap_document(self, command))


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessReport:
    """The plan that serves students offline: what `netplan.access` gives.

    Parameters
    ----------
    district
        What was planned for.
    gap
        The need that the plan answers.
    published
        The plan, small counts withheld.
    findings
        Of the gap and the plan, worst first.
    """

    district: District
    gap: GapReport
    published: PublishedAccess
    findings: tuple[Finding, ...]

    @property
    def has_buses(self) -> bool:
        """Whether the folder has buses, stops and slots."""
        tables = ("buses", "stops", "slots")
        return not any(self.district.table(name).empty for name in tables)

    @property
    def sites(self) -> pd.DataFrame:
        """Open places, the most students first."""
        return self.published.sites.copy(deep=False)

    @property
    def offers(self) -> pd.DataFrame:
        """Open offers that have no place: lending, subsidized plans."""
        return self.published.offers.copy(deep=False)

    @property
    def timetable(self) -> pd.DataFrame:
        """Which bus stands where and when."""
        return self.published.timetable.copy(deep=False)

    @property
    def zones(self) -> pd.DataFrame:
        """Share of students offline who are served, by attendance zone, the worst first."""
        return self.published.zones.copy(deep=False)

    @property
    def curve(self) -> pd.DataFrame:
        """Students served against dollars a year."""
        return self.published.curve.copy(deep=False)

    def to_json(self, command: str = "access") -> str:
        """Give the document of ``docs/json.md``; the same inputs give the same bytes."""
        from netplan.report.document import dumps
        from netplan.report.home_document import access_document

        return dumps(access_document(self, command))
