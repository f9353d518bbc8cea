"""Covering by ids, for address-level and state-level work: which sites reach most people.

Distances are great circles on a sphere: coordinates are always degrees and radii always meters,
so that the one can never be taken for the other.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from netplan.access.model import Status
from netplan.errors import InfeasibleError, InputError, Problem
from netplan.geo.distance import EARTH_RADIUS_KM
from netplan.optimize.covering import maximal_covering
from netplan.optimize.covering_least import p_median, set_covering
from netplan.optimize.covering_pairs import within

#: A radius outside these is a slip of the unit (assumption: nothing serves homes from under a
#: meter or over 500 km away).
RADIUS_M = (1.0, 500_000.0)
#: Cells named one by one for each kind of problem; the rest are counted.
_NAMED = 20
_EARTH_RADIUS_M = EARTH_RADIUS_KM * 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Chosen sites, whom they cover, and what is proven.

    Parameters
    ----------
    chosen
        site_id of every open site, existing ones included, sorted.
    covered_weight, covered_share
        Summed weight of the covered points, and its share of all weight (not of the points).
    bound_weight, bound_share
        No choice within the limits covers more.
    gap_share
        (bound_weight - covered_weight) / covered_weight.
    status
        ``proven`` only where the bound is met; a time limit gives ``stopped``.
    unreachable_weight
        Weight of the points that no site reaches, whatever is chosen.
    points
        point_id, weight, covered, sites (how many chosen sites cover it), reachable; in the
        order given.
    sites
        site_id, existing, chosen, weight (within the radius), weight_alone (covered by no
        other chosen site; 0 for sites that are not chosen).
    seconds
        Wall-clock time of the search.
    """

    chosen: tuple[str, ...]
    covered_weight: float
    covered_share: float
    bound_weight: float
    bound_share: float
    gap_share: float
    status: Status
    unreachable_weight: float
    points: pd.DataFrame
    sites: pd.DataFrame
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fewest:
    """The fewest new sites for a share of the weight, and what is proven.

    Parameters
    ----------
    cover
        Whom they cover; its bound is the weight within reach of any site.
    new_sites, bound_sites
        Sites opened besides existing ones, and how many are needed at least.
    gap_share
        (new_sites - bound_sites) / new_sites.
    status
        ``proven`` only where fewer sites cannot do.
    """

    cover: Cover
    new_sites: int
    bound_sites: int
    gap_share: float
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Median:
    """Chosen sites with the least weighted distance, and what is proven.

    ``points`` has point_id, weight, site_id (that serves it), distance_m.
    """

    chosen: tuple[str, ...]
    weighted_distance_m: float
    mean_distance_m: float
    bound_weighted_distance_m: float
    gap_share: float
    status: Status
    points: pd.DataFrame
    seconds: float


def cover(
    points: pd.DataFrame,
    sites: pd.DataFrame,
    *,
    radius_m: float,
    count: int,
    time_limit_s: float = 120.0,
    earth_radius_m: float = _EARTH_RADIUS_M,
    progress: Callable[[float, float, float], None] | None = None,
    seed: int = 0,
) -> Cover:
    """Choose sites that cover the most weight within a radius (maximal covering).

    Parameters
    ----------
    points
        point_id, lon, lat (degrees), weight (such as students).
    sites
        site_id, lon, lat, and optionally existing (open whatever is chosen).
    radius_m
        Great-circle distance in meters; a point at exactly this distance is covered.
    count
        New sites at most, besides existing ones.
    time_limit_s
        Wall-clock seconds for the search.
    earth_radius_m
        Of the sphere (mean radius; published instances use another).
    progress
        Called with covered weight, bound and seconds at each improvement.

    Raises
    ------
    InputError
        With every problem found: missing columns, ids given twice, coordinates that are no
        degrees, weights that are missing or negative, a radius or count that cannot be meant.
    """
    problems = [*_check(points, sites), *_check_radius(radius_m)]
    existing = _existing(sites)
    if not problems and not 0 <= count <= len(sites) - int(existing.sum()):
        problems.append(
            _problem(
                "count", None, None, count, "cannot open so many new sites",
                f"0 to {len(sites) - int(existing.sum())}, the sites that are not existing",
                "lower count or add candidate sites",
            )
        )  # fmt: skip
    if problems:
        raise InputError(problems)
    pairs = within_radius(points, sites, radius_m=radius_m, earth_radius_m=earth_radius_m)
    weight = points["weight"].to_numpy(float)
    found = maximal_covering(
        pairs,
        weight,
        int(count),
        existing=np.flatnonzero(existing),
        time_limit_s=time_limit_s,
        progress=progress,
        seed=seed,
    )
    return _cover(points, sites, pairs, found.chosen, found.bound, found.status, found.seconds)


