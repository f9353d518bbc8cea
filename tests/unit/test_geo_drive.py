"""Minutes between places, by hand and against the scalar formula."""

import math

import numpy as np
import pytest

from netplan.geo.distance import great_circle_km
from netplan.geo.drive import drive_minutes


def test_by_hand() -> None:
    # a tenth of a degree of latitude is 11.12 km; x 1.4 at 30 km/h is 31.1 minutes
    minutes = drive_minutes([-80.4, -80.4], [27.4, 27.5], kmh=30.0, detour_factor=1.4)
    assert minutes == pytest.approx(np.array([[0, 31.1346], [31.1346, 0]]), abs=1e-3)


def test_between_two_lots_of_places() -> None:
    rng = np.random.default_rng(2)
    lon, lat = rng.uniform(-80, -79, (2, 5)), rng.uniform(27, 28, (2, 5))
    there = drive_minutes(lon[0], lat[0], lon[1][:3], lat[1][:3], kmh=60.0, detour_factor=1.0)
    assert there.shape == (5, 3)
    for i in range(5):
        for j in range(3):
            km = great_circle_km(lon[0][i], lat[0][i], lon[1][j], lat[1][j])
            assert there[i, j] == pytest.approx(km)  # 60 km/h: a minute a kilometer


def test_no_places_and_broken_places() -> None:
    assert drive_minutes([], [], [-80.0], [27.0], kmh=30.0, detour_factor=1.4).shape == (0, 1)
    with pytest.raises(ValueError, match="without coordinates"):
        drive_minutes([-80.0, math.nan], [27.0, 27.0], kmh=30.0, detour_factor=1.4)
    with pytest.raises(ValueError, match="kmh"):
        drive_minutes([-80.0], [27.0], kmh=0.0, detour_factor=1.4)
