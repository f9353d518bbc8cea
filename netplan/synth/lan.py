"""Inside the buildings: MDF, IDFs and access points by size and age."""

from collections.abc import Sequence

from netplan.synth.draws import Draws, apportion
from netplan.synth.elements import Link, Node
from netplan.synth.schools import School

CLASS_SIZE = 25
#: Teaching rooms per classroom: labs, art, music, small groups; an assumption.
ROOMS_PER_CLASSROOM = 1.6
#: Rooms with access points (teaching and common) that one IDF serves.
ROOMS_PER_IDF = 12
#: Rooms per access point in a building wired for hallway coverage (FACTS 3.11: 3 to 4).
HALLWAY_ROOMS_PER_AP = 4
#: Year of the planted old wing and of the rest of its building.
OLD_WING_YEAR, OLD_REST_YEAR = 2012, 2017

#: Wi-Fi generation bought up to a year: an assumption, about a year after each became common.
GENERATION_UNTIL = {2013: "wifi4", 2018: "wifi5", 2022: "wifi6", 2024: "wifi6e", 2027: "wifi7"}
#: Year of the last wireless refresh of a school, and its weight.
REFRESH = {
    **{2016: 0.07, 2017: 0.08, 2018: 0.10, 2019: 0.12, 2020: 0.12},
    **{2021: 0.16, 2022: 0.13, 2023: 0.10, 2024: 0.08, 2025: 0.04},
}
SHORT = {"wifi4": "W4", "wifi5": "W5", "wifi6": "W6", "wifi6e": "W6E", "wifi7": "W7"}
#: Channel width (FACTS 3.12: 40 MHz in classrooms, 20 MHz in dense or old designs).
CHANNEL_MHZ = {"wifi4": 20, "wifi5": 40, "wifi6": 40, "wifi6e": 80, "wifi7": 80}
#: Clients have two streams (FACTS 3.17), whatever the access point has.
STREAMS = 2


def draw_lan(
    seed: int, schools: Sequence[School], *, old_wing: int, aps_per_group: int | None
) -> tuple[list[Node], list[Link], tuple[str, ...]]:
    """Draw every building's network.

    Parameters
    ----------
    old_wing
        Row of the school whose old wing is planted.
    aps_per_group
        Most access points in one ap_group; None: one group for each IDF and generation.

    Returns
    -------
    nodes, links
        Of all buildings; uplinks to the WAN are not among them.
    old_groups
        Ids of the planted old access-point groups.
    """
    draws = Draws(seed, schools=len(schools), family="lan")
    nodes: list[Node] = []
    links: list[Link] = []
    for i, school in enumerate(schools):
        _building(draws, school, nodes, links, old=i == old_wing, aps_per_group=aps_per_group)
    old_groups = tuple(sorted(node.node_id for node in nodes if node.wifi == "wifi4"))
    return nodes, links, old_groups


def _building(
    draws: Draws,
    school: School,
    nodes: list[Node],
    links: list[Link],
    *,
    old: bool,
    aps_per_group: int | None,
) -> None:
    """Add one building: MDF, IDFs, and access points of one or two generations per IDF."""
    classrooms = -(-school.enrollment // CLASS_SIZE)
    common = 3 + min(5, school.enrollment // 60) + school.enrollment // 100
    rooms = int(classrooms * ROOMS_PER_CLASSROOM) + common
    idfs = max(1, (rooms + ROOMS_PER_IDF // 2) // ROOMS_PER_IDF)
    refreshed = max(draws.weighted(REFRESH), min(2025, school.year_built))
    new_wing = draws.integer(1, idfs) if draws.chance(0.3) else idfs + 1
    wing_year = min(2026, refreshed + draws.integer(3, 6))
    if old:
        refreshed, new_wing, wing_year = OLD_WING_YEAR, idfs // 2 + 2, OLD_REST_YEAR
    mdf = f"{school.school_id}-MDF"
    nodes.append(
        Node(
            node_id=mdf,
            kind="mdf",
            school_id=school.school_id,
            year_installed=refreshed,
            model="distribution switch",
        )
    )
    for k, idf_rooms in enumerate(apportion(rooms, [1.0] * idfs), start=1):
        year = wing_year if k >= new_wing else refreshed
        idf = f"{school.school_id}-IDF{k:02d}"
        nodes.append(
            Node(
                node_id=idf,
                kind="idf",
                school_id=school.school_id,
                year_installed=year,
                model="PoE access switch stack",
            )
        )
        capacity = 1_000 if year < 2019 else 10_000
        links.append(Link(link_id=f"{idf}-UP", a=mdf, b=idf, down_mbps=capacity))
        newer = 0 if old or not draws.chance(0.15) else idf_rooms // 3
        parts = {_generation(year): (idf_rooms - newer, year)}
        if newer and _generation(min(2026, year + 4)) not in parts:
            parts[_generation(min(2026, year + 4))] = (newer, min(2026, year + 4))
        else:
            parts = {_generation(year): (idf_rooms, year)}
        for wifi, (part_rooms, part_year) in parts.items():
            aps = -(-part_rooms // HALLWAY_ROOMS_PER_AP) if old else part_rooms
            _groups(
                school,
                idf,
                wifi=wifi,
                year=part_year,
                rooms=part_rooms,
                aps=aps,
                aps_per_group=aps_per_group or aps,
                nodes=nodes,
                links=links,
            )


def _generation(year: int) -> str:
    """Give the Wi-Fi generation that was bought in a year."""
    return next(wifi for until, wifi in GENERATION_UNTIL.items() if year <= until)


def _groups(
    school: School,
    idf: str,
    *,
    wifi: str,
    year: int,
    rooms: int,
    aps: int,
    aps_per_group: int,
    nodes: list[Node],
    links: list[Link],
) -> None:
    """Add the access points of one IDF and generation, in groups of at most ``aps_per_group``."""
    count = -(-aps // aps_per_group)
    sizes = [min(aps_per_group, aps - aps_per_group * n) for n in range(count)]
    room_parts = apportion(rooms, [float(size) for size in sizes])
    for n, (size, part) in enumerate(zip(sizes, room_parts, strict=True), start=1):
        node_id = f"{idf}-{SHORT[wifi]}" + (f"-{n:02d}" if count > 1 else "")
        nodes.append(
            Node(
                node_id=node_id,
                kind="ap_group",
                school_id=school.school_id,
                count=size,
                year_installed=year,
                wifi=wifi,
                channel_mhz=CHANNEL_MHZ[wifi],
                streams=STREAMS,
                rooms=part,
                model=f"ceiling access point {SHORT[wifi]}",
            )
        )
        links.append(
            Link(
                link_id=f"{node_id}-UP",
                a=idf,
                b=node_id,
                down_mbps=2_500 if wifi in ("wifi6e", "wifi7") else 1_000,
                medium="copper",
                count=size,
            )
        )
