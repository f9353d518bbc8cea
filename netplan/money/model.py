"""Frozen results of the money stage: a district's cost of ownership and who pays for it."""

from dataclasses import dataclass

import pandas as pd

from netplan.capacity.model import Finding
from netplan.inputs.model import Assumption


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """A district's E-Rate discount and how it came about.

    ``status`` is ``sourced``, ``assumption`` or ``unverified``.
    """

    category: str
    share: float
    poverty_share: float | None
    rural: bool
    worked: str
    status: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A district's E-Rate budget of Category Two over its cycle, before the discount.

    Parameters
    ----------
    usd
        For all years of the cycle.
    first_school_year, last_school_year
        The cycle.
    left_usd
        What is taken to be left at the start of the school year that was asked for: the same
        share of the budget as of the cycle's years (assumption: netplan does not know what was
        spent).
    worked, status, source
        How it came about; ``unverified`` where a rule decides that nobody read.
    """

    usd: float
    first_school_year: str
    last_school_year: str
    left_usd: float
    worked: str
    status: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """Total cost of ownership, year by year, against what pays for it.

    Parameters
    ----------
    school_years
        In order.
    lines
        One row per item and school year: item, title, cost_center, school_year, quantity, per,
        usd (before discount), low_usd, high_usd, erate_usd (what E-Rate pays), net_usd
        (= usd - erate_usd), status, source, worked (how it came about, in words).
    centers
        One row per cost center and school year: cost_center, school_year, usd, low_usd, high_usd,
        erate_usd, net_usd; all centers in the framework's order, zeros included.
    fleet
        One row per device kind and school year: kind, devices, new_devices, renewed_devices,
        lost_devices.
    funding
        One row per funding source and school year: source_id, name, kind, school_year,
        available_usd, used_usd.
    unfunded
        One row per school year: school_year, net_usd, funded_usd, sustainable_usd, one_time_usd,
        unfunded_usd.
    discounts
        E-Rate discounts of both categories, in the first year.
    budgets
        Category Two budgets of every cycle that the years touch.
    assumptions
        What the years rest on that nobody measured: [money], first purchases, prices, rules.
    net_present_usd
        Net cost of all years in money of the first, at ``discount_rate_per_year``.
    net_usd, usd
        Sums over all years after and before E-Rate.
    usd_per_student_per_year
        Net, per enrolled student and year.
    findings
        Among them the funding cliff (``funding-cliff``), with the year and the sum.
    """

    school_years: tuple[str, ...]
    lines: pd.DataFrame
    centers: pd.DataFrame
    fleet: pd.DataFrame
    funding: pd.DataFrame
    unfunded: pd.DataFrame
    discounts: tuple[Discount, ...]
    discount_rate_per_year: float
    net_present_usd: float
    net_usd: float
    usd: float
    usd_per_student_per_year: float | None
    students: float
    findings: tuple[Finding, ...]
    budgets: tuple[Budget, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
