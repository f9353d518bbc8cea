"""Shapes of the multi-year choice of modules, and what a choice costs and relieves."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netplan.errors import InfeasibleError

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

#: Limits may be missed by this share (and by a cent): what doubles add up to.
LIMIT_SHARE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class ModularProblem:
    """The multi-year choice, without domain words.

    Every element is in one state per year. State 0 is as it is and cannot be gone back to; the
    others are started in a year and stay, or are replaced by another in a later year. What a
    state costs once is paid in the year it starts, what it runs at in each year it is in place
    (so the running cost of a state that is replaced ends there). Both are money paid out: they
    count against the yearly budgets as they are, and times ``discount`` in the cost.

    Parameters
    ----------
    elements
        Ids.
    years
        Number of years.
    states
        Element to its states' ids; state 0 first. All arrays below have one row per state,
        element by element in the order of ``elements``.
    once_usd
        Shape (rows, years): paid once when the state starts in that year, net of what others
        pay; at least 0, inf where it cannot start in that year; 0 for states 0.
    running_usd
        Shape (rows, years): paid in each year in which the state is in place; may be negative.
    enough
        Shape (rows, years), bool: whether the state carries what that year asks of its element.
    first_year
        Shape (rows,): first year (from 0) in which the state may start.
    discount
        Shape (years,): worth today of a dollar of that year; None: 1 each.
    budget_usd
        Per year what may be paid out over all elements, or None.
    pools
        (name, usd, counts): the sum of ``counts`` (shape (rows, years), at least 0; or (rows,),
        the same in every year) over all starts may not pass ``usd``.
    demands
        None: every element must hold in every year, at least cost (within the budgets, if
        any). Otherwise nothing must hold, and as much weight as can be is relieved: each demand
        is (year, weight, element rows); its weight is relieved when all of these hold in that
        year. Among equally good choices the one that costs least is looked for.
    """

    elements: tuple[str, ...]
    years: int
    states: Mapping[str, tuple[str, ...]]
    once_usd: Floats
    running_usd: Floats
    enough: Bools
    first_year: Ints
    discount: Floats | None = None
    budget_usd: tuple[float, ...] | None = None
    pools: tuple[tuple[str, float, Floats], ...] = ()
    demands: tuple[tuple[int, float, tuple[int, ...]], ...] | None = None

    def first_row(self) -> Ints:
        """Give the row of each element's state 0, and the number of rows: (elements + 1,)."""
        sizes = [len(self.states[element]) for element in self.elements]
        return np.concatenate([[0], np.cumsum(np.array(sizes, dtype=np.int64))]).astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModularPlan:
    """What was chosen, and what is proven about it.

    Parameters
    ----------
    state
        Shape (elements, years): the state of each element in each year, counted from its 0.
    objective
        Cost in USD (discounted), or with demands the weight relieved; worked out from
        ``state``.
    bound
        What no choice can beat.
    gap_share
        Their difference as a share of the objective; 0 where it is proven.
    cost_usd
        Discounted cost of the choice, also where the objective is weight.
    relieved
        Per demand whether it is; empty without demands.
    seconds
        Wall-clock time.
    """

    state: Ints
    objective: float
    bound: float
    gap_share: float
    cost_usd: float
    relieved: tuple[bool, ...]
    seconds: float


class UnmetError(InfeasibleError):
    """No choice holds everywhere.

    Attributes
    ----------
    unmet
        (element row, years) of elements that cannot hold.
    limited
        False: no state on offer is enough there, whatever it costs. True: each element alone
        could hold, but not all of them within the budgets and pools; ``unmet`` is then what
        is left out when as many element years as can be are held.
    """

    def __init__(
        self, problem: ModularProblem, unmet: tuple[tuple[int, tuple[int, ...]], ...], limited: bool
    ) -> None:
        self.unmet = unmet
        self.limited = limited
        where = "; ".join(
            f"{problem.elements[row]} in year {', '.join(str(year + 1) for year in years)}"
            for row, years in unmet
        )
        why = "within the budgets" if limited else "with any of its options"
        super().__init__(f"not every element can hold {why}: {where}")


def held(problem: ModularProblem, state: Ints) -> Bools:
    """Give which elements hold in which years: shape (elements, years)."""
    rows = problem.first_row()[:-1, None] + state
    return np.asarray(problem.enough[rows, np.arange(problem.years)], dtype=np.bool_)


