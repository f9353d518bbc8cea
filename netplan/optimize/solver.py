"""The direct door to HiGHS: sparse arrays in; values, bound, gap and status out.

What HiGHS 1.16 does and what is done about it here: it overruns its own time limit (by up to
59 s in a test), so the search runs in a thread, is interrupted by our own clock through its
callbacks and left behind, with the best values it had reported, when it does not listen;
``objective_function_value`` can read 0, so the objective is worked out from the values.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import highspy
import numpy as np
from scipy.sparse import coo_array, csr_array

from netplan.errors import SolverError

#: How long a search that was told to stop may take before it is left behind (seconds).
GRACE_S = 3.0
#: Values may miss a bound or a row by this much, relative to its size (HiGHS's own default
#: tolerances are 1e-7 for rows and 1e-6 for whole numbers).
FEASIBLE = 2e-6

Outcome = Literal["optimal", "stopped", "infeasible"]
#: Called with the best objective so far (NaN: none), its bound and the seconds gone by.
Progress = Callable[[float, float, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Maximize ``objective @ x`` with rows and bounds, some of x whole numbers.

    Parameters
    ----------
    objective, lower, upper, whole
        Shape (columns,).
    rows
        Shape (rows, columns).
    row_lower, row_upper
        Shape (rows,); infinite where there is no limit.
    """

    objective: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    whole: np.ndarray
    rows: csr_array
    row_lower: np.ndarray
    row_upper: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What a search found.

    Parameters
    ----------
    outcome
        ``optimal`` only when the bound meets the objective within the asked tolerance.
    values
        Shape (columns,), or None where no feasible values are known.
    objective, bound
        Of the values (worked out here), and what no feasible values exceed.
    row_duals
        Shape (rows,); for models without whole numbers that were solved to the end.
    seconds
        Wall-clock time of the search.
    """

    outcome: Outcome
    values: np.ndarray | None
    objective: float
    bound: float
    row_duals: np.ndarray | None
    seconds: float


class Builder:
    """Collects columns and rows of a model, family by family."""

    def __init__(self) -> None:
        self.columns = 0
        self.height = 0
        self._columns: list[tuple[np.ndarray, ...]] = []
        self._rows: list[tuple[np.ndarray, ...]] = []
        self._entries: list[tuple[np.ndarray, ...]] = []

    def add_columns(
        self,
        count: int,
        *,
        lower: np.ndarray | float = 0.0,
        upper: np.ndarray | float = np.inf,
        objective: np.ndarray | float = 0.0,
        whole: bool = False,
    ) -> np.ndarray:
        """Add columns; give their indices."""
        self._columns.append(
            (
                np.broadcast_to(np.asarray(objective, float), (count,)),
                np.broadcast_to(np.asarray(lower, float), (count,)),
                np.broadcast_to(np.asarray(upper, float), (count,)),
                np.full(count, whole),
            )
        )
        self.columns += count
        return np.arange(self.columns - count, self.columns)

    def add_rows(
        self,
        count: int,
        *terms: tuple[np.ndarray, np.ndarray, np.ndarray | float],
        lower: np.ndarray | float = -np.inf,
        upper: np.ndarray | float = np.inf,
    ) -> np.ndarray:
        """Add rows; each term is (row within the family, column, coefficient), summed up."""
        for row, column, value in terms:
            at, of = np.broadcast_arrays(np.asarray(row, np.int64), np.asarray(column, np.int64))
            self._entries.append(
                (at + self.height, of, np.broadcast_to(np.asarray(value, float), at.shape))
            )
        self._rows.append(
            (
                np.broadcast_to(np.asarray(lower, float), (count,)),
                np.broadcast_to(np.asarray(upper, float), (count,)),
            )
        )
        self.height += count
        return np.arange(self.height - count, self.height)

    def model(self, objective: np.ndarray | None = None) -> Model:
        """Give the model, with another objective if one is given."""
        objective_, lower, upper, whole = (
            (np.concatenate(parts) for parts in zip(*self._columns, strict=True))
            if self._columns
            else (np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, bool))
        )
        row_lower, row_upper = (
            (np.concatenate(parts) for parts in zip(*self._rows, strict=True))
            if self._rows
            else (np.zeros(0), np.zeros(0))
        )
        row, column, value = (
            (np.concatenate(parts) for parts in zip(*self._entries, strict=True))
            if self._entries
            else (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
        )
        rows = coo_array((value, (row, column)), shape=(self.height, self.columns)).tocsr()
        rows.sum_duplicates()
        return Model(
            objective=objective_ if objective is None else objective,
            lower=lower,
            upper=upper,
            whole=whole,
            rows=csr_array(rows),
            row_lower=row_lower,
            row_upper=row_upper,
        )


@dataclass(slots=True)
class _Watch:
    """What the callbacks have seen, shared between the search and whoever waits for it."""

    deadline: float
    stop: bool = False
    values: np.ndarray | None = None
    objective: float = -np.inf
    bound: float = np.inf
    error: list[BaseException] = field(default_factory=list)


class _Quiet(highspy.Highs):
    """HiGHS without the wrapper's own callbacks, which print a banner on standard output."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def enableCallbacks(self) -> None:  # noqa: N802 (overrides highspy's)
        """Leave them off."""


