"""The three-school district of ``folders.py`` through load and check, every number by hand.

Per present device in class2, down, to the internet (video 2 Mbps, cv 0.5, together 0.5; web 1 Mbps,
cv 1)::

    mu  = 0.2 x 2 + 0.2 x 1                              = 0.6
    m2  = 0.2 x 4 x (1 + 0.25) + 0.2 x 1 x (1 + 1)       = 1.0 + 0.4 = 1.4
    v   = 1.4 - 0.6^2                                    = 1.04
    rho = 0.2 x 2 x 0.5 / 0.6                            = 1/3
    design effect of a class of 25: 1 + 24/3             = 9      (staff: 1)

to the data center (files 0.5 Mbps; there is no data center node, so it ends at the internet)::

    mu = 0.1 x 0.5 = 0.05        v = 0.1 x 0.25 - 0.05^2 = 0.0225       design effect 1

E1 (200 students, 20 staff)::

    M = 220 x (0.6 + 0.05)                               = 143
    V = 200 x 1.04 x 9 + 20 x 1.04 + 220 x 0.0225
      = 1872 + 20.8 + 4.95                               = 1897.75
    L = 143 + 1.6449 sqrt(1897.75 + 14.3^2)              = 218.42

M1 is twice and H1 four times E1: V = 3795.5 and 7591; all three: M = 1001, V = 13284.25.
"""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import netplan
from netplan.report.model import Report
from tests.unit.folders import APPS, DEVICES, LINKS, NODES, edited, with_rows, write_district

Check = Callable[..., Report]
Row = dict[str, Any]

Z95 = 1.6448536269514722
LIMIT = 0.8
#: Means and variances of class2, down, as in the module's docstring.
M = {"E1": 143.0, "M1": 286.0, "H1": 572.0}
V = {"E1": 1897.75, "M1": 3795.5, "H1": 7591.0}
DEVICES_OF = {"E1": 220, "M1": 440, "H1": 880}


def planned(mean: float, var: float) -> float:
    """Give the planning load with the district's percentile 0.95 and kappa 0.1."""
    return mean + Z95 * math.sqrt(var + (0.1 * mean) ** 2)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Give the report of the district as it stands."""
    return netplan.check(netplan.load(write_district(tmp_path_factory.mktemp("base"))))


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Give a function that checks the district with some files replaced."""

    def run(**overrides: str | None) -> Report:
        return netplan.check(netplan.load(write_district(tmp_path / "district", **overrides)))

    return run


def changed(text: str, **lines: str) -> str:
    """Replace the line of a CSV text that begins with each key (`_` stands for `-`)."""
    rows = text.splitlines()
    for key, line in lines.items():
        (place,) = [i for i, row in enumerate(rows) if row.startswith(key.replace("_", "-") + ",")]
        rows[place] = line
    return "\n".join(rows) + "\n"


def building(report: Report, school: str) -> Row:
    """Give one school's row."""
    table = report.buildings.set_index("school_id")
    return {str(key): value for key, value in table.loc[school].to_dict().items()}


def link(report: Report, link_id: str, direction: str = "down") -> Row:
    """Give one link's row in one direction."""
    table = report.links
    row = table[(table["link_id"] == link_id) & (table["direction"] == direction)]
    (found,) = row.to_dict("records")
    return {str(key): value for key, value in found.items()}


def failure(report: Report, name: str) -> Row:
    """Give the row of one failure."""
    (found,) = report.failures[report.failures["failed"] == name].to_dict("records")
    return {str(key): value for key, value in found.items()}


def overloaded(report: Report, name: str) -> dict[str, float]:
    """Give what a failure loads past the limit, with its utilization."""
    return {hit["element"]: hit["utilization_share"] for hit in failure(report, name)["overloaded"]}


def near(value: float) -> Any:
    """Hand-made numbers in the tests have five or more digits."""
    return pytest.approx(value, rel=1e-4)


# --- load ---