def started(state: Ints) -> Bools:
    """Give in which years an element starts another state: shape (elements, years)."""
    before = np.concatenate([np.zeros_like(state[:, :1]), state[:, :-1]], axis=1)
    return np.asarray(state != before, dtype=np.bool_)


def paid_usd(problem: ModularProblem, state: Ints) -> Floats:
    """Give what is paid out, not discounted: shape (elements, years)."""
    rows = problem.first_row()[:-1, None] + state
    years = np.arange(problem.years)
    once = np.where(started(state), problem.once_usd[rows, years], 0.0)
    return np.asarray(once + problem.running_usd[rows, years], dtype=np.float64)


def cost_usd(problem: ModularProblem, state: Ints) -> float:
    """Give the discounted cost of a choice."""
    weight = np.ones(problem.years) if problem.discount is None else problem.discount
    return float((paid_usd(problem, state) @ weight).sum())


def relieved(problem: ModularProblem, state: Ints) -> tuple[bool, ...]:
    """Give per demand whether it is relieved."""
    holds = held(problem, state)
    return tuple(
        bool(holds[list(rows), year].all()) for year, _weight, rows in problem.demands or ()
    )


def relieved_weight(problem: ModularProblem, state: Ints) -> float:
    """Give the weight that a choice relieves."""
    pairs = zip(problem.demands or (), relieved(problem, state), strict=True)
    return float(sum(demand[1] for demand, is_so in pairs if is_so))


def counted(problem: ModularProblem, counts: Floats, state: Ints) -> float:
    """Give the sum of a pool's counts over all starts."""
    rows = problem.first_row()[:-1, None] + state
    wide = counts if counts.ndim == 2 else np.repeat(counts[:, None], problem.years, axis=1)
    return float(wide[rows, np.arange(problem.years)][started(state)].sum())


def within_limits(problem: ModularProblem, state: Ints) -> bool:
    """Whether a choice keeps first years, budgets and pools."""
    rows = problem.first_row()[:-1, None] + state
    years = np.arange(problem.years)
    begins = started(state)
    if np.any(begins & ((state == 0) | (problem.first_row()[:-1, None] == rows))):
        return False
    if np.any(begins & (years < problem.first_year[rows])):
        return False
    paid = paid_usd(problem, state).sum(axis=0)
    if not np.all(np.isfinite(paid)):
        return False
    if problem.budget_usd is not None:
        budget = np.asarray(problem.budget_usd, dtype=np.float64)
        if np.any(paid > budget + 0.01 + LIMIT_SHARE * np.abs(budget)):
            return False
    return all(
        counted(problem, counts, state) <= usd + 0.01 + LIMIT_SHARE * abs(usd)
        for _name, usd, counts in problem.pools
    )


def check_problem(problem: ModularProblem) -> None:
    """Raise ValueError where shapes or numbers do not fit."""
    rows = int(problem.first_row()[-1])
    shape = (rows, problem.years)
    first = problem.first_row()[:-1]
    if problem.years < 1 or any(not problem.states[name] for name in problem.elements):
        raise ValueError("at least one year, and one state for each element")
    for name, array in (("once_usd", problem.once_usd), ("running_usd", problem.running_usd)):
        if array.shape != shape or np.any(np.isnan(array)):
            raise ValueError(f"{name}: one number per state and year")
    if problem.enough.shape != shape or problem.first_year.shape != (rows,):
        raise ValueError("enough: one per state and year; first_year: one per state")
    if np.any(problem.once_usd < 0) or np.any(problem.once_usd[first] != 0):
        raise ValueError("once_usd: at least 0, and 0 for states 0")
    if not np.all(np.isfinite(problem.running_usd)):
        raise ValueError("running_usd: finite")
    if problem.budget_usd is not None and len(problem.budget_usd) != problem.years:
        raise ValueError("budget_usd: one per year")
    if problem.discount is not None and problem.discount.shape != (problem.years,):
        raise ValueError("discount: one per year")
    for name, _usd, counts in problem.pools:
        if counts.shape not in {shape, shape[:1]} or not np.all(counts >= 0):
            raise ValueError(f"pool {name}: one count of at least 0 per state (and year)")
    for year, weight, members in problem.demands or ():
        known = all(0 <= row < len(problem.elements) for row in members)
        if not (0 <= year < problem.years and weight >= 0 and known):
            raise ValueError("demands: a year, a weight of at least 0, rows of elements")
