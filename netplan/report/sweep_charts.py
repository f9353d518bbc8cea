"""Geometry of a sweep's charts: numbers to pixels, nothing else.

All are narrow enough for a phone: names stand above their bars, not beside them.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from netplan.report.format import count, number, percent
from netplan.report.lookup import Row
from netplan.report.sweep_words import by_span

_LEFT, _RIGHT, _WIDTH = 12, 22, 430
_ROW, _HEAD, _FOOT = 46, 18, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One round number on an axis, at a pixel."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One row of a chart of bars: a name, two bars that start at one line, and their texts.

    ``first_x`` and ``second_x`` are left ends; ``first_reach`` and ``second_reach`` the pixels
    of a standard error to each side, 0 = none is drawn.
    """

    y: float
    name: str
    text: str
    tip: str
    first_x: float
    first_width: float
    second_x: float
    second_width: float
    first_reach: float = 0.0
    second_reach: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Pairs of bars under each other, over one axis; ``origin`` is the line that they start at."""

    title: str
    width: int
    height: int
    left: int
    right: int
    base: int
    origin: float
    origin_text: str
    pairs: tuple[Pair, ...]
    ticks: tuple[Tick, ...]
    axis: str
    summary: str


def tornado(rows: Sequence[Row], *, title: str, axis: str, middle: float) -> Bars | None:
    """Draw what each input does: the mean outcome in its lowest and in its highest fifth.

    Parameters
    ----------
    rows
        Of one school year and outcome; the longest bar is drawn first: input, low_input,
        high_input, outcome_low, outcome_high.
    title, axis
        Of the chart, and of its axis with the unit.
    middle
        Mean outcome of all samples, where bars start.

    Returns
    -------
    bars
        None where nothing changes the outcome.
    """
    ends = [row[name] for row in rows for name in ("outcome_low", "outcome_high")]
    ends = [value for value in [*ends, middle] if value is not None and math.isfinite(value)]
    if len(ends) < 2 or max(ends) - min(ends) <= 0 or not math.isfinite(middle):
        return None
    axis_at = _axis(min(ends), max(ends))
    origin = axis_at.place(middle)
    rows = by_span(rows)
    pairs = []
    for place, row in enumerate(rows):
        low, high = row["outcome_low"], row["outcome_high"]
        low_x, high_x = axis_at.place(low), axis_at.place(high)
        pairs.append(
            Pair(
                y=_HEAD + place * _ROW,
                name=row["input"],
                text=f"{number(low)} → {number(high)}",
                tip=(
                    f"{row['input']} at {row['low_input']}: {number(low)}; "
                    f"at {row['high_input']}: {number(high)}"
                ),
                first_x=min(low_x, origin),
                first_width=round(abs(low_x - origin), 1),
                second_x=min(high_x, origin),
                second_width=round(abs(high_x - origin), 1),
            )
        )
    top = rows[0]
    return _bars(
        pairs,
        axis_at,
        title=title,
        axis=axis,
        origin=origin,
        origin_text=f"mean {number(middle)}",
        summary=(
            f"What moves it most: {top['input']}, from {number(top['outcome_low'])} on average at "
            f"{top['low_input']} to {number(top['outcome_high'])} at {top['high_input']}; over all "
            f"samples the mean is {number(middle)}."
        ),
    )


def sobol_bars(rows: Sequence[Row], *, title: str) -> Bars | None:
    """Draw the share of an outcome's variance that each input explains, alone and in all.

    Parameters
    ----------
    rows
        Of one school year and outcome: input, first, first_se, total, total_se.
    """
    rows = sorted(
        (row for row in rows if row["total"] is not None and math.isfinite(row["total"])),
        key=lambda row: (-row["total"], row["input"]),
    )
    if not rows:
        return None
    axis_at = _axis(0.0, max(1.0, *(row["total"] for row in rows)), text=percent)
    pairs = tuple(
        Pair(
            y=_HEAD + place * _ROW,
            name=row["input"],
            text=f"{percent(max(row['first'], 0.0))} alone, {percent(row['total'])} in all",
            tip=(
                f"{row['input']}: {percent(row['first'])} ± {percent(row['first_se'])} alone, "
                f"{percent(row['total'])} ± {percent(row['total_se'])} with all it acts with"
            ),
            first_x=axis_at.place(0.0),
            first_width=axis_at.span(max(row["first"], 0.0)),
            second_x=axis_at.place(0.0),
            second_width=axis_at.span(row["total"]),
            first_reach=axis_at.span(row["first_se"]),
            second_reach=axis_at.span(row["total_se"]),
        )
        for place, row in enumerate(rows)
    )
    return _bars(
        pairs,
        axis_at,
        title=title,
        axis="share of the variance",
        origin=axis_at.place(0.0),
        origin_text="",
        summary=f"{rows[0]['input']} explains most: {pairs[0].text} of the variance.",
    )


def year_ranges(rows: Sequence[Row], buildings: int) -> Bars | None:
    """Draw how many buildings are over the limit in each school year.

    Parameters
    ----------
    rows
        ``counts``: school_year, mean, p05, median, p95, most.
    buildings
        Of the district: the end of the axis.
    """
    if not rows or buildings < 1:
        return None
    steps = round_steps(0.0, float(buildings))
    # no more than there are; a round number too near to that gives way
    inner = [step for step in steps if step <= buildings - (steps[1] - steps[0]) / 4]
    axis_at = _Axis((*inner, float(buildings)), number)
    pairs = tuple(
        Pair(
            y=_HEAD + place * _ROW,
            name=row["school_year"],
            text=f"{row['median']}, mostly {row['p05']} to {row['p95']}"
            if row["p05"] != row["p95"]
            else f"{row['median']}",
            tip=(
                f"{row['school_year']}: {row['median']} in the middling sample, {row['p05']} to "
                f"{row['p95']} in nine of ten, {row['most']} at most"
            ),
            first_x=axis_at.place(0.0),
            first_width=axis_at.span(row["median"]),
            second_x=axis_at.place(row["p05"]),
            second_width=axis_at.span(row["p95"] - row["p05"]),
        )
        for place, row in enumerate(rows)
    )
    first, last = rows[0], rows[-1]
    words = f"In the middling sample {first['median']} are over in {first['school_year']}"
    if len(rows) > 1:
        words += f" and {last['median']} in {last['school_year']}"
    return _bars(
        pairs,
        axis_at,
        title="Buildings over the limit, by school year",
        axis=f"of {count(buildings)} buildings",
        origin=axis_at.place(0.0),
        origin_text="",
        summary=f"{words}.",
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    """Round numbers over the width of a chart of bars."""

    steps: tuple[float, ...]
    text: Callable[[float], str]

    def place(self, value: float) -> float:
        share = (value - self.steps[0]) / (self.steps[-1] - self.steps[0])
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * share, 1)

    def span(self, value: float) -> float:
        share = value / (self.steps[-1] - self.steps[0])
        return round((_WIDTH - _LEFT - _RIGHT) * share, 1)


def _axis(low: float, high: float, *, text: Callable[[float], str] = number) -> _Axis:
    return _Axis(tuple(round_steps(low, high)), text)


def _bars(
    pairs: Sequence[Pair],
    axis_at: _Axis,
    *,
    title: str,
    axis: str,
    origin: float,
    origin_text: str,
    summary: str,
) -> Bars:
    base = _HEAD + len(pairs) * _ROW
    return Bars(
        title=title,
        width=_WIDTH,
        height=base + _FOOT,
        left=_LEFT,
        right=_WIDTH - _RIGHT,
        base=base,
        origin=origin,
        origin_text=origin_text,
        pairs=tuple(pairs),
        ticks=tuple(
            Tick(at=axis_at.place(step), text=axis_at.text(step)) for step in axis_at.steps
        ),
        axis=axis,
        summary=summary,
    )


def round_steps(low: float, high: float) -> list[float]:
    """Give three to six round numbers that hold both ends."""
    if not high > low:
        high = low + 1.0
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * nice for nice in (1, 2, 5, 10) if power * nice >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * place, 12) for place in range(first, last + 1)]
