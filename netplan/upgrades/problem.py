"""Needs and options as a choice without domain words, what stands in its way, and its answer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from netplan.errors import InfeasibleError
from netplan.optimize.modular import ModularProblem
from netplan.upgrades.model import Bools, Floats, Need, Option, Unmet
from netplan.upgrades.terms import Terms

#: A demand on several elements at once: year, weight, rows of the needs.
Demand = tuple[int, float, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything that is chosen from.

    Parameters
    ----------
    needs, options
        One entry per element that does not hold in some year; ``options`` may be empty.
    limits
        Per element what to say of it where nothing on offer is enough.
    """

    needs: tuple[Need, ...]
    options: tuple[tuple[Option, ...], ...]
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """An option that starts in a year and is in place until another, or the horizon, ends."""

    need: Need
    option: Option
    start: int
    years: int


def modular_problem(
    case: Case,
    terms: Terms,
    *,
    budget_usd: float | None = None,
    demands: tuple[Demand, ...] | None = None,
) -> ModularProblem:
    """Write a case as a modular problem: state 0 is as it is, then one state per option.

    Without demands every element must hold in every year, but for those in which a running
    contract keeps it as it is.

    Parameters
    ----------
    budget_usd
        What the district may pay each year, after E-Rate.
    demands
        What is relieved when which elements hold; then nothing must.
    """
    years = len(terms.school_years)
    once: list[Floats] = []
    running: list[Floats] = []
    enough: list[Bools] = []
    first: list[int] = []
    counts: list[float] = []
    running_counts: list[float] = []
    for need, own in zip(case.needs, case.options, strict=True):
        waits = waiting(need, own) if demands is None else np.zeros(years, dtype=np.bool_)
        once.append(np.zeros(years))
        running.append(np.zeros(years))
        counts.append(0.0)
        running_counts.append(0.0)
        first.append(0)
        enough.append(need.holds | waits)
        for option in own:
            paid = 1.0 - option.erate_share
            once.append((option.usd_once - option.buy_out_usd) * paid + option.buy_out_usd)
            running.append(option.usd_per_year * paid)
            counts.append(option.c2_usd)
            running_counts.append(option.usd_per_year if option.c2_usd > 0 else 0.0)
            first.append(option.first_year)
            enough.append(option.enough | waits)
    return ModularProblem(
        elements=tuple(f"{need.kind} {need.element}" for need in case.needs),
        years=years,
        states={
            f"{need.kind} {need.element}": ("as it is", *(option.option for option in own))
            for need, own in zip(case.needs, case.options, strict=True)
        },
        once_usd=_stacked(once, years),
        running_usd=_stacked(running, years),
        enough=np.asarray(enough, dtype=np.bool_).reshape(len(enough), years),
        first_year=np.array(first, dtype=np.int64),
        discount=terms.discount,
        budget_usd=None if budget_usd is None else (budget_usd,) * years,
        pools=tuple(
            (
                name,
                usd,
                # its yearly costs too, as if nothing took its place later: never too little
                np.array(counts)[:, None] * open_years
                + np.array(running_counts)[:, None] * open_years[::-1].cumsum()[::-1],
            )
            for name, usd, open_years in terms.c2_pools
        ),
        demands=demands,
    )


def waiting(need: Need, options: Sequence[Option]) -> Bools:
    """Give the years in which only a running contract keeps an element past its limit."""
    years = np.arange(len(need.holds))
    some = np.zeros(len(years), dtype=np.bool_)
    free = np.zeros(len(years), dtype=np.bool_)
    for option in options:
        some |= option.enough
        free |= option.enough & (option.first_year <= years)
    return np.asarray(~need.holds & some & ~free, dtype=np.bool_)


