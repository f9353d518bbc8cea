"""What holds for every purchase: the horizon, who pays a share, and what old contracts allow."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from netplan.upgrades.contracts import buy_out_usd, first_free_year
from netplan.upgrades.model import Floats, Option

CATEGORY_TWO = "category_two"
MONTHS_PER_YEAR = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The horizon and its rules.

    Parameters
    ----------
    school_years
        The district's own first.
    erate_share
        E-Rate category to the share that it pays in each school year: shape (years,).
    c2_pools
        Category Two budgets: name, what is left of it (before discount), and in which school
        years of the horizon it may be spent, shape (years,), 0 or 1.
    buy_out
        Whether running contracts may be left early, by paying the months left.
    discount_rate_per_year
        With which later money is worth less.
    """

    school_years: tuple[str, ...]
    erate_share: Mapping[str, Floats]
    c2_pools: tuple[tuple[str, float, Floats], ...] = ()
    buy_out: bool = False
    discount_rate_per_year: float = 0.0

    @property
    def discount(self) -> Floats:
        """Worth today of a dollar of each year: shape (years,)."""
        years = np.arange(len(self.school_years))
        return np.asarray((1.0 + self.discount_rate_per_year) ** -years, dtype=np.float64)

    def share(self, category: str) -> Floats:
        """Give what E-Rate pays of a category in each school year: shape (years,)."""
        none = np.zeros(len(self.school_years))
        return np.asarray(self.erate_share.get(category, none), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What an element costs as it is, and how long its contract binds.

    Parameters
    ----------
    usd_per_year
        What it costs each year.
    known
        Whether the district's tables say so; else it is the catalog's price of its class.
    contract_end
        Last month of the contract; empty: none.
    """

    usd_per_year: float = 0.0
    known: bool = True
    contract_end: str = ""

    def first_year(self, terms: Terms) -> int:
        """Give the first school year, as an index, in which it may be replaced."""
        return 0 if terms.buy_out else first_free_year(self.contract_end, terms.school_years)

    def buy_out_usd(self, terms: Terms) -> Floats:
        """Give what leaving the contract costs when each school year begins: shape (years,)."""
        if not terms.buy_out:
            return np.zeros(len(terms.school_years))
        monthly = self.usd_per_year / MONTHS_PER_YEAR
        return buy_out_usd(self.contract_end, monthly, terms.school_years)


def with_and_without_erate(option: Option, terms: Terms) -> tuple[Option, ...]:
    """Give an option with E-Rate's share, and, where a budget may run out, also without it."""
    share = terms.share(option.erate)
    if not share.any():
        return (replace(option, erate="none", erate_share=share, c2_usd=0.0),)
    if option.erate != CATEGORY_TWO:
        return (replace(option, erate_share=share, c2_usd=0.0),)
    alone = replace(
        option,
        option=f"{option.option} no-erate",
        erate="none",
        erate_share=np.zeros_like(share),
        c2_usd=0.0,
    )
    if option.c2_usd <= 0.0:
        return (alone,)
    return replace(option, erate_share=share), alone


def is_empty(value: Any) -> bool:
    """Whether a cell says nothing."""
    return value is None or bool(pd.isna(value))


def text_of(value: Any) -> str:
    """Give a cell's text; empty where the cell is."""
    return "" if is_empty(value) else str(value)


def number_of(value: Any, default: float) -> float:
    """Give a cell's number, or the default where the cell is empty."""
    return default if is_empty(value) else float(value)
