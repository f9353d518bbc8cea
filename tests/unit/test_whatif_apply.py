"""Scenarios laid over the three-school district: what becomes of which cell, and what is refused.

Devices: ``*,students,chromebook`` and ``*,staff,laptop``, one for each person. E1 has 200
students, M1 400, H1 800. The folder's school year is 2026-27 and its growth 0.25 a year.
"""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import netplan
from netplan import pipeline
from netplan.district.model import District
from netplan.errors import Problem, ScenarioError
from netplan.studies.apply import apply
from tests.unit.folders import DEVICES, LINKS, edited
from tests.unit.whatif_folders import ENROLLMENT, harbor_with, scenario, with_scenarios

GRADED = {
    "enrollment.csv": ENROLLMENT,
    "devices.csv": DEVICES.replace("*,students,", "*,3-12,") + "H1,9,chromebook,1.5,1,0,0,\n",
}


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    """Give the district, with no scenario in its folder."""
    return with_scenarios(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> District:
    """Give the same with grades, and a row of its own for grade 9 of H1."""
    return with_scenarios(tmp_path_factory.mktemp("graded"), GRADED)


def cell(district: District, table: str, column: str, **where: Any) -> Any:
    """Give one cell of the only row that holds some values."""
    frame = district.table(table)
    for name, value in where.items():
        frame = frame[frame[name] == value]
    (found,) = frame[column]
    return found


def refused(district: District, text: str, **more: Any) -> list[Problem]:
    """Give the problems of a scenario that is refused."""
    with pytest.raises(ScenarioError) as caught:
        apply(district, scenario(text), **more)
    return list(caught.value.problems)


def one(district: District, text: str, **more: Any) -> Problem:
    """Give the only problem of a scenario that is refused."""
    (problem,) = refused(district, text, **more)
    assert problem.file == "scenarios/case.toml"
    assert problem.fix
    return problem


# --- what becomes of the tables ---


def test_a_scenario_of_none_changes_nothing(district: District) -> None:
    same = apply(district, scenario("title = 'Nothing'"))
    assert same is district
    assert apply(district) is district
    assert apply(district, school_year="2026-27") is district
    assert netplan.check(same).to_json() == netplan.check(district).to_json()


def test_a_cell_is_set_and_all_else_stays_the_same_object(district: District) -> None:
    before = {name: frame.copy() for name, frame in district.inputs.tables.items()}
    changed = apply(
        district,
        scenario(
            "[[change]]\ntable = 'devices'\nwhere = { kind = 'chromebook' }\n"
            "set = { per_person = 0.5 }\n"
        ),
    )
    assert cell(changed, "devices", "per_person", kind="chromebook") == 0.5
    assert cell(changed, "devices", "per_person", kind="laptop") == 1.0
    assert set(changed.table("populations").query("kind == 'chromebook'")["per_person"]) == {0.5}
    for name, frame in district.inputs.tables.items():
        same = name not in ("devices", "populations")
        assert (changed.inputs.tables[name] is frame) == same, name
        pd.testing.assert_frame_equal(frame, before[name])
    assert changed.inputs.changed is not None
    assert changed.inputs.changed.base is district.inputs
    assert changed.inputs.changed.scenarios == ("case",)
    assert "scenarios/case.toml" in changed.inputs.hashes
    assert "scenarios/case.toml" not in district.inputs.hashes


def test_base_then_scenarios_in_order_then_set(district: District) -> None:
    text = "[[change]]\ntable='links'\nwhere={{link_id='circuit'}}\nset={{down_mbps={}}}\n"
    first, second = (scenario(text.format(mbps), f"s{mbps}") for mbps in (2000, 3000))
    assert cell(apply(district, first, second), "links", "down_mbps", link_id="circuit") == 3000
    assert cell(apply(district, second, first), "links", "down_mbps", link_id="circuit") == 2000
    set_ = ("links[link_id=circuit].down_mbps*=2",)
    found = apply(district, first, second, sets=set_)
    assert cell(found, "links", "down_mbps", link_id="circuit") == 6000
    assert found.inputs.changed is not None
    assert found.inputs.changed.scenarios == ("s2000", "s3000")
    assert found.inputs.changed.sets == ("links[link_id=circuit].down_mbps*=2",)
    # a scenario over a district under a scenario: the base stays the folder
    again = apply(apply(district, first), second)
    assert again.inputs.changed is not None
    assert again.inputs.changed.base is district.inputs
    assert again.inputs.changed.scenarios == ("s2000", "s3000")
    assert cell(again, "links", "down_mbps", link_id="circuit") == 3000


def test_sections(district: District) -> None:
    changed = apply(
        district,
        scenario(
            "[set.planning]\ngrowth_per_year = 0.4\nsuppress_below = 5\n"
            "[set.access]\nwalk_limit_m = 500\n[set.money]\nyears = 3\nrural = true\n"
            "[set.district]\nname = 'Renamed'\n"
        ),
        sets=["planning.class_size*=2"],
    )
    inputs = changed.inputs
    assert (inputs.planning.growth_per_year, inputs.planning.suppress_below) == (0.4, 5)
    assert isinstance(inputs.planning.suppress_below, int)
    assert inputs.planning.class_size == 50
    assert inputs.access.walk_limit_m == 500
    assert (inputs.money.years, inputs.money.rural) == (3, True)
    assert (inputs.settings.name, inputs.settings.school_year) == ("Renamed", "2026-27")
    told = {item.name: (item.value, item.source) for item in inputs.assumptions}
    assert told["planning.growth_per_year"] == (0.4, "scenarios/case.toml")
    assert told["planning.class_size"] == (50, "--set")
    assert told["planning.percentile"][1] == "district.toml"


def test_rows_are_added_and_taken_out(district: District) -> None:
    changed = apply(
        district,
        scenario(
            # the contract's way: school_id is left out and means all
            "[[change]]\ntable='devices'\nwhere={ group='students', kind='tablet' }\n"
            "set={ per_person=0.2 }\ninsert=true\n"
            # there already: set, not added
            "[[change]]\ntable='devices'\nwhere={ kind='laptop' }\nset={ per_person=2 }\n"
            "insert=true\n"
            "[[change]]\ntable='nodes'\nwhere={ node_id='E1-ap3' }\ninsert=true\n"
            "set={ kind='ap_group', school_id='E1', count=2 }\n"
            "[[change]]\ntable='links'\nwhere={ link_id='E1-edge3' }\ninsert=true\n"
            "set={ a='E1-idf1', b='E1-ap3', down_mbps=1000 }\n"
            "[[change]]\ntable='links'\nwhere={ link_id='E1-edge2' }\nremove=true\n"
            "[[change]]\ntable='nodes'\nwhere={ node_id='E1-ap2' }\nremove=true\n"
        ),
    )
    devices = changed.table("devices")
    assert list(zip(devices["school_id"], devices["kind"], devices["per_person"], strict=True)) == [
        ("*", "laptop", 2.0), ("*", "chromebook", 1.0), ("*", "tablet", 0.2),
    ]  # fmt: skip
    assert cell(changed, "devices", "present_share", kind="tablet") == 1.0
    assert cell(changed, "links", "up_mbps", link_id="E1-edge3") == 1000
    assert list(changed.table("nodes")["node_id"]) == sorted(changed.table("nodes")["node_id"])
    assert "E1-ap2" not in set(changed.table("nodes")["node_id"])
    netplan.check(changed)


def test_an_empty_cell_is_the_column_s_default_or_unknown(district: District) -> None:
    changed = apply(
        district,
        sets=["nodes[node_id=fw].throughput_mbps=", "devices[kind=laptop].present_share="],
    )
    assert pd.isna(cell(changed, "nodes", "throughput_mbps", node_id="fw"))
    assert cell(changed, "devices", "present_share", kind="laptop") == 1.0


def test_up_follows_down_where_nobody_gave_it(tmp_path: Path) -> None:
    links = LINKS.replace("wan-E1,core,E1-mdf,100,100,", "wan-E1,core,E1-mdf,100,,")
    district = with_scenarios(tmp_path, {"links.csv": links})
    changed = apply(district, sets=["links[link_id=wan-E1|wan-M1].down_mbps=500"])
    assert cell(changed, "links", "up_mbps", link_id="wan-E1") == 500
    assert cell(changed, "links", "up_mbps", link_id="wan-M1") == 200
    # once given, it stays
    given = apply(district, sets=["links[link_id=wan-E1].up_mbps=50"])
    later = apply(given, sets=["links[link_id=wan-E1].down_mbps=900"])
    assert cell(later, "links", "up_mbps", link_id="wan-E1") == 50
    freed = apply(later, sets=["links[link_id=wan-E1].up_mbps="])
    assert cell(freed, "links", "up_mbps", link_id="wan-E1") == 900


def test_filters_by_list_number_and_unknown(district: District) -> None:
    changed = apply(district, sets=["links[link_id=wan-E1|wan-M1,count=1].cost=3"])
    assert list(changed.table("links").query("cost == 3")["link_id"]) == ["wan-E1", "wan-M1"]
    unlimited = apply(district, sets=["nodes[throughput_mbps=,kind=router].throughput_mbps=5000"])
    assert cell(unlimited, "nodes", "throughput_mbps", node_id="core") == 5000


def test_catalogs_can_be_changed(tmp_path: Path) -> None:
    district = with_scenarios(tmp_path, {"apps.csv": None, "activities.csv": None})
    app = district.table("activity_shares")["app"].iloc[0]
    changed = apply(
        district,
        sets=[f"apps[app={app}].down_mbps=9", "settings[name=airtime_limit_share].value=1"],
    )
    assert cell(changed, "apps", "down_mbps", app=app) == 9
    told = {item.name: (item.value, item.source) for item in changed.inputs.assumptions}
    assert told[f"apps.{app}.down_mbps"] == (9, "--set")
    assert told["settings.airtime_limit_share"] == (1, "--set")


# --- schools ---


def test_rows_of_all_schools_are_copied_for_some(district: District) -> None:
    changed = apply(
        district,
        scenario(
            "[[change]]\ntable='devices'\nwhere={ kind='chromebook' }\nschools=['E1','M1']\n"
            "set={ per_person=2 }\n"
        ),
    )
    per_person = changed.table("populations").query("kind == 'chromebook'")
    assert dict(zip(per_person["school_id"], per_person["per_person"], strict=True)) == {
        "E1": 2.0, "H1": 1.0, "M1": 2.0,
    }  # fmt: skip


def test_copies_keep_their_precedence_and_a_school_s_own_rows(graded: District) -> None:
    before = graded.table("populations")
    # of H1 only grade 9 has a row of its own; grade 10 comes from 3-12
    changed = apply(
        graded,
        scenario(
            "[[change]]\ntable='devices'\nwhere={ kind='chromebook', group='3-12' }\n"
            "schools=['H1']\nset={ present_share=0.5 }\n"
        ),
    )
    after = changed.table("populations")
    moved = before.assign(now=after["present_share"]).query("now != present_share")
    assert list(zip(moved["school_id"], moved["group"], moved["kind"], strict=True)) == [
        ("H1", "10", "chromebook")
    ]
    pd.testing.assert_frame_equal(
        before.drop(columns="present_share"), after.drop(columns="present_share")
    )


def test_own_rows_that_leave_nothing(tmp_path: Path) -> None:
    rows = "H1,3-10,chromebook,1.5,1,0,0,\nM1,6-8,chromebook,2,1,0,0,\n"
    files = {**GRADED, "devices.csv": DEVICES.replace("*,students,", "*,3-12,") + rows}
    district = with_scenarios(tmp_path, files)
    text = (
        "[[change]]\ntable='devices'\nwhere={{ kind='chromebook', group='3-12' }}\n"
        "schools=['{}']\nset={{ present_share=0.5 }}\n"
    )
    # the row of its own has every grade that M1 has, so nothing is left to change
    assert one(district, text.format("M1")).code == "no-match"
    assert set(
        apply(district, scenario(text.format("E1"))).table("populations")
        .query("kind == 'chromebook' and school_id == 'E1'")["present_share"]
    ) == {0.5}  # fmt: skip


def test_schools_of_nodes_and_links(district: District) -> None:
    changed = apply(
        district,
        scenario(
            "[[change]]\ntable='nodes'\nwhere={ kind='ap_group' }\nschools=['E1']\n"
            "multiply={ count=2 }\n"
            "[[change]]\ntable='links'\nwhere={ medium='fiber' }\nschools=['E1']\n"
            "set={ cost=7 }\n"
        ),
    )
    assert cell(changed, "nodes", "count", node_id="E1-ap1") == 10
    assert cell(changed, "nodes", "count", node_id="M1-ap1") == 10
    assert list(changed.table("links").query("cost == 7")["link_id"]) == [
        "E1-riser1", "E1-riser2", "wan-E1",
    ]  # fmt: skip


def test_a_row_for_each_school(district: District) -> None:
    changed = apply(
        district,
        scenario(
            "[[change]]\ntable='devices'\nwhere={ kind='vr', group='students' }\n"
            "schools=['E1','H1']\nset={ per_person=0.1 }\ninsert=true\n"
        ),
    )
    assert list(changed.table("devices").query("kind == 'vr'")["school_id"]) == ["E1", "H1"]


# --- years ---

ROLLOUT = """\
events = ["remote_day"]
[set.planning]
growth_per_year = 0.5
[[change]]
table = "devices"
where = { kind = "chromebook" }
set = { per_person = 0.25 }
[[wave]]
school_year = "2027-28"
schools = ["E1"]
filter_mode = "full_tunnel"
fail = ["E1-idf1"]
[[wave.change]]
table = "devices"
where = { kind = "chromebook" }
set = { per_person = 1.0 }
[[wave]]
school_year = "2029-30"
schools = ["M1", "H1"]
filter_mode = "none"
[[wave.change]]
table = "devices"
where = { kind = "chromebook" }
set = { per_person = 1.0 }
"""


def chromebooks(district: District) -> dict[str, float]:
    """Give Chromebooks per student by school."""
    rows = district.table("populations").query("kind == 'chromebook'")
    return dict(zip(rows["school_id"], rows["per_person"], strict=True))


@pytest.mark.parametrize(
    ("year", "expected", "events", "failed", "ahead"),
    [
        ("2026-27", (0.25, 0.25, 0.25), ("remote_day",), (), 0),
        ("2027-28", (1.0, 0.25, 0.25), ("full_tunnel", "remote_day"), ("E1-idf1",), 1),
        ("2028-29", (1.0, 0.25, 0.25), ("full_tunnel", "remote_day"), ("E1-idf1",), 2),
        ("2029-30", (1.0, 1.0, 1.0), ("remote_day",), ("E1-idf1",), 3),
        (None, (1.0, 1.0, 1.0), ("remote_day",), ("E1-idf1",), 3),
        ("2031-32", (1.0, 1.0, 1.0), ("remote_day",), ("E1-idf1",), 5),
    ],
)
def test_waves(
    district: District,
    year: str | None,
    expected: tuple[float, ...],
    events: tuple[str, ...],
    failed: tuple[str, ...],
    ahead: int,
) -> None:
    changed = apply(district, scenario(ROLLOUT), school_year=year)
    assert chromebooks(changed) == dict(zip(("E1", "M1", "H1"), expected, strict=True))
    found = changed.inputs.changed
    assert found is not None
    assert (found.events, found.failed, found.years_ahead) == (events, failed, ahead)
    assert changed.settings.school_year == (year or "2029-30")


def test_growth_without_a_scenario(district: District) -> None:
    later = apply(district, school_year="2028-29")
    now, then = pipeline.day(district), pipeline.day(later)
    assert then.growth_factor == pytest.approx(1.25**2)
    assert then.load.mean_mbps == pytest.approx(now.load.mean_mbps * 1.25**2)
    assert then.utilization.load_mbps == pytest.approx(now.utilization.load_mbps * 1.25**2)
    report = netplan.check(later)
    assert report.district.settings.school_year == "2028-29"
    assert '"years_ahead": 2' in report.to_json()
    assert '"scenario"' not in netplan.check(district).to_json()


# --- what is refused ---


@pytest.mark.parametrize(
    ("text", "line", "column", "code", "fix"),
    [
        ("[[change]]\ntable='device'\nset={x=1}", 2, "device", "unknown-table", "'devices'"),
        ("[[change]]\ntable='populations'\nset={x=1}", 2, "populations", "derived-table",
         "Change devices"),
        ("[[change]]\ntable='acs'\nset={x=1}", 2, "acs", "read-only-table", "another"),
        ("[[change]]\ntable='devices'\nset={per_perso=1}", 3, "devices.per_perso",
         "unknown-column", "'per_person'"),
        ("[[change]]\ntable='devices'\nwhere={knd='x'}\nset={per_person=1}", 3, "devices.knd",
         "unknown-column", "'kind'"),
        ("[[change]]\ntable='devices'\nwhere={kind='chromebok'}\nset={per_person=1}", 3,
         "devices.where", "no-match", "'chromebook'"),
        ("[[change]]\ntable='devices'\nwhere={kind=3.5}\nset={per_person=1}", 3, "devices.kind",
         "wrong-type", "Correct"),
        ("[[change]]\ntable='links'\nwhere={count='one'}\nset={cost=1}", 3, "links.count",
         "wrong-type", "Correct"),
        ("[[change]]\ntable='devices'\nset={per_person='1'}", 3, "devices.per_person",
         "wrong-type", "without quotation marks"),
        ("[[change]]\ntable='devices'\nset={owner='school'}", 3, "devices.owner", "not-in-list",
         "Write one of those"),
        ("[[change]]\ntable='devices'\nset={present_share=95}", 3, "devices.present_share",
         "share-above-one", "0.95"),
        ("[[change]]\ntable='devices'\nset={present_share=-0.5}", 3, "devices.present_share",
         "negative-number", "Correct"),
        ("[[change]]\ntable='devices'\nset={per_person=inf}", 3, "devices.per_person",
         "infinite-number", "Correct"),
        ("[[change]]\ntable='devices'\nset={per_person=nan}", 3, "devices.per_person",
         "nan-number", "Correct"),
        ("[[change]]\ntable='links'\nset={down_mbps=1e9}", 3, "links.down_mbps", "absurd-number",
         "zeros"),
        ("[[change]]\ntable='links'\nmultiply={down_mbps=1e6}", 3, "links.down_mbps",
         "absurd-number", "zeros"),
        ("[[change]]\ntable='links'\nmultiply={count=1.5}", 3, "links.count", "not-whole",
         "Round"),
        ("[[change]]\ntable='links'\nmultiply={medium=2}", 3, "links.medium", "not-a-number",
         "set"),
        ("[[change]]\ntable='links'\nmultiply={monthly_usd=2}", 3, "links.monthly_usd",
         "nothing-to-multiply", "set"),
        ("[[change]]\ntable='links'\nset={link_id='x'}", 3, "links.link_id", "key-column",
         "insert"),
        ("[[change]]\ntable='links'\nwhere={link_id='x'}\nset={a='fw',b='core'}\ninsert=true", 5,
         "links.insert", "missing-column", "Add it"),
        ("[[change]]\ntable='links'\nwhere={link_id='circuit',a='core'}\n"
         "set={b='fw',down_mbps=1}\ninsert=true", 3, "links.where", "key-exists", "changed"),
        ("[[change]]\ntable='devices'\nwhere={kind=['x','y'],group='students'}\n"
         "set={per_person=1}\ninsert=true", 3, "devices.kind", "several-values", "for each"),
        ("[[change]]\ntable='devices'\nschools=['E2']\nset={per_person=1}", 3, "devices.schools",
         "unknown-school", "Correct"),
        ("[[change]]\ntable='apps'\nschools=['E1']\nset={cv=1}", 3, "apps.schools",
         "no-schools-here", "without schools"),
        ("[set.planning]\ngrowth_per_yer=1", 2, "planning.growth_per_yer", "unknown-key",
         "'growth_per_year'"),
        ("[set.planning]\ngrowth_per_year=40", 2, "planning.growth_per_year", "out-of-range",
         "Correct"),
        ("[set.planning]\ngrowth_per_year='a'", 2, "planning.growth_per_year", "wrong-type",
         "number"),
        ("[set.access]\nequity='flor'", 2, "access.equity", "not-in-list", "'floor'"),
        ("[set.district]\nschool_year='2027-28'", 2, "district.school_year", "read-only-key",
         "Delete"),
        ("[set.district]\nstate='Florida'", 2, "district.state", "bad-value", "Correct"),
        ("[[change]]\ntable='planning'\nwhere={a=1}\nset={class_size=1}", 3, "planning.where",
         "no-rows-here", "Delete"),
        ("events=['testing_spac']", 1, "events", "unknown-event", "testing_sbac"),
        ("\nfail=['circuit','wan-E']", 2, "fail", "unknown-element", "wan-E1"),
        ("[[wave]]\nschool_year='2025-26'", 1, "school_year", "before-district", "Correct"),
        ("[[wave]]\nschool_year='9998-99'", 1, "school_year", "far-school-year", "Correct"),
        ("[[change]]\ntable='settings'\nremove=true", 3, "settings.remove", "needed-row",
         "set"),
        (f"[set.planning]\ngrowth_per_year={'9' * 400}", 2, "planning.growth_per_year",
         "out-of-range", "Correct"),
        ("[[wave]]\nschool_year='2027-28'\n[[wave.change]]\ntable='planning'\n"
         "set={growth_per_year=1}", 5, "planning.growth_per_year", "growth-in-wave", "Move"),
    ],
)  # fmt: skip
def test_refused(
    district: District, text: str, line: int, column: str, code: str, fix: str
) -> None:
    problem = one(district, text)
    assert (problem.row, problem.column, problem.code) == (line, column, code), str(problem)
    assert fix in problem.fix, problem.fix


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("where={kind='laptop'}\nset={per_person=2}", "where={group='staff'}\nset={per_person=3}"),
        ("where={kind='laptop'}\nset={per_person=2}", "multiply={per_person=3}"),
        ("where={kind='laptop'}\nset={per_person=2}", "where={kind='laptop'}\nremove=true"),
        # the copy for E1 is a row of all schools too
        ("where={kind='chromebook'}\nset={per_person=2}",
         "where={kind='chromebook'}\nschools=['E1']\nset={per_person=3}"),
        ("where={kind='chromebook',school_id='*'}\nset={per_person=2}",
         "where={kind='chromebook'}\nschools=['E1']\nset={per_person=3}"),
        ("where={kind='vr',group='staff'}\nset={per_person=2}\ninsert=true",
         "where={kind='vr',group='staff'}\nset={per_person=3}\ninsert=true"),
    ],
)  # fmt: skip
def test_a_cell_set_twice(district: District, first: str, second: str, swapped: bool) -> None:
    parts = [second, first] if swapped else [first, second]
    text = "".join(f"[[change]]\ntable='devices'\n{part}\n" for part in parts)
    problem = one(district, text)
    assert problem.code in ("set-twice", "key-exists")
    assert "line" in problem.message or "twice" in problem.message


