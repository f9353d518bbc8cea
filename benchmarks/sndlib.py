"""Modular network design with free routing: SNDlib instances against their published best values.

netplan's own plans have the routing given; this is the harder problem next door, solved by the
same door to the solver. Run ``NETPLAN_SNDLIB=FOLDER python -m benchmarks.sndlib [NAME ...]``;
FOLDER holds ``NAME.json`` as in the repository sikorski-as/sndlib (``json/NAME/NAME.json``).
The instances are under the ZIB academic license and are not part of netplan.

::

    f[s,a]  flow that starts in s on arc a                               >= 0
    y[e,m]  modules of kind m on link e                                  whole

    flow into v less flow out of v = demand[s,v]                 for each s and v != s
    sum_s f[s,a] <= before[e] + sum_m size[m] y[e,m]             (both arcs of e; one row for
                                                                  the two where links are shared)
    least  sum price[e,m] y[e,m] + sum route[e] f[s,a]

Added while violated, before the search: for sets S of nodes, with D what must cross its border and
c a module size, the mixed-integer rounding of  sum size y >= D - before.
"""

import json
import os
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array, vstack

from netplan.optimize.solver import Builder, Model, Solution, solve

#: Rounds of cuts, and how many are added in one.
ROUNDS, CUTS = 30, 200
#: Networks are contracted to so many nodes before all sets are tried.
CONTRACTED = 14
#: A cut must be missed by this share of its right side.
MISSED_SHARE = 1e-4
#: Of the time after the cuts, what the search of the whole has before neighborhoods are tried;
#: the links that are open in one, and its seconds.
WHOLE_SHARE, NEAR_LINKS, NEAR_S = 0.5, 30, 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A value to be compared with.

    Parameters
    ----------
    best, bound
        Best known cost and what is proven of it.
    directed
        Demands and links: directed demands over links whose two directions have the capacity
        each (D-B), else undirected demands that share the links (U-U).
    source
        Where the values stand.
    """

    best: float
    bound: float
    directed: bool
    source: str


_RAACK = "C. Raack, INOC 2007 instances, _README (zib.de/raack/network_design)"
_MIPLIB = "MIPLIB"
PUBLISHED: dict[str, Published] = {
    "atlanta": Published(best=46_244_642.4, bound=46_244_642.4, directed=True, source=_RAACK),
    "newyork": Published(best=999_702.0, bound=886_506.092, directed=True, source=_RAACK),
    "dfn-gwin": Published(
        best=38_752.0, bound=38_752.0, directed=False, source=f"{_MIPLIB} 2010 dfn-gwin-UUM"
    ),
    "germany50": Published(
        best=628_490.0, bound=628_490.0, directed=False, source=f"{_MIPLIB} 2017 germany50-UUM"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A network to be sized.

    Parameters
    ----------
    ends
        Shape (links, 2).
    before, route
        Shape (links,): capacity that is there, and cost per unit of flow.
    link, size, price
        Shape (modules,): every kind of module on every link.
    demand
        Shape (nodes, nodes): from row to column.
    constant
        Cost of what is there.
    """

    name: str
    ends: np.ndarray
    before: np.ndarray
    route: np.ndarray
    link: np.ndarray
    size: np.ndarray
    price: np.ndarray
    demand: np.ndarray
    constant: float
    directed: bool


def read(path: Path, *, directed: bool) -> Instance:
    """Read an instance."""
    data = json.loads(path.read_text(encoding="utf-8"))
    node = {row["id"]: k for k, row in enumerate(data["nodes"])}
    links = data["links"]
    demand = np.zeros((len(node), len(node)))
    for row in data["demands"]:
        ends = node[row["source"]], node[row["target"]]
        demand[ends if directed else (min(ends), max(ends))] += row["demand_value"]
    modules = [
        (k, float(module["module_capacity"]), float(module["module_cost"]))
        for k, row in enumerate(links)
        for module in row["modules"]
    ]
    link, size, price = (np.array(values) for values in zip(*modules, strict=True))
    return Instance(
        name=path.stem,
        ends=np.array([(node[row["source"]], node[row["target"]]) for row in links]),
        before=np.array([row["pre_installed_capacity"] for row in links], dtype=float),
        route=np.array([row["routing_cost"] for row in links], dtype=float),
        link=link.astype(np.int64),
        size=size,
        price=price,
        demand=demand,
        constant=float(sum(row["pre_installed_capacity_cost"] for row in links)),
        directed=directed,
    )


