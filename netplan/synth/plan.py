"""Who hangs where in the WAN, and where the problems are planted. No capacities yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import inf

from netplan.synth.draws import Draws
from netplan.synth.places import County, distance_km
from netplan.synth.schools import School

#: Schools from which on there are two cores, rings and several hubs.
FULL_SHAPE = 8
#: Of the schools that hang on a sound hub, this share has a backup line.
BACKUP_SHARE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup line: its medium and the hub it goes to (None: a core router)."""

    medium: str
    hub: int | None


@dataclass(slots=True, kw_only=True)
class WanPlan:
    """The shape of the WAN, by rows of schools.

    Parameters
    ----------
    cores
        Number of core routers.
    rings
        Schools of each metro ring, in order around it.
    hosts
        School beside which each hub stands.
    hub_of
        Hub of every school that has one.
    second_hub_of
        Second hub of the dual-homed schools.
    direct
        Schools that hang on a core router.
    backups
        Backup line of a school.
    lone_hub
        The hub planted as a single point of failure; None in the smallest districts.
    bridge_hub
        The hub whose two uplinks are planted in one conduit.
    choked, old_wing
        School with the choked uplink, and with the old access points.
    """

    cores: int
    rings: list[list[int]] = field(default_factory=list)
    hosts: list[int] = field(default_factory=list)
    hub_of: dict[int, int] = field(default_factory=dict)
    second_hub_of: dict[int, int] = field(default_factory=dict)
    direct: list[int] = field(default_factory=list)
    backups: dict[int, Backup] = field(default_factory=dict)
    lone_hub: int | None = None
    bridge_hub: int | None = None
    choked: int | None = None
    old_wing: int = 0

    def members(self, hub: int) -> list[int]:
        """List the schools of a hub, dual-homed ones left out."""
        return [
            i for i, h in sorted(self.hub_of.items()) if h == hub and i not in self.second_hub_of
        ]

    def sound_hubs(self) -> list[int]:
        """List the hubs with nothing planted at them."""
        return [h for h in range(len(self.hosts)) if h not in (self.lone_hub, self.bridge_hub)]


