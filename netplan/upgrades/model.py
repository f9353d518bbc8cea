"""Shapes of the upgrade stage: what each element needs, what could be bought, and what is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: Relative slack of every comparison of a load with a capacity: what doubles add up to.
SLACK = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one element must carry in each school year of the horizon.

    Parameters
    ----------
    element, kind
        Id, and ``link``, ``node`` or ``ap_group``.
    has_mbps, need_mbps
        Shape (years, 3), by DIRECTIONS: its capacity as it is, and what it would have to be so
        that the largest planning load stays below the utilization limit; inf and 0 where there
        is no limit and no load. Of an access-point group: what its cells carry together, under
        ``both``.
    holds
        Shape (years,): whether it is enough as it is.
    period
        Per year the bell period of the largest use.
    cause
        Per year the failure that asks for it; empty: the usual day.
    schools
        Ids of the schools whose traffic it carries, sorted.
    """

    element: str
    kind: str
    has_mbps: Floats
    need_mbps: Floats
    holds: Bools
    period: tuple[str, ...]
    cause: tuple[str, ...]
    schools: tuple[str, ...]

    @property
    def direction(self) -> int:
        """The direction, as an index of DIRECTIONS, in which it is used most of its capacity."""
        use = np.divide(
            self.need_mbps,
            self.has_mbps,
            out=np.zeros_like(self.need_mbps),
            where=np.isfinite(self.has_mbps),
        )
        return int(use.max(axis=0).argmax())


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One state that an element can be bought into, in one school year or a later one.

    Parameters
    ----------
    option
        Id in the catalog of upgrades, with what makes it several states (``x2``, ``no-erate``).
    element, kind
        Link, node or access-point group that it is for; ``new_link`` is a link that is added.
    title
        In words, units included.
    units
        How many of the catalog's rows it takes.
    enough
        Shape (years,): whether it holds what each year asks of its element.
    from_mbps, to_mbps
        Capacity before and after in the element's limiting direction.
    usd_once
        Price per school year of the horizon, before E-Rate: shape (years,).
    usd_per_year
        What it costs more each year than the element as it is (at least 0).
    buy_out_usd
        Shape (years,): what of ``usd_once`` pays the rest of the old contract.
    erate
        E-Rate category, or ``none``.
    erate_share
        Share that E-Rate pays of it, per school year: shape (years,). Nothing of a buy-out.
    c2_usd
        What of ``usd_once`` counts against the Category Two budget; above 0, the yearly cost
        does so too.
    first_year
        First year of the horizon in which it may start (a contract that runs).
    table, key, cells
        The table of the district folder that it changes, the row's id, and the cells' values.
    also
        Other rows that come with it, as (table, key, cells): cables of added access points.
    replaced_access_points
        How many that are there now it takes the place of.
    status, source
        Of the price.
    why
        How price and first year came about.
    """

    option: str
    element: str
    kind: str
    title: str
    units: int
    enough: Bools
    from_mbps: float
    to_mbps: float
    usd_once: Floats
    usd_per_year: float
    buy_out_usd: Floats
    erate: str
    erate_share: Floats
    c2_usd: float
    first_year: int
    table: str
    key: str
    cells: Mapping[str, Any]
    status: str
    source: str
    why: str
    also: tuple[tuple[str, str, Mapping[str, Any]], ...] = ()
    replaced_access_points: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """An element that stays past its limit in some school years, and why.

    ``school_years`` are those in which it does; ``help`` says what would change that.
    """

    element: str
    kind: str
    school_years: tuple[str, ...]
    why: str
    help: str
    schools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradePlan:
    """What to buy, when, what it costs, and what it fixes.

    Parameters
    ----------
    upgrades
        One row per purchase, by school year then element: element, kind, option, title, units,
        from_mbps, to_mbps, school_year, years (how many years of the horizon it is in place),
        usd_once, usd_per_year, usd (before E-Rate: once, and yearly in each of those years),
        erate, erate_usd, net_usd (= usd - erate_usd), fixes (tuple of finding ids), schools
        (tuple), needed_mbps (in the last year in place), period, cause, status, source, why,
        replaced_access_points.
    school_years
        The horizon.
    cost_usd, bound_usd, gap_share
        Net present cost of the plan, what no plan can beat, and the difference as a share. With
        a budget, ``cost_usd`` is the plan's, and bound and gap are about the student-hours.
    usd_by_year, erate_by_year_usd, net_by_year_usd
        Paid in each school year: before E-Rate, by E-Rate, and what is left to the district.
    discount_rate_per_year
        With which later money is worth less in ``cost_usd``.
    budget_usd_per_year
        What may be spent each year; None: whatever it takes.
    relieved_student_hours, congested_student_hours
        Per school year of the horizon: what the plan relieves, and what there is without it.
    bound_student_hours
        What no plan within the budget can relieve more of, over all years.
    survives_failures
        Whether it was planned for every single failure too.
    unmet
        What stays past its limit, and why.
    rounds
        How often the plan was laid on the tables, checked and solved anew.
    notes
        Sentences that a reader must see.
    """

    upgrades: pd.DataFrame
    school_years: tuple[str, ...]
    cost_usd: float
    bound_usd: float | None
    gap_share: float
    usd_by_year: tuple[float, ...]
    erate_by_year_usd: tuple[float, ...]
    net_by_year_usd: tuple[float, ...]
    discount_rate_per_year: float
    budget_usd_per_year: float | None = None
    relieved_student_hours: tuple[float, ...] = ()
    congested_student_hours: tuple[float, ...] = ()
    bound_student_hours: float | None = None
    survives_failures: bool = False
    unmet: tuple[Unmet, ...] = ()
    rounds: int = 1
    notes: tuple[str, ...] = ()
