"""Students offline in all areas, with the error of the sum."""

from dataclasses import dataclass

import numpy as np

from netplan.gap.model import Total
from netplan.gap.moe import Floats
from netplan.gap.rake import Raked, relative_error
from netplan.gap.ratio import Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the total is summed from; shapes (areas,).

    ``rate`` and ``own_se`` are of households, in every area; ``own_se`` is the rate's standard
    error without the benchmark's. ``offline`` is students offline, 0 where they were counted or
    there are none (``modelled`` False).
    """

    students: Floats
    students_se: Floats
    households: Floats
    rate: Floats
    own_se: Floats
    offline: Floats
    modelled: np.ndarray


def sum_areas(parts: Parts, raked: Raked, ratio: Ratio, *, counted: float) -> Total:
    """Sum students offline over areas.

    After raking, the share of households offline is the benchmark's, so the total has its error
    and not the areas'. Students are not spread as households are: with ``a_i`` students x ratio
    and ``c = sum a r / sum h r``, students offline are ``c`` times the benchmark plus
    ``sum (a_i - c h_i) r_i``, and the second part has the areas' own errors. An error in where
    students live moves them between areas of unlike rates, since enrollment is known.

    Parameters
    ----------
    counted
        Students offline where the district counted them: no error.
    """
    rows = raked.benchmarks
    # students times ratio; less where that would be more students offline than there are
    a = np.divide(
        parts.offline,
        parts.rate,
        out=np.where(parts.modelled, parts.students * ratio.value, 0.0),
        where=parts.modelled & (parts.rate > 0),
    )
    variance = 0.0
    for number in range(-1, len(rows)):
        inside = raked.benchmark == number
        weight = float(parts.offline[inside].sum())
        households = float(parts.households[inside] @ np.nan_to_num(raked.rate[inside]))
        common = weight / households if number >= 0 and households > 0 else 0.0
        own = (a[inside] - common * parts.households[inside]) * parts.own_se[inside]
        variance += float(own @ own)
        if number >= 0:
            variance += (weight * float(raked.error[number])) ** 2
    offline, students = float(parts.offline.sum()), float(parts.students[parts.modelled].sum())
    if students > 0:
        moved = (parts.rate * ratio.value - offline / students) * parts.students_se
        variance += float(moved[parts.modelled] @ moved[parts.modelled])
    variance += (offline * float(relative_error(ratio.se, ratio.value))) ** 2
    known = len(rows) > 0
    return Total(
        students=float(parts.students.sum()),
        students_offline=offline + counted,
        se=float(np.sqrt(variance)),
        households=float(parts.households.sum()) if known else float("nan"),
        households_offline=float(rows["after"].sum()) if known else float("nan"),
        households_se=(
            float(np.sqrt((rows["published_se"].astype(float) ** 2).sum()))
            if known
            else float("nan")
        ),
    )