def cover_share(
    points: pd.DataFrame,
    sites: pd.DataFrame,
    *,
    radius_m: float,
    share: float = 1.0,
    time_limit_s: float = 120.0,
    earth_radius_m: float = _EARTH_RADIUS_M,
) -> Fewest:
    """Choose the fewest new sites that cover a share of the weight (set covering).

    Raises
    ------
    InputError
        As `cover`.
    InfeasibleError
        All sites together reach less than the share; says how much they reach, and names
        points that none reaches.
    """
    problems = [*_check(points, sites), *_check_radius(radius_m)]
    if not 0 <= share <= 1:
        problems.append(
            _problem("share", None, None, share, "is no share", "0 to 1", "0.9 means 90 %")
        )
    if problems:
        raise InputError(problems)
    pairs = within_radius(points, sites, radius_m=radius_m, earth_radius_m=earth_radius_m)
    weight = points["weight"].to_numpy(float)
    existing = np.flatnonzero(_existing(sites))
    try:
        found = set_covering(
            pairs, weight, share=share, existing=existing, time_limit_s=time_limit_s
        )
    except InfeasibleError as error:
        none = points.loc[(np.diff(pairs.indptr) == 0) & (weight > 0), "point_id"].astype(str)
        names = ", ".join(none.head(5)) + (", ..." if len(none) > 5 else "")
        raise InfeasibleError(f"{error}; out of reach within {radius_m:g} m: {names}") from None
    reachable = float(weight[np.diff(pairs.indptr) > 0].sum())
    shown = _cover(points, sites, pairs, found.chosen, reachable, found.status, found.seconds)
    return Fewest(
        cover=shown,
        new_sites=int(np.setdiff1d(found.chosen, existing).size),
        bound_sites=int(found.bound),
        gap_share=found.gap_share,
        status=found.status,
    )


def median(
    points: pd.DataFrame,
    sites: pd.DataFrame,
    *,
    count: int,
    time_limit_s: float = 120.0,
    earth_radius_m: float = _EARTH_RADIUS_M,
) -> Median:
    """Choose new sites so that the weighted distance to the nearest open one is least.

    Every point is served, however far; for problems of some thousand points times sites.

    Raises
    ------
    InputError
        As `cover`.
    """
    problems = _check(points, sites)
    existing = _existing(sites)
    fewest = 0 if existing.any() else 1
    if not problems and not fewest <= count <= len(sites) - int(existing.sum()):
        most = len(sites) - int(existing.sum())
        problems.append(
            _problem(
                "count", None, None, count, "cannot open so many new sites",
                f"{fewest} to {most}", "change count or add candidate sites",
            )
        )  # fmt: skip
    if problems:
        raise InputError(problems)
    at, of = _sphere(points, earth_radius_m), _sphere(sites, earth_radius_m)
    chord = np.sqrt(((at[:, None, :] - of[None, :, :]) ** 2).sum(axis=2))
    distance = 2 * earth_radius_m * np.arcsin(np.minimum(chord / (2 * earth_radius_m), 1.0))
    weight = points["weight"].to_numpy(float)
    found = p_median(
        distance, weight, count, existing=np.flatnonzero(existing), time_limit_s=time_limit_s
    )
    ids = sites["site_id"].astype(str).to_numpy()
    nearest = found.chosen[np.argmin(distance[:, found.chosen], axis=1)]
    table = pd.DataFrame(
        {
            "point_id": points["point_id"].astype(str).to_numpy(),
            "weight": weight,
            "site_id": ids[nearest],
            "distance_m": distance[np.arange(len(points)), nearest],
        }
    )
    total = float(weight.sum())
    return Median(
        chosen=tuple(sorted(ids[found.chosen])),
        weighted_distance_m=found.objective,
        mean_distance_m=found.objective / total if total > 0 else 0.0,
        bound_weighted_distance_m=found.bound,
        gap_share=found.gap_share,
        status=found.status,
        points=table,
        seconds=found.seconds,
    )


def within_radius(
    points: pd.DataFrame,
    sites: pd.DataFrame,
    *,
    radius_m: float,
    earth_radius_m: float = _EARTH_RADIUS_M,
) -> csr_array:
    """Give which points lie within a great-circle radius of which sites (points x sites).

    The straight line through the sphere grows with the arc, so comparing it with the chord of
    the radius is the same test, without the loss of digits of an arc cosine.
    """
    chord = 2 * earth_radius_m * np.sin(min(radius_m / (2 * earth_radius_m), np.pi / 2))
    return within(_sphere(points, earth_radius_m), _sphere(sites, earth_radius_m), chord)


def _sphere(table: pd.DataFrame, earth_radius_m: float) -> np.ndarray:
    lon, lat = np.radians(table["lon"].to_numpy(float)), np.radians(table["lat"].to_numpy(float))
    flat = np.cos(lat)
    return earth_radius_m * np.column_stack([flat * np.cos(lon), flat * np.sin(lon), np.sin(lat)])


