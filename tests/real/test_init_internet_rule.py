"""How often init's rule for internet gives what EducationSuperHighway published for a district.

Both start from the same line items; the published number is its own verified
one (internet Mbps per student times students), of 2,432 districts of 2015.
"""

import csv
from pathlib import Path
from statistics import median

import pytest

from netplan.errors import InputError
from netplan.sources.circuits import read_circuits
from netplan.sources.places import Point
from netplan.sources.schools import School
from netplan.sources.wan import assign

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "erate_wan"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not there"),
]


def published() -> dict[str, tuple[float, int]]:
    """Give district id to internet Mbps and students, where both are published."""
    found: dict[str, tuple[float, int]] = {}
    with (DATA / "esh_districts_fy2015.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            try:
                kbps, students = float(row["ia_bandwidth_per_student"]), int(row["num_students"])
            except ValueError:
                continue
            if kbps > 0 and students > 0 and row["consortium_member"] == "false":
                found[row["nces_cd"]] = (kbps * students / 1000, students)
    return found


def test_internet_rule_against_published_bandwidth(tmp_path: Path) -> None:
    districts = published()
    with (DATA / "esh_verified_line_items_fy2015.csv").open(encoding="utf-8", newline="") as file:
        head, *body = list(csv.reader(file))
    at = head.index("nces_cd")
    by_district: dict[str, list[list[str]]] = {}
    for row in body:
        if row[at] in districts and row[head.index("entity_type")] == "District":
            by_district.setdefault(row[at], []).append(row)
    path = tmp_path / "circuits.csv"
    listed: list[float] = []
    guessed: list[float] = []
    for district, rows in by_district.items():
        mbps, students = districts[district]
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *rows])
        try:
            circuits = read_circuits(path)
        except InputError:
            continue  # its only line has no bandwidth
        whole = School(
            row=2, school_id="all", name="all", point=Point(lon=-80, lat=27), level="other",
            enrollment=students, staff=None, frl_share=None, locale="", nces_id="",
            year_built=None, title_i="", keys=(), guesses=(),
        )  # fmt: skip
        internet = assign([whole], circuits).internet
        ratios = guessed if internet.rule == "internet-not-listed" else listed
        ratios.append(internet.mbps * internet.count / mbps)
    assert len(listed) + len(guessed) > 1_300
    within = sum(0.98 < ratio < 1.02 for ratio in listed) / len(listed)
    assert within > 0.75, within
    # Without any internet line the guess is about right at the median, and wide.
    assert 150 < len(guessed) < 250
    assert 0.7 < median(guessed) < 1.4, median(guessed)
