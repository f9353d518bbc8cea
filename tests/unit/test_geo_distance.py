"""Distances against values known from elsewhere."""

import pytest

from netplan.geo.distance import great_circle_km


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
