"""The truth of a synthetic county: who lives where and who is offline, known because drawn.

Nothing in this module reads a published table: `netplan.synth.census` draws those from it.
Every share and spread here is an assumption, unless its line says otherwise.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, fsum, sqrt

import numpy as np
import pandas as pd

from netplan.synth.areas import Ground, draw_ground, squared_km
from netplan.synth.draws import Draws, apportion
from netplan.synth.places import County, distance_km
from netplan.synth.schools import School, draw_schools

#: Share of the county's households with no internet access, and with none or cellular alone.
#: Baltimore County: 25,605 of 326,932 households (7.8 %) in ACS 2017-2021.
NONE_SHARE, PHONE_ONLY_SHARE = 0.08, 0.15
#: Students' rate over that of the households in the same area.
STUDENT_HOUSEHOLD_RATIO = 0.6
#: A household is in the sample of five years with a chance of one in so many.
ONE_IN = (9.0, 12.0)
#: What clustering and weighting take from the sample's information.
DESIGN_EFFECT = (1.4, 1.8)
#: Of the students who live in an area, the share in public schools.
PUBLIC_SHARE = (0.85, 0.95)
#: Children by age band of B09001, in proportion: <3, 3-4, 5, 6-8, 9-11, 12-14, 15-17.
AGE_BANDS = ("under_3", "3_4", "5", "6_8", "9_11", "12_14", "15_17")
YOUNG_SHARE = (0.20, 0.30)
#: From this share on, rural ground may be without a wired line of 25/12 Mbps (FACTS 3.61).
UNSERVED_FROM_RURAL = 0.6
#: Schools around an area whose poverty says how poor it is.
NEIGHBORS = 12
#: In the planted zone so many of a hundred households are offline.
PLANTED_ZONE_PERCENT = (51, 58)
#: The planted zone holds at most this share of the county's households.
PLANTED_ZONE_SHARE = 0.04

HOUSEHOLD_KINDS = ("none", "no_subscription", "cellular", "other_broadband", "fixed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """A synthetic county as it is, before anyone samples it.

    Parameters
    ----------
    seed
        What it was drawn from.
    county, schools, ground
        Places.
    areas
        One row per block group, sorted by geoid, whole numbers unless said otherwise: geoid,
        tract, households and its parts households_none, households_no_subscription,
        households_cellular (cellular alone), households_other_broadband (satellite and the
        like), households_fixed (cable, fiber, DSL); households_phone_only (none or cellular
        alone), households_below_speed (no line of 25/12 Mbps on offer, or none taken);
        students and students_none, students_phone_only, students_below_speed (public
        schools, by where they live); population, children (under 18), children_none and
        children by age (children_under_3, ...); income_usd (median), max_down_mbps,
        max_up_mbps, technologies (FCC codes), providers (text); sampled_households and
        sampled_children (effective size of the five-year sample).
    planted_zone
        Row of the elementary school most of whose zone is offline; None in small counties.
    """

    seed: int
    county: County
    schools: tuple[School, ...]
    ground: Ground
    areas: pd.DataFrame
    planted_zone: int | None


def draw_truth(seed: int, schools: int) -> Truth:
    """Draw a county of so many schools; the same seed gives the county that `synth` writes."""
    county, drawn = draw_schools(seed, schools)
    return truth_of(seed, county, drawn)


def truth_of(seed: int, county: County, schools: tuple[School, ...]) -> Truth:
    """Draw who lives in a county that is already drawn."""
    ground = draw_ground(seed, county, schools)
    draws = {
        family: Draws(seed, schools=len(schools), family=f"truth {family}")
        for family in ("people", "income", "service", "online", "sample")
    }
    students = _students(draws["people"], schools, ground)
    columns = {"students": students, **_people(draws["people"], students)}
    households = columns["households"]
    planted = _planted_zone(schools, ground, households)
    income = _income(draws["income"], schools, ground, planted)
    columns["income_usd"] = income
    speeds, names = _service(draws["service"], ground)
    columns |= speeds
    served = [
        down >= 25 and up >= 12
        for down, up in zip(columns["max_down_mbps"], columns["max_up_mbps"], strict=True)
    ]
    columns |= _online(draws["online"], ground, households, income, served, planted)
    columns |= _offline_people(draws["online"], columns, served)
    columns |= _sampled(draws["sample"], columns)
    return Truth(
        seed=seed,
        county=county,
        schools=schools,
        ground=ground,
        areas=pd.DataFrame(
            {"geoid": ground.geoids, "tract": ground.tracts, **columns, **names},
        ),
        planted_zone=planted,
    )


def _students(draws: Draws, schools: Sequence[School], ground: Ground) -> list[int]:
    """Spread every school's enrollment over its zone, or over the county where it has none."""
    weights = [draws.uniform(0.6, 1.6) for _ in ground.geoids]
    if ground.park is not None:
        weights[ground.park] = 0.0
    students = [0] * len(weights)
    everywhere = list(range(len(weights)))
    members: dict[int, list[int]] = {}
    for zone in ground.zones.values():
        for i, owner in enumerate(zone):
            members.setdefault(owner, []).append(i)
    for row, school in enumerate(schools):
        inside = members.get(row, everywhere)
        parts = [weights[i] for i in inside]
        if row not in members:
            km = [distance_km(school.spot, ground.middles[i]) / 5.0 for i in inside]
            parts = [part / (1.0 + far * far) for part, far in zip(parts, km, strict=True)]
        for i, part in zip(inside, apportion(school.enrollment, parts), strict=True):
            students[i] += part
    return students


