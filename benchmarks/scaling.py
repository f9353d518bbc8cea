"""Cost against size: a synthetic district through every stage, at 20, 200 and 2,000 schools."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

from benchmarks.runner import run_python


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """CPU seconds and the peak of memory above what was held before the stage."""

    cpu_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """One size of district."""

    schools: int
    nodes: int
    links: int
    costs: dict[str, Cost]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """All sizes, smallest first."""

    sizes: tuple[Size, ...]
    note: str = ""

    def stages(self) -> list[str]:
        """Name the stages in their order."""
        return list(dict.fromkeys(stage for size in self.sizes for stage in size.costs))

    def exponent(self, stage: str) -> float | None:
        """Give d log(time) / d log(schools) between the two largest sizes that have it."""
        points = [(s.schools, s.costs[stage].cpu_s) for s in self.sizes if stage in s.costs][-2:]
        if len(points) < 2 or min(points[0][1], points[1][1]) <= 0:
            return None
        (n0, t0), (n1, t1) = points
        return math.log(t1 / t0) / math.log(n1 / n0)


def measure(folder: Path, schools: tuple[int, ...]) -> Scaling:
    """Run ``benchmarks.stages`` once per size, each in a process of its own."""
    sizes = []
    notes = []
    for count in schools:
        target = folder / f"synth-{count}"
        done = run_python(
            ["-m", "benchmarks.stages", str(target), "--schools", str(count)], timeout=1_800
        )
        if done.returncode:
            cause = (done.stderr.strip().splitlines() or ["no output"])[-1]
            notes.append(f"{count} schools: not run: {cause}")
            continue
        facts = json.loads(done.stdout.splitlines()[-1])
        costs = {stage: Cost(**cost) for stage, cost in facts.pop("costs").items()}
        sizes.append(Size(**facts, costs=costs))
    return Scaling(sizes=tuple(sizes), note="" if sizes else "; ".join(notes))
