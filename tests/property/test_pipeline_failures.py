"""Every single failure against taking the element out of the tables and running all again."""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest

import netplan
from netplan import pipeline
from netplan.district.model import District
from netplan.inputs.model import Inputs
from netplan.report.model import Report
from tests.unit.folders import with_rows, write_district

#: What a backup link costs in the tables without the element: more than any way over primary ones.
BACKUP_COST = 10_000.0
Element = tuple[str, str]
#: Element and direction to utilization in the worst period.
Used = dict[tuple[str, str, str], float]


def unmeasured(inputs: Inputs) -> Inputs:
    """Leave out measurements: they would calibrate another network differently."""
    tables = dict(inputs.tables)
    tables["measured"] = tables["measured"].iloc[:0]
    return replace(inputs, tables=tables)


def links_of(inputs: Inputs, kind: str, name: str) -> "pd.Series[bool]":
    """Mark the links that are gone with a link, a node or a shared-risk group.

    A node that failed stays in the table without a link, so that what enters there is lost and
    does not enter elsewhere.
    """
    links = inputs.tables["links"]
    if kind == "link":
        return links["link_id"] == name
    if kind == "node":
        return (links["a"] == name) | (links["b"] == name)
    groups = links["shared_risk"].fillna("").str.split(";")
    return groups.map(lambda names: name in {each.strip() for each in names})


def without(inputs: Inputs, kind: str, name: str) -> Inputs:
    """Take an element out of the tables; backup links become dear primary ones."""
    tables = dict(inputs.tables)
    links = tables["links"][~links_of(inputs, kind, name)]
    backup = links["role"] == "backup"
    tables["links"] = links.assign(
        cost=links["cost"].where(~backup, links["cost"] + BACKUP_COST), role="primary"
    ).reset_index(drop=True)
    return replace(inputs, tables=tables)


def lost_shares(inputs: Inputs) -> dict[str, float]:
    """Give, by school, the share of access points that no link joins to the internet."""
    nodes, links = inputs.tables["nodes"], inputs.tables["links"]
    graph = nx.Graph()
    graph.add_nodes_from(nodes["node_id"])
    graph.add_edges_from(zip(links["a"], links["b"], strict=True))
    online: set[str] = set()
    for node in nodes.loc[nodes["kind"] == "internet", "node_id"]:
        online |= nx.node_connected_component(graph, node)
    weight: dict[str, float] = defaultdict(float)
    lost: dict[str, float] = defaultdict(float)
    points = nodes[nodes["kind"] == "ap_group"]
    for node, school, count in zip(
        points["node_id"], points["school_id"], points["count"], strict=True
    ):
        weight[school] += count
        lost[school] += 0.0 if node in online else count
    return {school: lost[school] / weight[school] for school in weight if lost[school] > 0}


def used(report: Report) -> Used:
    """Give every limited element's utilization by direction, in its worst period."""
    found = {
        ("link", row.link_id, row.direction): row.utilization_share
        for row in report.links.itertuples()
    }
    found |= {
        ("node", row.node_id, "both"): row.utilization_share
        for row in report.capacity.nodes.itertuples()
    }
    return found


def chosen(inputs: Inputs, failures: pd.DataFrame, every: int) -> "pd.Series[bool]":
    """Mark what stands outside the buildings, and every n-th of the rest."""
    nodes, links = inputs.tables["nodes"], inputs.tables["links"]
    outside = set(nodes.loc[nodes["school_id"].fillna("") == "", "node_id"])
    trunk = links["a"].isin(outside) | links["b"].isin(outside)
    inside = set(nodes["node_id"]) - outside | set(links.loc[~trunk, "link_id"])
    return ~failures["failed"].isin(inside) | (failures.index % every == 0)


def hold_every_failure(district: District, every: int = 1) -> tuple[int, int, int]:
    """Hold every failure of a district, or some of them, against the pipeline run afresh.

    Gives how many were held, how many of them cut somebody off, and how many overload.
    """
    inputs = unmeasured(district.inputs)
    limit = inputs.planning.utilization_limit
    report = pipeline.run(inputs)
    base = used(report)
    held = cut = overload = 0
    for row in report.failures[chosen(inputs, report.failures, every)].to_dict("records"):
        kind, name = row["kind"], row["failed"]
        bare = without(inputs, kind, name)
        lost = lost_shares(bare)
        whole = tuple(sorted(school for school, share in lost.items() if share > 1 - 1e-9))
        partly = {school: share for school, share in lost.items() if school not in whole}
        assert row["cut_off"] == whole, name
        assert dict(row["partly_cut_off"]) == pytest.approx(partly), name

        after = used(pipeline.run(bare))
        worst: dict[Element, float] = {}
        rising: dict[Element, float] = {}
        for (what, element, direction), share in after.items():
            key = (what, element)
            worst[key] = max(worst.get(key, 0.0), share)
            if share > limit * (1 + 1e-9) and share > base[what, element, direction] * (1 + 1e-9):
                rising[key] = max(rising.get(key, 0.0), share)
        hits = {
            (hit["kind"], hit["element"]): hit["utilization_share"] for hit in row["overloaded"]
        }
        for key, share in rising.items():
            assert hits[key] == pytest.approx(share, rel=1e-9), (name, key)
        for key, share in hits.items():
            # told in the worst of the periods in which it rises, which may not be its worst of all
            assert limit < share <= worst[key] * (1 + 1e-9), (name, key)
        held, cut, overload = held + 1, cut + bool(whole), overload + bool(hits)
    return held, cut, overload


@pytest.mark.parametrize(
    ("schools", "seed", "every"), [(2, 1, 2), (5, 2, 9), (8, 3, 40), (12, 5, 60)]
)
def test_failures_of_synthetic_districts(
    tmp_path: Path, schools: int, seed: int, every: int
) -> None:
    folder = tmp_path / "made"
    netplan.synth(folder, schools=schools, seed=seed)
    held, cut, _ = hold_every_failure(netplan.load(folder), every)
    assert held > 5
    assert cut > 0


def test_failures_with_a_ring_dual_homing_backups_and_shared_risks(tmp_path: Path) -> None:
    nodes = with_rows("nodes", "core2,router,,,1,2020,,,", "dc,datacenter,,300,1,2020,,,")
    links = with_rows(
        "links",
        "fw-core2,fw,core2,900,900,primary,fiber",
        "wan2-H1,core2,H1-mdf,500,500,primary,fiber",
        "ring,E1-mdf,M1-mdf,400,400,primary,fiber",
        "spare,core2,M1-mdf,300,300,backup,fiber",
        "cores,core,core2,600,600,backup,fiber",
        "dc-line,dc,core,150,150,primary,fiber",
    )
    risks = {"wan-E1": "bridge", "ring": "bridge", "wan-M1": "pole; bridge", "fw-core": "pole"}
    head, *rows = links.splitlines()
    links = "\n".join(
        [head + ",shared_risk", *(f"{row},{risks.get(row.split(',')[0], '')}" for row in rows)]
    )
    folder = write_district(tmp_path / "d", nodes=nodes, links=links + "\n")
    held, cut, overload = hold_every_failure(netplan.load(folder))
    assert held == 23 + 20 + 2
    # circuit, fw, inet; each school's mdf; the bridge, on which both of E1's ways stand
    assert cut == 7
    assert overload >= 5
