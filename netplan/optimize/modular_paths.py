"""One element's states over the years: what can be in place when, and the cheapest way through.

Arrays are padded to the largest number of states: shape (elements, states, years).
"""

from dataclasses import dataclass, replace

import numpy as np

from netplan.optimize.modular_problem import Bools, Floats, Ints, ModularProblem, started


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A problem's rows as padded arrays.

    Parameters
    ----------
    once
        Shape (elements, states, years): paid when the state starts; inf where it cannot.
    running
        Same shape: paid in each year.
    enough
        Same shape: carries what is asked; False where there is no such state.
    real
        Shape (elements, states): whether there is such a state.
    discount
        Shape (years,).
    counts
        Shape (pools, elements, states, years).
    """

    once: Floats
    running: Floats
    enough: Bools
    real: Bools
    discount: Floats
    counts: Floats


def grid_of(problem: ModularProblem) -> Grid:
    """Pad a problem's rows; states that another replaces in every way cannot start."""
    first = problem.first_row()
    sizes = np.diff(first)
    width = int(sizes.max(initial=1))
    real = np.arange(width) < sizes[:, None]

    def padded(values: Floats, fill: float) -> Floats:
        out = np.full((sizes.size, width, problem.years), fill)
        out[real] = values if values.ndim == 2 else values[:, None]
        return out

    once = padded(problem.once_usd, np.inf)
    years = np.arange(problem.years)
    once[padded(problem.first_year.astype(float), problem.years) > years] = np.inf
    once[:, 0] = np.inf  # nothing goes back to how it was
    grid = Grid(
        once=once,
        running=padded(problem.running_usd, 0.0),
        enough=padded(problem.enough.astype(float), 0.0) > 0,
        real=real,
        discount=np.ones(problem.years) if problem.discount is None else problem.discount,
        counts=np.array([padded(counts, 0.0) for _name, _usd, counts in problem.pools]).reshape(
            len(problem.pools), sizes.size, width, problem.years
        ),
    )
    once[_replaced(grid)] = np.inf
    return grid


def _replaced(grid: Grid) -> Bools:
    """Give the states (not 0) that another is as good as in every way: (elements, states)."""
    size, width, _ = grid.once.shape
    out = np.zeros((size, width), dtype=np.bool_)
    for worse in range(1, width):
        for better in range(1, width):
            if worse == better:
                continue
            as_good = (
                np.all(grid.once[:, better] <= grid.once[:, worse], axis=-1)
                & np.all(grid.running[:, better] <= grid.running[:, worse], axis=-1)
                & np.all(grid.enough[:, better] >= grid.enough[:, worse], axis=-1)
                & np.all(grid.counts[:, :, better] <= grid.counts[:, :, worse], axis=(0, 2))
            )
            # a chain of equals must not strike itself out: the one struck stands for nothing
            out[:, worse] |= as_good & ~out[:, better] & grid.real[:, better]
    return out


def reachable(grid: Grid, allowed: Bools) -> Bools:
    """Give which states can be in place in which year: (elements, states, years).

    ``allowed`` (same shape): a state that is not allowed in a year cannot be in place then.
    """
    out = np.zeros_like(allowed)
    before = np.zeros(allowed.shape[:2], dtype=np.bool_)
    before[:, 0] = True
    any_before = np.ones(allowed.shape[0], dtype=np.bool_)
    for year in range(allowed.shape[2]):
        can_start = np.isfinite(grid.once[:, :, year]) & any_before[:, None]
        before = allowed[:, :, year] & (before | can_start)
        any_before = np.asarray(before.any(axis=1))
        out[:, :, year] = before
    return out


def cheapest(
    grid: Grid, allowed: Bools, start: Floats | None = None, running: Floats | None = None
) -> tuple[Ints, Floats]:
    """Find each element's cheapest way through the years by dynamic programming.

    Parameters
    ----------
    allowed
        Shape (elements, states, years): where a state may be in place.
    start, running
        Same shape: other prices than the grid's discounted ones; inf in ``start`` where a state
        cannot start.

    Returns
    -------
    state
        Shape (elements, years); at equal cost the state kept, then the first one.
    cost
        Shape (elements,); inf where there is no way.
    """
    start = grid.once * grid.discount if start is None else start
    running = grid.running * grid.discount if running is None else running
    size, width, years = allowed.shape
    best = np.full((size, width), np.inf)
    best[:, 0] = 0.0
    came_from = np.zeros((size, width, years), dtype=np.int64)
    own = np.broadcast_to(np.arange(width), (size, width))
    for year in range(years):
        cheapest_before = np.argmin(best, axis=1)
        changed = np.take_along_axis(best, cheapest_before[:, None], axis=1) + start[:, :, year]
        keeps = best <= changed
        came_from[:, :, year] = np.where(keeps, own, cheapest_before[:, None])
        best = np.where(keeps, best, changed) + running[:, :, year]
        best[~allowed[:, :, year]] = np.inf
    state = np.zeros((size, years), dtype=np.int64)
    at = np.argmin(best, axis=1)
    cost = np.take_along_axis(best, at[:, None], axis=1)[:, 0]
    for year in range(years - 1, -1, -1):
        state[:, year] = at
        at = np.take_along_axis(came_from[:, :, year], at[:, None], axis=1)[:, 0]
    return state, np.asarray(cost, dtype=np.float64)


def can_hold(grid: Grid) -> Bools:
    """Give which elements can hold in which year, whatever comes before: (elements, years)."""
    anywhere = np.broadcast_to(grid.real[:, :, None], grid.once.shape)
    return np.asarray((reachable(grid, anywhere) & grid.enough).any(axis=1))


def part_of(grid: Grid, rows: Ints) -> Grid:
    """Give some elements of a grid."""
    return replace(
        grid,
        once=grid.once[rows],
        running=grid.running[rows],
        enough=grid.enough[rows],
        real=grid.real[rows],
        counts=grid.counts[:, rows],
    )


def spent(grid: Grid, state: Ints) -> tuple[Floats, Floats]:
    """Give what is paid per year (years,) and counted per pool (pools,)."""
    row, year = np.arange(state.shape[0])[:, None], np.arange(state.shape[1])
    begins = started(state)
    once = np.where(begins, grid.once[row, state, year], 0.0)
    counts = np.where(begins, grid.counts[:, row, state, year], 0.0)
    return (once + grid.running[row, state, year]).sum(axis=0), counts.sum(axis=(1, 2))
