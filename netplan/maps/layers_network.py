"""Layers of the school day: schools and the links between them."""

import numpy as np
import pandas as pd

from netplan.capacity.model import Capacity
from netplan.maps.guesses import guess_words
from netplan.maps.layers_places import Places, ends_of, find_places, lines_between
from netplan.maps.layers_table import (
    LOAD_WIDTHS,
    NO_LIMIT,
    NOTHING,
    class_of,
    constant,
    drawn,
    filled,
    load_width,
    named,
    points,
    rows_of,
    texts,
    utilization_classes,
)
from netplan.maps.layers_time import link_steps, school_steps
from netplan.maps.model import (
    Bools,
    Column,
    Layer,
    Legend,
    MarkClass,
    Scene,
    Shapes,
    WidthClass,
)
from netplan.maps.outage import (
    CUT_OFF,
    CUT_OFF_MARK,
    CUT_OFF_WORDS,
    DOWN,
    DOWN_DASHES,
    DOWN_WORDS,
    cut_off,
    held,
    links_down,
)

GROUP = "School day"
#: Diameters of schools in pixels; small ones where there are many.
_USUAL, _SMALL, _MANY = 10.0, 6.0, 300
_STATUSES = ("over", "at-risk", "fits")
_MARKS = (
    MarkClass(label="over a limit now", marker="triangle"),
    MarkClass(label="at risk: passes a limit with one more year of growth", marker="diamond"),
    MarkClass(label="fits", marker="circle"),
)


