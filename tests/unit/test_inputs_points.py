"""students_points.csv: counted by area, and nothing of a point is to be found afterward."""

import pickle
from pathlib import Path

import pytest

from netplan.inputs.folder import read_folder, validate_folder
from netplan.inputs.points import NOT_HASHED
from tests.unit.after_school import NE, NW, SE, SW, write_after_school

#: Two students in SW, one in NE, one far away.
POINTS = (
    "lat,lon,name\n27.3912345,-80.4198765,Zebulon Quux\n27.3856789,-80.4012345,Yolanda Quux\n"
    "27.4498765,-80.3523456,Xerxes Quux\n40.1234567,-75.7654321,Wilma Quux\n"
)
SECRETS = (
    "27.39123", "80.41987", "27.38567", "80.40123", "27.44987", "80.35234", "40.12345", "75.76543",
    "Zebulon", "Yolanda", "Quux",
)  # fmt: skip


def write(folder: Path, points: str | bytes, **more: str | bytes | None) -> Path:
    """Write the district with student points in place of students.csv."""
    return write_after_school(folder, {"students_points.csv": points}, **{"students": None, **more})


def test_points_are_counted_by_area(tmp_path: Path) -> None:
    inputs = read_folder(write(tmp_path, POINTS))
    table = inputs.tables["students"]
    assert list(table.columns) == ["geoid", "students", "students_offline", "origin"]
    assert dict(zip(table["geoid"], table["students"], strict=True)) == {SW: 2, SE: 0, NW: 0, NE: 1}
    assert set(table["origin"]) == {"points"}
    assert table["students_offline"].isna().all()
    assert [(p.code, p.severity) for p in inputs.problems] == [("points-outside", "note")]
    assert "1 of 4 points" in inputs.problems[0].message


def test_nothing_of_a_point_is_left(tmp_path: Path) -> None:
    inputs = read_folder(write(tmp_path, POINTS))
    assert inputs.hashes["students_points.csv"] == NOT_HASHED
    frames = "\n".join(
        frame.drop(columns="geometry", errors="ignore").to_csv() for frame in inputs.tables.values()
    )
    told = "\n".join(map(str, (*inputs.problems, *inputs.assumptions, *inputs.hashes.items())))
    pickled = pickle.dumps({name: table for name, table in inputs.tables.items()})  # noqa: C416
    for secret in SECRETS:
        assert secret not in frames
        assert secret not in told
        assert secret.encode() not in pickled
    assert "students_points" not in inputs.tables


@pytest.mark.parametrize(
    ("points", "code", "row"),
    [
        ("27.3912345,-80.4198765\n27.3856789,-80.4012345\n", "missing-column", 1),
        (POINTS.replace(",", ";"), "wrong-delimiter", 1),
        (POINTS.replace("27.3856789", "27.3856789x"), "bad-point", 3),
        (POINTS.replace("27.3856789", "127.3856789"), "bad-point", 3),
        (POINTS.replace("27.3856789", ""), "bad-point", 3),
        (POINTS.replace("27.3856789", "0"), "bad-point", 3),
        (POINTS.replace("27.3856789", "nan"), "bad-point", 3),
        (POINTS.replace("-80.4012345", "-80.4012345,27.3856789"), "ragged-row", 3),
        (POINTS.replace("Yolanda Quux", '"Yolanda'), "bad-quoting", 3),
        (POINTS.replace("Yolanda", "Yol\xe1nda").encode("latin-1"), "wrong-encoding", 3),
        (POINTS.replace("lat,lon", "lat,lat,lon"), "duplicate-column", 1),
        (POINTS.replace("lat,lon", "27.3912345,lon"), "missing-column", 1),
        (POINTS.replace("lat,lon", "lon,lat"), "points-outside", None),
        ("lat,lon\n", "no-rows", None),
        ("", "empty-file", None),
        (b"PK\x03\x04 27.3912345", "not-csv", None),
        (b"\xff\xfe2\x007\x00", "wrong-encoding", 1),
    ],
)
def test_no_message_shows_a_point(
    tmp_path: Path, points: str | bytes, code: str, row: int | None
) -> None:
    problems = validate_folder(write(tmp_path, points))
    errors = [p for p in problems if p.severity == "error"]
    assert (code, row) in [(p.code, p.row) for p in errors], [str(p) for p in errors]
    for problem in problems:
        assert problem.value is None
        assert not any(secret in str(problem) for secret in SECRETS), str(problem)
        assert problem.fix


def test_two_answers_to_where_students_live_are_an_error(tmp_path: Path) -> None:
    folder = write_after_school(tmp_path, {"students_points.csv": POINTS})
    errors = [p for p in validate_folder(folder) if p.severity == "error"]
    assert [p.code for p in errors] == ["two-student-files"]


def test_points_need_areas(tmp_path: Path) -> None:
    errors = [
        p for p in validate_folder(write(tmp_path, POINTS, areas=None)) if p.severity == "error"
    ]
    assert [p.code for p in errors] == ["points-without-areas"]
