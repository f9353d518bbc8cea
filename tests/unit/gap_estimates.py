"""Estimates built by hand, for tests of what is drawn from them and published of them."""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from netplan.gap.model import Estimates, Total
from netplan.gap.rates import NOT_ON_OFFER


def estimates(
    students: list[float],
    offline: list[float],
    se: list[float] | None = None,
    total_se: float = 0.0,
    *,
    public: list[bool] | None = None,
    ratio: float = 1.0,
) -> Estimates:
    count = len(students)
    n, x = np.array(students, dtype=float), np.array(offline, dtype=float)
    frame = pd.DataFrame(
        {
            "geoid": [f"24005000{place:03d}1" for place in range(count)],
            "level": "block_group",
            "households": 400.0,
            "students": n,
            "students_se": 0.0,
            "direct_rate": 0.1,
            "direct_se": 0.05,
            "rate": np.divide(x, n * ratio, out=np.zeros(count), where=n > 0),
            "rate_se": 0.03,
            "students_offline": x,
            "se": np.zeros(count) if se is None else np.array(se, dtype=float),
            "how": "estimated",
            "note": np.where(public or [False] * count, NOT_ON_OFFER, ""),
        }
    )
    return Estimates(
        definition="none",
        areas=frame,
        school_share=csr_array((count, 1)),
        school_ids=("S1",),
        zones_guessed=False,
        total=Total(
            students=float(n.sum()),
            students_offline=float(x.sum()),
            se=total_se,
            households=400.0 * count,
            households_offline=40.0 * count,
            households_se=10.0,
        ),
        benchmarks=pd.DataFrame(),
        fit=None,
        students_origin="children",
        student_household_ratio=ratio,
        student_household_ratio_se=0.0,
        ratio_source="",
        raked_total_se=0.0,
        missing={},
        notes=(),
    )