def test_a_section_s_key_set_twice(district: District) -> None:
    text = "[set.planning]\nclass_size=20\n[[change]]\ntable='planning'\nset={class_size=30}\n"
    assert one(district, text).code == "set-twice"


def test_set_twice_in_different_years_or_scenarios_is_fine(district: District) -> None:
    change = "change]]\ntable='devices'\nwhere={kind='laptop'}\nset={per_person=2}\n"
    text = f"[[{change}[[wave]]\nschool_year='2027-28'\n[[wave.{change}"
    assert cell(apply(district, scenario(text)), "devices", "per_person", kind="laptop") == 2
    apply(district, scenario(f"[[{change}"), scenario(f"[[{change}", "again"))
    # two waves of one year start together
    twice = f"[[wave]]\nschool_year='2027-28'\n[[wave.{change}" * 2
    assert one(district, twice).code == "set-twice"


def test_every_problem_is_told_at_once(district: District) -> None:
    text = (
        "events=['x']\nfail=['y']\n[set.planning]\nclass_size=-1\n"
        "[[change]]\ntable='z'\nset={a=1}\n[[change]]\ntable='links'\nset={cost=-1}\n"
    )
    codes = [problem.code for problem in refused(district, text)]
    assert len(codes) == 5


def test_years_that_cannot_be(tmp_path: Path, district: District) -> None:
    with pytest.raises(ScenarioError, match=r"--school-year.*later"):
        apply(district, school_year="2020-21")
    with pytest.raises(ScenarioError, match="whose second year follows"):
        apply(district, school_year="2027-29")
    yearless = with_scenarios(
        tmp_path, {"district.toml": edited("district", 'school_year = "2026-27"\n', "")}
    )
    assert {p.code for p in refused(yearless, ROLLOUT)} == {"no-school-year"}
    with pytest.raises(ScenarioError, match="does not say which school year"):
        apply(yearless, school_year="2027-28")
    assert apply(yearless, sets=["planning.class_size=20"]).settings.school_year is None


