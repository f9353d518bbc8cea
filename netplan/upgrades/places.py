"""Where nodes stand: at their school, else amid what they are linked to."""

import numpy as np
import pandas as pd

from netplan.geo.distance import great_circle_km

Points = dict[str, tuple[float, float]]


def node_points(schools: pd.DataFrame, nodes: pd.DataFrame, links: pd.DataFrame) -> Points:
    """Give (lon, lat) of every node that can be placed.

    A node of no school stands at the mean of the placed nodes that it is linked to, worked out
    ring by ring from the schools inward (an assumption: hubs stand amid what they serve).

    Parameters
    ----------
    schools, nodes, links
        Tables of the district.
    """
    at = dict(
        zip(schools["school_id"], zip(schools["lon"], schools["lat"], strict=True), strict=True)
    )
    points: Points = {
        str(node): (float(at[school][0]), float(at[school][1]))
        for node, school in zip(nodes["node_id"], nodes["school_id"], strict=True)
        if school in at and np.isfinite(at[school]).all()
    }
    beside: dict[str, list[str]] = {}
    for a, b in sorted(zip(links["a"], links["b"], strict=True)):
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    while ring := {
        node: [points[other] for other in others if other in points]
        for node, others in beside.items()
        if node not in points and any(other in points for other in others)
    }:
        for node, around in ring.items():
            lon, lat = np.mean(around, axis=0)
            points[node] = (float(lon), float(lat))
    return points


def distance_km(points: Points, a: str, b: str) -> float | None:
    """Give how far two nodes are apart, in km; None where one of them cannot be placed."""
    if a not in points or b not in points:
        return None
    return great_circle_km(*points[a], *points[b])
