"""What a director should act on: every kind of finding, and the order they are shown in.

To add one: write a function of an `Assessment` that yields `Finding`s (its name with hyphens is
the code), put it in ``FINDINGS``, describe it in ``docs/findings.md``, and plant it in a test.
"""

import math
from collections.abc import Callable, Iterator

from netplan.capacity.assessment import Assessment
from netplan.capacity.findings_inputs import (
    capacity_guessed,
    contract_ending,
    enrollment_mismatch,
    idle_devices,
    measured_differs,
    no_devices,
    same_point,
    staff_unknown,
)
from netplan.capacity.findings_network import (
    datacenter_cut_off,
    failure_overload,
    firewall_below_circuit,
    link_over_limit,
    node_over_limit,
    runs_out_soon,
    single_point_of_failure,
    single_way,
)
from netplan.capacity.findings_scenario import cut_off_by_scenario, partly_cut_off_by_scenario
from netplan.capacity.findings_standards import (
    access_points_old,
    disparity_wide,
    target_missed,
    wifi_airtime_over,
    wifi_airtime_peaks,
    wifi_crowded,
    wifi_unknown,
)
from netplan.capacity.model import Finding

FINDINGS: tuple[Callable[[Assessment], Iterator[Finding]], ...] = (
    capacity_guessed,
    cut_off_by_scenario,
    partly_cut_off_by_scenario,
    link_over_limit,
    node_over_limit,
    wifi_airtime_over,
    single_point_of_failure,
    datacenter_cut_off,
    failure_overload,
    firewall_below_circuit,
    wifi_airtime_peaks,
    wifi_crowded,
    access_points_old,
    wifi_unknown,
    single_way,
    runs_out_soon,
    target_missed,
    disparity_wide,
    contract_ending,
    measured_differs,
    enrollment_mismatch,
    same_point,
    staff_unknown,
    no_devices,
    idle_devices,
)
_SEVERITY_ORDER = {"critical": 0, "warning": 1, "info": 2}


def find_all(assessment: Assessment) -> tuple[Finding, ...]:
    """Run every kind of finding; the most severe first, then in the order of ``FINDINGS``."""
    found = [
        (_SEVERITY_ORDER[finding.severity], kind, -_excess(finding), finding.id, finding)
        for kind, function in enumerate(FINDINGS)
        for finding in function(assessment)
    ]
    return tuple(finding for *_, finding in sorted(found, key=lambda entry: entry[:4]))


def _excess(finding: Finding) -> float:
    """Say how far the number is past its limit, above or below, to sort findings of one kind."""
    if finding.limit is None or finding.value is None:
        return 0.0
    if finding.limit == 0:
        return finding.value
    ratio = finding.value / finding.limit
    if ratio <= 0:
        return math.inf
    # nine digits, as the report writes: equal findings stay in the order of their ids
    return float(f"{max(ratio, 1.0 / ratio):.9g}")
