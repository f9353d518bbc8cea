"""A linear program that is solved again and again while rows and columns are added to it.

Most rows of a large program never bind and most columns are never used; those that matter are
found while it is solved. Each solve starts from the basis of the one before.
"""

import time
from dataclasses import replace
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_array, csr_array

from netplan.errors import SolverError
from netplan.optimize.solver import Model, highs_of

#: Ways of the simplex method, as HiGHS numbers them.
_DUAL, _PRIMAL = 1, 4


class Growing:
    """A linear program (whole numbers are not asked for), with only some of its rows at first.

    Parameters
    ----------
    model
        The program with all rows.
    later
        Indices of rows that are left out until they are violated.

    Attributes
    ----------
    objective
        Of the last solve, of this program's columns: at least that of the model.
    values
        Shape (columns so far,).
    duals
        Shape (rows of the model and rows added,); 0 for rows left out. Positive where a larger
        upper side would raise the objective.
    """

    def __init__(self, model: Model, later: np.ndarray) -> None:
        self.model = model
        self._out = np.zeros(model.row_lower.size, dtype=bool)
        self._out[later] = True
        #: Row in HiGHS of each row of the model; -1 while it is left out.
        self._at = np.full(model.row_lower.size, -1)
        first = np.flatnonzero(~self._out)
        self._at[first] = np.arange(first.size)
        self._height = int(first.size)
        self._cost = model.objective
        self.objective = np.nan
        self.values = np.zeros(model.objective.size)
        self.duals = np.zeros(model.row_lower.size)
        self._highs = highs_of(replace(self.light(), whole=np.zeros_like(model.whole)))
        # interior point for the first solve (measured: half the time of the simplex method);
        # the simplex method begins later ones where the one before ended
        self._highs.setOptionValue("solver", "ipm")

    def solve(self, until: float, tolerance: float = 1e-6) -> str:
        """Solve until no row left out is violated.

        Parameters
        ----------
        until
            Of ``time.monotonic()``.

        Returns
        -------
        ``optimal``, ``infeasible``, or ``stopped`` where time ran out: values and duals are then
        those before.
        """
        while True:
            status = self.run(until)
            if status != "optimal" or not self.bring_broken(tolerance):
                return status

    def bring_broken(self, tolerance: float = 1e-6) -> bool:
        """Bring the rows left out that the last solve violates; whether there were any."""
        out = np.flatnonzero(self._out)
        reached = self.model.rows[out] @ self.values[: self.model.objective.size]
        over = np.maximum(reached - self.model.row_upper[out], self.model.row_lower[out] - reached)
        broken = out[over > tolerance]
        if broken.size:
            self._bring(broken)
        return bool(broken.size)

    def left_out(self) -> np.ndarray:
        """Give the rows of the model that are left out."""
        return np.flatnonzero(self._out)

    def light(self) -> Model:
        """Give the model without the rows that are left out."""
        kept = np.flatnonzero(~self._out)
        return replace(
            self.model,
            rows=csr_array(self.model.rows[kept]),
            row_lower=self.model.row_lower[kept],
            row_upper=self.model.row_upper[kept],
        )

    def add_columns(self, objective: np.ndarray, entries: csc_array) -> None:
        """Add columns of any amount from 0 up; ``entries``: shape (rows of duals, columns)."""
        at = self._at[entries.indices]
        if (at < 0).any():
            raise SolverError("a new column has a row that is left out")
        status = self._highs.addCols(
            objective.size,
            objective,
            np.zeros(objective.size),
            np.full(objective.size, highspy.kHighsInf),
            entries.nnz,
            entries.indptr.astype(np.int32),
            at.astype(np.int32),
            entries.data.astype(float),
        )
        if status == highspy.HighsStatus.kError:
            raise SolverError("the solver did not take new columns")
        self._cost = np.concatenate([self._cost, objective])
        # the last solution stays possible; the dual method would have to begin anew
        self._highs.setOptionValue("simplex_strategy", _PRIMAL)

    def _bring(self, rows: np.ndarray) -> None:
        part = csr_array(self.model.rows[rows])
        self._pass(part, self.model.row_lower[rows], self.model.row_upper[rows])
        self._at[rows] = self._height + np.arange(rows.size)
        self._height += int(rows.size)
        self._out[rows] = False

    def _pass(self, rows: csr_array, lower: np.ndarray, upper: np.ndarray) -> None:
        status = self._highs.addRows(
            lower.size,
            lower,
            upper,
            rows.nnz,
            rows.indptr.astype(np.int32),
            rows.indices.astype(np.int32),
            rows.data.astype(float),
        )
        if status == highspy.HighsStatus.kError:
            raise SolverError("the solver did not take new rows")

    def run(self, until: float) -> str:
        """Solve once, without the rows left out: the objective is then at least the program's.

        Returns what `solve` does.
        """
        highs, kinds = self._highs, highspy.cb.HighsCallbackType
        if time.monotonic() >= until:
            return "stopped"

        def heard(_kind: Any, _message: str, _out: Any, back: Any, _data: Any) -> None:
            if back is not None and time.monotonic() > until:
                back.user_interrupt = True

        highs.setCallback(heard, None)
        highs.startCallback(kinds.kCallbackSimplexInterrupt)
        highs.startCallback(kinds.kCallbackIpmInterrupt)
        highs.run()
        highs.setOptionValue("solver", "simplex")
        highs.setOptionValue("simplex_strategy", _DUAL)
        status = highs.getModelStatus()
        if status in {
            highspy.HighsModelStatus.kInfeasible,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,
        }:
            return "infeasible"
        if status != highspy.HighsModelStatus.kOptimal:
            return "stopped"
        solution = highs.getSolution()
        self.values = np.array(solution.col_value)
        dual = np.append(np.array(solution.row_dual), 0.0)
        self.duals = np.where(self._at >= 0, dual[self._at], 0.0)
        self.objective = float(self._cost @ self.values)
        return "optimal"
