"""Files of a district folder: which are there, and their bytes, safely."""

import hashlib
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePath

from netplan.errors import Problem
from netplan.inputs.schemas import TABLES

DISTRICT_FILE = "district.toml"
MAX_TABLE_BYTES = 200_000_000
MAX_TOML_BYTES = 1_000_000
MAX_SHAPES_BYTES = 100_000_000
AREA_FILES = ("areas.geojson", "areas.gpkg")
ZONE_FILES = ("zones.geojson", "zones.gpkg")
STREET_ENDINGS = (".osm.pbf", ".osm")
#: Files of the contract that are no plain tables.
_OTHER_READ = (*AREA_FILES, *ZONE_FILES, "acs.csv", "students_points.csv", "access.toml")

#: Those, and what other parts of netplan read, or what belongs to people.
_OTHER_KNOWN = (*_OTHER_READ, "scenarios", "sources", "truth", "README.md")
#: What a folder of results always holds.
_RESULT_FILES = frozenset({"run.json", "index.html"})
#: Folders inside the named one that are looked into for a district.
_MOST_LOOKED = 1_000
#: Names by which spreadsheets and people save a table that should be .csv.
_OTHER_ENDINGS = frozenset(
    {".xlsx", ".xls", ".xlsm", ".ods", ".numbers", ".txt", ".tsv", ".csv", ".gz", ".zip", ""}
)
#: Names by which shapes are saved that should be GeoJSON or a GeoPackage.
_SHAPE_ENDINGS = frozenset({".json", ".shp", ".kml", ".kmz", ".topojson", ".zip", ".gdb", ""})