def _existing(sites: pd.DataFrame) -> np.ndarray:
    if "existing" not in sites.columns:
        return np.zeros(len(sites), dtype=bool)
    return sites["existing"].fillna(False).to_numpy(bool)


def _cover(
    points: pd.DataFrame,
    sites: pd.DataFrame,
    pairs: csr_array,
    chosen: np.ndarray,
    bound: float,
    status: Status,
    seconds: float,
) -> Cover:
    """Work out everything that is shown from the chosen sites and the pairs alone."""
    weight = points["weight"].to_numpy(float)
    is_open: np.ndarray = np.zeros(len(sites))
    is_open[chosen] = 1.0
    ones = csr_array((np.ones(pairs.nnz), pairs.indices, pairs.indptr), shape=pairs.shape)
    times: np.ndarray = np.round(np.asarray(ones @ is_open)).astype(int)
    reachable = np.diff(pairs.indptr) > 0
    total = float(weight.sum())
    covered = float(weight[times > 0].sum())
    ids = sites["site_id"].astype(str).to_numpy()
    of_points = pd.DataFrame(
        {
            "point_id": points["point_id"].astype(str).to_numpy(),
            "weight": weight,
            "covered": times > 0,
            "sites": times,
            "reachable": reachable,
        }
    )
    of_sites = pd.DataFrame(
        {
            "site_id": ids,
            "existing": _existing(sites),
            "chosen": is_open > 0,
            "weight": ones.T @ weight,
            "weight_alone": (ones.T @ np.where(times == 1, weight, 0.0)) * is_open,
        }
    )
    return Cover(
        chosen=tuple(sorted(ids[chosen])),
        covered_weight=covered,
        covered_share=covered / total if total > 0 else 0.0,
        bound_weight=bound,
        bound_share=bound / total if total > 0 else 0.0,
        gap_share=(bound - covered) / covered if covered > 0 else 0.0,
        status=status,
        unreachable_weight=float(weight[~reachable].sum()),
        points=of_points,
        sites=of_sites,
        seconds=seconds,
    )


def _problem(
    file: str,
    row: int | None,
    column: str | None,
    value: object,
    message: str,
    expected: str,
    fix: str,
) -> Problem:
    text = None if value is None else str(value)[:80]
    return Problem(
        code="cover-input", file=file, row=row, column=column, value=text,
        message=message, expected=expected, fix=fix,
    )  # fmt: skip


def _check_radius(radius_m: float) -> list[Problem]:
    low, high = RADIUS_M
    if low <= radius_m <= high:
        return []
    return [
        _problem(
            "radius_m", None, None, radius_m, "is no radius in meters",
            f"{low:g} to {high:g} m", "give meters, whatever the unit of the coordinates",
        )
    ]  # fmt: skip


def _check(points: pd.DataFrame, sites: pd.DataFrame) -> list[Problem]:
    return [
        *_check_table("points", points, "point_id", weighted=True),
        *_check_table("sites", sites, "site_id", weighted=False),
    ]


def _check_table(name: str, table: pd.DataFrame, key: str, *, weighted: bool) -> list[Problem]:
    needed = [key, "lon", "lat"] + (["weight"] if weighted else [])
    missing = [column for column in needed if column not in table.columns]
    if missing:
        return [
            _problem(name, None, column, None, "the column is missing", ", ".join(needed), "add it")
            for column in missing
        ]
    if table.empty:
        return [_problem(name, None, None, None, "has no rows", "at least one", "add rows")]
    ids = table[key].astype(str)
    found = _rows(
        name, table, key, table[key].isna() | ids.duplicated().to_numpy(),
        "the id is missing or was given before", "one row for each id", "make ids unique",
    )  # fmt: skip
    for column, limit in (("lon", 180.0), ("lat", 90.0)):
        values = pd.to_numeric(table[column], errors="coerce")
        found += _rows(
            name, table, column, ~(values.abs() <= limit), "is no coordinate in degrees",
            f"-{limit:g} to {limit:g}", "give WGS 84 degrees, not projected units or blanks",
        )  # fmt: skip
    if weighted:
        values = pd.to_numeric(table["weight"], errors="coerce")
        found += _rows(
            name, table, "weight", ~((values >= 0) & (values < np.inf)), "is no weight",
            "a number of at least 0", "fill it in, or leave the row out on purpose",
        )  # fmt: skip
    return found


def _rows(
    name: str,
    table: pd.DataFrame,
    column: str,
    wrong: pd.Series,
    message: str,
    expected: str,
    fix: str,
) -> list[Problem]:
    places = np.flatnonzero(wrong.to_numpy(bool))
    found = [
        # a header and rows from 2, as a spreadsheet numbers them
        _problem(name, int(i) + 2, column, table[column].iloc[i], message, expected, fix)
        for i in places[:_NAMED]
    ]
    if places.size > _NAMED:
        more = f"and {places.size - _NAMED} more rows like these"
        found.append(_problem(name, None, column, None, more, expected, fix))
    return found
