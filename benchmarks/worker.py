"""One tool on one shape in a process of its own: CPU time, peak memory, the answer.

Needs numpy only, so that it also runs in a venv with another tool's old dependencies.
"""

import argparse
import contextlib
import ctypes
import gc
import importlib
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import shapes

#: Failures whose loads are kept to compare the tools.
KEPT = 12
#: Demands in the first sample of a tool that routes them one by one.
SAMPLE = 100
#: Quick work is repeated so often at most, and for so many CPU seconds.
REPEATS, REPEAT_S = 200, 3.0


def rss_mb(field: str) -> float:
    """Read a line of /proc/self/status (kB) in MB; without /proc, the peak of getrusage."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(field):
                return int(line.split()[1]) / 1024
    unit = 1 if sys.platform != "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / unit


def forget_peak() -> float:
    """Start the peak afresh where the system allows it; give the memory held now, in MB."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
        return rss_mb("VmRSS")
    return rss_mb("VmHWM")


class Clock:
    """CPU and wall seconds since it was made."""

    def __init__(self) -> None:
        self.cpu, self.wall = time.process_time(), time.perf_counter()

    def read(self) -> tuple[float, float]:
        """Give (CPU, wall) seconds so far."""
        return time.process_time() - self.cpu, time.perf_counter() - self.wall


