"""What must not matter does not, and what must scale does, through the whole pipeline."""

import csv
import io
import os
import random
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import netplan
from netplan import pipeline
from netplan.district.model import District
from netplan.load.model import DIRECTIONS, FLOWS
from netplan.load.moments import school_load
from netplan.network.contributions import contributions
from netplan.network.graph import build
from netplan.network.routing import route
from netplan.network.utilization import utilize
from netplan.report.model import Report
from tests.unit.folders import FILES, LINKS, NODES, write_district

ROOT = Path(__file__).parents[2]
HARBOR = ROOT / "data" / "schools" / "harbor-county"
#: Columns that hold an id of each kind, by file.
IDS: Mapping[str, Mapping[str, str]] = {
    "schools.csv": {"school_id": "school"},
    "enrollment.csv": {"school_id": "school"},
    "devices.csv": {"school_id": "school"},
    "nodes.csv": {"node_id": "node", "school_id": "school"},
    "links.csv": {"link_id": "link", "a": "node", "b": "node"},
    "measured.csv": {"link_id": "link"},
}
#: Numbers of a building that are the same whatever ties fall to.
NUMBERS = (
    "enrollment", "devices", "load_down_mbps", "load_up_mbps", "mean_down_mbps",
    "bottleneck_utilization_share", "headroom_devices",
    "fair_share_mbps_per_device", "demand_mbps_per_device", "min_cut_mbps", "disjoint_paths",
    "airtime_share",
)  # fmt: skip


@pytest.fixture(scope="module")
def harbor() -> District:
    """Read the sample district."""
    return netplan.load(HARBOR)


@pytest.fixture(scope="module")
def report(harbor: District) -> Report:
    """Check the sample district."""
    return netplan.check(harbor)


def rewritten(
    source: Path, target: Path, change: Callable[[str, list[dict[str, str]]], list[dict[str, str]]]
) -> Path:
    """Copy a district folder with the rows of every table changed."""
    target.mkdir(parents=True)
    (target / "district.toml").write_bytes((source / "district.toml").read_bytes())
    for path in sorted(source.glob("*.csv")):
        rows = change(path.name, list(csv.DictReader(path.open(encoding="utf-8", newline=""))))
        out = io.StringIO()
        writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        (target / path.name).write_text(out.getvalue(), encoding="utf-8")
    return target


def same_numbers(one: pd.DataFrame, other: pd.DataFrame, columns: tuple[str, ...]) -> None:
    """Hold the number columns of two tables of one index against each other."""
    other = other.loc[one.index]
    for column in columns:
        np.testing.assert_allclose(
            one[column].to_numpy(dtype=float, na_value=np.nan),
            other[column].to_numpy(dtype=float, na_value=np.nan),
            rtol=1e-9, atol=1e-9, err_msg=column,
        )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_renaming_ids_and_shuffling_rows_changes_no_number(
    tmp_path: Path, report: Report, seed: int
) -> None:
    draw = random.Random(seed)  # noqa: S311
    names: dict[tuple[str, str], str] = {}
    free = [f"{word}{number}" for number in range(2000) for word in ("z", "A", "m-", "0")]
    draw.shuffle(free)

    def renamed(kind: str, name: str) -> str:
        if name in {"", "*"}:
            return name
        return names.setdefault((kind, name), free[len(names)])

    def change(file: str, rows: list[dict[str, str]]) -> list[dict[str, str]]:
        columns = IDS.get(file, {})
        rows = [
            {
                key: renamed(columns[key], cell) if key in columns else cell
                for key, cell in r.items()
            }
            for r in rows
        ]
        draw.shuffle(rows)
        return rows

    after = netplan.check(netplan.load(rewritten(HARBOR, tmp_path / "d", change)))
    before = report.buildings.assign(
        school_id=[names["school", school] for school in report.buildings["school_id"]]
    )
    same_numbers(before.set_index("school_id"), after.buildings.set_index("school_id"), NUMBERS)
    for column in ("busy_period", "bottleneck_kind", "exhausted_school_year", "status", "level"):
        one, other = (table.set_index("school_id")[column] for table in (before, after.buildings))
        assert one.fillna("").to_dict() == other.fillna("").to_dict(), column
    links = report.links.assign(link_id=[names["link", link] for link in report.links["link_id"]])
    same_numbers(
        links.set_index(["link_id", "direction"]),
        after.links.set_index(["link_id", "direction"]),
        ("mean_mbps", "load_mbps", "capacity_mbps", "utilization_share"),
    )

    def failures(of: Report, known: bool) -> dict[tuple[str, str], tuple[object, ...]]:
        def name(kind: str, text: str) -> str:
            return names.get((kind, text), text) if known else text

        found = {}
        for row in of.failures.to_dict("records"):
            cut = sorted(name("school", school) for school in row["cut_off"])
            hits = sorted(
                (name(hit["kind"], hit["element"]), round(hit["utilization_share"], 8))
                for hit in row["overloaded"]
            )
            found[row["kind"], name(row["kind"], row["failed"])] = (cut, hits)
        return found

    assert failures(report, known=True) == failures(after, known=False)
    codes = sorted(finding.code for finding in report.findings)
    assert sorted(finding.code for finding in after.findings) == codes


