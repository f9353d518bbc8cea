"""Census ids, files of shapes, and survey lists as `netplan init` reads them."""

import json
from collections.abc import Sequence
from pathlib import Path

import geopandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box, shape

from netplan.errors import InputError
from netplan.sources.areas import AreaList, read_areas
from netplan.sources.census import read_census
from netplan.sources.census_columns import OFFICIAL
from netplan.sources.geoids import read_geoid
from netplan.sources.outcome import Outcome
from netplan.sources.places import Point
from netplan.sources.schools import School
from netplan.sources.zones import read_zones

SQUARE = [[-80.5, 27.3], [-80.4, 27.3], [-80.4, 27.4], [-80.5, 27.4], [-80.5, 27.3]]


def school(school_id: str, lon: float, lat: float, name: str = "") -> School:
    return School(
        row=2, school_id=school_id, name=name or f"{school_id} School",
        point=Point(lon=lon, lat=lat), level="high", enrollment=100, staff=8.0, frl_share=None,
        locale="", nces_id="", year_built=None, title_i="", keys=(school_id,), guesses=(),
    )  # fmt: skip


SCHOOLS = (school("S1", -80.45, 27.35, "Ash High"), school("S2", -80.35, 27.35, "Birch High"))


def feature(geometry: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def square(west: float, south: float = 27.3) -> dict[str, object]:
    """Give a square of a tenth of a degree; S1 stands in west -80.5, S2 in -80.4."""
    return {
        "type": "Polygon",
        "coordinates": [
            [[west, south], [west + 0.1, south], [west + 0.1, south + 0.1], [west, south + 0.1],
             [west, south]]
        ],
    }  # fmt: skip


def collection(tmp_path: Path, features: Sequence[object], **more: object) -> Path:
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}))
    return path


def two(**more: object) -> list[dict[str, object]]:
    return [
        feature(square(-80.5), GEOID="121110001001", **more),
        feature(square(-80.4), GEOID="121110001002", **more),
    ]


@pytest.mark.parametrize(
    ("text", "state", "geoid", "mended"),
    [
        ("240054001001", "MD", "240054001001", False),
        ("1500000US240054001001", "", "240054001001", False),
        ("1400000US12111380100", "AL", "12111380100", False),
        ("240054001001.0", "", "240054001001", False),
        ("12111380100", "FL", "12111380100", False),
        # Alabama's 010010201001 without its zero looks like a tract of Delaware.
        ("10010201001", "AL", "010010201001", True),
        ("10010201001", "DE", "10010201001", False),
        ("10010201001", "", "10010201001", False),
        # Nothing begins with 07, so this is California without its zero.
        ("60371011101", "CA", "060371011101", True),
        ("4013010101", "", "04013010101", True),
        ("6037", "CA", "06037", True),
    ],
)
def test_ids_get_their_zero_back_when_that_is_certain(
    text: str, state: str, geoid: str, mended: bool
) -> None:
    found = read_geoid(text, state=state)
    assert (found.geoid, found.mended, found.reason) == (geoid, mended, "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2.40054E+11", "its digits are lost"),
        ("Geography", "is no census id"),
        ("", "is no census id"),
        ("240054001001000", "a census block"),
        ("990054001001", "no block group"),
        ("123", "no block group"),
    ],
)
def test_ids_that_are_none(text: str, reason: str) -> None:
    found = read_geoid(text, state="")
    assert found.geoid == "" and reason in found.reason


def test_areas_keep_id_name_and_rounded_polygon(tmp_path: Path) -> None:
    features = [
        feature(square(-80.4), GEOID20=121110001002, NAMELSAD="Block Group 2", ALAND=5),
        feature(square(-80.50000004), GEOID20=121110001001, NAMELSAD="Block Group 1"),
    ]
    found = read_areas(collection(tmp_path, features), schools=SCHOOLS, state="FL")
    assert [(a.geoid, a.name) for a in found.areas] == [
        ("121110001001", "Block Group 1"),
        ("121110001002", "Block Group 2"),
    ]
    assert found.level == "block group"
    assert found.areas[0].geometry.bounds == (-80.5, 27.3, -80.4, 27.4)


def test_areas_of_other_counties_are_left_out(tmp_path: Path) -> None:
    schools = [*(school(f"S{i}", -80.45, 27.35) for i in range(24)), school("far", -80.25, 27.35)]
    features = [
        *two(),
        feature(square(-80.3), GEOID="120610001001"),  # 1 of 25 schools: a misplaced point
        feature(square(-80.2), GEOID="120610001002"),
        feature(square(-80.1), GEOID="120990001001"),
    ]
    found = read_areas(collection(tmp_path, features), schools=schools, state="FL")
    assert found.geoids == {"121110001001", "121110001002"}
    assert [(row.name, row.reason) for row in found.left_out] == [
        ("2 areas of county 12061", "1 of 25 schools stand there"),
        ("1 area of county 12099", "0 of 25 schools stand there"),
    ]


