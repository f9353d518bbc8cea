"""The command as a process of its own: exit codes, signals, closed pipes, what it loads."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.unit.folders import edited, write_district

ROOT = Path(__file__).parents[2]
HARBOR = ROOT / "data" / "schools" / "harbor-county"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "120", "PYTHONWARNINGS": "error"}
COMMAND = [sys.executable, "-m", "netplan"]


def netplan(*args: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run netplan and give what it said."""
    done = subprocess.run(
        [*COMMAND, *map(str, args)],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def left_in(folder: Path) -> set[str]:
    """Give everything below a folder, hidden files too."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_exit_codes_and_streams(tmp_path: Path) -> None:
    district = write_district(tmp_path / "in")
    found = netplan("check", district, "--fail-on", "over", "--json", "-", cwd=tmp_path)
    assert (found.returncode, found.stderr) == (1, "")
    assert json.loads(found.stdout)["command"] == "check"
    fits = netplan(
        "check", district, "--fail-on", "target", "--target", "fcc_2014_short", cwd=tmp_path
    )
    assert (fits.returncode, fits.stderr) == (0, "")
    assert "Elm Elementary" in fits.stdout
    assert "\x1b" not in fits.stdout  # colors are for terminals
    write_district(tmp_path / "bad", schools=edited("schools", "27.42,", "x,"))
    bad = netplan("check", "bad", "--json", "x.json", cwd=tmp_path)
    assert (bad.returncode, bad.stdout) == (2, "")
    assert "schools.csv:3:lat: " in bad.stderr
    assert not (tmp_path / "x.json").exists()
    usage = netplan("check", "bad", "--jsn", cwd=tmp_path)
    assert (usage.returncode, usage.stdout) == (2, "")


def test_help_loads_no_pandas_and_no_numba(tmp_path: Path) -> None:
    code = """
import sys
sys.argv = ["netplan", *sys.argv[1:]]
from netplan.cli.main import main
try:
    main()
finally:
    heavy = {"pandas", "numpy", "scipy", "numba", "rich", "networkx", "pandera", "geopandas"}
    print(sorted(heavy & set(sys.modules)), file=sys.stderr)
"""
    for args in (["--help"], ["plan", "--help"], ["--version"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *args],
            cwd=tmp_path, env=ENVIRONMENT, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "[]\n")
        assert "netplan" in done.stdout


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the sample district without its after-school half, whose search takes long."""
    folder = tmp_path_factory.mktemp("day") / "harbor"
    day_files = ("district", "schools", "enrollment", "devices", "bell", "nodes", "links")
    shutil.copytree(
        HARBOR,
        folder,
        ignore=lambda _, names: {name for name in names if Path(name).stem not in day_files},
    )
    return folder


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_nothing_behind(tmp_path: Path, number: signal.Signals, day: Path) -> None:
    run = subprocess.Popen(
        [*COMMAND, "plan", str(day), "--out", "out/here", "--json", "x.json"],
        cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        encoding="utf-8",
    )  # fmt: skip
    # stop it in the middle of writing: as soon as the unfinished folder has a page in it
    while run.poll() is None and not list(tmp_path.glob("out/.here.*.partial/**/*.html")):
        time.sleep(0.001)
    run.send_signal(number)
    out, err = run.communicate()
    if run.returncode == 0:
        pytest.skip("it had finished before the signal came")
    assert run.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert "stopped" in err
    assert "Run the same command again" in err
    assert left_in(tmp_path) <= {"out"}


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_a_signal_keeps_the_earlier_output(tmp_path: Path, day: Path) -> None:
    write_district(tmp_path / "in")
    assert netplan("plan", "in", "--out", "out", cwd=tmp_path).returncode == 0
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    run = subprocess.Popen(
        [*COMMAND, "plan", str(day), "--out", "out"],
        cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while run.poll() is None and not list(tmp_path.glob(".out.*.partial/**/*.html")):
        time.sleep(0.001)
    run.send_signal(signal.SIGTERM)
    if run.wait() == 0:
        pytest.skip("it had finished before the signal came")
    assert {p: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()} == before
    assert {path.name for path in tmp_path.iterdir()} == {"in", "out"}


@pytest.mark.skipif(os.name != "posix", reason="pipes as POSIX has them")
@pytest.mark.parametrize("extra", [("--all",), ("--json", "-")])
def test_a_closed_pipe_is_no_traceback(tmp_path: Path, extra: tuple[str, ...]) -> None:
    run = subprocess.Popen(
        [*COMMAND, "check", str(HARBOR), *extra],
        cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        encoding="utf-8",
    )  # fmt: skip
    assert run.stdout is not None
    assert run.stderr is not None
    run.stdout.close()  # as `| head -0` does
    err = run.stderr.read()
    run.stderr.close()
    run.wait()
    assert "Traceback" not in err
    assert "BrokenPipe" not in err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_a_folder_without_the_right_to_write(tmp_path: Path) -> None:
    district = write_district(tmp_path / "in")
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o555)
    for args in (["plan", district, "--out", "shut/out"], ["check", district, "--json", "shut/x"]):
        done = netplan(*args, cwd=tmp_path)
        assert done.returncode == 2
        assert "cannot be written" in done.stderr
    assert left_in(shut) == set()


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs a place no one can write to")
@pytest.mark.parametrize(
    "args",
    [
        ("plan", "in", "--out", "/proc/netplan/out"),
        ("check", "in", "--json", "/proc/netplan.json"),
        ("synth", "/proc/netplan/made", "--schools", "3", "--seed", "1"),
        ("init", "/proc/netplan/started", "--schools", "list.csv"),
    ],
)
def test_a_place_that_cannot_be_written_to(tmp_path: Path, args: tuple[str, ...]) -> None:
    write_district(tmp_path / "in")
    (tmp_path / "list.csv").write_text(
        "school_id,name,lat,lon,level,enrollment\n1,Elm,27.4,-80.4,elementary,200\n"
    )
    before = left_in(tmp_path)
    done = netplan(*args, cwd=tmp_path)
    assert done.returncode == 2
    assert "written" in done.stderr
    assert left_in(tmp_path) == before