def _people(draws: Draws, students: Sequence[int]) -> dict[str, list[int]]:
    """Draw households, population and children by age around the students."""
    columns: dict[str, list[int]] = {
        name: []
        for name in ("households", "population", "children", *(f"children_{b}" for b in AGE_BANDS))
    }
    for count in students:
        households = int(count / draws.uniform(0.26, 0.42)) + (
            draws.integer(10, 40) if count else 0
        )
        school_age = int(count / draws.uniform(*PUBLIC_SHARE))
        young_share = draws.uniform(*YOUNG_SHARE)
        children = int(school_age / (1.0 - young_share))
        ages = [0.6 * young_share, 0.4 * young_share]
        ages += [part * (1.0 - young_share) / 13.0 for part in (1, 3, 3, 3, 3)]
        bands = apportion(children, [age * draws.uniform(0.85, 1.15) for age in ages])
        columns["households"].append(households)
        columns["population"].append(children + int(households * draws.uniform(1.6, 2.0)))
        columns["children"].append(children)
        for band, number in zip(AGE_BANDS, bands, strict=True):
            columns[f"children_{band}"].append(number)
    return columns


def _planted_zone(
    schools: Sequence[School], ground: Ground, households: Sequence[int]
) -> int | None:
    """Choose the elementary zone that is planted offline: the poorest of the small ones."""
    zone = ground.zones.get("elementary")
    if zone is None:
        return None
    limit = PLANTED_ZONE_SHARE * sum(households)
    held = dict.fromkeys(zone, 0)
    for owner, count in zip(zone, households, strict=True):
        held[owner] += count
    small = [row for row in sorted(held) if 0 < held[row] <= limit]
    return max(small, key=lambda row: (schools[row].frl_share, -row), default=None)


def _income(
    draws: Draws, schools: Sequence[School], ground: Ground, planted: int | None
) -> list[int]:
    """Draw median household incomes: low where the schools around are poor."""
    incomes = []
    elementary = ground.zones.get("elementary", ())
    away = squared_km([school.spot for school in schools], ground.middles)
    around = np.argsort(away, axis=1, kind="stable")[:, :NEIGHBORS].tolist()
    for i, rows in enumerate(around):
        weights = [1.0 / (1.0 + float(away[i, row])) for row in rows]
        frl = fsum(w * schools[row].frl_share for w, row in zip(weights, rows, strict=True))
        poor = frl / fsum(weights)
        income = (118_000 - 92_000 * poor) * draws.bell(1.0, 0.16)
        if planted is not None and elementary[i] == planted:
            income *= 0.55
        incomes.append(floor(min(230_000.0, max(16_000.0, income))))
    return incomes


def _service(draws: Draws, ground: Ground) -> tuple[dict[str, list[int]], dict[str, list[str]]]:
    """Draw the speeds and names on offer: cable and fiber in town, old DSL in the country."""
    down: list[int] = []
    up: list[int] = []
    technologies: list[str] = []
    providers: list[str] = []
    last = max(range(len(ground.rural)), key=lambda i: (ground.rural[i], -i))
    for i, rural in enumerate(ground.rural):
        fiber = draws.chance(0.55 - 0.45 * rural)
        none = draws.chance(0.4 * rural) and rural >= UNSERVED_FROM_RURAL
        wireless = draws.chance(0.4)
        # At least the most remote block group is without, where there are enough of them.
        if none or (i == last and len(ground.rural) >= 8):
            offers = [("10", "Old Coast Telephone", 18, 2)]
            if wireless:
                offers.append(("71", "Marsh Wireless", 25, 5))
        else:
            offers = [("40", "Tidewater Cable", 1_200, 35)]
            if fiber:
                offers.append(("50", "Inland Fiber", 2_000, 2_000))
            if rural > 0.7 and draws.chance(0.5):
                offers = [("71", "Marsh Wireless", 100, 20)]
        down.append(max(offer[2] for offer in offers))
        up.append(max(offer[3] for offer in offers))
        technologies.append(";".join(sorted(offer[0] for offer in offers)))
        providers.append(";".join(sorted(offer[1] for offer in offers)))
    speeds = {"max_down_mbps": down, "max_up_mbps": up}
    return speeds, {"technologies": technologies, "providers": providers}


