"""From ground, offers and vehicles to the siting problem: small, sparse, always the same."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from netplan.access.fleet import build_fleet
from netplan.access.ground import Ground, build_ground
from netplan.access.model import Fleet, Offers, Siting
from netplan.access.offers import keep_offers
from netplan.access.strategies import find_offers
from netplan.district.model import District
from netplan.errors import InputError, Problem
from netplan.gap.model import Estimates

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_NAMED = 5


def assemble(district: District, estimates: Estimates, ground: Ground | None = None) -> Siting:
    """Put together the whole choice of home access.

    Parameters
    ----------
    district
        The after-school tables and access.toml.
    estimates
        Students offline by area, and the schools they attend.
    ground
        From `netplan.access.ground.build_ground`; made here when not given.

    Returns
    -------
    Siting
        An atom is the part of one area that the same offers reach; what nothing reaches stays
        as one atom of its area, so that every student counts. Offers that can serve nobody are
        left out, with a note, but for existing ones, whose cost is there whatever the plan says.

    Raises
    ------
    InputError
        ``poverty_weight`` is set and no school has an ``frl_share``.
    """
    ground = build_ground(district, estimates) if ground is None else ground
    if tuple(estimates.areas["geoid"]) != ground.geoids:
        raise ValueError("ground and estimates are not of the same areas")
    offers = _useful(find_offers(district, ground))
    fleet = _narrowed(build_fleet(district), offers.table)
    area, share, reach = merge_points(ground.area, ground.share, offers.reach)
    offline = estimates.areas["students_offline"].to_numpy(dtype=np.float64)
    unknown = int(np.isnan(offline).sum())
    notes = [f"Reach: {ground.how}.", *ground.notes, *offers.notes]
    if unknown:
        notes.append(f"Areas without an estimate, so without students in the plan: {unknown}.")
    weight, told = _weights(district, estimates)
    return Siting(
        students=np.nan_to_num(offline)[area] * share,
        area=area,
        area_share=share,
        geoids=ground.geoids,
        zone=estimates.school_share,
        zone_ids=estimates.school_ids,
        zone_names=_names(district, estimates.school_ids),
        weight=weight[area],
        offers=offers.table,
        reach=reach,
        fleet=fleet,
        hours_needed=district.access.hours_per_week_needed,
        notes=(*notes, *told),
    )


def _names(district: District, school_ids: Sequence[str]) -> tuple[str, ...]:
    """Give the schools' names, in order; the id where a school has none."""
    schools = district.table("schools")
    named = dict(zip(schools["school_id"], schools["name"].fillna(""), strict=True))
    return tuple(named.get(school) or school for school in school_ids)


def merge_points(area: Ints, share: Floats, reach: csr_array) -> tuple[Ints, Floats, csr_array]:
    """Merge the points of one area that the same offers reach.

    Points begin as one class per area, and each offer splits the classes that it reaches in
    part. So equal rows end in one class exactly (no hashing), in time linear in the reach.

    Parameters
    ----------
    area
        Shape (points,): area of each point.
    share
        Shape (points,): share of its area's students; a point with none is left out.
    reach
        Shape (points, offers), bool.

    Returns
    -------
    area, share, reach
        Of the atoms, sorted by area and then by their first point.
    """
    kept = np.flatnonzero(share > 0)
    area, share, reach = area[kept].astype(np.int64), share[kept], csr_array(reach[kept])
    by_offer = csc_array(reach)
    label, count = area.copy(), int(area.max(initial=-1)) + 1
    for offer in range(by_offer.shape[1]):
        points = by_offer.indices[by_offer.indptr[offer] : by_offer.indptr[offer + 1]]
        old, new = np.unique(label[points], return_inverse=True)
        label[points] = count + new
        count += len(old)
    _, first, atom = np.unique(label, return_index=True, return_inverse=True)
    order = np.lexsort((first, area[first]))
    position = np.empty_like(order)
    position[order] = np.arange(len(order))
    total = np.zeros(len(order))
    np.add.at(total, position[atom], share)
    return area[first[order]], total, csr_array(reach[first[order]])


def _useful(offers: Offers) -> Offers:
    """Leave out the offers that can serve nobody, but for existing ones; say which."""
    reached = np.asarray(offers.reach.sum(axis=0)).ravel() > 0
    capable = (offers.table["max_students"] > 0).to_numpy()
    existing = offers.table["existing"].to_numpy(dtype=np.bool_)
    notes = []
    for strategy in offers.table["strategy"].unique():
        lost = ~reached & (offers.table["strategy"] == strategy).to_numpy()
        names = offers.table.loc[lost, "source_id"].drop_duplicates().tolist()
        if names:
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            told = ", ".join(names[:_NAMED]) + more
            notes.append(f"{strategy}: nobody is within reach of {told}.")
    return keep_offers(offers, (reached & capable) | existing, *notes)


def _narrowed(fleet: Fleet | None, offers: pd.DataFrame) -> Fleet | None:
    """Keep the stops that some offer is at: nothing is gained by standing at another."""
    used = set(offers.loc[offers["mobile"], "source_id"])
    if fleet is None or not used:
        return None
    kept = [index for index, stop_id in enumerate(fleet.stop_ids) if stop_id in used]
    return replace(
        fleet,
        stop_ids=tuple(fleet.stop_ids[index] for index in kept),
        drive_minutes=fleet.drive_minutes[np.ix_(kept, kept)],
        depot_minutes=fleet.depot_minutes[:, kept],
    )


def _weights(district: District, estimates: Estimates) -> tuple[Floats, list[str]]:
    """Give what a served student of each area counts for, and notes; shape (areas,).

    1 + poverty_weight x the frl_share expected of the schools that the area's students attend.
    A school without an frl_share counts with the mean of the others by enrollment.
    """
    factor = district.access.poverty_weight
    areas = len(estimates.areas)
    if factor == 0:
        return np.ones(areas), []
    schools = district.table("schools").set_index("school_id")
    poverty = schools["frl_share"].reindex(list(estimates.school_ids))
    known = schools["frl_share"].notna()
    if not known.any():
        raise InputError(
            [
                Problem(
                    code="no-poverty-share",
                    file="schools.csv",
                    column="frl_share",
                    message="poverty_weight of access.toml needs it, and no school has one",
                    expected="the share of students with free or reduced-price lunch, 0 to 1",
                    fix="Fill in frl_share, or set poverty_weight = 0",
                )
            ]
        )
    pupils = schools.loc[known, "enrollment"]
    shares = schools.loc[known, "frl_share"]
    mean = float(np.average(shares, weights=pupils) if pupils.sum() > 0 else shares.mean())
    blank = int(poverty.isna().sum())
    notes = (
        [f"Schools without frl_share, for which the mean {mean:.0%} stands in: {blank}."]
        if blank
        else []
    )
    weight = 1.0 + factor * (estimates.school_share @ poverty.fillna(mean).to_numpy(np.float64))
    return np.asarray(weight, dtype=np.float64), notes
