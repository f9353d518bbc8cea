"""Which devices row holds for which people: the derived table ``populations``.

Cells are groups of people of one school: its grades when enrollment.csv has the
school, else its students as one; its staff; its guests. Per cell and kind the
most specific row wins: one school over ``*``, then one grade over a range of
grades over ``students``.
"""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from netplan.errors import Problem
from netplan.inputs.cells import grades_of
from netplan.inputs.columns import EVERY, GRADES
from netplan.inputs.tables import Table

COLUMNS = (
    "school_id",
    "group",
    "kind",
    "owner",
    "people",
    "per_person",
    "present_share",
    "background_down_mbps",
    "background_up_mbps",
)
#: How specific a group is, for cells and for rows alike.
_ONE_GRADE, _GRADES, _PEOPLE, _ALL = 3, 2, 1, 0
_SCHOOL_COUNTS = 10
#: Cells in the order in which tables list them.
CELL_ORDER: Mapping[str, int] = {
    cell: place for place, cell in enumerate((*GRADES, "students", "staff", "guests"))
}


def specificity(group: str) -> int:
    """Give how specific a group is: one grade 3, a range 2, students, staff or guests 1, all 0."""
    if group in GRADES:
        return _ONE_GRADE
    if group == EVERY:
        return _ALL
    return _GRADES if grades_of(group) is not None else _PEOPLE


def cells_of(group: str) -> tuple[str, ...]:
    """Give every cell that a group covers."""
    if group == "students":
        return ("students", *GRADES)
    if group == EVERY:
        return tuple(CELL_ORDER)
    return grades_of(group) or (group,)


def people_cells(schools: pd.DataFrame, enrollment: pd.DataFrame) -> pd.DataFrame:
    """Give the cells of all schools.

    Returns
    -------
    cells
        school_id, group (one cell), people; cells whose number of people is
        unknown are left out, and so are staff and guests of 0.
    """
    ids = schools["school_id"].tolist()
    known, graded = set(ids), set(enrollment["school_id"].tolist())
    # lists: going through text columns with pandas takes ten times as long, and sweeps wait
    found = [
        cell
        for cell in zip(
            enrollment["school_id"].tolist(),
            enrollment["grade"].tolist(),
            enrollment["students"].astype(float).tolist(),
            strict=True,
        )
        if cell[0] in known and cell[1] in CELL_ORDER
    ]
    whole = zip(ids, schools["enrollment"].astype(float).tolist(), strict=True)
    found += [(school, "students", people) for school, people in whole if school not in graded]
    for group in ("staff", "guests"):
        counts = zip(ids, schools[group].astype(float).tolist(), strict=True)
        found += [(school, group, people) for school, people in counts if people > 0]
    kept = [cell for cell in found if isinstance(cell[0], str) and not math.isnan(cell[2])]
    return pd.DataFrame(
        {
            "school_id": pd.Series([school for school, _, _ in kept], dtype="str"),
            "group": pd.Series([group for _, group, _ in kept], dtype="str"),
            "people": np.array([people for _, _, people in kept], dtype=np.float64),
        }
    )


def populations(
    schools: pd.DataFrame, enrollment: pd.DataFrame, devices: pd.DataFrame
) -> pd.DataFrame:
    """Resolve devices to cells: one row per school, cell and kind, sorted so.

    Parameters
    ----------
    schools, enrollment, devices
        Validated tables with defaults filled in.

    Returns
    -------
    populations
        The columns of ``COLUMNS``.
    """
    matched = _match(people_cells(schools, enrollment), devices)
    best = matched.drop_duplicates(["school_id", "group", "kind"])
    return best[list(COLUMNS)].reset_index(drop=True)


def ambiguous_rows(
    schools: pd.DataFrame, enrollment: pd.DataFrame, devices: Table
) -> list[Problem]:
    """Find pairs of equally specific devices rows that claim one cell."""
    matched = _match(people_cells(schools, enrollment), _usable(devices))
    cell = ["school_id", "group", "kind"]
    top = matched.groupby(cell, sort=False)["rank"].transform("max")
    rivals = matched[matched["rank"] == top]
    rivals = rivals[rivals.duplicated(cell, keep=False)]
    problems = []
    told: set[tuple[int, int]] = set()
    for (school, group, kind), positions in rivals.groupby(cell, sort=False)["position"]:
        first, *others = sorted(int(position) for position in positions)
        for other in others:
            if (first, other) in told:
                continue
            told.add((first, other))
            problems.append(
                devices.problem(
                    other,
                    "group",
                    code="ambiguous-devices",
                    message=f"rows {devices.row(first)} and {devices.row(other)} are equally "
                    f"specific for {kind} of {group} at {school}",
                    expected="one most specific row for each group, kind and school",
                    fix="Narrow one of them, or give this grade a row of its own.",
                )
            )
    return problems


def check_people(schools: Table, enrollment: Table, devices: Table) -> list[Problem]:
    """Find devices rows whose people are not in the tables."""
    problems: list[Problem] = []
    frame = devices.frame
    graded = frame["group"].map(lambda group: grades_of(group) is not None, na_action="ignore")
    graded = graded.eq(True)
    known = frozenset(enrollment.frame["school_id"].dropna())
    problems += _without_grades(schools, devices, graded, known)
    for group in ("staff", "guests"):
        counts = schools.frame.dropna(subset=["school_id"]).set_index("school_id")[group]
        problems += _without_count(devices, group, counts[~counts.index.duplicated()])
    return problems


