"""What devices ask of the network, as two moments."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Where traffic goes: the internet, the district's data center, a cache in the
#: building's MDF, or (from outside the building) back out through the district's
#: filter when off-campus devices are tunneled through it.
FLOWS = ("internet", "datacenter", "cache", "tunnel")
#: ``both`` is down and up together, for elements whose throughput is shared.
DIRECTIONS = ("down", "up", "both")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Mean and variance of the load of every school.

    Parameters
    ----------
    school_ids
        One per row, sorted.
    periods
        One per period, in the order of the bell schedule.
    mean_mbps, var_mbps2
        Shape (schools, periods, flows, directions), in Mbps and Mbps squared;
        axes in the order of ``FLOWS`` and ``DIRECTIONS``.
    devices
        Shape (schools,): expected devices, people x devices per person.
    present_devices
        Shape (schools, periods): expected devices in the building.
    """

    school_ids: tuple[str, ...]
    periods: tuple[str, ...]
    mean_mbps: Floats
    var_mbps2: Floats
    devices: Floats
    present_devices: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        for array in (self.mean_mbps, self.var_mbps2, self.devices, self.present_devices):
            array.setflags(write=False)


def planning_load(mean_mbps: Any, var_mbps2: Any, z: float, common_mode_cv: float) -> Any:
    """Give the load that is passed with the planning percentile's complement.

    ``M + z sqrt(V + (kappa M)^2)``: Gaussian link dimensioning (van de Meent,
    Mandjes and Pras 2007) with a common-mode term for what all schools do at once.

    Parameters
    ----------
    mean_mbps, var_mbps2
        Arrays of one shape, Mbps and Mbps squared.
    z
        Standard normal quantile of the planning percentile.
    common_mode_cv
        kappa, as a share of the mean.
    """
    return mean_mbps + z * np.sqrt(var_mbps2 + (common_mode_cv * mean_mbps) ** 2)