def model_of(case: Instance) -> Model:
    """Build the model; the module columns come first."""
    builder = Builder()
    links, nodes = len(case.ends), len(case.demand)
    modules = builder.add_columns(len(case.link), objective=-case.price, whole=True)
    builder.add_columns(1, lower=1.0, upper=1.0, objective=-case.constant)
    tail = np.concatenate([case.ends[:, 0], case.ends[:, 1]])
    head = np.concatenate([case.ends[:, 1], case.ends[:, 0]])
    of_link = np.tile(np.arange(links), 2)
    sources = np.flatnonzero(case.demand.sum(axis=1) > 0)
    arcs = np.arange(2 * links)
    capacity = np.arange(2 * links) if case.directed else of_link
    height = 2 * links if case.directed else links
    terms = []
    for source in sources:
        wanted = case.demand[source]
        # no flow comes back to where it starts
        upper = np.where(head == source, 0.0, wanted.sum())
        flow = builder.add_columns(2 * links, upper=upper, objective=-case.route[of_link])
        kept = np.flatnonzero(np.arange(nodes) != source)
        at = np.full(nodes, -1)
        at[kept] = np.arange(kept.size)
        into, out = at[head] >= 0, at[tail] >= 0
        builder.add_rows(
            kept.size,
            (at[head][into], flow[into], 1.0),
            (at[tail][out], flow[out], -1.0),
            lower=wanted[kept],
            upper=wanted[kept],
        )
        terms.append((capacity, flow[arcs], 1.0))
    builder.add_rows(
        height,
        *terms,
        (case.link, modules, -case.size),
        *([(case.link + links, modules, -case.size)] if case.directed else []),
        upper=np.tile(case.before, 2) if case.directed else case.before,
    )
    return builder.model()


