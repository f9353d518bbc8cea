"""Geometry of the charts of a scenario: numbers to pixels, nothing else."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from netplan.report.format import clean, percent
from netplan.report.frames import records
from netplan.report.lookup import Row
from netplan.report.whatif import ScenarioResult, YearResult
from netplan.report.whatif_compare import misfits, states
from netplan.report.whatif_groups import shift_groups

_LEFT, _TOP, _HEIGHT, _STEP, _BAR = 58, 36, 170, 92, 32
#: Names end before ``_ROOM``, which a label left of a dot needs.
_NAMES, _WIDE, _ROW, _ROOM = 300, 286, 26, 54
#: Rows that the chart of shifts shows.
_SHOWN = 12
_LONGEST = 25
#: Pixels that the text of a share takes.
_LABEL = 46


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One round number on an axis, at a pixel."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearBars:
    """One school year: two bars beside each other, with their numbers."""

    label: str
    middle: float
    base_x: float
    base_y: float
    base_height: float
    base_text: str
    x: float
    y: float
    height: float
    text: str
    tip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearChart:
    """Buildings that do not fit by school year, without the scenario and with it."""

    width: int
    height: int
    left: int
    right: int
    base: int
    bar: int
    years: tuple[YearBars, ...]
    ticks: tuple[Tick, ...]
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One building: the use of its bottleneck before and after."""

    name: str
    y: float
    before: float
    after: float
    before_x: float
    before_text: str
    after_x: float
    after_text: str
    worse: bool
    tip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftChart:
    """Use of the bottlenecks that change most, before and after, against the limit."""

    width: int
    height: int
    left: int
    right: int
    base: int
    names: int
    limit: float
    limit_text: str
    shifts: tuple[Shift, ...]
    ticks: tuple[Tick, ...]
    summary: str
    left_out: bool


def year_chart(result: ScenarioResult) -> YearChart | None:
    """Draw how many buildings do not fit in each year; None for a single year.

    Parameters
    ----------
    result
        Of `netplan.whatif`.
    """
    if not result.is_several_years:
        return None
    counts = [(misfits(year.base), misfits(year.report)) for year in result.years]
    labels = [year.school_year or "" for year in result.years]
    ticks = _counts(max(max(pair) for pair in counts))
    top, base = ticks[-1], _TOP + _HEIGHT
    right = _LEFT + max(len(counts) * _STEP, 300) + 8
    step = (right - _LEFT - 8) / len(counts)

    def y(value: float) -> float:
        return round(base - _HEIGHT * value / top, 1)

    bars = []
    for place, (label, (was, now)) in enumerate(zip(labels, counts, strict=True)):
        middle = round(_LEFT + step * (place + 0.5), 1)
        bars.append(
            YearBars(
                label=label,
                middle=middle,
                base_x=middle - _BAR - 1,
                base_y=y(was),
                base_height=round(base - y(was), 1),
                base_text=str(was),
                x=middle + 1,
                y=y(now),
                height=round(base - y(now), 1),
                text=str(now),
                tip=f"{label}: {now} with the scenario, {was} without it",
            )
        )
    first, last = bars[0], bars[-1]
    return YearChart(
        width=right + 8,
        height=base + 40,
        left=_LEFT,
        right=right,
        base=base,
        bar=_BAR,
        years=tuple(bars),
        ticks=tuple(Tick(at=y(value), text=f"{value:,}") for value in ticks),
        summary=(
            f"Buildings that do not fit. {first.label}: {first.text} with the scenario, "
            f"{first.base_text} without it. {last.label}: {last.text} with the scenario, "
            f"{last.base_text} without it."
        ),
    )


