"""The optional basemap folder: roads, waters or tiles that maps draw beneath everything else.

Only what is there is looked at here; a map reads the files when it draws them.
"""

from pathlib import Path

from netplan.errors import Problem
from netplan.inputs.files import Folder, digest

BASEMAP_FOLDER = "basemap"
#: What a basemap may hold, by the start of the file's name.
KINDS = ("roads", "water")
ENDINGS = (".geojson", ".gpkg")
#: Vector tiles, under any name.
TILES = ".pmtiles"
MOST_BASEMAP_BYTES = 30_000_000
_MOST_FILES = 20


def read_basemap(
    folder: Folder, hashes: dict[str, str], problems: list[Problem]
) -> tuple[Path, ...]:
    """Give the basemap's files, sorted by name; hashes and problems are added to.

    Problems are errors where a file cannot be used, and notes where one is not read.
    """
    if BASEMAP_FOLDER not in folder.names:
        return ()
    inside = folder.root / BASEMAP_FOLDER
    try:
        paths = sorted(inside.iterdir(), key=lambda path: path.name) if inside.is_dir() else None
    except OSError:
        paths = None
    if paths is None:
        problems.append(
            _problem(
                BASEMAP_FOLDER,
                "not-a-folder",
                "this is no folder that can be read",
                "a folder with roads.geojson and water.geojson",
                "Put the files into a folder of this name, or take it out.",
            )
        )
        return ()
    kept: list[Path] = []
    for path in paths:
        name = f"{BASEMAP_FOLDER}/{path.name}"
        wrong = _wrong(folder, path, name)
        if wrong is not None:
            problems.append(wrong)
        elif len(kept) < _MOST_FILES:
            hashes[name] = digest(path)
            kept.append(path)
    return tuple(kept)


def _wrong(folder: Folder, path: Path, name: str) -> Problem | None:
    """Say why a file of the basemap is not read; None where it is."""
    lowered = path.name.lower()
    if not lowered.endswith(TILES) and not (
        lowered.startswith(KINDS) and lowered.endswith(ENDINGS)
    ):
        return Problem(
            code="not-read",
            file=name,
            message="the file is not read",
            expected="roads.geojson, water.geojson, GeoPackages of these names, or *.pmtiles",
            fix="Rename it if it is meant.",
            severity="note",
        )
    try:
        if not path.resolve().is_relative_to(folder.root):
            return _problem(
                name, "leaves-folder", "the file is a link to somewhere outside the folder",
                "a file in the folder", "Copy the file itself into the folder.",
            )  # fmt: skip
        if not path.is_file():
            return _problem(name, "not-a-file", "this is no file", "a file", "Move it away.")
        size = path.stat().st_size
    except (OSError, RuntimeError) as error:
        return _problem(
            name, "unreadable-file", f"the file cannot be read ({error})", "a readable file",
            "Check that it exists and that you may read it.",
        )  # fmt: skip
    if size > MOST_BASEMAP_BYTES:
        return _problem(
            name, "file-too-large", f"the file has {size / 1e6:,.0f} MB",
            f"at most {MOST_BASEMAP_BYTES / 1e6:,.0f} MB",
            "Keep the larger roads and waters of the district; simplify their lines.",
        )  # fmt: skip
    return None


def _problem(file: str, code: str, message: str, expected: str, fix: str) -> Problem:
    return Problem(code=code, file=file, message=message, expected=expected, fix=fix)
