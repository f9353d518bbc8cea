"""Networks to measure on, as plain arrays (needs numpy only, so every tool can load them)."""

import csv
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A network and what it has to carry.

    Parameters
    ----------
    name
        Title in the tables.
    nodes
        Number of nodes.
    a, b
        Shape (links,): ends of each link. Arc 2i runs a -> b, arc 2i+1 runs b -> a.
    cost
        Shape (links,): whole numbers, the same both ways.
    capacity
        Shape (links,): Mbps, the same both ways (pyNTM refuses anything else).
    src, dst, mbps
        Shape (demands,): whole Mbps from ``src`` to ``dst``.
    cut_sources, sink
        Nodes whose min cut to ``sink`` is asked for.
    school
        Shape (nodes,): the school whose traffic enters there, or -1.
    """

    name: str
    nodes: int
    a: Ints
    b: Ints
    cost: Ints
    capacity: Ints
    src: Ints
    dst: Ints
    mbps: Ints
    cut_sources: Ints
    sink: int
    school: Ints

    def save(self, path: Path) -> None:
        """Write the shape for a subprocess."""
        np.savez(path, **{field: getattr(self, field) for field in self.__dataclass_fields__})

    @cached_property
    def demands(self) -> dict[int, list[tuple[int, int]]]:
        """Give ``{destination: [(source, mbps), ...]}``."""
        groups: dict[int, list[tuple[int, int]]] = {}
        rows = zip(self.src.tolist(), self.dst.tolist(), self.mbps.tolist(), strict=True)
        for source, target, mbps in rows:
            groups.setdefault(target, []).append((source, mbps))
        return groups

    @cached_property
    def node_ids(self) -> list[str]:
        """Name the nodes."""
        return [f"n{row:06d}" for row in range(self.nodes)]

    @cached_property
    def link_ids(self) -> list[str]:
        """Name the links."""
        return [f"l{row:06d}" for row in range(len(self.a))]

    @cached_property
    def kinds(self) -> list[str]:
        """Give each node's kind: internet, ap_group where demands enter, mdf or idf above."""
        kinds = np.where(self.school < 0, "router", "idf").astype(object)
        kinds[self.cut_sources[self.school[self.cut_sources] >= 0]] = "mdf"
        kinds[self.src] = "ap_group"
        kinds[self.sink] = "internet"
        return kinds.tolist()

    @cached_property
    def school_ids(self) -> list[str]:
        """Name the schools."""
        return [f"s{row:05d}" for row in range(int(self.school.max()) + 1)]

    def loop_links(self) -> Ints:
        """Give the links left when dead ends are peeled off: their failure re-routes."""
        alive = np.ones(len(self.a), bool)
        while True:
            ends = np.concatenate((self.a[alive], self.b[alive]))
            degree = np.bincount(ends, minlength=self.nodes)
            peeled = alive & (degree[self.a] > 1) & (degree[self.b] > 1)
            if peeled.sum() == alive.sum():
                return np.flatnonzero(alive)
            alive = peeled

    def prepare(self) -> None:
        """Group and name everything now: this is input, and in no tool's time."""
        _ = self.demands, self.node_ids, self.link_ids, self.kinds, self.school_ids


def load(path: Path) -> Shape:
    """Read a shape that ``save`` wrote."""
    with np.load(path) as arrays:
        scalars = {"name": str, "nodes": int, "sink": int}
        values = {
            key: scalars[key](arrays[key]) if key in scalars else arrays[key]
            for key in arrays.files
        }
    return Shape(**values)


