"""What a long run has done so far, kept so that it can go on: files that are whole or absent.

The folder that results are written to holds ``.parts`` while they are not all there::

    out/.parts/header.json           what the run is: whoever goes on must be the same
    out/.parts/part-00012.parquet    one chunk of samples
    out/.parts/final/                results that wait until they are all there
    out/run.json                     written last; then .parts goes

Every file is written in ``.parts``, synced, and renamed into its place. Whatever moment a run
ends at, also with SIGKILL or when the power fails, each file is whole or absent.
"""

import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netplan._version import __version__
from netplan.errors import InputError, Problem
from netplan.report.whole import RECORD, refuse_foreign

PARTS = ".parts"
_HEADER = "header.json"
_FINAL = "final"
_PART = re.compile(r"part-([0-9]{5,})\.parquet")
_UNFINISHED = re.compile(r"\..*\.tmp")
_OURS = re.compile(rf"{re.escape(_HEADER)}|{_FINAL}|{_PART.pattern}|{_UNFINISHED.pattern}")
#: Keys of a header to what people call them.
_CALLED: Mapping[str, str] = {
    "netplan": "the version of netplan",
    "sweep": "the sweep file",
    "inputs": "the district's files",
    "scenarios": "the scenarios",
    "fingerprint": "the district, as scenarios and settings changed it",
    "chunk": "the size of a chunk",
    "samples": "the number of samples",
    "school_years": "the school years",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The parts of one run.

    Parameters
    ----------
    out
        The folder of results.
    header
        What the run is: plain data that JSON holds.
    finished
        The results are all there, and there are no parts.
    """

    out: Path
    header: Mapping[str, Any]
    finished: bool = False

    def done(self) -> frozenset[int]:
        """Give the numbers of the chunks that are there."""
        found = (_PART.fullmatch(path.name) for path in (self.out / PARTS).iterdir())
        return frozenset(int(match[1]) for match in found if match is not None)

    def part(self, chunk: int) -> Path:
        """Give the path of one chunk, which may not be there yet."""
        return self.out / PARTS / f"part-{chunk:05d}.parquet"

    def keep(self, chunk: int, data: bytes) -> None:
        """Keep one chunk."""
        write_whole(self.part(chunk), data, self.out / PARTS)

    def finish(self, write: Callable[[Path], None]) -> None:
        """Write the results, move them where they belong, and drop the parts.

        Parameters
        ----------
        write
            Writes every file of the results but ``run.json`` into the folder that it is given.
        """
        final = self.out / PARTS / _FINAL
        shutil.rmtree(final, ignore_errors=True)
        final.mkdir()
        write(final)
        names = _files(final)
        before = _recorded(self.out)
        # from here on everything that may stand there is known as ours
        listed = sorted(before.union(names) - {RECORD})
        self._record({"netplan": __version__, "files": listed})
        for name in names:
            target = self.out / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (final / name).replace(target)
        for name in sorted(before - set(names) - {RECORD}):
            (self.out / name).unlink(missing_ok=True)
        self._record({**self.header, "command": "sweep", "files": names})
        shutil.rmtree(self.out / PARTS, ignore_errors=True)

    def _record(self, record: Mapping[str, Any]) -> None:
        write_whole(self.out / RECORD, _json(record), self.out / PARTS)


def open_checkpoint(out: Path, header: Mapping[str, Any], *, resume: bool) -> Checkpoint:
    """Begin a run in a folder, or go on with the one that stands there.

    Parameters
    ----------
    header
        What the run is; two runs of equal headers give equal parts.
    resume
        Go on with what stands there, if anything does.

    Raises
    ------
    InputError
        The folder holds something else, or parts of another run; or parts of this one and
        ``resume`` is not asked for; or it cannot be written.
    """
    out = Path(os.path.abspath(out))  # noqa: PTH100  (resolve() would follow links)
    parts = out / PARTS
    begun = _begun(out)
    _refuse_foreign(out)
    if begun is not None and not resume:
        raise _problem(
            "unfinished-sweep",
            out,
            "holds an unfinished sweep",
            "--resume, or another folder",
            f"Go on with it by --resume, or delete {out / PARTS} to begin anew.",
        )
    if begun is not None:
        _same_run(out, begun, header)
    if resume and begun is None and _is_finished(out, header):
        # killed while the parts were being dropped
        shutil.rmtree(parts, ignore_errors=True)
        return Checkpoint(out=out, header=header, finished=True)
    try:
        parts.mkdir(parents=True, exist_ok=True)
        for left in parts.iterdir():
            if _UNFINISHED.fullmatch(left.name):
                left.unlink(missing_ok=True)
        if begun is None:
            # parts without a header are of no run: none is ever written before it
            for left in parts.iterdir():
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            write_whole(parts / _HEADER, _json(header), parts)
    except OSError as error:
        raise _problem(
            "output-folder",
            out,
            f"cannot be written ({error.strerror})",
            "a folder that may be written to",
            "Give another folder with --out.",
        ) from error
    return Checkpoint(out=out, header=header)


def _refuse_foreign(out: Path) -> None:
    """Raise InputError where a folder holds what netplan did not write; parts do not count."""
    parts = out / PARTS
    if not parts.is_dir() or parts.is_symlink():
        refuse_foreign(out)
        return
    strange = sorted(path.name for path in parts.iterdir() if not _OURS.fullmatch(path.name))
    present = {path.name for path in out.iterdir() if not path.name.startswith(".")}
    foreign = present - {name.split("/", 1)[0] for name in (*_recorded(out), RECORD)}
    if strange or foreign:
        what = f"{PARTS}/{strange[0]}" if strange else min(foreign)
        raise _problem(
            "output-folder",
            out,
            f"holds {what}, which netplan did not write",
            "a folder that is new, empty, or written by netplan before",
            "Give another folder with --out, or move what is there.",
        )


def write_whole(path: Path, data: bytes, scratch: Path) -> None:
    """Write a file in another folder, sync it to the disk, and rename it into its place."""
    temporary = scratch / f".{path.name}.{secrets.token_hex(4)}.tmp"
    try:
        with temporary.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _begun(out: Path) -> Mapping[str, Any] | None:
    """Give the header of the parts in a folder; None where there are none."""
    header = out / PARTS / _HEADER
    if out.is_symlink() or (out / PARTS).is_symlink() or not header.is_file():
        return None
    if _is_finished(out, _read_json(header)):
        return None
    return _read_json(header)


def _is_finished(out: Path, header: Mapping[str, Any]) -> bool:
    """Say whether a folder holds all results of a run."""
    record = _read_json(out / RECORD)
    same = all(record.get(key) == value for key, value in _plain(header).items())
    return bool(header) and same and all((out / name).is_file() for name in _recorded(out))


def _same_run(out: Path, begun: Mapping[str, Any], header: Mapping[str, Any]) -> None:
    """Raise InputError where parts are those of another run, and say what differs."""
    now = _plain(header)
    differs = [key for key in sorted({*begun, *now}) if begun.get(key) != now.get(key)]
    if not differs:
        return
    told = [_difference(key, begun.get(key), now.get(key)) for key in differs]
    raise _problem(
        "another-sweep",
        out,
        f"holds parts of another sweep: {', '.join(told)} differ",
        "the same district, sweep file, scenarios and version of netplan",
        f"Give another folder with --out, or delete {out / PARTS} to begin anew.",
    )


def _difference(key: str, before: Any, now: Any) -> str:
    """Name what differs: files by their names where a header lists files."""
    if isinstance(before, dict) and isinstance(now, dict):
        names = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
        return ", ".join(names[:3]) + (" ..." if names[3:] else "")
    return _CALLED.get(key, key)


def _recorded(out: Path) -> frozenset[str]:
    files = _read_json(out / RECORD).get("files")
    named = map(str, files) if isinstance(files, list) else ()
    # what it lists is deleted, so that a name must not lead out of the folder
    return frozenset(
        name for name in named if not Path(name).is_absolute() and ".." not in Path(name).parts
    )


def _files(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def _read_json(path: Path) -> Mapping[str, Any]:
    """Read a JSON object; empty where there is none."""
    if path.is_symlink():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _plain(header: Mapping[str, Any]) -> dict[str, Any]:
    """Give a header as it comes back from JSON."""
    data: dict[str, Any] = json.loads(_json(header))
    return data


def _json(data: Mapping[str, Any]) -> bytes:
    return (json.dumps(dict(data), indent=1, sort_keys=True, allow_nan=False) + "\n").encode()


def _problem(code: str, out: Path, message: str, expected: str, fix: str) -> InputError:
    return InputError(
        [Problem(code=code, file=str(out), message=message, expected=expected, fix=fix)]
    )
