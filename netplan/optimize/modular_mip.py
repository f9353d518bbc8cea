"""The mixed-integer program of the multi-year choice, for elements that limits tie together.

::

    x[e,s,t]  element e is in state s in year t                          binary
    z[e,s,t]  it starts s in t                                           binary
    r[d]      demand d is relieved                                       in [0, 1]

    sum_s x[e,s,t] = 1
    x[e,s,t] - x[e,s,t-1] <= z[e,s,t]     (0 where s cannot start in t; x[e,s,-1] = 1 for s = 0)
    r[d] <= sum of x[e,s,t] over the s that are enough, for each e of d (t: the year of d)
    sum once[e,s,t] z[e,s,t] + running[e,s,t] x[e,s,t] <= budget[t]
    sum count[p,e,s,t] z[e,s,t] <= pool[p]

    least  sum discount[t] (once z + running x)       or       most  sum weight[d] r[d]

Without budgets, pools and demands the relaxation has whole corners: x and z are a flow of one
unit per element through the years. z follows from x, and is declared whole all the same: the
solver's cover cuts on the budgets need it (a bound that took a minute comes in ten seconds).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from netplan.optimize.modular_paths import Grid, reachable
from netplan.optimize.modular_problem import Bools, Floats, Ints
from netplan.optimize.solver import Builder, Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What ties the free elements together, less what the others take.

    Parameters
    ----------
    budget
        Shape (years,), or None.
    pool
        Shape (pools,).
    """

    budget: Floats | None
    pool: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A model and where its columns stand: ``x`` and ``z`` are -1 where there is no column."""

    model: Model
    x: Ints
    z: Ints
    r: Ints
    demands: tuple[tuple[int, float, tuple[int, ...]], ...]


def program(
    grid: Grid,
    allowed: Bools,
    limits: Limits,
    demands: Sequence[tuple[int, float, tuple[int, ...]]] | None,
    *,
    constant: float,
    scale: float,
) -> Program:
    """Build the program of the elements of ``grid``.

    Parameters
    ----------
    allowed
        Shape (elements, states, years): where a state may be in place.
    demands
        (year, weight, element rows); None: least cost instead.
    constant, scale
        What the other elements add to the objective (so that gaps are shares of the whole),
        and what the objective is divided by.
    """
    builder = Builder()
    size, width, years = grid.once.shape
    place = reachable(grid, allowed)
    before = np.concatenate([np.zeros((size, width, 1), dtype=np.bool_), place[:, :, :-1]], axis=2)
    before[:, 0, 0] = True
    starts = place & np.isfinite(grid.once)
    cheap = demands is None
    running, once = grid.running * grid.discount, grid.once * grid.discount
    x = _columns(builder, place, -running / scale if cheap else None, whole=True)
    z = _columns(builder, starts, -once / scale if cheap else None, whole=True)
    builder.add_columns(1, lower=1.0, upper=1.0, objective=constant / scale)
    # one state per year
    element, state, year = np.nonzero(place)
    builder.add_rows(
        size * years, (element * years + year, x[element, state, year], 1.0), lower=1.0, upper=1.0
    )
    # what is in place was there before or starts now
    first_is_given = (state == 0) & (year == 0)
    element, state, year = (values[~first_is_given] for values in (element, state, year))
    row = np.arange(element.size)
    was, begins = before[element, state, year], starts[element, state, year]
    row_was = row[was]
    earlier = x[element[was], state[was], year[was] - 1]
    builder.add_rows(
        element.size,
        (row, x[element, state, year], 1.0),
        (row_was, earlier, -1.0),
        (row[begins], z[element[begins], state[begins], year[begins]], -1.0),
        upper=0.0,
    )
    _limit_rows(builder, grid, limits, x, z)
    r = _demand_rows(builder, grid, place, x, demands or (), scale)
    return Program(model=builder.model(), x=x, z=z, r=r, demands=tuple(demands or ()))


def _columns(builder: Builder, where: Bools, objective: Floats | None, *, whole: bool) -> Ints:
    """Add a column for each True, at most 1; give their indices, -1 elsewhere."""
    out = np.full(where.shape, -1, dtype=np.int64)
    worth = 0.0 if objective is None else objective[where]
    out[where] = builder.add_columns(int(where.sum()), upper=1.0, objective=worth, whole=whole)
    return out


def _limit_rows(builder: Builder, grid: Grid, limits: Limits, x: Ints, z: Ints) -> None:
    """Add the budgets and pools, each divided by its own size so that tolerances are shares."""
    years = x.shape[2]
    is_x, is_z = x >= 0, z >= 0
    year_of = np.broadcast_to(np.arange(years), x.shape)
    if limits.budget is not None:
        unit = np.maximum(np.abs(limits.budget), 1.0)
        builder.add_rows(
            years,
            (year_of[is_x], x[is_x], grid.running[is_x] / unit[year_of[is_x]]),
            (year_of[is_z], z[is_z], grid.once[is_z] / unit[year_of[is_z]]),
            upper=limits.budget / unit,
        )
    for usd, counts in zip(limits.pool, grid.counts, strict=True):
        used = is_z & (counts > 0)
        unit_usd = max(abs(float(usd)), 1.0)
        nothing = np.zeros(int(used.sum()), dtype=np.int64)
        builder.add_rows(1, (nothing, z[used], counts[used] / unit_usd), upper=usd / unit_usd)


def _demand_rows(
    builder: Builder,
    grid: Grid,
    place: Bools,
    x: Ints,
    demands: Sequence[tuple[int, float, tuple[int, ...]]],
    scale: float,
) -> Ints:
    """Add a column per demand and a row per demand and element."""
    weights = np.array([weight for _, weight, _ in demands], dtype=np.float64)
    r = builder.add_columns(len(demands), upper=1.0, objective=weights / scale)
    pairs = [(k, row, year) for k, (year, _, rows) in enumerate(demands) for row in rows]
    if not pairs:
        return r
    demand, element, year = np.array(pairs, dtype=np.int64).T
    good = (place & grid.enough)[element, :, year]
    at, state = np.nonzero(good)
    builder.add_rows(
        demand.size,
        (np.arange(demand.size), r[demand], 1.0),
        (at, x[element[at], state, year[at]], -1.0),
        upper=0.0,
    )
    return r


def values_of(built: Program, grid: Grid, state: Ints) -> Floats:
    """Give the columns' values of a choice (shape (elements, years)), as a start."""
    size, years = state.shape
    out = np.zeros(built.model.objective.size)
    out[built.model.lower == 1.0] = 1.0
    row, year = np.broadcast_arrays(np.arange(size)[:, None], np.arange(years))
    at = built.x[row, state, year]
    if np.any(at < 0):
        return np.full(out.size, np.nan)  # not a choice of this program; no start
    out[at] = 1.0
    before = np.concatenate([np.zeros_like(state[:, :1]), state[:, :-1]], axis=1)
    begun = built.z[row, state, year][state != before]
    out[begun[begun >= 0]] = 1.0
    holds = grid.enough[row, state, year]
    for column, (when, _weight, rows) in zip(built.r, built.demands, strict=True):
        out[column] = float(holds[list(rows), when].all())
    return out


def state_of(built: Program, values: Floats) -> Ints:
    """Read the choice from the columns' values: shape (elements, years)."""
    shown = np.where(built.x >= 0, values[built.x], -1.0)
    return np.asarray(np.argmax(shown, axis=1), dtype=np.int64)
