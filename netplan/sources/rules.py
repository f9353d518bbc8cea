"""The stated rules by which ``netplan init`` fills what the given lists leave out.

Every cell that a rule filled names the rule, in the table's ``guess`` column
and in guesses.csv. ``order`` is the order in which to correct the guesses, the
one that moves a first check most coming first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CLASS_SIZE = 25  # students; the contract's default of [planning] class_size
SPECIALS_FACTOR = 1.2
CLASSROOMS_PER_IDF = 12
AP_PORT_MBPS = 1_000.0
WIFI_GENERATION = "wifi6"
CHANNEL_MHZ = 40
STREAMS = 2
STAFF_PER_TEACHER = 1.3
STUDENTS_PER_STAFF = 12.0
WAN_MBPS_PER_STUDENT = 1.5
GIGABIT_MBPS = 1_000.0
TEN_GIGABIT_MBPS = 10_000.0
INTERNET_MBPS_PER_STUDENT = 0.7
INTERNET_STEP_MBPS = 100.0
TIERS_MBPS = (1_000.0, 10_000.0, 25_000.0, 40_000.0, 100_000.0, 400_000.0)
BACKUP_BELOW_SHARE = 0.1
HEADEND_TIMES = 5.0
HEADEND_SCHOOL_SHARE = 0.1
TINY_LINE_MBPS = 3.0
ABSURD_LINE_MBPS = 100_000.0
ABSURD_LINES = 10_000
GAP_NOTE_KM = 0.5
SQ_FEET_PER_SEAT = 500.0
SEATS_RANGE = (4, 60)
SEATS_WITHOUT_AREA = 10
LIBRARY_BACKHAUL_MBPS = 100.0
LIBRARY_USD_PER_YEAR = 1_200.0
AFTER_SCHOOL_HOURS_PER_WEEK = 30.0
HOURS_WITHOUT_LIST = 20.0
SAME_STOP_M = 30.0
BUS_CLIENTS = 65
BUS_BACKHAUL_MBPS = 25.0
BUS_USD_PER_YEAR = 1_840.0
BUS_USD_PER_HOUR = 22.0
LENDING_USD_PER_STUDENT_YEAR = 247.5

_ESH_SQL = "EducationSuperHighway SQL, METHODOLOGY note, funding year 2017 (public code)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: its short name, what it does in words, who says so, and when to correct it."""

    name: str
    order: int
    text: str
    source: str


