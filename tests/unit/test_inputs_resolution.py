"""Which row holds for whom: populations, activity_shares, and the catalogs that stand in."""

from pathlib import Path

import pandas as pd
import pytest

from netplan.errors import InputError
from netplan.inputs import catalogs
from netplan.inputs.catalog_schemas import CATALOG_SCHEMAS, CATALOGS
from netplan.inputs.folder import read_folder
from netplan.inputs.schemas import SCHEMAS, TABLES, column_names
from tests.unit.folders import edited, with_rows, write_district

HEAD = "school_id,group,kind,per_person\n"
ENROLLMENT = "school_id,grade,students\nE1,K,60\nE1,3,80\nE1,4,60\nM1,7,400\n"


def people(folder: Path, **overrides: str | None) -> dict[tuple[str, str, str], float]:
    """Give devices per person by school, cell and kind."""
    table = read_folder(write_district(folder, **overrides)).tables["populations"]
    keys = zip(table["school_id"], table["group"], table["kind"], strict=True)
    return dict(zip(keys, table["per_person"], strict=True))


def shares(folder: Path, **overrides: str | None) -> dict[tuple[str, str, str], dict[str, float]]:
    """Give app to share by level, period and cell."""
    table = read_folder(write_district(folder, **overrides)).tables["activity_shares"]
    found: dict[tuple[str, str, str], dict[str, float]] = {}
    for row in table.itertuples(index=False):
        found.setdefault((row.level, row.period, row.group), {})[row.app] = row.share
    return found


def test_populations_by_hand(tmp_path: Path) -> None:
    table = read_folder(write_district(tmp_path)).tables["populations"]
    assert list(table.columns) == [
        "school_id",
        "group",
        "kind",
        "owner",
        "people",
        "per_person",
        "present_share",
        "background_down_mbps",
        "background_up_mbps",
    ]
    assert list(zip(table["school_id"], table["group"], table["people"], strict=True)) == [
        ("E1", "students", 200.0),
        ("E1", "staff", 20.0),
        ("H1", "students", 800.0),
        ("H1", "staff", 80.0),
        ("M1", "students", 400.0),
        ("M1", "staff", 40.0),
    ]


def test_the_most_specific_row_wins(tmp_path: Path) -> None:
    devices = HEAD + (
        "*,students,ipad,1\n*,3-12,ipad,2\n*,4,ipad,3\n"
        "M1,students,ipad,4\n*,7,ipad,5\nE1,K-2,tablet,6\n*,staff,laptop,1\n"
    )
    assert people(tmp_path, devices=devices, enrollment=ENROLLMENT) == {
        ("E1", "K", "ipad"): 1.0,  # students
        ("E1", "3", "ipad"): 2.0,  # a range over students
        ("E1", "4", "ipad"): 3.0,  # one grade over a range
        ("E1", "K", "tablet"): 6.0,
        ("M1", "7", "ipad"): 4.0,  # one school over *, even over its one grade
        ("H1", "students", "ipad"): 1.0,  # not in enrollment.csv: students as one
        ("E1", "staff", "laptop"): 1.0,
        ("M1", "staff", "laptop"): 1.0,
        ("H1", "staff", "laptop"): 1.0,
    }


def test_people_come_from_the_grades_and_from_schools(tmp_path: Path) -> None:
    schools = edited("schools", "enrollment,staff", "enrollment,staff,guests")
    for row, guests in (("200,20", "5"), ("400,40", "0"), ("800,80", "")):
        schools = schools.replace(row + "\n", f"{row},{guests}\n")
    devices = HEAD + "*,students,c,1\n*,guests,phone,0.5\n"
    folder = write_district(tmp_path, schools=schools, devices=devices, enrollment=ENROLLMENT)
    inputs = read_folder(folder)
    table = inputs.tables["populations"]
    by_cell = table.set_index(["school_id", "group"])["people"].to_dict()
    assert by_cell == {
        ("E1", "K"): 60.0,
        ("E1", "3"): 80.0,
        ("E1", "4"): 60.0,
        ("E1", "guests"): 5.0,
        ("M1", "7"): 400.0,
        ("H1", "students"): 800.0,
    }
    assert [problem.code for problem in inputs.problems] == ["people-unknown"]


def test_defaults_fill_empty_cells(tmp_path: Path) -> None:
    tables = read_folder(
        write_district(
            tmp_path,
            devices=HEAD + "*,students,c,1\n",
            links=edited("links", "1000,1000,primary,leased", "1000,,,"),
            apps="app,down_mbps,up_mbps\nvideo,3,1\nweb,1,1\nfiles,1,1\n",
            bell="period,start,end\nlunch,11:00,12:00\nclass1,08:00,11:00\nclass2,12:00,15:00\n",
        )
    ).tables
    assert set(tables["devices"]["present_share"]) == {1.0}
    assert set(tables["devices"]["background_up_mbps"]) == {0.0}
    assert tables["devices"]["owner"].isna().all()
    circuit = tables["links"].set_index("link_id").loc["circuit"]
    assert (circuit["up_mbps"], circuit["role"], circuit["cost"]) == (1000.0, "primary", 1.0)
    assert circuit["count"] == 1.0
    video = tables["apps"].set_index("app").loc["video"]
    assert (video["cv"], video["destination"], video["cached_share"]) == (0.0, "internet", 0.0)
    assert list(tables["bell"]["period"]) == ["class1", "lunch", "class2"]
    assert set(tables["bell"]["kind"]) == {"class"}