def test_features_that_are_no_area_are_left_out_with_their_reason(tmp_path: Path) -> None:
    features = [
        *two(),
        feature(None, GEOID="121110001003"),
        feature({"type": "Point", "coordinates": [-80.45, 27.35]}, GEOID="121110001004"),
        feature(square(-80.5), GEOID="ZZZ"),
        feature(square(-80.5), GEOID="121110001001"),
        "no feature",
    ]
    found = read_areas(collection(tmp_path, features), schools=SCHOOLS, state="FL")
    assert [(row.row, row.reason) for row in found.left_out] == [
        (3, "it has no shape"),
        (4, "its shape is a Point and no area"),
        (5, "'ZZZ' is no census id"),
        (7, "'' is no census id"),
        (6, "it repeats feature 1"),
    ]


def test_a_shape_that_crosses_itself_is_repaired_and_named(tmp_path: Path) -> None:
    bow = {"type": "Polygon", "coordinates": [[[-80.4, 27.3], [-80.3, 27.4], [-80.3, 27.3],
                                               [-80.4, 27.4], [-80.4, 27.3]]]}  # fmt: skip
    features = [two()[0], feature(bow, GEOID="121110001002")]
    found = read_areas(collection(tmp_path, features), schools=SCHOOLS, state="FL")
    assert [note.code for note in found.notes] == ["shapes-repaired"]
    assert found.areas[1].geometry.is_valid
    assert found.areas[1].geometry.area == pytest.approx(0.005)  # two triangles of 0.05 x 0.1 / 2


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ('{"type": "FeatureCollection", "features": [{"type"', "not-geojson", "cut off"),
        ('{"type": "Feature"}', "not-geojson", "no collection"),
        ('{"type": "FeatureCollection", "features": []}', "empty-file", "no feature"),
        ("[" * 100_000, "not-geojson", "cut off"),
        ("geoid\n1\n", "not-geojson", "cut off"),
    ],
)
def test_damaged_files(tmp_path: Path, text: str, code: str, words: str) -> None:
    path = tmp_path / "areas.geojson"
    path.write_text(text)
    with pytest.raises(InputError, match=words) as raised:
        read_areas(path, schools=SCHOOLS, state="FL")
    assert raised.value.problems[0].code == code


def moved(features: list[dict[str, object]], east: float) -> list[dict[str, object]]:
    return [
        {**one, "geometry": square(west + east)}
        for one, west in zip(features, (-80.5, -80.4), strict=True)
    ]


@pytest.mark.parametrize(
    ("features", "code"),
    [
        ([feature(square(-80.5), name="x")], "no-geoid"),
        ([*two(), feature(square(-80.3), GEOID="12111000100")], "mixed-levels"),
        ([*two(), feature(square(-80.3), GEOID="121110001001")], "duplicate-geoid"),
        ([feature(square(-80.5), GEOID="12111")], "counties"),
        ([feature(square(-80.5), GEOID="1")], "no-areas"),
        (moved(two(), 5.0), "areas-elsewhere"),
        ([feature(square(560_000.0, 3_000_000.0), GEOID="121110001001")], "not-degrees"),
    ],
)
def test_areas_that_cannot_be_used(
    tmp_path: Path, features: list[dict[str, object]], code: str
) -> None:
    with pytest.raises(InputError) as raised:
        read_areas(collection(tmp_path, features), schools=SCHOOLS, state="FL")
    assert [problem.code for problem in raised.value.problems] == [code]


