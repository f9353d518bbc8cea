"""How many more devices fit, and in which school year the room runs out."""

import math

import numpy as np

from netplan.load.model import Floats

#: A limit that growth passes later than this is not worth a year number.
_HORIZON_YEARS = 50


def extra_share(
    *,
    mean_mbps: Floats,
    var_mbps2: Floats,
    own_mean_mbps: Floats,
    own_var_mbps2: Floats,
    allowed_mbps: Floats,
    z: float,
    common_mode_cv: float,
) -> Floats:
    """Give the share by which a school can grow before an element's planning load is at its limit.

    Solves ``M + m x + z sqrt(V + v x + kappa^2 (M + m x)^2) = limit`` for x, where M and V
    are the element's moments and m and v the part that the school puts there. Squared, that
    is a quadratic in x; of its two roots the one that solves the equation itself is taken.

    Parameters
    ----------
    mean_mbps, var_mbps2
        The element's moments, any one shape.
    own_mean_mbps, own_var_mbps2
        The school's part of them.
    allowed_mbps
        Utilization limit x capacity.
    z, common_mode_cv
        Of the planning load.

    Returns
    -------
    extra_share
        Same shape; 0.1 = ten percent more devices of the present mix; negative where the
        element is over its limit; inf where the school puts nothing there.
    """
    room = allowed_mbps - mean_mbps
    common = (z * common_mode_cv) ** 2
    a = own_mean_mbps**2 * (1.0 - common)
    b = (
        -2.0 * own_mean_mbps * room
        - z**2 * own_var_mbps2
        - 2.0 * common * mean_mbps * own_mean_mbps
    )
    c = room**2 - z**2 * var_mbps2 - common * mean_mbps**2
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(np.maximum(b**2 - 4.0 * a * c, 0.0))
        # the stable pair of roots: no difference of nearly equal numbers
        q = -0.5 * (b + np.where(b < 0, -root, root))
        candidates = np.stack([q / a, c / q])

        def miss(x: Floats) -> Floats:
            mean = mean_mbps + own_mean_mbps * x
            var = np.maximum(var_mbps2 + own_var_mbps2 * x, 0.0)
            planned = mean + z * np.sqrt(var + (common_mode_cv * mean) ** 2)
            return np.abs(planned - allowed_mbps)

        misses = np.where(np.isfinite(candidates), miss(candidates), np.inf)
    best = np.where(misses[0] <= misses[1], candidates[0], candidates[1])
    return np.where(own_mean_mbps > 0, best, np.inf)


def whole_devices(extra: float, devices: float) -> int | None:
    """Turn a share of growth into whole devices; None where there is no device or no limit.

    A school cannot lose more devices than it has: where even that does not free the element
    (others fill it), the answer is all of them.
    """
    if devices <= 0 or not math.isfinite(extra):
        return None
    return max(math.floor(extra * devices + 1e-9), -math.ceil(devices))


def exhausted_school_year(
    utilization_share: float, limit: float, growth_per_year: float, school_year: str | None
) -> str | None:
    """Give the first school year in which growth takes a utilization past the limit.

    Every load grows by the same factor, so utilization does too. None where it never
    happens within 50 years. Without a ``school_year`` in district.toml the year is counted
    from now: ``+3`` is the third year from the present one.
    """
    if utilization_share > limit:
        years = 0
    elif utilization_share <= 0 or growth_per_year <= 0:
        return None
    else:
        # a hair above the logarithm: exactly at the limit is not yet past it
        exact = math.log(limit / utilization_share) / math.log1p(growth_per_year)
        years = math.floor(exact + 1e-9) + 1
    if years > _HORIZON_YEARS:
        return None
    if school_year is None:
        return f"+{years}"
    start = int(school_year[:4]) + years
    return f"{start}-{(start + 1) % 100:02d}"
