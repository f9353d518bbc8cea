"""Small random problems of the multi-year choice, and the best choice by trying all of them."""

import itertools

import numpy as np

from netplan.optimize.modular_problem import (
    ModularProblem,
    cost_usd,
    held,
    relieved_weight,
    within_limits,
)


def random_problem(
    seed: int, *, relief: bool, budget: bool, pools: int = 0, most_elements: int = 3
) -> ModularProblem:
    """Give a problem of up to three elements, states and years, in whole dollars.

    Some starts are not on offer, some states save money, some years have no state that is
    enough, and staying as it is may cost something.
    """
    rng = np.random.default_rng(seed)
    count, years = int(rng.integers(1, most_elements + 1)), int(rng.integers(1, 4))
    names = tuple(f"e{k}" for k in range(count))
    states = {name: tuple(f"s{k}" for k in range(int(rng.integers(1, 4)))) for name in names}
    sizes = [len(states[name]) for name in names]
    first = np.concatenate([[0], np.cumsum(sizes)])[:-1]
    shape = (sum(sizes), years)
    once = rng.integers(0, 20, shape).astype(float)
    once[rng.random(shape) < 0.1] = np.inf
    once[first] = 0.0
    running = rng.integers(-3, 6, shape).astype(float)
    running[first] = rng.integers(0, 2, (count, years)) * (rng.random() < 0.3)
    demands = tuple(
        (
            int(rng.integers(years)),
            float(rng.integers(0, 9)),
            tuple(sorted(set(rng.integers(0, count, int(rng.integers(0, 4))).tolist()))),
        )
        for _ in range(int(rng.integers(0, 7)))
    )
    return ModularProblem(
        elements=names,
        years=years,
        states=states,
        once_usd=once,
        running_usd=running,
        enough=rng.random(shape) < (0.6 if relief else 0.75),
        first_year=rng.integers(0, 2, shape[0]),
        discount=np.asarray(0.9 ** np.arange(years), dtype=np.float64),
        budget_usd=tuple(rng.integers(5, 40, years).astype(float)) if budget else None,
        pools=tuple(
            (
                f"pool {k}",
                float(rng.integers(0, 30)),
                rng.integers(0, 15, shape if k else shape[:1]).astype(float),
            )
            for k in range(pools)
        ),
        demands=demands if relief else None,
    )


def best_choice(problem: ModularProblem) -> tuple[float, float] | None:
    """Try every state in every year: (weight relieved, cost) of the best choice.

    Without demands the weight is 0; None where no choice holds within the limits.
    """
    ways = [
        list(itertools.product(range(len(problem.states[name])), repeat=problem.years))
        for name in problem.elements
    ]
    best: tuple[float, float] | None = None
    for choice in itertools.product(*ways):
        state = np.array(choice, dtype=np.int64).reshape(len(ways), problem.years)
        if not within_limits(problem, state):
            continue
        if problem.demands is None and not held(problem, state).all():
            continue
        weight = relieved_weight(problem, state)
        cost = cost_usd(problem, state)
        if best is None or (weight, -cost) > (best[0], -best[1]):
            best = weight, cost
    return best
