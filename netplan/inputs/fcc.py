"""The FCC's raw fixed-availability files under ``sources/``, summed up by area.

Each row is one provider's service at one location; a state's files have millions. They are read
in parts, and only rows of the district's areas are kept. Facts 6.30 to 6.36.
"""

import stat
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from netplan.errors import Problem, Severity
from netplan.inputs.columns_areas import MAX_HOME_MBPS
from netplan.inputs.files import Folder
from netplan.inputs.geoids import BLOCK_DIGITS, COUNTY_DIGITS

SOURCES = "sources"
#: In file order (6.30).
COLUMNS = (
    "frn",
    "provider_id",
    "brand_name",
    "location_id",
    "technology",
    "max_advertised_download_speed",
    "max_advertised_upload_speed",
    "low_latency",
    "business_residential_code",
    "state_usps",
    "block_geoid",
    "h3_res8_id",
)
_USED = ("brand_name", "technology", "max_advertised_download_speed",
         "max_advertised_upload_speed", "business_residential_code", "block_geoid")  # fmt: skip
#: Copper, cable, fiber, licensed and licensed-by-rule fixed wireless (6.31); not satellite.
TECHNOLOGIES = ("10", "40", "50", "71", "72")
#: Residential, and both (6.32).
RESIDENTIAL = ("R", "X")
MAX_FILE_BYTES = 20_000_000_000
_ROWS_AT_ONCE = 200_000
_DOWN, _UP = "max_advertised_download_speed", "max_advertised_upload_speed"


def raw_files(folder: Folder) -> tuple[str, ...]:
    """Name the FCC's files under ``sources/``, such as ``sources/bdc_24_Cable_....csv``."""
    try:
        names = sorted(entry.name for entry in (folder.root / SOURCES).iterdir())
    except OSError:
        return ()
    return tuple(
        f"{SOURCES}/{name}"
        for name in names
        if name.lower().startswith("bdc_") and name.lower().endswith(".csv")
    )


