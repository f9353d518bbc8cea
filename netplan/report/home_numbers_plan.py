"""How the numbers of a plan came about: reach, room, cost, bound and price."""

import math
from collections.abc import Callable, Iterator

from netplan.capacity.model import Derivation, Term
from netplan.report.format import clean, count, listed, number, percent, plural
from netplan.report.frames import records
from netplan.report.home import AccessReport
from netplan.report.home_words import bound_of, by_students, existing_usd, usd

_METERS_PER_MILE = 1609.344
_REACH = "Reach: "
#: Smaller gaps are the solver's rounding.
_ROUNDING = 1e-6


def _setting(report: AccessReport, key: str, symbol: str, meaning: str) -> Term:
    """Give one key of access.toml with where its value is from."""
    found = next(
        each for each in report.district.inputs.assumptions if each.name == f"access.{key}"
    )
    return Term(
        symbol=symbol,
        meaning=meaning,
        value=found.value,
        unit=found.unit.replace("ratio", ""),
        source=found.source,
    )


def _reach(report: AccessReport) -> Iterator[Derivation]:
    access = report.district.access
    streets = report.district.inputs.streets is not None
    straight = access.walk_limit_m / access.detour_factor
    terms = [_setting(report, "walk_limit_m", "walk", "how far students walk")]
    if not streets:
        terms.append(
            _setting(report, "detour_factor", "detour", "a walk's length over the straight line")
        )
    if (report.district.table("partners")["transit"] == "true").any():
        terms.append(
            _setting(report, "transit_reach_m", "ride", "how far students ride by free transit")
        )
    if report.has_buses:
        terms.append(_setting(report, "bus_reach", "bus", "how a bus reaches students"))
    told = next((note for note in report.published.notes if note.startswith(_REACH)), "")
    walk = f"{count(access.walk_limit_m)} m ({access.walk_limit_m / _METERS_PER_MILE:.2f} miles)"
    yield Derivation(
        number="reach",
        title="Reach of a stop or partner",
        value=access.walk_limit_m if streets else straight,
        unit="m along streets" if streets else "m in a straight line",
        plain=f"A place reaches the homes from which the walk is {walk} or less.",
        formula="walk along streets ≤ walk" if streets else "straight line ≤ walk / detour",
        worked=""
        if streets
        else f"{number(access.walk_limit_m)} / {number(access.detour_factor)} = "
        f"{count(straight)} m = {straight / _METERS_PER_MILE:.2f} miles",
        terms=tuple(terms),
        uncertainty="Real walks have crossings, fences and hills; whether a family lets a child "
        "walk is not in it.",
        note=clean(told),
    )


def _room(report: AccessReport) -> Iterator[Derivation]:
    rows = [row for row in by_students(report) if _finite(row["max_students"])]
    if not rows:
        return
    hours = _bus_hours(report)
    most = max(rows, key=lambda row: (row["max_students"], row["id"]))
    terms = [
        _setting(report, "student_mbps", "speed", "what a student needs at once"),
        _setting(
            report,
            "hours_per_week_needed",
            "hours needed",
            "hours a week that make a student served",
        ),
    ]
    yield Derivation(
        number="max_students",
        title=f"Room of a place, for example {clean(most['name'])}",
        value=float(math.floor(most["max_students"] + 1e-9)),
        unit="students",
        plain="A seat serves several students in turn when the place is open long enough; the "
        "router and the line set how many can be there at once.",
        formula="room = smallest of (seats or clients, backhaul / speed) × hours open / hours "
        "needed; no more than the offer's own limit",
        worked=clean(str(most["limited_by"] or "")),
        terms=tuple(terms),
        uncertainty="Seats and hours are taken as the tables state them, or guess them where "
        "marked.",
        parts=tuple(
            {
                "place": clean(row["name"]),
                "kind": clean(row["kind"]),
                "room": float(math.floor(row["max_students"] + 1e-9)),
                "limited_by": clean(str(row["limited_by"] or "")),
                **({"bus_hours_a_week": hours.get(row["source_id"])} if hours else {}),
            }
            for row in rows
        ),
        note="Seats, clients, lines and hours: partners.csv, buses.csv, slots.csv, offers.csv, "
        "wireless.csv.",
    )


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _bus_hours(report: AccessReport) -> dict[str, float]:
    """Give the hours a week that buses stand at each stop."""
    hours: dict[str, float] = {}
    for row in records(report.timetable):
        minutes = [60 * int(row[end][:2]) + int(row[end][3:]) for end in ("start", "end")]
        hours[row["stop_id"]] = hours.get(row["stop_id"], 0.0) + (minutes[1] - minutes[0]) / 60.0
    return hours


