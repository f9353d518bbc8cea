"""What holds for every district: moments add, scale with devices, and ignore the order of rows."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netplan.district.model import District
from netplan.load.model import Load
from netplan.load.moments import school_load
from tests.unit.test_load_moments import TINY, tiny

_shares = st.floats(0, 1)
_rates = st.floats(0, 20)


@st.composite
def districts(draw: st.DrawFn) -> dict[str, list[tuple[Any, ...]]]:
    """Draw the tables of a district of up to four schools."""
    schools = [
        (f"S{i}", draw(st.sampled_from(["elementary", "high"])))
        for i in range(draw(st.integers(1, 4)))
    ]
    apps = [
        (
            f"app{i}", draw(_rates), draw(_rates), draw(st.floats(0, 3)), draw(_shares),
            draw(st.sampled_from(["internet", "datacenter"])), draw(_shares),
        )
        for i in range(draw(st.integers(1, 4)))
    ]  # fmt: skip
    populations = [
        (
            school, group, kind, "district", draw(st.integers(0, 2000)), draw(st.floats(0, 3)),
            draw(_shares), draw(st.floats(0, 0.1)), draw(st.floats(0, 0.1)),
        )
        for school, _ in schools
        for group, kind in draw(
            st.sets(st.sampled_from([("3", "chromebook"), ("3", "phone"), ("staff", "laptop")]))
        )
    ]  # fmt: skip
    shares = [
        (level, "class1", group, app[0], draw(_shares) / len(apps))
        for level in ("elementary", "high")
        for group in ("3", "staff")
        for app in apps
    ]
    return {
        "schools": schools,
        "apps": apps,
        "populations": populations,
        "activity_shares": shares,
        "bell": TINY["bell"][:2],
    }


def _moments(load: Load) -> tuple[Any, Any]:
    return load.mean_mbps, load.var_mbps2


def _close(left: Load, right: Load) -> None:
    for a, b in zip(_moments(left), _moments(right), strict=True):
        assert np.allclose(a, b, rtol=1e-9, atol=1e-9)


def _shuffled(district: District, seed: int) -> District:
    rng = np.random.default_rng(seed)
    inputs = district.inputs
    tables = {
        name: table.iloc[rng.permutation(len(table))] if name != "bell" else table
        for name, table in inputs.tables.items()
    }
    return District(
        inputs=type(inputs)(
            settings=inputs.settings, planning=inputs.planning, tables=tables, hashes={}
        )
    )


@given(districts())
@settings(max_examples=60, deadline=None)
def test_moments_are_finite_and_not_negative(rows: dict[str, Any]) -> None:
    load = school_load(tiny(**rows))
    for moment in _moments(load):
        assert np.isfinite(moment).all()
        assert (moment >= 0).all()
    assert np.allclose(load.mean_mbps[..., 2], load.mean_mbps[..., :2].sum(axis=-1))
    assert (load.present_devices <= load.devices[:, None] + 1e-9).all()


@given(districts())
@settings(max_examples=40, deadline=None)
def test_moments_add_over_groups_and_kinds(rows: dict[str, Any]) -> None:
    whole = school_load(tiny(**rows))
    parts = [
        school_load(tiny(**{**rows, "populations": [population]}))
        for population in rows["populations"]
    ]
    for number, moment in enumerate(_moments(whole)):
        total = sum((_moments(part)[number] for part in parts), np.zeros_like(moment))
        assert np.allclose(moment, total, rtol=1e-9, atol=1e-9)


@given(districts())
@settings(max_examples=40, deadline=None)
def test_a_school_does_not_depend_on_the_others(rows: dict[str, Any]) -> None:
    whole = school_load(tiny(**rows))
    for number, school in enumerate(rows["schools"]):
        own = [row for row in rows["populations"] if row[0] == school[0]]
        alone = school_load(tiny(**{**rows, "schools": [school], "populations": own}))
        assert np.allclose(alone.mean_mbps[0], whole.mean_mbps[number])
        assert np.allclose(alone.var_mbps2[0], whole.var_mbps2[number])


@given(districts(), st.floats(0, 5))
@settings(max_examples=40, deadline=None)
def test_moments_are_in_proportion_to_devices(rows: dict[str, Any], factor: float) -> None:
    before = school_load(tiny(**rows))
    more = [(*row[:5], row[5] * factor, *row[6:]) for row in rows["populations"]]
    after = school_load(tiny(**{**rows, "populations": more}))
    assert np.allclose(after.mean_mbps, factor * before.mean_mbps)
    assert np.allclose(after.var_mbps2, factor * before.var_mbps2)
    assert np.allclose(after.devices, factor * before.devices)


@given(districts(), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_the_order_of_rows_does_not_matter(rows: dict[str, Any], seed: int) -> None:
    district = tiny(**rows)
    load, other = school_load(district), school_load(_shuffled(district, seed))
    assert other.school_ids == load.school_ids
    _close(load, other)


@pytest.mark.parametrize(
    "events", [["exam"], ["update"], ["rally", "snow"], ["tunnel", "exam", "update"]]
)
def test_events_do_not_depend_on_order_either(events: list[str]) -> None:
    from tests.unit.test_load_events import ROWS

    forward = school_load(tiny(events=ROWS), events)
    _close(forward, school_load(tiny(events=ROWS), list(reversed(events))))
    _close(forward, school_load(_shuffled(tiny(events=ROWS), 7), events))


def test_the_district_is_left_as_it_was() -> None:
    from tests.unit.test_load_events import ROWS

    district = tiny(events=ROWS)
    before = {name: table.copy(deep=True) for name, table in district.inputs.tables.items()}
    school_load(district, ["exam", "rally", "snow", "tunnel", "update"])
    for name, table in district.inputs.tables.items():
        pd.testing.assert_frame_equal(table, before[name])
