"""Every event by hand, on the tiny district."""

from typing import Any

import numpy as np
import pytest

from netplan.errors import InputError
from netplan.load.events import EVENTS, MECHANISMS
from netplan.load.explain import explain
from netplan.load.moments import school_load
from tests.unit.test_load_moments import BOTH, CACHE, DOWN, INTERNET, TINY, TUNNEL, UP, tiny


def _event(name: str, what: str, **parameters: Any) -> list[tuple[str, str, str, str]]:
    return [(name, what, key, str(value)) for key, value in parameters.items()]


ROWS = [
    *_event("exam", "testing", app="assessment_ap", grades="11-12", kind="class", share=0.8,
            owner="district"),
    *_event("update", "update", app="os_update", device_kinds="Chromebook;ipad", gigabytes=0.45,
            kind="class", share=0.5, window_minutes=30),
    *_event("rally", "assembly", app="video_class", kind="class", per_device=0, share=1,
            other_share=0.5, together=1),
    *_event("rally_each", "assembly", app="video_480p", kind="class", per_device=1, share=0.5,
            other_share=0.5, together=1),
    *_event("snow", "remote", app="conferencing", kind="class", share=0.5,
            students_present_share=0),
    *_event("tunnel", "tunnel", after_kind="after", off_campus_after_share=0.5, outside_share=0.5,
            outside_window_minutes=360, stays="laptop"),
]  # fmt: skip


def test_testing_replaces_the_mix() -> None:
    load = school_load(tiny(events=ROWS), ["exam"])
    # A is a high school without grades: half of its 4 grades are tested, 0.8 of them: x = 0.4
    students = 90 * (0.6 * (0.35 + 0.6 * 0.01) + 0.4 * 1.0)
    assert load.mean_mbps[0, 0, INTERNET, DOWN] == pytest.approx(students + 10 * 0.35)
    usual = school_load(tiny())
    assert load.mean_mbps[1] == pytest.approx(usual.mean_mbps[1])
    assert load.mean_mbps[:, 1:] == pytest.approx(usual.mean_mbps[:, 1:])


def test_testing_takes_whole_grades_where_they_are_known() -> None:
    populations = [
        ("A", grade, "chromebook", "district", 10, 1.0, 1.0, 0, 0) for grade in ("10", "11")
    ]
    shares = [("high", "class1", grade, "web", 0.2) for grade in ("10", "11")]
    district = tiny(events=ROWS, populations=populations, activity_shares=shares)
    load = school_load(district, ["exam"])
    assert load.mean_mbps[0, 0, INTERNET, DOWN] == pytest.approx(
        10 * 0.2 + 10 * (0.2 * 0.2 * 1.0 + 0.8 * 1.0)
    )


def test_a_test_runs_on_the_districts_devices_and_phones_lie_idle() -> None:
    populations = [
        ("A", "11", "chromebook", "district", 10, 1.0, 1.0, 0, 0),
        ("A", "11", "phone", "byod", 10, 1.0, 1.0, 0, 0),
    ]
    shares = [("high", "class1", "11", "web", 0.2)]
    district = tiny(events=ROWS, populations=populations, activity_shares=shares)
    load = school_load(district, ["exam"])
    # Chromebooks: 0.8 in the test; phones: 0.8 of them put away, the rest as usual
    assert load.mean_mbps[0, 0, INTERNET, DOWN] == pytest.approx(
        10 * (0.2 * 0.2 * 1.0 + 0.8 * 1.0) + 10 * 0.2 * 0.2 * 1.0
    )


def test_update_rate_and_cache() -> None:
    load = school_load(tiny(events=ROWS), ["update"])
    # 0.45 GB x 8000 / 1800 s = 2 Mbps, half of it from the cache, on half of the Chromebooks;
    # idle students 0.6 - 0.5
    students = 90 * (0.35 + 0.1 * 0.01 + 0.5 * 2.0 * 0.5)
    assert load.mean_mbps[0, 0, INTERNET, DOWN] == pytest.approx(students + 10 * 0.35)
    assert load.mean_mbps[0, 0, CACHE, DOWN] == pytest.approx(100 * 0.05 + 90 * 0.5)


def test_update_squeezes_the_rest_where_nobody_is_idle() -> None:
    shares = [("high", "class1", "students", "web", 0.8)]
    load = school_load(tiny(events=ROWS, activity_shares=shares), ["update"])
    assert load.mean_mbps[0, 0, INTERNET, DOWN] == pytest.approx(90 * (0.5 * 1.0 + 0.5 * 1.0))


def test_assembly_with_one_stream_per_class() -> None:
    load = school_load(tiny(events=ROWS), ["rally"])
    # 100 students in classes of 25: 4 streams of 4 Mbps; half of everything else
    rest = 90 * (0.5 * 0.35 + (1 - 0.2) * 0.01) + 10 * 0.5 * 0.35
    assert load.mean_mbps[0, 0, INTERNET, DOWN] == pytest.approx(4 * 4.0 + rest)
    assert load.devices.tolist() == [110.0, 25.0]
    assert load.present_devices[:, 0].tolist() == [100.0, 25.0]
    assert load.mean_mbps[:, 1:] == pytest.approx(school_load(tiny()).mean_mbps[:, 1:])


def test_assembly_with_a_stream_per_device() -> None:
    load = school_load(tiny(events=ROWS), ["rally_each"])
    # half take part and do half of the rest: mix x (1 - 0.5 x 0.5) = 0.75; idle 1 - 0.5 - 0.3
    students = 90 * (0.5 * 1.0 + 0.75 * 0.35 + 0.2 * 0.01)
    assert load.mean_mbps[0, 0, INTERNET, DOWN] == pytest.approx(students + 10 * 0.75 * 0.35)


