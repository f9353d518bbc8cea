"""The after-school half of a synthetic district: tiles, sums, and a known truth."""

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from netplan.inputs.schemas import TABLES, column_names
from netplan.synth import offers
from netplan.synth.after_school import ACS_SEED, areas_text, zones_text
from netplan.synth.areas import centroid
from netplan.synth.census import CHILDREN, CHILDREN_ONLINE, COLUMNS, INTERNET, sample
from netplan.synth.district import write_district
from netplan.synth.draws import Draws
from netplan.synth.places import Spot
from netplan.synth.tessellation import contains, dissolved, tile
from netplan.synth.truth import Truth, draw_truth
from tests.unit.synth_check import assert_after_school, files, polygons, rows

HARBOR_COUNTY = Path(__file__).parents[2] / "data" / "schools" / "harbor-county"
TABLE_FILES = (
    "blocks",
    "availability",
    "stops",
    "buses",
    "slots",
    "partners",
    "offers",
    "wireless",
)


@pytest.fixture(scope="module")
def truth() -> Truth:
    return draw_truth(1, 24)


@pytest.mark.parametrize("schools", [1, 2, 3, 8, 24, 60])
@pytest.mark.parametrize("seed", [0, 1, 9])
def test_every_size_is_sound_after_school(tmp_path: Path, schools: int, seed: int) -> None:
    written = write_district(tmp_path / "d", schools=schools, seed=seed)
    assert_after_school(tmp_path / "d")
    assert written.areas == len(polygons(tmp_path / "d", "areas"))


@pytest.mark.slow
def test_the_largest_is_sound_after_school(tmp_path: Path) -> None:
    write_district(tmp_path / "d", schools=2_000, seed=1)
    assert_after_school(tmp_path / "d")


def test_harbor_countys_truth_and_sample_are_there_in_python(truth: Truth) -> None:
    text = {"geoid": str}
    kept = pd.read_csv(HARBOR_COUNTY / "truth" / "areas.csv", dtype=text)
    pd.testing.assert_frame_equal(kept, truth.areas[list(kept.columns)], check_dtype=False)
    acs = pd.read_csv(HARBOR_COUNTY / "acs.csv", dtype=text)
    pd.testing.assert_frame_equal(acs, sample(truth, ACS_SEED), check_dtype=False)


def test_a_cell_of_three_sites_is_known_by_hand() -> None:
    # Sites at x = -3, -2 and -1 in a box 4 km wide and 2 km high: cells end midway, at -2.5 and
    # -1.5; Lloyd's step moves the outer sites to the middles of their cells, -3.25 and -0.75,
    # so that the cells end at -2.625 and -1.375.
    sites = [Spot(x_km=x, y_km=0.0) for x in (-3.0, -2.0, -1.0)]
    rings = tile(Draws(1, schools=1, family="test"), sites, (-4.0, 0.0, -1.0, 1.0))
    left, middle, right = (shapely.Polygon(ring) for ring in rings)
    corners = [Spot(x_km=x, y_km=y) for x in (-2.625, -1.375) for y in (-1.0, 1.0)]
    for spot in corners:
        vertex = (round(spot.lon * 100_000), round(spot.lat * 100_000))
        assert vertex in middle.exterior.coords
        assert vertex in (left if spot.x_km < -2 else right).exterior.coords
    assert shapely.union_all([left, middle, right]).area == left.area + middle.area + right.area


def test_rings_by_hand() -> None:
    square = ((0, 0), (4, 0), (4, 4), (0, 4))
    notched = ((0, 0), (4, 0), (2, 2), (4, 4), (0, 4))
    assert contains(square, (3, 2))
    assert not contains(notched, (3, 2))
    # on an edge, at a corner, level with a corner, outside
    for point, inside in (((4, 2), False), ((0, 0), False), ((1, 2), True), ((5, 2), False)):
        assert contains(notched, point) == inside
    assert centroid(square) == (2.0, 2.0)
    # a triangle's centroid is the mean of its corners
    assert centroid(((0, 0), (6, 0), (0, 3))) == (2.0, 1.0)
    # two squares side by side, and one that only touches at a corner
    other, apart = ((4, 0), (8, 0), (8, 4), (4, 4)), ((8, 4), (9, 4), (9, 5), (8, 5))
    joined = dissolved([square, other, apart])
    assert [len(polygon) for polygon in joined] == [1, 1]
    assert set(joined[0][0]) >= {(0, 0), (8, 0), (8, 4), (0, 4)}
    assert joined[1] == [apart]
    # eight squares around a hole: the hole runs clockwise
    ring_of_squares = [
        ((x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1))
        for x in range(3)
        for y in range(3)
        if (x, y) != (1, 1)
    ]
    ((outline, hole),) = dissolved(ring_of_squares)
    assert shapely.Polygon(outline, [hole]).area == 8
    assert shapely.LinearRing(outline).is_ccw
    assert not shapely.LinearRing(hole).is_ccw


