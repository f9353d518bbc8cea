"""A Report made by hand, with plausible numbers, for tests of what is rendered from one.

``sample_report(schools=24)`` has every kind of result; ``hostile=True`` puts code into every
text that a district could write. The numbers are consistent enough to read, not computed.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from netplan.capacity.model import Capacity, Derivation, Finding, Term
from netplan.district.model import District
from netplan.errors import Problem
from netplan.inputs.folder import read_folder
from netplan.inputs.model import Assumption, Inputs, Planning, Settings
from netplan.report.model import Report

DISTRICT = Path(__file__).parents[2] / "data" / "schools" / "harbor-county"
#: What a hostile spreadsheet may hold; HOSTILE[i] is the name of the i-th school.
HOSTILE = (
    "<script>alert(1)</script>",
    "{{7*7}}",
    "=cmd|'/C calc'!A0",
    '"><img src=x onerror=alert(1)>',
    "abc\u202egnp.exe",
    "[bold red]Markup[/bold red]",
    "\x1b[31mRed\x1b[0m",
    "{% raw %}Raw",
    "javascript:alert(1)",
    "+1 Elementary",
    "-2 Elementary",
    "@sum(1)",
)
HOSTILE_IDS = (  # by place
    "../../etc/passwd",
    "CON",
    "s1",
    "S1",
    'a"b',
    "a/b",
    "学校",
    "x y",
    "..",
    "'",
    "",
    ".",
)
PERIODS = ("before", "P1", "P2", "lunch", "P3", "P4", "after")
_DAY = (0.3, 0.9, 1.0, 0.45, 0.95, 0.8, 0.2)


@cache
def _empty() -> dict[str, pd.DataFrame]:
    """Give every table of a district without rows, with all columns."""
    tables = read_folder(DISTRICT).tables
    return {name: frame.iloc[:0] for name, frame in tables.items()}


def _tables(own: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Give every table of a district: those given, with the columns they lack, and empty ones."""
    whole = {}
    for name, frame in own.items():
        kinds = _empty()[name].dtypes
        lacking = {column: kinds[column] for column in kinds.index.difference(frame.columns)}
        whole[name] = frame.assign(
            **{column: pd.Series(index=frame.index, dtype=kind) for column, kind in lacking.items()}
        )
    return {**_empty(), **whole}


