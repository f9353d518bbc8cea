"""Over, at risk or fits: the one place that says which, and why."""

from dataclasses import dataclass

#: Airtime that a cell has; a busy moment that asks for more waits.
WHOLE_AIRTIME = 1.0


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a building uses, as shares; 0 where nothing has a limit or there is no Wi-Fi.

    Parameters
    ----------
    utilization_share
        Of its bottleneck.
    airtime_share, planning_airtime_share
        Of its fullest access points: on average, and at the planning percentile.
    """

    utilization_share: float
    airtime_share: float
    planning_airtime_share: float


def causes(use: Use, limits: Limits, *, years: int) -> tuple[str, ...]:
    """Name what passes its limit after so many years of growth: links, airtime, moments.

    ``moments`` are busy moments that ask a cell for more than all of its airtime; they are
    judged as they are today, since their percentile is the least sure number here.
    """
    grown = (1.0 + limits.growth_per_year) ** years
    found = (
        ("links", use.utilization_share * grown > limits.utilization_share),
        ("airtime", use.airtime_share * grown > limits.airtime_share),
        ("moments", use.planning_airtime_share > WHOLE_AIRTIME),
    )
    return tuple(name for name, passed in found if passed)


def status_of(use: Use, limits: Limits) -> str:
    """Say ``over`` past a limit now, ``at-risk`` if one more year's growth passes one, ``fits``.

    Also at risk is a building whose Wi-Fi fits on average and not in its busy moments.
    """
    if {"links", "airtime"} & set(causes(use, limits, years=0)):
        return "over"
    return "at-risk" if causes(use, limits, years=1) else "fits"