def test_another_coordinate_system_is_converted_or_refused(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame(
        {"GEOID": ["121110001001"]}, geometry=[box(-80.5, 27.3, -80.3, 27.4)], crs=4326
    )
    path = tmp_path / "areas.gpkg"
    frame.to_crs(32617).to_file(path, driver="GPKG")
    geometry = read_areas(path, schools=SCHOOLS, state="FL").areas[0].geometry
    assert geometry.bounds == pytest.approx((-80.5, 27.3, -80.3, 27.4), abs=1e-4)

    utm = frame.to_crs(32617)
    body = json.loads(utm.to_json())
    for name, good in (("urn:ogc:def:crs:EPSG::32617", True), ("EPSG:999999", False)):
        crs = {"type": "name", "properties": {"name": name}}
        made = collection(tmp_path, body["features"], crs=crs)
        if good:
            again = read_areas(made, schools=SCHOOLS, state="FL").areas[0].geometry
            assert again.bounds == pytest.approx(geometry.bounds, abs=1e-6)
        else:
            with pytest.raises(InputError, match="coordinate system is not known"):
                read_areas(made, schools=SCHOOLS, state="FL")


def test_a_geopackage_that_is_damaged_or_has_no_system(tmp_path: Path) -> None:
    path = tmp_path / "areas.gpkg"
    path.write_bytes(b"SQLite format 3\x00" + b"\x01" * 200)
    with pytest.raises(InputError, match="damaged"):
        read_areas(path, schools=SCHOOLS, state="FL")
    path.unlink()
    frame = geopandas.GeoDataFrame({"GEOID": ["121110001001"]}, geometry=[box(0, 0, 1, 1)])
    with pytest.warns(UserWarning, match="crs"):
        frame.to_file(path, driver="GPKG")
    with pytest.raises(InputError, match="does not say its coordinate system"):
        read_areas(path, schools=SCHOOLS, state="FL")


def test_zones_name_their_school_by_id_or_name(tmp_path: Path) -> None:
    features = [
        feature(square(-80.5), OBJECTID=1, SCHOOL="Ash HS"),
        feature(square(-80.4), OBJECTID=2, SCHOOL="Cedar Middle"),
    ]
    found = read_zones(collection(tmp_path, features), schools=SCHOOLS)
    assert [school_id for school_id, _ in found.zones] == ["S1"]
    assert [(row.row, row.reason) for row in found.left_out] == [
        (2, "its SCHOOL 'Cedar Middle' is no school of the folder")
    ]
    assert [note.message for note in found.notes] == ["no zone for 1 school: S2"]
    with pytest.raises(InputError, match="no zone names a school"):
        read_zones(collection(tmp_path, [feature(square(-80.5), kind="x")]), schools=SCHOOLS)


@pytest.fixture
def areas(tmp_path: Path) -> AreaList:
    return read_areas(collection(tmp_path, two()), schools=SCHOOLS, state="FL")


def census(tmp_path: Path, areas: AreaList, *texts: str) -> Outcome:
    paths = []
    for number, text in enumerate(texts):
        path = tmp_path / f"acs{number}.csv"
        path.write_text(text)
        paths.append(path)
    return read_census(paths, areas=areas, state="FL")


def cells(outcome: Outcome) -> dict[str, dict[str, str]]:
    return {row.key: row.cells for row in outcome.rows}


def test_lists_are_joined_and_benchmarks_kept(tmp_path: Path, areas: AreaList) -> None:
    wide = (
        "GEOID,NAME,B28002_001E,B28002_001M,B28002_001MA,B28002_013E\n"
        "121110001001,one,480.0,90,,-666666666\n"
        "1500000US121110001002,two,500,80,,12\n"
        "12111,county,980,120,,12\n"
        "12111000100,tract,980,120,,12\n"
        "060370001001,elsewhere,1,1,,1\n"
        "121110001009,gone,1,1,,1\n"
    )
    population = (
        "geoid,year,population,moe\n121110001001,2021,1440,617\n121110001002,2021,904,227\n"
    )
    found = census(tmp_path, areas, wide, population)
    assert cells(found) == {
        "12111": {"geoid": "12111", "B01003_001E": "", "B01003_001M": "", "B28002_001E": "980",
                  "B28002_001M": "120", "B28002_013E": "12"},
        "12111000100": {"geoid": "12111000100", "B01003_001E": "", "B01003_001M": "",
                        "B28002_001E": "980", "B28002_001M": "120", "B28002_013E": "12"},
        # Sentinels and decimals stay as published; the empty annotation column is gone.
        "121110001001": {"geoid": "121110001001", "B01003_001E": "1440", "B01003_001M": "617",
                         "B28002_001E": "480.0", "B28002_001M": "90",
                         "B28002_013E": "-666666666"},
        "121110001002": {"geoid": "121110001002", "B01003_001E": "904", "B01003_001M": "227",
                         "B28002_001E": "500", "B28002_001M": "80", "B28002_013E": "12"},
    }  # fmt: skip
    assert [(row.row, row.reason) for row in found.left_out] == [
        (7, "its block group is not in areas.geojson"),
        (0, "1 row of a county without areas"),
    ]
    assert [note.code for note in found.notes] == ["columns-renamed"]
    assert "population is B01003_001E" in found.notes[0].message
    assert not [row for row in found.rows if row.guesses]


def test_a_list_of_benchmarks_alone_stands_beside_the_areas(
    tmp_path: Path, areas: AreaList
) -> None:
    own = "GEOID,B28002_013E\n121110001001,7\n121110001002,8\n"
    tracts = "GEOID,B28005_002E\n12111000100,400\n"
    found = cells(census(tmp_path, areas, own, tracts))
    assert found["12111000100"] == {
        "geoid": "12111000100",
        "B28002_013E": "",
        "B28005_002E": "400",
    }
    assert found["121110001001"]["B28005_002E"] == ""


def test_margins_alone_and_label_rows(tmp_path: Path, areas: AreaList) -> None:
    text = (
        "GEO_ID,moe,B28002_013E\nGeography,x,Estimate!!Total:!!No Internet access\n"
        "1500000US121110001001,5,51\n1500000US121110001002,6,50\n"
    )
    found = census(tmp_path, areas, text)
    assert set(cells(found)["121110001001"]) == {"geoid", "B28002_013E"}
    assert [note.code for note in found.notes] == ["label-row"]


def test_percent_without_internet_has_no_margin(tmp_path: Path, areas: AreaList) -> None:
    text = (
        "FIPS,E_HH,M_HH,E_AGE17,M_AGE17,E_TOTPOP,NoIntP\n"
        "121110001001,430,74,230,134,1000,41.65\n"
        "121110001002,0,13,-999,-999,0,\n"
    )
    found = census(tmp_path, areas, text)
    rows = cells(found)
    assert rows["121110001001"]["B28002_013E"] == "179.095"  # 41.65 % of 430
    assert rows["121110001002"]["B28002_013E"] == ""  # no household, and nothing invented
    assert rows["121110001002"]["B09001_001E"] == ""  # -999 means missing
    assert "B28002_013M" not in rows["121110001001"]
    assert [row.guesses for row in found.rows] == [
        (("B28002_013E", "no-internet-percent"),),
        (),
    ]
    told = {note.code: note.message for note in found.notes}
    assert "no margin of error" in told["percent-without-margin"]
    assert "121110001002 (no households)" in told["percent-missing"]
    assert "children under 18" in told["columns-renamed"]


def test_a_count_goes_over_the_percentage(tmp_path: Path, areas: AreaList) -> None:
    percent = "FIPS,E_HH,NoIntP\n121110001001,430,10\n121110001002,100,10\n"
    counted = "GEOID,B28002_013E,B28002_001E\n121110001001,7,430\n121110001002,8,101\n"
    found = census(tmp_path, areas, counted, percent)
    assert [row.cells["B28002_013E"] for row in found.rows] == ["7", "8"]
    assert [row.cells["B28002_001E"] for row in found.rows] == ["430", "101"]
    codes = [note.code for note in found.notes]
    assert codes == ["columns-renamed", "columns-disagree", "percent-not-used"]


def test_the_latest_year_is_used(tmp_path: Path, areas: AreaList) -> None:
    text = (
        "geoid,year,population,moe\n121110001001,2020,1,1\n121110001002,2020,1,1\n"
        "121110001001,2021,5,2\n121110001002,2021,6,2\n"
    )
    found = census(tmp_path, areas, text)
    assert [row.cells["B01003_001E"] for row in found.rows] == ["5", "6"]
    assert "2021 is used" in found.notes[0].message


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("GEOID,x\n121110001001,1\n", "unknown-layout", "no heading holds an ACS variable"),
        ("place,B28002_013E\n121110001001,1\n", "unknown-layout", "no heading holds census ids"),
        ("GEOID,B28002_013E\n121110001008,1\n121110001009,1\n", "other-census", "another census"),
        ("GEOID,B28002_013E\n12111000100,1\n", "other-census", "of tract level"),
        ("GEOID,B28002_013E\n121110001001,1\n", "other-census", "1 of 2 areas"),
        (
            "GEOID,B28002_013E\n121110001001,1\n121110001001,2\n121110001002,2\n",
            "duplicate-geoid",
            "row 2 has other numbers",
        ),
    ],
)
def test_lists_that_cannot_be_used(
    tmp_path: Path, areas: AreaList, text: str, code: str, words: str
) -> None:
    with pytest.raises(InputError, match=words) as raised:
        census(tmp_path, areas, text)
    assert [problem.code for problem in raised.value.problems] == [code]


@pytest.mark.parametrize("name", ["B28002_001E", "B28002_013MA", "B19013A_001E", "S2801_C01_001E"])
def test_official_ids(name: str) -> None:
    assert OFFICIAL.fullmatch(name)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
GEOMETRY = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Polygon", "MultiPolygon", "Point", "GeometryCollection", "x"]),
        "coordinates": st.sampled_from([[SQUARE], [[SQUARE]], SQUARE, [[[0]]], [], None, [["a"]]]),
    }
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "properties": st.fixed_dictionaries(
                    {"GEOID": st.sampled_from(["121110001001", "12111000100", 1, None]) | JSON}
                )
                | JSON,
                "geometry": GEOMETRY | JSON,
            }
        )
        | JSON,
        max_size=4,
    )
)
def test_no_file_of_shapes_gives_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, features: list[object]
) -> None:
    path = collection(tmp_path_factory.mktemp("fuzz"), features)
    try:
        found = read_areas(path, schools=SCHOOLS, state="FL")
    except InputError as error:
        assert error.problems
    else:
        assert all(shape(a.geometry.__geo_interface__).is_valid for a in found.areas)
