"""Lists of allowed values, and the fields that several tables share."""

from netplan.inputs.fields import Field

GRADES = ("PK", "K", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12")
LEVELS = ("elementary", "middle", "high", "k12", "other")
PEOPLE = ("students", "staff", "guests")
NODE_KINDS = (
    "internet",
    "datacenter",
    "firewall",
    "filter",
    "router",
    "switch",
    "mdf",
    "idf",
    "ap_group",
)
#: Kinds that stand in a building.
BUILDING_KINDS = ("mdf", "idf", "ap_group")
WIFI = ("wifi4", "wifi5", "wifi6", "wifi6e", "wifi7")
DIRECTIONS = ("down", "up")
PERIOD_KINDS = ("class", "lunch", "before", "after")
DESTINATIONS = ("internet", "datacenter")
EVERY = "*"

#: Two 400-gigabit ports: the largest single circuit that is not a question.
MAX_CIRCUIT_MBPS = 800_000.0


def share_field(
    name: str,
    description: str,
    *,
    default: float | None = None,
    required: bool = False,
    key: bool = False,
) -> Field:
    return Field(
        name=name,
        kind="number",
        unit="share",
        required=required,
        key=key,
        low=0.0,
        high=1.0,
        default=default,
        description=description,
    )


def year_field(name: str, description: str) -> Field:
    return Field(name=name, kind="whole", unit="year", low=1800, high=2100, description=description)


def school_field(description: str, *, required: bool = True, key: bool = False) -> Field:
    return Field(
        name="school_id",
        kind="id",
        required=required,
        key=key,
        reference="schools.school_id",
        description=description,
    )
