"""What `netplan.compare` and `netplan.whatif` give: two reports side by side, and why."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netplan.capacity.model import Finding
from netplan.report.model import Report
from netplan.whatif.attribute import Attribution, Cause, why
from netplan.whatif.model import Change, Scenario
from netplan.whatif.units import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What differs between two reports.

    Parameters
    ----------
    changes
        school_id, measure, base, scenario: every measure of a building (named as in the JSON of
        ``netplan check``: ``headroom_mbps``, ``bottleneck.element``, ``targets.fcc.met``) that
        differs by more than rounding. In the order of school ids.
    flips
        One row per building that fits on one side and does not on the other, or does not for
        another reason: school_id, name, was, now (``fits``, ``over``, ``cut-off``), limited_by
        (``links``, ``airtime``, ``cut-off``: of the side that does not fit), element, kind,
        direction, period (of the fullest link or node there; the access points for airtime),
        base_utilization_share, utilization_share, base_airtime_share, airtime_share, and the
        element that the use is of on each side (the fullest need not be the same): element_before,
        kind_before, element_after, kind_after; None where cut off. What stops fitting stands
        first, the fullest first.
    findings_added, findings_gone
        Findings of one side whose id the other does not have, worst first.
    schools_added, schools_gone
        Ids of the schools of one side alone, sorted; nothing above is about them.
    """

    changes: pd.DataFrame
    flips: pd.DataFrame
    findings_added: tuple[Finding, ...]
    findings_gone: tuple[Finding, ...]
    schools_added: tuple[str, ...]
    schools_gone: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """Which piece of a scenario did what, in one school year.

    Parameters
    ----------
    units
        The pieces that are in force then.
    school_ids
        The schools that both sides have: columns of the attribution's arrays.
    attribution
        The numbers.
    """

    units: tuple[Unit, ...]
    school_ids: tuple[str, ...]
    attribution: Attribution

    def causes(self) -> Mapping[str, Cause]:
        """Give each flipped school's cause."""
        return {self.school_ids[cause.school]: cause for cause in self.attribution.causes}

    def why(self, cause: Cause) -> str:
        """Say a cause in words."""
        return why(cause, [unit.name for unit in self.units])


@dataclass(frozen=True, slots=True, kw_only=True)
class YearResult:
    """One school year of a scenario.

    Parameters
    ----------
    school_year
        None where the district states none.
    base, report
        The district as it is, with growth to that year, and with the scenario.
    comparison
        Of the two.
    by_growth
        Flips of the base itself since the district's own year: what growth does without the
        scenario. Columns as in `Comparison.flips`.
    reasons
        None where nobody asked for them.
    """

    school_year: str | None
    base: Report
    report: Report
    comparison: Comparison
    by_growth: pd.DataFrame
    reasons: Reasons | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioResult:
    """One scenario against the base, year by year.

    Parameters
    ----------
    scenario
        As read.
    years
        By school year; one where nothing starts later.
    """

    scenario: Scenario
    years: tuple[YearResult, ...]

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return self.scenario.name

    @property
    def is_several_years(self) -> bool:
        """Whether more than one school year was looked at."""
        return len(self.years) > 1

    @property
    def last(self) -> YearResult:
        """The last year: the state that the scenario ends in."""
        return self.years[-1]

    @property
    def report(self) -> Report:
        """The report of the last year."""
        return self.last.report

    @property
    def changes(self) -> pd.DataFrame:
        """The last year's changes."""
        return self.last.comparison.changes

    @property
    def flips(self) -> pd.DataFrame:
        """Every flip with the school years in which it holds, and why.

        Returns
        -------
        flips
            The columns of `Comparison.flips` as of the first year, then school_year (the first),
            until (the last in a row; None = to the end), then (what comes after: ``growth`` = the
            base has come to the same by growth alone, ``back`` = it is undone, ``other`` = it
            turns into another flip; None to the end), why (words; None without reasons) and
            interacts. By school year, then as in `Comparison.flips`.
        """
        return _timeline(self.years)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """Scenarios against the district as it is: what `netplan.whatif` gives.

    Parameters
    ----------
    base
        The report of the district's own year.
    scenarios
        In the order in which they were named.
    sets
        Overrides of the command line, laid over each scenario.
    """

    base: Report
    scenarios: tuple[ScenarioResult, ...]
    sets: tuple[Change, ...] = ()

    def to_json(self) -> str:
        """Give the document of `docs/whatif.md`; the same inputs give the same bytes."""
        from netplan.report.document import dumps
        from netplan.report.whatif_document import whatif_document

        return dumps(whatif_document(self))


def _timeline(years: tuple[YearResult, ...]) -> pd.DataFrame:
    frames = []
    before: set[tuple[str, str, str]] = set()
    keys = [_keys(year.comparison.flips) for year in years]
    for place, year in enumerate(years):
        flips = year.comparison.flips
        causes = {} if year.reasons is None else year.reasons.causes()
        new = flips[np.array([key not in before for key in keys[place]], dtype=np.bool_)]
        rows = []
        for key in _keys(new):
            end = place
            while end + 1 < len(years) and key in keys[end + 1]:
                end += 1
            cause = causes.get(key[0])
            told = None if year.reasons is None or cause is None else year.reasons.why(cause)
            rows.append(
                {
                    "school_year": year.school_year,
                    "until": None if end + 1 == len(years) else years[end].school_year,
                    "then": None if end + 1 == len(years) else _then(years[end + 1], key),
                    "why": told,
                    "interacts": None if cause is None else cause.interacts,
                }
            )
        added = pd.DataFrame(rows, columns=["school_year", "until", "then", "why", "interacts"])
        frames.append(pd.concat([new.reset_index(drop=True), added.astype(object)], axis=1))
        before = set(keys[place])
    return pd.concat(frames, ignore_index=True)


def _keys(flips: pd.DataFrame) -> list[tuple[str, str, str]]:
    return list(zip(flips["school_id"], flips["was"], flips["now"], strict=True))


def _then(year: YearResult, key: tuple[str, str, str]) -> str:
    """Say what became of a flip in the year after its last."""
    school, _, now = key
    flips = year.comparison.flips
    if school in set(flips["school_id"]):
        return "other"
    grown = year.by_growth
    state = dict(zip(grown["school_id"], grown["now"], strict=True))
    return "growth" if state.get(school) == now else "back"