def test_shuffled_rows_give_the_same_document_but_for_the_hashes(
    tmp_path: Path, report: Report
) -> None:
    draw = random.Random(3)  # noqa: S311

    def change(_file: str, rows: list[dict[str, str]]) -> list[dict[str, str]]:
        return draw.sample(rows, len(rows))

    after = netplan.check(netplan.load(rewritten(HARBOR, tmp_path / "d", change)))

    def body(of: Report) -> str:
        text = of.to_json()
        return text[text.index('"findings": [') :]

    assert body(after) == body(report)


def test_doubling_every_capacity_halves_every_utilization(harbor: District, report: Report) -> None:
    tables = dict(harbor.inputs.tables)
    links, nodes = tables["links"], tables["nodes"]
    tables["links"] = links.assign(down_mbps=2 * links["down_mbps"], up_mbps=2 * links["up_mbps"])
    tables["nodes"] = nodes.assign(throughput_mbps=2 * nodes["throughput_mbps"])
    wide = pipeline.run(replace(harbor.inputs, tables=tables))
    for one, other in (
        (report.links, wide.links), (report.capacity.nodes, wide.capacity.nodes),
    ):  # fmt: skip
        np.testing.assert_allclose(one["utilization_share"], 2 * other["utilization_share"])
        np.testing.assert_allclose(one["load_mbps"], other["load_mbps"])
    one, other = (each.buildings.set_index("school_id").sort_index() for each in (report, wide))
    np.testing.assert_allclose(2 * one["min_cut_mbps"], other["min_cut_mbps"])
    np.testing.assert_allclose(
        one["bottleneck_utilization_share"], 2 * other["bottleneck_utilization_share"]
    )
    assert (other["headroom_devices"] >= one["headroom_devices"]).all()
    assert (
        other["fair_share_mbps_per_device"] >= one["fair_share_mbps_per_device"] * (1 - 1e-9)
    ).all()
    assert (other["disjoint_paths"] == one["disjoint_paths"]).all()
    # the day's load and the air know nothing of it
    pd.testing.assert_frame_equal(report.capacity.periods, wide.capacity.periods)
    pd.testing.assert_frame_equal(report.capacity.wifi, wide.capacity.wifi)


@pytest.mark.parametrize("events", [(), ("update_chromeos", "testing_sbac")])
def test_what_schools_put_on_an_element_adds_up_to_what_it_carries(
    harbor: District, events: tuple[str, ...]
) -> None:
    network = build(harbor)
    routes, load = route(network), school_load(harbor, events)
    assert not load.mean_mbps[:, :, FLOWS.index("tunnel")].any()
    carried = utilize(network, routes, load, harbor.planning)
    pairs = contributions(routes, load, len(network.link_ids))
    for part, whole in (
        (pairs.mean_mbps, carried.mean_mbps), (pairs.var_mbps2, carried.var_mbps2),
    ):  # fmt: skip
        total = np.zeros_like(whole)
        np.add.at(total, pairs.element, part)
        np.testing.assert_allclose(total, whole, rtol=1e-9, atol=1e-9)
        assert (part >= 0).all()
    # down and up together is what both carry in the mean
    down, up, both = (carried.mean_mbps[:, :, DIRECTIONS.index(d)] for d in DIRECTIONS)
    np.testing.assert_allclose(down + up, both, rtol=1e-9, atol=1e-9)


