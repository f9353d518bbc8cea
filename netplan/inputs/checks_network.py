"""Schools, and nodes, that have no primary way to the internet."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from netplan.errors import Problem
from netplan.inputs.columns import BUILDING_KINDS
from netplan.inputs.suggest import Suggester
from netplan.inputs.tables import Table, with_defaults

_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pieces:
    """The pieces into which nodes fall when only primary links hold them together."""

    piece: _Ints
    nodes: _Ints
    links: _Ints
    online: npt.NDArray[np.bool_]
    uncertain: npt.NDArray[np.bool_]
    backed: npt.NDArray[np.bool_]

    @property
    def cut(self) -> npt.NDArray[np.bool_]:
        """Which pieces surely have no internet node."""
        return ~self.online & ~self.uncertain

    def is_loop(self, piece: int) -> bool:
        """Say whether a piece holds a loop."""
        return bool(self.links[piece] >= self.nodes[piece] and self.nodes[piece] > 1)


def check_self_links(links: Table) -> list[Problem]:
    """Find links from a node to itself."""
    same = links.frame["a"].notna() & (links.frame["a"] == links.frame["b"])
    return [
        links.problem(
            int(position),
            "b",
            code="self-link",
            message="the link goes from a node to itself",
            expected="two different nodes",
            fix="Correct one end, or delete the row.",
        )
        for position in np.flatnonzero(same.to_numpy())
    ]


def check_ways(schools: Table, nodes: Table, links: Table) -> list[Problem]:
    """Find what cannot reach the internet by primary links, and say where it is cut.

    A piece of the network that an already faulty row may join to the rest
    is left alone: its row is to be corrected first.
    """
    frame = nodes.frame
    problems = _nodeless_schools(schools, nodes)
    if not (frame["kind"] == "internet").any():
        faulty = bool(nodes.faulty.get("kind")) or _unlisted_kind(nodes)
        return problems if faulty else [*problems, _no_internet(nodes)]
    pieces = _pieces(nodes, links)
    problems += _unreachable_schools(schools, nodes, pieces)
    problems += _loops(nodes, pieces)
    problems += _cut_nodes(nodes, pieces)
    return problems + _no_way_to_datacenter(schools, nodes, pieces)


def _unlisted_kind(nodes: Table) -> bool:
    return bool((~nodes.frame["kind"].isin(nodes.spec.field("kind").allowed)).any())


def _no_internet(nodes: Table) -> Problem:
    return Problem(
        code="no-internet",
        file=nodes.spec.file,
        column="kind",
        message="no node is of kind internet: the network is a loop with no internet",
        expected="at least one row of kind internet, where the provider's line begins",
        fix="Add it, and the link from it to the firewall or router.",
    )


def _nodeless_schools(schools: Table, nodes: Table) -> list[Problem]:
    in_school = nodes.frame["kind"].isin(BUILDING_KINDS) | _unlisted(nodes)
    housed = set(nodes.frame.loc[in_school, "school_id"].dropna())
    # An id that lost its leading zeros is told where the nodes name it.
    unpadded = {name.lstrip("0") for name in housed - set(schools.frame["school_id"])}
    ids = schools.frame["school_id"]
    lacking = ids.notna() & ~ids.isin(housed) & ~ids.str.lstrip("0").isin(unpadded)
    return [
        schools.problem(
            int(position),
            "school_id",
            code="school-without-node",
            message="the school has no node of its own",
            expected="in nodes.csv, an ap_group, idf or mdf with this school_id",
            fix="Add its mdf to nodes.csv and the link to it to links.csv, or delete the school.",
        )
        for position in np.flatnonzero(lacking.to_numpy())
    ]


def _unlisted(nodes: Table) -> "pd.Series[bool]":
    return ~nodes.frame["kind"].isin(nodes.spec.field("kind").allowed)


def _pieces(nodes: Table, links: Table) -> _Pieces:
    frame = nodes.frame
    index = pd.Index(frame["node_id"].fillna(""))
    unique = index.unique()
    lines = with_defaults(links)
    a = unique.get_indexer(pd.Index(lines["a"].fillna("")))
    b = unique.get_indexer(pd.Index(lines["b"].fillna("")))
    whole = (a >= 0) & (b >= 0)
    meant = unique.get_indexer(
        _meant(unique, lines["a"][a < 0]) + _meant(unique, lines["b"][b < 0])
    )
    known_role = lines["role"].isin(("primary", "backup")).to_numpy()
    primary = whole & (lines["role"] == "primary").to_numpy()
    count = len(unique)
    graph = coo_array((np.ones(int(primary.sum())), (a[primary], b[primary])), shape=(count, count))
    total, label = connected_components(graph.tocsr(), directed=False)
    label = label.astype(np.int64)
    piece = label[unique.get_indexer(index)]
    loose = np.concatenate(
        [a[(a >= 0) & ~(whole & known_role)], b[(b >= 0) & ~(whole & known_role)], meant]
    )
    backup = whole & (lines["role"] == "backup").to_numpy()
    crossing = backup & (label[a] != label[b])
    return _Pieces(
        piece=piece,
        nodes=np.bincount(label, minlength=total),
        links=np.bincount(label[a[primary & (a != b)]], minlength=total),
        online=_marks(total, piece[(frame["kind"] == "internet").to_numpy()]),
        uncertain=_marks(total, np.concatenate([label[loose], piece[_unlisted(nodes).to_numpy()]])),
        backed=_marks(total, np.concatenate([label[a[crossing]], label[b[crossing]]])),
    )


def _meant(known: "pd.Index[str]", strange: "pd.Series[str]") -> list[str]:
    """Give the nodes that unknown link ends are probably meant to be."""
    if strange.empty:
        return []
    suggester = Suggester(known, cutoff=0.5)
    near = (suggester.closest(name) for name in strange.dropna().unique())
    return [name for name in near if name is not None]


def _marks(total: int, pieces: _Ints) -> npt.NDArray[np.bool_]:
    marks = np.zeros(total, dtype=bool)
    marks[pieces] = True
    return marks


def _unreachable_schools(schools: Table, nodes: Table, pieces: _Pieces) -> list[Problem]:
    ways = pd.DataFrame(
        {
            "school_id": nodes.frame["school_id"],
            "cut": pieces.cut[pieces.piece],
            "in_school": nodes.frame["kind"].isin(BUILDING_KINDS),
        }
    )
    ways = ways[ways["in_school"] & ways["school_id"].notna()]
    ways["piece"] = pieces.piece[ways.index]
    by_school = ways.groupby("school_id")
    all_cut, first_piece = by_school["cut"].all(), by_school["piece"].first()
    cut = schools.frame["school_id"].map(all_cut).eq(True)
    problems = []
    for position in np.flatnonzero(cut.to_numpy()):
        school = schools.frame["school_id"].iloc[position]
        piece = int(first_piece[school])
        problems.append(_unreachable(schools, int(position), nodes, pieces, piece))
    return problems


def _unreachable(
    schools: Table, position: int, nodes: Table, pieces: _Pieces, piece: int
) -> Problem:
    members = nodes.frame["node_id"][pieces.piece == piece].tolist()
    if pieces.backed[piece]:
        return schools.problem(
            position,
            "school_id",
            code="backup-only-way",
            message="the school's only way to the internet is over a backup link; a backup "
            f"carries nothing while nothing has failed. It is cut around {_told(members)}",
            expected="a primary way from the school's nodes to a node of kind internet",
            fix="Set role to primary for the link that carries its traffic.",
        )
    loop = ", a loop with no internet" if pieces.is_loop(piece) else ""
    return schools.problem(
        position,
        "school_id",
        code="unreachable-school",
        message="the school has no way to the internet: its piece of the network ends with "
        f"{_told(members)}{loop}",
        expected="a primary way from the school's nodes to a node of kind internet",
        fix="Add the missing link between these nodes and the rest to links.csv.",
    )


def _told(members: Sequence[str], most: int = 4) -> str:
    told = ", ".join(str(member) for member in members[:most])
    return told + (f" and {len(members) - most:,} more" if len(members) > most else "")


def _loops(nodes: Table, pieces: _Pieces) -> list[Problem]:
    problems = []
    for piece in np.flatnonzero(pieces.cut):
        if pieces.is_loop(int(piece)):
            positions = np.flatnonzero(pieces.piece == piece)
            members = nodes.frame["node_id"].iloc[positions].tolist()
            problems.append(
                nodes.problem(
                    int(positions[0]),
                    "node_id",
                    code="loop-without-internet",
                    message=f"a loop with no internet: {_told(members)} reach each other and no "
                    "node of kind internet",
                    expected="a primary way to a node of kind internet",
                    fix="Add the link between the loop and the rest to links.csv.",
                )
            )
    return problems


def _cut_nodes(nodes: Table, pieces: _Pieces) -> list[Problem]:
    """Find single nodes that are cut off though their school, if any, is not."""
    frame = nodes.frame
    cut = pieces.cut[pieces.piece]
    building = (frame["kind"].isin(BUILDING_KINDS) & frame["school_id"].notna()).to_numpy()
    whole = pd.Series(cut).groupby(frame["school_id"]).transform("all").eq(True).to_numpy()
    problems = [
        nodes.problem(
            int(position),
            "node_id",
            code="cut-off-node",
            message=f"this {frame['kind'].iloc[position]} cannot reach the internet, "
            "though its school can",
            expected="a primary way to a node of kind internet",
            fix="Add the missing link inside the school to links.csv, or set its role to primary.",
        )
        for position in np.flatnonzero(cut & building & ~whole)
    ]
    alone = cut & ~building & (pieces.nodes[pieces.piece] == 1)
    problems += [
        nodes.problem(
            int(position),
            "node_id",
            code="isolated-node",
            message="no primary link joins this node to anything; it carries nothing",
            expected="",
            fix="Add its link, or delete the row.",
            severity="note",
        )
        for position in np.flatnonzero(alone)
    ]
    return problems


def _no_way_to_datacenter(schools: Table, nodes: Table, pieces: _Pieces) -> list[Problem]:
    frame = nodes.frame
    centers = (frame["kind"] == "datacenter").to_numpy()
    if not centers.any():
        return []
    served = _marks(len(pieces.online), pieces.piece[centers]) | pieces.uncertain
    lacking = pieces.online & ~served
    own = frame["kind"].isin(BUILDING_KINDS).to_numpy() & lacking[pieces.piece]
    cut = schools.frame["school_id"].isin(set(frame.loc[own, "school_id"].dropna()))
    return [
        schools.problem(
            int(position),
            "school_id",
            code="unreachable-datacenter",
            message="the school reaches the internet but no node of kind datacenter",
            expected="a primary way to a datacenter, since nodes.csv has one",
            fix="Add the missing link to links.csv.",
        )
        for position in np.flatnonzero(cut.to_numpy())
    ]
