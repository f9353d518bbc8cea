"""Where a command's output goes: JSON files whole or absent, a spinner on a terminal only."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from netplan.errors import InputError, Problem


def emit_json(json_file: str | None, make: Callable[[], str]) -> None:
    """Write a document to a file (temporary sibling, then rename) or, for ``-``, to standard output."""
    if json_file is None:
        return
    text = make()
    if json_file == "-":
        click.echo(text, nl=False)
        return
    target = Path(json_file)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    except OSError as error:
        raise InputError(
            [
                Problem(
                    code="cannot-write",
                    file=json_file,
                    message=f"the JSON file cannot be written ({error.strerror})",
                    expected="a folder that exists and may be written to",
                    fix="Name another file after --json.",
                )
            ]
        ) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        temporary.chmod(0o644)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def waiting(what: str, *, quiet: bool = False) -> Iterator[None]:
    """Show that work goes on, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"netplan: {what} ..."):
        yield
