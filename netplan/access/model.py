"""What the stages of home access hand on: ground, offers, siting problem, plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

Equity = Literal["none", "floor", "worst_first"]
#: ``proven``: the bound is met within the tolerance; ``stopped``: a limit ended the search,
#: the plan is the best found and ``gap_share`` says how far off it may be.
Status = Literal["proven", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What could serve students: one row per offer, from any strategy.

    Parameters
    ----------
    table
        Columns: offer_id (unique text, such as ``bus-stop:ST014``), strategy (name of the
        function that made it), kind (as shown, such as ``library``), source_id (id in the
        district's table), name, usd_per_year (cost of having it at all),
        usd_per_student_per_year (cost of each student served), max_students (how many
        it can serve in a week; inf: no limit; for a mobile offer inf: its vehicle limits it),
        existing (open whatever the plan says), mobile (open only while a vehicle stands at
        ``source_id``), vehicle_class (the only class of vehicle that may; -1: any),
        lon, lat (NaN where it has no place), limited_by (what sets max_students, in words),
        price_source (citation or ``district``).
    reach
        Shape (points, offers), bool: which ground points it reaches.
    notes
        Sentences about rows that cannot serve anyone, and why.
    """

    table: pd.DataFrame
    reach: csr_array
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleClass:
    """Vehicles that are alike: same depot, capacity, price and radio range."""

    bus_ids: tuple[str, ...]
    depot_lon: float
    depot_lat: float
    at_once: float
    usd_per_year: float
    usd_per_hour: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Vehicles, the week's slots, and the minutes between places.

    Parameters
    ----------
    classes
        Kinds of vehicle.
    slots
        slot_id, weekday (0 Monday to 6), start_minute, end_minute (of the day), hours;
        sorted by weekday and start. Slots of one weekday may not overlap for one vehicle.
    stop_ids
        Places where a vehicle may stand; a stop holds one vehicle at a time.
    drive_minutes
        Shape (stops, stops).
    depot_minutes
        Shape (classes, stops).
    weeks_per_year
        Weeks in which the timetable runs.
    """

    classes: tuple[VehicleClass, ...]
    slots: pd.DataFrame
    stop_ids: tuple[str, ...]
    drive_minutes: np.ndarray
    depot_minutes: np.ndarray
    weeks_per_year: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Siting:
    """The whole choice, with nothing left that names a strategy.

    Parameters
    ----------
    students
        Shape (atoms,): expected students offline. An atom is the part of one area that the
        same offers reach.
    area, area_share
        Shape (atoms,): index into ``geoids``, and the atom's share of its area's students
        (shares of one area sum to 1, parts that nothing reaches included).
    geoids
        Areas, as in `Estimates.areas`.
    zone
        Shape (areas, zones): share of an area's students by attendance zone (rows sum to 1).
    zone_ids
        school_id of each zone.
    weight
        Shape (atoms,): what one served student counts for in the objective (1 without
        poverty weights).
    offers
        The table of `Offers`.
    reach
        Shape (atoms, offers), bool.
    fleet
        None when there are no vehicles, stops or slots.
    hours_needed
        Hours a week that make a student served. A student is served at one place.
    notes
        Sentences for the reader.
    zone_names
        Name of each zone's school, for messages; empty where nobody named them.
    """

    students: np.ndarray
    area: np.ndarray
    area_share: np.ndarray
    geoids: tuple[str, ...]
    zone: csr_array
    zone_ids: tuple[str, ...]
    weight: np.ndarray
    offers: pd.DataFrame
    reach: csr_array
    fleet: Fleet | None
    hours_needed: float
    notes: tuple[str, ...] = ()
    zone_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What the plan is asked for.

    Exactly one of ``budget_usd_per_year`` (most weighted students within it) and
    ``coverage_share`` (least cost that serves this share of students offline) is given;
    with both None the budget has no limit.
    """

    budget_usd_per_year: float | None = None
    coverage_share: float | None = None
    equity: Equity = "none"
    floor_share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan, with what is proven about it.

    Parameters
    ----------
    offers
        One row per open offer: offer_id, strategy, kind, source_id, name, students,
        usd_per_year (all it costs a year: fixed, vehicles by their hours, per student),
        usd_per_student (NaN when it serves nobody), max_students (under the plan), existing.
    served
        Shape (atoms, offers): students served by each.
    timetable
        bus_id, weekday (0 to 6), slot_id, stop_id; sorted.
    served_students, served_share, cost_usd_per_year
        Of all students offline; a share of them; all costs.
    objective, objective_bound
        Of what was maximized (weighted students) or minimized (USD), and its proven bound.
    bound_students
        No plan under the same limits serves more; for a least-cost goal, the students of the
        plan itself.
    bound_usd_per_year
        For a least-cost goal: no plan that meets it costs less. NaN otherwise.
    gap_share
        abs(objective_bound - objective) / abs(objective).
    status, seconds
        Whether it is proven, and how long the search took (never printed in JSON).
    zones
        school_id, students_offline, served_students, served_share; every zone.
    """

    goal: Goal
    offers: pd.DataFrame
    served: csr_array
    timetable: pd.DataFrame
    served_students: float
    served_share: float
    cost_usd_per_year: float
    objective: float
    objective_bound: float
    bound_students: float
    bound_usd_per_year: float
    gap_share: float
    status: Status
    seconds: float
    zones: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """One budget, the plan for it, and what the next dollars would buy."""

    usd_per_year: float
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Robustness:
    """A plan re-scored on draws of who is offline; its sites and timetable stay as they are.

    Parameters
    ----------
    draws
        How many.
    served_low, served_median, served_high
        5th, 50th and 95th percentile of students served.
    offers
        offer_id, students_low, students_median, students_high, usd_per_student_median,
        worth_share (share of draws in which it earns its cost).
    worth_usd_per_student_per_year
        The price per student that "earns its cost" is measured against, and where it is from.
    worth_source
        Sentence.
    """

    draws: int
    served_low: float
    served_median: float
    served_high: float
    offers: pd.DataFrame
    worth_usd_per_student_per_year: float
    worth_source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Everything the access stage found.

    ``limits`` says, for students offline, how many no offer reaches, how many are reached by
    something but left out by the budget, and so on: reason (text) to students.
    """

    siting: Siting
    plan: Plan
    curve: tuple[CurvePoint, ...]
    robustness: Robustness | None
    limits: Mapping[str, float]
