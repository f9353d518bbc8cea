"""Columns of the tables about money: costs, funding sources, and the catalog of upgrades."""

from netplan.inputs.columns import EVERY, MAX_CIRCUIT_MBPS, WIFI
from netplan.inputs.fields import Field, TableSpec

#: Cost centers of the planning framework that netplan comes from, in its order.
COST_CENTERS = (
    "devices",
    "insurance",
    "infrastructure",
    "maintenance",
    "storage",
    "wan_lan",
    "internet",
    "upgrades",
    "people",
    "digital_resources",
    "communication",
    "professional_development",
)
#: What a cost is counted by; ``technology_usd`` is a share of the other technology costs.
COST_BASES = (
    "new_device",
    "device",
    "student",
    "staff",
    "school",
    "access_point",
    "node",
    "district",
    "technology_usd",
)
COST_TIMES = ("once", "yearly")
FUNDING_KINDS = ("sustainable", "one_time")
UPGRADED = (
    "internet",
    "link",
    "lan_link",
    "firewall",
    "filter",
    "router",
    "switch",
    "mdf",
    "idf",
    "ap_group",
    "new_link",
)
ERATE_CATEGORIES = ("none", "category_one", "category_two")
STATUSES = ("sourced", "assumption")

_STATUS = Field(
    name="status",
    kind="choice",
    allowed=STATUSES,
    default="assumption",
    description="Whether the price was read somewhere or assumed.",
)
_SOURCE = Field(
    name="source",
    kind="text",
    default="assumption",
    default_source="no source is given",
    description="Who says so: a quote, an invoice, a page; or assumption.",
)


def _year(name: str, description: str, *, required: bool = False) -> Field:
    return Field(name=name, kind="school_year", required=required, description=description)


def _usd(
    name: str, unit: str, description: str, *, ask_above: float = 100_000_000, **more: object
) -> Field:
    return Field(
        name=name,
        kind="number",
        unit=unit,
        low=0,
        ask_above=ask_above,
        description=description,
        **more,  # type: ignore[arg-type]
    )


COSTS = TableSpec(
    name="costs",
    description="What a rollout costs, by cost center. A row replaces the catalog's of its item.",
    absent="the built-in catalog, each price with its source or marked as an assumption",
    example="chromebook,Chromebook,devices,new_device,chromebook,287.5,260,320,once,,,none,"
    "sourced,quote of 2026-03",
    fields=(
        Field(name="item", kind="id", required=True, key=True, description="Cost."),
        Field(name="title", kind="text", description="What it is, in words."),
        Field(
            name="cost_center",
            kind="choice",
            required=True,
            allowed=COST_CENTERS,
            description="Cost center of the planning framework.",
        ),
        Field(
            name="per",
            kind="choice",
            required=True,
            allowed=COST_BASES,
            description="What it is counted by. Devices are the district's own; `new_device` "
            "counts purchases (first, renewal, loss); `technology_usd` makes usd a share of all "
            "other costs but those of people.",
        ),
        Field(
            name="device_kind",
            kind="text",
            default=EVERY,
            description="Kind of device it is for, where it is counted by devices; `*` = all.",
        ),
        _usd("usd", "USD", "Price of one, before any discount.", required=True),
        _usd("low_usd", "USD", "Low end of what the price may be; empty = not known."),
        _usd("high_usd", "USD", "High end of what the price may be; empty = not known."),
        Field(
            name="how",
            kind="choice",
            allowed=COST_TIMES,
            default="yearly",
            description="Once, in its first school year (per new device: with each purchase), or "
            "every year.",
        ),
        _year("first_school_year", "First school year; empty = the first one planned."),
        _year("last_school_year", "Last school year; empty = no end."),
        Field(
            name="erate",
            kind="choice",
            allowed=ERATE_CATEGORIES,
            default="none",
            description="E-Rate category that may pay its discount.",
        ),
        _STATUS,
        _SOURCE,
    ),
)

FUNDING = TableSpec(
    name="funding",
    description="Who pays: sources of money, sustainable or one-time.",
    absent="nobody pays yet: the whole cost is shown as unfunded",
    example="capital,Capital millage,sustainable,2026-27,,250000,devices;wan_lan,board vote of "
    "2026-05",
    fields=(
        Field(name="source_id", kind="id", required=True, key=True, description="Source."),
        Field(name="name", kind="text", required=True, description="Its name."),
        Field(
            name="kind",
            kind="choice",
            required=True,
            allowed=FUNDING_KINDS,
            description="Sustainable: can be counted on each year. One-time: a grant that ends.",
        ),
        _year("first_school_year", "First school year that it pays in.", required=True),
        _year("last_school_year", "Last school year that it pays in; empty = no end."),
        _usd(
            "usd_per_year",
            "USD per year",
            "What it gives in each of them.",
            # a district of 2,000 schools
            ask_above=10_000_000_000,
            required=True,
        ),
        Field(
            name="pays_for",
            kind="text",
            default=EVERY,
            description="Cost centers that it may pay for, `;` between several; `*` = all.",
        ),
        Field(name="notes", kind="text", description="Anything a reader should know."),
    ),
)

UPGRADES = TableSpec(
    name="upgrades",
    description="What could be bought. A row replaces the catalog's of its option.",
    absent="the built-in catalog, each price with its source or marked as an assumption",
    example="fiber_10g,link,10 Gbps leased fiber,fiber;leased;copper,leased,10000,10000,,,,0,"
    "12000,0,category_one,sourced,4.14",
    fields=(
        Field(name="option", kind="id", required=True, key=True, description="Option."),
        Field(
            name="applies_to",
            kind="choice",
            required=True,
            allowed=UPGRADED,
            description="What it replaces: a link (`internet` = one that begins at a node of kind "
            "internet; `lan_link` = the district's own fiber or copper: inside a building, or "
            "without a monthly price), a node of this kind, an access-point group; `new_link` is "
            "a second way for a building.",
        ),
        Field(name="title", kind="text", description="What it is, in words."),
        Field(
            name="from_media",
            kind="text",
            default=EVERY,
            description="Media of the links that it can replace, `;` between several; `*` = all.",
        ),
        Field(name="medium", kind="text", description="Medium that it is; empty = as before."),
        Field(
            name="capacity_mbps",
            kind="number",
            unit="Mbps",
            low=0,
            low_open=True,
            ask_above=MAX_CIRCUIT_MBPS,
            description="Capacity of one: of a circuit down, of a device its throughput.",
        ),
        Field(
            name="up_mbps",
            kind="number",
            unit="Mbps",
            low=0,
            low_open=True,
            ask_above=MAX_CIRCUIT_MBPS,
            default="capacity_mbps",
            description="Capacity of a circuit up; empty = as down.",
        ),
        Field(
            name="wifi", kind="choice", allowed=WIFI, description="Generation of an access point."
        ),
        Field(
            name="channel_mhz",
            kind="number",
            unit="MHz",
            low=0,
            low_open=True,
            description="Channel width of an access point.",
        ),
        Field(
            name="streams",
            kind="whole",
            unit="streams",
            low=1,
            high=16,
            description="Spatial streams of an access point.",
        ),
        _usd("usd_once", "USD", "Price of one: bought and installed.", default=0.0),
        _usd("usd_per_year", "USD per year", "What one costs every year.", default=0.0),
        _usd("usd_per_km", "USD per km", "Construction of a new way.", default=0.0),
        Field(
            name="erate",
            kind="choice",
            allowed=ERATE_CATEGORIES,
            default="none",
            description="E-Rate category that may pay its discount.",
        ),
        _STATUS,
        _SOURCE,
    ),
)