def district(schools: int = 200, seed: int = 1) -> Shape:
    """Build a district: hub and spoke with rings and dual homing, one flow per AP group.

    Per school a WAN router, an MDF, 4 IDFs and 60 AP groups; above them 5 hubs, the core
    router, filter, firewall and the internet. A fifth of the schools has one more WAN link:
    half of those join two neighbors of one hub into a ring, half go to a second hub (every
    other one at equal cost, so that it splits). 200 schools: 13,209 nodes, 13,248 links.
    """
    rng = np.random.default_rng(seed)
    hubs, idfs, aps = 5, 4, 60
    first_hub, first_router = 4, 4 + hubs
    school = np.arange(schools)
    hub = first_hub + school % hubs
    router = first_router + school
    mdf = first_router + schools + school
    idf = first_router + 2 * schools + np.arange(schools * idfs)
    group = np.arange(schools * aps)
    ap = first_router + (2 + idfs) * schools + group
    extra = school[: schools // 5]
    ring, dual = extra[: len(extra) // 2], extra[len(extra) // 2 :]
    # (a, b, cost, Mbps): a is the end nearer the internet
    blocks = [
        (np.arange(3), np.arange(1, 4), 1, 100_000),
        (np.full(hubs, 3), np.arange(first_hub, first_router), 1, 40_000),
        (hub, router, 10, rng.choice([500, 1_000, 2_000, 10_000], schools)),
        (router, mdf, 1, 10_000),
        (np.repeat(mdf, idfs), idf, 1, rng.choice([1_000, 10_000], schools * idfs)),
        (
            idf[np.arange(schools * aps) // aps * idfs + np.arange(schools * aps) % idfs],
            ap,
            1,
            2_500,
        ),
        (router[ring], router[ring + hubs], 10, 500),
        (first_hub + (dual + 1) % hubs, router[dual], np.where(dual % 2, 15, 10), 500),
    ]
    owner = np.full(int(first_router + (2 + idfs + aps) * schools), -1, np.int64)
    owner[mdf], owner[idf], owner[ap] = school, np.repeat(school, idfs), group // aps
    a, b, cost, capacity = (
        np.concatenate([np.broadcast_to(block[k], block[1].shape) for block in blocks]).astype(
            np.int64
        )
        for k in range(4)
    )
    return Shape(
        name=f"district of {schools} schools",
        nodes=len(owner),
        a=a,
        b=b,
        cost=cost,
        capacity=capacity,
        src=ap.astype(np.int64),
        dst=np.zeros(len(ap), np.int64),
        mbps=rng.integers(1, 60, len(ap)),
        cut_sources=mdf.astype(np.int64),
        sink=0,
        school=owner,
    )


def mesh(key: str, demands: int | None, seed: int = 1) -> Shape:
    """Take a topohub topology; costs are link lengths, parallel links merged.

    Parameters
    ----------
    key
        Of topohub, such as ``gabriel/100/0``.
    demands
        Distinct ordered pairs to draw; ``None``: every node sends to the largest hub.
    """
    import topohub

    topology = topohub.get(key)
    rows = {node["id"]: row for row, node in enumerate(topology["nodes"])}
    lengths: dict[tuple[int, int], int] = {}
    for edge in topology["edges"]:
        ends = tuple(sorted((rows[edge["source"]], rows[edge["target"]])))
        if ends[0] != ends[1]:
            cost = max(1, round(edge["dist"] * 100))
            lengths[ends] = min(cost, lengths.get(ends, cost))
    rng = np.random.default_rng(seed)
    a, b = (np.array([pair[side] for pair in lengths], np.int64) for side in (0, 1))
    nodes, links = len(rows), len(lengths)
    hub = int(np.bincount(np.concatenate((a, b)), minlength=nodes).argmax())
    if demands is None:
        src = np.delete(np.arange(nodes), hub)
        dst = np.full(nodes - 1, hub)
    else:
        pairs = rng.permutation(nodes * (nodes - 1))[:demands]
        src, dst = pairs // (nodes - 1), pairs % (nodes - 1)
        dst = dst + (dst >= src)
    return Shape(
        name=key,
        nodes=nodes,
        a=a,
        b=b,
        cost=np.array(list(lengths.values()), np.int64),
        capacity=rng.choice([10_000, 40_000, 100_000], links),
        src=src.astype(np.int64),
        dst=dst.astype(np.int64),
        mbps=rng.integers(1, 100, len(src)),
        cut_sources=np.delete(np.arange(nodes), hub).astype(np.int64),
        sink=hub,
        school=np.full(nodes, -1, np.int64),
    )


def synth(schools: int = 200, seed: int = 1) -> Shape:
    """Take a district that ``netplan synth`` wrote, an AP group per access point.

    Backup links are left out: no peer knows any. 200 schools have about 13,000 nodes.
    """
    from netplan.synth.district import write_district

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "district"
        write_district(folder, schools=schools, seed=seed, aps_per_group=1)
        with (folder / "nodes.csv").open(encoding="utf-8", newline="") as file:
            nodes = list(csv.DictReader(file))
        with (folder / "links.csv").open(encoding="utf-8", newline="") as file:
            links = [row for row in csv.DictReader(file) if row["role"] != "backup"]
    row_of = {node["node_id"]: row for row, node in enumerate(nodes)}
    names = sorted({node["school_id"] for node in nodes} - {""})
    school_of = {name: row for row, name in enumerate(names)} | {"": -1}
    kinds = np.array([node["kind"] for node in nodes])
    src = np.flatnonzero(kinds == "ap_group")
    return Shape(
        name=f"synth of {schools} schools",
        nodes=len(nodes),
        a=np.array([row_of[link["a"]] for link in links]),
        b=np.array([row_of[link["b"]] for link in links]),
        cost=np.array([round(1_000 * float(link["cost"] or 1)) for link in links]),
        capacity=np.array(
            [round(float(link["down_mbps"])) * int(link["count"] or 1) for link in links]
        ),
        src=src,
        dst=np.full(len(src), np.flatnonzero(kinds == "internet")[0]),
        mbps=np.random.default_rng(seed).integers(1, 60, len(src)),
        cut_sources=np.flatnonzero(kinds == "mdf"),
        sink=int(np.flatnonzero(kinds == "internet")[0]),
        school=np.array([school_of[node["school_id"]] for node in nodes]),
    )


def tiny() -> Shape:
    """Build a square with a tail, small enough to warm a compiler up on."""
    a = np.array([0, 0, 1, 2, 3], np.int64)
    b = np.array([1, 2, 3, 3, 4], np.int64)
    return Shape(
        name="tiny",
        nodes=5,
        a=a,
        b=b,
        cost=np.ones(5, np.int64),
        capacity=np.full(5, 100, np.int64),
        src=np.array([3, 4, 2], np.int64),
        dst=np.zeros(3, np.int64),
        mbps=np.array([4, 8, 2], np.int64),
        cut_sources=np.array([3, 4], np.int64),
        sink=0,
        school=np.array([-1, -1, 0, 1, 2], np.int64),
    )
