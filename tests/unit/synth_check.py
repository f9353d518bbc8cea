"""Read a synthetic folder back with the standard library alone, and hold it to the contract."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import networkx as nx

Rows = list[dict[str, str]]


def rows(folder: Path, table: str) -> Rows:
    """Give a table's rows; none when the file is missing."""
    path = folder / f"{table}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files(folder: Path) -> dict[str, bytes]:
    """Give every file's bytes."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def graph(folder: Path, *, backups: bool) -> nx.Graph:
    """Give the network as an undirected graph, links keyed by their id."""
    found = nx.MultiGraph()
    found.add_nodes_from(row["node_id"] for row in rows(folder, "nodes"))
    for row in rows(folder, "links"):
        if backups or row["role"] == "primary":
            found.add_edge(row["a"], row["b"], key=row["link_id"])
    return found


def reached(network: nx.Graph, folder: Path) -> set[str]:
    """Give the schools whose MDF is joined to the internet."""
    inside = nx.node_connected_component(network, "INTERNET")
    return {
        row["school_id"]
        for row in rows(folder, "nodes")
        if row["kind"] == "mdf" and row["node_id"] in inside
    }


def without(folder: Path, element: str) -> set[str]:
    """Give the schools that lose the internet when a node, link or shared risk is gone."""
    network = graph(folder, backups=True)
    everyone = reached(network, folder)
    if element in network:
        network.remove_node(element)
    else:
        gone = {
            row["link_id"]
            for row in rows(folder, "links")
            if element == row["link_id"] or element in row["shared_risk"].split(";")
        }
        assert gone, element
        network.remove_edges_from([e for e in network.edges(keys=True) if e[2] in gone])
    return everyone - reached(network, folder)


def assert_sound(folder: Path, schools: int) -> None:
    """Assert what every synthetic folder must hold, whatever its size."""
    listed = rows(folder, "schools")
    ids = [row["school_id"] for row in listed]
    assert len(set(ids)) == len(ids) == schools
    assert ids == sorted(ids)
    for column in ("name", "nces_id"):
        assert len({row[column] for row in listed}) == schools
    assert len({(row["lat"], row["lon"]) for row in listed}) == schools

    by_school: Counter[str] = Counter()
    for row in rows(folder, "enrollment"):
        assert int(row["students"]) >= 1
        by_school[row["school_id"]] += int(row["students"])
    assert by_school == {row["school_id"]: int(row["enrollment"]) for row in listed}

    nodes = {row["node_id"]: row for row in rows(folder, "nodes")}
    assert len(nodes) == len(rows(folder, "nodes"))
    kinds: dict[str, list[str]] = defaultdict(list)
    for row in nodes.values():
        kinds[row["kind"]].append(row["school_id"])
    assert sorted(kinds["mdf"]) == ids
    assert set(kinds["idf"]) == set(kinds["ap_group"]) == set(ids)
    links = rows(folder, "links")
    assert len({row["link_id"] for row in links}) == len(links)
    for row in links:
        assert {row["a"], row["b"]} <= nodes.keys()
        assert 0 < int(row["down_mbps"]) <= 800_000
        assert int(row["count"]) >= 1
    primary = graph(folder, backups=False)
    assert nx.is_connected(primary)
    # a is the end nearer the internet
    depth = nx.single_source_shortest_path_length(primary, "INTERNET")
    for row in links:
        if row["role"] == "primary":
            assert depth[row["a"]] <= depth[row["b"]], row["link_id"]
    for row in rows(folder, "measured"):
        assert row["link_id"] in {link["link_id"] for link in links}
        assert 2 <= int(row["weeks"]) <= 12
