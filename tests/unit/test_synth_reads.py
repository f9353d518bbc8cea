"""Synthetic folders come through the input door with nothing to say about them."""

from pathlib import Path

import pytest

from netplan.inputs.folder import read_folder
from netplan.synth.district import write_district
from tests.unit.synth_check import files


@pytest.mark.parametrize("schools", [1, 2, 3, 8, 24, 200])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_reads_without_a_word(tmp_path: Path, schools: int, seed: int) -> None:
    written = write_district(tmp_path / "d", schools=schools, seed=seed)
    inputs = read_folder(tmp_path / "d")
    assert [str(problem) for problem in inputs.problems] == []
    assert len(inputs.tables["schools"]) == schools
    assert len(inputs.tables["nodes"]) == written.nodes
    assert len(inputs.tables["links"]) == written.links
    assert set(inputs.hashes) == set(files(tmp_path / "d")) - {"README.md"}
    # Everyone's devices are there: each school has populations of students and of staff.
    populations = inputs.tables["populations"]
    for group in (["staff"], [str(grade) for grade in range(1, 13)]):
        assert populations[populations["group"].isin(group)]["school_id"].nunique() == schools


def test_one_node_per_access_point_reads_too(tmp_path: Path) -> None:
    written = write_district(tmp_path / "d", schools=24, seed=1, aps_per_group=1)
    inputs = read_folder(written.path)
    assert inputs.problems == ()
    assert len(inputs.tables["nodes"]) == written.nodes


@pytest.mark.slow
def test_the_largest_reads_without_a_word(tmp_path: Path) -> None:
    write_district(tmp_path / "d", schools=2_000, seed=1)
    assert read_folder(tmp_path / "d").problems == ()
