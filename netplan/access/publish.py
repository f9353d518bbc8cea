"""What of a plan may leave netplan: counts under the threshold are withheld."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from netplan.access.kinds import by_kind, hide_by_kind
from netplan.access.last_dollar import last_dollar
from netplan.access.model import Access, Goal, Plan, Robustness, Siting, Status
from netplan.access.plan_table import NOBODY
from netplan.access.publish_curve import Dollars, Heads, cost_step, shown_curve
from netplan.gap.model import Total
from netplan.gap.moe import Floats
from netplan.gap.withhold import Withheld, narrowest, withhold

#: Fewer students than this for a reason are nobody.
_HALF = 0.5
#: Hundredths of students and cents: more digits hold a solver's noise, 78.9999995 for 79.
_DIGITS = 2
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SITE = [
    "id",
    "kind",
    "students",
    "usd_per_year",
    "name",
    "strategy",
    "source_id",
    "usd_per_student",
    "max_students",
    "limited_by",
    "existing",
    "lat",
    "lon",
    "price_source",
    "suppressed",
]
_RANGE = ["students_low", "students_median", "students_high", "worth_share"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedAccess:
    """A plan as every output may show it.

    Parameters
    ----------
    goal, status
        What was asked, and whether the answer is proven best.
    students_offline
        All students offline that the plan is about.
    served_students, served_share, cost_usd_per_year
        Of the plan; a share of ``students_offline``.
    bound_students, bound_usd_per_year, gap_share
        What no plan under the same limits can pass, and how far this one may be from it.
    sites
        Open places, the most students first: id, kind, students, usd_per_year, name, strategy,
        source_id, usd_per_student, max_students, limited_by, existing, lat, lon,
        price_source, suppressed, and of the draws students_low, students_median,
        students_high, worth_share.
    offers
        The same columns for offers that have no place (lending, subsidized plans).
    timetable
        bus_id, weekday (``mon`` ..), slot_id, stop_id, start, end (HH:MM), name of the stop.
    kinds
        What each kind of place or offer serves in all: see `netplan.access.kinds`.
    zones
        school_id, served_share: the worst first. Shares only: counts by zone would give
        back what is withheld by area.
    curve
        usd_per_year (the budget), cost_usd_per_year, students and bound_students (the ends of a
        step at least as wide as the threshold; the plan's own are exact), gap_share, sites
        (number of open offers), asked.
    curve_plans
        point (row of ``curve``, from 0), id, kind, name: what is open at each point.
    limits
        reason, students: why the others are not served.
    last_dollar
        What the last dollars buy, as a sentence.
    robustness
        Its ``offers`` frame is part of ``sites`` and ``offers`` here, and empty there.
    notes
        Sentences for the reader.
    """

    goal: Goal
    status: Status
    students_offline: float
    served_students: float
    served_share: float
    cost_usd_per_year: float
    bound_students: float
    bound_usd_per_year: float
    gap_share: float
    sites: pd.DataFrame
    offers: pd.DataFrame
    timetable: pd.DataFrame
    kinds: pd.DataFrame
    zones: pd.DataFrame
    curve: pd.DataFrame
    curve_plans: pd.DataFrame
    limits: pd.DataFrame
    last_dollar: str
    robustness: Robustness | None
    notes: tuple[str, ...]


def publish(
    access: Access, need: Total, stop_names: Mapping[str, str], threshold: float
) -> PublishedAccess:
    """Withhold small counts, with complementary ones so that totals do not give them back.

    Parameters
    ----------
    access
        Full numbers.
    need
        The published total of students offline; NaN where it is withheld.
    stop_names
        stop_id to its name.
    threshold
        Smallest count of students that is shown.
    """
    plan, siting = access.plan, access.siting
    left = _few_left(access, threshold)
    told = _opened(plan, siting, threshold, left)
    opened = told[_SITE]
    if access.robustness is not None:
        ranges = access.robustness.offers.rename(columns={"offer_id": "id"})
        opened = opened.merge(ranges[["id", *_RANGE]], on="id", how="left")
    else:
        opened = opened.assign(**dict.fromkeys(_RANGE, np.nan))
    hidden = opened["suppressed"].to_numpy(bool)
    # with nothing left to hide a small count behind, the total is withheld with it
    unknown = (
        _total_gives_back(_counts(plan), threshold) or left > 0 or math.isnan(need.students_offline)
    )
    opened.loc[hidden, _RANGE] = np.nan
    opened[_RANGE[:3]] = opened[_RANGE[:3]].astype(float).round(_DIGITS)
    served, bound, money = _totals(access, told, threshold, unknown=unknown)
    given_away = [
        _total_gives_back(_counts(point.plan), threshold)
        or (unknown and point.plan.goal == plan.goal)
        for point in access.curve
    ]
    everybody = need.students_offline
    curve, curve_plans = shown_curve(
        access,
        money.dollars,
        Heads(step=threshold, meet=0.0 if unknown else served, everybody=everybody),
        {
            "cost_usd_per_year": money.cost,
            "students": served,
            "bound_students": bound,
            "gap_share": money.gap_share,
        },
        np.array(given_away, dtype=np.bool_) | math.isnan(everybody),
    )
    placed = opened["lat"].notna()
    return PublishedAccess(
        goal=plan.goal,
        status=plan.status,
        students_offline=everybody,
        served_students=served,
        served_share=math.nan if unknown else plan.served_share,
        cost_usd_per_year=money.cost,
        bound_students=bound,
        bound_usd_per_year=money.bound,
        gap_share=money.gap_share,
        sites=opened[placed].reset_index(drop=True),
        offers=opened[~placed].reset_index(drop=True),
        timetable=_timetable(plan, siting, stop_names),
        kinds=by_kind(
            told,
            told["full"].to_numpy(float),
            told["ceiling"].to_numpy(float),
            threshold,
            total_withheld=unknown,
        ).round(_DIGITS),
        zones=_zones(plan, threshold),
        curve=curve,
        curve_plans=curve_plans,
        limits=_limits(access, threshold),
        last_dollar=""
        if unknown
        else last_dollar(
            curve,
            curve_plans,
            opened,
            served_students=served,
            cost_usd_per_year=money.cost,
            threshold=threshold,
        ),
        robustness=None
        if unknown or access.robustness is None
        else replace(access.robustness, offers=access.robustness.offers.iloc[0:0]),
        notes=siting.notes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Money:
    """What the plan costs, as published, and the steps of the curve's costs."""

    dollars: Dollars
    cost: float
    bound: float
    gap_share: float


def _totals(
    access: Access, told: pd.DataFrame, threshold: float, *, unknown: bool
) -> tuple[float, float, _Money]:
    """Give students served, their bound, and the money.

    The plan's cost is exact where its table shows all that adds up to it: rounded, it would
    contradict the table and hide nothing.
    """
    plan, goal = access.plan, access.plan.goal
    served = round(plan.served_students, _DIGITS)
    # upward, since a bound has to hold
    bound = max(served, math.ceil(plan.bound_students * 100 - 1e-3) / 100)
    cost = round(plan.cost_usd_per_year, _DIGITS)
    least = round(plan.bound_usd_per_year, _DIGITS)
    gap = plan.gap_share
    rounded = bool(told["usd_per_year"].isna().any())
    meet = goal.budget_usd_per_year
    if meet is None:
        meet = 0.0 if rounded else cost
    dollars = Dollars(step=cost_step(access, threshold), meet=meet)
    if rounded:
        cost = round(dollars.up(cost), _DIGITS)
    if rounded and goal.coverage_share is not None:
        proven = plan.status == "proven"
        # of a proven plan the bound is the cost: another step would tell which side it is on
        least = dollars.up(plan.cost_usd_per_year if proven else least) - dollars.step
        least = max(round(least, _DIGITS), 0.0)
        # of the numbers that are shown: the exact one would tell them to a dollar
        gap = gap if proven or cost <= 0 else (cost - least) / cost
    return (
        math.nan if unknown else served,
        math.nan if unknown else bound,
        _Money(dollars=dollars, cost=cost, bound=least, gap_share=gap),
    )


def _counts(plan: Plan) -> Floats:
    """Give students by offer; a solver's 1e-15 is nobody, and needs no hiding."""
    students = plan.offers["students"].to_numpy(float)
    return np.where(students > NOBODY, students, 0.0)


def _opened(plan: Plan, siting: Siting, threshold: float, left: float) -> pd.DataFrame:
    """Give what is open as it may be shown, with ``full`` and ``ceiling`` that stay here."""
    about = siting.offers.set_index("offer_id")
    rows = plan.offers.rename(columns={"offer_id": "id"}).copy()
    priced = about["usd_per_student_per_year"].reindex(rows["id"]).to_numpy(float) > 0
    for column in ("lat", "lon", "limited_by", "price_source"):
        rows[column] = rows["id"].map(about[column])
    students = _counts(plan)
    hidden, ceiling = _hidden(rows, students, priced, threshold)
    if left > 0:
        # the need less what every place serves would tell how few are left
        most = np.append(students[~priced], left)
        hidden[~priced] |= _withheld(most, threshold).cells[:-1]
    rows["students"] = np.where(hidden, np.nan, students)
    rows["usd_per_student"] = np.where(hidden, np.nan, rows["usd_per_student"].to_numpy(float))
    # what an offer costs in all, over its price by the head, is its number of students
    rows["usd_per_year"] = np.where(hidden & priced, np.nan, rows["usd_per_year"].to_numpy(float))
    for column in ("students", "usd_per_student", "usd_per_year", "max_students"):
        rows[column] = rows[column].astype(float).round(_DIGITS)
    rows["suppressed"] = hidden
    rows["full"], rows["ceiling"] = students, ceiling
    order = np.lexsort((rows["id"].to_numpy(str), -np.where(hidden, -1.0, students)))
    return rows[[*_SITE, "full", "ceiling"]].iloc[order].reset_index(drop=True)


def _hidden(
    rows: pd.DataFrame, students: Floats, priced: np.ndarray, threshold: float
) -> tuple[np.ndarray, Floats]:
    """Give what is withheld, and what a larger one of them is known not to pass."""
    small = (students > 0) & (students < threshold)
    some = np.ones(len(students), dtype=np.bool_)
    if not (small & priced).any():
        # an offer by the head hides nobody else if that can be helped: its cost tells its number
        some = ~priced
    hidden = np.zeros(len(students), dtype=np.bool_)
    ceiling = np.full(len(students), np.inf)
    room = rows["max_students"].to_numpy(dtype=np.float64)
    kind = rows["kind"].to_numpy(str)
    found = (
        None
        if (small & priced).any()
        else hide_by_kind(kind[some], students[some], room[some], threshold)
    )
    if found is None:
        cells = _withheld(students[some], threshold).cells
        left = students[some][~cells & (students[some] >= threshold)].min(initial=np.inf)
        found = cells, np.full(len(cells), left)
    hidden[some], ceiling[some] = found
    return hidden, ceiling


def _timetable(plan: Plan, siting: Siting, stop_names: Mapping[str, str]) -> pd.DataFrame:
    columns = ["bus_id", "weekday", "slot_id", "stop_id", "start", "end", "name"]
    if siting.fleet is None or plan.timetable.empty:
        return pd.DataFrame(columns=columns)
    slots = siting.fleet.slots.set_index("slot_id")
    rows = plan.timetable.copy()
    rows["start"] = [_clock(minute) for minute in rows["slot_id"].map(slots["start_minute"])]
    rows["end"] = [_clock(minute) for minute in rows["slot_id"].map(slots["end_minute"])]
    rows["name"] = [stop_names.get(stop) or stop for stop in rows["stop_id"]]
    rows["weekday"] = [WEEKDAYS[int(day)] for day in rows["weekday"]]
    return rows[columns].reset_index(drop=True)


def _clock(minute: float) -> str:
    return f"{int(minute) // 60:02d}:{int(minute) % 60:02d}"


def _zones(plan: Plan, threshold: float) -> pd.DataFrame:
    """Give the served share of each zone; none where its own count is small."""
    rows = plan.zones.copy()
    small = rows["students_offline"].to_numpy(float) < threshold
    rows["served_share"] = np.where(small, np.nan, rows["served_share"].to_numpy(float))
    rows["suppressed"] = small & (rows["students_offline"].to_numpy(float) > 0)
    rows = rows.sort_values(["served_share", "school_id"], na_position="last", kind="stable")
    return rows[["school_id", "served_share", "suppressed"]].reset_index(drop=True)


def _few_left(access: Access, threshold: float) -> float:
    """Give the students left where the total served would give back their small number, else 0."""
    left = sum(access.limits[reason] for reason in access.limits if reason != "served")
    return left if _HALF <= left < threshold else 0.0


def _withheld(students: Floats, threshold: float) -> Withheld:
    none = np.zeros(len(students), dtype=np.bool_)
    return withhold(students, (students > 0) & (students < threshold), none, threshold)


def _total_gives_back(students: Floats, threshold: float) -> bool:
    """Say whether a plan's total must be withheld: nothing is left that small counts hide in."""
    if not _withheld(students, threshold).total:
        return False
    if students.sum() < threshold:
        return True
    small = (students > 0) & (students < threshold)
    rest = ~small & (students > 0)
    none = np.zeros(len(students), dtype=np.bool_)
    return narrowest(students, small, none, rest, math.inf, threshold) < threshold - 1e-9


def _limits(access: Access, threshold: float) -> pd.DataFrame:
    # those who are served stand elsewhere, so they can hide nobody here
    reasons = [
        reason for reason in access.limits if reason != "served" and access.limits[reason] >= _HALF
    ]
    students = np.array([access.limits[reason] for reason in reasons], dtype=float)
    hidden = _withheld(students, threshold).cells
    return pd.DataFrame(
        {
            "reason": reasons,
            "students": np.where(hidden, np.nan, students).round(_DIGITS),
            "suppressed": hidden,
        }
    )
