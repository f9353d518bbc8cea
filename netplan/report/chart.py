"""Geometry of the load chart: numbers to pixels, nothing else."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from netplan.report.format import quantity

_LEFT, _TOP, _HEIGHT, _STEP, _BAR = 58, 26, 170, 52, 30
#: Room for the names of the lines, right of the chart.
_NAMES = 134
#: A line farther above the highest bar than this is named in words instead of drawn.
_FAR_ABOVE = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One period: the planning load with the mean inside it."""

    label: str
    x: float
    load_y: float
    load_height: float
    mean_y: float
    mean_height: float
    load_text: str
    tip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A horizontal line with its name, or a tick of the axis."""

    y: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One direction of a building's load over the day."""

    direction: str
    width: int
    height: int
    left: int
    right: int
    base: int
    bar: int
    bars: tuple[Bar, ...]
    ticks: tuple[Line, ...]
    limit: Line | None
    capacity: Line | None
    beyond: str
    summary: str


def chart(
    periods: Sequence[dict[str, Any]],
    direction: str,
    *,
    capacity_mbps: float | None,
    limit_share: float,
) -> Chart | None:
    """Lay out the load of one direction by period.

    Parameters
    ----------
    periods
        One building's rows of `Capacity.periods`, in the order of the bell schedule.
    direction
        ``down`` or ``up``.
    capacity_mbps
        Of the building's one uplink; None where it has several or no limit.
    limit_share
        Where the limit line stands on the capacity.

    Returns
    -------
    chart
        None without any load.
    """
    loads = [float(row[f"load_{direction}_mbps"] or 0.0) for row in periods]
    means = [float(row[f"mean_{direction}_mbps"] or 0.0) for row in periods]
    highest = max([*loads, *means], default=0.0)
    if not highest > 0 or not math.isfinite(highest):
        return None
    lines = [] if capacity_mbps is None else [limit_share * capacity_mbps, capacity_mbps]
    drawn = [line for line in lines if line <= _FAR_ABOVE * highest]
    ticks = _ticks(max([highest, *drawn]) * 1.05)
    top = ticks[-1]

    def y(value: float) -> float:
        return round(_TOP + _HEIGHT - _HEIGHT * value / top, 1)

    right = _LEFT + max(len(periods) * _STEP, 300) + 8
    step = (right - _LEFT - 8) / max(len(periods), 1)
    share, whole = quantity(limit_share, "share"), quantity(capacity_mbps, "Mbps")
    places = [
        Line(y=y(value), text=name) if value in drawn else None
        for name, value in zip((f"{share} limit", f"uplink {whole}"), lines, strict=False)
    ]
    bars = tuple(
        _bar(row["period"], round(_LEFT + step * (place + 0.5), 1), mean, load, y)
        for place, (row, mean, load) in enumerate(zip(periods, means, loads, strict=True))
    )
    busiest = loads.index(max(loads))
    return Chart(
        direction=direction,
        width=right + (_NAMES if drawn else 8),
        height=_TOP + _HEIGHT + 40,
        left=_LEFT,
        right=right,
        base=_TOP + _HEIGHT,
        bar=_BAR,
        bars=bars,
        ticks=tuple(Line(y=y(tick), text=quantity(tick, "")) for tick in ticks),
        limit=places[0] if places else None,
        capacity=places[1] if places else None,
        beyond="" if len(drawn) == len(lines) else _beyond(share, whole, limit_too=not drawn),
        summary=(
            f"Load {direction} over the building's uplink by bell period. The highest planning "
            f"load is {quantity(loads[busiest], 'Mbps')} in period "
            f"{periods[busiest]['period']}, with a mean of {quantity(means[busiest], 'Mbps')}."
        ),
    )


def _beyond(share: str, whole: str, *, limit_too: bool) -> str:
    if limit_too:
        return f"Far above this chart: the limit, {share} of the uplink's {whole}."
    return f"Far above this chart: the uplink's {whole}."


def _bar(label: str, center: float, mean: float, load: float, y: Any) -> Bar:
    base = _TOP + _HEIGHT
    return Bar(
        label=label,
        x=round(center - _BAR / 2, 1),
        load_y=y(load),
        load_height=round(base - y(load), 1),
        mean_y=y(mean),
        mean_height=round(base - y(mean), 1),
        load_text=quantity(load, ""),
        tip=(f"{label}: planning load {quantity(load, 'Mbps')}, mean {quantity(mean, 'Mbps')}"),
    )


def _ticks(highest: float) -> list[float]:
    """Give four to eight round numbers from zero to at least ``highest``."""
    rough = highest / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * nice for nice in (1, 2, 5, 10) if power * nice >= rough)
    return [step * place for place in range(math.ceil(highest / step) + 1)]
