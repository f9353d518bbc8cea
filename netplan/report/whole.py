"""A folder that is written whole or not at all."""

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netplan.errors import InputError, Problem

#: The file that marks a folder as written by netplan, and lists what was written.
RECORD = "run.json"
#: What file managers leave behind in a folder that was only looked at.
_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """Give a new sibling folder to write into; it takes the place of ``out`` at the end.

    An earlier output of netplan is replaced, an empty folder filled; anything else is left
    alone. When the block fails or is interrupted, nothing of it stays and ``out`` is as it was.

    Raises
    ------
    InputError
        ``out`` is a file, a link, or a folder with something in it that netplan did not
        write; or the place cannot be written to.
    """
    target = Path(os.path.abspath(out))  # noqa: PTH100  (resolve() would follow links)
    refuse_foreign(target)
    tag = secrets.token_hex(4)
    new = target.parent / f".{target.name}.{tag}.partial"
    old = target.parent / f".{target.name}.{tag}.old"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        new.mkdir()
    except OSError as error:
        raise _problem(target, f"cannot be written ({error.strerror})") from error
    try:
        yield new
        _swap(target, new, old)
    except OSError as error:
        raise _problem(target, f"cannot be written ({error.strerror})") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def refuse_foreign(target: Path) -> None:
    """Raise InputError unless a folder is missing, empty, or netplan's own from before.

    The command line calls it before the work, so that nobody waits for a refusal.
    """
    if target.is_symlink():
        raise _problem(target, "is a symbolic link, and netplan does not write through links")
    if not target.exists():
        return
    if not target.is_dir():
        raise _problem(target, "is a file, not a folder")
    present = {
        Path(parent, name).relative_to(target).as_posix()
        for parent, folders, files in os.walk(target)
        for name in [*files, *(each for each in folders if Path(parent, each).is_symlink())]
        if name not in _LITTER
    }
    foreign = sorted(present - _written_before(target))
    if foreign:
        more = f" and {len(foreign) - 1:,} more" if len(foreign) > 1 else ""
        raise _problem(target, f"holds {foreign[0]}{more}, which netplan did not write")


def _written_before(target: Path) -> frozenset[str]:
    record = target / RECORD
    if record.is_symlink() or not record.is_file():
        return frozenset()
    try:
        data = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return frozenset()
    files = data.get("files") if isinstance(data, dict) and "netplan" in data else None
    return frozenset([RECORD, *map(str, files)]) if isinstance(files, list) else frozenset()


def _swap(target: Path, new: Path, old: Path) -> None:
    """Put ``new`` where ``target`` was; on failure put ``target`` back."""
    if not target.exists():
        new.rename(target)
        return
    target.rename(old)
    try:
        new.rename(target)
    except OSError:
        old.rename(target)
        raise


def _problem(target: Path, message: str) -> InputError:
    return InputError(
        [
            Problem(
                code="output-folder",
                file=str(target),
                message=message,
                expected="a folder that is new, empty, or written by netplan before",
                fix="Give another folder with --out, or move what is there.",
            )
        ]
    )
