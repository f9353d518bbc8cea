"""Columns of the tables about ways to get online: stops, buses, slots, partners, offers, ..."""

from netplan.inputs.columns import EVERY
from netplan.inputs.columns_areas import MAX_HOME_MBPS, point_fields
from netplan.inputs.fields import Field, TableSpec

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PARTNER_KINDS = ("library", "business", "church", "park", "community")
OFFER_KINDS = ("subsidy", "lending")
HOURS_PER_WEEK = 168.0


def _name(noun: str, *, required: bool = False) -> Field:
    return Field(name="name", kind="text", required=required, description=f"Name of the {noun}.")


def _id(name: str, description: str) -> Field:
    return Field(name=name, kind="id", required=True, key=True, description=description)


def _flag(name: str, default: str, description: str) -> Field:
    return Field(name=name, kind="flag", default=default, description=description)


def _usd_per_year(description: str, *, required: bool) -> Field:
    return Field(
        name="usd_per_year",
        kind="number",
        unit="USD per year",
        required=required,
        low=0,
        ask_above=5_000_000,
        default=None if required else 0.0,
        description=description,
    )


def _backhaul(description: str) -> Field:
    return Field(
        name="backhaul_mbps",
        kind="number",
        unit="Mbps",
        required=True,
        low=0,
        ask_above=MAX_HOME_MBPS,
        description=description,
    )


STOPS = TableSpec(
    name="stops",
    description="Places where a Wi-Fi bus could stand.",
    absent="no bus stands anywhere",
    example="ST001,Harbor Hammock Elementary lot,27.688,-80.468,true,0,school lot",
    fields=(
        _id("stop_id", "Stop."),
        _name("place"),
        *point_fields("place"),
        _flag("allowed", "true", "Whether a bus may park there."),
        _usd_per_year("What the place costs, beside the bus.", required=False),
        Field(name="notes", kind="text", description="Notes for people."),
    ),
)

BUSES = TableSpec(
    name="buses",
    description="Buses with Wi-Fi; each starts and ends its day at its depot.",
    absent="no buses",
    example="BUS01,27.65,-80.43,65,25,45.7,1840,22",
    fields=(
        _id("bus_id", "Bus."),
        *point_fields("depot", "depot_"),
        Field(
            name="max_clients",
            kind="whole",
            unit="devices",
            required=True,
            low=0,
            ask_above=1_000,
            description="Devices that its router serves at once.",
        ),
        _backhaul("Rate of its line to the internet."),
        Field(
            name="radio_range_m",
            kind="number",
            unit="m",
            low=0,
            low_open=True,
            ask_above=2_000,
            description="Range of its radio at a home; empty = access.toml's radio_range.",
        ),
        _usd_per_year("What it costs when it is used at all.", required=True),
        Field(
            name="usd_per_hour",
            kind="number",
            unit="USD per hour",
            low=0,
            ask_above=1_000,
            description="What each hour away from the depot costs; empty = nothing more.",
        ),
    ),
)

SLOTS = TableSpec(
    name="slots",
    description="Times of the week in which a bus stands at one stop; they do not overlap.",
    absent="no bus stands anywhere",
    example="mon-1,mon,15:30,17:30",
    fields=(
        _id("slot_id", "Slot."),
        Field(
            name="weekday",
            kind="choice",
            required=True,
            allowed=WEEKDAYS,
            description="Day of the week.",
        ),
        Field(name="start", kind="time", required=True, description="Start, HH:MM."),
        Field(name="end", kind="time", required=True, description="End, HH:MM."),
    ),
)

PARTNERS = TableSpec(
    name="partners",
    description="Places with internet that students may use.",
    absent="no partners",
    example="LIB01,Harbor Main Library,library,27.64,-80.40,40,500,52,12000,true,true",
    fields=(
        _id("partner_id", "Partner."),
        _name("partner", required=True),
        Field(
            name="kind",
            kind="choice",
            required=True,
            allowed=PARTNER_KINDS,
            description="Kind of place.",
        ),
        *point_fields("partner"),
        Field(
            name="seats",
            kind="whole",
            unit="seats",
            required=True,
            low=0,
            ask_above=10_000,
            description="Students who can be there at once; 0 serves none.",
        ),
        _backhaul("Rate of its line to the internet."),
        Field(
            name="hours_per_week",
            kind="number",
            unit="hours per week",
            required=True,
            low=0,
            high=HOURS_PER_WEEK,
            description="Hours in which students may be there.",
        ),
        _usd_per_year("What the district pays for it.", required=True),
        _flag("existing", "false", "Whether it is there already, and stays."),
        _flag("transit", "false", "Whether students ride there free of charge."),
    ),
)

OFFERS = TableSpec(
    name="offers",
    description="What is bought student by student: lent hotspots and paid plans at home.",
    absent="no lending, and no plans but the built-in low-cost ones",
    example="lend-1,lending,Example Mobile,216,500,*,5",
    fields=(
        _id("offer_id", "Offer."),
        Field(
            name="kind",
            kind="choice",
            required=True,
            allowed=OFFER_KINDS,
            description="lending = a hotspot to take home; subsidy = a plan paid for.",
        ),
        Field(name="provider", kind="text", description="Who provides it, by the brand's name."),
        Field(
            name="usd_per_student_per_year",
            kind="number",
            unit="USD per year",
            required=True,
            low=0,
            ask_above=10_000,
            description="Price per student.",
        ),
        Field(
            name="max_students",
            kind="number",
            unit="students",
            low=0,
            ask_above=1_000_000,
            description="Most students it can serve; empty = no limit.",
        ),
        Field(
            name="geoids",
            kind="text",
            default=EVERY,
            reference="areas.geoid",
            description="Areas where it is to be had, several by `;`; `*` = all.",
        ),
        Field(
            name="min_down_mbps",
            kind="number",
            unit="Mbps",
            low=0,
            ask_above=MAX_HOME_MBPS,
            description="Service that it needs on offer there.",
        ),
    ),
)

WIRELESS = TableSpec(
    name="wireless",
    description="Sites of a neighborhood network that the district would build.",
    absent="none is considered",
    example="roof-S002,Harbor Hammock roof,27.688,-80.468,800,300,1000,120000,10,8000",
    fields=(
        _id("site_id", "Site."),
        _name("site"),
        *point_fields("site"),
        Field(
            name="range_m",
            kind="number",
            unit="m",
            required=True,
            low=0,
            low_open=True,
            ask_above=50_000,
            description="How far it reaches homes.",
        ),
        Field(
            name="max_students",
            kind="number",
            unit="students",
            required=True,
            low=0,
            ask_above=1_000_000,
            description="Most students it can serve.",
        ),
        _backhaul("Rate of its line to the internet."),
        Field(
            name="usd_capital",
            kind="number",
            unit="USD",
            required=True,
            low=0,
            ask_above=100_000_000,
            description="Price of building it.",
        ),
        Field(
            name="lifetime_years",
            kind="number",
            unit="years",
            required=True,
            low=0,
            low_open=True,
            ask_above=50,
            description="Years over which the price is spread.",
        ),
        _usd_per_year("Upkeep.", required=True),
    ),
)

TRANSIT = TableSpec(
    name="transit",
    description="Stops of the transit that students ride free of charge.",
    absent="whoever lives within transit_reach_m of a partner with transit can ride there",
    example="T0012,27.64,-80.41",
    fields=(_id("transit_stop_id", "Stop."), *point_fields("stop")),
)
