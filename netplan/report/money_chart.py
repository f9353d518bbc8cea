"""Geometry of the chart of cost by year against what pays for it: numbers to pixels."""

import math
from dataclasses import dataclass

from netplan.money.model import Ownership
from netplan.report.format import count, listed
from netplan.report.frames import records
from netplan.report.home_chart import Tick, round_steps
from netplan.report.money_words import CENT, CENTER_WORDS, dollars, short_usd

#: Okabe and Ito's colors, told apart by color-blind readers too; the last is for what is small.
_COLORS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#f0e442")
_OTHER = "#8793a0"
#: What pays: E-Rate, money that lasts, one-time money (dotted), nobody yet (hatched).
_PAYERS = (
    ("erate_usd", "E-Rate", "#c9d3dd"),
    ("sustainable_usd", "money that lasts", "#33475b"),
    ("one_time_usd", "one-time money (it ends)", "url(#dots)"),
    ("unfunded_usd", "nobody yet", "url(#hatch)"),
)
_LEFT, _TOP, _HEIGHT, _BOTTOM = 62, 34, 250, 44
_WIDEST, _NARROWEST, _WIDTH = 140.0, 46.0, 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One part of a bar."""

    y: float
    height: float
    fill: str
    tip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearBars:
    """One school year: its cost by center on the left, what pays for it on the right."""

    label: str
    middle: float
    cost_x: float
    pays_x: float
    top: float
    text: str
    cost: tuple[Piece, ...]
    pays: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyChart:
    """Cost by school year, by cost center, against its sources of money."""

    width: float
    height: float
    left: int
    right: float
    base: int
    bar: float
    years: tuple[YearBars, ...]
    ticks: tuple[Tick, ...]
    costs: tuple[tuple[str, str], ...]
    payers: tuple[tuple[str, str], ...]
    summary: str


def money_chart(owned: Ownership) -> MoneyChart | None:
    """Draw every school year; None where nothing costs anything.

    Both bars of a year are equally high: cost before E-Rate = E-Rate + sources + unfunded.
    """
    centers = owned.centers.pivot_table(
        index="cost_center", columns="school_year", values="usd", sort=False, aggfunc="sum"
    ).reindex(columns=list(owned.school_years), fill_value=0.0)
    highest = float(centers.sum().max()) if len(centers) else 0.0
    if not highest > CENT or not math.isfinite(highest):
        return None
    stack = _stack(owned)
    ticks = round_steps(highest)
    step = max(_NARROWEST, min(_WIDEST, _WIDTH / len(owned.school_years)))
    bar, gap = round(step * 0.34, 1), round(step * 0.05, 1)
    erate = owned.centers.groupby("school_year")["erate_usd"].sum()
    pays = {row["school_year"]: row for row in records(owned.unfunded)}
    years = []
    for place, year in enumerate(owned.school_years):
        middle = round(_LEFT + step * (place + 0.5), 1)
        cost = [
            (words, color, float(centers.loc[list(members), year].sum()))
            for words, color, members in stack
        ]
        paid = {**pays[year], "erate_usd": float(erate.get(year, 0.0))}
        paying = [(words, color, float(paid[key])) for key, words, color in _PAYERS]
        whole = sum(usd for *_, usd in cost)
        years.append(
            YearBars(
                label=year,
                middle=middle,
                cost_x=round(middle - bar - gap / 2, 1),
                pays_x=round(middle + gap / 2, 1),
                top=_y(whole, ticks[-1]),
                text=short_usd(whole),
                cost=_pieces(year, cost, ticks[-1]),
                pays=_pieces(year, paying, ticks[-1]),
            )
        )
    right = round(_LEFT + step * len(owned.school_years) + 6, 1)
    used = {name for year in years for name in (piece.fill for piece in year.pays)}
    return MoneyChart(
        width=right + 8,
        height=_TOP + _HEIGHT + _BOTTOM,
        left=_LEFT,
        right=right,
        base=_TOP + _HEIGHT,
        bar=bar,
        years=tuple(years),
        ticks=tuple(Tick(at=_y(value, ticks[-1]), text=short_usd(value)) for value in ticks),
        costs=tuple((words, color) for words, color, _ in reversed(stack)),
        payers=tuple((words, color) for _, words, color in reversed(_PAYERS) if color in used),
        summary=_summary(owned, pays),
    )


def _stack(owned: Ownership) -> list[tuple[str, str, tuple[str, ...]]]:
    """Give what is stacked, from the bottom: the largest centers, then the small ones as one."""
    total = owned.centers.groupby("cost_center", sort=False)["usd"].sum()
    paid = total[total > CENT].sort_values(ascending=False, kind="stable")
    names = [str(name) for name in paid.index]
    # one more center than colors would be alone among the "others"
    alone = len(_COLORS) if len(names) > len(_COLORS) + 1 else len(names)
    colors = (*_COLORS, _OTHER)
    stack: list[tuple[str, str, tuple[str, ...]]] = [
        (CENTER_WORDS.get(name, name), colors[place], (name,))
        for place, name in enumerate(names[:alone])
    ]
    if names[alone:]:
        stack.append((f"{len(names) - alone} smaller centers", _OTHER, tuple(names[alone:])))
    return stack


def _pieces(year: str, parts: list[tuple[str, str, float]], highest: float) -> tuple[Piece, ...]:
    pieces, below = [], 0.0
    for words, color, usd in parts:
        if usd > CENT:
            top = _y(below + usd, highest)
            pieces.append(
                Piece(
                    y=top,
                    height=round(_y(below, highest) - top, 1),
                    fill=color,
                    tip=f"{year}, {words}: {count(usd)} USD",
                )
            )
            below += usd
    return tuple(pieces)


def _summary(owned: Ownership, pays: dict[str, dict[str, float]]) -> str:
    """Say in words what the chart shows; the tables beneath have every number."""
    cost = owned.centers.groupby("school_year")["usd"].sum()
    parts = []
    for year in owned.school_years:
        row, usd = pays[year], float(cost[year])
        payers = (
            (usd - row["net_usd"], "E-Rate"),
            (row["sustainable_usd"], "money that lasts"),
            (row["one_time_usd"], "one-time money"),
            (row["unfunded_usd"], "nobody yet"),
        )
        told = listed([f"{dollars(part)} by {who}" for part, who in payers if part > CENT])
        parts.append(f"{year}: {dollars(usd)}, {told}." if told else f"{year}: nothing.")
    return " ".join(parts)


def _y(usd: float, highest: float) -> float:
    return round(_TOP + _HEIGHT * (1 - usd / highest), 1)
