"""Who does the work of a sweep: this process, processes on this machine, or a Dask cluster."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import joblib
import pyarrow as pa
import pyarrow.parquet as pq
from joblib.externals.loky.process_executor import TerminatedWorkerError

from netplan._version import __version__
from netplan.errors import InputError, NetplanError, Problem, SourceError
from netplan.studies.checkpoint import Checkpoint
from netplan.studies.sweep_tasks import META, Sample, run_chunk, version

#: Seconds to wait for a scheduler, and for its first worker.
_PATIENCE_S = 30
_KEPT = "What is done is kept: go on with --resume."


def run_chunks(
    payload: bytes,
    key: str,
    chunks: Mapping[int, Sequence[Sample]],
    checkpoint: Checkpoint,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Evaluate every chunk that is not kept yet, and keep it.

    Parameters
    ----------
    payload, key
        As in `netplan.studies.sweep_tasks.run_chunk`.
    chunks
        Number of each chunk to its samples.
    workers
        Processes on this machine. Default: one per core.
    scheduler
        Address of a Dask scheduler; ``workers`` is not used then.
    progress
        Called with samples done and samples in all.

    Raises
    ------
    SourceError
        The scheduler or its workers cannot be used.
    NetplanError
        Workers are ended from outside again and again.
    """
    total = sum(map(len, chunks.values()))
    count = _workers(workers)
    kept = kept_chunks(checkpoint, key)
    while True:
        missing = [number for number in sorted(chunks) if number not in kept]
        done = total - sum(len(chunks[number]) for number in missing)
        if progress is not None:
            progress(done, total)
        if not missing:
            return
        before = len(kept)
        calls = (joblib.delayed(run_chunk)(payload, key, one, chunks[one]) for one in missing)
        try:
            with _parallel(min(count, len(missing)), scheduler, payload) as parallel:
                for number, part in parallel(calls):
                    checkpoint.keep(number, part)
                    kept.add(number)
                    done += len(chunks[number])
                    if progress is not None:
                        progress(done, total)
        except TerminatedWorkerError as error:
            # the others went on; only when nothing comes out any more is it no accident
            if len(kept) == before:
                raise NetplanError(
                    "a worker process was ended from outside, most likely for lack of memory. "
                    f"{done:,} of {total:,} samples are kept: go on with --resume and fewer "
                    "--workers."
                ) from error


def kept_chunks(checkpoint: Checkpoint, key: str) -> set[int]:
    """Give the chunks that are there and can be read."""
    return {
        number for number in checkpoint.done() if _is_part(checkpoint.part(number), key, number)
    }


def _is_part(path: Path, key: str, number: int) -> bool:
    """Say whether a file is one chunk of this run; what a disk spoiled is not."""
    try:
        metadata: Mapping[bytes, bytes] = pq.read_schema(path).metadata or {}
        told = json.loads(metadata.get(META, b"{}"))
    except (OSError, ValueError, pa.ArrowException):
        return False
    return bool(told.get("key") == key and told.get("chunk") == number)


def _workers(asked: int | None) -> int:
    if asked is None:
        return int(joblib.cpu_count())
    if asked < 1:
        raise InputError(
            [
                Problem(
                    code="bad-argument",
                    file="--workers",
                    value=str(asked),
                    message="there is no such number of workers",
                    expected="a whole number, at least 1",
                    fix="Leave it out for one per core.",
                )
            ]
        )
    return asked


@contextmanager
def _parallel(
    count: int, scheduler: str | None, payload: bytes
) -> Iterator[Callable[..., Iterator[tuple[int, bytes]]]]:
    """Give joblib on the right backend: this process, loky, or the same call on Dask."""
    if scheduler is not None:
        with _cluster(scheduler, payload):
            yield joblib.Parallel(return_as="generator_unordered", batch_size=1)
    elif count == 1:
        yield joblib.Parallel(n_jobs=1, backend="sequential", return_as="generator")
    else:
        # each worker has a core to itself: threads within would only take turns
        with joblib.parallel_config(backend="loky", n_jobs=count, inner_max_num_threads=1):
            yield joblib.Parallel(return_as="generator_unordered", batch_size=1)


@contextmanager
def _cluster(scheduler: str, payload: bytes) -> Iterator[None]:
    """Connect to a scheduler whose workers run this version of netplan; send the task to each."""
    try:
        from dask.distributed import Client
        from distributed.client import FutureCancelledError
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise SourceError(
            "--scheduler needs Dask: pip install 'school-netplan[cluster]', here and on the workers"
        ) from error
    connect: Callable[..., Any] = Client
    try:
        client = connect(scheduler, timeout=_PATIENCE_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise SourceError(
            f"no Dask scheduler answers at {scheduler} within {_PATIENCE_S} seconds: check the "
            "address, and that `dask scheduler` runs there"
        ) from error
    with client:
        _check_workers(client, scheduler)
        try:
            with joblib.parallel_config(backend="dask", client=client, scatter=[payload]):
                yield
        except KilledWorker as error:
            raise SourceError(
                "the cluster lost several workers on the same samples, most likely for lack of "
                f"memory. {_KEPT}"
            ) from error
        except FutureCancelledError as error:
            raise SourceError(f"the scheduler at {scheduler} went away. {_KEPT}") from error


def _check_workers(client: Any, scheduler: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_PATIENCE_S)
    except TimeoutError as error:
        raise SourceError(
            f"the scheduler at {scheduler} has no worker after {_PATIENCE_S} seconds: start "
            f"`dask worker {scheduler}` on the machines that are to work"
        ) from error
    try:
        versions = set(client.run(version).values())
    except ImportError as error:
        raise SourceError(
            f"the workers at {scheduler} have no netplan: install version {__version__} there"
        ) from error
    if versions != {__version__}:
        raise SourceError(
            f"the workers at {scheduler} have netplan {', '.join(sorted(versions))} and this is "
            f"{__version__}: the results would not be the same; install the same version there"
        )