def check_covered(
    schools: pd.DataFrame, enrollment: pd.DataFrame, devices: pd.DataFrame
) -> list[Problem]:
    """Note schools that no devices row gives a device."""
    equipped = _match(people_cells(schools, enrollment), devices)["school_id"]
    bare = schools.loc[~schools["school_id"].isin(equipped), "school_id"].tolist()
    if not bare:
        return []
    some = ", ".join(bare[:5]) + (f" and {len(bare) - 5:,} more" if len(bare) > 5 else "")
    return [
        Problem(
            code="no-devices",
            file="devices.csv",
            message=f"no devices row holds for {len(bare):,} of {len(schools):,} schools ({some}); "
            "they ask nothing of the network",
            expected="",
            fix="Add rows for them, such as *,students,chromebook,1.",
            severity="note",
        )
    ]


def _usable(devices: Table) -> pd.DataFrame:
    columns = ["school_id", "group", "kind"]
    frame = devices.frame[columns]
    good = frame.notna().all(axis=1) & ~frame.duplicated()
    good &= frame["group"].isin([group for group in set(frame["group"].dropna()) if group != EVERY])
    return frame[good]


def _match(cells: pd.DataFrame, devices: pd.DataFrame) -> pd.DataFrame:
    """Join each devices row to every cell that it covers, the most specific first."""
    claims: dict[tuple[str, str], list[tuple[int, int]]] = {}
    places = zip(devices["school_id"].tolist(), devices["group"].tolist(), strict=True)
    for row, (school, group) in enumerate(places):
        rank = specificity(group) + (0 if school == EVERY else _SCHOOL_COUNTS)
        for cell in cells_of(group):
            claims.setdefault((school, cell), []).append((row, rank))
    kinds, positions = devices["kind"].tolist(), devices.index.tolist()
    people = cells["people"].tolist()
    matched = sorted(
        (school, CELL_ORDER[group], kinds[row], -rank, positions[row], row, people[place], group)
        for place, (school, group) in enumerate(
            zip(cells["school_id"].tolist(), cells["group"].tolist(), strict=True)
        )
        for row, rank in (*claims.get((school, group), ()), *claims.get((EVERY, group), ()))
    )
    rows = devices.drop(columns=["school_id", "group"])
    return (
        rows.take([each[5] for each in matched])
        .reset_index(drop=True)
        .assign(
            school_id=pd.Series([each[0] for each in matched], dtype="str"),
            group=pd.Series([each[7] for each in matched], dtype="str"),
            people=np.array([each[6] for each in matched], dtype=np.float64),
            position=np.array([each[4] for each in matched], dtype=np.int64),
            rank=np.array([-each[3] for each in matched], dtype=np.int64),
        )
    )


def _without_grades(
    schools: Table, devices: Table, graded: "pd.Series[bool]", known: frozenset[str]
) -> list[Problem]:
    frame = devices.frame
    everywhere = frame["school_id"] == EVERY
    single = frame["school_id"].isin(schools.frame["school_id"].dropna())
    lacking = graded & ((everywhere & (not known)) | (single & ~frame["school_id"].isin(known)))
    problems = [
        devices.problem(
            int(position),
            "group",
            code="grades-need-enrollment",
            message="a group of grades needs students by grade"
            + ("" if everywhere.iloc[position] else ", and this school has none in enrollment.csv"),
            expected="enrollment.csv with the school's students by grade",
            fix="Add the grades to enrollment.csv, or write students.",
        )
        for position in np.flatnonzero(lacking.to_numpy())
    ]
    ungraded = schools.frame.loc[~schools.frame["school_id"].isin(known), "school_id"].dropna()
    if known and len(ungraded):
        problems += [
            devices.problem(
                int(position),
                "group",
                code="schools-without-grades",
                message=f"{len(ungraded):,} schools are not in enrollment.csv "
                f"({', '.join(ungraded[:3])}...); this row holds for none of their students",
                expected="",
                fix="Add their grades to enrollment.csv, or a row for students.",
                severity="note",
            )
            for position in np.flatnonzero((graded & everywhere).to_numpy())
        ]
    return problems


def _without_count(devices: Table, group: str, counts: "pd.Series[float]") -> list[Problem]:
    frame = devices.frame
    mine = frame["group"] == group
    everywhere = frame["school_id"] == EVERY
    unknown = counts.index[counts.isna()]
    lacking = mine & (
        frame["school_id"].isin(unknown) | (everywhere & (len(unknown) == len(counts)))
    )
    problems = [
        devices.problem(
            int(position),
            "group",
            code=f"{group}-need-count",
            message=f"devices of {group} need the number of {group}, and schools.csv "
            + ("has none" if everywhere.iloc[position] else "has none for this school"),
            expected=f"schools.csv, column {group}, filled in",
            fix="Fill it in, or delete this row.",
        )
        for position in np.flatnonzero(lacking.to_numpy())
    ]
    if 0 < len(unknown) < len(counts):
        problems += [
            devices.problem(
                int(position),
                "group",
                code="people-unknown",
                message=f"{len(unknown):,} schools have no number of {group} "
                f"({', '.join(unknown[:3])}); they have none of these devices",
                expected="",
                fix=f"Fill in schools.csv, column {group}; 0 where there are none.",
                severity="note",
            )
            for position in np.flatnonzero((mine & everywhere).to_numpy())
        ]
    return problems
