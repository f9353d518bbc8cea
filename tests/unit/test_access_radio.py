"""Radio ranges against the fact sheet's rows."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from netplan.access.radio import bus_ranges_m, home_range_m, link_range_m
from netplan.errors import InputError
from netplan.inputs.model import AccessSettings

FOOT_M = 0.3048
RANGES = pd.DataFrame(
    {
        "radio_range": ["vendor_300_ft", "charleston_150_ft"],
        "outdoor_m": [91.4, 45.7],
        "home_m": [91.4, 45.7],
        "status": ["claim, open air", "claim, open air"],
        "source": ["3.40", "3.38"],
    }
)

#: Exponent, MHz, wall dB, feet: facts 3.36 (no wall) and 3.37. The sheet has 111 ft for the
#: second row, where its own formula gives 110.4.
ROWS = [
    (2.4, 2437, 0, 266), (3.0, 2437, 0, 111), (3.5, 2437, 0, 67),
    (2.4, 5500, 0, 135), (3.0, 5500, 0, 64), (3.5, 5500, 0, 42),
    (2.4, 2437, 7, 136), (3.0, 2437, 7, 65), (3.5, 2437, 7, 42),
    (2.4, 5500, 10, 52), (3.0, 5500, 10, 30), (3.5, 5500, 10, 22),
]  # fmt: skip


@pytest.mark.parametrize(("exponent", "mhz", "wall_db", "feet"), ROWS)
def test_the_fact_sheet(exponent: float, mhz: float, wall_db: float, feet: float) -> None:
    access = AccessSettings(
        radio_exponent=exponent, radio_frequency_mhz=mhz, radio_wall_loss_db=wall_db
    )
    found = home_range_m(access, RANGES)
    assert found.home_m / FOOT_M == pytest.approx(feet, abs=0.6)  # whole feet
    assert found.outdoor_m >= found.home_m


def test_by_hand() -> None:
    # 15 + 4 - 8 + 75 = 86 dB may be lost; 40.19 dB are in the first meter at 2437 MHz; the
    # rest at 30 dB per decade: 10^(45.81 / 30) = 33.7 m, and behind 7 dB 10^(38.81 / 30) = 19.7 m
    access = AccessSettings()
    assert link_range_m(access, wall_loss_db=0) == pytest.approx(33.66, abs=0.01)
    assert link_range_m(access, wall_loss_db=7) == pytest.approx(19.67, abs=0.01)


def test_what_hears_less_or_loses_more_reaches_less() -> None:
    usual = home_range_m(AccessSettings(), RANGES)
    for change in (
        {"radio_client_dbm": 12.0},
        {"radio_antenna_dbi": 2.0},
        {"radio_fade_margin_db": 10.0},
        {"radio_sensitivity_dbm": -70.0},
        {"radio_wall_loss_db": 15.0},
        {"radio_exponent": 3.5},
        {"radio_frequency_mhz": 5500.0},
    ):
        less = home_range_m(dataclasses.replace(AccessSettings(), **change), RANGES)
        assert less.home_m < usual.home_m, change
        assert less.outdoor_m <= usual.outdoor_m, change


def test_a_published_range_by_name() -> None:
    found = home_range_m(AccessSettings(radio_range="vendor_300_ft"), RANGES)
    assert (found.outdoor_m, found.home_m, found.source) == (91.4, 91.4, "3.40")
    assert "claim" in found.how


def test_an_unknown_name_says_what_there_is() -> None:
    with pytest.raises(InputError) as caught:
        home_range_m(AccessSettings(radio_range="mile"), RANGES)
    (problem,) = caught.value.problems
    assert (problem.file, problem.column, problem.value) == ("access.toml", "radio_range", "mile")
    assert problem.expected == "one of model, charleston_150_ft, vendor_300_ft"


def test_a_bus_may_have_its_own_range() -> None:
    buses = pd.DataFrame({"radio_range_m": [np.nan, 60.0]})
    home = home_range_m(AccessSettings(radio_range="charleston_150_ft"), RANGES)
    assert bus_ranges_m(buses, home).tolist() == [45.7, 60.0]