def solve(
    model: Model,
    *,
    time_limit_s: float,
    gap_share: float = 1e-7,
    start: np.ndarray | None = None,
    progress: Progress | None = None,
    interior: bool = True,
    simplex: bool = False,
) -> Solution:
    """Maximize, and never take much longer than the time limit.

    Parameters
    ----------
    time_limit_s
        Wall-clock seconds; the best values found by then are given.
    gap_share
        Stop when the bound is within this share of the objective.
    start
        Shape (columns,): feasible values to begin with; used only if they are feasible.
    progress
        Called a few times a second while the search runs.
    interior
        Interior point for linear programs inside the search (4 to 5 times faster than the
        simplex method on covering models).
    simplex
        End at a vertex of a linear program, by the simplex method.

    Raises
    ------
    SolverError
        The model is unbounded, or HiGHS failed.
    """
    began = time.monotonic()
    if model.objective.size == 0:
        return _empty(model)
    if start is not None and not is_feasible(model, start):
        start = None
    watch = _Watch(deadline=began + max(time_limit_s, 0.01))
    if start is not None:
        watch.values, watch.objective = start, float(model.objective @ start)
    highs = highs_of(model)
    highs.setOptionValue("time_limit", float(max(time_limit_s, 0.01)))
    highs.setOptionValue("mip_rel_gap", float(gap_share))
    highs.setOptionValue("mip_abs_gap", 1e-9)
    if interior and model.whole.any():
        highs.setOptionValue("mip_lp_solver", "ipm")
    if simplex:
        highs.setOptionValue("solver", "simplex")
    if start is not None and model.whole.any():
        given = highspy.HighsSolution()
        given.col_value = start.tolist()
        highs.setSolution(given)
    finished = _run(highs, watch, began, progress)
    seconds = time.monotonic() - began
    if watch.error:
        raise SolverError(f"the solver failed: {watch.error[0]}")
    status = highs.getModelStatus() if finished else highspy.HighsModelStatus.kInterrupt
    kinds = highspy.HighsModelStatus
    if status in {kinds.kInfeasible, kinds.kUnboundedOrInfeasible} and start is None:
        return Solution(
            outcome="infeasible",
            values=None,
            objective=-np.inf,
            bound=-np.inf,
            row_duals=None,
            seconds=seconds,
        )
    if status == kinds.kUnbounded:
        raise SolverError("the model has no bound: some quantity has no limit")
    duals = _read(highs, model, watch) if finished else None
    watch.bound = max(watch.bound, watch.objective)
    gap = watch.bound - watch.objective
    met = gap <= max(gap_share * 1.01, 1e-9) * max(abs(watch.objective), 1.0)
    return Solution(
        outcome="optimal" if met and watch.values is not None else "stopped",
        values=watch.values,
        objective=watch.objective,
        bound=watch.bound,
        row_duals=duals,
        seconds=seconds,
    )


def _empty(model: Model) -> Solution:
    """Answer a model without columns: its rows hold or they do not."""
    fits = bool(np.all(model.row_lower <= FEASIBLE) and np.all(model.row_upper >= -FEASIBLE))
    return Solution(
        outcome="optimal" if fits else "infeasible",
        values=np.zeros(0) if fits else None,
        objective=0.0 if fits else -np.inf,
        bound=0.0 if fits else -np.inf,
        row_duals=np.zeros(model.row_lower.size),
        seconds=0.0,
    )