def test_moments_of_every_school_and_period(base: Report) -> None:
    # class1: mu = 0.1 x 2 + 0.2 x 1 = 0.4, m2 = 0.1 x 4 x 1.25 + 0.2 x 2 = 0.9, v = 0.74,
    #         rho = 0.1 x 2 x 0.5 / 0.4 = 1/4, design effect 7: V(E1) = 200 x 0.74 x 7 + 20 x 0.74
    # lunch:  mu = 0.1, m2 = 0.1 x 2 = 0.2, v = 0.19, nothing together: V(E1) = 220 x 0.19
    per_e1 = {
        "class1": (220 * 0.4, 200 * 0.74 * 7 + 20 * 0.74),
        "lunch": (220 * 0.1, 220 * 0.19),
        "class2": (143.0, 1897.75),
    }
    periods = base.capacity.periods.set_index(["school_id", "period"])
    assert list(base.capacity.periods["period"].unique()) == ["class1", "lunch", "class2"]
    for school, times in (("E1", 1), ("M1", 2), ("H1", 4)):
        for period, (mean, var) in per_e1.items():
            row = periods.loc[(school, period)]
            assert row["present_devices"] == 220 * times
            assert row["mean_down_mbps"] == pytest.approx(mean * times, rel=1e-12)
            assert row["sd_down_mbps"] ** 2 == pytest.approx(var * times, rel=1e-12)
            assert row["load_down_mbps"] == pytest.approx(planned(mean * times, var * times))


def test_moments_up(base: Report) -> None:
    # class2 up, internet: mu = 0.2 x 0.1 + 0.2 x 0.2 = 0.06;
    # m2 = 0.2 x 0.01 x 1.25 + 0.2 x 0.04 x 2 = 0.0185; v = 0.0149;
    # rho = 0.2 x 0.1 x 0.5 / 0.06 = 1/6; design effect 5
    # data center as down (0.5 both ways). E1: M = 220 x 0.11 = 24.2,
    # V = 200 x 0.0149 x 5 + 20 x 0.0149 + 4.95 = 20.148
    row = base.capacity.periods.set_index(["school_id", "period"]).loc[("E1", "class2")]
    assert row["mean_up_mbps"] == pytest.approx(24.2)
    assert row["sd_up_mbps"] ** 2 == pytest.approx(20.148)
    assert building(base, "E1")["load_up_mbps"] == near(32.5879)


def test_busy_period_load_and_demand(base: Report) -> None:
    expected = {"E1": 218.4169, "M1": 397.7225, "H1": 743.4348}
    for school, load in expected.items():
        row = building(base, school)
        assert row["busy_period"] == "class2"
        assert row["devices"] == DEVICES_OF[school]
        assert row["mean_down_mbps"] == pytest.approx(M[school])
        assert row["load_down_mbps"] == near(load)
        assert row["demand_mbps_per_device"] == near(load / DEVICES_OF[school])


# --- network ---


def test_links_in_their_worst_period(base: Report) -> None:
    wan = link(base, "wan-E1")
    assert (wan["period"], wan["capacity_mbps"]) == ("class2", 100)
    assert wan["mean_mbps"] == pytest.approx(143)
    assert wan["load_mbps"] == near(218.4169)
    assert wan["utilization_share"] == near(2.184169)
    assert link(base, "wan-E1", "up")["utilization_share"] == near(0.325879)
    assert link(base, "wan-M1")["utilization_share"] == near(397.7225 / 200)
    # 1001 + 1.6449 sqrt(13284.25 + 100.1^2): 20 less than the three loads of 1359.6 added up
    circuit = link(base, "circuit")
    assert circuit["mean_mbps"] == pytest.approx(1001)
    assert circuit["load_mbps"] == near(1252.0990)
    assert circuit["load_mbps"] == pytest.approx(planned(sum(M.values()), sum(V.values())))
    # half of E1 by each riser: M = 71.5, V = 1897.75 / 4
    assert link(base, "E1-riser1")["mean_mbps"] == pytest.approx(71.5)
    assert link(base, "E1-riser1")["load_mbps"] == near(109.2084)
    assert link(base, "E1-edge2")["load_mbps"] == near(109.2084)


def test_a_node_takes_down_and_up_together(base: Report) -> None:
    # video 2.1 and web 1.2 Mbps: mu = 0.66, m2 = 0.2 x 4.41 x 1.25 + 0.2 x 1.44 x 2 = 1.6785,
    # v = 1.2429, rho = 0.2 x 2.1 x 0.5 / 0.66 = 7/22, design effect 1 + 24 x 7/22 = 95/11
    # files 1.0: mu = 0.1, v = 0.09
    mean = 1540 * 0.76
    var = 1400 * 1.2429 * 95 / 11 + 140 * 1.2429 + 1540 * 0.09
    (fw,) = base.capacity.nodes.to_dict("records")
    assert (fw["node_id"], fw["kind"], fw["period"]) == ("fw", "firewall", "class2")
    assert fw["mean_mbps"] == pytest.approx(1170.4)
    assert fw["load_mbps"] == pytest.approx(planned(mean, var))
    assert fw["utilization_share"] == near(1450.6956 / 2000)


