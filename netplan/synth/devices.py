"""What people carry and when the bell rings: devices.csv and bell.csv."""

from collections.abc import Sequence

from netplan.synth.draws import Draws
from netplan.synth.files import Table, decimals
from netplan.synth.schools import School

DEVICE_COLUMNS = (
    "school_id,group,kind,per_person,present_share,background_down_mbps,background_up_mbps,owner"
)
#: The district's rule: 1:1 from grade 3, shared tablets below, phones of their own later on.
#: Every number is an assumption.
EVERYWHERE = (
    ("*", "PK", "tablet", 0.25, 0.95, 0.01, 0.005, "district"),
    ("*", "K-2", "tablet", 0.5, 0.95, 0.01, 0.005, "district"),
    ("*", "3-12", "chromebook", 1.0, 0.92, 0.02, 0.01, "district"),
    ("*", "6-8", "phone", 0.6, 0.3, 0.01, 0.005, "byod"),
    ("*", "9-12", "phone", 0.85, 0.55, 0.01, 0.005, "byod"),
    ("*", "staff", "laptop", 1.0, 0.95, 0.03, 0.02, "district"),
    ("*", "staff", "phone", 0.9, 0.6, 0.01, 0.005, "byod"),
    ("*", "guests", "phone", 1.0, 0.5, 0.01, 0.005, "byod"),
)
BELL = (
    ("before", "07:15", "08:00", "before"),
    ("P1", "08:00", "08:50", "class"),
    ("P2", "08:55", "09:45", "class"),
    ("P3", "09:50", "10:40", "class"),
    ("P4", "10:45", "11:35", "class"),
    ("lunch", "11:35", "12:15", "lunch"),
    ("P5", "12:20", "13:10", "class"),
    ("P6", "13:15", "14:05", "class"),
    ("after", "14:05", "16:00", "after"),
)

Device = tuple[str, str, str, float, float, float, float, str]


def devices_table(seed: int, schools: Sequence[School]) -> Table:
    """Give devices.csv: the rule for all schools, then the few schools that differ."""
    draws = Draws(seed, schools=len(schools), family="devices")
    rows: list[Device] = list(EVERYWHERE)
    for school in schools:
        # A cart per class of spares and testing devices.
        if draws.chance(0.08) and school.level != "other":
            per_person = draws.integer(110, 130) / 100
            rows.append(
                (school.school_id, "3-12", "chromebook", per_person, 0.95, 0.02, 0.01, "district")
            )
        # A design and engineering lab.
        if school.level == "high" and draws.chance(0.3):
            share = draws.integer(4, 12) / 100
            rows.append(
                (school.school_id, "9-12", "workstation", share, 1.0, 0.05, 0.02, "district")
            )
        # Tablets for every child of an early-grades pilot.
        if school.level == "elementary" and draws.chance(0.08):
            rows.append((school.school_id, "K-2", "tablet", 1.0, 0.95, 0.01, 0.005, "district"))
    rows.sort(key=lambda row: row[:3])
    cells = tuple((*row[:3], *(decimals(number, 3) for number in row[3:7]), row[7]) for row in rows)
    return Table(name="devices.csv", header=tuple(DEVICE_COLUMNS.split(",")), rows=cells)


def bell_table() -> Table:
    """Give bell.csv: one schedule for the district, six class periods."""
    return Table(name="bell.csv", header=("period", "start", "end", "kind"), rows=BELL)
