"""`netplan sweep`: what it says, what it writes, and how it is stopped and goes on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from netplan.cli.main import cli
from tests.unit.folders import edited
from tests.unit.sweep_district import SWEEP, contents, write_swept

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "120", "PYTHONWARNINGS": "error"}
COMMAND = [sys.executable, "-m", "netplan", "sweep"]


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(cli, ["sweep", *map(str, args)], env={"COLUMNS": "160"})


def test_the_table_the_files_and_the_json(tmp_path: Path) -> None:
    district = write_swept(tmp_path / "in")
    out, told = tmp_path / "out", tmp_path / "x.json"
    result = run(district, "small", "--out", out, "--workers", "1", "--json", told)
    assert result.exit_code == 0, result.output
    assert "Growth, devices and video" in result.output
    assert "Chance of being over the limit" in result.output
    assert "Elm Elementary" in result.output and "2027-28" in result.output
    assert f"Open {out / 'sweep.html'}" in result.output
    files = contents(out)
    assert {"results.parquet", "districts.parquet", "probabilities.csv", "run.json"} <= set(files)
    record = json.loads(files["run.json"])
    assert record["command"] == "sweep" and record["netplan"]
    assert record["files"] == sorted(set(files) - {"run.json"})
    document = json.loads(told.read_text(encoding="utf-8"))
    assert document["command"] == "sweep" and document["district"] == "Three School District"
    assert document["inputs"]["sweeps/small.toml"]
    assert (document["problems"], document["findings"]) == ([], [])
    assert document["sweep"]["school_years"] == ["2026-27", "2027-28"]
    assert len(document["probabilities"]) == 2 * 3


def test_json_on_standard_output_is_alone_and_the_same_twice(tmp_path: Path) -> None:
    district = write_swept(tmp_path / "in")
    texts = [
        run(district, "small", "--out", tmp_path / name, "--workers", "1", "--json", "-").stdout
        for name in ("a", "b")
    ]
    assert json.loads(texts[0])["sweep"]["samples"] == 12
    assert texts[0] == texts[1]


def test_default_folder_is_that_of_district_and_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_swept(tmp_path / "in", SWEEP.replace("samples = 12", "samples = 2"))
    assert run("in", "sweeps/small.toml", "--workers", "1").exit_code == 0
    assert (tmp_path / "out" / "in-small" / "sweep.html").is_file()


def netplan(*args: str | Path, cwd: Path) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [*COMMAND, *map(str, args)], cwd=cwd, env=ENVIRONMENT, capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_bad_input_is_told_with_its_line_and_nothing_is_written(tmp_path: Path) -> None:
    write_swept(tmp_path / "in", SWEEP.replace("growth_per_year", "growth_per_yaer"))
    bad = netplan("in", "small", cwd=tmp_path)
    assert (bad.returncode, bad.stdout) == (2, "")
    assert "sweeps/small.toml:9:vary.cell" in bad.stderr and "growth_per_year" in bad.stderr
    assert not (tmp_path / "out").exists()
    missing = netplan("in", "smal", cwd=tmp_path)
    assert missing.returncode == 2 and "Did you mean 'small'?" in missing.stderr
    both = netplan("in", "small", "--workers", "2", "--scheduler", "tcp://x:1", cwd=tmp_path)
    assert both.returncode == 2 and "--workers" in both.stderr
    none = netplan("in", "small", "--workers", "0", cwd=tmp_path)
    assert none.returncode == 2


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize(("number", "workers"), [(signal.SIGINT, 2), (signal.SIGTERM, 1)])
def test_stopped_it_says_how_to_go_on(tmp_path: Path, number: signal.Signals, workers: int) -> None:
    write_swept(tmp_path / "in", SWEEP.replace("samples = 12", "samples = 20"))
    args = ["in", "small", "--workers", str(workers), "--out", "out"]
    going = subprocess.Popen(
        [*COMMAND, *args], cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True,
    )  # fmt: skip
    while going.poll() is None and len(list(tmp_path.glob("out/.parts/part-*"))) < 3:
        time.sleep(0.002)
    if number is signal.SIGINT:
        os.killpg(going.pid, number)  # Ctrl-C reaches the workers too
    else:
        going.send_signal(number)
    out, err = going.communicate()
    assert (going.returncode, out) == (130, "")
    assert "Traceback" not in err, err
    assert "samples; what is done is kept" in err and "--resume" in err
    with pytest.raises(ProcessLookupError):
        # nothing of it goes on in its group
        for _ in range(100):
            os.killpg(going.pid, 0)
            time.sleep(0.1)
    refused = netplan(*args, cwd=tmp_path)
    assert refused.returncode == 2 and "unfinished sweep" in refused.stderr
    done = netplan(*args, "--resume", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    whole = netplan("in", "small", "--workers", "1", "--out", "whole", cwd=tmp_path)
    assert whole.returncode == 0
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_threads_of_the_linear_algebra_change_nothing(tmp_path: Path) -> None:
    write_swept(tmp_path / "in", SWEEP.replace("samples = 12", "samples = 3"))
    files = []
    for threads in ("1", "4"):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        done = subprocess.run(
            [*COMMAND, "in", "small", "--workers", "1", "--out", threads], cwd=tmp_path,
            env={**ENVIRONMENT, **dict.fromkeys(names, threads)}, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        files.append((tmp_path / threads / "results.parquet").read_bytes())
    assert files[0] == files[1]


def test_a_district_with_mistakes_is_told_first(tmp_path: Path) -> None:
    folder = write_swept(tmp_path / "in")
    (folder / "schools.csv").write_text(edited("schools", "27.42,", "x,"), encoding="utf-8")
    bad = netplan("in", "small", cwd=tmp_path)
    assert bad.returncode == 2 and "schools.csv:3:lat" in bad.stderr
