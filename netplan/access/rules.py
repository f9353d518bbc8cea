"""Dated funding rules: what holds on the first day of the school year that is planned.

The rules themselves are data (the catalogs ``rules`` and ``low_cost_plans``): a change of policy
is a new row with a date, never a change of code.
"""

import math
import re
from dataclasses import dataclass
from datetime import date

import pandas as pd

MONTHS_PER_YEAR = 12
BUS_WIFI = "erate_bus_wifi_share"
HOTSPOT = "erate_hotspot_share"
HOTSPOT_CAP = "erate_hotspot_usd_per_month_cap"
LIFELINE = "lifeline_usd_per_month"
#: Stands for "no school year given": no rule starts later, so the newest holds.
NEWEST = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One dated row of the catalog ``rules``; ``until_date`` None is open."""

    name: str
    value: float
    unit: str
    from_date: date
    until_date: date | None
    status: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A price after a dated rule, with the words that say which rule."""

    usd_per_year: float
    source: str


def funding_day(school_year: str | None) -> date:
    """Give the day whose rules hold for a school year.

    The first of July: E-Rate's funding year runs from July to June. Without a school year it
    is `NEWEST`, never today, so that the same folder always gives the same plan.

    Parameters
    ----------
    school_year
        Such as ``2026-27``.
    """
    return NEWEST if school_year is None else date(int(school_year[:4]), 7, 1)


def day_text(day: date) -> str:
    """Name a funding day in words for the report."""
    if day == NEWEST:
        return "under the newest rules (district.toml has no school_year)"
    return f"on {day.isoformat()}"


def in_force(rules: pd.DataFrame, rule: str, day: date) -> Rule | None:
    """Give the row of a rule that holds on a day, the latest to start where two do.

    Parameters
    ----------
    rules
        Catalog: rule, from_date, until_date (both included; empty: open), value, unit,
        status, source.
    rule
        Name of the rule.
    day
        From `funding_day`.

    Returns
    -------
    Rule or None
        None where no row holds: not yet in force, or ended.
    """
    rows = _holding(rules.loc[rules["rule"] == rule], day)
    if rows.empty:
        return None
    row = rows.iloc[-1]
    until = _text(row["until_date"])
    return Rule(
        name=rule,
        value=float(row["value"]),
        unit=str(row["unit"]),
        from_date=date.fromisoformat(_text(row["from_date"]) or date.min.isoformat()),
        until_date=date.fromisoformat(until) if until else None,
        status=str(row["status"]),
        source=str(row["source"]),
    )


def plans_in_force(plans: pd.DataFrame, day: date) -> pd.DataFrame:
    """Give the rows of the catalog ``low_cost_plans`` that hold on a day, sorted by plan."""
    return _holding(plans, day).sort_values("plan", kind="stable", ignore_index=True)


def erate_share(rules: pd.DataFrame, rule: str, day: date) -> float:
    """Give the share of a cost that E-Rate takes as eligible on a day; 0 where no rule holds."""
    held = in_force(rules, rule, day)
    return 0.0 if held is None else held.value


def erate_price(
    usd_per_year: float,
    rules: pd.DataFrame,
    rule: str,
    day: date,
    *,
    discount_share: float | None,
    cap_usd_per_year: float = math.inf,
) -> Price:
    """Give what is left to pay after E-Rate.

    ``usd - discount_share x eligible share x min(usd, cap)``.

    Parameters
    ----------
    usd_per_year
        Price before.
    rules, rule, day
        As in `in_force`; the rule's value is the share of the cost that is eligible.
    discount_share
        The district's E-Rate discount, 0 to 1; None: not known, so nothing is taken off.
    cap_usd_per_year
        Most of the price that is eligible.
    """
    held = in_force(rules, rule, day)
    if held is None or held.value == 0:
        source = "no rule is in force" if held is None else held.source
        return Price(
            usd_per_year=usd_per_year, source=f"E-Rate pays 0 % of it {day_text(day)} ({source})"
        )
    if discount_share is None:
        return Price(
            usd_per_year=usd_per_year,
            source=f"eligible for E-Rate {day_text(day)} ({held.source}), but the district's "
            "discount is not known: nothing is taken off",
        )
    paid = discount_share * held.value * min(usd_per_year, cap_usd_per_year)
    return Price(
        usd_per_year=usd_per_year - paid,
        source=f"less {discount_share:.0%} E-Rate {day_text(day)} ({held.source})",
    )


def hotspot_cap_usd_per_year(rules: pd.DataFrame, day: date) -> float:
    """Give the most of a lent hotspot's yearly service that E-Rate takes; inf: no cap holds."""
    held = in_force(rules, HOTSPOT_CAP, day)
    return math.inf if held is None else MONTHS_PER_YEAR * held.value


def lifeline_usd_per_year(rules: pd.DataFrame, day: date) -> float:
    """Give Lifeline's yearly support of one household; 0 where no rule holds."""
    held = in_force(rules, LIFELINE, day)
    return 0.0 if held is None else MONTHS_PER_YEAR * held.value


def same_provider(left: str, right: str) -> bool:
    """Say whether two names of internet providers mean the same one.

    Case and punctuation do not count, and one name may be longer: ``Comcast`` is ``Comcast
    Cable Communications, LLC``, whole words only. Several names of one provider may stand in
    either text with ``;`` between them.
    """
    return any(_same(one, other) for one in left.split(";") for other in right.split(";"))


def _same(left: str, right: str) -> bool:
    words = sorted((_words(left), _words(right)), key=len)
    if not words[0]:
        return False
    return f" {' '.join(words[0])} " in f" {' '.join(words[1])} "


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", name.casefold())


def _holding(rows: pd.DataFrame, day: date) -> pd.DataFrame:
    """Give the rows that hold on a day, in order of their start (ISO dates sort as text)."""
    start, end = rows["from_date"].map(_text), rows["until_date"].map(_text)
    held = (start <= day.isoformat()) & ((end == "") | (end >= day.isoformat()))
    order = start[held].sort_values(kind="stable").index
    return rows.loc[order]


def _text(cell: object) -> str:
    """Give a cell as text, an unknown one as none."""
    return "" if pd.isna(cell) else str(cell)  # type: ignore[call-overload]
