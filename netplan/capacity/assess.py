"""Evidence to Capacity: the order in which a district's tables are made."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from netplan.capacity.assessment import Assessment
from netplan.capacity.buildings import buildings, school_periods
from netplan.capacity.disparity import disparity
from netplan.capacity.elements import worst_links, worst_nodes
from netplan.capacity.evidence import Evidence
from netplan.capacity.explain import Derivations
from netplan.capacity.findings import find_all
from netplan.capacity.model import Capacity, Daytime
from netplan.capacity.targets import building_targets, district_targets
from netplan.load.model import DIRECTIONS

#: A share of traffic lost within this of one is all of it.
_ALL = 1.0 - 1e-9


def assess(evidence: Evidence) -> Capacity:
    """Turn what the earlier stages found into what it means for each building."""
    periods = school_periods(evidence)
    table = buildings(evidence, periods)
    assessment = Assessment(
        evidence=evidence,
        buildings=table,
        periods=periods,
        links=worst_links(evidence),
        nodes=worst_nodes(evidence),
        failures=failure_table(evidence),
        targets=building_targets(evidence),
        district_targets=district_targets(evidence),
        disparity=disparity(table),
    )
    return Capacity(
        buildings=assessment.buildings,
        targets=assessment.targets,
        district_targets=assessment.district_targets,
        links=assessment.links,
        nodes=assessment.nodes,
        periods=assessment.periods,
        failures=assessment.failures,
        wifi=evidence.airtime,
        calibration=evidence.calibration.links,
        disparity=assessment.disparity,
        findings=find_all(assessment),
        derivations=Derivations(assessment),
        daytime=daytime(evidence),
    )


def daytime(evidence: Evidence) -> Daytime:
    """Give the utilization of links, and of each school's fullest element, by period."""
    network, used = evidence.network, evidence.utilization
    links = len(network.link_ids)
    limited = np.asarray(np.isfinite(network.capacity_mbps))[:, None, :]
    shares = np.where(limited, used.utilization_share, -1.0)
    # a link limits down and up, a node both together: the fullest direction of each
    worst = shares.argmax(axis=2)
    share = np.take_along_axis(shares, worst[:, :, None], axis=2)[:, :, 0]
    mbps = np.take_along_axis(used.load_mbps[:links], worst[:links, :, None], axis=2)[:, :, 0]
    pairs = evidence.contributions
    fullest = np.full((len(network.school_ids), share.shape[1]), -1.0)
    if len(pairs.school):
        first = np.flatnonzero(np.diff(pairs.school, prepend=-1))
        fullest[pairs.school[first]] = np.maximum.reduceat(share[pairs.element], first, axis=0)
    return Daytime(
        periods=tuple(evidence.load.periods),
        link_ids=tuple(network.link_ids),
        school_ids=tuple(network.school_ids),
        link_mbps=mbps,
        link_share=np.where(share[:links] < 0, np.nan, share[:links]),
        school_share=np.where(fullest < 0, np.nan, fullest),
    )


def failure_table(evidence: Evidence) -> pd.DataFrame:
    """Give one row per failure: who is cut off, in part or whole, and what it overloads.

    Overloaded is what the failure takes over the utilization limit or further past it;
    the worst direction of each element counts.

    Returns
    -------
    failures
        failed, kind, cut_off, partly_cut_off, datacenter_cut_off, overloaded (see
        `Capacity.failures`), in the order of links, nodes and risk groups by id.
    """
    found = evidence.failures
    count = len(found.failed)
    whole: dict[int, list[str]] = {}
    partly: dict[int, list[tuple[str, float]]] = {}
    order = np.lexsort((found.lost_school, found.lost_failure))
    for failure, school, share in zip(
        found.lost_failure[order].tolist(),
        found.lost_school[order].tolist(),
        found.lost_share[order].tolist(),
        strict=True,
    ):
        name = evidence.network.school_ids[school]
        if share >= _ALL:
            whole.setdefault(failure, []).append(name)
        else:
            partly.setdefault(failure, []).append((name, share))
    remote: dict[int, list[str]] = {}
    for failure, school, share in sorted(
        zip(
            found.datacenter_failure.tolist(),
            found.datacenter_school.tolist(),
            found.datacenter_lost_share.tolist(),
            strict=True,
        )
    ):
        if share >= _ALL:
            remote.setdefault(failure, []).append(evidence.network.school_ids[school])
    overloaded = _overloads(evidence)
    return pd.DataFrame(
        {
            "failed": list(found.failed),
            "kind": list(found.kinds),
            "cut_off": _tuples(whole, count),
            "partly_cut_off": _tuples(partly, count),
            "datacenter_cut_off": _tuples(remote, count),
            "overloaded": _tuples(overloaded, count),
        }
    )


def _tuples(listed: Mapping[int, Iterable[object]], count: int) -> pd.Series:
    """Make a column of tuples, empty where nothing is listed."""
    return pd.Series([tuple(listed.get(row, ())) for row in range(count)], dtype=object)


def _overloads(evidence: Evidence) -> dict[int, list[dict[str, object]]]:
    """List, per failure, what it loads past the limit, the worst first."""
    found, network = evidence.failures, evidence.network
    over = found.rise_utilization_share > evidence.district.planning.utilization_limit
    rows = np.flatnonzero(over)
    order = rows[
        np.lexsort(
            (
                found.rise_element[rows],
                -found.rise_utilization_share[rows],
                found.rise_failure[rows],
            )
        )
    ]
    listed: dict[int, dict[int, dict[str, object]]] = {}
    for row in order.tolist():
        element = int(found.rise_element[row])
        direction = int(found.rise_direction[row])
        listed.setdefault(int(found.rise_failure[row]), {}).setdefault(
            element,
            {
                "element": evidence.element_id(element),
                "kind": evidence.element_kind(element),
                "direction": DIRECTIONS[direction],
                "period": evidence.load.periods[int(found.rise_period[row])],
                "load_mbps": float(found.rise_load_mbps[row]),
                "capacity_mbps": float(network.capacity_mbps[element, direction]),
                "utilization_share": float(found.rise_utilization_share[row]),
            },
        )
    return {failure: list(hits.values()) for failure, hits in listed.items()}