def cuts_of(case: Instance, values: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Give violated rounded cut-set rows: coefficients (cuts, modules) and right sides."""
    y = values[: len(case.link)]
    used = case.before + np.bincount(case.link, case.size * y, len(case.ends))
    sides = _node_sets(case, used, seed)
    crosses = sides[:, case.ends[:, 0]] != sides[:, case.ends[:, 1]]
    numbers = sides.astype(float)
    out = np.einsum("si,ij,sj->s", numbers, case.demand, 1 - numbers, optimize=True)
    back = np.einsum("si,ij,sj->s", 1 - numbers, case.demand, numbers, optimize=True)
    must = np.maximum(out, back) if case.directed else out + back
    need = must - crosses @ case.before
    found: list[tuple[float, np.ndarray, float]] = []
    on_border = crosses[:, case.link]
    for unit in np.unique(case.size):
        part = need / unit - np.floor(need / unit)
        part[part < 1e-9] = 1.0
        whole = np.floor(case.size / unit)
        rest = case.size / unit - whole
        weight = part[:, None] * whole + np.minimum(rest, part[:, None])
        right = part * np.ceil(need / unit)
        left = np.where(on_border, weight, 0.0) @ y
        miss = np.where(need > 1e-9, (right - left) / np.maximum(right, 1e-9), -1.0)
        for row in np.argsort(-miss)[:CUTS]:
            if miss[row] > MISSED_SHARE:
                found.append((miss[row], np.where(on_border[row], weight[row], 0.0), right[row]))
    found.sort(key=lambda cut: -cut[0])
    kept: dict[bytes, tuple[np.ndarray, float]] = {}
    for _, row, right in found[: 2 * CUTS]:
        kept.setdefault(np.append(row, right).round(9).tobytes(), (row, right))
    chosen = list(kept.values())[:CUTS]
    rows = np.array([row for row, _ in chosen]).reshape(len(chosen), len(case.link))
    return rows, np.array([right for _, right in chosen])


def _node_sets(case: Instance, used: np.ndarray, seed: int) -> np.ndarray:
    """Give sets of nodes (sets, nodes), all of them on a network that is contracted if large.

    Links with much room (little to gain from a cut there) are contracted first, at random.
    """
    nodes = len(case.demand)
    group = np.arange(nodes)
    if nodes > CONTRACTED + 2:
        rng = np.random.default_rng(seed)
        for link in np.argsort(-used * rng.uniform(0.2, 1.0, used.size)):
            first, second = group[case.ends[link]]
            if first != second:
                group = np.where(group == second, first, group)
                if np.unique(group).size <= CONTRACTED:
                    break
    _, group = np.unique(group, return_inverse=True)
    count = int(group.max()) + 1
    numbers = np.arange(1, 2 ** (count - 1))
    return ((numbers[:, None] >> np.arange(count)) & 1).astype(bool)[:, group]


def with_rows(model: Model, rows: np.ndarray, right: np.ndarray) -> Model:
    """Give the model with rows over its first columns, at least ``right`` each."""
    wide = csr_array((rows.shape[0], model.objective.size - rows.shape[1]))
    added = csr_array(np.hstack([rows, wide.toarray()]))
    return replace(
        model,
        rows=csr_array(vstack([model.rows, added])),
        row_lower=np.concatenate([model.row_lower, right]),
        row_upper=np.concatenate([model.row_upper, np.full(right.size, np.inf)]),
    )


def relaxed(model: Model) -> Model:
    """Give the linear relaxation."""
    return replace(model, whole=np.zeros_like(model.whole))


def design(case: Instance, *, time_limit_s: float, gap: float) -> tuple[Solution, float, float]:
    """Solve an instance; give also the relaxation's cost before and after the cuts."""
    stop_at = time.monotonic() + time_limit_s
    model = model_of(case)
    first = last = np.nan
    for turn in range(ROUNDS):
        found = solve(relaxed(model), time_limit_s=stop_at - time.monotonic(), simplex=True)
        if found.values is None or time.monotonic() > stop_at - 0.5 * time_limit_s:
            break
        first = -found.objective if turn == 0 else first
        last = -found.objective
        rows, right = cuts_of(case, found.values, turn)
        if right.size == 0:
            break
        model = with_rows(model, rows, right)
    left = stop_at - time.monotonic()
    found = solve(model, time_limit_s=WHOLE_SHARE * left, gap_share=gap, interior=False)
    if found.outcome == "stopped" and found.values is not None:
        found = near(case, model, found, stop_at, gap)
    return found, first, last


def near(case: Instance, model: Model, found: Solution, stop_at: float, gap: float) -> Solution:
    """Open the modules around one node after the other, all others kept as they are."""
    rng = np.random.default_rng(0)
    links, modules = len(case.ends), len(case.link)
    while time.monotonic() < stop_at - 1.0:
        assert found.values is not None
        steps = np.full(len(case.demand), links)
        steps[rng.integers(len(case.demand))] = 0
        for _ in range(len(case.demand)):
            nearest = np.minimum(steps[case.ends[:, 0]], steps[case.ends[:, 1]]) + 1
            np.minimum.at(steps, case.ends.ravel(), np.repeat(nearest, 2))
        order = np.argsort(steps[case.ends].sum(axis=1) + rng.random(links))
        kept = ~np.isin(case.link, order[:NEAR_LINKS])
        lower, upper = model.lower.copy(), model.upper.copy()
        kept_at = np.flatnonzero(kept)
        lower[kept_at] = upper[kept_at] = np.round(found.values[:modules][kept])
        part = replace(model, lower=lower, upper=upper)
        limit_s = min(NEAR_S, stop_at - time.monotonic())
        better = solve(
            part, time_limit_s=limit_s, gap_share=gap, start=found.values, interior=False
        )
        if better.values is not None and better.objective > found.objective:
            found = replace(found, values=better.values, objective=better.objective)
    return found


def main(names: list[str]) -> int:
    """Solve the instances that are there; print a table."""
    folder = os.environ.get("NETPLAN_SNDLIB")
    if folder is None:
        print("set NETPLAN_SNDLIB to the folder of the instances")
        return 0
    limit_s = float(os.environ.get("NETPLAN_SNDLIB_SECONDS", "300"))
    print("| instance | published best | its bound | netplan | bound | to the best | relaxation |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in names or list(PUBLISHED):
        path, value = Path(folder) / f"{name}.json", PUBLISHED[name]
        if not path.is_file():
            print(f"| {name} | {value.best:,.0f} | | not there | | | |")
            continue
        began = time.monotonic()
        case = read(path, directed=value.directed)
        found, first, last = design(case, time_limit_s=limit_s, gap=1e-3)
        away = -found.objective / value.best - 1
        print(
            f"| {name} | {value.best:,.0f} | {value.bound:,.0f} | {-found.objective:,.0f} "
            f"| {-found.bound:,.0f} | {away:+.2%} in {time.monotonic() - began:.0f} s "
            f"| {first:,.0f}, with cuts {last:,.0f} |",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
