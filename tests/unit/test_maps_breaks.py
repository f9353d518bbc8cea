"""Classes of a legend: round, few, honest about what is shown, and apart for every eye."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from netplan.maps import breaks
from netplan.maps.breaks import NO_DATA, PALETTES, WITHHELD, classes

PERCENT = "\N{NO-BREAK SPACE}%"


def labels(values: object, **options: object) -> list[str]:
    found = classes(np.asarray(values, dtype=float), **options)  # type: ignore[arg-type]
    return [each.label for each in found.colors]


# ---- names and limits


def test_counts() -> None:
    found = classes(np.arange(0.0, 100.0))
    assert found.edges == (20.0, 40.0, 60.0, 80.0)
    assert [each.label for each in found.colors] == [
        "under 20", "20 to 39", "40 to 59", "60 to 79", "80 or more",
    ]  # fmt: skip
    assert found.place.tolist() == [value // 20 for value in range(100)]


def test_shares_are_named_in_percent_and_edges_stay_shares() -> None:
    found = classes(np.linspace(0, 0.25, 251), unit="share")
    assert found.edges == (0.05, 0.1, 0.15, 0.2)
    assert [each.label for each in found.colors] == [
        f"under 5{PERCENT}", f"5 to 9{PERCENT}", f"10 to 14{PERCENT}", f"15 to 19{PERCENT}",
        f"20{PERCENT} or more",
    ]  # fmt: skip


def test_few_values_are_classes_of_their_own() -> None:
    assert labels([0, 1, 2, 2, 3]) == ["0", "1", "2", "3"]
    assert labels([1, 2]) == ["1", "2"]
    assert labels([12, 12, 12]) == ["12"]
    assert labels([0, 7, 300]) == ["under 5", "5 to 199", "200 or more"]


def test_nothing_known() -> None:
    found = classes(np.full(3, np.nan))
    assert (found.edges, found.colors, found.place.tolist()) == ((), (NO_DATA,), [0, 0, 0])
    found = classes(np.zeros(0))
    assert (found.edges, found.colors, found.place.tolist()) == ((), (), [])


def test_withheld_values_make_no_class_and_stand_before_no_data() -> None:
    values = np.array([1.0, 2.0, 9_999.0, np.nan, np.nan])
    found = classes(values, withheld=np.array([False, False, True, True, False]))
    assert [each.label for each in found.colors] == ["1", "2", WITHHELD.label, NO_DATA.label]
    assert found.place.tolist() == [0, 1, 2, 2, 3]
    assert WITHHELD.fill == "hatch"


def test_a_value_is_in_the_class_of_what_is_shown() -> None:
    values = np.array([*range(100), 19.6, 19.4, 19.5, 79.5, 38.5], dtype=float)
    found = classes(values)
    assert found.colors[1].label == "20 to 39"
    assert found.place[-5:].tolist() == [1, 0, 1, 4, 1]
    tenths = classes(np.append(np.arange(0, 10, 0.1), 1.96), decimals=1)
    assert (tenths.edges[0], tenths.place[-1]) == (2.0, 1)


def test_one_far_value_does_not_put_all_others_into_one_class() -> None:
    values = np.append(np.arange(1.0, 51.0), 9_000.0)
    sizes = np.bincount(classes(values).place)
    assert sizes.max() < 26 and len(sizes) == 5


def test_limits_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="1 to 6"):
        classes(np.arange(9.0), most=7)
    with pytest.raises(ValueError, match="without end"):
        classes(np.array([1.0, np.inf]))


@given(
    arrays(np.float64, st.integers(0, 60), elements=st.floats(-1e7, 1e7)),
    st.integers(1, 6),
    st.integers(0, 3),
)
def test_classes_hold_whatever_comes(values: np.ndarray, most: int, decimals: int) -> None:
    found = classes(values, most=most, decimals=decimals)
    assert len(found.colors) <= most
    assert list(found.edges) == sorted(set(found.edges))
    assert len(found.colors) == len(found.edges) + bool(len(values))
    assert len({each.label for each in found.colors}) == len(found.colors)
    sizes = np.bincount(found.place, minlength=len(found.colors))
    assert (sizes > 0).all()
    shown = np.sign(values) * np.floor(np.abs(values) * 10.0**decimals + 0.5) / 10.0**decimals
    for place, (low, high) in enumerate(
        zip([-np.inf, *found.edges], [*found.edges, np.inf], strict=True)
    ):
        inside = shown[found.place == place]
        slack = 1e-6 * np.maximum(1.0, np.abs(inside))
        assert (inside >= low - slack).all() and (inside < high + slack).all()


@given(
    arrays(np.float64, st.integers(6, 10), elements=st.integers(0, 40).map(float)),
    st.integers(2, 4),
)
def test_natural_breaks_are_the_best_there_are(values: np.ndarray, most: int) -> None:
    values = np.sort(values)
    unique = np.unique(values)
    if len(unique) < most:
        return

    def squares(starts: tuple[float, ...]) -> float:
        place = np.searchsorted(starts, values, side="right")
        groups = [values[place == each] for each in range(len(starts) + 1)]
        return sum(float(((group - group.mean()) ** 2).sum()) for group in groups if len(group))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(breaks, "_SAMPLE", 9 * 8 * 7 * 5 * (len(values) - 1) + 1)
        found = breaks._natural_starts(values, most)
    # The sample weighs ends half as much as the rest: compare with the same weights.
    every = np.quantile(values, np.linspace(0, 1, 2521 * (len(values) - 1) + 1), method="nearest")
    values = every
    best = min(squares(starts) for starts in combinations(unique[1:].tolist(), most - 1))
    assert squares(tuple(found)) == pytest.approx(best, rel=1e-3, abs=1e-6)


# ---- colors: what people with one kind of cone less see (Machado, Oliveira, Fernandes 2009)

SIGHT = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
}  # fmt: skip
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip
#: Least difference (CIE 1976) of two colors on one map, "no data" among them, by number of classes.
LEAST = {1: 30.0, 2: 30.0, 3: 30.0, 4: 20.0, 5: 19.0, 6: 15.0}


def linear(color: str) -> np.ndarray:
    parts = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(color: str, sight: np.ndarray) -> np.ndarray:
    xyz = TO_XYZ @ np.clip(sight @ linear(color), 0, 1) / TO_XYZ.sum(axis=1)
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("palette", PALETTES)
def test_colors_are_apart_for_every_eye(palette: breaks.Palette, sight: str) -> None:
    assert [len(colors) for colors in PALETTES[palette]] == [1, 2, 3, 4, 5, 6]
    for colors in PALETTES[palette]:
        seen = [lab(color, SIGHT[sight]) for color in (*colors, NO_DATA.color)]
        worst = min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2))
        assert worst >= LEAST[len(colors)], (len(colors), worst)


@pytest.mark.parametrize("palette", ["cividis", "viridis"])
def test_more_is_darker(palette: breaks.Palette) -> None:
    for colors in PALETTES[palette]:
        light = [lab(color, np.eye(3))[0] for color in colors]
        assert light == sorted(light, reverse=True)


def test_fixed_classes_are_the_same_whatever_the_values() -> None:
    fixed = (0.05, 0.10, 0.15, 0.25)
    low = classes(np.array([0.01, np.nan]), unit="share", decimals=1, fixed=fixed)
    high = classes(np.array([0.0496, 0.3, 0.25]), unit="share", decimals=1, fixed=fixed)
    labels = [each.label.replace("\N{NO-BREAK SPACE}", " ") for each in high.colors]
    assert labels == ["under 5 %", "5 to 9.9 %", "10 to 14.9 %", "15 to 24.9 %", "25 % or more"]
    assert low.colors == (*high.colors, NO_DATA)
    # 4.96 is shown as 5.0
    assert (low.place.tolist(), high.place.tolist()) == ([0, 5], [1, 4, 4])