#: First bytes of what is not a table of text, and what it is.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "an Excel or other zipped file"),
    (b"PK\x05\x06", "an empty zip file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls)"),
    (b"\x09\x08\x10\x00", "a very old Excel workbook (.xls)"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip file"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\x00", "an SQLite or GeoPackage file"),
    (b"\x89PNG", "a picture"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML file, perhaps an Excel 2003 workbook"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A district folder that exists.

    Parameters
    ----------
    root
        Its resolved path.
    names
        Names of what is directly in it, sorted.
    """

    root: Path
    names: tuple[str, ...]


def open_folder(path: Path) -> Folder | Problem:
    """Look into a district folder, or say why that cannot be done."""
    try:
        root = path.resolve()
        names = tuple(sorted(entry.name for entry in root.iterdir()))
    except NotADirectoryError:
        message, fix = "this is a file", "Name the district's folder, not a file in it."
    except FileNotFoundError:
        message, fix = "there is no such folder", "Check the path, or run `netplan init`."
    except (OSError, RuntimeError, ValueError) as error:
        message, fix = f"the folder cannot be opened ({error})", "Check the path and its rights."
    else:
        return _wrong_folder(path, root, names) or Folder(root=root, names=names)
    return Problem(
        code="no-folder",
        file=str(path),
        message=message,
        expected="a district folder with district.toml in it",
        fix=fix,
    )


def _wrong_folder(path: Path, root: Path, names: Sequence[str]) -> Problem | None:
    """Say what a folder is that is surely no district: of results, or of districts."""
    if DISTRICT_FILE in names or any(spec.file in names for spec in TABLES.values()):
        return None
    expected = f"a district folder with {DISTRICT_FILE} in it"
    if set(names) >= _RESULT_FILES:
        return Problem(
            code="results-folder",
            file=str(path),
            message="this is a folder of results, which netplan wrote",
            expected=expected,
            fix="Name the district folder.",
        )
    districts = [name for name in names[:_MOST_LOOKED] if _is_file(root / name / DISTRICT_FILE)]
    if not districts:
        return None
    told = " or ".join(str(path / name) for name in districts[:3])
    many = len(districts) > 1
    message = f"{districts[0]} looks like a district"
    if many:
        message = f"{len(districts)} folders in it look like districts: "
        message += ", ".join(districts[:3]) + (", ..." if districts[3:] else "")
    return Problem(
        code="folder-of-districts",
        file=str(path),
        message=f"this is no district; {message}",
        expected=expected,
        fix=f"Did you mean {told}?",
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def read_bytes(folder: Folder, name: str, limit: int) -> bytes | Problem:
    """Read one regular file that lies in the folder, or say why not.

    A symbolic link may point inside the folder only; a pipe, device or folder
    in a file's place is refused without being opened.
    """
    path = folder.root / name
    try:
        if not path.resolve().is_relative_to(folder.root):
            return Problem(
                code="leaves-folder",
                file=name,
                message="the file is a link to somewhere outside the district's folder",
                expected="a file in the folder",
                fix="Copy the file itself into the folder.",
            )
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or device"
            return Problem(
                code="not-a-file",
                file=name,
                message=f"{kind} stands where a file should",
                expected="a file",
                fix="Move it away, and save the table under this name.",
            )
        if status.st_size > limit:
            return Problem(
                code="file-too-large",
                file=name,
                message=f"the file has {status.st_size / 1e6:,.0f} MB",
                expected=f"at most {limit / 1e6:,.0f} MB",
                fix="Check that this is the right file.",
            )
        with path.open("rb") as handle:
            return handle.read(limit + 1)
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return Problem(
            code="unreadable-file",
            file=name,
            message=f"the file cannot be read ({reason})",
            expected="a readable file",
            fix="Check that it exists and that you may read it.",
        )


def digest(path: Path) -> str:
    """Give the sha256 of a file that is read in parts."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def foreign_format(data: bytes) -> str | None:
    """Say what a file is when its first bytes show that it is no table of text."""
    if data.startswith(b"PK\x03\x04") and b"opendocument.spreadsheet" in data[:200]:
        return "an OpenDocument spreadsheet (.ods)"
    start = data.lstrip()[:64] if data[:1].isspace() else data[:64]
    lowered = start.lower()
    for magic, what in _MAGIC:
        if start.startswith(magic) or (magic[:1] == b"<" and lowered.startswith(magic.lower())):
            return what
    return None


def missing_file(name: str, names: Sequence[str]) -> Problem:
    """Give the problem of a required file that is not there."""
    near = [found for found in names if _near(found) == name]
    fix = f"Rename {near[0]!r}." if near and near[0].lower() == name else "Add the file."
    if near and near[0].lower() != name:
        fix = f"Is it {near[0]!r}? Save that as {name}, comma separated, UTF-8."
    return Problem(
        code="missing-file",
        file=name,
        message="the file is required and is not in the folder",
        expected=f"a file named {name}",
        fix=fix,
    )


def near_misses(names: Sequence[str]) -> list[Problem]:
    """Note files whose name is almost, but not quite, one that netplan reads."""
    notes = []
    for name in names:
        meant = _near(name)
        if meant is not None:
            notes.append(
                Problem(
                    code="near-miss-file",
                    file=name,
                    message="the file is not read, though its name is almost one that is",
                    expected=meant,
                    fix=f"If it is meant, save it as {meant}"
                    f"{', comma separated, UTF-8' if meant.endswith('.csv') else ''}; "
                    "otherwise leave it.",
                    severity="note",
                )
            )
    return notes


def _near(name: str) -> str | None:
    known = (DISTRICT_FILE, *(spec.file for spec in TABLES.values()), *_OTHER_READ)
    if name in known or name in _OTHER_KNOWN or name.startswith((".", "~")):
        return None
    lowered = name.lower()
    path = PurePath(lowered)
    stem = path.name.split(".", 1)[0]
    for candidate in known:
        endings = _OTHER_ENDINGS if candidate.endswith(".csv") else _SHAPE_ENDINGS
        same_stem = stem == PurePath(candidate).stem and not candidate.endswith(".toml")
        if lowered == candidate or (same_stem and path.suffix in endings):
            return candidate
    if lowered in (other.lower() for other in _OTHER_KNOWN):
        return None
    matches = get_close_matches(lowered, known, n=1, cutoff=0.85)
    return matches[0] if matches else None