def test_what_schools_ask_for_is_what_the_circuits_and_the_data_center_carry(
    harbor: District, report: Report
) -> None:
    network = build(harbor)
    kinds = dict(zip(network.node_ids, network.node_kinds, strict=True))
    ends = {"internet", "datacenter"}
    links = harbor.table("links")
    periods = report.capacity.periods.groupby("period")["mean_down_mbps"].sum()
    outer = links[links["a"].map(kinds).isin(ends) ^ links["b"].map(kinds).isin(ends)]
    carried = report.links[
        report.links["link_id"].isin(outer["link_id"])
        & (report.links["period"] == periods.idxmax())
    ]
    # links are told in their worst period only; take the direction away from the end node
    toward_a = outer.set_index("link_id")["b"].map(kinds).isin(ends)
    total = sum(
        row.mean_mbps
        for row in carried.itertuples()
        if row.direction == ("up" if toward_a[row.link_id] else "down")
    )
    assert total == pytest.approx(periods.max(), rel=1e-9)


def test_splitting_access_points_changes_no_link_above(tmp_path: Path) -> None:
    whole = netplan.check(netplan.load(write_district(tmp_path / "whole")))
    nodes = NODES.replace(
        "H1-ap1,ap_group,H1,,20,2022,wifi6,40,2",
        "H1-ap1,ap_group,H1,,10,2022,wifi6,40,2\nH1-ap1b,ap_group,H1,,10,2022,wifi6,40,2",
    )
    links = LINKS + "H1-edge1b,H1-idf1,H1-ap1b,1000,1000,primary,copper\n"
    split = netplan.check(
        netplan.load(write_district(tmp_path / "split", nodes=nodes, links=links))
    )
    numbers = ("mean_mbps", "load_mbps", "utilization_share")
    one = whole.links[whole.links["link_id"] != "H1-edge1"].set_index(["link_id", "direction"])
    same_numbers(one, split.links.set_index(["link_id", "direction"]), numbers)
    same_numbers(
        whole.buildings.set_index("school_id"), split.buildings.set_index("school_id"), NUMBERS
    )
    halves = split.links[split.links["link_id"].isin(["H1-edge1", "H1-edge1b"])]
    down = halves[halves["direction"] == "down"]["mean_mbps"]
    assert down.tolist() == pytest.approx([143, 143])  # a quarter of 572 each
    # clients and airtime of a radio are as before
    air = split.capacity.wifi.set_index("node_id")
    assert air.loc["H1-ap1b", "clients_per_radio"] == pytest.approx(22)
    assert air.loc["H1-ap1b", "airtime_share"] == pytest.approx(16.72 / 117.724)


def test_an_empty_district_is_an_error(tmp_path: Path) -> None:
    header = FILES["schools.csv"].splitlines()[0] + "\n"
    with pytest.raises(netplan.InputError) as error:
        netplan.load(write_district(tmp_path / "header", schools=header))
    assert any(problem.file == "schools.csv" for problem in error.value.problems)
    with pytest.raises(netplan.InputError) as error:
        netplan.load(write_district(tmp_path / "empty", schools=""))
    assert any(problem.file == "schools.csv" for problem in error.value.problems)
    with pytest.raises(netplan.InputError):
        netplan.load(write_district(tmp_path / "none", schools=None))


def test_no_events_are_the_usual_day(harbor: District, report: Report) -> None:
    assert netplan.check(harbor, events=[]).to_json() == report.to_json()
    assert netplan.check(harbor, events=iter(())).to_json() == report.to_json()


def test_a_report_does_not_change_its_district(harbor: District) -> None:
    before = {name: table.copy() for name, table in harbor.inputs.tables.items()}
    once = netplan.check(harbor, events=["update_chromeos"])
    frame = once.buildings
    frame["load_down_mbps"] = 0.0
    assert (once.buildings["load_down_mbps"] > 0).any()
    for name, table in harbor.inputs.tables.items():
        pd.testing.assert_frame_equal(table, before[name])


def test_two_processes_give_the_same_bytes(tmp_path: Path) -> None:
    code = (
        "import sys, netplan;"
        "events = ['testing_sbac', 'update_windows'];"
        "report = netplan.check(netplan.load(sys.argv[1]), events=events);"
        "sys.stdout.write(report.to_json())"
    )
    texts = [
        subprocess.run(
            [sys.executable, "-c", code, str(HARBOR)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "4242")
    ]
    assert texts[0]
    assert texts[0] == texts[1]