def repeated(work: Callable[[], Any], limit: float) -> tuple[dict[str, Any], Any]:
    """Run until ``limit`` or REPEAT_S CPU seconds or REPEATS are used up; keep the quickest."""
    runs: list[tuple[float, float]] = []
    answer = None
    while not runs or (len(runs) < REPEATS and sum(cpu for cpu, _ in runs) < min(limit, REPEAT_S)):
        answer = None  # the former answer is not part of this run's memory
        clock = Clock()
        answer = work()
        runs.append(clock.read())
    cpu = sorted(run[0] for run in runs)
    facts = {
        "cpu_s": cpu[0],
        "cpu_median_s": cpu[len(cpu) // 2],
        "wall_s": min(run[1] for run in runs),
        "runs": len(runs),
    }
    return facts, answer


def sampled(
    start: Callable[[list[int]], Iterator[Any]], items: list[int], limit: float, keep: int
) -> tuple[dict[str, Any], list[Any]]:
    """Work through ``items`` (in random order) until ``limit``; scale up what is missing."""
    clock = Clock()
    for _ in start([]):
        pass
    build = clock.read()
    kept, done = [], 0
    clock = Clock()
    for answer in start(items):
        done += 1
        if len(kept) < keep:
            kept.append(answer)
        if clock.read()[1] > limit:
            break
    cpu, wall = clock.read()
    scale = len(items) / done
    facts = {
        "cpu_s": build[0] + max(cpu - build[0], 0.0) * scale,
        "wall_s": build[1] + max(wall - build[1], 0.0) * scale,
        "runs": 1,
        "sample": None if done == len(items) else f"{done:,} of {len(items):,}",
    }
    return facts, kept


def route(tool: Any, shape: shapes.Shape, limit: float, seed: int) -> tuple[dict, dict]:
    """Build, route, utilization; a tool with ``route_sample`` may do part of the demands."""
    if not hasattr(tool, "route_sample"):
        facts, loads = repeated(lambda: tool.route(shape), limit)
        return facts, {"loads": loads}
    order = np.random.default_rng(seed).permutation(len(shape.src))
    count = min(SAMPLE, len(order))
    clock = Clock()
    loads = tool.route_sample(shape, order[:count])
    first = clock.read()
    if first[1] > limit and count < len(order):
        # what it does before it routes a demand takes too long to measure it apart
        note = f"{count:,} of {len(order):,} demands, the others not added: a lower bound"
        facts = {"cpu_s": first[0], "wall_s": first[1], "runs": 1, "sample": note}
        return facts, {"loads": loads, "demands": order[:count]}
    clock = Clock()
    tool.route_sample(shape, order[:0])
    none, spent = clock.read(), first
    while spent[0] - none[0] < limit / 4 and count < len(order):
        count = min(4 * count, len(order))
        clock = Clock()
        loads = tool.route_sample(shape, order[:count])
        spent = clock.read()
    scale = len(order) / count
    facts = {
        "cpu_s": none[0] + (spent[0] - none[0]) * scale,
        "wall_s": none[1] + (spent[1] - none[1]) * scale,
        "runs": 1,
        "sample": None if count == len(order) else f"{count:,} of {len(order):,} demands",
    }
    return facts, {"loads": loads, "demands": order[:count]}


def sweep(tool: Any, shape: shapes.Shape, limit: float, seed: int) -> tuple[dict, dict]:
    """All single-link failures; the loads after the first KEPT are given to compare.

    Half of those are failures inside loops, which re-route: in a district they are rare.
    """
    rng = np.random.default_rng(seed)
    loops = rng.permutation(shape.loop_links())[: KEPT // 2]
    order = np.concatenate((loops, np.setdiff1d(np.arange(len(shape.a)), loops)))
    order[len(loops) :] = rng.permutation(order[len(loops) :])
    order = order.tolist()
    if hasattr(tool, "sweep_all"):
        facts, result = repeated(lambda: tool.sweep_all(shape), limit)
        kept = [tool.loads_after(result, shape, link) for link in order[:KEPT]]
        facts |= tool.sweep_facts(result)
    else:
        facts, kept = sampled(lambda items: tool.sweep(shape, items), order, limit, KEPT)
    return facts, {"failed": np.array(order[: len(kept)]), "loads": np.array(kept)}


def cut(tool: Any, shape: shapes.Shape, limit: float, seed: int) -> tuple[dict, dict]:
    """Min cut of every source to the sink."""
    order = np.random.default_rng(seed).permutation(shape.cut_sources).tolist()
    if hasattr(tool, "min_cut_values"):
        facts, values = repeated(lambda: tool.min_cut_values(shape, order), limit)
        return facts, {"mbps": np.asarray(values)}
    first, values = sampled(lambda items: tool.min_cut(shape, items), order, limit, len(order))
    if first["sample"] is None and first["cpu_s"] < limit / 2:
        first, values = repeated(lambda: list(tool.min_cut(shape, order)), limit)
    return first, {"mbps": np.array(values, float)}


def draws(tool: Any, shape: shapes.Shape, limit: float, seed: int) -> tuple[dict, dict]:
    """One thousand random demands of every school over the same network."""
    owner = shape.school[shape.src]
    factor = np.random.default_rng(seed).gamma(4.0, 0.25, size=(1_000, int(owner.max()) + 1))
    volumes = factor[:, owner] * shape.mbps
    if hasattr(tool, "draw_all"):
        facts, loads = repeated(lambda: tool.draw_all(shape, volumes), limit)
        return facts, {"loads": np.asarray(loads[:KEPT])}
    facts, kept = sampled(
        lambda rows: tool.draws(shape, volumes[rows]), list(range(len(volumes))), limit, KEPT
    )
    return facts, {"loads": np.array(kept)}


OPERATIONS = {"route": route, "sweep": sweep, "cut": cut, "draws": draws}


def main() -> None:
    """Warm up, measure, write the answer, print the facts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("operation", choices=OPERATIONS)
    parser.add_argument("shape", type=Path)
    parser.add_argument("answer", type=Path)
    parser.add_argument("--limit", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    clock = Clock()
    tool = importlib.import_module(f"benchmarks.peers.{args.tool}")
    imported = clock.read()
    operation = OPERATIONS[args.operation]
    tiny = shapes.tiny()
    tiny.prepare()
    clock = Clock()
    operation(tool, tiny, 0.0, args.seed)
    warm = clock.read()
    shape = shapes.load(args.shape)
    shape.prepare()
    before = forget_peak()
    facts, answer = operation(tool, shape, args.limit, args.seed)
    facts |= {
        "name": tool.NAME,
        "peak_mb": max(rss_mb("VmHWM") - before, 0.0),
        "import_cpu_s": imported[0],
        "warm_up_cpu_s": warm[0],
    }
    np.savez(args.answer, **answer)
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
