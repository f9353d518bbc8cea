"""The rules of buying for one district and horizon: E-Rate's shares and budgets, and the rest."""

from collections.abc import Sequence

import numpy as np

from netplan.district.model import District
from netplan.money.erate import CATEGORIES, category_two_budget, share_paid
from netplan.upgrades.terms import Terms


def terms_of(districts: Sequence[District], *, buy_out: bool = False) -> Terms:
    """Give the terms of a horizon.

    E-Rate pays nothing in the first school year: the window to apply for it closed before that
    year began. A Category Two budget is what is left of its cycle when the first year begins in
    which it can be spent; each cycle is one budget.

    Parameters
    ----------
    districts
        One per school year, the district's own first.
    buy_out
        Whether contracts may be left early.
    """
    years = tuple(str(district.settings.school_year) for district in districts)
    open_ = list(enumerate(districts))[1:]
    shares = {category: np.zeros(len(years)) for category in CATEGORIES}
    cycles: dict[str, tuple[float, np.ndarray]] = {}
    for year, district in open_:
        for category in CATEGORIES:
            shares[category][year] = share_paid(district, category, years[year])
        budget = category_two_budget(district, years[year])
        if budget is not None:
            _usd, spent_in = cycles.setdefault(
                budget.first_school_year, (budget.left_usd, np.zeros(len(years)))
            )
            spent_in[year] = 1.0
    return Terms(
        school_years=years,
        erate_share=shares,
        c2_pools=tuple(
            (f"Category Two from {first}", usd, spent_in)
            for first, (usd, spent_in) in sorted(cycles.items())
        ),
        buy_out=buy_out,
        discount_rate_per_year=districts[0].inputs.money.discount_rate_per_year,
    )
