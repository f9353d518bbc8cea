"""What the district buys: the sum of its access lines, and the lesser of lines in a row."""

from pathlib import Path

import pytest

import netplan
from tests.unit.folders import LINKS, SCHOOLS, write_district

CIRCUIT = "circuit,inet,fw,1000,1000,primary,leased\n"
TRANSPORT = "fw-core,fw,core,10000,10000,primary,fiber\n"


@pytest.mark.parametrize(
    ("links", "mbps"),
    [
        (LINKS, 1000.0),  # the lines to the schools add up to 1,300 and do not count
        (LINKS.replace(CIRCUIT, CIRCUIT + "second,inet,fw,700,700,primary,leased\n"), 1700.0),
        (LINKS.replace(CIRCUIT, CIRCUIT + "spare,inet,fw,700,700,backup,leased\n"), 1000.0),
        (LINKS.replace(TRANSPORT, TRANSPORT.replace("10000,10000", "500,500")), 500.0),
        (LINKS.replace(CIRCUIT, "circuit,fw,inet,300,1000,primary,leased\n"), 1000.0),
        # a school with a line of its own to the internet brings that too
        (LINKS + "own,inet,E1-mdf,50,50,primary,cable\n", 1050.0),
    ],
)
def test_internet_access(tmp_path: Path, links: str, mbps: float) -> None:
    report = netplan.check(netplan.load(write_district(tmp_path / "d", links=links)))
    assert set(report.capacity.district_targets["has_mbps"]) == {mbps}


def test_a_backup_is_no_capacity_for_targets(tmp_path: Path) -> None:
    links = LINKS + "b-E1,core,E1-mdf,900,900,backup,wireless\n"
    report = netplan.check(netplan.load(write_district(tmp_path / "d", links=links)))
    targets = report.capacity.targets
    assert set(targets.loc[targets["school_id"] == "E1", "has_mbps"]) == {100.0}
    cuts = report.buildings.set_index("school_id")["min_cut_mbps"]
    assert cuts["E1"] == 1000.0  # 100 + 900: what the network could do, with everything it has


def test_unknown_staff_is_said_in_the_basis(tmp_path: Path) -> None:
    schools = SCHOOLS.replace("elementary,200,20", "elementary,200,")
    devices = "school_id,group,kind,per_person\n*,students,chromebook,1\n"
    district = netplan.load(write_district(tmp_path / "d", schools=schools, devices=devices))
    targets = netplan.check(district).capacity.district_targets.set_index("target")
    assert "staff of 1 of 3 schools unknown" in targets.loc["fcc", "basis"]
    assert targets.loc["fcc", "needed_mbps"] == 1400 + 120
    assert "unknown" not in targets.loc["esh_student", "basis"]
