"""Scenario files in a copy of the three-school district (`tests.unit.folders`), or of another.

district = with_scenarios(tmp_path / "d", more='title = "More"\\n[[change]]...')
netplan.apply(district, "more")
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

import netplan
from netplan.district.model import District
from netplan.whatif.model import Scenario
from netplan.whatif.read import parse_scenario
from tests.unit.folders import write_district

ROOT = Path(__file__).parents[2]
HARBOR = ROOT / "data" / "schools" / "harbor-county"
#: Enrollment by grade of the three schools, which FILES leaves out.
ENROLLMENT = """\
school_id,grade,students
E1,3,100
E1,4,100
M1,6,200
M1,7,200
H1,9,400
H1,10,400
"""


def write_scenarios(folder: Path, **texts: str) -> Path:
    """Write ``scenarios/<name>.toml`` for each; an underscore in a name becomes a hyphen."""
    inside = folder / "scenarios"
    inside.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (inside / f"{name.replace('_', '-')}.toml").write_text(text, encoding="utf-8")
    return folder


def with_scenarios(
    folder: Path, files: Mapping[str, str | bytes | None] | None = None, **texts: str
) -> District:
    """Write the three-school district with scenarios and load it.

    Parameters
    ----------
    files
        As in `tests.unit.folders.write_district`, such as ``{"enrollment.csv": ENROLLMENT}``.
    texts
        Scenarios by name.
    """
    write_district(folder, files)
    return netplan.load(write_scenarios(folder, **texts))


def harbor_with(folder: Path, **texts: str) -> District:
    """Copy the sample district, put scenarios beside those that it has, and load it."""
    shutil.copytree(HARBOR, folder)
    return netplan.load(write_scenarios(folder, **texts))


def scenario(text: str, name: str = "case") -> Scenario:
    """Read a scenario from its text, without a file."""
    return parse_scenario(text.encode(), file=f"scenarios/{name}.toml", name=name)