def unmet(case: Case, terms: Terms) -> tuple[tuple[Unmet, ...], tuple[Unmet, ...]]:
    """Find what no purchase can put right.

    Returns
    -------
    impossible, waits
        Elements for which nothing on offer is enough, and those that a contract keeps as they
        are for some years.
    """
    impossible, waits = [], []
    for need, own, limit in zip(case.needs, case.options, case.limits, strict=True):
        some = np.zeros(len(need.holds), dtype=np.bool_)
        for option in own:
            some |= option.enough
        never = ~need.holds & ~some
        if never.any():
            impossible.append(
                _unmet(
                    need,
                    never,
                    terms,
                    f"{_asks(need, never)}, and {limit}",
                    "Add a larger option to upgrades.csv, or take load off it.",
                )
            )
        late = waiting(need, own)
        if late.any():
            ends = next(option.why for option in own if option.first_year)
            price = _least(own, int(np.flatnonzero(late)[0]))
            waits.append(
                _unmet(
                    need,
                    late,
                    terms,
                    f"{_asks(need, late)}, and {ends.split('; ')[-1]}",
                    "Ask the provider for a change within the contract, or see what buying out "
                    f"costs (--buy-out); what holds costs from {price}.",
                )
            )
    return tuple(impossible), tuple(waits)


def _least(options: Sequence[Option], year: int) -> str:
    """Say the least that what holds in a year costs before E-Rate, the old contract aside."""
    _all, once, yearly = min(
        (once + option.usd_per_year * (len(option.enough) - year), once, option.usd_per_year)
        for option in options
        if option.enough[year]
        for once in (float(option.usd_once[year] - option.buy_out_usd[year]),)
    )
    parts = [f"{once:,.0f} USD once"] if once >= 1.0 or yearly < 1.0 else []
    parts += [f"{yearly:,.0f} USD more a year"] if yearly >= 1.0 else []
    return f"{' and '.join(parts)}, before E-Rate"


def first_year_usd(options: Sequence[Option], year: int) -> float:
    """Give the least that what holds in a year costs in it, after E-Rate; inf: nothing can."""
    return min(
        (
            float(
                (option.usd_once[year] - option.buy_out_usd[year] + option.usd_per_year)
                * (1.0 - option.erate_share[year])
                + option.buy_out_usd[year]
            )
            for option in options
            if option.enough[year] and option.first_year <= year
        ),
        default=float("inf"),
    )


def refuse(unmets: Sequence[Unmet]) -> None:
    """Raise InfeasibleError with every element, its years, why, and what would help."""
    if not unmets:
        return
    lines = [
        f"{one.kind.replace('_', ' ')} {one.element} in {_span(one.school_years)}: {one.why}. "
        f"{one.help}"
        for one in unmets
    ]
    raise InfeasibleError("No plan keeps every element below its limit:\n" + "\n".join(lines))


def purchases(case: Case, state: np.ndarray) -> tuple[Purchase, ...]:
    """Read what starts when out of the states, shape (elements, years), by year then element."""
    found = []
    for row, (need, own) in enumerate(zip(case.needs, case.options, strict=True)):
        path = [int(one) for one in state[row]]
        for year, now in enumerate(path):
            if now and (year == 0 or path[year - 1] != now):
                end = next((y for y in range(year, len(path)) if path[y] != now), len(path))
                found.append(Purchase(need=need, option=own[now - 1], start=year, years=end - year))
    return tuple(
        sorted(found, key=lambda one: (one.start, _ORDER[one.need.kind], one.need.element))
    )


_ORDER = {"link": 0, "new_link": 1, "node": 2, "ap_group": 3}


def _asks(need: Need, years: np.ndarray) -> str:
    """Say the most that an element is asked for in some years."""
    side = need.direction
    most = float(need.need_mbps[years, side].max())
    has = float(need.has_mbps[years, side].min())
    return f"it would have to be {most:,.0f} Mbps and is {has:,.0f}"


def _unmet(need: Need, years: np.ndarray, terms: Terms, why: str, fix: str) -> Unmet:
    return Unmet(
        element=need.element,
        kind=need.kind,
        school_years=tuple(terms.school_years[year] for year in np.flatnonzero(years)),
        why=why,
        help=fix,
        schools=need.schools,
    )


def _span(years: Sequence[str]) -> str:
    return years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"


def _stacked(rows: Sequence[Floats], years: int) -> Floats:
    return np.asarray(rows, dtype=np.float64).reshape(len(rows), years)
