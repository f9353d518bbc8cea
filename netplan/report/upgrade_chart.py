"""Geometry of the bar charts of a plan of upgrades, by school year: numbers to pixels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from netplan.report.home_chart import Tick
from netplan.report.money_words import short_usd

_LEFT, _TOP, _HEIGHT, _BOTTOM = 58, 30, 190, 40
_STEP, _WIDEST = 96.0, 560.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One school year: a full bar, and the part of it that counts, drawn darker inside."""

    label: str
    x: float
    whole_y: float
    whole_height: float
    part_y: float
    part_height: float
    text: str
    tip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """Bars by school year with their axis."""

    title: str
    unit: str
    width: float
    height: int
    left: int
    right: float
    base: int
    bar: float
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    whole: str
    part: str
    summary: str


def bar_chart(
    title: str,
    unit: str,
    years: Sequence[str],
    whole: tuple[str, Sequence[float]],
    part: tuple[str, Sequence[float]],
) -> BarChart | None:
    """Draw one quantity and a part of it by school year; None where there is none of it.

    Parameters
    ----------
    title, unit
        What is drawn.
    years
        Labels.
    whole, part
        What the bar and its dark part are, and their heights.
    """
    highest = max(whole[1], default=0.0)
    if not highest > 0.0 or not math.isfinite(highest):
        return None
    step = min(_STEP, _WIDEST / len(years))
    top = _round_up(highest)
    bars = tuple(
        Bar(
            label=year,
            x=round(_LEFT + step * place + step * 0.2, 1),
            whole_y=_y(all_, top),
            whole_height=round(_TOP + _HEIGHT - _y(all_, top), 1),
            part_y=_y(some, top),
            part_height=round(_TOP + _HEIGHT - _y(some, top), 1),
            text=short_usd(all_),
            tip=f"{year}: {whole[0]} {short_usd(all_)}, {part[0]} {short_usd(some)} {unit}",
        )
        for place, (year, all_, some) in enumerate(zip(years, whole[1], part[1], strict=True))
    )
    right = round(_LEFT + step * len(years) + 6, 1)
    return BarChart(
        title=title,
        unit=unit,
        width=right + 8,
        height=_TOP + _HEIGHT + _BOTTOM,
        left=_LEFT,
        right=right,
        base=_TOP + _HEIGHT,
        bar=round(step * 0.6, 1),
        bars=bars,
        ticks=tuple(
            Tick(at=_y(top * quarter / 4, top), text=short_usd(top * quarter / 4))
            for quarter in range(5)
        ),
        whole=whole[0],
        part=part[0],
        summary="; ".join(bar.tip for bar in bars),
    )


def _round_up(value: float) -> float:
    """Give the next 1, 2, 4 or 8 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(factor * power for factor in (1, 2, 4, 8, 10, 20) if factor * power >= value)


def _y(value: float, top: float) -> float:
    return round(_TOP + _HEIGHT * (1.0 - value / top), 1)
