"""What E-Rate pays of each line, with the Category Two budget that runs over five years."""

from collections.abc import Sequence

import pandas as pd

from netplan.district.model import District
from netplan.money.erate import CATEGORY_TWO, category_two_budget, share_paid
from netplan.money.lines import Line
from netplan.money.model import Budget


def budgets(districts: Sequence[District], school_years: Sequence[str]) -> tuple[Budget, ...]:
    """Give the Category Two budget of every cycle, as it is when the first of the years begins.

    Parameters
    ----------
    districts, school_years
        One district per year; a cycle's budget follows the students of its first year here.
    """
    found: dict[str, Budget] = {}
    for district, year in zip(districts, school_years, strict=True):
        budget = category_two_budget(district, year)
        if budget is not None:
            found.setdefault(budget.first_school_year, budget)
    return tuple(found.values())


def erate_paid(
    lines: Sequence[Line],
    districts: Sequence[District],
    school_years: Sequence[str],
    cycles: Sequence[Budget],
) -> tuple[float, ...]:
    """Give what E-Rate pays of each line.

    The discount of the line's category and year. Category Two is paid only within the cycle's
    budget, which counts prices before the discount: first the purchases of a plan, which was made
    within it, then the other lines year by year. A line whose pay is known with its price keeps it.

    Returns
    -------
    paid_usd
        As long as ``lines``.
    """
    shares = {
        (category, year): share_paid(district, category, year)
        for district, year in zip(districts, school_years, strict=True)
        for category in {line.erate for line in lines}
    }
    left = {
        budget.first_school_year: budget.left_usd - _planned(lines, budget, shares)
        for budget in cycles
    }
    paid = []
    for line in lines:
        if line.paid_usd is not None:
            paid.append(line.paid_usd)
            continue
        eligible = line.usd
        if line.erate == CATEGORY_TWO:
            cycle = _cycle(cycles, line.school_year)
            eligible = min(eligible, max(0.0, left.get(cycle, 0.0)))
            left[cycle] = left.get(cycle, 0.0) - eligible
        paid.append(eligible * shares[line.erate, line.school_year])
    return tuple(paid)


def _planned(lines: Sequence[Line], budget: Budget, shares: dict[tuple[str, str], float]) -> float:
    """Give what the purchases of a cycle take of its budget, before the discount."""
    return sum(
        line.paid_usd / share
        for line in lines
        if line.erate == CATEGORY_TWO
        and line.paid_usd is not None
        and budget.first_school_year <= line.school_year <= budget.last_school_year
        and (share := shares[line.erate, line.school_year]) > 0
    )


def _cycle(cycles: Sequence[Budget], school_year: str) -> str:
    return next(
        (
            budget.first_school_year
            for budget in cycles
            if budget.first_school_year <= school_year <= budget.last_school_year
        ),
        "",
    )


def over_budget_usd(table: pd.DataFrame, discounts: dict[str, float]) -> float:
    """Give what of Category Two lines lies beyond the budget, before the discount.

    Parameters
    ----------
    table
        Lines with ``erate``, ``usd`` and ``erate_usd``.
    discounts
        School year to the discount of Category Two.
    """
    mine = table[table["erate"] == CATEGORY_TWO]
    share = mine["school_year"].map(discounts).to_numpy(dtype=float)
    full = mine["usd"].to_numpy(dtype=float) * share
    lacking = full - mine["erate_usd"].to_numpy(dtype=float)
    return float((lacking[share > 0] / share[share > 0]).sum())
