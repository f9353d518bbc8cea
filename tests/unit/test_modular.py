"""The multi-year choice on cases that fit in a comment."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.upgrades import feasible as district
from benchmarks.upgrades import with_ways
from netplan.errors import InfeasibleError, SolverError
from netplan.optimize.modular import ModularProblem, UnmetError, choose
from netplan.optimize.modular_problem import counted, held, paid_usd, within_limits

NEVER = np.inf

#: An option: price to start, price to run, whether it is enough; by year.
Row = tuple[Sequence[float], Sequence[float], Sequence[int]]


def one(options: Sequence[Row], **more: object) -> ModularProblem:
    """Give a problem of one element: options are (price to start, to run, enough) by year."""
    return several({"wan": options}, **more)


def several(elements: Mapping[str, Sequence[Row]], **more: object) -> ModularProblem:
    rows = [row for options in elements.values() for row in options]
    defaults: dict[str, object] = {"first_year": np.zeros(len(rows), dtype=np.int64)}
    return ModularProblem(
        elements=tuple(elements),
        years=len(rows[0][0]),
        states={
            name: tuple(f"{name} {k}" for k in range(len(options)))
            for name, options in elements.items()
        },
        once_usd=np.array([row[0] for row in rows], dtype=float),
        running_usd=np.array([row[1] for row in rows], dtype=float),
        enough=np.array([row[2] for row in rows], dtype=bool),
        **{**defaults, **more},  # type: ignore[arg-type]
    )


#: Year 1 needs nothing, year 2 the small option or the large, year 3 the large one.
#: Small: 100 to start, 10 a year. Large: 150 to start, 40 a year.
GROWING: list[Row] = [
    ([0, 0, 0], [0, 0, 0], [1, 0, 0]),
    ([100, 100, 100], [10, 10, 10], [1, 1, 0]),
    ([150, 150, 150], [40, 40, 40], [1, 1, 1]),
]


def test_large_at_once_is_cheaper_than_small_then_large() -> None:
    # small in year 2, large in year 3: 110 + 190 = 300; large in year 2: 150 + 40 + 40 = 230
    plan = choose(one(GROWING), time_limit_s=5.0)
    assert plan.state.tolist() == [[0, 2, 2]]
    assert plan.cost_usd == plan.objective == plan.bound == 230
    assert plan.gap_share == 0
    assert paid_usd(one(GROWING), plan.state).tolist() == [[0, 190, 40]]


def test_what_is_replaced_stops_running() -> None:
    # large at 200 a year: small then large costs 110 + 350 = 460, large at once 150 + 2 x 200 = 550
    dear = [GROWING[0], GROWING[1], (GROWING[2][0], [200, 200, 200], GROWING[2][2])]
    plan = choose(one(dear), time_limit_s=5.0)
    assert plan.state.tolist() == [[0, 1, 2]]
    assert plan.cost_usd == 460


def test_later_years_count_less_when_discounted() -> None:
    # half a year later: small then large 110 / 2 + 190 / 4 = 102.5; large 190 / 2 + 40 / 4 = 105
    problem = one(GROWING, discount=np.array([1.0, 0.5, 0.25]))
    plan = choose(problem, time_limit_s=5.0)
    assert plan.state.tolist() == [[0, 1, 2]]
    assert plan.cost_usd == 102.5


def test_a_cheaper_contract_is_taken_though_nothing_asks_for_it() -> None:
    saves = [([0, 0], [0, 0], [1, 1]), ([30, 30], [-50, -50], [1, 1])]
    plan = choose(one(saves), time_limit_s=5.0)
    assert plan.state.tolist() == [[1, 1]]
    assert plan.cost_usd == -70


def test_a_contract_that_runs_is_named_with_its_year() -> None:
    problem = one(GROWING, first_year=np.array([0, 2, 2]))
    with pytest.raises(UnmetError, match=r"with any of its options: wan in year 2$") as caught:
        choose(problem, time_limit_s=5.0)
    assert caught.value.unmet == ((0, (1,)),)
    assert not caught.value.limited
    assert caught.value.exit_code == 3


def test_no_option_is_large_enough() -> None:
    problem = several(
        {"wan": GROWING, "core": [([0, 0, 0], [0, 0, 0], [1, 0, 0]), GROWING[1]]},
    )
    with pytest.raises(UnmetError) as caught:
        choose(problem, time_limit_s=5.0)
    assert caught.value.unmet == ((1, (2,)),)


def test_a_pool_pays_where_it_saves_most() -> None:
    # Each site needs 100 of switches; the pool of 100 pays 80 at one and 60 at the other.
    def site(net_usd: float) -> list[Row]:
        return [([0], [0], [0]), ([100], [0], [1]), ([net_usd], [0], [1])]

    counts = np.array([0, 0, 80, 0, 0, 60], dtype=float)
    problem = several({"a": site(20), "b": site(40)}, pools=(("C2", 100.0, counts),))
    plan = choose(problem, time_limit_s=5.0)
    assert plan.state.tolist() == [[2], [1]]
    assert plan.cost_usd == pytest.approx(120)
    assert counted(problem, counts, plan.state) == 80


def test_a_budget_moves_a_purchase_to_an_earlier_year() -> None:
    # both need 100 in year 2; the budget of 150 a year makes one of them come a year early,
    # the one that runs at 5 a year rather than the one at 20
    def site(running: float) -> list[Row]:
        return [([0, 0], [0, 0], [1, 0]), ([100, 100], [running, running], [1, 1])]

    problem = several({"a": site(20), "b": site(5)}, budget_usd=(150.0, 150.0))
    plan = choose(problem, time_limit_s=5.0)
    assert plan.state.tolist() == [[0, 1], [1, 1]]
    assert plan.cost_usd == pytest.approx(230)
    assert held(problem, plan.state).all()


def test_want_of_money_names_what_is_left_out() -> None:
    site = [([0.0, 0.0], [0.0, 0.0], [1, 0]), ([NEVER, 100.0], [0.0, 0.0], [1, 1])]
    dear = [site[0], ([NEVER, 140.0], [0.0, 0.0], [1, 1])]
    problem = several({"a": site, "b": dear}, budget_usd=(150.0, 150.0))
    with pytest.raises(UnmetError, match="within the budgets") as caught:
        choose(problem, time_limit_s=5.0)
    assert caught.value.limited
    assert len(caught.value.unmet) == 1
    assert caught.value.unmet[0][1] == (1,)


def test_relief_needs_every_element_of_the_way() -> None:
    # School 1 (300 student hours) needs its line and the core, school 2 (200) the core, school
    # 3 (250) its own line. Core 100, lines 60 each; with 110 the best is core alone: 200,
    # against 250 for the line of school 3; with 160: core and line 1 (500); with 220: all.
    def element(usd: float) -> list[Row]:
        return [([0], [0], [0]), ([usd], [0], [1])]

    def with_budget(usd: float) -> ModularProblem:
        return several(
            {"core": element(100), "line 1": element(60), "line 3": element(60)},
            budget_usd=(usd,),
            demands=((0, 300.0, (0, 1)), (0, 200.0, (0,)), (0, 250.0, (2,))),
        )

    few = choose(with_budget(110), time_limit_s=5.0)
    assert (few.objective, few.relieved, few.cost_usd) == (250, (False, False, True), 60)
    more = choose(with_budget(160), time_limit_s=5.0)
    assert (more.objective, more.relieved) == (500, (True, True, False))
    everything = choose(with_budget(220), time_limit_s=5.0)
    assert (everything.objective, everything.cost_usd, everything.gap_share) == (750, 220, 0)


def test_relief_costs_no_more_than_it_must() -> None:
    # the budget allows the large option; the small one relieves as much
    plan = choose(
        one(
            [([0], [0], [0]), ([100], [0], [1]), ([150], [0], [1])],
            budget_usd=(1000.0,),
            demands=((0, 10.0, (0,)),),
        ),
        time_limit_s=5.0,
    )
    assert plan.state.tolist() == [[1]]
    assert plan.cost_usd == 100


def test_nothing_to_relieve_buys_nothing() -> None:
    plan = choose(one(GROWING, budget_usd=(999.0,) * 3, demands=()), time_limit_s=5.0)
    assert plan.state.tolist() == [[0, 0, 0]]
    assert (plan.objective, plan.bound, plan.gap_share, plan.cost_usd) == (0, 0, 0, 0)


def test_what_runs_already_can_be_over_the_budget() -> None:
    running = [([0], [50], [0]), ([1], [50], [1])]
    with pytest.raises(InfeasibleError, match="in place already costs more"):
        choose(one(running, budget_usd=(20.0,), demands=((0, 1.0, (0,)),)), time_limit_s=5.0)


def test_no_elements() -> None:
    problem = ModularProblem(
        elements=(), years=2, states={}, once_usd=np.zeros((0, 2)),
        running_usd=np.zeros((0, 2)), enough=np.zeros((0, 2), dtype=bool),
        first_year=np.zeros(0, dtype=np.int64), budget_usd=(5.0, 5.0),
    )  # fmt: skip
    assert choose(problem, time_limit_s=5.0).cost_usd == 0
    assert within_limits(problem, choose(problem, time_limit_s=5.0).state)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"first_year": np.zeros(1, dtype=np.int64)}, "first_year"),
        ({"budget_usd": (1.0,)}, "budget_usd"),
        ({"discount": np.ones(2)}, "discount"),
        ({"pools": (("p", 1.0, np.zeros(2)),)}, "pool p"),
        ({"demands": ((0, 1.0, (7,)),)}, "demands"),
        ({"once_usd": np.full((3, 3), -1.0)}, "once_usd"),
        ({"running_usd": np.full((3, 3), np.inf)}, "running_usd"),
        ({"enough": np.ones((2, 3), dtype=bool)}, "enough"),
    ],
)
def test_shapes_that_do_not_fit(change: dict[str, object], said: str) -> None:
    whole = one(GROWING)
    fields = {name: getattr(whole, name) for name in ModularProblem.__dataclass_fields__}
    with pytest.raises(ValueError, match=said):
        choose(ModularProblem(**{**fields, **change}), time_limit_s=5.0)


def test_little_time_gives_what_there_is_with_a_bound_that_holds() -> None:
    problem = district(60)
    spend = paid_usd(problem, choose(problem, time_limit_s=30.0).state).sum(axis=0)
    poor = replace(with_ways(problem, 60), budget_usd=(0.3 * float(spend.mean()),) * problem.years)
    heard: list[tuple[float, float, float]] = []
    quick = choose(poor, time_limit_s=0.05, progress=lambda *row: heard.append(row))
    slow = choose(poor, time_limit_s=20.0, gap=0.02, progress=lambda *row: heard.append(row))
    for plan in (quick, slow):
        assert within_limits(poor, plan.state)
        assert plan.bound >= slow.objective
        assert plan.objective <= slow.bound
    assert slow.gap_share <= 0.02 or slow.seconds > 10
    assert quick.objective <= quick.bound < np.inf


def test_little_time_for_a_tight_budget_says_so_or_keeps_it() -> None:
    problem = district(60)
    spend = paid_usd(problem, choose(problem, time_limit_s=30.0).state).sum(axis=0)
    tight = replace(problem, budget_usd=(0.98 * float(spend.max()),) * problem.years)
    try:
        plan = choose(tight, time_limit_s=0.01)
    except (SolverError, UnmetError):
        return
    assert within_limits(tight, plan.state)
    assert held(tight, plan.state).all()
