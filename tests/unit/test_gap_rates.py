"""Three definitions of offline, kept apart, by hand."""

import numpy as np
import pandas as pd
import pytest

from netplan.errors import InputError
from netplan.gap.rates import (
    NO_HOUSEHOLDS,
    NO_MARGIN,
    NO_ROW,
    ZERO,
    direct_rates,
    on_offer,
    reasons,
    require_columns,
)

ROW = {
    "B28002_001E": 1000.0, "B28002_001M": 100.0,
    "B28002_006E": 60.0, "B28002_006M": 30.0,
    "B28002_007E": 700.0, "B28002_007M": 90.0,
    "B28002_013E": 80.0, "B28002_013M": 40.0,
}  # fmt: skip


def one(**changes: float) -> pd.DataFrame:
    return pd.DataFrame([ROW | changes], index=["240050001001"])


@pytest.mark.parametrize(
    ("definition", "rate", "moe"),
    [
        # sqrt(40^2 - .08^2 100^2) / 1000
        ("none", 0.08, np.sqrt(1600 - 64) / 1000),
        # (60 + 80) / 1000; the parts' margins sum to 50: sqrt(50^2 - .14^2 100^2) / 1000
        ("phone_only", 0.14, np.sqrt(2500 - 196) / 1000),
        # 1 - .7; sqrt(90^2 - .7^2 100^2) / 1000
        ("below_speed", 0.30, np.sqrt(8100 - 4900) / 1000),
    ],
)
def test_definitions_by_hand(definition: str, rate: float, moe: float) -> None:
    got = direct_rates(one(), definition).iloc[0]
    assert got["rate"] == pytest.approx(rate)
    assert got["rate_se"] == pytest.approx(moe / 1.645)
    assert got["offline"] == pytest.approx(1000 * rate)


def test_counts_have_the_published_margin() -> None:
    assert direct_rates(one(), "none")["offline_se"].iloc[0] == pytest.approx(40 / 1.645)
    assert direct_rates(one(), "phone_only")["offline_se"].iloc[0] == pytest.approx(50 / 1.645)
    # product: 1000 x share's margin, and .3 x 100
    below = np.hypot(np.sqrt(8100 - 4900), 30)
    assert direct_rates(one(), "below_speed")["offline_se"].iloc[0] == pytest.approx(below / 1.645)


def test_a_definition_needs_only_its_own_columns() -> None:
    acs = one()[["B28002_001E", "B28002_013E"]]
    require_columns(acs, "none")
    for definition, column in (("phone_only", "B28002_006E"), ("below_speed", "B28002_007E")):
        with pytest.raises(InputError) as raised:
            require_columns(acs, definition)
        (problem,) = raised.value.problems
        assert (problem.file, problem.column) == ("acs.csv", column)
        assert definition in problem.message
        assert problem.fix


def test_every_missing_column_is_told() -> None:
    acs = pd.DataFrame({"geoid": ["1"], "level": ["tract"]})
    with pytest.raises(InputError) as raised:
        require_columns(acs, "phone_only")
    assert [problem.column for problem in raised.value.problems] == [
        "B28002_001E", "B28002_006E", "B28002_013E",
    ]  # fmt: skip


def test_without_any_row_one_problem() -> None:
    with pytest.raises(InputError) as raised:
        require_columns(pd.DataFrame({"geoid": [], "level": []}), "none")
    assert [problem.code for problem in raised.value.problems] == ["acs-missing"]


def test_zero_estimate_keeps_its_margin() -> None:
    got = direct_rates(one(B28002_013E=0.0, B28002_013M=13.0), "none").iloc[0]
    assert (got["rate"], got["reason"]) == (0.0, ZERO)
    assert got["rate_se"] == pytest.approx(13 / 1000 / 1.645)


@pytest.mark.parametrize(
    ("changes", "reason", "rate"),
    [
        ({"B28002_001E": 0.0, "B28002_013E": 0.0}, NO_HOUSEHOLDS, np.nan),
        ({"B28002_013E": np.nan}, NO_ROW, np.nan),
        ({"B28002_001E": np.nan}, NO_ROW, np.nan),
        ({"B28002_013M": np.nan}, NO_MARGIN, 0.08),
    ],
)
def test_what_is_missing_has_a_name(changes: dict[str, float], reason: str, rate: float) -> None:
    got = direct_rates(one(**changes), "none").iloc[0]
    assert got["reason"] == reason
    assert got["rate"] == pytest.approx(rate, nan_ok=True)
    assert np.isnan(got["rate_se"])


def test_a_missing_margin_of_the_total_leaves_the_larger_error() -> None:
    got = direct_rates(one(B28002_001M=np.nan), "none").iloc[0]
    assert got["rate_se"] == pytest.approx(40 / 1000 / 1.645)


def test_sentinels_are_counted_by_name() -> None:
    acs = one(B28002_013M=np.nan)
    annotations = pd.DataFrame(
        {
            "geoid": ["240050001001", "240050001001", "240059999999"],
            "column": ["B28002_013M", "B19013_001E", "B28002_013M"],
            "sentinel": [-222222222.0, -666666666.0, -222222222.0],
            "meaning": ["margin not computable", "too few observations", "margin not computable"],
        }
    )
    got = reasons(direct_rates(acs, "none"), annotations, acs.index, "none")
    assert got == {
        NO_MARGIN: 1,
        "B19013_001E: too few observations": 1,
        "B28002_013M: margin not computable": 1,
    }


def test_on_offer() -> None:
    availability = pd.DataFrame(
        {
            "geoid": ["a", "b", "c", "d"],
            "max_down_mbps": [100.0, 10.0, 25.0, 100.0],
            "max_up_mbps": [20.0, 1.0, np.nan, 3.0],
        }
    )
    got = on_offer(availability, pd.Index(["a", "b", "c", "d", "e"]), 25.0, 12.0)
    np.testing.assert_array_equal(got, [1.0, 0.0, 1.0, 0.0, np.nan])