def test_bottlenecks(base: Report) -> None:
    expected = {
        "E1": ("wan-E1", 100, 218.4169),
        "M1": ("wan-M1", 200, 397.7225),
        "H1": ("circuit", 1000, 1252.0990),
    }
    for school, (element, capacity, load) in expected.items():
        row = building(base, school)
        assert row["bottleneck_element"] == element
        assert (row["bottleneck_kind"], row["bottleneck_direction"]) == ("link", "down")
        assert row["bottleneck_period"] == "class2"
        assert row["bottleneck_capacity_mbps"] == capacity
        assert row["bottleneck_load_mbps"] == near(load)
        assert row["bottleneck_utilization_share"] == near(load / capacity)
        assert row["headroom_mbps"] == near(0.8 * capacity - load)
        assert row["status"] == "over"
    assert building(base, "E1")["headroom_mbps"] == near(80 - 218.4169)
    assert list(base.buildings["school_id"]) == ["E1", "M1", "H1"]  # 2.18, 1.99, 1.25


def test_fair_shares(base: Report) -> None:
    # all rise together to 100/220 = 200/440 = 0.4545, where wan-E1 and wan-M1 are full;
    # H1 goes on until the circuit is: (1000 - 100 - 200) / 880 = 0.7955 of the 0.8448 it asks for
    rows = {school: building(base, school) for school in M}
    assert rows["E1"]["fair_share_mbps_per_device"] == pytest.approx(100 / 220)
    assert rows["M1"]["fair_share_mbps_per_device"] == pytest.approx(200 / 440)
    assert rows["H1"]["fair_share_mbps_per_device"] == pytest.approx(700 / 880)
    limited = {school: row["fair_share_limited_by"] for school, row in rows.items()}
    assert limited == {"E1": "wan-E1", "M1": "wan-M1", "H1": "circuit"}


def test_min_cut_and_ways(base: Report) -> None:
    rows = {school: building(base, school) for school in M}
    assert {s: row["min_cut_mbps"] for s, row in rows.items()} == {"E1": 100, "M1": 200, "H1": 1000}
    assert {row["disjoint_paths"] for row in rows.values()} == {1}


def test_wifi(base: Report) -> None:
    # 220 devices on 10 access points of one radio: 22 clients; efficiency falls from 0.50 at 10 to
    # 0.35 at 25 clients: 0.50 - 12 x 0.01 = 0.38. Wi-Fi 6, 40 MHz, MCS 6 (64-QAM 3/4), 2 streams:
    # 468 x 6 x 0.75 / 13.6 us = 154.9 Mbps each, 309.8 together; a cell carries 117.724.
    # Asked: 220 x 0.76 / 10 = 16.72 Mbps: 14.2 % of the airtime.
    for row in base.capacity.wifi.to_dict("records"):
        assert row["clients_per_radio"] == pytest.approx(22)
        assert row["phy_mbps"] == pytest.approx(309.8)
        assert row["efficiency_share"] == pytest.approx(0.38)
        assert row["cell_mbps"] == pytest.approx(117.724)
        assert row["load_mbps"] == pytest.approx(16.72)
        assert row["airtime_share"] == pytest.approx(16.72 / 117.724)
        assert (row["period"], row["assumed"]) == ("class2", False)
    # equal groups: the first by id
    assert building(base, "M1")["wifi_node"] == "M1-ap1"


# --- failures ---


def test_failures(base: Report) -> None:
    everyone = ("E1", "H1", "M1")
    for name in ("circuit", "fw", "fw-core", "core", "inet"):
        assert failure(base, name)["cut_off"] == everyone
    for school in M:
        assert failure(base, f"wan-{school}")["cut_off"] == (school,)
        assert failure(base, f"{school}-mdf")["cut_off"] == (school,)
        for part in ("riser1", "edge1", "idf1", "ap1", "riser2", "edge2", "idf2", "ap2"):
            row = failure(base, f"{school}-{part}")
            assert row["cut_off"] == ()
            assert row["partly_cut_off"] == ((school, pytest.approx(0.5)),)
    # 17 links and 18 nodes, each once; without a second way nothing is loaded more
    assert len(base.failures) == 17 + 18
    assert all(hits == () for hits in base.failures["overloaded"])
    kinds = dict(zip(base.failures["failed"], base.failures["kind"], strict=True))
    assert (kinds["circuit"], kinds["fw"]) == ("link", "node")


# --- capacity ---