def test_polygons_follow_the_geojson_rules(truth: Truth) -> None:
    for text in (areas_text(truth), zones_text(truth)):
        document = json.loads(text)
        assert document["type"] == "FeatureCollection"
        assert "crs" not in document
        for feature in document["features"]:
            shape = shapely.geometry.shape(feature["geometry"])
            assert shape.is_valid
            for part in getattr(shape, "geoms", [shape]):
                assert part.exterior.is_ccw
                assert all(not hole.is_ccw for hole in part.interiors)
        decimals = re.findall(r"\d\.(\d+)", text)
        assert len(decimals) > 1_000
        assert max(map(len, decimals)) <= 5


def test_truth_is_consistent(truth: Truth) -> None:
    areas = truth.areas
    assert list(areas["geoid"]) == sorted(set(areas["geoid"]))
    kinds = ("none", "no_subscription", "cellular", "other_broadband", "fixed")
    assert (
        areas[[f"households_{kind}" for kind in kinds]].sum(axis=1) == areas["households"]
    ).all()
    phone = areas["households_none"] + areas["households_cellular"]
    assert (areas["households_phone_only"] == phone).all()
    for who in ("households", "students"):
        ordered = [f"{who}_none", f"{who}_phone_only", f"{who}_below_speed", who]
        for low, high in pairwise(ordered):
            assert (areas[low] <= areas[high]).all()
    slow = (areas["max_down_mbps"] < 25) | (areas["max_up_mbps"] < 12)
    assert slow.any()
    assert (areas["households_below_speed"] == areas["households"])[slow].all()
    assert (areas["children_none"] <= areas["children"]).all()
    # county rates: 8 % without internet, 15 % without or by phone alone (within rounding)
    total = areas.sum(numeric_only=True)
    assert total["households_none"] / total["households"] == pytest.approx(0.08, abs=0.002)
    assert total["households_phone_only"] / total["households"] == pytest.approx(0.15, abs=0.002)
    # students at 0.6 of the rate of the households around them
    rate = areas["households_none"] / areas["households"].clip(lower=1)
    expected = 0.6 * (rate * areas["students"]).sum()
    assert total["students_none"] == pytest.approx(expected, abs=3 * np.sqrt(len(areas) / 4))
    expected = 0.6 * (rate * areas["children"]).sum()
    assert total["children_none"] == pytest.approx(expected, abs=3 * np.sqrt(len(areas) / 4))


@pytest.mark.parametrize(("schools", "seed"), [(1, 1), (2, 0), (24, 1), (60, 3)])
def test_students_by_zone_are_the_schools_enrollment(schools: int, seed: int) -> None:
    found = draw_truth(seed, schools)
    students = found.areas["students"].to_numpy()
    assert students.sum() == sum(school.enrollment for school in found.schools)
    for level, zone in found.ground.zones.items():
        # Every school of the level has a zone; with all levels in, more students live there
        # than the school has.
        rows_of_level = [i for i, s in enumerate(found.schools) if s.level == level]
        held: Counter[int] = Counter()
        for owner, count in zip(zone, students, strict=True):
            held[owner] += int(count)
        assert sorted(held) == rows_of_level
        for row in rows_of_level:
            assert held[row] >= found.schools[row].enrollment


def test_covariates_explain_about_half() -> None:
    explained = []
    for seed in range(8):
        found = draw_truth(seed, 100)
        areas = found.areas[found.areas["households"] > 0]
        share = (areas["households_none"] + 0.5) / (areas["households"] + 1.0)
        odds = np.log(share / (1.0 - share))
        explained.append(np.corrcoef(np.log(areas["income_usd"]), odds)[0, 1] ** 2)
    assert 0.3 < np.mean(explained) < 0.65


