"""Whatever a scenario holds: it is laid on, or refused with file, line and what to do."""

import json
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netplan import pipeline
from netplan.district.model import District
from netplan.errors import InputError, ScenarioError
from netplan.inputs.schemas import TABLES
from netplan.studies.apply import apply
from netplan.whatif.lines import find_lines
from netplan.whatif.paths import parse_set
from tests.unit.whatif_folders import scenario, with_scenarios

FUZZ = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))

TABLE = st.sampled_from(
    ["devices", "links", "nodes", "schools", "apps", "activities", "bell", "measured", "settings",
     "populations", "acs", "planning", "offers", "events", "nothing", "costs", "students"]
)  # fmt: skip
COLUMN = st.sampled_from(
    ["school_id", "kind", "group", "per_person", "present_share", "owner", "link_id", "a", "b",
     "down_mbps", "up_mbps", "count", "node_id", "throughput_mbps", "app", "share", "level",
     "period", "start", "end", "class_size", "growth_per_year", "lat", "enrollment", "nothing"]
)  # fmt: skip
VALUE = st.one_of(
    st.integers(-3, 3000),
    st.floats(allow_nan=True, allow_infinity=True),
    st.booleans(),
    st.sampled_from(["E1", "M1", "*", "chromebook", "laptop", "3-12", "students", "wan-E1", "fw",
                     "core", "video", "class1", "", "09:00", "true", "2027-28", "=1+1", "<b>"]),
    st.text(max_size=6),
)  # fmt: skip
CELLS = st.dictionaries(COLUMN, VALUE, max_size=3)
SCHOOLS = st.lists(st.sampled_from(["E1", "M1", "H1", "X9"]), min_size=1, max_size=2)
#: Table to rows that it has, and numbers and texts that its cells could hold.
SOUND: dict[str, tuple[dict[str, list[Any]], dict[str, list[Any]]]] = {
    "devices": (
        {"kind": ["chromebook", "laptop", "vr"], "group": ["students", "staff"]},
        {"per_person": [0, 0.5, 3], "present_share": [0.5, 1], "owner": ["byod", "district"]},
    ),
    "links": (
        {"link_id": ["wan-E1", "circuit", "new"], "medium": ["fiber", "copper"]},
        {"down_mbps": [10, 5000], "up_mbps": ["", 70], "cost": [1, 9], "a": ["core", "fw"],
         "b": ["E1-mdf", "core"], "role": ["primary", "backup"], "shared_risk": ["x;y", ""]},
    ),
    "nodes": (
        {"node_id": ["fw", "E1-ap1", "new"], "kind": ["ap_group", "router"]},
        {"throughput_mbps": ["", 900], "count": [1, 3], "wifi": ["wifi6", ""]},
    ),
    "apps": ({"app": ["video", "web", "new"]}, {"down_mbps": [0, 4], "cached_share": [0.5]}),
    "activities": (
        {"app": ["video", "files"], "period": ["class1", "lunch"]}, {"share": [0, 0.3, 0.9]}
    ),
    "schools": ({"school_id": ["E1", "H1"]}, {"enrollment": [0, 900], "level": ["other"]}),
}  # fmt: skip