def test_headroom_devices_of_h1(base: Report) -> None:
    # all of E1's and all of M1's devices gone would not free the circuit of the rest
    assert building(base, "E1")["headroom_devices"] == -220
    assert building(base, "M1")["headroom_devices"] == -440
    # one device of H1 puts 0.65 Mbps and 7591 / 880 Mbps^2 on the circuit
    row = building(base, "H1")
    assert row["headroom_element"] == "circuit"

    def circuit(x: int) -> float:
        return planned(1001 + 0.65 * x, 13284.25 + 7591 / 880 * x)

    stepped = 0
    while circuit(stepped) > 800:
        stepped -= 1
    assert stepped == row["headroom_devices"] == -588


ROOMY = changed(
    LINKS,
    circuit="circuit,inet,fw,10000,10000,primary,leased",
    wan_E1="wan-E1,core,E1-mdf,1000,1000,primary,fiber",
    wan_M1="wan-M1,core,M1-mdf,1000,1000,primary,fiber",
)
ROOMY_NODES = changed(NODES, fw="fw,firewall,,20000,1,2020,,,")


def test_headroom_devices_fit_and_one_more_does_not(check: Check) -> None:
    report = check(links=ROOMY, nodes=ROOMY_NODES)
    for school, mean in M.items():
        row = building(report, school)
        more, devices = int(row["headroom_devices"]), DEVICES_OF[school]
        assert row["headroom_element"] == f"wan-{school}"
        assert more > 0
        # the formula, one device at a time
        var = V[school]
        assert planned(mean * (1 + more / devices), var * (1 + more / devices)) <= 800
        one = more + 1
        assert planned(mean * (1 + one / devices), var * (1 + one / devices)) > 800
        # and the whole pipeline with so many devices a head
        for extra, fits in ((more, True), (one, False)):
            share = 1 + extra / devices
            again = check(
                links=ROOMY,
                nodes=ROOMY_NODES,
                devices=DEVICES
                + f"{school},students,chromebook,{share!r},1,0,0,district\n"
                + f"{school},staff,laptop,{share!r},1,0,0,district\n",
            )
            after = building(again, school)
            assert after["devices"] == pytest.approx(devices + extra)
            assert (after["bottleneck_utilization_share"] <= LIMIT) is fits
            assert (after["headroom_devices"] >= 0) is fits


def test_exhausted_school_years(base: Report, check: Check) -> None:
    assert set(base.buildings["exhausted_school_year"]) == {"2026-27"}  # over already
    report = check(links=ROOMY, nodes=ROOMY_NODES)
    # 0.7434 x 1.25 = 0.93; 0.3977 x 1.25^3 = 0.777, ^4 = 0.97; 0.2184 x 1.25^5 = 0.667, ^6 = 0.83
    years = {school: building(report, school)["exhausted_school_year"] for school in M}
    assert years == {"H1": "2027-28", "M1": "2030-31", "E1": "2032-33"}
    states = {school: building(report, school)["status"] for school in M}
    assert states == {"H1": "at-risk", "M1": "fits", "E1": "fits"}
    for school in M:
        row = building(report, school)
        assert row["fair_share_limited_by"] is None
        assert row["fair_share_mbps_per_device"] == pytest.approx(row["demand_mbps_per_device"])


def test_building_targets(base: Report) -> None:
    table = base.capacity.targets.set_index(["school_id", "target"])
    # Mbps per student, Mbps per user (students and staff)
    per_head = {
        "fcc": (0, 1), "fcc_wan": (10, 0), "setda_wan": (0, 10), "setda_wan_2015": (0, 1),
        "esh_wan": (1.5, 0),
    }  # fmt: skip
    people = {"E1": (200, 220), "M1": (400, 440), "H1": (800, 880)}
    has = {"E1": 100, "M1": 200, "H1": 1000}
    assert len(table) == 15
    for school, (students, users) in people.items():
        for target, (per_student, per_user) in per_head.items():
            needed = students * per_student + users * per_user
            row = table.loc[(school, target)]
            assert row["needed_mbps"] == pytest.approx(needed)
            assert row["has_mbps"] == has[school]
            assert bool(row["met"]) == (has[school] >= needed)
            assert row["gap_mbps"] == pytest.approx(max(needed - has[school], 0))
            assert row["source"]


def test_district_targets(base: Report) -> None:
    # 1,400 students (a medium district to SETDA), 1,540 users, a circuit of 1,000 Mbps
    needed = {
        "fcc_2014_short": 154, "fcc": 1540, "setda_3": 3080, "esh_student": 1400,
        "esh_0.7": 980, "esh_2016": 933.8, "fcc_long": 4620,
    }  # fmt: skip
    table = base.capacity.district_targets.set_index("target")
    assert table["needed_mbps"].to_dict() == pytest.approx(needed)
    assert {target for target, met in table["met"].items() if met} == {
        "fcc_2014_short", "esh_0.7", "esh_2016",
    }  # fmt: skip
    assert set(table["has_mbps"]) == {1000}


