"""`netplan report`: the folder is whole, and what cannot be made is said before the work."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import netplan
from netplan.cli.main import cli
from netplan.errors import InputError
from netplan.report.folder import write_plan
from netplan.report.pdf import PdfError
from tests.unit.after_school import write_after_school
from tests.unit.folders import write_district

_HOME = {"access.toml": "budget_usd_per_year = 20000\ndraws = 50\n"}


def run(*args: str | Path) -> Result:
    """Run a command."""
    return CliRunner().invoke(cli, [str(arg) for arg in args], env={"COLUMNS": "200"})


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_folder_is_whole_and_the_same_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    where = write_after_school(tmp_path / "d", _HOME)
    result = run("report", where, "--out", tmp_path / "a", "--xlsx")
    assert result.exit_code == 0, result.output
    assert f"Open {tmp_path / 'a' / 'board.html'}" in result.output
    files = _files(tmp_path / "a")
    assert {"board.html", "district.xlsx", "district.gpkg", "buildings.csv", "run.json"} <= set(
        files
    )
    assert {"gap_areas.csv", "access_sites.csv", "timetable.csv", "home_findings.csv"} <= set(files)
    record = json.loads(files["run.json"])
    assert record["command"] == "report"
    assert record["files"] == sorted(set(files) - {"run.json"})
    again = run("report", where, "--out", tmp_path / "b", "--xlsx")
    assert again.exit_code == 0
    assert _files(tmp_path / "b") == files


def test_the_tables_are_those_of_plan(tmp_path: Path) -> None:
    district = netplan.load(write_after_school(tmp_path / "d", _HOME))
    report, board = netplan.report(district, out=tmp_path / "report")
    assert board == tmp_path / "report" / "board.html"
    write_plan(report, tmp_path / "plan")
    ours, theirs = _files(tmp_path / "report"), _files(tmp_path / "plan")
    tables = {name for name in theirs if name.endswith(".csv")}
    assert tables == {name for name in ours if name.endswith(".csv")}
    for name in sorted(tables):
        assert ours[name] == theirs[name], name
    # an earlier report of netplan's own is replaced
    netplan.report(district, out=tmp_path / "plan")
    assert set(_files(tmp_path / "plan")) == set(ours)


def test_a_folder_of_the_school_day_alone_is_reported_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = write_district(tmp_path / "three")
    monkeypatch.chdir(tmp_path)
    result = run("report", where, "--event", "testing_map")
    assert result.exit_code == 0, result.output
    folder = tmp_path / "out" / "three-testing_map-report"
    page = (folder / "board.html").read_text(encoding="utf-8")
    assert "the folder has no areas.geojson" in page
    assert "Not a usual day" in page
    assert not (folder / "gap_areas.csv").exists()


def test_without_weasyprint_nothing_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    result = run("report", write_district(tmp_path / "d"), "--out", tmp_path / "out", "--pdf")
    assert isinstance(result.exception, PdfError)
    assert not (tmp_path / "out").exists()


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("keep", encoding="utf-8")
    result = run("report", write_district(tmp_path / "d"), "--out", out)
    assert isinstance(result.exception, InputError)
    assert [path.name for path in out.iterdir()] == ["mine.txt"]


def test_help_has_an_example() -> None:
    assert "Example: netplan report" in run("report", "--help").output
