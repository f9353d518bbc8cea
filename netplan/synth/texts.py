"""What the folder says about itself: README.md and district.toml."""

from collections.abc import Sequence
from dataclasses import dataclass

from netplan._version import __version__
from netplan.synth.plan import WanPlan
from netplan.synth.schools import School
from netplan.synth.wan import Wan


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A problem that was put into the district on purpose.

    ``code`` is the finding that netplan should give, ``elements`` the ids that it should name,
    ``schools`` the schools that it hits (for a single point of failure: all that it cuts off).
    """

    code: str
    elements: tuple[str, ...]
    schools: tuple[str, ...]
    text: str


def planted_problems(
    schools: Sequence[School], plan: WanPlan, wan: Wan, old_groups: Sequence[str]
) -> tuple[Planted, ...]:
    """List the planted problems, with what netplan should say of each."""
    problems = []
    links = {link.link_id: link for link in wan.links}
    if plan.choked is not None:
        school = schools[plan.choked]
        link = links[wan.own_uplinks[school.school_id]]
        problems.append(
            Planted(
                code="link-over-limit",
                elements=(link.link_id,),
                schools=(school.school_id,),
                text=(
                    f"An uplink that chokes: {school.name} ({school.school_id}, "
                    f"{school.enrollment} students) hangs on {link.down_mbps} Mbps of "
                    f"{link.service}. netplan should name this line as the building's bottleneck, "
                    "far over the limit, with negative headroom."
                ),
            )
        )
    if plan.lone_hub is not None:
        hub = f"HUB{plan.lone_hub + 1}"
        cut = tuple(schools[i].school_id for i in plan.members(plan.lone_hub))
        problems.append(
            Planted(
                code="single-point-of-failure",
                elements=(hub, f"{hub}-UP"),
                schools=cut,
                text=(
                    f"A single point of failure: {len(cut)} of {len(schools)} schools hang on "
                    f"router {hub} and no other, and it has one uplink. netplan should say that "
                    f"the loss of {hub} or of {hub}-UP cuts off all {len(cut)}. (So does the "
                    "loss of its core router. What stands alone in line before that, such as "
                    "firewall and filter, cuts off every school; netplan says so too.)"
                ),
            )
        )
    school = schools[plan.old_wing]
    problems.append(
        Planted(
            code="wifi-crowded",
            elements=tuple(old_groups),
            schools=(school.school_id,),
            text=(
                f"A wing of old access points: {school.name} ({school.school_id}, built "
                f"{school.year_built}) still has Wi-Fi 4, one access point in the hallway for "
                "four rooms. netplan should report these groups as old and crowded "
                "(access-points-old, wifi-crowded), and in a busy school as short of airtime "
                "(wifi-airtime-over). What is newer in the building is as thinly covered."
            ),
        )
    )
    firewalls = tuple(node.node_id for node in wan.nodes if node.kind == "firewall")
    problems.append(
        Planted(
            code="firewall-below-circuit",
            elements=firewalls,
            schools=(),
            text=(
                f"A firewall below the circuit: {wan.firewall_mbps:,} Mbps of throughput (down and "
                f"up together) behind {wan.circuit_mbps:,} Mbps of internet access"
                f"{f', in each of {len(firewalls)} places' if len(firewalls) > 1 else ''}. netplan "
                "should say that the rest is paid for and cannot be used."
            ),
        )
    )
    if plan.bridge_hub is not None:
        hub = f"HUB{plan.bridge_hub + 1}"
        cut = tuple(schools[i].school_id for i in plan.members(plan.bridge_hub))
        problems.append(
            Planted(
                code="single-point-of-failure",
                elements=("conduit-bridge",),
                schools=cut,
                text=(
                    f"Two lines in one conduit: {hub}-UP and {hub}-UP2 look redundant, but cross "
                    "the same bridge. netplan should say that the loss of the shared risk "
                    f"conduit-bridge cuts off the {len(cut)} schools of {hub}."
                ),
            )
        )
    return tuple(problems)


def readme_text(
    *,
    name: str,
    command: str,
    schools: Sequence[School],
    nodes: int,
    links: int,
    plan: WanPlan,
    planted: Sequence[Planted],
    evening: str,
    planted_evening: Sequence[Planted],
) -> str:
    """Give README.md."""
    students = sum(school.enrollment for school in schools)
    shape = (
        f"{_counted(len(schools), 'school')}, {students:,} students, {nodes:,} nodes and "
        f"{links:,} links: {_counted(plan.cores, 'core router')}, "
        f"{_counted(len(plan.hosts), 'hub')}, {_counted(len(plan.rings), 'metro ring')} with "
        f"{_counted(sum(map(len, plan.rings)), 'school')}, "
        f"{_counted(len(plan.second_hub_of), 'dual-homed school')}, "
        f"{_counted(len(plan.backups), 'backup line')}."
    )
    lines = [
        f"# {name}: a synthetic district",
        "",
        "**Everything in this folder is synthetic.** No such district exists: schools, names,",
        "places, people, devices, networks, prices and measurements were drawn at random by",
        "netplan. The names are invented and any likeness to a real school is chance. The NCES",
        "ids begin with 1299999, which stands for no district. The coordinates lie on a real",
        "coast, but nothing that is shown there is real.",
        "",
        f"Made with netplan {__version__}:",
        "",
        "```",
        command,
        "```",
        "",
        "The same command with the same version writes the same bytes.",
        "",
        shape,
        "",
        "Applications and activities are left to netplan's built-in catalogs. Capacities were",
        "bought by flat figures per student (`netplan/synth/sizing.py`), measurements drawn around",
        "others (`netplan/synth/measured.py`); neither comes from netplan's load model.",
        "",
        "## Problems planted on purpose",
        "",
        *_listed(planted),
        "What else netplan finds here was not planted: it follows from the random draws.",
        "",
        "## After school",
        "",
        evening,
        "",
        "The truth was drawn first: income and rural ground explain about half of where households",
        "are offline, an effect of each block group the rest (`netplan/synth/truth.py`). Students",
        "are offline 0.6 times as often as the households around. `acs.csv` was drawn from that",
        "as a survey would, about one household in 10 or 11 over five years, each as informative",
        "as 0.6 drawn singly (`netplan/synth/census.py`): estimates scatter about the truth,",
        "margins come from the same sample, and some cells are sentinels or empty.",
        "Students by zone sum to each school's enrollment. The state is Florida's number, 12; no",
        "county there has the number 999.",
        "",
        "`truth/areas.csv` holds the truth by block group. netplan does not read it: it is there",
        "to compare results with. In Python: `netplan.synth.truth.draw_truth(seed, schools)`, and",
        "`netplan.synth.census.sample(truth, seed)` for other samples of the same county.",
        "",
        "Prices: buses 1,840 USD a year (FCC estimate, second hand), drivers 22 USD an hour",
        "(assumption), hotspots at the caps of FCC 24-76 with two devices in five years and 35 %",
        "lost each year, plans at 9.95 and 30 USD a month as published for low-cost offers (the",
        "providers here are invented), roof networks 680 USD a student (Palm Beach County) with",
        "6 % upkeep. Seats, hours, stops and what partners are paid are assumptions.",
        "",
        "## What if",
        "",
        "`scenarios/` asks what if (`netplan whatif DIR one-to-one`), `sweeps/` asks it many times",
        "(`netplan sweep DIR growth-and-devices`), `funding.csv` says who pays: two sources that",
        "stay and a grant that ends in 2028-29, flat figures per student that nobody was asked.",
        "",
        "## Planted after school",
        "",
        *_listed(planted_evening),
    ]
    return "\n".join(lines)


def _listed(planted: Sequence[Planted]) -> list[str]:
    """Write what is planted as a numbered list."""
    lines = []
    for number, problem in enumerate(planted, start=1):
        ids = ", ".join(f"`{element}`" for element in problem.elements)
        hit = f" Schools: {', '.join(problem.schools)}." if len(problem.schools) > 1 else ""
        lines += [f"{number}. `{problem.code}`: {ids}", "", f"   {problem.text}{hit}", ""]
    return lines


def _counted(count: int, noun: str) -> str:
    """Write a number with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def district_text(name: str) -> str:
    """Give district.toml, each planning value with where it comes from."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f"""# Synthetic: no such district exists. See README.md.
[district]
name = "{quoted}"
state = "FL"
nces_leaid = "1299999"           # stands for no district
school_year = "2026-27"

[planning]
percentile = 0.95                # planning load: passed in 5 % of the busy hour; assumption
utilization_limit = 0.80         # share of a capacity that may be used at that load; assumption
growth_per_year = 0.25           # assumption: published advice was 50 to 100 % a year (ESH, about
                                 # 2017-20) and 60 % (CoSN, 2015); lower since, not verified
common_mode_cv = 0.10            # what all schools do at once, as a share of the mean; assumption
class_size = 25                  # students who may start something together; assumption
suppress_below = 10              # smallest count of students shown anywhere; assumption
"""