# --- other shapes of network ---


def test_a_backup_link_carries_nothing_until_a_failure(check: Check) -> None:
    report = check(links=with_rows("links", "spare,M1-mdf,E1-mdf,1000,1000,backup,fiber"))
    assert link(report, "spare")["load_mbps"] == 0
    assert link(report, "wan-E1")["utilization_share"] == near(2.184169)
    # 100 by its own line and 200 by M1's; the other way round for M1
    assert building(report, "E1")["min_cut_mbps"] == 300
    assert building(report, "M1")["min_cut_mbps"] == 300
    assert building(report, "E1")["disjoint_paths"] == 1  # all ways begin with the circuit
    # E1 over M1's line: M = 143 + 286 = 429, V = 1897.75 + 3795.5, L = 571.768 of 200
    both = planned(429, 5693.25)
    assert both == near(571.768)
    assert failure(report, "wan-E1")["cut_off"] == ()
    # over the limit before, and further over now
    assert overloaded(report, "wan-E1") == {"wan-M1": near(both / 200)}
    assert overloaded(report, "wan-M1") == {"wan-E1": near(both / 100)}
    assert failure(report, "E1-mdf")["cut_off"] == ("E1",)
    # what a failure takes away is not an overload: the circuit carries less without E1
    assert overloaded(report, "E1-mdf") == {}
    hit = failure(report, "wan-E1")["overloaded"][0]
    assert (hit["kind"], hit["direction"], hit["period"]) == ("link", "down", "class2")
    assert hit["load_mbps"] == near(both)
    assert hit["capacity_mbps"] == 200


def test_a_ring_routes_the_short_way_round(check: Check) -> None:
    # core - E1 - M1 - core: both are one hop from the core, so the link between them is idle
    report = check(links=with_rows("links", "ring,E1-mdf,M1-mdf,1000,1000,primary,fiber"))
    assert link(report, "ring")["load_mbps"] == 0
    assert link(report, "ring", "up")["load_mbps"] == 0
    both = planned(429, 5693.25)
    assert overloaded(report, "wan-E1") == {"wan-M1": near(both / 200)}
    assert failure(report, "M1-mdf")["cut_off"] == ("M1",)
    # with the core gone nothing helps
    assert failure(report, "core")["cut_off"] == ("E1", "H1", "M1")


DUAL_NODES = with_rows("nodes", "core2,router,,,1,2020,,,")
DUAL = with_rows(
    "links",
    "fw-core2,fw,core2,10000,10000,primary,fiber",
    "wan2-H1,core2,H1-mdf,500,500,primary,fiber",
)


def test_dual_homing_splits_equally(check: Check) -> None:
    report = check(nodes=DUAL_NODES, links=DUAL)
    # half of H1 on each: M = 286, V = 7591 / 4 = 1897.75: 371.717
    for name, capacity in (("wan-H1", 1000), ("wan2-H1", 500)):
        assert link(report, name)["mean_mbps"] == pytest.approx(286)
        assert link(report, name)["load_mbps"] == near(371.7174)
        assert link(report, name)["utilization_share"] == near(371.7174 / capacity)
    # the other core carries E1 and M1 whole and half of H1
    assert link(report, "fw-core")["mean_mbps"] == pytest.approx(143 + 286 + 286)
    assert link(report, "fw-core")["load_mbps"] == pytest.approx(
        planned(715, 1897.75 + 3795.5 + 1897.75)
    )
    # everything is on the circuit again, and its variance is that of the schools, not of halves
    assert link(report, "circuit")["load_mbps"] == near(1252.0990)
    assert building(report, "H1")["disjoint_paths"] == 1  # both begin with the circuit
    assert building(report, "H1")["min_cut_mbps"] == 1000
    assert failure(report, "wan-H1")["cut_off"] == ()
    assert overloaded(report, "wan-H1") == {"wan2-H1": near(743.4348 / 500)}
    assert overloaded(report, "wan2-H1") == {}  # 743 of 1000 is below the limit
    assert failure(report, "core")["cut_off"] == ("E1", "M1")


