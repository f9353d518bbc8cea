"""Class breaks for a legend: few classes, round numbers, colors that every eye tells apart.

Breaks come from quantiles or from natural breaks (Fisher 1958, exact), whichever tells more, and
move to the roundest number near them. mapclassify has both, without the rounding, but importing
it takes three seconds (it brings scikit-learn); folium takes 0.4.
"""

from typing import Literal, NamedTuple

import numpy as np

from netplan.maps.model import Bools, ColorClass, Floats, Ints

Palette = Literal["cividis", "viridis", "red-yellow-blue"]

#: Classes unless more are asked for, and at most: beyond, neighboring colors look alike.
USUAL, MOST = 5, 6
#: Values that natural breaks are looked for among.
_SAMPLE = 400
#: How far a break may move to be round, as a share of the way to the nearer neighbor.
_SLACK = 0.35
_PERCENT = "\N{NO-BREAK SPACE}%"

# Cividis, its lowest color pale: it covers most of a map, and yellow would be the loudest.
_CIVIDIS = (
    ("#bcae6c",),
    ("#f6e8a4", "#00224e"),
    ("#f6e8a4", "#7d7c78", "#00224e"),
    ("#f6e8a4", "#a59c74", "#575d6d", "#00224e"),
    ("#f6e8a4", "#bcae6c", "#7d7c78", "#434e6c", "#00224e"),
    ("#f6e8a4", "#c8b866", "#948e77", "#666970", "#35456c", "#00224e"),
)
_VIRIDIS = (
    ("#21918c",),
    ("#fde725", "#440154"),
    ("#fde725", "#21918c", "#440154"),
    ("#fde725", "#35b779", "#31688e", "#440154"),
    ("#fde725", "#5ec962", "#21918c", "#3b528b", "#440154"),
    ("#fde725", "#7ad151", "#22a884", "#2a788e", "#414487", "#440154"),
)
# ColorBrewer's; of even numbers without the palest two, which look like "no data" to some.
_RED_YELLOW_BLUE = (
    ("#f98e52",),
    ("#a50026", "#313695"),
    ("#a50026", "#feffc0", "#313695"),
    ("#a50026", "#f98e52", "#8ec2dc", "#313695"),
    ("#a50026", "#f98e52", "#feffc0", "#8ec2dc", "#313695"),
    ("#a50026", "#ef6a41", "#fcc76e", "#9ccfe6", "#5a8fc2", "#2c2f83"),
)
#: Colors of 1 to 6 classes, low values first; reversed of ``red-yellow-blue``, red is low.
PALETTES: dict[Palette, tuple[tuple[str, ...], ...]] = {
    "cividis": _CIVIDIS,
    "viridis": _VIRIDIS,
    "red-yellow-blue": _RED_YELLOW_BLUE,
}
NO_DATA = ColorClass(label="no data", color="#e6e9ed")
WITHHELD = ColorClass(label="withheld: too few to publish", color="#5b6673", fill="hatch")


class Classes(NamedTuple):
    """Classes of some values.

    ``edges`` are the lower ends of all classes but the first, in the units of the values;
    ``colors`` the legend's classes, low values first, then withheld and no data where they occur;
    ``place`` is each value's place among them.
    """

    edges: tuple[float, ...]
    colors: tuple[ColorClass, ...]
    place: Ints


def classes(
    values: Floats,
    *,
    unit: str = "",
    palette: Palette = "cividis",
    decimals: int = 0,
    most: int = USUAL,
    withheld: Bools | None = None,
    fixed: tuple[float, ...] = (),
) -> Classes:
    """Put values into classes with round limits, named as a legend does.

    Two maps that are compared take their classes from both sides' values together.

    Parameters
    ----------
    values
        Shape (rows,): NaN = no data.
    unit
        ``share``: from 0 to 1, named in percent. Other units stand in the legend's title.
    palette
        Colors, by `PALETTES`.
    decimals
        Digits after the point that the values are shown with (of shares, in percent). A value
        belongs to the class of what is shown: 19.6 is shown as 20, and is in ``20 to 49``.
    most
        Classes at most, up to 6.
    withheld
        Shape (rows,): values that must not be known; they make no class.
    fixed
        Lower ends of all classes but the first, in the units of the values: the same whatever
        the values, so that maps of several districts compare. Empty: what fits the values.

    Raises
    ------
    ValueError
        More than 6 classes are asked for, or a value is infinite.
    """
    if not 1 <= most <= MOST:
        raise ValueError(f"{most} classes: 1 to {MOST} can be told apart")
    if np.isinf(values).any():
        raise ValueError("a value without end belongs to no class")
    scale = 100.0 if unit == "share" else 1.0
    hidden = np.zeros(len(values), dtype=np.bool_) if withheld is None else withheld
    seen = _as_shown(values * scale, decimals)
    known = ~np.isnan(seen) & ~hidden
    step = 10.0**-decimals
    edges = [scale * edge for edge in fixed] or _edges(np.sort(seen[known]), step, most)
    place = np.searchsorted(np.asarray(edges) - step / 2, seen, side="right")
    colors = [
        ColorClass(label=label, color=color)
        for label, color in _named(
            edges,
            np.array([-np.inf, np.inf]) if fixed else seen[known],
            step,
            _PERCENT * (unit == "share"),
            palette,
        )
    ]
    for rows, extra in ((hidden, WITHHELD), (~known & ~hidden, NO_DATA)):
        if rows.any():
            place = np.where(rows, len(colors), place)
            colors.append(extra)
    return Classes(tuple(edge / scale for edge in edges), tuple(colors), place.astype(np.int64))