def shift_chart(year: YearResult) -> ShiftChart | None:
    """Draw the buildings whose bottleneck's use changes most; None where none changes.

    Parameters
    ----------
    year
        The year that is looked at.
    """
    rows = shifts(year)
    if not rows:
        return None
    alike = shift_groups(sorted(rows, key=_most_changed))
    groups = sorted(alike[:_SHOWN], key=lambda group: -group[1]["after_share"])
    shown = [row for _, row in groups]
    limit = year.report.district.planning.utilization_limit
    highest = max(limit, *(max(row["before_share"], row["after_share"]) for row in shown))
    ticks = _shares(highest)
    right = _NAMES + _WIDE
    base = _TOP + len(shown) * _ROW

    def x(value: float) -> float:
        return round(_NAMES + _WIDE * value / ticks[-1], 1)

    drawn = tuple(
        _shift(name, row, _TOP + _ROW * (place + 0.5), x, x(limit))
        for place, (name, row) in enumerate(groups)
    )
    worst = shown[0]
    return ShiftChart(
        width=right + 64,
        height=base + 40,
        left=_NAMES,
        right=right,
        base=base,
        names=_NAMES - _ROOM,
        limit=x(limit),
        limit_text=f"{percent(limit)} limit",
        shifts=drawn,
        ticks=tuple(Tick(at=x(value), text=f"{100 * value:g} %") for value in ticks),
        summary=(
            f"Use of the bottleneck before and after. {clean(worst['name'])}: from "
            f"{percent(worst['before_share'])} to {percent(worst['after_share'])}. The limit is "
            f"{percent(limit)}."
        ),
        left_out=len(alike) > _SHOWN,
    )


def shifts(year: YearResult) -> list[Row]:
    """Give the buildings whose bottleneck's use changes: name, before_share, after_share.

    One that is cut off on a side uses nothing there, which says nothing.
    """
    changes = year.comparison.changes
    changes = changes[changes["measure"] == "bottleneck.utilization_share"]
    buildings = year.report.capacity.buildings
    names = dict(zip(buildings["school_id"], buildings["name"], strict=True))
    sides = states(year.base), states(year.report)
    return [
        {
            "school_id": row["school_id"],
            "name": names[row["school_id"]],
            "before_share": row["base"],
            "after_share": row["scenario"],
        }
        for row in records(changes)
        if row["base"] is not None
        and row["scenario"] is not None
        and "cut-off" not in {side[row["school_id"]] for side in sides}
    ]


def _shift(name: str, row: Row, y: float, x: Callable[[float], float], limit: float) -> Shift:
    before, after = x(row["before_share"]), x(row["after_share"])
    return Shift(
        name=_shortened(name),
        y=round(y, 1),
        before=before,
        after=after,
        before_x=_label(before, limit, left=before <= after),
        before_text=percent(row["before_share"]),
        after_x=_label(after, limit, left=after < before),
        after_text=percent(row["after_share"]),
        worse=row["after_share"] > row["before_share"],
        tip=f"{name}: from {percent(row['before_share'])} to {percent(row['after_share'])}",
    )


def _label(dot: float, limit: float, *, left: bool) -> float:
    """Place a label outside its dot, beyond the limit's line where that would run through it."""
    if left:
        end = dot - 9
        return round(limit - 4 if end - _LABEL < limit < end + 4 else end, 1)
    start = dot + 9
    return round(limit + 4 if start - 4 < limit < start + _LABEL else start, 1)


def _shortened(name: str) -> str:
    """Cut a name, never the number of buildings behind it."""
    head, found, tail = name.rpartition(" and ")
    more = f" + {tail.removesuffix(' more')}" if found and tail.endswith(" more") else ""
    label, room = (head if more else name), _LONGEST - len(more)
    return f"{label if len(label) <= room else f'{label[: room - 1]}…'}{more}"


def _most_changed(row: Row) -> tuple[float, str]:
    return -abs(row["after_share"] - row["before_share"]), row["school_id"]


def _counts(highest: int) -> Sequence[int]:
    """Give whole round numbers from zero to at least ``highest``."""
    step = 1
    while step * 6 < highest:
        step = step * 2 if str(step)[0] != "2" else step * 5 // 2
    return range(0, step * max(math.ceil(highest / step), 1) + 1, step)


def _shares(highest: float) -> list[float]:
    """Give four to eight round shares from zero to at least ``highest``."""
    rough = highest / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * nice for nice in (1, 2, 5, 10) if power * nice >= rough * (1 - 1e-9))
    return [step * place for place in range(math.ceil(highest / step - 1e-9) + 1)]