def test_ways_that_share_no_link(check: Check) -> None:
    # a second circuit to the core, even a backup one, and a ring of E1 and M1: two ways to each of
    # them, still one to H1
    report = check(
        links=with_rows(
            "links",
            "circuit2,inet,core,50,50,backup,leased",
            "ring,E1-mdf,M1-mdf,1000,1000,primary,fiber",
        )
    )
    ways = {school: building(report, school)["disjoint_paths"] for school in M}
    assert ways == {"E1": 2, "M1": 2, "H1": 1}
    assert {s: building(report, s)["min_cut_mbps"] for s in M} == {"E1": 300, "M1": 300, "H1": 1000}
    # all of it on the backup's 50 Mbps, and nobody cut off
    assert failure(report, "circuit")["cut_off"] == ()
    assert overloaded(report, "circuit") == {"circuit2": near(1252.0990 / 50)}
    assert failure(report, "fw")["cut_off"] == ()


def test_a_firewall_is_the_bottleneck_of_both_ways_together(check: Check) -> None:
    report = check(
        links=changed(LINKS, circuit="circuit,inet,fw,2500,2500,primary,leased"),
        nodes=changed(NODES, fw="fw,firewall,,750,2,2020,,,"),  # two of 750 act as 1,500
    )
    row = building(report, "H1")
    assert (row["bottleneck_element"], row["bottleneck_kind"]) == ("fw", "node")
    assert (row["bottleneck_direction"], row["bottleneck_capacity_mbps"]) == ("both", 1500)
    assert row["bottleneck_load_mbps"] == near(1450.6956)
    assert row["headroom_mbps"] == near(1200 - 1450.6956)
    assert row["headroom_element"] == "fw"
    assert row["min_cut_mbps"] == 1000
    assert building(report, "E1")["bottleneck_element"] == "wan-E1"


def test_up_is_the_bottleneck(check: Check) -> None:
    report = check(
        links=edited("links", "wan-E1,core,E1-mdf,100,100", "wan-E1,core,E1-mdf,1000,20")
    )
    row = building(report, "E1")
    assert (row["bottleneck_element"], row["bottleneck_direction"]) == ("wan-E1", "up")
    assert row["bottleneck_load_mbps"] == near(32.5879)
    assert row["bottleneck_utilization_share"] == near(1.629395)
    assert row["headroom_mbps"] == near(16 - 32.5879)
    assert row["min_cut_mbps"] == 1000  # down
    # up moves with down: 20 Mbps up carry 20 / 32.5879 of what is asked for
    assert row["fair_share_limited_by"] == "wan-E1"
    assert row["fair_share_mbps_per_device"] == near(20 / 32.58785 * 218.41685 / 220)


def test_an_empty_up_is_as_down(check: Check) -> None:
    report = check(links=edited("links", "wan-E1,core,E1-mdf,100,100", "wan-E1,core,E1-mdf,100,"))
    assert link(report, "wan-E1", "up")["capacity_mbps"] == 100


def test_parallel_circuits_act_as_one(check: Check) -> None:
    header, *rows = LINKS.splitlines()
    counted = [
        header + ",count",
        *(f"{row},{3 if row.startswith('wan-E1') else 1}" for row in rows),
    ]
    report = check(links="\n".join(counted) + "\n")
    assert link(report, "wan-E1")["utilization_share"] == near(218.4169 / 300)
    assert building(report, "E1")["disjoint_paths"] == 1


def test_a_link_written_the_wrong_way_round(check: Check) -> None:
    # a is the school here: down_mbps is what it can send, up_mbps what it gets
    report = check(links=edited("links", "wan-E1,core,E1-mdf,100,100", "wan-E1,E1-mdf,core,100,50"))
    assert link(report, "wan-E1", "up")["load_mbps"] == near(218.4169)
    assert link(report, "wan-E1", "down")["load_mbps"] == near(32.5879)
    row = building(report, "E1")
    assert (row["bottleneck_element"], row["bottleneck_direction"]) == ("wan-E1", "up")
    assert row["bottleneck_utilization_share"] == near(218.4169 / 50)
    assert row["min_cut_mbps"] == 50
    assert row["fair_share_mbps_per_device"] == pytest.approx(50 / 220)
    assert failure(report, "wan-E1")["cut_off"] == ("E1",)


