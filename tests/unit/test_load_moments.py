"""Moments by hand on a tiny district; ``tiny`` builds districts for the other load tests."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from netplan.district.model import District
from netplan.inputs.folder import read_folder
from netplan.inputs.model import Inputs, Planning, Settings
from netplan.load.explain import BACKGROUND, COLUMNS, explain
from netplan.load.model import DIRECTIONS, FLOWS, planning_load
from netplan.load.moments import school_load
from tests.unit.folders import write_district

DOWN, UP, BOTH = range(3)
INTERNET, DATACENTER, CACHE, TUNNEL = range(4)

_SCHOOLS = "school_id level"
_POPULATIONS = (
    "school_id group kind owner people per_person present_share "
    "background_down_mbps background_up_mbps"
)
_APPS = "app down_mbps up_mbps cv together destination cached_share"
_SHARES = "level period group app share"
_BELL = "period start end kind"

#: Two schools. A: 100 students with a Chromebook each, 90 present, idle ones at 0.01 down and
#: 0.02 up; 10 staff with a laptop each. B: 50 students, 25 Chromebooks.
TINY: Mapping[str, list[tuple[Any, ...]]] = {
    "schools": [("A", "high"), ("B", "elementary")],
    "populations": [
        ("A", "students", "chromebook", "district", 100, 1.0, 0.9, 0.01, 0.02),
        ("A", "staff", "laptop", "district", 10, 1.0, 1.0, 0, 0),
        ("B", "students", "chromebook", "district", 50, 0.5, 1.0, 0, 0),
    ],
    "apps": [
        ("video", 2.0, 0.1, 0.5, 0.5, "internet", 0.25),
        ("web", 1.0, 0.2, 1.0, 0.0, "internet", 0.0),
        ("files", 0.5, 0.5, 0.0, 0.2, "datacenter", 0.0),
        ("os_update", 5.0, 0.05, 0.5, 0.1, "internet", 0.5),
        ("video_class", 4.0, 0.1, 0.5, 0.0, "internet", 0.0),
        ("video_480p", 1.0, 0.0, 0.5, 0.2, "internet", 0.0),
        ("conferencing", 1.8, 2.6, 0.3, 0.1, "internet", 0.0),
        ("assessment_ap", 1.0, 0.2, 0.5, 0.8, "internet", 0.0),
    ],
    "bell": [
        ("class1", "08:00", "11:00", "class"),
        ("lunch", "11:00", "12:00", "lunch"),
        ("home", "15:00", "17:00", "after"),
    ],
    "activity_shares": [
        (level, "class1", group, app, share)
        for level in ("high", "elementary")
        for group in ("students", "staff")
        for app, share in (("video", 0.1), ("web", 0.2), ("files", 0.1))
    ],
    "events": [],
}


def tiny(planning: Planning | None = None, **rows: Iterable[tuple[Any, ...]]) -> District:
    """Build a district of the tables that the load reads; ``rows`` replace those of TINY."""
    columns = {
        "schools": _SCHOOLS,
        "populations": _POPULATIONS,
        "apps": _APPS,
        "bell": _BELL,
        "activity_shares": _SHARES,
        "events": "event what parameter value",
    }
    tables = {
        name: pd.DataFrame(list(rows.get(name, TINY[name])), columns=names.split())
        for name, names in columns.items()
    }
    tables["apps"]["source"] = "test"
    return District(
        inputs=Inputs(
            settings=Settings(name="Tiny"),
            planning=planning or Planning(),
            tables=tables,
            hashes={},
        )
    )


def test_shape_and_devices() -> None:
    load = school_load(tiny())
    assert load.school_ids == ("A", "B")
    assert load.periods == ("class1", "lunch", "home")
    assert load.mean_mbps.shape == load.var_mbps2.shape == (2, 3, len(FLOWS), len(DIRECTIONS))
    assert load.devices.tolist() == [110.0, 25.0]
    assert load.present_devices[:, 0].tolist() == [100.0, 25.0]
    assert not load.mean_mbps.flags.writeable


def test_mean_by_hand() -> None:
    mean = school_load(tiny()).mean_mbps
    # internet, one device: 0.1 x 2 x 0.75 + 0.2 x 1 = 0.35 down, 0.1 x 0.1 x 0.75 + 0.2 x 0.2
    # = 0.0475 up; students' idle 0.6 x 0.01 = 0.006 down, 0.6 x 0.02 = 0.012 up
    assert mean[0, 0, INTERNET, DOWN] == pytest.approx(90 * 0.356 + 10 * 0.35)
    assert mean[0, 0, INTERNET, UP] == pytest.approx(90 * 0.0595 + 10 * 0.0475)
    assert mean[0, 0, DATACENTER, DOWN] == pytest.approx(100 * 0.1 * 0.5)
    assert mean[0, 0, CACHE, DOWN] == pytest.approx(100 * 0.1 * 2 * 0.25)
    assert mean[1, 0, INTERNET, DOWN] == pytest.approx(25 * 0.35)
    # lunch: nobody is in an activity, all are idle
    assert mean[0, 1, INTERNET].tolist() == pytest.approx([90 * 0.01, 90 * 0.02, 90 * 0.03])
    assert not mean[:, :, TUNNEL].any()
    assert np.allclose(mean[..., BOTH], mean[..., DOWN] + mean[..., UP])


def test_variance_by_hand() -> None:
    var = school_load(tiny(Planning(class_size=25))).var_mbps2
    # staff (c = 1), internet down: video 1.5 Mbps cv 0.5, web 1.0 Mbps cv 1
    second = 0.1 * 1.5**2 * 1.25 + 0.2 * 1.0 * 2
    staff = 10 * (second - 0.35**2)
    # students: background too, and classes of 25 with rho = 0.1 x 1.5 x 0.5 / 0.35
    each = second + 0.6 * 0.01**2 - 0.356**2
    students = 90 * each * (1 + 24 * 0.1 * 1.5 * 0.5 / 0.35)
    assert var[0, 0, INTERNET, DOWN] == pytest.approx(staff + students)
    # both: 2.1 x 0.75 and 1.2 Mbps
    second = 0.1 * (2.1 * 0.75) ** 2 * 1.25 + 0.2 * 1.2**2 * 2
    mean = 0.1 * 2.1 * 0.75 + 0.2 * 1.2
    rho = 0.1 * 2.1 * 0.75 * 0.5 / mean
    assert var[1, 0, INTERNET, BOTH] == pytest.approx(25 * (second - mean**2) * (1 + 24 * rho))
    # data center: cv 0, together 0.2 on all of it
    assert var[1, 0, DATACENTER, DOWN] == pytest.approx(
        25 * (0.1 * 0.25 - 0.05**2) * (1 + 24 * 0.2)
    )


def test_planning_load_by_hand() -> None:
    # 100 + 1.645 sqrt(15^2 + (0.2 x 100)^2) = 100 + 1.645 x 25
    assert planning_load(100.0, 225.0, 1.645, 0.2) == pytest.approx(141.125)


def test_no_devices_is_no_load() -> None:
    load = school_load(tiny(populations=[]))
    assert not load.mean_mbps.any()
    assert not load.var_mbps2.any()
    assert load.devices.tolist() == [0.0, 0.0]


def test_full_shares_leave_no_idle_device() -> None:
    shares = [("high", "class1", "students", "web", 1.0)]
    mean = school_load(tiny(activity_shares=shares)).mean_mbps
    assert mean[0, 0, INTERNET, DOWN] == pytest.approx(90 * 1.0)


def test_unknown_app_is_a_bug_not_a_wrong_number() -> None:
    with pytest.raises(KeyError, match="unknown app: nothing"):
        school_load(tiny(activity_shares=[("high", "class1", "students", "nothing", 0.1)]))


@pytest.mark.parametrize("school", ["A", "B"])
@pytest.mark.parametrize("period", ["class1", "lunch"])
def test_explain_adds_up_to_the_load(school: str, period: str) -> None:
    district = tiny()
    load = school_load(district)
    rows = explain(district, school, period)
    assert tuple(rows.columns) == COLUMNS
    cell = load.mean_mbps[load.school_ids.index(school), load.periods.index(period)]
    for number, flow in enumerate(FLOWS):
        mine = rows[rows["flow"] == flow]
        assert mine["mean_down_mbps"].sum() == pytest.approx(cell[number, DOWN])
        assert mine["mean_up_mbps"].sum() == pytest.approx(cell[number, UP])
    product = rows["people"] * rows["per_person"] * rows["present_share"]
    assert np.allclose(rows["devices"], product)
    assert np.allclose(rows["devices"] * rows["share"] * rows["down_mbps"], rows["mean_down_mbps"])


def test_explain_names_the_background() -> None:
    rows = explain(tiny(), "A", "lunch")
    assert rows[["group", "app", "source"]].to_numpy().tolist() == [
        ["students", BACKGROUND, "devices.csv"]
    ]


def test_explain_of_an_unknown_school() -> None:
    with pytest.raises(KeyError, match="unknown school_id: Z"):
        explain(tiny(), "Z", "lunch")


def test_the_three_school_folder(tmp_path: Path) -> None:
    """The numbers in the comment of tests/unit/folders.py."""
    load = school_load(District(inputs=read_folder(write_district(tmp_path / "d"))))
    assert load.school_ids == ("E1", "H1", "M1")
    down = load.mean_mbps[..., DOWN].sum(axis=2)
    assert down[1].tolist() == pytest.approx([352.0, 88.0, 572.0])
    assert down[0] == pytest.approx(down[1] / 4)
    assert load.devices.tolist() == [220.0, 880.0, 440.0]


def test_the_default_mix_is_near_what_schools_use(tmp_path: Path) -> None:
    """Between 0.3 and 0.7 Mbps per student in class; see docs/validation/load.md."""
    folder = write_district(tmp_path / "d", apps=None, activities=None, bell=None)
    load = school_load(District(inputs=read_folder(folder)))
    students = np.array([200.0, 800.0, 400.0])
    busiest = load.mean_mbps[:, :, INTERNET, DOWN].max(axis=1) / students
    assert (busiest > 0.3).all()
    assert (busiest < 0.7).all()
    for school in load.school_ids:
        rows = explain(District(inputs=read_folder(folder)), school, "P1")
        assert (rows["source"] != "").all()
