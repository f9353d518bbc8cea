"""Where a command's output goes: JSON files whole or absent, a spinner on a terminal only."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from netplan.errors import InputError, Problem


def check_json(json_file: str | None) -> None:
    """Raise InputError where a JSON file cannot be written, before any work is done for it."""
    if json_file is None or json_file == "-":
        return
    target = Path(json_file).resolve()
    if target.is_dir():
        raise _cannot_write(json_file, "it is a folder")
    if _is_plain(target):
        with _sibling(json_file, target) as (handle, _):
            os.close(handle)


def emit_json(json_file: str | None, make: Callable[[], str]) -> None:
    """Write a document to a file (temporary sibling, then rename) or, for ``-``, to stdout.

    What is no plain file, such as /dev/null or a pipe, is written to and left where it is.
    """
    if json_file is None:
        return
    text = make()
    if json_file == "-":
        click.echo(text, nl=False)
        return
    target = Path(json_file).resolve()
    try:
        if _is_plain(target):
            with _sibling(json_file, target) as (handle, temporary):
                with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                    file.write(text)
                temporary.chmod(0o644)
                temporary.replace(target)
        else:
            target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise _cannot_write(json_file, error.strerror) from error


def _is_plain(target: Path) -> bool:
    return target.is_file() or not target.exists()


@contextmanager
def waiting(what: str, *, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal that work goes on, and how far it is once something counts it.

    Yields a function to call with what is done and what there is to do in all.
    """
    if quiet or not sys.stderr.isatty():
        yield _silent
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    with Progress(
        TextColumn("netplan: {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        task = progress.add_task(what, total=None)

        def count(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield count


@contextmanager
def searching(*, quiet: bool = False) -> Iterator[Callable[[float, float, float], None] | None]:
    """Show on a terminal the best plan so far and its bound while the solver looks for better.

    Yields a function to call with the best objective, the bound and the seconds gone; None where
    there is nobody to show it to.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.status import Status

    with Status("netplan: planning", console=Console(stderr=True)) as status:

        def show(best: float, bound: float, seconds: float) -> None:
            status.update(
                f"netplan: planning, {seconds:,.0f} s: best {best:,.1f}, at most {bound:,.1f}"
            )

        yield show


def _silent(_done: int, _total: int) -> None:
    """Show nothing."""


@contextmanager
def _sibling(json_file: str, target: Path) -> Iterator[tuple[int, Path]]:
    """Open a new file beside another; what is left of it at the end is removed."""
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    except OSError as error:
        raise _cannot_write(json_file, error.strerror) from error
    try:
        yield handle, Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _cannot_write(json_file: str, why: str | None) -> InputError:
    return InputError(
        [
            Problem(
                code="cannot-write",
                file=json_file,
                message=f"the JSON file cannot be written ({why})",
                expected="a file in a folder that exists and may be written to",
                fix="Name another file after --json.",
            )
        ]
    )