@pytest.mark.parametrize("ends", ["core,dc", "dc,core"])
def test_a_data_center_takes_its_own_traffic(check: Check, ends: str) -> None:
    report = check(
        nodes=with_rows("nodes", "dc,datacenter,,,1,2020,,,"),
        links=with_rows("links", f"dc-line,{ends},1000,500,primary,fiber"),
        apps=APPS.replace("files,0.5,0.5,0,0,datacenter", "files,0.5,0.25,0,0,datacenter"),
    )
    # the circuit carries 1540 x 0.6 = 924 with V = 13284.25 - 1540 x 0.0225
    circuit = link(report, "circuit")
    assert circuit["mean_mbps"] == pytest.approx(924)
    assert circuit["load_mbps"] == pytest.approx(planned(924, 13249.6))
    # what comes down from the data center: 1540 x 0.05 = 77; up to it 38.5
    toward_core, toward_dc = ("up", "down") if ends == "core,dc" else ("down", "up")
    assert link(report, "dc-line", toward_core)["mean_mbps"] == pytest.approx(77)
    assert link(report, "dc-line", toward_core)["load_mbps"] == pytest.approx(planned(77, 34.65))
    assert link(report, "dc-line", toward_dc)["mean_mbps"] == pytest.approx(38.5)
    # a building's own line carries both, as before
    assert link(report, "wan-E1")["load_mbps"] == near(218.4169)
    assert building(report, "E1")["load_down_mbps"] == near(218.4169)
    # without the data center the schools still have the internet
    assert failure(report, "dc-line")["cut_off"] == ()


def test_a_cache_loads_the_building_and_nothing_above_it(check: Check) -> None:
    # half of each video comes from the cache. Internet: mu = 0.2 + 0.2, m2 = 0.2 x 1 x 1.25 + 0.4
    # = 0.65, v = 0.49, rho = 0.2 x 0.5 / 0.4 = 1/4, design effect 7: V = 200 x 0.49 x 7 + 20 x 0.49
    # + 4.95 = 700.75. Cache: mu = 0.2, v = 0.25 - 0.04 = 0.21, rho = 1/2, design effect 13:
    # V = 200 x 0.21 x 13 + 20 x 0.21 = 550.2
    report = check(
        apps=APPS.replace("video,2.0,0.1,0.5,0.5,internet,0", "video,2.0,0.1,0.5,0.5,internet,0.5")
    )
    row = building(report, "E1")
    assert row["mean_down_mbps"] == pytest.approx(220 * 0.45)
    assert row["load_down_mbps"] == pytest.approx(planned(99, 700.75))
    assert link(report, "wan-E1")["load_mbps"] == pytest.approx(planned(99, 700.75))
    assert link(report, "circuit")["mean_mbps"] == pytest.approx(1540 * 0.45)
    for name in ("E1-riser1", "E1-edge1"):
        assert link(report, name)["mean_mbps"] == pytest.approx(71.5)
        assert link(report, name)["load_mbps"] == pytest.approx(planned(71.5, 1250.95 / 4))
    # and the air carries all of it
    wifi = report.capacity.wifi.set_index("node_id").loc["E1-ap1"]
    assert wifi["load_mbps"] == pytest.approx(16.72)


def test_without_access_points_the_load_enters_at_the_closets_then_at_the_mdf(check: Check) -> None:
    nodes = pd.Series(NODES.splitlines())
    links = pd.Series(LINKS.splitlines())
    no_points = "\n".join(nodes[~nodes.str.startswith("E1-ap")]) + "\n"
    no_edges = "\n".join(links[~links.str.startswith("E1-edge")]) + "\n"
    report = check(nodes=no_points, links=no_edges)
    assert link(report, "E1-riser1")["mean_mbps"] == pytest.approx(71.5)
    assert building(report, "E1")["bottleneck_utilization_share"] == near(2.184169)
    assert building(report, "E1")["wifi_node"] is None or pd.isna(
        building(report, "E1")["wifi_node"]
    )

    bare_nodes = nodes[~nodes.str.startswith(("E1-ap", "E1-idf"))]
    bare_links = links[~links.str.startswith(("E1-edge", "E1-riser"))]
    report = check(nodes="\n".join(bare_nodes) + "\n", links="\n".join(bare_links) + "\n")
    assert link(report, "wan-E1")["load_mbps"] == near(218.4169)
    document = json.loads(report.to_json())
    (e1,) = [each for each in document["buildings"] if each["school_id"] == "E1"]
    assert e1["wifi"] == {
        "clients_per_radio": None,
        "airtime_share": None,
        "planning_airtime_share": None,
        "node_id": None,
    }


def test_a_shared_risk_group_takes_all_its_links(check: Check) -> None:
    header, *rows = LINKS.splitlines()
    risk = {"wan-E1": "bridge", "wan-M1": "bridge;pole"}
    text = [header + ",shared_risk", *(f"{row},{risk.get(row.split(',')[0], '')}" for row in rows)]
    report = check(links="\n".join(text) + "\n")
    assert failure(report, "bridge") == {
        "failed": "bridge", "kind": "risk_group", "cut_off": ("E1", "M1"),
        "partly_cut_off": (), "datacenter_cut_off": (), "overloaded": (),
    }  # fmt: skip
    assert failure(report, "pole")["cut_off"] == ("M1",)


