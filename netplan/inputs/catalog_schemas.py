"""Columns of the built-in catalogs in ``netplan/inputs/catalog``.

``apps.csv`` and ``bell.csv`` there have the folder's own columns (and more);
the others are described here. Every row names its source, or says ``assumption``.
"""

from collections.abc import Mapping
from types import MappingProxyType

import pandera.pandas as pa

from netplan.inputs.columns import EVERY, LEVELS, PERIOD_KINDS, WIFI, share_field
from netplan.inputs.fields import Field, TableSpec, by_name, schemas
from netplan.inputs.schemas import TABLES

_SOURCE = Field(
    name="source",
    kind="text",
    required=True,
    description="Citation with its fact number, or assumption with its reason.",
)


def _number(
    name: str, unit: str, description: str, *, required: bool = True, low: float = 0.0
) -> Field:
    return Field(
        name=name,
        kind="number",
        unit=unit,
        required=required,
        low=low,
        low_open=low == 0.0,
        description=description,
    )


def _wifi(*, key: bool) -> Field:
    return Field(
        name="wifi",
        kind="choice",
        required=True,
        key=key,
        allowed=WIFI,
        description="Wi-Fi generation.",
    )


def _whole(name: str, unit: str, description: str, *, key: bool = False, low: float = 0) -> Field:
    return Field(
        name=name,
        kind="whole",
        unit=unit,
        required=True,
        key=key,
        low=low,
        description=description,
    )


_APPS = TableSpec(
    name="apps",
    required=True,
    description="Applications.",
    fields=(*TABLES["apps"].fields[:-1], _SOURCE),
)

_BELL = TableSpec(
    name="bell",
    required=True,
    description="Bell schedule of a district that gives none.",
    fields=(*TABLES["bell"].fields, _SOURCE),
)

_ACTIVITIES = TableSpec(
    name="activities",
    required=True,
    description="What share of present devices is in which application, by kind of period.",
    fields=(
        Field(
            name="level",
            kind="choice",
            required=True,
            key=True,
            allowed=(EVERY, *LEVELS),
            description="School level, or `*` for all.",
        ),
        Field(
            name="kind",
            kind="choice",
            required=True,
            key=True,
            allowed=PERIOD_KINDS,
            description="Kind of bell period.",
        ),
        Field(name="app", kind="id", required=True, key=True, description="Application."),
        share_field("share", "Present devices that are in it.", required=True),
        Field(
            name="group",
            kind="group",
            required=True,
            key=True,
            allowed=(EVERY,),
            description="Whose devices.",
        ),
        _SOURCE,
    ),
)

_WIFI_PHY = TableSpec(
    name="wifi_phy",
    required=True,
    description="PHY rates of one spatial stream.",
    fields=(
        _wifi(key=True),
        _whole("channel_mhz", "MHz", "Channel width.", key=True, low=20),
        _whole("mcs", "index", "Modulation and coding scheme.", key=True),
        _number("mbps_per_stream", "Mbps", "PHY rate per stream."),
        _SOURCE,
    ),
)

_WIFI_DEFAULTS = TableSpec(
    name="wifi_defaults",
    required=True,
    description="What stands in for an access point's empty cells.",
    fields=(
        _wifi(key=True),
        _whole("channel_mhz", "MHz", "Channel width.", low=20),
        _whole("streams", "streams", "Spatial streams of a client.", low=1),
        _whole("mcs", "index", "Middle rate of a classroom's clients."),
        _whole("radios", "radios", "Radios that serve students.", low=1),
        _SOURCE,
    ),
)

_WIFI_EFFICIENCY = TableSpec(
    name="wifi_efficiency",
    required=True,
    description="Throughput over PHY rate; linear between rows, flat outside them.",
    fields=(
        Field(
            name="clients_per_radio",
            kind="number",
            unit="clients",
            required=True,
            key=True,
            low=0,
            description="Clients of one radio.",
        ),
        share_field("efficiency_share", "Throughput over PHY rate.", required=True),
        _SOURCE,
    ),
)

_TARGETS = TableSpec(
    name="targets",
    required=True,
    description="Capacity targets by the head; never blended.",
    fields=(
        Field(name="target", kind="id", required=True, key=True, description="Target."),
        Field(name="title", kind="text", required=True, description="Title."),
        Field(
            name="scope",
            kind="choice",
            required=True,
            key=True,
            allowed=("building", "district"),
            description="What it is set for.",
        ),
        Field(
            name="applies_to",
            kind="choice",
            required=True,
            key=True,
            allowed=("all", "small", "medium", "large"),
            description="Size class of the district.",
        ),
        _number("mbps_per_unit", "Mbps", "Capacity per unit."),
        Field(
            name="unit",
            kind="choice",
            required=True,
            allowed=("user", "student"),
            description="user = students and staff.",
        ),
        _number("minimum_mbps", "Mbps", "Least for the whole scope.", required=False),
        Field(
            name="status",
            kind="choice",
            required=True,
            allowed=("sourced", "assumption"),
            description="Whether a source was read.",
        ),
        _SOURCE,
    ),
)

