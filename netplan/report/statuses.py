"""What Over, At risk and Fits mean, and what puts a building there."""

from netplan.capacity.status import WHOLE_AIRTIME, Limits, Use, causes
from netplan.report.format import percent
from netplan.report.frames import records
from netplan.report.lookup import Row
from netplan.report.model import Report


def limits_of(report: Report) -> Limits:
    """Gather the limits of a report."""
    planning = report.district.planning
    tables = report.district.inputs.tables
    rows = records(tables["settings"]) if "settings" in tables else []
    settings = {row["name"]: row["value"] for row in rows}
    return Limits(
        utilization_share=planning.utilization_limit,
        airtime_share=float(settings.get("airtime_limit_share", planning.utilization_limit)),
        growth_per_year=planning.growth_per_year,
    )


def reasons(row: Row, limits: Limits) -> tuple[str, ...]:
    """Say what puts a building where it is: ``links``, ``airtime``, ``moments``, worst first."""
    if row["status"] == "fits":
        return ()
    use = Use(
        utilization_share=row["bottleneck_utilization_share"] or 0.0,
        airtime_share=row["airtime_share"] or 0.0,
        planning_airtime_share=row.get("planning_airtime_share") or 0.0,
    )
    return causes(use, limits, years=0 if row["status"] == "over" else 1)


def by_air(row: Row, limits: Limits) -> bool:
    """Tell whether a status comes from the Wi-Fi alone."""
    found = reasons(row, limits)
    return bool(found) and "links" not in found


def legend(limits: Limits) -> list[tuple[str, str]]:
    """Define each status in a sentence."""
    limit, air = percent(limits.utilization_share), percent(limits.airtime_share)
    return [
        (
            "over",
            f"in the busiest period the planning load takes more than {limit} of some link or "
            f"device on the building's way, or its clients ask a group of access points for more "
            f"than {air} of its airtime.",
        ),
        (
            "at-risk",
            f"fits now, but passes one of these limits with one more year's growth of "
            f"{percent(limits.growth_per_year)}, or its Wi-Fi's busy moments ask for more than "
            f"{percent(WHOLE_AIRTIME)} of the airtime.",
        ),
        ("fits", "neither."),
    ]
