"""Upgrades of a district over five years: how long the plan takes, and how close it is proven.

Run ``python -m benchmarks.upgrades [SCHOOLS ...]``. Made-up districts of the optimizer's own shape:
each school hangs by its own line, switch, firewall and access points on one of several hubs, and
all on one internet circuit and one firewall. Loads grow by 15 to 40 % a year. Prices, E-Rate
shares and the Category Two pool are like the catalog's.
"""

import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from netplan.optimize.modular import ModularProblem, UnmetError, choose
from netplan.optimize.modular_problem import counted, paid_usd, within_limits

#: Mbps, one-time and yearly prices of each state of each kind of element.
Kind = tuple[tuple[int, ...], float, tuple[float, ...]]
LINE: Kind = ((100, 300, 1000, 2000, 5000, 10_000), 3_000.0, (3.6, 5, 9, 9.9, 11, 12))
SWITCH: Kind = ((1000, 2500, 10_000, 20_000), 4_000.0, (0.3, 0.4, 0.6, 0.8))
FIREWALL: Kind = ((500, 1000, 3000, 8000), 6_000.0, (1, 1.4, 2.2, 4))
POINTS: Kind = ((300, 600, 1200, 2400), 12_000.0, (0, 0, 0, 0))
HUB_LINE: Kind = ((1000, 5000, 10_000, 40_000), 8_000.0, (9, 11, 12, 30))
CORE: Kind = ((5000, 10_000, 20_000, 40_000, 100_000), 60_000.0, (60, 90, 130, 190, 300))


