"""The district's own devices over the years: what is in use, bought, renewed and lost."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from netplan.district.model import District
from netplan.inputs.model import MoneySettings
from netplan.load.model import Floats

DISTRICT_OWNED = "district"
COLUMNS = ("kind", "school_year", "devices", "new_devices", "renewed_devices", "lost_devices")


def owned_devices(district: District) -> pd.Series:
    """Give the district's own devices by kind, spares included; bring-your-own counts nothing."""
    people = district.table("populations")
    mine = people[people["owner"] == DISTRICT_OWNED]
    devices = (mine["people"] * mine["per_person"]).groupby(mine["kind"]).sum()
    return devices * (1.0 + district.inputs.money.spare_share)


def fleet(districts: Sequence[District], school_years: Sequence[str]) -> pd.DataFrame:
    """Follow each kind of device through the years.

    What the district owns before its first year is the fleet of the folder as read (a scenario's
    base), of the ages of a fleet that has always been renewed and lost at this pace: without
    losses, spread evenly over its life. Where a scenario needs fewer in the first year, the same
    holds for the smaller fleet.

    Parameters
    ----------
    districts
        One per school year.
    school_years
        Their names.

    Returns
    -------
    fleet
        The columns of ``COLUMNS``, by kind then year: devices in use; of those bought in the year
        the ones that are new to the fleet, replace old ones, and replace broken or lost ones.
    """
    changed = districts[0].inputs.changed
    before = owned_devices(districts[0] if changed is None else District(inputs=changed.base))
    wanted = pd.DataFrame(
        {
            year: owned_devices(district)
            for year, district in zip(school_years, districts, strict=True)
        }
    ).fillna(0.0)
    kinds = sorted({*wanted.index, *before.index})
    rows = []
    for kind in kinds:
        needed = wanted.loc[kind].to_numpy() if kind in wanted.index else np.zeros(len(districts))
        bought = _follow(float(before.get(kind, 0.0)), needed, districts[0].inputs.money)
        for year, devices, (new, renewed, lost) in zip(school_years, needed, bought, strict=True):
            rows.append((kind, year, float(devices), new, renewed, lost))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _follow(
    before: float, needed: Floats, money: MoneySettings
) -> list[tuple[float, float, float]]:
    """Give what is new, renewed and lost each year for one kind.

    ``due[t]`` holds the devices that reach the end of their life in year t. A life of four and a
    half years ends for half of a purchase after four years and for the other half after five.
    """
    whole = math.floor(money.device_life_years)
    part = money.device_life_years - whole
    kept = 1.0 - money.loss_share_per_year
    years = needed.size
    due = np.zeros(years + whole + 2)
    # a first year with fewer devices than the folder describes where a scenario starts from
    due[: whole + 1] = min(before, float(needed[0])) * _ages(whole, part, kept)
    bought = []
    for year, target in enumerate(needed):
        old, stock = float(due[year]), float(due[year:].sum())
        due[year] = 0.0
        renewed = min(old, max(0.0, target - (stock - old)))
        new = max(0.0, target - max(stock, 0.0))
        surplus = max(0.0, stock - old - target)
        lost = money.loss_share_per_year * float(target)
        due = _retired(due, surplus) * kept
        # what was bought this year suffers losses as the rest, and what replaces those is new
        fresh = (renewed + new) * kept + lost
        due[year + whole] += fresh * (1.0 - part)
        due[year + whole + 1] += fresh * part
        bought.append((new, renewed, lost))
    return bought


def _ages(whole: int, part: float, kept: float) -> Floats:
    """Give the share of a steady fleet that comes due in each of the next years.

    A purchase made ``age`` years ago is ``kept ** (age - 1)`` of what it was after its own year.
    """
    ahead = np.arange(whole + 1)
    due = part * kept ** (whole - ahead).astype(float)
    due[:whole] += (1.0 - part) * kept ** (whole - 1.0 - ahead[:whole])
    return np.asarray(due / due.sum())


def _retired(due: Floats, surplus: float) -> Floats:
    """Give the fleet without the devices that nobody needs, the oldest of them."""
    older = np.cumsum(due) - due
    return np.asarray(due - np.minimum(due, np.maximum(0.0, surplus - older)))
