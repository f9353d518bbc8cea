"""What Over, At risk and Fits mean, and what puts a building there."""

from dataclasses import dataclass

from netplan.report.format import percent
from netplan.report.frames import records
from netplan.report.lookup import Row
from netplan.report.model import Report

#: Airtime that a cell has; a busy moment that asks for more waits.
_WHOLE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What statuses are held against.

    Parameters
    ----------
    utilization_share, airtime_share
        The district's limit on capacities, and the catalog's on mean airtime.
    growth_per_year
        Of the load, a share.
    """

    utilization_share: float
    airtime_share: float
    growth_per_year: float


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
    wire, air = row["bottleneck_utilization_share"] or 0.0, row["airtime_share"] or 0.0
    grown = 1.0 if row["status"] == "over" else 1.0 + limits.growth_per_year
    found = []
    if wire * grown > limits.utilization_share:
        found.append("links")
    if air * grown > limits.airtime_share:
        found.append("airtime")
    if (row.get("planning_airtime_share") or 0.0) > _WHOLE:
        found.append("moments")
    return tuple(found)


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
            f"{percent(_WHOLE)} of the airtime.",
        ),
        ("fits", "neither."),
    ]
