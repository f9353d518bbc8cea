"""One synthetic district through every stage in this process; prints time and memory of each.

    python -m benchmarks.stages FOLDER --schools N

Where a stage does not exist yet, the ones before it are still measured.
"""

import argparse
import importlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.worker import Clock, forget_peak, rss_mb


class Stopwatch:
    """Costs by stage, in order."""

    def __init__(self) -> None:
        self.costs: dict[str, dict[str, float]] = {}

    def time(self, stage: str, work: Callable[[], Any]) -> Any:
        """Do the work and note what it cost."""
        before = forget_peak()
        clock = Clock()
        result = work()
        self.costs[stage] = {
            "cpu_s": clock.read()[0],
            "peak_mb": max(rss_mb("VmHWM") - before, 0.0),
        }
        return result


def call(name: str) -> Callable[..., Any]:
    """Give a function by its dotted name."""
    module, _, function = name.rpartition(".")
    return getattr(importlib.import_module(module), function)


def through(folder: Path, schools: int) -> tuple[dict[str, dict[str, float]], int, int]:
    """Take a district of some size through the stages."""
    watch = Stopwatch()
    watch.time(
        "synth",
        lambda: call("netplan.folders.synth")(folder, schools=schools, seed=1, overwrite=True),
    )
    with (folder / "nodes.csv").open(encoding="utf-8") as file:
        nodes = sum(1 for _ in file) - 1
    with (folder / "links.csv").open(encoding="utf-8") as file:
        links = sum(1 for _ in file) - 1
    try:
        _stages(watch, folder)
    except (ImportError, AttributeError, AssertionError) as missing:
        watch.costs[f"(then: {missing})"] = {"cpu_s": 0.0, "peak_mb": 0.0}
    return watch.costs, nodes, links


def _stages(watch: Stopwatch, folder: Path) -> None:
    district = watch.time("load: read and validate", lambda: call("netplan.pipeline.load")(folder))
    load = watch.time(
        "load of every school", lambda: call("netplan.load.moments.school_load")(district)
    )
    network = watch.time("network: build", lambda: call("netplan.network.graph.build")(district))
    routes = watch.time("network: route", lambda: call("netplan.network.routing.route")(network))
    utilize = call("netplan.network.utilization.utilize")
    watch.time("network: utilization", lambda: utilize(network, routes, load, district.planning))
    sweep = call("netplan.network.failures.sweep")
    watch.time("network: every failure", lambda: sweep(network, load, district.planning))
    watch.time("network: min cuts", lambda: call("netplan.network.cuts.min_cuts")(network))
    report = watch.time("check (all of it)", lambda: call("netplan.pipeline.check")(district))
    watch.time("report: JSON", report.to_json)


def main() -> None:
    """Warm up on a small district, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--schools", type=int, required=True)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        through(Path(name) / "warm", 3)
    costs, nodes, links = through(args.folder, args.schools)
    print(json.dumps({"schools": args.schools, "nodes": nodes, "links": links, "costs": costs}))


if __name__ == "__main__":
    main()