@pytest.mark.parametrize("seed", range(6))
def test_half_of_the_margins_are_above_their_estimates(seed: int) -> None:
    # Baltimore County: 60 % of 562 block groups
    found = draw_truth(seed, 60)
    acs = sample(found, 0)
    small = acs[acs["geoid"].str.len() == 12]
    assert 0.40 < (small["B28002_013M"] > small["B28002_013E"]).mean() < 0.70


def test_rows_sum(truth: Truth) -> None:
    acs = sample(truth, 3)
    assert tuple(acs.columns) == COLUMNS
    level = acs["geoid"].str.len().map({5: "county", 11: "tract", 12: "block_group"})
    counts = [f"{name}E" for name in (*INTERNET, *CHILDREN, "B01003_001")]
    small = acs[level == "block_group"]
    tracts = acs[level == "tract"].set_index("geoid")
    county = acs[level == "county"].iloc[0]
    by_tract = small.groupby(small["geoid"].str[:11])[counts].sum()
    pd.testing.assert_frame_equal(by_tract, tracts[counts], check_names=False)
    assert (small[counts].sum() == county[counts].astype(float)).all()
    ages = [f"B09001_{number:03d}E" for number in range(5, 10)]
    assert (acs[ages].sum(axis=1) <= acs["B09001_001E"]).all()
    parts = acs[["B28002_004E", "B28002_013E"]].sum(axis=1)
    assert (parts <= acs["B28002_001E"]).all()
    parts = acs[["B28002_006E", "B28002_007E"]].sum(axis=1)
    assert (parts <= acs["B28002_004E"]).all()
    online = [f"{name}{kind}" for name in CHILDREN_ONLINE for kind in "EM"]
    assert small[online].isna().all(axis=None)
    assert tracts[online].notna().all(axis=None)
    assert (tracts[online[::2]].sum() == county[online[::2]].astype(float)).all()


def test_sentinels_and_gaps_are_there(truth: Truth) -> None:
    acs = sample(truth, ACS_SEED)
    small = acs[acs["geoid"].str.len() == 12]
    gone = small["B19013_001E"] == -666_666_666
    assert gone.any()
    assert (small.loc[gone, "B19013_001M"] == -222_222_222).all()
    assert small["B28002_013M"].isna().any()
    assert acs.loc[acs["geoid"] == "12999", "B01003_001M"].item() == -555_555_555
    # nothing else is negative, and a zero has the margin of a zero
    counts = acs.drop(columns=["geoid", "B19013_001E", "B19013_001M", "B01003_001M"])
    assert (counts.fillna(0) >= 0).all(axis=None)
    zero = small[(small["B28002_013E"] == 0) & small["B28002_013M"].notna()]
    assert set(zero["B28002_013M"]) == {13.0}
    # the block group where nobody lives
    assert truth.ground.park is not None
    nobody = small.iloc[truth.ground.park]
    assert nobody["B28002_001E"] == nobody["B01003_001E"] == 0
    assert nobody["B19013_001E"] == -666_666_666


def test_two_hundred_samples_are_unbiased_and_margins_hold() -> None:
    found = draw_truth(4, 100)
    areas, draws = found.areas, 200
    frames = [sample(found, seed) for seed in range(draws)]
    for column, true_column in (
        ("B28002_001", "households"),
        ("B28002_006", "households_cellular"),
        ("B28002_007", "households_fixed"),
        ("B28002_013", "households_none"),
        ("B09001_001", "children"),
        ("B01003_001", "population"),
    ):
        true = areas[true_column].to_numpy(dtype=float)
        estimates = np.array([frame[f"{column}E"].to_numpy()[-len(true) :] for frame in frames])
        margins = np.array([frame[f"{column}M"].to_numpy()[-len(true) :] for frame in frames])
        # The county's mean over the samples is the truth within 3.5 standard errors ...
        county = estimates.sum(axis=1)
        assert abs(county.mean() - true.sum()) < 3.5 * county.std() / np.sqrt(draws)
        # ... and so is each area's, on the whole: the mean of squared errors in standard errors
        # is about 1 over some 340 areas.
        some = estimates.std(axis=0) > 0
        error = (estimates.mean(axis=0) - true)[some]
        z = error / (estimates.std(axis=0)[some] / np.sqrt(draws))
        assert 0.6 < np.mean(z * z) < 1.5
        # Of well-populated areas the 90 % margins hold the truth in 85 to 95 % of samples.
        expected = true * areas["sampled_households"] / areas["households"].clip(lower=1)
        many = np.isfinite(margins) & (margins >= 0) & (expected.to_numpy() >= 6)
        assert many.sum() > 500
        held = (np.abs(estimates - true) <= margins)[many].mean()
        assert 0.85 < held < 0.95, column


