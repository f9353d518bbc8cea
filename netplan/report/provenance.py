"""``run.json``: what made this folder, enough to make it again."""

import hashlib
import json
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from netplan._version import __version__
from netplan.district.model import District
from netplan.report.document import assumptions_data
from netplan.report.model import Report
from netplan.report.scenario import asked, scenario_data

#: 2000-01-01, in seconds.
_FIXED = 946_684_800
#: Libraries that a number in the report passes through.
_LIBRARIES = (
    *("geopandas", "highspy", "jinja2", "networkx", "numba", "numpy", "osmium", "pandas"),
    *("pandera", "pyproj", "scipy", "shapely"),
)


def run_record(report: Report, command: str, files: Iterable[str]) -> str:
    """Give the text of ``run.json``.

    Parameters
    ----------
    report
        What was written.
    command
        Name of the command that wrote it.
    files
        Paths inside the folder, ``run.json`` itself left out.
    """
    inputs = report.district.inputs
    own = {
        **scenario_data(inputs),
        "events": list(report.events),
        "access": None if report.home is None else asdict(inputs.access),
        "seed": None if report.home is None else inputs.access.seed,
        "money": None if report.money is None else asdict(inputs.money),
        "assumptions": assumptions_data(report.assumptions),
    }
    return record(report.district, command, run_id(report), own, files)


def record(
    district: District, command: str, run: str, own: Mapping[str, Any], files: Iterable[str]
) -> str:
    """Give the text of ``run.json`` for any command.

    Parameters
    ----------
    district, command, run
        What was looked at, by which command, and the name of the run.
    own
        What this command was asked for.
    files
        Paths inside the folder, ``run.json`` itself left out.
    """
    inputs = district.inputs
    whole = {
        "netplan": __version__,
        "command": command,
        "run": run,
        "district": district.name,
        "created": _created(),
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "inputs": dict(sorted(inputs.hashes.items())),
        "settings": asdict(inputs.settings),
        "planning": asdict(inputs.planning),
        "assumptions": assumptions_data(inputs.assumptions),
        **own,
        "files": sorted(files),
    }
    return json.dumps(whole, indent=1, allow_nan=False) + "\n"


def run_id(report: Report) -> str:
    """Give twelve digits that name a run: the same inputs, events and version give the same."""
    return run_name(report.district, *report.events, *asked(report.district.inputs))


def run_name(district: District, *asked: str) -> str:
    """Give `run_id` for any command: the same inputs and the same things asked give the same."""
    digest = hashlib.sha256()
    for name, value in sorted(district.inputs.hashes.items()):
        digest.update(f"{name}\0{value}\0".encode("utf-8", "surrogatepass"))
    digest.update("\0".join((__version__, *asked)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:12]


def stamp() -> datetime:
    """Give the moment that files of a report carry: SOURCE_DATE_EPOCH, or a fixed one.

    ``run.json`` alone says when a report was really made, so that all else is the same bytes.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(epoch) if epoch.isdigit() else _FIXED, UTC)


def stamp_text() -> str:
    """Give `stamp` as a GeoPackage writes it."""
    return f"{stamp():%Y-%m-%dT%H:%M:%S}.000Z"


def footer(report: Report) -> dict[str, Any]:
    """Give what every page says of its making; no clock, so that pages stay the same bytes."""
    return footer_of(report.district, run_id(report))


def footer_of(district: District, run: str) -> dict[str, Any]:
    """Give `footer` for any command."""
    inputs = sorted(district.inputs.hashes.items())
    return {"version": __version__, "run": run, "inputs": inputs}


def _created() -> str:
    """Give the time in UTC: of SOURCE_DATE_EPOCH where it is set, else of the clock."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