def test_remote_day() -> None:
    load = school_load(tiny(events=ROWS), ["snow"])
    assert load.mean_mbps[0, 0, INTERNET, DOWN] == pytest.approx(10 * (0.5 * 0.35 + 0.5 * 1.8))
    assert load.mean_mbps[0, 0, INTERNET, UP] == pytest.approx(10 * (0.5 * 0.0475 + 0.5 * 2.6))
    assert not load.mean_mbps[1].any()
    assert load.present_devices[:, 0].tolist() == [10.0, 0.0]
    assert load.devices.tolist() == [110.0, 25.0]


def test_full_tunnel() -> None:
    usual, load = school_load(tiny()), school_load(tiny(events=ROWS), ["tunnel"])
    assert load.mean_mbps[:, :, :TUNNEL] == pytest.approx(usual.mean_mbps[:, :, :TUNNEL])
    assert load.present_devices == pytest.approx(usual.present_devices)
    # one device in class: video 2.1 and web 1.2 Mbps cross twice, files (data center) 0.5 down
    # and up once; idle 0.03; no cache. 10 Chromebooks of A are not present.
    idle = 0.6 * 0.03
    each = 0.1 * 2.1 + 0.2 * 1.2 + 0.1 * 0.5
    assert load.mean_mbps[0, 0, TUNNEL, DOWN] == pytest.approx(10 * (each + idle))
    assert load.mean_mbps[0, 0, TUNNEL, UP] == pytest.approx(10 * (each + idle))
    assert load.mean_mbps[0, 0, TUNNEL, BOTH] == pytest.approx(20 * (each + idle))
    # after school: half of 100 Chromebooks; as much traffic in 360 minutes as in 180 of class
    evening = 0.5 * each + (1 - 0.5 * 0.4) * 0.03
    assert load.mean_mbps[0, 2, TUNNEL, DOWN] == pytest.approx(50 * evening)
    # lunch: 10 absent, idle
    assert load.mean_mbps[0, 1, TUNNEL, DOWN] == pytest.approx(10 * 0.03)


def test_remote_day_through_the_tunnel() -> None:
    load = school_load(tiny(events=ROWS), ["tunnel", "snow"])
    each = 0.5 * (0.1 * 2.1 + 0.2 * 1.2 + 0.1 * 0.5) + 0.5 * 4.4 + 0.3 * 0.03
    assert load.mean_mbps[0, 0, TUNNEL, DOWN] == pytest.approx(100 * each)
    other = school_load(tiny(events=ROWS), ["snow", "tunnel", "snow"])
    assert np.array_equal(other.mean_mbps, load.mean_mbps)


def test_byod_stays_out_of_the_tunnel() -> None:
    populations = [
        ("A", "students", "chromebook", "byod", 100, 1.0, 0.5, 0, 0),
        ("A", "students", "tablet", "district", 10, 1.0, 0.0, 0, 0),
    ]
    load = school_load(tiny(events=ROWS, populations=populations), ["tunnel"])
    assert load.mean_mbps[0, 0, TUNNEL, UP] == pytest.approx(10 * 0.5)


@pytest.mark.parametrize("event", sorted({row[0] for row in ROWS}))
def test_explain_follows_every_event(event: str) -> None:
    district = tiny(events=ROWS)
    load = school_load(district, [event])
    for period, name in enumerate(load.periods):
        rows = explain(district, "A", name, [event])
        assert rows["mean_down_mbps"].sum() == pytest.approx(
            load.mean_mbps[0, period, :, DOWN].sum()
        )
        assert rows["mean_up_mbps"].sum() == pytest.approx(load.mean_mbps[0, period, :, UP].sum())


def test_unknown_event_suggests_the_closest() -> None:
    with pytest.raises(InputError, match="Use rally, the closest one") as caught:
        school_load(tiny(events=ROWS), ["ralley", "exma"])
    assert [problem.value for problem in caught.value.problems] == ["exma", "ralley"]
    assert {problem.code for problem in caught.value.problems} == {"unknown-event"}


@pytest.mark.parametrize(
    ("event", "rows", "message"),
    [
        ("exam", {"bell": [("p", "08:00", "09:00", "lunch")], "activity_shares": []}, "kind class"),
        (
            "exam",
            {"populations": [TINY["populations"][1]]},
            "no district devices of students of grades 11-12",
        ),
        ("update", {"populations": [TINY["populations"][1]]}, "no device kind Chromebook or ipad"),
        ("rally", {"populations": [TINY["populations"][1]]}, "no student devices"),
        ("snow", {"populations": [TINY["populations"][0]]}, "no staff devices"),
        ("tunnel", {"populations": [TINY["populations"][1]]}, "no district-owned device"),
        ("tunnel", {"bell": TINY["bell"][:2]}, "no period of kind after"),
        ("exam", {"apps": TINY["apps"][:3]}, "no app assessment_ap"),
        ("rally", {"apps": TINY["apps"][:3]}, "no app video_class"),
    ],
)
def test_an_event_with_nothing_to_act_on(event: str, rows: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        school_load(tiny(**{"events": ROWS, **rows}), [event])


def test_an_event_without_one_of_its_rows() -> None:
    with pytest.raises(InputError, match="the event has no row for app"):
        school_load(tiny(events=[row for row in ROWS if row[2] != "app"]), ["exam"])


def test_mechanisms_and_events_are_documented() -> None:
    names = [name for name, _ in MECHANISMS]
    assert len(names) == len(set(names))
    assert all(function.__doc__ for _, function in MECHANISMS)
    assert len(EVENTS) == len(set(EVENTS))
