"""Distances against values known from elsewhere."""

import pytest

from netplan.geo.distance import great_circle_km, plausible_reach_km


def test_a_degree_of_latitude() -> None:
    assert great_circle_km(0, 0, 0, 1) == pytest.approx(111.195, abs=1e-3)


def test_baltimore_to_port_st_lucie_agrees_with_the_ellipsoid() -> None:
    from pyproj import Geod

    there = (-76.6122, 39.2904, -80.3582, 27.2730)
    metres = Geod(ellps="WGS84").inv(*there)[2]
    assert great_circle_km(*there) == pytest.approx(metres / 1000, rel=5e-3)


def test_antipodes_and_the_same_point() -> None:
    assert great_circle_km(0, 0, 180, 0) == pytest.approx(20015.1, abs=0.1)
    assert great_circle_km(-80.4, 27.3, -80.4, 27.3) == 0.0


def test_the_reach_of_a_district_grows_with_its_spread() -> None:
    assert plausible_reach_km([]) == 100.0
    assert plausible_reach_km([1.0, 5.0, 122.0]) == 100.0  # St. Lucie: 122 km is doubted
    assert plausible_reach_km([10.0, 60.0, 200.0]) == 240.0  # a county of the West: 200 km is not
