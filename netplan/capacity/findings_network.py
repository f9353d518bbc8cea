"""Findings about links, nodes and what a failure of one does."""

from collections.abc import Hashable, Iterable, Iterator
from typing import Any, TypeVar

import numpy as np

from netplan.capacity.assessment import Assessment, figure, make_finding, schools_finding
from netplan.capacity.model import Finding
from netplan.capacity.rows import rows
from netplan.capacity.targets import internet_access_mbps
from netplan.load.model import FLOWS

Effect = TypeVar("Effect", bound=Hashable)

#: Growth that passes the limit within this many school years deserves a place in the next budgets.
_SOON_YEARS = 3
#: Which of several elements in a row gives a finding its name.
_FIRST_NAMED = ("node", "link", "risk_group")


def link_over_limit(assessment: Assessment) -> Iterator[Finding]:
    """Yield links whose planning load is past the utilization limit in their worst period."""
    over = assessment.links[assessment.links["utilization_share"] > assessment.limit]
    row_of = {link: row for row, link in enumerate(assessment.evidence.network.link_ids)}
    for link in rows(over):
        schools = assessment.schools_on(row_of[link.link_id])
        yield make_finding(
            "link-over-limit",
            "critical" if link.utilization_share > 1 else "warning",
            "link",
            link.link_id,
            part=link.direction,
            schools=schools,
            message=(
                f"Link {link.link_id} carries {figure(link.load_mbps)} Mbps {link.direction} at "
                f"the "
                f"{assessment.percentile_text} in period {link.period}: "
                f"{link.utilization_share:.0%} of its {figure(link.capacity_mbps)} Mbps, "
                f"over the limit of {assessment.limit:.0%}; {_count(schools, 'school')} behind it."
            ),
            value=link.utilization_share,
            limit=assessment.limit,
            unit="share of capacity",
            fix=(
                f"Raise it to at least {figure(link.load_mbps / assessment.limit)} Mbps "
                f"{link.direction}, or move load off period {link.period}."
            ),
        )


def node_over_limit(assessment: Assessment) -> Iterator[Finding]:
    """Yield firewalls, filters and routers whose throughput the planning load passes."""
    network = assessment.evidence.network
    row_of = {node: len(network.link_ids) + row for row, node in enumerate(network.node_ids)}
    over = assessment.nodes[assessment.nodes["utilization_share"] > assessment.limit]
    for node in rows(over):
        schools = assessment.schools_on(row_of[node.node_id])
        yield make_finding(
            "node-over-limit",
            "critical" if node.utilization_share > 1 else "warning",
            "node",
            node.node_id,
            schools=schools,
            message=(
                f"The {node.kind} {node.node_id} handles {figure(node.load_mbps)} Mbps (down and "
                f"up "
                f"together) at the {assessment.percentile_text} in period {node.period}: "
                f"{node.utilization_share:.0%} of its {figure(node.capacity_mbps)} Mbps, over the "
                f"limit of {assessment.limit:.0%}; {_count(schools, 'school')} behind it."
            ),
            value=node.utilization_share,
            limit=assessment.limit,
            unit="share of throughput",
            fix=(
                f"Replace it with one rated for at least "
                f"{figure(node.load_mbps / assessment.limit)} "
                "Mbps with the inspection that you use switched on."
            ),
        )


def single_point_of_failure(assessment: Assessment) -> Iterator[Finding]:
    """Yield what alone cuts two or more schools off from the internet when it fails.

    Elements in a row cut off the same schools; they are one finding, under the first of them.
    """
    network = assessment.evidence.network
    schools = len(network.school_ids)
    kind_of = dict(zip(network.node_ids, network.node_kinds, strict=True))
    alone = [
        (failure.cut_off, (failure.kind, failure.failed))
        for failure in rows(assessment.failures)
        if len(failure.cut_off) >= min(2, schools)
        and not (failure.kind == "node" and kind_of[failure.failed] == "internet")
    ]
    for cut_off, elements in _alike(alone).items():
        yield make_finding(
            "single-point-of-failure",
            "warning",
            *elements[0],
            schools=cut_off,
            message=f"If {_any_one(assessment, elements)} fails, {len(cut_off)} of {schools} "
            f"schools lose the internet.",
            value=float(len(cut_off)),
            limit=1.0,
            unit="schools cut off",
            fix="Add a second way around it: a backup link, a ring, or a spare kept on site.",
            source="every single failure removed and routed afresh",
        )


