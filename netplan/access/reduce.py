"""The siting problem as the solver sees it: atoms merged, offers that nothing reaches dropped."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from netplan.access.model import Fleet, Siting
from netplan.errors import SolverError


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A place where vehicles may stand, and the offers that are open while they do.

    Parameters
    ----------
    place
        Index into ``fleet.stop_ids``.
    offers
        Indices into the arrays of `Problem`.
    """

    place: int
    offers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A smaller problem with the same plans.

    Parameters
    ----------
    students, weight
        Shape (groups,): of a group of atoms that the same offers reach, with one weight and
        the same zones.
    group
        Shape (atoms,): group of each atom of the siting; -1: nothing reaches it.
    zone_students
        Shape (zones, groups): students of a group in each zone, per student of the group.
    zone_offline
        Shape (zones,): students offline in each zone, reached or not.
    total_students
        All students offline, reached or not.
    pair_group, pair_offer
        Shape (pairs,): what reaches what; offers as indices into the arrays below.
    offer
        Shape (offers,): row of each offer in the siting's table.
    fixed_usd, per_student_usd, max_students, existing, vehicle_class
        Shape (offers,); the limit of a static offer is at most what it reaches.
    static
        Indices of offers that are no vehicle's.
    stops
        Stops with an offer that reaches someone.
    always_usd
        Cost of existing offers that reach nobody, which no plan can avoid.
    fleet
        None when no stop can be used.
    hours_needed
        Hours a week.
    """

    students: np.ndarray
    weight: np.ndarray
    group: np.ndarray
    zone_students: csr_array
    zone_offline: np.ndarray
    total_students: float
    pair_group: np.ndarray
    pair_offer: np.ndarray
    offer: np.ndarray
    fixed_usd: np.ndarray
    per_student_usd: np.ndarray
    max_students: np.ndarray
    existing: np.ndarray
    vehicle_class: np.ndarray
    static: np.ndarray
    stops: tuple[Stop, ...]
    always_usd: float
    fleet: Fleet | None
    hours_needed: float

    def vehicles(self) -> Fleet:
        """Give the fleet where there is known to be one."""
        if self.fleet is None:
            raise SolverError("vehicles were asked for where there are none")
        return self.fleet


def reduce(siting: Siting, *, zones_matter: bool) -> Problem:
    """Merge atoms that no plan can tell apart and drop offers that serve nobody.

    Parameters
    ----------
    zones_matter
        Whether the goal looks at zones; if not, atoms of different zones are merged too.
    """
    table = siting.offers
    reach = csr_array(siting.reach.astype(bool))
    live = siting.students > 0
    reached = np.asarray(reach[live].sum(axis=0)).ravel() > 0
    mobile = table["mobile"].to_numpy(bool)
    place = _places(siting)
    usable = reached & (~mobile | (place >= 0))
    existing = table["existing"].to_numpy(bool)
    fixed = table["usd_per_year"].to_numpy(float)
    stop_paid = existing & mobile & ~usable
    always = float(fixed[existing & ~mobile & ~usable].sum())
    always += float(sum(fixed[stop_paid & (place == p)].max() for p in set(place[stop_paid])))
    offer = np.flatnonzero(usable)
    position = np.full(len(table), -1)
    position[offer] = np.arange(offer.size)

    zone = csr_array(siting.zone)
    zone_key = _row_keys(zone) if zones_matter else np.zeros(zone.shape[0], np.int64)
    reach_key = _row_keys(csr_array(reach[:, offer]))
    some = np.diff(csr_array(reach[:, offer]).indptr) > 0
    keys = np.column_stack([reach_key, zone_key[siting.area], _codes(siting.weight)])
    group = np.full(siting.students.size, -1)
    served = np.flatnonzero(some & live)
    _, first, inverse = np.unique(keys[served], axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    group[served] = rank[inverse.ravel()]
    first = served[first[order]]
    students = np.bincount(group[served], siting.students[served], minlength=first.size)

    of_group = coo_array(
        (siting.students[served] / students[group[served]], (group[served], siting.area[served])),
        shape=(first.size, zone.shape[0]),
    )
    zone_students = csr_array((csr_array(of_group) @ zone).T)
    by_area = np.bincount(siting.area, siting.students, minlength=zone.shape[0])
    pairs = csr_array(reach[first][:, offer]).tocoo()

    max_students = table["max_students"].to_numpy(float)[offer]
    static = np.flatnonzero(~mobile[offer])
    can = np.bincount(pairs.col, students[pairs.row], minlength=offer.size)
    max_students[static] = np.minimum(max_students[static], can[static])
    stops = tuple(
        Stop(place=int(p), offers=tuple(position[np.flatnonzero(usable & mobile & (place == p))]))
        for p in np.unique(place[usable & mobile])
    )
    return Problem(
        students=students,
        weight=siting.weight[first],
        group=group,
        zone_students=zone_students,
        zone_offline=np.asarray(zone.T @ by_area).ravel(),
        total_students=float(siting.students.sum()),
        pair_group=pairs.row.astype(np.int64),
        pair_offer=pairs.col.astype(np.int64),
        offer=offer,
        fixed_usd=fixed[offer],
        per_student_usd=table["usd_per_student_per_year"].to_numpy(float)[offer],
        max_students=max_students,
        existing=existing[offer],
        vehicle_class=table["vehicle_class"].to_numpy(int)[offer],
        static=static,
        stops=stops,
        always_usd=always,
        fleet=siting.fleet if stops else None,
        hours_needed=siting.hours_needed,
    )


def _places(siting: Siting) -> np.ndarray:
    """Stop of each offer: an index into the fleet's stops; -1 where no vehicle can stand."""
    table = siting.offers
    place = np.full(len(table), -1)
    fleet = siting.fleet
    if fleet is None or len(fleet.slots) == 0 or not fleet.classes:
        return place
    index = {stop_id: at for at, stop_id in enumerate(fleet.stop_ids)}
    source = table["source_id"].astype(str).to_numpy()
    for row in np.flatnonzero(table["mobile"].to_numpy(bool)):
        place[row] = index.get(source[row], -1)
    return place


def _row_keys(matrix: csr_array) -> np.ndarray:
    """Number equal rows of a sparse matrix alike."""
    matrix = matrix.copy()
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    seen: dict[bytes, int] = {}
    data = np.ascontiguousarray(matrix.data)
    keys = np.empty(matrix.shape[0], np.int64)
    for row in range(matrix.shape[0]):
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        key = matrix.indices[part].tobytes() + b"|" + data[part].tobytes()
        keys[row] = seen.setdefault(key, len(seen))
    return keys


def _codes(values: np.ndarray) -> np.ndarray:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)