def _online(
    draws: Draws,
    ground: Ground,
    households: Sequence[int],
    income: Sequence[int],
    served: Sequence[bool],
    planted: int | None,
) -> dict[str, list[int]]:
    """Draw how households are online.

    The odds of being offline are those of the county times (mean income / income) ^ 1.5, times
    1.8 where no wired line is on offer, times an effect of the area whose logarithm varies
    about as much as what income explains. The county's odds are set to meet `NONE_SHARE`.
    """
    total = max(1, sum(households))
    mean = fsum(h * usd for h, usd in zip(households, income, strict=True)) / total
    odds, cellular_odds = [], []
    for usd, line in zip(income, served, strict=True):
        poor = mean / usd
        remote = 1.0 if line else 1.8
        odds.append(poor * sqrt(poor) * remote * _effect(draws, 0.2))
        cellular_odds.append(poor * remote * _effect(draws, 0.2))
    zone = ground.zones.get("elementary", ())
    fixed_at = {
        i: draws.integer(*PLANTED_ZONE_PERCENT) / 100
        for i in range(len(odds))
        if planted is not None and zone[i] == planted
    }

    def none_at(base: float) -> list[float]:
        return [fixed_at.get(i, _share(base * odd)) for i, odd in enumerate(odds)]

    none = none_at(_solved(none_at, households, NONE_SHARE))

    def phone_at(base: float) -> list[float]:
        return [
            p + (1.0 - p) * _share(base * odd) for p, odd in zip(none, cellular_odds, strict=True)
        ]

    phone = phone_at(_solved(phone_at, households, PHONE_ONLY_SHARE))
    columns: dict[str, list[int]] = {f"households_{kind}": [] for kind in HOUSEHOLD_KINDS}
    for i, count in enumerate(households):
        offline = min(count, floor(count * none[i] + draws.uniform()))
        cellular = min(count - offline, floor(count * (phone[i] - none[i]) + draws.uniform()))
        rest = apportion(
            count - offline - cellular, (0.03, 0.05, 0.92) if served[i] else (0.12, 0.56, 0.32)
        )
        for kind, number in zip(
            HOUSEHOLD_KINDS, (offline, rest[0], cellular, rest[1], rest[2]), strict=True
        ):
            columns[f"households_{kind}"].append(number)
    return columns


def _effect(draws: Draws, sd: float) -> float:
    """Draw a factor about 1 whose logarithm has about twice this standard deviation."""
    part = min(0.8, max(-0.8, draws.bell(0.0, sd)))
    return (1.0 + part) / (1.0 - part)


def _share(odds: float) -> float:
    return min(0.95, odds / (1.0 + odds))


def _solved(
    shares: Callable[[float], list[float]], households: Sequence[int], target: float
) -> float:
    """Find the county's odds at which the shares meet the target, by halving (60 times)."""
    low, high = 0.0, 1.0
    total = max(1, sum(households))
    for _ in range(60):
        base = (low + high) / 2
        mean = fsum(h * p for h, p in zip(households, shares(base), strict=True)) / total
        low, high = (base, high) if mean < target else (low, base)
    return (low + high) / 2


def _offline_people(
    draws: Draws,
    columns: Mapping[str, Sequence[int]],
    served: Sequence[bool],
) -> dict[str, list[int]]:
    """Draw students and children offline, at `STUDENT_HOUSEHOLD_RATIO` of the area's rate."""

    households, students, children = (columns[k] for k in ("households", "students", "children"))
    none, cellular, fixed = (columns[f"households_{k}"] for k in ("none", "cellular", "fixed"))
    phone = [a + b for a, b in zip(none, cellular, strict=True)]
    below = [
        count - line if on_offer else count
        for count, line, on_offer in zip(households, fixed, served, strict=True)
    ]

    def part(people: int, households_without: int, count: int) -> int:
        share = STUDENT_HOUSEHOLD_RATIO * households_without / max(1, count)
        return min(people, floor(people * share + draws.uniform()))

    result: dict[str, list[int]] = {
        "households_phone_only": phone,
        "households_below_speed": below,
        "students_none": [],
        "students_phone_only": [],
        "students_below_speed": [],
        "children_none": [],
    }
    for i, (people, count) in enumerate(zip(students, households, strict=True)):
        offline = part(people, none[i], count)
        phone_only = max(offline, part(people, phone[i], count))
        slow = max(phone_only, part(people, below[i], count)) if served[i] else people
        result["students_none"].append(offline)
        result["students_phone_only"].append(phone_only)
        result["students_below_speed"].append(slow)
        result["children_none"].append(part(children[i], none[i], count))
    return result


def _sampled(draws: Draws, columns: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    """Draw the effective size of each area's sample: as informative as so many drawn singly."""
    sampled: dict[str, list[int]] = {"sampled_households": [], "sampled_children": []}
    for households, children in zip(columns["households"], columns["children"], strict=True):
        factor = 1.0 / (draws.uniform(*ONE_IN) * draws.uniform(*DESIGN_EFFECT))
        for name, count in (
            ("sampled_households", households),
            ("sampled_children", children),
        ):
            sampled[name].append(max(3, round(count * factor)) if count else 0)
    return sampled
