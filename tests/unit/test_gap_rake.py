"""Raking by hand: exact totals, none above 1, and when the published row does not serve."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netplan.gap.rake import PUBLISHED, SUMMED, Raked, rake, scale_to_total

BLOCK_GROUPS = ["240050001001", "240050001002", "240050002001"]


def direct(index: list[str], households: list[float], offline: list[float]) -> pd.DataFrame:
    frame = pd.DataFrame({"households": households, "offline": offline}, index=index)
    frame["offline_se"] = 10.0
    frame["rate"] = frame["offline"] / frame["households"]
    frame["rate_se"] = 9.0 / frame["households"]
    return frame


def raked(published: pd.DataFrame, level: str = "county", **changes: np.ndarray) -> Raked:
    own = direct(BLOCK_GROUPS, [100.0, 200.0, 700.0], [20.0, 10.0, 70.0])
    usual = {
        "rate": np.array([0.1, 0.1, 0.2]),
        "mse": np.full(3, 0.001),
        "fixed": np.zeros(3, bool),
    }
    return rake(direct=own, published=published, level=level, **(usual | changes))


def test_scaling_by_hand() -> None:
    # 10 + 40 = 50; to 75: factor 1.5
    got = scale_to_total(np.array([0.1, 0.2]), np.array([100.0, 200.0]), 75.0)
    np.testing.assert_allclose(got, [0.15, 0.3])


def test_a_rate_stops_at_one_and_the_others_make_up() -> None:
    # 90 + 20 = 110; to 165 the first would be 1.35: 100 there, 65 of the second's 200
    got = scale_to_total(np.array([0.9, 0.1]), np.array([100.0, 200.0]), 165.0)
    np.testing.assert_allclose(got, [1.0, 0.325])


def test_ends_of_scaling() -> None:
    households = np.array([100.0, 200.0])
    np.testing.assert_allclose(scale_to_total(np.zeros(2), households, 30.0), [0.1, 0.1])
    np.testing.assert_allclose(scale_to_total(np.full(2, 0.2), households, 0.0), [0.0, 0.0])
    np.testing.assert_allclose(scale_to_total(np.full(2, 0.2), households, 400.0), [1.0, 1.0])
    # only the area at zero is left to take what the full one cannot
    np.testing.assert_allclose(scale_to_total(np.array([0.5, 0.0]), households, 150.0), [1.0, 0.25])


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(1, 5000)), min_size=1, max_size=12),
    st.floats(0, 1),
)
def test_any_total_is_met_exactly(pairs: list[tuple[float, float]], part: float) -> None:
    rate, households = (np.array(column) for column in zip(*pairs, strict=True))
    total = part * households.sum()
    got = scale_to_total(rate, households, total)
    assert got @ households == pytest.approx(total, rel=1e-9, abs=1e-9)
    assert (got <= 1 + 1e-12).all()
    assert (got >= 0).all()


def test_to_the_published_county() -> None:
    got = raked(direct(["24005"], [1000.0], [85.0]))
    # 10 + 20 + 140 = 170 to 85
    np.testing.assert_allclose(got.rate, [0.05, 0.05, 0.1])
    np.testing.assert_allclose(got.factor, 0.5)
    (row,) = got.benchmarks.to_dict("records")
    assert row == {
        "geoid": "24005", "households": 1000.0, "published": 85.0, "published_se": 10.0,
        "before": 170.0, "after": pytest.approx(85.0), "source": PUBLISHED,
    }  # fmt: skip
    assert got.notes == ()


def test_to_tracts_and_the_rest_to_the_county() -> None:
    published = direct(["24005", "24005000100"], [1000.0, 300.0], [100.0, 60.0])
    got = raked(published, "tract")
    # tract 1: 30 to 60; tract 2 has no row: to its own direct estimate, 70
    np.testing.assert_allclose(got.rate, [0.2, 0.2, 0.1])
    assert got.benchmarks["source"].tolist() == [SUMMED, PUBLISHED]
    assert got.benchmark.tolist() == [1, 1, 0]


def test_without_a_row_to_the_sum_of_the_areas() -> None:
    got = raked(direct([], [], []))
    assert got.benchmarks["published"].tolist() == [100.0]
    assert got.benchmarks["published_se"].iloc[0] == pytest.approx(np.sqrt(300))
    assert "no row" in got.notes[0]


def test_areas_that_do_not_cover_the_county() -> None:
    got = raked(direct(["24005"], [1020.0], [85.0]))
    assert got.benchmarks["source"].tolist() == [SUMMED]
    assert "do not cover" in got.notes[0]
    # within 1 %: they do
    assert raked(direct(["24005"], [1009.0], [85.0])).notes == ()


def test_known_rates_stay() -> None:
    got = raked(
        direct(["24005"], [1000.0], [85.0]),
        rate=np.array([1.0, 0.1, 0.2]),
        fixed=np.array([True, False, False]),
    )
    # the published figure does not know of them: the areas' own sum, 20 there counted as 20
    assert got.rate[0] == 1.0
    assert got.benchmarks["source"].tolist() == [SUMMED]


def test_an_area_without_an_estimate_counts_by_its_prediction() -> None:
    own = direct(BLOCK_GROUPS, [100.0, 200.0, 700.0], [20.0, np.nan, 70.0])
    got = rake(
        np.array([0.1, 0.1, 0.2]), np.full(3, 0.01), own, direct([], [], []),
        fixed=np.zeros(3, dtype=bool), level="county",
    )  # fmt: skip
    # 20 + 0.1 x 200 + 70; its error: 0.1 x 200
    assert got.benchmarks["published"].iloc[0] == pytest.approx(110.0)
