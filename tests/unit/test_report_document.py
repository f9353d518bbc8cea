"""The JSON documents hold what the contract names, and the same bytes every time."""

import json
import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from netplan.errors import Problem
from netplan.inputs.model import Assumption
from netplan.report.document import check_document, dumps, problems_document
from tests.browser.sample import sample_report

TOP = ["netplan", "command", "district", "inputs", "assumptions", "problems", "findings"]
CHECK = [*TOP, "buildings", "links", "failures"]
BUILDING = (
    "school_id name enrollment devices busy_period load_down_mbps load_up_mbps mean_down_mbps "
    "bottleneck headroom_mbps headroom_devices fair_share_mbps_per_device exhausted_school_year "
    "min_cut_mbps disjoint_paths targets wifi"
)
BOTTLENECK = "element kind direction capacity_mbps load_mbps utilization_share period"
LINK = "link_id direction period mean_mbps load_mbps capacity_mbps utilization_share"


def test_top_level_starts_as_the_contract_says() -> None:
    document = json.loads(sample_report().to_json())
    assert list(document)[: len(CHECK)] == CHECK
    assert document["command"] == "check"
    assert document["assumptions"]["common_mode_cv"] == {
        "value": 0.1, "unit": "share", "source": "district.toml",
    }  # fmt: skip


def test_a_building_has_the_contract_fields_first_and_nested() -> None:
    building = check_document(sample_report())["buildings"][1]
    assert list(building)[:17] == BUILDING.split()
    assert list(building["bottleneck"]) == BOTTLENECK.split()
    assert building["bottleneck"]["utilization_share"] == pytest.approx(1.555)
    assert set(building["targets"]["esh_wan"]) >= {"needed_mbps", "met"}
    assert building["targets"]["esh_wan"]["met"] is True
    assert building["wifi"]["clients_per_radio"] == 19.5
    assert set(building["wifi"]) >= {"clients_per_radio", "airtime_share"}
    assert not [key for key in building if key.startswith("bottleneck_")]


def test_links_and_failures_have_the_contract_fields() -> None:
    document = check_document(sample_report())
    assert list(document["links"][0]) == LINK.split()
    failure = document["failures"][2]
    assert list(failure)[:4] == ["failed", "kind", "cut_off", "overloaded"]
    assert set(failure["overloaded"][0]) >= {"element", "utilization_share"}
    core = document["failures"][0]
    assert core["cut_off"] == sorted(core["cut_off"])
    assert len(core["cut_off"]) == 24


def test_numbers_are_rounded_whole_or_null() -> None:
    document = check_document(sample_report())
    assert document["nodes"][0]["load_mbps"] == 4870.12346
    first = document["buildings"][0]
    assert first["min_cut_mbps"] is None  # infinite
    assert first["year_built"] is None  # unknown
    assert isinstance(first["enrollment"], int)
    assert isinstance(first["headroom_devices"], int)
    assert document["buildings"][1]["year_built"] == 1963
    assert document["buildings"][-1]["exhausted_school_year"] is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(np.float64(1 / 3), "0.333333333"), (np.int64(7), "7"), (-0.0, "0.0"), (np.inf, "null"),
     (True, "true"), (2e-320, "2e-320"), (12345678912.0, "12345678900.0")],
)  # fmt: skip
def test_values(value: Any, text: str) -> None:
    assumption = Assumption(name="x", value=value, unit="", source="assumption")
    document = problems_document([], assumptions=[assumption])
    assert f'"x": {{"value": {text},' in dumps(document)


def test_the_same_report_gives_the_same_bytes() -> None:
    text = sample_report().to_json()
    assert text == sample_report().to_json()
    assert text.endswith("}\n")
    assert text.isascii()


def test_hostile_text_comes_back_as_it_was() -> None:
    names = {
        each["name"] for each in json.loads(sample_report(hostile=True).to_json())["buildings"]
    }
    assert {"<script>alert(1)</script>", "{{7*7}}", "\x1b[31mRed\x1b[0m"} <= names


def test_validate_document() -> None:
    problem = Problem(code="x", file="links.csv", row=3, message="m", expected="e", fix="f")
    document = json.loads(dumps(problems_document([problem], "validate")))
    assert list(document) == TOP
    assert document["district"] is None
    assert document["problems"][0]["row"] == 3
    assert document["findings"] == []


def test_every_field_is_described() -> None:
    text = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    described = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`]*`", text))))

    def keys(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {key for inner in value.values() for key in keys(inner)}
        if isinstance(value, list):
            return {key for inner in value for key in keys(inner)}
        return set()

    report = sample_report()
    document = check_document(report)
    named = {"inputs", "assumptions"}
    found = {key for name, value in document.items() if name not in named for key in keys(value)}
    found |= set(document)
    targets = {key for each in document["buildings"] for key in each["targets"]}
    assert found - targets - described == set()


@pytest.mark.slow
def test_many_failures_are_written_quickly_enough_to_wait_for() -> None:
    report = sample_report()
    failures = pd.concat([report.failures] * 2500, ignore_index=True)
    object.__setattr__(report.capacity, "failures", failures)
    start = time.perf_counter()
    assert report.to_json().count('"failed"') == len(failures)
    print(f"{len(failures):,} failures: {time.perf_counter() - start:.2f} s")  # noqa: T201
