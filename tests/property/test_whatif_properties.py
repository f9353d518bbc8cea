"""What must hold of scenarios whatever they say: identity, order, waves, copies, and the folder.

The independent method is the folder itself: a scenario gives what reading the tables gives when
somebody has written the changes into them by hand.
"""

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import netplan
from netplan import pipeline
from netplan.capacity.brief import brief
from netplan.district.model import District
from netplan.inputs.columns import GRADES
from netplan.inputs.devices import populations
from netplan.network.failures import KINDS, outages, sweep
from netplan.network.routing import route
from netplan.network.utilization import utilize
from netplan.studies.apply import apply
from netplan.whatif.copies import school_copies
from tests.unit.folders import ACTIVITIES, APPS, DEVICES, LINKS, with_rows
from tests.unit.whatif_folders import scenario, with_scenarios

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    """Give the three-school district with a backup link, a shared conduit and a measurement."""
    links = LINKS.replace("role,medium", "role,medium,shared_risk")
    links = "\n".join(
        f"{line},{'conduit' if line.startswith(('wan-E1', 'wan-M1')) else ''}" if number else line
        for number, line in enumerate(links.splitlines())
    )
    links += "\nspare,core,E1-mdf,50,50,backup,fiber,\n"
    folder = tmp_path_factory.mktemp("whatif")
    measured = "link_id,direction,p95_mbps,weeks\nwan-H1,down,500,4\n"
    return with_scenarios(folder, {"links.csv": links, "measured.csv": measured})


#: Independent overrides: no two name the same cell, and no filter reads what another sets.
CHANGES = (
    "table='devices'\nwhere={kind='chromebook'}\nset={per_person=0.7}",
    "table='devices'\nwhere={kind='laptop'}\nmultiply={per_person=1.5}",
    "table='devices'\nwhere={kind='laptop'}\nschools=['M1']\nset={background_down_mbps=0.1}",
    "table='devices'\nwhere={kind='laptop'}\nschools=['E1','H1']\nset={present_share=0.5}",
    "table='devices'\nwhere={kind='tablet',group='students'}\nset={per_person=0.3}\ninsert=true",
    "table='links'\nwhere={link_id='wan-E1'}\nset={down_mbps=300}",
    "table='links'\nwhere={medium='fiber'}\nset={cost=2}",
    "table='nodes'\nwhere={node_id='fw'}\nmultiply={throughput_mbps=2}",
    "table='apps'\nwhere={app='video'}\nset={down_mbps=3}",
    "table='planning'\nset={utilization_limit=0.7}",
)


def laid(district: District, changes: list[str]) -> dict[str, Any]:
    """Give a check under some changes as data, without what names the file."""
    text = "".join(f"[[change]]\n{change}\n" for change in changes)
    data: dict[str, Any] = json.loads(netplan.check(apply(district, scenario(text))).to_json())
    del data["inputs"]
    return data


@given(order=st.permutations(CHANGES), size=st.integers(1, len(CHANGES)))
@settings(QUICK, max_examples=6)
def test_order_of_independent_overrides_does_not_matter(
    district: District, order: list[str], size: int
) -> None:
    chosen = order[:size]
    assert laid(district, chosen) == laid(district, sorted(chosen))


def test_one_scenario_or_several_make_no_difference(district: District) -> None:
    scenarios = [scenario(f"[[change]]\n{change}\n", f"s{n}") for n, change in enumerate(CHANGES)]
    several = apply(district, *scenarios)
    one = apply(district, scenario("".join(f"[[change]]\n{change}\n" for change in CHANGES)))
    for name, frame in one.inputs.tables.items():
        pd.testing.assert_frame_equal(frame, several.inputs.tables[name])


