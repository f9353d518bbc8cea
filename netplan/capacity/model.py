"""Frozen results of the capacity stage."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

FindingSeverity = Literal["critical", "warning", "info"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a director should act on, with the number and the limit it broke.

    Parameters
    ----------
    id
        Stable: code and subject, such as ``link-over-limit:L-S014-up:up``.
    code
        Kind of finding; the table of kinds is in ``docs/findings.md``.
    severity
        ``critical`` (students lose service now), ``warning`` (will, or in a failure), ``info``.
    subject_kind, subject
        ``school``, ``link``, ``node``, ``risk_group`` or ``district``, and its id.
    schools
        Ids of the schools concerned, sorted.
    message
        One sentence with the number and the limit in it.
    value, limit, unit
        The number that was found, what it is held against, and their unit.
    fix
        What to do.
    source
        Where the limit comes from: a citation, ``district.toml``, or ``assumption``.
    """

    id: str
    code: str
    severity: FindingSeverity
    subject_kind: str
    subject: str
    schools: tuple[str, ...]
    message: str
    value: float | None
    limit: float | None
    unit: str
    fix: str
    source: str

    def to_dict(self) -> dict[str, Any]:
        """Give the finding as plain data for JSON."""
        return {**asdict(self), "schools": list(self.schools)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One input of a derivation: a symbol of the formula, its value and where it is from."""

    symbol: str
    meaning: str
    value: float | str
    unit: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """How one number of a building came about: what a page unfolds.

    Parameters
    ----------
    number
        Field of the building, such as ``load_down_mbps``.
    title
        Heading in plain words.
    value, unit
        The number itself; None = unknown or without limit (then ``note`` says which).
    formula
        In symbols, as in the model's description.
    worked
        The same with the numbers put in.
    terms
        Every symbol.
    uncertainty
        What the number does not know, in words and numbers.
    parts
        Optional breakdown (rows of equal keys), such as one per group, device and app.
    note
        Anything else a reader should know.
    plain
        The number in a sentence for somebody who skips the formula.
    """

    number: str
    title: str
    value: float | str | None
    unit: str
    formula: str
    worked: str
    terms: tuple[Term, ...] = ()
    uncertainty: str = ""
    parts: tuple[Mapping[str, Any], ...] = ()
    note: str = ""
    plain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Daytime:
    """Links and the ways of schools through the day, for maps: arrays that cost next to nothing.

    Parameters
    ----------
    periods
        In the order of the bell schedule.
    link_ids, school_ids
        Rows of the arrays below.
    link_mbps, link_share
        Shape (links, periods): planning load of the direction whose utilization is worse, and
        that utilization; NaN where the link has no limit.
    school_share
        Shape (schools, periods): the highest utilization on the school's way to the internet,
        whose maximum is the bottleneck's; NaN where nothing on it has a limit.
    """

    periods: tuple[str, ...]
    link_ids: tuple[str, ...]
    school_ids: tuple[str, ...]
    link_mbps: npt.NDArray[np.float64]
    link_share: npt.NDArray[np.float64]
    school_share: npt.NDArray[np.float64]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        for array in (self.link_mbps, self.link_share, self.school_share):
            array.setflags(write=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What the school-day half of netplan knows about a district.

    Parameters
    ----------
    buildings
        One row per school, worst first: school_id, name, level, enrollment, staff, frl_share,
        year_built, devices, busy_period, load_down_mbps, load_up_mbps, mean_down_mbps,
        bottleneck_element, bottleneck_kind (``link`` or ``node``), bottleneck_direction
        (``down``, ``up``, ``both``), bottleneck_capacity_mbps, bottleneck_load_mbps,
        bottleneck_utilization_share, bottleneck_period, headroom_mbps, headroom_devices,
        headroom_element, fair_share_mbps_per_device, demand_mbps_per_device, fair_share_limited_by,
        exhausted_school_year, min_cut_mbps, disjoint_paths, clients_per_radio, airtime_share,
        planning_airtime_share, wifi_node, status (``over``, ``at-risk``, ``fits``). Where a
        scenario takes something down and traffic to the internet finds no way, lost_share before
        it: how much of a building's; one that loses all is ``over``.
    targets
        One row per school and building target: school_id, target, needed_mbps, has_mbps, met,
        gap_mbps, source, status.
    district_targets
        The same for the district's internet access: target, title, needed_mbps, has_mbps, met, ...
    links
        One row per link and direction, its worst period: link_id, direction, period, mean_mbps,
        load_mbps, capacity_mbps, utilization_share.
    nodes
        One row per node with a throughput limit, its worst period: node_id, kind, period,
        mean_mbps, load_mbps, capacity_mbps, utilization_share.
    periods
        One row per school and period: school_id, period, present_devices, mean_down_mbps,
        load_down_mbps, mean_up_mbps, load_up_mbps, sd_down_mbps, sd_up_mbps: what crosses the
        MDF uplink.
    failures
        One row per single failure of a link, node or risk group: failed, kind, cut_off (tuple of
        school ids), partly_cut_off (tuple of
        (school id, lost share)), datacenter_cut_off (tuple of school ids that lose the data
        center), overloaded (tuple of dicts: element, kind, direction, period,
        load_mbps, capacity_mbps, utilization_share).
    wifi
        One row per access-point group (see ``network.wifi.airtime``).
    calibration
        One row per measured link and direction: modelled, measured, calibrated Mbps; empty
        without measured.csv.
    disparity
        One row per grouping (``poverty quintile``, ``building age``) and group: schools,
        students, median_mbps_per_student, and in ``worst_to_best`` the ratio of the group with
        the least to the group with the most.
    findings
        Worst first.
    derivations
        School id to the derivations of its numbers, worked out when asked for.
    daytime
        Utilization of links and of schools' ways by period; None where nobody worked it out.
    """

    buildings: pd.DataFrame
    targets: pd.DataFrame
    district_targets: pd.DataFrame
    links: pd.DataFrame
    nodes: pd.DataFrame
    periods: pd.DataFrame
    failures: pd.DataFrame
    wifi: pd.DataFrame
    calibration: pd.DataFrame
    disparity: pd.DataFrame
    findings: tuple[Finding, ...]
    derivations: Mapping[str, tuple[Derivation, ...]]
    daytime: Daytime | None = None
