"""The siting problem by hand: atoms, zones, weights, what is left out and why."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from netplan.access.assemble import assemble, merge_points
from netplan.errors import InputError
from netplan.gap.model import Estimates, Total
from tests.unit.access_tables import make_district, make_ground, place

A, B = "120000000001", "120000000002"
#: Area A: points 0, 100, 5,000 m east (0.2, 0.3, 0.5); area B: 200, 9,000 m (0.4, 0.6).
POINTS = [(0, 0, 0, 0.2), (0, 100, 0, 0.3), (0, 5000, 0, 0.5), (1, 200, 0, 0.4), (1, 9000, 0, 0.6)]
GROUND = make_ground(POINTS, [A, B])
SLOTS = [{"slot_id": "a", "start": "12:00", "end": "18:00"}]


def make_estimates(
    offline: Sequence[float],
    school_share: Any = ((1.0,), (1.0,)),
    school_ids: Sequence[str] = ("E1",),
    geoids: Sequence[str] = (A, B),
) -> Estimates:
    """Give estimates of so many students offline by area."""
    students = float(np.nansum(offline))
    return Estimates(
        definition="none",
        areas=pd.DataFrame({"geoid": list(geoids), "students_offline": np.array(offline, float)}),
        school_share=csr_array(np.array(school_share, dtype=np.float64)),
        school_ids=tuple(school_ids),
        zones_guessed=False,
        total=Total(
            students=students,
            students_offline=students,
            se=0.0,
            households=1.0,
            households_offline=0.0,
            households_se=0.0,
        ),
        benchmarks=pd.DataFrame(),
        fit=None,
        students_origin="counted",
        student_household_ratio=1.0,
        student_household_ratio_se=0.0,
        ratio_source="by hand",
        raked_total_se=0.0,
        missing={},
        notes=(),
    )


ESTIMATES = make_estimates([100.0, 50.0])


def test_points_of_an_area_that_the_same_offers_reach_become_one_atom() -> None:
    # a library at 0 m and lending in A alone: points 0 and 100 m of A are alike, 5,000 m is
    # reached by lending alone; B's point at 200 m has the library, 9,000 m has nothing
    district = make_district(partners=[{}], offers=[{"kind": "lending", "geoids": A}])
    siting = assemble(district, ESTIMATES, GROUND)
    assert siting.offers["offer_id"].tolist() == ["partner-hotspot:P1", "hotspot-lending:O1"]
    assert siting.reach.toarray().tolist() == [
        [True, True], [False, True], [True, False], [False, False],
    ]  # fmt: skip
    assert siting.area.tolist() == [0, 0, 1, 1]
    assert siting.area_share.tolist() == pytest.approx([0.5, 0.5, 0.4, 0.6])
    assert siting.students.tolist() == pytest.approx([50.0, 50.0, 20.0, 30.0])
    assert siting.geoids == (A, B)
    assert siting.weight.tolist() == [1.0] * 4
    assert siting.hours_needed == 5.0
    assert siting.fleet is None
    assert siting.notes == ("Reach: by hand.",)


def test_students_whom_nothing_reaches_are_counted() -> None:
    siting = assemble(make_district(), ESTIMATES, GROUND)
    assert siting.offers.empty
    assert siting.reach.shape == (2, 0)
    assert siting.students.tolist() == pytest.approx([100.0, 50.0])
    assert siting.area_share.tolist() == pytest.approx([1.0, 1.0])


def test_areas_without_an_estimate_hold_nobody_and_are_told_of() -> None:
    siting = assemble(make_district(), make_estimates([float("nan"), 50.0]), GROUND)
    assert siting.students.tolist() == pytest.approx([0.0, 50.0])
    assert "Areas without an estimate, so without students in the plan: 1." in siting.notes


def test_offers_that_can_serve_nobody_are_left_out_with_a_note() -> None:
    partners = [
        {"partner_id": "P1"},
        {"partner_id": "P2", "hours_per_week": 2.0},
        {"partner_id": "P3", **place(0, 4000)},
    ]
    siting = assemble(make_district(partners=partners), ESTIMATES, GROUND)
    assert siting.offers["source_id"].tolist() == ["P1"]
    assert siting.notes[1:] == (
        "Main Library (P2) can serve nobody: open 2 h a week, 5 h are needed.",
        "partner_hotspot: nobody is within reach of P3.",
    )


def test_many_offers_out_of_reach_make_one_note() -> None:
    partners = [{"partner_id": f"P{i}", **place(0, 4000)} for i in range(8)]
    siting = assemble(make_district(partners=partners), ESTIMATES, GROUND)
    assert siting.notes[1:] == (
        "partner_hotspot: nobody is within reach of P0, P1, P2, P3, P4 and 3 more.",
    )


def test_an_existing_partner_stays_for_its_cost_even_where_it_serves_nobody() -> None:
    far = {"existing": "true", "usd_per_year": 700.0, **place(0, 4000)}
    siting = assemble(make_district(partners=[far]), ESTIMATES, GROUND)
    assert siting.offers["usd_per_year"].tolist() == [700.0]
    assert siting.reach.nnz == 0


def test_zones_are_those_of_the_estimates() -> None:
    estimates = make_estimates([100.0, 50.0], [[0.25, 0.75], [1.0, 0.0]], ["E1", "M1"])
    siting = assemble(make_district(), estimates, GROUND)
    assert siting.zone.toarray().tolist() == [[0.25, 0.75], [1.0, 0.0]]
    assert siting.zone_ids == ("E1", "M1")


def test_poverty_weights_come_from_the_schools_that_an_area_s_students_attend() -> None:
    schools = [
        {"school_id": "E1", "frl_share": 0.8, "enrollment": 300.0},
        {"school_id": "H1", "frl_share": float("nan")},
        {"school_id": "M1", "frl_share": 0.4, "enrollment": 100.0},
    ]
    estimates = make_estimates(
        [100.0, 50.0], [[0.5, 0.0, 0.5], [0.0, 1.0, 0.0]], ["E1", "H1", "M1"]
    )
    district = make_district(schools=schools, access={"poverty_weight": 2.0})
    siting = assemble(district, estimates, GROUND)
    # A: 1 + 2 x (0.8 + 0.4) / 2 = 2.2; B: H1 is unknown: mean (300 x 0.8 + 100 x 0.4) / 400 = 0.7
    assert siting.weight.tolist() == pytest.approx([2.2, 2.4])
    assert "Schools without frl_share, for which the mean 70% stands in: 1." in siting.notes


def test_a_poverty_weight_without_any_poverty_share_is_an_error() -> None:
    district = make_district(schools=[{"frl_share": float("nan")}], access={"poverty_weight": 1.0})
    with pytest.raises(InputError) as caught:
        assemble(district, ESTIMATES, GROUND)
    (problem,) = caught.value.problems
    assert (problem.file, problem.column) == ("schools.csv", "frl_share")


def test_the_fleet_keeps_only_stops_that_someone_can_reach() -> None:
    stops = [
        {"stop_id": "ST1", **place(0, 5000)},
        {"stop_id": "ST2"},
        {"stop_id": "ST3", **place(5000, 0)},
    ]
    district = make_district(stops=stops, buses=[{}], slots=SLOTS)
    siting = assemble(district, ESTIMATES, GROUND)
    assert siting.fleet is not None
    assert siting.fleet.stop_ids == ("ST2", "ST3")
    assert siting.offers["source_id"].tolist() == ["ST2", "ST3"]
    # 5 km x 1.4 at 30 km/h = 14 minutes; the depot is at ST2
    np.testing.assert_allclose(siting.fleet.drive_minutes, [[0, 14], [14, 0]], atol=0.05)
    np.testing.assert_allclose(siting.fleet.depot_minutes, [[0, 14]], atol=0.05)
    nowhere = make_district(stops=stops[:1], buses=[{}], slots=SLOTS)
    assert assemble(nowhere, ESTIMATES, GROUND).fleet is None


def test_points_without_students_are_left_out() -> None:
    ground = make_ground([(0, 0, 0, 1.0), (0, 5000, 0, 0.0), (1, 9000, 0, 1.0)], [A, B])
    siting = assemble(make_district(partners=[{}]), ESTIMATES, ground)
    assert siting.area.tolist() == [0, 1]
    assert siting.students.tolist() == pytest.approx([100.0, 50.0])


def test_ground_of_other_areas_is_refused() -> None:
    with pytest.raises(ValueError, match="not of the same areas"):
        assemble(make_district(), ESTIMATES, replace(GROUND, geoids=(B, A)))


def test_no_points_make_no_atoms() -> None:
    none = np.empty(0)
    area, share, reach = merge_points(none.astype(int), none, csr_array((0, 3), dtype=np.bool_))
    assert area.shape == share.shape == (0,)
    assert reach.shape == (0, 3)
