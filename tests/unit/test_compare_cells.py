"""Which cells differ: numbers, texts, the unknown and the endless; districts that are not alike."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

import netplan
from netplan.report.whatif_page import page_html
from netplan.report.whatif_words import scenario_sentences
from netplan.studies.compare import compare
from netplan.studies.whatif import whatif
from netplan.whatif.compare import changed_cells
from tests.unit.folders import DEVICES, DISTRICT_TOML, LINKS, NODES, SCHOOLS, write_district


def frame(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.Index(["b", "a", "c"], name="school_id"))


def cells(base: pd.DataFrame, other: pd.DataFrame) -> list[tuple[object, ...]]:
    found = changed_cells(base, other)
    return [tuple(row) for row in found[["school_id", "measure", "base", "scenario"]].to_numpy()]


def test_numbers_differ_by_more_than_rounding() -> None:
    base = frame(x=[1.0, 2.0, 0.0], n=pd.array([1, 2, 3], dtype="Int64").tolist())
    other = frame(x=[1.0 + 1e-12, 2.0 + 1e-6, 1e-300], n=[1, 2, 4])
    assert cells(base, other) == [
        ("a", "x", 2.0, 2.0 + 1e-6),
        ("c", "x", 0.0, 1e-300),
        ("c", "n", 3, 4),
    ]


def test_unknown_and_endless_are_values_of_their_own() -> None:
    base = frame(x=[np.nan, np.inf, 1.0], t=[None, "up", "down"], m=[True, False, None])
    other = frame(x=[np.nan, np.inf, np.inf], t=[None, "up", None], m=[True, True, None])
    assert cells(base, base) == []
    assert cells(base, other) == [
        ("a", "m", False, True),
        ("c", "x", 1.0, np.inf),
        ("c", "t", "down", None),
    ]
    whole = changed_cells(frame(x=[1.0, np.nan, 2.0]), frame(x=[np.nan, 1.0, 2.0]))
    assert whole["base"].tolist() == [None, 1.0] and whole["scenario"].tolist() == [1.0, None]


def test_rows_and_measures_of_one_side_are_left_out() -> None:
    base = frame(x=[1.0, 2.0, 3.0], old=[1, 2, 3])
    other = frame(x=[9.0, 2.0, 3.0], new=[1, 2, 3]).drop("c")
    assert cells(base, other) == [("b", "x", 1.0, 9.0)]


def test_schools_of_one_side_are_said_and_not_compared(tmp_path: Path) -> None:
    def without_elm(text: str) -> str:
        return "".join(line for line in text.splitlines(True) if not re.search(r"\bE1\b", line))

    whole = netplan.check(netplan.load(write_district(tmp_path / "whole")))
    less = netplan.check(
        netplan.load(
            write_district(
                tmp_path / "less",
                schools=without_elm(SCHOOLS),
                nodes=without_elm(NODES),
                links=without_elm(LINKS),
            )
        )
    )
    comparison = compare(whole, less)
    assert (comparison.schools_added, comparison.schools_gone) == ((), ("E1",))
    assert set(comparison.changes["school_id"]) == {"H1", "M1"}
    assert "E1" not in set(comparison.flips["school_id"])
    back = compare(less, whole)
    assert (back.schools_added, back.schools_gone) == (("E1",), ())


def test_a_district_without_a_school_year_has_one_nameless_year(tmp_path: Path) -> None:
    folder = write_district(
        tmp_path,
        {"scenarios/few.toml": 'title = "Few devices"\n[[change]]\ntable = "devices"\n'
         'where = { kind = "chromebook" }\nset = { per_person = 0.2 }\n'},
        district=DISTRICT_TOML.replace('school_year = "2026-27"\n', ""),
        devices=DEVICES,
    )  # fmt: skip
    found = whatif(netplan.load(folder), "few")
    (result,) = found.scenarios
    assert [year.school_year for year in result.years] == [None]
    # M1: 80 Chromebooks and 40 laptops of 440: 1.99 x 0.3 or so; E1 alike
    assert set(result.flips["now"]) == {"fits"}
    assert result.flips["school_year"].tolist() == [None] * len(result.flips)
    assert "None" not in " ".join(scenario_sentences(result))
    assert "None" not in page_html(found)