def datacenter_cut_off(assessment: Assessment) -> Iterator[Finding]:
    """Yield what alone cuts schools off from the data center while they keep the internet.

    Only where the data center has traffic of theirs; under the first of elements in a row.
    """
    load = assessment.evidence.load
    asked = load.mean_mbps[:, :, FLOWS.index("datacenter"), :].sum(axis=(1, 2))
    users = {school for school, mbps in zip(load.school_ids, asked, strict=True) if mbps > 0}
    alone = []
    for failure in rows(assessment.failures):
        lost = (users & set(failure.datacenter_cut_off)) - set(failure.cut_off)
        if len(lost) >= min(2, len(users)) and lost:
            alone.append((tuple(sorted(lost)), (failure.kind, failure.failed)))
    for schools, elements in _alike(alone).items():
        yield make_finding(
            "datacenter-cut-off",
            "warning",
            *elements[0],
            schools=schools,
            message=(
                f"If {_any_one(assessment, elements)} fails, {len(schools)} schools keep the "
                f"internet and lose the data "
                "center."
            ),
            value=float(len(schools)),
            limit=1.0,
            unit="schools cut off",
            fix="Add a second way to the data center, or know which lessons wait.",
            source="every single failure removed and routed afresh",
        )


def single_way(assessment: Assessment) -> Iterator[Finding]:
    """Yield once the schools that hang on a link of their own with no second way.

    What all schools share (the internet circuit, say) is `single_point_of_failure`'s to name.
    """
    failures = assessment.failures
    own = failures[(failures["kind"] == "link") & (failures["cut_off"].map(len) == 1)]
    single = sorted({school for (school,) in own["cut_off"]})
    if single:
        yield schools_finding(
            assessment,
            "single-way",
            "info",
            tuple(single),
            message=(
                f"{len(single)} of {len(assessment.buildings)} schools hang on a link of their "
                f"own: "
                "if it fails, they alone are offline, for nothing else leads to them."
            ),
            fix="Weigh a backup link (even a slow one keeps testing and phones alive).",
            source="every single link removed and routed afresh, backups used",
        )


def failure_overload(assessment: Assessment) -> Iterator[Finding]:
    """Yield failures that push something past the limit which is below it while all is well.

    Failures that do the same to the same element are one finding.
    """
    utilization = assessment.evidence.utilization.utilization_share
    network = assessment.evidence.network
    limited = np.isfinite(network.capacity_mbps)[:, None, :]
    base = np.where(limited, utilization, 0.0).max(axis=(1, 2))
    names = (*network.link_ids, *network.node_ids)
    kinds = ["link"] * len(network.link_ids) + ["node"] * len(network.node_ids)
    fits = {
        (kind, name)
        for kind, name, share in zip(kinds, names, base, strict=True)
        if share <= assessment.limit
    }
    alone: list[tuple[tuple[object, ...], tuple[str, str]]] = []
    worst_of: dict[tuple[object, ...], tuple[dict[str, Any], int]] = {}
    for failure in rows(assessment.failures):
        new = [hit for hit in failure.overloaded if (hit["kind"], hit["element"]) in fits]
        if not new:
            continue
        worst = max(new, key=lambda hit: (hit["utilization_share"], hit["element"]))
        what = (worst["kind"], worst["element"], worst["direction"], figure(worst["load_mbps"]))
        alone.append((what, (failure.kind, failure.failed)))
        worst_of.setdefault(what, (worst, len(new)))
    for key, elements in _alike(alone).items():
        worst, count = worst_of[key]
        others = f" and {count - 1} more" if count > 1 else ""
        yield make_finding(
            "failure-overload",
            "warning",
            *elements[0],
            message=(
                f"If {_any_one(assessment, elements)} fails, "
                f"{assessment.called(worst['kind'], worst['element'])}{others} goes over the "
                f"limit: {figure(worst['load_mbps'])} Mbps {worst['direction']} in period "
                f"{worst['period']}, {worst['utilization_share']:.0%} of its "
                f"{figure(worst['capacity_mbps'])} Mbps."
            ),
            value=worst["utilization_share"],
            limit=assessment.limit,
            unit="share of capacity",
            fix=(
                f"Size {worst['element']} for the failure, at least "
                f"{figure(worst['load_mbps'] / assessment.limit)} Mbps, or accept it and write it "
                "down."
            ),
        )


