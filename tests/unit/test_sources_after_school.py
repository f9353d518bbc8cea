"""The folder that `netplan init` writes from school lists and after-school lists together."""

import csv
import json
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

from netplan.errors import InputError
from netplan.inputs.model import AccessSettings
from netplan.inputs.schemas import TABLES, column_names
from netplan.sources.fleet import ACCESS_TOML
from netplan.sources.lists import InitResult, init_folder
from netplan.sources.rules import RULE

SCHOOLS = """School ID,School Name,Enrollment,Latitude,Longitude,Grades
S1,Ash Elementary,300,27.35,-80.45,K-5
S2,Birch High,550,27.35,-80.35,9-12
"""
ACS = """GEOID,B28002_001E,B28002_001M,B28002_013E,B28002_013M
121110001001,480,91,51,41
121110001002,309,86,50,43
"""
STOPS = "stop_id,stop_name,lat,lon\n10,A,27.35,-80.45\n11,B,27.35001,-80.45\n12,C,27.36,-80.4\n"
LIBRARIES = "Library ID,Library,Seats,Hours per week,Latitude,Longitude\nL1,Elm,20,25,27.35,-80.4\n"
PARKS = "Name,Lat,Lon\nElm Park,27.37,-80.4\n"


def square(west: float, geoid: str) -> dict[str, object]:
    ring = [[west, 27.3], [west + 0.1, 27.3], [west + 0.1, 27.4], [west, 27.4], [west, 27.3]]
    return {
        "type": "Feature",
        "properties": {"GEOID": geoid, "school_id": "S1" if west == -80.5 else "S2"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def lists(folder: Path) -> dict[str, Path]:
    folder.mkdir(exist_ok=True)
    shapes = json.dumps(
        {
            "type": "FeatureCollection",
            "features": [square(-80.5, "121110001001"), square(-80.4, "121110001002")],
        }
    )
    texts = {
        "schools.csv": SCHOOLS, "acs.csv": ACS, "areas.geojson": shapes, "stops.csv": STOPS,
        "libraries.csv": LIBRARIES, "parks.csv": PARKS,
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {name.split(".")[0]: folder / name for name in texts}


def start(tmp_path: Path, folder: str = "harbor", **other: object) -> InitResult:
    paths = lists(tmp_path / "lists")
    given: dict[str, object] = {
        "schools": paths["schools"], "state": "FL", "areas": paths["areas"],
        "acs": [paths["acs"]], "zones": paths["areas"], "libraries": paths["libraries"],
        "parks": paths["parks"], "stops": paths["stops"], "buses": 2, **other,
    }  # fmt: skip
    return init_folder(tmp_path / folder, **given)  # type: ignore[arg-type]


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_table_stands_there_in_the_contract_s_columns(tmp_path: Path) -> None:
    made = start(tmp_path)
    files = {path.name for path in made.folder.iterdir()}
    assert files >= {
        "areas.geojson", "acs.csv", "zones.geojson", "partners.csv", "stops.csv", "buses.csv",
        "slots.csv", "offers.csv", "access.toml", "left-out-after-school.csv", "guesses.csv",
    }  # fmt: skip
    for table in ("partners", "stops", "buses", "slots", "offers"):
        assert table in TABLES
        header = (made.folder / f"{table}.csv").read_text(encoding="utf-8").splitlines()[0]
        columns = header.split(",")
        assert columns[: len(column_names(table))] == column_names(table)
        # What stands beside the contract is init's own, and netplan says nothing of it.
        assert set(columns) - set(column_names(table)) <= {"guess", "source_row"}
    assert [row["stop_id"] for row in rows(made.folder, "stops.csv")] == ["park-2", "10", "12"]
    assert len(rows(made.folder, "buses.csv")) == 2
    assert len(rows(made.folder, "slots.csv")) == 10
    areas = json.loads((made.folder / "areas.geojson").read_text())
    assert [one["properties"] for one in areas["features"]] == [
        {"geoid": "121110001001"},
        {"geoid": "121110001002"},
    ]
    zones = json.loads((made.folder / "zones.geojson").read_text())
    assert [one["properties"]["school_id"] for one in zones["features"]] == ["S1", "S2"]


def test_every_guess_is_marked_and_has_a_source(tmp_path: Path) -> None:
    made = start(tmp_path)
    listed = {(row["file"], row["key"], row["column"]) for row in rows(made.folder, "guesses.csv")}
    for table in ("partners", "stops", "buses", "slots", "offers"):
        for row in rows(made.folder, f"{table}.csv"):
            key = next(iter(row.values()))
            marks = [part.split(": ") for part in row["guess"].split("; ") if part]
            for columns, rule in marks:
                assert rule in RULE
                for column in columns.split(", "):
                    assert (f"{table}.csv", key, column) in listed
    text = (made.folder / "README.md").read_text(encoding="utf-8")
    assert "a bus stop is no parking place" in text
    assert "1 m from stop 10, which stands for both" in text
    (left,) = rows(made.folder, "left-out-after-school.csv")
    assert (left["file"], left["row"], left["id"]) == ("stops.csv", "3", "11")


def test_access_toml_is_whole_with_every_line_taken_in(tmp_path: Path) -> None:
    made = start(tmp_path)
    assert tomllib.loads((made.folder / "access.toml").read_text()) == {"definition": "none"}
    lines = ACCESS_TOML.splitlines()
    taken = [line.removeprefix("# ") for line in lines if " = " in line]
    told = tomllib.loads("\n".join(taken))
    assert set(told) >= {"walk_limit_m", "student_mbps", "equity"}
    # Every value shown is the default, but for the two that have none.
    defaults = asdict(AccessSettings())
    assert {key for key, value in told.items() if defaults[key] != value} == {
        "budget_usd_per_year",
        "coverage_goal",
    }


def test_a_folder_without_after_school_lists_is_as_it_was(tmp_path: Path) -> None:
    paths = lists(tmp_path / "lists")
    made = init_folder(tmp_path / "plain", schools=paths["schools"], state="FL")
    assert {path.name for path in made.folder.iterdir()} == {
        "district.toml", "schools.csv", "devices.csv", "nodes.csv", "links.csv", "guesses.csv",
        "left-out.csv", "README.md",
    }  # fmt: skip
    assert made.left_out_after_school == ()


def test_the_same_lists_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = start(tmp_path, "one", name="H").folder, start(tmp_path, "two", name="H").folder
    assert {path.name: path.read_bytes() for path in one.iterdir()} == {
        path.name: path.read_bytes() for path in two.iterdir()
    }


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("areas", None, "needs the areas"),
        ("buses", 0, "no number of buses"),
        ("buses", -3, "no number of buses"),
        ("libraries", Path("no-such.csv"), "no such file"),
        ("areas", Path("no-such.geojson"), "no such file"),
    ],
)
def test_what_cannot_be_meant_writes_nothing(
    tmp_path: Path, option: str, value: object, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        start(tmp_path, **{option: value})
    assert not (tmp_path / "harbor").exists()


def test_a_mapping_file_names_the_columns_of_every_list(tmp_path: Path) -> None:
    stops = tmp_path / "own.csv"
    stops.write_text("Nr,Ort,Nord,Ost\n7,Oak,27.35,-80.40\n")
    mapping = tmp_path / "map.toml"
    mapping.write_text('[stops]\nstop_id = "Nr"\nname = "Ort"\nlat = "Nord"\nlon = "Ost"\n')
    made = start(tmp_path, stops=stops, mapping=mapping, parks=None)
    assert [row["name"] for row in rows(made.folder, "stops.csv")] == ["Oak"]
    with pytest.raises(InputError, match=r"\[stops\]"):
        start(tmp_path, "again", stops=stops)
