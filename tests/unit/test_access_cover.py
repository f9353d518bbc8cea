"""Covering by ids: equal to spopt, exact at the radius, and refusing what peers take."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

from netplan.access.cover import Cover, cover, cover_share, median, within_radius
from netplan.errors import InfeasibleError, InputError

R_M = 6_371_008.8


def places(points: int, sites: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Points and sites in a square of about 10 km near Baltimore."""
    generator = np.random.default_rng(seed)

    def table(count: int, name: str) -> pd.DataFrame:
        return pd.DataFrame(
            {
                f"{name}_id": [f"{name}-{k:03d}" for k in generator.permutation(count)],
                "lon": -76.6 + 0.115 * generator.random(count),
                "lat": 39.3 + 0.09 * generator.random(count),
            }
        )

    of_points = table(points, "point")
    of_points["weight"] = generator.integers(1, 50, points).astype(float)
    return of_points, table(sites, "site")


def haversine_m(points: pd.DataFrame, sites: pd.DataFrame) -> np.ndarray:
    a = np.radians(points[["lat", "lon"]].to_numpy())[:, None]
    b = np.radians(sites[["lat", "lon"]].to_numpy())[None]
    half = (
        np.sin((a[..., 0] - b[..., 0]) / 2) ** 2
        + np.cos(a[..., 0]) * np.cos(b[..., 0]) * np.sin((a[..., 1] - b[..., 1]) / 2) ** 2
    )
    return 2 * R_M * np.arcsin(np.sqrt(half))


def problems(**asked: object) -> list[tuple[str, int | None, str | None]]:
    points, sites = places(5, 3, 0)
    with pytest.raises(InputError) as caught:
        cover(**{"points": points, "sites": sites, "radius_m": 800.0, "count": 1, **asked})
    return [(p.file, p.row, p.column) for p in caught.value.problems]


def check(found: Cover, points: pd.DataFrame, sites: pd.DataFrame, radius_m: float) -> None:
    """Work everything out again from the ids of the chosen sites."""
    near = haversine_m(points, sites) <= radius_m
    is_open = sites["site_id"].isin(found.chosen).to_numpy()
    covered = near[:, is_open].any(axis=1)
    assert found.points["covered"].tolist() == covered.tolist()
    assert found.covered_weight == points["weight"][covered].sum()
    assert found.covered_share == pytest.approx(found.covered_weight / points["weight"].sum())
    assert found.bound_weight >= found.covered_weight
    assert found.sites["weight"].tolist() == (near.T @ points["weight"].to_numpy()).tolist()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("seed", range(4))
def test_equals_spopt(seed: int) -> None:
    pulp = pytest.importorskip("pulp")
    locate = pytest.importorskip("spopt.locate")
    points, sites = places(60, 15, seed)
    distance = haversine_m(points, sites)
    weight = points["weight"].to_numpy()
    quiet = pulp.PULP_CBC_CMD(msg=False)

    found = cover(points, sites, radius_m=1_500.0, count=4)
    check(found, points, sites, 1_500.0)
    peer = locate.MCLP.from_cost_matrix(distance, weight, 1_500.0, p_facilities=4).solve(quiet)
    assert found.status == "proven"
    assert found.covered_weight == pytest.approx(pulp.value(peer.problem.objective))

    reach = 4_500.0
    fewest = cover_share(points, sites, radius_m=reach)
    least = locate.LSCP.from_cost_matrix(distance, reach).solve(quiet)
    assert fewest.new_sites == fewest.bound_sites == round(pulp.value(least.problem.objective))
    assert fewest.cover.covered_share == 1.0

    near = median(points, sites, count=3)
    middle = locate.PMedian.from_cost_matrix(distance, weight, p_facilities=3).solve(quiet)
    assert near.weighted_distance_m == pytest.approx(pulp.value(middle.problem.objective))
    assert near.status == "proven"
    assert (near.points["weight"] * near.points["distance_m"]).sum() == pytest.approx(
        near.weighted_distance_m
    )


def test_order_of_the_rows_does_not_matter() -> None:
    points, sites = places(80, 12, 7)
    one = cover(points, sites, radius_m=1_200.0, count=3)
    other = cover(
        points.sample(frac=1, random_state=1), sites.sample(frac=1, random_state=2),
        radius_m=1_200.0, count=3,
    )  # fmt: skip
    assert one.covered_weight == other.covered_weight
    assert one.status == other.status == "proven"


def test_existing_sites_are_kept_and_count_for_themselves() -> None:
    points, sites = places(80, 12, 3)
    sites["existing"] = sites["site_id"] == "site-005"
    found = cover(points, sites, radius_m=1_200.0, count=2)
    assert "site-005" in found.chosen
    assert len(found.chosen) == 3
    assert found.sites.set_index("site_id").loc["site-005", "existing"]


