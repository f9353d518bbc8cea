"""What one search is asked for, and how it tells of its progress."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

from netplan.access.flows import USD
from netplan.access.reduce import Problem
from netplan.optimize.solver import Progress

#: A plan is proven when its bound is within this share of its objective.
PROVEN = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What one search maximizes, and what it has to keep.

    Parameters
    ----------
    budget_usd, students_least, weighted_least, floor_share
        Limits; None where there is none.
    orders
        Pairs (k, total): the k smallest zone shares sum to at least the total.
    aim
        ``students`` (weighted), ``cost`` (least) or ``zones`` (the sum of the
        ``aim_zones`` smallest zone shares).
    within
        Share of the objective within which the bound ends the search.
    at_most
        A bound that is known already; the search then looks for plans only.
    """

    budget_usd: float | None = None
    students_least: float | None = None
    weighted_least: float | None = None
    floor_share: float | None = None
    orders: tuple[tuple[int, float], ...] = ()
    aim: str = "students"
    aim_zones: int = 0
    within: float = PROVEN
    at_most: float = math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Passes progress on in the units of the ask, with the time since the search began."""

    ask: Ask
    always_usd: float
    progress: Progress
    began: float
    best: float | None = None
    most: float = math.inf

    def bound_only(self, best: float, most: float) -> Teller:
        """Give one that tells this best plan so far: what it hears of is a bound's model.

        ``most`` is a bound that is known already, as the solver has it.
        """
        return replace(self, best=best, most=most)

    def __call__(self, objective: float, bound: float, _seconds: float) -> None:
        """Pass on one report."""
        bound = min(bound, self.most)
        if self.ask.aim == "cost":
            objective, bound = (self.always_usd - v / USD for v in (objective, bound))
            best = objective if self.best is None else -self.best
        else:
            best = objective if self.best is None else self.best
        self.progress(float(best), float(bound), time.monotonic() - self.began)


def teller(problem: Problem, ask: Ask, progress: Progress | None, began: float) -> Teller | None:
    """Give what passes progress on; None where nobody listens."""
    if progress is None:
        return None
    static = problem.static
    always = float(problem.fixed_usd[static][problem.existing[static]].sum()) + problem.always_usd
    return Teller(ask=ask, always_usd=always, progress=progress, began=began)