def _cost(report: AccessReport) -> Iterator[Derivation]:
    plan = report.published
    kinds = records(plan.kinds)
    terms = [
        Term(
            symbol="existing",
            meaning="of it for what exists already and every plan pays for",
            value=usd(existing_usd(report)),
            unit="a year",
            source="partners.csv: existing, usd_per_year",
        )
    ]
    visits = records(report.timetable)
    if visits:
        buses = sorted({row["bus_id"] for row in visits})
        terms += [
            Term(
                symbol="buses",
                meaning="buses used, each paid for a year",
                value=len(buses),
                unit="",
                source="the timetable; buses.csv: usd_per_year",
            ),
            Term(
                symbol="standing",
                meaning="hours a week that buses stand at stops",
                value=sum(_bus_hours(report).values()),
                unit="hours",
                source="the timetable; buses.csv: usd_per_hour, paid from depot to depot",
            ),
            _setting(report, "weeks_per_year", "weeks", "weeks of the plan in a year"),
        ]
    yield Derivation(
        number="cost_usd_per_year",
        title="Cost of the plan",
        value=usd(plan.cost_usd_per_year),
        unit="a year",
        plain="What each place costs a year, what each student served costs where an offer is paid "
        "by the head, and the buses with their drivers.",
        formula="cost = places' yearly costs + students × price of each + buses × yearly cost + "
        "hours from depot to depot × weeks × cost of an hour",
        worked=" + ".join(
            f"{_kinds(row['kind'])} "
            + ("withheld" if row["usd_per_year"] is None else count(row["usd_per_year"]))
            for row in kinds
        )
        + f" = {usd(plan.cost_usd_per_year)} a year",
        terms=tuple(terms),
        uncertainty="Prices are taken as the tables state them, or guess them where marked. "
        + (
            "The total is rounded up: exact, it would tell how many a withheld offer serves."
            if any(row["usd_per_year"] is None for row in kinds)
            else ""
        ),
        parts=tuple(
            {
                "kind": _kinds(row["kind"]),
                "how_many": row["places"],
                "cost_usd_per_year": "withheld"
                if row["usd_per_year"] is None
                else round(row["usd_per_year"]),
            }
            for row in kinds
        ),
    )


def _kinds(text: str) -> str:
    return clean(listed(text.split("; ")))


def _bound(report: AccessReport) -> Iterator[Derivation]:
    plan = report.published
    least_cost = plan.goal.coverage_share is not None
    gap = plan.gap_share if plan.gap_share > _ROUNDING else 0.0
    hidden = math.isnan(plan.bound_students) and not least_cost
    unit, have = (
        ("USD a year", plan.cost_usd_per_year) if least_cost else ("students", plan.served_students)
    )
    bound = "withheld" if hidden else count(bound_of(report))
    yield Derivation(
        number="bound",
        title="No plan costs less than" if least_cost else "No plan serves more than",
        value=bound,
        unit="" if hidden else unit,
        plain="The solver proves a limit that no plan under the same rules can pass. "
        + (
            "This plan reaches it."
            if plan.status == "proven"
            else "It was stopped before this plan could be shown to reach it."
        ),
        formula="gap = |bound - plan| / plan",
        worked=""
        if hidden
        else f"|{bound} - {count(have)}| / {count(have)}, so at most {percent(gap)} better",
        terms=(
            Term(
                symbol="gap",
                meaning="how much better any plan could be, in what the plan was asked for",
                value=gap,
                unit="share",
                source="mixed-integer program, solved by HiGHS; every plan is checked again "
                "outside the solver",
            ),
        ),
        uncertainty="Proven for the numbers put in: who is offline is an estimate.",
        note="Withheld, since it would give small counts away." if hidden else "",
    )


def _price(report: AccessReport) -> Iterator[Derivation]:
    plan = report.published
    known = plan.served_students > 0
    terms: list[Term] = []
    if known:
        terms = [
            Term(
                symbol="cost",
                meaning="cost of the plan",
                value=usd(plan.cost_usd_per_year),
                unit="a year",
                source="above",
            ),
            Term(
                symbol="served",
                meaning="students the plan serves",
                value=plan.served_students,
                unit="students",
                source="the plan",
            ),
        ]
    if plan.robustness is not None:
        terms.append(
            Term(
                symbol="worth",
                meaning="the price that a place must beat to be worth it",
                value=plan.robustness.worth_usd_per_student_per_year,
                unit="USD a year",
                source=clean(plan.robustness.worth_source),
            )
        )
    each = plan.cost_usd_per_year / plan.served_students if known else math.nan
    yield Derivation(
        number="usd_per_student",
        title="Price of a student served, on average",
        value=each if known else "withheld",
        unit="USD a year" if known else "",
        plain="The plan's yearly cost over the students it serves; the dearest of them cost more.",
        formula="price = cost / served",
        worked=f"{count(plan.cost_usd_per_year)} / {count(plan.served_students)} = {count(each)}"
        if known
        else "",
        terms=tuple(terms),
        uncertainty=""
        if plan.robustness is None
        else f"Over {plural(plan.robustness.draws, 'draw')} of who is offline, the plan serves "
        f"{count(plan.robustness.served_low)} to {count(plan.robustness.served_high)} students.",
        note=clean(plan.last_dollar),
    )


PLAN_NUMBERS: tuple[Callable[[AccessReport], Iterator[Derivation]], ...] = (
    _reach,
    _room,
    _cost,
    _bound,
    _price,
)
