"""The output folder is whole or absent, replaces only its own, and is the same twice."""

import csv
import json
from pathlib import Path

import pytest

from netplan.errors import InputError
from netplan.report import folder as folder_module
from netplan.report.folder import write_plan
from netplan.report.tables import neutral
from tests.browser.sample import HOSTILE, sample_report

TABLES = "findings buildings links failures wifi targets periods assumptions"


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_everything_is_there(tmp_path: Path) -> None:
    index = write_plan(sample_report(), tmp_path / "deep" / "out")
    assert index == tmp_path / "deep" / "out" / "index.html"
    files = _files(index.parent)
    assert {f"{name}.csv" for name in TABLES.split()} <= set(files)
    assert {"index.html", "check.json", "run.json", "buildings/S001.html"} <= set(files)
    assert sum(name.startswith("buildings/") for name in files) == 24
    assert files["check.json"].decode() == sample_report().to_json()
    run = json.loads(files["run.json"])
    assert run["files"] == sorted(set(files) - {"run.json"})
    assert run["seed"] is None
    assert run["command"] == "plan"
    assert run["inputs"]["schools.csv"] == "ab" * 32
    assert run["libraries"]["numpy"]


def test_the_same_report_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    write_plan(sample_report(), tmp_path / "a")
    write_plan(sample_report(), tmp_path / "b")
    assert _files(tmp_path / "a") == _files(tmp_path / "b")
    assert (
        json.loads((tmp_path / "a" / "run.json").read_text())["created"] == "2027-01-15T08:00:00Z"
    )


def test_an_earlier_output_is_replaced_and_nothing_else_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_plan(sample_report(), out)
    (out / ".DS_Store").write_bytes(b"looked at")
    write_plan(sample_report(schools=3), out)
    assert len(list((out / "buildings").iterdir())) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    write_plan(sample_report(schools=2), tmp_path)
    assert (tmp_path / "index.html").is_file()


@pytest.mark.parametrize("name", ["thesis.docx", "run.json", "buildings/mine.html"])
def test_a_folder_of_others_is_left_alone(tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    if "/" in name:
        write_plan(sample_report(schools=2), out)
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    (out / name).write_text('{"mine": true}')
    before = _files(out)
    if name == "run.json":
        (out / "other").write_text("x")
        before = _files(out)
    with pytest.raises(InputError, match="netplan did not write"):
        write_plan(sample_report(schools=2), out)
    assert _files(out) == before


def test_a_file_and_a_link_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="is a file"):
        write_plan(sample_report(schools=2), tmp_path / "file")
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(InputError, match="symbolic link"):
        write_plan(sample_report(schools=2), tmp_path / "link")
    write_plan(sample_report(schools=2), tmp_path / "real")
    (tmp_path / "outside").mkdir()
    (tmp_path / "real" / "more").symlink_to(tmp_path / "outside")
    with pytest.raises(InputError, match="holds more"):
        write_plan(sample_report(schools=2), tmp_path / "real")


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failure_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    out = tmp_path / "out"
    write_plan(sample_report(schools=2), out)
    before = _files(out)

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(folder_module, "run_record", fail)
    with pytest.raises(error):
        write_plan(sample_report(), out)
    assert _files(out) == before
    with pytest.raises(error):
        write_plan(sample_report(), tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_place_that_cannot_be_written_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        write_plan(sample_report(schools=2), tmp_path / "file" / "out")


@pytest.mark.parametrize(
    ("value", "text"),
    [("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\tx", "'\tx"),
     ("\rx", "'\rx"), (-1.5, "-1.5"), (-3, "-3"), (None, ""), (float("inf"), ""),
     (True, "true"), ("plain", "plain"), (1 / 3, "0.333333333")],
)  # fmt: skip
def test_formulas_are_neutralised_and_numbers_are_not(value: object, text: str) -> None:
    assert neutral(value) == text


def test_hostile_names_in_csv(tmp_path: Path) -> None:
    write_plan(sample_report(hostile=True), tmp_path)
    for path in tmp_path.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.reader(stream):
                for text in row:
                    if text[:1] in set("=+-@\t\r"):
                        float(text)  # only numbers may start so
    with (tmp_path / "buildings.csv").open(encoding="utf-8-sig", newline="") as stream:
        names = [row["name"] for row in csv.DictReader(stream)]
    assert "'=cmd|'/C calc'!A0" in names
    assert HOSTILE[0] in names