@given(seed=st.integers(0, 10_000))
@settings(QUICK, max_examples=6)
def test_a_rollout_ends_where_one_scenario_does(district: District, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311
    schools = ["E1", "M1", "H1"]
    draw.shuffle(schools)
    cut = draw.randint(1, 2)
    groups = [schools[:cut], schools[cut:]]
    share = round(draw.uniform(0.1, 3), 2)
    change = f"table='devices'\nwhere={{kind='chromebook'}}\nset={{per_person={share}}}\n"
    waves = "".join(
        f"[[wave]]\nschool_year='{year}'\nschools={group}\n[[wave.change]]\n{change}"
        for year, group in zip(("2027-28", "2029-30"), groups, strict=True)
    )
    rollout = apply(district, scenario(waves))
    single = apply(district, scenario(f"[[change]]\n{change}"), school_year="2029-30")
    left, right = (pipeline.day(one) for one in (rollout, single))
    np.testing.assert_allclose(left.load.mean_mbps, right.load.mean_mbps, rtol=1e-12)
    np.testing.assert_allclose(
        left.utilization.utilization_share, right.utilization.utilization_share, rtol=1e-12
    )


def test_nothing_given_is_changed(district: District) -> None:
    before = {name: frame.copy(deep=True) for name, frame in district.inputs.tables.items()}
    report = netplan.check(district).to_json()
    netplan.check(
        apply(
            district,
            scenario("fail=['circuit']\n" + "".join(f"[[change]]\n{one}\n" for one in CHANGES)),
            school_year="2030-31",
        )
    )
    for name, frame in district.inputs.tables.items():
        pd.testing.assert_frame_equal(frame, before[name])
    assert netplan.check(district).to_json() == report


# --- the folder written by hand ---

BY_HAND = (
    (
        ["devices[kind=laptop].per_person=1.5"],
        {"devices.csv": DEVICES.replace("staff,laptop,1.0", "staff,laptop,1.5")},
    ),
    (
        ["apps[app=video].down_mbps*=2", "apps[app=web].cached_share=0.5"],
        {
            "apps.csv": APPS.replace("video,2.0", "video,4.0").replace(
                "web,1.0,0.2,1.0,0,internet,0", "web,1.0,0.2,1.0,0,internet,0.5"
            )
        },
    ),
    (
        ["links[link_id=wan-E1].down_mbps=400", "links[link_id=wan-M1].cost=5"],
        {
            "links.csv": LINKS.replace("E1-mdf,100,100", "E1-mdf,400,100").replace(
                "role,medium", "role,medium,cost"
            ).replace("wan-M1,core,M1-mdf,200,200,primary,fiber",
                      "wan-M1,core,M1-mdf,200,200,primary,fiber,5")
        },
    ),
    (
        ["activities[app=video,period=class1].share=0.3", "schools[school_id=E1].enrollment=250"],
        {
            "activities.csv": ACTIVITIES.replace("class1,video,0.1", "class1,video,0.3"),
            "schools.csv": None,
        },
    ),
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(BY_HAND)))
def test_the_same_as_the_folder_written_by_hand(tmp_path: Path, number: int) -> None:
    sets, files = BY_HAND[number]
    if files.get("schools.csv", "") is None:
        from tests.unit.folders import SCHOOLS

        files = {**files, "schools.csv": SCHOOLS.replace("elementary,200", "elementary,250")}
    # ragged rows would be refused: every row of links has the added column
    if "cost" in (files.get("links.csv") or "").split("\n", 1)[0]:
        head, *rows = str(files["links.csv"]).splitlines()
        wide = [row if row.count(",") == head.count(",") else f"{row}," for row in rows]
        files = {**files, "links.csv": "\n".join([head, *wide]) + "\n"}
    base = with_scenarios(tmp_path / "base")
    written = with_scenarios(tmp_path / "written", dict(files))
    changed = apply(base, sets=sets)
    for name, frame in written.inputs.tables.items():
        pd.testing.assert_frame_equal(frame, changed.inputs.tables[name], check_like=True)
    pd.testing.assert_frame_equal(
        netplan.check(written).buildings, netplan.check(changed).buildings
    )


def test_rows_added_are_as_in_the_folder(tmp_path: Path) -> None:
    base = with_scenarios(tmp_path / "base")
    written = with_scenarios(
        tmp_path / "written",
        {"devices.csv": with_rows("devices", "M1,students,chromebook,2,0.5,0,0,district")},
    )
    changed = apply(
        base,
        scenario(
            "[[change]]\ntable='devices'\ninsert=true\n"
            "where={school_id='M1',group='students',kind='chromebook'}\n"
            "set={per_person=2,present_share=0.5,owner='district'}\n"
        ),
    )
    for name, frame in written.inputs.tables.items():
        pd.testing.assert_frame_equal(frame, changed.inputs.tables[name])


# --- copies ---

GROUPS = ("students", "staff", "3-12", "K-5", "6-8", "6-12", "9", "7", "K")


@st.composite
def devices_tables(draw: st.DrawFn) -> pd.DataFrame:
    """Draw devices rows of one kind in which no two claim a cell with equal right."""
    ranges = ["3-12", "K-5", "6-8", "6-12"]
    rows = []
    for school in ("*", "A", "B"):
        one_range = draw(st.sampled_from(ranges))
        groups = draw(st.sets(st.sampled_from([g for g in GROUPS if g not in ranges]), max_size=4))
        with_range = draw(st.booleans())
        for group in sorted(groups | ({one_range} if with_range else set())):
            rows.append((school, group, "chromebook", draw(st.integers(1, 99)) / 10))
    frame = pd.DataFrame(rows, columns=["school_id", "group", "kind", "per_person"])
    frame = frame.astype({"school_id": "str", "group": "str", "kind": "str", "per_person": float})
    return frame.assign(
        present_share=1.0, background_down_mbps=0.0, background_up_mbps=0.0, owner="district"
    )


