"""Any size and seed gives a sound district."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from netplan.synth.district import write_district
from netplan.synth.draws import apportion
from tests.unit.synth_check import assert_after_school, assert_sound, files


@settings(max_examples=40, deadline=None)
@given(
    schools=st.integers(1, 70),
    seed=st.integers(0, 2**40),
    aps_per_group=st.none() | st.integers(1, 9),
)
def test_any_district_is_sound(schools: int, seed: int, aps_per_group: int | None) -> None:
    with tempfile.TemporaryDirectory() as place:
        one, two = Path(place, "one"), Path(place, "two")
        write_district(one, schools=schools, seed=seed, aps_per_group=aps_per_group)
        assert_sound(one, schools)
        write_district(two, schools=schools, seed=seed, aps_per_group=aps_per_group)
        assert files(one) == files(two)


@settings(max_examples=25, deadline=None)
@given(schools=st.integers(1, 60), seed=st.integers(0, 2**40))
def test_any_districts_evening_is_sound(schools: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        write_district(Path(place, "d"), schools=schools, seed=seed)
        assert_after_school(Path(place, "d"))


@given(
    total=st.integers(0, 100_000),
    weights=st.lists(st.floats(0.01, 100), min_size=1, max_size=40),
)
def test_apportion_sums_and_stays_near(total: int, weights: list[float]) -> None:
    parts = apportion(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < 1 + 1e-6
