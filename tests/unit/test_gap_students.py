"""Students by area and school by hand: zones, children, counts, errors."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from netplan.gap.students import Students, find_students
from netplan.gap.zones import Attendance, attendance
from netplan.geo import overlap
from tests.unit.gap_district import EMPTY, no_zones, schools, squares

GEOIDS = ["240050001001", "240050001002", "240050001003", "240050001004"]
AREAS = squares(GEOIDS)
NO_BLOCKS = pd.DataFrame({column: [] for column in EMPTY["blocks"]})
NO_AREA_SCHOOLS = pd.DataFrame({"geoid": [], "school_id": []})
NO_COUNTS = pd.DataFrame({column: [] for column in EMPTY["students"]})


def zone(**corners: tuple[float, float]) -> gpd.GeoDataFrame:
    """Give zones as (first, last) in widths of the squares, west to east."""
    return gpd.GeoDataFrame(
        {
            "school_id": list(corners),
            "geometry": [
                box(-76 + 0.01 * first, 39.0, -76 + 0.01 * last, 39.01)
                for first, last in corners.values()
            ],
        },
        crs="EPSG:4326",
    )


def attend(
    school: pd.DataFrame,
    zones: gpd.GeoDataFrame | None = None,
    area_schools: pd.DataFrame = NO_AREA_SCHOOLS,
    blocks: pd.DataFrame = NO_BLOCKS,
) -> Attendance:
    return attendance(AREAS, school, no_zones() if zones is None else zones, area_schools, blocks)


def children(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.Index(GEOIDS, name="geoid"))


def find(
    acs: pd.DataFrame,
    school: pd.DataFrame,
    attending: Attendance,
    counted: pd.DataFrame = NO_COUNTS,
) -> Students:
    land = overlap.areas(AREAS.geometry)
    return find_students(pd.Index(GEOIDS), acs, school, attending, counted, land)


TWO = schools(("A", "elementary", 90.0, -76.0, 39.0), ("B", "elementary", 60.0, -75.96, 39.0))


def test_zones_by_share_of_land() -> None:
    got = attend(TWO, zone(A=(0, 1.5), B=(1.5, 4)))
    np.testing.assert_allclose(got.share.toarray(), [[1, 0], [0.5, 0.5], [0, 1], [0, 1]], atol=1e-9)
    assert not got.guessed


def test_a_sliver_is_not_a_zone() -> None:
    got = attend(TWO, zone(A=(0, 2.004), B=(1.996, 4)))
    np.testing.assert_allclose(got.share.toarray(), [[1, 0], [1, 0], [0, 1], [0, 1]], atol=1e-9)


def test_zones_by_block_population() -> None:
    blocks = pd.DataFrame(
        {
            "block_id": ["1", "2", "3"],
            "geoid": [GEOIDS[1]] * 3,
            "lat": 39.005,
            # two west of the middle, one east; the last has nobody
            "lon": [-75.988, -75.982, -75.986],
            "population": [30.0, 10.0, 0.0],
        }
    )
    got = attend(TWO, zone(A=(0, 1.5), B=(1.5, 4)), blocks=blocks)
    # areas without blocks stay by land
    np.testing.assert_allclose(
        got.share.toarray(), [[1, 0], [0.75, 0.25], [0, 1], [0, 1]], atol=1e-9
    )


def test_without_zones_the_nearest_school_of_the_level() -> None:
    school = schools(
        ("A", "elementary", 90.0, -76.0, 39.0),
        ("B", "elementary", 60.0, -75.96, 39.0),
        ("H", "high", 50.0, -75.96, 39.0),
    )
    got = attend(school)
    np.testing.assert_allclose(got.share.toarray(), [[1, 0, 1], [1, 0, 1], [0, 1, 1], [0, 1, 1]])
    assert got.guessed
    assert "elementary, high" in got.notes[0]


def test_a_school_that_is_nowhere_nearest_has_its_nearest_area() -> None:
    school = schools(
        ("A", "elementary", 90.0, -75.995, 39.005), ("B", "elementary", 9.0, -75.995, 39.2)
    )
    got = attend(school)
    assert got.share.toarray()[:, 1].tolist() == [1, 0, 0, 0]


def test_a_school_without_a_zone_among_others_draws_on_the_whole_district() -> None:
    school = schools(
        ("A", "elementary", 90.0, -76.0, 39.0),
        ("B", "elementary", 60.0, -75.96, 39.0),
        ("C", "other", 10.0, -75.96, 39.0),
    )
    got = attend(school, zone(A=(0, 4)))
    np.testing.assert_allclose(got.share.toarray(), np.ones((4, 3)))
    assert not got.guessed


def test_school_columns_of_areas() -> None:
    named = pd.DataFrame({"geoid": [GEOIDS[0], GEOIDS[1], GEOIDS[2]], "school_id": ["A", "A", "B"]})
    got = attend(TWO, area_schools=named)
    assert got.share.toarray().tolist() == [[1, 0], [1, 0], [0, 1], [0, 0]]


def test_enrollment_is_met_exactly_by_children_in_the_zone() -> None:
    acs = children(B09001_001E=[10, 20, 30, 0], B09001_001M=[0, 0, 0, 0])
    got = find(acs, TWO, attend(TWO, zone(A=(0, 1.5), B=(1.5, 4))))
    # A: 10 and half of 20: 45 and 45 of 90; B: 10 and 30 and 0: 15, 45, 0
    np.testing.assert_allclose(got.students, [45, 60, 45, 0], atol=1e-6)
    np.testing.assert_allclose(
        got.school_share.toarray(), [[1, 0], [0.75, 0.25], [0, 1], [0, 0]], atol=1e-6
    )
    assert got.origin == "children"
    np.testing.assert_allclose(got.se, 0.0)


def test_children_of_a_schools_ages() -> None:
    school = schools(("A", "elementary", 80.0, -76.0, 39.0), ("H", "high", 40.0, -76.0, 39.0))
    acs = children(
        B09001_005E=[6, 0, 0, 0],
        B09001_006E=[6, 0, 0, 0],
        B09001_007E=[6, 12, 0, 0],
        B09001_008E=[0, 0, 9, 0],
        B09001_009E=[0, 0, 0, 9],
    )
    got = find(acs, school, attend(school))
    # ages 5 to 10 are 16 and 8 of 24; ages 14 to 17 are 3 and 9 of 12
    np.testing.assert_allclose(got.students, [80 * 2 / 3, 80 / 3, 10, 30])


def test_error_of_a_share_by_simulation() -> None:
    se = np.array([40.0, 20.0, 30.0, 10.0])
    number = np.array([200.0, 100.0, 300.0, 100.0])
    one = schools(("A", "elementary", 700.0, -76.0, 39.0))
    acs = children(B09001_001E=list(number), B09001_001M=list(1.645 * se))
    got = find(acs, one, attend(one))
    rng = np.random.default_rng(1)
    drawn = rng.normal(number, se, (200_000, 4))
    np.testing.assert_allclose(
        got.se, (700 * drawn / drawn.sum(axis=1, keepdims=True)).std(axis=0), rtol=0.03
    )


def test_one_area_holds_everyone_without_error() -> None:
    one = schools(("A", "elementary", 50.0, -76.0, 39.0))
    acs = children(B09001_001E=[10, 20, 30, 0], B09001_001M=[9, 9, 9, 9])
    got = find(acs, one, attend(one, zone(A=(0, 1))))
    assert got.students.tolist() == [50, 0, 0, 0]
    np.testing.assert_allclose(got.se, 0.0, atol=1e-9)


@pytest.mark.parametrize(
    ("acs", "origin", "students"),
    [
        # usual 2.5 a household; 900 people in 10 households are a dormitory: 2 x 5 x 10
        (
            children(
                B01003_001E=[250, 500, 350, 900],
                B28002_001E=[100, 200, 90, 10],
                B01003_001M=[0, 0, 0, 0],
            ),
            "population",
            [250 / 1200, 500 / 1200, 350 / 1200, 100 / 1200],
        ),
        (children(B28002_001E=[100, 200, 100, 0]), "households", [0.25, 0.5, 0.25, 0]),
        (children(), "land", [0.25] * 4),
    ],
)
def test_stand_ins_for_children(acs: pd.DataFrame, origin: str, students: list[float]) -> None:
    one = schools(("A", "elementary", 1.0, -76.0, 39.0))
    got = find(acs, one, attend(one))
    assert got.origin == origin
    np.testing.assert_allclose(got.students, students, rtol=1e-9)
    assert any("students" in note for note in got.notes)


def test_missing_children_are_guessed_from_households_and_said() -> None:
    one = schools(("A", "elementary", 100.0, -76.0, 39.0))
    acs = children(
        B09001_001E=[50, 100, np.nan, 0],
        B09001_001M=[10, 10, np.nan, 10],
        B28002_001E=[100, 200, 100, 0],
    )
    got = find(acs, one, attend(one))
    np.testing.assert_allclose(got.students, [25, 50, 25, 0])
    assert got.se[2] > got.se[0]
    assert any("guessed from households" in note for note in got.notes)


def counts(students: list[float], offline: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "geoid": GEOIDS[: len(students)],
            "students": students,
            "students_offline": offline,
            "origin": "counted",
        }
    )


def test_counts_stand_as_they_are() -> None:
    acs = children(B09001_001E=[10, 20, 30, 40])
    counted = counts([40, 50, 60, 0], [4, np.nan, 0, np.nan])
    got = find(acs, TWO, attend(TWO, zone(A=(0, 2), B=(2, 4))), counted)
    assert got.origin == "counted"
    assert got.students.tolist() == [40, 50, 60, 0]
    assert got.se.tolist() == [0, 0, 0, 0]
    np.testing.assert_array_equal(got.offline, [4, np.nan, 0, np.nan])
    np.testing.assert_allclose(got.school_share.sum(axis=1), [1, 1, 1, 0])
    # 150 by area and by enrollment
    assert got.notes == ()


def test_masked_and_missing_counts_are_estimated_and_said() -> None:
    acs = children(B09001_001E=[10, 20, 30, 40], B09001_001M=[1, 1, 1, 1])
    one = schools(("A", "elementary", 200.0, -76.0, 39.0))
    # unmasked: 30 students of 10 + 20 children's 60; the masked row and the missing one so
    got = find(acs, one, attend(one), counts([10, 20, np.nan], [np.nan] * 3))
    np.testing.assert_allclose(got.students, [10, 20, 30, 40])
    assert (got.se[:2] == 0).all()
    assert (got.se[2:] > 0).all()
    assert any("2 of 4 areas" in note for note in got.notes)
    assert any("come to 100" in note for note in got.notes)


def test_counted_students_where_no_zone_reaches_have_the_districts_schools() -> None:
    got = find(
        children(B09001_001E=[10, 20, 30, 40]),
        TWO,
        attend(TWO, zone(A=(0, 1), B=(1, 2))),
        counts([40, 50, 60, 0], [np.nan] * 4),
    )
    np.testing.assert_allclose(got.school_share.toarray()[2], [0.6, 0.4])


def test_overlap_shares_against_plane_geometry() -> None:
    left = gpd.GeoSeries([box(0, 0, 2, 2), box(2, 0, 4, 2), box(9, 9, 10, 10)], crs="EPSG:4326")
    right = gpd.GeoSeries([box(1, 0, 3, 2), box(0, 0, 1, 2)], crs="EPSG:4326")
    np.testing.assert_allclose(
        overlap.shares(left, right).toarray(), [[0.5, 0.5], [0.5, 0], [0, 0]], atol=1e-12
    )


def test_overlap_is_by_land_and_not_by_degrees() -> None:
    # from 0 to 60 degrees north half of the land is south of asin(sin(60) / 2) = 25.66
    middle = float(np.degrees(np.arcsin(np.sin(np.radians(60)) / 2)))
    left = gpd.GeoSeries([box(0, 0, 1, 60)], crs="EPSG:4326")
    right = gpd.GeoSeries([box(0, 0, 1, middle)], crs="EPSG:4326")
    assert overlap.shares(left, right).toarray()[0, 0] == pytest.approx(0.5)
