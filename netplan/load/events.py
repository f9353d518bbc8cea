"""Scheduled events as overlays on a usual day: data in the events catalog, one function each.

Events are applied in the order of MECHANISMS and then by name, so that the order in which they
are asked for does not matter. Each period of the event's kind is planned as if the event fell
in it. The catalog (table ``events``) has one row per parameter of an event.
"""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from netplan.district.model import District
from netplan.errors import InputError, Problem
from netplan.load.model import Floats
from netplan.load.situation import SINGLE_GROUPS, Bools, Situation

#: The events of the built-in catalog.
EVENTS = (
    "remote_day",
    "testing_ap",
    "testing_map",
    "testing_sat",
    "testing_sbac",
    "testing_staar",
    "update_chromeos",
    "update_ipados",
    "update_windows",
    "assembly_class",
    "assembly_device",
    "full_tunnel",
)

GRADES = ("PK", "K", *(str(grade) for grade in range(1, 13)))
#: Grades of a school of each level, for a district that has no enrollment by grade.
LEVEL_GRADES = {
    "elementary": GRADES[1:7],
    "middle": GRADES[7:10],
    "high": GRADES[10:14],
    "k12": GRADES[1:14],
    "other": GRADES[1:14],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of the catalog: its name and its parameters by name, as text."""

    name: str
    values: Mapping[str, str]

    def number(self, parameter: str) -> float:
        """Give one parameter as a number."""
        return float(self.text(parameter))

    def text(self, parameter: str) -> str:
        """Give one parameter as text; an event without it is an error."""
        if parameter not in self.values:
            raise InputError(
                [_problem(self.name, f"the event has no row for {parameter}", code="event-row")]
            )
        return self.values[parameter]

    def items(self, parameter: str) -> tuple[str, ...]:
        """Give one parameter's items, which stand between semicolons."""
        return tuple(item.strip() for item in self.text(parameter).split(";") if item.strip())


def testing(situation: Situation, event: Event, usual: Situation) -> Situation:
    """Put the tested grades' devices into the assessment instead of their usual mix.

    ``share`` of the present devices of the tested ``grades`` that belong to ``owner`` are in
    ``app`` in each period of ``kind``; what else their students own lies idle meanwhile. Where
    a school's students are one group, the tested grades' part of its level
    counts. All of a class start at one moment to the degree of the app's ``together``.
    """
    del usual
    tested = frozenset(grade for item in event.items("grades") for grade in _span(item))
    part = np.array(
        [
            _tested_part(str(level), str(group), tested)
            for level, group in zip(
                situation.profiles["level"], situation.profiles["group"], strict=True
            )
        ]
    )
    part = np.where(situation.students(), part, 0.0) * event.number("share")
    periods = _periods(situation, event)
    owner = event.text("owner")
    # a device whose owner nobody states is the district's
    owned = (situation.profiles["owner"].fillna("district") == owner).to_numpy(dtype=np.bool_)
    who = f"no {owner} devices of students of grades {event.text('grades')}"
    _require(event, (part > 0) & owned, who)
    quiet = 1.0 - np.outer(np.where(owned, 0.0, part), periods)
    situation = replace(situation, share=situation.share * quiet[:, :, None])
    return _instead(situation, event.text("app"), np.where(owned, part, 0.0), periods)


def update(situation: Situation, event: Event, usual: Situation) -> Situation:
    """Let a share of the devices of some kinds download an update.

    One device needs ``gigabytes x 8,000 / (window_minutes x 60)`` Mbps over the window. It comes
    on top of what people do: it is taken out of the idle share first. Destination, cached_share
    and variation are those of ``app``; ``device_kinds`` may be ``*``.
    """
    del usual
    kinds = {kind.casefold() for kind in event.items("device_kinds")}
    profile_kinds = situation.profiles["kind"].str.casefold()
    mine = np.asarray(profile_kinds.isin(kinds) | ("*" in kinds), dtype=np.bool_)
    mine = mine & ~situation.profiles["off_campus"].to_numpy(dtype=np.bool_)
    _require(event, mine, f"no device kind {' or '.join(event.items('device_kinds'))}")
    rate = event.number("gigabytes") * 8e3 / (event.number("window_minutes") * 60.0)
    base = _app(situation, event)
    down, up = float(base["down_mbps"]), float(base["up_mbps"])
    up = up * rate / down if down > 0 else 0.0
    situation = _new_app(situation, event.name, base | {"down_mbps": rate, "up_mbps": up})
    part = np.where(mine, event.number("share"), 0.0)
    return _on_top(situation, event.name, part, _periods(situation, event))


def assembly(situation: Situation, event: Event, usual: Situation) -> Situation:
    """Show one video to every class, or to every student device of its own.

    ``per_device = 1``: ``share`` of the present student devices stream ``app``. ``0``: one stream
    per class of the planning's class size, ``share`` of the classes taking part; streams are
    extra senders, not extra devices. Meanwhile ``other_share`` of the usual mix goes on.
    """
    del usual
    base = _app(situation, event) | {"together": event.number("together")}
    situation = _new_app(situation, event.name, base)
    periods = _periods(situation, event)
    students = situation.students()
    _require(event, students, "no student devices")
    taking_part = np.where(students | situation.staff(), event.number("share"), 0.0)
    quiet = np.outer(1.0 - taking_part * (1.0 - event.number("other_share")), periods)
    share = situation.share * np.where(quiet > 0, quiet, 1.0)[:, :, None]
    if event.number("per_device") > 0:
        part = np.where(students, event.number("share"), 0.0)
        return _on_top(replace(situation, share=share), event.name, part, periods)
    stream = np.zeros((1, *share.shape[1:]))
    stream[0, periods, -1] = event.number("share")
    return _class_streams(replace(situation, share=np.concatenate([share, stream])), periods)


def remote(situation: Situation, event: Event, usual: Situation) -> Situation:
    """Send students home and have staff teach from the building.

    ``students_present_share`` of the students' usually present devices stay; ``share`` of the
    present staff devices hold a conference (``app``, which sends as much as it receives). Students
    are in it from home, which counts only where their traffic is tunneled back.
    """
    del usual
    students = situation.students()
    _require(event, situation.staff(), "no staff devices")
    part = np.where(students | situation.staff(), event.number("share"), 0.0)
    situation = _instead(situation, event.text("app"), part, _periods(situation, event))
    home = students[situation.populations["profile"].to_numpy(dtype=np.int64)]
    stay = np.where(home, event.number("students_present_share"), 1.0)
    present = situation.populations["present_share"] * stay
    return replace(situation, populations=situation.populations.assign(present_share=present))


def tunnel(situation: Situation, event: Event, usual: Situation) -> Situation:
    """Bring the traffic of off-campus district-owned devices back through the district.

    Before the end of school the devices that are not present do what their group does. In
    periods of ``after_kind``, ``off_campus_after_share`` of them are out, and their mix is the
    school day's, so much more often that ``outside_share`` of the day's traffic falls into
    ``outside_window_minutes`` after school. Devices of the kinds in ``stays`` never leave.
    """
    after = situation.of_kind(event.text("after_kind"))
    owner = situation.profiles["owner"].fillna("").astype(str)
    stays = {kind.casefold() for kind in event.items("stays")}
    goes = (
        owner.isin(["", "district"])
        & ~situation.profiles["kind"].str.casefold().isin(stays)
        & ~situation.profiles["group"].isin(["guests", "classes"])
    ).to_numpy(dtype=np.bool_)
    _require(event, goes, "no district-owned device that leaves the building")
    _require(event, after, f"no period of kind {event.text('after_kind')}")
    outside = event.number("outside_share")
    evening = _evening(usual, after, outside / (1.0 - outside), event)
    night = np.zeros((len(situation.share), situation.share.shape[2]))
    night[: evening.shape[0], : evening.shape[1]] = evening
    by_day = np.where(after[None, :, None], 0.0, situation.share)
    by_night = np.where(after[None, :, None], night[:, None, :], 0.0)
    people = situation.populations
    moving = goes[people["profile"].to_numpy(dtype=np.int64)]
    for share, on, out in (
        (by_day, ~after, 1.0 - people["present_share"]),
        (by_night, after, event.number("off_campus_after_share")),
    ):
        situation = _off_campus(situation, share, on, people.assign(present_share=out)[moving])
    return situation


#: What an event does (its ``what``), in the order in which overlays are laid on.
MECHANISMS: tuple[tuple[str, Callable[[Situation, Event, Situation], Situation]], ...] = (
    ("remote", remote),
    ("testing", testing),
    ("update", update),
    ("assembly", assembly),
    ("tunnel", tunnel),
)


def overlay(situation: Situation, district: District, events: Iterable[str]) -> Situation:
    """Lay events on a usual day.

    Parameters
    ----------
    situation
        The usual day.
    district
        Its table events is read.
    events
        Names; a name given twice counts once.

    Raises
    ------
    InputError
        An event has no such name (the closest one is suggested), or nothing to act on.
    """
    wanted = sorted(set(events))
    if not wanted:
        return situation
    table = district.table("events")
    known = {str(name): rows for name, rows in table.groupby("event")}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise InputError([_unknown(name, sorted(known)) for name in unknown])
    usual = situation
    for what, mechanism in MECHANISMS:
        for name in wanted:
            rows = known[name]
            if rows["what"].iloc[0] == what:
                values = dict(zip(rows["parameter"], rows["value"].astype(str), strict=True))
                situation = mechanism(situation, Event(name=name, values=values), usual)
    return situation


def _app(situation: Situation, event: Event) -> dict[str, float | str]:
    """Give the row of the event's app."""
    apps = situation.apps.set_index("app")
    name = event.text("app")
    if name not in apps.index:
        raise InputError([_problem(event.name, f"no app {name} in apps.csv", code="event-app")])
    return dict(apps.loc[name])


def _new_app(situation: Situation, name: str, row: Mapping[str, float | str]) -> Situation:
    """Add an app that nobody uses yet, as the last one."""
    apps = pd.concat([situation.apps, pd.DataFrame([{"app": name, **row}])], ignore_index=True)
    share = np.pad(situation.share, ((0, 0), (0, 0), (0, 1)))
    return replace(situation, apps=apps, share=share)


def _instead(situation: Situation, app: str, part: Floats, periods: Bools) -> Situation:
    """Move ``part`` of each profile's devices from whatever they do into an app."""
    share = situation.share * (1.0 - np.outer(part, periods))[:, :, None]
    return _add(situation, share, app, np.outer(part, periods))


def _on_top(situation: Situation, app: str, part: Floats, periods: Bools) -> Situation:
    """Put ``part`` of each profile's devices into an app, out of the idle ones first."""
    new = np.outer(part, periods)
    busy = situation.share.sum(axis=2)
    room = np.clip(1.0 - new, 0.0, 1.0)
    squeeze = np.divide(room, busy, out=np.ones_like(busy), where=busy > room)
    return _add(situation, situation.share * squeeze[:, :, None], app, new)


def _add(situation: Situation, share: Floats, app: str, new: Floats) -> Situation:
    """Add to one app's share."""
    names = list(situation.apps["app"])
    if app not in names:
        raise InputError([_problem(app, f"no app {app} in apps.csv", code="event-app")])
    share = share.copy()
    share[:, :, names.index(app)] += new
    return replace(situation, share=share)


def _class_streams(situation: Situation, periods: Bools) -> Situation:
    """Add one sender per class and school, whose mix is the last row of ``share``."""
    people = situation.populations
    students = situation.students()[people["profile"].to_numpy(dtype=np.int64)]
    group = situation.profiles["group"].to_numpy()[people["profile"].to_numpy(dtype=np.int64)]
    each = people.assign(group=group)[students].groupby(["school", "group"])["people"].max()
    total = each.groupby("school").sum()
    profile = {"level": "*", "group": "classes", "kind": "class stream", "owner": "district"}
    streams = pd.DataFrame({"school": total.index, "people": total.to_numpy()}).assign(
        profile=len(situation.profiles),
        per_person=1.0 / max(situation.class_size, 1.0),
        present_share=1.0,
        background_down_mbps=0.0,
        background_up_mbps=0.0,
        counted=False,
    )
    row = pd.DataFrame([{**profile, "cluster": False, "off_campus": False}])
    return replace(
        situation,
        profiles=pd.concat([situation.profiles, row], ignore_index=True),
        on=np.concatenate([situation.on, periods[None, :]]),
        populations=pd.concat([people, streams[people.columns]], ignore_index=True),
    )


def _off_campus(situation: Situation, share: Floats, on: Bools, people: pd.DataFrame) -> Situation:
    """Add devices outside the building, with the same profiles but their own mix."""
    first = len(situation.profiles)
    count = len(share)
    profiles = situation.profiles.iloc[:count].assign(off_campus=True, cluster=False)
    people = people.assign(profile=people["profile"] + first, counted=False)
    return replace(
        situation,
        profiles=pd.concat([situation.profiles, profiles], ignore_index=True),
        share=np.concatenate([situation.share, share]),
        on=np.concatenate([situation.on, np.repeat(on[None, :], count, axis=0)]),
        populations=pd.concat([situation.populations, people], ignore_index=True),
    )


def _evening(usual: Situation, after: Bools, ratio: float, event: Event) -> Floats:
    """Give the mix after school that makes ``ratio`` times the day's use; (profiles, apps)."""
    day = np.einsum("pta,t->pa", usual.share, usual.minutes * ~after)
    share = day * ratio / event.number("outside_window_minutes")
    total = share.sum(axis=1, keepdims=True)
    return np.asarray(share / np.maximum(total, 1.0))


def _periods(situation: Situation, event: Event) -> Bools:
    """Give the periods that the event's kind names; none is an error."""
    periods = situation.of_kind(event.text("kind"))
    _require(event, periods, f"no period of kind {event.text('kind')}")
    return periods


def _tested_part(level: str, group: str, tested: frozenset[str]) -> float:
    """Give the share of one group's students who are in tested grades."""
    if group in GRADES:
        return float(group in tested)
    if group in SINGLE_GROUPS:
        return 0.0
    grades = LEVEL_GRADES.get(level, GRADES[1:])
    return sum(grade in tested for grade in grades) / len(grades)


def _span(item: str) -> tuple[str, ...]:
    """Give the grades of ``3-8`` or ``11``."""
    first, _, last = item.partition("-")
    return GRADES[GRADES.index(first) : GRADES.index(last or first) + 1]


def _require(event: Event, found: np.ndarray, message: str) -> None:
    """Raise where an event has nothing to act on."""
    if not found.any():
        raise InputError([_problem(event.name, message, code="event-no-match")])


def _unknown(name: str, known: list[str]) -> Problem:
    """Give the problem of an event that does not exist."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
    return Problem(
        code="unknown-event",
        file="events",
        column="event",
        value=name[:80],
        message="no event has this name",
        expected="one of " + ", ".join(known),
        fix=f"Use {close[0]}, the closest one" if close else "Add it to the events catalog",
    )


def _problem(event: str, message: str, *, code: str) -> Problem:
    """Give the problem of an event that does not fit the district."""
    return Problem(
        code=code,
        file="events",
        column="event",
        value=event[:80],
        message=message,
        expected="something in the district for the event to act on",
        fix="Leave the event out, or change its rows in the events table",
    )
