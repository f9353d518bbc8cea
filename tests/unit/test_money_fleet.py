"""The fleet: steady states in closed form, lives with a fraction, fleets that shrink."""

from dataclasses import replace
from pathlib import Path

import pytest

from netplan.district.model import District
from netplan.inputs.folder import read_folder
from netplan.inputs.model import MoneySettings
from netplan.money.fleet import fleet, owned_devices
from netplan.whatif.years import years_from
from tests.unit.folders import DISTRICT_TOML, write_district
from tests.unit.money_by_hand import district, in_year

HEAD = "school_id,group,kind,per_person,present_share,owner\n"


def _followed(one: District, money: MoneySettings, count: int) -> tuple[list[float], ...]:
    """Follow a fleet that stays as it is: new, renewed and lost in each year."""
    years = years_from("2026-27", count)
    same = District(inputs=replace(one.inputs, money=money))
    found = fleet([in_year(same, year) for year in years], years)
    found = found[found["kind"] == "chromebook"]
    return tuple(list(found[name]) for name in ("new_devices", "renewed_devices", "lost_devices"))


@pytest.mark.parametrize("loss", [0.0, 0.1, 0.35])
@pytest.mark.parametrize("life", [1.0, 2.0, 4.0, 7.0])
def test_a_fleet_that_stays_as_it_is_costs_the_same_every_year(
    tmp_path: Path, life: float, loss: float
) -> None:
    """A cohort F shrinks to F q^a: F (1 + q + ... + q^(L-1)) = T, and F q^(L-1) is renewed."""
    one = district(tmp_path, 1)
    money = MoneySettings(device_life_years=life, loss_share_per_year=loss)
    new, renewed, lost = _followed(one, money, 9)
    kept = 1 - loss
    cohort = 190 / sum(kept**age for age in range(int(life)))
    assert new == pytest.approx([0] * 9, abs=1e-9)
    assert renewed == pytest.approx([cohort * kept ** (life - 1)] * 9)
    assert lost == pytest.approx([190 * loss] * 9)


def test_a_life_of_four_and_a_half_years_renews_two_ninths_a_year(tmp_path: Path) -> None:
    money = MoneySettings(device_life_years=4.5, loss_share_per_year=0.0)
    _, renewed, _ = _followed(district(tmp_path, 1), money, 12)
    assert renewed == pytest.approx([190 * 2 / 9] * 12)


def test_spares_are_bought_and_counted(tmp_path: Path) -> None:
    one = district(tmp_path, 1)
    more = replace(one.inputs, money=MoneySettings(spare_share=0.1))
    assert owned_devices(District(inputs=more))["chromebook"] == pytest.approx(209)


def test_bring_your_own_is_not_the_districts(tmp_path: Path) -> None:
    """Absent devices are owned too; phones of the staff are not."""
    devices = HEAD + "E1,students,chromebook,1,0.5,district\nM1,students,laptop,1,1,byod\n"
    one = district(tmp_path, 1, devices=devices)
    assert owned_devices(one).to_dict() == {"chromebook": 200}


def test_a_fleet_that_shrinks_buys_only_what_it_lacks(tmp_path: Path) -> None:
    """190 devices, 47.5 due a year; 50 are needed from the second year, and none in the fourth.

    Second year: 142.5 of the first year's are not due, so nothing is renewed and the oldest 92.5
    beyond 50 go: of the 47.5 due in each of the next years the first is gone, and 45 of the next.
    """
    money = "\n[money]\nloss_share_per_year = 0\n"
    base = write_base(tmp_path / "a", "0.95", money)
    less = write_base(tmp_path / "b", "0.25", money)
    none = write_base(tmp_path / "c", "0", money)
    years = years_from("2026-27", 4)
    waves = [
        in_year(one, year, base) for one, year in zip((base, less, less, none), years, strict=True)
    ]
    found = fleet(waves, years)
    assert list(found["devices"]) == pytest.approx([190, 50, 50, 0])
    assert list(found["renewed_devices"]) == pytest.approx([47.5, 0, 0, 0])
    assert list(found["new_devices"]) == pytest.approx([0, 0, 0, 0])


def write_base(path: Path, per_person: str, money: str) -> District:
    """Write a district in which E1's students have so many Chromebooks."""
    devices = HEAD + f"E1,students,chromebook,{per_person},1,district\n"
    return district(path, 1, devices=devices, district=DISTRICT_TOML + money)


def test_a_scenario_may_start_from_a_smaller_fleet(tmp_path: Path) -> None:
    """The folder has 200; the scenario begins with 80, a quarter of them due each year."""
    money = "\n[money]\nloss_share_per_year = 0\n"
    base = write_base(tmp_path / "a", "1", money)
    carts = write_base(tmp_path / "b", "0.4", money)
    years = years_from("2026-27", 3)
    found = fleet([in_year(one, year, base) for one, year in
                   zip((carts, carts, base), years, strict=True)], years)  # fmt: skip
    assert list(found["renewed_devices"]) == pytest.approx([20, 20, 20])
    assert list(found["new_devices"]) == pytest.approx([0, 0, 120])


def test_a_purchase_comes_back_after_its_life(tmp_path: Path) -> None:
    """Nothing is there; 200 are bought in 2026-27 for three years."""
    money = "\n[money]\nloss_share_per_year = 0\ndevice_life_years = 3\n"
    base = write_base(tmp_path / "a", "0", money)
    full = write_base(tmp_path / "b", "1", money)
    years = years_from("2026-27", 7)
    found = fleet([in_year(full, year, base) for year in years], years)
    assert list(found["new_devices"]) == pytest.approx([200, 0, 0, 0, 0, 0, 0])
    assert list(found["renewed_devices"]) == pytest.approx([0, 0, 0, 200, 0, 0, 200])


def test_a_district_without_devices_has_no_fleet(tmp_path: Path) -> None:
    one = District(inputs=read_folder(write_district(tmp_path, devices=None)))
    assert fleet([one], ["2026-27"]).empty