def district(schools: int, years: int = 5, *, seed: int = 1) -> ModularProblem:
    """Make a district of the optimizer's shape, without a budget and without demands."""
    rng = np.random.default_rng(seed)
    hubs = max(1, schools // 14)
    students = rng.lognormal(6.3, 0.5, schools).round()
    hub_of = rng.integers(hubs, size=schools)
    load = students * rng.uniform(0.6, 1.6, schools)
    growth = np.cumprod(np.r_[1.0, rng.uniform(1.15, 1.4, years - 1)])
    kinds = [(kind, load[s]) for kind in (LINE, SWITCH, FIREWALL, POINTS) for s in range(schools)]
    kinds += [(HUB_LINE, 0.7 * load[hub_of == hub].sum()) for hub in range(hubs)]
    kinds += [(CORE, 0.5 * load.sum())] * 2
    names, rows = [], []
    for number, ((sizes, unit_usd, yearly), base) in enumerate(kinds):
        names.append(f"element {number}")
        largest = base * growth[-1] / 0.8
        options = sizes if sizes[-1] >= largest else (*sizes, round(largest * 1.1))
        prices = np.linspace(0, 1, len(options)) ** 0.7 * 2.5 * unit_usd * rng.uniform(0.8, 1.2)
        running = 1000 * np.interp(options, sizes, yearly)
        has = int(np.clip(np.searchsorted(options, base / rng.uniform(0.4, 1.6)), 0, len(options)))
        has = min(has, len(options) - 1)
        contract = int(rng.integers(0, 3)) if len(sizes) > 5 else 0
        pool = sizes is SWITCH[0] or sizes is POINTS[0]
        rows.append((options, prices, running, has, contract, base, pool))
    return _problem(tuple(names), rows, growth, years)


def _problem(
    names: tuple[str, ...], rows: list[tuple[Any, ...]], growth: np.ndarray, years: int
) -> ModularProblem:
    states, once, running, enough, first, counts = {}, [], [], [], [], []
    # E-Rate pays from the second year on
    paid = np.r_[0.0, np.full(years - 1, 0.6)]
    for name, (options, prices, yearly, has, contract, base, pool) in zip(names, rows, strict=True):
        kept = [has, *range(has + 1, len(options))]
        states[name] = tuple(str(round(options[k])) for k in kept)
        for k in kept:
            is_new = k != has
            once.append(np.where(is_new, (3_000 + prices[k]) * (1 - paid), 0.0))
            running.append((yearly[k] - yearly[has]) * (1 - paid))
            enough.append(base * growth <= 0.8 * options[k])
            first.append(contract if is_new else 0)
            counts.append(np.where(pool and is_new, (3_000 + prices[k]) * paid, 0.0))
    return ModularProblem(
        elements=names,
        years=years,
        states=states,
        once_usd=np.array(once).round(2),
        running_usd=np.array(running).round(2),
        enough=np.array(enough),
        first_year=np.array(first, dtype=np.int64),
        discount=1.03 ** -np.arange(years, dtype=float),
        pools=(("Category Two", 0.0, np.array(counts).round(2)),),
    )


def with_ways(problem: ModularProblem, schools: int, *, seed: int = 1) -> ModularProblem:
    """Add what each school's congestion weighs, and on which elements it depends."""
    rng = np.random.default_rng(seed)
    hubs = max(1, schools // 14)
    students = rng.lognormal(6.3, 0.5, schools).round()
    hub_of = rng.integers(hubs, size=schools)
    core = (4 * schools + hubs, 4 * schools + hubs + 1)
    demands = tuple(
        (year, float(students[s]) * 180 * 3,
         (s, schools + s, 2 * schools + s, 3 * schools + s, 4 * schools + int(hub_of[s]), *core))
        for s in range(schools) for year in range(problem.years)
    )  # fmt: skip
    return replace(problem, demands=demands)


def with_pool(schools: int) -> ModularProblem:
    """Make a district in which everything can hold in every year."""
    made = district(schools)
    # where a contract leaves no way to hold in the first years, those years ask for nothing
    enough = made.enough.copy()
    ends = made.first_row()
    for start, stop in pairwise(ends):
        enough[start:stop, : made.first_year[start:stop].max()] = True
    return replace(made, enough=enough)


def feasible(schools: int) -> ModularProblem:
    """Make a district in which everything can hold in every year, without a pool."""
    return replace(with_pool(schools), pools=())


def cases(schools: int) -> dict[str, ModularProblem]:
    """Give the variants that are measured."""
    made = with_pool(schools)
    free = replace(made, pools=())
    alone = choose(free, time_limit_s=60.0).state
    name, _, counts = made.pools[0]
    spend = paid_usd(free, alone).sum(axis=0)
    wanted = with_ways(free, schools)

    def yearly(problem: ModularProblem, usd: float) -> ModularProblem:
        return replace(problem, budget_usd=(usd,) * problem.years)

    return {
        "least cost, no limit": free,
        "least cost, 60 % of the pool": replace(
            made, pools=((name, 0.6 * counted(made, counts, alone), counts),)
        ),
        "least cost, 97 % of the dearest year": yearly(free, 0.97 * float(spend.max())),
        "least cost, half of it: cannot be": yearly(free, 0.5 * float(spend.max())),
        **{
            f"most relief, {share:.0%} of the mean": yearly(wanted, share * float(spend.mean()))
            for share in (0.1, 0.2, 0.5, 0.8)
        },
    }


def synthetic(schools: int) -> list[str]:
    """Plan the upgrades of a synthetic district, checks included: rows of the second table."""
    # not at the top: tests use the made-up districts alone
    from netplan.folders import synth
    from netplan.pipeline import load
    from netplan.studies.upgrade import upgrade

    rows = []
    with TemporaryDirectory() as folder:
        synth(Path(folder) / "district", schools=schools, seed=1)
        district = load(Path(folder) / "district")
        for budget_usd in (None, 1e6, 2e4):
            began = time.monotonic()
            plan = upgrade(district, years=5, budget_usd_per_year=budget_usd).plan
            asked = (
                "least cost" if budget_usd is None else f"most relief, ${budget_usd:,.0f} a year"
            )
            rows.append(
                f"| {schools} | {len(plan.upgrades)} | {asked} | {plan.cost_usd:,.0f} "
                f"| {plan.gap_share:.2%} | {time.monotonic() - began:.1f} |"
            )
    return rows


def main(sizes: list[str]) -> int:
    """Print a table."""
    print("| schools | elements | asked | objective | gap | seconds |")
    print("| --- | --- | --- | --- | --- | --- |")
    for schools in [int(size) for size in sizes] or [200]:
        for name, problem in cases(schools).items():
            began = time.monotonic()
            try:
                plan = choose(problem, time_limit_s=60.0, gap=0.01)
                assert within_limits(problem, plan.state)
                said = f"{plan.objective:,.0f} | {plan.gap_share:.2%}"
            except UnmetError as error:
                said = f"{len(error.unmet)} elements named | "
            seconds = time.monotonic() - began
            print(f"| {schools} | {len(problem.elements)} | {name} | {said} | {seconds:.1f} |")
    print("\n| schools (synthetic) | bought | asked | cost | gap | seconds, checks included |")
    print("| --- | --- | --- | --- | --- | --- |")
    for schools in [int(size) for size in sizes] or [200]:
        print("\n".join(synthetic(schools)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
