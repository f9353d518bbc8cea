"""Choosing modules for many elements over several years: least cost, or most relief in a budget."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModularProblem:
    """The multi-year choice, without domain words.

    Every element is in one state per year: state 0 is as it is, the others are bought once and
    stay, or are replaced by another in a later year. Elements that must hold in a year need a
    state that is allowed there; groups of elements relieve a weight when all of them are.

    Parameters
    ----------
    elements
        Ids.
    years
        Number of years.
    states
        Element to its states' ids; state 0 first.
    usd
        Shape (element states in a row, years): discounted cost of starting a state in a year,
        including what it costs in the years after, net of what E-Rate pays; 0 for states 0.
    cash_usd
        Same shape: what is paid out in that year when a state starts in it (for yearly budgets),
        not discounted; ``running_usd``, shape (element states,), what it costs in each later year.
    enough
        Same shape, bool: whether the state carries what that year asks of its element.
    first_year
        Shape (element states,): first year in which it may start.
    budget_usd
        Per year, or None: without one every element must hold in every year at least cost.
    pool
        Optional (name, usd, counts): sums over all years of ``counts`` (shape (element states,))
        may not pass ``usd`` (a Category Two budget that pays no more than so much).
    demands
        Optional, with a budget: rows (year, weight, element rows that must all hold): the weight
        (student-hours) is relieved when they do.
    """

    elements: tuple[str, ...]
    years: int
    states: Mapping[str, tuple[str, ...]]
    usd: Floats
    cash_usd: Floats
    running_usd: Floats
    enough: npt.NDArray[np.bool_]
    first_year: npt.NDArray[np.int64]
    budget_usd: tuple[float, ...] | None = None
    pools: tuple[tuple[str, float, Floats], ...] = ()
    demands: tuple[tuple[int, float, tuple[int, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModularPlan:
    """What the solver chose.

    ``state``: shape (elements, years), the state of each element in each year. ``objective`` is
    cost in USD, or with a budget the weight relieved; ``bound`` what no plan can beat;
    ``gap_share`` their difference as a share of the objective.
    """

    state: npt.NDArray[np.int64]
    objective: float
    bound: float
    gap_share: float
    seconds: float