def test_county_margins_hold_the_truth() -> None:
    found = draw_truth(4, 24)
    frames = [sample(found, seed) for seed in range(200)]
    for column, true_column in (
        ("B28002_001", "households"),
        ("B28002_013", "households_none"),
        ("B28005_002", "children"),
    ):
        true = found.areas[true_column].sum()
        estimates = np.array([frame[f"{column}E"].iloc[0] for frame in frames])
        margins = np.array([frame[f"{column}M"].iloc[0] for frame in frames])
        # 90 % of 200, give or take three standard errors of 2.1 points
        assert 0.83 < (np.abs(estimates - true) <= margins).mean() < 0.97, column


def test_children_are_offline_at_six_tenths_of_the_rate() -> None:
    found = draw_truth(2, 100)
    ratios = []
    for seed in range(60):
        county = sample(found, seed).iloc[0]
        without = county["B28005_006E"] + county["B28005_007E"]
        households = county["B28002_013E"] / county["B28002_001E"]
        ratios.append(without / county["B28005_002E"] / households)
    areas = found.areas.sum(numeric_only=True)
    true = areas["children_none"] / areas["children"]
    true /= areas["households_none"] / areas["households"]
    assert np.mean(ratios) == pytest.approx(true, abs=4 * np.std(ratios) / np.sqrt(60))
    assert true == pytest.approx(0.6, abs=0.08)


def test_a_sample_is_the_seeds(truth: Truth) -> None:
    pd.testing.assert_frame_equal(sample(truth, 5), sample(draw_truth(1, 24), 5))
    assert not sample(truth, 5).equals(sample(truth, 6))


def test_columns_are_those_of_the_schemas(tmp_path: Path) -> None:
    write_district(tmp_path / "d", schools=24, seed=2)
    for name in TABLE_FILES:
        header = (tmp_path / "d" / f"{name}.csv").read_text(encoding="utf-8").split("\n", 1)[0]
        assert name in TABLES
        assert header.split(",") == column_names(name)


