"""What is planted in a synthetic district is what netplan finds, and nothing else goes over."""

from pathlib import Path

import pytest

import netplan
from netplan.synth.district import write_district

OVER = {"link-over-limit", "node-over-limit", "wifi-airtime-over"}


@pytest.mark.parametrize("schools", [1, 3, 5, 8, 24])
@pytest.mark.parametrize("seed", [1, 2])
def test_planted_is_found(tmp_path: Path, schools: int, seed: int) -> None:
    written = write_district(tmp_path / "d", schools=schools, seed=seed)
    report = netplan.check(netplan.load(written.path))
    # the id of a finding is code:kind:element:part
    found = [(f.code, f.id.split(":")[2], set(f.schools)) for f in report.capacity.findings]
    failures = {row.failed: set(row.cut_off) for row in report.failures.itertuples(index=False)}
    planted_elements = set()
    for problem in written.planted:
        planted_elements |= set(problem.elements)
        hit = set(problem.schools)
        if problem.code == "single-point-of-failure":
            # netplan tells failures that cut off the same schools in one finding
            assert [code for code, _, cut in found if code == problem.code and cut == hit]
            assert all(failures[element] == hit for element in problem.elements)
        elif problem.code == "wifi-crowded":
            assert (problem.code, problem.schools[0], hit) in found
        else:
            elements = {element for code, element, _ in found if code == problem.code}
            assert set(problem.elements) <= elements
    assert {element for code, element, _ in found if code in OVER} <= planted_elements
