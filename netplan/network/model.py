"""Frozen arrays: the network, the routes over it, what they carry and what a failure does."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from netplan.load.model import Floats

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The district's nodes and links as flat arrays, sorted by id.

    Parameters
    ----------
    node_ids, node_kinds
        Length n.
    node_school
        Shape (n,): row of the school in ``school_ids``, or -1.
    link_ids
        Length m.
    link_a, link_b
        Shape (m,): node rows; ``a`` is the end nearer the internet.
    cost_micro
        Shape (m,): routing cost in whole millionths, at least 1.
    backup
        Shape (m,): carries nothing while a primary way exists.
    capacity_mbps
        Shape (m + n, 3), elements (links, then nodes) by DIRECTIONS; inf = no limit.
        Links limit down and up (count x capacity of one circuit), nodes limit both.
    school_ids
        Length s, sorted.
    entry
        csr array (s, n): share of a school's load that enters at each node; rows sum to 1.
    risk_groups
        Name of a shared-risk group to the rows of its links.
    """

    node_ids: tuple[str, ...]
    node_kinds: tuple[str, ...]
    node_school: Ints
    link_ids: tuple[str, ...]
    link_a: Ints
    link_b: Ints
    cost_micro: Ints
    backup: Bools
    capacity_mbps: Floats
    school_ids: tuple[str, ...]
    entry: csr_array
    risk_groups: dict[str, Ints]


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """Where each school's traffic goes.

    Parameters
    ----------
    share
        One csr array (s, 2 m + n) per FLOW: the share of the school's traffic of that flow
        that travels each arc toward its destination (arc 2i: link i from a to b,
        arc 2i+1: from b to a) and passes each node (its end nodes included).
    lost_share
        Shape (s, flows): share that finds no way.
    """

    share: tuple[csr_array, ...]
    lost_share: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Utilization:
    """What every element carries in every period.

    All of shape (m + n, periods, 3), elements (links, then nodes) by DIRECTIONS. For links
    ``both`` and for nodes ``down`` and ``up`` are carried too, though nothing limits them.
    """

    mean_mbps: Floats
    var_mbps2: Floats
    load_mbps: Floats
    utilization_share: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """What every single failure cuts off and what it loads more.

    Kept as lists of what changes; a dense table of 130,000 failures by as many elements
    would not fit in memory.

    Parameters
    ----------
    failed
        Length f: id of the link, the node or the shared-risk group that failed.
    kinds
        Length f: ``link``, ``node`` or ``risk_group``.
    base_lost_share
        Shape (s,): share of each school's internet traffic that finds no way
        while nothing has failed.
    lost_failure, lost_school, lost_share
        One entry per failure (row of ``failed``) and school that loses more than in the base
        case, in order of failure: the share of its internet traffic that finds no way;
        exactly 1 = cut off.
    datacenter_failure, datacenter_school, datacenter_lost_share
        The same for traffic to the data center; empty where it goes to the internet.
    rise_failure, rise_element, rise_direction, rise_period
        One entry per failure, element (links, then nodes) and direction whose planning load
        rises in some period; the period is the worst of those in which it does.
    rise_load_mbps, rise_utilization_share
        The planning load in that period under the failure, and as a share of capacity.
    """

    failed: tuple[str, ...]
    kinds: tuple[str, ...]
    base_lost_share: Floats
    lost_failure: Ints
    lost_school: Ints
    lost_share: Floats
    datacenter_failure: Ints
    datacenter_school: Ints
    datacenter_lost_share: Floats
    rise_failure: Ints
    rise_element: Ints
    rise_direction: Ints
    rise_period: Ints
    rise_load_mbps: Floats
    rise_utilization_share: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandFailures:
    """What every single failure does to a matrix of demands between nodes.

    Parameters
    ----------
    failed, kinds
        As in ``Failures``.
    lost_failure, lost_target, lost_mbps
        Failure and destination node whose demands lose that much more than in the base case.
    rise_failure, rise_arc, rise_mbps
        Failure and arc (2i: link i from a to b) whose load rises, and its load then.
    """

    failed: tuple[str, ...]
    kinds: tuple[str, ...]
    lost_failure: Ints
    lost_target: Ints
    lost_mbps: Floats
    rise_failure: Ints
    rise_arc: Ints
    rise_mbps: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """How much could reach each school at best, whatever the routing does.

    Parameters
    ----------
    min_cut_mbps
        Shape (s,): largest flow down from the internet to the school's head nodes over all
        links, backup ones too; inf = nothing on the way has a limit.
    disjoint_paths
        Shape (s,): ways from the internet to the head nodes that share no link.
    """

    min_cut_mbps: Floats
    disjoint_paths: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class FairShares:
    """The max-min fair rate of the devices of each school.

    Parameters
    ----------
    rate_mbps_per_device
        Shape (s,): down, per present device; 0 where nobody is present.
    limited_by
        Shape (s,): element (links, then nodes) that keeps it from more; -1 = its demand is met.
    limited_direction
        Shape (s,): direction of that element, as an index of DIRECTIONS; -1 = none.
    """

    rate_mbps_per_device: Floats
    limited_by: Ints
    limited_direction: Ints