def sample_report(
    *, schools: int = 24, hostile: bool = False, guessed: bool = False, event: bool = False
) -> Report:
    """Make a report: a third of the buildings over, some at risk, the rest fit.

    ``guessed`` marks the circuit and the access points as guesses of ``netplan init``; ``event``
    puts a testing day in force that takes a third off every load.
    """
    rows = [_building(place, hostile) for place in range(schools)]
    links, nodes = _network(rows)
    evil = "<b onmouseover=alert(1)>" if hostile else ""
    if guessed:
        circuit = links["link_id"] == "CIRCUIT"
        links["down_mbps"] = np.where(circuit, 10000.0, 1000.0)
        links["guess"] = np.where(circuit, f"down_mbps: internet-not-listed{evil}", "")
        wifi = nodes["kind"] == "ap_group"
        nodes["guess"] = np.where(wifi, "wifi, channel_mhz: wifi; count: ap-per-classroom", None)
    buildings = pd.DataFrame(rows)
    buildings["headroom_devices"] = buildings["headroom_devices"].astype("Int64")
    capacity = Capacity(
        buildings=buildings,
        targets=_targets(rows),
        district_targets=_district_targets(),
        links=_link_results(rows),
        nodes=pd.DataFrame(
            [
                {
                    "node_id": "fw-1",
                    "kind": "firewall",
                    "period": "P2",
                    "mean_mbps": 4100.0,
                    "load_mbps": 4870.123456789,
                    "capacity_mbps": 5000.0,
                    "utilization_share": 0.974024691,
                }
            ]
        ),
        periods=_periods(rows),
        failures=_failures(rows),
        wifi=_wifi(rows),
        calibration=pd.DataFrame(
            columns=["link_id", "direction", "modelled_mbps", "measured_mbps", "calibrated_mbps"]
        ),
        disparity=_disparity(),
        findings=_findings(rows, hostile),
        derivations={row["school_id"]: _derivations(row, hostile) for row in rows},
    )
    events = pd.DataFrame(
        [
            (
                "testing_map",
                f"MAP Growth day{evil}",
                "testing",
                "share",
                "0.9",
                "share",
                "1.45 NWEA",
            ),
            ("remote_day", "Remote day", "remote", "share", "0.7", "share", "assumption"),
        ],
        columns=["event", "title", "what", "parameter", "value", "unit", "source"],
    )
    # five in a row, about a mile apart
    spots = np.arange(schools)
    places = buildings[["school_id", "name", "level", "enrollment"]].assign(
        lat=27.0 + 0.015 * (spots // 5), lon=-81.0 + 0.015 * (spots % 5)
    )
    inputs = Inputs(
        settings=Settings(name=f"Harbor County Schools{evil}", state="FL", school_year="2026-27"),
        planning=Planning(),
        tables=_tables({"schools": places, "nodes": nodes, "links": links})
        | ({"events": events} if event else {}),
        hashes={"schools.csv": "ab" * 32, "district.toml": "cd" * 32, f"x{evil}.csv": "ef" * 32},
        problems=(
            Problem(
                code="odd-capacity",
                file="links.csv",
                row=17,
                column="down_mbps",
                value=f"1000000{evil}",
                message="one million Mbps is a question, not a fact",
                expected="at most 400,000",
                fix="Check the unit.",
                severity="note",
            ),
        ),
        assumptions=(
            Assumption(name="common_mode_cv", value=0.1, unit="share", source="district.toml"),
            Assumption(
                name="app.web.down_mbps", value=1.2, unit="Mbps", source=f"assumption{evil}"
            ),
            Assumption(name="wifi_old_standard", value=4, unit="", source="assumption"),
        ),
    )
    usual = buildings.assign(
        load_down_mbps=buildings["load_down_mbps"] * 1.5,
        bottleneck_utilization_share=buildings["bottleneck_utilization_share"] * 1.5,
    )
    return Report(
        district=District(inputs=inputs),
        capacity=capacity,
        events=("testing_map",) if event else (),
        usual_buildings=usual if event else None,
    )


def _building(place: int, hostile: bool) -> dict[str, Any]:
    school = f"S{place + 1:03d}"
    name = ("Elm", "Maple", "Hickory", "Cypress", "Palm")[place % 5] + f" School {place + 1}"
    if hostile and place < len(HOSTILE):
        school, name = HOSTILE_IDS[place], HOSTILE[place]
    share = 1.62 - 0.065 * place if place < 24 else 0.1
    capacity = 1000.0 if place % 3 else 500.0
    load = share * capacity
    status = "over" if share > 0.8 else "at-risk" if share * 1.25 > 0.8 else "fits"
    students = 420.0 + 35.0 * place
    return {
        "school_id": school,
        "name": name,
        "level": ("elementary", "middle", "high")[place % 3],
        "enrollment": students,
        "staff": 40.0,
        "frl_share": 0.31 + 0.02 * (place % 9),
        "year_built": 1962.0 + place if place % 4 else np.nan,
        "devices": students * 1.1,
        "busy_period": "P2",
        "load_down_mbps": load,
        "load_up_mbps": load / 7.0,
        "mean_down_mbps": load * 0.8,
        "bottleneck_element": f"WAN-{school}",
        "bottleneck_kind": "link",
        "bottleneck_direction": "down",
        "bottleneck_capacity_mbps": capacity,
        "bottleneck_load_mbps": load,
        "bottleneck_utilization_share": share,
        "bottleneck_period": "P2",
        "headroom_mbps": 0.8 * capacity - load,
        "headroom_devices": int((0.8 * capacity - load) / load * students),
        "headroom_element": f"WAN-{school}",
        "fair_share_mbps_per_device": 0.61,
        "demand_mbps_per_device": load / students,
        "fair_share_limited_by": None,
        "exhausted_school_year": "2026-27"
        if status == "over"
        else "2028-29"
        if share > 0.3
        else None,
        "min_cut_mbps": capacity if place else np.inf,
        "disjoint_paths": 1 + place % 2,
        "clients_per_radio": 18.5 + place,
        "airtime_share": 0.41 + place / 90,
        "planning_airtime_share": 0.7 + place / 60,
        "wifi_node": f"AP-{school}-1",
        "status": status,
    }


def _network(rows: list[dict[str, Any]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    nodes = [("inet", "internet", None), ("fw-1", "firewall", None), ("core", "router", None)]
    links = [("CIRCUIT", "inet", "fw-1"), ("FW-CORE", "fw-1", "core")]
    for row in rows:
        school = row["school_id"]
        nodes += [(f"MDF-{school}", "mdf", school), (f"AP-{school}-1", "ap_group", school)]
        links += [
            (f"WAN-{school}", "core", f"MDF-{school}"),
            (f"IN-{school}", f"MDF-{school}", f"AP-{school}-1"),
        ]
    return (
        pd.DataFrame(links, columns=["link_id", "a", "b"]).assign(role="primary"),
        pd.DataFrame(nodes, columns=["node_id", "kind", "school_id"]),
    )


def _link_results(rows: list[dict[str, Any]]) -> pd.DataFrame:
    results = [
        ("CIRCUIT", "down", "P2", 3900.0, 4400.0, 10000.0, 0.44),
        ("CIRCUIT", "up", "P2", 500.0, 600.0, 10000.0, 0.06),
    ]
    for row in rows:
        school, capacity = row["school_id"], row["bottleneck_capacity_mbps"]
        for direction in ("down", "up"):
            load = row[f"load_{direction}_mbps"]
            results += [
                (f"WAN-{school}", direction, "P2", load * 0.8, load, capacity, load / capacity),
                (f"IN-{school}", direction, "P2", load * 0.8, load, 1e4, load / 1e4),
            ]
    columns = [
        "link_id",
        "direction",
        "period",
        "mean_mbps",
        "load_mbps",
        "capacity_mbps",
        "utilization_share",
    ]
    return pd.DataFrame(results, columns=columns)


def _periods(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "school_id": row["school_id"],
                "period": period,
                "present_devices": row["devices"] * part,
                "mean_down_mbps": row["mean_down_mbps"] * part,
                "load_down_mbps": row["load_down_mbps"] * part,
                "sd_down_mbps": row["mean_down_mbps"] * part / 8,
                "mean_up_mbps": row["load_up_mbps"] * part * 0.8,
                "load_up_mbps": row["load_up_mbps"] * part,
                "sd_up_mbps": row["load_up_mbps"] * part / 9,
            }
            for row in rows
            for period, part in zip(PERIODS, _DAY, strict=True)
        ]
    )


def _targets(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "school_id": row["school_id"],
                "target": target,
                "title": title,
                "needed_mbps": row["enrollment"] * each,
                "has_mbps": row["min_cut_mbps"],
                "met": row["min_cut_mbps"] >= row["enrollment"] * each,
                "gap_mbps": max(row["enrollment"] * each - row["min_cut_mbps"], 0.0),
                "basis": f"{each:g} Mbps per student",
                "status": status,
                "source": source,
            }
            for row in rows
            for target, title, each, status, source in (
                ("esh_wan", "EducationSuperHighway, per student", 1.0, "sourced", "1.05 ESH"),
                ("setda_wan", "SETDA wide-area target", 10.0, "assumption", "assumption"),
            )
        ]
    )


