"""Every element with a limit on one building's way, so that its bottleneck can be checked."""

from typing import Any

import numpy as np

from netplan.capacity.evidence import Evidence
from netplan.district.model import District
from netplan.load.model import DIRECTIONS


def guess_note(district: District, kind: str, element: str) -> str:
    """Say that a capacity is a guess where the column ``guess`` (of `netplan init`) does."""
    table, key, column = (
        ("links", "link_id", "_mbps") if kind == "link" else ("nodes", "node_id", "throughput_mbps")
    )
    frame = district.table(table)
    if "guess" not in frame.columns:
        return ""
    told = frame.loc[frame[key] == element, "guess"].fillna("").astype(str)
    guesses = [part.strip() for part in ";".join(told).split(";") if column in part]
    return f" (a guess: {'; '.join(guesses)})" if guesses else ""


def way(evidence: Evidence, school: int) -> tuple[dict[str, Any], ...]:
    """List the limited elements that carry a school's traffic, the fullest first.

    Parameters
    ----------
    school
        Row of the school.

    Returns
    -------
    way
        One row per element and limited direction in its worst period: element, kind, direction,
        period, mean_mbps and sd_mbps (of all schools on it), load_mbps, capacity_mbps,
        utilization_share, own_mean_mbps (this school's part of the mean).
    """
    pairs, used = evidence.contributions, evidence.utilization
    rows = []
    for pair in np.flatnonzero(pairs.school == school):
        element = int(pairs.element[pair])
        for direction in np.flatnonzero(np.isfinite(evidence.network.capacity_mbps[element])):
            period = int(used.load_mbps[element, :, direction].argmax())
            at = (element, period, int(direction))
            rows.append(
                {
                    "element": evidence.element_id(element),
                    "kind": evidence.element_kind(element),
                    "direction": DIRECTIONS[direction],
                    "period": evidence.load.periods[period],
                    "mean_mbps": float(used.mean_mbps[at]),
                    "sd_mbps": float(np.sqrt(used.var_mbps2[at])),
                    "load_mbps": float(used.load_mbps[at]),
                    "capacity_mbps": float(evidence.network.capacity_mbps[element, direction]),
                    "utilization_share": float(used.utilization_share[at]),
                    "own_mean_mbps": float(pairs.mean_mbps[pair, period, direction]),
                }
            )
    return tuple(sorted(rows, key=lambda row: (-row["utilization_share"], row["element"])))
