"""Run every case's tools in processes of their own and compare what they answer."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.registry import PROTOTYPES, SHAPES, Case

ROOT = Path(__file__).resolve().parent.parent
#: One thread each: CPU seconds of one core are compared.
ENVIRONMENT = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
#: Two loads are equal when they differ by less, relative to the largest.
TOLERANCE = 1e-6
#: Beyond its limit a tool is given this long to come to an end, then it is stopped.
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One tool on one case."""

    case: str
    tool: str
    name: str
    cpu_s: float | None = None
    wall_s: float | None = None
    peak_mb: float | None = None
    ratio: float | None = None
    difference: float | None = None
    largest: float = 1.0
    sample: str | None = None
    note: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether netplan meets what issue 2 asks of a case."""

    case: str
    asked: str
    got: str
    met: bool | None


def run_python(
    arguments: list[str],
    *,
    python: str = sys.executable,
    timeout: float = 600,
    extra: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a Python of its own at the root of the repository, one thread only."""
    return subprocess.run(
        [python, *arguments],
        cwd=ROOT,
        env=os.environ | ENVIRONMENT | dict(extra or {}),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Where shapes and answers lie, and how long a tool may take.

    Parameters
    ----------
    folder
        For shapes and answers.
    limit_s
        After this many seconds of a tool's work, what is missing is extrapolated.
    quick
        Leave each case's slow tools out.
    pyntm_python
        Interpreter that has pyNTM, which pins an old networkx.
    """

    folder: Path
    limit_s: float
    quick: bool
    pyntm_python: str

    def shape(self, key: str) -> Path:
        """Build a network once."""
        path = self.folder / f"{key}.npz"
        if not path.exists():
            SHAPES[key]().save(path)
        return path

    def measure(self, case: Case, tool: str) -> tuple[Row, dict[str, np.ndarray]]:
        """Run one tool; a crash or a time-out is a row with a note."""
        answer = self.folder / f"{case.name}-{tool}.npz"
        command = [
            *("-m", "benchmarks.worker", f"{tool}_peer", case.operation),
            *(str(self.shape(case.shape)), str(answer), "--limit", str(self.limit_s)),
        ]
        python = self.pyntm_python if tool == "pyntm" else sys.executable
        patience = PATIENCE_S + 4 * self.limit_s
        spent = children_cpu()
        try:
            done = run_python(command, python=python, timeout=patience)
        except subprocess.TimeoutExpired:
            return Row(
                case=case.name,
                tool=tool,
                name=tool,
                cpu_s=children_cpu() - spent,
                wall_s=patience,
                note="stopped unfinished: a lower bound",
            ), {}
        if done.returncode:
            cause = (done.stderr.strip().splitlines() or ["no output"])[-1]
            return Row(case=case.name, tool=tool, name=tool, note=f"not run: {cause}"), {}
        facts = json.loads(done.stdout.splitlines()[-1])
        row = Row(
            case=case.name,
            tool=tool,
            name=facts.pop("name"),
            cpu_s=facts.pop("cpu_s"),
            wall_s=facts.pop("wall_s"),
            peak_mb=facts.pop("peak_mb"),
            sample=facts.pop("sample", None),
            note="prototype" if (tool, case.operation) in PROTOTYPES else "",
            facts=facts,
        )
        with np.load(answer) as arrays:
            return row, {key: arrays[key] for key in arrays.files}

    def case(self, case: Case, tell: Callable[[Row], None]) -> list[Row]:
        """Measure every tool of a case, netplan first, and compare each with netplan."""
        tools = ["netplan", *(t for t in case.tools if not (self.quick and t in case.slow_tools))]
        rows: list[Row] = []
        ours: dict[str, np.ndarray] = {}
        for tool in tools:
            row, answer = self.measure(case, tool)
            if tool == "netplan":
                ours, ours_row = answer, row
            timed = row.cpu_s is not None and ours_row.cpu_s is not None
            rows.append(
                replace(
                    row,
                    ratio=row.cpu_s / ours_row.cpu_s if timed else None,
                    difference=None if tool == "netplan" else self.difference(case, ours, answer),
                    largest=largest(ours),
                )
            )
            tell(rows[-1])
        return rows

    def difference(
        self, case: Case, ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray]
    ) -> float | None:
        """Give the largest absolute difference (Mbps) over everything both answered."""
        if not ours or not theirs:
            return None
        if "demands" in theirs and len(theirs["demands"]) < self.demands(case):
            return self.partial_difference(case, theirs)
        key = "mbps" if "mbps" in theirs else "loads"
        common = min(len(ours[key]), len(theirs[key]))
        if "failed" in theirs and not np.array_equal(
            ours["failed"][:common], theirs["failed"][:common]
        ):
            raise AssertionError("the tools took different failures")
        return gap(ours[key][:common], theirs[key][:common])

    def demands(self, case: Case) -> int:
        """Count the demands of a case."""
        with np.load(self.shape(case.shape)) as arrays:
            return len(arrays["src"])

    def partial_difference(self, case: Case, theirs: dict[str, np.ndarray]) -> float | None:
        """Compare a sample of demands with netplan's answer on just those."""
        with np.load(self.shape(case.shape)) as arrays:
            part = dict(arrays)
        for key in ("src", "dst", "mbps"):
            part[key] = part[key][theirs["demands"]]
        path, answer = self.folder / "part.npz", self.folder / "part-answer.npz"
        np.savez(path, **part)
        command = ["-m", "benchmarks.worker", "netplan_peer", "route", str(path), str(answer)]
        done = run_python([*command, "--limit", "0"])
        if done.returncode:
            return None
        with np.load(answer) as arrays:
            return float(np.abs(arrays["loads"] - theirs["loads"]).max())


def children_cpu() -> float:
    """Give the CPU seconds of all processes that were run and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def gap(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Give the largest difference; ours below zero (-x) says "at most x" and no more."""
    known = np.where(ours >= 0.0, np.abs(ours - theirs), 0.0)
    return float(np.maximum(known, np.where(ours < 0.0, theirs + ours, 0.0)).max())


def largest(answer: dict[str, np.ndarray]) -> float:
    """Give the largest number of an answer: differences are judged against it."""
    found = [answer[key].max() for key in ("mbps", "loads") if key in answer]
    return max(1.0, *map(float, found)) if found else 1.0


def times(ratio: float | None) -> str:
    """Write a ratio with three figures."""
    if ratio is None:
        return "-"
    return f"{ratio:,.0f}x" if ratio >= 100 else f"{ratio:.3g}x"


def verdict(case: Case, rows: list[Row]) -> Verdict | None:
    """Hold netplan's time against what issue 2 asks for."""
    ours = rows[0].cpu_s
    if case.target_s is not None:
        return Verdict(
            case=case.title,
            asked=f"under {case.target_s:g} s",
            got="-" if ours is None else f"{ours:.3g} s",
            met=None if ours is None else ours < case.target_s,
        )
    if case.target_ratio is None:
        return None
    peers = [row for row in rows[1:] if row.ratio is not None and row.note != "prototype"]
    if case.target_peer != "best":
        peers = [row for row in peers if row.tool == case.target_peer]
    if not peers:
        return Verdict(case=case.title, asked=f"{case.target_ratio:,g}x", got="-", met=None)
    best = min(peers, key=lambda row: row.ratio or 0.0)
    against = "the fastest peer" if case.target_peer == "best" else case.target_peer
    return Verdict(
        case=case.title,
        asked=f"{case.target_ratio:,g}x {against}",
        got=f"{times(best.ratio)} {best.name}",
        met=(best.ratio or 0.0) >= case.target_ratio,
    )
