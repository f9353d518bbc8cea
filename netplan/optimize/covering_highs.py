"""The covering models that HiGHS is asked: prices by interior point, small priced problems."""

import time
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, vstack

#: Measured on regions of 190 sites: with a good start given, its cuts, sub-searches and
#: symmetry tests take four fifths of the time and close nothing.
_PLAIN = {
    "presolve": "off",
    "mip_lp_solver": "ipm",
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_detect_symmetry": False,
    "mip_pool_soft_limit": 1,
    "mip_lp_age_limit": 1,
    "mip_allow_cut_separation_at_nodes": False,
}


class Quiet(highspy.Highs):
    """HiGHS without the wrapper's own callbacks, which print on standard output."""

    def enableCallbacks(self) -> None:  # noqa: N802 (overrides highspy's)
        pass


def quiet(options: dict[str, Any]) -> Quiet:
    """Give a silent HiGHS with options set."""
    highs = Quiet()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    for name, value in options.items():
        highs.setOptionValue(name, value)
    return highs


def interior_prices(
    classes: csr_array, weight: np.ndarray, cost: np.ndarray, budget: float, seconds: float
) -> tuple[np.ndarray, np.ndarray] | None:
    """Solve the linear relaxation by interior point, as far as the time reaches.

    Prices of a search that was cut short still bound (`covering_relax.priced_bound`), only less
    well; None when there are none.

    Without crossover: prices from the middle of the optimal face split better among regions
    than those of a vertex (measured: 0.69 % against 0.72 %), and it is faster.

    Returns
    -------
    point_price
        Shape (classes,), 0 to the weight.
    opened
        Shape (sites,), 0 to 1.
    """
    highs = quiet({"solver": "ipm", "run_crossover": "off", "time_limit": max(seconds, 0.01)})
    highs.passModel(_direct(classes, weight, np.zeros(cost.size), cost, budget))
    _run(highs, time.monotonic() + seconds)
    solution = highs.getSolution()
    price = np.abs(np.array(solution.row_dual)[: weight.size])
    if price.size != weight.size or not np.all(np.isfinite(price)):
        return None
    return np.minimum(price, weight), np.clip(np.array(solution.col_value)[: cost.size], 0.0, 1.0)


def priced_cover(
    classes: csr_array, weight: np.ndarray, price: np.ndarray, start: np.ndarray, stop_at: float
) -> float:
    """Bound the weight covered less the prices of the chosen sites, without a budget.

    Parameters
    ----------
    start
        Chosen sites to begin with.
    stop_at
        Of ``time.monotonic()``; the bound so far is given then.
    """
    seconds = stop_at - time.monotonic()
    if seconds <= 0 or weight.size == 0:
        return np.inf if weight.size else 0.0
    highs = quiet({**_PLAIN, "mip_rel_gap": 3e-5, "time_limit": seconds})
    count = price.size
    lp = _direct(classes, weight, -price, np.zeros(count), 1.0)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * count + [
        highspy.HighsVarType.kContinuous
    ] * weight.size
    highs.passModel(lp)
    given = highspy.HighsSolution()
    is_open = np.zeros(count)
    is_open[start] = 1.0
    given.col_value = np.concatenate([is_open, (classes @ is_open > 0.5).astype(float)]).tolist()
    highs.setSolution(given)
    _run(highs, stop_at)
    bound = float(highs.getInfo().mip_dual_bound)
    return bound if np.isfinite(bound) else np.inf


def cover_rows(classes: csr_array, last: np.ndarray) -> csr_array:
    """Give the rows A y - z (one for each class), and below them one row ``last`` on y."""
    size = classes.shape[0]
    cover = csr_array((np.ones(classes.nnz), classes.indices, classes.indptr), shape=classes.shape)
    below = csr_array(np.append(last, np.zeros(size))[None, :])
    return csr_array(vstack([hstack([cover, -eye_array(size)]), below], format="csr"))


def _direct(
    classes: csr_array, weight: np.ndarray, value: np.ndarray, cost: np.ndarray, budget: float
) -> highspy.HighsLp:
    """Give max w'z + value'y with z <= A y, cost'y <= budget, 0 <= y, z <= 1."""
    size, count = classes.shape
    rows = cover_rows(classes, cost)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = count + size, size + 1
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.concatenate([value, weight])
    lp.col_lower_ = np.zeros(count + size)
    lp.col_upper_ = np.ones(count + size)
    lp.row_lower_ = np.concatenate([np.zeros(size), [-highspy.kHighsInf]])
    lp.row_upper_ = np.concatenate([np.full(size, highspy.kHighsInf), [float(budget)]])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = rows.indptr.astype(np.int32)
    lp.a_matrix_.index_ = rows.indices.astype(np.int32)
    lp.a_matrix_.value_ = rows.data.astype(float)
    return lp


def _run(highs: Quiet, stop_at: float) -> None:
    """Run, interrupted by our own clock: HiGHS overruns its own limit."""
    kinds = highspy.cb.HighsCallbackType

    def heard(_kind: Any, _message: str, _out: Any, back: Any, _data: Any) -> None:
        if back is not None and time.monotonic() > stop_at:
            back.user_interrupt = True

    highs.setCallback(heard, None)
    for kind in (
        kinds.kCallbackMipInterrupt,
        kinds.kCallbackSimplexInterrupt,
        kinds.kCallbackIpmInterrupt,
    ):
        highs.startCallback(kind)
    highs.run()
