"""A sweep on a real Dask scheduler and two workers on this machine, one of which is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import netplan
from netplan.errors import SourceError
from netplan.studies import workers
from netplan.studies.sweep import sweep
from tests.unit.sweep_district import SWEEP, contents, write_swept

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
pytestmark = [
    pytest.mark.network,
    pytest.mark.enable_socket,
    # of dask's own sockets, when a cluster goes away
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
ROOT = Path(__file__).parents[2]
#: Long enough that there is a half way.
LONG = SWEEP.replace("samples = 12", "samples = 32")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A scheduler and its workers, as processes of this test."""

    address: str
    scheduler: "subprocess.Popen[bytes]"
    workers: tuple["subprocess.Popen[bytes]", ...]


def started(module: str, *args: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{module}", *args],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def cluster(folder: Path, count: int) -> Iterator[Cluster]:
    said = folder / "scheduler.json"
    local = ("--host", "127.0.0.1")
    processes = [
        started(
            "dask_scheduler", *local, "--port", "0", "--no-dashboard",
            "--scheduler-file", str(said),
        )
    ]  # fmt: skip
    try:
        patience = time.monotonic() + 60
        while not said.exists():
            assert processes[0].poll() is None and time.monotonic() < patience
            time.sleep(0.05)
        address = json.loads(said.read_text(encoding="utf-8"))["address"]
        for number in range(count):
            processes.append(
                started(
                    "dask_worker", address, *local, "--nthreads", "1", "--no-nanny",
                    "--no-dashboard", "--local-directory", str(folder / str(number)),
                )
            )  # fmt: skip
        yield Cluster(address=address, scheduler=processes[0], workers=tuple(processes[1:]))
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


@pytest.fixture
def two_workers(tmp_path: Path) -> Iterator[Cluster]:
    yield from cluster(tmp_path, 2)


@pytest.fixture
def no_worker(tmp_path: Path) -> Iterator[Cluster]:
    yield from cluster(tmp_path, 0)


def test_same_bytes_as_serial_though_a_worker_is_killed(
    two_workers: Cluster, tmp_path: Path
) -> None:
    district = netplan.load(write_swept(tmp_path / "in", LONG))
    sweep(district, "small", out=tmp_path / "serial", workers=1)
    killed: list[int] = []

    def half_way(done: int, total: int) -> None:
        if 2 * done >= total and not killed:
            two_workers.workers[0].send_signal(signal.SIGKILL)
            two_workers.workers[0].wait()
            killed.append(done)

    report = sweep(
        district,
        "small",
        out=tmp_path / "cluster",
        scheduler=two_workers.address,
        progress=half_way,
    )
    assert killed and killed[0] < 32, "the worker is killed while there is work"
    assert two_workers.workers[1].poll() is None
    assert contents(tmp_path / "cluster") == contents(tmp_path / "serial")
    assert report.results["sample"].nunique() == 32


def test_a_scheduler_that_goes_away_loses_nothing(two_workers: Cluster, tmp_path: Path) -> None:
    district = netplan.load(write_swept(tmp_path / "in"))
    sweep(district, "small", out=tmp_path / "serial", workers=1)

    def gone(done: int, _total: int) -> None:
        if done:
            two_workers.scheduler.kill()

    out = tmp_path / "cluster"
    with pytest.raises(SourceError, match=r"went away.*--resume"):
        sweep(district, "small", out=out, scheduler=two_workers.address, progress=gone)
    done: list[int] = []
    sweep(district, "small", out=out, workers=1, resume=True, progress=lambda a, _: done.append(a))
    assert done[0] > 0, "what was done is not done again"
    assert contents(out) == contents(tmp_path / "serial")


def test_what_is_wrong_with_a_cluster_is_said(
    no_worker: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_PATIENCE_S", 1)
    district = netplan.load(write_swept(tmp_path / "in"))
    with pytest.raises(SourceError, match="has no worker after 1 seconds"):
        sweep(district, "small", out=tmp_path / "out", scheduler=no_worker.address)
    with pytest.raises(SourceError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        sweep(district, "small", out=tmp_path / "out", scheduler="tcp://127.0.0.1:9", resume=True)
    with pytest.raises(SourceError, match="no Dask scheduler answers at nonsense"):
        sweep(district, "small", out=tmp_path / "out", scheduler="nonsense://x", resume=True)
    # and what was begun goes on here
    sweep(district, "small", out=tmp_path / "out", workers=1, resume=True)
    assert (tmp_path / "out" / "results.parquet").is_file()
