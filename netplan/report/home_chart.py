"""Geometry of the chart of students against dollars: numbers to pixels, nothing else."""

import math
from dataclasses import dataclass

from netplan.report.format import count
from netplan.report.lookup import Row

_LEFT, _TOP, _WIDTH, _HEIGHT, _RIGHT, _BOTTOM = 64, 24, 560, 260, 24, 46


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One round number on an axis, at a pixel."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One budget: where it stands, and what a reader hears or sees of it."""

    x: float
    y: float
    tip: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveChart:
    """Students served against dollars a year, with the proven bound above."""

    width: int
    height: int
    left: int
    right: int
    top: int
    base: int
    line: str
    bound: str
    dots: tuple[Dot, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    summary: str
    asked: bool


def curve_chart(rows: list[Row]) -> CurveChart | None:
    """Draw the curve; None where it has fewer than two points.

    Parameters
    ----------
    rows
        Points with usd_per_year, students, bound_students and asked (drawn larger), by budget.
    """
    rows = [row for row in rows if row["students"] is not None]  # withheld where nearly nobody is
    most_usd = max((row["usd_per_year"] for row in rows), default=0.0)
    most = max((max(row["students"], row["bound_students"]) for row in rows), default=0.0)
    if len(rows) < 2 or most_usd <= 0 or most <= 0:
        return None
    x_ticks, y_ticks = round_steps(most_usd), round_steps(most)

    def x(value: float) -> float:
        return round(_LEFT + _WIDTH * value / x_ticks[-1], 1)

    def y(value: float) -> float:
        return round(_TOP + _HEIGHT * (1 - value / y_ticks[-1]), 1)

    dots = tuple(
        Dot(
            x=x(row["usd_per_year"]),
            y=y(row["students"]),
            tip=f"{count(row['usd_per_year'])} USD a year: at least "
            f"{count(row['students'])} students; "
            f"no plan serves more than {count(row['bound_students'])}",
            chosen=bool(row["asked"]),
        )
        for row in rows
    )
    first, last = rows[0], rows[-1]
    return CurveChart(
        width=_LEFT + _WIDTH + _RIGHT,
        height=_TOP + _HEIGHT + _BOTTOM,
        left=_LEFT,
        right=_LEFT + _WIDTH,
        top=_TOP,
        base=_TOP + _HEIGHT,
        line=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        bound=" ".join(f"{x(row['usd_per_year'])},{y(row['bound_students'])}" for row in rows),
        dots=dots,
        x_ticks=tuple(Tick(at=x(value), text=_short(value)) for value in x_ticks),
        y_ticks=tuple(Tick(at=y(value), text=count(value)) for value in y_ticks),
        asked=any(dot.chosen for dot in dots),
        summary=(
            f"From {count(first['students'])} students at {count(first['usd_per_year'])} USD a "
            f"year to {count(last['students'])} at {count(last['usd_per_year'])}."
        ),
    )


def round_steps(highest: float) -> list[float]:
    """Give four to eight round numbers from zero to at least ``highest``."""
    rough = highest / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * nice for nice in (1, 2, 5, 10) if power * nice >= rough)
    return [step * place for place in range(math.ceil(highest / step - 1e-9) + 1)]


def _short(usd: float) -> str:
    """Give thousands and millions of dollars in few letters."""
    if usd >= 1e6:
        return f"{usd / 1e6:g}M"
    return f"{usd / 1e3:g}k" if usd >= 1e3 else f"{usd:g}"
