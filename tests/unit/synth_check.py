"""Read a synthetic folder back with the standard library alone, and hold it to the contract."""

import csv
import json
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import networkx as nx
import pytest
import shapely

Rows = list[dict[str, str]]


def rows(folder: Path, table: str) -> Rows:
    """Give a table's rows; none when the file is missing."""
    path = folder / f"{table}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files(folder: Path) -> dict[str, bytes]:
    """Give every file's bytes by its path inside the folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def polygons(folder: Path, name: str) -> dict[str, shapely.Geometry]:
    """Give the polygons of a GeoJSON file in degrees, by their first property."""
    document = json.loads((folder / f"{name}.geojson").read_text(encoding="utf-8"))
    return {
        next(iter(feature["properties"].values())): shapely.geometry.shape(feature["geometry"])
        for feature in document["features"]
    }


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


def assert_after_school(folder: Path) -> None:
    """Assert what the after-school half must hold, whatever its size."""
    areas = polygons(folder, "areas")
    assert list(areas) == sorted(areas)
    assert all(len(geoid) == 12 and geoid.startswith("12999") for geoid in areas)
    assert all(area.is_valid and area.area > 0 for area in areas.values())
    county = shapely.union_all(list(areas.values()))
    # Without gaps: one outline and no holes. Without overlaps: the areas sum to the whole.
    assert county.geom_type == "Polygon"
    assert not county.interiors
    assert sum(area.area for area in areas.values()) == pytest.approx(county.area, rel=1e-9)
    shapely.prepare(county)

    for table, prefix in (
        *(("schools", ""), ("blocks", ""), ("stops", ""), ("partners", ""), ("wireless", "")),
        ("buses", "depot_"),
    ):
        places = rows(folder, table)
        assert places, table
        points = [(float(row[f"{prefix}lon"]), float(row[f"{prefix}lat"])) for row in places]
        assert county.contains(shapely.points(points)).all(), table
        key = next(iter(places[0]))
        assert len({row[key] for row in places}) == len(places)

    _assert_zones(folder, county)
    people: Counter[str] = Counter()
    blocks: Counter[str] = Counter()
    for row in rows(folder, "blocks"):
        point = shapely.Point(float(row["lon"]), float(row["lat"]))
        # written with six decimals, on a grid of five or between its points
        assert areas[row["geoid"]].distance(point) < 1e-6
        people[row["geoid"]] += int(row["population"])
        blocks[row["geoid"]] += 1
    assert set(blocks) == set(areas)
    assert all(6 <= count <= 20 for count in blocks.values())

    true = {row["geoid"]: row for row in rows(folder / "truth", "areas")}
    assert list(true) == list(areas)
    for geoid, row in true.items():
        assert people[geoid] == int(row["population"])
    enrolled = sum(int(row["enrollment"]) for row in rows(folder, "schools"))
    assert sum(int(row["students"]) for row in true.values()) == enrolled

    acs = {row["geoid"]: row for row in rows(folder, "acs")}
    tracts = {geoid[:11] for geoid in areas}
    assert set(acs) == {"12999", *tracts, *areas}
    for name in ("B28002_001E", "B28002_013E", "B09001_001E", "B01003_001E"):
        total = sum(int(acs[geoid][name]) for geoid in areas)
        assert int(acs["12999"][name]) == total
        assert sum(int(acs[geoid][name]) for geoid in tracts) == total

    assert {row["geoid"] for row in rows(folder, "availability")} == set(areas)
    for row in rows(folder, "offers"):
        assert row["geoids"] == "*" or set(row["geoids"].split(";")) <= set(areas)
        assert float(row["usd_per_student_per_year"]) > 0
    ids = [row["allowed"] for row in rows(folder, "stops")]
    assert 0 < ids.count("false") < len(ids)
    partners = rows(folder, "partners")
    assert sum(row["transit"] == "true" for row in partners) == 1
    assert sum(row["existing"] == "true" for row in partners) == 1
    access = tomllib.loads((folder / "access.toml").read_text(encoding="utf-8"))
    assert access["definition"] == "none"
    assert access["budget_usd_per_year"] >= 5_000


def _assert_zones(folder: Path, county: shapely.Geometry) -> None:
    """Assert that the zones of each level tile the county and hold their schools' levels."""
    listed = {row["school_id"]: row for row in rows(folder, "schools")}
    zones = polygons(folder, "zones")
    by_level: dict[str, list[str]] = defaultdict(list)
    for school_id in zones:
        by_level[listed[school_id]["level"]].append(school_id)
    for level, ids in by_level.items():
        assert ids == sorted(row["school_id"] for row in listed.values() if row["level"] == level)
        assert all(zones[school_id].is_valid for school_id in ids)
        assert sum(zones[i].area for i in ids) == pytest.approx(county.area, rel=1e-9)
        joined = shapely.union_all([zones[school_id] for school_id in ids])
        assert joined.symmetric_difference(county).area < 1e-9 * county.area
    wanted = {"elementary", "middle", "high"} & {row["level"] for row in listed.values()}
    assert set(by_level) == (wanted if len(listed) > 1 else {"k12"})
