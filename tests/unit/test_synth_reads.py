"""Synthetic folders come through the input door with notes on what is planted, and no more."""

from pathlib import Path

import pytest

from netplan.inputs.folder import read_folder
from netplan.inputs.model import Inputs
from netplan.synth.areas import ZONED
from netplan.synth.district import write_district
from tests.unit.synth_check import files, rows

#: Sentinels of acs.csv are planted; schools of level k12 and other have no zone.
PLANTED_NOTES = {"acs-sentinel", "school-without-zone"}


def unplanned(inputs: Inputs) -> list[str]:
    """Give what was found beside the planted notes."""
    return [
        str(problem)
        for problem in inputs.problems
        if problem.severity != "note" or problem.code not in PLANTED_NOTES
    ]


@pytest.mark.parametrize("schools", [1, 2, 3, 8, 24, 200])
@pytest.mark.parametrize("seed", [0, 1])
def test_reads_with_no_other_word(tmp_path: Path, schools: int, seed: int) -> None:
    written = write_district(tmp_path / "d", schools=schools, seed=seed)
    inputs = read_folder(tmp_path / "d")
    assert unplanned(inputs) == []
    assert len(inputs.tables["schools"]) == schools
    assert len(inputs.tables["nodes"]) == written.nodes
    assert len(inputs.tables["links"]) == written.links
    # what-if files are read when they are asked for
    apart = ("README.md", "truth/", "scenarios/", "sweeps/")
    assert set(inputs.hashes) == {
        name for name in files(tmp_path / "d") if not name.startswith(apart)
    }
    # ... and the after-school half is there as it was written.
    assert len(inputs.tables["areas"]) == written.areas
    assert set(inputs.tables["areas"]["level"]) == {"block_group"}
    assert len(inputs.tables["acs"]) == len(rows(tmp_path / "d", "acs"))
    zoned = [row for row in rows(tmp_path / "d", "schools") if row["level"] in ZONED]
    assert len(inputs.tables["zones"]) == (len(zoned) or 1)
    assert inputs.access.definition == "none"
    assert inputs.access.budget_usd_per_year is not None
    for name in ("blocks", "availability", "stops", "buses", "slots", "partners", "offers"):
        assert len(inputs.tables[name]) == len(rows(tmp_path / "d", name))
    # Everyone's devices are there: each school has populations of students and of staff.
    populations = inputs.tables["populations"]
    for group in (["staff"], [str(grade) for grade in range(1, 13)]):
        assert populations[populations["group"].isin(group)]["school_id"].nunique() == schools


def test_one_node_per_access_point_reads_too(tmp_path: Path) -> None:
    written = write_district(tmp_path / "d", schools=24, seed=1, aps_per_group=1)
    inputs = read_folder(written.path)
    assert unplanned(inputs) == []
    assert len(inputs.tables["nodes"]) == written.nodes


@pytest.mark.slow
def test_the_largest_reads_with_no_other_word(tmp_path: Path) -> None:
    write_district(tmp_path / "d", schools=2_000, seed=1)
    assert unplanned(read_folder(tmp_path / "d")) == []
