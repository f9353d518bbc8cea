"""How long ``netplan --help`` takes, and what it imports."""

import resource
import statistics
from dataclasses import dataclass

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
    note
        Why there is nothing.
    """

    bare_s: float | None = None
    help_s: float | None = None
    heavy: tuple[str, ...] = ()
    note: str = ""


def _cpu_of(arguments: list[str], runs: int) -> float:
    seconds = []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run_python(arguments)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(seconds)


def measure(runs: int) -> Startup:
    """Time ``--help`` and read ``-X importtime``."""
    done = run_python(["-X", "importtime", *HELP])
    if done.returncode:
        cause = (done.stderr.strip().splitlines() or ["no output"])[-1]
        return Startup(note=f"not run: {cause}")
    imported = {
        line.rsplit("|", 1)[-1].strip().split(".")[0]
        for line in done.stderr.splitlines()
        if line.startswith("import time:")
    }
    return Startup(
        bare_s=_cpu_of(["-c", "pass"], runs),
        help_s=_cpu_of(HELP, runs),
        heavy=tuple(name for name in HEAVY if name in imported),
    )
