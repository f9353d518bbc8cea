"""Shapes of the upgrade stage: what each element needs, what could be bought, and what is."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One state that an element can be bought into, in one school year or a later one.

    Parameters
    ----------
    option
        Id in the catalog of upgrades.
    element
        Link, node or (``new_link``) building that it is for.
    capacity_mbps
        Capacity down, up and both of the element afterwards (inf = no limit); of an access-point
        group the busiest period's load that its airtime carries.
    from_mbps, to_mbps
        What the plan reports, in the element's limiting direction.
    usd_once
        Price per school year of the horizon, before E-Rate: shape (years,).
    usd_per_year
        What it costs more each year than the element as it is (may be negative).
    erate_share
        Share that E-Rate pays of it, per school year: shape (years,).
    c2_usd
        What of ``usd_once`` counts against the Category Two budget.
    first_year
        First year of the horizon in which it may start (a contract that runs, a window missed).
    why
        How price and first year came about, with source.
    """

    option: str
    element: str
    title: str
    capacity_mbps: tuple[float, float, float]
    from_mbps: float
    to_mbps: float
    usd_once: Floats
    usd_per_year: float
    erate_share: Floats
    c2_usd: float
    first_year: int
    status: str
    source: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradePlan:
    """What to buy, when, what it costs, and what it fixes.

    Parameters
    ----------
    upgrades
        One row per purchase, by school year then element: element, kind, option, title,
        from_mbps, to_mbps, school_year, usd (before E-Rate), usd_per_year, erate_usd, net_usd,
        fixes (tuple of finding ids), schools (tuple), status, source, why.
    cost_usd, bound_usd, gap_share
        Net present cost of the plan, what no plan can beat, and the difference as a share. With
        a budget the bound is on the student-hours.
    relieved_student_hours, congested_student_hours
        Per school year of the horizon: what the plan relieves, and what there is without it.
    """

    upgrades: pd.DataFrame
    school_years: tuple[str, ...]
    cost_usd: float
    bound_usd: float
    gap_share: float
    net_by_year_usd: tuple[float, ...]
    usd_by_year: tuple[float, ...]
    budget_usd_per_year: float | None = None
    relieved_student_hours: tuple[float, ...] = ()
    congested_student_hours: tuple[float, ...] = ()
    bound_student_hours: float | None = None
    survives_failures: bool = False
    unfixed: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
