"""What is asked of the plan: the caller's words over those of access.toml."""

import math
from typing import cast

from netplan.access.model import Equity, Goal
from netplan.errors import InputError, Problem
from netplan.inputs.model import AccessSettings

EQUITIES = ("none", "floor", "worst_first")


def ask(
    settings: AccessSettings,
    *,
    budget_usd_per_year: float | None = None,
    coverage_goal: float | None = None,
    equity: str | None = None,
) -> Goal:
    """Give the goal of a plan.

    What the caller gives wins over access.toml. Where neither gives a budget or a goal, the
    most students are served whatever that costs, at the least cost that serves them.

    Raises
    ------
    InputError
        A number is out of range, or equity is not one of `EQUITIES`.
    """
    problems = []
    if budget_usd_per_year is not None and not 0 <= budget_usd_per_year < math.inf:
        problems.append(
            _problem(
                "budget",
                budget_usd_per_year,
                "USD a year, at least 0",
                "Give what may be spent a year, or leave it out for no limit.",
            )
        )
    if coverage_goal is not None and not 0 <= coverage_goal <= 1:
        percent = f"Write {coverage_goal / 100:.12g} for {coverage_goal:.12g} %."
        fix = percent if 1 < coverage_goal <= 100 else "Write 0.8 for 80 %."
        problems.append(_problem("goal", coverage_goal, "a share from 0 to 1, such as 0.8", fix))
    if equity is not None and equity not in EQUITIES:
        fix = "Take floor for a least share in every attendance zone."
        problems.append(_problem("equity", equity, "one of " + ", ".join(EQUITIES), fix))
    if problems:
        raise InputError(problems)
    if budget_usd_per_year is None and coverage_goal is None:
        budget_usd_per_year = settings.budget_usd_per_year
        # with a budget, the goal of access.toml is what the plan is held against
        coverage_goal = settings.coverage_goal if budget_usd_per_year is None else None
    return Goal(
        budget_usd_per_year=budget_usd_per_year,
        coverage_share=coverage_goal,
        equity=cast("Equity", equity or settings.equity),
        floor_share=settings.floor_share,
    )


def _problem(name: str, value: float | str, expected: str, fix: str) -> Problem:
    return Problem(
        code="out-of-range",
        file="netplan access",
        column=name,
        value=str(value)[:80],
        message=f"{name} cannot be used",
        expected=expected,
        fix=fix,
    )