def _as_shown(values: Floats, decimals: int) -> Floats:
    """Round halves away from zero, as the page's numbers are (numpy rounds them to even)."""
    unit = 10.0**decimals
    rounded: Floats = np.sign(values) * np.floor(np.abs(values) * unit + 0.5) / unit
    return rounded + 0.0


def _named(
    edges: list[float], known: Floats, step: float, percent: str, palette: Palette
) -> list[tuple[str, str]]:
    if not len(known):
        return []
    decimals = max(0, round(-np.log10(step)))

    def number(value: float) -> str:
        text = f"{value:,.{decimals}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    low, high = float(known.min()), float(known.max())
    labels = []
    for bottom, top in zip([None, *edges], [*edges, None], strict=True):
        first = low if bottom is None else bottom
        last = high if top is None else top - step
        if abs(last - first) < step / 2:
            labels.append(f"{number(first)}{percent}")
        elif bottom is None and top is not None:
            labels.append(f"under {number(top)}{percent}")
        elif bottom is not None and top is None:
            labels.append(f"{number(bottom)}{percent} or more")
        else:
            labels.append(f"{number(first)} to {number(last)}{percent}")
    return list(zip(labels, PALETTES[palette][len(labels) - 1], strict=True))


def _edges(known: Floats, step: float, most: int) -> list[float]:
    """Give lower ends of all classes but the first, for sorted values in steps of ``step``."""
    unique = np.unique(known)
    if len(unique) < 2 or most == 1:
        return []
    if len(unique) <= most:
        return _rounded(unique[1:], unique, step)
    found = [
        _rounded(starts, unique, step)
        for starts in (_quantile_starts(known, most), _natural_starts(known, most))
    ]
    return max(found, key=lambda edges: _tells(known, edges, most))


def _quantile_starts(known: Floats, most: int) -> Floats:
    return np.unique(np.quantile(known, np.arange(1, most) / most, method="higher"))


def _natural_starts(known: Floats, most: int) -> Floats:
    """Give where classes start that have the least squares within them (Fisher's exact way)."""
    sample = np.quantile(known, np.linspace(0, 1, _SAMPLE), method="nearest")
    points, weight = np.unique(sample, return_counts=True)
    count = len(points)
    sums = [np.concatenate([[0.0], np.cumsum(weight * points**power)]) for power in range(3)]
    # within[i, j]: squares of points i..j around their mean.
    mass, first, second = (each[None, 1:] - each[:-1, None] for each in sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        within = np.where(np.tri(count, k=-1, dtype=np.bool_), np.inf, second - first**2 / mass)
    best, starts = within[0], []
    for _ in range(min(most, count) - 1):
        # cost[i, j]: a last class i..j after the best classes of what is before.
        cost = np.vstack([np.full(count, np.inf), best[:-1, None] + within[1:]])
        starts.append(cost.argmin(axis=0))
        best = cost.min(axis=0)
    edges, end = [], count - 1
    for start in reversed(starts):
        edges.append(points[start[end]])
        end = start[end] - 1
    return np.unique(np.array(edges))


def _rounded(starts: Floats, unique: Floats, step: float) -> list[float]:
    """Move breaks to the roundest numbers near them, without leaving a class empty."""
    edges: list[float] = []
    around = [float(unique[0]), *starts.tolist(), float(unique[-1])]
    for before, start, after in zip(around, around[1:], around[2:], strict=False):
        below = float(unique[np.searchsorted(unique, start) - 1])
        slack = _SLACK * min(start - before, after - start)
        low = max(before + step, min(below + step, start - slack))
        edge = _roundest(low, start + slack, start, step)
        between = np.searchsorted(unique, [edges[-1] if edges else unique[0], edge])
        if between[0] < between[1] < len(unique):
            edges.append(edge)
    return edges


def _roundest(low: float, high: float, near: float, step: float) -> float:
    """Give the multiple of the largest 1, 2 or 5 times a power of ten between two numbers."""
    power = int(np.ceil(np.log10(max(abs(low), abs(high), step)))) + 1
    while True:
        for size in (5.0, 2.0, 1.0):
            unit = size * 10.0**power
            edge = round(near / unit) * unit
            if unit < step * 0.99:
                return near
            for found in (edge, edge - unit, edge + unit):
                if low - step / 1e6 <= found <= high + step / 1e6:
                    return float(np.round(found, 12))
        power -= 1


def _tells(known: Floats, edges: list[float], most: int) -> float:
    """Say how much classes tell: how alike values within them are, and how evenly they fill."""
    place = np.searchsorted(edges, known, side="right")
    size = np.bincount(place, minlength=len(edges) + 1).astype(np.float64)
    mean = np.bincount(place, known, len(edges) + 1) / np.maximum(size, 1)
    fit = 1.0 - float(((known - mean[place]) ** 2).sum() / ((known - known.mean()) ** 2).sum())
    share = size[size > 0] / size.sum()
    return fit - float((share * np.log(share)).sum()) / float(np.log(most))
