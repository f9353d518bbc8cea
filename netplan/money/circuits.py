"""What the circuits of a district cost a year: internet access, and the lines between buildings."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from netplan.access.rules import MONTHS_PER_YEAR
from netplan.district.model import District
from netplan.load.model import Floats
from netplan.money.rules import (
    ASSUMPTION,
    SOURCED,
    CircuitPrice,
    internet_price,
    wan_price,
)

#: Media of circuits that somebody is paid for every month, price known or not.
_RENTED = ("leased", "cable")
_LINKS_FILE = "links.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuits:
    """Circuits of one sort, such as internet access without a price in links.csv."""

    item: str
    title: str
    cost_center: str
    circuits: float
    usd: float
    low_usd: float
    high_usd: float
    status: str
    source: str
    worked: str


def circuits(district: District, school_year: str) -> tuple[Circuits, ...]:
    """Add up what circuits cost in a school year, before E-Rate.

    A link with an end at a node of kind internet is internet access; every other one with a
    monthly price, or of a medium that is rented, is part of the WAN. Other links without a price
    are taken for the district's own and cost nothing here.

    Parameters
    ----------
    district
        As it is in that year.
    school_year
        Whose prices stand in where links.csv has none.
    """
    links = district.table("links")
    nodes = district.table("nodes")
    ends = frozenset(nodes.loc[nodes["kind"] == "internet", "node_id"])
    internet = (links["a"].isin(ends) | links["b"].isin(ends)).to_numpy()
    priced = links["monthly_usd"].notna().to_numpy()
    rented = links["medium"].isin(_RENTED).to_numpy() & ~_inside(links, nodes)
    rules = district.table("rules")
    count = links["count"].to_numpy(dtype=float)
    down = links["down_mbps"].to_numpy(dtype=float)
    monthly = links["monthly_usd"].to_numpy(dtype=float)
    unknown = {float(rate) for rate in down[(internet | rented) & ~priced]}
    found = []
    for center, mine, words, price in (
        ("internet", internet, "Internet access", internet_price),
        ("wan_lan", ~internet, "Lines of the WAN", wan_price),
    ):
        known = mine & priced
        if known.any():
            # a link's price is that of all its circuits
            usd = MONTHS_PER_YEAR * float(monthly[known].sum())
            found.append(_known(center, words, float(count[known].sum()), usd))
        bare = mine & ~priced & (internet | rented)
        prices = {rate: price(rules, rate, school_year) for rate in unknown}
        if bare.any():
            found.append(_assumed(center, words, down[bare], count[bare], prices))
    return tuple(found)


def _inside(links: pd.DataFrame, nodes: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Say which links lie inside one building."""
    school = nodes.set_index("node_id")["school_id"]
    a, b = links["a"].map(school), links["b"].map(school)
    return np.asarray((a == b) & a.notna(), dtype=bool)


def _known(center: str, words: str, circuits: float, usd: float) -> Circuits:
    return Circuits(
        item=center,
        title=words,
        cost_center=center,
        circuits=circuits,
        usd=usd,
        low_usd=usd,
        high_usd=usd,
        status=SOURCED,
        source=f"{_LINKS_FILE}, monthly_usd",
        worked=f"{MONTHS_PER_YEAR} months x {usd / MONTHS_PER_YEAR:,.0f} USD for {circuits:,.0f} "
        "circuits together",
    )


def _assumed(
    center: str,
    words: str,
    down_mbps: Floats,
    count: Floats,
    prices: dict[float, CircuitPrice | None],
) -> Circuits:
    """Price circuits whose own price is not known; without any price they are 0, and it is said."""
    each = [prices[float(rate)] for rate in down_mbps]
    usd, low, high = count @ np.array(
        [
            (one.usd_per_year, one.low_usd_per_year, one.high_usd_per_year)
            if one is not None
            else (0.0, 0.0, 0.0)
            for one in each
        ]
    )
    sources = [one.source for one in each if one is not None]
    return Circuits(
        item=f"{center}_assumed",
        title=f"{words} without a price in {_LINKS_FILE}",
        cost_center=center,
        circuits=float(count.sum()),
        usd=float(usd),
        low_usd=float(low),
        high_usd=float(high),
        status=ASSUMPTION,
        source="; ".join(dict.fromkeys(sources)) or "assumption: 0, since no price is known",
        worked=f"{count.sum():,.0f} circuits of {down_mbps @ count:,.0f} Mbps together at typical "
        "prices",
    )
