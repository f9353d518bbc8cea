"""A small sweep of the three-school district: seconds to run, and every kind of row in it.

Import it as ``from tests.unit.sweep_district import write_swept``.
"""

from pathlib import Path

from tests.unit.folders import write_district

#: 12 samples over two school years, drawn from a range, a shape and a choice.
SWEEP = """\
title = "Growth, devices and video"
method = "lhs"
samples = 12
seed = 7
years = 2

[[vary]]
name = "growth"
cell = "planning.growth_per_year"
low = 0.1
high = 0.6

[[vary]]
name = "devices per student"
cell = "devices[kind=chromebook].per_person"
low = 0.5
high = 2.0
distribution = "triangular"
mode = 1.0

[[vary]]
name = "video"
cell = "apps[app=video].down_mbps"
as = "factor"
values = [0.5, 1.0, 2.0]
"""


def write_swept(folder: Path, sweep: str = SWEEP) -> Path:
    """Write the district with a sweep named ``small``; give the district's folder."""
    return write_district(folder, {"sweeps/small.toml": sweep})


def contents(folder: Path) -> dict[str, bytes]:
    """Give every file below a folder by its path in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