def test_a_school_without_devices_has_no_share_to_tell(check: Check) -> None:
    report = check(devices=DEVICES.replace("*,", "H1,"))
    row = building(report, "E1")
    assert row["devices"] == row["load_down_mbps"] == 0
    for column in ("fair_share_mbps_per_device", "demand_mbps_per_device", "headroom_devices"):
        assert pd.isna(row[column]), column
    (e1,) = [
        each for each in json.loads(report.to_json())["buildings"] if each["school_id"] == "E1"
    ]
    assert e1["fair_share_mbps_per_device"] is None
    assert e1["headroom_devices"] is None
    # and no derivation of it has an unknown put in as a number
    for derivation in report.capacity.derivations["E1"]:
        assert "nan" not in derivation.worked
        assert all(term.value == term.value for term in derivation.terms)
    # H1 has the circuit to itself: M = 572, V = 7591
    assert link(report, "circuit")["load_mbps"] == pytest.approx(planned(572, 7591))


def test_one_column_of_the_limit_moves_everything(check: Check) -> None:
    report = check(
        district=edited("district", "utilization_limit = 0.80", "utilization_limit = 0.5")
    )
    assert building(report, "H1")["headroom_mbps"] == near(500 - 1252.0990)
    assert building(report, "E1")["bottleneck_load_mbps"] == near(218.4169)


def test_the_percentile_is_a_normal_quantile(check: Check) -> None:
    report = check(district=edited("district", "percentile = 0.95", "percentile = 0.99"))
    # 143 + 2.32635 sqrt(1897.75 + 14.3^2) = 249.665
    assert building(report, "E1")["load_down_mbps"] == near(249.664)


# --- the contract's JSON ---


def test_json_of_the_contract(base: Report) -> None:
    document = json.loads(base.to_json())
    assert document["netplan"] == netplan.__version__
    assert document["command"] == "check"
    assert document["district"] == "Three School District"
    assert set(document["inputs"]) == {
        "district.toml", "schools.csv", "devices.csv", "apps.csv", "activities.csv", "bell.csv",
        "nodes.csv", "links.csv",
    }  # fmt: skip
    assert all(len(value) == 64 for value in document["inputs"].values())
    assert document["problems"] == []
    for value in document["assumptions"].values():
        assert set(value) == {"value", "unit", "source"}
    e1 = document["buildings"][0]
    plain = {
        "school_id": "E1", "name": "Elm Elementary", "enrollment": 200, "devices": 220,
        "busy_period": "class2", "load_down_mbps": near(218.4169), "load_up_mbps": near(32.5879),
        "mean_down_mbps": 143, "headroom_mbps": near(-138.4169), "headroom_devices": -220,
        "fair_share_mbps_per_device": near(0.454545), "exhausted_school_year": "2026-27",
        "min_cut_mbps": 100, "disjoint_paths": 1,
    }  # fmt: skip
    assert {key: e1[key] for key in plain} == plain
    assert e1["bottleneck"] == {
        "element": "wan-E1", "kind": "link", "direction": "down", "capacity_mbps": 100,
        "load_mbps": near(218.4169), "utilization_share": near(2.184169), "period": "class2",
    }  # fmt: skip
    assert e1["wifi"]["clients_per_radio"] == pytest.approx(22)
    assert e1["wifi"]["airtime_share"] == near(0.142027)
    assert set(e1["targets"]) == {"esh_wan", "fcc", "fcc_wan", "setda_wan", "setda_wan_2015"}
    assert e1["targets"]["fcc"]["needed_mbps"] == 220
    assert e1["targets"]["fcc"]["met"] is False
    wan = [row for row in document["links"] if row["link_id"] == "wan-E1"]
    assert [row["direction"] for row in wan] == ["down", "up"]
    assert wan[0] == {
        "link_id": "wan-E1", "direction": "down", "period": "class2", "mean_mbps": 143,
        "load_mbps": near(218.4169), "capacity_mbps": 100, "utilization_share": near(2.184169),
    }  # fmt: skip
    (row,) = [row for row in document["failures"] if row["failed"] == "E1-riser1"]
    assert row == {
        "failed": "E1-riser1", "kind": "link", "cut_off": [], "overloaded": [],
        "partly_cut_off": [{"school_id": "E1", "lost_share": 0.5}],
        "datacenter_cut_off": [],
    }  # fmt: skip
