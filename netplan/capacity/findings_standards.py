"""Findings that hold the district against guides, targets and its own fairness."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from netplan.capacity.assessment import Assessment, figure, make_finding
from netplan.capacity.model import Finding
from netplan.capacity.rows import rows

#: A group of schools with less than this share of the best group's capacity per student.
_WIDE_DISPARITY = 0.5


def wifi_airtime_over(assessment: Assessment) -> Iterator[Finding]:
    """Yield access-point groups whose clients ask for more airtime than the limit."""
    limit = assessment.evidence.setting("airtime_limit_share")
    airtime = assessment.evidence.airtime
    for group in rows(airtime[airtime["airtime_share"] > limit]):
        yield make_finding(
            "wifi-airtime-over",
            "critical" if group.airtime_share > 1 else "warning",
            "node",
            group.node_id,
            schools=(group.school_id,),
            message=(
                f"Access points {group.node_id} are asked for {group.airtime_share:.0%} of their "
                f"airtime in period {group.period} ({group.clients_per_radio:.3g} clients per "
                f"radio on a cell of {group.cell_mbps:.3g} Mbps), over the limit of {limit:.0%}."
            ),
            value=float(group.airtime_share),
            limit=limit,
            unit="share of airtime",
            fix="Add access points here, replace them with a newer generation, or widen channels.",
            source=assessment.evidence.setting_source("airtime_limit_share"),
        )


def wifi_airtime_peaks(assessment: Assessment) -> Iterator[Finding]:
    """Yield, per school, access points that fit on average but not in their busy moments.

    One cell serves a class or two, so its load swings far: the planning percentile of the
    airtime can be past all of it while the mean is below the limit.
    """
    limit = assessment.evidence.setting("airtime_limit_share")
    airtime = assessment.evidence.airtime
    peaks = airtime[(airtime["airtime_share"] <= limit) & (airtime["planning_airtime_share"] > 1)]
    for school, groups in peaks.groupby("school_id"):
        worst = groups.sort_values(
            ["planning_airtime_share", "node_id"], ascending=[False, True]
        ).iloc[0]
        yield make_finding(
            "wifi-airtime-peaks",
            "info",
            "school",
            str(school),
            schools=(str(school),),
            message=(
                f"{_groups(len(groups))} of {school} fit on average and not in busy moments: "
                f"{worst['node_id']} is asked for {worst['airtime_share']:.0%} of its airtime on "
                f"average and {worst['planning_airtime_share']:.0%} at the "
                f"{assessment.percentile_text} in period {worst['period']}."
            ),
            value=float(worst["planning_airtime_share"]),
            limit=1.0,
            unit="share of airtime",
            fix="Add access points here first when Wi-Fi is renewed.",
            source="all of the airtime; the percentile is district.toml's",
        )


def _groups(count: int) -> str:
    return "1 access-point group" if count == 1 else f"{count} access-point groups"


def wifi_crowded(assessment: Assessment) -> Iterator[Finding]:
    """Yield, per school, the access-point groups with more clients per radio than the guide."""
    limit = assessment.evidence.setting("clients_per_radio_limit")
    airtime = assessment.evidence.airtime
    crowded = airtime[airtime["clients_per_radio"] > limit]
    for school, groups in crowded.groupby("school_id"):
        worst = groups.sort_values(["clients_per_radio", "node_id"], ascending=[False, True]).iloc[
            0
        ]
        yield make_finding(
            "wifi-crowded",
            "warning",
            "school",
            str(school),
            schools=(str(school),),
            message=(
                f"{_groups(len(groups))} of {school} with more than {limit:g} clients "
                f"per radio; the fullest is {worst['node_id']} with "
                f"{worst['clients_per_radio']:.3g}."
            ),
            value=float(worst["clients_per_radio"]),
            limit=limit,
            unit="clients per radio",
            fix="Add access points in these rooms.",
            source=assessment.evidence.setting_source("clients_per_radio_limit"),
        )


def access_points_old(assessment: Assessment) -> Iterator[Finding]:
    """Yield, per school, access points of a generation that is called old."""
    oldest = assessment.evidence.setting("wifi_old_standard")
    airtime = assessment.evidence.airtime
    generation = airtime["wifi"].str.extract(r"(\d+)")[0].astype(float)
    old = airtime[(generation <= oldest) & ~airtime["assumed"].astype(bool)]
    for school, groups in old.groupby("school_id"):
        names = ", ".join(sorted(groups["node_id"])[:5])
        more = f" and {len(groups) - 5} more" if len(groups) > 5 else ""
        yield make_finding(
            "access-points-old",
            "info",
            "school",
            str(school),
            schools=(str(school),),
            message=(
                f"{school} has {int(groups['count'].sum())} access points of Wi-Fi {oldest:g} or "
                f"older, in {names}{more}."
            ),
            value=float(groups["count"].sum()),
            limit=0.0,
            unit="access points",
            fix="Plan their replacement under E-Rate Category Two.",
            source=assessment.evidence.setting_source("wifi_old_standard"),
        )


def wifi_unknown(assessment: Assessment) -> Iterator[Finding]:
    """Yield once how many access-point groups have no Wi-Fi standard in the table."""
    airtime = assessment.evidence.airtime
    unknown = airtime[airtime["assumed"].astype(bool)]
    if len(unknown):
        yield make_finding(
            "wifi-unknown",
            "info",
            "district",
            assessment.evidence.district.name,
            schools=tuple(sorted(set(unknown["school_id"]))),
            message=(
                f"{len(unknown)} of {len(airtime)} access-point groups have no Wi-Fi standard in "
                "nodes.csv; a default is assumed for them."
            ),
            value=float(len(unknown)),
            limit=0.0,
            unit="access-point groups",
            fix="Fill the column wifi of nodes.csv (wifi4 to wifi7).",
            source=assessment.evidence.setting_source("wifi_assumed_generation"),
        )


def target_missed(assessment: Assessment) -> Iterator[Finding]:
    """Yield each published target that the district or some of its buildings miss."""
    name = assessment.evidence.district.name
    for target in rows(_missed(assessment.district_targets)):
        yield make_finding(
            "target-missed",
            "warning" if target.status == "sourced" else "info",
            "district",
            name,
            part=target.target,
            message=(
                f"{target.title}: {figure(target.needed_mbps)} Mbps of internet access needed "
                f"({target.basis}), {figure(target.has_mbps)} Mbps in links.csv."
            ),
            value=float(target.has_mbps),
            limit=float(target.needed_mbps),
            unit="Mbps",
            fix=f"{figure(target.gap_mbps)} Mbps more would meet it; see whether the modelled "
            f"load asks for it.",
            source=target.source,
        )
    for _, group in _missed(assessment.targets).groupby("target"):
        first = group.iloc[0]
        worst = group.sort_values(["gap_mbps", "school_id"], ascending=[False, True]).iloc[0]
        yield make_finding(
            "target-missed",
            "info",
            "district",
            name,
            part=f"buildings-{first['target']}",
            schools=tuple(sorted(group["school_id"])),
            message=(
                f"{first['title']}: {len(group)} buildings are below {first['basis']}; the widest "
                f"gap is {worst['school_id']} with {figure(worst['has_mbps'])} of "
                f"{figure(worst['needed_mbps'])} Mbps."
            ),
            value=float(len(group)),
            limit=0.0,
            unit="buildings",
            fix="Use it beside the modelled load: the targets disagree with each other.",
            source=first["source"],
        )


def _missed(targets: pd.DataFrame) -> pd.DataFrame:
    return targets[~targets["met"].astype(bool)]


def disparity_wide(assessment: Assessment) -> Iterator[Finding]:
    """Yield groupings whose worst group has less than half the capacity per student of the best."""
    for grouping, groups in assessment.disparity.groupby("grouping"):
        ratio = float(groups["worst_to_best"].iloc[0])
        if not np.isfinite(ratio) or ratio >= _WIDE_DISPARITY:
            continue
        ordered = groups.sort_values("median_mbps_per_student")
        worst, best = ordered.iloc[0], ordered.iloc[-1]
        yield make_finding(
            "disparity-wide",
            "info",
            "district",
            assessment.evidence.district.name,
            part=str(grouping).replace(" ", "-"),
            message=(
                f"By {grouping}, schools {worst['group']} have "
                f"{worst['median_mbps_per_student']:.3g} "
                f"Mbps per student (median), {ratio:.0%} of the "
                f"{best['median_mbps_per_student']:.3g} "
                f"of schools {best['group']}."
            ),
            value=ratio,
            limit=_WIDE_DISPARITY,
            unit="ratio of medians",
            fix="Take the lowest group first when circuits are renewed.",
            source="assumption: half of the best group's capacity per student",
        )
