"""Promising stops: a first plan among a few hundred of them is nearly always a good one."""

import numpy as np
from scipy.sparse import csr_array

from netplan.access.reduce import Problem

#: Promising stops for each that the fleet could keep open all week, and the fewest of them.
_SPARE = 2.5
_FEWEST = 60


def promising(problem: Problem) -> np.ndarray:
    """Give stops one after the other, each the best for students that are left.

    What is open all week serves first; a stop takes as many as the fewest visits that make it
    count can serve. Nothing here is exact: it only says where to look first.

    Returns
    -------
    stops
        Shape (some,), bool by stop of ``Problem.stops``.
    """
    fleet = problem.vehicles()
    hours = fleet.slots["hours"].to_numpy(float)
    visits = np.ceil(problem.hours_needed / hours.max())
    at_once = max(vehicles.at_once for vehicles in fleet.classes)
    takes = visits * hours.max() * at_once / problem.hours_needed
    buses = sum(len(vehicles.bus_ids) for vehicles in fleet.classes)
    count = int(max(_FEWEST, _SPARE * buses * len(hours) / visits))
    left = problem.students * problem.weight
    reach = csr_array(
        (np.ones(problem.pair_group.size), (problem.pair_offer, problem.pair_group)),
        shape=(problem.offer.size, left.size),
    )
    for offer in problem.static:
        if problem.per_student_usd[offer] <= 0:
            _serve(left, reach, int(offer), float(problem.max_students[offer]))
    widest = np.array(
        [max(stop.offers, key=lambda offer: reach.indptr[offer + 1] - reach.indptr[offer])
         for stop in problem.stops]
    )  # fmt: skip
    of_stop = csr_array(reach[widest])
    chosen = np.zeros(len(problem.stops), dtype=np.bool_)
    for _ in range(min(count, len(problem.stops))):
        worth = np.where(chosen, -1.0, np.minimum(of_stop @ left, takes))
        best = int(np.argmax(worth))
        if worth[best] <= 0:
            break
        chosen[best] = True
        _serve(left, of_stop, best, takes)
    return chosen


def _serve(left: np.ndarray, reach: csr_array, row: int, most: float) -> None:
    """Take students off what is left, from all that a row reaches alike."""
    groups = reach.indices[reach.indptr[row] : reach.indptr[row + 1]]
    students = float(left[groups].sum())
    if students > 0:
        left[groups] *= max(0.0, 1.0 - most / students)