def _district_targets() -> pd.DataFrame:
    return pd.DataFrame(
        [
            (
                "fcc",
                "FCC, 1 Gbps per 1,000 students and staff",
                20480.0,
                False,
                10480.0,
                "1.04 FCC",
            ),
            ("fcc_short", "FCC short-term goal of 2014", 2048.0, True, 0.0, "1.01 ESH"),
        ],
        columns=["target", "title", "needed_mbps", "met", "gap_mbps", "source"],
    ).assign(has_mbps=10000.0, basis="by the head", status="sourced")


def _failures(rows: list[dict[str, Any]]) -> pd.DataFrame:
    everyone = tuple(row["school_id"] for row in rows)
    hit = {
        "element": "CIRCUIT",
        "kind": "link",
        "direction": "down",
        "period": "P2",
        "load_mbps": 9000.0,
        "capacity_mbps": 10000.0,
        "utilization_share": 0.9,
    }
    entries: list[tuple[Any, ...]] = [
        ("core", "node", everyone, (), ()),
        ("fw-1", "node", everyone, (), ()),
        ("FW-CORE", "link", (), (), (hit,)),
    ]
    for row in rows:
        school = row["school_id"]
        entries += [
            (f"WAN-{school}", "link", (school,), (), ()),
            (f"IN-{school}", "link", (), ((school, 0.5),), ()),
        ]
    entries.append(("AP-spare", "node", (), (), ()))
    columns = ["failed", "kind", "cut_off", "partly_cut_off", "overloaded"]
    nobody = pd.Series([()] * len(entries), dtype=object)
    return pd.DataFrame(entries, columns=columns).assign(datacenter_cut_off=nobody)


def _wifi(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "node_id": row["wifi_node"],
                "school_id": row["school_id"],
                "wifi": "wifi5",
                "channel_mhz": 40.0,
                "streams": 2,
                "count": 21.0,
                "period": "P2",
                "clients_per_radio": row["clients_per_radio"],
                "cell_mbps": 180.0,
                "airtime_share": row["airtime_share"],
                "planning_airtime_share": row["planning_airtime_share"],
                "assumed": False,
            }
            for row in rows
        ]
    )