# --- between tables ---


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("[[change]]\ntable='links'\nwhere={link_id='wan-E1'}\nset={a='nowhere'}", 1,
         "unknown-node"),
        ("[[change]]\ntable='links'\nwhere={link_id='wan-E1'}\nset={a='E1-mdf'}", 1, "self-link"),
        ("\n[[change]]\ntable='links'\nwhere={link_id='wan-E1'}\nremove=true", 2,
         "unreachable-school"),
        ("[[change]]\ntable='links'\nwhere={link_id='wan-E1'}\nset={role='backup'}", 1,
         "backup-only-way"),
        ("[[change]]\ntable='nodes'\nwhere={node_id='E1-ap1'}\nremove=true", 1, "unknown-node"),
        ("[[change]]\ntable='activities'\nwhere={app='web',period='class1'}\nset={share=0.95}", 1,
         "shares-above-one"),
        ("[[change]]\ntable='apps'\nwhere={app='files'}\nremove=true", 1, "unknown-app"),
        ("[[change]]\ntable='devices'\nwhere={kind='x',group='9'}\nset={per_person=1}\n"
         "insert=true", 1, "grades-need-enrollment"),
        ("[[change]]\ntable='devices'\nwhere={kind='x',group='guests'}\nset={per_person=1}\n"
         "insert=true", 1, "guests-need-count"),
        ("[[change]]\ntable='bell'\nwhere={period='lunch'}\nset={end='10:00'}", 1,
         "end-before-start"),
        ("[[change]]\ntable='nodes'\nwhere={node_id='E1-ap1'}\nset={channel_mhz=320}", 1,
         "wifi-channel"),
        ("[[change]]\ntable='nodes'\nwhere={node_id='E1-ap1'}\nset={school_id=''}", 1,
         "missing-school"),
        ("[[change]]\ntable='schools'\nwhere={school_id='E1'}\nset={lat=0}", 1,
         "zero-coordinates"),
        ("[[change]]\ntable='funding'\nwhere={source_id='g'}\ninsert=true\nset={name='G',"
         "kind='one_time',first_school_year='2028-29',last_school_year='2027-28',"
         "usd_per_year=1}", 1, "years-backward"),
    ],
)  # fmt: skip
def test_checks_across_tables_run_again(
    district: District, text: str, line: int, code: str
) -> None:
    problems = refused(district, text)
    assert code in [problem.code for problem in problems], [str(p) for p in problems]
    for problem in problems:
        assert (problem.file, problem.row) == ("scenarios/case.toml", line), str(problem)


