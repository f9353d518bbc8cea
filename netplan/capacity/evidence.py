"""What the earlier stages found, gathered for the capacity stage to read."""

from dataclasses import dataclass
from statistics import NormalDist

import pandas as pd

from netplan.district.model import District
from netplan.load.calibration import Calibration
from netplan.load.model import Floats, Load
from netplan.load.situation import Situation
from netplan.network.contributions import Contributions
from netplan.network.model import Cuts, Failures, FairShares, Network, Routes, Utilization


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One school day on the network: what is asked of every element, and nothing told of it yet.

    Parameters
    ----------
    district
        Its inputs say which scenarios are in force.
    situation, load, network, routes, utilization
        As in `Evidence`.
    calibration
        Of the district as it is: what scenarios make of it was not measured.
    growth_factor
        What the load was multiplied by for the school years ahead; it is in ``load``.
    """

    district: District
    situation: Situation
    load: Load
    network: Network
    routes: Routes
    utilization: Utilization
    calibration: Calibration
    growth_factor: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that a building's numbers are made from.

    Parameters
    ----------
    situation
        Who is in the building with what and does what, events included.
    district, load, network, routes, utilization, contributions, failures, cuts
        Results of the stages of those names; ``load`` is the calibrated one where
        measured.csv exists.
    primary_cut_mbps
        Shape (schools,): the min cut without backup links.
    access_mbps
        What the primary circuits bring into the district from the internet, down.
    fair_shares
        One per period.
    airtime
        One row per access-point group.
    calibration
        What measured.csv did to the load; without it nothing.
    growth_factor
        As in `Day`.
    """

    district: District
    situation: Situation
    load: Load
    network: Network
    routes: Routes
    utilization: Utilization
    contributions: Contributions
    failures: Failures
    cuts: Cuts
    primary_cut_mbps: Floats
    access_mbps: float
    fair_shares: tuple[FairShares, ...]
    airtime: pd.DataFrame
    calibration: Calibration
    growth_factor: float = 1.0

    @property
    def z(self) -> float:
        """Standard normal quantile of the planning percentile."""
        return NormalDist().inv_cdf(self.district.planning.percentile)

    def element_id(self, element: int) -> str:
        """Give the id of an element by its row (links, then nodes)."""
        links = len(self.network.link_ids)
        if element < links:
            return self.network.link_ids[element]
        return self.network.node_ids[element - links]

    def element_kind(self, element: int) -> str:
        """Give ``link`` or ``node``."""
        return "link" if element < len(self.network.link_ids) else "node"

    def setting(self, name: str) -> float:
        """Give one number of the settings catalog."""
        settings = self.district.table("settings")
        return float(settings.loc[settings["name"] == name, "value"].iloc[0])

    def setting_source(self, name: str) -> str:
        """Give the source of one number of the settings catalog."""
        settings = self.district.table("settings")
        return str(settings.loc[settings["name"] == name, "source"].iloc[0])
