"""How long ``netplan --help`` takes, what it imports, and what compiling costs the first run."""

import json
import resource
import statistics
from dataclasses import dataclass
from pathlib import Path

from benchmarks import shapes
from benchmarks.runner import run_python

#: Libraries that a help text has no use for.
HEAVY = ("pandas", "geopandas", "numba", "scipy", "networkx", "folium", "pandera", "shapely")
HELP = ["-m", "netplan", "--help"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Startup:
    """Start-up of the command line against a bare interpreter.

    Parameters
    ----------
    bare_s, help_s
        CPU seconds of the process, median of the runs.
    heavy
        What of HEAVY was imported.
    compile_s, cached_s
        CPU seconds until netplan's routing and failure sweep have run on five nodes, with no
        machine code on disk (the first run on a machine) and with it.
    note
        Why there is nothing.
    """

    bare_s: float | None = None
    help_s: float | None = None
    heavy: tuple[str, ...] = ()
    compile_s: float | None = None
    cached_s: float | None = None
    note: str = ""


def _cpu_of(arguments: list[str], runs: int) -> float:
    seconds = []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run_python(arguments)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(seconds)


def _compile(folder: Path) -> tuple[float | None, float | None]:
    """Run the sweep on five nodes twice, the first time with an empty cache of machine code."""
    shape, answer = folder / "tiny.npz", folder / "tiny-answer.npz"
    shapes.tiny().save(shape)
    command = ["-m", "benchmarks.worker", "netplan_peer", "sweep", str(shape), str(answer)]
    extra = {"NUMBA_CACHE_DIR": str(folder / "machine-code")}
    seconds = []
    for _ in range(2):
        done = run_python([*command, "--limit", "0"], extra=extra)
        if done.returncode:
            return None, None
        seconds.append(json.loads(done.stdout.splitlines()[-1])["warm_up_cpu_s"])
    return seconds[0], seconds[1]


def measure(runs: int, folder: Path) -> Startup:
    """Time ``--help``, read ``-X importtime``, and time what the first run compiles."""
    done = run_python(["-X", "importtime", *HELP])
    if done.returncode:
        cause = (done.stderr.strip().splitlines() or ["no output"])[-1]
        return Startup(note=f"not run: {cause}")
    imported = {
        line.rsplit("|", 1)[-1].strip().split(".")[0]
        for line in done.stderr.splitlines()
        if line.startswith("import time:")
    }
    first, later = _compile(folder)
    return Startup(
        bare_s=_cpu_of(["-c", "pass"], runs),
        help_s=_cpu_of(HELP, runs),
        heavy=tuple(name for name in HEAVY if name in imported),
        compile_s=first,
        cached_s=later,
    )
