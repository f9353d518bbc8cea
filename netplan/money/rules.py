"""Dated prices and rules of funding as the money stage asks for them.

The rows are data (catalogs ``rules`` and ``discounts``) and `netplan.access.rules` says which one
holds on a day. A rule whose last row has ended is taken to go on as it was, and says so: nobody
knows next decade's budgets, and a plan over five years needs one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import pandas as pd

from netplan.access.rules import (
    BUS_WIFI,
    HOTSPOT,
    MONTHS_PER_YEAR,
    Rule,
    erate_share,
    funding_day,
    in_force,
)
from netplan.district.model import District

INTERNET_PRICE = "internet_usd_per_mbps_month"
LOW_INTERNET_PRICE = "internet_low_usd_per_mbps_month"
HIGH_INTERNET_PRICE = "internet_high_usd_per_mbps_month"
WAN_1G_PRICE = "wan_1g_usd_per_month"
WAN_10G_PRICE = "wan_10g_usd_per_month"
#: Off-campus services by the rule that says what share of their cost is eligible.
OFF_CAMPUS: Mapping[str, str] = MappingProxyType({"bus_wifi": BUS_WIFI, "hotspot": HOTSPOT})
UNVERIFIED = "unverified"
ASSUMPTION = "assumption"
SOURCED = "sourced"
_MBPS_1G, _MBPS_10G = 1_000.0, 10_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A rule for a school year; ``carried`` where its last row ended before and goes on here."""

    value: float
    unit: str
    first_day: date
    last_day: date | None
    status: str
    source: str
    carried: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitPrice:
    """What a circuit of a capacity costs a year where its own price is not known."""

    usd_per_year: float
    low_usd_per_year: float
    high_usd_per_year: float
    source: str


def held(rules: pd.DataFrame, name: str, school_year: str | None) -> Held | None:
    """Give the rule that holds in a school year, or the last one before it as carried on.

    Parameters
    ----------
    rules
        Catalog ``rules``.
    name
        Its rule.
    school_year
        Such as ``2026-27``; None: the newest rules.

    Returns
    -------
    Held or None
        None where the rule starts only later, or there is none of that name.
    """
    day = funding_day(school_year)
    rule = in_force(rules, name, day)
    if rule is not None:
        return _held(rule, carried=False)
    rows = rules[(rules["rule"] == name) & (rules["from_date"] <= day.isoformat())]
    if rows.empty:
        return None
    last = date.fromisoformat(str(rows["from_date"].max()))
    rule = in_force(rules, name, last)
    return None if rule is None else _held(rule, carried=school_year is not None)


def _held(rule: Rule, *, carried: bool) -> Held:
    source = rule.source
    if carried:
        source = f"assumption: it goes on after {rule.until_date} ({source})"
    return Held(
        value=rule.value,
        unit=rule.unit,
        first_day=rule.from_date,
        last_day=rule.until_date,
        status=ASSUMPTION if carried and rule.status == SOURCED else rule.status,
        source=source,
        carried=carried,
    )


def eligible_share(district: District, service: str, school_year: str | None) -> float:
    """Give the share of an off-campus service's cost that E-Rate takes as eligible in a year.

    Parameters
    ----------
    service
        ``bus_wifi`` or ``hotspot``: both eligible in funding year 2024 alone (5.11, 5.12).
    """
    return erate_share(district.table("rules"), OFF_CAMPUS[service], funding_day(school_year))


def internet_price(
    rules: pd.DataFrame, down_mbps: float, school_year: str | None
) -> CircuitPrice | None:
    """Give what an internet circuit costs at the national median price per Mbps.

    Parameters
    ----------
    rules
        Catalog ``rules``.
    down_mbps
        Its capacity.

    Returns
    -------
    CircuitPrice or None
        None where no price is known for that year.
    """
    middle = held(rules, INTERNET_PRICE, school_year)
    if middle is None:
        return None
    low, high = (
        held(rules, name, school_year) for name in (LOW_INTERNET_PRICE, HIGH_INTERNET_PRICE)
    )
    yearly = MONTHS_PER_YEAR * down_mbps
    return CircuitPrice(
        usd_per_year=yearly * middle.value,
        low_usd_per_year=yearly * (low.value if low is not None else middle.value),
        high_usd_per_year=yearly * (high.value if high is not None else middle.value),
        source=f"assumption: no price in links.csv; {middle.value:g} {middle.unit} "
        f"({middle.source})",
    )


def wan_price(
    rules: pd.DataFrame, down_mbps: float, school_year: str | None
) -> CircuitPrice | None:
    """Give what a leased line of a capacity costs: by tier, and by tens of Gbps above the last.

    Parameters
    ----------
    rules
        Catalog ``rules``.

    Returns
    -------
    CircuitPrice or None
        None where no price is known for that year.
    """
    small = held(rules, WAN_1G_PRICE, school_year)
    large = held(rules, WAN_10G_PRICE, school_year)
    if small is None or large is None:
        return None
    tier, lines = (small, 1.0) if down_mbps <= _MBPS_1G else (large, -(-down_mbps // _MBPS_10G))
    usd = MONTHS_PER_YEAR * lines * tier.value
    return CircuitPrice(
        usd_per_year=usd,
        low_usd_per_year=usd,
        high_usd_per_year=usd,
        source=f"assumption: no price in links.csv; {tier.value:,.0f} {tier.unit} ({tier.source})",
    )
