"""Every way to give students access at or near home, each one function.

To add one: write a function ``(district, ground) -> Offers`` (`netplan.access.offers.make_offers`
makes them), put it in ``STRATEGIES``, describe it in ``docs/strategies.md`` and test it by hand.
Nothing after this module knows a strategy by its name.
"""

from collections.abc import Callable

from netplan.access.ground import Ground
from netplan.access.model import Offers
from netplan.access.offers import join_offers
from netplan.access.strategies_home import hotspot_lending, subsidized_plan
from netplan.access.strategies_places import (
    bus_stop,
    library_by_transit,
    neighborhood_wireless,
    partner_hotspot,
)
from netplan.district.model import District

STRATEGIES: tuple[Callable[[District, Ground], Offers], ...] = (
    bus_stop,
    partner_hotspot,
    library_by_transit,
    hotspot_lending,
    subsidized_plan,
    neighborhood_wireless,
)


def find_offers(district: District, ground: Ground) -> Offers:
    """Give the offers of every strategy, in the order of ``STRATEGIES`` and then of their ids."""
    return join_offers([strategy(district, ground) for strategy in STRATEGIES])