def _disparity() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("poverty quintile", "1 (least poverty)", 5, 3100.0, 1.42, 0.62),
            ("poverty quintile", "5 (most poverty)", 5, 2900.0, 0.88, 0.62),
        ],
        columns=[
            "grouping",
            "group",
            "schools",
            "students",
            "median_mbps_per_student",
            "worst_to_best",
        ],
    )


def _findings(rows: list[dict[str, Any]], hostile: bool) -> tuple[Finding, ...]:
    over = [row for row in rows if row["status"] == "over"]
    evil = " <img src=x onerror=alert(2)>" if hostile else ""
    links = [
        Finding(
            id=f"link-over-limit:link:WAN-{row['school_id']}:down",
            code="link-over-limit",
            severity="critical" if row["bottleneck_utilization_share"] > 1 else "warning",
            subject_kind="link",
            subject=f"WAN-{row['school_id']}",
            schools=(row["school_id"],),
            message=(
                f"Link WAN-{row['school_id']} carries {row['load_down_mbps']:,.4g} Mbps down at "
                f"the 95th percentile in P2: {row['bottleneck_utilization_share']:.0%} of its "
                f"{row['bottleneck_capacity_mbps']:,.4g} Mbps, over the limit of 80%.{evil}"
            ),
            value=row["bottleneck_utilization_share"],
            limit=0.8,
            unit="share of capacity",
            fix=f"Raise it to at least {row['load_down_mbps'] / 0.8:,.4g} Mbps.{evil}",
            source="district.toml",
        )
        for row in over
    ]
    everyone = tuple(sorted(row["school_id"] for row in rows))
    firewall = Finding(
        id="node-over-limit:node:fw-1",
        code="node-over-limit",
        severity="warning",
        subject_kind="node",
        subject="fw-1",
        schools=everyone,
        message="The firewall fw-1 handles 4,870 Mbps: 97% of its 5,000 Mbps, over 80%.",
        value=0.974,
        limit=0.8,
        unit="share of throughput",
        fix="Replace it.",
        source="district.toml",
    )
    ending = Finding(
        id="contract-ending:link:CIRCUIT",
        code="contract-ending",
        severity="info",
        subject_kind="link",
        subject="CIRCUIT",
        schools=(),
        value=None,
        limit=None,
        unit="",
        message="The contract of link CIRCUIT ends 2026-12.",
        fix="Decide on its size now.",
        source="links.csv contract_end",
    )
    return (*links, firewall, ending)


def _derivations(row: Mapping[str, Any], hostile: bool) -> tuple[Derivation, ...]:
    evil = "</code><script>alert(3)</script>" if hostile else ""
    load, mean = row["load_down_mbps"], row["mean_down_mbps"]
    return (
        Derivation(
            number="load_down_mbps",
            title="Planning load down",
            value=load,
            unit="Mbps",
            formula="M + z sqrt(V + (kappa M)^2)",
            worked=f"{mean:.1f} + 1.645 x sqrt(...) = {load:.1f} Mbps{evil}",
            terms=(
                Term(
                    symbol="M",
                    meaning="mean load in P2",
                    value=mean,
                    unit="Mbps",
                    source="parts below",
                ),
                Term(
                    symbol="kappa",
                    meaning="common-mode share",
                    value=0.1,
                    unit="share",
                    source=f"district.toml{evil}",
                ),
            ),
            uncertainty="The mix of applications is an assumption; twice as much video adds 31 %.",
            parts=tuple(
                {
                    "group": group,
                    "kind": "chromebook",
                    "app": f"video{evil}",
                    "devices": 210.0,
                    "mean_mbps": mean / 3,
                }
                for group in ("students", "staff", "guests")
            ),
        ),
        Derivation(
            number="bottleneck_utilization_share",
            title="Utilization of the bottleneck",
            value=row["bottleneck_utilization_share"],
            unit="share",
            formula="load / capacity",
            worked=f"{load:.1f} / {row['bottleneck_capacity_mbps']:.0f}",
            parts=({"element": "CIRCUIT", "load_mbps": 4400.0, "utilization_share": 0.44},),
        ),
        Derivation(
            number="min_cut_mbps",
            title="Min cut to the internet",
            value=row["min_cut_mbps"],
            unit="Mbps",
            formula="min over cuts of the sum of capacities",
            worked="",
            note="Wide open.",
        ),
    )
