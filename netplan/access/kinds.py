"""What a plan serves by kind of place or offer, where the sums give no small count away.

A bus serves few at each of its stops, so a small district's plan would be a column of withheld
counts. Thirty bus stops together can be told.
"""

import numpy as np
import pandas as pd

from netplan.gap.moe import Floats
from netplan.gap.withhold import narrowest, withhold

COLUMNS = ["kind", "places", "students", "usd_per_year", "usd_per_student", "suppressed"]
_TOLERANCE = 1e-9


def hide_by_kind(
    kind: np.ndarray, students: Floats, room: Floats, threshold: float
) -> tuple[np.ndarray, Floats] | None:
    """Withhold small counts and, of the same kind, others to hide them.

    With each kind's sum safe by itself, the sums of kinds may be shown, and their total tells no
    more. Kinds that are too few to hide their own are taken together.

    Parameters
    ----------
    kind, students, room
        Shape (offers,): kind, full number of students served, and the most it has room for.
    threshold
        Smallest count that is shown.

    Returns
    -------
    hidden, ceiling
        Shape (offers,): what is withheld, and the smallest shown count of those that it was
        chosen from: as much is known of it. None where even all together hide too little.
    """
    hidden = np.zeros(len(students), dtype=np.bool_)
    ceiling = np.full(len(students), np.inf)
    small = (students > 0) & (students < threshold)

    def hide(mine: np.ndarray) -> bool:
        """Hide what is small of some offers and others of them; False where that is too little."""
        none = np.zeros(int(mine.sum()), dtype=np.bool_)
        found = withhold(students[mine], small[mine], none, threshold, upper=room[mine])
        cells = np.flatnonzero(mine)[found.cells]
        # with nobody left to hide them, the small ones may still hide one another
        alone = np.full(len(cells), np.inf)
        if found.total and not _safe(students[cells], alone, room[cells], threshold):
            return False
        hidden[mine] = found.cells
        shown = students[mine][~found.cells & (students[mine] >= threshold)]
        ceiling[mine] = shown.min(initial=np.inf)
        return True

    few = np.zeros(len(students), dtype=np.bool_)
    for name in np.unique(kind[small]):
        if not hide(kind == name):
            few |= kind == name
    # what is withheld anyway is taken first, then the kind that serves the fewest
    others = sorted(
        set(kind[~few]),
        key=lambda name: (not small[kind == name].any(), students[kind == name].sum(), name),
    )
    while few.any() and not hide(few):
        if not others:
            return None
        few |= kind == others.pop(0)
    return hidden, ceiling


def by_kind(
    opened: pd.DataFrame,
    students: Floats,
    ceiling: Floats,
    threshold: float,
    *,
    total_withheld: bool,
) -> pd.DataFrame:
    """Add up a plan by kind, some kinds together where alone they would give a count away.

    The plan's total is known, so what anybody learns are the sum of the withheld counts of each
    row. None may bound one of its counts into an interval narrower than the threshold, for
    somebody who is told which counts are small and that no place serves more than it has room
    for. The last row holds what is left of the total, and so tells nothing new.

    Parameters
    ----------
    opened
        As it is published: kind, usd_per_year (NaN: withheld), max_students, suppressed.
    students, ceiling
        Shape (offers,), in the order of ``opened``: full numbers, and what a withheld one of at
        least the threshold is known not to pass.
    threshold
        Smallest count that is shown.
    total_withheld
        Whether the plan's total is: then no sum is shown, for they add up to it.

    Returns
    -------
    kinds
        kind (several joined by ``; ``), places (how many, offers without a place too), students,
        usd_per_year (NaN where the cost of one is withheld), usd_per_student, suppressed; the
        most students first.
    """
    of = opened["kind"].astype(str).to_numpy()
    hidden = opened["suppressed"].to_numpy(bool)
    room = opened["max_students"].to_numpy(float)
    names = sorted(set(of))

    def safe(kinds: list[str]) -> bool:
        cells = hidden & np.isin(of, kinds)
        return not cells.any() or _safe(students[cells], ceiling[cells], room[cells], threshold)

    alone = names if total_withheld else [kind for kind in names if safe([kind])]
    together = [kind for kind in names if kind not in alone]
    while together and not safe(together):
        more = [kind for kind in alone if (hidden & (of == kind)).any()]
        if not more:
            break
        smallest = min(more, key=lambda kind: (students[hidden & (of == kind)].sum(), kind))
        alone.remove(smallest)
        together = sorted([*together, smallest])
    rows = []
    for kinds in [*([kind] for kind in alone), *([together] if together else [])]:
        mine = np.isin(of, kinds)
        served = np.nan if total_withheld else float(students[mine].sum())
        usd = float(opened.loc[mine, "usd_per_year"].astype(float).sum(skipna=False))
        rows.append(
            {
                "kind": "; ".join(kinds),
                "places": int(mine.sum()),
                "students": served,
                "usd_per_year": usd,
                "usd_per_student": usd / served if served > 0 else np.nan,
                "suppressed": total_withheld,
            }
        )
    frame = pd.DataFrame(rows, columns=COLUMNS)
    order = np.lexsort(
        (frame["kind"].to_numpy(str), -frame["students"].fillna(-1.0).to_numpy(float))
    )
    return frame.iloc[order].reset_index(drop=True)


def _safe(students: Floats, ceiling: Floats, room: Floats, threshold: float) -> bool:
    """Say whether the sum of some withheld counts bounds none of them narrowly."""
    if students.sum() < threshold:
        return False
    small = students < threshold
    none = np.zeros(len(students), dtype=np.bool_)
    left = float(ceiling[~small].min(initial=np.inf))
    width = narrowest(students, small, none, ~small, left, threshold, upper=room)
    return width >= threshold - _TOLERANCE