@given(devices=devices_tables(), graded=st.booleans(), wanted=st.sets(st.sampled_from("ABC")))
@QUICK
def test_copies_change_nothing(devices: pd.DataFrame, graded: bool, wanted: set[str]) -> None:
    schools = pd.DataFrame(
        {"school_id": ["A", "B", "C"], "enrollment": 100.0, "staff": 10.0, "guests": np.nan}
    ).astype({"school_id": "str"})
    grades = list(GRADES) * 2 if graded else []
    enrollment = pd.DataFrame(
        {
            "school_id": ["A"] * (len(grades) // 2) + ["C"] * (len(grades) // 2),
            "grade": grades,
            "students": [10.0] * len(grades),
        }
    ).astype({"school_id": "str", "grade": "str", "students": float})
    copies, source = school_copies(devices, ["chromebook"], sorted(wanted), schools, enrollment)
    assert (devices["school_id"].to_numpy()[source] == "*").all()
    assert set(copies["school_id"]) <= wanted
    together = pd.concat([devices, copies], ignore_index=True)
    assert not together.duplicated(["school_id", "group", "kind"]).any()
    pd.testing.assert_frame_equal(
        populations(schools, enrollment, devices), populations(schools, enrollment, together)
    )
    # and no row for all schools reaches these schools any more
    emptied = together.assign(
        per_person=together["per_person"].where(together["school_id"] != "*", 1e6)
    )
    reached = populations(schools, enrollment, emptied).query("per_person == 1e6")
    assert not set(reached["school_id"]) & wanted


# --- the day ---


@pytest.mark.parametrize(
    "text",
    [
        "[[change]]\ntable='devices'\nwhere={kind='laptop'}\nset={per_person=3}\n",
        "[[change]]\ntable='links'\nwhere={link_id='wan-E1'}\nset={down_mbps=900}\n",
        "[[change]]\ntable='measured'\nwhere={link_id='wan-H1'}\nset={p95_mbps=800}\n",
        "fail=['wan-E1']\n",
        "fail=['conduit', 'H1-idf1']\n",
        "events=['assembly_class']\n",
        "events=['assembly_device']\n[set.planning]\ngrowth_per_year=0.5\n",
    ],
)
def test_what_a_day_is_lent_changes_no_number(district: District, text: str) -> None:
    lender = pipeline.day(apply(district, sets=["devices[kind=chromebook].per_person=2"]))
    changed = apply(district, scenario(text), school_year="2028-29")
    lent, fresh = pipeline.day(changed, like=lender), pipeline.day(changed)
    np.testing.assert_array_equal(lent.load.mean_mbps, fresh.load.mean_mbps)
    np.testing.assert_array_equal(lent.load.var_mbps2, fresh.load.var_mbps2)
    np.testing.assert_array_equal(lent.utilization.load_mbps, fresh.utilization.load_mbps)
    np.testing.assert_array_equal(lent.routes.lost_share, fresh.routes.lost_share)
    pd.testing.assert_frame_equal(lent.calibration.links, fresh.calibration.links)
    pd.testing.assert_frame_equal(lent.calibration.schools, fresh.calibration.schools)


def test_what_was_measured_was_the_district_as_it_is(district: District) -> None:
    base = pipeline.day(district)
    double = pipeline.day(apply(district, sets=["devices.per_person*=2"]))
    pd.testing.assert_frame_equal(base.calibration.links, double.calibration.links)
    np.testing.assert_allclose(double.load.mean_mbps, 2 * base.load.mean_mbps, rtol=1e-12)
    remeasured = pipeline.day(apply(district, sets=["measured[link_id=wan-H1].p95_mbps*=1.1"]))
    assert (
        remeasured.calibration.links["ratio"].iloc[0]
        == pytest.approx(1.1 * base.calibration.links["ratio"].iloc[0])
    )  # fmt: skip


def test_a_new_school_has_the_district_s_ratio(district: District) -> None:
    text = """
[[change]]
table = "schools"
where = { school_id = "N1" }
set = { name = "New", lat = 27.43, lon = -80.39, level = "middle", enrollment = 300 }
insert = true
[[change]]
table = "nodes"
where = { node_id = "N1-mdf" }
set = { kind = "mdf", school_id = "N1" }
insert = true
[[change]]
table = "links"
where = { link_id = "wan-N1" }
set = { a = "core", b = "N1-mdf", down_mbps = 1000 }
insert = true
"""
    changed = apply(district, scenario(text))
    base, day = pipeline.day(district), pipeline.day(changed, like=pipeline.day(district))
    ratios = day.calibration.schools.set_index("school_id")["ratio_down"]
    old = base.calibration.schools.set_index("school_id")["ratio_down"]
    assert ratios[old.index].tolist() == old.tolist()
    assert ratios["N1"] == pytest.approx(float(np.exp(np.log(old).mean())))
    report = netplan.check(changed)
    assert set(report.buildings["school_id"]) == {"E1", "H1", "M1", "N1"}
    # and a school that is gone takes nothing along
    gone = apply(
        changed,
        scenario(
            "".join(
                f"[[change]]\ntable='{table}'\nwhere={{{column}='{name}'}}\nremove=true\n"
                for table, column, name in (
                    ("schools", "school_id", "N1"), ("nodes", "node_id", "N1-mdf"),
                    ("links", "link_id", "wan-N1"),
                )
            ),
            "gone",
        ),
    )  # fmt: skip
    np.testing.assert_array_equal(pipeline.day(gone, like=day).load.mean_mbps, base.load.mean_mbps)


# --- what is down ---


@pytest.mark.parametrize("down", ["wan-E1", "circuit", "E1-idf1", "conduit", "core", "spare"])
def test_failures_on_top_of_what_is_down(district: District, down: str) -> None:
    day = pipeline.day(district)
    network, load, planning = day.network, day.load, district.planning
    first = outages(network, [down])
    before = utilize(network, route(network, failed=first), load, planning)
    found = sweep(network, load, planning, before=before, down=first)
    lost: dict[tuple[int, int], float] = {
        (failure, school): share
        for failure, school, share in zip(
            found.lost_failure.tolist(), found.lost_school.tolist(), found.lost_share.tolist(),
            strict=True,
        )
    }  # fmt: skip
    rises = {
        (failure, element, direction): mbps
        for failure, element, direction, mbps in zip(
            found.rise_failure.tolist(), found.rise_element.tolist(),
            found.rise_direction.tolist(), found.rise_load_mbps.tolist(), strict=True,
        )
    }  # fmt: skip
    assert set(found.kinds) <= set(KINDS)
    for number, name in enumerate(found.failed):
        routes = route(network, failed=outages(network, [down, name]))
        afresh = utilize(network, routes, load, planning)
        for school in range(len(network.school_ids)):
            share = float(routes.lost_share[school, 0])
            base = float(found.base_lost_share[school])
            assert lost.get((number, school), base) == pytest.approx(share, abs=1e-9), name
        for (failure, element, direction), mbps in rises.items():
            if failure == number:
                most = float(afresh.load_mbps[element, :, direction].max())
                assert mbps <= most * (1 + 1e-9), name


def test_the_report_of_what_is_down(district: District) -> None:
    report = netplan.check(apply(district, scenario("fail=['wan-E1', 'H1-idf1', 'wan-M1']")))
    rows = report.buildings.set_index("school_id")
    # the backup link takes over, the high school has half of its access points, M1 has none
    assert rows["lost_share"].to_dict() == pytest.approx({"E1": 0.0, "H1": 0.5, "M1": 1.0})
    assert rows.loc["E1", "bottleneck_element"] == "spare"
    assert rows.loc["M1", "status"] == "over"
    assert rows.loc["M1", "min_cut_mbps"] == 0
    found = brief(pipeline.day(report.district))
    assert (
        dict(zip(found.school_ids, found.over.tolist(), strict=True))
        == (rows["status"] == "over").to_dict()
    )
    assert rows["headroom_devices"].isna().to_dict() == {"E1": False, "H1": False, "M1": True}
    assert rows["disjoint_paths"].to_dict() == {"E1": 1, "H1": 1, "M1": 0}
    codes = {finding.code: finding.schools for finding in report.findings}
    assert codes["cut-off-by-scenario"] == ("M1",)
    assert codes["partly-cut-off-by-scenario"] == ("H1",)
    document = json.loads(report.to_json())
    assert document["scenario"]["down"] == ["H1-idf1", "wan-E1", "wan-M1"]
    assert document["scenario"]["names"] == ["case"]


@pytest.mark.parametrize("text", ["fail=['circuit']", "fail=['E1-idf1','E1-idf2']", "fail=['fw']"])
def test_pages_of_what_is_down(district: District, tmp_path: Path, text: str) -> None:
    changed = apply(district, scenario(text), sets=["planning.growth_per_year=0.1"])
    _, index = netplan.plan(changed, out=tmp_path / "out")
    page = index.read_text(encoding="utf-8")
    assert "case" in page
    assert "planning.growth_per_year=0.1" in page
    assert "down" in page
    run = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert run["scenario"]["set"] == ["planning.growth_per_year=0.1"]