def test_a_named_level_replaces_all_rows_of_its_period(tmp_path: Path) -> None:
    found = shares(tmp_path, activities=with_rows("activities", "high,class1,files,0.3,"))
    assert found["high", "class1", "students"] == {"files": 0.3}
    assert found["high", "class2", "students"] == {"video": 0.2, "web": 0.2, "files": 0.1}
    assert found["middle", "class1", "students"] == {"video": 0.1, "web": 0.2}
    assert found["middle", "class1", "staff"] == {"video": 0.1, "web": 0.2}
    assert len(found) == 3 * 3 * 2  # levels, periods, cells


def test_the_most_specific_group_wins_as_a_whole(tmp_path: Path) -> None:
    rows = ["*,lunch,files,0.2,students", "*,lunch,video,0.3,3-12", "*,lunch,video,0.4,4"]
    found = shares(tmp_path, activities=with_rows("activities", *rows), enrollment=ENROLLMENT)
    assert found["elementary", "lunch", "K"] == {"files": 0.2}
    assert found["elementary", "lunch", "3"] == {"video": 0.3}
    assert found["elementary", "lunch", "4"] == {"video": 0.4}
    assert found["elementary", "lunch", "staff"] == {"web": 0.1}
    assert found["high", "lunch", "students"] == {"files": 0.2}


def test_the_catalog_of_activities_is_spread_over_the_bell(tmp_path: Path) -> None:
    found = shares(tmp_path, activities=None)
    catalog = catalogs.load_catalog("activities")
    for (level, period, cell), apps in found.items():
        kind = "lunch" if period == "lunch" else "class"
        rows = catalog[(catalog["kind"] == kind) & (catalog["group"] == cell)]
        own = rows[rows["level"] == level]
        rows = (
            own if len(catalog[(catalog["kind"] == kind) & (catalog["level"] == level)]) else rows
        )
        rows = rows[rows["level"].isin([level, "*"])]
        assert apps == dict(zip(rows["app"], rows["share"], strict=True))
        assert sum(apps.values()) <= 1


def test_rows_of_apps_replace_or_join_the_catalog(tmp_path: Path) -> None:
    catalog = catalogs.load_catalog("apps")
    name = str(catalog["app"].iloc[0])
    folder = write_district(tmp_path, apps=with_rows("apps", f"{name},9,9,,,,,own"))
    apps = read_folder(folder).tables["apps"].set_index("app")
    assert apps.loc[name, "down_mbps"] == 9.0
    assert set(apps.index) == set(catalog["app"]) | {"video", "web", "files"}
    assert apps.index.is_unique
    assert apps.index.is_monotonic_increasing


def test_every_table_fits_its_schema_and_is_sorted(tmp_path: Path) -> None:
    measured = "link_id,direction,p95_mbps,weeks,period\nwan-H1,up,5,2,\nwan-H1,down,50,2,lunch\n"
    folder = write_district(tmp_path, measured=measured, enrollment=ENROLLMENT)
    tables = read_folder(folder).tables
    for name, spec in TABLES.items():
        assert list(tables[name].columns[: len(spec.columns)]) == column_names(name)
        SCHEMAS[name].validate(tables[name], lazy=True)
        assert isinstance(tables[name].index, pd.RangeIndex)
        for field in spec.fields:
            kind = "float64" if field.numeric else "str"
            assert str(tables[name][field.name].dtype) == kind, (name, field.name)
    assert list(tables["measured"]["direction"]) == ["down", "up"]
    assert tables["links"]["link_id"].is_monotonic_increasing
    assert list(tables["enrollment"]["grade"]) == ["K", "3", "4", "7"]
    for name, spec in CATALOGS.items():
        if name not in TABLES:
            assert list(tables[name].columns[: len(spec.columns)]) == list(spec.columns)
            CATALOG_SCHEMAS[name].validate(tables[name], lazy=True)


def test_a_broken_catalog_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogs, "CATALOG_FOLDER", "../..")
    with pytest.raises(FileNotFoundError):
        catalogs.load_catalog("apps")


def test_an_empty_district_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        read_folder(write_district(tmp_path, schools="school_id,name,lat,lon,level,enrollment\n"))
    assert [problem.code for problem in raised.value.problems] == ["no-rows"]
