"""A fleet's week: weekdays with the same slots, and which moves between slots fit."""

from dataclasses import dataclass

import numpy as np

from netplan.access.model import Fleet

#: Minutes by which a drive may be longer than the time there is (rounding only).
MINUTE_SLACK = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class DayKind:
    """Weekdays with the same slots.

    Parameters
    ----------
    slots
        Shape (days, slots of a day): rows of ``fleet.slots``.
    start, end, hours
        Shape (slots of a day,): minutes of the day, and hours that count for students.
    """

    slots: np.ndarray
    start: np.ndarray
    end: np.ndarray
    hours: np.ndarray

    @property
    def days(self) -> int:
        """How many weekdays are of this kind."""
        return int(self.slots.shape[0])


def day_kinds(fleet: Fleet, *, together: bool) -> tuple[DayKind, ...]:
    """Give the kinds of weekday; one for each weekday when they are not taken together."""
    table = fleet.slots
    start = table["start_minute"].to_numpy(float)
    end = table["end_minute"].to_numpy(float)
    hours = table["hours"].to_numpy(float)
    weekday = table["weekday"].to_numpy(int)
    found: dict[tuple[object, ...], list[np.ndarray]] = {}
    for day in np.unique(weekday):
        rows = np.flatnonzero(weekday == day)
        rows = rows[np.argsort(start[rows], kind="stable")]
        key: tuple[object, ...] = (
            (tuple(start[rows]), tuple(end[rows]), tuple(hours[rows])) if together else (int(day),)
        )
        found.setdefault(key, []).append(rows)
    return tuple(
        DayKind(slots=np.vstack(rows), start=start[rows[0]], end=end[rows[0]], hours=hours[rows[0]])
        for rows in found.values()
    )


def fits(fleet: Fleet, kind: DayKind, first: int, second: int, places: np.ndarray) -> np.ndarray:
    """Give shape (places, places): whether a vehicle can stand at one, then at the other."""
    gap = kind.start[second] - kind.end[first]
    able = fleet.drive_minutes[np.ix_(places, places)] <= gap + MINUTE_SLACK
    np.fill_diagonal(able, True)
    return np.asarray(able)


def least_hours(fleet: Fleet, needed: float) -> float:
    """Give the fewest weekly hours, as sums of whole slots, that make a student served.

    inf when all slots together are too few.
    """
    sums = {0.0}
    for hours in fleet.slots["hours"].to_numpy(float):
        sums |= {round(total + hours, 6) for total in sums if total < needed - 1e-9}
    enough = [total for total in sums if total >= needed - 1e-9]
    return min(enough) if enough else float("inf")


def usd_per_minute(fleet: Fleet, vehicle_class: int) -> float:
    """Give what a paid minute of every such weekday costs in a year."""
    return fleet.classes[vehicle_class].usd_per_hour * fleet.weeks_per_year / 60.0
