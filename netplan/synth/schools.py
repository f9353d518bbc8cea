"""Synthetic schools and their enrollment by grade: schools.csv and enrollment.csv."""

from collections.abc import Sequence
from dataclasses import dataclass

from netplan.synth.draws import Draws, apportion, interpolate
from netplan.synth.files import Table, decimals
from netplan.synth.names import SUFFIX, place_names
from netplan.synth.places import County, Spot, distance_km, draw_county, locale_code

#: Share of schools at each level; an assumption, near the mix of large US districts.
LEVEL_SHARE = {"elementary": 0.55, "middle": 0.20, "high": 0.20, "k12": 0.03, "other": 0.02}
#: Enrollment at evenly spaced quantiles (0, 1/6, ..., 1), skewed to the right; an assumption.
ENROLLMENT = {
    "elementary": (230, 360, 440, 520, 620, 740, 960),
    "middle": (390, 540, 640, 740, 880, 1040, 1320),
    "high": (430, 720, 900, 1080, 1380, 1760, 2400),
    "k12": (190, 280, 350, 450, 580, 780, 1080),
    "other": (45, 65, 85, 110, 145, 190, 250),
}
GRADES = {
    "elementary": ("PK", "K", "1", "2", "3", "4", "5"),
    "middle": ("6", "7", "8"),
    "high": ("9", "10", "11", "12"),
    "k12": ("K", *(str(grade) for grade in range(1, 13))),
    "other": ("6", "7", "8", "9", "10", "11", "12"),
}
#: Schools whose pupils poor enough for free or reduced-price lunch reach this share are marked
#: Title I; an assumption.
TITLE_I_FRL_SHARE = 0.40


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """One synthetic school; ``students`` maps grade to enrollment and sums to ``enrollment``."""

    school_id: str
    name: str
    spot: Spot
    level: str
    students: dict[str, int]
    staff: int
    guests: int
    year_built: int
    frl_share: float
    locale: str
    nces_id: str

    @property
    def enrollment(self) -> int:
        """Students of all grades."""
        return sum(self.students.values())

    @property
    def rural(self) -> bool:
        """Whether the locale code is a rural one."""
        return self.locale.startswith("4")


def draw_schools(seed: int, count: int) -> tuple[County, tuple[School, ...]]:
    """Draw the county and its schools, sorted by id."""
    county = draw_county(Draws(seed, schools=count, family="places"), count)
    draws = Draws(seed, schools=count, family="schools")
    names = place_names(draws, count)
    levels = draws.shuffled(_levels(count))
    ranks = {level: draws.shuffled(range(levels.count(level))) for level in sorted(set(levels))}
    digits = max(3, len(str(count)))
    schools = []
    for i, (spot, level) in enumerate(zip(county.spots, levels, strict=True)):
        locale = locale_code(county, spot, count)
        rank = ranks[level].pop()
        share = (rank + draws.uniform()) / levels.count(level)
        enrollment = interpolate(ENROLLMENT[level], share)
        if locale.startswith("4"):
            enrollment *= draws.uniform(0.5, 0.8)
        students = _by_grade(draws, level, int(enrollment), alone=count <= 2)
        total = sum(students.values())
        schools.append(
            School(
                school_id=f"S{i + 1:0{digits}d}",
                name=f"{names[i]} {SUFFIX[level]}",
                spot=spot,
                level=level,
                students=students,
                staff=max(4, int(total / draws.uniform(7.8, 9.6))),
                guests=max(2, int(total * draws.uniform(0.01, 0.03))),
                year_built=_year_built(draws, county, spot),
                frl_share=_frl_share(draws, county, spot),
                locale=locale,
                nces_id=f"1299999{i + 1:05d}",
            )
        )
    return county, tuple(schools)


def _levels(count: int) -> list[str]:
    """Give a level for each school, so that even the smallest district teaches all grades."""
    if count == 1:
        return ["k12"]
    if count == 2:
        return ["elementary", "high"]
    parts = apportion(count - 3, list(LEVEL_SHARE.values()))
    base = ["elementary", "middle", "high"]
    return base + [
        level for level, part in zip(LEVEL_SHARE, parts, strict=True) for _ in range(part)
    ]


def _by_grade(draws: Draws, level: str, enrollment: int, *, alone: bool) -> dict[str, int]:
    """Split a school's enrollment over its grades; pre-K is small and not in every school."""
    grades: Sequence[str] = GRADES[level]
    if alone and level != "k12":
        # A district of two schools: PK to 6 and 7 to 12.
        grades = (*grades, "6") if level == "elementary" else ("7", "8", *grades)
    if level == "elementary" and draws.chance(0.4):
        grades = [grade for grade in grades if grade != "PK"]
    weights = [draws.uniform(0.25, 0.45) if g == "PK" else draws.uniform(0.9, 1.1) for g in grades]
    if level == "high":
        weights = [weight * (1.0 - 0.04 * i) for i, weight in enumerate(weights)]
    return dict(zip(grades, apportion(enrollment, weights), strict=True))


def _year_built(draws: Draws, county: County, spot: Spot) -> int:
    """Draw a year: old near the county seat, newer toward the edges."""
    far = min(1.0, distance_km(spot, county.towns[0]) / (0.6 * county.height_km))
    year = draws.bell(1963 + 42 * far, 11)
    return min(2023, max(1951, int(year)))


def _frl_share(draws: Draws, county: County, spot: Spot) -> float:
    """Draw the free and reduced-price lunch share from a field that varies slowly in space.

    Poor around the county seat and every third town, better off along the coast.
    """
    reach = 0.2 * county.height_km
    bumps = 0.0
    for town in county.towns[::3]:
        far = distance_km(spot, town) / reach
        bumps = max(bumps, 1.0 / (1.0 + far * far))
    inland = min(1.0, -spot.x_km / county.width_km)
    share = draws.bell(0.12 + 0.42 * bumps + 0.20 * inland, 0.05)
    return min(0.97, max(0.06, share))


def schools_table(schools: Sequence[School]) -> Table:
    """Give schools.csv."""
    header = (
        "school_id,name,lat,lon,level,enrollment,staff,guests,year_built,frl_share,locale,"
        "nces_id,title_i"
    )
    rows = [
        (
            school.school_id,
            school.name,
            decimals(school.spot.lat, 6),
            decimals(school.spot.lon, 6),
            school.level,
            str(school.enrollment),
            str(school.staff),
            str(school.guests),
            str(school.year_built),
            decimals(school.frl_share, 2),
            school.locale,
            school.nces_id,
            "true" if school.frl_share >= TITLE_I_FRL_SHARE else "false",
        )
        for school in schools
    ]
    return Table(name="schools.csv", header=tuple(header.split(",")), rows=tuple(rows))


def enrollment_table(schools: Sequence[School]) -> Table:
    """Give enrollment.csv: schools by id, grades from PK to 12."""
    rows = [
        (school.school_id, grade, str(students))
        for school in schools
        for grade, students in sorted(school.students.items(), key=lambda item: _rank(item[0]))
    ]
    return Table(name="enrollment.csv", header=("school_id", "grade", "students"), rows=tuple(rows))


def _rank(grade: str) -> int:
    """Order grades: PK, K, 1, ..., 12."""
    return {"PK": -1, "K": 0}[grade] if grade in ("PK", "K") else int(grade)
