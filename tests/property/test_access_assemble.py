"""Merging loses nobody and changes no reach; the order of rows changes nothing."""

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from netplan.access.assemble import assemble, merge_points
from netplan.access.strategies import find_offers
from tests.unit.access_tables import make_district, make_ground, place
from tests.unit.test_access_assemble import make_estimates

GEOIDS = ("120000000001", "120000000002", "120000000003")


@st.composite
def pointed(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give area, share and reach of some points; shares sum to 1 in every area with points."""
    count, offers = draw(st.integers(1, 25)), draw(st.integers(0, 5))
    area = np.array(draw(st.lists(st.integers(0, 3), min_size=count, max_size=count)))
    weights = draw(st.lists(st.integers(1, 9), min_size=count, max_size=count))
    weight = np.array(weights, dtype=np.float64)
    share = weight / np.bincount(area, weights=weight)[area]
    bits = draw(st.lists(st.booleans(), min_size=count * offers, max_size=count * offers))
    return area, share, np.array(bits, dtype=np.bool_).reshape(count, offers)


@given(pointed())
@settings(max_examples=300, deadline=None)
def test_atoms_are_the_distinct_rows_of_each_area(
    case: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    area, share, reach = case
    atom_area, atom_share, atom_reach = merge_points(area, share, csr_array(reach))
    # the independent way: a dictionary of tuples
    expected: dict[tuple[int, tuple[bool, ...]], float] = {}
    for index in range(len(area)):
        key = (int(area[index]), tuple(reach[index].tolist()))
        expected[key] = expected.get(key, 0.0) + float(share[index])
    rows = [
        (int(where), tuple(row))
        for where, row in zip(atom_area, atom_reach.toarray().tolist(), strict=True)
    ]
    assert rows == sorted(expected, key=lambda key: (key[0], list(expected).index(key)))
    np.testing.assert_allclose(atom_share, [expected[row] for row in rows])
    sums = np.bincount(atom_area, weights=atom_share)
    np.testing.assert_allclose(sums[np.unique(area)], 1.0)


@given(pointed(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_points_changes_no_atom(
    case: tuple[np.ndarray, np.ndarray, np.ndarray], random: Any
) -> None:
    area, share, reach = case
    order = np.array(random.sample(range(len(area)), len(area)))

    def atoms(chosen: np.ndarray) -> list[tuple[int, tuple[bool, ...], float]]:
        where, part, rows = merge_points(area[chosen], share[chosen], csr_array(reach[chosen]))
        return sorted(
            (int(a), tuple(row), round(float(s), 12))
            for a, s, row in zip(where, part, rows.toarray().tolist(), strict=True)
        )

    assert atoms(np.arange(len(area))) == atoms(order)


def _rows(random: np.random.Generator) -> dict[str, list[dict[str, Any]]]:
    """Give random rows of every table that makes an offer, some of them useless."""

    def at() -> dict[str, float]:
        return place(float(random.uniform(0, 4000)), float(random.uniform(0, 4000)))

    def flag() -> str:
        return str(random.choice(["true", "false"]))

    return {
        "stops": [{"stop_id": f"ST{i}", "allowed": flag(), **at()} for i in range(6)],
        "buses": [
            {"bus_id": f"B{i}", "max_clients": float(random.choice([10, 65]))} for i in range(4)
        ],
        "slots": [
            {"slot_id": f"s{i}", "weekday": day, "start": "15:00", "end": "18:00"}
            for i, day in enumerate(("mon", "tue", "fri"))
        ],
        "partners": [
            {
                "partner_id": f"P{i}",
                "transit": flag(),
                "existing": flag(),
                "hours_per_week": float(random.choice([2, 40])),
                **at(),
            }
            for i in range(6)
        ],
        "offers": [
            {
                "offer_id": f"O{i}",
                "kind": str(random.choice(["subsidy", "lending"])),
                "geoids": str(random.choice(["*", GEOIDS[0], f"{GEOIDS[1]};{GEOIDS[2]}"])),
                "provider": str(random.choice(["Comcast", "Verizon", ""])),
            }
            for i in range(4)
        ],
        "wireless": [{"site_id": f"W{i}", **at()} for i in range(3)],
        "transit": [{"transit_stop_id": f"T{i}", **at()} for i in range(3)],
        "availability": [{"geoid": GEOIDS[0], "providers": "Comcast"}],
        "low_cost_plans": [{"plan": "x", "provider": "Comcast"}, {"plan": "y"}],
    }


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_a_siting_keeps_its_students_and_does_not_depend_on_the_order_of_rows(seed: int) -> None:
    random = np.random.default_rng(seed)
    area = np.sort(random.integers(0, 3, size=40))
    area[:3] = (0, 1, 2)
    area.sort()
    weight = random.integers(1, 9, size=40).astype(np.float64)
    share = weight / np.bincount(area, weights=weight)[area]
    east, north = random.uniform(0, 4000, size=(2, 40))
    ground = make_ground(list(zip(area, east, north, share, strict=True)), GEOIDS)
    offline = random.uniform(0, 200, size=3)
    estimates = make_estimates(list(offline), np.ones((3, 1)), geoids=GEOIDS)
    rows = _rows(random)
    district = make_district(**rows)
    siting = assemble(district, estimates, ground)

    np.testing.assert_allclose(np.bincount(siting.area, weights=siting.area_share), 1.0)
    np.testing.assert_allclose(np.bincount(siting.area, weights=siting.students), offline)
    assert siting.offers["offer_id"].is_unique
    assert siting.reach.shape == (len(siting.students), len(siting.offers))

    # what each offer reaches of each area is what it reaches of the area's points
    offers = find_offers(district, ground)
    kept = offers.table["offer_id"].isin(siting.offers["offer_id"]).to_numpy()
    assert offers.table.loc[kept, "offer_id"].tolist() == siting.offers["offer_id"].tolist()
    by_points, by_atoms = (
        np.column_stack(
            [
                np.bincount(where, weights=part * reach[:, column], minlength=3)
                for column in range(reach.shape[1])
            ]
        )
        if reach.shape[1]
        else np.zeros((3, 0))
        for where, part, reach in (
            (area, share, offers.reach.toarray()[:, kept]),
            (siting.area, siting.area_share, siting.reach.toarray()),
        )
    )
    np.testing.assert_allclose(by_atoms, by_points)

    # left out: out of everyone's reach or without capacity, and none that exists already
    lost = offers.table[~kept]
    assert not lost["existing"].any()
    reached = offers.reach.toarray().any(axis=0)[~kept]
    assert (~reached | (lost["max_students"] <= 0).to_numpy()).all()

    mixed = make_district(**{name: list(random.permutation(r)) for name, r in rows.items()})
    again = assemble(mixed, estimates, ground)
    pd.testing.assert_frame_equal(again.offers, siting.offers)
    assert (again.reach != siting.reach).nnz == 0
    assert again.notes == siting.notes
    np.testing.assert_array_equal(again.students, siting.students)
    if siting.fleet is None:
        assert again.fleet is None
    else:
        assert again.fleet is not None
        assert again.fleet.classes == siting.fleet.classes
        assert again.fleet.stop_ids == siting.fleet.stop_ids
        np.testing.assert_array_equal(again.fleet.drive_minutes, siting.fleet.drive_minutes)