@st.composite
def sound_changes(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a change that could well be laid on."""
    table = draw(st.sampled_from(sorted(SOUND)))
    rows, cells = SOUND[table]
    change: dict[str, Any] = {"table": table}
    keys = draw(st.sets(st.sampled_from(sorted(rows)), max_size=2))
    change["where"] = {key: draw(st.sampled_from(rows[key])) for key in sorted(keys)}
    if table in ("devices", "links", "nodes") and draw(st.booleans()):
        change["schools"] = draw(SCHOOLS)
    if draw(st.integers(0, 5)) == 0:
        return {**change, "remove": True}
    columns = draw(st.sets(st.sampled_from(sorted(cells)), min_size=1, max_size=2))
    change["set"] = {name: draw(st.sampled_from(cells[name])) for name in sorted(columns)}
    if draw(st.booleans()):
        change["insert"] = True
    return change


ANY_CHANGE = st.fixed_dictionaries(
    {"table": TABLE},
    optional={"where": CELLS, "set": CELLS, "multiply": CELLS, "insert": st.just(True),
              "remove": st.just(True), "schools": SCHOOLS},
)  # fmt: skip
CHANGE = st.one_of(sound_changes(), sound_changes(), sound_changes(), ANY_CHANGE)
DOCUMENT = st.fixed_dictionaries(
    {},
    optional={
        "title": st.text(max_size=5),
        "events": st.lists(st.sampled_from(["assembly_class", "testing_ap", "x"]), max_size=2),
        "fail": st.lists(st.sampled_from(["wan-E1", "core", "x", "E1-idf1"]), max_size=2),
        "filter_mode": st.sampled_from(["none", "full_tunnel", "x"]),
        "set": st.dictionaries(st.sampled_from(["planning", "access", "x"]), CELLS, max_size=2),
        "change": st.lists(CHANGE, max_size=3),
        "wave": st.lists(
            st.fixed_dictionaries(
                {"school_year": st.sampled_from(["2026-27", "2027-28", "2028-29", "2020-21", "x"])},
                optional={"schools": SCHOOLS, "change": st.lists(CHANGE, max_size=2)},
            ),
            max_size=2,
        ),
    },
)


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    """Give the three-school district."""
    return with_scenarios(tmp_path_factory.mktemp("fuzz"))


def inline(value: Any) -> str:
    """Write a value as TOML does on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {inline(each)}' for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(each) for each in value) + "]"
    if isinstance(value, str):
        return json.dumps(value).replace("\x7f", "\\u007f")
    if isinstance(value, float):
        return str(value)
    return json.dumps(value)


def toml(document: dict[str, Any]) -> str:
    """Write a document: tables and changes under heads of their own, all else on one line."""
    lines = [
        f"{key} = {inline(value)}"
        for key, value in document.items()
        if key not in ("change", "wave", "set")
    ]
    for name, cells in document.get("set", {}).items():
        lines += [f'[set."{name}"]', *(f"{key} = {inline(each)}" for key, each in cells.items())]
    for prefix, content in [("", document), *(("wave.", one) for one in document.get("wave", []))]:
        if prefix:
            lines.append("[[wave]]")
            lines += [f"{k} = {inline(v)}" for k, v in content.items() if k != "change"]
        for change in content.get("change", []):
            lines.append(f"[[{prefix}change]]")
            lines += [f"{key} = {inline(value)}" for key, value in change.items()]
    return "\n".join(lines) + "\n# end\n"


def told(error: InputError, text: str) -> None:
    """See that every problem says where and what to do."""
    assert error.problems
    for problem in error.problems:
        assert problem.message
        assert problem.fix
        assert problem.file == "scenarios/case.toml"
        assert problem.row is None or 1 <= problem.row <= text.count("\n")


@given(document=DOCUMENT)
@FUZZ
def test_a_scenario_is_laid_on_or_refused_in_words(
    district: District, document: dict[str, Any]
) -> None:
    text = toml(document)
    try:
        changed = apply(district, scenario(text))
    except ScenarioError as error:
        told(error, text)
        return
    for name, frame in changed.inputs.tables.items():
        before = district.inputs.tables[name]
        assert list(frame.columns) == list(before.columns), name
        assert frame.dtypes.equals(before.dtypes), name
        if name in TABLES:
            assert not frame.duplicated(list(TABLES[name].key)).any(), name
    try:
        pipeline.day(changed)
    except InputError as error:
        # an event with nothing to act on
        assert {problem.file for problem in error.problems} == {"events"}


@given(changes=st.lists(sound_changes(), min_size=1, max_size=3), order=st.randoms())
@FUZZ
def test_what_is_accepted_in_one_order_is_the_same_in_any(
    district: District, changes: list[dict[str, Any]], order: Any
) -> None:
    shuffled = list(changes)
    order.shuffle(shuffled)
    found: list[District | None] = []
    for some in (changes, shuffled):
        try:
            found.append(apply(district, scenario(toml({"change": some}))))
        except ScenarioError as error:
            told(error, toml({"change": some}))
            found.append(None)
    assert (found[0] is None) == (found[1] is None)
    if found[0] is not None and found[1] is not None:
        for name, frame in found[0].inputs.tables.items():
            pd.testing.assert_frame_equal(frame, found[1].inputs.tables[name])
        pipeline.day(found[0])


@given(text=st.text(alphabet="abc[]{}=.\"'#\n\\ 1,", max_size=80))
@settings(FUZZ, max_examples=150)
def test_any_text_is_no_crash(text: str) -> None:
    find_lines(text)
    with pytest.raises(ScenarioError):
        scenario(text + "\n]")
    for parse in (parse_set, scenario):
        try:
            parse(text)
        except ScenarioError as error:
            assert error.problems


@given(document=DOCUMENT)
@FUZZ
def test_lines_are_those_of_the_heads(document: dict[str, Any]) -> None:
    text = toml(document)
    found = find_lines(text)
    lines = text.split("\n")
    for number, wave in enumerate(document.get("wave", [])):
        assert lines[(found.at("wave", number) or 0) - 1] == "[[wave]]"
        for place, change in enumerate(wave.get("change", [])):
            line = found.at("wave", number, "change", place, "table")
            assert lines[(line or 0) - 1] == f'table = "{change["table"]}"'