RULES: tuple[Rule, ...] = (
    Rule(
        name="internet-from-flags",
        order=1,
        text="the sum of the lines that are internet by the list's flags (lines that are neither "
        "WAN, ISP alone nor transport alone, plus the lesser of ISP and transport)",
        source="EducationSuperHighway FAQ, how bandwidth is calculated for a school district; "
        "the flags themselves are EducationSuperHighway's heuristics",
    ),
    Rule(
        name="internet-from-counts",
        order=1,
        text="the list does not say what its lines are for: the largest line that there is only "
        "one of is taken to be the internet circuit",
        source="assumption",
    ),
    Rule(
        name="internet-not-listed",
        order=1,
        text="no line of the list is internet: taken as 0.7 Mbps per student rounded up to the "
        "next 100 Mbps, but no more than the largest line listed",
        source="0.7 and the step: EducationSuperHighway SQL, funding year 2017 and later (public "
        "code), its planning need and not a purchase; the cap: assumption (for 201 districts of "
        "2015 without an internet line the median guess is 1.1 times the published bandwidth, half "
        "of the guesses are between 0.4 and 4 times)",
    ),
    Rule(
        name="internet-planning-value",
        order=1,
        text="no circuit list was given: internet is taken as 0.7 Mbps per student rounded up to "
        "the next 100 Mbps",
        source="0.7 and the step: EducationSuperHighway SQL, funding year 2017 and later (public "
        "code), its planning need and not a purchase",
    ),
    Rule(
        name="wan-by-size",
        order=2,
        text="the list does not say which line goes where: the largest line goes to the school "
        "with most students, and so on down",
        source="assumption",
    ),
    Rule(
        name="wan-commonest",
        order=2,
        text="there are fewer lines than schools: the missing ones are taken to be of the "
        "commonest size listed, then dealt out by students",
        source="assumption",
    ),
    Rule(
        name="wan-planning-value",
        order=2,
        text="no WAN line is listed: 1 Gbps where 1.5 Mbps per student come to at most 1,000 Mbps, "
        "else 10 Gbps",
        source=_ESH_SQL,
    ),
    Rule(
        name="wan-headend",
        order=3,
        text="the few lines at least 5 times the commonest size (at most 2, or a tenth as many as "
        "schools) are taken to be the head end that all school lines share",
        source="assumption",
    ),
    Rule(
        name="devices-one-to-one",
        order=4,
        text="one Chromebook for each student and one laptop for each staff member; no phones",
        source="assumption",
    ),
    Rule(
        name="backup-line",
        order=5,
        text="a line of another medium than fiber, below a tenth of the largest internet line, "
        "is taken to be a backup",
        source="assumption",
    ),
    Rule(
        name="staff-from-teachers",
        order=6,
        text="1.3 staff members for each teacher of the list",
        source="assumption",
    ),
    Rule(
        name="staff-from-students",
        order=6,
        text="one staff member for each 12 students",
        source="assumption",
    ),
    Rule(
        name="idf-uplink",
        order=7,
        text="1 Gbps where 1.5 Mbps per student of the IDF come to at most 1,000 Mbps, else "
        "10 Gbps",
        source="assumption, after " + _ESH_SQL + " for a campus",
    ),
    Rule(
        name="wifi",
        order=8,
        text="Wi-Fi 6, 40 MHz channels, two streams",
        source="generation: assumption; 40 MHz in classrooms: framebyframewifi.net 2015-01-03; "
        "two-stream Chromebooks: Meraki community thread on capacity planning",
    ),
    Rule(
        name="ap-per-classroom",
        order=9,
        text="an access point in every classroom",
        source="WiFi Hotshots, https://wifihotshots.com/?p=3222 (vendor)",
    ),
    Rule(
        name="classrooms",
        order=9,
        text="students / 25 rooms, times 1.2 for special rooms, rounded up; one IDF for each 12 "
        "rooms, rooms spread evenly",
        source="assumption",
    ),
    Rule(
        name="ap-port",
        order=10,
        text="each access point on a 1 Gbps copper port",
        source="assumption",
    ),
    Rule(
        name="head-end-inside",
        order=10,
        text="links inside the head end: the smallest Ethernet tier of at least 10 Gbps, twice "
        "the internet circuit and 1.5 Mbps per student (to the data center also of the head-end "
        "lines), so that a guess is nobody's bottleneck",
        source="assumption",
    ),
    Rule(
        name="head-end-layout",
        order=3,
        text="one firewall, one filter and one core router in a row, a data center at the core: "
        "if there are two of any, add the second, or the check calls it a single point of failure",
        source="assumption",
    ),
    Rule(
        name="no-limit-known",
        order=3,
        text="firewall and filter throughput is unknown, left empty: no limit in the check",
        source="assumption",
    ),
    Rule(
        name="level-from-span",
        order=8,
        text="a school that spans two levels: K-8 counts as elementary, 6-12 as high",
        source="assumption, as HIFLD labels such schools",
    ),
    Rule(
        name="level-from-name",
        order=8,
        text="the list gives no grades: the level is read from the school's name",
        source="assumption",
    ),
    Rule(
        name="virtual",
        order=5,
        text="the name says that its students are not in a district building: kept with a "
        "building of its own until you say otherwise",
        source="assumption",
    ),
    Rule(
        name="suppressed-grades",
        order=8,
        text="grades withheld in the list: what the school's total leaves, spread evenly over them "
        "(one alone: together with the school's smallest grade)",
        source="assumption",
    ),
    Rule(
        name="enrollment-from-grades",
        order=2,
        text="the school list has no enrollment: the total of the grade list",
        source="the grade list",
    ),
    Rule(
        name="no-internet-percent",
        order=1,
        text="households without internet = the listed percentage x the listed households, which "
        "may be of another year; no margin of error, since the percentage has none",
        source="the list (column NoIntP); the product: assumption",
    ),
    Rule(
        name="transit-stop-parking",
        order=2,
        text="a Wi-Fi bus may stand at every listed transit stop: a bus stop is no parking place, "
        "so ask its owner before you plan with it, and put false where it may not",
        source="assumption",
    ),
    Rule(
        name="park-parking",
        order=2,
        text="a Wi-Fi bus may stand at every listed park that is not private: ask the owner, and "
        "put false where it may not or where there is no lot",
        source="assumption",
    ),
    Rule(
        name="library-hours",
        order=3,
        text="hours a year / weeks open, but at most 30 a week, which is what lies after school "
        "and on Saturday (weekdays 15:00-20:00, Saturday 5 hours)",
        source="HOURS per year: IMLS Public Libraries Survey layout, unverified; the 30 hours: "
        "assumption",
    ),
    Rule(
        name="library-hours-unknown",
        order=3,
        text="the list has no plausible hours: 20 a week after school and on Saturday",
        source="assumption",
    ),
    Rule(
        name="library-seats",
        order=3,
        text="one seat for homework for each 500 sq ft, at least 4 and at most 60",
        source="assumption",
    ),
    Rule(
        name="library-seats-unknown",
        order=3,
        text="the list has no floor area: 10 seats for homework",
        source="assumption",
    ),
    Rule(
        name="library-backhaul",
        order=4,
        text="100 Mbps of internet at each library for students",
        source="assumption",
    ),
    Rule(
        name="library-cost",
        order=5,
        text="1,200 USD a year for each library that takes part (outreach, signs, upkeep)",
        source="assumption; no published unit cost was found",
    ),
    Rule(
        name="bus-depot",
        order=3,
        text="every bus starts and ends at the largest high school (else the largest school)",
        source="assumption",
    ),
    Rule(
        name="bus-clients",
        order=5,
        text="65 devices on a bus router at once",
        source="Kajeet SmartBus, kajeet.com blog on school bus Wi-Fi for distance learning, 2020",
    ),
    Rule(
        name="bus-backhaul",
        order=3,
        text="25 Mbps of cellular backhaul for each bus",
        source="assumption (LTE Cat 6 is put at 10 to 25 Mbps, Cat 12 at 20 to 40; unverified)",
    ),
    Rule(
        name="bus-connectivity",
        order=4,
        text="1,840 USD for each bus and year: router and mobile service, no driver",
        source="FCC estimate of 2023, http://e-ratepa.org/?p=35144 (second-hand)",
    ),
    Rule(
        name="bus-driver",
        order=3,
        text="22 USD for each hour that a bus is out: a paid driver and nothing else; the labor "
        "costs more than the connectivity",
        source="assumption",
    ),
    Rule(
        name="week-slots",
        order=4,
        text="Monday to Friday 15:30-17:30 and 18:00-20:00, the half hour between to drive; a stop "
        "reaches 5 hours a week on three visits",
        source="assumption",
    ),
    Rule(
        name="lending-price",
        order=2,
        text="a lent hotspot costs 247.50 USD for each student and year: service 15 USD x 12, two "
        "devices of 90 USD in five years, and 35 % of the devices lost or broken a year",
        source="caps: FCC 24-76, 89 FR 67303; losses: Queens libraries, communicationsdaily.com "
        "2019-12-02, rate derived",
    ),
    Rule(
        name="lending-everywhere",
        order=3,
        text="there is cellular coverage for hotspots in every area: name the geoids that have it",
        source="assumption",
    ),
)

RULE: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in RULES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """One cell that a rule filled."""

    file: str
    key: str
    column: str
    value: str
    rule: str

    @property
    def source(self) -> str:
        """Who says that the rule is right."""
        return RULE[self.rule].source
