"""What is still past its limit when a plan is laid on the tables, and what it fixed."""

from collections.abc import Mapping, Sequence

import numpy as np

from netplan.capacity.evidence import Day
from netplan.capacity.model import Finding
from netplan.network.model import Failures
from netplan.network.wifi import airtime
from netplan.upgrades.model import Floats
from netplan.upgrades.needs import Key, needs
from netplan.upgrades.problem import Case, Purchase

#: Past its limit by this share and no more is rounding.
_NEARLY = 1e-6


def still_short(
    days: Sequence[Day],
    failures: Sequence[Failures],
    excused: Mapping[Key, np.ndarray],
) -> dict[Key, Floats]:
    """Find elements that a plan leaves past their limit, and what they would need.

    Parameters
    ----------
    days
        The years with the plan laid on the tables.
    failures
        Their sweeps of single failures, or nothing.
    excused
        (Kind, id) to the years, shape (years,), in which a contract keeps the element as it is.

    Returns
    -------
    short
        (Kind, id) to capacities, shape (years, 3), that it must have.
    """
    found = {}
    for need in needs(days, failures=failures):
        key = (need.kind, need.element)
        over = need.need_mbps > need.has_mbps * (1.0 + _NEARLY)
        late = over.any(axis=1) & ~excused.get(key, np.zeros(len(days), dtype=np.bool_))
        if late.any():
            found[key] = np.where(late[:, None], need.need_mbps, 0.0)
    return found


def still_crowded(days: Sequence[Day], excused: Mapping[Key, np.ndarray]) -> dict[str, float]:
    """Give schools whose access points a plan leaves past their limit, and by what factor.

    Parameters
    ----------
    days, excused
        As in `still_short`.
    """
    found: dict[str, float] = {}
    for year, day in enumerate(days):
        settings = day.district.table("settings").set_index("name")["value"]
        limit = float(settings["airtime_limit_share"])
        table = airtime(day.district, day.load)
        for school, group, share in zip(
            table["school_id"], table["node_id"], table["airtime_share"], strict=True
        ):
            left = excused.get(("ap_group", str(group)))
            if share > limit * (1.0 + _NEARLY) and (left is None or not left[year]):
                found[str(school)] = max(found.get(str(school), 1.0), float(share) / limit)
    return found


def excused_years(case: Case, state: np.ndarray) -> dict[Key, np.ndarray]:
    """Give the years in which each element may stay past its limit: what was chosen left it so."""
    found = {}
    for row, (need, own) in enumerate(zip(case.needs, case.options, strict=True)):
        enough = np.stack([need.holds, *(option.enough for option in own)])
        held = enough[state[row], np.arange(enough.shape[1])]
        if not held.all():
            found[need.kind, need.element] = ~held
    return found


def fixes(
    bought: Sequence[Purchase],
    before: Sequence[Sequence[Finding]],
    after: Sequence[Sequence[Finding]],
) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...], tuple[str, ...]]:
    """Say which findings each purchase takes away for as long as it is in place.

    A finding is a purchase's when it is about its element, or about the Wi-Fi of its school and
    goes away in the year in which the purchase starts; no year of the purchase has it back.

    Parameters
    ----------
    bought
        The purchases.
    before, after
        Findings of each school year without and with the plan.

    Returns
    -------
    fixes, others, added
        Ids per purchase; ids that went away beside them; ids of warnings that only the plan's
        years have.
    """
    was = [{finding.id: finding for finding in year} for year in before]
    now = [{finding.id for finding in year} for year in after]
    own: list[tuple[str, ...]] = []
    told: set[str] = set()
    for one in bought:
        span = range(one.start, one.start + one.years)
        gone = {
            name
            for year in span
            for name, finding in was[year].items()
            if name not in now[year]
            and (_is_own(finding, one) or (year == one.start and _is_around(finding, one)))
        }
        # what an earlier purchase took away already is not taken away again
        earlier = one.start - 1
        kept = [
            name
            for name in sorted(gone)
            if all(name not in now[year] for year in span)
            and not (
                one.start
                and name in was[earlier]
                and name not in now[earlier]
                and not _is_own(was[earlier][name], one)
            )
        ]
        own.append(tuple(kept))
        told.update(kept)
    # away for good: it stands in no later year with the plan
    others = {
        name
        for year, names in enumerate(was)
        for name in names
        if name not in told and all(name not in later for later in now[year:])
    }
    added = {
        name
        for year, found in enumerate(after)
        for name, severity in ((finding.id, finding.severity) for finding in found)
        if severity != "info" and name not in was[year]
    }
    return tuple(own), tuple(sorted(others)), tuple(sorted(added))


def _is_own(finding: Finding, one: Purchase) -> bool:
    """Whether a finding is about a purchase's element."""
    kind = "link" if one.option.kind in ("link", "new_link") else "node"
    return (finding.subject_kind, finding.subject) == (kind, one.option.element)


def _is_around(finding: Finding, one: Purchase) -> bool:
    """Whether a finding is about the Wi-Fi of the school that access points are bought for."""
    return (
        one.option.kind == "ap_group"
        and finding.subject_kind == "school"
        and finding.subject in one.need.schools
    )
