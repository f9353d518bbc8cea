"""Parts of the upgrade stage by hand: contracts, places, E-Rate variants, charts."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from netplan.optimize.modular import choose
from netplan.report.upgrade_chart import bar_chart
from netplan.upgrades.contracts import buy_out_usd, first_free_year, months_left
from netplan.upgrades.model import Need, Option
from netplan.upgrades.places import distance_km, node_points
from netplan.upgrades.problem import Case, modular_problem, purchases, unmet, waiting
from netplan.upgrades.terms import Terms

YEARS = ("2026-27", "2027-28", "2028-29")


@pytest.mark.parametrize(
    ("end", "year", "months"),
    [
        ("", "2026-27", 0),
        ("2026-06", "2026-27", 0),
        ("2026-07", "2026-27", 1),
        ("2028-06", "2026-27", 24),
        ("2028-06", "2028-29", 0),
        ("2020-01", "2026-27", 0),
    ],
)
def test_months_that_a_contract_still_runs(end: str, year: str, months: int) -> None:
    assert months_left(end, year) == months


def test_the_first_year_after_a_contract() -> None:
    assert first_free_year("", YEARS) == 0
    assert first_free_year("2027-06", YEARS) == 1
    assert first_free_year("2027-07", YEARS) == 2
    assert first_free_year("2030-06", YEARS) == 3
    assert buy_out_usd("2027-09", 100.0, YEARS).tolist() == [1500.0, 300.0, 0.0]


def test_a_hub_stands_amid_what_it_serves() -> None:
    schools = pd.DataFrame({"school_id": ["A", "B"], "lon": [0.0, 2.0], "lat": [1.0, 1.0]})
    nodes = pd.DataFrame(
        {
            "node_id": ["a", "b", "hub", "core", "island"],
            "school_id": ["A", "B", None, None, None],
        }
    )
    links = pd.DataFrame({"a": ["hub", "hub", "core"], "b": ["a", "b", "hub"]})
    points = node_points(schools, nodes, links)
    assert points == {"a": (0, 1), "b": (2, 1), "hub": (1, 1), "core": (1, 1)}
    assert distance_km(points, "a", "a") == 0
    assert distance_km(points, "a", "island") is None


def terms(left_usd: float) -> Terms:
    return Terms(
        school_years=YEARS,
        erate_share={"category_two": np.array([0.0, 0.8, 0.8])},
        c2_pools=(("Category Two", left_usd, np.array([0.0, 1.0, 1.0])),),
        discount_rate_per_year=0.03,
    )


def need(name: str, holds: tuple[bool, ...] = (True, False, False)) -> Need:
    return Need(
        element=name,
        kind="node",
        has_mbps=np.full((3, 3), 100.0),
        need_mbps=np.full((3, 3), 200.0),
        holds=np.array(holds),
        period=("P1",) * 3,
        cause=("",) * 3,
        schools=("S1",),
    )


def option(name: str, *, helped: bool, first_year: int = 0) -> Option:
    share = np.array([0.0, 0.8, 0.8]) if helped else np.zeros(3)
    return Option(
        option="box" if helped else "box no-erate",
        element=name,
        kind="node",
        title="Box",
        units=1,
        enough=np.ones(3, dtype=np.bool_),
        from_mbps=100.0,
        to_mbps=400.0,
        usd_once=np.full(3, 1000.0),
        usd_per_year=0.0,
        buy_out_usd=np.zeros(3),
        erate="category_two" if helped else "none",
        erate_share=share,
        c2_usd=1000.0 if helped else 0.0,
        first_year=first_year,
        table="nodes",
        key=name,
        cells={"throughput_mbps": 400.0},
        status="sourced",
        source="hand-made",
        why="1,000 USD once",
    )


@pytest.mark.parametrize(("left_usd", "net"), [(2000.0, 400.0), (1500.0, 1200.0), (0.0, 2000.0)])
def test_category_two_pays_only_what_is_left_of_its_budget(left_usd: float, net: float) -> None:
    """Two boxes of 1,000 each; E-Rate pays 800 of each as long as the budget lasts.

    Both are needed from the second year on, whose money is worth 3 % less.
    """
    case = Case(
        needs=(need("A"), need("B")),
        options=tuple((option(x, helped=True), option(x, helped=False)) for x in "AB"),
        limits=("", ""),
    )
    chosen = choose(modular_problem(case, terms(left_usd)), time_limit_s=10.0)
    assert chosen.cost_usd == pytest.approx(net / 1.03)
    assert {one.start for one in purchases(case, chosen.state)} == {1}


@pytest.mark.parametrize(
    ("left_usd", "net"), [(3000.0, (0.0, 500.0, 100.0)), (2500.0, (1250.0, 300.0, 100.0))]
)
def test_yearly_costs_count_against_the_category_two_budget(
    left_usd: float, net: tuple[float, ...]
) -> None:
    """Two boxes of 1,000 and 250 a year in two years: 1,500 each of the budget.

    Where it does not last, one is bought a year early without help: 500 of the budget.
    """
    case = Case(
        needs=(need("A"), need("B")),
        options=tuple(
            tuple(replace(option(x, helped=each), usd_per_year=250.0) for each in (True, False))
            for x in "AB"
        ),
        limits=("", ""),
    )
    chosen = choose(modular_problem(case, terms(left_usd)), time_limit_s=10.0)
    assert chosen.cost_usd == pytest.approx(sum(usd / 1.03**year for year, usd in enumerate(net)))


def test_a_wait_is_told_from_what_is_impossible() -> None:
    waits = need("A", (False, False, False))
    own = (option("A", helped=False, first_year=1),)
    assert waiting(waits, own).tolist() == [True, False, False]
    case = Case(needs=(waits, need("B")), options=(own, ()), limits=("", "there is nothing"))
    impossible, late = unmet(case, terms(0.0))
    assert [(one.element, one.school_years) for one in impossible] == [("B", YEARS[1:])]
    assert [(one.element, one.school_years) for one in late] == [("A", YEARS[:1])]


def test_bars_stand_on_their_base_and_reach_their_tick() -> None:
    chart = bar_chart("Cost", "USD", YEARS, ("all", (100.0, 50.0, 0.0)), ("some", (25.0, 0.0, 0.0)))
    assert chart is not None
    first, second, third = chart.bars
    assert first.whole_y == chart.ticks[-1].at
    assert first.whole_height == pytest.approx(2 * second.whole_height)
    assert first.part_height == pytest.approx(first.whole_height / 4)
    assert third.whole_height == 0
    assert bar_chart("Cost", "USD", YEARS, ("all", (0.0,) * 3), ("some", (0.0,) * 3)) is None
