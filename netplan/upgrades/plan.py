"""Purchases as the table that a plan gives, and the money of each year."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netplan.district.model import District
from netplan.optimize.modular import ModularPlan
from netplan.upgrades.model import Bools, Floats, Unmet, UpgradePlan
from netplan.upgrades.problem import Case, Demand, Purchase, first_year_usd
from netplan.upgrades.terms import Terms

COLUMNS = (
    "element", "kind", "option", "title", "units", "from_mbps", "to_mbps", "needed_mbps",
    "school_year", "years", "usd_once", "usd_per_year", "usd", "erate", "erate_usd", "net_usd",
    "fixes", "schools", "period", "cause", "status", "source", "why",
    "replaced_access_points",
)  # fmt: skip
#: So many things in the way of another are named.
_BLOCKERS = 3
_COST = "cost in the first year, after E-Rate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search ended with.

    Parameters
    ----------
    case, demands, chosen
        The last round's problem and its answer; ``demands`` None without a budget.
    bought
        Its purchases.
    laid
        The district of each school year with the plan laid on.
    unmet
        What nothing could be bought for in time.
    left
        What the last check still found past its limit, in words; empty: nothing.
    rounds
        How many it took.
    """

    case: Case
    bought: tuple[Purchase, ...]
    chosen: ModularPlan
    demands: tuple[Demand, ...] | None
    laid: tuple[District, ...]
    unmet: tuple[Unmet, ...]
    left: tuple[str, ...]
    rounds: int


def plan_of(
    found: Found,
    fixed: Sequence[tuple[str, ...]],
    terms: Terms,
    budget_usd: float | None,
    *,
    failures: bool,
) -> UpgradePlan:
    """Give a search's answer as a plan.

    Parameters
    ----------
    fixed
        Ids of the findings that each purchase takes away.
    budget_usd
        What could be spent each year; None: whatever it takes.
    failures
        Whether single failures were planned for.
    """
    usd, erate = by_year(found.bought, terms)
    chosen = found.chosen
    years = len(terms.school_years)
    relieved, congested = np.zeros(years), np.zeros(years)
    for (year, hours, _rows), away in zip(found.demands or (), chosen.relieved, strict=True):
        congested[year] += hours
        relieved[year] += hours if away else 0.0
    asked = found.demands is not None
    return UpgradePlan(
        upgrades=upgrades_table(found.bought, fixed, terms),
        school_years=terms.school_years,
        cost_usd=chosen.cost_usd,
        bound_usd=None if asked else chosen.bound,
        gap_share=chosen.gap_share,
        usd_by_year=tuple(usd.tolist()),
        erate_by_year_usd=tuple(erate.tolist()),
        net_by_year_usd=tuple((usd - erate).tolist()),
        discount_rate_per_year=terms.discount_rate_per_year,
        budget_usd_per_year=budget_usd,
        relieved_student_hours=tuple(relieved.tolist()) if asked else (),
        congested_student_hours=tuple(congested.tolist()) if asked else (),
        bound_student_hours=chosen.bound if asked else None,
        survives_failures=failures and not asked,
        unmet=(*found.unmet, *(_left(found, terms, budget_usd or 0.0) if asked else ())),
        rounds=found.rounds,
        notes=_notes(found, terms, failures=failures),
    )


def _left(found: Found, terms: Terms, budget_usd: float) -> tuple[Unmet, ...]:
    """Give what the budget does not reach, by element."""
    known = {(one.kind, one.element) for one in found.unmet}
    left = []
    shorts = _shorts(found)
    for row, (need, short) in enumerate(zip(found.case.needs, shorts, strict=True)):
        if short.any() and (need.kind, need.element) not in known:
            left.append(
                Unmet(
                    element=need.element,
                    kind=need.kind,
                    school_years=tuple(terms.school_years[at] for at in np.flatnonzero(short)),
                    why=_why_left(found, shorts, row, budget_usd),
                    help="A larger budget, or none, plans it too.",
                    schools=need.schools,
                )
            )
    return tuple(left)


def _shorts(found: Found) -> list[Bools]:
    """Give per element the years in which it is past its limit with the plan."""
    shorts = []
    for need, own, state in zip(
        found.case.needs, found.case.options, found.chosen.state, strict=True
    ):
        enough = np.stack([need.holds, *(option.enough for option in own)])
        shorts.append(np.asarray(~enough[state, np.arange(len(need.holds))], np.bool_))
    return shorts


