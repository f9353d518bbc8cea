"""The evidence beside the tables made from it, for findings and derivations to read."""

import math
from dataclasses import dataclass

import pandas as pd

from netplan.capacity.evidence import Evidence
from netplan.capacity.model import Finding, FindingSeverity

#: Kinds whose id in a sentence wants another word.
_WORDS = {"ap_group": "access points", "risk_group": "risk group", "datacenter": "data center"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Evidence and the tables of `netplan.capacity.model.Capacity`."""

    evidence: Evidence
    buildings: pd.DataFrame
    periods: pd.DataFrame
    links: pd.DataFrame
    nodes: pd.DataFrame
    failures: pd.DataFrame
    targets: pd.DataFrame
    district_targets: pd.DataFrame
    disparity: pd.DataFrame

    @property
    def limit(self) -> float:
        """Utilization limit of the district, a share."""
        return self.evidence.district.planning.utilization_limit

    @property
    def percentile_text(self) -> str:
        """The planning percentile in words, such as ``95th percentile``."""
        return percentile_text(self.evidence.district.planning.percentile)

    def called(self, kind: str, name: str) -> str:
        """Name an element in words, such as ``firewall FW-1`` or ``risk group north conduit``."""
        network = self.evidence.network
        if kind == "node":
            kind = network.node_kinds[network.node_ids.index(name)]
        word = _WORDS.get(kind, kind)
        return name if name.casefold() == word.casefold() else f"{word} {name}"

    def schools_on(self, element: int) -> tuple[str, ...]:
        """Give the ids of the schools whose traffic an element carries."""
        pairs = self.evidence.contributions
        rows = pairs.school[pairs.element == element]
        return tuple(self.evidence.network.school_ids[row] for row in sorted(set(rows.tolist())))


def figure(value: float) -> str:
    """Write a number for a sentence: four significant digits, thousands separated, no exponent."""
    if value is None or not math.isfinite(value):
        return "no limit"
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"


def percentile_text(percentile: float) -> str:
    """Give a percentile in words, such as ``95th percentile``."""
    number = f"{percentile * 100:g}"
    ending = "th"
    if "." not in number and number[-2:] not in {"11", "12", "13"}:
        ending = {"1": "st", "2": "nd", "3": "rd"}.get(number[-1], "th")
    return f"{number}{ending} percentile"


def schools_finding(
    assessment: Assessment,
    code: str,
    severity: FindingSeverity,
    schools: tuple[str, ...],
    *,
    message: str,
    fix: str,
    source: str,
) -> Finding:
    """Make the district's one finding about several schools that are alike; none would be right."""
    return make_finding(
        code,
        severity,
        "district",
        assessment.evidence.district.name,
        schools=schools,
        message=message,
        value=float(len(schools)),
        limit=0.0,
        unit="schools",
        fix=fix,
        source=source,
    )


def make_finding(
    code: str,
    severity: FindingSeverity,
    subject_kind: str,
    subject: str,
    *,
    message: str,
    fix: str,
    schools: tuple[str, ...] = (),
    value: float | None = None,
    limit: float | None = None,
    unit: str = "",
    source: str = "district.toml",
    part: str = "",
) -> Finding:
    """Make a finding; ``part`` tells apart several of one code on one subject."""
    name = ":".join(piece for piece in (code, subject_kind, subject, part) if piece)
    return Finding(
        id=name,
        code=code,
        severity=severity,
        subject_kind=subject_kind,
        subject=subject,
        schools=schools,
        message=message,
        value=value,
        limit=limit,
        unit=unit,
        fix=fix,
        source=source,
    )
