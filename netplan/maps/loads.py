"""Loads by period for the time slider."""

import numpy as np
import pandas as pd

from netplan.capacity.model import Capacity
from netplan.district.model import District
from netplan.maps.model import Loads


def loads_of(district: District, capacity: Capacity) -> Loads | None:
    """Give loads by period; None where the capacity stage kept none.

    Parameters
    ----------
    district
        For the hours of the periods.
    capacity
        With its ``daytime``.
    """
    day = capacity.daytime
    if day is None or not day.periods:
        return None
    by_period = capacity.periods.pivot(index="period", columns="school_id", values="load_down_mbps")
    mbps = by_period.reindex(index=list(day.periods), columns=list(day.school_ids))
    return Loads(
        periods=_named_periods(district.table("bell"), day.periods),
        link_ids=day.link_ids,
        school_ids=day.school_ids,
        link_share=day.link_share.T,
        link_mbps=day.link_mbps.T,
        school_share=day.school_share.T,
        school_mbps=mbps.to_numpy(dtype=np.float64),
    )


def _named_periods(bell: pd.DataFrame, periods: tuple[str, ...]) -> tuple[str, ...]:
    """Give periods with their hours; those of an event have none in the bell schedule."""
    hours = {
        str(period): f"{start}-{end} {period}"
        for period, start, end in zip(bell["period"], bell["start"], bell["end"], strict=True)
    }
    return tuple(hours.get(period, period) for period in periods)