def read_raw(
    folder: Folder, names: Sequence[str], geoids: Sequence[str]
) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Sum the files up by area: fastest speeds, technologies and brands on offer to homes.

    Parameters
    ----------
    names
        From `raw_files`.
    geoids
        Of the areas, all of one level.

    Returns
    -------
    availability
        geoid, max_down_mbps, max_up_mbps, technologies, providers; the areas that any file
        names. None when there are errors.
    problems
        What was found.
    """
    digits = len(geoids[0])
    known = frozenset(geoids)
    counties = frozenset(geoid[:COUNTY_DIGITS] for geoid in geoids)
    parts: list[pd.DataFrame] = []
    problems: list[Problem] = []
    near = 0
    for name in names:
        refused = _refuse(folder, name)
        if refused is not None:
            problems.append(refused)
            continue
        try:
            found, rows = _read(folder.root / name, name, digits, known, counties)
        except (ValueError, OSError, UnicodeError, OverflowError) as error:
            problems.append(_broken(name, error))
            continue
        problems += [item for item in found if isinstance(item, Problem)]
        parts += [item for item in found if isinstance(item, pd.DataFrame)]
        near += rows
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    services = _grouped(parts)
    if services.empty:
        return None, [*problems, _nothing(names, near)]
    table = _by_area(services)
    missing = len(known) - len(table)
    problems.append(
        _problem(
            names[0],
            "fcc-summed",
            f"availability is summed up by area from {', '.join(names[:4])}"
            f"{', ...' if len(names) > 4 else ''}: services to homes by copper, cable, fiber and "
            f"licensed fixed wireless, not by satellite; {missing:,} of {len(known):,} areas are "
            "in none and count as unknown",
            "",
            "Nothing to do, if the files of every technology are there.",
            severity="note",
        )
    )
    return table, problems


def _refuse(folder: Folder, name: str) -> Problem | None:
    path = folder.root / name
    try:
        status = path.stat()
        inside = path.resolve().is_relative_to(folder.root)
    except (OSError, RuntimeError) as error:
        return _broken(name, error)
    if inside and stat.S_ISREG(status.st_mode) and status.st_size <= MAX_FILE_BYTES:
        return None
    return _problem(
        name,
        "not-a-file",
        "this is no file in the folder, or it is too large",
        f"a file of at most {MAX_FILE_BYTES / 1e9:.0f} GB",
        "Copy the file itself into the folder.",
    )


def _read(
    path: Path, name: str, digits: int, known: frozenset[str], counties: frozenset[str]
) -> tuple[list[pd.DataFrame | Problem], int]:
    """Read one file; give its services by area, its problems, and its rows in the counties."""
    header = list(pd.read_csv(path, nrows=0, encoding_errors="replace").columns)
    lacking = [column for column in _USED if column not in header]
    if lacking:
        filed = "block_geoid" in lacking and "location_id" in header
        return [
            _problem(
                name,
                "missing-column",
                "this is a provider's filing, without places"
                if filed
                else f"the columns {', '.join(lacking)} are missing",
                "the FCC's availability file: " + ", ".join(COLUMNS),
                "Download it from broadbandmap.fcc.gov under Data Download.",
            )
        ], 0
    parts: list[pd.DataFrame | Problem] = []
    wrong = near = 0
    with pd.read_csv(
        path, usecols=list(_USED), dtype="str", chunksize=_ROWS_AT_ONCE, encoding_errors="replace"
    ) as chunks:
        for chunk in chunks:
            block = chunk["block_geoid"].fillna("").str.zfill(BLOCK_DIGITS)
            near += int(block.str[:COUNTY_DIGITS].isin(counties).sum())
            here = chunk.assign(geoid=block.str[:digits])
            here = here[
                here["geoid"].isin(known)
                & here["technology"].isin(TECHNOLOGIES)
                & here["business_residential_code"].isin(RESIDENTIAL)
            ]
            speeds = here[[_DOWN, _UP]].apply(pd.to_numeric, errors="coerce")
            sound = ((speeds >= 0) & (speeds <= MAX_HOME_MBPS)).all(axis=1)
            wrong += int((~sound).sum())
            here = here.assign(**{_DOWN: speeds[_DOWN], _UP: speeds[_UP]})[sound]
            parts.append(_grouped([here]))
    if wrong:
        parts.append(
            _problem(
                name,
                "bad-speed",
                f"{wrong:,} rows have no usable speed and are left out",
                "",
                "Nothing to do, if they are few.",
                severity="note",
            )
        )
    return parts, near


def _grouped(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Give the fastest speeds of each area, technology and brand."""
    keys = ["geoid", "technology", "brand_name"]
    if not parts:
        return pd.DataFrame(columns=[*keys, _DOWN, _UP])
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.assign(brand_name=rows["brand_name"].fillna("").str.replace(";", ",").str.strip())
    return rows.groupby(keys, as_index=False, sort=True)[[_DOWN, _UP]].max()


def _by_area(services: pd.DataFrame) -> pd.DataFrame:
    groups = services.groupby("geoid", sort=True)

    def joined(column: str) -> "pd.Series[str]":
        named = services[services[column] != ""]
        return named.groupby("geoid")[column].agg(lambda names: ";".join(sorted(set(names))))

    table = pd.DataFrame({"max_down_mbps": groups[_DOWN].max(), "max_up_mbps": groups[_UP].max()})
    table["technologies"] = joined("technology").astype("str")
    table["providers"] = joined("brand_name").astype("str")
    return table.reset_index().astype(
        {"geoid": "str", "max_down_mbps": "float64", "max_up_mbps": "float64"}
    )


def _nothing(names: Sequence[str], near: int) -> Problem:
    if near:
        return _problem(
            names[0],
            "another-census",
            f"none of the {near:,} rows of these counties lies in an area of areas.geojson: the "
            "blocks and the areas are of different censuses, or none is a home's service",
            "blocks and areas of the 2020 census",
            "Take the areas of the census that the file uses, or delete the file.",
        )
    return _problem(
        names[0],
        "no-common-areas",
        "no row lies in the counties of areas.geojson",
        "the FCC's file of this state",
        "Check the state in the file's name, or delete the file.",
    )


def _broken(name: str, error: Exception) -> Problem:
    told = " ".join(str(error).split())[:120]
    return _problem(
        name,
        "unreadable-file",
        f"the file cannot be read as a table ({told})",
        "the FCC's availability file: " + ", ".join(COLUMNS),
        "Download it again.",
    )


def _problem(
    name: str, code: str, message: str, expected: str, fix: str, *, severity: Severity = "error"
) -> Problem:
    return Problem(
        code=code, file=name, message=message, expected=expected, fix=fix, severity=severity
    )