def plan_wan(seed: int, county: County, schools: Sequence[School]) -> WanPlan:
    """Draw the shape of the WAN for the schools."""
    count = len(schools)
    draws = Draws(seed, schools=count, family="wan plan")
    if count < FULL_SHAPE:
        plan = _small(schools)
    else:
        plan = WanPlan(cores=2 if count <= 200 else 2 * -(-count // 200))
        left = _rings(draws, county, schools, plan)
        _hubs(schools, plan, left)
        _lone_hub(schools, plan)
        plan.bridge_hub = _bridge_hub(plan)
        _dual_homed(schools, plan)
    plan.choked = _choked(schools, plan)
    plan.old_wing = _old_wing(schools, plan)
    if count >= FULL_SHAPE:
        _backups(draws, schools, plan)
    return plan


def _small(schools: Sequence[School]) -> WanPlan:
    """Plan up to seven schools: all on one core, from four on half of them behind one hub."""
    plan = WanPlan(cores=1)
    everyone = range(len(schools))
    if len(schools) >= 4:
        _, far = _spread(schools, everyone, 0, 2)
        near = sorted(everyone, key=lambda i: (_km(schools, i, far), i))
        plan.hosts, plan.lone_hub = [far], 0
        plan.hub_of = dict.fromkeys(near[: (len(schools) + 1) // 2], 0)
    plan.direct = [i for i in everyone if i not in plan.hub_of]
    return plan


def _rings(draws: Draws, county: County, schools: Sequence[School], plan: WanPlan) -> list[int]:
    """Take rings of four to eight schools around the towns; give the schools left over."""
    count = len(schools)
    left = list(range(count))
    for ring in range(1 if count < 60 else count // 40):
        size = 4 if count < 16 else 6 if count < 60 else draws.integer(4, 8)
        town = county.towns[ring % len(county.towns)]
        here = min(left, key=lambda i: (distance_km(schools[i].spot, town), i))
        chain = [here]
        left.remove(here)
        while len(chain) < size:
            here = min(left, key=lambda i: (_km(schools, i, chain[-1]), i))
            chain.append(here)
            left.remove(here)
        plan.rings.append(chain)
    return left


def _hubs(schools: Sequence[School], plan: WanPlan, left: list[int]) -> None:
    """Spread hubs over the secondary schools left; each school joins the nearest."""
    count = len(schools)
    hubs = max(2, count // 6 if count <= 36 else 6 + (count - 36) // 22)
    hosts = [i for i in left if schools[i].level in ("high", "middle", "k12")]
    if len(hosts) < hubs:
        hosts = list(left)
    plan.hosts = _spread(schools, hosts, hosts[0], hubs)
    for _ in range(4):
        # Assign, then move each hub to the host that is nearest to all its schools.
        plan.hub_of = {i: _nearest(schools, plan, i, range(hubs)) for i in left}
        for hub in range(hubs):
            members = plan.members(hub)
            near = [i for i in members if i in hosts] or [plan.hosts[hub]]
            plan.hosts[hub] = min(near, key=lambda i: (_total_km(schools, i, members), i))
    plan.hub_of = {i: _nearest(schools, plan, i, range(hubs)) for i in left}


def _lone_hub(schools: Sequence[School], plan: WanPlan) -> None:
    """Plant the single point of failure: the fullest hub, filled up if need be."""
    hubs = range(len(plan.hosts))
    lone = max(hubs, key=lambda h: (len(plan.members(h)), -h))
    wanted = min(8, -(-3 * len(schools) // 10))
    movable = [i for i in plan.hub_of if plan.hub_of[i] != lone and i not in plan.hosts]
    movable.sort(key=lambda i: (_km(schools, i, plan.hosts[lone]), i))
    for i in movable[: max(0, wanted - len(plan.members(lone)))]:
        plan.hub_of[i] = lone
    plan.lone_hub = lone


def _bridge_hub(plan: WanPlan) -> int | None:
    """Plant the shared conduit: at the smallest sound hub, where two others stay sound."""
    sound = [h for h in plan.sound_hubs() if len(plan.members(h)) >= 2]
    if len(sound) < 3:
        return None
    return min(sound, key=lambda h: (len(plan.members(h)), h))


def _dual_homed(schools: Sequence[School], plan: WanPlan) -> None:
    """Home a few large schools to two sound hubs: those that lie about as near to both.

    Never to a planted hub, since its schools could then get out through the dual-homed one.
    """
    sound = plan.sound_hubs()
    wanted = max(1, (len(schools) + 12) // 25)
    ranked: list[tuple[float, int, int]] = []
    for i, hub in sorted(plan.hub_of.items()):
        others = [h for h in sound if h != hub]
        if i in plan.hosts or hub not in sound or not others:
            continue
        second = _nearest(schools, plan, i, others)
        extra = _km(schools, i, plan.hosts[second]) - _km(schools, i, plan.hosts[hub])
        ranked.append((extra - schools[i].enrollment / 100, i, second))
    for _, i, second in sorted(ranked)[:wanted]:
        plan.second_hub_of[i] = second


def _spokes(plan: WanPlan) -> list[int]:
    """List the schools with one leased line of their own, away from the planted hub."""
    behind = [
        i
        for i, hub in sorted(plan.hub_of.items())
        if hub != plan.lone_hub and i not in plan.hosts and i not in plan.second_hub_of
    ]
    return behind or plan.direct or [i for i in plan.hub_of if i not in plan.hosts]


def _choked(schools: Sequence[School], plan: WanPlan) -> int | None:
    """Plant the uplink that chokes: at the largest elementary school with a line of its own."""
    if len(schools) == 1:
        return None
    candidates = _spokes(plan)
    young = [i for i in candidates if schools[i].level == "elementary"] or candidates
    return max(young, key=lambda i: (schools[i].enrollment, -i))


def _old_wing(schools: Sequence[School], plan: WanPlan) -> int:
    """Plant the old access points: in the oldest of the larger secondary schools."""
    others = [i for i in range(len(schools)) if i != plan.choked]
    secondary = [i for i in others if schools[i].level in ("high", "middle", "k12")] or others
    sizes = sorted(schools[i].enrollment for i in secondary)
    large = [i for i in secondary if schools[i].enrollment >= sizes[len(sizes) // 2]]
    return min(large, key=lambda i: (schools[i].year_built, i))


def _backups(draws: Draws, schools: Sequence[School], plan: WanPlan) -> None:
    """Give some schools of the sound hubs a backup: radio to another hub, or cable."""
    sound = plan.sound_hubs()
    for hub in sound:
        others = [h for h in sound if h != hub]
        eligible = [i for i in plan.members(hub) if i != plan.choked]
        chosen = [i for i in eligible if draws.chance(BACKUP_SHARE)]
        if not chosen and len(schools) < 60:
            chosen = eligible[:1]
        for i in chosen:
            if others and draws.chance(0.5):
                target = _nearest(schools, plan, i, others)
                plan.backups[i] = Backup(medium="wireless", hub=target)
            else:
                plan.backups[i] = Backup(medium="cable", hub=None)


def _nearest(schools: Sequence[School], plan: WanPlan, i: int, hubs: Iterable[int]) -> int:
    """Give the hub whose host is nearest to a school."""
    return min(hubs, key=lambda h: (_km(schools, i, plan.hosts[h]), h))


def _total_km(schools: Sequence[School], i: int, members: Iterable[int]) -> float:
    total = 0.0
    for j in members:
        total += _km(schools, i, j)
    return total


def _km(schools: Sequence[School], one: int, other: int) -> float:
    return distance_km(schools[one].spot, schools[other].spot)


def _spread(
    schools: Sequence[School], candidates: Iterable[int], first: int, count: int
) -> list[int]:
    """Choose so many schools, each after the first the farthest from all chosen before it."""
    chosen = [first]
    # from each candidate to the nearest chosen school
    gap = {i: inf for i in candidates if i != first}
    while len(chosen) < count:
        gap = {i: min(km, _km(schools, i, chosen[-1])) for i, km in gap.items()}
        chosen.append(max(gap, key=lambda i: (gap[i], -i)))
        del gap[chosen[-1]]
    return chosen
