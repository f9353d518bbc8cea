"""One chunk of a sweep's samples, evaluated in whatever process it lands in.

What a chunk gives depends on nothing but its samples: not on the chunks before it, on the
number of workers, or on which of them it runs.
"""

import io
import json
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from netplan._version import __version__
from netplan.capacity.brief import Brief, brief, grown
from netplan.capacity.evidence import Day
from netplan.district.model import District
from netplan.errors import InputError, Problem
from netplan.inputs.model import Inputs
from netplan.pipeline import day
from netplan.whatif.apply import apply_scenarios
from netplan.whatif.model import Change, Scenario
from netplan.whatif.sweep_model import Sweep

#: Key of a part's metadata under which its problems and district rows stand, as JSON.
META = b"netplan"
_TEXT_COLUMNS = frozenset({"element", "direction", "period"})
_FLAG_COLUMNS = frozenset({"over_network", "over_airtime", "over"})
#: Columns of every row before the inputs, and after them.
_FIRST = ("sample", "school_year", "school_id")
OUTCOMES = (
    *("devices", "load_down_mbps", "load_up_mbps", "element", "direction", "period"),
    *("capacity_mbps", "utilization_share", "headroom_mbps", "airtime_share"),
    *("over_network", "over_airtime", "over"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What every chunk of a sweep needs, sent to each worker once.

    Parameters
    ----------
    inputs
        The district that samples change.
    sweep
        What varies.
    scenarios
        Laid under every sample, in order.
    choices
        Scenarios that samples choose from, by name.
    school_years
        Of each sample; all None where the district names no school year.
    """

    inputs: Inputs
    sweep: Sweep
    scenarios: tuple[Scenario, ...]
    choices: Mapping[str, Scenario]
    school_years: tuple[str | None, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """School years as the results name them: without a name ``+0``, ``+1``, ..."""
        width = len(str(len(self.school_years) - 1))
        return tuple(
            f"+{ahead:0{width}d}" if year is None else year
            for ahead, year in enumerate(self.school_years)
        )


#: A sample: its number, and what it puts into each input.
Sample = tuple[int, tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One sample in one school year: its numbers, or why there are none."""

    sample: int
    values: tuple[Any, ...]
    school_year: str
    brief: Brief | None = None
    problems: tuple[Problem, ...] = ()


def evaluate(task: Task, like: Day | None, sample: Sample) -> list[Outcome]:
    """Take one sample through the school day, in each of its school years.

    A year in which nothing new starts is the one before it, grown; any other is run anew.

    Parameters
    ----------
    like
        A day of the district as it is, which lends what a sample leaves as it is.
    sample
        Its number and values, in the order of the sweep's inputs.

    Returns
    -------
    outcomes
        One per school year, in order.
    """
    number, values = sample
    scenarios, changes = laid(task, values)
    steps = [step for scenario in scenarios for step in scenario.steps]
    starts = {step.school_year for step in steps if step.school_year is not None}
    outcomes: list[Outcome] = []
    found: Brief | None = None
    growth, since = 0.0, 0
    for ahead, (year, label) in enumerate(zip(task.school_years, task.labels, strict=True)):
        if found is not None and year not in starts:
            shown = grown(found, (1.0 + growth) ** (ahead - since))
            outcomes.append(Outcome(sample=number, values=values, school_year=label, brief=shown))
            continue
        try:
            inputs = apply_scenarios(task.inputs, scenarios, changes, year)
            found = brief(day(District(inputs=inputs), like=like))
        except InputError as error:
            found = None
            outcomes.append(
                Outcome(sample=number, values=values, school_year=label, problems=error.problems)
            )
            continue
        growth, since = inputs.planning.growth_per_year, ahead
        outcomes.append(Outcome(sample=number, values=values, school_year=label, brief=found))
    return outcomes


def laid(task: Task, values: Sequence[Any]) -> tuple[tuple[Scenario, ...], tuple[Change, ...]]:
    """Give the scenarios of a sample, and the changes that come on top of them."""
    scenarios, changes = list(task.scenarios), []
    for vary, value in zip(task.sweep.varies, values, strict=True):
        if not vary.is_scenario:
            changes.append(vary.change(value))
        elif value:
            scenarios.append(task.choices[value])
    return tuple(scenarios), tuple(changes)


def run_chunk(payload: bytes, key: str, chunk: int, samples: Sequence[Sample]) -> tuple[int, bytes]:
    """Evaluate one chunk of samples.

    Parameters
    ----------
    payload
        From `packed`; a worker unpacks it once.
    key
        Names the sweep; it is written into the part.
    chunk
        Its number.

    Returns
    -------
    chunk, part
        The number, and the bytes of the chunk's Parquet file.
    """
    task, like = _unpacked(payload)
    outcomes = [one for sample in samples for one in evaluate(task, like, sample)]
    return chunk, part_bytes(task.sweep, outcomes, key=key, chunk=chunk)


def part_bytes(sweep: Sweep, outcomes: Sequence[Outcome], *, key: str, chunk: int) -> bytes:
    """Give a chunk's outcomes as a Parquet file: rows of schools, the rest as its metadata."""
    good = [outcome for outcome in outcomes if outcome.brief is not None]
    told = {
        "key": key,
        "chunk": chunk,
        "districts": [_district_row(outcome) for outcome in good],
        "problems": [
            {
                "sample": outcome.sample,
                "school_year": outcome.school_year,
                "values": list(outcome.values),
                **problem.to_dict(),
            }
            for outcome in outcomes
            for problem in outcome.problems
        ],
    }
    schema = results_schema(sweep)
    tables = [_school_rows(outcome, schema) for outcome in good]
    table = pa.concat_tables(tables) if tables else schema.empty_table()
    metadata = {META: json.dumps(told).encode()}
    buffer = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(metadata), buffer, compression="zstd")
    return buffer.getvalue()


def results_schema(sweep: Sweep) -> pa.Schema:
    """Give the columns of the results: what varied stands beside what came out."""
    return pa.schema(
        [
            ("sample", pa.int64()),
            ("school_year", pa.string()),
            ("school_id", pa.string()),
            *input_fields(sweep),
            *((name, _outcome_type(name)) for name in OUTCOMES),
        ]
    )


def input_fields(sweep: Sweep) -> list[tuple[str, pa.DataType]]:
    """Give the columns of what varied."""
    return [
        (name, pa.string() if vary.is_text else pa.float64())
        for name, vary in zip(sweep.inputs, sweep.varies, strict=True)
    ]


def _outcome_type(name: str) -> pa.DataType:
    if name in _TEXT_COLUMNS:
        return pa.string()
    return pa.bool_() if name in _FLAG_COLUMNS else pa.float64()


def _school_rows(outcome: Outcome, schema: pa.Schema) -> pa.Table:
    if outcome.brief is None:
        return schema.empty_table()
    columns = outcome.brief.columns()
    rows = len(columns["school_id"])
    first = {"sample": outcome.sample, "school_year": outcome.school_year}
    fixed = {**first, **dict(zip(schema.names[len(_FIRST) :], outcome.values, strict=False))}
    arrays = [
        pa.array(columns[field.name], type=field.type, from_pandas=field.type == pa.string())
        if field.name in columns
        else pa.repeat(pa.scalar(fixed[field.name], type=field.type), rows)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _district_row(outcome: Outcome) -> dict[str, Any]:
    """Give a district's outcomes as plain data; None for what JSON cannot hold."""
    totals = outcome.brief.totals() if outcome.brief is not None else {}
    return {
        "sample": outcome.sample,
        "school_year": outcome.school_year,
        "values": list(outcome.values),
        **{
            name: None if isinstance(value, float) and np.isnan(value) else value
            for name, value in totals.items()
        },
    }


def packed(task: Task) -> bytes:
    """Give a task as bytes for other processes."""
    buffer = io.BytesIO()
    _Pickler(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump(task)
    return buffer.getvalue()


class _Pickler(pickle.Pickler):
    """Pickles the read-only mappings that inputs are made of, which pickle itself does not."""

    def reducer_override(self, obj: Any) -> tuple[Callable[..., Any], tuple[dict[Any, Any]]] | Any:
        if isinstance(obj, MappingProxyType):
            return _read_only, (dict(obj),)
        return NotImplemented


def _read_only(content: dict[Any, Any]) -> Mapping[Any, Any]:
    # pickle finds functions by their name, and the class of these mappings has none
    return MappingProxyType(content)


@lru_cache(maxsize=1)
def _unpacked(payload: bytes) -> tuple[Task, Day | None]:
    """Unpack a task, and run the district as it is once, for samples to borrow from."""
    # the bytes come from this same program on whatever machine the user named
    task: Task = pickle.loads(payload)  # noqa: S301
    return task, usual(task)


def usual(task: Task) -> Day | None:
    """Run the district under the sweep's scenarios; None where that alone is impossible."""
    try:
        inputs = apply_scenarios(task.inputs, task.scenarios, (), task.school_years[0])
        return day(District(inputs=inputs))
    except InputError:
        return None


def version() -> str:
    """Give the version of netplan in whatever process this runs."""
    return __version__
