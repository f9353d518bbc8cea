"""Who has which devices where, and what they do in each period, before any sum is made."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from netplan.district.model import District
from netplan.load.model import Floats

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

#: Groups whose members act alone; every other group sits in classes.
SINGLE_GROUPS = ("staff", "guests")

_PROFILE = ["level", "group", "kind", "owner"]
_POPULATION = [
    "school",
    "profile",
    "people",
    "per_person",
    "present_share",
    "background_down_mbps",
    "background_up_mbps",
    "counted",
]
_APP = ["app", "down_mbps", "up_mbps", "cv", "together", "destination", "cached_share", "source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One day: populations of devices, and the mix of activities of each profile.

    Parameters
    ----------
    school_ids
        One per school, sorted.
    periods, period_kinds
        One per period, in the order of the bell schedule.
    minutes
        Shape (periods,): length of each period in minutes.
    class_size
        Students who sit together.
    apps
        One row per application: app, down_mbps, up_mbps, cv, together, destination,
        cached_share, source. Rates are the mean of one device while it uses the application.
    profiles
        One row per distinct level, group, kind and owner: those four, ``cluster`` (devices
        that may start something at one moment) and ``off_campus``.
    share
        Shape (profiles, periods, apps): share of present devices in each application.
    on
        Shape (profiles, periods): False where the profile's devices do nothing at all.
    populations
        One row per school, group and kind: ``school`` and ``profile`` (row numbers), people,
        per_person, present_share, background_down_mbps, background_up_mbps, ``counted``
        (False where an overlay adds streams, not devices).
    """

    school_ids: tuple[str, ...]
    periods: tuple[str, ...]
    period_kinds: tuple[str, ...]
    minutes: Floats
    class_size: float
    apps: pd.DataFrame
    profiles: pd.DataFrame
    share: Floats
    on: Bools
    populations: pd.DataFrame

    def of_kind(self, kind: str) -> Bools:
        """Give which periods are of one kind; shape (periods,)."""
        return np.array([one == kind for one in self.period_kinds], dtype=np.bool_)

    def students(self) -> Bools:
        """Give which profiles are students' in the building; shape (profiles,)."""
        return np.asarray(
            ~self.profiles["group"].isin([*SINGLE_GROUPS, "classes"])
            & ~self.profiles["off_campus"].astype(bool),
            dtype=np.bool_,
        )

    def staff(self) -> Bools:
        """Give which profiles are staff's in the building; shape (profiles,)."""
        return np.asarray(
            (self.profiles["group"] == "staff") & ~self.profiles["off_campus"].astype(bool),
            dtype=np.bool_,
        )


def usual_day(district: District) -> Situation:
    """Read a district's populations and activities into one Situation.

    Parameters
    ----------
    district
        Its tables schools, populations, activity_shares, apps and bell are read.

    Raises
    ------
    KeyError
        A population or an activity names a school, period or app that no table has;
        validated inputs never do.
    """
    schools = district.table("schools").sort_values("school_id", ignore_index=True)
    bell = district.table("bell")
    apps = district.table("apps")[_APP].sort_values("app", ignore_index=True)
    populations = district.table("populations")
    row = codes(populations["school_id"], schools["school_id"], "school_id")
    cells = populations.assign(level=schools["level"].to_numpy()[row], school=row, counted=True)
    grouped = cells.groupby(_PROFILE, sort=True, dropna=False)
    cells["profile"] = grouped.ngroup().to_numpy()
    profiles = (
        cells.drop_duplicates("profile").sort_values("profile")[_PROFILE].reset_index(drop=True)
    )
    profiles["cluster"] = ~profiles["group"].isin(SINGLE_GROUPS)
    profiles["off_campus"] = False
    share = _shares(district.table("activity_shares"), profiles, bell["period"], apps["app"])
    return Situation(
        school_ids=tuple(schools["school_id"]),
        periods=tuple(bell["period"]),
        period_kinds=tuple(bell["kind"]),
        minutes=_minutes(bell["end"]) - _minutes(bell["start"]),
        class_size=float(district.planning.class_size),
        apps=apps,
        profiles=profiles,
        share=share,
        on=np.ones(share.shape[:2], dtype=np.bool_),
        populations=cells[_POPULATION].reset_index(drop=True),
    )


def codes(values: Iterable[str], index: Iterable[str], what: str) -> Ints:
    """Give the position of each value in an index of unique labels.

    Raises
    ------
    KeyError
        A value is not in the index.
    """
    number = {name: place for place, name in enumerate(_listed(index))}
    wanted = _listed(values)
    found = np.array([number.get(name, -1) for name in wanted], dtype=np.int64)
    if (found < 0).any():
        unknown = {str(name) for name in wanted if name not in number}
        raise KeyError(f"unknown {what}: {', '.join(sorted(unknown))}")
    return found


def _listed(values: Iterable[str]) -> list[str]:
    """Give a list; going through a text column one by one takes ten times as long."""
    return values.tolist() if isinstance(values, pd.Series) else list(values)


def _shares(
    activities: pd.DataFrame, profiles: pd.DataFrame, periods: pd.Series, apps: pd.Series
) -> Floats:
    """Give each profile's activity shares; shape (profiles, periods, apps)."""
    mine, theirs = (
        list(zip(_listed(frame["level"]), _listed(frame["group"]), strict=True))
        for frame in (profiles, activities)
    )
    number = {key: place for place, key in enumerate(dict.fromkeys([*theirs, *mine]))}
    base = np.zeros((len(number), len(periods), len(apps)))
    place = (
        np.array([number[key] for key in theirs], dtype=np.int64),
        codes(activities["period"], periods, "period"),
        codes(activities["app"], apps, "app"),
    )
    np.add.at(base, place, activities["share"].to_numpy(dtype=np.float64))
    return base[np.array([number[key] for key in mine], dtype=np.int64)]


def _minutes(clock: pd.Series) -> Floats:
    """Give HH:MM as minutes after midnight; shape (periods,)."""
    parts = [[*str(time).split(":"), "nan"] for time in _listed(clock)]
    return np.array([60.0 * float(hour) + float(minute) for hour, minute, *_ in parts])
