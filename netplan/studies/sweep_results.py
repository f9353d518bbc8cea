"""The results of a sweep, made of its parts: the same bytes however these were cut."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from netplan.district.model import District
from netplan.errors import Problem, ScenarioError
from netplan.report.frames import records
from netplan.report.sweep import write_sweep
from netplan.report.tables import write_csv
from netplan.studies.checkpoint import Checkpoint
from netplan.studies.sweep_tasks import META, Task, input_fields, results_schema
from netplan.whatif.sweep_model import Sweep

RESULTS = "results.parquet"
DISTRICTS = "districts.parquet"
PROBLEMS = "problems.csv"
#: Rows that the results keep together, whatever chunks they came in.
_ROWS = 65_536


def write_results(
    folder: Path, district: District, task: Task, checkpoint: Checkpoint, chunks: int
) -> None:
    """Write the results of all parts, in the order of their samples, and what they say together.

    Raises
    ------
    ScenarioError
        No sample could be evaluated: with all that stands in the way.
    """
    parts = [checkpoint.part(chunk) for chunk in range(chunks)]
    told = [_told(path) for path in parts]
    schema = results_schema(task.sweep)
    with pq.ParquetWriter(folder / RESULTS, schema, compression="zstd") as writer:
        for table in _even(_tables(parts), schema):
            writer.write_table(table, row_group_size=_ROWS)
    totals = [row for one in told for row in one["districts"]]
    pq.write_table(_district_table(task.sweep, totals), folder / DISTRICTS, compression="zstd")
    problems = _problem_table(task.sweep, [row for one in told for row in one["problems"]])
    write_csv(folder / PROBLEMS, records(problems), problems.columns)
    if not totals:
        raise ScenarioError(_distinct(row for one in told for row in one["problems"]))
    write_sweep(
        folder,
        district=district,
        sweep=task.sweep,
        results=pd.read_parquet(folder / RESULTS),
        districts=pd.read_parquet(folder / DISTRICTS),
        problems=problems,
    )


def _tables(parts: Sequence[Path]) -> Iterator[pa.Table]:
    for path in parts:
        yield pq.read_table(path, use_threads=False).replace_schema_metadata(None)


def _even(tables: Iterator[pa.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    """Cut tables anew into equal lengths, so that nothing of the chunks is left in the file."""
    held = schema.empty_table()
    for table in tables:
        held = pa.concat_tables([held, table])
        while held.num_rows >= _ROWS:
            yield held.slice(0, _ROWS).combine_chunks()
            held = held.slice(_ROWS)
    if held.num_rows:
        yield held.combine_chunks()


def _told(path: Path) -> dict[str, Any]:
    """Give what a part says beside its rows."""
    data: dict[str, Any] = json.loads(pq.read_schema(path).metadata[META])
    return data


def _district_table(asked: Sweep, totals: Sequence[Mapping[str, Any]]) -> pa.Table:
    schema = pa.schema(
        [
            ("sample", pa.int64()),
            ("school_year", pa.string()),
            *input_fields(asked),
            ("buildings", pa.int64()),
            ("buildings_over", pa.int64()),
            ("buildings_over_network", pa.int64()),
            ("buildings_over_airtime", pa.int64()),
            ("worst_utilization_share", pa.float64()),
            ("worst_element", pa.string()),
            ("devices", pa.float64()),
            ("circuits_usd_per_year", pa.float64()),
        ]
    )
    flat = [{**dict(zip(asked.inputs, row["values"], strict=True)), **row} for row in totals]
    arrays = [
        # NaN, not null, stands for a number that nobody knows
        pa.array(
            [float("nan") if value is None else value for value in column]
            if field.type == pa.float64()
            else column,
            type=field.type,
        )
        for field in schema
        for column in [[row[field.name] for row in flat]]
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _problem_table(asked: Sweep, told: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    columns = ["sample", "school_year", *asked.inputs, "code", "file", "row", "column", "value"]
    flat = [{**row, **dict(zip(asked.inputs, row["values"], strict=True))} for row in told]
    return pd.DataFrame(flat, columns=[*columns, "message", "expected", "fix"])


def _distinct(rows: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Give each problem of any sample once."""
    names = [field.name for field in fields(Problem)]
    return list(dict.fromkeys(Problem(**{name: row[name] for name in names}) for row in rows))