def _why_left(found: Found, shorts: Sequence[Bools], row: int, budget_usd: float) -> str:
    """Say what keeps an element from being worth its price: the budget, or what else is short.

    Of all students behind it, those count on whose way the fewest other things are past their
    limit; of those things, the cheapest comes first: it is the next step.
    """
    ways = [
        (tuple(other for other in rows if other != row and shorts[other][year]), year)
        for year, _hours, rows in found.demands or ()
        if row in rows and shorts[row][year]
    ]
    if not ways:
        return "no student-hours of the usual day hang on it"
    options = found.case.options
    others, year = min(ways, key=lambda way: (len(way[0]), way[1], way[0]))
    if not others:
        usd = first_year_usd(options[row], year)
        past = (
            "more than a year's budget"
            if usd > budget_usd
            else "the budget relieves more elsewhere"
        )
        return f"it takes {_priced(usd)} ({_COST}), {past}"
    prices = sorted((first_year_usd(options[other], year), other) for other in others)
    named = [f"{found.case.needs[other].element} ({_priced(usd)})" for usd, other in prices]
    more = [f"{len(named) - _BLOCKERS} more"] if len(named) > _BLOCKERS else []
    *most, last = [*named[:_BLOCKERS], *more]
    are = f"{', '.join(most)} and {last} are" if most else f"{last} is"
    return f"it gives nothing back while {are} past the limit ({_COST})"


def _priced(usd: float) -> str:
    if not np.isfinite(usd):
        return "what cannot be bought by then"
    return f"{usd:,.0f} USD"


def _notes(found: Found, terms: Terms, *, failures: bool) -> tuple[str, ...]:
    notes = []
    if failures and found.demands is not None:
        notes.append(
            "With a budget the usual day's student-hours come first; what only a failure asks for "
            "is listed as not put right."
        )
    if found.left:
        notes.append(
            f"After {found.rounds} rounds the plan still leaves past their limit: "
            f"{', '.join(found.left)}."
        )
    elif found.rounds > 1:
        notes.append(
            f"Laid on the tables and checked, the first plan shifted load; solved "
            f"{found.rounds} times until everything held."
        )
    waits = [one for one in found.bought if one.option.first_year and one.start]
    if waits and not terms.buy_out:
        notes.append(
            "Circuits under contract change in the first school year that begins after it ends; "
            "buying out is looked at with --buy-out."
        )
    return tuple(notes)


def upgrades_table(
    bought: Sequence[Purchase], fixed: Sequence[tuple[str, ...]], terms: Terms
) -> pd.DataFrame:
    """Give one row per purchase; columns as in `UpgradePlan.upgrades`."""
    rows = []
    for one, ids in zip(bought, fixed, strict=True):
        usd, erate = paid(one, terms)
        option, need = one.option, one.need
        last = one.start + one.years - 1
        short = np.flatnonzero(~need.holds)
        worst = last if last in short else int(short[0])
        rows.append(
            {
                "element": option.element,
                "kind": option.kind,
                "option": option.option,
                "title": option.title,
                "units": option.units,
                "from_mbps": option.from_mbps,
                "to_mbps": option.to_mbps,
                "needed_mbps": float(need.need_mbps[last, need.direction]),
                "school_year": terms.school_years[one.start],
                "years": one.years,
                "usd_once": float(option.usd_once[one.start]),
                "usd_per_year": option.usd_per_year,
                "usd": float(usd.sum()),
                "erate": option.erate,
                "erate_usd": float(erate.sum()),
                "net_usd": float(usd.sum() - erate.sum()),
                "fixes": ids,
                "schools": need.schools,
                "period": need.period[worst],
                "cause": need.cause[worst],
                "status": option.status,
                "source": option.source,
                "why": option.why,
                "replaced_access_points": option.replaced_access_points,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def paid(one: Purchase, terms: Terms) -> tuple[Floats, Floats]:
    """Give what a purchase costs in each year before E-Rate, and what E-Rate pays of it."""
    years = np.arange(len(terms.school_years))
    usd = np.where(
        (years >= one.start) & (years < one.start + one.years), one.option.usd_per_year, 0.0
    )
    erate = usd * one.option.erate_share
    once = float(one.option.usd_once[one.start])
    left = float(one.option.buy_out_usd[one.start])
    usd[one.start] += once
    erate[one.start] += (once - left) * float(one.option.erate_share[one.start])
    return usd, erate


def by_year(bought: Sequence[Purchase], terms: Terms) -> tuple[Floats, Floats]:
    """Give all purchases' cost in each year before E-Rate, and what E-Rate pays: (years,) each."""
    usd = np.zeros(len(terms.school_years))
    erate = np.zeros(len(terms.school_years))
    for one in bought:
        own, helped = paid(one, terms)
        usd, erate = usd + own, erate + helped
    return usd, erate
