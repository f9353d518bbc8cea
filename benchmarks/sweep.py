"""Sweeps: scenarios a minute by workers and district size, beside a loop over `netplan.check`.

Run ``python -m benchmarks.sweep [--samples N] [--schools N ...] [--workers N ...]``. Demand alone
changes (devices, rates, growth), so routes are used again; each scenario is looked at in three
school years. Peak memory is that of the process that asks, with its largest worker's beside (0:
none was started). Each row runs in a process of its own, with one thread. The loop is what a
script would do without sweeps: apply, then the whole check, one school year at a time. Seconds
are wall time, workers' start included; the rate per minute counts scenarios, not school years.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.runner import ROOT, run_python

if TYPE_CHECKING:
    from netplan.district.model import District

HARBOR = ROOT / "data" / "schools" / "harbor-county"
SWEEP = """\
title = "How many more devices?"
method = "lhs"
samples = {samples}
seed = 7
years = {years}

[[vary]]
name = "growth"
cell = "planning.growth_per_year"
low = 0.1
high = 0.4
distribution = "triangular"
mode = 0.25

[[vary]]
name = "chromebooks"
cell = "devices[kind=chromebook].per_person"
as = "factor"
low = 0.7
high = 1.3

[[vary]]
name = "video"
cell = "apps[app=video_720p].down_mbps"
as = "factor"
low = 0.7
high = 1.5
distribution = "loguniform"
"""
COLUMNS = (
    *("schools", "how", "scenarios", "seconds", "scenarios a minute", "CPU ms each"),
    *("peak MB", "of a worker, MB"),
)
YEARS = 3
#: Scenarios that the loop over `netplan.check` is measured on.
LOOP = 20


def main() -> int:
    """Measure every size, or (with ``--one``) one of them in this process."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep", description=__doc__)
    parser.add_argument("--samples", type=int, default=1_000)
    parser.add_argument("--schools", type=int, nargs="*", default=[24, 100, 400])
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one is not None:
        print(json.dumps(_one(args.one, args.samples, args.workers)))
        return 0
    print(f"| {' | '.join(COLUMNS)} |\n| {' | '.join(['---:'] * len(COLUMNS))} |", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        for schools in args.schools:
            folder = HARBOR if schools == 24 else Path(scratch) / f"synth-{schools}"
            if schools != 24:
                made = ["-m", "netplan", "synth", str(folder), "--schools", str(schools)]
                run_python([*made, "--seed", "1"], timeout=600)
            # large districts take fewer, so that a run stays within minutes
            samples = max(100, args.samples * 24 // max(schools, 24))
            for how in [*(["--workers", str(each)] for each in args.workers), ["--workers"]]:
                asked = ["--one", str(folder), "--samples", str(samples), *how]
                done = run_python(["-m", "benchmarks.sweep", *asked], timeout=3_600)
                if done.returncode:
                    print(done.stderr, file=sys.stderr)
                    return 1
                row = json.loads(done.stdout.splitlines()[-1])
                print(
                    f"| {schools} | {row['how']} | {row['scenarios']:,} | {row['seconds']:.1f} | "
                    f"{60 * row['scenarios'] / row['seconds']:,.0f} | "
                    f"{1000 * row['cpu_s'] / row['scenarios']:.0f} | {row['peak_mb']:,.0f} | "
                    f"{row['worker_mb']:,.0f} |",
                    flush=True,
                )
    print(f"\n{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the end")
    return 0


def _one(folder: Path, samples: int, workers: list[int]) -> dict[str, object]:
    """Measure one district with so many workers; without workers, the loop of a script."""
    from joblib.externals.loky import get_reusable_executor

    import netplan

    district = netplan.load(folder)
    before = sum(os.times()[:4])
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "sweep.toml"
        if workers:
            file.write_text(SWEEP.format(samples=samples, years=YEARS), encoding="utf-8")
            start = time.perf_counter()
            netplan.sweep(district, file, out=Path(scratch) / "out", workers=workers[0])
            count, how = samples, f"sweep, {workers[0]} worker{'s' * (workers[0] > 1)}"
        else:
            start = time.perf_counter()
            count, how = _loop(district), "loop over check"
        seconds = time.perf_counter() - start
    # workers count only once they have ended
    get_reusable_executor().shutdown(wait=True)
    spent = os.times()
    return {
        "how": how,
        "scenarios": count,
        "seconds": seconds,
        "cpu_s": sum(spent[:4]) - before,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "worker_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


def _loop(district: "District") -> int:
    """Apply and check scenario by scenario and year by year; give how many."""
    import numpy as np

    import netplan
    from netplan.whatif.years import years_from

    rng = np.random.default_rng(7)
    years = years_from(str(district.settings.school_year), YEARS)
    for _ in range(LOOP):
        sets = (
            f"planning.growth_per_year={rng.uniform(0.1, 0.4)}",
            f"devices[kind=chromebook].per_person*={rng.uniform(0.7, 1.3)}",
            f"apps[app=video_720p].down_mbps*={rng.uniform(0.7, 1.5)}",
        )
        for year in years:
            netplan.check(netplan.apply(district, sets=sets, school_year=year))
    return LOOP


if __name__ == "__main__":
    sys.exit(main())
