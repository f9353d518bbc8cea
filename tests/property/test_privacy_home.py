"""Student points go in, and nothing of them comes out: every output, cache and log is searched."""

import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from tests.unit.after_school import write_after_school

ROOT = Path(__file__).parents[2]
THRESHOLD = 10
COMMANDS = (
    ("validate", ("--json", "validate.json")),
    ("gap", ("--json", "gap.json", "--all")),
    ("access", ("--json", "access.json", "--all")),
    ("plan", ("--out", "out", "--json", "plan.json")),
)


def planted_points(seed: int) -> list[tuple[str, str]]:
    """Give the homes of students: clusters of 3 to 400 in the corners of the four areas."""
    draw = random.Random(seed)  # noqa: S311
    homes = []
    for lat, lon in ((27.385, -80.415), (27.385, -80.365), (27.435, -80.415), (27.435, -80.365)):
        for _ in range(draw.choice([3, 8, 12, 60, 400])):
            homes.append(
                (f"{lat + draw.uniform(-4e-3, 4e-3):.7f}", f"{lon + draw.uniform(-4e-3, 4e-3):.7f}")
            )
    return homes


def everything_written(folder: Path) -> dict[str, str]:
    """Give the text of every file below a folder, whatever its kind."""
    return {
        str(path.relative_to(folder)): path.read_bytes().decode("utf-8", "replace")
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("seed", [1])
def test_no_student_point_leaves_netplan(tmp_path: Path, seed: int) -> None:
    homes = planted_points(seed)
    points = "lat,lon\n" + "".join(f"{lat},{lon}\n" for lat, lon in homes)
    where = tmp_path / "district"
    write_after_school(where, {"students_points.csv": points, "students.csv": None})
    work = tmp_path / "work"
    work.mkdir()
    said = ""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HOME": str(work / "home"),
        "XDG_CACHE_HOME": str(work / "cache"),
        "TMPDIR": str(work),
        "COLUMNS": "200",
    }
    for command, options in COMMANDS:
        done = subprocess.run(
            [sys.executable, "-m", "netplan", command, str(where), *options],
            cwd=work,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said += done.stdout + done.stderr
    texts = {**everything_written(work), "the terminal": said}
    assert any(name.endswith("home.html") for name in texts)
    digest = hashlib.sha256(points.encode()).hexdigest()
    for name, text in texts.items():
        assert digest not in text, name
        for lat, lon in homes:
            # five decimals are a meter: less would stand for many homes
            assert lat[:-2] not in text, name
            assert lon[:-2] not in text, name
    gap = json.loads((work / "gap.json").read_text(encoding="utf-8"))
    attack(gap)
    for document in ("access.json", "plan.json"):
        same = json.loads((work / document).read_text(encoding="utf-8"))["gap"]
        assert same["areas"] == gap["areas"]


def attack(gap: dict[str, Any]) -> None:
    """Bound every withheld count from all shown ones by linear programming, and fail to."""
    for name in ("students", "students_offline"):
        shown = [area[name] for area in gap["areas"]]
        hidden = [place for place, value in enumerate(shown) if value is None]
        assert all(value is None or value == 0 or value >= THRESHOLD for value in shown)
        total = gap["total"][name]
        if not hidden or total is None:
            continue
        rows = [np.ones(len(hidden))]
        sums = [total - sum(value for value in shown if value is not None)]
        for group in gap["groups"]:
            if group[name] is None:
                continue
            inside = set(group["geoids"].split(";"))
            known = sum(
                area[name] for area in gap["areas"] if area["geoid"] in inside and area[name]
            )
            rows.append(
                np.array([float(gap["areas"][place]["geoid"] in inside) for place in hidden])
            )
            sums.append(group[name] - known)
        for place in range(len(hidden)):
            ends = [
                linprog(
                    sign * np.eye(len(hidden))[place],
                    A_eq=np.array(rows),
                    b_eq=np.array(sums),
                    bounds=[(0, None)] * len(hidden),
                    method="highs",
                )
                for sign in (1.0, -1.0)
            ]
            width = -ends[1].fun - ends[0].fun
            assert width >= THRESHOLD - 1e-6, (name, gap["areas"][hidden[place]]["geoid"])
