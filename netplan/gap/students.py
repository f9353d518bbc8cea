"""Students by area and school: counted by the district, or from ACS children and enrollment."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy.sparse import csc_array, csr_array, diags_array, hstack

from netplan.gap.model import StudentsOrigin
from netplan.gap.moe import Floats, standard_error, sum_moe
from netplan.gap.rates import acs_column
from netplan.gap.zones import Attendance

#: ACS children of ages 5, 6-8, 9-11, 12-14 and 15-17 (6.15).
AGE_CELLS = tuple(f"B09001_{number:03d}" for number in range(5, 10))
#: How much of each age cell is of a level's ages: elementary 5-10, middle 11-13, high 14-17
#: (assumption: a kindergartner is 5, and years of age within a cell are alike in number).
AGE_WEIGHTS: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "elementary": (1.0, 1.0, 2 / 3, 0.0, 0.0),
        "middle": (0.0, 0.0, 1 / 3, 2 / 3, 0.0),
        "high": (0.0, 0.0, 0.0, 1 / 3, 1.0),
    }
)
_ALL_AGES = (1.0, 1.0, 1.0, 1.0, 1.0)
#: Relative error of children where nothing but households or land speaks for them (assumption).
GUESSED_ERROR_SHARE = 0.5
#: People per household, over the district's mean, past which population is taken for dormitories,
#: barracks or prisons (assumption: household sizes of block groups differ less than that).
LARGEST_HOUSEHOLD_RATIO = 2.0

_STAND_IN_NOTE: Mapping[StudentsOrigin, str] = MappingProxyType(
    {
        "population": "acs.csv has no children by age (B09001): students follow the whole "
        "population (B01003), as if every area had the same share of children (people past twice "
        "the usual number per household are taken for dormitories and the like).",
        "households": "acs.csv has no children or population: students follow households, as if "
        "each had as many children.",
        "land": "acs.csv has no children, population or households: students are spread over land.",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Students:
    """Students by area; shapes (areas,), and (areas, schools) for ``school_share``.

    ``offline`` is the district's own count of students offline, NaN where it has none.
    """

    students: Floats
    se: Floats
    offline: Floats
    school_share: csr_array
    origin: StudentsOrigin
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Children:
    """Who could be students: (number, variance), each of shape (areas,), by school level.

    Levels without a key of their own have that of the empty one.
    """

    origin: StudentsOrigin
    by_level: Mapping[str, tuple[Floats, Floats]]
    notes: tuple[str, ...]


def find_students(
    geoids: pd.Index,
    acs: pd.DataFrame,
    schools: pd.DataFrame,
    attending: Attendance,
    counted: pd.DataFrame,
    land: Floats,
) -> Students:
    """Find the students of every area and which schools they attend.

    A school's enrollment ``e_s`` is spread over the areas of its zone by their children of its
    ages ``c_i`` and share in the zone ``z_is``, so that it is met exactly::

        n_is = e_s c_i z_is / sum_i c_i z_is        students_i = sum_s n_is

    and its error is that of a share, from the children's margins. A district's own count of an
    area stands for that sum.

    Parameters
    ----------
    geoids
        Of the areas.
    acs
        Their ACS rows, in that order.
    schools
        school_id, level, enrollment.
    attending
        From `netplan.gap.zones.attendance`.
    counted
        The table ``students``; empty where the district has none.
    land
        Shape (areas,): area of the polygons, any unit.
    """
    children = _children(acs, land)
    enrollment = schools["enrollment"].fillna(0.0).to_numpy(dtype=np.float64)
    spread, se = _spread(children, schools["level"].astype(str).tolist(), enrollment, attending)
    estimated = _row_sums(spread)
    rows = counted.set_index("geoid").reindex(geoids)
    own = rows["students"].to_numpy(dtype=np.float64)
    offline = rows["students_offline"].to_numpy(dtype=np.float64)
    offline = np.where(np.isfinite(own), np.minimum(offline, own), np.nan)
    notes = list(attending.notes)
    known = np.isfinite(own)
    if not known.any():
        notes.extend(children.notes)
        students, origin = estimated, children.origin
    else:
        students, se, told = _with_counts(own, estimated, se, float(enrollment.sum()))
        notes.extend(told)
        origin = "counted"
        if not known.all():
            notes.extend(children.notes)
    return Students(
        students=students,
        se=se,
        offline=offline,
        school_share=_row_shares(spread, students),
        origin=origin,
        notes=tuple(notes),
    )


def _with_counts(
    own: Floats, estimated: Floats, se: Floats, enrolled: float
) -> tuple[Floats, Floats, list[str]]:
    """Put the district's counts over the estimates; scale what is estimated to go with them."""
    known = np.isfinite(own)
    notes: list[str] = []
    scale = 1.0
    if not known.all():
        modelled = float(estimated[known].sum())
        scale = float(own[known].sum()) / modelled if modelled > 0 else 1.0
        notes.append(
            f"students.csv has no count for {int((~known).sum())} of {len(own)} areas (empty, "
            "masked or without a row): their students are estimated from ACS children, at the "
            "ratio of students to children where both are known."
        )
    students = np.where(known, own, estimated * scale)
    total = float(students.sum())
    if enrolled > 0 and abs(total - enrolled) > 0.02 * enrolled:
        notes.append(
            f"Students by area come to {total:,.0f} and enrollment by school to "
            f"{enrolled:,.0f}: by area, the former is used."
        )
    return students, np.where(known, 0.0, se * scale), notes


