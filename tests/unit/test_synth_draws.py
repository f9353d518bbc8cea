"""The draws under the synthetic districts: exact, and pinned."""

import pytest

from netplan.synth.draws import Draws, apportion, interpolate
from netplan.synth.files import decimals
from netplan.synth.sizing import (
    CIRCUITS_MBPS,
    FIREWALLS_MBPS,
    LINKS_MBPS,
    at_least,
    at_most,
    circuits,
    internet_usd,
    line_usd,
)


def test_the_stream_is_pinned() -> None:
    # PCG64 seeded with [1, 24, *b"test"]; a change here changes every synthetic district.
    draws = Draws(1, schools=24, family="test")
    assert [draws.uniform() for _ in range(3)] == [
        0.8880470526795912,
        0.9117100409619897,
        0.20757713474564243,
    ]


def test_families_are_independent() -> None:
    one, other = (Draws(1, schools=24, family=family) for family in ("a", "b"))
    assert one.uniform() != other.uniform()


def test_draws_stay_in_their_ranges() -> None:
    draws = Draws(2, schools=1, family="test")
    assert {draws.integer(2, 4) for _ in range(200)} == {2, 3, 4}
    assert all(-6 <= draws.bell(0, 1) <= 6 for _ in range(200))
    assert {draws.weighted({"a": 1.0, "b": 0.0, "c": 2.0}) for _ in range(200)} == {"a", "c"}
    assert sorted(draws.shuffled(range(9))) == list(range(9))


def test_interpolate_between_quantiles() -> None:
    # knots at 0, 1/2 and 1
    assert interpolate((10, 20, 60), 0.25) == 15
    assert interpolate((10, 20, 60), 0.75) == 40
    assert interpolate((10, 20, 60), 1.0) == 60
    assert interpolate((10, 20, 60), 2.0) == 60


def test_apportion_by_largest_remainder() -> None:
    # 10 x (1, 1, 1) / 3 = 3.33 each; the tie goes to the first
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]
    # 7 x (5, 3, 2) / 10 = 3.5, 2.1, 1.4
    assert apportion(7, [5, 3, 2]) == [4, 2, 1]
    assert apportion(0, [1, 2]) == [0, 0]


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [(1.0, 2, "1"), (0.5, 3, "0.5"), (1e-9, 3, "0"), (-1e-9, 3, "0"), (120, 0, "120")],
)
def test_decimals(value: float, places: int, text: str) -> None:
    assert decimals(value, places) == text


def test_tiers() -> None:
    assert at_least((1, 10, 40), 2) == 10
    assert at_least((1, 10, 40), 81) == 120
    assert at_most((20, 50, 100), 99) == 50
    assert at_most((20, 50, 100), 5) == 20
    assert circuits(100_000) == (100_000, 1)
    assert circuits(20_000) == (10_000, 2)
    assert circuits(500) == (500, 1)
    for tiers in (CIRCUITS_MBPS, LINKS_MBPS):
        for tier in tiers:
            port, count = circuits(tier)
            assert port * count == tier
            assert count <= 8
    assert len(set(FIREWALLS_MBPS)) == len(FIREWALLS_MBPS)


def test_prices() -> None:
    # FACTS 4.14: 750 USD a month for 1 Gbps, 1,000 for 10 Gbps
    assert line_usd(1_000, 2) == 1_500
    assert line_usd(10_000, 1) == 1_000
    # FACTS 4.10: 0.85 USD per Mbps
    assert internet_usd(20_000) == 17_000
