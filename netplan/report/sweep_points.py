"""Geometry of a sweep's frontier and histograms: numbers to pixels, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from netplan.report.format import count, number
from netplan.report.lookup import Row
from netplan.report.sweep_charts import Tick, round_steps

Floats = npt.NDArray[np.float64]

_WIDTH, _LEFT, _RIGHT, _TOP, _PLOT, _FOOT = 430, 40, 22, 22, 210, 40
_BINS, _BIN, _LOW = 12, 9, 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One option, or several at one pixel."""

    x: float
    y: float
    tip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """Buildings over the limit against a cost: all options, and the line that none beats."""

    width: int
    height: int
    left: int
    right: int
    top: int
    base: int
    line: str
    best: tuple[Dot, ...]
    others: tuple[Dot, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    axis: str
    summary: str


def frontier_chart(options: Sequence[Row], *, axis: str) -> Frontier | None:
    """Draw what each dollar buys; None where no option is best.

    Parameters
    ----------
    options
        ``frontier``: usd, buildings_over and best, by cost; those at one pixel are drawn once.
    axis
        What is paid for.
    """
    rows = [row for row in options if row["best"]]
    if not rows:
        return None
    left, right, top, base = _LEFT, _WIDTH - _RIGHT, _TOP, _TOP + _PLOT
    across = round_steps(options[0]["usd"], options[-1]["usd"])
    down = round_steps(0.0, max(1.0, *(row["buildings_over"] for row in options)))

    def x(value: float) -> float:
        share = (value - across[0]) / (across[-1] - across[0])
        return round(left + (right - left) * share, 1)

    def y(value: float) -> float:
        return round(base - (base - top) * (value - down[0]) / (down[-1] - down[0]), 1)

    best = tuple(
        Dot(
            x=x(row["usd"]),
            y=y(row["buildings_over"]),
            tip=f"{count(row['usd'])} USD: {number(row['buildings_over'])} buildings over",
        )
        for row in rows
    )
    places = {(round(x(row["usd"])), round(y(row["buildings_over"]))) for row in options}
    # a step: until the next dollar amount nothing gets better
    steps = [f"{best[0].x},{best[0].y}"]
    for before, dot in pairwise(best):
        steps += [f"{dot.x},{before.y}", f"{dot.x},{dot.y}"]
    steps.append(f"{right},{best[-1].y}")
    return Frontier(
        width=_WIDTH,
        height=base + _FOOT,
        left=left,
        right=right,
        top=top,
        base=base,
        line=" ".join(steps),
        best=best,
        others=tuple(Dot(x=one, y=other) for one, other in sorted(places)),
        x_ticks=tuple(Tick(at=x(value), text=_short(value)) for value in across),
        y_ticks=tuple(Tick(at=y(value), text=count(value)) for value in down),
        axis=axis,
        summary=_bought(rows),
    )


def _bought(rows: Sequence[Row]) -> str:
    """Say in a sentence what the dollars between the cheapest and the best option buy."""
    first, last = rows[0], rows[-1]
    words = f"{number(first['buildings_over'])} buildings are over at {count(first['usd'])} USD"
    if len(rows) == 1:
        return f"{words}, the least that is spent; no option that costs more does better."
    return f"{words}, {number(last['buildings_over'])} at {count(last['usd'])} USD."


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """How often an input took which values."""

    width: int
    height: int
    bars: tuple[tuple[float, float, float], ...]
    bar: int
    summary: str


def histogram(values: Floats) -> Histogram:
    """Draw how often an input took which values; bars are (x, y, height).

    Parameters
    ----------
    values
        Shape (samples,), finite.
    """
    times, _ = np.histogram(values, bins=_BINS)
    most = max(int(times.max()), 1)
    heights = [round(_LOW * int(each) / most, 1) for each in times]
    return Histogram(
        width=_BINS * _BIN,
        height=_LOW,
        bars=tuple(
            (place * _BIN + 1.0, round(_LOW - tall, 1), tall)
            for place, tall in enumerate(heights)
            if tall
        ),
        bar=_BIN - 2,
        summary=f"from {number(float(values.min()))} to {number(float(values.max()))}",
    )


def _short(usd: float) -> str:
    """Give thousands and millions of dollars in few letters."""
    if usd >= 1e6:
        return f"{usd / 1e6:g}M"
    return f"{usd / 1e3:g}k" if usd >= 1e3 else f"{usd:g}"