def _alike(
    effects: Iterable[tuple[Effect, tuple[str, str]]],
) -> dict[Effect, list[tuple[str, str]]]:
    """Gather the elements, as (kind, id), whose failure has the same effect; nodes first."""
    gathered: dict[Effect, list[tuple[str, str]]] = {}
    for effect, element in effects:
        gathered.setdefault(effect, []).append(element)
    return {
        effect: sorted(elements, key=lambda one: (_FIRST_NAMED.index(one[0]), one[1]))
        for effect, elements in gathered.items()
    }


def _any_one(assessment: Assessment, elements: list[tuple[str, str]]) -> str:
    """Name one element, or any one of several."""
    names = [assessment.called(kind, name) for kind, name in elements]
    return names[0] if len(names) == 1 else f"any one of {', '.join(names)}"


def firewall_below_circuit(assessment: Assessment) -> Iterator[Finding]:
    """Yield firewalls and filters that cannot pass what the internet circuits bring.

    Several of one kind share the circuits between them, so they are taken together.
    """
    access = internet_access_mbps(assessment.evidence)
    network = assessment.evidence.network
    throughput = network.capacity_mbps[len(network.link_ids) :, 2]
    for kind in ("filter", "firewall"):
        rows_of_kind = [row for row, name in enumerate(network.node_kinds) if name == kind]
        if not rows_of_kind:
            continue
        names = [network.node_ids[row] for row in rows_of_kind]
        mbps = float(throughput[rows_of_kind].sum())
        if mbps >= access:
            continue
        who = (
            f"The {kind} {names[0]} passes"
            if len(names) == 1
            else (f"The {kind}s {', '.join(names)} together pass")
        )
        yield make_finding(
            "firewall-below-circuit",
            "warning",
            "node",
            names[0],
            message=(
                f"{who} {figure(mbps)} Mbps (down and up together), less than the "
                f"{figure(access)} Mbps of internet circuits in front: the rest is paid for and "
                "cannot be used."
            ),
            value=mbps,
            limit=access,
            unit="Mbps",
            fix="Raise it before buying a larger circuit, or buy a smaller circuit.",
            source="nodes.csv throughput_mbps against the primary internet links of links.csv",
        )


def runs_out_soon(assessment: Assessment) -> Iterator[Finding]:
    """Yield bottlenecks that fit today and pass the limit within three school years of growth."""
    planning = assessment.evidence.district.planning
    buildings = assessment.buildings
    share = buildings["bottleneck_utilization_share"]
    then = share * (1.0 + planning.growth_per_year) ** _SOON_YEARS
    soon = buildings[(share <= assessment.limit) & (then > assessment.limit)]
    for (kind, element), group in soon.groupby(["bottleneck_kind", "bottleneck_element"]):
        first = group.iloc[0]
        yield make_finding(
            "runs-out-soon",
            "info",
            str(kind),
            str(element),
            schools=tuple(sorted(group["school_id"])),
            message=(
                f"The {assessment.called(str(kind), str(element))} is at "
                f"{first['bottleneck_utilization_share']:.0%} and goes over "
                f"{assessment.limit:.0%} in {first['exhausted_school_year']} at "
                f"{planning.growth_per_year:.0%} growth a year; it is the bottleneck of "
                f"{_count(tuple(group['school_id']), 'school')}."
            ),
            value=float(first["bottleneck_utilization_share"]),
            limit=assessment.limit,
            unit="share of capacity",
            fix="Put its upgrade into the budget of the year before.",
            source="district.toml growth_per_year",
        )


def _count(items: tuple[str, ...], noun: str) -> str:
    return f"{len(items)} {noun}{'' if len(items) == 1 else 's'}"
