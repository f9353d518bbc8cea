"""A sweep that is killed at any moment leaves whole files, repeats nothing and loses nothing."""

import json
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import netplan
from netplan.district.model import District
from netplan.studies import checkpoint as checkpoints
from netplan.studies.sweep import sweep
from tests.unit.sweep_district import contents, write_swept

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="forks a warm process (Linux)"),
    # a fork beside threads is a risk for programs that go on; these children are killed
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]
KILLS = 50


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    return netplan.load(write_swept(tmp_path_factory.mktemp("district") / "in"))


@pytest.fixture(scope="module")
def expected(
    district: District, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, bytes], float]:
    """Give the files of a run that nobody disturbs, and how long it takes once warm."""
    folder = tmp_path_factory.mktemp("expected")
    sweep(district, "small", out=folder / "cold", workers=1)
    start = time.monotonic()
    sweep(district, "small", out=folder / "warm", workers=1)
    seconds = time.monotonic() - start
    assert contents(folder / "cold") == contents(folder / "warm")
    return contents(folder / "warm"), seconds


def in_child(work: Callable[[], object]) -> int:
    """Fork a process that does some work and ends without any cleaning up; give its id."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def check_whole(out: Path, expected: dict[str, bytes]) -> int:
    """Hold every file of a killed run against what it must be; give the samples kept."""
    parts = out / ".parts"
    if not out.exists():
        return 0
    for name, data in contents(out).items():
        if not name.startswith(".parts/") and name != "run.json":
            assert data == expected[name], f"{name} is not whole"
        elif name.endswith(("header.json", "run.json")):
            json.loads(data)
    kept = 0
    for path in parts.glob("part-*.parquet"):
        told = json.loads(pq.read_schema(path).metadata[b"netplan"])
        assert path.name == f"part-{told['chunk']:05d}.parquet"
        kept += len({row["sample"] for row in told["districts"]})
    return kept


def test_killed_at_random_moments_and_resumed(
    district: District, expected: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    files, seconds = expected
    moments = random.Random(11)  # noqa: S311  (moments, not secrets)
    out = tmp_path / "out"
    ended = before = 0
    for _ in range(KILLS):
        child = in_child(lambda: sweep(district, "small", out=out, workers=1, resume=True))
        time.sleep(moments.uniform(0.0, 0.5 * seconds))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        kept = check_whole(out, files)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
        if (out / "run.json").exists() and (out / "run.json").read_bytes() == files["run.json"]:
            # it came through to the end: once more from the beginning
            shutil.rmtree(out / ".parts", ignore_errors=True)
            assert contents(out) == files
            shutil.rmtree(out)
            ended, before = ended + 1, 0
            continue
        assert kept >= before, "what was done was lost"
        before = kept
    done: list[int] = []
    sweep(district, "small", out=out, workers=1, resume=True, progress=lambda a, _: done.append(a))
    assert contents(out) == files
    assert done[0] == before, "what was kept is not done again"
    assert ended >= 2


def test_killed_at_every_file(
    district: District,
    expected: tuple[dict[str, bytes], float],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Die before and after each rename: a file is either there and whole, or not there."""
    files, _ = expected
    rename = Path.replace
    renames = 0

    def dying(after: int) -> Callable[[Path, Path], Path]:
        left = [after]

        def replace(self: Path, target: Path) -> Path:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return rename(self, target)

        return replace

    step = 1
    while True:
        out = tmp_path / f"out-{step}"
        monkeypatch.setattr(Path, "replace", dying(step))
        child = in_child(lambda out=out: sweep(district, "small", out=out, workers=1))
        _, status = os.waitpid(child, 0)
        monkeypatch.setattr(Path, "replace", rename)
        if not os.WIFSIGNALED(status):
            break
        check_whole(out, files)
        sweep(district, "small", out=out, workers=1, resume=True)
        assert contents(out) == files, f"rename {step}"
        renames, step = step, step + 3
    assert renames > 12, "every chunk and every result is renamed into its place"


def test_a_kill_while_parts_are_dropped_is_a_finished_sweep(
    district: District,
    expected: tuple[dict[str, bytes], float],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files, _ = expected
    out = tmp_path / "out"

    def half(path: Path, ignore_errors: bool = False) -> None:
        if path.name == ".parts":
            os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(checkpoints.shutil, "rmtree", half)
    child = in_child(lambda: sweep(district, "small", out=out, workers=1))
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    monkeypatch.undo()
    assert (out / ".parts").exists()
    calls: list[int] = []
    sweep(district, "small", out=out, workers=1, resume=True, progress=lambda a, _: calls.append(a))
    assert contents(out) == files
    assert calls == [], "nothing is done again"