def test_equally_specific_rows(graded: District) -> None:
    problem = one(
        graded,
        "[[change]]\ntable='devices'\nwhere={kind='chromebook',group='6-12'}\n"
        "set={per_person=1}\ninsert=true",
    )
    assert problem.code == "ambiguous-devices"
    assert "two rows are equally specific" in problem.message


def test_the_change_to_blame_is_named(district: District) -> None:
    text = (
        "[[change]]\ntable='links'\nwhere={link_id='wan-M1'}\nset={cost=2}\n"
        "[[change]]\ntable='links'\nwhere={link_id='wan-E1'}\nset={b='M1-mdf'}\n"
        "[[change]]\ntable='nodes'\nwhere={node_id='core'}\nset={count=2}\n"
    )
    assert {problem.row for problem in refused(district, text)} == {5}


# --- the shipped ones ---


def test_every_shipped_scenario_runs_in_every_year(tmp_path: Path) -> None:
    district = harbor_with(tmp_path / "harbor")
    base = pipeline.day(district)
    found = 0
    for path in sorted((tmp_path / "harbor" / "scenarios").glob("*.toml")):
        changed = apply(district, path.stem)
        assert changed is not district, path.stem
        pipeline.day(changed, like=base)
        found += 1
    assert found >= 7
    assert not [p for p in netplan.validate(tmp_path / "harbor") if p.severity == "error"]


