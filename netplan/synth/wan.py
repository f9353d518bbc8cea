"""The wide-area network: circuits, firewall and filter, cores, hubs, rings and uplinks."""

from collections.abc import Sequence
from dataclasses import dataclass

from netplan.synth import sizing
from netplan.synth.draws import Draws
from netplan.synth.elements import Link, Node
from netplan.synth.plan import Backup, WanPlan
from netplan.synth.schools import School

CORE_YEAR = 2021


@dataclass(frozen=True, slots=True, kw_only=True)
class Wan:
    """What `draw_wan` made, and the ids that the README names.

    ``own_uplinks`` maps a school to the link that carries its load and no other's.
    """

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    own_uplinks: dict[str, str]
    circuit_mbps: int
    firewall_mbps: int


def draw_wan(seed: int, schools: Sequence[School], plan: WanPlan) -> Wan:
    """Draw capacities, media, prices and contracts for a planned WAN."""
    return _Builder(seed, schools, plan).build()


class _Builder:
    """Collects the nodes and links of one WAN; made and dropped by `draw_wan`."""

    def __init__(self, seed: int, schools: Sequence[School], plan: WanPlan) -> None:
        self.draws = Draws(seed, schools=len(schools), family="wan")
        self.schools = schools
        self.plan = plan
        self.students = sum(school.enrollment for school in schools)
        self.nodes: list[Node] = []
        self.links: list[Link] = []
        self.own_uplinks: dict[str, str] = {}

    def build(self) -> Wan:
        """Build from the internet outward."""
        circuit, firewall = self.egress()
        self.core()
        for hub in range(len(self.plan.hosts)):
            self.hub(hub)
        for number, ring in enumerate(self.plan.rings, start=1):
            self.ring(number, ring)
        for i in sorted({*self.plan.hub_of, *self.plan.direct}):
            self.uplinks(i)
        for i, backup in sorted(self.plan.backups.items()):
            self.backup(i, backup)
        return Wan(
            nodes=tuple(self.nodes),
            links=tuple(self.links),
            own_uplinks=self.own_uplinks,
            circuit_mbps=circuit,
            firewall_mbps=firewall,
        )

    def core_id(self, number: int) -> str:
        """Give the id of a core router, counted round."""
        return f"CORE{number % self.plan.cores + 1}"

    def contract_end(self) -> str:
        """Draw a month in which a contract runs out: the end of a funding year."""
        return f"{self.draws.integer(2027, 2031)}-06"

    def egress(self) -> tuple[int, int]:
        """Add internet, firewall and filter in line, as often as the students need it.

        The firewall is bought for the load, the circuit is larger than it can pass: that is
        one of the planted problems.
        """
        chains = -(-self.students // sizing.STUDENTS_PER_EGRESS)
        firewall = sizing.firewall_mbps(self.students / chains)
        circuit = sizing.at_least(sizing.CIRCUITS_MBPS, firewall / sizing.FIREWALL_OF_CIRCUIT)
        port, count = sizing.circuits(circuit)
        inside, lines = sizing.circuits(sizing.at_least(sizing.LINKS_MBPS, circuit))
        self.nodes.append(Node(node_id="INTERNET", kind="internet"))
        for number in range(1, chains + 1):
            box = {"firewall": f"FIREWALL{number}", "filter": f"FILTER{number}"}
            self.nodes += [
                Node(
                    node_id=box["firewall"],
                    kind="firewall",
                    throughput_mbps=firewall,
                    year_installed=2019,
                    model="firewall, with TLS inspection",
                ),
                Node(
                    node_id=box["filter"],
                    kind="filter",
                    throughput_mbps=2 * circuit,
                    year_installed=2024,
                    model="content filter",
                ),
            ]
            self.links += [
                Link(
                    link_id=f"INTERNET{number}",
                    a="INTERNET",
                    b=box["firewall"],
                    down_mbps=port,
                    medium="leased",
                    service="internet access",
                    monthly_usd=sizing.internet_usd(circuit),
                    contract_end="2028-06",
                    count=count,
                ),
                Link(
                    link_id=f"{box['filter']}-UP",
                    a=box["firewall"],
                    b=box["filter"],
                    down_mbps=inside,
                    count=lines,
                ),
            ]
            self.links += [
                Link(
                    link_id=f"{self.core_id(core)}-UP{number}",
                    a=box["filter"],
                    b=self.core_id(core),
                    down_mbps=inside,
                    count=lines,
                )
                for core in range(self.plan.cores)
            ]
        return circuit, firewall

    def core(self) -> None:
        """Add the core routers, in a ring among themselves, and the data center."""
        cores = self.plan.cores
        need = sizing.DATACENTER_MBPS_PER_STUDENT * self.students / sizing.UTILIZATION_LIMIT
        port, count = sizing.circuits(sizing.at_least(sizing.LINKS_MBPS, max(need, 10_000)))
        self.nodes.append(Node(node_id="DATACENTER", kind="datacenter", year_installed=CORE_YEAR))
        for core in range(cores):
            self.nodes.append(
                Node(
                    node_id=self.core_id(core),
                    kind="router",
                    year_installed=CORE_YEAR,
                    model="core router",
                )
            )
            self.links.append(
                Link(
                    link_id=f"DATACENTER-{self.core_id(core)}",
                    a=self.core_id(core),
                    b="DATACENTER",
                    down_mbps=port,
                    count=count,
                )
            )
        for core in range(cores - 1 if cores == 2 else cores if cores > 2 else 0):
            one, other = self.core_id(core), self.core_id(core + 1)
            self.links.append(Link(link_id=f"{one}-{other}", a=one, b=other, down_mbps=100_000))

    def hub(self, hub: int) -> None:
        """Add a hub router and its two uplinks; the planted lone hub has only one."""
        plan, name = self.plan, f"HUB{hub + 1}"
        behind = [i for i, h in plan.hub_of.items() if h == hub]
        behind += [i for i, h in plan.second_hub_of.items() if h == hub]
        students = sum(self.schools[i].enrollment for i in behind)
        need = sizing.SHARED_MBPS_PER_STUDENT * students / sizing.UTILIZATION_LIMIT
        port, count = sizing.circuits(sizing.at_least(sizing.LINKS_MBPS, max(need, 10_000)))
        self.nodes.append(
            Node(
                node_id=name,
                kind="router",
                year_installed=self.draws.integer(2017, 2023),
                model="hub router",
            )
        )
        risks: list[tuple[str, ...]] = [(), ()]
        if hub == plan.bridge_hub:
            # The first uplink also shares a duct with the first metro ring.
            risks = [("conduit-bridge", "duct-downtown"), ("conduit-bridge",)]
        for number, risk in enumerate(risks[: 1 if hub == plan.lone_hub else 2]):
            self.links.append(
                Link(
                    link_id=f"{name}-UP" if number == 0 else f"{name}-UP2",
                    a=self.core_id(hub + number),
                    b=name,
                    down_mbps=port,
                    medium="leased",
                    service="leased lit fiber",
                    monthly_usd=sizing.line_usd(port, count),
                    contract_end=self.contract_end(),
                    shared_risk=risk,
                    count=count,
                )
            )

    def ring(self, number: int, ring: Sequence[int]) -> None:
        """Add a metro ring from one core router through the schools to the next core router."""
        stops = [
            self.core_id(number - 1),
            *(f"{self.schools[i].school_id}-MDF" for i in ring),
            self.core_id(number),
        ]
        end = self.contract_end()
        for k in range(len(stops) - 1):
            one, other = stops[k], stops[k + 1]
            outward = 2 * k < len(stops) - 1
            self.links.append(
                Link(
                    link_id=f"RING{number:02d}-{k + 1}",
                    a=one if outward else other,
                    b=other if outward else one,
                    down_mbps=10_000,
                    medium="leased",
                    service="leased dark fiber ring",
                    monthly_usd=sizing.line_usd(10_000, 1),
                    contract_end=end,
                    shared_risk=("duct-downtown",) if (number, k) == (1, 0) else (),
                )
            )

    def uplinks(self, i: int) -> None:
        """Add the primary line or lines of a school that is on no ring."""
        school, plan = self.schools[i], self.plan
        hub = plan.hub_of.get(i)
        near = self.core_id(0) if hub is None else f"HUB{hub + 1}"
        mdf, name = f"{school.school_id}-MDF", f"{school.school_id}-UP"
        second = plan.second_hub_of.get(i)
        if second is None:
            self.own_uplinks[school.school_id] = name
        if i in plan.hosts or len(self.schools) == 1:
            self.links.append(
                Link(link_id=name, a=near, b=mdf, down_mbps=10_000, service="campus fiber")
            )
            return
        pole = f"poles-{near}" if self.draws.chance(0.3) else ""
        self.links.append(
            self.line(
                school,
                name,
                near,
                pole,
                choked=i == plan.choked,
                dual=second is not None,
            )
        )
        if second is not None:
            self.links.append(
                self.line(school, f"{name}2", f"HUB{second + 1}", "", choked=False, dual=True)
            )

    def line(
        self, school: School, name: str, near: str, pole: str, *, choked: bool, dual: bool
    ) -> Link:
        """Draw one leased line of the size that a purchaser would have bought.

        In the country it may be copper or radio where that is enough. The two lines of a
        ``dual``-homed school are 1 Gbps or more, so that they cost the same to route over.
        """
        students = school.enrollment
        need = sizing.uplink_mbps(school.level, students)
        medium, service, count = "leased", "leased lit fiber", 1
        if choked:
            allowed = sizing.CHOKED_MBPS_PER_STUDENT * students
            mbps = sizing.at_most((20, 50, 100, 200), allowed)
            medium, service = "wireless", "licensed microwave"
        elif school.rural and not dual and need <= 500 and self.draws.chance(0.7):
            mbps = sizing.at_least((100, 200, 500), need)
            copper = mbps <= 200 and self.draws.chance(0.5)
            medium = "copper" if copper else "wireless"
            service = "Ethernet over copper" if copper else "fixed wireless"
        elif not dual and need <= 500 and self.draws.chance(0.6):
            mbps = 500
        elif need <= 1_000:
            mbps = 1_000
        elif need <= 2_000 and self.draws.chance(0.35):
            mbps, count = 1_000, 2
        else:
            mbps = 10_000
        return Link(
            link_id=name,
            a=near,
            b=f"{school.school_id}-MDF",
            down_mbps=mbps,
            cost=1 if mbps >= 1_000 else 10,
            medium=medium,
            service=service,
            monthly_usd=sizing.line_usd(mbps, count),
            contract_end=self.contract_end(),
            shared_risk=(pole,) if pole and medium == "leased" else (),
            count=count,
        )

    def backup(self, i: int, backup: Backup) -> None:
        """Add a school's backup line: radio to another hub, or cable with a slow way up."""
        school = self.schools[i]
        cable = backup.medium == "cable"
        self.links.append(
            Link(
                link_id=f"{school.school_id}-BACKUP",
                a=self.core_id(i) if backup.hub is None else f"HUB{backup.hub + 1}",
                b=f"{school.school_id}-MDF",
                down_mbps=500 if cable else 200,
                up_mbps=35 if cable else 200,
                role="backup",
                cost=10,
                medium=backup.medium,
                service="business cable with a tunnel to the core" if cable else "microwave",
                monthly_usd=220 if cable else 300,
                contract_end=self.contract_end(),
            )
        )
