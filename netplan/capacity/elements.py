"""Links and nodes in their worst period."""

import numpy as np
import pandas as pd

from netplan.capacity.evidence import Evidence
from netplan.load.model import DIRECTIONS


def worst_links(evidence: Evidence) -> pd.DataFrame:
    """Give one row per link and direction (down is from a to b), in its worst period.

    Returns
    -------
    links
        link_id, direction, period, mean_mbps, load_mbps, capacity_mbps, utilization_share;
        sorted by link and direction.
    """
    links = len(evidence.network.link_ids)
    rows = np.repeat(np.arange(links), 2)
    direction = np.tile([0, 1], links)
    frame = _worst(evidence, rows, direction)
    return frame.assign(
        link_id=np.repeat(np.array(evidence.network.link_ids, dtype=object), 2),
        direction=np.tile(np.array(DIRECTIONS[:2], dtype=object), links),
    )[["link_id", "direction", *frame.columns]]


def worst_nodes(evidence: Evidence) -> pd.DataFrame:
    """Give one row per node with a throughput limit, in its worst period.

    Returns
    -------
    nodes
        node_id, kind, period, mean_mbps, load_mbps, capacity_mbps, utilization_share; by id.
    """
    network = evidence.network
    links = len(network.link_ids)
    rows = links + np.flatnonzero(np.isfinite(network.capacity_mbps[links:, 2]))
    frame = _worst(evidence, rows, np.full(len(rows), 2))
    return frame.assign(
        node_id=[network.node_ids[row - links] for row in rows],
        kind=[network.node_kinds[row - links] for row in rows],
    )[["node_id", "kind", *frame.columns]]


def _worst(
    evidence: Evidence,
    rows: np.ndarray[tuple[int], np.dtype[np.int64]],
    direction: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> pd.DataFrame:
    """Pick the period of the largest planning load of each element and direction."""
    used = evidence.utilization
    by_period = used.load_mbps[rows, :, direction]
    period = by_period.argmax(axis=1)
    return pd.DataFrame(
        {
            "period": np.array(evidence.load.periods, dtype=object)[period],
            "mean_mbps": used.mean_mbps[rows, period, direction],
            "load_mbps": by_period[np.arange(len(rows)), period],
            "capacity_mbps": evidence.network.capacity_mbps[rows, direction],
            "utilization_share": used.utilization_share[rows, period, direction],
        }
    )