def test_a_radius_in_meters_does_not_cover_everything_in_degrees() -> None:
    # a peer that takes 300 as degrees says 100 %; so does any sum that mixes the two
    points, sites = places(200, 10, 1)
    degrees = cdist(points[["lon", "lat"]], sites[["lon", "lat"]])
    assert (degrees <= 300).all()
    found = cover(points, sites, radius_m=300.0, count=3)
    check(found, points, sites, 300.0)
    assert found.covered_share < 0.1


@pytest.mark.parametrize("radius_m", [0.003, 0.0, -5.0, float("nan"), float("inf"), 7e6])
def test_a_radius_that_cannot_be_meters_is_refused(radius_m: float) -> None:
    assert problems(radius_m=radius_m) == [("radius_m", None, None)]


@pytest.mark.parametrize("column", ["lon", "lat", "weight"])
def test_a_missing_number_is_refused_and_never_just_uncovered(column: str) -> None:
    points, _ = places(5, 3, 0)
    points.loc[2, column] = np.nan
    assert problems(points=points) == [("points", 4, column)]


def test_every_problem_is_told_at_once() -> None:
    points, sites = places(5, 3, 0)
    points["weight"] = [1.0, -1.0, 2.0, np.inf, 3.0]
    points.loc[4, "point_id"] = points.loc[0, "point_id"]
    sites["lon"] = [430_000.0, -76.6, -76.6]
    sites["lat"] = [39.3, 39.3, 4_350_000.0]
    assert problems(points=points, sites=sites, radius_m=0.0) == [
        ("points", 6, "point_id"),
        ("points", 3, "weight"),
        ("points", 5, "weight"),
        ("sites", 2, "lon"),
        ("sites", 4, "lat"),
        ("radius_m", None, None),
    ]


def test_missing_columns_empty_tables_and_too_many_sites() -> None:
    points, sites = places(5, 3, 0)
    assert problems(points=points.drop(columns="weight")) == [("points", None, "weight")]
    assert problems(sites=sites.iloc[:0]) == [("sites", None, None)]
    assert problems(count=4) == [("count", None, None)]
    assert problems(count=-1) == [("count", None, None)]
    sites["existing"] = True
    assert problems(sites=sites) == [("count", None, None)]


def test_many_wrong_cells_are_counted_and_not_all_named() -> None:
    points, sites = places(100, 3, 0)
    points["weight"] = np.nan
    with pytest.raises(InputError, match="80 more rows") as caught:
        cover(points, sites, radius_m=800.0, count=1)
    assert len(caught.value.problems) == 21


def test_the_share_counts_weight_and_not_points() -> None:
    # nine points of weight 1 at one site, one point of weight 91 at another: one site covers
    # 91 of 100 with a tenth of the points
    points = pd.DataFrame(
        {
            "point_id": [str(k) for k in range(10)],
            "lon": [-76.60] * 9 + [-76.50],
            "lat": [39.3] * 10,
            "weight": [1.0] * 9 + [91.0],
        }
    )
    sites = pd.DataFrame({"site_id": ["a", "b"], "lon": [-76.60, -76.50], "lat": [39.3, 39.3]})
    found = cover(points, sites, radius_m=500.0, count=1)
    assert found.chosen == ("b",)
    assert found.covered_share == 0.91
    assert found.sites["weight"].tolist() == [9.0, 91.0]
    assert found.sites["weight_alone"].tolist() == [0.0, 91.0]


def test_infeasible_says_who_cannot_be_reached() -> None:
    points, sites = places(30, 6, 2)
    points.loc[11, ["lon", "lat"]] = [-70.0, 35.0]
    far = points.loc[11, "point_id"]
    with pytest.raises(InfeasibleError, match=f"no site covers .* points.*{far}"):
        cover_share(points, sites, radius_m=20_000.0)
    found = cover(points, sites, radius_m=20_000.0, count=1)
    assert found.unreachable_weight == points.loc[11, "weight"]
    assert not found.points.loc[11, "reachable"]


def test_distance_is_exact_at_the_radius_anywhere_on_the_globe() -> None:
    # along a meridian, and across the date line at the equator: one degree is R pi / 180
    degree_m = R_M * np.pi / 180
    points = pd.DataFrame({"lon": [10.0, 179.5], "lat": [61.0, 0.0]})
    sites = pd.DataFrame({"lon": [10.0, -179.5], "lat": [60.0, 0.0]})
    wide = within_radius(points, sites, radius_m=degree_m + 1e-3, earth_radius_m=R_M)
    short = within_radius(points, sites, radius_m=degree_m - 1e-3, earth_radius_m=R_M)
    assert wide.toarray().tolist() == [[True, False], [False, True]]
    assert short.nnz == 0
    some = places(300, 40, 5)
    near = within_radius(*some, radius_m=900.0).toarray()
    assert np.array_equal(near, haversine_m(*some) <= 900.0)
