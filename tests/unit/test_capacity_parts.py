"""The parts of a load: grades together, few students withheld with one more."""

import pandas as pd
import pytest

from netplan.capacity.parts import load_parts


def _row(group: str, people: float, app: str = "web", share: float = 0.5) -> dict[str, object]:
    devices = people * 1.0 * 0.9
    return {
        "group": group, "kind": "chromebook", "app": app, "flow": "internet", "people": people,
        "per_person": 1.0, "present_share": 0.9, "devices": devices, "share": share,
        "down_mbps": 2.0, "up_mbps": 0.1, "mean_down_mbps": devices * share * 2.0,
        "mean_up_mbps": devices * share * 0.1, "source": "hand-made",
    }  # fmt: skip


def test_grades_are_taken_together_and_the_mean_stays() -> None:
    rows = pd.DataFrame([_row("3", 40, share=0.25), _row("4", 60, share=0.5), _row("staff", 5)])
    parts = {part["group"]: part for part in load_parts(rows, 10)}
    assert set(parts) == {"students", "staff"}
    students = parts["students"]
    assert (students["people"], students["devices"]) == (100, 90)
    assert students["share"] == pytest.approx(0.4)  # (36 x 0.25 + 54 x 0.5) / 90
    assert students["mean_down_mbps"] == pytest.approx(90 * 0.4 * 2.0)
    assert parts["staff"]["people"] == 5  # staff are no students: never withheld


def test_few_students_are_withheld_with_the_next_smallest_kind_on_every_row() -> None:
    def row(kind: str, people: float, app: str) -> dict[str, object]:
        return {**_row("9", people, app), "kind": kind}

    parts = load_parts(
        pd.DataFrame(
            [row("tablet", 5, "web"), row("tablet", 5, "video"), row("laptop", 30, "web"),
             row("laptop", 30, "video"), row("chromebook", 200, "web")]
        ),
        10,
    )  # fmt: skip
    for part in parts:
        hidden = part["kind"] in {"tablet", "laptop"}
        for column in ("people", "devices", "mean_down_mbps", "mean_up_mbps"):
            assert (part[column] is None) == hidden, part


def test_nothing_is_withheld_where_all_are_many() -> None:
    parts = load_parts(pd.DataFrame([_row("9", 10)]), 10)
    assert parts[0]["people"] == 10
