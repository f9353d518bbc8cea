"""Scale schools toward what was measured on the links that carry them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from netplan.load.model import DIRECTIONS, Floats, Load, planning_load

#: What a link tells a school's down and up load apart by: down and up, not both.
_WAYS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A load scaled toward measurements, with what was done to it.

    Parameters
    ----------
    load
        The scaled load.
    links
        One row per measurement: link_id, direction, period (the one that it was compared with),
        weeks, modelled_mbps and calibrated_mbps (planning loads before and after), measured_mbps,
        ratio (measured / modelled), used (False where the ratio is no number, or beyond the limit).
    schools
        One row per school: school_id, ratio_down, ratio_up (what its rates were scaled by),
        weeks_down, weeks_up (weeks of measurement behind them, less where a link is shared).
    """

    load: Load
    links: pd.DataFrame
    schools: pd.DataFrame

    def scaled(self, load: Load) -> Load:
        """Scale another load of the same schools, such as a day with events, by the same ratios."""
        down, up = (
            self.schools[f"ratio_{name}"].to_numpy(dtype=np.float64) for name in DIRECTIONS[:_WAYS]
        )
        return _scale(load, down, up)

    def for_schools(self, school_ids: Sequence[str]) -> "Calibration":
        """Give the same for other schools: one that was not there has the district's mean ratio.

        The mean is the geometric one over the schools that were.
        """
        if list(self.schools["school_id"]) == list(school_ids):
            return self
        schools = self.schools.set_index("school_id").reindex(list(school_ids))
        for name in DIRECTIONS[:_WAYS]:
            known = self.schools[f"ratio_{name}"].to_numpy(dtype=np.float64)
            mean = float(np.exp(np.log(known).mean())) if known.size else 1.0
            schools[f"ratio_{name}"] = schools[f"ratio_{name}"].fillna(mean)
            schools[f"weeks_{name}"] = schools[f"weeks_{name}"].fillna(0.0)
        return replace(self, schools=schools.reset_index(names="school_id"))


def calibrate(
    load: Load,
    measured: pd.DataFrame,
    crossing: Sequence[tuple[csr_array, csr_array]],
    *,
    z: float,
    common_mode_cv: float,
    prior_weeks: float,
    ratio_limit: float,
) -> Calibration:
    """Scale each school's load toward measured 95th percentiles.

    With ``r_l = measured / modelled`` planning load of measurement ``l``, ``w_sl`` the school's
    share of the link's mean load (1 on its own uplink), and ``W_s = sum_l w_sl weeks_l``::

        log r_s = (sum_l w_sl weeks_l log r_l + prior log r) / (W_s + prior)

    where ``log r``, the district's, is the mean of ``log r_l`` weighted by weeks and by the mean
    load that is measured. Down and up of a school are scaled apart, each by the measurements
    that carry it. Means scale by ``r``, variances by ``r^2``, so that planning loads scale by
    ``r``; ``both`` scales by ``(r_down M_down + r_up M_up) / (M_down + M_up)``.

    Parameters
    ----------
    load
        The modelled load.
    measured
        measured.csv: link_id, direction, p95_mbps, weeks (missing = 1), period (missing = the
        period of the largest modelled load). Rows whose period the load does not have are an
        error that inputs reports.
    crossing
        Per FLOW, for schools' down-load and for schools' up-load: csr array (measurements,
        schools), the share of it that travels the measured link in the measured direction.
    z, common_mode_cv
        As in ``planning_load``.
    prior_weeks
        Weeks of measurement that weigh as much as the rest of the district.
    ratio_limit
        A measurement more than so many times above or below the model is a slip of the unit or
        the link, not a use of the network: it is shown and not used.

    Returns
    -------
    calibration
        With the load unchanged where nothing was measured.

    Raises
    ------
    KeyError
        A measurement's period is not one of the load's.
    """
    period = _periods(load, measured, crossing, z, common_mode_cv)
    modelled = planning_load(*_carried(load, crossing, period), z, common_mode_cv)
    p95 = measured["p95_mbps"].to_numpy(dtype=np.float64)
    ratio = np.divide(p95, modelled, out=np.full(len(p95), np.nan), where=modelled > 0)
    used = np.isfinite(ratio) & (ratio >= 1 / ratio_limit) & (ratio <= ratio_limit)
    weeks = measured["weeks"].fillna(1.0).to_numpy(dtype=np.float64)
    effort = np.where(used, weeks, 0.0)
    log_ratio = np.log(np.where(used, ratio, 1.0))

    parts = [_part(load, crossing, period, way) for way in range(_WAYS)]
    total = np.asarray(sum(part.sum(axis=1) for part in parts))
    found = [_school_ratio(part, total, effort, log_ratio, prior_weeks) for part in parts]
    scaled = _scale(load, *(ratio_of for ratio_of, _ in found))
    links = pd.DataFrame(
        {
            "link_id": measured["link_id"].to_numpy(),
            "direction": measured["direction"].to_numpy(),
            "period": np.array(load.periods, dtype=object)[period],
            "weeks": weeks,
            "modelled_mbps": modelled,
            "measured_mbps": p95,
            "ratio": ratio,
            "calibrated_mbps": planning_load(
                *_carried(scaled, crossing, period), z, common_mode_cv
            ),
            "used": used,
        }
    )
    schools = pd.DataFrame({"school_id": list(load.school_ids)})
    for name, (ratio_of, behind) in zip(DIRECTIONS[:_WAYS], found, strict=True):
        schools[f"ratio_{name}"] = ratio_of
        schools[f"weeks_{name}"] = behind
    return Calibration(load=scaled, links=links, schools=schools)