def schools(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Schools by the utilization of their bottleneck, shaped by what they need."""
    capacity = scene.capacity
    if capacity is None or capacity.buildings.empty:
        return None
    frame = capacity.buildings.merge(
        scene.district.table("schools")[["school_id", "lat", "lon"]], on="school_id", how="left"
    )
    ids = texts(frame["school_id"])
    geometry = points(frame["lon"], frame["lat"])
    limit = scene.district.planning.utilization_limit
    edges, classes = utilization_classes(limit)
    share = frame["bottleneck_utilization_share"].to_numpy(dtype=np.float64)
    load = frame["load_down_mbps"].to_numpy(dtype=np.float64)
    cut = cut_off(frame)
    told = scene.shows_cut_off or bool(cut.any())
    status = frame["status"].astype(str).str.replace("-", " ").mask(cut, CUT_OFF_WORDS)
    # nothing crosses what leads nowhere: a utilization of 0 % would read as room
    known = frame.assign(
        **{
            name: frame[name].astype(object).mask(cut, CUT_OFF_WORDS)
            for name in ("headroom_devices", "bottleneck_capacity_mbps")
        },
        bottleneck_element=frame["bottleneck_element"].map(_element_titles(scene)).mask(cut),
        bottleneck_load_mbps=frame["bottleneck_load_mbps"].mask(cut),
        bottleneck_utilization_share=pd.Series(share, frame.index, dtype=object).mask(
            cut, CUT_OFF_WORDS
        ),
    )
    mark = frame["status"].map(_STATUSES.index).to_numpy(dtype=np.int64)
    layer = Layer(
        layer_id="schools",
        title="Schools",
        group=GROUP,
        about="Each school by the fullest link or device on its way to the internet, at the "
        "planning load of the busiest period (netplan's model of the school day).",
        shapes_id="schools",
        keys=ids,
        names=named(frame["name"], ids),
        legend=Legend(
            title="Fullest element on the way",
            unit="% of its capacity",
            colors=(*classes, CUT_OFF) if told else classes,
            mark_title="Status",
            marks=(*_MARKS, CUT_OFF_MARK) if told else _MARKS,
            widths=(WidthClass(label="any", pixels=_SMALL if len(ids) > _MANY else _USUAL),),
            note=f"The limit of this district is {100 * limit:g} %. Status counts Wi-Fi airtime "
            "too, so a school with a free line may be over.",
        ),
        color=drawn(np.where(cut, len(classes), class_of(share, edges)), geometry),
        mark=np.where(cut, len(_MARKS), mark),
        width=constant(len(ids)),
        columns=(
            Column(
                key="utilization", title="Fullest element", unit="of capacity", decimals=0,
                percent=True, tooltip=True,
            ),
            Column(key="load", title="Load down", unit="Mbps", decimals=0, tooltip=True),
            Column(
                key="headroom", title="Devices that still fit", unit="devices", decimals=0,
                negative="too many",
            ),
            Column(key="bottleneck", title="Fullest element on the way"),
            Column(key="capacity", title="Its capacity", unit="Mbps", decimals=0),
            Column(key="element_load", title="Its load", unit="Mbps", decimals=0),
            Column(key="exhausted", title="Runs out in school year"),
            Column(key="enrollment", title="Students", unit="students", decimals=0),
            Column(key="level", title="Level", popup=False),
            Column(key="status", title="Status"),
        ),
        rows=rows_of(
            {
                "utilization": filled(known["bottleneck_utilization_share"], NO_LIMIT),
                "load": load,
                "headroom": filled(known["headroom_devices"], NO_LIMIT),
                "bottleneck": filled(known["bottleneck_element"]),
                "capacity": filled(known["bottleneck_capacity_mbps"], NO_LIMIT),
                "element_load": filled(known["bottleneck_load_mbps"]),
                "exhausted": filled(frame["exhausted_school_year"]),
                "enrollment": frame["enrollment"],
                "level": frame["level"],
                "status": status,
            }
        ),
        hrefs=tuple(scene.pages.get(school, "") for school in ids),
        facets={"Level": texts(frame["level"]), "Status": texts(status)},
        steps=held(
            school_steps(scene.loads, ids, share, load, edges), cut, len(classes), CUT_OFF_WORDS
        ),
    )  # fmt: skip
    return Shapes(shapes_id="schools", kind="point", geometry=geometry), layer


def wan_links(scene: Scene) -> tuple[Shapes, Layer] | None:
    """Links between places by utilization: thick where loaded, dashed where backup."""
    capacity = scene.capacity
    if capacity is None:
        return None
    links, places = scene.district.table("links"), places_of(scene)
    a, b, between = ends_of(places, links)
    if not between.any():
        return None
    links = links[between].reset_index(drop=True)
    found = _both_ways(capacity, links)
    # the fullest first, as schools
    order = np.argsort(-found["utilization"].fillna(-1.0).to_numpy(), kind="stable")
    links, found = (each.iloc[order].reset_index(drop=True) for each in (links, found))
    a, b = a[between][order], b[between][order]
    titles = node_titles(scene)
    columns: tuple[Column, ...] = _LINK_COLUMNS
    if "guess" in links.columns and any(words := guess_words(links["guess"])):
        found, columns = (
            found.assign(guess=np.array(filled(words), dtype=object)),
            (*columns, _GUESS),
        )
    edges, classes = utilization_classes(scene.district.planning.utilization_limit)
    share = found["utilization"].to_numpy(dtype=np.float64)
    load = found["load"].to_numpy(dtype=np.float64)
    down = links_down(scene, links)
    told = scene.shows_down or bool(down.any())
    shown = ["utilization", "capacity_down", "share_down", "capacity_up", "share_up"]
    found = (
        found.assign(**{name: found[name].astype(object).mask(down, DOWN_WORDS) for name in shown})
        if down.any()
        else found
    )
    backup = "backup: carries traffic only when the primary way is lost"
    layer = Layer(
        layer_id="links",
        title="Links between sites",
        group=GROUP,
        about="Circuits between schools and hubs at the planning load of their worst period; "
        "links inside a building stand on its page.",
        shapes_id="links",
        keys=texts(links["link_id"]),
        names=tuple(
            f"{titles[places.node_ids[i]]} to {titles[places.node_ids[j]]}"
            for i, j in zip(a, b, strict=True)
        ),
        legend=Legend(
            title="Utilization",
            unit="% of capacity",
            colors=(*classes, DOWN) if told else classes,
            width_title="Load, Mbps",
            widths=LOAD_WIDTHS,
            dash_label=f"{backup}; {DOWN_DASHES}" if told else backup,
            note=SCHEMATIC if places.schematic.any() else "",
        ),
        color=np.where(down, len(classes), class_of(share, edges)),
        width=load_width(load),
        dashed=down | np.asarray(links["role"] == "backup", dtype=np.bool_),
        columns=columns,
        rows=rows_of({column.key: found[column.key] for column in columns}),
        facets={"Role": texts(links["role"]), "Medium": _medium(links)},
        steps=held(
            link_steps(scene.loads, texts(links["link_id"]), share, load, edges),
            down,
            len(classes),
            DOWN_WORDS,
        ),
    )
    return Shapes(shapes_id="links", kind="line", geometry=lines_between(places, a, b)), layer


SCHEMATIC = (
    "Equipment without a school has no known place: it is drawn in the middle of what it is "
    "linked to, pulled apart. Lines are straight and no routes of cables."
)
_GUESS = Column(key="guess", title="Nobody stated")
_LINK_COLUMNS = (
    Column(
        key="utilization", title="Worse direction", unit="of capacity", decimals=0, percent=True,
        tooltip=True,
    ),
    Column(key="load", title="Its load", unit="Mbps", decimals=0, tooltip=True),
    Column(key="capacity_down", title="Capacity down", unit="Mbps", decimals=0),
    Column(key="load_down", title="Load down", unit="Mbps", decimals=0),
    Column(key="share_down", title="Down", unit="of capacity", decimals=0, percent=True),
    Column(key="capacity_up", title="Capacity up", unit="Mbps", decimals=0, popup=False),
    Column(key="load_up", title="Load up", unit="Mbps", decimals=0),
    Column(key="share_up", title="Up", unit="of capacity", decimals=0, percent=True),
    Column(key="period", title="Worst period"),
    Column(key="role", title="Role"),
    Column(key="medium", title="Medium"),
    Column(key="service", title="Service"),
    Column(key="contract_end", title="Contract ends", popup=False),
    Column(key="shared_risk", title="Shares a risk", popup=False),
)  # fmt: skip


def places_of(scene: Scene) -> Places:
    """Place the nodes of a scene's district."""
    district = scene.district
    return find_places(district.table("schools"), district.table("nodes"), district.table("links"))


def node_titles(scene: Scene) -> dict[str, str]:
    """Give node_id to what a reader calls it: its school's name, or its id."""
    nodes, schools_table = scene.district.table("nodes"), scene.district.table("schools")
    names = dict(
        zip(
            schools_table["school_id"],
            named(schools_table["name"], schools_table["school_id"]),
            strict=True,
        )
    )
    return {
        str(node): names.get(school, str(node))
        for node, school in zip(nodes["node_id"], nodes["school_id"].fillna(""), strict=True)
    }


def _element_titles(scene: Scene) -> dict[str, str]:
    """Give each link and node what a reader calls it: a link between sites by its two ends."""
    titles, links = node_titles(scene), scene.district.table("links")
    named_links = {
        str(link): f"{titles[a]} to {titles[b]}" if titles[a] != titles[b] else str(link)
        for link, a, b in zip(links["link_id"], links["a"], links["b"], strict=True)
    }
    return {node: node for node in titles} | named_links


def shared_bottleneck(scene: Scene) -> tuple[str, ...]:
    """Name the element that is the fullest on the way of at least half of the schools."""
    buildings = None if scene.capacity is None else scene.capacity.buildings
    if buildings is None or len(buildings) < 2:
        return ()
    # what leads nowhere is no bottleneck
    found = buildings.loc[~cut_off(buildings), "bottleneck_element"].value_counts()
    if found.empty or found.iloc[0] < max(2, len(buildings) / 2):
        return ()
    element, count = str(found.index[0]), int(found.iloc[0])
    row = buildings[buildings["bottleneck_element"] == element].iloc[0]
    kind = "link " if row["bottleneck_kind"] == "link" else ""
    name = _element_titles(scene).get(element, element)
    told = f"All {count:,}" if count == len(buildings) else f"{count:,} of {len(buildings):,}"
    return (
        f"{told} schools share the fullest element on their way: {kind}{name} "
        f"({100 * row['bottleneck_utilization_share']:.0f} % of "
        f"{row['bottleneck_capacity_mbps']:,.0f} Mbps).",
    )


def _both_ways(capacity: Capacity, links: pd.DataFrame) -> pd.DataFrame:
    """Give each link's row of the table: both directions, and the worse of the two."""
    ids = links["link_id"]
    by = capacity.links.set_index(["direction", "link_id"])
    down, up = by.loc["down"].reindex(ids), by.loc["up"].reindex(ids)
    share = np.column_stack([down["utilization_share"], up["utilization_share"]])
    worse: Bools = np.nan_to_num(share[:, 1], nan=-1.0) > np.nan_to_num(share[:, 0], nan=-1.0)
    load = np.where(worse, up["load_mbps"], down["load_mbps"])
    return pd.DataFrame(
        {
            "utilization": np.where(worse, share[:, 1], share[:, 0]),
            "load": load,
            "capacity_down": down["capacity_mbps"].to_numpy(),
            "load_down": down["load_mbps"].to_numpy(),
            "share_down": share[:, 0],
            "capacity_up": up["capacity_mbps"].to_numpy(),
            "load_up": up["load_mbps"].to_numpy(),
            "share_up": share[:, 1],
            "period": [
                (u if one else d) if mbps > 0 else NOTHING
                for one, u, d, mbps in zip(worse, up["period"], down["period"], load, strict=True)
            ],
            **{
                name: filled(links[name])
                for name in ("role", "medium", "service", "contract_end", "shared_risk")
            },
        }
    )


def _medium(links: pd.DataFrame) -> tuple[str, ...]:
    return tuple(medium or "not told" for medium in texts(links["medium"]))
