"""How the tables become files: plain numbers, LF line ends, a folder whole or not at all."""

import csv
import io
import secrets
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from netplan.errors import InputError, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One CSV file, its cells already text."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def text(self) -> str:
        """Give the file's content."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows(self.rows)
        return out.getvalue()


def decimals(value: float, places: int) -> str:
    """Write a number with at most ``places`` decimals, without an exponent or trailing zeros."""
    text = f"{value:.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def write_folder(
    folder: Path, files: Mapping[str, str], *, overwrite: bool, ours: Collection[str]
) -> None:
    """Write the files as one folder: a temporary sibling first, then a rename.

    Parameters
    ----------
    folder
        Where to; missing parents are made.
    files
        Path inside the folder to text; at most one folder deep.
    overwrite
        Replace a folder that is there, if it holds nothing but files of ``ours``.
    ours
        Every path inside the folder that this writer could have written before.

    Raises
    ------
    InputError
        The folder holds something that must not be lost, or cannot be written.
    """
    try:
        # Behind a symbolic link, the folder that it leads to.
        target = folder.resolve()
        refuse_to_lose(target, overwrite=overwrite, ours=ours)
        target.parent.mkdir(parents=True, exist_ok=True)
        token = secrets.token_hex(4)
        fresh = target.with_name(f".{target.name}.{token}.partial")
        old = target.with_name(f".{target.name}.{token}.replaced")
        try:
            fresh.mkdir()
            for name in sorted(files):
                (fresh / name).parent.mkdir(exist_ok=True)
                (fresh / name).write_bytes(files[name].encode("utf-8"))
            _swap(fresh, target, old)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
            if target.exists():
                shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        problem = _problem(
            "cannot-write",
            str(folder),
            f"the folder cannot be written: {error}",
            "a writable place",
        )
        raise InputError([problem]) from error


def _swap(fresh: Path, target: Path, old: Path) -> None:
    """Put the fresh folder in the target's place, and the old one back if that fails."""
    there = target.exists()
    if there:
        target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        if there:
            old.rename(target)
        raise


def refuse_to_lose(target: Path, *, overwrite: bool, ours: Collection[str]) -> None:
    """Raise InputError if writing to the target would lose something of someone else's."""
    if not target.exists():
        return
    if not target.is_dir():
        raise InputError(
            [_problem("not-a-folder", str(target), "a file stands where the folder would go", "")]
        )
    found = sorted(path.name for path in target.iterdir())
    if found and not overwrite:
        raise InputError(
            [
                _problem(
                    "folder-not-empty",
                    str(target),
                    f"the folder already holds {len(found)} files or folders",
                    "an empty or missing folder, or leave to overwrite",
                )
            ]
        )
    inside = {path.relative_to(target): path for path in target.rglob("*")}
    folders = {PurePosixPath(name).parent.as_posix() for name in ours}
    foreign = sorted(
        name.as_posix()
        for name, path in inside.items()
        if name.as_posix() not in (folders if path.is_dir() else ours)
    )
    if foreign:
        raise InputError(
            [
                _problem(
                    "folder-not-ours",
                    str(target),
                    f"the folder holds what netplan synth did not write ({', '.join(foreign[:5])})",
                    "a folder that holds a synthetic district and nothing else",
                )
            ]
        )


def _problem(code: str, place: str, message: str, expected: str) -> Problem:
    """Make the Problem of a folder that cannot be written."""
    return Problem(
        code=code, file=place, message=message, expected=expected, fix="Choose another folder."
    )
