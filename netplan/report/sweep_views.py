"""Parts of a sweep's page that are laid out by hand: shaded chances, and what was varied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netplan.maps.breaks import classes
from netplan.report.format import clean, number
from netplan.report.frames import records
from netplan.report.sweep_points import Histogram, histogram
from netplan.report.sweep_words import chance_text, input_words, spread_words
from netplan.whatif.summary import AIRTIME
from netplan.whatif.sweep_model import Sweep

#: Lower ends of the classes of chances but the first: the same for every district.
_EDGES = (0.05, 0.25, 0.5, 0.75, 0.95)
#: Buildings that the table shows before a reader asks for all.
_FOLD = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """One cell: a building's chance in one school year, and the class of its shade."""

    text: str
    sort: str
    tip: str
    shade: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """The table of chances: rows are (name, cells, cause), ``legend`` the classes, low first."""

    years: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Chance | None, ...], str], ...]
    legend: tuple[tuple[int, str], ...]
    fold: int


def chances(
    probabilities: pd.DataFrame, years: Sequence[str], names: Mapping[str, str], *, drawn: bool
) -> Chances:
    """Lay out the chance of each building by school year, the most likely in the last year first.

    Parameters
    ----------
    probabilities
        Of the summary.
    names
        School id to its name, clean.
    drawn
        Whether shares of samples are chances.
    """
    shades = classes(
        probabilities["probability"].to_numpy(dtype=np.float64),
        unit="share",
        most=len(_EDGES) + 1,
        fixed=_EDGES,
    )
    cells: dict[str, dict[str, Chance]] = {}
    causes: dict[str, str] = {}
    order: dict[str, tuple[float, ...]] = {}
    for row, share, shade in zip(
        records(probabilities),
        probabilities["probability"].tolist(),
        shades.place.tolist(),
        strict=True,
    ):
        school = row["school_id"]
        tip = f"{row['over']} of {row['samples']} samples"
        if drawn:
            tip += (
                f"; standard error {100 * row['standard_error']:.1f} points, "
                f"95 % interval {100 * row['low']:.1f} to {100 * row['high']:.1f} %"
            )
        # of the last year in which it is ever over
        if row["cause"] is not None:
            causes[school] = "Wi-Fi airtime" if row["cause"] == AIRTIME else clean(row["cause"])
        cells.setdefault(school, {})[row["school_year"]] = Chance(
            text=chance_text(share), sort=f"{share:.9g}", tip=tip, shade=shade
        )
    for school, by in cells.items():
        order[school] = tuple(-float(by[year].sort) if year in by else 0.0 for year in years[::-1])
    return Chances(
        years=tuple(years),
        rows=tuple(
            (
                names.get(school, clean(school)),
                tuple(cells[school].get(year) for year in years),
                causes.get(school, ""),
            )
            for school in sorted(cells, key=lambda school: (order[school], school))
        ),
        legend=tuple((place, shade.label) for place, shade in enumerate(shades.colors)),
        fold=_FOLD if len(cells) > _FOLD else 0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InputView:
    """One varied input: what it changes, its range, and what the samples took of it."""

    name: str
    cell: str
    spread: str
    drawn: str
    histogram: Histogram | None


def input_views(sweep: Sweep, districts: pd.DataFrame) -> list[InputView]:
    """Describe what was varied.

    Parameters
    ----------
    districts
        Of one school year.
    """
    views = []
    for vary, column in zip(sweep.varies, sweep.inputs, strict=True):
        values = districts[column]
        numeric = pd.api.types.is_numeric_dtype(values)
        if numeric:
            each = values.to_numpy(dtype=np.float64)
            drawn = (
                f"{number(float(each.min()))} to {number(float(each.max()))}, "
                f"middle {number(float(np.median(each)))}"
            )
        else:
            times = values.astype(str).value_counts().sort_index()
            drawn = ", ".join(
                f"{clean(str(name)) or 'none'}: {size}" for name, size in times.items()
            )
        views.append(
            InputView(
                name=input_words(vary.name),
                cell="which scenario" if vary.cell is None else clean(str(vary.cell)),
                spread=spread_words(vary),
                drawn=drawn,
                histogram=histogram(each) if numeric else None,
            )
        )
    return views
