"""Geometry of the board's charts that no other page has: numbers to pixels, nothing else."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from netplan.report.format import clean, number, plural, quantity, school_year
from netplan.report.home_chart import Tick
from netplan.report.lookup import Row

#: Columns of the chart of years; all later years stand together in the last of them.
_MOST_YEARS, _LATER = 9, "later"
_LEFT, _TOP, _HEIGHT, _STEP, _BAR = 44, 22, 150, 84, 44
#: The dot plot: room for the names of groups, for the scale, and for the numbers after it.
_NAMES, _SCALE, _AFTER, _ROW, _HEAD = 190, 330, 180, 30, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class YearBar:
    """One school year: how many buildings run out of room in it."""

    label: str
    x: float
    y: float
    height: float
    text: str
    tip: str
    now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class YearChart:
    """Buildings by the school year in which their room runs out."""

    width: int
    height: int
    left: int
    right: int
    base: int
    bar: int
    bars: tuple[YearBar, ...]
    ticks: tuple[Tick, ...]
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDot:
    """One group of schools on the dot plot."""

    label: str
    y: float
    x: float
    text: str
    tip: str
    least: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DotPlot:
    """Groups of schools by their median capacity per student."""

    title: str
    width: int
    height: int
    left: int
    right: int
    base: int
    dots: tuple[GroupDot, ...]
    ticks: tuple[Tick, ...]
    summary: str


def years(buildings: Sequence[Row]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Sort the names of buildings under the school year in which their room runs out.

    Parameters
    ----------
    buildings
        Rows of `Capacity.buildings`.

    Returns
    -------
    years
        (year such as ``2027-28`` or ``+2``, names), the first year first; what never runs out
        comes last, under an empty year.
    """
    found: dict[str, list[str]] = {}
    for row in buildings:
        found.setdefault(row["exhausted_school_year"] or "", []).append(clean(row["name"]))
    ordered = sorted(found, key=lambda year: (not year, _order(year)))
    return tuple((year, tuple(sorted(found[year]))) for year in ordered)


def _order(year: str) -> int:
    """Give the place of ``2027-28`` or ``+2`` among its like."""
    return int(year[1:]) if year.startswith("+") else int(year[:4] or 0)


def _columns(found: Sequence[tuple[str, tuple[str, ...]]]) -> list[tuple[str, int]]:
    """Give every year from the first on, also those in which nothing runs out."""
    amounts = {_order(year): (year, len(names)) for year, names in found if year}
    first, last = min(amounts), max(amounts)
    counted = next(iter(amounts.values()))[0].startswith("+")
    shown = range(first, min(last, first + _MOST_YEARS - 1) + 1)
    empty = {each: f"+{each}" if counted else f"{each}-{(each + 1) % 100:02d}" for each in shown}
    columns = [amounts.get(each, (empty[each], 0)) for each in shown]
    later = sum(amount for each, (_, amount) in amounts.items() if each not in shown)
    later += sum(len(names) for year, names in found if not year)
    return [*columns, (_LATER, later)] if later else columns


def year_chart(found: Sequence[tuple[str, tuple[str, ...]]], present_year: str) -> YearChart | None:
    """Draw how many buildings run out of room in each year; None without any year.

    Parameters
    ----------
    found
        From `years`.
    present_year
        The school year planned for, ``+0`` where none is stated: what runs out in it is over.
    """
    if not any(year for year, _ in found):
        return None
    columns = _columns(found)
    ticks = _steps(max(amount for _, amount in columns), whole=True)

    def y(value: float) -> float:
        return round(_TOP + _HEIGHT * (1 - value / ticks[-1]), 1)

    bars = tuple(
        YearBar(
            label=(label := school_year(year)),
            x=round(_LEFT + _STEP * (place + 0.5) - _BAR / 2, 1),
            y=y(amount),
            height=round(_TOP + _HEIGHT - y(amount), 1),
            text=f"{amount:,}",
            tip=f"{label}: {plural(amount, 'building')}",
            now=year == present_year,
        )
        for place, (year, amount) in enumerate(columns)
    )
    right = _LEFT + _STEP * len(columns)
    return YearChart(
        width=right + 8,
        height=_TOP + _HEIGHT + 26,
        left=_LEFT,
        right=right,
        base=_TOP + _HEIGHT,
        bar=_BAR,
        bars=bars,
        ticks=tuple(Tick(at=y(value), text=f"{value:,.0f}") for value in ticks),
        summary="; ".join(bar.tip for bar in bars) + ".",
    )


def dot_plots(disparity: Sequence[Row]) -> tuple[DotPlot, ...]:
    """Draw each way of grouping the schools; groups in the order of their names.

    Parameters
    ----------
    disparity
        Rows of `Capacity.disparity`.
    """
    groupings = dict.fromkeys(row["grouping"] for row in disparity)
    plots = []
    for grouping in groupings:
        rows = [
            row
            for row in disparity
            if row["grouping"] == grouping and row["median_mbps_per_student"] is not None
        ]
        if len(rows) > 1:
            plots.append(_dot_plot(clean(grouping), rows))
    return tuple(plots)


def _dot_plot(grouping: str, rows: list[Row]) -> DotPlot:
    medians = [float(row["median_mbps_per_student"]) for row in rows]
    ticks = _steps(max(medians) or 1.0)

    def x(value: float) -> float:
        return round(_NAMES + _SCALE * value / ticks[-1], 1)

    dots = tuple(
        GroupDot(
            label=clean(str(row["group"])),
            y=_HEAD + _ROW * (place + 0.5),
            x=x(median),
            text=f"{number(median)} ({plural(int(row['schools']), 'school')})",
            tip=f"{clean(str(row['group']))}: median {quantity(median, 'Mbps per student')}, "
            f"{plural(int(row['schools']), 'school')}, {plural(int(row['students']), 'student')}",
            least=median == min(medians) < max(medians),
        )
        for place, (row, median) in enumerate(zip(rows, medians, strict=True))
    )
    base = _HEAD + _ROW * len(rows)
    return DotPlot(
        title=f"Capacity per student by {grouping}, median school of each group",
        width=_NAMES + _SCALE + _AFTER,
        height=base + 42,
        left=_NAMES,
        right=_NAMES + _SCALE,
        base=base,
        dots=dots,
        ticks=tuple(Tick(at=x(value), text=number(value)) for value in ticks),
        summary="; ".join(dot.tip for dot in dots) + ".",
    )


def _steps(highest: float, *, whole: bool = False) -> list[float]:
    """Give round numbers from zero to at least ``highest``."""
    rough = highest / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * nice for nice in (1, 2, 5, 10) if power * nice >= rough)
    if whole:
        step = max(step, 1.0)
    return [step * place for place in range(math.ceil(highest / step - 1e-9) + 1)]
