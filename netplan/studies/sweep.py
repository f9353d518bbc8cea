"""Many scenarios of one district, and one table of what came out."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from netplan._version import __version__
from netplan.district.model import District
from netplan.errors import InputError, ScenarioError
from netplan.inputs.model import Inputs
from netplan.report.document import dumps, head, rows
from netplan.report.sweep import PAGE
from netplan.studies.checkpoint import open_checkpoint
from netplan.studies.sweep_results import DISTRICTS, PROBLEMS, RESULTS, write_results
from netplan.studies.sweep_tasks import Sample, Task, laid, packed
from netplan.studies.workers import run_chunks
from netplan.whatif.apply import apply_scenarios
from netplan.whatif.design import design
from netplan.whatif.model import Scenario
from netplan.whatif.read import read_scenario
from netplan.whatif.summary import SweepSummary, summarize
from netplan.whatif.sweep_file import read_sweep
from netplan.whatif.sweep_model import Sweep
from netplan.whatif.years import years_between, years_from

#: A chunk has at most so many samples, and a sweep at least about so many chunks.
_MOST_PER_CHUNK = 64
_CHUNKS = 64
#: Samples that are tried before a sweep starts, to find what is wrong with all of them.
_TRIED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepReport:
    """What a sweep found.

    Parameters
    ----------
    district, sweep
        What was varied, and how.
    folder
        Where everything was written.
    samples
        How many were asked for.
    school_years
        Of each sample.
    hashes
        Files of the district, the sweep and its scenarios, to the sha256 of their bytes.
    summary
        What all samples say together.
    problems
        One row per problem of a sample that could not be evaluated: sample, school_year, its
        inputs, and the problem.
    """

    district: District
    sweep: Sweep
    folder: Path
    samples: int
    school_years: tuple[str, ...]
    hashes: Mapping[str, str]
    summary: SweepSummary
    problems: pd.DataFrame

    @property
    def written(self) -> tuple[Path, ...]:
        """The files to look at first."""
        names = (PAGE, RESULTS, DISTRICTS, *((PROBLEMS,) if len(self.problems) else ()))
        return tuple(self.folder / name for name in names if (self.folder / name).is_file())

    @property
    def results(self) -> pd.DataFrame:
        """One row per sample, school year and school; columns as in `netplan.whatif.summary`."""
        return pd.read_parquet(self.folder / RESULTS)

    @property
    def districts(self) -> pd.DataFrame:
        """One row per sample and school year."""
        return pd.read_parquet(self.folder / DISTRICTS)

    def to_json(self) -> str:
        """Give the summary as JSON; what came of each sample is in the Parquet files."""
        inputs = self.district.inputs
        document = head(
            "sweep", self.district.name, self.hashes, inputs.assumptions, inputs.problems
        )
        document["findings"] = []
        document["sweep"] = {
            "name": self.sweep.name,
            "title": self.sweep.title,
            "method": self.sweep.method,
            "seed": self.sweep.seed,
            "samples": self.samples,
            "failed": self.summary.failed,
            "school_years": list(self.school_years),
            "scenarios": list(self.sweep.scenarios),
            "inputs": [vary.name for vary in self.sweep.varies],
            "files": [path.name for path in self.written],
        }
        for name, table in self.summary.tables().items():
            document[name] = rows(table)
        document["sample_problems"] = rows(self.problems)
        return dumps(document)


def sweep(
    district: District,
    file: str | PathLike[str],
    *,
    out: str | PathLike[str],
    workers: int | None = None,
    scheduler: str | None = None,
    resume: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> SweepReport:
    """Evaluate many scenarios and write one tidy table of results, with its summary.

    The results are the same bytes for the same district, sweep file and version of netplan,
    whatever ran them.

    Parameters
    ----------
    district
        From `netplan.load`.
    file
        A sweep file, or the name of one in the district's ``sweeps``; docs/sweeps.md.
    out
        Folder to write; an earlier output of netplan there is replaced, anything else is refused.
    workers
        Processes on this machine. Default: one per core.
    scheduler
        Address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``, whose workers do the work;
        needs the extra ``cluster``.
    resume
        Go on with what an interrupted run left in ``out``.
    progress
        Called with samples done and samples in all.

    Raises
    ------
    ScenarioError
        The sweep file, or what every sample asks for, does not fit the district.
    InputError
        ``out`` cannot be written, or holds something else.
    SourceError
        The scheduler or its workers cannot be used.
    """
    asked = read_sweep(district.inputs.folder, Path(file))
    task = make_task(district.inputs, asked)
    samples = samples_of(asked)
    _refuse_hopeless(task, samples)
    size = chunk_size(len(samples))
    header = _header(task, samples=len(samples), size=size)
    checkpoint = open_checkpoint(Path(out), header, resume=resume)
    if not checkpoint.finished:
        key = hashlib.sha256(json.dumps(header, sort_keys=True).encode()).hexdigest()[:16]
        chunks = {
            number: samples[start : start + size]
            for number, start in enumerate(range(0, len(samples), size))
        }
        run_chunks(
            packed(task),
            key,
            chunks,
            checkpoint,
            workers=workers,
            scheduler=scheduler,
            progress=progress,
        )
        checkpoint.finish(
            lambda folder: write_results(folder, district, task, checkpoint, len(chunks))
        )
    return _report(district, task, checkpoint.out, len(samples))


def make_task(inputs: Inputs, asked: Sweep) -> Task:
    """Gather what every sample of a sweep needs.

    Raises
    ------
    ScenarioError
        A scenario that the sweep names is not there, or has mistakes: with all of them.
    """
    problems = []
    found: dict[str, Scenario] = {}
    for name in dict.fromkeys((*asked.scenarios, *asked.choices)):
        try:
            found[name] = read_scenario(inputs.folder, name)
        except InputError as error:
            problems += list(error.problems)
    if problems:
        raise ScenarioError(problems)
    return Task(
        inputs=inputs,
        sweep=asked,
        scenarios=tuple(found[name] for name in asked.scenarios),
        choices={name: found[name] for name in asked.choices},
        school_years=_school_years(inputs.settings.school_year, asked, list(found.values())),
    )


def _school_years(
    first: str | None, asked: Sweep, scenarios: Sequence[Scenario]
) -> tuple[str | None, ...]:
    """Give the school years of each sample: as asked, or through the last wave."""
    if first is None:
        return (None,) * (asked.years or 1)
    count = asked.years
    if count is None:
        waves = [step.school_year for one in scenarios for step in one.steps]
        last = [years_between(first, year) + 1 for year in waves if year is not None]
        count = max([1, *last, *(one.years or 1 for one in scenarios)])
    return years_from(first, count)


def samples_of(asked: Sweep) -> list[Sample]:
    """Give every sample: its number and what it puts into each input."""
    drawn = design(asked)
    columns = [drawn[name].tolist() for name in asked.inputs]
    return [(number, values) for number, values in enumerate(zip(*columns, strict=True))]


def chunk_size(samples: int) -> int:
    """Give how many samples are done and kept together; workers have no say in it."""
    return min(_MOST_PER_CHUNK, max(1, -(-samples // _CHUNKS)))


def _refuse_hopeless(task: Task, samples: Sequence[Sample]) -> None:
    """Raise the first sample's error where samples from all over the sweep have one."""
    error: InputError | None = None
    for place in range(0, len(samples), max(1, len(samples) // _TRIED)):
        scenarios, changes = laid(task, samples[place][1])
        try:
            apply_scenarios(task.inputs, scenarios, changes, task.school_years[0])
        except InputError as found:
            error = error or found
        else:
            return
    if error is not None:
        raise error


def _header(task: Task, *, samples: int, size: int) -> dict[str, Any]:
    """Say what a run is: equal headers, equal parts."""
    scenarios = [*task.scenarios, *task.choices.values()]
    return {
        "netplan": __version__,
        "sweep": task.sweep.sha256,
        "inputs": dict(task.inputs.hashes),
        "scenarios": {one.file: one.sha256 for one in scenarios},
        "fingerprint": fingerprint(task.inputs),
        "samples": samples,
        "chunk": size,
        "school_years": list(task.labels),
    }


def fingerprint(inputs: Inputs) -> str:
    """Give a hash of everything that the school day is worked out from."""
    digest = hashlib.sha256()
    changed = inputs.changed
    parts = (inputs.settings, inputs.planning, inputs.money)
    digest.update(repr([asdict(part) for part in parts]).encode())
    if changed is not None:
        told = (changed.scenarios, changed.events, changed.failed, changed.years_ahead)
        digest.update(repr((told, fingerprint(changed.base))).encode())
    for name, table in sorted(inputs.tables.items()):
        if "geometry" in table.columns:
            continue
        digest.update(f"{name}\0{list(table.columns)}\0".encode())
        digest.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
    return digest.hexdigest()


def _report(district: District, task: Task, folder: Path, samples: int) -> SweepReport:
    results = pd.read_parquet(folder / RESULTS)
    districts = pd.read_parquet(folder / DISTRICTS)
    scenarios = [*task.scenarios, *task.choices.values()]
    return SweepReport(
        district=district,
        sweep=task.sweep,
        folder=folder,
        samples=samples,
        school_years=task.labels,
        hashes={
            **district.inputs.hashes,
            task.sweep.file: task.sweep.sha256,
            **{one.file: one.sha256 for one in scenarios},
        },
        summary=summarize(task.sweep, results, districts),
        problems=pd.read_csv(folder / PROBLEMS),
    )