def _school_ratio(
    part: csr_array, total: Floats, effort: Floats, log_ratio: Floats, prior_weeks: float
) -> tuple[Floats, Floats]:
    """Give every school's ratio in one direction and the weeks behind it; shape (schools,)."""
    measured_mbps = part.sum(axis=1) * effort
    district = (
        float(measured_mbps @ log_ratio / measured_mbps.sum()) if measured_mbps.sum() > 0 else 0.0
    )
    weight = np.divide(effort, total, out=np.zeros_like(effort), where=total > 0)
    weeks = np.asarray(part.T @ weight)
    pull = np.asarray(part.T @ (weight * log_ratio))
    behind = weeks + prior_weeks
    log_school = np.divide(
        pull + prior_weeks * district, behind, out=np.full_like(weeks, district), where=behind > 0
    )
    return np.exp(log_school), weeks


def _scale(load: Load, ratio_down: Floats, ratio_up: Floats) -> Load:
    """Scale a load's schools; shape of the ratios: (schools,)."""
    ratio = np.stack([ratio_down, ratio_up], axis=1)[:, None, None, :]
    each = load.mean_mbps[..., :_WAYS]
    before = each.sum(axis=-1)
    both = np.divide(
        (each * ratio).sum(axis=-1), before, out=np.ones_like(before), where=before > 0
    )
    factor = np.concatenate([np.broadcast_to(ratio, each.shape), both[..., None]], axis=-1)
    return replace(load, mean_mbps=load.mean_mbps * factor, var_mbps2=load.var_mbps2 * factor**2)


def _periods(
    load: Load,
    measured: pd.DataFrame,
    crossing: Sequence[tuple[csr_array, csr_array]],
    z: float,
    common_mode_cv: float,
) -> npt.NDArray[np.int64]:
    """Give the column of each measurement's period: the one it names, else the worst."""
    worst = np.zeros(len(measured), dtype=np.int64)
    top = np.full(len(measured), -np.inf)
    for column in range(len(load.periods)):
        at = np.full(len(measured), column)
        here = planning_load(*_carried(load, crossing, at), z, common_mode_cv)
        worst, top = np.where(here > top, column, worst), np.maximum(here, top)
    names = measured["period"].fillna("").astype(str)
    number = {name: column for column, name in enumerate(load.periods)}
    return np.array(
        [number[name] if name else int(w) for name, w in zip(names, worst, strict=True)],
        dtype=np.int64,
    )


def _carried(
    load: Load, crossing: Sequence[tuple[csr_array, csr_array]], period: npt.NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Give mean and variance that each measurement's link carries in its period."""
    mean, var = np.zeros(len(period)), np.zeros(len(period))
    for flow, ways in enumerate(crossing):
        for way, share in enumerate(ways):
            for column in np.unique(period):
                here = period == column
                mean[here] += share[here] @ load.mean_mbps[:, column, flow, way]
                var[here] += share[here].power(2) @ load.var_mbps2[:, column, flow, way]
    return mean, var


def _part(
    load: Load,
    crossing: Sequence[tuple[csr_array, csr_array]],
    period: npt.NDArray[np.int64],
    way: int,
) -> csr_array:
    """Give what each school adds to each measurement's mean; (measurements, schools), Mbps."""
    total = csr_array((len(period), len(load.school_ids)))
    for flow, ways in enumerate(crossing):
        share = ways[way].tocoo()
        row, school = share.coords
        value = share.data * load.mean_mbps[school, period[row], flow, way]
        total = total + csr_array((value, (row, school)), shape=total.shape)
    return csr_array(total)
