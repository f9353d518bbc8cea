"""What every element carries in every period, and how much of its capacity that is."""

from statistics import NormalDist
from typing import NamedTuple, Protocol

import numpy as np
from scipy.sparse import csr_array

from netplan.load.model import DIRECTIONS, FLOWS, Floats, Load, planning_load
from netplan.network.jit import kernel
from netplan.network.model import Network, Routes, Utilization
from netplan.network.paths import Table

DOWN, UP, BOTH = range(len(DIRECTIONS))


class PlanningRule(Protocol):
    """The two numbers of ``[planning]`` that turn moments into a planning load."""

    @property
    def percentile(self) -> float:
        """Percentile of the load to plan for, as a share."""

    @property
    def common_mode_cv(self) -> float:
        """kappa: spread of what all schools do at once, as a share of the mean."""


def utilize(network: Network, routes: Routes, load: Load, planning: PlanningRule) -> Utilization:
    """Add up every element's load from the schools that use it.

    ``M_l = sum_s f_sl M_s`` and ``V_l = sum_s f_sl^2 V_s``, summed over flows. The load of a
    link in the direction a -> b is the down-load of schools whose way out runs b -> a and the
    up-load of schools whose way out runs a -> b.

    Parameters
    ----------
    routes
        Routes over this network.
    load
        Moments of the same schools in the same order.
    planning
        Percentile and common-mode spread.
    """
    elements = len(network.link_ids) + len(network.node_ids)
    shape = (elements, len(load.periods), len(DIRECTIONS))
    mean, var = np.zeros(shape), np.zeros(shape)
    for flow in range(len(FLOWS)):
        # copies, so that the kernel meets the same type of array every time
        schools = Moments(
            load.mean_mbps[:, :, flow].copy(),
            load.var_mbps2[:, :, flow].copy(),
        )
        if routes.share[flow].nnz and (schools.mean.any() or schools.var.any()):
            share = table(routes.share[flow])
            _carry(share, len(network.link_ids), schools, Moments(mean, var))
    return rate(network, mean, var, planning)


def rate(network: Network, mean: Floats, var: Floats, planning: PlanningRule) -> Utilization:
    """Turn moments per element into planning loads and shares of capacity.

    Parameters
    ----------
    mean, var
        Shape (m + n, periods, 3), Mbps and Mbps squared; become part of the result.
    """
    load = planning_load(mean, var, quantile(planning), planning.common_mode_cv)
    # nothing over nothing is no utilization; something over nothing is infinite
    with np.errstate(divide="ignore", invalid="ignore"):
        share = load / network.capacity_mbps[:, None, :]
    if not network.capacity_mbps.all():
        share[load == 0.0] = 0.0
    for array in (mean, var, load, share):
        array.setflags(write=False)
    return Utilization(mean_mbps=mean, var_mbps2=var, load_mbps=load, utilization_share=share)


def quantile(planning: PlanningRule) -> float:
    """Give z, the standard normal quantile of the planning percentile."""
    return NormalDist().inv_cdf(planning.percentile)


def draw_loads(
    network: Network, routes: Routes, demand_mbps: Floats, direction: int = DOWN
) -> Floats:
    """Load every element with many draws of the schools' demand over the same routes.

    Parameters
    ----------
    demand_mbps
        Shape (draws, schools, flows, 3), axes in the order of FLOWS and DIRECTIONS.
    direction
        Index of DIRECTIONS: the load to give; nodes always give ``both``.

    Returns
    -------
    load_mbps
        Shape (m + n, draws).
    """
    links, elements = len(network.link_ids), len(network.link_ids) + len(network.node_ids)
    load = np.zeros((elements, demand_mbps.shape[0]))
    for flow in range(len(FLOWS)):
        demand = demand_mbps[:, :, flow].transpose(1, 2, 0).copy()
        if routes.share[flow].nnz and demand.any():
            _carry_draws(table(routes.share[flow]), links, demand, direction, load)
    return load


class Moments(NamedTuple):
    """Means and variances by DIRECTIONS on the last axis."""

    mean: Floats
    var: Floats


def table(share: csr_array) -> Table:
    """Give the three arrays of a csr array in the types that kernels take."""
    return Table(
        share.indptr.astype(np.int64, copy=False),
        share.indices.astype(np.int64, copy=False),
        share.data,
    )


@kernel
def _carry(share: Table, links: int, schools: Moments, elements: Moments) -> None:
    """Add the moments (schools, periods, 3) of one flow to those of the elements it uses."""
    start, columns, amounts = share
    mean, var = schools
    element_mean, element_var = elements
    for school in range(start.size - 1):
        for k in range(start[school], start[school + 1]):
            column = columns[k]
            once = amounts[k]
            square = once * once
            # along an arc a -> b (even) the way out takes up-loads in the link's direction down
            if column >= 2 * links:
                element, down, up = column - links, 0, 1
            else:
                element, down, up = column >> 1, 1 - (column & 1), column & 1
            for period in range(mean.shape[1]):
                element_mean[element, period, down] += once * mean[school, period, 0]
                element_mean[element, period, up] += once * mean[school, period, 1]
                element_mean[element, period, 2] += once * mean[school, period, 2]
                element_var[element, period, down] += square * var[school, period, 0]
                element_var[element, period, up] += square * var[school, period, 1]
                element_var[element, period, 2] += square * var[school, period, 2]


@kernel
def _carry_draws(share: Table, links: int, demand: Floats, direction: int, load: Floats) -> None:
    """Add the demand (schools, 3, draws) of one flow to the elements it uses, in one direction."""
    start, columns, amounts = share
    draws = load.shape[1]
    for school in range(start.size - 1):
        for k in range(start[school], start[school + 1]):
            column = columns[k]
            amount = amounts[k]
            if column >= 2 * links:
                element, kind = column - links, 2
            else:
                element, kind = column >> 1, direction
                if direction < 2 and (column & 1) == 0:
                    kind = 1 - direction
            for draw in range(draws):
                load[element, draw] += amount * demand[school, kind, draw]
