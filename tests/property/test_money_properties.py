"""Money against a linear program, and what holds of every bill: sums, balances, monotonicity."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from netplan.district.model import District
from netplan.inputs.columns_money import COST_CENTERS
from netplan.inputs.model import MoneySettings
from netplan.money.erate import CATEGORIES, discount
from netplan.money.fleet import fleet
from netplan.money.funding import ONE_TIME, SUSTAINABLE, Source, match, pay
from netplan.money.ownership import own
from netplan.whatif.years import years_from
from tests.unit.money_by_hand import district, in_year, rollout

YEAR = "2026-27"
CENTERS = COST_CENTERS[:5]
USD = st.floats(0, 1_000, allow_subnormal=False).map(lambda usd: round(usd, 2))


@st.composite
def _sources(draw: st.DrawFn) -> tuple[Source, ...]:
    return tuple(
        Source(
            source_id=f"s{place}",
            name=f"S{place}",
            kind=draw(st.sampled_from([SUSTAINABLE, ONE_TIME])),
            first_school_year="2020-21",
            last_school_year=None,
            usd_per_year=draw(USD),
            pays_for=frozenset(draw(st.sets(st.sampled_from(CENTERS)))),
        )
        for place in range(draw(st.integers(0, 5)))
    )


NET = st.fixed_dictionaries(dict.fromkeys(CENTERS, USD))


def _most(sources: Sequence[Source], net: dict[str, float]) -> float:
    """Give the most that sources can pay, as a linear program."""
    pairs = [(i, c) for i, one in enumerate(sources) for c in sorted(one.pays_for)]
    if not pairs:
        return 0.0
    rows = np.zeros((len(sources) + len(net), len(pairs)))
    for column, (i, center) in enumerate(pairs):
        rows[i, column] = rows[len(sources) + list(net).index(center), column] = 1.0
    bounds = [*(one.usd_per_year for one in sources), *net.values()]
    most = linprog(-np.ones(len(pairs)), A_ub=rows, b_ub=bounds)
    assert most.fun is not None
    return -float(most.fun)


@settings(max_examples=300, deadline=None)
@given(_sources(), NET)
def test_as_much_as_can_be_and_lasting_money_first(
    sources: tuple[Source, ...], net: dict[str, float]
) -> None:
    flow = pay(sources, net, YEAR)
    kinds = {one.source_id: one.kind for one in sources}
    lasting = [one for one in sources if one.kind == SUSTAINABLE]
    paid = sum(usd for (name, _), usd in flow.items() if kinds[name] == SUSTAINABLE)
    assert sum(flow.values()) == pytest.approx(_most(sources, net), abs=1e-3)
    assert paid == pytest.approx(_most(lasting, net), abs=1e-3)
    for one in sources:
        used = sum(usd for (name, _), usd in flow.items() if name == one.source_id)
        assert used <= one.usd_per_year + 1e-6
    for center, usd in net.items():
        assert sum(part for (_, to), part in flow.items() if to == center) <= usd + 1e-6
    assert all(center in one.pays_for for one in sources for name, center in flow
               if name == one.source_id)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(_sources(), NET, USD, st.integers(0, 4))
def test_more_money_never_pays_less(
    sources: tuple[Source, ...], net: dict[str, float], more: float, which: int
) -> None:
    if which >= len(sources):
        return
    raised = [
        replace(one, usd_per_year=one.usd_per_year + more) if place == which else one
        for place, one in enumerate(sources)
    ]
    assert sum(pay(raised, net, YEAR).values()) >= sum(pay(sources, net, YEAR).values()) - 1e-6


@settings(max_examples=100, deadline=None)
@given(_sources(), NET)
def test_the_order_of_sources_changes_no_sum(
    sources: tuple[Source, ...], net: dict[str, float]
) -> None:
    table = pd.DataFrame({YEAR: [net.get(center, 0.0) for center in COST_CENTERS]},
                         index=list(COST_CENTERS))  # fmt: skip
    one = match([sources], table, [YEAR]).unfunded
    other = match([sources[::-1]], table, [YEAR]).unfunded
    pd.testing.assert_frame_equal(one, other, atol=1e-3)


@cache
def _rollout() -> tuple[District, ...]:
    with tempfile.TemporaryDirectory() as folder:
        return rollout(Path(folder))


@cache
def _fleets() -> tuple[District, ...]:
    """Give the district with 190 devices, 590, 1,390, and 190 again."""
    with tempfile.TemporaryDirectory() as folder:
        return tuple(
            district(Path(folder) / str(step), waves) for step, waves in enumerate((1, 2, 3, 1))
        )


_PURCHASES = st.lists(
    st.fixed_dictionaries(
        {
            "option": st.sampled_from(["a", "b"]),
            "school_year": st.sampled_from(["2025-26", "2026-27", "2027-28", "2028-29"]),
            "usd_once": USD,
            "usd_per_year": USD,
            "cost_center": st.sampled_from(COST_CENTERS),
        }
    ),
    max_size=4,
)
_SETTINGS = st.builds(
    MoneySettings,
    device_life_years=st.floats(1, 9),
    loss_share_per_year=st.floats(0, 0.95),
    spare_share=st.floats(0, 1),
    discount_rate_per_year=st.floats(-0.3, 0.5),
    erate_discount_share=st.none() | st.floats(0, 0.9),
)


@settings(max_examples=25, deadline=None)
@given(_PURCHASES, _SETTINGS)
def test_the_sum_of_cost_centers_is_the_total(
    bought: list[dict[str, object]], money: MoneySettings
) -> None:
    changed = [District(inputs=replace(one.inputs, money=money)) for one in _rollout()]
    owned = own(changed, pd.DataFrame(bought) if bought else None)
    centers = owned.centers
    for column in ("usd", "low_usd", "high_usd", "erate_usd", "net_usd"):
        assert centers[column].sum() == pytest.approx(owned.lines[column].sum())
    assert centers["usd"].sum() == pytest.approx(owned.usd)
    assert centers["net_usd"].sum() == pytest.approx(owned.net_usd)
    by_year = centers.groupby("school_year")["net_usd"].sum()
    unfunded = owned.unfunded.set_index("school_year")
    pd.testing.assert_series_equal(by_year, unfunded["net_usd"], check_names=False)
    covered = unfunded[["funded_usd", "unfunded_usd"]].sum(axis=1).to_numpy()
    assert covered == pytest.approx(unfunded["net_usd"].to_numpy())
    used = owned.funding.groupby("school_year")["used_usd"].sum()
    assert used.to_numpy() == pytest.approx(unfunded["funded_usd"].to_numpy())
    assert (owned.lines["erate_usd"] <= owned.lines["usd"] + 1e-6).all()
    assert (unfunded["unfunded_usd"] >= -1e-6).all()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=9),
    st.floats(1, 6),
    st.floats(0, 0.9),
)
def test_what_is_bought_is_what_is_there_and_what_went(
    plan: list[int], life: float, loss: float
) -> None:
    """New ones are what the fleet grows by; and it never buys more than it needs and loses."""
    money = MoneySettings(device_life_years=life, loss_share_per_year=loss)
    changed = [District(inputs=replace(one.inputs, money=money)) for one in _fleets()]
    names = years_from(YEAR, len(plan))
    waves = [
        in_year(changed[step], name, changed[0]) for step, name in zip(plan, names, strict=True)
    ]
    found = fleet(waves, names)
    devices = found["devices"].to_numpy()
    grown = np.diff(devices, prepend=190.0)
    assert found["new_devices"].to_numpy() == pytest.approx(np.maximum(grown, 0.0), abs=1e-6)
    assert found["lost_devices"].to_numpy() == pytest.approx(loss * devices)
    assert (found["renewed_devices"] >= -1e-9).all()
    assert (found["renewed_devices"] <= devices + 1e-9).all()


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1))
def test_more_poverty_never_means_a_smaller_discount(left: float, right: float) -> None:
    def shares(frl_share: float) -> list[float]:
        schools = _rollout()[0].table("schools").assign(frl_share=frl_share)
        inputs = replace(
            _rollout()[0].inputs, tables={**_rollout()[0].inputs.tables, "schools": schools}
        )
        one = District(inputs=inputs)
        return [discount(one, category, YEAR).share for category in CATEGORIES]

    less, more = sorted((left, right))
    assert all(a <= b for a, b in zip(shares(less), shares(more), strict=True))
