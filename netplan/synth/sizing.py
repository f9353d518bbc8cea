"""How large circuits and boxes are bought, and what they cost: the assumptions in one place.

Nothing here is netplan's load model. A synthetic district is sized by flat figures per student,
as a purchaser would, so that the model has something to judge.
"""

from collections.abc import Sequence
from math import sqrt

#: Demand that a building's uplink is bought for in its busy hour: per student, and per square
#: root of the students, since a small building's busy hour is further above its mean.
UPLINK_MBPS_PER_STUDENT = {
    **{"elementary": 0.50, "middle": 0.80, "high": 1.00},
    **{"k12": 0.80, "other": 0.95},
}
UPLINK_MBPS_PER_ROOT_STUDENT = 1.5
#: The same for what many schools share; peaks do not coincide.
SHARED_MBPS_PER_STUDENT = 0.65
#: Down and up together through the firewall: per student, and per square root of the students,
#: since a small district's busy hour is further above its mean.
FIREWALL_MBPS_PER_STUDENT = 0.62
FIREWALL_MBPS_PER_ROOT_STUDENT = 6.0
#: Traffic to the district's own data center, per student.
DATACENTER_MBPS_PER_STUDENT = 0.20
#: Share of a capacity that is meant to be used; the utilization_limit of district.toml.
UTILIZATION_LIMIT = 0.80
#: The planted firewall passes at most this share of its circuits.
FIREWALL_OF_CIRCUIT = 0.77
#: The planted uplink has at most this much per student.
CHOKED_MBPS_PER_STUDENT = 0.25
#: Students behind one internet circuit with its firewall and filter.
STUDENTS_PER_EGRESS = 150_000

CIRCUITS_MBPS = (
    *(100, 200, 500, 1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 30_000, 40_000),
    *(100_000, 200_000, 300_000, 400_000),
)
FIREWALLS_MBPS = tuple(
    base * scale
    for scale in (1, 10, 100, 1_000)
    for base in (100, 125, 150, 200, 250, 300, 400, 500, 600, 750)
)
LINKS_MBPS = (1_000, 10_000, 20_000, 40_000, 100_000, 200_000, 400_000, 800_000)

#: Monthly price of a lit WAN line, USD by Mbps. 1 and 10 Gbps: FACTS 4.14; others: assumption.
LINE_USD = {100: 420, 200: 480, 500: 620, 1_000: 750, 10_000: 1_000, 100_000: 3_500}
#: Internet access, USD per Mbps and month: median of districts that meet the FCC goal (FACTS
#: 4.10), and the lowest state median for large circuits (FACTS 4.11).
INTERNET_USD_PER_MBPS, LARGE_INTERNET_USD_PER_MBPS = 0.85, 0.29
LARGE_INTERNET_MBPS = 40_000


def at_least(tiers: Sequence[int], needed_mbps: float) -> int:
    """Give the smallest tier that is enough; past the largest, whole multiples of it."""
    ordered = sorted(tiers)
    for tier in ordered:
        if tier >= needed_mbps:
            return tier
    largest = ordered[-1]
    return largest * -int(-needed_mbps // largest)


def at_most(tiers: Sequence[int], allowed_mbps: float) -> int:
    """Give the largest tier that is not above, or the smallest of all."""
    return max((tier for tier in tiers if tier <= allowed_mbps), default=min(tiers))


def uplink_mbps(level: str, students: int) -> float:
    """Give the capacity that a building's uplink is bought with, before rounding up to a tier."""
    load = UPLINK_MBPS_PER_STUDENT[level] * students
    return (load + UPLINK_MBPS_PER_ROOT_STUDENT * sqrt(students)) / UTILIZATION_LIMIT


def firewall_mbps(students: float) -> int:
    """Give the throughput that a firewall for so many students is bought with."""
    load = FIREWALL_MBPS_PER_STUDENT * students + FIREWALL_MBPS_PER_ROOT_STUDENT * sqrt(students)
    return at_least(FIREWALLS_MBPS, load / UTILIZATION_LIMIT)


def circuits(total_mbps: int) -> tuple[int, int]:
    """Split a capacity into equal ports: Mbps of each (1, 10 or 100 Gbps or less) and count."""
    for port in (100_000, 10_000, 1_000):
        if total_mbps % port == 0:
            return port, total_mbps // port
    return total_mbps, 1


def line_usd(mbps: int, count: int) -> int:
    """Give the monthly price of ``count`` lit WAN lines."""
    return count * LINE_USD[at_least(tuple(LINE_USD), mbps)]


def internet_usd(total_mbps: int) -> int:
    """Give the monthly price of internet access."""
    large = total_mbps > LARGE_INTERNET_MBPS
    rate = LARGE_INTERNET_USD_PER_MBPS if large else INTERNET_USD_PER_MBPS
    return int(total_mbps * rate)
