"""Writing a district folder whole or not at all: a temporary sibling, then one rename."""

import csv
import io
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from netplan.errors import InputError, Problem


def csv_text(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    """Give rows as CSV text; a column that a row lacks is empty."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(columns), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def toml_text(text: str) -> str:
    """Give text as a TOML basic string."""
    escaped = "".join(
        f"\\u{ord(sign):04x}" if ord(sign) < 32 or ord(sign) == 127 else sign
        for sign in text.replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{escaped}"'


def refuse_taken(folder: Path, *, overwrite: bool) -> None:
    """Raise where a folder has something in it, or where the place is no folder."""
    if not folder.exists():
        return
    if folder.is_dir() and (overwrite or not any(folder.iterdir())):
        return
    what = "the folder is not empty" if folder.is_dir() else "there is a file of that name"
    raise InputError(
        [
            Problem(
                code="folder-taken",
                file=str(folder),
                message=what,
                expected="a new or empty folder",
                fix="Give another folder, so that nothing corrected by hand is lost.",
            )
        ]
    )


def write_folder(folder: Path, files: Mapping[str, str], *, overwrite: bool = False) -> Path | None:
    """Write files into a new folder, whole or not at all.

    Parameters
    ----------
    folder
        Where; its parents are made.
    files
        File name to text.
    overwrite
        Put the folder that is there aside (``<folder>.old-1``) instead of
        refusing; nothing is deleted.

    Returns
    -------
    aside : Path or None
        Where the folder that was there is now.

    Raises
    ------
    InputError
        The folder is not empty, or the disk refuses.
    """
    folder = folder.absolute()
    refuse_taken(folder, overwrite=overwrite)
    made: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        made.chmod(0o755)
        for name, text in files.items():
            (made / name).write_text(text, encoding="utf-8", newline="")
        aside = _move_aside(folder)
        try:
            made.rename(folder)
        except OSError:
            if aside is not None:
                aside.rename(folder)
            raise
        made = None
    except OSError as error:
        raise InputError(
            [
                Problem(
                    code="cannot-write",
                    file=str(folder),
                    message=f"the folder cannot be written ({error.strerror})",
                    expected="a place that can be written to",
                    fix="Give another folder.",
                )
            ]
        ) from error
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
    return aside


def _move_aside(folder: Path) -> Path | None:
    """Take away an empty folder, or move a full one aside."""
    if not folder.exists():
        return None
    if not any(folder.iterdir()):
        folder.rmdir()
        return None
    number = 1
    while (aside := folder.with_name(f"{folder.name}.old-{number}")).exists():
        number += 1
    folder.rename(aside)
    return aside
