"""When something may be bought: contracts that run, and E-Rate's windows."""

from collections.abc import Sequence

import numpy as np

from netplan.upgrades.model import Floats

#: School years begin in July, as E-Rate's funding years do (the rules catalog dates them so).
FIRST_MONTH = 7
MONTHS_PER_YEAR = 12


def months_left(contract_end: str, school_year: str) -> int:
    """Give how many months a contract still runs when a school year begins; never below 0.

    Parameters
    ----------
    contract_end
        The last month that it runs in, as ``2028-06``; empty: it does not run.
    school_year
        Such as ``2027-28``.
    """
    if not contract_end:
        return 0
    year, month = int(contract_end[:4]), int(contract_end[5:7])
    after = year * MONTHS_PER_YEAR + month + 1
    begins = int(school_year[:4]) * MONTHS_PER_YEAR + FIRST_MONTH
    return max(after - begins, 0)


def first_free_year(contract_end: str, school_years: Sequence[str]) -> int:
    """Give the first school year, as an index, that begins after the contract ends.

    Their number, if none does.
    """
    for index, year in enumerate(school_years):
        if months_left(contract_end, year) == 0:
            return index
    return len(school_years)


def buy_out_usd(contract_end: str, monthly_usd: float, school_years: Sequence[str]) -> Floats:
    """Give what the months left of a contract cost when each school year begins."""
    return np.array(
        [months_left(contract_end, year) * monthly_usd for year in school_years], dtype=np.float64
    )
