"""Sums by kind: what is hidden for them, and that nobody can undo it."""

import math
import random
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from netplan.access.kinds import by_kind, hide_by_kind
from netplan.access.publish import PublishedAccess, publish
from tests.unit.test_access_publish import NEED, access, offers, plan

THRESHOLD = 10.0


def shown(students: list[float], kinds: list[str], room: float = 500.0) -> PublishedAccess:
    """Publish a plan of places with these counts and kinds; sites and kinds of it."""
    made = plan(students)
    named = made.offers.assign(kind=kinds, max_students=room)
    return publish(access(replace(made, offers=named), offers(len(students))), NEED, {}, THRESHOLD)


def test_a_small_library_is_hidden_by_libraries_and_the_bus_stops_are_told() -> None:
    made = shown([3.0, 22.0, 60.0, 11.0, 12.0, 50.0], ["library"] * 3 + ["bus stop"] * 3)
    kinds = {row["kind"]: row for row in made.kinds.to_dict("records")}
    assert (kinds["library"]["places"], kinds["library"]["students"]) == (3, 85.0)
    assert (kinds["bus stop"]["places"], kinds["bus stop"]["students"]) == (3, 73.0)
    # 22 hides 3: the smallest of its kind, though bus stops with less are shown
    assert set(made.sites.loc[made.sites["suppressed"], "id"]) == {"o0", "o1"}
    # 100 USD for each student, as the plan of the helper costs
    assert made.kinds["usd_per_student"].tolist() == [100.0, 100.0]


def test_kinds_too_small_for_it_stand_together() -> None:
    made = shown(
        [4.0, 6.0, 7.0, 8.0, 40.0, 30.0], ["church", "church", "cafe", "cafe", "library", "library"]
    )
    # 7 + 8 = 15 leaves each of them 5 to 10 only, so the cafes stand with the churches (which
    # are withheld anyway: 4 + 6 = 10); the libraries hide nobody
    assert dict(zip(made.kinds["kind"], made.kinds["students"], strict=True)) == {
        "library": 70.0,
        "cafe; church": 25.0,
    }
    assert made.sites.loc[made.sites["kind"] == "library", "students"].tolist() == [40.0, 30.0]


def test_a_withheld_total_withholds_every_kind() -> None:
    made = shown([4.0, 3.0], ["library", "church"])
    assert math.isnan(made.served_students)
    assert made.kinds["students"].isna().all()
    assert made.kinds["usd_per_student"].isna().all()
    assert made.kinds["suppressed"].all()
    assert made.kinds["places"].tolist() == [1, 1]


def test_only_what_is_needed_is_hidden() -> None:
    found = hide_by_kind(
        np.array(["a", "b"]), np.array([10.0, 0.0]), np.array([50.0, 50.0]), THRESHOLD
    )
    assert found is not None
    assert not found[0].any()
    # 4 + 6 = 10 leaves each of them 0 to 10
    both = hide_by_kind(np.array(["a", "a"]), np.array([4.0, 6.0]), np.full(2, 50.0), THRESHOLD)
    assert both is not None
    assert both[0].all()


def test_the_cost_of_a_kind_is_withheld_with_that_of_one_of_its_offers() -> None:
    opened = pd.DataFrame(
        {
            "kind": ["plan", "plan", "library"],
            "usd_per_year": [math.nan, 500.0, 900.0],
            "max_students": 500.0,
            "suppressed": [True, True, False],
        }
    )
    told = by_kind(
        opened, np.array([5.0, 30.0, 40.0]), np.full(3, np.inf), THRESHOLD, total_withheld=False
    ).set_index("kind")
    assert told.loc["plan", "students"] == 35.0
    assert told["usd_per_year"].isna().to_dict() == {"plan": True, "library": False}
    assert told.loc["library", "usd_per_student"] == 22.5


@pytest.mark.parametrize("seed", range(60))
def test_nobody_can_bound_a_withheld_count_from_the_sums(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311
    count = draw.randint(3, 14)
    students = [
        float(draw.choice([0, draw.randint(1, 9), draw.randint(10, 30), draw.randint(30, 200)]))
        for _ in range(count)
    ]
    kinds = [draw.choice(["library", "church", "bus stop"]) for _ in range(count)]
    made = shown(students, kinds)
    sites = made.sites.assign(full=[students[int(name[1:])] for name in made.sites["id"]])
    # a sum of every withheld count: each row of the kinds, and the total
    told = made.kinds[~made.kinds["suppressed"].astype(bool)]
    groups = [str(kind).split("; ") for kind in told["kind"]]
    groups += [] if math.isnan(made.served_students) else [sorted(set(kinds))]
    hidden = sites[sites["suppressed"]].reset_index(drop=True)
    if hidden.empty or not groups:
        return
    member = np.array([hidden["kind"].isin(group).to_numpy(float) for group in groups])
    # told which are small: the others are at least the threshold
    bounds = [
        (0.0, THRESHOLD) if full < THRESHOLD else (THRESHOLD, None) for full in hidden["full"]
    ]
    for place in range(len(hidden)):
        aim = np.eye(len(hidden))[place]
        ends = [
            linprog(
                sign * aim,
                A_eq=member,
                b_eq=member @ hidden["full"].to_numpy(float),
                bounds=bounds,
                method="highs",
            )
            for sign in (1.0, -1.0)
        ]
        # status 3: nothing bounds it from above
        width = math.inf if ends[1].status == 3 else -(ends[1].fun or 0.0) - (ends[0].fun or 0.0)
        assert width >= THRESHOLD - 1e-6, (seed, hidden["id"][place])