def _spread(
    children: Children, levels: list[str], enrollment: Floats, attending: Attendance
) -> tuple[csr_array, Floats]:
    """Give students by area and school, and the standard error of each area's."""
    zone = csc_array(attending.share)
    columns: list[csc_array] = []
    se = np.zeros(zone.shape[0])
    for place, level in enumerate(levels):
        number, variance = children.by_level.get(level, children.by_level[""])
        column = zone[:, [place]]
        rows, share = column.indices, column.data
        inside = number[rows] * share
        if inside.sum() <= 0:
            # no child of these ages is known in the zone: by its share of land
            inside = share.copy()
        part = inside / inside.sum()
        spread = variance[rows] * share**2 / inside.sum() ** 2
        # error of a share of a sum: its own part is in the sum too
        error = (1.0 - 2.0 * part) * spread + part**2 * spread.sum()
        column = column.copy()
        column.data = enrollment[place] * part
        columns.append(column)
        # one area's children err alike for every school, so errors add and not their squares
        se[rows] += enrollment[place] * np.sqrt(np.maximum(error, 0.0))
    if not columns:
        return csr_array((zone.shape[0], 0)), se
    return csr_array(hstack(columns)), se


def _row_shares(spread: csr_array, students: Floats) -> csr_array:
    """Give each area's students by school, as shares; empty where there are no students."""
    total = _row_sums(spread)
    if spread.shape[1] and float(total.sum()) > 0:
        lacking = (total <= 0) & (students > 0)
        if lacking.any():
            # counted students where no zone reaches: as the district's are
            usual = np.asarray(spread.sum(axis=0)).ravel()
            extra = csr_array(lacking[:, None] * usual[None, :])
            spread = csr_array(spread + extra)
            total = _row_sums(spread)
    keep = (total > 0) & (students > 0)
    scale = np.divide(1.0, total, out=np.zeros_like(total), where=keep)
    found = csr_array(diags_array(scale) @ spread)
    found.eliminate_zeros()
    return found


def _children(acs: pd.DataFrame, land: Floats) -> Children:
    """Find the best stand-in for children that acs.csv has."""
    households = acs_column(acs, "B28002_001", "E")
    if all(f"{name}E" in acs.columns for name in AGE_CELLS):
        cells = np.stack([acs_column(acs, name, "E") for name in AGE_CELLS], axis=-1)
        margins = np.stack([acs_column(acs, name, "M") for name in AGE_CELLS], axis=-1)
        if np.isfinite(cells.sum(axis=-1)).any() and np.nansum(cells) > 0:
            return _by_age(cells, margins, households)
    stand_ins: tuple[tuple[StudentsOrigin, str], ...] = (
        ("children", "B09001_001"),
        ("population", "B01003_001"),
        ("households", "B28002_001"),
    )
    for origin, name in stand_ins:
        number = acs_column(acs, name, "E")
        if not np.nansum(number) > 0:
            continue
        if origin == "population":
            number = _without_group_quarters(number, households)
        number, variance, notes = _filled(number, acs_column(acs, name, "M"), households)
        if origin == "households":
            variance = variance + (GUESSED_ERROR_SHARE * number) ** 2
        note = _STAND_IN_NOTE.get(origin)
        return Children(
            origin=origin,
            by_level={"": (number, variance)},
            notes=(*((note,) if note else ()), *notes),
        )
    return Children(
        origin="land",
        by_level={"": (land, (GUESSED_ERROR_SHARE * land) ** 2)},
        notes=(_STAND_IN_NOTE["land"],),
    )


def _without_group_quarters(population: Floats, households: Floats) -> Floats:
    """Cap population by households: people in dormitories and prisons are not students here."""
    both = np.isfinite(population) & np.isfinite(households)
    if not households[both].sum() > 0:
        return population
    usual = float(population[both].sum() / households[both].sum())
    return np.where(
        both, np.minimum(population, LARGEST_HOUSEHOLD_RATIO * usual * households), population
    )


def _by_age(cells: Floats, margins: Floats, households: Floats) -> Children:
    """Give children by level from the age cells of B09001; shapes (areas, cells)."""
    by_level: dict[str, tuple[Floats, Floats]] = {}
    notes: tuple[str, ...] = ()
    for level, weights in (*AGE_WEIGHTS.items(), ("", _ALL_AGES)):
        weighted = cells * np.array(weights)
        moe = sum_moe(weighted, margins * np.array(weights))
        number, variance, notes = _filled(weighted.sum(axis=-1), moe, households)
        by_level[level] = (number, variance)
    return Children(
        origin="children",
        by_level=by_level,
        notes=notes,
    )


def _filled(
    number: Floats, moe: Floats, households: Floats
) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Fill missing numbers by households and missing margins by an assumption."""
    known = np.isfinite(number)
    both = known & np.isfinite(households)
    per_household = (
        float(number[both].sum() / households[both].sum()) if households[both].sum() > 0 else 0.0
    )
    usual = float(np.mean(number[known])) if known.any() else 0.0
    guess = np.where(np.isfinite(households), households * per_household, usual)
    value = np.where(known, number, guess)
    se = standard_error(moe)
    se = np.where(known & np.isfinite(se), se, GUESSED_ERROR_SHARE * value)
    notes = []
    if not known.all():
        notes.append(
            f"Children are not published for {int((~known).sum())} areas: guessed from households."
        )
    if (known & ~np.isfinite(moe)).any():
        notes.append(
            f"Children of {int((known & ~np.isfinite(moe)).sum())} areas have no margin of error: "
            f"{GUESSED_ERROR_SHARE:.0%} of the number is assumed for their standard error."
        )
    return value, se**2, tuple(notes)


def _row_sums(spread: csr_array) -> Floats:
    """Sum each row; shape (areas,)."""
    return np.asarray(spread.sum(axis=1), dtype=np.float64).ravel()