def test_harbor_countys_evening(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    written = write_district(folder, schools=24, seed=1)
    planted = {problem.code: problem for problem in written.planted_after_school}
    assert set(planted) == {
        *("margin-above-estimate", "margin-missing", "no-households", "zone-mostly-offline"),
        *("stop-not-allowed", "library-with-transit", "offer-in-part", "below-speed"),
    }
    text = (folder / "README.md").read_text(encoding="utf-8")
    for problem in written.planted_after_school:
        for element in problem.elements:
            assert f"`{element}`" in text
    acs = {row["geoid"]: row for row in rows(folder, "acs")}
    (shown,) = planted["margin-above-estimate"].elements
    assert int(acs[shown]["B28002_013M"]) > int(acs[shown]["B28002_013E"]) > 0
    for geoid in planted["margin-missing"].elements:
        assert acs[geoid]["B28002_013M"] == ""
    true = {row["geoid"]: row for row in rows(folder / "truth", "areas")}
    zone = [true[geoid] for geoid in planted["zone-mostly-offline"].elements]
    offline = sum(int(row["households_none"]) for row in zone)
    assert offline > 0.5 * sum(int(row["households"]) for row in zone)
    stops = {row["stop_id"]: row for row in rows(folder, "stops")}
    assert 30 <= len(stops) <= 60
    assert stops[planted["stop-not-allowed"].elements[0]]["allowed"] == "false"
    # two of them may not be used, and only these say why
    forbidden = {stop for stop, row in stops.items() if row["allowed"] == "false"}
    assert forbidden == {*planted["stop-not-allowed"].elements, "ST033"}
    assert forbidden == {stop for stop, row in stops.items() if ";" in row["notes"]}
    assert 4 <= len(rows(folder, "buses")) <= 8
    depots = {(row["depot_lat"], row["depot_lon"]) for row in rows(folder, "buses")}
    assert len(depots) == 2
    partners = {row["partner_id"]: row for row in rows(folder, "partners")}
    rides, exists = planted["library-with-transit"].elements
    assert partners[rides]["transit"] == partners[exists]["existing"] == "true"
    kinds = Counter(row["kind"] for row in rows(folder, "offers"))
    assert kinds == {"lending": 1, "subsidy": 2}
    # on the roofs of the planted zone's school and of the poorest high school
    schools = {row["school_id"]: row for row in rows(folder, "schools")}
    high = [row for row in schools.values() if row["level"] == "high"]
    poorest = max(high, key=lambda row: float(row["frl_share"]))["school_id"]
    roofs = {row["site_id"].removeprefix("ROOF-"): row for row in rows(folder, "wireless")}
    assert set(roofs) == {*planted["zone-mostly-offline"].schools, poorest}
    for school, roof in roofs.items():
        assert (roof["lat"], roof["lon"]) == (schools[school]["lat"], schools[school]["lon"])
        # 150 students at 680 USD, and 6 % of it a year
        assert (roof["usd_capital"], roof["usd_per_year"]) == ("102000", "6120")


def test_the_forbidden_stop_is_the_best_by_brute_force(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    written = write_district(folder, schools=24, seed=1)
    planted = {problem.code: problem for problem in written.planted_after_school}
    true = {row["geoid"]: row for row in rows(folder / "truth", "areas")}
    blocks = rows(folder, "blocks")

    def near(stop: dict[str, str]) -> float:
        total = 0.0
        for block in blocks:
            north = (float(block["lat"]) - float(stop["lat"])) * 110.8
            # the county's plane leans: degrees east are km east of the coast, which runs aslant
            east = (float(block["lon"]) - float(stop["lon"])) * 98.65 + 0.33 * north
            if east * east + north * north <= 0.36:
                area = true[block["geoid"]]
                people = max(1, int(area["population"]))
                total += int(area["students_none"]) * int(block["population"]) / people
        return total

    best = max(rows(folder, "stops"), key=near)
    assert (best["stop_id"],) == planted["stop-not-allowed"].elements


def test_slots_leave_time_to_drive(tmp_path: Path) -> None:
    write_district(tmp_path / "d", schools=3, seed=1)
    by_day: dict[str, list[tuple[str, str]]] = {}
    for row in rows(tmp_path / "d", "slots"):
        by_day.setdefault(row["weekday"], []).append((row["start"], row["end"]))
    assert list(by_day) == ["mon", "tue", "wed", "thu", "fri", "sat"]
    for slots in by_day.values():
        assert slots == sorted(slots)
        for (_, end), (start, _) in pairwise(slots):
            minutes = [60 * int(time[:2]) + int(time[3:]) for time in (end, start)]
            assert minutes[1] - minutes[0] >= 15


def test_prices_are_those_of_their_sources() -> None:
    # 15 x 12 = 180 USD of service; 90 USD devices: two in five years = 36, 35 % lost = 31.50
    assert offers.LENDING_USD == 247.5
    assert round(12 * offers.CABLE_USD_PER_MONTH, 2) == 119.4


def test_offers_of_a_large_county_fit_a_cell(monkeypatch: pytest.MonkeyPatch, truth: Truth) -> None:
    monkeypatch.setattr(offers, "GEOIDS_PER_ROW", 30)
    table = offers.offers_table(truth)
    cable = [row for row in table.rows if row[0].startswith("PLAN-CABLE-")]
    assert len(cable) >= 2
    assert all(len(row[5].split(";")) <= 30 for row in cable)
    served = [geoid for row in cable for geoid in row[5].split(";")]
    assert len(set(served)) == len(served)
    lines = truth.areas["providers"].str.contains("Tidewater Cable")
    assert sorted(served) == list(truth.areas.loc[lines, "geoid"])


def test_an_earlier_truth_is_replaced_but_nothing_beside_it(tmp_path: Path) -> None:
    write_district(tmp_path / "d", schools=2, seed=1)
    write_district(tmp_path / "d", schools=1, seed=1, overwrite=True)
    (tmp_path / "d" / "truth" / "mine.txt").write_text("mine")
    before = files(tmp_path / "d")
    with pytest.raises(Exception, match=r"truth/mine\.txt"):
        write_district(tmp_path / "d", schools=3, seed=1, overwrite=True)
    assert files(tmp_path / "d") == before
