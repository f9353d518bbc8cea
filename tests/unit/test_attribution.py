"""Which unit did what: truth tables whose answer is plain, and random ones against brute force."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from netplan.whatif.attribute import Attribution, Outcome, Run, attribute_units, why

NAMES = ("X", "Y", "Z")


def outcome(over: bool, share: float = 0.0) -> Outcome:
    """Give the outcome of one school."""
    return Outcome(
        state=np.array(["over" if over else "fits"]),
        utilization_share=np.array([share]),
        airtime_share=np.array([0.0]),
    )


def table(rule: Callable[[frozenset[int]], bool]) -> Run:
    """Give a run of one school that is over where the rule says so."""
    return lambda kept: outcome(rule(kept), float(len(kept)))


def words(found: Attribution) -> str:
    (cause,) = found.causes
    return why(cause, NAMES)


@pytest.mark.parametrize(
    ("units", "rule", "said"),
    [
        (1, lambda kept: 0 in kept, "because of X"),
        (3, lambda kept: 1 in kept, "because of Y"),
        (2, lambda kept: {0, 1} <= kept, "needs both X and Y"),
        (3, lambda kept: {0, 1, 2} <= kept, "needs X, Y and Z"),
        (2, bool, "either X or Y is enough"),
        (3, bool, "any of X, Y or Z is enough"),
        # any two of three: no one is needed and no one is enough
        (3, lambda kept: len(kept) >= 2, "Y and Z act together, and there are other ways to the "
         "same"),
        # X with Y or with Z
        (3, lambda kept: 0 in kept and len(kept) >= 2, "X and Z act together, and there are other "
         "ways to the same; X cannot be left out"),
        # X, or Y and Z together
        (3, lambda kept: 0 in kept or {1, 2} <= kept,
         "X is enough; without it the others together would do the same"),
    ],
)  # fmt: skip
def test_words_follow_from_the_truth_table(
    units: int, rule: Callable[[frozenset[int]], bool], said: str
) -> None:
    assert words(attribute_units(units, table(rule))) == said


def test_what_works_against_it_is_named() -> None:
    # X alone takes it over; Z takes it back, unless Y is there too: 0.6 + 0.5 - 0.4 + 0.3
    part = {0: 0.5, 1: 0.3, 2: -0.4}

    def run(kept: frozenset[int]) -> Outcome:
        share = 0.6 + sum(part[unit] for unit in kept)
        return outcome(share > 0.8, share)

    found = attribute_units(3, run)
    (cause,) = found.causes
    # without X 0.5, without Y 0.7: both are needed; alone X gives 1.1, Y 0.9, Z 0.2
    assert (cause.needed, cause.enough, cause.against) == ((0, 1), (0, 1), (2,))
    assert why(cause, NAMES) == "needs both X and Y, since Z works against it"
    # parts that add up leave nothing for acting together
    assert found.interaction_share[0, 0] == 0.0


def test_the_other_way_round_is_told_too() -> None:
    found = attribute_units(2, table(lambda kept: 1 not in kept))
    (cause,) = found.causes
    assert (cause.was, cause.now) == ("over", "fits")
    assert words(found) == "because of Y"


def test_interaction_is_what_the_single_effects_leave() -> None:
    # factors 1.5 and 1.2 of 0.4: alone 0.2 and 0.08, together 0.32; 0.04 of it by acting together
    factors = (1.5, 1.2)

    def run(kept: frozenset[int]) -> Outcome:
        return outcome(False, 0.4 * float(np.prod([factors[unit] for unit in kept])))

    found = attribute_units(2, run)
    np.testing.assert_allclose(found.alone[:, 0, 0], [0.2, 0.08], rtol=1e-12)
    np.testing.assert_allclose(found.last[:, 0, 0], [0.24, 0.12], rtol=1e-12)
    assert found.interaction_share[0, 0] == pytest.approx(0.04 / 0.32, rel=1e-9)
    # nothing changes in the air: no share of nothing
    assert np.isnan(found.interaction_share[1, 0])
    assert found.causes == ()


def test_what_cannot_be_left_out_or_stand_alone_is_said() -> None:
    # X puts in what Y changes: Y without X is no scenario
    def run(kept: frozenset[int]) -> Outcome | None:
        return None if kept == {1} else outcome(kept == {0, 1}, float(len(kept)))

    found = attribute_units(2, run)
    assert (found.inseparable, found.dependent) == ((0,), (1,))
    (cause,) = found.causes
    # nobody knows the state without X, so it is not called needed; both are in what does it
    assert (cause.needed, cause.enough, cause.together) == ((1,), (), (0, 1))
    assert np.isnan(found.last[0]).all() and np.isnan(found.interaction_share).all()


def test_no_set_is_run_twice() -> None:
    seen: list[frozenset[int]] = []

    def run(kept: frozenset[int]) -> Outcome:
        seen.append(kept)
        return outcome(len(kept) >= 2)

    found = attribute_units(4, run)
    assert len(seen) == len(set(seen)) == found.runs


def test_random_tables_against_brute_force() -> None:
    rng = np.random.default_rng(5)
    looked_at = 0
    for _ in range(1000):
        units = int(rng.integers(1, 5))
        sets = [
            frozenset(chosen)
            for size in range(units + 1)
            for chosen in itertools.combinations(range(units), size)
        ]
        over = dict(zip(sets, rng.random(len(sets)) < 0.5, strict=True))
        found = attribute_units(units, table(over.__getitem__))
        every = sets[-1]
        if over[every] == over[sets[0]]:
            assert found.causes == ()
            continue
        looked_at += 1
        (cause,) = found.causes
        now = over[every]
        assert cause.needed == tuple(u for u in every if over[every - {u}] != now)
        assert cause.enough == tuple(u for u in every if over[frozenset({u})] == now)
        if cause.together:
            assert not cause.enough
            assert over[frozenset(cause.together)] == now
            assert set(cause.needed) <= set(cause.together)
            for unit in cause.together:
                if unit not in cause.needed:
                    assert over[frozenset(cause.together) - {unit}] != now
        else:
            assert cause.enough
        assert why(cause, "ABCD")
    assert looked_at > 300


def test_what_would_be_enough_without_the_other_way_is_said() -> None:
    # X or Y do it, and Z undoes what Y does: X is needed, and Y would be enough without Z
    found = attribute_units(3, table(lambda kept: 0 in kept or (1 in kept and 2 not in kept)))
    (cause,) = found.causes
    assert (cause.needed, cause.enough, cause.against) == ((0,), (0, 1), (2,))
    assert why(cause, NAMES) == (
        "needs X, since Z works against it; Y alone would be enough without that"
    )