_EVENTS = TableSpec(
    name="events",
    required=True,
    description="Scheduled events as parameters; see netplan/load/events.py.",
    fields=(
        Field(name="event", kind="id", required=True, key=True, description="Event."),
        Field(name="title", kind="text", required=True, description="Title."),
        Field(name="what", kind="id", required=True, description="Kind of event."),
        Field(name="parameter", kind="id", required=True, key=True, description="Parameter."),
        Field(name="value", kind="text", required=True, description="Its value."),
        Field(name="unit", kind="text", required=True, description="Its unit."),
        _SOURCE,
    ),
)

_SETTINGS = TableSpec(
    name="settings",
    required=True,
    description="Single numbers.",
    fields=(
        Field(name="name", kind="id", required=True, key=True, description="Setting."),
        Field(name="value", kind="number", required=True, description="Its value."),
        Field(name="unit", kind="text", required=True, description="Its unit."),
        _SOURCE,
    ),
)

_STATUS = Field(
    name="status",
    kind="choice",
    required=True,
    allowed=("sourced", "assumption"),
    description="Whether a source was read.",
)
_RULE_STATUS = Field(
    name="status",
    kind="choice",
    required=True,
    allowed=("sourced", "assumption", "unverified"),
    description="Whether a source was read; unverified = a rule recalled, and marked so wherever "
    "it is used.",
)
_FROM_DATE = Field(
    name="from_date",
    kind="date",
    required=True,
    key=True,
    unit="YYYY-MM-DD",
    description="First day on which it holds.",
)
_UNTIL_DATE = Field(
    name="until_date",
    kind="date",
    unit="YYYY-MM-DD",
    description="Last day on which it holds; empty = no end is known.",
)

_COSTS = TableSpec(
    name="costs",
    required=True,
    description="Prices of what a rollout costs, by cost center.",
    fields=(*TABLES["costs"].fields[:-2], _STATUS, _SOURCE),
)

_UPGRADES = TableSpec(
    name="upgrades",
    required=True,
    description="Prices of what could be bought.",
    fields=(*TABLES["upgrades"].fields[:-2], _STATUS, _SOURCE),
)

_DISCOUNTS = TableSpec(
    name="discounts",
    required=True,
    description="E-Rate's discount matrix, by funding year.",
    fields=(
        Field(
            name="category",
            kind="choice",
            required=True,
            key=True,
            allowed=("category_one", "category_two"),
            description="Category of service.",
        ),
        share_field(
            "poverty_from_share",
            "Least share of students who are eligible for the National School Lunch Program.",
            required=True,
            key=True,
        ),
        share_field("urban_share", "Discount of an urban district.", required=True),
        share_field("rural_share", "Discount of a rural district.", required=True),
        _FROM_DATE,
        _UNTIL_DATE,
        _RULE_STATUS,
        _SOURCE,
    ),
)

_RULES = TableSpec(
    name="rules",
    required=True,
    description="Dated rules and prices of funding.",
    fields=(
        Field(name="rule", kind="id", required=True, key=True, description="Rule."),
        _FROM_DATE,
        _UNTIL_DATE,
        Field(name="value", kind="number", required=True, low=0, description="Its value."),
        Field(name="unit", kind="text", required=True, description="Its unit."),
        _RULE_STATUS,
        _SOURCE,
    ),
)

_LOW_COST_PLANS = TableSpec(
    name="low_cost_plans",
    required=True,
    description="Plans for households with low income, by provider.",
    fields=(
        Field(name="plan", kind="id", required=True, key=True, description="Plan."),
        Field(name="provider", kind="text", required=True, description="Who sells it."),
        _number("usd_per_month", "USD per month", "Price per household."),
        _number("down_mbps", "Mbps", "Download rate; empty = not stated.", required=False),
        _number("up_mbps", "Mbps", "Upload rate; empty = not stated.", required=False),
        _FROM_DATE,
        _UNTIL_DATE,
        _STATUS,
        _SOURCE,
    ),
)

_RADIO_RANGES = TableSpec(
    name="radio_ranges",
    required=True,
    description="Ranges of a bus's Wi-Fi that access.toml's radio_range may name.",
    fields=(
        Field(name="radio_range", kind="id", required=True, key=True, description="Its name."),
        _number("outdoor_m", "m", "Range in the open."),
        _number("home_m", "m", "Range to a student at home; a claim's is the claim itself."),
        Field(name="what", kind="text", required=True, description="What the numbers are."),
        _STATUS,
        _SOURCE,
    ),
)

#: Catalog name to its specification.
CATALOGS: Mapping[str, TableSpec] = MappingProxyType(
    by_name(
        (
            _APPS,
            _ACTIVITIES,
            _BELL,
            _WIFI_PHY,
            _WIFI_DEFAULTS,
            _WIFI_EFFICIENCY,
            _TARGETS,
            _EVENTS,
            _SETTINGS,
            _COSTS,
            _UPGRADES,
            _DISCOUNTS,
            _RULES,
            _LOW_COST_PLANS,
            _RADIO_RANGES,
        )
    )
)

#: Catalog name to its pandera schema.
CATALOG_SCHEMAS: Mapping[str, pa.DataFrameSchema] = MappingProxyType(schemas(CATALOGS))
