"""Published targets by the head, side by side and never blended."""

import numpy as np
import pandas as pd

from netplan.capacity.evidence import Evidence
from netplan.capacity.rows import rows


def district_size(evidence: Evidence) -> str:
    """Give SETDA's size class of the district (fact 1.09): ``small``, ``medium`` or ``large``."""
    students = float(evidence.district.table("schools")["enrollment"].sum())
    if students < evidence.setting("size_small_below_students"):
        return "small"
    return "large" if students > evidence.setting("size_large_above_students") else "medium"


def internet_access_mbps(evidence: Evidence) -> float:
    """Give what the primary circuits bring from the internet into the district, down.

    What E-Rate calls the bandwidth of a district: the sum of its internet access lines, and where
    access and transport are separate lines in a row, the lesser (fact 1.13). The lines to the
    schools themselves and what firewalls pass are not in it.
    """
    return evidence.access_mbps


def _applying(evidence: Evidence, scope: str) -> pd.DataFrame:
    targets = evidence.district.table("targets")
    applies = targets["applies_to"].isin(["all", district_size(evidence)])
    return targets[(targets["scope"] == scope) & applies]


def building_targets(evidence: Evidence) -> pd.DataFrame:
    """Hold what the network can bring to each building against each building target.

    What it can bring is the min cut from the internet to the building's MDF over primary links
    with everyone else silent: the generous reading, so that a target missed is missed indeed.

    Returns
    -------
    targets
        school_id, target, title, needed_mbps, has_mbps, met, gap_mbps, basis, status, source.
    """
    schools = evidence.district.table("schools").set_index("school_id")
    schools = schools.loc[list(evidence.network.school_ids)]
    return _compare(
        _applying(evidence, "building"),
        school_id=np.array(evidence.network.school_ids, dtype=object),
        students=schools["enrollment"].to_numpy(dtype=float),
        staff=schools["staff"].fillna(0.0).to_numpy(dtype=float),
        has_mbps=evidence.primary_cut_mbps,
        unknown_staff=_unknown_staff(schools),
    )


def district_targets(evidence: Evidence) -> pd.DataFrame:
    """Hold the district's internet access against each district target; columns as above."""
    schools = evidence.district.table("schools")
    frame = _compare(
        _applying(evidence, "district"),
        school_id=np.array([""], dtype=object),
        students=np.array([schools["enrollment"].sum()], dtype=float),
        staff=np.array([schools["staff"].fillna(0.0).sum()], dtype=float),
        has_mbps=np.array([internet_access_mbps(evidence)]),
        unknown_staff=_unknown_staff(schools),
    )
    return frame.drop(columns="school_id")


def _unknown_staff(schools: pd.DataFrame) -> str:
    """Say how many schools state no staff, whose users are then their students alone."""
    unknown = int(schools["staff"].isna().sum())
    return f"; staff of {unknown} of {len(schools)} schools unknown, not counted" if unknown else ""


def _compare(
    targets: pd.DataFrame,
    *,
    school_id: np.ndarray[tuple[int], np.dtype[np.object_]],
    students: np.ndarray[tuple[int], np.dtype[np.float64]],
    staff: np.ndarray[tuple[int], np.dtype[np.float64]],
    has_mbps: np.ndarray[tuple[int], np.dtype[np.float64]],
    unknown_staff: str,
) -> pd.DataFrame:
    """Cross every row with every target."""
    parts = []
    for target in rows(targets.sort_values("target")):
        heads = students + staff if target.unit == "user" else students
        floor = 0.0 if np.isnan(target.minimum_mbps) else target.minimum_mbps
        needed = np.maximum(heads * target.mbps_per_unit, floor)
        parts.append(
            pd.DataFrame(
                {
                    "school_id": school_id,
                    "target": target.target,
                    "title": target.title,
                    "needed_mbps": needed,
                    "has_mbps": has_mbps,
                    "met": has_mbps >= needed,
                    "gap_mbps": np.maximum(needed - has_mbps, 0.0),
                    "basis": f"{target.mbps_per_unit:g} Mbps per {target.unit}"
                    + (unknown_staff if target.unit == "user" else ""),
                    "status": target.status,
                    "source": target.source,
                }
            )
        )
    if not parts:
        return pd.DataFrame(
            columns=[
                "school_id",
                "target",
                "title",
                "needed_mbps",
                "has_mbps",
                "met",
                "gap_mbps",
                "basis",
                "status",
                "source",
            ]
        )
    return pd.concat(parts).sort_values(["school_id", "target"]).reset_index(drop=True)