def test_validate_tells_what_is_wrong_in_scenarios(tmp_path: Path) -> None:
    with_scenarios(
        tmp_path,
        bad="[[change]]\ntable='link'\nremove=true\n",
        worse="x",
        good="title='Good'",
        # this district's bell has no period after school
        tunnel="filter_mode='full_tunnel'",
    )
    codes = {(p.file, p.code) for p in netplan.validate(tmp_path)}
    assert ("scenarios/bad.toml", "unknown-table") in codes
    assert ("scenarios/worse.toml", "bad-toml") in codes
    assert ("scenarios/tunnel.toml", "event-no-match") in codes
    assert "scenarios/good.toml" not in {file for file, _ in codes}


def test_a_later_year_is_explained(district: District) -> None:
    report = netplan.check(apply(district, school_year="2028-29"))
    (derivation,) = [one for one in report.capacity.derivations["H1"]
                     if one.number == "load_down_mbps"]  # fmt: skip
    terms = {term.symbol: term for term in derivation.terms}
    assert terms["growth"].value == pytest.approx(1.25**2)
    assert "0.25 a year for 2 school years" in terms["growth"].meaning
    parts = sum(float(part["mean_down_mbps"]) for part in derivation.parts)
    assert terms["M"].value == pytest.approx(parts * float(terms["factor"].value) * 1.25**2)
    assert "growth" not in {
        term.symbol for term in netplan.check(district).capacity.derivations["H1"][0].terms
    }


def test_a_district_under_a_scenario_goes_to_another_process(district: District) -> None:
    changed = apply(district, scenario(ROLLOUT))
    cloudpickle = pytest.importorskip("cloudpickle")
    again: District = cloudpickle.loads(cloudpickle.dumps(changed))
    assert netplan.check(again).to_json() == netplan.check(changed).to_json()
