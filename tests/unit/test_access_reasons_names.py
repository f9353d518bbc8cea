"""A floor that cannot be met names the schools of the zones, and what to do."""

from pathlib import Path

import pytest

import netplan
from netplan.errors import InfeasibleError
from tests.unit.after_school import write_after_school


def test_a_floor_out_of_reach_names_schools_with_their_ids(tmp_path: Path) -> None:
    # no lending and no plans: places and buses reach a part of the students alone
    folder = write_after_school(tmp_path, offers=None)
    access = 'equity = "floor"\nfloor_share = 1.0\n'
    (folder / "access.toml").write_text(access)
    with pytest.raises(InfeasibleError) as told:
        netplan.access(netplan.load(folder), budget_usd_per_year=1e6, time_limit_s=10)
    words = str(told.value)
    assert "Elm Elementary, id E1 (0." in words
    assert "add places or offers there, or lower floor_share in access.toml to 0." in words