def _read(highs: _Quiet, model: Model, watch: _Watch) -> np.ndarray | None:
    """Take the answer into the watch; give the rows' duals of a linear program that is solved."""
    solution = highs.getSolution()
    if solution.value_valid and is_feasible(model, np.array(solution.col_value)):
        values = np.array(solution.col_value)
        if watch.values is None or float(model.objective @ values) >= watch.objective:
            watch.values, watch.objective = values, float(model.objective @ values)
    if model.whole.any():
        bound = float(highs.getInfo().mip_dual_bound)
        if np.isfinite(bound):
            watch.bound = min(watch.bound, bound)
    elif highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
        watch.bound = min(watch.bound, watch.objective)
        if solution.dual_valid:
            return np.array(solution.row_dual)
    return None


def is_feasible(model: Model, values: np.ndarray, tolerance: float = FEASIBLE) -> bool:
    """Whether values meet every bound, row and whole-number demand within the tolerance."""
    if values.shape != model.objective.shape or not np.all(np.isfinite(values)):
        return False
    size = np.maximum(1.0, abs(model.rows) @ np.abs(values))
    reached = model.rows @ values
    whole = values[model.whole]
    return bool(
        np.all(values >= model.lower - tolerance * np.maximum(1, np.abs(values)))
        and np.all(values <= model.upper + tolerance * np.maximum(1, np.abs(values)))
        and np.all(reached >= model.row_lower - tolerance * size)
        and np.all(reached <= model.row_upper + tolerance * size)
        and np.all(np.abs(whole - np.round(whole)) <= tolerance * 10)
    )


def highs_of(model: Model) -> _Quiet:
    """Give a silent HiGHS that holds a model."""
    highs = _Quiet()
    highs.setOptionValue("output_flag", False)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = model.objective.size, model.row_lower.size
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.ascontiguousarray(model.objective)
    lp.col_lower_ = np.ascontiguousarray(model.lower)
    lp.col_upper_ = np.ascontiguousarray(model.upper)
    lp.row_lower_ = np.ascontiguousarray(model.row_lower)
    lp.row_upper_ = np.ascontiguousarray(model.row_upper)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = model.rows.indptr.astype(np.int32)
    lp.a_matrix_.index_ = model.rows.indices.astype(np.int32)
    lp.a_matrix_.value_ = model.rows.data.astype(float)
    if model.whole.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(flag)] for flag in model.whole]
    if highs.passModel(lp) == highspy.HighsStatus.kError:
        raise SolverError("the solver did not take the model")
    return highs


def _run(highs: _Quiet, watch: _Watch, began: float, progress: Progress | None) -> bool:
    """Run in a thread until done or told to stop; whether it came to an end in time."""
    kinds = highspy.cb.HighsCallbackType

    def heard(kind: Any, _message: str, out: Any, back: Any, _data: Any) -> None:
        if kind == kinds.kCallbackMipImprovingSolution:
            objective = float(out.objective_function_value)
            if objective > watch.objective:
                watch.values = np.array(out.mip_solution)
                watch.objective = objective
        elif kind == kinds.kCallbackMipLogging:
            bound = float(out.mip_dual_bound)
            if np.isfinite(bound):
                watch.bound = min(watch.bound, bound)
        if back is not None and (watch.stop or time.monotonic() > watch.deadline):
            back.user_interrupt = True

    def search() -> None:
        try:
            highs.run()
        except (RuntimeError, ValueError, MemoryError) as error:
            watch.error.append(error)

    highs.setCallback(heard, None)
    for kind in (
        kinds.kCallbackMipInterrupt,
        kinds.kCallbackSimplexInterrupt,
        kinds.kCallbackIpmInterrupt,
        kinds.kCallbackMipImprovingSolution,
        kinds.kCallbackMipLogging,
    ):
        highs.startCallback(kind)
    thread = threading.Thread(target=search, daemon=True)
    thread.start()
    shown = began
    try:
        while thread.is_alive() and time.monotonic() < watch.deadline + GRACE_S:
            thread.join(0.05)
            if progress is not None and time.monotonic() - shown > 0.25:
                shown = time.monotonic()
                best = watch.objective if watch.values is not None else np.nan
                progress(best, watch.bound, shown - began)
    finally:
        watch.stop = True
    thread.join(GRACE_S if thread.is_alive() else None)
    return not thread.is_alive()
